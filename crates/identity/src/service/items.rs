//! Items by their names. They are the catalogue's, which stands on this area: it answers through a trait that the program hands over.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Authority, Id, Item, Result};
use storage::Db;
use webkit::App;

/// Items that a search gives at most: of more, better words find the right one.
pub const FOUND_MAX: u16 = 20;

/// An item as people tell it from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemName {
    /// Its id.
    pub id: Id<Item>,
    /// Its name.
    pub name: String,
    /// The implementing body's name; two may have an item of one name.
    pub authority: String,
}

/// Who knows the items.
#[async_trait]
pub trait ItemNames: Send + Sync {
    /// Items that one can apply for and whose name holds these words, of one authority or of all, at most [`FOUND_MAX`].
    ///
    /// # Errors
    /// If the engine fails.
    async fn find(&self, db: &Db, words: &str, at: Option<Id<Authority>>) -> Result<Vec<ItemName>>;

    /// These items, in this order; what there is none of is left out.
    ///
    /// # Errors
    /// If the engine fails.
    async fn named(&self, db: &Db, ids: &[Id<Item>]) -> Result<Vec<ItemName>>;
}

/// Who knows the items, as one of the site's own parts ([`webkit::Parts::own`]).
pub struct ItemDirectory(pub Arc<dyn ItemNames>);

/// Items whose name holds these words, of one authority or of all; none on a site without a catalogue.
pub(crate) async fn find(app: &App, words: &str, at: Option<Id<Authority>>) -> Result<Vec<ItemName>> {
    match app.part::<ItemDirectory>() {
        Ok(known) if !words.trim().is_empty() => known.0.find(&app.db, words.trim(), at).await,
        _ => Ok(Vec::new()),
    }
}

/// These items by their names; none on a site without a catalogue.
pub(crate) async fn named(app: &App, ids: &[Id<Item>]) -> Result<Vec<ItemName>> {
    match app.part::<ItemDirectory>() {
        Ok(known) if !ids.is_empty() => known.0.named(&app.db, ids).await,
        _ => Ok(Vec::new()),
    }
}
