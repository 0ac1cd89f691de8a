//! What happened to a case. An event is journalled as it is: its kind, and a body of ids, codes, dates and the names of sealed
//! texts. It carries every date that was computed, so that a replay needs neither calendar nor rules.

use super::{
    act::{Act, DeliveryWay, Role},
    hearing::HearingEnd,
    paper::PaperKind,
    site_check::Exhibit,
    state::Stop,
    text::TextRef,
    weighing::Weighing,
};
use kernel::{Channel, Id, Moment, Person};
use serde::{Deserialize, Serialize};
use standards::Due;
use std::collections::BTreeSet;
use time::Date;

/// One thing that happened, when and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    /// When; never before the case's previous event.
    pub(crate) at: Moment,
    /// In which capacity it was done.
    pub(crate) role: Role,
    /// By whom; `None`: the platform.
    #[serde(default)]
    pub(crate) person: Option<Id<Person>>,
    /// What.
    #[serde(flatten)]
    pub(crate) fact: Fact,
}

/// What happened. The kind in the journal is the variant's name, see [`Fact::kind`]; fields may be added, never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub(crate) enum Fact {
    /// The application was filed, and with that received in the sense of the law; the five days run.
    #[serde(rename = "cases.filed")]
    Filed { channel: Channel, materials: BTreeSet<String>, acceptance_due: Due },
    /// The window took it into hand.
    #[serde(rename = "cases.received")]
    Received {},
    /// The one correction notice. `about`: the materials and fields concerned.
    #[serde(rename = "cases.correction_asked")]
    CorrectionAsked { pre_review: bool, about: Vec<String>, faults: TextRef, answer_due: Option<Due> },
    /// The applicant answered the notice; five new days run.
    #[serde(rename = "cases.resupplied")]
    Resupplied { materials: BTreeSet<String>, acceptance_due: Due },
    /// No licence is needed (art. 32(1)).
    #[serde(rename = "cases.not_needed")]
    NotNeeded { reasons: TextRef, remedies: TextRef },
    /// Another office is competent (art. 32(2)), or the answer to the notice was not complete; then no office is named.
    #[serde(rename = "cases.not_accepted")]
    NotAccepted { reasons: TextRef, office: Option<TextRef>, remedies: TextRef },
    /// Accepted (art. 32(5)).
    #[serde(rename = "cases.accepted")]
    Accepted(Acceptance),
    /// Accepted by law, since nobody said anything in time (art. 32(4)); the day is that of the materials.
    #[serde(rename = "cases.deemed_accepted")]
    DeemedAccepted(Acceptance),
    /// The notice was not answered in time.
    #[serde(rename = "cases.lapsed")]
    Lapsed {},
    /// The applicant took it back.
    #[serde(rename = "cases.withdrawn")]
    Withdrawn { reason: Option<TextRef> },
    /// The review began.
    #[serde(rename = "cases.review_started")]
    ReviewStarted {},
    /// The opinion of the lower organ that examined first; the upper organ has all papers from now on.
    #[serde(rename = "cases.handed_up")]
    HandedUp { favour: bool, opinion: TextRef },
    /// The reviewer's opinion; the decider is next.
    #[serde(rename = "cases.recommended")]
    Recommended {
        favour: bool,
        opinion: TextRef,
        #[serde(default, skip_serializing_if = "Weighing::is_empty")]
        weighed: Weighing,
    },
    /// Sent back to the previous post.
    #[serde(rename = "cases.returned")]
    Returned { reason: TextRef },
    /// A special procedure began; both clocks stand from this day on.
    #[serde(rename = "cases.special_started")]
    SpecialStarted {
        name: String,
        #[serde(with = "super::day")]
        from: Date,
        days: u32,
        expected_end: Due,
        /// The articles that order it; public law, so it lies open.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        basis: String,
        reason: TextRef,
    },
    /// The applicant was told another day; `days`: working days in all.
    #[serde(rename = "cases.special_prolonged")]
    SpecialProlonged { name: String, days: u32, expected_end: Due, reason: TextRef },
    /// It ended; `stop` does not count, and these are the new due days.
    #[serde(rename = "cases.special_ended")]
    SpecialEnded {
        stop: Stop,
        promised_due: Due,
        statutory_due: Due,
        /// Of the lower organ, if it still examines.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        preliminary_due: Option<Due>,
        result: TextRef,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        experts: Option<TextRef>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<Exhibit>,
    },
    /// Two officers were on site (art. 34); one of them recorded it.
    #[serde(rename = "cases.site_checked")]
    SiteChecked {
        second: Id<Person>,
        #[serde(with = "super::day")]
        on: Date,
        photos: Vec<Exhibit>,
        finding: TextRef,
    },
    /// The other one says whether it was so.
    #[serde(rename = "cases.site_confirmed")]
    SiteConfirmed { agrees: bool, remark: Option<TextRef> },
    /// Applicant and, if so, interested persons (`others`) were told that they may ask for a hearing (art. 47).
    #[serde(rename = "cases.hearing_told")]
    HearingTold { ask_by: Due, others: bool, reason: TextRef },
    /// The applicant wants no hearing.
    #[serde(rename = "cases.hearing_waived")]
    HearingWaived {},
    /// A hearing was asked for, or decided by the office itself (`called`, art. 46); both clocks stand from this day on.
    #[serde(rename = "cases.hearing_begun")]
    HearingBegun {
        called: bool,
        #[serde(with = "super::day")]
        from: Date,
        days: u32,
        expected_end: Due,
        reason: Option<TextRef>,
    },
    /// Its time, place and presider were announced (art. 48); a later announcement holds instead.
    #[serde(rename = "cases.hearing_set")]
    HearingSet { sits_at: Moment, presider: Id<Person>, public: bool, place: TextRef },
    /// Somebody objects to the presider.
    #[serde(rename = "cases.recusal_asked")]
    RecusalAsked { reason: TextRef },
    /// The objection was answered; `granted`: another presides, and time and place are announced anew.
    #[serde(rename = "cases.recusal_answered")]
    RecusalAnswered { granted: bool, reason: TextRef },
    /// It ended, with its record or without being held; `stop` does not count, and these are the new due days.
    #[serde(rename = "cases.hearing_ended")]
    HearingEnded {
        end: HearingEnd,
        stop: Stop,
        promised_due: Due,
        statutory_due: Due,
        words: TextRef,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<Exhibit>,
    },
    /// Who handles the case asks the head for an extension.
    #[serde(rename = "cases.extension_asked")]
    ExtensionAsked { days: u32, reason: TextRef },
    /// The head does not approve it.
    #[serde(rename = "cases.extension_refused")]
    ExtensionRefused { reason: TextRef },
    /// The one extension. `promised_moved`: not where the promise was broken already.
    #[serde(rename = "cases.extended")]
    Extended { days: u32, promised_moved: bool, promised_due: Due, statutory_due: Due, reason: TextRef },
    /// Owed material came.
    #[serde(rename = "cases.owed_supplied")]
    OwedSupplied { materials: BTreeSet<String> },
    /// Approved. `owing`: while material is owed (容缺通过).
    #[serde(rename = "cases.approved")]
    Approved {
        owing: bool,
        delivery_due: Due,
        opinion: Option<TextRef>,
        #[serde(default, skip_serializing_if = "Weighing::is_empty")]
        weighed: Weighing,
    },
    /// Refused, with all its grounds.
    #[serde(rename = "cases.refused")]
    Refused {
        delivery_due: Due,
        reasons: TextRef,
        law: TextRef,
        remedies: TextRef,
        #[serde(default, skip_serializing_if = "Weighing::is_empty")]
        weighed: Weighing,
    },
    /// The result was made.
    #[serde(rename = "cases.issued")]
    Issued { documents: Vec<String> },
    /// The result reached the applicant.
    #[serde(rename = "cases.delivered")]
    Delivered { way: DeliveryWay, proof: Option<TextRef> },
    /// Closed and archived.
    #[serde(rename = "cases.closed")]
    Closed {},
    /// The approval was revoked.
    #[serde(rename = "cases.revoked")]
    Revoked { reasons: TextRef, law: TextRef, remedies: TextRef },
    /// A superior undid the event of this number and kind; `told`: the applicant had been told of it. These due days of the state to which the
    /// case goes back were moved meanwhile.
    #[serde(rename = "cases.annulled")]
    Annulled {
        number: u32,
        #[serde(rename = "undone")]
        kind: String,
        of: Moment,
        told: bool,
        dues: Dues,
        reason: TextRef,
    },
    /// A notice of holidays moved these due days, or made them certain; the others stand.
    #[serde(rename = "cases.clocks_reckoned")]
    ClocksReckoned(Dues),
}

/// Acceptance, and the clocks that begin with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Acceptance {
    /// The legal day of acceptance, from which both clocks run.
    #[serde(with = "super::day")]
    pub(crate) on: Date,
    /// Materials that the office got itself.
    pub(crate) obtained: BTreeSet<String>,
    /// Materials that are owed.
    pub(crate) owed: BTreeSet<String>,
    /// By when; `None` where nothing is owed, or where acceptance was deemed and nobody set a day.
    pub(crate) owed_due: Option<Due>,
    /// 承诺办结 day.
    pub(crate) promised_due: Due,
    /// 法定办结 day.
    pub(crate) statutory_due: Due,
    /// The day by which a lower organ examines; `None`: none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) preliminary_due: Option<Due>,
}

/// Due days of a case, where there are any.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Dues {
    /// Of acceptance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) acceptance: Option<Due>,
    /// Of the answer to the correction notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<Due>,
    /// Of the decision, as promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) promised: Option<Due>,
    /// Of the decision, by law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) statutory: Option<Due>,
    /// Of the lower organ's review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preliminary: Option<Due>,
    /// Of what is owed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owed: Option<Due>,
    /// Of the special procedure that runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) special: Option<Due>,
    /// Of asking for a hearing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hearing: Option<Due>,
    /// Of delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery: Option<Due>,
}

impl Event {
    /// The kind under which it is journalled: `cases.accepted`.
    #[must_use]
    pub(crate) fn kind(&self) -> &'static str {
        self.fact.kind()
    }

    /// The body for the journal.
    ///
    /// # Errors
    /// Never for events that the machine made; serde's word where it cannot write.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the service journals an event together with what stands beside it")
    )]
    pub(crate) fn body(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Reads a journalled event back. Unknown fields are let pass; the body's kind must be that of the record.
    ///
    /// # Errors
    /// A body that is no event, or of another kind.
    pub(crate) fn read(kind: &str, body: &str) -> Result<Self, serde_json::Error> {
        let event: Self = serde_json::from_str(body)?;
        if event.kind() == kind {
            Ok(event)
        } else {
            Err(serde::de::Error::custom(format!("the body is of kind {}, the record of {kind}", event.kind())))
        }
    }

    /// Seals the texts of this event: `seal` takes the name and the text from `act` and gives the SM3 of the sealed bytes.
    pub(crate) fn seal_texts(&mut self, act: &Act, mut seal: impl FnMut(&str, &str) -> String) {
        for (slot, text_ref) in self.fact.texts_mut() {
            if let Some(text) = act.text(slot) {
                text_ref.sm3 = seal(&text_ref.name, &text);
            }
        }
    }

    /// The paper that the law asks for, if any.
    #[must_use]
    pub(crate) fn paper(&self) -> Option<PaperKind> {
        match self.fact {
            Fact::Filed { .. } | Fact::Resupplied { .. } => Some(PaperKind::Receipt),
            Fact::CorrectionAsked { .. } => Some(PaperKind::CorrectionNotice),
            Fact::NotNeeded { .. } => Some(PaperKind::NotNeededNotice),
            Fact::NotAccepted { .. } => Some(PaperKind::NotAcceptedNotice),
            Fact::Accepted(_) | Fact::DeemedAccepted(_) => Some(PaperKind::AcceptanceNotice),
            Fact::Lapsed {} => Some(PaperKind::LapseNotice),
            Fact::Withdrawn { .. } => Some(PaperKind::WithdrawalNotice),
            Fact::SpecialStarted { .. } | Fact::SpecialProlonged { .. } | Fact::HearingBegun { .. } => {
                Some(PaperKind::SpecialNotice)
            }
            Fact::HearingTold { .. } => Some(PaperKind::HearingRightNotice),
            Fact::HearingSet { .. } => Some(PaperKind::HearingNotice),
            Fact::HearingEnded { end: HearingEnd::Held, .. } => Some(PaperKind::HearingRecord),
            Fact::Extended { .. } => Some(PaperKind::ExtensionNotice),
            Fact::Approved { .. } => Some(PaperKind::Approval),
            Fact::Refused { .. } => Some(PaperKind::Refusal),
            Fact::Delivered { .. } => Some(PaperKind::DeliveryReceipt),
            Fact::Revoked { .. } => Some(PaperKind::Revocation),
            Fact::Annulled { told: true, .. } => Some(PaperKind::AnnulmentNotice),
            Fact::Received {}
            | Fact::ReviewStarted {}
            | Fact::HandedUp { .. }
            | Fact::Recommended { .. }
            | Fact::Returned { .. }
            | Fact::SpecialEnded { .. }
            | Fact::ExtensionAsked { .. }
            | Fact::ExtensionRefused { .. }
            | Fact::SiteChecked { .. }
            | Fact::SiteConfirmed { .. }
            | Fact::HearingWaived {}
            | Fact::RecusalAsked { .. }
            | Fact::RecusalAnswered { .. }
            | Fact::HearingEnded { end: HearingEnd::Dropped, .. }
            | Fact::OwedSupplied { .. }
            | Fact::Issued { .. }
            | Fact::Closed {}
            | Fact::Annulled { told: false, .. }
            | Fact::ClocksReckoned(_) => None,
        }
    }
}
