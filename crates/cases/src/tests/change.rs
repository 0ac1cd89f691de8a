//! What changed between two versions of an item, and what of a draft goes along: the bad cases first.

use catalogue::{
    ItemDocument,
    model::{Fee, FeeLine, TimeLimit, TimeUnit},
};
use forms::Places;
use serde_json::{Value, json};

use super::world::LICENCE;
use crate::change::{carry, changes, files_left};

fn licence() -> ItemDocument {
    serde_json::from_str(LICENCE).expect("a document")
}

type Edit = fn(&mut ItemDocument);

/// The properties of the form's schema.
fn properties(document: &mut ItemDocument) -> &mut Value {
    &mut document.form.as_mut().expect("a form").schema["properties"]
}

fn require(document: &mut ItemDocument, name: &str) {
    let schema = &mut document.form.as_mut().expect("a form").schema;
    schema["required"].as_array_mut().expect("a list").push(json!(name));
}

fn remove(document: &mut ItemDocument, name: &str) {
    properties(document).as_object_mut().expect("fields").remove(name);
    let form = document.form.as_mut().expect("a form");
    form.schema["required"].as_array_mut().expect("a list").retain(|it| it != name);
}

fn old() -> ItemDocument {
    let mut document = licence();
    let fields = json!({
        "size": {"type": "string", "title": "规模", "enum": ["大", "中", "小"]},
        "money": {"type": "integer", "title": "投资额", "format": "money-fen"},
        "day": {"type": "string", "title": "开业日期", "format": "date"},
        "note": {"type": "string", "title": "备注", "maxLength": 50},
        "promise": {"type": "boolean", "const": true, "title": "承诺", "description": "我承诺守法经营"},
    });
    let all = properties(&mut document).as_object_mut().expect("fields");
    all.extend(fields.as_object().expect("fields").clone());
    document
}

fn answers() -> Value {
    json!({"size": "大", "money": 1_250, "day": "2026-03-02", "note": "靠近学校", "promise": true, "mobile": "typed wrong"})
}

#[test]
fn an_answer_that_no_longer_fits_is_left_and_named_with_what_was_written() {
    let table: [(&str, Edit, &str, &str, &str); 8] = [
        ("size", |it| properties(it)["size"]["enum"] = json!(["中", "小"]), "规模", "大", "不在新的选项中"),
        ("size", |it| remove(it, "size"), "规模", "大", "新的申请表没有这一项"),
        (
            "size",
            |it| properties(it)["size"] = json!({"type": "boolean", "title": "规模"}),
            "规模",
            "大",
            "填写方式有变化",
        ),
        ("money", |it| properties(it)["money"]["format"] = json!("count"), "投资额", "12.50 元", "填写方式有变化"),
        ("note", |it| properties(it)["note"]["format"] = json!("date"), "备注", "靠近学校", "应当填写日期"),
        ("note", |it| properties(it)["note"]["format"] = json!("division"), "备注", "靠近学校", "应当选择行政区划"),
        (
            "note",
            |it| properties(it)["note"] = json!({"type": "integer", "title": "备注"}),
            "备注",
            "靠近学校",
            "填写方式有变化",
        ),
        (
            "promise",
            |it| properties(it)["promise"]["description"] = json!("我承诺守法经营，愿意承担责任"),
            "承诺",
            "同意",
            "声明的内容有变化，请重新确认",
        ),
    ];
    for (field, edit, name, content, why) in table {
        let mut new = old();
        edit(&mut new);
        let (kept, left) = carry(&old(), &new, &answers(), &Places::default());
        assert!(!kept.contains_key(field), "{field}: {why}");
        let told: Vec<_> = left.iter().map(|it| (it.name.as_str(), it.content.as_str(), it.why)).collect();
        assert_eq!(told, [(name, content, why)], "{field}");
        assert_eq!(kept.len(), answers().as_object().map_or(0, |it| it.len()) - 1, "all the others go along");
    }
}

#[test]
fn an_answer_of_no_field_is_named_too_and_nothing_that_was_typed_is_lost_in_silence() {
    let values = json!({"unheard": "话", "list": [1], "mobile": "138"});
    let (kept, left) = carry(&old(), &old(), &values, &Places::default());
    assert_eq!(
        kept.into_iter().collect::<Vec<_>>(),
        [("mobile".to_owned(), json!("138"))],
        "wrong answers stay to be mended"
    );
    let names: Vec<_> = left.iter().map(|it| (it.name.as_str(), it.content.as_str())).collect();
    assert_eq!(names, [("list", "[1]"), ("unheard", "话")]);
    let (kept, left) = carry(&old(), &old(), &json!("no object"), &Places::default());
    assert!(kept.is_empty() && left.is_empty());
    let mut without = old();
    without.form = None;
    let (kept, left) = carry(&old(), &without, &answers(), &Places::default());
    assert!(kept.is_empty());
    assert_eq!(left.len(), 6, "{left:?}");
}

#[test]
fn an_answer_whose_field_only_changed_its_words_or_grew_stays() {
    let edits: [Edit; 4] = [
        |it| properties(it)["size"]["title"] = json!("经营规模"),
        |it| properties(it)["size"]["enum"] = json!(["大", "中", "小", "微"]),
        |it| properties(it)["note"]["maxLength"] = json!(3),
        |it| require(it, "note"),
    ];
    for edit in edits {
        let mut new = old();
        edit(&mut new);
        let (kept, left) = carry(&old(), &new, &answers(), &Places::default());
        assert_eq!((Value::Object(kept), left), (answers(), Vec::new()));
    }
}

#[test]
fn a_file_stays_if_its_material_is_still_asked_for() {
    let mut new = old();
    new.materials.retain(|it| it.key != "layout");
    let file = |number: i64, material: &str| (number, material.to_owned(), format!("{material}.pdf"));
    let files = [file(1, "layout"), file(2, "rules"), file(3, "application"), file(7, "unheard")];
    assert!(new.requirement("rules").is_some(), "the licence asks for it");
    let (gone, left) = files_left(&old(), &new, &files);
    assert_eq!(gone.into_iter().collect::<Vec<_>>(), [1, 3, 7]);
    assert!(left[0].name.contains("布局图") && left[0].content == "layout.pdf", "{left:?}");
    assert_eq!(left[2].name, "unheard");
}

/// A change, what it is about, and how its sentence ends.
const CHANGES: &[(Edit, &str, &str)] = &[
    (
        |it| {
            properties(it)["workers"] = json!({"type": "integer", "title": "员工人数"});
            require(it, "workers");
        },
        "form",
        "新增「员工人数」（必填）。",
    ),
    (|it| remove(it, "size"), "form", "不再填写「规模」。"),
    (|it| require(it, "note"), "form", "「备注」由选填改为必填。"),
    (|it| properties(it)["note"]["title"] = json!("说明"), "form", "「备注」改为「说明」。"),
    (|it| properties(it)["note"]["maxLength"] = json!(30), "form", "「备注」的填写要求有变化。"),
    (
        |it| properties(it)["note"]["description"] = json!("不超过五十字"),
        "form",
        "「备注」的填写说明改为：不超过五十字。",
    ),
    (|it| properties(it)["size"]["enum"] = json!(["大", "微"]), "form", "「规模」的选项有变化：增加微；取消中、小。"),
    (|it| it.materials.retain(|it| it.key != "rules"), "materials", "不再需要「食品安全规章制度目录清单」。"),
    (
        |it| {
            let mut more = it.requirement("rules").expect("rules").clone();
            (more.key, more.name, more.max_days_owed) = ("more".to_owned(), "健康证明".to_owned(), None);
            it.materials.push(more);
        },
        "materials",
        "新增「健康证明」（必须提交）。",
    ),
    (|it| material(it, "layout").name = "平面图".to_owned(), "materials", "改为「平面图」。"),
    (|it| material(it, "layout").max_days_owed = Some(5), "materials", "由必须提交改为可以后补。"),
    (|it| material(it, "layout").accept_standard = "须有比例尺".to_owned(), "materials", "的要求改为：须有比例尺。"),
    (|it| material(it, "layout").duplicate_copies = 3, "materials", "复印件 3 份。"),
    (
        |it| it.promised_limit = Some(TimeLimit { n: 3, unit: TimeUnit::WorkingDay }),
        "terms",
        "承诺办结时限由「8 个工作日」改为「3 个工作日」。",
    ),
    (
        |it| it.correction_limit = Some(TimeLimit { n: 10, unit: TimeUnit::WorkingDay }),
        "terms",
        "补正期限由「不限期」改为「10 个工作日」。",
    ),
    (
        |it| {
            let line: FeeLine =
                serde_json::from_value(json!({"name": "工本费", "standard": "10 元", "amount_fen": 1_000}))
                    .expect("a line");
            it.fee = Some(Fee { charged: true, basis: "某文件".to_owned(), lines: vec![line], ..Fee::default() });
        },
        "terms",
        "收费由「不收费」改为「工本费：10 元」。",
    ),
    (|it| it.conditions.push("有固定场所".to_owned()), "terms", "受理条件增加：有固定场所。"),
    (|it| it.name = "食品经营许可新办".to_owned(), "terms", "改为「食品经营许可新办」。"),
];

#[test]
fn every_change_that_concerns_the_applicant_is_said_in_one_plain_sentence() {
    assert_eq!(changes(&old(), &old()), Vec::new());
    for (edit, about, words) in CHANGES {
        let mut new = old();
        edit(&mut new);
        let found = changes(&old(), &new);
        assert_eq!(found.len(), 1, "{words}: {found:?}");
        assert_eq!(found[0].about, *about, "{found:?}");
        assert!(found[0].words.ends_with(*words), "{} and not {words}", found[0].words);
    }
}

fn material<'a>(document: &'a mut ItemDocument, key: &str) -> &'a mut catalogue::model::Requirement {
    document.materials.iter_mut().find(|it| it.key == key).expect("a material")
}
