//! Entries: what is appended and how it is chained.

use kernel::{Ctx, Error, Moment, Result};
use serde::Serialize;
use sm3::{Digest, Sm3};
use storage::{Db, Row, Unit, Value, args};

use crate::store;

/// SM3 over an entry, as 64 lower-case hex digits.
pub type Hash = String;

/// The guard that fails when somebody else appended to the same thing first.
pub const GUARD: &str = "journal";

/// The longest body of an entry, in bytes.
pub const BODY_MAX: usize = 64 * 1024;

/// Entries of one chain that are read at once at most.
pub const CHAIN_MAX: usize = 1_000;

/// Entries of the feed that are read at once at most.
pub const FEED_MAX: usize = 1_000;

/// What the hash of an entry begins with, so that no bytes of one kind pass for those of another.
const ENTRY_FORMAT: u8 = 1;

/// What the hash of a row's columns begins with. 2 and 3 are those of the sequencer.
const ROW_FORMAT: u8 = 4;

/// Where a thing's own chain stands. The thing's row keeps these three (`version`, `head`, `changed_at`), so that one read
/// gives all that an append needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many entries the chain has; 0: none yet.
    pub version: i64,
    /// The last entry's hash; empty: none yet.
    pub hash: Hash,
    /// The last entry's instant; the next never precedes it.
    pub at: Moment,
}

impl Head {
    /// A thing that does not exist yet.
    #[must_use]
    pub fn none() -> Self {
        Self { version: 0, hash: String::new(), at: Moment::from_micros(0) }
    }

    /// Reads the columns `version`, `head` and `changed_at` of a thing's row.
    ///
    /// # Errors
    /// If the row has them not.
    pub fn of(row: &Row) -> Result<Self> {
        Ok(Self { version: row.int("version")?, hash: row.string("head")?, at: row.moment("changed_at")? })
    }
}

/// An entry as it was read from the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in the feed, from 1, dense; `None`: not yet numbered.
    pub position: Option<i64>,
    /// The thing: `case:…`.
    pub subject: String,
    /// Its place in the thing's own chain, from 1.
    pub version: i64,
    /// What happened: `cases.accepted`.
    pub kind: String,
    /// When.
    pub at: Moment,
    /// Who: `person:…`, `system:…`.
    pub actor: String,
    /// For whom, or empty.
    pub on_behalf_of: String,
    /// The unit that wrote it.
    pub unit: String,
    /// Ids, codes, dates and results, as JSON; never personal data or free text.
    pub body: String,
    /// The hash of the thing's entry before this one; empty for the first.
    pub prev: Hash,
    /// SM3 over all of the above but the position.
    pub hash: Hash,
}

impl Record {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            position: row.opt_int("position")?,
            subject: row.string("subject")?,
            version: row.int("version")?,
            kind: row.string("kind")?,
            at: row.moment("at")?,
            actor: row.string("actor")?,
            on_behalf_of: row.string("on_behalf_of")?,
            unit: row.string("unit")?,
            body: row.string("body")?,
            prev: row.string("prev")?,
            hash: row.string("hash")?,
        })
    }

    /// The hash made anew: SM3 of the format byte and the length-prefixed prev, subject, version, kind, at, actor, on_behalf_of, unit
    /// and body as stored, never over re-serialised text. The unit is part of it so that no column but the position, which the
    /// running chain covers, can be altered unseen.
    #[must_use]
    pub fn hash_anew(&self) -> Hash {
        digest(
            ENTRY_FORMAT,
            &[
                self.prev.as_bytes(),
                self.subject.as_bytes(),
                &self.version.to_be_bytes(),
                self.kind.as_bytes(),
                &self.at.micros().to_be_bytes(),
                self.actor.as_bytes(),
                self.on_behalf_of.as_bytes(),
                self.unit.as_bytes(),
                self.body.as_bytes(),
            ],
        )
    }

    /// Where the thing's chain stood after this entry.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { version: self.version, hash: self.hash.clone(), at: self.at }
    }
}

/// Appends an entry to the thing's chain in this unit and gives the thing's new head, to be kept in its row in the same unit.
///
/// `subject` is `area-thing:id`, `kind` is `area.past_participle`. `body` holds ids, codes, dates and results only; personal data
/// and free text lie in the vault, and the body holds the SM3 of the sealed bytes. The guard [`GUARD`] fails if somebody else
/// appended this version first.
///
/// # Errors
/// [`Error::Internal`] if `body` cannot be written as JSON or is larger than [`BODY_MAX`], or the subject has no kind of thing.
pub fn append(
    unit: &mut Unit,
    ctx: &Ctx,
    head: &Head,
    (subject, kind): (&str, &'static str),
    body: &impl Serialize,
) -> Result<Head> {
    let body = to_json(body)?;
    if !subject.contains(':') {
        return Err(Error::internal(format!("a subject is «area-thing:id», not «{subject}»")));
    }
    let mut entry = Record {
        position: None,
        subject: subject.to_owned(),
        // Past the last number there is no next: the guard refuses what is there already.
        version: head.version.saturating_add(1),
        kind: kind.to_owned(),
        // A clock that went back must not turn a chain round: the sequencer orders by this instant.
        at: ctx.now.max(head.at),
        actor: ctx.actor.who.to_string(),
        on_behalf_of: ctx.actor.on_behalf_of.map(|holder| holder.to_string()).unwrap_or_default(),
        unit: unit.id.to_string(),
        body,
        prev: head.hash.clone(),
        hash: String::new(),
    };
    entry.hash = entry.hash_anew();
    let head = entry.head();
    unit.evidence(store::OF_UNIT, args![&entry.unit]);
    let Record { subject, version, kind, at, actor, on_behalf_of, unit: unit_id, body, prev, hash, .. } = entry;
    unit.one(GUARD, store::APPEND, args![subject, version, kind, at, actor, on_behalf_of, unit_id, body, prev, hash]);
    Ok(head)
}

/// The whole chain of one thing, oldest first (at most [`CHAIN_MAX`] entries).
///
/// # Errors
/// If the engine fails.
pub async fn history(db: &Db, subject: &str) -> Result<Vec<Record>> {
    let rows = db.query(store::CHAIN, args![subject, limit(CHAIN_MAX)]).await?;
    rows.iter().map(Record::read).collect()
}

/// One entry of a thing's chain: who was first, after a lost guard.
///
/// # Errors
/// If the engine fails.
pub async fn find(db: &Db, subject: &str, version: i64) -> Result<Option<Record>> {
    db.find(store::ENTRY, args![subject, version]).await?.as_ref().map(Record::read).transpose()
}

/// The numbered entries after a position, in the one order that all readers see (at most [`FEED_MAX`]).
///
/// # Errors
/// If the engine fails.
pub async fn entries_after(db: &Db, position: i64, at_most: usize) -> Result<Vec<Record>> {
    let rows = db.query(store::AFTER, args![position, limit(at_most.min(FEED_MAX))]).await?;
    rows.iter().map(Record::read).collect()
}

/// A document as the record keeps it.
pub(crate) fn to_json(body: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(body).map_err(Error::internal)?;
    if text.len() > BODY_MAX {
        return Err(Error::internal(format!("a body of {} bytes is larger than {BODY_MAX}", text.len())));
    }
    Ok(text)
}

/// SM3 of a format byte and length-prefixed parts, in lower-case hex: no two lists of parts give the same bytes.
pub(crate) fn digest(format: u8, parts: &[&[u8]]) -> Hash {
    let mut sm3 = Sm3::new();
    sm3.update([format]);
    for part in parts {
        sm3.update((part.len() as u64).to_be_bytes());
        sm3.update(part);
    }
    hex(&sm3.finalize())
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
        text
    })
}

/// SM3 over columns as stored, in the order of the statement that writes them: what an entry says of a row most of whose columns only
/// follow from a document, for lists. A replay that worked them out anew would call every row altered as soon as a rule that
/// counts or folds is mended; this tells what was written. A column that a later migration adds is left out while it has its default.
#[must_use]
pub fn row_hash(columns: &[Value]) -> Hash {
    let bytes = |value: &Value| match value {
        Value::Null => vec![0],
        Value::Int(it) => [&[1], &it.to_be_bytes()[..]].concat(),
        Value::Real(it) => [&[2], &it.to_bits().to_be_bytes()[..]].concat(),
        Value::Text(it) => [&[3], it.as_bytes()].concat(),
        Value::Blob(it) => [&[4], &it[..]].concat(),
    };
    let columns: Vec<_> = columns.iter().map(bytes).collect();
    digest(ROW_FORMAT, &columns.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// A number of rows as SQL takes it.
pub(crate) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
