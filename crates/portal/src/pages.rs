//! The ways in: home, places, the list with its filters, search; and, below, the guide.

pub(crate) mod guide;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Authority, Error, Id, PageAsk};
use standards::{DivisionCode, ItemType};
use webkit::{Access, Answer, App, Page, Routes, Shell, page};

use crate::{
    index::{Entry, Hit, Known, Office, SearchIndex, Wanted},
    links::href,
    score::QUERY_MAX,
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/", Access::Public, home)
        .get("/items", Access::Public, list)
        .get("/places/{division}", Access::Public, place)
        .get("/search", Access::Public, search)
}

/// Items that the home and a place page show.
const SHOWN: u16 = 8;
/// Departments that a page shows.
const OFFICES: usize = 12;

/// A way into the list with how many items it leads to.
pub(crate) struct Way {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) items: usize,
}

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    pub(crate) shell: Shell,
    pub(crate) for_persons: usize,
    pub(crate) for_organisations: usize,
    pub(crate) items: Vec<Arc<Entry>>,
    pub(crate) places: Vec<Way>,
    pub(crate) types: Vec<Way>,
    pub(crate) offices: Vec<Way>,
}

impl HomePage {
    pub(crate) fn new(shell: Shell, known: &Known) -> kernel::Result<Self> {
        let items = known.list(&Wanted::default(), &PageAsk { after: None, limit: SHOWN })?.items;
        Ok(Self {
            shell,
            for_persons: known.for_persons,
            for_organisations: known.for_organisations,
            items,
            places: places(known, |path| path == 2 || path == 3),
            types: types(known),
            offices: offices(&known.offices),
        })
    }
}

/// The places whose path is so long: 2 a city, 3 a county.
fn places(known: &Known, deep: fn(usize) -> bool) -> Vec<Way> {
    let here = known.places.iter().filter(|it| deep(it.1.path.len()));
    here.map(|(code, it)| Way { href: format!("/places/{code}"), name: it.name.clone(), items: it.items }).collect()
}

fn types(known: &Known) -> Vec<Way> {
    let way = |(kind, items): &(ItemType, usize)| Way {
        href: href("/items", &[("type", kind.code())]),
        name: kind.name().to_owned(),
        items: *items,
    };
    known.types.iter().map(way).collect()
}

fn offices(all: &[Office]) -> Vec<Way> {
    let way = |it: &Office| Way {
        href: href("/items", &[("authority", &it.id.to_string())]),
        name: it.facts.name.clone(),
        items: it.items,
    };
    all.iter().take(OFFICES).map(way).collect()
}

async fn known(app: &App) -> kernel::Result<Arc<Known>> {
    app.part::<SearchIndex>()?.known(&app.db, app.clock.now()).await
}

async fn home(State(app): State<App>, shell: Shell) -> Answer {
    page(&HomePage::new(shell, &*known(&app).await?)?)
}

#[derive(Template)]
#[template(path = "place.html")]
pub(crate) struct PlacePage {
    pub(crate) shell: Shell,
    pub(crate) name: String,
    pub(crate) above: Vec<(DivisionCode, String)>,
    pub(crate) below: Vec<Way>,
    pub(crate) offices: Vec<Office>,
    pub(crate) items: Vec<Arc<Entry>>,
    pub(crate) all: Way,
}

impl PlacePage {
    pub(crate) fn new(shell: Shell, code: &DivisionCode, known: &Known) -> kernel::Result<Self> {
        let here = known.places.get(code).ok_or(Error::NotFound { what: "这个地方的政务服务" })?;
        let depth = here.path.len();
        let below = known.places.iter().filter(|it| it.1.path.len() == depth + 1 && it.0.is_within(code));
        let wanted = Wanted { place: Some(code.clone()), ..Wanted::default() };
        let own = known.offices.iter().filter(|it| it.facts.division == code.as_str());
        Ok(Self {
            shell,
            name: here.name.clone(),
            above: here.path[..depth - 1].to_vec(),
            below: below
                .map(|(code, it)| Way { href: format!("/places/{code}"), name: it.name.clone(), items: it.items })
                .collect(),
            offices: own.cloned().collect(),
            items: known.list(&wanted, &PageAsk { after: None, limit: SHOWN })?.items,
            all: Way { href: href("/items", &[("place", code.as_str())]), name: here.name.clone(), items: here.items },
        })
    }
}

async fn place(State(app): State<App>, shell: Shell, Path(division): Path<String>) -> Answer {
    let code = DivisionCode::parse(&division).map_err(|_| Error::NotFound { what: "这个地方" })?;
    page(&PlacePage::new(shell, &code, &*known(&app).await?)?)
}

#[derive(serde::Deserialize, Default, Clone)]
#[serde(default)]
pub(crate) struct ListAsk {
    /// `person` or `enterprise`.
    pub(crate) r#for: String,
    pub(crate) r#type: String,
    pub(crate) authority: String,
    pub(crate) place: String,
    /// `immediate` or `promised`.
    pub(crate) kind: String,
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
            immediate: match self.kind.as_str() {
                "immediate" => Some(true),
                "promised" => Some(false),
                _ => None,
            },
        })
    }

    /// The address of this list after a key.
    fn href(&self, after: &str) -> String {
        href(
            "/items",
            &[
                ("for", &self.r#for),
                ("type", &self.r#type),
                ("authority", &self.authority),
                ("place", &self.place),
                ("kind", &self.kind),
                ("after", after),
            ],
        )
    }
}

#[derive(Template)]
#[template(path = "items.html")]
pub(crate) struct ItemsPage {
    pub(crate) shell: Shell,
    pub(crate) ask: ListAsk,
    pub(crate) types: Vec<(&'static str, &'static str)>,
    pub(crate) places: Vec<(String, String)>,
    pub(crate) offices: Vec<(String, String)>,
    pub(crate) items: Vec<Arc<Entry>>,
    pub(crate) next: String,
    pub(crate) first: String,
}

impl ItemsPage {
    pub(crate) fn new(shell: Shell, ask: ListAsk, known: &Known) -> kernel::Result<Self> {
        let wanted = ask.wanted()?;
        let found = known.list(&wanted, &PageAsk::from_query(Some(&ask.after), None)?)?;
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
            first: if ask.after.is_empty() { String::new() } else { ask.href("") },
            shell,
            ask,
        })
    }
}

async fn list(State(app): State<App>, shell: Shell, Query(ask): Query<ListAsk>) -> Answer {
    page(&ItemsPage::new(shell, ask, &*known(&app).await?)?)
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct SearchAsk {
    q: String,
}

#[derive(Template)]
#[template(path = "search.html")]
pub(crate) struct SearchPage {
    pub(crate) shell: Shell,
    pub(crate) q: String,
    pub(crate) hits: Vec<Hit>,
    pub(crate) popular: Vec<Arc<Entry>>,
}

impl SearchPage {
    pub(crate) fn new(shell: Shell, q: &str, known: &Known) -> kernel::Result<Self> {
        let q: String = q.trim().chars().take(QUERY_MAX).collect();
        let hits = known.search(&q);
        let ask = PageAsk { after: None, limit: SHOWN };
        let popular = if hits.is_empty() { known.list(&Wanted::default(), &ask)?.items } else { Vec::new() };
        Ok(Self { shell, q, hits, popular })
    }
}

async fn search(State(app): State<App>, it: Page, Query(ask): Query<SearchAsk>) -> Answer {
    page(&SearchPage::new(it.shell, &ask.q, &*known(&app).await?)?)
}
