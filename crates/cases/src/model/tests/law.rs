//! The law as tables: who may do what where, and what a refusal says.

use super::names::*;
use super::story::{Story, at, at_once_rules, by, every_post, fault, good, grounds, person, rules, words};
use standards::{Calendar, ExchangeCaseState, ItemType};
use time::macros::date;

/// For every stage the acts that are possible in it, and the role that does each: written by hand from the law, not from the table.
const POSSIBLE: &[(Stage, &str)] = &[
    (Stage::Filed, "受理岗:接件 一次性告知补正 受理 不受理 不予受理 撤回申请; 申请人:撤回申请"),
    (Stage::Received, "受理岗:一次性告知补正 受理 不受理 不予受理 撤回申请; 申请人:撤回申请"),
    (Stage::CorrectionAsked, "受理岗:提交补正材料 撤回申请; 申请人:提交补正材料 撤回申请"),
    (Stage::Resupplied, "受理岗:受理 不受理 不予受理 撤回申请; 申请人:撤回申请"),
    (
        Stage::Accepted,
        "审核岗:开始审核 启动特别程序 登记现场核查 告知听证权利 决定举行听证 提请延长办理期限; 审批岗:启动特别程序 告知听证权利 决定举行听证 提请延长办理期限; 受理岗:撤回申请; 申请人:撤回申请; 负责人:撤销错误的办理",
    ),
    (
        Stage::UnderReview,
        "审核岗:提交审核意见 退回上一环节 启动特别程序 登记现场核查 告知听证权利 决定举行听证 提请延长办理期限; 审批岗:启动特别程序 告知听证权利 决定举行听证 提请延长办理期限; 受理岗:撤回申请; 申请人:撤回申请; 负责人:撤销错误的办理",
    ),
    (
        Stage::ForDecision,
        "审核岗:启动特别程序 告知听证权利 决定举行听证 提请延长办理期限; 审批岗:退回上一环节 启动特别程序 告知听证权利 决定举行听证 提请延长办理期限 准予通过 不予通过; 受理岗:撤回申请; 申请人:撤回申请; 负责人:撤销错误的办理",
    ),
    (
        Stage::Suspended,
        "审核岗:结束特别程序 另行告知特别程序所需时间 登记现场核查; 审批岗:结束特别程序 另行告知特别程序所需时间; 受理岗:撤回申请; 申请人:撤回申请",
    ),
    (Stage::Approved, "发证岗:制证（制文）; 负责人:撤销错误的办理"),
    (Stage::ApprovedOwing, "受理岗:补交容缺材料; 申请人:补交容缺材料; 负责人:撤销错误的办理"),
    (Stage::Refused, "发证岗:送达; 负责人:撤销错误的办理"),
    (Stage::Issued, "发证岗:送达; 负责人:撤销错误的办理"),
    (Stage::Delivered, "发证岗:办结归档"),
    (Stage::Closed, ""),
    (Stage::NotNeeded, ""),
    (Stage::NotAccepted, ""),
    (Stage::TakenBack, ""),
    (Stage::Lapsed, ""),
    (Stage::Withdrawn, ""),
    (Stage::Revoked, ""),
];

#[test]
fn in_every_stage_each_post_can_do_what_the_law_gives_it_and_nothing_else() {
    let calendar = Calendar::published();
    assert_eq!(POSSIBLE.len(), Stage::ALL.len());
    for (stage, possible) in POSSIBLE {
        let story = at(*stage, rules(), &calendar);
        for role in Role::ALL {
            let mine = possible.split("; ").find_map(|part| part.strip_prefix(role.name())?.strip_prefix(':'));
            let mine: Vec<&str> = mine.unwrap_or_default().split_whitespace().collect();
            for kind in ActKind::ALL.into_iter().filter(|kind| *kind != ActKind::Reckon) {
                let answer = story.clone().try_act(&story.fitting(good(kind)), &by(role));
                let expected = mine.contains(&kind.words());
                assert_eq!(answer.is_ok(), expected, "{} {} {}: {answer:?}", stage.name(), role.name(), kind.words());
            }
        }
    }
}

#[test]
fn every_refusal_is_a_chinese_sentence_and_an_act_out_of_place_is_told_from_a_wrong_post() {
    let calendar = Calendar::published();
    for stage in Stage::ALL {
        let story = at(stage, rules(), &calendar);
        for kind in ActKind::ALL {
            for role in Role::ALL {
                let Err(refusal) = story.clone().try_act(&good(kind), &by(role)) else { continue };
                assert!(refusal.reason.ends_with('。'), "{refusal}");
                let line = TABLE.iter().find(|line| line.act == kind && line.from.contains(&stage));
                let cause = match line {
                    None => Cause::State,
                    Some(line) if line.hands.role(&[role]).is_none() => Cause::Role,
                    Some(_) => continue,
                };
                assert_eq!(refusal.cause, cause, "{stage:?} {kind:?} {role:?}");
            }
        }
    }
}

/// One row: the stage, who, what, and what the refusal must say.
type Row = (Stage, Role, Act, &'static str);

#[expect(clippy::too_many_lines, reason = "a table, a row for each refusal")]
fn refused() -> Vec<Row> {
    let correct = |faults| Act::AskCorrection { faults };
    let special = |name: &str, days| Act::StartSpecial { name: words(name), days, reason: words("需要") };
    let ended = |result: &str, experts: &str| Act::EndSpecial {
        result: words(result),
        experts: words(experts),
        files: Vec::new(),
    };
    let longer = |days, reason: &str| Act::Extension(ExtensionAct::Ask { days, reason: words(reason) });
    let lacking = |change: fn(&mut Grounds)| {
        let mut grounds = grounds();
        change(&mut grounds);
        Act::Refuse { grounds, weighed: Weighed::default() }
    };
    vec![
        (Stage::Received, Role::Accept, correct(vec![]), "必须一次写明"),
        (Stage::Received, Role::Accept, correct(vec![fault("A", "缺"), fault("B", "  ")]), "第 2 项没有写明"),
        (Stage::Received, Role::Accept, correct(vec![fault("A", "缺"); FAULTS_MAX + 1]), "最多列 100 项"),
        (Stage::Resupplied, Role::Accept, good(ActKind::AskCorrection), "补正告知只能有一次"),
        (Stage::Accepted, Role::Accept, good(ActKind::AskCorrection), "已经受理，不能再告知补正"),
        (Stage::ForDecision, Role::Accept, good(ActKind::AskCorrection), "已经受理，不能再告知补正"),
        (Stage::Received, Role::Accept, Act::Accept { obtained: vec![], owed: vec![words("A")] }, "不能容缺后补"),
        (Stage::Received, Role::Accept, Act::Accept { obtained: vec![words("")], owed: vec![] }, "编码「」不正确"),
        (
            Stage::Received,
            Role::Accept,
            Act::NotAccept { reasons: words("无权"), office: words(" "), remedies: words("复议") },
            "必须写明有权办理的机关",
        ),
        (
            Stage::Received,
            Role::Accept,
            Act::NotAccept { reasons: words(""), office: words("乙局"), remedies: words("复议") },
            "必须写明理由",
        ),
        (
            Stage::Received,
            Role::Accept,
            Act::NotNeeded { reasons: words("不需要"), remedies: words("") },
            "必须写明救济途径",
        ),
        (
            Stage::UnderReview,
            Role::Review,
            Act::Recommend { favour: false, opinion: words(""), weighed: Weighed::default() },
            "必须写明意见",
        ),
        (Stage::UnderReview, Role::Review, Act::Return { reason: words("") }, "必须写明原因"),
        (Stage::ForDecision, Role::Decide, Act::Return { reason: words("") }, "必须写明原因"),
        (Stage::ForDecision, Role::Decide, lacking(|it| it.reasons.clear()), "必须写明理由"),
        (Stage::ForDecision, Role::Decide, lacking(|it| it.law.clear()), "必须写明法律依据"),
        (Stage::ForDecision, Role::Decide, lacking(|it| it.remedies.clear()), "必须写明救济途径"),
        (Stage::ForDecision, Role::Decide, lacking(|it| it.reasons = "长".repeat(TEXT_MAX + 1)), "不能超过 4000 个字"),
        (Stage::UnderReview, Role::Review, special("占卜", 5), "没有名为「占卜」的特别程序"),
        (Stage::UnderReview, Role::Review, special("现场核查", 16), "1 至 15 个工作日"),
        (Stage::UnderReview, Role::Review, special("检疫", 0), "1 至 365 个工作日"),
        (Stage::UnderReview, Role::Review, special("听证", 5), "听证有专门的程序"),
        (Stage::Suspended, Role::Review, special("鉴定", 5), "不能同时启动另一个"),
        (Stage::Suspended, Role::Review, ended("", "市检验所"), "必须写明结果"),
        (Stage::Suspended, Role::Review, ended("合格", " "), "由哪个机构、哪些人员进行检验"),
        (Stage::Accepted, Role::Decide, longer(11, "难"), "1 至 10 个工作日"),
        (Stage::Accepted, Role::Decide, longer(0, "难"), "1 至 10 个工作日"),
        (Stage::Accepted, Role::Decide, longer(5, ""), "必须写明原因"),
        (Stage::Accepted, Role::Decide, good(ActKind::Extend), "应由负责人办理"),
        (Stage::Accepted, Role::Head, good(ActKind::Extend), "没有等候批准的延期申请"),
        (Stage::Accepted, Role::Head, good(ActKind::RefuseExtension), "没有等候批准的延期申请"),
        (Stage::Accepted, Role::Head, longer(5, "难"), "应由审核岗或审批岗办理"),
        (Stage::Accepted, Role::Applicant, Act::SupplyOwed { materials: vec![words("B")] }, "没有尚待补交"),
        (Stage::ApprovedOwing, Role::Applicant, Act::SupplyOwed { materials: vec![words("C")] }, "尚待补交：场地证明"),
        (Stage::ApprovedOwing, Role::Issue, good(ActKind::Issue), "没有补齐，不能制证"),
        (Stage::ApprovedOwing, Role::Decide, good(ActKind::Revoke), "届满之前不能撤销"),
        (Stage::Approved, Role::Applicant, good(ActKind::Withdraw), "决定已经作出，不能再撤回"),
        (Stage::CorrectionAsked, Role::Accept, good(ActKind::Lapse), "还没有届满"),
        (Stage::Filed, Role::System, good(ActKind::DeemAccepted), "还没有届满"),
        (Stage::Closed, Role::Accept, good(ActKind::Accept), "请重新提交申请"),
        (Stage::Received, Role::Review, good(ActKind::Accept), "应由受理岗办理"),
        (Stage::Received, Role::Decide, good(ActKind::StartReview), "现为「已接件」"),
    ]
}

#[test]
fn what_the_law_forbids_is_refused_in_words_that_say_why() {
    let calendar = Calendar::published();
    for (stage, role, act, says) in refused() {
        let refusal = at(stage, rules(), &calendar).refusal(role, &act);
        assert!(refusal.reason.contains(says), "{stage:?} {act:?}: {refusal}");
    }
}

#[test]
fn an_incomplete_application_is_not_accepted_but_owed_or_obtained_material_excuses_it() {
    let calendar = Calendar::published();
    let accept = |obtained: &[&str], owed: &[&str]| Act::Accept {
        obtained: obtained.iter().map(|it| words(it)).collect(),
        owed: owed.iter().map(|it| words(it)).collect(),
    };
    let mut story = Story::filed(rules(), &calendar, date!(2026 - 03 - 02), &["C"]);
    let refusal = story.refusal(Role::Accept, &accept(&[], &[]));
    assert!(refusal.reason.contains("缺少：申请表、场地证明。请一次性告知"), "{refusal}");
    assert!(story.refusal(Role::Accept, &accept(&["A"], &[])).reason.contains("缺少：场地证明"));
    story.does(Role::Accept, &accept(&["A"], &["B"]));
    let handling = story.case.handling().unwrap();
    assert_eq!(handling.owed.iter().collect::<Vec<_>>(), ["B"]);
    assert_eq!(handling.owed_due.unwrap().value(), date!(2026 - 03 - 23));
    assert!(story.case.materials.contains("A"), "what the office obtained is in the file");
}

#[test]
fn material_owed_bars_the_result_until_it_comes_and_the_approval_falls_if_it_does_not() {
    let calendar = Calendar::published();
    let mut supplied = at(Stage::ApprovedOwing, rules(), &calendar);
    assert_eq!(supplied.case.exchange_state(), ExchangeCaseState::ApprovedWithPending);
    let mut forgotten = supplied.clone();
    supplied.then(ActKind::SupplyOwed);
    assert_eq!(supplied.stage(), Stage::Approved);
    supplied.then(ActKind::Issue);
    forgotten.on(date!(2026 - 03 - 24)).then(ActKind::Revoke);
    assert_eq!((forgotten.stage(), forgotten.case.exchange_state()), (Stage::Revoked, ExchangeCaseState::Revoked));
}

#[test]
fn an_incomplete_answer_to_the_notice_can_be_refused_without_another_office_but_never_asked_for_again() {
    let calendar = Calendar::published();
    let mut story = Story::filed(rules(), &calendar, date!(2026 - 03 - 02), &[]);
    story.then(ActKind::AskCorrection).does(Role::Applicant, &Act::Supply { materials: vec![words("B")] });
    let refusal = story.refusal(Role::Accept, &Act::Accept { obtained: vec![], owed: vec![] });
    assert!(refusal.reason.contains("补正告知只能有一次"), "{refusal}");
    let act = Act::NotAccept {
        reasons: words("申请表仍未签字"), office: words(""), remedies: words("复议、诉讼")
    };
    story.does(Role::Accept, &act);
    assert_eq!(story.stage(), Stage::NotAccepted);
}

#[test]
fn a_return_of_the_pre_review_is_the_one_correction_notice() {
    let calendar = Calendar::published();
    let mut story = Story::begin(&calendar);
    story.then(ActKind::AskCorrection);
    assert!(story.case.correction().unwrap().pre_review);
    story.then(ActKind::Supply);
    assert!(story.refusal(Role::Accept, &good(ActKind::AskCorrection)).reason.contains("只能有一次"));
}

#[test]
fn an_item_at_one_sitting_is_done_by_one_who_holds_all_its_posts() {
    let calendar = Calendar::published();
    let act = good(ActKind::HandleAtOnce);
    let mut promised = Story::begin(&calendar);
    assert!(promised.try_act(&act, &every_post()).unwrap_err().reason.contains("不是即办件"));
    let mut story = Story::filed(at_once_rules(), &calendar, date!(2026 - 03 - 02), &["A"]);
    assert!(story.refusal(Role::Accept, &act).reason.contains("一人兼有受理岗、审批岗、发证岗"));
    assert_eq!(story.try_act(&act, &every_post()), Ok(Stage::Closed));
    let kinds: Vec<_> = story.events.iter().map(Event::kind).collect();
    let expected = ["filed", "received", "accepted", "approved", "issued", "delivered", "closed"];
    assert_eq!(kinds, expected.map(|kind| format!("cases.{kind}")));
    assert!(!story.faces().promised.unwrap().is_late(), "decided on the day of acceptance");
}

#[test]
fn an_item_at_one_sitting_can_also_go_from_desk_to_desk_without_review() {
    let calendar = Calendar::published();
    let mut story = at(Stage::Accepted, at_once_rules(), &calendar);
    story.clone().then(ActKind::Approve);
    story.then(ActKind::Refuse);
    assert_eq!(story.stage(), Stage::Refused);
    assert!(
        at(Stage::Accepted, rules(), &calendar).refusal(Role::Decide, &good(ActKind::Approve)).reason.contains("审核")
    );
}

#[test]
fn who_accepted_or_reviewed_does_not_decide_where_the_item_separates_hands() {
    let calendar = Calendar::published();
    let apart = Rules { separate_hands: true, ..rules() };
    let decider = |number| By::officer(person(number), &[Role::Accept, Role::Review, Role::Decide]);
    for (number, says) in [(2, Some("您已受理过")), (3, Some("您已审核过")), (4, None)] {
        let mut story = at(Stage::ForDecision, apart.clone(), &calendar);
        let answer = story.try_act(&good(ActKind::Approve), &decider(number));
        assert_eq!(
            answer.as_ref().err().map(|it| says.is_some_and(|says| it.reason.contains(says))),
            says.map(|_| true)
        );
        let offered = |rules: &Rules| {
            let offers = at(Stage::ForDecision, rules.clone(), &calendar).case.offers(
                &decider(number),
                rules,
                date!(2026 - 03 - 03),
            );
            offers.iter().any(|offer| offer.act == ActKind::Approve)
        };
        assert_eq!(offered(&apart), says.is_none(), "a button that would be refused is not shown");
        assert!(offered(&rules()));
    }
    let mut at_once =
        Story::filed(Rules { separate_hands: true, ..at_once_rules() }, &calendar, date!(2026 - 03 - 02), &[]);
    assert!(at_once.try_act(&good(ActKind::HandleAtOnce), &every_post()).is_err());
}

#[test]
fn each_event_of_the_law_makes_its_paper_and_decisions_are_titled_by_the_type_of_the_item() {
    let calendar = Calendar::published();
    let titles = |stage, item_type| {
        let story = at(stage, rules(), &calendar);
        let papers: Vec<_> = story.events.iter().filter_map(Event::paper).map(|it| it.title(item_type)).collect();
        papers.join(" ")
    };
    let rows = [
        (Stage::Resupplied, ItemType::Licence, "申请材料接收凭证 申请材料补正告知书 申请材料接收凭证"),
        (Stage::NotNeeded, ItemType::Licence, "申请材料接收凭证 不受理告知书"),
        (Stage::NotAccepted, ItemType::Licence, "申请材料接收凭证 不予受理通知书"),
        (Stage::Lapsed, ItemType::Licence, "申请材料接收凭证 申请材料补正告知书 逾期未补正终止办理告知书"),
        (Stage::Suspended, ItemType::Licence, "申请材料接收凭证 受理通知书 特别程序告知书"),
        (Stage::Refused, ItemType::Licence, "申请材料接收凭证 受理通知书 不予行政许可决定书"),
        (Stage::Refused, ItemType::PublicService, "申请材料接收凭证 受理通知书 不予办理决定书"),
        (Stage::Closed, ItemType::Licence, "申请材料接收凭证 受理通知书 准予行政许可决定书 送达回证"),
        (Stage::Closed, ItemType::Confirmation, "申请材料接收凭证 受理通知书 行政确认决定书 送达回证"),
        (Stage::Closed, ItemType::PublicService, "申请材料接收凭证 受理通知书 办理结果告知书 送达回证"),
    ];
    for (stage, item_type, expected) in rows {
        assert_eq!(titles(stage, item_type), expected, "{stage:?}");
    }
}

#[test]
fn only_the_applicant_or_the_window_files() {
    let (calendar, rules) = (Calendar::published(), rules());
    let setting = Setting { rules: &rules, calendar: &calendar, now: super::story::morning(date!(2026 - 03 - 02)) };
    let filing = Filing { channel: kernel::Channel::Window, materials: vec![] };
    for role in Role::ALL {
        let allowed = matches!(role, Role::Applicant | Role::Accept);
        assert_eq!(Case::file(&filing, &by(role), &setting).is_ok(), allowed, "{role:?}");
    }
    let many = Filing { materials: (0..=CODES_MAX).map(|it| it.to_string()).collect(), ..filing };
    assert!(Case::file(&many, &by(Role::Applicant), &setting).is_err());
}
