//! Promises of the case machine: the law as tables, the clocks by the day, random histories, and the page made from the table.

mod clocks;
mod hearing;
mod history;
mod law;
mod names;
mod notice;
mod page;
mod site_check;
mod story;
mod template;
mod wake;
mod words;
