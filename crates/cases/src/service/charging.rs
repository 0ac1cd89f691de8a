//! Charging somebody with one case alone (把这一件委托给别人): the mandate is of the people's area, the case is found here.

use identity::{NewMandate, OneMatter, powers};
use kernel::{Ctx, Error, Holder, Id, MandateRow, Moment, Result};
use time::{Date, macros::format_description};
use webkit::App;

use super::{load_for, reads::TimelineEntry, scope};
use crate::{CaseId, FILE, store::CaseRow, view};

/// For so many days somebody is charged unless another day is chosen.
pub(crate) const CHARGED_DAYS: i64 = 180;

/// Who shall do what is left to be done in a case, as typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewCharge {
    /// The name of whoever shall act.
    pub(crate) name: String,
    /// The mobile number of whoever shall act.
    pub(crate) mobile: String,
    /// For looking alone.
    pub(crate) looks_only: bool,
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

/// Who was charged with this case from when to when, as its timeline tells it to everybody who sees the case.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn told(app: &App, row: &CaseRow) -> Result<Vec<(Moment, TimelineEntry)>> {
    let entry = |at: Moment, kind: &str, title: String, texts| {
        let entry = TimelineEntry {
            at: at.to_string(),
            when: at.zh(),
            title,
            who: "申请人一方".to_owned(),
            texts,
            paper: None,
            kind: kind.to_owned(),
            state: "past".to_owned(),
            annulled: false,
        };
        (at, entry)
    };
    let mut out = Vec::new();
    for it in identity::charged(app, row.facts.holder, row.id.cast()).await? {
        let until =
            it.ends.as_deref().and_then(|day| Date::parse(day, format_description!("[year]-[month]-[day]")).ok());
        let until = until.map_or_else(|| "长期".to_owned(), |day| format!("到{}", view::day(day)));
        let texts = vec![("可以做什么".to_owned(), powers(it.looks_only).to_owned()), ("期限".to_owned(), until)];
        out.push(entry(it.accepted, "identity.mandate_accepted", format!("{}接受委托，代办这一件", it.agent), texts));
        if let Some(at) = it.ended {
            let title = format!("对{}的委托终止", it.agent);
            out.push(entry(at, "identity.mandate_ended", title, Vec::new()));
        }
    }
    Ok(out)
}

/// Invites somebody to act in this one case: to see it, supply, answer, withdraw, and take its result; or to see it and nothing else. Who
/// is invited accepts; either ends it.
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
        looks_only: new.looks_only,
        starts: None,
        ends: new.ends,
    };
    identity::offer(ctx, app, row.facts.holder, &new).await
}
