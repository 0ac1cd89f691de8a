//! What people, posts, authorities and divisions are, and the rules that concern them. Pure: no database, clock or web.

pub mod account;
pub mod authority;
pub mod closing;
pub mod code;
pub mod division;
pub mod enterprise;
pub mod factor;
pub mod leaving;
pub mod level;
pub mod look;
pub mod mandate;
pub mod openid;
pub mod party;
pub mod person;
pub mod post;
pub mod roster;
pub mod session;
pub mod unit;
pub mod why;

use kernel::Fault;

/// Reads a line of text that may be left out.
pub(crate) fn optional_line(faults: &mut Vec<Fault>, field: &str, label: &str, text: &str, max: usize) -> String {
    if text.trim().is_empty() { String::new() } else { line(faults, field, label, text, max) }
}

/// Reads a line of text that a person typed: trimmed, of 1 to `max` characters, without control characters.
///
/// `label` is the field's Chinese name. Adds what is wrong to `faults`.
pub(crate) fn line(faults: &mut Vec<Fault>, field: &str, label: &str, text: &str, max: usize) -> String {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 {
        faults.push(Fault::new(field, format!("请填写{label}。")));
    } else if length > max {
        faults.push(Fault::new(field, format!("{label}最多 {max} 个字，现有 {length} 个，请缩短。")));
    } else if text.chars().any(char::is_control) {
        faults.push(Fault::new(field, format!("{label}中有不可见字符，请删去后重新填写。")));
    }
    text.to_owned()
}
