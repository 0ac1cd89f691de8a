//! Lists of officers on the desk: fetch one, hand one in, read what would become of it, let it be taken in, read the report.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use kernel::{Authority as AuthorityMark, Error, Fault, Id};
use webkit::{Answer, App, Caller, Form, Page, Shell, UploadForm, address, encoded, flash, page, see_other};

use super::{
    again,
    choice::{Choice, ChoiceAsk},
    fault,
};
use crate::{
    ADMINISTER,
    model::roster::{ImportState, Trouble},
    service::{
        reach::Reach,
        roster::{
            export,
            job::{self, ImportMark, Job},
        },
    },
};

const HERE: &str = "/desk/people/import";
/// Lines of a report on the page; the file has all.
const LINES: usize = 200;
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const TEXT: &str = "text/csv; charset=utf-8";

#[derive(Template)]
#[template(path = "roster.html")]
pub(crate) struct RosterPage {
    pub(crate) shell: Shell,
    pub(crate) choice: Choice,
    pub(crate) jobs: Vec<Job>,
    pub(crate) faults: Vec<Fault>,
}

impl RosterPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    /// The address of the list as a file of this ending.
    fn list(&self, ending: &str) -> String {
        address(&format!("/desk/people/export/officers.{ending}"), &[("authority", &self.choice.id())])
    }

    fn whom(&self) -> &str {
        if self.choice.chosen.is_some() { self.choice.name() } else { "全部单位" }
    }
}

async fn overview(app: &App, it: Page, (ask, faults): (ChoiceAsk, Vec<Fault>)) -> kernel::Result<RosterPage> {
    let reach = Reach::of(&it.ctx, &app.db, ADMINISTER).await?;
    let choice = reach.choose(&app.db, &ask, (HERE, &[]), !reach.is_whole()).await?;
    let jobs = job::own(&it.ctx, app).await?;
    Ok(RosterPage { shell: it.shell, choice, jobs, faults })
}

pub(crate) async fn show(State(app): State<App>, it: Page, Query(ask): Query<ChoiceAsk>) -> Answer {
    page(&overview(&app, it, (ask, Vec::new())).await?)
}

pub(crate) async fn begin(State(app): State<App>, it: Page, form: UploadForm) -> Answer {
    let begun = match form.files.into_iter().find(|it| it.field == "file") {
        None => Err(Error::invalid("file", "请选择要导入的文件。")),
        Some(file) => job::begin(&it.ctx, &app, (&file.name, file.bytes)).await,
    };
    match begun {
        Ok(id) => Ok(see_other(&here(id))),
        Err(Error::Invalid(faults)) => again(page(&overview(&app, it, (ChoiceAsk::default(), faults)).await?)),
        Err(error) => Err(error.into()),
    }
}

fn here(id: Id<ImportMark>) -> String {
    format!("{HERE}/{id}")
}

#[derive(Template)]
#[template(path = "roster_job.html")]
pub(crate) struct RosterJobPage {
    pub(crate) shell: Shell,
    pub(crate) task: Job,
    /// The first lines of the report.
    pub(crate) lines: Vec<Trouble>,
    /// How many lines it has.
    pub(crate) all: usize,
}

impl RosterJobPage {
    fn here(&self) -> String {
        here(self.task.id)
    }

    fn is_running(&self) -> bool {
        self.task.state == ImportState::Running
    }
}

pub(crate) async fn job_page(State(app): State<App>, it: Page, Path(id): Path<Id<ImportMark>>) -> Answer {
    let task = job::job(&it.ctx, &app, id).await?;
    let mut lines = job::report(&app, &task).await?;
    let all = lines.len();
    lines.truncate(LINES);
    page(&RosterJobPage { shell: it.shell, task, lines, all })
}

pub(crate) async fn start(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ImportMark>>,
    _: Form,
) -> Answer {
    job::start(&ctx, &app, id).await?;
    Ok(see_other(&here(id)))
}

pub(crate) async fn forget(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ImportMark>>,
    _: Form,
) -> Answer {
    job::forget(&ctx, &app, id).await?;
    Ok(flash(HERE, "done", "文件和检查结果都已删除。"))
}

/// The whole report as a text table.
pub(crate) async fn report(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<Id<ImportMark>>) -> Answer {
    let task = job::job(&ctx, &app, id).await?;
    let lines = job::report(&app, &task).await?;
    let rows: Vec<_> = lines.into_iter().map(|it| vec![it.line.to_string(), it.column, it.value, it.reason]).collect();
    let file = sheets::text_table(&["行", "列", "内容", "原因"], &rows).map_err(Error::internal)?;
    download(TEXT, "导入报告.csv", file)
}

pub(crate) async fn template(Caller(ctx): Caller) -> Answer {
    ctx.may_somewhere(ADMINISTER).then_some(()).ok_or(Error::Forbidden { action: ADMINISTER.words })?;
    download(WORKBOOK, "人员岗位模板.xlsx", export::template()?)
}

#[derive(serde::Deserialize)]
pub(crate) struct ExportAsk {
    #[serde(default)]
    authority: String,
}

pub(crate) async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(file): Path<String>,
    Query(ask): Query<ExportAsk>,
) -> Answer {
    let ending = file.strip_prefix("officers.").filter(|it| matches!(*it, "csv" | "xlsx"));
    let ending = ending.ok_or(Error::NotFound { what: "这种文件" })?;
    let authority: Option<Id<AuthorityMark>> = match ask.authority.as_str() {
        "" => None,
        id => Some(id.parse()?),
    };
    let bytes = export::list(&ctx, &app, authority, ending).await?;
    let media = if ending == "csv" { TEXT } else { WORKBOOK };
    download(media, &format!("{}.{ending}", export::NAME), bytes)
}

/// A file that the browser keeps, and nobody on the way.
fn download(media: &'static str, name: &str, bytes: Vec<u8>) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let name = format!("attachment; filename*=UTF-8''{}", encoded(name));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::internal)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let answer: Response = (headers, bytes).into_response();
    Ok(answer)
}
