//! Opinions of other offices: when they can be asked, and how they stand.

use super::names::*;
use super::story::{at, morning, person, rules, words};
use crate::model::opinion::{Answered, OpinionStanding, OpinionState, due_fault, no_opinion};
use kernel::{Id, Moment};
use standards::Calendar;
use time::macros::date;

#[test]
fn an_opinion_is_asked_between_acceptance_and_decision_and_stops_no_clock() {
    let calendar = Calendar::published();
    for stage in Stage::ALL {
        let open = matches!(stage, Stage::Accepted | Stage::UnderReview | Stage::ForDecision | Stage::Suspended);
        let story = at(stage, rules(), &calendar);
        assert_eq!(no_opinion(&story.case).is_none(), open, "{stage:?}");
    }
}

#[test]
fn an_answer_is_asked_for_from_tomorrow_on_and_within_sixty_days() {
    let today = date!(2026 - 03 - 02);
    for (due, says) in [
        (date!(2026 - 03 - 01), Some("今天以后")),
        (date!(2026 - 03 - 02), Some("今天以后")),
        (date!(2026 - 05 - 02), Some("60 天以内")),
        (date!(2026 - 03 - 03), None),
        (date!(2026 - 05 - 01), None),
    ] {
        let fault = due_fault(today, due);
        assert_eq!(fault.is_some(), says.is_some(), "{due}");
        assert!(says.is_none_or(|says| fault.unwrap().contains(says)), "{due}");
    }
}

#[test]
fn an_opinion_is_late_from_the_day_after_its_day_on_answered_or_not() {
    let asked = OpinionState {
        case: words("case"),
        number: 1,
        authority: Id::from_parts(Moment::from_micros(0), [1; 10]),
        asked_by: person(3),
        asked_at: morning(date!(2026 - 03 - 02)),
        due: date!(2026 - 03 - 09),
        files: vec![1],
        question: String::new(),
        answered: None,
        withdrawn: None,
    };
    let answered = |day| {
        let by = Answered { by: person(8), at: morning(day), words: String::new() };
        OpinionState { answered: Some(by), ..asked.clone() }
    };
    let today = date!(2026 - 03 - 20);
    let back = OpinionState { withdrawn: Some(morning(today)), ..asked.clone() };
    for (state, day, standing) in [
        (asked.clone(), date!(2026 - 03 - 09), OpinionStanding::Waiting),
        (asked.clone(), date!(2026 - 03 - 10), OpinionStanding::Late),
        (answered(date!(2026 - 03 - 09)), today, OpinionStanding::InTime),
        (answered(date!(2026 - 03 - 10)), today, OpinionStanding::AnsweredLate),
        (back, today, OpinionStanding::Withdrawn),
    ] {
        assert_eq!(state.standing(day), standing, "{day}");
        assert!(!standing.words().is_empty() && !standing.tone().is_empty());
    }
    assert!(asked.is_open() && !answered(today).is_open());
}
