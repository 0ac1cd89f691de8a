//! An item as the public finds it: who decides it, and at which organs below one applies where these examine first (下级初审).

use std::sync::Arc;

use catalogue::ItemSummary;
use identity::AuthorityFacts;
use kernel::{Authority, Id, Item};
use standards::DivisionCode;

/// An item that the public finds.
#[derive(Debug)]
pub struct Entry {
    /// The item.
    pub item: ItemSummary,
    /// Its authority's name.
    pub authority: Arc<AuthorityFacts>,
    /// The organs below at which one applies, where they examine first (下级初审); else none, as one applies to the authority.
    pub counters: Vec<Counter>,
    /// The key of its title.
    pub(crate) title: u64,
}

/// An organ at which one applies for what an organ above decides.
#[derive(Debug, Clone)]
pub struct Counter {
    /// Which.
    pub id: Id<Authority>,
    /// Its name.
    pub facts: Arc<AuthorityFacts>,
    /// Where it is.
    pub division: DivisionCode,
}

impl Entry {
    /// Lists show first what one can apply for, then what is described, then the rest; within each by age.
    pub(crate) fn order(&self) -> (u8, Id<Item>) {
        let rank = match (self.item.takes_applications(), self.item.current_version > 0) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        (rank, self.item.id)
    }

    /// Where it is dealt with: where it is decided, and where one applies.
    pub(crate) fn divisions(&self) -> impl Iterator<Item = &DivisionCode> {
        std::iter::once(&self.item.division).chain(self.counters.iter().map(|it| &it.division))
    }

    /// Who deals with it: who decides, and to whom one applies.
    pub(crate) fn offices(&self) -> impl Iterator<Item = Id<Authority>> + '_ {
        std::iter::once(self.item.authority).chain(self.counters.iter().map(|it| it.id))
    }

    /// Whether it is dealt with in this place or below it.
    pub(crate) fn is_within(&self, place: &DivisionCode) -> bool {
        self.divisions().any(|it| it.is_within(place))
    }

    /// Who has it, in words of a list.
    pub(crate) fn office_words(&self) -> String {
        let upper = &self.authority.name;
        match &self.counters[..] {
            [] => upper.clone(),
            [only] => format!("向{}申请，由{upper}决定", only.facts.name),
            [one, other] => format!("向{}或者{}申请，由{upper}决定", one.facts.name, other.facts.name),
            [first, ..] => format!("向{}等所在地的机关申请，由{upper}决定", first.facts.name),
        }
    }
}
