//! What a case hands out, to its applicant and to officers who may see it: papers to read and print, files, all of it as one ZIP.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use kernel::{Ctx, Error, Result};
use papers::{Block, Paper};
use webkit::{Access, Answer, App, Caller, Failure, Page, Routes, Shell, address, archive, page, see_other};

use crate::{
    CaseId, SEE, api,
    service::{archive as packing, looks, materials, papers as made},
};

/// A number of so many characters and more may break anywhere on a paper, as on the printed one.
const LONG_NUMBER: usize = 18;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/cases/{id}/archive", Access::May(SEE), whole)
        .get("/cases/{id}/papers/{number}", Access::May(SEE), paper)
        .get("/cases/{id}/papers/{number}/pdf", Access::May(SEE), pdf)
        .get("/cases/{id}/materials/{number}", Access::May(SEE), file)
}

/// A paper to read and print.
#[derive(Template)]
#[template(path = "paper.html")]
pub(crate) struct PaperPage {
    pub(crate) shell: Shell,
    pub(crate) case: String,
    pub(crate) number: i64,
    pub(crate) paper: Paper,
    /// What it rested on was undone.
    pub(crate) withdrawn: bool,
}

impl PaperPage {
    fn date(&self) -> String {
        self.paper.signature.as_ref().map_or_else(String::new, |it| crate::view::day(it.date))
    }

    fn lines<'a>(&self, text: &'a str) -> Vec<&'a str> {
        text.lines().filter(|it| !it.trim().is_empty()).collect()
    }

    /// The stretches of a line, each with whether it is a long number, which may break anywhere.
    fn runs<'a>(&self, line: &'a str) -> Vec<(bool, &'a str)> {
        let (mut out, mut rest) = (Vec::new(), line);
        let long =
            |text: &'a str| text.split(|it: char| !it.is_ascii_alphanumeric()).find(|it| it.len() >= LONG_NUMBER);
        while let Some((number, (before, after))) = long(rest).and_then(|it| Some((it, rest.split_once(it)?))) {
            out.extend([(false, before), (true, number)]);
            rest = after;
        }
        out.push((false, rest));
        out
    }

    fn addressee(&self) -> String {
        let name = self.paper.addressee.clone().unwrap_or_default();
        if name.ends_with(['：', ':']) { name } else { format!("{name}：") }
    }
}

/// A file, or, to an officer who has not told yet what for, the page that asks; it leads on to the file.
pub(super) async fn or_ask<T>(
    ctx: &Ctx,
    app: &App,
    (id, place): (CaseId, String),
    read: Result<T>,
) -> std::result::Result<T, Response> {
    match read {
        Ok(file) => Ok(file),
        Err(error @ Error::Refused { .. }) => match looks::asks(ctx, app, id).await {
            Ok(true) => Err(see_other(&address(&format!("/desk/cases/{id}"), &[("then", &place)]))),
            Ok(false) => Err(Failure(error).into_response()),
            Err(error) => Err(Failure(error).into_response()),
        },
        Err(error) => Err(Failure(error).into_response()),
    }
}

async fn paper(State(app): State<App>, it: Page, Path((id, number)): Path<(CaseId, i64)>) -> Answer {
    let read = made::paper_content(&it.ctx, &app, id, number).await;
    let (row, paper) = match or_ask(&it.ctx, &app, (id, format!("/cases/{id}/papers/{number}")), read).await {
        Ok(read) => read,
        Err(asked) => return Ok(asked),
    };
    page(&PaperPage { shell: it.shell, case: id.to_string(), number, paper, withdrawn: row.withdrawn })
}

async fn pdf(State(app): State<App>, Caller(ctx): Caller, Path((id, number)): Path<(CaseId, i64)>) -> Answer {
    let read = made::paper_file(&ctx, &app, id, number).await;
    let (row, bytes) = match or_ask(&ctx, &app, (id, format!("/cases/{id}/papers/{number}/pdf")), read).await {
        Ok(read) => read,
        Err(asked) => return Ok(asked),
    };
    let void = if row.withdrawn { "（已作废）" } else { "" };
    let name = format!("{}{void} {}.pdf", row.title, row.document_number);
    Ok(api::download(&name, "application/pdf", bytes, false))
}

/// All of a case as one ZIP.
async fn whole(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>) -> Answer {
    let read = packing::read(&ctx, &app, id).await;
    let packed = match or_ask(&ctx, &app, (id, format!("/cases/{id}/archive")), read).await {
        Ok(read) => read,
        Err(asked) => return Ok(asked),
    };
    let (into, answer) = archive(&packed.name());
    tokio::spawn(async move {
        if let Err(error) = packing::fill(&ctx, &app, &packed, into).await {
            tracing::warn!(case = %id, %error, "a case was not handed out whole");
        }
    });
    Ok(answer)
}

/// A file of a case or of one's own draft, never run by the browser.
pub(super) async fn file(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(CaseId, i64)>,
) -> Answer {
    let read = materials::read_material(&ctx, &app, id, number).await;
    let file = match or_ask(&ctx, &app, (id, format!("/cases/{id}/materials/{number}")), read).await {
        Ok(read) => read,
        Err(asked) => return Ok(asked),
    };
    Ok(api::download(&file.name, file.kind.media(), file.bytes, false))
}

/// Which part of a paper a block is, for the template.
pub(crate) enum Part<'a> {
    Text(&'a str),
    Heading(&'a str),
    List(&'a [papers::ListItem]),
    Table(&'a [papers::Field]),
    Quote(&'a str, &'a str),
    Remedies(&'a [String]),
}

impl PaperPage {
    fn parts(&self) -> Vec<Part<'_>> {
        self.paper.blocks.iter().map(Part::of).collect()
    }
}

impl<'a> Part<'a> {
    fn of(block: &'a Block) -> Self {
        match block {
            Block::Paragraph(text) => Self::Text(text),
            Block::Heading(text) => Self::Heading(text),
            Block::List(items) => Self::List(items),
            Block::Table(rows) => Self::Table(rows),
            Block::Quote { source, text } => Self::Quote(source, text),
            Block::Remedies(texts) => Self::Remedies(texts),
        }
    }
}
