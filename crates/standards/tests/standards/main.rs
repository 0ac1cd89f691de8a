//! The promises of `standards`: the vectors of the standards as tables, and properties over made-up values.

#![expect(clippy::unwrap_used, reason = "a test that meets a bad value should fail where it does")]

mod calendar;
mod certificates;
mod check_lines;
mod citizens;
mod code_tables;
mod divisions;
mod everyday;
mod generators;
mod items;
mod notices;
mod organisations;
mod papers;
mod projects;
mod properties;
