//! The numbers that bound an item document, and the check of them.

use kernel::Fault;

use super::ItemDocument;

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
/// A short line (an alias, a heading, an office, a telephone) at most, in characters.
pub const LINE_MAX: usize = 200;
/// Any longer text at most, in characters.
pub const TEXT_MAX: usize = 4_000;

/// What exceeds a limit, at its field.
pub(crate) fn over_limits(doc: &ItemDocument) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut text = |field: &str, value: &str, max: usize| {
        let length = value.chars().count();
        if length > max {
            faults.push(Fault::new(field, format!("内容过长：最多 {max} 个字，现有 {length} 个字，请精简。")));
        }
    };
    text("name", &doc.name, ITEM_NAME_MAX);
    text("summary", &doc.summary, TEXT_MAX);
    text("not_for", &doc.not_for, TEXT_MAX);
    text("consult_phone", &doc.consult_phone, LINE_MAX);
    text("complaint_phone", &doc.complaint_phone, LINE_MAX);
    for it in &doc.aliases {
        text("aliases", it, LINE_MAX);
    }
    for it in doc.conditions.iter().chain(&doc.rights).chain(&doc.review_points) {
        text("conditions", it, TEXT_MAX);
    }
    for (i, it) in doc.materials.iter().enumerate() {
        text(&format!("materials/{i}/name"), &it.name, MATERIAL_NAME_MAX);
        for long in [&it.source_explain, &it.fill_explain, &it.accept_standard, &it.legal_basis] {
            text(&format!("materials/{i}"), long, TEXT_MAX);
        }
    }
    for (i, it) in doc.questions.iter().enumerate() {
        text(&format!("questions/{i}"), &it.q, TEXT_MAX);
        text(&format!("questions/{i}"), &it.a, TEXT_MAX);
    }
    let lists = [
        ("aliases", doc.aliases.len(), ALIASES_MAX),
        ("conditions", doc.conditions.len(), LIST_MAX),
        ("materials", doc.materials.len(), LIST_MAX),
        ("steps", doc.steps.len(), LIST_MAX),
        ("questions", doc.questions.len(), LIST_MAX),
        ("windows", doc.windows.len(), LIST_MAX),
        ("rights", doc.rights.len(), LIST_MAX),
        ("review_points", doc.review_points.len(), LIST_MAX),
    ];
    let too_many = lists.into_iter().filter(|it| it.1 > it.2);
    faults.extend(too_many.map(|(field, n, max)| Fault::new(field, format!("条目过多：最多 {max} 条，现有 {n} 条。"))));
    if doc.name.trim().is_empty() {
        faults.push(Fault::new("name", "请填写事项名称。"));
    }
    faults
}
