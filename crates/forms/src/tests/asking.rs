//! What is asked and what is reckoned.

use serde_json::{Value, json};

use super::samples::{SETTING, form, household};
use crate::{Condition, Setting, Test};

#[test]
fn what_is_not_asked_is_not_kept_and_what_the_platform_makes_is_never_believed() {
    let table = [
        (json!({"by_agent": false, "agent_name": "王五"}), "agent_name", Value::Null),
        (json!({"agent_name": "王五"}), "agent_name", Value::Null),
        (json!({"by_agent": true, "agent_name": "王五"}), "agent_name", json!("王五")),
        (json!({"total": 5, "persons": 9}), "total", Value::Null),
        (json!({"total": 5, "persons": 9}), "persons", json!(0)),
        (json!({"area": 4_550, "price": 333}), "grant", json!(15_152)),
        (json!({"area": 4_550}), "grant", Value::Null),
        (json!({"area": "大", "price": 333}), "grant", Value::Null),
        (json!({"area": i64::MAX, "price": i64::MAX}), "grant", Value::Null),
    ];
    for (given, path, kept) in table {
        assert_eq!(household().settle(&given, &SETTING).values[path], kept, "{given}: {path}");
    }
}

#[test]
fn each_row_of_a_group_is_asked_and_reckoned_for_itself() {
    let given = json!({"members": [
        {"name": "甲", "number": "11010519491231002X", "works": true, "income": 300_000, "months": 12, "age": 5},
        {"name": "乙", "works": false, "income": 999, "months": 3},
        {},
    ]});
    let settled = household().settle(&given, &SETTING);
    let rows = &settled.values["members"];
    assert_eq!(rows[0]["age"], 76, "reckoned, not believed");
    assert_eq!(rows[0]["year"], 3_600_000);
    assert_eq!(rows[1], json!({"name": "乙", "works": false}), "no income without work");
    assert_eq!(rows[2], json!({}), "a blank row stays blank");
    assert_eq!((&settled.values["total"], &settled.values["persons"]), (&json!(3_600_000), &json!(2)));
    assert!(settled.hidden.contains("members/1/income") && settled.hidden.contains("members/1/months"));
    assert!(!settled.hidden.contains("members/0/income"));
}

#[test]
fn what_was_settled_once_stays_as_it_is() {
    let given = json!({"name": "李桂兰", "by_agent": true, "agent_name": "王五", "sign": "李桂兰", "area": 100, "price": 100,
        "members": [{"name": "甲", "works": true, "income": 100, "months": 2}]});
    let once = household().settle(&given, &SETTING);
    assert_eq!(household().settle(&once.values, &SETTING), once);
    assert_eq!(household().hidden(&once.values), once.hidden, "told of kept answers without making them anew");
}

#[test]
fn a_signature_bears_the_day_on_which_it_was_given() {
    let before = json!({"sign": "李桂兰/2026-03-02"});
    let later = Setting { before: Some(&before), ..SETTING };
    let table = [
        (json!({"sign": "李桂兰/2020-01-01"}), SETTING, json!("李桂兰/2026-11-23")),
        (json!({"sign": " 李桂兰 "}), SETTING, json!("李桂兰/2026-11-23")),
        (json!({"sign": "/2026-11-23"}), SETTING, Value::Null),
        (json!({"sign": "李桂兰"}), later, json!("李桂兰/2026-03-02")),
        (json!({"sign": "张德福"}), later, json!("张德福/2026-11-23")),
    ];
    for (given, setting, kept) in table {
        assert_eq!(household().settle(&given, &setting).values["sign"], kept, "{given}");
    }
}

#[test]
fn days_years_sums_and_differences_are_reckoned_from_what_is_there() {
    let form = form(json!({
        "schema": {"type": "object", "properties": {
            "from": {"type": "string", "format": "date"}, "to": {"type": "string", "format": "date"},
            "born": {"type": "string", "format": "date"}, "a": {"type": "integer"}, "b": {"type": "integer", "format": "money-fen"},
            "days": {"type": "integer"}, "age": {"type": "integer"}, "sum": {"type": "integer"}, "left": {"type": "integer", "format": "money-fen"},
        }},
        "layout": [],
        "calculations": {"days": {"kind": "days", "from": "from", "to": "to"}, "age": {"kind": "age", "of": "born"},
            "sum": {"kind": "sum", "of": ["a", "b"]}, "left": {"kind": "difference", "from": "a", "less": "b"}},
    }));
    let table = [
        (json!({"from": "2026-02-27"}), "days", Value::Null),
        (json!({"from": "2026-02-30", "to": "2026-03-02"}), "days", Value::Null),
        (json!({"from": "2026-02-27", "to": "2026-03-02"}), "days", json!(3)),
        (json!({"from": "2026-03-02", "to": "2026-02-27"}), "days", json!(-3)),
        (json!({"born": "2027-01-01"}), "age", Value::Null),
        (json!({"born": "2000-11-24"}), "age", json!(25)),
        (json!({"born": "2000-11-23"}), "age", json!(26)),
        (json!({}), "sum", Value::Null),
        (json!({"b": 150}), "sum", json!(2)),
        (json!({"a": 1, "b": 149}), "sum", json!(2)),
        (json!({"b": 5}), "left", Value::Null),
        (json!({"a": 3}), "left", json!(300)),
        (json!({"a": 3, "b": 350}), "left", json!(-50)),
    ];
    for (given, path, made) in table {
        assert_eq!(form.settle(&given, &SETTING).values[path], made, "{given}: {path}");
    }
}

#[test]
fn a_circle_that_was_never_published_ends_as_no_value() {
    let form = form(json!({
        "schema": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}},
        "layout": [], "calculations": {"a": {"kind": "sum", "of": ["b"]}, "b": {"kind": "sum", "of": ["a"]}},
    }));
    assert_eq!(form.settle(&json!({"a": 1, "b": 2}), &SETTING).values, json!({}));
}

#[test]
fn a_condition_is_asked_of_kept_answers_and_of_a_column_in_any_row() {
    let kept = json!({"by_agent": true, "members": [{"works": false}, {"works": true}]});
    let table = [
        ("by_agent", Test::Equals(json!(true)), true),
        ("by_agent", Test::Equals(json!(false)), false),
        ("nowhere", Test::Equals(Value::Null), false),
        ("nowhere", Test::Filled(false), true),
        ("members/works", Test::Equals(json!(true)), true),
        ("members/income", Test::Filled(true), false),
        ("by_agent/works", Test::Filled(true), false),
    ];
    for (field, test, holds) in table {
        assert_eq!(Condition { field: field.to_owned(), test }.holds(&kept), holds, "{field}");
    }
}
