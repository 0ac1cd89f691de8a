//! Who does a job that one must do alone: a row with a holder, an epoch and an end.
use kernel::{Ctx, Error, Result};

use crate::Db;

/// Taken: until when, and under which epoch; an old holder's epoch is refused by the guards of what it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Rises by one whenever another holder takes over.
    pub epoch: i64,
}

/// Takes or renews the lease `name` for `holder` for `seconds`; `None`: another holds it.
///
/// # Errors
/// If the engine fails.
pub async fn take(_db: &Db, _ctx: &Ctx, _name: &'static str, _holder: &str, _seconds: i64) -> Result<Option<Lease>> {
    Err(Error::internal("being built"))
}
