//! The list of items with its filters.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use kernel::{Authority, Error, Id, PageAsk};
use standards::{DivisionCode, ItemType};
use webkit::{Answer, App, Shell, page};

use super::known;
use crate::{
    index::{Entry, Known, Office, Wanted},
    links::href,
};

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

pub(crate) async fn show(State(app): State<App>, shell: Shell, Query(ask): Query<ListAsk>) -> Answer {
    page(&ItemsPage::new(shell, ask, &*known(&app).await?)?)
}
