//! Breaking Chinese text into lines (避头尾): which characters may not start or end one, and what to do with the rest.

use crate::PaperError;
use crate::fonts::{FaceId, Fonts, Weight};

/// A character with the face that has it and its width in mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cell {
    pub(crate) character: char,
    pub(crate) face: FaceId,
    pub(crate) advance: f64,
}

/// How text is set: what stands still from one line to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measure {
    /// Room of a line in mm.
    pub(crate) width: f64,
    /// Less room at the start of the first line, in mm.
    pub(crate) indent: f64,
    /// Whether a full stop or comma may hang beyond the right edge, as it does in running text but not in a cell.
    pub(crate) hang: bool,
}

/// Turns text into cells of a type size.
///
/// Tabs and unusual spaces become a space. Invisible controls (joiners, marks of direction, form selectors) are left out:
/// they cannot show, and marks of direction could make a paper read otherwise than it is stored.
pub(crate) fn cells(
    fonts: &Fonts,
    weight: Weight,
    size: f64,
    text: &str,
    place: &str,
) -> Result<Vec<Cell>, PaperError> {
    let mut cells = Vec::with_capacity(text.len() / 2);
    for raw in text.chars().filter(|&c| !is_invisible(c)) {
        let character = if matches!(raw, '\t' | '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}') { ' ' } else { raw };
        let Some((face, glyph)) = fonts.find(weight, character) else {
            return Err(PaperError::MissingGlyph { character, code: u32::from(character), place: place.to_owned() });
        };
        cells.push(Cell { character, face, advance: glyph.advance * size });
    }
    Ok(cells)
}

/// Characters that show nothing and change only how neighbours are drawn.
fn is_invisible(c: char) -> bool {
    matches!(c, '\r' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0100}'..='\u{E01EF}')
}

/// Breaks cells into lines, at least one. Spaces at a break are dropped.
pub(crate) fn break_lines(cells: &[Cell], measure: Measure) -> Vec<Vec<Cell>> {
    let mut lines: Vec<Vec<Cell>> = vec![Vec::new()];
    let mut used = measure.indent;
    for piece in pieces(cells, measure.width) {
        let width = width_of(trim(piece));
        let fits = used + width <= measure.width + SLACK;
        let hangs = measure.hang && piece.last().is_some_and(|c| may_hang(c.character)) && {
            let hanging = piece.last().map_or(0.0, |c| c.advance);
            used + width - hanging <= measure.width + SLACK
        };
        let line_is_empty = lines.last().is_none_or(Vec::is_empty);
        if !fits && !hangs && !line_is_empty {
            close(&mut lines);
            used = 0.0;
        }
        for &cell in piece {
            let line_is_empty = lines.last().is_none_or(Vec::is_empty);
            if line_is_empty && cell.character == ' ' && lines.len() > 1 {
                continue;
            }
            // Only signs that must stay together, yet are longer than a whole line, get here with no room left.
            let over = used + cell.advance > measure.width + SLACK;
            if over && !hangs && cell.character != ' ' && !line_is_empty {
                close(&mut lines);
                used = 0.0;
            }
            used += cell.advance;
            if let Some(line) = lines.last_mut() {
                line.push(cell);
            }
        }
    }
    if let Some(last) = lines.last_mut() {
        last.truncate(trim(last).len());
    }
    lines
}

/// Rounding room: a hundredth of a millimetre.
const SLACK: f64 = 0.01;

fn close(lines: &mut Vec<Vec<Cell>>) {
    if let Some(last) = lines.last_mut() {
        last.truncate(trim(last).len());
    }
    lines.push(Vec::new());
}

fn trim(cells: &[Cell]) -> &[Cell] {
    let kept = cells.iter().rposition(|c| c.character != ' ').map_or(0, |at| at + 1);
    &cells[..kept]
}

pub(crate) fn width_of(cells: &[Cell]) -> f64 {
    cells.iter().map(|c| c.advance).sum()
}

/// Letters and figures that stay whole where they fit: a citizen number or credit code has 18, a case number 43.
const WHOLE_CODE: usize = 20;

/// Cuts cells at the places where a line may end. What is longer than a line is cut at every character, and so is a long code
/// that takes more than half a line: moved to the next line whole it would leave a hole in this one.
fn pieces(cells: &[Cell], width: f64) -> Vec<&[Cell]> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 1..=cells.len() {
        if at < cells.len() && !may_break(cells[at - 1].character, cells[at].character) {
            continue;
        }
        let piece = &cells[start..at];
        let letters = piece.iter().filter(|cell| in_word(cell.character)).count();
        let room = if letters > WHOLE_CODE { width / 2.0 } else { width };
        if width_of(trim(piece)) > room {
            let mut rest = start;
            for cut in start + 1..at {
                let (before, after) = (cells[cut - 1].character, cells[cut].character);
                if !never_ends(before) && !never_starts(after) {
                    pieces.push(&cells[rest..cut]);
                    rest = cut;
                }
            }
            pieces.push(&cells[rest..at]);
        } else {
            pieces.push(piece);
        }
        start = at;
    }
    pieces
}

/// Whether a line may end between two characters.
pub(crate) fn may_break(before: char, after: char) -> bool {
    if after == ' ' || never_starts(after) || never_ends(before) {
        return false;
    }
    if before == ' ' {
        return true;
    }
    let is_pair = before == after && matches!(before, '—' | '…' | '─');
    let is_word = in_word(before) && in_word(after);
    !is_pair && !is_word
}

/// Letters, figures and what joins them to words, numbers, codes and addresses.
fn in_word(c: char) -> bool {
    matches!(c, '!'..='~' | '\u{A1}'..='\u{2AF}' | '\u{370}'..='\u{52F}')
}

/// Characters that may not stand at the start of a line.
pub(crate) fn never_starts(c: char) -> bool {
    matches!(
        c,
        '、' | '。'
            | '，'
            | '．'
            | '；'
            | '：'
            | '？'
            | '！'
            | '）'
            | '》'
            | '〉'
            | '」'
            | '』'
            | '】'
            | '〕'
            | '］'
            | '｝'
            | '﹞'
            | '”'
            | '’'
            | '…'
            | '·'
            | '～'
            | '％'
            | '‰'
            | '℃'
            | '°'
            | '′'
            | '″'
            | '／'
            | ','
            | '.'
            | ';'
            | ':'
            | '?'
            | '!'
            | ')'
            | ']'
            | '}'
            | '%'
    )
}

/// Characters that may not stand at the end of a line.
pub(crate) fn never_ends(c: char) -> bool {
    matches!(
        c,
        '（' | '《'
            | '〈'
            | '「'
            | '『'
            | '【'
            | '〔'
            | '［'
            | '｛'
            | '﹝'
            | '“'
            | '‘'
            | '￥'
            | '¥'
            | '$'
            | '№'
            | '('
            | '['
            | '{'
    )
}

/// Stops whose ink stands at the left of their square, so that they may hang beyond the right edge.
fn may_hang(c: char) -> bool {
    matches!(c, '、' | '。' | '，' | '．' | '；' | '：')
}

/// Spreads a line over the width by widening the gaps between Chinese characters; a line that would need more than a
/// quarter of the type size a gap is left as it is.
/// The last line of a paragraph is left alone by the caller.
pub(crate) fn justify(line: &mut [Cell], width: f64, size: f64) {
    let hanging =
        line.last().filter(|c| may_hang(c.character) && width_of(line) > width + SLACK).map_or(0.0, |c| c.advance);
    let left = width - (width_of(line) - hanging);
    let last = line.len() - usize::from(hanging > 0.0);
    let gaps: Vec<usize> = (0..last.saturating_sub(1))
        .filter(|&at| !(in_word(line[at].character) && in_word(line[at + 1].character)))
        .collect();
    let share = left / gaps.len().max(1) as f64;
    if left <= SLACK || share > size / 4.0 {
        return;
    }
    for at in gaps {
        line[at].advance += share;
    }
}
