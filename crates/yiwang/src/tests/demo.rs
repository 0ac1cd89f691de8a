//! Promises of the demo's data: enough items of enough kinds, each complete, and each can be filed and lived to its result by demo people.

use std::collections::BTreeSet;

use catalogue::model::{Rulebook, missing, percent_complete};
use serde_json::{Value, json};
use standards::ItemType;

use crate::{
    cli::LogFormat,
    commands::demo::make,
    demo::{
        Content,
        content::{DemoCase, DemoItem, DemoPerson},
        letters::Letter,
    },
    settings::Settings,
};

/// What the demo promises at least.
const ITEMS_MIN: usize = 40;
const TYPES_MIN: usize = 7;
const DEPARTMENTS_MIN: usize = 12;

fn content() -> Content {
    Content::read().expect("the demo's files can be read")
}

#[test]
fn the_demo_has_forty_items_of_seven_types_and_twelve_departments() {
    let items = content().items;
    let types: BTreeSet<_> = items.iter().filter_map(|it| it.document.item_type()).collect();
    let departments: BTreeSet<_> = items.iter().map(|it| it.authority.as_str()).collect();
    assert!(items.len() >= ITEMS_MIN, "{}", items.len());
    assert!(types.len() >= TYPES_MIN, "{types:?}");
    assert!(departments.len() >= DEPARTMENTS_MIN, "{departments:?}");
}

#[test]
fn every_item_of_the_demo_is_complete_and_keeps_every_rule() {
    let (mut faults, book) = (Vec::new(), Rulebook::shipped().expect("the rules"));
    for it in content().items {
        let absent = missing(&it.document);
        if !absent.is_empty() || percent_complete(i64::try_from(absent.len()).unwrap_or(i64::MAX)) != 100 {
            faults.push(format!("{}: {absent:?}", it.slug));
        }
        faults.extend(book.findings(&it.document).into_iter().map(|found| format!("{}: {found:?}", it.slug)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_item_of_the_demo_says_more_than_the_rules_ask() {
    let mut faults = Vec::new();
    for DemoItem { slug, document: it, .. } in content().items {
        let mut must = |fine: bool, what: &str| {
            if !fine {
                faults.push(format!("{slug}: {what}"));
            }
        };
        let check = it.check.as_ref();
        must(check.is_some_and(|check| check.faults().is_empty()), "no sound condition check");
        must(it.responsibility.as_ref().is_some_and(|it| !it.duties.is_empty()), "no responsibility list");
        must(!it.common_mistakes.is_empty(), "no common mistakes");
        must(it.sample.is_some(), "no filled example");
        must(it.aliases.len() >= 3, "fewer than three names that people use");
        must(it.questions.len() >= 3, "fewer than three questions");
        must(it.materials.iter().all(|it| !it.legal_basis.trim().is_empty()), "a material without a legal basis");
        let held = it.materials.iter().filter(|it| !it.held_by_platform.is_empty());
        must(held.into_iter().all(|it| !it.is_required()), "asks for what the platform holds");
        // A reward for those who report a wrong belongs to no event of one's life.
        let event = !it.topics.life_events.is_empty() || !it.topics.business_events.is_empty();
        must(event || it.item_type() == Some(ItemType::Reward), "no event of life or business");
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn what_an_item_of_the_demo_refers_to_exists() {
    let items = content().items;
    let names: BTreeSet<_> = items.iter().map(|it| it.document.name.as_str()).collect();
    let mut faults = Vec::new();
    for DemoItem { slug, document: it, .. } in &items {
        let fields = it.form.as_ref().map(|form| &form.schema["properties"]);
        for material in &it.materials {
            let Some(when) = &material.condition else { continue };
            if fields.is_none_or(|fields| fields.get(&when.field).is_none()) {
                faults.push(format!("{slug}: {} asks for the field {}", material.name, when.field));
            }
        }
        let answers = it.check.iter().flat_map(|it| &it.questions).flat_map(|it| &it.options);
        let unknown = answers.filter(|it| !it.item.is_empty() && !names.contains(it.item.as_str()));
        faults.extend(unknown.map(|it| format!("{slug}: there is no item {}", it.item)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_letter_of_the_demo_belongs_to_a_material_and_leaves_nothing_in_braces() {
    let items = content().items;
    for letter in Letter::all().expect("the letters") {
        let stands = |it: &DemoItem| it.document.materials.iter().any(|it| it.name == letter.material);
        assert!(items.iter().any(stands), "{}", letter.material);
        for text in letter.paragraphs.iter().chain([&letter.closing]) {
            let (blank, filled) = (letter.text(text, false), letter.text(text, true));
            assert!(!blank.contains('{') && !filled.contains(['{', '＿']), "{filled}");
        }
        for (name, value) in &letter.filled {
            let asked = letter.paragraphs.iter().chain([&letter.closing]).any(|it| it.contains(&format!("{{{name}}}")));
            assert!(asked && !value.is_empty(), "{}: {name}", letter.material);
        }
    }
}

/// The person who holds this post at this authority.
fn holder(content: &Content, authority: &str, post: &str) -> String {
    let holds =
        |it: &&DemoPerson| it.posts.iter().any(|it| it.post == post && it.authority.as_deref() == Some(authority));
    let found = content.people.iter().find(holds);
    found.map(|it| it.login.clone()).unwrap_or_else(|| panic!("nobody holds {post} at {authority}"))
}

/// The authority that accepts and examines first, or the item's own where none does.
fn first<'a>(content: &'a Content, item: &'a DemoItem) -> &'a str {
    let Some(preliminary) = &item.document.preliminary else { return &item.authority };
    let found = content.authorities.iter().find(|it| preliminary.offices.contains(&it.uscc));
    found.map(|it| it.key.as_str()).unwrap_or_else(|| panic!("{}: nobody of the demo examines first", item.slug))
}

/// The life of a case of this item, from filing to delivery, by whoever holds the posts.
fn life(content: &Content, item: &DemoItem) -> DemoCase {
    let by = |post: &str| holder(content, &item.authority, post);
    let first = first(content, item);
    let below = |post: &str| holder(content, first, post);
    let (applicant, on_behalf_of) =
        if item.document.serves_persons() { ("zhiyuan", None) } else { ("haitao", Some("yaodu".to_owned())) };
    let act = |day: i64, by: &str, act: &str| json!({"day": day, "by": by, "act": act});
    let mut acts: Vec<Value> = vec![
        act(0, applicant, "file"),
        act(0, &below("accept"), "receive"),
        act(1, &below("accept"), "accept"),
        json!({"day": 2, "by": by("review"), "act": "review_pass", "opinion": "材料齐全，符合条件。"}),
        json!({"day": 3, "by": by("decide"), "act": "approve", "opinion": "同意。"}),
        act(4, &by("issue"), "issue"),
        json!({"day": 5, "by": by("issue"), "act": "deliver", "way": "self"}),
    ];
    if item.document.preliminary.is_some() {
        acts.insert(3, json!({"day": 2, "by": below("review"), "act": "hand_up", "opinion": "材料齐全，建议准予。"}));
    }
    // What may follow is handed in, so that nothing is owed at the end; the rest the office obtains itself.
    let owed = item.document.materials.iter().filter(|it| it.max_days_owed.is_some());
    let materials = owed.map(|it| it.key.clone()).collect();
    let mut form = item.document.sample.as_ref().map(|it| it.form.clone()).unwrap_or_default();
    // Whoever applies signs.
    let asked = item.document.form.iter().filter_map(|it| it.schema["properties"].as_object()).flatten();
    let name = content.people.iter().find(|it| it.key == applicant).map(|it| it.name.clone());
    for (field, _) in asked.filter(|it| it.1["format"] == "signature") {
        form[field] = json!(name);
    }
    DemoCase {
        item: item.slug.clone(),
        applicant: applicant.to_owned(),
        on_behalf_of,
        days_ago: 20,
        form,
        materials,
        acts,
    }
}

#[tokio::test]
async fn every_item_of_the_demo_can_be_filed_with_its_filled_example_and_lived_to_its_result() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut content = content();
    content.cases = content.items.iter().map(|it| life(&content, it)).collect();
    let settings = Settings {
        data: folder.path().to_owned(),
        database: None,
        listen: ([127, 0, 0, 1], 0).into(),
        address: "http://127.0.0.1".to_owned(),
        tls: None,
        trusted_proxies: Vec::new(),
        metrics_from: Vec::new(),
        log_format: LogFormat::Text,
        log_file: None,
        plain_http: false,
        scanner: None,
        gateways: crate::couriers::Gateways::default(),
        verification: None,
        breached_passwords: None,
        provider_networks: Vec::new(),
        pause_ms: 0,
        days_ahead: 0,
    };
    let (site, _) = make(&settings, &content).await.expect("every case comes to its end");
    site.app.db.close().await.expect("the database closes");
}

#[test]
fn only_a_demo_sites_day_can_be_put_ahead() {
    let now = kernel::Clock::now(&kernel::SystemClock);
    for (ahead, demo, expected) in [(10, true, 10), (0, true, 0), (10, false, 0)] {
        let seconds = (crate::site::clock(ahead, demo).now().micros() - now.micros()) / 1_000_000;
        assert_eq!((seconds + 43_200) / 86_400, expected, "{ahead} days, a demo: {demo}");
    }
}
