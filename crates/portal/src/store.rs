//! The only SQL of the portal: places that have a site of their own, notices, what is known of cases; below, search.

pub(crate) mod search;

use journal::Head;
use kernel::{Id, Result};
use standards::DivisionCode;
use storage::{Migration, Row, Sql, Unit, Value, args};

use crate::{
    model::{
        notice::{Notice, NoticeFacts, NoticeKind},
        place::Place,
    },
    service::sites::Site,
};

/// The portal's schema.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { area: "portal", number: 1, sql: include_str!("../migrations/0001_search.sql") },
    Migration { area: "portal", number: 2, sql: include_str!("../migrations/0002_places.sql") },
    Migration { area: "portal", number: 3, sql: include_str!("../migrations/0003_handled.sql") },
    Migration { area: "portal", number: 4, sql: include_str!("../migrations/0004_stops.sql") },
];

/// Every SQL text of the portal, for the test that prepares each on both engines.
pub(crate) const SQL: &[Sql] = ALL;

/// Guards of the portal's units.
pub(crate) mod guard {
    /// The site's version that was read, or a place that somebody else made a site of first.
    pub(crate) const SITE: &str = "site";
    /// The notice's version that was read.
    pub(crate) const NOTICE: &str = "notice";
}

/// The columns of a site.
macro_rules! site {
    () => {
        "id, place, hall, division, name, keeper, document, version, head, changed_at"
    };
}

/// The columns of a notice.
macro_rules! notice {
    () => {
        "id, place, kind, title, body, below, starts, ends, withdrawn, version, head, changed_at"
    };
}

/// Places on the path of one, itself included, at most: five levels and the hall.
pub(crate) const PATH: usize = 6;

storage::sql! {
    /// The site of a place.
    SITE = concat!("SELECT ", site!(), " FROM places WHERE place = $1");
    /// The sites of a place and of those above it, as far as they have one.
    SITES_AT = concat!("SELECT ", site!(), " FROM places WHERE place IN ($1, $2, $3, $4, $5, $6)");
    /// Halls of a division, by name.
    HALLS = concat!("SELECT ", site!(), " FROM places WHERE hall = 1 AND division = $1 ORDER BY name, id LIMIT $2");
    /// A page of what an authority keeps.
    SITES_OF = concat!("SELECT ", site!(), " FROM places WHERE keeper = $1 AND place > $2 ORDER BY place LIMIT $3");
    /// A page of all sites.
    SITES = concat!("SELECT ", site!(), " FROM places WHERE place > $1 ORDER BY place LIMIT $2");
    /// A new site.
    SITE_ADD = "INSERT INTO places (id, place, hall, division, name, keeper, document, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// What a site says now, unless somebody changed it meanwhile.
    SITE_CHANGE = "UPDATE places SET name = $2, document = $3, version = $4, head = $5, changed_at = $6 \
        WHERE id = $1 AND version = $7";
    /// For the verification of the record.
    SITE_ROWS = concat!("SELECT ", site!(), " FROM places WHERE id > $1 ORDER BY id LIMIT $2");

    /// A case that is not decided.
    OPEN = "SELECT item, accepted_on, stops FROM handled_open WHERE case_id = $1";
    /// A case was filed.
    OPEN_ADD = "INSERT INTO handled_open (case_id, item, accepted_on) VALUES ($1, $2, '') ON CONFLICT (case_id) DO NOTHING";
    /// It was accepted.
    OPEN_ACCEPT = "UPDATE handled_open SET accepted_on = $2 WHERE case_id = $1";
    /// Its clocks stood on these days.
    OPEN_STOP = "UPDATE handled_open SET stops = $2 WHERE case_id = $1";
    /// It is over.
    OPEN_DROP = "DELETE FROM handled_open WHERE case_id = $1";
    /// It was decided, and took so many working days of the authority's own time.
    HANDLED_ADD = "INSERT INTO handled_cases (item, decided_on, case_id, days) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (item, decided_on, case_id) DO NOTHING";
    /// It was not decided after all.
    HANDLED_DROP = "DELETE FROM handled_cases WHERE item = $1 AND decided_on = $2 AND case_id = $3";
    /// What the latest decided cases of an item took.
    HANDLED_OF = "SELECT days FROM handled_cases WHERE item = $1 AND decided_on >= $2 ORDER BY decided_on DESC LIMIT $3";
    /// One more application for an item.
    USE_ADD = "INSERT INTO item_use (item, month, cases) VALUES ($1, $2, 1) \
        ON CONFLICT (item, month) DO UPDATE SET cases = item_use.cases + 1";
    /// Months long past.
    USE_DROP = "DELETE FROM item_use WHERE month < $1";
    /// The items that got most applications in a month.
    USE_OF = "SELECT item, cases FROM item_use WHERE month = $1 ORDER BY cases DESC, item DESC LIMIT $2";

    /// One notice.
    NOTICE = concat!("SELECT ", notice!(), " FROM place_notices WHERE id = $1");
    /// What is shown on the day $7 at the place $1: its own, and those of the places above ($2 to $6) that are for all below.
    NOTICES_SHOWN = concat!("SELECT ", notice!(), " FROM place_notices WHERE place IN ($1, $2, $3, $4, $5, $6) \
        AND starts <= $7 AND ends >= $7 AND withdrawn = 0 AND (place = $1 OR below = 1) ORDER BY starts DESC, id DESC LIMIT $8");
    /// A page of a place's notices, newest first, before the key ($2, $3).
    NOTICES_OF = concat!("SELECT ", notice!(), " FROM place_notices WHERE place = $1 AND (starts, id) < ($2, $3) \
        ORDER BY starts DESC, id DESC LIMIT $4");
    /// A new notice.
    NOTICE_ADD = "INSERT INTO place_notices (id, place, kind, title, body, below, starts, ends, withdrawn, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11)";
    /// What a notice says now, unless somebody changed it meanwhile.
    NOTICE_CHANGE = "UPDATE place_notices SET kind = $2, title = $3, body = $4, below = $5, starts = $6, ends = $7, withdrawn = $8, \
        version = $9, head = $10, changed_at = $11 WHERE id = $1 AND version = $12";
    /// For the verification of the record.
    NOTICE_ROWS = concat!("SELECT ", notice!(), " FROM place_notices WHERE id > $1 ORDER BY id LIMIT $2");
}

/// The values of a statement that asks for a place and those above it; fewer are padded with `''`, which is no place.
pub(crate) fn path_keys(places: &[Place]) -> Vec<Value> {
    let mut keys: Vec<_> = places.iter().take(PATH).map(|it| Value::Text(it.key())).collect();
    keys.resize(PATH, Value::Text(String::new()));
    keys
}

pub(crate) fn read_site(row: &Row) -> Result<Site> {
    Ok(Site {
        id: row.id("id")?,
        place: row.text("place")?.parse()?,
        division: DivisionCode::parse(row.text("division")?).map_err(|it| kernel::Error::internal(it.message()))?,
        name: row.string("name")?,
        keeper: row.id("keeper")?,
        facts: row.json("document")?,
        head: Head::of(row)?,
    })
}

pub(crate) fn site_add(unit: &mut Unit, it: &Site, document: &str, head: &Head) {
    let (place, hall) = (it.place.key(), i64::from(it.place.is_hall()));
    let (division, name) = (it.division.as_str(), &it.name);
    let values = args![it.id, place, hall, division, name, it.keeper, document, head.version, &head.hash, head.at];
    unit.one(guard::SITE, SITE_ADD, values);
}

pub(crate) fn site_change(unit: &mut Unit, before: &Site, (name, document): (&str, &str), head: &Head) {
    let values = args![before.id, name, document, head.version, &head.hash, head.at, before.head.version];
    unit.one(guard::SITE, SITE_CHANGE, values);
}

pub(crate) fn read_notice(row: &Row) -> Result<Notice> {
    let place: Place = row.text("place")?.parse()?;
    let facts = NoticeFacts {
        kind: NoticeKind::from_code(row.text("kind")?),
        title: row.string("title")?,
        body: row.string("body")?,
        below: row.int("below")? == 1,
        starts: row.string("starts")?,
        ends: row.string("ends")?,
    };
    Ok(Notice { id: row.id("id")?, place, facts, withdrawn: row.int("withdrawn")? == 1, head: Head::of(row)? })
}

pub(crate) fn notice_add(unit: &mut Unit, it: &Notice, head: &Head) {
    let NoticeFacts { kind, title, body, below, starts, ends } = &it.facts;
    let (place, below) = (it.place.key(), i64::from(*below));
    let values = args![it.id, place, kind.code(), title, body, below, starts, ends, head.version, &head.hash, head.at];
    unit.one(guard::NOTICE, NOTICE_ADD, values);
}

pub(crate) fn notice_change(unit: &mut Unit, id: Id<crate::model::notice::NoticeMark>, now: &Notice, head: &Head) {
    let NoticeFacts { kind, title, body, below, starts, ends } = &now.facts;
    let (below, withdrawn, was) = (i64::from(*below), i64::from(now.withdrawn), now.head.version);
    let (version, hash, at) = (head.version, &head.hash, head.at);
    let values = args![id, kind.code(), title, body, below, starts, ends, withdrawn, version, hash, at, was];
    unit.one(guard::NOTICE, NOTICE_CHANGE, values);
}
