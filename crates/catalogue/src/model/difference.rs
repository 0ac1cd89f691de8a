//! How two documents differ, field by field: for versions side by side, and for two editors who met.

use serde_json::Value;

use super::{ApplicationForm, Group, ItemDocument, Kind, TimeLimit, field_name, fields_of};

/// A value is shown up to so many characters.
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
        .map(|(group, field)| {
            let (one, other) = (value(&left, field), value(&right, field));
            let (left, right) = both(field, (&one, form(&left)), (&other, form(&right)));
            Difference { field: field.to_owned(), name: field_name(field), group, left, right }
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

/// Two values of one field as people read them. Of two lists only the entries that differ are told.
fn both(field: &str, left: Of<'_>, right: Of<'_>) -> (String, String) {
    let kind = super::field(field).map_or(Kind::Shown(&[]), |it| it.kind);
    let apart = |(one, form): &Of<'_>, other: &Option<Value>| match (one, other) {
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            let own: Vec<_> = one.iter().filter(|it| !other.contains(it)).collect();
            let alike = one.len() - own.len();
            let lines: Vec<_> =
                own.iter().map(|it| words(row_kind(kind), &spoken(row_kind(kind), it, form.as_ref()))).collect();
            [lines, alike_line(alike)].concat().join("\n")
        }
        (one, other) if matches!(kind, Kind::Form) => {
            let (one, other) = (lines(one), lines(other));
            let own: Vec<_> = one.iter().filter(|it| !other.contains(it)).cloned().collect();
            let alike = one.len() - own.len();
            // The same lines in another order are told whole.
            let moved = own.is_empty() && one.len() == other.len();
            if moved { one.join("\n") } else { [own, alike_line(alike)].concat().join("\n") }
        }
        (Some(one), _) => words(kind, &spoken(kind, one, form.as_ref())),
        (None, _) => String::new(),
    };
    (cut(apart(&left, right.0)), cut(apart(&right, left.0)))
}

/// A value and the application form beside which it stands.
type Of<'a> = (&'a Option<Value>, Option<ApplicationForm>);

fn form(doc: &Value) -> Option<ApplicationForm> {
    serde_json::from_value(doc.get("form")?.clone()).ok()
}

/// A value with its conditions in the words and the units of the form, at any depth.
fn spoken(kind: Kind, value: &Value, form: Option<&ApplicationForm>) -> Value {
    let Some(known) = form else { return value.clone() };
    match (kind, value) {
        (Kind::When, Value::Object(_)) => {
            let condition = serde_json::from_value(value.clone()).ok();
            condition.map_or_else(|| value.clone(), |it| Value::from(known.condition_words(&it)))
        }
        (Kind::Fields(fields), Value::Object(all)) => {
            let each = |(key, it): (&String, &Value)| {
                let kind = fields.iter().find(|field| field.key == key).map_or(Kind::Shown(&[]), |it| it.kind);
                (key.clone(), spoken(kind, it, form))
            };
            Value::Object(all.iter().map(each).collect())
        }
        (Kind::Rows(_), Value::Array(all)) => {
            Value::Array(all.iter().map(|it| spoken(row_kind(kind), it, form)).collect())
        }
        _ => value.clone(),
    }
}

fn alike_line(alike: usize) -> Vec<String> {
    if alike == 0 { Vec::new() } else { vec![format!("（另有 {alike} 项相同）")] }
}

/// A form, line by line.
fn lines(form: &Option<Value>) -> Vec<String> {
    let form = form.clone().and_then(|it| serde_json::from_value::<ApplicationForm>(it).ok());
    form.map(|it| it.lines()).unwrap_or_default()
}

fn cut(text: String) -> String {
    if text.chars().count() <= SHOWN_MAX { text } else { text.chars().take(SHOWN_MAX).chain(['…']).collect() }
}

/// The kind of one entry of a list.
fn row_kind(kind: Kind) -> Kind {
    match kind {
        Kind::Rows(fields) => Kind::Fields(fields),
        Kind::Lines => Kind::Line,
        Kind::Files => Kind::File,
        Kind::Choices(options) | Kind::Words(options) => Kind::Choice(options),
        other => other,
    }
}

/// A value as people read it: codes as their words, fields with their names, one line an entry of a list.
#[must_use]
pub fn words(kind: Kind, value: &Value) -> String {
    match (kind, value) {
        (_, Value::Null) => String::new(),
        (_, Value::Bool(it)) => if *it { "是" } else { "否" }.to_owned(),
        (Kind::Money, Value::Number(fen)) => {
            let fen = fen.as_i64().unwrap_or_default();
            format!("{}.{:02} 元", fen / 100, fen % 100)
        }
        (Kind::Choice(options), Value::String(code)) => {
            options().into_iter().find(|it| it.0 == code).map_or_else(|| code.clone(), |it| it.1.to_owned())
        }
        (Kind::Limit, Value::Object(_)) => {
            serde_json::from_value::<TimeLimit>(value.clone()).map_or_else(|_| value.to_string(), |it| it.to_string())
        }
        (Kind::File, Value::Object(it)) => it.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        (Kind::Fields(fields) | Kind::Shown(fields @ [_, ..]), Value::Object(it)) => {
            let said = fields.iter().filter_map(|field| {
                let said = words(field.kind, it.get(field.key)?);
                (!said.is_empty()).then(|| format!("{}：{said}", field.name))
            });
            said.collect::<Vec<_>>().join("；")
        }
        (_, Value::Array(all)) => {
            let one = row_kind(kind);
            all.iter().map(|it| words(one, it)).collect::<Vec<_>>().join("\n")
        }
        (_, Value::String(it)) => it.clone(),
        (_, Value::Number(it)) => it.to_string(),
        (_, Value::Object(it)) => {
            let said = it.iter().filter(|it| !it.1.is_null() && *it.1 != "" && *it.1 != false);
            said.map(|(key, it)| format!("{}：{}", super::word_of(key), words(Kind::Shown(&[]), it)))
                .collect::<Vec<_>>()
                .join("；")
        }
    }
}
