//! Codes of an app: set up.

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Ctx, Error, Result};
use storage::{Unit, args};
use webkit::App;

use super::{NewFactor, add, answered, ask, asked, named, of, recovery};
use crate::{
    model::factor::{FactorKind, SECRET_BYTES, Typed, matching_step, otpauth, spoken_secret},
    service::{
        people::vault_holder,
        told::tell,
        tries::{count_tries, try_key},
    },
};

/// The kind of ceremony.
const KIND: &str = "totp";

/// An app that is being set up.
pub(crate) struct Begun {
    pub(crate) ceremony: String,
    /// What the square code says.
    pub(crate) address: String,
    /// The secret to copy by hand.
    pub(crate) spoken: String,
}

/// Begins to set up an app for the caller.
///
/// # Errors
/// [`Error::SignIn`] if nobody acts; [`Error::ProveAgain`]; if the engine fails.
pub(crate) async fn begin(ctx: &Ctx, app: &App) -> Result<Begun> {
    ctx.proven(crate::FACTORS)?;
    let person = ctx.person()?;
    let secret = ctx.random_bytes::<SECRET_BYTES>();
    let key = app.vault.key(&vault_holder(person)).await?;
    let state = STANDARD.encode(app.vault.seal_bytes(ctx, &key, KIND, &secret));
    let mut unit = Unit::new(ctx);
    let ceremony = ask(&mut unit, ctx, KIND, (Some(person), &state));
    app.db.commit(unit).await?.or_stale("验证方式")?;
    Ok(Begun { ceremony, address: otpauth(&app.site.name, &secret), spoken: spoken_secret(&secret) })
}

/// What is shown of an app that is still being set up, once more.
///
/// # Errors
/// As [`asked`].
pub(crate) async fn resume(ctx: &Ctx, app: &App, ceremony: &str) -> Result<Begun> {
    let secret = secret(ctx, app, ceremony).await?;
    let address = otpauth(&app.site.name, &secret);
    Ok(Begun { ceremony: ceremony.to_owned(), address, spoken: spoken_secret(&secret) })
}

async fn secret(ctx: &Ctx, app: &App, ceremony: &str) -> Result<Vec<u8>> {
    let person = ctx.person()?;
    let state = asked(ctx, app, ceremony, KIND, Some(person)).await?;
    let key = app.vault.key(&vault_holder(person)).await?;
    app.vault.open_bytes(&key, KIND, &STANDARD.decode(state).map_err(Error::internal)?)
}

/// Sets the app up by a code that it shows, in this unit; gives recovery codes if these are the first.
///
/// # Errors
/// [`Error::Invalid`] at `code` if it is not the app's; [`Error::TooMany`] after too many wrong ones; as [`asked`]; if the engine fails.
pub(crate) async fn confirm(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    (ceremony, code): (&str, &str),
    name: &str,
) -> Result<Vec<String>> {
    ctx.proven(crate::FACTORS)?;
    let person = ctx.person()?;
    let secret = secret(ctx, app, ceremony).await?;
    let name = named(name, "手机上的验证器")?;
    let tries = [(try_key(app, &["factor", &person.to_string()]), super::proof::FACTOR)];
    count_tries(ctx, app, &tries).await?;
    let step = match Typed::read(code) {
        Some(Typed::Totp(digits)) => matching_step(&secret, &digits, ctx.now),
        _ => None,
    };
    let Some(mark) = step else {
        return Err(Error::invalid("code", "验证码不对。请核对手机时间是否准确，再输入验证器里现在显示的 6 位数字。"));
    };
    let had = of(app, person).await?;
    answered(unit, ceremony);
    unit.run(crate::store::accounts::TRIES_GONE, args![&tries[0].0]);
    add(unit, ctx, app, &had, &NewFactor { kind: FactorKind::Totp, name: &name, secret: &secret, mark })?;
    tell(unit, ctx, app, person, "您的账号已添加动态验证码。").await?;
    recovery::first(unit, ctx, app, &had)
}
