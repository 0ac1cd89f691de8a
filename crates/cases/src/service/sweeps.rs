//! What comes round by itself: acts that follow once a certain day is past.

use kernel::{Ctx, Result};
use storage::args;
use webkit::App;

use super::acts;
use crate::{Calendars, CaseId, store};

/// Cases looked at in one query.
const BATCH: i64 = 100;
/// Batches of one round at most; what is left waits for the next round, under a lease that is renewed.
const BATCHES_MAX: usize = 50;
/// Cases on provisional days that are counted for the alarm at most.
const UNCERTAIN_MAX: i64 = 1_000;

/// Does with one case what follows by itself by now; nothing, if no day of it is past. The round does it for all ([`clocks`]).
///
/// # Errors
/// [`kernel::Error::NotFound`] if there is none; if the engine fails.
pub async fn wake(ctx: &Ctx, app: &App, id: CaseId) -> Result<()> {
    let row = super::load(app, id).await?;
    match row.case.wake() {
        Some(wake) if !wake.after.is_provisional() && wake.after.value() < ctx.now.legal_date() => {
            acts::act_as_system(ctx, app, &row, &wake.act).await.map(drop)
        }
        _ => Ok(()),
    }
}

/// Does with each case what follows by itself (see [`crate::model::Case::wake`]), by certain days only: a provisional day raises an
/// alarm and nothing else. Every act is a unit of its own, guarded by the version that was read: two nodes at once, or a round that was
/// cut short, do nothing twice and leave nothing out.
pub(crate) async fn clocks(app: &App, ctx: &Ctx) -> Result<()> {
    app.part::<Calendars>()?.refresh(&app.db, ctx.now).await?;
    let today = ctx.now.legal_date();
    let (mut day, mut id) = (String::new(), String::new());
    for _ in 0..BATCHES_MAX {
        let rows = app.db.query(store::WAKING, args![today, &day, &id, BATCH]).await?;
        let Some(last) = rows.last() else { break };
        (day, id) = (last.string("wake_day")?, last.string("id")?);
        for row in &rows {
            let row = store::case(row)?;
            let Some(wake) = row.case.wake() else { continue };
            if let Err(error) = acts::act_as_system(ctx, app, &row, &wake.act).await {
                // One case with which it cannot be done must not hold up the others.
                tracing::error!(case = %row.id, act = wake.act.kind().code(), "what follows by itself failed: {error}");
            }
        }
    }
    let row = app.db.find(store::WAKING_UNCERTAIN, args![today, UNCERTAIN_MAX]).await?;
    let uncertain = row.map_or(Ok(0), |row| row.int("cases"))?;
    if uncertain > 0 {
        tracing::warn!(cases = uncertain, "cases are past a provisional day: clerks must look at them");
    }
    Ok(())
}
