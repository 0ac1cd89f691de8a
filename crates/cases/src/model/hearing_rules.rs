//! What the law says of a hearing (行政许可法 arts. 46–48): when it is asked for and held, who presides, when a decision must wait.

use super::{
    act::Role,
    event::Fact,
    hearing::{Hearing, HearingAct, HearingEnd, Recusal, Sitting},
    kind::ActKind,
    machine::Doing,
    refusal::{Cause, Refusal},
    rules::HEARING,
    site_check::Exhibit,
    state::State,
    text::{Slot, TextRef},
};
use kernel::{Id, Moment, Person};
use standards::Limit;
use time::Date;

/// Working days within which the office organises a hearing that was asked for (art. 47).
pub(crate) const HOLD_DAYS: u32 = 20;
/// Whole working days that lie between the notice of time and place and the sitting (art. 48(1): seven days before; days of the office are
/// working days, art. 82).
pub(crate) const NOTICE_DAYS: u32 = 7;
const ART_47: &str = "行政许可法第四十七条";
const ART_48_1: &str = "行政许可法第四十八条第一款第一项";
const ART_48_3: &str = "行政许可法第四十八条第一款第三项";
const ART_48_5: &str = "行政许可法第四十八条第一款第五项";

impl Doing<'_> {
    pub(super) fn hearing(&mut self, act: &HearingAct) -> Result<(), Refusal> {
        match act {
            HearingAct::Tell { others, reason } => self.tell_hearing(*others, reason),
            HearingAct::Ask { reason } => self.ask_hearing(reason),
            HearingAct::Waive => self.waive_hearing(),
            HearingAct::Call { days, reason } => self.call_hearing(*days, reason),
            HearingAct::Set { at, place, presider, public } => self.set_hearing(*at, place, *presider, *public),
            HearingAct::AskRecusal { reason } => self.ask_recusal(reason),
            HearingAct::AnswerRecusal { granted, reason } => self.answer_recusal(*granted, reason),
            HearingAct::Hold { signed, record, files } => self.hold_hearing(*signed, record, files),
            HearingAct::Drop { reason } => self.drop_hearing(reason),
        }
    }

    fn no(&self, cause: Cause, reason: impl Into<String>) -> Refusal {
        Refusal::new(cause, reason).under(self.line.law)
    }

    fn known(&self) -> Option<Hearing> {
        self.case.handling().and_then(|it| it.hearing.clone())
    }

    /// The hearing that runs.
    fn running(&self) -> Result<Hearing, Refusal> {
        let none = || {
            let reason = "本办件没有正在进行的听证。申请人提出听证申请，或者本机关决定举行听证后，才能办理。";
            self.no(Cause::Rule, reason)
        };
        self.known().filter(Hearing::runs).ok_or_else(none)
    }

    /// The announced sitting of the hearing that runs.
    fn sitting(&self) -> Result<Sitting, Refusal> {
        let none = || self.no(Cause::Rule, "听证的时间、地点和主持人还没有通知。请先「发出听证通知」。");
        self.running()?.sitting.ok_or_else(none)
    }

    fn tell_hearing(&mut self, others: bool, reason: &str) -> Result<(), Refusal> {
        if self.known().is_some() {
            return Err(self.no(Cause::Rule, "听证权利已经告知过，或者已经决定举行听证，不必再告知。"));
        }
        let reason = self.text(Slot::Reason, reason)?;
        let ask_by = self.setting.calendar.due(self.today(), self.setting.rules.hearing_ask, &[])?;
        self.push(Fact::HearingTold { ask_by, others, reason })
    }

    fn ask_hearing(&mut self, reason: &str) -> Result<(), Refusal> {
        let Some(hearing) = self.known() else {
            return Err(self.no(Cause::Rule, "本机关没有告知过听证权利。认为需要听证的，请先向本机关说明。"));
        };
        if hearing.begun.is_some() {
            return Err(self.no(Cause::Rule, "本办件的听证已经申请过，不能再次申请。"));
        }
        if hearing.open_until(self.today()).is_none() {
            let reason = match (hearing.told, hearing.waived) {
                (_, Some(_)) => "已经放弃听证，不能再申请。".to_owned(),
                (Some(told), _) => format!("申请听证的期限已于 {} 届满，不能再申请。", told.ask_by),
                (None, None) => return Err(self.astray()),
            };
            return Err(self.no(Cause::Time, reason).under(ART_47));
        }
        let reason = self.optional_text(Slot::Reason, reason)?;
        self.begin_hearing(HOLD_DAYS, false, reason)
    }

    fn waive_hearing(&mut self) -> Result<(), Refusal> {
        let known = self.known();
        if !Hearing::makes_sense(known.as_ref(), ActKind::WaiveHearing, self.role, self.today()) {
            return Err(self.no(Cause::Rule, "现在没有可以放弃的听证：没有告知、期限已满，或者已经申请、放弃过。"));
        }
        self.push(Fact::HearingWaived {})
    }

    fn call_hearing(&mut self, days: u32, reason: &str) -> Result<(), Refusal> {
        if self.known().is_some_and(|it| it.begun.is_some()) {
            return Err(self.no(Cause::Rule, "本办件已经举行过听证，或者听证正在进行。"));
        }
        let days_max = self.setting.rules.special_days_max(HEARING).unwrap_or(HOLD_DAYS);
        if days == 0 || days > days_max {
            let reason = format!("听证所需时间应为 1 至 {days_max} 个工作日，并书面告知申请人。");
            return Err(self.no(Cause::Input("days"), reason));
        }
        let reason = self.text(Slot::Reason, reason)?;
        self.begin_hearing(days, true, Some(reason))
    }

    fn begin_hearing(&mut self, days: u32, called: bool, reason: Option<TextRef>) -> Result<(), Refusal> {
        let from = self.today();
        let expected_end = self.setting.calendar.due(from, Limit::working_days(days), &[])?;
        self.push(Fact::HearingBegun { called, from, days, expected_end, reason })
    }

    fn set_hearing(&mut self, at: Moment, place: &str, presider: Id<Person>, public: bool) -> Result<(), Refusal> {
        let hearing = self.running()?;
        if hearing.sitting.as_ref().is_some_and(|it| it.recusal == Recusal::Asked) {
            return Err(self.no(Cause::Rule, "有人申请主持人回避，请先「答复回避申请」。"));
        }
        let State::Suspended { handling, special, .. } = &self.case.state else { return Err(self.astray()) };
        let calendar = self.setting.calendar;
        let last_too_soon = calendar.due(self.today(), Limit::working_days(NOTICE_DAYS), &[])?.value();
        let earliest = calendar.due(self.today(), Limit::working_days(NOTICE_DAYS + 1), &[])?.value();
        let hold_by = calendar.due(special.from, Limit::working_days(special.days), &[])?.value();
        let day = at.legal_date();
        if day <= last_too_soon {
            let reason =
                format!("举行听证的 {NOTICE_DAYS} 个工作日前就要通知，今天发出通知的，最早在{}举行。", zh(earliest));
            return Err(self.no(Cause::Input("held_at"), reason).under(ART_48_1));
        }
        // Who is late already holds it as soon as the notice allows.
        let latest = hold_by.max(earliest);
        if day > latest {
            let reason =
                format!("应当在收到听证申请之日起 {} 个工作日内组织听证，最迟在{}举行。", special.days, zh(latest));
            return Err(self.no(Cause::Input("held_at"), reason).under(ART_47));
        }
        let before = handling.hand_of(presider).or_else(|| (self.by.person == Some(presider)).then_some("承办"));
        if let Some(before) = before {
            let reason = format!("听证由审查本申请的人员以外的人主持，所选人员已{before}过本办件，请另选主持人。");
            return Err(self.no(Cause::Input("presider"), reason).under(ART_48_3));
        }
        if hearing.excluded.contains(&presider) {
            let reason = "所选人员已经回避，不能再主持本次听证，请另选主持人。";
            return Err(self.no(Cause::Input("presider"), reason).under(ART_48_3));
        }
        let place = self.text(Slot::Place, place)?;
        self.push(Fact::HearingSet { sits_at: at, presider, public, place })
    }

    fn ask_recusal(&mut self, reason: &str) -> Result<(), Refusal> {
        match self.sitting()?.recusal {
            Recusal::None => {}
            Recusal::Asked => return Err(self.no(Cause::Rule, "已经申请过回避，请等候答复。").under(ART_48_3)),
            Recusal::Refused => {
                let reason = "对这位主持人的回避申请已经答复，不能再次申请。";
                return Err(self.no(Cause::Rule, reason).under(ART_48_3));
            }
        }
        let reason = self.text(Slot::Reason, reason)?;
        self.push(Fact::RecusalAsked { reason })
    }

    fn answer_recusal(&mut self, granted: bool, reason: &str) -> Result<(), Refusal> {
        if self.sitting()?.recusal != Recusal::Asked {
            return Err(self.no(Cause::Rule, "没有等候答复的回避申请。"));
        }
        let reason = self.text(Slot::Reason, reason)?;
        self.push(Fact::RecusalAnswered { granted, reason })
    }

    fn hold_hearing(&mut self, signed: bool, record: &str, files: &[Exhibit]) -> Result<(), Refusal> {
        let sitting = self.sitting()?;
        if sitting.recusal == Recusal::Asked {
            return Err(self.no(Cause::Rule, "有人申请主持人回避，请先「答复回避申请」。").under(ART_48_3));
        }
        if self.today() < sitting.at.legal_date() {
            let reason = format!("听证定于{}举行，还没有到时间，不能登记笔录。", sitting.at.zh());
            return Err(self.no(Cause::Time, reason));
        }
        let record = self.text(Slot::Record, record)?;
        if !signed {
            let reason = "听证笔录应当交听证参加人确认无误后签字或者盖章，请确认后再登记。";
            return Err(self.no(Cause::Input("signed"), reason).under(ART_48_5));
        }
        self.end_hearing(HearingEnd::Held, record, files)
    }

    fn drop_hearing(&mut self, reason: &str) -> Result<(), Refusal> {
        if !self.running()?.may_drop(self.role, self.today()) {
            let reason = match self.role {
                Role::Applicant => "听证不是您申请的，不能由您终止。",
                _ => "听证是申请人申请的，只有申请人撤回申请，或者到了举行的日子没有参加，才能终止。",
            };
            return Err(self.no(Cause::Time, reason));
        }
        let reason = self.text(Slot::Reason, reason)?;
        self.end_hearing(HearingEnd::Dropped, reason, &[])
    }

    fn end_hearing(&mut self, end: HearingEnd, words: TextRef, files: &[Exhibit]) -> Result<(), Refusal> {
        let (stop, promised_due, statutory_due) = self.dues_after_stop()?;
        self.push(Fact::HearingEnded { end, stop, promised_due, statutory_due, words, files: files.to_vec() })
    }

    /// Refuses a decision while the right to a hearing is open, or where the item wants the right told first and nobody did.
    pub(super) fn hearing_settled(&self) -> Result<(), Refusal> {
        let hearing = self.known();
        if let Some(until) = hearing.as_ref().and_then(|it| it.open_until(self.today())) {
            let reason =
                format!("已告知听证权利，申请听证的期限到 {until}。期限届满或者申请人放弃之前，不能作出决定。");
            return Err(Refusal::new(Cause::Time, reason).under(ART_47));
        }
        if hearing.is_none() && self.setting.rules.hearing_first {
            let reason = "本事项作出决定前，应当先告知申请人、利害关系人有权要求听证，或者依法举行听证。";
            return Err(Refusal::new(Cause::Rule, reason).under("行政许可法第四十六条、第四十七条"));
        }
        Ok(())
    }
}

fn zh(day: Date) -> String {
    Moment::start_of(day).zh_date()
}
