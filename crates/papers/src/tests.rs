//! Rules of line breaking, as a reader of the page sees them.

use crate::fonts::{Fonts, Weight};
use crate::lines::{Cell, Measure, break_lines, cells, justify, width_of};
use crate::{PaperError, date_in_characters, date_in_digits};
use time::macros::date;

/// Breaks text of 1 mm type into lines of a width in characters and joins them with `|`.
fn broken(text: &str, width: f64, hang: bool) -> String {
    let fonts = Fonts::embedded().expect("embedded fonts");
    let cells = cells(&fonts, Weight::Regular, 1.0, text, "正文").expect("known characters");
    let lines = break_lines(&cells, Measure { width, indent: 0.0, hang });
    lines.iter().map(|line| line.iter().map(|cell| cell.character).collect::<String>()).collect::<Vec<_>>().join("|")
}

#[test]
fn a_line_neither_starts_nor_ends_with_what_may_not_stand_there() {
    let table = [
        // text, characters a line, may hang, lines
        ("一二三四五六", 4.0, false, "一二三四|五六"),
        ("一二三四，五六", 4.0, false, "一二三|四，五六"),
        ("一二三四，五六", 4.0, true, "一二三四，|五六"),
        ("一二三四）。五", 4.0, true, "一二三|四）。五"),
        ("一二三《四五》六", 4.0, false, "一二三|《四五》|六"),
        ("一二三“四”", 4.0, false, "一二三|“四”"),
        ("一二三四；五", 4.0, true, "一二三四；|五"),
        ("一二三四！五", 4.0, true, "一二三|四！五"),
        ("一二三——四", 4.0, false, "一二三|——四"),
        ("一二三……四", 4.0, false, "一二|三……四"),
        ("亳市监〔2026〕3号", 5.0, false, "亳市监|〔2026〕3|号"),
        ("气温31℃左右", 3.5, false, "气温|31℃左|右"),
        ("共计￥100", 3.0, false, "共计|￥100"),
    ];
    for (text, width, hang, lines) in table {
        assert_eq!(broken(text, width, hang), lines, "{text} at {width}");
    }
}

#[test]
fn words_and_numbers_stay_whole_where_they_fit_and_long_codes_are_cut_where_they_must() {
    let table = [
        ("电话12345", 4.0, "电话|12345"),
        ("本局电话号码为055855", 9.0, "本局电话号码为|055855"),
        ("见Rust program说明", 7.0, "见Rust|program说明"),
        ("11341600MB1234567X4000131015000202603020123", 8.0, "11341600MB1234|567X4000131015|00020260302012|3"),
        ("证件号码一二三四五六七八九十11010119900307001X", 20.0, "证件号码一二三四五六七八九十|11010119900307001X"),
        (
            "办件编号一二三四五六七八九十11341600MB1234567X4000131015000",
            20.0,
            "办件编号一二三四五六七八九十11341600MB|1234567X4000131015000",
        ),
        ("号11341600MB1234567X4000131015000", 8.0, "号11341600MB12|34567X40001310|15000"),
    ];
    for (text, width, lines) in table {
        assert_eq!(broken(text, width, false), lines, "{text} at {width}");
    }
}

#[test]
fn spaces_at_a_break_vanish_and_invisible_controls_never_reach_the_page() {
    assert_eq!(broken("一二三 四五", 3.0, false), "一二三|四五");
    assert_eq!(broken("一\t二", 3.0, false), "一 二");
    assert_eq!(broken("张\u{202E}三\u{200B}\u{FEFF}葛\u{E0100}", 9.0, false), "张三葛");
    assert_eq!(broken("", 3.0, false), "");
    assert_eq!(broken("   ", 1.0, false), "");
}

#[test]
fn no_line_is_lost_or_wider_than_its_room_however_narrow() {
    let text = "《行政许可法》第32条（一）：“材料不齐全……”；https://zwfw.example/a?b=1，——共￥12,000.50元！！！）））";
    for tenths in 10..200 {
        let width = f64::from(tenths) / 10.0;
        let lines = broken(text, width, false);
        assert_eq!(lines.replace('|', ""), text, "at {width}");
    }
}

#[test]
fn a_justified_line_fills_its_room_and_a_loose_one_is_left_alone() {
    let fonts = Fonts::embedded().expect("embedded fonts");
    let set = |text: &str, width: f64| -> (f64, Vec<Cell>) {
        let mut line = cells(&fonts, Weight::Regular, 1.0, text, "正文").expect("known characters");
        justify(&mut line, width, 1.0);
        (width_of(&line), line)
    };
    assert!((set("一二三四五六七八九十", 11.0).0 - 11.0).abs() < 1e-9);
    assert!((set("一二三", 9.0).0 - 3.0).abs() < 1e-9);
    let (hung, line) = set("一二三四五六七八九，", 9.5);
    assert!((hung - 10.5).abs() < 1e-9, "the comma stands beyond the edge: {line:?}");
}

#[test]
fn a_character_no_font_has_is_named_with_its_code_point_and_place() {
    let fonts = Fonts::embedded().expect("embedded fonts");
    let error = cells(&fonts, Weight::Bold, 1.0, "张𠮷", "主送一行").expect_err("no glyph");
    assert_eq!(error, PaperError::MissingGlyph { character: '𠮷', code: 0x20BB7, place: "主送一行".to_owned() });
    assert_eq!(error.to_string(), "字库缺字：“𠮷”（U+20BB7），在主送一行；请把含此字的字体加入扩充字体文件夹");
}

#[test]
fn every_sign_official_papers_use_is_in_the_embedded_fonts() {
    let fonts = Fonts::embedded().expect("embedded fonts");
    let signs = "〇一二三〔〕﹝﹞（）《》〈〉「」『』【】·—…“”‘’、，。；：？！￥¥℃①②③④⑤⑥⑦⑧⑨⑩％‰㎡×÷±√※□■→№1/.-_@亳谯涡利辛蒙城囍龘喆堃翀珺";
    let missing: String = signs.chars().filter(|&sign| !fonts.covers(sign)).collect();
    assert_eq!(missing, "");
}

#[test]
fn dates_are_written_as_papers_write_them() {
    let table = [
        (date!(2026 - 03 - 02), "2026年3月2日", "二〇二六年三月二日"),
        (date!(2026 - 10 - 10), "2026年10月10日", "二〇二六年十月十日"),
        (date!(2030 - 12 - 31), "2030年12月31日", "二〇三〇年十二月三十一日"),
        (date!(2027 - 11 - 20), "2027年11月20日", "二〇二七年十一月二十日"),
    ];
    for (date, digits, characters) in table {
        assert_eq!((date_in_digits(date).as_str(), date_in_characters(date).as_str()), (digits, characters));
    }
}
