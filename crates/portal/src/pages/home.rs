//! The home page: ask in your own words, or come in by who you are, by place, by department, by type.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use kernel::PageAsk;
use standards::DivisionCode;
use webkit::{Answer, App, Shell, page};

use super::{SHOWN, Way, known};
use crate::{
    facets::Facets,
    index::{Entry, Known, Office, Wanted},
    links::href,
};

/// Departments shown of each place.
const OFFICES: usize = 12;
/// Places whose departments are shown.
const GROUPS: usize = 6;

/// Departments of one place.
pub(crate) struct OfficesOf {
    pub(crate) place: String,
    pub(crate) offices: Vec<Way>,
    /// How many more there are.
    pub(crate) more: usize,
}

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    pub(crate) shell: Shell,
    pub(crate) facts: Facets,
    pub(crate) items: Vec<Arc<Entry>>,
    /// The place it serves, as a filter of lists; empty: all.
    pub(crate) here: String,
    pub(crate) places: Vec<Way>,
    pub(crate) elsewhere: Vec<Way>,
    pub(crate) types: Vec<Way>,
    pub(crate) offices: Vec<OfficesOf>,
}

impl HomePage {
    pub(crate) fn new(shell: Shell, known: &Known) -> kernel::Result<Self> {
        let here = DivisionCode::parse(&shell.site.division).ok().filter(|it| known.places.contains_key(it));
        let facts = Facets::of(known, here.as_ref());
        let wanted = Wanted { place: here.clone(), ..Wanted::default() };
        let place = here.as_ref().map(DivisionCode::to_string).unwrap_or_default();
        let (places, elsewhere) = places(known, here.as_ref());
        Ok(Self {
            items: known.list(&wanted, &PageAsk { after: None, limit: SHOWN })?.items,
            types: types(&facts, &place),
            offices: facts.offices.iter().take(GROUPS).map(|it| offices_of(&it.0, &it.1)).collect(),
            here: place,
            places,
            elsewhere,
            facts,
            shell,
        })
    }
}

/// The place served with those directly below it, and other cities that the site also shows.
fn places(known: &Known, here: Option<&DivisionCode>) -> (Vec<Way>, Vec<Way>) {
    let depth = here.and_then(|it| known.places.get(it)).map_or(2, |it| it.path.len());
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for (code, it) in &known.places {
        let way = Way { href: format!("/places/{code}"), name: it.name.clone(), items: it.items };
        match here {
            Some(here) if code.is_within(here) && it.path.len() <= depth + 1 => inside.push(way),
            Some(here) if !code.is_within(here) && !here.is_within(code) && it.path.len() == 2 => outside.push(way),
            None if (2..=3).contains(&it.path.len()) => inside.push(way),
            _ => {}
        }
    }
    (inside, outside)
}

fn types(facts: &Facets, place: &str) -> Vec<Way> {
    let way = |(kind, items): &(standards::ItemType, usize)| Way {
        href: href("/items", &[("place", place), ("type", kind.code())]),
        name: kind.name().to_owned(),
        items: *items,
    };
    facts.types.iter().map(way).collect()
}

fn offices_of(place: &str, all: &[Office]) -> OfficesOf {
    let way = |it: &Office| Way {
        href: href("/items", &[("authority", &it.id.to_string())]),
        name: it.facts.name.clone(),
        items: it.items,
    };
    OfficesOf {
        place: place.to_owned(),
        offices: all.iter().take(OFFICES).map(way).collect(),
        more: all.len().saturating_sub(OFFICES),
    }
}

pub(crate) async fn show(State(app): State<App>, shell: Shell) -> Answer {
    page(&HomePage::new(shell, &*known(&app).await?)?)
}
