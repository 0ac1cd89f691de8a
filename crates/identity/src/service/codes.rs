//! Codes by telephone and mail: sent, and proven once. Five minutes, five tries, for one purpose and one address.

use std::net::IpAddr;

use kernel::{Ctx, Error, Result};
use storage::{Unit, args};
use subtle::ConstantTimeEq;
use webkit::App;

use super::{
    messages,
    tries::{count_tries, try_key},
};
use crate::{
    model::code::{
        CODE_SECONDS, CODE_TRIES, CodePurpose, FROM_ADDRESS, Recipient, TO, TO_FROM_ADDRESS, code_words, six_digits,
        typed_code,
    },
    store::codes as rows,
};

/// The guard that fails when a code was used meanwhile.
pub const CODE_GUARD: &str = "sent code";

/// A code that was sent, as the form carries it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeClaim<'a> {
    /// What it is for.
    pub purpose: CodePurpose,
    /// What [`send`] gave.
    pub handle: &'a str,
    /// What was typed.
    pub code: &'a str,
}

/// Sends a code to `to` and gives the handle that goes with it; the form carries the handle in a hidden field. `known`: whether
/// anybody should get it; if not, all goes on as if, and nobody does (so that nothing tells who has an account).
///
/// A newer code does not end an older one: somebody else who asks for codes to one's number must not make one's own useless.
///
/// # Errors
/// [`Error::Refused`] if the site has no way to send it; [`Error::TooMany`] after too many to this number, or from this network; if the
/// engine fails.
pub async fn send(
    ctx: &Ctx,
    app: &App,
    purpose: CodePurpose,
    (to, known): (&Recipient, bool),
    from: IpAddr,
) -> Result<String> {
    messages::reachable(app, to)?;
    let network = super::tries::network(from);
    let tries = [
        (try_key(app, &["code", to.address(), &network]), TO_FROM_ADDRESS),
        (try_key(app, &["code", to.address()]), TO),
        (try_key(app, &["code from", &network]), FROM_ADDRESS),
    ];
    count_tries(ctx, app, &tries).await?;
    let handle: String = ctx.random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
    let code = six_digits(ctx.random_bytes());
    let until = ctx.now.plus_seconds(CODE_SECONDS);
    let mut unit = Unit::new(ctx);
    let digests = (handle_digest(app, &handle), code_digest(app, purpose, (&handle, to), &code));
    unit.run(rows::CODE_ADD, args![digests.0, digests.1, until]);
    let text = code_words(&app.site.name, purpose, &code);
    messages::queue(&mut unit, ctx, app, (to, text), (until, !known))?;
    app.db.commit(unit).await?.or_stale("验证码")?;
    Ok(handle)
}

/// Whether the code is the one that was sent to `to`; a wrong one is counted. It stays good: [`used`] ends it in the unit of what it is
/// for.
///
/// # Errors
/// [`Error::Invalid`] at `code` if it is wrong, used or too old, or was typed wrongly too often: which of these is not told; if the
/// engine fails.
pub async fn prove(ctx: &Ctx, app: &App, claim: CodeClaim<'_>, to: &Recipient) -> Result<()> {
    let wrong = || {
        tracing::warn!(target: "yiwang::security", purpose = claim.purpose.code(), "a wrong or old code by telephone");
        Error::invalid("code", "验证码不正确或已过期，请核对；仍不对的，请重新获取。")
    };
    let typed = typed_code(claim.code).ok_or_else(|| Error::invalid("code", "验证码是 6 位数字，请照收到的填写。"))?;
    let handle = handle_digest(app, claim.handle);
    let mut unit = Unit::new(ctx);
    // Counted before it is compared, so that many at once are no way round the limit.
    unit.one(CODE_GUARD, rows::CODE_TRY, args![&handle, ctx.now, CODE_TRIES]);
    if let storage::Commit::Lost { .. } = app.db.commit(unit).await? {
        return Err(wrong());
    }
    let row = app.db.find(rows::CODE, args![&handle]).await?.ok_or_else(wrong)?;
    let digest = code_digest(app, claim.purpose, (claim.handle, to), &typed);
    if row.text("code")?.as_bytes().ct_eq(digest.as_bytes()).into() { Ok(()) } else { Err(wrong()) }
}

/// Ends a proven code in this unit; [`CODE_GUARD`] fails if it was used meanwhile.
pub fn used(unit: &mut Unit, app: &App, claim: CodeClaim<'_>) {
    unit.one(CODE_GUARD, rows::CODE_USED, args![handle_digest(app, claim.handle)]);
}

fn handle_digest(app: &App, handle: &str) -> String {
    app.vault.digest("code-handle", handle)
}

fn code_digest(app: &App, purpose: CodePurpose, (handle, to): (&str, &Recipient), code: &str) -> String {
    app.vault.digest("sent-code", &[purpose.code(), handle, to.address(), code].join("\n"))
}
