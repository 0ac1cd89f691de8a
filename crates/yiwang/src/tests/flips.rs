//! `journal verify` finds any one altered byte of any column of any row of every table that the record vouches for, in every area:
//! those with a `head`. What it does not find yet stands in `OPEN`, and in `docs/security.md`.

use storage::{Sql, Table, Unit, Value, args};

use super::world::World;
use crate::site::AREAS;

/// A year's notice, so that its table has a row.
const NOTICE: &str = include_str!("../../../cases/src/tests/notice-2027.csv");
/// What the record does not vouch for yet, with the reason; all else of these tables it does.
const OPEN: &[(&str, &str)] = &[
    ("search_words.folded", "derived from what is said, for comparison"),
    ("base_entries.", "a base entry's chain tells its code; name and type are those of the documents that bear it"),
    (
        "items.",
        "columns for lists and search are derived from the document, which the record vouches for by its SM3; items that were \
        imported and never written have one entry for each chunk of the list and no chain of their own",
    ),
];
/// Tables in which this test makes no row, so that nothing is tried in them here.
const WITHOUT_ROWS: &[&str] = &["place_notices", "places"];
/// Rows of a table that are altered, one after the other.
const ROWS: i64 = 2;

/// A statement made up for one table.
fn sql(text: String) -> Sql {
    Sql { name: "FLIP", text: Box::leak(text.into_boxed_str()) }
}

/// The value with its last byte altered; nothing of what is not there.
fn altered(value: &Value) -> Option<Value> {
    match value {
        Value::Int(number) => Some(Value::Int(number ^ 1)),
        Value::Text(text) => {
            let mut text = text.clone();
            match text.pop() {
                Some(last) if last.is_ascii() => text.push(char::from(last as u8 ^ 1)),
                Some(last) => text.push(if last == '一' { '二' } else { '一' }),
                None => text.push('1'),
            }
            Some(Value::Text(text))
        }
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            if let Some(first) = bytes.first_mut() {
                *first ^= 1;
            }
            Some(Value::Blob(bytes))
        }
        Value::Real(_) | Value::Null => None,
    }
}

/// Puts a value into one column of the row with this key; whether the engine takes it.
async fn put(world: &World, table: &Table, column: &str, (value, key): (&Value, &[Value])) -> bool {
    let asks: Vec<_> = table.key.iter().enumerate().map(|(n, name)| format!("{name} = ${}", n + 2)).collect();
    let text = format!("UPDATE {} SET {column} = $1 WHERE {}", table.name, asks.join(" AND "));
    let mut unit = Unit::new(&world.site.app.system("test"));
    let values = [value].into_iter().chain(key).cloned().collect();
    unit.one("flipped", sql(text), values);
    matches!(world.site.app.db.commit(unit).await, Ok(storage::Commit::Done))
}

async fn verifies(world: &World) -> bool {
    let snapshot = world.site.app.db.snapshot().await.expect("a snapshot");
    let replays: Vec<_> = AREAS.iter().flat_map(|it| (it.replays)()).collect();
    let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
    journal::verify(&snapshot, &[], &replays).await.expect("the engine reads").is_ok()
}

/// Alters each column of some rows of a table in turn; gives the columns whose change nobody finds, and how many were tried.
async fn unfound(world: &World, table: &Table) -> (Vec<String>, usize) {
    let (columns, key) = (table.columns.join(", "), table.key.join(", "));
    let read = sql(format!("SELECT {columns} FROM {} ORDER BY {key} LIMIT $1", table.name));
    let rows = world.site.app.db.query(read, args![ROWS]).await.expect("rows");
    let (mut found, mut tried) = (Vec::new(), 0);
    for row in rows {
        let place = |name: &String| row.columns().iter().position(|it| it == name).expect("a column of the table");
        let key: Vec<usize> = table.key.iter().map(place).collect();
        for (index, column) in row.columns().iter().enumerate() {
            let good = &row.values()[index];
            let Some(bad) = altered(good) else { continue };
            let mut at: Vec<Value> = key.iter().map(|it| row.values()[*it].clone()).collect();
            if !put(world, table, column, (&bad, &at)).await {
                continue;
            }
            tried += 1;
            if verifies(world).await {
                found.push(format!("{}.{column}: {good:?} as {bad:?}", table.name));
            }
            if let Some(part) = key.iter().position(|it| *it == index) {
                at[part] = bad;
            }
            assert!(put(world, table, column, (good, &at)).await, "{}.{column} is put back", table.name);
        }
    }
    (found, tried)
}

#[tokio::test]
async fn one_altered_byte_in_any_column_of_any_area_is_found() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let mut world = World::of(site).await;
        world.grow(2).await;
        world.accept().await;
        let (app, ctx) = (&world.site.app, world.site.app.system("test"));
        let person = world.citizen.person.expect("a person");
        let account = identity::NewAccount {
            login: "chenzhiyuan".to_owned(),
            password: "谯城的牛肉馍真香".to_owned(),
            demo: Some("演示".to_owned()),
        };
        identity::create_account(&ctx, app, person, &account).await.expect("an account");
        let word = [("said", "办红本"), ("meant", "居民身份证丢失补领"), ("kind", ""), ("off", "")];
        assert_eq!(world.site.post(&world.chief, "/desk/search", &word).await.status, 303, "{}", world.site.engine);
        cases::import_calendar(&ctx, app, NOTICE.as_bytes()).await.expect("a notice");
        world.site.settle(AREAS).await;
        assert!(verifies(&world).await, "{}", world.site.engine);

        let (mut missed, mut empty, mut tried) = (Vec::new(), Vec::new(), 0);
        for table in world.site.app.db.tables().await.expect("tables") {
            if table.columns.iter().any(|it| it == "head") {
                let (found, here) = unfound(&world, &table).await;
                missed.extend(found);
                tried += here;
                if here == 0 {
                    empty.push(table.name);
                }
            }
        }
        assert_eq!(empty, WITHOUT_ROWS, "{}: tables that nothing was tried in; missed: {missed:#?}", world.site.engine);
        missed.retain(|it| !OPEN.iter().any(|open| it.starts_with(open.0)));
        assert!(missed.is_empty(), "{}: {missed:#?}", world.site.engine);
        assert!(tried > 150, "{}: {tried}", world.site.engine);
        assert!(verifies(&world).await, "{}: all was put back", world.site.engine);
    }
}
