//! Conditions over how much and when: from what on, up to what.

use serde_json::{Value, json};

use super::samples::{SETTING, form};
use crate::{
    ApplicationForm, Condition,
    design::{Asked, Described},
};

/// A form that asks for numbers of every kind, a day, rows, and something it reckons; `more` is asked only sometimes.
fn numbers() -> ApplicationForm {
    form(json!({
        "schema": {"type": "object", "properties": {
            "name": {"type": "string", "title": "名称"},
            "staff": {"type": "integer", "title": "从业人数"},
            "rate": {"type": "number", "title": "浓度"},
            "gain": {"type": "integer", "title": "违法所得", "format": "money-fen"},
            "area": {"type": "integer", "title": "经营面积", "format": "area-hundredths"},
            "other": {"type": "integer", "title": "仓库面积", "format": "area-hundredths"},
            "whole": {"type": "integer", "title": "总面积", "format": "area-hundredths"},
            "opened": {"type": "string", "title": "开业日期", "format": "date"},
            "rooms": {"type": "array", "title": "房间", "maxItems": 5, "items": {"type": "object", "properties": {
                "size": {"type": "integer", "title": "面积", "format": "area-hundredths"}, "use": {"type": "string", "title": "用途"}}}},
            "more": {"type": "string", "title": "补充说明"},
        }},
        "layout": [{"heading": "内容", "hint": "", "fields":
            ["name", "staff", "rate", "gain", "area", "other", "whole", "opened", "rooms", "more"]}],
        "calculations": {"whole": {"kind": "sum", "of": ["area", "other"]}},
    }))
}

fn asked(field: &str, [least, most, below]: [&str; 3]) -> Asked {
    let [least, most, below] = [least, most, below].map(str::to_owned);
    Asked { field: field.to_owned(), test: "range".to_owned(), values: Vec::new(), least, most, below }
}

/// The form with a range over a field as the condition of `more`.
fn with(field: &str, bounds: [&str; 3]) -> ApplicationForm {
    let mut form = numbers();
    let more = form.described("more").unwrap();
    form.describe("more", &Described { only_if: asked(field, bounds), ..more }).unwrap();
    form
}

#[test]
fn a_range_that_nobody_can_mean_is_told_at_the_part_that_is_wrong() {
    let table = [
        ("name", ["1", "", ""], "field", "不是数字、金额、面积或者日期"),
        ("rooms", ["1", "", ""], "field", "不是数字、金额、面积或者日期"),
        ("nowhere", ["1", "", ""], "field", "不是数字、金额、面积或者日期"),
        ("gain", ["", "", ""], "least", "至少写一头"),
        ("gain", ["一万", "", ""], "least", "请填写金额"),
        ("gain", ["0.001", "", ""], "least", "请填写金额"),
        ("area", ["", "大", ""], "most", "请填写面积"),
        ("staff", ["", "", "1.5"], "below", "请填写整数"),
        ("rate", ["", "", "NaN"], "below", "请填写数字"),
        ("opened", ["2026-02-30", "", ""], "least", "日期应写成"),
        ("opened", ["20260302", "", ""], "least", "日期应写成"),
        ("gain", ["10000", "50000", "50000"], "below", "只能填一个"),
        ("gain", ["10000", "9999.99", ""], "most", "上限应当大于下限"),
        ("gain", ["10000", "", "10000"], "below", "上限应当大于下限"),
        ("opened", ["2026-03-02", "", "2026-03-02"], "below", "上限应当大于下限"),
    ];
    for (field, bounds, at, said) in table {
        let mut form = numbers();
        let more = form.described("more").unwrap();
        let typed = Described { only_if: asked(field, bounds), ..more };
        let faults = form.describe("more", &typed).unwrap_err();
        assert_eq!(faults.len(), 1, "{field} {bounds:?}: {faults:?}");
        assert!(faults[0].field == format!("when_{at}") && faults[0].message.contains(said), "{field}: {faults:?}");
        assert_eq!(form, numbers(), "nothing is half done");
        // What comes in by another way than the desk is kept from being published.
        let condition = form.condition(&typed.only_if).unwrap();
        form.conditions.insert("more".to_owned(), condition);
        assert!(form.faults().iter().any(|it| it.field == "form/more"), "{field} {bounds:?}: {:?}", form.faults());
    }
    assert!(serde_json::from_value::<Condition>(json!({"field": "gain", "range": {"lest": 1}})).is_err());
}

#[test]
fn a_number_or_day_counts_from_what_the_law_includes_to_what_it_does_not() {
    let from = |born: &str| json!({ "opened": born });
    let table = [
        // 一万元以上不足五万元
        ("gain", ["10000", "", "50000"], json!({}), false),
        ("gain", ["10000", "", "50000"], json!({"gain": "很多"}), false),
        ("gain", ["10000", "", "50000"], json!({"gain": 999_999}), false),
        ("gain", ["10000", "", "50000"], json!({"gain": 1_000_000}), true),
        ("gain", ["10000", "", "50000"], json!({"gain": 4_999_999}), true),
        ("gain", ["10000", "", "50000"], json!({"gain": 5_000_000}), false),
        // 一万元以上五万元以下
        ("gain", ["１０,０００", "", ""], json!({"gain": 1_000_000}), true),
        ("gain", ["10000", "50000", ""], json!({"gain": 5_000_000}), true),
        ("gain", ["10000", "50000", ""], json!({"gain": 5_000_001}), false),
        // 不足 0 元: a loss
        ("gain", ["", "", "0"], json!({"gain": 0}), false),
        ("gain", ["", "", "0"], json!({"gain": -1}), true),
        ("area", ["200", "", ""], json!({"area": 19_999}), false),
        ("area", ["200", "", ""], json!({"area": 20_000}), true),
        ("staff", ["", "", "10"], json!({"staff": 10}), false),
        ("staff", ["", "", "10"], json!({"staff": 9}), true),
        ("rate", ["0.5", "1", ""], json!({"rate": 0.499}), false),
        ("rate", ["0.5", "1", ""], json!({"rate": 0.5}), true),
        ("rate", ["0.5", "1", ""], json!({"rate": 1}), true),
        // What the platform reckons, of what is given and never of what is sent for it.
        ("whole", ["200", "", ""], json!({"whole": 20_000}), false),
        ("whole", ["200", "", ""], json!({"area": 15_000, "other": 4_999}), false),
        ("whole", ["200", "", ""], json!({"area": 15_000, "other": 5_000}), true),
        ("opened", ["2026-03-02", "", "2027-01-01"], from("2026-03-01"), false),
        ("opened", ["2026-03-02", "", "2027-01-01"], from("2026-03-02"), true),
        ("opened", ["2026-03-02", "", "2027-01-01"], from("2026-12-31"), true),
        ("opened", ["2026-03-02", "", "2027-01-01"], from("2027-01-01"), false),
        ("opened", ["", "2026-12-31", ""], from("2026-12-31"), true),
        ("opened", ["", "2026-12-31", ""], from("昨天"), false),
    ];
    for (field, bounds, given, holds) in table {
        let mut given = given;
        given["more"] = json!("有");
        let form = with(field, bounds);
        assert_eq!(form.faults(), [], "{field} {bounds:?}");
        let settled = form.settle(&given, &SETTING);
        assert_eq!(settled.values["more"] == json!("有"), holds, "{field} {bounds:?}: {given}");
        assert_eq!(settled.hidden.contains("more"), !holds, "{field} {bounds:?}: {given}");
        // Of kept answers, as a grade of discretion is found.
        assert_eq!(form.conditions["more"].holds(&settled.values), holds, "{field} {bounds:?}: {given}");
    }
}

#[test]
fn a_row_is_asked_by_its_own_number_and_a_case_by_any_of_its_rows() {
    let mut form = numbers();
    let column = form.described("rooms/use").unwrap();
    form.describe("rooms/use", &Described { only_if: asked("rooms/size", ["20", "", ""]), ..column }).unwrap();
    assert_eq!(form.faults(), []);
    let rows = json!({"rooms": [{"size": 1_999, "use": "甲"}, {"size": 2_000, "use": "乙"}]});
    let kept = form.settle(&rows, &SETTING).values;
    assert_eq!((&kept["rooms"][0]["use"], &kept["rooms"][1]["use"]), (&Value::Null, &json!("乙")));
    let any = |kept: Value| form.conditions["rooms/use"].holds(&kept);
    assert!(any(kept) && !any(json!({"rooms": [{"size": 1_999}]})) && !any(json!({})));
}

#[test]
fn a_range_is_kept_in_the_unit_of_its_field_and_read_in_that_of_people() {
    let table = [
        (
            "gain",
            ["10000", "", "50000.50"],
            json!({"least": 1_000_000, "below": 5_000_050}),
            "「违法所得」10000 元以上不足 50000.50 元",
        ),
        ("area", ["200", "", ""], json!({"least": 20_000}), "「经营面积」200 平方米以上"),
        (
            "area",
            ["200", "500", ""],
            json!({"least": 20_000, "most": 50_000}),
            "「经营面积」200 平方米以上 500 平方米以下",
        ),
        ("area", ["", "", "200"], json!({"below": 20_000}), "「经营面积」不足 200 平方米"),
        ("staff", ["3", "", "10"], json!({"least": 3, "below": 10}), "「从业人数」3 以上不足 10"),
        ("rate", ["", "0.5", ""], json!({"most": 0.5}), "「浓度」0.5 以下"),
        ("rooms/size", ["20", "", ""], json!({"least": 2_000}), "「房间 › 面积」20 平方米以上"),
        (
            "opened",
            ["2026-03-02", "", "2027-01-01"],
            json!({"least": "2026-03-02", "below": "2027-01-01"}),
            "「开业日期」在2026年3月2日（含当日）以后、2027年1月1日（不含当日）以前",
        ),
    ];
    for (field, bounds, range, words) in table {
        let form = numbers();
        let typed = asked(field, bounds);
        assert_eq!(form.asked_faults(&typed), [], "{field}");
        let condition = form.condition(&typed).unwrap();
        assert_eq!(serde_json::to_value(&condition).unwrap(), json!({"field": field, "range": range}));
        assert_eq!(form.asked(&condition), typed, "as it was typed");
        assert_eq!(form.condition_words(&condition), words);
    }
    let told = with("area", ["200", "", ""]).lines().join("\n");
    assert!(told.contains("只在「经营面积」200 平方米以上时填写"), "{told}");
}

#[test]
fn what_is_asked_only_of_numbers_that_exclude_each_other_is_never_shown() {
    let table = [
        (["", "", "100"], json!({"range": {"least": 10_000}}), true),
        (["", "99.99", ""], json!({"range": {"least": 10_000}}), true),
        (["", "100", ""], json!({"range": {"least": 10_000}}), false),
        (["100", "", ""], json!({"range": {"below": 50_000}}), false),
        (["100", "", ""], json!({"equals": 9_999}), true),
        (["100", "", ""], json!({"one_of": [9_999, 10_000]}), false),
        (["100", "", ""], json!({"filled": true}), false),
        (["100", "", ""], json!({"filled": false}), true),
    ];
    for (bounds, section, never) in table {
        let mut document = serde_json::to_value(with("area", bounds)).unwrap();
        let fields = document["layout"][0]["fields"].as_array_mut().unwrap();
        fields.pop();
        let mut only_if = section.clone();
        only_if["field"] = json!("area");
        let last = json!({"heading": "补充", "hint": "", "fields": ["more"], "only_if": only_if});
        document["layout"].as_array_mut().unwrap().push(last);
        let faults = form(document).faults();
        let told = faults.iter().any(|it| it.field == "form/more" && it.message.contains("永远不会显示"));
        assert_eq!(told, never, "{bounds:?} {section}: {faults:?}");
    }
}
