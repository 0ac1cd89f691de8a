//! «我不在岗»: when an officer is away, so that what he or she has in hand shows to colleagues of the same post.

use std::collections::BTreeSet;

use kernel::{Ctx, Error, Result};
use storage::{Unit, args};
use time::Date;
use webkit::App;

use crate::{SEE, store::desk};

/// Days for which one can be away at most; who is away longer is replaced.
pub(crate) const DAYS_MAX: i64 = 366;

/// When somebody is away, as legal days, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Absence {
    /// The first day.
    pub(crate) starts: String,
    /// The last day.
    pub(crate) ends: String,
}

/// When the caller is away, now or later.
///
/// # Errors
/// [`Error::SignIn`]; if the engine fails.
pub(crate) async fn absence(ctx: &Ctx, app: &App) -> Result<Option<Absence>> {
    let row = app.db.find(desk::ABSENCE, args![ctx.person()?, ctx.now.legal_date()]).await?;
    row.map(|row| Ok(Absence { starts: row.string("starts")?, ends: row.string("ends")? })).transpose()
}

/// The caller is away from `starts` to `ends`; `None`: is back, or never was away. No right rests on it: an absent officer may act, and
/// nobody gets a right by it.
///
/// # Errors
/// [`Error::Forbidden`] without a post that handles cases; [`Error::Invalid`] at `starts` or `ends`; if the engine fails.
pub(crate) async fn set_absence(ctx: &Ctx, app: &App, days: Option<(Date, Date)>) -> Result<()> {
    let person = ctx.person()?;
    let own = ctx.actor.grants.iter().filter(|it| it.permission == SEE.code && it.stands_for.is_none());
    let places: BTreeSet<_> = own.map(|it| it.authority.map(|it| it.to_string()).unwrap_or_default()).collect();
    if places.is_empty() {
        return Err(Error::Forbidden { action: "办理办件" });
    }
    let mut unit = Unit::new(ctx);
    unit.run(desk::ABSENCE_DROP, args![person]);
    if let Some((starts, ends)) = days {
        if ends < ctx.now.legal_date() || ends < starts {
            return Err(Error::invalid("ends", "结束日期不能早于开始日期，也不能早于今天。"));
        }
        if (ends - starts).whole_days() >= DAYS_MAX {
            return Err(Error::invalid("ends", "一次最多登记一年；更久的请由单位另行安排岗位。"));
        }
        for place in places {
            unit.run(desk::ABSENCE_ADD, args![person, place, starts, ends]);
        }
    }
    app.db.commit(unit).await?.or_stale("不在岗登记")
}

/// A legal day as typed.
///
/// # Errors
/// [`Error::Invalid`] at this field.
pub(crate) fn day(field: &'static str, text: &str) -> Result<Date> {
    let iso = time::macros::format_description!("[year]-[month]-[day]");
    Date::parse(text, iso).map_err(|_| Error::invalid(field, "请选择日期，如 2026-03-02。"))
}
