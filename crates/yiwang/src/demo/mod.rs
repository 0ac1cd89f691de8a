//! Bozhou for everybody: real divisions, items written to the letter of their law, invented people and cases.
//!
//! All of it goes through the same functions as real data does. The files and their sources are in `crates/yiwang/demo`.

pub(crate) mod content;
pub(crate) mod letters;
mod lives;
mod loader;
mod relations;
mod sites;
pub(crate) mod verifier;

pub(crate) use content::Content;
pub(crate) use loader::{Loaded, bar, load};
