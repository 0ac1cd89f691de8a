//! Notices of holidays: loaded, and all open clocks reckoned anew.

use std::fmt;

use journal::Head;
use kernel::{Ctx, Error, Result, Who};
use serde::Serialize;
use standards::YearNotice;
use storage::{Commit, Unit, args};
use webkit::App;

use super::acts::{self, More};
use crate::{
    Calendars,
    model::{Act, By, Setting},
    rules,
    store::{self, CaseRow, guard},
};

/// Cases reckoned anew in one unit at most.
const CHUNK: i64 = 200;
/// A notice's file at most, in bytes; a year has a few dozen rows.
const FILE_MAX: usize = 256 * 1024;

/// What came of loading a notice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CalendarReport {
    /// The year.
    pub year: i32,
    /// Notices that were new.
    pub added: usize,
    /// Notices that replaced another of the same year.
    pub updated: usize,
    /// Notices that stood already, word for word.
    pub unchanged: usize,
    /// Rows refused; a notice is taken whole or not at all.
    pub refused_count: usize,
    /// Cases whose days changed.
    pub reckoned: usize,
}

/// 「导入 N, 更新 N, 未变 N, 拒绝 N」, with how many cases' days changed.
impl fmt::Display for CalendarReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, added, updated, unchanged, refused_count, reckoned } = self;
        writeln!(f, "{year} 年放假安排，{reckoned} 件办件的期限重新计算")?;
        write!(f, "导入 {added}, 更新 {updated}, 未变 {unchanged}, 拒绝 {refused_count}")
    }
}

/// Loads the State Council's notice of a year (see [`YearNotice`] for the file) and reckons all open clocks anew, with an entry for
/// each case whose days change. Only the program itself does it (`yiwang import calendar`). Loaded again, it only goes on reckoning
/// where it was interrupted.
///
/// # Errors
/// [`Error::Forbidden`] to people; [`Error::Invalid`] with every row that is wrong; if the engine fails.
pub async fn import_calendar(ctx: &Ctx, app: &App, file: &[u8]) -> Result<CalendarReport> {
    if !matches!(ctx.actor.who, Who::System(_)) {
        return Err(Error::Forbidden { action: "导入放假安排" });
    }
    let calendars = app.part::<Calendars>()?;
    calendars.refresh(&app.db, ctx.now).await?;
    let text = std::str::from_utf8(file).ok().filter(|it| it.len() <= FILE_MAX);
    let text =
        text.ok_or_else(|| Error::invalid("file", "文件不是 UTF-8 文本，或者过大，请用 UTF-8 编码另存后再导入。"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let notice = YearNotice::parse(text).map_err(|error| Error::invalid("file", error.to_string()))?;
    let year = notice.year();
    let whole = notice.to_csv();
    let known = calendars.now(&app.db, ctx.now).await?;
    known.as_ref().clone().with_year(notice).map_err(|error| Error::invalid("file", error.to_string()))?;
    let mut report = CalendarReport { year, ..CalendarReport::default() };
    let rows = app.db.query(store::CALENDAR, args![]).await?;
    let before = rows.iter().find(|row| row.int("year").is_ok_and(|it| it == i64::from(year)));
    let mut unit = Unit::new(ctx);
    let body = serde_json::json!({ "year": year, "notice": whole });
    match before {
        Some(row) if row.text("notice")? == whole => report.unchanged = 1,
        Some(row) => {
            let subject = format!("calendar:{}", row.text("id")?);
            let head = journal::append(&mut unit, ctx, &Head::of(row)?, (&subject, "cases.calendar_changed"), &body)?;
            let values = args![year, &whole, head.version, head.hash, head.at, row.int("version")?];
            unit.one(guard::YEAR, store::CALENDAR_CHANGE, values);
            report.updated = 1;
        }
        None => {
            let id = ctx.new_id::<CalendarReport>();
            let subject = format!("calendar:{id}");
            let head = journal::append(&mut unit, ctx, &Head::none(), (&subject, "cases.calendar_loaded"), &body)?;
            unit.one(guard::YEAR, store::CALENDAR_ADD, args![year, id, &whole, head.version, head.hash, head.at]);
            report.added = 1;
        }
    }
    if !unit.is_empty() {
        app.db.commit(unit).await?.or_stale("放假安排")?;
    }
    calendars.refresh(&app.db, ctx.now).await?;
    report.reckoned = reckon_all(ctx, app).await?;
    Ok(report)
}

/// Reckons every open case, some hundreds in a unit. A case that somebody acts on meanwhile is reckoned by itself, from its new state.
async fn reckon_all(ctx: &Ctx, app: &App) -> Result<usize> {
    let mut reckoned = 0;
    let mut after = String::new();
    loop {
        let rows = app.db.query(store::OPEN_AFTER, args![&after, CHUNK]).await?;
        let Some(last) = rows.last() else { return Ok(reckoned) };
        after = last.string("id")?;
        let cases = rows.iter().map(store::case).collect::<Result<Vec<_>>>()?;
        let mut unit = Unit::new(ctx);
        let mut changed = Vec::new();
        for row in &cases {
            if reckon(ctx, app, &mut unit, row).await? {
                changed.push(row);
            }
        }
        if unit.is_empty() {
            continue;
        }
        if let Commit::Lost { .. } = app.db.commit(unit).await? {
            for row in &changed {
                alone(ctx, app, row).await?;
            }
        }
        reckoned += changed.len();
    }
}

/// Adds what changes of this case to the unit; false: nothing does.
async fn reckon(ctx: &Ctx, app: &App, unit: &mut Unit, row: &CaseRow) -> Result<bool> {
    let document = super::document(app, row.facts.item, row.facts.item_version).await?;
    // Limits do not depend on the answers, so these need not be unsealed.
    let rules = rules::rules(&document, &serde_json::Value::Null)?;
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let setting = Setting { rules: &rules, calendar: &calendar, now: ctx.now };
    let events = row.case.act(&Act::Reckon, &By::system(), &setting)?;
    if events.is_empty() {
        return Ok(false);
    }
    acts::write(unit, ctx, app, row, (&Act::Reckon, events, &mut More::default())).await?;
    Ok(true)
}

async fn alone(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<()> {
    for _ in 0..10 {
        let fresh = super::load(app, row.id).await?;
        if !store::Derived::of(&fresh.case).open {
            return Ok(());
        }
        let mut unit = Unit::new(ctx);
        if !reckon(ctx, app, &mut unit, &fresh).await? {
            return Ok(());
        }
        if let Commit::Done = app.db.commit(unit).await? {
            return Ok(());
        }
    }
    Err(Error::Busy)
}
