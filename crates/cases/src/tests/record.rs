//! The record: it verifies, finds an altered case, and a notice of holidays reckons open clocks anew.

use serde_json::json;

use super::world::{World, worlds};
use crate::{import_calendar, store};

pub(super) async fn verify(world: &World) -> std::result::Result<journal::Report, journal::Broken> {
    let snapshot = world.site.app.db.snapshot().await.expect("a snapshot");
    let mut replays = Vec::new();
    for area in super::world::AREAS {
        replays.extend((area.replays)());
    }
    let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
    journal::verify(&snapshot, &[], &replays).await.expect("the engine reads")
}

#[tokio::test]
async fn the_record_verifies_and_an_altered_case_is_named() {
    storage::sql! {
        /// What an intruder might write.
        FORGE_DUE = "UPDATE cases SET promised_due = '2026-12-31' WHERE id = $1";
        /// Another.
        FORGE_HOLDER = "UPDATE cases SET holder = 'person:00000000000000000000000000000000' WHERE id = $1";
        /// A number given to another paper.
        FORGE_PAPER = "UPDATE case_papers SET document_number = '伪造' WHERE case_id = $1";
    }
    for sql in ALL {
        for world in worlds().await {
            let id = world.for_decision().await;
            world.settle().await;
            let report = verify(&world).await.unwrap_or_else(|broken| panic!("{}: {broken}", world.site.engine));
            assert!(report.things > 3, "{report:?}");
            let mut unit = storage::Unit::new(&world.site.app.system("test"));
            unit.run(*sql, storage::args![id]);
            world.site.app.db.commit(unit).await.unwrap().or_stale("x").unwrap();
            let broken = verify(&world).await.expect_err("the forgery is found");
            assert!(broken.to_string().contains("case"), "{}: {broken}", world.site.engine);
        }
    }
}

/// A notice that moves working days of the promise: the National Day holiday of 2026 is already known, so 2027 is loaded.
const NOTICE_2027: &str = include_str!("notice-2027.csv");

#[tokio::test]
async fn a_notice_of_holidays_reckons_open_clocks_anew_with_an_entry_each() {
    for world in worlds().await {
        // Friday 18 December 2026: eight working days reach into the year whose notice is not out.
        let december = time::macros::datetime!(2026-12-23 12:00 +8).into();
        world.site.clock.set(december);
        let id = world.filed().await;
        world.act(&world.accept, id, json!({"act": "accept"})).await;
        let before = crate::service::load(&world.site.app, id).await.unwrap();
        let derived = store::Derived::of(&before.case);
        assert!(derived.promised.is_some_and(standards::Due::is_provisional), "{derived:?}");
        let system = world.site.app.system("operator");
        let report = import_calendar(&system, &world.site.app, NOTICE_2027.as_bytes()).await.unwrap();
        assert_eq!((report.added, report.reckoned), (1, 1), "{}: {report}", world.site.engine);
        let after = crate::service::load(&world.site.app, id).await.unwrap();
        assert!(store::Derived::of(&after.case).promised.is_some_and(|it| !it.is_provisional()));
        assert_eq!(after.head.version, before.head.version + 1);
        let again = import_calendar(&system, &world.site.app, NOTICE_2027.as_bytes()).await.unwrap();
        assert_eq!((again.unchanged, again.reckoned), (1, 0));
        let person = world.ctx(&world.applicant);
        assert!(import_calendar(&person, &world.site.app, NOTICE_2027.as_bytes()).await.is_err());
        let bad = import_calendar(&system, &world.site.app, "2027-02-30,holiday,春节".as_bytes()).await.unwrap_err();
        assert!(bad.message().contains("2027-02-30"), "{}", bad.message());
        world.settle().await;
        verify(&world).await.unwrap_or_else(|broken| panic!("{}: {broken}", world.site.engine));
    }
}
