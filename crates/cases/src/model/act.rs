//! What can be done with a case, by whom, and the texts that go with it.

use super::{
    extension::ExtensionAct,
    hearing::HearingAct,
    kind::ActKind,
    site_check::{Exhibit, Found},
    text::Slot,
    weighing::Weighed,
};
use kernel::{Channel, Id, Person};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Characters of one text at most.
pub(crate) const TEXT_MAX: usize = 4_000;
/// Faults of one correction notice at most.
pub(crate) const FAULTS_MAX: usize = 100;
/// Materials or documents named by one act at most.
pub(crate) const CODES_MAX: usize = 200;
/// Bytes of one such code at most.
pub(crate) const CODE_MAX: usize = 64;

/// In which capacity somebody acts on a case. The officers' roles are the posts (岗位) of the authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// 申请人, or who acts for it.
    Applicant,
    /// 受理.
    Accept,
    /// 审核.
    Review,
    /// 审批.
    Decide,
    /// 发证.
    Issue,
    /// The head of the organ (本机关负责人).
    Head,
    /// The platform's own worker.
    System,
}

impl Role {
    /// Every role, in the order of a case.
    #[cfg_attr(not(test), expect(dead_code, reason = "the table of the machine is made from it in tests"))]
    pub(crate) const ALL: [Self; 7] =
        [Self::Applicant, Self::Accept, Self::Review, Self::Decide, Self::Issue, Self::Head, Self::System];

    /// As the window calls it.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Applicant => "申请人",
            Self::Accept => "受理岗",
            Self::Review => "审核岗",
            Self::Decide => "审批岗",
            Self::Issue => "发证岗",
            Self::Head => "负责人",
            Self::System => "系统",
        }
    }
}

/// Who acts, with every role that he or she has in this case (a small office's clerk may hold several posts).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct By {
    /// The person; `None` for the platform itself.
    pub(crate) person: Option<Id<Person>>,
    /// The roles.
    pub(crate) roles: Vec<Role>,
}

impl By {
    /// The applicant, or who acts for it.
    #[must_use]
    pub(crate) fn applicant(person: Id<Person>) -> Self {
        Self { person: Some(person), roles: vec![Role::Applicant] }
    }

    /// An officer with these posts.
    #[must_use]
    pub(crate) fn officer(person: Id<Person>, roles: &[Role]) -> Self {
        Self { person: Some(person), roles: roles.to_vec() }
    }

    /// The platform's own worker.
    #[must_use]
    pub(crate) fn system() -> Self {
        Self { person: None, roles: vec![Role::System] }
    }
}

/// An application at the moment of filing. Drafts are no cases; a case begins here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filing {
    /// The way by which it came in.
    pub(crate) channel: Channel,
    /// Codes of the materials handed in: uploaded, handed over on paper, or taken from certificates that the platform holds.
    pub(crate) materials: Vec<String>,
}

/// One fault of a correction notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CorrectionFault {
    /// The code of the material or the pointer of the form's field that it concerns.
    pub(crate) about: String,
    /// What is wrong or missing and what to supply, in plain words.
    pub(crate) what: String,
}

/// The grounds of a decision against the applicant. All three are compulsory (行政许可法 art. 38; 行政复议法; 行政诉讼法).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Grounds {
    /// The reasons: facts and why they do not suffice.
    pub(crate) reasons: String,
    /// The law relied on: title, article.
    pub(crate) law: String,
    /// How to seek 行政复议 (60 days) and 行政诉讼 (six months), and where.
    pub(crate) remedies: String,
}

/// What is done at one sitting (当场办结).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AtOnce {
    /// Materials that the office got itself.
    pub(crate) obtained: Vec<String>,
    /// The decider's opinion; may be empty.
    pub(crate) opinion: String,
    /// What was weighed.
    pub(crate) weighed: Weighed,
    /// Ids of the certificates and documents made.
    pub(crate) documents: Vec<String>,
    /// How it was handed over at once; `None`: later.
    pub(crate) delivery: Option<DeliveryWay>,
}

/// How a result reached the applicant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryWay {
    /// Fetched at the window.
    Window,
    /// By courier.
    Courier,
    /// Electronically, with the applicant's consent.
    Electronic,
    /// Handed over by a self-service machine or an agent point.
    AgentPoint,
    /// By public notice, after all other ways failed.
    PublicNotice,
}

impl DeliveryWay {
    /// Every way.
    pub(crate) const ALL: [Self; 5] =
        [Self::Window, Self::Courier, Self::Electronic, Self::AgentPoint, Self::PublicNotice];

    /// As the delivery receipt names it.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Window => "窗口领取",
            Self::Courier => "邮寄送达",
            Self::Electronic => "电子送达",
            Self::AgentPoint => "代办点或自助终端领取",
            Self::PublicNotice => "公告送达",
        }
    }
}

/// Something done with a case. Texts are here in full; events name them only, see [`super::TextRef`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// 接件: the window takes the application into hand.
    Receive,
    /// 补正告知: the one notice of everything that is missing; before reception it is the return of the pre-review (预审退回).
    AskCorrection { faults: Vec<CorrectionFault> },
    /// 提交补正材料.
    Supply { materials: Vec<String> },
    /// 受理. `obtained`: materials the office got itself (data sharing, 免提交); `owed`: those that may follow (容缺).
    Accept { obtained: Vec<String>, owed: Vec<String> },
    /// 视为受理: the time for acceptance is over without a notice.
    DeemAccepted,
    /// 不受理: the matter needs no licence.
    NotNeeded { reasons: String, remedies: String },
    /// 不予受理: another office is competent, which is named; after a correction notice also because the answer was not
    /// complete, and then no office need be named.
    NotAccept { reasons: String, office: String, remedies: String },
    /// 逾期未补正: the applicant did not answer the notice in time.
    Lapse,
    /// 撤回申请, with a reason if the applicant gives one.
    Withdraw { reason: String },
    /// 开始审核.
    StartReview,
    /// 提交初审意见 and hand it up with all papers, where a lower organ examines first.
    HandUp { favour: bool, opinion: String },
    /// 提出审核意见 and pass it on to the decider.
    Recommend { favour: bool, opinion: String, weighed: Weighed },
    /// 退回上一环节.
    Return { reason: String },
    /// 启动特别程序 for so many working days; both clocks stop.
    StartSpecial { name: String, days: u32, reason: String },
    /// 另行告知特别程序所需时间: so many working days from today on.
    ProlongSpecial { days: u32, reason: String },
    /// 结束特别程序, with who carried it out and the files that show the result; both clocks run again from the next working day.
    EndSpecial { result: String, experts: String, files: Vec<Exhibit> },
    /// 登记现场核查 by two officers.
    RecordCheck(Found),
    /// 确认现场核查 by the second of them.
    ConfirmCheck { agrees: bool, remark: String },
    /// 听证, from the notice of the right to it to its record.
    Hearing(HearingAct),
    /// 延长办理期限: proposed, and approved or not by the head of the organ.
    Extension(ExtensionAct),
    /// 补交容缺材料.
    SupplyOwed { materials: Vec<String> },
    /// 准予 (通过). The opinion may be empty.
    Approve { opinion: String, weighed: Weighed },
    /// 不予 (不通过).
    Refuse { grounds: Grounds, weighed: Weighed },
    /// 当场办结 (即办件): accepted, approved, issued and, if so, delivered and closed at one sitting.
    HandleAtOnce(AtOnce),
    /// 制证、制文. `documents`: ids of the certificates and documents made; none where the decision itself is the result.
    Issue { documents: Vec<String> },
    /// 送达. The proof (who signed, courier number) may be empty.
    Deliver { way: DeliveryWay, proof: String },
    /// 办结归档.
    Close,
    /// 撤销容缺批准: what was owed did not come in time.
    Revoke { grounds: Grounds },
    /// 撤销错误的办理: the decisive event of this number, by a superior.
    Annul { number: u32, reason: String },
    /// 重新计算期限, after a notice of holidays was loaded.
    Reckon,
}

impl Act {
    /// Which act it is.
    #[must_use]
    pub(crate) fn kind(&self) -> ActKind {
        match self {
            Self::Receive => ActKind::Receive,
            Self::AskCorrection { .. } => ActKind::AskCorrection,
            Self::Supply { .. } => ActKind::Supply,
            Self::Accept { .. } => ActKind::Accept,
            Self::DeemAccepted => ActKind::DeemAccepted,
            Self::NotNeeded { .. } => ActKind::NotNeeded,
            Self::NotAccept { .. } => ActKind::NotAccept,
            Self::Lapse => ActKind::Lapse,
            Self::Withdraw { .. } => ActKind::Withdraw,
            Self::StartReview => ActKind::StartReview,
            Self::HandUp { .. } => ActKind::HandUp,
            Self::Recommend { .. } => ActKind::Recommend,
            Self::Return { .. } => ActKind::Return,
            Self::StartSpecial { .. } => ActKind::StartSpecial,
            Self::ProlongSpecial { .. } => ActKind::ProlongSpecial,
            Self::EndSpecial { .. } => ActKind::EndSpecial,
            Self::Hearing(it) => it.kind(),
            Self::RecordCheck(_) => ActKind::RecordCheck,
            Self::ConfirmCheck { .. } => ActKind::ConfirmCheck,
            Self::Extension(it) => it.kind(),
            Self::SupplyOwed { .. } => ActKind::SupplyOwed,
            Self::Approve { .. } => ActKind::Approve,
            Self::Refuse { .. } => ActKind::Refuse,
            Self::HandleAtOnce(_) => ActKind::HandleAtOnce,
            Self::Issue { .. } => ActKind::Issue,
            Self::Deliver { .. } => ActKind::Deliver,
            Self::Close => ActKind::Close,
            Self::Revoke { .. } => ActKind::Revoke,
            Self::Annul { .. } => ActKind::Annul,
            Self::Reckon => ActKind::Reckon,
        }
    }

    /// The text for one slot, to be sealed; `None` if the act has none or it is empty. Faults are a JSON list of
    /// [`CorrectionFault`].
    #[must_use]
    pub(crate) fn text(&self, slot: Slot) -> Option<Cow<'_, str>> {
        let text: &str = match (self, slot) {
            (Self::AskCorrection { faults }, Slot::Faults) => {
                return serde_json::to_string(faults).ok().map(Cow::Owned);
            }
            (Self::NotNeeded { reasons, .. } | Self::NotAccept { reasons, .. }, Slot::Reasons) => reasons,
            (Self::NotNeeded { remedies, .. } | Self::NotAccept { remedies, .. }, Slot::Remedies) => remedies,
            (Self::NotAccept { office, .. }, Slot::Office) => office,
            (Self::Refuse { grounds, .. } | Self::Revoke { grounds }, Slot::Reasons) => &grounds.reasons,
            (Self::Refuse { grounds, .. } | Self::Revoke { grounds }, Slot::Law) => &grounds.law,
            (Self::Refuse { grounds, .. } | Self::Revoke { grounds }, Slot::Remedies) => &grounds.remedies,
            (
                Self::Withdraw { reason }
                | Self::Return { reason }
                | Self::StartSpecial { reason, .. }
                | Self::ProlongSpecial { reason, .. }
                | Self::Annul { reason, .. },
                Slot::Reason,
            ) => reason,
            (
                Self::Recommend { opinion, .. }
                | Self::HandUp { opinion, .. }
                | Self::Approve { opinion, .. }
                | Self::HandleAtOnce(AtOnce { opinion, .. }),
                Slot::Opinion,
            ) => opinion,
            (
                Self::Recommend { weighed, .. }
                | Self::Approve { weighed, .. }
                | Self::Refuse { weighed, .. }
                | Self::HandleAtOnce(AtOnce { weighed, .. }),
                Slot::Deviation,
            ) => &weighed.deviation,
            (Self::EndSpecial { result, .. }, Slot::Result) => result,
            (Self::EndSpecial { experts, .. }, Slot::Experts) => experts,
            (Self::Extension(it), slot) => it.text(slot)?,
            (Self::Deliver { proof, .. }, Slot::Proof) => proof,
            (Self::Hearing(it), slot) => it.text(slot)?,
            (Self::RecordCheck(found), Slot::Finding) => &found.finding,
            (Self::ConfirmCheck { remark, .. }, Slot::Reason) => remark,
            _ => return None,
        };
        let text = text.trim();
        (!text.is_empty()).then_some(Cow::Borrowed(text))
    }
}
