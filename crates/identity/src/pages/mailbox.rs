//! A mailbox besides the telephone: first the mailbox, then the code that was sent there; and none any more.

use askama::Template;
use axum::extract::State;
use kernel::Fault;
use webkit::{Access, Answer, App, ClientAddress, Form, FormData, Page, Routes, Shell, flash, page};

use super::{again, fault, mendable};
use crate::{
    model::code::{Recipient, masked_mailbox},
    service::{mailbox, people::card_of},
};

/// Where it is told and changed.
const PLACE: &str = "/me/mailbox";

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get(PLACE, Access::SignedIn, show)
        .post(PLACE, Access::SignedIn, change)
        .post("/me/mailbox/code", Access::SignedIn, send)
        .post("/me/mailbox/remove", Access::SignedIn, remove)
}

#[derive(Template)]
#[template(path = "mailbox.html")]
pub(crate) struct MailboxPage {
    pub(crate) shell: Shell,
    /// The present mailbox, most of it as stars; empty: none.
    pub(crate) present: String,
    pub(crate) form: FormData,
    /// What goes with the code that was sent; empty: none was yet.
    pub(crate) handle: String,
    pub(crate) faults: Vec<Fault>,
}

impl MailboxPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn masked(&self) -> String {
        Recipient::parse(self.form.text("mailbox")).map(|it| it.masked()).unwrap_or_default()
    }
}

async fn shown(app: &App, it: Page, (form, handle, faults): (FormData, String, Vec<Fault>)) -> Answer {
    let present = masked_mailbox(&card_of(app, it.ctx.person()?).await?.mailbox);
    page(&MailboxPage { shell: it.shell, present, form, handle, faults })
}

async fn show(State(app): State<App>, it: Page) -> Answer {
    shown(&app, it, (FormData::default(), String::new(), Vec::new())).await
}

async fn send(State(app): State<App>, it: Page, ClientAddress(from): ClientAddress, Form(form): Form) -> Answer {
    match mailbox::ask(&it.ctx, &app, form.text("mailbox"), from).await {
        Ok(handle) => shown(&app, it, (form, handle, Vec::new())).await,
        Err(error) => {
            let faults = mendable(error)?;
            again(shown(&app, it, (form, String::new(), faults)).await)
        }
    }
}

async fn change(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let proof = (form.text("handle"), form.text("code"));
    match mailbox::change(&it.ctx, &app, form.text("mailbox"), proof).await {
        Ok(()) => Ok(flash("/me", "done", "邮箱已登记，以后可以用它收验证码和消息。")),
        Err(error) => {
            let (faults, handle) = (mendable(error)?, form.text("handle").to_owned());
            again(shown(&app, it, (form, handle, faults)).await)
        }
    }
}

async fn remove(State(app): State<App>, it: Page, _: Form) -> Answer {
    mailbox::remove(&it.ctx, &app).await?;
    Ok(flash("/me", "done", "邮箱已取消登记。"))
}
