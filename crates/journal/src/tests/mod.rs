//! Promises of the journal, on every engine.

mod append;
mod feed;
mod outbox;
mod sequence;
mod verify;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use kernel::{Actor, Ctx, Error, Id, Moment, Random, Result, SystemRandom};
use storage::{Commit, Db, Migration, Row, Settings, Sql, Unit, args, testing::server_statement};

use crate::{Head, MIGRATIONS, Record, Replay, Sequencer, Thing, append as append_entry};

/// A morning in March 2026.
pub(crate) const MORNING: i64 = 1_772_424_000_000_000;

/// The same bytes for the same seed.
struct Seeded(AtomicU64);

impl Random for Seeded {
    fn fill(&self, out: &mut [u8]) {
        for byte in out {
            // SplitMix64, a byte a step.
            let mut it = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (it ^ (it >> 31)).to_be_bytes()[0];
        }
    }
}

pub(crate) fn ctx(seed: u64) -> Ctx {
    at(seed, MORNING)
}

/// A context at this instant.
pub(crate) fn at(seed: u64, micros: i64) -> Ctx {
    Ctx::new(Actor::system("test"), Moment::from_micros(micros), Arc::new(Seeded(AtomicU64::new(seed))))
}

/// Things with a row, as an area has them: a word that changes.
const THINGS: Migration = Migration {
    area: "test",
    number: 1,
    sql: "CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, word TEXT NOT NULL, version BIGINT NOT NULL,
              head TEXT NOT NULL, changed_at BIGINT NOT NULL);
          CREATE TABLE seen (reader TEXT NOT NULL, position BIGINT NOT NULL, subject TEXT NOT NULL);",
};

storage::sql! {
    /// A new thing or its next state.
    THING_PUT = "INSERT INTO things (id, word, version, head, changed_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE SET word = excluded.word, version = excluded.version, head = excluded.head,
            changed_at = excluded.changed_at WHERE things.version = excluded.version - 1";
    /// A thing.
    THING = "SELECT id, word, version, head, changed_at FROM things WHERE id = $1";
    /// Things by id.
    THING_PAGE = "SELECT id, word, version, head, changed_at FROM things WHERE id > $1 ORDER BY id LIMIT $2";
    /// Takes a thing away.
    THING_DELETE = "DELETE FROM things WHERE id = $1";
    /// What a reader saw.
    SEE = "INSERT INTO seen (reader, position, subject) VALUES ($1, $2, $3)";
    /// What a reader saw, in order.
    SEEN = "SELECT position, subject FROM seen WHERE reader = $1 ORDER BY position, subject";
}

pub(crate) struct ReplayThings;

impl Replay for ReplayThings {
    fn prefix(&self) -> &'static str {
        "thing:"
    }
    fn rows(&self) -> Sql {
        THING_PAGE
    }
    fn row(&self, row: &Row) -> Result<Thing> {
        Ok(Thing { subject: format!("thing:{}", row.text("id")?), state: row.string("word")? })
    }
    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let last = entries.last().ok_or_else(|| Error::internal("no entries"))?;
        let word = serde_json::from_str(&last.body).map_err(Error::internal)?;
        Ok(Thing { subject: last.subject.clone(), state: word })
    }
}

/// A unit that gives the thing this word and says so in the record.
pub(crate) async fn said(db: &Db, ctx: &Ctx, id: &str, word: &str) -> Unit {
    let head = match db.find(THING, args![id]).await.unwrap() {
        Some(row) => Head::of(&row).unwrap(),
        None => Head::none(),
    };
    let mut unit = Unit::new(ctx);
    let head = append_entry(&mut unit, ctx, &head, (&format!("thing:{id}"), "test.said"), &word).unwrap();
    unit.one("thing", THING_PUT, args![id, word, head.version, head.hash, head.at]);
    unit
}

/// The thing says this word.
pub(crate) async fn say(db: &Db, ctx: &Ctx, id: &str, word: &str) {
    let unit = said(db, ctx, id, word).await;
    assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
}

/// Numbers all there is.
pub(crate) async fn number_all(db: &Db, ctx: &Ctx) {
    let sequencer = Sequencer { holder: "one".into() };
    while sequencer.run(db, ctx).await.unwrap().unwrap() > 0 {}
}

/// A fresh database of one engine, gone when dropped.
pub(crate) struct Engine {
    pub(crate) db: Db,
    settings: Settings,
    _folder: tempfile::TempDir,
    server: Option<(String, String)>,
}

impl Engine {
    pub(crate) async fn open(server: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::sqlite(folder.path());
        let mut made = None;
        if let Some(url) = server {
            let mut random = [0; 10];
            SystemRandom.fill(&mut random);
            let name = format!("t{}", Id::<Self>::from_parts(Moment::from_micros(0), random));
            server_statement(&url, &format!("CREATE DATABASE {name}")).await.unwrap();
            let base = url.rsplit_once('/').unwrap().0.to_owned();
            settings = Settings::postgres(format!("{base}/{name}"), folder.path());
            made = Some((url, name));
        }
        settings.connections = 4;
        let db = Db::open(&settings).await.unwrap();
        let all = [storage::MIGRATIONS, MIGRATIONS, &[THINGS]].concat();
        db.migrate(&all).await.unwrap();
        Self { db, settings, _folder: folder, server: made }
    }

    pub(crate) async fn each() -> Vec<Self> {
        let mut engines = vec![Self::open(None).await];
        match std::env::var("TEST_PG") {
            Ok(url) => engines.push(Self::open(Some(url)).await),
            Err(_) => eprintln!("TEST_PG is not set: on SQLite only"),
        }
        engines
    }

    /// As a second process has it; SQLite has one process, so there it is the same.
    pub(crate) async fn second(&self) -> Db {
        match self.server {
            Some(_) => Db::open(&self.settings).await.unwrap(),
            None => self.db.clone(),
        }
    }

    pub(crate) fn is_server(&self) -> bool {
        self.server.is_some()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let Some((url, name)) = self.server.take() else { return };
        let drop = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(server_statement(&url, &format!("DROP DATABASE {name} WITH (FORCE)"))).unwrap();
        };
        std::thread::spawn(drop).join().unwrap();
    }
}
