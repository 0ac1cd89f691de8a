//! The portal (一网): places and their sites, notices, ways in, guides and search.
//!
//! Of items, authorities and divisions each node keeps an index in memory, made from the database and kept fresh from the journal.
//! What a place says of itself and its notices are the portal's own things, edited on a desk.

mod api;
mod entry;
mod facets;
mod feed;
mod flow;
mod forms;
mod guide_cache;
mod index;
mod levels;
mod model;
mod once;
mod pages;
mod replay;
mod samples;
mod search;
mod service;
mod store;

#[cfg(test)]
mod tests;

use std::{any::Any, path::PathBuf, sync::Arc};

use kernel::{Permission, Post};
use webkit::{Area, Nav, PublicState, ReadyAnswers, Sweep};

pub use api::SearchHit;
pub use guide_cache::GuideCache;
pub use index::{Counter, Entry};
pub use model::{
    notice::{Notice, NoticeFacts, NoticeId, NoticeKind},
    place::{Hall, Place},
    site::{AgentPoint, HoursKind, HoursLine, PhoneLine, Picture, SiteFacts},
};
pub use pages::{guide::measured, public::PublicPages};
pub use search::{
    find::{Ask, Found, Hit, SUGGESTIONS_MAX},
    index::SearchIndex,
};
pub use service::{
    notices::{change_notice, notice, notices_of, post_notice, withdraw_notice},
    sites::{NewSite, Site, change_site, find_site, make_site, set_picture, site},
};

/// To edit the sites that an authority keeps, and their notices.
pub const SITES: Permission = Permission::post("portal.sites", "编辑站点和公告");

/// The post of those who edit sites.
pub const SITE_POST: Post = Post { code: "site", name: "站点编辑", permissions: &[SITES], apart: &[] };

/// Keeps the words of search, for the whole site.
pub const WORDS: Permission = Permission::post("portal.words", "管理搜索词");

/// The post of those who keep the words of search.
pub const POST: Post = Post { code: "search_words", name: "搜索词管理", permissions: &[WORDS], apart: &[] };

/// The area as the program sees it.
pub static AREA: Area = Area {
    routes: || {
        let pages = pages::routes().merge(pages::guide::routes()).merge(pages::search::routes());
        pages.merge(pages::desk::routes()).merge(pages::words::routes()).merge(api::routes())
    },
    migrations: store::MIGRATIONS,
    sql: &[store::SQL, store::search::SQL],
    posts: &[SITE_POST, POST],
    readers: |app| vec![Arc::new(feed::CaseReader { app: app.clone() })],
    replays: || replay::all().into_iter().chain(search::replay::all()).collect(),
    sweeps: &[Sweep {
        name: "portal.misses",
        every_s: 86_400,
        run: |app, ctx| Box::pin(search::keep::forget_old(ctx, &app.db)),
    }],
    lists: pages::LISTS,
    nav: &[
        Nav { href: "/", text: "首页", needs: None, order: 10 },
        Nav { href: "/items", text: "办事", needs: None, order: 20 },
        Nav { href: "/desk/places", text: "站点", needs: Some(SITES), order: 65 },
        Nav { href: "/desk/search", text: "搜索词", needs: Some(WORDS), order: 66 },
    ],
    samples: samples::all,
    ..Area::empty("portal")
};

/// What the portal keeps in memory; the program puts it into `Parts::own`. The index is made when first asked, or before that by
/// [`SearchIndex::ready`]. Its files lie in `folder`; `None`: in memory.
#[must_use]
pub fn own(folder: Option<PathBuf>) -> Vec<Arc<dyn Any + Send + Sync>> {
    let index = Arc::new(SearchIndex::new(folder));
    let ready = ReadyAnswers::new(Arc::clone(&index) as Arc<dyn PublicState>);
    vec![index, Arc::new(ready), Arc::new(GuideCache::default()), Arc::new(PublicPages::default())]
}
