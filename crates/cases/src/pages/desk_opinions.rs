//! 征求意见: asked on the page of a case; read and answered on pages of their own by the office that is asked.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use kernel::{Ctx, Error, Fault, PageAsk};
use webkit::{Access, Answer, App, Form, Listing, Page, Routes, Sample, Shell, address, asked, filter_of, flash, page};

use super::{desk_case, desk_note};
use crate::{
    ADVISE, CaseId, DESK,
    service::opinions::{self, NewOpinion, OpinionId, OpinionLine, OpinionView},
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/desk/cases/{id}/opinions", Access::May(DESK), ask)
        .post("/desk/cases/{id}/opinions/{number}/withdraw", Access::May(DESK), withdraw)
        .get("/desk/opinions", Access::May(ADVISE), list)
        .get("/desk/opinions/{id}", Access::May(ADVISE), show)
        .post("/desk/opinions/{id}", Access::May(ADVISE), answer)
        .get("/desk/opinions/{id}/files/{number}", Access::May(ADVISE), file)
}

/// Asks another office; what is wrong comes back at its field on the page of the case.
async fn ask(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(form): Form) -> Answer {
    let files = form.all("files").into_iter().filter_map(|it| it.parse().ok()).collect();
    let text = |name: &str| form.text(name).to_owned();
    let new = NewOpinion { office: text("office"), due: text("due"), question: text("question"), files };
    match opinions::ask(&it.ctx, &app, id, &new).await {
        Ok(_) => Ok(flash(&format!("/desk/cases/{id}#opinions"), "done", "已发出，请对方单位按时答复。")),
        Err(Error::Invalid(faults)) => {
            let mut shown = desk_case::fresh(&app, it, id, form).await?;
            shown.faults = faults;
            let mut answer = page(&shown)?.into_response();
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
        Err(error @ Error::Refused { .. }) => Ok(flash(&format!("/desk/cases/{id}"), "warn", &error.message())),
        Err(error) => Err(error.into()),
    }
}

async fn withdraw(State(app): State<App>, it: Page, Path((id, number)): Path<(CaseId, i64)>, Form(_): Form) -> Answer {
    match opinions::withdraw(&it.ctx, &app, id, number).await {
        Ok(()) => Ok(flash(&format!("/desk/cases/{id}#opinions"), "done", "已撤回，对方单位不再看到。")),
        Err(error @ Error::Refused { .. }) => Ok(flash(&format!("/desk/cases/{id}"), "warn", &error.message())),
        Err(error) => Err(error.into()),
    }
}

/// What the address of the list asks for.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct ListAsk {
    /// `done`: those that were answered.
    show: String,
    after: String,
}

#[derive(Template)]
#[template(path = "desk_opinions.html")]
struct ListPage {
    shell: Shell,
    done: bool,
    rows: Vec<OpinionLine>,
    next: String,
}

impl ListAsk {
    fn done(&self) -> bool {
        self.show == "done"
    }
}

impl ListPage {
    fn asked(&self) -> String {
        asked(&[("show", if self.done { "done" } else { "" })])
    }
}

/// The list as it is written out. It names no applicant.
pub(super) const LISTING: Listing = Listing {
    code: "cases.opinions",
    name: "征求意见",
    page: "/desk/opinions",
    needs: &[ADVISE],
    columns: &[("事项名称", 36), ("征求意见的单位", 36), ("提出日期", 20), ("答复日期", 16), ("状态", 16)],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let done = filter_of::<ListAsk>(query)?.done();
    let found = opinions::asked_of(ctx, app, !done, ask).await?;
    Ok(found.map(|it| vec![it.item_name, it.office, it.when, it.due, it.standing.to_owned()]))
}

async fn list(State(app): State<App>, it: Page, Query(ask): Query<ListAsk>) -> Answer {
    let done = ask.done();
    let found = opinions::asked_of(&it.ctx, &app, !done, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let show = if done { "done" } else { "" };
    let next = found.next.map(|after| address("/desk/opinions", &[("show", show), ("after", &after)]));
    page(&ListPage { shell: it.shell, done, rows: found.items, next: next.unwrap_or_default() })
}

#[derive(Template)]
#[template(path = "desk_opinion.html")]
struct OpinionPage {
    shell: Shell,
    it: OpinionView,
    typed: String,
    faults: Vec<Fault>,
}

impl OpinionPage {
    fn fault(&self) -> &str {
        self.faults.first().map_or("", |it| it.message.as_str())
    }
}

async fn show(State(app): State<App>, it: Page, Path(id): Path<OpinionId>) -> Answer {
    let one = opinions::one(&it.ctx, &app, id).await?;
    page(&OpinionPage { shell: it.shell, it: one, typed: String::new(), faults: Vec::new() })
}

async fn answer(State(app): State<App>, it: Page, Path(id): Path<OpinionId>, Form(form): Form) -> Answer {
    match opinions::answer(&it.ctx, &app, id, form.text("answer")).await {
        Ok(()) => Ok(flash("/desk/opinions", "done", "已答复。")),
        Err(Error::Invalid(faults)) => {
            let one = opinions::one(&it.ctx, &app, id).await?;
            let shown = OpinionPage { shell: it.shell, it: one, typed: form.text("answer").to_owned(), faults };
            let mut answer = page(&shown)?.into_response();
            *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(answer)
        }
        Err(error @ Error::Refused { .. }) => Ok(flash(&format!("/desk/opinions/{id}"), "warn", &error.message())),
        Err(error) => Err(error.into()),
    }
}

/// A file that was chosen, in place.
async fn file(State(app): State<App>, it: Page, Path((id, number)): Path<(OpinionId, i64)>) -> Answer {
    let file = opinions::file(&it.ctx, &app, id, number).await?;
    Ok(desk_note::in_place(file))
}

/// An opinion with made-up content.
pub(super) fn sample(open: bool) -> OpinionView {
    let text = |it: &str| it.to_owned();
    OpinionView {
        id: text("0196f0c3a2b47c11a0b1c2d3e4f50617"),
        number: 1,
        office: text("谯城区市场监督管理局"),
        asked: text("谯城区消防救援大队"),
        item_name: text("食品经营许可（新办）"),
        question: text("厨房与<住宅>相邻，疏散通道是否符合要求？"),
        who: text("李审核"),
        when: text("2026年3月3日 09:30"),
        due: text("2026年3月9日"),
        standing: if open { "逾期未答复" } else { "已逾期答复" },
        tone: if open { "bad" } else { "warn" },
        open,
        files: vec![(1, text("平面图<最终>.pdf")), (2, text("营业执照.jpg"))],
        answer: if open { String::new() } else { text("通道宽度不足 1.1 米，应当整改") },
        answered_by: if open { String::new() } else { text("周<消防>") },
        answered_at: if open { String::new() } else { text("2026年3月11日 10:00") },
    }
}

/// The pages with made-up content: full and empty, open and answered, wrong.
pub(crate) fn samples() -> Vec<Sample> {
    let shell = super::desk_samples::shell;
    let line = |standing: &'static str, tone: &'static str| OpinionLine {
        id: "0196f0c3a2b47c11a0b1c2d3e4f50617".to_owned(),
        office: "谯城区市场监督管理局".to_owned(),
        item_name: "食品经营<许可>（新办）".to_owned(),
        when: "2026年3月3日 09:30".to_owned(),
        due: "2026年3月9日".to_owned(),
        standing,
        tone,
    };
    let rows = vec![line("等候答复", "info"), line("逾期未答复", "bad")];
    let lists = [
        ListPage { shell: shell(), done: false, rows, next: "/desk/opinions?after=1".to_owned() },
        ListPage { shell: shell(), done: true, rows: vec![line("已按时答复", "good")], next: String::new() },
        ListPage { shell: shell(), done: false, rows: Vec::new(), next: String::new() },
    ];
    let one = |open, faults| OpinionPage { shell: shell(), it: sample(open), typed: String::new(), faults };
    let wrong = Fault::new("answer", "请写明答复意见。");
    let ones = [one(true, Vec::new()), one(true, vec![wrong]), one(false, Vec::new())];
    let lists = lists.iter().filter_map(|it| Some(Sample { name: "desk_opinions.html", html: it.render().ok()? }));
    let ones = ones.iter().filter_map(|it| Some(Sample { name: "desk_opinion.html", html: it.render().ok()? }));
    lists.chain(ones).collect()
}
