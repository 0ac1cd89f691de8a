//! A condition as the keeper of a form writes and reads it: in the words and the units of its field.

use kernel::Fault;
use serde_json::{Number, Value, json};

use crate::{
    amount,
    field::{self, Kind, field, kind},
    format,
    model::{ApplicationForm, Condition, Test, split},
    range::Range,
};

/// When something is asked, as its keeper writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Path of the other field; empty: always.
    pub field: String,
    /// `equals`, `range`, `filled`, `empty`.
    pub test: String,
    /// The values in words, one a line.
    pub values: Vec<String>,
    /// Of a range: 以上, in the unit of the field; empty: not bounded.
    pub least: String,
    /// 以下.
    pub most: String,
    /// 不足.
    pub below: String,
}

impl ApplicationForm {
    /// A condition as its keeper writes it.
    #[must_use]
    pub fn asked(&self, it: &Condition) -> Asked {
        let own = field(self, &it.field);
        let words = |value: &Value| match &own {
            Some(own) if matches!(own.kind, Kind::Money | Kind::Area) => field::shown(own, value),
            Some(own) => field::told(own, value, &field::Places::new()),
            None => plain(value),
        };
        let bare = Asked { field: it.field.clone(), ..Asked::default() };
        let bound = |it: &Option<Value>| it.as_ref().map(words).unwrap_or_default();
        match &it.test {
            Test::Filled(true) => Asked { test: "filled".to_owned(), ..bare },
            Test::Filled(false) => Asked { test: "empty".to_owned(), ..bare },
            Test::Equals(_) | Test::OneOf(_) => {
                Asked { test: "equals".to_owned(), values: it.test.values().iter().map(words).collect(), ..bare }
            }
            Test::Range(it) => {
                let (least, most, below) = (bound(&it.least), bound(&it.most), bound(&it.below));
                Asked { test: "range".to_owned(), least, most, below, ..bare }
            }
        }
    }

    /// What was written as a condition; `None`: always asked. What cannot be read as a value of its field stays as written, to be told.
    #[must_use]
    pub fn condition(&self, asked: &Asked) -> Option<Condition> {
        if asked.field.is_empty() {
            return None;
        }
        let kind = self.property(&asked.field).map(kind);
        let value = |text: &String| read(kind, text);
        let bound = |text: &String| Some(text.trim()).filter(|it| !it.is_empty()).map(|it| read(kind, it));
        let test = match (asked.test.as_str(), asked.values.as_slice()) {
            ("filled", _) => Test::Filled(true),
            ("empty", _) => Test::Filled(false),
            ("range", _) => {
                let (least, most, below) = (bound(&asked.least), bound(&asked.most), bound(&asked.below));
                Test::Range(Range { least, most, below })
            }
            (_, [one]) => Test::Equals(value(one)),
            (_, many) => Test::OneOf(many.iter().map(value).collect()),
        };
        Some(Condition { field: asked.field.clone(), test })
    }

    /// What is wrong with what was written as a range, at `field`, `least`, `most` or `below`. Of other conditions [`Self::faults`] tells, as
    /// they may name what is yet to be added.
    #[must_use]
    pub fn asked_faults(&self, asked: &Asked) -> Vec<Fault> {
        let Some(Condition { field, test: Test::Range(range) }) = self.condition(asked) else { return Vec::new() };
        let wrong = range.wrong(self.property(&field).map(kind), self.title(&field));
        wrong.into_iter().map(|it| Fault::new(it.0, it.1)).collect()
    }

    /// What is wrong with a condition over kept answers, such as that of a grade of discretion; `None`: it can hold.
    #[must_use]
    pub fn condition_fault(&self, it: &Condition) -> Option<String> {
        if self.property(&it.field).is_none() {
            return Some(format!("「{}」不在申请表中，请重新选择。", it.field));
        }
        let schema = self.property(&it.field).unwrap_or(&Value::Null);
        let (title, own) = (self.title(&it.field), kind(schema));
        if let Test::Range(range) = &it.test {
            return range.wrong(Some(own), title).into_iter().next().map(|it| it.1);
        }
        let offered = schema["enum"].as_array();
        let fits = |value: &Value| match own {
            Kind::YesNo | Kind::Consent => value.is_boolean(),
            Kind::Integer | Kind::Number | Kind::Money | Kind::Area => value.is_number(),
            Kind::Group => false,
            _ => value.is_string() && offered.is_none_or(|all| all.contains(value)),
        };
        if let Some(wrong) = it.test.values().iter().find(|it| !fits(it)) {
            let wrong = plain(wrong);
            return Some(format!("要求「{title}」是「{wrong}」，但它没有这个选项，请重新选择。"));
        }
        let unsaid = matches!(&it.test, Test::OneOf(all) if all.is_empty());
        unsaid.then(|| format!("没有写「{title}」是什么，请补上。"))
    }

    /// When something is asked: 「「是否代办」是「是」」, 「「经营面积」200 平方米以上」.
    #[must_use]
    pub fn condition_words(&self, it: &Condition) -> String {
        let title = self.full_title(&it.field);
        match &it.test {
            Test::Filled(true) => format!("「{title}」已填写"),
            Test::Filled(false) => format!("「{title}」没有填写"),
            Test::Equals(_) | Test::OneOf(_) => {
                let values = self.asked(it).values.into_iter().map(|it| format!("「{it}」")).collect::<Vec<_>>();
                format!("「{title}」是{}", values.join("或者"))
            }
            Test::Range(range) => {
                let own = field(self, &it.field);
                let said = |value: &Value| match (&own, value.as_str().and_then(format::day)) {
                    (_, Some(day)) => format!("{}年{}月{}日", day.year(), u8::from(day.month()), day.day()),
                    (Some(own), None) => field::told(own, value, &field::Places::new()),
                    (None, None) => plain(value),
                };
                format!("「{title}」{}", range.words(said))
            }
        }
    }

    /// The words of a field, of a column with its group's.
    #[must_use]
    pub fn full_title(&self, path: &str) -> String {
        match split(path) {
            (group, Some(_)) => format!("{} › {}", self.title(group), self.title(path)),
            _ => self.title(path).to_owned(),
        }
    }
}

/// A value of a field that is not there.
fn plain(value: &Value) -> String {
    match value {
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value as its keeper wrote it; what is none of its kind stays as written. Of a field that is yet to be added it is read as it looks.
fn read(kind: Option<Kind>, text: &str) -> Value {
    let whole = || text.parse::<i64>().map_or_else(|_| json!(text), Value::from);
    match kind {
        None if matches!(text, "是" | "否") => Value::Bool(text == "是"),
        None => whole(),
        Some(Kind::YesNo | Kind::Consent) => Value::Bool(matches!(text, "是" | "同意" | "yes")),
        Some(Kind::Money | Kind::Area) => amount::read(text).map_or_else(|| json!(text), Value::from),
        // As hundredths it may be typed in full width and with commas; whole ones are whole.
        Some(Kind::Integer) => match amount::read(text) {
            Some(hundredths) if hundredths % 100 == 0 => Value::from(hundredths / 100),
            _ => whole(),
        },
        Some(Kind::Number) => {
            let number = text.parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number);
            Some(whole()).filter(Value::is_number).or(number).unwrap_or_else(|| json!(text))
        }
        _ => json!(text),
    }
}
