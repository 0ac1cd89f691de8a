//! How a value is written in a cell of an exchange table, and how a cell that somebody typed is read: codes and their words,
//! lists, yes and no, numbers, days, limits. Pure.

use standards::{LimitUnit, ResultKind};

use crate::model::{Day, TimeLimit, TimeUnit};

/// Between several codes in one cell, as running platforms write them.
pub(crate) const BETWEEN: char = '^';
/// In a cell: the text is longer than a workbook can hold; on the way back the field stays as it is.
pub(crate) const TOO_LONG: &str = "（内容过长，未写入表格；导入时保持原内容不变）";
/// In a cell: the field is to be emptied, also where blank cells leave fields alone.
pub(crate) const CLEAR: &str = "（清空）";
/// Days since the first of a workbook's calendar that are taken for a date: the years 1954 to 2119.
const SERIALS: std::ops::RangeInclusive<i64> = 20_000..=80_000;

/// What a cell could not be read as, in Chinese.
pub(crate) type Read = Result<(), String>;

/// A cell's text as it is compared and kept: one kind of line end, no control characters, nothing around it.
pub(crate) fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{b}'], "\n");
    let kept = text.chars().filter(|it| !it.is_control() || matches!(it, '\n' | '\t'));
    kept.collect::<String>().trim_matches(|it: char| it.is_whitespace() || it == '\u{feff}').to_owned()
}

/// As [`clean`], on one line.
pub(crate) fn line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A list, one entry a line.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// The parts of a cell that holds several codes or words.
pub(crate) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([BETWEEN, ',', '，', '、', ';', '；', '|', '\n', '\t']).map(str::trim).filter(|it| !it.is_empty())
}

/// Code and word of a value of a code table.
pub(crate) type By<T> = (fn(T) -> &'static str, fn(T) -> &'static str);

/// One of a code table, by code or by word: `2`, `承诺件`, `2 承诺件`, `2-承诺件`, `02`.
pub(crate) fn code<T: Copy>(text: &str, all: &[T], (code, name): By<T>) -> Result<T, String> {
    let text = text.trim();
    let bare = text.trim_start_matches('0');
    let is = |it: &&T| {
        let (code, name) = (code(**it), name(**it));
        text == code
            || text == name
            || !bare.is_empty() && bare == code.trim_start_matches('0')
            || text
                .strip_prefix(code)
                .is_some_and(|rest| rest.trim_start_matches([' ', '-', '.', '、', ':', '：']) == name)
    };
    all.iter().find(is).copied().ok_or_else(|| {
        let known: Vec<_> = all.iter().take(12).map(|it| format!("{} {}", code(*it), name(*it))).collect();
        format!("没有这个代码，应为：{}", known.join("、"))
    })
}

/// Several of a code table, in the order written.
pub(crate) fn codes<T: Copy + PartialEq>(text: &str, all: &[T], by: By<T>) -> Result<Vec<T>, String> {
    let mut out = Vec::new();
    for part in parts(text) {
        let one = code(part, all, by)?;
        if !out.contains(&one) {
            out.push(one);
        }
    }
    Ok(out)
}

/// Codes in one cell.
pub(crate) fn joined<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    codes.collect::<Vec<_>>().join("^")
}

/// Yes or no as the tables write it.
pub(crate) fn flag(yes: bool) -> String {
    if yes { "1" } else { "0" }.to_owned()
}

/// Yes or no, where it was said at all.
pub(crate) fn said(yes: Option<bool>) -> String {
    yes.map(flag).unwrap_or_default()
}

/// Reads yes or no.
pub(crate) fn yes(text: &str) -> Result<bool, String> {
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
pub(crate) fn number(text: &str) -> Result<u32, String> {
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
pub(crate) fn day(text: &str) -> Result<Day, String> {
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
    format!("{year:0>4}-{month:0>2}-{day:0>2}").parse().map_err(|_| wrong())
}

/// A day of the 1900 calendar of workbooks, in which 1 is the first of January 1900 and 1900 is taken for a leap year.
fn of_serial(serial: i64) -> Option<Day> {
    let start = time::Date::from_calendar_date(1899, time::Month::December, 30).ok()?;
    start.checked_add(time::Duration::days(serial)).map(Day)
}

/// The number of a limit; 0 if it is settled at once.
pub(crate) fn limit_number(limit: Option<TimeLimit>) -> String {
    limit.map(|it| it.n.to_string()).unwrap_or_default()
}

/// The unit of a limit, as `standards` numbers it (no national code exists); at once is 0 working days.
pub(crate) fn limit_unit(limit: Option<TimeLimit>) -> String {
    limit.map(|it| it.unit.standard().code().to_owned()).unwrap_or_default()
}

/// Reads a number of days into a limit, with its unit if one is written behind it: `8`, `8个工作日`, `当场办结`.
pub(crate) fn read_limit_number(limit: &mut Option<TimeLimit>, text: &str) -> Read {
    let unit = match limit.map_or(TimeUnit::WorkingDay, |it| it.unit) {
        TimeUnit::AtOnce => TimeUnit::WorkingDay,
        unit => unit,
    };
    let at_once = ["当场", "即办", "即时", "立即"].iter().any(|it| text.contains(it));
    let n = if at_once { 0 } else { number(text)? };
    let told: String = text.chars().filter(|it| !it.is_ascii_digit() && !matches!(it, '.' | '个' | ' ')).collect();
    let unit = if told.is_empty() || at_once { unit } else { unit_of(&told)? };
    *limit = Some(of(n, unit));
    Ok(())
}

/// Reads the unit of a limit. Without a number it says nothing.
pub(crate) fn read_limit_unit(limit: &mut Option<TimeLimit>, text: &str) -> Read {
    let unit = unit_of(text)?;
    if let Some(limit) = limit {
        *limit = of(limit.n, unit);
    }
    Ok(())
}

/// 0 of any unit is at once.
fn of(n: u32, unit: TimeUnit) -> TimeLimit {
    TimeLimit { n, unit: if n == 0 { TimeUnit::AtOnce } else { unit } }
}

fn unit_of(text: &str) -> Result<TimeUnit, String> {
    let text = text.trim().trim_start_matches('个');
    let text = match text {
        "天" | "日" => "自然日",
        "个月" => "月",
        "时" => "小时",
        other => other,
    };
    Ok(match code(text, LimitUnit::ALL, (LimitUnit::code, LimitUnit::name))? {
        LimitUnit::WorkingDays => TimeUnit::WorkingDay,
        LimitUnit::NaturalDays => TimeUnit::NaturalDay,
        LimitUnit::Hours => TimeUnit::Hour,
        LimitUnit::Months => TimeUnit::Month,
        LimitUnit::Years => TimeUnit::Year,
    })
}

/// Reads the kind of a result: by its word, which lists write, or by our code.
pub(crate) fn result_kind(text: &str) -> Result<ResultKind, String> {
    code(text, ResultKind::ALL, (ResultKind::code, ResultKind::name))
}

/// Name and rest of a line 「名称：内容」; without a colon all of it is the rest.
pub(crate) fn named(text: &str) -> (Option<&str>, &str) {
    match text.split_once(['：', ':']) {
        Some((name, rest)) if !name.trim().is_empty() && name.chars().count() <= 60 && !rest.starts_with("//") => {
            (Some(name.trim()), rest.trim())
        }
        _ => (None, text.trim()),
    }
}

/// Name and note of 「名称（说明）」.
pub(crate) fn with_note(text: &str) -> (&str, &str) {
    let inner = text.strip_suffix(['）', ')']);
    match inner.and_then(|it| it.split_once(['（', '('])) {
        Some((name, note)) if !name.trim().is_empty() => (name.trim(), note.trim()),
        _ => (text.trim(), ""),
    }
}
