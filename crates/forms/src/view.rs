//! The fields of a form as templates show them: the applicant's page, the supply of a case and the desk's preview draw the same.

use std::collections::BTreeMap;

use kernel::Fault;
use serde::Serialize;
use serde_json::{Map, Value};
use standards::PaperKind;

use crate::{
    engine::Settled,
    field::{self, Field, Kind, Rows, Section},
    model::ApplicationForm,
    places::{Level, Offers},
};

/// One field with its value and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct FieldView {
    /// Its name in the form that is sent: `area`, `staff/0/name`; also its id.
    pub name: String,
    /// Its words.
    pub title: String,
    /// What to write.
    pub hint: String,
    /// `text`, `tel`, `email`, `number`, `digits`, `long`, `date`, `radios`, `select`, `consent`, `paper`, `place`, `made`, `group`.
    pub control: &'static str,
    /// `short`, `mid`, or empty for the full measure.
    pub width: &'static str,
    /// What stands in it.
    pub value: String,
    /// Of a paper: its kind.
    pub kind: String,
    /// What is wrong with it.
    pub error: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// Not asked as things stand.
    pub hidden: bool,
    /// Values and words to choose from.
    pub options: Vec<(String, String)>,
    /// Characters at most; 0: not bounded.
    pub max: u32,
    /// The steps of a place.
    pub levels: Vec<Level>,
    /// The rows of a group.
    pub rows: Option<RowsView>,
    /// Where its value was brought from.
    pub origin: Option<Origin>,
}

/// Where the value of a field was brought from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// What people call the place.
    pub from: String,
    /// What stands there; empty: the same as in the field.
    pub registered: String,
    /// What to do if that is wrong; may be empty.
    pub mend: String,
    /// The page for it; may be empty.
    pub href: String,
}

/// The rows of a group.
#[derive(Debug, Clone, Default)]
pub struct RowsView {
    /// What one row is called.
    pub word: String,
    /// Whether they stand as a table where there is room.
    pub table: bool,
    /// The rows that are there.
    pub rows: Vec<RowView>,
    /// A row to be added; its number is written `-`.
    pub blank: RowView,
    /// Rows at most.
    pub most: usize,
}

/// One row of a group.
#[derive(Debug, Clone, Default)]
pub struct RowView {
    /// Where it stands: `staff/0`.
    pub name: String,
    /// Its number as people count.
    pub number: String,
    /// What is wrong with the row as a whole.
    pub error: String,
    /// Its cells.
    pub fields: Vec<FieldView>,
}

/// A section of fields as a page shows it.
#[derive(Debug, Clone, Default)]
pub struct SectionView {
    /// Its heading.
    pub heading: String,
    /// What to know before.
    pub hint: String,
    /// Its fields.
    pub fields: Vec<FieldView>,
    /// Whether something on this page depends on something else on it: without scripts it follows when the page is loaded anew.
    pub follows: bool,
}

/// What a section is shown with.
pub struct Shown<'a> {
    /// The answers as they count.
    pub settled: &'a Settled,
    /// What is wrong, each at its field.
    pub faults: &'a [Fault],
    /// Divisions to choose from.
    pub offers: &'a Offers,
    /// One more row of this group.
    pub add: &'a str,
    /// Where values were brought from, by field; `None`: from nowhere.
    pub origins: Option<&'a BTreeMap<String, Origin>>,
}

/// A section with these answers and faults.
#[must_use]
pub fn section(form: &ApplicationForm, it: &Section, with: &Shown<'_>) -> SectionView {
    let fields: Vec<_> = it.fields.iter().map(|it| field(it, with)).collect();
    let steps = it.fields.iter().any(|it| it.kind == Kind::Place);
    let of = |path: &str| it.fields.iter().any(|it| it.name == crate::model::split(path).0);
    let follows = steps || form.conditions.keys().chain(form.calculations.keys()).any(|it| of(it));
    SectionView { heading: it.heading.clone(), hint: it.hint.clone(), fields, follows }
}

/// One field with its answer and fault.
#[must_use]
pub fn field(it: &Field, with: &Shown<'_>) -> FieldView {
    let value = &with.settled.values[&it.name];
    match &it.rows {
        Some(rows) => FieldView { rows: Some(rows_view(it, rows, value, with)), ..at(it, &it.name, value, with) },
        None => at(it, &it.name, value, with),
    }
}

fn rows_view(it: &Field, rows: &Rows, value: &Value, with: &Shown<'_>) -> RowsView {
    let none = Vec::new();
    let given = value.as_array().unwrap_or(&none);
    let more = usize::from(with.add == it.name && given.len() < rows.most);
    let count = (given.len() + more).max(rows.least).max(1).min(rows.most.max(given.len()));
    let row = |number: &str, shown: String, cells: &Value| RowView {
        name: format!("{}/{number}", it.name),
        error: fault(with.faults, &format!("{}/{number}", it.name)),
        fields: rows
            .columns
            .iter()
            .map(|column| at(column, &format!("{}/{number}/{}", it.name, column.name), &cells[&column.name], with))
            .collect(),
        number: shown,
    };
    let blank = Value::Object(Map::new());
    RowsView {
        word: if rows.word.is_empty() { "行".to_owned() } else { rows.word.clone() },
        table: rows.table,
        rows: (0..count)
            .map(|index| row(&index.to_string(), (index + 1).to_string(), given.get(index).unwrap_or(&blank)))
            .collect(),
        blank: row("-", String::new(), &blank),
        most: rows.most,
    }
}

fn fault(faults: &[Fault], name: &str) -> String {
    faults.iter().find(|it| it.field == name).map_or_else(String::new, |it| it.message.clone())
}

fn at(it: &Field, name: &str, value: &Value, with: &Shown<'_>) -> FieldView {
    let error = fault(with.faults, name);
    // What the platform brought in is said so, that the person looks at it.
    let origin = with.origins.and_then(|it| it.get(name)).filter(|_| error.is_empty()).cloned();
    let known = !it.known.is_empty() && !value.is_null() && error.is_empty() && origin.is_none();
    let shown = field::shown(it, value);
    let (control, width, options) = control(it, with.offers);
    let (kind, shown) = match it.kind {
        Kind::Paper => {
            let (kind, number) = field::paper(&shown);
            (kind.unwrap_or_default().code().to_owned(), number.to_owned())
        }
        _ if it.calculated => (String::new(), field::told(it, value, &field::Places::new())),
        _ => (String::new(), shown),
    };
    let levels = if control == "place" { with.offers.levels(name, &shown) } else { Vec::new() };
    FieldView {
        name: name.to_owned(),
        title: it.title.clone(),
        hint: if known { format!("{}（平台已带入，请核对）", it.hint) } else { hint(it) },
        control,
        width,
        value: shown,
        kind,
        error,
        required: it.required,
        hidden: with.settled.hidden.contains(name),
        options,
        max: it.max,
        levels,
        rows: None,
        origin,
    }
}

fn hint(it: &Field) -> String {
    match (it.kind, it.hint.is_empty()) {
        (Kind::Signature, true) => SIGNATURE.to_owned(),
        (Kind::Paper, true) => "照证件填写".to_owned(),
        _ => it.hint.clone(),
    }
}

/// What typing one's name means (电子签名法第三条、第十四条: the parties may agree on the form; who signs is known by the login).
const SIGNATURE: &str =
    "由签名的人输入自己的姓名，即表示以上内容是其本人的意思，与在纸上签名一样要负责任；签名的日期由平台记下。";

type Options = Vec<(String, String)>;

fn control(it: &Field, offers: &Offers) -> (&'static str, &'static str, Options) {
    let yes_no = || vec![("yes".to_owned(), "是".to_owned()), ("no".to_owned(), "否".to_owned())];
    let papers = || PaperKind::ALL.iter().map(|it| (it.code().to_owned(), it.name().to_owned())).collect();
    match it.kind {
        _ if it.calculated => ("made", "mid", Vec::new()),
        Kind::Group => ("group", "", Vec::new()),
        Kind::Long => ("long", "", Vec::new()),
        Kind::Integer => ("number", "short", Vec::new()),
        Kind::Number | Kind::Money | Kind::Area => ("decimal", "mid", Vec::new()),
        Kind::Day => ("date", "", Vec::new()),
        Kind::Choice => ("radios", "", it.options.clone()),
        Kind::YesNo => ("radios", "", yes_no()),
        Kind::Select => ("select", "", it.options.clone()),
        Kind::Consent => ("consent", "", Vec::new()),
        Kind::Division if !offers.divisions.is_empty() => ("select", "", offers.divisions.clone()),
        Kind::Place if !offers.top.is_empty() => ("place", "", Vec::new()),
        Kind::Division | Kind::Place => ("text", "mid", Vec::new()),
        Kind::Paper => ("paper", "mid", papers()),
        Kind::Signature => ("text", "mid", Vec::new()),
        Kind::Text => match it.format.as_str() {
            "mobile" | "landline" => ("tel", "mid", Vec::new()),
            "email" => ("email", "", Vec::new()),
            "bank-card" | "bank-account" | "postcode" => ("digits", "mid", Vec::new()),
            "vehicle-plate" => ("text", "mid", Vec::new()),
            _ if it.max > 0 && it.max <= 20 => ("text", "mid", Vec::new()),
            _ => ("text", "", Vec::new()),
        },
    }
}

/// What a page is told after it sent what was typed: the same engine speaks in the page and on the server.
#[derive(Debug, Serialize)]
pub struct Told {
    /// The version to send next; `None`: nothing is kept (a preview).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Paths that are not asked.
    pub hidden: Vec<String>,
    /// What is wrong: field and words.
    pub faults: Vec<(String, String)>,
    /// What the platform reckoned: field and words.
    pub made: Vec<(String, String)>,
    /// The steps of places.
    pub places: Vec<(String, Vec<Level>)>,
}

impl Told {
    /// What there is to tell of this section.
    #[must_use]
    pub fn of(version: Option<i64>, it: &SectionView) -> Self {
        let mut out = Self { version, hidden: Vec::new(), faults: Vec::new(), made: Vec::new(), places: Vec::new() };
        for field in &it.fields {
            out.add(field);
            for row in field.rows.iter().flat_map(|it| &it.rows) {
                if !row.error.is_empty() {
                    out.faults.push((row.name.clone(), row.error.clone()));
                }
                row.fields.iter().for_each(|it| out.add(it));
            }
        }
        out
    }

    fn add(&mut self, it: &FieldView) {
        if it.hidden {
            self.hidden.push(it.name.clone());
        }
        if !it.error.is_empty() {
            self.faults.push((it.name.clone(), it.error.clone()));
        }
        match it.control {
            "made" => self.made.push((it.name.clone(), it.value.clone())),
            "place" => self.places.push((it.name.clone(), it.levels.clone())),
            _ => {}
        }
    }
}
