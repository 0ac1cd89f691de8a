//! What a provider publishes of itself: its endpoints (OpenID Connect Discovery 1.0, RFC 8414) and its keys, kept for an hour.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use kernel::{Ctx, Id, Moment};
use lru::LruCache;
use serde::Deserialize;
use serde_json::{Map, Value};
use webkit::App;

use super::{Errand, Trip, Trouble, fetch};
use crate::{
    SiteCallers,
    model::party::{
        address,
        provider::{Dialect, Provider, ProviderMark, ProviderState},
        token::{Doubt, Keys, verified},
    },
};

/// Endpoints and keys are read anew after so many seconds.
const FRESH_SECONDS: i64 = 3_600;
/// For an unknown key the set is read anew, but not sooner than so many seconds after the last time: whoever sends made-up tokens must
/// not make us call the provider for each.
const FLOOR_SECONDS: i64 = 60;
/// Providers kept at most.
const KEPT: NonZeroUsize = NonZeroUsize::new(60).expect("a number above zero");

/// Where a provider is asked what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoints {
    pub(crate) authorize: String,
    pub(crate) token: String,
    pub(crate) userinfo: Option<String>,
    pub(crate) end_session: Option<String>,
    jwks: String,
    /// Whether each answer says whose it is (RFC 9207).
    pub(crate) says_issuer: bool,
    /// Whether our secret goes into the form instead of the header.
    pub(crate) secret_in_form: bool,
}

/// What is known of one provider.
#[derive(Clone)]
struct Known {
    issuer: String,
    endpoints: Arc<Endpoints>,
    read_at: Moment,
    keys: Option<(Arc<Keys>, Moment)>,
}

/// What is known of providers, in memory of this process.
pub(crate) struct Metadata(Mutex<LruCache<Id<ProviderMark>, Known>>);

impl Default for Metadata {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }
}

impl Metadata {
    fn get(&self, it: &Provider) -> Option<Known> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&it.id).filter(|known| known.issuer == it.state.issuer).cloned()
    }

    fn put(&self, id: Id<ProviderMark>, known: Known) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(id, known);
    }
}

fn fresh(at: Moment, now: Moment, seconds: i64) -> bool {
    at <= now && now < at.plus_seconds(seconds)
}

/// The document as it is published; what is not named here does not concern us.
#[derive(Deserialize)]
struct Published {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
}

/// Reads a published document; `None` if it is none, is another issuer's, or names an address that must not be called.
fn read(bytes: &[u8], issuer: &str) -> Option<Endpoints> {
    let it: Published = serde_json::from_slice(bytes).ok()?;
    // Letter by letter (Discovery section 4.3): or one provider could speak for another.
    if it.issuer != issuer {
        return None;
    }
    let secure = issuer.starts_with("https://");
    let good = |text: &str| address(text).is_some_and(|url| !secure || url.scheme() == "https");
    let optional = |text: Option<String>| text.filter(|it| good(it));
    if ![&it.authorization_endpoint, &it.token_endpoint, &it.jwks_uri].into_iter().all(|it| good(it)) {
        return None;
    }
    // What is not published may be there all the same; what says that it has no S256 has none.
    if it.code_challenge_methods_supported.is_some_and(|them| !them.iter().any(|it| it == "S256")) {
        return None;
    }
    let methods = it.token_endpoint_auth_methods_supported.unwrap_or_default();
    let has = |name: &str| methods.iter().any(|it| it == name);
    Some(Endpoints {
        authorize: it.authorization_endpoint,
        token: it.token_endpoint,
        userinfo: optional(it.userinfo_endpoint),
        end_session: optional(it.end_session_endpoint),
        jwks: it.jwks_uri,
        says_issuer: it.authorization_response_iss_parameter_supported,
        secret_in_form: has("client_secret_post") && !has("client_secret_basic"),
    })
}

/// The endpoints of a provider that publishes none, as they are registered.
fn registered(it: &ProviderState) -> Endpoints {
    Endpoints {
        authorize: it.places.authorize.clone(),
        token: it.places.token.clone(),
        userinfo: Some(it.places.userinfo.clone()),
        end_session: None,
        jwks: String::new(),
        says_issuer: false,
        secret_in_form: true,
    }
}

fn read_at(address: String) -> Errand {
    Errand { address, authorization: String::new(), form: None }
}

/// Where this provider is asked what.
///
/// # Errors
/// [`Trouble::NotReachable`] if it does not say.
pub(crate) async fn endpoints(ctx: &Ctx, app: &App, it: &Provider) -> Trip<Arc<Endpoints>> {
    if it.state.dialect != Dialect::Oidc {
        return Ok(Arc::new(registered(&it.state)));
    }
    let callers = app.part::<SiteCallers>()?;
    let kept = callers.metadata.get(it);
    if let Some(known) = kept.as_ref().filter(|known| fresh(known.read_at, ctx.now, FRESH_SECONDS)) {
        return Ok(Arc::clone(&known.endpoints));
    }
    let place = format!("{}/.well-known/openid-configuration", it.state.issuer.trim_end_matches('/'));
    let bytes = fetch(app, read_at(place)).await?;
    let Some(found) = read(&bytes, &it.state.issuer) else {
        tracing::warn!(provider = %it.id, "a login provider publishes what cannot be used");
        return Err(Trouble::NotReachable.into());
    };
    let endpoints = Arc::new(found);
    let keys = kept.filter(|known| known.endpoints.jwks == endpoints.jwks).and_then(|known| known.keys);
    let (issuer, read_at) = (it.state.issuer.clone(), ctx.now);
    callers.metadata.put(it.id, Known { issuer, endpoints: Arc::clone(&endpoints), read_at, keys });
    Ok(endpoints)
}

/// What a provider publishes, if it is known here already: nobody waits for it.
pub(crate) fn known(app: &App, it: &Provider) -> Option<Arc<Endpoints>> {
    app.part::<SiteCallers>().ok()?.metadata.get(it).map(|known| known.endpoints)
}

/// The claims of a token that a key of this provider signed; for a key that is not known the set is read anew, now and then.
///
/// # Errors
/// Why it is not believed; [`Trouble::NotReachable`] if the keys cannot be had.
pub(crate) async fn believed(ctx: &Ctx, app: &App, it: &Provider, token: &str) -> Trip<Map<String, Value>> {
    let endpoints = endpoints(ctx, app, it).await?;
    let callers = app.part::<SiteCallers>()?;
    let kept = callers.metadata.get(it).and_then(|known| known.keys);
    if let Some((keys, at)) = kept {
        let floor = fresh(at, ctx.now, FLOOR_SECONDS);
        match verified(token, &keys) {
            Err(Doubt::Key) if !floor => {}
            said if fresh(at, ctx.now, FRESH_SECONDS) => return Ok(said?),
            _ => {}
        }
    }
    let bytes = fetch(app, read_at(endpoints.jwks.clone())).await?;
    let Some(keys) = Keys::read(&bytes).map(Arc::new) else { return Err(Trouble::NotReachable.into()) };
    if let Some(known) = callers.metadata.get(it) {
        callers.metadata.put(it.id, Known { keys: Some((Arc::clone(&keys), ctx.now)), ..known });
    }
    Ok(verified(token, &keys)?)
}
