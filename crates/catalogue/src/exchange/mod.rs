//! Import and export of the catalogue in the national exchange tables and in departments' own spreadsheets.
//!
//! A file goes through four hands: [`sheets::Book`] reads it whatever it is, [`heads`] says which column is which, [`spool`] puts its rows in the
//! order of items, and [`decide`] finds our items and lays the rows onto their documents ([`apply`], after the one table of columns in
//! [`tables`]; [`standing`] is what is there already). What is decided is either told (dry run) or written chunk by chunk ([`write`]). On the desk a file is a [`job`], which
//! [`work`] takes on. Nothing is published by an import.

pub(crate) mod apply;
pub(crate) mod cell;
pub(crate) mod column;
mod decide;
mod export;
pub(crate) mod heads;
pub(crate) mod job;
pub(crate) mod limits;
mod offices;
mod reach;
mod run;
mod spool;
mod standing;
pub(crate) mod tables;
mod texts;
pub(crate) mod work;
pub(crate) mod write;

pub(crate) use export::taken;
#[cfg(test)]
pub(crate) use export::testing::export_in_sheets_of;
pub use export::{ExportForm, export_tables};
pub use run::{ExchangeAsk, ExchangeReport, ReportLine, import_tables};
pub use sheets::Source;
