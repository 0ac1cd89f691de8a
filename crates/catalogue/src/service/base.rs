//! The base directory (基本目录): its entries, their changes, and the revisions that a change opens.

use journal::{Head, append};
use kernel::{Ctx, Error, Fault, Id, Item, Result, Scope, Who};
use storage::{Db, Unit, args};

use super::{count, fingerprint, items, lost};
use crate::{
    DIRECTORY,
    model::{BaseEntry, ItemDocument, ItemSummary, Opened},
    store::{self, BaseMark},
};

/// Implementing lists whose revisions are opened in one round.
const ROUND: usize = 100;

/// The entry of a code with its version.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn find(db: &Db, code: &str) -> Result<Option<(BaseEntry, i64)>> {
    let row = db.find(store::BASE, args![code]).await?;
    row.map(|row| Ok((row.json("document")?, row.int("version")?))).transpose()
}

/// The version of a document's base entry in the directory. Makes the entry if the directory has none of this code and the actor
/// keeps the directory; refuses a document that tells it otherwise.
///
/// # Errors
/// [`Error::Invalid`] at `base`.
pub(crate) async fn keep(ctx: &Ctx, db: &Db, unit: &mut Unit, base: &BaseEntry) -> Result<i64> {
    fits(base)?;
    if let Some((known, version)) = find(db, base.code.as_str()).await? {
        return if known == *base { Ok(version) } else { Err(Error::Invalid(contradictions(&known, base))) };
    }
    if !matches!(ctx.actor.who, Who::System(_)) && ctx.may(DIRECTORY, &Scope::SITE).is_err() {
        let message = format!("基本目录中没有 {}。没有列入目录的不得办理，请先由机构编制部门列入基本目录。", base.code);
        return Err(Error::invalid("base", message));
    }
    Ok(add(ctx, unit, base)?.version)
}

pub(crate) fn add(ctx: &Ctx, unit: &mut Unit, base: &BaseEntry) -> Result<Head> {
    let id: Id<BaseMark> = ctx.new_id();
    let text = store::json(base)?;
    let row = store::base_hash(&id.to_string(), base, &text);
    let body = serde_json::json!({ "code": base.code, "document": fingerprint(&text), "row": row });
    let head = append(unit, ctx, &Head::none(), (&format!("catalogue-base:{id}"), "catalogue.base_created"), &body)?;
    store::base_add(unit, id, base, &text, &head);
    Ok(head)
}

/// Whether code and type agree.
fn fits(base: &BaseEntry) -> Result<()> {
    if base.code.item_type() == base.item_type {
        return Ok(());
    }
    let (code, name) = (base.code.as_str(), base.item_type.name());
    Err(Error::invalid("base", format!("基本编码 {code} 的第 3、4 位与事项类型「{name}」不符。")))
}

/// Where a document's base entry says otherwise than the directory, field by field.
fn contradictions(known: &BaseEntry, said: &BaseEntry) -> Vec<Fault> {
    let name = &known.name;
    let mut faults = vec![Fault::new(
        "base",
        format!(
            "基本编码 {} 在基本目录中是「{name}」，名称、类型、依据、法定时限和服务对象以基本目录为准。",
            known.code
        ),
    )];
    let table = [
        ("base/name", "名称", known.name != said.name),
        ("base/item_type", "事项类型", known.item_type != said.item_type),
        ("base/legal_basis", "设定依据", known.legal_basis != said.legal_basis),
        ("base/statutory_limit", "法定办结时限", known.statutory_limit != said.statutory_limit),
        ("base/service_objects", "服务对象", known.service_objects != said.service_objects),
        ("base/use_levels", "行使层级", known.use_levels != said.use_levels),
        ("base/materials", "材料", known.materials != said.materials),
        ("base/visits_max", "到现场次数", known.visits_max != said.visits_max),
    ];
    let differ = table.into_iter().filter(|it| it.2);
    faults.extend(differ.map(|(field, word, _)| Fault::new(field, format!("{word}与基本目录不一致。"))));
    faults
}

/// What is wrong with an entry of the directory itself, at its fields.
pub(crate) fn judged(base: &BaseEntry) -> Result<()> {
    fits(base)?;
    let mut faults = Vec::new();
    let mut say = |field: &str, message: &str| faults.push(Fault::new(field, message));
    if base.name.trim().is_empty() {
        say("name", "请填写事项名称。");
    }
    if base.legal_basis.is_empty() {
        say("legal_basis", "请写明设定依据：法无授权不可为。");
    }
    if base.service_objects.is_empty() {
        say("service_objects", "请选择服务对象。");
    }
    if !base.statutory_limit.is_at_once() && base.statutory_limit.n == 0 {
        say("statutory_limit", "法定办结时限不能是 0。");
    }
    let named = ItemDocument { base: Some(base.clone()), ..ItemDocument::named("—") };
    faults.extend(crate::model::over_limits(&named));
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

/// Lists a new entry in the directory, or changes one (`version`: what the form showed; 0: new). A change opens the revision of
/// every implementing list that rests on it; they stay in force until then.
///
/// # Errors
/// [`Error::Forbidden`] without [`DIRECTORY`] for the whole site; [`Error::Invalid`] at its fields; [`Error::Stale`] if somebody
/// changed it meanwhile.
pub async fn put_base(ctx: &Ctx, db: &Db, version: i64, entry: &BaseEntry) -> Result<()> {
    let mut unit = Unit::new(ctx);
    if !matches!(ctx.actor.who, Who::System(_)) {
        identity::still_holds(&mut unit, ctx, &ctx.may(DIRECTORY, &Scope::SITE)?);
    }
    judged(entry)?;
    let code = entry.code.as_str();
    let Some(row) = db.find(store::BASE, args![code]).await? else {
        if version != 0 {
            return Err(Error::NotFound { what: "基本目录事项" });
        }
        add(ctx, &mut unit, entry)?;
        return db.commit(unit).await?.or_else(|guard| lost(guard, "基本目录"));
    };
    let head = Head::of(&row)?;
    if version == 0 {
        return Err(Error::invalid("code", format!("基本编码 {code} 已经列入基本目录。")));
    }
    if head.version != version {
        return Err(Error::Stale { what: "基本目录", by: None });
    }
    if row.json::<BaseEntry>("document")? == *entry {
        return Ok(());
    }
    let text = store::json(entry)?;
    let id = row.text("id")?;
    let body = serde_json::json!({ "code": entry.code, "document": fingerprint(&text), "row": store::base_hash(id, entry, &text) });
    let subject = format!("catalogue-base:{id}");
    let next = append(&mut unit, ctx, &head, (&subject, "catalogue.base_changed"), &body)?;
    store::base_change(&mut unit, entry, &text, (&head, &next));
    unit.run(store::AGENDA_PUT, args![ctx.now.legal_date(), "base", code, ""]);
    db.commit(unit).await?.or_else(|guard| lost(guard, "基本目录"))?;
    // The first round at once, so that the desk shows it; the sweep does what is left.
    let system = ctx.as_actor(kernel::Actor::system("catalogue.agenda"));
    open_revisions(&system, db, code).await?;
    Ok(())
}

/// What is left to open of an entry's revisions; once all are open, it leaves the agenda (a note for this worker, not a thing).
///
/// # Errors
/// If the engine fails.
pub(crate) async fn follow(ctx: &Ctx, db: &Db, code: &str) -> Result<()> {
    if open_revisions(ctx, db, code).await? {
        let mut unit = Unit::new(ctx);
        unit.run(store::AGENDA_DROP, args!["base", code, ""]);
        db.commit(unit).await?.or_stale("基本目录")?;
    }
    Ok(())
}

/// Opens the revisions of implementing lists that rest on an older version of this entry; says whether all are done.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn open_revisions(ctx: &Ctx, db: &Db, code: &str) -> Result<bool> {
    let Some((entry, version)) = find(db, code).await? else { return Ok(true) };
    let (mut after, mut all) = (String::new(), true);
    loop {
        let rows = db.query(store::BEHIND, args![code, &after, version, count(ROUND)]).await?;
        let Some(last) = rows.last() else { return Ok(all) };
        after = last.string("id")?;
        for row in &rows {
            let (item, _) = store::read(row)?;
            if let Err(error) = open_one(ctx, db, &item, &entry).await {
                // One list under check must not hold up the others; it is tried again when it comes back.
                tracing::info!(item = %item.id, "revision for the changed base entry waits: {error}");
                all = false;
            }
        }
    }
}

async fn open_one(ctx: &Ctx, db: &Db, item: &ItemSummary, entry: &BaseEntry) -> Result<()> {
    let mut doc = working(db, item).await?;
    doc.base = Some(entry.clone());
    let at: (Id<Item>, i64) = (item.id, item.version);
    // Of a listed item nobody has written anything yet.
    if item.version == 0 && item.state == crate::ItemState::Listed {
        return Ok(());
    }
    items::revise_for(ctx, db, at, &doc, (crate::CATALOGUE, Opened::Base)).await
}

/// What is being written of an item: its draft, else what is in force, else no more than its name.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn working(db: &Db, item: &ItemSummary) -> Result<ItemDocument> {
    if let Some(row) = db.find(store::DRAFT, args![item.id]).await? {
        return store::document(&row);
    }
    match db.find(store::VERSION, args![item.id, item.current_version]).await? {
        Some(row) => store::document(&row),
        None => Ok(ItemDocument::named(&item.name)),
    }
}
