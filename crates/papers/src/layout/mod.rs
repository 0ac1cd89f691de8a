//! From a paper to pages: each part becomes strips (lines that stand alone), then strips are dealt out over pages.

mod frame;
mod measures;
mod paginate;
mod setter;
mod strip;
mod table;

use crate::fonts::Fonts;
use crate::laid::{Laid, Role};
use crate::paper::{Block, DateStyle, ListItem, Paper, SealMark, Signature};
use crate::{PaperError, date_in_characters, date_in_digits};
use measures::{CHARACTER, LINE, SEAL_SIDE, SMALL, TEXT_WIDTH, TITLE, TITLE_LINE};
use setter::{Align, Setter, Style};

/// No paper is longer than this many pages; what is longer belongs in an annex.
pub const MAX_PAGES: usize = 60;

/// Lays a paper out on A4 after GB/T 9704—2012: text area 156 × 225 mm, 22 lines of 28 characters, title in 22 pt.
///
/// # Errors
/// [`PaperError::MissingGlyph`] for a character no font has, [`PaperError::TooLong`] past [`MAX_PAGES`].
pub fn layout(paper: &Paper, fonts: &Fonts) -> Result<Laid, PaperError> {
    let mut setter = Setter::new(fonts);
    frame::head(&mut setter, paper)?;
    title(&mut setter, paper)?;
    for (index, block) in paper.blocks.iter().enumerate() {
        set_block(&mut setter, block, &format!("正文第 {} 部分", index + 1))?;
    }
    if let Some(signature) = &paper.signature {
        sign(&mut setter, signature)?;
    }
    for (index, note) in paper.notes.iter().enumerate() {
        let first = if index == 0 && paper.signature.is_some() { LINE } else { 0.0 };
        setter.paragraph(
            &format!("（{note}）"),
            &format!("附注第 {} 条", index + 1),
            &Style { before: first, ..Style::body() },
        )?;
    }
    let (strips, next_group) = setter.finish();
    let mut laid = paginate::paginate(strips)?;
    frame::furnish(&mut laid, paper, fonts, next_group)?;
    Ok(laid)
}

fn title(setter: &mut Setter<'_>, paper: &Paper) -> Result<(), PaperError> {
    let style = Style {
        align: Align::Balanced,
        before: LINE * 0.8,
        pitch: TITLE_LINE,
        size: TITLE,
        indent: 0.0,
        role: Role::Title,
        snap: false,
        ..Style::bold()
    };
    setter.kept(&paper.title, "标题", &style)?;
    if let Some(addressee) = &paper.addressee {
        let colon = if addressee.ends_with(['：', ':']) { "" } else { "：" };
        let style = Style { before: LINE * 0.4, indent: 0.0, ..Style::body() };
        setter.kept(&format!("{addressee}{colon}"), "主送一行", &style)?;
    } else {
        setter.gap(LINE * 0.4);
    }
    Ok(())
}

fn set_block(setter: &mut Setter<'_>, block: &Block, place: &str) -> Result<(), PaperError> {
    match block {
        Block::Paragraph(text) => setter.paragraph(text, place, &Style::body()),
        Block::Heading(text) => setter.kept(text, place, &Style { role: Role::Heading, ..Style::bold() }),
        Block::List(items) => list(setter, items, place),
        Block::Table(fields) => table::set(setter, fields, place),
        Block::Quote { source, text } => {
            setter.kept(&format!("{source}："), place, &Style::body())?;
            let style = Style { left: 2.0 * CHARACTER, right: 2.0 * CHARACTER, ..Style::body() };
            setter.paragraph(&format!("“{text}”"), place, &style)
        }
        Block::Remedies(texts) => {
            let start = setter.len();
            for text in texts {
                setter.paragraph(text, place, &Style::body())?;
            }
            setter.keep_together(start);
            Ok(())
        }
    }
}

fn list(setter: &mut Setter<'_>, items: &[ListItem], place: &str) -> Result<(), PaperError> {
    let role = Role::Item { list: setter.next_list() };
    for (index, item) in items.iter().enumerate() {
        let place = format!("{place}第 {} 项", index + 1);
        let body = Style { role, ..Style::body() };
        let start = setter.len();
        setter.paragraph(&format!("{}.{}", index + 1, item.text), &place, &body)?;
        for note in &item.notes {
            setter.paragraph(note, &place, &Style { size: SMALL, left: 2.0 * CHARACTER, indent: 0.0, ..body })?;
        }
        if !item.notes.is_empty() {
            setter.keep_first(start);
        }
    }
    Ok(())
}

/// Authority over date, both centred on one axis, the date four characters from the right (GB/T 9704—2012, 7.3.5.1),
/// never on a page without the end of the text.
fn sign(setter: &mut Setter<'_>, signature: &Signature) -> Result<(), PaperError> {
    let date = match signature.date_style {
        DateStyle::Digits => date_in_digits(signature.date),
        DateStyle::Characters => date_in_characters(signature.date),
    };
    let limit = TEXT_WIDTH - 2.0 * CHARACTER;
    let date_width = setter.width(&date, "成文日期")?;
    let name_width = setter.width(&signature.authority, "署名")?.min(limit);
    let axis = (TEXT_WIDTH - 4.0 * CHARACTER - date_width / 2.0).min(TEXT_WIDTH - CHARACTER - name_width / 2.0);
    let half = axis.min(TEXT_WIDTH - axis);
    let style = Style {
        align: Align::Centre,
        left: axis - half,
        right: TEXT_WIDTH - axis - half,
        indent: 0.0,
        ..Style::body()
    };
    setter.tie_last(2);
    let start = setter.len();
    setter.kept(&signature.authority, "署名", &Style { before: 2.0 * LINE, ..style })?;
    if signature.seal == SealMark::Word {
        setter.kept("（印章）", "署名", &style)?;
    }
    setter.kept(&date, "成文日期", &style)?;
    setter.keep_together(start);
    let lines = setter.len() - start;
    // The two lines stand a little below the middle of the seal.
    let middle = lines as f64 * LINE / 2.0 - 3.0;
    setter.seal(start, axis - SEAL_SIDE / 2.0, middle - SEAL_SIDE / 2.0);
    Ok(())
}
