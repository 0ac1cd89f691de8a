//! Tables of the elements of an implementing list (实施清单).

use super::code_table;

code_table! {
    /// Level at which an item is exercised (GB/T 39046—2020).
    UseLevel, "行使层级" {
        /// Nation: bureaux, offices, commissions.
        National = "1" "国家级",
        /// Province, or directly under a ministry.
        Province = "2" "省级",
        /// City.
        City = "3" "市级",
        /// County.
        County = "4" "县级",
        /// Town or street.
        Town = "5" "镇（乡、街道）",
        /// Village or community.
        Village = "6" "村（社区）",
        /// Split between levels.
        Graded = "7" "分级管理",
    }
}

code_table! {
    /// Legal nature of an implementing body (GB/T 39046—2020).
    AuthorityKind, "实施主体性质" {
        /// An organ that the law names.
        Statutory = "1" "法定机关",
        /// An organisation empowered by law or regulation.
        Authorised = "2" "授权组织",
        /// An organisation entrusted by an authority, which must then be named.
        Entrusted = "3" "受委托组织",
        /// Any other.
        Other = "9" "其他",
    }
}

code_table! {
    /// Whom an item serves (GB/T 39046—2020). Running platforms number the table otherwise, see
    /// [`ServiceObject::from_platform_code`].
    ServiceObject, "服务对象" {
        /// A person.
        Person = "1" "自然人",
        /// An enterprise with legal personality.
        Enterprise = "2" "企业法人",
        /// A public institution.
        PublicInstitution = "3" "事业法人",
        /// A social organisation.
        SocialOrganisation = "4" "社会组织法人",
        /// An administrative organ.
        Government = "5" "行政机关",
        /// Any other organisation, those without legal personality among them.
        OtherOrganisation = "6" "其他组织",
    }
}

impl ServiceObject {
    /// The value that running provincial platforms mean by this code: like the standard from 1 to 4, then 5 非法人企业 (here
    /// among the other organisations), 6 行政机关, 9 其他组织.
    #[must_use]
    pub fn from_platform_code(code: &str) -> Option<Self> {
        match code {
            "5" | "9" => Some(Self::OtherOrganisation),
            "6" => Some(Self::Government),
            _ => Self::from_code(code),
        }
    }
}

code_table! {
    /// How an item can be applied for (GB/T 39046—2020). Running platforms number the table otherwise, see
    /// [`HandlingForm::from_platform_code`].
    HandlingForm, "办理形式" {
        /// At a window.
        Window = "1" "窗口办理",
        /// Online from a computer.
        Online = "2" "电脑端网上办理",
        /// Online from a phone.
        Mobile = "3" "移动端办理",
        /// By courier.
        Courier = "4" "快递申请",
        /// Any other.
        Other = "9" "其他",
    }
}

impl HandlingForm {
    /// The value that running provincial platforms mean by this code: 1 窗口, 2 网上, 3 快递.
    #[must_use]
    pub fn from_platform_code(code: &str) -> Option<Self> {
        match code {
            "1" => Some(Self::Window),
            "2" => Some(Self::Online),
            "3" => Some(Self::Courier),
            _ => None,
        }
    }
}

code_table! {
    /// Whether a case is decided on the spot or within a promised time (GB/T 39046—2020).
    HandlingKind, "办件类型" {
        /// Decided at one sitting.
        Immediate = "1" "即办件",
        /// Decided within the promised time.
        Promised = "2" "承诺件",
        /// Any other.
        Other = "9" "其他",
    }
}

code_table! {
    /// How a case is reviewed. The table has no national codes; these are our own.
    ReviewKind, "审查类型" {
        /// Reviewed and decided at once; goes with 即办件.
        Immediate = "1" "即审即办",
        /// Reviewed first, then decided; goes with 承诺件.
        ReviewThenDecide = "2" "前审后批",
    }
}

code_table! {
    /// Where an authority's power comes from (national exchange tables).
    PowerSource, "权力来源" {
        /// The law gives it to this level.
        OwnLevel = "1" "法定本级行使",
        /// Handed down by the level above.
        HandedDown = "2" "上级下放",
        /// Empowered by the level above.
        AuthorisedByUpper = "3" "上级授权",
        /// Empowered by the same level.
        AuthorisedByPeer = "4" "同级授权",
        /// Entrusted by the level above.
        EntrustedByUpper = "5" "上级委托",
        /// Entrusted by the same level.
        EntrustedByPeer = "6" "同级委托",
    }
}

code_table! {
    /// State of an implementing list (national exchange tables).
    ItemState, "事项状态" {
        /// In use.
        InUse = "1" "在用",
        /// Suspended.
        Suspended = "2" "暂停",
        /// Cancelled.
        Cancelled = "3" "取消",
    }
}

code_table! {
    /// Over what area a case may be handed in at any office (national exchange tables).
    HandlingArea, "通办范围" {
        /// Anywhere in the country.
        Nation = "1" "全国",
        /// Anywhere in the province.
        Province = "2" "全省",
        /// Anywhere in the city.
        City = "3" "全市",
        /// Anywhere in the county.
        County = "4" "全县",
        /// Anywhere in the town.
        Town = "5" "全镇",
        /// In more than one village.
        AcrossVillages = "6" "跨村",
    }
}

code_table! {
    /// What an approval results in. The table has no national codes; these are our own.
    ResultKind, "结果类型" {
        /// A licence or certificate.
        Certificate = "1" "证照",
        /// A written approval.
        Approval = "2" "批文",
        /// Any other result.
        Other = "3" "其他",
        /// No paper.
        None = "4" "无",
    }
}

code_table! {
    /// How far an item can be handled online (national exchange tables); an item has several.
    OnlineDepth, "网上办理深度" {
        /// Questions are answered online.
        Consulting = "1" "互联网咨询",
        /// Materials are taken in online.
        Receiving = "2" "收件",
        /// Materials are looked over online before filing.
        PreReview = "3" "预审",
        /// Applications are accepted online.
        Accepting = "4" "受理",
        /// The whole is handled online.
        Handling = "5" "办理",
        /// The result is told online.
        ResultFeedback = "6" "结果信息反馈",
        /// The electronic licence is given online.
        CertificateFeedback = "7" "电子证照反馈",
        /// Any other.
        Other = "9" "其他",
    }
}

code_table! {
    /// Grade of online service, printed with Roman numerals on guides.
    OnlineGrade, "网办等级" {
        /// The guide is published.
        Information = "Ⅰ" "信息发布",
        /// Forms can be fetched, materials looked over.
        PreReview = "Ⅱ" "网上预审",
        /// Accepted online, one visit at most.
        Accepting = "Ⅲ" "网上受理",
        /// Wholly online, no visit.
        Full = "Ⅳ" "全程网办",
    }
}

code_table! {
    /// The real-name level that an applicant must have to file online. The grades are this platform's own; no national table is known.
    RealNameLevel, "实名等级" {
        /// Whoever is registered.
        Registered = "0" "注册即可",
        /// One further fact agrees with a base.
        One = "1" "一级（两项信息核对一致）",
        /// Two further facts agree.
        Two = "2" "二级（三项信息核对一致）",
        /// Seen at a window or by face.
        Seen = "3" "三级（现场或人脸核验）",
    }
}

impl RealNameLevel {
    /// The level as a number, 0 to 3.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Registered => 0,
            Self::One => 1,
            Self::Two => 2,
            Self::Seen => 3,
        }
    }
}

code_table! {
    /// Ways to ask a question.
    ConsultWay, "咨询方式" {
        /// At a window.
        Window = "1" "窗口",
        /// Online.
        Online = "2" "网络",
        /// By telephone.
        Telephone = "3" "电话",
        /// By letter.
        Letter = "4" "信件",
        /// By e-mail.
        Email = "5" "邮件",
    }
}

code_table! {
    /// Unit of a time limit. No national code exists; these are our own.
    LimitUnit, "时限单位" {
        /// Working days: weekends and holidays as arranged by the State Council do not count (行政许可法 art. 82).
        WorkingDays = "1" "工作日",
        /// Natural days; a limit that ends on a day off moves to the next working day.
        NaturalDays = "2" "自然日",
        /// Hours; the calendar, which knows no hours, takes whole days, rounded up.
        Hours = "3" "小时",
        /// Calendar months, to the day of the same number or the last of the month (民法典 art. 202).
        Months = "4" "月",
        /// Calendar years.
        Years = "5" "年",
    }
}
