//! The OpenID Provider: what its endpoints and pages do. Rules are those of `model/openid`.

pub(crate) mod authorize;
pub(crate) mod claims;
pub(crate) mod clients;
pub(crate) mod consents;
pub(crate) mod keys;
pub(crate) mod logout;
pub(crate) mod tokens;

use kernel::{Ctx, Error};
use storage::{Unit, args};
use webkit::App;

use crate::{
    model::openid::{Denial, base64url, token::ID_SECONDS},
    store::openid::{clients as client_rows, tokens as rows},
};

/// Where the provider's endpoints lie.
pub(crate) mod at {
    /// The authorization endpoint.
    pub(crate) const AUTHORIZE: &str = "/oauth/authorize";
    /// Pushed authorization requests (RFC 9126).
    pub(crate) const PUSH: &str = "/oauth/par";
    /// The token endpoint.
    pub(crate) const TOKEN: &str = "/oauth/token";
    /// Who the person of an access token is.
    pub(crate) const USERINFO: &str = "/oauth/userinfo";
    /// Token introspection (RFC 7662).
    pub(crate) const INTROSPECT: &str = "/oauth/introspect";
    /// Token revocation (RFC 7009).
    pub(crate) const REVOKE: &str = "/oauth/revoke";
    /// The key set (RFC 7517).
    pub(crate) const JWKS: &str = "/oauth/jwks";
    /// Logout by another system (OpenID Connect RP-Initiated Logout).
    pub(crate) const LOGOUT: &str = "/oauth/logout";
    /// The page on which a person agrees.
    pub(crate) const CONSENT: &str = "/authorize";
}

/// Why the protocol gives nothing: its own reason, or a fault of the platform.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The other system is told why.
    Denied(Denial),
    /// Something failed here.
    Failed(Error),
}

impl From<Denial> for Refusal {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Refusal {
    /// What the other system is told; a fault of ours is logged here.
    pub(crate) fn denial(self) -> Denial {
        match self {
            Self::Denied(denial) => denial,
            Self::Failed(Error::Busy) => Denial::BUSY,
            Self::Failed(error) => {
                tracing::error!(%error, "the OpenID Provider failed");
                Denial::SERVER
            }
        }
    }
}

/// What the protocol gives.
pub(crate) type Said<T> = Result<T, Refusal>;

/// A fresh secret of 256 bits behind a prefix that tells what it is.
pub(crate) fn fresh_secret(ctx: &Ctx, prefix: &str) -> String {
    format!("{prefix}{}", base64url(&ctx.random_bytes::<32>()))
}

/// Who we are to other systems: where people reach the site.
pub(crate) fn issuer(app: &App) -> &str {
    &app.site.address
}

/// Removes what nobody can use any more. Codes and refresh tokens that were used are kept as long as their family could live, so that
/// a second use is known for what it is.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> kernel::Result<()> {
    let mut unit = Unit::new(ctx);
    unit.run(rows::REQUESTS_SWEEP, args![ctx.now]);
    unit.run(rows::CODES_SWEEP, args![ctx.now.plus_seconds(-24 * 3_600)]);
    unit.run(rows::TOKENS_SWEEP, args![ctx.now]);
    unit.run(rows::FAMILIES_SWEEP, args![ctx.now.plus_seconds(-ID_SECONDS)]);
    unit.run(client_rows::ASSERTIONS_SWEEP, args![ctx.now]);
    app.db.commit(unit).await?.or_stale("令牌")?;
    keys::rotate(ctx, app).await
}

/// The discovery document (OpenID Connect Discovery 1.0 section 3, RFC 8414).
pub(crate) fn discovery(app: &App) -> serde_json::Value {
    use crate::model::openid::scope::SCOPES;
    let here = issuer(app);
    let whole = |path: &str| format!("{here}{path}");
    let proofs = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
    let with_none: Vec<_> = proofs.iter().chain(&["none"]).collect();
    let algorithms = ["ES256", "RS256"];
    let claims: Vec<_> = SCOPES.iter().flat_map(|it| it.claims).collect();
    serde_json::json!({
        "issuer": here,
        "authorization_endpoint": whole(at::AUTHORIZE),
        "pushed_authorization_request_endpoint": whole(at::PUSH),
        "token_endpoint": whole(at::TOKEN),
        "userinfo_endpoint": whole(at::USERINFO),
        "introspection_endpoint": whole(at::INTROSPECT),
        "revocation_endpoint": whole(at::REVOKE),
        "end_session_endpoint": whole(at::LOGOUT),
        "jwks_uri": whole(at::JWKS),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["pairwise"],
        "scopes_supported": SCOPES.iter().map(|it| it.code).collect::<Vec<_>>(),
        "claims_supported": claims,
        "id_token_signing_alg_values_supported": algorithms,
        "token_endpoint_auth_methods_supported": with_none,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": proofs,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": with_none,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "authorization_response_iss_parameter_supported": true,
        "require_pushed_authorization_requests": false,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "ui_locales_supported": ["zh-CN"],
        "service_documentation": whole("/api/v1/openapi.json"),
    })
}
