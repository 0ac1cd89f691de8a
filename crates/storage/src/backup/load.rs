//! Loads a backup into an empty database of either engine.

use std::io::{BufRead, Read as _};

use kernel::{Ctx, Error, Result};
use sm3::{Digest as _, Sm3};

use super::{Applied, Cell, FORMAT, Line, Summary};
use crate::{Commit, Db, Migration, Sql, Table, Unit, Value, hex, migrate};

/// Rows in a unit.
const UNIT_ROWS: usize = 300;
/// Bytes of lines in a unit, but for a longer row that came alone.
const UNIT_BYTES: usize = 4 << 20;
/// Bytes in a line at most: a longer one is no backup of ours.
const LINE_BYTES: u64 = 256 << 20;
/// The guard of each row.
const ROW: &str = "row";

/// Loads a backup into a database that has the tables of the backup, and no rows.
///
/// If anything is wrong with it, the tables are emptied again. Nobody else may use the database meanwhile.
///
/// # Errors
/// [`Error::Refused`], in words for the operator, if the backup is cut, altered or of another schema, or the database is not
/// empty; [`Error::Internal`] if the engine fails.
pub async fn import(db: &Db, ctx: &Ctx, input: impl BufRead + Send) -> Result<Summary> {
    let mut lines = Lines::new(input);
    let migrations = lines.first()?;
    let applied = migrate::applied(db).await?;
    let same = applied.len() == migrations.len()
        && migrations.iter().all(|it| applied.get(&(it.area.clone(), it.number)) == Some(&it.checksum));
    if !same {
        return Err(Error::refused("备份的数据结构与数据库不同，不能导入。请用恢复命令导入到一个新的数据库。"));
    }
    for table in tables(db).await? {
        if !db.query_text(&format!("SELECT 1 AS there FROM {} LIMIT 1", table.name), &[]).await?.is_empty() {
            return Err(Error::refused(format!("数据库不是空的（表 {} 中有数据），不能导入备份。", table.name)));
        }
    }
    load(db, ctx, lines).await
}

/// Loads a backup into a new database: makes its tables as they were, loads the rows, and then applies what this program has
/// added since. `all` is every migration of the program.
///
/// # Errors
/// As [`import`]; also if the backup was made by a newer program.
pub async fn restore(db: &Db, ctx: &Ctx, all: &[Migration], input: impl BufRead + Send) -> Result<Summary> {
    if !db.tables().await?.is_empty() {
        return Err(Error::refused(
            "恢复备份需要一个新的数据库，而这个数据库已有数据表。请换一个空的数据文件夹或数据库。",
        ));
    }
    let mut lines = Lines::new(input);
    let migrations = lines.first()?;
    let then: Vec<Migration> = all.iter().filter(|it| migrations.iter().any(|had| had.is(it))).copied().collect();
    if let Some(unknown) = migrations.iter().find(|had| !then.iter().any(|it| had.is(it))) {
        let Applied { area, number, .. } = unknown;
        return Err(Error::refused(format!(
            "备份由不同或更新版本的程序制作：其中的结构变更（{area} 第 {number} 号）与本程序不符。请改用制作备份的版本。"
        )));
    }
    db.migrate(&then).await?;
    // Rows that a migration puts into its new table are in the backup too, as what became of them.
    empty(db, ctx).await?;
    let summary = load(db, ctx, lines).await?;
    db.migrate(all).await?;
    Ok(summary)
}

impl Applied {
    fn is(&self, migration: &Migration) -> bool {
        let Self { area, number, checksum } = self;
        *area == migration.area && *number == i64::from(migration.number) && *checksum == migration.checksum()
    }
}

async fn tables(db: &Db) -> Result<Vec<Table>> {
    let mut tables = db.tables().await?;
    tables.retain(|it| it.name != migrate::TABLE);
    Ok(tables)
}

/// Rows come in the order of their tables' names, so references between them hold only at the end.
async fn load(db: &Db, ctx: &Ctx, lines: Lines<impl BufRead + Send>) -> Result<Summary> {
    let references = db.loosen_references().await?;
    let loaded = match rows(db, ctx, lines).await {
        Ok(summary) => db.fasten_references(&references).await.map(|()| summary),
        Err(error) => Err(error),
    };
    if loaded.is_err() {
        empty(db, ctx).await?;
        db.fasten_references(&references).await?;
    }
    loaded
}

async fn empty(db: &Db, ctx: &Ctx) -> Result<()> {
    let references = db.loosen_references().await?;
    for table in tables(db).await? {
        let mut unit = Unit::new(ctx);
        unit.run(statement(format!("DELETE FROM {}", table.name)), Vec::new());
        db.commit(unit).await.map(drop)?;
    }
    db.fasten_references(&references).await
}

async fn rows(db: &Db, ctx: &Ctx, mut lines: Lines<impl BufRead>) -> Result<Summary> {
    let known = tables(db).await?;
    let mut summary = Summary::default();
    let mut insert: Option<(Sql, usize)> = None;
    let mut unit = Unit::new(ctx);
    let mut bytes = 0;
    while let Some(line) = lines.next()? {
        match line {
            Line::Table { name, columns } => {
                let ours = known.iter().any(|table| table.name == name && table.columns == columns);
                insert = ours.then(|| (insert_into(&name, &columns), columns.len()));
                summary.tables += 1;
            }
            Line::Row(cells) => {
                let insert = insert.filter(|(_, width)| *width == cells.len());
                let (sql, _) = insert.ok_or_else(|| lines.damaged())?;
                let values: Option<Vec<Value>> = cells.into_iter().map(Cell::value).collect();
                unit.one(ROW, sql, values.ok_or_else(|| lines.damaged())?);
                summary.rows += 1;
                bytes += lines.length;
            }
            Line::Backup { .. } | Line::End { .. } => return Err(lines.damaged()),
        }
        if unit.steps().len() >= UNIT_ROWS || bytes >= UNIT_BYTES {
            commit(db, std::mem::replace(&mut unit, Unit::new(ctx)), &lines).await?;
            bytes = 0;
        }
    }
    commit(db, unit, &lines).await?;
    Ok(summary)
}

async fn commit(db: &Db, unit: Unit, lines: &Lines<impl BufRead>) -> Result<()> {
    match db.commit(unit).await? {
        Commit::Done => Ok(()),
        Commit::Lost { .. } => Err(lines.damaged()),
    }
}

fn insert_into(table: &str, columns: &[String]) -> Sql {
    let marks: Vec<_> = (1..=columns.len()).map(|number| format!("${number}")).collect();
    statement(format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), marks.join(", ")))
}

/// A statement of a unit lives as long as the program. Loading makes two for each table, once in the program's life.
fn statement(text: String) -> Sql {
    Sql { name: "BACKUP_LOAD", text: text.leak() }
}

/// The lines of a backup, each checked as it comes and all of them at the end.
struct Lines<R> {
    input: R,
    digest: Sm3,
    /// Lines read so far.
    count: u64,
    rows: u64,
    /// Bytes of the last line.
    length: usize,
}

impl<R: BufRead> Lines<R> {
    fn new(input: R) -> Self {
        Self { input, digest: Sm3::new(), count: 0, rows: 0, length: 0 }
    }

    /// The first line: which migrations the tables had.
    fn first(&mut self) -> Result<Vec<Applied>> {
        match self.read()? {
            (Line::Backup { format: FORMAT, migrations }, text) => {
                self.take(&text);
                Ok(migrations)
            }
            (Line::Backup { format, .. }, _) => Err(Error::refused(format!(
                "备份的格式是第 {format} 版，本程序只认识第 {FORMAT} 版。请改用更新的程序。"
            ))),
            _ => Err(self.damaged()),
        }
    }

    /// The next line; `None` after the last, once all of them proved to be there unaltered.
    fn next(&mut self) -> Result<Option<Line>> {
        match self.read()? {
            (Line::End { lines, rows, sm3 }, _) => {
                let whole = (lines, rows) == (self.count, self.rows);
                let nothing_after = self.input.fill_buf().map_err(Error::internal)?.is_empty();
                match whole && nothing_after && sm3 == hex(&self.digest.clone().finalize()) {
                    true => Ok(None),
                    false => {
                        Err(Error::refused("备份的校验值与内容不符：文件被改动过或已损坏，没有导入。请换一份备份。"))
                    }
                }
            }
            (line, text) => {
                self.take(&text);
                self.rows += u64::from(matches!(line, Line::Row(_)));
                Ok(Some(line))
            }
        }
    }

    fn take(&mut self, text: &[u8]) {
        self.digest.update(text);
        self.count += 1;
        self.length = text.len();
    }

    fn read(&mut self) -> Result<(Line, Vec<u8>)> {
        let mut text = Vec::new();
        (&mut self.input).take(LINE_BYTES).read_until(b'\n', &mut text).map_err(Error::internal)?;
        if text.last() != Some(&b'\n') {
            let count = self.count;
            return Err(Error::refused(format!("备份不完整：读到第 {count} 行后中断，没有导入。请换一份完整的备份。")));
        }
        let line = serde_json::from_slice(&text).map_err(|_| self.damaged())?;
        Ok((line, text))
    }

    fn damaged(&self) -> Error {
        Error::refused(format!("备份在第 {} 行附近已损坏，没有导入。请换一份备份。", self.count + 1))
    }
}
