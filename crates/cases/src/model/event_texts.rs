//! What an event names besides its dates: sealed texts, and files of officers.

use super::{
    event::Fact,
    hearing::HearingEnd,
    site_check::Exhibit,
    text::{Slot, TextRef},
};

/// The texts of a fact, each with its slot; `$each`: how an optional one is taken.
macro_rules! texts {
    ($fact:expr, $each:ident) => {
        match $fact {
            Fact::CorrectionAsked { faults, .. } => vec![(Slot::Faults, faults)],
            Fact::NotNeeded { reasons, remedies } => vec![(Slot::Reasons, reasons), (Slot::Remedies, remedies)],
            Fact::NotAccepted { reasons, office, remedies } => {
                let office = office.$each().map(|it| (Slot::Office, it));
                [(Slot::Reasons, reasons), (Slot::Remedies, remedies)].into_iter().chain(office).collect()
            }
            Fact::Refused { reasons, law, remedies, weighed, .. } => {
                let deviation = weighed.deviation.$each().map(|it| (Slot::Deviation, it));
                let grounds = [(Slot::Reasons, reasons), (Slot::Law, law), (Slot::Remedies, remedies)];
                grounds.into_iter().chain(deviation).collect()
            }
            Fact::Revoked { reasons, law, remedies } => {
                vec![(Slot::Reasons, reasons), (Slot::Law, law), (Slot::Remedies, remedies)]
            }
            Fact::Returned { reason }
            | Fact::SpecialStarted { reason, .. }
            | Fact::SpecialProlonged { reason, .. }
            | Fact::HearingTold { reason, .. }
            | Fact::RecusalAsked { reason }
            | Fact::RecusalAnswered { reason, .. }
            | Fact::ExtensionAsked { reason, .. }
            | Fact::ExtensionRefused { reason }
            | Fact::Extended { reason, .. }
            | Fact::Annulled { reason, .. } => vec![(Slot::Reason, reason)],
            Fact::SiteChecked { finding, .. } => vec![(Slot::Finding, finding)],
            Fact::SiteConfirmed { remark: reason, .. }
            | Fact::HearingBegun { reason, .. }
            | Fact::Withdrawn { reason } => reason.$each().map(|it| (Slot::Reason, it)).collect(),
            Fact::HearingSet { place, .. } => vec![(Slot::Place, place)],
            Fact::HearingEnded { end: HearingEnd::Held, words, .. } => vec![(Slot::Record, words)],
            Fact::HearingEnded { words, .. } => vec![(Slot::Reason, words)],
            Fact::HandedUp { opinion, .. } => vec![(Slot::Opinion, opinion)],
            Fact::Recommended { opinion, weighed, .. } => {
                let deviation = weighed.deviation.$each().map(|it| (Slot::Deviation, it));
                [(Slot::Opinion, opinion)].into_iter().chain(deviation).collect()
            }
            Fact::Approved { opinion, weighed, .. } => {
                let deviation = weighed.deviation.$each().map(|it| (Slot::Deviation, it));
                opinion.$each().map(|it| (Slot::Opinion, it)).chain(deviation).collect()
            }
            Fact::SpecialEnded { result, experts, .. } => {
                let experts = experts.$each().map(|it| (Slot::Experts, it));
                [(Slot::Result, result)].into_iter().chain(experts).collect()
            }
            Fact::Delivered { proof, .. } => proof.$each().map(|it| (Slot::Proof, it)).collect(),
            _ => Vec::new(),
        }
    };
}

impl Fact {
    /// The texts that this event names, with what they are.
    #[must_use]
    pub(crate) fn texts(&self) -> Vec<(Slot, &TextRef)> {
        texts!(self, iter)
    }

    /// The same, to put their digests in.
    pub(super) fn texts_mut(&mut self) -> Vec<(Slot, &mut TextRef)> {
        texts!(self, iter_mut)
    }

    /// The files of officers that this event names.
    #[must_use]
    pub(crate) fn exhibits(&self) -> &[Exhibit] {
        match self {
            Self::SiteChecked { photos, .. } => photos,
            Self::SpecialEnded { files, .. } | Self::HearingEnded { files, .. } => files,
            _ => &[],
        }
    }
}
