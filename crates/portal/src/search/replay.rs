//! How `journal verify` compares the words of search with their record.

use journal::{Record, Replay, Thing};
use kernel::{Error, Result};
use serde_json::{Value, json};
use storage::{Row, Sql};

use crate::store::search as store;

/// All replays of search.
pub(crate) fn all() -> Vec<Box<dyn Replay>> {
    vec![Box::new(Words)]
}

struct Words;

impl Replay for Words {
    fn prefix(&self) -> &'static str {
        "portal-word:"
    }

    fn rows(&self) -> Sql {
        store::WORD_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let (it, _) = store::read(row)?;
        Ok(Thing {
            subject: store::subject(it.id),
            state: json!([it.said, row.text("folded")?, it.meant, it.asking, it.active]).to_string(),
        })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let entry = entries.last().ok_or_else(|| Error::internal("no entries"))?;
        let it: Value = serde_json::from_str(&entry.body).map_err(Error::internal)?;
        let state = json!([it["said"], it["folded"], it["meant"], it["asking"], it["active"]]);
        Ok(Thing { subject: entry.subject.clone(), state: state.to_string() })
    }
}
