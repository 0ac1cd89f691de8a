//! The only crate that knows the database drivers, and where files lie.
//!
//! Reads are [`Db::query`]. Writes are a [`Unit`], a value: statements with guards that [`Db::commit`] carries out whole or
//! not at all. Nothing reads inside a unit and no transaction stays open while code thinks: what was read is guarded by its
//! version. One SQL text serves both engines (see [`Sql`] for what it may say).

mod blobs;
mod db;
pub mod lease;
mod migrate;
pub mod once;
mod sql;
mod unit;
mod value;

pub use blobs::{BlobId, Blobs};
pub use db::{Commit, Db, Engine, Settings, Snapshot, Table};
pub use migrate::Migration;
pub use sql::Sql;
pub use unit::{Step, Unit, UnitId, UnitMark};
pub use value::{Row, Value};
