//! Official papers (notices, decisions, receipts): laid out once after GB/T 9704—2012, then written in any format; and photographs set
//! on pages as one PDF ([`album`]).
//!
//! A [`Paper`] says what stands on the page; [`layout`] turns it into [`Laid`], pages of positioned runs in millimetres;
//! [`pdf`] and [`svg`] only draw what was laid. Another writer takes the same runs and agrees with the PDF to the hair.
//!
//! What must stay true: nothing here reads a file, a clock or a random source, so the same paper gives the same bytes;
//! a character no font has is an error that names it and its place, never an empty box on a decision.

mod album;
mod dates;
mod fonts;
mod laid;
mod layout;
mod lines;
mod paper;
mod pdf;
mod svg;
#[cfg(test)]
mod tests;

pub use album::{AlbumError, Sheet, album};
pub use dates::{date_in_characters, date_in_digits};
pub use fonts::{FaceId, Fonts};
pub use laid::{Colour, Laid, LaidPage, Mark, Role, Rule, Run, SealPlace};
pub use layout::{MAX_PAGES, layout};
pub use paper::{Block, DateStyle, Field, ListItem, Paper, SealMark, Signature, Verification};
pub use pdf::{Info, pdf};
pub use svg::svg;

/// Why a paper could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// No font has the character. The operator adds a font that has it; the paper is not made until then.
    #[error("字库缺字：“{character}”（U+{code:04X}），在{place}；请把含此字的字体加入扩充字体文件夹")]
    MissingGlyph {
        /// The character as it stands in the text.
        character: char,
        /// Its code point.
        code: u32,
        /// Where in the paper it stands, in Chinese, e.g. «第 3 段».
        place: String,
    },
    /// The paper fills more pages than [`MAX_PAGES`].
    #[error("文书超过 {limit} 页")]
    TooLong {
        /// The limit, in pages.
        limit: usize,
    },
    /// A font given by the operator cannot be used.
    #[error("第 {number} 个扩充字体不能使用：{reason}")]
    BadFont {
        /// Its place in the list given, counted from one.
        number: usize,
        /// Why.
        reason: String,
    },
    /// The PDF writer refused what was laid out.
    #[error("PDF 未能生成：{0}")]
    Pdf(String),
}
