//! What others may ask of the catalogue.

use std::{collections::HashMap, sync::Arc};

use kernel::{Authority, Cursor, Error, Id, Item, Page, PageAsk, Result};
use standards::{DivisionCode, ItemType};
use storage::{Db, args};

use crate::{
    documents::Documents,
    model::{ItemDocument, ItemState, ItemSummary},
    store,
};

/// Items read at once by [`all_after`] at most.
pub const SCAN_MAX: usize = 1_000;

/// Versions of one item that are listed at most.
const VERSIONS_MAX: i64 = 200;

/// An item in force: what it is now, and the document of its version.
#[derive(Debug, Clone)]
pub struct Published {
    /// As lists show it.
    pub item: ItemSummary,
    /// The version in force; a case keeps it.
    pub number: i64,
    /// Its document.
    pub document: Arc<ItemDocument>,
}

/// Which items are wanted. Empty: any.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter {
    /// Of this authority.
    pub authority: Option<Id<Authority>>,
    /// Of this division (only if no authority is asked for).
    pub division: Option<DivisionCode>,
    /// Of this type.
    pub item_type: Option<ItemType>,
    /// In this state.
    pub state: Option<ItemState>,
    /// Only those that the public finds.
    pub public: bool,
    /// Whose name contains this, whatever the case and width of letters.
    pub text: String,
}

/// How many items of an authority are in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateCount {
    /// The state.
    pub state: ItemState,
    /// So many items.
    pub items: i64,
    /// So many elements they lack together.
    pub missing: i64,
}

/// One item.
///
/// # Errors
/// [`Error::NotFound`] if there is none.
pub async fn item(db: &Db, id: Id<Item>) -> Result<ItemSummary> {
    let row = db.find(store::ITEM, args![id]).await?.ok_or(Error::NotFound { what: "事项" })?;
    Ok(store::read(&row)?.0)
}

/// Items of these ids, in no order; those that are not there are left out.
///
/// # Errors
/// If the engine fails.
pub async fn items_of(db: &Db, ids: &[Id<Item>]) -> Result<HashMap<Id<Item>, ItemSummary>> {
    let mut out = HashMap::with_capacity(ids.len());
    for some in ids.chunks(store::KEYS) {
        for row in db.query(store::ITEMS_OF, store::padded(some.iter().map(ToString::to_string))).await? {
            let (item, _) = store::read(&row)?;
            out.insert(item.id, item);
        }
    }
    Ok(out)
}

/// An item that one can apply for now, with the document of its version in force.
///
/// # Errors
/// [`Error::NotFound`] if there is no such item; [`Error::Refused`], with the reason, if it takes no application.
pub async fn published(db: &Db, documents: &Documents, id: Id<Item>) -> Result<Published> {
    let item = item(db, id).await?;
    if !item.takes_applications() {
        return Err(Error::refused(match item.state {
            ItemState::Listed => "该事项的办事指南待完善，暂不能网上申请，请拨打咨询电话或者到窗口办理。",
            ItemState::Suspended => "该事项已暂停办理，请向实施主体咨询。",
            ItemState::Cancelled => "该事项已取消，不再办理。",
            ItemState::Draft => "该事项尚未发布，不能申请。",
            ItemState::Published => "该事项由行政机关依职权办理，不需要申请。",
        }));
    }
    let number = item.current_version;
    let document = documents.find(db, id, number).await?;
    let document = document.ok_or_else(|| Error::internal(format!("item {id} has no version {number}")))?;
    Ok(Published { item, number, document })
}

/// The document of one published version, as it was then.
///
/// # Errors
/// [`Error::NotFound`] if the item has no such version.
pub async fn version(db: &Db, documents: &Documents, item: Id<Item>, number: i64) -> Result<Arc<ItemDocument>> {
    documents.find(db, item, number).await?.ok_or(Error::NotFound { what: "该版本的事项" })
}

/// What is being written of the next version; `None`: nothing.
///
/// # Errors
/// If the engine fails.
pub async fn draft(db: &Db, item: Id<Item>) -> Result<Option<ItemDocument>> {
    db.find(store::DRAFT, args![item]).await?.as_ref().map(store::document).transpose()
}

/// The numbers of an item's versions with the instants of their publication, newest first.
///
/// # Errors
/// If the engine fails.
pub async fn versions(db: &Db, item: Id<Item>) -> Result<Vec<(i64, kernel::Moment)>> {
    let rows = db.query(store::VERSIONS, args![item, VERSIONS_MAX]).await?;
    rows.iter().map(|row| Ok((row.int("number")?, row.moment("published_at")?))).collect()
}

/// A page of items by id, which is the order in which they were made.
///
/// # Errors
/// If the engine fails, or [`Error::NotFound`] for a page key of another list.
pub async fn items(db: &Db, filter: &ItemFilter, ask: &PageAsk) -> Result<Page<ItemSummary>> {
    let (sql, key) = match (filter.authority, &filter.division) {
        (Some(authority), _) => (store::OF_AUTHORITY, authority.to_string()),
        (None, Some(division)) => (store::OF_DIVISION, division.as_str().to_owned()),
        (None, None) => (store::OF_SITE, String::new()),
    };
    let after = ask.after.as_ref().map(|it| it.text(0)).transpose()?.unwrap_or_default();
    let state = filter.state.map_or("", ItemState::code);
    let item_type = filter.item_type.map_or("", ItemType::code);
    let pattern = store::pattern(&filter.text);
    let rows = db.query(sql, args![key, after, state, item_type, pattern, ask.sql_limit(), filter.public]).await?;
    let items = rows.iter().map(|row| store::read(row).map(|it| it.0)).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(items, ask, |it| Cursor::new([it.id.to_string()])))
}

/// How many items of an authority are in each state.
///
/// # Errors
/// If the engine fails.
pub async fn counts(db: &Db, authority: Id<Authority>) -> Result<Vec<StateCount>> {
    let rows = db.query(store::COUNTS, args![authority]).await?;
    rows.iter()
        .map(|row| {
            let code = row.text("state")?;
            let state = ItemState::from_code(code).ok_or_else(|| Error::internal(format!("unknown state {code}")))?;
            Ok(StateCount { state, items: row.int("items")?, missing: row.int("missing")? })
        })
        .collect()
}

/// All items after this id, in the order of ids, at most [`SCAN_MAX`]: for indexes that are made anew.
///
/// # Errors
/// If the engine fails.
pub async fn all_after(db: &Db, after: Option<Id<Item>>) -> Result<Vec<ItemSummary>> {
    let after = after.map(|it| it.to_string()).unwrap_or_default();
    let rows = db.query(store::ALL_AFTER, args![after, crate::service::count(SCAN_MAX)]).await?;
    rows.iter().map(|row| store::read(row).map(|it| it.0)).collect()
}
