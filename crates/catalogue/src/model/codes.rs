//! Code tables of the item document that no national table gives, or that running platforms number otherwise than it.

use standards::{HandlingForm, LimitUnit, ServiceObject};

/// Declares a closed list: `Variant = "code" "中文名"`; serde reads and writes the code.
macro_rules! codes {
    ($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $variant:ident = $code:literal $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $type { $($(#[$doc])* #[serde(rename = $code)] $variant,)+ }

        impl $type {
            /// Every value, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code, as stored.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The words, as shown.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The value of this code; none for a code that is not in the table.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.code() == code)
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// 服务对象 as running provincial platforms number it (the national table, GB/T 39046—2020, knows no 5 非法人企业).
    Audience {
        /// A natural person.
        Person = "1" "自然人",
        /// An enterprise with legal personality.
        Enterprise = "2" "企业法人",
        /// A public institution.
        PublicInstitution = "3" "事业法人",
        /// A social organisation.
        SocialOrganisation = "4" "社会组织法人",
        /// An enterprise without legal personality.
        UnincorporatedEnterprise = "5" "非法人企业",
        /// An administrative organ.
        Government = "6" "行政机关",
        /// Any other organisation.
        Other = "9" "其他组织",
    }
}

impl Audience {
    /// The value of the national table.
    #[must_use]
    pub const fn standard(self) -> ServiceObject {
        match self {
            Self::Person => ServiceObject::Person,
            Self::Enterprise => ServiceObject::Enterprise,
            Self::PublicInstitution => ServiceObject::PublicInstitution,
            Self::SocialOrganisation => ServiceObject::SocialOrganisation,
            Self::UnincorporatedEnterprise | Self::Other => ServiceObject::OtherOrganisation,
            Self::Government => ServiceObject::Government,
        }
    }

    /// Whether it is an organisation of any kind: 「法人办事」.
    #[must_use]
    pub const fn is_organisation(self) -> bool {
        !matches!(self, Self::Person)
    }
}

codes! {
    /// 办理形式 as running provincial platforms number it.
    HandlingWay {
        /// At a window.
        Window = "1" "窗口办理",
        /// Online, on computer or telephone.
        Online = "2" "网上办理",
        /// Papers are sent by courier.
        Courier = "3" "快递申请",
    }
}

impl HandlingWay {
    /// The value of the national table (GB/T 39046—2020).
    #[must_use]
    pub const fn standard(self) -> HandlingForm {
        match self {
            Self::Window => HandlingForm::Window,
            Self::Online => HandlingForm::Online,
            Self::Courier => HandlingForm::Courier,
        }
    }
}

codes! {
    /// How the result reaches the applicant (送达方式).
    DeliveryWay {
        /// Fetched at the window.
        Window = "self" "窗口领取",
        /// Sent by post.
        Post = "post" "邮寄送达",
        /// Fetched from the platform.
        Online = "online" "网上下载",
    }
}

codes! {
    /// Which post does a step: 受理、审核、审批、出证、送达.
    StepPost {
        /// Takes the application in and accepts it.
        Accept = "accept" "受理",
        /// Examines it.
        Review = "review" "审核",
        /// Decides.
        Decide = "decide" "审批",
        /// Makes the result.
        Issue = "issue" "发证",
        /// Hands it over.
        Deliver = "deliver" "送达",
    }
}

codes! {
    /// Unit of a limit in the item document.
    TimeUnit {
        /// While the applicant waits; the number is 0.
        AtOnce = "at_once" "当场办结",
        /// Working days (行政许可法 art. 82).
        WorkingDay = "working_day" "个工作日",
        /// Natural days.
        NaturalDay = "natural_day" "个自然日",
        /// Hours.
        Hour = "hour" "个小时",
        /// Calendar months.
        Month = "month" "个月",
        /// Calendar years.
        Year = "year" "年",
    }
}

impl TimeUnit {
    /// The calendar's unit; 「当场」 is counted in working days, of which there are 0.
    #[must_use]
    pub const fn standard(self) -> LimitUnit {
        match self {
            Self::AtOnce | Self::WorkingDay => LimitUnit::WorkingDays,
            Self::NaturalDay => LimitUnit::NaturalDays,
            Self::Hour => LimitUnit::Hours,
            Self::Month => LimitUnit::Months,
            Self::Year => LimitUnit::Years,
        }
    }
}

/// Serde of [`standards::ResultKind`] by its name: the table has no national codes, and lists write the words.
pub(crate) mod result_kind {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use standards::ResultKind;

    pub(crate) fn serialize<S: Serializer>(kind: &ResultKind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.name())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ResultKind, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = ResultKind::ALL.iter().copied().find(|it| it.name() == name);
        found.ok_or_else(|| D::Error::custom(format!("结果类型没有「{name}」")))
    }
}
