//! Who calls: the session of a secret token, with the person's name and all that the person's posts allow.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use kernel::{
    Actor, Branch, Channel, Error, Grant, Holder, Id, Mandate, Moment, Permission, Person, Post, Result, Who,
};
use lru::LruCache;
use standards::DivisionCode;
use storage::{Row, Unit, args};
use webkit::{App, Callers, Session};

use crate::{
    ADMINISTER,
    model::{
        account::sm3_hex,
        division,
        openid::{client::ClientState, scope::Scopes, token::ACCESS_PREFIX},
        session::{Lifetime, PROOF_SECONDS, SEEN_EVERY},
    },
    passwords::Passwords,
    service::{looks::Looked, openid::keys::Rings, party::metadata::Metadata, people::vault_holder},
    store::{openid::tokens, sessions},
};

/// Tells the site who calls, by the kinds of post that its areas declare. Also one of the site's own parts
/// ([`webkit::Parts::own`]): sign-in hashes on its bounded pool, and the desk lists its posts.
#[derive(Clone)]
pub struct SiteCallers {
    posts: Arc<[Post]>,
    pub(crate) passwords: Passwords,
    pub(crate) rings: Arc<Rings>,
    pub(crate) looked: Arc<Looked>,
    pub(crate) metadata: Arc<Metadata>,
    names: Arc<NamesSeen>,
}

/// Names of those who called lately: to open one costs as much as all the rest of the look-up. Only the name itself is kept, so that
/// whoever is signed out, or loses a post, is so at once.
struct NamesSeen(Mutex<LruCache<Id<Person>, (Moment, String)>>);

/// Callers whose names are kept at most.
const NAMES: NonZeroUsize = NonZeroUsize::new(10_000).expect("a number above zero");
/// A changed name shows within so many seconds.
const NAME_SECONDS: i64 = 60;

impl NamesSeen {
    async fn of(&self, app: &App, person: Id<Person>, now: Moment) -> Result<String> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = lock().get(&person).cloned();
        if let Some((_, name)) = kept.filter(|(until, _)| *until > now && *until <= now.plus_seconds(NAME_SECONDS)) {
            return Ok(name);
        }
        let name = app.vault.open(&vault_holder(person), "name").await?;
        let name = String::from_utf8(name).map_err(Error::internal)?;
        lock().put(person, (now.plus_seconds(NAME_SECONDS), name.clone()));
        Ok(name)
    }
}

/// The site's callers, with every area's kinds of post. Put it into both [`webkit::Parts::callers`] and
/// [`webkit::Parts::own`].
#[must_use]
pub fn callers(posts: impl IntoIterator<Item = Post>) -> Arc<SiteCallers> {
    let names = NamesSeen(Mutex::new(LruCache::new(NAMES)));
    let (posts, passwords, rings) = (posts.into_iter().collect(), Passwords::new(), Arc::default());
    let (looked, metadata) = (Arc::default(), Arc::default());
    Arc::new(SiteCallers { posts, passwords, rings, looked, metadata, names: Arc::new(names) })
}

impl SiteCallers {
    /// Every kind of post of the site.
    #[must_use]
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// The kind of post of this code.
    #[must_use]
    pub fn post(&self, code: &str) -> Option<&Post> {
        self.posts.iter().find(|it| it.code == code)
    }

    /// What the posts in these rows allow; a kind that no area declares any more allows nothing.
    pub(crate) fn grants(&self, rows: &[Row]) -> Result<Vec<Grant>> {
        let mut grants = Vec::new();
        for row in rows {
            let Some(id) = row.opt_id("post")? else { continue };
            let Some(post) = self.post(row.text("code")?) else { continue };
            let (authority, item) = (row.opt_id("authority")?, row.opt_id("item")?);
            let (branch, stands_for) = (branch(row.opt_text("division")?)?, row.opt_id("stead")?);
            let of = |it: &Permission| Grant { item, branch, stands_for, ..Grant::of(*it, authority, id) };
            // What is not asked with its division can be given for no division: only to administer is.
            let given = post.permissions.iter().filter(|it| branch.is_none() || **it == ADMINISTER);
            grants.extend(given.map(of));
        }
        // One's own posts before those of others: whoever has both acts in no one's stead.
        grants.sort_by_key(|it| it.stands_for.is_some());
        Ok(grants)
    }

    /// A machine by its access token: only for the API, and only what both its posts and the token's scopes allow. A system that acts
    /// for a person is no caller here: what it may know it asks at the userinfo endpoint.
    async fn machine(&self, app: &App, token: &str, channel: Channel) -> Result<Option<Session>> {
        if channel != Channel::Api {
            return Ok(None);
        }
        let now = app.clock.now();
        let rows = app.db.query(tokens::MACHINE, args![sm3_hex(token), now.legal_date()]).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let state: ClientState = first.json("document")?;
        if state.disabled || first.moment("until")? <= now {
            return Ok(None);
        }
        let scopes = Scopes::parse(first.text("scopes")?);
        let mut grants = self.grants(&rows)?;
        grants.retain(|it| scopes.has(it.permission));
        let who = Who::Client(first.id("client")?);
        let actor = Actor { who, name: state.name, grants, ..Actor::anonymous(channel) };
        Ok(Some(Session { actor, acting_for: None, may_switch: false }))
    }
}

/// The branch of a post's division.
fn branch(division: Option<&str>) -> Result<Option<Branch>> {
    let parse =
        |code: &str| DivisionCode::parse(code).map_err(|error| Error::internal(format!("a post's division: {error}")));
    division.map(parse).transpose().map(|code| code.as_ref().map(division::branch))
}

#[async_trait]
impl Callers for SiteCallers {
    async fn session(&self, app: &App, token: &str, channel: Channel) -> Result<Option<Session>> {
        if token.starts_with(ACCESS_PREFIX) {
            return self.machine(app, token, channel).await;
        }
        let now = app.clock.now();
        let rows = app.db.query(sessions::CALLER, args![sm3_hex(token), now.legal_date()]).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let session = sessions::read(first)?;
        let grants = self.grants(&rows)?;
        let ended = Lifetime::of(!grants.is_empty()).end(session.made_at, session.seen_at) <= now;
        let made_up = first.opt_text("demo")?.is_some();
        // Whoever was given a post signs in anew, with two factors.
        let weak = !grants.is_empty() && !session.strong && !made_up;
        if ended || weak || (made_up && !app.site.demo) {
            return Ok(None);
        }
        let name = match self.names.of(app, session.person, now).await {
            Ok(name) => name,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        if session.seen_at.plus_seconds(SEEN_EVERY) <= now {
            let mut unit = Unit::new(&app.system("sessions"));
            sessions::seen(&mut unit, &session.token, now);
            // A page is not refused because this small mark could not be made.
            if let Err(error) = app.db.commit(unit).await {
                tracing::warn!(%error, "a session's last use was not marked");
            }
        }
        // A mandate that holds no longer is not found by the query, and one acts for oneself again at once.
        let mandate = match first.opt_id("mandate")? {
            Some(row) => {
                let one = first.text("matter")?;
                let matter = if one.is_empty() { None } else { Some(one.parse()?) };
                Some(Mandate { row, items: first.json("items")?, matter, looks_only: first.flag("looks_only")? })
            }
            None => None,
        };
        let on_behalf_of = first.opt_text("principal")?.map(str::parse).transpose()?;
        let acting_for = match on_behalf_of {
            Some(Holder::Person(person)) => Some(self.names.of(app, person, now).await?),
            _ => first.opt_text("enterprise_name")?.map(str::to_owned),
        };
        let may_switch = first.opt_text("other")?.is_some();
        let proof_ends = Some(session.proved_at.plus_seconds(PROOF_SECONDS));
        let who = Who::Person(session.person);
        let actor = Actor { who, name, on_behalf_of, mandate, channel, grants, proof_ends };
        Ok(Some(Session { actor, acting_for, may_switch }))
    }
}
