//! The worker of imports: takes the oldest job a few chunks further, in units that carry their own progress, so that a round that is broken
//! off is gone on with where it stood.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Ctx, Error, Id, Result};
use sheets::{Book, Source};
use storage::{Unit, args};
use tokio::task::spawn_blocking;
use webkit::App;

use super::{
    apply::{Trouble, Weight, short},
    decide::{Decided, Importer, contested},
    job::{CHANGED, FieldChange, Job, LEFT, REFUSED, TOLD, moved},
    limits::{CHANGES_MAX, CHUNK, LINES_A_UNIT, REPORT_MAX, ROUND_CHUNKS},
    run::{ReportLine, Shared, broken_file, not_kept, rows},
    spool::Spool,
    write::{ImportMark, Ledger, Wrote},
};
use crate::{
    model::JobState,
    service::count,
    store::{self},
};

/// Why an import stops whose starter's post was ended.
const POST_ENDED: &str = "启动导入的人已不再管理这个部门的事项目录，导入停在这里，没有再改动任何事项。已经导入的保留；\
    由现在的目录管理人员重新核对列、检查后，可以导入其余的。";

/// The file that was put in order last, so that the rounds of one job need not do so again. Kept in `App` as a part.
#[derive(Default)]
pub(crate) struct Spools(Mutex<Option<(Id<ImportMark>, String, Shared)>>);

impl Spools {
    /// A panic while it was locked leaves a whole value behind, since each change is one assignment.
    fn get(&self, job: Id<ImportMark>, mapping: &str) -> Option<Shared> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|it| it.0 == job && it.1 == mapping).map(|it| Arc::clone(&it.2))
    }

    fn put(&self, job: Id<ImportMark>, mapping: String, spool: &Shared) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((job, mapping, Arc::clone(spool)));
    }

    fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// One round of the worker: some chunks of the oldest job of each kind.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn round(app: &App, ctx: &Ctx) -> Result<()> {
    for state in [JobState::Checking, JobState::Running] {
        for row in app.db.query(store::JOBS_IN, args![state.code(), 1_i64]).await? {
            let job = Job::read(&row)?;
            let (id, was) = (job.id, (job.state, job.place));
            match advance(app, ctx, job).await {
                Ok(()) => {}
                Err(error @ (Error::Internal(_) | Error::Busy)) => return Err(error),
                // Somebody stopped it, or another node is at it.
                Err(Error::Stale { .. }) => {}
                Err(Error::Forbidden { .. }) => fail(app, ctx, (id, was), POST_ENDED.to_owned()).await?,
                Err(error) => fail(app, ctx, (id, was), error.message()).await?,
            }
        }
    }
    Ok(())
}

/// Tells a job's keeper why it cannot go on.
async fn fail(app: &App, ctx: &Ctx, (id, was): (Id<ImportMark>, (JobState, i64)), reason: String) -> Result<()> {
    let Some(row) = app.db.find(store::JOB, args![id]).await? else { return Ok(()) };
    let mut job = Job::read(&row)?;
    if job.state != was.0 {
        return Ok(());
    }
    let now = (job.state, job.place);
    (job.state, job.failure) = (JobState::Failed, reason);
    let mut unit = Unit::new(ctx);
    job.moved(&mut unit, now)?;
    match moved(&app.db, unit).await {
        Err(Error::Stale { .. }) => Ok(()),
        other => other,
    }
}

async fn spool(app: &App, job: &Job) -> Result<Shared> {
    let spools = app.part::<Spools>()?;
    let mapping = store::json(&job.mapping)?;
    if let Some(spool) = spools.get(job.id, &mapping) {
        return Ok(spool);
    }
    spools.forget();
    let bytes = app.blobs.get(&job.blob).await?;
    let (name, chosen) = (job.name.clone(), job.mapping.clone());
    let made = spawn_blocking(move || {
        let mut book = Book::open(Source::Memory(bytes.into()), &name)?;
        Spool::make(&mut book, &chosen)
    });
    let made: std::result::Result<_, String> = made.await.map_err(|_| broken_file())?;
    let spool = Arc::new(Mutex::new(made.map_err(|reason| Error::invalid("file", reason))?));
    spools.put(job.id, mapping, &spool);
    Ok(spool)
}

async fn advance(app: &App, ctx: &Ctx, mut job: Job) -> Result<()> {
    let spool = spool(app, &job).await?;
    let ctx = ctx.as_actor(job.actor()?);
    let (total, stray, left) = {
        let spool = spool.lock().unwrap_or_else(PoisonError::into_inner);
        (count(spool.items()), spool.stray.clone(), not_kept(&spool))
    };
    let mut importer = Importer::new(&app.db, job.authority, job.mapping.blank_clears).await?;
    importer.since = job.was_checked().then_some(job.checked_at);
    if job.place == 0 && job.reported == 0 {
        let was = (job.state, job.place);
        job.total = total;
        let mut unit = Unit::new(&ctx);
        let sheets = job.sheets();
        job.counts.refused += count(stray.iter().filter(|it| it.weight == Weight::Refused).count());
        job.reported = lines(&mut unit, &job, (&stray, &sheets), 0)?;
        for why in left {
            let (head, why) = why.split_once('：').unwrap_or((&why, ""));
            unit.run(store::REPORT_ADD, args![job.id, LEFT, job.reported, "", 0_i64, head, "", why, ""]);
            job.reported += 1;
        }
        // One more, so that an empty report is told from one that has not begun.
        job.reported += 1;
        job.moved(&mut unit, was)?;
        moved(&app.db, unit).await?;
    }
    let mut step = CHUNK;
    for _ in 0..ROUND_CHUNKS {
        if job.place >= total {
            break;
        }
        let chunk = rows(&spool, usize::try_from(job.place).unwrap_or(usize::MAX), step).await?;
        match one(app, &ctx, &mut job, (&mut importer, &chunk)).await? {
            true => step = CHUNK,
            false if step > 1 => step = 1,
            false => refuse(app, &ctx, &mut job, &contested(&chunk)).await?,
        }
    }
    if job.place < total {
        return Ok(());
    }
    let was = (job.state, job.place);
    let mut unit = Unit::new(&ctx);
    if job.state == JobState::Checking {
        (job.state, job.checked_at) = (JobState::Checked, ctx.now);
    } else {
        job.state = JobState::Done;
    }
    job.moved(&mut unit, was)?;
    moved(&app.db, unit).await?;
    app.part::<Spools>()?.forget();
    Ok(())
}

/// One chunk, checked or written; `false`: somebody else keeps writing its items.
async fn one(
    app: &App,
    ctx: &Ctx,
    job: &mut Job,
    (importer, chunk): (&mut Importer, &[Vec<super::apply::Row>]),
) -> Result<bool> {
    let decided = if job.state == JobState::Checking {
        let decided = importer.decide(ctx, &app.db, chunk).await?;
        let mut unit = Unit::new(ctx);
        beside(job, chunk.len(), &mut unit, &decided)?;
        moved(&app.db, unit).await?;
        decided
    } else {
        let mut ledger = Ledger {
            id: job.id,
            file_hash: job.file_hash.clone(),
            rows_done: job.rows_done,
            head: job.head.clone(),
            is_there: true,
        };
        let fixed = job.clone();
        let also = |unit: &mut Unit, decided: &Decided| {
            if let Err(error) = beside(&fixed, chunk.len(), unit, decided) {
                tracing::error!(%error, "the progress of an import cannot be written");
            }
        };
        match ledger.write(ctx, &app.db, importer, (chunk, &also)).await? {
            Wrote::Done(decided) => {
                (job.rows_done, job.head) = (ledger.rows_done, ledger.head);
                decided
            }
            Wrote::Contested => return Ok(false),
        }
    };
    *job = after(job, chunk.len(), &decided);
    Ok(true)
}

/// Leaves out an item that others keep writing.
async fn refuse(app: &App, ctx: &Ctx, job: &mut Job, decided: &Decided) -> Result<()> {
    let mut unit = Unit::new(ctx);
    beside(job, decided.refused, &mut unit, decided)?;
    moved(&app.db, unit).await?;
    *job = after(job, decided.refused, decided);
    Ok(())
}

/// The job after a chunk.
fn after(job: &Job, items: usize, decided: &Decided) -> Job {
    let mut next = job.clone();
    next.place += count(items);
    next.counts.added += count(decided.added.len() + decided.new_base_rows);
    next.counts.updated += count(decided.changed.len() + decided.bases.len());
    next.counts.unchanged += count(decided.unchanged);
    next.counts.refused += count(decided.refused);
    next.reported += count(decided.report.len());
    next
}

/// What stands beside the chunk in its unit: the job's row and its report.
fn beside(job: &Job, items: usize, unit: &mut Unit, decided: &Decided) -> Result<()> {
    let sheets = job.sheets();
    lines(unit, job, (&decided.report, &sheets), job.reported)?;
    let room = usize::try_from(CHANGES_MAX - job.counts.updated).unwrap_or(0);
    for (n, it) in (job.counts.updated..).zip(decided.changed.iter().take(room)) {
        let sheet = sheets.get(usize::from(it.sheet)).map_or("", String::as_str);
        let fields = it.differences.iter();
        let fields: Vec<_> =
            fields.map(|it| FieldChange(it.name.to_owned(), shown(&it.left), shown(&it.right))).collect();
        let values = args![
            job.id,
            CHANGED,
            n,
            sheet,
            i64::from(it.line),
            it.item.id.to_string(),
            short(&it.item.name),
            store::json(&fields)?,
            ""
        ];
        unit.run(store::REPORT_ADD, values);
    }
    after(job, items, decided).moved(unit, (job.state, job.place))
}

/// A value of a difference, short enough to be read beside another.
fn shown(text: &str) -> String {
    text.chars().take(300).collect()
}

/// Writes lines of the report from number `n` on; gives the next number.
fn lines(unit: &mut Unit, job: &Job, (troubles, sheets): (&[Trouble], &[String]), n: i64) -> Result<i64> {
    let room = usize::try_from(REPORT_MAX - n).unwrap_or(0).min(LINES_A_UNIT);
    for (n, it) in (n..).zip(troubles.iter().take(room)) {
        let line = ReportLine::of(it, sheets);
        let kind = if line.refused { REFUSED } else { TOLD };
        let values =
            args![job.id, kind, n, line.sheet, i64::from(line.line), line.column, line.value, line.reason, line.advice];
        unit.run(store::REPORT_ADD, values);
    }
    Ok(n + count(troubles.len()))
}
