//! Taking a case in hand, putting it back, handing it to a colleague: from the case page.

use askama::Template;
use axum::extract::{Path, State};
use kernel::{Error, Fault, Id, Person};
use webkit::{Access, Answer, App, Form, Page, Routes, Sample, Shell, flash, page};

use super::again;
use crate::{
    CaseId, DESK,
    service::{
        self,
        claims::{self, assign_case, claim_case, release_case},
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/desk/cases/{id}/claim", Access::May(DESK), claim)
        .get("/desk/cases/{id}/assign", Access::May(DESK), ask)
        .post("/desk/cases/{id}/assign", Access::May(DESK), assign)
}

/// 认领、接手、放回.
async fn claim(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(form): Form) -> Answer {
    let (told, words) = match form.text("do") {
        "release" => (release_case(&it.ctx, &app, id).await, "已放回，同岗位的人员可以认领。"),
        "over" => (claim_case(&it.ctx, &app, id, true).await, "已接手，这件办件现在由您办理。"),
        _ => (claim_case(&it.ctx, &app, id, false).await, "已认领，这件办件现在由您办理。"),
    };
    let place = format!("/desk/cases/{id}");
    match told {
        Ok(_) => Ok(flash(&place, "done", words)),
        Err(error @ (Error::Refused { .. } | Error::Stale { .. })) => Ok(flash(&place, "warn", &error.message())),
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "desk_assign.html")]
struct AssignPage {
    shell: Shell,
    id: String,
    number: String,
    officers: Vec<(String, String)>,
    to: String,
    faults: Vec<Fault>,
}

impl AssignPage {
    fn back(&self) -> String {
        format!("/desk/cases/{}", self.id)
    }

    fn fault(&self) -> &str {
        self.faults.first().map_or("", |it| it.message.as_str())
    }
}

async fn shown(app: &App, it: Page, id: CaseId, (to, faults): (String, Vec<Fault>)) -> kernel::Result<AssignPage> {
    let row = service::load_for(&it.ctx, app, id).await?;
    if !claims::view(&it.ctx, &row, String::new()).may_assign {
        return Err(Error::Forbidden { action: crate::ASSIGN.words });
    }
    let officers = claims::officers(&it.ctx, app, &row).await?;
    let named = |(person, name): (Id<Person>, String)| {
        let has = if row.claimed_by == Some(person) { "（现在由其办理）" } else { "" };
        (person.to_string(), format!("{name}{has}"))
    };
    Ok(AssignPage {
        id: id.to_string(),
        number: row.facts.number.clone(),
        officers: officers.into_iter().map(named).collect(),
        shell: it.shell,
        to,
        faults,
    })
}

async fn ask(State(app): State<App>, it: Page, Path(id): Path<CaseId>) -> Answer {
    page(&shown(&app, it, id, (String::new(), Vec::new())).await?)
}

async fn assign(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(form): Form) -> Answer {
    let place = format!("/desk/cases/{id}");
    let chosen = || Error::invalid("to", "请选择承办人。");
    let told = match form.text("to").parse::<Id<Person>>() {
        Ok(to) => assign_case(&it.ctx, &app, id, to).await,
        Err(_) => Err(chosen()),
    };
    match told {
        Ok(took) => Ok(flash(&place, "done", &format!("已转派给{}。", took.name))),
        Err(Error::Invalid(faults)) => again(page(&shown(&app, it, id, (form.text("to").to_owned(), faults)).await?)?),
        Err(error @ (Error::Refused { .. } | Error::Stale { .. })) => Ok(flash(&place, "warn", &error.message())),
        Err(error) => Err(error.into()),
    }
}

/// The page with made-up content: with officers, with none, and with nobody chosen.
pub(crate) fn samples() -> Vec<Sample> {
    let one = |officers: &[(&str, &str)], faults: Vec<Fault>| AssignPage {
        shell: super::desk_samples::shell(),
        id: "0196f0c3a2b47c11a0b1c2d3e4f50617".to_owned(),
        number: "341602000000260000017".to_owned(),
        officers: officers.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect(),
        to: String::new(),
        faults,
    };
    let officers = [("1", "李四（现在由其办理）"), ("2", "欧阳<娜>")];
    let pages =
        [one(&officers, Vec::new()), one(&officers, vec![Fault::new("to", "请选择承办人。")]), one(&[], Vec::new())];
    pages.iter().filter_map(|it| Some(Sample { name: "desk_assign.html", html: it.render().ok()? })).collect()
}
