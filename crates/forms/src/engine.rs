//! What is asked, what is reckoned: answers as they come in, turned into answers as they count. Pure, total, the same on page, API and desk.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use standards::CitizenNumber;
use time::Date;

use crate::{
    field::{Kind, kind, signed},
    format,
    model::{ApplicationForm, Calculation, Condition, split},
};

/// In what light answers are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The legal day.
    pub today: Date,
    /// Who may sign; empty: nobody is known yet, any name will do (a preview).
    pub signers: &'a [String],
    /// The answers as they were kept before: a signature that stands there keeps its day.
    pub before: Option<&'a Value>,
}

/// Answers as they count.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// Without what is not asked, with what is reckoned.
    pub values: Value,
    /// Paths that are not asked: `agent_name`, `staff/0/certificate`.
    pub hidden: BTreeSet<String>,
}

impl ApplicationForm {
    /// The answers as they count now: what is not asked is left out, what the platform makes is made anew and never believed. What is no
    /// object, and names that the form does not know, stay as they are, for the schema to tell.
    #[must_use]
    pub fn settle(&self, answers: &Value, setting: &Setting<'_>) -> Settled {
        self.run(answers, Some(setting))
    }

    /// Which paths are not asked, of answers that were settled when they were kept.
    #[must_use]
    pub fn hidden(&self, kept: &Value) -> BTreeSet<String> {
        self.run(kept, None).hidden
    }

    fn run(&self, answers: &Value, setting: Option<&Setting<'_>>) -> Settled {
        let Some(given) = answers.as_object() else {
            return Settled { values: answers.clone(), hidden: BTreeSet::new() };
        };
        let mut run = Run { form: self, given, setting, ..Run::of(self, given) };
        let mut values = Map::new();
        let names = self.schema["properties"].as_object().into_iter().flat_map(Map::keys).chain(given.keys());
        for name in names.collect::<BTreeSet<_>>() {
            let value = run.value(name);
            if !value.is_null() {
                values.insert(name.clone(), value);
            }
        }
        Settled { values: Value::Object(values), hidden: run.hidden }
    }

    /// Whether a section is asked: its condition holds, and it has a field that is asked.
    #[must_use]
    pub fn asks(&self, section: &crate::field::Section, settled: &Settled) -> bool {
        section.fields.is_empty() || section.fields.iter().any(|it| !settled.hidden.contains(&it.name))
    }
}

/// Answers without rows in which nothing was written.
#[must_use]
pub fn without_blank_rows(form: &ApplicationForm, answers: &Value) -> Value {
    let mut out = answers.clone();
    for (name, value) in out.as_object_mut().into_iter().flatten() {
        if let (true, Value::Array(rows)) = (form.is_group(name), &mut *value) {
            rows.retain(|it| it.as_object().is_none_or(|it| !it.is_empty()));
        }
    }
    if let Some(all) = out.as_object_mut() {
        all.retain(|name, value| !form.is_group(name) || value.as_array().is_none_or(|it| !it.is_empty()));
    }
    out
}

/// A column's cell: group, row, column.
type Cell<'a> = (&'a str, usize, &'a str);

struct Run<'a> {
    form: &'a ApplicationForm,
    given: &'a Map<String, Value>,
    /// `None`: what is kept is not made anew.
    setting: Option<&'a Setting<'a>>,
    done: BTreeMap<String, Value>,
    /// What is being looked at: a circle ends here as «no value». Publishing refuses circles.
    open: BTreeSet<String>,
    hidden: BTreeSet<String>,
}

impl<'a> Run<'a> {
    fn of(form: &'a ApplicationForm, given: &'a Map<String, Value>) -> Self {
        let (done, open, hidden) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        Self { form, given, setting: None, done, open, hidden }
    }

    /// The value of a top field.
    fn value(&mut self, name: &str) -> Value {
        if let Some(done) = self.done.get(name) {
            return done.clone();
        }
        if !self.open.insert(name.to_owned()) {
            return Value::Null;
        }
        let form = self.form;
        let section = form.layout.iter().find(|it| it.fields.iter().any(|it| it == name));
        let conditions = [section.and_then(|it| it.only_if.as_ref()), form.conditions.get(name)];
        let asked = conditions.into_iter().flatten().all(|it| self.holds(it, None));
        let value = match form.calculations.get(name) {
            _ if !asked => Value::Null,
            Some(it) if self.setting.is_some() => self.reckon(it, name, None),
            _ if form.is_group(name) => self.rows(name),
            _ => self.own(name, self.given.get(name).cloned().unwrap_or_default()),
        };
        if !asked {
            self.hidden.insert(name.to_owned());
        }
        self.open.remove(name);
        self.done.insert(name.to_owned(), value.clone());
        value
    }

    fn rows(&mut self, group: &str) -> Value {
        let Some(given) = self.given.get(group) else { return Value::Null };
        let Some(rows) = given.as_array() else { return given.clone() };
        let rows: Vec<_> = rows.iter().enumerate().map(|(index, row)| self.row(group, index, row)).collect();
        if rows.is_empty() { Value::Null } else { Value::Array(rows) }
    }

    fn row(&mut self, group: &str, index: usize, row: &Value) -> Value {
        let Some(cells) = row.as_object() else { return row.clone() };
        let form = self.form;
        let columns: BTreeSet<&str> = form.columns(group).into_iter().chain(cells.keys().map(String::as_str)).collect();
        let mut out = Map::new();
        for column in columns {
            let value = self.cell((group, index, column));
            if !value.is_null() {
                out.insert(column.to_owned(), value);
            }
        }
        // What the platform makes of nothing is nothing: a row in which nothing was written stays blank.
        let made = |column: &str| form.calculations.contains_key(&format!("{group}/{column}"));
        if out.keys().all(|it| made(it)) { Value::Object(Map::new()) } else { Value::Object(out) }
    }

    fn cell(&mut self, at: Cell<'_>) -> Value {
        let (group, index, column) = at;
        let (place, path) = (format!("{group}/{index}/{column}"), format!("{group}/{column}"));
        if let Some(done) = self.done.get(&place) {
            return done.clone();
        }
        if !self.open.insert(place.clone()) {
            return Value::Null;
        }
        let form = self.form;
        let asked = form.conditions.get(&path).is_none_or(|it| self.holds(it, Some(at)));
        let given = self.given.get(group).and_then(|it| it.get(index)).and_then(|it| it.get(column));
        let value = match form.calculations.get(&path) {
            _ if !asked => Value::Null,
            Some(it) if self.setting.is_some() => self.reckon(it, &path, Some(at)),
            _ => given.cloned().unwrap_or_default(),
        };
        if !asked {
            self.hidden.insert(place.clone());
        }
        self.open.remove(&place);
        self.done.insert(place, value.clone());
        value
    }

    /// A value as its field keeps it: a signature with its day.
    fn own(&self, name: &str, given: Value) -> Value {
        let (Value::String(text), Some(setting)) = (&given, self.setting) else { return given };
        if self.form.property(name).map(kind) != Some(Kind::Signature) {
            return given;
        }
        let signer = signed(text).0;
        let kept = setting.before.and_then(|it| it.get(name)).and_then(Value::as_str);
        match kept.filter(|it| signed(it).0 == signer && !signed(it).1.is_empty()) {
            _ if signer.is_empty() => Value::Null,
            Some(kept) => Value::from(kept),
            None => Value::from(format!("{signer}/{}", format::written(setting.today))),
        }
    }

    fn holds(&mut self, condition: &Condition, at: Option<Cell<'_>>) -> bool {
        let answer = self.one(&condition.field, at);
        condition.test.holds(&answer)
    }

    /// The value at a path, seen from a cell: of a column of the same group that of the same row.
    fn one(&mut self, path: &str, at: Option<Cell<'_>>) -> Value {
        match (split(path), at) {
            ((group, Some(column)), Some((own, index, _))) if group == own => self.cell((group, index, column)),
            ((name, None), _) => self.value(name),
            _ => Value::Null,
        }
    }

    /// The values at a path: of a column of another group those of all rows.
    fn all(&mut self, path: &str, at: Option<Cell<'_>>) -> Vec<Value> {
        match split(path) {
            (group, Some(column)) if at.is_none_or(|it| it.0 != group) => {
                let rows = self.value(group);
                rows.as_array().into_iter().flatten().filter_map(|it| it.get(column).cloned()).collect()
            }
            _ => vec![self.one(path, at)].into_iter().filter(|it| !it.is_null()).collect(),
        }
    }

    fn reckon(&mut self, how: &Calculation, path: &str, at: Option<Cell<'_>>) -> Value {
        let into = self.digits(path);
        let made = match how {
            Calculation::Sum { of } => of.iter().fold(None, |sum: Option<Amount>, path| {
                let digits = self.digits(path);
                let each = self.all(path, at);
                each.iter().filter_map(Value::as_i64).fold(sum, |sum, it| {
                    let it = Amount::new(it, digits);
                    sum.map_or(Some(it), |sum| sum.plus(it))
                })
            }),
            Calculation::Product { of } => of.iter().try_fold(Amount::new(1, 0), |product, path| {
                let digits = self.digits(path);
                product.times(Amount::new(self.one(path, at).as_i64()?, digits))
            }),
            Calculation::Difference { from, less } => {
                let (first, second) = (self.one(from, at).as_i64(), self.one(less, at).as_i64().unwrap_or(0));
                let less = second.checked_neg().map(|it| Amount::new(it, self.digits(less)));
                first.zip(less).and_then(|(it, less)| Amount::new(it, self.digits(from)).plus(less))
            }
            Calculation::Count { of } => {
                let rows = self.value(of);
                let count =
                    rows.as_array().map_or(0, |it| it.iter().filter(|it| *it != &Value::Object(Map::new())).count());
                i64::try_from(count).ok().map(|it| Amount::new(it, 0))
            }
            Calculation::Age { of } => {
                let born = self.one(of, at);
                let age = self.setting.zip(born.as_str()).and_then(|(setting, it)| age(it, setting.today));
                age.map(|it| Amount::new(it, 0))
            }
            Calculation::Days { from, to } => {
                let mut on = |path: &str| self.one(path, at).as_str().and_then(format::day);
                let days = on(from).zip(on(to)).map(|(from, to)| (to - from).whole_days());
                days.map(|it| Amount::new(it, 0))
            }
        };
        made.and_then(|it| it.rounded(into)).map_or(Value::Null, Value::from)
    }

    /// How many digits after the point the whole numbers of this field have.
    fn digits(&self, path: &str) -> u32 {
        match self.form.property(path).map(kind) {
            Some(Kind::Money | Kind::Area) => 2,
            _ => 0,
        }
    }
}

/// Completed years on a day, of a day of birth or a citizen number.
fn age(born: &str, today: Date) -> Option<i64> {
    if let Ok(number) = CitizenNumber::parse(born) {
        return number.age_on(today).map(i64::from);
    }
    let born = format::day(born)?;
    let before_birthday = (u8::from(today.month()), today.day()) < (u8::from(born.month()), born.day());
    Some(i64::from(today.year() - born.year()) - i64::from(before_birthday)).filter(|it| *it >= 0)
}

/// An exact decimal: so many units, of which the last digits stand after the point.
#[derive(Clone, Copy)]
struct Amount {
    units: i128,
    digits: u32,
}

impl Amount {
    fn new(units: i64, digits: u32) -> Self {
        Self { units: i128::from(units), digits }
    }

    fn at(self, digits: u32) -> Option<i128> {
        self.units.checked_mul(10_i128.checked_pow(digits.checked_sub(self.digits)?)?)
    }

    fn plus(self, other: Self) -> Option<Self> {
        let digits = self.digits.max(other.digits);
        Some(Self { units: self.at(digits)?.checked_add(other.at(digits)?)?, digits })
    }

    fn times(self, other: Self) -> Option<Self> {
        Some(Self { units: self.units.checked_mul(other.units)?, digits: self.digits.checked_add(other.digits)? })
    }

    /// With so many digits, half up (away from zero); `None` if a document cannot hold it.
    fn rounded(self, digits: u32) -> Option<i64> {
        let units = match self.at(digits) {
            Some(exact) => exact,
            None => {
                let part = 10_i128.checked_pow(self.digits.checked_sub(digits)?)?;
                let half = if self.units < 0 { -part / 2 } else { part / 2 };
                self.units.checked_add(half)? / part
            }
        };
        i64::try_from(units).ok()
    }
}
