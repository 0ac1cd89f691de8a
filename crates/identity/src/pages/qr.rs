//! Signing in at a desk by telephone: the desk shows a square code and waits, the telephone says whose it is.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
};
use webkit::{
    Access, Answer, App, Caller, ClientAddress, Form, Page, Routes, Shell, flash, page, qr_svg, see_other, set_cookie,
};

use super::{
    Token, device,
    entry::{enter, with_cookie},
    onward,
};
use crate::service::qr::{self, Progress, QR_SECONDS};

/// The cookie of a browser that waits.
const COOKIE: &str = "yiwang_qr";

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/login/qr", Access::Public, show)
        .post("/login/qr", Access::Public, go_on)
        .get("/login/qr/state", Access::Public, state)
        .get("/qr/{code}", Access::SignedIn, ask)
        .post("/qr/{code}", Access::SignedIn, answer)
}

#[derive(Template)]
#[template(path = "qr_login.html")]
pub(crate) struct QrLoginPage {
    pub(crate) shell: Shell,
    pub(crate) code: String,
    pub(crate) qr: String,
    pub(crate) next: String,
    /// The person said that it was scanned, and it was not yet agreed to.
    pub(crate) early: bool,
}

#[derive(Template)]
#[template(path = "qr_confirm.html")]
pub(crate) struct QrConfirmPage {
    pub(crate) shell: Shell,
    pub(crate) code: String,
    pub(crate) device: String,
    pub(crate) address: String,
}

#[derive(serde::Deserialize)]
struct NextAsk {
    #[serde(default)]
    next: String,
}

fn browser(headers: &HeaderMap) -> &str {
    webkit::cookie(headers, COOKIE).unwrap_or_default()
}

fn waiting(app: &App, shell: Shell, (code, next): (&str, &str), early: bool) -> Answer {
    let qr = qr_svg(&format!("{}/qr/{code}", app.site.address), "用已经登录的手机扫这个码")?;
    page(&QrLoginPage { shell, code: code.to_owned(), qr, next: next.to_owned(), early })
}

async fn show(
    State(app): State<App>,
    it: Page,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    Query(ask): Query<NextAsk>,
) -> Answer {
    let begun = qr::begin(&it.ctx, &app, &device(&headers), from).await?;
    let shown = waiting(&app, it.shell, (&begun.code, &ask.next), false)?;
    let seconds = u32::try_from(QR_SECONDS).unwrap_or(0);
    Ok(with_cookie(shown, &set_cookie(&app, COOKIE, &begun.browser, seconds)))
}

async fn state(State(app): State<App>, Caller(ctx): Caller, headers: HeaderMap) -> Answer<&'static str> {
    Ok(match qr::progress(&ctx, &app, browser(&headers), "").await? {
        Progress::Waiting => "waiting",
        Progress::Agreed | Progress::Over => "answered",
    })
}

async fn go_on(State(app): State<App>, it: Page, headers: HeaderMap, Form(form): Form) -> Answer {
    let (code, next) = (form.text("code"), form.text("next"));
    match qr::progress(&it.ctx, &app, browser(&headers), code).await? {
        Progress::Waiting => waiting(&app, it.shell, (code, next), true),
        Progress::Over => Ok(flash("/login/qr", "warn", "没有登录：手机上没有同意，或者二维码过期了。请重新扫码。")),
        Progress::Agreed => {
            let signed_in = qr::enter(&it.ctx, &app, browser(&headers), &device(&headers)).await?;
            Ok(with_cookie(enter(&app, &signed_in, onward(next)), &set_cookie(&app, COOKIE, "", 0)))
        }
    }
}

async fn ask(State(app): State<App>, it: Page, Path(code): Path<String>) -> Answer {
    let asked = qr::asked(&it.ctx, &app, &code).await?;
    page(&QrConfirmPage { shell: it.shell, code, device: asked.device, address: asked.address })
}

async fn answer(
    State(app): State<App>,
    Caller(ctx): Caller,
    Token(token): Token,
    Path(code): Path<String>,
    Form(form): Form,
) -> Answer {
    let agrees = form.text("decision") == "agree";
    qr::answer(&ctx, &app, &token, (&code, agrees)).await?;
    if agrees {
        Ok(flash("/me", "done", "已同意，那台电脑正在登录。不是您本人操作的，请马上在下面让它退出。"))
    } else {
        Ok(see_other("/me"))
    }
}
