//! Signing in at a desk by a telephone that is signed in already: a square code, good for two minutes, once, and for the browser that
//! shows it alone.

use std::net::IpAddr;

use kernel::{Ctx, Error, Moment, Result};
use storage::{Unit, args};
use webkit::App;

use super::{
    accounts::SignedIn,
    entry::{self, Device, How},
    tries::{count_tries, network, try_key},
};
use crate::{
    model::account::{Allowance, sm3_hex},
    store::{accounts as account_rows, qr as rows},
};

/// A square code is good for so many seconds.
pub(crate) const QR_SECONDS: i64 = 2 * 60;
/// Square codes that one network asks for: a hall with many desks behind one address must not stand still.
const FROM_ADDRESS: Allowance = Allowance { tries: 600, seconds: 60 * 60 };

/// A browser that waits.
pub(crate) struct Waiting {
    /// What the square code says, after the site's address.
    pub(crate) code: String,
    /// The browser's own secret.
    pub(crate) browser: String,
}

/// Begins to wait.
///
/// # Errors
/// [`Error::TooMany`] after too many from one network; if the engine fails.
pub(crate) async fn begin(ctx: &Ctx, app: &App, device: &Device, from: IpAddr) -> Result<Waiting> {
    let tries = [(try_key(app, &["qr", &network(from)]), FROM_ADDRESS)];
    count_tries(ctx, app, &tries).await?;
    let secret = || ctx.random_bytes::<24>().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (code, browser) = (secret(), secret());
    let until = ctx.now.plus_seconds(QR_SECONDS);
    let mut unit = Unit::new(ctx);
    unit.run(rows::QR_ADD, args![sm3_hex(&code), sm3_hex(&browser), &device.words, from.to_string(), until]);
    app.db.commit(unit).await?.or_stale("扫码登录")?;
    Ok(Waiting { code, browser })
}

/// How far a waiting browser is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The telephone has not answered.
    Waiting,
    /// It agreed.
    Agreed,
    /// It refused, or the two minutes are over.
    Over,
}

/// How far the browser with this secret is, which shows this square code (empty: whichever it shows).
///
/// # Errors
/// If the engine fails.
pub(crate) async fn progress(ctx: &Ctx, app: &App, browser: &str, code: &str) -> Result<Progress> {
    let Some(row) = app.db.find(rows::QR_BY_BROWSER, args![sm3_hex(browser), ctx.now]).await? else {
        return Ok(Progress::Over);
    };
    let same = code.is_empty() || row.text("code")? == sm3_hex(code);
    Ok(match row.text("state")? {
        "waiting" if same => Progress::Waiting,
        "agreed" if same => Progress::Agreed,
        _ => Progress::Over,
    })
}

/// What a telephone is asked.
pub(crate) struct Asked {
    /// The device that waits.
    pub(crate) device: String,
    /// The network address from which it waits.
    pub(crate) address: String,
}

/// What a telephone is asked that has scanned this code.
///
/// # Errors
/// [`Error::Refused`] if the code is used or too old; if the engine fails.
pub(crate) async fn asked(ctx: &Ctx, app: &App, code: &str) -> Result<Asked> {
    ctx.person()?;
    let row = app.db.find(rows::QR_BY_CODE, args![sm3_hex(code), ctx.now]).await?.ok_or_else(over)?;
    if row.text("state")? != "waiting" {
        return Err(over());
    }
    Ok(Asked { device: row.string("device")?, address: row.string("address")? })
}

fn over() -> Error {
    Error::refused("这个二维码已经用过或者过期了，请在电脑上刷新后重新扫。")
}

/// The telephone answers: the browser may sign in as its owner, or not.
///
/// # Errors
/// [`Error::Refused`] if the code is used or too old; if the engine fails.
pub(crate) async fn answer(ctx: &Ctx, app: &App, token: &str, (code, agrees): (&str, bool)) -> Result<()> {
    let person = ctx.person()?;
    let session = app.db.find(rows::QR_SESSION, args![sm3_hex(token), person]).await?.ok_or(Error::SignIn)?;
    let state = if agrees { "agreed" } else { "refused" };
    let (strong, proved_at) = (session.int("strong")?, session.moment("proved_at")?);
    let mut unit = Unit::new(ctx);
    unit.one("qr", rows::QR_ANSWER, args![sm3_hex(code), ctx.now, state, person, strong, proved_at]);
    match app.db.commit(unit).await? {
        storage::Commit::Done => Ok(()),
        storage::Commit::Lost { .. } => Err(over()),
    }
}

/// The browser goes in. Its session is as good as the telephone's: no better proven, and no later.
///
/// # Errors
/// [`Error::Refused`] if the telephone has not agreed; if the engine fails.
pub(crate) async fn enter(ctx: &Ctx, app: &App, browser: &str, device: &Device) -> Result<SignedIn> {
    let row = app.db.find(rows::QR_BY_BROWSER, args![sm3_hex(browser), ctx.now]).await?.ok_or_else(over)?;
    let person = row.opt_id("person")?.filter(|_| row.text("state").is_ok_and(|it| it == "agreed")).ok_or_else(over)?;
    let account = app.db.find(account_rows::ACCOUNT, args![person]).await?;
    let account = account.as_ref().map(account_rows::read).transpose()?.ok_or_else(over)?;
    let proved_at: Moment = row.moment("proved_at")?;
    let made_up = entry::made_up(app, account.demo.as_deref());
    let how = How { strong: row.int("strong")? != 0, made_up, proved_at: Some(proved_at), ..How::default() };
    let mut unit = Unit::new(ctx);
    unit.one("qr", rows::QR_DONE, args![sm3_hex(browser), ctx.now]);
    entry::open(ctx, app, unit, person, (device, how)).await
}
