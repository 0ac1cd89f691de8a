//! Tables of cases: applicants, special procedures, ratings, and the states in exchange with other platforms.

use super::code_table;

code_table! {
    /// Kind of an applicant's number (national exchange tables).
    ApplicantIdKind, "申请人证件类型" {
        /// A citizen number, see [`crate::CitizenNumber`].
        CitizenNumber = "111" "公民身份号码",
        /// A unified social credit code, see [`crate::CreditCode`].
        CreditCode = "001" "统一社会信用代码",
    }
}

code_table! {
    /// Kind of a special procedure (GB/T 39046—2020).
    SpecialProcedureKind, "特别程序种类" {
        /// The period of review is extended (行政许可法 art. 42).
        Extension = "1" "延长审批",
        /// Hearing, inspection, expert review and the like, whose time does not count (art. 45).
        Other = "2" "除延长审批外的特别程序",
    }
}

code_table! {
    /// A rating of one service (GB/T 39046—2020; 好差评, 国办发〔2019〕51号), five stars down to one.
    Satisfaction, "满意度" {
        /// Five stars.
        VerySatisfied = "1" "非常满意",
        /// Four stars.
        Satisfied = "2" "满意",
        /// Three stars.
        FairlySatisfied = "3" "基本满意",
        /// Two stars; a bad rating.
        Dissatisfied = "4" "不满意",
        /// One star; a bad rating.
        VeryDissatisfied = "5" "非常不满意",
    }
}

impl Satisfaction {
    /// Five to one.
    #[must_use]
    pub fn stars(self) -> u8 {
        match self {
            Self::VerySatisfied => 5,
            Self::Satisfied => 4,
            Self::FairlySatisfied => 3,
            Self::Dissatisfied => 2,
            Self::VeryDissatisfied => 1,
        }
    }
}

code_table! {
    /// State of a case in the national exchange of data (as used for construction approvals).
    ExchangeCaseState, "办件状态" {
        /// Received at the window.
        Received = "1" "已接件",
        /// Taken back by the applicant before acceptance.
        TakenBack = "2" "已撤件",
        /// Accepted.
        Accepted = "3" "已受理",
        /// Needs no approval (行政许可法 art. 32(1)).
        NotNeeded = "4" "不受理",
        /// Not within competence (art. 32(2)).
        NotAccepted = "5" "不予受理",
        /// The correction notice was given.
        CorrectionBegun = "6" "补正（开始）",
        /// The correction was handed in.
        CorrectionEnded = "7" "补正（结束）",
        /// A department began its work.
        DepartmentBegun = "8" "部门开始办理",
        /// A special procedure stopped the clock.
        SpecialBegun = "9" "特别程序（开始）",
        /// The special procedure ended.
        SpecialEnded = "10" "特别程序（结束）",
        /// Approved.
        Approved = "11" "办结（通过）",
        /// Approved with material owed.
        ApprovedWithPending = "12" "办结（容缺通过）",
        /// Refused.
        Refused = "13" "办结（不通过）",
        /// Withdrawn by the applicant after acceptance.
        Withdrawn = "14" "撤回",
        /// Revoked by the authority.
        Revoked = "15" "撤销",
    }
}
