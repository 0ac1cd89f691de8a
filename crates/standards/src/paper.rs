//! Papers that tell who a natural person is (身份证件): kinds, and the form of each number.

use time::Date;

use crate::{CitizenNumber, CodeError, error::CodeErrorKind, text};

/// A kind of paper. The code is this platform's own: of the numeric codes in exchange only that of the citizen number (111) is known with
/// a source, see [`crate::tables::ApplicantIdKind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum PaperKind {
    /// 居民身份证: a citizen number.
    #[default]
    Citizen,
    /// 港澳居民来往内地通行证.
    HongKongMacaoPass,
    /// 台湾居民来往大陆通行证.
    TaiwanPass,
    /// 港澳台居民居住证: a number made as a citizen number, with 810000, 820000 or 830000 in place of the division (国办发〔2018〕81号).
    ResidencePermit,
    /// 外国人永久居留身份证.
    ForeignResidence,
    /// 护照 of any country.
    Passport,
}

impl PaperKind {
    /// All of them, as forms list them.
    pub const ALL: [Self; 6] = [
        Self::Citizen,
        Self::HongKongMacaoPass,
        Self::TaiwanPass,
        Self::ResidencePermit,
        Self::ForeignResidence,
        Self::Passport,
    ];

    /// As stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::HongKongMacaoPass => "hong_kong_macao_pass",
            Self::TaiwanPass => "taiwan_pass",
            Self::ResidencePermit => "residence_permit",
            Self::ForeignResidence => "foreign_residence",
            Self::Passport => "passport",
        }
    }

    /// As shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Citizen => "居民身份证",
            Self::HongKongMacaoPass => "港澳居民来往内地通行证",
            Self::TaiwanPass => "台湾居民来往大陆通行证",
            Self::ResidencePermit => "港澳台居民居住证",
            Self::ForeignResidence => "外国人永久居留身份证",
            Self::Passport => "护照",
        }
    }

    /// The kind of this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// A paper's kind and number.
///
/// A citizen number and the number of a residence permit have a right check character and birth date. Of the others the form alone is
/// known from the cards themselves, no check character with a source: H or M and eight digits (with two more on older cards), eight
/// digits, three letters and twelve digits or eighteen characters that begin with 9, five to twenty letters and digits.
/// `Debug` never shows the number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonPaper {
    kind: PaperKind,
    number: String,
}

impl PersonPaper {
    /// Reads what was typed.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(kind: PaperKind, typed: &str) -> Result<Self, CodeError> {
        let wrong = |expected, number: &str| CodeError {
            subject: kind.name(),
            kind: CodeErrorKind::Value { part: "证件号码", expected, found: shape(number) },
            position: None,
        };
        if kind == PaperKind::Citizen {
            return CitizenNumber::parse(typed).map(Self::from);
        }
        let number = text::normalise(typed);
        if number.is_empty() {
            return Err(CodeError { subject: kind.name(), kind: CodeErrorKind::Empty, position: None });
        }
        if !number.is_ascii() {
            return Err(wrong("字母和数字", &number));
        }
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        let (right, expected) = match kind {
            PaperKind::Citizen => (true, ""),
            PaperKind::HongKongMacaoPass => (
                number.starts_with(['H', 'M']) && digits(&number[1..]) && matches!(number.len(), 9 | 11),
                "H 或 M 加 8 位数字",
            ),
            PaperKind::TaiwanPass => (digits(&number) && number.len() == 8, "8 位数字"),
            PaperKind::ResidencePermit => {
                let number = CitizenNumber::parse(typed)?;
                let there = ["81", "82", "83"].iter().any(|it| number.as_str().starts_with(it));
                (there, "以 810000、820000 或 830000 开头的 18 位号码")
            }
            PaperKind::ForeignResidence => {
                let old = number.len() == 15
                    && digits(&number[3..])
                    && number.bytes().take(3).all(|it| it.is_ascii_uppercase());
                let new = number.len() == 18 && number.starts_with('9') && digits(&number[..17]);
                (old || new, "3 位字母加 12 位数字，或以 9 开头的 18 位号码")
            }
            PaperKind::Passport => (
                (5..=20).contains(&number.len()) && number.bytes().all(|it| it.is_ascii_alphanumeric()),
                "5 至 20 位字母和数字",
            ),
        };
        if right { Ok(Self { kind, number }) } else { Err(wrong(expected, &number)) }
    }

    /// As [`PersonPaper::parse`], for somebody who is born by `today`.
    ///
    /// # Errors
    /// As there, and if the birth date that the number tells has not come yet.
    pub fn parse_on(kind: PaperKind, typed: &str, today: Date) -> Result<Self, CodeError> {
        let paper = Self::parse(kind, typed)?;
        match kind {
            PaperKind::Citizen | PaperKind::ResidencePermit => {
                CitizenNumber::parse_on(&paper.number, today).map(|_| paper)
            }
            _ => Ok(paper),
        }
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> PaperKind {
        self.kind
    }

    /// The number, whole.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The number as a citizen number, for those two kinds that have one; it tells the birth date.
    #[must_use]
    pub fn citizen_number(&self) -> Option<CitizenNumber> {
        match self.kind {
            PaperKind::Citizen | PaperKind::ResidencePermit => CitizenNumber::parse(&self.number).ok(),
            _ => None,
        }
    }

    /// The first and the last characters, the rest as stars: three and four of a long number, one and two of a short one.
    #[must_use]
    pub fn masked(&self) -> String {
        let length = self.number.len();
        let (head, tail) = if length >= 15 { (3, 4) } else { (1, 2) };
        let stars = "*".repeat(length.saturating_sub(head + tail));
        format!("{}{stars}{}", &self.number[..head], &self.number[length - tail..])
    }
}

/// How a number looks, without telling it: a message is no place for it.
fn shape(number: &str) -> String {
    format!("{} 位", number.chars().count())
}

impl From<CitizenNumber> for PersonPaper {
    fn from(number: CitizenNumber) -> Self {
        Self { kind: PaperKind::Citizen, number: number.as_str().to_owned() }
    }
}

impl std::fmt::Debug for PersonPaper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonPaper({})", self.kind.code())
    }
}
