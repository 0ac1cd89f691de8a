//! The holiday arrangements the State Council has published, 2004 to 2026, as data.
//!
//! Source: the yearly notices «国务院办公厅关于…年部分节假日安排的通知» (with the extension of the Spring Festival of 2020 and
//! the day off of 2015-09-03), as collected by PyPI `chinesecalendar` 1.11.0 and cross-checked day by day against
//! npm `chinese-days` 1.5.7: all 8,401 days of the 23 years agree. `oracles/working_days.py` repeats the check.
//!
//! Days stand under the year they lie in, even where the notice of the following year named them (a New Year's holiday may
//! begin in December). Days off that are an ordinary weekend are listed only where the notice lists them.

use time::{Date, Month};

/// One year as published; days are written month and day, `206` for 6 February.
pub(super) struct PublishedYear {
    pub(super) year: i32,
    /// Name, first day, last day (inclusive) of each holiday.
    pub(super) holidays: &'static [(&'static str, u16, u16)],
    /// Saturdays and Sundays on which offices work.
    pub(super) workdays: &'static [u16],
}

/// The date of `month_day` (`206` for 6 February) in `year`; none where there is no such day.
pub(super) const fn day(year: i32, month_day: u16) -> Option<Date> {
    const MONTHS: [Month; 12] = [
        Month::January,
        Month::February,
        Month::March,
        Month::April,
        Month::May,
        Month::June,
        Month::July,
        Month::August,
        Month::September,
        Month::October,
        Month::November,
        Month::December,
    ];
    let month = month_day / 100;
    if month == 0 || month > 12 {
        return None;
    }
    match Date::from_calendar_date(year, MONTHS[month as usize - 1], (month_day % 100) as u8) {
        Ok(date) => Some(date),
        Err(_) => None,
    }
}

const fn are_real_dates(years: &[PublishedYear]) -> bool {
    let mut y = 0;
    while y < years.len() {
        let year = &years[y];
        let mut i = 0;
        while i < year.holidays.len() {
            let (_, first, last) = year.holidays[i];
            if first > last || day(year.year, first).is_none() || day(year.year, last).is_none() {
                return false;
            }
            i += 1;
        }
        let mut i = 0;
        while i < year.workdays.len() {
            if day(year.year, year.workdays[i]).is_none() {
                return false;
            }
            i += 1;
        }
        y += 1;
    }
    true
}

// A slip in the table below does not compile.
const _: () = assert!(are_real_dates(PUBLISHED));

/// Every published year, in order, without a gap.
pub(super) const PUBLISHED: &[PublishedYear] = &[
    PublishedYear {
        year: 2004,
        holidays: &[("元旦", 101, 101), ("春节", 122, 128), ("劳动节", 501, 507), ("国庆节", 1001, 1007)],
        workdays: &[117, 118, 508, 509, 1009, 1010],
    },
    PublishedYear {
        year: 2005,
        holidays: &[("元旦", 101, 103), ("春节", 209, 215), ("劳动节", 501, 507), ("国庆节", 1001, 1007)],
        workdays: &[205, 206, 430, 508, 1008, 1009],
    },
    PublishedYear {
        year: 2006,
        holidays: &[("元旦", 101, 103), ("春节", 129, 204), ("劳动节", 501, 507), ("国庆节", 1001, 1007)],
        workdays: &[128, 205, 429, 430, 930, 1008, 1230, 1231],
    },
    PublishedYear {
        year: 2007,
        holidays: &[
            ("元旦", 101, 103),
            ("春节", 218, 224),
            ("劳动节", 501, 507),
            ("国庆节", 1001, 1007),
            ("元旦", 1230, 1231),
        ],
        workdays: &[217, 225, 428, 429, 929, 930, 1229],
    },
    PublishedYear {
        year: 2008,
        holidays: &[
            ("元旦", 101, 101),
            ("春节", 206, 212),
            ("清明节", 404, 406),
            ("劳动节", 501, 503),
            ("端午节", 607, 609),
            ("中秋节", 913, 915),
            ("国庆节", 929, 1005),
        ],
        workdays: &[202, 203, 504, 927, 928],
    },
    PublishedYear {
        year: 2009,
        holidays: &[
            ("元旦", 101, 103),
            ("春节", 125, 131),
            ("清明节", 404, 406),
            ("劳动节", 501, 503),
            ("端午节", 528, 530),
            ("国庆节、中秋节", 1001, 1008),
        ],
        workdays: &[104, 124, 201, 531, 927, 1010],
    },
    PublishedYear {
        year: 2010,
        holidays: &[
            ("元旦", 101, 103),
            ("春节", 213, 219),
            ("清明节", 403, 405),
            ("劳动节", 501, 503),
            ("端午节", 614, 616),
            ("中秋节", 922, 924),
            ("国庆节", 1001, 1007),
        ],
        workdays: &[220, 221, 612, 613, 919, 925, 926, 1009],
    },
    PublishedYear {
        year: 2011,
        holidays: &[
            ("元旦", 101, 103),
            ("春节", 202, 208),
            ("清明节", 403, 405),
            ("劳动节", 430, 502),
            ("端午节", 604, 604),
            ("端午节", 606, 606),
            ("中秋节", 910, 912),
            ("国庆节", 1001, 1007),
        ],
        workdays: &[130, 212, 402, 1008, 1009, 1231],
    },
    PublishedYear {
        year: 2012,
        holidays: &[
            ("元旦", 101, 103),
            ("春节", 122, 128),
            ("清明节", 402, 404),
            ("劳动节", 429, 501),
            ("端午节", 622, 622),
            ("端午节", 624, 624),
            ("中秋节、国庆节", 930, 1007),
        ],
        workdays: &[121, 129, 331, 401, 428, 929],
    },
    PublishedYear {
        year: 2013,
        holidays: &[
            ("元旦", 101, 103),
            ("春节", 209, 215),
            ("清明节", 404, 406),
            ("劳动节", 429, 501),
            ("端午节", 610, 612),
            ("中秋节", 919, 921),
            ("国庆节", 1001, 1007),
        ],
        workdays: &[105, 106, 216, 217, 407, 427, 428, 608, 609, 922, 929, 1012],
    },
    PublishedYear {
        year: 2014,
        holidays: &[
            ("元旦", 101, 101),
            ("春节", 131, 206),
            ("清明节", 405, 407),
            ("劳动节", 501, 503),
            ("端午节", 602, 602),
            ("中秋节", 908, 908),
            ("国庆节", 1001, 1007),
        ],
        workdays: &[126, 208, 504, 928, 1011],
    },
    PublishedYear {
        year: 2015,
        holidays: &[
            ("元旦", 101, 103),
            ("春节", 218, 224),
            ("清明节", 405, 406),
            ("劳动节", 501, 501),
            ("端午节", 620, 620),
            ("端午节", 622, 622),
            ("抗战胜利纪念日", 903, 904),
            ("中秋节", 927, 927),
            ("国庆节", 1001, 1007),
        ],
        workdays: &[104, 215, 228, 906, 1010],
    },
    PublishedYear {
        year: 2016,
        holidays: &[
            ("元旦", 101, 101),
            ("春节", 207, 213),
            ("清明节", 404, 404),
            ("劳动节", 501, 502),
            ("端午节", 609, 611),
            ("中秋节", 915, 917),
            ("国庆节", 1001, 1007),
        ],
        workdays: &[206, 214, 612, 918, 1008, 1009],
    },
    PublishedYear {
        year: 2017,
        holidays: &[
            ("元旦", 101, 102),
            ("春节", 127, 202),
            ("清明节", 402, 404),
            ("劳动节", 501, 501),
            ("端午节", 528, 530),
            ("国庆节、中秋节", 1001, 1008),
        ],
        workdays: &[122, 204, 401, 527, 930],
    },
    PublishedYear {
        year: 2018,
        holidays: &[
            ("元旦", 101, 101),
            ("春节", 215, 221),
            ("清明节", 405, 407),
            ("劳动节", 429, 501),
            ("端午节", 618, 618),
            ("中秋节", 924, 924),
            ("国庆节", 1001, 1007),
            ("元旦", 1230, 1231),
        ],
        workdays: &[211, 224, 408, 428, 929, 930, 1229],
    },
    PublishedYear {
        year: 2019,
        holidays: &[
            ("元旦", 101, 101),
            ("春节", 204, 210),
            ("清明节", 405, 407),
            ("劳动节", 501, 504),
            ("端午节", 607, 609),
            ("中秋节", 913, 915),
            ("国庆节", 1001, 1007),
        ],
        workdays: &[202, 203, 428, 505, 929, 1012],
    },
    PublishedYear {
        year: 2020,
        holidays: &[
            ("元旦", 101, 101),
            ("春节", 124, 202),
            ("清明节", 404, 406),
            ("劳动节", 501, 505),
            ("端午节", 625, 627),
            ("国庆节", 1001, 1008),
        ],
        workdays: &[119, 426, 509, 628, 927, 1010],
    },
    PublishedYear {
        year: 2021,
        holidays: &[
            ("元旦", 101, 103),
            ("春节", 211, 217),
            ("清明节", 403, 405),
            ("劳动节", 501, 505),
            ("端午节", 612, 614),
            ("中秋节", 919, 921),
            ("国庆节", 1001, 1007),
        ],
        workdays: &[207, 220, 425, 508, 918, 926, 1009],
    },
    PublishedYear {
        year: 2022,
        holidays: &[
            ("元旦", 101, 103),
            ("春节", 131, 206),
            ("清明节", 403, 405),
            ("劳动节", 430, 504),
            ("端午节", 603, 605),
            ("中秋节", 910, 912),
            ("国庆节", 1001, 1007),
            ("元旦", 1231, 1231),
        ],
        workdays: &[129, 130, 402, 424, 507, 1008, 1009],
    },
    PublishedYear {
        year: 2023,
        holidays: &[
            ("元旦", 101, 102),
            ("春节", 121, 127),
            ("清明节", 405, 405),
            ("劳动节", 429, 503),
            ("端午节", 622, 624),
            ("中秋节、国庆节", 929, 1006),
            ("元旦", 1230, 1231),
        ],
        workdays: &[128, 129, 423, 506, 625, 1007, 1008],
    },
    PublishedYear {
        year: 2024,
        holidays: &[
            ("元旦", 101, 101),
            ("春节", 210, 217),
            ("清明节", 404, 406),
            ("劳动节", 501, 505),
            ("端午节", 610, 610),
            ("中秋节", 915, 917),
            ("国庆节", 1001, 1007),
        ],
        workdays: &[204, 218, 407, 428, 511, 914, 929, 1012],
    },
    PublishedYear {
        year: 2025,
        holidays: &[
            ("元旦", 101, 101),
            ("春节", 128, 204),
            ("清明节", 404, 406),
            ("劳动节", 501, 505),
            ("端午节", 531, 602),
            ("国庆节、中秋节", 1001, 1008),
        ],
        workdays: &[126, 208, 427, 928, 1011],
    },
    PublishedYear {
        year: 2026,
        holidays: &[
            ("元旦", 101, 103),
            ("春节", 215, 223),
            ("清明节", 404, 406),
            ("劳动节", 501, 505),
            ("端午节", 619, 621),
            ("中秋节", 925, 927),
            ("国庆节", 1001, 1007),
        ],
        workdays: &[104, 214, 228, 509, 920, 1010],
    },
];
