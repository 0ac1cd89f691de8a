//! Signing out of everything: asked for by another system, and told to all of them.

use kernel::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{claims, clients, issuer, keys, tokens::client_of};
use crate::{
    model::{
        account::sm3_hex,
        openid::{
            Parameters,
            client::Client,
            token::{FamilyMark, IdClaims, LOGOUT_EVENT, LOGOUT_SECONDS, LogoutClaims, seconds},
        },
    },
    store::openid::tokens as rows,
};

/// Systems told in one round at most.
const ROUND: i64 = 200;
/// The kind of message that tells a system.
pub(crate) const MESSAGE: &str = "openid_logout";

/// What comes of another system's wish that the person signs out.
pub(crate) enum Wish {
    /// The person who is signed in here is the one: signs out, and goes to this address, or stays here.
    Carry { to: Option<String> },
    /// It is not sure: the person is asked.
    Ask { name: String, to: Option<String> },
}

/// What another system wishes (OpenID Connect RP-Initiated Logout 1.0). Where to go afterwards is believed only of a client that is
/// known, and only if it is registered, letter by letter.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn wish(ctx: &Ctx, app: &App, token: &str, asked: &Parameters) -> Result<Wish> {
    let text = |name: &str| asked.one(name).ok().flatten();
    let ring = keys::ring(ctx, app).await?;
    let hint = text("id_token_hint").and_then(|it| ring.verified::<IdClaims>(it)).filter(|it| it.iss == issuer(app));
    let named = match (&hint, text("client_id")) {
        (Some(hint), Some(client)) if hint.aud != client => None,
        (Some(hint), _) => Some(hint.aud.as_str()),
        (None, client) => client,
    };
    let client = match named {
        Some(id) => client_of(app, id).await?,
        None => None,
    };
    let registered = |it: &Client| {
        let to = text("post_logout_redirect_uri").filter(|to| it.state.logout_redirects.iter().any(|it| it == to))?;
        let mut url = url::Url::parse(to).ok()?;
        if let Some(state) = text("state") {
            url.query_pairs_mut().append_pair("state", state);
        }
        Some(url.to_string())
    };
    let to = client.as_ref().and_then(registered);
    let sure = match (hint, client.as_ref(), app.db.find(rows::SESSION_OF, args![sm3_hex(token)]).await?) {
        (Some(hint), Some(client), Some(row)) => {
            let (person, session) = (row.id("person")?, row.id("id")?);
            hint.sub == claims::subject(app, client, person) && hint.sid == claims::sid(app, client.id, session)
        }
        // Nobody is signed in any more: nothing is lost.
        (_, _, None) => true,
        _ => false,
    };
    let name = client.map(|it| it.state.name).unwrap_or_default();
    Ok(if sure { Wish::Carry { to } } else { Wish::Ask { name, to } })
}

/// What the message to a system holds.
#[derive(Serialize, Deserialize)]
struct Notice {
    family: kernel::Id<FamilyMark>,
}

/// Puts a message into the outbox for each system whose session ended, and marks it. Whatever is left undone is found again.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> Result<()> {
    let found = app.db.query(rows::FAMILIES_TO_TELL, args![ROUND]).await?;
    let families = found.iter().map(rows::family).collect::<Result<Vec<_>>>()?;
    let ids: Vec<_> = families.iter().map(|it| it.client).collect();
    let systems = clients::many(app, &ids).await?;
    for family in families {
        let mut unit = Unit::new(ctx);
        unit.one("told", rows::FAMILY_TOLD, args![family.id]);
        if systems.get(&family.client).is_some_and(|it| !it.state.backchannel.is_empty() && !it.state.disabled) {
            let key = format!("logout:{}", family.id);
            journal::outbox::enqueue(&mut unit, ctx, MESSAGE, &key, &Notice { family: family.id })?;
        }
        match app.db.commit(unit).await? {
            Commit::Done | Commit::Lost { .. } => {}
        }
    }
    Ok(())
}

/// A logout message as it is to be sent: where to, and its form (OpenID Connect Back-Channel Logout 1.0 section 2.5).
pub struct LogoutNotice {
    /// The system's address.
    pub address: String,
    /// The urlencoded form to post.
    pub form: String,
}

/// Makes the logout message of an outbox row; `None` if there is nobody to tell any more. The token is signed at each try, since it is
/// good for two minutes only.
///
/// # Errors
/// If the engine fails, or the message is not one of these.
pub async fn logout_notice(ctx: &Ctx, app: &App, body: &str) -> Result<Option<LogoutNotice>> {
    let notice: Notice = serde_json::from_str(body).map_err(Error::internal)?;
    let Some(row) = app.db.find(rows::FAMILY, args![notice.family]).await? else { return Ok(None) };
    let family = rows::family(&row)?;
    let client = clients::get(app, family.client).await?;
    if client.state.disabled || client.state.backchannel.is_empty() {
        return Ok(None);
    }
    let now = seconds(ctx.now);
    let said = LogoutClaims {
        iss: issuer(app).to_owned(),
        sub: claims::subject(app, &client, family.person),
        aud: client.id.to_string(),
        iat: now,
        exp: now + LOGOUT_SECONDS,
        jti: ctx.new_id::<FamilyMark>().to_string(),
        sid: claims::sid(app, client.id, family.session),
        events: serde_json::json!({ LOGOUT_EVENT: {} }),
    };
    let token = keys::ring(ctx, app).await?.sign(client.state.alg, "logout+jwt", &said, ctx.now)?;
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
    Ok(Some(LogoutNotice { address: client.state.backchannel, form }))
}
