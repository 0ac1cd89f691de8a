//! How a value is written in a cell of an exchange table, and how a cell that somebody typed is read: codes and their words, limits, days;
//! what is not of the catalogue alone is read by `sheets`. Pure.

pub(crate) use sheets::cell::{TOO_LONG, clean, line, lines, number, parts, yes};
use standards::{LimitUnit, ResultKind};

use crate::model::{Day, TimeLimit, TimeUnit};

/// In a cell: the field is to be emptied, also where blank cells leave fields alone.
pub(crate) const CLEAR: &str = "（清空）";
/// What a cell could not be read as, in Chinese.
pub(crate) type Read = Result<(), String>;

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

/// Reads a day, as people and workbooks write it.
pub(crate) fn day(text: &str) -> Result<Day, String> {
    sheets::cell::date(text).map(Day)
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
