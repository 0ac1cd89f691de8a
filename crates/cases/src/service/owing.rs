//! Materials that follow (容缺后补): by when, told before one files; while they are owed, reminders before the day, on it and once after it.

use catalogue::ItemDocument;
use kernel::{Ctx, Error, Result};
use serde_json::Value;
use standards::{Calendar, Due, Limit};
use storage::{Commit, Unit, args};
use time::Date;
use webkit::App;

use super::notices::{self, Saying};
use crate::{
    Calendars, CaseId,
    model::notice::{REMINDED_NOT, Reminder},
    rules,
    store::{self, CaseRow, guard},
    view,
};

/// A reminder is looked for from so many natural days before the day on: five working days lie within them, whatever the holidays.
const AHEAD_DAYS: i64 = 21;
/// Cases looked at in one query, and such queries in one round.
const BATCH: i64 = 100;
const BATCHES_MAX: usize = 50;

/// What may follow of an application that is about to be filed.
pub(crate) struct Following {
    /// The names of the materials that do not lie ready.
    pub(crate) names: Vec<String>,
    /// Working days after acceptance.
    pub(crate) days: u32,
    /// The last day there can be, in words: if it is accepted on the last day that the law leaves for it.
    pub(crate) until: String,
}

/// What of this application may follow and does not lie ready; `None`: nothing.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn following(
    ctx: &Ctx,
    app: &App,
    (document, answers): (&ItemDocument, &Value),
    handed_in: &[&str],
) -> Result<Option<Following>> {
    let rules = rules::rules(document, answers)?;
    let Some(days) = rules::asked(document, answers).filter_map(|it| it.max_days_owed).max() else { return Ok(None) };
    let absent = rules.materials.iter().filter(|it| rules.may_follow(&it.code));
    let absent = absent.filter(|it| !handed_in.contains(&it.code.as_str()));
    let names: Vec<_> = absent.map(|it| it.name.clone()).collect();
    if names.is_empty() {
        return Ok(None);
    }
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let accepted = calendar.due(ctx.now.legal_date(), rules.acceptance, &[]).map_err(Error::internal)?;
    let until = calendar.due(accepted.value(), Limit::working_days(days), &[]).map_err(Error::internal)?;
    let until = if accepted.is_provisional() { Due::Provisional(until.value()) } else { until };
    Ok(Some(Following { names, days, until: view::due(until) }))
}

/// Keeps by when something is owed, or that nothing is any more, in the unit of the reader that read it.
pub(crate) fn keep(unit: &mut Unit, row: &CaseRow) {
    let owing = row.case.handling().filter(|it| !it.owed.is_empty() && !row.case.stage().is_final());
    match owing.and_then(|it| it.owed_due) {
        Some(Due::Fixed(due)) => unit.run(store::OWED_KEEP, args![row.id, due, REMINDED_NOT]),
        // A provisional day becomes a certain one, and is kept then.
        _ => unit.run(store::OWED_DROP, args![row.id]),
    };
}

/// Reminds whoever owes something of its day.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn remind(app: &App, ctx: &Ctx) -> Result<()> {
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let today = ctx.now.legal_date();
    let until = today + time::Duration::days(AHEAD_DAYS);
    let (mut day, mut case) = (String::new(), String::new());
    for _ in 0..BATCHES_MAX {
        let rows = app.db.query(store::OWED_DUE, args![until, &day, &case, BATCH]).await?;
        let Some(last) = rows.last() else { break };
        (day, case) = (last.string("due")?, last.string("case_id")?);
        for row in &rows {
            let due = row.opt_date("due")?.ok_or_else(|| Error::internal("something owed without a day"))?;
            let told = row.int("told")?;
            let next = Reminder::of(working_days(&calendar, today, due)?).filter(|it| it.left() < told);
            if let Some(next) = next {
                say(ctx, app, (row.id("case_id")?, due), (next, told)).await?;
            }
        }
    }
    Ok(())
}

/// Working days after today up to this day; less than none once it is past.
fn working_days(calendar: &Calendar, today: Date, due: Date) -> Result<i64> {
    if due < today {
        return Ok(-1);
    }
    let (mut day, mut count) = (today, 0);
    while day < due {
        day = day.next_day().ok_or_else(|| Error::internal("the end of the calendar"))?;
        count += i64::from(calendar.is_workday(day).map_err(Error::internal)?.value());
    }
    Ok(count)
}

async fn say(ctx: &Ctx, app: &App, (id, due): (CaseId, Date), (next, before): (Reminder, i64)) -> Result<()> {
    let row = super::load(app, id).await?;
    let mut unit = Unit::new(ctx);
    unit.one(guard::OWED, store::OWED_TOLD, args![id, next.left(), before]);
    let told = next.told();
    // Each day that is owed has its own reminders, which stand before the entries of the case.
    let number = -(i64::from(due.to_julian_day()) * 10 + next.left() + 1);
    let saying = Saying { row: &row, number, kind: told.kind(), at: ctx.now, words: told.words, matters: true };
    notices::say(ctx, &mut unit, app, &saying).await?;
    match app.db.commit(unit).await? {
        // Another node reminded, or it was supplied meanwhile.
        Commit::Done | Commit::Lost { .. } => Ok(()),
    }
}
