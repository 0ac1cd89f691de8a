//! Standing in (代岗): what one person holds, another does from day to day, and the record says in whose stead.

use journal::Head;
use kernel::{Ctx, Error, Id, PostRow, Result};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{administers, guard, kinds, leavings, posts};
use crate::{
    ADMINISTER,
    model::post::NewStandIn,
    store::{people, posts as rows},
};

/// Lets a person stand in for another, in all of these posts or in none. Each ends with the post itself.
///
/// # Errors
/// [`Error::ProveAgain`]; those of the permission where each post is; [`Error::Invalid`] at the field that is wrong, as the rule says;
/// [`Error::Refused`] if the person stands in already; [`Error::NotFound`] if there is no such person or post;
/// [`Error::Stale`] if a post changed meanwhile; if the engine fails.
pub(crate) async fn stand_in(ctx: &Ctx, app: &App, new: &NewStandIn) -> Result<Vec<Id<PostRow>>> {
    ctx.proven(ADMINISTER)?;
    if new.posts.is_empty() {
        return Err(Error::invalid("post", "请选择由别人代的岗位。"));
    }
    if app.db.find(people::PERSON, args![new.person]).await?.is_none() {
        return Err(Error::NotFound { what: "人员" });
    }
    leavings::before_leaving(&app.db, new.person, Some(new.ends)).await?;
    let today = ctx.now.legal_date();
    let days = (new.starts.unwrap_or(today), new.ends, today);
    let (mut unit, mut made) = (Unit::new(ctx), Vec::with_capacity(new.posts.len()));
    for post in &new.posts {
        let held = posts::held(&app.db, *post).await?;
        let right = administers(ctx, &posts::place(&app.db, &held.state).await?)?;
        let state = held.state.stood_in(*post, new.person, days).map_err(|fault| Error::Invalid(vec![fault]))?;
        guard(&mut unit, ctx, right);
        unit.check(rows::PRINCIPAL_GUARD, rows::POST_AS_READ, args![*post, held.head.version]);
        let id = ctx.new_id();
        let head =
            journal::append(&mut unit, ctx, &Head::none(), (&format!("post:{id}"), kinds::POST_GRANTED), &state)?;
        rows::add(&mut unit, id, &state, &head);
        made.push(id);
    }
    match app.db.commit(unit).await? {
        Commit::Done => Ok(made),
        Commit::Lost { guard: "post held" } => {
            Err(Error::refused("此人已经在代这个岗位；要改日期的，请先终止原来的代岗。"))
        }
        Commit::Lost { .. } => Err(Error::Stale { what: "岗位", by: None }),
    }
}
