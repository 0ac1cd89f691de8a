//! Posts that people hold.

use journal::Head;
use kernel::{Authority, Fault, Id, Item, Moment, Person, PostRow};
use serde::{Deserialize, Serialize};
use standards::DivisionCode;
use time::Date;

use super::unit::OrgUnitMark;

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
    /// For this division with all in it: only to administer, and then at no authority of its own.
    pub division: Option<DivisionCode>,
    /// In this unit of the authority.
    pub unit: Option<Id<OrgUnitMark>>,
    /// From this legal day; `None`: from today.
    pub starts: Option<Date>,
    /// To this legal day, included; `None`: until ended.
    pub ends: Option<Date>,
}

impl NewPost {
    /// A post of this kind at an authority (`None`: at all), from today on.
    #[must_use]
    pub fn from_today(person: Id<Person>, code: &str, authority: Option<Id<Authority>>) -> Self {
        Self {
            person,
            code: code.to_owned(),
            authority,
            item: None,
            division: None,
            unit: None,
            starts: None,
            ends: None,
        }
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
    /// For this division with all in it, as twelve digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) division: Option<String>,
    /// The unit of the authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Id<OrgUnitMark>>,
    /// Another's post, held in that one's stead (代岗).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stands_for: Option<Id<PostRow>>,
    /// Whose post that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) principal: Option<Id<Person>>,
}

/// Days for which somebody stands in for another at most; who is away longer is replaced.
pub const STAND_IN_DAYS_MAX: i64 = 366;

/// Somebody is to stand in for another, as typed.
#[derive(Debug, Clone)]
pub struct NewStandIn {
    /// The posts stood in for, all of one person.
    pub posts: Vec<Id<PostRow>>,
    /// Who stands in.
    pub person: Id<Person>,
    /// From this legal day; `None`: from today.
    pub starts: Option<Date>,
    /// To this legal day, included.
    pub ends: Date,
}

impl HeldState {
    /// The post of a person that holds it from today on, by no other bound than these.
    pub(crate) fn plain(person: Id<Person>, code: &str, authority: Option<Id<Authority>>, starts: String) -> Self {
        Self {
            person,
            code: code.to_owned(),
            authority,
            item: None,
            starts,
            ends: None,
            ended_at: None,
            division: None,
            unit: None,
            stands_for: None,
            principal: None,
        }
    }

    /// The same post in the hands of who stands in for its holder, from day to day (both included).
    ///
    /// # Errors
    /// At which field it is wrong, and why: nobody stands in for who stands in, for oneself, on days that are over, longer than the
    /// post itself or than [`STAND_IN_DAYS_MAX`].
    pub(crate) fn stood_in(
        &self,
        post: Id<PostRow>,
        by: Id<Person>,
        (starts, ends, today): (Date, Date, Date),
    ) -> Result<Self, Fault> {
        let fault = |field: &str, words: &str| Err(Fault::new(field, words));
        if self.ended_at.is_some() {
            return fault("post", "这个岗位已经终止，不能再设代岗。");
        }
        if self.stands_for.is_some() {
            return fault("post", "代岗的岗位不能再由别人代，请对原来的岗位设代岗。");
        }
        if self.person == by {
            return fault("person", "本人不能代本人的岗，请另选一人。");
        }
        if starts < today {
            return fault("starts", "开始日期已过，请从今天或以后的日期开始。");
        }
        if ends < starts {
            return fault("ends", "结束日期早于开始日期，请更正。");
        }
        if (ends - starts).whole_days() >= STAND_IN_DAYS_MAX {
            return fault("ends", "代岗最长一年；更长的，请直接授予岗位。");
        }
        let (starts, ends) = (starts.to_string(), ends.to_string());
        if starts < self.starts || self.ends.as_ref().is_some_and(|last| *last < ends) {
            return fault("ends", "代岗的日期超出了原岗位的任期，请更正。");
        }
        let (stands_for, principal) = (Some(post), Some(self.person));
        Ok(Self { person: by, starts, ends: Some(ends), stands_for, principal, ..self.clone() })
    }

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
