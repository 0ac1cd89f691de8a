//! Registration in three steps: who you are, the code that proves your telephone, how you will sign in. What was typed goes along in the
//! form from step to step; nothing is kept here before the last.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
};
use kernel::{Ctx, Error, Fault, Id, Person};
use standards::PaperKind;
use webkit::{Access, Answer, App, ClientAddress, Form, FormData, Page, Routes, Shell, flash, page};

use super::{
    again, fault,
    level::{paper_kinds, paper_or_citizen},
    mendable, party,
};
use crate::{
    model::{
        account::NewAccount,
        code::{CodePurpose, Recipient},
        person::{self, NewPerson},
    },
    service::{
        accounts::{self, Registration},
        codes::{self, CodeClaim},
        party::{links, trip::Arrival},
    },
};

/// The field that says that somebody came from a provider.
const ARRIVAL: &str = "arrival";

pub(crate) fn routes() -> Routes {
    Routes::new().get("/register", Access::Public, begin).post("/register", Access::Public, step)
}

/// What is asked on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Name and paper.
    Who,
    /// The mobile number.
    Phone,
    /// The code that was sent to it.
    Code,
    /// Login name and password.
    Password,
}

#[derive(Template)]
#[template(path = "register_steps.html")]
pub(crate) struct StepsPage {
    pub(crate) shell: Shell,
    pub(crate) step: Step,
    pub(crate) form: FormData,
    /// What goes with the code that was sent.
    pub(crate) handle: String,
    pub(crate) faults: Vec<Fault>,
}

impl StepsPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        paper_kinds()
    }

    /// The kind of paper; until another is chosen the one that nearly everybody has.
    fn paper(&self) -> &str {
        paper_or_citizen(&self.form)
    }

    /// The step's number and name, as the head of the page says it.
    fn title(&self) -> (&'static str, &'static str) {
        match self.step {
            Step::Who => ("1", "您是谁"),
            Step::Phone | Step::Code => ("2", "验证手机"),
            Step::Password => ("3", "以后怎样登录"),
        }
    }

    fn masked(&self) -> String {
        person::mobile(self.form.text("mobile")).map(|it| person::masked_mobile(&it)).unwrap_or_default()
    }

    /// The name of the step, as the form sends it.
    fn code(&self) -> &'static str {
        match self.step {
            Step::Who => "who",
            Step::Phone => "phone",
            Step::Code => "code",
            Step::Password => "password",
        }
    }

    /// What was typed before and goes along.
    fn carried(&self) -> Vec<(&'static str, &str)> {
        let fields: &[&'static str] = match self.step {
            Step::Who if self.form.has(ARRIVAL) => &["mobile"],
            Step::Who => &[],
            Step::Phone => &["name", "paper", "number"],
            Step::Code => &["name", "paper", "number", "mobile"],
            Step::Password => &["name", "paper", "number", "mobile", "code"],
        };
        let arrival = self.form.has(ARRIVAL).then_some((ARRIVAL, "yes"));
        fields.iter().map(|it| (*it, self.form.text(it))).chain(arrival).collect()
    }
}

#[derive(serde::Deserialize)]
struct FromAsk {
    /// `arrival`: somebody came from a provider and is not known here.
    #[serde(default)]
    from: String,
}

async fn begin(State(app): State<App>, it: Page, headers: HeaderMap, Query(ask): Query<FromAsk>) -> Answer {
    let arrival = if ask.from == ARRIVAL { party::arrival(&it.ctx, &app, &headers).await? } else { None };
    let (form, handle, shell) = (arrival.map(prefilled).unwrap_or_default(), String::new(), it.shell);
    page(&StepsPage { shell, step: Step::Who, form, handle, faults: Vec::new() })
}

/// What a provider said, as if it had been typed.
fn prefilled(arrival: Arrival) -> FormData {
    let told = arrival.told;
    let paper = PaperKind::Citizen.code().to_owned();
    let pairs = [
        ("name", told.name),
        ("paper", paper),
        ("number", told.number),
        ("mobile", told.mobile),
        (ARRIVAL, "yes".to_owned()),
    ];
    FormData::of(pairs.into_iter().map(|it| (it.0.to_owned(), it.1)).collect())
}

/// Links the account that was just made with what the browser came with; whether it did, if it came with anything.
async fn link(ctx: &Ctx, app: &App, headers: &HeaderMap, person: Id<Person>) -> Result<bool, Error> {
    let Some(arrival) = party::arrival(ctx, app, headers).await? else { return Ok(false) };
    match links::make_for(ctx, app, person, arrival).await {
        Ok(_) => Ok(true),
        Err(Error::Refused { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn new_person(form: &FormData) -> NewPerson {
    let text = |name: &str| form.text(name).to_owned();
    NewPerson {
        name: text("name"),
        paper: PaperKind::from_code(form.text("paper")).unwrap_or_default(),
        citizen_number: text("number"),
        mobile: text("mobile"),
        address: String::new(),
        level: 0,
    }
}

/// What is wrong with the first step alone: a number that is not typed yet is no fault.
fn who_faults(ctx: &Ctx, form: &FormData) -> Vec<Fault> {
    let all = new_person(form).check(ctx.now.legal_date()).err().unwrap_or_default();
    let at = |it: Fault| if it.field == "citizen_number" { Fault::new("number", it.message) } else { it };
    all.into_iter().filter(|it| it.field != "mobile").map(at).collect()
}

fn recipient(form: &FormData) -> Result<Recipient, Error> {
    let mobile = person::mobile(form.text("mobile"));
    mobile.map(Recipient::Mobile).ok_or_else(|| Error::invalid("mobile", "手机号应为 11 位数字，以 1 开头，请核对。"))
}

async fn step(
    State(app): State<App>,
    it: Page,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    Form(form): Form,
) -> Answer {
    let handle = form.text("handle").to_owned();
    let claim = CodeClaim { purpose: CodePurpose::Register, handle: &handle, code: form.text("code") };
    // Whatever step is sent, those before it must be in order: what goes along may have been altered.
    let wrong = who_faults(&it.ctx, &form);
    let (here, done) = match form.text("step") {
        _ if !wrong.is_empty() => (Step::Who, Err(Error::Invalid(wrong))),
        "phone" => (Step::Phone, send(&it.ctx, &app, &form, from).await.map(|handle| (Step::Code, handle))),
        "code" => {
            let proven = match recipient(&form) {
                Ok(to) => codes::prove(&it.ctx, &app, claim, &to).await,
                Err(error) => Err(error),
            };
            (Step::Code, proven.map(|()| (Step::Password, handle.clone())))
        }
        "password" => {
            let new = Registration { person: new_person(&form), account: account(&form) };
            match accounts::register(&it.ctx, &app, (&new, claim), from).await {
                Ok(person) => return registered(&it.ctx, &app, &headers, (person, &form)).await,
                Err(error) => (Step::Password, Err(error)),
            }
        }
        _ => (Step::Who, Ok((Step::Phone, String::new()))),
    };
    match done {
        Ok((step, handle)) => page(&StepsPage { shell: it.shell, step, form, handle, faults: Vec::new() }),
        Err(error) => {
            let faults = mendable(error)?;
            // A code that is wrong is typed again where it was asked for.
            let at_code = faults.iter().any(|it| it.field == "code") && here == Step::Password;
            let step = if at_code { Step::Code } else { here };
            again(page(&StepsPage { shell: it.shell, step, form, handle, faults }))
        }
    }
}

/// Registered: on to signing in, linked if it came from a provider.
async fn registered(ctx: &Ctx, app: &App, headers: &HeaderMap, (person, form): (Id<Person>, &FormData)) -> Answer {
    if !form.has(ARRIVAL) {
        return Ok(flash("/login", "done", "注册成功，请用刚才设置的登录名和密码登录。"));
    }
    let answer = match link(ctx, app, headers, person).await? {
        true => flash("/login", "done", "注册成功，并已关联。请登录；以后也可以用关联的渠道登录。"),
        false => flash(
            "/login",
            "warn",
            "注册成功，但没有关联上：对方的信息与您填写的不一致，或者等得太久。请登录后在「关联的登录」里再试。",
        ),
    };
    Ok(party::arrived(app, answer))
}

async fn send(ctx: &Ctx, app: &App, form: &FormData, from: std::net::IpAddr) -> Result<String, Error> {
    codes::send(ctx, app, CodePurpose::Register, (&recipient(form)?, true), from).await
}

fn account(form: &FormData) -> NewAccount {
    let (login, password) = (form.text("login").to_owned(), form.raw("password").to_owned());
    NewAccount { login, password, demo: None }
}
