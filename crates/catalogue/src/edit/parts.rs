//! The controls of a section, as a flat list: frames open and close, so that one template draws any depth.

use forms::design::Asked;
use kernel::Fault;
use serde_json::Value;

use super::{Focus, KEY, at, is_paged, rows, text};
use crate::model::{ApplicationForm, Field, Kind, TimeUnit, word_of, words};

/// One piece of a section's page.
pub(crate) enum Part {
    /// A frame of fields that belong together.
    Open { id: String, name: &'static str, hint: &'static str, error: String },
    /// A row of a list, open if anything below it is to be mended; the last, empty one adds a row.
    Row { id: String, title: String, drop: String, order: String, place: usize, error: String, fresh: bool, open: bool },
    /// The end of a row.
    EndRow,
    /// The end of a frame.
    Close,
    /// How many rows a list has, for reading it back.
    Count { name: String, rows: usize },
    /// A list whose rows have pages of their own.
    Listing { id: String, name: &'static str, hint: &'static str, error: String, rows: Vec<Line>, add: usize },
    /// The application form, which has a desk of its own: what it asks, line by line.
    Form { id: String, name: &'static str, error: String, lines: Vec<String> },
    /// Something to fill in.
    Control(Control),
}

/// A row of a list that is edited elsewhere.
pub(crate) struct Line {
    pub(crate) place: usize,
    pub(crate) title: String,
    pub(crate) note: String,
    pub(crate) faults: usize,
}

/// Something to fill in.
pub(crate) struct Control {
    pub(crate) name: String,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) error: String,
    /// It must be filled in, in a row: if the row is there.
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

/// Values and words.
type Pairs = Vec<(String, String)>;

/// In which form it is filled in.
pub(crate) enum Shape {
    Line { kind: &'static str, width: &'static str, value: String },
    Text { value: String, rows: u32 },
    Select { value: String, options: Pairs },
    Boxes { values: Vec<String>, options: Pairs },
    Words { values: Vec<String>, options: Pairs },
    Tick { checked: bool },
    Limit { n: String, unit: String, units: Pairs },
    When(When),
    File { now: String, href: String },
    Shown { rows: Pairs },
}

/// A condition over the answers of the application form.
pub(crate) struct When {
    pub(crate) asked: Asked,
    /// The fields of the form.
    pub(crate) fields: Pairs,
    /// What is wrong, by its part.
    pub(crate) errors: Pairs,
}

impl When {
    /// What is wrong with a part: `field`, `value`, `least`, `most`, `below`.
    pub(crate) fn error(&self, part: &str) -> &str {
        self.errors.iter().find(|it| it.0 == part).map_or("", |it| it.1.as_str())
    }
}

/// What the controls of a page are made of besides the fields.
pub(crate) struct Given<'a> {
    /// The whole document.
    pub(crate) doc: &'a Value,
    /// What is to be said at which field.
    pub(crate) faults: &'a [Fault],
    /// The row that the page edits, if it is one of its own.
    pub(crate) focus: Option<&'a Focus>,
    /// Where files are fetched.
    pub(crate) files: &'a str,
}

impl Given<'_> {
    fn fault(&self, path: &str) -> String {
        let here = self.faults.iter().filter(|it| it.field == path).map(|it| it.message.as_str());
        here.collect::<Vec<_>>().join(" ")
    }
}

/// The controls of these fields.
pub(crate) fn parts(fields: &'static [Field], given: &Given<'_>) -> Vec<Part> {
    let mut out = Vec::new();
    match given.focus.and_then(|focus| Some((focus, fields.iter().find(|it| it.key == focus.field)?))) {
        Some((focus, field)) => {
            let columns = is_paged(field).unwrap_or(&[]);
            let row = rows(at(given.doc, field.key)).get(focus.row).unwrap_or(&Value::Null);
            all(columns, row, &format!("{}/{}", field.key, focus.row), given, &mut out);
        }
        None => all(fields, given.doc, "", given, &mut out),
    }
    out
}

fn all(fields: &'static [Field], value: &Value, path: &str, given: &Given<'_>, out: &mut Vec<Part>) {
    for field in fields {
        let path = if path.is_empty() { field.key.to_owned() } else { format!("{path}/{}", field.key) };
        one(field, at(value, field.key), path, given, out);
    }
}

fn one(field: &'static Field, value: &Value, path: String, given: &Given<'_>, out: &mut Vec<Part>) {
    let (name, hint, error) = (field.name, field.hint, given.fault(&path));
    match field.kind {
        Kind::Fields(inner) => {
            out.push(Part::Open { id: path.clone(), name, hint, error });
            all(inner, value, &path, given, out);
            out.push(Part::Close);
        }
        Kind::Rows(columns) if is_paged(field).is_some() => {
            let lines = rows(value).iter().enumerate().map(|(i, it)| line(columns, it, (i, &path), given));
            let lines: Vec<_> = lines.collect();
            out.push(Part::Listing { id: path, name, hint, error, add: lines.len(), rows: lines });
        }
        Kind::Rows(columns) => {
            out.push(Part::Open { id: path.clone(), name, hint, error });
            table(columns, rows(value), &path, given, out);
            out.push(Part::Close);
        }
        Kind::Form => {
            let form = serde_json::from_value::<ApplicationForm>(value.clone()).ok();
            let lines = form.map(|it| it.lines()).unwrap_or_default();
            out.push(Part::Form { id: path, name, error, lines });
        }
        Kind::Files => {
            out.push(Part::Open { id: path.clone(), name, hint, error });
            for (i, it) in rows(value).iter().chain([&Value::Null]).enumerate() {
                let path = format!("{path}/{i}");
                let shape = shape(Kind::File, it, (&path, given));
                let label = if it.is_null() { "再加一个文件" } else { "文件" };
                let error = given.fault(&path);
                out.push(Part::Control(Control { name: path, label, hint: "", error, required: false, shape }));
            }
            out.push(Part::Close);
        }
        kind => {
            let shape = shape(kind, value, (&path, given));
            out.push(Part::Control(Control { name: path, label: name, hint, error, required: field.required, shape }));
        }
    }
}

fn table(columns: &'static [Field], entries: &[Value], path: &str, given: &Given<'_>, out: &mut Vec<Part>) {
    out.push(Part::Count { name: format!("{path}/n"), rows: entries.len() + 1 });
    for (i, it) in entries.iter().chain([&Value::Null]).enumerate() {
        let id = format!("{path}/{i}");
        let fresh = i == entries.len();
        let title = if fresh { "再加一项".to_owned() } else { title(columns, it) };
        out.push(Part::Row {
            title,
            drop: format!("{id}/drop"),
            order: format!("{id}/order"),
            place: i + 1,
            error: given.fault(&id),
            open: given.faults.iter().any(|it| it.field == id || it.field.starts_with(&format!("{id}/"))),
            id: id.clone(),
            fresh,
        });
        all(columns, it, &id, given, out);
        out.push(Part::EndRow);
    }
}

/// What a row is called: its first two values that say something; a key (标识) is for machines.
fn title(columns: &'static [Field], row: &Value) -> String {
    let said = columns
        .iter()
        .filter(|it| it.name != KEY)
        .map(|it| words(it.kind, at(row, it.key)))
        .filter(|it| !it.is_empty());
    let text = said.take(2).collect::<Vec<_>>().join("，");
    if text.chars().count() <= 60 { text } else { text.chars().take(60).chain(['…']).collect() }
}

fn line(columns: &'static [Field], row: &Value, (place, path): (usize, &str), given: &Given<'_>) -> Line {
    let below = format!("{path}/{place}");
    let faults = given.faults.iter().filter(|it| it.field == below || it.field.starts_with(&format!("{below}/")));
    let note = columns.iter().skip(2).filter(|it| matches!(it.kind, Kind::Choice(_)));
    let note = note.map(|it| words(it.kind, at(row, it.key))).filter(|it| !it.is_empty()).take(3);
    Line {
        place,
        title: columns.first().map(|it| words(it.kind, at(row, it.key))).unwrap_or_default(),
        note: note.collect::<Vec<_>>().join(" · "),
        faults: faults.count(),
    }
}

/// What is only shown: each field with its words; a value of no known fields by its own keys.
fn shown(fields: &'static [Field], value: &Value) -> Pairs {
    let known = fields.iter().map(|it| (it.name.to_owned(), words(it.kind, at(value, it.key))));
    let own = value.as_object().into_iter().flatten().filter(|_| fields.is_empty());
    let own = own.map(|(key, it)| (word_of(key).to_owned(), words(Kind::Shown(&[]), it)));
    known.chain(own).filter(|it| !it.1.is_empty()).collect()
}

fn pairs(options: Vec<(&'static str, &'static str)>) -> Pairs {
    options.into_iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect()
}

fn shape(kind: Kind, value: &Value, (path, given): (&str, &Given<'_>)) -> Shape {
    let list = |value: &Value| rows(value).iter().map(text).collect::<Vec<_>>();
    match kind {
        Kind::Text => Shape::Text { value: text(value), rows: 3 },
        Kind::Lines => Shape::Text { value: list(value).join("\n"), rows: 5 },
        Kind::Number => Shape::Line { kind: "number", width: "short", value: text(value) },
        Kind::Money => {
            let fen = value.as_i64();
            let value = fen.map(|it| format!("{}.{:02}", it / 100, it % 100)).unwrap_or_default();
            Shape::Line { kind: "text", width: "short", value }
        }
        Kind::Day => Shape::Line { kind: "date", width: "mid", value: text(value) },
        Kind::YesNo => Shape::Select { value: text(value), options: pairs(vec![("yes", "是"), ("no", "否")]) },
        Kind::Flag => Shape::Tick { checked: value.as_bool().unwrap_or_default() },
        Kind::Choice(options) => Shape::Select { value: text(value), options: pairs(options()) },
        Kind::Choices(options) => Shape::Boxes { values: list(value), options: pairs(options()) },
        Kind::Words(options) => {
            let values = list(value);
            let mut options = pairs(options());
            // Words of this place stand with the others, so that they can be ticked off too.
            for word in &values {
                if !options.iter().any(|it| it.0 == *word) {
                    options.push((word.clone(), word.clone()));
                }
            }
            Shape::Words { values, options }
        }
        Kind::Limit => {
            let units = TimeUnit::ALL.iter().map(|it| (it.code(), it.name())).collect();
            Shape::Limit { n: text(at(value, "n")), unit: text(at(value, "unit")), units: pairs(units) }
        }
        Kind::When => Shape::When(when(value, path, given)),
        Kind::File => {
            let (now, blob) = (text(at(value, "name")), text(at(value, "blob")));
            let href = if blob.is_empty() { String::new() } else { format!("{}/{blob}", given.files) };
            Shape::File { now, href }
        }
        Kind::Shown(fields) => Shape::Shown { rows: shown(fields, value) },
        Kind::Line | Kind::Fields(_) | Kind::Rows(_) | Kind::Form | Kind::Files => {
            Shape::Line { kind: "text", width: "", value: text(value) }
        }
    }
}

fn when(value: &Value, path: &str, given: &Given<'_>) -> When {
    let form = serde_json::from_value::<ApplicationForm>(at(given.doc, "form").clone()).ok();
    let form = form.unwrap_or_else(ApplicationForm::empty);
    let kept: Option<forms::Condition> = serde_json::from_value(value.clone()).ok();
    let asked = kept.map(|it| form.asked(&it)).unwrap_or_default();
    let mut fields: Pairs = form.names().into_iter().map(|it| (it.to_owned(), form.title(it).to_owned())).collect();
    if !asked.field.is_empty() && fields.iter().all(|it| it.0 != asked.field) {
        fields.push((asked.field.clone(), form.full_title(&asked.field)));
    }
    let below = format!("{path}/");
    let own =
        given.faults.iter().filter_map(|it| Some((it.field.strip_prefix(&below)?.to_owned(), it.message.clone())));
    When { asked, fields, errors: own.collect() }
}
