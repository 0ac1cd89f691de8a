//! The whole database as lines of text: taken while the site runs, and loaded into either engine.
//!
//! The first line says what the backup is and which migrations its tables had; then come the tables, each a line with its
//! columns and a line for each row, in the order of the primary key; the last line counts and digests all before it, so that a
//! backup that was cut or altered is refused.

mod load;
mod take;

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
pub use load::{import, restore};
use serde::{Deserialize, Serialize};
pub use take::export;

use crate::{Value, migrate};

/// Which format the lines are in; a program refuses one that it does not know.
const FORMAT: u32 = 1;

/// What was written or loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Tables, empty ones included.
    pub tables: u64,
    /// Rows of all tables.
    pub rows: u64,
}

/// One line of a backup, as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    /// The first.
    Backup { format: u32, migrations: Vec<Applied> },
    /// The rows that follow are of this table.
    Table { name: String, columns: Vec<String> },
    /// A row, in the order of the table's columns.
    Row(Vec<Cell>),
    /// The last: how many lines and rows came before it, and the SM3 of those lines in hex.
    End { lines: u64, rows: u64, sm3: String },
}

/// A migration that the tables had.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Applied {
    area: String,
    number: i64,
    checksum: String,
}

/// A value. A fraction is written as text, since a reader of JSON may round it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Cell {
    Null,
    Int(i64),
    Text(String),
    Blob { base64: String },
    Real { real: String },
}

impl Line {
    fn first(migrations: BTreeMap<migrate::Key, String>) -> Self {
        let applied = |((area, number), checksum)| Applied { area, number, checksum };
        Self::Backup { format: FORMAT, migrations: migrations.into_iter().map(applied).collect() }
    }
}

impl From<&Value> for Cell {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(it) => Self::Int(*it),
            Value::Real(it) => Self::Real { real: it.to_string() },
            Value::Text(it) => Self::Text(it.clone()),
            Value::Blob(it) => Self::Blob { base64: STANDARD.encode(it) },
        }
    }
}

impl Cell {
    /// The value; `None` if it is none.
    fn value(self) -> Option<Value> {
        Some(match self {
            Self::Null => Value::Null,
            Self::Int(it) => Value::Int(it),
            Self::Text(it) => Value::Text(it),
            Self::Blob { base64 } => Value::Blob(STANDARD.decode(base64).ok()?),
            Self::Real { real } => Value::Real(real.parse().ok()?),
        })
    }
}
