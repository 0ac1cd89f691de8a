//! What an officer has typed for an act and not yet sent: kept while typing, per officer, case and act, sealed under the case's key, and
//! thrown away once the act is done. And phrases for opinions: one's own, and the office's.

use std::collections::BTreeMap;

use kernel::{Authority, Ctx, Error, Id, Person, Result};
use serde::Serialize;
use storage::{Commit, Unit, args, each};
use webkit::{App, FormData, utoipa};

use super::{Hands, load_for, sees, subject};
use crate::{
    ASSIGN, CaseId, SEE,
    model::ActKind,
    store::{self, desk, guard},
};

/// Bytes that are kept for one act at most.
const TYPED_MAX: usize = 64 * 1024;
/// Acts for which something is kept at once at most.
const ACTS_MAX: i64 = 30;
/// Phrases of one owner at most.
pub(crate) const PHRASES_MAX: i64 = 30;
/// Characters of a phrase at most.
const PHRASE_MAX: usize = 300;

fn place(id: CaseId, act: &str) -> String {
    format!("typed:{id}:{act}")
}

/// Keeps what the caller has typed for an act of a case.
///
/// # Errors
/// [`Error::NotFound`] if there is none or the caller may not see it; [`Error::Forbidden`] to its applicant; [`Error::Invalid`] for what is no
/// act; [`Error::TooLarge`]; if the engine fails.
pub(crate) async fn keep(ctx: &Ctx, app: &App, id: CaseId, form: &FormData) -> Result<()> {
    let row = load_for(ctx, app, id).await?;
    if !Hands::of(ctx, &row)?.officer() {
        return Err(Error::Forbidden { action: "办理办件" });
    }
    let act = ActKind::from_code(form.text("act")).ok_or_else(|| Error::invalid("act", "没有这种操作。"))?.code();
    let fields = form.pairs().iter().filter(|it| !matches!(it.0.as_str(), "csrf" | "version" | "act"));
    let fields: Vec<_> = fields.filter(|it| !it.1.trim().is_empty()).collect();
    let mut unit = Unit::new(ctx);
    if fields.is_empty() {
        unit.run(desk::TYPED_DROP_ONE, args![id, ctx.person()?, act]);
    } else {
        let text = store::json(&fields)?;
        if text.len() > TYPED_MAX {
            return Err(Error::TooLarge { reason: "填写的内容过多，请精简。".to_owned() });
        }
        let key = app.vault.key(&subject(id)).await?;
        let sealed = app.vault.seal_bytes(ctx, &key, &place(id, act), text.as_bytes());
        unit.run(desk::TYPED_KEEP, args![id, ctx.person()?, act, sealed, ctx.now]);
    }
    app.db.commit(unit).await?.or_stale("办件")
}

/// What the caller has typed for acts of a case and not yet sent, by act.
///
/// # Errors
/// If it was altered; if the engine fails.
pub(crate) async fn kept(ctx: &Ctx, app: &App, id: CaseId) -> Result<BTreeMap<String, FormData>> {
    let rows = app.db.query(desk::TYPED, args![id, ctx.person()?, ACTS_MAX]).await?;
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let key = app.vault.key(&subject(id)).await?;
    let mut out = BTreeMap::new();
    for row in rows {
        let act = row.string("act")?;
        let bytes = app.vault.open_bytes(&key, &place(id, &act), row.blob("sealed")?)?;
        let fields: Vec<(String, String)> = serde_json::from_slice(&bytes).map_err(Error::internal)?;
        out.insert(act, FormData::of(fields));
    }
    Ok(out)
}

/// In the unit of an act: what was typed for any act of this case is thrown away, since the case has moved.
pub(crate) fn throw_away(unit: &mut Unit, ctx: &Ctx, id: CaseId) -> Result<()> {
    unit.run(desk::TYPED_DROP, args![id, ctx.person()?]);
    Ok(())
}

/// A phrase for opinions.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct Phrase {
    /// 序号
    pub(crate) number: i64,
    /// 内容
    pub(crate) text: String,
    /// 是否单位的常用语；否则是本人的
    pub(crate) office: bool,
}

/// Whose phrases: the caller's own, or those of an authority.
pub(crate) fn owner(ctx: &Ctx, office: Option<Id<Authority>>) -> Result<String> {
    Ok(match office {
        Some(authority) => format!("authority:{authority}"),
        None => own_phrases(ctx.person()?),
    })
}

/// Under what somebody's own phrases are kept.
pub(super) fn own_phrases(person: Id<Person>) -> String {
    format!("person:{person}")
}

/// The caller's phrases, and after them those of this authority.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn phrases(ctx: &Ctx, app: &App, office: Option<Id<Authority>>) -> Result<Vec<Phrase>> {
    let mut out = Vec::new();
    for of in [None, office].into_iter().take(if office.is_some() { 2 } else { 1 }) {
        for row in app.db.query(desk::PHRASES, args![owner(ctx, of)?, PHRASES_MAX]).await? {
            out.push(Phrase { number: row.int("number")?, text: row.string("text")?, office: of.is_some() });
        }
    }
    Ok(out)
}

/// By what right the caller changes phrases: its own by any post at a desk, an authority's by handing out its cases.
fn may(ctx: &Ctx, office: Option<Id<Authority>>) -> Result<()> {
    match office {
        Some(authority) => ctx.may(ASSIGN, &kernel::Scope::authority(authority)).map(drop),
        None if ctx.actor.grants.iter().any(|it| it.permission == SEE.code) => Ok(()),
        None => Err(Error::Forbidden { action: "办理办件" }),
    }
}

/// Adds a phrase.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] at `text`; [`Error::Refused`] beyond [`PHRASES_MAX`]; if the engine fails.
pub(crate) async fn add_phrase(ctx: &Ctx, app: &App, (office, text): (Option<Id<Authority>>, &str)) -> Result<Phrase> {
    may(ctx, office)?;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > PHRASE_MAX {
        return Err(Error::invalid("text", format!("请写常用语，最长 {PHRASE_MAX} 个字。")));
    }
    let owner = owner(ctx, office)?;
    let rows = app.db.query(desk::PHRASES, args![&owner, PHRASES_MAX]).await?;
    if i64::try_from(rows.len()).is_ok_and(|it| it >= PHRASES_MAX) {
        return Err(Error::refused(format!("最多存 {PHRASES_MAX} 条常用语，请先删除不用的。")));
    }
    let number = rows.last().map_or(Ok(0), |row| row.int("number"))? + 1;
    let mut unit = Unit::new(ctx);
    unit.one(guard::VIEW, desk::PHRASE_ADD, args![owner, number, text]);
    match app.db.commit(unit).await? {
        Commit::Done => Ok(Phrase { number, text: text.to_owned(), office: office.is_some() }),
        Commit::Lost { .. } => Err(Error::refused("刚刚在别的窗口存过一条，请再点一次。")),
    }
}

/// Forgets a phrase.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; if the engine fails.
pub(crate) async fn forget_phrase(ctx: &Ctx, app: &App, (office, number): (Option<Id<Authority>>, i64)) -> Result<()> {
    may(ctx, office)?;
    let mut unit = Unit::new(ctx);
    unit.one(guard::VIEW, desk::PHRASE_DROP, args![owner(ctx, office)?, number]);
    match app.db.commit(unit).await? {
        Commit::Done => Ok(()),
        Commit::Lost { .. } => Err(Error::NotFound { what: "常用语" }),
    }
}

/// The applicant's other cases with the same authority, the newest first: number, item, state, day; five at most.
pub(crate) async fn earlier(ctx: &Ctx, app: &App, id: CaseId) -> Result<Vec<super::reads::CaseSummary>> {
    let row = load_for(ctx, app, id).await?;
    sees(ctx, &row)?;
    let here = each([row.facts.authority]);
    let values = args![row.facts.holder.to_string(), i64::MAX, "", EARLIER_MAX + 1, false, here];
    let rows = app.db.query(store::OF_HOLDER_SEEN, values).await?;
    let mut items = Vec::new();
    for found in &rows {
        let found = store::case(found)?;
        if found.id != id && sees(ctx, &found).is_ok() && items.len() < EARLIER {
            items.push(found);
        }
    }
    Ok(super::reads::summaries(ctx, app, kernel::Page { items, next: None }).await?.items)
}

/// Earlier cases of the applicant that a case page shows.
const EARLIER: usize = 5;
const EARLIER_MAX: i64 = 5;
