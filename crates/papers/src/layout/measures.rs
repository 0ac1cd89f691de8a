//! The measures of GB/T 9704—2012, in millimetres.

/// Width of A4.
pub(super) const PAGE_WIDTH: f64 = 210.0;
/// Height of A4.
pub(super) const PAGE_HEIGHT: f64 = 297.0;
/// Upper margin (天头, 5.2.1).
pub(super) const TOP: f64 = 37.0;
/// Left margin (订口, 5.2.1).
pub(super) const LEFT: f64 = 28.0;
/// Width of the text area (版心, 5.2.2).
pub(super) const TEXT_WIDTH: f64 = 156.0;
/// Height of the text area (5.2.2).
pub(super) const TEXT_HEIGHT: f64 = 225.0;
/// One of 22 lines a page (5.2.3).
pub(super) const LINE: f64 = TEXT_HEIGHT / 22.0;
/// One of 28 characters a line (5.2.3): size 3 (16 pt), drawn in by a hundredth so that 28 fill the line.
pub(super) const CHARACTER: f64 = TEXT_WIDTH / 28.0;
/// Size 2, 22 pt: the title (7.3.1).
pub(super) const TITLE: f64 = points(22.0);
/// From one line of the title to the next.
pub(super) const TITLE_LINE: f64 = points(31.0);
/// Size 4, 14 pt: page numbers (7.5), notes and tables.
pub(super) const SMALL: f64 = points(14.0);
/// Small print at the head and foot.
pub(super) const FINE: f64 = points(9.0);
/// Largest size of the authority's name at the head; a long name is set smaller to stay on one line.
pub(super) const NAME: f64 = points(36.0);
/// Smallest size of the authority's name; a longer name takes two lines.
pub(super) const NAME_MIN: f64 = points(22.0);
/// From the document number down to the red rule (7.2.7).
pub(super) const RULE_GAP: f64 = 4.0;
/// Side of the square a seal of a county or city department takes (diameter 42 mm).
pub(super) const SEAL_SIDE: f64 = 42.0;
/// From the lower edge of the text area to the dashes of the page number (7.5).
pub(super) const NUMBER_GAP: f64 = 7.0;

/// Printer's points to millimetres.
pub(super) const fn points(points: f64) -> f64 {
    points * 25.4 / 72.0
}
