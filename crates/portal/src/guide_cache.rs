//! Rendered guides of visitors who are not signed in: the same bytes for everybody, so they are made once.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use kernel::{Id, Item};
use lru::LruCache;

/// Guides kept at most; one has some 40 KB.
const KEPT: NonZeroUsize = NonZeroUsize::new(500).expect("a number above zero");

/// All that a guide's bytes depend on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) item: Id<Item>,
    /// Version of the item's row: every act on it makes another.
    pub(crate) version: i64,
    /// Where the authorities that it names were read.
    pub(crate) authorities_at: i64,
    pub(crate) care: bool,
    pub(crate) contrast: bool,
    /// The legal day: what an item has taken lately is reckoned anew each day.
    pub(crate) day: time::Date,
}

/// A rendered guide.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) html: bytes::Bytes,
    /// Weak, since compression may change the bytes on their way.
    pub(crate) etag: String,
}

impl Rendered {
    pub(crate) fn new(html: String) -> Self {
        let mut hasher = DefaultHasher::new();
        html.hash(&mut hasher);
        Self { etag: format!("W/\"{:016x}\"", hasher.finish()), html: html.into() }
    }
}

/// The guides rendered last. Kept in `App` as a part; made by [`own`](crate::own).
pub struct GuideCache(Mutex<LruCache<Key, Arc<Rendered>>>);

impl Default for GuideCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl GuideCache {
    pub(crate) fn find(&self, key: &Key) -> Option<Arc<Rendered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(crate) fn keep(&self, key: Key, guide: Arc<Rendered>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(key, guide);
    }
}
