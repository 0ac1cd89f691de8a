//! The one extension (行政许可法 art. 42): proposed, and approved by the head; and nothing moves before that.

use super::names::*;
use super::story::{Story, at, by, good, person, rules, words};
use standards::{Calendar, Due, Limit};
use time::macros::date;

fn ask(days: u32) -> Act {
    Act::Extension(ExtensionAct::Ask { days, reason: words("需要核实") })
}

fn grant(days: u32) -> Act {
    Act::Extension(ExtensionAct::Grant { days, reason: words("需要核实") })
}

fn dues(story: &Story) -> (Due, Due) {
    let handling = story.case.handling().unwrap();
    (handling.promised_due, handling.statutory_due)
}

#[test]
fn an_extension_that_nobody_asked_for_or_approved_moves_no_day() {
    let calendar = Calendar::published();
    let mut story = at(Stage::Accepted, rules(), &calendar);
    let before = dues(&story);
    for role in Role::ALL.into_iter().filter(|it| *it != Role::Head) {
        assert!(story.clone().try_act(&grant(5), &by(role)).is_err(), "{role:?}");
    }
    assert!(story.refusal(Role::Head, &grant(5)).to_string().contains("行政许可法第四十二条第一款"));
    story.does(Role::Decide, &ask(5));
    assert_eq!(dues(&story), before, "asked is not approved");
    assert!(story.refusal(Role::Review, &ask(3)).reason.contains("请等候本机关负责人决定"));
    story.does(Role::Head, &good(ActKind::RefuseExtension));
    assert_eq!(dues(&story), before);
    assert!(story.refusal(Role::Head, &grant(5)).reason.contains("没有等候批准"));
    // What was not approved may be asked for again, as long as there is time.
    story.does(Role::Review, &ask(2)).does(Role::Head, &grant(2));
    assert!(dues(&story).1.value() > before.1.value());
}

#[test]
fn the_head_approves_what_another_asked_for_and_no_more_than_that() {
    let calendar = Calendar::published();
    let mut story = at(Stage::ForDecision, rules(), &calendar);
    let both = By::officer(person(4), &[Role::Decide, Role::Head]);
    story.does(Role::Decide, &ask(4));
    let refusal = story.clone().try_act(&grant(4), &both).unwrap_err();
    assert!(refusal.reason.contains("由您本人提请"), "{refusal}");
    let offered = |by: &By| {
        let offers = story.case.offers(by, &rules(), date!(2026 - 03 - 03));
        offers.iter().any(|it| it.act == ActKind::Extend)
    };
    assert!(!offered(&both) && offered(&by(Role::Head)));
    assert!(story.refusal(Role::Head, &grant(5)).reason.contains("批准的天数不能更多"));
    story.does(Role::Head, &grant(3));
    assert_eq!(dues(&story).1, calendar.due(date!(2026 - 03 - 02), Limit::working_days(23), &[]).unwrap());
    let paper = story.events.last().and_then(Event::paper);
    assert_eq!(paper, Some(PaperKind::ExtensionNotice), "the applicant is told the reasons");
    assert_eq!(story.events.iter().filter_map(Event::paper).filter(|it| *it == PaperKind::ExtensionNotice).count(), 1);
}

#[test]
fn the_time_is_extended_once_in_time_and_within_the_law() {
    let calendar = Calendar::published();
    let mut none = at(Stage::Accepted, Rules { extension_days_max: 0, ..rules() }, &calendar);
    assert!(none.refusal(Role::Decide, &ask(1)).reason.contains("不允许延长"));
    let mut greedy = at(Stage::Accepted, Rules { extension_days_max: 99, ..rules() }, &calendar);
    assert!(greedy.refusal(Role::Decide, &ask(11)).reason.contains("1 至 10"), "the law's ten days bind every item");
    let mut story = at(Stage::Accepted, rules(), &calendar);
    story.on(date!(2026 - 03 - 30)).does(Role::Decide, &ask(10));
    let mut late = story.clone();
    assert!(late.on(date!(2026 - 03 - 31)).refusal(Role::Head, &grant(5)).reason.contains("已于 2026-03-30 届满"));
    story.does(Role::Head, &grant(10));
    assert_eq!(dues(&story).1, calendar.due(date!(2026 - 03 - 02), Limit::working_days(30), &[]).unwrap());
    assert!(story.refusal(Role::Decide, &ask(1)).reason.contains("只能延长一次"));
}

#[test]
fn an_extension_recorded_before_heads_were_asked_here_is_read_as_it_was() {
    let calendar = Calendar::published();
    let mut story = at(Stage::Accepted, rules(), &calendar);
    let due = calendar.due(date!(2026 - 03 - 02), Limit::working_days(25), &[]).unwrap();
    let reason = TextRef { name: words("act.4.reason"), sm3: "0".repeat(64) };
    let fact = Fact::Extended { days: 5, promised_moved: true, promised_due: due, statutory_due: due, reason };
    let event = Event { at: story.now, role: Role::Decide, person: None, fact };
    story.case = story.case.clone().apply(&event).unwrap();
    assert_eq!(dues(&story), (due, due));
}
