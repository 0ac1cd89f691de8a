//! What is wrong with a code, said so that the person who typed it can mend it.

/// A value that is not a valid code.
///
/// [`CodeError::message`] (also its `Display`) is a Chinese sentence for the person who typed the value; it names the place and
/// what was expected there. It may quote single characters and short parts of the value, never a whole citizen number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct CodeError {
    /// Chinese name of the code that was read, such as «公民身份号码».
    pub subject: &'static str,
    /// What is wrong.
    pub kind: CodeErrorKind,
    /// The first wrong character, counted from 1 in the value without its surrounding spaces; none where the whole is wrong.
    pub position: Option<usize>,
}

/// The ways in which a value can fail to be a code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeErrorKind {
    /// Nothing was given.
    Empty,
    /// The number of characters is wrong.
    Length {
        /// The lengths that are right, in words: «31 或 33».
        expected: &'static str,
        /// Characters found.
        found: usize,
    },
    /// The number of parts between dots is wrong.
    Parts {
        /// Parts that a value has.
        expected: usize,
        /// Parts found.
        found: usize,
    },
    /// A character that cannot stand at its place.
    Character {
        /// What may stand there: «数字».
        expected: &'static str,
        /// What stands there.
        found: char,
    },
    /// The check character does not agree with the rest: some character of the value is mistyped.
    CheckCharacter {
        /// The part it checks, empty for the whole value: «组织机构代码».
        of: &'static str,
        /// The right check character for the rest of the value.
        expected: char,
        /// What stands there.
        found: char,
    },
    /// A part with a value it cannot have.
    Value {
        /// Name of the part: «行使层级».
        part: &'static str,
        /// What may stand there: «1 至 7».
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// Eight digits that are no day of the calendar.
    NoSuchDate {
        /// Name of the part: «出生日期».
        part: &'static str,
        /// The digits found.
        found: String,
    },
    /// A date that has not come yet.
    FutureDate {
        /// Name of the part: «出生日期».
        part: &'static str,
        /// The day it was judged against.
        today: time::Date,
    },
}

impl CodeError {
    pub(crate) fn new(subject: &'static str, kind: CodeErrorKind) -> Self {
        Self { subject, kind, position: None }
    }

    /// At the character with this index, counted from 0.
    pub(crate) fn at(subject: &'static str, index: usize, kind: CodeErrorKind) -> Self {
        Self { subject, kind, position: Some(index + 1) }
    }

    /// The same error of a part that begins at `offset` in a longer code.
    pub(crate) fn within(self, subject: &'static str, offset: usize) -> Self {
        Self { subject, kind: self.kind, position: Some(self.position.unwrap_or(1) + offset) }
    }

    /// The Chinese sentence: what is wrong, where, and what was expected.
    #[must_use]
    pub fn message(&self) -> String {
        let subject = self.subject;
        let place = self.position.map(|p| format!("第 {p} 位")).unwrap_or_default();
        let from = self.position.map(|p| format!("第 {p} 位起的")).unwrap_or_default();
        match &self.kind {
            CodeErrorKind::Empty => format!("没有填写{subject}"),
            CodeErrorKind::Length { expected, found } => format!("{subject}应为 {expected} 位，实为 {found} 位"),
            CodeErrorKind::Parts { expected, found } => {
                format!("{subject}应由点号分为 {expected} 段，实为 {found} 段")
            }
            CodeErrorKind::Character { expected, found } => {
                format!("{place}应为{expected}，实为{}", shown(*found))
            }
            CodeErrorKind::CheckCharacter { of, expected, found } => {
                format!("{place}{of}校验码应为 {expected}，实为 {found}")
            }
            CodeErrorKind::Value { part, expected, found } => {
                let space = if expected.starts_with(|c: char| c.is_ascii()) { " " } else { "" };
                format!("{from}{part}应为{space}{expected}，实为「{found}」")
            }
            CodeErrorKind::NoSuchDate { part, found } => format!("{from}{part}「{found}」不是真实的日期"),
            CodeErrorKind::FutureDate { part, today } => format!("{from}{part}晚于 {today}，尚未到来"),
        }
    }
}

/// A character as a sentence can show it: spaces and controls by name.
fn shown(c: char) -> String {
    match c {
        ' ' => "空格".to_owned(),
        '\t' => "制表符".to_owned(),
        c if c.is_control() || c.is_whitespace() => format!("不可见字符 U+{:04X}", c as u32),
        c => format!("「{c}」"),
    }
}

/// Something odd in a valid code that a person should look at; it never makes the code invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeWarning {
    /// The province in the implementing body's USCC is not the one whose directory the item belongs to.
    ProvinceDiffers {
        /// Characters 3 and 4 of the USCC.
        body: String,
        /// The first two digits of the base code.
        directory: String,
    },
}

impl CodeWarning {
    /// The Chinese sentence.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::ProvinceDiffers { body, directory } => {
                format!("实施主体的区划「{body}」与目录区划「{directory}」不一致，请核对")
            }
        }
    }
}
