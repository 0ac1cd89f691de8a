//! The formats that texts of a form may have besides their type: each with its check, its canonical spelling, and what to do when it is wrong.

use kernel::Moment;
use standards::{
    BankAccount, BankCard, CitizenNumber, CodeError, CreditCode, DivisionCode, Email, Landline, PersonPaper, Postcode,
    VehiclePlate,
};
use time::{Date, format_description::StaticFormatDescription, macros::format_description};

use crate::field::{paper, signed};

const DAY: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// A format by its name in the schema.
pub(crate) struct Format {
    pub(crate) name: &'static str,
    /// The canonical spelling, or what is wrong and what to do, in Chinese.
    pub(crate) read: fn(&str) -> Result<String, String>,
}

/// All formats of texts. Amounts (`money-fen`, `area-hundredths`) are formats of whole numbers and need no check.
pub(crate) const FORMATS: &[Format] = &[
    Format { name: "citizen-number", read: |it| code(CitizenNumber::parse(it), "请照身份证填写。") },
    Format { name: "credit-code", read: |it| code(CreditCode::parse(it), "请照营业执照填写。") },
    Format { name: "division", read: |it| code(DivisionCode::parse(it), "请从列表中选择。") },
    Format { name: "place", read: |it| code(DivisionCode::parse(it), "请从列表中逐级选择。") },
    Format { name: "mobile", read: mobile },
    Format { name: "landline", read: |it| code(Landline::parse(it), "请核对。") },
    Format { name: "email", read: |it| code(Email::parse(it), "请核对。") },
    Format { name: "postcode", read: |it| code(Postcode::parse(it), "请核对。") },
    Format { name: "vehicle-plate", read: |it| code(VehiclePlate::parse(it), "请照行驶证填写。") },
    Format { name: "bank-card", read: |it| code(BankCard::parse(it), "请照卡面填写。") },
    Format { name: "bank-account", read: |it| code(BankAccount::parse(it), "请照开户许可或者存折填写。") },
    Format { name: "person-paper", read: person_paper },
    Format { name: "signature", read: signature },
    Format { name: "date", read: date },
];

pub(crate) fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|it| it.name == name)
}

/// The day that `2026-03-02` writes.
pub(crate) fn day(text: &str) -> Option<Date> {
    Date::parse(text, DAY).ok()
}

/// A day as answers write it.
pub(crate) fn written(day: Date) -> String {
    day.format(DAY).unwrap_or_default()
}

/// The legal day of an instant as answers write it.
#[must_use]
pub fn day_of(now: Moment) -> Date {
    now.legal_date()
}

fn code<T: std::fmt::Display>(read: Result<T, CodeError>, advice: &str) -> Result<String, String> {
    read.map(|it| it.to_string()).map_err(|error| format!("{}。{advice}", error.message()))
}

fn mobile(text: &str) -> Result<String, String> {
    identity::model::person::mobile(text).ok_or_else(|| "手机号应为 11 位数字，以 1 开头，请核对。".to_owned())
}

fn date(text: &str) -> Result<String, String> {
    day(text).map(|_| text.to_owned()).ok_or_else(|| "日期应写成 2026-03-02 这样，请重新选择。".to_owned())
}

fn person_paper(text: &str) -> Result<String, String> {
    let (kind, number) = paper(text);
    let kind = kind.ok_or_else(|| "请选择证件种类。".to_owned())?;
    let read = PersonPaper::parse(kind, number).map_err(|error| format!("{}。请照证件填写。", error.message()))?;
    Ok(format!("{}:{}", kind.code(), read.number()))
}

fn signature(text: &str) -> Result<String, String> {
    let (name, on) = signed(text);
    match (name.is_empty(), on.is_empty() || day(on).is_some()) {
        (true, _) => Err("请输入签名人的姓名。".to_owned()),
        (_, false) => Err("签名的日期由平台填写，请重新签名。".to_owned()),
        _ => Ok(text.to_owned()),
    }
}
