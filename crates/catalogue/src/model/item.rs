//! An item as lists show it, and its states.

use kernel::{Authority, Error, Id, Item, Moment, Result};
use standards::{DivisionCode, ItemType};

use super::{ItemTags, Stage};

/// The state of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Being written; the public does not see it.
    Draft,
    /// Named in a published list but not fully described (待完善): the public finds it, nobody can apply.
    Listed,
    /// In use (在用).
    Published,
    /// Suspended (暂停): the public reads it, nobody can apply.
    Suspended,
    /// Cancelled (取消): for good.
    Cancelled,
}

impl ItemState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Listed, Self::Published, Self::Suspended, Self::Cancelled];

    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Listed => "listed",
            Self::Published => "published",
            Self::Suspended => "suspended",
            Self::Cancelled => "cancelled",
        }
    }

    /// As shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "编制中",
            Self::Listed => "待完善",
            Self::Published => "在用",
            Self::Suspended => "暂停",
            Self::Cancelled => "取消",
        }
    }

    /// The tone of its tag on pages.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Draft => "plain",
            Self::Listed | Self::Suspended => "warn",
            Self::Published => "good",
            Self::Cancelled => "bad",
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Whether the public finds and reads it.
    #[must_use]
    pub const fn is_public(self) -> bool {
        matches!(self, Self::Listed | Self::Published | Self::Suspended)
    }

    /// Whether a new version may be written.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Cancelled)
    }

    /// The state after publishing.
    ///
    /// # Errors
    /// [`Error::Refused`] for an item that is cancelled.
    pub fn published(self) -> Result<Self> {
        match self {
            Self::Cancelled => Err(Error::refused("该事项已取消，不能再发布。确需恢复的，请新编一个事项。")),
            _ => Ok(Self::Published),
        }
    }

    /// The state after suspension.
    ///
    /// # Errors
    /// [`Error::Refused`] unless it is in use.
    pub fn suspended(self) -> Result<Self> {
        match self {
            Self::Published => Ok(Self::Suspended),
            _ => Err(Error::refused(format!("只有在用的事项可以暂停，该事项现为「{}」。", self.name()))),
        }
    }

    /// The state after a suspension ends.
    ///
    /// # Errors
    /// [`Error::Refused`] unless it is suspended.
    pub fn resumed(self) -> Result<Self> {
        match self {
            Self::Suspended => Ok(Self::Published),
            _ => Err(Error::refused(format!("只有暂停的事项可以恢复，该事项现为「{}」。", self.name()))),
        }
    }

    /// The state after cancellation.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is cancelled already.
    pub fn cancelled(self) -> Result<Self> {
        match self {
            Self::Cancelled => Err(Error::refused("该事项已经取消。")),
            _ => Ok(Self::Cancelled),
        }
    }
}

/// An item as lists show it: what can be filtered and sorted by, without its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSummary {
    /// Its id.
    pub id: Id<Item>,
    /// The implementing body (实施主体).
    pub authority: Id<Authority>,
    /// Where it is handled.
    pub division: DivisionCode,
    /// 基本编码; empty until chosen.
    pub base_code: String,
    /// 实施编码, 31 characters; empty until published.
    pub item_code: String,
    /// 业务办理项编码, 33 characters; empty: the item has no parts, or was never published.
    pub handling_code: String,
    /// 地方实施编码, as the authority's own system writes it; may be empty.
    pub local_code: String,
    /// 事项名称.
    pub name: String,
    /// 主项名称, where the item is one part of a larger one; may be empty.
    pub main_item: String,
    /// What people call it.
    pub aliases: Vec<String>,
    /// One sentence in plain words; may be empty.
    pub summary: String,
    /// 事项类型.
    pub item_type: ItemType,
    /// Its state.
    pub state: ItemState,
    /// The version in force; 0: none was ever published.
    pub current_version: i64,
    /// Elements of the guide that are still to be written, of the version in force or, before that, of the draft.
    pub missing: i64,
    /// 即办件 (true), 承诺件 (false); `None`: not said yet.
    pub immediate: Option<bool>,
    /// Whether natural persons can apply.
    pub for_persons: bool,
    /// Whether organisations can apply.
    pub for_organisations: bool,
    /// 承诺办结时限 in words; empty until said.
    pub promise: String,
    /// 到现场次数; `None`: not said yet.
    pub visits: Option<i64>,
    /// Topics, events and what is easy about it.
    pub tags: ItemTags,
    /// Where its revision stands; `None`: nothing is being revised.
    pub stage: Option<Stage>,
    /// Rules that the revision, or else what is in force, breaks.
    pub findings: i64,
    /// Suspect materials («奇葩证明»), as [`ItemSummary::findings`].
    pub suspects: i64,
    /// Version of the base entry that its document rests on; 0: none.
    pub base_version: i64,
    /// Version of the row, which a form guards.
    pub version: i64,
    /// When it was last changed.
    pub changed_at: Moment,
}

impl ItemSummary {
    /// An item of which no more is known than whose it is, its type and its name: a draft that nobody has saved yet.
    #[must_use]
    pub fn named(whose: (Id<Item>, Id<Authority>), division: DivisionCode, item_type: ItemType, name: &str) -> Self {
        Self {
            id: whose.0,
            authority: whose.1,
            division,
            base_code: String::new(),
            item_code: String::new(),
            handling_code: String::new(),
            local_code: String::new(),
            name: name.to_owned(),
            main_item: String::new(),
            aliases: Vec::new(),
            summary: String::new(),
            item_type,
            state: ItemState::Draft,
            current_version: 0,
            missing: 0,
            immediate: None,
            for_persons: false,
            for_organisations: false,
            promise: String::new(),
            visits: None,
            tags: ItemTags::default(),
            stage: None,
            findings: 0,
            suspects: 0,
            base_version: 0,
            version: 0,
            changed_at: Moment::from_micros(0),
        }
    }

    /// Whether one can apply for it now: in use, and of a type that is begun by an application.
    #[must_use]
    pub fn takes_applications(&self) -> bool {
        self.state == ItemState::Published && self.current_version > 0 && self.item_type.is_on_application()
    }

    /// The subject of its journal chain.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("catalogue-item:{}", self.id)
    }
}
