//! Random histories: whatever people try in whatever order, the law's documents and dates are there, the record gives the same
//! case again, and every case can still end.

use super::names::*;
use super::story::{Story, by, every_post, good, grounds, rules, words};
use proptest::prelude::*;
use standards::{Calendar, Due, HandlingKind, Limit};
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, Duration, macros::date};

/// One try: which act, by whom, so many days later, in one of a few variants.
#[derive(Debug, Clone, Copy)]
struct Try {
    kind: ActKind,
    who: usize,
    days: i64,
    variant: u8,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let days = prop_oneof![6 => Just(0_i64), 3 => 1_i64..4, 1 => 5_i64..40];
    let kind = prop::sample::select(ActKind::ALL.to_vec());
    let one = (kind, 0_usize..9, days, 0_u8..6).prop_map(|(kind, who, days, variant)| Try { kind, who, days, variant });
    prop::collection::vec(one, 1..120)
}

fn some_rules() -> impl Strategy<Value = Rules> {
    let limits = (1_u32..12, 0_u32..20, any::<bool>());
    let options = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), 0_u32..15);
    let below = prop_oneof![9 => Just(None), 1 => (1_u32..25).prop_map(Some)];
    (limits, options, below).prop_map(
        |((promised, more, natural), (at_once, apart, answer, owing, extension), below)| {
            let limit = if natural { Limit::natural_days } else { Limit::working_days };
            Rules {
                handling: if at_once { HandlingKind::Immediate } else { HandlingKind::Promised },
                promised: limit(promised),
                statutory: limit(promised + more),
                separate_hands: apart,
                correction: answer.then(|| Limit::working_days(10)),
                owed: owing.then(|| Limit::working_days(15)),
                extension_days_max: extension,
                preliminary: below.map(Limit::working_days),
                ..rules()
            }
        },
    )
}

/// The act of a try; some variants lack what the law asks for, and must be refused.
fn act(one: Try) -> Act {
    let lacking = |text: String| if one.variant == 5 { String::new() } else { text };
    match (good(one.kind), one.variant) {
        (Act::Accept { .. }, 0) => Act::Accept { obtained: vec![], owed: vec![] },
        (Act::Accept { .. }, 1) => Act::Accept { obtained: vec![words("A")], owed: vec![words("B")] },
        (Act::AskCorrection { .. }, 5) => Act::AskCorrection { faults: vec![] },
        (Act::NotNeeded { reasons, remedies }, _) => Act::NotNeeded { reasons: lacking(reasons), remedies },
        (Act::NotAccept { reasons, office, remedies }, _) => {
            Act::NotAccept { reasons, office: lacking(office), remedies }
        }
        (Act::Supply { .. }, 0) => Act::Supply { materials: vec![] },
        (Act::SupplyOwed { .. }, 0) => Act::SupplyOwed { materials: vec![words("B")] },
        (Act::Refuse { weighed, .. }, 5) => {
            Act::Refuse { grounds: Grounds { remedies: String::new(), ..grounds() }, weighed }
        }
        (Act::Revoke { .. }, 5) => Act::Revoke { grounds: Grounds { law: String::new(), ..grounds() } },
        (Act::Extension(ExtensionAct::Ask { reason, .. }), variant) => {
            Act::Extension(ExtensionAct::Ask { days: u32::from(variant) * 3, reason })
        }
        (Act::Extension(ExtensionAct::Grant { reason, .. }), variant) => {
            Act::Extension(ExtensionAct::Grant { days: u32::from(variant), reason })
        }
        (Act::ProlongSpecial { reason, .. }, variant) => Act::ProlongSpecial { days: u32::from(variant) * 9, reason },
        (Act::Return { reason }, _) => Act::Return { reason: lacking(reason) },
        (act, _) => act,
    }
}

fn actor(who: usize) -> By {
    Role::ALL.get(who).map_or_else(every_post, |role| by(*role))
}

/// Lives a whole history from the first day on; what is refused must leave the case as it was.
fn live<'a>(rules: Rules, calendar: &'a Calendar, day: Date, tries: &[Try], complete: bool) -> Story<'a> {
    let materials: &[&str] = if complete { &["A", "B"] } else { &[] };
    let mut story = Story::filed(rules, calendar, day, materials);
    let mut day = day;
    for one in tries {
        day += Duration::days(one.days);
        story.on(day);
        let (before, line) = (story.stage(), table_line(one.kind, story.stage()));
        let wanted = story.fitting(act(*one));
        match story.try_act(&wanted, &actor(one.who)) {
            Err(refusal) => assert!(!refusal.reason.contains("状态异常"), "{refusal}"),
            Ok(after) => {
                let line = line.expect("an act that is done has its line in the table");
                let moved = line.to.contains(&after) || (line.to.is_empty() && before == after);
                assert!(moved, "{:?} led from {before:?} to {after:?}", one.kind);
            }
        }
        assert!(story.case.advice(&story.rules).now.ends_with('。'));
        assert_eq!(story.case.progress()[0].state, ProgressState::Done);
        story.alarm();
        for offer in story.case.offers(&actor(one.who), &story.rules, day) {
            let answer = story.clone().try_act(&good(offer.act), &actor(one.who));
            let cause = answer.err().map(|refusal| refusal.cause);
            assert!(
                !matches!(cause, Some(Cause::State | Cause::Role | Cause::Time)),
                "{offer:?} is offered, and refused: {cause:?}"
            );
        }
    }
    story
}

fn table_line(kind: ActKind, stage: Stage) -> Option<&'static Line> {
    TABLE.iter().find(|line| line.act == kind && line.from.contains(&stage))
}

/// The law, as a reader of the record alone would check it.
fn check_record(story: &Story) {
    check_texts(story);
    let lived = lived(story);
    let at = |kind: &str| lived.iter().filter(|it| it.kind() == kind).map(|it| it.at).collect::<Vec<_>>();
    let accepted: Vec<_> = [at("cases.accepted"), at("cases.deemed_accepted")].concat();
    let decided: Vec<_> = [at("cases.approved"), at("cases.refused")].concat();
    assert!(accepted.len() <= 1 && decided.len() <= 1);
    assert!(at("cases.correction_asked").len() <= 1, "a second notice");
    assert!(at("cases.extended").len() <= 1, "a second extension");
    assert!(at("cases.hearing_begun").len() <= 1, "a second hearing");
    let dates = [
        at("cases.filed"),
        at("cases.received"),
        accepted,
        decided.clone(),
        at("cases.issued"),
        at("cases.delivered"),
        at("cases.closed"),
    ];
    let dates: Vec<_> = dates.into_iter().flatten().collect();
    assert!(dates.is_sorted(), "filed, received, accepted, decided, issued, delivered, closed in this order");
    assert_eq!(decided.is_empty(), story.case.decision().is_none());
    let (mut open_special, mut asked) = (false, None);
    for (place, event) in lived.iter().enumerate() {
        let earlier = |kinds: &[&str]| lived[..place].iter().any(|it| kinds.contains(&it.kind()));
        let accepted = earlier(&["cases.accepted", "cases.deemed_accepted"]);
        let decided = earlier(&["cases.approved", "cases.refused"]);
        let below = story.rules.preliminary.is_some() && !earlier(&["cases.handed_up"]);
        match &event.fact {
            Fact::CorrectionAsked { .. } => {
                assert!(!accepted && !earlier(&["cases.handed_up"]), "correction only before acceptance");
            }
            Fact::HandedUp { .. } => assert!(below && accepted && !open_special, "handed up once, by the lower organ"),
            Fact::SpecialStarted { .. }
            | Fact::SpecialEnded { .. }
            | Fact::HearingBegun { .. }
            | Fact::HearingEnded { .. } => {
                assert!(accepted && !decided);
                let starts = matches!(event.fact, Fact::SpecialStarted { .. } | Fact::HearingBegun { .. });
                assert_ne!(open_special, starts, "special procedures are not nested");
                open_special = starts;
            }
            Fact::ExtensionAsked { .. } => asked = Some(event.person),
            Fact::ExtensionRefused { .. } => assert!(asked.take().is_some() && event.role == Role::Head),
            Fact::Extended { days, .. } => {
                assert!(accepted && !decided && !below && (1..=10).contains(days));
                let by = asked.take().expect("no extension that nobody asked for");
                assert!(event.role == Role::Head && event.person != by, "approved by the head, not by who asked");
            }
            Fact::Recommended { .. } | Fact::Approved { .. } | Fact::Refused { .. } => {
                assert!(accepted && !open_special && !below, "no opinion and no decision before the lower organ's");
                let last = lived[..place].iter().rfind(|it| it.kind().starts_with("cases.site_"));
                assert!(last.is_none_or(|it| it.kind() == "cases.site_confirmed"), "one officer alone is no check");
                if decides(&event.fact) {
                    check_hearing(&lived[..place], event);
                }
            }
            Fact::Issued { .. } => assert!(earlier(&["cases.approved"])),
            Fact::Delivered { .. } => assert!(decided),
            Fact::Withdrawn { .. } => assert!(!decided, "withdrawal only before the decision"),
            _ => {}
        }
        let against = matches!(event.paper(), Some(paper) if paper.names_remedies());
        let slots: Vec<_> = event.fact.texts().into_iter().map(|(slot, _)| slot).collect();
        assert_eq!(against, slots.contains(&Slot::Reasons), "{}", event.kind());
        assert_eq!(against, slots.contains(&Slot::Remedies), "{}", event.kind());
    }
    let papers: BTreeMap<_, _> = lived.iter().filter_map(|it| Some((it.paper()?, it.at))).collect();
    assert!(papers.contains_key(&PaperKind::Receipt));
    assert_eq!(papers.contains_key(&PaperKind::AcceptanceNotice), story.case.handling().is_some());
}

/// What was done and not undone. Who undid it did so by name, and not the own act.
fn lived(story: &Story) -> Vec<Event> {
    let mut undone = BTreeSet::new();
    for event in &story.events {
        if let Fact::Annulled { number, kind, .. } = &event.fact {
            let of = &story.events[usize::try_from(*number).unwrap() - 1];
            assert_eq!(of.kind(), kind);
            assert!(event.role == Role::Head && event.person.is_some() && event.person != of.person);
            assert!(undone.insert(*number), "undone once");
        }
    }
    assert_eq!(undone, story.case.annulled);
    let stands = |it: &(u32, &Event)| !undone.contains(&it.0) && !matches!(it.1.fact, Fact::Annulled { .. });
    (1..).zip(&story.events).filter(stands).map(|it| it.1.clone()).collect()
}

/// Every text is sealed, and named once.
fn check_texts(story: &Story) {
    let mut names = BTreeSet::new();
    for (_, text) in story.events.iter().flat_map(|it| it.fact.texts()) {
        assert_eq!(text.sm3.len(), 64, "{} was sealed", text.name);
        assert!(names.insert(text.name.clone()), "{} is named once", text.name);
    }
}

fn decides(fact: &Fact) -> bool {
    matches!(fact, Fact::Approved { .. } | Fact::Refused { .. })
}

/// Before a decision the right to a hearing is over, waived or used; what was used was announced in time and ended on its day or later.
fn check_hearing(before: &[Event], decision: &Event) {
    let mut announced = None;
    let mut open = None;
    for event in before {
        match &event.fact {
            Fact::HearingTold { ask_by, .. } => open = Some(ask_by.value()),
            Fact::HearingWaived {} | Fact::HearingBegun { .. } => open = None,
            Fact::HearingSet { sits_at, presider, .. } => {
                assert!(sits_at.legal_date() - event.at.legal_date() > Duration::days(7), "seven days before");
                let hands =
                    before.iter().filter(|it| matches!(it.fact, Fact::ReviewStarted {} | Fact::Recommended { .. }));
                assert!(hands.map(|it| it.person).all(|it| it != Some(*presider)), "who reviewed does not preside");
                announced = Some(sits_at.legal_date());
            }
            Fact::HearingEnded { end: HearingEnd::Held, .. } => {
                assert!(announced.is_some_and(|day| day <= event.at.legal_date()));
            }
            _ => {}
        }
    }
    assert!(open.is_none_or(|day| decision.at.legal_date() > day), "nothing is decided while the right is open");
}

/// The dates that an accepted case carries are those of the law.
fn check_dates(story: &Story) {
    let Some(handling) = story.case.handling() else { return };
    let recorded = handling.accepted.at.legal_date();
    assert!(story.case.filed.at.legal_date() <= handling.accepted_on && handling.accepted_on <= recorded);
    if handling.deemed {
        let due = handling.intake.due.fixed().expect("nothing is deemed on a provisional day");
        assert!(recorded > due && handling.accepted_on == handling.intake.since);
    } else {
        assert_eq!(handling.accepted_on, recorded);
    }
    assert!(handling.promised_due.value() <= handling.statutory_due.value());
    assert_eq!(handling.preliminary.is_some(), story.rules.preliminary.is_some());
    if let State::Issued { .. } | State::Delivered { .. } | State::Closed { .. } = &story.case.state {
        let approved = !matches!(story.case.decision().unwrap().outcome, Outcome::Refused { .. });
        assert!(!approved || handling.owed.is_empty(), "nothing is issued while material is owed");
    }
    if let (State::InHand { .. }, Due::Fixed(due)) = (&story.case.state, handling.statutory_due) {
        let stopped = |day: Date| handling.stops.iter().any(|stop| stop.from <= day && day <= stop.to);
        assert!(!stopped(due), "no limit ends within a special procedure");
    }
}

/// Whether acts of the posts and the applicant's own (but not his withdrawal) still lead to an end, the days going on.
fn can_end(story: &Story) -> bool {
    let mut open = vec![story.clone()];
    let mut seen = BTreeSet::new();
    while let Some(story) = open.pop() {
        if story.stage().is_final() {
            return true;
        }
        let unconfirmed = story.case.handling().is_some_and(|it| it.open_check().is_some());
        if !seen.insert((story.stage(), unconfirmed, story.case.handed_up().is_some())) {
            continue;
        }
        for kind in ActKind::ALL.into_iter().filter(|kind| !matches!(kind, ActKind::Withdraw | ActKind::Return)) {
            for who in (0..Role::ALL.len()).chain([Role::ALL.len()]).map(actor) {
                for days in [0, 60] {
                    let mut next = story.clone();
                    next.on(story.now.legal_date() + Duration::days(days));
                    if next.try_act(&good(kind), &who).is_ok() {
                        open.push(next);
                    }
                }
            }
        }
    }
    false
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_history_reaches_a_state_without_the_documents_and_dates_of_the_law(
        (rules, tries, complete, first) in (some_rules(), tries(), any::<bool>(), 0_i64..700)
    ) {
        let calendar = Calendar::published();
        let story = live(rules, &calendar, date!(2025-01-01) + Duration::days(first), &tries, complete);
        check_record(&story);
        check_dates(&story);
        prop_assert!(can_end(&story), "a case that cannot end: {:?}", story.case);
    }

    #[test]
    fn the_record_gives_the_same_case_again(
        (rules, tries, complete, first) in (some_rules(), tries(), any::<bool>(), 0_i64..700)
    ) {
        let calendar = Calendar::published();
        let story = live(rules, &calendar, date!(2025-01-01) + Duration::days(first), &tries, complete);
        let record: Vec<_> = story.events.iter().map(|event| (event.kind(), event.body().unwrap())).collect();
        let read: Vec<_> = record.iter().map(|(kind, body)| Event::read(kind, body).unwrap()).collect();
        prop_assert_eq!(&read, &story.events);
        prop_assert_eq!(&Case::replay(&read).unwrap(), &story.case);
        let stored = serde_json::to_string(&story.case).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Case>(&stored).unwrap(), &story.case);
        for skipped in 0..read.len() {
            let torn: Vec<_> = read.iter().enumerate().filter(|(place, _)| *place != skipped).map(|(_, it)| it).collect();
            prop_assert_ne!(Case::replay(torn), Ok(story.case.clone()), "a missing entry is noticed");
        }
    }
}

#[test]
fn random_histories_reach_every_stage_so_that_the_properties_say_something() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let calendar = Calendar::published();
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    for _ in 0..3_000 {
        let (rules, tries, complete) = (some_rules(), tries(), any::<bool>()).new_tree(&mut runner).unwrap().current();
        let mut story =
            Story::filed(rules.clone(), &calendar, date!(2026 - 01 - 05), if complete { &["A", "B"] } else { &[] });
        let mut day = date!(2026 - 01 - 05);
        for one in tries {
            day += Duration::days(one.days);
            let wanted = story.on(day).fitting(act(one));
            story.try_act(&wanted, &actor(one.who)).ok();
            reached.insert(story.stage());
        }
    }
    let missing: Vec<_> = Stage::ALL.into_iter().filter(|stage| !reached.contains(stage)).collect();
    // The last steps are many acts away from filing; the tables of the law walk them one by one.
    assert!(missing.iter().all(|stage| matches!(stage, Stage::Revoked | Stage::Delivered)), "{missing:?}");
}

#[test]
fn a_record_with_unknown_fields_is_read_and_one_of_another_kind_is_not() {
    let calendar = Calendar::published();
    let mut story = Story::begin(&calendar);
    story.then(ActKind::Accept);
    for event in &story.events {
        let body = event.body().unwrap().replacen('{', r#"{"later":{"x":1},"#, 1);
        assert_eq!(&Event::read(event.kind(), &body).unwrap(), event);
        assert!(Event::read("cases.closed", &body).is_err());
    }
    assert!(Event::read("cases.melted", r#"{"kind":"cases.melted","at":1,"role":"accept"}"#).is_err());
}

#[test]
fn the_body_of_an_event_holds_no_text() {
    let calendar = Calendar::published();
    let story = super::story::at(Stage::Refused, rules(), &calendar);
    let bodies: String = story.events.iter().map(|event| event.body().unwrap()).collect();
    for text in [grounds().reasons, grounds().law, grounds().remedies, words("符合条件，建议准予")] {
        assert!(!bodies.contains(&text), "{text}");
    }
}
