//! Codes of government service items (政务服务事项编码): base code 12, implementing code 31, handling code 33.
//!
//! GB/T 39046—2020 prints an older, shorter scheme; the national platform and every live code use this one. Codes of other
//! shapes are local codes and are kept as plain text beside these.

use crate::credit::{self, CreditCode};
use crate::division::province_name;
use crate::error::{CodeError, CodeErrorKind, CodeWarning};
use crate::tables::{ItemType, UseLevel};
use crate::text::{Class, normalise, require_classes, require_length, text_code};

const BASE: &str = "基本编码";
const ITEM: &str = "实施编码";
const HANDLING: &str = "业务办理项编码";

/// Characters of an implementing code; a handling code and a case number begin with as many.
pub(crate) const ITEM_LENGTH: usize = 31;

/// 基本编码: directory 2 (`00` for the national one, otherwise the province), type 2, main item 5, sub-item 3. The same item
/// has the same base code wherever it is implemented.
///
/// ```
/// use standards::{ItemBaseCode, ItemType};
///
/// let code: ItemBaseCode = "000131004000".parse()?;
/// assert_eq!(code.item_type(), ItemType::Licence);
/// assert_eq!(code.directory(), "00");
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemBaseCode {
    text: String,
}

impl ItemBaseCode {
    /// Reads a code: length, digits, directory. Every pair of digits is a type or an extension of one.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = normalise(text);
        require_length(BASE, &text, &[12], "12")?;
        require_classes(BASE, &text, |_| Class::Digit)?;
        require_directory(BASE, &text, 0)?;
        Ok(Self { text })
    }

    /// `00` for the national directory, otherwise the first two digits of the province (`66` for 新疆生产建设兵团).
    #[must_use]
    pub fn directory(&self) -> &str {
        &self.text[..2]
    }

    /// Licence, penalty, public service, …
    #[must_use]
    pub fn item_type(&self) -> ItemType {
        item_type(&self.text[2..4])
    }

    /// The five digits of the main item.
    #[must_use]
    pub fn main_item(&self) -> &str {
        &self.text[4..9]
    }

    /// The three digits of the sub-item; `000` for the main item itself or one that is not split.
    #[must_use]
    pub fn sub_item(&self) -> &str {
        &self.text[9..]
    }
}

/// 实施编码: USCC of the implementing body 18, level of exercise 1, base code 12.
///
/// ```
/// use standards::{ItemCode, UseLevel};
///
/// let code: ItemCode = "11440113MB2C92966P4000131004000".parse()?;
/// assert_eq!(code.use_level(), UseLevel::County);
/// assert_eq!(code.body().as_str(), "11440113MB2C92966P");
/// assert_eq!(code.base().as_str(), "000131004000");
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemCode {
    text: String,
}

impl ItemCode {
    /// Reads a code: length, characters, both checks of the USCC, level, directory.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = normalise(text);
        require_length(ITEM, &text, &[ITEM_LENGTH], "31")?;
        require_item(ITEM, &text)?;
        Ok(Self { text })
    }

    /// Puts a code together.
    ///
    /// # Errors
    /// Never for parts that are valid; the parts are read again as a whole.
    pub fn from_parts(body: &CreditCode, level: UseLevel, base: &ItemBaseCode) -> Result<Self, CodeError> {
        Self::parse(&format!("{body}{}{base}", level.code()))
    }

    /// The first 31 characters of a longer code that has already been read.
    pub(crate) fn of_checked(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// The implementing body (实施主体).
    #[must_use]
    pub fn body(&self) -> CreditCode {
        CreditCode::of_checked(&self.text[..18])
    }

    /// The level at which the item is exercised (行使层级).
    #[must_use]
    pub fn use_level(&self) -> UseLevel {
        UseLevel::from_code(&self.text[18..19]).unwrap_or(UseLevel::Graded)
    }

    /// The base code, the same for this item nationwide.
    #[must_use]
    pub fn base(&self) -> ItemBaseCode {
        ItemBaseCode { text: self.text[19..].to_owned() }
    }

    /// Licence, penalty, public service, …
    #[must_use]
    pub fn item_type(&self) -> ItemType {
        item_type(&self.text[21..23])
    }

    /// What looks odd though it is valid: a province's directory used by a body of another province.
    #[must_use]
    pub fn warning(&self) -> Option<CodeWarning> {
        let (body, directory) = (&self.text[2..4], &self.text[19..21]);
        if directory == "00" || directory == body {
            return None;
        }
        Some(CodeWarning::ProvinceDiffers { body: body.to_owned(), directory: directory.to_owned() })
    }
}

/// 业务办理项编码: implementing code 31 and a two-digit sequence, for items that are split by circumstance.
///
/// ```
/// use standards::HandlingCode;
///
/// let code: HandlingCode = "11450000007565194H200011501500504".parse()?;
/// assert_eq!(code.sequence(), "04");
/// assert_eq!(code.item().as_str(), "11450000007565194H2000115015005");
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HandlingCode {
    text: String,
}

impl HandlingCode {
    /// Reads a code: length, characters, and all that an implementing code asks.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = normalise(text);
        require_length(HANDLING, &text, &[33], "33")?;
        require_item(HANDLING, &text)?;
        Ok(Self { text })
    }

    /// The implementing code that it splits.
    #[must_use]
    pub fn item(&self) -> ItemCode {
        ItemCode::of_checked(&self.text[..ITEM_LENGTH])
    }

    /// The two digits of the sequence.
    #[must_use]
    pub fn sequence(&self) -> &str {
        &self.text[ITEM_LENGTH..]
    }
}

/// Refuses a text of at least 31 characters that does not begin with an implementing code or goes on with other than digits.
pub(crate) fn require_item(subject: &'static str, text: &str) -> Result<(), CodeError> {
    require_classes(subject, text, |i| if i < 18 { credit::class_at(i) } else { Class::Digit })?;
    CreditCode::parse(&text[..18]).map_err(|e| e.within(subject, 0))?;
    if UseLevel::from_code(&text[18..19]).is_none() {
        let kind = CodeErrorKind::Value { part: "行使层级", expected: "1 至 7", found: text[18..19].to_owned() };
        return Err(CodeError::at(subject, 18, kind));
    }
    require_directory(subject, text, 19)
}

/// Refuses a directory that is neither national, nor of a province of the mainland, nor 新疆生产建设兵团.
fn require_directory(subject: &'static str, text: &str, index: usize) -> Result<(), CodeError> {
    const SPECIAL_REGIONS: [&str; 3] = ["71", "81", "82"];
    let found = &text[index..index + 2];
    let province = province_name(found).is_some() && !SPECIAL_REGIONS.contains(&found);
    if province || found == "00" || found == "66" {
        return Ok(());
    }
    let expected = "00、省级代码或 66（兵团）";
    let kind = CodeErrorKind::Value { part: "目录区划", expected, found: found.to_owned() };
    Err(CodeError::at(subject, index, kind))
}

/// The type of two digits that have been checked: every pair of digits is one.
fn item_type(digits: &str) -> ItemType {
    ItemType::from_code(digits).unwrap_or(ItemType::OtherPower)
}

text_code!(ItemBaseCode);
text_code!(ItemCode);
text_code!(HandlingCode);
