//! The holidays that the law fixes, for years whose arrangement is not published.
//!
//! Source: 全国年节及纪念日放假办法 as revised by 国务院令第795号, in force 2025-01-01. Art. 2 gives thirteen days: New Year 1,
//! Spring Festival 4 (eve to third day), Qingming 1, Labour Day 2, Dragon Boat 1, Mid-Autumn 1, National Day 3. Art. 6 gives a
//! day off for each that falls on a Saturday or Sunday; which day is for the notice to say, here it is the next weekday after
//! the feast that is not off already. A feast that falls on a day of another gets one too, as the notices have always done. So
//! every year has the number of working days that its notice will have; only their places may differ.
//!
//! The feasts of the moon and the solar term Qingming were computed with PyPI `lunardate` 0.3.0, `zhdate` 0.1 and
//! `lunar-python` 1.4.8, which agree (`oracles/working_days.py` repeats the check).

use super::published::day;
use super::{days_between, is_weekend};
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

/// The feasts of one year that move; month and day as `206` for 6 February.
struct MovableFeasts {
    year: i32,
    /// The first day of the first lunar month; the eve is the day before.
    spring: u16,
    qingming: u16,
    dragon_boat: u16,
    mid_autumn: u16,
}

/// The last year whose feasts are known.
pub(super) const LAST_YEAR: i32 = 2035;

#[rustfmt::skip]
const FEASTS: [MovableFeasts; 11] = [
    MovableFeasts { year: 2025, spring: 129, qingming: 404, dragon_boat: 531, mid_autumn: 1006 },
    MovableFeasts { year: 2026, spring: 217, qingming: 405, dragon_boat: 619, mid_autumn: 925 },
    MovableFeasts { year: 2027, spring: 206, qingming: 405, dragon_boat: 609, mid_autumn: 915 },
    MovableFeasts { year: 2028, spring: 126, qingming: 404, dragon_boat: 528, mid_autumn: 1003 },
    MovableFeasts { year: 2029, spring: 213, qingming: 404, dragon_boat: 616, mid_autumn: 922 },
    MovableFeasts { year: 2030, spring: 203, qingming: 405, dragon_boat: 605, mid_autumn: 912 },
    MovableFeasts { year: 2031, spring: 123, qingming: 405, dragon_boat: 624, mid_autumn: 1001 },
    MovableFeasts { year: 2032, spring: 211, qingming: 404, dragon_boat: 612, mid_autumn: 919 },
    MovableFeasts { year: 2033, spring: 131, qingming: 404, dragon_boat: 601, mid_autumn: 908 },
    MovableFeasts { year: 2034, spring: 219, qingming: 405, dragon_boat: 620, mid_autumn: 927 },
    MovableFeasts { year: LAST_YEAR, spring: 208, qingming: 405, dragon_boat: 610, mid_autumn: 916 },
];

/// The feasts of the year, each with its name and days; none for a year before 2025, when the law was another, or after 2035.
pub(super) fn feasts(year: i32) -> Option<Vec<(&'static str, Vec<Date>)>> {
    let movable = FEASTS.iter().find(|feasts| feasts.year == year)?;
    let span = |first: Date, last: Date| days_between(first, last).collect::<Vec<_>>();
    let on = |month_day| day(year, month_day);
    let spring = on(movable.spring)?;
    Some(vec![
        ("元旦", vec![on(101)?]),
        ("春节", span(spring.previous_day()?, spring + time::Duration::days(2))),
        ("清明节", vec![on(movable.qingming)?]),
        ("劳动节", span(on(501)?, on(502)?)),
        ("端午节", vec![on(movable.dragon_boat)?]),
        ("中秋节", vec![on(movable.mid_autumn)?]),
        ("国庆节", span(on(1001)?, on(1003)?)),
    ])
}

/// Every day off of the year beside ordinary weekends: the feasts, and the days given for feasts on days already off.
pub(super) fn holidays(year: i32) -> Option<BTreeMap<Date, &'static str>> {
    let feasts = feasts(year)?;
    let all: BTreeSet<Date> = feasts.iter().flat_map(|(_, days)| days.iter().copied()).collect();
    let mut off: BTreeMap<Date, &'static str> = BTreeMap::new();
    for (name, days) in feasts {
        let mut owed = 0;
        for day in &days {
            if off.insert(*day, name).is_some() || is_weekend(*day) {
                owed += 1;
            }
        }
        let mut next = days.last().copied();
        while owed > 0 {
            next = Some(next?.next_day()?);
            if let Some(day) = next.filter(|day| !is_weekend(*day) && !off.contains_key(day) && !all.contains(day)) {
                off.insert(day, name);
                owed -= 1;
            }
        }
    }
    Some(off)
}
