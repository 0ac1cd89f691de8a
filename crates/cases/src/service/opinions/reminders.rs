//! Who is asked for an opinion is reminded of its day; who asked is told once it is past.

use kernel::{Ctx, Error, Result};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{Opinion, read};
use crate::{
    ADVISE, Calendars,
    service::load,
    store::{guard, opinions as sql},
    view,
};

/// Reminders of one round: rows a query, queries, people told of one opinion.
const BATCH: i64 = 100;
const BATCHES_MAX: usize = 20;
const TOLD_MAX: usize = 10;

/// Reminds who is asked on the working day before the day, and once more when it is past; then who asked as well.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn remind(app: &App, ctx: &Ctx) -> Result<()> {
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let today = ctx.now.legal_date();
    let until = calendar.due(today, standards::Limit::working_days(1), &[]).map_err(Error::internal)?.value();
    let (mut day, mut id) = (String::new(), String::new());
    for _ in 0..BATCHES_MAX {
        let rows = app.db.query(sql::REMINDERS_DUE, args![until, &day, &id, BATCH]).await?;
        let Some(last) = rows.last() else { break };
        (day, id) = (last.string("due_day")?, last.string("id")?);
        for row in &rows {
            let it = read(row)?;
            let step = if today > it.state.due { 2 } else { 1 };
            let before = row.int("reminded")?;
            if before < step {
                say(ctx, app, &it, (step, before)).await?;
            }
        }
    }
    Ok(())
}

async fn say(ctx: &Ctx, app: &App, it: &Opinion, (step, before): (i64, i64)) -> Result<()> {
    let case = load(app, it.case).await?;
    let due = view::day(it.state.due);
    let words = match step {
        1 => format!("有一件征求意见请在{due}前答复，请登录工作台「征求意见」查看。"),
        _ => format!("有一件征求意见应当在{due}前答复，已经逾期，请登录工作台「征求意见」查看。"),
    };
    let people = identity::colleagues(ctx, app, (it.state.authority, case.facts.item), ADVISE).await?;
    let mut people: Vec<_> = people.into_iter().map(|it| it.0).take(TOLD_MAX).collect();
    if step > 1 {
        people.push(it.state.asked_by);
    }
    let mut unit = Unit::new(ctx);
    unit.one(guard::OPINION, sql::REMINDED, args![it.id, step, before]);
    for person in people {
        identity::text_person(&mut unit, ctx, app, person, (&words, ctx.now)).await?;
    }
    match app.db.commit(unit).await? {
        // Another node reminded, or it was answered meanwhile.
        Commit::Done | Commit::Lost { .. } => Ok(()),
    }
}
