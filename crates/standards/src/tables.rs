//! Code tables: the closed lists of GB/T 39046—2020 (《政务服务平台基础数据规范》) and of the national exchange tables, as enums.
//!
//! Every table has `code`, `name` (Chinese), `from_code`, `ALL` and `TABLE` (its Chinese name). `Display` is the name, which is
//! what a page shows; serde writes the code, which is what a file or a table holds.

mod case;
mod item;
mod item_type;
mod material;

pub use case::{ApplicantIdKind, ExchangeCaseState, Satisfaction, SpecialProcedureKind};
pub use item::{
    AuthorityKind, ConsultWay, HandlingArea, HandlingForm, HandlingKind, ItemState, LimitUnit, OnlineDepth,
    OnlineGrade, PowerSource, RealNameLevel, ResultKind, ReviewKind, ServiceObject, UseLevel,
};
pub use item_type::{ItemType, ItemTypeExtension};
pub use material::{MaterialCopy, MaterialForm, MaterialKind, MaterialNecessity, MaterialSource};

/// Gives a table type `Display` (the name) and serde (the code); `$type` has `code`, `name`, `from_code` and `TABLE`.
macro_rules! code_table_traits {
    ($type:ident) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = String::deserialize(deserializer)?;
                Self::from_code(&code)
                    .ok_or_else(|| serde::de::Error::custom(format!("{}没有代码「{code}」", Self::TABLE)))
            }
        }
    };
}

/// Declares one code table: `Variant = "code" "中文名"`, a doc comment for each.
macro_rules! code_table {
    (
        $(#[$meta:meta])*
        $type:ident, $table:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $code:literal $name:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type {
            $($(#[$variant_meta])* #[doc = concat!("Code `", $code, "`, «", $name, "».")] $variant,)+
        }

        impl $type {
            /// The Chinese name of the table.
            pub const TABLE: &'static str = $table;
            /// Every value, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code of the table.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The Chinese name of the value.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The value with this code; none for a code that is not in the table.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        $crate::tables::code_table_traits!($type);
    };
}
pub(crate) use {code_table, code_table_traits};
