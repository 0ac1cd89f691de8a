//! Codes that prove a telephone or a mailbox: what they are for, how long they are good, how often one may ask and try.

use serde::{Deserialize, Serialize};

use super::{account::Allowance, person::mobile};

/// A code is good for so many seconds.
pub(crate) const CODE_SECONDS: i64 = 5 * 60;
/// So many times a code may be typed wrongly; then it is none.
pub(crate) const CODE_TRIES: i64 = 5;
/// Codes to one number or mailbox that one network asks for: enough for one who mistyped it or whose messages come late.
pub(crate) const TO_FROM_ADDRESS: Allowance = Allowance { tries: 5, seconds: 30 * 60 };
/// Codes to one number or mailbox, whoever asks: it is somebody's pocket that rings.
pub(crate) const TO: Allowance = Allowance { tries: 20, seconds: 24 * 3_600 };
/// Codes that one network asks for: a hall with many people behind one address must not stand still.
pub(crate) const FROM_ADDRESS: Allowance = Allowance { tries: 60, seconds: 60 * 60 };
/// The longest mailbox (RFC 5321 section 4.5.3.1.3, less the angle brackets).
const MAILBOX_MAX: usize = 254;

/// What a code is for. A code for one thing proves nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePurpose {
    /// To register: the number typed is one's own.
    Register,
    /// To sign in by the number that the platform knows.
    SignIn,
    /// To set another password because the old one is forgotten.
    Forgot,
    /// To tell another number or mailbox to the platform.
    Change,
    /// To sign a pledge in the place of a material.
    Pledge,
}

impl CodePurpose {
    /// As it is kept.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::SignIn => "sign-in",
            Self::Forgot => "forgot",
            Self::Change => "change",
            Self::Pledge => "pledge",
        }
    }

    /// In words of the message: 「用于……」.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Register => "注册账号",
            Self::SignIn => "登录",
            Self::Forgot => "重设密码",
            Self::Change => "更换联系方式",
            Self::Pledge => "签署告知承诺书",
        }
    }
}

/// Where a message goes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A mobile number of the mainland, eleven digits.
    Mobile(String),
    /// A mailbox.
    Mailbox(String),
}

impl Recipient {
    /// Reads what somebody typed: a mobile number, or a mailbox.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        mobile(text).map(Self::Mobile).or_else(|| mailbox(text).map(Self::Mailbox))
    }

    /// The number or mailbox.
    #[must_use]
    pub fn address(&self) -> &str {
        match self {
            Self::Mobile(it) | Self::Mailbox(it) => it,
        }
    }

    /// As shown to whoever typed it or owns it: most of it as stars.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::Mobile(it) => super::person::masked_mobile(it),
            Self::Mailbox(it) => masked_mailbox(it),
        }
    }
}

/// Names neither number nor mailbox: they stay out of logs.
impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Mobile(_) => "Mobile",
            Self::Mailbox(_) => "Mailbox",
        })
    }
}

/// The first character of a mailbox's name and its host, the rest as stars; empty for none.
pub(crate) fn masked_mailbox(mailbox: &str) -> String {
    let Some((name, host)) = mailbox.split_once('@') else { return String::new() };
    format!("{}***@{host}", name.chars().next().unwrap_or('*'))
}

/// A mailbox as mail servers take it without quoting: `name@host.tld`, lower case.
fn mailbox(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (name, host) = text.split_once('@')?;
    let plain = |it: &str, more: &[char]| {
        !it.is_empty() && it.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(&c)) && !it.contains("..")
    };
    let hosts = host.split('.').all(|it| plain(it, &['-']) && !it.starts_with('-') && !it.ends_with('-'));
    let right = text.len() <= MAILBOX_MAX
        && plain(name, &['.', '-', '_', '+'])
        && !name.starts_with('.')
        && !name.ends_with('.')
        && hosts
        && host.contains('.');
    right.then_some(text)
}

/// Six digits out of random bytes; one in a million, none likelier than another by more than one in ten trillion.
pub(crate) fn six_digits(random: [u8; 8]) -> String {
    format!("{:06}", u64::from_be_bytes(random) % 1_000_000)
}

/// A code as it was typed: its digits, half-width; spaces between them are of no account. `None`: not six digits.
pub(crate) fn typed_code(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(super::person::half_width).collect();
    (plain.len() == 6 && plain.bytes().all(|it| it.is_ascii_digit())).then_some(plain)
}

/// What the message says.
pub(crate) fn code_words(site: &str, purpose: CodePurpose, code: &str) -> String {
    let minutes = CODE_SECONDS / 60;
    format!(
        "【{site}】验证码 {code}，用于{}，{minutes} 分钟内有效。工作人员不会向您索要验证码，请不要告诉任何人。",
        purpose.words()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_and_no_mailbox_is_refused_and_what_is_one_is_put_right() {
        for bad in
            ["", "1390000000", "a@b", "@b.cn", "a@.cn", "a b@c.cn", "a@c..cn", "a@-c.cn", "<a@c.cn>", "a@c.cn\r\nx"]
        {
            assert!(Recipient::parse(bad).is_none(), "{bad}");
        }
        let table = [
            ("139-0000-0001", "13900000001"),
            ("+86 13900000001", "13900000001"),
            (" Li.Si@Example.CN ", "li.si@example.cn"),
        ];
        for (typed, known) in table {
            assert_eq!(Recipient::parse(typed).unwrap().address(), known, "{typed}");
        }
        assert_eq!(Recipient::parse("li.si@example.cn").unwrap().masked(), "l***@example.cn");
        assert_eq!(format!("{:?}", Recipient::parse("13900000001")), "Some(Mobile)");
    }

    #[test]
    fn a_code_is_six_digits_however_it_is_typed() {
        assert_eq!(six_digits([0; 8]), "000000");
        assert_eq!(six_digits([0xff; 8]).len(), 6);
        for (typed, read) in
            [("123456", true), ("１２３ ４５６", true), ("12345", false), ("1234567", false), ("12345a", false)]
        {
            assert_eq!(typed_code(typed).as_deref() == Some("123456"), read, "{typed}");
        }
    }
}
