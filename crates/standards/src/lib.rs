//! The national codes and the calendar that a Chinese government service works with. Pure: no I/O, no clock, no globals.
//!
//! # Codes
//! Each code is a type that cannot hold an invalid value. `parse` (also `FromStr`) reads what people type: surrounding spaces,
//! full-width digits, letters, dots and hyphens, and lower case are put right; `as_str`, `Display` and serde give the canonical
//! spelling, and reading that gives the same value. What is wrong is a [`CodeError`], whose message says so in Chinese, with
//! the place of the first wrong character.
//!
//! | Type | Code | Source |
//! |---|---|---|
//! | [`CitizenNumber`] | 公民身份号码 | GB 11643—1999 |
//! | [`CreditCode`], [`OrganisationCode`] | 统一社会信用代码、组织机构代码 | GB 32100—2015, GB 11714—1997 |
//! | [`DivisionCode`] | 行政区划代码, 12 digits | GB/T 2260, 统计用区划代码 |
//! | [`ItemBaseCode`], [`ItemCode`], [`HandlingCode`] | 基本编码、实施编码、业务办理项编码 | national exchange tables, 2020 |
//! | [`CaseNumber`] | 办件编号 | as issued by running platforms; GB/T 39046—2020 for its length |
//! | [`CertificateId`] | 证照标识 | GB/T 36904—2018 |
//! | [`PersonPaper`] | 身份证件 of residents, of Hong Kong, Macao and Taiwan, of foreigners | the cards themselves; 国办发〔2018〕81号 |
//! | [`VehiclePlate`] | 机动车号牌 | GA 36—2018 |
//! | [`BankCard`], [`BankAccount`] | 银行卡号 with check digit、银行账号 without | ISO/IEC 7812-1; of accounts the form alone |
//! | [`Postcode`], [`Landline`], [`Email`] | 邮政编码、固定电话、电子邮箱 | their doc comments |
//! | [`ProjectCode`] | 投资项目代码, new and old | GB/T 40058—2021 |
//!
//! [`iso7064`] has the check characters. The closed lists of the same standards ([`ItemType`], [`UseLevel`], …) are the enums
//! of [`tables`]; provinces are known by [`province_name`]. [`check::line`] judges one line of text as a code of a kind.
//!
//! # Days
//! [`Calendar`] knows which days are working days: as published by the State Council, and, past the last published year,
//! reckoned from the law and marked [`Reckoned::Provisional`]. It answers when a [`Limit`] ends, how many days are used or
//! left, and what a suspended [`Clock`] shows. [`YearNotice`] reads the arrangement of a further year. [`calendar::line`]
//! answers one line of text, strictly.
//!
//! # Where the rules stop
//! Whether a division or an item exists is a matter of tables that change; the types do not know. Suspicion that makes nothing
//! invalid is a [`CodeWarning`]. What a code means beyond its digits (who may use it) is for the areas.

mod bank;
mod case_number;
mod certificate;
mod citizen;
mod contact;
mod credit;
mod division;
mod error;
mod item;
mod organisation;
mod paper;
mod plate;
mod project;
mod text;

pub mod calendar;
pub mod check;
pub mod iso7064;
pub mod tables;

pub use bank::{BankAccount, BankCard};
pub use calendar::{
    Calendar, CalendarError, Clock, DayKind, Due, Limit, LineError, NoticeError, NoticeErrors, Reckoned, Suspension,
    YearNotice,
};
pub use case_number::CaseNumber;
pub use certificate::{CertificateId, CertificateIssuer};
pub use citizen::{CitizenNumber, Sex};
pub use contact::{Email, Landline, Postcode};
pub use credit::CreditCode;
pub use division::{DivisionCode, DivisionLevel, province_name};
pub use error::{CodeError, CodeErrorKind, CodeWarning};
pub use item::{HandlingCode, ItemBaseCode, ItemCode};
pub use organisation::OrganisationCode;
pub use paper::{PaperKind, PersonPaper};
pub use plate::VehiclePlate;
pub use project::{ProjectCode, ProjectScheme};
pub use tables::*;
