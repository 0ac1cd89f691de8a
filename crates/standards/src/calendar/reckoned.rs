//! A value that rests on the calendar, and whether it may still move.

use crate::text::iso_date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use time::Date;

/// A value that rests on the calendar.
///
/// There is no way to the value that does not name the difference: [`Reckoned::value`] is for showing and sorting, and nothing
/// automatic may happen on a provisional day but an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reckoned<T> {
    /// All days it depends on lie in published years.
    Fixed(T),
    /// Some day it depends on lies in a year whose notice is not out; shown as «暂定».
    Provisional(T),
}

/// The day at whose end a period ends.
///
/// `Display` writes `2026-03-30` or `2027-01-11（暂定）`; serde writes `{"date":"2027-01-11","provisional":true}`.
pub type Due = Reckoned<Date>;

impl<T: Copy> Reckoned<T> {
    /// The value, fixed or provisional.
    #[must_use]
    pub fn value(self) -> T {
        match self {
            Self::Fixed(value) | Self::Provisional(value) => value,
        }
    }

    /// The value if it is fixed.
    #[must_use]
    pub fn fixed(self) -> Option<T> {
        match self {
            Self::Fixed(value) => Some(value),
            Self::Provisional(_) => None,
        }
    }

    /// Whether the value may move when a notice is loaded.
    #[must_use]
    pub fn is_provisional(self) -> bool {
        matches!(self, Self::Provisional(_))
    }

    /// The same certainty about what `change` makes of the value.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reckoned<U> {
        match self {
            Self::Fixed(value) => Reckoned::Fixed(change(value)),
            Self::Provisional(value) => Reckoned::Provisional(change(value)),
        }
    }
}

impl<T: std::fmt::Display> std::fmt::Display for Reckoned<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fixed(value) => value.fmt(f),
            Self::Provisional(value) => write!(f, "{value}（暂定）"),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct DueText {
    date: String,
    provisional: bool,
}

impl Serialize for Due {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        DueText { date: self.value().to_string(), provisional: self.is_provisional() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Due {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let DueText { date, provisional } = DueText::deserialize(deserializer)?;
        let date = iso_date(&date).ok_or_else(|| D::Error::custom(format!("「{date}」不是真实的日期")))?;
        Ok(if provisional { Self::Provisional(date) } else { Self::Fixed(date) })
    }
}
