//! What can be done with items, one function an act: asks permission, reads, lets the model decide, commits one unit.

pub(crate) mod acts;
pub(crate) mod agenda;
pub(crate) mod base;
pub(crate) mod bulk;
pub(crate) mod codes;
pub(crate) mod counts;
pub(crate) mod items;
pub(crate) mod review;
pub(crate) mod rules;
pub(crate) mod said;

use journal::{Head, append};
use kernel::{Authority, Ctx, Error, Fault, Id, Item, Result, Who};
use serde::Serialize;
use serde_json::Value;
use sm3::{Digest, Sm3};
use storage::{Db, Unit, args};

use crate::{
    model::{
        DOCUMENT_BYTES_MAX, Finding, ItemDocument, ItemState, ItemSummary, ItemTags, Rulebook, missing, over_limits,
    },
    offices::allow,
    store::{self, guard},
};

/// What every entry of an item's chain says: the item as it stands after it.
#[derive(Serialize)]
pub(crate) struct Stands<'a> {
    authority: Id<Authority>,
    division: &'a str,
    item_code: &'a str,
    state: ItemState,
    number: i64,
    /// SM3 of the document in force, as stored; empty: none.
    document: &'a str,
    /// SM3 of the draft that was kept, as stored; empty: none.
    #[serde(skip_serializing_if = "str::is_empty")]
    draft: &'a str,
    /// Where the revision stands; empty: there is none.
    #[serde(skip_serializing_if = "str::is_empty")]
    stage: &'a str,
    /// SM3 of the row as it stands after the entry.
    row: journal::Hash,
    /// What else the act says: ids, codes, days.
    #[serde(skip_serializing_if = "Value::is_null")]
    note: &'a Value,
}

impl<'a> Stands<'a> {
    pub(crate) fn of(it: &'a ItemSummary, document: &'a str, draft: &'a str, note: &'a Value) -> Result<Self> {
        let (authority, division) = (it.authority, it.division.as_str());
        let stage = it.stage.map_or("", crate::model::Stage::code);
        let (item_code, state, number) = (it.item_code.as_str(), it.state, it.current_version);
        let row = store::item_hash(it, ("", 0))?;
        Ok(Self { authority, division, item_code, state, number, document, draft, stage, row, note })
    }
}

/// SM3 of a document as stored, in hex; empty for an empty one.
pub(crate) fn fingerprint(document: &str) -> String {
    if document.is_empty() { String::new() } else { fingerprint_bytes(document.as_bytes()) }
}

/// SM3 of bytes, in hex.
pub(crate) fn fingerprint_bytes(bytes: &[u8]) -> String {
    Sm3::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One act on an existing item: what was read, and the unit that changes it.
pub(crate) struct Change {
    pub(crate) item: ItemSummary,
    pub(crate) head: Head,
    pub(crate) unit: Unit,
}

impl Change {
    /// Reads the item at this version, for somebody who may do `permission` at its authority.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], or [`Error::Stale`] if it is no longer at `version`.
    pub(crate) async fn begin(
        ctx: &Ctx,
        db: &Db,
        (id, version): (Id<Item>, i64),
        permission: kernel::Permission,
    ) -> Result<Self> {
        let change = Self::read(ctx, db, id, permission).await?;
        if change.head.version != version {
            return Err(Error::Stale { what: "事项", by: None });
        }
        Ok(change)
    }

    /// As [`Change::begin`], at whatever version the item is.
    pub(crate) async fn read(ctx: &Ctx, db: &Db, id: Id<Item>, permission: kernel::Permission) -> Result<Self> {
        let row = db.find(store::ITEM, args![id]).await?.ok_or(Error::NotFound { what: "事项" })?;
        let (item, head) = store::read(&row)?;
        let mut unit = Unit::new(ctx);
        allow(ctx, &mut unit, permission, item.authority)?;
        Ok(Self { item, head, unit })
    }

    /// Appends the entry and commits; the fingerprints are those of the document in force and of the draft that was kept.
    pub(crate) async fn record(
        mut self,
        ctx: &Ctx,
        db: &Db,
        kind: &'static str,
        (document, draft, note): (&str, &str, Value),
    ) -> Result<()> {
        let body = Stands::of(&self.item, document, draft, &note)?;
        let head = append(&mut self.unit, ctx, &self.head, (&self.item.subject(), kind), &body)?;
        store::item_change(&mut self.unit, &self.item, self.head.version, &head)?;
        db.commit(self.unit).await?.or_else(|guard| lost(guard, "事项"))
    }
}

/// The fingerprint of the document in force.
pub(crate) async fn in_force(db: &Db, item: &ItemSummary) -> Result<String> {
    match db.find(store::VERSION, args![item.id, item.current_version]).await? {
        Some(row) => Ok(fingerprint(row.text("document")?)),
        None => Ok(String::new()),
    }
}

/// The document as it will be stored, if it keeps the limits.
pub(crate) fn checked(doc: &ItemDocument) -> Result<String> {
    let faults = over_limits(doc);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let text = store::json(doc)?;
    if text.len() > DOCUMENT_BYTES_MAX {
        let reason = format!("事项内容共 {} 字节，超过上限 {DOCUMENT_BYTES_MAX} 字节，请精简说明文字。", text.len());
        return Err(Error::TooLarge { reason });
    }
    Ok(text)
}

/// Writes into the summary what the document says.
pub(crate) fn describe(item: &mut ItemSummary, doc: &ItemDocument, book: &Rulebook) {
    if let Some(base) = &doc.base {
        base.code.as_str().clone_into(&mut item.base_code);
        item.item_type = base.item_type;
    }
    item.name.clone_from(&doc.name);
    item.aliases = doc.aliases.iter().map(|it| it.replace(['\r', '\n'], " ")).collect();
    item.summary.clone_from(&doc.summary);
    item.missing = count(missing(doc).len());
    item.immediate = doc.handling_kind.map(|_| doc.is_immediate());
    item.for_persons = doc.serves_persons();
    item.for_organisations = doc.serves_organisations();
    item.promise = doc.promised_limit.map(|it| it.to_string()).unwrap_or_default();
    item.visits = doc.visits.as_ref().map(|it| it.times.into());
    item.tags = ItemTags::of(doc);
    // What a list gave stays where the document does not say otherwise.
    for (kept, said) in [(&mut item.main_item, &doc.main_item), (&mut item.local_code, &doc.local_code)] {
        if !said.is_empty() {
            kept.clone_from(said);
        }
    }
    weigh(item, doc, book);
}

/// Counts what is wrong with a document, for lists.
pub(crate) fn weigh(item: &mut ItemSummary, doc: &ItemDocument, book: &Rulebook) {
    item.findings = count(book.findings(doc).len());
    item.suspects = count(book.suspects(doc).len());
}

/// Only the platform's own workers and the operator's command line.
pub(crate) fn operator(ctx: &Ctx) -> Result<()> {
    match ctx.actor.who {
        Who::System(_) => Ok(()),
        _ => Err(Error::refused("暂停、恢复、取消须写明依据和生效日期，请在事项页面提出，由机构编制部门审核。")),
    }
}

/// Quality rule 15: one code, one item.
pub(crate) fn one_code(book: &Rulebook) -> Option<Finding> {
    book.rules().iter().find(|it| it.number == 15).map(Finding::of)
}

/// What a lost guard means to the person.
pub(crate) fn lost(guard: &'static str, what: &'static str) -> Error {
    match guard {
        guard::CODE => match Rulebook::shipped() {
            Ok(book) => Error::Invalid(one_code(&book).map(Fault::from).into_iter().collect()),
            Err(error) => error,
        },
        guard::ACT => Error::Stale { what: "事项变动", by: None },
        guard::BASE => Error::Stale { what: "基本目录", by: None },
        _ => Error::Stale { what, by: None },
    }
}

/// A count as the database keeps it.
pub(crate) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Adds to a unit of another area that the item is in use at this very version: a case rests on it.
pub fn check_in_force(unit: &mut Unit, guard: &'static str, item: Id<Item>, number: i64) {
    unit.check(guard, store::IN_FORCE, args![item, number]);
}
