//! Several photographs as one PDF: shot or chosen, put in order, turned, bound. The order stands in the page's address, so that every step
//! is a link and works without script. And the small pictures of files.

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Error, Fault};
use serde::Deserialize;
use webkit::{Access, Answer, App, Caller, Form, FormData, Page, Routes, Sample, Shell, address, flash, page};

use super::again;
use crate::{
    CaseId, FILE, SEE, api,
    service::{
        album::{self, AlbumView, LeafView},
        thumbs,
    },
};

pub(crate) fn routes() -> Routes {
    let own = Access::May(FILE);
    Routes::new()
        .get("/drafts/{id}/pages/{material}", own, of_draft)
        .post("/drafts/{id}/pages/{material}", own, bind_draft)
        .get("/cases/{id}/supply/{material}/pages", own, of_case)
        .post("/cases/{id}/supply/{material}/pages", own, bind_case)
        .get("/drafts/{id}/files/{number}/thumb", own, thumb)
        .get("/cases/{id}/materials/{number}/thumb", Access::May(SEE), thumb)
}

/// Whose material it is: where its pages lie.
#[derive(Clone, Copy)]
enum Of {
    Draft,
    Case,
}

impl Of {
    /// Where the pictures are put in order.
    fn place(self, id: CaseId, material: &str) -> String {
        match self {
            Self::Draft => format!("/drafts/{id}/pages/{material}"),
            Self::Case => format!("/cases/{id}/supply/{material}/pages"),
        }
    }

    /// Where one comes from and goes back to.
    fn back(self, id: CaseId) -> String {
        match self {
            Self::Draft => format!("/drafts/{id}/materials"),
            Self::Case => format!("/cases/{id}/supply"),
        }
    }

    /// Where a further picture is sent.
    fn adding(self, id: CaseId, material: &str) -> String {
        match self {
            Self::Draft => format!("/drafts/{id}/materials/{material}"),
            Self::Case => format!("/cases/{id}/supply/{material}"),
        }
    }

    /// Where the files lie.
    fn files(self, id: CaseId) -> String {
        match self {
            Self::Draft => format!("/drafts/{id}/files"),
            Self::Case => format!("/cases/{id}/materials"),
        }
    }
}

/// Where one goes on to after files were sent: back to the page of pictures, in its order, if they came from there.
pub(super) fn onward(data: &FormData, pages: String, plain: String) -> String {
    if data.has("pages") { address(&pages, &[("p", data.text("pages"))]) } else { plain }
}

/// The pictures of a material.
#[derive(Template)]
#[template(path = "album.html")]
pub(crate) struct AlbumPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    /// Where this page is, where one goes back to, where pictures are sent, where they lie.
    pub(crate) place: String,
    pub(crate) back: String,
    pub(crate) adding: String,
    pub(crate) files: String,
    pub(crate) album: AlbumView,
    pub(crate) faults: Vec<Fault>,
}

impl AlbumPage {
    fn fault(&self) -> &str {
        let field = format!("material.{}", self.album.material);
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    fn thumb(&self, it: &LeafView) -> String {
        if it.has_thumb { format!("{}/{}/thumb", self.files, it.number) } else { String::new() }
    }

    fn most(&self) -> usize {
        album::PAGES_MAX
    }
}

/// The order, as the address says.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    p: String,
}

async fn of_draft(
    State(app): State<App>,
    it: Page,
    Path((id, material)): Path<(CaseId, String)>,
    Query(ask): Query<Ask>,
) -> Answer {
    page(&shown(&app, it, (Of::Draft, id, &material), (&ask.p, Vec::new())).await?)
}

async fn of_case(
    State(app): State<App>,
    it: Page,
    Path((id, material)): Path<(CaseId, String)>,
    Query(ask): Query<Ask>,
) -> Answer {
    page(&shown(&app, it, (Of::Case, id, &material), (&ask.p, Vec::new())).await?)
}

async fn shown(
    app: &App,
    it: Page,
    (of, id, material): (Of, CaseId, &str),
    (order, faults): (&str, Vec<Fault>),
) -> kernel::Result<AlbumPage> {
    Ok(AlbumPage {
        id: id.to_string(),
        place: of.place(id, material),
        back: of.back(id),
        adding: of.adding(id, material),
        files: of.files(id),
        album: album::album(&it.ctx, app, id, (material, order)).await?,
        shell: it.shell,
        faults,
    })
}

async fn bind_draft(
    State(app): State<App>,
    it: Page,
    Path((id, material)): Path<(CaseId, String)>,
    Form(form): Form,
) -> Answer {
    bind(&app, it, (Of::Draft, id, &material), form.text("p")).await
}

async fn bind_case(
    State(app): State<App>,
    it: Page,
    Path((id, material)): Path<(CaseId, String)>,
    Form(form): Form,
) -> Answer {
    bind(&app, it, (Of::Case, id, &material), form.text("p")).await
}

async fn bind(app: &App, it: Page, (of, id, material): (Of, CaseId, &str), order: &str) -> Answer {
    let faults = match album::bind(&it.ctx, app, id, (material, order)).await {
        Ok(_) => return Ok(flash(&of.back(id), "done", "照片已合成一份 PDF。")),
        Err(Error::Invalid(faults)) => faults,
        Err(Error::TooLarge { reason }) => vec![Fault::new(format!("material.{material}"), reason)],
        Err(error) => return Err(error.into()),
    };
    again(page(&shown(app, it, (of, id, material), (order, faults)).await?)?)
}

/// The small picture of a file, for whoever may read the file.
async fn thumb(State(app): State<App>, Caller(ctx): Caller, Path((id, number)): Path<(CaseId, i64)>) -> Answer {
    let bytes = thumbs::read(&ctx, &app, id, number).await?;
    Ok(api::download("缩略图.jpg", "image/jpeg", bytes, true))
}

/// The page with made-up content.
pub(super) fn samples() -> Vec<Sample> {
    const ID: &str = "0196f0c3a2b47c11a0b1c2d3e4f50617";
    let leaf = |number: i64, turn: u16| LeafView {
        number,
        name: format!("户口<b>簿</b> {number}.jpg"),
        note: "JPEG，2.4 MB".to_owned(),
        has_thumb: number < 3,
        turn,
        part: format!("{number}.{turn}"),
        up: if number > 1 { "2.0-1.0".to_owned() } else { String::new() },
        down: if number < 2 { "2.0-1.0".to_owned() } else { String::new() },
        turned: "1.1-2.0".to_owned(),
        toggled: "2.0-1.x".to_owned(),
    };
    let sample = |pages: Vec<LeafView>, left_out: Vec<LeafView>, faults: Vec<Fault>| AlbumPage {
        shell: Shell::sample("亳州市政务服务网"),
        id: ID.to_owned(),
        place: format!("/drafts/{ID}/pages/layout"),
        back: format!("/drafts/{ID}/materials"),
        adding: format!("/drafts/{ID}/materials/layout"),
        files: format!("/drafts/{ID}/files"),
        album: AlbumView {
            material: "layout".to_owned(),
            name: "户口<b>簿</b>".to_owned(),
            item_name: "高龄津贴".to_owned(),
            order: "1.0-2.1-3.x".to_owned(),
            pages,
            left_out,
        },
        faults,
    };
    let wrong = vec![Fault::new("material.layout", "第 2 张照片不能用：图片不完整或者已经损坏。请重新拍这一张。")];
    let pages =
        [sample(vec![leaf(1, 0), leaf(2, 1)], vec![leaf(3, 0)], Vec::new()), sample(Vec::new(), Vec::new(), wrong)];
    pages.iter().filter_map(|it| Some(Sample { name: "album.html", html: it.render().ok()? })).collect()
}
