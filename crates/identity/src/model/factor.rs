//! Second factors: what proves who one is besides a password, and the rules of each.
//!
//! A code of an app (TOTP, RFC 6238) and a recovery code go with a password; a passkey (WebAuthn) with user verification is two factors
//! by itself: the device one has, and the finger, face or PIN that opens it.

use kernel::{Id, Moment, Person};
use serde::{Deserialize, Serialize};
use totp_rs::{Algorithm, Builder, Secret};

/// A factor, as an id's mark.
#[derive(Debug)]
pub enum FactorMark {}

/// What kind of factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FactorKind {
    /// An app that shows six digits, anew every thirty seconds.
    Totp,
    /// A passkey.
    Passkey,
    /// Ten codes on paper, each good once.
    Recovery,
}

impl FactorKind {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::Recovery => "recovery",
        }
    }

    pub(crate) fn parse(code: &str) -> Option<Self> {
        [Self::Totp, Self::Passkey, Self::Recovery].into_iter().find(|it| it.code() == code)
    }

    /// In words of the page.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Totp => "动态验证码",
            Self::Passkey => "通行密钥",
            Self::Recovery => "恢复码",
        }
    }

    /// Whether it is a second factor by itself; recovery codes only stand in for one.
    pub(crate) const fn stands_alone(self) -> bool {
        matches!(self, Self::Totp | Self::Passkey)
    }
}

/// What the record determines of a factor: no secret, and not what its owner calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FactorState {
    pub(crate) person: Id<Person>,
    pub(crate) kind: FactorKind,
    /// SM3 of the sealed secret, public key or list of digests.
    pub(crate) sealed: String,
    pub(crate) made_at: Moment,
    pub(crate) ended_at: Option<Moment>,
}

/// Factors of one kind that one person has at most.
pub(crate) const OF_ONE_KIND_MAX: usize = 10;
/// What a factor is called has so many characters at most.
pub(crate) const NAME_MAX: usize = 30;
/// To set up a factor, or to answer a question about one, one has so many seconds.
pub(crate) const CEREMONY_SECONDS: i64 = 10 * 60;
/// Seconds that a code of an app is shown.
const STEP: u64 = 30;
/// Bytes of an app's secret (RFC 4226 section 4 recommends 160 bits).
pub(crate) const SECRET_BYTES: usize = 20;

/// The step (of thirty seconds since 1970) whose code was typed, if it is one of now, of the step before or of the step after. The
/// caller sees to it that a step is used once.
pub(crate) fn matching_step(secret: &[u8], typed: &str, now: Moment) -> Option<i64> {
    let seconds = u64::try_from(now.micros() / 1_000_000).ok()?;
    let secret = Secret::new(secret.to_vec().into_boxed_slice());
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(1).with_step_duration(STEP);
    let totp = builder.with_secret(secret).build().ok()?;
    totp.check(typed, seconds).and_then(|step| i64::try_from(step).ok())
}

/// The secret as people copy it into an app: Base32 in groups of four.
pub(crate) fn spoken_secret(secret: &[u8]) -> String {
    let plain: Vec<char> = Secret::new(secret.to_vec().into_boxed_slice()).to_base32().chars().collect();
    plain.chunks(4).map(|it| it.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// What the square code for the app says (`otpauth://`, as Google Authenticator reads it). `site`: what the app lists it under. Nothing in
/// it tells who the person is: the phone may be somebody else's to see.
pub(crate) fn otpauth(site: &str, secret: &[u8]) -> String {
    let word = |text: &str| {
        text.bytes().fold(String::new(), |sum, byte| {
            if byte.is_ascii_alphanumeric() {
                sum + &char::from(byte).to_string()
            } else {
                sum + &format!("%{byte:02X}")
            }
        })
    };
    let secret = Secret::new(secret.to_vec().into_boxed_slice()).to_base32();
    let site = word(site);
    format!(
        "otpauth://totp/{site}:{}?secret={secret}&issuer={site}&algorithm=SHA1&digits=6&period={STEP}",
        word("账号")
    )
}

/// Recovery codes that are made at once.
pub(crate) const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code: 50 bits.
const RECOVERY_LENGTH: usize = 10;
/// What recovery codes are made of: no letter or digit that can be taken for another.
const RECOVERY_ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Recovery codes out of random bytes, as they are printed: `ABCDE-FGHJK`.
pub(crate) fn recovery_codes(random: &[u8; RECOVERY_CODES * RECOVERY_LENGTH]) -> Vec<String> {
    let one = |bytes: &[u8]| -> String {
        let plain: String = bytes.iter().map(|it| char::from(RECOVERY_ALPHABET[usize::from(it % 32)])).collect();
        format!("{}-{}", &plain[..5], &plain[5..])
    };
    random.chunks(RECOVERY_LENGTH).map(one).collect()
}

/// A code as somebody typed it: of an app, or of paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Typed {
    /// Six digits.
    Totp(String),
    /// A recovery code without its hyphen, upper case.
    Recovery(String),
}

impl Typed {
    /// Reads it; `None` if it can be neither.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if let Some(digits) = super::code::typed_code(text) {
            return Some(Self::Totp(digits));
        }
        let plain: String = text
            .chars()
            .map(super::person::half_width)
            .filter(|c| !c.is_whitespace() && *c != '-')
            .flat_map(char::to_uppercase)
            .collect();
        let right = plain.len() == RECOVERY_LENGTH && plain.bytes().all(|it| RECOVERY_ALPHABET.contains(&it));
        right.then_some(Self::Recovery(plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors of RFC 6238, appendix B.
    const RFC: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> Moment {
        Moment::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn an_apps_code_is_that_of_rfc_6238_and_may_come_a_step_early_or_late() {
        // Appendix B gives eight digits; an app shows the last six.
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(matching_step(RFC, code, at(seconds)), Some(seconds / 30), "{seconds}");
            assert!(matching_step(RFC, code, at(seconds + 30)).is_some(), "{seconds}: a step late");
            assert!(matching_step(RFC, code, at(seconds - 30)).is_some(), "{seconds}: a step early");
            assert_eq!(matching_step(RFC, code, at(seconds + 90)), None, "{seconds}: too late");
        }
        for wrong in ["", "28708", "2870822", "abcdef", "287083"] {
            assert_eq!(matching_step(RFC, wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn the_secret_is_told_to_an_app_without_telling_who_somebody_is() {
        assert_eq!(spoken_secret(RFC), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let told = otpauth("亳州网", RFC);
        assert!(
            told.starts_with("otpauth://totp/%E4%BA%B3%E5%B7%9E%E7%BD%91:%E8%B4%A6%E5%8F%B7?secret=GEZDGNBVGY3TQOJQ"),
            "{told}"
        );
    }

    #[test]
    fn what_is_typed_is_an_apps_code_or_one_of_paper_or_nothing() {
        let codes = recovery_codes(&std::array::from_fn(|n| u8::try_from(n % 32).unwrap()));
        assert_eq!((codes.len(), codes[0].as_str()), (10, "23456-789AB"));
        let table = [
            ("287 082", Some(Typed::Totp("287082".to_owned()))),
            ("23456-789ab", Some(Typed::Recovery("23456789AB".to_owned()))),
            ("２３４５６ 789AB", Some(Typed::Recovery("23456789AB".to_owned()))),
            ("23456-789A", None),
            ("23456-789A0", None),
            ("", None),
        ];
        for (typed, read) in table {
            assert_eq!(Typed::read(typed), read, "{typed}");
        }
    }
}
