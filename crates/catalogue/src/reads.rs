//! What others may ask of the catalogue.

mod checks;

use std::{collections::HashMap, sync::Arc};

use kernel::{Authority, Cursor, Error, Id, Item, Page, PageAsk, Result};
use standards::{DivisionCode, ItemType};
use storage::{Db, args, each};
use webkit::App;

use crate::{
    documents::Documents,
    model::{ActStage, BaseEntry, ItemDocument, ItemState, ItemSummary, Revision, Stage, percent_of_list},
    service::{
        acts::{self, ActRow},
        review, said,
    },
    store,
};

pub use checks::{acts_at, at_stage};

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
        for row in db.query(store::ITEMS_OF, args![each(some)]).await? {
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

/// A revision on its way.
#[derive(Debug, Clone)]
pub struct DraftRow {
    /// What is being written.
    pub document: ItemDocument,
    /// Where it stands, and whose hands it has been in.
    pub revision: Revision,
}

/// The revision of an item; `None`: nothing is being revised.
///
/// # Errors
/// If the engine fails.
pub async fn revision(db: &Db, item: Id<Item>) -> Result<Option<DraftRow>> {
    let row = db.find(store::DRAFT, args![item]).await?;
    row.map(|row| Ok(DraftRow { document: store::document(&row)?, revision: store::revision(&row)? })).transpose()
}

/// What an editor started from whose form showed the item at this version, and who had saved it; `None`: what is in force.
///
/// # Errors
/// If the engine fails.
pub async fn draft_at(db: &Db, item: Id<Item>, version: i64) -> Result<Option<(ItemDocument, String)>> {
    let row = db.find(store::DRAFT_AT, args![item, version]).await?;
    row.map(|row| Ok((store::document(&row)?, row.string("who")?))).transpose()
}

/// What is being written of these items, or else is in force; those of which nothing is written are left out.
///
/// # Errors
/// If the engine fails.
pub async fn working_of(db: &Db, ids: &[Id<Item>]) -> Result<HashMap<Id<Item>, ItemDocument>> {
    let mut out = HashMap::with_capacity(ids.len());
    for sql in [store::DOCUMENTS_OF, store::DRAFTS_OF] {
        for some in ids.chunks(store::KEYS) {
            for row in db.query(sql, args![each(some)]).await? {
                out.insert(row.id("item")?, store::document(&row)?);
            }
        }
    }
    Ok(out)
}

/// The documents in force of these items.
///
/// # Errors
/// If the engine fails.
pub async fn in_force_of(db: &Db, ids: &[Id<Item>]) -> Result<HashMap<Id<Item>, ItemDocument>> {
    let mut out = HashMap::with_capacity(ids.len());
    for some in ids.chunks(store::KEYS) {
        for row in db.query(store::DOCUMENTS_OF, args![each(some)]).await? {
            out.insert(row.id("item")?, store::document(&row)?);
        }
    }
    Ok(out)
}

/// Why revisions of an item were sent back, the latest first.
#[derive(Debug, Clone)]
pub struct RemarkRow {
    /// The item's version after it: remarks of one return share it.
    pub round: i64,
    /// By which check.
    pub stage: Option<Stage>,
    /// At which field; empty: the whole.
    pub field: String,
    /// What is to be mended.
    pub reason: String,
    /// By whom, as the journal writes people.
    pub who: String,
    /// When.
    pub at: kernel::Moment,
}

/// Remarks on an item at most.
const REMARKS_MAX: i64 = 200;

/// Remarks on an item, the latest first.
///
/// # Errors
/// If the engine fails.
pub async fn remarks(app: &App, item: Id<Item>) -> Result<Vec<RemarkRow>> {
    let rows = app.db.query(store::REMARKS, args![item, REMARKS_MAX]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut reasons = said::all(app, item, review::REMARKS).await?;
    rows.iter()
        .map(|row| {
            let round = row.int("round")?;
            Ok(RemarkRow {
                round,
                stage: Stage::from_code(row.text("stage")?),
                field: row.string("field")?,
                reason: reasons.remove(&review::remark_name(round, row.int("n")?)).unwrap_or_default(),
                who: row.string("who")?,
                at: row.moment("said_at")?,
            })
        })
        .collect()
}

/// The acts on an item, the latest first.
///
/// # Errors
/// If the engine fails.
pub async fn acts(app: &App, item: Id<Item>) -> Result<Vec<ActRow>> {
    let rows = app.db.query(store::ACTS, args![item, REMARKS_MAX]).await?;
    let mut acts = rows.iter().map(ActRow::read).collect::<Result<Vec<_>>>()?;
    if acts.iter().any(|it| it.stage == ActStage::Refused) {
        let mut reasons = said::all(app, item, acts::REASONS).await?;
        for it in &mut acts {
            it.reason = reasons.remove(&acts::reason_name(it.id)).unwrap_or_default();
        }
    }
    Ok(acts)
}

/// A page of items of an authority (`None`: of all) with suspect materials («奇葩证明»).
///
/// # Errors
/// If the engine fails.
pub async fn with_suspects(db: &Db, authority: Option<Id<Authority>>, ask: &PageAsk) -> Result<Page<ItemSummary>> {
    match authority {
        Some(authority) => page_of(db, store::WITH_SUSPECTS, &authority.to_string(), ask).await,
        None => {
            let after = ask.after.as_ref().map(|it| it.text(0)).transpose()?.unwrap_or_default();
            cut(&db.query(store::ALL_WITH_SUSPECTS, args![after, ask.sql_limit()]).await?, ask)
        }
    }
}

/// A page of the implementing lists of a base entry.
///
/// # Errors
/// If the engine fails.
pub async fn of_base(db: &Db, code: &str, ask: &PageAsk) -> Result<Page<ItemSummary>> {
    page_of(db, store::OF_BASE, code, ask).await
}

async fn page_of(db: &Db, sql: storage::Sql, key: &str, ask: &PageAsk) -> Result<Page<ItemSummary>> {
    let after = ask.after.as_ref().map(|it| it.text(0)).transpose()?.unwrap_or_default();
    cut(&db.query(sql, args![key, after, ask.sql_limit()]).await?, ask)
}

/// A page of items by id.
fn cut(rows: &[storage::Row], ask: &PageAsk) -> Result<Page<ItemSummary>> {
    let items = rows.iter().map(|row| store::read(row).map(|it| it.0)).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(items, ask, |it| Cursor::new([it.id.to_string()])))
}

/// An entry of the base directory.
#[derive(Debug, Clone)]
pub struct BaseRow {
    /// The entry.
    pub entry: BaseEntry,
    /// Its version; the first is 1.
    pub version: i64,
    /// When it was last changed.
    pub changed_at: kernel::Moment,
}

impl BaseRow {
    fn read(row: &storage::Row) -> Result<Self> {
        Ok(Self { entry: row.json("document")?, version: row.int("version")?, changed_at: row.moment("changed_at")? })
    }
}

/// One entry of the base directory.
///
/// # Errors
/// [`Error::NotFound`] if it lists none of this code.
pub async fn base_entry(db: &Db, code: &str) -> Result<BaseRow> {
    let row = db.find(store::BASE, args![code]).await?.ok_or(Error::NotFound { what: "基本目录事项" })?;
    BaseRow::read(&row)
}

/// A page of the base directory by code, of a type or any, whose name contains a text or any.
///
/// # Errors
/// If the engine fails.
pub async fn base_entries(db: &Db, item_type: Option<ItemType>, text: &str, ask: &PageAsk) -> Result<Page<BaseRow>> {
    let after = ask.after.as_ref().map(|it| it.text(0)).transpose()?.unwrap_or_default();
    let pattern = store::pattern(text);
    let rows = match item_type {
        Some(it) => db.query(store::BASES_OF_TYPE, args![after, pattern, ask.sql_limit(), it.code()]).await?,
        None => db.query(store::BASES, args![after, pattern, ask.sql_limit()]).await?,
    };
    let entries = rows.iter().map(BaseRow::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(entries, ask, |it| Cursor::new([it.entry.code.as_str().to_owned()])))
}

/// An earlier version of a base entry; `None`: it is not kept.
///
/// # Errors
/// If the engine fails.
pub async fn base_version(db: &Db, code: &str, number: i64) -> Result<Option<BaseEntry>> {
    db.find(store::BASE_VERSION, args![code, number]).await?.map(|row| row.json("document")).transpose()
}

/// How an authority's items of one type and state stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeCount {
    /// The type.
    pub item_type: ItemType,
    /// The state.
    pub state: ItemState,
    /// So many items.
    pub items: i64,
    /// So many elements they lack together.
    pub missing: i64,
    /// So many suspect materials they have together.
    pub suspects: i64,
}

/// How an authority's items stand by type and state.
///
/// # Errors
/// If the engine fails.
pub async fn by_type(db: &Db, authority: Id<Authority>) -> Result<Vec<TypeCount>> {
    let rows = db.query(store::BY_TYPE, args![authority]).await?;
    let unknown = || Error::internal("unknown type or state of an item");
    rows.iter()
        .map(|row| {
            Ok(TypeCount {
                item_type: ItemType::from_code(row.text("item_type")?).ok_or_else(unknown)?,
                state: ItemState::from_code(row.text("state")?).ok_or_else(unknown)?,
                items: row.int("items")?,
                missing: row.int("missing")?,
                suspects: row.int("suspects")?,
            })
        })
        .collect()
}

/// How all items of an authority stand together; cancelled ones do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OfficeCount {
    /// So many items.
    pub items: i64,
    /// So many elements they lack together.
    pub missing: i64,
    /// So many suspect materials they have together.
    pub suspects: i64,
    /// So many are being revised or checked.
    pub open: i64,
}

impl OfficeCount {
    /// 完整度, as [`percent_of_list`].
    #[must_use]
    pub fn percent(&self) -> Option<i64> {
        percent_of_list(self.items, self.missing)
    }
}

/// How the items of these authorities stand; those without items are left out.
///
/// # Errors
/// If the engine fails.
pub async fn office_counts(db: &Db, authorities: &[Id<Authority>]) -> Result<HashMap<Id<Authority>, OfficeCount>> {
    let mut out = HashMap::with_capacity(authorities.len());
    for some in authorities.chunks(store::KEYS) {
        for row in db.query(store::OFFICE_COUNTS, args![each(some)]).await? {
            let count = OfficeCount {
                items: row.int("items")?,
                missing: row.int("missing")?,
                suspects: row.int("suspects")?,
                open: row.int("open")?,
            };
            out.insert(row.id("authority")?, count);
        }
    }
    Ok(out)
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
    cut(&db.query(sql, args![key, after, state, item_type, pattern, ask.sql_limit(), filter.public]).await?, ask)
}

/// A page of the items in force of other authorities that the organ of this unified social credit code accepts and examines first, whose
/// name contains a text or any.
///
/// # Errors
/// If the engine fails.
pub async fn examined_at(db: &Db, code: &str, text: &str, ask: &PageAsk) -> Result<Page<ItemSummary>> {
    let after = ask.after.as_ref().map(|it| it.text(0)).transpose()?.unwrap_or_default();
    cut(&db.query(store::EXAMINED_AT, args![code, after, store::pattern(text), ask.sql_limit()]).await?, ask)
}

/// Whether the organ of this unified social credit code accepts and examines this item first.
///
/// # Errors
/// If the engine fails.
pub async fn is_examined_at(db: &Db, code: &str, item: Id<Item>) -> Result<bool> {
    Ok(!code.is_empty() && db.find(store::EXAMINED_HERE, args![code, item]).await?.is_some())
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
