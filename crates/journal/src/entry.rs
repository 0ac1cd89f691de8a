//! Entries: what is appended and how it is chained.

use kernel::{Ctx, Error, Moment, Result};
use serde::Serialize;
use storage::{Db, Row, Unit};

/// SM3 over an entry, as 64 lower-case hex digits.
pub type Hash = String;

/// The guard that fails when somebody else appended to the same thing first.
pub const GUARD: &str = "journal";

/// Where a thing's own chain stands. The thing's row keeps these three (`version`, `head`, `changed_at`), so that one read
/// gives all that an append needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many entries the chain has; 0: none yet.
    pub version: i64,
    /// The last entry's hash; empty: none yet.
    pub hash: Hash,
    /// The last entry's instant; the next never precedes it.
    pub at: Moment,
}

impl Head {
    /// A thing that does not exist yet.
    #[must_use]
    pub fn none() -> Self {
        Self { version: 0, hash: String::new(), at: Moment::from_micros(0) }
    }

    /// Reads the columns `version`, `head` and `changed_at` of a thing's row.
    ///
    /// # Errors
    /// If the row has them not.
    pub fn of(row: &Row) -> Result<Self> {
        Ok(Self { version: row.int("version")?, hash: row.string("head")?, at: row.moment("changed_at")? })
    }
}

/// An entry as it was read from the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in the feed, from 1, dense; `None`: not yet numbered.
    pub position: Option<i64>,
    /// The thing: `case:…`.
    pub subject: String,
    /// Its place in the thing's own chain, from 1.
    pub version: i64,
    /// What happened: `cases.accepted`.
    pub kind: String,
    /// When.
    pub at: Moment,
    /// Who: `person:…`, `system:…`.
    pub actor: String,
    /// For whom, or empty.
    pub on_behalf_of: String,
    /// The unit that wrote it.
    pub unit: String,
    /// Ids, codes, dates and results, as JSON; never personal data or free text.
    pub body: String,
}

/// Appends an entry to the thing's chain in this unit and gives the thing's new head, to be kept in its row in the same unit.
///
/// `subject` is `area-thing:id`, `kind` is `area.past_participle`. `body` holds ids, codes, dates and results only; personal data
/// and free text lie in the vault, and the body holds the SM3 of the sealed bytes. The guard [`GUARD`] fails if somebody else
/// appended this version first.
///
/// # Errors
/// If `body` cannot be written as JSON or is larger than 64 KiB.
pub fn append(
    _unit: &mut Unit,
    _ctx: &Ctx,
    _head: &Head,
    (_subject, _kind): (&str, &'static str),
    _body: &impl Serialize,
) -> Result<Head> {
    Err(Error::internal("being built"))
}

/// The whole chain of one thing, oldest first (at most 1,000 entries).
///
/// # Errors
/// If the engine fails.
pub async fn history(_db: &Db, _subject: &str) -> Result<Vec<Record>> {
    Err(Error::internal("being built"))
}
