//! Laid pages as SVG, one document a page: a preview on the screen that shows the very lines of the PDF.

use std::fmt::Write;

use crate::fonts::Fonts;
use crate::laid::{Colour, LaidPage, Mark, Run};

/// Draws one page, in millimetres. The reader's own Song type is used; each character stands where the layout put it.
pub fn svg(page: &LaidPage, fonts: &Fonts) -> String {
    let mut out = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" viewBox=\"0 0 210 297\" lang=\"zh-CN\">\n",
    );
    for mark in &page.marks {
        match mark {
            Mark::Text(run) => push_run(&mut out, run, fonts),
            Mark::Rule(rule) => {
                let ((x1, y1), (x2, y2)) = (rule.from, rule.to);
                push(
                    &mut out,
                    format_args!(
                        "<path d=\"M{x1:.3} {y1:.3}L{x2:.3} {y2:.3}\" stroke=\"{}\" stroke-width=\"{}\"/>\n",
                        hex(rule.colour),
                        rule.width
                    ),
                );
            }
        }
    }
    out.push_str("</svg>\n");
    out
}

fn push_run(out: &mut String, run: &Run, fonts: &Fonts) {
    let mut x = run.x;
    let places: Vec<String> = run
        .advances
        .iter()
        .map(|advance| {
            let at = format!("{x:.3}");
            x += advance;
            at
        })
        .collect();
    let weight = if fonts.is_bold(run.face) { " font-weight=\"700\"" } else { "" };
    push(
        out,
        format_args!(
            "<text y=\"{:.3}\" x=\"{}\" font-size=\"{:.3}\" fill=\"{}\"{weight}",
            run.y,
            places.join(" "),
            run.size,
            hex(run.colour)
        ),
    );
    if run.angle != 0.0 {
        push(
            out,
            format_args!(" transform=\"rotate({:.3} {:.3} {:.3})\" aria-hidden=\"true\"", -run.angle, run.x, run.y),
        );
    }
    push(
        out,
        format_args!(
            " font-family=\"'{}', 'Songti SC', SimSun, serif\" xml:space=\"preserve\">",
            escape(fonts.family(run.face))
        ),
    );
    out.push_str(&escape(&run.text));
    out.push_str("</text>\n");
}

/// Writing to a string cannot fail.
fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

fn hex(colour: Colour) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
