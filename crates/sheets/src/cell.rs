//! What somebody typed into a cell, read as people mean it: text, lists, yes and no, numbers, days. Pure.

use time::{Date, Duration, Month};

/// Between several codes in one cell, as running platforms write them.
pub const BETWEEN: char = '^';
/// In a cell: the text is longer than a workbook can hold; on the way back the field stays as it is.
pub const TOO_LONG: &str = "（内容过长，未写入表格；导入时保持原内容不变）";
/// Days since the first of a workbook's calendar that are taken for a date: the years 1954 to 2119.
const SERIALS: std::ops::RangeInclusive<i64> = 20_000..=80_000;

/// A cell's text as it is compared and kept: one kind of line end, no control characters, nothing around it.
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{b}'], "\n");
    let kept = text.chars().filter(|it| !it.is_control() || matches!(it, '\n' | '\t'));
    kept.collect::<String>().trim_matches(|it: char| it.is_whitespace() || it == '\u{feff}').to_owned()
}

/// As [`clean`], on one line.
pub fn line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A list, one entry a line.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// The parts of a cell that holds several codes or words.
pub fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([BETWEEN, ',', '，', '、', ';', '；', '|', '\n', '\t']).map(str::trim).filter(|it| !it.is_empty())
}

/// Reads yes or no.
///
/// # Errors
/// A sentence in Chinese.
pub fn yes(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "是" | "有" | "支持" | "可以" | "允许" | "收费" | "true" | "y" | "yes" | "√" | "✓" => {
            Ok(true)
        }
        "0" | "2" | "否" | "无" | "没有" | "不支持" | "不可以" | "不允许" | "不收费" | "false" | "n" | "no" | "×" => {
            Ok(false)
        }
        _ => Err("应填「是」或「否」（1 或 0）".to_owned()),
    }
}

/// Reads a whole number, not below 0: `8`, `8.0`, `8 次`, `８`.
///
/// # Errors
/// A sentence in Chinese.
pub fn number(text: &str) -> Result<u32, String> {
    let narrow: String = text.trim().chars().map(narrow).collect();
    let digits: String = narrow.chars().take_while(char::is_ascii_digit).collect();
    let rest = narrow.get(digits.len()..).unwrap_or_default();
    let rest = rest.strip_prefix('.').map_or(rest, |it| it.trim_start_matches('0'));
    let plain = rest.trim().chars().all(|it| !it.is_ascii_digit() && !matches!(it, '-' | '+' | '.' | 'e' | 'E'));
    match digits.parse() {
        Ok(number) if plain => Ok(number),
        _ => Err("应填不小于 0 的整数".to_owned()),
    }
}

fn narrow(it: char) -> char {
    match it {
        '０'..='９' => char::from_digit(u32::from(it) - u32::from('０'), 10).unwrap_or(it),
        other => other,
    }
}

/// Reads a day: `2026-07-01`, `2026/7/1`, `2026.7.1`, `2026年7月1日`, `20260701`, with or without a time, or the number of days that a
/// workbook keeps.
///
/// # Errors
/// A sentence in Chinese.
pub fn date(text: &str) -> Result<Date, String> {
    let wrong = || "不是日期，应写成 2026-07-01 的样子".to_owned();
    let text = text.trim();
    if let Ok(serial) = text.trim_end_matches(".0").parse::<i64>()
        && SERIALS.contains(&serial)
    {
        return of_serial(serial).ok_or_else(wrong);
    }
    let date = text.split([' ', 'T']).next().unwrap_or(text);
    let numbers: Vec<&str> = date.split(['-', '/', '.', '年', '月', '日']).filter(|it| !it.is_empty()).collect();
    let (year, month, day) = match numbers.as_slice() {
        [year, month, day] => (*year, *month, *day),
        [all] if all.len() == 8 && all.is_ascii() => (&all[..4], &all[4..6], &all[6..]),
        _ => return Err(wrong()),
    };
    let month = month.parse::<u8>().ok().and_then(|it| Month::try_from(it).ok()).ok_or_else(wrong)?;
    let (year, day) = (year.parse().map_err(|_| wrong())?, day.parse().map_err(|_| wrong())?);
    Date::from_calendar_date(year, month, day).map_err(|_| wrong())
}

/// A day of the 1900 calendar of workbooks, in which 1 is the first of January 1900 and 1900 is taken for a leap year.
fn of_serial(serial: i64) -> Option<Date> {
    let start = Date::from_calendar_date(1899, Month::December, 30).ok()?;
    start.checked_add(Duration::days(serial))
}
