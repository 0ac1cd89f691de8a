//! One connection to SQLite, with the statements it has met.

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use kernel::{Error, Result};
use rusqlite::{
    Connection, OpenFlags, ToSql,
    config::DbConfig,
    ffi, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};

use crate::{Row, Sql, Step, Value, dialect, value::Columns};

/// Waits so long for another process that holds the file: an operator's own `sqlite3`, say.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Prepared statements kept by a connection.
const STATEMENTS: usize = 512;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The one that writes, and makes the file if there is none.
    Writer,
    /// One that must not write.
    Reader,
    /// The one that copies the log into the database.
    Copier,
}

/// One connection to SQLite.
pub(super) struct Session {
    pub(super) connection: Connection,
    met: HashMap<&'static str, Met>,
}

/// A statement as SQLite writes it, with the columns of its last answer.
struct Met {
    text: String,
    columns: Arc<Columns>,
}

impl Session {
    /// Opens the file; nothing of it is read yet but its first page.
    ///
    /// A plan hangs on the statement alone, never on its values («query planner stability guarantee»): else SQLite parses every
    /// statement with a bound LIMIT, or with a value beside a partial index, anew at each call.
    pub(super) fn open(file: &Path, role: Role) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let (flags, setup) = match role {
            Role::Writer => (
                flags | OpenFlags::SQLITE_OPEN_CREATE,
                // The copier copies the log into the database; the automatic copy (after 512 MiB, in pages of 4 KiB) is for the day on
                // which it does not keep up. What is deleted or overwritten is blanked in its page: a destroyed key must not lie about
                // in free space. What a savepoint sets aside stays in memory: in a file it would cost two writes a page.
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 131072;
                 PRAGMA journal_size_limit = 67108864;
                 PRAGMA cache_size = -16384; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
                 PRAGMA secure_delete = ON;",
            ),
            // Each reader keeps the pages that it met last, which is what lists of a busy hour need. A map of the file (`mmap_size`)
            // looked cheaper, but SQLite gives back the whole map after every commit, and looks anew into each page that it meets in one.
            Role::Reader => (flags, "PRAGMA cache_size = -4096; PRAGMA query_only = ON;"),
            Role::Copier => (flags, "PRAGMA synchronous = FULL; PRAGMA cache_size = -64;"),
        };
        let connection = Connection::open_with_flags(file, flags).map_err(|error| unusable(file, &error))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .and_then(|_| connection.busy_timeout(BUSY_TIMEOUT))
            .and_then(|()| connection.execute_batch(&format!("{setup} SELECT count(*) FROM sqlite_schema;")))
            .map_err(|error| unusable(file, &error))?;
        Ok(Self { connection, met: HashMap::new() })
    }

    /// Rows that answer a statement of a registry.
    pub(super) fn query(&mut self, sql: Sql, args: &[Value]) -> Result<Vec<Row>> {
        let met = self.met.entry(sql.text).or_insert_with(|| Met::new(sql.text));
        met.query(&self.connection, args).map_err(|error| failed(sql.name, &error))
    }

    /// Rows that answer a statement made up by this crate (introspection, backup).
    pub(super) fn query_text(&self, text: &str, args: &[Value]) -> Result<Vec<Row>> {
        Met::new(text).query(&self.connection, args).map_err(|error| failed("a statement of storage", &error))
    }

    /// Carries out one step of a unit; how many rows it touched or found.
    pub(super) fn step(&mut self, step: &Step) -> rusqlite::Result<u64> {
        let (sql, args, _) = step.parts();
        let met = self.met.entry(sql.text).or_insert_with(|| Met::new(sql.text));
        met.run(&self.connection, args)
    }

    /// Carries out a word of transaction control.
    pub(super) fn say(&self, text: &'static str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(text)?.execute([]).map(drop)
    }

    /// Copies the log into the database as far as no reader stands in the way, and waits for nobody: the pages of the log if all of it is
    /// copied, `None` if something is left.
    pub(super) fn copy_log(&self) -> rusqlite::Result<Option<i64>> {
        let asked = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
        let (busy, pages, copied) = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], asked)?;
        Ok((busy == 0 && pages == copied).then_some(pages))
    }

    /// Prepares a statement without running it.
    pub(super) fn prepare(&self, sql: Sql) -> Result<()> {
        let text = dialect::parameters(sql.text);
        self.connection.prepare(&text).map(drop).map_err(|error| failed(sql.name, &error))
    }
}

impl Session {
    /// How SQLite would go about a statement, whatever its values; for tests.
    pub(super) fn plan(&self, sql: Sql) -> Result<Vec<String>> {
        let plan = || {
            let text = format!("EXPLAIN QUERY PLAN {}", dialect::parameters(sql.text));
            let mut statement = self.connection.prepare(&text)?;
            // Values that were not bound are null.
            let mut rows = statement.raw_query();
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                out.push(row.get("detail")?);
            }
            Ok(out)
        };
        plan().map_err(|error| failed(sql.name, &error))
    }
}

impl Met {
    fn new(text: &str) -> Self {
        Self { text: dialect::parameters(text), columns: Arc::default() }
    }

    fn query(&mut self, connection: &Connection, args: &[Value]) -> rusqlite::Result<Vec<Row>> {
        let mut statement = connection.prepare_cached(&self.text)?;
        if !statement.column_names().eq(self.columns.names().iter()) {
            self.columns = Arc::new(Columns::new(statement.column_names().map(str::to_owned)));
        }
        let width = self.columns.names().len();
        let mut rows = statement.query(params_from_iter(args.iter().map(Bound)))?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            let values: rusqlite::Result<Vec<_>> = (0..width).map(|column| value(row.get_ref(column)?)).collect();
            out.push(Row::new(Arc::clone(&self.columns), values?));
        }
        Ok(out)
    }

    fn run(&self, connection: &Connection, args: &[Value]) -> rusqlite::Result<u64> {
        let mut statement = connection.prepare_cached(&self.text)?;
        let args = params_from_iter(args.iter().map(Bound));
        if statement.column_count() == 0 {
            return statement.execute(args).map(|rows| rows as u64);
        }
        let mut rows = statement.query(args)?;
        let mut found = 0;
        while rows.next()?.is_some() {
            found += 1;
        }
        Ok(found)
    }
}

/// A value on its way into a statement.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(it) => ValueRef::Integer(*it),
            Value::Real(it) => ValueRef::Real(*it),
            Value::Text(it) => ValueRef::Text(it.as_bytes()),
            Value::Blob(it) => ValueRef::Blob(it),
        }))
    }
}

fn value(found: ValueRef<'_>) -> rusqlite::Result<Value> {
    Ok(match found {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(it) => Value::Int(it),
        ValueRef::Real(it) => Value::Real(it),
        ValueRef::Text(it) => Value::Text(str::from_utf8(it)?.to_owned()),
        ValueRef::Blob(it) => Value::Blob(it.to_vec()),
    })
}

/// Whether a primary key or a unique index refused the row.
pub(super) fn is_duplicate(error: &rusqlite::Error) -> bool {
    let keys = [ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_ROWID];
    error.sqlite_error().is_some_and(|it| keys.contains(&it.extended_code))
}

/// What SQLite said of a statement. Its messages name tables and columns, never values.
pub(super) fn failed(statement: &str, error: &rusqlite::Error) -> Error {
    match (error.sqlite_error_code(), error) {
        (Some(ffi::ErrorCode::DatabaseBusy | ffi::ErrorCode::DatabaseLocked), _) => Error::Busy,
        (_, rusqlite::Error::SqlInputError { msg, .. }) => Error::internal(format!("{statement}: {msg}")),
        _ => Error::internal(format!("{statement}: {error}")),
    }
}

fn unusable(file: &Path, error: &rusqlite::Error) -> Error {
    let file = file.display();
    Error::refused(match error.sqlite_error_code() {
        Some(ffi::ErrorCode::NotADatabase | ffi::ErrorCode::DatabaseCorrupt) => {
            format!("数据库文件「{file}」已损坏或不是本系统的数据库。请勿继续写入，改用最近的备份恢复。")
        }
        Some(ffi::ErrorCode::CannotOpen | ffi::ErrorCode::PermissionDenied | ffi::ErrorCode::ReadOnly) => {
            format!("打不开数据库文件「{file}」。请检查文件夹是否存在、当前用户是否有读写权限。")
        }
        Some(ffi::ErrorCode::DatabaseBusy | ffi::ErrorCode::DatabaseLocked) => {
            format!("数据库文件「{file}」正被其他程序占用。请关闭该程序后再试。")
        }
        _ => format!("数据库文件「{file}」不能使用：{error}"),
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn no_statement_is_parsed_anew_because_other_values_are_bound() {
        let folder = tempfile::tempdir().unwrap();
        let session = Session::open(&folder.path().join("plans.db"), Role::Writer).unwrap();
        let tables = "CREATE TABLE a (n INTEGER, post TEXT); CREATE INDEX waiting ON a (n) WHERE post = 'accept'";
        session.connection.execute_batch(tables).unwrap();
        let text = "SELECT n FROM a WHERE post = ?1 AND n > ?2 ORDER BY n LIMIT ?3";
        let mut statement = session.connection.prepare(text).unwrap();
        for limit in 1..4 {
            assert!(statement.query(("accept", 0, limit)).unwrap().next().unwrap().is_none());
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
