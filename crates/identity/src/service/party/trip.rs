//! The way to a provider and back (OpenID Connect Core 1.0 section 3.1, RFC 9700): code with PKCE S256; state, nonce and verifier follow
//! from a secret that only the browser has, so that neither the table nor the provider can answer in its place.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Ctx, Error, Id, Person};
use serde::Deserialize;
use serde_json::{Map, Value};
use storage::{Commit, Unit, args};
use subtle::ConstantTimeEq;
use webkit::App;

use super::{
    super::{
        entry::{self, Device, Entered, Known},
        tries::{count_tries, network, try_key},
    },
    Errand, Stop, Trip, Trouble, fetch, form, links,
    metadata::{self, Endpoints},
    providers, vendors,
};
use crate::{
    model::{
        account::{Account, Allowance, sm3_hex},
        openid::Parameters,
        party::{
            link::{Came, Link},
            provider::{Dialect, Provider, ProviderMark},
            token::{Doubt, Expect, challenge},
            told::Told,
        },
    },
    store::{accounts as account_rows, party as rows},
};

/// Somebody is at the provider for so many seconds at most.
pub(crate) const TRIP_SECONDS: i64 = 15 * 60;
/// Whoever is not known here decides within so many seconds: registering takes a code by telephone.
pub(crate) const ARRIVAL_SECONDS: i64 = 30 * 60;
/// Ways there that one network begins: a hall with many desks behind one address must not stand still.
const FROM_ADDRESS: Allowance = Allowance { tries: 600, seconds: 60 * 60 };
/// An access token has so many bytes at most.
const ACCESS_MAX: usize = 8 * 1024;

/// Under what the vault keeps what a provider said.
pub(crate) fn arrival_holder(id: &str) -> String {
    format!("arrival:{id}")
}

/// The item of the vault.
const TOLD: &str = "told";

/// What follows from the browser's secret.
struct Questions {
    state: String,
    /// The state of a browser that was sent from a page inside WeChat: which of two apps asked shows in the answer.
    inside: String,
    nonce: String,
    verifier: String,
}

impl Questions {
    fn of(app: &App, secret: &str) -> Self {
        Self {
            state: app.vault.digest("login-state", secret),
            inside: app.vault.digest("login-state-inside", secret),
            nonce: app.vault.digest("login-nonce", secret),
            verifier: app.vault.digest("login-verifier", secret),
        }
    }
}

/// The address to which a provider answers: its own for each, so that no answer is taken for another's.
pub(crate) fn back_address(app: &App, id: Id<ProviderMark>) -> String {
    format!("{}/login/at/{id}/back", app.site.address)
}

/// A browser that wants to leave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaving<'a> {
    /// Where it wanted to go here.
    pub(crate) next: &'a str,
    /// From which network it comes.
    pub(crate) from: IpAddr,
    /// Whether the page is open inside WeChat.
    pub(crate) wechat: bool,
}

/// A browser is about to leave.
pub(crate) struct Begun {
    /// Where to.
    pub(crate) address: String,
    /// The secret that it keeps.
    pub(crate) secret: String,
}

async fn in_use(app: &App, id: Id<ProviderMark>) -> Trip<Provider> {
    match providers::get(app, id).await {
        Ok(it) if it.state.open() => Ok(it),
        Ok(_) | Err(Error::NotFound { .. }) => Err(Trouble::Off.into()),
        Err(error) => Err(error.into()),
    }
}

fn fresh_secret(ctx: &Ctx) -> String {
    ctx.random_bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Begins the way to a provider.
///
/// # Errors
/// [`Trouble::Off`], [`Trouble::NotReachable`], [`Trouble::Inside`]; [`Error::TooMany`] after too many from one network; if the engine
/// fails.
pub(crate) async fn begin(ctx: &Ctx, app: &App, id: Id<ProviderMark>, leaving: Leaving<'_>) -> Trip<Begun> {
    let it = in_use(app, id).await?;
    count_tries(ctx, app, &[(try_key(app, &["login at", &network(leaving.from)]), FROM_ADDRESS)]).await?;
    let secret = fresh_secret(ctx);
    let asked = Questions::of(app, &secret);
    let redirect = back_address(app, id);
    let address = if it.state.dialect.vendor() {
        let inside = vendors::inside(&it.state, leaving.wechat)?;
        let state = if inside { &asked.inside } else { &asked.state };
        vendors::address(&it.state, inside, (&redirect, state))?
    } else {
        let endpoints = metadata::endpoints(ctx, app, &it).await?;
        authorize(&it, &endpoints.authorize, (&asked, &redirect))?
    };
    let mut unit = Unit::new(ctx);
    unit.run(rows::TRIP_ADD, args![sm3_hex(&secret), id, leaving.next, ctx.now.plus_seconds(TRIP_SECONDS)]);
    app.db.commit(unit).await?.or_stale("登录")?;
    Ok(Begun { address, secret })
}

/// Where the browser is sent, with the question it carries.
fn authorize(it: &Provider, place: &str, (asked, redirect): (&Questions, &str)) -> Trip<String> {
    let mut address = url::Url::parse(place).map_err(Error::internal)?;
    let challenge = challenge(&asked.verifier);
    let mut query = vec![
        ("response_type", "code"),
        ("client_id", it.state.client.as_str()),
        ("redirect_uri", redirect),
        ("state", asked.state.as_str()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    if !it.state.scopes.is_empty() {
        query.push(("scope", &it.state.scopes));
    }
    if it.state.dialect == Dialect::Oidc {
        query.push(("nonce", &asked.nonce));
    }
    address.query_pairs_mut().extend_pairs(query);
    Ok(address.into())
}

/// What came of being back.
pub(crate) enum Back {
    /// Known here: in, or on to the second factor.
    Known { entered: Entered, next: String },
    /// Not known yet: the browser keeps this secret until the person has decided.
    Unknown { secret: String },
}

/// Somebody is back from a provider, with what it answered.
///
/// # Errors
/// Every [`Trouble`]; if the engine fails.
pub(crate) async fn back(
    ctx: &Ctx,
    app: &App,
    (id, secret): (Id<ProviderMark>, &str),
    (answer, device): (&Parameters, &Device),
) -> Trip<Back> {
    let row = app.db.find(rows::TRIP, args![sm3_hex(secret)]).await?;
    let Some(row) = row.filter(|_| !secret.is_empty()) else { return Err(Trouble::NotHere.into()) };
    let sent_to: Id<ProviderMark> = row.id("provider")?;
    let asked = Questions::of(app, secret);
    let state = answer.one("state")?.unwrap_or_default();
    let is = |it: &str| bool::from(state.as_bytes().ct_eq(it.as_bytes()));
    let inside = is(&asked.inside);
    if sent_to != id || !(inside || is(&asked.state)) {
        return Err(Trouble::NotHere.into());
    }
    let mut unit = Unit::new(ctx);
    unit.one(rows::TRIP_GUARD, rows::TRIP_DONE, args![sm3_hex(secret)]);
    if app.db.commit(unit).await? != Commit::Done || row.moment("until")? <= ctx.now {
        return Err(Trouble::Late.into());
    }
    let it = in_use(app, id).await?;
    let told = match it.state.dialect.vendor() {
        true => vendors::ask(ctx, app, (&it, inside), answer).await?,
        false => {
            let endpoints = metadata::endpoints(ctx, app, &it).await?;
            answers_for(&it, &endpoints, answer)?;
            let code = match (answer.one("error")?, answer.one("code")?) {
                (Some(_), _) => return Err(Trouble::Cancelled.into()),
                (None, Some(code)) => code,
                (None, None) => return Err(Doubt::Malformed.into()),
            };
            ask(ctx, app, (&it, &endpoints), (code, &asked)).await?
        }
    };
    let next = row.string("next")?;
    match links::by_subject(app, id, &told.subject).await? {
        Some(link) => Ok(Back::Known { entered: enter(ctx, app, (&it, link), (&told, device)).await?, next }),
        None => Ok(Back::Unknown { secret: arrive(ctx, app, id, (&told, &next)).await? }),
    }
}

/// Whether the answer is this provider's (RFC 9207): it says so where the provider says that it does, and never says otherwise.
fn answers_for(it: &Provider, endpoints: &Endpoints, answer: &Parameters) -> Trip<()> {
    if it.state.dialect != Dialect::Oidc {
        return Ok(());
    }
    match answer.one("iss")? {
        Some(said) if said == it.state.issuer => Ok(()),
        None if !endpoints.says_issuer => Ok(()),
        Some(_) | None => Err(Trouble::Mixed.into()),
    }
}

/// What the token endpoint answers.
#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    #[serde(default)]
    token_type: String,
    id_token: Option<String>,
}

/// Exchanges the code, and reads what the provider says of the person.
async fn ask(
    ctx: &Ctx,
    app: &App,
    (it, endpoints): (&Provider, &Endpoints),
    (code, asked): (&str, &Questions),
) -> Trip<Told> {
    let tokens = exchange(app, (it, endpoints), (code, asked)).await?;
    let signed = match (it.state.dialect, &tokens.id_token) {
        (Dialect::Oidc, None) => return Err(Doubt::Malformed.into()),
        (Dialect::Oidc, Some(token)) => {
            let claims = metadata::believed(ctx, app, it, token).await?;
            let expect = Expect { issuer: &it.state.issuer, client: &it.state.client, now: ctx.now };
            expect.id_token(&claims, (&asked.nonce, &tokens.access_token))?;
            claims
        }
        (_, _) => Map::new(),
    };
    let more = match &endpoints.userinfo {
        Some(place) => userinfo(app, place, &tokens.access_token).await?,
        None => Map::new(),
    };
    // What is said of another person is not this one's (Core section 5.3.2).
    if !signed.is_empty() && !more.is_empty() && signed.get("sub") != more.get("sub") {
        return Err(Doubt::Subject.into());
    }
    Told::read(&it.state, &signed, &more).ok_or_else(|| Doubt::Subject.into())
}

async fn exchange(
    app: &App,
    (it, endpoints): (&Provider, &Endpoints),
    (code, asked): (&str, &Questions),
) -> Trip<Tokens> {
    let (redirect, secret) = (back_address(app, it.id), providers::secret(app, it.state.secret.as_ref()).await?);
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect.as_str()),
        ("code_verifier", asked.verifier.as_str()),
    ];
    let mut authorization = String::new();
    if secret.is_empty() || endpoints.secret_in_form {
        fields.push(("client_id", &it.state.client));
        if !secret.is_empty() {
            fields.push(("client_secret", &secret));
        }
    } else {
        let word = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let both = format!("{}:{}", word(&it.state.client), word(&secret));
        authorization = format!("Basic {}", STANDARD.encode(both));
    }
    let errand = Errand { address: endpoints.token.clone(), authorization, form: Some(form(&fields)) };
    let bytes = fetch(app, errand).await?;
    let tokens: Tokens = serde_json::from_slice(&bytes).map_err(|_| Doubt::Malformed)?;
    let bearer = tokens.token_type.is_empty() || tokens.token_type.eq_ignore_ascii_case("bearer");
    let plain = tokens.access_token.len() <= ACCESS_MAX && tokens.access_token.bytes().all(|it| it.is_ascii_graphic());
    if bearer && plain { Ok(tokens) } else { Err(Doubt::Malformed.into()) }
}

async fn userinfo(app: &App, place: &str, access: &str) -> Trip<Map<String, Value>> {
    let errand = Errand { address: place.to_owned(), authorization: format!("Bearer {access}"), form: None };
    let bytes = fetch(app, errand).await?;
    serde_json::from_slice(&bytes).map_err(|_| Doubt::Malformed.into())
}

/// The account that is linked goes in; its level rises to what the provider says now, if that is its own.
async fn enter(ctx: &Ctx, app: &App, (it, link): (&Provider, Link), (told, device): (&Told, &Device)) -> Trip<Entered> {
    let person: Id<Person> = link.state.person;
    let account = app.db.find(account_rows::ACCOUNT, args![person]).await?;
    let account = account.as_ref().map(account_rows::read).transpose()?;
    let account: Option<Account> = account.filter(|it| it.demo.is_none() || app.site.demo);
    let account = account.ok_or(Stop::Trouble(Trouble::Off))?;
    if !it.state.officers && entry::holds_a_post(ctx, app, person).await? {
        return Err(Trouble::Officer.into());
    }
    links::raise(ctx, app, (it, person), told).await?;
    let sid = if told.sid.is_empty() { String::new() } else { links::sid(app, it.id, &told.sid) };
    let known = Known { strong: told.strong, came: Some(Came { link: link.id, sid }) };
    Ok(entry::enter_as(ctx, app, Unit::new(ctx), &account, (device, known)).await?)
}

/// Keeps what was said of somebody whom nobody here is linked with, until the person has decided.
async fn arrive(ctx: &Ctx, app: &App, provider: Id<ProviderMark>, (told, next): (&Told, &str)) -> Trip<String> {
    let (secret, id) = (fresh_secret(ctx), ctx.new_id::<Told>().to_string());
    let holder = arrival_holder(&id);
    let bytes = serde_json::to_vec(told).map_err(Error::internal)?;
    let mut unit = Unit::new(ctx);
    let key = app.vault.create(&mut unit, ctx, &holder);
    let _ = app.vault.seal(&mut unit, ctx, (&holder, &key), TOLD, &bytes);
    let until = ctx.now.plus_seconds(ARRIVAL_SECONDS);
    unit.run(rows::ARRIVAL_ADD, args![sm3_hex(&secret), &id, provider, next, until]);
    app.db.commit(unit).await?.or_stale("登录")?;
    Ok(secret)
}

/// Somebody who is back and has not decided.
pub(crate) struct Arrival {
    id: String,
    token: String,
    pub(crate) provider: Provider,
    pub(crate) told: Told,
    pub(crate) next: String,
}

impl Arrival {
    /// It is decided: in this unit, once.
    pub(crate) fn used(&self, unit: &mut Unit, app: &App) {
        unit.one(rows::TRIP_GUARD, rows::ARRIVAL_DONE, args![&self.token]);
        app.vault.destroy(unit, &arrival_holder(&self.id));
    }
}

/// Destroys what a provider said: the person decided against it.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn forget(ctx: &Ctx, app: &App, secret: &str) -> kernel::Result<()> {
    let Some(arrival) = arrival(ctx, app, secret).await? else { return Ok(()) };
    let mut unit = Unit::new(ctx);
    arrival.used(&mut unit, app);
    match app.db.commit(unit).await? {
        Commit::Done | Commit::Lost { .. } => Ok(()),
    }
}

/// With whom the browser of this secret is back; `None`: with nobody, or no longer.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn arrival(ctx: &Ctx, app: &App, secret: &str) -> kernel::Result<Option<Arrival>> {
    let token = sm3_hex(secret);
    let row = app.db.find(rows::ARRIVAL, args![&token, ctx.now]).await?;
    let Some(row) = row.filter(|_| !secret.is_empty()) else { return Ok(None) };
    let provider = providers::get(app, row.id("provider")?).await?;
    if !provider.state.open() {
        return Ok(None);
    }
    let id = row.string("id")?;
    let told = app.vault.open(&arrival_holder(&id), TOLD).await?;
    let told = serde_json::from_slice(&told).map_err(Error::internal)?;
    Ok(Some(Arrival { id, token, provider, told, next: row.string("next")? }))
}
