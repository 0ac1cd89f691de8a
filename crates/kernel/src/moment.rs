//! Instants: stored in UTC, read by the law in UTC+8.

use std::fmt;

use time::{Date, OffsetDateTime, UtcOffset, macros::offset};

/// China has one legal time, UTC+8, all year (Beijing time), whatever the machine's zone.
const LEGAL: UtcOffset = offset!(+8);

/// An instant: microseconds since 1970-01-01 UTC, as the databases keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    /// The instant so many microseconds after 1970-01-01 UTC.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The instant at which a legal day begins (00:00 in UTC+8).
    #[must_use]
    pub fn start_of(day: Date) -> Self {
        Self::from(day.midnight().assume_offset(LEGAL))
    }

    /// The legal day (UTC+8) that holds this instant: the day of deadlines, documents and case numbers.
    #[must_use]
    pub fn legal_date(self) -> Date {
        self.legal().date()
    }

    /// The instant so many seconds later (earlier if negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// As people read it: 「2026年3月2日 15:04」, in legal time.
    #[must_use]
    pub fn zh(self) -> String {
        let it = self.legal();
        format!("{}年{}月{}日 {:02}:{:02}", it.year(), u8::from(it.month()), it.day(), it.hour(), it.minute())
    }

    /// The legal day as people read it: 「2026年3月2日」.
    #[must_use]
    pub fn zh_date(self) -> String {
        let it = self.legal_date();
        format!("{}年{}月{}日", it.year(), u8::from(it.month()), it.day())
    }

    fn legal(self) -> OffsetDateTime {
        self.utc().to_offset(LEGAL)
    }

    fn utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl From<OffsetDateTime> for Moment {
    fn from(it: OffsetDateTime) -> Self {
        Self(i64::try_from(it.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX))
    }
}

/// RFC 3339 in UTC, to the microsecond: `2026-03-02T04:00:00.000000Z`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let it = self.utc();
        write!(
            f,
            "{}T{:02}:{:02}:{:02}.{:06}Z",
            it.date(),
            it.hour(),
            it.minute(),
            it.second(),
            self.0.rem_euclid(1_000_000)
        )
    }
}
