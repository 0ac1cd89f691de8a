//! A form compiled for checking: what is wrong with answers, in Chinese, each at its field.

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use kernel::{Error, Fault, Result};
use serde_json::{Map, Value};
use standards::{DivisionCode, DivisionLevel};

use crate::{
    amount,
    engine::{Setting, Settled},
    field::{self, Kind, kind, sections, signed},
    format::{FORMATS, format},
    model::{ApplicationForm, split},
};

/// Faults told at once at most.
const FAULTS_MAX: usize = 50;

/// A form compiled for checking.
pub struct Checker {
    validator: Validator,
    form: ApplicationForm,
    /// The paths in the order of the page.
    order: Vec<String>,
}

/// Answers as they count, and what is wrong with them.
pub struct Judged {
    /// The answers as they count.
    pub settled: Settled,
    /// What is wrong, in the order of the form; at most fifty, one a field.
    pub faults: Vec<Fault>,
}

impl Checker {
    /// Compiles a form's schema (JSON Schema 2020-12) with the formats of this platform.
    ///
    /// # Errors
    /// [`Error::Internal`] if it is none.
    pub fn compile(form: &ApplicationForm) -> Result<Self> {
        let validator = compile(&form.schema).map_err(|why| Error::internal(format!("a form's schema: {why}")))?;
        let order = sections(form).into_iter().flat_map(|it| it.fields).map(|it| it.name);
        let below = |name: String| {
            let columns: Vec<_> = form.columns(&name).into_iter().map(|it| format!("{name}/{it}")).collect();
            [vec![name], columns].concat()
        };
        let order = order.flat_map(below).collect();
        Ok(Self { validator, form: form.clone(), order })
    }

    /// The answers as they count now, and everything that is wrong with them.
    #[must_use]
    pub fn judge(&self, answers: &Value, setting: &Setting<'_>) -> Judged {
        let settled = self.form.settle(answers, setting);
        if !settled.values.is_object() {
            let fault = Fault::new("values", "申请表的内容应当是一个 JSON 对象。");
            return Judged { settled, faults: vec![fault] };
        }
        let mut faults: Vec<(bool, Fault)> = Vec::new();
        for error in self.validator.iter_errors(&settled.values) {
            // What a code's own rules say tells more than that it is too long.
            let telling = matches!(error.kind(), ValidationErrorKind::Format { .. });
            for fault in self.told(&error).into_iter().filter(|it| !settled.hidden.contains(&it.field)) {
                match faults.iter_mut().find(|it| it.1.field == fault.field) {
                    Some(known) if telling && !known.0 => *known = (telling, fault),
                    Some(_) => {}
                    None => faults.push((telling, fault)),
                }
            }
        }
        let mut faults: Vec<Fault> = faults.into_iter().map(|it| it.1).collect();
        for fault in self.beyond(&settled.values, setting) {
            if faults.iter().all(|it| it.field != fault.field) {
                faults.push(fault);
            }
        }
        faults.sort_by_key(|fault| self.place(&fault.field));
        faults.truncate(FAULTS_MAX);
        Judged { settled, faults }
    }

    /// Answers as they are kept: codes in their canonical spelling. Call it on answers without faults.
    pub fn canonical(&self, answers: &mut Value) {
        let Some(all) = answers.as_object_mut() else { return };
        for (name, value) in all.iter_mut() {
            match value {
                Value::Array(rows) => {
                    for (column, cell) in rows.iter_mut().filter_map(Value::as_object_mut).flatten() {
                        self.respell(&format!("{name}/{column}"), cell);
                    }
                }
                one => self.respell(name, one),
            }
        }
    }

    fn respell(&self, path: &str, value: &mut Value) {
        let Value::String(text) = value else { return };
        let named = self.form.property(path).and_then(|it| it["format"].as_str());
        if let Some(better) = named.and_then(format).and_then(|it| (it.read)(text).ok()) {
            *text = better;
        }
    }

    /// Where a field stands: its place in the order of the form, and its row.
    fn place(&self, at: &str) -> (usize, usize, usize) {
        let (path, row) = path_of(at);
        let place = |path: &str| self.order.iter().position(|it| it == path).unwrap_or(usize::MAX);
        (place(split(&path).0), row.unwrap_or(0), place(&path))
    }

    /// What no schema can say: how deep a place must be, and who signs.
    fn beyond(&self, values: &Value, setting: &Setting<'_>) -> Vec<Fault> {
        let mut out = Vec::new();
        for (at, path, value) in leaves(values) {
            let Some(it) = field::field(&self.form, &path) else { continue };
            match it.kind {
                Kind::Place => {
                    let level = DivisionCode::parse(value).ok().map(|it| depth(it.level()));
                    if level.is_some_and(|level| level < it.depth) {
                        let upto = ["省", "市", "县（市、区）", "乡镇、街道", "村、社区"][usize::from(it.depth) - 1];
                        out.push(Fault::new(at, format!("{}：请至少选到{upto}。", it.title)));
                    }
                }
                Kind::Signature => {
                    let known = setting.signers;
                    if !known.is_empty() && !known.iter().any(|it| it == signed(value).0) {
                        let who = known.iter().map(|it| format!("「{it}」")).collect::<Vec<_>>().join("或者");
                        out.push(Fault::new(at, format!("{}：应为申请人的姓名{who}，请重新输入。", it.title)));
                    }
                }
                _ => {}
            }
        }
        out
    }

    fn told(&self, error: &ValidationError<'_>) -> Vec<Fault> {
        let at = error.instance_path().as_str().trim_start_matches('/').to_owned();
        let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                let field = below(property.as_str().unwrap_or_default());
                let message = self.missing(&field);
                vec![Fault::new(field, message)]
            }
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let told = |it: &String| Fault::new(below(it), format!("申请表没有「{it}」这一项，请删去。"));
                unexpected.iter().map(told).collect()
            }
            kind => {
                let path = path_of(&at).0;
                let none = Value::Null;
                let words = words(kind, error.instance(), self.form.property(&path).unwrap_or(&none));
                let message = format!("{}：{words}", self.title(&at));
                vec![Fault::new(at, message)]
            }
        }
    }

    /// How a field is called; in a group with the number of its row: 「从业人员第 2 行的姓名」.
    fn title(&self, at: &str) -> String {
        let (path, row) = path_of(at);
        let group = split(&path).0;
        match (row, path == group) {
            (None, _) => self.form.title(&path).to_owned(),
            (Some(row), true) => format!("{}第 {} 行", self.form.title(group), row + 1),
            (Some(row), false) => format!("{}第 {} 行的{}", self.form.title(group), row + 1, self.form.title(&path)),
        }
    }

    fn missing(&self, at: &str) -> String {
        let none = Value::Null;
        let (title, path) = (self.title(at), path_of(at).0);
        let schema = self.form.property(&path).unwrap_or(&none);
        match kind(schema) {
            _ if self.form.calculations.contains_key(&path) => format!("「{title}」还算不出来，请先填写有关的内容。"),
            Kind::Consent => format!("请勾选「{title}」，否则不能继续办理。"),
            Kind::YesNo | Kind::Choice | Kind::Select | Kind::Division | Kind::Place => format!("请选择「{title}」。"),
            Kind::Group => format!("请填写「{title}」，至少一行。"),
            Kind::Signature => format!("请在「{title}」处输入姓名。"),
            _ => format!("请填写「{title}」。"),
        }
    }
}

/// A schema compiled with the formats of this platform.
pub(crate) fn compile(schema: &Value) -> std::result::Result<Validator, String> {
    let mut options = jsonschema::draft202012::options().should_validate_formats(true);
    for it in FORMATS {
        options = options.with_format(it.name, |text: &str| (it.read)(text).is_ok());
    }
    for amounts in ["money-fen", "area-hundredths"] {
        options = options.with_format(amounts, |_: &str| true);
    }
    options.build(schema).map_err(|error| error.to_string())
}

/// Where an answer stands, `staff/0/name`, as a path, `staff/name`, and a row.
pub(crate) fn path_of(at: &str) -> (String, Option<usize>) {
    let mut parts = at.splitn(3, '/');
    let (name, row, column) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    match (row.map(str::parse::<usize>), column) {
        (Some(Ok(row)), Some(column)) => (format!("{name}/{column}"), Some(row)),
        (Some(Ok(row)), None) => (name.to_owned(), Some(row)),
        _ => (at.to_owned(), None),
    }
}

/// All texts of answers: where each stands, and its path.
fn leaves(values: &Value) -> Vec<(String, String, &str)> {
    let mut out = Vec::new();
    for (name, value) in values.as_object().into_iter().flatten() {
        if let Some(text) = value.as_str() {
            out.push((name.clone(), name.clone(), text));
        }
        for (row, cells) in value.as_array().into_iter().flatten().enumerate() {
            let cells: &Map<String, Value> = match cells.as_object() {
                Some(cells) => cells,
                None => continue,
            };
            let texts = cells.iter().filter_map(|(column, it)| Some((column, it.as_str()?)));
            out.extend(texts.map(|(column, it)| (format!("{name}/{row}/{column}"), format!("{name}/{column}"), it)));
        }
    }
    out
}

fn depth(level: DivisionLevel) -> u8 {
    match level {
        DivisionLevel::Province => 1,
        DivisionLevel::City => 2,
        DivisionLevel::County => 3,
        DivisionLevel::Town => 4,
        DivisionLevel::Village => 5,
    }
}

/// One kind of error as a sentence that says what to do.
fn words(why: &ValidationErrorKind, value: &Value, schema: &Value) -> String {
    let unit = field::unit(kind(schema));
    let number = |limit: &Value| match (limit.as_i64(), unit) {
        (Some(it), Some(unit)) => format!("{} {unit}", amount::written(it)),
        _ => limit.to_string(),
    };
    let text = value.as_str().unwrap_or_default();
    match why {
        ValidationErrorKind::Format { format: name } => {
            let wrong = format(name).and_then(|it| (it.read)(text).err());
            wrong.unwrap_or_else(|| "格式不正确，请核对。".to_owned())
        }
        ValidationErrorKind::MinLength { limit } => format!("至少 {limit} 个字，请补全。"),
        ValidationErrorKind::MaxLength { limit } => {
            format!("最多 {limit} 个字，现有 {} 个，请缩短。", text.chars().count())
        }
        ValidationErrorKind::Minimum { limit } => format!("不能小于 {}。", number(limit)),
        ValidationErrorKind::Maximum { limit } => format!("不能大于 {}。", number(limit)),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("应当大于 {}。", number(limit)),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("应当小于 {}。", number(limit)),
        ValidationErrorKind::Enum { .. } => "请从给出的选项中选择。".to_owned(),
        ValidationErrorKind::Constant { .. } => "必须同意才能继续办理。".to_owned(),
        ValidationErrorKind::Pattern { .. } => "格式不正确，请照说明填写。".to_owned(),
        ValidationErrorKind::MinItems { limit } => format!("至少填写 {limit} 行。"),
        ValidationErrorKind::MaxItems { limit } => format!("最多填写 {limit} 行。"),
        ValidationErrorKind::UniqueItems => "有重复的内容，请删去。".to_owned(),
        ValidationErrorKind::Type { .. } => match kind(schema) {
            Kind::Money => "请填写金额，如 1200 或 1200.50。".to_owned(),
            Kind::Area => "请填写面积，如 90 或 90.50。".to_owned(),
            Kind::Integer => "请填写整数。".to_owned(),
            Kind::Number => "请填写数字。".to_owned(),
            Kind::YesNo | Kind::Consent => "请选择是或否。".to_owned(),
            Kind::Group => "应当逐行填写。".to_owned(),
            _ => "填写的内容类型不对，请核对。".to_owned(),
        },
        _ => "填写的内容不符合要求，请核对。".to_owned(),
    }
}
