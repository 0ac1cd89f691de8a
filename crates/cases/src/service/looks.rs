//! Looks of officers at applicants' data: handling the case is a purpose by itself; of a case that is over, one is told first.

use identity::{Look, Purpose};
use kernel::{Channel, Ctx, Error, Holder, Id, Person, Result};
use webkit::App;

use super::{Hands, load_for, seen_from, sees};
use crate::{CaseId, store::CaseRow};

/// Whose data a case holds: the applicant's, or of an enterprise's case that of who filed it.
pub(crate) fn whose(row: &CaseRow) -> Id<Person> {
    match row.facts.holder {
        Holder::Person(id) => id,
        Holder::Enterprise(_) => row.facts.filed_by,
    }
}

fn about(ctx: &Ctx, row: &CaseRow, words: &str) -> Look {
    let basis = sees(ctx, row).ok();
    let matter = row.facts.number.clone();
    Look { matter, authority: Some(seen_from(ctx, row)), basis, words: words.to_owned() }
}

/// Writes down that the caller, an officer, looks at this case. `false`: the case is over, and the caller has not told yet today what
/// for; then nothing personal of it may be shown.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn looked(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<bool> {
    let person = whose(row);
    let purpose = if row.case.stage().is_final() {
        match identity::look_told(ctx, app, person, &row.facts.number).await? {
            Some(told) => told,
            None => return Ok(false),
        }
    } else {
        Purpose::Handling
    };
    identity::look(ctx, app, person, (purpose, &about(ctx, row, ""))).await?;
    Ok(true)
}

/// As [`looked`], where nothing else can be shown.
///
/// # Errors
/// [`Error::Refused`] if the purpose is not told yet; if the engine fails.
pub(crate) async fn must_look(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<()> {
    if looked(ctx, app, row).await? {
        return Ok(());
    }
    let how = match ctx.actor.channel {
        Channel::Api => "请先用 POST /api/v1/cases/{id}/looks 说明查看的目的，当天有效",
        Channel::Web | Channel::Window | Channel::System => "请先在办件页面说明查看的目的，再打开文书和材料",
    };
    Err(Error::refused(format!("这件办件已经结束。{how}。")))
}

/// Whether somebody who asks for a file of this case has to say first what for: an officer, of a case that is over, for the first time
/// today. Of what is no case, or not to be seen, nothing is to be said.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn asks(ctx: &Ctx, app: &App, id: CaseId) -> Result<bool> {
    let row = match load_for(ctx, app, id).await {
        Ok(row) => row,
        Err(Error::NotFound { .. }) => return Ok(false),
        Err(error) => return Err(error),
    };
    Ok(Hands::of(ctx, &row)?.officer() && !looked(ctx, app, &row).await?)
}

/// An officer tells what for it looks at a case that is over. It holds for this case and this day.
///
/// # Errors
/// [`Error::NotFound`] if there is no case, or the caller may not see it; [`Error::Forbidden`] if the caller is no officer of it;
/// [`Error::Invalid`] at `purpose` or `words`; if the engine fails.
pub(crate) async fn tell(ctx: &Ctx, app: &App, id: CaseId, (purpose, words): (&str, &str)) -> Result<()> {
    let row = load_for(ctx, app, id).await?;
    if !Hands::of(ctx, &row)?.officer() {
        return Err(Error::Forbidden { action: "办理办件" });
    }
    let purpose = Purpose::from_code(purpose).filter(|it| Purpose::CHOSEN.contains(it));
    let purpose = purpose.ok_or_else(|| Error::invalid("purpose", "请选择查看的目的。"))?;
    identity::look(ctx, app, whose(&row), (purpose, &about(ctx, &row, words))).await
}
