//! Papers as people ask for them. Receipts are read off the record; the others are made by [`crate::feed`] and kept.

use kernel::{Ctx, Error, Moment, Result};
use papers::Paper;
use storage::{Row, args};
use webkit::App;

use super::{Hands, load_for, looks, subject};
use crate::{
    CaseId,
    feed::compose::{Composed, compose},
    model::Event,
    store,
};

/// A paper of a case.
#[derive(Debug, Clone)]
pub struct PaperRow {
    /// Its number within the case: the version of the entry it was made for.
    pub number: i64,
    /// What kind of paper it is.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// 文号.
    pub document_number: String,
    /// When it was made.
    pub made_at: Moment,
    /// Whether the act for which it was made was undone (已作废).
    pub withdrawn: bool,
    pub(crate) content: String,
    pub(crate) blob: String,
}

pub(crate) fn read(row: &Row) -> Result<PaperRow> {
    Ok(PaperRow {
        number: row.int("number")?,
        kind: row.string("kind")?,
        title: row.string("title")?,
        document_number: row.string("document_number")?,
        made_at: row.moment("made_at")?,
        content: row.string("content")?,
        blob: row.string("blob")?,
        withdrawn: false,
    })
}

/// The papers of a case; whoever calls has asked by what right.
pub(crate) async fn list(app: &App, id: CaseId) -> Result<Vec<PaperRow>> {
    app.db.query(store::PAPERS, args![id, store::PAPERS_MAX]).await?.iter().map(read).collect()
}

/// A paper that somebody asked for.
enum Asked {
    /// It was made, and is kept.
    Kept(PaperRow),
    /// It is read off the record now.
    ReadOff(PaperRow, Box<Composed>),
}

async fn find(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<Asked> {
    let case = load_for(ctx, app, id).await?;
    if Hands::of(ctx, &case)?.officer() {
        looks::must_look(ctx, app, &case).await?;
    }
    if let Some(row) = app.db.find(store::PAPER, args![id, number]).await? {
        let withdrawn = case.case.is_annulled(number);
        return read(&row).map(|it| Asked::Kept(PaperRow { withdrawn, ..it }));
    }
    let none = || Error::NotFound { what: "文书" };
    let record = journal::find(&app.db, &subject(id), number).await?.ok_or_else(none)?;
    let event = Event::read(&record.kind, &record.body).map_err(Error::internal)?;
    let kind = event.paper().filter(|it| it.is_read_off()).ok_or_else(none)?;
    let composed = compose(app, (&case, &event, kind), None).await?;
    let row = PaperRow {
        number,
        kind: kind.code().to_owned(),
        title: composed.paper.title.clone(),
        document_number: case.facts.number.clone(),
        made_at: event.at,
        content: String::new(),
        blob: String::new(),
        withdrawn: false,
    };
    Ok(Asked::ReadOff(row, Box::new(composed)))
}

/// What stands on a paper.
///
/// # Errors
/// [`Error::NotFound`] if there is none, or the caller may not see the case; [`Error::Refused`] if the case is over and an officer has
/// not told yet today what for it looks; [`Error::Internal`] if it was altered.
pub async fn paper_content(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<(PaperRow, Paper)> {
    match find(ctx, app, id, number).await? {
        Asked::Kept(row) => {
            let bytes = app.vault.open(&subject(id), &row.content).await?;
            let paper = serde_json::from_slice(&bytes).map_err(Error::internal)?;
            Ok((row, paper))
        }
        Asked::ReadOff(row, composed) => Ok((row, composed.paper)),
    }
}

/// The file of a paper (PDF).
///
/// # Errors
/// As [`paper_content`].
pub async fn paper_file(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<(PaperRow, Vec<u8>)> {
    match find(ctx, app, id, number).await? {
        Asked::Kept(row) => {
            let key = app.vault.key(&subject(id)).await?;
            let sealed = app.blobs.get(&row.blob).await?;
            let bytes = app.vault.open_bytes(&key, &place(id, number), &sealed)?;
            Ok((row, bytes))
        }
        Asked::ReadOff(row, composed) => {
            let bytes = composed.print(app, row.made_at).await?;
            Ok((row, bytes))
        }
    }
}

/// To what a paper's sealed file is bound.
pub(crate) fn place(id: CaseId, number: i64) -> String {
    format!("paper:{id}:{number}")
}
