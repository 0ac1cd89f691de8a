//! Tokens of a provider: whether they are signed by one of its keys, and say what they must at this instant
//! (OpenID Connect Core section 3.1.3.7, Back-Channel Logout 1.0 section 2.6, RFC 8725).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use kernel::Moment;
use serde::Deserialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

use crate::model::openid::{
    base64url,
    proof::LEEWAY_SECONDS,
    token::{LOGOUT_EVENT, seconds},
};

/// A token has so many bytes at most.
const TOKEN_MAX: usize = 16 * 1024;
/// Keys of one provider that are kept at most.
const KEYS_MAX: usize = 30;
/// A token was made so many seconds ago at most: it answers what was asked just now.
const OLD_SECONDS: i64 = 600;
/// A number that names a token has so many bytes at most.
const NAME_MAX: usize = 255;

/// Why a token is not believed. Told in the log, never to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// It is none.
    Malformed,
    /// It is signed by an algorithm that is not taken, or not at all.
    Algorithm,
    /// No key of the provider is the one named.
    Key,
    /// The signature is not that key's.
    Signature,
    /// It is another provider's.
    Issuer,
    /// It is for somebody else.
    Audience,
    /// It was asked for by somebody else.
    AskedBy,
    /// It is over.
    Expired,
    /// It is not yet.
    Future,
    /// It was made too long ago, or does not say when.
    Old,
    /// It answers another question.
    Nonce,
    /// It came with another access token.
    Access,
    /// It names nobody.
    Subject,
    /// It is a token of another kind.
    Kind,
    /// There is none: the provider refused the code.
    Refused,
}

impl Doubt {
    /// As logs name it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::Key => "unknown_key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::AskedBy => "azp",
            Self::Expired => "expired",
            Self::Future => "future",
            Self::Old => "old",
            Self::Nonce => "nonce",
            Self::Access => "at_hash",
            Self::Subject => "subject",
            Self::Kind => "kind",
            Self::Refused => "refused",
        }
    }
}

/// What a key can verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    P256,
    Rsa,
}

struct Key {
    kid: Option<String>,
    family: Family,
    /// The one algorithm it is for, if the provider says so.
    alg: Option<String>,
    key: DecodingKey,
}

/// The keys of a provider.
pub(crate) struct Keys(Vec<Key>);

/// What a token says of itself before anything is believed.
#[derive(Deserialize)]
struct Head {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
}

impl Keys {
    /// Reads a JWK set (RFC 7517); keys that no algorithm of ours uses are left out. `None` if it is no set.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(bytes).ok()?;
        Some(Self(set.keys.into_iter().filter_map(key).take(KEYS_MAX).collect()))
    }

    /// The keys that may have signed a token with this head.
    fn of(&self, head: &Head, family: Family) -> Vec<&Key> {
        let fits = |it: &&Key| {
            it.family == family
                && it.alg.as_ref().is_none_or(|alg| *alg == head.alg)
                && (head.kid.is_none() || it.kid == head.kid)
        };
        self.0.iter().filter(fits).collect()
    }
}

fn key(value: Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
    if jwk.common.public_key_use.as_ref().is_some_and(|it| *it != PublicKeyUse::Signature) {
        return None;
    }
    let family = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(it) if it.curve == EllipticCurve::P256 => Family::P256,
        AlgorithmParameters::RSA(_) => Family::Rsa,
        _ => return None,
    };
    let alg = value.get("alg").and_then(Value::as_str).map(str::to_owned);
    Some(Key { kid: jwk.common.key_id.clone(), family, alg, key: DecodingKey::from_jwk(&jwk).ok()? })
}

/// The claims of a token that one of these keys signed by ES256, RS256 or PS256: no other algorithm is ever taken, `none` and those of
/// shared secrets least of all. Times are not looked at: rules do that, by the instant of the request.
///
/// # Errors
/// Why it is not believed; [`Doubt::Key`] if its key is not known: the set may be older than the key.
pub(crate) fn verified(token: &str, keys: &Keys) -> Result<Map<String, Value>, Doubt> {
    let head = token.split('.').next().filter(|_| token.len() <= TOKEN_MAX && token.split('.').count() == 3);
    let head = head.and_then(|it| URL_SAFE_NO_PAD.decode(it).ok()).ok_or(Doubt::Malformed)?;
    let head: Head = serde_json::from_slice(&head).map_err(|_| Doubt::Malformed)?;
    let (algorithm, family) = match head.alg.as_str() {
        "ES256" => (Algorithm::ES256, Family::P256),
        "RS256" => (Algorithm::RS256, Family::Rsa),
        "PS256" => (Algorithm::PS256, Family::Rsa),
        _ => return Err(Doubt::Algorithm),
    };
    let candidates = keys.of(&head, family);
    if candidates.is_empty() {
        return Err(Doubt::Key);
    }
    let mut rules = Validation::new(algorithm);
    (rules.validate_exp, rules.validate_nbf, rules.validate_aud) = (false, false, false);
    rules.required_spec_claims.clear();
    let read = |it: &&Key| jsonwebtoken::decode::<Map<String, Value>>(token, &it.key, &rules).ok().map(|it| it.claims);
    candidates.iter().find_map(read).ok_or(Doubt::Signature)
}

/// Whom a token must be from and for, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expect<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client: &'a str,
    pub(crate) now: Moment,
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

fn time(claims: &Map<String, Value>, name: &str) -> Option<i64> {
    let value = claims.get(name)?;
    // Some write seconds with a fraction.
    #[expect(clippy::cast_possible_truncation, reason = "a cast of floats saturates, and no such instant is believed")]
    value.as_i64().or_else(|| value.as_f64().map(|it| it as i64))
}

impl Expect<'_> {
    /// What every token of a provider says: from it, for us, now.
    fn holds(&self, claims: &Map<String, Value>) -> Result<(), Doubt> {
        if text(claims, "iss") != Some(self.issuer) {
            return Err(Doubt::Issuer);
        }
        let asked_by = text(claims, "azp");
        let alone = match claims.get("aud") {
            Some(Value::String(one)) if one == self.client => true,
            Some(Value::Array(many)) if many.iter().any(|it| it.as_str() == Some(self.client)) => many.len() == 1,
            _ => return Err(Doubt::Audience),
        };
        if asked_by.is_some_and(|it| it != self.client) || (!alone && asked_by.is_none()) {
            return Err(Doubt::AskedBy);
        }
        let now = seconds(self.now);
        if time(claims, "exp").is_none_or(|it| it <= now.saturating_sub(LEEWAY_SECONDS)) {
            return Err(Doubt::Expired);
        }
        let made = time(claims, "iat").ok_or(Doubt::Old)?;
        let begins = [Some(made), time(claims, "nbf")];
        if begins.into_iter().flatten().any(|it| it > now.saturating_add(LEEWAY_SECONDS)) {
            return Err(Doubt::Future);
        }
        if made < now.saturating_sub(OLD_SECONDS + LEEWAY_SECONDS) {
            return Err(Doubt::Old);
        }
        Ok(())
    }

    /// Whether an ID token answers the question with this nonce and came with this access token.
    pub(crate) fn id_token(&self, claims: &Map<String, Value>, (nonce, access): (&str, &str)) -> Result<(), Doubt> {
        self.holds(claims)?;
        let given = text(claims, "nonce").unwrap_or_default();
        if !bool::from(given.as_bytes().ct_eq(nonce.as_bytes())) {
            return Err(Doubt::Nonce);
        }
        if text(claims, "at_hash").is_some_and(|it| it != access_hash(access)) {
            return Err(Doubt::Access);
        }
        if claims.contains_key("events") {
            return Err(Doubt::Kind);
        }
        if text(claims, "sub").is_none_or(str::is_empty) {
            return Err(Doubt::Subject);
        }
        Ok(())
    }

    /// Whom a logout token signs out: the subject, and the session, each empty if it is not named; and the token's own number.
    pub(crate) fn logout_token(&self, claims: &Map<String, Value>) -> Result<(String, String, String), Doubt> {
        self.holds(claims)?;
        let event = claims.get("events").and_then(|it| it.get(LOGOUT_EVENT)).is_some_and(Value::is_object);
        if !event || claims.contains_key("nonce") {
            return Err(Doubt::Kind);
        }
        let named = |name: &str| text(claims, name).unwrap_or_default().to_owned();
        let (sub, sid, jti) = (named("sub"), named("sid"), named("jti"));
        if sub.is_empty() && sid.is_empty() {
            return Err(Doubt::Subject);
        }
        if jti.is_empty() || jti.len() > NAME_MAX {
            return Err(Doubt::Kind);
        }
        Ok((sub, sid, jti))
    }
}

/// The left half of the access token's SHA-256 (OpenID Connect Core section 3.1.3.6): each algorithm taken hashes by it.
pub(crate) fn access_hash(access: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, access.as_bytes());
    base64url(&digest.as_ref()[..16])
}

/// The challenge of a verifier by S256 (RFC 7636 section 4.2).
pub(crate) fn challenge(verifier: &str) -> String {
    base64url(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes()).as_ref())
}
