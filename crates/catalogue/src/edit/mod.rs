//! The editing desk: from the field table and a document to the controls of a page, and back from what was sent to a document.

mod parts;
mod read;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

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

/// What the field is called that names a row to machines. People need not think of it: a row without one is given one.
const KEY: &str = "标识";

/// Gives every row whose list names its rows to machines such a name, if it has none: `material` → `material-1`.
fn name_rows(fields: &[Field], doc: &mut Map<String, Value>) {
    for field in fields {
        match (field.kind, doc.get_mut(field.key)) {
            (Kind::Fields(inner), Some(Value::Object(inside))) => name_rows(inner, inside),
            (Kind::Rows(columns), Some(Value::Array(list))) => {
                if let Some(key) = columns.iter().find(|it| it.name == KEY) {
                    name_list(field.key.trim_end_matches('s'), key.key, list);
                }
                list.iter_mut().filter_map(Value::as_object_mut).for_each(|it| name_rows(columns, it));
            }
            _ => {}
        }
    }
}

fn name_list(kind: &str, key: &str, list: &mut [Value]) {
    let given: BTreeSet<String> = list.iter().map(|it| text(at(it, key))).collect();
    let mut free = (1..).map(|it| format!("{kind}-{it}")).filter(|it| !given.contains(it));
    for row in list.iter_mut().filter_map(Value::as_object_mut) {
        if row.get(key).is_none_or(|it| text(it).is_empty()) {
            row.insert(key.to_owned(), json!(free.next()));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SECTIONS;

    #[test]
    fn a_row_that_people_gave_no_key_is_given_one_that_no_other_has() {
        let mut doc = json!({
            "materials": [{ "name": "甲" }, { "name": "乙", "key": "material-1" }, { "name": "丙", "key": "" }],
            "check": { "questions": [{ "text": "几岁", "options": [{ "text": "十八" }, { "text": "十九" }] }] },
        });
        let doc = doc.as_object_mut().unwrap();
        SECTIONS.iter().for_each(|it| name_rows(it.1, doc));
        let keys: Vec<_> = rows(&doc["materials"]).iter().map(|it| text(&it["key"])).collect();
        assert_eq!(keys, ["material-2", "material-1", "material-3"]);
        assert_eq!(doc["check"]["questions"][0]["key"], "question-1");
        assert_eq!(doc["check"]["questions"][0]["options"][1]["key"], "option-2");
    }
}
