//! Who does a job that one must do alone: a row with a holder, an epoch and an end.
use kernel::{Ctx, Result};

use crate::{Commit, Db, Unit, args, store};

/// The guard's name when the lease went to another holder.
pub const GUARD: &str = "lease";

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
pub async fn take(db: &Db, ctx: &Ctx, name: &'static str, holder: &str, seconds: i64) -> Result<Option<Lease>> {
    let until = ctx.now.micros() + seconds * 1_000_000;
    let mut unit = Unit::new(ctx);
    unit.one(GUARD, store::LEASE_TAKE, args![name, holder, until, ctx.now]);
    if let Commit::Lost { .. } = db.commit(unit).await? {
        return Ok(None);
    }
    let held = db.find(store::LEASE_EPOCH, args![name, holder, until]).await?;
    held.map(|row| Ok(Lease { epoch: row.int("epoch")? })).transpose()
}

/// Gives the lease back, so that another node takes over at once when this one stops.
///
/// # Errors
/// If the engine fails.
pub async fn release(db: &Db, ctx: &Ctx, name: &'static str, holder: &str) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.run(store::LEASE_RELEASE, args![name, holder]);
    db.commit(unit).await.map(drop)
}

/// Guards a unit by the lease: it is undone, and [`GUARD`] named, if another holder has taken over.
pub fn guard(unit: &mut Unit, name: &'static str, lease: Lease) {
    unit.check(GUARD, store::LEASE_HELD, args![name, lease.epoch]);
}
