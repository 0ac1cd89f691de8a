//! The table of the machine: who may do what in which stage, under which law, with which paper, and where it leads.
//!
//! [`super::Case::act`] asks it before anything else; `docs/case-machine.md` is made from it and a test keeps them equal.

use super::{act::Role, kind::ActKind, paper::PaperKind, stage::Stage};

/// Whose hands an act needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hands {
    /// One of these roles.
    One(&'static [Role]),
    /// All of these roles in one person.
    All(&'static [Role]),
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    /// The act.
    pub(crate) act: ActKind,
    /// The stages in which it can be done.
    pub(crate) from: &'static [Stage],
    /// Who may do it.
    pub(crate) hands: Hands,
    /// The stages to which it can lead; empty: it leaves the stage as it is.
    #[cfg_attr(not(test), expect(dead_code, reason = "the page of the machine is made from it in tests"))]
    pub(crate) to: &'static [Stage],
    /// Only for items handled at one sitting (即办件).
    pub(crate) at_once: bool,
    /// The law or rule behind it.
    pub(crate) law: &'static str,
    /// The paper it makes.
    pub(crate) paper: Option<PaperKind>,
}

/// Before acceptance.
const INTAKE: &[Stage] = &[Stage::Filed, Stage::Received, Stage::Resupplied];
/// Accepted, undecided, the clocks running.
const IN_HAND: &[Stage] = &[Stage::Accepted, Stage::UnderReview, Stage::ForDecision];
/// Accepted, and the result not delivered; a special procedure is ended first.
const UNDELIVERED: &[Stage] = &[
    Stage::Accepted,
    Stage::UnderReview,
    Stage::ForDecision,
    Stage::Approved,
    Stage::ApprovedOwing,
    Stage::Refused,
    Stage::Issued,
];
/// Where a case stood before a decisive act.
const UNDONE: &[Stage] =
    &[Stage::Received, Stage::Resupplied, Stage::Accepted, Stage::UnderReview, Stage::ForDecision, Stage::Approved];
/// Wherever a clock or a limit runs.
const OPEN: &[Stage] = &[
    Stage::Filed,
    Stage::Received,
    Stage::CorrectionAsked,
    Stage::Resupplied,
    Stage::Accepted,
    Stage::UnderReview,
    Stage::ForDecision,
    Stage::Suspended,
    Stage::Approved,
    Stage::ApprovedOwing,
    Stage::Refused,
    Stage::Issued,
];

const fn line(act: ActKind, from: &'static [Stage], hands: Hands, to: &'static [Stage]) -> Line {
    Line { act, from, hands, to, at_once: false, law: "", paper: None }
}

impl Line {
    const fn law(self, law: &'static str) -> Self {
        Self { law, ..self }
    }

    const fn paper(self, paper: PaperKind) -> Self {
        Self { paper: Some(paper), ..self }
    }

    const fn at_once(self) -> Self {
        Self { at_once: true, ..self }
    }
}

/// Who may do what in which stage.
pub(crate) const TABLE: &[Line] = &[
    line(ActKind::Receive, &[Stage::Filed], Hands::One(&[Role::Accept]), &[Stage::Received])
        .law("接办分离：接件不等于受理"),
    line(
        ActKind::AskCorrection,
        &[Stage::Filed, Stage::Received],
        Hands::One(&[Role::Accept]),
        &[Stage::CorrectionAsked],
    )
    .law("行政许可法第三十二条第一款第四项")
    .paper(PaperKind::CorrectionNotice),
    line(
        ActKind::Supply,
        &[Stage::CorrectionAsked],
        Hands::One(&[Role::Applicant, Role::Accept]),
        &[Stage::Resupplied],
    )
    .law("行政许可法第三十二条第一款第五项")
    .paper(PaperKind::Receipt),
    line(ActKind::Accept, INTAKE, Hands::One(&[Role::Accept]), &[Stage::Accepted])
        .law("行政许可法第三十二条第一款第五项、第二款")
        .paper(PaperKind::AcceptanceNotice),
    line(ActKind::DeemAccepted, INTAKE, Hands::One(&[Role::System]), &[Stage::Accepted])
        .law("行政许可法第三十二条第一款第四项")
        .paper(PaperKind::AcceptanceNotice),
    line(ActKind::NotNeeded, INTAKE, Hands::One(&[Role::Accept]), &[Stage::NotNeeded])
        .law("行政许可法第三十二条第一款第一项")
        .paper(PaperKind::NotNeededNotice),
    line(ActKind::NotAccept, INTAKE, Hands::One(&[Role::Accept]), &[Stage::NotAccepted])
        .law("行政许可法第三十二条第一款第二项")
        .paper(PaperKind::NotAcceptedNotice),
    line(ActKind::Lapse, &[Stage::CorrectionAsked], Hands::One(&[Role::System, Role::Accept]), &[Stage::Lapsed])
        .law("实施清单规定的补正期限")
        .paper(PaperKind::LapseNotice),
    line(
        ActKind::Withdraw,
        &[Stage::Filed, Stage::Received, Stage::CorrectionAsked, Stage::Resupplied],
        Hands::One(&[Role::Applicant, Role::Accept]),
        &[Stage::TakenBack],
    )
    .law("申请人在决定作出前可以撤回")
    .paper(PaperKind::WithdrawalNotice),
    line(
        ActKind::Withdraw,
        &[Stage::Accepted, Stage::UnderReview, Stage::ForDecision, Stage::Suspended],
        Hands::One(&[Role::Applicant, Role::Accept]),
        &[Stage::Withdrawn],
    )
    .law("申请人在决定作出前可以撤回")
    .paper(PaperKind::WithdrawalNotice),
    line(ActKind::StartReview, &[Stage::Accepted], Hands::One(&[Role::Review]), &[Stage::UnderReview])
        .law("行政许可法第三十四条"),
    line(ActKind::HandUp, &[Stage::UnderReview], Hands::One(&[Role::Review]), &[Stage::Accepted])
        .law("行政许可法第三十五条、第四十三条"),
    line(ActKind::Recommend, &[Stage::UnderReview], Hands::One(&[Role::Review]), &[Stage::ForDecision])
        .law("行政许可法第三十四条"),
    line(ActKind::Return, &[Stage::UnderReview], Hands::One(&[Role::Review]), &[Stage::Accepted])
        .law("内部审批流程，期限不重新计算"),
    line(ActKind::Return, &[Stage::ForDecision], Hands::One(&[Role::Decide]), &[Stage::UnderReview])
        .law("内部审批流程，期限不重新计算"),
    line(ActKind::StartSpecial, IN_HAND, Hands::One(&[Role::Review, Role::Decide]), &[Stage::Suspended])
        .law("行政许可法第四十五条")
        .paper(PaperKind::SpecialNotice),
    line(ActKind::ProlongSpecial, &[Stage::Suspended], Hands::One(&[Role::Review, Role::Decide]), &[])
        .law("行政许可法第四十五条")
        .paper(PaperKind::SpecialNotice),
    line(ActKind::EndSpecial, &[Stage::Suspended], Hands::One(&[Role::Review, Role::Decide]), IN_HAND)
        .law("行政许可法第四十五条"),
    line(ActKind::TellHearing, IN_HAND, Hands::One(&[Role::Review, Role::Decide]), &[])
        .law("行政许可法第四十七条第一款")
        .paper(PaperKind::HearingRightNotice),
    line(ActKind::AskHearing, IN_HAND, Hands::One(&[Role::Applicant, Role::Review]), &[Stage::Suspended])
        .law("行政许可法第四十七条第一款")
        .paper(PaperKind::SpecialNotice),
    line(ActKind::WaiveHearing, IN_HAND, Hands::One(&[Role::Applicant]), &[]).law("行政许可法第四十七条第一款"),
    line(ActKind::CallHearing, IN_HAND, Hands::One(&[Role::Review, Role::Decide]), &[Stage::Suspended])
        .law("行政许可法第四十六条")
        .paper(PaperKind::SpecialNotice),
    line(ActKind::SetHearing, &[Stage::Suspended], Hands::One(&[Role::Review, Role::Decide]), &[])
        .law("行政许可法第四十八条")
        .paper(PaperKind::HearingNotice),
    line(ActKind::AskRecusal, &[Stage::Suspended], Hands::One(&[Role::Applicant, Role::Review]), &[])
        .law("行政许可法第四十八条第一款第三项"),
    line(ActKind::AnswerRecusal, &[Stage::Suspended], Hands::One(&[Role::Decide]), &[])
        .law("行政许可法第四十八条第一款第三项"),
    line(ActKind::HoldHearing, &[Stage::Suspended], Hands::One(&[Role::Review, Role::Decide]), IN_HAND)
        .law("行政许可法第四十八条")
        .paper(PaperKind::HearingRecord),
    line(
        ActKind::DropHearing,
        &[Stage::Suspended],
        Hands::One(&[Role::Applicant, Role::Review, Role::Decide]),
        IN_HAND,
    )
    .law("行政许可法第四十七条"),
    line(
        ActKind::RecordCheck,
        &[Stage::Accepted, Stage::UnderReview, Stage::Suspended],
        Hands::One(&[Role::Review]),
        &[],
    )
    .law("行政许可法第三十四条第三款"),
    line(
        ActKind::ConfirmCheck,
        &[Stage::Accepted, Stage::UnderReview, Stage::ForDecision, Stage::Suspended],
        Hands::One(&[Role::Review]),
        &[],
    )
    .law("行政许可法第三十四条第三款"),
    line(ActKind::AskExtension, IN_HAND, Hands::One(&[Role::Review, Role::Decide]), &[])
        .law("行政许可法第四十二条第一款"),
    line(ActKind::Extend, IN_HAND, Hands::One(&[Role::Head]), &[])
        .law("行政许可法第四十二条第一款")
        .paper(PaperKind::ExtensionNotice),
    line(ActKind::RefuseExtension, IN_HAND, Hands::One(&[Role::Head]), &[]).law("行政许可法第四十二条第一款"),
    line(
        ActKind::SupplyOwed,
        &[Stage::Accepted, Stage::UnderReview, Stage::ForDecision, Stage::Suspended],
        Hands::One(&[Role::Applicant, Role::Accept]),
        &[],
    )
    .law("实施清单规定的容缺后补"),
    line(
        ActKind::SupplyOwed,
        &[Stage::ApprovedOwing],
        Hands::One(&[Role::Applicant, Role::Accept]),
        &[Stage::Approved, Stage::ApprovedOwing],
    )
    .law("实施清单规定的容缺后补"),
    line(
        ActKind::Approve,
        &[Stage::ForDecision],
        Hands::One(&[Role::Decide]),
        &[Stage::Approved, Stage::ApprovedOwing],
    )
    .law("行政许可法第三十八条第一款")
    .paper(PaperKind::Approval),
    line(ActKind::Refuse, &[Stage::ForDecision], Hands::One(&[Role::Decide]), &[Stage::Refused])
        .law("行政许可法第三十八条第二款")
        .paper(PaperKind::Refusal),
    line(
        ActKind::Approve,
        &[Stage::Accepted, Stage::UnderReview],
        Hands::One(&[Role::Decide]),
        &[Stage::Approved, Stage::ApprovedOwing],
    )
    .at_once()
    .law("行政许可法第三十四条第二款")
    .paper(PaperKind::Approval),
    line(ActKind::Refuse, &[Stage::Accepted, Stage::UnderReview], Hands::One(&[Role::Decide]), &[Stage::Refused])
        .at_once()
        .law("行政许可法第三十八条第二款")
        .paper(PaperKind::Refusal),
    line(
        ActKind::HandleAtOnce,
        INTAKE,
        Hands::All(&[Role::Accept, Role::Decide, Role::Issue]),
        &[Stage::Issued, Stage::Closed],
    )
    .at_once()
    .law("行政许可法第三十四条第二款")
    .paper(PaperKind::Approval),
    line(ActKind::Issue, &[Stage::Approved], Hands::One(&[Role::Issue]), &[Stage::Issued]).law("行政许可法第三十九条"),
    line(ActKind::Deliver, &[Stage::Issued, Stage::Refused], Hands::One(&[Role::Issue]), &[Stage::Delivered])
        .law("行政许可法第四十四条")
        .paper(PaperKind::DeliveryReceipt),
    line(ActKind::Close, &[Stage::Delivered], Hands::One(&[Role::Issue, Role::System]), &[Stage::Closed])
        .law("送达后办结归档"),
    line(ActKind::Revoke, &[Stage::ApprovedOwing], Hands::One(&[Role::Decide]), &[Stage::Revoked])
        .law("实施清单规定的容缺后补")
        .paper(PaperKind::Revocation),
    line(ActKind::Annul, UNDELIVERED, Hands::One(&[Role::Head]), UNDONE)
        .law("有错必纠：由上级具名撤销并说明理由，原记录保留")
        .paper(PaperKind::AnnulmentNotice),
    line(ActKind::Reckon, OPEN, Hands::One(&[Role::System]), &[]).law("国务院放假安排"),
];

/// The line for an act in a stage, if there is one.
#[must_use]
pub(crate) fn find(act: ActKind, stage: Stage) -> Option<&'static Line> {
    TABLE.iter().find(|line| line.act == act && line.from.contains(&stage))
}

impl Hands {
    /// In which of the roles held the act is done; `None`: it may not be done.
    #[must_use]
    pub(crate) fn role(self, held: &[Role]) -> Option<Role> {
        match self {
            Self::One(any) => any.iter().copied().find(|role| held.contains(role)),
            Self::All(all) => all.first().copied().filter(|_| all.iter().all(|role| held.contains(role))),
        }
    }

    /// The roles that are named.
    #[must_use]
    pub(crate) fn roles(self) -> &'static [Role] {
        match self {
            Self::One(roles) | Self::All(roles) => roles,
        }
    }

    /// 「审核岗或审批岗」, 「受理岗、审批岗和发证岗」.
    #[must_use]
    pub(crate) fn words(self) -> String {
        let names = |roles: &[Role]| roles.iter().map(|role| role.name()).collect::<Vec<_>>();
        match self {
            Self::One(roles) => names(roles).join("或"),
            Self::All(roles) => format!("一人兼有{}", names(roles).join("、")),
        }
    }
}
