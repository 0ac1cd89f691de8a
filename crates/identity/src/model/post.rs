//! Posts that people hold.

use journal::Head;
use kernel::{Authority, Id, Item, Moment, Person, PostRow};
use serde::{Deserialize, Serialize};
use time::Date;

/// A post to be granted.
#[derive(Debug, Clone)]
pub struct NewPost {
    /// Who gets it.
    pub person: Id<Person>,
    /// Its kind: a [`kernel::Post`]'s code.
    pub code: String,
    /// At this authority; `None`: at all.
    pub authority: Option<Id<Authority>>,
    /// For this item; `None`: for all of the authority.
    pub item: Option<Id<Item>>,
    /// From this legal day; `None`: from today.
    pub starts: Option<Date>,
    /// To this legal day, included; `None`: until ended.
    pub ends: Option<Date>,
}

impl NewPost {
    /// A post of this kind at an authority (`None`: at all), from today on.
    #[must_use]
    pub fn from_today(person: Id<Person>, code: &str, authority: Option<Id<Authority>>) -> Self {
        Self { person, code: code.to_owned(), authority, item: None, starts: None, ends: None }
    }
}

/// A post that somebody holds or held.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) id: Id<PostRow>,
    pub(crate) state: HeldState,
    pub(crate) head: Head,
}

/// What the record determines of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeldState {
    pub(crate) person: Id<Person>,
    pub(crate) code: String,
    pub(crate) authority: Option<Id<Authority>>,
    pub(crate) item: Option<Id<Item>>,
    /// Legal days as `2026-03-02`.
    pub(crate) starts: String,
    pub(crate) ends: Option<String>,
    pub(crate) ended_at: Option<Moment>,
}

impl HeldState {
    /// In words, on the legal day `today` (as `2026-03-02`): tone and text of a tag.
    pub(crate) fn words(&self, today: &str) -> (&'static str, &'static str) {
        match self {
            Self { ended_at: Some(_), .. } => ("plain", "已终止"),
            Self { ends: Some(ends), .. } if ends.as_str() < today => ("plain", "已到期"),
            Self { starts, .. } if starts.as_str() > today => ("info", "未到任"),
            _ => ("good", "在岗"),
        }
    }
}
