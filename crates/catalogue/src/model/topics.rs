//! Under which words people find an item: topics, events of life and of business, and what is easy about it.

use serde::{Deserialize, Serialize};
use standards::OnlineDepth;

use super::{HandlingWay, ItemDocument, codes::codes};

/// Topics for natural persons (自然人主题分类) with the codes that running provincial platforms give them. A word that is not
/// here is a topic of local character (地方特色主题).
pub const PERSON_TOPICS: &[(&str, &str)] = &[
    ("005", "生育收养"),
    ("010", "户籍办理"),
    ("015", "民族宗教"),
    ("020", "教育科研"),
    ("025", "入伍服役"),
    ("030", "就业创业"),
    ("035", "设立变更"),
    ("040", "准营准办"),
    ("045", "抵押质押"),
    ("050", "职业资格"),
    ("055", "行政缴费"),
    ("060", "婚姻登记"),
    ("065", "优待抚恤"),
    ("070", "规划建设"),
    ("075", "住房保障"),
    ("085", "社会保障"),
    ("090", "证件办理"),
    ("095", "交通出行"),
    ("100", "旅游观光"),
    ("105", "出境入境"),
    ("110", "消费维权"),
    ("115", "公共安全"),
    ("120", "司法公证"),
    ("125", "知识产权"),
    ("130", "环保绿化"),
    ("135", "文化体育"),
    ("140", "公用事业"),
    ("145", "医疗卫生"),
    ("150", "离职退休"),
    ("155", "死亡殡葬"),
    ("999", "其他"),
];

/// Topics for legal persons and other organisations (法人主题分类), as [`PERSON_TOPICS`].
pub const CORP_TOPICS: &[(&str, &str)] = &[
    ("005", "设立变更"),
    ("010", "准营准办"),
    ("015", "资质认证"),
    ("020", "年检年审"),
    ("025", "税收财务"),
    ("030", "人力资源"),
    ("035", "社会保障"),
    ("040", "投资审批"),
    ("045", "融资信贷"),
    ("050", "抵押质押"),
    ("055", "商务贸易"),
    ("060", "招标拍卖"),
    ("065", "海关口岸"),
    ("070", "涉外服务"),
    ("075", "农林牧渔"),
    ("085", "国土和规划建设"),
    ("090", "交通运输"),
    ("095", "环保绿化"),
    ("100", "应对气候变化"),
    ("105", "水务气象"),
    ("110", "医疗卫生"),
    ("115", "科技创新"),
    ("120", "文体教育"),
    ("125", "知识产权"),
    ("130", "民族宗教"),
    ("135", "质量技术"),
    ("140", "检验检疫"),
    ("145", "安全生产"),
    ("150", "公安消防"),
    ("155", "司法公证"),
    ("160", "公用事业"),
    ("165", "法人注销"),
    ("170", "档案文物"),
    ("999", "其他"),
];

/// The code of topics of local character (地方特色分类).
pub const LOCAL_TOPIC: &str = "998";

/// The code of a topic's word in one of the two tables; [`LOCAL_TOPIC`] for a word that is not there.
#[must_use]
pub fn topic_code(table: &[(&'static str, &'static str)], word: &str) -> &'static str {
    table.iter().find(|it| it.1 == word).map_or(LOCAL_TOPIC, |it| it.0)
}

codes! {
    /// Events of a person's life (人生事件), from cradle to grave. No national code table is known; these are our own.
    LifeEvent {
        /// A child is born or adopted.
        Birth = "birth" "出生",
        /// Kindergarten, school, university.
        School = "school" "入学",
        /// Finding work, learning a trade.
        Work = "work" "就业",
        /// A business of one's own.
        Startup = "startup" "创业",
        /// Marriage and family.
        Marriage = "marriage" "婚姻",
        /// Buying, renting, building a home.
        Home = "home" "安家",
        /// Moving, registering residence.
        Residence = "residence" "落户",
        /// Driving, vehicles.
        Driving = "driving" "行车",
        /// Going abroad.
        Travel = "travel" "出境",
        /// Illness and its costs.
        Illness = "illness" "就医",
        /// Hardship: minimum living allowance, relief.
        Hardship = "hardship" "救助",
        /// Disability.
        Disability = "disability" "助残",
        /// Joining or leaving the army.
        Service = "service" "服役",
        /// Retirement and pension.
        Retirement = "retirement" "退休",
        /// Old age: allowances, care.
        OldAge = "old_age" "养老",
        /// What is left to be done after a death.
        Death = "death" "身后",
    }
}

codes! {
    /// Events in the life of a business (经营活动). No national code table is known; these are our own.
    BusinessEvent {
        /// Setting it up.
        Open = "open" "开办",
        /// Permits before it may trade.
        Permit = "permit" "准营",
        /// Site, building, equipment.
        Build = "build" "建设",
        /// Employing people.
        Hire = "hire" "用工",
        /// Taxes and charges.
        Tax = "tax" "纳税",
        /// Credit, pledges, support.
        Finance = "finance" "融资",
        /// Trade at home and abroad, tenders.
        Trade = "trade" "贸易",
        /// Patents, marks, science.
        Innovate = "innovate" "创新",
        /// Water, electricity, gas, network.
        Utilities = "utilities" "水电气网",
        /// Changing what is registered.
        Change = "change" "变更",
        /// Yearly reports, inspection, mending one's credit.
        Report = "report" "年报",
        /// Disputes and rights.
        Dispute = "dispute" "维权",
        /// Closing it.
        Close = "close" "注销",
    }
}

codes! {
    /// What is easy about an item. It follows from the document and cannot be claimed.
    ServiceFlag {
        /// Decided at one sitting: 即办件.
        AtOnce = "at_once" "马上办",
        /// Near one's home: at the town, the village, an agent point.
        Nearby = "nearby" "就近办",
        /// One visit at most.
        OneVisit = "one_visit" "一次办",
        /// Applied for online.
        Online = "online" "网上办",
        /// No visit at all.
        NoVisit = "no_visit" "零跑动",
    }
}

/// Under which topics and events people find the item (主题分类).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Topics {
    /// Words of [`PERSON_TOPICS`] or local ones.
    pub person: Vec<String>,
    /// Words of [`CORP_TOPICS`] or local ones.
    pub corp: Vec<String>,
    /// 人生事件.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub life_events: Vec<LifeEvent>,
    /// 经营活动.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub business_events: Vec<BusinessEvent>,
}

/// All by which lists filter an item, in one value: kept beside the item so that no list reads documents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemTags {
    /// Topics and events.
    #[serde(flatten)]
    pub topics: Topics,
    /// What is easy about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<ServiceFlag>,
    /// Credit codes of the organs below at which one applies and which examine first (下级初审).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examined_by: Vec<String>,
}

impl ItemTags {
    /// The tags of a document.
    #[must_use]
    pub fn of(doc: &ItemDocument) -> Self {
        let offices = doc.preliminary.iter().flat_map(|it| &it.offices).map(|it| it.trim().to_owned());
        let examined_by = offices.filter(|it| !it.is_empty()).collect();
        Self { topics: doc.topics.clone(), flags: service_flags(doc), examined_by }
    }
}

/// What is easy about an item.
#[must_use]
pub fn service_flags(doc: &ItemDocument) -> Vec<ServiceFlag> {
    let visits = doc.visits.as_ref().map(|it| it.times);
    let online = doc.handling_forms.contains(&HandlingWay::Online)
        && doc.online_depth.iter().any(|it| matches!(it, OnlineDepth::Accepting | OnlineDepth::Handling));
    let holds = |flag: &ServiceFlag| match flag {
        ServiceFlag::AtOnce => doc.is_immediate(),
        ServiceFlag::Nearby => !doc.nearby.trim().is_empty(),
        ServiceFlag::OneVisit => visits.is_some_and(|times| times <= 1),
        ServiceFlag::Online => online,
        ServiceFlag::NoVisit => visits == Some(0),
    };
    ServiceFlag::ALL.iter().copied().filter(holds).collect()
}
