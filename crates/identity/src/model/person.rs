//! Natural persons: what is known of them and how it is written.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Fault, Id, Person};
use pinyin::ToPinyin;
use serde::{Deserialize, Serialize};
use standards::{PaperKind, PersonPaper};
use time::Date;

use super::{level::Proof, line, optional_line};

/// A name has so many characters at most; the longest names of the minorities have fewer.
pub const NAME_MAX: usize = 50;
/// An address has so many characters at most.
pub const ADDRESS_MAX: usize = 200;

/// All that the platform knows of a person, unsealed. Read with a purpose; never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonCard {
    /// Who it is.
    pub id: Id<Person>,
    /// The name.
    pub name: String,
    /// The paper that tells who it is, mostly the citizen number (公民身份号码).
    pub paper: PersonPaper,
    /// The mobile number, eleven digits.
    pub mobile: String,
    /// The mailbox, proven by a code; empty: none.
    pub mailbox: String,
    /// Where the person lives; may be empty.
    pub address: String,
    /// The real-name level: 0 registered, 1 two factors agree, 2 three factors, 3 seen at a window or by face.
    pub level: i64,
}

/// Names only the id: what is known of a person stays out of logs.
impl std::fmt::Debug for PersonCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonCard({})", self.id)
    }
}

/// A name as lists of people are ordered (按姓氏拼音排序): character by character, by its sound without tone, then by the character
/// itself, so that one surname stands together. A character without a known sound, such as a letter, comes before all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sounded(Vec<(&'static str, char)>);

impl Sounded {
    pub(crate) fn of(name: &str) -> Self {
        Self(name.chars().map(|it| (it.to_pinyin().map_or("", pinyin::Pinyin::plain), it)).collect())
    }
}

/// A person who is not known yet, as typed.
#[derive(Clone, Default)]
pub struct NewPerson {
    /// The name.
    pub name: String,
    /// The kind of paper.
    pub paper: PaperKind,
    /// Its number, mostly the citizen number, in any spelling that can be put right.
    pub citizen_number: String,
    /// The mobile number.
    pub mobile: String,
    /// Where the person lives; may be empty.
    pub address: String,
    /// The real-name level, 0 to 3.
    pub level: i64,
}

/// A person's data after every check.
pub(crate) struct CheckedPerson {
    pub(crate) name: String,
    pub(crate) paper: PersonPaper,
    pub(crate) mobile: String,
    pub(crate) address: String,
    pub(crate) level: i64,
}

impl NewPerson {
    /// Checks every field; `today` is the legal day.
    pub(crate) fn check(&self, today: Date) -> Result<CheckedPerson, Vec<Fault>> {
        let mut faults = Vec::new();
        let name = line(&mut faults, "name", "姓名", &self.name, NAME_MAX);
        let paper = PersonPaper::parse_on(self.paper, &self.citizen_number, today);
        if let Err(error) = &paper {
            let words = match self.paper {
                PaperKind::Citizen => format!("公民身份号码：{}。请照身份证填写。", error.message()),
                _ => format!("{}：{}。请照证件填写。", self.paper.name(), error.message()),
            };
            faults.push(Fault::new("citizen_number", words));
        }
        let mobile = mobile(&self.mobile);
        if mobile.is_none() {
            faults.push(Fault::new("mobile", "手机号应为 11 位数字，以 1 开头，请核对。"));
        }
        let address = optional_line(&mut faults, "address", "住址", &self.address, ADDRESS_MAX);
        match (paper, mobile) {
            (Ok(paper), Some(mobile)) if faults.is_empty() => {
                Ok(CheckedPerson { name, paper, mobile, address, level: self.level.clamp(0, 3) })
            }
            _ => Err(faults),
        }
    }
}

/// A mobile number of the mainland: eleven digits, the first 1, the second 3 to 9; full-width digits, blanks, hyphens and a
/// leading +86 are put right.
#[must_use]
pub fn mobile(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(half_width).collect();
    let digits = plain.strip_prefix("+86").unwrap_or(&plain);
    let bytes = digits.as_bytes();
    let right = bytes.len() == 11 && bytes.iter().all(u8::is_ascii_digit) && bytes[0] == b'1' && bytes[1] >= b'3';
    right.then(|| digits.to_owned())
}

/// The ASCII character of a full-width one.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// The first three and the last four digits of a mobile number, the rest as stars.
#[must_use]
pub fn masked_mobile(mobile: &str) -> String {
    let digits: Vec<char> = mobile.chars().collect();
    match digits.len() {
        11 => format!("{}****{}", digits[..3].iter().collect::<String>(), digits[7..].iter().collect::<String>()),
        _ => "***".to_owned(),
    }
}

/// A name of which the surname's place is a star: enough to tell those of one family apart who share a telephone.
#[must_use]
pub(crate) fn hidden_name(name: &str) -> String {
    let rest: String = name.chars().skip(1).collect();
    format!("*{rest}")
}

impl PersonState {
    /// Nothing is known of a person any more. The citizen number's place is taken by what is no digest, so that whoever comes again
    /// can be made known anew.
    pub(crate) fn erased(id: Id<Person>) -> Self {
        Self {
            citizen: format!("erased:{id}"),
            mobile: String::new(),
            mailbox: String::new(),
            level: 0,
            card: BTreeMap::new(),
            proved: BTreeSet::new(),
            paper: citizen(),
        }
    }
}

/// The code of the paper that nearly everybody has.
fn citizen() -> String {
    PaperKind::Citizen.code().to_owned()
}

/// Whether it is the paper that nearly everybody has, which entries leave out.
fn is_citizen(code: &str) -> bool {
    code == PaperKind::Citizen.code()
}

/// What the record determines of a person: digests, the level and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PersonState {
    /// Keyed digest of the paper's number.
    pub(crate) citizen: String,
    /// Keyed digest of the mobile number.
    pub(crate) mobile: String,
    /// Keyed digest of the mailbox; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) mailbox: String,
    /// The real-name level.
    pub(crate) level: i64,
    /// SM3 of each sealed item by its name.
    pub(crate) card: BTreeMap<String, String>,
    /// What the level rests on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) proved: BTreeSet<Proof>,
    /// The kind of the paper, by its code.
    #[serde(default = "citizen", skip_serializing_if = "is_citizen")]
    pub(crate) paper: String,
}
