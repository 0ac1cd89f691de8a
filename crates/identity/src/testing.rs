//! For tests only: posts for people whom a test kit made up, so that what they do passes [`still_holds`](crate::still_holds), and
//! many authorities.

use std::collections::BTreeSet;

use journal::Head;
use kernel::{Authority, Client, Ctx, Error, Id, Person, Result, Who};
use storage::Unit;
use webkit::App;

use crate::{
    AuthorityFacts, NewAccount,
    model::{
        code::Recipient,
        factor::FactorKind,
        openid::{
            client::{Allowed, Kind, NewClient},
            consent::ConsentState,
            scope::Scopes,
            token::SECRET_PREFIX,
        },
        party::{link::LinkState, new_provider::NewProvider},
        post::HeldState,
        unit::NewUnit,
    },
    service::{
        closing,
        entry::{self, Device, How},
        factors::{self, NewFactor},
        kinds, leavings, mailbox,
        openid::{fresh_secret, keys},
        units,
    },
    store::{
        openid::{clients, consents},
        party, posts,
    },
};

/// Where [`connect`]'s system is answered.
pub const CALLBACK: &str = "https://app.example.gov.cn/callback";

/// Gives whoever acts a mailbox, as if its code had been typed.
///
/// # Errors
/// If the engine fails.
pub async fn give_mailbox(app: &App, ctx: &Ctx, mailbox: &str) -> Result<()> {
    mailbox::set(ctx, app, Unit::new(ctx), (Recipient::parse(mailbox), "您登记的邮箱已经更换。")).await
}

/// Makes a system of this authority that the person has agreed to, and the keys that sign for it; gives its id and secret.
///
/// # Errors
/// If the engine fails.
pub async fn connect(
    app: &App,
    ctx: &Ctx,
    authority: Id<Authority>,
    person: Id<Person>,
) -> Result<(Id<Client>, String)> {
    keys::ring(ctx, app).await?;
    let new = NewClient {
        name: "试验系统".to_owned(),
        redirects: CALLBACK.to_owned(),
        scopes: vec![Allowed { scope: "openid".to_owned(), purpose: String::new() }],
        ..NewClient::default()
    };
    let (client, secret) = (ctx.new_id(), fresh_secret(ctx, SECRET_PREFIX));
    let state = new.check(authority, None).map_err(Error::Invalid)?.with_secret(&secret, ctx.now);
    let mut unit = Unit::new(ctx);
    let about = format!("client:{client}");
    let head = journal::append(&mut unit, ctx, &Head::none(), (&about, kinds::CLIENT_REGISTERED), &state)?;
    clients::add(&mut unit, client, &state, &head)?;
    let scopes = Scopes::of(["openid"]);
    let (consent, state) = (ctx.new_id(), ConsentState::decided(None, (person, client), &scopes, &scopes));
    let about = format!("consent:{consent}");
    let head = journal::append(&mut unit, ctx, &Head::none(), (&about, kinds::CONSENT_GIVEN), &state)?;
    consents::add(&mut unit, consent, &state, &head);
    app.db.commit(unit).await?.or_stale("接入系统")?;
    Ok((client, secret))
}

/// Signs a person in, as somebody made up, with an account that nobody else signs in to; gives the session's token.
///
/// # Errors
/// If the person has an account already; if the engine fails.
pub async fn enter(app: &App, ctx: &Ctx, person: Id<Person>) -> Result<String> {
    let secret = ctx.new_id::<Person>().to_string();
    let account = NewAccount { login: format!("t{}", &secret[8..]), password: secret, demo: Some("试验".to_owned()) };
    crate::create_account(ctx, app, person, &account).await?;
    again(app, person).await
}

/// A further session of somebody who entered before; gives its token.
///
/// # Errors
/// If the engine fails.
pub async fn again(app: &App, person: Id<Person>) -> Result<String> {
    let (ctx, how) = (app.system("test"), How { strong: true, made_up: true, ..How::default() });
    let signed_in = entry::open(&ctx, app, Unit::new(&ctx), person, (&Device::default(), how)).await?;
    Ok(signed_in.token)
}

/// Sets up an app's codes as a second factor of whoever acts.
///
/// # Errors
/// If the engine fails.
pub async fn equip(app: &App, ctx: &Ctx) -> Result<()> {
    let new = NewFactor { kind: FactorKind::Totp, name: "试验手机", secret: b"12345678901234567890", mark: 0 };
    let mut unit = Unit::new(ctx);
    factors::add(&mut unit, ctx, app, &[], &new)?;
    app.db.commit(unit).await?.or_stale("验证方式")
}

/// Registers a provider of others at which whoever acts is linked: a row of each of their tables.
///
/// # Errors
/// If the engine fails.
pub async fn link(app: &App, ctx: &Ctx) -> Result<()> {
    let (provider, link, person) = (ctx.new_id(), ctx.new_id(), ctx.person()?);
    let new = NewProvider {
        name: "试验平台".to_owned(),
        issuer: "https://login.example.gov.cn".to_owned(),
        client: "test".to_owned(),
        order: 1,
        ..NewProvider::default()
    };
    let state = new.check(None).map_err(Error::Invalid)?;
    let mut unit = Unit::new(ctx);
    let about = format!("provider:{provider}");
    let head = journal::append(&mut unit, ctx, &Head::none(), (&about, kinds::PROVIDER_REGISTERED), &state)?;
    party::provider_add(&mut unit, provider, &state, &head)?;
    let subject = app.vault.digest("login-subject", "test");
    let state = LinkState { provider, person, subject, told: "name".to_owned(), made_at: ctx.now, ended_at: None };
    let about = format!("link:{link}");
    let head = journal::append(&mut unit, ctx, &Head::none(), (&about, kinds::LINK_MADE), &state)?;
    party::link_add(&mut unit, link, &state, &head);
    app.db.commit(unit).await?.or_stale("登录渠道")
}

/// A row of the table of closings: this person asked for the account to be closed.
///
/// # Errors
/// If the engine fails.
pub async fn ask_to_close(app: &App, ctx: &Ctx, person: Id<Person>) -> Result<()> {
    closing::asked(ctx, app, (person, None)).await
}

/// Makes the row of a machine at the API under this id, at the authority of its first grant.
fn register(unit: &mut Unit, ctx: &Ctx, id: Id<Client>) -> Result<()> {
    let authority =
        ctx.actor.grants.iter().find_map(|it| it.authority).ok_or_else(|| Error::internal("no authority"))?;
    let new = NewClient { name: ctx.actor.name.clone(), kind: Kind::Machine, ..NewClient::default() };
    let state = new.check(authority, None).map_err(Error::Invalid)?;
    let about = format!("client:{id}");
    let head = journal::append(unit, ctx, &Head::none(), (&about, kinds::CLIENT_REGISTERED), &state)?;
    clients::add(unit, id, &state, &head)
}

/// Makes rows of the posts that the actor's grants rest on, and of the actor if it is a machine.
///
/// # Errors
/// If the engine fails.
pub async fn seat(app: &App, ctx: &Ctx) -> Result<()> {
    let mut unit = Unit::new(ctx);
    let person = match ctx.actor.who {
        Who::Client(id) => {
            register(&mut unit, ctx, id)?;
            id.cast()
        }
        _ => ctx.person()?,
    };
    let mut seated = BTreeSet::new();
    for grant in ctx.actor.grants.iter().filter(|grant| seated.insert(grant.post)) {
        let code = format!("test-{}", grant.post);
        let state =
            HeldState { item: grant.item, ..HeldState::plain(person, &code, grant.authority, "2000-01-01".to_owned()) };
        let subject = format!("post:{}", grant.post);
        let head = journal::append(&mut unit, ctx, &Head::none(), (&subject, kinds::POST_GRANTED), &state)?;
        posts::add(&mut unit, grant.post, &state, &head);
    }
    app.db.commit(unit).await?.or_stale("岗位")
}

/// A unit of this authority, and the day on which this officer of it leaves: rows of every table of the organisation.
///
/// # Errors
/// If the engine fails, or the person holds no post.
pub async fn organise(app: &App, ctx: &Ctx, authority: Id<Authority>, (officer, n): (Id<Person>, usize)) -> Result<()> {
    let new = NewUnit { kind: "office".to_owned(), name: format!("第{n:03}科") };
    units::create(ctx, &app.db, (authority, None), &new).await?;
    leavings::leave(ctx, app, officer, Some(ctx.now.plus_seconds(30 * 86_400).legal_date())).await
}

/// So many authorities of one county with like names («第 007 街道办事处»), as only their number tells.
///
/// # Errors
/// If the engine fails.
pub async fn many_authorities(app: &App, count: usize) -> Result<Vec<Id<Authority>>> {
    let ctx = app.system("test");
    let mut made = Vec::with_capacity(count);
    for n in 1..=count {
        let facts = AuthorityFacts {
            name: format!("谯城区第{n:03}街道办事处"),
            division: "341602000000".to_owned(),
            ..AuthorityFacts::default()
        };
        made.push(crate::create_listed_authority(&ctx, &app.db, &facts).await?);
    }
    Ok(made)
}
