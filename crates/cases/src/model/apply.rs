//! The case as the fold of its events. An event that does not fit is an error, never a guess: the record was altered.

use super::{
    annul,
    event::{Acceptance, Dues, Event, Fact},
    extension, hearing,
    preliminary::{self, Preliminary},
    site_check, special,
    stage::Stage,
    state::{Case, Correction, Decision, Delivered, Handling, Intake, Issued, Mark, Outcome, State, Step, Unaccepted},
};
use std::collections::BTreeSet;

/// An event that does not fit the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// Where the case stood; `None`: there was none yet.
    pub(crate) stage: Option<Stage>,
    /// The kind of the event.
    pub(crate) kind: &'static str,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stage = self.stage.map_or("nothing", Stage::code);
        write!(f, "{} does not follow on {stage}", self.kind)
    }
}

impl std::error::Error for Misfit {}

impl Case {
    /// The case that its first event makes.
    ///
    /// # Errors
    /// An event that is not [`Fact::Filed`].
    pub(crate) fn begin(event: &Event) -> Result<Self, Misfit> {
        let Fact::Filed { channel, materials, acceptance_due } = &event.fact else {
            return Err(Misfit { stage: None, kind: event.kind() });
        };
        let intake = Intake { since: event.at.legal_date(), due: *acceptance_due };
        Ok(Self {
            events: 1,
            at: event.at,
            filed: event.mark(),
            channel: *channel,
            materials: materials.clone(),
            state: State::Filed { intake },
            before: None,
            annulled: BTreeSet::new(),
        })
    }

    /// The case after one more event.
    ///
    /// # Errors
    /// An event that does not fit the state, or is older than the case's last.
    pub(crate) fn apply(self, event: &Event) -> Result<Self, Misfit> {
        let misfit = Misfit { stage: Some(self.stage()), kind: event.kind() };
        if event.at < self.at {
            return Err(misfit);
        }
        if matches!(event.fact, Fact::Annulled { .. }) {
            return annul::undo(self, event).map_err(|_| misfit);
        }
        let before = annul::remember(self.before, event, (&self.state, self.events));
        let mut materials = self.materials;
        match &event.fact {
            Fact::Resupplied { materials: more, .. } | Fact::OwedSupplied { materials: more } => {
                materials.extend(more.iter().cloned());
            }
            Fact::Accepted(acceptance) | Fact::DeemedAccepted(acceptance) => {
                materials.extend(acceptance.obtained.iter().cloned());
            }
            _ => {}
        }
        let mark = event.mark();
        let state = before_acceptance(self.state, &event.fact, mark)
            .or_else(|state| in_hand(*state, &event.fact, mark))
            .or_else(|state| preliminary::fold(*state, &event.fact, mark))
            .or_else(|state| special::fold(*state, &event.fact, mark))
            .or_else(|state| extension::fold(*state, &event.fact, mark))
            .or_else(|state| hearing::fold(*state, &event.fact, mark))
            .or_else(|state| site_check::fold(*state, &event.fact, mark))
            .or_else(|state| after_decision(*state, &event.fact, mark))
            .or_else(|state| at_any_time(*state, &event.fact))
            .map_err(|_| misfit)?;
        let events = self.events.saturating_add(1);
        Ok(Self { events, at: event.at, materials, state, before, ..self })
    }

    /// The case that a whole history makes.
    ///
    /// # Errors
    /// The first event that does not fit, or no event at all.
    pub(crate) fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Self, Misfit> {
        let mut events = events.into_iter();
        let first = events.next().ok_or(Misfit { stage: None, kind: "nothing" })?;
        events.try_fold(Self::begin(first)?, Self::apply)
    }
}

impl Event {
    /// When and by whom.
    #[must_use]
    pub(crate) fn mark(&self) -> Mark {
        Mark { at: self.at, role: self.role, person: self.person }
    }
}

/// A state, or the old one back where the fact belongs elsewhere.
type Next = Result<State, Box<State>>;

fn before_acceptance(state: State, fact: &Fact, mark: Mark) -> Next {
    match (state, fact) {
        (State::Filed { intake }, Fact::Received {}) => Ok(State::Received { intake, received: mark }),
        (
            state @ (State::Filed { .. } | State::Received { .. }),
            Fact::CorrectionAsked { pre_review, about, faults, answer_due },
        ) => {
            let (intake, received, _) = open(state)?;
            let correction = Correction {
                asked: mark,
                pre_review: *pre_review,
                about: about.clone(),
                faults: faults.name.clone(),
                intake,
                answer_due: *answer_due,
                answered: None,
            };
            Ok(State::CorrectionAsked { received, correction })
        }
        (State::CorrectionAsked { received, correction }, Fact::Resupplied { acceptance_due, .. }) => {
            let intake = Intake { since: mark.at.legal_date(), due: *acceptance_due };
            let correction = Correction { answered: Some(mark), ..correction };
            Ok(State::Resupplied { intake, received, correction })
        }
        (State::CorrectionAsked { correction, .. }, Fact::Lapsed {}) => {
            Ok(State::Unaccepted { ended: mark, why: Unaccepted::Lapsed, correction: Some(correction) })
        }
        (State::CorrectionAsked { correction, .. }, Fact::Withdrawn { .. }) => {
            Ok(State::Unaccepted { ended: mark, why: Unaccepted::TakenBack, correction: Some(correction) })
        }
        (state, Fact::NotNeeded { reasons, .. }) => {
            let (_, _, correction) = open(state)?;
            let why = Unaccepted::NotNeeded { reasons: reasons.name.clone() };
            Ok(State::Unaccepted { ended: mark, why, correction })
        }
        (state, Fact::NotAccepted { reasons, office, .. }) => {
            let (_, _, correction) = open(state)?;
            let office = office.as_ref().map(|it| it.name.clone());
            let why = Unaccepted::NotAccepted { reasons: reasons.name.clone(), office };
            Ok(State::Unaccepted { ended: mark, why, correction })
        }
        (state, Fact::Accepted(acceptance)) => accepted(state, acceptance, mark, false),
        (state, Fact::DeemedAccepted(acceptance)) => accepted(state, acceptance, mark, true),
        (state, Fact::Withdrawn { .. }) => {
            let (_, _, correction) = open(state)?;
            Ok(State::Unaccepted { ended: mark, why: Unaccepted::TakenBack, correction })
        }
        (state, _) => Err(Box::new(state)),
    }
}

/// What is known of a case whose time for acceptance runs.
fn open(state: State) -> Result<(Intake, Option<Mark>, Option<Correction>), Box<State>> {
    match state {
        State::Filed { intake } => Ok((intake, None, None)),
        State::Received { intake, received } => Ok((intake, Some(received), None)),
        State::Resupplied { intake, received, correction } => Ok((intake, received, Some(correction))),
        state => Err(Box::new(state)),
    }
}

fn accepted(state: State, acceptance: &Acceptance, mark: Mark, deemed: bool) -> Next {
    let (intake, received, correction) = open(state)?;
    let handling = Handling {
        received,
        correction,
        accepted: mark,
        accepted_on: acceptance.on,
        deemed,
        intake,
        owed: acceptance.owed.clone(),
        owed_due: acceptance.owed_due,
        promised_due: acceptance.promised_due,
        statutory_due: acceptance.statutory_due,
        stops: Vec::new(),
        extension: None,
        extension_asked: None,
        reviewers: BTreeSet::new(),
        hearing: None,
        preliminary: acceptance.preliminary_due.map(|due| Preliminary { due, given: None }),
        checks: Vec::new(),
    };
    Ok(State::InHand { handling, step: Step::Accepted })
}

fn in_hand(state: State, fact: &Fact, mark: Mark) -> Next {
    match (state, fact) {
        (State::InHand { mut handling, step: Step::Accepted }, Fact::ReviewStarted {}) => {
            handling.reviewers.extend(mark.person);
            Ok(State::InHand { handling, step: Step::UnderReview })
        }
        (State::InHand { mut handling, step: Step::UnderReview }, Fact::Recommended { favour, opinion, .. }) => {
            handling.reviewers.extend(mark.person);
            let step = Step::ForDecision { favour: *favour, opinion: opinion.name.clone() };
            Ok(State::InHand { handling, step })
        }
        (State::InHand { handling, step: Step::ForDecision { .. } }, Fact::Returned { .. }) => {
            Ok(State::InHand { handling, step: Step::UnderReview })
        }
        (State::InHand { handling, step: Step::UnderReview }, Fact::Returned { .. }) => {
            Ok(State::InHand { handling, step: Step::Accepted })
        }
        (State::InHand { handling, .. } | State::Suspended { handling, .. }, Fact::Withdrawn { .. }) => {
            Ok(State::Withdrawn { ended: mark, handling })
        }
        (State::InHand { handling, .. }, Fact::Approved { owing, delivery_due, .. }) => {
            let outcome = if *owing { Outcome::ApprovedOwing } else { Outcome::Approved };
            Ok(State::Decided { handling, decision: Decision { decided: mark, outcome, delivery_due: *delivery_due } })
        }
        (State::InHand { handling, .. }, Fact::Refused { delivery_due, reasons, law, remedies, .. }) => {
            let outcome = Outcome::Refused {
                reasons: reasons.name.clone(),
                law: law.name.clone(),
                remedies: remedies.name.clone(),
            };
            Ok(State::Decided { handling, decision: Decision { decided: mark, outcome, delivery_due: *delivery_due } })
        }
        (state, _) => Err(Box::new(state)),
    }
}

fn after_decision(state: State, fact: &Fact, mark: Mark) -> Next {
    match (state, fact) {
        (State::Decided { handling, decision }, Fact::Issued { documents })
            if handling.owed.is_empty() && !matches!(decision.outcome, Outcome::Refused { .. }) =>
        {
            let issued = Issued { made: mark, documents: documents.clone() };
            Ok(State::Issued { handling, decision, issued })
        }
        (State::Decided { handling, decision }, Fact::Delivered { way, .. })
            if matches!(decision.outcome, Outcome::Refused { .. }) =>
        {
            Ok(State::Delivered { handling, decision, issued: None, delivered: Delivered { handed: mark, way: *way } })
        }
        (State::Issued { handling, decision, issued }, Fact::Delivered { way, .. }) => {
            let delivered = Delivered { handed: mark, way: *way };
            Ok(State::Delivered { handling, decision, issued: Some(issued), delivered })
        }
        (State::Delivered { handling, decision, issued, delivered }, Fact::Closed {}) => {
            Ok(State::Closed { handling, decision, issued, delivered, closed: mark })
        }
        (State::Decided { handling, decision }, Fact::Revoked { reasons, .. }) => {
            Ok(State::Revoked { ended: mark, handling, decision, reasons: reasons.name.clone() })
        }
        (state, _) => Err(Box::new(state)),
    }
}

/// What changes a case without moving it.
fn at_any_time(mut state: State, fact: &Fact) -> Next {
    match fact {
        Fact::OwedSupplied { materials } => {
            let (State::InHand { handling, .. } | State::Suspended { handling, .. } | State::Decided { handling, .. }) =
                &mut state
            else {
                return Err(Box::new(state));
            };
            handling.owed.retain(|code| !materials.contains(code));
            Ok(state)
        }
        Fact::ClocksReckoned(dues) => {
            if reckoned(&mut state, dues) {
                Ok(state)
            } else {
                Err(Box::new(state))
            }
        }
        _ => Err(Box::new(state)),
    }
}

/// Puts the new dates in; `false` where no clock can run.
pub(super) fn reckoned(state: &mut State, dues: &Dues) -> bool {
    fn put<T: Copy>(place: &mut T, new: Option<T>) {
        if let Some(new) = new {
            *place = new;
        }
    }
    fn put_owed(handling: &mut Handling, dues: &Dues) {
        handling.owed_due = dues.owed.or(handling.owed_due);
    }
    match state {
        State::Filed { intake } | State::Received { intake, .. } | State::Resupplied { intake, .. } => {
            put(&mut intake.due, dues.acceptance);
        }
        State::CorrectionAsked { correction, .. } => correction.answer_due = dues.answer.or(correction.answer_due),
        State::InHand { handling, .. } => {
            put_owed(handling, dues);
            put(&mut handling.promised_due, dues.promised);
            put(&mut handling.statutory_due, dues.statutory);
            if let Some(preliminary) = handling.preliminary.as_mut() {
                put(&mut preliminary.due, dues.preliminary);
            }
            if let Some(told) = handling.hearing.as_mut().and_then(|it| it.told.as_mut()) {
                put(&mut told.ask_by, dues.hearing);
            }
        }
        State::Suspended { handling, special, .. } => {
            put_owed(handling, dues);
            put(&mut special.expected_end, dues.special);
        }
        State::Decided { handling, decision } => {
            put_owed(handling, dues);
            put(&mut decision.delivery_due, dues.delivery);
        }
        State::Issued { decision, .. } => put(&mut decision.delivery_due, dues.delivery),
        State::Delivered { .. }
        | State::Closed { .. }
        | State::Unaccepted { .. }
        | State::Withdrawn { .. }
        | State::Revoked { .. } => return false,
    }
    true
}
