//! Import and export in the national tables: what went out comes back as it was, and only what a file says is changed.

mod files;
mod interface;
mod jobs;
mod large;
mod lists;

use std::io::Read;

use kernel::{Authority, Ctx, Id, PageAsk};
use serde_json::Value;
use sheets::{guarded, unguarded};
use storage::Db;

use super::{authority, sites};
use crate::{
    ExchangeAsk, ExchangeReport, ExportForm, ItemFilter, Source,
    exchange::{
        apply::{Row, item_row, part_rows},
        cell::clean,
        column::{Column, Entry, RowKind, Way},
        tables::{TABLES, written},
    },
    export_tables, import_tables, items,
    model::{ItemDocument, ItemSummary},
    publish, reads,
};

/// A code of an authority of 谯城区.
pub(super) const USCC: &str = "11341600000000019Q";

/// All items of the demo, complete in every element.
pub(super) fn demo() -> Vec<ItemDocument> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../yiwang/demo/items");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    files.iter().map(|it| serde_json::from_str(&std::fs::read_to_string(it).unwrap()).unwrap()).collect()
}

/// Takes in a file, rows that name nobody being this authority's.
pub(super) async fn import(ctx: &Ctx, db: &Db, file: (Vec<u8>, &str), authority: Id<Authority>) -> ExchangeReport {
    let name = file.1;
    try_import(ctx, db, file, Some(authority)).await.unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

pub(super) async fn try_import(
    ctx: &Ctx,
    db: &Db,
    (bytes, name): (Vec<u8>, &str),
    authority: Option<Id<Authority>>,
) -> kernel::Result<ExchangeReport> {
    let ask = ExchangeAsk { authority, ..ExchangeAsk::default() };
    import_tables(ctx, db, (Source::Memory(bytes.into()), name), &ask, &|_, _| {}).await
}

pub(super) async fn export(db: &Db, authority: Option<Id<Authority>>, form: ExportForm) -> Vec<u8> {
    let (mut file, _) = export_tables(db, authority, form, &|_, _| {}).await.unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

pub(super) async fn all_items(db: &Db) -> Vec<ItemSummary> {
    let (mut out, mut ask) = (Vec::new(), PageAsk { after: None, limit: 100 });
    loop {
        let page = items(db, &ItemFilter::default(), &ask).await.unwrap();
        out.extend(page.items);
        let Some(next) = page.next else { return out };
        ask.after = Some(next.parse().unwrap());
    }
}

/// The words of a report's lines.
pub(super) fn told(report: &ExchangeReport) -> Vec<String> {
    report.lines.iter().map(ToString::to_string).collect()
}

/// The rows of an item as an export writes them and an import reads them.
fn rows_of(entry: &Entry) -> Vec<Row> {
    let mut out = Vec::new();
    for table in TABLES.iter().filter(|it| it.rows != RowKind::Directory) {
        let mut row = |place: usize, part: &dyn Fn(&Column) -> Option<String>| {
            let text = |column: &Column| match column.way {
                Way::Order => (place + 1).to_string(),
                _ => part(column).unwrap_or_else(|| written(column, entry)),
            };
            let cells = table.columns.iter().map(|it| (it, clean(unguarded(&guarded(&clean(&text(it))))))).collect();
            out.push(Row { kind: table.rows, sheet: 0, line: 1, cells });
        };
        let doc = &entry.doc;
        match table.rows {
            RowKind::Material => doc.materials.iter().enumerate().for_each(|(n, it)| {
                row(n, &|column| if let Way::Material(write, _) = column.way { Some(write(it)) } else { None });
            }),
            RowKind::Fee => doc.fee.iter().flat_map(|it| &it.lines).enumerate().for_each(|(n, it)| {
                row(n, &|column| if let Way::Fee(write, _) = column.way { Some(write(it)) } else { None });
            }),
            RowKind::Question => doc.questions.iter().enumerate().for_each(|(n, it)| {
                row(n, &|column| if let Way::Question(write, _) = column.way { Some(write(it)) } else { None });
            }),
            RowKind::Item | RowKind::Directory => row(0, &|_| None),
        }
    }
    out
}

/// Every document that differs from this one in one text, which says `word` instead.
fn variants(whole: &Value, word: &str, at: &mut Vec<String>, out: &mut Vec<ItemDocument>, root: &Value) {
    match whole {
        Value::String(_) => {
            let mut changed = root.clone();
            if let Some(leaf) = changed.pointer_mut(&format!("/{}", at.join("/"))) {
                *leaf = Value::from(word);
            }
            out.extend(serde_json::from_value::<ItemDocument>(changed));
        }
        Value::Array(all) => {
            for (n, it) in all.iter().enumerate().take(2) {
                at.push(n.to_string());
                variants(it, word, at, out, root);
                at.pop();
            }
        }
        Value::Object(fields) => {
            for (name, it) in fields.iter().filter(|it| it.0 != "form") {
                at.push(name.clone());
                variants(it, word, at, out, root);
                at.pop();
            }
        }
        _ => {}
    }
}

#[test]
fn whatever_a_text_says_it_goes_out_and_comes_back_as_it_was() {
    let page = include_str!("../../../../docs/item-format.md");
    let text = page.split("```json\n").nth(1).and_then(|it| it.split("\n```").next()).unwrap();
    let doc: ItemDocument = serde_json::from_str(text).unwrap();
    let whole = serde_json::to_value(&doc).unwrap();
    let words = [
        "",
        " ",
        "=1+1",
        "'-",
        "（清空）",
        "无",
        "1^2",
        "甲：乙（丙）",
        "一\r\n二\n\n三",
        "\u{7}\u{feff}",
        "5.1E+17",
        "《法》第一条：原文",
    ];
    let mut tried = 0;
    for word in words {
        let mut all = Vec::new();
        variants(&whole, word, &mut Vec::new(), &mut all, &whole);
        for doc in all {
            tried += 1;
            let was = Entry { doc, ..Entry::default() };
            for blank_clears in [false, true] {
                let (rows, mut next, mut report) = (rows_of(&was), was.doc.clone(), Vec::new());
                for row in rows.iter().filter(|it| it.kind == RowKind::Item) {
                    item_row(&was, &mut next, row, blank_clears, &mut report);
                }
                part_rows(&was, &mut next, &rows, blank_clears, &mut report);
                assert_eq!((&next, report.len()), (&was.doc, 0), "{word:?} {report:?}");
            }
        }
    }
    assert!(tried > 1_000, "{tried} documents");
}

#[tokio::test]
async fn an_exported_file_changes_nothing_whatever_is_in_it() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区行政审批局", USCC).await;
        for (n, mut doc) in demo().into_iter().enumerate() {
            // One authority holds them all here, so parts of one base entry are told apart by their number.
            doc.handling_number = u8::try_from(n + 1).ok();
            let id = crate::create_item(&ctx, db, office, &doc).await.unwrap();
            // What an organ below examines first stays a draft: no such organ is known here.
            if n % 2 == 0 && doc.planned_effect.is_none() && doc.preliminary.is_none() {
                publish(&ctx, db, id, 1).await.unwrap();
            }
        }
        let before = all_items(db).await;
        assert!(before.len() >= 40, "the demo is full");
        for form in [ExportForm::Workbook, ExportForm::Archive] {
            for whose in [Some(office), None] {
                let file = export(db, whose, form).await;
                let name = format!("导出.{}", form.ending());
                let commits = db.stats().commits;
                let report = try_import(&ctx, db, (file, &name), None).await.unwrap();
                assert_eq!(told(&report), [] as [String; 0], "{} {form:?}", site.engine);
                assert_eq!((report.added, report.updated, report.refused_count), (0, 0, 0), "{} {form:?}", site.engine);
                assert!(report.unchanged > before.len(), "items and their base entries");
                assert_eq!(db.stats().commits, commits, "nothing is written for nothing");
            }
        }
        assert_eq!(all_items(db).await, before);
    }
}

#[tokio::test]
async fn what_one_site_exports_another_takes_in_and_says_the_same_of_it() {
    for (from, to) in sites().await.into_iter().zip(sites().await) {
        let (ctx, db) = (from.app.system("test"), &from.app.db);
        let office = authority(&ctx, db, "谯城区行政审批局", USCC).await;
        let all = demo();
        for (n, mut doc) in all.iter().cloned().enumerate() {
            doc.local_code = format!("QC-{n:03}");
            doc.handling_number = None;
            crate::create_item(&ctx, db, office, &doc).await.unwrap();
        }
        let first = export(db, Some(office), ExportForm::Archive).await;
        let (ctx, db) = (to.app.system("test"), &to.app.db);
        authority(&ctx, db, "谯城区行政审批局", USCC).await;
        let report = try_import(&ctx, db, (first.clone(), "a.zip"), None).await.unwrap();
        assert_eq!(report.added, all.len(), "{:#?}", told(&report));
        // The directory's own rows lack limit and service object; the items' rows made the entries.
        let again = try_import(&ctx, db, (first, "a.zip"), None).await.unwrap();
        assert_eq!((again.added, again.updated), (0, 0), "{:#?}", told(&again));
        for item in all_items(db).await {
            let doc = reads::draft(db, item.id).await.unwrap().unwrap();
            let was = all.iter().find(|it| it.name == doc.name).cloned().unwrap();
            assert_eq!(doc.materials.len(), was.materials.len(), "{}", doc.name);
            assert_eq!(
                (&doc.conditions, doc.promised_limit, &doc.visits),
                (&was.conditions, was.promised_limit, &was.visits)
            );
            assert_eq!((doc.topics.person, doc.topics.corp), (was.topics.person, was.topics.corp));
            assert_eq!((doc.consult_phone, doc.questions), (was.consult_phone, was.questions));
        }
    }
}
