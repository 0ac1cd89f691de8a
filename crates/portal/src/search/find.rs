//! From a query to items: place and department as filters, candidates from the index, order by rank.

use std::{collections::HashSet, sync::Arc};

use catalogue::model::ServiceFlag;
use kernel::{Authority, Id};
use standards::DivisionCode;

use super::{
    engine::Engine,
    plan::{MARKS, Plan, QUERY_MAX},
    rank::{Answer, rank},
    title::Title,
    words::Words,
};
use crate::index::{Entry, Group, HITS_MAX, Known};

/// Items of one name that are shown; the others are counted.
const SAME_NAME: usize = 3;
/// Suggestions at most.
pub const SUGGESTIONS_MAX: usize = 8;
/// Of those, ways of saying it.
const SAYINGS_SUGGESTED: usize = 5;
/// Sayings that are tried for one suggestion, at most.
const SAYINGS_TRIED: usize = 16;

/// What an item gets beside its title's score.
const OPEN: f32 = 12.0;
const DESCRIBED: f32 = 3.0;
const NEAR: f32 = 10.0;
const ABOVE: f32 = 6.0;
/// So much less for each level further up.
const FURTHER: f32 = 0.5;

/// What somebody asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Ask {
    /// In their own words. A place or a department in it is a filter.
    pub text: String,
    /// Only what can be done here: here, further down, or higher up for here.
    pub place: Option<DivisionCode>,
    /// Where the one who asks lives; what is done there comes first.
    pub near: Option<DivisionCode>,
    /// Results at most; 0: as many as there may be.
    pub limit: usize,
}

/// A result of a search.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The item.
    pub entry: Arc<Entry>,
    /// The higher, the better.
    pub score: f32,
    /// How many more items of exactly this name there are elsewhere.
    pub others: usize,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    /// Whether the best of them may be what was meant; if not, they are only something like it.
    pub sure: bool,
    /// The place that was named in the query, by which was filtered.
    pub place: Option<(DivisionCode, String)>,
}

/// What is filtered by.
#[derive(Debug, Clone, Default)]
struct Only {
    /// Any of these places.
    places: Vec<DivisionCode>,
    authority: Option<Vec<Id<Authority>>>,
}

/// What search looks at.
pub(crate) struct Look<'a> {
    pub(crate) known: &'a Known,
    /// `None`: there is no index at this moment, so that every title is looked at.
    pub(crate) engine: Option<&'a Engine>,
    /// Titles that the index does not hold yet.
    pub(crate) pending: &'a [u64],
    pub(crate) words: &'a Words,
}

impl Look<'_> {
    /// The items that answer, best first.
    pub(crate) fn find(&self, ask: &Ask) -> Found {
        let text: String = ask.text.chars().take(QUERY_MAX).collect();
        let limit = if ask.limit == 0 { HITS_MAX } else { ask.limit.min(HITS_MAX) };
        let given = Only { places: ask.place.iter().cloned().collect(), authority: None };
        let (rest, only, named) = self.filters(&text, &given);
        if named.is_some() || only.authority.is_some() {
            let found = self.answer(&rest, &only, (ask, limit));
            // A place's name may be part of what is asked for; then it was no filter.
            if found.sure || rest.trim().is_empty() && !found.hits.is_empty() {
                return Found { place: named, ..found };
            }
        }
        self.answer(&text, &given, (ask, limit))
    }

    fn answer(&self, text: &str, only: &Only, (ask, limit): (&Ask, usize)) -> Found {
        let plan = Plan::read(self.words, text, &|pair| self.knows(pair));
        if plan.is_empty() {
            return self.all_of(only, limit);
        }
        let mut ranked: Vec<(Answer, &Group)> = match self.keys(&plan, only) {
            Some(keys) => {
                let fresh = self.pending.iter().filter(|it| !keys.contains(it));
                let groups = keys.iter().chain(fresh).filter_map(|it| self.known.titles.get(it));
                groups.filter_map(|group| Some((rank(&plan, &group.title)?, group))).collect()
            }
            None => {
                let groups = self.known.titles.values();
                groups.filter_map(|group| Some((rank(&plan, &group.title)?, group))).collect()
            }
        };
        ranked.sort_by(|a, b| b.0.score.total_cmp(&a.0.score));
        let (mut hits, mut sure): (Vec<Hit>, bool) = (Vec::new(), false);
        // No item gets more than this beside its title's score.
        let most = OPEN + if ask.near.is_some() { NEAR } else { 0.0 };
        for (answer, group) in ranked {
            // What comes now cannot get ahead of the last that is shown any more: of many items only the best are looked at.
            let full = hits.len() >= limit && hits[limit - 1].score > answer.score + most;
            if full && (sure || !answer.sure) {
                continue;
            }
            let found = of_group(group, answer, (only, ask.near.as_ref()));
            sure |= answer.sure && !found.is_empty();
            hits.extend(found);
            hits.sort_by(better);
            hits.truncate(limit);
        }
        Found { hits, sure, place: None }
    }

    /// Candidates from the index; `None`: without it.
    fn keys(&self, plan: &Plan, only: &Only) -> Option<Vec<u64>> {
        let engine = self.engine?;
        let mut places = Vec::new();
        for place in &only.places {
            places.push(place.as_str().to_owned());
            let above = std::iter::successors(place.parent(), DivisionCode::parent);
            places.extend(above.map(|it| format!("@{it}")));
        }
        engine.candidates(plan, &places).inspect_err(|error| tracing::error!(%error, "the search index fails")).ok()
    }

    fn knows(&self, pair: &str) -> bool {
        match self.engine {
            Some(engine) => engine.knows(pair),
            None => self.known.titles.values().any(|it| has(&it.title, pair)),
        }
    }

    /// Everything of a place or department, where nothing else was said.
    fn all_of(&self, only: &Only, limit: usize) -> Found {
        if only.authority.is_none() {
            return Found::default();
        }
        let entries = self.known.all().filter(|it| only.lets(it)).take(limit);
        let hits: Vec<Hit> = entries.map(|it| Hit { entry: Arc::clone(it), score: 0.0, others: 0 }).collect();
        Found { sure: !hits.is_empty(), hits, place: None }
    }

    /// Takes a place and a department out of the query, and says by which place is filtered.
    fn filters(&self, text: &str, given: &Only) -> (String, Only, Option<(DivisionCode, String)>) {
        let (mut only, mut named, mut rest) = (given.clone(), None, Vec::new());
        for segment in text.split(|c: char| c.is_whitespace() || MARKS.contains(c)).filter(|it| !it.is_empty()) {
            let folded = self.words.fold.text(segment);
            if only.authority.is_none() && given.authority.is_none() {
                let offices = self.offices(&folded);
                if !offices.is_empty() {
                    only.authority = Some(offices);
                    continue;
                }
            }
            match self.place_in(&folded).filter(|_| named.is_none() && given.places.is_empty()) {
                Some((codes, name, left)) => {
                    named = codes.first().map(|it| (it.clone(), name));
                    only.places = codes;
                    rest.push(left);
                }
                None => rest.push(folded),
            }
        }
        (rest.join(" "), only, named)
    }

    /// The place with which a text begins, or which stands in it by its full name; with its name and the rest of the text.
    fn place_in(&self, folded: &str) -> Option<(Vec<DivisionCode>, String, String)> {
        let starts: Vec<usize> = folded.char_indices().map(|it| it.0).chain([folded.len()]).collect();
        let longest = self.known.place_names.longest.min(starts.len() - 1);
        for from in 0..starts.len().saturating_sub(2) {
            for length in (2..=longest.min(starts.len() - 1 - from)).rev() {
                let (start, end) = (starts[from], starts[from + length]);
                let Some(place) = self.known.place_names.get(&folded[start..end]) else { continue };
                let before = folded[..start].trim_end_matches(['在', '到', '去', '我', '是']);
                if (before.is_empty() || place.full) && self.words.said(&folded[start..end]).is_none() {
                    let after = folded[end..].trim_start_matches(['的', '这', '里', '那']);
                    return Some((place.codes.clone(), place.name.clone(), format!("{before}{after}")));
                }
            }
        }
        None
    }

    /// Departments that are called so: 「市监局」 is 市场监督管理局.
    fn offices(&self, folded: &str) -> Vec<Id<Authority>> {
        let length = folded.chars().count();
        let ends = ["局", "委", "中心", "大队", "法院", "部门", "街道办"].iter().any(|it| folded.ends_with(it));
        if !ends || !(3..=16).contains(&length) {
            return Vec::new();
        }
        let called = |it: &&crate::index::Office| within(folded, &it.facts.name) || it.facts.short_name == folded;
        self.known.offices.iter().filter(called).map(|it| it.id).collect()
    }

    /// What could be meant by what was typed so far: ways of saying it, then names.
    pub(crate) fn suggest(&self, text: &str, limit: usize) -> Vec<String> {
        let typed = self.words.fold.text(&text.chars().take(QUERY_MAX).collect::<String>());
        let limit = limit.min(SUGGESTIONS_MAX);
        if typed.is_empty() || limit == 0 {
            return Vec::new();
        }
        let (mut out, mut seen) = (Vec::new(), HashSet::new());
        let leads = |said: &str| {
            let ask = Ask { text: said.to_owned(), limit: 1, ..Ask::default() };
            self.find(&ask).sure
        };
        for said in self.words.starting(&typed).take(SAYINGS_TRIED) {
            if out.len() >= SAYINGS_SUGGESTED.min(limit) {
                break;
            }
            if leads(said) && seen.insert(said.to_owned()) {
                out.push(said.to_owned());
            }
        }
        let ask = Ask { text: text.to_owned(), ..Ask::default() };
        for hit in self.find(&ask).hits {
            if out.len() >= limit {
                break;
            }
            if seen.insert(hit.entry.item.name.clone()) {
                out.push(hit.entry.item.name.clone());
            }
        }
        out
    }
}

impl Only {
    fn lets_all(&self) -> bool {
        self.places.is_empty() && self.authority.is_none()
    }

    fn lets(&self, entry: &Entry) -> bool {
        let here = |it: &DivisionCode| entry.divisions().any(|own| own.is_within(it) || it.is_within(own));
        (self.places.is_empty() || self.places.iter().any(here))
            && self.authority.as_ref().is_none_or(|it| entry.offices().any(|own| it.contains(&own)))
    }
}

/// The items of a title that the filter lets through: what can be applied for and what is near first; the rest is counted.
fn of_group(group: &Group, answer: Answer, (only, near): (&Only, Option<&DivisionCode>)) -> Vec<Hit> {
    let hit = |it: &Arc<Entry>| Hit { entry: Arc::clone(it), score: answer.score + beside(it, near), others: 0 };
    let here = || group.items.iter().filter(|it| only.lets(it));
    let mut hits: Vec<Hit> = match near {
        // Their order is that of their scores.
        None => here().take(SAME_NAME).map(hit).collect(),
        Some(_) => here().map(hit).collect(),
    };
    if near.is_some() {
        hits.sort_by(better);
        hits.truncate(SAME_NAME);
    }
    let all = if only.lets_all() { group.items.len() } else { here().count() };
    let others = all - hits.len();
    if let Some(last) = hits.last_mut() {
        last.others = others;
    }
    hits
}

/// The better hit first; of equals what can be applied for, then the older.
fn better(a: &Hit, b: &Hit) -> std::cmp::Ordering {
    b.score.total_cmp(&a.score).then_with(|| a.entry.order().cmp(&b.entry.order()))
}

/// What an item gets for being open and near.
fn beside(entry: &Entry, near: Option<&DivisionCode>) -> f32 {
    let open = match entry.order().0 {
        0 => OPEN,
        1 => DESCRIBED,
        _ => 0.0,
    };
    open + near.map_or(0.0, |near| nearness(entry, near))
}

/// What an item gets for being done where somebody is, or not far above.
fn nearness(entry: &Entry, near: &DivisionCode) -> f32 {
    entry.divisions().map(|it| nearness_of(entry, it, near)).fold(0.0, f32::max)
}

fn nearness_of(entry: &Entry, division: &DivisionCode, near: &DivisionCode) -> f32 {
    let steps = || std::iter::successors(near.parent(), DivisionCode::parent).position(|it| it == *division);
    match steps() {
        _ if division.is_within(near) => NEAR,
        // What a place above lets people do near home is done here too.
        Some(_) if entry.item.tags.flags.contains(&ServiceFlag::Nearby) => NEAR,
        Some(0) => ABOVE,
        Some(1) => ABOVE - FURTHER,
        Some(_) => ABOVE - 2.0 * FURTHER,
        None => 0.0,
    }
}

fn has(title: &Title, pair: &str) -> bool {
    title.names().any(|it| it.contains(pair)) || title.main.contains(pair) || title.summary.contains(pair)
}

/// Whether the characters of `short` stand in `name` in their order.
fn within(short: &str, name: &str) -> bool {
    let mut name = name.chars();
    short.chars().all(|c| name.any(|it| it == c))
}
