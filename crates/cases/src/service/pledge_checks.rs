//! Pledges afterwards (事后核查): what is to be checked by when, what was found and why, breaches and their repair. Whoever pledged is told.

use std::collections::BTreeMap;

use kernel::{Authority, Basis, Ctx, Cursor, Error, Holder, Id, Moment, Page, PageAsk, Result};
use serde::Serialize;
use storage::{Commit, Row, Sql, Unit, args};
use time::Date;
use webkit::{App, utoipa::ToSchema};

use super::{
    Hands, document, load_for, looks, materials,
    notices::{self, Saying},
    pledge_print,
    pledges::{self, Pledge, chain},
    scope, subject,
};
use crate::{
    CHECK_PLEDGES, CaseId,
    model::{
        Outcome, notice,
        pledge::{Finding, PledgeState, Standing},
    },
    store::{CaseRow, pledges as rows},
    view,
};

/// Characters of a reason at most.
const REASON_MAX: usize = 1_000;

/// A pledge in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PledgeLine {
    /// 办件标识
    pub(crate) case: String,
    /// 承诺书在办件中的文件序号
    pub(crate) file: i64,
    /// 办件编号
    pub(crate) number: String,
    /// 事项名称
    pub(crate) item_name: String,
    /// 代替的材料
    pub(crate) material: String,
    /// 状态代码：`made` 等待核查、`kept` 相符、`broken` 违诺、`mended` 已修复
    pub(crate) standing: String,
    /// 状态
    pub(crate) standing_name: String,
    #[serde(skip)]
    pub(crate) tone: &'static str,
    /// 核查期限，供人阅读；没有作出决定、已经核查的为空
    pub(crate) due: String,
    /// 已经超过核查期限
    pub(crate) late: bool,
}

/// Something that was found of a pledge, or its beginning.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PledgeStep {
    /// 发生了什么
    pub(crate) title: String,
    /// 时间，供人阅读
    pub(crate) when: String,
    /// 理由；没有的为空
    pub(crate) reason: String,
}

/// A pledge with its text and all that was found of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PledgeView {
    #[serde(flatten)]
    pub(crate) line: PledgeLine,
    /// 签署的全文，一字不改
    pub(crate) text: String,
    /// 经过
    pub(crate) steps: Vec<PledgeStep>,
    /// 版本号，登记核查结果时带上
    pub(crate) version: i64,
    /// 现在可以登记的结果：代码和名称
    pub(crate) findings: Vec<(String, String)>,
    /// 违诺的，接下来怎样
    pub(crate) consequence: String,
    /// 在窗口签纸质承诺书的，签名扫描件的文件序号
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) paper: Option<i64>,
    #[serde(skip)]
    pub(crate) officer: bool,
}

/// What of a list of pledges is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// To be checked, the first due first.
    Due,
    /// Breaches that are not repaired.
    Broken,
}

/// The pledges that the caller is to check, or whose breach is not repaired.
///
/// # Errors
/// [`Error::NotFound`] for a key of another list; if the engine fails.
pub(crate) async fn list(ctx: &Ctx, app: &App, which: Which, ask: &PageAsk) -> Result<Page<PledgeLine>> {
    let after = match &ask.after {
        Some(cursor) => (cursor.text(0)?.to_owned(), cursor.text(1)?.to_owned()),
        None => (String::new(), String::new()),
    };
    let mut found: BTreeMap<(String, String), (Pledge, Option<Date>)> = BTreeMap::new();
    for authority in authorities(ctx) {
        let at = authority.map(|it| it.to_string()).unwrap_or_default();
        let (sql, values): (Sql, _) = match (which, authority.is_some()) {
            (Which::Due, one) => {
                let sql = if one { rows::PLEDGES_DUE } else { rows::PLEDGES_DUE_ANYWHERE };
                (sql, args![at, &after.0, &after.1, ask.sql_limit()])
            }
            (Which::Broken, one) => {
                let sql = if one { rows::PLEDGES_BROKEN } else { rows::PLEDGES_BROKEN_ANYWHERE };
                (sql, args![at, &after.1, ask.sql_limit()])
            }
        };
        for row in app.db.query(sql, values).await? {
            let due = if which == Which::Due { row.opt_date("due")? } else { None };
            let key = (due.map_or_else(String::new, |it| it.to_string()), row.string("id")?);
            found.insert(key, (rows::read(&row)?, due));
        }
    }
    let key = |it: &((String, String), _)| Cursor::new([it.0.0.clone(), it.0.1.clone()]);
    let page = Page::cut(found.into_iter().collect(), ask, key);
    let ids: Vec<_> = page.items.iter().map(|(_, it)| it.0.state.case.to_string()).collect();
    let cases = super::worklist::read(app, &ids).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for ((_, (pledge, due)), id) in page.items.iter().zip(&ids) {
        // A post may be for some items only.
        let row = cases.get(id).filter(|row| ctx.may(CHECK_PLEDGES, &scope(row)).is_ok());
        if let Some(row) = row {
            items.push(line(ctx, app, row, (&pledge.state, *due)).await?);
        }
    }
    Ok(Page { items, next: page.next })
}

/// The authorities whose pledges the caller checks; `None`: all.
fn authorities(ctx: &Ctx) -> Vec<Option<Id<Authority>>> {
    let grants = ctx.actor.grants.iter().filter(|it| it.permission == CHECK_PLEDGES.code);
    let mut at: Vec<_> = grants.map(|it| it.authority).collect();
    at.sort();
    at.dedup();
    if at.contains(&None) { vec![None] } else { at }
}

async fn line(ctx: &Ctx, app: &App, row: &CaseRow, (state, due): (&PledgeState, Option<Date>)) -> Result<PledgeLine> {
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    Ok(PledgeLine {
        case: row.id.to_string(),
        file: state.file,
        number: row.facts.number.clone(),
        item_name: document.name.clone(),
        material: document.requirement(&state.material).map_or_else(String::new, |it| it.name.clone()),
        standing: state.standing.code().to_owned(),
        standing_name: state.standing.name().to_owned(),
        tone: state.standing.tone(),
        due: due.map_or_else(String::new, view::day),
        late: due.is_some_and(|it| it < ctx.now.legal_date()),
    })
}

async fn due_of(app: &App, it: &Pledge) -> Result<Option<Date>> {
    let row = app.db.find(rows::DUE_OF, args![it.id]).await?;
    row.as_ref().map_or(Ok(None), |row: &Row| row.opt_date("due"))
}

/// One pledge of a case with its text, for its applicant and for officers who may see the case.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] if the case is over and an officer has not told yet today what for it looks; if the engine fails.
pub(crate) async fn pledge(ctx: &Ctx, app: &App, id: CaseId, file: i64) -> Result<PledgeView> {
    let row = load_for(ctx, app, id).await?;
    let hands = Hands::of(ctx, &row)?;
    if hands.officer() {
        looks::must_look(ctx, app, &row).await?;
    }
    let it = one(app, id, file).await?;
    let text = materials::opened(app, id, file).await?.bytes;
    let may = may_check(ctx, &row).is_ok();
    let findings = if may { it.state.standing.findings() } else { &[] };
    let due = due_of(app, &it).await?;
    Ok(PledgeView {
        line: line(ctx, app, &row, (&it.state, due)).await?,
        text: String::from_utf8(text).map_err(Error::internal)?,
        steps: steps(app, &it).await?,
        version: it.head.version,
        findings: findings.iter().map(|it| (it.code().to_owned(), it.name().to_owned())).collect(),
        consequence: consequence(&row, it.state.standing).to_owned(),
        paper: it.state.paper.as_ref().map(|it| it.0),
        officer: hands.officer(),
    })
}

/// One pledge of a case as PDF, word for word as it was signed, with its name; for whoever may read it.
///
/// # Errors
/// As [`pledge`].
pub(crate) async fn print(ctx: &Ctx, app: &App, id: CaseId, file: i64) -> Result<(String, Vec<u8>)> {
    let row = load_for(ctx, app, id).await?;
    if Hands::of(ctx, &row)?.officer() {
        looks::must_look(ctx, app, &row).await?;
    }
    one(app, id, file).await?;
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    printed(app, (id, file), (&document.name, ctx.now)).await
}

/// The signed text of a case as PDF, with its name; whoever calls has asked by what right. What it is about (the item) stands among the
/// properties of the file.
///
/// # Errors
/// [`Error::NotFound`] if there is none; if it cannot be laid out.
pub(super) async fn printed(
    app: &App,
    (id, file): (CaseId, i64),
    (item, at): (&str, Moment),
) -> Result<(String, Vec<u8>)> {
    let read = materials::opened(app, id, file).await?;
    let text = String::from_utf8(read.bytes).map_err(Error::internal)?;
    let name = read.name.strip_suffix(".txt").unwrap_or(&read.name);
    Ok((format!("{name}.pdf"), pledge_print::pdf(app, &text, (item, at), false).await?))
}

/// All pledges of a case with their words, for its applicant's own data; whoever calls has asked by what right: the material, how it
/// stands, the text.
///
/// # Errors
/// If the engine fails.
pub(super) async fn told(app: &App, id: CaseId, name: impl Fn(&str) -> String) -> Result<Vec<[String; 3]>> {
    let mut out = Vec::new();
    for it in pledges::of_case(app, id).await? {
        let text =
            String::from_utf8(materials::opened(app, id, it.state.file).await?.bytes).map_err(Error::internal)?;
        out.push([name(&it.state.material), it.state.standing.name().to_owned(), text]);
    }
    Ok(out)
}

/// What follows from a breach as the case stands: the platform records and tells, the office acts by law.
fn consequence(row: &CaseRow, standing: Standing) -> &'static str {
    let approved = row.case.decision().is_some_and(|it| !matches!(it.outcome, Outcome::Refused { .. }));
    match standing {
        Standing::Broken if approved => {
            "这件办件已经准予。承诺不实的，由办理单位依法责令限期整改、撤销决定或者予以行政处罚；平台记录违诺并告知申请人。\
             违诺修复以前，申请人办理本事项不再适用告知承诺。"
        }
        Standing::Broken => {
            "承诺不实的，由办理单位依法终止办理或者作出不予的决定；平台记录违诺并告知申请人。\
             违诺修复以前，申请人办理本事项不再适用告知承诺。"
        }
        _ => "",
    }
}

async fn one(app: &App, id: CaseId, file: i64) -> Result<Pledge> {
    let row = app.db.find(rows::PLEDGE, args![id, file]).await?.ok_or(Error::NotFound { what: "告知承诺" })?;
    rows::read(&row)
}

async fn steps(app: &App, it: &Pledge) -> Result<Vec<PledgeStep>> {
    let reasons = app.vault.open_all(&subject(it.state.case), &place(it.state.file, "")).await?;
    let said = |version: i64| {
        let at = place(it.state.file, &version.to_string());
        reasons.iter().find(|it| it.0 == at).map_or_else(String::new, |it| String::from_utf8_lossy(&it.1).into_owned())
    };
    let entries = journal::history(&app.db, &chain(it.id)).await?;
    let step = |entry: &journal::Record| PledgeStep {
        title: match entry.kind.as_str() {
            pledges::MADE => "申请人签署后随申请提交".to_owned(),
            kind => notice::title_of(kind).to_owned(),
        },
        when: entry.at.zh(),
        reason: said(entry.version),
    };
    Ok(entries.iter().map(step).collect())
}

/// Where the reason of a finding lies in the vault.
fn place(file: i64, version: &str) -> String {
    format!("pledge.{file}.{version}")
}

/// By what right the caller checks the pledges of a case: never those of its own.
fn may_check(ctx: &Ctx, row: &CaseRow) -> Result<Basis> {
    let own = row.facts.holder == Holder::Person(ctx.person()?) || row.facts.filed_by == ctx.person()?;
    if own || !Hands::of(ctx, row)?.officer() {
        return Err(Error::Forbidden { action: CHECK_PLEDGES.words });
    }
    ctx.may(CHECK_PLEDGES, &scope(row))
}

/// Records what was found of a pledge that the caller saw at `version`: true, untrue, or that its breach is repaired. The applicant is told.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] without the post, or for one's own; [`Error::Invalid`] at `found` or `reason`;
/// [`Error::Refused`] if this cannot be found of it now; [`Error::Stale`] if somebody was first; if the engine fails.
pub(crate) async fn find(
    ctx: &Ctx,
    app: &App,
    (id, file, version): (CaseId, i64, i64),
    (found, reason): (&str, &str),
) -> Result<()> {
    let row = load_for(ctx, app, id).await?;
    let basis = may_check(ctx, &row)?;
    let it = one(app, id, file).await?;
    if it.state.window == Some(ctx.person()?) {
        return Err(Error::refused("这份承诺是您在窗口经办签署的，请由别的工作人员核查。"));
    }
    let found = Finding::from_code(found).ok_or_else(|| Error::invalid("found", "请选择核查的结果。"))?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid("reason", "请写明怎样核查的、看到了什么，或者怎样修复的。"));
    }
    if reason.chars().count() > REASON_MAX {
        return Err(Error::invalid("reason", format!("最长 {REASON_MAX} 个字。")));
    }
    if it.head.version != version {
        return Err(Error::Stale { what: "告知承诺", by: None });
    }
    let standing = it.state.standing.after(found)?;
    let holder = subject(id);
    let key = app.vault.key(&holder).await?;
    let mut unit = Unit::new(ctx);
    let name = place(file, &(version + 1).to_string());
    let reason = app.vault.seal(&mut unit, ctx, (&holder, &key), &name, reason.as_bytes());
    let state = PledgeState { standing, reason, ..it.state.clone() };
    let recorded = in_stead(ctx, &basis);
    let head = journal::append(&mut unit, &recorded, &it.head, (&chain(it.id), found.kind()), &state)?;
    rows::change(&mut unit, &it, &state, &head)?;
    unit.run(rows::DUE_DROP, args![it.id]);
    identity::still_holds(&mut unit, ctx, &basis);
    if let Some(told) = notice::told_of_pledge(found.kind()) {
        // Before the entries of the case, which count from 1; each finding of each pledge has its own.
        let number = -(NUMBERS + file * STEPS + head.version);
        let saying =
            Saying { row: &row, number, kind: found.kind(), at: ctx.now, words: told.words, matters: told.matters };
        notices::say(ctx, &mut unit, app, &saying).await?;
    }
    match app.db.commit(unit).await? {
        Commit::Done => Ok(()),
        Commit::Lost { guard: kernel::POST_GUARD } => Err(Error::post_ended()),
        Commit::Lost { .. } => Err(Error::Stale { what: "告知承诺", by: None }),
    }
}

/// Notices of pledges have numbers below those of reminders of what is owed, which end with the day in them …
const NUMBERS: i64 = 1_000_000_000;
/// … and so many numbers each.
const STEPS: i64 = 1_000;

/// The context under which it is recorded: in whose stead, if the right is that of a stand-in (代岗).
fn in_stead(ctx: &Ctx, basis: &Basis) -> Ctx {
    let grant = ctx.actor.grants.iter().find(|it| *basis == Basis::Post(it.post));
    match grant.and_then(|it| it.stands_for) {
        Some(person) => {
            let on_behalf_of = Some(Holder::Person(person));
            ctx.as_actor(kernel::Actor { on_behalf_of, ..kernel::Actor::clone(&ctx.actor) })
        }
        None => ctx.clone(),
    }
}
