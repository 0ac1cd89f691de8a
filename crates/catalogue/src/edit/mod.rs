//! The editing desk: from the field table and a document to the controls of a page, and back from what was sent to a document.

mod form;
mod parts;
mod read;

use serde_json::{Map, Value};

pub(crate) use parts::{Given, Part, Shape, parts};
pub(crate) use read::{Files, read};

use crate::model::{Field, Kind};

/// A row of more columns than this has a page of its own.
const INLINE_MAX: usize = 8;

/// Which row of which list is edited on a page of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Focus {
    /// The list's field.
    pub(crate) field: String,
    /// The row, from 0; as many as there are rows: a new one.
    pub(crate) row: usize,
}

/// Whether the rows of this field have pages of their own.
pub(crate) fn is_paged(field: &Field) -> Option<&'static [Field]> {
    match field.kind {
        Kind::Rows(columns) if columns.len() > INLINE_MAX => Some(columns),
        _ => None,
    }
}

/// The value at a key, or nothing.
fn at<'a>(value: &'a Value, key: &str) -> &'a Value {
    value.get(key).unwrap_or(&Value::Null)
}

/// The rows of a list.
fn rows(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(it) => it.clone(),
        Value::Number(it) => it.to_string(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        _ => String::new(),
    }
}

/// An object without what is null.
fn object(pairs: Vec<(&'static str, Value)>) -> Value {
    Value::Object(pairs.into_iter().map(|(key, it)| (key.to_owned(), it)).collect::<Map<_, _>>())
}
