//! The desk as people use it: what is shown is what is kept, and a list goes from the first page to the public with the mouse alone.

use kernel::{Authority, Id, Permission};
use serde_json::{Value, json};
use testkit::{Answer, Site, Visitor};
use webkit::FormData;

use super::{authority, licence, sites};
use crate::{
    CATALOGUE, DIRECTORY, ItemState, LEGAL_CHECK, OFFICE_CHECK, create_item, draft,
    edit::{self, Files, Focus, Given, Part, Shape},
    item, items,
    model::{ItemDocument, SECTIONS},
    publish, put_base, remarks, revise,
};

const USCC: &str = "11341600000000019Q";

/// What a browser sends of these controls if nobody touches them.
fn sent(parts: &[Part]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut say = |name: String, value: String| out.push((name, value));
    for part in parts {
        match part {
            Part::Count { name, rows } => say(name.clone(), rows.to_string()),
            Part::Row { order, place, fresh: false, .. } => say(order.clone(), place.to_string()),
            Part::Control(it) => match &it.shape {
                Shape::Line { value, .. } | Shape::Text { value, .. } | Shape::Select { value, .. } => {
                    say(it.name.clone(), value.clone());
                }
                Shape::Boxes { values, .. } | Shape::Words { values, .. } => {
                    values.iter().for_each(|value| say(it.name.clone(), value.clone()));
                }
                Shape::Tick { checked: true } => say(it.name.clone(), "yes".to_owned()),
                Shape::Limit { n, unit, .. } => {
                    say(format!("{}/n", it.name), n.clone());
                    say(format!("{}/unit", it.name), unit.clone());
                }
                Shape::When(when) => {
                    let when = &when.asked;
                    let values = when.values.join("、");
                    for (part, value) in [("field", &when.field), ("test", &when.test), ("value", &values)] {
                        say(format!("{}/{part}", it.name), value.clone());
                    }
                    for (part, value) in [("least", &when.least), ("most", &when.most), ("below", &when.below)] {
                        say(format!("{}/{part}", it.name), value.clone());
                    }
                }
                Shape::Tick { .. } | Shape::File { .. } | Shape::Shown { .. } => {}
            },
            _ => {}
        }
    }
    out
}

fn example() -> Value {
    let page = include_str!("../../../../docs/item-format.md");
    let text = page.split("```json\n").nth(1).and_then(|it| it.split("\n```").next()).unwrap();
    let doc: ItemDocument = serde_json::from_str(text).unwrap();
    serde_json::to_value(doc).unwrap()
}

/// Fields and what is typed into them.
type Changes<'a> = &'a [(&'a str, &'a str)];

/// The document after a section was opened and saved with these changes.
fn saved(doc: &Value, section: usize, focus: Option<&Focus>, changes: Changes<'_>) -> (Value, Vec<kernel::Fault>) {
    let fields = SECTIONS[section].1;
    let given = Given { doc, faults: &[], focus, files: "" };
    let mut pairs = sent(&edit::parts(fields, &given));
    for (name, value) in changes {
        pairs.retain(|it| it.0 != *name);
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    edit::read(fields, doc, focus, (&FormData::of(pairs), &Files::new()))
}

fn section(code: &str) -> usize {
    SECTIONS.iter().position(|it| it.0.code() == code).unwrap()
}

#[test]
fn a_section_that_is_saved_untouched_changes_nothing() {
    let whole: ItemDocument = serde_json::from_value(example()).unwrap();
    for (i, (group, _)) in SECTIONS.iter().enumerate() {
        let (after, faults) = saved(&example(), i, None, &[]);
        assert_eq!(faults, [], "{}", group.name());
        let after: ItemDocument = serde_json::from_value(after).unwrap();
        assert_eq!(crate::model::differences(&whole, &after), [], "{}", group.name());
    }
    for field in ["materials", "steps"] {
        let section = SECTIONS.iter().position(|it| it.1.iter().any(|it| it.key == field)).unwrap();
        for row in 0..whole.materials.len() {
            let focus = Focus { field: field.to_owned(), row };
            let (after, faults) = saved(&example(), section, Some(&focus), &[]);
            assert_eq!(faults, [], "{field} {row}");
            assert_eq!(serde_json::from_value::<ItemDocument>(after).unwrap(), whole, "{field} {row}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_told_at_its_field_and_nothing_else_is_lost() {
    let table: &[(&str, Changes, &str)] = &[
        ("time", &[("visits/times", "两次")], "visits/times"),
        ("time", &[("promised_limit/n", "0")], "promised_limit"),
        ("time", &[("promised_limit/n", "3"), ("promised_limit/unit", "")], "promised_limit"),
        ("result", &[("fee/lines/0/amount_fen", "四十")], "fee/lines/0/amount_fen"),
        ("result", &[("fee/lines/0/name", "")], "fee/lines/0/name"),
        ("result", &[("fee/charged", "")], "fee/charged"),
        ("basic", &[("planned_effect", "2026-02-30")], "planned_effect"),
        ("conditions", &[("check/questions/0/text", "")], "check/questions/0/text"),
        ("duty", &[("discretion/0/grades/0/fen_min", "-1")], "discretion/0/grades/0/fen_min"),
    ];
    for (code, changes, field) in table {
        let (_, faults) = saved(&example(), section(code), None, changes);
        assert_eq!(faults.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), [*field], "{changes:?}");
    }
}

/// The grade of a discretion standard, and the condition of a material, over a number.
const GRADE: &str = "discretion/0/grades/0/only_if";

/// The example whose form asks for an amount of money too.
fn gaining() -> Value {
    let mut doc = example();
    doc["form"]["schema"]["properties"]["gain"] =
        json!({ "type": "integer", "format": "money-fen", "title": "违法<所得>" });
    doc
}

#[test]
fn a_grade_or_a_material_that_a_number_decides_is_written_in_the_unit_of_its_field() {
    let (doc, duty) = (gaining(), section("duty"));
    let range = |bounds: [&'static str; 3], field: &'static str| {
        let names = ["field", "test", "least", "most", "below"].map(|it| format!("{GRADE}/{it}"));
        names.into_iter().zip([field, "range", bounds[0], bounds[1], bounds[2]]).collect::<Vec<_>>()
    };
    let save = |doc: &Value, pairs: &[(String, &str)]| {
        let pairs: Vec<_> = pairs.iter().map(|it| (it.0.as_str(), it.1)).collect();
        saved(doc, duty, None, &pairs)
    };
    let table = [
        (["", "", ""], "gain", "least"),
        (["一万", "", ""], "gain", "least"),
        (["10000", "50000", "50000"], "gain", "below"),
        (["10000", "9999", ""], "gain", "most"),
        (["1", "", ""], "credit_code", "field"),
    ];
    for (bounds, field, at) in table {
        let (_, faults) = save(&doc, &range(bounds, field));
        assert_eq!(
            faults.iter().map(|it| it.field.clone()).collect::<Vec<_>>(),
            [format!("{GRADE}/{at}")],
            "{bounds:?}"
        );
    }
    let unsaid = [(format!("{GRADE}/field"), "gain"), (format!("{GRADE}/test"), "equals")];
    assert_eq!(save(&doc, &unsaid).1[0].field, format!("{GRADE}/value"));
    let (after, faults) = save(&doc, &range(["10000", "", "50000"], "gain"));
    assert_eq!(faults, []);
    let kept = json!({ "field": "gain", "range": { "least": 1_000_000, "below": 5_000_000 } });
    assert_eq!(after["discretion"][0]["grades"][0]["only_if"], kept);
    assert_eq!(saved(&after, duty, None, &[]), (after.clone(), vec![]), "saved untouched it stays");
    let whole = |doc: &Value| serde_json::from_value::<ItemDocument>(doc.clone()).unwrap();
    let found = crate::model::differences(&whole(&doc), &whole(&after));
    assert!(found[0].right.contains("「违法<所得>」10000 元以上不足 50000 元"), "{found:?}");
    let one = Focus { field: "materials".to_owned(), row: 1 };
    let when = |it: &str| format!("materials/1/condition/{it}");
    let (field, test, least) = (when("field"), when("test"), when("least"));
    let typed = [(field.as_str(), "gain"), (test.as_str(), "range"), (least.as_str(), "0.5")];
    let (after, faults) = saved(&doc, section("materials"), Some(&one), &typed);
    assert_eq!(faults, []);
    assert_eq!(after["materials"][1]["condition"], json!({ "field": "gain", "range": { "least": 50 } }));
    let needed = &whole(&after).materials[1];
    let table = [(json!({}), false), (json!({ "gain": 49 }), false), (json!({ "gain": 50 }), true)];
    for (answers, applies) in table {
        assert_eq!(needed.applies(&answers), applies, "{answers}");
    }
}

#[test]
fn a_row_keeps_its_key_when_somebody_empties_it() {
    let changes = [("check/questions/0/key", ""), ("check/questions/0/text", "改过的问题")];
    let (after, faults) = saved(&example(), section("conditions"), None, &changes);
    assert_eq!(faults, []);
    let (was, now) = (&example()["check"]["questions"][0], &after["check"]["questions"][0]);
    assert_eq!((&now["key"], now["text"].as_str()), (&was["key"], Some("改过的问题")));
}

#[test]
fn rows_are_added_moved_and_dropped() {
    let doc = example();
    let names = |doc: &Value| {
        let rows = doc["questions"].as_array().unwrap();
        rows.iter().map(|it| it["q"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = names(&doc);
    let search = section("search");
    let (added, _) = saved(&doc, search, None, &[("questions/2/q", "要带身份证吗？"), ("questions/2/a", "不用。")]);
    assert_eq!(names(&added).last().unwrap(), "要带身份证吗？");
    let (moved, _) = saved(&doc, search, None, &[("questions/1/order", "1")]);
    assert_eq!(names(&moved), [before[1].clone(), before[0].clone()]);
    let (dropped, _) = saved(&doc, search, None, &[("questions/0/drop", "yes")]);
    assert_eq!(names(&dropped), [before[1].clone()]);
    let focus = Focus { field: "materials".to_owned(), row: 0 };
    let (dropped, _) = saved(&doc, section("materials"), Some(&focus), &[("materials/0/drop", "yes")]);
    assert_eq!(dropped["materials"].as_array().unwrap().len(), doc["materials"].as_array().unwrap().len() - 1);
    let (cleared, _) = saved(&doc, section("contact"), None, &[("remedies/litigation/court", "")]);
    assert!(!cleared["remedies"].is_null(), "half of it is no reason to drop the other half");
}

pub(super) async fn hand(site: &Site, permissions: &[Permission], at: Option<Id<Authority>>) -> Visitor {
    let grants: Vec<_> = permissions.iter().map(|it| (*it, at)).collect();
    let visitor = site.person(permissions[0].words, &grants);
    identity::testing::seat(&site.app, &site.ctx(&visitor)).await.unwrap();
    visitor
}

async fn send(site: &Site, who: &Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
    site.upload(who, path, fields, ("", "", b"")).await
}

#[tokio::test]
async fn a_department_head_takes_an_item_from_the_base_directory_to_the_public_with_the_mouse_alone() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        put_base(&system, db, 0, licence().base.as_ref().unwrap()).await.unwrap();
        let head = hand(&site, &[CATALOGUE], Some(office)).await;
        let (checker, lawyer) = (hand(&site, &[OFFICE_CHECK], None).await, hand(&site, &[LEGAL_CHECK], None).await);
        let at = office.to_string();
        assert!(site.get(&head, "/desk/items/new?q=食品").await.body.contains("000131024000"), "{}", site.engine);
        let made = site.post(&head, "/desk/items/new", &[("authority", &at), ("code", "000131024000")]).await;
        assert!(made.location.ends_with("/edit/basic"), "{}", made.body);
        let id = items(db, &crate::ItemFilter::default(), &kernel::PageAsk::default()).await.unwrap().items[0].id;
        let page = format!("/desk/items/{id}");
        let refused = site.post(&head, &format!("{page}/submit"), &[("version", "1")]).await;
        assert_eq!(refused.status, 303);
        assert_eq!(item(db, id).await.unwrap().stage, Some(crate::model::Stage::Writing), "not complete yet");
        // Every section is opened and filled as the licence of the demo says.
        let wanted = serde_json::to_value(licence()).unwrap();
        for (group, fields) in SECTIONS {
            let edit_at = format!("{page}/edit/{}", group.code());
            assert_eq!(site.get(&head, &edit_at).await.status, 200, "{edit_at}");
            if *group == crate::model::Group::Form {
                super::designer::build(&site, &head, id, licence().form.as_ref().unwrap()).await;
                continue;
            }
            for field in fields.iter().filter(|it| edit::is_paged(it).is_some()) {
                for row in 0..wanted[field.key].as_array().map_or(0, Vec::len) {
                    let focus = Focus { field: field.key.to_owned(), row };
                    let given = Given { doc: &wanted, faults: &[], focus: Some(&focus), files: "" };
                    let mut pairs = sent(&edit::parts(fields, &given));
                    pairs.push(("version".to_owned(), item(db, id).await.unwrap().version.to_string()));
                    let pairs: Vec<_> = pairs.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
                    let path = format!("{edit_at}?list={}&row={row}", field.key);
                    let answer = send(&site, &head, &path, &pairs).await;
                    assert_eq!(answer.status, 303, "{path}: {}", answer.body);
                }
            }
            let given = Given { doc: &wanted, faults: &[], focus: None, files: "" };
            let mut pairs = sent(&edit::parts(fields, &given));
            pairs.push(("version".to_owned(), item(db, id).await.unwrap().version.to_string()));
            let pairs: Vec<_> = pairs.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
            let answer = send(&site, &head, &edit_at, &pairs).await;
            assert_eq!(answer.status, 303, "{edit_at}: {}", answer.body);
        }
        let doc = draft(db, id).await.unwrap().unwrap();
        assert_eq!(super::findings(&doc), [], "mended to 100 %");
        assert!(site.get(&head, &page).await.body.contains("完整度 100%"));
        let now = async || item(db, id).await.unwrap().version.to_string();
        site.post(&head, &format!("{page}/submit"), &[("version", &now().await)]).await;
        for (who, said) in [(&checker, "pass"), (&lawyer, "return")] {
            assert!(site.get(who, "/desk/item-checks").await.body.contains(&doc.name));
            assert_eq!(site.get(who, &format!("{page}/check")).await.status, 200);
            let version = now().await;
            let fields =
                [("version", version.as_str()), ("verdict", said), ("field/0", "conditions"), ("reason/0", "写清楚")];
            let answer = site.post(who, &format!("{page}/check"), &fields).await;
            assert_eq!(answer.status, 303, "{}", answer.body);
        }
        assert_eq!(remarks(&site.app, id).await.unwrap().len(), 1);
        assert!(site.get(&head, &format!("{page}/edit/conditions")).await.body.contains("退回意见：写清楚"));
        site.post(&head, &format!("{page}/submit"), &[("version", &now().await)]).await;
        for who in [&checker, &lawyer] {
            let version = now().await;
            site.post(who, &format!("{page}/check"), &[("version", version.as_str()), ("verdict", "pass")]).await;
        }
        let done = site.post(&head, &format!("{page}/publish"), &[("version", &now().await)]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        assert_eq!(item(db, id).await.unwrap().state, ItemState::Published);
    }
}

#[tokio::test]
async fn the_second_of_two_editors_sees_the_difference_and_both_words_are_kept() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        let id = create_item(&system, db, office, &licence()).await.unwrap();
        let second = hand(&site, &[CATALOGUE], Some(office)).await;
        let mut first = licence();
        first.summary = "先到的说明".to_owned();
        revise(&system, db, id, 1, &first).await.unwrap();
        let doc = serde_json::to_value(licence()).unwrap();
        let given = Given { doc: &doc, faults: &[], focus: None, files: "" };
        let mut pairs = sent(&edit::parts(SECTIONS[section("search")].1, &given));
        for it in &mut pairs {
            match it.0.as_str() {
                "summary" => it.1 = "后到的说明".to_owned(),
                "aliases" => it.1 = "开饭店\n开小店".to_owned(),
                _ => {}
            }
        }
        pairs.push(("version".to_owned(), "1".to_owned()));
        let pairs: Vec<_> = pairs.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        let met = send(&site, &second, &format!("/desk/items/{id}/edit/search"), &pairs).await;
        assert_eq!(met.status, 200, "{}", site.engine);
        for word in ["先到的说明", "后到的说明", "两人都改了", "只有您改了"] {
            assert!(met.body.contains(word), "{word}");
        }
        assert_eq!(draft(db, id).await.unwrap().unwrap().summary, "先到的说明", "nothing is overwritten");
        let kept = json!({ "summary": "后到的说明", "aliases": ["开饭店", "开小店"] }).to_string();
        let merge = [("version", "2"), ("kept", &kept), ("take/summary", "theirs"), ("take/aliases", "yours")];
        let done = site.post(&second, &format!("/desk/items/{id}/merge"), &merge).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let doc = draft(db, id).await.unwrap().unwrap();
        assert_eq!((doc.summary.as_str(), doc.aliases.len()), ("先到的说明", 2));
    }
}

#[tokio::test]
async fn a_file_is_taken_in_if_people_can_open_it_and_the_public_fetches_it_after_publication() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        let id = create_item(&system, db, office, &licence()).await.unwrap();
        let keeper = hand(&site, &[CATALOGUE], Some(office)).await;
        let path = format!("/desk/items/{id}/edit/result");
        let doc = serde_json::to_value(licence()).unwrap();
        let given = Given { doc: &doc, faults: &[], focus: None, files: "" };
        let mut pairs = sent(&edit::parts(SECTIONS[section("result")].1, &given));
        pairs.push(("version".to_owned(), "1".to_owned()));
        let pairs: Vec<_> = pairs.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        let bad = site.upload(&keeper, &path, &pairs, ("result/sample", "a.pdf", b"MZ not a paper")).await;
        assert!(bad.status == 200 && bad.body.contains("只能上传"), "{}", site.engine);
        let good = site.upload(&keeper, &path, &pairs, ("result/sample", "样本.pdf", b"%PDF-1.7 sample")).await;
        assert_eq!(good.status, 303, "{}", good.body);
        let blob = draft(db, id).await.unwrap().unwrap().result.unwrap().sample.unwrap().blob;
        let at = format!("/items/{id}/files/{blob}");
        assert_eq!(site.get(&site.anonymous(), &at).await.status, 404, "not before it is published");
        publish(&system, db, id, 2).await.unwrap();
        let fetched = site.get(&site.anonymous(), &at).await;
        assert_eq!((fetched.status, fetched.body.as_str()), (200, "%PDF-1.7 sample"));
        assert_eq!(site.get(&site.anonymous(), &format!("/items/{id}/files/{}", "0".repeat(64))).await.status, 404);
    }
}

#[tokio::test]
async fn the_organisation_office_changes_an_entry_on_its_page_and_sees_whom_it_touches() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        let id = create_item(&system, db, office, &licence()).await.unwrap();
        publish(&system, db, id, 1).await.unwrap();
        let keeper = hand(&site, &[DIRECTORY, OFFICE_CHECK], None).await;
        let department = hand(&site, &[CATALOGUE], Some(office)).await;
        let page = "/desk/base/000131024000";
        assert!(site.get(&keeper, page).await.body.contains("谯城区市场监督管理局"), "{}", site.engine);
        assert_eq!(site.get(&department, page).await.status, 200, "departments look");
        assert_eq!(site.post(&department, page, &[("version", "1")]).await.status, 403, "and do not write");
        let law = [
            ("version", "1"),
            ("name", "食品（含保健食品）经营许可"),
            ("item_type", "01"),
            ("directory", "national"),
            ("service_objects", "1"),
            ("legal_basis/n", "1"),
            ("legal_basis/0/law", "中华人民共和国食品安全法"),
            ("statutory_limit/n", "6"),
            ("statutory_limit/unit", "working_day"),
        ];
        assert_eq!(site.post(&keeper, page, &law[..4]).await.status, 200, "shown again with what is missing");
        let saved = site.post(&keeper, page, &law).await;
        assert_eq!(saved.status, 303, "{}", saved.body);
        let opened = item(db, id).await.unwrap();
        assert!(opened.stage.is_some() && opened.findings > 0 && opened.state == ItemState::Published);
        assert!(site.get(&keeper, page).await.body.contains("编制中"));
    }
}

#[tokio::test]
async fn a_range_that_is_wrong_is_told_on_the_items_page_and_stays_as_typed() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        let doc: ItemDocument = serde_json::from_value(gaining()).unwrap();
        let id = create_item(&system, db, office, &doc).await.unwrap();
        let head = hand(&site, &[CATALOGUE], Some(office)).await;
        let page = format!("/desk/items/{id}/edit/duty");
        let send_with = async |least: &str, below: &str| {
            let given = Given { doc: &gaining(), faults: &[], focus: None, files: "" };
            let mut pairs = sent(&edit::parts(SECTIONS[section("duty")].1, &given));
            for (part, value) in [("field", "gain"), ("test", "range"), ("least", least), ("below", below)] {
                let name = format!("{GRADE}/{part}");
                pairs.retain(|it| it.0 != name);
                pairs.push((name, value.to_owned()));
            }
            pairs.push(("version".to_owned(), item(db, id).await.unwrap().version.to_string()));
            let pairs: Vec<_> = pairs.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
            send(&site, &head, &page, &pairs).await
        };
        let wrong = send_with("一<万>", "50000").await;
        assert!(wrong.body.contains("请填写金额，如 10000"), "{}: {}", site.engine, wrong.body);
        assert!(wrong.body.contains("一&#60;万&#62;") && wrong.body.contains(&format!("href=\"#{GRADE}/least\"")));
        assert!(wrong.body.contains("违法&#60;所得&#62;"), "{}", site.engine);
        let done = send_with("10000", "50000").await;
        assert_eq!(done.status, 303, "{}: {}", site.engine, done.body);
        let shown = site.get(&head, &page).await.body;
        let least = format!("name=\"{GRADE}/least\"");
        let control = shown.split("<input").find(|it| it.contains(&least)).expect("the control");
        assert!(control.contains("value=\"10000\""), "{}: {control}", site.engine);
    }
}
