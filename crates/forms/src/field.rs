//! The fields of a form as pages show them: kinds, options, what stands in a control and what people read.

use std::collections::BTreeMap;

use serde_json::Value;
use standards::PaperKind;

use crate::{
    amount,
    model::{ApplicationForm, split},
};

/// Texts that may be longer than this get several lines.
const LINE_MAX: u64 = 100;
/// More choices than this are a list to open.
const CHOICES_MAX: usize = 6;
/// Rows of a group at most, whatever the schema says: a page has a bounded number of fields.
pub const ROWS_MAX: usize = 50;

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A line.
    Text,
    /// Several lines.
    Long,
    /// A whole number.
    Integer,
    /// A number with or without a fraction.
    Number,
    /// Yuan with two digits; kept in fen.
    Money,
    /// Square metres with two digits; kept in hundredths.
    Area,
    /// A day.
    Day,
    /// One of a few.
    Choice,
    /// One of many.
    Select,
    /// Yes or no.
    YesNo,
    /// Must be ticked.
    Consent,
    /// A division, from those under the item's own.
    Division,
    /// A division anywhere, chosen step by step from the province to the village.
    Place,
    /// A paper of a person: its kind and its number.
    Paper,
    /// The applicant's name as a signature.
    Signature,
    /// Rows of fields.
    Group,
}

/// The rows of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// What one row is called.
    pub word: String,
    /// Whether they stand as a table where there is room.
    pub table: bool,
    /// Rows at least.
    pub least: usize,
    /// Rows at most.
    pub most: usize,
    /// The columns; their names are without the group's.
    pub columns: Vec<Field>,
}

/// One field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name; of a column without its group's.
    pub name: String,
    /// Its words.
    pub title: String,
    /// What to write; may be empty.
    pub hint: String,
    /// How it is filled in.
    pub kind: Kind,
    /// Whether it must be filled in where it is asked.
    pub required: bool,
    /// The format of its text, or empty.
    pub format: String,
    /// Values and words to choose from.
    pub options: Vec<(String, String)>,
    /// Characters at most; 0: not bounded.
    pub max: u32,
    /// Where a prefilled value comes from, or empty.
    pub known: String,
    /// The platform makes its value.
    pub calculated: bool,
    /// It is asked only sometimes.
    pub conditional: bool,
    /// The rows of a group.
    pub rows: Option<Rows>,
    /// How deep a [`Kind::Place`] must be at least: 1 province to 5 village.
    pub depth: u8,
}

/// One section of fields.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// What to know before; may be empty.
    pub hint: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Its place in the form's layout; `None`: fields that no section names.
    pub place: Option<usize>,
}

/// The form's sections in order. Fields that no section names come last, under a heading of their own.
#[must_use]
pub fn sections(form: &ApplicationForm) -> Vec<Section> {
    let mut out: Vec<Section> = Vec::new();
    for (place, section) in form.layout.iter().enumerate() {
        let fields = section.fields.iter().filter_map(|name| field(form, name)).collect();
        let (heading, hint) = (section.heading.clone(), section.hint.clone());
        out.push(Section { heading, hint, fields, place: Some(place) });
    }
    let placed = |name: &&str| form.layout.iter().any(|it| it.fields.iter().any(|it| it == name));
    let rest: Vec<_> = form.names().into_iter().filter(|it| !placed(it)).filter_map(|name| field(form, name)).collect();
    if !rest.is_empty() {
        out.push(Section { heading: "其他信息".to_owned(), hint: String::new(), fields: rest, place: None });
    }
    out
}

/// One field or column by its path.
#[must_use]
pub fn field(form: &ApplicationForm, path: &str) -> Option<Field> {
    let schema = form.property(path)?;
    let (name, column) = split(path);
    let format = schema["format"].as_str().unwrap_or_default();
    let options: Vec<_> = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let max = schema["maxLength"].as_u64().unwrap_or(0);
    let kind = kind(schema);
    let mut hint = schema["description"].as_str().unwrap_or_default().to_owned();
    if let Some(unit) = unit(kind) {
        hint = if hint.is_empty() { format!("单位：{unit}") } else { format!("{hint}（单位：{unit}）") };
    }
    Some(Field {
        name: column.unwrap_or(name).to_owned(),
        title: form.title(path).to_owned(),
        hint,
        kind,
        required: form.is_required(path),
        format: format.to_owned(),
        options: options.into_iter().map(|it| (it.to_owned(), it.to_owned())).collect(),
        max: u32::try_from(max).unwrap_or(0),
        known: form.prefill.get(path).cloned().unwrap_or_default(),
        calculated: form.calculations.contains_key(path),
        conditional: form.conditions.contains_key(path),
        rows: (kind == Kind::Group).then(|| rows(form, path)),
        depth: u8::try_from(schema["depth"].as_u64().unwrap_or(3)).unwrap_or(3).clamp(1, 5),
    })
}

fn rows(form: &ApplicationForm, group: &str) -> Rows {
    let schema = form.property(group);
    let count = |key: &str| schema.and_then(|it| it[key].as_u64()).and_then(|it| usize::try_from(it).ok());
    let layout = form.groups.get(group);
    let columns = form.columns(group).into_iter().filter_map(|it| field(form, &format!("{group}/{it}")));
    Rows {
        word: layout.map_or("", |it| it.row.as_str()).to_owned(),
        table: layout.is_some_and(|it| it.table),
        least: count("minItems").unwrap_or(0).min(ROWS_MAX),
        most: count("maxItems").unwrap_or(ROWS_MAX).min(ROWS_MAX),
        columns: columns.filter(|it| it.kind != Kind::Group).collect(),
    }
}

/// How a value of this schema is filled in.
#[must_use]
pub fn kind(schema: &Value) -> Kind {
    let format = schema["format"].as_str().unwrap_or_default();
    let options = schema["enum"].as_array().map_or(0, Vec::len);
    let max = schema["maxLength"].as_u64().unwrap_or(0);
    match (schema["type"].as_str(), format) {
        (Some("array"), _) => Kind::Group,
        (Some("boolean"), _) if schema["const"] == Value::Bool(true) => Kind::Consent,
        (Some("boolean"), _) => Kind::YesNo,
        (Some("integer"), "money-fen") => Kind::Money,
        (Some("integer"), "area-hundredths") => Kind::Area,
        (Some("integer"), _) => Kind::Integer,
        (Some("number"), _) => Kind::Number,
        _ if options > CHOICES_MAX => Kind::Select,
        _ if options > 0 => Kind::Choice,
        (_, "date") => Kind::Day,
        (_, "division") => Kind::Division,
        (_, "place") => Kind::Place,
        (_, "person-paper") => Kind::Paper,
        (_, "signature") => Kind::Signature,
        _ if max > LINE_MAX => Kind::Long,
        _ => Kind::Text,
    }
}

/// The unit in which a number of this kind is typed, if its kind says it.
#[must_use]
pub const fn unit(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Money => Some("元"),
        Kind::Area => Some("平方米"),
        _ => None,
    }
}

/// What stands in the control for this value.
#[must_use]
pub fn shown(field: &Field, value: &Value) -> String {
    match (field.kind, value) {
        (Kind::Money | Kind::Area, Value::Number(it)) => it.as_i64().map(amount::written).unwrap_or_default(),
        (Kind::YesNo | Kind::Consent, Value::Bool(true)) => "yes".to_owned(),
        (Kind::YesNo, Value::Bool(false)) => "no".to_owned(),
        (Kind::Signature, Value::String(text)) => signed(text).0.to_owned(),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Full names of divisions by their codes.
pub type Places = BTreeMap<String, String>;

/// What people read for this value; a division by its name, if it is among these. Of a group: row by row.
#[must_use]
pub fn told(field: &Field, value: &Value, places: &Places) -> String {
    match (field.kind, value) {
        (Kind::Division | Kind::Place, Value::String(code)) => places.get(code).unwrap_or(code).clone(),
        (Kind::YesNo, Value::Bool(true)) => "是".to_owned(),
        (Kind::YesNo, Value::Bool(false)) => "否".to_owned(),
        (Kind::Consent, Value::Bool(true)) => "同意".to_owned(),
        (Kind::Money | Kind::Area, Value::Number(_)) => {
            format!("{} {}", shown(field, value), unit(field.kind).unwrap_or_default())
        }
        (Kind::Paper, Value::String(text)) => {
            let (kind, number) = paper(text);
            kind.map_or_else(|| text.clone(), |it| format!("{} {number}", it.name()))
        }
        (Kind::Signature, Value::String(text)) => match signed(text) {
            (name, "") => name.to_owned(),
            (name, day) => format!("{name}（{day}）"),
        },
        (Kind::Group, Value::Array(all)) => {
            let columns = field.rows.as_ref().map_or(&[][..], |it| &it.columns);
            let row = |row: &Value| {
                let cells =
                    columns.iter().map(|it| (it, told(it, &row[&it.name], places))).filter(|it| !it.1.is_empty());
                cells.map(|(it, said)| format!("{}：{said}", it.title)).collect::<Vec<_>>().join("，")
            };
            all.iter().map(row).collect::<Vec<_>>().join("；")
        }
        _ => shown(field, value),
    }
}

/// The kind and number of a paper as it is kept: `passport:E12345678`.
#[must_use]
pub(crate) fn paper(text: &str) -> (Option<PaperKind>, &str) {
    let (code, number) = text.split_once(':').unwrap_or(("", text));
    (PaperKind::from_code(code), number)
}

/// The name and the day of a signature as it is kept: `李桂兰/2026-11-23`.
#[must_use]
pub(crate) fn signed(text: &str) -> (&str, &str) {
    text.split_once('/').map_or((text.trim(), ""), |it| (it.0.trim(), it.1.trim()))
}
