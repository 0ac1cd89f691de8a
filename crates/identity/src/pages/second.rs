//! The last steps in: a second factor is shown, or, by whoever holds a post without one, set up; and signing in with a passkey alone.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use kernel::Fault;
use webkit::{Access, Answer, App, Caller, Form, Page, Routes, Shell, page, see_other, set_cookie};

use super::{
    again, device,
    entry::{enter, with_cookie, with_session},
    factors::{RecoveryPage, TotpPage, browser_answer, question},
    fault, mendable, onward,
};
use crate::{
    model::factor::{CEREMONY_SECONDS, FactorKind},
    service::{
        entry::{self, Entered, Shown, Stage},
        factors::{SetUp, passkeys, totp},
    },
};

/// The cookie of whoever is half-way in.
const COOKIE: &str = "yiwang_entry";
const CONFIRM: (&str, &str) = ("/login/enrol/totp/confirm", "/login/enrol");

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/login/factor", Access::Public, ask)
        .post("/login/factor", Access::Public, finish)
        .post("/login/factor/options", Access::Public, options)
        .post("/login/factor/passkey", Access::Public, finish_by_passkey)
        .get("/login/enrol", Access::Public, enrol)
        .post("/login/enrol/totp", Access::Public, enrol_totp)
        .post("/login/enrol/totp/confirm", Access::Public, confirm_totp)
        .post("/login/enrol/options", Access::Public, enrol_options)
        .post("/login/enrol/passkey", Access::Public, enrol_passkey)
        .post("/login/passkey/options", Access::Public, anybody_options)
        .post("/login/passkey", Access::Public, by_passkey)
}

/// A second factor is asked for.
#[derive(Template)]
#[template(path = "second.html")]
pub(crate) struct SecondPage {
    pub(crate) shell: Shell,
    pub(crate) next: String,
    /// Whether a passkey may be shown.
    pub(crate) passkey: bool,
    /// Whether an app's code may be typed; a code of paper always may.
    pub(crate) totp: bool,
    pub(crate) faults: Vec<Fault>,
}

impl SecondPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

/// Whoever holds a post sets a second factor up.
#[derive(Template)]
#[template(path = "enrol.html")]
pub(crate) struct EnrolPage {
    pub(crate) shell: Shell,
    pub(crate) next: String,
    pub(crate) passkeys: bool,
    pub(crate) faults: Vec<Fault>,
}

fn token(headers: &HeaderMap) -> &str {
    webkit::cookie(headers, COOKIE).unwrap_or_default()
}

/// After a first factor: in, or on to what is still wanted.
pub(crate) fn go_on(app: &App, entered: &Entered, next: &str) -> Response {
    match entered {
        Entered::In(signed_in) => enter(app, signed_in, next),
        Entered::More { token, stage } => {
            let place = if *stage == Stage::Enrol { "enrol" } else { "factor" };
            let next = form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>();
            let seconds = u32::try_from(CEREMONY_SECONDS).unwrap_or(0);
            with_cookie(see_other(&format!("/login/{place}?next={next}")), &set_cookie(app, COOKIE, token, seconds))
        }
    }
}

#[derive(serde::Deserialize)]
struct NextAsk {
    #[serde(default)]
    next: String,
}

async fn second(app: &App, it: Page, headers: &HeaderMap, (next, faults): (&str, Vec<Fault>)) -> Answer {
    let half = entry::half_way(&it.ctx, app, token(headers)).await?;
    let passkey = passkeys::offered(app) && entry::has(app, half.person, FactorKind::Passkey).await?;
    let totp = entry::has(app, half.person, FactorKind::Totp).await?;
    page(&SecondPage { shell: it.shell, next: next.to_owned(), passkey, totp, faults })
}

async fn ask(State(app): State<App>, it: Page, headers: HeaderMap, Query(ask): Query<NextAsk>) -> Answer {
    second(&app, it, &headers, (&ask.next, Vec::new())).await
}

async fn finish(State(app): State<App>, it: Page, headers: HeaderMap, Form(form): Form) -> Answer {
    let shown = Shown::Code(form.text("code"));
    finish_by(&app, it, &headers, (shown, form.text("next"))).await
}

async fn finish_by_passkey(State(app): State<App>, it: Page, headers: HeaderMap, Form(form): Form) -> Answer {
    let shown = Shown::Passkey(browser_answer(&form));
    finish_by(&app, it, &headers, (shown, form.text("next"))).await
}

async fn finish_by(app: &App, it: Page, headers: &HeaderMap, (shown, next): (Shown<'_>, &str)) -> Answer {
    match entry::finish(&it.ctx, app, token(headers), shown, &device(headers)).await {
        Ok(signed_in) => Ok(with_cookie(enter(app, &signed_in, onward(next)), &set_cookie(app, COOKIE, "", 0))),
        Err(error) => {
            let faults = mendable(error)?;
            again(second(app, it, headers, (next, faults)).await)
        }
    }
}

async fn options(State(app): State<App>, Caller(ctx): Caller, headers: HeaderMap, _: Form) -> Answer<Response> {
    let half = entry::half_way(&ctx, &app, token(&headers)).await?;
    question(passkeys::question_for(&ctx, &app, half.person).await)
}

async fn enrol(State(app): State<App>, it: Page, headers: HeaderMap, Query(ask): Query<NextAsk>) -> Answer {
    entry::enrolling(&it.ctx, &app, token(&headers)).await?;
    let passkeys = passkeys::offered(&app);
    page(&EnrolPage { shell: it.shell, next: ask.next, passkeys, faults: Vec::new() })
}

async fn enrol_totp(State(app): State<App>, it: Page, headers: HeaderMap, Form(form): Form) -> Answer {
    let own = entry::enrolling(&it.ctx, &app, token(&headers)).await?;
    let begun = totp::begin(&own, &app).await?;
    let shown = TotpPage::of(it.shell, begun, CONFIRM)?;
    page(&TotpPage { next: form.text("next").to_owned(), ..shown })
}

async fn confirm_totp(State(app): State<App>, it: Page, headers: HeaderMap, Form(form): Form) -> Answer {
    let (ceremony, name, next) = (form.text("ceremony"), form.text("name"), form.text("next"));
    let set_up = SetUp::Totp(ceremony, form.text("code"));
    match entry::enrol(&it.ctx, &app, token(&headers), (set_up, name), &device(&headers)).await {
        Ok((signed_in, codes)) => {
            let shown = page(&RecoveryPage { shell: it.shell, codes, next: onward(next).to_owned() })?;
            Ok(with_cookie(with_session(&app, shown, &signed_in), &set_cookie(&app, COOKIE, "", 0)))
        }
        Err(error) => {
            let faults = mendable(error)?;
            let own = entry::enrolling(&it.ctx, &app, token(&headers)).await?;
            let begun = totp::resume(&own, &app, ceremony).await?;
            let (name, next, shown) = (name.to_owned(), next.to_owned(), TotpPage::of(it.shell, begun, CONFIRM)?);
            again(page(&TotpPage { name, next, faults, ..shown }))
        }
    }
}

async fn enrol_options(State(app): State<App>, Caller(ctx): Caller, headers: HeaderMap, _: Form) -> Answer<Response> {
    let own = entry::enrolling(&ctx, &app, token(&headers)).await?;
    let label = own.actor.name.clone();
    question(passkeys::begin(&own, &app, &label).await)
}

async fn enrol_passkey(State(app): State<App>, it: Page, headers: HeaderMap, Form(form): Form) -> Answer {
    let (set_up, next) = (SetUp::Passkey(browser_answer(&form)), form.text("next"));
    match entry::enrol(&it.ctx, &app, token(&headers), (set_up, form.text("name")), &device(&headers)).await {
        Ok((signed_in, codes)) => {
            let shown = page(&RecoveryPage { shell: it.shell, codes, next: onward(next).to_owned() })?;
            Ok(with_cookie(with_session(&app, shown, &signed_in), &set_cookie(&app, COOKIE, "", 0)))
        }
        Err(error) => {
            let (faults, next) = (mendable(error)?, next.to_owned());
            again(page(&EnrolPage { shell: it.shell, next, passkeys: passkeys::offered(&app), faults }))
        }
    }
}

async fn anybody_options(State(app): State<App>, Caller(ctx): Caller, _: Form) -> Answer<Response> {
    question(passkeys::question_for_anybody(&ctx, &app).await)
}

async fn by_passkey(State(app): State<App>, it: Page, headers: HeaderMap, Form(form): Form) -> Answer {
    match entry::by_passkey(&it.ctx, &app, browser_answer(&form), &device(&headers)).await {
        Ok(signed_in) => Ok(enter(&app, &signed_in, onward(form.text("next")))),
        Err(error) => {
            let faults = mendable(error)?;
            super::entry::login_again(&app, it.shell, ("", form.text("next")), faults).await
        }
    }
}
