//! A year's arrangement of holidays as a file: what `yiwang import calendar FILE` reads.

use super::{is_weekend, statutory};
use crate::text::iso_date;
use std::collections::BTreeMap;
use time::Date;

/// What a notice makes of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// A day off, `holiday` in a file.
    Holiday,
    /// A Saturday or Sunday on which offices work, `workday` in a file.
    Workday,
}

impl DayKind {
    fn code(self) -> &'static str {
        match self {
            Self::Holiday => "holiday",
            Self::Workday => "workday",
        }
    }
}

/// The State Council's arrangement of one year.
///
/// The file is UTF-8 text with a row a day, `date,kind,name`: the date as `2027-02-05`, the kind `holiday` (or 休) or `workday`
/// (or 班), the name of the holiday, which may be left out. A header row, empty rows and rows that begin with `#` are skipped.
/// The year is that of the latest row; rows of the December before are allowed, for a New Year's holiday may begin there.
/// From 2025 every day that the law fixes must be in the file, so that half a notice cannot pass for a whole.
///
/// ```
/// use standards::YearNotice;
///
/// let errors = YearNotice::parse("date,kind,name\n2027-02-30,holiday,春节\n").unwrap_err();
/// assert_eq!(errors.to_string(), "第 2 行：「2027-02-30」不是真实的日期（应如 2027-01-01）");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearNotice {
    year: i32,
    days: BTreeMap<Date, (DayKind, String)>,
}

/// Something wrong in a notice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", line.map(|line| format!("第 {line} 行：")).unwrap_or_default())]
pub struct NoticeError {
    /// The row, counted from 1 with header and comments; none for what is wrong with the file as a whole.
    pub line: Option<usize>,
    /// The Chinese sentence.
    pub message: String,
}

/// All that is wrong in a notice, in the order of its rows; never empty. `Display` writes one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeErrors(pub Vec<NoticeError>);

impl std::error::Error for NoticeErrors {}

impl std::fmt::Display for NoticeErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// A row that was read: its place in the file, its day, what the day is, and of which holiday.
struct Row<'a> {
    line: usize,
    date: Date,
    kind: DayKind,
    name: &'a str,
}

impl YearNotice {
    /// Reads a file.
    ///
    /// # Errors
    /// Every row that cannot be used, or what the file as a whole lacks.
    pub fn parse(text: &str) -> Result<Self, NoticeErrors> {
        let mut errors = Vec::new();
        let mut rows = Vec::new();
        for (index, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || line.starts_with("date,") {
                continue;
            }
            match row(index + 1, line) {
                Ok(row) => rows.push(row),
                Err(error) => errors.push(error),
            }
        }
        let Some(year) = rows.iter().map(|row| row.date.year()).max() else {
            if errors.is_empty() {
                errors.push(NoticeError { line: None, message: "文件中没有任何日期".to_owned() });
            }
            return Err(NoticeErrors(errors));
        };
        let mut notice = Self { year, days: BTreeMap::new() };
        for row in rows {
            if let Err(error) = notice.take(&row) {
                errors.push(error);
            }
        }
        errors.sort_by_key(|error| error.line);
        if errors.is_empty() {
            errors = notice.missing();
        }
        if errors.is_empty() { Ok(notice) } else { Err(NoticeErrors(errors)) }
    }

    /// The year that is arranged.
    #[must_use]
    pub fn year(&self) -> i32 {
        self.year
    }

    /// Every day named, in order, with its kind and the name of its holiday.
    pub fn days(&self) -> impl Iterator<Item = (Date, DayKind, &str)> {
        self.days.iter().map(|(day, (kind, name))| (*day, *kind, name.as_str()))
    }

    /// The file of this notice; reading it gives the same notice.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let rows = self.days().map(|(day, kind, name)| format!("{day},{},{name}\n", kind.code()));
        std::iter::once("date,kind,name\n".to_owned()).chain(rows).collect()
    }

    pub(super) fn into_days(self) -> BTreeMap<Date, (DayKind, String)> {
        self.days
    }

    fn take(&mut self, row: &Row<'_>) -> Result<(), NoticeError> {
        let Row { line, date, kind, name } = *row;
        let refuse = |message| Err(NoticeError { line: Some(line), message });
        let year = self.year;
        if date.year() != year && !(date.year() == year - 1 && date.month() == time::Month::December) {
            return refuse(format!("{date} 不在 {year} 年（及上年 12 月）之内；一个文件只放一年的安排"));
        }
        if kind == DayKind::Workday && !is_weekend(date) {
            return refuse(format!("{date} 不是周六、周日，不能列为调休上班日"));
        }
        if self.days.insert(date, (kind, name.to_owned())).is_some() {
            return refuse(format!("{date} 重复出现"));
        }
        Ok(())
    }

    /// The days off that the law fixes and this notice lacks.
    fn missing(&self) -> Vec<NoticeError> {
        let feasts = statutory::feasts(self.year).unwrap_or_default();
        let lacking = |day: &Date| !matches!(self.days.get(day), Some((DayKind::Holiday, _)));
        feasts
            .into_iter()
            .flat_map(|(name, days)| days.into_iter().filter(lacking).map(move |day| (name, day)).collect::<Vec<_>>())
            .map(|(name, day)| NoticeError {
                line: None,
                message: format!("{}年安排不完整：缺少{name}法定假日 {day}", self.year),
            })
            .collect()
    }

    pub(super) fn first_day(&self) -> Date {
        self.days.keys().next().copied().unwrap_or(Date::MIN)
    }
}

fn row(line: usize, text: &str) -> Result<Row<'_>, NoticeError> {
    let refuse = |message| NoticeError { line: Some(line), message };
    let mut fields = text.splitn(3, ',').map(str::trim);
    let (date, kind, name) = (fields.next().unwrap_or_default(), fields.next(), fields.next().unwrap_or_default());
    let Some(kind) = kind else {
        return Err(refuse("应为「日期,类型,名称」三列".to_owned()));
    };
    let date = iso_date(date).ok_or_else(|| refuse(format!("「{date}」不是真实的日期（应如 2027-01-01）")))?;
    let kind = match kind {
        "holiday" | "休" => DayKind::Holiday,
        "workday" | "班" => DayKind::Workday,
        _ => return Err(refuse(format!("类型「{kind}」应为 holiday（休）或 workday（班）"))),
    };
    Ok(Row { line, date, kind, name })
}
