//! Forms as data: the document of an application form, and the one engine that decides what is asked, what is reckoned and what is wrong.
//!
//! The applicant's page, the API, the window and the desk's preview all go through [`Checker::judge`]; the pages draw [`SectionView`] with the
//! macros of `templates/forms.html`. The crate knows no item and no case: `catalogue` keeps the document, `cases` keeps the answers.
//!
//! Formats of texts: `citizen-number`, `credit-code`, `division` (one list under the item's own), `place` (whole country, step by step; keyword
//! `depth` 1–5 says how far at least), `mobile`, `landline`, `email`, `postcode`, `vehicle-plate`, `bank-card`, `bank-account`, `person-paper`
//! (`passport:E12345678`), `signature` (`李桂兰/2026-11-23`; the day is the platform's), `date`. Of whole numbers: `money-fen`,
//! `area-hundredths` (hundredths of a square metre). A repeated group is an `array` of objects.

mod alike;
mod amount;
mod asked;
mod check;
mod describe;
pub mod design;
mod engine;
mod field;
mod format;
pub mod kits;
mod model;
mod places;
mod range;
mod sound;
mod typed;
mod view;
mod words;

#[cfg(test)]
mod tests;

pub use alike::{Alike, alike, lasting};
pub use check::{Checker, Judged};
pub use engine::{Setting, Settled, without_blank_rows};
pub use field::{Field, Kind, Places, ROWS_MAX, Rows, Section, field, kind, sections, shown, told, unit};
pub use format::day_of;
pub use model::{ApplicationForm, Calculation, Condition, FormSection, RowsLayout, Test};
pub use places::{Level, Offers, places};
pub use range::Range;
pub use typed::{drop_row, take};
pub use view::{
    FieldView, Origin, RowView, RowsView, SectionView, Shown, Told, field as field_view, section as section_view,
};
