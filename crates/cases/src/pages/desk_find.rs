//! Finding cases by a number. Numbers of people go as a form, never in an address.

use askama::Template;
use axum::extract::State;
use kernel::{Error, Fault, PageAsk};
use webkit::{Access, Answer, App, Form, FormData, Page, Routes, Sample, Shell, page};

use super::again;
use crate::{CaseSummary, DESK, find_cases};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/desk/find", Access::May(DESK), ask).post("/desk/find", Access::May(DESK), find)
}

#[derive(Template)]
#[template(path = "desk_find.html")]
struct FindPage {
    shell: Shell,
    number: String,
    /// `None`: nothing was looked for yet.
    rows: Option<Vec<CaseSummary>>,
    next: String,
    faults: Vec<Fault>,
}

impl FindPage {
    fn blank(shell: Shell, number: &str) -> Self {
        Self { shell, number: number.to_owned(), rows: None, next: String::new(), faults: Vec::new() }
    }

    /// What is found is opened, not ticked.
    fn ticks(&self) -> bool {
        false
    }

    fn is_ticked(&self, _: &str) -> bool {
        false
    }

    /// Whether it was the number of who applied, so that there may be a list to be written out.
    fn of_applicant(&self) -> bool {
        standards::CaseNumber::parse(self.number.trim()).is_err()
    }

    fn fault(&self) -> &str {
        self.faults.first().map_or("", |it| it.message.as_str())
    }
}

async fn ask(it: Page) -> Answer {
    page(&FindPage::blank(it.shell, ""))
}

async fn find(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let Page { ctx, shell } = it;
    let blank = FindPage::blank(shell, form.text("number"));
    match find_cases(&ctx, &app, &blank.number, &after(&form)?).await {
        Ok(found) => page(&FindPage { rows: Some(found.items), next: found.next.unwrap_or_default(), ..blank }),
        Err(Error::Invalid(faults)) => again(page(&FindPage { faults, ..blank })?),
        Err(error) => Err(error.into()),
    }
}

fn after(form: &FormData) -> kernel::Result<PageAsk> {
    PageAsk::from_query(Some(form.text("after")), None)
}

/// The page with made-up content: blank, wrong, full and empty.
pub(crate) fn samples() -> Vec<Sample> {
    let blank = |number: &str| FindPage::blank(super::desk_samples::shell(), number);
    let wrong = Fault::new("number", "请输入完整的办件编号、公民身份号码或统一社会信用代码，核对有没有错漏。");
    let pages = [
        blank(""),
        FindPage { faults: vec![wrong], ..blank("34160<b>敏</b>") },
        FindPage {
            rows: Some(super::desk_samples::summaries()),
            next: "1~2".to_owned(),
            ..blank("341602199301010028")
        },
        FindPage { rows: Some(Vec::new()), ..blank("341602199301010028") },
    ];
    pages.iter().filter_map(|it| Some(Sample { name: "desk_find.html", html: it.render().ok()? })).collect()
}
