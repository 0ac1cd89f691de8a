//! Search as a page: results, what to do when there are none, and suggestions in the box without any script.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use kernel::PageAsk;
use standards::DivisionCode;
use webkit::{Access, Answer, App, Page, Routes, Shell, page};

use super::{SHOWN, known};
use crate::{
    Ask, SearchIndex,
    index::{Entry, Known, Wanted},
    links::href,
    search::{find::Found, plan::QUERY_MAX},
};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/search", Access::Public, show)
}

/// Results of a page.
const RESULTS: usize = 30;

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct SearchAsk {
    q: String,
    place: String,
}

#[derive(Template)]
#[template(path = "search.html")]
pub(crate) struct SearchPage {
    shell: Shell,
    q: String,
    found: Found,
    /// The name of the place that was chosen; empty: none.
    place: String,
    /// The same question without a place.
    everywhere: String,
    /// What is often asked, for the box.
    often: Vec<String>,
    /// What to show when nothing was found.
    popular: Vec<Arc<Entry>>,
}

impl SearchPage {
    pub(crate) fn new(shell: Shell, index: &SearchIndex, known: &Known, q: &str, place: &str) -> kernel::Result<Self> {
        let q: String = q.trim().chars().take(QUERY_MAX).collect();
        let chosen = DivisionCode::parse(place).ok().filter(|it| known.places.contains_key(it));
        let name = chosen.as_ref().and_then(|it| known.places.get(it)).map(|it| it.name.clone()).unwrap_or_default();
        let ask = Ask { text: q.clone(), place: chosen, limit: RESULTS, ..Ask::default() };
        let found = if q.is_empty() { Found::default() } else { index.search_in(known, &ask) };
        let popular = if found.hits.is_empty() {
            known.list(&Wanted::default(), &PageAsk { after: None, limit: SHOWN })?.items
        } else {
            Vec::new()
        };
        let everywhere = if name.is_empty() { String::new() } else { href("/search", &[("q", &q)]) };
        Ok(Self { shell, found, place: name, everywhere, often: index.often(known), popular, q })
    }
}

async fn show(State(app): State<App>, it: Page, Query(ask): Query<SearchAsk>) -> Answer {
    let index = app.part::<SearchIndex>()?;
    let known = known(&app).await?;
    let shown = SearchPage::new(it.shell, &index, &known, &ask.q, &ask.place)?;
    if !shown.found.sure && !shown.q.is_empty() {
        index.missed(&app.db, &it.ctx, &shown.q).await;
    }
    page(&shown)
}
