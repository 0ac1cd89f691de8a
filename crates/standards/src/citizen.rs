//! Citizen numbers (公民身份号码, GB 11643—1999).

use crate::error::{CodeError, CodeErrorKind};
use crate::iso7064;
use crate::text::{Class, normalise, require_check, require_classes, require_date, require_length, text_code};
use time::Date;

const SUBJECT: &str = "公民身份号码";

/// A citizen number: 6 digits of division, 8 of birth date, 3 of sequence, and a check character (ISO 7064 MOD 11-2).
///
/// A value has a right check character and a real birth date. That the division exists is a rule apart
/// ([`CitizenNumber::has_known_province`]), since numbers outlive divisions. `Debug` never shows the number; `Display` and
/// serde write it whole, so print [`CitizenNumber::masked`] where a person other than its owner reads.
///
/// ```
/// use standards::{CitizenNumber, Sex};
/// use time::macros::date;
///
/// let number: CitizenNumber = "１１０１０５１９４９１２３１００２x".parse()?;
/// assert_eq!(number.as_str(), "11010519491231002X");
/// assert_eq!(number.birth_date(), date!(1949-12-31));
/// assert_eq!(number.sex(), Sex::Female);
/// assert_eq!(number.masked(), "110***********002X");
///
/// let error = CitizenNumber::parse("110105194912310021").unwrap_err();
/// assert_eq!(error.message(), "第 18 位校验码应为 X，实为 1");
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CitizenNumber {
    text: String,
    birth: Date,
}

/// Sex as a citizen number tells it; codes of GB/T 2261.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// 男, code 1.
    Male,
    /// 女, code 2.
    Female,
}

impl Sex {
    /// The code of GB/T 2261.1.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "1",
            Self::Female => "2",
        }
    }

    /// «男» or «女».
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }
}

impl CitizenNumber {
    /// Reads a number: format, real birth date, check character, in this order.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = normalise(text);
        require_length(SUBJECT, &text, &[18], "18")?;
        require_classes(SUBJECT, &text, |i| if i == 17 { Class::DigitOrX } else { Class::Digit })?;
        let birth = require_date(SUBJECT, &text, 6, "出生日期")?;
        if let (Some(expected), Some(found)) = (iso7064::mod_11_2(&text[..17]), text.chars().last()) {
            require_check(SUBJECT, 17, "", [expected, found])?;
        }
        Ok(Self { text, birth })
    }

    /// Reads a number as [`CitizenNumber::parse`] does and also refuses a birth after `today`, a legal day (UTC+8).
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse_on(text: &str, today: Date) -> Result<Self, CodeError> {
        let number = Self::parse(text)?;
        if number.birth > today {
            return Err(CodeError::at(SUBJECT, 6, CodeErrorKind::FutureDate { part: "出生日期", today }));
        }
        Ok(number)
    }

    /// The day of birth.
    #[must_use]
    pub fn birth_date(&self) -> Date {
        self.birth
    }

    /// Odd sequences are male.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.text.as_bytes()[16] % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// The six digits of the division in which the number was first given; not where the person lives.
    #[must_use]
    pub fn division_prefix(&self) -> &str {
        &self.text[..6]
    }

    /// Whether the number begins with the code of a province, or of 83, the residence permits of Taiwan residents.
    ///
    /// Tells apart made-up numbers such as `999901…`; counties are not looked up, for most old ones are gone.
    #[must_use]
    pub fn has_known_province(&self) -> bool {
        let province = &self.text[..2];
        province == "83" || crate::division::province_name(province).is_some()
    }

    /// Completed years on `day`, the birthday itself included; none before birth.
    #[must_use]
    pub fn age_on(&self, day: Date) -> Option<u32> {
        let before_birthday = (u8::from(day.month()), day.day()) < (u8::from(self.birth.month()), self.birth.day());
        u32::try_from(day.year() - self.birth.year() - i32::from(before_birthday)).ok()
    }

    /// The first three and the last four characters, the rest as stars.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}***********{}", &self.text[..3], &self.text[14..])
    }
}

impl std::fmt::Debug for CitizenNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CitizenNumber(******************)")
    }
}

text_code!(CitizenNumber, masked);
