//! What the rows of a file make of an item: only what the file says touches a field, and a cell that says what stands already touches
//! nothing, so that an exported file changes nothing. Pure.

use super::{
    cell::{CLEAR, TOO_LONG, clean},
    column::{Column, Entry, RowKind, Way},
    limits::{CELL_BYTES_MAX, SHOWN_CHARS},
    tables::written,
};
use crate::model::{BaseEntry, Fee, FeeLine, ItemDocument, Question, Requirement};
use standards::{MaterialForm, MaterialKind, MaterialNecessity, MaterialSource};

/// Whether something is refused or only told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The item of the row is not taken.
    Refused,
    /// It is taken; this was left out of it.
    Told,
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) weight: Weight,
    /// The sheet's place in the mapping.
    pub(crate) sheet: u16,
    pub(crate) line: u32,
    /// The head in the file, or our label; may be empty.
    pub(crate) column: String,
    pub(crate) value: String,
    pub(crate) reason: String,
    /// What to do.
    pub(crate) advice: &'static str,
}

/// A row of the file as far as one table is concerned.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) kind: RowKind,
    pub(crate) sheet: u16,
    pub(crate) line: u32,
    pub(crate) cells: Vec<(&'static Column, String)>,
}

impl Row {
    /// The cleaned text under a column of this name; empty if there is none.
    pub(crate) fn text(&self, wanted: impl Fn(&Column) -> bool) -> &str {
        self.cells.iter().find(|it| wanted(it.0)).map_or("", |it| it.1.as_str())
    }

    /// A line of the report on this row.
    pub(crate) fn trouble(&self, weight: Weight, at: (&str, &str), reason: String, advice: &'static str) -> Trouble {
        let (column, value) = (at.0.to_owned(), short(at.1));
        Trouble { weight, sheet: self.sheet, line: self.line, column, value, reason, advice }
    }

    fn refused(&self, column: &Column, value: &str, reason: String) -> Trouble {
        self.trouble(Weight::Refused, (column.label, value), reason, "改正这一格后重新导入")
    }
}

/// A value as a report repeats it.
pub(crate) fn short(text: &str) -> String {
    let flat = text.replace('\n', " ");
    if flat.chars().count() <= SHOWN_CHARS { flat } else { flat.chars().take(SHOWN_CHARS).chain(['…']).collect() }
}

/// What a cell asks of its field: `None`: nothing.
fn asked<'a>(cell: &'a str, stands: &str, blank_clears: bool) -> Option<&'a str> {
    match cell {
        TOO_LONG => None,
        // What stands already touches nothing, even if it reads like one of the words below.
        _ if cell == clean(stands) => None,
        CLEAR => Some(""),
        "" if !blank_clears => None,
        _ => Some(cell),
    }
}

/// What is wrong with a cell whatever its column: letters that could not be read, the error of a formula, more than we keep.
pub(crate) fn unsound(row: &Row) -> Option<Trouble> {
    row.cells.iter().find_map(|(column, cell)| {
        let (reason, advice) = match cell.as_str() {
            _ if cell.contains(char::REPLACEMENT_CHARACTER) => {
                ("有无法识别的文字，可能是文件编码损坏", "用表格软件打开原文件，另存为 .xlsx 或者「CSV UTF-8」后再导入")
            }
            "#N/A" | "#REF!" | "#NAME?" | "#VALUE!" | "#DIV/0!" | "#NUM!" | "#NULL!" => {
                ("单元格是公式的错误值", "改成文字后重新导入")
            }
            _ if cell.len() > CELL_BYTES_MAX => ("内容过长", "缩短后重新导入"),
            _ if column.find.is_some() && is_scientific(cell) => {
                ("编码被表格软件变成了科学计数，后几位已经丢失", "把这一列设为「文本」格式，重新填写编码")
            }
            _ => return None,
        };
        Some(row.trouble(Weight::Refused, (column.label, cell), reason.to_owned(), advice))
    })
}

/// `5.11602E+17`: a long code that a spreadsheet took for a number.
fn is_scientific(text: &str) -> bool {
    let Some((number, power)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    number.split('.').all(digits) && digits(power.trim_start_matches(['+', '-']))
}

/// Lays a row of the item itself onto its document. `was`: the item before the file.
pub(crate) fn item_row(was: &Entry, doc: &mut ItemDocument, row: &Row, blank_clears: bool, report: &mut Vec<Trouble>) {
    for (column, cell) in &row.cells {
        let stands = written(column, was);
        let Some(text) = asked(cell, &stands, blank_clears) else { continue };
        match column.way {
            Way::Entry(_, read) => {
                if let Err(reason) = read(doc, text) {
                    report.push(row.refused(column, cell, reason));
                }
            }
            Way::Base(_, read) if column.find.is_none() => {
                let Some(base) = &was.doc.base else { continue };
                let mut said = base.clone();
                let same = read(&mut said, text).is_ok() && said == *base;
                if !same && !text.is_empty() {
                    let reason = format!("与基本目录不同，基本目录为「{}」，没有改动", short(&stands));
                    let advice = "确需变更的，请机构编制部门先变更基本目录";
                    report.push(row.trouble(Weight::Told, (column.label, cell), reason, advice));
                }
            }
            _ => {}
        }
    }
}

/// Lays a row of the base directory onto its entry.
pub(crate) fn base_row(
    was: &BaseEntry,
    entry: &mut BaseEntry,
    row: &Row,
    blank_clears: bool,
    report: &mut Vec<Trouble>,
) {
    for (column, cell) in &row.cells {
        let (Way::Base(write, read), None) = (column.way, column.find) else { continue };
        let Some(text) = asked(cell, &write(was), blank_clears) else { continue };
        if let Err(reason) = read(entry, text) {
            report.push(row.refused(column, cell, reason));
        }
    }
}

/// Makes an entry that the base directory lacks of what a row says of it.
pub(crate) fn new_base(entry: &mut BaseEntry, row: &Row, report: &mut Vec<Trouble>) {
    for (column, cell) in row.cells.iter().filter(|it| !it.1.is_empty()) {
        if let Some(read) = column.base_read()
            && let Err(reason) = read(entry, cell)
        {
            report.push(row.refused(column, cell, reason));
        }
    }
}

/// A part of an item that the file tells in rows of its own.
pub(crate) trait Part: Clone + PartialEq {
    /// By what one is known among the others.
    fn name(&self) -> &str;
    /// One of which no more is known than its place.
    fn fresh(known: &[Self]) -> Self;
    /// How a column of it is written and read.
    fn way(column: &Column) -> Option<Ways<Self>>;
}

/// How a column of a part is written and read.
type Ways<T> = (fn(&T) -> String, fn(&mut T, &str) -> super::cell::Read);

impl Part for Requirement {
    fn name(&self) -> &str {
        &self.name
    }

    fn fresh(known: &[Self]) -> Self {
        let number = |it: &Self| it.key.strip_prefix("material-").and_then(|it| it.parse::<u32>().ok());
        let next = known.iter().filter_map(number).max().unwrap_or(0).max(u32::try_from(known.len()).unwrap_or(0)) + 1;
        let empty = String::new;
        Self {
            key: format!("material-{next}"),
            name: empty(),
            kind: MaterialKind::Other,
            form: MaterialForm::PaperOrElectronic,
            need: MaterialNecessity::Required,
            copy: None,
            original_copies: 0,
            duplicate_copies: 0,
            copy_explain: empty(),
            page_format: empty(),
            source: MaterialSource::Applicant,
            source_explain: empty(),
            issuer: empty(),
            held_by_platform: empty(),
            pledge: false,
            pledge_content: empty(),
            pledge_check: empty(),
            pledge_check_days: None,
            pledge_breach: empty(),
            fill_explain: empty(),
            accept_standard: empty(),
            common_mistakes: Vec::new(),
            legal_basis: empty(),
            condition: None,
            not_needed_when: empty(),
            max_days_owed: None,
            reuse_days: None,
            blank_form: None,
            sample: None,
            filled_example: None,
            remark: empty(),
        }
    }

    fn way(column: &Column) -> Option<Ways<Self>> {
        if let Way::Material(write, read) = column.way { Some((write, read)) } else { None }
    }
}

impl Part for FeeLine {
    fn name(&self) -> &str {
        &self.name
    }

    fn fresh(_: &[Self]) -> Self {
        Self::default()
    }

    fn way(column: &Column) -> Option<Ways<Self>> {
        if let Way::Fee(write, read) = column.way { Some((write, read)) } else { None }
    }
}

impl Part for Question {
    fn name(&self) -> &str {
        &self.q
    }

    fn fresh(_: &[Self]) -> Self {
        Self { q: String::new(), a: String::new() }
    }

    fn way(column: &Column) -> Option<Ways<Self>> {
        if let Way::Question(write, read) = column.way { Some((write, read)) } else { None }
    }
}

/// The list that the rows tell, in their order: each is the known part of its name, or, in a list as long as before, the one
/// at its place whose name no row bears (it was renamed), or a new one. What no column says of a known part stays.
fn laid<T: Part>(known: &[T], rows: &[&Row], blank_clears: bool, report: &mut Vec<Trouble>) -> Vec<T> {
    let own = |row: &Row| row.text(|it| it.must && T::way(it).is_some()).to_owned();
    let names: Vec<String> = rows.iter().map(|it| own(it)).collect();
    let mut used = vec![false; known.len()];
    let mut matched: Vec<Option<usize>> = names
        .iter()
        .map(|name| {
            let free = known.iter().enumerate().position(|(n, it)| !used[n] && clean(it.name()) == *name)?;
            used[free] = true;
            Some(free)
        })
        .collect();
    // As many as before: what bears a new name at the same place was renamed. Else it is another, with a key of its own.
    for (n, found) in matched.iter_mut().enumerate().filter(|_| rows.len() == known.len()) {
        if found.is_none() && !used[n] && !names.contains(&clean(known[n].name())) {
            used[n] = true;
            *found = Some(n);
        }
    }
    let mut all: Vec<T> = known.to_vec();
    let mut out = Vec::with_capacity(rows.len());
    for (row, found) in rows.iter().zip(matched) {
        let was = found.map_or_else(|| T::fresh(&all), |n| known[n].clone());
        let mut part = was.clone();
        for (column, cell) in &row.cells {
            let Some((write, read)) = T::way(column) else { continue };
            let Some(text) = asked(cell, &write(&was), blank_clears) else { continue };
            if let Err(reason) = read(&mut part, text) {
                report.push(row.refused(column, cell, reason));
            }
        }
        if part.name().trim().is_empty() && (found.is_none() || !was.name().trim().is_empty()) {
            report.push(row.trouble(
                Weight::Refused,
                ("", ""),
                "这一行没有名称".to_owned(),
                "补上名称，或者删去这一行",
            ));
        }
        if found.is_none() {
            all.push(part.clone());
        }
        out.push(part);
    }
    out
}

/// Lays the rows of an item's materials, charges and questions onto its document. A list of which the file has no row stays.
pub(crate) fn part_rows(
    was: &Entry,
    doc: &mut ItemDocument,
    rows: &[Row],
    blank_clears: bool,
    report: &mut Vec<Trouble>,
) {
    let of = |kind: RowKind| {
        let mut rows: Vec<&Row> = rows.iter().filter(|it| it.kind == kind).collect();
        let order = |row: &&Row| super::cell::number(row.text(|it| matches!(it.way, Way::Order))).unwrap_or(u32::MAX);
        rows.sort_by_key(order);
        rows
    };
    let materials = of(RowKind::Material);
    if !materials.is_empty() {
        doc.materials = laid(&was.doc.materials, &materials, blank_clears, report);
    }
    let fees = of(RowKind::Fee);
    if !fees.is_empty() {
        let known = was.doc.fee.as_ref().map_or(&[][..], |it| &it.lines);
        let lines = laid(known, &fees, blank_clears, report);
        doc.fee.get_or_insert(Fee { charged: true, ..Fee::default() }).lines = lines;
    }
    let questions = of(RowKind::Question);
    if !questions.is_empty() {
        doc.questions = laid(&was.doc.questions, &questions, blank_clears, report);
    }
}
