//! How a revision comes into force: written by the department, checked by the organisation office (机构编制), then by legal
//! affairs (法制), then published. Each check by another person; none of them wrote it.

use kernel::{Error, Result};
use serde::{Deserialize, Serialize};

use super::codes::codes;

codes! {
    /// Where a revision stands.
    Stage {
        /// The department writes.
        Writing = "writing" "编制中",
        /// The organisation office looks whether the power is the department's own, and what the base directory says.
        Office = "office" "待机构编制审核",
        /// Legal affairs look at basis, limits, conditions and materials.
        Legal = "legal" "待法制审核",
        /// Both have passed it; the department publishes.
        Ready = "ready" "审核通过，待发布",
        /// Published, and takes effect on its planned day.
        Waiting = "waiting" "已发布，待生效",
    }
}

impl Stage {
    /// Whether its words may be changed.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Writing)
    }

    /// Whether somebody checks it now.
    #[must_use]
    pub const fn is_check(self) -> bool {
        matches!(self, Self::Office | Self::Legal)
    }

    /// The tone of its tag on pages.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Writing => "plain",
            Self::Office | Self::Legal => "warn",
            Self::Ready => "good",
            Self::Waiting => "info",
        }
    }
}

codes! {
    /// Why a revision was opened.
    Opened {
        /// A new item.
        New = "new" "新编",
        /// The department changes it.
        Change = "change" "变更",
        /// Its base entry changed.
        Base = "base" "基本目录变更",
        /// It comes of a larger item that was split.
        Split = "split" "拆分而来",
        /// It was handed down or up from another authority.
        Handed = "handed" "承接而来",
    }
}

/// A revision on its way: where it stands and whose hands it has been in. People are written as the journal writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Where it stands.
    pub stage: Stage,
    /// Why it was opened.
    pub opened: Opened,
    /// All who wrote in it.
    #[serde(default)]
    pub writers: Vec<String>,
    /// Who checked it for the organisation office.
    #[serde(default)]
    pub office: Option<String>,
    /// Who checked it for legal affairs.
    #[serde(default)]
    pub legal: Option<String>,
}

impl Revision {
    /// A revision that was opened.
    #[must_use]
    pub const fn opened(why: Opened) -> Self {
        Self { stage: Stage::Writing, opened: why, writers: Vec::new(), office: None, legal: None }
    }

    /// Somebody wrote in it.
    ///
    /// # Errors
    /// [`Error::Refused`] unless it is being written.
    pub fn written(mut self, who: &str) -> Result<Self> {
        if !self.stage.is_open() {
            let now = self.stage.name();
            return Err(Error::refused(format!("这次修改现为「{now}」，不能改动。确需修改的，请先撤回。")));
        }
        if !self.writers.iter().any(|it| it == who) {
            self.writers.push(who.to_owned());
        }
        Ok(self)
    }

    /// The department hands it to the organisation office.
    ///
    /// # Errors
    /// [`Error::Refused`] unless it is being written.
    pub fn submitted(self) -> Result<Self> {
        match self.stage {
            Stage::Writing => Ok(Self { stage: Stage::Office, office: None, legal: None, ..self }),
            now => Err(Error::refused(format!("这次修改现为「{}」，不需要再次送审。", now.name()))),
        }
    }

    /// The one whose turn it is passes it on.
    ///
    /// # Errors
    /// [`Error::Refused`] if nobody's check is due, or `who` has had a hand in it already.
    pub fn passed(self, who: &str) -> Result<Self> {
        self.fresh_hand(who)?;
        match self.stage {
            Stage::Office => Ok(Self { stage: Stage::Legal, office: Some(who.to_owned()), ..self }),
            Stage::Legal => Ok(Self { stage: Stage::Ready, legal: Some(who.to_owned()), ..self }),
            now => Err(Error::refused(format!("这次修改现为「{}」，没有待审核的环节。", now.name()))),
        }
    }

    /// The one whose turn it is sends it back to the department.
    ///
    /// # Errors
    /// As [`Revision::passed`].
    pub fn returned(self, who: &str) -> Result<Self> {
        self.fresh_hand(who)?;
        match self.stage {
            Stage::Office | Stage::Legal => Ok(Self { stage: Stage::Writing, office: None, legal: None, ..self }),
            now => Err(Error::refused(format!("这次修改现为「{}」，没有待审核的环节。", now.name()))),
        }
    }

    /// The department takes it back before it is published.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is being written anyway, or waits for its day.
    pub fn withdrawn(self) -> Result<Self> {
        match self.stage {
            Stage::Office | Stage::Legal | Stage::Ready | Stage::Waiting => {
                Ok(Self { stage: Stage::Writing, office: None, legal: None, ..self })
            }
            Stage::Writing => Err(Error::refused("这次修改正在编制，不需要撤回。")),
        }
    }

    /// Whether it may be published: both have checked it.
    ///
    /// # Errors
    /// [`Error::Refused`], with what is still to be done.
    pub fn may_publish(&self) -> Result<()> {
        match self.stage {
            Stage::Ready | Stage::Waiting => Ok(()),
            Stage::Writing => Err(Error::refused("还没有送审。发布前须经机构编制、法制两道审核。")),
            Stage::Office | Stage::Legal => {
                Err(Error::refused(format!("现为「{}」，审核通过后才能发布。", self.stage.name())))
            }
        }
    }

    /// One person has one hand in it.
    fn fresh_hand(&self, who: &str) -> Result<()> {
        let own = self.writers.iter().any(|it| it == who);
        if own {
            return Err(Error::refused("这次修改由您本人编制，不能由您审核，请由其他人员审核。"));
        }
        if self.office.as_deref() == Some(who) {
            return Err(Error::refused("您已作机构编制审核，法制审核请由其他人员进行。"));
        }
        Ok(())
    }
}
