//! What the area promises, on every engine.

mod album;
mod annul;
mod batch;
mod change;
mod charging;
mod claims;
mod desk;
mod draft_bin;
mod erasure;
mod exports;
mod exports_everywhere;
mod exports_of_lists;
mod extension;
mod filing;
mod finding;
mod hands;
mod hearing;
mod issued;
mod known;
mod life;
mod looks;
mod mandates;
mod notes;
mod notices;
mod opinions;
mod owing;
mod packing;
mod pages;
mod papers;
mod pledges;
mod pledges_anywhere;
mod preliminary;
mod progress;
mod record;
mod renewal;
mod reuse;
mod site_check;
mod sweeps;
mod systems;
mod systems_below;
mod templates;
mod together;
mod told;
mod uploads;
mod weighing;
mod world;

#[test]
fn every_sql_text_has_a_name_of_its_own() {
    let mut names: Vec<_> = crate::AREA.sql.iter().copied().flatten().map(|it| it.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[tokio::test]
async fn every_sql_text_is_understood_by_both_engines() {
    for site in testkit::sites_with(world::AREAS, world::own, None).await {
        for sql in crate::AREA.sql.iter().copied().flatten() {
            site.app.db.prepare(*sql).await.unwrap_or_else(|error| panic!("{} on {}: {error}", sql.name, site.engine));
        }
    }
}

/// Statements that may walk a table or an index from its beginning, each with its reason.
const SCANS: [&str; 2] = [
    // A row for each year whose notice was loaded.
    "CALENDAR_MARK: ",
    "CALENDAR: ",
];

#[tokio::test]
async fn no_statement_walks_a_whole_table() {
    for site in testkit::sites_with(world::AREAS, world::own, None).await {
        let mut found = Vec::new();
        for registry in crate::AREA.sql {
            found.extend(storage::testing::scans(&site.app.db, registry).await.expect("plans"));
        }
        let found: Vec<_> = found.iter().filter(|it| !SCANS.iter().any(|name| it.starts_with(name))).collect();
        assert!(found.is_empty(), "{}: {found:#?}", site.engine);
    }
}
