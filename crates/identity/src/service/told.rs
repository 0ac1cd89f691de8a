//! What somebody is told of the own account: by telephone and by mail, whichever there is, so that whoever took one of them over cannot
//! keep it quiet.

use kernel::{Ctx, Error, Id, Person, Result};
use storage::Unit;
use webkit::App;

use super::{messages, people};
use crate::model::code::Recipient;

/// Tells a person, after this unit, what was done with the account. `words`: a whole sentence.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn tell(unit: &mut Unit, ctx: &Ctx, app: &App, person: Id<Person>, words: &str) -> Result<()> {
    tell_phone(unit, ctx, app, person, words).await?;
    match people::mailbox_of(app, person).await? {
        Some(mailbox) => tell_at(unit, ctx, app, (&Recipient::Mailbox(mailbox), words)),
        None => Ok(()),
    }
}

/// As [`tell`], by telephone alone.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn tell_phone(unit: &mut Unit, ctx: &Ctx, app: &App, person: Id<Person>, words: &str) -> Result<()> {
    match people::mobile_of(app, person).await {
        Ok(mobile) => tell_at(unit, ctx, app, (&Recipient::Mobile(mobile), words)),
        Err(Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// As [`tell`], at this number or mailbox.
///
/// # Errors
/// If the message cannot be written.
pub(crate) fn tell_at(unit: &mut Unit, ctx: &Ctx, app: &App, (to, words): (&Recipient, &str)) -> Result<()> {
    let text = format!("【{}】{words}如不是您本人操作，请马上修改密码，并拨打 {}。", app.site.name, app.site.phone);
    let until = ctx.now.plus_seconds(messages::NOTICE_SECONDS);
    messages::queue(unit, ctx, app, (to, text), (until, false))
}
