//! Promises of the case machine: the law as tables, the clocks by the day, random histories, and the page made from the table.

mod annul;
mod clocks;
mod extension;
mod hearing;
mod history;
mod law;
mod names;
mod notice;
mod opinion;
mod page;
mod preliminary;
mod site_check;
mod special;
mod story;
mod template;
mod wake;
mod weighing;
mod words;
