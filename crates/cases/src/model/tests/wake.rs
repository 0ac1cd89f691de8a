//! What follows by itself, and what never does.

use super::names::*;
use super::story::{Story, at, rules};
use standards::{Calendar, Due};
use time::macros::date;

#[test]
fn only_what_has_a_rule_follows_by_itself() {
    let calendar = Calendar::published();
    for stage in Stage::ALL {
        let act = at(stage, rules(), &calendar).case.wake().map(|it| it.act);
        let expected = match stage {
            Stage::Filed | Stage::Received | Stage::Resupplied => Some(Act::DeemAccepted),
            Stage::CorrectionAsked => Some(Act::Lapse),
            Stage::Delivered => Some(Act::Close),
            _ => None,
        };
        assert_eq!(act, expected, "{stage:?}");
    }
    let unlimited = Rules { correction: None, ..rules() };
    assert_eq!(at(Stage::CorrectionAsked, unlimited, &calendar).case.wake(), None, "no time to answer, no lapse");
}

#[test]
fn what_follows_by_itself_is_refused_to_the_platform_until_its_day_is_past() {
    let calendar = Calendar::published();
    for stage in [Stage::Filed, Stage::CorrectionAsked, Stage::Delivered] {
        let mut story = at(stage, rules(), &calendar);
        let wake = story.case.wake().expect("something follows");
        let last = wake.after.fixed().expect("a certain day");
        assert_eq!(story.on(last).refusal(Role::System, &wake.act).cause, Cause::Time, "{stage:?} on {last}");
        story.on(last.next_day().unwrap()).does(Role::System, &wake.act);
        assert_eq!(story.case.wake(), None, "{stage:?}: once is enough");
    }
}

#[test]
fn what_was_delivered_by_public_notice_is_closed_by_the_desk_alone() {
    let calendar = Calendar::published();
    let mut story = at(Stage::Issued, rules(), &calendar);
    story.does(Role::Issue, &Act::Deliver { way: DeliveryWay::PublicNotice, proof: String::new() });
    assert_eq!(story.case.wake(), None);
    assert!(story.on(date!(2026 - 12 - 01)).refusal(Role::System, &Act::Close).reason.contains("公告送达"));
    assert!(story.case.offers(&By::system(), &rules(), date!(2026 - 12 - 01)).is_empty());
    story.does(Role::Issue, &Act::Close);
    assert_eq!(story.stage(), Stage::Closed);
}

#[test]
fn an_answer_due_on_a_provisional_day_does_not_lapse() {
    let calendar = Calendar::published();
    let mut story = Story::filed(rules(), &calendar, date!(2026 - 12 - 28), &["A"]);
    story.then(ActKind::AskCorrection);
    let wake = story.case.wake().expect("an answer is due");
    assert!(matches!(wake.after, Due::Provisional(_)), "{:?}", wake.after);
    assert!(story.on(date!(2027 - 03 - 01)).refusal(Role::System, &wake.act).reason.contains("暂定"));
    assert!(story.refusal(Role::Accept, &wake.act).reason.contains("暂定"));
}
