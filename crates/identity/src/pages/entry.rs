//! Ways in and out: sign-in, the first administrator, signing out.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use kernel::Fault;
use webkit::{
    Answer, App, Caller, ClientAddress, Form, FormData, Page, Shell, flash, page, see_other, session_cookie,
    set_cookie, without_session,
};

use super::{DEVICE_COOKIE, Token, again, device, fault, mendable, onward, party::LeftPage, second::go_on};
use crate::{
    model::{account::NewAccount, person::NewPerson, session::APPLICANT},
    service::{
        accounts::{self, DemoPerson, Registration, SignIn, SignedIn},
        factors::passkeys,
        party::{
            logout::{self, Farewell},
            providers::{self, Way},
        },
        sessions,
    },
};

#[derive(Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage {
    pub(crate) shell: Shell,
    pub(crate) login: String,
    pub(crate) next: String,
    pub(crate) demo: Vec<DemoPerson>,
    /// Whether passkeys can be used at this address.
    pub(crate) passkeys: bool,
    /// Providers at which one may sign in.
    pub(crate) ways: Vec<Way>,
    pub(crate) faults: Vec<Fault>,
}

impl LoginPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct LoginAsk {
    #[serde(default)]
    next: String,
    /// Whether one signs in although one is signed in: another system asks for it.
    #[serde(default)]
    again: String,
    /// The login name that another system knows.
    #[serde(default)]
    hint: String,
}

pub(crate) async fn login(State(app): State<App>, it: Page, Query(ask): Query<LoginAsk>) -> Answer {
    if it.ctx.person().is_ok() && ask.again.is_empty() {
        return Ok(see_other(onward(&ask.next)));
    }
    let demo = accounts::demo_people(&app).await?;
    let (passkeys, ways) = (passkeys::offered(&app), providers::ways(&app).await?);
    page(&LoginPage { shell: it.shell, login: ask.hint, next: ask.next, demo, passkeys, ways, faults: Vec::new() })
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    it: Page,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Form(form): Form,
) -> Answer {
    let (login, password) = (form.text("login"), form.raw("password"));
    let ask = SignIn { login, password, address, device: device(&headers) };
    match accounts::sign_in(&it.ctx, &app, ask).await {
        Ok(entered) => Ok(go_on(&app, &entered, onward(form.text("next")))),
        Err(error) => {
            let faults = mendable(error)?;
            login_again(&app, it.shell, (login, form.text("next")), faults).await
        }
    }
}

/// The sign-in page once more, with what is wrong.
pub(crate) async fn login_again(app: &App, shell: Shell, (login, next): (&str, &str), faults: Vec<Fault>) -> Answer {
    let demo = accounts::demo_people(app).await?;
    let (login, next, passkeys) = (login.to_owned(), next.to_owned(), passkeys::offered(app));
    let ways = providers::ways(app).await?;
    again(page(&LoginPage { shell, login, next, demo, passkeys, ways, faults }))
}

pub(crate) async fn sign_in_demo(
    State(app): State<App>,
    Caller(ctx): Caller,
    headers: HeaderMap,
    Form(form): Form,
) -> Answer {
    let person = form.text("person").parse()?;
    let signed_in = accounts::sign_in_demo(&ctx, &app, person, &device(&headers)).await?;
    Ok(enter(&app, &signed_in, onward(form.text("next"))))
}

/// Gives the browser its session and leads on.
pub(crate) fn enter(app: &App, signed_in: &SignedIn, next: &str) -> Response {
    // Whoever asked for the account to be closed is told first, and may think again.
    let next = if signed_in.closing { "/me/close" } else { next };
    with_session(app, see_other(next), signed_in)
}

/// The same with any answer.
pub(crate) fn with_session(app: &App, answer: Response, signed_in: &SignedIn) -> Response {
    let seconds = u32::try_from(APPLICANT.whole).unwrap_or(u32::MAX);
    let answer = with_cookie(answer, &session_cookie(app, &signed_in.token, seconds));
    with_cookie(answer, &set_cookie(app, DEVICE_COOKIE, &signed_in.device, DEVICE_SECONDS))
}

/// A browser is known again for so long after its last sign-in: thirteen months.
const DEVICE_SECONDS: u32 = 400 * 86_400;

pub(crate) fn with_cookie(mut answer: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

pub(crate) async fn sign_out(State(app): State<App>, it: Page, Token(token): Token, _: Form) -> Answer {
    let farewell = logout::farewell(&app, &token).await?;
    sessions::sign_out(&it.ctx, &app, &token).await?;
    let answer = match farewell {
        None => flash("/", "done", "您已安全退出。"),
        Some(Farewell { name, address }) => {
            page(&LeftPage { shell: Shell { caller: None, ..it.shell }, name, address })?
        }
    };
    Ok(without_session(&app, answer))
}

#[derive(Template)]
#[template(path = "register.html")]
pub(crate) struct RegisterPage {
    pub(crate) shell: Shell,
    pub(crate) form: FormData,
    pub(crate) faults: Vec<Fault>,
}

impl RegisterPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

fn registration(form: &FormData) -> Registration {
    let text = |name: &str| form.text(name).to_owned();
    let person = NewPerson {
        name: text("name"),
        paper: standards::PaperKind::Citizen,
        citizen_number: text("citizen_number"),
        mobile: text("mobile"),
        address: String::new(),
        level: 0,
    };
    Registration {
        person,
        account: NewAccount { login: text("login"), password: form.raw("password").to_owned(), demo: None },
    }
}

pub(crate) async fn first(shell: Shell) -> Answer {
    page(&RegisterPage { shell, form: FormData::default(), faults: Vec::new() })
}

pub(crate) async fn first_sign_up(
    State(app): State<App>,
    it: Page,
    ClientAddress(address): ClientAddress,
    Form(form): Form,
) -> Answer {
    match accounts::first_sign_up(&it.ctx, &app, form.text("code"), &registration(&form), address).await {
        Ok(_) => Ok(flash("/login", "done", "管理员账号已设立，请登录。")),
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&RegisterPage { shell: it.shell, form, faults }))
        }
    }
}
