//! The desk of providers: registered, changed, switched off; the ways in that the sign-in page offers.

use std::sync::Arc;

use journal::Head;
use kernel::{Basis, Ctx, Error, Id, Result, Scope};
use storage::{Row, Unit, args};
use webkit::App;

use super::{
    super::{guard, kinds},
    Fetching,
};
use crate::{
    PROVIDERS,
    model::party::{
        new_provider::NewProvider,
        provider::{Dialect, Provider, ProviderMark, ProviderState, SealedSecret},
    },
    store::party as rows,
};

/// Providers of one site at most: the sign-in page shows them all.
pub(crate) const PROVIDERS_MAX: usize = 30;
/// The vault's item that holds a secret.
const SECRET: &str = "secret";

fn may(ctx: &Ctx) -> Result<Basis> {
    ctx.may(PROVIDERS, &Scope::SITE)
}

fn holder(id: &str) -> String {
    format!("provider_secret:{id}")
}

/// Seals a secret of ours under a key of its own.
fn seal(unit: &mut Unit, ctx: &Ctx, app: &App, secret: &str) -> SealedSecret {
    let id = ctx.new_id::<SealedSecret>().to_string();
    let holder = holder(&id);
    let key = app.vault.create(unit, ctx, &holder);
    let sealed = app.vault.seal(unit, ctx, (&holder, &key), SECRET, secret.as_bytes());
    SealedSecret { id, sealed }
}

/// Seals what was typed in the place of what was kept, which is destroyed; without anything typed it stays.
fn keep(unit: &mut Unit, ctx: &Ctx, app: &App, (before, typed): (Option<SealedSecret>, &str)) -> Option<SealedSecret> {
    let typed = typed.trim();
    if typed.is_empty() {
        return before;
    }
    if let Some(old) = &before {
        app.vault.destroy(unit, &holder(&old.id));
    }
    Some(seal(unit, ctx, app, typed))
}

/// Seals the secrets of a form in the place of those before.
fn keep_all(unit: &mut Unit, ctx: &Ctx, app: &App, (state, new): (&mut ProviderState, &NewProvider)) {
    state.secret = keep(unit, ctx, app, (state.secret.take(), &new.secret));
    if state.dialect == Dialect::Wechat {
        let before = state.vendor.inside_secret.take();
        state.vendor.inside_secret = keep(unit, ctx, app, (before, &new.inside_secret));
    }
}

/// Our secret at a provider; empty: there is none.
///
/// # Errors
/// If it cannot be opened.
pub(crate) async fn secret(app: &App, kept: Option<&SealedSecret>) -> Result<String> {
    let Some(secret) = kept else { return Ok(String::new()) };
    String::from_utf8(app.vault.open(&holder(&secret.id), SECRET).await?).map_err(Error::internal)
}

/// Registers a provider, in use from this moment.
///
/// # Errors
/// Those of the permission for the whole site; [`Error::Invalid`] for each field that is wrong; [`Error::Refused`] if there are too
/// many, or the form was sent before (by its `key`); if the engine fails.
pub(crate) async fn register(ctx: &Ctx, app: &App, key: &str, new: &NewProvider) -> Result<Id<ProviderMark>> {
    let right = may(ctx)?;
    ctx.proven(PROVIDERS)?;
    let mut state = new.check(None).map_err(Error::Invalid)?;
    if all(app).await?.len() >= PROVIDERS_MAX {
        return Err(Error::refused(format!("登录渠道最多登记 {PROVIDERS_MAX} 个。")));
    }
    let id = ctx.new_id();
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, Some(right));
    keep_all(&mut unit, ctx, app, (&mut state, new));
    let about = (format!("provider:{id}"), kinds::PROVIDER_REGISTERED);
    let head = journal::append(&mut unit, ctx, &Head::none(), (&about.0, about.1), &state)?;
    rows::provider_add(&mut unit, id, &state, &head)?;
    if !key.is_empty() {
        storage::once::mark(&mut unit, ctx, key, &id.to_string());
    }
    app.db.commit(unit).await?.or_else(|lost| match lost {
        storage::once::GUARD => Error::refused("这次登记已经办过，请到「登录渠道」里查看。"),
        _ => Error::Stale { what: "登录渠道", by: None },
    })?;
    Ok(id)
}

/// What changes about a provider.
pub(crate) enum Change<'a> {
    /// What the form says; an empty secret stays as it is.
    Facts(&'a NewProvider),
    /// Whether anybody comes in by it.
    Disabled(bool),
}

/// Changes a provider, unless somebody did since `version`.
///
/// # Errors
/// As [`register`]; [`Error::Stale`] if somebody was first; [`Error::NotFound`].
pub(crate) async fn change(
    ctx: &Ctx,
    app: &App,
    (id, version): (Id<ProviderMark>, i64),
    what: Change<'_>,
) -> Result<()> {
    let right = may(ctx)?;
    ctx.proven(PROVIDERS)?;
    let before = get(app, id).await?;
    if before.head.version != version {
        return Err(Error::Stale { what: "登录渠道", by: None });
    }
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, Some(right));
    let state = match what {
        Change::Disabled(disabled) => ProviderState { disabled, ..before.state.clone() },
        Change::Facts(new) => {
            let mut state = new.check(Some(&before.state)).map_err(Error::Invalid)?;
            keep_all(&mut unit, ctx, app, (&mut state, new));
            state
        }
    };
    if state == before.state {
        return Ok(());
    }
    let about = (format!("provider:{id}"), kinds::PROVIDER_CHANGED);
    let head = journal::append(&mut unit, ctx, &before.head, (&about.0, about.1), &state)?;
    rows::provider_set(&mut unit, &before, &state, &head)?;
    app.db.commit(unit).await?.or_stale("登录渠道")
}

/// One provider.
///
/// # Errors
/// [`Error::NotFound`] if there is none; if the engine fails.
pub(crate) async fn get(app: &App, id: Id<ProviderMark>) -> Result<Provider> {
    let row = app.db.find(rows::PROVIDER, args![id]).await?;
    rows::provider(&row.ok_or(Error::NotFound { what: "登录渠道" })?)
}

/// One provider, for whoever administers them.
///
/// # Errors
/// Those of the permission for the whole site; those of [`get`].
pub(crate) async fn get_administered(ctx: &Ctx, app: &App, id: Id<ProviderMark>) -> Result<Provider> {
    may(ctx)?;
    get(app, id).await
}

/// All providers, in the order of the sign-in page.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn all(app: &App) -> Result<Vec<Provider>> {
    let most = i64::try_from(PROVIDERS_MAX).unwrap_or(i64::MAX);
    let found: Vec<Row> = app.db.query(rows::PROVIDERS, args!["", most]).await?;
    let mut found = found.iter().map(rows::provider).collect::<Result<Vec<_>>>()?;
    found.sort_by_key(|it| (it.state.order, it.id));
    Ok(found)
}

/// All providers, for whoever administers them.
///
/// # Errors
/// Those of the permission for the whole site; if the engine fails.
pub(crate) async fn list(ctx: &Ctx, app: &App) -> Result<Vec<Provider>> {
    may(ctx)?;
    all(app).await
}

/// A way in that is offered.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) id: Id<ProviderMark>,
    pub(crate) name: String,
}

/// The ways in that are offered: none where nothing can be fetched.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn ways(app: &App) -> Result<Vec<Way>> {
    let fetching: Result<Arc<Fetching>> = app.part();
    if fetching.is_err() {
        return Ok(Vec::new());
    }
    let on = all(app).await?.into_iter().filter(|it| it.state.open());
    Ok(on.map(|it| Way { id: it.id, name: it.state.name }).collect())
}
