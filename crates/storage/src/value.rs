//! What crosses into SQL and what comes out.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use kernel::{Error, Id, Moment, Result};

/// A value bound to a statement or read from a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `NULL` of any type.
    Null,
    /// BIGINT: counts, flags (0/1), instants in microseconds, money in fen.
    Int(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// TEXT: words, ids, dates (`2026-03-02`), documents in JSON.
    Text(String),
    /// BYTEA / BLOB.
    Blob(Vec<u8>),
}

/// The values of a statement, in the order of `$1`, `$2`, …
///
/// ```
/// let values = storage::args![1_i64, "two", None::<i64>];
/// assert_eq!(values.len(), 3);
/// ```
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}

macro_rules! from {
    ($($kind:ty => |$it:ident| $made:expr;)+) => {
        $(impl From<$kind> for Value { fn from($it: $kind) -> Self { $made } })+
    };
}

from! {
    i64 => |it| Self::Int(it);
    i32 => |it| Self::Int(it.into());
    u32 => |it| Self::Int(it.into());
    u16 => |it| Self::Int(it.into());
    bool => |it| Self::Int(it.into());
    f64 => |it| Self::Real(it);
    String => |it| Self::Text(it);
    &String => |it| Self::Text(it.clone());
    &str => |it| Self::Text(it.to_owned());
    Vec<u8> => |it| Self::Blob(it);
    &[u8] => |it| Self::Blob(it.to_vec());
    Moment => |it| Self::Int(it.micros());
    time::Date => |it| Self::Text(it.to_string());
}

impl<T> From<Id<T>> for Value {
    fn from(it: Id<T>) -> Self {
        Self::Text(it.to_string())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(it: Option<T>) -> Self {
        it.map_or(Self::Null, Into::into)
    }
}

/// A list of texts as one value, for a statement with `IN (EACH($1))`. However long it is, the statement is the same.
#[must_use]
pub fn each<T: ToString>(texts: impl IntoIterator<Item = T>) -> Value {
    Value::Text(serde_json::Value::from_iter(texts.into_iter().map(|it| it.to_string())).to_string())
}

/// A row already out of the driver: plain values by column name.
///
/// A value of another type than asked is an inconsistency of the database and fails as [`Error::Internal`], never as a default.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    columns: Arc<Columns>,
    values: Vec<Value>,
}

/// The names of an answer's columns, which all its rows share.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    names: Box<[String]>,
    /// After the column that was asked for last: rows are read in much the same order as they are written, so that is where the next
    /// one stands. A list of twenty rows of thirty columns is else ten thousand comparisons of names.
    next: AtomicUsize,
}

impl Columns {
    /// In this order.
    pub(crate) fn new(names: impl Iterator<Item = String>) -> Self {
        Self { names: names.collect(), next: AtomicUsize::new(0) }
    }

    /// Their names.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    fn place(&self, name: &str) -> Option<usize> {
        let from = self.next.load(Ordering::Relaxed).min(self.names.len());
        let found = (from..self.names.len()).chain(0..from).find(|&at| self.names[at] == name)?;
        self.next.store(found + 1, Ordering::Relaxed);
        Some(found)
    }
}

impl PartialEq for Columns {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Row {
    /// A row of these columns, which all rows of one answer share.
    #[must_use]
    pub(crate) fn new(columns: Arc<Columns>, values: Vec<Value>) -> Self {
        Self { columns, values }
    }

    /// The columns' names, in order.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        self.columns.names()
    }

    /// The values, in order.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// A BIGINT that is never null.
    ///
    /// # Errors
    /// [`Error::Internal`] if there is no such column or it holds something else; so for all readers below.
    pub fn int(&self, name: &str) -> Result<i64> {
        self.opt_int(name)?.ok_or_else(|| inconsistent(name, &Value::Null))
    }

    /// A BIGINT that may be null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn opt_int(&self, name: &str) -> Result<Option<i64>> {
        match self.get(name)? {
            Value::Int(it) => Ok(Some(*it)),
            Value::Null => Ok(None),
            other => Err(inconsistent(name, other)),
        }
    }

    /// A 0/1 flag.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn flag(&self, name: &str) -> Result<bool> {
        match self.int(name)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(inconsistent(name, &Value::Int(other))),
        }
    }

    /// A DOUBLE PRECISION that is never null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn real(&self, name: &str) -> Result<f64> {
        match self.get(name)? {
            Value::Real(it) => Ok(*it),
            other => Err(inconsistent(name, other)),
        }
    }

    /// A TEXT that is never null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn text(&self, name: &str) -> Result<&str> {
        self.opt_text(name)?.ok_or_else(|| inconsistent(name, &Value::Null))
    }

    /// A TEXT that may be null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn opt_text(&self, name: &str) -> Result<Option<&str>> {
        match self.get(name)? {
            Value::Text(it) => Ok(Some(it)),
            Value::Null => Ok(None),
            other => Err(inconsistent(name, other)),
        }
    }

    /// A TEXT that is never null, owned.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn string(&self, name: &str) -> Result<String> {
        self.text(name).map(str::to_owned)
    }

    /// Bytes that are never null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn blob(&self, name: &str) -> Result<&[u8]> {
        match self.get(name)? {
            Value::Blob(it) => Ok(it),
            other => Err(inconsistent(name, other)),
        }
    }

    /// Bytes that may be null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn opt_blob(&self, name: &str) -> Result<Option<&[u8]>> {
        match self.get(name)? {
            Value::Blob(it) => Ok(Some(it)),
            Value::Null => Ok(None),
            other => Err(inconsistent(name, other)),
        }
    }

    /// An id that is never null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn id<T>(&self, name: &str) -> Result<Id<T>> {
        self.opt_id(name)?.ok_or_else(|| inconsistent(name, &Value::Null))
    }

    /// An id that may be null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn opt_id<T>(&self, name: &str) -> Result<Option<Id<T>>> {
        let text = self.opt_text(name)?;
        text.map(|it| it.parse().map_err(|_| inconsistent(name, &Value::Text(it.to_owned())))).transpose()
    }

    /// An instant that is never null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn moment(&self, name: &str) -> Result<Moment> {
        self.int(name).map(Moment::from_micros)
    }

    /// An instant that may be null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn opt_moment(&self, name: &str) -> Result<Option<Moment>> {
        Ok(self.opt_int(name)?.map(Moment::from_micros))
    }

    /// A legal day that may be null.
    ///
    /// # Errors
    /// As [`Row::int`].
    pub fn opt_date(&self, name: &str) -> Result<Option<time::Date>> {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        let text = self.opt_text(name)?;
        text.map(|it| time::Date::parse(it, format).map_err(|_| inconsistent(name, &Value::Text(it.to_owned()))))
            .transpose()
    }

    /// A document in JSON.
    ///
    /// # Errors
    /// As [`Row::int`]; also if the document does not have the shape asked for.
    pub fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T> {
        let text = self.text(name)?;
        // The parser's own message quotes what it found, which may be personal.
        serde_json::from_str(text).map_err(|error| {
            let (kind, line, column) = (error.classify(), error.line(), error.column());
            Error::internal(format!("column {name} holds a document of another shape ({kind:?}, {line}:{column})"))
        })
    }

    fn get(&self, name: &str) -> Result<&Value> {
        let value = self.columns.place(name).and_then(|at| self.values.get(at));
        value.ok_or_else(|| Error::internal(format!("the answer has no column {name}")))
    }
}

/// Says what kind of value stood where another was due; never the value itself, which may be personal.
fn inconsistent(name: &str, found: &Value) -> Error {
    let kind = match found {
        Value::Null => "null",
        Value::Int(_) => "a number out of place",
        Value::Real(_) => "a fraction",
        Value::Text(_) => "a text out of place",
        Value::Blob(_) => "bytes",
    };
    Error::internal(format!("column {name} holds {kind}"))
}
