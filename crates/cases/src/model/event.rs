//! What happened to a case. An event is journalled as it is: its kind, and a body of ids, codes, dates and the names of sealed
//! texts. It carries every date that was computed, so that a replay needs neither calendar nor rules.

use super::{
    act::{Act, DeliveryWay, Role},
    hearing::HearingEnd,
    paper::PaperKind,
    site_check::Exhibit,
    state::Stop,
    text::{Slot, TextRef},
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
    /// The reviewer's opinion; the decider is next.
    #[serde(rename = "cases.recommended")]
    Recommended { favour: bool, opinion: TextRef },
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
        reason: TextRef,
    },
    /// It ended; `stop` does not count, and these are the new due days.
    #[serde(rename = "cases.special_ended")]
    SpecialEnded {
        stop: Stop,
        promised_due: Due,
        statutory_due: Due,
        result: TextRef,
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
    /// The one extension. `promised_moved`: not where the promise was broken already.
    #[serde(rename = "cases.extended")]
    Extended { days: u32, promised_moved: bool, promised_due: Due, statutory_due: Due, reason: TextRef },
    /// Owed material came.
    #[serde(rename = "cases.owed_supplied")]
    OwedSupplied { materials: BTreeSet<String> },
    /// Approved. `owing`: while material is owed (容缺通过).
    #[serde(rename = "cases.approved")]
    Approved { owing: bool, delivery_due: Due, opinion: Option<TextRef> },
    /// Refused, with all its grounds.
    #[serde(rename = "cases.refused")]
    Refused { delivery_due: Due, reasons: TextRef, law: TextRef, remedies: TextRef },
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
            Fact::SpecialStarted { .. } | Fact::HearingBegun { .. } => Some(PaperKind::SpecialNotice),
            Fact::HearingTold { .. } => Some(PaperKind::HearingRightNotice),
            Fact::HearingSet { .. } => Some(PaperKind::HearingNotice),
            Fact::HearingEnded { end: HearingEnd::Held, .. } => Some(PaperKind::HearingRecord),
            Fact::Extended { .. } => Some(PaperKind::ExtensionNotice),
            Fact::Approved { .. } => Some(PaperKind::Approval),
            Fact::Refused { .. } => Some(PaperKind::Refusal),
            Fact::Delivered { .. } => Some(PaperKind::DeliveryReceipt),
            Fact::Revoked { .. } => Some(PaperKind::Revocation),
            Fact::Received {}
            | Fact::ReviewStarted {}
            | Fact::Recommended { .. }
            | Fact::Returned { .. }
            | Fact::SpecialEnded { .. }
            | Fact::SiteChecked { .. }
            | Fact::SiteConfirmed { .. }
            | Fact::HearingWaived {}
            | Fact::RecusalAsked { .. }
            | Fact::RecusalAnswered { .. }
            | Fact::HearingEnded { end: HearingEnd::Dropped, .. }
            | Fact::OwedSupplied { .. }
            | Fact::Issued { .. }
            | Fact::Closed {}
            | Fact::ClocksReckoned(_) => None,
        }
    }
}

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
            Self::Extended { .. } => "cases.extended",
            Self::OwedSupplied { .. } => "cases.owed_supplied",
            Self::Approved { .. } => "cases.approved",
            Self::Refused { .. } => "cases.refused",
            Self::Issued { .. } => "cases.issued",
            Self::Delivered { .. } => "cases.delivered",
            Self::Closed {} => "cases.closed",
            Self::Revoked { .. } => "cases.revoked",
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
            Self::Extended { .. } => "延长办理期限",
            Self::OwedSupplied { .. } => "补交容缺材料",
            Self::Approved { owing: true, .. } => "容缺通过",
            Self::Approved { .. } => "准予通过",
            Self::Refused { .. } => "不予通过",
            Self::Issued { .. } => "制证（制文）",
            Self::Delivered { .. } => "送达",
            Self::Closed {} => "办结归档",
            Self::Revoked { .. } => "撤销容缺批准",
            Self::ClocksReckoned(_) => "放假安排公布，重新计算期限",
        }
    }

    /// The texts that this event names, with what they are.
    #[must_use]
    pub(crate) fn texts(&self) -> Vec<(Slot, &TextRef)> {
        match self {
            Self::CorrectionAsked { faults, .. } => vec![(Slot::Faults, faults)],
            Self::NotNeeded { reasons, remedies } => vec![(Slot::Reasons, reasons), (Slot::Remedies, remedies)],
            Self::NotAccepted { reasons, office, remedies } => {
                let office = office.iter().map(|it| (Slot::Office, it));
                [(Slot::Reasons, reasons), (Slot::Remedies, remedies)].into_iter().chain(office).collect()
            }
            Self::Refused { reasons, law, remedies, .. } | Self::Revoked { reasons, law, remedies } => {
                vec![(Slot::Reasons, reasons), (Slot::Law, law), (Slot::Remedies, remedies)]
            }
            Self::Returned { reason }
            | Self::SpecialStarted { reason, .. }
            | Self::HearingTold { reason, .. }
            | Self::RecusalAsked { reason }
            | Self::RecusalAnswered { reason, .. }
            | Self::Extended { reason, .. } => vec![(Slot::Reason, reason)],
            Self::SiteChecked { finding, .. } => vec![(Slot::Finding, finding)],
            Self::SiteConfirmed { remark, .. } => remark.iter().map(|it| (Slot::Reason, it)).collect(),
            Self::HearingBegun { reason, .. } => reason.iter().map(|it| (Slot::Reason, it)).collect(),
            Self::HearingSet { place, .. } => vec![(Slot::Place, place)],
            Self::HearingEnded { end: HearingEnd::Held, words, .. } => vec![(Slot::Record, words)],
            Self::HearingEnded { words, .. } => vec![(Slot::Reason, words)],
            Self::Withdrawn { reason } => reason.iter().map(|it| (Slot::Reason, it)).collect(),
            Self::Recommended { opinion, .. } => vec![(Slot::Opinion, opinion)],
            Self::Approved { opinion, .. } => opinion.iter().map(|it| (Slot::Opinion, it)).collect(),
            Self::SpecialEnded { result, .. } => vec![(Slot::Result, result)],
            Self::Delivered { proof, .. } => proof.iter().map(|it| (Slot::Proof, it)).collect(),
            _ => Vec::new(),
        }
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

    fn texts_mut(&mut self) -> Vec<(Slot, &mut TextRef)> {
        match self {
            Self::CorrectionAsked { faults, .. } => vec![(Slot::Faults, faults)],
            Self::NotNeeded { reasons, remedies } => vec![(Slot::Reasons, reasons), (Slot::Remedies, remedies)],
            Self::NotAccepted { reasons, office, remedies } => {
                let office = office.iter_mut().map(|it| (Slot::Office, it));
                [(Slot::Reasons, reasons), (Slot::Remedies, remedies)].into_iter().chain(office).collect()
            }
            Self::Refused { reasons, law, remedies, .. } | Self::Revoked { reasons, law, remedies } => {
                vec![(Slot::Reasons, reasons), (Slot::Law, law), (Slot::Remedies, remedies)]
            }
            Self::Returned { reason }
            | Self::SpecialStarted { reason, .. }
            | Self::HearingTold { reason, .. }
            | Self::RecusalAsked { reason }
            | Self::RecusalAnswered { reason, .. }
            | Self::Extended { reason, .. } => vec![(Slot::Reason, reason)],
            Self::SiteChecked { finding, .. } => vec![(Slot::Finding, finding)],
            Self::SiteConfirmed { remark, .. } => remark.iter_mut().map(|it| (Slot::Reason, it)).collect(),
            Self::HearingBegun { reason, .. } => reason.iter_mut().map(|it| (Slot::Reason, it)).collect(),
            Self::HearingSet { place, .. } => vec![(Slot::Place, place)],
            Self::HearingEnded { end: HearingEnd::Held, words, .. } => vec![(Slot::Record, words)],
            Self::HearingEnded { words, .. } => vec![(Slot::Reason, words)],
            Self::Withdrawn { reason } => reason.iter_mut().map(|it| (Slot::Reason, it)).collect(),
            Self::Recommended { opinion, .. } => vec![(Slot::Opinion, opinion)],
            Self::Approved { opinion, .. } => opinion.iter_mut().map(|it| (Slot::Opinion, it)).collect(),
            Self::SpecialEnded { result, .. } => vec![(Slot::Result, result)],
            Self::Delivered { proof, .. } => proof.iter_mut().map(|it| (Slot::Proof, it)).collect(),
            _ => Vec::new(),
        }
    }
}
