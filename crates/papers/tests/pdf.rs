//! The PDF file, read back by a program that is not ours where one is installed.

#[path = "../examples/specimens/mod.rs"]
mod specimens;

use std::io::Write;
use std::process::{Command, Stdio};

use papers::{Fonts, Info, Paper, layout, pdf};
use time::macros::datetime;

fn made(paper: &Paper, fonts: &Fonts) -> Vec<u8> {
    let info = Info {
        title: paper.title.clone(),
        author: paper.authority.clone(),
        subject: "食品经营许可（新办）".to_owned(),
        keywords: vec!["亳州".to_owned()],
        created: datetime!(2026-03-02 09:30 +8),
    };
    pdf(&layout(paper, fonts).expect("lays out"), fonts, &info).expect("writes")
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn fonts_other_than_those_of_the_layout_are_refused() {
    let rare = Fonts::with_folder(vec![include_bytes!("../fonts/noto-serif-sc-bold.ttf").to_vec()]).expect("reads");
    let mut laid = layout(&specimens::receipt(), &rare).expect("lays out");
    for mark in laid.pages.iter_mut().flat_map(|page| &mut page.marks) {
        if let papers::Mark::Text(run) = mark {
            run.text = run.text.replace('亳', "𠮷");
        }
    }
    let info = Info {
        title: String::new(),
        author: String::new(),
        subject: String::new(),
        keywords: Vec::new(),
        created: datetime!(2026-03-02 0:00 UTC),
    };
    assert!(pdf(&laid, &rare, &info).is_err());
}

#[test]
fn the_same_paper_gives_the_same_bytes_with_fonts_read_anew() {
    for (name, paper) in specimens::all() {
        let (first, second) =
            (made(&paper, &Fonts::embedded().expect("fonts")), made(&paper, &Fonts::embedded().expect("fonts")));
        assert!(first == second, "{name} differs");
    }
}

#[test]
fn the_file_is_archival_tagged_chinese_and_small() {
    let fonts = Fonts::embedded().expect("fonts");
    for (name, paper) in specimens::all() {
        let file = made(&paper, &fonts);
        assert!(file.starts_with(b"%PDF-1.7"), "{name}");
        for mark in
            ["<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>A</pdfaid:conformance>", "/StructTreeRoot", "zh-CN"]
        {
            assert!(holds(&file, mark), "{name} lacks {mark}");
        }
        assert!(file.len() < 200_000, "{name}: {} bytes", file.len());
    }
}

#[test]
fn a_rare_name_is_set_in_the_font_the_operator_added() {
    let fonts = Fonts::with_folder(vec![include_bytes!("rare-names.otf").to_vec()]).expect("fonts");
    assert!(fonts.covers('𠮷') && fonts.covers('张') && !fonts.covers('㙓'));
    let file = made(&Paper { addressee: Some("𠮷㐂".to_owned()), ..specimens::receipt() }, &fonts);
    assert!(holds(&file, "NotoSerifCJKsc-Regular"), "the added font is embedded");
    let Some(text) = read_back(&file) else { return };
    assert!(text.contains("𠮷㐂："), "{text}");
}

/// What `pdftotext` reads, without white space; `None` where it is not installed.
fn read_back(file: &[u8]) -> Option<String> {
    let reader = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut reader) = reader else {
        eprintln!("skipped: pdftotext is not installed (Debian: poppler-utils)");
        return None;
    };
    let mut input = reader.stdin.take().expect("has an input");
    input.write_all(file).expect("takes the file");
    drop(input);
    let output = reader.wait_with_output().expect("ends");
    Some(String::from_utf8(output.stdout).expect("is UTF-8").split_whitespace().collect())
}

#[test]
fn another_reader_finds_the_text_in_order() {
    let fonts = Fonts::embedded().expect("fonts");
    let Some(text) = read_back(&made(&specimens::correction(), &fonts)) else { return };
    let order = [
        "亳州市市场监督管理局",
        "亳市监许补〔2026〕3号",
        "申请材料补正告知书",
        "张三：",
        "你于2026年3月2日提出的“食品经营许可（新办）”申请（办件编号：11341600MB1234567X4000131015000202603020123）收悉",
        "1.营业执照复印件",
        "6.保证食品安全的规章制度目录",
        "（印章）",
        "2026年3月2日",
        "（本告知书一式两份，一份送达申请人，一份存档）",
    ];
    let mut from = 0;
    for part in order {
        let found = text[from..].find(part);
        assert!(found.is_some(), "{part} not found in order in {text}");
        from += found.unwrap_or_default() + part.len();
    }
}

#[test]
fn another_reader_does_not_find_the_watermark_among_the_text() {
    let fonts = Fonts::embedded().expect("fonts");
    let (_, demo) = &specimens::all()[3];
    let Some(text) = read_back(&made(demo, &fonts)) else { return };
    assert_eq!(text.matches("演示站点，不具法律效力").count(), 2, "once at the head of each of two pages: {text}");
}
