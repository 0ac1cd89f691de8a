//! What other systems are told of a person: a number of its own for each, and what the person agreed to.

use kernel::{Client as ClientMark, Ctx, Id, MandateRow, Person, Result};
use serde_json::{Map, Value, json};
use storage::args;
use webkit::App;

use super::super::{
    authorities::authorities,
    enterprises::{Represented, enterprises_of},
    looks::{self, Look},
    people::card_of,
};
use crate::{
    SiteCallers,
    model::{
        look::Purpose,
        openid::{client::Client, scope::Scopes, token::Family},
        session::SessionMark,
    },
    store::{openid::tokens as rows, sessions},
};

/// Posts of one person that are told at most.
const POSTS_MAX: i64 = 200;

/// The number under which a system knows a person: another one for each sector, and none from which the person could be found
/// (OpenID Connect Core section 8.1).
pub(crate) fn subject(app: &App, client: &Client, person: Id<Person>) -> String {
    app.vault.digest("openid-subject", &format!("{}\n{person}", client.state.sector))
}

/// The number under which a system knows a session: of its own for each system, so that two of them cannot tell that they serve the same
/// browser.
pub(crate) fn sid(app: &App, client: Id<ClientMark>, session: Id<SessionMark>) -> String {
    app.vault.digest("openid-session", &format!("{client}\n{session}"))
}

/// What a system is told of the person of this family, by these scopes.
///
/// # Errors
/// [`kernel::Error::NotFound`] if the person was erased; if the engine fails.
pub(crate) async fn userinfo(
    ctx: &Ctx,
    app: &App,
    client: &Client,
    (family, scopes): (&Family, &Scopes),
) -> Result<Map<String, Value>> {
    let mut told = Map::new();
    let mut tell = |name: &str, value: Value| told.insert(name.to_owned(), value);
    tell("sub", subject(app, client, family.person).into());
    if ["profile", "citizen_number", "phone", "level"].iter().any(|it| scopes.has(it)) {
        let viewer = format!("client:{}", client.id);
        looks::look_of(ctx, app, (&viewer, family.person), (Purpose::System, &Look::default())).await?;
        let card = card_of(app, family.person).await?;
        if scopes.has("profile") {
            tell("name", card.name.into());
        }
        if scopes.has("citizen_number") {
            let number = card.paper.citizen_number();
            tell("citizen_number", number.map_or(Value::Null, |it| it.as_str().into()));
        }
        if scopes.has("phone") {
            tell("phone_number", format!("+86{}", card.mobile).into());
        }
        if scopes.has("level") {
            tell("real_name_level", card.level.into());
        }
    }
    if scopes.has("enterprise") || scopes.has("agency") {
        let all = enterprises_of(&app.db, family.person, ctx.now.legal_date()).await?;
        if scopes.has("enterprise") {
            let now = acting_for(app, family.session).await?;
            let found = all.iter().find(|it| Some(it.mandate) == now);
            tell("enterprise", found.map_or(Value::Null, enterprise));
        }
        if scopes.has("agency") {
            tell("agency", all.iter().map(enterprise).collect());
        }
    }
    if scopes.has("posts") {
        tell("posts", posts(ctx, app, family.person).await?.into());
    }
    Ok(told)
}

fn enterprise(it: &Represented) -> Value {
    json!({ "uscc": it.enterprise.uscc, "name": it.enterprise.name, "role": it.role.code() })
}

async fn acting_for(app: &App, session: Id<SessionMark>) -> Result<Option<Id<MandateRow>>> {
    let row = app.db.find(sessions::SESSION_ACTS_FOR, args![session]).await?;
    row.map_or(Ok(None), |row| row.opt_id("acting_for"))
}

async fn posts(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Vec<Value>> {
    let found = app.db.query(rows::POSTS_ON, args![person, ctx.now.legal_date(), POSTS_MAX]).await?;
    let places = found.iter().map(|row| row.opt_id("authority")).collect::<Result<Vec<_>>>()?;
    let known = authorities(&app.db, &places.iter().flatten().copied().collect::<Vec<_>>()).await?;
    let callers = app.part::<SiteCallers>()?;
    let mut told = Vec::with_capacity(found.len());
    for (row, place) in found.iter().zip(places) {
        let code = row.text("code")?;
        let Some(post) = callers.post(code) else { continue };
        let place = place.and_then(|it| known.get(&it)).map(|it| &it.facts);
        told.push(json!({
            "code": code,
            "name": post.name,
            "authority": place.map(|it| it.uscc.as_str()),
            "authority_name": place.map(|it| it.name.as_str()),
            "division": place.map(|it| it.division.as_str()),
        }));
    }
    Ok(told)
}
