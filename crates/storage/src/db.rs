//! The database, whichever engine it runs on.

use std::{path::PathBuf, time::Duration};

use kernel::{Error, Result};

use crate::{Migration, Row, Sql, Unit, Value};

/// Which engine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, in the data folder.
    Sqlite,
    /// A server.
    Postgres,
}

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `postgres://…`, or `None`: SQLite in `folder`.
    pub url: Option<String>,
    /// The data folder.
    pub folder: PathBuf,
    /// Readers (SQLite) or connections (PostgreSQL) at most.
    pub connections: usize,
    /// A pause after each COMMIT, to measure as if the disk were slow. Zero in life.
    pub pause_after_commit: Duration,
}

impl Settings {
    /// SQLite in this folder.
    #[must_use]
    pub fn sqlite(folder: impl Into<PathBuf>) -> Self {
        Self { url: None, folder: folder.into(), connections: 8, pause_after_commit: Duration::ZERO }
    }

    /// PostgreSQL at this address, with files in this folder.
    #[must_use]
    pub fn postgres(url: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        Self { url: Some(url.into()), connections: 24, ..Self::sqlite(folder) }
    }
}

/// How a unit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Commit {
    /// All of it stands, durably.
    Done,
    /// Nothing of it stands: this guard failed.
    Lost {
        /// The guard's name; for a duplicate key in an unguarded statement, the statement's name.
        guard: &'static str,
    },
}

impl Commit {
    /// Turns a lost guard into the error that `f` makes of its name.
    ///
    /// # Errors
    /// What `f` says.
    pub fn or_else(self, f: impl FnOnce(&'static str) -> Error) -> Result<()> {
        match self {
            Self::Done => Ok(()),
            Self::Lost { guard } => Err(f(guard)),
        }
    }

    /// Turns any lost guard into «somebody else acted first» on `what` (Chinese).
    ///
    /// # Errors
    /// [`Error::Stale`] if a guard was lost.
    pub fn or_stale(self, what: &'static str) -> Result<()> {
        self.or_else(|_| Error::Stale { what, by: None })
    }
}

/// A table as the engine describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns' names, sorted.
    pub columns: Vec<String>,
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db;

impl Db {
    /// Opens the database.
    ///
    /// # Errors
    /// If it cannot be reached.
    pub async fn open(_settings: &Settings) -> Result<Self> {
        Err(Error::internal("being built"))
    }
    /// Which engine runs.
    #[must_use]
    pub fn engine(&self) -> Engine {
        Engine::Sqlite
    }
    /// Applies what is missing of these migrations.
    ///
    /// # Errors
    /// If one fails or an applied one was edited.
    pub async fn migrate(&self, _all: &[Migration]) -> Result<()> {
        Err(Error::internal("being built"))
    }
    /// Rows that answer a SELECT.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn query(&self, _sql: Sql, _args: Vec<Value>) -> Result<Vec<Row>> {
        Err(Error::internal("being built"))
    }
    /// The first row that answers, if any.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn find(&self, _sql: Sql, _args: Vec<Value>) -> Result<Option<Row>> {
        Err(Error::internal("being built"))
    }
    /// Carries out a unit whole or not at all.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn commit(&self, _unit: Unit) -> Result<Commit> {
        Err(Error::internal("being built"))
    }
    /// One moment of the whole database, for long readers.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        Err(Error::internal("being built"))
    }
    /// Tables and columns.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn tables(&self) -> Result<Vec<Table>> {
        Err(Error::internal("being built"))
    }
    /// Prepares a statement without running it: the test of the registry.
    ///
    /// # Errors
    /// If the engine does not take it.
    pub async fn prepare(&self, _sql: Sql) -> Result<()> {
        Err(Error::internal("being built"))
    }
    /// How many queries were asked so far, for the test that counts a page's queries.
    #[must_use]
    pub fn queries(&self) -> u64 {
        0
    }
}

/// One moment of the whole database.
pub struct Snapshot;

impl Snapshot {
    /// Rows that answer a SELECT, as of this moment.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn query(&self, _sql: Sql, _args: Vec<Value>) -> Result<Vec<Row>> {
        Err(Error::internal("being built"))
    }
}
