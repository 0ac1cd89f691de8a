//! 下级初审 (行政许可法 arts. 35 and 43): the lower organ accepts and examines, in twenty days of its own; the upper decides and asks nothing twice.

use super::names::*;
use super::story::{Story, at, by, good, rules, way_to, words};
use standards::{Calendar, Due, Limit};
use time::macros::date;

/// The same licence, examined by a lower organ first.
fn below() -> Rules {
    Rules { preliminary: Some(Limit::working_days(20)), ..rules() }
}

fn hand_up(opinion: &str) -> Act {
    Act::HandUp { favour: false, opinion: words(opinion) }
}

fn due(story: &Story) -> Due {
    story.case.preliminary_due().unwrap()
}

#[test]
fn before_the_papers_are_handed_up_nothing_is_done_that_the_upper_organ_decides() {
    let calendar = Calendar::published();
    for stage in [Stage::Accepted, Stage::UnderReview] {
        let mut story = at(stage, below(), &calendar);
        let before = story.case.clone();
        for kind in [
            ActKind::Recommend,
            ActKind::TellHearing,
            ActKind::AskHearing,
            ActKind::CallHearing,
            ActKind::AskExtension,
            ActKind::Extend,
            ActKind::Approve,
            ActKind::Refuse,
        ] {
            let Some(line) = TABLE.iter().find(|it| it.act == kind && it.from.contains(&stage)) else { continue };
            if line.at_once {
                continue;
            }
            let Hands::One(roles) = line.hands else { panic!("one post") };
            let refusal = story.refusal(roles[0], &good(kind));
            assert!(refusal.to_string().contains("行政许可法第三十五条"), "{kind:?}: {refusal}");
            let offers = story.case.offers(&by(roles[0]), &below(), date!(2026 - 03 - 02));
            assert!(offers.iter().all(|it| it.act != kind), "{kind:?} is not offered");
        }
        assert_eq!(story.case, before);
    }
    // Nor is anything decided at one sitting.
    let at_once = Rules { preliminary: below().preliminary, ..super::story::at_once_rules() };
    let mut story = Story::filed(at_once, &calendar, date!(2026 - 03 - 02), &["A", "B"]);
    let refusal = story.try_act(&good(ActKind::HandleAtOnce), &super::story::every_post()).unwrap_err();
    assert!(refusal.reason.contains("先由下级机关审查"), "{refusal}");
}

#[test]
fn what_nobody_examines_first_is_not_handed_up_and_nothing_is_handed_up_twice_or_without_words() {
    let calendar = Calendar::published();
    let refusal = at(Stage::UnderReview, rules(), &calendar).refusal(Role::Review, &hand_up("同意"));
    assert!(refusal.reason.contains("不需要先由下级机关审查"), "{refusal}");
    let mut story = at(Stage::UnderReview, below(), &calendar);
    for role in Role::ALL.into_iter().filter(|it| *it != Role::Review) {
        assert_eq!(story.refusal(role, &hand_up("同意")).cause, Cause::Role, "{role:?}");
    }
    assert_eq!(story.refusal(Role::Review, &hand_up("  ")).cause, Cause::Input("opinion"));
    assert_eq!(story.refusal(Role::Review, &hand_up(&"长".repeat(4_001))).cause, Cause::Input("opinion"));
    story.does(Role::Review, &hand_up("材料齐全")).does(Role::Review, &Act::StartReview);
    let again = story.refusal(Role::Review, &hand_up("材料齐全"));
    assert!(again.reason.contains("已经报送上级机关"), "{again}");
}

#[test]
fn the_upper_organ_asks_the_applicant_for_nothing_that_was_handed_up() {
    let calendar = Calendar::published();
    let mut story = at(Stage::UnderReview, below(), &calendar);
    story.does(Role::Review, &hand_up("材料齐全"));
    assert_eq!(story.stage(), Stage::Accepted);
    assert!(story.case.handed_up().is_some_and(|it| !it.favour && it.opinion == "act.5.opinion"));
    for act in [ActKind::StartReview, ActKind::Recommend] {
        let refusal = story.refusal(Role::Accept, &good(ActKind::AskCorrection));
        assert_eq!(refusal.law, Some("行政许可法第三十五条"), "{refusal}");
        assert!(refusal.reason.contains("不能要求申请人重复提供"), "{refusal}");
        story.then(act);
    }
    // What the lower organ did is not undone from above: the upper decides.
    assert!(story.case.undoable().is_none_or(|it| it.kind == "cases.recommended"));
    story.then(ActKind::Approve);
    assert_eq!(story.stage(), Stage::Approved);
}

#[test]
fn the_lower_organ_has_twenty_days_from_acceptance_which_stand_in_a_special_procedure_and_the_other_clocks_run_on() {
    let calendar = Calendar::published();
    let mut story = Story::filed(below(), &calendar, date!(2026 - 03 - 02), &["A", "B"]);
    assert!(story.faces().preliminary.is_none(), "it runs from acceptance");
    story.then(ActKind::Accept).then(ActKind::StartReview);
    let plain = calendar.due(date!(2026 - 03 - 02), Limit::working_days(20), &[]).unwrap();
    assert_eq!(due(&story), plain);
    story.does(Role::Review, &Act::StartSpecial { name: words("检验"), days: 3, reason: words("抽样") });
    assert!(matches!(story.faces().preliminary, Some(Face::Suspended { .. })));
    story.on(date!(2026 - 03 - 06)).then(ActKind::EndSpecial);
    assert!(due(&story).value() > plain.value(), "the days of the procedure do not count");
    let whole = due(&story);
    story.on(whole.value().next_day().unwrap());
    assert_eq!(story.alarm().preliminary, Level::Red);
    let statutory = story.case.handling().unwrap().statutory_due;
    story.does(Role::Review, &hand_up("迟了"));
    assert!(matches!(story.faces().preliminary, Some(face) if face.is_late()), "late stays late");
    assert_eq!(story.case.handling().unwrap().statutory_due, statutory, "the clock of the law keeps its rule");
    assert!(matches!(story.faces().statutory, Some(Face::Running { .. })));
    // Before there was such a review nobody wrote of it.
    let mut plain = Story::begin(&calendar);
    plain.then(ActKind::Accept);
    assert!(!plain.events.last().unwrap().body().unwrap().contains("preliminary"));
}

#[test]
fn an_application_that_nobody_answered_is_accepted_by_law_at_the_lower_organ_too() {
    let calendar = Calendar::published();
    let mut story = Story::filed(below(), &calendar, date!(2026 - 03 - 02), &["A"]);
    story.on(date!(2026 - 03 - 16)).then(ActKind::DeemAccepted);
    let handling = story.case.handling().unwrap();
    assert!(handling.deemed && handling.is_examined_below());
    assert_eq!(due(&story), calendar.due(date!(2026 - 03 - 02), Limit::working_days(20), &[]).unwrap());
    assert!(way_to(Stage::Accepted).contains(&ActKind::Accept));
}
