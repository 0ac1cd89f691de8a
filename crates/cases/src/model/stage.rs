//! The names of states.

use super::state::Step;
use serde::{Deserialize, Serialize};

/// The name of a state, without its content: what the table of the machine is about, and what lists filter by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    Filed,
    Received,
    CorrectionAsked,
    Resupplied,
    Accepted,
    UnderReview,
    ForDecision,
    Suspended,
    Approved,
    ApprovedOwing,
    Refused,
    Issued,
    Delivered,
    Closed,
    NotNeeded,
    NotAccepted,
    TakenBack,
    Lapsed,
    Withdrawn,
    Revoked,
}

impl Stage {
    /// Every stage, in the order of a case.
    pub(crate) const ALL: [Self; 20] = [
        Self::Filed,
        Self::Received,
        Self::CorrectionAsked,
        Self::Resupplied,
        Self::Accepted,
        Self::UnderReview,
        Self::ForDecision,
        Self::Suspended,
        Self::Approved,
        Self::ApprovedOwing,
        Self::Refused,
        Self::Issued,
        Self::Delivered,
        Self::Closed,
        Self::NotNeeded,
        Self::NotAccepted,
        Self::TakenBack,
        Self::Lapsed,
        Self::Withdrawn,
        Self::Revoked,
    ];

    /// As stored and as the API names it.
    #[must_use]
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Received => "received",
            Self::CorrectionAsked => "correction_asked",
            Self::Resupplied => "resupplied",
            Self::Accepted => "accepted",
            Self::UnderReview => "under_review",
            Self::ForDecision => "for_decision",
            Self::Suspended => "suspended",
            Self::Approved => "approved",
            Self::ApprovedOwing => "approved_owing",
            Self::Refused => "refused",
            Self::Issued => "issued",
            Self::Delivered => "delivered",
            Self::Closed => "closed",
            Self::NotNeeded => "not_needed",
            Self::NotAccepted => "not_accepted",
            Self::TakenBack => "taken_back",
            Self::Lapsed => "lapsed",
            Self::Withdrawn => "withdrawn",
            Self::Revoked => "revoked",
        }
    }

    /// The stage with this code.
    #[must_use]
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// As pages call it.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Filed => "待接件",
            Self::Received => "已接件",
            Self::CorrectionAsked => "待补正",
            Self::Resupplied => "补正材料已收",
            Self::Accepted => "已受理",
            Self::UnderReview => "审核中",
            Self::ForDecision => "待审批",
            Self::Suspended => "特别程序中",
            Self::Approved => "准予通过",
            Self::ApprovedOwing => "容缺通过",
            Self::Refused => "不予通过",
            Self::Issued => "已制证",
            Self::Delivered => "已送达",
            Self::Closed => "已办结",
            Self::NotNeeded => "不受理",
            Self::NotAccepted => "不予受理",
            Self::TakenBack => "已撤件",
            Self::Lapsed => "逾期未补正",
            Self::Withdrawn => "已撤回",
            Self::Revoked => "已撤销",
        }
    }

    /// Whether nothing more can be done with the case.
    #[must_use]
    pub(crate) fn is_final(self) -> bool {
        matches!(
            self,
            Self::Closed
                | Self::NotNeeded
                | Self::NotAccepted
                | Self::TakenBack
                | Self::Lapsed
                | Self::Withdrawn
                | Self::Revoked
        )
    }
}

impl Step {
    /// The stage of a case at this step.
    #[must_use]
    pub(crate) fn stage(&self) -> Stage {
        match self {
            Self::Accepted => Stage::Accepted,
            Self::UnderReview => Stage::UnderReview,
            Self::ForDecision { .. } => Stage::ForDecision,
        }
    }
}
