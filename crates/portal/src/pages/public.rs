//! Public pages rendered once for everybody who is not signed in, until what the public sees changes; asked for again with their tag.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::HeaderMap;
use kernel::Error;
use lru::LruCache;
use webkit::{Answer, Shell, Stamp};

use crate::{guide_cache::Rendered, pages::guide::answer};

/// Pages kept at most; one has some 30 KB.
const KEPT: NonZeroUsize = NonZeroUsize::new(400).expect("a number above zero");
/// A longer address is rendered each time and not kept.
const ADDRESS_MAX: usize = 300;

/// All that a page's bytes depend on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    address: String,
    care: bool,
    contrast: bool,
    stamp: Stamp,
}

/// The pages rendered last. Kept in `App` as a part; made by [`own`](crate::own).
pub struct PublicPages(Mutex<LruCache<Key, Arc<Rendered>>>);

impl Default for PublicPages {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

/// A request for a public page.
pub(crate) struct Asked {
    pub(crate) shell: Shell,
    pub(crate) headers: HeaderMap,
    /// See [`Known::stamp`](crate::index::Known::stamp).
    pub(crate) stamp: Stamp,
}

impl PublicPages {
    /// The page, from memory if it is the same for everybody and was rendered since the last change.
    ///
    /// # Errors
    /// Those of `render`.
    pub(crate) async fn answer<T: askama::Template>(
        &self,
        asked: Asked,
        render: impl AsyncFnOnce(Shell) -> kernel::Result<T>,
    ) -> Answer {
        let Asked { shell, headers, stamp } = asked;
        // Only what is the same for everybody may be kept by anybody.
        if shell.caller.is_some() || shell.notice.is_some() || shell.path.len() > ADDRESS_MAX {
            return webkit::page(&render(shell).await?);
        }
        let (address, care, contrast) = (shell.path.clone(), shell.care, shell.contrast);
        let key = Key { address, care, contrast, stamp };
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let page = match kept {
            Some(page) => page,
            None => {
                let html = render(shell).await?.render().map_err(Error::internal)?;
                let page = Arc::new(Rendered::new(html));
                self.0.lock().unwrap_or_else(PoisonError::into_inner).put(key, Arc::clone(&page));
                page
            }
        };
        Ok(answer(&page, &headers, stamp))
    }
}
