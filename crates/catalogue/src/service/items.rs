//! Items from their first draft to a published version, and the operator's own acts.

use journal::{Head, append};
use kernel::{Authority, Ctx, Error, Id, Item, Result, Who};
use serde_json::Value;
use storage::{Db, Unit, args};

use super::{
    Change, Stands, base, checked, codes, count, describe, fingerprint, in_force, lost, operator, rules::rulebook,
    weigh,
};
use crate::{
    CATALOGUE,
    model::{Day, ItemDocument, ItemState, ItemSummary, Opened, Revision, Rulebook, Stage, missing},
    offices::{self, allow},
    store,
};

/// Drafts that are kept for those who still edit from them, by the item's versions.
pub(crate) const LOG_KEPT: i64 = 200;

/// Begins an item: a draft of this authority.
///
/// # Errors
/// [`Error::Forbidden`] without [`CATALOGUE`](crate::CATALOGUE) at the authority; [`Error::Invalid`] if the document exceeds a
/// limit, has no base entry, or contradicts the base directory.
pub async fn create_item(ctx: &Ctx, db: &Db, authority: Id<Authority>, doc: &ItemDocument) -> Result<Id<Item>> {
    let mut unit = Unit::new(ctx);
    allow(ctx, &mut unit, CATALOGUE, authority)?;
    let entry = doc.base.as_ref().ok_or_else(|| Error::invalid("base", "请先在基本目录中选择事项。"))?;
    let base_version = base::keep(ctx, db, &mut unit, entry).await?;
    let id = add(ctx, db, &mut unit, (authority, base_version, Opened::New), doc).await?;
    db.commit(unit).await?.or_else(|guard| lost(guard, "事项"))?;
    Ok(id)
}

/// Adds a draft to a unit: a new item, or one that comes of an act on another.
///
/// # Errors
/// As [`create_item`], but for the permission, which the caller has asked.
pub(crate) async fn add(
    ctx: &Ctx,
    db: &Db,
    unit: &mut Unit,
    (authority, base_version, why): (Id<Authority>, i64, Opened),
    doc: &ItemDocument,
) -> Result<Id<Item>> {
    let text = checked(doc)?;
    let office = offices::office(db, authority).await?;
    let item_type = doc.item_type().unwrap_or(standards::ItemType::Power);
    let mut item = ItemSummary::named((ctx.new_id(), authority), office.division, item_type, "");
    item.stage = Some(Stage::Writing);
    item.base_version = base_version;
    describe(&mut item, doc, &rulebook(db).await?);
    let revision = Revision::opened(why).written(&ctx.actor.who.to_string())?;
    let draft = fingerprint(&text);
    let body = Stands::of(&item, "", &draft, &Value::Null)?;
    let head = append(unit, ctx, &Head::none(), (&item.subject(), "catalogue.item_created"), &body)?;
    store::item_add(unit, &item, ("", 0), &head)?;
    store::draft_put(unit, item.id, &text, &revision, ctx.now)?;
    unit.run(store::DRAFT_LOG, args![item.id, head.version, &text, ctx.actor.who.to_string(), ctx.now]);
    Ok(item.id)
}

/// Keeps a new draft of an item; what is published stays in force.
///
/// # Errors
/// As [`create_item`]; [`Error::Stale`] if the item is no longer at `version`; [`Error::Refused`] if it is cancelled, or its
/// revision is being checked.
pub async fn revise(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64, doc: &ItemDocument) -> Result<()> {
    revise_for(ctx, db, (id, version), doc, (CATALOGUE, Opened::Change)).await
}

/// As [`revise`], by whoever has this permission, opened for this reason if it was not open yet.
pub(crate) async fn revise_for(
    ctx: &Ctx,
    db: &Db,
    (id, version): (Id<Item>, i64),
    doc: &ItemDocument,
    (permission, why): (kernel::Permission, Opened),
) -> Result<()> {
    let mut change = Change::begin(ctx, db, (id, version), permission).await?;
    let text = checked(doc)?;
    if !change.item.state.is_open() {
        return Err(Error::refused("该事项已取消，不能再修改。"));
    }
    if let Some(entry) = &doc.base {
        change.item.base_version = base::keep(ctx, db, &mut change.unit, entry).await?;
    }
    let who = ctx.actor.who.to_string();
    let revision = match db.find(store::DRAFT, args![id]).await? {
        Some(row) => {
            let revision = store::revision(&row)?;
            keep_log(&mut change.unit, &change.head, id, (row.text("document")?, &revision), ctx.now);
            revision
        }
        None => Revision::opened(why),
    };
    let revision = revision.written(&who)?;
    change.item.stage = Some(revision.stage);
    revised(&mut change.item, doc, &rulebook(db).await?);
    store::draft_put(&mut change.unit, id, &text, &revision, ctx.now)?;
    let next = change.head.version + 1;
    change.unit.run(store::DRAFT_LOG, args![id, next, &text, who, ctx.now]);
    change.unit.run(store::DRAFT_LOG_DROP, args![id, next - LOG_KEPT]);
    let in_force = in_force(db, &change.item).await?;
    change.record(ctx, db, "catalogue.item_revised", (&in_force, &fingerprint(&text), Value::Null)).await
}

/// Keeps the draft as it stood at this version, if a bulk load put it there without keeping it: others may be editing from it.
pub(crate) fn keep_log(
    unit: &mut Unit,
    head: &Head,
    id: Id<Item>,
    (document, revision): (&str, &Revision),
    now: kernel::Moment,
) {
    let who = revision.writers.last().map_or("", String::as_str);
    unit.run(store::DRAFT_LOG_KEEP, args![id, head.version, document, who, now]);
}

/// Writes into the summary what a new draft says.
pub(crate) fn revised(item: &mut ItemSummary, doc: &ItemDocument, book: &Rulebook) {
    match item.state {
        ItemState::Draft => describe(item, doc, book),
        // The name and type of the published list stay until publication; how much is missing shows at once.
        ItemState::Listed => {
            item.missing = count(missing(doc).len());
            weigh(item, doc, book);
            if let Some(entry) = &doc.base {
                entry.code.as_str().clone_into(&mut item.base_code);
            }
        }
        ItemState::Published | ItemState::Suspended | ItemState::Cancelled => weigh(item, doc, book),
    }
}

/// What became of a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publication {
    /// In force, as this version.
    InForce(i64),
    /// It takes effect on this day by itself.
    Waits(Day),
}

/// Publishes the draft as the next version and gives its number. Cases filed before keep the version they were filed under. The
/// operator (imports, the demo) publishes without the two checks; a person does not.
///
/// # Errors
/// [`Error::Invalid`] with every finding at once; [`Error::Refused`] if there is no draft, it has not been checked, the item is
/// cancelled, or its planned day has not come (use [`publish_on_day`]); [`Error::Stale`] if the item is no longer at `version`.
pub async fn publish(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<i64> {
    match put_out(ctx, db, (id, version), false).await? {
        Publication::InForce(number) => Ok(number),
        Publication::Waits(day) => Err(not_yet(day)),
    }
}

fn not_yet(day: Day) -> Error {
    Error::refused(format!("该版本计划在{}生效，还没有到日期。", day.zh()))
}

/// As [`publish`]; a version whose planned day has not come waits for it.
///
/// # Errors
/// As [`publish`].
pub async fn publish_on_day(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<Publication> {
    put_out(ctx, db, (id, version), true).await
}

async fn put_out(ctx: &Ctx, db: &Db, (id, version): (Id<Item>, i64), may_wait: bool) -> Result<Publication> {
    let mut change = Change::begin(ctx, db, (id, version), CATALOGUE).await?;
    let row = db.find(store::DRAFT, args![id]).await?;
    let row = row.ok_or_else(|| Error::refused("没有尚未发布的修改，不需要再次发布。"))?;
    let (doc, revision) = (store::document(&row)?, store::revision(&row)?);
    if !matches!(ctx.actor.who, Who::System(_)) {
        revision.may_publish()?;
    }
    let state = change.item.state.published()?;
    let book = rulebook(db).await?;
    let (item_code, handling_code) = codes::coded(db, &change.item, &doc, &book).await?;
    match doc.planned_effect.filter(|it| it.0 > ctx.now.legal_date()) {
        Some(day) if may_wait => return wait_for(ctx, db, change, (revision, day)).await,
        Some(day) => return Err(not_yet(day)),
        None => {}
    }
    describe(&mut change.item, &doc, &book);
    change.item.item_code = item_code;
    change.item.handling_code = handling_code;
    change.item.current_version += 1;
    change.item.state = state;
    change.item.stage = None;
    let (number, text) = (change.item.current_version, row.string("document")?);
    let told = (change.head.version + 1, ctx.now.max(change.head.at));
    store::version_add(&mut change.unit, (id, number), &text, told);
    change.unit.run(store::DRAFT_DROP, args![id]);
    for kind in ["publish", "cancel"] {
        change.unit.run(store::AGENDA_DROP, args![kind, id, ""]);
    }
    if let Some(day) = doc.planned_cancel {
        change.unit.run(store::AGENDA_PUT, args![day.to_string(), "cancel", id, ""]);
    }
    let hands = serde_json::json!({ "writers": revision.writers, "office": revision.office, "legal": revision.legal });
    change.record(ctx, db, "catalogue.item_published", (&fingerprint(&text), "", hands)).await?;
    Ok(Publication::InForce(number))
}

/// Lets a checked version wait for its day.
async fn wait_for(ctx: &Ctx, db: &Db, mut change: Change, (mut revision, day): (Revision, Day)) -> Result<Publication> {
    let id = change.item.id;
    revision.stage = Stage::Waiting;
    change.item.stage = Some(Stage::Waiting);
    change.unit.one(store::guard::ITEM, store::DRAFT_MOVE, args![id, store::json(&revision)?]);
    change.unit.run(store::AGENDA_PUT, args![day.to_string(), "publish", id, ""]);
    let in_force = in_force(db, &change.item).await?;
    let note = serde_json::json!({ "effect": day });
    change.record(ctx, db, "catalogue.item_publication_planned", (&in_force, "", note)).await?;
    Ok(Publication::Waits(day))
}

/// Suspends an item in use at once, as the operator: the public reads it, nobody can apply; cases under way go on. People propose
/// it with its basis ([`propose_act`](super::acts::propose_act)).
///
/// # Errors
/// [`Error::Refused`] unless it is in use, or to a person; [`Error::Stale`] if it is no longer at `version`.
pub async fn suspend(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<()> {
    turn(ctx, db, (id, version), ItemState::suspended, "catalogue.item_suspended").await
}

/// Takes a suspended item into use again at once, as [`suspend`].
///
/// # Errors
/// [`Error::Refused`] unless it is suspended, or to a person; [`Error::Stale`] if it is no longer at `version`.
pub async fn resume(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<()> {
    turn(ctx, db, (id, version), ItemState::resumed, "catalogue.item_resumed").await
}

/// Cancels an item for good at once, as [`suspend`].
///
/// # Errors
/// [`Error::Refused`] if it is cancelled already, or to a person; [`Error::Stale`] if it is no longer at `version`.
pub async fn cancel(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<()> {
    turn(ctx, db, (id, version), ItemState::cancelled, "catalogue.item_cancelled").await
}

async fn turn(
    ctx: &Ctx,
    db: &Db,
    at: (Id<Item>, i64),
    to: fn(ItemState) -> Result<ItemState>,
    kind: &'static str,
) -> Result<()> {
    operator(ctx)?;
    let mut change = Change::begin(ctx, db, at, CATALOGUE).await?;
    change.item.state = to(change.item.state)?;
    if change.item.state == ItemState::Cancelled {
        end(&mut change);
    }
    let in_force = in_force(db, &change.item).await?;
    change.record(ctx, db, kind, (&in_force, "", Value::Null)).await
}

/// What goes with an item that is cancelled: its revision and its plans.
pub(crate) fn end(change: &mut Change) {
    change.item.stage = None;
    change.unit.run(store::DRAFT_DROP, args![change.item.id]);
    for kind in ["publish", "cancel"] {
        change.unit.run(store::AGENDA_DROP, args![kind, change.item.id, ""]);
    }
}
