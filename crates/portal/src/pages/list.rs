//! The list of items with its filters.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
};
use catalogue::model::{BusinessEvent, LifeEvent, ServiceFlag};
use kernel::{Authority, Error, Id, PageAsk};
use standards::{DivisionCode, DivisionLevel, ItemType};
use webkit::{Answer, App, Shell, address};

use super::known;
use crate::{
    index::{Entry, Known, Office, Wanted},
    model::place::level_words,
    pages::public::{Asked, PublicPages},
};

#[derive(serde::Deserialize, Default, Clone)]
#[serde(default)]
pub(crate) struct ListAsk {
    /// `person` or `enterprise`.
    pub(crate) r#for: String,
    pub(crate) r#type: String,
    pub(crate) authority: String,
    pub(crate) place: String,
    /// `yes`: only what the place itself handles, not what is handled below it.
    pub(crate) own: String,
    /// `immediate` or `promised`.
    pub(crate) kind: String,
    /// What is easy: `at_once` 马上办, `nearby` 就近办, `one_visit` 一次办, `online` 网上办, `no_visit` 零跑动.
    pub(crate) flag: String,
    /// An event of life: `birth` 出生 ….
    pub(crate) life: String,
    /// An event of a business: `open` 开办 ….
    pub(crate) business: String,
    /// `province`, `city`, `county`, `town`, `village`.
    pub(crate) level: String,
    /// `recent`: those that changed last, newest first, on one page.
    pub(crate) sort: String,
    pub(crate) after: String,
}

impl ListAsk {
    /// What it wants; an unknown value finds nothing rather than everything.
    fn wanted(&self) -> kernel::Result<Wanted> {
        let no_such = |what| Error::NotFound { what };
        let read = |text: &str| if text.is_empty() { None } else { Some(text.to_owned()) };
        let authority: Option<Id<Authority>> = read(&self.authority).map(|it| it.parse()).transpose()?;
        let place =
            read(&self.place).map(|it| DivisionCode::parse(&it).map_err(|_| no_such("这个地方"))).transpose()?;
        let item_type =
            read(&self.r#type).map(|it| ItemType::from_code(&it).ok_or_else(|| no_such("这种类型"))).transpose()?;
        Ok(Wanted {
            for_persons: self.r#for == "person",
            for_organisations: self.r#for == "enterprise",
            item_type,
            authority,
            place,
            own: self.own == "yes",
            flag: coded(&self.flag, ServiceFlag::from_code)?,
            life: coded(&self.life, LifeEvent::from_code)?,
            business: coded(&self.business, BusinessEvent::from_code)?,
            level: coded(&self.level, level_of)?,
            immediate: match self.kind.as_str() {
                "immediate" => Some(true),
                "promised" => Some(false),
                _ => None,
            },
        })
    }

    /// The address of this list after a key.
    fn href(&self, after: &str) -> String {
        address(
            "/items",
            &[
                ("for", &self.r#for),
                ("type", &self.r#type),
                ("authority", &self.authority),
                ("place", &self.place),
                ("own", &self.own),
                ("kind", &self.kind),
                ("flag", &self.flag),
                ("life", &self.life),
                ("business", &self.business),
                ("level", &self.level),
                ("sort", &self.sort),
                ("after", after),
            ],
        )
    }
}

/// Levels of a place as addresses name them.
pub(crate) const LEVELS: [(&str, DivisionLevel); 5] = [
    ("province", DivisionLevel::Province),
    ("city", DivisionLevel::City),
    ("county", DivisionLevel::County),
    ("town", DivisionLevel::Town),
    ("village", DivisionLevel::Village),
];

fn level_of(code: &str) -> Option<DivisionLevel> {
    LEVELS.into_iter().find(|it| it.0 == code).map(|it| it.1)
}

/// A value by its code; nothing if none is asked for, an error if there is no such value.
fn coded<T>(code: &str, find: impl Fn(&str) -> Option<T>) -> kernel::Result<Option<T>> {
    match code {
        "" => Ok(None),
        code => find(code).map(Some).ok_or(Error::NotFound { what: "这种分类" }),
    }
}

#[derive(Template)]
#[template(path = "items.html")]
pub(crate) struct ItemsPage {
    pub(crate) shell: Shell,
    pub(crate) ask: ListAsk,
    /// What the list is of, in plain words.
    pub(crate) title: String,
    pub(crate) types: Vec<(&'static str, &'static str)>,
    pub(crate) places: Vec<(String, String)>,
    pub(crate) offices: Vec<(String, String)>,
    pub(crate) items: Vec<Arc<Entry>>,
    pub(crate) next: String,
    pub(crate) first: String,
}

/// Items that changed last, as many as one page shows.
const RECENT_MAX: usize = 50;

/// What a list is of: 「出生：要办的事」.
fn title(wanted: &Wanted, recent: bool) -> String {
    let event = wanted.life.map(LifeEvent::name).or(wanted.business.map(BusinessEvent::name));
    match (event, wanted.flag, recent) {
        (Some(event), _, _) => format!("{event}：要办的事"),
        (None, Some(flag), _) => format!("{}的事项", flag.name()),
        (None, None, true) => "最近更新的事项".to_owned(),
        (None, None, false) => "办事".to_owned(),
    }
}

impl ItemsPage {
    fn flags(&self) -> Vec<(&'static str, &'static str)> {
        ServiceFlag::ALL.iter().map(|it| (it.code(), it.name())).collect()
    }

    fn levels(&self) -> Vec<(&'static str, &'static str)> {
        LEVELS.iter().map(|it| (it.0, level_words(it.1))).collect()
    }

    pub(crate) fn new(shell: Shell, ask: ListAsk, known: &Known) -> kernel::Result<Self> {
        let wanted = ask.wanted()?;
        let recent = ask.sort == "recent";
        let found = match recent {
            true => kernel::Page { items: known.recent(&wanted, RECENT_MAX), next: None },
            false => known.list(&wanted, &PageAsk::from_query(Some(&ask.after), None)?)?,
        };
        let in_place = |it: &&Office| {
            let division = DivisionCode::parse(&it.facts.division).ok();
            wanted.place.as_ref().is_none_or(|place| division.is_some_and(|it| it.is_within(place)))
        };
        let mut offices: Vec<_> =
            known.offices.iter().filter(in_place).map(|it| (it.id.to_string(), it.facts.name.clone())).collect();
        offices.sort_by(|a, b| a.1.cmp(&b.1));
        let indent = |it: &crate::index::Place| "　".repeat(it.path.len().saturating_sub(1)) + &it.name;
        Ok(Self {
            types: known.types.iter().map(|it| (it.0.code(), it.0.name())).collect(),
            places: known.places.iter().map(|(code, it)| (code.to_string(), indent(it))).collect(),
            offices,
            items: found.items,
            next: found.next.map(|key| ask.href(&key)).unwrap_or_default(),
            title: title(&wanted, recent),
            first: if ask.after.is_empty() { String::new() } else { ask.href("") },
            shell,
            ask,
        })
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    shell: Shell,
    Query(ask): Query<ListAsk>,
    headers: HeaderMap,
) -> Answer {
    let known = known(&app).await?;
    let asked = Asked { shell, headers, stamp: known.stamp(app.clock.now()) };
    let render = async |shell: Shell| ItemsPage::new(shell, ask, &known);
    app.part::<PublicPages>()?.answer(asked, render).await
}
