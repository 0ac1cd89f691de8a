//! What can be done with items: create, revise, publish, suspend, resume, cancel. One unit an act.

use journal::{Head, append};
use kernel::{Authority, Ctx, Error, Fault, Id, Item, Result};
use serde::Serialize;
use sm3::{Digest, Sm3};
use standards::ItemCode;
use storage::{Db, Unit, args};

use crate::{
    model::{
        BaseEntry, DOCUMENT_BYTES_MAX, Finding, ItemDocument, ItemState, ItemSummary, ItemTags, findings, missing,
        over_limits,
    },
    offices::{self, Office, allow},
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
}

/// SM3 of a document as stored, in hex; empty for an empty one.
pub(crate) fn fingerprint(document: &str) -> String {
    if document.is_empty() {
        return String::new();
    }
    fingerprint_bytes(document.as_bytes())
}

/// SM3 of bytes, in hex.
pub(crate) fn fingerprint_bytes(bytes: &[u8]) -> String {
    Sm3::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Begins an item: a draft of this authority.
///
/// # Errors
/// [`Error::Forbidden`] without [`CATALOGUE`](crate::CATALOGUE) at the authority; [`Error::Invalid`] if the document exceeds a
/// limit, has no base entry, or contradicts the base directory.
pub async fn create_item(ctx: &Ctx, db: &Db, authority: Id<Authority>, doc: &ItemDocument) -> Result<Id<Item>> {
    let mut unit = Unit::new(ctx);
    allow(ctx, &mut unit, authority)?;
    let text = checked(doc)?;
    let base = doc.base.as_ref().ok_or_else(|| Error::invalid("base", "请先在基本目录中选择事项。"))?;
    let office = offices::office(db, authority).await?;
    keep_base(ctx, db, &mut unit, base).await?;
    let mut item = ItemSummary {
        id: ctx.new_id(),
        authority,
        division: office.division,
        base_code: String::new(),
        item_code: String::new(),
        local_code: String::new(),
        name: String::new(),
        main_item: String::new(),
        aliases: Vec::new(),
        summary: String::new(),
        item_type: base.item_type,
        state: ItemState::Draft,
        current_version: 0,
        missing: 0,
        immediate: None,
        for_persons: false,
        for_organisations: false,
        promise: String::new(),
        visits: None,
        tags: ItemTags::default(),
        version: 1,
        changed_at: ctx.now,
    };
    describe(&mut item, doc);
    let draft = fingerprint(&text);
    let body = Stands::of(&item, "", &draft);
    let head = append(&mut unit, ctx, &Head::none(), (&item.subject(), "catalogue.item_created"), &body)?;
    store::item_add(&mut unit, &item, &head)?;
    store::draft_put(&mut unit, item.id, &text, ctx.now);
    db.commit(unit).await?.or_else(|guard| lost(guard, "事项"))?;
    Ok(item.id)
}

/// Keeps a new draft of an item; what is published stays in force.
///
/// # Errors
/// As [`create_item`]; [`Error::Stale`] if the item is no longer at `version`; [`Error::Refused`] if it is cancelled.
pub async fn revise(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64, doc: &ItemDocument) -> Result<()> {
    let mut change = Change::begin(ctx, db, id, version).await?;
    let text = checked(doc)?;
    if !change.item.state.is_open() {
        return Err(Error::refused("该事项已取消，不能再修改。"));
    }
    if let Some(base) = &doc.base {
        keep_base(ctx, db, &mut change.unit, base).await?;
    }
    match change.item.state {
        ItemState::Draft => describe(&mut change.item, doc),
        // The name and type of the published list stay until publication; how much is missing shows at once.
        ItemState::Listed => change.item.missing = count(missing(doc).len()),
        ItemState::Published | ItemState::Suspended | ItemState::Cancelled => {}
    }
    store::draft_put(&mut change.unit, id, &text, ctx.now);
    let in_force = in_force(db, &change.item).await?;
    change.commit(ctx, db, "catalogue.item_revised", (&in_force, &fingerprint(&text))).await
}

/// Publishes the draft as the next version and gives its number. Cases filed before keep the version they were filed under.
///
/// # Errors
/// [`Error::Invalid`] with every finding at once; [`Error::Refused`] if there is no draft or the item is cancelled;
/// [`Error::Stale`] if the item is no longer at `version`.
pub async fn publish(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<i64> {
    let mut change = Change::begin(ctx, db, id, version).await?;
    let row = db.find(store::DRAFT, args![id]).await?;
    let row = row.ok_or_else(|| Error::refused("没有尚未发布的修改，不需要再次发布。"))?;
    let doc = store::document(&row)?;
    let state = change.item.state.published()?;
    let office = offices::office(db, change.item.authority).await?;
    let item_code = judge(&doc, &office, &change.item)?;
    let bearer = db.find(store::ITEM_OF_CODE, args![item_code.as_str()]).await?;
    if bearer.map(|row| row.id::<Item>("id")).transpose()?.is_some_and(|it| it != id) {
        return Err(one_code());
    }
    describe(&mut change.item, &doc);
    let number = change.item.current_version + 1;
    change.item.item_code = item_code.as_str().to_owned();
    change.item.current_version = number;
    change.item.state = state;
    let text = row.string("document")?;
    store::version_add(&mut change.unit, id, number, &text, ctx.now);
    change.unit.run(store::DRAFT_DROP, args![id]);
    change.commit(ctx, db, "catalogue.item_published", (&fingerprint(&text), "")).await?;
    Ok(number)
}

/// Suspends an item in use: the public reads it, nobody can apply; cases under way go on.
///
/// # Errors
/// [`Error::Refused`] unless it is in use; [`Error::Stale`] if it is no longer at `version`.
pub async fn suspend(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<()> {
    turn(ctx, db, (id, version), ItemState::suspended, "catalogue.item_suspended").await
}

/// Takes a suspended item into use again.
///
/// # Errors
/// [`Error::Refused`] unless it is suspended; [`Error::Stale`] if it is no longer at `version`.
pub async fn resume(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<()> {
    turn(ctx, db, (id, version), ItemState::resumed, "catalogue.item_resumed").await
}

/// Cancels an item for good.
///
/// # Errors
/// [`Error::Refused`] if it is cancelled already; [`Error::Stale`] if it is no longer at `version`.
pub async fn cancel(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<()> {
    turn(ctx, db, (id, version), ItemState::cancelled, "catalogue.item_cancelled").await
}

async fn turn(
    ctx: &Ctx,
    db: &Db,
    (id, version): (Id<Item>, i64),
    to: fn(ItemState) -> Result<ItemState>,
    kind: &'static str,
) -> Result<()> {
    let mut change = Change::begin(ctx, db, id, version).await?;
    change.item.state = to(change.item.state)?;
    let in_force = in_force(db, &change.item).await?;
    change.commit(ctx, db, kind, (&in_force, "")).await
}

/// One act on an existing item: what was read, and the unit that changes it.
struct Change {
    item: ItemSummary,
    head: Head,
    unit: Unit,
}

impl Change {
    async fn begin(ctx: &Ctx, db: &Db, id: Id<Item>, version: i64) -> Result<Self> {
        let row = db.find(store::ITEM, args![id]).await?.ok_or(Error::NotFound { what: "事项" })?;
        let (item, head) = store::read(&row)?;
        let mut unit = Unit::new(ctx);
        allow(ctx, &mut unit, item.authority)?;
        if head.version != version {
            return Err(Error::Stale { what: "事项", by: None });
        }
        Ok(Self { item, head, unit })
    }

    async fn commit(mut self, ctx: &Ctx, db: &Db, kind: &'static str, (document, draft): (&str, &str)) -> Result<()> {
        let body = Stands::of(&self.item, document, draft);
        let head = append(&mut self.unit, ctx, &self.head, (&self.item.subject(), kind), &body)?;
        store::item_change(&mut self.unit, &self.item, self.head.version, &head)?;
        db.commit(self.unit).await?.or_else(|guard| lost(guard, "事项"))
    }
}

impl<'a> Stands<'a> {
    pub(crate) fn of(it: &'a ItemSummary, document: &'a str, draft: &'a str) -> Self {
        let (authority, division) = (it.authority, it.division.as_str());
        Self {
            authority,
            division,
            item_code: &it.item_code,
            state: it.state,
            number: it.current_version,
            document,
            draft,
        }
    }
}

/// The fingerprint of the document in force.
async fn in_force(db: &Db, item: &ItemSummary) -> Result<String> {
    match db.find(store::VERSION, args![item.id, item.current_version]).await? {
        Some(row) => Ok(fingerprint(row.text("document")?)),
        None => Ok(String::new()),
    }
}

/// The document as it will be stored, if it keeps the limits.
fn checked(doc: &ItemDocument) -> Result<String> {
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

/// Everything that keeps the document from being published, or its code (实施编码 = USCC + 行使层级 + 基本编码).
fn judge(doc: &ItemDocument, office: &Office, item: &ItemSummary) -> Result<ItemCode> {
    let mut faults: Vec<Fault> = findings(doc).into_iter().map(Finding::into).collect();
    let level = doc.use_levels.first();
    let code = match (&office.credit_code, level, &doc.base) {
        (Some(body), Some(level), Some(base)) => ItemCode::from_parts(body, *level, &base.code).ok(),
        _ => None,
    };
    if office.credit_code.is_none() {
        faults.push(Fault::new("authority", "实施主体没有统一社会信用代码，无法生成实施编码，请先在机构管理中补充。"));
    }
    match code {
        Some(code) if faults.is_empty() => {
            if item.item_code.is_empty() || item.item_code == code.as_str() {
                return Ok(code);
            }
            let message =
                format!("实施编码一经发布不得变更（原为 {}）。基本编码或层级变了的，请新编一个事项。", item.item_code);
            Err(Error::invalid("base", message))
        }
        _ => Err(Error::Invalid(faults)),
    }
}

/// Writes into the summary what the document says.
fn describe(item: &mut ItemSummary, doc: &ItemDocument) {
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
}

/// Makes the base entry if the directory has none of this code; refuses a document that tells it otherwise.
async fn keep_base(ctx: &Ctx, db: &Db, unit: &mut Unit, base: &BaseEntry) -> Result<()> {
    if base.code.item_type() != base.item_type {
        let (code, name) = (base.code.as_str(), base.item_type.name());
        return Err(Error::invalid("base", format!("基本编码 {code} 的第 3、4 位与事项类型「{name}」不符。")));
    }
    if let Some(row) = db.find(store::BASE, args![base.code.as_str()]).await? {
        let known: BaseEntry = row.json("document")?;
        if known == *base {
            return Ok(());
        }
        let message = format!(
            "基本编码 {} 在基本目录中是「{}」，名称、类型、依据、法定时限和服务对象以基本目录为准。",
            known.code, known.name
        );
        return Err(Error::invalid("base", message));
    }
    let id = ctx.new_id();
    let text = store::json(base)?;
    let subject = format!("catalogue-base:{id}");
    let body = serde_json::json!({ "code": base.code, "document": fingerprint(&text) });
    let head = append(unit, ctx, &Head::none(), (&subject, "catalogue.base_created"), &body)?;
    store::base_add(unit, id, base, &text, &head);
    Ok(())
}

/// Quality rule 15: one code, one item.
fn one_code() -> Error {
    Error::invalid("base", "同一实施主体已有这个编码的事项（一事一码），请核对是否重复编制。")
}

/// What a lost guard means to the person.
fn lost(guard: &'static str, what: &'static str) -> Error {
    match guard {
        guard::CODE => one_code(),
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
