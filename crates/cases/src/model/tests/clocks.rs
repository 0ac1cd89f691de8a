//! The clocks by the day: deadlines of the reference, suspensions, extensions, deemed acceptance, and days that are provisional.

use super::names::*;
use super::story::{Story, at, by, good, rules};
use standards::{Calendar, Due, Limit, YearNotice};
use time::{Date, Duration, macros::date};

fn special(story: &mut Story, from: Date, to: Date) {
    story.on(from).does(Role::Review, &good(ActKind::StartSpecial));
    story.on(to).does(Role::Review, &good(ActKind::EndSpecial));
}

fn dues(story: &Story) -> (Due, Due) {
    let handling = story.case.handling().unwrap();
    (handling.promised_due, handling.statutory_due)
}

#[test]
fn both_clocks_stand_still_from_the_first_to_the_last_day_of_a_special_procedure() {
    let calendar = Calendar::published();
    let rules = Rules { statutory: Limit::working_days(30), ..rules() };
    let mut story = at(Stage::UnderReview, rules, &calendar);
    assert_eq!(dues(&story).0, Due::Fixed(date!(2026 - 03 - 30)));
    story.on(date!(2026 - 03 - 09)).does(Role::Review, &good(ActKind::StartSpecial));
    for day in [date!(2026 - 03 - 09), date!(2026 - 03 - 18), date!(2026 - 06 - 30)] {
        let face = story.on(day).faces().promised.unwrap();
        let Face::Suspended { since, left } = face else { panic!("{face:?}") };
        assert_eq!((since, left.value()), (date!(2026 - 03 - 09), 16), "four of twenty days were used");
        assert_eq!(story.alarm().promised, Level::Calm, "a suspended clock has no due day to miss");
    }
    story.on(date!(2026 - 03 - 18)).does(Role::Review, &good(ActKind::EndSpecial));
    assert_eq!(dues(&story), (Due::Fixed(date!(2026 - 04 - 10)), Due::Fixed(date!(2026 - 04 - 24))));
    let Some(Face::Running { used, .. }) = story.on(date!(2026 - 03 - 20)).faces().promised else { panic!() };
    assert_eq!(used.value(), 6);
}

#[test]
fn a_special_procedure_begun_on_the_day_of_acceptance_leaves_the_whole_time() {
    let calendar = Calendar::published();
    let mut story = at(Stage::Suspended, rules(), &calendar);
    let Some(Face::Suspended { left, .. }) = story.faces().promised else { panic!() };
    assert_eq!(left.value(), 20);
    story.then(ActKind::EndSpecial);
    assert_eq!(dues(&story).0, Due::Fixed(date!(2026 - 03 - 30)), "the day of acceptance does not count anyhow");
}

#[test]
fn yellow_at_nine_tenths_of_the_promise_red_past_it_and_against_the_law_apart() {
    let calendar = Calendar::published();
    let rules = Rules { statutory: Limit::working_days(22), ..rules() };
    let mut story = at(Stage::Accepted, rules, &calendar);
    let rows = [
        (date!(2026 - 03 - 02), Level::Green, false),
        (date!(2026 - 03 - 25), Level::Green, false),
        (date!(2026 - 03 - 26), Level::Yellow, false),
        (date!(2026 - 03 - 30), Level::Yellow, false),
        (date!(2026 - 03 - 31), Level::Red, false),
        (date!(2026 - 04 - 01), Level::Red, false),
        (date!(2026 - 04 - 02), Level::Red, true),
    ];
    for (day, promised, statutory) in rows {
        let alarm = story.on(day).alarm();
        assert_eq!((alarm.promised, alarm.statutory_overdue), (promised, statutory), "{day}");
    }
    story.then(ActKind::StartReview).then(ActKind::Recommend).then(ActKind::Approve);
    let alarm = story.on(date!(2026 - 04 - 03)).alarm();
    assert_eq!((alarm.promised, alarm.statutory_overdue), (Level::Red, true), "a late decision stays late");
    assert_eq!(alarm.delivery, Level::Green);
    let alarm = story.on(date!(2026 - 04 - 20)).alarm();
    assert_eq!(alarm.delivery, Level::Red, "ten working days after the decision of 2 April");
}

#[test]
fn acceptance_is_deemed_after_five_working_days_and_not_a_day_before() {
    let calendar = Calendar::published();
    let rows = [
        (date!(2026 - 03 - 02), date!(2026 - 03 - 09)),
        (date!(2026 - 02 - 13), date!(2026 - 02 - 27)),
        (date!(2025 - 09 - 26), date!(2025 - 10 - 10)),
        (date!(2026 - 03 - 01), date!(2026 - 03 - 06)),
    ];
    for (filed, due) in rows {
        let mut story = Story::filed(rules(), &calendar, filed, &["A"]);
        let mut day = filed;
        while day <= due {
            assert_eq!(story.on(day).refusal(Role::System, &Act::DeemAccepted).cause, Cause::Time, "{day}");
            assert!(!matches!(story.alarm().acceptance, Level::Red), "{day}");
            day += Duration::DAY;
        }
        story.clone().on(due).then(ActKind::AskCorrection);
        assert_eq!(story.on(day).alarm().acceptance, Level::Red);
        for kind in [ActKind::AskCorrection, ActKind::NotNeeded, ActKind::NotAccept] {
            let refusal = story.refusal(Role::Accept, &good(kind));
            assert!(refusal.reason.contains("依法视为受理"), "{refusal}");
        }
        let mut late = story.clone();
        story.does(Role::System, &Act::DeemAccepted);
        late.does(Role::Accept, &good(ActKind::Accept));
        for story in [&story, &late] {
            let handling = story.case.handling().unwrap();
            assert!(handling.deemed);
            assert_eq!(handling.accepted_on, filed, "accepted from the day the materials came");
            assert_eq!(handling.promised_due, calendar.due(filed, story.rules.promised, &[]).unwrap());
            assert_eq!(story.alarm().acceptance, Level::Red, "a deemed acceptance is a late one");
            assert!(handling.owed.contains("B"), "what is missing is owed");
        }
    }
}

#[test]
fn a_case_deemed_accepted_without_its_materials_can_be_refused_or_completed_but_not_approved() {
    let calendar = Calendar::published();
    let mut story = Story::filed(rules(), &calendar, date!(2026 - 03 - 02), &[]);
    story.on(date!(2026 - 03 - 10)).does(Role::System, &Act::DeemAccepted);
    story.then(ActKind::StartReview).then(ActKind::Recommend);
    assert!(story.refusal(Role::Decide, &good(ActKind::Approve)).reason.contains("还缺少：申请表"));
    story.clone().then(ActKind::Refuse);
    story.then(ActKind::SupplyOwed).then(ActKind::Approve);
    assert_eq!(story.stage(), Stage::Approved);
}

#[test]
fn what_is_supplied_again_starts_five_new_days_and_silence_ends_only_where_the_item_sets_a_time() {
    let calendar = Calendar::published();
    let mut story = at(Stage::CorrectionAsked, rules(), &calendar);
    assert_eq!(story.case.correction().unwrap().answer_due, Some(Due::Fixed(date!(2026 - 03 - 16))));
    assert_eq!(story.on(date!(2026 - 03 - 16)).refusal(Role::System, &Act::Lapse).cause, Cause::Time);
    let mut silent = story.clone();
    silent.on(date!(2026 - 03 - 17)).does(Role::System, &Act::Lapse);
    assert_eq!(silent.stage(), Stage::Lapsed);
    story.on(date!(2026 - 03 - 20)).then(ActKind::Supply);
    let Some(Face::Running { due, left, .. }) = story.faces().acceptance else { panic!() };
    assert_eq!((due, left.value()), (Due::Fixed(date!(2026 - 03 - 27)), 5));
    let unlimited = Rules { correction: None, ..rules() };
    let mut story = at(Stage::CorrectionAsked, unlimited, &calendar);
    assert!(story.on(date!(2026 - 12 - 01)).refusal(Role::Accept, &Act::Lapse).reason.contains("没有规定补正期限"));
}

#[test]
fn an_extension_counts_together_with_the_special_procedures_before_and_after_it() {
    let calendar = Calendar::published();
    let mut story = at(Stage::UnderReview, rules(), &calendar);
    special(&mut story, date!(2026 - 03 - 09), date!(2026 - 03 - 18));
    story.then(ActKind::AskExtension).then(ActKind::Extend);
    assert_eq!(dues(&story).1, Due::Fixed(date!(2026 - 04 - 24)), "twenty and ten days, eight suspended");
    special(&mut story, date!(2026 - 04 - 20), date!(2026 - 04 - 21));
    assert_eq!(dues(&story).1, Due::Fixed(date!(2026 - 04 - 28)));
}

#[test]
fn a_broken_promise_is_mended_neither_by_an_extension_nor_by_a_special_procedure() {
    let calendar = Calendar::published();
    let rules = Rules { promised: Limit::working_days(5), ..rules() };
    let mut story = at(Stage::UnderReview, rules, &calendar);
    story.on(date!(2026 - 03 - 12)).then(ActKind::AskExtension).then(ActKind::Extend);
    assert_eq!(story.alarm().promised, Level::Red);
    story.then(ActKind::StartSpecial);
    assert_eq!(story.alarm().promised, Level::Red);
    story.on(date!(2026 - 03 - 18)).then(ActKind::EndSpecial);
    assert_eq!(dues(&story).0, Due::Fixed(date!(2026 - 03 - 09)));
    assert!(dues(&story).1.value() > date!(2026 - 04 - 13), "the law's own clock was moved and stopped");
}

/// The calendar with a notice for 2027: every day of the law, and Monday 4 January off.
fn with_2027(calendar: &Calendar) -> Calendar {
    let days = (0..365).map(|day| date!(2027 - 01 - 01) + Duration::days(day));
    let law = days.filter(|day| calendar.holiday_name(*day).is_some()).map(|day| format!("{day},holiday,节日\n"));
    let notice = format!("{}2027-01-04,holiday,元旦\n", law.collect::<String>());
    calendar.clone().with_year(YearNotice::parse(&notice).unwrap()).unwrap()
}

#[test]
fn on_a_provisional_day_nothing_happens_by_itself_but_an_alarm() {
    let calendar = Calendar::published();
    let mut story = Story::filed(rules(), &calendar, date!(2026 - 12 - 29), &["A", "B"]);
    story.on(date!(2027 - 01 - 20));
    assert!(story.refusal(Role::System, &Act::DeemAccepted).reason.contains("暂定"));
    assert!(story.alarm().acceptance_uncertain);
    story.clone().then(ActKind::AskCorrection);
    let mut asked = at(Stage::CorrectionAsked, rules(), &calendar);
    asked = Story { case: asked.case.clone(), ..asked };
    assert!(!asked.alarm().acceptance_uncertain);
    let known = with_2027(&calendar);
    story = Story { calendar: &known, ..story };
    story.does(Role::System, &Act::Reckon).does(Role::System, &Act::DeemAccepted);
    assert_eq!(story.case.handling().unwrap().accepted_on, date!(2026 - 12 - 29));
}

#[test]
fn loading_a_notice_reckons_open_clocks_anew_and_writes_only_what_changes() {
    let calendar = Calendar::published();
    let known = with_2027(&calendar);
    let mut early = at(Stage::Accepted, rules(), &calendar);
    early.calendar = &known;
    assert_eq!(early.case.act(&Act::Reckon, &By::system(), &early.setting()), Ok(vec![]), "no date of March changes");
    let mut story = Story::filed(rules(), &calendar, date!(2026 - 12 - 25), &["A", "B"]);
    story.then(ActKind::Accept);
    let (before, _) = dues(&story);
    assert!(before.is_provisional());
    assert!(before.to_string().ends_with("（暂定）"));
    story.calendar = &known;
    story.does(Role::System, &Act::Reckon);
    let Fact::ClocksReckoned(changed) = &story.events.last().unwrap().fact else { panic!() };
    assert!(changed.promised.is_some() && changed.statutory.is_some() && changed.acceptance.is_none());
    let (after, _) = dues(&story);
    assert_eq!(after, known.due(date!(2026 - 12 - 25), Limit::working_days(20), &[]).unwrap());
    assert!(!after.is_provisional() && after.value() > before.value());
    assert_eq!(
        story.case.act(&Act::Reckon, &By::system(), &story.setting()),
        Ok(vec![]),
        "the second time nothing changes"
    );
}

#[test]
fn a_clock_of_the_machine_that_goes_back_never_puts_an_event_before_the_last() {
    let calendar = Calendar::published();
    let mut story = at(Stage::Accepted, rules(), &calendar);
    let last = story.case.at;
    story.on(date!(2026 - 02 - 27));
    story.try_act(&Act::StartReview, &by(Role::Review)).unwrap();
    assert_eq!(story.case.at, last);
}
