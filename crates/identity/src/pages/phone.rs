//! Pages of ways in by telephone: signing in with a code, a forgotten password, and the box of messages of a demo site.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
};
use kernel::Fault;
use webkit::{Access, Answer, App, ClientAddress, Form, FormData, Page, Routes, Shell, flash, page};

use super::{again, device, fault, mendable, onward, second::go_on};
use crate::{
    model::{code::Recipient, person},
    service::{
        messages::{self, Shown},
        phone::{self, ByPhone, Forgot, PhoneSignIn},
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/login/phone", Access::Public, by_phone)
        .post("/login/phone", Access::Public, sign_in)
        .post("/login/phone/code", Access::Public, send)
        .get("/forgot", Access::Public, forgot)
        .post("/forgot", Access::Public, set_forgotten)
        .post("/forgot/code", Access::Public, send_forgotten)
        .get("/demo/messages", Access::Public, demo_box)
}

/// Signing in with a code: first the number, then the code, then, if several have the number, who it is.
#[derive(Template)]
#[template(path = "phone.html")]
pub(crate) struct PhonePage {
    pub(crate) shell: Shell,
    pub(crate) form: FormData,
    pub(crate) next: String,
    /// What goes with the code that was sent; empty: none was yet.
    pub(crate) handle: String,
    /// Who has the number, if that must be asked.
    pub(crate) people: Vec<(String, String)>,
    pub(crate) faults: Vec<Fault>,
}

impl PhonePage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn masked(&self) -> String {
        masked(&self.form)
    }
}

/// A forgotten password: first who and which number, then the code and another password.
#[derive(Template)]
#[template(path = "forgot.html")]
pub(crate) struct ForgotPage {
    pub(crate) shell: Shell,
    pub(crate) form: FormData,
    pub(crate) handle: String,
    pub(crate) faults: Vec<Fault>,
}

impl ForgotPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn masked(&self) -> String {
        masked(&self.form)
    }
}

/// Where messages of a demo site lie.
#[derive(Template)]
#[template(path = "demo_messages.html")]
pub(crate) struct DemoBoxPage {
    pub(crate) shell: Shell,
    pub(crate) messages: Vec<Shown>,
}

fn masked(form: &FormData) -> String {
    person::mobile(form.text("mobile")).map(|it| Recipient::Mobile(it).masked()).unwrap_or_default()
}

#[derive(serde::Deserialize)]
pub(crate) struct NextAsk {
    #[serde(default)]
    next: String,
}

async fn by_phone(shell: Shell, Query(ask): Query<NextAsk>) -> Answer {
    let (form, handle, people, faults) = (FormData::default(), String::new(), Vec::new(), Vec::new());
    page(&PhonePage { shell, form, next: ask.next, handle, people, faults })
}

async fn send(State(app): State<App>, it: Page, ClientAddress(from): ClientAddress, Form(form): Form) -> Answer {
    let (next, people) = (form.text("next").to_owned(), Vec::new());
    match phone::ask_to_sign_in(&it.ctx, &app, form.text("mobile"), from).await {
        Ok(handle) => page(&PhonePage { shell: it.shell, form, next, handle, people, faults: Vec::new() }),
        Err(error) => {
            let (handle, faults) = (String::new(), mendable(error)?);
            again(page(&PhonePage { shell: it.shell, form, next, handle, people, faults }))
        }
    }
}

async fn sign_in(State(app): State<App>, it: Page, headers: HeaderMap, Form(form): Form) -> Answer {
    let (mobile, handle, code) = (form.text("mobile"), form.text("handle"), form.text("code"));
    let person = if form.has("person") { Some(form.text("person").parse()?) } else { None };
    let ask = PhoneSignIn { mobile, handle, code, person, device: device(&headers) };
    let (next, handle) = (form.text("next").to_owned(), handle.to_owned());
    let done = phone::sign_in(&it.ctx, &app, ask).await;
    let (people, faults) = match done {
        Ok(ByPhone::In(entered)) => return Ok(go_on(&app, &entered, onward(&next))),
        Ok(ByPhone::Who(people)) => (people.into_iter().map(|it| (it.0.to_string(), it.1)).collect(), Vec::new()),
        Err(error) => (Vec::new(), mendable(error)?),
    };
    let wrong = !faults.is_empty();
    let shown = page(&PhonePage { shell: it.shell, form, next, handle, people, faults });
    if wrong { again(shown) } else { shown }
}

async fn forgot(shell: Shell) -> Answer {
    page(&ForgotPage { shell, form: FormData::default(), handle: String::new(), faults: Vec::new() })
}

async fn send_forgotten(
    State(app): State<App>,
    it: Page,
    ClientAddress(from): ClientAddress,
    Form(form): Form,
) -> Answer {
    let ask = Forgot { login: form.text("login"), mobile: form.text("mobile") };
    match phone::ask_forgot(&it.ctx, &app, &ask, from).await {
        Ok(handle) => page(&ForgotPage { shell: it.shell, form, handle, faults: Vec::new() }),
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&ForgotPage { shell: it.shell, form, handle: String::new(), faults }))
        }
    }
}

async fn set_forgotten(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let ask = Forgot { login: form.text("login"), mobile: form.text("mobile") };
    let proof = (form.text("handle"), form.text("code"));
    match phone::set_forgotten(&it.ctx, &app, &ask, proof, form.raw("new_password")).await {
        Ok(()) => Ok(flash("/login", "done", "密码已重设，请用新密码登录。")),
        Err(error) => {
            let (faults, handle) = (mendable(error)?, form.text("handle").to_owned());
            again(page(&ForgotPage { shell: it.shell, form, handle, faults }))
        }
    }
}

async fn demo_box(State(app): State<App>, shell: Shell) -> Answer {
    page(&DemoBoxPage { shell, messages: messages::demo_box(&app).await? })
}
