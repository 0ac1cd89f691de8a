//! The numbers that bound an item document, and the check of them.

use kernel::Fault;
use serde_json::Value;

use super::{FILES_MAX, ItemDocument};

/// A document's JSON at most, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// 事项名称 at most, in characters (exchange tables: `task_name`).
pub const ITEM_NAME_MAX: usize = 1_000;
/// 材料名称 at most, in characters (exchange tables: `material_name`).
pub const MATERIAL_NAME_MAX: usize = 200;
/// 地方实施编码 at most, in characters.
pub const LOCAL_CODE_MAX: usize = 100;
/// Entries of any list of a document at most.
pub const LIST_MAX: usize = 100;
/// Aliases at most.
pub const ALIASES_MAX: usize = 50;
/// 补正期限 at most, in its own unit.
const CORRECTION_MAX: u32 = 365;
/// A short line (an alias, a heading, an office, a telephone) at most, in characters.
pub const LINE_MAX: usize = 200;
/// Any longer text at most, in characters.
pub const TEXT_MAX: usize = 4_000;

/// What exceeds a limit, at its field (`materials/0/name`). Every text and list of the document is bounded, whichever field it
/// stands in; the form's schema and its filled example are bounded by [`DOCUMENT_BYTES_MAX`] alone.
pub(crate) fn over_limits(doc: &ItemDocument) -> Vec<Fault> {
    let mut faults = Vec::new();
    match serde_json::to_value(doc) {
        Ok(Value::Object(fields)) => {
            for (field, value) in fields.iter().filter(|it| !matches!(it.0.as_str(), "form" | "sample")) {
                walk(field, value, &mut faults);
            }
        }
        _ => faults.push(Fault::new("document", "事项内容不能保存，请检查特殊字符。")),
    }
    if doc.files().len() > FILES_MAX {
        faults.push(Fault::new(
            "materials",
            format!("一个事项最多挂 {FILES_MAX} 个文件，现有 {} 个。", doc.files().len()),
        ));
    }
    if doc.correction_limit.is_some_and(|it| it.is_at_once() || !(1..=CORRECTION_MAX).contains(&it.n)) {
        let message = format!("补正期限应当是 1 到 {CORRECTION_MAX} 天；不限期的请留空。");
        faults.push(Fault::new("correction_limit", message));
    }
    if doc.name.trim().is_empty() {
        faults.push(Fault::new("name", "请填写事项名称。"));
    }
    faults
}

fn walk(field: &str, value: &Value, faults: &mut Vec<Fault>) {
    match value {
        Value::String(text) => {
            let (length, max) = (text.chars().count(), text_max(field));
            if length > max {
                faults.push(Fault::new(field, format!("内容过长：最多 {max} 个字，现有 {length} 个字，请精简。")));
            }
        }
        Value::Array(entries) => {
            let (n, max) = (entries.len(), if field == "aliases" { ALIASES_MAX } else { LIST_MAX });
            if n > max {
                faults.push(Fault::new(field, format!("条目过多：最多 {max} 条，现有 {n} 条。")));
            }
            entries.iter().take(max).enumerate().for_each(|(i, it)| walk(&format!("{field}/{i}"), it, faults));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, it)| walk(&format!("{field}/{name}"), it, faults)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Characters that a text may have at this field.
fn text_max(field: &str) -> usize {
    let last = field.rsplit('/').next().unwrap_or(field);
    match (field.split('/').next().unwrap_or(field), last) {
        ("name" | "main_item", _) => ITEM_NAME_MAX,
        ("materials", "name") => MATERIAL_NAME_MAX,
        ("local_code", _) => LOCAL_CODE_MAX,
        ("aliases" | "consult_phone" | "complaint_phone" | "topics" | "hall_name", _) => LINE_MAX,
        (_, "phone" | "stage" | "grade" | "heading" | "key" | "law" | "page_format" | "issuer" | "media") => LINE_MAX,
        _ => TEXT_MAX,
    }
}
