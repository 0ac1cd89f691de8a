//! Acts on a published item that need a basis and a day of effect: suspend, resume, cancel, split, merge, hand down or up.
//! One hand proposes, another decides; on its day the act takes effect by itself.

use kernel::{Authority, Error, Fault, Id, Item, Result};
use serde::{Deserialize, Serialize};
use standards::UseLevel;

use super::{Day, ItemState, codes::codes};

/// Parts that one item is split into at most.
pub const PARTS_MAX: usize = 20;
/// The basis of an act at most, in characters.
pub const BASIS_MAX: usize = 1_000;

codes! {
    /// What is done to the item.
    ActKind {
        /// The public reads it, nobody can apply.
        Suspend = "suspend" "暂停",
        /// In use again.
        Resume = "resume" "恢复",
        /// For good.
        Cancel = "cancel" "取消",
        /// Into several items of the same authority.
        Split = "split" "拆分",
        /// Into another item of the same authority.
        Merge = "merge" "合并",
        /// To an authority of a lower level.
        HandDown = "hand_down" "下放",
        /// To an authority of a higher level.
        HandUp = "hand_up" "上收",
    }
}

codes! {
    /// Where an act stands.
    ActStage {
        /// Proposed by the department.
        Proposed = "proposed" "待机构编制审核",
        /// Agreed; takes effect on its day.
        Agreed = "agreed" "已同意，待生效",
        /// Refused.
        Refused = "refused" "不同意",
        /// Taken back by the department.
        Withdrawn = "withdrawn" "已撤回",
        /// In effect.
        Done = "done" "已生效",
    }
}

/// An act as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemAct {
    /// What is done.
    pub kind: ActKind,
    /// On what it rests: law, decision, number of the document.
    pub basis: String,
    /// From which day.
    pub effect: Day,
    /// Names of the parts, when split.
    #[serde(default)]
    pub parts: Vec<String>,
    /// The item that takes it in, when merged.
    #[serde(default)]
    pub into: Option<Id<Item>>,
    /// The authority that takes it over, when handed down or up.
    #[serde(default)]
    pub to: Option<Id<Authority>>,
    /// The level at which that authority exercises it.
    #[serde(default)]
    pub level: Option<UseLevel>,
}

impl ItemAct {
    /// Whether it can be done to an item in this state, which is exercised at this level; every fault at its field.
    ///
    /// # Errors
    /// [`Error::Refused`] if the state does not allow it, [`Error::Invalid`] if something is missing.
    pub fn check(&self, item: (Id<Item>, Id<Authority>), state: ItemState, level: Option<UseLevel>) -> Result<()> {
        let in_use = matches!(state, ItemState::Published | ItemState::Suspended);
        let possible = match self.kind {
            ActKind::Suspend => state == ItemState::Published,
            ActKind::Resume => state == ItemState::Suspended,
            ActKind::Cancel => state != ItemState::Cancelled,
            ActKind::Split | ActKind::Merge | ActKind::HandDown | ActKind::HandUp => in_use,
        };
        if !possible {
            return Err(Error::refused(format!("该事项现为「{}」，不能{}。", state.name(), self.kind.name())));
        }
        let mut faults = Vec::new();
        let mut say = |field: &str, message: &str| faults.push(Fault::new(field, message));
        match self.basis.trim().chars().count() {
            0 => say("basis", "请写明依据：法律法规、机构编制批复或者文件名称和文号。"),
            n if n > BASIS_MAX => say("basis", "依据过长，请写明文件名称和文号即可。"),
            _ => {}
        }
        match self.kind {
            ActKind::Split => match self.parts.iter().filter(|it| !it.trim().is_empty()).count() {
                2..=PARTS_MAX => {}
                _ => say("parts", "请写明拆分后的事项名称，每行一个，至少两个。"),
            },
            ActKind::Merge => match self.into {
                None => say("into", "请写明并入哪个事项。"),
                Some(into) if into == item.0 => say("into", "不能并入自己。"),
                Some(_) => {}
            },
            ActKind::HandDown | ActKind::HandUp => {
                match self.to {
                    None => say("to", "请写明承接的实施主体。"),
                    Some(to) if to == item.1 => say("to", "承接的实施主体不能是本单位。"),
                    Some(_) => {}
                }
                // Codes of levels go from the nation (1) down to the village (6).
                let order = level.zip(self.level).map(|(from, to)| from.code().cmp(to.code()));
                let right = match self.kind {
                    ActKind::HandDown => order == Some(std::cmp::Ordering::Less),
                    _ => order == Some(std::cmp::Ordering::Greater),
                };
                if !right {
                    say("level", "下放应到更低的层级，上收应到更高的层级，请核对行使层级。");
                }
            }
            ActKind::Suspend | ActKind::Resume | ActKind::Cancel => {}
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
    }

    /// The state of the item once the act is in effect.
    ///
    /// # Errors
    /// [`Error::Refused`] if the item has meanwhile come to a state that does not allow it.
    pub fn takes(&self, state: ItemState) -> Result<ItemState> {
        match self.kind {
            ActKind::Suspend => state.suspended(),
            ActKind::Resume => state.resumed(),
            ActKind::Cancel | ActKind::Split | ActKind::Merge | ActKind::HandDown | ActKind::HandUp => {
                state.cancelled()
            }
        }
    }
}
