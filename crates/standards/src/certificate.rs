//! Identifiers of electronic licences (证照标识, GB/T 36904—2018).

use crate::credit::CreditCode;
use crate::division::{DivisionCode, DivisionLevel};
use crate::error::{CodeError, CodeErrorKind};
use crate::iso7064;
use crate::text::{Class, normalise, require_check, require_classes, require_length, text_code};

const SUBJECT: &str = "证照标识";
/// The arc under which China registers licences.
const ROOT: &str = "1.2.156.3005.2";
/// Parts between dots: five of the root, type, issuer, serial, version, check.
const PARTS: usize = 10;
/// Our own limit; the longest serial seen has eleven characters.
const LONGEST_SERIAL: usize = 32;

/// The identifier of one version of one electronic licence:
/// `1.2.156.3005.2.TYPE.ISSUER.SERIAL.VERSION.CHECK`.
///
/// TYPE is the USCC of the body that defined the type and three digits; ISSUER the USCC of the issuing body or its division
/// code; SERIAL up to 32 letters and digits; VERSION three digits; CHECK is ISO 7064 MOD 37,36 over these without dots.
///
/// ```
/// use standards::CertificateId;
///
/// let id: CertificateId = "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9".parse()?;
/// assert_eq!(id.version(), 1);
/// assert_eq!(id.next_version()?.as_str(), "1.2.156.3005.2.11100000MB03271699022.340100.000000016.002.7");
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertificateId {
    text: String,
}

/// Who issues a licence, as its identifier names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CertificateIssuer {
    /// An authority by its USCC.
    Body(CreditCode),
    /// A division, whose code is written with six digits down to the county and twelve below.
    Division(DivisionCode),
}

impl CertificateIssuer {
    fn text(&self) -> &str {
        match self {
            Self::Body(code) => code.as_str(),
            Self::Division(code) if code.level() <= DivisionLevel::County => code.six_digits(),
            Self::Division(code) => code.as_str(),
        }
    }

    fn parse(text: &str) -> Result<Self, CodeError> {
        match text.len() {
            18 => CreditCode::parse(text).map(Self::Body),
            6 | 12 => DivisionCode::parse(text).map(Self::Division),
            _ => {
                let expected = "18 位统一社会信用代码或 6、12 位行政区划代码";
                let kind = CodeErrorKind::Value { part: "颁发机构代码", expected, found: text.to_owned() };
                Err(CodeError::new(SUBJECT, kind))
            }
        }
    }
}

impl CertificateId {
    /// Reads an identifier: root, number of parts, each part, check character.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = normalise(text);
        if text.is_empty() {
            return Err(CodeError::new(SUBJECT, CodeErrorKind::Empty));
        }
        let parts: Vec<&str> = text.split('.').collect();
        if parts.len() != PARTS {
            return Err(CodeError::new(SUBJECT, CodeErrorKind::Parts { expected: PARTS, found: parts.len() }));
        }
        if !text.starts_with(ROOT) || text.as_bytes().get(ROOT.len()) != Some(&b'.') {
            let found = parts[..5].join(".");
            return Err(CodeError::at(SUBJECT, 0, CodeErrorKind::Value { part: "根标识", expected: ROOT, found }));
        }
        let mut offset = ROOT.len() + 1;
        for (part, require) in parts[5..].iter().zip(REQUIREMENTS) {
            require_classes(SUBJECT, part, |_| Class::LetterOrDigit).map_err(|e| e.within(SUBJECT, offset))?;
            require(part).map_err(|e| match e.kind {
                CodeErrorKind::Length { .. } | CodeErrorKind::Empty => e,
                _ => e.within(SUBJECT, offset),
            })?;
            offset += part.len() + 1;
        }
        let expected = iso7064::mod_37_36(&parts[5..9].concat());
        if let (Some(expected), Some(found)) = (expected, text.chars().last()) {
            require_check(SUBJECT, text.len() - 1, "", [expected, found])?;
        }
        Ok(Self { text })
    }

    /// The identifier of a licence of the type that `definer` numbered `kind` (0 to 999), with its check character.
    ///
    /// # Errors
    /// A kind or version past 999; a serial that is empty, longer than 32 or not of letters and digits.
    pub fn from_parts(
        (definer, kind): (&CreditCode, u16),
        issuer: &CertificateIssuer,
        serial: &str,
        version: u16,
    ) -> Result<Self, CodeError> {
        let (issuer, serial) = (issuer.text(), normalise(serial));
        let parts = format!("{definer}{kind:03}.{issuer}.{serial}.{version:03}");
        let check = iso7064::mod_37_36(&parts.replace('.', "")).unwrap_or('0');
        Self::parse(&format!("{ROOT}.{parts}.{check}"))
    }

    /// The body that defined the type of licence.
    #[must_use]
    pub fn definer(&self) -> CreditCode {
        CreditCode::of_checked(&self.type_code()[..18])
    }

    /// The 21 characters of the type: the definer's USCC and three digits.
    #[must_use]
    pub fn type_code(&self) -> &str {
        self.part(5)
    }

    /// The issuing body or division, as written.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.part(6)
    }

    /// The issuer's own serial.
    #[must_use]
    pub fn serial(&self) -> &str {
        self.part(7)
    }

    /// The version of the licence; each change of its content raises it.
    #[must_use]
    pub fn version(&self) -> u16 {
        self.part(8).bytes().fold(0, |version, digit| version * 10 + u16::from(digit - b'0'))
    }

    /// The identifier of the next version of the same licence.
    ///
    /// # Errors
    /// None follows version 999.
    pub fn next_version(&self) -> Result<Self, CodeError> {
        let next = self.version() + 1;
        let parts = format!("{}.{}.{}.{next:03}", self.type_code(), self.issuer(), self.serial());
        let check = iso7064::mod_37_36(&parts.replace('.', "")).unwrap_or('0');
        Self::parse(&format!("{ROOT}.{parts}.{check}"))
    }

    fn part(&self, index: usize) -> &str {
        self.text.split('.').nth(index).unwrap_or_default()
    }
}

/// Refuses a part that is not what it must be.
type Requirement = fn(&str) -> Result<(), CodeError>;

/// What each part after the root must be; its characters are letters and digits.
const REQUIREMENTS: [Requirement; 5] = [
    |type_code| {
        require_length("证照类型代码", type_code, &[21], "21")?;
        CreditCode::parse(&type_code[..18])?;
        require_digits(&type_code[18..]).map_err(|e| e.within(SUBJECT, 18))
    },
    |issuer| CertificateIssuer::parse(issuer).map(drop),
    |serial| match serial.len() {
        0 => Err(CodeError::new("证照流水号", CodeErrorKind::Empty)),
        found if found > LONGEST_SERIAL => {
            Err(CodeError::new("证照流水号", CodeErrorKind::Length { expected: "1 至 32", found }))
        }
        _ => Ok(()),
    },
    |version| {
        require_length("证照版本号", version, &[3], "3")?;
        require_digits(version)
    },
    |check| require_length("证照校验码", check, &[1], "1"),
];

fn require_digits(text: &str) -> Result<(), CodeError> {
    require_classes(SUBJECT, text, |_| Class::Digit)
}

text_code!(CertificateId);
