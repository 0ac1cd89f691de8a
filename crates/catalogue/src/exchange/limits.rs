//! How much of a file is taken: every bound of an import with its reason, in one place.

/// A file as it comes, in bytes: what a form of this site may carry; the command line takes more.
pub(crate) const UPLOAD_BYTES_MAX: usize = 50 * 1024 * 1024;
/// What an archive unpacks to at most, in bytes: all entries together.
pub(crate) const UNPACKED_MAX: u64 = 2 << 30;
/// The shared texts of a workbook, unpacked, in bytes: they are held in memory while it is read.
pub(crate) const SHARED_TEXTS_MAX: u64 = 128 << 20;
/// An entry larger than this may not be packed more tightly than [`RATIO_MAX`]: tables shrink to a tenth, bombs to a thousandth.
pub(crate) const RATIO_FROM: u64 = 16 << 20;
/// See [`RATIO_FROM`].
pub(crate) const RATIO_MAX: u64 = 200;
/// Entries of an archive: a workbook has some dozens.
pub(crate) const ENTRIES_MAX: usize = 1_000;
/// Sheets that are looked at.
pub(crate) const SHEETS_MAX: usize = 30;
/// Columns of a sheet: the widest exchange table has 41.
pub(crate) const COLUMNS_MAX: usize = 300;
/// Rows with something in them, of all sheets.
pub(crate) const ROWS_MAX: usize = 3_000_000;
/// Items of one file: the largest province's list has some 100,000.
pub(crate) const ITEMS_MAX: usize = 300_000;
/// One cell, in bytes: a whole item document may have no more.
pub(crate) const CELL_BYTES_MAX: usize = crate::model::DOCUMENT_BYTES_MAX;
/// One record of a text table, or one run of text in a workbook, in bytes: more is a quote that nobody closed, or an attack.
pub(crate) const RECORD_BYTES_MAX: usize = 2 << 20;
/// Lines at the top of a sheet among which its heads are looked for.
pub(crate) const HEAD_LINES: usize = 12;
/// Lines that the mapping page shows of a sheet.
pub(crate) const SHOWN_LINES: usize = 4;
/// Characters of a value that a report repeats.
pub(crate) const SHOWN_CHARS: usize = 60;
/// Lines of a report that are kept for a pass; what goes beyond is only counted.
pub(crate) const REPORT_MAX: i64 = 5_000;
/// Lines of a report that are written in one unit: it has room for 4,000 statements.
pub(crate) const LINES_A_UNIT: usize = 1_000;
/// Changed items whose difference is kept for the dry run's page.
pub(crate) const CHANGES_MAX: i64 = 1_000;
/// Items decided and written in one unit.
pub(crate) const CHUNK: usize = 200;
/// Chunks of one job in one round of the worker, which must end before its lease does.
pub(crate) const ROUND_CHUNKS: usize = 10;
/// Jobs that wait or run at once: each holds a file.
pub(crate) const JOBS_MAX: i64 = 50;
