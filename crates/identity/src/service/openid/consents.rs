//! What people agreed to: given, seen and withdrawn by its owner.

use journal::Head;
use kernel::{Client, Ctx, Error, Id, Moment, Person, Result};
use storage::{Unit, args};
use webkit::App;

use super::{super::kinds, clients};
use crate::{
    model::openid::{
        consent::{Consent, ConsentMark, ConsentState},
        scope::{SCOPES, Scopes},
    },
    store::openid::{consents as rows, tokens as token_rows},
};

/// Systems of one person that a page shows at most.
const OF_ONE_MAX: i64 = 100;

/// What a person agreed to with a system, if anything.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn find(app: &App, person: Id<Person>, client: Id<Client>) -> Result<Option<Consent>> {
    app.db.find(rows::CONSENT, args![person, client]).await?.as_ref().map(rows::read).transpose()
}

/// Adds a decision to this unit; gives the consent's id. A decision like the one before adds nothing.
pub(crate) fn decide(
    unit: &mut Unit,
    ctx: &Ctx,
    before: Option<&Consent>,
    state: &ConsentState,
) -> Result<Id<ConsentMark>> {
    match before {
        Some(before) if before.state == *state => Ok(before.id),
        Some(before) => {
            let about = (format!("consent:{}", before.id), kinds::CONSENT_CHANGED);
            let head = journal::append(unit, ctx, &before.head, (&about.0, about.1), state)?;
            rows::set(unit, before, state, &head);
            // Tokens that say more than what is agreed to now are good no more.
            if !Scopes::parse(&before.state.scopes).within(&Scopes::parse(&state.scopes)) {
                unit.run(token_rows::FAMILIES_END_OF_CONSENT, args![before.id, ctx.now]);
            }
            Ok(before.id)
        }
        None => {
            let id = ctx.new_id();
            let about = (format!("consent:{id}"), kinds::CONSENT_GIVEN);
            let head = journal::append(unit, ctx, &Head::none(), (&about.0, about.1), state)?;
            rows::add(unit, id, state, &head);
            Ok(id)
        }
    }
}

/// A system that a person agreed to, as its owner sees it.
pub(crate) struct Connected {
    pub(crate) client: Id<Client>,
    pub(crate) name: String,
    /// 「姓名、手机号」.
    pub(crate) reads: String,
    pub(crate) since: Moment,
}

/// The systems that the caller agreed to.
///
/// # Errors
/// [`Error::SignIn`] if nobody is signed in; if the engine fails.
pub(crate) async fn own(ctx: &Ctx, app: &App) -> Result<Vec<Connected>> {
    let found = app.db.query(rows::CONSENTS, args![ctx.person()?, OF_ONE_MAX]).await?;
    let found = found.iter().map(rows::read).collect::<Result<Vec<_>>>()?;
    let ids: Vec<_> = found.iter().map(|it| it.state.client).collect();
    let systems = clients::many(app, &ids).await?;
    let connected = |it: Consent| {
        let scopes = Scopes::parse(&it.state.scopes);
        let reads: Vec<_> = SCOPES.iter().filter(|scope| scopes.has(scope.code)).map(|scope| scope.name).collect();
        let name = systems.get(&it.state.client).map(|it| it.state.name.clone()).unwrap_or_default();
        Connected { client: it.state.client, name, reads: reads.join("、"), since: it.head.at }
    };
    Ok(found.into_iter().map(connected).collect())
}

/// Withdraws what the caller agreed to with a system: its tokens are good no more from this moment.
///
/// # Errors
/// [`Error::NotFound`] if nothing was agreed to; if the engine fails.
pub(crate) async fn withdraw(ctx: &Ctx, app: &App, client: Id<Client>) -> Result<()> {
    let found = find(app, ctx.person()?, client).await?;
    let before = found.ok_or(Error::NotFound { what: "授权" })?;
    let mut unit = Unit::new(ctx);
    let ended_at = Some(ctx.now.max(before.head.at));
    let state = ConsentState { ended_at, ..before.state.clone() };
    let about = (format!("consent:{}", before.id), kinds::CONSENT_WITHDRAWN);
    let head = journal::append(&mut unit, ctx, &before.head, (&about.0, about.1), &state)?;
    rows::set(&mut unit, &before, &state, &head);
    unit.run(token_rows::CODES_OF_CONSENT, args![before.id]);
    unit.run(token_rows::FAMILIES_END_OF_CONSENT, args![before.id, ctx.now]);
    app.db.commit(unit).await?.or_stale("授权")
}
