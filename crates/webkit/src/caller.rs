//! Who calls: a session cookie for browsers, a bearer token for programs; the identity area knows them.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Actor, Channel, Ctx, Result};

use crate::{App, Failure};

/// The cookie that carries a browser's session.
pub const SESSION_COOKIE: &str = "yiwang_session";
/// How a program says who it is.
pub const BEARER: &str = "Bearer ";

/// A session as the site needs it for one request.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who acts, with all grants of its posts.
    pub actor: Actor,
    /// The name of the enterprise or person acted for, to be seen on every page.
    pub acting_for: Option<String>,
    /// Whether the person may act for anybody else, so that every page offers to change.
    pub may_switch: bool,
}

/// Tells who calls. Given to the site by the identity area.
#[async_trait]
pub trait Callers: Send + Sync {
    /// The session of this secret token, if it is one and still runs.
    ///
    /// # Errors
    /// If the engine fails.
    async fn session(&self, app: &App, token: &str, channel: Channel) -> Result<Option<Session>>;
}

/// What the session layer found out; kept with the request.
#[derive(Debug, Clone)]
pub(crate) struct Called {
    pub(crate) ctx: Ctx,
    pub(crate) acting_for: Option<String>,
    pub(crate) may_switch: bool,
    /// What CSRF tokens are made from.
    pub(crate) secret: Secret,
    /// Whether a bearer token was given: such requests carry no cookie and need no CSRF token.
    pub(crate) bearer: bool,
    pub(crate) api: bool,
}

/// What CSRF tokens are made from: the session token, or the anonymous visitor's cookie. A visitor without one is given one when the
/// first form asks, and so not at all by pages without forms.
#[derive(Debug, Clone)]
pub(crate) enum Secret {
    /// The browser has it.
    Known(String),
    /// The browser gets it with this answer, if it was asked for.
    New(Arc<Mutex<Option<String>>>),
}

impl Secret {
    /// The secret, made now if there is none.
    pub(crate) fn get(&self, ctx: &Ctx) -> String {
        match self {
            Self::Known(secret) => secret.clone(),
            Self::New(secret) => {
                let mut secret = secret.lock().unwrap_or_else(PoisonError::into_inner);
                secret.get_or_insert_with(|| URL_SAFE_NO_PAD.encode(ctx.random_bytes::<18>())).clone()
            }
        }
    }

    /// The secret that the browser has not yet.
    pub(crate) fn made(&self) -> Option<String> {
        match self {
            Self::Known(_) => None,
            Self::New(secret) => secret.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

/// The caller's context: who acts, and the one instant at which it happens.
pub struct Caller(pub Ctx);

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        called(parts).map(|it| Self(it.ctx.clone()))
    }
}

pub(crate) fn called(parts: &Parts) -> Result<&Arc<Called>, Failure> {
    let found = parts.extensions.get::<Arc<Called>>();
    found.ok_or_else(|| Failure(kernel::Error::internal("the session layer did not run")))
}

/// Where the request comes from: the peer, or, behind a proxy that the site trusts by its settings, whom that proxy names. A header
/// alone is never believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let peer =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |it| it.0.ip());
        Ok(Self(forwarded(peer, &parts.headers, &app.site.trusted_proxies)))
    }
}

/// Follows `X-Forwarded-For` from its end as long as each hop is a trusted proxy; gives the first that is not.
fn forwarded(peer: IpAddr, headers: &HeaderMap, trusted: &[ipnet::IpNet]) -> IpAddr {
    let named =
        headers.get_all("x-forwarded-for").iter().filter_map(|it| it.to_str().ok()).collect::<Vec<_>>().join(",");
    let mut at = peer;
    for hop in named.rsplit(',').map(str::trim) {
        if !trusted.iter().any(|it| it.contains(&at)) {
            break;
        }
        match hop.parse() {
            Ok(next) => at = next,
            Err(_) => break,
        }
    }
    at
}

/// The value of one cookie of the request.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
    all.flat_map(|it| it.split(';'))
        .find_map(|pair| pair.trim().split_once('=').filter(|it| it.0 == name).map(|it| it.1))
}

/// Takes the session from the browser, with all that a page may have kept there.
#[must_use]
pub fn without_session(app: &App, mut answer: Response) -> Response {
    if let Ok(gone) = HeaderValue::from_str(&session_cookie(app, "", 0)) {
        answer.headers_mut().append(header::SET_COOKIE, gone);
    }
    let clear = HeaderValue::from_static("\"storage\"");
    answer.headers_mut().insert(HeaderName::from_static("clear-site-data"), clear);
    answer
}

/// The `Set-Cookie` text that gives a browser its session, or takes it away (`token` empty).
#[must_use]
pub fn session_cookie(app: &App, token: &str, seconds: u32) -> String {
    set_cookie(app, SESSION_COOKIE, token, if token.is_empty() { 0 } else { seconds })
}

/// The `Set-Cookie` text of a cookie of ours, which no script reads and no other site's form brings along; 0 seconds: it goes.
#[must_use]
pub fn set_cookie(app: &App, name: &str, value: &str, seconds: u32) -> String {
    let secure = if app.site.secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// Finds out who calls, for the session layer.
pub(crate) async fn find(app: &App, headers: &HeaderMap, api: bool) -> Result<Called> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok()?.strip_prefix(BEARER));
    let channel = if api { Channel::Api } else { Channel::Web };
    let token = bearer.or_else(|| cookie(headers, SESSION_COOKIE)).filter(|it| !it.is_empty() && it.len() <= 128);
    let session = match token {
        Some(token) => app.callers.session(app, token, channel).await?,
        None => None,
    };
    let secret = token.filter(|_| session.is_some()).or_else(|| cookie(headers, crate::guard::VISITOR_COOKIE));
    let secret = match secret.filter(|it| !it.is_empty()) {
        Some(known) => Secret::Known(known.to_owned()),
        None => Secret::New(Arc::default()),
    };
    let nobody = || Session { actor: Actor::anonymous(channel), acting_for: None, may_switch: false };
    let Session { actor, acting_for, may_switch } = session.unwrap_or_else(nobody);
    Ok(Called { ctx: app.ctx(actor), acting_for, may_switch, secret, bearer: bearer.is_some(), api })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forwarded_address_is_believed_only_from_a_trusted_proxy() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let table = [
            ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "192.0.2.66, 198.51.100.7", "198.51.100.7"),
            ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
            ("10.0.0.1", "not an address", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
        ];
        for (peer, header, client) in table {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", header.parse().unwrap());
            assert_eq!(forwarded(peer.parse().unwrap(), &headers, &trusted).to_string(), client, "{peer} {header}");
        }
    }
}
