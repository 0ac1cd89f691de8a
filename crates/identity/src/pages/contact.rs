//! Another mobile number: first the number, then the code that was sent there.

use askama::Template;
use axum::extract::State;
use kernel::Fault;
use webkit::{Access, Answer, App, ClientAddress, Form, FormData, Page, Routes, Shell, flash, page};

use super::{again, fault, mendable};
use crate::{
    model::{level, person},
    service::{contact, people::card_of},
};

/// Where the number is changed.
const PLACE: &str = "/me/phone";

pub(crate) fn routes() -> Routes {
    Routes::new().get(PLACE, Access::SignedIn, show).post(PLACE, Access::SignedIn, change).post(
        "/me/phone/code",
        Access::SignedIn,
        send,
    )
}

#[derive(Template)]
#[template(path = "contact.html")]
pub(crate) struct ContactPage {
    pub(crate) shell: Shell,
    /// The present number, most of it as stars.
    pub(crate) present: String,
    pub(crate) form: FormData,
    /// What goes with the code that was sent; empty: none was yet.
    pub(crate) handle: String,
    pub(crate) faults: Vec<Fault>,
}

impl ContactPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn masked(&self) -> String {
        person::mobile(self.form.text("mobile")).map(|it| person::masked_mobile(&it)).unwrap_or_default()
    }
}

async fn shown(app: &App, it: Page, (form, handle, faults): (FormData, String, Vec<Fault>)) -> Answer {
    let present = person::masked_mobile(&card_of(app, it.ctx.person()?).await?.mobile);
    page(&ContactPage { shell: it.shell, present, form, handle, faults })
}

async fn show(State(app): State<App>, it: Page) -> Answer {
    shown(&app, it, (FormData::default(), String::new(), Vec::new())).await
}

async fn send(State(app): State<App>, it: Page, ClientAddress(from): ClientAddress, Form(form): Form) -> Answer {
    match contact::ask(&it.ctx, &app, form.text("mobile"), from).await {
        Ok(handle) => shown(&app, it, (form, handle, Vec::new())).await,
        Err(error) => {
            let faults = mendable(error)?;
            again(shown(&app, it, (form, String::new(), faults)).await)
        }
    }
}

async fn change(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let proof = (form.text("handle"), form.text("code"));
    match contact::change(&it.ctx, &app, form.text("mobile"), proof).await {
        Ok((before, after)) if after < before => {
            let words = format!(
                "手机号已更换。原来靠旧号码核验的一项不再算数，实名等级现为{}；新号码可以在这里重新核对。",
                level::words(after)
            );
            Ok(flash("/me/level", "warn", &words))
        }
        Ok(_) => Ok(flash("/me", "done", "手机号已更换，实名等级不变。")),
        Err(error) => {
            let (faults, handle) = (mendable(error)?, form.text("handle").to_owned());
            again(shown(&app, it, (form, handle, faults)).await)
        }
    }
}
