//! 撤销错误的办理: a mistake of an officer is mended in the open. A superior, by name and with a reason, undoes the last decisive act of a
//! case before its result is delivered; the case goes back to where it stood before that act, and the act stays in the record.
//!
//! Nothing is deleted: the case keeps, for each decisive act that can still be undone, the state before it. Acts that begin something of their
//! own (a special procedure, a hearing, a check on site, an extension, a return) end that: what came before them is not undone any more.
//! A decision that was delivered is revoked by another decision (行政许可法 art. 69), which is none of this.

use super::{
    event::{Dues, Event, Fact},
    machine::Doing,
    refusal::{Cause, Refusal},
    state::{Case, Mark, State},
    text::Slot,
};
use serde::{Deserialize, Serialize};

/// The state before a decisive act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Before {
    /// The number of the act's event within the case, from 1.
    pub(crate) number: u32,
    /// The kind of that event.
    pub(crate) kind: String,
    /// When and by whom.
    pub(crate) by: Mark,
    /// Where the case stood.
    pub(crate) state: State,
    /// The decisive act before that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<Box<Before>>,
}

/// What a fact does to the acts that can be undone.
enum Effect {
    /// It can be undone itself.
    Decisive,
    /// It goes with the act before it.
    Along,
    /// Nothing before it is undone any more.
    Ends,
}

fn effect(fact: &Fact) -> Effect {
    match fact {
        Fact::Accepted(_)
        | Fact::Recommended { .. }
        | Fact::Approved { .. }
        | Fact::Refused { .. }
        | Fact::Issued { .. } => Effect::Decisive,
        Fact::ReviewStarted {} | Fact::OwedSupplied { .. } | Fact::ClocksReckoned(_) => Effect::Along,
        _ => Effect::Ends,
    }
}

/// What can be undone after this event, on a case that stood in `state` after `events` events; the state is cloned only where it is kept.
pub(super) fn remember(
    before: Option<Box<Before>>,
    event: &Event,
    (state, events): (&State, u32),
) -> Option<Box<Before>> {
    match effect(&event.fact) {
        Effect::Decisive => Some(Box::new(Before {
            number: events.saturating_add(1),
            kind: event.kind().to_owned(),
            by: event.mark(),
            state: state.clone(),
            before,
        })),
        Effect::Along => before,
        Effect::Ends => None,
    }
}

/// The case after its last decisive act was undone; the case back where the event does not fit.
pub(super) fn undo(case: Case, event: &Event) -> Result<Case, Box<Case>> {
    let (Fact::Annulled { number, kind, dues, .. }, Some(before)) = (&event.fact, case.before.clone()) else {
        return Err(Box::new(case));
    };
    if before.number != *number || before.kind != *kind {
        return Err(Box::new(case));
    }
    let state = back(before.state, &case, dues);
    let mut annulled = case.annulled;
    annulled.insert(*number);
    let events = case.events.saturating_add(1);
    Ok(Case { events, at: event.at, state, before: before.before, annulled, ..case })
}

/// The state to which a case goes back: what came in meanwhile stays in, and due days that a notice of holidays moved are moved.
fn back(mut state: State, case: &Case, dues: &Dues) -> State {
    if let State::InHand { handling, .. } | State::Decided { handling, .. } = &mut state {
        handling.owed.retain(|code| !case.materials.contains(code));
    }
    super::apply::reckoned(&mut state, dues);
    state
}

/// What a decisive event of this kind is called.
#[must_use]
pub(crate) fn annulled_words(kind: &str) -> &'static str {
    match kind {
        "cases.accepted" => "受理",
        "cases.recommended" => "提出审核意见",
        "cases.approved" => "准予通过",
        "cases.refused" => "不予通过",
        _ => "制证（制文）",
    }
}

impl Before {
    /// What was done, as the timeline says it.
    #[must_use]
    pub(crate) fn words(&self) -> &'static str {
        annulled_words(&self.kind)
    }

    /// Whether the applicant was told of it, so that it is told that it was undone.
    fn was_told(&self) -> bool {
        self.kind != "cases.recommended"
    }
}

impl Doing<'_> {
    pub(super) fn annul(&mut self, number: u32, reason: &str) -> Result<(), Refusal> {
        let Some(before) = self.case.before.clone() else {
            let reason = "没有可以撤销的办理：最近一次决定以后已经办理了别的手续。需要重新处理的，请退回上一环节，或者依法作出新的决定。";
            return Err(Refusal::new(Cause::Rule, reason).under(self.line.law));
        };
        if before.number != number {
            let reason = format!("只能撤销最近一次决定性的办理：{}「{}」。", before.by.at.zh(), before.words());
            return Err(Refusal::new(Cause::Input("number"), reason).under(self.line.law));
        }
        if self.by.person.is_some() && before.by.person == self.by.person {
            let reason = "这一步是您本人办理的，应当由上级负责人撤销，不能自己撤销自己的办理。";
            return Err(Refusal::new(Cause::Rule, reason).under(self.line.law));
        }
        let reason = self.text(Slot::Reason, reason)?;
        let dues = self.open_dues(&back(before.state.clone(), &self.case, &Dues::default()))?;
        let (told, of) = (before.was_told(), before.by.at);
        self.push(Fact::Annulled { number, kind: before.kind, of, told, dues, reason })
    }
}

impl Case {
    /// The last decisive act, while it can be undone.
    #[must_use]
    pub(crate) fn undoable(&self) -> Option<&Before> {
        self.before.as_deref().filter(|_| !matches!(self.state, State::Suspended { .. }))
    }

    /// Whether the event of this number was undone.
    #[must_use]
    pub(crate) fn is_annulled(&self, number: i64) -> bool {
        u32::try_from(number).is_ok_and(|it| self.annulled.contains(&it))
    }
}
