//! That an account at a provider is this person's: agreed to by the person, on record, ended by either.

use journal::Head;
use kernel::{Id, Moment, Person};
use serde::{Deserialize, Serialize};

use super::provider::ProviderMark;

/// A link, as an id's mark.
#[derive(Debug)]
pub enum LinkMark {}

/// What the record determines of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LinkState {
    pub(crate) provider: Id<ProviderMark>,
    pub(crate) person: Id<Person>,
    /// Keyed digest of provider and subject: who it is there is not written down.
    pub(crate) subject: String,
    /// What the person was shown of what the provider handed over, by codes with blanks between: it agreed to it.
    pub(crate) told: String,
    pub(crate) made_at: Moment,
    pub(crate) ended_at: Option<Moment>,
}

/// A link as kept.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) id: Id<LinkMark>,
    pub(crate) state: LinkState,
    pub(crate) head: Head,
}

/// By which link a session came, and the number of the session at the provider (keyed digest; empty: it gave none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Came {
    pub(crate) link: Id<LinkMark>,
    pub(crate) sid: String,
}
