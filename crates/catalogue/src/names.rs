//! Items by their names, for the area of identity: which items a mandate is for.

use std::collections::HashSet;

use async_trait::async_trait;
use identity::{FOUND_MAX, ItemName, ItemNames};
use kernel::{Authority, Id, Item, PageAsk, Result};
use storage::Db;

use crate::{ItemFilter, ItemState, ItemSummary, items, items_of};

/// Answers from the catalogue's tables.
pub(crate) struct Names;

async fn with_authorities(db: &Db, found: Vec<ItemSummary>) -> Result<Vec<ItemName>> {
    let whose: HashSet<_> = found.iter().map(|it| it.authority).collect();
    let whose: Vec<_> = whose.into_iter().collect();
    let known = identity::authorities(db, &whose).await?;
    let name = |it: ItemSummary| ItemName {
        id: it.id,
        authority: known.get(&it.authority).map_or_else(String::new, |it| it.facts.name.clone()),
        name: it.name,
    };
    Ok(found.into_iter().map(name).collect())
}

#[async_trait]
impl ItemNames for Names {
    async fn find(&self, db: &Db, words: &str, at: Option<Id<Authority>>) -> Result<Vec<ItemName>> {
        let text = words.chars().take(100).collect();
        let filter = ItemFilter {
            state: Some(ItemState::Published),
            text,
            authority: at,
            public: true,
            ..ItemFilter::default()
        };
        let found = items(db, &filter, &PageAsk { after: None, limit: FOUND_MAX }).await?;
        with_authorities(db, found.items).await
    }

    async fn named(&self, db: &Db, ids: &[Id<Item>]) -> Result<Vec<ItemName>> {
        let mut found = items_of(db, ids).await?;
        with_authorities(db, ids.iter().filter_map(|id| found.remove(id)).collect()).await
    }
}
