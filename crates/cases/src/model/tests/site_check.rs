//! Checks on site (行政许可法 art. 34, third paragraph): two officers at least, photographs, and the second one's own word.

use super::names::*;
use super::story::{Story, at, by, every_post, found, good, rules, words};
use standards::Calendar;
use time::macros::date;

fn recorded(calendar: &Calendar) -> Story<'_> {
    let mut story = at(Stage::UnderReview, rules(), calendar);
    story.then(ActKind::RecordCheck);
    story
}

#[test]
fn one_officer_alone_no_photograph_or_another_day_is_refused_with_the_article() {
    let calendar = Calendar::published();
    let today = date!(2026 - 03 - 02);
    let rows = [
        (found(3, today), "second", "两名以上工作人员"),
        (Found { photos: Vec::new(), ..found(9, today) }, "photos", "还没有现场照片"),
        (found(9, date!(2026 - 03 - 03)), "checked_on", "不能晚于今天"),
        (found(9, date!(2026 - 02 - 27)), "checked_on", "受理之后"),
        (Found { finding: words(" "), ..found(9, today) }, "finding", "必须写明核查结果"),
        (
            Found { photos: vec![Exhibit { number: 1, sm3: String::new() }; PHOTOS_MAX + 1], ..found(9, today) },
            "photos",
            "最多附 60 张",
        ),
    ];
    for (wrong, field, says) in rows {
        let refusal = at(Stage::UnderReview, rules(), &calendar).refusal(Role::Review, &Act::RecordCheck(wrong));
        assert_eq!(
            (refusal.cause, refusal.law),
            (Cause::Input(field), Some("行政许可法第三十四条第三款")),
            "{refusal}"
        );
        assert!(refusal.reason.contains(says), "{refusal}");
    }
}

#[test]
fn until_the_second_officer_confirms_it_no_opinion_is_given_and_nobody_else_confirms_it() {
    let calendar = Calendar::published();
    let mut story = recorded(&calendar);
    assert!(story.refusal(Role::Review, &good(ActKind::Recommend)).reason.contains("一人核查的结果不能作为依据"));
    assert!(story.refusal(Role::Review, &good(ActKind::ConfirmCheck)).reason.contains("本人确认"));
    let offered = |who: &By, story: &Story| {
        let offers = story.case.offers(who, &rules(), date!(2026 - 03 - 02));
        offers
            .into_iter()
            .map(|it| it.act)
            .filter(|it| matches!(it, ActKind::ConfirmCheck | ActKind::Recommend))
            .collect::<Vec<_>>()
    };
    assert_eq!(offered(&by(Role::Review), &story), []);
    assert_eq!(offered(&every_post(), &story), [ActKind::ConfirmCheck], "the second officer");
    let bare = Act::ConfirmCheck { agrees: false, remark: String::new() };
    assert!(story.try_act(&bare, &every_post()).unwrap_err().reason.contains("必须写明原因"));
    story.try_act(&good(ActKind::ConfirmCheck), &every_post()).unwrap();
    assert!(story.refusal(Role::Review, &good(ActKind::ConfirmCheck)).reason.contains("没有等候确认"));
    story.then(ActKind::Recommend);
    let reviewers = &story.case.handling().unwrap().reviewers;
    assert_eq!(reviewers.len(), 2, "who was on site examined the case");
}

#[test]
fn a_check_that_the_second_officer_denies_or_never_confirms_is_recorded_anew() {
    let calendar = Calendar::published();
    let mut denied = recorded(&calendar);
    let no = Act::ConfirmCheck { agrees: false, remark: words("我没有到场") };
    denied.try_act(&no, &every_post()).unwrap();
    denied.then(ActKind::RecordCheck);
    assert_eq!(denied.case.handling().unwrap().checks.len(), 2, "what was denied stays in the record");
    let mut waiting = recorded(&calendar);
    waiting.then(ActKind::RecordCheck);
    assert_eq!(waiting.case.handling().unwrap().checks.len(), 1);
}

#[test]
fn a_check_stops_no_clock() {
    let calendar = Calendar::published();
    let (mut story, before) = (recorded(&calendar), at(Stage::UnderReview, rules(), &calendar));
    assert_eq!(story.faces(), before.faces());
    story.try_act(&good(ActKind::ConfirmCheck), &every_post()).unwrap();
    assert_eq!(story.faces(), before.faces());
}
