//! Each rule for publishing, broken once.

use standards::{HandlingKind, ItemType, MaterialNecessity, OnlineDepth};

use super::licence;
use crate::model::{
    DeliveryWay, ELEMENTS, Fee, FeeLine, HandlingWay, ItemDocument, RULES, TimeLimit, TimeUnit, Visits, findings,
    missing, percent_complete,
};

type Break = fn(&mut ItemDocument);

/// A rule's number, the field at which it speaks, and how to break it.
const BROKEN: &[(u8, &str, Break)] = &[
    (0, "name", |it| it.name = "长".repeat(1_001)),
    (0, "materials/0/name", |it| it.materials[0].name = "长".repeat(201)),
    (0, "correction_limit", |it| it.correction_limit = Some(TimeLimit { n: 0, unit: TimeUnit::WorkingDay })),
    (0, "correction_limit", |it| it.correction_limit = Some(TimeLimit { n: 0, unit: TimeUnit::AtOnce })),
    (0, "correction_limit", |it| it.correction_limit = Some(TimeLimit { n: 366, unit: TimeUnit::NaturalDay })),
    (1, "promised_limit", |it| it.promised_limit = Some(TimeLimit { n: 11, unit: TimeUnit::WorkingDay })),
    (1, "promised_limit", |it| it.promised_limit = Some(TimeLimit { n: 9, unit: TimeUnit::NaturalDay })),
    (2, "promised_limit", |it| it.handling_kind = Some(HandlingKind::Immediate)),
    (2, "handling_kind", |it| it.promised_limit = Some(TimeLimit { n: 0, unit: TimeUnit::AtOnce })),
    (2, "promised_limit", |it| it.promised_limit = Some(TimeLimit { n: 0, unit: TimeUnit::WorkingDay })),
    (3, "steps", |it| it.steps[3].name = "办结".to_owned()),
    (4, "visits", |it| it.visits = Some(Visits { times: 1, reason: "无".to_owned() })),
    (4, "visits", |it| it.visits = Some(Visits { times: 0, reason: "核对".to_owned() })),
    (5, "handling_forms", |it| it.handling_forms = vec![HandlingWay::Window]),
    (5, "handling_forms", |it| {
        it.handling_forms = vec![HandlingWay::Window, HandlingWay::Online];
        it.online_depth = vec![OnlineDepth::Consulting];
    }),
    (7, "fee", |it| it.fee = Some(Fee { charged: true, ..Fee::default() })),
    (7, "fee", |it| {
        let line = FeeLine { name: "工本费".to_owned(), standard: "40 元".to_owned(), ..FeeLine::default() };
        it.fee = Some(Fee { lines: vec![line], ..Fee::default() });
    }),
    (8, "consult_phone", |it| it.consult_phone = "5550152".to_owned()),
    (8, "complaint_phone", |it| it.complaint_phone.clone_from(&it.consult_phone)),
    (9, "topics", |it| it.topics.corp.clear()),
    (9, "topics", |it| it.base.as_mut().expect("a base").service_objects.truncate(1)),
    (10, "questions", |it| it.questions.clear()),
    (10, "steps", |it| drop(it.steps.pop())),
    (11, "result", |it| it.result.as_mut().expect("a result").sample_note.clear()),
    (12, "conditions", |it| it.conditions.push("符合有关规定".to_owned())),
    (12, "materials/0/name", |it| it.materials[0].name = "其他材料".to_owned()),
    (13, "materials/4", |it| it.materials[4].max_days_owed = None),
    (14, "remedies", |it| it.remedies = None),
    (14, "windows", |it| it.windows.clear()),
    (14, "delivery", |it| it.delivery = vec![DeliveryWay::Post]),
];

#[test]
fn each_rule_speaks_at_its_field_when_it_is_broken() {
    assert_eq!(licence().materials[4].need, MaterialNecessity::MayFollow, "the table below rests on it");
    for (rule, field, spoil) in BROKEN {
        let mut doc = licence();
        spoil(&mut doc);
        let said = findings(&doc);
        assert!(said.iter().any(|it| it.rule == *rule && it.field == *field), "rule {rule} at {field}: {said:?}");
    }
    for rule in RULES {
        assert!(BROKEN.iter().any(|it| it.0 == rule.number), "rule {} is never broken here", rule.number);
    }
}

#[test]
fn a_rule_for_licences_leaves_public_services_alone() {
    let mut doc = licence();
    doc.base.as_mut().expect("a base").item_type = ItemType::PublicService;
    doc.questions.clear();
    assert!(findings(&doc).iter().all(|it| it.rule != 10));
}

#[test]
fn every_item_of_the_demo_may_be_published() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../yiwang/demo/items");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let doc: ItemDocument = serde_json::from_str(&text).unwrap();
        assert_eq!(findings(&doc), [], "{}", doc.name);
        let again: ItemDocument = serde_json::from_str(&serde_json::to_string(&doc).unwrap()).unwrap();
        assert_eq!(again, doc, "what is stored is what was read");
        seen += 1;
    }
    assert_eq!(seen, 10);
}

#[test]
fn a_document_that_is_only_named_lacks_everything_else() {
    let absent = missing(&ItemDocument::named("学生资助政策咨询"));
    assert_eq!(absent.len(), ELEMENTS.len() - 1);
    assert_eq!((percent_complete(0), percent_complete(21)), (100, 0));
    assert!(percent_complete(1) < 100, "complete means complete");
}

#[test]
fn a_material_with_a_condition_is_needed_only_then() {
    let doc = licence();
    let cold = doc.requirement("cold-room").unwrap();
    assert!(cold.applies(&serde_json::json!({ "has_cold_food": true })));
    assert!(!cold.applies(&serde_json::json!({ "has_cold_food": false })));
    assert!(!cold.applies(&serde_json::json!({})), "an unanswered form asks for no more");
    assert!(doc.requirement("layout").unwrap().applies(&serde_json::json!({})));
}
