//! Acts between acceptance and decision: review, return, special procedures, the extension, owed material, and reckoning anew.

use super::{
    event::{Dues, Fact},
    hearing::Hearing,
    machine::{Doing, codes},
    refusal::{Cause, Refusal},
    rules::{EXTENSION_DAYS_MAX, HEARING},
    site_check::Exhibit,
    state::{Handling, State, Stop},
    text::Slot,
    weighing::Weighed,
};
use standards::{Calendar, CalendarError, Due, Limit, Suspension};
use time::Date;

impl Doing<'_> {
    pub(super) fn recommend(&mut self, favour: bool, opinion: &str, weighed: &Weighed) -> Result<(), Refusal> {
        self.check_confirmed()?;
        let opinion = self.text(Slot::Opinion, opinion)?;
        let weighed = self.weighed(favour, weighed)?;
        self.push(Fact::Recommended { favour, opinion, weighed })
    }

    pub(super) fn return_back(&mut self, reason: &str) -> Result<(), Refusal> {
        let reason = self.text(Slot::Reason, reason)?;
        self.push(Fact::Returned { reason })
    }

    pub(super) fn start_special(&mut self, name: &str, days: u32, reason: &str) -> Result<(), Refusal> {
        let rules = self.setting.rules;
        if name == HEARING {
            let reason = "听证有专门的程序：申请人、利害关系人可以要求听证的，「告知听证权利」；依法应当听证的，「决定举行听证」。";
            return Err(Refusal::new(Cause::Input("name"), reason).under("行政许可法第四十六条、第四十七条"));
        }
        let open = self.case.handling().and_then(|it| it.hearing.as_ref()?.open_until(self.today()));
        if let Some(until) = open {
            let reason = format!("申请听证的期限到 {until}，期限届满之前不能启动其他特别程序。");
            return Err(Refusal::new(Cause::Time, reason).under("行政许可法第四十七条"));
        }
        let Some(days_max) = rules.special_days_max(name) else {
            let names = rules.special_names().join("、");
            return Err(Refusal::new(
                Cause::Input("name"),
                format!("本事项没有名为「{name}」的特别程序。可以启动的有：{names}。"),
            )
            .under(self.line.law));
        };
        if days == 0 || days > days_max {
            return Err(Refusal::new(
                Cause::Input("days"),
                format!("「{name}」所需时间应为 1 至 {days_max} 个工作日，并书面告知申请人。"),
            )
            .under(self.line.law));
        }
        let reason = self.text(Slot::Reason, reason)?;
        let from = self.today();
        let expected_end = self.setting.calendar.due(from, Limit::working_days(days), &[])?;
        self.push(Fact::SpecialStarted { name: name.to_owned(), from, days, expected_end, reason })
    }

    pub(super) fn end_special(&mut self, result: &str, files: &[Exhibit]) -> Result<(), Refusal> {
        if self.case.handling().and_then(|it| it.hearing.as_ref()).is_some_and(Hearing::runs) {
            let reason = "正在进行的是听证，请「登记听证笔录」；申请人撤回听证申请的，「终止听证」。";
            return Err(Refusal::new(Cause::Rule, reason).under(self.line.law));
        }
        let result = self.text(Slot::Result, result)?;
        let (stop, promised_due, statutory_due) = self.dues_after_stop()?;
        self.push(Fact::SpecialEnded { stop, promised_due, statutory_due, result, files: files.to_vec() })
    }

    /// The days of the special procedure that ends today, and the due days that follow.
    pub(super) fn dues_after_stop(&self) -> Result<(Stop, Due, Due), Refusal> {
        let State::Suspended { handling, special, .. } = &self.case.state else { return Err(self.astray()) };
        let stop = Stop { from: special.from, to: self.today() };
        let mut stops = handling.stops.clone();
        stops.push(stop);
        let (promised_due, statutory_due) = self.decision_dues(&Handling { stops, ..handling.clone() })?;
        Ok((stop, promised_due, statutory_due))
    }

    pub(super) fn extend(&mut self, days: u32, reason: &str) -> Result<(), Refusal> {
        let law = self.line.law;
        let refuse = |cause, reason: String| Err(Refusal::new(cause, reason).under(law));
        let State::InHand { handling, .. } = &self.case.state else { return Err(self.astray()) };
        let days_max = self.setting.rules.extension_days_max.min(EXTENSION_DAYS_MAX);
        if days_max == 0 {
            return refuse(Cause::Rule, "本事项不允许延长办理期限，请在期限内作出决定。".to_owned());
        }
        if let Some(extension) = handling.extension {
            let (day, days) = (extension.granted.at.zh_date(), extension.days);
            return refuse(
                Cause::Rule,
                format!("办理期限只能延长一次，本办件已于{day}延长 {days} 个工作日。请在期限内作出决定。"),
            );
        }
        if days == 0 || days > days_max {
            return refuse(Cause::Input("days"), format!("延长期限应为 1 至 {days_max} 个工作日。"));
        }
        if self.today() > handling.statutory_due.value() {
            let due = handling.statutory_due;
            return refuse(
                Cause::Time,
                format!("法定办结期限已于 {due} 届满，期限届满后不能延长。请尽快作出决定，并说明超期原因。"),
            );
        }
        // A promise that was broken already is not mended by an extension.
        let promised_moved = self.today() <= handling.promised_due.value();
        let further = |due: Due| extended(self.setting.calendar, due, days, &suspensions(&handling.stops));
        let promised_due = if promised_moved { further(handling.promised_due)? } else { handling.promised_due };
        let statutory_due = further(handling.statutory_due)?;
        let reason = self.text(Slot::Reason, reason)?;
        self.push(Fact::Extended { days, promised_moved, promised_due, statutory_due, reason })
    }

    pub(super) fn supply_owed(&mut self, materials: &[String]) -> Result<(), Refusal> {
        let materials = codes("materials", materials)?;
        let owed = self.case.handling().map(|it| it.owed.clone()).unwrap_or_default();
        let name = |code| self.setting.rules.material_name(code);
        if owed.is_empty() {
            return Err(Refusal::new(Cause::Rule, "本办件没有尚待补交的容缺材料。"));
        }
        if materials.is_disjoint(&owed) {
            let names: Vec<_> = owed.iter().map(|code| name(code)).collect();
            return Err(Refusal::new(
                Cause::Input("materials"),
                format!("提交的不是所欠的材料。尚待补交：{}。", names.join("、")),
            ));
        }
        self.push(Fact::OwedSupplied { materials })
    }

    /// Reckons every open date anew; an event only where one changes.
    pub(super) fn reckon(&mut self) -> Result<(), Refusal> {
        let (rules, calendar) = (self.setting.rules, self.setting.calendar);
        let mut dues = Dues::default();
        match &self.case.state {
            State::Filed { intake } | State::Received { intake, .. } | State::Resupplied { intake, .. } => {
                dues.acceptance = changed(intake.due, calendar.due(intake.since, rules.acceptance, &[])?);
            }
            State::CorrectionAsked { correction, .. } => {
                if let (Some(old), Some(limit)) = (correction.answer_due, rules.correction) {
                    dues.answer = changed(old, calendar.due(correction.asked.at.legal_date(), limit, &[])?);
                }
            }
            State::InHand { handling, .. } => {
                let (promised, statutory) = self.decision_dues(handling)?;
                dues.promised = changed(handling.promised_due, promised);
                dues.statutory = changed(handling.statutory_due, statutory);
                dues.owed = self.owed_due(handling)?;
                if let Some(told) = handling.hearing.as_ref().filter(|it| it.begun.is_none()).and_then(|it| it.told) {
                    let due = calendar.due(told.by.at.legal_date(), rules.hearing_ask, &[])?;
                    dues.hearing = changed(told.ask_by, due);
                }
            }
            State::Suspended { handling, special, .. } => {
                // An announced sitting has its day.
                if handling.hearing.as_ref().filter(|it| it.runs()).is_none_or(|it| it.sitting.is_none()) {
                    let end = calendar.due(special.from, Limit::working_days(special.days), &[])?;
                    dues.special = changed(special.expected_end, end);
                }
                dues.owed = self.owed_due(handling)?;
            }
            State::Decided { handling, decision } => {
                let due = calendar.due(decision.decided.at.legal_date(), rules.delivery, &[])?;
                dues.delivery = changed(decision.delivery_due, due);
                dues.owed = self.owed_due(handling)?;
            }
            State::Issued { decision, .. } => {
                let due = calendar.due(decision.decided.at.legal_date(), rules.delivery, &[])?;
                dues.delivery = changed(decision.delivery_due, due);
            }
            State::Delivered { .. }
            | State::Closed { .. }
            | State::Unaccepted { .. }
            | State::Withdrawn { .. }
            | State::Revoked { .. } => {}
        }
        if dues == Dues::default() { Ok(()) } else { self.push(Fact::ClocksReckoned(dues)) }
    }

    /// The promised and the statutory day, with every special procedure that is over and the extension.
    fn decision_dues(&self, handling: &Handling) -> Result<(Due, Due), CalendarError> {
        let (rules, on) = (self.setting.rules, handling.accepted_on);
        let moved = handling.extension.filter(|it| it.promised_moved);
        let promised = self.decision_due(on, rules.promised, &handling.stops, moved.map(|it| it.days))?;
        let whole = handling.extension.map(|it| it.days);
        Ok((promised, self.decision_due(on, rules.statutory, &handling.stops, whole)?))
    }

    fn decision_due(&self, on: Date, limit: Limit, stops: &[Stop], more: Option<u32>) -> Result<Due, CalendarError> {
        let stops = suspensions(stops);
        let due = self.setting.calendar.due(on, limit, &stops)?;
        more.map_or(Ok(due), |days| extended(self.setting.calendar, due, days, &stops))
    }

    fn owed_due(&self, handling: &Handling) -> Result<Option<Due>, CalendarError> {
        match (handling.owed_due, self.setting.rules.owed) {
            (Some(old), Some(limit)) if !handling.owed.is_empty() => {
                let on = handling.accepted.at.legal_date();
                Ok(changed(old, self.setting.calendar.due(on, limit, &[])?))
            }
            _ => Ok(None),
        }
    }
}

/// So many working days after a due day; as uncertain as that day is.
fn extended(calendar: &Calendar, due: Due, days: u32, stops: &[Suspension]) -> Result<Due, CalendarError> {
    let further = calendar.due(due.value(), Limit::working_days(days), stops)?;
    Ok(if due.is_provisional() { Due::Provisional(further.value()) } else { further })
}

fn changed(old: Due, new: Due) -> Option<Due> {
    (old != new).then_some(new)
}

/// The stops as the calendar takes them.
pub(super) fn suspensions(stops: &[Stop]) -> Vec<Suspension> {
    stops.iter().filter_map(|stop| stop.suspension()).collect()
}
