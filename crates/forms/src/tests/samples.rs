//! A form that has one of everything.

use serde_json::{Value, json};
use time::macros::date;

use crate::{ApplicationForm, Setting};

/// The day on which it is looked at.
pub(super) const SETTING: Setting<'static> = Setting { today: date!(2026 - 11 - 23), signers: &[], before: None };

pub(super) fn form(document: Value) -> ApplicationForm {
    serde_json::from_value(document).expect("a form")
}

/// A household that asks for help: its members with what they earn, one question that leads to another, sums.
pub(super) fn household() -> ApplicationForm {
    form(json!({
        "schema": {"type": "object", "additionalProperties": false, "required": ["name", "by_agent", "agent_name", "members", "sign"], "properties": {
            "name": {"type": "string", "title": "姓名", "minLength": 2},
            "by_agent": {"type": "boolean", "title": "是否代办"},
            "agent_name": {"type": "string", "title": "代办人"},
            "members": {"type": "array", "title": "家庭成员", "minItems": 1, "maxItems": 10, "items": {
                "type": "object", "additionalProperties": false, "required": ["name", "works", "income"], "properties": {
                    "name": {"type": "string", "title": "姓名"},
                    "number": {"type": "string", "title": "身份号码", "format": "citizen-number"},
                    "age": {"type": "integer", "title": "年龄"},
                    "works": {"type": "boolean", "title": "有没有工作"},
                    "income": {"type": "integer", "title": "月收入", "format": "money-fen", "minimum": 0},
                    "months": {"type": "integer", "title": "月数"},
                    "year": {"type": "integer", "title": "全年", "format": "money-fen"},
                }}},
            "persons": {"type": "integer", "title": "人数"},
            "total": {"type": "integer", "title": "家庭收入合计", "format": "money-fen"},
            "area": {"type": "integer", "title": "住房面积", "format": "area-hundredths"},
            "price": {"type": "integer", "title": "每平方米补贴", "format": "money-fen"},
            "grant": {"type": "integer", "title": "补贴", "format": "money-fen"},
            "sign": {"type": "string", "title": "签名", "format": "signature"},
        }},
        "layout": [
            {"heading": "申请人", "hint": "", "fields": ["name", "by_agent"]},
            {"heading": "代办", "hint": "", "fields": ["agent_name"], "only_if": {"field": "by_agent", "equals": true}},
            {"heading": "家庭", "hint": "", "fields": ["members", "persons", "total", "area", "price", "grant", "sign"]},
        ],
        "groups": {"members": {"columns": ["name", "number", "age", "works", "income", "months", "year"], "row": "名", "table": true}},
        "conditions": {"members/income": {"field": "members/works", "equals": true}, "members/months": {"field": "members/income", "filled": true}},
        "calculations": {
            "members/age": {"kind": "age", "of": "members/number"},
            "members/year": {"kind": "product", "of": ["members/income", "members/months"]},
            "persons": {"kind": "count", "of": "members"},
            "total": {"kind": "sum", "of": ["members/year"]},
            "grant": {"kind": "product", "of": ["area", "price"]},
        },
    }))
}
