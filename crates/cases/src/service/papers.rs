//! Papers as people ask for them. They are made by [`crate::feed`].

use kernel::{Ctx, Error, Moment, Result};
use papers::Paper;
use storage::{Row, args};
use webkit::App;

use super::{load_for, subject};
use crate::{CaseId, store};

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
    })
}

/// The papers of a case; whoever calls has asked by what right.
pub(crate) async fn list(app: &App, id: CaseId) -> Result<Vec<PaperRow>> {
    app.db.query(store::PAPERS, args![id, store::PAPERS_MAX]).await?.iter().map(read).collect()
}

async fn find(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<PaperRow> {
    load_for(ctx, app, id).await?;
    let row = app.db.find(store::PAPER, args![id, number]).await?;
    read(&row.ok_or(Error::NotFound { what: "文书" })?)
}

/// What stands on a paper.
///
/// # Errors
/// [`Error::NotFound`] if there is none, or the caller may not see the case; [`Error::Internal`] if it was altered.
pub async fn paper_content(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<(PaperRow, Paper)> {
    let row = find(ctx, app, id, number).await?;
    let bytes = app.vault.open(&subject(id), &row.content).await?;
    let paper = serde_json::from_slice(&bytes).map_err(Error::internal)?;
    Ok((row, paper))
}

/// The file of a paper (PDF).
///
/// # Errors
/// As [`paper_content`].
pub async fn paper_file(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<(PaperRow, Vec<u8>)> {
    let row = find(ctx, app, id, number).await?;
    let key = app.vault.key(&subject(id)).await?;
    let sealed = app.blobs.get(&row.blob).await?;
    let bytes = app.vault.open_bytes(&key, &place(id, number), &sealed)?;
    Ok((row, bytes))
}

/// To what a paper's sealed file is bound.
pub(crate) fn place(id: CaseId, number: i64) -> String {
    format!("paper:{id}:{number}")
}
