//! Proving again who one is, in a session that runs: by password, by an app's code, by a passkey.

use kernel::{Ctx, Error, Result};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{
    accounts::passwords,
    entry::{Shown, show},
    factors::passkeys::BrowserAnswer,
    tries::{count_tries, try_key},
};
use crate::{
    model::{
        account::{PASSWORD_CHANGE, PASSWORD_MAX, sm3_hex},
        code::typed_code,
    },
    store::{accounts as rows, factors::USED_GUARD, sessions},
};

/// How one proves it.
#[derive(Clone, Copy)]
pub(crate) enum Proof<'a> {
    /// The password, or six digits of an app.
    Typed(&'a str),
    /// A passkey.
    Passkey(BrowserAnswer<'a>),
}

/// Proves again who one is; what decides, seals or revokes is open for half an hour.
///
/// # Errors
/// [`Error::SignIn`] if nobody is signed in; [`Error::Invalid`] at `password` if it is not proven; [`Error::TooMany`] after too many
/// tries; if the engine fails.
pub(crate) async fn again(ctx: &Ctx, app: &App, token: &str, proof: Proof<'_>) -> Result<()> {
    let person = ctx.person()?;
    let mut unit = Unit::new(ctx);
    match proof {
        Proof::Passkey(answer) => show(&mut unit, ctx, app, person, Shown::Passkey(answer)).await?,
        Proof::Typed(digits) if typed_code(digits).is_some() => {
            let shown = show(&mut unit, ctx, app, person, Shown::Code(digits)).await;
            shown.map_err(|error| match error {
                Error::Invalid(_) => {
                    Error::invalid("password", "验证码不对，请输入验证器里现在显示的 6 位数字，或输入密码。")
                }
                other => other,
            })?;
        }
        Proof::Typed(password) => {
            let tries = [(try_key(app, &["password", &person.to_string()]), PASSWORD_CHANGE)];
            count_tries(ctx, app, &tries).await?;
            let row = app.db.find(rows::ACCOUNT, args![person]).await?.ok_or(Error::NotFound { what: "账号" })?;
            let right = password.chars().count() <= PASSWORD_MAX
                && passwords(app)?.verify(password, Some(&rows::read(&row)?.password)).await?;
            if !right {
                return Err(Error::invalid("password", "密码不正确，请重新输入。"));
            }
            unit.run(rows::TRIES_GONE, args![&tries[0].0]);
        }
    }
    unit.run(sessions::SESSION_PROVEN, args![sm3_hex(token), ctx.now]);
    match app.db.commit(unit).await? {
        Commit::Done => Ok(()),
        Commit::Lost { guard: USED_GUARD } => Err(Error::invalid("password", "这个验证码刚刚用过，请等下一个。")),
        Commit::Lost { .. } => Err(Error::Stale { what: "会话", by: None }),
    }
}
