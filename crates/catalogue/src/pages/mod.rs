//! The catalogue desk: lists, one item with its hands and versions, editing, checks, the base directory, bulk change.

mod act;
mod base;
mod bulk;
mod check;
mod compare;
pub(crate) mod described;
pub(crate) mod designer;
mod editing;
pub(crate) mod exchange;
mod imports;
mod item;
mod list;
mod lists;
mod new;
mod offices;
mod rules;
pub(crate) mod samples;
mod suspects;

use std::collections::HashMap;

use axum::http::{HeaderMap, HeaderValue, header};
use kernel::{Authority, Ctx, Id, Item, Permission, Scope};
use webkit::{Access, App, Listing, Routes, encoded};

use crate::{CATALOGUE, DIRECTORY, LEGAL_CHECK, OFFICE_CHECK, model::ItemSummary};

/// The lists of those who keep items and of those who check them, and what each is called.
const ITEMS: (&str, &str) = ("/desk/items", "事项目录");
const OFFICE_CHECKS: (&str, &str) = ("/desk/item-checks?stage=office", "机构编制审核");
const LEGAL_CHECKS: (&str, &str) = ("/desk/item-checks?stage=legal", "法制审核");

/// The lists that can be written out.
pub(crate) const LISTS: &[Listing] = &[
    list::LISTING,
    base::LISTING,
    base::IMPLEMENTING,
    check::LISTING,
    check::ACTS,
    suspects::LISTING,
    offices::LISTING,
    imports::LISTING,
    imports::REPORT,
];

pub(crate) fn routes() -> Routes {
    let keeps = Access::May(CATALOGUE);
    let directory = Access::May(DIRECTORY);
    let signed = Access::SignedIn;
    Routes::new()
        .get("/desk/items", keeps, list::list)
        .get("/desk/items/new", keeps, new::choose)
        .post("/desk/items/new", keeps, new::create)
        .get("/desk/items/offices", signed, offices::show)
        .get("/desk/items/suspects", signed, suspects::show)
        .get("/desk/item-rules", signed, rules::show)
        .get("/desk/item-rules/{list}", Access::May(LEGAL_CHECK), rules::edit)
        .post("/desk/item-rules/{list}", Access::May(LEGAL_CHECK), rules::save)
        .get("/desk/items/bulk", keeps, bulk::ask)
        .post("/desk/items/bulk", keeps, bulk::apply)
        .get("/desk/items/exchange", keeps, exchange::overview)
        .upload("/desk/items/exchange", keeps, webkit::UPLOAD_MAX, exchange::begin)
        .get("/desk/items/exchange/{id}", keeps, exchange::show)
        .post("/desk/items/exchange/{id}/columns", keeps, exchange::choose)
        .post("/desk/items/exchange/{id}/start", keeps, exchange::start)
        .post("/desk/items/exchange/{id}/stop", keeps, exchange::stop)
        .get("/desk/items/export/{file}", keeps, exchange::export)
        .get("/desk/items/{id}", signed, item::show)
        .get("/desk/items/{id}/edit/{section}", keeps, editing::show)
        .upload("/desk/items/{id}/edit/{section}", keeps, editing::BODY_MAX, editing::save)
        .get("/desk/items/{id}/form", keeps, designer::show)
        .post("/desk/items/{id}/form", keeps, designer::act)
        .get("/desk/items/{id}/form/field", keeps, designer::field)
        .post("/desk/items/{id}/form/field", keeps, designer::describe)
        .post("/desk/items/{id}/form/try/{section}", keeps, designer::tried)
        .post("/desk/items/{id}/merge", keeps, editing::merge)
        .post("/desk/items/{id}/submit", keeps, item::submit)
        .post("/desk/items/{id}/withdraw", keeps, item::withdraw)
        .post("/desk/items/{id}/publish", keeps, item::publish)
        .get("/desk/items/{id}/act", keeps, act::form)
        .post("/desk/items/{id}/act", keeps, act::propose)
        .post("/desk/items/{id}/act/withdraw", keeps, act::withdraw)
        .get("/desk/items/{id}/compare", signed, compare::show)
        .get("/desk/item-checks", signed, check::list)
        .get("/desk/items/{id}/check", signed, check::show)
        .post("/desk/items/{id}/check", signed, check::decide)
        .post("/desk/items/{id}/act/decide", Access::May(OFFICE_CHECK), check::act)
        .get("/desk/base", signed, base::list)
        .get("/desk/base/new", directory, base::fresh)
        .get("/desk/base/{code}", signed, base::show)
        .post("/desk/base/{code}", directory, base::save)
        .get("/items/{id}/files/{file}", Access::Public, item::file)
        .get("/lists/{id}", Access::Public, lists::show)
        .get("/lists/{id}/{file}", Access::Public, lists::file)
        .get("/open-data", Access::Public, lists::open)
        .get("/open-data/{file}", Access::Public, lists::open_file)
}

/// Whether the caller may look at an item of this authority on the desk: its keeper, or one of the two checks.
///
/// # Errors
/// As [`Ctx::may`].
pub(crate) fn may_look(ctx: &Ctx, authority: Id<Authority>) -> kernel::Result<()> {
    let scope = Scope::authority(authority);
    if ctx.may(OFFICE_CHECK, &scope).is_ok() || ctx.may(LEGAL_CHECK, &scope).is_ok() {
        return Ok(());
    }
    ctx.may(CATALOGUE, &scope).map(drop)
}

/// Whether the caller keeps or checks items of any authority.
///
/// # Errors
/// [`kernel::Error::Forbidden`].
pub(crate) fn may_look_somewhere(ctx: &Ctx) -> kernel::Result<()> {
    offices::whose(ctx).map(drop)
}

/// Whether the caller may do this at the item's authority.
fn may(ctx: &Ctx, permission: Permission, item: &ItemSummary) -> bool {
    ctx.may(permission, &Scope::authority(item.authority)).is_ok()
}

/// The item's page on the desk.
fn here(id: Id<Item>) -> String {
    format!("/desk/items/{id}")
}

/// A file that nobody else may keep.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The headers of a file that is handed out under a name of its own, to be kept as `cache` says.
fn headers(media: &'static str, name: &str, cache: HeaderValue) -> kernel::Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let name = format!("attachment; filename*=UTF-8''{}", encoded(name));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(kernel::Error::internal)?);
    headers.insert(header::CACHE_CONTROL, cache);
    Ok(headers)
}

/// The names of the authorities of these items.
///
/// # Errors
/// If the engine fails.
async fn offices_of(
    app: &App,
    items: impl IntoIterator<Item = &ItemSummary>,
) -> kernel::Result<HashMap<Id<Authority>, String>> {
    let ids: Vec<_> = items.into_iter().map(|it| it.authority).collect();
    let found = identity::authorities(&app.db, &ids).await?;
    Ok(found.into_iter().map(|(id, it)| (id, it.facts.name)).collect())
}

/// Values and words for a select.
fn owned(options: impl IntoIterator<Item = (&'static str, &'static str)>) -> Vec<(String, String)> {
    options.into_iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect()
}
