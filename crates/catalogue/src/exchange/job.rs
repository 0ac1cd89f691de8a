//! Imports as jobs: a file is handed in, its columns are chosen, it is checked, then taken in; by a worker, in chunks, so that whoever
//! asked may leave, and a stopped or broken-off one goes on where it stood.

use journal::{Head, append};
use kernel::{Actor, Authority, Channel, Ctx, Cursor, Error, Grant, Id, Moment, Page, PageAsk, Result, Who};
use serde::{Deserialize, Serialize};
use sheets::{Book, Source};
use storage::{Commit, Db, Row as DbRow, Unit, args};
use tokio::task::spawn_blocking;
use webkit::App;

use super::{
    heads::{Kept, Mapping, Top, Words, column, guess},
    limits::{JOBS_MAX, UPLOAD_BYTES_MAX},
    offices::may,
    run::{ReportLine, broken_file},
    spool::tops,
    write::ImportMark,
};
use crate::{
    CATALOGUE,
    model::JobState,
    service::{count, fingerprint},
    store::{self, guard},
};

/// How many items became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) added: i64,
    pub(crate) updated: i64,
    pub(crate) unchanged: i64,
    pub(crate) refused: i64,
}

/// One import.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: Id<ImportMark>,
    pub(super) file_hash: String,
    pub(super) rows_done: i64,
    pub(super) head: Head,
    /// Whose items; `None`: rows name their bodies.
    pub(crate) authority: Option<Id<Authority>>,
    /// Who began it, as the journal writes people.
    pub(crate) starter: String,
    pub(super) grants: Vec<KeptGrant>,
    pub(crate) name: String,
    pub(crate) bytes: i64,
    pub(super) blob: String,
    pub(crate) state: JobState,
    pub(crate) mapping: Mapping,
    pub(crate) place: i64,
    pub(crate) total: i64,
    pub(crate) counts: Counts,
    pub(super) reported: i64,
    pub(crate) failure: String,
    pub(crate) begun_at: Moment,
    pub(super) checked_at: Moment,
}

/// A post on which an import rests, as kept with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KeptGrant {
    authority: Option<String>,
    post: String,
    directory: bool,
}

impl Job {
    pub(super) fn read(row: &DbRow) -> Result<Self> {
        let (state, authority, mapping) = (row.text("state")?, row.text("authority")?, row.text("mapping")?);
        Ok(Self {
            id: row.id("id")?,
            file_hash: row.string("file_hash")?,
            rows_done: row.int("rows_done")?,
            head: Head::of(row)?,
            authority: if authority.is_empty() { None } else { Some(authority.parse()?) },
            starter: row.string("starter")?,
            grants: row.json("grants")?,
            name: row.string("name")?,
            bytes: row.int("bytes")?,
            blob: row.string("blob")?,
            state: JobState::from_code(state).ok_or_else(|| Error::internal(format!("unknown state {state}")))?,
            mapping: if mapping.is_empty() { Mapping::default() } else { row.json("mapping")? },
            place: row.int("place")?,
            total: row.int("total")?,
            counts: Counts {
                added: row.int("added")?,
                updated: row.int("updated")?,
                unchanged: row.int("unchanged")?,
                refused: row.int("refused")?,
            },
            reported: row.int("reported")?,
            failure: row.string("failure")?,
            begun_at: row.moment("begun_at")?,
            checked_at: row.moment("checked_at")?,
        })
    }

    /// A made-up import, for the test of all pages.
    pub(crate) fn sample(state: JobState) -> Self {
        Self {
            id: Id::from_parts(Moment::from_micros(0), [7; 10]),
            file_hash: String::new(),
            rows_done: 3,
            head: Head::none(),
            authority: None,
            starter: String::new(),
            grants: Vec::new(),
            name: "教育局 <清单>.xlsx".to_owned(),
            bytes: 20_480,
            blob: String::new(),
            state,
            mapping: Mapping::default(),
            place: 3,
            total: 10,
            counts: Counts { added: 1, updated: 1, unchanged: 1, refused: 1 },
            reported: 1,
            failure: if state == JobState::Failed { "岗位已经结束。".to_owned() } else { String::new() },
            begun_at: Moment::from_micros(0),
            checked_at: Moment::from_micros(0),
        }
    }

    /// Moves the row on from where it was read.
    pub(super) fn moved(&self, unit: &mut Unit, was: (JobState, i64)) -> Result<()> {
        let Counts { added, updated, unchanged, refused } = self.counts;
        let values = args![
            self.id,
            was.0.code(),
            was.1,
            self.state.code(),
            store::json(&self.mapping)?,
            self.place,
            self.total,
            added,
            updated,
            unchanged,
            refused,
            self.reported,
            &self.failure,
            self.checked_at,
            store::json(&self.grants)?,
            &self.starter
        ];
        unit.one(guard::IMPORT, store::JOB_MOVE, values);
        Ok(())
    }

    /// The file it came from, for people.
    pub(crate) fn shown_name(&self) -> &str {
        if self.name.is_empty() { "命令行导入" } else { &self.name }
    }

    /// Whether it was checked already, so that what goes on is the import itself.
    pub(crate) fn was_checked(&self) -> bool {
        self.checked_at.micros() > 0
    }

    pub(super) fn restarted(&mut self, state: JobState) {
        (self.state, self.place, self.counts, self.reported) = (state, 0, Counts::default(), 0);
        self.failure.clear();
    }

    /// The sheets, by their place.
    pub(super) fn sheets(&self) -> Vec<String> {
        self.mapping.sheets.iter().map(|it| it.sheet.clone()).collect()
    }

    /// Who it acts as: the person who began it, with the posts of then, each of which must still be held when a chunk is written.
    pub(super) fn actor(&self) -> Result<Actor> {
        let Some(id) = self.starter.strip_prefix("person:") else { return Ok(Actor::system("catalogue.imports")) };
        let mut grants = Vec::new();
        for it in &self.grants {
            let permission = if it.directory { crate::DIRECTORY } else { CATALOGUE };
            let authority = it.authority.as_ref().map(|it| it.parse()).transpose()?;
            grants.push(Grant::of(permission, authority, it.post.parse()?));
        }
        let who = Who::Person(id.parse()?);
        Ok(Actor { who, grants, ..Actor::anonymous(Channel::System) })
    }
}

/// The posts of the one who acts, as far as an import rests on them.
fn kept_grants(ctx: &Ctx) -> Vec<KeptGrant> {
    let ours = |it: &&Grant| it.permission == CATALOGUE.code || it.permission == crate::DIRECTORY.code;
    let kept = |it: &Grant| KeptGrant {
        authority: it.authority.map(|it| it.to_string()),
        post: it.post.to_string(),
        directory: it.permission == crate::DIRECTORY.code,
    };
    ctx.actor.grants.iter().filter(ours).map(kept).collect()
}

pub(super) fn permit(ctx: &Ctx, authority: Option<Id<Authority>>) -> Result<()> {
    if may(ctx, CATALOGUE, authority) { Ok(()) } else { Err(Error::Forbidden { action: CATALOGUE.words }) }
}

/// Takes in a file whose columns are then to be looked at.
///
/// # Errors
/// [`Error::Forbidden`] without [`CATALOGUE`] there; [`Error::Invalid`] at `file`, why it is refused; [`Error::TooMany`] while too many wait.
pub(crate) async fn begin(
    ctx: &Ctx,
    app: &App,
    authority: Option<Id<Authority>>,
    (name, bytes): (&str, bytes::Bytes),
) -> Result<Id<ImportMark>> {
    permit(ctx, authority)?;
    if bytes.len() > UPLOAD_BYTES_MAX {
        return Err(Error::invalid("file", "文件超过 50 MB，请分成几个文件，或者打包成 ZIP。"));
    }
    let waiting = app.db.query(store::JOBS_IN, args![JobState::Running.code(), JOBS_MAX]).await?.len()
        + app.db.query(store::JOBS_IN, args![JobState::Checking.code(), JOBS_MAX]).await?.len();
    if count(waiting) >= JOBS_MAX {
        return Err(Error::TooMany { retry_after_s: 60 });
    }
    let kept = kept(&app.db, authority).await?.0;
    let name: String = name.chars().filter(|it| !it.is_control()).take(100).collect();
    let mapping = {
        let (source, name) = (Source::Memory(bytes.clone()), name.clone());
        look(source, name, kept).await?.0
    };
    let hash = crate::service::fingerprint_bytes(&bytes);
    let size = count(bytes.len());
    let blob = app.blobs.put(bytes.to_vec()).await?;
    let id = ctx.new_id();
    let mut unit = Unit::new(ctx);
    let whose = authority.map(|it| it.to_string()).unwrap_or_default();
    let starter = ctx.actor.who.to_string();
    let grants = store::json(&kept_grants(ctx))?;
    let values = args![
        id,
        hash,
        ctx.now,
        whose,
        starter,
        grants,
        name,
        size,
        blob,
        JobState::Mapping.code(),
        store::json(&mapping)?
    ];
    unit.one(guard::IMPORT, store::JOB_ADD, values);
    moved(&app.db, unit).await?;
    Ok(id)
}

/// The guessed mapping of a file, and the first rows of its sheets.
async fn look(source: Source, name: String, kept: Kept) -> Result<(Mapping, Vec<(String, Top)>)> {
    let read = spawn_blocking(move || {
        let tops = tops(&mut Book::open(source, &name)?)?;
        let words = Words::new();
        let sheets = tops.iter().map(|(name, top)| guess(&words, (name, top), &kept)).collect();
        Ok((Mapping { blank_clears: kept.blank_clears, sheets }, tops))
    });
    let read: std::result::Result<_, String> = read.await.map_err(|_| broken_file())?;
    read.map_err(|reason| Error::invalid("file", reason))
}

/// One import, for somebody who keeps the catalogue it is for.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`].
pub(crate) async fn job(ctx: &Ctx, db: &Db, id: Id<ImportMark>) -> Result<Job> {
    let row = db.find(store::JOB, args![id]).await?.ok_or(Error::NotFound { what: "这次导入" })?;
    let job = Job::read(&row)?;
    permit(ctx, job.authority)?;
    Ok(job)
}

/// A page of the imports for an authority, the latest first.
///
/// # Errors
/// [`Error::Forbidden`] without [`CATALOGUE`] there; if the engine fails.
pub(crate) async fn jobs(ctx: &Ctx, db: &Db, authority: Option<Id<Authority>>, ask: &PageAsk) -> Result<Page<Job>> {
    permit(ctx, authority)?;
    let before = ask.after.as_ref().map(|it| it.text(0)).transpose()?.unwrap_or("g");
    let whose = authority.map(|it| it.to_string()).unwrap_or_default();
    let rows = db.query(store::JOBS_OF, args![whose, before, ask.sql_limit()]).await?;
    let jobs = rows.iter().map(Job::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(jobs, ask, |it| Cursor::new([it.id.to_string()])))
}

/// The first rows of the sheets of an import's file.
///
/// # Errors
/// If the file cannot be read.
pub(crate) async fn first_rows(app: &App, job: &Job) -> Result<Vec<(String, Top)>> {
    let bytes = app.blobs.get(&job.blob).await?;
    Ok(look(Source::Memory(bytes.into()), job.name.clone(), Kept::default()).await?.1)
}

/// What was chosen for an authority's lists before, and where its chain stands.
pub(super) async fn kept(db: &Db, authority: Option<Id<Authority>>) -> Result<(Kept, Head)> {
    match db.find(store::MAPPING, args![whose_lists(authority)]).await? {
        Some(row) => Ok((row.json("kept")?, Head::of(&row)?)),
        None => Ok((Kept::default(), Head::none())),
    }
}

/// Whose lists a choice of columns is for.
pub(super) fn whose_lists(authority: Option<Id<Authority>>) -> String {
    authority.map_or_else(|| "site".to_owned(), |it| it.to_string())
}

/// Says how the columns are read, keeps that for the authority's next list, and, if so asked, lets the file be checked. `was`: the state
/// that the page showed.
///
/// # Errors
/// [`Error::Invalid`] at `columns` for a column that is none, or if no sheet is read; [`Error::Stale`] if somebody was first.
pub(crate) async fn choose(
    ctx: &Ctx,
    db: &Db,
    (id, was): (Id<ImportMark>, JobState),
    mapping: Mapping,
    check: bool,
) -> Result<()> {
    let mut job = job(ctx, db, id).await?;
    if job.state != was {
        return Err(Error::Stale { what: "导入", by: None });
    }
    if job.state.is_working() || job.state == JobState::Done {
        return Err(Error::refused(format!("这次导入现为「{}」，不能再改列的对应关系。", job.state.name())));
    }
    sound(&mapping, check)?;
    let was = (job.state, job.place);
    job.mapping = mapping;
    (job.starter, job.grants, job.checked_at) = (ctx.actor.who.to_string(), kept_grants(ctx), Moment::from_micros(0));
    job.restarted(if check { JobState::Checking } else { JobState::Mapping });
    let mut unit = Unit::new(ctx);
    unit.run(store::REPORT_DROP, args![job.id]);
    job.moved(&mut unit, was)?;
    keep_choice(ctx, db, &mut unit, &job).await?;
    moved(db, unit).await
}

/// Whether a choice of columns can be read: each is one of ours, none twice in a sheet, and at least one is there.
fn sound(mapping: &Mapping, check: bool) -> Result<()> {
    let chosen: Vec<&String> = mapping.sheets.iter().filter(|it| it.head > 0).flat_map(|it| &it.columns).collect();
    if chosen.iter().any(|it| !it.is_empty() && column(it).is_none()) {
        return Err(Error::invalid("columns", "页面已过期，请刷新后重新选择。"));
    }
    if check && chosen.iter().all(|it| it.is_empty()) {
        return Err(Error::invalid("columns", "还没有选任何一列。请至少选出能找到事项的列和要导入的列。"));
    }
    for sheet in mapping.sheets.iter().filter(|it| it.head > 0) {
        let mut seen = std::collections::HashSet::new();
        if let Some(twice) = sheet.columns.iter().filter(|it| !it.is_empty()).find(|it| !seen.insert(it.as_str())) {
            let label = column(twice).map_or("", |it| it.1.label);
            return Err(Error::invalid(
                "columns",
                format!("「{}」中有两列都选了「{label}」，请只留一列。", sheet.sheet),
            ));
        }
    }
    Ok(())
}

/// Keeps what was chosen for the authority, as an act of its own in the record, if it is new.
async fn keep_choice(ctx: &Ctx, db: &Db, unit: &mut Unit, job: &Job) -> Result<()> {
    let (known, head) = kept(db, job.authority).await?;
    let next = known.clone().with(&job.mapping);
    if next == known {
        return Ok(());
    }
    let whose = whose_lists(job.authority);
    let text = store::json(&next)?;
    let body = serde_json::json!({ "kept": fingerprint(&text) });
    let now = append(unit, ctx, &head, (&format!("catalogue-mapping:{whose}"), "catalogue.mapping_kept"), &body)?;
    if head.version == 0 {
        unit.one(guard::MAPPING, store::MAPPING_ADD, args![whose, text, now.version, &now.hash, now.at]);
    } else {
        let values = args![whose, text, now.version, &now.hash, now.at, head.version];
        unit.one(guard::MAPPING, store::MAPPING_CHANGE, values);
    }
    Ok(())
}

/// Lets a checked file be taken in; or one that was stopped go on.
///
/// # Errors
/// [`Error::Refused`] unless it was checked or stopped; [`Error::Stale`] if somebody was first.
pub(crate) async fn start(ctx: &Ctx, db: &Db, id: Id<ImportMark>) -> Result<()> {
    let mut job = job(ctx, db, id).await?;
    let was = (job.state, job.place);
    let mut unit = Unit::new(ctx);
    match job.state {
        JobState::Checked => {
            unit.run(store::REPORT_DROP, args![job.id]);
            job.restarted(JobState::Running);
        }
        JobState::Stopped if job.was_checked() => job.state = JobState::Running,
        JobState::Stopped => job.state = JobState::Checking,
        other => return Err(Error::refused(format!("这次导入现为「{}」，不能开始。", other.name()))),
    }
    (job.starter, job.grants) = (ctx.actor.who.to_string(), kept_grants(ctx));
    job.moved(&mut unit, was)?;
    moved(db, unit).await
}

/// Stops a job; what was taken in stays, and it can go on.
///
/// # Errors
/// [`Error::Refused`] if no worker is at it; [`Error::Stale`] if it moved on meanwhile.
pub(crate) async fn stop(ctx: &Ctx, db: &Db, id: Id<ImportMark>) -> Result<()> {
    for _ in 0..10 {
        let mut job = job(ctx, db, id).await?;
        if !job.state.is_working() {
            return Err(Error::refused(format!("这次导入现为「{}」，不需要停止。", job.state.name())));
        }
        let was = (job.state, job.place);
        job.state = JobState::Stopped;
        let mut unit = Unit::new(ctx);
        job.moved(&mut unit, was)?;
        // A chunk may have been written between the read and this.
        if db.commit(unit).await? == Commit::Done {
            return Ok(());
        }
    }
    Err(Error::Stale { what: "导入", by: None })
}

/// A changed item as a report shows it: name of the field, before, after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FieldChange(pub(crate) String, pub(crate) String, pub(crate) String);

/// A kind of lines of a report: rows that were refused.
pub(crate) const REFUSED: &str = "refused";
/// Of which something was left out.
pub(crate) const TOLD: &str = "told";
/// Items that change, field by field.
pub(crate) const CHANGED: &str = "changed";
/// Columns that are not taken.
pub(crate) const LEFT: &str = "left";
/// The kinds of lines of a report, with their words, in the order in which they are read.
pub(crate) const REPORT_KINDS: [(&str, &str); 4] =
    [(REFUSED, "拒绝"), (TOLD, "提示"), (CHANGED, "修改的事项"), (LEFT, "不导入的列")];

/// Lines of the report of one of [`REPORT_KINDS`] after a number; with their numbers.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn report(
    db: &Db,
    job: Id<ImportMark>,
    (kind, after): (&str, i64),
    most: i64,
) -> Result<Vec<(i64, ReportLine)>> {
    let rows = db.query(store::REPORT, args![job, kind, after, most]).await?;
    rows.iter()
        .map(|row| {
            let line = ReportLine {
                refused: kind == REFUSED,
                sheet: row.string("sheet")?,
                line: u32::try_from(row.int("line")?).unwrap_or_default(),
                column: row.string("place")?,
                value: row.string("value")?,
                reason: row.string("reason")?,
                advice: row.string("advice")?,
            };
            Ok((row.int("n")?, line))
        })
        .collect()
}

/// Commits a unit that moves a job on. Where a job stands is no act of its own: what it writes is told by the entries of the import and of
/// each item.
///
/// # Errors
/// [`Error::Stale`] if somebody stopped it, or another node was faster; if the engine fails.
pub(super) async fn moved(db: &Db, unit: Unit) -> Result<()> {
    db.commit(unit).await?.or_stale("导入")
}
