//! Lists as departments publish them, bad ones first.

use kernel::{Error, PageAsk};

use super::sites;
use crate::{ItemFilter, ItemState, import_items, items, model::read_list};

const HEAD: &str = "department,department_code,item_name,main_item,item_type,division,local_code\n";
const REAL: &[u8] = include_bytes!("../../../yiwang/demo/items-guanganqu.csv");

#[test]
fn a_file_that_is_no_list_is_refused_whole_and_says_why() {
    let gbk: &[u8] = b"\xb2\xbf\xc3\xc5,code\n";
    let table: &[(&[u8], &str)] = &[
        (b"", "表头应为"),
        (b"name,code\nx,1\n", "表头应为"),
        (gbk, "可能是 GBK"),
        (b"\xff\xfed\0e\0", "UTF-16"),
        (b"PK\x03\x04\x00\x00", "空字符"),
        (HEAD.as_bytes(), "只有表头"),
    ];
    for (file, why) in table {
        let said = read_list(file).unwrap_err();
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn bad_rows_are_named_with_line_column_value_and_reason_and_good_ones_are_not_lost() {
    let long = "长".repeat(1_001);
    let rows = [
        ("区发改局,,备案,,01,511602000000,A1", None),
        ("区发改局,,备案,,01,511602000000,A1", Some((3, "local_code", "重复"))),
        ("区发改局,,备案,,1,511602000000,A2", Some((4, "item_type", "两位代码"))),
        ("区发改局,,备案,,01,511602,A3", None),
        ("区发改局,,备案,,01,991602000000,A4", Some((6, "division", "省级代码"))),
        ("区发改局,,,,01,511602000000,A5", Some((7, "item_name", "不能为空"))),
        (&format!("区发改局,,{long},,01,511602000000,A6"), Some((8, "item_name", "最多 1000 个字"))),
        ("区发改局,,备案,,01,511602000000", Some((9, "department", "应有 7 列"))),
        ("区发改局,,备案,,01,511602000000,", Some((10, "local_code", "不能为空"))),
        ("区发改局,,<script>alert(1)</script>,,01,511602000000,A7", None),
        (",,备案,,01,511602000000,A8", Some((12, "department", "不能为空"))),
    ];
    let text: String = rows.iter().map(|it| format!("{}\n", it.0)).collect();
    let (good, faults) = read_list(format!("\u{feff}{HEAD}{text}").as_bytes()).unwrap();
    assert_eq!(good.len(), rows.iter().filter(|it| it.1.is_none()).count());
    assert!(good.iter().any(|it| it.name == "<script>alert(1)</script>"), "text stays text");
    let wanted: Vec<_> = rows.iter().filter_map(|it| it.1).collect();
    assert_eq!(faults.len(), wanted.len(), "{faults:?}");
    for (fault, (line, column, reason)) in faults.iter().zip(wanted) {
        assert_eq!((fault.line, fault.column), (line, column), "{fault}");
        assert!(fault.reason.contains(reason), "{fault}");
    }
}

#[tokio::test]
async fn a_real_list_goes_in_once_and_the_same_file_again_changes_nothing() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("import"), &site.app.db);
        let first = import_items(&ctx, db, REAL, &|_, _| {}).await.unwrap();
        assert_eq!(first.to_string(), "导入 988, 更新 0, 未变 0, 拒绝 0", "{}", site.engine);
        let commits = db.stats().commits;
        let again = import_items(&ctx, db, REAL, &|_, _| {}).await.unwrap();
        assert_eq!(again.to_string(), "导入 0, 更新 0, 未变 988, 拒绝 0", "{}", site.engine);
        assert_eq!(db.stats().commits, commits, "nothing is written for nothing");

        let departments = identity::authority_list(db, &PageAsk { after: None, limit: 100 }).await.unwrap();
        assert_eq!(departments.items.len(), 26, "one authority a department, whatever codes the list gives it");
        let filter = ItemFilter { text: "适龄儿童".to_owned(), ..ItemFilter::default() };
        let found = items(db, &filter, &PageAsk::default()).await.unwrap();
        let item = &found.items[0];
        assert!(item.local_code.starts_with("511A0138000000"), "local codes are kept");
        assert_eq!(item.state, ItemState::Listed);
        assert!(item.missing > 0 && !item.takes_applications());
    }
}

#[tokio::test]
async fn a_changed_row_updates_its_item_and_is_told_apart() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("import"), &site.app.db);
        let file =
            |name: &str| format!("{HEAD}区发改局,,{name},,01,511602000000,A1\n区发改局,,咨询,,20,511602000000,A2\n");
        import_items(&ctx, db, file("备案").as_bytes(), &|_, _| {}).await.unwrap();
        let report = import_items(&ctx, db, file("项目备案").as_bytes(), &|_, _| {}).await.unwrap();
        assert_eq!(report.to_string(), "导入 0, 更新 1, 未变 1, 拒绝 0", "{}", site.engine);
        let filter = ItemFilter { text: "项目备案".to_owned(), ..ItemFilter::default() };
        assert_eq!(items(db, &filter, &PageAsk::default()).await.unwrap().items.len(), 1);
    }
}

#[tokio::test]
async fn who_keeps_no_catalogue_imports_nothing() {
    for site in sites().await {
        let nobody = site.ctx(&site.person("李四", &[]));
        let refused = import_items(&nobody, &site.app.db, REAL, &|_, _| {}).await;
        assert!(matches!(refused, Err(Error::Forbidden { .. })), "{}", site.engine);
        let found = items(&site.app.db, &ItemFilter::default(), &PageAsk::default()).await.unwrap();
        assert_eq!(found.items, []);
    }
}
