//! The ways in: search; and, below, home, places, the list with its filters, the guide.

pub(crate) mod guide;
pub(crate) mod home;
pub(crate) mod list;
pub(crate) mod place;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use kernel::PageAsk;
use webkit::{Access, Answer, App, Page, Routes, Shell, page};

use crate::{
    SearchIndex,
    index::{Entry, Known, Wanted},
    search::{
        find::{Ask, Hit},
        plan::QUERY_MAX,
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/", Access::Public, home::show)
        .get("/items", Access::Public, list::show)
        .get("/places/{division}", Access::Public, place::show)
        .get("/search", Access::Public, search)
}

/// Items that a page shows of many: whole rows of one, two or three.
pub(crate) const SHOWN: u16 = 6;

/// A way into the list with how many items it leads to.
pub(crate) struct Way {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) items: usize,
}

pub(crate) async fn known(app: &App) -> kernel::Result<Arc<Known>> {
    app.part::<SearchIndex>()?.known(&app.db, app.clock.now()).await
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
    pub(crate) fn new(shell: Shell, q: &str, index: &SearchIndex, known: &Known) -> kernel::Result<Self> {
        let q: String = q.trim().chars().take(QUERY_MAX).collect();
        let hits = index.search_in(known, &Ask { text: q.clone(), ..Ask::default() }).hits;
        let ask = PageAsk { after: None, limit: SHOWN };
        let popular = if hits.is_empty() { known.list(&Wanted::default(), &ask)?.items } else { Vec::new() };
        Ok(Self { shell, q, hits, popular })
    }
}

async fn search(State(app): State<App>, it: Page, Query(ask): Query<SearchAsk>) -> Answer {
    let index = app.part::<SearchIndex>()?;
    page(&SearchPage::new(it.shell, &ask.q, &index, &*known(&app).await?)?)
}
