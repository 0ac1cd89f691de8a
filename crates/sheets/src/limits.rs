//! How much of a file is taken, whoever reads it: every bound with its reason, in one place.

/// What an archive unpacks to at most, in bytes: all entries together.
pub const UNPACKED_MAX: u64 = 2 << 30;
/// The shared texts of a workbook, unpacked, in bytes: they are held in memory while it is read.
pub const SHARED_TEXTS_MAX: u64 = 128 << 20;
/// An entry larger than this may not be packed more tightly than [`RATIO_MAX`]: tables shrink to a tenth, bombs to a thousandth.
pub const RATIO_FROM: u64 = 16 << 20;
/// See [`RATIO_FROM`].
pub const RATIO_MAX: u64 = 200;
/// Entries of an archive: a workbook has some dozens.
pub const ENTRIES_MAX: usize = 1_000;
/// Sheets that are looked at.
pub const SHEETS_MAX: usize = 30;
/// Columns of a sheet: the widest national exchange table has 41.
pub const COLUMNS_MAX: usize = 300;
/// One record of a text table, or one run of text in a workbook, in bytes: more is a quote that nobody closed, or an attack.
pub const RECORD_BYTES_MAX: usize = 2 << 20;
