//! A mistake is mended in the open: by a superior, by name, with a reason, the last decisive act first, before delivery.

use super::names::*;
use super::story::{Story, at, by, good, rules, words};
use standards::{Calendar, Due};
use time::macros::date;

/// Undoes what can be undone, as the head.
fn undo(story: &mut Story) {
    let act = story.fitting(good(ActKind::Annul));
    story.does(Role::Head, &act);
}

fn number(story: &Story) -> u32 {
    story.case.before.as_ref().expect("something can be undone").number
}

#[test]
fn without_a_superior_a_reason_and_the_last_act_by_its_number_nothing_is_undone() {
    let calendar = Calendar::published();
    let mut story = at(Stage::Approved, rules(), &calendar);
    let right = number(&story);
    let annul = |number, reason: &str| Act::Annul { number, reason: words(reason) };
    for (role, act, says) in [
        (Role::Decide, annul(right, "审核有误"), "应由负责人办理"),
        (Role::System, annul(right, "审核有误"), "应由负责人办理"),
        (Role::Head, annul(right, " "), "必须写明原因"),
        (Role::Head, annul(right - 1, "审核有误"), "只能撤销最近一次"),
        (Role::Head, annul(99, "审核有误"), "「准予通过」"),
    ] {
        let refusal = story.refusal(role, &act);
        assert!(refusal.reason.contains(says), "{refusal}");
    }
    // Who decided does not undo the own decision, whatever other post he or she holds.
    let both = By::officer(story.case.decision().unwrap().decided.person.unwrap(), &[Role::Decide, Role::Head]);
    let refusal = story.clone().try_act(&annul(right, "审核有误"), &both).unwrap_err();
    assert!(refusal.reason.contains("不能自己撤销自己的办理"), "{refusal}");
    let offers = story.case.offers(&both, &rules(), date!(2026 - 03 - 03));
    assert!(offers.iter().all(|it| it.act != ActKind::Annul));
}

#[test]
fn what_was_delivered_is_revoked_by_another_decision_and_says_so() {
    let calendar = Calendar::published();
    for stage in [Stage::Delivered, Stage::Closed] {
        let refusal = at(stage, rules(), &calendar).refusal(Role::Head, &good(ActKind::Annul));
        assert_eq!((refusal.cause, refusal.law), (Cause::State, Some("行政许可法第六十九条")), "{refusal}");
        assert!(refusal.reason.contains("另行作出撤销决定"), "{refusal}");
    }
    for stage in [Stage::Withdrawn, Stage::NotAccepted] {
        assert!(
            at(stage, rules(), &calendar).refusal(Role::Head, &good(ActKind::Annul)).reason.contains("重新提交申请")
        );
    }
}

#[test]
fn act_by_act_a_case_goes_back_the_way_it_came_and_the_record_keeps_all_of_it() {
    let calendar = Calendar::published();
    let mut story = at(Stage::Issued, rules(), &calendar);
    let before = story.events.len();
    for stage in [Stage::Approved, Stage::ForDecision, Stage::UnderReview, Stage::Received] {
        undo(&mut story);
        assert_eq!(story.stage(), stage);
    }
    assert_eq!(story.events.len(), before + 4, "nothing was taken out");
    assert_eq!(story.case.annulled.len(), 4);
    assert_eq!(Case::replay(&story.events).unwrap(), story.case);
    assert!(story.refusal(Role::Head, &good(ActKind::Annul)).cause == Cause::State);
    for kind in [ActKind::Accept, ActKind::StartReview, ActKind::Recommend, ActKind::Refuse] {
        story.then(kind);
    }
    assert_eq!(story.stage(), Stage::Refused);
    undo(&mut story);
    assert_eq!((story.stage(), story.case.decision()), (Stage::ForDecision, None));
}

#[test]
fn what_began_something_of_its_own_ends_the_undoing_of_what_came_before() {
    let calendar = Calendar::published();
    let mut returned = at(Stage::ForDecision, rules(), &calendar);
    returned.then(ActKind::Return);
    assert!(returned.refusal(Role::Head, &good(ActKind::Annul)).reason.contains("没有可以撤销的办理"));
    let mut paused = at(Stage::UnderReview, rules(), &calendar);
    paused.then(ActKind::StartSpecial);
    assert!(paused.refusal(Role::Head, &good(ActKind::Annul)).reason.contains("特别程序中"));
    paused.then(ActKind::EndSpecial);
    assert!(paused.refusal(Role::Head, &good(ActKind::Annul)).reason.contains("没有可以撤销的办理"));
    let mut asked = at(Stage::Accepted, rules(), &calendar);
    asked.then(ActKind::AskExtension);
    assert!(asked.case.undoable().is_none());
    // By law accepted is nobody's act.
    let mut deemed = Story::begin(&calendar);
    deemed.on(date!(2026 - 03 - 10)).then(ActKind::DeemAccepted);
    assert!(deemed.case.undoable().is_none());
}

#[test]
fn the_days_go_on_as_if_the_mistake_had_not_been_and_what_came_in_stays_in() {
    let calendar = Calendar::published();
    let mut story = at(Stage::ApprovedOwing, rules(), &calendar);
    let due = story.case.handling().unwrap().statutory_due;
    story.on(date!(2026 - 03 - 16)).then(ActKind::SupplyOwed);
    undo(&mut story);
    let handling = story.case.handling().unwrap();
    assert_eq!((story.stage(), handling.statutory_due), (Stage::ForDecision, due), "an error extends no limit");
    assert!(handling.owed.is_empty() && story.case.materials.contains("B"), "what was supplied is not owed again");
    let Some(Face::Running { left, .. }) = story.faces().statutory else { panic!() };
    assert_eq!(left.value(), 10, "the days meanwhile count");
    story.then(ActKind::Approve);
    assert_eq!(story.stage(), Stage::Approved);
    let mut early = at(Stage::Accepted, rules(), &calendar);
    undo(&mut early);
    let Some(Face::Running { due, .. }) = early.faces().acceptance else { panic!() };
    assert_eq!(due, Due::Fixed(date!(2026 - 03 - 09)), "the five days run from the materials, as ever");
}

#[test]
fn the_applicant_is_told_by_a_paper_of_what_it_had_been_told_and_of_an_opinion_nothing() {
    let calendar = Calendar::published();
    for (stage, paper) in [
        (Stage::Accepted, true),
        (Stage::ForDecision, false),
        (Stage::Approved, true),
        (Stage::Refused, true),
        (Stage::Issued, true),
    ] {
        let mut story = at(stage, rules(), &calendar);
        undo(&mut story);
        let last = story.events.last().unwrap();
        assert_eq!(last.paper() == Some(PaperKind::AnnulmentNotice), paper, "{stage:?}");
        assert_eq!(crate::model::notice::told(&last.fact).is_some(), paper, "{stage:?}");
        assert_eq!((last.role, last.person), (Role::Head, by(Role::Head).person));
    }
}

#[test]
fn a_record_in_which_something_else_was_undone_is_noticed() {
    let calendar = Calendar::published();
    let mut story = at(Stage::Approved, rules(), &calendar);
    let whole = story.case.clone();
    undo(&mut story);
    let event = story.events.last().unwrap();
    let Fact::Annulled { number, kind, of, told, dues, reason } = event.fact.clone() else { panic!() };
    for (number, kind) in [(number - 1, kind.clone()), (number, words("cases.refused"))] {
        let (dues, reason) = (dues.clone(), reason.clone());
        let fact = Fact::Annulled { number, kind, of, told, dues, reason };
        assert!(whole.clone().apply(&Event { fact, ..event.clone() }).is_err());
    }
    assert!(story.case.clone().apply(event).is_err(), "not twice");
}
