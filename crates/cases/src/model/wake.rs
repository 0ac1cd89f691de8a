//! What the platform does with a case by itself, once a day is past.

use standards::Due;

use super::{
    act::{Act, DeliveryWay},
    state::{Case, State},
};

/// An act that follows by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wake {
    /// What is done, in the role of the system.
    pub(crate) act: Act,
    /// From the day after this one. While it is provisional nothing is done.
    pub(crate) after: Due,
}

impl Case {
    /// What follows by itself if nobody acts; `None`: nothing does.
    ///
    /// - An application that nobody answered in its five days is accepted by law (行政许可法 art. 32(1)(4)).
    /// - A correction notice that was not answered in the time that the item's list sets lapses (逾期未补正). Without such a time the
    ///   applicant may answer whenever it likes: the law sets none.
    /// - A delivered file is closed on the day after delivery (送达后办结归档). What was delivered by public notice is closed by the
    ///   desk, for only the desk knows the day on which the notice counts as delivery.
    #[must_use]
    pub(crate) fn wake(&self) -> Option<Wake> {
        match &self.state {
            State::Filed { intake } | State::Received { intake, .. } | State::Resupplied { intake, .. } => {
                Some(Wake { act: Act::DeemAccepted, after: intake.due })
            }
            State::CorrectionAsked { correction, .. } => {
                correction.answer_due.map(|after| Wake { act: Act::Lapse, after })
            }
            State::Delivered { delivered, .. } if delivered.way != DeliveryWay::PublicNotice => {
                Some(Wake { act: Act::Close, after: Due::Fixed(delivered.handed.at.legal_date()) })
            }
            _ => None,
        }
    }
}
