//! From a page to answers, and back.

use serde_json::{Map, Value, json};
use webkit::FormData;

use super::samples::{SETTING, form, household};
use crate::{ApplicationForm, Offers, Shown, section_view, sections, take, told, without_blank_rows};

fn typed(form: &ApplicationForm, pairs: &[(&str, &str)]) -> Value {
    let data = FormData::of(pairs.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect());
    let mut out = Map::new();
    sections(form).iter().for_each(|it| take(&it.fields, &data, &mut out));
    Value::Object(out)
}

#[test]
fn nothing_that_was_typed_is_lost_and_nothing_that_is_reckoned_is_read() {
    let form = household();
    assert_eq!(typed(&form, &[]), json!({}));
    let answers = typed(
        &form,
        &[
            ("members/0/name", "甲"),
            ("members/0/income", "很多"),
            ("members/2/income", "12.5"),
            ("total", "1"),
            ("members/0/year", "7"),
        ],
    );
    assert_eq!(answers, json!({"members": [{"name": "甲", "income": "很多"}, {}, {"income": 1_250}]}));
    let kept = without_blank_rows(&form, &answers);
    assert_eq!(kept, json!({"members": [{"name": "甲", "income": "很多"}, {"income": 1_250}]}));
    assert_eq!(without_blank_rows(&form, &json!({"members": [{}]})), json!({}));
}

#[test]
fn whoever_changes_the_province_leaves_the_city_behind_and_an_empty_paper_is_none() {
    let form = form(json!({"schema": {"type": "object", "properties": {
        "home": {"type": "string", "format": "place"}, "paper": {"type": "string", "format": "person-paper"},
    }}, "layout": []}));
    let table: [(&[(&str, &str)], Value); 5] = [
        (&[("home/0", ""), ("paper/kind", "citizen")], json!({})),
        (&[("home/0", "340000"), ("home/1", "341600"), ("home/2", "341602")], json!({"home": "341602000000"})),
        (&[("home/0", "110000"), ("home/1", "341600")], json!({"home": "110000000000"})),
        (&[("paper/kind", "passport")], json!({"paper": "passport:"})),
        (&[("paper/kind", "passport"), ("paper/number", "E1234567")], json!({"paper": "passport:E1234567"})),
    ];
    for (pairs, answers) in table {
        assert_eq!(typed(&form, pairs), answers, "{pairs:?}");
    }
}

#[test]
fn a_page_shows_what_is_asked_with_one_row_more_where_one_is_added() {
    let form = household();
    let settled = form.settle(&json!({"by_agent": false, "members": [{"name": "甲", "works": false}]}), &SETTING);
    let (offers, all) = (Offers::default(), sections(&form));
    let shown = |add| Shown { settled: &settled, faults: &[], offers: &offers, add, origins: None };
    assert!(!form.asks(&all[1], &settled) && form.asks(&all[2], &settled));
    let view = section_view(&form, &all[2], &shown("members"));
    let rows = view.fields[0].rows.as_ref().unwrap();
    assert_eq!(
        (rows.rows.len(), rows.rows[1].name.as_str(), rows.blank.fields[0].name.as_str()),
        (2, "members/1", "members/-/name")
    );
    let income = rows.rows[0].fields.iter().find(|it| it.name == "members/0/income").unwrap();
    assert!(income.hidden, "not asked of who has no work");
    assert_eq!(view.fields[1].control, "made");
    assert_eq!(view.fields[1].value, "1", "one person, reckoned");
    let field = &all[2].fields[0];
    let said = told(field, &settled.values["members"], &crate::Places::new());
    assert_eq!(said, "姓名：甲，有没有工作：否");
}
