//! The last steps in: who has shown a password or a code by telephone gets a session, or must show a second factor first, or, holding a
//! post without one, set one up. Until then there is no session, so that nothing else works.

use journal::Head;
use kernel::{Ctx, Error, Id, Moment, Person, Result};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{
    accounts::{SignIn, SignedIn, as_person, verified},
    factors::{self, SetUp, passkeys::BrowserAnswer},
    kinds, names,
    told::tell,
};
use crate::{
    model::{
        account::{Account, sm3_hex},
        factor::{CEREMONY_SECONDS, FactorKind},
        party::link::Came,
        session::{APPLICANT, SessionRow},
    },
    store::{accounts as account_rows, factors as rows, party, sessions},
};

/// Devices of one person that are remembered at most.
const DEVICES_MAX: i64 = 100;

/// From where somebody comes in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Device {
    /// 「Windows 电脑上的 Chrome」, or the program's own name.
    pub(crate) words: String,
    /// The secret by which a browser is known again; empty: it has none yet.
    pub(crate) secret: String,
    /// A program that keeps no such secret is known by its words.
    pub(crate) program: bool,
    /// The secret of the session that a browser still holds; empty: none. It ends when somebody signs in there anew.
    pub(crate) held: String,
}

/// What is still wanted before there is a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// A second factor is to be shown.
    Factor,
    /// One is to be set up.
    Enrol,
}

impl Stage {
    const fn code(self) -> &'static str {
        match self {
            Self::Factor => "factor",
            Self::Enrol => "enrol",
        }
    }
}

/// What came of one factor.
pub(crate) enum Entered {
    /// Signed in.
    In(SignedIn),
    /// More is wanted; the browser keeps the secret `token` until then.
    More { token: String, stage: Stage },
}

/// Who is half-way in.
pub(crate) struct HalfWay {
    pub(crate) person: Id<Person>,
    pub(crate) stage: Stage,
    made_up: bool,
    /// By which link, if from a provider.
    came: Option<Came>,
}

/// Whether this account is of a made-up person of a demo site: such need no second factor, and get no notices.
pub(crate) fn made_up(app: &App, demo: Option<&str>) -> bool {
    app.site.demo && demo.is_some()
}

/// Whether a person holds a post today.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn holds_a_post(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<bool> {
    Ok(app.db.find(rows::POST_NOW, args![person, ctx.now.legal_date()]).await?.is_some())
}

/// Whether a person is bound to have a second factor: whoever holds a post is, but the made-up people of a demo site.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn bound(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<bool> {
    let account = app.db.find(account_rows::ACCOUNT, args![person]).await?;
    let demo = account.as_ref().map(|row| row.opt_text("demo")).transpose()?.flatten();
    Ok(!made_up(app, demo) && holds_a_post(ctx, app, person).await?)
}

/// What is wanted of this account besides its first factor.
async fn wanted(ctx: &Ctx, app: &App, account: &Account) -> Result<Option<Stage>> {
    let all = factors::of(app, account.person).await?;
    if all.iter().any(|it| it.state.kind.stands_alone()) {
        return Ok(Some(Stage::Factor));
    }
    let exempt = made_up(app, account.demo.as_deref());
    Ok((!exempt && holds_a_post(ctx, app, account.person).await?).then_some(Stage::Enrol))
}

/// What is known of somebody's first factor besides whose it is.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// It was two factors, shown to a provider that is believed.
    pub(crate) strong: bool,
    /// By which link, if from a provider.
    pub(crate) came: Option<Came>,
}

/// Goes on from a first factor, whose use is in this unit.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn enter(ctx: &Ctx, app: &App, unit: Unit, account: &Account, device: &Device) -> Result<Entered> {
    enter_as(ctx, app, unit, account, (device, Known::default())).await
}

/// As [`enter`], with what a provider said.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn enter_as(
    ctx: &Ctx,
    app: &App,
    mut unit: Unit,
    account: &Account,
    (device, known): (&Device, Known),
) -> Result<Entered> {
    let wanted = if known.strong { None } else { wanted(ctx, app, account).await? };
    let Some(stage) = wanted else {
        let made_up = made_up(app, account.demo.as_deref());
        let how = How { strong: known.strong, made_up, came: known.came, proved_at: None };
        return open(ctx, app, unit, account.person, (device, how)).await.map(Entered::In);
    };
    let link = known.came.as_ref().map(|it| it.link);
    let sid = known.came.map(|it| it.sid).filter(|it| !it.is_empty());
    let token: String = ctx.random_bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
    let until = ctx.now.plus_seconds(CEREMONY_SECONDS);
    unit.run(rows::ENTRY_ADD, args![sm3_hex(&token), account.person, stage.code(), until, link, sid]);
    app.db.commit(unit).await?.or_stale("登录")?;
    Ok(Entered::More { token, stage })
}

/// Signs in at the API: with password and, where one is wanted, the code of a second factor.
///
/// # Errors
/// Those of [`verified`]; [`Error::Invalid`] at `code` if one is wanted and is missing or wrong; [`Error::Refused`] if one must be set up
/// first; if the engine fails.
pub(crate) async fn sign_in_api(ctx: &Ctx, app: &App, ask: SignIn<'_>, code: &str) -> Result<SignedIn> {
    let device = ask.device.clone();
    let (account, mut unit) = verified(ctx, app, ask).await?;
    let how = How { strong: true, made_up: made_up(app, account.demo.as_deref()), ..How::default() };
    let how = match wanted(ctx, app, &account).await? {
        None => How { strong: false, ..how },
        Some(Stage::Enrol) => {
            return Err(Error::refused("有岗位的人员须先用浏览器登录一次，设置两步验证，再使用接口。"));
        }
        Some(Stage::Factor) if code.is_empty() => {
            return Err(Error::invalid("code", "这个账号开启了两步验证，请在 code 中填写动态验证码或恢复码。"));
        }
        Some(Stage::Factor) => {
            factors::proof::take(&mut unit, ctx, app, account.person, code).await?;
            how
        }
    };
    open(ctx, app, unit, account.person, (&device, how)).await
}

/// Who is half-way in with this secret.
///
/// # Errors
/// [`Error::SignIn`] if nobody is, or no longer; if the engine fails.
pub(crate) async fn half_way(ctx: &Ctx, app: &App, token: &str) -> Result<HalfWay> {
    let row = app.db.find(rows::ENTRY, args![sm3_hex(token), ctx.now]).await?.ok_or(Error::SignIn)?;
    let stage = if row.text("stage")? == Stage::Enrol.code() { Stage::Enrol } else { Stage::Factor };
    let made_up = made_up(app, row.opt_text("demo")?);
    Ok(HalfWay { person: row.id("person")?, stage, made_up, came: party::came(&row)? })
}

/// A second factor as it is shown.
#[derive(Clone, Copy)]
pub(crate) enum Shown<'a> {
    /// A code of an app, or of paper.
    Code(&'a str),
    /// A passkey.
    Passkey(BrowserAnswer<'a>),
}

/// Adds to this unit that a second factor of the person is used.
///
/// # Errors
/// [`Error::Invalid`] if it is none of theirs; [`Error::TooMany`]; if the engine fails.
pub(crate) async fn show(unit: &mut Unit, ctx: &Ctx, app: &App, person: Id<Person>, shown: Shown<'_>) -> Result<()> {
    let taken = match shown {
        Shown::Code(code) => factors::proof::take(unit, ctx, app, person, code).await,
        Shown::Passkey(answer) => factors::passkeys::take(unit, ctx, app, person, answer).await,
    };
    if let Err(Error::Invalid(_)) = &taken {
        tracing::warn!(target: "yiwang::security", %person, "a wrong second factor");
    }
    taken
}

/// In, by a second factor.
///
/// # Errors
/// Those of [`half_way`] and [`show`]; [`Error::Refused`] if a factor is to be set up, not shown.
pub(crate) async fn finish(ctx: &Ctx, app: &App, token: &str, shown: Shown<'_>, device: &Device) -> Result<SignedIn> {
    let it = half_way(ctx, app, token).await?;
    if it.stage != Stage::Factor {
        return Err(Error::refused("请先设置两步验证。"));
    }
    let mut unit = Unit::new(ctx);
    unit.one("entry", rows::ENTRY_DONE, args![sm3_hex(token)]);
    show(&mut unit, ctx, app, it.person, shown).await?;
    let how = How { strong: true, made_up: it.made_up, came: it.came, proved_at: None };
    open(ctx, app, unit, it.person, (device, how)).await
}

/// A context of whoever is half-way in and is to set up a factor.
///
/// # Errors
/// Those of [`half_way`]; [`Error::Refused`] if the person has one already: it is to be shown, and no other can be set up before.
pub(crate) async fn enrolling(ctx: &Ctx, app: &App, token: &str) -> Result<Ctx> {
    let it = half_way(ctx, app, token).await?;
    let has = factors::of(app, it.person).await?.iter().any(|it| it.state.kind.stands_alone());
    if it.stage != Stage::Enrol || has {
        return Err(Error::refused("您已经设置过两步验证，请重新登录。"));
    }
    Ok(as_person(ctx, it.person, &names::person_name(app, it.person).await?))
}

/// In, by setting up a second factor; also gives the recovery codes.
///
/// # Errors
/// Those of [`enrolling`], and of setting it up.
pub(crate) async fn enrol(
    ctx: &Ctx,
    app: &App,
    token: &str,
    (set_up, name): (SetUp<'_>, &str),
    device: &Device,
) -> Result<(SignedIn, Vec<String>)> {
    let own = enrolling(ctx, app, token).await?;
    let came = half_way(ctx, app, token).await?.came;
    let mut unit = Unit::new(ctx);
    unit.one("entry", rows::ENTRY_DONE, args![sm3_hex(token)]);
    let codes = factors::confirm(&mut unit, &own, app, (set_up, name)).await?;
    let how = How { strong: true, came, ..How::default() };
    Ok((open(ctx, app, unit, own.person()?, (device, how)).await?, codes))
}

/// Signs in with a passkey alone: the device, and what opens it, are two factors.
///
/// # Errors
/// [`Error::Invalid`] at `passkey` if nobody here has it; if the engine fails.
pub(crate) async fn by_passkey(ctx: &Ctx, app: &App, answer: BrowserAnswer<'_>, device: &Device) -> Result<SignedIn> {
    let mut unit = Unit::new(ctx);
    let person = factors::passkeys::take_from_anybody(&mut unit, ctx, app, answer).await?;
    let account = app.db.find(account_rows::ACCOUNT, args![person]).await?;
    let account = account.as_ref().map(account_rows::read).transpose()?;
    let account = account.filter(|it| it.demo.is_none() || app.site.demo);
    let account = account.ok_or_else(|| Error::invalid("passkey", "这个通行密钥不能在本站登录。"))?;
    let how = How { strong: true, made_up: made_up(app, account.demo.as_deref()), ..How::default() };
    open(ctx, app, unit, person, (device, how)).await
}

/// How somebody came in.
#[derive(Debug, Clone, Default)]
pub(crate) struct How {
    /// Two factors were shown.
    pub(crate) strong: bool,
    /// A made-up person of a demo site.
    pub(crate) made_up: bool,
    /// When it was proven who it is, if not just now.
    pub(crate) proved_at: Option<Moment>,
    /// By which link, if from a provider.
    pub(crate) came: Option<Came>,
}

/// Opens a session in this unit; a person who comes from a device not seen before is told by telephone.
///
/// # Errors
/// [`Error::Stale`] if what is shown was used meanwhile; if the engine fails.
pub(crate) async fn open(
    ctx: &Ctx,
    app: &App,
    mut unit: Unit,
    person: Id<Person>,
    (device, how): (&Device, How),
) -> Result<SignedIn> {
    let name = names::person_name(app, person).await?;
    let secret = || ctx.random_bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let token = secret();
    let known_by = if device.secret.is_empty() && !device.program { secret() } else { device.secret.clone() };
    let unfamiliar = !how.made_up && remember(&mut unit, ctx, app, person, (device, &known_by)).await?;
    let (id, made_at): (_, Moment) = (ctx.new_id(), ctx.now);
    let row = SessionRow {
        token: sm3_hex(&token),
        id,
        person,
        device: device.words.clone(),
        made_at,
        seen_at: made_at,
        strong: how.strong,
        proved_at: how.proved_at.unwrap_or(made_at),
        unfamiliar,
        came: how.came,
    };
    if !device.held.is_empty() {
        super::sessions::end_held(&mut unit, &device.held, made_at);
    }
    sessions::add(&mut unit, &row);
    let own = as_person(ctx, person, &name);
    let about = (format!("login:{}", ctx.new_id::<Person>()), kinds::SIGNED_IN);
    let body = serde_json::json!({ "session": id, "factors": if how.strong { 2 } else { 1 } });
    journal::append(&mut unit, &own, &Head::none(), (&about.0, about.1), &body)?;
    match app.db.commit(unit).await? {
        Commit::Done => {}
        Commit::Lost { guard: rows::USED_GUARD } => {
            return Err(Error::invalid("code", "这个验证码刚刚用过，请等下一个。"));
        }
        Commit::Lost { guard: super::codes::CODE_GUARD } => {
            return Err(Error::invalid("code", "验证码不正确或已过期，请重新获取。"));
        }
        Commit::Lost { .. } => return Err(Error::Stale { what: "登录", by: None }),
    }
    let expires = made_at.plus_seconds(APPLICANT.whole);
    let closing = super::closing::pending(app, person).await?.is_some();
    Ok(SignedIn { token, person, name, expires, device: known_by, closing })
}

/// Remembers the device; whether it is one not seen before, while others were.
async fn remember(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    person: Id<Person>,
    (device, known_by): (&Device, &str),
) -> Result<bool> {
    let key = if device.program { format!("program\n{}", device.words) } else { known_by.to_owned() };
    let key = app.vault.digest("device", &key);
    let mut known = Vec::new();
    for row in app.db.query(rows::DEVICES, args![person, DEVICES_MAX]).await? {
        known.push(row.string("device")?);
    }
    unit.run(rows::DEVICE_SEEN, args![person, &key, ctx.now]);
    let unfamiliar = !known.is_empty() && !known.contains(&key);
    if unfamiliar {
        let words = format!("您的账号刚刚在一台新设备（{}）上登录。", device.words);
        tell(unit, ctx, app, person, &words).await?;
    }
    Ok(unfamiliar)
}

/// Whether some factor of the person is of this kind: what a page offers.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn has(app: &App, person: Id<Person>, kind: FactorKind) -> Result<bool> {
    Ok(factors::of(app, person).await?.iter().any(|it| it.state.kind == kind))
}
