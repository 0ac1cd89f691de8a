//! Tokens: given for codes, for refresh tokens and to machines; asked about; given back.

use journal::Head;
use kernel::{Ctx, Error, Id, Moment, Result};
use serde::Serialize;
use serde_json::{Map, Value, json};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{super::kinds, Said, claims, clients, fresh_secret, issuer, keys};
use crate::{
    SiteCallers,
    model::{
        account::sm3_hex,
        openid::{
            Denial, Parameters,
            client::{Client, ClientState, Kind},
            scope::{OFFLINE, OPENID, Scopes},
            token::{
                ACCESS_PREFIX, ACCESS_SECONDS, Family, FamilyMark, ID_SECONDS, IdClaims, No, OFFLINE_SECONDS,
                REFRESH_PREFIX, redeem, renew, seconds,
            },
        },
        session::APPLICANT,
    },
    store::openid::{consents as consent_rows, tokens as rows},
};

/// Posts of one machine that count at most.
const POSTS_MAX: i64 = 200;

/// What the token endpoint gives (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).
#[derive(Debug, Serialize)]
pub(crate) struct Tokens {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    scope: String,
}

/// The token endpoint, for a client that has shown who it is.
///
/// # Errors
/// What the other system is told.
pub(crate) async fn give(ctx: &Ctx, app: &App, client: &Client, form: &Parameters) -> Said<Tokens> {
    match form.need("grant_type", "grant_type is missing")? {
        "authorization_code" => for_code(ctx, app, client, form).await,
        "refresh_token" => for_refresh(ctx, app, client, form).await,
        "client_credentials" => for_machine(ctx, app, client, form).await,
        _ => Err(Denial { code: "unsupported_grant_type", why: "this grant type is not offered" }.into()),
    }
}

async fn for_code(ctx: &Ctx, app: &App, client: &Client, form: &Parameters) -> Said<Tokens> {
    let given = form.need("code", "code is missing")?;
    let (redirect, verifier) = (form.one("redirect_uri")?, form.one("code_verifier")?);
    let unknown = Denial::grant("the code is unknown, used or expired");
    let row = app.db.find(rows::CODE, args![sm3_hex(given)]).await?.ok_or(unknown)?;
    let code = rows::code(&row)?;
    match redeem(&code, client.id, redirect, verifier, ctx.now) {
        Ok(()) => {}
        Err(No::Denied(denial)) => return Err(denial.into()),
        Err(No::Reused) => return reused(ctx, app, code.family, client).await,
    }
    let scopes = Scopes::parse(&code.scopes);
    let offline = scopes.has(OFFLINE);
    let until =
        if offline { ctx.now.plus_seconds(OFFLINE_SECONDS) } else { code.signed_in_at.plus_seconds(APPLICANT.whole) };
    let (id, person, session, consent) = (code.family, code.person, code.session, code.consent);
    let signed_in_at = code.signed_in_at;
    let family = Family {
        id,
        client: client.id,
        person,
        session,
        consent,
        scopes,
        offline,
        signed_in_at,
        until,
        ended_at: None,
    };
    let mut unit = Unit::new(ctx);
    unit.one(rows::CODE_GUARD, rows::CODE_USE, args![&code.code, ctx.now]);
    rows::session_runs(&mut unit, session);
    rows::add_family(&mut unit, &family);
    let given = add_pair(&mut unit, ctx, &family, &family.scopes);
    unit.evidence(rows::FAMILY, args![id]);
    match commit(app, unit, &family).await? {
        None => answer(ctx, app, client, (&family, &family.scopes), (given, code.nonce)).await,
        Some(rows::CODE_GUARD) => reused(ctx, app, id, client).await,
        Some(_) => Err(Denial::grant("the person has left or withdrew").into()),
    }
}

async fn for_refresh(ctx: &Ctx, app: &App, client: &Client, form: &Parameters) -> Said<Tokens> {
    let given = sm3_hex(form.need("refresh_token", "refresh_token is missing")?);
    let unknown = Denial::grant("the refresh token is unknown, used or expired");
    let row = app.db.find(rows::REFRESH, args![&given]).await?.ok_or(unknown)?;
    let refresh = rows::refresh(&row)?;
    match renew(&refresh, client.id, ctx.now) {
        Ok(()) => {}
        Err(No::Denied(denial)) => return Err(denial.into()),
        Err(No::Reused) => return reused(ctx, app, refresh.family.id, client).await,
    }
    let family = refresh.family;
    let scopes = Scopes::narrowed(form.one("scope")?, &family.scopes)?;
    let mut unit = Unit::new(ctx);
    unit.one(rows::REFRESH_GUARD, rows::REFRESH_USE, args![&given, ctx.now]);
    if !family.offline {
        rows::session_runs(&mut unit, family.session);
    }
    let made = add_pair(&mut unit, ctx, &family, &scopes);
    unit.evidence(rows::TOKEN, args![sm3_hex(&made.0)]);
    match commit(app, unit, &family).await? {
        None => answer(ctx, app, client, (&family, &scopes), (made, None)).await,
        Some(rows::REFRESH_GUARD) => reused(ctx, app, family.id, client).await,
        Some(_) => Err(Denial::grant("the person has left or withdrew").into()),
    }
}

/// Commits what rests on a consent, which must still be in force; names the guard that was lost.
async fn commit(app: &App, mut unit: Unit, family: &Family) -> Result<Option<&'static str>> {
    unit.check("consent holds", consent_rows::CONSENT_HOLDS, args![family.consent]);
    match app.db.commit(unit).await? {
        Commit::Done => Ok(None),
        Commit::Lost { guard } => Ok(Some(guard)),
    }
}

/// An access token and the refresh token that renews it.
fn add_pair(unit: &mut Unit, ctx: &Ctx, family: &Family, scopes: &Scopes) -> (String, String) {
    let (access, refresh) = (fresh_secret(ctx, ACCESS_PREFIX), fresh_secret(ctx, REFRESH_PREFIX));
    let until = ctx.now.plus_seconds(ACCESS_SECONDS).min(family.until);
    add(unit, ctx, (&access, "access"), (family.id.to_string(), family.client, scopes), until);
    add(unit, ctx, (&refresh, "refresh"), (family.id.to_string(), family.client, &family.scopes), family.until);
    (access, refresh)
}

fn add(
    unit: &mut Unit,
    ctx: &Ctx,
    (token, kind): (&str, &str),
    (family, client, scopes): (String, Id<kernel::Client>, &Scopes),
    until: Moment,
) {
    let values = args![sm3_hex(token), kind, family, client, scopes.to_string(), ctx.now, until];
    unit.one("token", rows::TOKEN_ADD, values);
}

async fn answer(
    ctx: &Ctx,
    app: &App,
    client: &Client,
    (family, scopes): (&Family, &Scopes),
    ((access_token, refresh), nonce): ((String, String), Option<String>),
) -> Said<Tokens> {
    let id_token = if scopes.has(OPENID) {
        let now = seconds(ctx.now);
        let said = IdClaims {
            iss: issuer(app).to_owned(),
            sub: claims::subject(app, client, family.person),
            aud: client.id.to_string(),
            exp: now + ID_SECONDS,
            iat: now,
            auth_time: seconds(family.signed_in_at),
            sid: claims::sid(app, client.id, family.session),
            nonce,
        };
        Some(keys::ring(ctx, app).await?.sign(client.state.alg, "JWT", &said, ctx.now)?)
    } else {
        None
    };
    let expires_in = ACCESS_SECONDS.min(seconds(family.until) - seconds(ctx.now));
    Ok(Tokens {
        access_token,
        token_type: "Bearer",
        expires_in,
        refresh_token: Some(refresh),
        id_token,
        scope: scopes.to_string(),
    })
}

/// What was used once is shown again: of the two who had it one is a thief, and nobody knows which. All that came of it ends, and the
/// record tells.
async fn reused(ctx: &Ctx, app: &App, family: Id<FamilyMark>, client: &Client) -> Said<Tokens> {
    tracing::warn!(client = %client.id, "a code or refresh token was used twice; its tokens are good no more");
    let mut unit = Unit::new(ctx);
    rows::end_family(&mut unit, family, ctx.now);
    let about = (format!("token_reuse:{}", ctx.new_id::<FamilyMark>()), kinds::TOKEN_REUSED);
    let body = json!({ "client": client.id, "family": family });
    journal::append(&mut unit, ctx, &Head::none(), (&about.0, about.1), &body)?;
    app.db.commit(unit).await?.or_stale("令牌")?;
    Err(Denial::grant("it was used before; all tokens that came of it are revoked").into())
}

/// A token for a machine itself: what its posts allow, or less if it asks for less.
async fn for_machine(ctx: &Ctx, app: &App, client: &Client, form: &Parameters) -> Said<Tokens> {
    if client.state.kind != Kind::Machine {
        return Err(Denial::UNAUTHORIZED.into());
    }
    let held = app.db.query(rows::POSTS_ON, args![client.id, ctx.now.legal_date(), POSTS_MAX]).await?;
    let callers = app.part::<SiteCallers>()?;
    let mut allowed = Vec::new();
    for row in &held {
        let post = callers.post(row.text("code")?);
        allowed.extend(post.iter().flat_map(|it| it.permissions).map(|it| it.code));
    }
    let scopes = Scopes::narrowed(form.one("scope")?, &Scopes::of(allowed))?;
    let access_token = fresh_secret(ctx, ACCESS_PREFIX);
    let mut unit = Unit::new(ctx);
    let until = ctx.now.plus_seconds(ACCESS_SECONDS);
    add(&mut unit, ctx, (&access_token, "machine"), (String::new(), client.id, &scopes), until);
    unit.evidence(rows::TOKEN, args![sm3_hex(&access_token)]);
    app.db.commit(unit).await?.or_stale("令牌")?;
    let (token_type, scope) = ("Bearer", scopes.to_string());
    Ok(Tokens { access_token, token_type, expires_in: ACCESS_SECONDS, refresh_token: None, id_token: None, scope })
}

/// A token that is good at this instant.
struct Good {
    kind: String,
    client: Client,
    scopes: Scopes,
    made_at: Moment,
    until: Moment,
    family: Option<Id<FamilyMark>>,
    person: Option<Id<kernel::Person>>,
}

async fn good(ctx: &Ctx, app: &App, token: &str) -> Result<Option<Good>> {
    let Some(row) = app.db.find(rows::TOKEN, args![sm3_hex(token)]).await? else { return Ok(None) };
    let state: ClientState = row.json("document")?;
    let kind = row.string("kind")?;
    let (family, until) = (row.opt_id("family")?, row.moment("until")?);
    let orphan = kind != "machine" && family.is_none();
    let ended = row.opt_moment("ended_at")?.is_some() || row.opt_moment("used_at")?.is_some();
    if orphan || ended || until <= ctx.now || state.disabled {
        return Ok(None);
    }
    Ok(Some(Good {
        kind,
        client: Client { id: row.id("client")?, state, head: Head::none() },
        scopes: Scopes::parse(row.text("scopes")?),
        made_at: row.moment("made_at")?,
        until,
        family,
        person: row.opt_id("person")?,
    }))
}

/// What is told of a token to a client that has shown who it is (RFC 7662 section 2.2). Of tokens of others only a client that is
/// registered for it hears; all others hear that it is not active.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn introspect(ctx: &Ctx, app: &App, asker: &Client, token: &str) -> Result<Value> {
    let found = good(ctx, app, token).await?;
    let Some(it) = found.filter(|it| it.client.id == asker.id || asker.state.inspects) else {
        return Ok(json!({ "active": false }));
    };
    let sub = it.person.map_or_else(|| it.client.id.to_string(), |person| claims::subject(app, &it.client, person));
    Ok(json!({
        "active": true,
        "iss": issuer(app),
        "sub": sub,
        "client_id": it.client.id,
        "scope": it.scopes.to_string(),
        "token_type": if it.kind == "refresh" { "refresh_token" } else { "Bearer" },
        "iat": seconds(it.made_at),
        "exp": seconds(it.until),
    }))
}

/// A client gives a token back (RFC 7009); with a refresh token all that came of the same code ends.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn revoke(ctx: &Ctx, app: &App, client: &Client, token: &str) -> Result<()> {
    let Some(it) = good(ctx, app, token).await?.filter(|it| it.client.id == client.id) else { return Ok(()) };
    let mut unit = Unit::new(ctx);
    match it.family {
        Some(family) if it.kind == "refresh" => rows::end_family(&mut unit, family, ctx.now),
        _ => drop(unit.run(rows::TOKEN_GONE, args![sm3_hex(token)])),
    }
    app.db.commit(unit).await?.or_stale("令牌")
}

/// Who the person of an access token is, as far as it agreed (OpenID Connect Core section 5.3).
///
/// # Errors
/// `invalid_token` (RFC 6750 section 3.1) if it is not good; `insufficient_scope` without a sign-in.
pub(crate) async fn userinfo(ctx: &Ctx, app: &App, token: &str) -> Said<Map<String, Value>> {
    let bad = Denial { code: "invalid_token", why: "the access token is unknown, expired or revoked" };
    let found = good(ctx, app, token).await?.filter(|it| it.kind == "access").ok_or(bad)?;
    if !found.scopes.has(OPENID) {
        return Err(Denial { code: "insufficient_scope", why: "the token has no scope openid" }.into());
    }
    let family = found.family.ok_or(bad)?;
    let row = app.db.find(rows::FAMILY, args![family]).await?.ok_or(bad)?;
    match claims::userinfo(ctx, app, &found.client, (&rows::family(&row)?, &found.scopes)).await {
        Err(Error::NotFound { .. }) => Err(bad.into()),
        told => Ok(told?),
    }
}

/// The client of a signed hint or a request: for the logout endpoint.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn client_of(app: &App, id: &str) -> Result<Option<Client>> {
    clients::find_enabled(app, id).await
}
