//! A case in plain words: what it means for the applicant, what an officer can do next, and how far it has come.

use super::{
    act::{By, Role},
    hearing::Hearing,
    kind::ActKind,
    rules::Rules,
    stage::Stage,
    state::{Case, Handling, Outcome, State, Unaccepted},
    table::TABLE,
};
use kernel::Moment;
use standards::Due;
use time::Date;

/// What the page tells the applicant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Advice {
    /// The state, in words of the window.
    pub(crate) title: &'static str,
    /// Whether the applicant must do something now.
    pub(crate) your_turn: bool,
    /// 您现在需要做什么: whole sentences.
    pub(crate) now: String,
}

/// An act that somebody can do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offer {
    /// The act.
    pub(crate) act: ActKind,
    /// What its button says.
    pub(crate) words: &'static str,
    /// In which role it would be done.
    pub(crate) role: Role,
}

/// One of the five posts of the flow (申请, 受理, 审核, 审批, 发证).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Its name.
    pub(crate) name: &'static str,
    /// How it stands.
    pub(crate) state: ProgressState,
    /// When it was done, where that is known.
    pub(crate) at: Option<Moment>,
}

/// How one post of the flow stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProgressState {
    /// Done.
    Done,
    /// The case is here.
    Current,
    /// Still to come.
    Ahead,
    /// The case ended here.
    Ended,
    /// Not reached, since the case ended before, or not needed.
    Skipped,
}

/// A day as people read it: 「2026年3月30日」, with 「（暂定）」 where it may still move.
#[must_use]
pub(crate) fn due_words(due: Due) -> String {
    let provisional = if due.is_provisional() { "（暂定）" } else { "" };
    format!("{}{provisional}", day_words(due.value()))
}

fn day_words(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), u8::from(day.month()), day.day())
}

impl Case {
    /// What the applicant is told: the state, and what to do now.
    #[must_use]
    pub(crate) fn advice(&self, rules: &Rules) -> Advice {
        let (your_turn, now) = match &self.state {
            State::Filed { intake } | State::Received { intake, .. } => {
                let due = due_words(intake.due);
                (false, format!("您现在不需要做什么。我们将在{due}前告诉您是否受理、是否需要补正材料。"))
            }
            State::CorrectionAsked { correction, .. } => {
                let until = correction.answer_due.map_or(String::new(), |due| format!("在{}前", due_words(due)));
                (true, format!("请您{until}按照补正告知书补齐材料并提交。补正只需一次，补齐后我们重新计算受理时间。"))
            }
            State::Resupplied { intake, .. } => {
                let due = due_words(intake.due);
                (false, format!("补正材料已收到，您现在不需要做什么。我们将在{due}前告诉您是否受理。"))
            }
            State::InHand { handling, .. } if handling.is_examined_below() => {
                let below = handling.preliminary.as_ref().map_or(handling.promised_due, |it| it.due);
                let (below, due) = (due_words(below), due_words(handling.promised_due));
                self.owed_or(rules, format!("您现在不需要做什么。受理的机关先审查，在{below}前报送决定机关；决定机关承诺在{due}前作出决定，不会要您重复交材料。"))
            }
            State::InHand { handling, .. } => {
                let due = due_words(handling.promised_due);
                self.owed_or(rules, format!("您现在不需要做什么。我们承诺在{due}前作出决定。"))
            }
            State::Suspended { handling, special, .. } if handling.hearing.as_ref().is_some_and(Hearing::runs) => {
                let sitting = handling.hearing.as_ref().and_then(|it| it.sitting.as_ref());
                let when = match sitting {
                    Some(it) => format!("听证定于{}举行，请按听证通知书参加。", it.at.zh()),
                    None => format!("将在{}前举行听证，时间和地点另行通知您。", due_words(special.expected_end)),
                };
                self.owed_or(rules, format!("{when}这段时间不计入办理时限，听证结束后继续办理。"))
            }
            State::Suspended { special, .. } => {
                let (name, days, due) = (&special.name, special.days, due_words(special.expected_end));
                self.owed_or(
                    rules,
                    format!("正在进行{name}，预计需要 {days} 个工作日，到{due}结束。这段时间不计入办理时限，结束后继续办理。"),
                )
            }
            State::Decided { decision, .. } => {
                let due = due_words(decision.delivery_due);
                match decision.outcome {
                    Outcome::Refused { .. } => (
                        false,
                        format!(
                            "决定书将在{due}前送达。您如果不服，可以按决定书写明的途径申请行政复议或提起行政诉讼。"
                        ),
                    ),
                    _ => self.owed_or(rules, format!("申请已通过，正在制作证照或文书，将在{due}前送达。")),
                }
            }
            State::Issued { decision, .. } => {
                (false, format!("证照或文书已经做好，将在{}前送达，请留意领取方式。", due_words(decision.delivery_due)))
            }
            State::Delivered { decision, .. } | State::Closed { decision, .. } => match decision.outcome {
                Outcome::Refused { .. } => {
                    (false, "决定书已送达。您如果不服，可以按决定书写明的途径申请行政复议或提起行政诉讼。".to_owned())
                }
                _ => (false, "办理结果已送达，本次办理已经完成。证照和文书请妥善保存。".to_owned()),
            },
            State::Unaccepted { why, .. } => (false, unaccepted(why).to_owned()),
            State::Withdrawn { .. } => (false, "您已撤回申请，办理已经终止。需要时可以重新申请。".to_owned()),
            State::Revoked { .. } => (
                false,
                "因所欠材料没有按期补交，批准已被撤销。您如果不服，可以按决定书写明的途径申请行政复议或提起行政诉讼。"
                    .to_owned(),
            ),
        };
        Advice { title: self.stage().name(), your_turn, now }
    }

    /// Asks for what is owed, or else says `otherwise`.
    fn owed_or(&self, rules: &Rules, otherwise: String) -> (bool, String) {
        let Some(handling) = self.handling().filter(|it| !it.owed.is_empty()) else { return (false, otherwise) };
        let names: Vec<_> = handling.owed.iter().map(|code| rules.material_name(code)).collect();
        let until = handling.owed_due.map_or(String::new(), |due| format!("在{}前", due_words(due)));
        let names = names.join("、");
        (true, format!("请您{until}补交：{names}。补齐以前不能发放证照或文书。"))
    }

    /// The acts that `by` can do on the day `today`, each once, in the order of the table. What depends on what is written is left to
    /// [`Case::act`].
    #[must_use]
    pub(crate) fn offers(&self, by: &By, rules: &Rules, today: Date) -> Vec<Offer> {
        let stage = self.stage();
        let lines = TABLE.iter().filter(|line| line.from.contains(&stage) && (!line.at_once || rules.at_once()));
        let offer = |line: &super::table::Line| {
            let role = line.hands.role(&by.roles)?;
            self.makes_sense(line.act, (by, role), rules, today).then(|| Offer {
                act: line.act,
                words: line.act.words(),
                role,
            })
        };
        lines.filter_map(offer).collect()
    }

    fn makes_sense(&self, act: ActKind, (by, role): (&By, Role), rules: &Rules, today: Date) -> bool {
        let handling = self.handling();
        let hearing = handling.and_then(|it| it.hearing.as_ref());
        let right_open = hearing.is_some_and(|it| it.open_until(today).is_some());
        let over = |due: Option<Due>| due.and_then(Due::fixed).is_some_and(|due| today > due);
        if !self.is_level_of(act, rules) {
            return false;
        }
        match act {
            ActKind::AskCorrection | ActKind::NotNeeded | ActKind::NotAccept => !over(self.acceptance_due()),
            ActKind::DeemAccepted => over(self.acceptance_due()),
            ActKind::AskExtension | ActKind::Extend | ActKind::RefuseExtension => {
                handling.is_some_and(|it| it.extension_makes_sense(act, by.person, (rules, today)))
            }
            ActKind::Annul => self.undoable().is_some_and(|it| by.person.is_none() || it.by.person != by.person),
            ActKind::SupplyOwed => handling.is_some_and(|it| !it.owed.is_empty()),
            ActKind::Lapse => over(self.correction().and_then(|it| it.answer_due)),
            ActKind::Revoke => over(handling.and_then(|it| it.owed_due)),
            ActKind::HandleAtOnce => !(rules.separate_hands || rules.hearing_first),
            ActKind::StartSpecial => !right_open,
            ActKind::EndSpecial | ActKind::ProlongSpecial => !hearing.is_some_and(Hearing::runs),
            ActKind::Close if by.person.is_none() => over(self.wake().map(|it| it.after)),
            ActKind::Approve | ActKind::Refuse => {
                let same_hand = handling.zip(by.person).is_some_and(|(it, person)| it.hand_of(person).is_some());
                let unconfirmed = handling.is_some_and(|it| it.open_check().is_some());
                let untold = rules.hearing_first && hearing.is_none();
                !(right_open || untold || unconfirmed || rules.separate_hands && same_hand)
            }
            ActKind::ConfirmCheck => {
                handling.and_then(Handling::open_check).is_some_and(|it| by.person == Some(it.second))
            }
            ActKind::Recommend | ActKind::HandUp => handling.is_none_or(|it| it.open_check().is_none()),
            act => Hearing::makes_sense(hearing, act, role, today),
        }
    }

    /// The day by which the authority must speak, while the time for acceptance runs.
    fn acceptance_due(&self) -> Option<Due> {
        match &self.state {
            State::Filed { intake } | State::Received { intake, .. } | State::Resupplied { intake, .. } => {
                Some(intake.due)
            }
            _ => None,
        }
    }

    /// How far the case has come through the five posts.
    #[must_use]
    pub(crate) fn progress(&self) -> [Progress; 5] {
        let handling = self.handling();
        let decided = self.decision().map(|it| it.decided.at);
        let delivered = match &self.state {
            State::Delivered { delivered, .. } | State::Closed { delivered, .. } => Some(delivered.handed.at),
            _ => None,
        };
        let (place, over) = self.place();
        let ats = [Some(self.filed.at), handling.map(|it| it.accepted.at), None, decided, delivered];
        let mut steps = ["申请", "受理", "审核", "审批", "发证"].map(|name| Progress {
            name,
            state: ProgressState::Ahead,
            at: None,
        });
        for (index, (step, at)) in steps.iter_mut().zip(ats).enumerate() {
            step.state = match index.cmp(&place) {
                std::cmp::Ordering::Less => ProgressState::Done,
                std::cmp::Ordering::Equal if over => ProgressState::Ended,
                std::cmp::Ordering::Equal => ProgressState::Current,
                std::cmp::Ordering::Greater if over => ProgressState::Skipped,
                std::cmp::Ordering::Greater => ProgressState::Ahead,
            };
            step.at = at.filter(|_| step.state == ProgressState::Done);
        }
        steps
    }

    /// At which of the five posts the case is (5: past all), and whether it ended there.
    fn place(&self) -> (usize, bool) {
        match &self.state {
            State::Filed { .. } | State::Received { .. } | State::CorrectionAsked { .. } | State::Resupplied { .. } => {
                (1, false)
            }
            State::InHand { step, .. } | State::Suspended { step, .. } => match step.stage() {
                Stage::ForDecision => (3, false),
                _ => (2, false),
            },
            State::Decided { .. } | State::Issued { .. } => (4, false),
            State::Delivered { .. } | State::Closed { .. } => (5, false),
            State::Unaccepted { .. } => (1, true),
            State::Withdrawn { .. } => (2, true),
            State::Revoked { .. } => (4, true),
        }
    }
}

fn unaccepted(why: &Unaccepted) -> &'static str {
    match why {
        Unaccepted::NotNeeded { .. } => "这件事依法不需要申请，您可以直接去办。理由见不受理告知书。",
        Unaccepted::NotAccepted { office: Some(_), .. } => {
            "本机关无权办理这件事，请向不予受理通知书写明的机关申请。不服的，可以申请行政复议或提起行政诉讼。"
        }
        Unaccepted::NotAccepted { office: None, .. } => {
            "申请没有受理，理由见不予受理通知书。备齐材料后可以重新申请；不服的，可以申请行政复议或提起行政诉讼。"
        }
        Unaccepted::TakenBack => "您已撤回申请，办理已经终止。需要时可以重新申请。",
        Unaccepted::Lapsed => "补正期限内没有收到材料，办理已经终止。备齐材料后可以重新申请。",
    }
}
