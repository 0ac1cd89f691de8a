//! What a paper looks like once laid out.

#[path = "../examples/specimens/mod.rs"]
mod specimens;

use std::fmt::Write;

use papers::{Block, Field, Fonts, Laid, LaidPage, Mark, Paper, PaperError, Role, Run, Signature, layout, svg};
use time::macros::date;

fn fonts() -> Fonts {
    Fonts::embedded().expect("embedded fonts")
}

fn small() -> Paper {
    Paper {
        authority: "亳州市市场监督管理局".to_owned(),
        title: "收件凭证".to_owned(),
        number: None,
        addressee: Some("张三".to_owned()),
        blocks: vec![
            Block::Paragraph("已收到你的材料。".to_owned()),
            Block::Table(vec![Field { label: "材料".to_owned(), value: "身份证".to_owned() }]),
        ],
        signature: Some(Signature {
            authority: "亳州市市场监督管理局".to_owned(),
            date: date!(2026 - 03 - 02),
            date_style: papers::DateStyle::Characters,
            seal: papers::SealMark::Blank,
        }),
        notes: Vec::new(),
        verification: None,
        watermark: None,
    }
}

fn with_blocks(blocks: Vec<Block>) -> Paper {
    Paper { blocks, ..small() }
}

fn runs(page: &LaidPage) -> impl Iterator<Item = &Run> {
    page.marks.iter().filter_map(|mark| if let Mark::Text(run) = mark { Some(run) } else { None })
}

/// One line a mark: place in mm, size, text.
fn described(laid: &Laid) -> String {
    let mut out = String::new();
    for (index, page) in laid.pages.iter().enumerate() {
        writeln!(out, "page {}", index + 1).expect("writes");
        for mark in &page.marks {
            match mark {
                Mark::Text(run) => {
                    let width: f64 = run.advances.iter().sum();
                    writeln!(
                        out,
                        "{:.2} {:.2} size {:.2} width {width:.2} {:?} {}",
                        run.x, run.y, run.size, run.role, run.text
                    )
                }
                Mark::Rule(rule) => {
                    let ((x1, y1), (x2, y2)) = (rule.from, rule.to);
                    writeln!(out, "rule {x1:.2} {y1:.2} to {x2:.2} {y2:.2} thick {}", rule.width)
                }
            }
            .expect("writes");
        }
    }
    writeln!(out, "seal {:.2?}", laid.seal).expect("writes");
    out
}

#[test]
fn a_missing_glyph_stops_the_paper_and_says_where_it_stands() {
    let cases = [
        (Paper { addressee: Some("𠮷某".to_owned()), ..small() }, "主送一行"),
        (Paper { title: "𠮷".to_owned(), ..small() }, "标题"),
        (with_blocks(vec![Block::Paragraph("一".to_owned()), Block::Paragraph("𠮷".to_owned())]), "正文第 2 部分"),
        (
            with_blocks(vec![Block::Table(vec![Field { label: "申请人".to_owned(), value: "𠮷".to_owned() }])]),
            "正文第 1 部分“申请人”一栏",
        ),
    ];
    for (paper, place) in cases {
        let error = layout(&paper, &fonts()).expect_err("no glyph");
        assert_eq!(error, PaperError::MissingGlyph { character: '𠮷', code: 0x20BB7, place: place.to_owned() });
    }
}

#[test]
fn a_font_that_cannot_be_read_is_refused_by_its_number() {
    let error = Fonts::with_folder(vec![b"no font".to_vec()]).expect_err("not a font");
    assert!(matches!(error, PaperError::BadFont { number: 1, .. }), "{error}");
}

#[test]
fn an_endless_paper_is_refused() {
    let blocks = vec![Block::Paragraph("一二三四五六七八九十".repeat(30)); 200];
    assert_eq!(layout(&with_blocks(blocks), &fonts()), Err(PaperError::TooLong { limit: papers::MAX_PAGES }));
}

#[test]
fn a_small_paper_stands_where_the_standard_puts_it() {
    let laid = layout(&small(), &fonts()).expect("lays out");
    insta::assert_snapshot!(described(&laid), @r"
    page 1
    42.50 50.08 size 12.70 width 127.00 Text 亳州市市场监督管理局
    rule 28.00 57.51 to 184.00 57.51 thick 0.7
    90.48 74.11 size 7.76 width 31.04 Title 收件凭证
    28.00 95.37 size 5.57 width 16.71 Text 张三：
    39.14 105.59 size 5.57 width 44.57 Text 已收到你的材料。
    rule 28.00 110.59 to 184.00 110.59 thick 0.25
    34.79 117.67 size 4.94 width 9.88 Label { table: 0, row: 0 } 材料
    53.26 117.67 size 4.94 width 14.82 Value { table: 0, row: 0 } 身份证
    rule 28.00 121.00 to 184.00 121.00 thick 0.25
    rule 28.00 110.59 to 28.00 121.00 thick 0.25
    rule 51.46 110.59 to 51.46 121.00 thick 0.25
    rule 184.00 110.59 to 184.00 121.00 thick 0.25
    108.79 156.73 size 5.57 width 55.71 Text 亳州市市场监督管理局
    111.57 166.96 size 5.57 width 50.14 Text 二〇二六年三月二日
    164.78 270.65 size 4.94 width 13.65 Furniture — 1 —
    seal Some(SealPlace { page: 0, x: 115.64, y: 135.73, side: 42.00 })
    ");
}

#[test]
fn every_mark_stays_on_the_sheet_and_text_within_its_margins() {
    for (name, paper) in specimens::all() {
        let laid = layout(&paper, &fonts()).expect("lays out");
        for run in laid.pages.iter().flat_map(runs).filter(|run| run.role != Role::Watermark) {
            let right = run.x + run.advances.iter().sum::<f64>();
            assert_eq!(run.text.chars().count(), run.advances.len(), "{name}: {}", run.text);
            // A stop may hang one character beyond the text area.
            assert!(run.x >= 27.9 && right <= 184.0 + 5.6, "{name}: {} at {} to {right}", run.text, run.x);
            let is_text = !matches!(run.role, Role::Furniture) && run.size > 4.0;
            assert!(!is_text || (37.0..262.0).contains(&run.y), "{name}: {} at {}", run.text, run.y);
        }
    }
}

#[test]
fn a_page_holds_twenty_two_lines_of_twenty_eight_characters() {
    let blocks = vec![Block::Paragraph("一二三四五六七八九十".repeat(150))];
    let laid = layout(&with_blocks(blocks), &fonts()).expect("lays out");
    let body: Vec<&Run> = runs(&laid.pages[1]).filter(|run| run.role == Role::Text).collect();
    assert_eq!(body.len(), 22);
    assert!(body.iter().all(|run| run.text.chars().count() == 28));
}

#[test]
fn no_heading_and_no_signature_is_left_alone() {
    for filling in 1..60 {
        let mut blocks = vec![Block::Paragraph("补充说明。".to_owned()); filling];
        blocks.push(Block::Heading("一、决定".to_owned()));
        blocks.push(Block::Paragraph("本局决定予以受理。".repeat(8)));
        let laid = layout(&with_blocks(blocks), &fonts()).expect("lays out");
        for page in &laid.pages {
            let texts: Vec<&Run> = runs(page).filter(|run| run.role != Role::Furniture).collect();
            assert_ne!(texts.last().map(|run| run.role), Some(Role::Heading), "{filling} paragraphs");
            assert_ne!(
                texts.first().map(|run| run.text.as_str()),
                Some("亳州市市场监督管理局").filter(|_| page != &laid.pages[0]),
                "{filling} paragraphs"
            );
        }
        let seal = laid.seal.expect("signed");
        assert_eq!(seal.page, laid.pages.len() - 1);
        assert!(seal.y + seal.side < 290.0, "{filling} paragraphs: {seal:?}");
    }
}

#[test]
fn a_short_row_is_never_cut_and_a_long_one_runs_on_with_closed_borders() {
    let laid = layout(&specimens::long(), &fonts()).expect("lays out");
    assert!(laid.pages.len() >= 3, "{} pages", laid.pages.len());
    let mut pages_of_row = std::collections::BTreeMap::<(usize, usize), Vec<usize>>::new();
    for (index, page) in laid.pages.iter().enumerate() {
        for run in runs(page) {
            if let Role::Value { table, row } = run.role {
                let pages = pages_of_row.entry((table, row)).or_default();
                if pages.last() != Some(&index) {
                    pages.push(index);
                }
            }
        }
    }
    assert!((0..16).all(|row| pages_of_row[&(0, row)].len() == 1), "{pages_of_row:?}");
    assert_eq!(pages_of_row[&(1, 0)].len(), 2, "the long row is cut once: {pages_of_row:?}");
    for page in &laid.pages {
        let rules: Vec<_> =
            page.marks.iter().filter_map(|mark| if let Mark::Rule(rule) = mark { Some(rule) } else { None }).collect();
        let lowest =
            runs(page).filter(|run| matches!(run.role, Role::Value { .. })).map(|run| run.y).fold(0.0, f64::max);
        if lowest > 0.0 {
            assert!(
                rules.iter().any(|rule| rule.from.1 == rule.to.1 && rule.from.1 > lowest && rule.from.1 < lowest + 8.0)
            );
        }
    }
}

#[test]
fn a_watermark_lies_behind_each_page_and_is_said_in_words_once() {
    let laid = layout(&specimens::all()[3].1, &fonts()).expect("lays out");
    for page in &laid.pages {
        assert_eq!(runs(page).take_while(|run| run.role == Role::Watermark).count(), 3);
    }
    let said = laid.pages.iter().flat_map(runs).filter(|run| run.role == Role::Text && run.text.contains("演示站点"));
    assert_eq!(said.count(), 1);
}

#[test]
fn a_paper_is_the_same_after_its_way_through_json() {
    for (name, paper) in specimens::all() {
        let text = serde_json::to_string(&paper).expect("serialises");
        assert_eq!(serde_json::from_str::<Paper>(&text).expect("parses"), paper, "{name}");
        assert!(text.contains("\"date\":\"2026-03-"), "{name}");
    }
}

#[test]
fn the_preview_holds_the_same_words_escaped() {
    let paper = with_blocks(vec![Block::Paragraph("甲<乙>&“丙”".to_owned())]);
    let laid = layout(&paper, &fonts()).expect("lays out");
    let drawn = svg(&laid.pages[0], &fonts());
    assert!(drawn.contains(">甲&lt;乙&gt;&amp;“丙”</text>"), "{drawn}");
}
