//! The catalogue (事项管理): base directory, implementing lists with their versions, rules for publishing, import of lists.
//!
//! What is not in the catalogue cannot be handled («法无授权不可为»). An item is one implementing list of one authority; its
//! document is published in versions that never change, and a case keeps the version it was filed under.

mod api;
mod documents;
mod edit;
mod exchange;
mod feed;
mod import;
mod lists;
pub mod model;
mod names;
mod offices;
mod pages;
mod reads;
mod replay;

mod service;
mod store;

#[cfg(test)]
mod tests;

use std::{any::Any, sync::Arc};

use kernel::{Permission, Post};
use webkit::{Area, Nav, Sweep};

pub use documents::Documents;
pub use exchange::{ExchangeAsk, ExchangeReport, ExportForm, ReportLine, Source, export_tables, import_tables};
pub use identity::{ImportReport, RowFault};
pub use import::{Progress, import_items, is_published_list};
pub use lists::published_list;
pub use model::{ItemDocument, ItemState, ItemSummary};
pub use reads::{
    BaseRow, DraftRow, ItemFilter, OfficeCount, Published, RemarkRow, SCAN_MAX, StateCount, TypeCount, acts, acts_at,
    all_after, at_stage, base_entries, base_entry, base_version, by_type, counts, draft, draft_at, examined_at,
    in_force_of, is_examined_at, item, items, items_of, of_base, office_counts, published, remarks, revision, version,
    versions, with_suspects, working_of,
};
pub use service::{
    acts::{ActMark, ActRow, decide_act, propose_act, withdraw_act},
    base::put_base,
    bulk::{BULK_MAX, BulkRow, bulk_apply, bulk_preview},
    check_in_force,
    items::{Publication, cancel, create_item, publish, publish_on_day, resume, revise, suspend},
    review::{Remark, pass, send_back, submit, withdraw},
    rules::{KeptWords, put_words, rulebook, word_lists},
};

/// Keeps an authority's items: writes, submits, publishes, proposes acts, imports.
pub const CATALOGUE: Permission = Permission::post("catalogue.edit", "管理事项目录");
/// Checks revisions and decides acts for the organisation office (机构编制).
pub const OFFICE_CHECK: Permission = Permission::post("catalogue.office_check", "机构编制审核");
/// Checks revisions for legal affairs (法制).
pub const LEGAL_CHECK: Permission = Permission::post("catalogue.legal_check", "法制审核");
/// Keeps the base directory, for the whole site.
pub const DIRECTORY: Permission = Permission::post("catalogue.directory", "管理基本目录");

/// The post of those who keep the catalogue.
pub const POST: Post =
    Post { code: "catalogue", name: "目录管理", permissions: &[CATALOGUE], apart: &["establishment", "legal"] };
/// The post of the organisation office (编办).
pub const OFFICE: Post = Post {
    code: "establishment",
    name: "机构编制审核",
    permissions: &[OFFICE_CHECK, DIRECTORY],
    apart: &["catalogue", "legal"],
};
/// The post of legal affairs.
pub const LEGAL: Post =
    Post { code: "legal", name: "法制审核", permissions: &[LEGAL_CHECK], apart: &["catalogue", "establishment"] };

/// The area as the program sees it.
pub static AREA: Area = Area {
    routes: || pages::routes().merge(api::routes()),
    migrations: store::MIGRATIONS,
    sql: &[store::SQL],
    posts: &[POST, OFFICE, LEGAL],
    replays: replay::all,
    readers: |app| vec![Arc::new(feed::Examined { app: app.clone() })],
    nav: &[
        Nav { href: "/desk/items", text: "事项目录", needs: Some(CATALOGUE), order: 60 },
        Nav {
            href: "/desk/item-checks?stage=office", text: "机构编制审核", needs: Some(OFFICE_CHECK), order: 61
        },
        Nav { href: "/desk/item-checks?stage=legal", text: "法制审核", needs: Some(LEGAL_CHECK), order: 62 },
        Nav { href: "/desk/base", text: "基本目录", needs: Some(DIRECTORY), order: 63 },
        Nav { href: "/desk/item-rules", text: "检查规则", needs: Some(LEGAL_CHECK), order: 64 },
    ],
    sweeps: &[
        Sweep { name: "catalogue.agenda", every_s: 60, run: |app, ctx| Box::pin(service::agenda::round(app, ctx)) },
        Sweep { name: "catalogue.counts", every_s: 5, run: |app, ctx| Box::pin(service::counts::round(app, ctx)) },
        Sweep { name: "catalogue.imports", every_s: 1, run: |app, ctx| Box::pin(exchange::work::round(app, ctx)) },
    ],
    lists: pages::LISTS,
    samples: pages::samples::desk,
    ..Area::empty("catalogue")
};

/// What the catalogue keeps in memory; the program puts it into `Parts::own`, and the fonts of papers, in which lists are printed too.
#[must_use]
pub fn own() -> Vec<Arc<dyn Any + Send + Sync>> {
    vec![
        Arc::new(Documents::default()),
        Arc::new(exchange::work::Spools::default()),
        Arc::new(identity::ItemDirectory(Arc::new(names::Names))),
    ]
}
