//! A form as a document: the schema of its answers, how they stand on the page, when they are asked and which the platform reckons.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::range::Range;

/// The application form (申请表).
///
/// A path names a field: `area`, or a column of a repeated group: `staff/name`. What names a field that is not there is told by
/// [`ApplicationForm::faults`] before the form is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationForm {
    /// JSON Schema 2020-12 of the answers.
    pub schema: Value,
    /// In which sections and order the fields stand.
    pub layout: Vec<FormSection>,
    /// Field → what the platform knows: `person.name`, `enterprise.credit_code`, ….
    #[serde(default)]
    pub prefill: BTreeMap<String, String>,
    /// Repeated group → how its rows stand; a group is a field of type `array`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, RowsLayout>,
    /// Path → when it is asked; what is not named is always asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<String, Condition>,
    /// Path → how the platform makes its value; nobody can write into it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub calculations: BTreeMap<String, Calculation>,
}

/// One section of a form: a page of its own for the applicant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormSection {
    /// Its heading.
    pub heading: String,
    /// The fields, in order.
    pub fields: Vec<String>,
    /// What to know before one fills it in.
    pub hint: String,
    /// When it is asked; `None`: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<Condition>,
}

/// How the rows of a repeated group stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RowsLayout {
    /// The columns, in order; JSON objects have none.
    pub columns: Vec<String>,
    /// What one row is called: 「人员」; may be empty.
    pub row: String,
    /// As a table where there is room; else, and on a phone always, as blocks.
    pub table: bool,
}

/// When something is asked: what stands in another field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Path of the other field; of a column: a top field, or a column of the same group, meant of the same row.
    pub field: String,
    /// What must stand there.
    #[serde(flatten)]
    pub test: Test,
}

/// What must stand in a field. A field that is not asked itself has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// This value.
    Equals(Value),
    /// One of these.
    OneOf(Vec<Value>),
    /// Any answer (`true`), or none (`false`).
    Filled(bool),
    /// A number or a day within bounds.
    Range(Range),
}

impl Condition {
    /// Whether it holds of answers as they were kept; of a column: in any row of its group.
    #[must_use]
    pub fn holds(&self, kept: &Value) -> bool {
        let test = |answers: &Value, name: &str| self.test.holds(answers.get(name).unwrap_or(&Value::Null));
        match split(&self.field) {
            (name, None) => test(kept, name),
            (group, Some(column)) => {
                let rows = kept.get(group).and_then(Value::as_array);
                rows.into_iter().flatten().any(|row| test(row, column))
            }
        }
    }
}

impl Test {
    /// Whether it holds of this answer; [`Value::Null`]: none.
    #[must_use]
    pub fn holds(&self, answer: &Value) -> bool {
        match self {
            Self::Equals(wanted) => !answer.is_null() && answer == wanted,
            Self::OneOf(wanted) => !answer.is_null() && wanted.contains(answer),
            Self::Filled(wanted) => answer.is_null() != *wanted,
            Self::Range(range) => range.holds(answer),
        }
    }

    /// The values it names.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        match self {
            Self::Equals(one) => std::slice::from_ref(one),
            Self::OneOf(all) => all,
            Self::Filled(_) | Self::Range(_) => &[],
        }
    }
}

/// How the platform makes a value. Amounts are whole numbers of the unit of their field (fen, hundredths of a square metre, or 1); between
/// units it is reckoned exactly and rounded half up at the end. What cannot be reckoned (an input is missing, too large a number) is no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Calculation {
    /// All that is filled in of these added up; of a column of another group: of all its rows. No value while nothing is filled in.
    Sum {
        /// What is added.
        of: Vec<String>,
    },
    /// These multiplied; all must be filled in.
    Product {
        /// The factors.
        of: Vec<String>,
    },
    /// One less another; what is not filled in of the second is nothing.
    Difference {
        /// From what.
        from: String,
        /// What is taken off.
        less: String,
    },
    /// How many rows a group has.
    Count {
        /// The group.
        of: String,
    },
    /// Completed years on the day on which the form is looked at, at last that of its filing; of a day of birth or a citizen number.
    Age {
        /// The field.
        of: String,
    },
    /// Days from one day to another, the first not counted (民法典第二百零一条).
    Days {
        /// The first day.
        from: String,
        /// The last day.
        to: String,
    },
}

impl Calculation {
    /// The paths it needs.
    #[must_use]
    pub fn needs(&self) -> Vec<&str> {
        match self {
            Self::Sum { of } | Self::Product { of } => of.iter().map(String::as_str).collect(),
            Self::Difference { from, less: to } | Self::Days { from, to } => vec![from, to],
            Self::Count { of } | Self::Age { of } => vec![of],
        }
    }
}

impl ApplicationForm {
    /// A form that asks nothing yet.
    #[must_use]
    pub fn empty() -> Self {
        let schema = serde_json::json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object", "properties": {}, "required": [], "additionalProperties": false,
        });
        Self {
            schema,
            layout: Vec::new(),
            prefill: BTreeMap::new(),
            groups: BTreeMap::new(),
            conditions: BTreeMap::new(),
            calculations: BTreeMap::new(),
        }
    }

    /// The words of a field or column, as shown; its path if the schema has no title.
    #[must_use]
    pub fn title<'a>(&'a self, path: &'a str) -> &'a str {
        self.property(path).and_then(|it| it["title"].as_str()).unwrap_or(path)
    }

    /// The schema of a field, `area`, or of a column, `staff/name`.
    #[must_use]
    pub fn property(&self, path: &str) -> Option<&Value> {
        let (name, column) = split(path);
        let own = self.schema.get("properties")?.get(name)?;
        match column {
            Some(column) => own.get("items")?.get("properties")?.get(column),
            None => Some(own),
        }
    }

    /// Whether a field of this name asks for the very same in another form: equal in all but its hint.
    #[must_use]
    pub fn same_field(&self, name: &str, other: &Self) -> bool {
        let asked = |form: &Self| {
            let mut it = form.property(name)?.as_object()?.clone();
            it.remove("description");
            Some(it)
        };
        let own = asked(self);
        own.is_some() && own == asked(other)
    }

    /// Whether this path is a repeated group.
    #[must_use]
    pub fn is_group(&self, name: &str) -> bool {
        self.property(name).is_some_and(|it| it["type"] == "array" && it["items"]["type"] == "object")
    }

    /// The columns of a group, as laid out, the rest after them.
    #[must_use]
    pub fn columns<'a>(&'a self, group: &'a str) -> Vec<&'a str> {
        let there = self.property(group).and_then(|it| it["items"]["properties"].as_object());
        let known = |column: &str| there.is_some_and(|it| it.contains_key(column));
        let listed = self.groups.get(group).map_or(&[][..], |it| &it.columns);
        let mut out: Vec<&str> = Vec::new();
        for column in
            listed.iter().map(String::as_str).chain(there.into_iter().flat_map(|it| it.keys().map(String::as_str)))
        {
            if known(column) && !out.contains(&column) {
                out.push(column);
            }
        }
        out
    }

    /// All top fields, in the order of the layout, the rest after them.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let there = self.schema["properties"].as_object();
        let listed = self.layout.iter().flat_map(|it| it.fields.iter().map(String::as_str));
        let rest = there.into_iter().flat_map(|it| it.keys().map(String::as_str));
        let mut out: Vec<&str> = Vec::new();
        for name in listed.chain(rest) {
            if there.is_some_and(|it| it.contains_key(name)) && !out.contains(&name) {
                out.push(name);
            }
        }
        out
    }

    /// All paths: each top field, a group followed by its columns.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        let below = |name: &str| -> Vec<String> {
            let columns = if self.is_group(name) { self.columns(name) } else { Vec::new() };
            columns.into_iter().map(|it| format!("{name}/{it}")).collect()
        };
        self.names().into_iter().flat_map(|it| [vec![it.to_owned()], below(it)].concat()).collect()
    }

    /// Whether this path must be filled in where it is asked.
    #[must_use]
    pub fn is_required(&self, path: &str) -> bool {
        let (name, column) = split(path);
        let within = match column {
            Some(_) => self.property(name).map(|it| &it["items"]["required"]),
            None => self.schema.get("required"),
        };
        let wanted = column.unwrap_or(name);
        within.and_then(Value::as_array).is_some_and(|all| all.iter().any(|it| it == wanted))
    }
}

/// A path's field and column.
pub(crate) fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('/').map_or((path, None), |it| (it.0, Some(it.1)))
}
