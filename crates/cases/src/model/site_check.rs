//! 现场核查 by two officers at least (行政许可法 art. 34, third paragraph): recorded by one with photographs, confirmed by the other.
//! It stops no clock; while one waits for its confirmation no opinion is given and nothing is decided.

use super::{
    event::Fact,
    machine::Doing,
    refusal::{Cause, Refusal},
    state::{Handling, Mark, State},
    text::Slot,
};
use kernel::{Id, Person};
use serde::{Deserialize, Serialize};
use time::Date;

/// Photographs of one check at most.
pub(crate) const PHOTOS_MAX: usize = 60;
const ART_34: &str = "行政许可法第三十四条第三款";

/// A file that officers added to a case, as the record knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exhibit {
    /// Its number among the exhibits of the case.
    pub(crate) number: i64,
    /// SM3 of its sealed bytes.
    pub(crate) sm3: String,
}

/// A check on site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SiteCheck {
    /// Who was there and recorded it, and when.
    pub(crate) recorded: Mark,
    /// The other officer who was there.
    pub(crate) second: Id<Person>,
    /// The day of the check.
    #[serde(with = "super::day")]
    pub(crate) on: Date,
    /// The name of the sealed finding.
    pub(crate) finding: String,
    /// The photographs, by their numbers.
    pub(crate) photos: Vec<i64>,
    /// What the other officer said, and when: `true`, that it was so.
    pub(crate) answered: Option<(Mark, bool)>,
}

impl SiteCheck {
    /// Whether the other officer has not spoken yet.
    #[must_use]
    pub(crate) fn waits(&self) -> bool {
        self.answered.is_none()
    }
}

impl Handling {
    /// The check that waits for the other officer's word.
    #[must_use]
    pub(crate) fn open_check(&self) -> Option<&SiteCheck> {
        self.checks.last().filter(|it| it.waits())
    }
}

/// What was found on site, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The other officer who was there.
    pub(crate) second: Id<Person>,
    /// The day of the check.
    pub(crate) on: Date,
    /// What was found, in words.
    pub(crate) finding: String,
    /// The photographs.
    pub(crate) photos: Vec<Exhibit>,
}

impl Doing<'_> {
    pub(super) fn record_check(&mut self, found: &Found) -> Result<(), Refusal> {
        let Some(handling) = self.case.handling() else { return Err(self.astray()) };
        let bad = |field, reason: &str| Err(Refusal::new(Cause::Input(field), reason).under(ART_34));
        if self.by.person == Some(found.second) {
            return bad("second", "现场核查应当由两名以上工作人员进行，请选择一同核查的另一名工作人员。");
        }
        if found.on > self.today() || found.on < handling.accepted_on {
            return bad("checked_on", "核查日期应当在受理之后，不能晚于今天。");
        }
        if found.photos.is_empty() {
            return bad("photos", "还没有现场照片。请先在「核查照片和附件」上传，再登记核查结果。");
        }
        if found.photos.len() > PHOTOS_MAX {
            return bad("photos", "一次核查最多附 60 张照片，请挑选能说明问题的。");
        }
        let finding = self.text(Slot::Finding, &found.finding)?;
        self.push(Fact::SiteChecked { second: found.second, on: found.on, photos: found.photos.clone(), finding })
    }

    pub(super) fn confirm_check(&mut self, agrees: bool, remark: &str) -> Result<(), Refusal> {
        let open = self.case.handling().and_then(Handling::open_check).map(|it| it.second);
        match open {
            None => return Err(Refusal::new(Cause::Rule, "没有等候确认的现场核查。").under(ART_34)),
            Some(second) if self.by.person != Some(second) => {
                let reason = "现场核查由一同核查的另一名工作人员本人确认，不能由记录人或者其他人代为确认。";
                return Err(Refusal::new(Cause::Rule, reason).under(ART_34));
            }
            Some(_) => {}
        }
        let remark =
            if agrees { self.optional_text(Slot::Reason, remark)? } else { Some(self.text(Slot::Reason, remark)?) };
        self.push(Fact::SiteConfirmed { agrees, remark })
    }

    /// Refuses an opinion or a decision while a check waits for its second officer.
    pub(super) fn check_confirmed(&self) -> Result<(), Refusal> {
        match self.case.handling().and_then(Handling::open_check) {
            Some(_) => {
                let reason =
                    "现场核查还没有经另一名核查人员确认，一人核查的结果不能作为依据。请先确认，或者重新登记核查。";
                Err(Refusal::new(Cause::Rule, reason).under(ART_34))
            }
            None => Ok(()),
        }
    }
}

/// What an event of a check makes of a case; the state back where it belongs elsewhere.
pub(super) fn fold(mut state: State, fact: &Fact, mark: Mark) -> Result<State, Box<State>> {
    let (State::InHand { handling, .. } | State::Suspended { handling, .. }) = &mut state else {
        return Err(Box::new(state));
    };
    match fact {
        Fact::SiteChecked { second, on, photos, finding } => {
            // One that nobody confirmed is recorded anew.
            handling.checks.pop_if(|it| it.waits());
            handling.reviewers.extend(mark.person);
            let (finding, photos) = (finding.name.clone(), photos.iter().map(|it| it.number).collect());
            handling.checks.push(SiteCheck {
                recorded: mark,
                second: *second,
                on: *on,
                finding,
                photos,
                answered: None,
            });
        }
        Fact::SiteConfirmed { agrees, .. } => match handling.checks.last_mut().filter(|it| it.waits()) {
            Some(check) => {
                check.answered = Some((mark, *agrees));
                handling.reviewers.extend(mark.person);
            }
            None => return Err(Box::new(state)),
        },
        _ => return Err(Box::new(state)),
    }
    Ok(state)
}
