//! Whom one applies to, who examines first and who decides (下级初审, 行政许可法 arts. 35 and 43), in the words of the window.

use std::sync::Arc;

use catalogue::ItemDocument;
use identity::AuthorityFacts;

use crate::index::Known;

/// An item that a lower organ examines first, as guide and notice tell it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Levels {
    /// The organs that accept and examine first; one applies to one of them.
    pub(crate) offices: Vec<Arc<AuthorityFacts>>,
    /// Who decides.
    pub(crate) upper: String,
    /// Within how many working days from acceptance they examine.
    pub(crate) days: u32,
    /// Within what it is decided, from acceptance, the preliminary review included: 「25 个自然日」; may be empty.
    pub(crate) promise: String,
    /// The law that says so.
    pub(crate) basis: String,
}

impl Levels {
    /// Of an item of this authority; `None`: it is decided where one applies, or the site knows none of the organs.
    pub(crate) fn of(doc: &ItemDocument, known: &Known, upper: &str) -> Option<Self> {
        let told = doc.preliminary.as_ref()?;
        let offices = known.by_codes(&told.offices);
        (!offices.is_empty()).then(|| Self {
            offices,
            upper: upper.to_owned(),
            days: told.days,
            promise: doc.promised_limit.map(|it| it.to_string()).unwrap_or_default(),
            basis: told.basis.trim().to_owned(),
        })
    }

    /// Whom one applies to.
    pub(crate) fn apply_to(&self) -> String {
        let names: Vec<_> = self.offices.iter().map(|it| it.name.as_str()).collect();
        match names[..] {
            [only] => only.to_owned(),
            _ => format!("下面机关中您所在地的一个：{}", names.join("、")),
        }
    }

    /// Who examines first, and how long it has.
    pub(crate) fn examines(&self) -> String {
        let who = match &self.offices[..] {
            [only] => only.name.as_str(),
            _ => "受理的机关",
        };
        format!("{who}，自受理之日起 {} 个工作日内审查完毕，连同全部申请材料报送{}", self.days, self.upper)
    }

    /// Who decides, and how long that takes from acceptance on.
    pub(crate) fn decides(&self) -> String {
        match self.promise.as_str() {
            "" => self.upper.clone(),
            promise => format!("{}，自受理之日起 {promise}内作出决定（已含初审的时间）", self.upper),
        }
    }
}
