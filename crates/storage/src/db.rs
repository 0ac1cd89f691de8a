//! The database, whichever engine it runs on.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use kernel::{Error, Result};

use crate::{
    Migration, Row, Sql, Table, Unit, Value, introspect, migrate,
    postgres::{Postgres, PostgresSnapshot},
    sqlite::{Sqlite, SqliteSnapshot},
};

/// Which engine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, in the data folder.
    Sqlite,
    /// A server.
    Postgres,
}

/// Readers of a site on SQLite at most: so many reads wait for the disk at once. Each is opened when all others are at work.
const SQLITE_READERS: usize = 16;

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `postgres://…`, or `None`: SQLite in `folder`.
    ///
    /// `sslmode` means what it means to libpq: `disable`; `prefer`, also where nothing is said: encrypted if the server can,
    /// whoever it is; `require`: encrypted, whoever it is; `verify-ca`: with a certificate of the root file; `verify-full`: with
    /// one of this very host. The root file (PEM) is `sslrootcert=/path/root.crt`, with which `require` is `verify-ca`; the server's
    /// own certificate, if it signed itself, will do. Whether a certificate was revoked is not asked.
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
        Self { url: None, folder: folder.into(), connections: SQLITE_READERS, pause_after_commit: Duration::ZERO }
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
    /// Turns a lost guard into the error that `f` makes of its name; a post or mandate that has ended is told as such.
    ///
    /// # Errors
    /// [`Error::post_ended`], [`Error::mandate_ended`], or what `f` says.
    pub fn or_else(self, f: impl FnOnce(&'static str) -> Error) -> Result<()> {
        match self {
            Self::Done => Ok(()),
            Self::Lost { guard: kernel::POST_GUARD } => Err(Error::post_ended()),
            Self::Lost { guard: kernel::MANDATE_GUARD } => Err(Error::mandate_ended()),
            Self::Lost { guard } => Err(f(guard)),
        }
    }

    /// Turns a lost guard into «somebody else acted first» on `what` (Chinese).
    ///
    /// # Errors
    /// [`Error::Stale`] if a guard was lost; [`Error::post_ended`] if it was that of the post.
    pub fn or_stale(self, what: &'static str) -> Result<()> {
        self.or_else(|_| Error::Stale { what, by: None })
    }
}

/// What was asked of the database since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Reads.
    pub queries: u64,
    /// Units handed in.
    pub units: u64,
    /// Units that stand.
    pub commits: u64,
    /// Units that lost a guard.
    pub lost: u64,
    /// Units turned away because too many waited.
    pub busy: u64,
}

#[derive(Default)]
struct Counters {
    queries: AtomicU64,
    units: AtomicU64,
    commits: AtomicU64,
    lost: AtomicU64,
    busy: AtomicU64,
}

/// The engine that runs.
enum Running {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    running: Arc<Running>,
    counters: Arc<Counters>,
}

impl Db {
    /// Opens the database; on SQLite makes the file if there is none, and keeps other programs from writing to it.
    ///
    /// # Errors
    /// [`Error::Refused`], in words for the operator, if it cannot be reached, is in use, damaged, or no database of ours.
    pub async fn open(settings: &Settings) -> Result<Self> {
        Ok(Self::over(match &settings.url {
            Some(url) => Running::Postgres(Box::new(Postgres::open(settings, url).await?)),
            None => Running::Sqlite(Sqlite::open(settings)?),
        }))
    }

    /// Opens the database to read only, beside a program that serves it: for a hot backup or a verification.
    ///
    /// # Errors
    /// As [`Db::open`]; also if there is no database yet. A commit is refused on SQLite.
    pub async fn open_for_reading(settings: &Settings) -> Result<Self> {
        match &settings.url {
            Some(_) => Self::open(settings).await,
            None => Ok(Self::over(Running::Sqlite(Sqlite::open_for_reading(settings)?))),
        }
    }

    /// Whether another program holds the embedded database, so that this one could only read. Never so with a server.
    ///
    /// # Errors
    /// [`Error::Refused`] if the folder cannot be used.
    pub fn is_open_elsewhere(settings: &Settings) -> Result<bool> {
        match &settings.url {
            Some(_) => Ok(false),
            None => Sqlite::is_open_elsewhere(settings),
        }
    }

    fn over(running: Running) -> Self {
        Self { running: Arc::new(running), counters: Arc::default() }
    }

    /// Which engine runs.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match &*self.running {
            Running::Sqlite(_) => Engine::Sqlite,
            Running::Postgres(_) => Engine::Postgres,
        }
    }

    /// Applies what is missing of these migrations, each in a transaction of its own; two nodes may do so at once.
    ///
    /// `all` is every migration of the program, an area's in the order of their numbers.
    ///
    /// # Errors
    /// [`Error::Refused`] if an applied one was edited, or was applied by a newer program and is not in `all`;
    /// [`Error::Internal`] if one fails or the numbers have gaps.
    pub async fn migrate(&self, all: &[Migration]) -> Result<()> {
        migrate::migrate(self, all).await
    }

    /// Rows that answer a SELECT.
    ///
    /// # Errors
    /// [`Error::Internal`] naming the statement if the engine does not take it, [`Error::Busy`] if it has no connection left.
    pub async fn query(&self, sql: Sql, args: Vec<Value>) -> Result<Vec<Row>> {
        count(&self.counters.queries);
        expect_bindable(sql, &args)?;
        match &*self.running {
            Running::Sqlite(sqlite) => sqlite.query(sql, args).await,
            Running::Postgres(postgres) => postgres.query(sql, &args).await,
        }
    }

    /// The first row that answers, if any.
    ///
    /// # Errors
    /// As [`Db::query`].
    pub async fn find(&self, sql: Sql, args: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.query(sql, args).await?.into_iter().next())
    }

    /// Carries out a unit whole or not at all. What is answered as done is on disk, and a unit is carried out even if the
    /// request that asked for it is gone.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many units wait or the site is stopping: nothing was done. [`Error::Internal`] naming the
    /// statement if the engine fails or does not take it.
    pub async fn commit(&self, unit: Unit) -> Result<Commit> {
        if unit.is_empty() {
            return Ok(Commit::Done);
        }
        count(&self.counters.units);
        if unit.steps().len() > Unit::MAX_STEPS {
            return Err(Error::internal(format!("a unit of {} statements", unit.steps().len())));
        }
        for step in unit.steps() {
            let (sql, args, _) = step.parts();
            expect_bindable(sql, args)?;
        }
        let outcome = match &*self.running {
            Running::Sqlite(sqlite) => sqlite.commit(unit).await,
            Running::Postgres(postgres) => postgres.commit(unit).await,
        };
        match &outcome {
            Ok(Commit::Done) => count(&self.counters.commits),
            Ok(Commit::Lost { .. }) => count(&self.counters.lost),
            Err(Error::Busy) => count(&self.counters.busy),
            Err(_) => {}
        }
        outcome
    }

    /// One moment of the whole database, for long readers, on a connection of its own.
    ///
    /// # Errors
    /// As [`Db::query`].
    pub async fn snapshot(&self) -> Result<Snapshot> {
        Ok(match &*self.running {
            Running::Sqlite(sqlite) => Snapshot(Moment::Sqlite(sqlite.snapshot().await?)),
            Running::Postgres(postgres) => Snapshot(Moment::Postgres(postgres.snapshot().await?)),
        })
    }

    /// Tables and columns, sorted by name.
    ///
    /// # Errors
    /// As [`Db::query`].
    pub async fn tables(&self) -> Result<Vec<Table>> {
        introspect::tables(&self.query_text(introspect::statement(self.engine()), &[]).await?)
    }

    /// Prepares a statement without running it: the test of the registry.
    ///
    /// # Errors
    /// [`Error::Internal`] if the engine does not take it.
    pub async fn prepare(&self, sql: Sql) -> Result<()> {
        match &*self.running {
            Running::Sqlite(sqlite) => sqlite.prepare(sql).await,
            Running::Postgres(postgres) => postgres.prepare(sql).await,
        }
    }

    /// How the engine would go about a statement, a step a line.
    pub(crate) async fn plan(&self, sql: Sql) -> Result<Vec<String>> {
        match &*self.running {
            Running::Sqlite(sqlite) => sqlite.plan(sql).await,
            Running::Postgres(postgres) => postgres.plan(sql).await,
        }
    }

    /// How many queries were asked so far, for the test that counts a page's queries.
    #[must_use]
    pub fn queries(&self) -> u64 {
        self.counters.queries.load(Ordering::Relaxed)
    }

    /// What was asked so far, for metrics.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Counters { queries, units, commits, lost, busy } = &*self.counters;
        Stats { queries: read(queries), units: read(units), commits: read(commits), lost: read(lost), busy: read(busy) }
    }

    /// Stops taking units, waits for those under way and, on SQLite, copies the log into the database.
    ///
    /// # Errors
    /// [`Error::Internal`] if the engine cannot end in order; what was answered as done stands all the same.
    pub async fn close(&self) -> Result<()> {
        match &*self.running {
            Running::Sqlite(sqlite) => sqlite.close().await,
            Running::Postgres(postgres) => postgres.close().await,
        }
    }

    /// Rows that answer a statement made up by this crate.
    pub(crate) async fn query_text(&self, text: &str, args: &[Value]) -> Result<Vec<Row>> {
        match &*self.running {
            Running::Sqlite(sqlite) => sqlite.query_text(text, args).await,
            Running::Postgres(postgres) => postgres.query_text(text, args).await,
        }
    }

    pub(crate) async fn make_migrations_table(&self) -> Result<()> {
        match &*self.running {
            Running::Sqlite(sqlite) => sqlite.make(migrate::MAKE_TABLE).await,
            Running::Postgres(postgres) => postgres.make(migrate::MAKE_TABLE, migrate::TABLE).await,
        }
    }

    pub(crate) async fn apply(&self, ddl: &'static str, record: String) -> Result<()> {
        match &*self.running {
            Running::Sqlite(sqlite) => sqlite.migrate(ddl, record).await,
            Running::Postgres(postgres) => postgres.migrate(ddl, record).await,
        }
    }

    /// Lets rows refer to rows that are not there yet; what it returns is for [`Db::fasten_references`].
    pub(crate) async fn loosen_references(&self) -> Result<Vec<String>> {
        match &*self.running {
            Running::Sqlite(sqlite) => sqlite.loosen_references().await.map(|()| Vec::new()),
            Running::Postgres(postgres) => postgres.loosen_references().await,
        }
    }

    /// Asks from now on, and once for all that is there, that every reference leads to a row.
    pub(crate) async fn fasten_references(&self, references: &[String]) -> Result<()> {
        match &*self.running {
            Running::Sqlite(sqlite) => sqlite.fasten_references().await,
            Running::Postgres(postgres) => postgres.fasten_references(references).await,
        }
    }

    /// The present instant in microseconds, in the engine's words; only for the record of migrations.
    pub(crate) fn words_for_now(&self) -> &'static str {
        match self.engine() {
            Engine::Sqlite => "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
            Engine::Postgres => "CAST(extract(epoch FROM now()) * 1000000 AS BIGINT)",
        }
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// What one engine stores and the other refuses, or stores as something else, is refused by both.
fn expect_bindable(sql: Sql, args: &[Value]) -> Result<()> {
    let bad = |value: &Value| match value {
        Value::Text(text) => text.contains('\0'),
        Value::Real(number) => number.is_nan(),
        Value::Null | Value::Int(_) | Value::Blob(_) => false,
    };
    match args.iter().any(bad) {
        true => Err(Error::internal(format!("{}: a text with a NUL or a fraction that is no number", sql.name))),
        false => Ok(()),
    }
}

/// One moment of the whole database. Writes go on beside it; it ends when it is dropped.
pub struct Snapshot(Moment);

enum Moment {
    Sqlite(SqliteSnapshot),
    Postgres(PostgresSnapshot),
}

impl Snapshot {
    /// Rows that answer a SELECT, as of this moment.
    ///
    /// # Errors
    /// As [`Db::query`].
    pub async fn query(&self, sql: Sql, args: Vec<Value>) -> Result<Vec<Row>> {
        match &self.0 {
            Moment::Sqlite(sqlite) => sqlite.query(sql, args).await,
            Moment::Postgres(postgres) => postgres.query(sql.name, sql.text, &args).await,
        }
    }

    /// Tables and columns, as of this moment, sorted by name.
    ///
    /// # Errors
    /// As [`Db::query`].
    pub async fn tables(&self) -> Result<Vec<Table>> {
        let engine = match &self.0 {
            Moment::Sqlite(_) => Engine::Sqlite,
            Moment::Postgres(_) => Engine::Postgres,
        };
        introspect::tables(&self.query_text(introspect::statement(engine).to_owned(), Vec::new()).await?)
    }

    /// Rows that answer a statement made up by this crate.
    pub(crate) async fn query_text(&self, text: String, args: Vec<Value>) -> Result<Vec<Row>> {
        match &self.0 {
            Moment::Sqlite(sqlite) => sqlite.query_text(text, args).await,
            Moment::Postgres(postgres) => postgres.query("a statement of storage", &text, &args).await,
        }
    }
}
