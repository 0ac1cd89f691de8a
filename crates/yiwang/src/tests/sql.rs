//! Every statement runs on both engines, by an index; both engines have the same tables.

use std::collections::BTreeSet;

use storage::Sql;

use crate::site::AREAS;

fn all() -> Vec<Sql> {
    let ground = [storage::SQL, journal::SQL, vault::SQL];
    ground.into_iter().chain(AREAS.iter().flat_map(|it| it.sql.iter().copied())).flatten().copied().collect()
}

#[tokio::test]
async fn every_statement_is_understood_by_both_engines() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let mut refused = Vec::new();
        for sql in all() {
            if let Err(error) = site.app.db.prepare(sql).await {
                refused.push(format!("{}: {error}", sql.name));
            }
        }
        assert!(refused.is_empty(), "{}: {refused:#?}", site.engine);
    }
}

/// Statements of the areas that may walk over a table or an index, each with its reason. The ground (`storage`, `journal`, `vault`) and
/// `cases` have such tests of their own.
const MAY_WALK: &[(&str, &str)] = &[
    (
        "ACCOUNTS_DEMO: SCAN accounts USING INDEX accounts_demo",
        "the made-up people of a demo alone, by the index of these",
    ),
    ("WORDS_COUNT: ", "counts what the desk of search wrote, as it writes another; its number has a limit"),
    ("MISSES_COUNT: ", "the same for what was not found"),
    ("SIGNING_KEYS: SCAN signing_keys USING INDEX signing_keys_kept", "some four keys, by the index of those shown"),
    (
        "FAMILIES_TO_TELL: SCAN token_families USING INDEX token_families_to_tell",
        "those whose systems are to be told, by the index of these alone",
    ),
    ("CODES_END: ", "a site has had a handful of codes for its first administrator"),
];

#[tokio::test]
async fn every_statement_of_an_area_finds_its_rows_by_an_index() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let mut walks = Vec::new();
        for area in AREAS.iter().filter(|it| it.name != "cases") {
            for registry in area.sql {
                walks.extend(storage::testing::scans(&site.app.db, registry).await.expect("plans"));
            }
        }
        walks.retain(|it| !MAY_WALK.iter().any(|may| it.starts_with(may.0)));
        assert!(walks.is_empty(), "{}: {walks:#?}", site.engine);
    }
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let mut sites = testkit::sites_with(AREAS, super::own, None).await;
    let first = sites.remove(0).app.db.tables().await.expect("tables");
    let names: BTreeSet<_> = first.iter().map(|it| it.name.clone()).collect();
    assert!(names.contains("journal") && names.contains("cases"), "{names:?}");
    for site in sites {
        let tables = site.app.db.tables().await.expect("tables");
        for (one, other) in first.iter().zip(&tables) {
            assert_eq!((&one.name, &one.columns), (&other.name, &other.columns));
        }
        assert_eq!(first.len(), tables.len());
    }
}

#[tokio::test]
async fn every_table_has_a_key_so_that_it_can_be_backed_up() {
    let site = testkit::sites_with(AREAS, super::own, None).await.remove(0);
    let mut out = Vec::new();
    storage::backup::export(&site.app.db, &mut out).await.expect("every table can be exported");
    assert!(!out.is_empty());
}
