//! Administrative division codes (行政区划代码, GB/T 2260; 统计用区划代码, twelve digits).

use crate::error::{CodeError, CodeErrorKind};
use crate::text::{Class, normalise, require_classes, require_length, text_code};

const SUBJECT: &str = "行政区划代码";

/// Where the digits of province, city, county, town and village end.
const ENDS: [usize; 5] = [2, 4, 6, 9, 12];

/// Province codes of GB/T 2260 with their names, in order.
const PROVINCES: [(&str, &str); 34] = [
    ("11", "北京市"),
    ("12", "天津市"),
    ("13", "河北省"),
    ("14", "山西省"),
    ("15", "内蒙古自治区"),
    ("21", "辽宁省"),
    ("22", "吉林省"),
    ("23", "黑龙江省"),
    ("31", "上海市"),
    ("32", "江苏省"),
    ("33", "浙江省"),
    ("34", "安徽省"),
    ("35", "福建省"),
    ("36", "江西省"),
    ("37", "山东省"),
    ("41", "河南省"),
    ("42", "湖北省"),
    ("43", "湖南省"),
    ("44", "广东省"),
    ("45", "广西壮族自治区"),
    ("46", "海南省"),
    ("50", "重庆市"),
    ("51", "四川省"),
    ("52", "贵州省"),
    ("53", "云南省"),
    ("54", "西藏自治区"),
    ("61", "陕西省"),
    ("62", "甘肃省"),
    ("63", "青海省"),
    ("64", "宁夏回族自治区"),
    ("65", "新疆维吾尔自治区"),
    ("71", "台湾省"),
    ("81", "香港特别行政区"),
    ("82", "澳门特别行政区"),
];

/// The name of the province with this two-digit code.
///
/// ```
/// assert_eq!(standards::province_name("34"), Some("安徽省"));
/// assert_eq!(standards::province_name("99"), None);
/// ```
#[must_use]
pub fn province_name(code: &str) -> Option<&'static str> {
    PROVINCES.binary_search_by(|(known, _)| (*known).cmp(code)).ok().map(|i| PROVINCES[i].1)
}

/// How deep a division lies. Order is from the top down, so a county is `>` a city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DivisionLevel {
    /// 省、自治区、直辖市.
    Province,
    /// 地级市、自治州, and the nodes that only group counties (市辖区, `xx90`).
    City,
    /// 县、县级市、市辖区.
    County,
    /// 乡、镇、街道.
    Town,
    /// 村、社区.
    Village,
}

/// A division code of twelve digits: province 2, city 2, county 2, town 3, village 3. Six digits (GB/T 2260) are read as the
/// same division and kept as twelve.
///
/// The tree is not evenly deep: a city without counties (东莞 `441900`, 中山 `442000`, 儋州 `460400`, 嘉峪关 `620200`) has towns
/// directly under it. Whether a division of this code exists is a matter of the division table, not of the code.
///
/// ```
/// use standards::{DivisionCode, DivisionLevel};
///
/// let town: DivisionCode = "441900003000".parse()?;
/// assert_eq!(town.level(), DivisionLevel::Town);
/// assert_eq!(town.parent().map(|p| p.to_string()).as_deref(), Some("441900000000"));
/// assert!(town.is_within(&"440000".parse()?));
/// # Ok::<(), standards::CodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DivisionCode {
    text: String,
}

impl DivisionCode {
    /// Reads a code of six or twelve digits: length, digits, a province of GB/T 2260, no gap between the levels except the
    /// county that a city without counties lacks.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let mut text = normalise(text);
        require_length(SUBJECT, &text, &[6, 12], "6 或 12")?;
        require_classes(SUBJECT, &text, |_| Class::Digit)?;
        if text.len() == 6 {
            text.push_str("000000");
        }
        if province_name(&text[..2]).is_none() {
            return Err(wrong(0, "省级代码", "国家标准中的省级代码", &text[..2]));
        }
        if is_zero(&text[2..4]) && !is_zero(&text[4..]) {
            return Err(wrong(2, "地级代码", "非零数字（下级不为零）", &text[2..4]));
        }
        if is_zero(&text[6..9]) && !is_zero(&text[9..]) {
            return Err(wrong(6, "乡级代码", "非零数字（下级不为零）", &text[6..9]));
        }
        Ok(Self { text })
    }

    /// The level of the last part that is not zero.
    #[must_use]
    pub fn level(&self) -> DivisionLevel {
        match self.significant().len() {
            2 => DivisionLevel::Province,
            4 => DivisionLevel::City,
            6 => DivisionLevel::County,
            9 => DivisionLevel::Town,
            _ => DivisionLevel::Village,
        }
    }

    /// The division one level up as the code tells it; none above a province.
    ///
    /// For a county-level city directly under its province (仙桃 `429004`) this is the grouping node (`429000`), see
    /// [`DivisionCode::is_grouping_node`].
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let own = self.significant().len();
        let end = ENDS.into_iter().rev().find(|end| *end < own && !self.is_empty_group(*end))?;
        Some(Self { text: format!("{:0<12}", &self.text[..end]) })
    }

    /// Whether this is no division with a government but a node that groups what lies directly under the province: the city
    /// digits are 90 (省直辖县级行政区划) and nothing follows.
    #[must_use]
    pub fn is_grouping_node(&self) -> bool {
        self.level() == DivisionLevel::City && &self.text[2..4] == "90"
    }

    /// Whether this division is `other` or lies in it, at any depth.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.text.starts_with(other.significant())
    }

    /// The first six digits, the code of GB/T 2260 of the county or of what lies above.
    #[must_use]
    pub fn six_digits(&self) -> &str {
        &self.text[..6]
    }

    /// The digits up to the last part that is not zero; a prefix of all divisions below.
    #[must_use]
    pub fn significant(&self) -> &str {
        let end = ENDS.into_iter().rev().find(|end| !self.is_empty_group(*end));
        &self.text[..end.unwrap_or(2)]
    }

    fn is_empty_group(&self, end: usize) -> bool {
        let start = ENDS.into_iter().rev().find(|e| *e < end).unwrap_or(0);
        is_zero(&self.text[start..end])
    }
}

fn is_zero(digits: &str) -> bool {
    digits.bytes().all(|digit| digit == b'0')
}

fn wrong(index: usize, part: &'static str, expected: &'static str, found: &str) -> CodeError {
    CodeError::at(SUBJECT, index, CodeErrorKind::Value { part, expected, found: found.to_owned() })
}

text_code!(DivisionCode);
