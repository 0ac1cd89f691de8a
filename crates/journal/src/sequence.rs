//! The sequencer: numbers committed entries densely, so that all readers see one order.
//!
//! No writer waits for a number: an entry is committed without one, and readers see it once it has one. A row that commits late is
//! numbered late, and nobody misses it.

use kernel::{Ctx, Error, Result};
use storage::{Commit, Db, Row, Unit, Value, args, lease};

use crate::{
    Hash,
    entry::{digest, limit},
    store,
};

/// Entries numbered in one unit at most.
pub const BATCH: usize = 500;

/// The lease's length in seconds: after so long another process takes over from one that died.
pub const LEASE_SECONDS: i64 = 10;

/// The lease's name.
const LEASE: &str = "sequencer";

/// What hashes begin with: see [`crate::entry`].
const RUNNING_FORMAT: u8 = 2;
const MARK_FORMAT: u8 = 3;

/// The guard that fails when another process numbered first, or holds the lease by now.
const GUARD: &str = "journal head";

/// The guard that fails when the head is as it was and yet an entry cannot be numbered: somebody altered the record.
const ALTERED: &str = "journal position";

/// Numbers committed entries. One holder of the lease does so; an old holder's epoch is refused by the head row.
#[derive(Debug, Clone)]
pub struct Sequencer {
    /// The holder's name: unique to this process.
    pub holder: String,
}

impl Sequencer {
    /// Numbers the next batch (at most [`BATCH`]); gives how many entries it numbered, or `None` if another process holds the lease.
    /// Where there is nothing to number it writes nothing and takes no lease.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn run(&self, db: &Db, ctx: &Ctx) -> Result<Option<usize>> {
        if db.query(store::UNNUMBERED, args![limit(1)]).await?.is_empty() {
            return Ok(Some(0));
        }
        match lease::take(db, ctx, LEASE, &self.holder, LEASE_SECONDS).await? {
            Some(lease) => number(db, ctx, lease.epoch).await,
            None => Ok(None),
        }
    }
}

/// Numbers a batch under this epoch of the lease; `None` if the head row refuses it.
pub(crate) async fn number(db: &Db, ctx: &Ctx, epoch: i64) -> Result<Option<usize>> {
    // The head is read first: what it does not count yet may have been numbered meanwhile, which its guard finds.
    let old = FeedHead::now(db).await?;
    let rows = db.query(store::UNNUMBERED, args![limit(BATCH)]).await?;
    if rows.is_empty() {
        return Ok(Some(0));
    }
    let mut new = FeedHead { epoch, ..old.clone() };
    let mut numbered = Vec::with_capacity(rows.len());
    for row in &rows {
        new.take(row.text("hash")?);
        numbered.push((row.string("subject")?, row.int("version")?, new.position));
    }
    let mut unit = Unit::new(ctx);
    let mark = new.mark();
    unit.one(GUARD, store::HEAD_MOVE, args![new.position, &new.running, epoch, mark, old.position, &old.running]);
    for chunk in numbered.chunks(store::NUMBERED_AT_ONCE) {
        let mut values: Vec<Value> = Vec::with_capacity(store::NUMBERED_AT_ONCE * 3);
        for (subject, version, position) in chunk {
            values.extend(args![subject, *version, *position]);
        }
        for _ in chunk.len()..store::NUMBERED_AT_ONCE {
            values.extend(args!["", 0_i64, 0_i64]);
        }
        unit.expect(ALTERED, chunk.len() as u64, store::NUMBER, values);
    }
    if let Some(last) = rows.last() {
        unit.evidence(store::NUMBERED, args![new.position, last.text("hash")?]);
    }
    match db.commit(unit).await? {
        Commit::Done => Ok(Some(rows.len())),
        Commit::Lost { guard: ALTERED } => {
            Err(Error::internal("entries cannot be numbered after the head: verify the journal"))
        }
        Commit::Lost { .. } => Ok(None),
    }
}

/// How far the record is numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedHead {
    /// The last position given; 0: none yet.
    pub position: i64,
    /// The running chain over all numbered entries; empty: none yet.
    pub running: Hash,
    /// The lease's epoch under which it was last moved.
    pub epoch: i64,
}

impl FeedHead {
    /// As it stands now.
    ///
    /// # Errors
    /// If the engine fails or the head row is missing.
    pub async fn now(db: &Db) -> Result<Self> {
        let row = db.find(store::HEAD, args![]).await?;
        Self::read(&row.ok_or_else(|| Error::internal("journal_head has no row"))?)
    }

    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self { position: row.int("position")?, running: row.string("running")?, epoch: row.int("epoch")? })
    }

    /// Takes the next entry in: `running = SM3(running ‖ position ‖ hash)`.
    pub(crate) fn take(&mut self, hash: &str) {
        self.position += 1;
        let position = self.position.to_be_bytes();
        self.running = digest(RUNNING_FORMAT, &[self.running.as_bytes(), &position, hash.as_bytes()]);
    }

    /// The check over the head row itself.
    pub(crate) fn mark(&self) -> Hash {
        let (position, epoch) = (self.position.to_be_bytes(), self.epoch.to_be_bytes());
        digest(MARK_FORMAT, &[&position, self.running.as_bytes(), &epoch])
    }
}
