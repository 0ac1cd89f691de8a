//! Import and export on the desk: hand in a file, look at its columns, read what would become of it, let it be taken in, read the report.

use askama::Template;
use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, TryStreamExt, stream};
use identity::{Choice, ChoiceAsk, Reach};
use kernel::{Authority, Error, Fault, Id, PageAsk, Scope};
use tokio::io::AsyncReadExt;
use webkit::{Answer, App, Form, FormData, Page, Shell, UploadForm, address, asked, flash, page, streamed};

use super::{NO_STORE, headers};
use crate::{
    CATALOGUE, ExportForm, ReportLine,
    exchange::{
        heads::{Mapping, SHEET_KINDS, SheetMapping, choices, kind_of, shown, taken_for},
        job::{self, CHANGED, FieldChange, Job, REFUSED, REPORT_KINDS},
        write::ImportMark,
    },
    export_tables,
    model::JobState,
};

/// Lines of a report on one page.
const LINES: i64 = 50;
/// Bytes of a file that are sent at once.
const BLOCK: usize = 64 * 1024;
/// What an address says in place of an authority's id when all of the site is meant.
const SITE: &str = "site";

pub(super) const HERE: &str = "/desk/items/exchange";

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct OverviewAsk {
    #[serde(flatten)]
    choice: ChoiceAsk,
    after: String,
}

#[derive(Template)]
#[template(path = "exchange_desk.html")]
pub(crate) struct ExchangePage {
    pub(crate) shell: Shell,
    pub(crate) choice: Choice,
    /// Whose items the page is about: an id, or `site`; empty: still to be chosen.
    pub(crate) authority: String,
    pub(crate) jobs: Vec<Job>,
    pub(crate) next: String,
    pub(crate) first: String,
    pub(crate) faults: Vec<Fault>,
}

impl ExchangePage {
    /// Whose items, in words.
    fn whom(&self) -> &str {
        if self.choice.chosen.is_some() { self.choice.name() } else { "全站" }
    }

    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| &it.message)
    }

    fn asked(&self) -> String {
        asked(&[("authority", &self.authority)])
    }
}

/// Whose items are meant; `None`: those of the whole site.
pub(super) fn whose(text: &str) -> kernel::Result<Option<Id<Authority>>> {
    if text.is_empty() || text == SITE { Ok(None) } else { text.parse().map(Some) }
}

async fn overview_page(app: &App, it: Page, mut ask: OverviewAsk, faults: Vec<Fault>) -> Answer {
    let reach = Reach::of(&it.ctx, &app.db, CATALOGUE).await?;
    if ask.choice.authority == SITE {
        ask.choice.authority.clear();
    }
    let choice = reach.choose(&app.db, &ask.choice, (HERE, &[]), !reach.is_whole()).await?;
    let mut shown = ExchangePage {
        shell: it.shell,
        authority: choice.chosen.as_ref().map_or_else(|| SITE.to_owned(), |it| it.id.to_string()),
        choice,
        jobs: Vec::new(),
        next: String::new(),
        first: String::new(),
        faults,
    };
    if !shown.choice.open {
        let asked = PageAsk::from_query(Some(&ask.after), Some(20))?;
        let jobs = job::jobs(&it.ctx, &app.db, whose(&shown.authority)?, &asked).await?;
        let here = |after: &str| address(HERE, &[("authority", &shown.authority), ("after", after)]);
        let first = if ask.after.is_empty() { String::new() } else { here("") };
        let next = jobs.next.map(|key| here(&key)).unwrap_or_default();
        (shown.next, shown.first, shown.jobs) = (next, first, jobs.items);
    }
    page(&shown)
}

pub(super) async fn overview(State(app): State<App>, it: Page, Query(ask): Query<OverviewAsk>) -> Answer {
    overview_page(&app, it, ask, Vec::new()).await
}

pub(super) async fn begin(State(app): State<App>, it: Page, form: UploadForm) -> Answer {
    let authority = form.data.text("authority").to_owned();
    let file = form.files.into_iter().find(|it| it.field == "file");
    let begun = match file {
        None => Err(Error::invalid("file", "请选择要导入的文件。")),
        Some(file) => job::begin(&it.ctx, &app, whose(&authority)?, (&file.name, file.bytes)).await,
    };
    match begun {
        Ok(id) => Ok(webkit::see_other(&here(id))),
        Err(Error::Invalid(faults)) => {
            let ask = OverviewAsk { choice: ChoiceAsk::of(&authority), after: String::new() };
            overview_page(&app, it, ask, faults).await
        }
        Err(error) => Err(error.into()),
    }
}

fn here(id: Id<ImportMark>) -> String {
    format!("{HERE}/{id}")
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct JobAsk {
    /// The sheet whose columns are being chosen, from 1.
    sheet: String,
    /// Which lines of the report.
    kind: String,
    after: i64,
}

/// A sheet as the page shows it.
pub(crate) struct SheetView {
    pub(crate) place: usize,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) kind_name: &'static str,
    pub(crate) columns: Vec<ColumnView>,
    pub(crate) known: usize,
}

/// A column of the file.
pub(crate) struct ColumnView {
    pub(crate) head: String,
    pub(crate) values: Vec<String>,
    pub(crate) chosen: String,
}

/// A line of a report; of a changed item with its fields and its address.
pub(crate) struct LineView {
    pub(crate) line: ReportLine,
    pub(crate) changes: Vec<FieldChange>,
}

#[derive(Template)]
#[template(path = "exchange_job.html")]
pub(crate) struct JobPage {
    pub(crate) shell: Shell,
    pub(crate) task: Job,
    pub(crate) authority: String,
    pub(crate) whose: String,
    pub(crate) sheets: Vec<SheetView>,
    /// The place of the sheet whose columns are chosen; from 1; 0: none.
    pub(crate) focus: usize,
    pub(crate) choices: Vec<(String, String)>,
    pub(crate) kind: String,
    pub(crate) tabs: Vec<(String, &'static str, bool, String)>,
    pub(crate) lines: Vec<LineView>,
    pub(crate) next: String,
    pub(crate) faults: Vec<Fault>,
}

impl JobPage {
    fn here(&self) -> String {
        here(self.task.id)
    }

    /// The lines that are shown, as a list that is written out.
    fn asked(&self) -> String {
        asked(&[("id", &self.task.id.to_string()), ("kind", &self.kind)])
    }

    fn is_choosing(&self) -> bool {
        self.task.state == JobState::Mapping || !self.sheets.is_empty()
    }

    fn kinds(&self) -> Vec<(String, String)> {
        SHEET_KINDS.iter().filter(|it| !it.0.is_empty()).map(|it| (it.0.to_owned(), it.1.to_owned())).collect()
    }

    /// A page with made-up content, for the test of all pages.
    pub(crate) fn sample(shell: Shell, state: JobState, kind: &str) -> Self {
        let column = |head: &str, chosen: &str| ColumnView {
            head: head.to_owned(),
            values: vec!["<b>".to_owned()],
            chosen: chosen.to_owned(),
        };
        let sheet = |place, kind| SheetView {
            place,
            name: "清单 & 材料".to_owned(),
            kind,
            kind_name: "事项",
            columns: vec![column("名称", "up_task_general_basic.task_name"), column("", "")],
            known: 1,
        };
        let line = ReportLine {
            refused: true,
            sheet: "清单".to_owned(),
            line: 3,
            column: "事项名称".to_owned(),
            value: "<script>".to_owned(),
            reason: "没有写事项名称".to_owned(),
            advice: "补上事项名称".to_owned(),
        };
        let changes = vec![FieldChange("事项名称".to_owned(), String::new(), "<i>".to_owned())];
        Self {
            shell,
            task: Job::sample(state),
            authority: "谯城区教育局".to_owned(),
            whose: "1".to_owned(),
            sheets: if state == JobState::Mapping { vec![sheet(1, "items"), sheet(2, "")] } else { Vec::new() },
            focus: 1,
            choices: choices("items"),
            kind: kind.to_owned(),
            tabs: vec![("?kind=refused".to_owned(), "拒绝", kind == "refused", "1".to_owned())],
            lines: vec![LineView { line, changes }],
            next: "?after=9".to_owned(),
            faults: Vec::new(),
        }
    }

    fn size(&self) -> String {
        format!("{} KB，{}上传", (self.task.bytes + 1_023) / 1_024, self.task.begun_at.zh())
    }

    fn go_on(&self) -> String {
        format!("从第 {} 个继续", self.task.place + 1)
    }

    fn to_write(&self) -> i64 {
        self.task.counts.added + self.task.counts.updated
    }
}

fn view(place: usize, mapping: &SheetMapping, rows: &[&[String]]) -> SheetView {
    let kind = kind_of(mapping);
    let width = rows.iter().map(|it| it.len()).max().unwrap_or(0).max(mapping.heads.len());
    let columns: Vec<ColumnView> = (0..width)
        .map(|n| {
            let chosen = mapping.columns.get(n).cloned().unwrap_or_default();
            let values = rows.iter().filter_map(|it| it.get(n)).filter(|it| !it.trim().is_empty());
            let values = values.map(|it| it.chars().take(30).collect()).collect();
            ColumnView { head: mapping.heads.get(n).cloned().unwrap_or_default(), values, chosen }
        })
        .collect();
    SheetView {
        place: place + 1,
        name: mapping.sheet.clone(),
        kind,
        kind_name: SHEET_KINDS.iter().find(|it| it.0 == kind).map_or("", |it| it.1),
        known: columns.iter().filter(|it| !it.chosen.is_empty()).count(),
        columns,
    }
}

async fn job_page(app: &App, it: Page, id: Id<ImportMark>, ask: JobAsk, faults: Vec<Fault>) -> Answer {
    let job = job::job(&it.ctx, &app.db, id).await?;
    let choosing = !job.state.is_working()
        && job.state != JobState::Done
        && (job.state == JobState::Mapping || !ask.sheet.is_empty());
    let mut sheets = Vec::new();
    if choosing {
        let tops = job::first_rows(app, &job).await?;
        for (n, mapping) in job.mapping.sheets.iter().enumerate() {
            let rows = tops.get(n).map(|it| shown(&it.1, mapping)).unwrap_or_default();
            sheets.push(view(n, mapping, &rows));
        }
    }
    let lone = if sheets.len() == 1 { 1 } else { 0 };
    let focus = ask.sheet.parse().ok().filter(|n| (1..=sheets.len()).contains(n)).unwrap_or(lone);
    let choices = sheets.get(focus.wrapping_sub(1)).map(|it| choices(it.kind)).unwrap_or_default();
    let (authority, whose) = match job.authority {
        Some(id) => (identity::authority(&app.db, id).await?.facts.name, id.to_string()),
        None => ("全站".to_owned(), SITE.to_owned()),
    };
    let kind = REPORT_KINDS.iter().find(|it| it.0 == ask.kind).map_or("", |it| it.0);
    let (kind, lines, next) = lines(app, &job, kind, ask.after).await?;
    let tabs = REPORT_KINDS.iter().map(|it| {
        let number = match it.0 {
            REFUSED => job.counts.refused.to_string(),
            CHANGED => job.counts.updated.to_string(),
            _ => String::new(),
        };
        (address(&here(id), &[("kind", it.0)]), it.1, it.0 == kind, number)
    });
    let tabs = tabs.collect();
    let kind = kind.to_owned();
    page(&JobPage {
        shell: it.shell,
        task: job,
        authority,
        whose,
        sheets,
        focus,
        choices,
        kind,
        tabs,
        lines,
        next,
        faults,
    })
}

/// Lines of a report: of the kind asked for, or else the first kind that has any.
async fn lines(
    app: &App,
    job: &Job,
    kind: &'static str,
    after: i64,
) -> kernel::Result<(&'static str, Vec<LineView>, String)> {
    let kinds = REPORT_KINDS.iter().map(|it| it.0).filter(|it| kind.is_empty() || *it == kind);
    for it in kinds {
        let after = if after > 0 { after } else { -1 };
        let mut found = job::report(&app.db, job.id, (it, after), LINES + 1).await?;
        if found.is_empty() {
            continue;
        }
        let more = found.len() > usize::try_from(LINES).unwrap_or(0);
        found.truncate(usize::try_from(LINES).unwrap_or(0));
        let last = found.last().map_or(0, |it| it.0).to_string();
        let next = if more { address(&here(job.id), &[("kind", it), ("after", &last)]) } else { String::new() };
        let view = |line: ReportLine| LineView {
            changes: if it == CHANGED { serde_json::from_str(&line.reason).unwrap_or_default() } else { Vec::new() },
            line,
        };
        return Ok((it, found.into_iter().map(|it| view(it.1)).collect(), next));
    }
    Ok((if kind.is_empty() { REFUSED } else { kind }, Vec::new(), String::new()))
}

pub(super) async fn show(
    State(app): State<App>,
    it: Page,
    Path(id): Path<String>,
    Query(ask): Query<JobAsk>,
) -> Answer {
    job_page(&app, it, id.parse()?, ask, Vec::new()).await
}

/// The choice of columns as it was sent: one sheet's, laid onto what is kept of the others.
fn chosen(job: &Job, form: &FormData) -> Mapping {
    let mut mapping = job.mapping.clone();
    mapping.blank_clears = form.text("blank") == "clear";
    let place = form.text("sheet").parse::<usize>().unwrap_or(0);
    let Some(sheet) = place.checked_sub(1).and_then(|it| mapping.sheets.get_mut(it)) else { return mapping };
    let kind = form.text("kind");
    if kind != kind_of(sheet) {
        *sheet = taken_for(sheet, kind, 1);
        return mapping;
    }
    let width = sheet.heads.len().max(sheet.columns.len());
    sheet.columns = (0..width).map(|n| form.text(&format!("c{n}")).to_owned()).collect();
    mapping
}

pub(super) async fn choose(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let id: Id<ImportMark> = id.parse()?;
    let job = job::job(&it.ctx, &app.db, id).await?;
    let mapping = chosen(&job, &form);
    let check = form.text("do") == "check";
    let sheet = form.text("sheet").to_owned();
    match job::choose(&it.ctx, &app.db, (id, job.state), mapping, check).await {
        Ok(()) if check => Ok(webkit::see_other(&here(id))),
        Ok(()) => Ok(flash(&address(&here(id), &[("sheet", &sheet)]), "done", "已保存列的对应关系。")),
        Err(Error::Invalid(faults)) => job_page(&app, it, id, JobAsk { sheet, ..JobAsk::default() }, faults).await,
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn start(State(app): State<App>, it: Page, Path(id): Path<String>, Form(_): Form) -> Answer {
    let id = id.parse()?;
    job::start(&it.ctx, &app.db, id).await?;
    Ok(webkit::see_other(&here(id)))
}

pub(super) async fn stop(State(app): State<App>, it: Page, Path(id): Path<String>, Form(_): Form) -> Answer {
    let id = id.parse()?;
    job::stop(&it.ctx, &app.db, id).await?;
    Ok(flash(&here(id), "done", "已停止。已经导入的保留，可以随时继续。"))
}

/// All items of an authority, or of the site for those who keep all of it, in the exchange tables.
pub(super) async fn export(
    State(app): State<App>,
    it: Page,
    Path(file): Path<String>,
    Query(ask): Query<OverviewAsk>,
) -> Answer<Response> {
    let form = file.strip_prefix("items.").and_then(ExportForm::from_ending);
    let form = form.ok_or(Error::NotFound { what: "这种文件" })?;
    let authority = whose(&ask.choice.authority)?;
    it.ctx.may(CATALOGUE, &authority.map_or(Scope::SITE, Scope::authority))?;
    let name = match authority {
        Some(id) => identity::authority(&app.db, id).await?.facts.name,
        None => "全站".to_owned(),
    };
    let media = match form {
        ExportForm::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ExportForm::Archive => "application/zip",
    };
    let headers = headers(media, &format!("{name}事项清单.{}", form.ending()), NO_STORE)?;
    // The answer begins at once and its body waits for the file: a large list takes longer to write than a request may take, and who
    // goes away ends the work with it.
    let file = async move {
        let (written, _) = export_tables(&app.db, authority, form, &|_, _| {}).await.map_err(std::io::Error::other)?;
        Ok::<_, std::io::Error>(blocks(tokio::fs::File::from_std(written)))
    };
    let blocks = stream::once(file).try_flatten();
    Ok((headers, streamed(blocks)).into_response())
}

/// A file in blocks.
fn blocks(file: tokio::fs::File) -> impl Stream<Item = std::io::Result<Bytes>> {
    stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let mut block = vec![0; BLOCK];
        match file.read(&mut block).await {
            Ok(0) => None,
            Ok(n) => {
                block.truncate(n);
                Some((Ok(Bytes::from(block)), Some(file)))
            }
            Err(error) => Some((Err(error), None)),
        }
    })
}
