//! What takes effect by itself: planned versions and ends, agreed acts, revisions after a change of the base directory.

use kernel::{Ctx, Error, Id, Item, Result};
use storage::{Db, args};
use webkit::App;

use super::{acts, base, items};
use crate::store;

/// Entries looked at in one query.
const ROUND: i64 = 100;

/// One round over all that is due today or was due before. One entry that fails is told to the operator and tried again next time;
/// it does not hold up the others.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn round(app: &App, ctx: &Ctx) -> Result<()> {
    let today = ctx.now.legal_date();
    let mut after = [String::new(), String::new(), String::new(), String::new()];
    loop {
        let [due, kind, item, act] = &after;
        let rows = app.db.query(store::AGENDA_DUE, args![today, due, kind, item, act, ROUND]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = [last.string("due")?, last.string("kind")?, last.string("item")?, last.string("act")?];
        for row in &rows {
            let (kind, item, act) = (row.text("kind")?, row.text("item")?, row.text("act")?);
            if let Err(error) = one(ctx, &app.db, (kind, item, act)).await {
                tracing::error!(kind, item, act, "what was due did not take effect: {error}");
            }
        }
    }
}

async fn one(ctx: &Ctx, db: &Db, (kind, item, act): (&str, &str, &str)) -> Result<()> {
    if kind == "base" {
        return base::follow(ctx, db, item).await;
    }
    let id: Id<Item> = item.parse()?;
    let row = db.find(store::ITEM, args![id]).await?.ok_or(Error::NotFound { what: "事项" })?;
    let version = row.int("version")?;
    match kind {
        "publish" => items::publish(ctx, db, id, version).await.map(drop),
        "cancel" => items::cancel(ctx, db, id, version).await,
        "act" => acts::take_effect(ctx, db, id, act.parse()?).await,
        other => Err(Error::internal(format!("unknown kind on the agenda: {other}"))),
    }
}
