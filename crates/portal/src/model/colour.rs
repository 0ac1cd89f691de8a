//! A place's own colour within the common face: any colour, as long as white words on it can be read (WCAG 2.2, 1.4.3).

use std::fmt;

/// The contrast that words need at least (WCAG 2.2, success criterion 1.4.3).
pub(crate) const CONTRAST_MIN: f64 = 4.5;

/// White.
const WHITE: Colour = Colour([255; 3]);
/// Black.
const BLACK: Colour = Colour([0; 3]);

/// A colour of the screen (sRGB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour([u8; 3]);

impl Colour {
    /// Reads `#1f6f54`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits =
            text.strip_prefix('#').filter(|it| it.len() == 6 && it.bytes().all(|it| it.is_ascii_hexdigit()))?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2, definition).
    fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition).
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The contrast of white words on it.
    pub(crate) fn contrast_with_white(self) -> f64 {
        self.contrast(WHITE)
    }

    /// This colour with so much (per cent) of another.
    fn mixed(self, other: Self, percent: u16) -> Self {
        let mix = |a: u8, b: u8| (u16::from(a) * (100 - percent) + u16::from(b) * percent + 50) / 100;
        let part = |at: usize| u8::try_from(mix(self.0[at], other.0[at])).unwrap_or(u8::MAX);
        Self([part(0), part(1), part(2)])
    }

    /// The colour itself if white words can be read on it, else the same hue just dark enough.
    pub(crate) fn readable(self) -> Self {
        let steps = (0..=100).map(|percent| self.mixed(BLACK, percent));
        steps.into_iter().find(|it| it.contrast_with_white() >= CONTRAST_MIN).unwrap_or(BLACK)
    }

    /// A deeper shade, for what the pointer is over.
    fn deeper(self) -> Self {
        self.mixed(BLACK, 30)
    }

    /// Lighter words on it that are still read: white with a breath of the colour.
    fn soft_words(self) -> Self {
        let steps = (0..=15).rev().map(|percent| WHITE.mixed(self, percent));
        steps.into_iter().find(|it| it.contrast(self) >= CONTRAST_MIN).unwrap_or(WHITE)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The style sheet of a place's own colour. High contrast keeps its own colours; so does print.
pub(crate) fn sheet(colour: Colour) -> String {
    let it = colour.readable();
    format!(
        "@media screen{{html:not(.contrast){{--brand:{it};--brand-deep:{};--on-brand:#ffffff;--on-brand-2:{}}}}}\n",
        it.deeper(),
        it.soft_words()
    )
}
