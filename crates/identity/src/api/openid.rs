//! The OpenID Provider's endpoints for other systems' servers. They speak the protocol, not our API: forms in, JSON out, its own errors.
//! The discovery document describes them.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::Ctx;
use serde_json::json;
use webkit::{Access, App, BEARER, Caller, Routes};

use crate::{
    model::openid::{
        Denial, Parameters,
        client::{Client, Proof},
        proof::Credentials,
    },
    service::openid::{Refusal, Said, at, authorize, clients, discovery, issuer, keys, tokens},
};

/// Discovery and keys may be kept for an hour: far shorter than a new key is shown before it signs.
const KEPT: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=3600");

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/.well-known/openid-configuration", Access::Public, metadata)
        .get("/.well-known/oauth-authorization-server", Access::Public, metadata)
        .get(at::JWKS, Access::Public, jwks)
        .post(at::PUSH, Access::Public, push)
        .post(at::TOKEN, Access::Public, token)
        .get(at::USERINFO, Access::Public, userinfo)
        .post(at::USERINFO, Access::Public, userinfo)
        .post(at::INTROSPECT, Access::Public, introspect)
        .post(at::REVOKE, Access::Public, revoke)
}

async fn metadata(State(app): State<App>) -> Response {
    ([KEPT], Json(discovery(&app))).into_response()
}

async fn jwks(State(app): State<App>, Caller(ctx): Caller) -> Response {
    match keys::ring(&ctx, &app).await {
        Ok(ring) => ([KEPT], Json(ring.jwks())).into_response(),
        Err(error) => refused(Refusal::Failed(error).denial()),
    }
}

/// An error as RFC 6749 section 5.2 writes it.
fn refused(denial: Denial) -> Response {
    let status = match denial.code {
        "invalid_client" | "invalid_token" => StatusCode::UNAUTHORIZED,
        "insufficient_scope" => StatusCode::FORBIDDEN,
        "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
        "temporarily_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    let body = json!({ "error": denial.code, "error_description": denial.why });
    let mut answer = (status, Json(body)).into_response();
    let challenge = match denial.code {
        "invalid_client" => "Basic realm=\"oauth\"",
        "invalid_token" => "Bearer error=\"invalid_token\"",
        "insufficient_scope" => "Bearer error=\"insufficient_scope\", scope=\"openid\"",
        _ => return answer,
    };
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    answer
}

fn said<T: IntoResponse>(done: Said<T>) -> Response {
    match done {
        Ok(answer) => answer.into_response(),
        Err(refusal) => refused(refusal.denial()),
    }
}

/// A form, with the client that sent it, which has shown who it is.
async fn called(ctx: &Ctx, app: &App, headers: &HeaderMap, body: &Bytes, path: &str) -> Said<(Client, Parameters)> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Denial::request("send application/x-www-form-urlencoded").into());
    }
    let pairs = form_urlencoded::parse(body).map(|it| (it.0.into_owned(), it.1.into_owned()));
    let form = Parameters::of(pairs.collect());
    let authorization = headers.get(header::AUTHORIZATION).map(|it| it.to_str().unwrap_or_default());
    let shown = Credentials::read(authorization, &form)?;
    let client = clients::authenticate(ctx, app, &shown, &format!("{}{path}", issuer(app))).await?;
    Ok((client, form))
}

async fn push(State(app): State<App>, Caller(ctx): Caller, headers: HeaderMap, body: Bytes) -> Response {
    let done = async {
        let (client, form) = called(&ctx, &app, &headers, &body, at::PUSH).await?;
        let (request_uri, expires_in) = authorize::push(&ctx, &app, &client, &form).await?;
        Ok((StatusCode::CREATED, Json(json!({ "request_uri": request_uri, "expires_in": expires_in }))))
    };
    said(done.await)
}

async fn token(State(app): State<App>, Caller(ctx): Caller, headers: HeaderMap, body: Bytes) -> Response {
    let done = async {
        let (client, form) = called(&ctx, &app, &headers, &body, at::TOKEN).await?;
        tokens::give(&ctx, &app, &client, &form).await.map(Json)
    };
    said(done.await)
}

async fn introspect(State(app): State<App>, Caller(ctx): Caller, headers: HeaderMap, body: Bytes) -> Response {
    let done = async {
        let (client, form) = called(&ctx, &app, &headers, &body, at::INTROSPECT).await?;
        // Whoever can prove nothing is told nothing (RFC 7662 section 2.1).
        if client.state.proof == Proof::Nothing {
            return Err(Denial::CLIENT.into());
        }
        let token = form.need("token", "token is missing")?;
        Ok(Json(tokens::introspect(&ctx, &app, &client, token).await?))
    };
    said(done.await)
}

async fn revoke(State(app): State<App>, Caller(ctx): Caller, headers: HeaderMap, body: Bytes) -> Response {
    let done = async {
        let (client, form) = called(&ctx, &app, &headers, &body, at::REVOKE).await?;
        tokens::revoke(&ctx, &app, &client, form.need("token", "token is missing")?).await?;
        Ok(StatusCode::OK)
    };
    said(done.await)
}

/// The token comes in the header alone: not in an address, which is logged everywhere, nor in a form (RFC 9700 section 4.3.2).
async fn userinfo(State(app): State<App>, Caller(ctx): Caller, headers: HeaderMap) -> Response {
    let token = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok()?.strip_prefix(BEARER));
    said(tokens::userinfo(&ctx, &app, token.unwrap_or_default()).await.map(Json))
}
