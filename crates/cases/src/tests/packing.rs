//! One's case as one ZIP, the files among one's own data, and files that a scanner looks through before they count.

use std::{io::Read, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use identity::{Dossier, Purpose, look_told};
use kernel::{Error, Result};
use serde_json::{Value, json};
use webkit::{App, axum};

use super::world::{PDF, World, worlds, worlds_for_persons};
use crate::{
    NewMaterial, Scanner, Scanning, Verdict, add_material,
    service::{archive, dossier::PersonsDossier, materials},
};

/// The files of an archive by name, read by another reader than what wrote them in a stream.
pub(super) fn unpacked(bytes: Bytes) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let count = archive.len();
    let file = |n| {
        let mut entry = archive.by_index(n).expect("an entry");
        let (name, mut text) = (entry.name().expect("a name").into_owned(), Vec::new());
        entry.read_to_end(&mut text).expect("its bytes");
        (name, text)
    };
    (0..count).map(file).collect()
}

pub(super) async fn whole(answer: axum::response::Response) -> Bytes {
    axum::body::to_bytes(answer.into_body(), 50_000_000).await.expect("a whole archive")
}

#[tokio::test]
async fn all_of_a_case_is_one_archive_for_its_applicant_and_who_may_see_it() {
    for world in worlds_for_persons().await {
        let (engine, id) = (world.site.engine, world.filed().await);
        world.settle().await;
        let place = format!("/cases/{id}/archive");
        let stranger = world.site.person("别人", &[]);
        assert_eq!(world.site.get(&stranger, &place).await.status, 404, "{engine}");
        let asked = world.site.get(&world.applicant, &place).await;
        assert!(asked.status == 200 && asked.body.starts_with("PK"), "{engine}: {}", asked.status);
        let page = world.site.get(&world.applicant, &format!("/cases/{id}")).await.body;
        assert!(page.contains(&format!("href=\"{place}\"")), "{engine}: {page}");

        let (ctx, app) = (world.ctx(&world.applicant), &world.site.app);
        let packed = archive::read(&ctx, app, id).await.expect("a case");
        assert!(packed.name().ends_with(".zip"), "{engine}: {}", packed.name());
        let (into, answer) = webkit::archive(&packed.name());
        let (filled, bytes) = tokio::join!(archive::fill(&ctx, app, &packed, into), whole(answer));
        filled.expect("filled");
        let files = unpacked(bytes);
        let of = |name: &str| files.iter().find(|it| it.0 == name).map(|it| it.1.clone()).unwrap_or_default();
        assert!(files.iter().any(|it| it.0.starts_with("材料/") && it.1 == PDF), "{engine}");
        assert!(files.iter().any(|it| it.0.starts_with("文书/") && it.1.starts_with(b"%PDF")), "{engine}");
        let told: Value = serde_json::from_slice(&of("办件.json")).expect("JSON");
        let number = told["case"]["number"].as_str().expect("a number");
        let html = String::from_utf8(of("办件.html")).expect("a page");
        assert!(html.contains(number) && html.contains("办理经过") && html.contains("陈志远"), "{engine}: {html}");
        assert_eq!(told["timeline"][0]["kind"], "cases.filed", "{engine}");
    }
}

#[tokio::test]
async fn an_officers_archive_is_a_look_and_of_a_case_that_is_over_it_is_asked_what_for() {
    for world in worlds_for_persons().await {
        let (engine, id) = (world.site.engine, world.filed().await);
        let place = format!("/cases/{id}/archive");
        let number =
            crate::case(&world.ctx(&world.applicant), &world.site.app, id).await.expect("a case").summary.number;
        let kernel::Holder::Person(person) = world.holder else { panic!("an item for persons") };
        let told =
            async || look_told(&world.ctx(&world.review), &world.site.app, person, &number).await.expect("a look");
        assert_eq!(told().await, None, "{engine}");
        assert_eq!(world.site.get(&world.review, &place).await.status, 200, "{engine}");
        assert_eq!(told().await, Some(Purpose::Handling), "{engine}");
        world.act(&world.applicant, id, json!({"act": "withdraw", "reason": "不办了"})).await;
        let asked = world.site.get(&world.decide, &place).await;
        let asks = format!("/desk/cases/{id}?then=%2Fcases%2F{id}%2Farchive");
        assert_eq!((asked.status, asked.location.as_str()), (303, asks.as_str()), "{engine}");
        let fields = [("purpose", "archive"), ("words", ""), ("then", place.as_str())];
        let led = world.site.post(&world.decide, &format!("/desk/cases/{id}/look"), &fields).await.location;
        assert_eq!(led, place, "{engine}");
        assert_eq!(world.site.get(&world.decide, &place).await.status, 200, "{engine}");
    }
}

#[tokio::test]
async fn ones_own_data_hold_the_files_of_ones_cases_in_folders_of_their_own() {
    for world in worlds_for_persons().await {
        let (engine, id) = (world.site.engine, world.filed().await);
        world.settle().await;
        let (ctx, app) = (world.ctx(&world.applicant), &world.site.app);
        let number = crate::case(&ctx, app, id).await.expect("a case").summary.number;
        let (mut into, answer) = webkit::archive("data.zip");
        let fill = async {
            let left = PersonsDossier.files(&ctx, app, &mut into).await.expect("files");
            into.finish().await.expect("the end");
            left
        };
        let (left, bytes) = tokio::join!(fill, whole(answer));
        let files = unpacked(bytes);
        assert!(left.is_empty() && !files.is_empty(), "{engine}: {left:?}");
        for (name, bytes) in &files {
            assert!(name.starts_with(&format!("办件/{number} ")), "{engine}: {name}");
            assert!(bytes.starts_with(b"%PDF"), "{engine}: {name}");
        }
    }
}

/// A scanner that says this of every file.
struct Says(Option<Verdict>);

#[async_trait]
impl Scanner for Says {
    async fn scan(&self, _: &Bytes) -> Result<Verdict> {
        self.0.ok_or_else(|| Error::internal("the scanner is down"))
    }
}

/// The same site with this scanner.
fn scanned(world: &World, said: Option<Verdict>) -> App {
    let app = &world.site.app;
    let mut own = super::world::own(&app.db);
    own.push(Arc::new(Scanning(Arc::new(Says(said)))));
    testkit::altered(app, super::world::AREAS, own, |_| {})
}

#[tokio::test]
async fn a_file_counts_only_if_the_scanner_says_that_it_is_clean() {
    for world in worlds().await {
        let engine = world.site.engine;
        let ask = json!({"item": world.item.to_string(), "values": world.values()});
        let draft = world.call("POST", &world.applicant, "/api/v1/drafts", ask).await.json();
        let id = draft["id"].as_str().expect("an id").parse().expect("an id");
        let all = draft["materials"].as_array().expect("materials");
        let key = all.iter().find(|it| it["from_form"] == false).expect("a material")["key"].as_str().expect("a key");
        let new = NewMaterial {
            material: key.to_owned(),
            name: "a.pdf".to_owned(),
            bytes: Bytes::from_static(PDF),
            replaces: None,
        };
        let ctx = world.ctx(&world.applicant);
        let harmful =
            add_material(&ctx, &scanned(&world, Some(Verdict::Harmful)), id, &new).await.expect_err("refused");
        let Error::Invalid(faults) = harmful else { panic!("{engine}: {harmful}") };
        assert!(
            faults[0].field == format!("material.{key}") && faults[0].message.contains("病毒"),
            "{engine}: {faults:?}"
        );
        let unknown = add_material(&ctx, &scanned(&world, None), id, &new).await.expect_err("refused");
        assert!(unknown.message().contains("没有收下"), "{engine}: {unknown}");
        assert!(materials::list(&world.site.app, id).await.expect("files").is_empty(), "{engine}: nothing counts");
        add_material(&ctx, &scanned(&world, Some(Verdict::Clean)), id, &new).await.expect("taken");
        assert_eq!(materials::list(&world.site.app, id).await.expect("files").len(), 1, "{engine}");
    }
}
