//! Requests to sign in: what another system sends a person's browser with.

use serde::{Deserialize, Serialize};

use super::{Denial, Parameters, client::ClientState, scope::Scopes};

/// `state`, `nonce` and the like have so many bytes at most.
const TEXT_MAX: usize = 1_000;
/// A challenge of S256: the base64url of 32 bytes (RFC 7636 section 4.2).
const CHALLENGE_LENGTH: usize = 43;

/// How the answer reaches the other system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// In the query of the redirect address.
    Query,
    /// As a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

/// What the person is to be shown (OpenID Connect Core 3.1.2.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Prompt {
    pub(crate) none: bool,
    pub(crate) login: bool,
    pub(crate) consent: bool,
}

/// Where an answer goes: an address that the client registered, and what must come back with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Return {
    pub(crate) redirect: String,
    pub(crate) state: Option<String>,
    pub(crate) mode: Mode,
}

/// A request that keeps every rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AuthRequest {
    pub(crate) back: Return,
    pub(crate) scopes: Vec<String>,
    pub(crate) nonce: Option<String>,
    /// PKCE, S256.
    pub(crate) challenge: String,
    pub(crate) prompt: Prompt,
    /// Seconds since the sign-in at most.
    pub(crate) max_age: Option<i64>,
    pub(crate) login_hint: Option<String>,
}

impl Return {
    /// Where to answer. Until this is sure nothing is sent anywhere (RFC 9700 section 4.1.3): the person is told here.
    ///
    /// # Errors
    /// In Chinese, for the person and whoever keeps the other system.
    pub(crate) fn trusted(client: &ClientState, asked: &Parameters) -> Result<Self, &'static str> {
        let redirect = asked.one("redirect_uri").map_err(|_| "返回地址给了两次。")?.ok_or("没有给出返回地址。")?;
        if !client.redirects_to(redirect) {
            return Err("返回地址与登记的不一致。");
        }
        let short = |text: Option<&str>| text.filter(|it| it.len() <= TEXT_MAX).map(str::to_owned);
        let state = short(asked.one("state").unwrap_or(None));
        let mode = match asked.one("response_mode") {
            Ok(Some("form_post")) => Mode::FormPost,
            _ => Mode::Query,
        };
        Ok(Self { redirect: redirect.to_owned(), state, mode })
    }
}

impl AuthRequest {
    /// Reads a request of this client that answers to `back`.
    ///
    /// # Errors
    /// What the other system is told.
    pub(crate) fn read(client: &ClientState, back: Return, asked: &Parameters) -> Result<Self, Denial> {
        if asked.too_long() {
            return Err(Denial::request("the request is too long"));
        }
        for (name, code) in [("request", "request_not_supported"), ("registration", "registration_not_supported")] {
            if asked.one(name)?.is_some() {
                return Err(Denial { code, why: "push the request instead (RFC 9126)" });
            }
        }
        match asked.need("response_type", "response_type is missing")? {
            "code" => {}
            _ => return Err(Denial { code: "unsupported_response_type", why: "only response_type=code" }),
        }
        match asked.one("response_mode")? {
            None | Some("query" | "form_post") => {}
            Some(_) => return Err(Denial::request("only response_mode=query or form_post")),
        }
        let challenge = challenge(asked)?;
        let scopes = Scopes::parse(asked.need("scope", "scope is missing")?);
        if !scopes.within(&client.scope_set()) {
            return Err(Denial::scope("a scope is not registered for this client"));
        }
        let text = |name: &str| match asked.one(name)? {
            Some(text) if text.len() > TEXT_MAX => Err(Denial::request("a parameter is too long")),
            text => Ok(text.map(str::to_owned)),
        };
        text("state")?;
        Ok(Self {
            back,
            scopes: scopes.iter().map(str::to_owned).collect(),
            nonce: text("nonce")?,
            challenge,
            prompt: prompt(asked.one("prompt")?)?,
            max_age: max_age(asked.one("max_age")?)?,
            login_hint: text("login_hint")?,
        })
    }
}

/// Every client shows a challenge of S256; `plain` and none are refused, so that nothing can be talked down (RFC 9700 section 2.1.1).
fn challenge(asked: &Parameters) -> Result<String, Denial> {
    let challenge = asked.need("code_challenge", "code_challenge is missing: PKCE is asked of every client")?;
    if asked.one("code_challenge_method")? != Some("S256") {
        return Err(Denial::request("only code_challenge_method=S256"));
    }
    let alphabet = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
    if challenge.len() != CHALLENGE_LENGTH || !challenge.bytes().all(alphabet) {
        return Err(Denial::request("code_challenge is no base64url of a SHA-256"));
    }
    Ok(challenge.to_owned())
}

fn prompt(text: Option<&str>) -> Result<Prompt, Denial> {
    let mut prompt = Prompt::default();
    for word in text.unwrap_or_default().split(' ').filter(|it| !it.is_empty()) {
        match word {
            "none" => prompt.none = true,
            "login" | "select_account" => prompt.login = true,
            "consent" => prompt.consent = true,
            _ => return Err(Denial::request("an unknown prompt")),
        }
    }
    if prompt.none && (prompt.login || prompt.consent) {
        return Err(Denial::request("prompt=none stands alone"));
    }
    Ok(prompt)
}

fn max_age(text: Option<&str>) -> Result<Option<i64>, Denial> {
    let number = |it: &str| it.parse::<u32>().map(i64::from).map_err(|_| Denial::request("max_age is no number"));
    text.map(number).transpose()
}
