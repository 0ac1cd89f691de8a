//! All that the public finds, in memory of each node: items with their folded names and aliases, authorities, places.
//!
//! Made anew from the database, then patched from the journal's feed; the position it has read up to is its own, in memory, so
//! that each node follows for itself. Lists and search ask the database nothing.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use catalogue::{
    ItemSummary,
    model::{BusinessEvent, LifeEvent, ServiceFlag},
};
use identity::AuthorityFacts;
use journal::FeedHead;
use kernel::{Authority, Cursor, Id, Item, Moment, PAGE_MAX, Page, PageAsk, Result};
use standards::{DivisionCode, DivisionLevel, ItemType};
use storage::Db;
use webkit::Stamp;

pub use crate::entry::{Counter, Entry};
use crate::search::{engine::Record, text::Fold, title::Title};

/// Entries of the feed read at once.
const FEED_BATCH: usize = 500;
/// A Julian day fits into so many bits until the year 6770.
const DAY_BITS: u32 = 22;
/// Results of a search at most.
pub(crate) const HITS_MAX: usize = 50;

/// A place with what can be done there.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) name: String,
    /// From the top down, itself included.
    pub(crate) path: Vec<(DivisionCode, String)>,
    /// Items handled here or below.
    pub(crate) items: usize,
}

/// An authority and how many items it has.
#[derive(Debug, Clone)]
pub(crate) struct Office {
    pub(crate) id: Id<Authority>,
    pub(crate) facts: Arc<AuthorityFacts>,
    pub(crate) items: usize,
}

/// What is known at one position of the feed.
#[derive(Default, Clone)]
pub(crate) struct Known {
    /// Where in the record it was made.
    pub(crate) position: i64,
    /// The position at which what the public sees last changed: what was rendered before is not shown any more.
    pub(crate) revision: i64,
    /// The position at which what is known of authorities was last read.
    pub(crate) authorities_at: i64,
    entries: BTreeMap<(u8, Id<Item>), Arc<Entry>>,
    orders: HashMap<Id<Item>, (u8, Id<Item>)>,
    fold: Arc<Fold>,
    /// Items by what they are called, for search.
    pub(crate) titles: HashMap<u64, Group>,
    authorities: HashMap<Id<Authority>, Arc<AuthorityFacts>>,
    divisions: HashMap<DivisionCode, Vec<(DivisionCode, String)>>,
    /// Where the words of search were last changed.
    pub(crate) words_at: i64,
    /// Titles that came in with the last change, for the index that does not have them yet.
    pub(crate) fresh: Vec<u64>,
    /// The places by their names, for search.
    pub(crate) place_names: PlaceNames,
    /// Facets, counted once a change.
    pub(crate) places: BTreeMap<DivisionCode, Place>,
    pub(crate) offices: Vec<Office>,
    pub(crate) types: Vec<(ItemType, usize)>,
    pub(crate) for_persons: usize,
    pub(crate) for_organisations: usize,
}

/// Items of one name.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) title: Arc<Title>,
    /// In the order of lists.
    pub(crate) items: Vec<Arc<Entry>>,
}

/// The places that have items, by their full and short names.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlaceNames {
    names: HashMap<String, NamedPlace>,
    /// Characters of the longest.
    pub(crate) longest: usize,
}

/// Places of one name.
#[derive(Debug, Clone)]
pub(crate) struct NamedPlace {
    pub(crate) codes: Vec<DivisionCode>,
    /// Its full name.
    pub(crate) name: String,
    /// Whether this is the full name, 「谯城区」, or only 「谯城」.
    pub(crate) full: bool,
}

/// What the names of places end with.
const PLACE_KINDS: [&str; 14] = [
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "街道办事处",
    "经济开发区",
    "社区居委会",
    "村委会",
    "街道",
    "省",
    "市",
    "县",
    "区",
    "镇",
];

impl PlaceNames {
    fn add(&mut self, fold: &Fold, code: &DivisionCode, name: &str) {
        let full = fold.text(name);
        let short = PLACE_KINDS.iter().find_map(|it| full.strip_suffix(it)).or_else(|| full.strip_suffix('乡'));
        for (text, is_full) in [(Some(full.as_str()), true), (short, false)] {
            let Some(text) = text.filter(|it| it.chars().count() >= 2) else { continue };
            self.longest = self.longest.max(text.chars().count());
            let empty = || NamedPlace { codes: Vec::new(), name: name.to_owned(), full: is_full };
            let place = self.names.entry(text.to_owned()).or_insert_with(empty);
            place.full |= is_full;
            if !place.codes.contains(code) {
                place.codes.push(code.clone());
            }
        }
    }

    pub(crate) fn get(&self, folded: &str) -> Option<&NamedPlace> {
        self.names.get(folded)
    }
}

/// Which items a list shows. Empty: any.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) for_persons: bool,
    pub(crate) for_organisations: bool,
    pub(crate) item_type: Option<ItemType>,
    pub(crate) authority: Option<Id<Authority>>,
    pub(crate) place: Option<DivisionCode>,
    /// Only what the place itself handles, not what is handled below it.
    pub(crate) own: bool,
    pub(crate) immediate: Option<bool>,
    /// What is easy about it.
    pub(crate) flag: Option<ServiceFlag>,
    /// An event of a person's life.
    pub(crate) life: Option<LifeEvent>,
    /// An event of a business.
    pub(crate) business: Option<BusinessEvent>,
    /// The level at which it is handled.
    pub(crate) level: Option<DivisionLevel>,
}

impl Wanted {
    fn takes(&self, entry: &Entry) -> bool {
        let it = &entry.item;
        let here = |wanted: &DivisionCode| match self.own {
            true => entry.divisions().any(|it| it == wanted),
            false => entry.is_within(wanted),
        };
        (!self.for_persons || it.for_persons)
            && (!self.for_organisations || it.for_organisations)
            && self.item_type.is_none_or(|wanted| it.item_type == wanted)
            && self.authority.is_none_or(|wanted| entry.offices().any(|it| it == wanted))
            && self.place.as_ref().is_none_or(here)
            && self.immediate.is_none_or(|wanted| it.immediate == Some(wanted))
            && self.flag.is_none_or(|wanted| it.tags.flags.contains(&wanted))
            && self.life.is_none_or(|wanted| it.tags.topics.life_events.contains(&wanted))
            && self.business.is_none_or(|wanted| it.tags.topics.business_events.contains(&wanted))
            && self.level.is_none_or(|wanted| entry.divisions().any(|it| it.level() == wanted))
    }
}

impl Known {
    /// What public pages hang on: where what they show last changed, and the legal day, with which notices come and go and what an item
    /// has taken lately is reckoned anew.
    pub(crate) fn stamp(&self, now: Moment) -> Stamp {
        let day = now.legal_date().to_julian_day();
        (self.revision.unsigned_abs() << DAY_BITS) | u64::from(day.unsigned_abs())
    }

    pub(crate) fn entry(&self, id: Id<Item>) -> Option<&Arc<Entry>> {
        self.entries.get(self.orders.get(&id)?)
    }

    /// The authorities of these unified social credit codes, in this order; those that the site does not know are left out.
    pub(crate) fn by_codes(&self, codes: &[String]) -> Vec<Arc<AuthorityFacts>> {
        let codes = codes.iter().map(|it| it.trim()).filter(|it| !it.is_empty());
        codes.filter_map(|code| self.authorities.values().find(|it| it.uscc == code).cloned()).collect()
    }

    /// All items that the public finds, those that take applications first.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.values()
    }

    /// The items that one can apply for and that changed last, newest first.
    pub(crate) fn recent(&self, wanted: &Wanted, limit: usize) -> Vec<Arc<Entry>> {
        let mut found: Vec<_> =
            self.entries().filter(|it| it.item.current_version > 0 && wanted.takes(it)).cloned().collect();
        found.sort_by_key(|it| (std::cmp::Reverse(it.item.changed_at), it.item.id));
        found.truncate(limit);
        found
    }

    /// A page of items, those that take applications first.
    pub(crate) fn list(&self, wanted: &Wanted, ask: &PageAsk) -> Result<Page<Arc<Entry>>> {
        let after = match &ask.after {
            Some(key) => Some((u8::try_from(key.int(0)?).unwrap_or(u8::MAX), key.text(1)?.parse()?)),
            None => None,
        };
        let range = self
            .entries
            .range((after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded), std::ops::Bound::Unbounded));
        let rows = range.filter(|it| wanted.takes(it.1)).take(ask.rows() + 1).map(|it| Arc::clone(it.1)).collect();
        Ok(Page::cut(rows, ask, |it: &Arc<Entry>| {
            let (rank, id) = it.order();
            Cursor::new([rank.to_string(), id.to_string()])
        }))
    }

    /// Puts an item in its place, or takes it out if the public does not find it.
    fn put(&mut self, item: ItemSummary) {
        if let Some(old) = self.orders.remove(&item.id).and_then(|it| self.entries.remove(&it)) {
            self.forget(old.title, item.id);
        }
        if !item.state.is_public() {
            return;
        }
        let authority = self.authorities.get(&item.authority).cloned().unwrap_or_default();
        let title = Title::of(&self.fold, &item);
        let key = title.key;
        let counters = self.counters(&item);
        let entry = Arc::new(Entry { item, authority, counters, title: key });
        let group =
            self.titles.entry(key).or_insert_with(|| Group { title: Arc::new(title.marked()), items: Vec::new() });
        let at = group.items.partition_point(|it| it.order() < entry.order());
        group.items.insert(at, Arc::clone(&entry));
        self.fresh.push(key);
        self.orders.insert(entry.item.id, entry.order());
        self.entries.insert(entry.order(), entry);
    }

    /// The organs that examine an item first, without those that the site does not know.
    fn counters(&self, item: &ItemSummary) -> Vec<Counter> {
        let of = |code: &String| {
            let (id, facts) = self.authorities.iter().find(|it| it.1.uscc == *code)?;
            let division = DivisionCode::parse(&facts.division).ok()?;
            Some(Counter { id: *id, facts: Arc::clone(facts), division })
        };
        let found = item.tags.examined_by.iter().filter_map(of).filter(|it| it.id != item.authority);
        let mut out: Vec<Counter> = Vec::new();
        for it in found {
            if out.iter().all(|other| other.id != it.id) {
                out.push(it);
            }
        }
        out
    }

    /// Takes an item from its title, and the title away with its last item.
    fn forget(&mut self, title: u64, id: Id<Item>) {
        let Some(group) = self.titles.get_mut(&title) else { return };
        group.items.retain(|it| it.item.id != id);
        if group.items.is_empty() {
            self.titles.remove(&title);
        }
    }

    /// All entries, those that take applications first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.values()
    }

    /// The titles as the index on disk keeps them.
    pub(crate) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.titles.values().map(|group| {
            let mut places = BTreeSet::new();
            for own in group.items.iter().flat_map(|it| it.divisions()) {
                places.insert(format!("@{own}"));
                let path = self.divisions.get(own).into_iter().flatten();
                places.extend(path.map(|it| it.0.to_string()));
                places.insert(own.to_string());
            }
            Record { title: &group.title, places, open: group.items.iter().any(|it| it.item.takes_applications()) }
        })
    }

    /// Counts what lists offer as filters.
    fn count(&mut self) {
        let (mut places, mut offices): (HashMap<DivisionCode, usize>, HashMap<Id<Authority>, usize>) =
            Default::default();
        let mut types: BTreeMap<ItemType, usize> = BTreeMap::new();
        (self.for_persons, self.for_organisations) = (0, 0);
        for entry in self.entries.values() {
            *places.entry(entry.item.division.clone()).or_default() += 1;
            for office in entry.offices() {
                *offices.entry(office).or_default() += 1;
            }
            *types.entry(entry.item.item_type).or_default() += 1;
            self.for_persons += usize::from(entry.item.for_persons);
            self.for_organisations += usize::from(entry.item.for_organisations);
        }
        self.places = BTreeMap::new();
        for (division, items) in places {
            let path = self.divisions.get(&division).map_or(&[][..], Vec::as_slice);
            for depth in 1..=path.len() {
                add(&mut self.places, &path[..depth], items);
            }
        }
        self.count_counters();
        let office = |(id, items)| {
            let facts = self.authorities.get(&id).cloned().unwrap_or_default();
            Office { id, facts, items }
        };
        self.offices = offices.into_iter().map(office).collect();
        self.offices.sort_by(|a, b| (Reverse(a.items), &a.facts.name).cmp(&(Reverse(b.items), &b.facts.name)));
        self.types = types.into_iter().collect();
        self.place_names = PlaceNames::default();
        for (code, place) in &self.places {
            self.place_names.add(&self.fold, code, &place.name);
        }
    }
}

impl Known {
    /// Counts what one applies for elsewhere than where it is decided there too; once for whatever lies above both.
    fn count_counters(&mut self) {
        for entry in self.entries.values().filter(|it| !it.counters.is_empty()) {
            let mut counted: BTreeSet<&DivisionCode> = BTreeSet::new();
            for (nth, path) in entry.divisions().map(|it| self.divisions.get(it)).enumerate() {
                let path = path.map_or(&[][..], Vec::as_slice);
                for depth in 1..=path.len() {
                    // Where it is decided it was counted before.
                    if counted.insert(&path[depth - 1].0) && nth > 0 {
                        add(&mut self.places, &path[..depth], 1);
                    }
                }
            }
        }
    }
}

/// So many items more at the end of a path.
fn add(places: &mut BTreeMap<DivisionCode, Place>, path: &[(DivisionCode, String)], items: usize) {
    let Some((code, name)) = path.last() else { return };
    let place = || Place { name: name.clone(), path: path.to_vec(), items: 0 };
    places.entry(code.clone()).or_insert_with(place).items += items;
}

/// What the journal says after a position: what is known then, and the position it is read up to.
pub(crate) async fn follow(db: &Db, known: Arc<Known>, from: i64) -> Result<(Arc<Known>, i64)> {
    let (mut position, mut changed, mut anew, mut sites) = (from, Vec::<Id<Item>>::new(), false, false);
    let mut words_at = known.words_at;
    loop {
        let entries = journal::entries_after(db, position, FEED_BATCH).await?;
        let full = entries.len() == FEED_BATCH;
        for entry in entries {
            position = entry.position.unwrap_or(position);
            match entry.kind.as_str() {
                "catalogue.items_imported" => changed.extend(added(&entry.body)),
                "identity.authority_created" | "identity.authority_changed" | "identity.divisions_imported" => {
                    anew = true
                }
                "portal.word_created" | "portal.word_changed" => words_at = position,
                kind if kind.starts_with("portal.") => sites = true,
                _ => changed
                    .extend(entry.subject.strip_prefix("catalogue-item:").and_then(|it| it.parse::<Id<Item>>().ok())),
            }
        }
        if !full {
            break;
        }
    }
    // Most of what happens, happens to cases.
    if !anew && !sites && changed.is_empty() && words_at == known.words_at {
        return Ok((known, position));
    }
    if anew {
        let mut next = made(db).await?;
        next.words_at = words_at;
        next.fresh = next.titles.keys().filter(|it| !known.titles.contains_key(it)).copied().collect();
        let position = next.position;
        return Ok((Arc::new(next), position));
    }
    let mut next = Known::clone(&known);
    next.position = position;
    next.words_at = words_at;
    next.fresh.clear();
    if sites || !changed.is_empty() {
        next.revision = position;
    }
    for item in catalogue::items_of(db, &changed).await?.into_values() {
        next.put(item);
    }
    if !changed.is_empty() {
        next.place_all(db).await?;
        next.count();
    }
    Ok((Arc::new(next), position))
}

/// The items that an import's entry names.
fn added(body: &str) -> Vec<Id<Item>> {
    #[derive(serde::Deserialize)]
    struct Imported {
        #[serde(default)]
        added: Vec<Id<Item>>,
    }
    serde_json::from_str::<Imported>(body).map(|it| it.added).unwrap_or_default()
}

/// All of it, from the database.
pub(crate) async fn made(db: &Db) -> Result<Known> {
    // Read before the tables: what is committed meanwhile comes again from the feed.
    let position = FeedHead::now(db).await?.position;
    let mut known = Known { position, revision: position, authorities_at: position, ..Known::default() };
    let mut ask = PageAsk { after: None, limit: PAGE_MAX };
    loop {
        let page = identity::authority_list(db, &ask).await?;
        for it in page.items {
            known.authorities.insert(it.id, Arc::new(it.facts));
        }
        let Some(next) = page.next else { break };
        ask.after = Some(next.parse()?);
    }
    let mut after = None;
    loop {
        let items = catalogue::all_after(db, after).await?;
        let Some(last) = items.last() else { break };
        after = Some(last.id);
        items.into_iter().for_each(|it| known.put(it));
    }
    known.place_all(db).await?;
    known.count();
    // The index is compared with all of it at once.
    known.fresh = Vec::new();
    Ok(known)
}

impl Known {
    /// Learns the names of the places where items are handled.
    async fn place_all(&mut self, db: &Db) -> Result<()> {
        let mut unknown: Vec<_> = self
            .entries
            .values()
            .flat_map(|it| it.divisions())
            .filter(|it| !self.divisions.contains_key(*it))
            .cloned()
            .collect();
        unknown.sort();
        unknown.dedup();
        for code in unknown {
            let path = identity::path(db, &code).await?.into_iter().map(|it| (it.code, it.name)).collect();
            self.divisions.insert(code, path);
        }
        Ok(())
    }
}

impl Known {
    /// Made-up knowledge for samples: these items of one authority at one place.
    pub(crate) fn of(items: Vec<ItemSummary>, facts: &AuthorityFacts, path: Vec<(DivisionCode, String)>) -> Self {
        let mut known = Self::default();
        for item in items {
            known.authorities.insert(item.authority, Arc::new(facts.clone()));
            known.divisions.insert(item.division.clone(), path.clone());
            known.put(item);
        }
        known.count();
        known
    }
}
