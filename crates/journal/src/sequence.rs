//! The sequencer: numbers committed entries densely, so that all readers see one order.
use kernel::{Ctx, Error, Result};
use storage::Db;

/// Numbers committed entries. One holder of the lease does so; an old holder's epoch is refused by the head row.
#[derive(Debug, Clone)]
pub struct Sequencer {
    /// The holder's name: unique to this process.
    pub holder: String,
}

impl Sequencer {
    /// Numbers the next batch; gives how many entries it numbered, or `None` if another process holds the lease.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn run(&self, _db: &Db, _ctx: &Ctx) -> Result<Option<usize>> {
        Err(Error::internal("being built"))
    }
}
