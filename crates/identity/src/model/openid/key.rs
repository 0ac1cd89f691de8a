//! Keys that sign tokens: when one is made, shown, used and gone.

use kernel::Moment;
use serde::{Deserialize, Serialize};

/// A day, in seconds.
const DAY: i64 = 24 * 3_600;
/// A key signs for so many seconds: ninety days.
pub const SIGN_SECONDS: i64 = 90 * DAY;
/// The next one is shown so many seconds before it signs, so that whoever keeps the key set for a day knows it.
pub const LEAD_SECONDS: i64 = DAY;
/// A key is shown for so long after it signed last: whatever it signed lives shorter ([`super::token::ID_SECONDS`]), and clocks and
/// caches of others may be behind.
pub const KEEP_SECONDS: i64 = DAY;

/// How tokens are signed (RFC 7518 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA of 2,048 bits with SHA-256, PKCS#1 v1.5: every provider must have it (OpenID Connect Discovery section 3).
    #[serde(rename = "RS256")]
    Rs256,
}

impl Algorithm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Es256, Self::Rs256];

    /// As written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm of this name; no other is ever accepted, `none` least of all.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// What the record determines of a signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyState {
    pub(crate) alg: String,
    /// The public half (RFC 7517), as JSON.
    pub(crate) jwk: String,
    pub(crate) use_from: Moment,
    pub(crate) gone_at: Option<Moment>,
}

/// What is to be done with the keys of one algorithm.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// A key is to be made that signs from this instant.
    pub(crate) make: Option<Moment>,
    /// These, by their place, are to go.
    pub(crate) retire: Vec<usize>,
}

/// What is to be done with the keys of one algorithm that are shown now, given when each begins to sign, oldest first.
pub(crate) fn plan(begins: &[Moment], now: Moment) -> Plan {
    let Some(current) = begins.iter().rposition(|it| *it <= now) else {
        // The first key has nobody who could know an older one.
        return Plan { make: begins.is_empty().then_some(now), retire: Vec::new() };
    };
    let last = current + 1 == begins.len();
    let renew = begins[current].plus_seconds(SIGN_SECONDS - LEAD_SECONDS) <= now;
    let make = (last && renew).then(|| begins[current].plus_seconds(SIGN_SECONDS).max(now.plus_seconds(LEAD_SECONDS)));
    let gone = |place: &usize| begins[place + 1].plus_seconds(KEEP_SECONDS) <= now;
    Plan { make, retire: (0..current).filter(gone).collect() }
}
