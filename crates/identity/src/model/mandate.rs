//! The right to act for another (代办): offered, accepted, ended; for which items, and from which day to which.
//!
//! 民法典 art. 61 (legal representative), 161–165 and 173 (entrusted agency and its end), 17–27 (minors and their guardians).

use std::{collections::BTreeMap, fmt};

use journal::Head;
use kernel::{Fault, Holder, Id, Item, MandateRow, Matter, Moment, Person};
use serde::{Deserialize, Serialize};
use time::{Date, Month};

use super::{
    line,
    person::{self, NAME_MAX},
};

/// Items that one mandate names at most; who may do more, may do all.
pub const ITEMS_MAX: usize = 20;
/// A mandate between persons lasts so many years at most: who forgot it is asked again.
pub const YEARS_MAX: i32 = 3;
/// An invitation that nobody answers for so many days is over.
pub const OFFER_DAYS: i64 = 30;
/// From this birthday on one is of age (民法典 art. 17), and the guardian's right has ended.
pub const OF_AGE: i32 = 18;

/// In what capacity somebody acts for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The legal representative of an enterprise (法定代表人).
    Legal,
    /// An agent of an enterprise (经办人).
    Agent,
    /// A person whom another person charged (受托人).
    Delegate,
    /// The guardian of a minor (监护人).
    Guardian,
}

impl Role {
    /// As stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Legal => "legal",
            Self::Agent => "agent",
            Self::Delegate => "delegate",
            Self::Guardian => "guardian",
        }
    }

    /// As shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Legal => "法定代表人",
            Self::Agent => "经办人",
            Self::Delegate => "受托人",
            Self::Guardian => "监护人",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [Self::Legal, Self::Agent, Self::Delegate, Self::Guardian].into_iter().find(|it| it.code() == code)
    }
}

/// A principal as the record writes it: `person:…` or `enterprise:…`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Principal(pub(crate) Holder);

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Principal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Principal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| serde::de::Error::custom("a principal is person:ID or enterprise:ID"))
    }
}

/// The one thing that somebody is charged with: a case, by its id and by the number under which people know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneMatter {
    /// Its id.
    pub id: Id<Matter>,
    /// Its number.
    pub number: String,
}

/// What the record determines of a mandate: ids, days and items; the name that an invitation was made out to lies sealed, its SM3 stands
/// in `card`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MandateState {
    pub(crate) principal: Principal,
    /// Who acts; `None`: the invitation is not answered yet.
    pub(crate) agent: Option<Id<Person>>,
    /// Keyed digest of the name and number that were invited; empty once that is settled.
    pub(crate) invited: String,
    pub(crate) role: Role,
    /// Empty: all items.
    pub(crate) items: Vec<Id<Item>>,
    /// Only this one thing of the item; `None`: all that the items say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) matter: Option<OneMatter>,
    /// For looking alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) looks_only: bool,
    /// Legal days as `2026-03-02`.
    pub(crate) starts: String,
    pub(crate) ends: Option<String>,
    pub(crate) card: BTreeMap<String, String>,
    pub(crate) offered_at: Moment,
    pub(crate) accepted_at: Option<Moment>,
    pub(crate) ended_at: Option<Moment>,
}

/// What a mandate allows, in words: the same on every page.
#[must_use]
pub fn powers(looks_only: bool) -> &'static str {
    if looks_only { "只能查看" } else { "可以办理" }
}

/// The same as a form offers it for one thing that was filed already: codes and words.
pub const POWERS: [(&str, &str); 2] = [("act", "可以办理：补交材料、答复、签收、撤回，取结果"), LOOKS];
/// The same for items, of which something new can be filed too.
pub(crate) const POWERS_FOR_ITEMS: [(&str, &str); 2] =
    [("act", "可以办理：申请，补交材料、答复、签收、撤回，取结果"), LOOKS];
const LOOKS: (&str, &str) = ("look", "只能查看：看进度、文书和结果，什么都不能办");

/// A mandate as stored.
#[derive(Debug, Clone)]
pub(crate) struct Mandated {
    pub(crate) id: Id<MandateRow>,
    pub(crate) state: MandateState,
    pub(crate) head: Head,
}

/// How a mandate stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Offered, and not answered.
    Offered,
    /// Accepted, for later.
    Ahead,
    /// In force.
    InForce,
    /// Its last day is past.
    Over,
    /// Ended by somebody.
    Ended,
}

impl Standing {
    /// As a tag: tone and words.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Offered => ("warn", "待确认"),
            Self::Ahead => ("info", "未到开始日期"),
            Self::InForce => ("good", "有效"),
            Self::Over => ("plain", "已到期"),
            Self::Ended => ("plain", "已终止"),
        }
    }
}

impl MandateState {
    /// A right that holds at once, for everything and without end: the legal representative's.
    pub(crate) fn legal(principal: Holder, agent: Id<Person>, today: Date, at: Moment) -> Self {
        Self {
            principal: Principal(principal),
            agent: Some(agent),
            invited: String::new(),
            role: Role::Legal,
            items: Vec::new(),
            matter: None,
            looks_only: false,
            starts: today.to_string(),
            ends: None,
            card: BTreeMap::new(),
            offered_at: at,
            accepted_at: Some(at),
            ended_at: None,
        }
    }

    /// How it stands on a legal day.
    pub(crate) fn standing(&self, today: Date) -> Standing {
        let today = today.to_string();
        match self {
            Self { ended_at: Some(_), .. } => Standing::Ended,
            Self { ends: Some(ends), .. } if *ends < today => Standing::Over,
            Self { accepted_at: None, .. } => Standing::Offered,
            Self { starts, .. } if *starts > today => Standing::Ahead,
            _ => Standing::InForce,
        }
    }

    /// Accepted by whom it was made out to.
    pub(crate) fn accepted(self, agent: Id<Person>, at: Moment) -> Self {
        let at = at.max(self.offered_at);
        Self { agent: Some(agent), invited: String::new(), card: BTreeMap::new(), accepted_at: Some(at), ..self }
    }

    /// Ended: by either, or by itself.
    pub(crate) fn ended(self, at: Moment) -> Self {
        Self { invited: String::new(), card: BTreeMap::new(), ended_at: Some(at), ..self }
    }
}

/// Somebody who shall act for another, as typed.
#[derive(Debug, Clone, Default)]
pub struct NewMandate {
    /// The name of whoever shall act.
    pub name: String,
    /// The mobile number of whoever shall act.
    pub mobile: String,
    /// The items; empty: all.
    pub items: Vec<Id<Item>>,
    /// Only this one thing, which is of the one item named; `None`: all that the items say.
    pub matter: Option<OneMatter>,
    /// For looking alone (只能查看): nothing is done by it.
    pub looks_only: bool,
    /// From this legal day; `None`: from today.
    pub starts: Option<Date>,
    /// To this legal day, included. Between persons there is one; an agent of an enterprise may be without.
    pub ends: Option<Date>,
}

/// An offer after every check.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) name: String,
    pub(crate) mobile: String,
    pub(crate) items: Vec<Id<Item>>,
    pub(crate) matter: Option<OneMatter>,
    pub(crate) looks_only: bool,
    pub(crate) starts: Date,
    pub(crate) ends: Option<Date>,
}

impl NewMandate {
    /// Checks every field; `today` is the legal day.
    pub(crate) fn check(&self, role: Role, today: Date) -> Result<Offer, Vec<Fault>> {
        let mut faults = Vec::new();
        let name = line(&mut faults, "name", "姓名", &self.name, NAME_MAX);
        let mobile = person::mobile(&self.mobile);
        if mobile.is_none() {
            faults.push(Fault::new("mobile", "手机号应为 11 位数字，以 1 开头，请核对。"));
        }
        if self.items.len() > ITEMS_MAX {
            faults.push(Fault::new("items", format!("最多选 {ITEMS_MAX} 个事项；更多的，请选「全部事项」。")));
        }
        let starts = self.starts.unwrap_or(today);
        if starts < today {
            faults.push(Fault::new("starts", "开始日期不能早于今天，请更正。"));
        }
        match (self.ends, role) {
            (Some(ends), _) if ends < starts => {
                faults.push(Fault::new("ends", "结束日期早于开始日期，请更正。"));
            }
            (Some(ends), Role::Delegate) if ends > years_later(starts, YEARS_MAX) => {
                faults.push(Fault::new(
                    "ends",
                    format!("一次委托最长 {YEARS_MAX} 年，请把结束日期提前；到期后可以再委托。"),
                ));
            }
            (None, Role::Delegate) => faults.push(Fault::new("ends", "请填写委托到哪一天为止。")),
            _ => {}
        }
        let mut items = self.items.clone();
        items.sort_unstable();
        items.dedup();
        match mobile {
            Some(mobile) if faults.is_empty() => {
                let (matter, looks_only) = (self.matter.clone(), self.looks_only);
                Ok(Offer { name, mobile, items, matter, looks_only, starts, ends: self.ends })
            }
            _ => Err(faults),
        }
    }
}

/// The same day so many years later; of 29 February, 28 February where there is no other.
#[must_use]
pub fn years_later(day: Date, years: i32) -> Date {
    let year = day.year() + years;
    day.replace_year(year).unwrap_or_else(|_| Date::from_calendar_date(year, Month::February, 28).unwrap_or(Date::MAX))
}

/// The last day on which somebody born on this day is a minor: the day before the eighteenth birthday (民法典 art. 17 and 18). Whoever was
/// born on 29 February is of age from 1 March of a common year, since before that the eighteen years are not full.
#[must_use]
pub fn last_day_as_minor(born: Date) -> Date {
    let year = born.year() + OF_AGE;
    match born.replace_year(year) {
        Ok(birthday) => birthday.previous_day().unwrap_or(Date::MIN),
        Err(_) => Date::from_calendar_date(year, Month::February, 28).unwrap_or(Date::MAX),
    }
}

/// What is compared to find whom an invitation was made out to: a name without blanks, and the number.
pub(crate) fn invited(name: &str, mobile: &str) -> String {
    let name: String = name.chars().filter(|it| !it.is_whitespace() && *it != '·' && *it != '•').collect();
    format!("{name}\n{mobile}")
}

#[cfg(test)]
mod tests {
    use kernel::Holder;
    use time::macros::date;

    use super::*;

    fn id<T>(n: u8) -> Id<T> {
        Id::from_parts(Moment::from_micros(0), [n; 10])
    }

    fn typed(name: &str, mobile: &str, ends: Option<Date>) -> NewMandate {
        NewMandate { name: name.to_owned(), mobile: mobile.to_owned(), ends, ..NewMandate::default() }
    }

    #[test]
    fn an_invitation_is_told_what_is_wrong_with_it_at_each_field() {
        let today = date!(2026 - 03 - 02);
        let many = NewMandate { items: (0..=20).map(id).collect(), ..typed("张强", "13900000021", Some(today)) };
        let early = NewMandate { starts: Some(date!(2026 - 03 - 01)), ..typed("张强", "13900000021", Some(today)) };
        let rows = [
            ("no name", Role::Agent, typed(" ", "13900000021", None), "name"),
            ("no mobile number", Role::Agent, typed("张强", "0558-5550100", None), "mobile"),
            ("too many items", Role::Agent, many, "items"),
            ("from yesterday", Role::Agent, early, "starts"),
            ("over before it begins", Role::Agent, typed("张强", "13900000021", Some(date!(2026 - 03 - 01))), "ends"),
            ("between persons without end", Role::Delegate, typed("张强", "13900000021", None), "ends"),
            ("for too long", Role::Delegate, typed("张强", "13900000021", Some(date!(2029 - 03 - 03))), "ends"),
        ];
        for (words, role, new, field) in rows {
            let faults = new.check(role, today).unwrap_err();
            assert_eq!(faults.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), [field], "{words}");
        }
        let rows = [
            (Role::Agent, typed("张强", "13900000021", None)),
            (Role::Agent, typed("张强", "+86 139-0000-0021", Some(date!(2039 - 01 - 01)))),
            (Role::Delegate, typed("张强", "13900000021", Some(today))),
            (Role::Delegate, typed("张强", "13900000021", Some(date!(2029 - 03 - 02)))),
        ];
        for (role, new) in rows {
            assert_eq!(new.check(role, today).unwrap().starts, today, "{new:?}");
        }
    }

    #[test]
    fn a_mandate_holds_from_its_first_day_to_its_last_once_it_is_accepted() {
        let at = Moment::from_micros(1);
        let mut state = MandateState::legal(Holder::Person(id(1)), id(2), date!(2026 - 03 - 02), at);
        state.ends = Some("2026-03-31".to_owned());
        let offered = MandateState { agent: None, accepted_at: None, ..state.clone() };
        let rows = [
            (offered.clone(), date!(2026 - 03 - 02), Standing::Offered),
            (offered.clone(), date!(2026 - 04 - 01), Standing::Over),
            (offered.clone().ended(at), date!(2026 - 03 - 02), Standing::Ended),
            (offered.accepted(id(2), at), date!(2026 - 03 - 02), Standing::InForce),
            (state.clone(), date!(2026 - 03 - 01), Standing::Ahead),
            (state.clone(), date!(2026 - 03 - 31), Standing::InForce),
            (state.clone(), date!(2026 - 04 - 01), Standing::Over),
            (state.ended(at), date!(2026 - 03 - 02), Standing::Ended),
        ];
        for (state, day, standing) in rows {
            assert_eq!(state.standing(day), standing, "{state:?} on {day}");
        }
    }

    #[test]
    fn one_is_a_minor_until_the_day_before_the_eighteenth_birthday() {
        let rows = [
            (date!(2010 - 03 - 02), date!(2028 - 03 - 01)),
            (date!(2010 - 01 - 01), date!(2027 - 12 - 31)),
            (date!(2008 - 02 - 29), date!(2026 - 02 - 28)),
            (date!(2010 - 03 - 01), date!(2028 - 02 - 29)),
        ];
        for (born, last) in rows {
            assert_eq!(last_day_as_minor(born), last, "{born}");
        }
    }

    #[test]
    fn a_name_is_the_same_with_and_without_a_dot_or_blank() {
        assert_ne!(invited("张强", "13900000021"), invited("张强", "13900000022"));
        assert_ne!(invited("张强", "13900000021"), invited("张刚", "13900000021"));
        assert_eq!(invited("古丽·买买提", "13900000021"), invited("古丽 买买提", "13900000021"));
    }
}
