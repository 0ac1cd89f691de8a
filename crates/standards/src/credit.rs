//! Unified social credit codes (统一社会信用代码, GB 32100—2015).

use crate::error::CodeError;
use crate::organisation::{self, OrganisationCode};
use crate::text::{Class, normalise, require_check, require_classes, require_length, text_code};

const SUBJECT: &str = "统一社会信用代码";
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A unified social credit code: registering department, kind, six digits of division, organisation code with its own check,
/// and a check character over the whole.
///
/// ```
/// use standards::CreditCode;
///
/// let code: CreditCode = "91350100m000100y43".parse()?;
/// assert_eq!(code.organisation().as_str(), "M000100Y4");
///
/// let error = CreditCode::parse("11450000007565194X").unwrap_err();
/// assert_eq!(error.message(), "第 18 位校验码应为 H，实为 X");
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CreditCode {
    text: String,
}

impl CreditCode {
    /// Reads a code: length, characters, check over the whole, check of the organisation code (character 17).
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = normalise(text);
        require_length(SUBJECT, &text, &[18], "18")?;
        require_classes(SUBJECT, &text, class_at)?;
        if let (Some(expected), Some(found)) = (check_character(&text[..17]), text.chars().last()) {
            require_check(SUBJECT, 17, "", [expected, found])?;
        }
        if let (Some(expected), Some(found)) =
            (organisation::check_character(&text[8..16]), text[16..17].chars().next())
        {
            require_check(SUBJECT, 16, "组织机构代码", [expected, found])?;
        }
        Ok(Self { text })
    }

    /// A part of a longer code that has already been read with [`CreditCode::parse`].
    pub(crate) fn of_checked(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// The two characters of registering department and kind: 11 机关, 12 事业单位, 51 社会团体, 91 企业, 92 个体工商户, …
    #[must_use]
    pub fn category(&self) -> &str {
        &self.text[..2]
    }

    /// The six digits of the registering body's division; `100000` for national bodies.
    #[must_use]
    pub fn division_prefix(&self) -> &str {
        &self.text[2..8]
    }

    /// Characters 9 to 17.
    #[must_use]
    pub fn organisation(&self) -> OrganisationCode {
        OrganisationCode::of_checked(&self.text[8..17])
    }
}

/// What may stand at each place, index from 0.
pub(crate) fn class_at(index: usize) -> Class {
    if (2..8).contains(&index) { Class::Digit } else { Class::Credit }
}

/// The check character of the first 17: weights are the powers of 3 modulo 31.
fn check_character(seventeen: &str) -> Option<char> {
    let (mut sum, mut weight) = (0, 1);
    for c in seventeen.chars() {
        sum += ALPHABET.find(c)? * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET.chars().nth((31 - sum % 31) % 31)
}

text_code!(CreditCode);
