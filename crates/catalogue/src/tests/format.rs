//! `docs/item-format.md` tells the truth: its example is a document, with every field of it, and each field is explained.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::{CheckResult, ItemDocument, ItemTags, PERSON_TOPICS, ServiceFlag, topic_code};

const PAGE: &str = include_str!("../../../../docs/item-format.md");

fn example() -> Value {
    let text = PAGE.split("```json\n").nth(1).and_then(|it| it.split("\n```").next()).expect("a JSON example");
    serde_json::from_str(text).expect("the example is JSON")
}

/// Whether all that `said` says stands in `kept`: nothing was dropped as unknown. What is empty may be left out.
fn lost(path: &str, said: &Value, kept: &Value) -> Vec<String> {
    let empty = |it: &Value| matches!(it, Value::Null | Value::Bool(false)) || it == "" || it == &serde_json::json!([]);
    match (said, kept) {
        (Value::Object(said), Value::Object(kept)) => said
            .iter()
            .filter(|(_, it)| !empty(it))
            .flat_map(|(name, it)| lost(&format!("{path}/{name}"), it, kept.get(name).unwrap_or(&Value::Null)))
            .collect(),
        (Value::Array(said), Value::Array(kept)) if said.len() == kept.len() => {
            said.iter().zip(kept).enumerate().flat_map(|(i, (a, b))| lost(&format!("{path}/{i}"), a, b)).collect()
        }
        _ if said == kept => Vec::new(),
        _ => vec![path.to_owned()],
    }
}

#[test]
fn the_example_is_read_whole_and_may_be_published() {
    let mut said = example();
    let doc: ItemDocument = serde_json::from_value(said.clone()).unwrap();
    said.as_object_mut().unwrap().remove("authority");
    let kept = serde_json::to_value(&doc).unwrap();
    assert_eq!(lost("", &said, &kept), Vec::<String>::new(), "fields that nobody knows");
    assert_eq!(super::findings(&doc), []);
}

#[test]
fn every_field_is_in_the_example_and_is_explained() {
    let kept = serde_json::to_value(serde_json::from_value::<ItemDocument>(example()).unwrap()).unwrap();
    let rest = serde_json::to_value(ItemDocument::default()).unwrap();
    for field in kept.as_object().unwrap().keys().chain(rest.as_object().unwrap().keys()) {
        assert!(example().get(field).is_some(), "{field} is not in the example");
        assert!(PAGE.contains(&format!("`{field}`")), "{field} is not explained");
    }
    for list in ["base", "materials"] {
        let first = if list == "materials" { &kept[list][0] } else { &kept[list] };
        for field in first.as_object().unwrap().keys() {
            assert!(PAGE.contains(&format!("`{field}`")), "{list}: {field} is not explained");
        }
    }
}

#[test]
fn a_condition_check_leads_by_its_answers_to_a_question_a_refusal_or_the_form() {
    let doc: ItemDocument = serde_json::from_value(example()).unwrap();
    let check = doc.check.unwrap();
    assert_eq!(check.faults(), []);
    let judge = |answers: &[(&str, &str)]| {
        let answers: BTreeMap<_, _> = answers.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
        match check.judge(&answers) {
            CheckResult::Next(question) => format!("ask {}", question.key),
            CheckResult::Ended(option) => format!("end {:?}", option.outcome),
            CheckResult::Passed(notes) => format!("pass {}", notes.len()),
        }
    };
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[], "ask what"),
        (&[("what", "nonsense")], "ask what"),
        (&[("what", "yes")], "end Elsewhere"),
        (&[("what", "no")], "ask licence"),
        (&[("what", "no"), ("licence", "no")], "end No"),
        (&[("what", "no"), ("licence", "yes")], "ask cold"),
        (&[("what", "no"), ("licence", "yes"), ("cold", "yes")], "pass 1"),
        (&[("what", "no"), ("licence", "yes"), ("cold", "no")], "pass 0"),
    ];
    for (answers, wanted) in table {
        assert_eq!(judge(answers), *wanted, "{answers:?}");
    }
    let mut broken = check.clone();
    broken.questions[1].options.truncate(1);
    broken.questions[1].options[0].explain.clear();
    broken.questions[2].only_if.as_mut().unwrap().question = "later".to_owned();
    assert_eq!(broken.faults().len(), 2, "{:?}", broken.faults());
}

#[test]
fn what_is_easy_about_an_item_follows_from_its_document() {
    let doc: ItemDocument = serde_json::from_value(example()).unwrap();
    let all = [ServiceFlag::Nearby, ServiceFlag::OneVisit, ServiceFlag::Online, ServiceFlag::NoVisit];
    assert_eq!(ItemTags::of(&doc).flags, all);
    assert_eq!(ItemTags::of(&ItemDocument::named("咨询")).flags, []);
    assert_eq!((topic_code(PERSON_TOPICS, "户籍办理"), topic_code(PERSON_TOPICS, "牡丹花会")), ("010", "998"));
}
