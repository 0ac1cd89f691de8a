//! Permission as a question with a name and a scope. The areas declare the names; the kernel knows none of them.

use std::fmt;

use crate::Id;

/// A natural person, as an id's mark.
#[derive(Debug)]
pub enum Person {}

/// A legal person or other organisation that applies, as an id's mark.
#[derive(Debug)]
pub enum Enterprise {}

/// An authority that handles items (实施主体), as an id's mark.
#[derive(Debug)]
pub enum Authority {}

/// A service item of an authority (实施清单 entry, all its versions), as an id's mark.
#[derive(Debug)]
pub enum Item {}

/// A system that lets people sign in with their account here, or calls the API, as an id's mark.
#[derive(Debug)]
pub enum Client {}

/// One row of somebody's post, as an id's mark: what a unit checks is still in force.
#[derive(Debug)]
pub enum PostRow {}

/// One row of somebody's right to act for another, as an id's mark.
#[derive(Debug)]
pub enum MandateRow {}

/// One thing of an item with which somebody can be charged alone (a case), as an id's mark.
#[derive(Debug)]
pub enum Matter {}

/// Whose thing it is: the applicant of a case, the subject of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A natural person.
    Person(Id<Person>),
    /// A legal person or other organisation.
    Enterprise(Id<Enterprise>),
}

/// As stored: `person:…` or `enterprise:…`.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Enterprise(id) => write!(f, "enterprise:{id}"),
        }
    }
}

impl std::str::FromStr for Holder {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("person", id)) => id.parse().map(Self::Person),
            Some(("enterprise", id)) => id.parse().map(Self::Enterprise),
            _ => Err(crate::Error::internal(format!("not a holder: {text}"))),
        }
    }
}

/// Something one may do, by name. Each area declares its own as constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// `area.act`, as stored with posts and shown to operators.
    pub code: &'static str,
    /// What it allows, in words of the window: 「受理办件」.
    pub words: &'static str,
    /// Whether the holder of the thing may do it too, without any post.
    pub holder: bool,
    /// Whether one must have proven lately who one is ([`Ctx::proven`](crate::Ctx::proven)): to decide, to seal, to revoke.
    pub proven: bool,
    /// Whether nothing is done by it: whoever may only look for another may do it ([`Mandate::looks_only`]).
    pub looks: bool,
}

impl Permission {
    /// A permission that only a post gives.
    #[must_use]
    pub const fn post(code: &'static str, words: &'static str) -> Self {
        Self { code, words, holder: false, proven: false, looks: false }
    }

    /// A permission that the thing's holder has, and a post may give.
    #[must_use]
    pub const fn holder(code: &'static str, words: &'static str) -> Self {
        Self { code, words, holder: true, proven: false, looks: false }
    }

    /// The same, for acts before which one must have proven lately who one is.
    #[must_use]
    pub const fn when_proven(self) -> Self {
        Self { proven: true, ..self }
    }

    /// The same, where nothing is done by it but looking.
    #[must_use]
    pub const fn looking(self) -> Self {
        Self { looks: true, ..self }
    }
}

/// What a permission is asked for. An empty scope asks for the whole site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scope {
    /// The authority whose work it is.
    pub authority: Option<Id<Authority>>,
    /// The item concerned.
    pub item: Option<Id<Item>>,
    /// Whose thing it is.
    pub holder: Option<Holder>,
    /// The one thing of the item concerned, where there is one.
    pub matter: Option<Id<Matter>>,
    /// The division in which it lies (twelve digits), where that is known to whoever asks; a grant that is bound to a
    /// [`Branch`] covers nothing else.
    pub division: Option<u64>,
}

/// A division with all in it, as the run of its codes: a division's code is the least of all codes in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Branch {
    /// The division's own code of twelve digits, as a number.
    pub from: u64,
    /// The last code that may lie in it.
    pub to: u64,
}

impl Branch {
    /// Whether the division of this code is it or lies in it.
    #[must_use]
    pub const fn has(&self, division: u64) -> bool {
        self.from <= division && division <= self.to
    }
}

impl Scope {
    /// The whole site: only a grant that is bound to no authority covers it.
    pub const SITE: Self = Self { authority: None, item: None, holder: None, matter: None, division: None };

    /// The work of one authority.
    #[must_use]
    pub const fn authority(authority: Id<Authority>) -> Self {
        Self { authority: Some(authority), ..Self::SITE }
    }

    /// One item of one authority.
    #[must_use]
    pub const fn item(authority: Id<Authority>, item: Id<Item>) -> Self {
        Self { authority: Some(authority), item: Some(item), ..Self::SITE }
    }

    /// Somebody's own thing, where no authority is concerned.
    #[must_use]
    pub const fn own(holder: Holder) -> Self {
        Self { holder: Some(holder), ..Self::SITE }
    }

    /// The same scope for a thing that has a holder.
    #[must_use]
    pub const fn of(self, holder: Holder) -> Self {
        Self { holder: Some(holder), ..self }
    }

    /// The same scope for one thing.
    #[must_use]
    pub const fn matter(self, matter: Id<Matter>) -> Self {
        Self { matter: Some(matter), ..self }
    }

    /// The same scope for what lies in the division of this code.
    #[must_use]
    pub const fn within(self, division: u64) -> Self {
        Self { division: Some(division), ..self }
    }
}

/// A kind of post (岗位): a name of the window and what it allows. Each area declares its own.
#[derive(Debug, Clone, Copy)]
pub struct Post {
    /// As stored: `accept`, `review`, …
    pub code: &'static str,
    /// As shown: 「受理」, 「审核」, …
    pub name: &'static str,
    /// What it allows.
    pub permissions: &'static [Permission],
    /// Kinds of post, by code, that should not lie in the same hand (岗位分离): whoever grants both is warned.
    pub apart: &'static [&'static str],
}

impl Post {
    /// Whether only systems of others may hold it (业务系统), not people: its code begins with `system`.
    #[must_use]
    pub fn is_of_systems(&self) -> bool {
        self.code.starts_with("system")
    }
}

/// One permission that a person's post gives, with its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The permission's code.
    pub permission: &'static str,
    /// Only for this authority; `None`: for all.
    pub authority: Option<Id<Authority>>,
    /// Only for this item; `None`: for all of the authority.
    pub item: Option<Id<Item>>,
    /// Only for authorities of this division and those in it; `None`: wherever the two above say.
    pub branch: Option<Branch>,
    /// The row of the post it comes from.
    pub post: Id<PostRow>,
    /// Whose post it is, if the actor only stands in for somebody (代岗).
    pub stands_for: Option<Id<Person>>,
}

impl Grant {
    /// A permission of this post at an authority (`None`: at all), for all its items.
    #[must_use]
    pub const fn of(permission: Permission, authority: Option<Id<Authority>>, post: Id<PostRow>) -> Self {
        Self { permission: permission.code, authority, item: None, branch: None, post, stands_for: None }
    }

    /// Whether this grant answers the question.
    #[must_use]
    pub fn covers(&self, permission: Permission, scope: &Scope) -> bool {
        let authority = self.authority.is_none() || self.authority == scope.authority;
        let item = self.item.is_none() || self.item == scope.item;
        let branch = self.branch.is_none_or(|branch| scope.division.is_some_and(|it| branch.has(it)));
        authority && item && branch && self.permission == permission.code
    }
}

/// The guard that fails when the post an act rests on was ended since the session was read ([`Basis::Post`]).
pub const POST_GUARD: &str = "post held still";
/// The guard that fails when the right to act for another was ended since the session was read ([`Basis::Mandate`]).
pub const MANDATE_GUARD: &str = "mandate held still";

/// The right by which somebody acts for another (代办): of a legal representative, an agent, a person charged by another, a guardian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// Its row: what a unit checks is still in force.
    pub row: Id<MandateRow>,
    /// The items that it is for; empty: all.
    pub items: Vec<Id<Item>>,
    /// The one thing that it is for; `None`: all that the items say.
    pub matter: Option<Id<Matter>>,
    /// Whether it is for looking alone (只能查看): nothing is done by it.
    pub looks_only: bool,
}

impl Mandate {
    /// Whether it reaches this: what belongs to no item only a right for all reaches, and a right for one thing nothing but that.
    #[must_use]
    pub fn covers(&self, scope: &Scope) -> bool {
        match self.matter {
            Some(_) => scope.matter == self.matter,
            None => self.items.is_empty() || scope.item.is_some_and(|item| self.items.contains(&item)),
        }
    }
}

/// By what right an act is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// It is the actor's own thing.
    Holder,
    /// It is the thing of somebody for whom the actor may act.
    Mandate(Id<MandateRow>),
    /// A post gives it.
    Post(Id<PostRow>),
}
