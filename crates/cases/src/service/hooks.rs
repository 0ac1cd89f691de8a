//! Systems of departments are told what happens to cases (事件推送): where, set up by whoever administers the system; the messages leave
//! through the outbox, so that a receiver that is down loses nothing, and knows again what it got already.

use base64::{Engine, engine::general_purpose::STANDARD};
use identity::{CONNECT, Connected};
use journal::{Head, Record, outbox};
use kernel::{Authority, Client, Ctx, Cursor, Error, Id, Item, Moment, Page, PageAsk, Result, Scope};
use serde::{Deserialize, Serialize};
use storage::{Unit, args};
use webkit::App;

use crate::{
    CaseId, SYSTEM_PULL,
    model::{
        Event,
        hook::{self, HookState, SECRET_BYTES, SECRET_PREFIX, Told},
    },
    store::{CaseRow, hooks as rows},
};

/// The kind of outbox message that [`hook_letter`] makes a request of.
pub const HOOK_MESSAGE: &str = "webhook";
/// Places where one system is told, at most.
pub(crate) const HOOKS_MAX: i64 = 5;
/// Places at one authority that are told of one event, at most.
const AT_ONCE: i64 = 100;
/// What was told longer ago is forgotten, in seconds: thirty days.
const KEPT_SECONDS: i64 = 30 * 86_400;
/// Messages forgotten in one round.
const FORGOTTEN: i64 = 10_000;
/// Kinds of entries.
const HOOK_ADDED: &str = "cases.hook_added";
const HOOK_CHANGED: &str = "cases.hook_changed";
const HOOK_RESENT: &str = "cases.hook_resent";
const HOOK_SKIPPED: &str = "cases.hook_skipped";

/// A place where a system is told, as an id's mark.
#[derive(Debug)]
pub(crate) enum HookMark {}

/// A place where a system is told.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) id: Id<HookMark>,
    pub(crate) state: HookState,
    pub(crate) head: Head,
}

/// What the record says of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HookEntry {
    pub(crate) state: HookState,
    /// The message that was sent once more, or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

/// As an administrator fills it in.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewHook {
    pub(crate) address: String,
    /// Types of events; empty: all.
    pub(crate) kinds: Vec<String>,
    /// Only cases of this item.
    pub(crate) item: Option<Id<Item>>,
}

/// The chain of one, and under what the vault keeps its secrets.
pub(crate) fn holder(id: Id<HookMark>) -> String {
    format!("case-hook:{id}")
}

/// Sets up where a system is told; gives the secret that signs, which is shown this once.
///
/// # Errors
/// Those of the permission at the system's authority; [`Error::Invalid`] at `address`, `kinds` or `item`; [`Error::Refused`] beyond
/// [`HOOKS_MAX`]; if the engine fails.
pub(crate) async fn set_up(ctx: &Ctx, app: &App, client: Id<Client>, new: &NewHook) -> Result<(Id<HookMark>, String)> {
    let system = identity::connected(ctx, app, client).await?;
    ctx.proven(CONNECT)?;
    let address = new.address.trim();
    let faults = hook::faults(address, &new.kinds, app.site.demo);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    if let Some(item) = new.item {
        let of = catalogue::items_of(&app.db, &[item]).await?.get(&item).map(|it| it.authority);
        let code = identity::authority(&app.db, system.authority).await?.facts.uscc;
        if of != Some(system.authority) && !catalogue::is_examined_at(&app.db, &code, item).await? {
            return Err(Error::invalid("item", "本单位没有这个事项，请从列表中选择。"));
        }
    }
    let held = app.db.query(rows::HOOKS_OF, args![client, HOOKS_MAX]).await?.len();
    if i64::try_from(held).unwrap_or(HOOKS_MAX) >= HOOKS_MAX {
        return Err(Error::refused(format!("一个系统最多设 {HOOKS_MAX} 个接收地址，请先停用、改用已有的。")));
    }
    let state = HookState {
        client,
        authority: system.authority,
        address: address.to_owned(),
        kinds: new.kinds.clone(),
        item: new.item,
        secrets: Vec::new(),
        stopped: false,
    };
    let id = ctx.new_id();
    let mut unit = Unit::new(ctx);
    identity::still_holds(&mut unit, ctx, &system.right);
    let key = app.vault.create(&mut unit, ctx, &holder(id));
    let (state, secret) = with_secret(ctx, app, &mut unit, (id, &key), &state);
    let entry = HookEntry { state, message: None };
    let head = journal::append(&mut unit, ctx, &Head::none(), (&holder(id), HOOK_ADDED), &entry)?;
    rows::add(&mut unit, id, &entry.state, &head)?;
    app.db.commit(unit).await?.or_stale("接收地址")?;
    Ok((id, secret))
}

/// The same with a fresh secret, sealed in this unit; and the secret.
fn with_secret(
    ctx: &Ctx,
    app: &App,
    unit: &mut Unit,
    (id, key): (Id<HookMark>, &vault::DataKey),
    state: &HookState,
) -> (HookState, String) {
    let secret = hook::written(&ctx.random_bytes::<SECRET_BYTES>());
    let name = format!("secret.{}", ctx.new_id::<HookMark>());
    let sm3 = app.vault.seal(unit, ctx, (&holder(id), key), &name, secret.as_bytes());
    (state.with_secret(name, sm3, ctx.now), secret)
}

/// What changes about it.
pub(crate) enum Change {
    /// A new secret; the old one signs for a day yet.
    Secret,
    /// Whether it is told nothing any more.
    Stopped(bool),
    /// A message that was set aside is sent once more.
    Again(String),
    /// A message that was set aside is given up: what comes after it goes out.
    Skip(String),
}

/// Changes one, unless somebody did since `version`; gives the new secret, if one was asked for.
///
/// # Errors
/// Those of the permission; [`Error::NotFound`]; [`Error::Stale`] if somebody was first; if the engine fails.
pub(crate) async fn change(
    ctx: &Ctx,
    app: &App,
    (client, id, version): (Id<Client>, Id<HookMark>, i64),
    what: Change,
) -> Result<Option<String>> {
    let (system, before) = one(ctx, app, (client, id)).await?;
    ctx.proven(CONNECT)?;
    if before.head.version != version {
        return Err(Error::Stale { what: "接收地址", by: None });
    }
    let mut unit = Unit::new(ctx);
    identity::still_holds(&mut unit, ctx, &system.right);
    let (mut secret, mut message, mut kind) = (None, None, HOOK_CHANGED);
    let state = match what {
        Change::Secret => {
            let key = app.vault.key(&holder(id)).await?;
            let (state, made) = with_secret(ctx, app, &mut unit, (id, &key), &before.state);
            secret = Some(made);
            state
        }
        Change::Stopped(stopped) => HookState { stopped, ..before.state.clone() },
        Change::Again(told) => {
            is_its_own(app, id, &told).await?;
            outbox::again(&mut unit, ctx, &told);
            (message, kind) = (Some(told), HOOK_RESENT);
            before.state.clone()
        }
        Change::Skip(told) => {
            is_its_own(app, id, &told).await?;
            outbox::skip(&mut unit, ctx, &told);
            (message, kind) = (Some(told), HOOK_SKIPPED);
            before.state.clone()
        }
    };
    let entry = HookEntry { state, message };
    let head = journal::append(&mut unit, ctx, &before.head, (&holder(id), kind), &entry)?;
    rows::change(&mut unit, &before, &entry.state, &head)?;
    app.db.commit(unit).await?.or_stale("接收地址")?;
    Ok(secret)
}

/// Refuses a message that went to another place.
async fn is_its_own(app: &App, id: Id<HookMark>, told: &str) -> Result<()> {
    let row = app.db.find(rows::TOLD_ONE, args![told]).await?;
    match row.map(|row| row.id::<HookMark>("hook")).transpose()? == Some(id) {
        true => Ok(()),
        false => Err(Error::NotFound { what: "这条推送" }),
    }
}

/// One place where a system is told, for whoever administers the system.
///
/// # Errors
/// Those of the permission; [`Error::NotFound`]; if the engine fails.
pub(crate) async fn one(ctx: &Ctx, app: &App, (client, id): (Id<Client>, Id<HookMark>)) -> Result<(Connected, Hook)> {
    let system = identity::connected(ctx, app, client).await?;
    let row = app.db.find(rows::HOOK, args![id]).await?;
    let found = row.as_ref().map(rows::read).transpose()?.filter(|it| it.state.client == client);
    Ok((system, found.ok_or(Error::NotFound { what: "接收地址" })?))
}

/// Where a system is told, for whoever administers it.
///
/// # Errors
/// As [`one`].
pub(crate) async fn list(ctx: &Ctx, app: &App, client: Id<Client>) -> Result<(Connected, Vec<Hook>)> {
    let system = identity::connected(ctx, app, client).await?;
    let found = app.db.query(rows::HOOKS_OF, args![client, HOOKS_MAX]).await?;
    Ok((system, found.iter().map(rows::read).collect::<Result<_>>()?))
}

/// A message that was sent, or is on its way.
pub(crate) struct Sent {
    /// Its key in the outbox.
    pub(crate) id: String,
    pub(crate) case: CaseId,
    pub(crate) kind: String,
    pub(crate) sequence: i64,
    pub(crate) made_at: Moment,
    /// How it stands; `None`: it was sent, so long ago that nothing more is known.
    pub(crate) standing: Option<outbox::Standing>,
}

/// What was told there, the latest first; whoever calls has asked by what right.
///
/// # Errors
/// [`Error::NotFound`] for a key of another list; if the engine fails.
pub(crate) async fn sent(app: &App, id: Id<HookMark>, ask: &PageAsk) -> Result<Page<Sent>> {
    let before = ask.after.as_ref().map_or(Ok(i64::MAX), |cursor| cursor.int(0))?;
    let found = app.db.query(rows::TOLD, args![id, before, ask.sql_limit()]).await?;
    let page = Page::cut(found, ask, |row| Cursor::new([row.int("position").unwrap_or_default().to_string()]));
    let keys = page.items.iter().map(|row| row.string("id")).collect::<Result<Vec<_>>>()?;
    let mut standing = outbox::standing(&app.db, &keys).await?;
    let mut items = Vec::with_capacity(keys.len());
    for (row, id) in page.items.iter().zip(keys) {
        items.push(Sent {
            standing: standing.remove(&id),
            case: row.id("case_id")?,
            kind: row.string("kind")?,
            sequence: row.int("sequence")?,
            made_at: row.moment("made_at")?,
            id,
        });
    }
    Ok(Page { items, next: page.next })
}

/// Whether anybody is told anything at all.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn any(app: &App) -> Result<bool> {
    Ok(app.db.find(rows::HOOKS_ANY, args![""]).await?.is_some())
}

/// Tells all who want to know of this entry, in the unit of the reader that read it: the systems of who decides, and those of the organ that
/// examines first, each by itself. They are told of what they can pull ([`systems`](super::systems)): once the case was handed up, the lower
/// organ's learn that and how it goes on, and not what exactly the upper organ did.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn tell(
    ctx: &Ctx,
    unit: &mut Unit,
    app: &App,
    (row, event, entry): (&CaseRow, &Event, &Record),
) -> Result<()> {
    tell_at(ctx, unit, app, (row, event, entry), (row.facts.authority, true)).await?;
    match row.facts.preliminary.filter(|it| *it != row.facts.authority) {
        Some(lower) => {
            let finely = row.facts.was_below(&row.case, event);
            tell_at(ctx, unit, app, (row, event, entry), (lower, finely)).await
        }
        None => Ok(()),
    }
}

/// As [`tell`], of the systems of one organ; `finely`: which entry it was too.
async fn tell_at(
    ctx: &Ctx,
    unit: &mut Unit,
    app: &App,
    (row, event, entry): (&CaseRow, &Event, &Record),
    (organ, finely): (Id<Authority>, bool),
) -> Result<()> {
    let kind = hook::kind_of(&event.fact);
    let position = entry.position.ok_or_else(|| Error::internal("the feed gave an entry without a position"))?;
    for found in app.db.query(rows::HOOKS_AT, args![organ, AT_ONCE]).await? {
        let found = rows::read(&found)?;
        let of = (SYSTEM_PULL, &Scope::item(organ, row.facts.item));
        let wants = found.state.wants(row.facts.item, kind);
        if !wants || !identity::is_told_of(ctx, app, found.state.client, of).await? {
            continue;
        }
        let told = Told {
            hook: found.id.to_string(),
            case: row.id.to_string(),
            number: row.facts.number.clone(),
            item: row.facts.item.to_string(),
            sequence: entry.version,
            kind: kind.to_owned(),
            entry: if finely { entry.kind.clone() } else { String::new() },
            at: event.at,
        };
        let key = format!("{}.{}", told.hook, told.id());
        unit.run(rows::TOLD_ADD, args![found.id, position, &key, row.id, told.sequence, kind, ctx.now]);
        // What happens to one case is told in its order.
        let line = format!("{}.{}", told.hook, told.case);
        outbox::enqueue_in_line(unit, ctx, (HOOK_MESSAGE, &key), (&line, told.sequence), &told)?;
    }
    Ok(())
}

/// A request to a system of a department.
pub struct HookLetter {
    /// Where it goes.
    pub address: String,
    /// Its headers, by name.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: String,
}

/// The request that a message of the outbox stands for, signed now; `None`: nobody is told there any more.
///
/// # Errors
/// If the message or a secret cannot be read; if the engine fails.
pub async fn hook_letter(ctx: &Ctx, app: &App, message: &str) -> Result<Option<HookLetter>> {
    let told: Told = serde_json::from_str(message).map_err(Error::internal)?;
    let id: Id<HookMark> = told.hook.parse()?;
    let row = app.db.find(rows::HOOK, args![id]).await?;
    let Some(found) = row.as_ref().map(rows::read).transpose()?.filter(|it| !it.state.stopped) else { return Ok(None) };
    if !identity::is_connected(app, found.state.client).await? {
        return Ok(None);
    }
    let mut secrets = Vec::new();
    for it in found.state.signing(ctx.now) {
        let kept = String::from_utf8(app.vault.open(&holder(id), &it.name).await?).map_err(Error::internal)?;
        let text = kept.strip_prefix(SECRET_PREFIX).unwrap_or(&kept);
        secrets.push(STANDARD.decode(text).map_err(Error::internal)?);
    }
    let body = told.event(app.site.address.trim_end_matches('/')).to_string();
    let (name, seconds) = (told.id(), ctx.now.micros().div_euclid(1_000_000));
    let headers = vec![
        ("content-type", "application/cloudevents+json; charset=utf-8".to_owned()),
        ("webhook-id", name.clone()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", hook::signatures(&secrets, (&name, seconds, &body))),
    ];
    Ok(Some(HookLetter { address: found.state.address, headers, body }))
}

/// Forgets what was told long ago.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn forget(app: &App, ctx: &Ctx) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.run(rows::TOLD_FORGET, args![ctx.now.plus_seconds(-KEPT_SECONDS), FORGOTTEN]);
    app.db.commit(unit).await?.or_stale("推送记录")
}
