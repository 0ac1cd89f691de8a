//! What a person sees of signing in to another system: the way there, the question, the way back, the way out; and the list of systems
//! one has agreed to.

use askama::Template;
use axum::{
    body::Bytes,
    extract::{Query, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use webkit::{Access, Answer, App, Form, Page, Routes, Shell, flash, page, see_other, without_session};

use super::Token;
use crate::{
    model::openid::{
        Parameters,
        request::{Mode, Return},
        scope::{OPENID, SCOPES, Scopes},
    },
    service::{
        openid::{
            at,
            authorize::{self, Asked, Reply},
            consents::{self, Connected},
            logout::{self, Wish},
        },
        sessions,
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get(at::AUTHORIZE, Access::Public, authorize)
        .post(at::AUTHORIZE, Access::Public, authorize_posted)
        .get(at::CONSENT, Access::Public, question)
        .post(at::CONSENT, Access::SignedIn, decide)
        .get(at::LOGOUT, Access::Public, leave)
        .post(at::LOGOUT, Access::Public, leave_posted)
        .post("/logout/everywhere", Access::Public, leave_surely)
        .get("/me/systems", Access::SignedIn, systems)
        .post("/me/systems/end", Access::SignedIn, withdraw)
}

/// Goes on to an address of another system. A page of ours in between ends the chain of a form, which the content security policy would
/// not let lead elsewhere.
#[derive(Template)]
#[template(path = "openid_leave.html")]
pub(crate) struct LeavePage {
    pub(crate) shell: Shell,
    /// The other system's name.
    pub(crate) name: String,
    pub(crate) address: String,
    /// What is posted there; empty: the address is looked at.
    pub(crate) fields: Vec<(&'static str, String)>,
}

/// Why nothing is sent anywhere.
#[derive(Template)]
#[template(path = "openid_trouble.html")]
pub(crate) struct TroublePage {
    pub(crate) shell: Shell,
    pub(crate) reason: &'static str,
}

/// One thing that a system asks for.
pub(crate) struct ScopeLine {
    pub(crate) code: &'static str,
    pub(crate) words: &'static str,
    pub(crate) purpose: String,
    pub(crate) ticked: bool,
    pub(crate) sensitive: bool,
}

#[derive(Template)]
#[template(path = "openid_consent.html")]
pub(crate) struct ConsentPage {
    pub(crate) shell: Shell,
    pub(crate) handle: String,
    pub(crate) name: String,
    /// The office whose system it is.
    pub(crate) office: String,
    /// Where the person goes back to.
    pub(crate) host: String,
    pub(crate) scopes: Vec<ScopeLine>,
}

#[derive(Template)]
#[template(path = "openid_logout.html")]
pub(crate) struct LogoutPage {
    pub(crate) shell: Shell,
    pub(crate) name: String,
    /// What the other system wished, to be asked for once more.
    pub(crate) fields: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "openid_systems.html")]
pub(crate) struct SystemsPage {
    pub(crate) shell: Shell,
    pub(crate) systems: Vec<Connected>,
}

fn parameters(text: &[u8]) -> Parameters {
    Parameters::of(form_urlencoded::parse(text).map(|it| (it.0.into_owned(), it.1.into_owned())).collect())
}

async fn authorize(
    State(app): State<App>,
    it: Page,
    Token(token): Token,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    let asked = parameters(query.unwrap_or_default().as_bytes());
    let reply = authorize::receive(&it.ctx, &app, &token, &asked).await?;
    // Only what came from a form of ours must not be led on by an address.
    let ours = headers.get("sec-fetch-site").is_some_and(|it| it == "same-origin");
    show(&app, it.shell, reply, ours).await
}

async fn authorize_posted(State(app): State<App>, it: Page, Token(token): Token, body: Bytes) -> Answer {
    let reply = authorize::receive(&it.ctx, &app, &token, &parameters(&body)).await?;
    show(&app, it.shell, reply, true).await
}

#[derive(serde::Deserialize)]
pub(crate) struct RequestAsk {
    #[serde(default)]
    request: String,
}

async fn question(State(app): State<App>, it: Page, Token(token): Token, Query(ask): Query<RequestAsk>) -> Answer {
    let reply = authorize::resume(&it.ctx, &app, &token, &ask.request).await?;
    show(&app, it.shell, reply, true).await
}

async fn decide(State(app): State<App>, it: Page, Token(token): Token, Form(form): Form) -> Answer {
    let agreed = (form.text("decision") == "agree").then(|| Scopes::of(form.all("scope")));
    let reply = authorize::decide(&it.ctx, &app, &token, form.text("request"), agreed.as_ref()).await?;
    show(&app, it.shell, reply, true).await
}

/// What the browser gets; `by_page`: it goes on by a page of ours.
async fn show(app: &App, shell: Shell, reply: Reply, by_page: bool) -> Answer {
    let word = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    match reply {
        Reply::Back { to, name, answer } => back(shell, &to, name, answer, by_page),
        Reply::Wait { handle } => Ok(see_other(&format!("{}?request={handle}", at::CONSENT))),
        Reply::SignIn { handle, again, hint } => {
            let next = word(&format!("{}?request={handle}", at::CONSENT));
            let again = if again { "&again=yes" } else { "" };
            Ok(see_other(&format!("/login?next={next}{again}&hint={}", word(&hint))))
        }
        Reply::Ask(asked) => consent(app, shell, *asked).await,
        Reply::Trouble(reason) => {
            let mut answer = page(&TroublePage { shell, reason })?;
            *answer.status_mut() = StatusCode::BAD_REQUEST;
            Ok(answer)
        }
    }
}

fn back(shell: Shell, to: &Return, name: String, answer: Vec<(&'static str, String)>, by_page: bool) -> Answer {
    let Ok(mut url) = url::Url::parse(&to.redirect) else {
        return Err(kernel::Error::internal("a registered address is none").into());
    };
    if to.mode == Mode::FormPost {
        let origin = url.origin().ascii_serialization();
        let mut shown = page(&LeavePage { shell, name, address: to.redirect.clone(), fields: answer })?;
        may_post_to(&mut shown, &origin);
        return Ok(shown);
    }
    url.query_pairs_mut().extend_pairs(answer);
    if by_page {
        page(&LeavePage { shell, name, address: url.into(), fields: Vec::new() })
    } else {
        Ok(see_other(url.as_str()))
    }
}

/// This one page may post to this one place.
fn may_post_to(answer: &mut Response, origin: &str) {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self' {origin}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
}

async fn consent(app: &App, shell: Shell, asked: Asked) -> Answer {
    let client = asked.client.state;
    let office = crate::authority(&app.db, client.authority).await?.facts.name;
    let line = |it: &crate::model::openid::scope::Scope| ScopeLine {
        code: it.code,
        words: it.words,
        purpose: client.purpose(it.code).to_owned(),
        ticked: asked.agreed.as_ref().map_or(!it.sensitive, |agreed| agreed.has(it.code)),
        sensitive: it.sensitive,
    };
    let wanted = SCOPES.iter().filter(|it| it.code != OPENID && asked.scopes.has(it.code));
    let host = client.redirects.first().and_then(|it| url::Url::parse(it).ok()?.host_str().map(str::to_owned));
    page(&ConsentPage {
        shell,
        handle: asked.handle,
        scopes: wanted.map(line).collect(),
        host: host.unwrap_or_default(),
        name: client.name,
        office,
    })
}

async fn leave(State(app): State<App>, it: Page, Token(token): Token, RawQuery(query): RawQuery) -> Answer {
    leave_as(&app, it, &token, &parameters(query.unwrap_or_default().as_bytes())).await
}

async fn leave_posted(State(app): State<App>, it: Page, Token(token): Token, body: Bytes) -> Answer {
    leave_as(&app, it, &token, &parameters(&body)).await
}

async fn leave_as(app: &App, it: Page, token: &str, asked: &Parameters) -> Answer {
    match logout::wish(&it.ctx, app, token, asked).await? {
        Wish::Carry { to } => gone(app, it, token, to, false).await,
        Wish::Ask { name, .. } => {
            let kept = ["client_id", "post_logout_redirect_uri", "state", "id_token_hint"];
            let field = |name| Some((name, asked.one(name).ok()??.to_owned()));
            page(&LogoutPage { shell: it.shell, name, fields: kept.into_iter().filter_map(field).collect() })
        }
    }
}

async fn leave_surely(State(app): State<App>, it: Page, Token(token): Token, Form(form): Form) -> Answer {
    let asked = Parameters::of(form.pairs().to_vec());
    let (Wish::Carry { to } | Wish::Ask { to, .. }) = logout::wish(&it.ctx, &app, &token, &asked).await?;
    gone(&app, it, &token, to, true).await
}

/// Signs out here, and goes where the other system wished, if anywhere.
async fn gone(app: &App, it: Page, token: &str, to: Option<String>, by_page: bool) -> Answer {
    sessions::sign_out(&it.ctx, app, token).await?;
    let answer = match to {
        None => flash("/", "done", "您已安全退出。"),
        Some(to) if by_page => {
            let shell = Shell { caller: None, ..it.shell };
            page(&LeavePage { shell, name: String::new(), address: to, fields: Vec::new() })?
        }
        Some(to) => see_other(&to),
    };
    Ok(without_session(app, answer))
}

async fn systems(State(app): State<App>, it: Page) -> Answer {
    page(&SystemsPage { systems: consents::own(&it.ctx, &app).await?, shell: it.shell })
}

async fn withdraw(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    consents::withdraw(&it.ctx, &app, form.text("client").parse()?).await?;
    Ok(flash("/me/systems", "done", "已收回授权，那个系统不能再读取您的信息。"))
}
