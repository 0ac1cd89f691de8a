//! No statement of this crate reads a whole table.

use super::*;
use crate::testing::scans;

crate::sql! {
    WHOLE_TABLE = "SELECT id FROM things WHERE version = $1";
    WHOLE_INDEX = "SELECT thing FROM parts ORDER BY thing LIMIT $1";
    BY_KEY = "SELECT t.id FROM (VALUES (CAST($1 AS TEXT)), ($2)) AS v JOIN things t ON t.id = v.column1";
    MADE = "WITH two AS (SELECT thing, count(*) AS n FROM parts WHERE thing = $1 GROUP BY thing) SELECT n FROM two";
}

#[tokio::test]
async fn a_statement_that_reads_a_whole_table_is_found() {
    for site in sites().await {
        let found = scans(&site.db, ALL).await.unwrap();
        let named = |name: &str| found.iter().any(|it| it.starts_with(&format!("{name}: ")));
        assert!(named("WHOLE_TABLE"), "{:?}: {found:?}", site.engine());
        assert_eq!(named("WHOLE_INDEX"), site.engine() == Engine::Sqlite, "{found:?}");
        assert!(!named("BY_KEY") && !named("MADE"), "{:?}: {found:?}", site.engine());
        internal(scans(&site.db, &[MISTAKE]).await);
    }
}

#[tokio::test]
async fn every_statement_of_this_crate_finds_its_rows_by_an_index() {
    for site in sites().await {
        assert_eq!(scans(&site.db, SQL).await.unwrap(), Vec::<String>::new(), "{:?}", site.engine());
    }
}
