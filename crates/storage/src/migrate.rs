//! Numbered SQL of the areas, applied once each.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Error, Result};
use sm3::{Digest as _, Sm3};

use crate::{Db, Row, Snapshot, Sql, hex};

/// One step of an area's schema. Never edited once released: a later number changes what an earlier one made.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The area whose tables it makes.
    pub area: &'static str,
    /// Its number within the area, from 1, without gaps.
    pub number: u32,
    /// PostgreSQL's DDL, of which SQLite takes the same text by way of a token map (BIGINT, BYTEA, DOUBLE PRECISION).
    /// No `DEFERRABLE`: on SQLite a reference that fails only at COMMIT would fail the units of others that share it.
    pub sql: &'static str,
}

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] =
    &[Migration { area: "storage", number: 1, sql: include_str!("../migrations/0001_leases_and_keys.sql") }];

/// The table that says what was applied. `at`: microseconds, UTC.
pub(crate) const TABLE: &str = "schema_migrations";
pub(crate) const MAKE_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (area TEXT NOT NULL,
    number BIGINT NOT NULL, checksum TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (area, number))";
const APPLIED: Sql = Sql {
    name: "MIGRATIONS_APPLIED",
    text: "SELECT area, number, checksum FROM schema_migrations ORDER BY area, number",
};

/// One applied migration: its area and number.
pub(crate) type Key = (String, i64);

impl Migration {
    /// SM3 of its text, in hex, whatever the line ends of the checkout.
    pub(crate) fn checksum(&self) -> String {
        hex(&Sm3::digest(self.sql.replace("\r\n", "\n")))
    }

    pub(crate) fn key(&self) -> Key {
        (self.area.to_owned(), self.number.into())
    }

    /// The statement that records it, with the engine's words for the present instant.
    fn record(&self, now: &str) -> String {
        let Self { area, number, .. } = self;
        let checksum = self.checksum();
        format!("INSERT INTO {TABLE} (area, number, checksum, at) VALUES ('{area}', {number}, '{checksum}', {now})")
    }
}

/// What was applied, with checksums.
pub(crate) async fn applied(db: &Db) -> Result<BTreeMap<Key, String>> {
    history(&db.query(APPLIED, Vec::new()).await?)
}

/// What was applied as of a snapshot.
pub(crate) async fn applied_in(snapshot: &Snapshot) -> Result<BTreeMap<Key, String>> {
    history(&snapshot.query(APPLIED, Vec::new()).await?)
}

fn history(rows: &[Row]) -> Result<BTreeMap<Key, String>> {
    rows.iter().map(|row| Ok(((row.string("area")?, row.int("number")?), row.string("checksum")?))).collect()
}

/// Applies what is missing of `all`, in its order.
pub(crate) async fn migrate(db: &Db, all: &[Migration]) -> Result<()> {
    expect_well_numbered(all)?;
    db.make_migrations_table().await?;
    let applied = applied(db).await?;
    expect_same_history(all, &applied)?;
    for migration in all.iter().filter(|it| !applied.contains_key(&it.key())) {
        let record = migration.record(db.words_for_now());
        db.apply(migration.sql, record).await.map_err(|error| {
            let Migration { area, number, .. } = migration;
            Error::internal(format!("migration {area} {number}: {error}"))
        })?;
        tracing::info!(area = migration.area, number = migration.number, "migration applied");
    }
    Ok(())
}

fn expect_well_numbered(all: &[Migration]) -> Result<()> {
    let mut last: BTreeMap<&str, u32> = BTreeMap::new();
    for Migration { area, number, .. } in all {
        let last = last.entry(area).or_default();
        *last += 1;
        let plain = area.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
        if *last != *number || !plain {
            return Err(Error::internal(format!("migration {area} {number} is out of order or ill named")));
        }
    }
    Ok(())
}

fn expect_same_history(all: &[Migration], applied: &BTreeMap<Key, String>) -> Result<()> {
    let known: BTreeSet<Key> = all.iter().map(Migration::key).collect();
    if let Some((area, number)) = applied.keys().find(|key| !known.contains(key)) {
        return Err(Error::refused(format!(
            "数据库比本程序新：其中有本程序没有的结构变更（{area} 第 {number} 号）。请改用不低于该数据库版本的程序。"
        )));
    }
    for migration in all {
        let Migration { area, number, .. } = migration;
        if applied.get(&migration.key()).is_some_and(|checksum| *checksum != migration.checksum()) {
            return Err(Error::refused(format!(
                "数据库结构变更（{area} 第 {number} 号）的内容与当初执行的不同。已发布的变更不得修改，请核对程序版本。"
            )));
        }
    }
    Ok(())
}
