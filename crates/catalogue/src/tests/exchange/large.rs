//! Large exports: page by page, to disk, whatever the number of items; and the one real list of the demo.

use std::io::Read;

use kernel::PAGE_MAX;

use super::{USCC, all_items, authority, demo, sites, told, try_import};
use crate::{
    ExportForm, create_item,
    exchange::export_in_sheets_of,
    export_tables, import_items,
    model::{ItemState, percent_of_list},
    office_counts,
    tests::keeper,
};

/// So many items: a city's whole list.
const MANY: usize = 20_000;

#[tokio::test]
async fn a_large_export_reads_its_items_page_by_page_and_holds_no_more_than_a_page_of_them() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let head = "department,department_code,item_name,main_item,item_type,division,local_code\n";
        let rows: String =
            (0..MANY).map(|n| format!("谯城区行政审批局,{USCC},备案{n},,01,341602000000,A{n}\n")).collect();
        let report = import_items(&ctx, db, format!("{head}{rows}").as_bytes(), &|_, _| {}).await.unwrap();
        assert_eq!(report.added, MANY, "{report:?}");
        let pages = u64::try_from(MANY / usize::from(PAGE_MAX)).unwrap();
        for form in [ExportForm::Archive, ExportForm::Workbook] {
            let before = db.queries();
            let steps = std::sync::atomic::AtomicUsize::new(0);
            let step = |_: usize, _: usize| {
                let _ = steps.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            };
            let (file, done) = export_tables(db, None, form, &step).await.unwrap();
            assert_eq!((done, steps.into_inner()), (MANY, usize::try_from(pages).unwrap()), "{}", site.engine);
            // Of each page: its items, and their documents in force and being written; once, the bodies.
            let asked = db.queries() - before;
            assert!((3 * pages..3 * pages + 5).contains(&asked), "{}: {asked} for {pages} pages", site.engine);
            assert!(file.metadata().unwrap().len() > 100_000, "it lies on disk");
        }
    }
}

#[tokio::test]
async fn a_table_that_fills_a_sheet_goes_on_in_the_next_and_comes_back_unchanged() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区行政审批局", USCC).await;
        for (n, mut doc) in demo().into_iter().take(6).enumerate() {
            doc.handling_number = u8::try_from(n + 1).ok();
            create_item(&ctx, db, office, &doc).await.unwrap();
        }
        let before = all_items(db).await;
        let mut bytes = Vec::new();
        export_in_sheets_of(db, office, 9).await.unwrap().read_to_end(&mut bytes).unwrap();
        let report = try_import(&ctx, db, (bytes, "导出.xlsx"), None).await.unwrap();
        assert_eq!(told(&report), [] as [String; 0], "{}", site.engine);
        assert_eq!((report.added, report.updated, report.refused_count), (0, 0, 0), "{report}");
        assert!(report.unchanged > before.len(), "items and their base entries");
        assert_eq!(all_items(db).await, before);
    }
}

#[tokio::test]
async fn an_export_that_is_asked_for_in_the_browser_comes_whole() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区行政审批局", USCC).await;
        for (n, mut doc) in demo().into_iter().take(3).enumerate() {
            doc.handling_number = u8::try_from(n + 1).ok();
            create_item(&ctx, db, office, &doc).await.unwrap();
        }
        let who = keeper(&site, Some(office)).await;
        for ending in ["xlsx", "zip"] {
            let file = site.get(&who, &format!("/desk/items/export/items.{ending}?authority={office}")).await;
            assert_eq!(file.status, 200, "{}", site.engine);
            assert!(file.body.starts_with("PK"), "{ending}");
        }
        assert_eq!(site.get(&who, &format!("/desk/items/export/items.exe?authority={office}")).await.status, 404);
    }
}

#[tokio::test]
async fn the_completeness_of_the_real_list_of_a_district_stands_by_department_and_by_item() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let list = include_bytes!("../../../../yiwang/demo/items-guanganqu.csv");
        import_items(&ctx, db, list, &|_, _| {}).await.unwrap();
        let items = all_items(db).await;
        assert_eq!(items.len(), 988, "{}", site.engine);
        let mut offices: Vec<_> = items.iter().map(|it| it.authority).collect();
        offices.sort();
        offices.dedup();
        let counts = office_counts(db, &offices).await.unwrap();
        assert_eq!(counts.values().map(|it| it.items).sum::<i64>(), 988);
        for (office, count) in &counts {
            let own = || items.iter().filter(|it| it.authority == *office);
            assert_eq!(
                (count.items, count.missing),
                (crate::service::count(own().count()), own().map(|it| it.missing).sum())
            );
            assert_eq!(
                count.percent(),
                percent_of_list(count.items, count.missing),
                "a department's is its items' together"
            );
        }
        // A published list names an item and no more: its guide is still to be written, and says so.
        assert!(
            items.iter().all(|it| it.state == ItemState::Listed && it.missing > 15),
            "nobody wrote their guides yet"
        );
        let who = keeper(&site, None).await;
        let page = site.get(&who, "/desk/items/offices").await.body;
        assert_eq!(page.matches("<progress").count(), offices.len().min(usize::from(kernel::PAGE_DEFAULT)), "{page}");
    }
}
