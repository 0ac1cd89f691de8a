//! Search as a page: results, what to do when there are none, and suggestions in the box without any script.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use kernel::PageAsk;
use standards::DivisionCode;
use webkit::{Access, Answer, App, Page, Routes, Shell, address, page};

use super::{SHOWN, known};
use crate::{
    Ask, SearchIndex,
    index::{Entry, Known, Wanted},
    search::{find::Found, plan::QUERY_MAX},
};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/search", Access::Public, show)
}

/// Results of a page.
const RESULTS: usize = 30;
/// Results of a page in large type, where fewer choices are easier; the others are one step away.
const RESULTS_CARE: usize = 8;

/// What the address asks.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct SearchAsk {
    pub(crate) q: String,
    /// Only what can be done here.
    pub(crate) place: String,
    /// The place from whose page one asks: what is done there comes first.
    pub(crate) near: String,
    /// Not empty: all results, also in large type.
    pub(crate) more: String,
}

#[derive(Template)]
#[template(path = "search.html")]
pub(crate) struct SearchPage {
    shell: Shell,
    q: String,
    found: Found,
    /// The name of the place that was chosen; empty: none.
    place: String,
    /// The place from whose page one asks.
    near: Option<(DivisionCode, String)>,
    /// The same question without a place.
    everywhere: String,
    /// The same question with all results; empty: all are shown.
    more: String,
    /// What is often asked, for the box.
    often: Vec<String>,
    /// What to show when nothing was found.
    popular: Vec<Arc<Entry>>,
}

impl SearchPage {
    pub(crate) fn new(
        shell: Shell,
        (index, known): (&SearchIndex, &Known),
        ask: &SearchAsk,
        near: Option<(DivisionCode, String)>,
    ) -> kernel::Result<Self> {
        let q: String = ask.q.trim().chars().take(QUERY_MAX).collect();
        let chosen = DivisionCode::parse(&ask.place).ok().filter(|it| known.places.contains_key(it));
        let name = chosen.as_ref().and_then(|it| known.places.get(it)).map(|it| it.name.clone()).unwrap_or_default();
        // Whoever asks from no place asks from that of the site.
        let from = near.as_ref().map(|it| it.0.clone()).or_else(|| DivisionCode::parse(&shell.site.division).ok());
        let asked = Ask { text: q.clone(), place: chosen, near: from, limit: RESULTS };
        let mut found = if q.is_empty() { Found::default() } else { index.search_in(known, &asked) };
        let mut more = String::new();
        if shell.care && ask.more.is_empty() && found.hits.len() > RESULTS_CARE {
            found.hits.truncate(RESULTS_CARE);
            more = address("/search", &[("q", &q), ("place", &ask.place), ("near", &ask.near), ("more", "yes")]);
        }
        let popular = if found.hits.is_empty() {
            known.list(&Wanted::default(), &PageAsk { after: None, limit: SHOWN })?.items
        } else {
            Vec::new()
        };
        let everywhere = address("/search", &[("q", &q)]);
        Ok(Self { shell, found, place: name, near, everywhere, more, often: index.often(known), popular, q })
    }
}

async fn show(State(app): State<App>, it: Page, Query(ask): Query<SearchAsk>) -> Answer {
    let index = app.part::<SearchIndex>()?;
    let known = known(&app).await?;
    let near = match DivisionCode::parse(&ask.near) {
        Ok(code) => identity::find_division(&app.db, &code).await?.map(|it| (it.code, it.name)),
        Err(_) => None,
    };
    let shown = SearchPage::new(it.shell, (&index, &known), &ask, near)?;
    if !shown.found.sure && !shown.q.is_empty() {
        index.missed(&app.db, &it.ctx, &shown.q).await;
    }
    page(&shown)
}
