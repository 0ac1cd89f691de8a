//! How two documents differ, field by field: for versions side by side, and for two editors who met.

use serde_json::Value;

use super::{Group, ItemDocument, field_name, fields_of};

/// Lines shown of a value at most, in characters.
const SHOWN_MAX: usize = 2_000;

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The document's field.
    pub field: String,
    /// Its name.
    pub name: &'static str,
    /// The section of the desk that holds it.
    pub group: Group,
    /// What the first says, in words.
    pub left: String,
    /// What the second says, in words.
    pub right: String,
}

/// The fields in which two documents differ, in the order of the desk.
#[must_use]
pub fn differences(left: &ItemDocument, right: &ItemDocument) -> Vec<Difference> {
    let (left, right) = (object(left), object(right));
    let differs = fields_of().filter(|(_, field)| value(&left, field) != value(&right, field));
    differs
        .map(|(group, field)| Difference {
            field: field.to_owned(),
            name: field_name(field),
            group,
            left: words(&value(&left, field)),
            right: words(&value(&right, field)),
        })
        .collect()
}

/// What two editors made of the same document: who changed what, and where both changed the same field otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Both documents' changes laid together; where both changed the same field, the first editor's word stands for now.
    pub merged: ItemDocument,
    /// Fields that both changed, each otherwise: left theirs, right yours.
    pub contested: Vec<Difference>,
    /// Fields that only you changed.
    pub yours: Vec<Difference>,
}

/// Lays the changes of two editors together, both made from `base`.
#[must_use]
pub fn meet(base: &ItemDocument, theirs: &ItemDocument, yours: &ItemDocument) -> Meeting {
    let (was, first, second) = (object(base), object(theirs), object(yours));
    let mut merged = first.clone();
    let (mut contested, mut mine) = (Vec::new(), Vec::new());
    for it in differences(theirs, yours) {
        let (before, other, own) = (value(&was, &it.field), value(&first, &it.field), value(&second, &it.field));
        if own == before {
            continue;
        }
        if other == before {
            if let (Some(map), Some(own)) = (merged.as_object_mut(), own) {
                map.insert(it.field.clone(), own);
            } else if let Some(map) = merged.as_object_mut() {
                map.remove(&it.field);
            }
            mine.push(it);
        } else {
            contested.push(it);
        }
    }
    let merged = serde_json::from_value(merged).unwrap_or_else(|_| theirs.clone());
    Meeting { merged, contested, yours: mine }
}

/// Puts one field of `from` into `into`.
#[must_use]
pub fn with_field(into: &ItemDocument, from: &ItemDocument, field: &str) -> ItemDocument {
    let (mut whole, from) = (object(into), object(from));
    if let Some(map) = whole.as_object_mut() {
        match value(&from, field) {
            Some(it) => drop(map.insert(field.to_owned(), it)),
            None => drop(map.remove(field)),
        }
    }
    serde_json::from_value(whole).unwrap_or_else(|_| into.clone())
}

fn object(doc: &ItemDocument) -> Value {
    serde_json::to_value(doc).unwrap_or_default()
}

/// A field's value; `None` for one that is left out or empty.
fn value(doc: &Value, field: &str) -> Option<Value> {
    let empty = |it: &&Value| !it.is_null() && **it != "" && it.as_array().is_none_or(|it| !it.is_empty());
    doc.get(field).filter(empty).cloned()
}

/// A value as people read it: one line an entry, keys of objects in Chinese where the desk has a word for them.
fn words(value: &Option<Value>) -> String {
    let mut out = String::new();
    if let Some(value) = value {
        write(value, 0, &mut out);
    }
    let out = out.trim();
    if out.chars().count() <= SHOWN_MAX { out.to_owned() } else { out.chars().take(SHOWN_MAX).chain(['…']).collect() }
}

fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Null => {}
        Value::Bool(it) => out.push_str(if *it { "是" } else { "否" }),
        Value::Number(it) => out.push_str(&it.to_string()),
        Value::String(it) => out.push_str(it),
        Value::Array(all) => {
            for it in all {
                out.push('\n');
                out.push_str(&"　".repeat(depth));
                write(it, depth + 1, out);
            }
        }
        Value::Object(all) => {
            let said = all.iter().filter(|it| !it.1.is_null() && it.1 != "" && it.1 != false);
            for (i, (key, it)) in said.enumerate() {
                out.push_str(if i == 0 { "" } else { "；" });
                out.push_str(super::word_of(key));
                out.push('：');
                write(it, depth + 1, out);
            }
        }
    }
}
