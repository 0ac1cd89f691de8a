//! The calendar: published years, the reckoning of others, periods, clocks, and the line a command answers.

use standards::{Calendar, CalendarError, Clock, Due, Limit, LimitUnit, Reckoned, Suspension, YearNotice, calendar};
use std::collections::BTreeMap;
use time::{Date, macros::date};

const MARCH_2: Date = date!(2026 - 03 - 02);

fn published() -> Calendar {
    Calendar::published()
}

fn day(text: &str) -> Date {
    let mut parts = text.split('-').map(|part| part.parse::<u16>().unwrap());
    let (year, month, day) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let month = time::Month::try_from(u8::try_from(month).unwrap()).unwrap();
    Date::from_calendar_date(i32::from(year), month, u8::try_from(day).unwrap()).unwrap()
}

fn stop(from: Date, to: Date) -> Suspension {
    Suspension::new(from, Some(to)).unwrap()
}

fn days_of(year: i32) -> impl Iterator<Item = Date> {
    (1..=time::util::days_in_year(year)).map(move |ordinal| Date::from_ordinal_date(year, ordinal).unwrap())
}

/// The arrangement of 2027 as a notice might bring it; the real one was not out when this was written.
const NOTICE_2027: &str = "date,kind,name
2027-01-01,holiday,元旦
2027-01-31,workday,
2027-02-05,holiday,春节
2027-02-06,holiday,春节
2027-02-07,holiday,春节
2027-02-08,holiday,春节
2027-02-09,holiday,春节
2027-02-10,holiday,春节
2027-02-11,holiday,春节
2027-02-20,workday,
2027-04-05,holiday,清明节
2027-05-01,holiday,劳动节
2027-05-02,holiday,劳动节
2027-05-03,holiday,劳动节
2027-05-04,holiday,劳动节
2027-06-09,holiday,端午节
2027-09-15,holiday,中秋节
2027-10-01,holiday,国庆节
2027-10-02,holiday,国庆节
2027-10-03,holiday,国庆节
2027-10-04,holiday,国庆节
2027-10-05,holiday,国庆节
";

#[test]
fn a_suspension_does_not_end_before_it_begins() {
    let error = Suspension::new(date!(2026 - 03 - 09), Some(date!(2026 - 03 - 08))).unwrap_err();
    assert_eq!(error.to_string(), "暂停期间的结束日 2026-03-08 早于开始日 2026-03-09");
}

#[test]
fn days_outside_the_calendar_are_refused() {
    let calendar = published();
    let early = calendar.is_workday(date!(2003 - 12 - 31)).unwrap_err();
    assert_eq!(early.to_string(), "2003-12-31 早于日历的第一年 2004 年");
    let late = calendar.is_workday(date!(2036 - 01 - 01)).unwrap_err();
    assert_eq!(late.to_string(), "日期晚于日历的最后一年 2035 年");
    for limit in
        [Limit::working_days(3000), Limit::natural_days(u32::MAX), Limit { n: u32::MAX, unit: LimitUnit::Years }]
    {
        assert_eq!(calendar.due(MARCH_2, limit, &[]), Err(CalendarError::BeyondTable { last_year: 2035 }), "{limit}");
    }
    assert!(calendar.due(Date::MAX, Limit::working_days(0), &[]).is_err());
    assert!(calendar.due(Date::MIN, Limit::natural_days(1), &[]).is_err());
    assert!(calendar.elapsed(MARCH_2, Date::MAX, &[]).is_err());
}

#[test]
fn published_years_have_the_working_days_of_their_notices() {
    let calendar = published();
    for (year, expected) in [
        (2017, 249),
        (2018, 250),
        (2019, 250),
        (2020, 249),
        (2021, 250),
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ] {
        let count = days_of(year).filter(|day| calendar.is_workday(*day) == Ok(Reckoned::Fixed(true))).count();
        assert_eq!(count, expected, "{year}");
    }
    assert_eq!((calendar.first_year(), calendar.last_published_year(), calendar.last_year()), (2004, 2026, 2035));
}

#[test]
fn holidays_and_moved_working_days_are_known_by_day_and_name() {
    let calendar = published();
    for (day, works, name) in [
        (date!(2026 - 02 - 14), true, None),
        (date!(2026 - 02 - 15), false, Some("春节")),
        (date!(2026 - 02 - 23), false, Some("春节")),
        (date!(2026 - 02 - 24), true, None),
        (date!(2026 - 03 - 07), false, None),
        (date!(2025 - 10 - 08), false, Some("国庆节、中秋节")),
        (date!(2015 - 09 - 03), false, Some("抗战胜利纪念日")),
        (date!(2020 - 01 - 31), false, Some("春节")),
    ] {
        assert_eq!(calendar.is_workday(day), Ok(Reckoned::Fixed(works)), "{day}");
        assert_eq!(calendar.holiday_name(day), name, "{day}");
    }
    assert_eq!(calendar.holiday_name(date!(2027 - 06 - 09)), Some("端午节"));
    assert_eq!(calendar.holiday_name(date!(2027 - 06 - 10)), None);
}

#[test]
fn due_dates_are_those_of_the_reference() {
    let calendar = published();
    for (accepted, n, due) in [
        ("2024-09-30", 5, "2024-10-12"),
        ("2024-09-30", 20, "2024-11-01"),
        ("2025-01-24", 5, "2025-02-07"),
        ("2025-01-24", 20, "2025-02-27"),
        ("2025-01-25", 5, "2025-02-07"),
        ("2025-01-26", 5, "2025-02-08"),
        ("2025-04-25", 5, "2025-05-06"),
        ("2025-09-26", 10, "2025-10-16"),
        ("2025-10-01", 1, "2025-10-09"),
        ("2025-12-30", 5, "2026-01-07"),
        ("2026-01-01", 5, "2026-01-08"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-13", 20, "2026-03-19"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-28", 5, "2026-03-06"),
        ("2026-03-02", 18, "2026-03-26"),
        ("2026-03-02", 20, "2026-03-30"),
        ("2026-03-02", 45, "2026-05-08"),
        ("2026-04-27", 5, "2026-05-07"),
        ("2026-05-09", 1, "2026-05-11"),
        ("2026-06-18", 10, "2026-07-03"),
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-09-30", 20, "2026-11-03"),
        ("2026-12-25", 3, "2026-12-30"),
    ] {
        let expected = Ok(Reckoned::Fixed(day(due)));
        assert_eq!(calendar.due(day(accepted), Limit::working_days(n), &[]), expected, "{accepted} + {n}");
    }
}

#[test]
fn suspended_days_do_not_count() {
    let calendar = published();
    let inspection = stop(date!(2026 - 03 - 09), date!(2026 - 03 - 18));
    for (n, due) in [
        (20, date!(2026 - 04 - 10)),
        (30, date!(2026 - 04 - 24)),
        (4, date!(2026 - 03 - 06)),
        (5, date!(2026 - 03 - 19)),
    ] {
        assert_eq!(calendar.due(MARCH_2, Limit::working_days(n), &[inspection]), Ok(Reckoned::Fixed(due)), "{n}");
    }
    let today = date!(2026 - 03 - 20);
    assert_eq!(calendar.elapsed(MARCH_2, today, &[]), Ok(Reckoned::Fixed(14)));
    assert_eq!(calendar.elapsed(MARCH_2, today, &[inspection]), Ok(Reckoned::Fixed(6)));
    assert_eq!(calendar.elapsed(today, MARCH_2, &[]), Ok(Reckoned::Fixed(0)));
}

#[test]
fn suspensions_that_overlap_count_once_and_those_before_the_start_not_at_all() {
    let calendar = published();
    let one = [stop(date!(2026 - 03 - 09), date!(2026 - 03 - 18))];
    let several = [
        stop(date!(2026 - 03 - 12), date!(2026 - 03 - 18)),
        stop(date!(2026 - 03 - 09), date!(2026 - 03 - 13)),
        stop(date!(2026 - 03 - 10), date!(2026 - 03 - 10)),
        stop(date!(2026 - 02 - 02), date!(2026 - 03 - 02)),
    ];
    for n in 1..60 {
        let limit = Limit::working_days(n);
        assert_eq!(calendar.due(MARCH_2, limit, &several), calendar.due(MARCH_2, limit, &one), "{n}");
    }
}

#[test]
fn at_once_is_the_same_day_and_depends_on_no_notice() {
    let calendar = published();
    for start in [MARCH_2, date!(2026 - 12 - 31), date!(2027 - 02 - 06)] {
        assert_eq!(calendar.due(start, Limit::working_days(0), &[]), Ok(Reckoned::Fixed(start)));
        assert_eq!(calendar.due_published(start, Limit::natural_days(0), &[]), Ok(start));
    }
}

#[test]
fn a_natural_day_limit_that_ends_on_a_day_off_moves_to_the_next_working_day() {
    let calendar = published();
    let limit = |n, unit| Limit { n, unit };
    for (start, limit, due) in [
        (MARCH_2, Limit::natural_days(10), date!(2026 - 03 - 12)),
        (MARCH_2, Limit::natural_days(12), date!(2026 - 03 - 16)),
        (date!(2026 - 09 - 21), Limit::natural_days(10), date!(2026 - 10 - 08)),
        (date!(2026 - 02 - 04), Limit::natural_days(10), date!(2026 - 02 - 14)),
        (MARCH_2, limit(25, LimitUnit::Hours), date!(2026 - 03 - 04)),
        (date!(2026 - 01 - 31), limit(1, LimitUnit::Months), date!(2026 - 02 - 28)),
        (date!(2024 - 02 - 29), limit(1, LimitUnit::Years), date!(2025 - 02 - 28)),
        (date!(2025 - 11 - 30), limit(14, LimitUnit::Months), date!(2027 - 02 - 01)),
    ] {
        assert_eq!(calendar.due(start, limit, &[]).map(Reckoned::value), Ok(due), "{start} + {limit}");
    }
    let moved = stop(date!(2026 - 03 - 10), date!(2026 - 03 - 11));
    assert_eq!(calendar.due(MARCH_2, Limit::natural_days(9), &[moved]), Ok(Reckoned::Fixed(date!(2026 - 03 - 13))));
    let on_the_day_it_would_move_to = stop(date!(2026 - 03 - 16), date!(2026 - 03 - 17));
    assert_eq!(
        calendar.due(MARCH_2, Limit::natural_days(12), &[on_the_day_it_would_move_to]),
        Ok(Reckoned::Fixed(date!(2026 - 03 - 18)))
    );
}

#[test]
fn a_day_that_depends_on_an_unpublished_year_is_provisional_or_refused_never_fixed() {
    let calendar = published();
    let december = date!(2026 - 12 - 25);
    assert_eq!(calendar.due(december, Limit::working_days(4), &[]), Ok(Reckoned::Fixed(date!(2026 - 12 - 31))));
    assert_eq!(calendar.due(december, Limit::working_days(5), &[]), Ok(Reckoned::Provisional(date!(2027 - 01 - 04))));
    assert_eq!(calendar.due_published(december, Limit::working_days(4), &[]), Ok(date!(2026 - 12 - 31)));
    for limit in [Limit::working_days(5), Limit::working_days(9_999), Limit::natural_days(10)] {
        let refused = calendar.due_published(december, limit, &[]);
        assert_eq!(refused, Err(CalendarError::NotPublished { year: 2027 }), "{limit}");
    }
    assert_eq!(calendar.is_workday(date!(2027 - 01 - 04)), Ok(Reckoned::Provisional(true)));
    assert_eq!(calendar.elapsed(december, date!(2027 - 01 - 05), &[]), Ok(Reckoned::Provisional(6)));
}

#[test]
fn an_unpublished_year_is_reckoned_from_the_holidays_of_the_law() {
    let calendar = published();
    // 2028: the eve of the Spring Festival is 25 January; Mid-Autumn falls on the third day of the National holiday.
    let off: Vec<String> = days_of(2028)
        .filter(|day| day.weekday().number_days_from_monday() < 5)
        .filter(|day| calendar.is_workday(*day) == Ok(Reckoned::Provisional(false)))
        .map(|day| format!("{:02}{:02}", u8::from(day.month()), day.day()))
        .collect();
    assert_eq!(
        off,
        ["0103", "0125", "0126", "0127", "0128", "0404", "0501", "0502", "0529", "1002", "1003", "1004", "1005"]
    );
}

#[test]
fn every_reckoned_year_has_as_many_holidays_as_the_law_gives() {
    let calendar = published();
    for year in 2027..=2035 {
        let weekdays = days_of(year).filter(|day| day.weekday().number_days_from_monday() < 5).count();
        let working = days_of(year).filter(|day| calendar.is_workday(*day) == Ok(Reckoned::Provisional(true))).count();
        assert_eq!(weekdays - working, 13, "{year}");
    }
}

#[test]
fn loading_a_notice_makes_its_year_fixed_and_moves_what_was_provisional() {
    let before = published();
    let after = published().with_year(YearNotice::parse(NOTICE_2027).unwrap()).unwrap();
    assert!(after.is_published(2027) && !before.is_published(2027));
    let limit = Limit::working_days(25);
    assert_eq!(before.due(date!(2026 - 12 - 31), limit, &[]), Ok(Reckoned::Provisional(date!(2027 - 02 - 11))));
    assert_eq!(after.due(date!(2026 - 12 - 31), limit, &[]), Ok(Reckoned::Fixed(date!(2027 - 02 - 04))));
    assert_eq!(after.holiday_name(date!(2027 - 02 - 11)), Some("春节"));
    assert_eq!(after.due_published(date!(2027 - 12 - 30), limit, &[]), Err(CalendarError::NotPublished { year: 2028 }));
}

#[test]
fn a_notice_loaded_again_replaces_the_first() {
    let amended = NOTICE_2027.replace("2027-02-11,holiday,春节\n", "").replace("2027-02-20,workday,\n", "");
    let once = published().with_year(YearNotice::parse(NOTICE_2027).unwrap()).unwrap();
    let twice = once.with_year(YearNotice::parse(&amended).unwrap()).unwrap();
    assert_eq!(twice.is_workday(date!(2027 - 02 - 11)), Ok(Reckoned::Fixed(true)));
    assert_eq!(twice.is_workday(date!(2027 - 02 - 20)), Ok(Reckoned::Fixed(false)));
}

#[test]
fn a_notice_may_move_days_of_the_december_before() {
    let notice = format!("2026-12-26,workday,\n2026-12-31,holiday,元旦\n{NOTICE_2027}");
    let calendar = published().with_year(YearNotice::parse(&notice).unwrap()).unwrap();
    assert_eq!(calendar.is_workday(date!(2026 - 12 - 26)), Ok(Reckoned::Fixed(true)));
    assert_eq!(calendar.is_workday(date!(2026 - 12 - 31)), Ok(Reckoned::Fixed(false)));
    assert_eq!(calendar.is_workday(date!(2026 - 10 - 01)), Ok(Reckoned::Fixed(false)));
}

#[test]
fn notices_lengthen_the_calendar_past_2035_without_a_gap() {
    let notice = |year| YearNotice::parse(&format!("{year}-01-01,holiday,元旦")).unwrap();
    let too_far = published().with_year(notice(2037)).unwrap_err();
    assert_eq!(too_far, CalendarError::BeyondTable { last_year: 2035 });
    let longer = published().with_year(notice(2036)).unwrap();
    assert_eq!(longer.last_year(), 2036);
    assert!(published().with_year(notice(2003)).is_err());
}

#[test]
fn a_clock_shows_days_left_and_a_stopped_clock_no_due_date() {
    let calendar = published();
    let limit = Limit::working_days(20);
    let clock = |stops: &[Suspension], today| calendar.clock(MARCH_2, limit, stops, today).unwrap();
    let running = |due, left| Clock::Running { due: Reckoned::Fixed(due), left: Reckoned::Fixed(left) };
    let due = date!(2026 - 03 - 30);
    for (today, left) in [(MARCH_2, 20), (date!(2026 - 03 - 26), 2), (due, 0), (date!(2026 - 03 - 31), -1)] {
        assert_eq!(clock(&[], today), running(due, left), "{today}");
    }
    let open = Suspension::new(date!(2026 - 03 - 09), None).unwrap();
    for today in [MARCH_2, date!(2026 - 03 - 20), date!(2026 - 05 - 20)] {
        assert_eq!(clock(&[open], today), Clock::Suspended { left: Reckoned::Fixed(16) });
    }
}

#[test]
fn a_suspension_without_an_end_that_begins_after_the_limit_is_over_stops_nothing() {
    let calendar = published();
    let limit = Limit::working_days(20);
    let open = |from| [Suspension::new(from, None).unwrap()];
    assert_eq!(calendar.due(MARCH_2, limit, &open(date!(2026 - 03 - 31))), Ok(Reckoned::Fixed(date!(2026 - 03 - 30))));
    let since = date!(2026 - 03 - 30);
    let error = calendar.due(MARCH_2, limit, &open(since)).unwrap_err();
    assert_eq!(error.to_string(), "时限自 2026-03-30 起暂停计算，恢复之前没有到期日");
    let clock = calendar.clock(MARCH_2, Limit::natural_days(40), &open(since), since).unwrap();
    assert_eq!(clock, Clock::Suspended { left: Reckoned::Fixed(13) });
}

#[test]
fn remaining_days_skip_suspensions_to_come_and_turn_negative_past_the_due_date() {
    let calendar = published();
    let inspection = [stop(date!(2026 - 03 - 09), date!(2026 - 03 - 18))];
    let due = date!(2026 - 04 - 10);
    assert_eq!(calendar.remaining(MARCH_2, due, &inspection), Ok(Reckoned::Fixed(20)));
    assert_eq!(calendar.remaining(due, due, &inspection), Ok(Reckoned::Fixed(0)));
    assert_eq!(calendar.remaining(date!(2026 - 04 - 14), due, &inspection), Ok(Reckoned::Fixed(-2)));
}

#[test]
fn a_provisional_date_says_so_wherever_it_is_written() {
    let fixed: Due = Reckoned::Fixed(date!(2026 - 03 - 30));
    let provisional: Due = Reckoned::Provisional(date!(2027 - 01 - 11));
    assert_eq!((fixed.to_string(), provisional.to_string()), ("2026-03-30".into(), "2027-01-11（暂定）".into()));
    assert_eq!(serde_json::to_string(&provisional).unwrap(), r#"{"date":"2027-01-11","provisional":true}"#);
    for due in [fixed, provisional] {
        assert_eq!(serde_json::from_str::<Due>(&serde_json::to_string(&due).unwrap()).unwrap(), due);
    }
    let error = serde_json::from_str::<Due>(r#"{"date":"2027-02-30","provisional":true}"#).unwrap_err();
    assert!(error.to_string().contains("「2027-02-30」不是真实的日期"));
    assert_eq!((fixed.fixed(), provisional.fixed()), (Some(date!(2026 - 03 - 30)), None));
}

#[test]
fn a_limit_reads_as_a_guide_writes_it() {
    let texts: Vec<_> = LimitUnit::ALL.iter().map(|unit| Limit { n: 3, unit: *unit }.to_string()).collect();
    assert_eq!(texts, ["3 个工作日", "3 自然日", "3 个小时", "3 个月", "3 年"]);
}

#[test]
fn a_line_that_cannot_be_answered_says_which_field_is_wrong() {
    let published = published();
    for (line, message) in [
        ("", "应为「日期 工作日数 [开始..结束 …]」，实为 0 项"),
        ("2026-03-02", "应为「日期 工作日数 [开始..结束 …]」，实为 1 项"),
        ("2026-02-30 5", "第 1 项「2026-02-30」不是真实的日期（应如 2026-03-02）"),
        ("2026/03/02 5", "第 1 项「2026/03/02」不是真实的日期（应如 2026-03-02）"),
        ("+026-03-02 5", "第 1 项「+026-03-02」不是真实的日期（应如 2026-03-02）"),
        ("2026-03-02 0", "第 2 项「0」应为 1 至 9999 的整数"),
        ("2026-03-02 -5", "第 2 项「-5」应为 1 至 9999 的整数"),
        ("2026-03-02 +5", "第 2 项「+5」应为 1 至 9999 的整数"),
        ("2026-03-02 1.5", "第 2 项「1.5」应为 1 至 9999 的整数"),
        ("2026-03-02 10000", "第 2 项「10000」应为 1 至 9999 的整数"),
        ("2026-03-02 99999999999999999999", "第 2 项「99999999999999999999」应为 1 至 9999 的整数"),
        ("2026-03-02 5 2026-03-09", "第 3 项「2026-03-09」应为「开始..结束」两个日期"),
        ("2026-03-02 5 2026-03-09..", "第 3 项「」不是真实的日期（应如 2026-03-02）"),
        ("2026-03-02 5 2026-03-03..2026-03-04 x", "第 4 项「X」应为「开始..结束」两个日期"),
        ("2026-03-02 5 2026-03-09..2026-03-32", "第 3 项「2026-03-32」不是真实的日期（应如 2026-03-02）"),
        ("2026-03-02 5 2026-03-18..2026-03-09", "暂停期间的结束日 2026-03-09 早于开始日 2026-03-18"),
        ("2003-12-31 5", "2003-12-31 早于日历的第一年 2004 年"),
        ("2026-12-25 5", "2027年放假安排尚未公布，无法确定日期"),
        ("2026-03-02 9999", "2027年放假安排尚未公布，无法确定日期"),
        ("2027-03-01 1", "2027年放假安排尚未公布，无法确定日期"),
        ("2036-03-01 1", "2036年放假安排尚未公布，无法确定日期"),
        ("2026-03-02 5 2026-03-03..2027-03-02", "2027年放假安排尚未公布，无法确定日期"),
    ] {
        let error = calendar::line(&published, line).unwrap_err();
        assert_eq!(error.to_string(), message, "{line:?}");
    }
}

#[test]
fn a_line_is_answered_with_and_without_suspensions() {
    let published = published();
    for (line, due) in [
        ("2026-03-02 20", date!(2026 - 03 - 30)),
        ("2026-03-02 20 2026-03-09..2026-03-18", date!(2026 - 04 - 10)),
        ("  2026-03-02\t30   2026-03-09..2026-03-18\r", date!(2026 - 04 - 24)),
        ("２０２６－０３－０２　２０　２０２６－０３－０９．．２０２６－０３－１８", date!(2026 - 04 - 10)),
        ("2026-03-02 20 2026-03-09..2026-03-12 2026-03-11..2026-03-18", date!(2026 - 04 - 10)),
    ] {
        assert_eq!(calendar::line(&published, line), Ok(due), "{line:?}");
    }
}

#[test]
fn the_same_limits_are_counted_day_by_day_over_twenty_years() {
    let calendar = published();
    let works: BTreeMap<Date, bool> =
        (2004..=2026).flat_map(days_of).map(|day| (day, calendar.is_workday(day).unwrap().value())).collect();
    for start in (2004..=2025).flat_map(days_of).step_by(11) {
        for n in [1, 5, 20, 60] {
            let naive = works.range(start.next_day().unwrap()..).filter(|(_, works)| **works).nth(n - 1).unwrap().0;
            let limit = Limit::working_days(u32::try_from(n).unwrap());
            assert_eq!(calendar.due(start, limit, &[]), Ok(Reckoned::Fixed(*naive)), "{start} + {n}");
        }
    }
}
