//! How `journal verify` compares sites and notices with their record.

use journal::{Record, Replay, Thing};
use kernel::{Error, Result};
use serde_json::{Value, json};
use storage::{Row, Sql};

use crate::{
    model::place::Place,
    service::{fingerprint, notices::words},
    store,
};

/// All replays of the portal.
pub(crate) fn all() -> Vec<Box<dyn Replay>> {
    vec![Box::new(Sites), Box::new(Notices)]
}

/// The body of the last entry, in which every act says how the thing stands after it.
fn last(entries: &[Record]) -> Result<(String, Value)> {
    let entry = entries.last().ok_or_else(|| Error::internal("no entries"))?;
    Ok((entry.subject.clone(), serde_json::from_str(&entry.body).map_err(Error::internal)?))
}

struct Sites;

impl Replay for Sites {
    fn prefix(&self) -> &'static str {
        "portal-place:"
    }

    fn rows(&self) -> Sql {
        store::SITE_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let state = json!([
            row.text("place")?,
            row.int("hall")?,
            row.text("division")?,
            row.text("keeper")?,
            fingerprint(row.text("document")?),
            fingerprint(row.text("name")?),
        ]);
        Ok(Thing { subject: format!("{}{}", self.prefix(), row.text("id")?), state: state.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let (subject, it) = last(entries)?;
        let place: Place = it["place"].as_str().unwrap_or_default().parse()?;
        let hall = i64::from(place.is_hall());
        let state = json!([it["place"], hall, it["division"], it["keeper"], it["document"], it["name"]]);
        Ok(Thing { subject, state: state.to_string() })
    }
}

struct Notices;

impl Replay for Notices {
    fn prefix(&self) -> &'static str {
        "portal-notice:"
    }

    fn rows(&self) -> Sql {
        store::NOTICE_ROWS
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        // The columns themselves: a notice of an unknown kind is read as one to know.
        let words = words(row.text("kind")?, row.text("title")?, row.text("body")?);
        let (below, withdrawn) = (row.flag("below")?, row.flag("withdrawn")?);
        let state = json!([row.text("place")?, row.text("starts")?, row.text("ends")?, below, withdrawn, words]);
        Ok(Thing { subject: format!("{}{}", self.prefix(), row.text("id")?), state: state.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let (subject, it) = last(entries)?;
        let state = json!([it["place"], it["starts"], it["ends"], it["below"], it["withdrawn"], it["words"]]);
        Ok(Thing { subject, state: state.to_string() })
    }
}
