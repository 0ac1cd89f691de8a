//! Dealing strips out over pages: chains of strips that belong together move as one, borders close at each page's foot.

use super::MAX_PAGES;
use super::measures::{LINE, TEXT_HEIGHT, TOP};
use super::strip::{Edge, Strip};
use super::table::PAD;
use crate::PaperError;
use crate::laid::{Colour, Laid, LaidPage, Mark, Rule, SealPlace};

/// Thickness of a table's borders.
const BORDER: f64 = 0.25;
/// Rounding room.
const SLACK: f64 = 0.001;

/// Fills pages from the top.
pub(super) fn paginate(strips: Vec<Strip>) -> Result<Laid, PaperError> {
    let mut book = Book { pages: vec![LaidPage::default()], seal: None, y: 0.0, open: None };
    let mut rest = strips.as_slice();
    while !rest.is_empty() {
        let end = rest.iter().position(|strip| !strip.keep).map_or(rest.len(), |at| at + 1);
        let (chain, after) = rest.split_at(end);
        let whole = height(chain, book.y) <= TEXT_HEIGHT + SLACK;
        if !whole && book.y > 0.0 && height(chain, 0.0) <= TEXT_HEIGHT + SLACK {
            book.turn();
        }
        for strip in chain {
            book.place(strip);
        }
        if book.pages.len() > MAX_PAGES {
            return Err(PaperError::TooLong { limit: MAX_PAGES });
        }
        rest = after;
    }
    book.close_table();
    Ok(Laid { pages: book.pages, seal: book.seal })
}

/// Where a strip's upper edge goes when the page is filled down to `y`.
fn top_of(strip: &Strip, y: f64) -> f64 {
    let top = if y > 0.0 { y + strip.before } else { 0.0 };
    if strip.snap { ((top - SLACK) / LINE).ceil().max(0.0) * LINE } else { top }
}

/// How far down the page is filled after a chain.
fn height(chain: &[Strip], start: f64) -> f64 {
    chain.iter().fold(start, |y, strip| top_of(strip, y) + strip.height)
}

struct Book {
    pages: Vec<LaidPage>,
    seal: Option<SealPlace>,
    /// How far the last page is filled, from the top of the text area.
    y: f64,
    /// The table under way: its last strip and where it starts on this page.
    open: Option<(Edge, f64)>,
}

impl Book {
    fn place(&mut self, strip: &Strip) {
        if self.y > 0.0 && top_of(strip, self.y) + strip.height > TEXT_HEIGHT + SLACK {
            self.turn();
        }
        let mut top = top_of(strip, self.y);
        if self.open.map(|(edge, _)| edge.table) != strip.edge.map(|edge| edge.table) {
            self.close_table();
        }
        if let Some(edge) = strip.edge {
            let start = self.open.map_or(top, |(_, start)| start);
            if self.open.is_none() || edge.first {
                self.rule((edge.columns[0], TOP + top), (edge.columns[2], TOP + top));
            }
            if self.open.is_none() && !edge.first {
                top += PAD;
            }
            self.open = Some((edge, start));
        }
        for mark in &strip.marks {
            let mut mark = mark.clone();
            match &mut mark {
                Mark::Text(run) => run.y += TOP + top,
                Mark::Rule(rule) => {
                    rule.from.1 += TOP + top;
                    rule.to.1 += TOP + top;
                }
            }
            self.mark(mark);
        }
        if let Some((x, y)) = strip.seal {
            self.seal = Some(SealPlace { page: self.pages.len() - 1, x, y: TOP + top + y, side: super::SEAL_SIDE });
        }
        self.y = top + strip.height;
    }

    fn turn(&mut self) {
        self.close_table();
        self.pages.push(LaidPage::default());
        self.y = 0.0;
    }

    /// Draws the lower border and the uprights of the table under way down to where the page is filled.
    fn close_table(&mut self) {
        let Some((edge, top)) = self.open.take() else { return };
        let foot = TOP + self.y + if edge.last { 0.0 } else { PAD };
        self.rule((edge.columns[0], foot), (edge.columns[2], foot));
        for x in edge.columns {
            self.rule((x, TOP + top), (x, foot));
        }
    }

    fn rule(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.mark(Mark::Rule(Rule { from, to, width: BORDER, colour: Colour::BLACK }));
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(mark);
        }
    }
}
