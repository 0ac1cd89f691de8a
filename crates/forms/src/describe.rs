//! A field as its keeper describes it: what is wrong with the description, and the schema that it makes.

use kernel::Fault;
use serde_json::{Map, Value, json};

use crate::{
    amount,
    design::{Described, KINDS, bounds, is_amount},
    field::ROWS_MAX,
};

/// What is wrong with a description, at its fields.
pub(crate) fn wrong(it: &Described, in_group: bool) -> Vec<Fault> {
    let mut out = Vec::new();
    let mut say = |field: &str, message: &str| out.push(Fault::new(field, message));
    if it.title.trim().is_empty() || it.title.chars().count() > 100 {
        say("title", "请写上这一项叫什么，不超过 100 个字。");
    }
    match KINDS.iter().find(|kind| kind.0 == it.kind) {
        None => say("kind", "请选择填什么。"),
        Some((_, _, false)) if in_group => say("kind", "每行中不能有勾选同意、签名和多行填写的内容。"),
        Some(_) => {}
    }
    if it.kind == "choice" && it.options.is_empty() {
        say("options", "单选的请写上选项，每行一个。");
    }
    for (name, text) in [("least", &it.least), ("most", &it.most)] {
        let read = if is_amount(&it.kind) { amount::read(text) } else { text.parse().ok() };
        let counts = matches!(it.kind.as_str(), "text" | "long" | "group");
        if !text.is_empty() && bounds(&it.kind).is_some() && read.is_none_or(|it: i64| counts && it < 0) {
            say(name, "请填写数字，如 10；没有要求的不填。");
        }
    }
    let most = it.most.parse::<usize>().ok();
    if it.kind == "group" && most.is_none_or(|it| !(1..=ROWS_MAX).contains(&it)) {
        say("most", "请写最多几行，1 至 50。");
    }
    if !it.prefill.is_empty() && in_group {
        say("prefill", "每行中的内容不能自动填写。");
    }
    out
}

/// The schema of a description, over what was there.
pub(crate) fn property(it: &Described, mut out: Map<String, Value>) -> Value {
    let plain = match it.kind.as_str() {
        "integer" | "money-fen" | "area-hundredths" => "integer",
        "number" => "number",
        "yes_no" | "consent" => "boolean",
        "group" => "array",
        _ => "string",
    };
    out.insert("type".to_owned(), json!(plain));
    out.insert("title".to_owned(), json!(it.title.trim()));
    out.insert("description".to_owned(), json!(it.hint));
    match it.kind.as_str() {
        "choice" => drop(out.insert("enum".to_owned(), json!(it.options))),
        "consent" => drop(out.insert("const".to_owned(), json!(true))),
        "place" => {
            let depth = it.depth.parse::<u8>().unwrap_or(3).clamp(1, 5);
            out.insert("depth".to_owned(), json!(depth));
        }
        "group" => {
            let items = || json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false});
            out.entry("items").or_insert_with(items);
        }
        _ => {}
    }
    if !matches!(it.kind.as_str(), "text" | "long" | "choice" | "yes_no" | "consent" | "integer" | "number" | "group") {
        out.insert("format".to_owned(), json!(it.kind));
    }
    if let Some((least, most)) = bounds(&it.kind) {
        for (key, text) in [(least, &it.least), (most, &it.most)] {
            let number = if is_amount(&it.kind) { amount::read(text) } else { text.parse().ok() };
            match number {
                Some(number) => drop(out.insert(key.to_owned(), json!(number))),
                None => drop(out.remove(key)),
            }
        }
    }
    // Which of the two kinds of text it is, its length tells.
    if it.kind == "long" && out.get("maxLength").and_then(Value::as_u64).is_none_or(|it| it <= 100) {
        out.insert("maxLength".to_owned(), json!(500));
    }
    if it.kind == "text" && out.get("maxLength").and_then(Value::as_u64).is_none_or(|it| it > 100) {
        out.insert("maxLength".to_owned(), json!(100));
    }
    Value::Object(out)
}
