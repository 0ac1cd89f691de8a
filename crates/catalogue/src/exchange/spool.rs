//! A file put in order: its rows on disk, and in memory only which rows speak of which item, so that a list of any length is read item by
//! item although its tables stand one after another.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufWriter, Read, Seek, SeekFrom, Write},
    ops::{ControlFlow, Range},
};

use sheets::Book;
use sm3::{Digest, Sm3};

use super::{
    apply::{Row, Trouble, Weight},
    cell::clean,
    column::{Column, Find, RowKind},
    heads::{Mapping, Top, column},
    limits::{HEAD_LINES, ITEMS_MAX, ROWS_MAX, SHOWN_LINES},
};
use crate::store::folded;

/// A key of an item within the file.
type Key = [u8; 16];
/// Stands for a key that more than one item bears.
const AMBIGUOUS: u32 = u32::MAX;

/// What a sheet says of one table: of what its rows are, the table's name, and where each of its columns stands.
type Kind = (RowKind, &'static str, Vec<(usize, &'static Column)>);

/// How the columns of one sheet are read, table by table.
pub(crate) struct Plan {
    /// After this line rows begin.
    head: u32,
    kinds: Vec<Kind>,
    /// Heads of columns that are not kept, with the reason.
    pub(crate) dropped: Vec<(String, &'static str)>,
}

impl Plan {
    fn of(mapping: &Mapping) -> Vec<Self> {
        let sheet = |it: &super::heads::SheetMapping| {
            let mut plan = Self { head: it.head, kinds: Vec::new(), dropped: Vec::new() };
            for (n, path) in it.columns.iter().enumerate() {
                let Some((table, column)) = column(path) else { continue };
                if let super::column::Way::NotKept(why) = column.way {
                    let head = it.heads.get(n).filter(|it| !it.is_empty()).map_or(column.label, String::as_str);
                    plan.dropped.push((head.to_owned(), why));
                    continue;
                }
                match plan.kinds.iter_mut().find(|it| it.1 == table.name) {
                    Some((_, _, columns)) => columns.push((n, column)),
                    None => plan.kinds.push((table.rows, table.name, vec![(n, column)])),
                }
            }
            plan
        };
        mapping.sheets.iter().map(sheet).collect()
    }

    /// Where a sheet stands in the order of reading: directory, items, then their parts.
    fn order(&self) -> u8 {
        let place = |kind: RowKind, table: &str| match kind {
            RowKind::Directory => 0,
            RowKind::Item if table.ends_with("_basic") => 1,
            RowKind::Item => 2,
            _ => 3,
        };
        self.kinds.iter().map(|it| place(it.0, it.1)).min().unwrap_or(9)
    }
}

/// Where the row of an item lies.
#[derive(Clone, Copy)]
struct At {
    item: u32,
    offset: u64,
    length: u32,
}

/// A file put in order.
pub(crate) struct Spool {
    file: File,
    at: Vec<At>,
    items: u32,
    pub(crate) plans: Vec<Plan>,
    /// What is wrong with rows that belong to no item.
    pub(crate) stray: Vec<Trouble>,
}

/// The sheets of a file with their first rows.
///
/// # Errors
/// As [`Book::rows`].
pub(crate) fn tops(book: &mut Book) -> Result<Vec<(String, Top)>, String> {
    let names: Vec<String> = book.sheets().map(str::to_owned).collect();
    let mut out = Vec::with_capacity(names.len());
    for (n, name) in names.into_iter().enumerate() {
        let mut top = Top::new();
        book.rows(n, &mut |line, row| {
            top.push((line, row));
            if top.len() < HEAD_LINES + SHOWN_LINES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        out.push((name, top));
    }
    Ok(out)
}

impl Spool {
    /// Reads the whole file once.
    ///
    /// # Errors
    /// A sentence in Chinese: why it is refused.
    pub(crate) fn make(book: &mut Book, mapping: &Mapping) -> Result<Self, String> {
        let plans = Plan::of(mapping);
        let file = tempfile::tempfile().map_err(|error| format!("临时文件写不了：{error}。请检查磁盘空间。"))?;
        let mut writing = Writing::new(file);
        let mut order: Vec<usize> = (0..plans.len().min(book.sheets().len())).collect();
        order.retain(|n| plans[*n].head > 0 && !plans[*n].kinds.is_empty());
        order.sort_by_key(|n| plans[*n].order());
        for n in order {
            let mut failed = None;
            let mut last = None;
            book.rows(n, &mut |line, cells| match writing.row((n, &plans[n]), line, &cells, &mut last) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            })?;
            if let Some(error) = failed {
                return Err(error);
            }
        }
        let Writing { file, mut at, items, stray, .. } = writing;
        let file = file.into_inner().map_err(|error| format!("临时文件写不了：{error}。请检查磁盘空间。"))?;
        at.sort_by_key(|it| it.item);
        if items == 0 && stray.is_empty() {
            return Err("文件里没有可以导入的内容：没有认出列名，或者只有表头。请核对列的对应关系。".to_owned());
        }
        Ok(Self { file, at, items, plans, stray })
    }

    /// How many items it speaks of.
    pub(crate) fn items(&self) -> usize {
        self.items as usize
    }

    /// The rows of these items.
    ///
    /// # Errors
    /// If the disk fails.
    pub(crate) fn read(&mut self, range: Range<usize>) -> std::io::Result<Vec<Vec<Row>>> {
        let mut out = Vec::with_capacity(range.len());
        for item in range {
            let start = self.at.partition_point(|it| (it.item as usize) < item);
            let end = self.at.partition_point(|it| it.item as usize <= item);
            let mut rows = Vec::with_capacity(end - start);
            for n in start..end {
                rows.push(self.one(n)?);
            }
            out.push(rows);
        }
        Ok(out)
    }

    fn one(&mut self, n: usize) -> std::io::Result<Row> {
        let at = self.at[n];
        let mut bytes = vec![0; at.length as usize];
        self.file.seek(SeekFrom::Start(at.offset))?;
        self.file.read_exact(&mut bytes)?;
        let mut left = Left(&bytes);
        let (sheet, kind, line) = (left.number() as usize, left.number() as usize, left.number());
        let plan = &self.plans[sheet];
        let (kind, _, columns) = &plan.kinds[kind];
        let cells = columns.iter().map(|(_, column)| (*column, left.text())).collect();
        Ok(Row { kind: *kind, sheet: u16::try_from(sheet).unwrap_or(u16::MAX), line, cells })
    }
}

/// Bytes that are left to read.
struct Left<'a>(&'a [u8]);

impl Left<'_> {
    fn number(&mut self) -> u32 {
        let (head, rest) = self.0.split_at(4.min(self.0.len()));
        self.0 = rest;
        head.try_into().map_or(0, u32::from_le_bytes)
    }

    fn text(&mut self) -> String {
        let length = self.number() as usize;
        let (head, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        String::from_utf8_lossy(head).into_owned()
    }
}

/// A spool that is being written.
struct Writing {
    file: BufWriter<File>,
    offset: u64,
    rows: usize,
    at: Vec<At>,
    items: u32,
    keys: HashMap<Key, u32>,
    /// Item and table → the line of its row.
    first: HashMap<(u32, &'static str), (u16, u32)>,
    stray: Vec<Trouble>,
    buffer: Vec<u8>,
}

impl Writing {
    fn new(file: File) -> Self {
        Self {
            file: BufWriter::with_capacity(1 << 20, file),
            offset: 0,
            rows: 0,
            at: Vec::new(),
            items: 0,
            keys: HashMap::new(),
            first: HashMap::new(),
            stray: Vec::new(),
            buffer: Vec::new(),
        }
    }

    /// Takes one row of a sheet: a part for each table whose columns the sheet has. `last`: the item of the row before.
    fn row(
        &mut self,
        (n, plan): (usize, &Plan),
        line: u32,
        cells: &[String],
        last: &mut Option<u32>,
    ) -> Result<(), String> {
        if line <= plan.head {
            return Ok(());
        }
        self.rows += 1;
        if self.rows > ROWS_MAX {
            return Err(format!("文件超过 {ROWS_MAX} 行，请分成几个文件导入。"));
        }
        let sheet = u16::try_from(n).unwrap_or(u16::MAX);
        let mut of_row: Option<u32> = None;
        for (place, (kind, table, columns)) in plan.kinds.iter().enumerate() {
            let cells: Vec<_> = columns
                .iter()
                .map(|(at, column)| (*column, clean(cells.get(*at).map_or("", String::as_str))))
                .collect();
            let row = Row { kind: *kind, sheet, line, cells };
            if !says_something(&row) {
                continue;
            }
            let keys = keys(&row);
            let item = match of_row {
                Some(item) => item,
                // A row below that names no item goes on about the one above.
                None if keys.is_empty() && last.is_some() && (kind.is_part() || plan.kinds.len() > 1) => {
                    last.unwrap_or_default()
                }
                None => match self.item_of(&row, table, &keys) {
                    Ok(item) => item,
                    Err(trouble) => {
                        self.stray.push(*trouble);
                        return Ok(());
                    }
                },
            };
            if item as usize >= ITEMS_MAX {
                return Err(format!("文件中的事项超过 {ITEMS_MAX} 个，请分成几个文件导入。"));
            }
            self.items = self.items.max(item + 1);
            (of_row, *last) = (Some(item), Some(item));
            if !kind.is_part() && self.is_again(&row, (item, table), plan.kinds.len() > 1) {
                continue;
            }
            self.write((n, place), item, &row)?;
        }
        Ok(())
    }

    /// Whether the item had a row of this table already. Beside rows of materials it may stand again, which is no fault.
    fn is_again(&mut self, row: &Row, at: (u32, &'static str), mixed: bool) -> bool {
        let first = *self.first.entry(at).or_insert((row.sheet, row.line));
        if first == (row.sheet, row.line) {
            return false;
        }
        if !(mixed && first.0 == row.sheet) {
            let reason = format!("与第 {} 行是同一个事项，只取前一行", first.1);
            self.stray.push(row.trouble(Weight::Refused, ("", ""), reason, "删去重复的行；不是同一个事项的，改正编码"));
        }
        true
    }

    /// The item that a row speaks of, new if no row before it bore its keys.
    fn item_of(&mut self, row: &Row, table: &'static str, keys: &[Known]) -> Result<u32, Box<Trouble>> {
        let lead = table.ends_with("_basic") || row.kind == RowKind::Directory;
        let coded = keys.iter().any(|it| it.find != Find::Name);
        // A row of the basic table that has a code is another item than one of the same name.
        let asked = keys.iter().filter(|it| !lead || it.asks && !(coded && it.find == Find::Name));
        let found = asked.filter_map(|it| self.keys.get(&it.key).copied()).collect::<Vec<_>>();
        let known = found.iter().copied().find(|it| *it != AMBIGUOUS);
        if known.is_none() && !found.is_empty() && !lead {
            let reason = "同名（同码）的事项不止一个，无法确定是哪一个".to_owned();
            return Err(Box::new(row.trouble(Weight::Refused, ("", ""), reason, "加上实施编码或者地方实施编码一列")));
        }
        if keys.is_empty() {
            let reason = "没有写明是哪个事项".to_owned();
            return Err(Box::new(row.trouble(
                Weight::Refused,
                ("", ""),
                reason,
                "补上实施编码、地方实施编码或者事项名称",
            )));
        }
        let item = known.unwrap_or(self.items);
        for it in keys {
            let known = self.keys.entry(it.key).or_insert(item);
            if *known != item && (lead || it.find != Find::Name) {
                *known = AMBIGUOUS;
            }
        }
        Ok(item)
    }

    fn write(&mut self, (sheet, kind): (usize, usize), item: u32, row: &Row) -> Result<(), String> {
        self.buffer.clear();
        let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX).to_le_bytes();
        for it in [number(sheet), number(kind), row.line.to_le_bytes()] {
            self.buffer.extend_from_slice(&it);
        }
        for (_, cell) in &row.cells {
            self.buffer.extend_from_slice(&number(cell.len()));
            self.buffer.extend_from_slice(cell.as_bytes());
        }
        self.file.write_all(&self.buffer).map_err(|error| format!("临时文件写不了：{error}。请检查磁盘空间。"))?;
        let length = u32::try_from(self.buffer.len()).unwrap_or(u32::MAX);
        self.at.push(At { item, offset: self.offset, length });
        self.offset += u64::from(length);
        Ok(())
    }
}

/// Whether a row says anything of its table: for a part, more than whose it is and where it stands.
fn says_something(row: &Row) -> bool {
    let own = |it: &&(&'static Column, String)| {
        let part = row.kind.is_part() && (it.0.find.is_some() || matches!(it.0.way, super::column::Way::Order));
        !it.1.is_empty() && !part
    };
    row.cells.iter().any(|it| own(&it))
}

/// A key by which a row is known within the file.
struct Known {
    find: Find,
    key: Key,
    /// Whether a row of items is looked for by it; else it only stands for others to find.
    asks: bool,
}

/// By what a row is known within the file, the surest first. What is a body's own (local code, name) is known with the body where the row
/// names it, and without for rows that do not.
fn keys(row: &Row) -> Vec<Known> {
    let text = |find: Find| row.text(|it| it.find == Some(find));
    if row.kind == RowKind::Directory {
        let code = text(Find::Base);
        let known = Known { find: Find::Base, key: key(Find::Base, code, ""), asks: true };
        return if code.is_empty() { Vec::new() } else { vec![known] };
    }
    let office = Some(text(Find::OfficeCode)).filter(|it| !it.is_empty()).unwrap_or_else(|| text(Find::Office));
    let mut out = Vec::new();
    for find in Find::ITEM {
        let value = folded(text(find));
        // A bare number of a part tells nothing by itself.
        if value.is_empty() || find == Find::HandlingCode && value.chars().count() <= 3 {
            continue;
        }
        let within = match find {
            Find::LocalCode | Find::Name => folded(office),
            // Parts of one item share its code; only with its number is one known by it.
            Find::ItemCode => folded(text(Find::HandlingCode)),
            _ => String::new(),
        };
        if !within.is_empty() {
            out.push(Known { find, key: key(find, &value, &within), asks: true });
        }
        out.push(Known { find, key: key(find, &value, ""), asks: within.is_empty() });
    }
    out
}

fn key(find: Find, value: &str, within: &str) -> Key {
    let mut hash = Sm3::new();
    for part in [&[find as u8][..], value.as_bytes(), within.as_bytes()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let whole = hash.finalize();
    let mut out = Key::default();
    out.copy_from_slice(&whole[..16]);
    out
}
