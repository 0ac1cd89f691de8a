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
