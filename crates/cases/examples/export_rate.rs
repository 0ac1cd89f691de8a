//! In how much memory, and how fast, a long list is written out: `cargo run --release -p cases --example export_rate -- [ROWS]`. A worklist of so many
//! cases, walked over by the worker as in a running site: every row read by key, named, written down as a look, laid ready sealed, packed,
//! and handed out. The figures are kept in `docs/benchmarks.md`.

use std::{any::Any, sync::Arc, time::Instant};

use cases::{ACCEPT, SEE};
use catalogue::ItemDocument;
use identity::{AuthorityFacts, NewEnterprise, NewPerson};
use kernel::Holder;
use serde_json::json;
use testkit::{Site, Visitor};
use webkit::Area;

static AREAS: &[&Area] = &[&identity::AREA, &catalogue::AREA, &cases::AREA];
const LICENCE: &str = include_str!("../../yiwang/demo/items/01-food-business-licence.json");
/// Rows that one statement adds.
const CHUNK: i64 = 50_000;

storage::sql! {
    /// Cases as the one there is, but for their ids and numbers.
    MORE = "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) \
        INSERT INTO cases (id, number, item, item_version, authority, division, holder, filed_by, channel, consent_at, filed_at, stage, state, form, \
        files, wake_day, wake_tbd, promised_due, promised_tbd, statutory_due, statutory_tbd, post, due_key, open, version, head, changed_at, \
        claimed_by, preliminary, desk) SELECT printf('%032x', n.i), printf('%s-%d', number, n.i), item, item_version, authority, division, holder, filed_by, channel, \
        consent_at, filed_at, stage, state, form, files, wake_day, wake_tbd, promised_due, promised_tbd, statutory_due, statutory_tbd, post, \
        due_key, open, version, head, changed_at, claimed_by, preliminary, desk FROM cases, n WHERE id = $3";
}

fn own(_: &storage::Db) -> Vec<Arc<dyn Any + Send + Sync>> {
    let mut parts = catalogue::own();
    parts.extend(cases::parts(&[]).expect("the embedded fonts"));
    parts.push(identity::callers(AREAS.iter().flat_map(|it| it.posts).copied()));
    parts
}

/// So much memory the process held at most, in MB.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|it| it.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// A credit code with both its check characters.
fn credit_code(head: &str) -> String {
    let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let ends = alphabet.chars().flat_map(|a| alphabet.chars().map(move |b| (a, b)));
    let mut codes = ends.map(|(a, b)| format!("{head}{a}{b}"));
    codes.find(|it| standards::CreditCode::parse(it).is_ok()).expect("check characters")
}

/// A site with one filed case, its officer, and the case's id.
async fn one_case(site: &Site) -> (Visitor, String) {
    let system = site.app.system("bench");
    let facts = AuthorityFacts {
        name: "试验局".to_owned(),
        uscc: credit_code("1134160200300001"),
        division: "341602".to_owned(),
        ..AuthorityFacts::default()
    };
    let authority = identity::create_listed_authority(&system, &site.app.db, &facts).await.expect("an authority");
    let document: ItemDocument = serde_json::from_str(LICENCE).expect("a document");
    let item = catalogue::create_item(&system, &site.app.db, authority, &document).await.expect("an item");
    let version = catalogue::item(&site.app.db, item).await.expect("the item").version;
    catalogue::publish(&system, &site.app.db, item, version).await.expect("published");
    let stem = "34160219900101100";
    let whole = "0123456789X".chars().map(|check| format!("{stem}{check}"));
    let new = NewPerson {
        paper: standards::PaperKind::Citizen,
        name: "陈志远".to_owned(),
        citizen_number: whole.into_iter().find(|it| standards::CitizenNumber::parse(it).is_ok()).expect("a number"),
        mobile: "13900000001".to_owned(),
        address: "试验路 1 号".to_owned(),
        level: 3,
    };
    let person = identity::create_person(&system, &site.app, &new).await.expect("a person");
    let new = NewEnterprise {
        uscc: credit_code("9234160200300001"),
        name: "志远牛肉馍店".to_owned(),
        representative: Some(person),
        address: "试验路 8 号".to_owned(),
    };
    let enterprise = identity::create_enterprise(&system, &site.app.db, &new).await.expect("an enterprise");
    let applicant = site.visitor(person, "陈志远", &[], Some(Holder::Enterprise(enterprise)));
    let values = &document.sample.as_ref().expect("a sample").form;
    let ask = json!({ "item": item.to_string(), "values": values });
    let draft = site.call(&applicant, "POST", "/api/v1/drafts", ask).await.json();
    let id = draft["id"].as_str().expect("a draft").to_owned();
    for it in draft["materials"].as_array().expect("materials") {
        let wanted = it["required"] == true || it["may_follow"] == true;
        if wanted && it["from_form"] == false {
            let path = format!("/api/v1/drafts/{id}/materials/{}?name=a.pdf", it["key"].as_str().expect("a key"));
            site.send(&applicant, ("POST", &path), "application/octet-stream", b"%PDF-1.7\n% a page".to_vec()).await;
        }
    }
    let filed = site.call(&applicant, "POST", "/api/v1/cases", json!({ "draft": id })).await;
    assert_eq!(filed.status, 201, "{}", filed.body);
    let officer = system.new_id();
    let officer = site.visitor(officer, "王窗口", &[(SEE, Some(authority)), (ACCEPT, Some(authority))], None);
    identity::testing::seat(&site.app, &site.ctx(&officer)).await.expect("a seat");
    (officer, id)
}

#[tokio::main]
async fn main() {
    let rows: i64 = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(1_000_000);
    let sites = testkit::sites_with(AREAS, own, None).await;
    let site = sites.iter().find(|it| it.engine == "sqlite").expect("a site");
    let (officer, first) = one_case(site).await;
    let system = site.app.system("bench");
    let mut made = 1;
    while made < rows {
        let to = (made + CHUNK - 1).min(rows - 1);
        let mut unit = storage::Unit::new(&system);
        unit.run(MORE, storage::args![made, to, first.as_str()]);
        site.app.db.commit(unit).await.expect("committed").or_stale("rows").expect("added");
        made = to + 1;
    }
    println!("{rows} cases in the list; peak before {} MB", peak_mb());
    let sweep = cases::AREA.sweeps.iter().find(|it| it.name == "cases.exports").expect("the worker");
    for form in ["csv", "xlsx"] {
        let begun = Instant::now();
        let ask = json!({ "post": "accept", "form": form, "purpose": "inspection" });
        let asked = site.call(&officer, "POST", "/api/v1/worklist/exports", ask).await;
        assert_eq!(asked.status, 202, "{}", asked.body);
        let place = format!("/api/v1/worklist/exports/{}", asked.json()["id"].as_str().expect("an id"));
        let told = loop {
            (sweep.run)(&site.app, &site.app.system("cases.exports")).await.expect("a round");
            let told = site.call(&officer, "GET", &place, json!(null)).await.json();
            if told["state"] != "writing" && told["state"] != "packing" {
                break told;
            }
        };
        assert_eq!(told["rows"], rows, "the whole list: {told}");
        println!(
            "{form}: {} of {} rows, {} MB, {:.0} s, peak {} MB",
            told["state"],
            told["rows"],
            told["bytes"].as_i64().unwrap_or_default() >> 20,
            begun.elapsed().as_secs_f64(),
            peak_mb()
        );
    }
}
