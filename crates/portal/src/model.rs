//! What the portal decides, with values only: places and what they say of themselves, notices, colours that can be read.

pub(crate) mod colour;
pub(crate) mod measured;
pub(crate) mod notice;
pub(crate) mod place;
pub(crate) mod site;

use kernel::Fault;

/// A short text at most, in characters.
pub(crate) const LINE_MAX: usize = 200;

/// A text trimmed, on one line, of at most `max` characters; what is wrong with it goes to `faults`.
pub(crate) fn line(faults: &mut Vec<Fault>, field: &str, value: &str, max: usize) -> String {
    let text = value.split_whitespace().collect::<Vec<_>>().join(" ");
    bounded(faults, field, text, max)
}

/// A text of several lines, trimmed, of at most `max` characters.
pub(crate) fn text(faults: &mut Vec<Fault>, field: &str, value: &str, max: usize) -> String {
    let lines: Vec<_> = value.lines().map(str::trim_end).collect();
    bounded(faults, field, lines.join("\n").trim().to_owned(), max)
}

fn bounded(faults: &mut Vec<Fault>, field: &str, text: String, max: usize) -> String {
    let length = text.chars().count();
    if length > max {
        faults.push(Fault::new(field, format!("内容过长：最多 {max} 个字，现有 {length} 个字，请精简。")));
    }
    text
}

/// A telephone number as people write it: digits, with `-`, spaces, `+`, an extension. Empty is fine.
pub(crate) fn phone(faults: &mut Vec<Fault>, field: &str, value: &str) -> String {
    let number = line(faults, field, value, 40);
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let fine = number.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ' ' | '+' | '转'));
    if !number.is_empty() && (!fine || digits < 3) {
        faults.push(Fault::new(field, format!("「{number}」不像电话号码，请填写如 0558-5550101 或 12345。")));
    }
    number
}
