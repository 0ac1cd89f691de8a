//! What a column of an exchange table is: its names, its width, and how a cell is written from and read into what we keep. Pure.

use super::cell::Read;
use crate::model::{BaseEntry, FeeLine, ItemDocument, Question, Requirement};

/// What the platform itself knows of an item, besides its document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The item's id; empty: it is new.
    pub(crate) guid: String,
    /// 实施编码; empty until published.
    pub(crate) item_code: String,
    /// 业务办理项编码; empty if it has no parts or was never published.
    pub(crate) handling_code: String,
    /// 地方实施编码 as a list gave it.
    pub(crate) local_code: String,
    /// The version in force.
    pub(crate) number: i64,
    /// 事项状态 by the national code; empty before publication.
    pub(crate) state: &'static str,
    /// The implementing body.
    pub(crate) office: String,
    /// Its unified social credit code; may be empty.
    pub(crate) office_code: String,
}

/// An item as the tables see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) doc: ItemDocument,
    pub(crate) facts: Facts,
}

/// By what a row finds the item that it speaks of, or the body whose item it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Find {
    /// Our own id.
    Guid,
    /// 业务办理项编码, 33 characters.
    HandlingCode,
    /// 实施编码, 31 characters.
    ItemCode,
    /// 地方实施编码, within one body.
    LocalCode,
    /// 事项名称, within one body.
    Name,
    /// The body's unified social credit code.
    OfficeCode,
    /// The body's name.
    Office,
    /// 基本编码: the entry of the base directory.
    Base,
}

impl Find {
    /// Those that tell one item from another, the surest first.
    pub(crate) const ITEM: [Self; 5] = [Self::Guid, Self::HandlingCode, Self::ItemCode, Self::LocalCode, Self::Name];
}

/// How a column is written and read.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// Of the item's document.
    Entry(fn(&Entry) -> String, fn(&mut ItemDocument, &str) -> Read),
    /// Of the base directory: another value is told, not taken; it makes an entry that the directory lacks.
    Base(fn(&BaseEntry) -> String, fn(&mut BaseEntry, &str) -> Read),
    /// Of one material.
    Material(fn(&Requirement) -> String, fn(&mut Requirement, &str) -> Read),
    /// Of one charge.
    Fee(fn(&FeeLine) -> String, fn(&mut FeeLine, &str) -> Read),
    /// Of one question.
    Question(fn(&Question) -> String, fn(&mut Question, &str) -> Read),
    /// The place of the row within its item, from 1.
    Order,
    /// The platform gives it; a file does not change it.
    Platform(fn(&Entry) -> String),
    /// Our document has no place for it; why, in Chinese.
    NotKept(&'static str),
}

/// One column.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    /// Its name in the national tables.
    pub(crate) name: &'static str,
    /// Its Chinese name.
    pub(crate) label: &'static str,
    /// Characters at most in the national tables; 0: a number or a day.
    pub(crate) width: u16,
    /// Whether the national tables demand it.
    pub(crate) must: bool,
    /// Under which other heads departments write it.
    pub(crate) also: &'static [&'static str],
    /// What it finds.
    pub(crate) find: Option<Find>,
    /// How it makes an entry that the base directory lacks, where it is more than [`Way::Base`].
    pub(crate) base: Option<fn(&mut BaseEntry, &str) -> Read>,
    /// How it is written and read.
    pub(crate) way: Way,
}

/// Its name: what it does is code.
impl std::fmt::Debug for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Column {
    pub(crate) const fn new(name: &'static str, label: &'static str, width: u16, way: Way) -> Self {
        Self { name, label, width, must: false, also: &[], find: None, base: None, way }
    }

    pub(crate) const fn must(self) -> Self {
        Self { must: true, ..self }
    }

    pub(crate) const fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    pub(crate) const fn find(self, find: Find) -> Self {
        Self { find: Some(find), ..self }
    }

    pub(crate) const fn base(self, base: fn(&mut BaseEntry, &str) -> Read) -> Self {
        Self { base: Some(base), ..self }
    }

    /// How it reads into an entry of the base directory.
    pub(crate) fn base_read(&self) -> Option<fn(&mut BaseEntry, &str) -> Read> {
        match self.way {
            Way::Base(_, read) => Some(read),
            _ => self.base,
        }
    }

    /// Whether a value under it is taken into anything.
    pub(crate) fn is_kept(&self) -> bool {
        self.find.is_some() || !matches!(self.way, Way::NotKept(_) | Way::Platform(_) | Way::Order)
    }
}

/// Of what a table's rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum RowKind {
    /// An entry of the base directory.
    Directory,
    /// An item: one row each.
    Item,
    /// One material of an item.
    Material,
    /// One charge of an item.
    Fee,
    /// One question of an item.
    Question,
}

impl RowKind {
    /// Whether an item has several such rows.
    pub(crate) const fn is_part(self) -> bool {
        matches!(self, Self::Material | Self::Fee | Self::Question)
    }
}

/// One exchange table.
pub(crate) struct Table {
    /// Its name in the national schema.
    pub(crate) name: &'static str,
    /// Its Chinese name.
    pub(crate) label: &'static str,
    /// Of what its rows are.
    pub(crate) rows: RowKind,
    /// Its columns, in order.
    pub(crate) columns: &'static [Column],
}
