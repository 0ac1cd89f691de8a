//! Drafts: what is being filled in. They outlive devices and sessions, and are forgotten some time after the last change.

use std::{collections::BTreeMap, sync::Arc};

use catalogue::{Documents, ItemDocument};
use kernel::{Ctx, Error, Holder, Id, Item, Moment, Result, Scope};
use serde_json::Value;
use storage::{Commit, Row, Unit, args};
use vault::DataKey;
use webkit::App;

use super::{
    known::{self, Known},
    preliminary, subject, uploads,
};
use crate::{
    CaseId, FILE, FILE_AT_WINDOW,
    store::{self, DraftRow, guard},
};

/// The answers of one form at most, in bytes of JSON.
pub(crate) const ANSWERS_MAX: usize = 64 * 1024;
/// A draft is kept so many days after its last change.
pub(crate) const DRAFT_DAYS: i64 = 90;
/// Drafts of one person at most.
const DRAFTS_MAX: i64 = 200;

/// What one wants to apply for.
#[derive(Debug, Clone)]
pub struct DraftAsk {
    /// The item.
    pub item: Id<Item>,
    /// At a window: the person or enterprise that applies. `None`: the caller itself, or whom it acts for.
    pub holder: Option<Holder>,
    /// At a window: the person who stands there agrees that the window fills in and files.
    pub consent: bool,
}

/// A draft, unsealed.
#[derive(Clone)]
pub struct Draft {
    /// Its id; the case will have the same.
    pub id: CaseId,
    /// The item.
    pub item: Id<Item>,
    /// The version of the item that it follows.
    pub item_version: i64,
    /// The document of that version.
    pub document: Arc<ItemDocument>,
    /// Who will be the applicant.
    pub holder: Holder,
    /// Whether it is filled in at a window for a person present.
    pub at_window: bool,
    /// When the person at the window agreed; recorded with the case.
    pub consent_at: Option<Moment>,
    /// The answers so far.
    pub values: Value,
    /// What the platform brought in when it was begun, by field.
    pub known: BTreeMap<String, Known>,
    /// Rises with each change; a form carries it.
    pub version: i64,
    /// When it was last changed.
    pub updated_at: Moment,
    /// When it is forgotten.
    pub expires: Moment,
}

/// By what right somebody may begin an application for this holder.
pub(crate) fn may_file(ctx: &Ctx, scope: Scope, holder: Holder) -> Result<kernel::Basis> {
    if ctx.actor.holder() == Some(holder) { ctx.may(FILE, &scope.of(holder)) } else { ctx.may(FILE_AT_WINDOW, &scope) }
}

/// Refuses applicants whom the item does not serve.
pub(crate) fn check_audience(document: &ItemDocument, holder: Holder) -> Result<()> {
    match holder {
        Holder::Person(_) if !document.serves_persons() => {
            Err(Error::refused("本事项面向企业等组织办理。请先在「我的账号」中切换为代表企业办事，再来申请。"))
        }
        Holder::Enterprise(_) if !document.serves_organisations() => {
            Err(Error::refused("本事项面向个人办理。请先在「我的账号」中切换为本人办事，再来申请。"))
        }
        _ => Ok(()),
    }
}

/// Refuses whoever files online and is not known as well as the item demands; at a window the clerk sees who it is. It is the person who
/// acts that must be known, also for an enterprise or for another.
///
/// # Errors
/// [`Error::Refused`] with the way to a higher level; if the engine fails.
pub(crate) async fn check_level(ctx: &Ctx, app: &App, document: &ItemDocument) -> Result<()> {
    let Some(demanded) = document.real_name_level.filter(|it| it.number() > 0) else { return Ok(()) };
    if identity::real_name_level(app, ctx.person()?).await? >= demanded.number() {
        return Ok(());
    }
    Err(Error::refused(format!(
        "本事项网上办要求实名等级达到{}，您还没有达到。请打开「我的账号」里的「实名等级」核验，再来提交；填好的草稿会一直留着。",
        demanded.name()
    )))
}

/// Begins a draft, filled with what the platform knows.
///
/// # Errors
/// Those of the permission; [`Error::Refused`] if the item takes no application, or not from such applicants; if the engine fails.
pub async fn create_draft(ctx: &Ctx, app: &App, ask: &DraftAsk) -> Result<Draft> {
    let documents = app.part::<Documents>()?;
    let published = catalogue::published(&app.db, &documents, ask.item).await?;
    let person = ctx.person()?;
    let holder = ask.holder.or_else(|| ctx.actor.holder()).ok_or(Error::SignIn)?;
    preliminary::may_file(ctx, app, &published, holder).await?;
    check_audience(&published.document, holder)?;
    let known = known::of(ctx, app, (ask.item, &published.document), holder).await?;
    let values = known.iter().map(|(field, it)| (field.clone(), it.value.clone())).collect();
    let at_window = ctx.actor.holder() != Some(holder);
    let channel = if at_window { kernel::Channel::Window } else { ctx.actor.channel };
    let consent_at = (at_window && ask.consent).then_some(ctx.now);
    let id: CaseId = ctx.new_id();
    let expires = ctx.now.plus_seconds(DRAFT_DAYS * 86_400);
    let values = Value::Object(values);
    let mut unit = Unit::new(ctx);
    let key = app.vault.create(&mut unit, ctx, &subject(id));
    let sealed = seal(ctx, app, &key, id, &values)?;
    let told = known::seal(ctx, app, &key, id, &known)?;
    let (code, number) = (store::channel_code(channel), published.number);
    let row = args![id, person, holder.to_string(), ask.item, number, code, consent_at, sealed, ctx.now, expires, told];
    unit.one(guard::DRAFT, store::DRAFT_ADD, row);
    app.db.commit(unit).await?.or_stale("草稿")?;
    Ok(Draft {
        id,
        item: ask.item,
        item_version: published.number,
        document: published.document,
        holder,
        at_window,
        consent_at,
        values,
        known,
        version: 1,
        updated_at: ctx.now,
        expires,
    })
}

/// One's own draft.
///
/// # Errors
/// [`Error::NotFound`] if there is none, or it is somebody else's; if the engine fails.
pub async fn draft(ctx: &Ctx, app: &App, id: CaseId) -> Result<Draft> {
    let row = own_row(ctx, app, id).await?;
    let key = app.vault.key(&subject(id)).await?;
    open(app, row, &key).await
}

pub(crate) async fn own_row(ctx: &Ctx, app: &App, id: CaseId) -> Result<DraftRow> {
    own_row_where(ctx, app, id, false).await
}

/// One's draft, among those in use or (`binned`) those put away.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] if it was begun for somebody for whom one does not act now; if the engine fails.
pub(super) async fn own_row_where(ctx: &Ctx, app: &App, id: CaseId, binned: bool) -> Result<DraftRow> {
    let person = ctx.person()?;
    let row = app.db.find(store::DRAFT, args![id]).await?.as_ref().map(store::draft).transpose()?;
    let row = row.filter(|it| it.person == person && it.binned_at.is_some() == binned);
    let row = row.ok_or(Error::NotFound { what: "草稿" })?;
    // What was begun for another holds that one's data: it is open only while one acts for it, within the mandate.
    if row.channel != kernel::Channel::Window {
        if ctx.actor.holder() != Some(row.holder) {
            let whom = if row.holder == Holder::Person(person) { "本人" } else { "原来的申请人" };
            return Err(Error::refused(format!("这份草稿是为{whom}填写的。请先在页面上方切换为{whom}办事，再打开。")));
        }
        ctx.may(FILE, &Scope { item: Some(row.item), ..Scope::own(row.holder) })?;
    }
    Ok(row)
}

pub(crate) async fn open(app: &App, row: DraftRow, key: &DataKey) -> Result<Draft> {
    let bytes = app.vault.open_bytes(key, &place(row.id), &row.sealed)?;
    let document = super::document(app, row.item, row.item_version).await?;
    Ok(Draft {
        id: row.id,
        item: row.item,
        item_version: row.item_version,
        document,
        holder: row.holder,
        at_window: row.channel == kernel::Channel::Window,
        consent_at: row.consent_at,
        values: serde_json::from_slice(&bytes).map_err(Error::internal)?,
        known: known::open(app, key, &row)?,
        version: row.version,
        updated_at: row.updated_at,
        expires: row.expires,
    })
}

/// A draft in a list, unopened.
#[derive(Debug, Clone)]
pub struct OwnDraft {
    /// Its id.
    pub id: CaseId,
    /// The item.
    pub item: Id<Item>,
    /// When it was last changed.
    pub updated_at: Moment,
    /// When it is put away; one that is, destroyed.
    pub expires: Moment,
}

impl OwnDraft {
    pub(super) fn read(row: &Row) -> Result<Self> {
        let (updated_at, expires) = (row.moment("updated_at")?, row.moment("expires")?);
        Ok(Self { id: row.id("id")?, item: row.id("item")?, updated_at, expires })
    }
}

/// One's drafts, newest first.
///
/// # Errors
/// If the engine fails.
pub async fn drafts_of(ctx: &Ctx, app: &App) -> Result<Vec<OwnDraft>> {
    let rows = app.db.query(store::DRAFTS_OF, args![ctx.person()?, DRAFTS_MAX]).await?;
    rows.iter().map(OwnDraft::read).collect()
}

/// Keeps the answers of a draft and gives its new version. They may be incomplete or wrong: a draft is a draft.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`] if it was changed in another window since `version`; [`Error::TooLarge`].
pub async fn save_draft(ctx: &Ctx, app: &App, id: CaseId, version: i64, values: &Value) -> Result<i64> {
    save_drafts(ctx, app, &[(id, version, values)]).await?;
    Ok(version + 1)
}

/// Keeps the answers of several drafts, all or none; each version rises by one.
///
/// # Errors
/// As [`save_draft`].
pub(super) async fn save_drafts(ctx: &Ctx, app: &App, all: &[(CaseId, i64, &Value)]) -> Result<()> {
    let expires = ctx.now.plus_seconds(DRAFT_DAYS * 86_400);
    let mut unit = Unit::new(ctx);
    for (id, version, values) in all {
        own_row(ctx, app, *id).await?;
        let key = app.vault.key(&subject(*id)).await?;
        let sealed = seal(ctx, app, &key, *id, values)?;
        unit.one(guard::DRAFT, store::DRAFT_SAVE, args![*id, sealed, ctx.now, expires, *version]);
    }
    match app.db.commit(unit).await? {
        Commit::Done => Ok(()),
        Commit::Lost { .. } => Err(elsewhere()),
    }
}

/// Another window was first.
pub(super) fn elsewhere() -> Error {
    Error::refused("这份草稿已在别的窗口或设备上改动过，请刷新页面后再填写。")
}

/// Destroys a draft: what was sealed for it can be read by nobody any more.
pub(crate) async fn drop_draft(ctx: &Ctx, app: &App, id: CaseId, version: i64) -> Result<()> {
    let files = app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await?;
    let mut unit = Unit::new(ctx);
    unit.one(guard::DRAFT, store::DRAFT_DROP, args![id, version]);
    unit.run(store::MATERIALS_DROP, args![id]);
    let pieces = uploads::forget_of_case(app, &mut unit, id).await?;
    app.vault.destroy(&mut unit, &subject(id));
    app.db.commit(unit).await?.or_stale("草稿")?;
    // After the unit: a file that stays behind for want of time is sealed under a key that is gone.
    for file in &files {
        for blob in store::material(file)?.own_blobs() {
            app.blobs.delete(blob).await?;
        }
    }
    for piece in &pieces {
        app.blobs.delete(piece).await?;
    }
    Ok(())
}

fn place(id: CaseId) -> String {
    format!("draft:{id}")
}

pub(super) fn seal(ctx: &Ctx, app: &App, key: &DataKey, id: CaseId, values: &Value) -> Result<Vec<u8>> {
    let text = store::json(values)?;
    if text.len() > ANSWERS_MAX {
        return Err(Error::TooLarge { reason: "申请表填写的内容过多，请精简后再保存。".to_owned() });
    }
    Ok(app.vault.seal_bytes(ctx, key, &place(id), text.as_bytes()))
}
