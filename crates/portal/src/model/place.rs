//! What names a place: a division's code, or the id of a hall that is no division.

use std::{fmt, str::FromStr};

use kernel::{Error, Id, Result};
use standards::{DivisionCode, DivisionLevel};

/// A hall that is no division (市经开区政务服务大厅), as an id's mark.
#[derive(Debug)]
pub enum Hall {}

/// A place that has a site.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A division.
    Division(DivisionCode),
    /// A hall that is no division.
    Hall(Id<Hall>),
}

impl Place {
    /// Whether it is a hall that is no division.
    #[must_use]
    pub const fn is_hall(&self) -> bool {
        matches!(self, Self::Hall(_))
    }

    /// As stored: twelve digits, or the hall's id.
    #[must_use]
    pub fn key(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Division(code) => f.write_str(code.as_str()),
            Self::Hall(id) => write!(f, "{id}"),
        }
    }
}

impl FromStr for Place {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Hall(id));
        }
        DivisionCode::parse(text).map(Self::Division).map_err(|_| Error::NotFound { what: "这个地方" })
    }
}

/// The level of a site in plain words: 「省」 to 「村（社区）」.
pub(crate) fn level_words(level: DivisionLevel) -> &'static str {
    match level {
        DivisionLevel::Province => "省级",
        DivisionLevel::City => "市级",
        DivisionLevel::County => "县区",
        DivisionLevel::Town => "乡镇（街道）",
        DivisionLevel::Village => "村（社区）",
    }
}
