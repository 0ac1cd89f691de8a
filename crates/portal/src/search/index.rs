//! What a running site keeps for its portal: what the public finds, the index over it, the dictionary. Follows the journal.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use kernel::{Ctx, Moment, Result};
use storage::Db;
use webkit::{PublicState, Stamp};

use super::{
    answers::Answers,
    engine::Engine,
    find::{Ask, Found, Look},
    keep::{keep_misses, own_words},
    word::may_keep,
    words::Words,
};
use crate::index::{Known, follow, made};

/// How old, in microseconds, what is known may be before a request looks at the feed.
const FRESH_MICROS: i64 = 500_000;
/// The index's folder within the site's.
const FOLDER: &str = "search";
/// So many titles that are not in the index yet are looked at one by one; if there are more, all are.
const PENDING_MAX: usize = 2_000;
/// Texts that were not found and are not written yet, at most.
const MISSED_MAX: usize = 500;
/// They are written at most so often, in microseconds.
const WRITE_MICROS: i64 = 10_000_000;
/// Words that a box suggests before anything is typed.
const OFTEN_MAX: usize = 40;

/// The portal's memory. Kept in `App` as a part; made by [`own`](crate::own).
pub struct SearchIndex {
    place: Place,
    shared: Arc<Shared>,
    /// `None`: nothing was read yet.
    words: RwLock<Option<Arc<Words>>>,
    answers: Answers,
    missed: Mutex<Missed>,
    /// One follower at a time; others go on with what is known.
    following: tokio::sync::Mutex<LastLook>,
}

/// Where the index is.
#[derive(Debug, Clone)]
enum Place {
    Memory,
    Folder(PathBuf),
    /// A folder of which another process keeps the index.
    ReadOnly(PathBuf),
}

/// What the thread that writes the index needs too.
#[derive(Default)]
struct Shared {
    known: RwLock<Option<Arc<Known>>>,
    /// `None`: it could not be opened yet; search goes on without.
    engine: RwLock<Option<Arc<Engine>>>,
    /// Whether the index holds all that is known but for `pending`.
    whole: AtomicBool,
    /// Titles that the index does not hold yet.
    pending: RwLock<HashSet<u64>>,
    writing: Mutex<()>,
}

/// What was not found since it was last written.
struct Missed {
    texts: HashMap<String, i64>,
    written: Moment,
}

/// When the feed was last looked at, and up to where it was read.
struct LastLook {
    at: Moment,
    position: i64,
}

impl LastLook {
    fn is_fresh(&self, now: Moment) -> bool {
        (now.micros() - self.at.micros()).abs() < FRESH_MICROS
    }
}

impl PublicState for SearchIndex {
    fn stamp(&self, now: Moment) -> Option<Stamp> {
        // Whoever follows the feed just now will know more soon; until then others go on with what is known.
        let fresh = self.following.try_lock().map_or(true, |last| last.is_fresh(now));
        read(&self.shared.known).as_ref().filter(|_| fresh).map(|it| it.stamp(now))
    }
}

impl SearchIndex {
    /// An index in this folder of the site; `None`: in memory.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self::at(folder.map_or(Place::Memory, |it| Place::Folder(it.join(FOLDER))))
    }

    /// For one look beside a running server: the index in this folder of the site serves if it is whole, and is never written.
    #[must_use]
    pub fn for_reading(folder: &Path) -> Self {
        Self::at(Place::ReadOnly(folder.join(FOLDER)))
    }

    fn at(place: Place) -> Self {
        Self {
            place,
            shared: Arc::default(),
            words: RwLock::default(),
            answers: Answers::default(),
            missed: Mutex::new(Missed { texts: HashMap::new(), written: Moment::from_micros(0) }),
            following: tokio::sync::Mutex::new(LastLook { at: Moment::from_micros(0), position: 0 }),
        }
    }

    /// The items that answer, best first.
    ///
    /// # Errors
    /// If the engine of the database fails; whatever is asked, it is answered.
    pub async fn search(&self, db: &Db, now: Moment, ask: &Ask) -> Result<Found> {
        let known = self.known(db, now).await?;
        Ok(self.search_in(&known, ask))
    }

    /// What could be meant by what was typed so far, at most `limit`.
    ///
    /// # Errors
    /// As [`SearchIndex::search`].
    pub async fn suggest(&self, db: &Db, now: Moment, typed: &str, limit: usize) -> Result<Vec<String>> {
        let known = self.known(db, now).await?;
        Ok(self.look(&known, |look| look.suggest(typed, limit)))
    }

    /// As [`SearchIndex::search`], of what was already read.
    pub(crate) fn search_in(&self, known: &Known, ask: &Ask) -> Found {
        self.answers.answer(known, ask, || self.look(known, |look| look.find(ask)))
    }

    fn look<T>(&self, known: &Known, ask: impl FnOnce(&Look) -> T) -> T {
        let words = self.words();
        let pending: Vec<u64> = read(&self.shared.pending).iter().copied().take(PENDING_MAX + 1).collect();
        let few = pending.len() <= PENDING_MAX;
        let engine = if self.is_whole() && few { read(&self.shared.engine).clone() } else { None };
        ask(&Look { known, engine: engine.as_deref(), pending: &pending, words: &words })
    }

    /// Whether the index is whole; until then each search looks at every title, which takes longer and finds the same.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.shared.whole.load(Ordering::Acquire)
    }

    /// What is known, at most about half a second old.
    pub(crate) async fn known(&self, db: &Db, now: Moment) -> Result<Arc<Known>> {
        let known = read(&self.shared.known).clone();
        match (known, self.following.try_lock()) {
            (Some(known), Err(_)) => Ok(known),
            (Some(known), Ok(last)) if last.is_fresh(now) => Ok(known),
            (_, lock) => {
                drop(lock);
                self.refresh(db, now).await
            }
        }
    }

    /// Reads what the journal says of items, authorities and divisions since the last time; all of it if there was none. The
    /// program calls it before it serves, so that no visitor waits for the first making.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn ready(&self, db: &Db, now: Moment) -> Result<()> {
        self.refresh(db, now).await.map(drop)
    }

    /// Waits until the index holds all that is known. For measuring, and before a site that nobody uses yet opens.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn settled(&self, db: &Db, now: Moment) -> Result<()> {
        self.refresh(db, now).await?;
        let (shared, place) = (Arc::clone(&self.shared), self.place.clone());
        tokio::task::spawn_blocking(move || shared.write(&place)).await.map_err(kernel::Error::internal)
    }

    async fn refresh(&self, db: &Db, now: Moment) -> Result<Arc<Known>> {
        let mut last = self.following.lock().await;
        let before = read(&self.shared.known).clone();
        let (known, position) = match before.clone() {
            Some(known) => follow(db, known, last.position).await?,
            None => {
                let known = made(db).await?;
                let position = known.position;
                (Arc::new(known), position)
            }
        };
        *last = LastLook { at: now, position };
        if before.as_ref().is_none_or(|it| it.words_at != known.words_at) {
            let words = Words::with(&own_words(db).await?);
            *self.words.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(words));
        }
        let changed = before.is_none_or(|it| !Arc::ptr_eq(&it, &known));
        if changed {
            *self.shared.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
            let mut pending = self.shared.pending.write().unwrap_or_else(PoisonError::into_inner);
            pending.extend(known.fresh.iter().copied());
        }
        if let (Place::ReadOnly(_), false) = (&self.place, self.is_whole()) {
            self.shared.write(&self.place);
        } else if changed || !self.is_whole() {
            let (shared, place) = (Arc::clone(&self.shared), self.place.clone());
            tokio::task::spawn_blocking(move || shared.write(&place));
        }
        Ok(known)
    }

    /// Notes that nothing was found for this; written at most every ten seconds, so that nobody can flood the list. What lies here
    /// when the program stops is not written.
    pub(crate) async fn missed(&self, db: &Db, ctx: &Ctx, text: &str) {
        let words = self.words();
        let folded = words.fold.text(text);
        let known = {
            let mut pairs = Vec::new();
            super::text::cut(&folded, |it| pairs.push(it.to_owned()));
            let engine = read(&self.shared.engine).clone();
            engine.is_some_and(|it| pairs.iter().any(|pair| pair.chars().count() == 2 && it.knows(pair)))
        };
        if !may_keep(&folded, known) {
            return;
        }
        let due = {
            let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
            if missed.texts.len() < MISSED_MAX || missed.texts.contains_key(&folded) {
                *missed.texts.entry(folded).or_default() += 1;
            }
            let due = (ctx.now.micros() - missed.written.micros()).abs() >= WRITE_MICROS;
            due.then(|| {
                missed.written = ctx.now;
                std::mem::take(&mut missed.texts).into_iter().collect()
            })
        };
        if let Some(texts) = due {
            let kept = keep_misses(ctx, db, texts).await;
            let _ = kept.inspect_err(|error| tracing::error!(%error, "what was not found cannot be written"));
        }
    }

    /// What is often asked and leads somewhere here: for a box that suggests without any script.
    pub(crate) fn often(&self, known: &Known) -> Vec<String> {
        let open = known.all().take_while(|it| it.item.takes_applications());
        let alias = |it: &Arc<crate::Entry>| it.item.aliases.first().cloned();
        let mut out: Vec<String> = open.filter_map(alias).take(OFTEN_MAX * 2).collect();
        out.sort();
        out.dedup();
        out.truncate(OFTEN_MAX);
        out
    }

    fn words(&self) -> Arc<Words> {
        read(&self.words).clone().unwrap_or_default()
    }
}

impl Shared {
    /// Brings the index up to what is known, one thread after another.
    fn write(&self, place: &Place) {
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let engine = read(&self.engine).clone().or_else(|| opened(place));
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = engine.clone();
        // What is pending is read first: whatever it holds is known by then.
        let waiting: Vec<u64> = read(&self.pending).iter().copied().collect();
        let (Some(engine), Some(known)) = (engine, read(&self.known).clone()) else { return };
        let held = match place {
            Place::ReadOnly(_) => Ok(engine.has_all(known.titles.keys()).then_some(0)),
            Place::Memory | Place::Folder(_) => engine.hold(known.records()),
        };
        match held {
            Ok(Some(written)) => {
                // What came in meanwhile stays pending.
                let mut pending = self.pending.write().unwrap_or_else(PoisonError::into_inner);
                waiting.iter().for_each(|it| _ = pending.remove(it));
                self.whole.store(true, Ordering::Release);
                tracing::debug!(written, titles = known.titles.len(), "the search index is whole");
            }
            Ok(None) => self.whole.store(false, Ordering::Release),
            Err(error) => {
                self.whole.store(false, Ordering::Release);
                tracing::error!(%error, "the search index cannot be written; search goes on without it");
            }
        }
        drop(writing);
    }
}

fn opened(place: &Place) -> Option<Arc<Engine>> {
    let engine = match place {
        Place::Memory => Engine::in_memory(),
        Place::Folder(folder) => Engine::open(folder),
        // One that is not there or cannot be read is not missed.
        Place::ReadOnly(folder) => return Engine::open_sound(folder).map(Arc::new).ok(),
    };
    engine.map(Arc::new).inspect_err(|error| tracing::error!(%error, "search goes on without an index")).ok()
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}
