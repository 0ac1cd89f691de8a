//! What stands on a paper, as data. Says nothing of places, fonts or formats.

use serde::{Deserialize, Serialize};
use time::Date;

/// One official paper. Plain text throughout; a line break in a text starts a new paragraph (in a table, a new line).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Name of the authority that speaks (发文机关标志), red at the head; empty: no authority does, as on a form to be filled in.
    pub authority: String,
    /// Title, e.g. «申请材料补正告知书».
    pub title: String,
    /// Document number, e.g. «亳市监许补〔2026〕3号»; receipts may have none.
    #[serde(default)]
    pub number: Option<String>,
    /// Whom it addresses (主送); the colon is added when it is not there.
    #[serde(default)]
    pub addressee: Option<String>,
    /// The text, top to bottom.
    pub blocks: Vec<Block>,
    /// Who signs and when.
    #[serde(default)]
    pub signature: Option<Signature>,
    /// Notes under the date (附注), each put in brackets.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How a reader checks that the paper is genuine; stands at the foot of every page.
    #[serde(default)]
    pub verification: Option<Verification>,
    /// Words across each page in light grey, e.g. «演示站点，不具法律效力»; also said once in small type at the head.
    #[serde(default)]
    pub watermark: Option<String>,
}

/// One part of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// Running text; each paragraph starts two characters in.
    Paragraph(String),
    /// A heading such as «一、事实和理由»; never left alone at the foot of a page.
    Heading(String),
    /// Items numbered from one.
    List(Vec<ListItem>),
    /// Label and value, a bordered row each.
    Table(Vec<Field>),
    /// Words of a law or regulation, set in from both sides.
    Quote {
        /// Where they stand, e.g. «《中华人民共和国行政许可法》第三十二条第一款第四项».
        source: String,
        /// The words themselves.
        text: String,
    },
    /// What the person may do against the decision (行政许可法 art. 38), one paragraph each, kept on one page.
    Remedies(Vec<String>),
}

/// An item of a numbered list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListItem {
    /// The item, without its number.
    pub text: String,
    /// What must be said about it, in smaller type under it.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What the value is, e.g. «办件编号».
    pub label: String,
    /// The value; empty leaves the cell blank.
    pub value: String,
}

/// Who signs (落款).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The authority that answers for the paper.
    pub authority: String,
    /// The day it was made (成文日期), a legal day (UTC+8); in JSON `2026-03-02`.
    #[serde(with = "iso_date")]
    pub date: Date,
    /// How the date is written.
    #[serde(default)]
    pub date_style: DateStyle,
    /// What shows where the seal goes.
    #[serde(default)]
    pub seal: SealMark,
}

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateStyle {
    /// 2026年3月2日 (GB/T 9704—2012).
    #[default]
    Digits,
    /// 二〇二六年三月二日.
    Characters,
}

/// What shows where the seal goes. Room for it is kept in each case and told in [`crate::Laid::seal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealMark {
    /// Nothing: a seal will be put there.
    #[default]
    Blank,
    /// The word «（印章）».
    Word,
}

/// How a reader checks the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Case number (办件编号).
    pub case_number: String,
    /// Where to ask, e.g. an address of the platform.
    pub address: String,
}

/// Dates as `2026-03-02` in stored documents.
mod iso_date {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use time::{Date, format_description::BorrowedFormatItem, macros::format_description};

    const FORM: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

    pub(super) fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&date.format(FORM).map_err(serde::ser::Error::custom)?)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(deserializer: D) -> Result<Date, D::Error> {
        Date::parse(&String::deserialize(deserializer)?, FORM).map_err(D::Error::custom)
    }
}
