//! Entries of the base directory (基本目录): what the implementing lists of all authorities have in common.

use serde::{Deserialize, Serialize};
use standards::{ItemBaseCode, ItemType, UseLevel};

use super::{Audience, LegalBasis, TimeLimit};

/// One entry of the base directory (基本目录): what the item is by law, the same for every authority that implements it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseEntry {
    /// 基本编码, 12 digits.
    pub code: ItemBaseCode,
    /// 基本目录名称.
    pub name: String,
    /// 事项类型.
    pub item_type: ItemType,
    /// 设定依据: the laws that set the item up.
    pub legal_basis: Vec<LegalBasis>,
    /// 法定办结时限.
    pub statutory_limit: TimeLimit,
    /// 法定办结时限说明; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub limit_explain: String,
    /// 服务对象.
    pub service_objects: Vec<Audience>,
    /// 行使层级 that the law allows; empty: not bound here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub use_levels: Vec<UseLevel>,
    /// 主项名称, where the entry is one part (子项) of a larger one; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub main_item: String,
    /// Names of the materials that may be asked for at most; empty: not bound here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<String>,
    /// 到办事现场次数 at most; `None`: not bound here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visits_max: Option<u32>,
    /// Which directory lists it.
    #[serde(default, skip_serializing_if = "Directory::is_by_code")]
    pub directory: Directory,
    /// 地方基本编码; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub local_code: String,
}

/// Which directory an entry belongs to (目录层级).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Directory {
    /// As its code says: `00` national, a province's digits provincial.
    #[default]
    ByCode,
    /// 国家目录.
    National,
    /// 省级目录.
    Provincial,
    /// 市县补充目录: set up by local regulation or government rule.
    Local,
}

impl Directory {
    fn is_by_code(&self) -> bool {
        *self == Self::ByCode
    }
}

impl BaseEntry {
    /// The directory that lists it, 「国家目录」.
    #[must_use]
    pub fn directory_name(&self) -> &'static str {
        match self.directory {
            Directory::National => "国家目录",
            Directory::Provincial => "省级目录",
            Directory::Local => "市县补充目录",
            Directory::ByCode if self.code.as_str().starts_with("00") => "国家目录",
            Directory::ByCode => "省级目录",
        }
    }
}
