//! The OpenID Provider's rules: systems, requests to sign in, consent, tokens, keys. Pure: no database, clock or web.
//!
//! OpenID Connect Core 1.0 over OAuth 2.1 (RFC 6749 with RFC 9700, the best current practice): code with PKCE S256 only.

pub mod client;
pub mod consent;
pub mod key;
pub mod proof;
pub mod request;
pub mod scope;
pub mod token;

/// An error as the protocol names it (RFC 6749 sections 4.1.2.1 and 5.2; OpenID Connect Core 3.1.2.6), with a sentence for the engineer
/// of the other system, in ASCII as RFC 6749 asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denial {
    /// `invalid_request`, `invalid_grant`, …
    pub code: &'static str,
    /// What is wrong.
    pub why: &'static str,
}

impl Denial {
    /// The request is malformed.
    #[must_use]
    pub const fn request(why: &'static str) -> Self {
        Self { code: "invalid_request", why }
    }

    /// Code or refresh token will not do.
    #[must_use]
    pub const fn grant(why: &'static str) -> Self {
        Self { code: "invalid_grant", why }
    }

    /// A scope is not the client's to ask for.
    #[must_use]
    pub const fn scope(why: &'static str) -> Self {
        Self { code: "invalid_scope", why }
    }

    /// The client is not who it says it is. One sentence for all reasons: whoever guesses learns nothing.
    pub const CLIENT: Self =
        Self { code: "invalid_client", why: "client authentication failed: wrong client, method, secret or assertion" };
    /// The client may not do this.
    pub const UNAUTHORIZED: Self =
        Self { code: "unauthorized_client", why: "this client is not registered for this use" };
    /// The person, or a rule about it, said no.
    pub const ACCESS: Self = Self { code: "access_denied", why: "the person did not agree" };
    /// Something is wrong here, not there.
    pub const SERVER: Self =
        Self { code: "server_error", why: "the provider failed; the same request may be sent again" };
    /// Too many at once.
    pub const BUSY: Self = Self { code: "temporarily_unavailable", why: "the provider is busy; send it again later" };
}

/// What a request carries by name: form or query, with the rule that nothing comes twice (RFC 6749 section 3.1).
#[derive(Debug, Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

/// A request's parameters have so many bytes at most.
pub const PARAMETERS_MAX: usize = 8 * 1024;

impl Parameters {
    /// These pairs, in the order they came.
    #[must_use]
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The value of a parameter; empty counts as left out (RFC 6749 section 3.1).
    ///
    /// # Errors
    /// If it comes twice.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Denial> {
        let mut found = self.0.iter().filter(|it| it.0 == name).map(|it| it.1.as_str());
        let first = found.next();
        match found.next() {
            Some(_) => Err(Denial::request("a parameter is given twice")),
            None => Ok(first.filter(|it| !it.is_empty())),
        }
    }

    /// The value of a parameter that must be there.
    ///
    /// # Errors
    /// `missing` if it is not; if it comes twice.
    pub fn need(&self, name: &str, missing: &'static str) -> Result<&str, Denial> {
        self.one(name)?.ok_or(Denial::request(missing))
    }

    /// Whether all of it is longer than anybody honest needs.
    #[must_use]
    pub fn too_long(&self) -> bool {
        self.0.iter().map(|it| it.0.len() + it.1.len()).sum::<usize>() > PARAMETERS_MAX
    }
}

/// Base64 as the protocol writes it: of the URL alphabet, without padding.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(bytes)
}
