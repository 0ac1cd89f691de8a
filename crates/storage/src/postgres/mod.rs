//! PostgreSQL: a pool of connections with prepared statements, and units in two round trips.

mod failure;
mod tls;
mod unit;
mod value;

use std::{ops::Deref, sync::Arc, time::Duration};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use futures_util::TryStreamExt as _;
use kernel::{Error, Result};
use tokio::{sync::Semaphore, task};
use tokio_postgres::{Config, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use self::failure::{Failure, chain};
use crate::{Commit, Row, Settings, Sql, Unit, Value, dialect};

/// Units that may be under way; one more is told that the site is busy.
const QUEUE: u32 = 4_096;
/// Whoever waits longer for a free connection is told that the site is busy.
const WAIT: Duration = Duration::from_secs(10);
/// A server that does not answer for so long cannot be reached.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A server that vanished without a word (a cut cable, a lost machine) is given up after so long.
const SILENCE: Duration = Duration::from_secs(30);

/// Every foreign key, as the statements that drop it and make it anew.
const REFERENCES: &str = "SELECT
        format('ALTER TABLE %s DROP CONSTRAINT %I', CAST(conrelid AS regclass), conname) AS loosen,
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', CAST(conrelid AS regclass), conname, pg_get_constraintdef(oid)) AS fasten
    FROM pg_constraint
    WHERE contype = 'f' AND connamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    ORDER BY conname";

/// A database on a server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Postgres {
    config: Config,
    tls: MakeRustlsConnect,
    pool: Pool,
    under_way: Arc<Semaphore>,
    pause_after_commit: Duration,
}

impl Postgres {
    /// Connects once, to fail now rather than at the first request.
    pub(crate) async fn open(settings: &Settings, url: &str) -> Result<Self> {
        let (url, encryption) = tls::split(url)?;
        let config = url.parse::<Config>();
        let mut config =
            config.map_err(|_| Error::refused("数据库地址不正确。应形如 postgres://用户:口令@主机:5432/库名。"))?;
        config.application_name("yiwang").ssl_mode(encryption.mode());
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config
                .tcp_user_timeout(SILENCE)
                .keepalives_idle(SILENCE)
                .keepalives_interval(SILENCE / 3)
                .keepalives_retries(3);
        }
        let tls = encryption.connector()?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config.clone(), tls.clone(), recycling))
            .max_size(settings.connections.max(1))
            .timeouts(Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: Some(WAIT) })
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(Error::internal)?;
        let under_way = Arc::new(Semaphore::new(QUEUE as usize));
        let opened = Self { config, tls, pool, under_way, pause_after_commit: settings.pause_after_commit };
        opened.expect_utf8().await?;
        Ok(opened)
    }

    async fn expect_utf8(&self) -> Result<()> {
        let client = self.lone_client().await?;
        let encoding = client.query_one("SHOW server_encoding", &[]).await.map_err(Error::internal)?;
        match encoding.try_get::<_, String>(0).map_err(Error::internal)?.as_str() {
            "UTF8" => Ok(()),
            other => {
                Err(Error::refused(format!("数据库的字符编码是 {other}，本系统需要 UTF8。请以 UTF8 编码新建数据库。")))
            }
        }
    }

    /// A connection outside the pool, which ends when it is dropped.
    async fn lone_client(&self) -> Result<tokio_postgres::Client> {
        let (client, connection) = self.config.connect(self.tls.clone()).await.map_err(|error| {
            Error::refused(format!(
                "连不上 PostgreSQL 数据库：{}。请检查地址、口令、加密方式（sslmode）和数据库是否已启动。",
                chain(&error)
            ))
        })?;
        task::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "a connection to PostgreSQL ended");
            }
        });
        Ok(client)
    }

    async fn lend(&self) -> Result<Loan, Failure> {
        self.pool.get().await.map(Loan::new).map_err(Failure::Unreachable)
    }

    /// Rows that answer; asked a second time, on a new connection, if the first turns out to be gone: a server that ended one has as a rule
    /// ended all that lie in the pool.
    pub(crate) async fn query(&self, sql: Sql, args: &[Value]) -> Result<Vec<Row>> {
        let text = dialect::postgres(sql.text);
        let first = self.try_query(sql.name, &text, args).await;
        let found = match first {
            Err(failure) if failure.is_lost() => {
                self.pool.retain(|_, _| false);
                self.try_query(sql.name, &text, args).await
            }
            answer => answer,
        };
        value::rows(sql.name, &found.map_err(Failure::into_error)?)
    }

    /// Rows that answer a statement made up by this crate.
    pub(crate) async fn query_text(&self, text: &str, args: &[Value]) -> Result<Vec<Row>> {
        let name = "a statement of storage";
        value::rows(name, &self.try_query(name, text, args).await.map_err(Failure::into_error)?)
    }

    async fn try_query(
        &self,
        name: &'static str,
        text: &str,
        args: &[Value],
    ) -> Result<Vec<tokio_postgres::Row>, Failure> {
        let failed = |error| Failure::Statement(name, error);
        let mut loan = self.lend().await?;
        let statement = loan.prepare_cached(text).await.map_err(failed)?;
        let args = value::bound(args);
        let found = match loan.query_raw(&statement, &args).await {
            Ok(rows) => rows.try_collect().await,
            Err(error) => Err(error),
        };
        loan.in_order = true;
        found.map_err(failed)
    }

    /// Prepares a statement without running it.
    pub(crate) async fn prepare(&self, sql: Sql) -> Result<()> {
        let failed = |error| Failure::Statement(sql.name, error).into_error();
        let mut loan = self.lend().await.map_err(Failure::into_error)?;
        let prepared = loan.prepare(&dialect::postgres(sql.text)).await;
        loan.in_order = true;
        prepared.map(drop).map_err(failed)
    }

    /// How the server would go about a statement whatever its values, if it shunned reading whole tables; for tests.
    pub(crate) async fn plan(&self, sql: Sql) -> Result<Vec<String>> {
        let failed = |error| Failure::Statement(sql.name, error).into_error();
        let client = self.lone_client().await?;
        let text = dialect::postgres(sql.text);
        let prepare =
            format!("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; PREPARE it AS {text}");
        client.batch_execute(&prepare).await.map_err(failed)?;
        let parameters = client.prepare(&text).await.map_err(failed)?.params().len();
        let nulls = if parameters == 0 { String::new() } else { format!("({})", vec!["NULL"; parameters].join(", ")) };
        let told = client.simple_query(&format!("EXPLAIN EXECUTE it{nulls}")).await.map_err(failed)?;
        let line = |it: &SimpleQueryMessage| match it {
            SimpleQueryMessage::Row(row) => row.get(0).map(|line| line.trim_start_matches([' ', '-', '>']).to_owned()),
            _ => None,
        };
        Ok(told.iter().filter_map(line).collect())
    }

    /// Carries out the unit in a task of its own, which outlives the request that asked for it.
    pub(crate) async fn commit(&self, unit: Unit) -> Result<Commit> {
        let permit = Arc::clone(&self.under_way).try_acquire_owned().map_err(|_| Error::Busy)?;
        let database = self.clone();
        let task = task::spawn(async move {
            let answer = unit::commit(&database, &unit).await;
            drop(permit);
            answer
        });
        task.await.map_err(Error::internal)?
    }

    /// Applies a migration and its record in one transaction, unless another node did so meanwhile.
    pub(crate) async fn migrate(&self, ddl: &'static str, record: String) -> Result<()> {
        let client = self.lone_client().await?;
        let failed = |error| Failure::Statement("migration", error).into_error();
        client.batch_execute("BEGIN; LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE").await.map_err(failed)?;
        // The record goes first: if another node was faster, its key refuses ours before any table is touched.
        match client.batch_execute(&record).await.map_err(|error| Failure::Statement("migration", error)) {
            Err(failure) if failure.is_duplicate() => return Ok(()),
            Err(failure) => return Err(failure.into_error()),
            Ok(()) => {}
        }
        client.batch_execute(&format!("{ddl}; COMMIT")).await.map_err(failed)
    }

    /// Makes what is not there yet; two nodes that start at once may both try, and one is told that it was second.
    ///
    /// An account that may not make tables can serve a site that another has brought up to date, so the statement is sent only where
    /// the table `named` is not there.
    pub(crate) async fn make(&self, ddl: &'static str, named: &str) -> Result<()> {
        let client = self.lone_client().await?;
        let there = client.query_one("SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass($1)", &[&named]).await;
        let there = there.and_then(|row| row.try_get::<_, i64>(0));
        if there.map_err(|error| Failure::Statement("migration", error).into_error())? > 0 {
            return Ok(());
        }
        let made = match client.batch_execute(ddl).await {
            Err(_) => client.batch_execute(ddl).await,
            made => made,
        };
        made.map_err(|error| Failure::Statement("migration", error).into_error())
    }

    /// Drops every reference and returns the statements that make them anew.
    pub(crate) async fn loosen_references(&self) -> Result<Vec<String>> {
        let found = self.query_text(REFERENCES, &[]).await?;
        let drop: Result<Vec<_>> = found.iter().map(|row| row.text("loosen")).collect();
        self.change(&drop?.join("; ")).await?;
        found.iter().map(|row| row.string("fasten")).collect()
    }

    /// Makes the references anew, which also checks all rows.
    pub(crate) async fn fasten_references(&self, references: &[String]) -> Result<()> {
        self.change(&references.join("; ")).await
    }

    async fn change(&self, ddl: &str) -> Result<()> {
        let failed = |error| Failure::Statement("references", error).into_error();
        self.lone_client().await?.batch_execute(ddl).await.map_err(failed)
    }

    /// One moment of the database, on a connection of its own.
    pub(crate) async fn snapshot(&self) -> Result<PostgresSnapshot> {
        let client = self.lone_client().await?;
        // The moment is that of the first read, not of BEGIN.
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1";
        client.batch_execute(begin).await.map_err(|error| Failure::Statement("BEGIN", error).into_error())?;
        Ok(PostgresSnapshot { client })
    }

    /// Waits for the units under way and ends the connections.
    pub(crate) async fn close(&self) -> Result<()> {
        let all = self.under_way.acquire_many(QUEUE).await;
        self.under_way.close();
        drop(all);
        self.pool.close();
        Ok(())
    }
}

/// One moment of the database.
pub(crate) struct PostgresSnapshot {
    client: tokio_postgres::Client,
}

impl PostgresSnapshot {
    /// Rows that answer, as of this moment.
    pub(crate) async fn query(&self, name: &'static str, text: &str, args: &[Value]) -> Result<Vec<Row>> {
        let failed = |error| Failure::Statement(name, error).into_error();
        let found = self.client.query_raw(text, &value::bound(args)).await.map_err(failed)?;
        let found: Vec<_> = found.try_collect().await.map_err(failed)?;
        value::rows(name, &found)
    }
}

/// A connection on loan from the pool. It goes back only if it was left in order: one whose request was dropped, or that is in
/// the middle of a unit, is ended instead.
struct Loan {
    object: Option<Object>,
    /// Whether the connection may serve somebody else.
    in_order: bool,
}

impl Loan {
    fn new(object: Object) -> Self {
        Self { object: Some(object), in_order: false }
    }
}

impl Deref for Loan {
    type Target = Object;

    fn deref(&self) -> &Object {
        match &self.object {
            Some(object) => object,
            None => unreachable!("a loan holds its connection until it is dropped"),
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(object) = self.object.take()
            && !self.in_order
        {
            drop(Object::take(object));
        }
    }
}
