//! A day in an item document: `YYYY-MM-DD`, of the legal calendar (UTC+8).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use time::{Date, macros::format_description};

/// A legal day, written `2026-07-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub Date);

impl Day {
    /// 「2026年7月1日」.
    #[must_use]
    pub fn zh(self) -> String {
        format!("{}年{}月{}日", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

/// Reads `YYYY-MM-DD`; the error is a sentence in Chinese.
impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let day = Date::parse(text.trim(), format_description!("[year]-[month]-[day]"));
        day.map(Self).map_err(|_| format!("「{text}」不是日期，请写成 2026-07-01 的样子。"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
