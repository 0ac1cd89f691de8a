//! What comes round by itself: acceptance by law, and drafts whose time is over.

use kernel::{Ctx, Result};
use standards::Due;
use storage::args;
use webkit::App;

use super::{acts, drafts};
use crate::{
    Calendars,
    model::{Act, State},
    store,
};

/// Cases looked at in one query.
const ROUND: i64 = 100;

/// Accepts by law what nobody answered in time (行政许可法 art. 32(1)(4)), by fixed days only; a provisional day raises an alarm.
pub(crate) async fn clocks(app: &App, ctx: &Ctx) -> Result<()> {
    app.part::<Calendars>()?.refresh(&app.db, ctx.now).await?;
    let today = ctx.now.legal_date();
    let (mut due, mut id) = (String::new(), String::new());
    let mut uncertain = 0_u32;
    loop {
        let rows = app.db.query(store::UNANSWERED, args![today, &due, &id, ROUND]).await?;
        let Some(last) = rows.last() else { break };
        (due, id) = (last.string("accept_due")?, last.string("id")?);
        for row in &rows {
            let row = store::case(row)?;
            let (State::Filed { intake } | State::Received { intake, .. } | State::Resupplied { intake, .. }) =
                &row.case.state
            else {
                continue;
            };
            if matches!(intake.due, Due::Provisional(_)) {
                uncertain += 1;
            } else if let Err(error) = acts::act_as_system(ctx, app, &row, &Act::DeemAccepted).await {
                // One case that cannot be accepted must not hold up the others.
                tracing::error!(case = %row.id, "acceptance by law failed: {error}");
            }
        }
    }
    if uncertain > 0 {
        tracing::warn!(
            cases = uncertain,
            "applications are past a provisional day of acceptance: clerks must look at them"
        );
    }
    Ok(())
}

/// Forgets drafts that nobody touched for a long time.
pub(crate) async fn drafts(app: &App, ctx: &Ctx) -> Result<()> {
    loop {
        let rows = app.db.query(store::DRAFTS_EXPIRED, args![ctx.now, ROUND]).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            match drafts::drop_draft(ctx, app, row.id("id")?, row.int("version")?).await {
                Ok(()) | Err(kernel::Error::Stale { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
}
