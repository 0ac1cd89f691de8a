//! Signing in at others: the way there and back, whom nobody here is linked with yet, the person's links, and the way out.

use askama::Template;
use axum::{
    body::Bytes,
    extract::{Path, Query, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::Id;
use webkit::{
    Access, Answer, App, Caller, ClientAddress, Failure, Form, Page, Routes, Shell, flash, page, see_other, set_cookie,
};

use super::{agent, device, entry::with_cookie, onward, second::go_on};
use crate::{
    model::party::{provider::ProviderMark, wechat},
    service::party::{
        Stop, Trouble,
        links::{self, OwnLink},
        logout, parameters,
        providers::{self, Way},
        trip::{self, ARRIVAL_SECONDS, Back, Leaving, TRIP_SECONDS},
    },
};

/// The cookie of a browser that is on its way.
const TRIP_COOKIE: &str = "yiwang_trip";
/// The cookie of a browser that is back with somebody not known here.
const ARRIVAL_COOKIE: &str = "yiwang_arrival";
/// Where a person agrees to a link.
const CONFIRM: &str = "/me/links/new";
/// Where whoever is not known here is asked what to do.
const FIRST: &str = "/login/new";

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/login/at/{id}", Access::Public, leave)
        .get("/login/at/{id}/back", Access::Public, back)
        .post("/login/at/{id}/logout", Access::Public, told_logout)
        .get(FIRST, Access::Public, first)
        .post("/login/new/cancel", Access::Public, cancel)
        .get("/me/links", Access::SignedIn, list)
        .get(CONFIRM, Access::SignedIn, confirm)
        .post(CONFIRM, Access::SignedIn, make)
        .post("/me/links/end", Access::SignedIn, end)
}

/// Why nobody comes in by a provider.
#[derive(Template)]
#[template(path = "party_trouble.html")]
pub(crate) struct TroublePage {
    pub(crate) shell: Shell,
    pub(crate) reason: &'static str,
}

/// A provider spoke of somebody whom nobody here is linked with.
#[derive(Template)]
#[template(path = "party_first.html")]
pub(crate) struct FirstPage {
    pub(crate) shell: Shell,
    /// The provider's name.
    pub(crate) provider: String,
    /// What was handed over: name and value.
    pub(crate) told: Vec<(&'static str, String)>,
}

/// A person is asked whether an account elsewhere is theirs.
#[derive(Template)]
#[template(path = "party_confirm.html")]
pub(crate) struct ConfirmPage {
    pub(crate) shell: Shell,
    pub(crate) provider: String,
    pub(crate) told: Vec<(&'static str, String)>,
    /// Who is signed in here.
    pub(crate) name: String,
}

/// The person's links, and what else could be linked.
#[derive(Template)]
#[template(path = "party_links.html")]
pub(crate) struct LinksPage {
    pub(crate) shell: Shell,
    pub(crate) links: Vec<OwnLink>,
    pub(crate) ways: Vec<Way>,
}

/// Signed out here; there one may sign out too.
#[derive(Template)]
#[template(path = "party_left.html")]
pub(crate) struct LeftPage {
    pub(crate) shell: Shell,
    pub(crate) name: String,
    pub(crate) address: String,
}

fn secret<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    webkit::cookie(headers, name).filter(|it| it.len() == 64).unwrap_or_default()
}

fn kept(app: &App, answer: Response, (name, value, seconds): (&str, &str, i64)) -> Response {
    with_cookie(answer, &set_cookie(app, name, value, u32::try_from(seconds).unwrap_or(0)))
}

/// What people are told of why it stopped.
fn stopped(shell: Shell, id: Option<Id<ProviderMark>>, stop: Stop) -> Answer {
    match stop {
        Stop::Failed(error) => Err(Failure(error)),
        Stop::Trouble(trouble) => {
            let provider = id.map(|it| it.to_string()).unwrap_or_default();
            tracing::info!(provider, reason = trouble.code(), "nobody came in by a login provider");
            let mut answer = page(&TroublePage { shell, reason: trouble.words() })?;
            *answer.status_mut() = StatusCode::BAD_REQUEST;
            Ok(answer)
        }
    }
}

#[derive(serde::Deserialize)]
struct NextAsk {
    #[serde(default)]
    next: String,
}

async fn leave(
    State(app): State<App>,
    it: Page,
    ClientAddress(from): ClientAddress,
    (Path(id), headers): (Path<Id<ProviderMark>>, HeaderMap),
    Query(ask): Query<NextAsk>,
) -> Answer {
    let leaving = Leaving { next: onward(&ask.next), from, wechat: wechat::inside(agent(&headers)) };
    match trip::begin(&it.ctx, &app, id, leaving).await {
        Ok(begun) => Ok(kept(&app, see_other(&begun.address), (TRIP_COOKIE, &begun.secret, TRIP_SECONDS))),
        Err(stop) => stopped(it.shell, Some(id), stop),
    }
}

async fn back(
    State(app): State<App>,
    it: Page,
    headers: HeaderMap,
    Path(id): Path<Id<ProviderMark>>,
    RawQuery(query): RawQuery,
) -> Answer {
    let answer = parameters(query.unwrap_or_default().as_bytes());
    let found = match answer.too_long() {
        true => Err(Stop::Trouble(Trouble::NotHere)),
        false => {
            let browser = (id, secret(&headers, TRIP_COOKIE));
            trip::back(&it.ctx, &app, browser, (&answer, &device(&headers))).await
        }
    };
    let signed_in = it.ctx.person().is_ok();
    let answer = match found {
        Ok(Back::Known { entered, next }) => go_on(&app, &entered, onward(&next)),
        Ok(Back::Unknown { secret }) => {
            let place = if signed_in { CONFIRM } else { FIRST };
            kept(&app, see_other(place), (ARRIVAL_COOKIE, &secret, ARRIVAL_SECONDS))
        }
        // Whoever is signed in and did not come by this browser's question keeps its cookie.
        Err(stop @ Stop::Trouble(Trouble::NotHere)) => return stopped(it.shell, Some(id), stop),
        Err(stop) => stopped(it.shell, Some(id), stop)?,
    };
    Ok(kept(&app, answer, (TRIP_COOKIE, "", 0)))
}

/// A provider says that a session there ended. What counts is its signed token alone, so the form comes from anywhere.
async fn told_logout(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ProviderMark>>,
    body: Bytes,
) -> Response {
    let form = parameters(&body);
    let token = form.one("logout_token").ok().flatten().filter(|_| !form.too_long());
    let done = match token {
        Some(token) => logout::told(&ctx, &app, id, token).await,
        None => Err(Stop::Trouble(Trouble::Mixed)),
    };
    let (status, said) = match done {
        Ok(()) => (StatusCode::OK, String::new()),
        Err(Stop::Trouble(trouble)) => {
            tracing::warn!(provider = %id, reason = trouble.code(), "a logout token was not believed");
            (StatusCode::BAD_REQUEST, r#"{"error":"invalid_request"}"#.to_owned())
        }
        Err(Stop::Failed(error)) => {
            tracing::error!(%error, "a logout token could not be followed");
            (StatusCode::SERVICE_UNAVAILABLE, r#"{"error":"temporarily_unavailable"}"#.to_owned())
        }
    };
    let mut answer = (status, [(header::CONTENT_TYPE, "application/json")], said).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// What was handed over, as it is shown.
fn shown(arrival: &trip::Arrival) -> Vec<(&'static str, String)> {
    arrival.told.shown().into_iter().map(|it| (it.1, it.2)).collect()
}

async fn first(State(app): State<App>, it: Page, headers: HeaderMap) -> Answer {
    match trip::arrival(&it.ctx, &app, secret(&headers, ARRIVAL_COOKIE)).await? {
        Some(arrival) => {
            let told = shown(&arrival);
            page(&FirstPage { shell: it.shell, provider: arrival.provider.state.name, told })
        }
        None => stopped(it.shell, None, Trouble::Late.into()),
    }
}

async fn cancel(State(app): State<App>, Caller(ctx): Caller, headers: HeaderMap, _: Form) -> Answer {
    trip::forget(&ctx, &app, secret(&headers, ARRIVAL_COOKIE)).await?;
    let answer = flash("/login", "done", "已取消，对方交来的信息已经删除。");
    Ok(kept(&app, answer, (ARRIVAL_COOKIE, "", 0)))
}

async fn list(State(app): State<App>, it: Page) -> Answer {
    let links = links::own(&it.ctx, &app).await?;
    let mut ways = providers::ways(&app).await?;
    ways.retain(|way| links.iter().all(|link| link.provider != way.id));
    page(&LinksPage { shell: it.shell, links, ways })
}

async fn confirm(State(app): State<App>, it: Page, headers: HeaderMap) -> Answer {
    match trip::arrival(&it.ctx, &app, secret(&headers, ARRIVAL_COOKIE)).await? {
        Some(arrival) => {
            let (told, name) = (shown(&arrival), it.ctx.actor.name.clone());
            page(&ConfirmPage { shell: it.shell, provider: arrival.provider.state.name, told, name })
        }
        None => stopped(it.shell, None, Trouble::Late.into()),
    }
}

async fn make(State(app): State<App>, Caller(ctx): Caller, headers: HeaderMap, _: Form) -> Answer {
    let next = links::make(&ctx, &app, secret(&headers, ARRIVAL_COOKIE)).await?;
    let answer = flash(onward(&next), "done", "已经关联，以后可以用它登录。");
    Ok(kept(&app, answer, (ARRIVAL_COOKIE, "", 0)))
}

async fn end(State(app): State<App>, Caller(ctx): Caller, Form(form): Form) -> Answer {
    links::end(&ctx, &app, form.text("link").parse()?).await?;
    Ok(flash("/me/links", "done", "已解除关联，不能再用它登录。"))
}

/// With whom the browser is back, for whoever registers.
pub(crate) async fn arrival(
    ctx: &kernel::Ctx,
    app: &App,
    headers: &HeaderMap,
) -> kernel::Result<Option<trip::Arrival>> {
    trip::arrival(ctx, app, secret(headers, ARRIVAL_COOKIE)).await
}

/// The arrival is decided.
pub(crate) fn arrived(app: &App, answer: Response) -> Response {
    kept(app, answer, (ARRIVAL_COOKIE, "", 0))
}
