//! A whole file at once, for the command line: checked or taken in, chunk by chunk, with its progress told.

use std::sync::{Arc, Mutex};

use journal::Head;
use kernel::{Authority, Ctx, Error, Id, Result};
use serde::Serialize;
use sheets::{Book, Source};
use storage::Db;
use tokio::task::spawn_blocking;

use super::{
    apply::{Row, Trouble, Weight},
    decide::Importer,
    heads::{Kept, Mapping, Words, guess},
    limits::{CHUNK, REPORT_MAX},
    spool::{Spool, tops},
    write::{Ledger, Wrote},
};

/// How a file is to be taken.
#[derive(Debug, Clone, Default)]
pub struct ExchangeAsk {
    /// Whose items they are, where the rows name nobody.
    pub authority: Option<Id<Authority>>,
    /// Only say what would be done.
    pub dry_run: bool,
    /// A blank cell empties its field.
    pub blank_clears: bool,
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportLine {
    /// Whether the item was refused; else something of it was only left out.
    pub refused: bool,
    /// The sheet.
    pub sheet: String,
    /// The line in it, from 1; 0: of the sheet as a whole.
    pub line: u32,
    /// The column; may be empty.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong, in Chinese.
    pub reason: String,
    /// What to do.
    pub advice: String,
}

impl ReportLine {
    pub(crate) fn of(it: &Trouble, sheets: &[String]) -> Self {
        Self {
            refused: it.weight == Weight::Refused,
            sheet: sheets.get(usize::from(it.sheet)).cloned().unwrap_or_default(),
            line: it.line,
            column: it.column.clone(),
            value: it.value.clone(),
            reason: it.reason.clone(),
            advice: it.advice.to_owned(),
        }
    }
}

/// 「基本信息，第 3 行，承诺办结时限，「八天」：…；…」.
impl std::fmt::Display for ReportLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { sheet, line, column, value, reason, advice, .. } = self;
        let kind = if self.refused { "拒绝" } else { "提示" };
        write!(f, "{kind}：{sheet}，第 {line} 行")?;
        if !column.is_empty() {
            write!(f, "，{column} 列")?;
        }
        if !value.is_empty() {
            write!(f, "，「{value}」")?;
        }
        write!(f, "：{reason}。")?;
        if advice.is_empty() { Ok(()) } else { write!(f, "{advice}。") }
    }
}

/// What came of a file, in items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExchangeReport {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// New items.
    pub added: usize,
    /// Items that changed.
    pub updated: usize,
    /// Items of which the file says what stands already.
    pub unchanged: usize,
    /// Items that were refused, with the rows that belong to none.
    pub refused_count: usize,
    /// The first lines of the report.
    pub lines: Vec<ReportLine>,
    /// Columns that were not taken, with the reason, each once.
    pub not_kept: Vec<String>,
}

/// 「导入 N, 更新 N, 未变 N, 拒绝 N」.
impl std::fmt::Display for ExchangeReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { added, updated, unchanged, refused_count, .. } = self;
        write!(f, "导入 {added}, 更新 {updated}, 未变 {unchanged}, 拒绝 {refused_count}")
    }
}

/// A spool that a worker reads from.
pub(crate) type Shared = Arc<Mutex<Spool>>;

/// What a panic of a reading library, or of ours, becomes: a broken file must not stop the site.
pub(crate) fn broken_file() -> Error {
    Error::invalid("file", "文件已损坏或者格式异常，没有读取。请在表格软件中打开，另存后再导入。")
}

/// Reads a file into a spool, columns as guessed or as `kept` says.
///
/// # Errors
/// [`Error::Invalid`] at `file`, why it is refused.
pub(crate) async fn spooled(source: Source, name: String, kept: Kept) -> Result<(Spool, Mapping)> {
    let read = spawn_blocking(move || {
        let mut book = Book::open(source, &name)?;
        let mapping = guessed(&mut book, &kept)?;
        Spool::make(&mut book, &mapping).map(|it| (it, mapping))
    });
    read.await.map_err(|_| broken_file())?.map_err(|reason| Error::invalid("file", reason))
}

/// How the columns of a file are probably to be read.
///
/// # Errors
/// A sentence in Chinese: why it is refused.
pub(crate) fn guessed(book: &mut Book, kept: &Kept) -> std::result::Result<Mapping, String> {
    let tops = tops(book)?;
    let words = Words::new();
    let sheets = tops.iter().map(|(name, top)| guess(&words, (name, top), kept)).collect();
    Ok(Mapping { blank_clears: kept.blank_clears, sheets })
}

/// The rows of these items.
///
/// # Errors
/// If the disk fails.
pub(crate) async fn rows(spool: &Shared, from: usize, n: usize) -> Result<Vec<Vec<Row>>> {
    let spool = Arc::clone(spool);
    let read = spawn_blocking(move || {
        let mut spool = spool.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let end = (from + n).min(spool.items());
        spool.read(from.min(end)..end)
    });
    read.await.map_err(Error::internal)?.map_err(Error::internal)
}

/// Columns that were left out, each once.
pub(crate) fn not_kept(spool: &Spool) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (head, why) in spool.plans.iter().flat_map(|it| &it.dropped) {
        let told = format!("{head}：{why}");
        if !out.contains(&told) {
            out.push(told);
        }
    }
    out
}

/// Takes in a file of the exchange tables, or of a department's own heads as far as they are known. The same file again changes nothing,
/// so an import that was cut short is finished by sending the file again.
///
/// # Errors
/// [`Error::Invalid`] at `file` if the file is refused whole; if the engine fails.
pub async fn import_tables(
    ctx: &Ctx,
    db: &Db,
    (source, name): (Source, &str),
    ask: &ExchangeAsk,
    progress: crate::Progress<'_>,
) -> Result<ExchangeReport> {
    let file_hash = hash(source.clone()).await?;
    let kept = Kept { blank_clears: ask.blank_clears, ..Kept::default() };
    let (spool, mapping) = spooled(source, name.to_owned(), kept).await?;
    let sheets: Vec<String> = mapping.sheets.iter().map(|it| it.sheet.clone()).collect();
    let mut report = ExchangeReport { dry_run: ask.dry_run, not_kept: not_kept(&spool), ..ExchangeReport::default() };
    report.tell(&spool.stray, &sheets);
    report.refused_count += spool.stray.iter().filter(|it| it.weight == Weight::Refused).count();
    let total = spool.items();
    let spool: Shared = Arc::new(Mutex::new(spool));
    let mut importer = Importer::new(db, ask.authority, ask.blank_clears).await?;
    let mut ledger = Ledger { id: ctx.new_id(), file_hash, rows_done: 0, head: Head::none(), is_there: false };
    let (mut place, mut step) = (0, CHUNK);
    while place < total {
        let chunk = rows(&spool, place, step).await?;
        let decided = if ask.dry_run {
            importer.decide(ctx, db, &chunk).await?
        } else {
            match ledger.write(ctx, db, &mut importer, (&chunk, &|_, _| {})).await? {
                Wrote::Done(decided) => decided,
                Wrote::Contested if step > 1 => {
                    step = 1;
                    continue;
                }
                Wrote::Contested => super::decide::contested(&chunk),
            }
        };
        report.added += decided.added.len() + decided.new_base_rows;
        report.updated += decided.changed.len() + decided.bases.len();
        report.unchanged += decided.unchanged;
        report.refused_count += decided.refused;
        report.tell(&decided.report, &sheets);
        place += chunk.len();
        step = CHUNK;
        progress(place, total);
    }
    Ok(report)
}

impl ExchangeReport {
    fn tell(&mut self, troubles: &[Trouble], sheets: &[String]) {
        let room = usize::try_from(REPORT_MAX).unwrap_or(0).saturating_sub(self.lines.len());
        self.lines.extend(troubles.iter().take(room).map(|it| ReportLine::of(it, sheets)));
    }
}

/// SM3 of a file, read piece by piece.
async fn hash(source: Source) -> Result<String> {
    let hashed = spawn_blocking(move || sheets::fingerprint(&source));
    hashed.await.map_err(Error::internal)?.map_err(|reason| Error::invalid("file", reason))
}
