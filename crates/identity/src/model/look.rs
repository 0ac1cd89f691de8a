//! Looks at a person's data: for which purpose, and how often one is written down.

use kernel::Moment;

/// A look again within so many seconds is the same look: a page read twice, a file opened beside it.
pub(crate) const SAME_SECONDS: i64 = 60;
/// A viewer's own words of a purpose have so many characters at most.
pub const WORDS_MAX: usize = 200;

/// Why somebody looks at a person's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The case itself is being handled.
    Handling,
    /// The person stands at a window.
    Window,
    /// Cases are looked for by the person's number.
    Finding,
    /// Posts are granted or ended.
    Posts,
    /// A system of others reads what the person agreed to.
    System,
    /// A complaint, reconsideration or suit about it.
    Complaint,
    /// Whether it was handled well.
    Inspection,
    /// The file goes to the archive, or is asked for there.
    Archive,
    /// The applicant asks about it.
    Enquiry,
    /// Something else, in the viewer's own words.
    Other,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 10] = [
        Self::Handling,
        Self::Window,
        Self::Finding,
        Self::Posts,
        Self::System,
        Self::Complaint,
        Self::Inspection,
        Self::Archive,
        Self::Enquiry,
        Self::Other,
    ];
    /// Those that an officer chooses from where none follows from what is being done.
    pub const CHOSEN: [Self; 5] = [Self::Enquiry, Self::Complaint, Self::Inspection, Self::Archive, Self::Other];

    /// As stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Handling => "handling",
            Self::Window => "window",
            Self::Finding => "finding",
            Self::Posts => "posts",
            Self::System => "system",
            Self::Complaint => "complaint",
            Self::Inspection => "inspection",
            Self::Archive => "archive",
            Self::Enquiry => "enquiry",
            Self::Other => "other",
        }
    }

    /// As shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Handling => "办理办件",
            Self::Window => "在窗口为您办理",
            Self::Finding => "按证件号码查找办件",
            Self::Posts => "管理人员岗位",
            Self::System => "您授权的系统读取",
            Self::Complaint => "处理投诉、复议或诉讼",
            Self::Inspection => "检查办件质量",
            Self::Archive => "整理或调阅档案",
            Self::Enquiry => "答复申请人的询问",
            Self::Other => "其他",
        }
    }

    /// The purpose of this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// Whether a look now is another one than that then.
pub(crate) fn is_another(then: Option<Moment>, now: Moment) -> bool {
    then.is_none_or(|then| then.plus_seconds(SAME_SECONDS) <= now || now < then)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_within_a_minute_is_the_same_and_a_clock_that_went_back_loses_none() {
        let at = |seconds: i64| Moment::from_micros(seconds * 1_000_000);
        for (then, now, another) in
            [(None, 5, true), (Some(5), 5, false), (Some(5), 64, false), (Some(5), 65, true), (Some(5), 4, true)]
        {
            assert_eq!(is_another(then.map(at), at(now)), another, "{then:?} {now}");
        }
    }

    #[test]
    fn every_purpose_is_read_as_it_is_written_and_handling_is_never_chosen() {
        for it in Purpose::ALL {
            assert_eq!(Purpose::from_code(it.code()), Some(it));
        }
        assert!(!Purpose::CHOSEN.contains(&Purpose::Handling));
    }
}
