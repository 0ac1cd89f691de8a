//! The home page: ask in your own words, or come in by who you are, by place, by department, by type.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use axum::{extract::State, http::HeaderMap};
use kernel::{Id, Item, Moment, PageAsk};
use standards::DivisionCode;
use storage::Db;
use webkit::{Answer, App, Shell, address};

use super::{
    SHOWN, Way, known,
    place::{Told, Where},
};
use crate::{
    facets::Facets,
    index::{Entry, Known, Office, Wanted},
    model::{notice::Notice, place::Place},
    pages::public::{Asked, PublicPages},
    store,
};

/// Items counted of a month.
const USED_MAX: i64 = 50;
/// Items shown that changed last, or that people use most.
const RECENT: usize = 5;
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
    pub(crate) life: Vec<Way>,
    pub(crate) business: Vec<Way>,
    pub(crate) flags: Vec<Way>,
    pub(crate) recent: Vec<Arc<Entry>>,
    /// What people applied for most this month and the last.
    pub(crate) used: Vec<Arc<Entry>>,
    pub(crate) offices: Vec<OfficesOf>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) location: Option<Where>,
    /// Address of the style sheet with the place's own colour; empty: the common face.
    pub(crate) sheet: String,
}

impl HomePage {
    pub(crate) fn new(shell: Shell, (told, used): (Told, &[Id<Item>]), known: &Known) -> kernel::Result<Self> {
        let here = DivisionCode::parse(&shell.site.division).ok().filter(|it| known.places.contains_key(it));
        let facts = Facets::of(known, here.as_ref());
        let wanted = Wanted { place: here.clone(), ..Wanted::default() };
        let place = here.as_ref().map(DivisionCode::to_string).unwrap_or_default();
        let (places, elsewhere) = places(known, here.as_ref());
        Ok(Self {
            items: known.list(&wanted, &PageAsk { after: None, limit: SHOWN })?.items,
            types: types(&facts, &place),
            life: facts.life.iter().map(|it| tagged(&place, ("life", it.0.code()), (it.0.name(), it.1))).collect(),
            business: facts
                .business
                .iter()
                .map(|it| tagged(&place, ("business", it.0.code()), (it.0.name(), it.1)))
                .collect(),
            flags: facts.flags.iter().map(|it| tagged(&place, ("flag", it.0.code()), (it.0.name(), it.1))).collect(),
            used: most_used(known, used, here.as_ref()),
            recent: known.recent(&wanted, RECENT),
            offices: facts.offices.iter().take(GROUPS).map(|it| offices_of(&it.0, &it.1)).collect(),
            here: place,
            sheet: told.sheet(),
            location: told.location(),
            notices: told.notices,
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
        href: address("/items", &[("place", place), ("type", kind.code())]),
        name: kind.name().to_owned(),
        items: *items,
    };
    facts.types.iter().map(way).collect()
}

fn tagged(place: &str, ask: (&str, &str), (name, items): (&str, usize)) -> Way {
    Way { href: address("/items", &[ask, ("place", place)]), name: name.to_owned(), items }
}

fn offices_of(place: &str, all: &[Office]) -> OfficesOf {
    let way = |it: &Office| Way {
        href: address("/items", &[("authority", &it.id.to_string())]),
        name: it.facts.name.clone(),
        items: it.items,
    };
    OfficesOf {
        place: place.to_owned(),
        offices: all.iter().take(OFFICES).map(way).collect(),
        more: all.len().saturating_sub(OFFICES),
    }
}

/// The items that people applied for most in this month and the last, most first.
async fn used(db: &Db, now: Moment) -> kernel::Result<Vec<Id<Item>>> {
    let today = now.legal_date();
    let last = today.replace_day(1).unwrap_or(today) - time::Duration::days(1);
    let mut counts: BTreeMap<Id<Item>, i64> = BTreeMap::new();
    for day in [today, last] {
        let month = format!("{}-{:02}", day.year(), u8::from(day.month()));
        for row in db.query(store::USE_OF, storage::args![month, USED_MAX]).await? {
            // An item that is no more has no id that reads.
            if let Ok(item) = row.text("item")?.parse() {
                *counts.entry(item).or_default() += row.int("cases")?;
            }
        }
    }
    let mut items: Vec<_> = counts.into_iter().collect();
    items.sort_by_key(|it| (std::cmp::Reverse(it.1), it.0));
    Ok(items.into_iter().map(|it| it.0).collect())
}

/// Those of them that one can apply for here.
fn most_used(known: &Known, used: &[Id<Item>], here: Option<&DivisionCode>) -> Vec<Arc<Entry>> {
    let fits = |it: &&Arc<Entry>| it.item.takes_applications() && here.is_none_or(|place| it.is_within(place));
    used.iter().filter_map(|id| known.entry(*id)).filter(fits).take(RECENT).cloned().collect()
}

pub(crate) async fn show(State(app): State<App>, shell: Shell, headers: HeaderMap) -> Answer {
    let known = known(&app).await?;
    let now = app.clock.now();
    let asked = Asked { shell, headers, stamp: known.stamp(now) };
    let render = async |shell: Shell| {
        let told = match DivisionCode::parse(&shell.site.division) {
            Ok(code) if identity::find_division(&app.db, &code).await?.is_some() => {
                Told::of(&app.db, &Place::Division(code), now).await?
            }
            _ => Told::default(),
        };
        HomePage::new(shell, (told, &used(&app.db, now).await?), &known)
    };
    app.part::<PublicPages>()?.answer(asked, render).await
}
