//! The application form as a list of questions that a person can edit, and back to JSON Schema with its groups.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{at, object, rows, text};
use crate::model::{Field, Kind};

/// What to write, for the desk.
pub(super) const HINT: &str =
    "群众在网上填的每一项。「自动填写」的由平台带出；标识给办事系统用，不填由平台编号，定了以后不改。";

/// An amount of money: a whole number of fen, shown and typed in yuan.
const MONEY: &str = "money-fen";
/// The group of a first question that names none.
const FIRST_HEADING: &str = "申请内容";

fn kinds() -> Vec<(&'static str, &'static str)> {
    vec![
        ("text", "文字"),
        ("integer", "整数"),
        ("number", "数字"),
        (MONEY, "金额"),
        ("boolean", "是或者否"),
        ("choice", "单选"),
        ("date", "日期"),
        ("mobile", "手机号码"),
        ("citizen-number", "公民身份号码"),
        ("credit-code", "统一社会信用代码"),
        ("division", "行政区划"),
    ]
}

fn prefills() -> Vec<(&'static str, &'static str)> {
    vec![
        ("person.name", "本人姓名"),
        ("person.citizen_number", "本人身份号码"),
        ("person.mobile", "本人手机"),
        ("person.address", "本人住址"),
        ("enterprise.name", "企业名称"),
        ("enterprise.credit_code", "企业信用代码"),
        ("enterprise.address", "企业住所"),
    ]
}

/// One question of the form.
pub(super) const COLUMNS: &[Field] = &[
    Field { key: "title", name: "问题", hint: "", kind: Kind::Line, required: true },
    Field { key: "key", name: "标识", hint: "英文字母和数字", kind: Kind::Line, required: false },
    Field { key: "type", name: "填什么", hint: "", kind: Kind::Choice(kinds), required: true },
    Field {
        key: "heading",
        name: "所在分组",
        hint: "相同分组的排在一起，不填与上一项同组",
        kind: Kind::Line,
        required: false,
    },
    Field { key: "must", name: "必填", hint: "", kind: Kind::Flag, required: false },
    Field { key: "description", name: "填写说明", hint: "", kind: Kind::Line, required: false },
    Field { key: "options", name: "选项", hint: "单选的写，每行一个", kind: Kind::Lines, required: false },
    Field { key: "prefill", name: "自动填写", hint: "", kind: Kind::Choice(prefills), required: false },
];

/// The questions of a form, in the order of its groups; those in no group come last.
pub(super) fn rows_of(form: &Value) -> Vec<Value> {
    let schema = at(form, "schema");
    let Some(properties) = at(schema, "properties").as_object() else { return Vec::new() };
    let must: BTreeSet<String> = rows(at(schema, "required")).iter().map(text).collect();
    let mut out = Vec::with_capacity(properties.len());
    let mut seen = BTreeSet::new();
    let mut push = |heading: &str, key: &str| {
        if let Some(property) = properties.get(key).filter(|_| seen.insert(key.to_owned())) {
            out.push(object(vec![
                ("key", json!(key)),
                ("title", at(property, "title").clone()),
                ("type", json!(kind_of(property))),
                ("heading", json!(heading)),
                ("must", json!(must.contains(key))),
                ("description", at(property, "description").clone()),
                ("options", at(property, "enum").clone()),
                ("prefill", at(at(form, "prefill"), key).clone()),
            ]));
        }
    };
    for section in rows(at(form, "layout")) {
        let heading = text(at(section, "heading"));
        rows(at(section, "fields")).iter().for_each(|key| push(&heading, &text(key)));
    }
    properties.keys().for_each(|key| push("其他", key));
    out
}

fn kind_of(property: &Value) -> String {
    let format = text(at(property, "format"));
    match text(at(property, "type")).as_str() {
        "string" if property.get("enum").is_some() => "choice".to_owned(),
        "string" if kinds().iter().any(|it| it.0 == format) => format,
        "string" => "text".to_owned(),
        "integer" if format == MONEY => format,
        other => other.to_owned(),
    }
}

/// The form of these questions; what the old form said besides (lengths, bounds, rules) stays with its question.
pub(super) fn form_of(questions: &[Value], old: &Value) -> Value {
    if questions.is_empty() {
        return Value::Null;
    }
    let (mut properties, mut must, mut prefill) = (Map::new(), Vec::new(), Map::new());
    let mut layout: Vec<(String, Vec<Value>)> = Vec::new();
    for it in questions {
        let key = text(at(it, "key"));
        let was = at(at(at(old, "schema"), "properties"), &key);
        properties.insert(key.clone(), property(it, was));
        if at(it, "must").as_bool().unwrap_or_default() {
            must.push(json!(key));
        }
        if !text(at(it, "prefill")).is_empty() {
            prefill.insert(key.clone(), at(it, "prefill").clone());
        }
        let heading = match text(at(it, "heading")) {
            own if !own.is_empty() => own,
            _ => layout.last().map_or_else(|| FIRST_HEADING.to_owned(), |it| it.0.clone()),
        };
        match layout.iter_mut().find(|it| it.0 == heading) {
            Some(group) => group.1.push(json!(key)),
            None => layout.push((heading, vec![json!(key)])),
        }
    }
    let mut schema = at(old, "schema").as_object().cloned().unwrap_or_default();
    schema.entry("$schema").or_insert_with(|| json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.insert("required".to_owned(), Value::Array(must));
    let hint = |heading: &str| {
        let old = rows(at(old, "layout")).iter().find(|it| text(at(it, "heading")) == heading);
        old.map(|it| text(at(it, "hint"))).unwrap_or_default()
    };
    let layout: Vec<_> = layout
        .into_iter()
        .map(|(heading, fields)| json!({ "hint": hint(&heading), "heading": heading, "fields": fields }))
        .collect();
    json!({ "schema": schema, "layout": layout, "prefill": prefill })
}

fn property(question: &Value, was: &Value) -> Value {
    let kind = text(at(question, "type"));
    let mut out = if kind_of(was) == kind { was.as_object().cloned().unwrap_or_default() } else { Map::new() };
    let plain = match kind.as_str() {
        "integer" | "number" | "boolean" => kind.as_str(),
        MONEY => "integer",
        _ => "string",
    };
    out.insert("type".to_owned(), json!(plain));
    out.insert("title".to_owned(), at(question, "title").clone());
    out.insert("description".to_owned(), json!(text(at(question, "description"))));
    if kind == "choice" {
        out.insert("enum".to_owned(), at(question, "options").clone());
    }
    if kind == MONEY || plain == "string" && !matches!(kind.as_str(), "text" | "choice") {
        out.insert("format".to_owned(), json!(kind));
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_names_no_group_goes_to_the_one_before_and_money_stays_money() {
        let asked = |(key, kind, heading): (&str, &str, &str)| json!({ "title": "问题", "key": key, "type": kind, "heading": heading });
        let questions = [("a", "text", ""), ("b", "text", ""), ("c", MONEY, "提取"), ("d", "text", "")].map(asked);
        let form = form_of(&questions, &Value::Null);
        let said = |it: &Value| (text(&it["key"]), text(&it["heading"]), text(&it["type"]));
        let rows: Vec<_> = rows_of(&form).iter().map(said).collect();
        let wanted =
            [("a", FIRST_HEADING, "text"), ("b", FIRST_HEADING, "text"), ("c", "提取", MONEY), ("d", "提取", "text")];
        let wanted = wanted.map(|it| (it.0.to_owned(), it.1.to_owned(), it.2.to_owned()));
        assert_eq!(rows, wanted);
        assert_eq!(form["schema"]["properties"]["c"]["type"], "integer");
    }
}
