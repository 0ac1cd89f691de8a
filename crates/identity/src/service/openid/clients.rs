//! Systems of others: registered, changed, known again.

use std::collections::HashMap;

use journal::Head;
use kernel::{
    Authority, Basis, Client as ClientMark, Ctx, Cursor, Error, Id, Page, PageAsk, Permission, Result, Scope,
};
use storage::{Commit, Unit, args, each};
use webkit::App;

use super::{
    super::{guard, kinds},
    Said, fresh_secret,
};
use crate::{
    CONNECT, SiteCallers,
    model::{
        account::sm3_hex,
        openid::{
            Denial,
            client::{Client, ClientState, Kind, NewClient, Proof},
            proof::{Assertion, Credentials, Keys, Shown},
            token::SECRET_PREFIX,
        },
    },
    store::{openid::clients as rows, roster::POSTS_ALLOW},
};

fn connects(ctx: &Ctx, authority: Id<Authority>) -> Result<Basis> {
    ctx.may(CONNECT, &Scope::authority(authority))
}

/// Registers a system of an authority; gives its id and, if it proves itself by one, its secret, which is shown this once. A form sent
/// twice under one `key` registers once.
///
/// # Errors
/// Those of the permission at the authority; [`Error::Invalid`] for each field that is wrong; if the engine fails.
pub(crate) async fn register(
    ctx: &Ctx,
    app: &App,
    (authority, key): (Id<Authority>, &str),
    new: &NewClient,
) -> Result<(Id<ClientMark>, Option<String>)> {
    let right = connects(ctx, authority)?;
    ctx.proven(CONNECT)?;
    super::super::authorities::authority(&app.db, authority).await?;
    let mut state = new.check(authority, None).map_err(Error::Invalid)?;
    let secret = (state.proof == Proof::Secret).then(|| fresh_secret(ctx, SECRET_PREFIX));
    if let Some(secret) = &secret {
        state = state.with_secret(secret, ctx.now);
    }
    let id = ctx.new_id();
    if state.sector.is_empty() {
        state.sector = id.to_string();
    }
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, Some(right));
    let about = (format!("client:{id}"), kinds::CLIENT_REGISTERED);
    let head = journal::append(&mut unit, ctx, &Head::none(), (&about.0, about.1), &state)?;
    rows::add(&mut unit, id, &state, &head)?;
    if !key.is_empty() {
        storage::once::mark(&mut unit, ctx, key, &id.to_string());
    }
    app.db.commit(unit).await?.or_else(|lost| match lost {
        storage::once::GUARD => Error::refused("这次登记已经办过，请到「接入系统」里查看。"),
        _ => Error::Stale { what: "接入系统", by: None },
    })?;
    Ok((id, secret))
}

/// What changes about a system that is registered.
pub(crate) enum Change<'a> {
    /// What the form says.
    Facts(&'a NewClient),
    /// A new secret; the old one is good for a week yet.
    Secret,
    /// The old secret is good no more.
    DropOldSecret,
    /// Whether it may do anything at all.
    Disabled(bool),
}

/// Changes a system, unless somebody did since `version`; gives the new secret, if one was asked for.
///
/// # Errors
/// As [`register`]; [`Error::Stale`] if somebody was first; [`Error::Refused`] if it has no secret.
pub(crate) async fn change(
    ctx: &Ctx,
    app: &App,
    (id, version): (Id<ClientMark>, i64),
    what: Change<'_>,
) -> Result<Option<String>> {
    let before = get(app, id).await?;
    let right = connects(ctx, before.state.authority)?;
    ctx.proven(CONNECT)?;
    if before.head.version != version {
        return Err(Error::Stale { what: "接入系统", by: None });
    }
    let mut secret = None;
    let state = match what {
        Change::Facts(new) => new.check(before.state.authority, Some(&before.state)).map_err(Error::Invalid)?,
        Change::Secret if before.state.proof != Proof::Secret => {
            return Err(Error::refused("这个系统不用密钥字符串证明自己。"));
        }
        Change::Secret => {
            let made = secret.insert(fresh_secret(ctx, SECRET_PREFIX));
            before.state.with_secret(made, ctx.now)
        }
        Change::DropOldSecret => before.state.without_old_secret(),
        Change::Disabled(disabled) => ClientState { disabled, ..before.state.clone() },
    };
    if state == before.state {
        return Ok(None);
    }
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, Some(right));
    let about = (format!("client:{id}"), kinds::CLIENT_CHANGED);
    let head = journal::append(&mut unit, ctx, &before.head, (&about.0, about.1), &state)?;
    rows::set(&mut unit, &before, &state, &head)?;
    app.db.commit(unit).await?.or_stale("接入系统")?;
    Ok(secret)
}

/// One system.
///
/// # Errors
/// [`Error::NotFound`] if there is none; if the engine fails.
pub(crate) async fn get(app: &App, id: Id<ClientMark>) -> Result<Client> {
    let row = app.db.find(rows::CLIENT, args![id]).await?;
    rows::read(&row.ok_or(Error::NotFound { what: "接入系统" })?)
}

/// One system, for whoever administers it.
///
/// # Errors
/// Those of the permission at its authority; [`Error::NotFound`] if there is none; if the engine fails.
pub(crate) async fn get_administered(ctx: &Ctx, app: &App, id: Id<ClientMark>) -> Result<Client> {
    let found = get(app, id).await?;
    connects(ctx, found.state.authority)?;
    Ok(found)
}

/// A system of others, as other areas know it.
#[derive(Debug, Clone)]
pub struct Connected {
    /// Its id.
    pub id: Id<ClientMark>,
    /// Its name, as people know it.
    pub name: String,
    /// Whose it is.
    pub authority: Id<Authority>,
    /// Whether it was disabled.
    pub disabled: bool,
    /// The right by which the caller administers it.
    pub right: Basis,
}

/// One system, for whoever administers it.
///
/// # Errors
/// Those of the permission at its authority; [`Error::NotFound`] if there is none; if the engine fails.
pub async fn connected(ctx: &Ctx, app: &App, id: Id<ClientMark>) -> Result<Connected> {
    let Client { state, .. } = get(app, id).await?;
    let right = connects(ctx, state.authority)?;
    Ok(Connected { id, name: state.name, authority: state.authority, disabled: state.disabled, right })
}

/// Whether there is this system, and it was not disabled.
///
/// # Errors
/// If the engine fails.
pub async fn is_connected(app: &App, id: Id<ClientMark>) -> Result<bool> {
    Ok(find_enabled(app, &id.to_string()).await?.is_some())
}

/// Whether this system may be told of a case of this item at this authority: it is [connected](is_connected), and where its posts give the
/// permission, one of them gives it there. A system that has it from no post at all is told of what is its authority's.
///
/// # Errors
/// If the engine fails.
pub async fn is_told_of(
    ctx: &Ctx,
    app: &App,
    id: Id<ClientMark>,
    (permission, scope): (Permission, &Scope),
) -> Result<bool> {
    if !is_connected(app, id).await? {
        return Ok(false);
    }
    let rows = app.db.query(POSTS_ALLOW, args![id, ctx.now.legal_date()]).await?;
    let grants = app.part::<SiteCallers>()?.grants(&rows)?;
    let mut giving = grants.iter().filter(|it| it.permission == permission.code).peekable();
    Ok(giving.peek().is_none() || giving.any(|it| it.covers(permission, scope)))
}

/// A page of the systems of one authority, or of all.
///
/// # Errors
/// Those of the permission in that scope; if the engine fails.
pub(crate) async fn list(ctx: &Ctx, app: &App, at: Option<Id<Authority>>, ask: &PageAsk) -> Result<Page<Client>> {
    ctx.may(CONNECT, &at.map_or(Scope::SITE, Scope::authority))?;
    let after = ask.after.as_ref().map_or(Ok(""), |cursor| cursor.text(0))?;
    let found = match at {
        Some(authority) => app.db.query(rows::CLIENTS_AT, args![after, ask.sql_limit(), authority]).await?,
        None => app.db.query(rows::CLIENTS, args![after, ask.sql_limit()]).await?,
    };
    let found = found.iter().map(rows::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(found, ask, |it| Cursor::new([it.id.to_string()])))
}

/// Many systems by id, in one query if there are any.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn many(app: &App, ids: &[Id<ClientMark>]) -> Result<HashMap<Id<ClientMark>, Client>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = app.db.query(rows::CLIENTS_OF, args![each(ids)]).await?;
    rows.iter().map(|row| rows::read(row).map(|it| (it.id, it))).collect()
}

/// A system by what it calls itself; none that is disabled.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn find_enabled(app: &App, id: &str) -> Result<Option<Client>> {
    let Ok(id) = id.parse::<Id<ClientMark>>() else { return Ok(None) };
    let row = app.db.find(rows::CLIENT, args![id]).await?;
    Ok(row.as_ref().map(rows::read).transpose()?.filter(|it| !it.state.disabled))
}

/// The system that showed these credentials at this endpoint (a whole address).
///
/// # Errors
/// `invalid_client` for whatever is wrong with them, in one and the same sentence.
pub(crate) async fn authenticate(ctx: &Ctx, app: &App, given: &Credentials, endpoint: &str) -> Said<Client> {
    let client = find_enabled(app, &given.client).await?.ok_or(Denial::CLIENT)?;
    let known = match (&given.shown, client.state.proof) {
        (Shown::Nothing, Proof::Nothing) => client.state.kind == Kind::Public,
        (Shown::Secret(secret), Proof::Secret) => client.state.has_secret(secret, ctx.now),
        (Shown::Assertion(assertion), Proof::Key) => asserts(ctx, app, &client, (assertion, endpoint)).await?,
        _ => false,
    };
    if known { Ok(client) } else { Err(Denial::CLIENT.into()) }
}

/// Whether the assertion is the client's own, for us, and used for the first time.
async fn asserts(ctx: &Ctx, app: &App, client: &Client, (assertion, endpoint): (&str, &str)) -> Result<bool> {
    let Some(keys) = Keys::read(&client.state.keys) else { return Ok(false) };
    let Some(said) = Assertion::verified(assertion, &keys) else { return Ok(false) };
    if !said.holds(&client.id.to_string(), &[super::issuer(app), endpoint], ctx.now) {
        return Ok(false);
    }
    let id = sm3_hex(&format!("{} {}", client.id, said.jti.as_deref().unwrap_or_default()));
    let mut unit = Unit::new(ctx);
    rows::use_assertion(&mut unit, &id, said.until());
    Ok(matches!(app.db.commit(unit).await?, Commit::Done))
}
