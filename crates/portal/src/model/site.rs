//! What a place says of itself on its site: words of welcome, where it is, when it is open, whom to call, who helps there.

use kernel::{Authority, Fault, Id};
use serde::{Deserialize, Serialize};

use super::{
    LINE_MAX,
    colour::{CONTRAST_MIN, Colour},
    line, phone, text,
};

/// Telephone numbers of a site at most.
pub(crate) const PHONES_MAX: usize = 8;
/// Lines of opening hours at most.
pub(crate) const HOURS_MAX: usize = 8;
/// What an agent point does for people, at most.
pub(crate) const DOES_MAX: usize = 30;
/// Departments of a hall at most.
pub(crate) const OFFICES_MAX: usize = 60;
/// A longer text at most, in characters.
const TEXT_MAX: usize = 600;

/// What is said of a place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteFacts {
    /// One or two sentences of welcome.
    pub welcome: String,
    /// The hall's address.
    pub address: String,
    /// How one gets there, in words: 「希夷大道与……交叉口向西 200 米，12 路政务中心站」.
    pub way_there: String,
    /// Degrees east and north in CGCS2000 (the same as WGS 84 to the metre), as written: `115.7785`; both or none.
    pub longitude: String,
    /// See `longitude`.
    pub latitude: String,
    /// A map elsewhere that shows it: `https://…`; may be empty.
    pub map_link: String,
    /// Whom to call for what.
    pub phones: Vec<PhoneLine>,
    /// When it is open.
    pub hours: Vec<HoursLine>,
    /// The local colour, `#1f6f54`; empty: the common one.
    pub colour: String,
    /// The local picture.
    pub picture: Option<Picture>,
    /// 代办点: somebody who files for those who cannot.
    pub agent_point: Option<AgentPoint>,
    /// Departments that have a window in a hall that is no division.
    pub offices: Vec<Id<Authority>>,
}

/// Whom to call for what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneLine {
    /// For what: 「综合咨询」.
    pub label: String,
    /// The number, with area code.
    pub number: String,
}

/// When it is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursLine {
    /// What kind of hours.
    pub kind: HoursKind,
    /// On which days: 「周一至周五」.
    pub days: String,
    /// From when to when: 「9:00—12:00，13:00—17:00」.
    pub times: String,
    /// For what, or by appointment only; may be empty.
    pub note: String,
}

/// Kinds of opening hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoursKind {
    /// 工作日.
    #[default]
    Ordinary,
    /// 「5+2」: on Saturdays and Sundays too.
    Weekend,
    /// 错峰延时: at noon, early, late.
    OffPeak,
    /// 节假日: on public holidays.
    Holiday,
}

impl HoursKind {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Ordinary, Self::Weekend, Self::OffPeak, Self::Holiday];

    /// As stored and sent by forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Weekend => "weekend",
            Self::OffPeak => "off_peak",
            Self::Holiday => "holiday",
        }
    }

    /// As shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "工作日",
            Self::Weekend => "周末也办（5+2）",
            Self::OffPeak => "错峰延时",
            Self::Holiday => "节假日",
        }
    }

    /// The kind of this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// A picture of the place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Name in the file store.
    pub blob: String,
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub media: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
}

/// 代办点.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentPoint {
    /// Who helps: 「村便民服务代办点」, with the agent's name if that is public.
    pub name: String,
    /// Where.
    pub address: String,
    /// When.
    pub hours: String,
    /// The telephone.
    pub phone: String,
    /// What it does for people, a sentence each: 「帮老人申领高龄津贴」.
    pub does: Vec<String>,
}

impl SiteFacts {
    /// The same facts trimmed, without empty lines.
    ///
    /// # Errors
    /// What is wrong, at each field.
    pub(crate) fn check(&self, hall: bool) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let f = &mut faults;
        let facts = Self {
            welcome: text(f, "welcome", &self.welcome, TEXT_MAX),
            address: line(f, "address", &self.address, LINE_MAX),
            way_there: text(f, "way_there", &self.way_there, TEXT_MAX),
            longitude: degrees(f, "longitude", &self.longitude, (73, 136)),
            latitude: degrees(f, "latitude", &self.latitude, (3, 54)),
            map_link: link(f, &self.map_link),
            phones: self.phones.iter().enumerate().filter_map(|(i, it)| it.check(f, i)).collect(),
            hours: self.hours.iter().enumerate().filter_map(|(i, it)| it.check(f, i)).collect(),
            colour: colour(f, &self.colour),
            picture: self.picture.clone().map(|it| Picture { alt: line(f, "alt", &it.alt, LINE_MAX), ..it }),
            agent_point: self.agent_point.as_ref().and_then(|it| it.check(f)),
            offices: if hall { self.offices.clone() } else { Vec::new() },
        };
        if facts.longitude.is_empty() != facts.latitude.is_empty() {
            f.push(Fault::new("longitude", "经度和纬度要么都填，要么都不填。"));
        }
        let limits = [("phones", facts.phones.len(), PHONES_MAX), ("hours", facts.hours.len(), HOURS_MAX)];
        let over = limits.into_iter().filter(|it| it.1 > it.2);
        f.extend(over.map(|(field, n, max)| Fault::new(field, format!("最多 {max} 行，现有 {n} 行。"))));
        if facts.offices.len() > OFFICES_MAX {
            f.push(Fault::new("offices", format!("一个大厅最多 {OFFICES_MAX} 个部门。")));
        }
        if faults.is_empty() { Ok(facts) } else { Err(faults) }
    }

    /// The `geo:` address (RFC 5870) that opens the map of the visitor's own device; empty if the position is not known.
    #[must_use]
    pub fn geo(&self) -> String {
        if self.longitude.is_empty() { String::new() } else { format!("geo:{},{}", self.latitude, self.longitude) }
    }
}

impl PhoneLine {
    fn check(&self, faults: &mut Vec<Fault>, index: usize) -> Option<Self> {
        let label = line(faults, &format!("phone_label_{index}"), &self.label, 40);
        let number = phone(faults, &format!("phone_{index}"), &self.number);
        if number.is_empty() && !label.is_empty() {
            faults.push(Fault::new(format!("phone_{index}"), format!("请填写「{label}」的号码，或者把这一行清空。")));
        }
        (!number.is_empty()).then_some(Self { label, number })
    }
}

impl HoursLine {
    fn check(&self, faults: &mut Vec<Fault>, index: usize) -> Option<Self> {
        let days = line(faults, &format!("hours_days_{index}"), &self.days, 60);
        let times = line(faults, &format!("hours_times_{index}"), &self.times, 60);
        let note = line(faults, &format!("hours_note_{index}"), &self.note, LINE_MAX);
        if days.is_empty() && times.is_empty() && note.is_empty() {
            return None;
        }
        if times.is_empty() {
            faults.push(Fault::new(format!("hours_times_{index}"), "请填写几点到几点。"));
        }
        Some(Self { kind: self.kind, days, times, note })
    }
}

impl AgentPoint {
    fn check(&self, faults: &mut Vec<Fault>) -> Option<Self> {
        let point = Self {
            name: line(faults, "agent_name", &self.name, LINE_MAX),
            address: line(faults, "agent_address", &self.address, LINE_MAX),
            hours: line(faults, "agent_hours", &self.hours, LINE_MAX),
            phone: phone(faults, "agent_phone", &self.phone),
            does: self
                .does
                .iter()
                .map(|it| line(faults, "agent_does", it, LINE_MAX))
                .filter(|it| !it.is_empty())
                .collect(),
        };
        if point == Self::default() {
            return None;
        }
        if point.name.is_empty() {
            faults.push(Fault::new("agent_name", "请填写代办点的名称；没有代办点的，把这一节都清空。"));
        }
        if point.does.len() > DOES_MAX {
            faults.push(Fault::new("agent_does", format!("最多 {DOES_MAX} 行，现有 {} 行。", point.does.len())));
        }
        Some(point)
    }
}

/// Degrees within China's bounds, with at most six decimals (a tenth of a metre).
fn degrees(faults: &mut Vec<Fault>, field: &str, value: &str, (low, high): (u32, u32)) -> String {
    let text = value.trim();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let written = digits(whole) && digits(decimals) && decimals.len() <= 6;
    let inside = whole.parse::<u32>().is_ok_and(|it| (low..high).contains(&it));
    if !(text.is_empty() || written && inside) {
        faults.push(Fault::new(field, format!("请填写 {low} 到 {high} 之间的度数，最多六位小数，如 {low}.123456。")));
    }
    text.to_owned()
}

fn link(faults: &mut Vec<Fault>, value: &str) -> String {
    let text = value.trim();
    let fine = text.strip_prefix("https://").is_some_and(|it| !it.is_empty() && !it.contains(char::is_whitespace));
    if !text.is_empty() && (!fine || text.len() > 500) {
        faults.push(Fault::new("map_link", "请填写以 https:// 开头的地图网址，或者留空。"));
    }
    text.to_owned()
}

fn colour(faults: &mut Vec<Fault>, value: &str) -> String {
    let text = value.trim().to_ascii_lowercase();
    if text.is_empty() {
        return text;
    }
    let Some(colour) = Colour::parse(&text) else {
        faults.push(Fault::new("colour", "请用 # 加六位十六进制数填写颜色，如 #1f6f54，或者留空。"));
        return text;
    };
    let contrast = colour.contrast_with_white();
    if contrast < CONTRAST_MIN {
        let better = colour.readable();
        faults.push(Fault::new(
            "colour",
            format!(
                "这个颜色上的白字看不清（对比度 {contrast:.1}，至少要 {CONTRAST_MIN}）。同样的颜色可以用 {better}。"
            ),
        ));
    }
    text
}
