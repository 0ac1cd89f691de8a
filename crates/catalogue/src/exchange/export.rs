//! Export in the national exchange tables: a workbook, or an archive of text tables; item by item, whatever their number.

use std::{
    fs::File,
    io::{BufWriter, Read, Seek, SeekFrom, Write},
};

use kernel::{Authority, Error, Id, PAGE_MAX, PageAsk, Result};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use storage::Db;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    cell::{TOO_LONG, clean},
    column::{Column, Entry, Facts, RowKind, Table, Way},
    offices::Bodies,
    standing::entries,
    tables::{TABLES, written},
    text::guarded,
};
use crate::{
    model::{BaseEntry, ItemDocument, ItemSummary},
    reads::{self, ItemFilter},
};

/// Characters of one cell of a workbook at most (the format's own limit).
const WORKBOOK_CELL_MAX: usize = 32_767;
/// Rows of one sheet of a workbook at most (the format's own limit).
const WORKBOOK_ROWS_MAX: u32 = 1_048_576;
/// How wide a column of a workbook is, in characters.
const WIDE: (u16, u16) = (8, 40);
/// The sheet that explains the others.
pub(crate) const GUIDE: &str = "说明";

/// In which form the tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportForm {
    /// One workbook, a sheet a table.
    Workbook,
    /// An archive of text tables in UTF-8 with its mark.
    Archive,
}

impl ExportForm {
    /// The ending of such files.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Workbook => "xlsx",
            Self::Archive => "zip",
        }
    }

    /// The form of an ending; `None`: neither.
    #[must_use]
    pub fn from_ending(ending: &str) -> Option<Self> {
        [Self::Workbook, Self::Archive].into_iter().find(|it| ending.eq_ignore_ascii_case(it.ending()))
    }
}

/// Takes rows of one table after another, in any order.
trait Sink: Send {
    fn row(&mut self, table: usize, cells: &[String], head: bool) -> Result<()>;
    fn finish(self: Box<Self>, into: File) -> Result<File>;
}

/// Writes all items of an authority, or of the site, into a temporary file, which stands at its beginning; gives how many items they are.
/// Of each what is being written, or else what is in force.
///
/// # Errors
/// If the engine or the disk fails.
pub async fn export_tables(
    db: &Db,
    authority: Option<Id<Authority>>,
    form: ExportForm,
    progress: crate::Progress<'_>,
) -> Result<(File, usize)> {
    let sink: Box<dyn Sink> = match form {
        ExportForm::Workbook => Box::new(Sheets::new()?),
        ExportForm::Archive => Box::new(Files::new()?),
    };
    export_into(db, authority, sink, progress).await
}

/// As [`export_tables`]: item by item, so that no more than a page of documents is in memory, whatever their number.
async fn export_into(
    db: &Db,
    authority: Option<Id<Authority>>,
    mut sink: Box<dyn Sink>,
    progress: crate::Progress<'_>,
) -> Result<(File, usize)> {
    for (n, table) in TABLES.iter().enumerate() {
        for words in heads(table) {
            sink.row(n, &words, true)?;
        }
    }
    let bodies = Bodies::read(db).await?;
    let mut bases = std::collections::BTreeSet::new();
    let filter = ItemFilter { authority, ..ItemFilter::default() };
    let mut ask = PageAsk { after: None, limit: PAGE_MAX };
    let mut done = 0;
    loop {
        let page = reads::items(db, &filter, &ask).await?;
        let items: Vec<ItemSummary> = page.items;
        for entry in entries(db, &items, &bodies).await? {
            if let Some(base) = entry.doc.base.as_ref().filter(|it| !bases.contains(it.code.as_str())) {
                bases.insert(base.code.as_str().to_owned());
                directory_row(db, base, sink.as_mut()).await?;
            }
            item_rows(&entry, sink.as_mut())?;
        }
        done += items.len();
        progress(done, 0);
        let Some(next) = page.next else { break };
        ask.after = Some(next.parse()?);
    }
    let file = tempfile::tempfile().map_err(Error::internal)?;
    let finished = tokio::task::spawn_blocking(move || sink.finish(file)).await;
    let mut file = finished.map_err(Error::internal)??;
    file.seek(SeekFrom::Start(0)).map_err(Error::internal)?;
    Ok((file, done))
}

/// The two lines of heads of a table: names and Chinese names.
fn heads(table: &'static Table) -> [Vec<String>; 2] {
    [columns(table).map(|it| it.name.to_owned()).collect(), columns(table).map(|it| it.label.to_owned()).collect()]
}

/// The columns that are written of a table: all but the second names by which rows may be joined.
fn columns(table: &'static Table) -> impl Iterator<Item = &'static Column> {
    table.columns.iter()
}

/// The row of a base entry: as the directory has it now, so that it can come back unchanged.
async fn directory_row(db: &Db, base: &BaseEntry, sink: &mut dyn Sink) -> Result<()> {
    let known = crate::service::base::find(db, base.code.as_str()).await?;
    let Some((entry, version)) = known else { return Ok(()) };
    let facts = Facts { number: version, state: "1", ..Facts::default() };
    let entry = Entry { doc: ItemDocument { base: Some(entry), ..ItemDocument::default() }, facts };
    for (n, table) in TABLES.iter().enumerate().filter(|it| it.1.rows == RowKind::Directory) {
        let cells: Vec<String> = columns(table).map(|it| written(it, &entry)).collect();
        sink.row(n, &cells, false)?;
    }
    Ok(())
}

/// All rows of an item.
fn item_rows(entry: &Entry, sink: &mut dyn Sink) -> Result<()> {
    for (n, table) in TABLES.iter().enumerate() {
        let part = |place: usize, own: &dyn Fn(&Column) -> Option<String>| -> Vec<String> {
            let cell = |column: &Column| match column.way {
                Way::Order => (place + 1).to_string(),
                _ => own(column).unwrap_or_else(|| written(column, entry)),
            };
            columns(table).map(cell).collect()
        };
        match table.rows {
            RowKind::Directory => {}
            RowKind::Item => sink.row(n, &part(0, &|_| None), false)?,
            RowKind::Material => {
                for (place, it) in entry.doc.materials.iter().enumerate() {
                    let own =
                        |column: &Column| if let Way::Material(write, _) = column.way { Some(write(it)) } else { None };
                    sink.row(n, &part(place, &own), false)?;
                }
            }
            RowKind::Fee => {
                for (place, it) in entry.doc.fee.iter().flat_map(|it| &it.lines).enumerate() {
                    let own =
                        |column: &Column| if let Way::Fee(write, _) = column.way { Some(write(it)) } else { None };
                    sink.row(n, &part(place, &own), false)?;
                }
            }
            RowKind::Question => {
                for (place, it) in entry.doc.questions.iter().enumerate() {
                    let own =
                        |column: &Column| if let Way::Question(write, _) = column.way { Some(write(it)) } else { None };
                    sink.row(n, &part(place, &own), false)?;
                }
            }
        }
    }
    Ok(())
}

/// Text tables, each in a file of its own until all are packed.
struct Files {
    tables: Vec<csv::Writer<BufWriter<File>>>,
}

impl Files {
    fn new() -> Result<Self> {
        let table = |_| {
            let mut file = BufWriter::new(tempfile::tempfile().map_err(Error::internal)?);
            file.write_all("\u{feff}".as_bytes()).map_err(Error::internal)?;
            Ok(csv::Writer::from_writer(file))
        };
        Ok(Self { tables: TABLES.iter().map(table).collect::<Result<_>>()? })
    }
}

impl Sink for Files {
    fn row(&mut self, table: usize, cells: &[String], _: bool) -> Result<()> {
        let Some(writer) = self.tables.get_mut(table) else { return Ok(()) };
        let cells = cells.iter().map(|it| guarded(&clean(it)));
        writer.write_record(cells).map_err(Error::internal)
    }

    fn finish(self: Box<Self>, into: File) -> Result<File> {
        let mut archive = ZipWriter::new(into);
        let options = SimpleFileOptions::default().large_file(true);
        for (table, writer) in TABLES.iter().zip(self.tables) {
            let file = writer.into_inner().map_err(|error| Error::internal(error.to_string()))?;
            let mut file = file.into_inner().map_err(|error| Error::internal(error.to_string()))?;
            file.seek(SeekFrom::Start(0)).map_err(Error::internal)?;
            archive.start_file(format!("{}.csv", table.name), options).map_err(Error::internal)?;
            copy(&mut file, &mut archive)?;
        }
        archive.finish().map_err(Error::internal)
    }
}

fn copy(from: &mut impl Read, into: &mut impl Write) -> Result<()> {
    std::io::copy(from, into).map(drop).map_err(Error::internal)
}

/// A workbook that keeps its rows on disk. A table with more rows than a sheet holds goes on in a further sheet of its name.
struct Sheets {
    book: Workbook,
    /// Of each table: its sheet, which one of the table that is, and the row to be written next.
    at: Vec<(usize, u32, u32)>,
    rows_max: u32,
    head: Format,
    cell: Format,
}

impl Sheets {
    fn new() -> Result<Self> {
        let mut book = Workbook::new();
        for table in TABLES {
            let page = book.add_worksheet_with_constant_memory().map_err(Error::internal)?;
            named(page, table, 1).map_err(Error::internal)?;
        }
        guide(&mut book).map_err(Error::internal)?;
        Ok(Self {
            book,
            at: (0..TABLES.len()).map(|n| (n, 1, 0)).collect(),
            rows_max: WORKBOOK_ROWS_MAX,
            head: Format::new().set_bold(),
            cell: Format::new().set_num_format("@"),
        })
    }
}

fn named(page: &mut rust_xlsxwriter::Worksheet, table: &'static Table, nth: u32) -> std::result::Result<(), XlsxError> {
    let name = if nth == 1 { table.name.to_owned() } else { format!("{} {nth}", table.name) };
    page.set_name(name)?.set_freeze_panes(2, 0)?;
    for (n, column) in (0_u16..).zip(columns(table)) {
        let label = u16::try_from(column.label.chars().count() * 2).unwrap_or(WIDE.1);
        page.set_column_width(n, (column.width / 4).max(label).clamp(WIDE.0, WIDE.1))?;
    }
    Ok(())
}

/// The sheet that tells what each column is.
fn guide(book: &mut Workbook) -> std::result::Result<(), XlsxError> {
    let page = book.add_worksheet_with_constant_memory()?;
    page.set_name(GUIDE)?;
    let mut line = 0;
    let mut say = |cells: [&str; 6]| -> std::result::Result<(), XlsxError> {
        for (n, cell) in (0_u16..).zip(cells) {
            page.write_string(line, n, cell)?;
        }
        line += 1;
        Ok(())
    };
    say(["工作表", "列名", "中文名称", "国家标准长度", "国家标准必填", "导入时"])?;
    for table in TABLES {
        for column in columns(table) {
            let width = if column.width == 0 { "数字或者日期".to_owned() } else { column.width.to_string() };
            say([table.name, column.name, column.label, &width, if column.must { "是" } else { "否" }, taken(column)])?;
        }
    }
    Ok(())
}

/// What an import does with a column, in words.
pub(crate) fn taken(column: &Column) -> &'static str {
    match column.way {
        Way::NotKept(why) => why,
        Way::Order => "排列顺序",
        Way::Base(..) if column.find.is_none() => "以基本目录为准，不同的会提示",
        Way::Platform(_) if column.find.is_none() => "由平台填写，不导入",
        _ if column.find.is_some() && !matches!(column.way, Way::Entry(..)) => "用来找到事项",
        _ => "写入事项",
    }
}

impl Sheets {
    fn put(&mut self, table: usize, cells: &[String], head: bool) -> std::result::Result<(), XlsxError> {
        let Some((sheet, _, row)) = self.at.get(table).copied() else { return Ok(()) };
        let page = self.book.worksheet_from_index(sheet)?;
        let format = if head { &self.head } else { &self.cell };
        for (n, cell) in (0_u16..).zip(cells) {
            let cell = clean(cell);
            if cell.is_empty() {
                continue;
            }
            let text = if cell.encode_utf16().count() > WORKBOOK_CELL_MAX { TOO_LONG } else { &cell };
            page.write_string_with_format(row, n, text, format)?;
        }
        if let Some(at) = self.at.get_mut(table) {
            at.2 += 1;
        }
        Ok(())
    }

    /// Goes on with a table in a further sheet.
    fn turn(&mut self, table: usize) -> std::result::Result<(), XlsxError> {
        let (Some(at), Some(of)) = (self.at.get_mut(table), TABLES.get(table)) else { return Ok(()) };
        let sheet = self.book.worksheets().len();
        let page = self.book.add_worksheet_with_constant_memory()?;
        *at = (sheet, at.1 + 1, 0);
        named(page, of, at.1)?;
        for words in heads(of) {
            self.put(table, &words, true)?;
        }
        Ok(())
    }
}

impl Sink for Sheets {
    fn row(&mut self, table: usize, cells: &[String], head: bool) -> Result<()> {
        if self.at.get(table).is_some_and(|it| it.2 >= self.rows_max) {
            self.turn(table).map_err(Error::internal)?;
        }
        self.put(table, cells, head).map_err(Error::internal)
    }

    fn finish(mut self: Box<Self>, into: File) -> Result<File> {
        let mut into = BufWriter::new(into);
        self.book.save_to_writer(&mut into).map_err(Error::internal)?;
        into.into_inner().map_err(|error| Error::internal(error.to_string()))
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! For the test of tables that fill more than one sheet.

    use super::{Authority, Db, File, Id, Result, Sheets, export_into};

    /// A workbook whose sheets hold no more than so many rows, heads included.
    pub(crate) async fn export_in_sheets_of(db: &Db, authority: Id<Authority>, rows_max: u32) -> Result<File> {
        let sheets = Sheets { rows_max, ..Sheets::new()? };
        Ok(export_into(db, Some(authority), Box::new(sheets), &|_, _| {}).await?.0)
    }
}
