//! Case numbers (办件编号): implementing code 31, date 8, serial 4 or more.

use crate::error::{CodeError, CodeErrorKind};
use crate::item::{ITEM_LENGTH, ItemCode, require_item};
use crate::text::{normalise, require_date, require_length, text_code};
use time::Date;

const SUBJECT: &str = "办件编号";
const SERIAL_START: usize = ITEM_LENGTH + 8;
/// The field of GB/T 39046 holds 50 characters, which leaves eleven digits for the serial.
const LARGEST_SERIAL: u64 = 99_999_999_999;

/// A case number: implementing code 31, the legal day of filing as `yyyyMMdd`, and a serial that begins anew each day for
/// each implementing code. Four digits are usual, 43 characters in all; past 9999 the serial widens, up to 50 characters.
///
/// ```
/// use standards::CaseNumber;
/// use time::macros::date;
///
/// let number: CaseNumber = "12441500196720244T3442199806003202206230068".parse()?;
/// assert_eq!(number.date(), date!(2022-06-23));
/// assert_eq!(number.serial(), 68);
///
/// let wide = CaseNumber::new(&number.item(), date!(2026-03-02), 10_000)?;
/// assert_eq!(wide.to_string(), "12441500196720244T34421998060032026030210000");
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseNumber {
    text: String,
    date: Date,
}

impl CaseNumber {
    /// Reads a number: length, all that an implementing code asks, a real date, a serial of digits. Leading zeros of a wide
    /// serial are kept, for another platform may pad it.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = normalise(text);
        require_length(SUBJECT, &text, &[43, 44, 45, 46, 47, 48, 49, 50], "43 至 50")?;
        require_item(SUBJECT, &text)?;
        let date = require_date(SUBJECT, &text, ITEM_LENGTH, "日期")?;
        Ok(Self { text, date })
    }

    /// The number of the `serial`-th case of `item` on the legal day `date` (UTC+8).
    ///
    /// # Errors
    /// A serial past 99,999,999,999, which the field cannot hold, or a year that four digits cannot write.
    pub fn new(item: &ItemCode, date: Date, serial: u64) -> Result<Self, CodeError> {
        if serial > LARGEST_SERIAL {
            let found = serial.to_string();
            let kind = CodeErrorKind::Value { part: "流水号", expected: "不超过 11 位的数字", found };
            return Err(CodeError::new(SUBJECT, kind));
        }
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        Self::parse(&format!("{item}{year:04}{month:02}{day:02}{serial:04}"))
    }

    /// The item that was applied for.
    #[must_use]
    pub fn item(&self) -> ItemCode {
        ItemCode::of_checked(&self.text[..ITEM_LENGTH])
    }

    /// The legal day of filing.
    #[must_use]
    pub fn date(&self) -> Date {
        self.date
    }

    /// The serial of the day.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.text[SERIAL_START..].bytes().fold(0, |serial, digit| serial * 10 + u64::from(digit - b'0'))
    }
}

text_code!(CaseNumber);
