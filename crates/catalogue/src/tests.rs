//! Promises of the catalogue, on every engine.

mod designer;
mod desk;
mod desk_api;
mod exchange;
mod format;
mod import;
mod items;
mod lifecycle;
mod lists;
mod meeting;
mod offices;
mod rules;
mod words;

use kernel::{Authority, Ctx, Id};
use storage::Db;
use webkit::Area;

use crate::model::{Finding, ItemDocument, Rulebook, Suspect};

/// The areas of a site under test.
pub(crate) static AREAS: [&Area; 2] = [&identity::AREA, &crate::AREA];

/// A site on each engine.
pub(crate) async fn sites() -> Vec<testkit::Site> {
    testkit::sites_with(&AREAS, |_| [crate::own(), vec![testkit::fonts()]].concat(), None).await
}

/// The demo's licence, complete in every element.
pub(crate) fn licence() -> ItemDocument {
    serde_json::from_str(include_str!("../../yiwang/demo/items/01-food-business-licence.json"))
        .expect("an item document")
}

/// What keeps a document from being published, by the words that the program ships.
pub(crate) fn findings(doc: &ItemDocument) -> Vec<Finding> {
    Rulebook::shipped().expect("the rules").findings(doc)
}

/// What is recommended of a document.
pub(crate) fn warnings(doc: &ItemDocument) -> Vec<Finding> {
    Rulebook::shipped().expect("the rules").warnings(doc)
}

/// A document's suspect materials.
pub(crate) fn suspects(doc: &ItemDocument) -> Vec<Suspect> {
    Rulebook::shipped().expect("the rules").suspects(doc)
}

/// An authority of 谯城区, with a code of its own.
pub(crate) async fn authority(ctx: &Ctx, db: &Db, name: &str, uscc: &str) -> Id<Authority> {
    let facts = identity::AuthorityFacts {
        name: name.to_owned(),
        short_name: "谯".to_owned(),
        uscc: uscc.to_owned(),
        division: "341602000000".to_owned(),
        phone: "0558-5550101".to_owned(),
        address: "演示大道1号".to_owned(),
        hours: "工作日".to_owned(),
    };
    identity::create_authority(ctx, db, &facts).await.expect("an authority")
}

/// The record and its things agree.
pub(crate) async fn verified(site: &testkit::Site) {
    let snapshot = site.app.db.snapshot().await.expect("a snapshot");
    let replays: Vec<_> = AREAS.iter().flat_map(|it| (it.replays)()).collect();
    let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
    let found = journal::verify(&snapshot, &[], &replays).await.expect("the engine reads");
    assert!(found.is_ok(), "{}: {found:?}", site.engine);
}

/// A person who keeps the catalogue of one authority, or of all, with the post that says so.
pub(crate) async fn keeper(site: &testkit::Site, at: Option<Id<Authority>>) -> testkit::Visitor {
    let visitor = site.person("目录员", &[(crate::CATALOGUE, at)]);
    identity::testing::seat(&site.app, &site.ctx(&visitor)).await.expect("the post is seated");
    visitor
}
