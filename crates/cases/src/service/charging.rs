//! Charging somebody with one case alone (把这一件委托给别人): the mandate is of the people's area, the case is found here.

use identity::{NewMandate, OneMatter};
use kernel::{Ctx, Error, Holder, Id, MandateRow, Result};
use time::Date;
use webkit::App;

use super::{load_for, scope};
use crate::{CaseId, FILE, store::CaseRow};

/// For so many days somebody is charged unless another day is chosen.
pub(crate) const CHARGED_DAYS: i64 = 180;

/// Who shall do what is left to be done in a case, as typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewCharge {
    /// The name of whoever shall act.
    pub(crate) name: String,
    /// The mobile number of whoever shall act.
    pub(crate) mobile: String,
    /// To this legal day, included; needed between persons.
    pub(crate) ends: Option<Date>,
}

/// Whether the caller can charge somebody with this case: it is the own one, or that of the enterprise whose legal representative one is, and
/// it is not over.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn may_charge(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<bool> {
    if row.case.stage().is_final() || ctx.may(FILE, &scope(row)).is_err() {
        return Ok(false);
    }
    let person = ctx.person()?;
    match (row.facts.holder, &ctx.actor.mandate) {
        (Holder::Person(id), None) => Ok(id == person),
        (Holder::Enterprise(_), Some(mandate)) => {
            let held = identity::acting(&app.db, person, ctx.now.legal_date()).await?;
            Ok(held.iter().any(|it| it.id == mandate.row && it.role == identity::Role::Legal))
        }
        _ => Ok(false),
    }
}

/// Invites somebody to act in this one case: to see it, supply, answer, withdraw, and take its result. Who is invited accepts; either ends it.
///
/// # Errors
/// [`Error::NotFound`] if there is no such case, or it is not for the caller to charge anybody with; [`Error::Refused`] if it is over;
/// [`Error::Invalid`] for each field that is wrong; if the engine fails.
pub(crate) async fn charge(ctx: &Ctx, app: &App, id: CaseId, new: &NewCharge) -> Result<Id<MandateRow>> {
    let row = load_for(ctx, app, id).await?;
    ctx.may(FILE, &scope(&row)).map_err(|_| Error::NotFound { what: "办件" })?;
    if row.case.stage().is_final() {
        return Err(Error::refused("这件办件已经结束，不用再委托别人。"));
    }
    if !may_charge(ctx, app, &row).await? {
        return Err(Error::refused(
            "只有申请人本人、单位的法定代表人可以委托别人；受托人不能再转委托（民法典第一百六十九条）。",
        ));
    }
    let matter = OneMatter { id: row.id.cast(), number: row.facts.number.clone() };
    let new = NewMandate {
        name: new.name.clone(),
        mobile: new.mobile.clone(),
        items: vec![row.facts.item],
        matter: Some(matter),
        starts: None,
        ends: new.ends,
    };
    identity::offer(ctx, app, row.facts.holder, &new).await
}
