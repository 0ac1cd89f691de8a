//! Erasing a person: what is personal can be read by nobody any more, and the record stays whole.
//!
//! The person's data key is destroyed, digests and login are blanked, rights to act for others end, sessions and the tokens of other systems end. The rows stay,
//! empty, because the record knows of them; entries hold ids and keyed digests only.

use journal::Head;
use kernel::{Ctx, Error, Id, Person, Result, Scope};
use storage::{Unit, args};
use webkit::App;

use super::{administers, factors, guard, kinds, mandates, party, people::vault_holder, posts};
use crate::{
    model::{account::AccountState, person::PersonState},
    store::{
        accounts,
        factors::{DEVICES_GONE, entry_end_all},
        looks,
        openid::tokens,
        people, sessions,
    },
};

/// Adds to this unit all that erases a person here. Whoever calls has asked that no case of the person is open.
///
/// # Errors
/// Those of the permission (for the whole site); [`Error::NotFound`] if there is no such person; [`Error::Refused`] if it was erased,
/// or has or had a post: who handled a case belongs to its file; if the engine fails.
pub async fn erase_person(ctx: &Ctx, app: &App, unit: &mut Unit, person: Id<Person>) -> Result<()> {
    let right = administers(ctx, &Scope::SITE)?;
    let row = app.db.find(people::PERSON, args![person]).await?.ok_or(Error::NotFound { what: "人员" })?;
    let erased = PersonState::erased(person);
    if people::state(&row)? == erased {
        return Err(Error::refused("此人的信息已经删除。"));
    }
    if !posts::posts_of(&app.db, person).await?.is_empty() {
        return Err(Error::refused(
            "此人有或曾有岗位。经办人的姓名是办件档案的一部分，依法随档案保存，不能删除；不再任职的，请终止其岗位。",
        ));
    }
    guard(unit, ctx, right);
    let holder = vault_holder(person);
    let before = Head::of(&row)?;
    let head = journal::append(unit, ctx, &before, (&holder, kinds::PERSON_ERASED), &erased)?;
    people::set(unit, person, &erased, (&before, &head))?;
    close_account(ctx, app, unit, person).await?;
    mandates::end_all_of(ctx, app, unit, person).await?;
    for factor in factors::of(app, person).await? {
        factors::end(unit, ctx, app, &factor)?;
    }
    party::links::end_all_of(ctx, app, unit, person).await?;
    entry_end_all(unit, person);
    unit.run(DEVICES_GONE, args![person]);
    unit.run(tokens::FAMILIES_END_OF_PERSON, args![person, ctx.now]);
    unit.run(sessions::SESSIONS_END, args![person]);
    unit.run(looks::LOOKS_FORGET, args![person]);
    app.vault.destroy(unit, &holder);
    Ok(())
}

/// The account stays as a row that nobody can sign in with: its login is no digest of any name.
async fn close_account(ctx: &Ctx, app: &App, unit: &mut Unit, person: Id<Person>) -> Result<()> {
    let Some(row) = app.db.find(accounts::ACCOUNT, args![person]).await? else { return Ok(()) };
    let before = accounts::read(&row)?;
    let login = format!("erased:{person}");
    let state = AccountState::of(&login, "", None);
    let about = (format!("account:{person}"), kinds::ACCOUNT_CLOSED);
    let head = journal::append(unit, ctx, &before.head, (&about.0, about.1), &state)?;
    accounts::close(unit, &before, &login, &head);
    Ok(())
}
