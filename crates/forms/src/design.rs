//! Changing a form as its keeper does: sections and fields added, described, moved, taken away. Every change keeps the form readable; what
//! does not fit together is told by [`ApplicationForm::faults`] and keeps it from being published, not from being saved.

use kernel::Fault;
use serde_json::{Value, json};

pub use crate::asked::Asked;
use crate::{
    amount,
    describe::{property, wrong},
    field::{Kind, kind},
    kits::Kit,
    model::{ApplicationForm, Calculation, FormSection, split},
};

/// Kinds of fields, by the words of the desk: code, name, and whether a row of a group may have it.
pub const KINDS: &[(&str, &str, bool)] = &[
    ("text", "文字（一行）", true),
    ("long", "文字（多行）", true),
    ("choice", "单选", true),
    ("yes_no", "是或者否", true),
    ("integer", "整数", true),
    ("number", "数字（可以有小数）", true),
    ("money-fen", "金额（元）", true),
    ("area-hundredths", "面积（平方米）", true),
    ("date", "日期", true),
    ("citizen-number", "公民身份号码", true),
    ("person-paper", "身份证件（种类和号码）", true),
    ("credit-code", "统一社会信用代码", true),
    ("mobile", "手机号码", true),
    ("landline", "固定电话", true),
    ("email", "电子邮箱", true),
    ("postcode", "邮政编码", true),
    ("division", "本地的乡镇、街道", true),
    ("place", "行政区划（省、市、县、乡、村逐级选）", true),
    ("vehicle-plate", "车牌号", true),
    ("bank-card", "银行卡号、社保卡号", true),
    ("bank-account", "银行账号（对公、存折）", true),
    ("consent", "勾选同意", false),
    ("signature", "签名", false),
    ("group", "多行填写（家庭成员、从业人员等）", false),
];

/// What the platform can fill in: source and words.
pub const PREFILLS: &[(&str, &str)] = &[
    ("person.name", "本人姓名"),
    ("person.citizen_number", "本人身份号码"),
    ("person.mobile", "本人手机"),
    ("person.address", "本人住址"),
    ("enterprise.name", "企业名称"),
    ("enterprise.credit_code", "企业信用代码"),
    ("enterprise.address", "企业住所"),
];

/// Fields of a form at most, columns too.
pub const FIELDS_MAX: usize = 150;

/// A field as its keeper describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Described {
    /// Code of its kind.
    pub kind: String,
    /// Its words.
    pub title: String,
    /// What to write.
    pub hint: String,
    /// Whether it must be filled in where it is asked.
    pub required: bool,
    /// What to choose from.
    pub options: Vec<String>,
    /// Characters, number, amount or rows at least, as written; empty: not bounded.
    pub least: String,
    /// At most.
    pub most: String,
    /// Of a group: what one row is called.
    pub row: String,
    /// Of a group: as a table where there is room.
    pub table: bool,
    /// Of a place: how deep at least.
    pub depth: String,
    /// Where its value comes from.
    pub prefill: String,
    /// When it is asked.
    pub only_if: Asked,
    /// How it is reckoned.
    pub made: Made,
}

/// How something is reckoned, as its keeper writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// `sum`, `product`, `difference`, `count`, `age`, `days`; empty: it is filled in.
    pub kind: String,
    /// Paths of what it is reckoned of, in order.
    pub of: Vec<String>,
}

/// The code of a field's kind.
#[must_use]
pub fn kind_code(schema: &Value) -> &str {
    match (kind(schema), schema["format"].as_str().unwrap_or_default()) {
        (Kind::Group, _) => "group",
        (Kind::Consent, _) => "consent",
        (Kind::YesNo, _) => "yes_no",
        (Kind::Integer, _) => "integer",
        (Kind::Number, _) => "number",
        (Kind::Choice | Kind::Select, _) => "choice",
        (Kind::Long, _) => "long",
        (_, format) if KINDS.iter().any(|it| it.0 == format) => format,
        _ => "text",
    }
}

/// The name of a field's kind.
#[must_use]
pub fn kind_name(schema: &Value) -> &'static str {
    let code = kind_code(schema);
    KINDS.iter().find(|it| it.0 == code).map_or("文字", |it| it.1)
}

/// Keys that say how much, for a kind.
pub(crate) fn bounds(kind: &str) -> Option<(&'static str, &'static str)> {
    match kind {
        "text" | "long" => Some(("minLength", "maxLength")),
        "integer" | "number" | "money-fen" | "area-hundredths" => Some(("minimum", "maximum")),
        "group" => Some(("minItems", "maxItems")),
        _ => None,
    }
}

pub(crate) fn is_amount(kind: &str) -> bool {
    matches!(kind, "money-fen" | "area-hundredths")
}

impl ApplicationForm {
    /// A field or column as its keeper described it.
    #[must_use]
    pub fn described(&self, path: &str) -> Option<Described> {
        let schema = self.property(path)?;
        let kind = kind_code(schema).to_owned();
        let bound = |key: &str| match &schema[key] {
            Value::Number(it) if is_amount(&kind) => it.as_i64().map(amount::written).unwrap_or_default(),
            Value::Number(it) => it.to_string(),
            _ => String::new(),
        };
        let (least, most) = bounds(&kind).map(|it| (bound(it.0), bound(it.1))).unwrap_or_default();
        let layout = self.groups.get(path);
        let text = |key: &str| schema[key].as_str().unwrap_or_default().to_owned();
        let options = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        Some(Described {
            title: self.title(path).to_owned(),
            hint: text("description"),
            required: self.is_required(path),
            options: options.map(str::to_owned).collect(),
            least,
            most,
            row: layout.map_or_else(String::new, |it| it.row.clone()),
            table: layout.is_some_and(|it| it.table),
            depth: schema["depth"].as_u64().map_or_else(String::new, |it| it.to_string()),
            prefill: self.prefill.get(path).cloned().unwrap_or_default(),
            only_if: self.conditions.get(path).map(|it| self.asked(it)).unwrap_or_default(),
            made: self.calculations.get(path).map(made).unwrap_or_default(),
            kind,
        })
    }

    /// Adds a field at the end of a section, or a column at the end of a group, and gives its path. `key` is its name for programs; empty:
    /// one is made.
    ///
    /// # Errors
    /// What is wrong with the description, at its fields.
    pub fn add(&mut self, to: &Place, key: &str, described: &Described) -> Result<String, Vec<Fault>> {
        let mut faults = Vec::new();
        if self.paths().len() >= FIELDS_MAX {
            faults.push(Fault::new("title", format!("一张申请表最多 {FIELDS_MAX} 项。")));
        }
        let group = if let Place::Group(group) = to { Some(group.as_str()) } else { None };
        let taken = |key: &str| match group {
            Some(group) => self.property(&format!("{group}/{key}")).is_some(),
            None => self.property(key).is_some(),
        };
        let plain = |key: &str| {
            key.starts_with(|it: char| it.is_ascii_lowercase())
                && key.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
        };
        let key = match key {
            "" => (1..).map(|it| format!("item_{it}")).find(|it| !taken(it)).unwrap_or_default(),
            key => key.to_owned(),
        };
        if !plain(&key) || key.len() > 40 || taken(&key) {
            faults.push(Fault::new("key", "标识应为小写字母、数字和下划线，字母开头，不超过 40 个，不与别的重复。"));
        }
        let path = group.map_or_else(|| key.clone(), |it| format!("{it}/{key}"));
        faults.extend(self.wrong(described, group.is_some()));
        if !faults.is_empty() {
            return Err(faults);
        }
        match to {
            Place::Section(index) => {
                if self.layout.is_empty() {
                    self.layout.push(section("申请内容"));
                }
                let last = self.layout.len() - 1;
                self.layout[(*index).min(last)].fields.push(key);
            }
            Place::Group(group) => self.groups.entry(group.clone()).or_default().columns.push(key),
        }
        self.write(&path, described);
        Ok(path)
    }

    /// Describes a field or column anew. What its kind knows besides (patterns, lengths of codes) stays while the kind stays.
    ///
    /// # Errors
    /// What is wrong with the description, at its fields.
    pub fn describe(&mut self, path: &str, described: &Described) -> Result<(), Vec<Fault>> {
        let faults = self.wrong(described, split(path).1.is_some());
        if faults.is_empty() {
            self.write(path, described);
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn wrong(&self, it: &Described, in_group: bool) -> Vec<Fault> {
        let asked = self.asked_faults(&it.only_if).into_iter();
        let asked = asked.map(|it| Fault::new(format!("when_{}", it.field), it.message));
        wrong(it, in_group).into_iter().chain(asked).collect()
    }

    fn write(&mut self, path: &str, it: &Described) {
        let old = self.property(path).filter(|was| kind_code(was) == it.kind).cloned();
        let (name, column) = split(path);
        let schema = property(it, old.and_then(|it| it.as_object().cloned()).unwrap_or_default());
        let holder = match column {
            Some(_) => &mut self.schema["properties"][name]["items"],
            None => &mut self.schema,
        };
        holder["properties"][column.unwrap_or(name)] = schema;
        let own = Value::from(column.unwrap_or(name));
        if !holder["required"].is_array() {
            holder["required"] = json!([]);
        }
        if let Some(all) = holder["required"].as_array_mut() {
            all.retain(|it| *it != own);
            if it.required {
                all.push(own);
            }
        }
        let condition = self.condition(&it.only_if);
        set(&mut self.conditions, path, condition);
        set(&mut self.calculations, path, calculation(&it.made));
        let prefill = Some(it.prefill.clone()).filter(|it| !it.is_empty());
        set(&mut self.prefill, path, prefill);
        if it.kind == "group" {
            let layout = self.groups.entry(path.to_owned()).or_default();
            (layout.row, layout.table) = (it.row.clone(), it.table);
        } else {
            self.groups.remove(path);
        }
    }

    /// Takes a field or column away, with its conditions and calculations; what others make of it is told by [`Self::faults`].
    pub fn remove(&mut self, path: &str) {
        let (name, column) = split(path);
        let own = column.unwrap_or(name);
        let holder = match column {
            Some(_) => &mut self.schema["properties"][name]["items"],
            None => &mut self.schema,
        };
        if let Some(all) = holder["properties"].as_object_mut() {
            all.remove(own);
        }
        if let Some(all) = holder["required"].as_array_mut() {
            all.retain(|it| it != own);
        }
        let below = format!("{path}/");
        let gone = |it: &str| it == path || it.starts_with(&below);
        self.conditions.retain(|it, _| !gone(it));
        self.calculations.retain(|it, _| !gone(it));
        self.prefill.retain(|it, _| !gone(it));
        self.groups.remove(path);
        match column {
            Some(column) => drop(self.groups.get_mut(name).map(|it| it.columns.retain(|it| it != column))),
            None => self.layout.iter_mut().for_each(|it| it.fields.retain(|it| it != name)),
        }
    }

    /// Moves a field one place up or down, from one section to the next at its ends; a column within its group.
    pub fn shift(&mut self, path: &str, up: bool) {
        let (name, column) = split(path);
        if let Some(column) = column {
            let columns: Vec<String> = self.columns(name).into_iter().map(str::to_owned).collect();
            let layout = self.groups.entry(name.to_owned()).or_default();
            layout.columns = columns;
            swap(&mut layout.columns, |it| it == column, up);
            return;
        }
        let Some(at) = self.layout.iter().position(|it| it.fields.iter().any(|it| it == name)) else { return };
        let place = self.layout[at].fields.iter().position(|it| it == name).unwrap_or(0);
        let edge = if up { place == 0 } else { place + 1 == self.layout[at].fields.len() };
        if !edge {
            return swap(&mut self.layout[at].fields, |it| it == name, up);
        }
        let next = if up { at.checked_sub(1) } else { Some(at + 1).filter(|it| *it < self.layout.len()) };
        if let Some(next) = next {
            let moved = self.layout[at].fields.remove(place);
            let into = &mut self.layout[next].fields;
            into.insert(if up { into.len() } else { 0 }, moved);
        }
    }

    /// Adds an empty section at the end.
    pub fn add_section(&mut self, heading: &str) {
        self.layout.push(section(heading));
    }

    /// Moves a section one place up or down.
    pub fn shift_section(&mut self, index: usize, up: bool) {
        let other = if up { index.checked_sub(1) } else { Some(index + 1) };
        if let Some(other) = other.filter(|it| *it < self.layout.len() && index < self.layout.len()) {
            self.layout.swap(index, other);
        }
    }

    /// Adds a ready group of fields as a section of its own, with keys that no other field has.
    pub fn add_kit(&mut self, kit: &Kit) {
        let mut made = section(kit.heading);
        let mut named: Vec<(&str, String)> = Vec::new();
        for (key, mut described, columns) in kit.fields() {
            // What is reckoned, is reckoned of the fields that came with it.
            for path in &mut described.made.of {
                let (name, column) = split(path);
                let own = named.iter().find(|it| it.0 == name).map_or(name, |it| it.1.as_str());
                *path = column.map_or_else(|| own.to_owned(), |it| format!("{own}/{it}"));
            }
            let asked_key = key;
            let key = (1..)
                .map(|it| if it == 1 { key.to_owned() } else { format!("{key}_{it}") })
                .find(|it| self.property(it).is_none())
                .unwrap_or_default();
            named.push((asked_key, key.clone()));
            made.fields.push(key.clone());
            self.write(&key, &described);
            for (column, described) in columns {
                self.groups.entry(key.clone()).or_default().columns.push(column.to_owned());
                self.write(&format!("{key}/{column}"), &described);
            }
        }
        self.layout.push(made);
    }
}

/// Where a field is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At the end of this section.
    Section(usize),
    /// As a column of this group.
    Group(String),
}

fn section(heading: &str) -> FormSection {
    FormSection { heading: heading.to_owned(), fields: Vec::new(), hint: String::new(), only_if: None }
}

fn set<T>(map: &mut std::collections::BTreeMap<String, T>, path: &str, value: Option<T>) {
    match value {
        Some(value) => drop(map.insert(path.to_owned(), value)),
        None => drop(map.remove(path)),
    }
}

fn swap(all: &mut [String], own: impl Fn(&String) -> bool, up: bool) {
    let Some(place) = all.iter().position(own) else { return };
    let other = if up { place.checked_sub(1) } else { Some(place + 1).filter(|it| *it < all.len()) };
    if let Some(other) = other {
        all.swap(place, other);
    }
}

fn made(it: &Calculation) -> Made {
    let kind = match it {
        Calculation::Sum { .. } => "sum",
        Calculation::Product { .. } => "product",
        Calculation::Difference { .. } => "difference",
        Calculation::Count { .. } => "count",
        Calculation::Age { .. } => "age",
        Calculation::Days { .. } => "days",
    };
    Made { kind: kind.to_owned(), of: it.needs().into_iter().map(str::to_owned).collect() }
}

fn calculation(it: &Made) -> Option<Calculation> {
    let nth = |index: usize| it.of.get(index).cloned().unwrap_or_default();
    match it.kind.as_str() {
        "sum" => Some(Calculation::Sum { of: it.of.clone() }),
        "product" => Some(Calculation::Product { of: it.of.clone() }),
        "difference" => Some(Calculation::Difference { from: nth(0), less: nth(1) }),
        "count" => Some(Calculation::Count { of: nth(0) }),
        "age" => Some(Calculation::Age { of: nth(0) }),
        "days" => Some(Calculation::Days { from: nth(0), to: nth(1) }),
        _ => None,
    }
}
