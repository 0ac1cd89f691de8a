//! A place: who handles what here.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use kernel::{Error, PageAsk};
use standards::DivisionCode;
use webkit::{Answer, App, Shell, page};

use super::{SHOWN, Way, known};
use crate::{
    index::{Entry, Known, Office, Wanted},
    links::href,
};

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

pub(crate) async fn show(State(app): State<App>, shell: Shell, Path(division): Path<String>) -> Answer {
    let code = DivisionCode::parse(&division).map_err(|_| Error::NotFound { what: "这个地方" })?;
    page(&PlacePage::new(shell, &code, &*known(&app).await?)?)
}
