//! One value a line: what `yiwang code check KIND` says of it.

use crate::error::{CodeError, CodeErrorKind};
use crate::text::normalise;
use crate::{
    CaseNumber, CertificateId, CitizenNumber, CreditCode, DivisionCode, HandlingCode, ItemBaseCode, ItemCode,
    ProjectCode,
};
use time::Date;

/// The kinds of code that can be checked; their names are those of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `citizen`: [`CitizenNumber`], not born after today, beginning with the code of a province.
    Citizen,
    /// `uscc`: [`CreditCode`].
    Uscc,
    /// `item`: [`ItemBaseCode`] (12), [`ItemCode`] (31) or [`HandlingCode`] (33 characters).
    Item,
    /// `case`: [`CaseNumber`].
    Case,
    /// `certificate`: [`CertificateId`].
    Certificate,
    /// `project`: [`ProjectCode`] of either scheme.
    Project,
    /// `division`: [`DivisionCode`], of which only the province is looked up.
    Division,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] =
        &[Self::Citizen, Self::Uscc, Self::Item, Self::Case, Self::Certificate, Self::Project, Self::Division];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Uscc => "uscc",
            Self::Item => "item",
            Self::Case => "case",
            Self::Certificate => "certificate",
            Self::Project => "project",
            Self::Division => "division",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is not of a [`Kind`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("没有「{0}」这种代码；可用：citizen、uscc、item、case、certificate、project、division")]
pub struct UnknownKind(pub String);

impl std::str::FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// Checks one line as a code of the kind. `today` is the legal day (UTC+8) that a citizen's birth must not lie after.
///
/// ```
/// use standards::check::{self, Kind};
/// use time::macros::date;
///
/// let today = date!(2026-03-02);
/// assert!(check::line(Kind::Citizen, "11010519491231002X", today).is_ok());
/// let error = check::line(Kind::Citizen, "999901199001010010", today).unwrap_err();
/// assert_eq!(error.message(), "第 1 位起的行政区划应为国家标准中的省级代码，实为「99」");
/// ```
///
/// # Errors
/// The first rule that the line breaks.
pub fn line(kind: Kind, line: &str, today: Date) -> Result<(), CodeError> {
    match kind {
        Kind::Citizen => citizen(line, today),
        Kind::Uscc => CreditCode::parse(line).map(drop),
        Kind::Item => item(line),
        Kind::Case => CaseNumber::parse(line).map(drop),
        Kind::Certificate => CertificateId::parse(line).map(drop),
        Kind::Project => ProjectCode::parse(line).map(drop),
        Kind::Division => DivisionCode::parse(line).map(drop),
    }
}

fn citizen(line: &str, today: Date) -> Result<(), CodeError> {
    let number = CitizenNumber::parse_on(line, today)?;
    if number.has_known_province() {
        return Ok(());
    }
    let found = number.division_prefix()[..2].to_owned();
    let kind = CodeErrorKind::Value { part: "行政区划", expected: "国家标准中的省级代码", found };
    Err(CodeError::at("公民身份号码", 0, kind))
}

fn item(line: &str) -> Result<(), CodeError> {
    let text = normalise(line);
    match text.chars().count() {
        0 => Err(CodeError::new("事项编码", CodeErrorKind::Empty)),
        12 => ItemBaseCode::parse(&text).map(drop),
        31 => ItemCode::parse(&text).map(drop),
        33 => HandlingCode::parse(&text).map(drop),
        found => Err(CodeError::new("事项编码", CodeErrorKind::Length { expected: "12、31 或 33", found })),
    }
}
