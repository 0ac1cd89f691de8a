//! Promises of storage, kept on every engine.

mod backups;
mod blobs;
mod collisions;
mod encryption;
mod leases;
mod lost_answers;
mod opening;
mod plans;
mod reads;
mod units;

use std::sync::Arc;

use kernel::{Actor, Ctx, Error, Moment, Random, Result, SystemRandom};
use tempfile::TempDir;

use crate::*;

/// Noon of a working day in Bozhou.
const NOON: i64 = 1_772_424_000_000_000;

/// The tables of the tests.
const TABLES: &[Migration] = &[Migration {
    area: "tests",
    number: 1,
    sql: "CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, words TEXT,
              share DOUBLE PRECISION, sealed BYTEA, CHECK (version >= 0));
          -- One of each kind only; a; semicolon in a comment.
          CREATE UNIQUE INDEX things_words ON things (words) WHERE words <> 'many;';
          CREATE TABLE parts (thing TEXT NOT NULL REFERENCES things (id), number BIGINT NOT NULL,
              words TEXT NOT NULL, PRIMARY KEY (thing, number));",
}];

crate::sql! {
    ADD = "INSERT INTO things (id, version, words) VALUES ($1, $2, $3)";
    ADD_ALL = "INSERT INTO things (id, version, words, share, sealed) VALUES ($1, $2, $3, $4, $5)";
    ADD_PART = "INSERT INTO parts (thing, number, words) VALUES ($1, $2, $3)";
    GET = "SELECT id, version, words, share, sealed FROM things WHERE id = $1";
    NEXT_VERSION = "UPDATE things SET version = version + 1 WHERE id = $1 AND version = $2";
    RENAME_ALL = "UPDATE things SET words = $1";
    COUNT = "SELECT count(*) AS n FROM things";
    COUNT_PARTS = "SELECT count(*) AS n FROM parts";
    SWAPPED = "SELECT CAST($2 AS TEXT) AS first, CAST($1 AS TEXT) AS second";
    PAGE = "SELECT thing, number FROM parts WHERE (thing, number) > ($1, $2) ORDER BY thing, number LIMIT $3";
    IS_THERE = "SELECT 1 FROM things WHERE id = $1 AND version = $2";
    PUT = "INSERT INTO things (id, version, words) VALUES ($1, $2, $3)
           ON CONFLICT (id) DO UPDATE SET version = things.version + 1 RETURNING version";
    MISTAKE = "SELECT id FROM nowhere";
}

/// One engine with a fresh database, which is dropped with it.
pub(crate) struct Site {
    pub(crate) db: Db,
    pub(crate) settings: Settings,
    _folder: TempDir,
    made: Option<(String, String)>,
}

impl Site {
    pub(crate) async fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let settings = Settings::sqlite(folder.path());
        Self { db: Db::open(&settings).await.unwrap(), settings, _folder: folder, made: None }
    }

    pub(crate) async fn postgres() -> Option<Self> {
        let server = std::env::var("TEST_PG").ok()?;
        let folder = TempDir::new().unwrap();
        let name = format!("yw_{}", hex(&random()));
        on_server(&server, format!("CREATE DATABASE {name}")).await;
        let (base, _) = server.rsplit_once('/').unwrap();
        let settings = Settings::postgres(format!("{base}/{name}"), folder.path());
        Some(Self { db: Db::open(&settings).await.unwrap(), settings, _folder: folder, made: Some((server, name)) })
    }

    pub(crate) fn engine(&self) -> Engine {
        self.db.engine()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let Some((server, name)) = self.made.take() else { return };
        let drop_it = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(on_server(&server, format!("DROP DATABASE {name} WITH (FORCE)")));
        };
        std::thread::spawn(drop_it).join().unwrap();
    }
}

async fn on_server(server: &str, text: String) {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&text).await.unwrap();
}

fn random() -> [u8; 8] {
    let mut out = [0; 8];
    SystemRandom.fill(&mut out);
    out
}

/// A site on every engine there is.
pub(crate) async fn empty_sites() -> Vec<Site> {
    let mut sites = vec![Site::sqlite().await];
    sites.extend(Site::postgres().await);
    sites
}

/// A site with the tables of the tests on every engine there is.
pub(crate) async fn sites() -> Vec<Site> {
    let sites = empty_sites().await;
    for site in &sites {
        site.db.migrate(&all_tables()).await.unwrap();
    }
    sites
}

pub(crate) fn all_tables() -> Vec<Migration> {
    [MIGRATIONS, TABLES].concat()
}

pub(crate) fn ctx() -> Ctx {
    later(0)
}

pub(crate) fn later(seconds: i64) -> Ctx {
    Ctx::new(Actor::system("test"), Moment::from_micros(NOON + seconds * 1_000_000), Arc::new(SystemRandom))
}

/// A unit of one statement.
pub(crate) fn run(sql: Sql, args: Vec<Value>) -> Unit {
    let mut unit = Unit::new(&ctx());
    unit.run(sql, args);
    unit
}

pub(crate) async fn number(db: &Db, sql: Sql) -> i64 {
    db.find(sql, args![]).await.unwrap().unwrap().int("n").unwrap()
}

/// What the operator reads of an error that no person sees.
pub(crate) fn internal<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome {
        Err(Error::Internal(cause)) => cause.to_string(),
        other => panic!("expected an internal error, not {other:?}"),
    }
}
