//! POSTs that create are done once, however often they are sent.
use kernel::{Ctx, Moment, Result};

use crate::{Db, Unit, args, store};

/// The guard's name when this key was used before.
pub const GUARD: &str = "idempotency";

/// Adds to the unit that the actor used `key` and what came of it (a short text such as the new thing's id).
pub fn mark(unit: &mut Unit, ctx: &Ctx, key: &str, answer: &str) {
    unit.one(GUARD, store::KEY_MARK, args![ctx.actor.who.to_string(), key, answer, ctx.now]);
}

/// What came of the actor's earlier request with this key.
///
/// # Errors
/// If the engine fails.
pub async fn earlier(db: &Db, ctx: &Ctx, key: &str) -> Result<Option<String>> {
    let row = db.find(store::KEY_ANSWER, args![ctx.actor.who.to_string(), key]).await?;
    row.map(|row| row.string("answer")).transpose()
}

/// Adds to the unit that keys used before this moment are forgotten: nobody repeats those requests any more.
pub fn forget_before(unit: &mut Unit, moment: Moment) {
    unit.run(store::KEY_FORGET, args![moment]);
}
