//! What officers write on a case for each other, what they have typed and not sent, and files shown in place beside the form.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Authority, Error, Id};
use webkit::{
    Access, Answer, App, Caller, Failure, Form, FormData, Page, Routes, Sample, Shell, UPLOAD_MAX, UploadForm, address,
    flash, page, see_other,
};

use super::desk_case;
use crate::{
    ASSIGN, CaseId, DESK, api,
    service::{
        exhibits, looks,
        materials::{self, MaterialKind, NewMaterial, ReadMaterial},
        notes::{self, NewNote},
        typed::{self, Phrase},
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/desk/cases/{id}/notes", Access::May(DESK), note)
        .post("/desk/cases/{id}/typed", Access::May(DESK), keep)
        .get("/desk/cases/{id}/materials/{number}", Access::May(DESK), shown)
        .upload("/desk/cases/{id}/exhibits", Access::May(DESK), UPLOAD_MAX, add_exhibits)
        .get("/desk/cases/{id}/exhibits/{number}", Access::May(DESK), exhibit)
        .get("/desk/cases/{id}/exhibits/{number}/thumb", Access::May(DESK), exhibit_thumb)
        .post("/desk/cases/{id}/exhibits/{number}/remove", Access::May(DESK), remove_exhibit)
        .get("/desk/phrases", Access::May(DESK), phrases)
        .post("/desk/phrases", Access::May(DESK), add_phrase)
        .post("/desk/phrases/{number}/forget", Access::May(DESK), forget_phrase)
}

/// A note, a mark on a file, or a word on a point of review.
async fn note(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(form): Form) -> Answer {
    let text = |name: &str| form.text(name).to_owned();
    let page = form.text("page");
    let page = if page.is_empty() { 0 } else { page.parse().unwrap_or(-1) };
    let new = NewNote { kind: text("kind"), about: text("about"), verdict: text("verdict"), page, text: text("text") };
    let (part, words) = match new.kind.as_str() {
        "mark" => ("materials", "已标注。"),
        "point" => ("points", "已记下核对结果。"),
        _ => ("notes", "已添加备注。"),
    };
    match notes::add_note(&it.ctx, &app, id, &new).await {
        Ok(_) => Ok(flash(&format!("/desk/cases/{id}#{part}"), "done", words)),
        Err(error @ (Error::Invalid(_) | Error::Refused { .. })) => {
            let mut shown = desk_case::fresh(&app, it, id, form).await?;
            shown.trouble = error.message();
            let mut answer = webkit::page(&shown)?.into_response();
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
        Err(error) => Err(Failure(error)),
    }
}

/// Keeps what is typed for an act, while it is typed.
async fn keep(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(form): Form) -> Answer {
    typed::keep(&it.ctx, &app, id, &form).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What a file that is shown in place may do: nothing but be seen, and only within a page of this site. The viewer of a PDF is an object of
/// the browser's own.
const IN_PLACE: &str =
    "default-src 'none'; object-src 'self'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'";

/// A file in place: pictures and PDF are seen, others come as files.
async fn shown(State(app): State<App>, it: Page, Path((id, number)): Path<(CaseId, i64)>) -> Answer {
    if looks::asks(&it.ctx, &app, id).await? {
        let then = format!("/cases/{id}/materials/{number}");
        return Ok(see_other(&address(&format!("/desk/cases/{id}"), &[("then", &then)])));
    }
    let file = materials::read_material(&it.ctx, &app, id, number).await?;
    Ok(in_place(file))
}

/// Pictures and PDF to be seen, others as files.
pub(super) fn in_place(file: ReadMaterial) -> Response {
    let inline = file.kind != MaterialKind::Ofd;
    let mut answer: Response = api::download(&file.name, file.kind.media(), file.bytes, inline);
    if inline {
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(IN_PLACE));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
    answer
}

/// Files that an officer adds; the first that cannot be taken ends it.
async fn add_exhibits(State(app): State<App>, it: Page, Path(id): Path<CaseId>, upload: UploadForm) -> Answer {
    let mut done = match upload.files.is_empty() {
        true => Err(Error::invalid("file", "还没有选择文件，请先选择再上传。")),
        false => Ok(()),
    };
    for file in upload.files {
        let new = NewMaterial { material: String::new(), name: file.name, bytes: file.bytes, replaces: None };
        if done.is_ok() {
            done = exhibits::add_exhibit(&it.ctx, &app, id, &new).await.map(drop);
        }
    }
    match done {
        Ok(()) => Ok(flash(&format!("/desk/cases/{id}#exhibits"), "done", "已上传。")),
        Err(Error::Invalid(faults)) => {
            let mut shown = desk_case::fresh(&app, it, id, FormData::default()).await?;
            shown.faults = faults;
            let mut answer = webkit::page(&shown)?.into_response();
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
        Err(error @ Error::Refused { .. }) => Ok(flash(&format!("/desk/cases/{id}"), "warn", &error.message())),
        Err(error) => Err(error.into()),
    }
}

async fn remove_exhibit(
    State(app): State<App>,
    it: Page,
    Path((id, number)): Path<(CaseId, i64)>,
    Form(_): Form,
) -> Answer {
    exhibits::remove_exhibit(&it.ctx, &app, id, number).await?;
    Ok(flash(&format!("/desk/cases/{id}#exhibits"), "done", "文件已移除。"))
}

/// A file that an officer added, in place.
async fn exhibit(State(app): State<App>, it: Page, Path((id, number)): Path<(CaseId, i64)>) -> Answer {
    let file = exhibits::read_exhibit(&it.ctx, &app, id, number).await?;
    Ok(in_place(file))
}

/// The small picture of one.
async fn exhibit_thumb(State(app): State<App>, Caller(ctx): Caller, Path((id, number)): Path<(CaseId, i64)>) -> Answer {
    let bytes = exhibits::read_thumb(&ctx, &app, id, number).await?;
    Ok(crate::api::download("缩略图.jpg", "image/jpeg", bytes, true))
}

/// Phrases of one owner.
struct Group {
    /// The authority; empty: the caller's own.
    office: String,
    name: String,
    phrases: Vec<Phrase>,
}

#[derive(Template)]
#[template(path = "desk_phrases.html")]
struct PhrasesPage {
    shell: Shell,
    groups: Vec<Group>,
}

/// Authorities whose phrases one page offers to change at most.
const OFFICES_MAX: usize = 3;

async fn phrases(State(app): State<App>, it: Page) -> Answer {
    let own = typed::phrases(&it.ctx, &app, None).await?;
    let mut groups = vec![Group { office: String::new(), name: "我的常用语".to_owned(), phrases: own }];
    let grants = it.ctx.actor.grants.iter().filter(|it| it.permission == ASSIGN.code);
    let offices: BTreeSet<_> = grants.filter_map(|it| it.authority).collect();
    for office in offices.into_iter().take(OFFICES_MAX) {
        let name = identity::authority(&app.db, office).await?.facts.name;
        let mut phrases = typed::phrases(&it.ctx, &app, Some(office)).await?;
        phrases.retain(|it| it.office);
        groups.push(Group { office: office.to_string(), name: format!("{name}的常用语"), phrases });
    }
    page(&PhrasesPage { shell: it.shell, groups })
}

/// The authority whose phrases a form means; empty: the caller's own.
fn office(text: &str) -> kernel::Result<Option<Id<Authority>>> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

async fn add_phrase(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let new = (office(form.text("office"))?, form.text("text"));
    match typed::add_phrase(&it.ctx, &app, new).await {
        Ok(_) => Ok(flash("/desk/phrases", "done", "已添加常用语。")),
        Err(error @ (Error::Invalid(_) | Error::Refused { .. })) => {
            Ok(flash("/desk/phrases", "warn", &error.message()))
        }
        Err(error) => Err(error.into()),
    }
}

async fn forget_phrase(State(app): State<App>, it: Page, Path(number): Path<i64>, Form(form): Form) -> Answer {
    typed::forget_phrase(&it.ctx, &app, (office(form.text("office"))?, number)).await?;
    Ok(flash("/desk/phrases", "done", "已删除这条常用语。"))
}

/// The page with made-up content: full and empty.
pub(crate) fn samples() -> Vec<Sample> {
    let phrase =
        Phrase { number: 1, text: "材料齐全，符合法定形式，<同意>。".to_owned(), office: false };
    let group = |office: &str, name: &str, phrases: Vec<Phrase>| Group {
        office: office.to_owned(),
        name: name.to_owned(),
        phrases,
    };
    let one = |groups: Vec<Group>| PhrasesPage { shell: super::desk_samples::shell(), groups };
    let office = group("0196f0c3a2b47c11a0b1c2d3e4f50617", "谯城区市场监督管理局的常用语", Vec::new());
    let pages =
        [one(vec![group("", "我的常用语", vec![phrase])]), one(vec![group("", "我的常用语", Vec::new()), office])];
    pages.iter().filter_map(|it| Some(Sample { name: "desk_phrases.html", html: it.render().ok()? })).collect()
}
