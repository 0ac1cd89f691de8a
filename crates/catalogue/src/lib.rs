//! The catalogue (事项管理): base directory, implementing lists with their versions, rules for publishing, import of lists.
//!
//! What is not in the catalogue cannot be handled («法无授权不可为»). An item is one implementing list of one authority; its
//! document is published in versions that never change, and a case keeps the version it was filed under.

mod api;
mod documents;
mod edit;
mod import;
pub mod model;
mod offices;
mod pages;
mod reads;
mod replay;
mod samples;
mod service;
mod store;

#[cfg(test)]
mod tests;

use std::{any::Any, sync::Arc};

use kernel::{Permission, Post};
use webkit::{Area, Nav};

pub use documents::Documents;
pub use identity::{ImportReport, RowFault};
pub use import::{Progress, import_items};
pub use model::{ItemDocument, ItemState, ItemSummary};
pub use reads::{
    ItemFilter, Published, SCAN_MAX, StateCount, all_after, counts, draft, item, items, items_of, published, version,
    versions,
};
pub use service::{cancel, check_in_force, create_item, publish, resume, revise, suspend};

/// Keeps an authority's items: writes, publishes, suspends, imports.
pub const CATALOGUE: Permission = Permission::post("catalogue.edit", "管理事项目录");

/// The post of those who keep the catalogue.
pub const POST: Post = Post { code: "catalogue", name: "目录管理", permissions: &[CATALOGUE] };

/// The area as the program sees it.
pub static AREA: Area = Area {
    routes: || pages::routes().merge(api::routes()),
    migrations: store::MIGRATIONS,
    sql: &[store::SQL],
    posts: &[POST],
    replays: replay::all,
    nav: &[Nav { href: "/desk/items", text: "事项目录", needs: Some(CATALOGUE), order: 60 }],
    samples: samples::desk,
    ..Area::empty("catalogue")
};

/// What the catalogue keeps in memory; the program puts it into `Parts::own`.
#[must_use]
pub fn own() -> Vec<Arc<dyn Any + Send + Sync>> {
    vec![Arc::new(Documents::default())]
}
