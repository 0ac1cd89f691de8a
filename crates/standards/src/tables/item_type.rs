//! Types of service items (事项类型), with the extensions that provinces add.

/// Type of a service item (GB/T 39046—2020, 事项类型). Two digits; 11–19 and 21–99 are extensions and are kept as they are.
///
/// ```
/// use standards::ItemType;
///
/// assert_eq!(ItemType::from_code("01"), Some(ItemType::Licence));
/// let extension = ItemType::from_code("21").map(|t| (t.code(), t.name()));
/// assert_eq!(extension, Some(("21", "公共服务（扩展）")));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemType {
    /// Code `00`, «行政权力事项»: the heading over 01 to 10, for items not classified further.
    Power,
    /// Code `01`, «行政许可».
    Licence,
    /// Code `02`, «行政处罚».
    Penalty,
    /// Code `03`, «行政强制».
    Compulsion,
    /// Code `04`, «行政征收».
    Levy,
    /// Code `05`, «行政给付».
    Payment,
    /// Code `06`, «行政检查».
    Inspection,
    /// Code `07`, «行政确认».
    Confirmation,
    /// Code `08`, «行政奖励».
    Reward,
    /// Code `09`, «行政裁决».
    Adjudication,
    /// Code `10`, «其他行政权力».
    OtherPower,
    /// Code `20`, «公共服务».
    PublicService,
    /// Codes `11` to `19` (of other powers) and `21` to `99` (of public services), defined by provinces.
    Extension(ItemTypeExtension),
}

/// The code of an extension type: 11 to 19 or 21 to 99. Made by [`ItemType::from_code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemTypeExtension(u8);

/// All pairs of digits from 11 on, for the codes of extensions.
const PAIRS: &str = concat!(
    "111213141516171819",
    "20212223242526272829",
    "30313233343536373839",
    "40414243444546474849",
    "50515253545556575859",
    "60616263646566676869",
    "70717273747576777879",
    "80818283848586878889",
    "90919293949596979899",
);

impl ItemType {
    /// The Chinese name of the table.
    pub const TABLE: &'static str = "事项类型";
    /// Every type of the national table; extensions are not listed.
    pub const ALL: &'static [Self] = &[
        Self::Power,
        Self::Licence,
        Self::Penalty,
        Self::Compulsion,
        Self::Levy,
        Self::Payment,
        Self::Inspection,
        Self::Confirmation,
        Self::Reward,
        Self::Adjudication,
        Self::OtherPower,
        Self::PublicService,
    ];

    /// The two digits.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Power => "00",
            Self::Licence => "01",
            Self::Penalty => "02",
            Self::Compulsion => "03",
            Self::Levy => "04",
            Self::Payment => "05",
            Self::Inspection => "06",
            Self::Confirmation => "07",
            Self::Reward => "08",
            Self::Adjudication => "09",
            Self::OtherPower => "10",
            Self::PublicService => "20",
            Self::Extension(ItemTypeExtension(code)) => {
                let start = usize::from(code.saturating_sub(11)) * 2;
                PAIRS.get(start..start + 2).unwrap_or("99")
            }
        }
    }

    /// The Chinese name; extensions bear the name of what they extend.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Power => "行政权力事项",
            Self::Licence => "行政许可",
            Self::Penalty => "行政处罚",
            Self::Compulsion => "行政强制",
            Self::Levy => "行政征收",
            Self::Payment => "行政给付",
            Self::Inspection => "行政检查",
            Self::Confirmation => "行政确认",
            Self::Reward => "行政奖励",
            Self::Adjudication => "行政裁决",
            Self::OtherPower => "其他行政权力",
            Self::PublicService => "公共服务",
            Self::Extension(ItemTypeExtension(..=19)) => "其他行政权力（扩展）",
            Self::Extension(_) => "公共服务（扩展）",
        }
    }

    /// The type with these two digits; none for anything else.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        if code.len() != 2 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let known = Self::ALL.iter().copied().find(|known| known.code() == code);
        known.or_else(|| Some(Self::Extension(ItemTypeExtension(code.parse().ok()?))))
    }

    /// Whether such items are begun by an application (依申请) and so have an application flow: 01 05 07 08 09 10 20 and the
    /// extensions. The others are exercised by the authority of its own accord (依职权); a levy is so mostly, not always.
    #[must_use]
    pub fn is_on_application(self) -> bool {
        !matches!(self, Self::Power | Self::Penalty | Self::Compulsion | Self::Levy | Self::Inspection)
    }
}

super::code_table_traits!(ItemType);
