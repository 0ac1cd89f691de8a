//! Search (搜索): from what people say to the items they need.
//!
//! [`text`] makes texts comparable, [`sound`] knows how they sound, [`words`] is the dictionary of what people say, [`plan`] reads a
//! query, [`engine`] is the index that names candidates, [`rank`] decides between them, [`find`] puts it together. [`index`] keeps
//! all of it for a running site, [`answers`] the answers given last. What the desk writes, and what was not found: [`word`], [`keep`], [`replay`].

mod answers;
pub(crate) mod engine;
pub(crate) mod find;
pub(crate) mod index;
pub(crate) mod keep;
pub(crate) mod plan;
pub(crate) mod rank;
pub(crate) mod replay;
pub(crate) mod sound;
pub(crate) mod text;
pub(crate) mod title;
pub(crate) mod word;
pub(crate) mod words;
