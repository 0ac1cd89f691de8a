//! Readers of the record: each keeps a cursor and moves it in the same unit as what it writes, so each effect happens once.

use async_trait::async_trait;
use kernel::{Ctx, Error, Result};
use storage::{Commit, Db, Unit, args};

use crate::{FeedHead, Record, entry::entries_after, store};

/// How often a unit that lost a guard of the reader's own is decided again at once, before that counts as a failure.
const TRIES: usize = 3;

/// The longest text kept of what stopped a reader, in characters.
const ERROR_MAX: usize = 500;

/// The guard that fails when another process moved the cursor first.
const GUARD: &str = "journal cursor";

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
    /// It may be asked again for the same entries with a fresh unit, if a guard was lost or an entry of the batch fails; whatever it
    /// does outside the unit must bear that.
    ///
    /// # Errors
    /// An error stops this reader, and only it, and raises an alarm; the same entries are offered again later.
    async fn take(&self, ctx: &Ctx, unit: &mut Unit, entries: &[Record]) -> Result<()>;
}

/// Whether the reader has something to do: it has not begun, or entries wait for it. Asked before a lease is taken, since a site where nothing
/// happens writes nothing.
///
/// # Errors
/// If the engine fails.
pub async fn waits(db: &Db, reader: &dyn Reader) -> Result<bool> {
    Ok(db.find(store::CURSOR_BEHIND, args![reader.name()]).await?.is_some())
}

/// Lets the reader take its next batch; gives how many entries it took. The caller holds the lease; should another process think so
/// too, the cursor's guard lets one of them through.
///
/// If the batch fails, its entries are offered one by one, so that those before the failing one are not held up by it.
///
/// # Errors
/// The reader's own, kept beside its cursor until it goes on, or the engine's.
pub async fn advance(db: &Db, ctx: &Ctx, reader: &dyn Reader) -> Result<usize> {
    let Some(row) = db.find(store::CURSOR, args![reader.name()]).await? else {
        return begin(db, ctx, reader).await;
    };
    let (position, stopped) = (row.int("position")?, row.opt_text("error")?);
    let entries = entries_after(db, position, reader.batch().max(1)).await?;
    if entries.is_empty() {
        return Ok(0);
    }
    let (taken, failed) = match offer(db, ctx, reader, position, &entries).await {
        Ok(taken) => return Ok(taken),
        Err(failed) if entries.len() == 1 => (0, failed),
        Err(_) => match one_by_one(db, ctx, reader, position, &entries).await {
            (taken, None) => return Ok(taken),
            (taken, Some(failed)) => (taken, failed),
        },
    };
    let culprit = &entries[taken];
    let why = format!("{} {} v{}: {failed}", culprit.kind, culprit.subject, culprit.version);
    let why: String = why.chars().take(ERROR_MAX).collect();
    tracing::error!(reader = reader.name(), position = culprit.position, "a reader of the journal stopped: {why}");
    if taken > 0 || stopped != Some(&why) {
        let position = entries[..taken].last().and_then(|entry| entry.position).unwrap_or(position);
        let mut unit = Unit::new(ctx);
        unit.run(store::CURSOR_STOP, args![reader.name(), why, ctx.now, position]);
        db.commit(unit).await?.or_stale("日志")?;
    }
    Err(failed)
}

/// Offers entries one by one; gives how many were taken, and what stopped the next if something did.
async fn one_by_one(
    db: &Db,
    ctx: &Ctx,
    reader: &dyn Reader,
    mut position: i64,
    entries: &[Record],
) -> (usize, Option<Error>) {
    for (taken, entry) in entries.iter().enumerate() {
        match offer(db, ctx, reader, position, std::slice::from_ref(entry)).await {
            Ok(0) => return (taken, None),
            Ok(_) => position = entry.position.unwrap_or(position),
            Err(failed) => return (taken, Some(failed)),
        }
    }
    (entries.len(), None)
}

/// How far each reader is behind: name, entries to go, last error.
///
/// # Errors
/// If the engine fails.
pub async fn lag(db: &Db) -> Result<Vec<(String, i64, Option<String>)>> {
    let rows = db.query(store::LAG, args![]).await?;
    rows.iter()
        .map(|row| Ok((row.string("reader")?, row.int("behind")?, row.opt_text("error")?.map(str::to_owned))))
        .collect()
}

/// Makes the cursor of a reader that runs for the first time; it takes its first entries the next time.
async fn begin(db: &Db, ctx: &Ctx, reader: &dyn Reader) -> Result<usize> {
    let position = match reader.start() {
        Start::Origin => 0,
        Start::Now => FeedHead::now(db).await?.position,
    };
    let mut unit = Unit::new(ctx);
    unit.run(store::CURSOR_ADD, args![reader.name(), position, ctx.now]);
    db.commit(unit).await?.or_stale("日志")?;
    Ok(0)
}

/// Offers these entries in one unit with the cursor; 0: another process took them.
async fn offer(db: &Db, ctx: &Ctx, reader: &dyn Reader, position: i64, entries: &[Record]) -> Result<usize> {
    let last = entries.last().and_then(|entry| entry.position);
    let last = last.ok_or_else(|| Error::internal("the feed gave an entry without a position"))?;
    let mut lost = "";
    for _ in 0..TRIES {
        let mut unit = Unit::new(ctx);
        // First, so that of two processes one waits here and then loses, before the reader's own guards are asked.
        unit.one(GUARD, store::CURSOR_MOVE, args![reader.name(), last, ctx.now, position]);
        reader.take(ctx, &mut unit, entries).await?;
        match db.commit(unit).await? {
            Commit::Done => return Ok(entries.len()),
            Commit::Lost { guard: GUARD } => return Ok(0),
            Commit::Lost { guard } => lost = guard,
        }
    }
    Err(Error::internal(format!("the guard «{lost}» was lost {TRIES} times")))
}
