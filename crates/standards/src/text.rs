//! What all codes share: how input is normalised, and the checks of length and of the characters allowed.

use crate::error::{CodeError, CodeErrorKind};

/// The text as codes are kept: without surrounding spaces, half-width, upper case, with plain dots and hyphens.
pub(crate) fn normalise(text: &str) -> String {
    text.trim_matches(is_blank).chars().map(narrow).collect()
}

/// Spaces of any width, and the marks that spreadsheets and editors leave at the ends of a value.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}')
}

/// One character as an input method for Chinese may have made it, as the ASCII character meant.
fn narrow(c: char) -> char {
    const FULL_WIDTH_OFFSET: u32 = 0xFEE0;
    let c = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - FULL_WIDTH_OFFSET).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' => ' ',
        '。' => '.',
        '‐' | '‑' | '–' | '—' | '−' => '-',
        c => c,
    };
    c.to_ascii_uppercase()
}

/// The characters that may stand at one place of a code.
#[derive(Clone, Copy)]
pub(crate) enum Class {
    Digit,
    DigitOrX,
    /// 0–9 and A–Z.
    LetterOrDigit,
    /// The alphabet of GB 32100: no I, O, S, V, Z.
    Credit,
    Hyphen,
}

impl Class {
    pub(crate) fn admits(self, c: char) -> bool {
        match self {
            Self::Digit => c.is_ascii_digit(),
            Self::DigitOrX => c.is_ascii_digit() || c == 'X',
            Self::LetterOrDigit => c.is_ascii_digit() || c.is_ascii_uppercase(),
            Self::Credit => c.is_ascii_digit() || (c.is_ascii_uppercase() && !matches!(c, 'I' | 'O' | 'S' | 'V' | 'Z')),
            Self::Hyphen => c == '-',
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Digit => "数字",
            Self::DigitOrX => "数字或 X",
            Self::LetterOrDigit => "数字或字母",
            Self::Credit => "数字或字母（不用 I、O、S、V、Z）",
            Self::Hyphen => "连字符「-」",
        }
    }
}

/// Refuses a text whose number of characters is not among `lengths`, which `expected` says in words.
pub(crate) fn require_length(
    subject: &'static str,
    text: &str,
    lengths: &[usize],
    expected: &'static str,
) -> Result<(), CodeError> {
    let found = text.chars().count();
    if found == 0 {
        Err(CodeError::new(subject, CodeErrorKind::Empty))
    } else if lengths.contains(&found) {
        Ok(())
    } else {
        Err(CodeError::new(subject, CodeErrorKind::Length { expected, found }))
    }
}

/// Refuses the first character that its place does not admit. A text that passes is ASCII and can be sliced anywhere.
pub(crate) fn require_classes(
    subject: &'static str,
    text: &str,
    class_at: impl Fn(usize) -> Class,
) -> Result<(), CodeError> {
    for (index, found) in text.chars().enumerate() {
        let class = class_at(index);
        if !class.admits(found) {
            return Err(CodeError::at(subject, index, CodeErrorKind::Character { expected: class.name(), found }));
        }
    }
    Ok(())
}

/// Compares the check character at `index`, which guards the part named `of`.
pub(crate) fn require_check(
    subject: &'static str,
    index: usize,
    of: &'static str,
    [expected, found]: [char; 2],
) -> Result<(), CodeError> {
    if expected == found {
        return Ok(());
    }
    Err(CodeError::at(subject, index, CodeErrorKind::CheckCharacter { of, expected, found }))
}

/// The day that the eight digits at `index` of an ASCII `text` write.
pub(crate) fn require_date(
    subject: &'static str,
    text: &str,
    index: usize,
    part: &'static str,
) -> Result<time::Date, CodeError> {
    let digits = &text[index..index + 8];
    date_of(&digits[..4], &digits[4..6], &digits[6..])
        .ok_or_else(|| CodeError::at(subject, index, CodeErrorKind::NoSuchDate { part, found: digits.to_owned() }))
}

/// The day that `2026-03-02` writes: ten characters, nothing else.
pub(crate) fn iso_date(text: &str) -> Option<time::Date> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { *b == b'-' } else { b.is_ascii_digit() });
    if !shaped {
        return None;
    }
    date_of(&text[..4], &text[5..7], &text[8..])
}

fn date_of(year: &str, month: &str, day: &str) -> Option<time::Date> {
    let month = time::Month::try_from(month.parse::<u8>().ok()?).ok()?;
    time::Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// Gives a code kept as `text: String` its `as_str`, `Display`, `FromStr`, serde and `Debug`.
///
/// `text_code!(T)` shows the code in `Debug`; `text_code!(T, masked)` leaves `Debug` to the type.
macro_rules! text_code {
    ($type:ident) => {
        text_code!($type, masked);

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.text)
            }
        }
    };
    ($type:ident, masked) => {
        impl $type {
            /// The code in its canonical spelling.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.text
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.text)
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::CodeError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.text)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_code;
