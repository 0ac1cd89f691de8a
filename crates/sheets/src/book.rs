//! A file of tables, whatever it is: a workbook (XLSX), an archive of text tables, or one text table. What is no such thing is refused with
//! what to do instead; nothing in it is ever run, and no more of it is held in memory than a row.

use std::{
    collections::HashMap,
    fs::File,
    io::{Cursor, Read, Seek},
    ops::ControlFlow,
    path::PathBuf,
};

use calamine::{DataRef, Reader as _, Xlsx};
use zip::ZipArchive;

use crate::{
    limits::{
        COLUMNS_MAX, ENTRIES_MAX, RATIO_FROM, RATIO_MAX, RECORD_BYTES_MAX, SHARED_TEXTS_MAX, SHEETS_MAX, UNPACKED_MAX,
    },
    text::{Decoded, encoding, records, unguarded},
};

/// Merged regions of a sheet that are filled downwards; more are left as they are.
const MERGED_MAX: usize = 100_000;

/// Reads and seeks.
pub(crate) trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// Where the bytes of a file are.
#[derive(Debug, Clone)]
pub enum Source {
    /// In memory: an upload.
    Memory(bytes::Bytes),
    /// On the disk: the command line.
    Disk(PathBuf),
}

impl Source {
    fn open(&self) -> Result<Box<dyn Bytes>, String> {
        match self {
            Self::Memory(bytes) => Ok(Box::new(Cursor::new(bytes.clone()))),
            Self::Disk(path) => match File::open(path) {
                Ok(file) => Ok(Box::new(std::io::BufReader::new(file))),
                Err(error) => Err(format!("文件 {} 读不出来：{error}。", path.display())),
            },
        }
    }
}

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Workbook,
    Archive,
    Text,
}

/// A file of tables.
pub struct Book {
    source: Source,
    container: Container,
    /// Names of its sheets, as people see them.
    sheets: Vec<String>,
    /// Of an archive, which of its entries each sheet is.
    entries: Vec<usize>,
    /// Whether cells of a sheet are merged.
    merged: Vec<bool>,
    workbook: Option<Xlsx<Box<dyn Bytes>>>,
}

/// Takes a row: its line from 1, and its cells.
pub type Take<'a> = &'a mut dyn FnMut(u32, Vec<String>) -> ControlFlow<()>;

impl Book {
    /// Opens a file; `name` is its own name, which a single text table takes for its sheet.
    ///
    /// # Errors
    /// A sentence in Chinese: why it is refused and what to do.
    pub fn open(source: Source, name: &str) -> Result<Self, String> {
        let mut bytes = source.open()?;
        let mut start = Vec::with_capacity(8);
        bytes.by_ref().take(8).read_to_end(&mut start).map_err(|error| format!("文件读不出来：{error}。"))?;
        if start.is_empty() {
            return Err("文件是空的，请核对是否选错了文件。".to_owned());
        }
        if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(old_office(source.open()?));
        }
        if start.starts_with(b"PK") {
            return Self::open_archive(source);
        }
        let foreign: [(&[u8], &str); 6] = [
            (b"%PDF", "这是 PDF 文件"),
            (b"<", "这是网页或者 XML 文件（有的系统导出的 .xls 其实是网页）"),
            (b"Rar!", "这是 RAR 压缩包"),
            (b"7z\xbc\xaf", "这是 7z 压缩包"),
            (b"\x89PNG", "这是图片"),
            (b"\xff\xd8\xff", "这是图片"),
        ];
        if let Some((_, what)) = foreign.iter().find(|it| start.starts_with(it.0)) {
            return Err(format!("{what}，不能导入。请在表格软件中打开，另存为 .xlsx 或者 CSV 后再导入。"));
        }
        let sheet = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let sheet = sheet.rsplit_once('.').map_or(sheet, |it| it.0).to_owned();
        let (sheets, entries, merged) = (vec![sheet], Vec::new(), vec![false]);
        Ok(Self { source, container: Container::Text, sheets, entries, merged, workbook: None })
    }

    fn open_archive(source: Source) -> Result<Self, String> {
        let broken = |_| "压缩包已损坏或者不完整，请重新生成后再导入。".to_owned();
        let mut archive = ZipArchive::new(source.open()?).map_err(broken)?;
        if archive.len() > ENTRIES_MAX {
            return Err(format!("压缩包里有 {} 个文件，超过上限 {ENTRIES_MAX} 个。", archive.len()));
        }
        let names: Vec<String> = archive.file_names_raw().map(entry_name).collect();
        let is_book = names.iter().any(|it| it == "xl/workbook.xml");
        if !is_book && names.iter().any(|it| it == "content.xml" || it == "word/document.xml" || it == "OFD.xml") {
            return Err("这不是 .xlsx 工作簿，请在表格软件中打开，另存为 .xlsx 后再导入。".to_owned());
        }
        let merged = weigh(&mut archive)?;
        if is_book {
            let book = Xlsx::new(source.open()?).map_err(|error| unreadable(&error))?;
            let sheets: Vec<String> = book.sheet_names().into_iter().take(SHEETS_MAX).collect();
            if sheets.is_empty() {
                return Err("工作簿里没有工作表。".to_owned());
            }
            let merged = vec![merged; sheets.len()];
            let (container, entries) = (Container::Workbook, Vec::new());
            return Ok(Self { source, container, sheets, entries, merged, workbook: Some(book) });
        }
        let tables = names.into_iter().enumerate();
        let mut tables: Vec<(String, usize)> = tables
            .filter(|(_, it)| it.to_ascii_lowercase().ends_with(".csv") && !it.starts_with("__MACOSX/"))
            .map(|(n, it)| (it, n))
            .take(SHEETS_MAX)
            .collect();
        tables.sort();
        let (sheets, entries): (Vec<String>, Vec<usize>) = tables.into_iter().unzip();
        if sheets.is_empty() {
            return Err("压缩包里没有 CSV 表格。请把 CSV 文件直接打包成 ZIP，或者上传 .xlsx。".to_owned());
        }
        let merged = vec![false; sheets.len()];
        Ok(Self { source, container: Container::Archive, sheets, entries, merged, workbook: None })
    }

    /// The names of its sheets.
    pub fn sheets(&self) -> impl ExactSizeIterator<Item = &str> {
        self.sheets.iter().map(|it| {
            let name = it.rsplit('/').next().unwrap_or(it);
            if self.container == Container::Archive {
                name.trim_end_matches(".csv").trim_end_matches(".CSV")
            } else {
                name
            }
        })
    }

    /// Gives the rows of a sheet that have something in them, in order, until `take` breaks off.
    ///
    /// # Errors
    /// A sentence in Chinese.
    pub fn rows(&mut self, sheet: usize, take: Take<'_>) -> Result<(), String> {
        let name = self.sheets.get(sheet).cloned().unwrap_or_default();
        match self.container {
            Container::Workbook => self.workbook_rows(&name, self.merged.get(sheet) == Some(&true), take),
            Container::Text => {
                let encoding = encoding(self.source.open()?).map_err(|error| error.to_string())?;
                text_rows(Decoded::new(self.source.open()?, encoding), take)
            }
            Container::Archive => {
                let broken = |error: zip::result::ZipError| format!("压缩包中的「{name}」读不出来：{error}。");
                let mut archive = ZipArchive::new(self.source.open()?).map_err(broken)?;
                let entry = self.entries.get(sheet).copied().unwrap_or_default();
                let encoding = encoding(archive.by_index(entry).map_err(broken)?).map_err(|error| error.to_string())?;
                text_rows(Decoded::new(archive.by_index(entry).map_err(broken)?, encoding), take)
            }
        }
    }

    fn workbook_rows(&mut self, name: &str, merged: bool, take: Take<'_>) -> Result<(), String> {
        let Some(book) = &mut self.workbook else { return Ok(()) };
        let regions = if merged { book.merge_cells_by_sheet_name(name).unwrap_or_default() } else { Vec::new() };
        let mut down = Down::of(&regions);
        let mut cells = match book.worksheet_cells_reader(name) {
            Ok(cells) => cells,
            // A chart sheet has no cells.
            Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(()),
            Err(error) => return Err(unreadable(&error)),
        };
        let (mut at, mut row) = (0_u32, Vec::new());
        loop {
            let cell = cells.next_cell().map_err(|error| unreadable(&error))?;
            let line = cell.as_ref().map_or(u32::MAX, |it| it.get_position().0);
            if line != at && !row.is_empty() {
                let full = down.filled(at, std::mem::take(&mut row));
                if full.iter().any(|it| !it.is_empty()) && take(at + 1, full).is_break() {
                    return Ok(());
                }
            }
            let Some(cell) = cell else { return Ok(()) };
            at = line;
            let value = words(cell.get_value());
            if value.is_empty() {
                continue;
            }
            let column = cell.get_position().1 as usize;
            if column >= COLUMNS_MAX {
                return Err(format!("工作表「{name}」第 {} 行超过 {COLUMNS_MAX} 列，请删去多余的列。", at + 1));
            }
            if row.len() <= column {
                row.resize(column + 1, String::new());
            }
            row[column] = value;
        }
    }
}

/// Cells that were merged downwards: what stands in the first counts for all.
struct Down {
    /// Column and first line → last line.
    regions: HashMap<(u32, u32), u32>,
    /// Column → last line and value that counts until there.
    now: HashMap<usize, (u32, String)>,
}

impl Down {
    fn of(regions: &[calamine::Dimensions]) -> Self {
        let down = regions.iter().take(MERGED_MAX).filter(|it| it.end.0 > it.start.0);
        Self { regions: down.map(|it| ((it.start.1, it.start.0), it.end.0)).collect(), now: HashMap::new() }
    }

    fn filled(&mut self, line: u32, mut row: Vec<String>) -> Vec<String> {
        if self.regions.is_empty() {
            return row;
        }
        self.now.retain(|_, it| it.0 >= line);
        for (column, (_, value)) in &self.now {
            if row.len() <= *column {
                row.resize(column + 1, String::new());
            }
            if row[*column].is_empty() {
                row[*column].clone_from(value);
            }
        }
        for (column, value) in row.iter().enumerate().filter(|it| !it.1.is_empty()) {
            let key = (u32::try_from(column).unwrap_or(u32::MAX), line);
            if let Some(end) = self.regions.get(&key) {
                self.now.insert(column, (*end, value.clone()));
            }
        }
        row
    }
}

/// What a cell says: of a formula the value that was kept with it; nothing is reckoned here.
fn words(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(it) => it.clone(),
        DataRef::SharedString(it) => (*it).to_owned(),
        DataRef::Int(it) => it.to_string(),
        // Beyond fifteen digits a workbook's number is no longer what was typed; the report says so.
        DataRef::Float(it) if it.abs() >= 1e15 => format!("{it:E}"),
        DataRef::Float(it) => it.to_string(),
        DataRef::Bool(it) => if *it { "1" } else { "0" }.to_owned(),
        DataRef::DateTime(it) if it.is_datetime() && it.as_f64() >= 1.0 => {
            let (year, month, day, hour, minute, second, _) = it.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date} {hour:02}:{minute:02}:{second:02}") }
        }
        DataRef::DateTime(it) => it.as_f64().to_string(),
        DataRef::DateTimeIso(it) | DataRef::DurationIso(it) => it.clone(),
        DataRef::Error(it) => it.to_string(),
    }
}

fn text_rows<R: Read>(text: Decoded<R>, take: Take<'_>) -> Result<(), String> {
    let mut reader = records(text).map_err(|error| error.to_string())?;
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return Err(read_fault(&error)),
        }
        // Where the reader stands now, less what it has just read: blank lines before a record are none of its own.
        let within = record.as_slice().matches('\n').count() as u64;
        let line = reader.position().line().saturating_sub(1 + within);
        if record.len() > COLUMNS_MAX && record.iter().skip(COLUMNS_MAX).any(|it| !it.trim().is_empty()) {
            return Err(format!("第 {line} 行超过 {COLUMNS_MAX} 列，请删去多余的列。"));
        }
        if record.iter().all(|it| it.trim().is_empty()) {
            continue;
        }
        let row = record.iter().take(COLUMNS_MAX).map(|it| unguarded(it).to_owned()).collect();
        if take(u32::try_from(line).unwrap_or(u32::MAX), row).is_break() {
            return Ok(());
        }
    }
}

fn read_fault(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => format!("文件内容无法读取：{error}。"),
    }
}

/// The name of an entry: UTF-8, or GBK as archives made under Chinese Windows have it.
fn entry_name(raw: &[u8]) -> String {
    let utf8 = std::str::from_utf8(raw).map(str::to_owned);
    utf8.unwrap_or_else(|_| encoding_rs::GB18030.decode_without_bom_handling(raw).0.into_owned())
}

/// Unpacks everything once, counting and keeping nothing, so that what is read afterwards is known to be bounded; says whether cells are
/// merged anywhere. Sizes that an archive claims are not believed.
fn weigh(archive: &mut ZipArchive<Box<dyn Bytes>>) -> Result<bool, String> {
    let (mut total, mut merged) = (0_u64, false);
    let mut block = vec![0; 64 * 1024];
    for n in 0..archive.len() {
        let entry = archive.by_index(n).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(_) | zip::result::ZipError::InvalidPassword => {
                "压缩包加了密码或者用了不常见的压缩方式，请去掉密码、重新打包后再导入。".to_owned()
            }
            other => format!("压缩包已损坏：{other}。请重新生成后再导入。"),
        })?;
        let (name, packed) = (entry_name(entry.name_raw()), entry.compressed_size().max(1));
        let shared = name.ends_with("sharedStrings.xml");
        let is_text_run = name.ends_with(".xml");
        let mut entry = entry;
        let (mut size, mut run) = (0_u64, 0_usize);
        loop {
            let n = entry.read(&mut block).map_err(|_| format!("压缩包中的「{name}」已损坏，请重新生成后再导入。"))?;
            if n == 0 {
                break;
            }
            (size, total) = (size + n as u64, total + n as u64);
            if size > RATIO_FROM && size / packed > RATIO_MAX
                || total > UNPACKED_MAX
                || shared && size > SHARED_TEXTS_MAX
            {
                return Err("文件解压后过大（像是压缩炸弹），没有读取。请分成几个文件，或者改用 CSV。".to_owned());
            }
            if is_text_run {
                run = longest(&block[..n], run)?;
                merged |= contains(&block[..n], b"<mergeCell ");
            }
        }
    }
    Ok(merged)
}

/// The length of the run of text that is still open after this block.
fn longest(block: &[u8], mut run: usize) -> Result<usize, String> {
    for part in block.split_inclusive(|it| *it == b'<') {
        run += part.len();
        if run > RECORD_BYTES_MAX {
            return Err("工作簿中有超过 2 MB 的单元格，请检查后再导入。".to_owned());
        }
        if part.ends_with(b"<") {
            run = 0;
        }
    }
    Ok(run)
}

/// Whether the block names it; one that is cut by the end of a block is found in no other place, and merged cells come in numbers.
fn contains(block: &[u8], word: &[u8]) -> bool {
    block.windows(word.len()).any(|it| it == word)
}

/// What an old office file is: locked by a password, or a workbook of the old kind.
fn old_office(mut bytes: Box<dyn Bytes>) -> String {
    let wide: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut start = Vec::new();
    let read = bytes.by_ref().take(8 << 20).read_to_end(&mut start);
    if read.is_ok() && contains(&start, &wide) {
        return "文件设了打开密码，不能读取。请在表格软件中去掉密码后再导入。".to_owned();
    }
    "这是旧版 .xls 文件（改后缀名没有用）。请在表格软件中打开，另存为 .xlsx 后再导入。".to_owned()
}

fn unreadable(error: &calamine::XlsxError) -> String {
    match error {
        calamine::XlsxError::Password => "文件设了打开密码，不能读取。请在表格软件中去掉密码后再导入。".to_owned(),
        other => format!("工作簿已损坏或者不完整（{other}）。请在表格软件中打开，另存后再导入。"),
    }
}

/// SM3 of a file, in hex, read piece by piece.
///
/// # Errors
/// A sentence in Chinese if it cannot be read.
pub fn fingerprint(source: &Source) -> Result<String, String> {
    use sm3::{Digest, Sm3};
    let (mut from, mut hash, mut block) = (source.open()?, Sm3::new(), vec![0; 64 * 1024]);
    loop {
        match from.read(&mut block) {
            Ok(0) => return Ok(hash.finalize().iter().map(|it| format!("{it:02x}")).collect()),
            Ok(n) => hash.update(&block[..n]),
            Err(error) => return Err(format!("文件读不出来：{error}。")),
        }
    }
}
