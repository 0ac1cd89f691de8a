//! Promises about what `journal verify` finds: any one altered byte.

use storage::{Engine as Kind, Value};

use super::*;
use crate::{Broken, Report, Signer, SiteKey, append, entries_after, verify};

storage::sql! {
    /// Every entry as it lies there.
    JOURNAL = "SELECT subject, version, kind, at, actor, on_behalf_of, unit, body, prev, hash, position FROM journal
        ORDER BY subject, version";
    /// The head as it lies there.
    HEADS = "SELECT id, position, running, epoch, mark FROM journal_head";
    /// The signed heads as they lie there.
    SIGNED = "SELECT position, running, at, signature FROM journal_signed_heads ORDER BY position";
    /// The things as they lie there.
    ROWS = "SELECT id, word, version, head, changed_at FROM things ORDER BY id";
    /// Takes an entry away.
    ENTRY_DELETE = "DELETE FROM journal WHERE subject = $1 AND version = $2";
    /// Takes a signed head away.
    NO_POSITION = "UPDATE journal SET position = NULL WHERE subject = $1 AND version = $2";
    /// Puts an unnumbered entry into the feed.
    POSITION = "UPDATE journal SET position = $3 WHERE subject = $1 AND version = $2";
}

/// How one column of one table is overwritten: with a value, and on SQLite with bytes that need not be text.
struct Column {
    name: &'static str,
    set: Sql,
    set_bytes: Sql,
}

macro_rules! columns {
    ($table:literal, $keys:literal, $($column:literal),+) => { &[$(Column {
        name: $column,
        set: Sql { name: $column, text: concat!("UPDATE ", $table, " SET ", $column, " = $1 WHERE ", $keys) },
        set_bytes: Sql {
            name: $column,
            text: concat!("UPDATE ", $table, " SET ", $column, " = CAST($1 AS TEXT) WHERE ", $keys),
        },
    }),+] };
}

/// A table: how it is read, how its columns are overwritten, and which of them are its key.
struct Target {
    table: &'static str,
    read: Sql,
    columns: &'static [Column],
    keys: &'static [&'static str],
}

const TARGETS: [Target; 4] = [
    Target {
        table: "journal",
        read: JOURNAL,
        columns: columns!(
            "journal",
            "subject = $2 AND version = $3",
            "subject",
            "version",
            "kind",
            "at",
            "actor",
            "on_behalf_of",
            "unit",
            "body",
            "prev",
            "hash",
            "position"
        ),
        keys: &["subject", "version"],
    },
    Target {
        table: "journal_head",
        read: HEADS,
        columns: columns!("journal_head", "id = $2", "id", "position", "running", "epoch", "mark"),
        keys: &["id"],
    },
    Target {
        table: "journal_signed_heads",
        read: SIGNED,
        columns: columns!("journal_signed_heads", "position = $2", "position", "running", "at", "signature"),
        keys: &["position"],
    },
    Target {
        table: "thing",
        read: ROWS,
        columns: columns!("things", "id = $2", "id", "word", "version", "head", "changed_at"),
        keys: &["id"],
    },
];

/// Twelve entries over three things with rows and a look without, the last four not yet numbered; two signed heads.
async fn small_record(db: &Db) -> Signer {
    let key = Signer::new(SiteKey::generate(&ctx(1)), Vec::new());
    let id = |n: u8| format!("{n:032x}");
    for (n, thing) in [0, 1, 0, 2].into_iter().enumerate() {
        say(db, &at(10 + n as u64, MORNING + n as i64), &id(thing), "受理").await;
    }
    number_all(db, &at(20, MORNING)).await;
    key.sign_head(db, &at(21, MORNING + 5)).await.unwrap();
    for (n, thing) in [1, 0, 2].into_iter().enumerate() {
        say(db, &at(30 + n as u64, MORNING + 10 + n as i64), &id(thing), "word").await;
    }
    let ctx = at(40, MORNING + 20);
    let mut unit = Unit::new(&ctx);
    append(&mut unit, &ctx, &Head::none(), ("look:1", "test.looked"), &"case").unwrap();
    assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
    number_all(db, &at(41, MORNING + 20)).await;
    key.sign_head(db, &at(42, MORNING + 30)).await.unwrap();
    for (n, thing) in [0, 1, 1, 2].into_iter().enumerate() {
        say(db, &at(50 + n as u64, MORNING + 40 + n as i64), &id(thing), "last").await;
    }
    key
}

async fn check(db: &Db, key: &Signer) -> std::result::Result<Report, Broken> {
    verify(&db.snapshot().await.unwrap(), &key.public_keys(), &[&ReplayThings]).await.unwrap()
}

/// What one byte of this value may become.
fn altered(value: &Value, thorough: bool) -> Vec<Value> {
    match value {
        Value::Int(number) => {
            let bits = (0..64).filter(|bit| [0, 8, 63].contains(bit) || (thorough && [0, 7].contains(&(bit % 8))));
            bits.map(|bit| Value::Int(number ^ (1 << bit))).collect()
        }
        Value::Null => vec![Value::Int(0), Value::Int(-1), Value::Int(9), Value::Int(10), Value::Int(1 << 40)],
        Value::Text(text) => {
            let (mut all, bytes) = (vec![Value::Blob(text.bytes().chain([b'0']).collect())], text.as_bytes());
            all.extend(bytes.split_last().map(|(_, rest)| Value::Blob(rest.to_vec())));
            for index in 0..bytes.len() {
                let near_edge = index == 0 || index == bytes.len() / 2 || index + 1 == bytes.len();
                let flips: &[u8] = if near_edge && thorough { &[0x01, 0x20, 0x80, 0xff] } else { &[0x01] };
                for flip in flips.iter().filter(|_| near_edge || (thorough && index % 7 == 0)) {
                    let mut bad = bytes.to_vec();
                    bad[index] ^= flip;
                    all.push(Value::Blob(bad));
                }
            }
            all
        }
        _ => Vec::new(),
    }
}

/// Overwrites one column of one row; false if the engine itself refuses.
async fn overwrite(db: &Db, column: &Column, value: &Value, keys: &[Value]) -> bool {
    let (sql, value) = match value {
        Value::Blob(bytes) => match (String::from_utf8(bytes.clone()), db.engine()) {
            (Ok(text), _) if !text.contains('\0') => (column.set, Value::Text(text)),
            (_, Kind::Sqlite) => (column.set_bytes, value.clone()),
            // PostgreSQL takes no bytes that are not text.
            _ => return false,
        },
        other => (column.set, other.clone()),
    };
    let mut values = vec![value];
    values.extend(keys.iter().cloned());
    let mut unit = Unit::new(&ctx(99));
    unit.one("overwritten", sql, values);
    matches!(db.commit(unit).await, Ok(Commit::Done))
}

#[tokio::test]
async fn any_one_altered_byte_of_any_column_of_any_row_is_found_and_named() {
    for engine in Engine::each().await {
        let (db, thorough) = (&engine.db, !engine.is_server());
        let key = small_record(db).await;
        let report = check(db, &key).await.unwrap();
        assert_eq!(report, Report { entries: 12, chains: 4, things: 3, signed_heads: 2 });
        let mut tried = 0;
        for target in &TARGETS {
            for row in db.query(target.read, args![]).await.unwrap() {
                let place = |name: &&str| row.columns().iter().position(|column| column == name).unwrap();
                let keys: Vec<usize> = target.keys.iter().map(place).collect();
                for (index, column) in target.columns.iter().enumerate() {
                    let good = &row.values()[index];
                    for bad in altered(good, thorough) {
                        let mut at: Vec<Value> = keys.iter().map(|key| row.values()[*key].clone()).collect();
                        if !overwrite(db, column, &bad, &at).await {
                            continue;
                        }
                        tried += 1;
                        let what = format!("{} {:?} {} = {bad:?}", target.table, at, column.name);
                        let broken = check(db, &key).await.map(|_| ()).expect_err(&what);
                        assert_eq!(broken.table, target.table, "{what}: {broken}");
                        if let Some(place) = keys.iter().position(|key| *key == index) {
                            at[place] = text_or(&bad);
                        } else if target.table == "journal" && column.name != "position" && is_text(&bad) {
                            let Value::Text(subject) = &at[0] else { panic!("{what}") };
                            let Value::Int(version) = &at[1] else { panic!("{what}") };
                            assert_eq!(broken.row, format!("{subject} 第 {version} 条"), "{what}: {broken}");
                        }
                        assert!(overwrite_back(db, column, good, &at).await, "{what}");
                    }
                }
            }
        }
        assert_eq!(check(db, &key).await.unwrap(), report, "all was put back");
        assert!(tried > if thorough { 1_500 } else { 500 }, "{tried}");
    }
}

/// Keys are compared as text, also where the bytes are none.
fn text_or(value: &Value) -> Value {
    match value {
        Value::Blob(bytes) => String::from_utf8(bytes.clone()).map_or_else(|_| value.clone(), Value::Text),
        other => other.clone(),
    }
}

fn is_text(value: &Value) -> bool {
    !matches!(text_or(value), Value::Blob(_))
}

async fn overwrite_back(db: &Db, column: &Column, good: &Value, keys: &[Value]) -> bool {
    let mut values = vec![good.clone()];
    values.extend(keys.iter().cloned());
    // A key that is no text is found by its bytes.
    let bytes = keys.iter().any(|key| matches!(key, Value::Blob(_)));
    let sql = if bytes { by_bytes(column.set) } else { column.set };
    let mut unit = Unit::new(&ctx(98));
    unit.one("put back", sql, values);
    matches!(db.commit(unit).await, Ok(Commit::Done))
}

fn by_bytes(sql: Sql) -> Sql {
    let text = match sql.text {
        "UPDATE journal SET subject = $1 WHERE subject = $2 AND version = $3" => {
            "UPDATE journal SET subject = $1 WHERE subject = CAST($2 AS TEXT) AND version = $3"
        }
        "UPDATE things SET id = $1 WHERE id = $2" => "UPDATE things SET id = $1 WHERE id = CAST($2 AS TEXT)",
        other => panic!("{other}"),
    };
    Sql { name: "BY_BYTES", text }
}

#[tokio::test]
async fn rows_taken_away_or_put_in_are_found() {
    let id = |n: u8| format!("{n:032x}");
    let thing = |n: u8| format!("thing:{}", id(n));
    let table: [(&str, Sql, Vec<Value>, &str); 6] = [
        ("a thing's row", THING_DELETE, args![id(1)], "日志有这一事物，状态表中却没有"),
        ("the last thing's row", THING_DELETE, args![id(2)], "日志有这一事物，状态表中却没有"),
        ("a row without a chain", THING_PUT, args![id(9), "word", 1_i64, "00", 1_i64], "这一行没有日志"),
        ("an entry amid its chain", ENTRY_DELETE, args![thing(0), 2_i64], "前面缺少第 2 条"),
        ("the last entry", ENTRY_DELETE, args![thing(0), 4_i64], "版本是 4，日志到第 3 条"),
        ("a whole chain's only entry", ENTRY_DELETE, args!["look:1", 1_i64], "总链"),
    ];
    for (what, sql, values, said) in table {
        for engine in Engine::each().await {
            let key = small_record(&engine.db).await;
            let mut unit = Unit::new(&ctx(97));
            unit.one(what, sql, values.clone());
            assert_eq!(engine.db.commit(unit).await.unwrap(), Commit::Done);
            let broken = check(&engine.db, &key).await.expect_err(what);
            assert!(broken.what.contains(said), "{what}: {broken}");
        }
    }
}

#[tokio::test]
async fn another_sites_signature_and_a_taken_back_number_are_found() {
    for engine in Engine::each().await {
        let db = &engine.db;
        let key = small_record(db).await;
        let stranger = Signer::new(SiteKey::generate(&ctx(77)), Vec::new());
        let broken = check(db, &stranger).await.unwrap_err();
        assert_eq!(
            (broken.table.as_str(), broken.what.as_str()),
            ("journal_signed_heads", "签名与内容不符，或不是本站点此时的密钥所签")
        );
        let look = || args!["look:1", 1_i64];
        for (sql, values) in [(NO_POSITION, look()), (POSITION, [look(), args![9_i64]].concat())] {
            let mut unit = Unit::new(&ctx(96));
            unit.one("renumbered", sql, values);
            assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
            assert_eq!(check(db, &key).await.unwrap_err().table, "journal");
        }
    }
}

#[tokio::test]
async fn a_former_key_vouches_for_what_it_signed_and_for_nothing_after_the_change() {
    for engine in Engine::each().await {
        let db = &engine.db;
        let (old, new) = (SiteKey::generate(&ctx(7)), SiteKey::generate(&ctx(8)));
        let id = format!("{:032x}", 1);
        let signed = async |key: &SiteKey, before: &[&SiteKey], seconds: i64| {
            let ctx = at(90 + seconds as u64, MORNING + seconds);
            say(db, &ctx, &id, "word").await;
            number_all(db, &ctx).await;
            let signer = Signer::new(key.clone(), before.iter().map(|key| key.public()).collect());
            signer.sign_head(db, &ctx).await
        };
        let heads = async |keys: &[&SiteKey]| {
            let keys: Vec<_> = keys.iter().map(|key| key.public()).collect();
            let found = verify(&db.snapshot().await.unwrap(), &keys, &[&ReplayThings]).await.unwrap();
            found.map(|report| report.signed_heads).map_err(|broken| broken.row)
        };
        signed(&old, &[], 1).await.unwrap();
        signed(&old, &[], 2).await.unwrap();
        signed(&new, &[], 3).await.expect_err("a key that does not know the one before it");
        signed(&new, &[&old], 3).await.unwrap();
        assert_eq!(heads(&[]).await, Err("1".to_owned()), "no key, no trust");
        assert_eq!(heads(&[&new]).await, Err("1".to_owned()), "the former key must be named");
        assert_eq!(heads(&[&old]).await, Err("4".to_owned()));
        assert_eq!(heads(&[&new, &old]).await, Err("4".to_owned()), "out of order");
        assert_eq!(heads(&[&old, &new]).await, Ok(3));
        let changes: Vec<_> = entries_after(db, 0, 100).await.unwrap();
        assert!(changes.iter().all(|it| it.kind != "journal.signer_changed"), "not numbered yet");
        signed(&old, &[], 5).await.expect_err("a node that has not got the new key yet");
        assert_eq!(heads(&[&old, &new]).await, Ok(3), "and nothing came of it");
        let changes: Vec<_> = entries_after(db, 0, 100).await.unwrap();
        let changes: Vec<_> = changes.iter().filter(|it| it.kind == "journal.signer_changed").collect();
        assert_eq!(changes.len(), 1, "the change stands in the record");
        assert!(changes[0].body.contains(&new.public().fingerprint()), "{}", changes[0].body);
        signed(&old, &[&new], 6).await.unwrap();
        assert!(heads(&[&old, &new]).await.is_err(), "a key that was given up");
    }
}
