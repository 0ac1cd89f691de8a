//! The steps of a process drawn as a flow: a pure function from steps to SVG. What it draws stands beside it as a list of words.

use std::fmt::Write;

/// One step to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FlowStep {
    /// 受理, 审核, ….
    pub(crate) name: String,
    /// Who does it.
    pub(crate) office: String,
    /// How long, in words: 「1 个工作日」.
    pub(crate) days: String,
    /// Whether only some cases pass it.
    pub(crate) special: bool,
}

/// Width and height of a box, and the room between two, in the drawing's own units.
const BOX: (usize, usize) = (220, 118);
const GAP: (usize, usize) = (44, 40);
/// Half-width characters that a line of a box takes.
const LINE: usize = 26;
/// Lines of the office in a box.
const LINES: usize = 2;
/// Steps that are drawn at most; more would be no help.
const STEPS_MAX: usize = 20;

/// The flow with so many boxes in a row. Colours come from the style sheet; the drawing is named by the element `label`.
///
/// All words are escaped: nothing in a list becomes markup.
pub(crate) fn svg(steps: &[FlowStep], columns: usize, label: &str) -> String {
    let (columns, shown) = (columns.clamp(1, 8), &steps[..steps.len().min(STEPS_MAX)]);
    if shown.is_empty() {
        return String::new();
    }
    let rows = shown.len().div_ceil(columns);
    let across = columns.min(shown.len());
    let (width, height) = (across * (BOX.0 + GAP.0) - GAP.0 + 8, rows * (BOX.1 + GAP.1) - GAP.1 + 8);
    let mut out = format!(
        "<svg class=\"flow-chart\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{}\">",
        escaped(label)
    );
    for (index, step) in shown.iter().enumerate() {
        let (x, y) = at(index, columns);
        if index > 0 {
            arrow(&mut out, at(index - 1, columns), (x, y));
        }
        draw(&mut out, (x, y), (index + 1, step));
    }
    out.push_str("</svg>");
    out
}

/// Where a box stands: rows are read from left to right, each under the one before.
fn at(index: usize, columns: usize) -> (usize, usize) {
    (4 + index % columns * (BOX.0 + GAP.0), 4 + index / columns * (BOX.1 + GAP.1))
}

fn arrow(out: &mut String, from: (usize, usize), to: (usize, usize)) {
    let path = if from.1 == to.1 {
        let y = from.1 + BOX.1 / 2;
        format!("M{} {y}H{}", from.0 + BOX.0 + 4, to.0 - 6)
    } else {
        // To the next row: down from the middle of the last box, over to the first, down again.
        let (middle, half) = (from.0 + BOX.0 / 2, from.1 + BOX.1 + GAP.1 / 2);
        format!("M{middle} {}V{half}H{}V{}", from.1 + BOX.1 + 4, to.0 + BOX.0 / 2, to.1 - 6)
    };
    let tip = if from.1 == to.1 {
        let (x, y) = (to.0 - 4, to.1 + BOX.1 / 2);
        format!("M{x} {y}l-10 -6v12z")
    } else {
        format!("M{} {}l-6 -10h12z", to.0 + BOX.0 / 2, to.1 - 4)
    };
    let _ = write!(out, "<path class=\"flow-line\" d=\"{path}\"/><path class=\"flow-tip\" d=\"{tip}\"/>");
}

fn draw(out: &mut String, (x, y): (usize, usize), (number, step): (usize, &FlowStep)) {
    let class = if step.special { "flow-box flow-some" } else { "flow-box" };
    let (left, name) = (x + 48, clipped(&step.name, LINE - 8));
    let _ = write!(
        out,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"8\"/>\
         <circle class=\"flow-dot\" cx=\"{}\" cy=\"{}\" r=\"13\"/>\
         <text class=\"flow-number\" x=\"{}\" y=\"{}\">{number}</text>\
         <text class=\"flow-name\" x=\"{left}\" y=\"{}\">{}</text>",
        BOX.0,
        BOX.1,
        x + 26,
        y + 27,
        x + 26,
        y + 32,
        y + 33,
        escaped(&name)
    );
    for (line, text) in wrapped(&step.office, LINE, LINES).iter().enumerate() {
        let _ = write!(
            out,
            "<text class=\"flow-office\" x=\"{}\" y=\"{}\">{}</text>",
            x + 13,
            y + 62 + line * 19,
            escaped(text)
        );
    }
    let days = if step.special { format!("{}（特定情形）", step.days) } else { step.days.clone() };
    let _ =
        write!(out, "<text class=\"flow-days\" x=\"{}\" y=\"{}\">{}</text>", x + 13, y + BOX.1 - 12, escaped(&days));
}

/// How wide a character is, in half widths.
fn wide(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

/// A text of at most so many half widths; what is longer ends with 「…」.
fn clipped(text: &str, room: usize) -> String {
    if text.chars().map(wide).sum::<usize>() <= room {
        return text.to_owned();
    }
    let mut used = 2;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += wide(*c);
            used <= room
        })
        .collect();
    kept + "…"
}

/// A text on at most `lines` lines of so many half widths.
fn wrapped(text: &str, room: usize, lines: usize) -> Vec<String> {
    let (mut out, mut rest) = (Vec::new(), text.trim());
    while !rest.is_empty() {
        if out.len() + 1 == lines {
            out.push(clipped(rest, room));
            break;
        }
        let mut used = 0;
        let end = rest.char_indices().find(|(_, c)| {
            used += wide(*c);
            used > room
        });
        let (line, after) = rest.split_at(end.map_or(rest.len(), |it| it.0));
        out.push(line.to_owned());
        rest = after.trim_start();
    }
    out
}

/// A text as it may stand in markup.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, office: &str) -> FlowStep {
        FlowStep { name: name.to_owned(), office: office.to_owned(), days: "1 个工作日".to_owned(), special: false }
    }

    #[test]
    fn hostile_words_in_a_step_never_become_markup() {
        let hostile = "</text><script>alert(1)</script>\"'&\u{0}";
        let svg = svg(&[FlowStep { special: true, days: hostile.to_owned(), ..step(hostile, hostile) }], 4, hostile);
        let marks: Vec<_> = svg.split('<').skip(1).filter_map(|it| it.split([' ', '>', '/']).next()).collect();
        assert!(marks.iter().all(|it| matches!(*it, "svg" | "rect" | "circle" | "text" | "path" | "")), "{marks:?}");
        assert!(!svg.contains("<script") && svg.contains("&lt;") && !svg.contains('\u{0}'), "{svg}");
    }

    #[test]
    fn every_step_is_drawn_once_in_its_order_and_joined_to_the_one_before() {
        assert_eq!(svg(&[], 4, "t"), "");
        for (steps, columns, height) in [(1, 4, 126), (4, 4, 126), (5, 4, 284), (5, 1, 758)] {
            let all: Vec<_> = (0..steps).map(|n| step(&format!("第{n}步"), "政务服务中心综合窗口")).collect();
            let drawn = svg(&all, columns, "t");
            assert_eq!(drawn.matches("<rect").count(), steps, "{steps} in {columns}");
            assert_eq!(drawn.matches("flow-line").count(), steps - 1, "{steps} in {columns}");
            assert!(drawn.contains(&format!(" {height}\"")), "{steps} in {columns}: {}", &drawn[..90]);
            let places: Vec<_> = all.iter().map(|it| drawn.find(&it.name).expect("is drawn")).collect();
            assert!(places.is_sorted());
        }
        assert_eq!(svg(&vec![step("步", ""); 50], 4, "t").matches("<rect").count(), STEPS_MAX);
    }

    #[test]
    fn a_long_name_is_cut_with_a_mark_and_a_long_office_takes_two_lines() {
        assert_eq!(clipped("受理", 18), "受理");
        assert_eq!(clipped("非常非常非常长的环节名称", 18), "非常非常非常长的…");
        assert_eq!(
            wrapped("亳州市谯城区市场监督管理局行政审批股", 26, 2),
            ["亳州市谯城区市场监督管理局", "行政审批股"]
        );
        assert_eq!(wrapped(&"长".repeat(40), 26, 2).len(), 2);
    }
}
