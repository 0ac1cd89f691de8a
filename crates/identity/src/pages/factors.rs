//! How I sign in: second factors of one's own account, set up, shown, removed; and a colleague's, taken away by an administrator.

use askama::Template;
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use kernel::{Fault, Id, Person};
use webkit::{Access, Answer, App, Caller, Form, Page, Routes, Shell, flash, page, qr_svg};

use super::{again, fault, mendable};
use crate::{
    ADMINISTER,
    service::factors::{
        self, OwnFactor, SetUp,
        passkeys::{self, BrowserAnswer},
        recovery, reset, totp,
    },
};

/// Where one's own factors are.
const OWN: &str = "/me/factors";

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get(OWN, Access::SignedIn, show)
        .post("/me/factors/totp", Access::SignedIn, begin_totp)
        .post("/me/factors/totp/confirm", Access::SignedIn, confirm_totp)
        .post("/me/factors/passkey/options", Access::SignedIn, passkey_options)
        .post("/me/factors/passkey", Access::SignedIn, confirm_passkey)
        .post("/me/factors/recovery", Access::SignedIn, renew_recovery)
        .post("/me/factors/remove", Access::SignedIn, remove)
        .get("/desk/people/{id}/factors", Access::May(ADMINISTER), of_colleague)
        .post("/desk/people/{id}/factors", Access::May(ADMINISTER), reset_colleague)
}

#[derive(Template)]
#[template(path = "factors.html")]
pub(crate) struct FactorsPage {
    pub(crate) shell: Shell,
    pub(crate) factors: Vec<OwnFactor>,
    /// Whether passkeys can be used at this address.
    pub(crate) passkeys: bool,
    pub(crate) faults: Vec<Fault>,
}

impl FactorsPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    /// Whether a second factor is asked for at sign-in.
    fn guarded(&self) -> bool {
        self.factors.iter().any(|it| it.kind.stands_alone())
    }
}

/// An app is set up: on one's own page, or on the way in.
#[derive(Template)]
#[template(path = "totp.html")]
pub(crate) struct TotpPage {
    pub(crate) shell: Shell,
    /// Where the code is sent.
    pub(crate) action: &'static str,
    /// Where one goes who does not want to.
    pub(crate) back: &'static str,
    pub(crate) next: String,
    pub(crate) ceremony: String,
    /// The square code.
    pub(crate) qr: String,
    pub(crate) spoken: String,
    pub(crate) name: String,
    pub(crate) faults: Vec<Fault>,
}

impl TotpPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    pub(crate) fn of(
        shell: Shell,
        begun: totp::Begun,
        (action, back): (&'static str, &'static str),
    ) -> kernel::Result<Self> {
        let qr = qr_svg(&begun.address, "用验证器应用扫这个码")?;
        let (next, name, faults) = (String::new(), String::new(), Vec::new());
        Ok(Self { shell, action, back, next, ceremony: begun.ceremony, qr, spoken: begun.spoken, name, faults })
    }
}

/// Recovery codes, shown once.
#[derive(Template)]
#[template(path = "recovery.html")]
pub(crate) struct RecoveryPage {
    pub(crate) shell: Shell,
    pub(crate) codes: Vec<String>,
    /// Where one goes on to.
    pub(crate) next: String,
}

/// A colleague's second factors.
#[derive(Template)]
#[template(path = "colleague_factors.html")]
pub(crate) struct ColleaguePage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) name: String,
    /// The names of what is set up.
    pub(crate) kinds: Vec<&'static str>,
    pub(crate) reason: String,
    pub(crate) faults: Vec<Fault>,
}

impl ColleaguePage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

async fn list(app: &App, it: Page, faults: Vec<Fault>) -> Answer {
    let factors = factors::own(&it.ctx, app).await?;
    page(&FactorsPage { shell: it.shell, factors, passkeys: passkeys::offered(app), faults })
}

async fn show(State(app): State<App>, it: Page) -> Answer {
    list(&app, it, Vec::new()).await
}

async fn begin_totp(State(app): State<App>, it: Page, _: Form) -> Answer {
    let begun = totp::begin(&it.ctx, &app).await?;
    page(&TotpPage::of(it.shell, begun, ("/me/factors/totp/confirm", OWN))?)
}

/// The page after a factor was set up: the recovery codes if these are the first, else the list.
fn set_up(shell: Shell, codes: Vec<String>, next: &str) -> Answer {
    if codes.is_empty() {
        return Ok(flash(next, "done", "已添加。下次登录时会用到它。"));
    }
    page(&RecoveryPage { shell, codes, next: next.to_owned() })
}

async fn confirm_totp(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let (ceremony, name) = (form.text("ceremony"), form.text("name"));
    match factors::set_up(&it.ctx, &app, (SetUp::Totp(ceremony, form.text("code")), name)).await {
        Ok(codes) => set_up(it.shell, codes, OWN),
        Err(error) => {
            let faults = mendable(error)?;
            let begun = totp::resume(&it.ctx, &app, ceremony).await?;
            let shown = TotpPage::of(it.shell, begun, ("/me/factors/totp/confirm", OWN))?;
            again(page(&TotpPage { name: name.to_owned(), faults, ..shown }))
        }
    }
}

/// What a browser is asked, for the script.
pub(crate) fn question(asked: kernel::Result<passkeys::Question>) -> Answer<Response> {
    Ok(Json(asked?).into_response())
}

async fn passkey_options(State(app): State<App>, Caller(ctx): Caller, _: Form) -> Answer<Response> {
    let label = ctx.actor.name.clone();
    question(passkeys::begin(&ctx, &app, &label).await)
}

/// What a browser answered, out of a form.
pub(crate) fn browser_answer(form: &webkit::FormData) -> BrowserAnswer<'_> {
    BrowserAnswer { ceremony: form.text("ceremony"), credential: form.text("credential") }
}

async fn confirm_passkey(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    match factors::set_up(&it.ctx, &app, (SetUp::Passkey(browser_answer(&form)), form.text("name"))).await {
        Ok(codes) => set_up(it.shell, codes, OWN),
        Err(error) => {
            let faults = mendable(error)?;
            again(list(&app, it, faults).await)
        }
    }
}

async fn renew_recovery(State(app): State<App>, it: Page, _: Form) -> Answer {
    match recovery::renew(&it.ctx, &app).await {
        Ok(codes) => page(&RecoveryPage { shell: it.shell, codes, next: OWN.to_owned() }),
        Err(error) => {
            let faults = mendable(error)?;
            again(list(&app, it, faults).await)
        }
    }
}

async fn remove(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    match factors::remove(&it.ctx, &app, form.text("id").parse()?).await {
        Ok(()) => Ok(flash(OWN, "done", "已移除。")),
        Err(error) => {
            let faults = mendable(error)?;
            again(list(&app, it, faults).await)
        }
    }
}

async fn colleague(app: &App, it: Page, id: Id<Person>, (reason, faults): (String, Vec<Fault>)) -> Answer {
    let kinds = reset::kinds_of(&it.ctx, app, id).await?.iter().map(|it| it.name()).collect();
    let name = crate::person_name(app, id).await?;
    page(&ColleaguePage { shell: it.shell, id: id.to_string(), name, kinds, reason, faults })
}

async fn of_colleague(State(app): State<App>, it: Page, Path(id): Path<String>) -> Answer {
    colleague(&app, it, id.parse()?, (String::new(), Vec::new())).await
}

async fn reset_colleague(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let (id, reason) = (id.parse()?, form.text("reason"));
    match reset::reset(&it.ctx, &app, id, reason).await {
        Ok(()) => Ok(flash(
            &format!("/desk/people/{id}/factors"),
            "done",
            "已重置，并已通知本人。请提醒此人下次登录时重新设置。",
        )),
        Err(error) => {
            let faults = mendable(error)?;
            again(colleague(&app, it, id, (reason.to_owned(), faults)).await)
        }
    }
}
