//! One question a line: what `yiwang calendar due` answers.

use super::{Calendar, CalendarError, Limit, Suspension};
use crate::text::{iso_date, normalise};
use time::Date;

/// The largest number of working days a line may ask for; no limit in law comes near it.
const MOST_DAYS: u32 = 9_999;

/// A line that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// Fewer than two fields.
    #[error("应为「日期 工作日数 [开始..结束 …]」，实为 {found} 项")]
    Fields {
        /// Fields found.
        found: usize,
    },
    /// A field that is not a day of the calendar.
    #[error("第 {field} 项「{text}」不是真实的日期（应如 2026-03-02）")]
    Date {
        /// The field, counted from 1.
        field: usize,
        /// What stands there.
        text: String,
    },
    /// A number of days that cannot be.
    #[error("第 2 项「{text}」应为 1 至 9999 的整数")]
    Days {
        /// What stands there.
        text: String,
    },
    /// A field after the second that is no range.
    #[error("第 {field} 项「{text}」应为「开始..结束」两个日期")]
    Range {
        /// The field, counted from 1.
        field: usize,
        /// What stands there.
        text: String,
    },
    /// The calendar has no answer.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

/// Answers `DATE DAYS [START..END …]`: the day on which so many working days after DATE are over, the given ranges suspended.
///
/// Strict: a day that depends on a year whose notice is not out is an error, never a guess. Full-width characters are read.
///
/// ```
/// use standards::{Calendar, calendar};
/// use time::macros::date;
///
/// let published = Calendar::published();
/// assert_eq!(calendar::line(&published, "2026-03-02 20 2026-03-09..2026-03-18"), Ok(date!(2026-04-10)));
/// let error = calendar::line(&published, "2026-12-25 5").unwrap_err();
/// assert_eq!(error.to_string(), "2027年放假安排尚未公布，无法确定日期");
/// ```
///
/// # Errors
/// The first field that cannot be read, or what the calendar cannot answer.
pub fn line(calendar: &Calendar, line: &str) -> Result<Date, LineError> {
    let line = normalise(line);
    let mut fields = line.split_whitespace();
    let (Some(start), Some(days)) = (fields.next(), fields.next()) else {
        return Err(LineError::Fields { found: line.split_whitespace().count() });
    };
    let start = date(1, start)?;
    let digits = days.len() <= 10 && days.bytes().all(|b| b.is_ascii_digit());
    let n = match days.parse::<u32>() {
        Ok(n @ 1..=MOST_DAYS) if digits => n,
        _ => return Err(LineError::Days { text: shortened(days) }),
    };
    let suspensions: Vec<Suspension> =
        fields.enumerate().map(|(i, text)| range(i + 3, text)).collect::<Result<_, _>>()?;
    Ok(calendar.due_published(start, Limit::working_days(n), &suspensions)?)
}

fn range(field: usize, text: &str) -> Result<Suspension, LineError> {
    let Some((from, to)) = text.split_once("..") else {
        return Err(LineError::Range { field, text: shortened(text) });
    };
    Ok(Suspension::new(date(field, from)?, Some(date(field, to)?))?)
}

fn date(field: usize, text: &str) -> Result<Date, LineError> {
    iso_date(text).ok_or_else(|| LineError::Date { field, text: shortened(text) })
}

/// What a message quotes of a field: no more than a person can use.
fn shortened(text: &str) -> String {
    const MOST: usize = 32;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
