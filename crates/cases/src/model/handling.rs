//! Acts between acceptance and decision: review, return, owed material, and reckoning anew.

use super::{
    event::{Dues, Fact},
    machine::{Doing, codes},
    refusal::{Cause, Refusal},
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
        let dues = self.open_dues(&self.case.state)?;
        if dues == Dues::default() { Ok(()) } else { self.push(Fact::ClocksReckoned(dues)) }
    }

    /// The open dates of a case in this state that are others by the calendar as it is known now.
    pub(super) fn open_dues(&self, state: &State) -> Result<Dues, Refusal> {
        let (rules, calendar) = (self.setting.rules, self.setting.calendar);
        let mut dues = Dues::default();
        match state {
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
                let below = handling.preliminary.as_ref().zip(self.open_preliminary_due(handling, &handling.stops)?);
                dues.preliminary = below.and_then(|(it, due)| changed(it.due, due));
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
        Ok(dues)
    }

    /// The promised and the statutory day, with every special procedure that is over and the extension.
    pub(super) fn decision_dues(&self, handling: &Handling) -> Result<(Due, Due), CalendarError> {
        let (rules, on) = (self.setting.rules, handling.accepted_on);
        let moved = handling.extension.filter(|it| it.promised_moved);
        let promised = self.decision_due(on, rules.promised, &handling.stops, moved.map(|it| it.days))?;
        let whole = handling.extension.map(|it| it.days);
        Ok((promised, self.decision_due(on, rules.statutory, &handling.stops, whole)?))
    }

    fn decision_due(&self, on: Date, limit: Limit, stops: &[Stop], more: Option<u32>) -> Result<Due, CalendarError> {
        let due = self.setting.calendar.due(on, limit, &suspensions(stops))?;
        more.map_or(Ok(due), |days| extended(self.setting.calendar, due, days, stops))
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
pub(super) fn extended(calendar: &Calendar, due: Due, days: u32, stops: &[Stop]) -> Result<Due, CalendarError> {
    let further = calendar.due(due.value(), Limit::working_days(days), &suspensions(stops))?;
    Ok(if due.is_provisional() { Due::Provisional(further.value()) } else { further })
}

fn changed(old: Due, new: Due) -> Option<Due> {
    (old != new).then_some(new)
}

/// The stops as the calendar takes them.
pub(super) fn suspensions(stops: &[Stop]) -> Vec<Suspension> {
    stops.iter().filter_map(|stop| stop.suspension()).collect()
}
