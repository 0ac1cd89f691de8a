//! Accounts: login names, passwords, and how often one may try.

use journal::Head;
use kernel::{Fault, Id, Person};
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};

use super::person::half_width;

/// A password has at least so many characters (NIST SP 800-63B: length counts, not a mixture of kinds).
pub const PASSWORD_MIN: usize = 10;
/// A password has so many characters at most, so that nobody makes the site hash a book.
pub const PASSWORD_MAX: usize = 128;
/// A login name has so many characters at least and at most.
pub const LOGIN_LENGTH: std::ops::RangeInclusive<usize> = 3..=30;

/// Passwords of that length that everybody tries first, in the order of their bytes; where from: `data/SOURCES.md`.
const COMMON: &str = include_str!("../../data/common-passwords.txt");

/// Words of this place, longer ones first, which a guesser tries before any other (`/docs/asvs.md`, 6.1.2).
const OF_THIS_PLACE: [&str; 10] =
    ["yiwangtongban", "yiwang", "zhengwu", "zwfw", "admin", "一网通办", "政务服务", "管理员", "一网", "政务"];
/// A password made of such words, or of the login name, has so many other letters at least.
const OTHER_LETTERS: usize = 3;

/// How often something may be tried within a window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// So many tries …
    pub(crate) tries: i64,
    /// … within so many seconds.
    pub(crate) seconds: i64,
}

/// Sign-in to one account from one address: an honest person errs a few times.
pub(crate) const ACCOUNT_AT_ADDRESS: Allowance = Allowance { tries: 5, seconds: 15 * 60 };
/// Sign-in to one account from anywhere: many addresses do not help the guesser, and one address cannot lock the owner out.
pub(crate) const ACCOUNT: Allowance = Allowance { tries: 30, seconds: 60 * 60 };
/// Failed sign-ins from one address: a hall with many people behind one address must not stand still.
pub(crate) const ADDRESS: Allowance = Allowance { tries: 100, seconds: 15 * 60 };
/// Registrations and one-time codes from one address.
pub(crate) const REGISTER: Allowance = Allowance { tries: 30, seconds: 60 * 60 };
/// Old passwords typed to set a new one, by one person.
pub(crate) const PASSWORD_CHANGE: Allowance = Allowance { tries: 5, seconds: 15 * 60 };

/// The longest time for which any allowance counts, in seconds: a day. Older counts are swept.
pub(crate) const LONGEST: i64 = 24 * 3_600;

/// A person's way in, as stored.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) person: Id<Person>,
    /// Keyed digest of the login name.
    pub(crate) login: String,
    /// PHC string of argon2id.
    pub(crate) password: String,
    /// Only for made-up people: what the sign-in page of a demo site says of them.
    pub(crate) demo: Option<String>,
    pub(crate) head: Head,
}

/// What the record determines of an account. The password hash stands in it by its SM3, so that a hash put in by hand is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountState {
    pub(crate) login: String,
    pub(crate) password: String,
    pub(crate) demo: Option<String>,
}

impl AccountState {
    pub(crate) fn of(login: &str, password: &str, demo: Option<&str>) -> Self {
        let demo = demo.map(str::to_owned);
        Self { login: login.to_owned(), password: hex(&Sm3::digest(password)), demo }
    }
}

/// A new account, as typed.
#[derive(Clone, Default)]
pub struct NewAccount {
    /// The login name.
    pub login: String,
    /// The password.
    pub password: String,
    /// Only for made-up people of a demo site: what its sign-in page says of them.
    pub demo: Option<String>,
}

/// A login name as it is compared: trimmed, half-width, lower case.
#[must_use]
pub fn login_name(text: &str) -> String {
    text.trim().chars().map(half_width).flat_map(char::to_lowercase).collect()
}

/// What is wrong with a login name that somebody wants.
pub(crate) fn login_faults(login: &str) -> Vec<Fault> {
    let length = login.chars().count();
    let known = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut faults = Vec::new();
    if !LOGIN_LENGTH.contains(&length) {
        faults.push(Fault::new("login", "登录名应为 3 至 30 个字。"));
    } else if !login.chars().all(known) {
        faults.push(Fault::new("login", "登录名只能用汉字、字母、数字和 . - _，请修改。"));
    } else if login.chars().all(|c| c.is_ascii_digit()) || standards::CitizenNumber::parse(login).is_ok() {
        faults.push(Fault::new("login", "登录名不能只有数字，也不能用身份证号，请加上字母或汉字。"));
    }
    faults
}

/// Whether a password, in lower case, is one of those that everybody tries first.
fn common(lower: &str) -> bool {
    let (mut from, mut to) = (0, COMMON.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let start = COMMON[..middle].rfind('\n').map_or(0, |it| it + 1);
        let end = COMMON[middle..].find('\n').map_or(COMMON.len(), |it| middle + it);
        match COMMON[start..end].cmp(lower) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => from = end + 1,
            std::cmp::Ordering::Greater => to = start,
        }
    }
    false
}

/// Whether a password, in lower case, is little more than words of this place or the login name, with digits and signs around them.
fn of_this_place(lower: &str, login: &str) -> bool {
    let words = OF_THIS_PLACE.into_iter().chain([login]).filter(|it| it.chars().count() > 1);
    let rest = words.fold(lower.to_owned(), |rest, word| rest.replace(word, ""));
    rest.len() < lower.len() && rest.chars().filter(|it| it.is_alphabetic()).count() < OTHER_LETTERS
}

/// What is wrong with a password that somebody wants for the account `login`.
pub(crate) fn password_faults(field: &str, login: &str, password: &str) -> Vec<Fault> {
    let length = password.chars().count();
    let lower = password.to_lowercase();
    let first = lower.chars().next();
    let fault = if length < PASSWORD_MIN {
        format!("密码至少 {PASSWORD_MIN} 个字，可以是一句好记的话。")
    } else if length > PASSWORD_MAX {
        format!("密码最多 {PASSWORD_MAX} 个字，请缩短。")
    } else if password.contains('\0') {
        "密码中有不可见字符，请换一个。".to_owned()
    } else if lower.chars().all(|c| Some(c) == first) {
        "这个密码只有一个字反复出现，太容易被猜到，请换一个。".to_owned()
    } else if common(&lower) {
        "这是人人都用的密码，别人会最先试它，请换一个。".to_owned()
    } else if lower == login {
        "密码不能与登录名相同，请换一个。".to_owned()
    } else if of_this_place(&lower, login) {
        "这个密码只是登录名或本站常用的词加上数字，容易被猜到，请换一个。".to_owned()
    } else {
        return Vec::new();
    };
    vec![Fault::new(field, fault)]
}

/// SM3 in lower-case hex.
pub(crate) fn sm3_hex(text: &str) -> String {
    hex(&Sm3::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_refused_with_a_plain_reason_and_anything_long_and_rare_will_do() {
        let long = "长".repeat(PASSWORD_MAX + 1);
        let table = [
            ("", "至少 10 个字"),
            ("九个字不够长的啊啊", "至少 10 个字"),
            (long.as_str(), "最多 128 个字"),
            ("aaaaaaaaaaaa", "只有一个字"),
            ("Password123", "人人都用"),
            ("1234567890", "人人都用"),
            ("woaini1314", "人人都用"),
            ("the-login-name", "不能与登录名相同"),
            ("The-Login-Name2026", "只是登录名"),
            ("YiwangZWFW_2026", "常用的词"),
            ("政务服务中心123456", "常用的词"),
        ];
        for (typed, words) in table {
            let faults = password_faults("password", "the-login-name", typed);
            assert!(faults.first().is_some_and(|it| it.message.contains(words)), "{typed}: {faults:?}");
        }
        for fine in [
            "yiwang-demo-1",
            "政务服务大厅门口的石狮子",
            "correct horse battery",
            "谯城的牛肉馍真是香喷喷",
            "😀😁😂🤣😃😄😅😆😉😊",
            "          十",
        ] {
            assert_eq!(password_faults("password", "the-login-name", fine), [], "{fine}");
        }
        let all: Vec<_> = COMMON.lines().collect();
        assert!(all.is_sorted() && all.iter().all(|it| common(it) && it.len() >= PASSWORD_MIN));
        assert!(!common("") && !common("zzzzzzzzzzzzzzzzzzz") && !common("!"));
    }
}
