//! Periods: when a limit ends, how many days are used, and clocks that stand still.
//!
//! Rule (行政许可法 art. 82, 民法典 arts. 201–203): the day of acceptance does not count; working-day limits count working days
//! only and end at the end of the last of them; natural-day limits count every day and, when they end on a day off, end with
//! the next working day. Days of a special procedure, its first and last included, do not count (行政许可法 art. 45).

use super::{Calendar, CalendarError, Due, Reckoned};
use crate::tables::LimitUnit;
use time::{Date, Month};

/// A limit of time: a number and its unit. `0` means at once, the same day (即办件).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limit {
    /// How many.
    pub n: u32,
    /// Of what.
    pub unit: LimitUnit,
}

impl Limit {
    /// So many working days.
    #[must_use]
    pub fn working_days(n: u32) -> Self {
        Self { n, unit: LimitUnit::WorkingDays }
    }

    /// So many natural days.
    #[must_use]
    pub fn natural_days(n: u32) -> Self {
        Self { n, unit: LimitUnit::NaturalDays }
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let measure = match self.unit {
            LimitUnit::NaturalDays | LimitUnit::Years => "",
            LimitUnit::WorkingDays | LimitUnit::Hours | LimitUnit::Months => "个",
        };
        write!(f, "{} {measure}{}", self.n, self.unit)
    }
}

/// Days that do not count: a special procedure from its first day to its last, or without an end as long as it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Suspension {
    from: Date,
    to: Option<Date>,
}

impl Suspension {
    /// From the first suspended day to the last, both included; `None` while the end is not known.
    ///
    /// # Errors
    /// An end before the beginning.
    pub fn new(from: Date, to: Option<Date>) -> Result<Self, CalendarError> {
        match to {
            Some(to) if to < from => Err(CalendarError::ReversedSuspension { from, to }),
            _ => Ok(Self { from, to }),
        }
    }

    /// The first suspended day.
    #[must_use]
    pub fn from(self) -> Date {
        self.from
    }

    /// The last suspended day, if it is known.
    #[must_use]
    pub fn to(self) -> Option<Date> {
        self.to
    }
}

/// What a running or stopped clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// It runs.
    Running {
        /// The day at whose end the limit is over.
        due: Due,
        /// Days left after today, in the limit's own kind of days: 0 on the due day, negative past it.
        left: Reckoned<i64>,
    },
    /// A suspension without an end stops it: there are days left, and no due date.
    Suspended {
        /// Days that will be left when it runs again, in the limit's own kind of days.
        left: Reckoned<i64>,
    },
}

/// The kinds of days that a limit counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Days {
    Working,
    Natural,
}

/// Suspended days after the start, as Julian days: apart from each other, in order; one without an end is the last.
type Stops = Vec<(i32, i32)>;

/// Where a suspension without an end ends.
const OPEN: i32 = i32::MAX;

impl Calendar {
    /// The day at whose end a limit is over that began with an act on the day `start`.
    ///
    /// Hours are taken as whole days, rounded up; months and years end on the day of the same number, or on the last of the
    /// month. All three count, roll and stop like natural days.
    ///
    /// # Errors
    /// A start outside the calendar, an end past it, or a suspension without an end that begins before the limit is over.
    pub fn due(&self, start: Date, limit: Limit, suspensions: &[Suspension]) -> Result<Due, CalendarError> {
        let (from, due) = self.period(start, limit, suspensions)?;
        Ok(self.reckoned(from, due, due))
    }

    /// The same day, and an error where [`Calendar::due`] is provisional: for papers and checks that bear no «暂定».
    ///
    /// # Errors
    /// As [`Calendar::due`]; [`CalendarError::NotPublished`] where the day depends on a year whose notice is not out.
    pub fn due_published(&self, start: Date, limit: Limit, suspensions: &[Suspension]) -> Result<Date, CalendarError> {
        let unpublished = |from: Date, to: Date| match self.first_unpublished(from, to) {
            Some(year) => Err(CalendarError::NotPublished { year }),
            None => Ok(()),
        };
        match self.period(start, limit, suspensions) {
            Ok((from, due)) => unpublished(from, due).map(|()| due),
            Err(CalendarError::BeyondTable { last_year }) => {
                let year = (start.year()..).find(|year| !self.is_published(*year)).unwrap_or(last_year + 1);
                Err(CalendarError::NotPublished { year })
            }
            Err(error) => Err(error),
        }
    }

    /// Working days used: those after `start` through `today` that are not suspended; none before the start.
    ///
    /// # Errors
    /// A day outside the calendar.
    pub fn elapsed(
        &self,
        start: Date,
        today: Date,
        suspensions: &[Suspension],
    ) -> Result<Reckoned<i64>, CalendarError> {
        self.used(Days::Working, start, today, suspensions)
    }

    /// Working days from `today` to the end of `due` that are not suspended: 0 on the due day; past it the days overdue,
    /// negative, in which no suspension counts.
    ///
    /// # Errors
    /// A day outside the calendar.
    pub fn remaining(
        &self,
        today: Date,
        due: Date,
        suspensions: &[Suspension],
    ) -> Result<Reckoned<i64>, CalendarError> {
        self.left(Days::Working, today, due, suspensions)
    }

    /// What the clock of a limit shows today.
    ///
    /// # Errors
    /// As [`Calendar::due`], but for a suspension without an end, which is a state of the clock; `today` outside the calendar.
    pub fn clock(
        &self,
        start: Date,
        limit: Limit,
        suspensions: &[Suspension],
        today: Date,
    ) -> Result<Clock, CalendarError> {
        let days = limit.days();
        match self.due(start, limit, suspensions) {
            Ok(due) => Ok(Clock::Running { due, left: self.left(days, today, due.value(), suspensions)? }),
            Err(CalendarError::ClockStopped { since }) => {
                let last = since.previous_day().unwrap_or(Date::MIN).max(start);
                let whole = self.whole(start, limit)?;
                let left = self.used(days, start, last, suspensions)?.map(|used| (whole - used).max(0));
                Ok(Clock::Suspended { left })
            }
            Err(error) => Err(error),
        }
    }

    /// The first day on which the due day depends, and the due day; at once depends on none, and the first is then later.
    fn period(&self, start: Date, limit: Limit, suspensions: &[Suspension]) -> Result<(Date, Date), CalendarError> {
        self.require(start)?;
        let whole = self.whole(start, limit)?;
        let tomorrow = start.next_day().ok_or_else(|| self.beyond())?;
        if whole == 0 {
            return Ok((tomorrow, start));
        }
        let stops = stops_after(start, suspensions);
        let (from, due) = match limit.days() {
            Days::Working => (tomorrow.to_julian_day(), self.end_of_working_days(start, whole, &stops)?),
            Days::Natural => self.end_of_natural_days(start, whole, &stops)?,
        };
        let date = |julian| Date::from_julian_day(julian).map_err(|_| self.beyond());
        Ok((date(from)?, date(due)?))
    }

    fn end_of_working_days(&self, start: Date, n: i64, stops: &Stops) -> Result<i32, CalendarError> {
        let mut target = self.table.through(start.to_julian_day()) + n;
        for &(from, to) in stops {
            if self.table.nth(target).is_some_and(|day| day < from) {
                break;
            }
            require_end(from, to)?;
            target += self.table.through(to) - self.table.through(from - 1);
        }
        self.table.nth(target).ok_or_else(|| self.beyond())
    }

    /// The last day before any rolling, and the day rolled to the next working day that is not suspended.
    fn end_of_natural_days(&self, start: Date, n: i64, stops: &Stops) -> Result<(i32, i32), CalendarError> {
        let mut end = i64::from(start.to_julian_day()) + n;
        let mut later = stops.iter().copied().peekable();
        while let Some((from, to)) = later.next_if(|(from, _)| i64::from(*from) <= end) {
            require_end(from, to)?;
            end += i64::from(to) - i64::from(from) + 1;
        }
        let last = i32::try_from(end).ok().filter(|day| self.contains(*day)).ok_or_else(|| self.beyond())?;
        let mut rolled = last;
        while !self.table.is_workday(rolled) {
            rolled += 1;
            if let Some((from, to)) = later.next_if(|(from, _)| *from <= rolled) {
                require_end(from, to)?;
                rolled = to.saturating_add(1);
            }
            if !self.contains(rolled) {
                return Err(self.beyond());
            }
        }
        Ok((last, rolled))
    }

    fn contains(&self, julian: i32) -> bool {
        Date::from_julian_day(julian).is_ok_and(|date| self.require(date).is_ok())
    }

    /// The limit in its kind of days.
    fn whole(&self, start: Date, limit: Limit) -> Result<i64, CalendarError> {
        let months = |n: u32| {
            let end = add_months(start, n).ok_or_else(|| self.beyond())?;
            Ok(i64::from(end.to_julian_day()) - i64::from(start.to_julian_day()))
        };
        match limit.unit {
            LimitUnit::WorkingDays | LimitUnit::NaturalDays => Ok(i64::from(limit.n)),
            LimitUnit::Hours => Ok(i64::from(limit.n.div_ceil(24))),
            LimitUnit::Months => months(limit.n),
            LimitUnit::Years => months(limit.n.checked_mul(12).ok_or_else(|| self.beyond())?),
        }
    }

    fn used(
        &self,
        days: Days,
        start: Date,
        today: Date,
        suspensions: &[Suspension],
    ) -> Result<Reckoned<i64>, CalendarError> {
        self.require(start)?;
        self.require(today)?;
        if today <= start {
            return Ok(Reckoned::Fixed(0));
        }
        let (before, last) = (start.to_julian_day(), today.to_julian_day());
        let count = |from: i32, to: i32| match days {
            Days::Working => self.table.through(to) - self.table.through(from - 1),
            Days::Natural => i64::from(to) - i64::from(from) + 1,
        };
        let suspended = |&(from, to): &(i32, i32)| if from > last { 0 } else { count(from, to.min(last)) };
        let stopped: i64 = stops_after(start, suspensions).iter().map(suspended).sum();
        let used = count(before + 1, last) - stopped;
        let first = start.next_day().unwrap_or(today);
        Ok(match days {
            Days::Working => self.reckoned(first, today, used),
            Days::Natural => Reckoned::Fixed(used),
        })
    }

    fn left(
        &self,
        days: Days,
        today: Date,
        due: Date,
        suspensions: &[Suspension],
    ) -> Result<Reckoned<i64>, CalendarError> {
        if today <= due {
            self.used(days, today, due, suspensions)
        } else {
            Ok(self.used(days, due, today, &[])?.map(|overdue| -overdue))
        }
    }
}

impl Limit {
    fn days(self) -> Days {
        match self.unit {
            LimitUnit::WorkingDays => Days::Working,
            LimitUnit::NaturalDays | LimitUnit::Hours | LimitUnit::Months | LimitUnit::Years => Days::Natural,
        }
    }
}

fn require_end(from: i32, to: i32) -> Result<(), CalendarError> {
    if to < OPEN {
        return Ok(());
    }
    Err(CalendarError::ClockStopped { since: Date::from_julian_day(from).unwrap_or(Date::MAX) })
}

/// The suspended days after `start`, merged.
fn stops_after(start: Date, suspensions: &[Suspension]) -> Stops {
    let first = start.to_julian_day() + 1;
    let mut stops: Stops = suspensions
        .iter()
        .map(|stop| (stop.from.to_julian_day().max(first), stop.to.map_or(OPEN, Date::to_julian_day)))
        .filter(|(from, to)| from <= to)
        .collect();
    stops.sort_unstable();
    stops.dedup_by(|next, kept| {
        let joined = next.0 <= kept.1.saturating_add(1);
        if joined {
            kept.1 = kept.1.max(next.1);
        }
        joined
    });
    stops
}

/// The day of the same number `n` months later, or the last of that month.
fn add_months(start: Date, n: u32) -> Option<Date> {
    let months = i64::from(start.year()) * 12 + i64::from(u8::from(start.month())) - 1 + i64::from(n);
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(months.rem_euclid(12) + 1).ok()?).ok()?;
    Date::from_calendar_date(year, month, start.day().min(month.length(year))).ok()
}
