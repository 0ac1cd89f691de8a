//! Lists written out in the background, on the desk: what for, how far, the file.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::Uri,
};
use futures_util::stream;
use identity::Purpose;
use kernel::{Error, Fault, Id};
use webkit::{
    Access, Answer, App, Caller, Form, FormData, Listing, Page, Routes, Sample, Shell, flash, page, see_other, streamed,
};

use super::{again, desk::ListAsk};
use crate::{
    api,
    model::export::ExportState,
    service::exports::{self, Export, ExportMark, KEPT_DAYS, NewExport},
};

const HERE: &str = "/desk/exports";

pub(crate) fn routes() -> Routes {
    // Which list whoever may have: the service asks.
    let may = Access::SignedIn;
    Routes::new()
        .get(HERE, may, list)
        .post(HERE, may, begin)
        .post("/desk/exports/ask", may, ask)
        .get("/desk/exports/{id}/file", may, file)
        .post("/desk/exports/{id}/stop", may, stop)
        .post("/desk/exports/{id}/forget", may, forget)
}

#[derive(Template)]
#[template(path = "export_ask.html")]
struct AskPage {
    shell: Shell,
    /// What the worklist asks for, as its address has it.
    asked: String,
    /// The number of who applied; empty: it is a worklist, or another list.
    number: String,
    /// Another list.
    other: Option<Listing>,
    purpose: String,
    words: String,
    form: String,
    faults: Vec<Fault>,
}

impl AskPage {
    fn of(app: &App, shell: Shell, form: &FormData, faults: Vec<Fault>) -> kernel::Result<Self> {
        let other = if form.has("list") { Some(exports::listing(app, form.text("list"))?) } else { None };
        let ending = if form.has("form") { form.text("form") } else { "xlsx" };
        Ok(Self {
            shell,
            asked: form.text("asked").to_owned(),
            number: form.text("number").to_owned(),
            other,
            purpose: form.text("purpose").to_owned(),
            words: form.text("words").to_owned(),
            form: ending.to_owned(),
            faults,
        })
    }

    /// What is written out.
    fn what(&self) -> &str {
        self.other.map_or("办件", |it| it.name)
    }

    fn purposes(&self) -> Vec<(&'static str, &'static str)> {
        Purpose::CHOSEN.iter().map(|it| (it.code(), it.name())).collect()
    }

    fn forms(&self) -> [(&'static str, &'static str); 2] {
        [("xlsx", "XLSX（Excel、WPS 表格）"), ("csv", "CSV（UTF-8）")]
    }

    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    fn back(&self) -> String {
        match (&self.other, self.number.is_empty()) {
            (Some(list), _) => list.href(&self.asked),
            (None, true) => super::desk::back(&self.asked),
            (None, false) => "/desk/find".to_owned(),
        }
    }

    fn days(&self) -> i64 {
        KEPT_DAYS
    }
}

async fn ask(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    page(&AskPage::of(&app, it.shell, &form, Vec::new())?)
}

async fn begin(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    match exports::begin(&it.ctx, &app, &new(&form)?).await {
        Ok(_) => Ok(flash(HERE, "done", "已开始导出，可以离开这个页面，不影响进度。")),
        Err(Error::Invalid(faults)) => again(page(&AskPage::of(&app, it.shell, &form, faults)?)?),
        Err(error @ Error::Refused { .. }) => {
            let faults = vec![Fault::new("", error.message())];
            again(page(&AskPage::of(&app, it.shell, &form, faults)?)?)
        }
        Err(error) => Err(error.into()),
    }
}

fn new(form: &FormData) -> kernel::Result<NewExport> {
    let other = form.has("list").then(|| (form.text("list").to_owned(), form.text("asked").to_owned()));
    let list = if form.has("number") || other.is_some() {
        None
    } else {
        let wrong = || Error::invalid("asked", "筛选条件不对，请在工作台重新筛选后再导出。");
        let uri: Uri = super::desk::back(form.text("asked")).parse().map_err(|_| wrong())?;
        let Query(ask) = Query::<ListAsk>::try_from_uri(&uri).map_err(|_| wrong())?;
        Some(ask.filter()?)
    };
    Ok(NewExport {
        list,
        number: form.text("number").to_owned(),
        other,
        form: form.text("form").to_owned(),
        purpose: form.text("purpose").to_owned(),
        words: form.text("words").to_owned(),
    })
}

#[derive(Template)]
#[template(path = "exports.html")]
struct ListPage {
    shell: Shell,
    exports: Vec<Export>,
}

impl ListPage {
    fn working(&self) -> bool {
        self.exports.iter().any(|it| it.state.is_working())
    }

    fn size(&self, it: &Export) -> String {
        crate::view::size(it.bytes)
    }

    fn days(&self) -> i64 {
        KEPT_DAYS
    }
}

async fn list(State(app): State<App>, it: Page) -> Answer {
    let exports = exports::own(&it.ctx, &app).await?;
    page(&ListPage { shell: it.shell.under("/me").under("/desk"), exports })
}

type Place = Path<Id<ExportMark>>;

async fn file(State(app): State<App>, Caller(ctx): Caller, Path(id): Place) -> Answer {
    send(&ctx, &app, id).await
}

/// The file, a piece at a time, so that none is ever in memory whole.
pub(crate) async fn send(ctx: &kernel::Ctx, app: &App, id: Id<ExportMark>) -> Answer {
    let (export, parts) = exports::file(ctx, app, id).await?;
    let (app, name) = (app.clone(), export.file_name());
    let body = streamed(stream::unfold((app, parts.into_iter()), move |(app, mut rest)| async move {
        let part = rest.next()?;
        let bytes = exports::piece(&app, id, &part).await.map_err(|error| error.to_string());
        Some((bytes, (app, rest)))
    }));
    Ok(api::download(&name, export.form.media_type(), body, false))
}

async fn stop(State(app): State<App>, Caller(ctx): Caller, Path(id): Place, Form(_): Form) -> Answer {
    match exports::stop(&ctx, &app, id).await {
        Ok(()) => Ok(flash(HERE, "done", "已停止，没有生成文件。")),
        Err(error @ Error::Refused { .. }) => Ok(flash(HERE, "warn", &error.message())),
        Err(error) => Err(error.into()),
    }
}

async fn forget(State(app): State<App>, Caller(ctx): Caller, Path(id): Place, Form(_): Form) -> Answer {
    exports::forget(&ctx, &app, id).await?;
    Ok(see_other(HERE))
}

/// The pages with made-up content: asking, asked wrongly, and every state.
pub(crate) fn samples() -> Vec<Sample> {
    let other = AskPage {
        shell: super::desk_samples::shell(),
        asked: "show=broken".to_owned(),
        number: String::new(),
        other: Some(super::pledges::LISTING),
        purpose: String::new(),
        words: String::new(),
        form: "xlsx".to_owned(),
        faults: Vec::new(),
    };
    let ask = |number: &str, faults: Vec<Fault>| AskPage {
        other: None,
        shell: super::desk_samples::shell(),
        asked: "whose=mine".to_owned(),
        number: number.to_owned(),
        purpose: "other".to_owned(),
        words: "月度<核查>".to_owned(),
        form: "csv".to_owned(),
        faults,
    };
    let wrong = vec![Fault::new("purpose", "请选择导出的目的，申请人看得到。"), Fault::new("words", "请写明。")];
    let asks = [ask("", Vec::new()), ask("341602199301010028", wrong), other];
    let list = |exports: Vec<Export>| ListPage { shell: super::desk_samples::shell(), exports };
    let lists = [list(ExportState::ALL.map(Export::sample).to_vec()), list(Vec::new())];
    let asks = asks.iter().filter_map(|it| Some(Sample { name: "export_ask.html", html: it.render().ok()? }));
    let lists = lists.iter().filter_map(|it| Some(Sample { name: "exports.html", html: it.render().ok()? }));
    asks.chain(lists).collect()
}
