//! The site of a place, from province to village, or of a hall that is no division: what can be done here, when and where, who helps,
//! and what is done higher up. One template for all of them.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use catalogue::model::ServiceFlag;
use kernel::{Error, Id, Moment, PageAsk};
use standards::{DivisionCode, DivisionLevel};
use storage::Db;
use webkit::{Answer, App, Shell, address};

use super::{SHOWN, Way, known};
use crate::{
    index::{Entry, Known, Office, Wanted},
    model::{
        colour::{self, Colour},
        notice::Notice,
        place::{Hall, Place, level_words},
        site::{HoursKind, HoursLine, SiteFacts},
    },
    pages::public::{Asked, PublicPages},
    service::{
        notices,
        sites::{self, Site},
    },
};

/// Items shown of each place above.
const HIGHER: usize = 5;

/// What the database says of a place.
#[derive(Default)]
pub(crate) struct Told {
    /// Divisions from the top down; the last is the place itself, or where the hall lies.
    pub(crate) path: Vec<(DivisionCode, String)>,
    /// Divisions directly below.
    pub(crate) below: Vec<(DivisionCode, String)>,
    /// Halls that lie here.
    pub(crate) halls: Vec<(Id<Hall>, String)>,
    /// The place's own site, if it has one.
    pub(crate) own: Option<Site>,
    /// Sites of the places above, nearest first.
    pub(crate) above: Vec<Site>,
    pub(crate) notices: Vec<Notice>,
}

impl Told {
    /// Reads it, with a fixed number of queries.
    pub(crate) async fn of(db: &Db, place: &Place, now: Moment) -> kernel::Result<Self> {
        let nothing = || Error::NotFound { what: "这个地方的政务服务" };
        let (code, hall) = match place {
            Place::Division(code) => (code.clone(), None),
            Place::Hall(_) => {
                let site = sites::find_site(db, place).await?.ok_or_else(nothing)?;
                (site.division.clone(), Some(site))
            }
        };
        let path: Vec<_> = identity::path(db, &code).await?.into_iter().map(|it| (it.code, it.name)).collect();
        if path.is_empty() {
            return Err(nothing());
        }
        let divisions = path.iter().rev().map(|it| Place::Division(it.0.clone()));
        let places: Vec<_> = hall.iter().map(|it| it.place.clone()).chain(divisions).collect();
        let mut found = sites::sites_at(db, &places).await?;
        let mut take = |it: &Place| Some(found.swap_remove(found.iter().position(|site| site.place == *it)?));
        let own = take(place);
        let above = places[1..].iter().filter_map(&mut take).collect();
        let (below, halls) = match hall {
            Some(_) => (Vec::new(), Vec::new()),
            None => (identity::children(db, Some(&code)).await?, sites::halls(db, &code).await?),
        };
        Ok(Self {
            notices: notices::shown(db, &places, &now.legal_date().to_string()).await?,
            below: below.into_iter().map(|it| (it.code, it.name)).collect(),
            halls: halls.into_iter().map(|it| (it.id, it.name)).collect(),
            path,
            own,
            above,
        })
    }

    /// The nearest site, from here up, of which `has` holds.
    fn nearest(&self, has: impl Fn(&SiteFacts) -> bool) -> Option<&Site> {
        self.own.iter().chain(&self.above).find(|it| has(&it.facts))
    }

    /// The name of a place on the path.
    fn name_of(&self, place: &Place) -> &str {
        let hall = self.own.iter().chain(&self.above).find(|it| it.place == *place && !it.name.is_empty());
        let division = || self.path.iter().find(|it| Place::Division(it.0.clone()) == *place);
        hall.map(|it| it.name.as_str()).or_else(|| division().map(|it| it.1.as_str())).unwrap_or_default()
    }

    /// Where to go: the nearest place, from here up, that says so.
    pub(crate) fn location(&self) -> Option<Where> {
        let has = |it: &SiteFacts| !it.address.is_empty() || !it.phones.is_empty() || !it.hours.is_empty();
        let site = self.nearest(has)?;
        let own = self.own.as_ref().is_some_and(|it| it.id == site.id);
        let of = if own { String::new() } else { self.name_of(&site.place).to_owned() };
        Some(Where { of, facts: site.facts.clone() })
    }

    /// Address of the style sheet of the nearest place with a colour of its own; empty: the common face.
    pub(crate) fn sheet(&self) -> String {
        let site = self.nearest(|it| !it.colour.is_empty());
        site.map(|it| format!("/places/{}/look.css?v={}", it.place, it.head.version)).unwrap_or_default()
    }
}

/// A hall with its address, hours and telephones, and whose it is.
pub(crate) struct Where {
    /// Empty: of the place itself.
    pub(crate) of: String,
    pub(crate) facts: SiteFacts,
}

impl Where {
    /// Opening hours by kind, in the order of the kinds.
    pub(crate) fn hours(&self) -> Vec<(&'static str, Vec<&HoursLine>)> {
        let of =
            |kind: HoursKind| (kind.name(), self.facts.hours.iter().filter(|it| it.kind == kind).collect::<Vec<_>>());
        HoursKind::ALL.into_iter().map(of).filter(|it| !it.1.is_empty()).collect()
    }
}

/// What is done at a place above.
pub(crate) struct Higher {
    pub(crate) way: Way,
    pub(crate) items: Vec<Arc<Entry>>,
}

#[derive(Template)]
#[template(path = "place.html")]
pub(crate) struct PlacePage {
    pub(crate) shell: Shell,
    pub(crate) place: String,
    /// The division, or where the hall lies: from here one searches.
    pub(crate) division: String,
    pub(crate) name: String,
    pub(crate) level: &'static str,
    /// Whether it is a town or village: few items of its own, and people nearby who help.
    pub(crate) small: bool,
    pub(crate) told: Told,
    pub(crate) below: Vec<Way>,
    pub(crate) location: Option<Where>,
    pub(crate) sheet: String,
    pub(crate) offices: Vec<Office>,
    pub(crate) items: Vec<Arc<Entry>>,
    /// Items of places above that can be done near home.
    pub(crate) nearby: Vec<Arc<Entry>>,
    pub(crate) all: Way,
    pub(crate) higher: Vec<Higher>,
}

impl PlacePage {
    pub(crate) fn new(shell: Shell, place: &Place, told: Told, known: &Known) -> kernel::Result<Self> {
        let (code, division_name) = told.path.last().cloned().ok_or(Error::NotFound { what: "这个地方" })?;
        let hall = told.own.as_ref().filter(|it| it.place.is_hall());
        let name = hall.map_or(division_name, |it| it.name.clone());
        let (items, count) = own_items(place, &code, told.own.as_ref(), known)?;
        let small = matches!(code.level(), DivisionLevel::Town | DivisionLevel::Village) && !place.is_hall();
        let all = if place.is_hall() { String::new() } else { address("/items", &[("place", code.as_str())]) };
        Ok(Self {
            place: place.key(),
            division: code.to_string(),
            level: if place.is_hall() { "政务服务大厅" } else { level_words(code.level()) },
            below: told.below.iter().map(|it| way(known, &it.0, &it.1)).collect(),
            offices: offices(place, &code, told.own.as_ref(), known),
            nearby: nearby(&told, small, known),
            all: Way { href: all, name: name.clone(), items: count },
            higher: higher(&told, (place, small), known),
            sheet: told.sheet(),
            shell,
            name,
            small,
            location: told.location(),
            items,
            told,
        })
    }

    /// From where a notice comes, if it is not of this place.
    fn source(&self, notice: &Notice) -> &str {
        if notice.place.key() == self.place { "" } else { self.told.name_of(&notice.place) }
    }
}

fn way(known: &Known, code: &DivisionCode, name: &str) -> Way {
    let items = known.places.get(code).map_or(0, |it| it.items);
    Way { href: format!("/places/{code}"), name: name.to_owned(), items }
}

/// What can be done here, and how much there is: in a division what is handled in it or below; in a hall what its departments have.
fn own_items(
    place: &Place,
    code: &DivisionCode,
    own: Option<&Site>,
    known: &Known,
) -> kernel::Result<(Vec<Arc<Entry>>, usize)> {
    if place.is_hall() {
        let offices = own.map(|it| it.facts.offices.as_slice()).unwrap_or_default();
        let here = || known.entries().filter(|it| it.offices().any(|it| offices.contains(&it)));
        return Ok((here().take(SHOWN.into()).cloned().collect(), here().count()));
    }
    let wanted = Wanted { place: Some(code.clone()), ..Wanted::default() };
    let items = known.list(&wanted, &PageAsk { after: None, limit: SHOWN })?.items;
    Ok((items, known.places.get(code).map_or(0, |it| it.items)))
}

fn offices(place: &Place, code: &DivisionCode, own: Option<&Site>, known: &Known) -> Vec<Office> {
    let chosen = own.map(|it| it.facts.offices.as_slice()).unwrap_or_default();
    let here = |it: &&Office| match place {
        Place::Division(_) => it.facts.division == code.as_str(),
        Place::Hall(_) => chosen.contains(&it.id),
    };
    known.offices.iter().filter(here).cloned().collect()
}

/// Whether an item of a place above can be done near home.
fn is_nearby(it: &Entry) -> bool {
    it.item.tags.flags.contains(&ServiceFlag::Nearby)
}

/// What the places above let people of a town or village do near home.
fn nearby(told: &Told, small: bool, known: &Known) -> Vec<Arc<Entry>> {
    let above = &told.path[..told.path.len().saturating_sub(1)];
    let near = |it: &&Arc<Entry>| is_nearby(it) && above.iter().any(|place| place.0 == it.item.division);
    if small { known.entries().filter(near).take(SHOWN.into()).cloned().collect() } else { Vec::new() }
}

/// What is handled by the places above themselves, nearest first; of a town or village, without what is done near home: nobody is
/// sent to the county for what the village does, nor to the province for what is applied for here.
fn higher(told: &Told, (place, small): (&Place, bool), known: &Known) -> Vec<Higher> {
    let above = if place.is_hall() { &told.path[..] } else { &told.path[..told.path.len().saturating_sub(1)] };
    let here = told.path.last().map(|it| &it.0).filter(|_| !place.is_hall());
    let of = |(code, name): &(DivisionCode, String)| {
        let there = || known.entries().filter(|it| it.item.division == *code);
        let way = Way {
            href: address("/items", &[("place", code.as_str()), ("own", "yes")]),
            name: name.clone(),
            items: there().count(),
        };
        let own = |it: &&Arc<Entry>| small && is_nearby(it) || here.is_some_and(|here| it.is_within(here));
        Higher { way, items: there().filter(|it| !own(it)).take(HIGHER).cloned().collect() }
    };
    above.iter().rev().map(of).filter(|it| !it.items.is_empty()).collect()
}

pub(crate) async fn show(
    State(app): State<App>,
    shell: Shell,
    Path(place): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let place: Place = place.parse()?;
    let known = known(&app).await?;
    let asked = Asked { shell, headers, stamp: known.stamp(app.clock.now()) };
    let render = async |shell: Shell| {
        let told = Told::of(&app.db, &place, app.clock.now()).await?;
        PlacePage::new(shell, &place, told, &known)
    };
    app.part::<PublicPages>()?.answer(asked, render).await
}

/// The style sheet of a place's own colour; its address names the version, so it may be kept for ever.
pub(crate) async fn look(State(app): State<App>, Path(place): Path<String>) -> Answer {
    let site = sites::site(&app.db, &place.parse()?).await?;
    let sheet = Colour::parse(&site.facts.colour).map(colour::sheet).unwrap_or_default();
    Ok(kept(sheet.into_bytes(), "text/css; charset=utf-8"))
}

/// A place's picture, under the name of its bytes.
pub(crate) async fn picture(State(app): State<App>, Path((place, name)): Path<(String, String)>) -> Answer {
    let site = sites::site(&app.db, &place.parse()?).await?;
    let picture = site.facts.picture.filter(|it| it.blob == name).ok_or(Error::NotFound { what: "图片" })?;
    let media = ["image/jpeg", "image/png", "image/webp"].into_iter().find(|it| *it == picture.media);
    Ok(kept(app.blobs.get(&picture.blob).await?, media.ok_or(Error::NotFound { what: "图片" })?))
}

fn kept(bytes: Vec<u8>, media: &'static str) -> Response {
    let mut answer = bytes.into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
    answer.headers_mut().insert(header::CACHE_CONTROL, keep);
    answer
}
