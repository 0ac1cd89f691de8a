//! Numbers of bank cards (ISO/IEC 7812) and of bank accounts.

use crate::error::{CodeError, CodeErrorKind};
use crate::text::{Class, normalise, require_check, require_classes, text_code};

const CARD: &str = "银行卡号";
const ACCOUNT: &str = "银行账号";

/// A number of a bank card, also of the financial account of a social security card: 12 to 19 digits, the last a check digit after Luhn
/// (ISO/IEC 7812-1, annex B). Whether a bank issued it, only the bank knows. `Debug` never shows the number.
///
/// ```
/// let card: standards::BankCard = "6222 0210 0111 6245 702".parse()?;
/// assert_eq!(card.as_str(), "6222021001116245702");
/// assert_eq!("6222021001116245703".parse::<standards::BankCard>().unwrap_err().message(), "第 19 位校验码应为 2，实为 3");
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BankCard {
    text: String,
}

/// A number of a bank account that is no card: of a firm (对公账户) or of a passbook (存折). Banks make them as they like: 8 to 30 digits, no
/// common check digit, so only the form is judged. `Debug` never shows the number.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BankAccount {
    text: String,
}

impl BankCard {
    /// Reads a number; spaces and hyphens between its groups go.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = digits(CARD, text, (12, 19), "12 至 19")?;
        let last = text.len() - 1;
        let check = text.chars().last().map(|found| [luhn(&text[..last]), found]);
        check.map_or(Ok(()), |it| require_check(CARD, last, "", it))?;
        Ok(Self { text })
    }
}

impl BankAccount {
    /// Reads a number; spaces and hyphens between its groups go.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        digits(ACCOUNT, text, (8, 30), "8 至 30").map(|text| Self { text })
    }
}

fn digits(
    subject: &'static str,
    text: &str,
    (least, most): (usize, usize),
    expected: &'static str,
) -> Result<String, CodeError> {
    let text: String = normalise(text).chars().filter(|it| !matches!(it, ' ' | '-')).collect();
    if text.is_empty() {
        return Err(CodeError::new(subject, CodeErrorKind::Empty));
    }
    require_classes(subject, &text, |_| Class::Digit)?;
    if (least..=most).contains(&text.len()) {
        return Ok(text);
    }
    Err(CodeError::new(subject, CodeErrorKind::Length { expected, found: text.len() }))
}

/// The check digit for these digits: every second from the right doubled, the digits of the products summed, up to the next ten.
fn luhn(payload: &str) -> char {
    let doubled = |n: u32| if n * 2 > 9 { n * 2 - 9 } else { n * 2 };
    let each = payload.chars().rev().filter_map(|it| it.to_digit(10)).enumerate();
    let sum: u32 = each.map(|(index, n)| if index % 2 == 0 { doubled(n) } else { n }).sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

macro_rules! hidden {
    ($type:ident) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($type), "(****)"))
            }
        }
    };
}

hidden!(BankCard);
hidden!(BankAccount);
text_code!(BankCard, masked);
text_code!(BankAccount, masked);
