//! Pages of ways in by a code, sent by telephone or mail: signing in, a forgotten password, and the box of messages of a demo site.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
};
use kernel::Fault;
use webkit::{Access, Answer, App, ClientAddress, Form, FormData, Page, Routes, Shell, flash, page};

use super::{again, device, fault, mendable, onward, second::go_on};
use crate::{
    model::code::Recipient,
    service::{
        by_code::{self, ByCode, CodeSignIn, Forgot},
        mailbox,
        messages::{self, Shown},
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/login/code", Access::Public, by_code_page)
        .post("/login/code", Access::Public, sign_in)
        .post("/login/code/send", Access::Public, send)
        .get("/forgot", Access::Public, forgot)
        .post("/forgot", Access::Public, set_forgotten)
        .post("/forgot/code", Access::Public, send_forgotten)
        .get("/demo/messages", Access::Public, demo_box)
}

/// Signing in with a code: first the number or mailbox, then the code, then, if several have it, who it is.
#[derive(Template)]
#[template(path = "by_code.html")]
pub(crate) struct CodePage {
    pub(crate) shell: Shell,
    /// Whether this site sends mail.
    pub(crate) mail: bool,
    pub(crate) form: FormData,
    pub(crate) next: String,
    /// What goes with the code that was sent; empty: none was yet.
    pub(crate) handle: String,
    /// Who has the number or mailbox, if that must be asked.
    pub(crate) people: Vec<(String, String)>,
    pub(crate) faults: Vec<Fault>,
}

impl CodePage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn masked(&self) -> String {
        masked(&self.form)
    }
}

/// A forgotten password: first who, and which number or mailbox, then the code and another password.
#[derive(Template)]
#[template(path = "forgot.html")]
pub(crate) struct ForgotPage {
    pub(crate) shell: Shell,
    /// Whether this site sends mail.
    pub(crate) mail: bool,
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
    Recipient::parse(form.text("to")).map(|it| it.masked()).unwrap_or_default()
}

#[derive(serde::Deserialize)]
pub(crate) struct NextAsk {
    #[serde(default)]
    next: String,
}

async fn by_code_page(State(app): State<App>, shell: Shell, Query(ask): Query<NextAsk>) -> Answer {
    let (form, handle, people, faults) = (FormData::default(), String::new(), Vec::new(), Vec::new());
    page(&CodePage { shell, mail: mailbox::offered(&app), form, next: ask.next, handle, people, faults })
}

async fn send(State(app): State<App>, it: Page, ClientAddress(from): ClientAddress, Form(form): Form) -> Answer {
    let (next, people) = (form.text("next").to_owned(), Vec::new());
    match by_code::ask_to_sign_in(&it.ctx, &app, form.text("to"), from).await {
        Ok(handle) => page(&CodePage {
            shell: it.shell,
            mail: mailbox::offered(&app),
            form,
            next,
            handle,
            people,
            faults: Vec::new(),
        }),
        Err(error) => {
            let (handle, faults) = (String::new(), mendable(error)?);
            again(page(&CodePage { shell: it.shell, mail: mailbox::offered(&app), form, next, handle, people, faults }))
        }
    }
}

async fn sign_in(State(app): State<App>, it: Page, headers: HeaderMap, Form(form): Form) -> Answer {
    let (to, handle, code) = (form.text("to"), form.text("handle"), form.text("code"));
    let person = if form.has("person") { Some(form.text("person").parse()?) } else { None };
    let ask = CodeSignIn { to, handle, code, person, device: device(&headers) };
    let (next, handle) = (form.text("next").to_owned(), handle.to_owned());
    let done = by_code::sign_in(&it.ctx, &app, ask).await;
    let (people, faults) = match done {
        Ok(ByCode::In(entered)) => return Ok(go_on(&app, &entered, onward(&next))),
        Ok(ByCode::Who(people)) => (people.into_iter().map(|it| (it.0.to_string(), it.1)).collect(), Vec::new()),
        Err(error) => (Vec::new(), mendable(error)?),
    };
    let wrong = !faults.is_empty();
    let shown = page(&CodePage { shell: it.shell, mail: mailbox::offered(&app), form, next, handle, people, faults });
    if wrong { again(shown) } else { shown }
}

async fn forgot(State(app): State<App>, shell: Shell) -> Answer {
    page(&ForgotPage {
        shell,
        mail: mailbox::offered(&app),
        form: FormData::default(),
        handle: String::new(),
        faults: Vec::new(),
    })
}

async fn send_forgotten(
    State(app): State<App>,
    it: Page,
    ClientAddress(from): ClientAddress,
    Form(form): Form,
) -> Answer {
    let ask = Forgot { login: form.text("login"), to: form.text("to") };
    match by_code::ask_forgot(&it.ctx, &app, &ask, from).await {
        Ok(handle) => {
            page(&ForgotPage { shell: it.shell, mail: mailbox::offered(&app), form, handle, faults: Vec::new() })
        }
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&ForgotPage {
                shell: it.shell,
                mail: mailbox::offered(&app),
                form,
                handle: String::new(),
                faults,
            }))
        }
    }
}

async fn set_forgotten(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let ask = Forgot { login: form.text("login"), to: form.text("to") };
    let proof = (form.text("handle"), form.text("code"));
    match by_code::set_forgotten(&it.ctx, &app, &ask, proof, form.raw("new_password")).await {
        Ok(()) => Ok(flash("/login", "done", "密码已重设，请用新密码登录。")),
        Err(error) => {
            let (faults, handle) = (mendable(error)?, form.text("handle").to_owned());
            again(page(&ForgotPage { shell: it.shell, mail: mailbox::offered(&app), form, handle, faults }))
        }
    }
}

async fn demo_box(State(app): State<App>, shell: Shell) -> Answer {
    page(&DemoBoxPage { shell, messages: messages::demo_box(&app).await? })
}
