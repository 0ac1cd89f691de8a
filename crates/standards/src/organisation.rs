//! Organisation codes (组织机构代码, GB 11714—1997): nine characters, the heart of a unified social credit code.

use crate::error::CodeError;
use crate::text::{Class, normalise, require_check, require_classes, require_length, text_code};

const SUBJECT: &str = "组织机构代码";

/// An organisation code: eight digits or letters and a check character; read with or without the printed hyphen before the
/// check character, kept without.
///
/// ```
/// use standards::OrganisationCode;
///
/// let code: OrganisationCode = "00756519-4".parse()?;
/// assert_eq!(code.to_string(), "007565194");
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrganisationCode {
    text: String,
}

impl OrganisationCode {
    /// Reads a code: length, characters, check character.
    ///
    /// # Errors
    /// The first rule that the text breaks; a position counts the hyphen where there is one.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = normalise(text);
        require_length(SUBJECT, &text, &[9, 10], "9")?;
        let hyphenated = text.chars().count() == 10;
        require_classes(SUBJECT, &text, |i| match i {
            8 if hyphenated => Class::Hyphen,
            8 | 9 => Class::DigitOrX,
            _ => Class::LetterOrDigit,
        })?;
        let last = text.len() - 1;
        if let (Some(expected), Some(found)) = (check_character(&text[..8]), text.chars().last()) {
            require_check(SUBJECT, last, "", [expected, found])?;
        }
        Ok(Self { text: text.replace('-', "") })
    }

    /// The nine characters inside a credit code, which has already checked them.
    pub(crate) fn of_checked(text: &str) -> Self {
        Self { text: text.to_owned() }
    }
}

/// The check character of eight digits or upper-case letters: weights 3 7 9 10 5 8 4 2, modulo 11.
pub(crate) fn check_character(eight: &str) -> Option<char> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let mut sum = 0;
    for (c, weight) in eight.chars().zip(WEIGHTS) {
        sum += c.to_digit(36)? * weight;
    }
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        check => char::from_digit(check, 10),
    }
}

text_code!(OrganisationCode);
