//! How a client shows that it is itself (RFC 6749 section 2.3, RFC 7523, OpenID Connect Core section 9).

use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::{
    DecodingKey, Validation,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet},
};
use kernel::Moment;
use serde::Deserialize;

use super::{Denial, Parameters, key::Algorithm};

/// Clocks of others may be off by so many seconds.
pub const LEEWAY_SECONDS: i64 = 60;
/// An assertion lives so many seconds at most.
pub const ASSERTION_SECONDS: i64 = 600;
/// The only type of assertion (RFC 7523 section 2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// An assertion, or a hint, has so many bytes at most.
const JWT_MAX: usize = 8 * 1024;
/// Keys of one client at most.
const KEYS_MAX: usize = 10;

/// What a client showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Only who it says it is.
    Nothing,
    /// A secret.
    Secret(String),
    /// A signed assertion.
    Assertion(String),
}

/// Who a client says it is, and what it showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) client: String,
    pub(crate) shown: Shown,
}

impl Credentials {
    /// Reads them from the `Authorization` header and the form. One way at a time (RFC 6749 section 2.3).
    ///
    /// # Errors
    /// If there are none, or two.
    pub(crate) fn read(authorization: Option<&str>, form: &Parameters) -> Result<Self, Denial> {
        let (id, secret) = (form.one("client_id")?, form.one("client_secret")?);
        let assertion = form.one("client_assertion")?;
        let basic = authorization.map(|it| basic(it).ok_or(Denial::CLIENT)).transpose()?;
        if [basic.is_some(), secret.is_some(), assertion.is_some()].iter().filter(|it| **it).count() > 1 {
            return Err(Denial::request("one way of client authentication at a time"));
        }
        if let Some((client, secret)) = basic {
            return match id {
                Some(id) if id != client => Err(Denial::CLIENT),
                _ => Ok(Self { client, shown: Shown::Secret(secret) }),
            };
        }
        if let Some(assertion) = assertion {
            if form.one("client_assertion_type")? != Some(ASSERTION_TYPE) {
                return Err(Denial::request("an unknown client_assertion_type"));
            }
            let told = claimed_subject(assertion).ok_or(Denial::CLIENT)?;
            return match id {
                Some(id) if id != told => Err(Denial::CLIENT),
                _ => Ok(Self { client: told, shown: Shown::Assertion(assertion.to_owned()) }),
            };
        }
        let client = id.ok_or(Denial::CLIENT)?.to_owned();
        Ok(Self { client, shown: secret.map_or(Shown::Nothing, |it| Shown::Secret(it.to_owned())) })
    }
}

/// Name and password of `Basic …`, each form-encoded within (RFC 6749 section 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, text) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
    let (name, password) = text.split_once(':')?;
    let plain = |text: &str| form_urlencoded::parse(format!("it={text}").as_bytes()).next().map(|it| it.1.into_owned());
    // An `&` would end the value: no client id or secret of ours has one.
    Some((plain(name)?, plain(password)?))
}

/// Whom an assertion speaks of, before anything of it is believed.
fn claimed_subject(assertion: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claimed {
        sub: String,
    }
    if assertion.len() > JWT_MAX {
        return None;
    }
    jsonwebtoken::dangerous::insecure_decode::<Claimed>(assertion).ok().map(|it| it.claims.sub)
}

/// A client's own public keys.
pub(crate) struct Keys(Vec<(String, Algorithm, DecodingKey)>);

impl Keys {
    /// Reads a JWK set; `None` if it is none, or has a key that we do not verify with, or a private one.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let private = ["\"d\"", "\"k\"", "\"p\"", "\"q\""];
        if private.iter().any(|it| text.contains(it)) {
            return None;
        }
        let set: JwkSet = serde_json::from_str(text).ok()?;
        let keys: Option<Vec<_>> = set.keys.iter().map(key).collect();
        keys.filter(|it| !it.is_empty() && it.len() <= KEYS_MAX).map(Self)
    }
}

fn key(jwk: &Jwk) -> Option<(String, Algorithm, DecodingKey)> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(it) if it.curve == EllipticCurve::P256 => Algorithm::Es256,
        AlgorithmParameters::RSA(_) => Algorithm::Rs256,
        _ => return None,
    };
    Some((jwk.common.key_id.clone()?, algorithm, DecodingKey::from_jwk(jwk).ok()?))
}

/// What an assertion says (RFC 7523 section 3).
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Assertion {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: Option<i64>,
    nbf: Option<i64>,
    pub(crate) jti: Option<String>,
}

/// One audience or a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Assertion {
    /// Reads an assertion that one of these keys signed.
    pub(crate) fn verified(text: &str, keys: &Keys) -> Option<Self> {
        if text.len() > JWT_MAX {
            return None;
        }
        let header = jsonwebtoken::decode_header(text).ok()?;
        let algorithm = Algorithm::from_code(&format!("{:?}", header.alg))?;
        let known = |it: &&(String, Algorithm, DecodingKey)| {
            it.1 == algorithm && header.kid.as_ref().is_none_or(|kid| *kid == it.0)
        };
        keys.0.iter().filter(known).find_map(|it| signed_by(text, &it.2, algorithm))
    }

    /// Whether it says what it must at this instant: of the client itself, to us alone, for a short while, once.
    ///
    /// The audience is the issuer or, as OpenID Connect Core section 9 still says, the endpoint asked; never a list of several, so that
    /// no other provider can pass it on to us.
    pub(crate) fn holds(&self, client: &str, audiences: &[&str], now: Moment) -> bool {
        let now = now.micros() / 1_000_000;
        let to_us = match &self.aud {
            Audience::One(it) => audiences.contains(&it.as_str()),
            Audience::Many(them) => matches!(them.as_slice(), [it] if audiences.contains(&it.as_str())),
        };
        let begun = [self.iat, self.nbf].iter().flatten().all(|it| *it <= now.saturating_add(LEEWAY_SECONDS));
        let ends = self.exp > now.saturating_sub(LEEWAY_SECONDS)
            && self.exp <= now.saturating_add(ASSERTION_SECONDS + LEEWAY_SECONDS);
        let named = self.jti.as_ref().is_some_and(|it| !it.is_empty() && it.len() <= 200);
        self.iss == client && self.sub == client && to_us && begun && ends && named
    }

    /// Until when it must be remembered.
    pub(crate) fn until(&self) -> Moment {
        Moment::from_micros(self.exp.saturating_add(LEEWAY_SECONDS).saturating_mul(1_000_000))
    }
}

/// The claims of a token that this key signed with this algorithm and no other. Times are not looked at: rules do that, by the instant
/// of the request.
pub(crate) fn signed_by<T: serde::de::DeserializeOwned + Clone>(
    text: &str,
    key: &DecodingKey,
    algorithm: Algorithm,
) -> Option<T> {
    let mut rules = Validation::new(match algorithm {
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
    });
    (rules.validate_exp, rules.validate_nbf, rules.validate_aud) = (false, false, false);
    rules.required_spec_claims.clear();
    jsonwebtoken::decode::<T>(text, key, &rules).ok().map(|it| it.claims)
}
