//! What the area promises, on every engine.

mod change;
mod desk;
mod erasure;
mod filing;
mod finding;
mod hands;
mod life;
mod looks;
mod mandates;
mod pages;
mod papers;
mod record;
mod renewal;
mod sweeps;
mod told;
mod world;

#[test]
fn every_sql_text_has_a_name_of_its_own() {
    let mut names: Vec<_> = crate::store::SQL.iter().map(|it| it.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), crate::store::SQL.len());
}

#[tokio::test]
async fn every_sql_text_is_understood_by_both_engines() {
    for site in testkit::sites_with(world::AREAS, world::own, None).await {
        for sql in crate::store::SQL {
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
        let found = storage::testing::scans(&site.app.db, crate::store::SQL).await.expect("plans");
        let found: Vec<_> = found.iter().filter(|it| !SCANS.iter().any(|name| it.starts_with(name))).collect();
        assert!(found.is_empty(), "{}: {found:#?}", site.engine);
    }
}
