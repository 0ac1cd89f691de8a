//! What is wrong with answers.

use kernel::Fault;
use serde_json::{Value, json};

use super::samples::{SETTING, form, household};
use crate::{Checker, Setting};

fn compiled(schema: Value) -> Checker {
    let layout = json!([{"heading": "", "hint": "", "fields": ["name"]}]);
    Checker::compile(&form(json!({"schema": schema, "layout": layout}))).unwrap()
}

#[test]
fn every_wrong_answer_is_told_in_chinese_at_its_field() {
    let schema = json!({"type": "object", "additionalProperties": false, "required": ["name", "ok", "agree"], "properties": {
        "name": {"type": "string", "title": "姓名", "minLength": 2, "maxLength": 4},
        "number": {"type": "string", "title": "号码", "format": "citizen-number"},
        "mobile": {"type": "string", "title": "手机", "format": "mobile"},
        "day": {"type": "string", "title": "日期", "format": "date"},
        "sum": {"type": "integer", "title": "金额", "format": "money-fen", "minimum": 100},
        "area": {"type": "integer", "title": "面积", "format": "area-hundredths", "maximum": 12_050},
        "count": {"type": "integer", "title": "人数", "maximum": 30},
        "pick": {"type": "string", "title": "种类", "enum": ["甲", "乙"]},
        "ok": {"type": "boolean", "title": "是否"},
        "agree": {"type": "boolean", "title": "同意", "const": true},
        "plate": {"type": "string", "title": "车牌", "format": "vehicle-plate"},
        "card": {"type": "string", "title": "卡号", "format": "bank-card"},
        "paper": {"type": "string", "title": "证件", "format": "person-paper"},
        "home": {"type": "string", "title": "住址", "format": "place", "depth": 4},
        "mail": {"type": "string", "title": "邮箱", "format": "email"},
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
        (json!({"area": 12_051}), "area", "面积：不能大于 120.50 平方米。"),
        (json!({"count": 31}), "count", "人数：不能大于 30。"),
        (json!({"pick": "丙"}), "pick", "种类：请从给出的选项中选择。"),
        (json!({"agree": false}), "agree", "同意：必须同意才能继续办理。"),
        (
            json!({"plate": "皖SI2345"}),
            "plate",
            "车牌：第 3 位应为数字或字母（不用 I、O），实为「I」。请照行驶证填写。",
        ),
        (json!({"card": "6222021001116245703"}), "card", "卡号：第 19 位校验码应为 2，实为 3。请照卡面填写。"),
        (json!({"paper": "passport:"}), "paper", "证件：没有填写护照。请照证件填写。"),
        (json!({"paper": "E123"}), "paper", "证件：请选择证件种类。"),
        (json!({"home": "341602"}), "home", "住址：请至少选到乡镇、街道。"),
        (json!({"extra": 1}), "extra", "申请表没有「extra」这一项，请删去。"),
        (json!([1]), "values", "申请表的内容应当是一个 JSON 对象。"),
    ];
    for (answers, field, message) in table {
        let faults = checker.judge(&answers, &SETTING).faults;
        assert!(faults.contains(&Fault::new(field, message)), "{answers}: {faults:?}");
    }
    let faults = checker.judge(&json!({"number": "341602199606180031"}), &SETTING).faults;
    let number = faults.iter().find(|it| it.field == "number").unwrap();
    assert!(number.message.starts_with("号码：") && number.message.ends_with("请照身份证填写。"), "{number:?}");
}

#[test]
fn a_fault_in_a_row_is_told_at_its_cell_and_what_is_not_asked_is_not_missed() {
    let checker = Checker::compile(&household()).unwrap();
    let told = |answers: Value| checker.judge(&answers, &SETTING).faults;
    let faults = told(json!({"name": "李桂兰", "by_agent": false, "sign": "李桂兰", "members": [
        {"name": "甲", "works": false},
        {"works": true, "income": -1, "number": "1"},
    ]}));
    let fields: Vec<_> = faults.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["members/1/name", "members/1/number", "members/1/income"]);
    assert_eq!(faults[0].message, "请填写「家庭成员第 2 行的姓名」。");
    assert_eq!(faults[2].message, "家庭成员第 2 行的月收入：不能小于 0 元。");
    let none = told(json!({"name": "李桂兰", "by_agent": true, "sign": "李桂兰"}));
    let fields: Vec<_> = none.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["agent_name", "members"], "asked as soon as somebody else acts");
}

#[test]
fn only_the_applicant_signs() {
    let checker = Checker::compile(&household()).unwrap();
    let signers = ["李桂兰".to_owned()];
    let setting = Setting { signers: &signers, ..SETTING };
    let signed = |name: &str| {
        let answers =
            json!({"name": "李桂兰", "by_agent": false, "sign": name, "members": [{"name": "甲", "works": false}]});
        checker.judge(&answers, &setting).faults
    };
    assert_eq!(signed("张德福"), [Fault::new("sign", "签名：应为申请人的姓名「李桂兰」，请重新输入。")]);
    assert_eq!(signed("李桂兰"), []);
}

#[test]
fn good_answers_have_no_fault_and_are_kept_in_one_spelling() {
    let schema = json!({"type": "object", "properties": {
        "number": {"type": "string", "format": "citizen-number"},
        "cars": {"type": "array", "items": {"type": "object", "properties": {"plate": {"type": "string", "format": "vehicle-plate"}}}},
        "paper": {"type": "string", "format": "person-paper"},
    }});
    let checker = compiled(schema);
    let answers =
        json!({"number": "34160219930808012x", "cars": [{"plate": "皖s·12345"}], "paper": "passport:e12345678"});
    let judged = checker.judge(&answers, &SETTING);
    assert_eq!(judged.faults, []);
    let mut kept = judged.settled.values;
    checker.canonical(&mut kept);
    let wanted =
        json!({"number": "34160219930808012X", "cars": [{"plate": "皖S12345"}], "paper": "passport:E12345678"});
    assert_eq!(kept, wanted);
}
