//! Pages as laid out: positioned runs, rules and what each of them is. All a writer of PDF, OFD or SVG needs.

use crate::fonts::FaceId;

/// A paper laid out. Lengths are millimetres from the upper left corner of the page, y downwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Laid {
    /// The pages, at least one.
    pub pages: Vec<LaidPage>,
    /// Where the seal of the signing authority stands, if the paper is signed.
    pub seal: Option<SealPlace>,
}

/// One page, 210 × 297 mm.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LaidPage {
    /// What is drawn, in reading order; what lies behind comes first.
    pub marks: Vec<Mark>,
}

/// One thing drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// Text of one face and size on one base line.
    Text(Run),
    /// A straight line.
    Rule(Rule),
}

/// Text of one face and size on one base line: one glyph a character, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The face, to be asked of the same [`crate::Fonts`].
    pub face: FaceId,
    /// Type size (em) in mm.
    pub size: f64,
    /// Left end of the base line.
    pub x: f64,
    /// The base line.
    pub y: f64,
    /// Anticlockwise turn about (x, y) in degrees; 0 for all but the watermark.
    pub angle: f64,
    /// Ink.
    pub colour: Colour,
    /// The characters.
    pub text: String,
    /// How far each character moves on, in mm; as many as there are characters.
    pub advances: Vec<f64>,
    /// What the text is to a reader who cannot see the page.
    pub role: Role,
    /// Runs of the same number are one piece of text broken into lines.
    pub group: usize,
}

/// A straight line.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// One end.
    pub from: (f64, f64),
    /// The other end.
    pub to: (f64, f64),
    /// Thickness in mm.
    pub width: f64,
    /// Ink.
    pub colour: Colour,
}

/// Ink as red, green, blue (sRGB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Text.
    pub const BLACK: Self = Self(0, 0, 0);
    /// Authority name and rule at the head.
    pub const RED: Self = Self(214, 0, 15);
    /// Small print at the foot.
    pub const GREY: Self = Self(89, 89, 89);
    /// The watermark: seen, yet text over it stays easy to read.
    pub const PALE: Self = Self(232, 232, 232);
}

/// What a run is, for tagged formats. Table and row are numbered from nought within the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Repeated on each page and no part of the text: page number, verification line after the first page.
    Furniture,
    /// Lies behind the text and is drawn as shapes, so that copied text stays clean.
    Watermark,
    /// Title of the paper.
    Title,
    /// Heading within the text.
    Heading,
    /// Running text.
    Text,
    /// Item of a numbered list; the number tells lists apart.
    Item {
        /// Which list.
        list: usize,
    },
    /// Label cell of a table.
    Label {
        /// Which table.
        table: usize,
        /// Which row.
        row: usize,
    },
    /// Value cell of a table.
    Value {
        /// Which table.
        table: usize,
        /// Which row.
        row: usize,
    },
}

/// The square that the seal's picture fills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SealPlace {
    /// Page, counted from nought.
    pub page: usize,
    /// Left edge in mm.
    pub x: f64,
    /// Upper edge in mm.
    pub y: f64,
    /// Side in mm.
    pub side: f64,
}
