//! From what was sent back to a document: every value in its place, every fault at its field, and what the page did not ask untouched.

use std::collections::HashMap;

use forms::design::Asked;
use kernel::Fault;
use serde_json::{Map, Value, json};
use webkit::FormData;

use super::{Focus, KEY, at, is_paged, name_rows, rows, text};
use crate::model::{ApplicationForm, Day, Field, FileRef, Kind, TimeUnit};

/// Rows of a list that a page may send at most.
const ROWS_MAX: usize = 101;

/// Files that came with a page, by their field, already kept.
pub(crate) type Files = HashMap<String, FileRef>;

/// What is read, and what is wrong with it.
pub(crate) struct Reading<'a> {
    form: &'a FormData,
    files: &'a Files,
    /// The item's application form, in whose words and units conditions are written.
    applied: ApplicationForm,
    faults: Vec<Fault>,
}

/// The document with what the page sent; the second is what is wrong, at its fields.
pub(crate) fn read(
    fields: &'static [Field],
    old: &Value,
    focus: Option<&Focus>,
    (form, files): (&FormData, &Files),
) -> (Value, Vec<Fault>) {
    let applied = serde_json::from_value(at(old, "form").clone()).unwrap_or_else(|_| ApplicationForm::empty());
    let mut reading = Reading { form, files, applied, faults: Vec::new() };
    let mut doc = old.as_object().cloned().unwrap_or_default();
    match focus.and_then(|focus| Some((focus, fields.iter().find(|it| it.key == focus.field)?))) {
        Some((focus, field)) => {
            let list = reading.focused(field, at(old, field.key), focus.row);
            doc.insert(field.key.to_owned(), list);
        }
        None => reading.all(fields, &mut doc, ""),
    }
    name_rows(fields, &mut doc);
    (Value::Object(doc), reading.faults)
}

impl Reading<'_> {
    fn say(&mut self, field: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(field, message));
    }

    fn all(&mut self, fields: &'static [Field], into: &mut Map<String, Value>, path: &str) {
        for field in fields.iter().filter(|it| !matches!(it.kind, Kind::Shown(_))) {
            let path = if path.is_empty() { field.key.to_owned() } else { format!("{path}/{}", field.key) };
            if is_paged(field).is_some() {
                continue;
            }
            let value = self.one(field, into.get(field.key).unwrap_or(&Value::Null), &path);
            into.insert(field.key.to_owned(), value);
        }
    }

    /// One row of a list on its own page.
    fn focused(&mut self, field: &'static Field, old: &Value, row: usize) -> Value {
        let mut list = rows(old).to_vec();
        let path = format!("{}/{row}", field.key);
        if self.form.has(&format!("{path}/drop")) {
            if row < list.len() {
                list.remove(row);
            }
            return Value::Array(list);
        }
        let columns = is_paged(field).unwrap_or(&[]);
        let value = self.object(columns, list.get(row).unwrap_or(&Value::Null), &path, true);
        let place = self.form.text(&format!("{path}/order")).parse::<usize>().unwrap_or(row + 1);
        if row < list.len() {
            list.remove(row);
        }
        if !value.is_null() {
            list.insert(place.saturating_sub(1).min(list.len()), value);
        }
        Value::Array(list)
    }

    fn one(&mut self, field: &'static Field, old: &Value, path: &str) -> Value {
        let sent = self.form.text(path).to_owned();
        match field.kind {
            Kind::Line | Kind::Text => plain(&sent),
            Kind::Lines => json!(lines(&sent)),
            Kind::Number => self.number(path, &sent),
            Kind::Money => self.money(path, &sent),
            Kind::Day => self.day(path, &sent),
            Kind::YesNo => match sent.as_str() {
                "yes" => json!(true),
                "no" => json!(false),
                _ => Value::Null,
            },
            Kind::Flag => json!(!sent.is_empty()),
            Kind::Choice(_) => {
                if sent.is_empty() {
                    Value::Null
                } else {
                    json!(sent)
                }
            }
            Kind::Choices(_) => json!(self.form.all(path)),
            Kind::Words(_) => {
                let mut all: Vec<String> = self.form.all(path).into_iter().map(str::to_owned).collect();
                all.extend(lines(self.form.text(&format!("{path}/more"))));
                all.dedup();
                json!(all)
            }
            Kind::Limit => self.limit(path),
            Kind::When => self.when(path, old),
            Kind::File => self.file(path, old),
            Kind::Files => {
                let old = rows(old).iter().chain([&Value::Null]).enumerate();
                let kept = old.map(|(i, it)| self.file(&format!("{path}/{i}"), it)).filter(|it| !it.is_null());
                Value::Array(kept.collect())
            }
            Kind::Fields(inner) => self.object(inner, old, path, field.required),
            Kind::Rows(columns) => json!(self.rows(columns, rows(old), path)),
            // The form has a desk of its own.
            Kind::Form | Kind::Shown(_) => old.clone(),
        }
    }

    fn number(&mut self, path: &str, sent: &str) -> Value {
        if sent.is_empty() {
            return Value::Null;
        }
        match sent.parse::<u32>() {
            Ok(n) => json!(n),
            Err(_) => {
                self.say(path, format!("「{sent}」不是整数，请填写数字。"));
                Value::Null
            }
        }
    }

    fn money(&mut self, path: &str, sent: &str) -> Value {
        if sent.is_empty() {
            return Value::Null;
        }
        let (yuan, rest) = sent.split_once('.').unwrap_or((sent, ""));
        let fen = match rest.len() {
            0 => Some(0),
            1 => rest.parse::<i64>().ok().map(|it| it * 10),
            2 => rest.parse::<i64>().ok(),
            _ => None,
        };
        match (yuan.parse::<i64>(), fen) {
            (Ok(yuan @ 0..=10_000_000_000), Some(fen @ 0..)) => json!(yuan * 100 + fen),
            _ => {
                self.say(path, format!("「{sent}」不是金额，请写成 40 或者 40.50。"));
                Value::Null
            }
        }
    }

    fn day(&mut self, path: &str, sent: &str) -> Value {
        if sent.is_empty() {
            return Value::Null;
        }
        match sent.parse::<Day>() {
            Ok(day) => json!(day),
            Err(message) => {
                self.say(path, message);
                Value::Null
            }
        }
    }

    fn limit(&mut self, path: &str) -> Value {
        let (n, unit) = (self.form.text(&format!("{path}/n")), self.form.text(&format!("{path}/unit")));
        match (TimeUnit::from_code(unit), n.parse::<u32>()) {
            (None, _) if n.is_empty() => Value::Null,
            (None, _) => {
                self.say(path, "请选择时限的单位。");
                Value::Null
            }
            (Some(TimeUnit::AtOnce), _) => json!({ "n": 0, "unit": "at_once" }),
            (Some(_), Ok(n @ 1..=3_650)) => json!({ "n": n, "unit": unit }),
            (Some(_), _) => {
                self.say(path, "时限应为 1 至 3650 的整数；当场办结的请在单位中选择「当场办结」。");
                Value::Null
            }
        }
    }

    fn when(&mut self, path: &str, old: &Value) -> Value {
        let sent = |part: &str| self.form.text(&format!("{path}/{part}")).trim().to_owned();
        let values = sent("value").split('、').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect();
        let (least, most, below) = (sent("least"), sent("most"), sent("below"));
        let asked = Asked { field: sent("field"), test: sent("test"), values, least, most, below };
        // What nobody touched stays as it was, whatever it looks like.
        let was = serde_json::from_value(old.clone()).ok().map(|it| self.applied.asked(&it));
        if was.is_some_and(|was| written(&was) == written(&asked)) {
            return old.clone();
        }
        let Some(condition) = self.applied.condition(&asked) else { return Value::Null };
        if asked.values.is_empty() && !matches!(asked.test.as_str(), "range" | "filled" | "empty") {
            self.say(&format!("{path}/value"), "请写这一项填了什么内容才适用。");
        }
        for fault in self.applied.asked_faults(&asked) {
            self.say(&format!("{path}/{}", fault.field), fault.message);
        }
        json!(condition)
    }

    fn file(&self, path: &str, old: &Value) -> Value {
        match self.files.get(path) {
            Some(file) => json!(file),
            None if self.form.has(&format!("{path}/drop")) => Value::Null,
            None => old.clone(),
        }
    }

    /// An object, or nothing if nothing of it was filled in. What it must have is asked as soon as it has anything.
    fn object(&mut self, fields: &'static [Field], old: &Value, path: &str, wanted: bool) -> Value {
        let mut out = old.as_object().cloned().unwrap_or_default();
        let before = self.faults.len();
        self.all(fields, &mut out, path);
        if fields.iter().all(|it| is_blank(it, out.get(it.key).unwrap_or(&Value::Null))) {
            if !wanted {
                self.faults.truncate(before);
            }
            return Value::Null;
        }
        // Other things may hold on to a row by its key.
        for field in fields.iter().filter(|it| it.name == KEY) {
            if let (true, Some(was)) = (is_empty(out.get(field.key).unwrap_or(&Value::Null)), old.get(field.key)) {
                out.insert(field.key.to_owned(), was.clone());
            }
        }
        for field in fields.iter().filter(|it| it.required) {
            let told = self.faults.iter().any(|it| it.field == format!("{path}/{}", field.key));
            if !told && is_empty(out.get(field.key).unwrap_or(&Value::Null)) {
                self.say(&format!("{path}/{}", field.key), format!("请填写「{}」。", field.name));
            }
        }
        // A number that must be there and was not sent is none.
        for field in fields.iter().filter(|it| matches!(it.kind, Kind::Number) && it.key != "max_days_owed") {
            let counts = matches!(field.key, "original_copies" | "duplicate_copies" | "days" | "days_max");
            if counts && out.get(field.key).is_none_or(Value::is_null) {
                out.insert(field.key.to_owned(), json!(0));
            }
        }
        Value::Object(out)
    }

    fn rows(&mut self, columns: &'static [Field], old: &[Value], path: &str) -> Vec<Value> {
        let sent = self.form.text(&format!("{path}/n")).parse::<usize>().unwrap_or(old.len()).min(ROWS_MAX);
        let mut out = Vec::with_capacity(sent);
        for i in 0..sent {
            let at = format!("{path}/{i}");
            if self.form.has(&format!("{at}/drop")) {
                continue;
            }
            let value = self.object(columns, old.get(i).unwrap_or(&Value::Null), &at, false);
            if !value.is_null() {
                let order = self.form.text(&format!("{at}/order")).parse::<usize>().unwrap_or(i + 1);
                // A row that was moved goes before the one that stood there.
                out.push(((order, order == i + 1), value));
            }
        }
        out.sort_by_key(|it| it.0);
        out.into_iter().map(|it| it.1).collect()
    }
}

/// Whether nothing was said: a tick that is not set and a list that is preset say nothing of their own.
fn is_blank(field: &Field, value: &Value) -> bool {
    match field.kind {
        Kind::Flag => *value != json!(true),
        Kind::Fields(inner) => inner.iter().all(|it| is_blank(it, at(value, it.key))),
        _ => is_empty(value),
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || text(value).is_empty() && !value.is_object() && rows(value).is_empty()
}

/// A condition as the page sends it; what its test does not look at says nothing.
fn written(it: &Asked) -> Vec<String> {
    let own = match it.test.as_str() {
        "range" => vec![it.least.clone(), it.most.clone(), it.below.clone()],
        "filled" | "empty" => Vec::new(),
        _ => return vec![it.field.clone(), "equals".to_owned(), it.values.join("、")],
    };
    [vec![it.field.clone(), it.test.clone()], own].concat()
}

fn plain(sent: &str) -> Value {
    json!(sent.replace("\r\n", "\n"))
}

fn lines(sent: &str) -> Vec<String> {
    sent.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}
