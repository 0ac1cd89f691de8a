//! 征求意见: what an office asks another one about a case. Who is asked sees the question and the files that were chosen, and nothing else of
//! the case; the applicant sees none of it. Each is a thing of its own in the record; words lie sealed under the case's key.

mod reminders;
mod shown;

use std::collections::BTreeMap;

use identity::{Look, Meant, Purpose, Reach};
use journal::Head;
use kernel::{Authority, Basis, Ctx, Cursor, Error, Holder, Id, Page, PageAsk, Result, Scope};
use serde::Deserialize;
use storage::{Commit, Row, Unit, args};
use time::{Date, macros::format_description};
use webkit::{App, utoipa};

pub(crate) use reminders::remind;
pub(crate) use shown::{OpinionLine, OpinionView, ToldOpinion, told};
use shown::{lines, views};

use super::{
    Hands, desk_scope, load, load_for, looks,
    materials::{self, ReadMaterial},
    subject,
};
use crate::{
    ADVISE, CaseId, DECIDE, REVIEW,
    model::opinion::{Answered, OPINION_FILES_MAX, OPINION_TEXT_MAX, OpinionState, due_fault, no_opinion},
    store::{self, CaseRow, guard, opinions as sql},
};

/// An opinion, as an id's mark.
#[derive(Debug)]
pub(crate) enum OpinionMark {}

/// The id of an opinion that was asked.
pub(crate) type OpinionId = Id<OpinionMark>;

/// Opinions asked on one case at most.
const OPINIONS_MAX: i64 = 50;
/// Authorities whose questions one list holds at most.
const OFFICES_MAX: usize = 12;
/// Pages on which everything was taken back that are passed over at most; then the list goes on only when it is asked to.
const PAGES_AHEAD: usize = 20;

/// A question as a form or a program sends it.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub(crate) struct NewOpinion {
    /// 征求哪个单位的意见：名称或者简称
    pub(crate) office: String,
    /// 答复日期：`2026-03-20`
    pub(crate) due: String,
    /// 要征求意见的问题
    pub(crate) question: String,
    /// 给对方看的材料：文件序号
    pub(crate) files: Vec<i64>,
}

/// A row of `case_opinions`.
struct Opinion {
    id: OpinionId,
    case: CaseId,
    state: OpinionState,
    head: Head,
}

fn read(row: &Row) -> Result<Opinion> {
    Ok(Opinion { id: row.id("id")?, case: row.id("case_id")?, state: state(row)?, head: Head::of(row)? })
}

/// What the record says of a row.
///
/// # Errors
/// If it is none.
pub(crate) fn state(row: &Row) -> Result<OpinionState> {
    row.json("state")
}

fn chain(id: OpinionId) -> String {
    format!("case-opinion:{id}")
}

fn question_place(number: i64) -> String {
    format!("opinion.{number}.question")
}

fn answer_place(number: i64) -> String {
    format!("opinion.{number}.answer")
}

/// By what right the caller asks: as who reviews or decides the case, never as its applicant.
fn handler(ctx: &Ctx, row: &CaseRow) -> Result<Basis> {
    if !Hands::of(ctx, row)?.officer() || row.facts.holder == Holder::Person(ctx.person()?) {
        return Err(Error::Forbidden { action: "征求其他单位的意见" });
    }
    let scope = desk_scope(row);
    ctx.may(REVIEW, &scope).or_else(|_| ctx.may(DECIDE, &scope))
}

/// Whether the caller can ask other offices about this case now.
pub(crate) fn asks(ctx: &Ctx, row: &CaseRow) -> bool {
    no_opinion(&row.case).is_none() && handler(ctx, row).is_ok()
}

/// Asks another office; gives the number of the question within the case.
///
/// # Errors
/// [`Error::NotFound`] if there is no case or the caller may not see it; [`Error::Forbidden`]; [`Error::Refused`] before acceptance, after the
/// decision, or beyond [`OPINIONS_MAX`]; [`Error::Invalid`] at the field that is wrong; if the engine fails.
pub(crate) async fn ask(ctx: &Ctx, app: &App, id: CaseId, new: &NewOpinion) -> Result<i64> {
    let row = load_for(ctx, app, id).await?;
    let basis = handler(ctx, &row)?;
    if let Some(why) = no_opinion(&row.case) {
        return Err(Error::refused(why));
    }
    let authority = office(app, &new.office).await?;
    let question = words("question", "要征求意见的问题", &new.question)?;
    let due = day(&new.due)?;
    if let Some(fault) = due_fault(ctx.now.legal_date(), due) {
        return Err(Error::invalid("due", fault));
    }
    let files = chosen(app, id, &new.files).await?;
    let rows = app.db.query(sql::OPINIONS, args![id, OPINIONS_MAX]).await?;
    let number = rows.last().map_or(Ok(0), |row| row.int("number"))? + 1;
    if number > OPINIONS_MAX {
        return Err(Error::refused(format!("一件办件最多征求 {OPINIONS_MAX} 次意见。")));
    }
    let (mut unit, holder) = (Unit::new(ctx), subject(id));
    let key = app.vault.key(&holder).await?;
    let sm3 = app.vault.seal(&mut unit, ctx, (&holder, &key), &question_place(number), question.as_bytes());
    let it = OpinionState {
        case: id.to_string(),
        number,
        authority,
        asked_by: ctx.person()?,
        asked_at: ctx.now,
        due,
        files,
        question: sm3,
        answered: None,
        withdrawn: None,
    };
    let opinion = ctx.new_id::<OpinionMark>();
    let head = journal::append(&mut unit, ctx, &Head::none(), (&chain(opinion), "cases.opinion_asked"), &it)?;
    let values = args![opinion, id, number, authority, due, true, store::json(&it)?, head.version, &head.hash, head.at];
    unit.one(guard::OPINION, sql::OPINION_ADD, values);
    unit.one(guard::OPINION, sql::REMINDER_ADD, args![opinion, due]);
    identity::still_holds(&mut unit, ctx, &basis);
    match app.db.commit(unit).await? {
        Commit::Done => Ok(number),
        Commit::Lost { guard: kernel::POST_GUARD } => Err(Error::post_ended()),
        Commit::Lost { .. } => Err(Error::refused("同事刚刚也征求了意见，请再点一次。")),
    }
}

/// The one authority that these words name.
async fn office(app: &App, words: &str) -> Result<Id<Authority>> {
    let bad = |text: String| Err(Error::invalid("office", text));
    if words.trim().is_empty() {
        return bad("请填写征求哪个单位的意见。".to_owned());
    }
    match Reach::at(&app.db, None).await?.meant(&app.db, words.trim(), "").await? {
        // What is told to it is confidential: a part of a name is not enough.
        Meant::One(id) => {
            let facts = identity::authority(&app.db, id).await?.facts;
            if [&facts.name, &facts.short_name].contains(&&words.trim().to_owned()) {
                return Ok(id);
            }
            bad(format!("要征求的是「{}」吗？请填写全称。", facts.name))
        }
        Meant::Several(found) => {
            let names: Vec<_> = found.iter().map(|it| it.facts.name.as_str()).collect();
            bad(format!("名称相近的有：{}。请填写全称。", names.join("、")))
        }
        Meant::Nothing => bad(format!("没有找到「{}」，请填写单位的全称或者简称。", words.trim())),
        Meant::TooMany => bad(format!("含「{}」的单位太多，请填写全称。", words.trim())),
    }
}

fn words(field: &str, what: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(field, format!("请写明{what}。")));
    }
    if text.chars().count() > OPINION_TEXT_MAX {
        return Err(Error::invalid(field, format!("最长 {OPINION_TEXT_MAX} 个字，请精简。")));
    }
    Ok(text.to_owned())
}

fn day(text: &str) -> Result<Date> {
    let wrong = |_| Error::invalid("due", "请填写答复日期，例如 2026-03-20。");
    Date::parse(text.trim(), format_description!("[year]-[month]-[day]")).map_err(wrong)
}

/// The files that are shown: those of the case that can be opened.
async fn chosen(app: &App, id: CaseId, files: &[i64]) -> Result<Vec<i64>> {
    if files.len() > OPINION_FILES_MAX {
        return Err(Error::invalid("files", format!("最多选 {OPINION_FILES_MAX} 个文件。")));
    }
    let known = materials::list(app, id).await?;
    let mut out = files.to_vec();
    out.sort_unstable();
    out.dedup();
    let there = |number: &i64| known.iter().any(|it| it.0.number == *number && !it.0.on_paper);
    if !out.iter().all(there) {
        return Err(Error::invalid("files", "有的文件已经不在了，请刷新页面重新选择。"));
    }
    Ok(out)
}

/// Takes a question back that nobody answered yet.
///
/// # Errors
/// As [`ask`]; [`Error::NotFound`] if there is none of this number; [`Error::Refused`] if it was answered or taken back.
pub(crate) async fn withdraw(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<()> {
    let row = load_for(ctx, app, id).await?;
    let basis = handler(ctx, &row)?;
    let rows = app.db.query(sql::OPINIONS, args![id, OPINIONS_MAX]).await?;
    let all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    let it = all.into_iter().find(|it| it.state.number == number).ok_or(Error::NotFound { what: "征求意见" })?;
    let state = OpinionState { withdrawn: Some(ctx.now), ..it.state.clone() };
    let unit = Unit::new(ctx);
    change(ctx, app, (unit, &basis), (&it, &state), "cases.opinion_withdrawn").await
}

/// Answers, in the name of the office that was asked.
///
/// # Errors
/// [`Error::NotFound`] if there is none, or the caller's office was not asked; [`Error::Invalid`] at `answer`; [`Error::Refused`] if it was
/// answered already or taken back; if the engine fails.
pub(crate) async fn answer(ctx: &Ctx, app: &App, id: OpinionId, text: &str) -> Result<()> {
    let (it, row, basis) = asked(ctx, app, id).await?;
    let text = words("answer", "答复意见", text)?;
    let (mut unit, holder) = (Unit::new(ctx), subject(row.id));
    let key = app.vault.key(&holder).await?;
    let words = app.vault.seal(&mut unit, ctx, (&holder, &key), &answer_place(it.state.number), text.as_bytes());
    let answered = Answered { by: ctx.person()?, at: ctx.now, words };
    let state = OpinionState { answered: Some(answered), ..it.state.clone() };
    change(ctx, app, (unit, &basis), (&it, &state), "cases.opinion_answered").await
}

async fn change(
    ctx: &Ctx,
    app: &App,
    (mut unit, basis): (Unit, &Basis),
    (it, state): (&Opinion, &OpinionState),
    kind: &'static str,
) -> Result<()> {
    if !it.state.is_open() {
        return Err(Error::refused("这次征求意见已经答复或者撤回，不能再办理。"));
    }
    let head = journal::append(&mut unit, ctx, &it.head, (&chain(it.id), kind), state)?;
    let values = args![it.id, state.is_open(), store::json(state)?, head.version, &head.hash, head.at, it.head.version];
    unit.one(guard::OPINION, sql::OPINION_CHANGE, values);
    unit.run(sql::REMINDER_DROP, args![it.id]);
    identity::still_holds(&mut unit, ctx, basis);
    match app.db.commit(unit).await? {
        Commit::Done => Ok(()),
        Commit::Lost { guard: kernel::POST_GUARD } => Err(Error::post_ended()),
        Commit::Lost { .. } => Err(Error::refused("已经答复或者撤回，请刷新页面查看。")),
    }
}

/// An opinion for whom its office was asked; to all others there is none.
async fn asked(ctx: &Ctx, app: &App, id: OpinionId) -> Result<(Opinion, CaseRow, Basis)> {
    let none = || Error::NotFound { what: "征求意见" };
    let row = app.db.find(sql::OPINION, args![id]).await?.ok_or_else(none)?;
    let it = read(&row)?;
    let basis = match ctx.may(ADVISE, &Scope::authority(it.state.authority)) {
        Ok(basis) => basis,
        Err(Error::Forbidden { .. }) => return Err(none()),
        Err(error) => return Err(error),
    };
    let case = load(app, it.case).await?;
    let own = looks::whose(&case) == ctx.person()? || case.facts.filed_by == ctx.person()?;
    if own || it.state.withdrawn.is_some() {
        return Err(none());
    }
    Ok((it, case, basis))
}

/// One of the files that were chosen, for whom its office was asked; the person whose data it is is told who looked.
///
/// # Errors
/// [`Error::NotFound`]; if the engine fails.
pub(crate) async fn file(ctx: &Ctx, app: &App, id: OpinionId, number: i64) -> Result<ReadMaterial> {
    let (it, row, basis) = asked(ctx, app, id).await?;
    if !it.state.files.contains(&number) {
        return Err(Error::NotFound { what: "材料" });
    }
    let look = Look {
        matter: row.facts.number.clone(),
        authority: Some(it.state.authority),
        basis: Some(basis),
        words: String::new(),
    };
    identity::look(ctx, app, looks::whose(&row), (Purpose::Handling, &look)).await?;
    materials::opened(app, row.id, number).await
}

/// What was asked on a case, for its officers; whoever calls has asked by what right.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn of_case(ctx: &Ctx, app: &App, id: CaseId) -> Result<Vec<OpinionView>> {
    let rows = app.db.query(sql::OPINIONS, args![id, OPINIONS_MAX]).await?;
    let all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    views(ctx, app, id, &all).await
}

/// As [`of_case`], for a program that shows it to an officer.
///
/// # Errors
/// [`Error::NotFound`] if there is no case or the caller may not see it; [`Error::Forbidden`] to its applicant.
pub(crate) async fn asked_on(ctx: &Ctx, app: &App, id: CaseId) -> Result<Vec<OpinionView>> {
    let row = load_for(ctx, app, id).await?;
    if !Hands::of(ctx, &row)?.officer() {
        return Err(Error::Forbidden { action: "办理办件" });
    }
    looks::must_look(ctx, app, &row).await?;
    of_case(ctx, app, id).await
}

/// What the caller's offices are asked (`open`), or were asked, the nearest day first.
///
/// # Errors
/// [`Error::Forbidden`] without the post; [`Error::NotFound`] for a key of another list; if the engine fails.
pub(crate) async fn asked_of(ctx: &Ctx, app: &App, open: bool, ask: &PageAsk) -> Result<Page<OpinionLine>> {
    let grants = ctx.actor.grants.iter().filter(|it| it.permission == ADVISE.code);
    let mut offices: Vec<_> = grants.filter_map(|it| it.authority).collect();
    offices.sort_unstable();
    offices.dedup();
    if offices.is_empty() {
        return Err(Error::Forbidden { action: ADVISE.words });
    }
    offices.truncate(OFFICES_MAX);
    let mut page = asked_after(app, &offices, open, ask).await?;
    // A page on which everything was taken back is no end: who reads would not ask for what follows.
    for _ in 0..PAGES_AHEAD {
        let Some(next) = page.next.take_if(|_| page.items.is_empty()) else { break };
        page = asked_after(app, &offices, open, &PageAsk { after: Some(next.parse()?), ..*ask }).await?;
    }
    Ok(Page { items: lines(ctx, app, &page.items).await?, next: page.next })
}

/// What stands of a page of questions to these offices, without those that were taken back.
async fn asked_after(app: &App, offices: &[Id<Authority>], open: bool, ask: &PageAsk) -> Result<Page<Opinion>> {
    let (day, id) = match &ask.after {
        Some(cursor) => (cursor.text(0)?.to_owned(), cursor.text(1)?.to_owned()),
        None => (String::new(), String::new()),
    };
    let mut found = BTreeMap::new();
    for office in offices.iter().copied() {
        for row in app.db.query(sql::OPINIONS_AT, args![office, open, &day, &id, ask.sql_limit()]).await? {
            let it = read(&row)?;
            found.insert((it.state.due.to_string(), it.id.to_string()), it);
        }
    }
    let key = |it: &Opinion| Cursor::new([it.state.due.to_string(), it.id.to_string()]);
    let mut page = Page::cut(found.into_values().collect(), ask, key);
    // Only now: what was taken back counts on its page, so that the next one begins behind it.
    page.items.retain(|it| it.state.withdrawn.is_none());
    Ok(page)
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`] if there is none, or the caller's office was not asked; if the engine fails.
pub(crate) async fn one(ctx: &Ctx, app: &App, id: OpinionId) -> Result<OpinionView> {
    let (it, case, _) = asked(ctx, app, id).await?;
    let mut views = views(ctx, app, case.id, &[it]).await?;
    views.pop().ok_or(Error::NotFound { what: "征求意见" })
}
