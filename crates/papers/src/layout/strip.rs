//! A strip: one line of a page that cannot be cut, with its marks.

use crate::fonts::FaceId;
use crate::laid::{Colour, Mark, Role, Run};
use crate::lines::Cell;

/// One line on its way to a page. The y of its marks counts from its upper edge, their x from the page's left edge.
#[derive(Debug, Clone, Default)]
pub(super) struct Strip {
    /// White above it, dropped at the top of a page.
    pub(super) before: f64,
    pub(super) height: f64,
    /// Whether its upper edge goes down to the next of the 22 lines.
    pub(super) snap: bool,
    /// Whether it must stand on the same page as the next strip.
    pub(super) keep: bool,
    pub(super) marks: Vec<Mark>,
    /// Set when it is part of a table.
    pub(super) edge: Option<Edge>,
    /// Upper left corner of the seal, from the strip's upper edge and the page's left edge.
    pub(super) seal: Option<(f64, f64)>,
}

/// What a strip needs for the table's borders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    pub(super) table: usize,
    /// Whether a row starts here.
    pub(super) first: bool,
    /// Whether a row ends here.
    pub(super) last: bool,
    /// The upright borders, from the page's left edge.
    pub(super) columns: [f64; 3],
}

/// How the runs of a line look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub(super) size: f64,
    pub(super) angle: f64,
    pub(super) colour: Colour,
    pub(super) role: Role,
    pub(super) group: usize,
}

/// One line of cells as runs, a run for each stretch of one face, starting at (x, y) of the base line.
pub(super) fn runs(line: &[Cell], at: (f64, f64), look: Look) -> Vec<Mark> {
    let (turn_x, turn_y) = (look.angle.to_radians().cos(), -look.angle.to_radians().sin());
    let mut marks = Vec::new();
    let mut gone = 0.0;
    for stretch in line.chunk_by(|a, b| a.face == b.face) {
        marks.push(Mark::Text(Run {
            face: stretch.first().map_or_else(FaceId::default, |cell| cell.face),
            size: look.size,
            x: at.0 + gone * turn_x,
            y: at.1 + gone * turn_y,
            angle: look.angle,
            colour: look.colour,
            text: stretch.iter().map(|cell| cell.character).collect(),
            advances: stretch.iter().map(|cell| cell.advance).collect(),
            role: look.role,
            group: look.group,
        }));
        gone += stretch.iter().map(|cell| cell.advance).sum::<f64>();
    }
    marks
}

/// The base line of a line of the given height: Chinese characters fill a square from 0.12 below it to 0.88 above.
pub(super) fn base_line(height: f64, size: f64) -> f64 {
    height / 2.0 + 0.38 * size
}
