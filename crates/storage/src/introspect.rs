//! What tables there are, as the engine itself describes them.

use std::collections::BTreeMap;

use kernel::Result;

use crate::{Engine, Row};

/// A table as the engine describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns' names, sorted.
    pub columns: Vec<String>,
    /// The columns of its primary key, in the key's order.
    pub key: Vec<String>,
}

/// The statement that lists all columns: `table_name`, `column_name`, `key_position` (from 1, 0: not in the key).
pub(crate) fn statement(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT t.name AS table_name, c.name AS column_name, c.pk AS key_position
             FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_'"
        }
        Engine::Postgres => {
            "SELECT CAST(t.relname AS TEXT) AS table_name, CAST(c.attname AS TEXT) AS column_name,
                 CAST(COALESCE(array_position(CAST(k.indkey AS SMALLINT[]), c.attnum) + 1, 0) AS BIGINT) AS key_position
             FROM pg_class t
             JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
             LEFT JOIN pg_index k ON k.indrelid = t.oid AND k.indisprimary
             WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition
                 AND t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
        }
    }
}

/// Tables, sorted by name, from the rows of [`statement`].
pub(crate) fn tables(rows: &[Row]) -> Result<Vec<Table>> {
    let mut found: BTreeMap<&str, (Vec<String>, BTreeMap<i64, String>)> = BTreeMap::new();
    for row in rows {
        let (columns, key) = found.entry(row.text("table_name")?).or_default();
        columns.push(row.string("column_name")?);
        let position = row.int("key_position")?;
        if position > 0 {
            key.insert(position, row.string("column_name")?);
        }
    }
    let table = |(name, (mut columns, key)): (&str, (Vec<String>, BTreeMap<i64, String>))| {
        columns.sort();
        Table { name: name.to_owned(), columns, key: key.into_values().collect() }
    };
    Ok(found.into_iter().map(table).collect())
}
