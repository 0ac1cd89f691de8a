//! A local notice (公告): what people of a place should know from one day to another.

use kernel::{Fault, Id};
use serde::{Deserialize, Serialize};
use time::{Date, macros::format_description};

use super::{line, place::Place, text};

/// A notice, as an id's mark.
#[derive(Debug)]
pub enum NoticeMark {}

/// The id of a notice.
pub type NoticeId = Id<NoticeMark>;

/// A title at most, in characters.
const TITLE_MAX: usize = 80;
/// A text at most, in characters.
const BODY_MAX: usize = 4_000;
/// A notice stands so many days at most; what holds for longer belongs on the site itself.
const DAYS_MAX: i64 = 400;

/// How pressing it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// To know.
    #[default]
    Info,
    /// Something does not go as usual: closed, moved, interrupted.
    Warn,
}

impl NoticeKind {
    /// As stored; also the tone in which it is shown.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
        }
    }

    /// In words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "一般告知",
            Self::Warn => "提醒",
        }
    }

    /// The kind of this code; anything unknown is to know.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        if code == "warn" { Self::Warn } else { Self::Info }
    }
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeFacts {
    /// How pressing it is.
    pub kind: NoticeKind,
    /// Its title.
    pub title: String,
    /// Its text, paragraphs on lines of their own.
    pub body: String,
    /// Whether the sites of the places below show it too.
    pub below: bool,
    /// First legal day on which it is shown, `2026-03-02`.
    pub starts: String,
    /// Last one.
    pub ends: String,
}

/// A notice as it stands.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// Whose it is.
    pub place: Place,
    /// What it says.
    pub facts: NoticeFacts,
    /// Whether it was taken back.
    pub withdrawn: bool,
    /// Where its chain stands.
    pub head: journal::Head,
}

impl NoticeFacts {
    /// The same facts trimmed.
    ///
    /// # Errors
    /// What is wrong, at each field.
    pub(crate) fn check(&self) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let f = &mut faults;
        let facts = Self {
            title: line(f, "title", &self.title, TITLE_MAX),
            body: text(f, "body", &self.body, BODY_MAX),
            ..self.clone()
        };
        if facts.title.is_empty() {
            f.push(Fault::new("title", "请填写标题。"));
        }
        if facts.body.is_empty() {
            f.push(Fault::new("body", "请填写内容：什么事、从什么时候到什么时候、有疑问找谁。"));
        }
        match (day(f, "starts", &self.starts), day(f, "ends", &self.ends)) {
            (Some(starts), Some(ends)) if ends < starts => f.push(Fault::new("ends", "结束日期不能早于开始日期。")),
            (Some(starts), Some(ends)) if (ends - starts).whole_days() > DAYS_MAX => {
                f.push(Fault::new("ends", format!("公告最多展示 {DAYS_MAX} 天；长期的内容请写在站点介绍里。")));
            }
            _ => {}
        }
        if faults.is_empty() { Ok(facts) } else { Err(faults) }
    }

    /// Whether it is shown on this legal day.
    #[must_use]
    pub fn is_shown(&self, today: &str) -> bool {
        self.starts.as_str() <= today && today <= self.ends.as_str()
    }
}

impl Notice {
    /// Its state on a legal day, as tone and words of a tag.
    #[must_use]
    pub fn words(&self, today: &str) -> (&'static str, &'static str) {
        match self {
            Self { withdrawn: true, .. } => ("plain", "已撤下"),
            Self { facts, .. } if facts.ends.as_str() < today => ("plain", "已过期"),
            Self { facts, .. } if facts.starts.as_str() > today => ("info", "未到日期"),
            _ => ("good", "展示中"),
        }
    }
}

fn day(faults: &mut Vec<Fault>, field: &str, value: &str) -> Option<Date> {
    let found = Date::parse(value, format_description!("[year]-[month]-[day]")).ok();
    if found.is_none() {
        faults.push(Fault::new(field, "请选择日期。"));
    }
    found
}
