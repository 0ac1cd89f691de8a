//! POSTs that create are done once, however often they are sent.
use kernel::{Ctx, Error, Result};

use crate::{Db, Unit};

/// The guard's name when this key was used before.
pub const GUARD: &str = "idempotency";

/// Adds to the unit that the actor used `key` and what came of it (a short text such as the new thing's id).
pub fn mark(_unit: &mut Unit, _ctx: &Ctx, _key: &str, _answer: &str) {}

/// What came of the actor's earlier request with this key.
///
/// # Errors
/// If the engine fails.
pub async fn earlier(_db: &Db, _ctx: &Ctx, _key: &str) -> Result<Option<String>> {
    Err(Error::internal("being built"))
}
