//! What strangers hand in is read or refused with what to do; what goes out comes back as it was.

use std::ops::ControlFlow;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use time::macros::date;

use crate::{Book, Face, OneForm, OneTable, Source, cell, guarded, testing, text_table, unguarded, workbook};

/// All rows of all sheets with their lines.
fn read(bytes: &[u8], name: &str) -> Result<Vec<(u32, Vec<String>)>, String> {
    let mut book = Book::open(Source::Memory(bytes.to_vec().into()), name)?;
    let mut out = Vec::new();
    let sheets = book.sheets().len();
    for sheet in 0..sheets {
        book.rows(sheet, &mut |line, row| {
            out.push((line, row));
            ControlFlow::Continue(())
        })?;
    }
    Ok(out)
}

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    testing::packed(files).unwrap()
}

fn around(sheet: &str) -> Vec<u8> {
    testing::around("名单", sheet).unwrap()
}

fn cells(text: &str) -> String {
    format!("<worksheet><sheetData><row r=\"1\">{text}</row></sheetData></worksheet>")
}

#[test]
fn what_is_no_table_or_would_fill_the_memory_is_refused_with_what_to_do() {
    let old = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    let locked: Vec<u8> = old.into_iter().chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let long = "长".repeat(1 << 20);
    let table: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty.csv", Vec::new(), "空的"),
        ("locked.xlsx", locked, "密码"),
        ("old.xlsx", old.to_vec(), "旧版 .xls"),
        ("page.xls", b"<html></html>".to_vec(), "网页"),
        ("paper.csv", b"%PDF-1.7".to_vec(), "PDF"),
        ("picture.csv", b"\x89PNG....".to_vec(), "图片"),
        ("broken.xlsx", b"PK\x03\x04broken".to_vec(), "已损坏"),
        ("bomb.zip", packed(&[("名单.csv", &vec![b' '; 64 << 20])]), "解压后过大"),
        ("text.docx", packed(&[("word/document.xml", b"<w/>")]), "不是 .xlsx"),
        ("none.zip", packed(&[("readme.txt", b"x")]), "没有 CSV"),
        ("quote.csv", format!("a,b\n1,\"{long}").into_bytes(), "引号"),
        ("wide.csv", format!("{}x\n", ",".repeat(400)).into_bytes(), "超过 300 列"),
        ("zero.csv", b"\x01\x02\x00\x00\x03\x00name\x00\x00\x00".to_vec(), "空字符"),
        ("far.xlsx", around(&cells("<c r=\"XFD1\" t=\"inlineStr\"><is><t>x</t></is></c>")), "超过 300 列"),
        ("cell.xlsx", around(&cells(&format!("<c r=\"A1\" t=\"inlineStr\"><is><t>{long}</t></is></c>"))), "2 MB"),
        ("cut.xlsx", around("<worksheet><sheetData><row r=\"1\"><c r=\"A1\""), "已损坏"),
    ];
    for (name, file, why) in table {
        let refused = read(&file, name).expect_err(name);
        assert!(refused.contains(why), "{name}: {refused}");
    }
}

#[test]
fn every_encoding_and_separator_that_tables_are_saved_in_gives_the_same_rows_with_the_lines_that_people_see() {
    let text = "姓名,说明\r\n马晓霞,\"两行\n的话\"\r\n\r\n孙志远,好\r\n";
    let wide = |big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|it| if big { it.to_be_bytes() } else { it.to_le_bytes() }).collect()
    };
    let marked = |mark: &[u8], body: Vec<u8>| [mark, &body].concat();
    let all: [(&str, Vec<u8>); 9] = [
        ("UTF-8", text.into()),
        ("UTF-8 with its mark", marked(b"\xef\xbb\xbf", text.into())),
        ("GBK", encoding_rs::GBK.encode(text).0.into_owned()),
        ("UTF-16LE with its mark", marked(b"\xff\xfe", wide(false))),
        ("UTF-16BE with its mark", marked(b"\xfe\xff", wide(true))),
        ("UTF-16LE", wide(false)),
        ("UTF-16BE", wide(true)),
        ("tabs", text.replace(',', "\t").into()),
        ("semicolons", text.replace(',', ";").into()),
    ];
    for (name, file) in all {
        let rows = read(&file, "名单.csv").unwrap();
        let wanted = [(1, ["姓名", "说明"]), (2, ["马晓霞", "两行\n的话"]), (5, ["孙志远", "好"])];
        let wanted = wanted.map(|(line, row)| (line, row.map(str::to_owned).to_vec()));
        assert_eq!(rows, wanted, "{name}");
    }
}

#[test]
fn a_workbook_gives_kept_values_days_and_merged_cells_and_reckons_no_formula() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.merge_range(0, 0, 1, 0, "谯城区数据局", &Format::new()).unwrap();
    page.write_formula(0, 1, Formula::new("=2+3").set_result("5")).unwrap();
    let day = Format::new().set_num_format("yyyy/m/d");
    page.write_datetime_with_format(1, 1, ExcelDateTime::from_ymd(2026, 12, 1).unwrap(), &day).unwrap();
    let rows = read(&book.save_to_buffer().unwrap(), "名单.xlsx").unwrap();
    let wanted = [(1, ["谯城区数据局", "5"]), (2, ["谯城区数据局", "2026-12-01"])];
    assert_eq!(rows, wanted.map(|(line, row)| (line, row.map(str::to_owned).to_vec())));
}

#[test]
fn whatever_is_written_comes_back_and_no_spreadsheet_sees_a_formula_in_it() {
    let odd = ["=1+1", "'=1+1", "+86", "-5 度", "@SUM(1)", "＝全角", "引号\"和,逗号", "两行\n的话", "普通"];
    let rows: Vec<Vec<String>> = odd.iter().map(|it| vec![(*it).to_owned(), "x".to_owned()]).collect();
    let text = text_table(&["内容", "列"], &rows).unwrap();
    assert!(String::from_utf8(text.clone()).unwrap().contains("'=1+1"), "a spreadsheet sees an apostrophe first");
    for file in [text, workbook("名单", &["内容", "列"], &rows).unwrap()] {
        let back: Vec<_> = read(&file, "名单.csv").unwrap().into_iter().skip(1).map(|it| it.1).collect();
        assert_eq!(back, rows);
    }
    for text in odd {
        assert_eq!(unguarded(&guarded(text)), text);
    }
}

#[test]
fn one_long_table_comes_back_whole_in_either_form_whatever_stands_in_it() {
    let odd = ["=1+1", "+86", "引号\"和,逗号", "两行\n的话", "普通"];
    let rows: Vec<Vec<String>> = (0..3_000).map(|n| vec![odd[n % odd.len()].to_owned(), format!("{n}")]).collect();
    for form in [OneForm::Text, OneForm::Workbook] {
        assert_eq!(OneForm::from_ending(form.ending()), Some(form));
        let face =
            Face {
                name: "办件".to_owned(), heads: vec![vec!["内容".to_owned(), "列".to_owned()]], widths: vec![20]
            };
        let mut table = OneTable::new(form, face).unwrap();
        rows.iter().for_each(|row| table.row(row).unwrap());
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut table.finish().unwrap(), &mut bytes).unwrap();
        let back: Vec<_> =
            read(&bytes, &format!("办件.{}", form.ending())).unwrap().into_iter().map(|it| it.1).collect();
        assert_eq!(back[0], ["内容", "列"]);
        assert_eq!(back[1..], rows);
    }
    assert_eq!(OneForm::from_ending("pdf"), None);
}

#[test]
fn days_are_read_as_people_write_them_and_impossible_ones_are_none() {
    for bad in ["", "昨天", "2026-02-30", "2026-13-01", "26/7", "-5", "99999999999999999999"] {
        assert!(cell::date(bad).is_err(), "{bad}");
    }
    for good in ["2026-07-01", "2026/7/1", "2026.7.1", "2026年7月1日", "20260701", "2026-07-01 08:00:00", "46204"] {
        assert_eq!(cell::date(good), Ok(date!(2026 - 07 - 01)), "{good}");
    }
}
