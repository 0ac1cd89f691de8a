//! How a case stands, for whoever has its number and the applicant's name. Both go as a form, never in an address.

use askama::Template;
use axum::extract::State;
use kernel::{Error, Fault};
use webkit::{Access, Answer, App, ClientAddress, Form, FormData, Page, Routes, Sample, Shell, page};

use super::again;
use crate::service::progress::{self, ProgressAsk, PublicProgress};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/progress", Access::Public, ask).post("/progress", Access::Public, look)
}

#[derive(Template)]
#[template(path = "progress.html")]
struct ProgressPage {
    shell: Shell,
    form: FormData,
    found: Option<PublicProgress>,
    faults: Vec<Fault>,
}

impl ProgressPage {
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }
}

async fn ask(shell: Shell) -> Answer {
    page(&ProgressPage { shell, form: FormData::default(), found: None, faults: Vec::new() })
}

async fn look(State(app): State<App>, it: Page, ClientAddress(from): ClientAddress, Form(form): Form) -> Answer {
    let ask = ProgressAsk { number: form.text("number"), name: form.text("name"), from };
    let (found, faults) = match progress::progress(&it.ctx, &app, ask).await {
        Ok(found) => (Some(found), Vec::new()),
        Err(Error::Invalid(faults)) => (None, faults),
        Err(Error::NotFound { .. }) => (None, vec![Fault::new("number", unknown())]),
        Err(error) => return Err(error.into()),
    };
    let wrong = !faults.is_empty();
    let shown = page(&ProgressPage { shell: it.shell, form, found, faults })?;
    if wrong { again(shown) } else { Ok(shown) }
}

fn unknown() -> &'static str {
    "没有找到编号和申请人都对得上的办件，请照受理通知书或收件凭证核对编号和姓名。"
}

/// The page with made-up content: blank, wrong, and with a case.
pub(crate) fn samples() -> Vec<Sample> {
    let shell = super::desk_samples::shell;
    let form = || FormData::of(vec![("number".to_owned(), "34160<b>".to_owned())]);
    let pages = [
        ProgressPage { shell: shell(), form: FormData::default(), found: None, faults: Vec::new() },
        ProgressPage { shell: shell(), form: form(), found: None, faults: vec![Fault::new("number", unknown())] },
        ProgressPage { shell: shell(), form: form(), found: Some(sample()), faults: Vec::new() },
    ];
    pages.iter().filter_map(|it| Some(Sample { name: "progress.html", html: it.render().ok()? })).collect()
}

fn sample() -> PublicProgress {
    let step =
        |name: &str, state: &str| crate::service::reads::StepView { name: name.to_owned(), state: state.to_owned() };
    let event =
        |on: &str, title: &str| progress::ProgressEvent { on: on.to_owned(), title: title.to_owned(), state: "past" };
    PublicProgress {
        number: "341602260302000017".to_owned(),
        item_name: "食品经营许可（新办）".to_owned(),
        authority_name: "亳州市市场监督管理局".to_owned(),
        authority_phone: "0558-5550111".to_owned(),
        filed_on: "2026年3月2日".to_owned(),
        stage: "correction_asked".to_owned(),
        stage_name: "待补正".to_owned(),
        tone: "warn",
        your_turn: true,
        steps: vec![step("申请", "done"), step("受理", "current"), step("审核", "ahead")],
        clocks: Vec::new(),
        events: vec![event("2026年3月3日", "告知补正"), event("2026年3月2日", "提交申请")],
    }
}
