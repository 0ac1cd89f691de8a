//! Hearings (听证): acts as forms and programs send them, who may preside, and how a hearing stands for its readers.

use kernel::{Ctx, Error, Id, Moment, Person, Result};
use serde::Serialize;
use time::{Date, macros::format_description};
use webkit::{App, utoipa::ToSchema};

use super::{acts::ActInput, subject};
use crate::{
    SEE,
    model::{ActKind, Exhibit, Hearing, HearingAct, HearingEnd, Recusal},
    store::CaseRow,
    view,
};

/// The acts that are about a hearing.
pub(crate) const ACTS: [ActKind; 9] = [
    ActKind::TellHearing,
    ActKind::AskHearing,
    ActKind::WaiveHearing,
    ActKind::CallHearing,
    ActKind::SetHearing,
    ActKind::AskRecusal,
    ActKind::AnswerRecusal,
    ActKind::HoldHearing,
    ActKind::DropHearing,
];

/// The act that a form or program means.
///
/// # Errors
/// [`Error::Invalid`] where a time or a person is none.
pub(crate) fn read(kind: ActKind, input: &ActInput, files: Vec<Exhibit>) -> Result<HearingAct> {
    let reason = input.reason.clone();
    Ok(match kind {
        ActKind::TellHearing => HearingAct::Tell { others: input.others, reason },
        ActKind::AskHearing => HearingAct::Ask { reason },
        ActKind::WaiveHearing => HearingAct::Waive,
        ActKind::CallHearing => HearingAct::Call { days: input.days, reason },
        ActKind::SetHearing => HearingAct::Set {
            at: moment(&input.held_at)?,
            place: input.place.clone(),
            presider: input.presider.parse().map_err(|_| Error::invalid("presider", "请选择听证主持人。"))?,
            public: input.public,
        },
        ActKind::AskRecusal => HearingAct::AskRecusal { reason },
        ActKind::AnswerRecusal => HearingAct::AnswerRecusal { granted: input.granted, reason },
        ActKind::HoldHearing => HearingAct::Hold { signed: input.signed, record: input.record.clone(), files },
        ActKind::DropHearing => HearingAct::Drop { reason },
        _ => return Err(Error::internal("not about a hearing")),
    })
}

/// A moment of legal time as a form writes it: `2026-03-20T09:30`.
fn moment(text: &str) -> Result<Moment> {
    let wrong = || Error::invalid("held_at", "请填写听证的日期和时间，例如 2026-03-20 09:30。");
    let (day, time) = text.trim().split_once(['T', ' ']).ok_or_else(wrong)?;
    let day = Date::parse(day, format_description!("[year]-[month]-[day]")).map_err(|_| wrong())?;
    let (hour, minute) = time.get(..5).and_then(|it| it.split_once(':')).ok_or_else(wrong)?;
    let (hour, minute): (u8, u8) = hour.parse().ok().zip(minute.parse().ok()).ok_or_else(wrong)?;
    if hour > 23 || minute > 59 {
        return Err(wrong());
    }
    Ok(Moment::start_of(day).plus_seconds(i64::from(hour) * 3_600 + i64::from(minute) * 60))
}

/// Who can preside: officers of the authority, but for those who accepted or reviewed the case, those who withdrew, and its applicant.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn presiders(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<Vec<(Id<Person>, String)>> {
    let mut found = identity::colleagues(ctx, app, (row.desk(), row.facts.item), SEE).await?;
    let handling = row.case.handling();
    let hearing = handling.and_then(|it| it.hearing.as_ref());
    found.retain(|(person, _)| {
        let touched = handling.is_some_and(|it| it.hand_of(*person).is_some());
        let excluded = hearing.is_some_and(|it| it.excluded.contains(person));
        let applies = row.facts.holder == kernel::Holder::Person(*person) || row.facts.filed_by == *person;
        !touched && !excluded && !applies && ctx.person().ok() != Some(*person)
    });
    Ok(found)
}

/// Refuses somebody who is no officer of the authority, or applies; who handled the case the machine refuses itself.
///
/// # Errors
/// [`Error::Invalid`] at `presider`; if the engine fails.
pub(crate) async fn may_preside(ctx: &Ctx, app: &App, row: &CaseRow, presider: Id<Person>) -> Result<()> {
    let officers = identity::colleagues(ctx, app, (row.desk(), row.facts.item), SEE).await?;
    let applies = row.facts.holder == kernel::Holder::Person(presider) || row.facts.filed_by == presider;
    if applies || officers.iter().all(|it| it.0 != presider) {
        return Err(Error::invalid("presider", "请从本机关的工作人员中选择听证主持人，申请人本人除外。"));
    }
    Ok(())
}

/// How a hearing stands, in words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HearingView {
    /// 现在到哪一步
    pub standing: String,
    /// 申请听证的期限
    pub ask_by: String,
    /// 听证权利是否也告知了利害关系人
    pub others: bool,
    /// 听证时间
    pub at: String,
    /// 听证地点
    pub place: String,
    /// 听证主持人
    pub presider: String,
    /// 是否已经向社会公告
    pub public: bool,
    /// 是否轮到申请人：可以申请或者放弃
    pub your_turn: bool,
    /// 请申请人做什么
    pub advice: String,
}

/// How the hearing of this case stands; `None`: there is nothing to say of one.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn hearing(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<Option<HearingView>> {
    let Some(hearing) = row.case.handling().and_then(|it| it.hearing.as_ref()) else { return Ok(None) };
    let open = hearing.open_until(ctx.now.legal_date());
    let (mut place, mut presider) = (String::new(), String::new());
    if let Some(sitting) = &hearing.sitting {
        let text = app.vault.open(&subject(row.id), &sitting.place).await?;
        place = String::from_utf8(text).map_err(Error::internal)?;
        presider = identity::person_name(app, sitting.presider).await?;
    }
    let open_words = open.map(view::due).unwrap_or_default();
    let advice = match open {
        Some(_) if hearing.waived.is_none() => {
            format!(
                "本机关作出决定前，您有权要求举行听证。要求听证的，请在{open_words}前提出；不需要的，可以放弃。申请人、利害关系人不承担组织听证的费用。"
            )
        }
        _ => String::new(),
    };
    Ok(Some(HearingView {
        standing: standing(hearing, open.is_some()).to_owned(),
        ask_by: hearing.told.map(|it| view::due(it.ask_by)).unwrap_or_default(),
        others: hearing.told.is_some_and(|it| it.others),
        at: hearing.sitting.as_ref().map(|it| it.at.zh()).unwrap_or_default(),
        place,
        presider,
        public: hearing.sitting.as_ref().is_some_and(|it| it.public),
        your_turn: !advice.is_empty(),
        advice,
    }))
}

fn standing(hearing: &Hearing, open: bool) -> &'static str {
    match (&hearing.ended, &hearing.sitting) {
        (Some((_, HearingEnd::Held)), _) => "听证已经举行，决定根据听证笔录作出",
        (Some((_, HearingEnd::Dropped)), _) => "听证已经终止",
        (None, Some(it)) => match it.recusal {
            Recusal::None => "听证的时间、地点和主持人已经通知",
            Recusal::Asked => "已申请主持人回避，等候答复",
            Recusal::Refused => "回避申请已经答复，主持人不变",
        },
        (None, None) if hearing.begun.is_some() => "将举行听证，时间和地点另行通知",
        (None, None) if hearing.waived.is_some() && !open => "申请人放弃听证",
        (None, None) if hearing.waived.is_some() => "申请人放弃听证，利害关系人仍可以在期限内申请",
        (None, None) if open => "已告知听证权利，等候申请",
        (None, None) => "申请听证的期限已满，没有人申请",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_hearing_is_legal_time_and_anything_else_is_told_at_its_field() {
        for wrong in [
            "",
            "2026-03-20",
            "明天上午",
            "2026-02-30T09:00",
            "2026-03-20T24:00",
            "2026-03-20T09:60",
            "2026-03-20T九点",
        ] {
            let Err(Error::Invalid(faults)) = moment(wrong) else { panic!("{wrong} was taken") };
            assert_eq!(faults[0].field, "held_at");
        }
        for right in ["2026-03-20T09:30", " 2026-03-20 09:30:00"] {
            assert_eq!(moment(right).unwrap().zh(), "2026年3月20日 09:30", "{right}");
        }
    }
}
