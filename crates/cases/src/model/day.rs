//! Legal days as ISO text in events and state rows: `2026-03-02`.

use serde::{Deserialize, Deserializer, Serializer, de::Error};
use time::{Date, format_description::StaticFormatDescription, macros::format_description};

const ISO: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// Writes the day.
pub(crate) fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// Reads the day.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    Date::parse(&text, ISO).map_err(|_| D::Error::custom(format!("not a day: {text}")))
}
