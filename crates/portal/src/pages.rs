//! The ways in: home, places, the list with its filters, search, the guide; and the desk of search.

pub(crate) mod check;
pub(crate) mod desk;
mod desk_lists;
pub(crate) mod guide;
pub(crate) mod home;
pub(crate) mod list;
pub(crate) mod notices;
pub(crate) mod once;
pub(crate) mod place;
pub(crate) mod public;
pub(crate) mod search;
pub(crate) mod words;

use std::sync::Arc;

use webkit::{Access, App, Listing, Routes};

use crate::{SearchIndex, index::Known};

/// The lists that can be written out.
pub(crate) const LISTS: &[Listing] = &[words::LISTING, words::MISSED, desk_lists::PLACES, desk_lists::NOTICES];

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/", Access::Public, home::show)
        .get("/items", Access::Public, list::show)
        .get("/places/{place}", Access::Public, place::show)
        .get("/places/{place}/look.css", Access::Public, place::look)
        .get("/places/{place}/picture/{name}", Access::Public, place::picture)
        .get("/places/{place}/notices", Access::Public, notices::list)
        .get("/notices/{id}", Access::Public, notices::show)
}

/// Items that a page shows of many: whole rows of one, two or three.
pub(crate) const SHOWN: u16 = 6;

/// A way into the list with how many items it leads to.
pub(crate) struct Way {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) items: usize,
}

pub(crate) async fn known(app: &App) -> kernel::Result<Arc<Known>> {
    app.part::<SearchIndex>()?.known(&app.db, app.clock.now()).await
}
