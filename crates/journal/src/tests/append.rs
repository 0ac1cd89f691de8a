//! Promises about entries and chains.

use proptest::prelude::*;

use super::*;
use crate::{BODY_MAX, GUARD, SQL, append, entries_after, find, history, verify};

#[tokio::test]
async fn every_statement_is_understood() {
    for engine in Engine::each().await {
        for sql in SQL.iter().chain(ALL) {
            engine.db.prepare(*sql).await.unwrap_or_else(|error| panic!("{}: {error}", sql.name));
        }
    }
}

#[test]
fn what_cannot_be_an_entry_is_refused() {
    let ctx = ctx(1);
    let mut unit = Unit::new(&ctx);
    let long = "长".repeat(BODY_MAX / 3 + 1);
    assert!(append(&mut unit, &ctx, &Head::none(), ("thing:1", "test.said"), &long).is_err());
    assert!(append(&mut unit, &ctx, &Head::none(), ("thing", "test.said"), &"word").is_err());
    assert!(unit.is_empty(), "nothing half done");
}

#[tokio::test]
async fn of_two_who_act_at_once_the_second_is_told() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        for word in ["first", "second"] {
            let (mine, yours) = (said(db, &ctx, "a", word).await, said(db, &ctx, "a", "other").await);
            assert_eq!(db.commit(mine).await.unwrap(), Commit::Done);
            assert_eq!(db.commit(yours).await.unwrap(), Commit::Lost { guard: GUARD });
        }
        let chain = history(db, "thing:a").await.unwrap();
        assert_eq!(chain.iter().map(|entry| entry.body.as_str()).collect::<Vec<_>>(), ["\"first\"", "\"second\""]);
        assert_eq!(find(db, "thing:a", 2).await.unwrap().as_ref(), Some(&chain[1]), "who was first can be told");
        assert_eq!(find(db, "thing:a", 3).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_chain_never_goes_back_in_time() {
    for engine in Engine::each().await {
        let db = &engine.db;
        for (seed, micros) in [(1, MORNING), (2, MORNING - 5_000_000), (3, MORNING + 1)] {
            say(db, &at(seed, micros), "a", "word").await;
        }
        let chain = history(db, "thing:a").await.unwrap();
        let times: Vec<i64> = chain.iter().map(|entry| entry.at.micros()).collect();
        assert_eq!(times, [MORNING, MORNING, MORNING + 1]);
        for pair in chain.windows(2) {
            assert_eq!(pair[1].prev, pair[0].hash);
        }
    }
}

/// One step of a random history: which thing speaks, how far the clock moved, and whether entries are numbered after it.
type Moves = Vec<(u8, i64, bool)>;

async fn live(engine: &Engine, steps: &Moves) {
    let db = &engine.db;
    let mut clock = MORNING;
    for (seed, (thing, moved, number)) in steps.iter().enumerate() {
        clock += moved;
        let ctx = at(seed as u64, clock);
        say(db, &ctx, &format!("{:032x}", thing % 5), &format!("word {seed}")).await;
        if *number {
            number_all(db, &at(seed as u64 + 1_000, clock + 3_600_000_000)).await;
        }
    }
    number_all(db, &at(9_999, clock + 7_200_000_000)).await;
    let feed = entries_after(db, 0, 1_000).await.unwrap();
    assert_eq!(feed.len(), steps.len());
    let mut versions = std::collections::HashMap::new();
    for (index, entry) in feed.iter().enumerate() {
        assert_eq!(entry.position, Some(index as i64 + 1), "dense");
        let version = versions.entry(entry.subject.clone()).or_insert(0);
        *version += 1;
        assert_eq!(entry.version, *version, "a thing's own order is kept");
    }
    let signer = crate::Signer::new(crate::SiteKey::generate(&ctx(1)), Vec::new());
    signer.sign_head(db, &ctx(2)).await.unwrap();
    let snapshot = db.snapshot().await.unwrap();
    let report = verify(&snapshot, &signer.public_keys(), &[&ReplayThings]).await.unwrap().unwrap();
    assert_eq!(report.entries, steps.len() as u64);
    assert_eq!((report.chains, report.things), (versions.len() as u64, versions.len() as u64));
    assert_eq!(report.signed_heads, 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happened_the_record_is_dense_ordered_and_verifies(
        steps in prop::collection::vec((any::<u8>(), -2_000_000_i64..3_000_000, prop::bool::weighted(0.2)), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            for engine in Engine::each().await {
                live(&engine, &steps).await;
            }
        });
    }
}

#[tokio::test]
async fn no_statement_reads_a_whole_table() {
    let may = [
        // A walk over the partial index of what waits, ended by its LIMIT.
        "UNNUMBERED: SCAN journal USING INDEX journal_unnumbered",
        // The table has one row.
        "HEAD: SCAN journal_head",
        // The last by key, ended by its LIMIT.
        "SIGNED_LAST: SCAN journal_signed_heads",
        // A row for each reader of the program.
        "ALIVE: SCAN journal_cursors",
        "LAG: SCAN c USING INDEX",
        // Counts what waits, by the partial index of that.
        "OUTBOX_COUNT: SCAN outbox USING INDEX outbox_due",
    ];
    for engine in Engine::each().await {
        let found = storage::testing::scans(&engine.db, SQL).await.unwrap();
        let found: Vec<_> = found.iter().filter(|it| !may.iter().any(|name| it.starts_with(name))).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
}
