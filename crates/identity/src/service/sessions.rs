//! Sessions: seen and ended by their owner, and for whom they act. With a session end the tokens of other systems that rest on it.

use kernel::{Ctx, Error, Id, MandateRow, Moment, Result};
use storage::{Unit, args};
use webkit::App;

use super::mandates::acting;
use crate::{
    model::{
        account::sm3_hex,
        session::{Lifetime, SessionMark},
    },
    store::{openid::tokens, sessions as rows},
};

/// Sessions of one person that a page shows at most.
const OF_ONE_MAX: i64 = 50;

/// A session as its owner sees it.
pub(crate) struct OwnSession {
    pub(crate) id: Id<SessionMark>,
    pub(crate) device: String,
    pub(crate) made_at: Moment,
    pub(crate) seen_at: Moment,
    /// Whether it is the one in use.
    pub(crate) current: bool,
    /// Whether it was opened on a device not seen before.
    pub(crate) unfamiliar: bool,
}

/// The caller's sessions that still run, the latest first.
pub(crate) async fn own(ctx: &Ctx, app: &App, token: &str) -> Result<Vec<OwnSession>> {
    let lifetime = Lifetime::of(!ctx.actor.grants.is_empty());
    let found = app.db.query(rows::SESSIONS, args![ctx.person()?, OF_ONE_MAX]).await?;
    let (mut sessions, current) = (Vec::new(), sm3_hex(token));
    for row in &found {
        let it = rows::read(row)?;
        if lifetime.end(it.made_at, it.seen_at) > ctx.now {
            let current = it.token == current;
            let (id, device, made_at, seen_at, unfamiliar) = (it.id, it.device, it.made_at, it.seen_at, it.unfamiliar);
            sessions.push(OwnSession { id, device, made_at, seen_at, current, unfamiliar });
        }
    }
    Ok(sessions)
}

/// Ends one of the caller's sessions.
pub(crate) async fn end(ctx: &Ctx, app: &App, id: Id<SessionMark>) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.run(tokens::FAMILIES_LOGOUT_OWN, args![id, ctx.person()?, ctx.now]);
    rows::end_own(&mut unit, id, ctx.person()?);
    app.db.commit(unit).await?.or_stale("会话")
}

/// Ends all of the caller's sessions but the one in use.
pub(crate) async fn end_others(ctx: &Ctx, app: &App, token: &str) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.run(tokens::FAMILIES_LOGOUT_OTHERS, args![ctx.person()?, sm3_hex(token), ctx.now]);
    unit.run(rows::SESSIONS_END_OTHERS, args![ctx.person()?, sm3_hex(token)]);
    app.db.commit(unit).await?.or_stale("会话")
}

/// Ends every session of the caller, this one too, and with them those at other systems.
pub(crate) async fn end_all(ctx: &Ctx, app: &App) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.run(tokens::FAMILIES_LOGOUT_OTHERS, args![ctx.person()?, "", ctx.now]);
    unit.run(rows::SESSIONS_END, args![ctx.person()?]);
    app.db.commit(unit).await?.or_stale("会话")
}

/// Signs out: the session of this token is no more.
pub(crate) async fn sign_out(ctx: &Ctx, app: &App, token: &str) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.run(tokens::FAMILIES_LOGOUT, args![sm3_hex(token), ctx.now]);
    unit.run(rows::SESSION_END, args![sm3_hex(token)]);
    app.db.commit(unit).await?.or_stale("会话")
}

/// Ends in this unit the session of this token, which a browser held when somebody signed in there anew, whoever that was: nobody goes
/// on under a token that was good before (OWASP ASVS 5.0.0, 7.2.4).
pub(crate) fn end_held(unit: &mut Unit, token: &str, now: Moment) {
    unit.run(tokens::FAMILIES_LOGOUT, args![sm3_hex(token), now]);
    unit.run(rows::SESSION_END, args![sm3_hex(token)]);
}

/// Lets the session act for another by this mandate, or (`None`) for its owner again.
///
/// # Errors
/// [`Error::Refused`] if the mandate is not the caller's, or not in force; if the engine fails.
pub(crate) async fn act_for(ctx: &Ctx, app: &App, token: &str, mandate: Option<Id<MandateRow>>) -> Result<()> {
    let person = ctx.person()?;
    if let Some(mandate) = mandate {
        let may = acting(&app.db, person, ctx.now.legal_date()).await?.iter().any(|it| it.id == mandate);
        if !may {
            return Err(Error::refused("您现在不能代办：还没有得到授权，或者授权已经终止、到期。"));
        }
    }
    let mut unit = Unit::new(ctx);
    unit.run(rows::SESSION_ACT_FOR, args![sm3_hex(token), mandate]);
    app.db.commit(unit).await?.or_stale("会话")
}
