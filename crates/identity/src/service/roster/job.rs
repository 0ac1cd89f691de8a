//! Imports of officers on the desk: a file is checked as it is handed in; what was seen is then written by a worker, in chunks, in the name of
//! whoever handed it in and with the posts that one holds by then. File and report are sealed, and gone after a day.

use bytes::Bytes;
use kernel::{Actor, Channel, Ctx, Error, Id, Moment, Result, Who};
use sheets::Source;
use storage::{Row, Unit, args};
use webkit::App;

use super::{
    CHUNK,
    decide::{Decided, decide},
    read::rows,
    write,
};
use crate::{
    ADMINISTER, SiteCallers,
    model::roster::{Counts, ImportState, Trouble},
    store::{count, roster as store},
};

/// A file as it comes, in bytes: five thousand rows are a tenth of it.
pub(crate) const UPLOAD_BYTES_MAX: usize = 5 << 20;
/// Imports of one person that the page lists.
const LISTED: i64 = 10;
/// Imports that one person may have handed in within a day.
const OWN_MAX: i64 = 50;
/// An import is kept for so many seconds: a day.
const KEPT_SECONDS: i64 = 24 * 3_600;
/// Imports that one round takes further, or forgets.
const A_ROUND: i64 = 20;
/// Chunks of one import in one round.
const ROUND_CHUNKS: usize = 10;

/// Marks the ids of imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ImportMark {}

/// An import.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: Id<ImportMark>,
    starter: String,
    pub(crate) name: String,
    blob: String,
    report: Vec<u8>,
    pub(crate) state: ImportState,
    /// People done of `total`.
    pub(crate) place: i64,
    pub(crate) total: i64,
    pub(crate) counts: Counts,
    pub(crate) made_at: Moment,
}

impl Job {
    fn read(row: &Row) -> Result<Self> {
        let state = row.text("state")?;
        Ok(Self {
            id: row.id("id")?,
            starter: row.string("starter")?,
            name: row.string("name")?,
            blob: row.string("blob")?,
            report: row.blob("report")?.to_vec(),
            state: ImportState::from_code(state).ok_or_else(|| Error::internal(format!("unknown state {state}")))?,
            place: row.int("place")?,
            total: row.int("total")?,
            counts: Counts {
                added: row.int("added")?,
                changed: row.int("changed")?,
                same: row.int("same")?,
                refused: row.int("refused")?,
            },
            made_at: row.moment("made_at")?,
        })
    }

    /// A made-up import, for the test of all pages.
    pub(crate) fn sample(state: ImportState) -> Self {
        Self {
            id: Id::from_parts(Moment::from_micros(0), [7; 10]),
            starter: String::new(),
            name: "名单 <2026>.xlsx".to_owned(),
            blob: String::new(),
            report: Vec::new(),
            state,
            place: 3,
            total: 10,
            counts: Counts { added: 5, changed: 1, same: 3, refused: 1 },
            made_at: Moment::from_micros(0),
        }
    }

    fn holder(&self) -> String {
        holder(self.id)
    }

    /// Moves the row on from where it was read.
    fn moved(&self, unit: &mut Unit, was: (ImportState, i64)) {
        let Counts { added, changed, same, refused } = self.counts;
        let (state, place) = (self.state.code(), self.place);
        let values =
            args![self.id, was.0.code(), was.1, state, place, added, changed, same, refused, self.report.clone()];
        unit.one(store::GUARD, store::IMPORT_MOVE, values);
    }
}

fn holder(id: Id<ImportMark>) -> String {
    format!("officer_import:{id}")
}

fn permit(ctx: &Ctx) -> Result<()> {
    if ctx.may_somewhere(ADMINISTER) { Ok(()) } else { Err(Error::Forbidden { action: ADMINISTER.words }) }
}

/// Takes in a file and says what would become of it.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] at `file`, why it is refused; [`Error::TooMany`] after too many a day; if the engine fails.
pub(crate) async fn begin(ctx: &Ctx, app: &App, (name, bytes): (&str, Bytes)) -> Result<Id<ImportMark>> {
    permit(ctx)?;
    if bytes.len() > UPLOAD_BYTES_MAX {
        return Err(Error::invalid("file", "文件超过 5 MB，请核对是否选错了文件，或者分成几个文件。"));
    }
    let starter = ctx.actor.who.to_string();
    if count(app.db.query(store::IMPORTS_OF, args![&starter, OWN_MAX]).await?.len()) >= OWN_MAX {
        return Err(Error::TooMany { retry_after_s: 3_600 });
    }
    let name: String = name.chars().filter(|it| !it.is_control()).take(100).collect();
    let lines = rows(Source::Memory(bytes.clone()), name.clone()).await?;
    // To look what would come of it needs no fresh proof; to let it begin does.
    let asking = ctx.as_actor(Actor { proof_ends: None, ..ctx.actor.as_ref().clone() });
    let Decided { counts, mut troubles, people } = decide(&asking, app, lines).await?;
    troubles.sort_by_key(|it| it.line);
    let id = ctx.new_id();
    let mut unit = Unit::new(ctx);
    let key = app.vault.create(&mut unit, ctx, &holder(id));
    let blob = app.blobs.put(app.vault.seal_bytes(ctx, &key, "file", &bytes)).await?;
    let report = serde_json::to_vec(&troubles).map_err(Error::internal)?;
    let report = app.vault.seal_bytes(ctx, &key, "report", &report);
    let Counts { added, changed, same, refused } = counts;
    let (state, total) = (ImportState::Checked.code(), count(people.len()));
    let values = args![id, starter, name, blob, report, state, total, added, changed, same, refused, ctx.now];
    unit.one(store::GUARD, store::IMPORT_ADD, values);
    app.db.commit(unit).await?.or_stale("导入")?;
    Ok(id)
}

/// One import, for whoever handed it in.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] if there is none, or it is another's.
pub(crate) async fn job(ctx: &Ctx, app: &App, id: Id<ImportMark>) -> Result<Job> {
    permit(ctx)?;
    let row = app.db.find(store::IMPORT, args![id]).await?;
    let job = row.as_ref().map(Job::read).transpose()?;
    job.filter(|it| it.starter == ctx.actor.who.to_string())
        .ok_or(Error::NotFound { what: "这次导入（只保留一天）" })
}

/// The latest imports of whoever asks.
///
/// # Errors
/// [`Error::Forbidden`]; if the engine fails.
pub(crate) async fn own(ctx: &Ctx, app: &App) -> Result<Vec<Job>> {
    permit(ctx)?;
    app.db.query(store::IMPORTS_OF, args![ctx.actor.who.to_string(), LISTED]).await?.iter().map(Job::read).collect()
}

/// What is wrong with the rows of an import's file, in their order.
///
/// # Errors
/// If it was altered.
pub(crate) async fn report(app: &App, job: &Job) -> Result<Vec<Trouble>> {
    let key = app.vault.key(&job.holder()).await?;
    serde_json::from_slice(&app.vault.open_bytes(&key, "report", &job.report)?).map_err(Error::internal)
}

/// Lets an import that was checked be written.
///
/// # Errors
/// As [`job`]; [`Error::ProveAgain`]; [`Error::Refused`] if it is under way already; [`Error::Stale`] if somebody was first.
pub(crate) async fn start(ctx: &Ctx, app: &App, id: Id<ImportMark>) -> Result<()> {
    let mut job = job(ctx, app, id).await?;
    ctx.proven(ADMINISTER)?;
    if job.state != ImportState::Checked || job.total == 0 {
        return Err(Error::refused("这次导入已经开始，或者没有要写入的内容。"));
    }
    let was = (job.state, job.place);
    job.state = ImportState::Running;
    let mut unit = Unit::new(ctx);
    job.moved(&mut unit, was);
    app.db.commit(unit).await?.or_stale("导入")
}

/// Forgets an import with its file, unless it is being written.
///
/// # Errors
/// As [`job`]; [`Error::Refused`] while it is being written.
pub(crate) async fn forget(ctx: &Ctx, app: &App, id: Id<ImportMark>) -> Result<()> {
    let job = job(ctx, app, id).await?;
    if job.state == ImportState::Running {
        return Err(Error::refused("正在导入，不能删除。"));
    }
    gone(ctx, app, &job).await
}

async fn gone(ctx: &Ctx, app: &App, job: &Job) -> Result<()> {
    app.blobs.delete(&job.blob).await?;
    let mut unit = Unit::new(ctx);
    unit.run(store::IMPORT_DROP, args![job.id]);
    app.vault.destroy(&mut unit, &job.holder());
    app.db.commit(unit).await?.or_stale("导入")
}

/// Takes imports further, and forgets those of yesterday.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> Result<()> {
    for row in app.db.query(store::IMPORTS_IN, args![ImportState::Running.code(), A_ROUND]).await? {
        let job = Job::read(&row)?;
        match advance(app, ctx, job.clone()).await {
            Ok(()) | Err(Error::Stale { .. }) => {}
            Err(error @ (Error::Internal(_) | Error::Busy)) => return Err(error),
            Err(error) => fail(app, ctx, job.id, &error.message()).await?,
        }
    }
    let old = ctx.now.plus_seconds(-KEPT_SECONDS);
    for row in app.db.query(store::IMPORTS_BEFORE, args![old, A_ROUND]).await? {
        gone(ctx, app, &Job::read(&row)?).await?;
    }
    Ok(())
}

/// Whoever handed it in, with what its posts allow now. It proved who it is when it let the import begin.
async fn actor(app: &App, ctx: &Ctx, job: &Job) -> Result<Actor> {
    let who = match job.starter.split_once(':') {
        Some(("person", id)) => Who::Person(id.parse()?),
        Some(("client", id)) => Who::Client(id.parse()?),
        _ => return Err(Error::internal("an import of nobody")),
    };
    let id = job.starter.split_once(':').map_or("", |it| it.1);
    let rows = app.db.query(store::POSTS_ALLOW, args![id, ctx.now.legal_date()]).await?;
    let grants = app.part::<SiteCallers>()?.grants(&rows)?;
    Ok(Actor { who, grants, ..Actor::anonymous(Channel::System) })
}

async fn advance(app: &App, ctx: &Ctx, mut job: Job) -> Result<()> {
    let ctx = ctx.as_actor(actor(app, ctx, &job).await?);
    permit(&ctx)?;
    let key = app.vault.key(&job.holder()).await?;
    let bytes = app.vault.open_bytes(&key, "file", &app.blobs.get(&job.blob).await?)?;
    let lines = rows(Source::Memory(bytes.into()), job.name.clone()).await?;
    // Whatever was written in an earlier round says what is so already, and is not asked for again.
    let Decided { people, .. } = decide(&ctx, app, lines).await?;
    let mut left = people.chunks(CHUNK).peekable();
    // If nobody of a round could be written, the next would fare no better.
    let mut stuck = true;
    for _ in 0..ROUND_CHUNKS {
        let Some(chunk) = left.next() else { break };
        let was = (job.state, job.place);
        job.place = (job.place + count(chunk.len())).min(job.total);
        let moved = job.clone();
        let also = move |unit: &mut Unit| {
            moved.moved(unit, was);
            Ok(())
        };
        let late = write::chunk(&ctx, app, chunk, &also).await?;
        stuck &= late.people == chunk.len();
        if !late.troubles.is_empty() {
            let was = (job.state, job.place);
            late.take_from(&mut job.counts);
            told(app, &ctx, &mut job, late.troubles).await?;
            let mut unit = Unit::new(&ctx);
            job.moved(&mut unit, was);
            app.db.commit(unit).await?.or_stale("导入")?;
        }
    }
    if left.peek().is_none() || stuck {
        let was = (job.state, job.place);
        (job.state, job.place) = (ImportState::Done, job.total);
        let mut unit = Unit::new(&ctx);
        job.moved(&mut unit, was);
        app.db.commit(unit).await?.or_stale("导入")?;
    }
    Ok(())
}

/// Adds to the report what came late.
async fn told(app: &App, ctx: &Ctx, job: &mut Job, late: Vec<Trouble>) -> Result<()> {
    let mut all = report(app, job).await?;
    all.extend(late);
    let key = app.vault.key(&job.holder()).await?;
    let text = serde_json::to_vec(&all).map_err(Error::internal)?;
    job.report = app.vault.seal_bytes(ctx, &key, "report", &text);
    Ok(())
}

/// Says why an import cannot go on.
async fn fail(app: &App, ctx: &Ctx, id: Id<ImportMark>, reason: &str) -> Result<()> {
    let Some(row) = app.db.find(store::IMPORT, args![id]).await? else { return Ok(()) };
    let mut job = Job::read(&row)?;
    let was = (job.state, job.place);
    job.state = ImportState::Failed;
    let why = Trouble { line: 0, column: String::new(), value: String::new(), reason: reason.to_owned() };
    told(app, ctx, &mut job, vec![why]).await?;
    let mut unit = Unit::new(ctx);
    job.moved(&mut unit, was);
    match app.db.commit(unit).await?.or_stale("导入") {
        Err(Error::Stale { .. }) => Ok(()),
        other => other,
    }
}
