//! Rows of drafts, and of files of drafts and cases.

use kernel::{Channel, Error, Holder, Id, Item, Moment, Person, Result};
use serde::{Deserialize, Serialize};
use storage::Row;

use super::rows::channel;
use crate::CaseId;

/// A draft as stored.
pub(crate) struct DraftRow {
    pub(crate) id: CaseId,
    pub(crate) person: Id<Person>,
    pub(crate) holder: Holder,
    pub(crate) item: Id<Item>,
    pub(crate) item_version: i64,
    pub(crate) channel: Channel,
    /// When the person at the window agreed, as `person` told.
    pub(crate) consent_at: Option<Moment>,
    pub(crate) sealed: Vec<u8>,
    /// What the platform brought in, sealed; `None`: begun before that was kept.
    pub(crate) known: Option<Vec<u8>>,
    pub(crate) version: i64,
    pub(crate) updated_at: Moment,
    /// When it is put away, or, once it is, destroyed.
    pub(crate) expires: Moment,
    /// Since when it is put away and can be brought back.
    pub(crate) binned_at: Option<Moment>,
}

/// Reads a row of `case_drafts`.
pub(crate) fn draft(row: &Row) -> Result<DraftRow> {
    Ok(DraftRow {
        id: row.id("id")?,
        person: row.id("person")?,
        holder: row.text("holder")?.parse()?,
        item: row.id("item")?,
        item_version: row.int("item_version")?,
        channel: channel(row.text("channel")?)?,
        consent_at: row.opt_moment("consent_at")?,
        sealed: row.blob("sealed")?.to_vec(),
        known: row.opt_blob("known")?.map(<[u8]>::to_vec),
        version: row.int("version")?,
        updated_at: row.moment("updated_at")?,
        expires: row.moment("expires")?,
        binned_at: row.opt_moment("binned_at")?,
    })
}

/// What a file of the result stands under among the files of a case; no item has a material of this code.
pub(crate) const RESULT: &str = "@result";

/// What a file has to do with a signature (告知承诺).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signing {
    /// It is the text.
    Text {
        /// Who signed; `None`: by hand for an enterprise.
        by: Option<Id<Person>>,
        /// The officer at whose window.
        window: Option<Id<Person>>,
        /// The number of the paper that was signed by hand; `None`: signed by a code.
        paper: Option<i64>,
    },
    /// It is the paper on which the text of this number was signed by hand.
    Paper {
        /// That number.
        text: i64,
    },
}

/// An earlier case whose file stands for a material once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The case.
    pub(crate) case: CaseId,
    /// The number of the file there; or of the paper.
    pub(crate) number: i64,
    /// Whether it is a paper that the platform made, not a file that was handed over.
    pub(crate) paper: bool,
}

/// A file as stored.
#[derive(Debug, Clone)]
pub(crate) struct MaterialRow {
    pub(crate) number: i64,
    pub(crate) material: String,
    pub(crate) blob: String,
    pub(crate) name: Vec<u8>,
    pub(crate) kind: String,
    pub(crate) size: i64,
    pub(crate) on_paper: bool,
    pub(crate) filed_at: Option<Moment>,
    /// Where the bytes lie, if they came with an earlier case.
    pub(crate) source: Option<Origin>,
    /// The small picture of it, sealed, where its bytes lie; empty: none.
    pub(crate) thumb: String,
    /// `None`: nothing, or the text of a pledge signed by who filed it, before this was kept.
    pub(crate) signing: Option<Signing>,
}

impl MaterialRow {
    /// Its bytes and its small picture, if they lie for this row alone: what goes with it.
    pub(crate) fn own_blobs(&self) -> impl Iterator<Item = &str> {
        [self.blob.as_str(), self.thumb.as_str()].into_iter().filter(|it| !it.is_empty() && self.source.is_none())
    }
}

/// Reads a row of `case_materials`.
pub(crate) fn material(row: &Row) -> Result<MaterialRow> {
    Ok(MaterialRow {
        number: row.int("number")?,
        material: row.string("material")?,
        blob: row.string("blob")?,
        name: row.blob("name")?.to_vec(),
        kind: row.string("kind")?,
        size: row.int("size")?,
        on_paper: row.flag("on_paper")?,
        filed_at: row.opt_moment("filed_at")?,
        source: match row.text("source_case")? {
            "" => None,
            case => Some(Origin {
                case: case.parse()?,
                number: row.int("source_number")?,
                paper: row.flag("source_paper")?,
            }),
        },
        thumb: row.string("thumb")?,
        signing: match row.text("signing")? {
            "" => None,
            signing => Some(serde_json::from_str(signing).map_err(Error::internal)?),
        },
    })
}
