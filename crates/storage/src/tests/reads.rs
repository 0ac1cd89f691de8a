//! What is bound and what comes back.

use super::*;

#[tokio::test]
async fn parameters_are_bound_by_their_number_and_not_by_their_order() {
    for site in sites().await {
        let row = site.db.find(SWAPPED, args!["one", "two"]).await.unwrap().unwrap();
        assert_eq!((row.text("first").unwrap(), row.text("second").unwrap()), ("two", "one"), "{:?}", site.engine());
    }
}

#[tokio::test]
async fn what_is_stored_comes_back_as_it_was_null_included() {
    for site in sites().await {
        let full = args!["a", i64::MAX, "亳州市谯城区〇号", -0.1_f64, vec![0_u8, 255]];
        let bare = vec![Value::from("b"), Value::Int(0), Value::Null, Value::Null, Value::Null];
        for args in [full, bare] {
            assert_eq!(site.db.commit(run(ADD_ALL, args.clone())).await.unwrap(), Commit::Done);
            let row = site.db.find(GET, vec![args[0].clone()]).await.unwrap().unwrap();
            assert_eq!(row.values(), args, "{:?}", site.engine());
        }
        let row = site.db.find(GET, args!["b"]).await.unwrap().unwrap();
        assert_eq!(row.opt_text("words").unwrap(), None);
        assert!(row.text("words").is_err(), "null is no text");
        assert!(row.int("id").is_err(), "a text is no number");
        assert!(row.int("nosuch").is_err(), "there is no such column");
        assert_eq!(site.db.find(GET, args!["c"]).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_refused_and_never_told() {
    for site in sites().await {
        let engine = site.engine();
        let told = internal(site.db.commit(run(ADD, args!["a", "秘密", None::<&str>])).await);
        assert!(told.contains("ADD") && !told.contains("秘密"), "{engine:?}: {told}");
        let told = internal(site.db.commit(run(ADD, args!["a", -1_i64, "秘密"])).await);
        assert!(told.contains("ADD") && !told.contains("秘密"), "{engine:?}: {told}");
        let told = internal(site.db.commit(run(ADD, args!["a", None::<i64>, "秘密"])).await);
        assert!(told.contains("version") && !told.contains("秘密"), "{engine:?}: {told}");
        let told = internal(site.db.commit(run(ADD_PART, args!["nobody", 1_i64, "秘密"])).await);
        assert!(told.contains("ADD_PART") && !told.contains("秘密"), "{engine:?}: {told}");
        internal(site.db.commit(run(ADD, args!["a\0b", 1_i64, "a NUL"])).await);
        assert_eq!(number(&site.db, COUNT).await, 0, "{engine:?}");
    }
}

#[tokio::test]
async fn a_page_is_cut_by_row_values() {
    for site in sites().await {
        let mut unit = run(ADD, args!["a", 1_i64, None::<&str>]);
        unit.run(ADD, args!["b", 1_i64, None::<&str>]);
        for (thing, number) in [("a", 1_i64), ("a", 2), ("b", 1), ("b", 2)] {
            unit.run(ADD_PART, args![thing, number, "part"]);
        }
        assert_eq!(site.db.commit(unit).await.unwrap(), Commit::Done);
        let page = site.db.query(PAGE, args!["a", 1_i64, 2_i64]).await.unwrap();
        let keys: Vec<_> = page.iter().map(|row| (row.text("thing").unwrap(), row.int("number").unwrap())).collect();
        assert_eq!(keys, [("a", 2), ("b", 1)]);
    }
}

#[tokio::test]
async fn every_statement_of_this_crate_is_taken_by_every_engine() {
    for site in sites().await {
        for sql in SQL.iter().chain(ALL).filter(|sql| **sql != MISTAKE) {
            site.db.prepare(*sql).await.unwrap();
        }
        let told = internal(site.db.prepare(MISTAKE).await);
        assert!(told.contains("MISTAKE") && told.contains("nowhere"), "{told}");
    }
}

#[tokio::test]
async fn every_engine_ends_with_the_same_tables() {
    let mut seen = Vec::new();
    for site in sites().await {
        seen.push(site.db.tables().await.unwrap());
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
    let names: Vec<_> = seen[0].iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["idempotency", "leases", "parts", "schema_migrations", "things"]);
    assert_eq!(seen[0][2].key, ["thing", "number"]);
    assert_eq!(seen[0][2].columns, ["number", "thing", "words"]);
}

#[tokio::test]
async fn reads_and_units_are_counted() {
    for site in sites().await {
        let before = site.db.stats();
        let _ = site.db.query(COUNT, args![]).await.unwrap();
        let _ = site.db.commit(run(ADD, args!["a", 1_i64, None::<&str>])).await.unwrap();
        let _ = site.db.commit(run(ADD, args!["a", 1_i64, None::<&str>])).await.unwrap();
        let after = site.db.stats();
        assert_eq!(after.queries, before.queries + 1);
        assert_eq!((after.units, after.commits, after.lost, after.busy), (2, 1, 1, 0));
    }
}

#[tokio::test]
async fn a_snapshot_stays_at_its_moment_while_writes_go_on() {
    for site in sites().await {
        let snapshot = site.db.snapshot().await.unwrap();
        assert_eq!(site.db.commit(run(ADD, args!["a", 1_i64, None::<&str>])).await.unwrap(), Commit::Done);
        let then = snapshot.query(COUNT, args![]).await.unwrap();
        assert_eq!(then[0].int("n").unwrap(), 0, "{:?}", site.engine());
        assert_eq!(number(&site.db, COUNT).await, 1);
        assert_eq!(snapshot.tables().await.unwrap(), site.db.tables().await.unwrap());
    }
}
