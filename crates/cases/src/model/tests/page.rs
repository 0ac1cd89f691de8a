//! `docs/case-machine.md` shows the table that the machine itself asks. `UPDATE=1 cargo test -p cases case_machine` writes it anew.

use super::names::*;
use std::{collections::BTreeMap, fmt::Write, fs};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/case-machine.md");

/// The states and the acts between them, as a Mermaid diagram.
fn diagram() -> String {
    let mut edges: BTreeMap<(Stage, Stage), Vec<&str>> = BTreeMap::new();
    for line in TABLE {
        for (from, to) in line.from.iter().flat_map(|from| line.to.iter().map(move |to| (*from, *to))) {
            let words = edges.entry((from, to)).or_default();
            if from != to && !words.contains(&line.act.words()) {
                words.push(line.act.words());
            }
        }
    }
    let mut page = String::from("```mermaid\nstateDiagram-v2\n");
    for stage in Stage::ALL {
        writeln!(page, "    {} : {}", stage.code(), stage.name()).unwrap();
    }
    page.push_str("    [*] --> filed : 提交申请\n");
    for ((from, to), words) in edges.iter().filter(|(_, words)| !words.is_empty()) {
        writeln!(page, "    {} --> {} : {}", from.code(), to.code(), words.join("、")).unwrap();
    }
    for stage in Stage::ALL.into_iter().filter(|stage| stage.is_final()) {
        writeln!(page, "    {} --> [*]", stage.code()).unwrap();
    }
    page.push_str("```\n");
    page
}

/// The table, a row a line.
fn table() -> String {
    let mut page = String::from("| Act | In | By | Leads to | Law or rule | Paper |\n|---|---|---|---|---|---|\n");
    let names = |stages: &[Stage]| stages.iter().map(|it| it.name()).collect::<Vec<_>>().join("、");
    for line in TABLE {
        let to = if line.to.is_empty() { "（不变）".to_owned() } else { names(line.to) };
        let at_once = if line.at_once { "（仅即办件）" } else { "" };
        let paper = line.paper.map_or("", |paper| paper.title(standards::ItemType::Licence));
        let (act, from, by, law) = (line.act, names(line.from), line.hands.words(), line.law);
        writeln!(page, "| {} `{}`{at_once} | {from} | {by} | {to} | {law} | {paper} |", act.words(), act.code())
            .unwrap();
    }
    page
}

/// The stages, with what the exchange of data calls them.
fn stages() -> String {
    let calendar = standards::Calendar::published();
    let mut page = String::from("| Stage | Code | Exchange state | Final |\n|---|---|---|---|\n");
    for stage in Stage::ALL {
        let exchange = super::story::at(stage, super::story::rules(), &calendar).case.exchange_state();
        let last = if stage.is_final() { "yes" } else { "" };
        writeln!(page, "| {} | `{}` | {} {exchange} | {last} |", stage.name(), stage.code(), exchange.code()).unwrap();
    }
    page
}

/// Puts `content` between the marks of this name.
fn put(page: &str, name: &str, content: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let (head, rest) = page.split_once(&begin).expect("the page has its marks");
    let (_, tail) = rest.split_once(&end).expect("the page has its marks");
    format!("{head}{begin}{content}{end}{tail}")
}

#[test]
fn the_page_of_the_case_machine_is_made_from_its_table() {
    let page = fs::read_to_string(PAGE).unwrap();
    let fresh = [("diagram", diagram()), ("table", table()), ("stages", stages())]
        .iter()
        .fold(page.clone(), |page, (name, content)| put(&page, name, content));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(PAGE, &fresh).unwrap();
    } else {
        assert!(page == fresh, "docs/case-machine.md is out of date: run `UPDATE=1 cargo test -p cases case_machine`");
    }
}

#[test]
fn every_act_is_explained_on_the_page_and_stands_in_the_table() {
    let page = fs::read_to_string(PAGE).unwrap();
    for kind in ActKind::ALL {
        assert!(TABLE.iter().any(|line| line.act == kind), "{kind:?}");
        assert!(page.contains(&format!("**{}** (`{}`)", kind.words(), kind.code())), "{kind:?} is not explained");
        assert_eq!(ActKind::from_code(kind.code()), Some(kind));
    }
    for line in TABLE {
        let alike = TABLE.iter().filter(|it| it.act == line.act && it.from.iter().any(|from| line.from.contains(from)));
        assert_eq!(alike.count(), 1, "{:?}: an act has one line a stage", line.act);
    }
}
