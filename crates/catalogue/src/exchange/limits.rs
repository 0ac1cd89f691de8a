//! How much of a file is taken into the catalogue: every bound of an import with its reason, in one place; what any file of tables may be
//! at most stands in `sheets`.

/// A file as it comes, in bytes: what a form of this site may carry; the command line takes more.
pub(crate) const UPLOAD_BYTES_MAX: usize = 50 * 1024 * 1024;
/// Rows with something in them, of all sheets.
pub(crate) const ROWS_MAX: usize = 3_000_000;
/// Items of one file: the largest province's list has some 100,000.
pub(crate) const ITEMS_MAX: usize = 300_000;
/// One cell, in bytes: a whole item document may have no more.
pub(crate) const CELL_BYTES_MAX: usize = crate::model::DOCUMENT_BYTES_MAX;
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
