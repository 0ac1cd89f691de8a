//! What officers write of an item (why a revision was sent back, why an act was refused): it may name people, so it lies sealed in the vault
//! under the item's own key; rows and entries hold the SM3 of the sealed bytes.

use std::collections::HashMap;

use kernel::{Ctx, Error, Id, Item, Result};
use storage::Unit;
use vault::DataKey;
use webkit::App;

/// Under what the vault keeps what is said of an item.
fn holder(item: Id<Item>) -> String {
    format!("catalogue-item:{item}")
}

/// The item's key, and what it seals into one unit.
pub(crate) struct Sealing {
    holder: String,
    key: DataKey,
}

impl Sealing {
    /// The item's key; the first who writes of it makes it, in this unit.
    ///
    /// # Errors
    /// If the key does not open; if the engine fails.
    pub(crate) async fn of(ctx: &Ctx, app: &App, unit: &mut Unit, item: Id<Item>) -> Result<Self> {
        let holder = holder(item);
        let key = match app.vault.key(&holder).await {
            Err(Error::NotFound { .. }) => app.vault.create(unit, ctx, &holder),
            other => other?,
        };
        Ok(Self { holder, key })
    }

    /// Seals a text under a name of its own; gives the SM3 of the sealed bytes.
    pub(crate) fn seal(&self, ctx: &Ctx, app: &App, unit: &mut Unit, (name, text): (&str, &str)) -> String {
        app.vault.seal(unit, ctx, (&self.holder, &self.key), name, text.as_bytes())
    }
}

/// What was said of an item, by name, where the name begins with `prefix`.
///
/// # Errors
/// If one was altered; if the engine fails.
pub(crate) async fn all(app: &App, item: Id<Item>, prefix: &str) -> Result<HashMap<String, String>> {
    let found = app.vault.open_all(&holder(item), prefix).await?;
    let text = |(name, bytes): (String, Vec<u8>)| Ok((name, String::from_utf8(bytes).map_err(Error::internal)?));
    found.into_iter().map(text).collect()
}
