//! What an item's version says about its cases, as a value: limits, materials, procedures and who may do what with whom.

use super::weighing::{PointRule, Weight};
use standards::{HandlingKind, ItemType, Limit, MaterialNecessity};

/// Working days within which an application is accepted, refused acceptance or sent back (行政许可法 art. 32).
pub(crate) const ACCEPTANCE_DAYS: u32 = 5;
/// Working days within which the result is delivered after the decision (art. 44).
pub(crate) const DELIVERY_DAYS: u32 = 10;
/// Working days that one extension may have at most (art. 42).
pub(crate) const EXTENSION_DAYS_MAX: u32 = 10;
/// Working days that a special procedure may be announced for where the item sets no maximum.
pub(crate) const SPECIAL_DAYS_MAX: u32 = 365;
/// Working days within which applicant and interested persons ask for a hearing after they were told of the right (art. 47). The law does
/// not say whether the applicant's own days are working days; working days are never fewer.
pub(crate) const HEARING_ASK_DAYS: u32 = 5;
/// The name of the special procedure that has rules of its own (arts. 46–48).
pub(crate) const HEARING: &str = "听证";
/// The special procedures of 行政许可法 art. 45, whose time does not count for any item, each with the articles that order it.
pub(crate) const SPECIAL_BY_LAW: [(&str, &str); 8] = [
    (HEARING, "行政许可法第四十五条、第四十六条至第四十八条"),
    ("招标", "行政许可法第四十五条、第五十三条"),
    ("拍卖", "行政许可法第四十五条、第五十三条"),
    ("检验", "行政许可法第四十五条、第五十五条"),
    ("检测", "行政许可法第四十五条、第五十五条"),
    ("检疫", "行政许可法第四十五条、第五十五条"),
    ("鉴定", "行政许可法第四十五条"),
    ("专家评审", "行政许可法第四十五条"),
];
/// Procedures that the law knows and art. 45 does not name: only where the item's list has them, on its own basis or else this article.
pub(crate) const SPECIAL_LISTED: [(&str, &str); 1] = [("考试", "行政许可法第五十四条")];

/// The rules under which one case is handled. They come from the version of the item that the case was filed under, and for its
/// circumstances (which materials this applicant needs), and do not change while the case lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Type of the item; decides the titles of papers.
    pub(crate) item_type: ItemType,
    /// Decided at one sitting (即办件), or within the promised time.
    pub(crate) handling: HandlingKind,
    /// Time for acceptance, from filing and again from what was supplied after a correction notice.
    pub(crate) acceptance: Limit,
    /// 法定办结时限, from acceptance to decision.
    pub(crate) statutory: Limit,
    /// 承诺办结时限, from acceptance to decision; not longer than the statutory one.
    pub(crate) promised: Limit,
    /// Time for delivery, from the decision.
    pub(crate) delivery: Limit,
    /// Time that the applicant has to answer a correction notice; `None`: no limit, and the case cannot lapse.
    pub(crate) correction: Option<Limit>,
    /// Working days that the one extension may have; 0: none. Never more than [`EXTENSION_DAYS_MAX`].
    pub(crate) extension_days_max: u32,
    /// Special procedures of the item, besides those of the law, and their longest time.
    pub(crate) special: Vec<SpecialRule>,
    /// Time within which owed material (容缺后补) is supplied; `None`: nothing may be owed.
    pub(crate) owed: Option<Limit>,
    /// The materials of this case.
    pub(crate) materials: Vec<MaterialRule>,
    /// 接办分离: who accepted or reviewed the case may not decide it.
    pub(crate) separate_hands: bool,
    /// Time in which a hearing is asked for, from the notice of the right to it.
    pub(crate) hearing_ask: Limit,
    /// Nothing is decided before the right to a hearing was told, or a hearing was held.
    pub(crate) hearing_first: bool,
    /// A lower organ accepts and examines first, for so long from acceptance on (行政许可法 art. 43); `None`: none does.
    pub(crate) preliminary: Option<Limit>,
    /// Points of review that must be answered before anything is answered in favour.
    pub(crate) points: Vec<PointRule>,
    /// The discretion standard.
    pub(crate) weights: Vec<Weight>,
}

/// A special procedure that an item lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpecialRule {
    /// Its name on the list: 「听证」, 「现场核查」.
    pub(crate) name: String,
    /// The longest time in working days; `None`: none set.
    pub(crate) days_max: Option<u32>,
    /// On what it rests, as the list says; may be empty.
    pub(crate) basis: String,
}

/// A material that an item asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MaterialRule {
    /// Its code within the item.
    pub(crate) code: String,
    /// Its name, for messages.
    pub(crate) name: String,
    /// Always, in some circumstances, or afterwards.
    pub(crate) necessity: MaterialNecessity,
}

impl Rules {
    /// A promised item (承诺件) with the deadlines of the law: no materials, no owing, separation or extension, no answer limit.
    #[must_use]
    pub(crate) fn of_law(item_type: ItemType, statutory: Limit, promised: Limit) -> Self {
        Self {
            item_type,
            handling: HandlingKind::Promised,
            acceptance: Limit::working_days(ACCEPTANCE_DAYS),
            statutory,
            promised,
            delivery: Limit::working_days(DELIVERY_DAYS),
            correction: None,
            extension_days_max: 0,
            special: Vec::new(),
            owed: None,
            materials: Vec::new(),
            separate_hands: false,
            hearing_ask: Limit::working_days(HEARING_ASK_DAYS),
            hearing_first: false,
            preliminary: None,
            points: Vec::new(),
            weights: Vec::new(),
        }
    }

    /// Whether cases of the item are decided at one sitting.
    #[must_use]
    pub(crate) fn at_once(&self) -> bool {
        self.handling == HandlingKind::Immediate
    }

    /// Whether a material may follow after acceptance.
    #[must_use]
    pub(crate) fn may_follow(&self, code: &str) -> bool {
        self.owed.is_some()
            && self.materials.iter().any(|it| it.code == code && it.necessity == MaterialNecessity::MayFollow)
    }

    /// The materials without which the case is not complete: always needed, or needed afterwards.
    pub(crate) fn needed(&self) -> impl Iterator<Item = &MaterialRule> {
        self.materials.iter().filter(|it| it.necessity != MaterialNecessity::Optional)
    }

    /// The name of a material, or its code where the item has no such material.
    #[must_use]
    pub(crate) fn material_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.materials.iter().find(|it| it.code == code).map_or(code, |it| it.name.as_str())
    }
}

/// When a running clock turns yellow. No national rule exists; places differ, so this is data (reference of the default: the
/// supervision rules of several cities, 90 % of the promised time or one working day left).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Thresholds {
    /// Yellow from so many per cent of the promised time on.
    pub(crate) yellow_percent: u32,
    /// Yellow from so many working days before the due day on.
    pub(crate) yellow_days_left: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { yellow_percent: 90, yellow_days_left: 1 }
    }
}
