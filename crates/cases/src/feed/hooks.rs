//! Systems of departments are told what happens to cases, as they asked for it (事件推送).

use async_trait::async_trait;
use journal::{
    Record,
    feed::{Reader, Start},
};
use kernel::{Ctx, Error, Result};
use storage::Unit;
use webkit::App;

use crate::{
    model::Event,
    service::{self, hooks},
};

/// Puts a message into the outbox for each place that wants to know. A site that gets it later tells of what comes from then on.
pub(super) struct Hooks {
    pub(super) app: App,
}

#[async_trait]
impl Reader for Hooks {
    fn name(&self) -> &'static str {
        "cases.hooks"
    }

    fn start(&self) -> Start {
        Start::Now
    }

    fn batch(&self) -> usize {
        50
    }

    async fn take(&self, ctx: &Ctx, unit: &mut Unit, entries: &[Record]) -> Result<()> {
        if !hooks::any(&self.app).await? {
            return Ok(());
        }
        for entry in entries {
            let Some(id) = entry.subject.strip_prefix("case:") else { continue };
            let event = Event::read(&entry.kind, &entry.body).map_err(Error::internal)?;
            let row = service::load(&self.app, id.parse()?).await?;
            hooks::tell(ctx, unit, &self.app, (&row, &event, entry)).await?;
        }
        Ok(())
    }
}
