//! How `journal verify` compares items, base entries and imports with their record.

use journal::{Record, Replay, Thing};
use kernel::{Error, Result};
use serde_json::{Value, json};
use storage::{Row, Sql};

use crate::{service::fingerprint, store};

/// All replays of the catalogue.
pub(crate) fn all() -> Vec<Box<dyn Replay>> {
    vec![Box::new(Items), Box::new(Bases), Box::new(Imports)]
}

/// The body of the last entry, in which every act says how the thing stands after it.
fn last(entries: &[Record]) -> Result<(String, Value)> {
    let entry = entries.last().ok_or_else(|| Error::internal("no entries"))?;
    Ok((entry.subject.clone(), serde_json::from_str(&entry.body).map_err(Error::internal)?))
}

struct Items;

impl Replay for Items {
    fn prefix(&self) -> &'static str {
        "catalogue-item:"
    }

    fn rows(&self) -> Sql {
        store::ITEM_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let state = json!([
            row.text("authority")?,
            row.text("division")?,
            row.text("item_code")?,
            row.text("state")?,
            row.int("current_version")?,
            fingerprint(row.text("document")?),
        ]);
        Ok(Thing { subject: format!("{}{}", self.prefix(), row.text("id")?), state: state.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let (subject, it) = last(entries)?;
        let state =
            json!([it["authority"], it["division"], it["item_code"], it["state"], it["number"], it["document"]]);
        Ok(Thing { subject, state: state.to_string() })
    }
}

struct Bases;

impl Replay for Bases {
    fn prefix(&self) -> &'static str {
        "catalogue-base:"
    }

    fn rows(&self) -> Sql {
        store::BASE_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let state = json!([row.text("code")?, fingerprint(row.text("document")?)]);
        Ok(Thing { subject: format!("{}{}", self.prefix(), row.text("id")?), state: state.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let (subject, it) = last(entries)?;
        Ok(Thing { subject, state: json!([it["code"], it["document"]]).to_string() })
    }
}

struct Imports;

impl Replay for Imports {
    fn prefix(&self) -> &'static str {
        "catalogue-import:"
    }

    fn rows(&self) -> Sql {
        store::IMPORT_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let state = json!([row.text("file_hash")?, row.int("rows_done")?]);
        Ok(Thing { subject: format!("{}{}", self.prefix(), row.text("id")?), state: state.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let (subject, it) = last(entries)?;
        Ok(Thing { subject, state: json!([it["file"], it["rows_done"]]).to_string() })
    }
}
