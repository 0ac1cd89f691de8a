//! The text of a pledge as an official paper (PDF): to be signed by hand, or as it was signed.

use kernel::{Moment, Result};
use papers::{Block, Field, Paper};
use webkit::App;

use crate::feed::compose;

/// The text laid out; what it is about (the item) stands among the properties of the file. `blank`: with room to sign by hand.
///
/// # Errors
/// If it cannot be laid out.
pub(crate) async fn pdf(app: &App, text: &str, (item, at): (&str, Moment), blank: bool) -> Result<Vec<u8>> {
    compose::print_paper(app, (paper(app, text, blank), item), at).await
}

fn paper(app: &App, text: &str, blank: bool) -> Paper {
    let mut lines = text.lines();
    let title = lines.next().unwrap_or_default().to_owned();
    let mut blocks = blocks(lines);
    if blank {
        let row = |label: &str| Field { label: label.to_owned(), value: "\n\n".to_owned() };
        blocks.push(Block::Table(vec![row("申请人（签名或者盖章）"), row("日期")]));
    }
    Paper {
        // The applicant speaks in it too: it is nobody's notice.
        authority: String::new(),
        title,
        number: None,
        addressee: None,
        blocks,
        signature: None,
        notes: Vec::new(),
        verification: None,
        watermark: compose::watermark(app),
    }
}

/// What stands under the title: headings, label and value where a line names one, running text.
fn blocks<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    for line in lines.filter(|it| !it.trim().is_empty()) {
        let heads = line.starts_with("一、") || line.starts_with("二、");
        let field = line.split_once('：').filter(|it| !it.0.starts_with(|c: char| c.is_ascii_digit()) && !heads);
        match (field, out.last_mut()) {
            (Some((label, value)), last) => {
                let field = Field { label: label.to_owned(), value: value.to_owned() };
                match last {
                    Some(Block::Table(rows)) => rows.push(field),
                    _ => out.push(Block::Table(vec![field])),
                }
            }
            (None, _) if heads => out.push(Block::Heading(line.to_owned())),
            (None, _) => out.push(Block::Paragraph(line.to_owned())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_pledge_stands_on_the_paper_in_its_place() {
        let text = "事项：失业登记\n代替的材料：证明\n一、行政机关告知\n1. 设定依据：社会保险法。\n二、申请人承诺\n1. 已经知晓。\n签署人：陈志远\n";
        let field = |label: &str, value: &str| Field { label: label.to_owned(), value: value.to_owned() };
        let expected = [
            Block::Table(vec![field("事项", "失业登记"), field("代替的材料", "证明")]),
            Block::Heading("一、行政机关告知".to_owned()),
            Block::Paragraph("1. 设定依据：社会保险法。".to_owned()),
            Block::Heading("二、申请人承诺".to_owned()),
            Block::Paragraph("1. 已经知晓。".to_owned()),
            Block::Table(vec![field("签署人", "陈志远")]),
        ];
        assert_eq!(blocks(text.lines()), expected);
    }
}
