//! Who may do something at an authority today: to whom work can be handed there.

use kernel::{Authority, Ctx, Id, Item, Permission, Person, Result};
use storage::args;
use webkit::App;

use super::names::person_names;
use crate::{SiteCallers, model::person::Sounded, store::posts as rows};

/// People of one authority that are offered at most.
pub const COLLEAGUES_MAX: usize = 200;

/// Who holds this permission today at this authority for this item, by a post of the authority, with their names and ordered by them. Posts
/// for all authorities are left out: they are nobody's colleagues. Machines are left out as well.
///
/// # Errors
/// If the engine fails.
pub async fn colleagues(
    ctx: &Ctx,
    app: &App,
    (authority, item): (Id<Authority>, Id<Item>),
    permission: Permission,
) -> Result<Vec<(Id<Person>, String)>> {
    let (callers, today) = (app.part::<SiteCallers>()?, ctx.now.legal_date().to_string());
    let most = i64::try_from(COLLEAGUES_MAX).unwrap_or(i64::MAX);
    let mut people: Vec<Id<Person>> = Vec::new();
    for row in app.db.query(rows::OFFICERS_AT, args!["", most, authority]).await? {
        let held = rows::state(&row)?;
        let kind = callers.post(&held.code).is_some_and(|it| it.permissions.contains(&permission));
        let days = held.starts <= today && held.ends.as_ref().is_none_or(|ends| *ends >= today);
        let bound = held.item.is_none_or(|it| it == item);
        if kind && days && bound && people.last() != Some(&held.person) {
            people.push(held.person);
        }
    }
    let names = person_names(app, &people).await?;
    let mut named: Vec<_> = people.into_iter().map(|it| (it, names.person(&it).to_owned())).collect();
    named.sort_by_cached_key(|it| (Sounded::of(&it.1), it.0));
    Ok(named)
}
