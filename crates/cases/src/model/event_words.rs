//! Events by kind and in words: as the journal names them, and as a line of the timeline says them.

use super::{event::Fact, hearing::HearingEnd};

impl Fact {
    /// The kind under which it is journalled.
    #[must_use]
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Filed { .. } => "cases.filed",
            Self::Received {} => "cases.received",
            Self::CorrectionAsked { .. } => "cases.correction_asked",
            Self::Resupplied { .. } => "cases.resupplied",
            Self::NotNeeded { .. } => "cases.not_needed",
            Self::NotAccepted { .. } => "cases.not_accepted",
            Self::Accepted(_) => "cases.accepted",
            Self::DeemedAccepted(_) => "cases.deemed_accepted",
            Self::Lapsed {} => "cases.lapsed",
            Self::Withdrawn { .. } => "cases.withdrawn",
            Self::ReviewStarted {} => "cases.review_started",
            Self::Recommended { .. } => "cases.recommended",
            Self::Returned { .. } => "cases.returned",
            Self::SpecialStarted { .. } => "cases.special_started",
            Self::SpecialProlonged { .. } => "cases.special_prolonged",
            Self::SpecialEnded { .. } => "cases.special_ended",
            Self::SiteChecked { .. } => "cases.site_checked",
            Self::SiteConfirmed { .. } => "cases.site_confirmed",
            Self::HearingTold { .. } => "cases.hearing_told",
            Self::HearingWaived {} => "cases.hearing_waived",
            Self::HearingBegun { .. } => "cases.hearing_begun",
            Self::HearingSet { .. } => "cases.hearing_set",
            Self::RecusalAsked { .. } => "cases.recusal_asked",
            Self::RecusalAnswered { .. } => "cases.recusal_answered",
            Self::HearingEnded { .. } => "cases.hearing_ended",
            Self::ExtensionAsked { .. } => "cases.extension_asked",
            Self::ExtensionRefused { .. } => "cases.extension_refused",
            Self::Extended { .. } => "cases.extended",
            Self::OwedSupplied { .. } => "cases.owed_supplied",
            Self::Approved { .. } => "cases.approved",
            Self::Refused { .. } => "cases.refused",
            Self::Issued { .. } => "cases.issued",
            Self::Delivered { .. } => "cases.delivered",
            Self::Closed {} => "cases.closed",
            Self::Revoked { .. } => "cases.revoked",
            Self::Annulled { .. } => "cases.annulled",
            Self::ClocksReckoned(_) => "cases.clocks_reckoned",
        }
    }

    /// What a line of the timeline says.
    #[must_use]
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Filed { .. } => "提交申请",
            Self::Received {} => "接件",
            Self::CorrectionAsked { pre_review: true, .. } => "预审退回，一次性告知补正",
            Self::CorrectionAsked { .. } => "一次性告知补正",
            Self::Resupplied { .. } => "提交补正材料",
            Self::NotNeeded { .. } => "不受理",
            Self::NotAccepted { .. } => "不予受理",
            Self::Accepted(_) => "受理",
            Self::DeemedAccepted(_) => "逾期未告知，视为受理",
            Self::Lapsed {} => "逾期未补正，终止办理",
            Self::Withdrawn { .. } => "撤回申请",
            Self::ReviewStarted {} => "开始审核",
            Self::Recommended { .. } => "提出审核意见",
            Self::Returned { .. } => "退回上一环节",
            Self::SpecialStarted { .. } => "启动特别程序，暂停计时",
            Self::SpecialProlonged { .. } => "另行告知特别程序所需时间",
            Self::SpecialEnded { .. } => "特别程序结束，恢复计时",
            Self::SiteChecked { .. } => "现场核查，待另一名核查人员确认",
            Self::SiteConfirmed { agrees: true, .. } => "现场核查经两名工作人员确认",
            Self::SiteConfirmed { .. } => "现场核查没有得到确认，需要重新核查",
            Self::HearingTold { .. } => "告知听证权利",
            Self::HearingWaived {} => "放弃听证",
            Self::HearingBegun { called: true, .. } => "决定举行听证，暂停计时",
            Self::HearingBegun { .. } => "申请听证，暂停计时",
            Self::HearingSet { .. } => "通知听证的时间、地点和主持人",
            Self::RecusalAsked { .. } => "申请听证主持人回避",
            Self::RecusalAnswered { granted: true, .. } => "同意回避，另行指定听证主持人",
            Self::RecusalAnswered { .. } => "不同意回避申请",
            Self::HearingEnded { end: HearingEnd::Held, .. } => "听证结束，恢复计时",
            Self::HearingEnded { .. } => "终止听证，恢复计时",
            Self::ExtensionAsked { .. } => "提请本机关负责人批准延长办理期限",
            Self::ExtensionRefused { .. } => "本机关负责人没有批准延长",
            Self::Extended { .. } => "延长办理期限，经本机关负责人批准",
            Self::OwedSupplied { .. } => "补交容缺材料",
            Self::Approved { owing: true, .. } => "容缺通过",
            Self::Approved { .. } => "准予通过",
            Self::Refused { .. } => "不予通过",
            Self::Issued { .. } => "制证（制文）",
            Self::Delivered { .. } => "送达",
            Self::Closed {} => "办结归档",
            Self::Revoked { .. } => "撤销容缺批准",
            Self::Annulled { .. } => "撤销错误的办理，退回原来的环节",
            Self::ClocksReckoned(_) => "放假安排公布，重新计算期限",
        }
    }
}
