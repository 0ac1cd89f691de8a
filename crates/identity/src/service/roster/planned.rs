//! What is done about the people of a list, once it is decided.

use kernel::{Basis, Id, Person};

use crate::{
    model::{person::CheckedPerson, post::HeldState, roster::Line},
    service::posts::LastDay,
    store,
};

/// Who a row is about.
pub(super) enum Whom {
    Known(Id<Person>),
    New(Id<Person>, Box<CheckedPerson>),
}

impl Whom {
    /// The person's id, known or to be.
    pub(super) fn id(&self) -> Id<Person> {
        match self {
            Self::Known(id) | Self::New(id, _) => *id,
        }
    }
}

/// What is done about a post.
pub(super) enum PlannedPost {
    New(Box<HeldState>, Option<Basis>),
    Last(LastDay),
    Same,
}

/// All that is done about one person.
pub(super) struct Planned {
    pub(super) whom: Whom,
    /// The account that is opened.
    pub(super) login: Option<String>,
    pub(super) posts: Vec<(Line, PlannedPost)>,
}

impl Planned {
    /// The rows that are about this person.
    pub(super) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.posts.iter().map(|it| &it.0)
    }

    /// Rows that grant a post.
    pub(super) fn added(&self) -> i64 {
        self.count(|it| matches!(it, PlannedPost::New(..)))
    }

    /// Rows that change something: the last day, or an account is opened although the post stands.
    pub(super) fn changed(&self) -> i64 {
        let alone = self.login.is_some() && self.posts.iter().all(|it| matches!(it.1, PlannedPost::Same));
        self.count(|it| matches!(it, PlannedPost::Last(_))) + i64::from(alone)
    }

    fn count(&self, of: impl Fn(&PlannedPost) -> bool) -> i64 {
        store::count(self.posts.iter().filter(|it| of(&it.1)).count())
    }

    /// Whether anything is done at all.
    pub(super) fn does_something(&self) -> bool {
        self.added() + self.changed() > 0
    }
}
