//! Which column of a sheet is which: guessed by name, Chinese name and the other words of departments, or as it was chosen and kept. Pure.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::{
    cell::clean,
    column::{Column, RowKind, Table},
    limits::{HEAD_LINES, SHOWN_LINES},
    tables::{EVERY, TABLES},
};
use crate::store::folded;

/// How a file is read: sheet by sheet, column by column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mapping {
    /// Whether a blank cell empties its field; else it leaves it as it is.
    #[serde(default)]
    pub(crate) blank_clears: bool,
    /// The sheets, in the order of the file.
    pub(crate) sheets: Vec<SheetMapping>,
}

/// How one sheet is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SheetMapping {
    /// Its name.
    pub(crate) sheet: String,
    /// Rows begin after this line; 0: the sheet is left out.
    pub(crate) head: u32,
    /// The heads, as they stand in the file.
    pub(crate) heads: Vec<String>,
    /// For each column `table.column`; empty: left out.
    pub(crate) columns: Vec<String>,
}

/// What was chosen before, by table and head.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// As [`Mapping::blank_clears`].
    #[serde(default)]
    pub(crate) blank_clears: bool,
    /// `head of the file` → `table.column`; empty: left out.
    pub(crate) heads: BTreeMap<String, String>,
}

/// Heads that are kept of one authority at most.
const KEPT_MAX: usize = 2_000;

impl Kept {
    /// With what this mapping chose.
    #[must_use]
    pub(crate) fn with(mut self, mapping: &Mapping) -> Self {
        self.blank_clears = mapping.blank_clears;
        for sheet in mapping.sheets.iter().filter(|it| it.head > 0) {
            for (head, column) in sheet.heads.iter().zip(&sheet.columns).filter(|it| !it.0.trim().is_empty()) {
                if self.heads.len() < KEPT_MAX || self.heads.contains_key(&key(&sheet.sheet, head)) {
                    self.heads.insert(key(&sheet.sheet, head), column.clone());
                }
            }
        }
        self
    }
}

fn key(sheet: &str, head: &str) -> String {
    format!("{}/{}", bare(sheet), bare(head))
}

/// A head as it is compared: folded, without what stands in brackets, stars and colons.
fn bare(head: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_u32;
    for it in folded(head).chars() {
        match it {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            '*' | ':' | '：' | '＊' => {}
            _ if depth == 0 => out.push(it),
            _ => {}
        }
    }
    out
}

/// The column of `table.column`.
pub(crate) fn column(path: &str) -> Option<(&'static Table, &'static Column)> {
    let (table, name) = path.split_once('.')?;
    let table = TABLES.iter().find(|it| it.name == table)?;
    Some((table, table.columns.iter().chain(EVERY).find(|it| it.name == name)?))
}

/// Every word under which a column is known, table by table: its name, its Chinese name, then the words of departments.
pub(crate) struct Words(Vec<HashMap<String, &'static Column>>);

impl Words {
    /// The words of all tables.
    pub(crate) fn new() -> Self {
        let of = |table: &'static Table| {
            let all = || table.columns.iter().chain(EVERY);
            let names = all().map(|it| (it.name.to_owned(), it));
            let labels = all().map(|it| (bare(it.label), it));
            let also = all().flat_map(|it| it.also.iter().map(move |also| (bare(also), it)));
            let mut out = HashMap::new();
            for (word, column) in names.chain(labels).chain(also) {
                out.entry(word).or_insert(column);
            }
            out
        };
        Self(TABLES.iter().map(of).collect())
    }

    /// The column of a table that a head (as compared) names.
    fn named(&self, table: &'static Table, head: &str) -> Option<&'static Column> {
        let at = TABLES.iter().position(|it| it.name == table.name)?;
        self.0.get(at)?.get(head).copied()
    }

    fn knows(&self, head: &str) -> bool {
        self.0.iter().any(|it| it.contains_key(head))
    }
}

/// The table whose name, or whose Chinese name, the sheet bears.
fn by_sheet_name(sheet: &str) -> Option<&'static Table> {
    let sheet = bare(sheet);
    let exact = TABLES.iter().find(|it| sheet.contains(it.name) || sheet.contains(it.label));
    let words = [("材料", 3), ("收费", 4), ("问题", 5), ("问答", 5), ("扩展", 2), ("基本目录", 0), ("基本信息", 1)];
    // The longer name first: `up_task_general_fee_project` contains no other, but a sheet may be called 「实施清单基本信息（材料）」.
    exact.or_else(|| words.iter().find(|it| sheet.contains(it.0)).and_then(|it| TABLES.get(it.1)))
}

/// The first rows of a sheet, with their lines.
pub(crate) type Top = Vec<(u32, Vec<String>)>;

/// How a sheet is probably to be read.
pub(crate) fn guess(words: &Words, (sheet, top): (&str, &Top), kept: &Kept) -> SheetMapping {
    let known = |head: &str| {
        let head = bare(head);
        !head.is_empty() && words.knows(&head)
    };
    let found = |row: &[String]| row.iter().filter(|it| known(it) || kept.heads.contains_key(&key(sheet, it))).count();
    let best = top.iter().take(HEAD_LINES).enumerate().map(|(n, (_, row))| (n, found(row)));
    let best = best.fold((0, 0), |best, it| if it.1 > best.1 { it } else { best });
    let none = || SheetMapping { sheet: sheet.to_owned(), ..SheetMapping::default() };
    if sheet.split(' ').next() == Some(super::export::GUIDE) {
        return none();
    }
    let Some((line, heads)) = top.get(best.0).filter(|_| best.1 > 0).cloned() else {
        // No head is known: the first line is shown as heads, so that each can be chosen.
        let Some((line, heads)) = top.first().cloned() else { return none() };
        let columns = vec![String::new(); heads.len()];
        let heads = heads.iter().map(|it| clean(it)).collect();
        return SheetMapping { sheet: sheet.to_owned(), head: line, heads, columns };
    };
    // A second line of heads (the Chinese names below the names) is no row.
    let second = top.get(best.0 + 1).filter(|it| {
        let filled = it.1.iter().filter(|it| !it.trim().is_empty()).count();
        filled > 1 && found(&it.1) * 5 >= filled * 4
    });
    let head = second.map_or(line, |it| it.0);
    let heads: Vec<String> = heads.iter().map(|it| clean(it)).collect();
    let tables = tables_of(words, sheet, &heads);
    let columns = chosen(words, (sheet, &heads), &tables, kept);
    SheetMapping { sheet: sheet.to_owned(), head, heads, columns }
}

/// The columns of these heads, each of these tables, as kept or else as guessed.
fn chosen(words: &Words, (sheet, heads): (&str, &[String]), tables: &[&'static Table], kept: &Kept) -> Vec<String> {
    let mut columns: Vec<String> = Vec::with_capacity(heads.len());
    for head in heads {
        let before = kept.heads.get(&key(sheet, head)).filter(|it| it.is_empty() || column(it).is_some()).cloned();
        let guessed = || {
            let head = bare(head);
            let found =
                tables.iter().find_map(|table| Some(format!("{}.{}", table.name, words.named(table, &head)?.name)));
            found.unwrap_or_default()
        };
        let path = before.unwrap_or_else(guessed);
        // One column of the file for one of ours; a second is left for the person to choose.
        columns.push(if columns.contains(&path) { String::new() } else { path });
    }
    columns
}

/// What a sheet as a whole may be taken for.
pub(crate) const SHEET_KINDS: [(&str, &str); 6] = [
    ("items", "事项（可以带材料、收费、问题）"),
    ("up_task_general_material", "申请材料"),
    ("up_task_general_fee_project", "收费项目"),
    ("up_task_general_questions", "常见问题"),
    ("up_task_directory", "基本目录"),
    ("", "不导入这张表"),
];

/// The tables of a kind of sheet.
fn tables_of_kind(kind: &str) -> Vec<&'static Table> {
    match kind {
        "items" => TABLES.iter().filter(|it| it.rows != RowKind::Directory).collect(),
        name => TABLES.iter().filter(|it| it.name == name).collect(),
    }
}

/// What a sheet is taken for now.
pub(crate) fn kind_of(sheet: &SheetMapping) -> &'static str {
    let mut tables: Vec<_> = sheet.columns.iter().filter_map(|it| column(it)).map(|it| it.0.name).collect();
    tables.sort_unstable();
    tables.dedup();
    match tables.as_slice() {
        [] if sheet.head == 0 => "",
        [one] => SHEET_KINDS.iter().find(|it| it.0 == *one).map_or("items", |it| it.0),
        _ => "items",
    }
}

/// The sheet taken for another kind: its columns are guessed anew.
pub(crate) fn taken_for(sheet: &SheetMapping, kind: &str, first_line: u32) -> SheetMapping {
    let words = Words::new();
    let columns = chosen(&words, (&sheet.sheet, &sheet.heads), &tables_of_kind(kind), &Kept::default());
    let head = if kind.is_empty() { 0 } else { sheet.head.max(first_line) };
    SheetMapping { columns, head, ..sheet.clone() }
}

/// What a column of a sheet of this kind may be: value, words.
pub(crate) fn choices(kind: &str) -> Vec<(String, String)> {
    let tables = tables_of_kind(kind);
    let several = tables.len() > 1;
    let of = |table: &&'static Table| {
        let kept = table.columns.iter().filter(|it| it.is_kept());
        let words = |it: &Column| match several {
            true => format!("{}（{}）", it.label, table.label),
            false => it.label.to_owned(),
        };
        kept.map(|it| (format!("{}.{}", table.name, it.name), words(it))).collect::<Vec<_>>()
    };
    tables.iter().flat_map(of).collect()
}

/// The tables whose columns a sheet holds: its own first. A sheet of items may hold their materials beside or below them.
fn tables_of(words: &Words, sheet: &str, heads: &[String]) -> Vec<&'static Table> {
    let heads: Vec<String> = heads.iter().map(|it| bare(it)).collect();
    let has = |table: &'static Table, own: &Column| {
        heads.iter().any(|it| words.named(table, it).is_some_and(|it| it.name == own.name))
    };
    let parts = || TABLES.iter().filter(|it| it.rows.is_part());
    // A part table is there if its own first column is: the name of the material, of the charge, the question.
    let there = |table: &&'static Table| own_column(table).is_some_and(|own| has(table, own));
    let items = TABLES.iter().filter(|it| it.rows == RowKind::Item);
    let lead = by_sheet_name(sheet);
    match lead {
        Some(table) if table.rows != RowKind::Item => vec![table],
        Some(table) => std::iter::once(table)
            .chain(items.filter(|it| it.name != table.name))
            .chain(parts().filter(there))
            .collect(),
        None => {
            let known = |table: &&'static Table| heads.iter().filter(|it| words.named(table, it).is_some()).count();
            let part = parts().filter(there).max_by_key(known);
            let item_only = |it: &&Column| it.find.is_none() && it.is_kept();
            let of_items =
                heads.iter().any(|head| items.clone().any(|it| words.named(it, head).filter(item_only).is_some()));
            match part {
                Some(part) if !of_items => vec![part],
                _ => items.chain(parts().filter(there)).collect(),
            }
        }
    }
}

/// The column without which a row of a part is none.
pub(crate) fn own_column(table: &Table) -> Option<&'static Column> {
    use super::column::Way;
    let own = |it: &&Column| it.must && matches!(it.way, Way::Material(..) | Way::Fee(..) | Way::Question(..));
    table.columns.iter().find(own)
}

/// The rows of a sheet that a person is shown beside the choice.
pub(crate) fn shown<'a>(top: &'a Top, mapping: &SheetMapping) -> Vec<&'a [String]> {
    let rows = top.iter().filter(|it| it.0 > mapping.head);
    rows.take(SHOWN_LINES).map(|it| it.1.as_slice()).collect()
}
