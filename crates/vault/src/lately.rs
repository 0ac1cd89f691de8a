//! Short texts that were opened lately. A list shows the same names again and again, and to open one takes longer than to read its row.
//!
//! Nothing is believed that the database does not say: a text is given only while the row holds the very bytes, of the key and of the
//! item, from which it was opened. What was erased or altered is found as it would be without this.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, MutexGuard, PoisonError},
};

use lru::LruCache;
use zeroize::Zeroizing;

/// Texts kept at most: some megabytes.
const KEPT: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");
/// Sealed bytes of a text that is kept, at most: names are short.
const SEALED_MAX: usize = 256;

/// A sealed text as the rows hold it: the holder's key under its wrapping, and the item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sealed<'a> {
    pub(crate) holder: &'a str,
    pub(crate) name: &'a str,
    pub(crate) wrapped: &'a [u8],
    pub(crate) sealed: &'a [u8],
}

struct Opened {
    name: String,
    wrapped: Vec<u8>,
    sealed: Vec<u8>,
    text: Zeroizing<Vec<u8>>,
}

/// One text of each holder.
pub(crate) struct Lately(Mutex<LruCache<String, Opened>>);

impl Default for Lately {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl Lately {
    /// The text, if it was opened from these bytes lately.
    pub(crate) fn text(&self, of: Sealed<'_>) -> Option<Vec<u8>> {
        let mut kept = self.kept();
        let found = kept.get(of.holder)?;
        let same = found.name == of.name && found.wrapped == of.wrapped && found.sealed == of.sealed;
        same.then(|| found.text.to_vec())
    }

    /// Keeps a text, unless it is long.
    pub(crate) fn keep(&self, of: Sealed<'_>, text: &[u8]) {
        if of.sealed.len() <= SEALED_MAX {
            let (wrapped, sealed, text) = (of.wrapped.to_vec(), of.sealed.to_vec(), Zeroizing::new(text.to_vec()));
            self.kept().put(of.holder.to_owned(), Opened { name: of.name.to_owned(), wrapped, sealed, text });
        }
    }

    /// Forgets a holder's text.
    pub(crate) fn forget(&self, holder: &str) {
        self.kept().pop(holder);
    }

    fn kept(&self) -> MutexGuard<'_, LruCache<String, Opened>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
