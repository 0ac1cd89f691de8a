//! How `journal verify` compares items, base entries and imports with their record. Most columns of their rows follow from documents,
//! for lists; each entry therefore says the SM3 of the whole row ([`journal::row_hash`]).

use std::collections::BTreeMap;

use journal::{Attested, Record, Replay, Thing};
use kernel::{Error, Result};
use serde_json::{Value, json};
use storage::{Row, Sql};

use crate::{service::fingerprint, store};

/// All replays of the catalogue.
pub(crate) fn all() -> Vec<Box<dyn Replay>> {
    let mappings = Kept { prefix: "catalogue-mapping:", rows: store::MAPPING_ROWS, text: "kept" };
    let words = Kept { prefix: "catalogue-words:", rows: store::WORDS_ROWS, text: "words" };
    vec![Box::new(Items), Box::new(Bases), Box::new(Imports), Box::new(mappings), Box::new(words)]
}

fn body(entry: &Record) -> Result<Value> {
    serde_json::from_str(&entry.body).map_err(Error::internal)
}

/// The body of the last entry, in which every act says how the thing stands after it.
fn last(entries: &[Record]) -> Result<(String, Value)> {
    let entry = entries.last().ok_or_else(|| Error::internal("no entries"))?;
    Ok((entry.subject.clone(), body(entry)?))
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
        let state = json!([store::item_row_hash(row), fingerprint(row.text("document")?)]);
        Ok(Thing { subject: format!("{}{}", self.prefix(), row.text("id")?), state: state.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let (subject, it) = last(entries)?;
        Ok(Thing { subject, state: json!([it["row"], it["document"]]).to_string() })
    }

    /// Each version stays as the entry that put it in force told it.
    fn attested(&self) -> Vec<Attested> {
        vec![Attested {
            table: "item_versions",
            rows: store::VERSION_ROWS,
            row: |row| Ok(json!([fingerprint(row.text("document")?), row.int("published_at")?]).to_string()),
            told: |entry| {
                if entry.kind != "catalogue.item_published" {
                    return Ok(BTreeMap::new());
                }
                let it = body(entry)?;
                let state = json!([it["document"], entry.at.micros()]).to_string();
                Ok(BTreeMap::from([(it["number"].to_string(), state)]))
            },
            goes_on: None,
        }]
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
        let state = journal::row_hash(&row.values()[..store::BASE_RECORDED]);
        Ok(Thing { subject: format!("{}{}", self.prefix(), row.text("id")?), state })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let (subject, it) = last(entries)?;
        Ok(Thing { subject, state: it["row"].as_str().unwrap_or_default().to_owned() })
    }

    /// Each version is as its entry told it.
    fn attested(&self) -> Vec<Attested> {
        vec![Attested {
            table: "base_versions",
            rows: store::BASE_VERSION_ROWS,
            row: |row| Ok(json!([fingerprint(row.text("document")?), row.int("at")?]).to_string()),
            told: |entry| {
                let it = body(entry)?;
                let code = it["code"].as_str().unwrap_or_default().to_owned();
                Ok(BTreeMap::from([(code, json!([it["document"], entry.at.micros()]).to_string())]))
            },
            goes_on: None,
        }]
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

    /// The items that a chunk brought, until they are written and go on with chains of their own.
    fn attested(&self) -> Vec<Attested> {
        vec![Attested {
            table: "items",
            rows: store::LISTED_ROWS,
            row: |row| {
                let (version, head, at) = (row.int("version")?, row.text("head")?, row.int("changed_at")?);
                Ok(json!([store::item_row_hash(row), version, head, at]).to_string())
            },
            told: |entry| {
                let it = body(entry)?;
                let (ids, rows) = (it["added"].as_array(), it["rows"].as_array());
                let pairs = ids.into_iter().flatten().zip(rows.into_iter().flatten());
                let state = |row: &Value| json!([row, 0, "", entry.at.micros()]).to_string();
                Ok(pairs.map(|(id, row)| (id.as_str().unwrap_or_default().to_owned(), state(row))).collect())
            },
            goes_on: Some("catalogue-item:"),
        }]
    }
}

/// A text that one entry after the other tells anew by its SM3: the choice of columns for an authority's lists, a list of words.
struct Kept {
    prefix: &'static str,
    rows: Sql,
    /// The column, and the name of its SM3 in the entry.
    text: &'static str,
}

impl Replay for Kept {
    fn prefix(&self) -> &'static str {
        self.prefix
    }

    fn rows(&self) -> Sql {
        self.rows
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        let state = json!([fingerprint(row.text(self.text)?)]);
        Ok(Thing { subject: format!("{}{}", self.prefix, row.text("id")?), state: state.to_string() })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        let (subject, it) = last(entries)?;
        Ok(Thing { subject, state: json!([it[self.text]]).to_string() })
    }
}
