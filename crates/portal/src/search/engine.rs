//! The index itself: which titles may answer a query. Tantivy in the site's folder, or in memory.
//!
//! A document is a title; what the index keeps of it are its key and a stamp of its places. So the index is compared with what
//! is known, title by title, and whatever is missing, older or too much is mended; one that cannot be read is made anew.
//! Writers take tantivy's own lock for a moment; readers never wait. A commit is whole or not there.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use kernel::{Error, Result};
use tantivy::{
    Index, IndexReader, IndexSettings, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term,
    collector::TopDocs,
    directory::MmapDirectory,
    query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery},
    schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
};

use super::{plan::Plan, sound, text::cut, title::Title};

/// Raised whenever documents are made otherwise than before: an index of another number is made anew.
const FORMAT: &str = "yiwang search 1";
/// Memory of the writer while it writes, in bytes. Tantivy's least is 15 MB.
const WRITER_BYTES: usize = 40_000_000;
/// Titles that are looked at closely.
const CANDIDATES: usize = 160;
/// Terms of one query at most.
const TERMS_MAX: usize = 96;
/// Of those, so many are looked for: the ones that tell most. The others would name titles that these name better.
const TERMS_TELLING: usize = 12;
/// Letters that are kept together of what names begin with.
const INITIALS: usize = 3;

/// What a term counts in choosing candidates.
const PAIR: f32 = 1.0;
const SINGLE: f32 = 0.25;
const MEANT: f32 = 0.8;
const SOUND: f32 = 0.6;
const OPEN: f32 = 0.5;

/// A title as the index keeps it.
pub(crate) struct Record<'a> {
    pub(crate) title: &'a Title,
    /// Where it can be done: divisions with those above them, and with an @ its own.
    pub(crate) places: BTreeSet<String>,
    /// Whether somewhere it takes applications.
    pub(crate) open: bool,
}

impl Record<'_> {
    /// A fingerprint of what is kept beside the title.
    pub(crate) fn stamp(&self) -> u64 {
        let places: Vec<&str> =
            self.places.iter().map(String::as_str).chain([if self.open { "open" } else { "" }]).collect();
        super::title::fingerprint(&places)
    }
}

#[derive(Clone, Copy)]
struct Fields {
    key: Field,
    stamp: Field,
    words: Field,
    sounds: Field,
    initials: Field,
    places: Field,
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = |freq| {
        let indexing = TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(freq);
        TextOptions::default().set_indexing_options(indexing)
    };
    let plain = text(IndexRecordOption::Basic);
    let fields = Fields {
        key: builder.add_u64_field("key", INDEXED | FAST),
        stamp: builder.add_u64_field("stamp", FAST),
        words: builder.add_text_field("words", text(IndexRecordOption::WithFreqs)),
        sounds: builder.add_text_field("sounds", plain.clone()),
        initials: builder.add_text_field("initials", plain.clone()),
        places: builder.add_text_field("places", plain),
    };
    (builder.build(), fields)
}

/// The index.
pub(crate) struct Engine {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    /// What is in it: key and stamp of each title, as of the commit that was read last.
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    opstamp: Option<u64>,
    stamps: HashMap<u64, u64>,
}

impl Engine {
    /// An index in memory.
    pub(crate) fn in_memory() -> Result<Self> {
        let (schema, fields) = schema();
        Self::over(Index::create_in_ram(schema), fields)
    }

    /// The index in this folder. One that is missing, of another format or unreadable is begun anew.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        match Self::open_sound(folder) {
            Ok(engine) => Ok(engine),
            Err(error) => {
                tracing::info!(%error, folder = %folder.display(), "the search index is made anew");
                clear(folder)?;
                std::fs::create_dir_all(folder).map_err(Error::internal)?;
                let directory = MmapDirectory::open(folder).map_err(Error::internal)?;
                let (schema, fields) = schema();
                Self::over(Index::create(directory, schema, IndexSettings::default()).map_err(failed)?, fields)
            }
        }
    }

    /// The index in this folder as it is.
    ///
    /// # Errors
    /// If it is not there, of another format, or damaged.
    pub(crate) fn open_sound(folder: &Path) -> Result<Self> {
        let directory = MmapDirectory::open(folder).map_err(Error::internal)?;
        let engine = Self::over(Index::open(directory).map_err(failed)?, schema().1)?;
        let payload = engine.index.load_metas().map_err(failed)?.payload;
        if payload.is_some_and(|it| it != FORMAT) {
            return Err(Error::internal("the search index is of another format"));
        }
        let damaged = engine.index.validate_checksum().map_err(failed)?;
        if !damaged.is_empty() {
            return Err(Error::internal(format!("damaged files of the search index: {damaged:?}")));
        }
        Ok(engine)
    }

    fn over(index: Index, fields: Fields) -> Result<Self> {
        if index.schema() != schema().0 {
            return Err(Error::internal("the search index has other fields"));
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(failed)?;
        let engine = Self { index, reader, fields, inside: Mutex::default() };
        engine.look()?;
        Ok(engine)
    }

    /// Reads what is inside, if it was committed since the last look.
    fn look(&self) -> Result<()> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let opstamp = self.index.load_metas().map_err(failed)?.opstamp;
        if inside.opstamp == Some(opstamp) {
            return Ok(());
        }
        self.reader.reload().map_err(failed)?;
        let mut stamps = HashMap::new();
        for segment in self.reader.searcher().segment_readers() {
            let keys = segment.fast_fields().u64("key").map_err(failed)?;
            let values = segment.fast_fields().u64("stamp").map_err(failed)?;
            for doc in segment.doc_ids_alive() {
                stamps.insert(keys.first(doc).unwrap_or_default(), values.first(doc).unwrap_or_default());
            }
        }
        *inside = Inside { opstamp: Some(opstamp), stamps };
        Ok(())
    }

    /// Whether it holds all of these titles.
    pub(crate) fn has_all<'a>(&self, mut keys: impl Iterator<Item = &'a u64>) -> bool {
        let inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        keys.all(|it| inside.stamps.contains_key(it))
    }

    /// Makes the index hold exactly these titles. Says how many it wrote; `None`: another process is writing.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub(crate) fn hold<'a>(&self, all: impl Iterator<Item = Record<'a>>) -> Result<Option<usize>> {
        self.look()?;
        let mut gone = self.inside.lock().unwrap_or_else(PoisonError::into_inner).stamps.clone();
        let fresh: Vec<Record> = all.filter(|it| gone.remove(&it.title.key) != Some(it.stamp())).collect();
        if fresh.is_empty() && gone.is_empty() {
            return Ok(Some(0));
        }
        let mut writer = match self.index.writer_with_num_threads::<TantivyDocument>(1, WRITER_BYTES) {
            Ok(writer) => writer,
            Err(TantivyError::LockFailure(..)) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        for key in gone.into_keys().chain(fresh.iter().map(|it| it.title.key)) {
            writer.delete_term(Term::from_field_u64(self.fields.key, key));
        }
        for record in &fresh {
            writer.add_document(self.document(record)).map_err(failed)?;
        }
        let mut commit = writer.prepare_commit().map_err(failed)?;
        commit.set_payload(FORMAT);
        commit.commit().map_err(failed)?;
        writer.wait_merging_threads().map_err(failed)?;
        self.look()?;
        Ok(Some(fresh.len()))
    }

    fn document(&self, record: &Record) -> TantivyDocument {
        let (title, mut out) = (record.title, TantivyDocument::default());
        out.add_u64(self.fields.key, title.key);
        out.add_u64(self.fields.stamp, record.stamp());
        let mut words = String::new();
        let texts = title.names().chain([title.bare.as_str(), &title.main, &title.summary]);
        for text in texts {
            cut(text, |it| {
                words.push_str(it);
                words.push(' ');
            });
        }
        out.add_text(self.fields.words, words);
        let (mut sounds, mut initials) = (BTreeSet::new(), BTreeSet::new());
        for (name, sound) in title.names().zip(title.sounds()) {
            sounds.extend(sound.windows(2).filter_map(|it| Some(format!("{}-{}", it[0]?, it[1]?))));
            let letters = sound::initials(&name.chars().collect::<Vec<_>>());
            initials.extend(
                (INITIALS..=letters.len()).filter_map(|end| letters.get(end - INITIALS..end).map(str::to_owned)),
            );
        }
        out.add_text(self.fields.sounds, joined(sounds));
        out.add_text(self.fields.initials, joined(initials));
        let places = record.places.iter().cloned();
        out.add_text(self.fields.places, joined(places.chain(record.open.then(|| "open".to_owned()))));
        out
    }

    /// Whether some title has this pair of characters.
    pub(crate) fn knows(&self, pair: &str) -> bool {
        let term = Term::from_field_text(self.fields.words, pair);
        self.reader.searcher().doc_freq(&term).is_ok_and(|it| it > 0)
    }

    /// The keys of titles that may answer, likeliest first. `places`: only titles that can be done at one of these.
    pub(crate) fn candidates(&self, plan: &Plan, places: &[String]) -> Result<Vec<u64>> {
        let searcher = self.reader.searcher();
        let mut terms = Terms { fields: self.fields, terms: Vec::new() };
        terms.collect(plan);
        terms.keep_telling(&searcher);
        if terms.terms.is_empty() {
            return Ok(Vec::new());
        }
        let term = |(term, boost): (Term, f32)| {
            let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(BoostQuery::new(Box::new(query), boost)) as Box<dyn Query>)
        };
        let mut query: Box<dyn Query> = Box::new(BooleanQuery::new(terms.terms.into_iter().map(term).collect()));
        if !places.is_empty() {
            let here = |it: &String| {
                let term = Term::from_field_text(self.fields.places, it);
                (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>)
            };
            let here = BooleanQuery::new(places.iter().map(here).collect());
            let here = BoostQuery::new(Box::new(here), 0.0);
            query = Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, Box::new(here))]));
        }
        let found = searcher.search(&query, &TopDocs::with_limit(CANDIDATES).order_by_score()).map_err(failed)?;
        let mut columns = HashMap::new();
        let mut out = Vec::with_capacity(found.len());
        for (_, at) in found {
            let column = match columns.entry(at.segment_ord) {
                std::collections::hash_map::Entry::Occupied(it) => it.into_mut(),
                std::collections::hash_map::Entry::Vacant(it) => {
                    let segment = searcher.segment_reader(at.segment_ord);
                    it.insert(segment.fast_fields().u64("key").map_err(failed)?)
                }
            };
            out.extend(column.first(at.doc_id));
        }
        Ok(out)
    }
}

/// The terms of a query with what each counts.
struct Terms {
    fields: Fields,
    terms: Vec<(Term, f32)>,
}

impl Terms {
    fn collect(&mut self, plan: &Plan) {
        let mut pair = String::new();
        for (at, unit) in plan.units.iter().enumerate() {
            if let Some((a, b)) = plan.pair(at) {
                pair.clear();
                pair.extend([a, b]);
                self.word(&pair, PAIR * unit.weight.max(0.3));
            }
            if let Some(initials) = &unit.initials {
                let ends = INITIALS..=initials.len();
                ends.filter_map(|end| initials.get(end - INITIALS..end))
                    .for_each(|it| self.add(self.fields.initials, it, SOUND));
            }
            let alone = !unit.known || plan.units.len() == 1;
            if let Some(c) = unit.character.filter(|_| alone) {
                self.word(c.encode_utf8(&mut [0; 4]), SINGLE);
            }
        }
        for claim in &plan.claims {
            for meaning in &claim.meanings {
                for part in &meaning.parts {
                    let whole = part.chars().count() == 1;
                    cut(part, |it| {
                        if whole || it.chars().count() == 2 {
                            self.word(it, MEANT * meaning.weight);
                        }
                    });
                }
            }
        }
        for at in 1..plan.units.len() {
            let (before, unit) = (&plan.units[at - 1], &plan.units[at]);
            if before.known && unit.known || !unit.joined {
                continue;
            }
            if let (Some(a), Some(b)) = (&before.sound, &unit.sound) {
                self.add(self.fields.sounds, &format!("{a}-{b}"), SOUND);
            }
        }
    }

    /// Leaves what no title has, and of the rest what tells least: what many titles have counts little and costs most.
    #[expect(clippy::cast_precision_loss, reason = "titles are far fewer than sixteen million")]
    fn keep_telling(&mut self, searcher: &Searcher) {
        let all = searcher.num_docs() as f32;
        let worth = |(term, boost): (Term, f32)| {
            let having = searcher.doc_freq(&term).unwrap_or(0) as f32;
            // The weight that BM25 gives it.
            let telling = boost * (1.0 + (all - having + 0.5) / (having + 0.5)).ln();
            (having > 0.0).then_some((telling, (term, boost)))
        };
        let mut worths: Vec<_> = self.terms.drain(..).filter_map(worth).collect();
        worths.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.terms.extend(worths.into_iter().take(TERMS_TELLING).map(|it| it.1));
        if !self.terms.is_empty() {
            self.add(self.fields.places, "open", OPEN);
        }
    }

    fn word(&mut self, text: &str, boost: f32) {
        self.add(self.fields.words, text, boost);
    }

    fn add(&mut self, field: Field, text: &str, boost: f32) {
        let term = Term::from_field_text(field, text);
        if let Some(known) = self.terms.iter_mut().find(|it| it.0 == term) {
            known.1 = known.1.max(boost);
        } else if self.terms.len() < TERMS_MAX {
            self.terms.push((term, boost));
        }
    }
}

fn joined(pieces: impl IntoIterator<Item = String>) -> String {
    pieces.into_iter().collect::<Vec<_>>().join(" ")
}

fn failed(error: TantivyError) -> Error {
    Error::internal(format!("search index: {error}"))
}

/// Empties the index's own folder, of files only: nothing else belongs there.
fn clear(folder: &Path) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let files: Vec<PathBuf> = entries.filter_map(|it| it.ok().map(|it| it.path())).filter(|it| it.is_file()).collect();
    files.iter().try_for_each(std::fs::remove_file).map_err(Error::internal)
}
