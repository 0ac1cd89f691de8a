//! Days on which people leave (离岗): all that they hold ends with that day, whoever forgets it.

use journal::Head;
use kernel::{Id, Moment, PostRow};
use serde::{Deserialize, Serialize};

/// What the record determines of somebody's leaving.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LeavingState {
    /// The last legal day in office, as `2026-03-02`; `None`: it was called off.
    pub(crate) last_day: Option<String>,
    /// The posts that end with it, and when each would have ended otherwise.
    pub(crate) held: Vec<HeldBefore>,
    /// When sessions and tokens were ended.
    pub(crate) done_at: Option<Moment>,
}

/// When a post would have ended if nobody left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeldBefore {
    pub(crate) post: Id<PostRow>,
    pub(crate) ends: Option<String>,
}

/// Somebody's leaving as stored.
#[derive(Debug, Clone)]
pub(crate) struct Leaving {
    pub(crate) state: LeavingState,
    pub(crate) head: Head,
}

impl LeavingState {
    /// The last day, if it is still to come or its sessions still to be ended.
    pub(crate) fn pending(&self) -> Option<&str> {
        self.last_day.as_deref().filter(|_| self.done_at.is_none())
    }

    /// When a post that now ends then would have ended by itself.
    pub(crate) fn before(&self, post: Id<PostRow>, now: Option<&str>) -> Option<String> {
        let told = self.held.iter().filter(|_| self.pending().is_some()).find(|it| it.post == post);
        told.map_or_else(|| now.map(str::to_owned), |it| it.ends.clone())
    }
}

/// The last day of a post of somebody who leaves on `day`: whichever is first.
pub(crate) fn last_day(by_itself: Option<&str>, day: Option<&str>) -> Option<String> {
    match (by_itself, day) {
        (Some(own), Some(day)) => Some(own.min(day).to_owned()),
        (own, day) => own.or(day).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_leaves_holds_a_post_no_longer_than_it_lasts_anyway() {
        let table = [
            (None, None, None),
            (Some("2026-03-02"), None, Some("2026-03-02")),
            (None, Some("2026-03-09"), Some("2026-03-09")),
            (Some("2026-03-02"), Some("2026-03-09"), Some("2026-03-02")),
            (Some("2026-12-31"), Some("2026-03-09"), Some("2026-03-09")),
        ];
        for (own, day, last) in table {
            assert_eq!(last_day(own, day).as_deref(), last, "{own:?} {day:?}");
        }
    }
}
