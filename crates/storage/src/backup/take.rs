//! Takes a backup: one moment of every table, in bounded memory.

use std::io::Write;

use kernel::{Error, Result};
use sm3::{Digest as _, Sm3};

use super::{Cell, Line, Summary};
use crate::{Db, Row, Snapshot, Table, Value, hex, migrate};

/// Rows held in memory at a time.
const PAGE: usize = 200;

/// Writes every table as of one moment; units go on beside it.
///
/// # Errors
/// [`Error::Internal`] if the engine or `out` fails, or a table has no primary key to page by.
pub async fn export(db: &Db, out: impl Write + Send) -> Result<Summary> {
    let snapshot = db.snapshot().await?;
    let mut lines = Lines { out, digest: Sm3::new(), count: 0 };
    lines.write(&Line::first(migrate::applied_in(&snapshot).await?))?;
    let mut summary = Summary::default();
    for table in snapshot.tables().await? {
        if table.name != migrate::TABLE {
            summary.tables += 1;
            summary.rows += rows_of(&snapshot, &table, &mut lines).await?;
        }
    }
    lines.end(summary.rows)?;
    Ok(summary)
}

async fn rows_of(snapshot: &Snapshot, table: &Table, lines: &mut Lines<impl Write>) -> Result<u64> {
    let Table { name, columns, key } = table;
    if key.is_empty() {
        return Err(Error::internal(format!("table {name} has no primary key")));
    }
    lines.write(&Line::Table { name: name.clone(), columns: columns.clone() })?;
    let mut count = 0;
    let mut last: Option<Row> = None;
    loop {
        let after = match &last {
            Some(row) => key_of(table, row)?,
            None => Vec::new(),
        };
        let page = snapshot.query_text(page_text(table, after.is_empty()), after).await?;
        for row in &page {
            lines.write(&Line::Row(row.values().iter().map(Cell::from).collect()))?;
        }
        count += page.len() as u64;
        let full = page.len() == PAGE;
        last = page.into_iter().last();
        if !full {
            return Ok(count);
        }
    }
}

/// The statement for a page: the first, or that after a key.
fn page_text(table: &Table, first: bool) -> String {
    let Table { name, columns, key } = table;
    let marks: Vec<_> = (1..=key.len()).map(|number| format!("${number}")).collect();
    let (columns, key, marks) = (columns.join(", "), key.join(", "), marks.join(", "));
    let after = if first { String::new() } else { format!("WHERE ({key}) > ({marks})") };
    format!("SELECT {columns} FROM {name} {after} ORDER BY {key} LIMIT {PAGE}")
}

fn key_of(table: &Table, row: &Row) -> Result<Vec<Value>> {
    let value = |column: &String| {
        let index = table.columns.iter().position(|it| it == column);
        let value = index.and_then(|index| row.values().get(index)).cloned();
        value.ok_or_else(|| Error::internal(format!("table {} lacks its own column {column}", table.name)))
    };
    table.key.iter().map(value).collect()
}

/// Lines on their way out, counted and digested.
struct Lines<W> {
    out: W,
    digest: Sm3,
    count: u64,
}

impl<W: Write> Lines<W> {
    fn write(&mut self, line: &Line) -> Result<()> {
        let mut text = serde_json::to_vec(line).map_err(Error::internal)?;
        text.push(b'\n');
        self.digest.update(&text);
        self.count += 1;
        self.out.write_all(&text).map_err(Error::internal)
    }

    fn end(mut self, rows: u64) -> Result<()> {
        let sm3 = hex(&self.digest.clone().finalize());
        let lines = self.count;
        self.write(&Line::End { lines, rows, sm3 })?;
        self.out.flush().map_err(Error::internal)
    }
}
