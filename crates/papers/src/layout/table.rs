//! Tables of label and value. A short row stays whole; a long one runs on over the page.

use super::measures::{LEFT, SMALL, TEXT_WIDTH, points};
use super::setter::Setter;
use super::strip::{Edge, Look, Strip, base_line, runs};
use crate::PaperError;
use crate::fonts::Weight;
use crate::laid::{Colour, Role};
use crate::lines::{Cell, Measure, break_lines, cells, width_of};
use crate::paper::Field;

/// From line to line within a cell.
const PITCH: f64 = points(21.0);
/// White within a cell, above and below.
pub(super) const PAD: f64 = 1.5;
/// White within a cell, left and right.
const SIDE: f64 = 1.8;
/// White between a table and the text around it.
const GAP: f64 = 2.0;
/// A row of no more lines than this is never cut.
const WHOLE_ROW: usize = 8;

/// Sets a table over the full width; the label column is as wide as its longest label, between four and nine characters.
pub(super) fn set(setter: &mut Setter<'_>, fields: &[Field], place: &str) -> Result<(), PaperError> {
    let table = setter.next_table();
    setter.gap(GAP);
    let mut labels = Vec::with_capacity(fields.len());
    for field in fields {
        labels.push(cells(
            setter.fonts,
            Weight::Regular,
            SMALL,
            &field.label,
            &format!("{place}“{}”一栏", field.label),
        )?);
    }
    let widest = labels.iter().map(|label| width_of(label)).fold(4.0 * SMALL, f64::max).min(9.0 * SMALL);
    let split = widest + 2.0 * SIDE + 0.1;
    let columns = [LEFT, LEFT + split, LEFT + TEXT_WIDTH];
    for (row, (field, label)) in fields.iter().zip(labels).enumerate() {
        let mut lines = Vec::new();
        let measure = Measure { width: TEXT_WIDTH - split - 2.0 * SIDE, indent: 0.0, hang: false };
        for part in field.value.split('\n') {
            let cells =
                cells(setter.fonts, Weight::Regular, SMALL, part.trim(), &format!("{place}“{}”一栏", field.label))?;
            lines.extend(break_lines(&cells, measure));
        }
        let label = break_lines(&label, Measure { width: split - 2.0 * SIDE, ..measure });
        let edge = Edge { table, first: false, last: false, columns };
        push_row(setter, Row { label, value: lines, number: row }, edge);
    }
    setter.gap(GAP);
    Ok(())
}

struct Row {
    label: Vec<Vec<Cell>>,
    value: Vec<Vec<Cell>>,
    number: usize,
}

fn push_row(setter: &mut Setter<'_>, row: Row, edge: Edge) {
    let count = row.label.len().max(row.value.len());
    let whole = count <= WHOLE_ROW;
    // In a whole row both cells are centred between the borders; a row that may be cut starts at its top.
    let shift = |lines: usize| if whole { (count - lines) as f64 * PITCH / 2.0 } else { 0.0 };
    let (label_shift, value_shift) = (shift(row.label.len()), shift(row.value.len()));
    let look = |role, group| Look { size: SMALL, angle: 0.0, colour: Colour::BLACK, role, group };
    let label_look = look(Role::Label { table: edge.table, row: row.number }, setter.next_group());
    let value_look = look(Role::Value { table: edge.table, row: row.number }, setter.next_group());
    for index in 0..count {
        let (first, last) = (index == 0, index + 1 == count);
        let (above, below) = (if first { PAD } else { 0.0 }, if last { PAD } else { 0.0 });
        let y = above + base_line(PITCH, SMALL);
        let mut marks = Vec::new();
        if let Some(line) = row.label.get(index) {
            let middle = (edge.columns[0] + edge.columns[1]) / 2.0;
            marks.extend(runs(line, (middle - width_of(line) / 2.0, y + label_shift), label_look));
        }
        if let Some(line) = row.value.get(index) {
            marks.extend(runs(line, (edge.columns[1] + SIDE, y + value_shift), value_look));
        }
        setter.push(Strip {
            height: PITCH + above + below,
            keep: whole && !last,
            marks,
            edge: Some(Edge { first, last, ..edge }),
            ..Strip::default()
        });
    }
}
