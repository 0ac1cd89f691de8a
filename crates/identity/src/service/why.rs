//! «Why may this person do this?» answered from what stands: which posts, given by whom and when, in whose stead, or what is missing.

use kernel::{Authority, Ctx, Error, Id, Item, Moment, Permission, Person, Result, Scope};
use webkit::App;

use super::{administers, authorities, names::names, posts};
use crate::{
    SiteCallers,
    model::{
        post::Held,
        why::{Says, explain},
    },
};

/// Posts of one person that a question looks at; who has more has them for other questions.
const LINES_MAX: usize = 20;

/// A question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) person: Id<Person>,
    pub(crate) permission: Permission,
    /// At this authority; `None`: for the whole site.
    pub(crate) authority: Option<Id<Authority>>,
    pub(crate) item: Option<Id<Item>>,
}

/// One post that concerns the question.
pub(crate) struct Link {
    pub(crate) says: Says,
    pub(crate) held: Held,
    /// Who granted it.
    pub(crate) granted_by: String,
    pub(crate) granted_at: Option<Moment>,
    /// Of whom stands in for somebody: that somebody's own post.
    pub(crate) principal: Option<Held>,
}

/// The answer: posts in the order in which they count. Empty: the person has no post that gives it.
pub(crate) struct Reasons {
    pub(crate) links: Vec<Link>,
}

impl Reasons {
    /// Whether the person may.
    pub(crate) fn may(&self) -> bool {
        self.links.first().is_some_and(|it| it.says == Says::Yes)
    }
}

/// Every permission that a post can give, each once, in the order of the posts.
///
/// # Errors
/// If the site has no callers.
pub(crate) fn permissions(app: &App) -> Result<Vec<Permission>> {
    let mut out: Vec<Permission> = Vec::new();
    for it in app.part::<SiteCallers>()?.posts().iter().flat_map(|it| it.permissions) {
        if out.iter().all(|known| known.code != it.code) {
            out.push(*it);
        }
    }
    Ok(out)
}

/// Answers a question; about oneself to anybody, about others to whoever administers the place.
///
/// # Errors
/// Those of the permission there; [`Error::NotFound`] if there is no such authority; if the engine fails.
pub(crate) async fn why(ctx: &Ctx, app: &App, asked: &Question) -> Result<Reasons> {
    let mut scope = match asked.authority {
        Some(id) => authorities::scope(&app.db, id).await?,
        None => Scope::SITE,
    };
    if ctx.person()? != asked.person {
        administers(ctx, &scope).map_err(|error| match error {
            Error::Forbidden { .. } => Error::Forbidden { action: "查看他人在这里的权限" },
            other => other,
        })?;
    }
    scope.item = asked.item;
    let held = posts::posts_of(&app.db, asked.person).await?;
    let today = ctx.now.legal_date().to_string();
    let kinds = app.part::<SiteCallers>()?;
    let said = explain(&held, kinds.posts(), (asked.permission, &scope, &today));
    let mut links = Vec::new();
    for (at, says) in said.into_iter().take(LINES_MAX) {
        let held = held[at].clone();
        let entry = journal::find(&app.db, &format!("post:{}", held.id), 1).await?;
        let principal = match held.state.stands_for {
            Some(id) => Some(posts::held(&app.db, id).await?),
            None => None,
        };
        let granted_at = entry.as_ref().map(|it| it.at);
        let granted_by = entry.map(|it| it.actor).unwrap_or_default();
        links.push(Link { says, held, granted_by, granted_at, principal });
    }
    let names = names(app, links.iter().map(|it| it.granted_by.clone())).await?;
    for it in &mut links {
        it.granted_by = names.of(&it.granted_by).to_owned();
    }
    Ok(Reasons { links })
}
