//! The State Council's calendar of working days, and periods reckoned with it.
//!
//! A year is *published* when the State Council's notice of its holidays is in the calendar; [`Calendar::published`] has those
//! of 2004 to 2026, later ones are loaded with [`Calendar::with_year`]. The notice for a year comes late in the autumn before,
//! and today's cases already reach past it. Such a year is reckoned from the holidays that the law fixes (see `statutory.rs`),
//! and whatever depends on it is [`Reckoned::Provisional`], to be shown as «暂定» and reckoned anew when the notice is loaded.
//! No year is ever taken for Monday to Friday. Days are legal days, those of UTC+8.

mod limit;
mod line;
mod notice;
mod published;
mod reckoned;
mod statutory;

pub use limit::{Clock, Limit, Suspension};
pub use line::{LineError, line};
pub use notice::{DayKind, NoticeError, NoticeErrors, YearNotice};
pub use reckoned::{Due, Reckoned};

use std::collections::{BTreeMap, BTreeSet};
use time::{Date, Month, Weekday};

/// What the calendar cannot answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The State Council has not said how this year's holidays lie.
    #[error("{year}年放假安排尚未公布，无法确定日期")]
    NotPublished {
        /// The first such year.
        year: i32,
    },
    /// A day before the first year of the calendar.
    #[error("{date} 早于日历的第一年 {first_year} 年")]
    BeforeTable {
        /// The day.
        date: Date,
        /// The first year.
        first_year: i32,
    },
    /// A day past the last year that can be reckoned even provisionally.
    #[error("日期晚于日历的最后一年 {last_year} 年")]
    BeyondTable {
        /// The last year.
        last_year: i32,
    },
    /// A suspension without an end: the clock has days left, and no due date.
    #[error("时限自 {since} 起暂停计算，恢复之前没有到期日")]
    ClockStopped {
        /// The first suspended day.
        since: Date,
    },
    /// A suspension that ends before it begins.
    #[error("暂停期间的结束日 {to} 早于开始日 {from}")]
    ReversedSuspension {
        /// The first day given.
        from: Date,
        /// The last day given.
        to: Date,
    },
}

/// Which days are working days, from 2004 to the last year that can be reckoned (2035, later when notices are loaded).
///
/// Building one takes about a millisecond; keep it and share it. Every question is answered from tables counted beforehand.
///
/// ```
/// use standards::{Calendar, Limit, Reckoned, Suspension};
/// use time::macros::date;
///
/// let calendar = Calendar::published();
/// let accepted = date!(2026-03-02);
/// let due = calendar.due(accepted, Limit::working_days(20), &[])?;
/// assert_eq!(due, Reckoned::Fixed(date!(2026-03-30)));
///
/// let inspection = Suspension::new(date!(2026-03-09), Some(date!(2026-03-18)))?;
/// let due = calendar.due(accepted, Limit::working_days(20), &[inspection])?;
/// assert_eq!(due, Reckoned::Fixed(date!(2026-04-10)));
///
/// let due = calendar.due(date!(2026-12-25), Limit::working_days(10), &[])?;
/// assert_eq!(due.to_string(), "2027-01-11（暂定）");
/// let error = calendar.due_published(date!(2026-12-25), Limit::working_days(10), &[]).unwrap_err();
/// assert_eq!(error.to_string(), "2027年放假安排尚未公布，无法确定日期");
/// # Ok::<(), standards::CalendarError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Days that notices name, of all published years.
    named: BTreeMap<Date, (DayKind, String)>,
    /// Years whose notice is in.
    years: BTreeSet<i32>,
    table: DayTable,
}

impl Calendar {
    /// The calendar of all notices known when this version was made: 2004 to 2026.
    #[must_use]
    pub fn published() -> Self {
        let mut named = BTreeMap::new();
        for year in published::PUBLISHED {
            for (name, first, last) in year.holidays {
                let days = published::day(year.year, *first).zip(published::day(year.year, *last));
                for day in days.into_iter().flat_map(|(first, last)| days_between(first, last)) {
                    named.insert(day, (DayKind::Holiday, (*name).to_owned()));
                }
            }
            for day in year.workdays.iter().filter_map(|month_day| published::day(year.year, *month_day)) {
                named.insert(day, (DayKind::Workday, String::new()));
            }
        }
        let years = published::PUBLISHED.iter().map(|year| year.year).collect();
        Self::build(named, years)
    }

    /// The same calendar with one more notice. For a year that is published already the notice replaces what was known of it,
    /// so an amending notice is loaded as the whole arrangement of its year. A notice may also name days of the December
    /// before, so after loading one all open clocks are reckoned anew, those with fixed dates too.
    ///
    /// # Errors
    /// A year before the first of the calendar, or more than one past the last.
    pub fn with_year(mut self, notice: YearNotice) -> Result<Self, CalendarError> {
        let year = notice.year();
        if year < self.first_year() {
            return Err(CalendarError::BeforeTable { date: notice.first_day(), first_year: self.first_year() });
        }
        if year > self.last_year() + 1 {
            return Err(CalendarError::BeyondTable { last_year: self.last_year() });
        }
        self.named.retain(|day, _| day.year() != year);
        self.named.extend(notice.into_days());
        self.years.insert(year);
        Ok(Self::build(self.named, self.years))
    }

    fn build(named: BTreeMap<Date, (DayKind, String)>, years: BTreeSet<i32>) -> Self {
        let table = DayTable::count(&named, &years);
        Self { named, years, table }
    }

    /// Whether the State Council's notice for the year is in the calendar.
    #[must_use]
    pub fn is_published(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// The first year of the calendar.
    #[must_use]
    pub fn first_year(&self) -> i32 {
        self.table.first_year
    }

    /// The last year of the calendar, published or reckoned.
    #[must_use]
    pub fn last_year(&self) -> i32 {
        self.table.last_year
    }

    /// The last published year, up to which dates are fixed.
    #[must_use]
    pub fn last_published_year(&self) -> i32 {
        self.years.last().copied().unwrap_or(self.first_year())
    }

    /// Whether offices work on this day.
    ///
    /// # Errors
    /// A day outside the calendar.
    pub fn is_workday(&self, date: Date) -> Result<Reckoned<bool>, CalendarError> {
        self.require(date)?;
        Ok(self.reckoned(date, date, self.table.is_workday(date.to_julian_day())))
    }

    /// The name of the holiday this day belongs to, as the notice or the law names it; none for other days.
    #[must_use]
    pub fn holiday_name(&self, date: Date) -> Option<&str> {
        match self.named.get(&date) {
            Some((DayKind::Holiday, name)) => Some(name),
            Some((DayKind::Workday, _)) => None,
            None if self.is_published(date.year()) => None,
            None => statutory::holidays(date.year()).and_then(|days| days.get(&date).copied()),
        }
    }

    fn require(&self, date: Date) -> Result<(), CalendarError> {
        if date.year() < self.first_year() {
            Err(CalendarError::BeforeTable { date, first_year: self.first_year() })
        } else if date.year() > self.last_year() {
            Err(self.beyond())
        } else {
            Ok(())
        }
    }

    fn beyond(&self) -> CalendarError {
        CalendarError::BeyondTable { last_year: self.last_year() }
    }

    /// A value that depends on the days from `first` to `last`: provisional when one of their years is not published.
    fn reckoned<T>(&self, first: Date, last: Date, value: T) -> Reckoned<T> {
        match self.first_unpublished(first, last) {
            None => Reckoned::Fixed(value),
            Some(_) => Reckoned::Provisional(value),
        }
    }

    fn first_unpublished(&self, first: Date, last: Date) -> Option<i32> {
        if first > last {
            return None;
        }
        (first.year()..=last.year()).find(|year| !self.is_published(*year))
    }
}

/// Every day of the calendar with the working days counted, so that no question walks from day to day.
#[derive(Debug, Clone)]
struct DayTable {
    first_year: i32,
    last_year: i32,
    /// Julian day of the first day.
    base: i32,
    /// Working days from the first day through each day.
    through: Vec<i64>,
    /// Julian days of the working days, in order.
    working: Vec<i32>,
}

impl DayTable {
    /// Counts from the first published year to the last that the statutory holidays are known for, or past it as far as
    /// notices go without a gap.
    fn count(named: &BTreeMap<Date, (DayKind, String)>, years: &BTreeSet<i32>) -> Self {
        let first_year = years.first().copied().unwrap_or(statutory::LAST_YEAR);
        let mut last_year = statutory::LAST_YEAR;
        while years.contains(&(last_year + 1)) {
            last_year += 1;
        }
        let mut table = Self { first_year, last_year, base: 0, through: Vec::new(), working: Vec::new() };
        for year in first_year..=last_year {
            let statutory = if years.contains(&year) { None } else { statutory::holidays(year) };
            let ends = [(Month::January, 1), (Month::December, 31)]
                .map(|(month, day)| Date::from_calendar_date(year, month, day).ok());
            let [Some(first), Some(last)] = ends else { continue };
            if table.through.is_empty() {
                table.base = first.to_julian_day();
            }
            for day in days_between(first, last) {
                let works = match named.get(&day) {
                    Some((kind, _)) => *kind == DayKind::Workday,
                    None => !is_weekend(day) && !statutory.as_ref().is_some_and(|days| days.contains_key(&day)),
                };
                if works {
                    table.working.push(day.to_julian_day());
                }
                table.through.push(i64::try_from(table.working.len()).unwrap_or(i64::MAX));
            }
        }
        table
    }

    /// Working days from the first day of the table through `julian`; nothing before, all after.
    fn through(&self, julian: i32) -> i64 {
        match usize::try_from(i64::from(julian) - i64::from(self.base)) {
            Ok(index) => self.through.get(index).or(self.through.last()).copied().unwrap_or_default(),
            Err(_) => 0,
        }
    }

    /// The day through which exactly `count` working days have passed, if the table reaches it.
    fn nth(&self, count: i64) -> Option<i32> {
        self.working.get(usize::try_from(count.checked_sub(1)?).ok()?).copied()
    }

    fn is_workday(&self, julian: i32) -> bool {
        self.through(julian) > self.through(julian.saturating_sub(1))
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The days from `first` to `last`, both included.
fn days_between(first: Date, last: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(first), |day| day.next_day()).take_while(move |day| *day <= last)
}
