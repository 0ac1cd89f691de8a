//! Special procedures (行政许可法 art. 45, 53–55): what each rests on, its own clock, and who found its result.

use super::names::*;
use super::story::{at, rules, words};
use standards::Calendar;
use time::macros::date;

fn start(name: &str, days: u32) -> Act {
    Act::StartSpecial { name: words(name), days, reason: words("需要") }
}

fn prolong(days: u32, reason: &str) -> Act {
    Act::ProlongSpecial { days, reason: words(reason) }
}

fn end(experts: &str) -> Act {
    Act::EndSpecial { result: words("合格"), experts: words(experts), files: Vec::new() }
}

#[test]
fn each_procedure_names_the_articles_that_order_it_and_the_items_own_basis_goes_before() {
    let listed = |name: &str, basis: &str| SpecialRule { name: words(name), days_max: Some(15), basis: words(basis) };
    let rules = Rules {
        special: vec![listed("考试", ""), listed("勘验", "某某条例第九条"), listed("检测", "某某条例第十条")],
        ..rules()
    };
    let table = [
        ("招标", "行政许可法第四十五条、第五十三条"),
        ("拍卖", "行政许可法第四十五条、第五十三条"),
        ("检验", "行政许可法第四十五条、第五十五条"),
        ("检疫", "行政许可法第四十五条、第五十五条"),
        ("鉴定", "行政许可法第四十五条"),
        ("专家评审", "行政许可法第四十五条"),
        ("考试", "行政许可法第五十四条"),
        ("勘验", "某某条例第九条"),
        ("检测", "某某条例第十条"),
    ];
    let calendar = Calendar::published();
    for (name, basis) in table {
        let mut story = at(Stage::UnderReview, rules.clone(), &calendar);
        story.does(Role::Review, &start(name, 5));
        let Some(Event { fact: Fact::SpecialStarted { basis: told, .. }, .. }) = story.events.last() else { panic!() };
        assert_eq!(told, basis, "{name}");
        assert_eq!(story.events.last().and_then(Event::paper), Some(PaperKind::SpecialNotice), "{name}");
    }
    // Art. 45 names neither: without the item's list their time would count.
    for (name, says) in [("考试", "要由实施清单列为"), ("勘验", "没有名为「勘验」"), ("占卜", "没有名为「占卜」")]
    {
        let refusal = at(Stage::UnderReview, super::story::rules(), &calendar).refusal(Role::Review, &start(name, 5));
        assert!(refusal.reason.contains(says), "{refusal}");
    }
}

#[test]
fn a_procedure_has_a_clock_of_its_own_which_is_late_past_the_day_that_was_told() {
    let calendar = Calendar::published();
    let mut story = at(Stage::UnderReview, rules(), &calendar);
    assert!(story.faces().special.is_none());
    story.does(Role::Review, &start("检验", 8));
    let level = |story: &super::story::Story| story.alarm().special;
    assert_eq!(level(&story), Level::Green);
    story.on(date!(2026 - 03 - 11));
    assert_eq!(level(&story), Level::Yellow, "a working day is left");
    story.on(date!(2026 - 03 - 13));
    assert_eq!((level(&story), story.alarm().worst()), (Level::Red, Level::Red));
    assert!(matches!(story.faces().statutory, Some(Face::Suspended { .. })), "the law's clock stands all the same");
    story.does(Role::Review, &prolong(3, "需要复检"));
    assert_eq!(level(&story), Level::Green);
    assert_eq!(story.events.last().and_then(Event::paper), Some(PaperKind::SpecialNotice), "the applicant is told");
    story.does(Role::Review, &end("市检验所"));
    assert!(story.faces().special.is_none());
}

#[test]
fn another_day_is_later_than_the_one_told_has_a_reason_and_stays_within_the_items_maximum() {
    let calendar = Calendar::published();
    // Fifteen working days at most, from Monday 2026-03-02 on; eight were told, until 2026-03-12.
    let mut story = at(Stage::UnderReview, rules(), &calendar);
    story.does(Role::Review, &start("现场核查", 8)).on(date!(2026 - 03 - 10));
    for (days, reason, says) in [
        (0, "需要", "还可以安排 1 至 9 个工作日"),
        (10, "需要", "还可以安排 1 至 9 个工作日"),
        (2, "需要", "新的日期应当更晚"),
        (5, " ", "必须写明原因"),
    ] {
        let refusal = story.refusal(Role::Review, &prolong(days, reason));
        assert!(matches!(refusal.cause, Cause::Input(_)) && refusal.reason.contains(says), "{days}: {refusal}");
    }
    story.does(Role::Decide, &prolong(9, "等候设计单位答复"));
    let State::Suspended { special, .. } = &story.case.state else { panic!() };
    assert_eq!((special.days, special.expected_end.value()), (15, date!(2026 - 03 - 23)));
    assert!(story.case.advice(&rules()).now.contains("预计需要 15 个工作日，到2026年3月23日"));
    let refusal = story.on(date!(2026 - 03 - 24)).refusal(Role::Review, &prolong(1, "还要等"));
    assert!(refusal.reason.contains("已经用完"), "{refusal}");
}

#[test]
fn the_result_names_who_found_it_where_knowledge_of_the_matter_does() {
    let calendar = Calendar::published();
    for (name, says) in
        [("专家评审", "请写明参加评审的专家"), ("检疫", "哪些人员进行检疫"), ("鉴定", "哪些人员进行鉴定")]
    {
        let mut story = at(Stage::UnderReview, rules(), &calendar);
        story.does(Role::Review, &start(name, 5));
        let refusal = story.refusal(Role::Review, &end(" "));
        assert_eq!(refusal.cause, Cause::Input("experts"));
        assert!(refusal.reason.contains(says), "{refusal}");
        story.does(Role::Review, &end("张三，某大学，教授\n李四，某院，高级工程师"));
        let slots: Vec<_> = story.events.last().unwrap().fact.texts().into_iter().map(|it| it.0).collect();
        assert_eq!(slots, [Slot::Result, Slot::Experts]);
    }
    for name in ["招标", "拍卖", "现场核查"] {
        let mut story = at(Stage::UnderReview, rules(), &calendar);
        story.does(Role::Review, &start(name, 5)).does(Role::Review, &end(""));
    }
}
