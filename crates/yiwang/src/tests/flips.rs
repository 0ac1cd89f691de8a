//! `journal verify` finds any one altered byte of any column of any row of every table that the record vouches for, in every area:
//! those with a `head`, and those whose rows rest on an entry of another thing. What it does not vouch for stands below, and both stand in
//! `/docs/record.md`, which is made from the schema: a table without an answer fails.

use serde_json::json;
use storage::{Sql, Table, Unit, Value, args};

use super::world::World;
use crate::site::AREAS;

/// A year's notice, so that its table has a row.
const NOTICE: &str = include_str!("../../../cases/src/tests/notice-2027.csv");
/// Tables without a chain that the record vouches for nevertheless.
const ATTESTED: &[&str] = &["base_versions", "case_numbers", "item_versions", "paper_template_versions"];
/// Tables that the record does not vouch for, each with its reason; so a new table is not forgotten.
const OUTSIDE: &[(&str, &str)] = &[
    ("journal", "the record itself: tried byte by byte in its own crate, with the next two"),
    ("journal_head", "as the record"),
    ("journal_signed_heads", "as the record"),
    ("journal_cursors", "how far each reader is"),
    ("schema_migrations", "each has its own check"),
    ("outbox", "messages on their way"),
    ("leases", "who works just now"),
    ("idempotency", "requests of the last days"),
    ("vault_keys", "wrapped and authenticated: an altered key does not open"),
    ("vault_items", "sealed and authenticated; entries name the SM3 of what they rest on"),
    ("divisions", "the public table: importing the same file again tells and mends every difference"),
    ("sessions", "who is signed in"),
    ("tries", "counts for the throttle"),
    ("factor_uses", "when a factor was used last; as sessions"),
    ("recovery_codes", "digests of codes good once; the set has its chain, and names the SM3 of its sealed list"),
    ("ceremonies", "questions of minutes"),
    ("entries", "who is half-way in, for minutes"),
    ("qr_sign_ins", "browsers that wait for a telephone, for two minutes"),
    ("login_trips", "browsers that were sent to a provider, for minutes"),
    ("login_arrivals", "whom a provider spoke of, sealed, for half an hour"),
    ("devices", "which browsers are known again"),
    (
        "officer_imports",
        "lists on their way, for a day; what they did stands in the chains of people, accounts and posts",
    ),
    ("sent_codes", "digests of codes that are good for minutes"),
    ("messages", "messages on their way; what they say is sealed, and destroyed after their time"),
    ("sign_in_requests", "who is about to sign in to another system"),
    ("sign_in_codes", "codes of a minute"),
    ("token_families", "what came of a code; the consent it rests on has its chain"),
    ("tokens", "digests of secrets that live for minutes; as sessions"),
    (
        "looks",
        "who saw a person's data, a row a viewer, matter and day that counts: as many as pages are opened, so no entry each; shown to the person",
    ),
    ("used_assertions", "proofs that were used, for minutes"),
    ("first_codes", "one-time codes for the first administrator"),
    ("item_drafts", "what is being written, not yet an act; entries name the SM3 of each draft that was kept"),
    ("item_draft_log", "what two editors started from; as drafts"),
    ("item_remarks", "what a check said of a draft, sealed; the entry says who returned it and names the SM3"),
    ("item_acts", "proposals on their way; what came of them stands in the item"),
    ("item_import_report", "lines for the reader of an import's last pass; the import makes them anew"),
    ("items_weighed", "how far counts were made anew; what became of them stands in each item's chain"),
    ("item_examined", "made from the record by its reader"),
    ("item_agenda", "what is due when; what comes of it stands in the item"),
    ("search_misses", "a note to oneself: nobody did it"),
    ("handled_open", "made from the record by its reader"),
    ("handled_cases", "made from the record by its reader"),
    ("item_use", "made from the record by its reader"),
    ("case_notices", "what people were told; the entries that it follows from stand in the record"),
    ("notice_choices", "what people want to be told by text message; nothing rests on it"),
    ("case_drafts", "sealed and authenticated, not yet an act"),
    ("case_uploads", "files on their way, for three days: sealed and authenticated, not yet an act"),
    ("case_upload_pieces", "as the uploads that they are of"),
    ("case_owed", "by when something is owed, for reminders: made from the record by its reader"),
    ("case_pledges_due", "by when a pledge is to be checked: made from the record by its reader"),
    ("case_opinion_reminders", "how far reminders went; the opinion they are of has its chain"),
    ("case_absences", "when officers say they are away; no right rests on it"),
    ("case_views", "how an officer likes its lists"),
    ("case_moves", "made from the record by its reader"),
    ("case_hook_messages", "what systems were told lately; the entries that it follows from stand in the record"),
    (
        "case_exports",
        "lists on their way to a file, for a week: that one was asked for stands in the record; who was in it, among the looks",
    ),
    ("case_export_pieces", "sealed and authenticated, for a week"),
    ("case_typed", "what an officer has typed and not sent: sealed and authenticated, not yet an act"),
    ("case_phrases", "phrases for opinions: what is said with them stands in the act"),
    ("case_serials", "which numbers are given out; gaps are allowed"),
    ("case_exhibits", "sealed and authenticated; the case's entries name the SM3 of each file that an act named"),
    ("case_materials", "sealed and authenticated; the case's entries name the SM3 of each file that was sent"),
];
/// Columns of `item_imports` by which a job finds its way, and rows of jobs that have written nothing yet: what a job did stands in the
/// entries of its chunks and of the items, and what it still does is asked and checked again as it is done.
const ON_THE_WAY: &[&str] = &[
    "added",
    "authority",
    "begun_at",
    "blob",
    "bytes",
    "checked_at",
    "failure",
    "grants",
    "mapping",
    "name",
    "place",
    "refused",
    "reported",
    "starter",
    "state",
    "total",
    "unchanged",
    "updated",
];
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
            let on_the_way = table.name == "item_imports" && ON_THE_WAY.contains(&column.as_str());
            if verifies(world).await && !on_the_way {
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

/// Hands in a department's own list and says how its columns are read.
async fn choose_columns(world: &World) {
    let (site, here) = (&world.site, "/desk/items/exchange");
    let list = "我局的名字,时限\n食品经营许可,3\n".as_bytes();
    let sent = site.upload(&world.chief, here, &[("authority", "site")], ("file", "清单.csv", list)).await;
    assert_eq!(sent.status, 303, "{}: {}", site.engine, sent.body);
    let columns = [
        ("sheet", "1"),
        ("kind", "items"),
        ("blank", "keep"),
        ("c0", "up_task_general_basic.task_name"),
        ("c1", "up_task_general_basic.promise_day"),
        ("do", "keep"),
    ];
    let chosen = site.post(&world.chief, &format!("{}/columns", sent.location), &columns).await;
    assert_eq!(chosen.status, 303, "{}: {}", site.engine, chosen.body);
}

/// Which tables the record vouches for, as a page; a table of the schema without an answer is a panic.
fn page(tables: &[Table]) -> String {
    let mut lines = vec![
        "# What the record vouches for".to_owned(),
        String::new(),
        "`yiwang journal verify` names the first altered row of the tables that are vouched for: any one byte of any column. Made from the \
         schema by `crates/yiwang/src/tests/flips.rs` (`UPDATE=1 cargo test -p yiwang`), which tries it."
            .to_owned(),
        String::new(),
        "| table | vouched for |".to_owned(),
        "|---|---|".to_owned(),
    ];
    let mut tables: Vec<_> = tables.iter().collect();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    for table in tables {
        let outside = OUTSIDE.iter().find(|it| it.0 == table.name);
        let said = match (table.columns.iter().any(|it| it == "head"), outside) {
            (_, Some((_, why))) => format!("no: {why}"),
            (true, None) if table.name == "item_imports" => {
                let way: Vec<_> = ON_THE_WAY.iter().map(|it| format!("`{it}`")).collect();
                format!("yes, but for its state of work ({}; jobs that have written nothing yet)", way.join(", "))
            }
            (true, None) => "yes: it has a chain of its own".to_owned(),
            (false, None) if ATTESTED.contains(&table.name.as_str()) => {
                "yes: each row rests on an entry of another thing".to_owned()
            }
            (false, None) => panic!("does the record vouch for {}?", table.name),
        };
        lines.push(format!("| `{}` | {said} |", table.name));
    }
    lines.push(String::new());
    lines.join("\n")
}

#[tokio::test]
async fn which_tables_the_record_vouches_for_is_written_down_table_by_table() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        super::committed("record.md", &page(&site.app.db.tables().await.expect("tables")));
    }
}

#[tokio::test]
async fn one_altered_byte_in_any_column_of_any_area_is_found() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let mut world = World::of(site).await;
        world.grow(2).await;
        world.accept().await;
        world.pledge().await;
        world.opinion().await;
        let (app, ctx) = (&world.site.app, world.site.app.system("test"));
        let person = world.citizen.person.expect("a person");
        let account = identity::NewAccount {
            login: "chenzhiyuan".to_owned(),
            password: "谯城的牛肉馍真香得很".to_owned(),
            demo: Some("演示".to_owned()),
        };
        identity::create_account(&ctx, app, person, &account).await.expect("an account");
        identity::testing::equip(app, &world.site.ctx(&world.citizen)).await.expect("a second factor");
        identity::testing::link(app, &world.site.ctx(&world.citizen)).await.expect("a login elsewhere");
        identity::testing::ask_to_close(app, &ctx, person).await.expect("a closing");
        let word = [("said", "办红本"), ("meant", "居民身份证丢失补领"), ("kind", ""), ("off", "")];
        assert_eq!(world.site.post(&world.chief, "/desk/search", &word).await.status, 303, "{}", world.site.engine);
        let facts = portal::NoticeFacts {
            kind: portal::NoticeKind::Warn,
            title: "停电通知".to_owned(),
            body: "周六上午停电，窗口改在二楼办理。".to_owned(),
            below: true,
            starts: "2026-03-02".to_owned(),
            ends: "2026-03-05".to_owned(),
        };
        for hall in ["", "古井镇为民服务中心"] {
            let division = standards::DivisionCode::parse("341602000000").expect("a division");
            let new = portal::NewSite { division, hall: hall.to_owned(), keeper: world.authority };
            let place = portal::make_site(&ctx, &app.db, &new).await.expect("a site");
            portal::post_notice(&ctx, &app.db, &place, &facts).await.expect("a notice");
        }
        cases::import_calendar(&ctx, app, NOTICE.as_bytes()).await.expect("a notice");
        // Later than the lists that were imported, whose rows are the ones altered.
        world.site.clock.hours(1);
        choose_columns(&world).await;
        catalogue::put_words(&ctx, &app.db, ("vague", 0), "其他材料\n有关证明").await.expect("words");
        let blocks = json!([{ "form": "paragraph", "text": "{事项名称}（{办件编号}）终止办理。" }]);
        let template = json!({ "version": 0, "blocks": blocks, "reason": "按新的格式" });
        let place = "/api/v1/desk/paper-templates/lapse_notice";
        let written = world.site.call(&world.chief, "PUT", place, template).await;
        assert_eq!(written.status, 204, "{}: {}", world.site.engine, written.body);
        world.site.settle(AREAS).await;
        assert!(verifies(&world).await, "{}", world.site.engine);

        let (mut missed, mut tried, mut unnamed) = (Vec::new(), 0, Vec::new());
        for table in world.site.app.db.tables().await.expect("tables") {
            let vouched = table.columns.iter().any(|it| it == "head") || ATTESTED.contains(&table.name.as_str());
            let outside = OUTSIDE.iter().any(|it| it.0 == table.name);
            if vouched == outside {
                unnamed.push(table.name);
            } else if vouched {
                let (found, here) = unfound(&world, &table).await;
                missed.extend(found);
                tried += here;
                assert!(here > 0, "{}: tried in {}", world.site.engine, table.name);
            }
        }
        assert!(missed.is_empty(), "{}: {missed:#?}", world.site.engine);
        assert!(unnamed.is_empty(), "{}: does the record vouch for {unnamed:?}?", world.site.engine);
        assert!(tried > 250, "{}: {tried}", world.site.engine);
        assert!(verifies(&world).await, "{}: all was put back", world.site.engine);
    }
}

#[tokio::test]
async fn rows_taken_away_are_missed_and_a_listed_item_that_is_written_goes_on_with_a_record_of_its_own() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let mut world = World::of(site).await;
        world.grow(2).await;
        let (app, ctx) = (&world.site.app, world.site.app.system("test"));
        let filter = catalogue::ItemFilter { state: Some(catalogue::ItemState::Listed), ..Default::default() };
        let ask = kernel::PageAsk { after: None, limit: 10 };
        let listed = catalogue::items(&app.db, &filter, &ask).await.expect("items").items;
        let [first, second] = listed.as_slice() else { panic!("two of the lists") };
        let document = catalogue::ItemDocument::named("备案（改写）");
        catalogue::revise(&ctx, &app.db, first.id, first.version, &document).await.expect("written");
        assert!(verifies(&world).await, "{}", world.site.engine);
        for (table, row) in [("item_versions", "number = 1".to_owned()), ("items", format!("id = '{}'", second.id))] {
            let mut unit = Unit::new(&ctx);
            unit.run(sql(format!("DELETE FROM {table} WHERE {row}")), Vec::new());
            app.db.commit(unit).await.expect("the engine deletes").or_stale("行").expect("deleted");
            let snapshot = app.db.snapshot().await.expect("a snapshot");
            let replays: Vec<_> = AREAS.iter().flat_map(|it| (it.replays)()).collect();
            let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
            let told = journal::verify(&snapshot, &[], &replays).await.expect("the engine reads");
            let told = told.expect_err(table).to_string();
            assert!(told.starts_with(table) && told.contains("表中却没有"), "{}: {told}", world.site.engine);
        }
    }
}
