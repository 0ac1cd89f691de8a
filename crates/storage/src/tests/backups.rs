//! A backup goes from either engine to either, whole or not at all.

use super::*;
use crate::backup::{Summary, export, import, restore};

/// Rows over several pages, with every kind of value, and references to rows that come later by name.
async fn fill(db: &Db) {
    for chunk in 0..3_i64 {
        let mut unit = Unit::new(&ctx());
        for number in 0..150_i64 {
            let id = format!("{chunk}-{number}");
            let sealed = (number % 3 > 0).then(|| vec![0, 255, u8::try_from(number).unwrap()]);
            let share = (number % 2 > 0).then_some(0.1 + 1.0 / (1.0 + f64::from(i32::try_from(number).unwrap())));
            let args = args![id.as_str(), number, format!("第 {id} 件\n\"引号\""), share, sealed];
            unit.run(ADD_ALL, args).run(ADD_PART, args![id.as_str(), i64::MAX - number, "part"]);
        }
        assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
    }
    let mut unit = run(ADD, args!["bare", 0_i64, None::<&str>]);
    once::mark(&mut unit, &ctx(), "key", "answer");
    assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
}

async fn taken(db: &Db) -> Vec<u8> {
    let mut out = Vec::new();
    assert_eq!(export(db, &mut out).await.unwrap(), Summary { tables: 4, rows: 902 });
    out
}

async fn one_backup() -> Vec<u8> {
    let site = &sites().await[0];
    fill(&site.db).await;
    taken(&site.db).await
}

#[tokio::test]
async fn a_backup_goes_round_all_engines_and_comes_back_the_same() {
    let first = one_backup().await;
    let mut lines = first.clone();
    for mut round in [sites().await, sites().await] {
        while let Some(site) = round.pop() {
            let summary = import(&site.db, &ctx(), lines.as_slice()).await.unwrap();
            assert_eq!(summary, Summary { tables: 4, rows: 902 });
            lines = taken(&site.db).await;
            let sorted = |text: &[u8]| {
                let mut lines: Vec<_> = text.split(|it| *it == b'\n').map(<[u8]>::to_vec).collect();
                lines.pop();
                // The last line digests the order of rows, which follows the engine's order of texts.
                lines.pop();
                lines.sort();
                lines
            };
            assert!(sorted(&lines) == sorted(&first), "{:?}: the rows differ", site.engine());
        }
    }
    let last = sites().await.remove(0);
    import(&last.db, &ctx(), lines.as_slice()).await.unwrap();
    assert!(taken(&last.db).await == first, "byte for byte");
}

#[tokio::test]
async fn a_backup_that_was_cut_or_altered_leaves_nothing_behind() {
    let whole = String::from_utf8(one_backup().await).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let without = |index: usize| {
        let kept = lines.iter().enumerate().filter(|(it, _)| *it != index).map(|(_, line)| format!("{line}\n"));
        kept.collect::<String>()
    };
    let table = [
        ("nothing", String::new()),
        ("only the first line", format!("{}\n", lines[0])),
        ("no last line", without(lines.len() - 1)),
        ("half a line", whole[..whole.len() - 20].to_owned()),
        ("no first line", without(0)),
        ("one row less", without(700)),
        ("one row twice", format!("{}\n{}", lines[..702].join("\n"), lines[701..].join("\n"))),
        ("another value", whole.replacen("第 1-7 件", "第 1-8 件", 1)),
        ("another column", whole.replacen("\"sealed\"", "\"opened\"", 1)),
        ("something after the end", format!("{whole}{{}}\n")),
        ("another format", whole.replacen("\"format\":1", "\"format\":2", 1)),
        ("another schema", whole.replacen("\"number\":1", "\"number\":2", 1)),
    ];
    for site in sites().await {
        for (what, text) in &table {
            let outcome = import(&site.db, &ctx(), text.as_bytes()).await;
            assert!(matches!(outcome, Err(Error::Refused { .. })), "{what}: {outcome:?}");
            assert_eq!(number(&site.db, COUNT).await, 0, "{:?}, {what}", site.engine());
        }
        let orphan = site.db.commit(run(ADD_PART, args!["nobody", 1_i64, "part"])).await;
        assert!(orphan.is_err(), "{:?}: references are asked for again", site.engine());
        import(&site.db, &ctx(), whole.as_bytes()).await.unwrap();
        let outcome = import(&site.db, &ctx(), whole.as_bytes()).await;
        assert!(matches!(outcome, Err(Error::Refused { .. })), "the database is not empty");
        assert_eq!(number(&site.db, COUNT).await, 451);
    }
}

#[tokio::test]
async fn an_older_backup_is_restored_and_brought_up_to_date() {
    const SEEDED: Migration = Migration {
        area: "tests",
        number: 2,
        sql: "CREATE TABLE later (id TEXT NOT NULL PRIMARY KEY); INSERT INTO later (id) VALUES ('first')",
    };
    crate::sql! { LATER = "SELECT count(*) AS n FROM later"; }
    assert_eq!(ALL.len(), 1);
    let old = one_backup().await;
    let mut newer = all_tables();
    newer.push(SEEDED);
    let mut new = Vec::new();
    for site in empty_sites().await {
        restore(&site.db, &ctx(), &newer, old.as_slice()).await.unwrap();
        assert_eq!((number(&site.db, COUNT).await, number(&site.db, LATER).await), (451, 1));
        new.clear();
        export(&site.db, &mut new).await.unwrap();
        let outcome = restore(&site.db, &ctx(), &newer, old.as_slice()).await;
        assert!(matches!(outcome, Err(Error::Refused { .. })), "the database is not new");
    }
    for site in empty_sites().await {
        let outcome = restore(&site.db, &ctx(), &all_tables(), new.as_slice()).await;
        assert!(matches!(outcome, Err(Error::Refused { .. })), "made by a newer program");
        assert_eq!(site.db.tables().await.unwrap(), []);
        restore(&site.db, &ctx(), &newer, new.as_slice()).await.unwrap();
        assert_eq!((number(&site.db, COUNT).await, number(&site.db, LATER).await), (451, 1), "the seed is there once");
    }
}
