//! Templates of papers (文书模板): what stands on each kind of paper as data, in blocks of words with placeholders.
//!
//! A template is written by legal affairs, so it is nobody's program: a placeholder is a name out of a closed list, replaced once by words;
//! what stands in `[…]` is left out where one of its placeholders has nothing to say; a block may be for one circumstance of its kind. There is
//! no other device. What each kind must say is checked before a template comes into force ([`Kit::faults`]).

mod check;
mod kit;
mod render;
mod words;

use serde::{Deserialize, Serialize};

pub(crate) use kit::{Circumstance, Example, Kit, Placeholder, Spec};
pub(crate) use render::{Rendered, Values};

use super::paper::PaperKind;

/// Blocks of one template at most.
pub(crate) const BLOCKS_MAX: usize = 40;
/// Characters of one block at most.
pub(crate) const BLOCK_CHARS: usize = 2_000;
/// Characters of a template at most: what it makes must stay a paper of some pages.
pub(crate) const TEMPLATE_CHARS: usize = 12_000;

/// What stands on a paper between its addressee and its signature.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Template {
    /// From top to bottom.
    pub(crate) blocks: Vec<Part>,
}

/// One block of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    /// How it is set.
    #[serde(default)]
    pub(crate) form: Form,
    /// Its words. Of a list: one placeholder; of a table: a line a row, 「名称：内容」; of the remedies: none.
    #[serde(default)]
    pub(crate) text: String,
    /// The circumstance for which it stands; empty: always.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) when: String,
}

/// How a block is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    /// 正文段落.
    #[default]
    Paragraph,
    /// 小标题.
    Heading,
    /// 逐条列出.
    List,
    /// 表格.
    Table,
    /// 救济途径: the words come from the item and the law, and stand there whole.
    Remedies,
    /// 附注, under the date.
    Note,
}

impl Form {
    /// Every form.
    pub(crate) const ALL: [Self; 6] =
        [Self::Paragraph, Self::Heading, Self::List, Self::Table, Self::Remedies, Self::Note];

    /// As stored and sent.
    #[must_use]
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Paragraph => "paragraph",
            Self::Heading => "heading",
            Self::List => "list",
            Self::Table => "table",
            Self::Remedies => "remedies",
            Self::Note => "note",
        }
    }

    /// As the desk calls it.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Paragraph => "段落",
            Self::Heading => "小标题",
            Self::List => "逐条列出",
            Self::Table => "表格",
            Self::Remedies => "救济途径",
            Self::Note => "附注",
        }
    }

    /// The form of a code.
    #[must_use]
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

impl PaperKind {
    /// The kind of a code.
    #[must_use]
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}
