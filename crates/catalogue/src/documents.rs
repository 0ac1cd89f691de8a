//! Published documents in memory: a version never changes, so what was read once need not be read again.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex},
};

use kernel::{Id, Item, Result};
use lru::LruCache;
use storage::{Db, args};

use crate::{model::ItemDocument, store};

/// Documents kept at most: a guide is some 15 KB as text, so this is about 100 MB at the worst and a few for a county.
const KEPT: NonZeroUsize = NonZeroUsize::new(2_000).expect("a number above zero");

/// Documents by item and number.
type Kept = LruCache<(Id<Item>, i64), Arc<ItemDocument>>;

/// The published documents read last, by item and number. Kept in `App` as a part; made by [`own`](crate::own).
pub struct Documents(Mutex<Kept>);

impl Default for Documents {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl Documents {
    /// The document of a published version, from memory or the database; `None`: there is no such version.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn find(&self, db: &Db, item: Id<Item>, number: i64) -> Result<Option<Arc<ItemDocument>>> {
        let key = (item, number);
        if let Some(found) = self.kept().get(&key) {
            return Ok(Some(Arc::clone(found)));
        }
        let Some(row) = db.find(store::VERSION, args![item, number]).await? else { return Ok(None) };
        let document = Arc::new(store::document(&row)?);
        self.kept().put(key, Arc::clone(&document));
        Ok(Some(document))
    }

    /// A panic while it was locked leaves a whole cache behind, since each change is one call.
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
