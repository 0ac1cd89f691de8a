//! Tables that people exchange with the platform: workbooks (XLSX), text tables (CSV) in whatever encoding they were saved, archives of them.
//!
//! What comes in was made by a stranger: [`Book`] reads it row by row within the bounds of [`limits`], runs nothing in it, and refuses what is
//! no table with a sentence that says what to do. What goes out ([`Sheets`], [`OneTable`], [`TextTables`], [`text_table`], [`workbook`]) is text in every
//! cell, so that no spreadsheet takes it for a formula, and comes back through [`Book`] exactly as it was written. Which tables there are,
//! and what a column means, is the matter of the areas.

mod book;
pub mod cell;
pub mod limits;
pub mod testing;
mod text;
mod write;

#[cfg(test)]
mod tests;

pub use book::{Book, Source, Take, fingerprint};
pub use text::{guarded, unguarded, utf8};
pub use write::{Face, OneForm, OneTable, ROWS_OF_A_SHEET, Sheets, Sink, TextTables, archive, text_table, workbook};
