//! The way of a request to sign in: taken, kept while its person signs in and agrees, answered with a code.

use kernel::{Ctx, Id, Moment, Result};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{Refusal, Said, clients, consents, fresh_secret, issuer};
use crate::{
    model::{
        account::sm3_hex,
        openid::{
            Denial, Parameters,
            client::{Client, Kind},
            consent::{self, Consent, ConsentMark, ConsentState, Step, Visitor},
            request::{AuthRequest, Return},
            scope::Scopes,
            token::{CODE_SECONDS, Code, PUSHED_SECONDS, REQUEST_SECONDS},
        },
        session::SessionMark,
    },
    store::openid::tokens as rows,
};

/// What stands before the handle of a pushed request (RFC 9126 section 2.2).
const PUSHED: &str = "urn:ietf:params:oauth:request_uri:";

/// What the person's browser gets.
pub(crate) enum Reply {
    /// It goes back to the other system with these parameters.
    Back { to: Return, name: String, answer: Vec<(&'static str, String)> },
    /// It goes to the page of this request: somebody must sign in or agree.
    Wait { handle: String },
    /// It goes to sign in first.
    SignIn { handle: String, again: bool, hint: String },
    /// The person is asked.
    Ask(Box<Asked>),
    /// Nothing is sent anywhere: the person is told here, in Chinese.
    Trouble(&'static str),
}

/// A request that waits for its person to agree.
pub(crate) struct Asked {
    pub(crate) handle: String,
    pub(crate) client: Client,
    /// What is asked for.
    pub(crate) scopes: Scopes,
    /// What was agreed to before.
    pub(crate) agreed: Option<Scopes>,
}

/// A request with its client, as it is decided upon.
struct Open {
    client: Client,
    request: AuthRequest,
    asked_at: Moment,
    handle: Option<String>,
}

/// Who sits at the browser, and by which session.
struct Seat {
    visitor: Visitor,
    session: Id<SessionMark>,
}

/// Takes a request at the authorization endpoint; `token` is the browser's session.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn receive(ctx: &Ctx, app: &App, token: &str, asked: &Parameters) -> Result<Reply> {
    let Ok(Some(id)) = asked.one("client_id") else { return Ok(Reply::Trouble("没有写明是哪个系统。")) };
    let found = clients::find_enabled(app, id).await?;
    let Some(client) = found.filter(|it| it.state.kind != Kind::Machine) else {
        return Ok(Reply::Trouble("这个系统没有接入本站，或者已经停用。"));
    };
    if let Ok(Some(pushed)) = asked.one("request_uri") {
        let handle = pushed.strip_prefix(PUSHED).unwrap_or_default();
        return match load(ctx, app, handle).await? {
            Some(open) if open.client.id == client.id => {
                wait_longer(ctx, app, handle).await?;
                go_on(ctx, app, token, open).await
            }
            _ => Ok(Reply::Trouble("登录请求已过期或已用过，请回到那个系统重新登录。")),
        };
    }
    let to = match Return::trusted(&client.state, asked) {
        Ok(to) => to,
        Err(trouble) => return Ok(Reply::Trouble(trouble)),
    };
    let request = if client.state.must_push {
        Err(Denial::request("this client must push its requests (RFC 9126)"))
    } else {
        AuthRequest::read(&client.state, to.clone(), asked)
    };
    match request {
        Ok(request) => go_on(ctx, app, token, Open { client, request, asked_at: ctx.now, handle: None }).await,
        Err(denial) => Ok(back(app, &client, to, refused(denial))),
    }
}

/// Takes a pushed request of a client that has shown who it is; gives its `request_uri` and the seconds it waits.
///
/// # Errors
/// What the other system is told.
pub(crate) async fn push(ctx: &Ctx, app: &App, client: &Client, asked: &Parameters) -> Said<(String, i64)> {
    if client.state.kind == Kind::Machine {
        return Err(Denial::UNAUTHORIZED.into());
    }
    if asked.one("request_uri")?.is_some() {
        return Err(Denial::request("request_uri cannot be pushed").into());
    }
    let back = Return::trusted(&client.state, asked).map_err(|_| Denial::request("redirect_uri is not registered"))?;
    let request = AuthRequest::read(&client.state, back, asked)?;
    let handle = keep(ctx, app, (client, &request), PUSHED_SECONDS).await?;
    Ok((format!("{PUSHED}{handle}"), PUSHED_SECONDS))
}

/// The page of a request that waits.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn resume(ctx: &Ctx, app: &App, token: &str, handle: &str) -> Result<Reply> {
    let Some(open) = load(ctx, app, handle).await? else {
        return Ok(Reply::Trouble("登录请求已过期或已用过，请回到那个系统重新登录。"));
    };
    match go_on(ctx, app, token, open).await? {
        Reply::Wait { handle } => ask(ctx, app, token, &handle).await,
        reply => Ok(reply),
    }
}

/// What somebody who must sign in or agree gets to see.
async fn ask(ctx: &Ctx, app: &App, token: &str, handle: &str) -> Result<Reply> {
    let Some(open) = load(ctx, app, handle).await? else {
        return Ok(Reply::Trouble("登录请求已过期或已用过，请回到那个系统重新登录。"));
    };
    let handle = handle.to_owned();
    let seat = seat(ctx, app, token).await?;
    let before = consent_of(app, &open, seat.as_ref()).await?;
    match step(&open, seat.as_ref(), before.as_ref(), ctx.now) {
        Step::SignIn { again } => {
            Ok(Reply::SignIn { handle, again, hint: open.request.login_hint.unwrap_or_default() })
        }
        _ => {
            let scopes = Scopes::of(open.request.scopes.iter().map(String::as_str));
            let agreed = before.map(|it| Scopes::parse(&it.state.scopes));
            Ok(Reply::Ask(Box::new(Asked { handle, client: open.client, scopes, agreed })))
        }
    }
}

/// What the person decided: the scopes agreed to, or nothing.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn decide(ctx: &Ctx, app: &App, token: &str, handle: &str, agreed: Option<&Scopes>) -> Result<Reply> {
    let Some(open) = load(ctx, app, handle).await? else {
        return Ok(Reply::Trouble("登录请求已过期或已用过，请回到那个系统重新登录。"));
    };
    let Some(agreed) = agreed else {
        let mut unit = Unit::new(ctx);
        unit.one(rows::REQUEST_GUARD, rows::REQUEST_DONE, args![sm3_hex(handle)]);
        app.db.commit(unit).await?.or_stale("登录请求")?;
        let to = open.request.back.clone();
        return Ok(back(app, &open.client, to, refused(Denial::ACCESS)));
    };
    let seat = seat(ctx, app, token).await?;
    let before = consent_of(app, &open, seat.as_ref()).await?;
    match (step(&open, seat.as_ref(), before.as_ref(), ctx.now), seat) {
        (Step::Ask | Step::Answer(_), Some(seat)) => {
            let asked = Scopes::of(open.request.scopes.iter().map(String::as_str));
            let whose = (seat.visitor.person, open.client.id);
            let state = ConsentState::decided(before.as_ref().map(|it| &it.state), whose, &asked, agreed);
            let granted = asked.both(&Scopes::parse(&state.scopes));
            let mut unit = Unit::new(ctx);
            let consent = consents::decide(&mut unit, ctx, before.as_ref(), &state)?;
            answer(ctx, app, unit, (open, &seat), (consent, &granted)).await
        }
        (Step::Deny(denial), _) => {
            let to = open.request.back.clone();
            Ok(back(app, &open.client, to, refused(denial)))
        }
        (Step::SignIn { again }, _) => Ok(Reply::SignIn { handle: handle.to_owned(), again, hint: String::new() }),
        (_, None) => Ok(Reply::SignIn { handle: handle.to_owned(), again: false, hint: String::new() }),
    }
}

fn step(open: &Open, seat: Option<&Seat>, before: Option<&Consent>, now: Moment) -> Step {
    let (visitor, before) = (seat.map(|it| it.visitor), before.map(|it| &it.state));
    consent::next((&open.request, open.asked_at), open.client.state.officers_only, visitor, before, now)
}

async fn go_on(ctx: &Ctx, app: &App, token: &str, open: Open) -> Result<Reply> {
    let seat = seat(ctx, app, token).await?;
    let before = consent_of(app, &open, seat.as_ref()).await?;
    match (step(&open, seat.as_ref(), before.as_ref(), ctx.now), seat, before) {
        (Step::Answer(granted), Some(seat), Some(before)) => {
            answer(ctx, app, Unit::new(ctx), (open, &seat), (before.id, &granted)).await
        }
        (Step::Deny(denial), _, _) => {
            let to = open.request.back.clone();
            Ok(back(app, &open.client, to, refused(denial)))
        }
        _ => {
            let handle = match open.handle {
                Some(handle) => handle,
                None => keep(ctx, app, (&open.client, &open.request), REQUEST_SECONDS).await?,
            };
            Ok(Reply::Wait { handle })
        }
    }
}

async fn seat(ctx: &Ctx, app: &App, token: &str) -> Result<Option<Seat>> {
    let Ok(person) = ctx.person() else { return Ok(None) };
    let Some(row) = app.db.find(rows::SESSION_OF, args![sm3_hex(token)]).await? else { return Ok(None) };
    let signed_in_at = row.moment("made_at")?;
    let officer = !ctx.actor.grants.is_empty();
    Ok(Some(Seat { visitor: Visitor { person, signed_in_at, officer }, session: row.id("id")? }))
}

async fn consent_of(app: &App, open: &Open, seat: Option<&Seat>) -> Result<Option<Consent>> {
    match seat {
        Some(seat) => consents::find(app, seat.visitor.person, open.client.id).await,
        None => Ok(None),
    }
}

/// Gives the other system a code, in one unit with what the person decided.
async fn answer(
    ctx: &Ctx,
    app: &App,
    mut unit: Unit,
    (open, seat): (Open, &Seat),
    (consent, granted): (Id<ConsentMark>, &Scopes),
) -> Result<Reply> {
    let code = fresh_secret(ctx, "");
    if let Some(handle) = &open.handle {
        unit.one(rows::REQUEST_GUARD, rows::REQUEST_DONE, args![sm3_hex(handle)]);
    }
    rows::session_runs(&mut unit, seat.session);
    rows::add_code(
        &mut unit,
        &Code {
            code: sm3_hex(&code),
            family: ctx.new_id(),
            client: open.client.id,
            person: seat.visitor.person,
            session: seat.session,
            consent,
            scopes: granted.to_string(),
            redirect: open.request.back.redirect.clone(),
            nonce: open.request.nonce.clone(),
            challenge: open.request.challenge.clone(),
            signed_in_at: seat.visitor.signed_in_at,
            until: ctx.now.plus_seconds(CODE_SECONDS),
            used_at: None,
        },
    );
    match app.db.commit(unit).await? {
        Commit::Done => Ok(back(app, &open.client, open.request.back, vec![("code", code)])),
        Commit::Lost { .. } => Ok(Reply::Trouble("登录请求刚刚已经处理过，请回到那个系统重新登录。")),
    }
}

fn refused(denial: Denial) -> Vec<(&'static str, String)> {
    vec![("error", denial.code.to_owned()), ("error_description", denial.why.to_owned())]
}

/// Every answer says who gave it, so that a system with several providers cannot be confused (RFC 9207).
fn back(app: &App, client: &Client, to: Return, mut answer: Vec<(&'static str, String)>) -> Reply {
    answer.push(("iss", issuer(app).to_owned()));
    answer.extend(to.state.clone().map(|it| ("state", it)));
    Reply::Back { to, name: client.state.name.clone(), answer }
}

async fn keep(ctx: &Ctx, app: &App, (client, request): (&Client, &AuthRequest), seconds: i64) -> Result<String> {
    let handle = fresh_secret(ctx, "");
    let text = serde_json::to_string(request).map_err(kernel::Error::internal)?;
    let mut unit = Unit::new(ctx);
    let values = args![sm3_hex(&handle), client.id, text, ctx.now, ctx.now.plus_seconds(seconds)];
    unit.one(rows::REQUEST_GUARD, rows::REQUEST_ADD, values);
    app.db.commit(unit).await?.or_stale("登录请求")?;
    Ok(handle)
}

async fn wait_longer(ctx: &Ctx, app: &App, handle: &str) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.run(rows::REQUEST_WAITS, args![sm3_hex(handle), ctx.now.plus_seconds(REQUEST_SECONDS)]);
    app.db.commit(unit).await?.or_stale("登录请求")
}

async fn load(ctx: &Ctx, app: &App, handle: &str) -> Result<Option<Open>> {
    let Some(row) = app.db.find(rows::REQUEST, args![sm3_hex(handle), ctx.now]).await? else { return Ok(None) };
    let Some(client) = clients::find_enabled(app, row.text("client")?).await? else { return Ok(None) };
    let (request, asked_at) = (row.json("request")?, row.moment("made_at")?);
    Ok(Some(Open { client, request, asked_at, handle: Some(handle.to_owned()) }))
}

impl From<Refusal> for kernel::Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Failed(error) => error,
            Refusal::Denied(denial) => Self::internal(denial.why),
        }
    }
}
