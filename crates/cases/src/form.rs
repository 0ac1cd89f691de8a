//! The application form: fields as the page shows them, values as typed or sent, and what is wrong with them in Chinese.

use std::collections::BTreeMap;

use catalogue::model::ApplicationForm;
use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use kernel::{Error, Fault, Result};
use serde_json::{Map, Number, Value};
use standards::{CitizenNumber, CreditCode, DivisionCode};
use time::{Date, format_description::StaticFormatDescription, macros::format_description};
use webkit::FormData;

const DAY: StaticFormatDescription = format_description!("[year]-[month]-[day]");
/// The answers of one form at most, in bytes of JSON.
pub(crate) const ANSWERS_MAX: usize = 64 * 1024;
/// Faults told at once at most.
const FAULTS_MAX: usize = 50;
/// Texts that may be longer than this get several lines.
const LINE_MAX: u64 = 100;

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line.
    Text,
    /// Several lines.
    Long,
    /// A whole number.
    Integer,
    /// Yuan with two digits; kept in fen.
    Money,
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
}

/// One field of the form.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) hint: String,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    /// Words for the keyboard and the width: `tel`, `number`, or empty.
    pub(crate) format: String,
    pub(crate) options: Vec<(String, String)>,
    pub(crate) max: u32,
    /// Where a prefilled value comes from, or empty.
    pub(crate) known: String,
}

/// One group of fields.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(crate) heading: String,
    pub(crate) hint: String,
    pub(crate) fields: Vec<Field>,
}

/// The form's groups in order. Fields that no group names come last, under a heading of their own.
pub(crate) fn sections(form: &ApplicationForm) -> Vec<Section> {
    let mut out: Vec<Section> = Vec::new();
    let mut placed: Vec<&str> = Vec::new();
    for section in &form.layout {
        let fields = section.fields.iter().filter_map(|name| field(form, name)).collect();
        placed.extend(section.fields.iter().map(String::as_str));
        out.push(Section { heading: section.heading.clone(), hint: section.hint.clone(), fields });
    }
    let all = form.schema["properties"].as_object().into_iter().flat_map(Map::keys);
    let rest: Vec<_> =
        all.filter(|name| !placed.contains(&name.as_str())).filter_map(|name| field(form, name)).collect();
    if !rest.is_empty() {
        out.push(Section { heading: "其他信息".to_owned(), hint: String::new(), fields: rest });
    }
    out
}

/// One field by its name.
pub(crate) fn field(form: &ApplicationForm, name: &str) -> Option<Field> {
    let schema = form.schema["properties"].get(name)?;
    let format = schema["format"].as_str().unwrap_or_default();
    let options: Vec<_> = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let max = schema["maxLength"].as_u64().unwrap_or(0);
    let kind = match schema["type"].as_str() {
        Some("boolean") if schema["const"] == Value::Bool(true) => Kind::Consent,
        Some("boolean") => Kind::YesNo,
        Some("integer") if format == "money-fen" => Kind::Money,
        Some("integer" | "number") => Kind::Integer,
        _ if options.len() > 6 => Kind::Select,
        _ if !options.is_empty() => Kind::Choice,
        _ if format == "date" => Kind::Day,
        _ if format == "division" => Kind::Division,
        _ if max > LINE_MAX => Kind::Long,
        _ => Kind::Text,
    };
    let required = schema_required(&form.schema).any(|it| it == name);
    let mut hint = schema["description"].as_str().unwrap_or_default().to_owned();
    if kind == Kind::Money {
        hint = if hint.is_empty() { "单位：元".to_owned() } else { format!("{hint}（单位：元）") };
    }
    Some(Field {
        name: name.to_owned(),
        title: form.title(name).to_owned(),
        hint,
        kind,
        required,
        format: format.to_owned(),
        options: options.into_iter().map(|it| (it.to_owned(), it.to_owned())).collect(),
        max: u32::try_from(max).unwrap_or(0),
        known: form.prefill.get(name).cloned().unwrap_or_default(),
    })
}

fn schema_required(schema: &Value) -> impl Iterator<Item = &str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// What stands in the control for this value.
pub(crate) fn shown(field: &Field, value: &Value) -> String {
    match (field.kind, value) {
        (Kind::Money, Value::Number(fen)) => fen.as_i64().map(yuan).unwrap_or_default(),
        (Kind::YesNo | Kind::Consent, Value::Bool(true)) => "yes".to_owned(),
        (Kind::YesNo, Value::Bool(false)) => "no".to_owned(),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Full names of divisions by their codes.
pub(crate) type Places = BTreeMap<String, String>;

/// What people read for this value; a division by its name, if it is among these.
pub(crate) fn told(field: &Field, value: &Value, places: &Places) -> String {
    match (field.kind, value) {
        (Kind::Division, Value::String(code)) => places.get(code).unwrap_or(code).clone(),
        (Kind::YesNo, Value::Bool(true)) => "是".to_owned(),
        (Kind::YesNo, Value::Bool(false)) => "否".to_owned(),
        (Kind::Consent, Value::Bool(true)) => "同意".to_owned(),
        (Kind::Money, Value::Number(_)) => format!("{} 元", shown(field, value)),
        _ => shown(field, value),
    }
}

/// Fen as yuan: `1234.50`, without a fraction if there is none.
fn yuan(fen: i64) -> String {
    let (whole, rest) = (fen / 100, (fen % 100).abs());
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:02}") }
}

/// Yuan as fen; `None` if it is no amount with at most two digits of fraction.
fn fen(text: &str) -> Option<i64> {
    let plain = text.replace([',', '，', ' '], "");
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    if rest.len() > 2 || !rest.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let rest: i64 = format!("{rest:0<2}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(rest)
}

/// Reads these fields from a page's form into the answers. What cannot be read as its type is kept as typed, so that nothing typed is
/// lost; the check then says what is wrong. An empty field is no answer.
pub(crate) fn take(fields: &[Field], data: &FormData, answers: &mut Map<String, Value>) {
    for field in fields {
        let text = data.text(&field.name);
        let value = match field.kind {
            Kind::Consent => data.has(&field.name).then_some(Value::Bool(true)),
            Kind::YesNo => match text {
                "yes" => Some(Value::Bool(true)),
                "no" => Some(Value::Bool(false)),
                _ => None,
            },
            _ if text.is_empty() => None,
            Kind::Money => Some(fen(text).map_or_else(|| Value::from(text), Value::from)),
            Kind::Integer => {
                let number = text.parse::<i64>().map(Number::from).ok();
                Some(number.map_or_else(|| Value::from(text), Value::Number))
            }
            _ => Some(Value::from(text)),
        };
        match value {
            Some(value) => answers.insert(field.name.clone(), value),
            None => answers.remove(&field.name),
        };
    }
}

/// A form compiled for checking.
pub(crate) struct Checker {
    validator: Validator,
    schema: Value,
    /// The fields in the order of the page.
    order: Vec<String>,
}

impl Checker {
    /// Compiles a form's schema (JSON Schema 2020-12) with the formats of this platform.
    ///
    /// # Errors
    /// [`Error::Internal`] if it is none.
    pub(crate) fn compile(form: &ApplicationForm) -> Result<Self> {
        let schema = &form.schema;
        let validator = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .with_format("citizen-number", |it: &str| CitizenNumber::parse(it).is_ok())
            .with_format("credit-code", |it: &str| CreditCode::parse(it).is_ok())
            .with_format("mobile", |it: &str| identity::model::person::mobile(it).is_some())
            .with_format("division", |it: &str| DivisionCode::parse(it).is_ok())
            .with_format("date", |it: &str| Date::parse(it, DAY).is_ok())
            .with_format("money-fen", |_: &str| true)
            .build(schema)
            .map_err(|error| Error::internal(format!("a form's schema: {error}")))?;
        let order = sections(form).into_iter().flat_map(|it| it.fields).map(|it| it.name).collect();
        Ok(Self { validator, schema: schema.clone(), order })
    }

    /// Everything that is wrong with these answers, in the order of the form; at most fifty, one a field.
    pub(crate) fn faults(&self, answers: &Value) -> Vec<Fault> {
        if !answers.is_object() {
            return vec![Fault::new("values", "申请表的内容应当是一个 JSON 对象。")];
        }
        let mut faults: Vec<(bool, Fault)> = Vec::new();
        for error in self.validator.iter_errors(answers) {
            // What a code's own rules say tells more than that it is too long.
            let telling = matches!(error.kind(), ValidationErrorKind::Format { .. });
            for fault in self.told(&error) {
                match faults.iter_mut().find(|it| it.1.field == fault.field) {
                    Some(known) if telling && !known.0 => *known = (telling, fault),
                    Some(_) => {}
                    None => faults.push((telling, fault)),
                }
            }
        }
        let mut faults: Vec<Fault> = faults.into_iter().map(|it| it.1).collect();
        faults.sort_by_key(|fault| self.order.iter().position(|it| *it == fault.field).unwrap_or(usize::MAX));
        faults.truncate(FAULTS_MAX);
        faults
    }

    /// Answers as they are kept: codes in their canonical spelling. Call it on answers without faults.
    pub(crate) fn canonical(&self, answers: &mut Value) {
        let formats = self.schema["properties"].as_object().into_iter().flatten();
        for (name, schema) in formats {
            let Some(Value::String(text)) = answers.get_mut(name) else { continue };
            let better = match schema["format"].as_str() {
                Some("citizen-number") => CitizenNumber::parse(text).map(|it| it.as_str().to_owned()).ok(),
                Some("credit-code") => CreditCode::parse(text).map(|it| it.as_str().to_owned()).ok(),
                Some("mobile") => identity::model::person::mobile(text),
                _ => None,
            };
            if let Some(better) = better {
                *text = better;
            }
        }
    }

    fn told(&self, error: &ValidationError<'_>) -> Vec<Fault> {
        let path = error.instance_path().as_str().trim_start_matches('/').to_owned();
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let field = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
                vec![Fault::new(field, self.missing(name))]
            }
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let told = |it: &String| Fault::new(it.clone(), format!("申请表没有「{it}」这一项，请删去。"));
                unexpected.iter().map(told).collect()
            }
            kind => {
                let name = path.split('/').next().unwrap_or_default();
                let words = words(kind, error.instance(), &self.schema["properties"][name]);
                vec![Fault::new(path.clone(), format!("{}：{words}", self.title(name)))]
            }
        }
    }

    fn title<'a>(&'a self, name: &'a str) -> &'a str {
        self.schema["properties"][name]["title"].as_str().unwrap_or(name)
    }

    fn missing(&self, name: &str) -> String {
        let (title, schema) = (self.title(name), &self.schema["properties"][name]);
        match schema["type"].as_str() {
            _ if schema["const"] == Value::Bool(true) => format!("请勾选「{title}」，否则不能继续办理。"),
            Some("boolean") => format!("请选择「{title}」。"),
            _ if schema["enum"].is_array() || schema["format"] == "division" => format!("请选择「{title}」。"),
            _ => format!("请填写「{title}」。"),
        }
    }
}

/// One kind of error as a sentence that says what to do.
fn words(kind: &ValidationErrorKind, value: &Value, schema: &Value) -> String {
    let money = schema["format"] == "money-fen";
    let amount = |limit: &Value| match limit.as_i64() {
        Some(fen) if money => format!("{} 元", yuan(fen)),
        _ => limit.to_string(),
    };
    let text = value.as_str().unwrap_or_default();
    match kind {
        ValidationErrorKind::Format { format } => match format.as_str() {
            "citizen-number" => {
                reason(CitizenNumber::parse(text).err().map(|it| it.message().to_owned()), "请照身份证填写。")
            }
            "credit-code" => {
                reason(CreditCode::parse(text).err().map(|it| it.message().to_owned()), "请照营业执照填写。")
            }
            "division" => reason(DivisionCode::parse(text).err().map(|it| it.message().to_owned()), "请从列表中选择。"),
            "mobile" => "手机号应为 11 位数字，以 1 开头，请核对。".to_owned(),
            "date" => "日期应写成 2026-03-02 这样，请重新选择。".to_owned(),
            _ => "格式不正确，请核对。".to_owned(),
        },
        ValidationErrorKind::MinLength { limit } => format!("至少 {limit} 个字，请补全。"),
        ValidationErrorKind::MaxLength { limit } => {
            format!("最多 {limit} 个字，现有 {} 个，请缩短。", text.chars().count())
        }
        ValidationErrorKind::Minimum { limit } => format!("不能小于 {}。", amount(limit)),
        ValidationErrorKind::Maximum { limit } => format!("不能大于 {}。", amount(limit)),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("应当大于 {}。", amount(limit)),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("应当小于 {}。", amount(limit)),
        ValidationErrorKind::Enum { .. } => "请从给出的选项中选择。".to_owned(),
        ValidationErrorKind::Constant { .. } => "必须同意才能继续办理。".to_owned(),
        ValidationErrorKind::Pattern { .. } => "格式不正确，请照说明填写。".to_owned(),
        ValidationErrorKind::MinItems { limit } => format!("至少填写 {limit} 项。"),
        ValidationErrorKind::MaxItems { limit } => format!("最多填写 {limit} 项。"),
        ValidationErrorKind::UniqueItems => "有重复的内容，请删去。".to_owned(),
        ValidationErrorKind::Type { .. } => match schema["type"].as_str() {
            Some("integer") if money => "请填写金额，如 1200 或 1200.50。".to_owned(),
            Some("integer") => "请填写整数。".to_owned(),
            Some("number") => "请填写数字。".to_owned(),
            Some("boolean") => "请选择是或否。".to_owned(),
            _ => "填写的内容类型不对，请核对。".to_owned(),
        },
        _ => "填写的内容不符合要求，请核对。".to_owned(),
    }
}

fn reason(why: Option<String>, advice: &str) -> String {
    format!("{}。{advice}", why.unwrap_or_else(|| "不正确".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn compiled(schema: Value) -> Checker {
        let form = json!({"schema": schema, "layout": [{"heading": "", "hint": "", "fields": ["name"]}]});
        Checker::compile(&serde_json::from_value(form).unwrap()).unwrap()
    }

    #[test]
    fn amounts_are_read_in_yuan_and_kept_in_fen() {
        let table = [
            ("1200", Some(120_000)),
            ("1,200.5", Some(120_050)),
            ("0.01", Some(1)),
            ("1.234", None),
            ("两百", None),
            ("1.-5", None),
        ];
        for (typed, kept) in table {
            assert_eq!(fen(typed), kept, "{typed}");
        }
        assert_eq!((yuan(120_000), yuan(120_050), yuan(1)), ("1200".into(), "1200.50".into(), "0.01".into()));
    }

    #[test]
    fn every_wrong_answer_is_told_in_chinese_at_its_field() {
        let schema = json!({"type": "object", "additionalProperties": false, "required": ["name", "ok", "agree"], "properties": {
            "name": {"type": "string", "title": "姓名", "minLength": 2, "maxLength": 4},
            "number": {"type": "string", "title": "号码", "format": "citizen-number"},
            "mobile": {"type": "string", "title": "手机", "format": "mobile"},
            "day": {"type": "string", "title": "日期", "format": "date"},
            "sum": {"type": "integer", "title": "金额", "format": "money-fen", "minimum": 100},
            "count": {"type": "integer", "title": "人数", "maximum": 30},
            "pick": {"type": "string", "title": "种类", "enum": ["甲", "乙"]},
            "ok": {"type": "boolean", "title": "是否"},
            "agree": {"type": "boolean", "title": "同意", "const": true},
        }});
        let checker = compiled(schema);
        let table = [
            (json!({}), "name", "请填写「姓名」。"),
            (json!({}), "ok", "请选择「是否」。"),
            (json!({}), "agree", "请勾选「同意」，否则不能继续办理。"),
            (json!({"name": "张"}), "name", "姓名：至少 2 个字，请补全。"),
            (json!({"name": "张三李四王"}), "name", "姓名：最多 4 个字，现有 5 个，请缩短。"),
            (json!({"mobile": "23"}), "mobile", "手机：手机号应为 11 位数字，以 1 开头，请核对。"),
            (json!({"day": "2026-02-30"}), "day", "日期：日期应写成 2026-03-02 这样，请重新选择。"),
            (json!({"sum": 99}), "sum", "金额：不能小于 1 元。"),
            (json!({"sum": "很多"}), "sum", "金额：请填写金额，如 1200 或 1200.50。"),
            (json!({"count": 31}), "count", "人数：不能大于 30。"),
            (json!({"pick": "丙"}), "pick", "种类：请从给出的选项中选择。"),
            (json!({"agree": false}), "agree", "同意：必须同意才能继续办理。"),
            (json!({"extra": 1}), "extra", "申请表没有「extra」这一项，请删去。"),
            (json!([1]), "values", "申请表的内容应当是一个 JSON 对象。"),
        ];
        for (answers, field, message) in table {
            let faults = checker.faults(&answers);
            assert!(faults.contains(&Fault::new(field, message)), "{answers}: {faults:?}");
        }
        let faults = checker.faults(&json!({"number": "341602199606180031"}));
        let number = faults.iter().find(|it| it.field == "number").unwrap();
        assert!(number.message.starts_with("号码：") && number.message.ends_with("请照身份证填写。"), "{number:?}");
    }

    #[test]
    fn good_answers_have_no_fault_and_are_kept_in_one_spelling() {
        let schema =
            json!({"type": "object", "properties": {"number": {"type": "string", "format": "citizen-number"}}});
        let checker = compiled(schema);
        let mut answers = json!({"number": "34160219930808012x"});
        assert_eq!(checker.faults(&answers), []);
        checker.canonical(&mut answers);
        assert_eq!(answers, json!({"number": "34160219930808012X"}));
    }
}
