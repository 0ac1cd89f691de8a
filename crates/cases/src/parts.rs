//! What the area keeps in memory: the calendar, leased serials, compiled forms, fonts, the shipped words of papers.

use std::{
    any::Any,
    collections::HashMap,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

use catalogue::model::ApplicationForm;
use forms::Checker;
use kernel::{Ctx, Error, Id, Item, Moment, Result};
use lru::LruCache;
use papers::Fonts;
use standards::{Calendar, YearNotice};
use storage::{Commit, Db, Unit, args};
use time::Date;

use crate::{
    model::template::Kit,
    store::{self, guard},
};

/// The calendar is asked for news at most so often, in seconds.
const NEWS_SECONDS: i64 = 60;
/// Forms kept compiled at most.
const CHECKERS: NonZeroUsize = NonZeroUsize::new(500).expect("a number above zero");
/// Series of serials kept at most: items in use on a day; older days are forgotten then.
const SERIES_MAX: usize = 20_000;
/// Serials leased at first, and at most at once.
const BLOCK_FIRST: i64 = 10;
const BLOCK_MAX: i64 = 1_000;
/// Tries to lease before the database counts as too busy.
const LEASE_TRIES: usize = 20;

/// The calendar of this site: what the program knows, and the notices that were loaded since. One of `Parts::own`.
pub struct Calendars {
    current: RwLock<Arc<Calendar>>,
    mark: AtomicI64,
    asked: AtomicI64,
}

impl Default for Calendars {
    fn default() -> Self {
        Self {
            current: RwLock::new(Arc::new(Calendar::published())),
            mark: AtomicI64::new(0),
            asked: AtomicI64::new(i64::MIN),
        }
    }
}

impl Calendars {
    /// The calendar as it is known now. Once a minute the database is asked whether another node loaded a notice.
    ///
    /// # Errors
    /// If the engine fails, or a stored notice cannot be read.
    pub async fn now(&self, db: &Db, now: Moment) -> Result<Arc<Calendar>> {
        let asked = self.asked.load(Ordering::Relaxed);
        if now.micros() >= asked.saturating_add(NEWS_SECONDS * 1_000_000) {
            self.refresh(db, now).await?;
        }
        Ok(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Reads the notices if there is one that is not known here yet.
    ///
    /// # Errors
    /// As [`Calendars::now`].
    pub async fn refresh(&self, db: &Db, now: Moment) -> Result<()> {
        self.asked.store(now.micros(), Ordering::Relaxed);
        let mark = db.find(store::CALENDAR_MARK, args![]).await?.map_or(Ok(0), |row| row.int("mark"))?;
        if mark == self.mark.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut calendar = Calendar::published();
        for row in db.query(store::CALENDAR, args![]).await? {
            let notice = YearNotice::parse(row.text("notice")?).map_err(|error| Error::internal(error.to_string()))?;
            calendar = calendar.with_year(notice).map_err(Error::internal)?;
        }
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(calendar);
        self.mark.store(mark, Ordering::Relaxed);
        Ok(())
    }
}

/// Serials of case numbers, taken from blocks that this node leased: no case waits for another's number, and numbers may have gaps.
#[derive(Default)]
pub(crate) struct Serials {
    blocks: Mutex<HashMap<String, Block>>,
    leasing: tokio::sync::Mutex<()>,
}

struct Block {
    day: Date,
    next: i64,
    end: i64,
    size: i64,
}

impl Serials {
    /// The next serial of the item's day.
    ///
    /// # Errors
    /// [`Error::Busy`] if other nodes are always first; if the engine fails.
    pub(crate) async fn next(&self, db: &Db, ctx: &Ctx, item_code: &str) -> Result<u64> {
        let day = ctx.now.legal_date();
        let series = format!("{item_code}.{day}");
        if let Some(serial) = self.at_hand(&series) {
            return Ok(serial);
        }
        let _alone = self.leasing.lock().await;
        for _ in 0..LEASE_TRIES {
            // Somebody may have leased while this one waited.
            if let Some(serial) = self.at_hand(&series) {
                return Ok(serial);
            }
            let size = self.held().get(&series).map_or(BLOCK_FIRST, |it| (it.size * 4).min(BLOCK_MAX));
            let before = db.find(store::SERIALS, args![&series]).await?.map(|row| row.int("next")).transpose()?;
            let mut unit = Unit::new(ctx);
            let next = before.unwrap_or(1);
            match before {
                None => unit.one(guard::SERIALS, store::SERIALS_BEGIN, args![&series, next + size]),
                Some(_) => unit.one(guard::SERIALS, store::SERIALS_MOVE, args![&series, next + size, next]),
            };
            if let Commit::Done = db.commit(unit).await? {
                let mut blocks = self.held();
                if blocks.len() >= SERIES_MAX {
                    blocks.retain(|_, it| it.day == day);
                }
                blocks.insert(series.clone(), Block { day, next, end: next + size, size });
            }
        }
        Err(Error::Busy)
    }

    fn at_hand(&self, series: &str) -> Option<u64> {
        let mut blocks = self.held();
        let block = blocks.get_mut(series).filter(|it| it.next < it.end)?;
        block.next += 1;
        u64::try_from(block.next - 1).ok()
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Block>> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forms compiled for checking, by item and version: a version never changes.
pub(crate) struct Checkers(Mutex<Compiled>);

type Compiled = LruCache<(Id<Item>, i64), Arc<Checker>>;

impl Default for Checkers {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(CHECKERS)))
    }
}

impl Checkers {
    /// The compiled form of this version.
    ///
    /// # Errors
    /// [`Error::Internal`] if the schema cannot be compiled, which publishing checks.
    pub(crate) fn get(&self, key: (Id<Item>, i64), form: &ApplicationForm) -> Result<Arc<Checker>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get(&key) {
            return Ok(Arc::clone(found));
        }
        let made = Arc::new(Checker::compile(form)?);
        kept.put(key, Arc::clone(&made));
        Ok(made)
    }
}

/// What the area keeps in memory, with the operator's own fonts for rare characters; the program puts it into `Parts::own`. Asks
/// nothing of the database: the calendar is read at its first use.
///
/// # Errors
/// [`Error::Refused`] if a font cannot be read.
pub fn parts(fonts: &[Vec<u8>]) -> Result<Vec<Arc<dyn Any + Send + Sync>>> {
    let fonts = Fonts::with_folder(fonts.to_vec());
    let fonts =
        fonts.map_err(|error| Error::refused(format!("字体文件不能使用：{error}。请检查数据目录的 fonts 文件夹。")))?;
    parts_with(Arc::new(fonts))
}

/// As [`parts`], with fonts that are read already.
///
/// # Errors
/// [`Error::Internal`] if the program was built with words of papers that cannot be read.
pub fn parts_with(fonts: Arc<Fonts>) -> Result<Vec<Arc<dyn Any + Send + Sync>>> {
    Ok(vec![
        Arc::new(Calendars::default()),
        Arc::new(Serials::default()),
        Arc::new(Checkers::default()),
        Arc::new(crate::service::thumbs::Darkroom::default()),
        Arc::new(crate::service::systems::Allowances::default()),
        fonts,
        Arc::new(Kit::shipped().map_err(Error::internal)?),
        Arc::new(identity::Dossiers(Arc::new(crate::service::dossier::PersonsDossier))),
    ])
}

/// As [`parts`], for a program that starts: also proves that the loaded notices can be read.
///
/// # Errors
/// As [`parts`]; if the engine fails or a stored notice cannot be read.
pub async fn own(db: &Db, fonts: &[Vec<u8>]) -> Result<Vec<Arc<dyn Any + Send + Sync>>> {
    Calendars::default().refresh(db, Moment::from_micros(0)).await?;
    parts(fonts)
}
