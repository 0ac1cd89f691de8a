//! Hostile files: each gives a report by row, or a clear refusal.

use std::io::Cursor;

use kernel::{Authority, Ctx, Error, Id};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use sheets::testing;
use storage::Db;

use super::{USCC, all_items, authority, import, sites, told, try_import};
use crate::{create_item, draft, tests::licence};

/// A site with the base entry of the demo's licence, so that lists may name it.
async fn ready(site: &testkit::Site) -> (Ctx, Db, Id<Authority>) {
    let (ctx, db) = (site.app.system("test"), site.app.db.clone());
    let office = authority(&ctx, &db, "谯城区市场监督管理局", USCC).await;
    create_item(&ctx, &db, office, &licence()).await.unwrap();
    (ctx, db, office)
}

const CODE: &str = "000131024000";

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    testing::packed(files).unwrap()
}

fn book(sheet: &str) -> Vec<u8> {
    testing::around("清单", sheet).unwrap()
}

#[tokio::test]
async fn a_file_that_cannot_be_taken_is_refused_whole_with_what_to_do_and_nothing_is_written() {
    let locked = {
        let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    let zeros = vec![b' '; 64 << 20];
    let open_quote = format!("基本编码,事项名称\n{CODE},\"{}", "长".repeat(1 << 20));
    let wide = format!("{}x\n", ",".repeat(400)).repeat(3);
    let huge_cell = book(&format!(
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{}</t></is></c></row></sheetData></worksheet>",
        "长".repeat(1 << 20)
    ));
    let far = book(
        "<worksheet><sheetData><row r=\"1\"><c r=\"XFD1\" t=\"inlineStr\"><is><t>事项名称</t></is></c></row></sheetData></worksheet>",
    );
    let cut = &book("<worksheet><sheetData><row r=\"1\"><c r=\"A1\"")[..];
    let table: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty.xlsx", Vec::new(), "空的"),
        ("locked.xlsx", locked, "密码"),
        ("old.xlsx", vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0], "旧版 .xls"),
        ("page.xls", b"<html><table><tr><td>1</td></tr></table></html>".to_vec(), "网页"),
        ("paper.pdf", b"%PDF-1.7".to_vec(), "PDF"),
        ("broken.xlsx", b"PK\x03\x04broken".to_vec(), "已损坏"),
        ("bomb.zip", packed(&[("清单.csv", &zeros)]), "解压后过大"),
        ("no-table.zip", packed(&[("readme.txt", b"x")]), "没有 CSV"),
        ("text.docx", packed(&[("word/document.xml", b"<w/>")]), "不是 .xlsx"),
        ("quote.csv", open_quote.into_bytes(), "引号"),
        ("wide.csv", wide.into_bytes(), "列"),
        ("cell.xlsx", huge_cell, "2 MB 的单元格"),
        ("far.xlsx", far, "超过 300 列"),
        ("cut.xlsx", cut.to_vec(), "已损坏"),
        ("zero.csv", b"\x01\x02\x00\x00\x03\x00name\x00\x00\x00".to_vec(), "空字符"),
        ("heads.csv", "基本编码,事项名称\n".as_bytes().to_vec(), "没有可以导入的内容"),
        ("none.csv", "甲,乙\n1,2\n".as_bytes().to_vec(), "没有认出列名"),
    ];
    for site in sites().await {
        let (ctx, db, office) = ready(&site).await;
        let (before, commits) = (all_items(&db).await, db.stats().commits);
        for (name, file, why) in &table {
            let refused = try_import(&ctx, &db, (file.clone(), name), Some(office)).await;
            let Err(error @ Error::Invalid(_)) = refused else { panic!("{name}: {refused:?}") };
            assert!(error.message().contains(why), "{name}: {}", error.message());
        }
        assert_eq!((all_items(&db).await, db.stats().commits), (before, commits), "{}", site.engine);
    }
}

#[tokio::test]
async fn every_encoding_that_lists_are_saved_in_is_read() {
    let text = format!(
        "基本编码,事项名称,地方实施编码,受理条件\r\n{CODE},小餐饮登记（试）,L-1,\"有固定场所\n有健康证明\"\r\n"
    );
    let wide = |big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|it| if big { it.to_be_bytes() } else { it.to_le_bytes() }).collect()
    };
    let marked = |mark: &[u8], body: Vec<u8>| [mark, &body].concat();
    let all: Vec<(&str, Vec<u8>)> = vec![
        ("UTF-8", text.clone().into_bytes()),
        ("UTF-8 with its mark", marked(b"\xef\xbb\xbf", text.clone().into_bytes())),
        ("GBK", encoding_rs::GBK.encode(&text).0.into_owned()),
        ("UTF-16LE with its mark", marked(b"\xff\xfe", wide(false))),
        ("UTF-16BE with its mark", marked(b"\xfe\xff", wide(true))),
        ("UTF-16LE", wide(false)),
        ("UTF-16BE", wide(true)),
        ("semicolons", text.replace(',', ";").into_bytes()),
        ("tabs", text.replace(',', "\t").into_bytes()),
    ];
    for site in sites().await {
        for (name, file) in &all {
            let (ctx, db, office) = match all.iter().position(|it| it.0 == *name) {
                Some(0) => ready(&site).await,
                _ => {
                    let (ctx, db) = (site.app.system("test"), site.app.db.clone());
                    let office = identity::find_authority_by_uscc(&db, USCC).await.unwrap().unwrap().id;
                    (ctx, db, office)
                }
            };
            let report = import(&ctx, &db, (file.clone(), name), office).await;
            // The first makes it; each further encoding says the same words.
            let wanted = if *name == "UTF-8" { (1, 0) } else { (0, 1) };
            assert_eq!((report.added, report.unchanged), wanted, "{name}: {:?}", told(&report));
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_row_is_told_with_sheet_line_column_value_and_what_to_do_and_good_rows_go_in() {
    let rows = [
        ("L-1,好的一行,5,2,,", None),
        (
            "L-2,天数不对,五六天,2,,",
            Some("第 3 行，承诺办结时限 列，「五六天」：应填不小于 0 的整数。改正这一格后重新导入"),
        ),
        ("L-3,代码不对,5,8,,", Some("第 4 行，办件类型 列，「8」：没有这个代码")),
        ("L-1,重复的编码,5,2,,", Some("第 5 行：与第 2 行是同一个事项，只取前一行")),
        ("5.11602E+17,科学计数,5,2,,", Some("第 6 行，地方实施编码 列，「5.11602E+17」：编码被表格软件变成了科学计数")),
        ("L-5,#REF!,5,2,,", Some("第 7 行，事项名称 列，「#REF!」：单元格是公式的错误值")),
        ("L-6,坏日期,5,2,2026-02-30,", Some("第 8 行，计划生效日期 列，「2026-02-30」：不是日期")),
        ("L-7,,5,2,,", Some("第 9 行：没有写事项名称")),
        ("L-8,别人的,5,2,,亳州市某某局", Some("第 10 行，实施主体 列，「亳州市某某局」：没有这个实施主体")),
        ("L-9,<script>alert(1)</script>,5,2,,", None),
        ("L-10,'=HYPERLINK(\"http://x\"),5,2,,", None),
        ("L-11,=1+1,5,2,46204,", None),
    ];
    let lines: String = rows.iter().map(|it| format!("{CODE},{}\n", it.0)).collect();
    let head = "基本编码,地方实施编码,事项名称,承诺办结时限（工作日）,办件类型,计划生效日期,实施主体\n";
    for site in sites().await {
        let (ctx, db, office) = ready(&site).await;
        let report = import(&ctx, &db, (format!("{head}{lines}").into_bytes(), "清单.csv"), office).await;
        let wanted: Vec<_> = rows.iter().filter_map(|it| it.1).collect();
        let mut lines = report.lines.clone();
        lines.sort_by_key(|it| it.line);
        assert_eq!(lines.len(), wanted.len(), "{:#?}", told(&report));
        for (line, wanted) in lines.iter().zip(wanted) {
            assert!(line.to_string().contains(wanted), "{line}\nwanted {wanted}");
        }
        assert_eq!((report.added, report.refused_count), (4, 8), "{}", site.engine);
        let mut names: Vec<_> = all_items(&db).await.into_iter().map(|it| it.name).collect();
        names.retain(|it| it.contains(['<', '=']));
        names.sort();
        assert_eq!(names, ["<script>alert(1)</script>", "=1+1", "=HYPERLINK(\"http://x\")"], "text stays text");
    }
}

#[tokio::test]
async fn a_text_that_looks_like_a_formula_leaves_as_text_and_comes_back_equal() {
    for site in sites().await {
        let (ctx, db, office) = ready(&site).await;
        let mut doc = licence();
        doc.handling_number = Some(9);
        doc.name = "=cmd|'/c calc'!A1".to_owned();
        doc.quantity_limit = "'=A1".to_owned();
        doc.promise_explain = "@SUM(1)".to_owned();
        doc.conditions = vec!["-5 度以下保存".to_owned(), "+1".to_owned()];
        let id = create_item(&ctx, &db, office, &doc).await.unwrap();
        let file = super::export(&db, Some(office), crate::ExportForm::Archive).await;
        let mut archive = zip::ZipArchive::new(Cursor::new(file.clone())).unwrap();
        let text = std::io::read_to_string(archive.by_name("up_task_general_basic.csv").unwrap()).unwrap();
        assert!(text.contains("'=cmd"), "a spreadsheet sees an apostrophe first");
        for form in [crate::ExportForm::Archive, crate::ExportForm::Workbook] {
            let file = super::export(&db, Some(office), form).await;
            let report = import(&ctx, &db, (file, "a.zip"), office).await;
            assert_eq!((report.added, report.updated, report.refused_count), (0, 0, 0), "{:#?}", told(&report));
        }
        assert_eq!(draft(&db, id).await.unwrap().unwrap(), doc, "{}", site.engine);
    }
}

#[tokio::test]
async fn a_workbook_gives_kept_values_dates_and_merged_cells_and_blank_rows_cost_nothing() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy/m/d");
    page.merge_range(0, 0, 0, 4, "某某局事项清单（2026 年）", &Format::new()).unwrap();
    for (n, head) in ["基本编码", "地方编码", "事项名称", "承诺时限", "计划生效日期", "材料名称"].iter().enumerate()
    {
        page.write_string(1, u16::try_from(n).unwrap(), *head).unwrap();
    }
    page.merge_range(2, 0, 3, 0, CODE, &Format::new()).unwrap();
    page.merge_range(2, 1, 3, 1, "L-1", &Format::new()).unwrap();
    page.merge_range(2, 2, 3, 2, "小餐饮登记", &Format::new()).unwrap();
    page.write_formula(2, 3, Formula::new("=2+3").set_result("5")).unwrap();
    page.write_datetime_with_format(2, 4, ExcelDateTime::from_ymd(2026, 12, 1).unwrap(), &date).unwrap();
    page.write_string(2, 5, "身份证明").unwrap();
    page.write_string(3, 5, "场地证明").unwrap();
    for row in 4..100_000 {
        page.write_blank(row, 0, &date).unwrap();
    }
    page.write_string(100_000, 1, "L-2").unwrap();
    page.write_string(100_000, 0, CODE).unwrap();
    page.write_string(100_000, 2, "最后一行").unwrap();
    let file = book.save_to_buffer().unwrap();
    for site in sites().await {
        let (ctx, db, office) = ready(&site).await;
        let report = import(&ctx, &db, (file.clone(), "某某局.xlsx"), office).await;
        assert_eq!((report.added, report.refused_count), (2, 0), "{:#?}", told(&report));
        let items = all_items(&db).await;
        let item = items.iter().find(|it| it.name == "小餐饮登记").unwrap();
        let doc = draft(&db, item.id).await.unwrap().unwrap();
        assert_eq!(doc.promised_limit.unwrap().to_string(), "5 个工作日", "the value kept with the formula");
        assert_eq!(doc.planned_effect.unwrap().to_string(), "2026-12-01");
        assert_eq!(doc.materials.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["身份证明", "场地证明"]);
    }
}
