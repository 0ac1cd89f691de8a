//! The portal (一网): places, ways in, guides and search. It owns no table: what it shows are items, authorities and divisions, of
//! which each node keeps an index in memory, made from the database and kept fresh from the journal.

mod api;
mod facets;
mod guide_cache;
mod index;
mod links;
mod pages;
mod samples;
mod search;
mod store;

#[cfg(test)]
mod tests;

use std::{any::Any, path::PathBuf, sync::Arc};

use kernel::{Permission, Post};
use webkit::{Area, Nav, Sweep};

pub use api::SearchHit;
pub use guide_cache::GuideCache;
pub use index::Entry;
pub use search::{
    find::{Ask, Found, Hit, SUGGESTIONS_MAX},
    index::SearchIndex,
};

/// Keeps the words of search, for the whole site.
pub const WORDS: Permission = Permission::post("portal.words", "管理搜索词");

/// The post of those who keep the words of search.
pub const POST: Post = Post { code: "search_words", name: "搜索词管理", permissions: &[WORDS] };

/// The area as the program sees it.
pub static AREA: Area = Area {
    routes: || {
        let pages = pages::routes().merge(pages::guide::routes()).merge(pages::search::routes());
        pages.merge(pages::words::routes()).merge(api::routes())
    },
    migrations: store::MIGRATIONS,
    sql: &[store::search::SQL],
    posts: &[POST],
    replays: search::replay::all,
    sweeps: &[Sweep {
        name: "portal.misses",
        every_s: 86_400,
        run: |app, ctx| Box::pin(search::keep::forget_old(ctx, &app.db)),
    }],
    nav: &[
        Nav { href: "/", text: "首页", needs: None, order: 10 },
        Nav { href: "/items", text: "办事", needs: None, order: 20 },
        Nav { href: "/desk/search", text: "搜索词", needs: Some(WORDS), order: 66 },
    ],
    samples: samples::all,
    ..Area::empty("portal")
};

/// What the portal keeps in memory; the program puts it into `Parts::own`. The index is made when first asked, or before that by
/// [`SearchIndex::ready`]. Its files lie in `folder`; `None`: in memory.
#[must_use]
pub fn own(folder: Option<PathBuf>) -> Vec<Arc<dyn Any + Send + Sync>> {
    vec![Arc::new(SearchIndex::new(folder)), Arc::new(GuideCache::default())]
}
