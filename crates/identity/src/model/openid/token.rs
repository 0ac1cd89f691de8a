//! Codes and tokens: what they say, how long they live, when they are good.

use kernel::{Client, Id, Moment, Person};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::{Denial, base64url, consent::ConsentMark, scope::Scopes};
use crate::model::session::SessionMark;

/// An authorization code lives so many seconds: RFC 6749 section 4.1.2 asks for ten minutes at most, RFC 9700 for less.
pub const CODE_SECONDS: i64 = 60;
/// A pushed request waits so many seconds for its person (RFC 9126 section 2.2: 5 to 600).
pub const PUSHED_SECONDS: i64 = 90;
/// A request waits so many seconds while its person signs in and reads what is asked.
pub const REQUEST_SECONDS: i64 = 600;
/// An access token lives so many seconds; it is asked about at each use, so that whoever withdraws is obeyed at once.
pub const ACCESS_SECONDS: i64 = 600;
/// An ID token is good for so many seconds.
pub const ID_SECONDS: i64 = 600;
/// A logout token is good for so many seconds (OpenID Connect Back-Channel Logout section 2.4: two minutes).
pub const LOGOUT_SECONDS: i64 = 120;
/// Tokens that outlive the session end after so many seconds: thirty days, as the person was told.
pub const OFFLINE_SECONDS: i64 = 30 * 24 * 3_600;

/// What every access token begins with, so that scanners of source code find those that leaked.
pub const ACCESS_PREFIX: &str = "yw_at_";
/// What every refresh token begins with.
pub const REFRESH_PREFIX: &str = "yw_rt_";
/// What every client's secret begins with.
pub const SECRET_PREFIX: &str = "yw_cs_";

/// All tokens that came of one code, as an id's mark.
#[derive(Debug)]
pub enum FamilyMark {}

/// A code as kept.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) code: String,
    pub(crate) family: Id<FamilyMark>,
    pub(crate) client: Id<Client>,
    pub(crate) person: Id<Person>,
    pub(crate) session: Id<SessionMark>,
    pub(crate) consent: Id<ConsentMark>,
    pub(crate) scopes: String,
    pub(crate) redirect: String,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: String,
    pub(crate) signed_in_at: Moment,
    pub(crate) until: Moment,
    pub(crate) used_at: Option<Moment>,
}

/// A family of tokens as kept.
#[derive(Debug, Clone)]
pub(crate) struct Family {
    pub(crate) id: Id<FamilyMark>,
    pub(crate) client: Id<Client>,
    pub(crate) person: Id<Person>,
    pub(crate) session: Id<SessionMark>,
    pub(crate) consent: Id<ConsentMark>,
    pub(crate) scopes: Scopes,
    pub(crate) offline: bool,
    pub(crate) signed_in_at: Moment,
    pub(crate) until: Moment,
    pub(crate) ended_at: Option<Moment>,
}

/// A refresh token with its family, as kept.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    pub(crate) family: Family,
    pub(crate) until: Moment,
    pub(crate) used_at: Option<Moment>,
}

/// Why a code or refresh token gives nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum No {
    /// It will not do; nothing else happens.
    Denied(Denial),
    /// It was used before: whoever shows it now, or showed it then, stole it. The whole family ends.
    Reused,
}

/// Whether a code is good for this client (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
pub(crate) fn redeem(
    code: &Code,
    client: Id<Client>,
    redirect: Option<&str>,
    verifier: Option<&str>,
    now: Moment,
) -> Result<(), No> {
    let denied = |why| Err(No::Denied(Denial::grant(why)));
    // Another client learns nothing of it, and cannot spoil it.
    if code.client != client {
        return denied("the code is unknown, used or expired");
    }
    if code.used_at.is_some() {
        return Err(No::Reused);
    }
    if code.until <= now {
        return denied("the code is unknown, used or expired");
    }
    if redirect != Some(code.redirect.as_str()) {
        return denied("redirect_uri is not that of the request");
    }
    match verifier {
        Some(verifier) if verifies(&code.challenge, verifier) => Ok(()),
        Some(_) => denied("code_verifier does not fit"),
        None => denied("code_verifier is missing"),
    }
}

/// Whether the verifier is that of a challenge of S256 (RFC 7636 sections 4.1 and 4.6).
fn verifies(challenge: &str, verifier: &str) -> bool {
    let alphabet = |it: u8| it.is_ascii_alphanumeric() || b"-._~".contains(&it);
    let shaped = (43..=128).contains(&verifier.len()) && verifier.bytes().all(alphabet);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
    shaped && bool::from(base64url(digest.as_ref()).as_bytes().ct_eq(challenge.as_bytes()))
}

/// Whether a refresh token is good for this client (RFC 6749 section 6, RFC 9700 section 4.14).
pub(crate) fn renew(refresh: &Refresh, client: Id<Client>, now: Moment) -> Result<(), No> {
    let denied = Err(No::Denied(Denial::grant("the refresh token is unknown, used or expired")));
    if refresh.family.client != client {
        return denied;
    }
    if refresh.used_at.is_some() {
        return Err(No::Reused);
    }
    if refresh.family.ended_at.is_some() || refresh.until <= now || refresh.family.until <= now {
        return denied;
    }
    Ok(())
}

/// What an ID token says (OpenID Connect Core section 2). Who the person is beyond a number is told at the userinfo endpoint alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IdClaims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) exp: i64,
    pub(crate) iat: i64,
    pub(crate) auth_time: i64,
    pub(crate) sid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
}

/// What a logout token says (OpenID Connect Back-Channel Logout section 2.4).
#[derive(Debug, Serialize)]
pub(crate) struct LogoutClaims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) jti: String,
    pub(crate) sid: String,
    pub(crate) events: serde_json::Value,
}

/// The event of a logout token.
pub(crate) const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// An instant as the protocol writes it: seconds since 1970.
#[must_use]
pub(crate) fn seconds(at: Moment) -> i64 {
    at.micros().div_euclid(1_000_000)
}
