//! Acts from the decision on: approval, refusal, the sitting at which all is done, issue, delivery and revocation.

use super::{
    act::{AtOnce, DeliveryWay, Grounds, Role},
    event::Fact,
    machine::{Doing, codes},
    refusal::{Cause, Refusal},
    state::Handling,
    text::{Slot, TextRef},
    weighing::Weighed,
};
use kernel::{Id, Person};
use standards::Due;

impl Handling {
    /// What somebody did with the case before its decision, in words: 受理 or 审核.
    #[must_use]
    pub(crate) fn hand_of(&self, person: Id<Person>) -> Option<&'static str> {
        if self.accepted.person == Some(person) {
            Some("受理")
        } else {
            self.reviewers.contains(&person).then_some("审核")
        }
    }
}

impl Doing<'_> {
    pub(super) fn approve(&mut self, opinion: &str, weighed: &Weighed) -> Result<(), Refusal> {
        self.other_hands()?;
        self.hearing_settled()?;
        self.check_confirmed()?;
        let rules = self.setting.rules;
        let owed = &self.handling()?.owed;
        let unexcused: Vec<_> =
            owed.iter().filter(|code| !rules.may_follow(code)).map(|code| rules.material_name(code)).collect();
        if !unexcused.is_empty() {
            return Err(Refusal::new(
                Cause::Rule,
                format!(
                    "还缺少：{}，不能准予通过。请申请人补交；不符合法定条件的，依法作出不予决定。",
                    unexcused.join("、")
                ),
            )
            .under(self.line.law));
        }
        let owing = !owed.is_empty();
        let opinion = self.optional_text(Slot::Opinion, opinion)?;
        let weighed = self.weighed(true, weighed)?;
        let delivery_due = self.delivery_due()?;
        self.push(Fact::Approved { owing, delivery_due, opinion, weighed })
    }

    pub(super) fn refuse(&mut self, grounds: &Grounds, weighed: &Weighed) -> Result<(), Refusal> {
        self.other_hands()?;
        self.hearing_settled()?;
        self.check_confirmed()?;
        let (reasons, law, remedies) = self.grounds(grounds)?;
        let weighed = self.weighed(false, weighed)?;
        let delivery_due = self.delivery_due()?;
        self.push(Fact::Refused { delivery_due, reasons, law, remedies, weighed })
    }

    pub(super) fn handle_at_once(&mut self, it: &AtOnce) -> Result<(), Refusal> {
        self.accept(&it.obtained, &[])?;
        self.approve(&it.opinion, &it.weighed)?;
        if self.handling()?.owed.is_empty() {
            self.issue(&it.documents)?;
        } else {
            return Err(Refusal::new(Cause::Rule, "材料尚未补齐，不能当场办结。请先受理，待材料补齐后再办理。"));
        }
        if let Some(way) = it.delivery {
            self.deliver(way, "")?;
            self.push(Fact::Closed {})?;
        }
        Ok(())
    }

    pub(super) fn issue(&mut self, documents: &[String]) -> Result<(), Refusal> {
        let documents = codes("documents", documents)?.into_iter().collect();
        self.push(Fact::Issued { documents })
    }

    pub(super) fn deliver(&mut self, way: DeliveryWay, proof: &str) -> Result<(), Refusal> {
        let proof = self.optional_text(Slot::Proof, proof)?;
        self.push(Fact::Delivered { way, proof })
    }

    /// The desk closes when it likes; the platform by itself only from the day after delivery.
    pub(super) fn close(&mut self) -> Result<(), Refusal> {
        if self.role == Role::System {
            let certain = self.case.wake().and_then(|it| it.after.fixed());
            if certain.is_none_or(|day| self.today() <= day) {
                return Err(Refusal::new(Cause::Time, "送达次日起系统才自动归档；公告送达的由发证岗归档。".to_owned()));
            }
        }
        self.push(Fact::Closed {})
    }

    pub(super) fn revoke(&mut self, grounds: &Grounds) -> Result<(), Refusal> {
        match self.handling()?.owed_due {
            Some(Due::Fixed(due)) if self.today() > due => {}
            Some(due) => {
                return Err(Refusal::new(
                    Cause::Time,
                    format!("容缺材料的补交期限为 {due}，期限确定并届满之前不能撤销。请提醒申请人按期补交。"),
                ));
            }
            None => return Err(self.astray()),
        }
        let (reasons, law, remedies) = self.grounds(grounds)?;
        self.push(Fact::Revoked { reasons, law, remedies })
    }

    /// 接办分离: who accepted or reviewed the case may not decide it, if the item says so.
    fn other_hands(&self) -> Result<(), Refusal> {
        let Some(person) = self.by.person.filter(|_| self.setting.rules.separate_hands) else { return Ok(()) };
        let Some(before) = self.handling()?.hand_of(person) else { return Ok(()) };
        Err(Refusal::new(
            Cause::Rule,
            format!("本事项实行受理、审核与审批分离，您已{before}过本办件，不能再作决定。请转由其他审批人员办理。"),
        ))
    }

    fn handling(&self) -> Result<&Handling, Refusal> {
        self.case.handling().ok_or_else(|| self.astray())
    }

    fn grounds(&self, grounds: &Grounds) -> Result<(TextRef, TextRef, TextRef), Refusal> {
        let reasons = self.text(Slot::Reasons, &grounds.reasons)?;
        let law = self.text(Slot::Law, &grounds.law)?;
        Ok((reasons, law, self.text(Slot::Remedies, &grounds.remedies)?))
    }

    fn delivery_due(&self) -> Result<Due, Refusal> {
        Ok(self.setting.calendar.due(self.today(), self.setting.rules.delivery, &[])?)
    }
}
