//! The file of a year's arrangement.

use standards::{DayKind, YearNotice};
use time::macros::date;

fn errors(text: &str) -> Vec<String> {
    YearNotice::parse(text).unwrap_err().0.iter().map(ToString::to_string).collect()
}

/// The arrangement of 2026 by the law alone.
const WHOLE_2026: &str = "\u{FEFF}# 2026年
date,kind,name

2026-01-01,holiday,元旦
2026-02-16,holiday,春节
2026-02-17,休,春节
2026-02-18,holiday,春节
2026-02-19 , holiday , 春节
2026-02-28,班
2026-04-05,holiday,清明节
2026-05-01,holiday,劳动节
2026-05-02,holiday,劳动节
2026-06-19,holiday,端午节
2026-09-25,holiday,中秋节
2026-10-01,holiday,国庆节
2026-10-02,holiday,国庆节
2026-10-03,holiday,国庆节
";

#[test]
fn every_wrong_row_is_named_with_its_line_and_reason() {
    let text = "date,kind,name
2027-01-01,holiday,元旦
2027-02-30,holiday,春节
2027-02-05
2027-02-05,vacation,春节
2027-02-09,workday,
2027-01-01,holiday,元旦
2025-01-01,holiday,元旦
2026-11-30,holiday,元旦
";
    assert_eq!(
        errors(text),
        [
            "第 3 行：「2027-02-30」不是真实的日期（应如 2027-01-01）",
            "第 4 行：应为「日期,类型,名称」三列",
            "第 5 行：类型「vacation」应为 holiday（休）或 workday（班）",
            "第 6 行：2027-02-09 不是周六、周日，不能列为调休上班日",
            "第 7 行：2027-01-01 重复出现",
            "第 8 行：2025-01-01 不在 2027 年（及上年 12 月）之内；一个文件只放一年的安排",
            "第 9 行：2026-11-30 不在 2027 年（及上年 12 月）之内；一个文件只放一年的安排",
        ]
    );
}

#[test]
fn a_file_without_days_is_no_notice() {
    for text in ["", "\n\n", "# nothing\n", "date,kind,name\n"] {
        assert_eq!(errors(text), ["文件中没有任何日期"], "{text:?}");
    }
}

#[test]
fn half_a_notice_cannot_pass_for_a_whole() {
    let without = WHOLE_2026.replace("2026-02-17,休,春节\n", "").replace("2026-09-25,holiday", "2026-09-26,workday");
    assert_eq!(
        errors(&without),
        ["2026年安排不完整：缺少春节法定假日 2026-02-17", "2026年安排不完整：缺少中秋节法定假日 2026-09-25"]
    );
}

#[test]
fn a_whole_notice_is_read_and_written_again() {
    let notice = YearNotice::parse(WHOLE_2026).unwrap();
    assert_eq!((notice.year(), notice.days().count()), (2026, 14));
    let (day, kind, name) = notice.days().nth(5).unwrap();
    assert_eq!((day, kind, name), (date!(2026 - 02 - 28), DayKind::Workday, ""));
    assert_eq!(YearNotice::parse(&notice.to_csv()).unwrap(), notice);
}
