//! What the catalogue learns by reading its own record: which organ examines which items first.

use async_trait::async_trait;
use journal::{
    Record,
    feed::{Reader, Start},
};
use kernel::{Ctx, Id, Item, Result};
use storage::{Unit, args};
use webkit::App;

use crate::{reads, store};

/// Keeps the items that each organ examines first as the documents in force say it; from the first entry on, so that items published
/// before it was kept are found too.
pub(crate) struct Examined {
    pub(crate) app: App,
}

#[async_trait]
impl Reader for Examined {
    fn name(&self) -> &'static str {
        "catalogue.examined"
    }

    fn start(&self) -> Start {
        Start::Origin
    }

    async fn take(&self, _ctx: &Ctx, unit: &mut Unit, entries: &[Record]) -> Result<()> {
        let published = entries.iter().filter(|it| it.kind == "catalogue.item_published");
        let mut items: Vec<Id<Item>> = published
            .filter_map(|it| it.subject.strip_prefix("catalogue-item:"))
            .map(str::parse)
            .collect::<Result<_>>()?;
        items.sort();
        items.dedup();
        // What is published after this was read comes again with its own entry.
        let documents = reads::in_force_of(&self.app.db, &items).await?;
        for item in items {
            unit.run(store::EXAMINED_DROP, args![item]);
            let told = documents.get(&item).and_then(|it| it.preliminary.as_ref());
            let mut offices: Vec<_> = told.iter().flat_map(|it| &it.offices).map(|it| it.trim()).collect();
            offices.sort_unstable();
            offices.dedup();
            for office in offices {
                unit.run(store::EXAMINED_ADD, args![office, item]);
            }
        }
        Ok(())
    }
}
