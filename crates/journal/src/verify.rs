//! `yiwang journal verify`: from one snapshot, every chain, the running chain, the signed heads, and the things replayed.
use std::fmt;

use kernel::{Error, Result};
use storage::{Row, Snapshot, Sql};

use crate::{Record, SiteKey};

/// A thing as its rows tell it, in a form that a replay can be compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// The subject of its chain.
    pub subject: String,
    /// All that the record determines, as canonical JSON text.
    pub state: String,
}

/// How the things of one kind are replayed and compared with their rows.
pub trait Replay: Send + Sync {
    /// What its subjects begin with: `case:`.
    fn prefix(&self) -> &'static str;
    /// A page of the things' rows by key: `$1` is the last id seen (`''` at first), `$2` the limit. Has the columns `id`,
    /// `version`, `head`, `changed_at` and what [`Replay::row`] needs.
    fn rows(&self) -> Sql;
    /// The thing as its row tells it.
    ///
    /// # Errors
    /// If the row cannot be read.
    fn row(&self, row: &Row) -> Result<Thing>;
    /// The thing as its entries tell it, oldest first; the sum of what happened.
    ///
    /// # Errors
    /// If the entries make no sense: a kind unknown, an act out of order.
    fn replay(&self, entries: &[Record]) -> Result<Thing>;
}

/// What was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Entries whose hash was made anew and agrees.
    pub entries: u64,
    /// Chains followed from their first entry to the head that the thing's row keeps.
    pub chains: u64,
    /// Things replayed and found equal to their rows.
    pub things: u64,
    /// Signed heads whose signature and running chain agree.
    pub signed_heads: u64,
}

/// The first thing found altered.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Broken {
    /// The table.
    pub table: String,
    /// Which row, by its key.
    pub row: String,
    /// What does not agree, in Chinese.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}：{}", self.table, self.row, self.what)
    }
}

/// Checks everything; the inner result names the first altered row.
///
/// # Errors
/// If the engine fails.
pub async fn verify(
    _snapshot: &Snapshot,
    _key: &SiteKey,
    _replays: &[&dyn Replay],
) -> Result<std::result::Result<Report, Broken>> {
    Err(Error::internal("being built"))
}
