//! Check characters of ISO 7064 (GB/T 17710): the three systems that Chinese codes use.
//!
//! Each function takes the value without its check character. All three find every single mistyped character.

/// The check character of MOD 11-2, as in citizen numbers (GB 11643): `0`–`9` or `X`. None unless `digits` are all digits.
///
/// ```
/// assert_eq!(standards::iso7064::mod_11_2("11010519491231002"), Some('X'));
/// ```
#[must_use]
pub fn mod_11_2(digits: &str) -> Option<char> {
    let mut p = 0;
    for c in digits.chars() {
        p = (p + c.to_digit(10)?) * 2 % 11;
    }
    match (12 - p) % 11 {
        10 => Some('X'),
        check => char::from_digit(check, 10),
    }
}

/// The check character of MOD 37,36, as in licence identifiers (GB/T 36904): `0`–`9` or `A`–`Z`. None unless `text` is all
/// digits and upper-case letters.
///
/// ```
/// assert_eq!(standards::iso7064::mod_37_36("A12425GABC1234002"), Some('M'));
/// ```
#[must_use]
pub fn mod_37_36(text: &str) -> Option<char> {
    let mut p = 36;
    for c in text.chars() {
        let value = if c.is_ascii_lowercase() { None } else { c.to_digit(36) }?;
        p = (p + value) % 36;
        p = if p == 0 { 36 } else { p } * 2 % 37;
    }
    char::from_digit((37 - p) % 36, 36).map(|c| c.to_ascii_uppercase())
}

/// The check digit of MOD 11,10, as in investment project codes (GB/T 40058). None unless `digits` are all digits.
///
/// ```
/// assert_eq!(standards::iso7064::mod_11_10("2603141124890534694"), Some('8'));
/// ```
#[must_use]
pub fn mod_11_10(digits: &str) -> Option<char> {
    let mut p = 10;
    for c in digits.chars() {
        p = (p + c.to_digit(10)?) % 10;
        p = if p == 0 { 10 } else { p } * 2 % 11;
    }
    char::from_digit((11 - p) % 10, 10)
}
