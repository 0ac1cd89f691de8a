//! Free texts of a case (reasons, opinions, lists): they lie sealed in the vault, and an event only names them.

use serde::{Deserialize, Serialize};

/// What a text is for. An act has at most one text a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The list of faults of a correction notice, as JSON.
    Faults,
    /// The reasons of a decision against the applicant.
    Reasons,
    /// The law relied on.
    Law,
    /// The ways to have it reviewed.
    Remedies,
    /// The office that is competent instead.
    Office,
    /// Why something is done on the way.
    Reason,
    /// An opinion on the case.
    Opinion,
    /// What a special procedure found.
    Result,
    /// Proof of delivery.
    Proof,
    /// What a check on site found.
    Finding,
    /// Where a hearing is held.
    Place,
    /// What was said at a hearing.
    Record,
    /// Who carried a special procedure out.
    Experts,
    /// Why the range of the discretion standard was left.
    Deviation,
}

impl Slot {
    /// The last part of the text's name.
    #[must_use]
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Faults => "faults",
            Self::Reasons => "reasons",
            Self::Law => "law",
            Self::Remedies => "remedies",
            Self::Office => "office",
            Self::Reason => "reason",
            Self::Opinion => "opinion",
            Self::Result => "result",
            Self::Proof => "proof",
            Self::Finding => "finding",
            Self::Place => "place",
            Self::Record => "record",
            Self::Experts => "experts",
            Self::Deviation => "deviation",
        }
    }

    /// What the text is called on pages and in messages.
    #[must_use]
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Faults => "需要补正的全部内容",
            Self::Reasons => "理由",
            Self::Law => "法律依据",
            Self::Remedies => "救济途径",
            Self::Office => "有权办理的机关",
            Self::Reason => "原因",
            Self::Opinion => "意见",
            Self::Result => "结果",
            Self::Proof => "送达证明",
            Self::Finding => "核查结果",
            Self::Place => "地点",
            Self::Record => "听证笔录",
            Self::Experts => "由谁实施",
            Self::Deviation => "超出裁量基准的理由",
        }
    }
}

/// A sealed text, as an event refers to it: the name of the vault item, and the SM3 of its sealed bytes.
///
/// The machine makes it without a digest; [`super::Event::seal_texts`] puts the digest in before the event is journalled. The
/// state keeps only the name, so an event gives the same state before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TextRef {
    /// `act.<number of the event in the case>.<slot>`, unique within the case.
    pub(crate) name: String,
    /// 64 hex digits; empty until sealed.
    #[serde(default)]
    pub(crate) sm3: String,
}

impl TextRef {
    /// The text of one slot of the case's `number`th event.
    #[must_use]
    pub(crate) fn new(number: u32, slot: Slot) -> Self {
        Self { name: format!("act.{number}.{}", slot.code()), sm3: String::new() }
    }
}
