//! Rows without a chain of their own, each of which rests on one entry of another thing: what a bulk load brought and nobody has
//! written since, versions that are kept beside the thing they are of. `verify` walks them beside the chains.

use std::{cmp::Ordering, collections::BTreeMap};

use kernel::Result;
use storage::{Row, Snapshot, Sql, args};

use crate::{Record, entry::limit, store};

/// Rows read at once.
const PAGE: usize = 500;

/// A kind of row that rests on entries of chains that begin with the [`Replay`](crate::Replay)'s prefix.
#[derive(Debug, Clone, Copy)]
pub struct Attested {
    /// The table, for who reads what was found.
    pub table: &'static str,
    /// A page of its rows: `$1`, `$2`, `$3` are the key last seen (`''`, 0 and `''` at first), `$4` the limit. Has the columns
    /// `subject` and `entry` (subject and version of the entry), `id` (TEXT, unlike any other of that entry), and what `row` needs.
    /// Ordered by these three.
    pub rows: Sql,
    /// The row in words that an entry can be compared with.
    pub row: fn(&Row) -> Result<String>,
    /// The rows that an entry tells, by `id`, in the same words; empty for an entry that tells none.
    pub told: fn(&Record) -> Result<BTreeMap<String, String>>,
    /// What subjects begin with under which a row, once it is written, goes on with a chain of its own and leaves this kind;
    /// `None`: what an entry tells stays.
    pub goes_on: Option<&'static str>,
}

/// What is wrong with a row: its name and words for the operator.
pub(crate) type Wrong = (String, &'static str);

/// The rows of a kind beside the walk over the entries.
pub(crate) struct Beside {
    kind: Attested,
    rows: std::vec::IntoIter<Waiting>,
    waiting: Option<Waiting>,
    after: (String, i64, String),
    ended: bool,
}

struct Waiting {
    subject: String,
    entry: i64,
    id: String,
    state: std::result::Result<String, ()>,
}

impl Beside {
    pub(crate) fn new(kind: Attested) -> Self {
        let after = (String::new(), 0, String::new());
        Self { kind, rows: Vec::new().into_iter(), waiting: None, after, ended: false }
    }

    pub(crate) fn table(&self) -> &'static str {
        self.kind.table
    }

    /// Compares the rows that rest on this entry with what it tells. Entries come in the order of their keys.
    ///
    /// # Errors
    /// If the engine fails or a row has not the columns it must have.
    pub(crate) async fn follow(&mut self, snapshot: &Snapshot, entry: &Record) -> Result<Option<Wrong>> {
        let Ok(mut told) = (self.kind.told)(entry) else {
            return Ok(Some((name(&entry.subject, entry.version, ""), "日志说不清有哪些行")));
        };
        while let Some(row) = self.next(snapshot).await? {
            let order = (row.subject.as_str(), row.entry).cmp(&(entry.subject.as_str(), entry.version));
            if order == Ordering::Greater {
                self.waiting = Some(row);
                break;
            }
            let agrees = match (told.remove(&row.id), &row.state) {
                (Some(told), Ok(state)) => order == Ordering::Equal && told == *state,
                _ => false,
            };
            if !agrees {
                return Ok(Some((name(&row.subject, row.entry, &row.id), "内容与所依据的日志不符")));
            }
        }
        for id in told.keys() {
            let gone_on = match self.kind.goes_on {
                Some(prefix) => !snapshot.query(store::ENTRY, args![format!("{prefix}{id}"), 1_i64]).await?.is_empty(),
                None => false,
            };
            if !gone_on {
                return Ok(Some((name(&entry.subject, entry.version, id), "日志有这一行，表中却没有")));
            }
        }
        Ok(None)
    }

    /// What is left when the entries are at their end rests on nothing.
    ///
    /// # Errors
    /// As [`Beside::follow`].
    pub(crate) async fn close(&mut self, snapshot: &Snapshot) -> Result<Option<Wrong>> {
        let left = self.next(snapshot).await?;
        Ok(left.map(|row| (name(&row.subject, row.entry, &row.id), "这一行没有日志")))
    }

    async fn next(&mut self, snapshot: &Snapshot) -> Result<Option<Waiting>> {
        if let Some(row) = self.waiting.take() {
            return Ok(Some(row));
        }
        if self.rows.len() == 0 && !self.ended {
            let (subject, entry, id) = &self.after;
            let rows = snapshot.query(self.kind.rows, args![subject, *entry, id, limit(PAGE)]).await?;
            self.ended = rows.len() < PAGE;
            let read = |row: &Row| {
                let (subject, entry, id) = (row.string("subject")?, row.int("entry")?, row.string("id")?);
                Ok(Waiting { subject, entry, id, state: (self.kind.row)(row).map_err(drop) })
            };
            let page = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
            if let Some(last) = page.last() {
                self.after = (last.subject.clone(), last.entry, last.id.clone());
            }
            self.rows = page.into_iter();
        }
        Ok(self.rows.next())
    }
}

fn name(subject: &str, entry: i64, id: &str) -> String {
    format!("{id}（{subject} 第 {entry} 条）")
}
