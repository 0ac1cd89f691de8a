//! What stands before every handler: who calls, forged requests, the route's own question.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Error, Who};
use sm3::Sm3;
use subtle::ConstantTimeEq;

use crate::{
    Access, App, Failure, SiteInfo,
    caller::{Called, cookie, find, set_cookie},
    failure, prove,
};

/// A random value given to every browser, from which the CSRF tokens of those not signed in are made.
pub(crate) const VISITOR_COOKIE: &str = "yiwang_visitor";
const VISITOR_SECONDS: u32 = 86_400;

/// Finds out who calls and keeps it with the request; turns failures into pages or problem documents.
pub(crate) async fn session(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    // Cheap: the address shares its bytes with the request.
    let address = request.uri().clone();
    let look = crate::shell::Look::of(request.headers());
    let route = (request.method().clone(), request.extensions().get::<MatchedPath>().cloned());
    let called = match find(&app, request.headers(), api).await {
        Ok(called) => Arc::new(called),
        Err(error) => return failure::render(&app, None, Failure(error).into_response(), &address, look).await,
    };
    if forged(&request, &called) {
        let answer = Failure(Error::Forbidden { action: "跨站提交" }).into_response();
        tell(&called, &route, "sent from another site");
        return failure::render(&app, Some(&called), answer, &address, look).await;
    }
    request.extensions_mut().insert(Arc::clone(&called));
    let (request, kept) = match prove::keep(request, &called).await {
        Ok(kept) => kept,
        Err(refused) => return failure::render(&app, None, refused.into_response(), &address, look).await,
    };
    let answer = next.run(request).await;
    let answer = match (failure::wants_proof(&answer), kept) {
        (Some(words), Some(form)) => {
            prove::ask(&app, &called, &address, look, (words, &form)).unwrap_or_else(IntoResponse::into_response)
        }
        _ => answer,
    };
    match answer.status() {
        StatusCode::FORBIDDEN => tell(&called, &route, "not allowed"),
        StatusCode::TOO_MANY_REQUESTS => tell(&called, &route, "too many"),
        _ => {}
    }
    let mut answer = failure::render(&app, Some(&called), answer, &address, look).await;
    let made = called.secret.made().filter(|_| !api);
    if let Some(Ok(value)) =
        made.map(|it| HeaderValue::from_str(&set_cookie(&app, VISITOR_COOKIE, &it, VISITOR_SECONDS)))
    {
        // A page that anybody may keep must not carry somebody's cookie.
        if !answer.headers().get(header::CACHE_CONTROL).is_some_and(|it| it.as_bytes().starts_with(b"public")) {
            answer.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    answer
}

/// Tells whoever watches the log what was refused to whom: ids and routes, never what was asked.
fn tell(called: &Called, (method, route): &(Method, Option<MatchedPath>), why: &str) {
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    tracing::warn!(target: "yiwang::security", who = %called.ctx.actor.who, %method, route, why, "refused");
}

/// Where other sites may send forms to: the OpenID endpoints, which act on what the request itself proves (a client's secret, a code,
/// a signed hint) and never on the cookie alone; what a person decides there comes by a form of ours.
const FROM_ELSEWHERE: &str = "/oauth/";

/// A changing request that a browser sent from another site. Browsers tell (`Sec-Fetch-Site`, `Origin`); what tells neither is no
/// browser of today, and still needs the form's token, which [`crate::Form`] asks for.
fn forged(request: &Request, called: &Called) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
        || called.bearer
        || request.uri().path().starts_with(FROM_ELSEWHERE)
    {
        return false;
    }
    let text = |name: &str| request.headers().get(name).and_then(|it| it.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), _, _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => origin.split_once("://").map(|it| it.1) != Some(host),
        (None, Some(_), None) => true,
        (None, None, _) => called.api && cookie(request.headers(), crate::SESSION_COOKIE).is_some(),
    }
}

/// The CSRF token of this caller's forms: keyed by the session's (or visitor's) secret, which no other site can read.
pub(crate) fn csrf_token(called: &Called) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac =
        <Hmac<Sm3> as KeyInit>::new_from_slice(called.secret.get(&called.ctx).as_bytes()).expect("any length");
    mac.update(b"form");
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// Whether the form's token is this caller's.
pub(crate) fn csrf_holds(called: &Called, given: &str) -> bool {
    called.bearer || csrf_token(called).as_bytes().ct_eq(given.as_bytes()).into()
}

/// The coarse question of a route: may this caller come in at all? The service asks the fine one, with the scope.
pub(crate) async fn admit(access: Access, request: Request, next: Next) -> Response {
    let Some(called) = request.extensions().get::<Arc<Called>>() else {
        return Failure(Error::internal("the session layer did not run")).into_response();
    };
    let known = called.ctx.actor.who != Who::Anonymous;
    let refused = match access {
        Access::Public => None,
        Access::SignedIn if called.ctx.person().is_ok() => None,
        Access::May(permission) if called.ctx.may_somewhere(permission) => None,
        Access::May(permission) if known => Some(Error::Forbidden { action: permission.words }),
        // A system that calls for nobody in particular.
        Access::SignedIn if known => Some(Error::Forbidden { action: "以个人身份办理" }),
        Access::SignedIn | Access::May(_) => Some(Error::SignIn),
    };
    match refused {
        Some(error) => Failure(error).into_response(),
        None => next.run(request).await,
    }
}

/// The headers of every answer: no framing, no sniffing, nothing from elsewhere; on https, nothing else for two years.
pub fn security_headers(site: &SiteInfo, headers: &mut HeaderMap) {
    const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
                       connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; \
                       frame-src 'self'; manifest-src 'self'";
    const FIXED: [(HeaderName, &str); 7] = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    ];
    // Room for these and for what the connection adds, at once.
    headers.reserve(FIXED.len() + 4);
    for (name, value) in FIXED {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if site.secure() {
        let always = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(always);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_on_https_is_never_come_to_otherwise_and_one_on_http_does_not_say_so() {
        for (address, always) in
            [("http://127.0.0.1:8080", None), ("https://a.example", Some("max-age=63072000; includeSubDomains"))]
        {
            let site = SiteInfo {
                name: String::new(),
                division: String::new(),
                phone: String::new(),
                demo: false,
                address: address.to_owned(),
                trusted_proxies: Vec::new(),
            };
            let mut headers = HeaderMap::new();
            security_headers(&site, &mut headers);
            let told = headers.get(header::STRICT_TRANSPORT_SECURITY).map(|it| it.to_str().unwrap());
            assert_eq!(told, always, "{address}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store", "unless the page says that anybody may keep it");
        }
    }
}
