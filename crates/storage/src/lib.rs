//! The only crate that knows the database drivers, and where files lie.
//!
//! Reads are [`Db::query`]. Writes are a [`Unit`], a value: statements with guards that [`Db::commit`] carries out whole or
//! not at all. Nothing reads inside a unit and no transaction stays open while code thinks: what was read is guarded by its
//! version. One SQL text serves both engines (see [`Sql`] for what it may say).

pub mod backup;
mod blobs;
mod db;
mod dialect;
mod introspect;
pub mod lease;
mod migrate;
pub mod once;
mod postgres;
mod sql;
mod sqlite;
mod store;
pub mod testing;
mod unit;
mod value;

#[cfg(test)]
mod tests;

pub use blobs::{BlobId, Blobs};
pub use db::{Commit, Db, Engine, Settings, Snapshot, Stats};
pub use introspect::Table;
pub use migrate::{MIGRATIONS, Migration};
pub use sql::Sql;
pub use unit::{Step, Unit, UnitId, UnitMark};
pub use value::{Row, Value, each};

/// The SQL of this crate's own tables, for the test that prepares every statement.
pub const SQL: &[Sql] = store::ALL;

/// Bytes as lower-case hex digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
