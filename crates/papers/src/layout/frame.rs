//! What frames the text: the red head of the first page, and on each page its number, the verification lines, the watermark.

use super::measures::{
    CHARACTER, FINE, LEFT, LINE, NAME, NAME_MIN, NUMBER_GAP, PAGE_HEIGHT, PAGE_WIDTH, RULE_GAP, SMALL, TEXT_HEIGHT,
    TEXT_WIDTH, TOP,
};
use super::setter::{Align, Setter, Style};
use super::strip::{Look, Strip, runs};
use crate::PaperError;
use crate::fonts::{Fonts, Weight};
use crate::laid::{Colour, Laid, Mark, Role, Rule};
use crate::lines::{Measure, break_lines, cells, width_of};
use crate::paper::Paper;

/// Base line of the small words at the head.
const HEAD_NOTE: f64 = 22.0;
/// The rule above the verification lines, and the first of their base lines.
const FOOT_RULE: f64 = 274.0;
const FOOT_LINE: f64 = 4.6;
/// Watermark: size at most, length at most, and turn in degrees.
const WATER_SIZE: f64 = 15.0;
const WATER_LENGTH: f64 = 190.0;
const WATER_ANGLE: f64 = 35.0;

/// The authority's name in red, the document number, and the red rule as wide as the text (GB/T 9704—2012, 7.2); nothing on a paper
/// of which no authority speaks.
pub(super) fn head(setter: &mut Setter<'_>, paper: &Paper) -> Result<(), PaperError> {
    if paper.authority.is_empty() {
        return Ok(());
    }
    let natural = width_of(&cells(setter.fonts, Weight::Bold, 1.0, &paper.authority, "发文机关标志")?);
    let size = (TEXT_WIDTH / natural.max(1.0)).clamp(NAME_MIN, NAME);
    let name = Style {
        align: Align::Balanced,
        size,
        pitch: size * 1.3,
        indent: 0.0,
        colour: Colour::RED,
        snap: false,
        ..Style::bold()
    };
    setter.kept(&paper.authority, "发文机关标志", &name)?;
    if let Some(number) = &paper.number {
        let style = Style {
            align: Align::Centre,
            before: LINE * 0.4,
            pitch: LINE * 0.8,
            indent: 0.0,
            snap: false,
            ..Style::body()
        };
        setter.kept(number, "文号", &style)?;
    }
    let y = RULE_GAP;
    setter.push(Strip {
        height: y,
        keep: true,
        marks: vec![Mark::Rule(Rule { from: (LEFT, y), to: (LEFT + TEXT_WIDTH, y), width: 0.7, colour: Colour::RED })],
        ..Strip::default()
    });
    Ok(())
}

/// Puts the repeated parts on pages already filled: watermark behind all, then words at the head, and the foot at the end.
pub(super) fn furnish(laid: &mut Laid, paper: &Paper, fonts: &Fonts, next_group: usize) -> Result<(), PaperError> {
    let pages = laid.pages.len();
    for (index, page) in laid.pages.iter_mut().enumerate() {
        if let Some(words) = &paper.watermark {
            let mut behind = watermark(words, fonts, next_group)?;
            let role = if index == 0 { Role::Text } else { Role::Furniture };
            behind.extend(head_note(words, fonts, Look { role, ..fine(next_group) })?);
            behind.append(&mut page.marks);
            page.marks = behind;
        }
        let role = if index + 1 == pages { Role::Text } else { Role::Furniture };
        page.marks.extend(verification(paper, fonts, Look { role, ..fine(next_group + 1) })?);
        page.marks.extend(page_number(index + 1, fonts)?);
    }
    Ok(())
}

fn fine(group: usize) -> Look {
    Look { size: FINE, angle: 0.0, colour: Colour::GREY, role: Role::Furniture, group }
}

/// The words three times across the page, rising to the right.
fn watermark(words: &str, fonts: &Fonts, group: usize) -> Result<Vec<Mark>, PaperError> {
    let natural = width_of(&cells(fonts, Weight::Regular, 1.0, words, "水印")?);
    let size = WATER_SIZE.min(WATER_LENGTH / natural.max(1.0));
    let line = cells(fonts, Weight::Regular, size, words, "水印")?;
    let look = Look { size, angle: WATER_ANGLE, colour: Colour::PALE, role: Role::Watermark, group };
    let half = width_of(&line) / 2.0;
    let (cos, sin) = (WATER_ANGLE.to_radians().cos(), WATER_ANGLE.to_radians().sin());
    let places = [0.25, 0.53, 0.81].map(|share| share * PAGE_HEIGHT);
    Ok(places.iter().flat_map(|y| runs(&line, (PAGE_WIDTH / 2.0 - half * cos, y + half * sin), look)).collect())
}

fn head_note(words: &str, fonts: &Fonts, look: Look) -> Result<Vec<Mark>, PaperError> {
    let line = cells(fonts, Weight::Regular, look.size, words, "水印")?;
    Ok(runs(&line, ((PAGE_WIDTH - width_of(&line)) / 2.0, HEAD_NOTE), look))
}

/// Case number and address under a thin rule; the part of the foot that lets a reader check any single page.
fn verification(paper: &Paper, fonts: &Fonts, look: Look) -> Result<Vec<Mark>, PaperError> {
    let Some(verification) = &paper.verification else { return Ok(Vec::new()) };
    let rule = Rule { from: (LEFT, FOOT_RULE), to: (LEFT + TEXT_WIDTH, FOOT_RULE), width: 0.15, colour: Colour::GREY };
    let mut marks = vec![Mark::Rule(rule)];
    let mut y = FOOT_RULE;
    for text in [format!("办件编号：{}", verification.case_number), format!("核验地址：{}", verification.address)]
    {
        let cells = cells(fonts, Weight::Regular, FINE, &text, "核验信息")?;
        for line in break_lines(&cells, Measure { width: TEXT_WIDTH, indent: 0.0, hang: false }) {
            y += FOOT_LINE;
            marks.extend(runs(&line, (LEFT, y), look));
        }
    }
    Ok(marks)
}

/// «— 1 —» below the text, odd pages right, even pages left, one character in (GB/T 9704—2012, 7.5).
fn page_number(number: usize, fonts: &Fonts) -> Result<Vec<Mark>, PaperError> {
    let line = cells(fonts, Weight::Regular, SMALL, &format!("— {number} —"), "页码")?;
    let x = if number % 2 == 1 { LEFT + TEXT_WIDTH - CHARACTER - width_of(&line) } else { LEFT + CHARACTER };
    // The dash of the face stands a third of the size above the base line.
    let y = TOP + TEXT_HEIGHT + NUMBER_GAP + SMALL / 3.0;
    Ok(runs(&line, (x, y), Look { size: SMALL, angle: 0.0, colour: Colour::BLACK, role: Role::Furniture, group: 0 }))
}
