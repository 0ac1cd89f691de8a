//! Looks at a person's data: written down as they happen, and read by the person (谁看过我的信息, 个人信息保护法 art. 44, 45, 51).
//!
//! A look is counted once a minute for each viewer, person, matter and purpose, and fills one row a day: an office that works on a case all
//! day makes one line, not a hundred. The row is written before anything is shown; what cannot be written down is not shown.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use kernel::{Authority, Basis, Ctx, Cursor, Error, Id, Moment, Page, PageAsk, Person, Result, Who};
use lru::LruCache;
use storage::{Unit, args};
use vault::DataKey;
use webkit::App;

use super::people::vault_holder;
use crate::{
    SiteCallers,
    model::{
        look::{Purpose, WORDS_MAX, is_another},
        openid::client::ClientState,
    },
    store::{looks as rows, posts},
};

/// Looks that a node remembers, so that it need not write one twice a minute.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(20_000).expect("a number above zero");
/// What sorts after every id.
const LAST: &str = "~";

/// Who looks at whose data, and why.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// The case or system by its own number or name; empty: none.
    pub matter: String,
    /// The authority whose work it is.
    pub authority: Option<Id<Authority>>,
    /// The right it rests on.
    pub basis: Option<Basis>,
    /// The viewer's own words of the purpose.
    pub words: String,
}

/// The looks of the last minute, on this node.
pub(crate) struct Looked(Mutex<LruCache<String, Moment>>);

impl Default for Looked {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(REMEMBERED)))
    }
}

impl Looked {
    /// Whether this look is to be written down; if so, it is remembered.
    fn takes(&self, key: &str, now: Moment) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let another = is_another(seen.get(key).copied(), now);
        if another {
            seen.put(key.to_owned(), now);
        }
        another
    }

    fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop(key);
    }
}

/// Writes down that the actor looks at a person's data. One's own data, and the platform's own work, are no looks.
///
/// # Errors
/// [`Error::Invalid`] at `words` if they are missing where they must be, or too long; if the engine fails.
pub async fn look(ctx: &Ctx, app: &App, person: Id<Person>, (purpose, about): (Purpose, &Look)) -> Result<()> {
    match ctx.actor.who {
        Who::Person(id) if id == person => Ok(()),
        Who::Anonymous | Who::System(_) => Ok(()),
        Who::Person(_) | Who::Client(_) => {
            look_of(ctx, app, (&ctx.actor.who.to_string(), person), (purpose, about)).await
        }
    }
}

/// As [`look`], of whoever is named: a system that reads by a token of the person.
pub(crate) async fn look_of(
    ctx: &Ctx,
    app: &App,
    (viewer, person): (&str, Id<Person>),
    (purpose, about): (Purpose, &Look),
) -> Result<()> {
    let words = about.words.trim();
    // Whoever said so today need not say it again at each look.
    if purpose == Purpose::Other
        && words.is_empty()
        && look_told(ctx, app, person, &about.matter).await? != Some(purpose)
    {
        return Err(Error::invalid("words", "选「其他」的，请写明查看的目的。"));
    }
    if words.chars().count() > WORDS_MAX {
        return Err(Error::invalid("words", format!("目的最多 {WORDS_MAX} 个字，请缩短。")));
    }
    let day = ctx.now.legal_date().to_string();
    let key = format!("{viewer}\n{person}\n{day}\n{}\n{}\n{words}", about.matter, purpose.code());
    let callers = app.part::<SiteCallers>().ok();
    let takes = callers.as_ref().is_none_or(|it| it.looked.takes(&key, ctx.now));
    if !takes {
        return Ok(());
    }
    let written = write(ctx, app, (viewer, person, &day), (purpose, about, words)).await;
    if let (Err(_), Some(callers)) = (&written, callers) {
        callers.looked.forget(&key);
    }
    written
}

async fn write(
    ctx: &Ctx,
    app: &App,
    (viewer, person, day): (&str, Id<Person>, &str),
    (purpose, about, words): (Purpose, &Look, &str),
) -> Result<()> {
    let mut post = String::new();
    let mut authority = about.authority;
    if let Some(Basis::Post(id)) = about.basis
        && let Some(row) = app.db.find(posts::POST, args![id]).await?
    {
        post = row.string("code")?;
        authority = authority.or(row.opt_id("authority")?);
    }
    let id = ctx.new_id::<Look>();
    let mut unit = Unit::new(ctx);
    if !words.is_empty() {
        let holder = vault_holder(person);
        let key: DataKey = app.vault.key(&holder).await?;
        let _ = app.vault.seal(&mut unit, ctx, (&holder, &key), &sealed(id), words.as_bytes());
    }
    let values =
        args![person, day, viewer, &about.matter, purpose.code(), id, authority, post, !words.is_empty(), ctx.now];
    unit.run(rows::LOOK_COUNT, values);
    app.db.commit(unit).await?.or_stale("查看记录")
}

/// Under what name a viewer's own words are sealed.
fn sealed(id: Id<Look>) -> String {
    format!("look.{id}")
}

/// For what the actor looked at this person's data in this matter today: as it told, or because it handled it. One's own data is always
/// as handled.
///
/// # Errors
/// If the engine fails.
pub async fn look_told(ctx: &Ctx, app: &App, person: Id<Person>, matter: &str) -> Result<Option<Purpose>> {
    if ctx.actor.who == Who::Person(person) {
        return Ok(Some(Purpose::Handling));
    }
    let values = args![person, ctx.now.legal_date(), ctx.actor.who.to_string(), matter];
    let found = app.db.find(rows::LOOK_TOLD, values).await?;
    Ok(found.map(|row| row.string("purpose")).transpose()?.and_then(|code| Purpose::from_code(&code)))
}

/// A look, as the person reads it.
pub(crate) struct LookLine {
    pub(crate) day: String,
    /// The authority, or the system.
    pub(crate) who: String,
    /// The post; empty of a system.
    pub(crate) post: String,
    pub(crate) purpose: String,
    pub(crate) matter: String,
    pub(crate) times: i64,
}

/// A page of the looks at the caller's own data, the latest first. Officers are told by authority and post, not by name: the law gives
/// the purpose and the handler (个人信息处理者), which is the authority.
///
/// # Errors
/// [`Error::SignIn`]; [`Error::NotFound`] for a key of another list; if the engine fails.
pub(crate) async fn own(ctx: &Ctx, app: &App, ask: &PageAsk) -> Result<Page<LookLine>> {
    let person = ctx.person()?;
    let before = ask.after.as_ref().map_or(Ok(LAST), |cursor| cursor.text(0))?;
    let found = app.db.query(rows::LOOKS, args![person, before, ask.sql_limit()]).await?;
    let page = Page::cut(found, ask, |row| Cursor::new([row.text("id").unwrap_or_default()]));
    let words: std::collections::HashMap<String, Vec<u8>> =
        app.vault.open_all(&vault_holder(person), "look.").await?.into_iter().collect();
    let kinds = app.part::<SiteCallers>()?;
    let mut lines = Vec::with_capacity(page.items.len());
    for row in &page.items {
        let purpose = Purpose::from_code(row.text("purpose")?).map_or("", Purpose::name);
        let told = words.get(&sealed(row.id("id")?)).map(|it| String::from_utf8_lossy(it).into_owned());
        let who = match row.opt_text("system")? {
            Some(document) => serde_json::from_str::<ClientState>(document).map_err(Error::internal)?.name,
            None => row.opt_text("office")?.unwrap_or(&app.site.name).to_owned(),
        };
        lines.push(LookLine {
            day: row.string("day")?,
            who,
            post: kinds.post(row.text("post")?).map_or_else(String::new, |it| it.name.to_owned()),
            purpose: told.map_or_else(|| purpose.to_owned(), |it| format!("{purpose}：{it}")),
            matter: row.string("matter")?,
            times: row.int("times")?,
        });
    }
    Ok(Page { items: lines, next: page.next })
}
