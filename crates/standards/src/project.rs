//! Codes of investment projects (投资项目代码, GB/T 40058—2021), and those given before November 2020.

use crate::error::{CodeError, CodeErrorKind};
use crate::iso7064;
use crate::text::{Class, normalise, require_check, require_classes, require_length, text_code};

const SUBJECT: &str = "投资项目代码";
/// Where the hyphens stand, index from 0.
const HYPHENS: [usize; 4] = [4, 11, 14, 17];

/// A project code, `2603-141124-89-05-346948`: year and month, division, department, type, five random digits and a check
/// digit (ISO 7064 MOD 11,10). Without a code no approval of the project is accepted.
///
/// Codes of the years up to 2020 have the same shape, a four-digit year (`2020-330327-48-01-167360`), a type 01 to 03 and no
/// check. The first four digits tell them apart: where the third and fourth are a month the code is a new one. Digits without
/// hyphens are read and kept with them; an old code is thus never a new one, but a mistyped month such as `2013` for `2012`
/// makes a new code look like an old one, whose check nobody can do.
///
/// ```
/// use standards::{ProjectCode, ProjectScheme};
///
/// let code: ProjectCode = "26031411248905346948".parse()?;
/// assert_eq!(code.to_string(), "2603-141124-89-05-346948");
/// assert_eq!(code.scheme(), ProjectScheme::Checked);
/// assert_eq!(code.year(), 2026);
///
/// let error = ProjectCode::parse("2603-141124-89-05-346940").unwrap_err();
/// assert_eq!(error.message(), "第 24 位校验码应为 8，实为 0");
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProjectCode {
    text: String,
}

/// The two schemes of project codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProjectScheme {
    /// Of GB/T 40058, in force since 2020-11-01, with a check digit.
    Checked,
    /// Up to 2020, without a check digit.
    Old,
}

impl ProjectCode {
    /// Reads a code of either scheme.
    ///
    /// # Errors
    /// The first rule that the text breaks. Positions count hyphens where the text has them.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = normalise(text);
        require_length(SUBJECT, &text, &[20, 24], "24（含连字符）或 20")?;
        let hyphenated = text.chars().count() == 24;
        require_classes(
            SUBJECT,
            &text,
            |i| {
                if hyphenated && HYPHENS.contains(&i) { Class::Hyphen } else { Class::Digit }
            },
        )?;
        let digits = text.replace('-', "");
        if is_month(&digits[2..4]) {
            if let (Some(expected), Some(found)) = (iso7064::mod_11_10(&digits[..19]), digits.chars().last()) {
                require_check(SUBJECT, text.len() - 1, "", [expected, found])?;
            }
        } else {
            require_old(&text, &digits)?;
        }
        let parts = [&digits[..4], &digits[4..10], &digits[10..12], &digits[12..14], &digits[14..]];
        Ok(Self { text: parts.join("-") })
    }

    /// Which scheme the code follows.
    #[must_use]
    pub fn scheme(&self) -> ProjectScheme {
        if is_month(&self.text[2..4]) { ProjectScheme::Checked } else { ProjectScheme::Old }
    }

    /// The year in which the code was given.
    #[must_use]
    pub fn year(&self) -> i32 {
        let digits = match self.scheme() {
            ProjectScheme::Checked => format!("20{}", &self.text[..2]),
            ProjectScheme::Old => self.text[..4].to_owned(),
        };
        digits.parse().unwrap_or_default()
    }

    /// The six digits of the division; `000000` for national projects.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.text[5..11]
    }

    /// Two digits: the department (new scheme) or the industry (old scheme).
    #[must_use]
    pub fn department(&self) -> &str {
        &self.text[12..14]
    }

    /// Two digits: the type of project (new scheme) or 01 审批, 02 核准, 03 备案 (old scheme).
    #[must_use]
    pub fn project_type(&self) -> &str {
        &self.text[15..17]
    }
}

fn is_month(two_digits: &str) -> bool {
    matches!(two_digits.parse(), Ok(1..=12))
}

/// Refuses what is neither scheme: no month, and not a year of the old one; and a type that the old one does not have.
fn require_old(text: &str, digits: &str) -> Result<(), CodeError> {
    let value = |index, part, expected, found: &str| {
        Err(CodeError::at(SUBJECT, index, CodeErrorKind::Value { part, expected, found: found.to_owned() }))
    };
    if !("2013"..="2020").contains(&&digits[..4]) {
        return value(2, "月份", "01 至 12", &digits[2..4]);
    }
    if !matches!(&digits[12..14], "01" | "02" | "03") {
        let index = if text.len() == 24 { 15 } else { 12 };
        return value(index, "审批类型", "01 审批、02 核准或 03 备案", &digits[12..14]);
    }
    Ok(())
}

text_code!(ProjectCode);
