//! For tests only: posts for people whom a test kit made up, so that what they do passes [`still_holds`](crate::still_holds), and
//! many authorities.

use std::collections::BTreeSet;

use journal::Head;
use kernel::{Authority, Ctx, Id, Result};
use storage::Unit;
use webkit::App;

use crate::{AuthorityFacts, model::post::HeldState, service::kinds, store::posts};

/// Makes rows of the posts that the actor's grants rest on.
///
/// # Errors
/// If the engine fails.
pub async fn seat(app: &App, ctx: &Ctx) -> Result<()> {
    let person = ctx.person()?;
    let mut seated = BTreeSet::new();
    let mut unit = Unit::new(ctx);
    for grant in ctx.actor.grants.iter().filter(|grant| seated.insert(grant.post)) {
        let state = HeldState {
            person,
            code: format!("test-{}", grant.post),
            authority: grant.authority,
            item: grant.item,
            starts: "2000-01-01".to_owned(),
            ends: None,
            ended_at: None,
        };
        let subject = format!("post:{}", grant.post);
        let head = journal::append(&mut unit, ctx, &Head::none(), (&subject, kinds::POST_GRANTED), &state)?;
        posts::add(&mut unit, grant.post, &state, &head);
    }
    app.db.commit(unit).await?.or_stale("岗位")
}

/// So many authorities of one county with like names («第 007 街道办事处»), as only their number tells.
///
/// # Errors
/// If the engine fails.
pub async fn many_authorities(app: &App, count: usize) -> Result<Vec<Id<Authority>>> {
    let ctx = app.system("test");
    let mut made = Vec::with_capacity(count);
    for n in 1..=count {
        let facts = AuthorityFacts {
            name: format!("谯城区第{n:03}街道办事处"),
            division: "341602000000".to_owned(),
            ..AuthorityFacts::default()
        };
        made.push(crate::create_listed_authority(&ctx, &app.db, &facts).await?);
    }
    Ok(made)
}
