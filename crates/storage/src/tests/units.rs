//! Units: whole or not at all, alone or in company.

use tokio::task::JoinSet;

use super::*;

#[tokio::test]
async fn a_lost_guard_undoes_the_whole_unit_and_is_named() {
    for site in sites().await {
        let mut unit = run(ADD, args!["a", 1_i64, None::<&str>]);
        unit.one("fresh", NEXT_VERSION, args!["a", 7_i64]);
        unit.run(ADD, args!["b", 1_i64, None::<&str>]);
        assert_eq!(site.db.commit(unit).await.unwrap(), Commit::Lost { guard: "fresh" });
        let mut unit = run(ADD, args!["a", 1_i64, None::<&str>]);
        unit.check("there", IS_THERE, args!["b", 1_i64]);
        assert_eq!(site.db.commit(unit).await.unwrap(), Commit::Lost { guard: "there" });
        assert_eq!(number(&site.db, COUNT).await, 0, "{:?}", site.engine());
    }
}

#[tokio::test]
async fn a_guard_alone_in_its_unit_is_kept_too() {
    for site in sites().await {
        let engine = site.engine();
        let guarded = |rows, sql, args| {
            let mut unit = Unit::new(&ctx());
            unit.expect("exact", rows, sql, args);
            unit
        };
        let lost = Commit::Lost { guard: "exact" };
        let commit = async |unit| site.db.commit(unit).await.unwrap();
        assert_eq!(commit(guarded(1, NEXT_VERSION, args!["a", 1_i64])).await, lost, "{engine:?}: too few");
        assert_eq!(commit(guarded(1, ADD, args!["a", 1_i64, None::<&str>])).await, Commit::Done);
        assert_eq!(commit(guarded(1, ADD, args!["a", 1_i64, None::<&str>])).await, lost, "{engine:?}: duplicate");
        assert_eq!(commit(guarded(1, ADD, args!["b", 1_i64, None::<&str>])).await, Commit::Done);
        assert_eq!(commit(guarded(1, RENAME_ALL, args!["many;"])).await, lost, "{engine:?}: too many");
        let row = site.db.find(GET, args!["a"]).await.unwrap().unwrap();
        assert_eq!(row.opt_text("words").unwrap(), None, "{engine:?}: too many rows are undone");
        assert_eq!(commit(guarded(2, RENAME_ALL, args!["many;"])).await, Commit::Done);
        assert_eq!(commit(guarded(1, PUT, args!["a", 1_i64, "x"])).await, Commit::Done, "{engine:?}: RETURNING");
        let mut unit = Unit::new(&ctx());
        unit.check("exact", IS_THERE, args!["a", 9_i64]);
        assert_eq!(commit(unit).await, lost, "{engine:?}: checked");
    }
}

#[tokio::test]
async fn a_duplicate_key_fails_the_guard_of_its_statement() {
    for site in sites().await {
        assert_eq!(site.db.commit(run(ADD, args!["a", 1_i64, "same"])).await.unwrap(), Commit::Done);
        let again = || args!["a", 1_i64, "other"];
        let same_words = || args!["b", 1_i64, "same"];
        for args in [again(), same_words()] {
            let mut unit = run(ADD, args!["c", 1_i64, None::<&str>]);
            unit.run(ADD, args.clone());
            assert_eq!(site.db.commit(unit).await.unwrap(), Commit::Lost { guard: "ADD" });
            let mut unit = run(ADD, args!["c", 1_i64, None::<&str>]);
            unit.one("new", ADD, args.clone());
            assert_eq!(site.db.commit(unit).await.unwrap(), Commit::Lost { guard: "new" });
            assert_eq!(site.db.commit(run(ADD, args)).await.unwrap(), Commit::Lost { guard: "ADD" });
        }
        assert_eq!(number(&site.db, COUNT).await, 1, "{:?}", site.engine());
    }
}

#[tokio::test]
async fn a_failing_third_statement_leaves_nothing_of_the_first_two() {
    for site in sites().await {
        let mut unit = run(ADD, args!["a", 1_i64, None::<&str>]);
        unit.run(ADD, args!["b", 1_i64, None::<&str>]);
        unit.run(ADD, args!["c", -1_i64, None::<&str>]);
        unit.run(ADD, args!["d", 1_i64, None::<&str>]);
        internal(site.db.commit(unit).await);
        assert_eq!(number(&site.db, COUNT).await, 0, "{:?}", site.engine());
        assert_eq!(site.db.commit(run(ADD, args!["a", 1_i64, None::<&str>])).await.unwrap(), Commit::Done);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_act_on_one_version_exactly_one_wins() {
    for site in sites().await {
        assert_eq!(site.db.commit(run(ADD, args!["a", 0_i64, None::<&str>])).await.unwrap(), Commit::Done);
        for version in 0..10_i64 {
            let mut tasks = JoinSet::new();
            for actor in 0..16_i64 {
                let db = site.db.clone();
                let mut unit = Unit::new(&ctx());
                unit.one("version", NEXT_VERSION, args!["a", version]);
                unit.run(ADD, args![format!("{version}-{actor}"), 0_i64, None::<&str>]);
                tasks.spawn(async move { db.commit(unit).await.unwrap() });
            }
            let outcomes = tasks.join_all().await;
            assert_eq!(outcomes.iter().filter(|it| **it == Commit::Done).count(), 1, "{:?}", site.engine());
        }
        assert_eq!(number(&site.db, COUNT).await, 11);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn units_that_share_a_commit_fail_alone() {
    for site in sites().await {
        assert_eq!(site.db.commit(run(ADD, args!["taken", 0_i64, None::<&str>])).await.unwrap(), Commit::Done);
        let mut tasks = JoinSet::new();
        for number in 0..300_i64 {
            let db = site.db.clone();
            let mut unit = run(ADD, args![format!("{number}"), 0_i64, None::<&str>]);
            unit.run(ADD_PART, args![format!("{number}"), 1_i64, "part"]);
            match number % 4 {
                0 => unit.run(ADD, args!["taken", 0_i64, None::<&str>]),
                1 => unit.one("version", NEXT_VERSION, args!["taken", 5_i64]),
                2 => unit.run(ADD, args![format!("bad {number}"), -1_i64, None::<&str>]),
                _ => unit.run(ADD, args![format!("good {number}"), 1_i64, None::<&str>]),
            };
            tasks.spawn(async move { db.commit(unit).await.is_ok_and(|it| it == Commit::Done) });
        }
        let done = tasks.join_all().await.into_iter().filter(|it| *it).count();
        assert_eq!(done, 75);
        assert_eq!(number(&site.db, COUNT).await, 1 + 2 * 75, "{:?}", site.engine());
        assert_eq!(number(&site.db, COUNT_PARTS).await, 75);
    }
}

#[tokio::test]
async fn a_unit_outlives_the_request_that_asked_for_it() {
    for site in sites().await {
        let mut asked = Box::pin(site.db.commit(run(ADD, args!["a", 0_i64, None::<&str>])));
        let pending = std::future::poll_fn(|cx| std::task::Poll::Ready(asked.as_mut().poll(cx).is_pending())).await;
        drop(asked);
        assert!(pending, "the request left before the answer");
        site.db.close().await.unwrap();
        let again = Db::open_for_reading(&site.settings).await.unwrap();
        assert_eq!(number(&again, COUNT).await, 1, "{:?}", site.engine());
    }
}

#[tokio::test]
async fn an_empty_unit_is_done_and_an_endless_one_is_a_mistake() {
    for site in sites().await {
        assert_eq!(site.db.commit(Unit::new(&ctx())).await.unwrap(), Commit::Done);
        assert_eq!(site.db.stats().units, 0, "nothing was handed in");
        let mut unit = Unit::new(&ctx());
        for number in 0..=Unit::MAX_STEPS {
            unit.run(ADD, args![number.to_string(), 0_i64, None::<&str>]);
        }
        internal(site.db.commit(unit).await);
        assert_eq!(number(&site.db, COUNT).await, 0);
    }
}

#[tokio::test]
async fn a_unit_of_the_greatest_length_is_carried_out() {
    for site in sites().await {
        let mut unit = Unit::new(&ctx());
        for number in 0..Unit::MAX_STEPS {
            unit.run(ADD, args![number.to_string(), 0_i64, None::<&str>]);
        }
        assert_eq!(site.db.commit(unit).await.unwrap(), Commit::Done);
        assert_eq!(number(&site.db, COUNT).await, 4_000);
    }
}

#[tokio::test]
async fn a_unit_too_many_is_told_that_the_site_is_busy_and_does_nothing() {
    let folder = TempDir::new().unwrap();
    let slow = std::time::Duration::from_millis(100);
    let db = Db::open(&Settings { pause_after_commit: slow, ..Settings::sqlite(folder.path()) }).await.unwrap();
    db.migrate(&all_tables()).await.unwrap();
    let units = (0..5_000).map(|number| run(ADD, args![format!("{number}"), 0_i64, None::<&str>]));
    let outcomes = futures_util::future::join_all(units.map(|unit| db.commit(unit))).await;
    let done = outcomes.iter().filter(|it| matches!(it, Ok(Commit::Done))).count();
    let busy = outcomes.iter().filter(|it| matches!(it, Err(Error::Busy))).count();
    assert!(busy > 0 && done >= 4_096 && done + busy == 5_000, "{done} done, {busy} busy");
    assert_eq!(number(&db, COUNT).await, i64::try_from(done).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_fails_units_but_loses_none_that_was_acknowledged() {
    let site = Site::sqlite().await;
    let mut all = all_tables();
    all.push(Migration { area: "tests", number: 2, sql: "PRAGMA max_page_count = 200" });
    site.db.migrate(&all).await.unwrap();
    let mut tasks = JoinSet::new();
    for number in 0..100_i64 {
        let db = site.db.clone();
        let mut unit = run(ADD, args![number.to_string(), number, format!("{number}{}", "满".repeat(4_000))]);
        unit.run(ADD_PART, args![number.to_string(), number, "part"]);
        tasks.spawn(async move { db.commit(unit).await });
    }
    let outcomes = tasks.join_all().await;
    let done = outcomes.iter().filter(|it| matches!(it, Ok(Commit::Done))).count();
    assert!(done > 0 && done < 100, "{done} fitted");
    assert_eq!(number(&site.db, COUNT).await, i64::try_from(done).unwrap());
    assert_eq!(number(&site.db, COUNT_PARTS).await, i64::try_from(done).unwrap());
}

#[tokio::test]
async fn after_closing_nothing_is_taken() {
    for site in sites().await {
        site.db.close().await.unwrap();
        let outcome = site.db.commit(run(ADD, args!["a", 0_i64, None::<&str>])).await;
        assert!(matches!(outcome, Err(Error::Busy)), "{:?}: {outcome:?}", site.engine());
    }
}

#[tokio::test]
async fn what_was_overwritten_is_soon_in_no_file_of_the_folder() {
    let site = sites().await.remove(0);
    let secret = "geheim-7f3a".repeat(20);
    assert_eq!(site.db.commit(run(ADD, args!["a", 0_i64, secret.as_str()])).await.unwrap(), Commit::Done);
    let holds = || {
        let files = std::fs::read_dir(&site.settings.folder).unwrap().map(|it| it.unwrap().path());
        files.filter(|it| it.is_file()).any(|it| {
            let bytes = std::fs::read(it).unwrap();
            bytes.windows(11).any(|it| it == b"geheim-7f3a")
        })
    };
    assert!(holds(), "the search itself works");
    assert_eq!(site.db.commit(run(RENAME_ALL, args!["b"])).await.unwrap(), Commit::Done);
    // The log is copied into the database within a second or so, and emptied when there has been nothing to do for a moment.
    for _ in 0..500 {
        if !holds() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the overwritten text still lies in a file");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_does_not_grow_for_as_long_as_somebody_writes() {
    let site = sites().await.remove(0);
    let log = site.settings.folder.join("yiwang.db-wal");
    // Never a pause in which the writer could rest: another unit waits while one is committed.
    let mut tasks = JoinSet::new();
    for task in 0..4 {
        let db = site.db.clone();
        tasks.spawn(async move {
            for group in 0..30 {
                let mut unit = Unit::new(&ctx());
                for row in 0..500 {
                    let name = format!("{task}-{group}-{row}");
                    unit.run(ADD, args![&name, 1_i64, name.repeat(1_000)]);
                }
                assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
            }
        });
    }
    let mut longest = 0;
    while !tasks.is_empty() {
        let done = tokio::time::timeout(std::time::Duration::from_millis(20), tasks.join_next()).await;
        longest = longest.max(std::fs::metadata(&log).unwrap().len());
        if let Ok(Some(done)) = done {
            done.unwrap();
        }
    }
    let written = 4 * 30 * 500 * 6_500;
    assert!(longest < written, "{longest} of {written} bytes");
}
