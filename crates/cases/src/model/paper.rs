//! The papers that a case gives rise to, and their titles.

use serde::{Deserialize, Serialize};
use standards::ItemType;

/// A paper with the authority's seal and a date (行政许可法 art. 32, last paragraph; names after DB4406/T 14—2021).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaperKind {
    /// 接收凭证: proof of the day on which the materials came.
    Receipt,
    /// 补正告知书.
    CorrectionNotice,
    /// 受理通知书.
    AcceptanceNotice,
    /// 不受理告知书 (art. 32(1)).
    NotNeededNotice,
    /// 不予受理通知书 (art. 32(2)).
    NotAcceptedNotice,
    /// 逾期未补正终止办理告知书.
    LapseNotice,
    /// 撤回申请终止办理通知书.
    WithdrawalNotice,
    /// 特别程序告知书 (art. 45).
    SpecialNotice,
    /// 听证权利告知书 (art. 47).
    HearingRightNotice,
    /// 听证通知书 (art. 48).
    HearingNotice,
    /// 听证笔录 (art. 48).
    HearingRecord,
    /// 延长办理期限通知书 (art. 42).
    ExtensionNotice,
    /// The decision for the applicant.
    Approval,
    /// The decision against the applicant.
    Refusal,
    /// 送达回证.
    DeliveryReceipt,
    /// The decision that takes an approval back.
    Revocation,
    /// 更正通知书: something was done by mistake and is undone.
    AnnulmentNotice,
}

impl PaperKind {
    /// Every paper.
    pub(crate) const ALL: [Self; 17] = [
        Self::Receipt,
        Self::CorrectionNotice,
        Self::AcceptanceNotice,
        Self::NotNeededNotice,
        Self::NotAcceptedNotice,
        Self::LapseNotice,
        Self::WithdrawalNotice,
        Self::SpecialNotice,
        Self::HearingRightNotice,
        Self::HearingNotice,
        Self::HearingRecord,
        Self::ExtensionNotice,
        Self::Approval,
        Self::Refusal,
        Self::DeliveryReceipt,
        Self::Revocation,
        Self::AnnulmentNotice,
    ];

    /// As stored.
    #[must_use]
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::CorrectionNotice => "correction_notice",
            Self::AcceptanceNotice => "acceptance_notice",
            Self::NotNeededNotice => "not_needed_notice",
            Self::NotAcceptedNotice => "not_accepted_notice",
            Self::LapseNotice => "lapse_notice",
            Self::WithdrawalNotice => "withdrawal_notice",
            Self::SpecialNotice => "special_notice",
            Self::HearingRightNotice => "hearing_right_notice",
            Self::HearingNotice => "hearing_notice",
            Self::HearingRecord => "hearing_record",
            Self::ExtensionNotice => "extension_notice",
            Self::Approval => "approval",
            Self::Refusal => "refusal",
            Self::DeliveryReceipt => "delivery_receipt",
            Self::Revocation => "revocation",
            Self::AnnulmentNotice => "annulment_notice",
        }
    }

    /// Its title, in the words that fit the type of the item.
    #[must_use]
    pub(crate) fn title(self, item_type: ItemType) -> &'static str {
        match self {
            Self::Receipt => "申请材料接收凭证",
            Self::CorrectionNotice => "申请材料补正告知书",
            Self::AcceptanceNotice => "受理通知书",
            Self::NotNeededNotice => "不受理告知书",
            Self::NotAcceptedNotice => "不予受理通知书",
            Self::LapseNotice => "逾期未补正终止办理告知书",
            Self::WithdrawalNotice => "撤回申请终止办理通知书",
            Self::SpecialNotice => "特别程序告知书",
            Self::HearingRightNotice => "听证权利告知书",
            Self::HearingNotice => "听证通知书",
            Self::HearingRecord => "听证笔录",
            Self::ExtensionNotice => "延长办理期限通知书",
            Self::Approval => match item_type {
                ItemType::Licence => "准予行政许可决定书",
                ItemType::Confirmation => "行政确认决定书",
                ItemType::Payment => "行政给付决定书",
                ItemType::Reward => "行政奖励决定书",
                ItemType::Adjudication => "行政裁决书",
                _ => "办理结果告知书",
            },
            Self::Refusal => match item_type {
                ItemType::Licence => "不予行政许可决定书",
                ItemType::Confirmation => "不予行政确认决定书",
                ItemType::Payment => "不予行政给付决定书",
                ItemType::Reward => "不予行政奖励决定书",
                ItemType::Adjudication => "驳回行政裁决申请决定书",
                _ => "不予办理决定书",
            },
            Self::DeliveryReceipt => "送达回证",
            Self::AnnulmentNotice => "更正通知书",
            Self::Revocation => match item_type {
                ItemType::Licence => "撤销行政许可决定书",
                _ => "撤销决定书",
            },
        }
    }

    /// Whether it is read off the record whenever somebody asks, so that it is there with the act itself. Every other paper is a document
    /// of its own, with a number of its authority, kept as it was made.
    #[must_use]
    pub(crate) fn is_read_off(self) -> bool {
        self == Self::Receipt
    }

    /// Whether it decides against the applicant, and so must name 行政复议 and 行政诉讼.
    #[must_use]
    pub(crate) fn names_remedies(self) -> bool {
        matches!(self, Self::NotNeededNotice | Self::NotAcceptedNotice | Self::Refusal | Self::Revocation)
    }
}
