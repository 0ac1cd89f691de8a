//! Charging somebody with one case: who, and until when.

use askama::Template;
use axum::extract::{Path, State};
use kernel::{Error, Fault, Holder, Result};
use time::{Date, Duration, macros::format_description};
use webkit::{Access, Answer, App, Form, FormData, Page, Routes, Sample, Shell, flash, page};

use super::again;
use crate::{
    CaseId, FILE,
    service::{
        self,
        charging::{self, CHARGED_DAYS, NewCharge},
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/cases/{id}/charge", Access::May(FILE), ask).post("/cases/{id}/charge", Access::May(FILE), send)
}

/// Who shall act in this case, and until when.
#[derive(Template)]
#[template(path = "charge.html")]
struct ChargePage {
    shell: Shell,
    id: String,
    number: String,
    item: String,
    item_name: String,
    /// Whether the case is an enterprise's, so that no last day need be named.
    enterprise: bool,
    name: String,
    mobile: String,
    /// `act` or `look`.
    powers: &'static str,
    ends: String,
    faults: Vec<Fault>,
}

impl ChargePage {
    fn offered_powers(&self) -> [(&'static str, &'static str); 2] {
        identity::POWERS
    }

    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }
}

async fn shown(app: &App, it: Page, id: CaseId, (form, faults): (Option<&FormData>, Vec<Fault>)) -> Result<ChargePage> {
    let row = service::load_for(&it.ctx, app, id).await?;
    if !charging::may_charge(&it.ctx, app, &row).await? {
        return Err(Error::refused("这件办件已经结束，或者不由您委托别人：只有申请人本人、单位的法定代表人可以委托。"));
    }
    let document = service::document(app, row.facts.item, row.facts.item_version).await?;
    let until = (it.ctx.now.legal_date() + Duration::days(CHARGED_DAYS)).to_string();
    let typed = |field: &str| form.map_or_else(String::new, |it| it.text(field).to_owned());
    Ok(ChargePage {
        shell: it.shell,
        id: id.to_string(),
        number: row.facts.number.clone(),
        item: row.facts.item.to_string(),
        item_name: document.name.clone(),
        enterprise: matches!(row.facts.holder, Holder::Enterprise(_)),
        name: typed("name"),
        mobile: typed("mobile"),
        powers: if typed("powers") == "look" { "look" } else { "act" },
        ends: if form.is_some() { typed("ends") } else { until },
        faults,
    })
}

async fn ask(State(app): State<App>, it: Page, Path(id): Path<CaseId>) -> Answer {
    page(&shown(&app, it, id, (None, Vec::new())).await?)
}

async fn send(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(form): Form) -> Answer {
    let sent = match day(form.text("ends")) {
        Ok(ends) => {
            let text = |field: &str| form.text(field).to_owned();
            let looks_only = form.text("powers") == "look";
            let new = NewCharge { name: text("name"), mobile: text("mobile"), looks_only, ends };
            charging::charge(&it.ctx, &app, id, &new).await.map(drop)
        }
        Err(error) => Err(error),
    };
    match sent {
        Ok(()) => {
            let words =
                "邀请已发出，只限这一件。对方登录后在「委托代办」里接受，接受以后才生效；您随时可以在那里终止。";
            Ok(flash(&format!("/cases/{id}"), "done", words))
        }
        Err(Error::Invalid(faults)) => again(page(&shown(&app, it, id, (Some(&form), faults)).await?)?),
        Err(error) => Err(error.into()),
    }
}

/// A day as a form and a program write it; empty: none.
///
/// # Errors
/// [`Error::Invalid`] at `ends`.
pub(crate) fn day(text: &str) -> Result<Option<Date>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = |_| Error::invalid("ends", "日期应为「2026-03-02」这样的写法，请更正。");
    Date::parse(text.trim(), format_description!("[year]-[month]-[day]")).map(Some).map_err(wrong)
}

pub(crate) fn samples() -> Vec<Sample> {
    let sample = |enterprise: bool, faults: Vec<Fault>| ChargePage {
        shell: super::desk_samples::shell(),
        id: "1".to_owned(),
        number: "1134160200301548253000102005000202603020001".to_owned(),
        item: "2".to_owned(),
        item_name: "高龄<津贴>".to_owned(),
        enterprise,
        name: "张强".to_owned(),
        mobile: "139".to_owned(),
        powers: "look",
        ends: "2026-08-29".to_owned(),
        faults,
    };
    let wrong = vec![Fault::new("mobile", "手机号应为 11 位数字，以 1 开头，请核对。")];
    let pages = [sample(false, Vec::new()), sample(true, wrong)];
    pages.iter().filter_map(|it| Some(Sample { name: "charge.html", html: it.render().ok()? })).collect()
}
