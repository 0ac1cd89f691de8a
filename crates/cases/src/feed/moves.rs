//! Where each case stands in the one order of the record, for systems of departments that ask what moved since they last asked.

use async_trait::async_trait;
use journal::{
    Record,
    feed::{Reader, Start},
};
use kernel::{Ctx, Error, Result};
use storage::{Unit, args};

use crate::{
    CaseId,
    model::{Event, Fact},
    store::systems::MOVE,
};

/// Keeps a row a case up to date.
pub(super) struct Moves;

#[async_trait]
impl Reader for Moves {
    fn name(&self) -> &'static str {
        "cases.moves"
    }

    fn start(&self) -> Start {
        Start::Origin
    }

    async fn take(&self, _ctx: &Ctx, unit: &mut Unit, entries: &[Record]) -> Result<()> {
        for entry in entries {
            let Some(id) = entry.subject.strip_prefix("case:") else { continue };
            let event = Event::read(&entry.kind, &entry.body).map_err(Error::internal)?;
            let accepts = matches!(event.fact, Fact::Accepted(_) | Fact::DeemedAccepted(_));
            let position =
                entry.position.ok_or_else(|| Error::internal("the feed gave an entry without a position"))?;
            unit.run(MOVE, args![id.parse::<CaseId>()?, position, accepts]);
        }
        Ok(())
    }
}
