//! Points of review and the discretion standard: what must be answered first, and what leaves the range.

use super::names::*;
use super::story::{Story, at, grounds, rules, words};
use standards::Calendar;

/// Two required points, and a matter whose second grade the form chooses; of a second matter the form says nothing.
fn weighing() -> Rules {
    let point = |place, text: &str| PointRule { place, text: words(text) };
    let grade = |name: &str, applies, fen: Option<(i64, i64)>| GradeRule {
        name: words(name),
        applies,
        fen_min: fen.map(|it| it.0),
        fen_max: fen.map(|it| it.1),
    };
    let grades = |told| vec![grade("第一档", false, None), grade("第二档", told, Some((10_000, 20_000)))];
    Rules {
        points: vec![point(0, "地址与营业执照一致"), point(1, "布局生熟分开")],
        weights: vec![
            Weight { matter: words("津贴档次"), grades: grades(true) },
            Weight { matter: words("处罚幅度"), grades: grades(false) },
        ],
        ..rules()
    }
}

fn answer(point: u32, verdict: PointVerdict) -> PointAnswer {
    PointAnswer { point, verdict, note: i64::from(point) + 1, sm3: "0".repeat(64) }
}

/// Both points answered, the grade of the form chosen.
fn whole() -> Weighed {
    Weighed {
        points: vec![answer(0, PointVerdict::Met), answer(1, PointVerdict::NotApplicable)],
        chosen: vec![Chosen { matter: 0, grade: Some(1), fen: None }],
        deviation: String::new(),
    }
}

fn recommend(favour: bool, weighed: Weighed) -> Act {
    Act::Recommend { favour, opinion: words("符合条件"), weighed }
}

#[test]
fn without_an_answer_to_each_required_point_nothing_is_answered_in_favour() {
    let calendar = Calendar::published();
    let lacking = |points: Vec<PointAnswer>| Weighed { points, ..whole() };
    for (points, says) in [
        (vec![], "还有 2 条必审要点没有结论：「地址与营业执照一致」、「布局生熟分开」"),
        (vec![answer(1, PointVerdict::Met)], "还有 1 条必审要点没有结论：「地址与营业执照一致」"),
        (vec![answer(7, PointVerdict::Met), answer(0, PointVerdict::Unmet)], "「布局生熟分开」"),
    ] {
        let mut story = at(Stage::UnderReview, weighing(), &calendar);
        let refusal = story.refusal(Role::Review, &recommend(true, lacking(points.clone())));
        assert_eq!((refusal.cause, refusal.law), (Cause::Rule, Some("行政许可法第三十四条第一款")));
        assert!(refusal.reason.contains(says), "{refusal}");
        // Against it one may speak at once.
        story.does(Role::Review, &recommend(false, lacking(points.clone())));
        let approve = Act::Approve { opinion: String::new(), weighed: lacking(points) };
        assert!(story.refusal(Role::Decide, &approve).reason.contains(says));
        story.does(Role::Decide, &Act::Refuse { grounds: grounds(), weighed: Weighed::default() });
    }
}

#[test]
fn the_grade_that_the_form_gives_is_chosen_and_whoever_leaves_its_range_says_why() {
    let calendar = Calendar::published();
    let choose = |chosen: Vec<Chosen>, deviation: &str| {
        recommend(true, Weighed { chosen, deviation: words(deviation), ..whole() })
    };
    let one = |matter, grade, fen| Chosen { matter, grade, fen };
    let refused = [
        (vec![], "", "grades", "请选择「津贴档次」的裁量阶次"),
        (vec![one(1, Some(0), None)], "", "grades", "请选择「津贴档次」"),
        (vec![one(0, Some(9), None)], "", "grades", "没有这一档"),
        (vec![one(9, Some(0), None)], "", "grades", "没有这一档"),
        (vec![one(0, Some(1), None), one(0, Some(1), None)], "", "grades", "选了两次"),
        (vec![one(0, Some(1), Some(-1))], "为难", "grades", "不能小于零"),
        (vec![one(0, Some(0), None)], "", "deviation", "超出了裁量基准"),
        (vec![one(0, None, None)], " ", "deviation", "超出了裁量基准"),
        (vec![one(0, Some(1), Some(9_999))], "", "deviation", "超出了裁量基准"),
        (vec![one(0, Some(1), Some(20_001))], "", "deviation", "超出了裁量基准"),
        (vec![one(0, Some(1), None), one(1, None, None)], "", "deviation", "「处罚幅度」超出了裁量基准"),
    ];
    for (chosen, deviation, field, says) in refused {
        let mut story = at(Stage::UnderReview, weighing(), &calendar);
        let refusal = story.refusal(Role::Review, &choose(chosen.clone(), deviation));
        assert_eq!(refusal.cause, Cause::Input(field), "{chosen:?}: {refusal}");
        assert!(refusal.reason.contains(says), "{chosen:?}: {refusal}");
    }
    let done = [
        (vec![one(0, Some(1), None)], "", [false, false]),
        (vec![one(0, Some(1), Some(10_000))], "", [false, false]),
        (vec![one(0, Some(1), Some(20_000)), one(1, Some(0), None)], "", [false, false]),
        (vec![one(0, Some(0), None)], "家庭特别困难", [true, false]),
        (vec![one(0, Some(1), Some(1)), one(1, None, None)], "家庭特别困难", [true, true]),
    ];
    for (chosen, deviation, outside) in done {
        let mut story = at(Stage::UnderReview, weighing(), &calendar);
        story.does(Role::Review, &choose(chosen, deviation));
        let weighed = last(&story);
        assert_eq!(weighed.deviation.is_some(), !deviation.is_empty());
        for (chosen, outside) in weighed.grades.iter().zip(outside) {
            assert_eq!(chosen.outside, outside, "{chosen:?}");
        }
        assert_eq!(weighed.points, whole().points, "the answers stand in the record with the opinion");
    }
}

fn last(story: &Story) -> Weighing {
    match &story.events.last().expect("an event").fact {
        Fact::Recommended { weighed, .. } => weighed.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_opinion_recorded_before_there_was_anything_to_weigh_is_read_as_it_was() {
    let body = r#"{"kind":"cases.recommended","at":1,"role":"review","favour":true,"opinion":{"name":"act.4.opinion","sm3":""}}"#;
    let event = Event::read("cases.recommended", body).unwrap();
    assert!(matches!(&event.fact, Fact::Recommended { weighed, .. } if weighed.is_empty()));
    assert!(!event.body().unwrap().contains("weighed"), "and written as it was");
}
