//! What keeps a form from being published.

use serde_json::{Value, json};

use super::samples::{form, household};

/// The household with a change, and what is said of it.
fn told(change: impl Fn(&mut Value)) -> Vec<String> {
    let mut document = serde_json::to_value(household()).unwrap();
    change(&mut document);
    form(document).faults().into_iter().map(|it| it.message).collect()
}

/// A change, and words of what is said of it.
type Row = (fn(&mut Value), &'static str);

#[test]
fn a_form_that_contradicts_itself_is_not_published() {
    assert_eq!(household().faults(), []);
    let table: [Row; 17] = [
        (|it| it["schema"]["properties"]["name"]["type"] = json!("text"), "JSON Schema 2020-12"),
        (|it| it["schema"]["required"][0] = json!("gone"), "必填的「gone」不在申请表中"),
        (|it| it["prefill"] = json!({"gone": "person.name"}), "自动填写的「gone」"),
        (|it| it["layout"][0]["fields"][0] = json!("gone"), "分组「申请人」中的「gone」不在申请表中"),
        (|it| it["layout"][0]["fields"] = json!(["name", "name", "by_agent"]), "「姓名」在分组中出现了两次"),
        (|it| it["schema"]["properties"]["members"]["maxItems"] = json!(100), "应写明最多几行"),
        (|it| it["groups"]["members"]["columns"][0] = json!("gone"), "每行的「gone」不在申请表中"),
        (|it| it["conditions"]["gone"] = json!({"field": "name", "filled": true}), "显示条件中的「gone」"),
        (
            |it| it["conditions"]["area"] = json!({"field": "members/works", "equals": true}),
            "「members/works」不在申请表中",
        ),
        (|it| it["conditions"]["area"] = json!({"field": "by_agent", "equals": "是"}), "它没有这个选项"),
        (|it| it["layout"][1]["only_if"]["field"] = json!("agent_name"), "永远不会显示"),
        (|it| it["calculations"]["total"]["of"] = json!(["gone"]), "用到的「gone」不在申请表中"),
        (|it| it["calculations"]["total"]["of"] = json!([]), "请选择用哪些项目来算"),
        (|it| it["calculations"]["total"]["of"] = json!(["name"]), "不能用「姓名」来算"),
        (|it| it["calculations"]["name"] = json!({"kind": "count", "of": "members"}), "应当是整数、金额或者面积"),
        (|it| it["calculations"]["area"] = json!({"kind": "sum", "of": ["grant"]}), "又用到它自己"),
        (
            |it| it["conditions"]["agent_name"] = json!({"field": "by_agent", "equals": false}),
            "「代办人」永远不会显示，又是必填的",
        ),
    ];
    for (change, said) in table {
        let all = told(change);
        assert!(all.iter().any(|it| it.contains(said)), "{said}: {all:?}");
    }
}

#[test]
fn a_form_of_the_first_kind_reads_and_writes_as_it_did() {
    let old = json!({"schema": {"type": "object", "properties": {"a": {"type": "string"}}},
        "layout": [{"heading": "甲", "hint": "", "fields": ["a"]}], "prefill": {}});
    assert_eq!(serde_json::to_value(form(old.clone())).unwrap(), old);
}
