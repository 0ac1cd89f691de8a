//! What people read: advice, offers and progress.

use super::names::*;
use super::story::{Story, at, by, every_post, rules};
use standards::{Calendar, ExchangeCaseState};
use time::macros::date;

#[test]
fn the_applicant_is_told_what_to_do_now_by_which_day() {
    let calendar = Calendar::published();
    let rows = [
        (Stage::Filed, false, "2026年3月9日前告诉您是否受理"),
        (Stage::CorrectionAsked, true, "请您在2026年3月16日前按照补正告知书补齐材料"),
        (Stage::Resupplied, false, "补正材料已收到"),
        (Stage::Accepted, false, "承诺在2026年3月30日前作出决定"),
        (Stage::Suspended, false, "正在进行检验，预计需要 8 个工作日"),
        (Stage::ApprovedOwing, true, "请您在2026年3月23日前补交：场地证明"),
        (Stage::Refused, false, "行政复议"),
        (Stage::Closed, false, "本次办理已经完成"),
        (Stage::NotAccepted, false, "不予受理通知书写明的机关"),
        (Stage::Revoked, false, "行政诉讼"),
    ];
    for (stage, your_turn, says) in rows {
        let advice = at(stage, rules(), &calendar).case.advice(&rules());
        assert_eq!((advice.title, advice.your_turn), (stage.name(), your_turn), "{stage:?}");
        assert!(advice.now.contains(says), "{stage:?}: {}", advice.now);
    }
    let late = Story::filed(rules(), &calendar, date!(2026 - 12 - 29), &["A", "B"]);
    assert!(late.case.advice(&rules()).now.contains("（暂定）"));
}

#[test]
fn a_desk_is_offered_the_acts_of_its_posts() {
    let calendar = Calendar::published();
    let offered_on = |stage, by: &By, day| {
        let offers = at(stage, rules(), &calendar).case.offers(by, &rules(), day);
        offers.iter().map(|offer| offer.words).collect::<Vec<_>>().join(" ")
    };
    let offered = |stage, by: &By| offered_on(stage, by, date!(2026 - 03 - 03));
    assert_eq!(offered(Stage::Received, &by(Role::Accept)), "一次性告知补正 受理 不受理 不予受理 撤回申请");
    assert_eq!(
        offered(Stage::ForDecision, &by(Role::Decide)),
        "退回上一环节 启动特别程序 告知听证权利 决定举行听证 提请延长办理期限 准予通过 不予通过"
    );
    assert_eq!(offered(Stage::Accepted, &by(Role::Applicant)), "撤回申请");
    assert_eq!(offered(Stage::Closed, &every_post()), "");
    let late = date!(2026 - 06 - 01);
    assert_eq!(
        offered_on(Stage::Received, &by(Role::Accept), late),
        "受理 撤回申请",
        "accepted by law, whatever is missing"
    );
    assert_eq!(offered(Stage::CorrectionAsked, &by(Role::System)), "重新计算期限");
    assert_eq!(offered_on(Stage::CorrectionAsked, &by(Role::System), late), "逾期未补正终止 重新计算期限");
    assert_eq!(offered_on(Stage::ApprovedOwing, &by(Role::Decide), late), "撤销容缺批准");
}

#[test]
fn the_flow_shows_how_far_the_case_has_come_and_where_it_ended() {
    use ProgressState::{Ahead, Current, Done, Ended, Skipped};
    let calendar = Calendar::published();
    let rows = [
        (Stage::Filed, [Done, Current, Ahead, Ahead, Ahead]),
        (Stage::Suspended, [Done, Done, Current, Ahead, Ahead]),
        (Stage::ForDecision, [Done, Done, Done, Current, Ahead]),
        (Stage::Issued, [Done, Done, Done, Done, Current]),
        (Stage::Closed, [Done, Done, Done, Done, Done]),
        (Stage::NotAccepted, [Done, Ended, Skipped, Skipped, Skipped]),
        (Stage::Withdrawn, [Done, Done, Ended, Skipped, Skipped]),
    ];
    for (stage, expected) in rows {
        let steps = at(stage, rules(), &calendar).case.progress();
        assert_eq!(steps.map(|step| step.state), expected, "{stage:?}");
        assert!(steps.iter().all(|step| step.at.is_none() || step.state == Done));
    }
}

#[test]
fn every_stage_has_its_state_in_the_national_exchange() {
    use ExchangeCaseState as To;
    let calendar = Calendar::published();
    let expected = |stage| match stage {
        Stage::Filed | Stage::Received => To::Received,
        Stage::CorrectionAsked => To::CorrectionBegun,
        Stage::Resupplied => To::CorrectionEnded,
        Stage::Accepted => To::Accepted,
        Stage::UnderReview | Stage::ForDecision => To::DepartmentBegun,
        Stage::Suspended => To::SpecialBegun,
        Stage::Approved | Stage::Issued | Stage::Delivered | Stage::Closed => To::Approved,
        Stage::ApprovedOwing => To::ApprovedWithPending,
        Stage::Refused => To::Refused,
        Stage::NotNeeded => To::NotNeeded,
        Stage::NotAccepted => To::NotAccepted,
        Stage::TakenBack | Stage::Lapsed => To::TakenBack,
        Stage::Withdrawn => To::Withdrawn,
        Stage::Revoked => To::Revoked,
    };
    for stage in Stage::ALL {
        assert_eq!(at(stage, rules(), &calendar).case.exchange_state(), expected(stage), "{stage:?}");
        assert_eq!(Stage::from_code(stage.code()), Some(stage));
    }
}
