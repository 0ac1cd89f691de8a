//! Setting text into strips, one after the other.

use super::measures::{CHARACTER, LEFT, LINE, TEXT_WIDTH};
use super::strip::{Look, Strip, base_line, runs};
use crate::PaperError;
use crate::fonts::{Fonts, Weight};
use crate::laid::{Colour, Role};
use crate::lines::{Cell, Measure, break_lines, cells, justify, width_of};

/// How a piece of text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) weight: Weight,
    pub(super) size: f64,
    /// From line to line.
    pub(super) pitch: f64,
    /// White above the first line.
    pub(super) before: f64,
    /// Set in from the left and right edges of the text area.
    pub(super) left: f64,
    pub(super) right: f64,
    /// Further in, on the first line.
    pub(super) indent: f64,
    pub(super) align: Align,
    pub(super) colour: Colour,
    pub(super) role: Role,
    pub(super) snap: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    /// Both edges straight but for the last line.
    Justified,
    Centre,
    /// Centred, lines of about the same length: titles.
    Balanced,
}

impl Style {
    /// Running text: size 3, two characters in, on the grid of 22 lines.
    pub(super) fn body() -> Self {
        Self {
            weight: Weight::Regular,
            size: CHARACTER,
            pitch: LINE,
            before: 0.0,
            left: 0.0,
            right: 0.0,
            indent: 2.0 * CHARACTER,
            align: Align::Justified,
            colour: Colour::BLACK,
            role: Role::Text,
            snap: true,
        }
    }

    /// The same in bold.
    pub(super) fn bold() -> Self {
        Self { weight: Weight::Bold, ..Self::body() }
    }
}

/// Collects the strips of a paper.
pub(super) struct Setter<'a> {
    pub(super) fonts: &'a Fonts,
    strips: Vec<Strip>,
    group: usize,
    lists: usize,
    tables: usize,
    gap: f64,
}

impl<'a> Setter<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, strips: Vec::new(), group: 0, lists: 0, tables: 0, gap: 0.0 }
    }

    /// The strips and the first number no group has.
    pub(super) fn finish(self) -> (Vec<Strip>, usize) {
        (self.strips, self.group)
    }

    pub(super) fn len(&self) -> usize {
        self.strips.len()
    }

    pub(super) fn next_group(&mut self) -> usize {
        self.group += 1;
        self.group - 1
    }

    pub(super) fn next_list(&mut self) -> usize {
        self.lists += 1;
        self.lists - 1
    }

    pub(super) fn next_table(&mut self) -> usize {
        self.tables += 1;
        self.tables - 1
    }

    /// White above whatever comes next.
    pub(super) fn gap(&mut self, height: f64) {
        self.gap += height;
    }

    pub(super) fn push(&mut self, mut strip: Strip) {
        strip.before += std::mem::take(&mut self.gap);
        self.strips.push(strip);
    }

    /// Paragraphs of running text, one a line of the source. The first two lines of each stay together, and the last two.
    pub(super) fn paragraph(&mut self, text: &str, place: &str, style: &Style) -> Result<(), PaperError> {
        let mut before = style.before;
        for part in text.split('\n').map(str::trim).filter(|part| !part.is_empty()) {
            let start = self.len();
            self.lines(part, place, &Style { before, ..*style })?;
            before = 0.0;
            let lines = self.len() - start;
            if lines > 1 {
                self.strips[start].keep = true;
                self.strips[start + lines - 2].keep = true;
            }
        }
        Ok(())
    }

    /// A paragraph whose every line stays with the next, the last with what follows.
    pub(super) fn kept(&mut self, text: &str, place: &str, style: &Style) -> Result<(), PaperError> {
        let start = self.len();
        self.paragraph(text, place, style)?;
        for strip in &mut self.strips[start..] {
            strip.keep = true;
        }
        Ok(())
    }

    fn lines(&mut self, text: &str, place: &str, style: &Style) -> Result<(), PaperError> {
        let cells = cells(self.fonts, style.weight, style.size, text, place)?;
        let width = TEXT_WIDTH - style.left - style.right;
        let measure = Measure { width, indent: style.indent, hang: style.align == Align::Justified };
        let mut lines = match style.align {
            Align::Balanced => balanced(&cells, measure),
            _ => break_lines(&cells, measure),
        };
        let group = self.next_group();
        let last = lines.len() - 1;
        for (index, line) in lines.iter_mut().enumerate() {
            let indent = if index == 0 { style.indent } else { 0.0 };
            if style.align == Align::Justified && index < last {
                justify(line, width - indent, style.size);
            }
            let inset = if style.align == Align::Justified { indent } else { (width - width_of(line)) / 2.0 };
            let look = Look { size: style.size, angle: 0.0, colour: style.colour, role: style.role, group };
            let at = (LEFT + style.left + inset, base_line(style.pitch, style.size));
            self.push(Strip {
                before: if index == 0 { style.before } else { 0.0 },
                height: style.pitch,
                snap: style.snap,
                marks: runs(line, at, look),
                ..Strip::default()
            });
        }
        Ok(())
    }

    /// The width of text on one line of body type.
    pub(super) fn width(&self, text: &str, place: &str) -> Result<f64, PaperError> {
        Ok(width_of(&cells(self.fonts, Weight::Regular, CHARACTER, text, place)?))
    }

    /// Keeps all strips from `start` on one page.
    pub(super) fn keep_together(&mut self, start: usize) {
        let end = self.strips.len().saturating_sub(1).max(start);
        for strip in &mut self.strips[start..end] {
            strip.keep = true;
        }
        if let Some(last) = self.strips.last_mut() {
            last.keep = false;
        }
    }

    /// Keeps the last line of an item's text with the note under it: all strips from `start` but the very last when short.
    pub(super) fn keep_first(&mut self, start: usize) {
        if self.strips.len() - start <= 6 {
            self.keep_together(start);
        } else {
            self.strips[start].keep = true;
        }
    }

    /// Ties the last strips to what comes next.
    pub(super) fn tie_last(&mut self, count: usize) {
        let start = self.strips.len().saturating_sub(count);
        for strip in &mut self.strips[start..] {
            strip.keep = true;
        }
    }

    /// Marks where the seal stands, from the upper edge of a strip and the left edge of the text area.
    pub(super) fn seal(&mut self, strip: usize, x: f64, y: f64) {
        if let Some(strip) = self.strips.get_mut(strip) {
            strip.seal = Some((LEFT + x, y));
        }
    }
}

/// As few lines as fit, then as narrow as that number allows, so that no line holds one last character alone.
fn balanced(cells: &[Cell], measure: Measure) -> Vec<Vec<Cell>> {
    let lines = break_lines(cells, measure);
    let step = cells.first().map_or(1.0, |cell| cell.advance.max(1.0));
    let mut best = lines;
    let mut width = measure.width - step;
    while width > 0.0 && best.len() > 1 {
        let narrower = break_lines(cells, Measure { width, ..measure });
        if narrower.len() > best.len() {
            break;
        }
        best = narrower;
        width -= step;
    }
    best
}
