//! Answers found before, until what the public finds or the dictionary changes: people ask the same words again and again, the more of
//! them come at once.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use lru::LruCache;

use super::find::{Ask, Found};
use crate::index::Known;

/// Answers kept at most; one with thirty results has about a kilobyte.
const KEPT: NonZeroUsize = NonZeroUsize::new(4_096).expect("a number above zero");
/// A longer answer is made each time: with [`KEPT`] this bounds the memory.
const HITS_MAX: usize = 100;

/// The answers given last.
pub(crate) struct Answers(Mutex<Kept>);

struct Kept {
    /// Of which list and dictionary they are.
    of: (i64, i64),
    answers: LruCache<Ask, Arc<Found>>,
}

impl Default for Answers {
    fn default() -> Self {
        Self(Mutex::new(Kept { of: (0, 0), answers: LruCache::new(KEPT) }))
    }
}

impl Answers {
    /// The answer given before, or the one that `find` gives.
    pub(crate) fn answer(&self, known: &Known, ask: &Ask, find: impl FnOnce() -> Found) -> Found {
        let of = (known.revision, known.words_at);
        if let Some(found) = self.kept(of).answers.get(ask) {
            return Found::clone(found);
        }
        let found = find();
        if found.hits.len() <= HITS_MAX {
            let mut kept = self.kept(of);
            kept.answers.put(ask.clone(), Arc::new(found.clone()));
        }
        found
    }

    /// What is kept of this list and dictionary; answers of others are dropped.
    fn kept(&self, of: (i64, i64)) -> std::sync::MutexGuard<'_, Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.of != of {
            kept.answers.clear();
            kept.of = of;
        }
        kept
    }
}
