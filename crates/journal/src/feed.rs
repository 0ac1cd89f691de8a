//! Readers of the record: each keeps a cursor and moves it in the same unit as what it writes, so each effect happens once.

use async_trait::async_trait;
use kernel::{Ctx, Error, Result};
use storage::{Db, Unit};

use crate::Record;

/// Where a new reader starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At the first entry ever.
    Origin,
    /// At the next entry after it was first run.
    Now,
}

/// A reader of the record.
#[async_trait]
pub trait Reader: Send + Sync {
    /// Its name, under which its cursor is kept; never changed.
    fn name(&self) -> &'static str;
    /// Where it starts.
    fn start(&self) -> Start;
    /// Entries taken at once, at most.
    fn batch(&self) -> usize {
        100
    }
    /// Adds to the unit what follows from these entries. Entries of kinds it does not know it passes over.
    ///
    /// # Errors
    /// An error stops this reader, and only it, and raises an alarm; the same entries are offered again later.
    async fn take(&self, ctx: &Ctx, unit: &mut Unit, entries: &[Record]) -> Result<()>;
}

/// Lets the reader take its next batch; gives how many entries it took. The caller holds the lease.
///
/// # Errors
/// The reader's own, or the engine's.
pub async fn advance(_db: &Db, _ctx: &Ctx, _reader: &dyn Reader) -> Result<usize> {
    Err(Error::internal("being built"))
}

/// How far each reader is behind: name, entries to go, last error.
///
/// # Errors
/// If the engine fails.
pub async fn lag(_db: &Db) -> Result<Vec<(String, i64, Option<String>)>> {
    Err(Error::internal("being built"))
}
