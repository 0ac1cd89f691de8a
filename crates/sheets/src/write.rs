//! Tables going out: a workbook, an archive of text tables, or one of either; row by row, with what is written waiting on disk.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    cell::{TOO_LONG, clean},
    text::guarded,
};

/// Characters of one cell of a workbook at most (the format's own limit).
const CELL_MAX: usize = 32_767;
/// Rows of one sheet of a workbook at most (the format's own limit).
pub const ROWS_OF_A_SHEET: u32 = 1_048_576;
/// So wide a column of a table that says nothing of its widths may become, in characters.
const WIDE: (usize, usize) = (8, 40);
/// The mark by which spreadsheets know UTF-8.
const MARK: &str = "\u{feff}";

/// What a table shows above its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Face {
    /// Its name: of its sheet, or of its file.
    pub name: String,
    /// Its lines of heads.
    pub heads: Vec<Vec<String>>,
    /// How wide each column of a workbook is, in characters; those past its end are as wide as a spreadsheet makes them.
    pub widths: Vec<u16>,
}

/// Takes rows of several tables, in any order; their heads stand already.
pub trait Sink: Send {
    /// Writes a row of the table of this place. A table that is not there takes nothing.
    ///
    /// # Errors
    /// If the disk fails.
    fn row(&mut self, table: usize, cells: &[String]) -> io::Result<()>;

    /// Writes the whole into a file and gives it back, standing at its end.
    ///
    /// # Errors
    /// If the disk fails.
    fn finish(self: Box<Self>, into: File) -> io::Result<File>;
}

/// Text tables in UTF-8 with its mark, each in a file of its own until all are packed into one archive.
pub struct TextTables {
    tables: Vec<(String, csv::Writer<BufWriter<File>>)>,
}

impl TextTables {
    /// Tables with these faces.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn new(faces: Vec<Face>) -> io::Result<Self> {
        let table = |face: Face| {
            let mut file = BufWriter::new(tempfile::tempfile()?);
            file.write_all(MARK.as_bytes())?;
            let mut writer = csv::Writer::from_writer(file);
            for words in &face.heads {
                record(&mut writer, words)?;
            }
            Ok((face.name, writer))
        };
        Ok(Self { tables: faces.into_iter().map(table).collect::<io::Result<_>>()? })
    }
}

fn record<W: Write>(writer: &mut csv::Writer<W>, cells: &[String]) -> io::Result<()> {
    writer.write_record(cells.iter().map(|it| guarded(&clean(it)))).map_err(io::Error::other)
}

impl Sink for TextTables {
    fn row(&mut self, table: usize, cells: &[String]) -> io::Result<()> {
        let Some((_, writer)) = self.tables.get_mut(table) else { return Ok(()) };
        record(writer, cells)
    }

    fn finish(self: Box<Self>, into: File) -> io::Result<File> {
        let mut archive = ZipWriter::new(into);
        let options = SimpleFileOptions::default().large_file(true);
        for (name, writer) in self.tables {
            let file = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.seek(SeekFrom::Start(0))?;
            archive.start_file(format!("{name}.csv"), options).map_err(io::Error::other)?;
            copy(&mut file, &mut archive)?;
        }
        archive.finish().map_err(io::Error::other)
    }
}

fn copy(from: &mut impl Read, into: &mut impl Write) -> io::Result<()> {
    io::copy(from, into).map(drop)
}

/// A workbook that keeps its rows on disk. A table with more rows than a sheet holds goes on in a further sheet of its name.
pub struct Sheets {
    book: Workbook,
    faces: Vec<Face>,
    /// Of each table: its sheet, which one of the table that is, and the row to be written next.
    at: Vec<(usize, u32, u32)>,
    rows_max: u32,
    head: Format,
    cell: Format,
}

impl Sheets {
    /// A workbook of tables with these faces, whose sheets hold so many rows at most, heads included.
    ///
    /// # Errors
    /// If a name cannot be that of a sheet, or the disk fails.
    pub fn new(faces: Vec<Face>, rows_max: u32) -> io::Result<Self> {
        let mut book = Workbook::new();
        for face in &faces {
            let page = book.add_worksheet_with_constant_memory().map_err(io::Error::other)?;
            named(page, face, 1).map_err(io::Error::other)?;
        }
        let at = (0..faces.len()).map(|n| (n, 1, 0)).collect();
        let (head, cell) = (Format::new().set_bold(), Format::new().set_num_format("@"));
        let mut out = Self { book, faces, at, rows_max, head, cell };
        (0..out.faces.len()).try_for_each(|table| out.heads(table)).map_err(io::Error::other)?;
        Ok(out)
    }

    fn heads(&mut self, table: usize) -> Result<(), XlsxError> {
        let heads = self.faces.get(table).map(|it| it.heads.clone()).unwrap_or_default();
        heads.iter().try_for_each(|words| self.put(table, words, true))
    }

    fn put(&mut self, table: usize, cells: &[String], head: bool) -> Result<(), XlsxError> {
        let Some((sheet, _, row)) = self.at.get(table).copied() else { return Ok(()) };
        let page = self.book.worksheet_from_index(sheet)?;
        let format = if head { &self.head } else { &self.cell };
        for (n, cell) in (0_u16..).zip(cells) {
            let cell = clean(cell);
            if cell.is_empty() {
                continue;
            }
            let text = if cell.encode_utf16().count() > CELL_MAX { TOO_LONG } else { &cell };
            page.write_string_with_format(row, n, text, format)?;
        }
        if let Some(at) = self.at.get_mut(table) {
            at.2 += 1;
        }
        Ok(())
    }

    /// Goes on with a table in a further sheet.
    fn turn(&mut self, table: usize) -> Result<(), XlsxError> {
        let (Some(at), Some(face)) = (self.at.get_mut(table), self.faces.get(table)) else { return Ok(()) };
        let sheet = self.book.worksheets().len();
        let page = self.book.add_worksheet_with_constant_memory()?;
        *at = (sheet, at.1 + 1, 0);
        named(page, face, at.1)?;
        self.heads(table)
    }

    /// The workbook as bytes.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn into_bytes(mut self) -> io::Result<Vec<u8>> {
        self.book.save_to_buffer().map_err(io::Error::other)
    }
}

fn named(page: &mut Worksheet, face: &Face, nth: u32) -> Result<(), XlsxError> {
    let name = if nth == 1 { face.name.clone() } else { format!("{} {nth}", face.name) };
    let heads = u32::try_from(face.heads.len()).unwrap_or_default();
    page.set_name(name)?.set_freeze_panes(heads, 0)?;
    for (n, width) in (0_u16..).zip(&face.widths) {
        page.set_column_width(n, *width)?;
    }
    Ok(())
}

impl Sink for Sheets {
    fn row(&mut self, table: usize, cells: &[String]) -> io::Result<()> {
        if self.at.get(table).is_some_and(|it| it.2 >= self.rows_max) {
            self.turn(table).map_err(io::Error::other)?;
        }
        self.put(table, cells, false).map_err(io::Error::other)
    }

    fn finish(mut self: Box<Self>, into: File) -> io::Result<File> {
        let mut into = BufWriter::new(into);
        self.book.save_to_writer(&mut into).map_err(io::Error::other)?;
        into.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

/// The form of a file that holds one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OneForm {
    /// One text table in UTF-8 with its mark.
    Text,
    /// A workbook.
    Workbook,
}

impl OneForm {
    /// The ending of such files, and as asked for.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Text => "csv",
            Self::Workbook => "xlsx",
        }
    }

    /// The form of an ending; `None`: neither.
    #[must_use]
    pub fn from_ending(ending: &str) -> Option<Self> {
        [Self::Text, Self::Workbook].into_iter().find(|it| it.ending() == ending)
    }

    /// What such files are, for who fetches one.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/csv; charset=utf-8",
            Self::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// One table that is written row by row, however long it becomes: what is written waits on disk.
pub struct OneTable(Rows);

enum Rows {
    Text(Box<csv::Writer<BufWriter<File>>>),
    Workbook(Box<Sheets>),
}

impl OneTable {
    /// A table with this face.
    ///
    /// # Errors
    /// If the face's name cannot be that of a sheet, or the disk fails.
    pub fn new(form: OneForm, face: Face) -> io::Result<Self> {
        Ok(Self(match form {
            OneForm::Workbook => Rows::Workbook(Box::new(Sheets::new(vec![face], ROWS_OF_A_SHEET)?)),
            OneForm::Text => {
                let mut file = BufWriter::new(tempfile::tempfile()?);
                file.write_all(MARK.as_bytes())?;
                let mut writer = csv::Writer::from_writer(file);
                face.heads.iter().try_for_each(|words| record(&mut writer, words))?;
                Rows::Text(Box::new(writer))
            }
        }))
    }

    /// Writes a row.
    ///
    /// # Errors
    /// If it has another number of cells than the heads, or the disk fails.
    pub fn row(&mut self, cells: &[String]) -> io::Result<()> {
        match &mut self.0 {
            Rows::Text(writer) => record(writer, cells),
            Rows::Workbook(book) => book.row(0, cells),
        }
    }

    /// The whole file, standing at its beginning; it goes when it is dropped.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn finish(self) -> io::Result<File> {
        let mut file = match self.0 {
            Rows::Workbook(book) => book.finish(tempfile::tempfile()?)?,
            Rows::Text(writer) => {
                let file = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
                file.into_inner().map_err(io::IntoInnerError::into_error)?
            }
        };
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// One text table in UTF-8 with its mark, in memory: for lists whose length is bounded.
///
/// # Errors
/// If a row has another number of cells than the heads.
pub fn text_table(heads: &[&str], rows: &[Vec<String>]) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(MARK.as_bytes().to_vec());
    let heads: Vec<String> = heads.iter().map(|it| (*it).to_owned()).collect();
    record(&mut writer, &heads)?;
    rows.iter().try_for_each(|row| record(&mut writer, row))?;
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// One table as a workbook of one sheet, in memory: for lists whose length is bounded. Columns are as wide as what stands in them.
///
/// # Errors
/// If the name cannot be that of a sheet, or the disk fails.
pub fn workbook(name: &str, heads: &[&str], rows: &[Vec<String>]) -> io::Result<Vec<u8>> {
    // A Chinese character is as wide as two digits.
    let wide = |text: &str| text.chars().map(|it| if it.is_ascii() { 1 } else { 2 }).sum::<usize>() + 2;
    let widest = |(n, head): (usize, &&str)| {
        let longest = rows.iter().filter_map(|row| row.get(n)).map(|it| wide(it)).max().unwrap_or_default();
        u16::try_from(longest.max(wide(head)).clamp(WIDE.0, WIDE.1)).unwrap_or_default()
    };
    let face = Face {
        name: name.to_owned(),
        heads: vec![heads.iter().map(|it| (*it).to_owned()).collect()],
        widths: heads.iter().enumerate().map(widest).collect(),
    };
    let mut book = Sheets::new(vec![face], ROWS_OF_A_SHEET)?;
    rows.iter().try_for_each(|row| book.row(0, row))?;
    book.into_bytes()
}

/// Files packed into one archive, in their order, in memory: for what is bounded.
///
/// # Errors
/// If two bear one name.
pub fn archive(files: &[(String, Vec<u8>)]) -> io::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(name.as_str(), SimpleFileOptions::default()).map_err(io::Error::other)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish().map_err(io::Error::other)?.into_inner())
}
