//! Hearings (行政许可法 arts. 45–48): told, asked for, announced, held; and what is refused on the way.

use super::names::*;
use super::story::{Story, at, by, good, person, rules, sitting, words};
use standards::Calendar;
use time::macros::date;

/// For decision on Monday 2026-03-02, the right told that day: asked for until Monday 2026-03-09.
fn told(calendar: &Calendar, others: bool) -> Story<'_> {
    let mut story = at(Stage::ForDecision, rules(), calendar);
    let reason = words("涉及相邻住户的重大利益");
    story.does(Role::Review, &Act::Hearing(HearingAct::Tell { others, reason }));
    story
}

/// The same, asked for on Wednesday 2026-03-04: to be held until 2026-04-01.
fn asked(calendar: &Calendar) -> Story<'_> {
    let mut story = told(calendar, false);
    story.on(date!(2026 - 03 - 04)).does(Role::Applicant, &good(ActKind::AskHearing));
    assert_eq!(story.stage(), Stage::Suspended);
    story
}

#[test]
fn while_the_right_is_open_nothing_is_decided_and_no_other_procedure_begins() {
    let calendar = Calendar::published();
    let mut story = told(&calendar, false);
    assert!(story.refusal(Role::Review, &good(ActKind::TellHearing)).reason.contains("已经告知过"));
    for (role, act) in [
        (Role::Decide, good(ActKind::Approve)),
        (Role::Decide, good(ActKind::Refuse)),
        (Role::Review, good(ActKind::StartSpecial)),
    ] {
        let refusal = story.on(date!(2026 - 03 - 09)).refusal(role, &act);
        assert_eq!((refusal.cause, refusal.law), (Cause::Time, Some("行政许可法第四十七条")), "{refusal}");
    }
    let offers = story.case.offers(&by(Role::Decide), &rules(), date!(2026 - 03 - 09));
    assert!(offers.iter().all(|it| !matches!(it.act, ActKind::Approve | ActKind::Refuse | ActKind::StartSpecial)));
    story.on(date!(2026 - 03 - 10));
    let refusal = story.refusal(Role::Applicant, &good(ActKind::AskHearing));
    assert!(refusal.reason.contains("已于 2026-03-09 届满"), "{refusal}");
    story.clone().then(ActKind::Refuse);
    story.then(ActKind::Approve);
}

#[test]
fn a_waiver_ends_the_right_at_once_unless_others_were_told_too() {
    let calendar = Calendar::published();
    let mut alone = told(&calendar, false);
    alone.does(Role::Applicant, &good(ActKind::WaiveHearing));
    assert!(alone.refusal(Role::Applicant, &good(ActKind::AskHearing)).reason.contains("已经放弃"));
    alone.then(ActKind::Approve);
    let mut others = told(&calendar, true);
    others.does(Role::Applicant, &good(ActKind::WaiveHearing));
    assert!(others.refusal(Role::Decide, &good(ActKind::Approve)).reason.contains("不能作出决定"));
    // An interested person asks at the desk.
    others.does(Role::Review, &good(ActKind::AskHearing));
    assert!(others.refusal(Role::Applicant, &good(ActKind::DropHearing)).reason.contains("不是您申请的"));
    others.does(Role::Review, &good(ActKind::DropHearing)).then(ActKind::Approve);
}

#[test]
fn without_the_notice_of_the_right_nobody_asks_and_an_item_that_wants_it_is_not_decided() {
    let calendar = Calendar::published();
    let first = Rules { hearing_first: true, ..rules() };
    let mut story = at(Stage::ForDecision, first.clone(), &calendar);
    assert!(story.refusal(Role::Applicant, &good(ActKind::AskHearing)).reason.contains("没有告知过"));
    for kind in [ActKind::Approve, ActKind::Refuse] {
        let refusal = story.refusal(Role::Decide, &good(kind));
        assert!(
            refusal.to_string().contains("有权要求听证") && refusal.to_string().contains("第四十七条"),
            "{refusal}"
        );
    }
    let today = date!(2026 - 03 - 03);
    assert!(story.case.offers(&by(Role::Decide), &first, today).iter().all(|it| it.act != ActKind::Approve));
    story.then(ActKind::TellHearing).on(date!(2026 - 03 - 10)).then(ActKind::Approve);
}

#[test]
fn a_hearing_is_announced_seven_working_days_before_and_held_within_twenty_of_the_request() {
    let calendar = Calendar::published();
    let mut story = asked(&calendar);
    story.on(date!(2026 - 03 - 05));
    let rows = [
        (date!(2026 - 03 - 05), "最早在2026年3月17日"),
        (date!(2026 - 03 - 16), "最早在2026年3月17日"),
        (date!(2026 - 04 - 02), "最迟在2026年4月1日"),
    ];
    for (day, says) in rows {
        let refusal = story.refusal(Role::Review, &Act::Hearing(sitting(day, 7)));
        assert_eq!(refusal.cause, Cause::Input("held_at"));
        assert!(refusal.reason.contains(says), "{day}: {refusal}");
    }
    for day in [date!(2026 - 03 - 17), date!(2026 - 04 - 01)] {
        story.clone().does(Role::Review, &Act::Hearing(sitting(day, 7)));
    }
    // Who is late holds it as soon as the notice allows, not when it likes.
    story.on(date!(2026 - 04 - 20));
    assert!(story.refusal(Role::Review, &Act::Hearing(sitting(date!(2026 - 05 - 20), 7))).reason.contains("最迟"));
    let act = story.fitting(good(ActKind::SetHearing));
    story.does(Role::Review, &act);
}

#[test]
fn who_examined_the_case_does_not_preside_and_an_objection_is_answered_before_the_record() {
    let calendar = Calendar::published();
    let mut story = asked(&calendar);
    let day = date!(2026 - 03 - 20);
    for (presider, says) in [(2, "已受理过"), (3, "已审核过")] {
        let refusal = story.refusal(Role::Decide, &Act::Hearing(sitting(day, presider)));
        assert_eq!(refusal.cause, Cause::Input("presider"));
        assert!(refusal.to_string().contains(says) && refusal.to_string().contains("第四十八条"), "{refusal}");
    }
    assert!(story.refusal(Role::Decide, &Act::Hearing(sitting(day, 4))).reason.contains("已承办过"));
    assert!(story.refusal(Role::Applicant, &good(ActKind::AskRecusal)).reason.contains("还没有通知"));
    story.does(Role::Review, &Act::Hearing(sitting(day, 7))).does(Role::Applicant, &good(ActKind::AskRecusal));
    for (role, kind) in [
        (Role::Review, ActKind::HoldHearing),
        (Role::Review, ActKind::SetHearing),
        (Role::Applicant, ActKind::AskRecusal),
    ] {
        assert!(story.on(day).refusal(role, &good(kind)).reason.contains("回避"), "{kind:?}");
    }
    let mut stays = story.clone();
    let refused = HearingAct::AnswerRecusal { granted: false, reason: words("没有利害关系") };
    stays.does(Role::Decide, &Act::Hearing(refused)).then(ActKind::HoldHearing);
    // Granted: another presides, and the notice is given anew.
    story.does(Role::Decide, &good(ActKind::AnswerRecusal));
    assert!(story.refusal(Role::Review, &good(ActKind::HoldHearing)).reason.contains("还没有通知"));
    let act = |presider| Act::Hearing(sitting(date!(2026 - 04 - 01), presider));
    assert!(story.refusal(Role::Review, &act(7)).reason.contains("已经回避"));
    story.does(Role::Review, &act(8)).on(date!(2026 - 04 - 01)).then(ActKind::HoldHearing);
}

#[test]
fn a_record_is_signed_and_made_on_the_day_and_the_days_of_the_hearing_do_not_count() {
    let calendar = Calendar::published();
    let mut story = asked(&calendar);
    assert!(matches!(story.faces().statutory, Some(Face::Suspended { .. })), "the clocks stand from the request on");
    story.does(Role::Review, &Act::Hearing(sitting(date!(2026 - 03 - 17), 7)));
    assert!(story.case.advice(&rules()).now.contains("2026年3月17日 09:00举行"));
    let early = story.on(date!(2026 - 03 - 16)).refusal(Role::Review, &good(ActKind::HoldHearing));
    assert!(early.reason.contains("还没有到时间"), "{early}");
    story.on(date!(2026 - 03 - 17));
    for (signed, record, says) in [(false, "各方陈述", "签字或者盖章"), (true, " ", "必须写明听证笔录")]
    {
        let refusal = story.refusal(
            Role::Review,
            &Act::Hearing(HearingAct::Hold { signed, record: words(record), files: Vec::new() }),
        );
        assert!(refusal.reason.contains(says), "{refusal}");
    }
    assert!(story.refusal(Role::Review, &good(ActKind::EndSpecial)).reason.contains("登记听证笔录"));
    story.then(ActKind::HoldHearing);
    let handling = story.case.handling().unwrap();
    // One working day was used before the request (3 March); nineteen follow from 18 March on, over Qingming.
    assert_eq!(handling.statutory_due.value(), date!(2026 - 04 - 14));
    assert_eq!(handling.stops.len(), 1);
    assert!(story.refusal(Role::Review, &good(ActKind::CallHearing)).reason.contains("已经举行过"));
    story.then(ActKind::Approve);
    let titles: Vec<_> = story.events.iter().filter_map(Event::paper).map(PaperKind::code).collect();
    let expected = [
        "receipt",
        "acceptance_notice",
        "hearing_right_notice",
        "special_notice",
        "hearing_notice",
        "hearing_record",
        "approval",
    ];
    assert_eq!(titles, expected);
}

#[test]
fn what_the_applicant_asked_for_the_desk_ends_only_after_the_applicant_did_not_come() {
    let calendar = Calendar::published();
    let mut story = asked(&calendar);
    story.does(Role::Review, &Act::Hearing(sitting(date!(2026 - 03 - 20), 7)));
    let refusal = story.on(date!(2026 - 03 - 19)).refusal(Role::Review, &good(ActKind::DropHearing));
    assert!(refusal.reason.contains("只有申请人撤回申请"), "{refusal}");
    story.clone().does(Role::Applicant, &good(ActKind::DropHearing));
    story.on(date!(2026 - 03 - 20)).does(Role::Review, &good(ActKind::DropHearing));
    assert_eq!(story.stage(), Stage::ForDecision);
}

#[test]
fn a_hearing_that_the_office_calls_itself_has_its_days_and_the_same_notice() {
    let calendar = Calendar::published();
    let mut story = at(Stage::UnderReview, rules(), &calendar);
    for (days, says) in [(0, "1 至 365"), (366, "1 至 365")] {
        let act = Act::Hearing(HearingAct::Call { days, reason: words("涉及公共利益") });
        assert!(story.refusal(Role::Review, &act).reason.contains(says));
    }
    story.then(ActKind::CallHearing);
    assert!(
        story.refusal(Role::Review, &Act::Hearing(sitting(date!(2026 - 03 - 11), 7))).reason.contains("7 个工作日前")
    );
    assert!(story.refusal(Role::Applicant, &good(ActKind::DropHearing)).reason.contains("不是您申请的"));
    story.does(Role::Review, &Act::Hearing(sitting(date!(2026 - 03 - 12), 9)));
    story.on(date!(2026 - 03 - 12)).then(ActKind::HoldHearing);
    assert_eq!(story.stage(), Stage::UnderReview);
    assert_eq!(story.case.handling().unwrap().hearing.as_ref().unwrap().sitting.as_ref().unwrap().presider, person(9));
}

#[test]
fn a_case_recorded_before_there_were_hearings_is_read_as_it_was() {
    let calendar = Calendar::published();
    let mut story = at(Stage::UnderReview, rules(), &calendar);
    let from = date!(2026 - 03 - 03);
    let due = calendar.due(from, standards::Limit::working_days(5), &[]).unwrap();
    let reason = TextRef { name: words("act.9.reason"), sm3: "0".repeat(64) };
    let fact =
        Fact::SpecialStarted { name: words("听证"), from, days: 5, expected_end: due, basis: String::new(), reason };
    let event = Event { at: story.on(from).now, role: Role::Review, person: None, fact };
    story.case = story.case.clone().apply(&event).unwrap();
    story.on(date!(2026 - 03 - 06)).then(ActKind::EndSpecial);
    assert_eq!(story.stage(), Stage::UnderReview);
}
