//! The way out: a provider says that a session there ended (OpenID Connect Back-Channel Logout 1.0), and whoever signs out here may sign
//! out there too (RP-Initiated Logout 1.0).

use kernel::{Ctx, Error, Id, Person, Result};
use storage::{Commit, Sql, Unit, args};
use webkit::App;

use super::{Trip, Trouble, links, metadata, providers};
use crate::{
    model::{
        account::sm3_hex,
        party::{
            provider::ProviderMark,
            token::{Doubt, Expect},
        },
        session::SessionMark,
    },
    store::{
        openid::{clients, tokens},
        party as rows, sessions,
    },
};

/// Sessions of one link that end at once at most; a person has fewer.
const ENDED_MAX: i64 = 100;
/// A logout token is remembered for so many seconds: longer than any that is believed can live.
const REMEMBERED_SECONDS: i64 = 3_600;

/// A provider says that somebody signed out there: the sessions here that came by it end.
///
/// # Errors
/// [`Trouble::Off`] if there is no such provider; why the token is not believed; if the engine fails.
pub(crate) async fn told(ctx: &Ctx, app: &App, id: Id<ProviderMark>, token: &str) -> Trip<()> {
    let it = match providers::get(app, id).await {
        // Also of one that was switched off: its sessions may still run.
        Ok(it) if !it.state.client.is_empty() => it,
        Ok(_) | Err(Error::NotFound { .. }) => return Err(Trouble::Off.into()),
        Err(error) => return Err(error.into()),
    };
    let claims = metadata::believed(ctx, app, &it, token).await?;
    let expect = Expect { issuer: &it.state.issuer, client: &it.state.client, now: ctx.now };
    let (sub, sid, jti) = expect.logout_token(&claims)?;
    let mut unit = Unit::new(ctx);
    let name = sm3_hex(&format!("logout {id} {jti}"));
    clients::use_assertion(&mut unit, &name, ctx.now.plus_seconds(REMEMBERED_SECONDS));
    if sid.is_empty() {
        if let Some(link) = links::by_subject(app, id, &sub).await? {
            end_sessions(&mut unit, ctx, app, rows::SESSIONS_OF_LINK, &link.id.to_string()).await?;
        }
    } else {
        end_sessions(&mut unit, ctx, app, rows::SESSIONS_OF_SID, &links::sid(app, id, &sid)).await?;
    }
    match app.db.commit(unit).await? {
        Commit::Done => Ok(()),
        Commit::Lost { .. } => Err(Doubt::Kind.into()),
    }
}

/// Ends in this unit the sessions that this query finds by this value, and with each the tokens of other systems that rest on it.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn end_sessions(unit: &mut Unit, ctx: &Ctx, app: &App, sql: Sql, value: &str) -> Result<()> {
    for row in app.db.query(sql, args![value, ENDED_MAX]).await? {
        let (session, person): (Id<SessionMark>, Id<Person>) = (row.id("id")?, row.id("person")?);
        unit.run(tokens::FAMILIES_LOGOUT_OWN, args![session, person, ctx.now]);
        sessions::end_own(unit, session, person);
    }
    Ok(())
}

/// Where whoever signs out here can sign out too.
pub(crate) struct Farewell {
    /// The provider's name.
    pub(crate) name: String,
    /// Its address, which leads back here. It names nobody: the provider asks its own session.
    pub(crate) address: String,
}

/// Where the session of this token can be ended besides; nobody waits for a provider to say so.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn farewell(app: &App, token: &str) -> Result<Option<Farewell>> {
    let Some(row) = app.db.find(rows::SESSION_LINK, args![sm3_hex(token)]).await? else { return Ok(None) };
    let it = providers::get(app, row.id("provider")?).await?;
    let place = metadata::known(app, &it).and_then(|known| known.end_session.clone());
    let Some(mut address) = place.and_then(|it| url::Url::parse(&it).ok()) else { return Ok(None) };
    let home = format!("{}/", app.site.address);
    let pairs = [("client_id", it.state.client.as_str()), ("post_logout_redirect_uri", home.as_str())];
    address.query_pairs_mut().extend_pairs(pairs);
    Ok(Some(Farewell { name: it.state.name, address: address.into() }))
}
