//! Export in the national exchange tables: a workbook, or an archive of text tables; item by item, whatever their number.

use std::{
    fs::File,
    io::{Seek, SeekFrom},
};

use kernel::{Authority, Error, Id, PAGE_MAX, PageAsk, Result};
use sheets::{Face, Sheets, Sink, TextTables};
use storage::Db;

use super::{
    column::{Column, Entry, Facts, RowKind, Table, Way},
    offices::Bodies,
    standing::entries,
    tables::{TABLES, written},
};
use crate::{
    model::{BaseEntry, ItemDocument, ItemSummary},
    reads::{self, ItemFilter},
};

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
        ExportForm::Workbook => Box::new(workbook(sheets::ROWS_OF_A_SHEET)?),
        ExportForm::Archive => Box::new(TextTables::new(faces()).map_err(Error::internal)?),
    };
    export_into(db, authority, sink, progress).await
}

/// A workbook of all tables, with the sheet that explains them last.
fn workbook(rows_max: u32) -> Result<Sheets> {
    let (guide, lines) = guide();
    let mut faces = faces();
    faces.push(guide);
    let mut book = Sheets::new(faces, rows_max).map_err(Error::internal)?;
    for line in lines {
        book.row(TABLES.len(), &line).map_err(Error::internal)?;
    }
    Ok(book)
}

/// As [`export_tables`]: item by item, so that no more than a page of documents is in memory, whatever their number.
async fn export_into(
    db: &Db,
    authority: Option<Id<Authority>>,
    mut sink: Box<dyn Sink>,
    progress: crate::Progress<'_>,
) -> Result<(File, usize)> {
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
    let mut file = finished.map_err(Error::internal)?.map_err(Error::internal)?;
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
        sink.row(n, &cells).map_err(Error::internal)?;
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
            RowKind::Item => sink.row(n, &part(0, &|_| None)).map_err(Error::internal)?,
            RowKind::Material => {
                for (place, it) in entry.doc.materials.iter().enumerate() {
                    let own =
                        |column: &Column| if let Way::Material(write, _) = column.way { Some(write(it)) } else { None };
                    sink.row(n, &part(place, &own)).map_err(Error::internal)?;
                }
            }
            RowKind::Fee => {
                for (place, it) in entry.doc.fee.iter().flat_map(|it| &it.lines).enumerate() {
                    let own =
                        |column: &Column| if let Way::Fee(write, _) = column.way { Some(write(it)) } else { None };
                    sink.row(n, &part(place, &own)).map_err(Error::internal)?;
                }
            }
            RowKind::Question => {
                for (place, it) in entry.doc.questions.iter().enumerate() {
                    let own =
                        |column: &Column| if let Way::Question(write, _) = column.way { Some(write(it)) } else { None };
                    sink.row(n, &part(place, &own)).map_err(Error::internal)?;
                }
            }
        }
    }
    Ok(())
}

/// The faces of all tables, in the order of [`TABLES`].
fn faces() -> Vec<Face> {
    let face = |table: &&'static Table| Face {
        name: table.name.to_owned(),
        heads: heads(table).to_vec(),
        widths: columns(table)
            .map(|it| {
                let label = u16::try_from(it.label.chars().count() * 2).unwrap_or(WIDE.1);
                (it.width / 4).max(label).clamp(WIDE.0, WIDE.1)
            })
            .collect(),
    };
    TABLES.iter().map(|it| face(&it)).collect()
}

/// The sheet that tells what each column is.
fn guide() -> (Face, Vec<Vec<String>>) {
    let heads = ["工作表", "列名", "中文名称", "国家标准长度", "国家标准必填", "导入时"].map(str::to_owned).to_vec();
    let face = Face { name: GUIDE.to_owned(), heads: vec![heads], widths: Vec::new() };
    let row = |table: &Table, column: &Column| {
        let width = if column.width == 0 { "数字或者日期".to_owned() } else { column.width.to_string() };
        let must = if column.must { "是" } else { "否" };
        let cells = [table.name, column.name, column.label, &width, must, taken(column)];
        cells.map(str::to_owned).to_vec()
    };
    let rows = TABLES.iter().flat_map(|table| columns(table).map(|it| row(table, it)));
    (face, rows.collect())
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

#[cfg(test)]
pub(crate) mod testing {
    //! For the test of tables that fill more than one sheet.

    use super::{Authority, Db, File, Id, Result, export_into, workbook};

    /// A workbook whose sheets hold no more than so many rows, heads included.
    pub(crate) async fn export_in_sheets_of(db: &Db, authority: Id<Authority>, rows_max: u32) -> Result<File> {
        Ok(export_into(db, Some(authority), Box::new(workbook(rows_max)?), &|_, _| {}).await?.0)
    }
}
