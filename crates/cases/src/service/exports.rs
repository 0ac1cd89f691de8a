//! Lists written out in the background (导出): whoever may see a list asks for it and says what for; a worker walks over it ([`work`]); the
//! file is there for some days, for who asked and nobody else. Each row stands among the looks at its applicant's data.

mod asked;
pub(crate) mod work;

use identity::Purpose;
use journal::Head;
use kernel::{
    Actor, Authority, Basis, Branch, Channel, Ctx, Error, Grant, Id, Item, Moment, Person, PostRow, Result, Who,
};
use serde::{Deserialize, Serialize};
use sheets::OneForm;
use storage::{BlobId, Commit, Row, Unit, args};
use webkit::App;

use asked::of_cases;
pub(crate) use asked::{Asked, listing};

use super::worklist::CaseFilter;
use crate::{
    model::export::ExportState,
    store::{self, exports as rows},
};

/// Exports that one person keeps at most, until they expire or are thrown away.
pub(crate) const KEPT_MAX: i64 = 20;
/// Exports of all that wait to be written at most.
const WAITING_MAX: i64 = 200;
/// Days for which a file is there.
pub(crate) const KEPT_DAYS: i64 = 7;
/// Rows of one export at most.
pub(crate) const ROWS_MAX: i64 = 2_000_000;
/// Characters of what it is for, in one's own words, at most.
const WORDS_MAX: usize = 100;
/// Pieces of one file that are read at once.
const PIECES_AT_ONCE: i64 = 500;
/// Under what name it lies sealed what of a list is asked for.
const QUERY: &str = "query";
/// The kind of entry that tells that somebody asked for one.
const EXPORT_ASKED: &str = "cases.export_asked";

/// An export, as an id's mark.
#[derive(Debug)]
pub(crate) enum ExportMark {}

/// The id of one.
pub(crate) type ExportId = Id<ExportMark>;

/// A post on which an export rests, as kept with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct KeptGrant {
    permission: String,
    authority: Option<Id<Authority>>,
    item: Option<Id<Item>>,
    branch: Option<(u64, u64)>,
    post: Id<PostRow>,
    stands_for: Option<Id<Person>>,
}

/// One export.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    pub(crate) id: ExportId,
    pub(crate) person: Id<Person>,
    grants: Vec<KeptGrant>,
    pub(crate) asked: Asked,
    pub(crate) form: OneForm,
    pub(crate) purpose: Purpose,
    pub(crate) state: ExportState,
    /// Pieces of rows that lie ready.
    place: i64,
    /// Where the list goes on.
    after: String,
    /// Rows so far.
    pub(crate) done: i64,
    /// How large the file is.
    pub(crate) bytes: i64,
    pub(crate) failure: String,
    pub(crate) begun_at: Moment,
    pub(crate) expires: Moment,
}

impl Export {
    fn read(row: &Row) -> Result<Self> {
        let odd = |what: &str| Error::internal(format!("an export with an unknown {what}"));
        Ok(Self {
            id: row.id("id")?,
            person: row.id("person")?,
            grants: row.json("grants")?,
            asked: row.json("asked")?,
            form: OneForm::from_ending(row.text("form")?).ok_or_else(|| odd("form"))?,
            purpose: Purpose::from_code(row.text("purpose")?).ok_or_else(|| odd("purpose"))?,
            state: ExportState::from_code(row.text("state")?).ok_or_else(|| odd("state"))?,
            place: row.int("place")?,
            after: row.string("key_after")?,
            done: row.int("done")?,
            bytes: row.int("bytes")?,
            failure: row.string("failure")?,
            begun_at: row.moment("begun_at")?,
            expires: row.moment("expires")?,
        })
    }

    /// The row as it becomes, from where it was read.
    fn moved(&self, unit: &mut Unit, was: (ExportState, i64)) {
        let values = args![
            self.id,
            was.0.code(),
            was.1,
            self.state.code(),
            self.place,
            &self.after,
            self.done,
            self.bytes,
            &self.failure
        ];
        unit.one(rows::GUARD, rows::EXPORT_MOVE, values);
    }

    /// Who it acts as: whoever asked for it, with the posts of then.
    fn actor(&self, app: &App) -> Actor {
        let lists = app.lists().iter().flat_map(|it| it.needs).map(|it| it.code);
        let known: Vec<_> = of_cases().chain(lists).collect();
        let grants = self.grants.iter().filter_map(|it| it.grant(&known)).collect();
        Actor { who: Who::Person(self.person), grants, ..Actor::anonymous(Channel::System) }
    }

    /// Guards a unit by every post on which it rests.
    fn guard(&self, unit: &mut Unit, ctx: &Ctx) {
        let mut posts: Vec<_> = self.grants.iter().map(|it| it.post).collect();
        posts.sort_unstable();
        posts.dedup();
        posts.into_iter().for_each(|it| identity::still_holds(unit, ctx, &Basis::Post(it)));
    }

    /// Its file's name.
    pub(crate) fn file_name(&self) -> String {
        format!("{}-{}.{}", self.asked.words(), self.begun_at.legal_date(), self.form.ending())
    }

    /// A made-up one, for the test of all pages.
    pub(crate) fn sample(state: ExportState) -> Self {
        Self {
            id: Id::from_parts(Moment::from_micros(0), [8; 10]),
            person: Id::from_parts(Moment::from_micros(0), [7; 10]),
            grants: Vec::new(),
            asked: Asked::Worklist(CaseFilter::default()),
            form: OneForm::Workbook,
            purpose: Purpose::Inspection,
            state,
            place: 1,
            after: String::new(),
            done: 12_300,
            bytes: 1 << 20,
            failure: if state == ExportState::Failed { "岗位<已经>结束。".to_owned() } else { String::new() },
            begun_at: Moment::from_micros(0),
            expires: Moment::from_micros(0),
        }
    }
}

impl KeptGrant {
    fn of(it: &Grant) -> Self {
        Self {
            permission: it.permission.to_owned(),
            authority: it.authority,
            item: it.item,
            branch: it.branch.map(|it| (it.from, it.to)),
            post: it.post,
            stands_for: it.stands_for,
        }
    }

    /// The permission that it was; `None`: one that no list asks for.
    fn grant(&self, known: &[&'static str]) -> Option<Grant> {
        let permission = known.iter().copied().find(|it| *it == self.permission)?;
        Some(Grant {
            permission,
            authority: self.authority,
            item: self.item,
            branch: self.branch.map(|(from, to)| Branch { from, to }),
            post: self.post,
            stands_for: self.stands_for,
        })
    }
}

/// Under what the vault keeps an export's words and files.
pub(crate) fn holder(id: ExportId) -> String {
    format!("case-export:{id}")
}

/// To what a sealed piece is bound.
fn place(id: ExportId, kind: &str, n: i64) -> String {
    format!("export:{id}:{kind}:{n}")
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewExport {
    /// A worklist; `None`: the cases of a number.
    pub(crate) list: Option<CaseFilter>,
    /// The number of who applied.
    pub(crate) number: String,
    /// Another list, by code, and what of it: what stands behind `?` in the address of its page.
    pub(crate) other: Option<(String, String)>,
    /// `csv` or `xlsx`.
    pub(crate) form: String,
    /// What for, by code.
    pub(crate) purpose: String,
    /// What for, in one's own words.
    pub(crate) words: String,
}

/// Asks for a list to be written out.
///
/// # Errors
/// [`Error::Forbidden`] without a post that shows the list; [`Error::Invalid`] at `form`, `purpose`, `words`, `number` or `asked`;
/// [`Error::Refused`] while there are too many; if the engine fails.
pub(crate) async fn begin(ctx: &Ctx, app: &App, new: &NewExport) -> Result<ExportId> {
    let person = ctx.person()?;
    let form = OneForm::from_ending(&new.form);
    let form = form.ok_or_else(|| Error::invalid("form", "请选择文件格式：XLSX 或者 CSV。"))?;
    let asked = asked::asked(ctx, app, new).await?;
    let purpose = if asked.is_personal() { purpose(&new.purpose, &new.words)? } else { Purpose::Handling };
    let known = match &asked {
        Asked::List(code, _) => listing(app, code)?.needs.iter().map(|it| it.code).collect(),
        _ => of_cases().collect::<Vec<_>>(),
    };
    let grants = ctx.actor.grants.iter().map(KeptGrant::of).filter(|it| it.grant(&known).is_some());
    let grants: Vec<_> = grants.collect();
    let id: ExportId = ctx.new_id();
    let mut unit = Unit::new(ctx);
    let key = app.vault.create(&mut unit, ctx, &holder(id));
    let words = new.words.trim();
    let words_sm3 = app.vault.seal(&mut unit, ctx, (&holder(id), &key), "words", words.as_bytes());
    if let Some((_, query)) = &new.other {
        app.vault.seal(&mut unit, ctx, (&holder(id), &key), QUERY, query.as_bytes());
    }
    let entry = serde_json::json!({
        "asked": &asked, "form": form.ending(), "purpose": purpose.code(), "words_sm3": words_sm3,
    });
    journal::append(&mut unit, ctx, &Head::none(), (&holder(id), EXPORT_ASKED), &entry)?;
    let values = args![
        id,
        person,
        store::json(&grants)?,
        store::json(&asked)?,
        form.ending(),
        purpose.code(),
        ExportState::Writing.code(),
        "",
        ctx.now,
        ctx.now.plus_seconds(KEPT_DAYS * 86_400),
        KEPT_MAX,
        WAITING_MAX,
    ];
    unit.one(rows::GUARD, rows::EXPORT_ADD, values);
    match app.db.commit(unit).await? {
        Commit::Done => Ok(id),
        Commit::Lost { .. } => Err(Error::refused(format!(
            "您已有 {KEPT_MAX} 个导出，或者等待导出的人太多。请先删除不再需要的，或者过一会儿再试。"
        ))),
    }
}

fn purpose(code: &str, words: &str) -> Result<Purpose> {
    let found = Purpose::from_code(code).filter(|it| Purpose::CHOSEN.contains(it));
    let purpose = found.ok_or_else(|| Error::invalid("purpose", "请选择导出的目的，申请人看得到。"))?;
    let chars = words.trim().chars().count();
    if purpose == Purpose::Other && chars == 0 {
        return Err(Error::invalid("words", "选「其他」的，请写明导出的目的。"));
    }
    if chars > WORDS_MAX {
        return Err(Error::invalid("words", format!("说明最多 {WORDS_MAX} 个字，请缩短。")));
    }
    Ok(purpose)
}

/// One's own exports, the latest first.
///
/// # Errors
/// [`Error::SignIn`]; if the engine fails.
pub(crate) async fn own(ctx: &Ctx, app: &App) -> Result<Vec<Export>> {
    let found = app.db.query(rows::EXPORTS_OF, args![ctx.person()?, KEPT_MAX]).await?;
    found.iter().map(Export::read).collect()
}

/// One of one's own exports.
///
/// # Errors
/// [`Error::NotFound`] if there is none, or it is somebody else's; [`Error::Forbidden`] once one has no post that shows the list.
pub(crate) async fn one(ctx: &Ctx, app: &App, id: ExportId) -> Result<Export> {
    let (row, person) = (app.db.find(rows::EXPORT, args![id]).await?, ctx.person()?);
    let found = row.as_ref().map(Export::read).transpose()?;
    let over = |it: &Export| it.person != person || it.expires < ctx.now;
    let found = found.filter(|it| !over(it)).ok_or(Error::NotFound { what: "这次导出" })?;
    found.asked.may(ctx, app)?;
    Ok(found)
}

/// Stops one's own export; what was written so far is thrown away.
///
/// # Errors
/// As [`one`]; [`Error::Refused`] if no worker is at it.
pub(crate) async fn stop(ctx: &Ctx, app: &App, id: ExportId) -> Result<()> {
    // A piece may be written between the read and this.
    for _ in 0..10 {
        let mut export = one(ctx, app, id).await?;
        if !export.state.is_working() {
            return Err(Error::refused(format!("这次导出现为「{}」，不需要停止。", export.state.name())));
        }
        let was = (export.state, export.place);
        export.state = ExportState::Stopped;
        let mut unit = Unit::new(ctx);
        export.moved(&mut unit, was);
        let files = forgotten(app, &mut unit, id).await?;
        if app.db.commit(unit).await? == Commit::Done {
            return remove(app, files).await;
        }
    }
    Err(Error::Stale { what: "导出", by: None })
}

/// Throws one of one's own exports away, whatever its state.
///
/// # Errors
/// As [`one`].
pub(crate) async fn forget(ctx: &Ctx, app: &App, id: ExportId) -> Result<()> {
    one(ctx, app, id).await?;
    drop_one(ctx, app, id).await
}

async fn drop_one(ctx: &Ctx, app: &App, id: ExportId) -> Result<()> {
    let mut unit = Unit::new(ctx);
    let files = forgotten(app, &mut unit, id).await?;
    unit.run(rows::EXPORT_DROP, args![id]);
    app.vault.destroy(&mut unit, &holder(id));
    app.db.commit(unit).await?.or_stale("导出")?;
    remove(app, files).await
}

/// Forgets the pieces of an export in this unit; gives the files that may go once it is committed.
async fn forgotten(app: &App, unit: &mut Unit, id: ExportId) -> Result<Vec<BlobId>> {
    let mut files = Vec::new();
    for kind in [work::ROWS, work::FILE] {
        files.extend(pieces(app, id, kind).await?.into_iter().map(|it| it.1));
        unit.run(rows::EXPORT_PIECES_DROP, args![id, kind]);
    }
    Ok(files)
}

/// The pieces of a kind, in order: number and file.
async fn pieces(app: &App, id: ExportId, kind: &str) -> Result<Vec<(i64, BlobId)>> {
    let mut out: Vec<(i64, BlobId)> = Vec::new();
    loop {
        let after = out.last().map_or(-1, |it| it.0);
        let found = app.db.query(rows::EXPORT_PIECES, args![id, kind, after, PIECES_AT_ONCE]).await?;
        if found.is_empty() {
            return Ok(out);
        }
        for row in found {
            out.push((row.int("n")?, row.string("blob")?));
        }
    }
}

async fn remove(app: &App, files: Vec<BlobId>) -> Result<()> {
    for file in files {
        app.blobs.delete(&file).await?;
    }
    Ok(())
}

/// The pieces of a finished file, for who asked for it: each is opened when its turn comes.
///
/// # Errors
/// As [`one`]; [`Error::Refused`] while it is not finished.
pub(crate) async fn file(ctx: &Ctx, app: &App, id: ExportId) -> Result<(Export, Vec<(i64, BlobId)>)> {
    let export = one(ctx, app, id).await?;
    if export.state != ExportState::Done {
        return Err(Error::refused(format!("这次导出现为「{}」，还不能下载。", export.state.name())));
    }
    let parts = pieces(app, id, work::FILE).await?;
    Ok((export, parts))
}

/// The bytes of one piece of a file; whoever calls has them from [`file`].
///
/// # Errors
/// If it was altered, or thrown away meanwhile; if the store fails.
pub(crate) async fn piece(app: &App, id: ExportId, (n, blob): &(i64, BlobId)) -> Result<Vec<u8>> {
    work::open(app, id, (work::FILE, *n, blob)).await
}

/// Forgets in this unit what a person had written out; gives the files that may go once it is committed.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn forget_of_person(app: &App, unit: &mut Unit, person: Id<Person>) -> Result<Vec<BlobId>> {
    let mut files = Vec::new();
    for row in app.db.query(rows::EXPORTS_OF, args![person, KEPT_MAX]).await? {
        let id: ExportId = row.id("id")?;
        files.extend(forgotten(app, unit, id).await?);
        unit.run(rows::EXPORT_DROP, args![id]);
        app.vault.destroy(unit, &holder(id));
    }
    Ok(files)
}
