//! Files that officers add to a case (现场照片、签字的笔录、检测报告): taken in sealed, they lie ready until an act of the same officer names them.

use kernel::{Basis, Ctx, Error, Id, Person, Result};
use serde::Serialize;
use storage::{Commit, Row, Unit, args};
use webkit::{App, utoipa::ToSchema};

use super::{
    Hands, desk_scope, load_for, looks,
    materials::{MaterialKind, NewMaterial, ReadMaterial, check, clean},
    scan, sees, subject, thumbs,
};
use crate::{
    CaseId, DECIDE, REVIEW,
    model::Exhibit,
    store::{CaseRow, exhibits as sql, guard},
    view,
};

/// Files of one case at most.
pub(crate) const EXHIBITS_MAX: i64 = 200;
/// Tries to take the next number when two files come at once.
const TRIES: usize = 8;
const FIELD: &str = "file";

/// A file that an officer added, as the desk shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ExhibitView {
    /// 序号
    pub(crate) number: i64,
    /// 文件名
    pub(crate) name: String,
    /// 种类、大小、谁在什么时候上传
    pub(crate) note: String,
    /// 本人上传、还没有随办理提交，可以移除
    pub(crate) mine: bool,
    /// 是否有缩略图
    pub(crate) has_thumb: bool,
}

impl ExhibitView {
    /// Where its small picture is; empty: there is none.
    pub(crate) fn thumb(&self, case: &str) -> String {
        if self.has_thumb { format!("/desk/cases/{case}/exhibits/{}/thumb", self.number) } else { String::new() }
    }
}

/// By what right the caller adds files: an officer who reviews or decides, while the case is undecided.
fn right(ctx: &Ctx, row: &CaseRow) -> Result<Basis> {
    if !Hands::of(ctx, row)?.officer() {
        return Err(Error::Forbidden { action: REVIEW.words });
    }
    let scope = desk_scope(row);
    let basis = ctx.may(REVIEW, &scope).or_else(|_| ctx.may(DECIDE, &scope))?;
    if row.case.handling().is_none() || row.case.decision().is_some() || row.case.stage().is_final() {
        return Err(Error::refused("受理以后、作出决定以前，才能上传核查照片和附件。"));
    }
    Ok(basis)
}

/// Takes a file in, and gives its number.
///
/// # Errors
/// [`Error::NotFound`] if there is no case or the caller may not see it; [`Error::Forbidden`]; [`Error::Refused`] once it is decided, or
/// beyond [`EXHIBITS_MAX`]; [`Error::Invalid`] at `file` if it is none of the four kinds; [`Error::TooLarge`]; if the engine fails.
pub(crate) async fn add_exhibit(ctx: &Ctx, app: &App, id: CaseId, new: &NewMaterial) -> Result<i64> {
    let row = load_for(ctx, app, id).await?;
    let basis = right(ctx, &row)?;
    let kind = check(FIELD, new)?;
    scan::passes(app, FIELD, &new.bytes).await?;
    let key = app.vault.key(&subject(id)).await?;
    let small = thumbs::small(app, kind, &new.bytes).await?;
    for _ in 0..TRIES {
        let rows = app.db.query(sql::EXHIBITS, args![id, EXHIBITS_MAX]).await?;
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) >= EXHIBITS_MAX {
            return Err(Error::refused(format!("一件办件最多上传 {EXHIBITS_MAX} 个照片和附件。")));
        }
        let number = rows.last().map_or(Ok(0), |row| row.int("number"))? + 1;
        let (vault, of, sealing, bytes) = (app.vault.clone(), ctx.clone(), key.clone(), new.bytes.clone());
        let at = place(id, number);
        let sealed = tokio::task::spawn_blocking(move || vault.seal_bytes(&of, &sealing, &at, &bytes));
        let blob = app.blobs.put(sealed.await.map_err(Error::internal)?).await?;
        let thumb = thumbs::keep(ctx, app, &key, (&small_place(id, number), small.as_deref())).await?;
        let name = app.vault.seal_bytes(ctx, &key, &name_place(id, number), clean(&new.name).as_bytes());
        let size = i64::try_from(new.bytes.len()).unwrap_or(i64::MAX);
        let mut unit = Unit::new(ctx);
        unit.one(
            guard::FILES,
            sql::EXHIBIT_ADD,
            args![id, number, &blob, name, kind.code(), size, ctx.person()?, ctx.now, &thumb],
        );
        identity::still_holds(&mut unit, ctx, &basis);
        match app.db.commit(unit).await? {
            Commit::Done => return Ok(number),
            lost => {
                // Another file took the number; what was sealed for it is of no use.
                for blob in [&blob, &thumb].into_iter().filter(|it| !it.is_empty()) {
                    app.blobs.delete(blob).await?;
                }
                if lost == (Commit::Lost { guard: kernel::POST_GUARD }) {
                    return Err(Error::post_ended());
                }
            }
        }
    }
    Err(Error::Busy)
}

/// Takes a file of one's own back that no act named yet.
///
/// # Errors
/// As [`add_exhibit`]; [`Error::Refused`] if it is somebody else's or named by an act.
pub(crate) async fn remove_exhibit(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<()> {
    let row = load_for(ctx, app, id).await?;
    right(ctx, &row)?;
    let row = app.db.find(sql::EXHIBIT, args![id, number]).await?.ok_or(Error::NotFound { what: "附件" })?;
    let mut unit = Unit::new(ctx);
    unit.one(guard::FILES, sql::EXHIBIT_DROP, args![id, number, ctx.person()?]);
    app.db.commit(unit).await?.or_else(|_| Error::refused("只能移除本人上传、还没有随办理提交的文件。"))?;
    for blob in [row.text("blob")?, row.text("thumb")?].into_iter().filter(|it| !it.is_empty()) {
        app.blobs.delete(blob).await?;
    }
    Ok(())
}

/// The files that officers added, for the desk; whoever calls has asked by what right.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn list(ctx: &Ctx, app: &App, id: CaseId) -> Result<Vec<ExhibitView>> {
    let rows = app.db.query(sql::EXHIBITS, args![id, EXHIBITS_MAX]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let me = ctx.person()?;
    let key = app.vault.key(&subject(id)).await?;
    let mut people = Vec::with_capacity(rows.len());
    for row in &rows {
        people.push(row.id::<Person>("added_by")?);
    }
    let names = identity::person_names(app, &people).await?;
    let view = |(row, by): (&Row, &Id<Person>)| {
        let number = row.int("number")?;
        let name = app.vault.open_bytes(&key, &name_place(id, number), row.blob("name")?)?;
        let filed = row.opt_moment("filed_at")?.is_some();
        let standing = if filed { "已随办理提交" } else { "还没有提交" };
        Ok(ExhibitView {
            number,
            name: String::from_utf8(name).map_err(Error::internal)?,
            note: format!(
                "{}，{}，{} {}，{standing}",
                row.text("kind")?.to_uppercase(),
                view::size(row.int("size")?),
                names.person(by),
                row.moment("added_at")?.zh()
            ),
            mine: !filed && *by == me,
            has_thumb: !row.text("thumb")?.is_empty(),
        })
    };
    rows.iter().zip(&people).map(view).collect()
}

/// One of the files, for an officer.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] if the case is over and it was not told what for it is looked at; [`Error::Internal`] if it was altered.
pub(crate) async fn read_exhibit(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<ReadMaterial> {
    let row = shown(ctx, app, id, number).await?;
    let key = app.vault.key(&subject(id)).await?;
    let sealed = app.blobs.get(&row.string("blob")?).await?;
    let name = app.vault.open_bytes(&key, &name_place(id, number), row.blob("name")?)?;
    let (vault, at) = (app.vault.clone(), place(id, number));
    let opened = tokio::task::spawn_blocking(move || vault.open_bytes(&key, &at, &sealed));
    let kind = MaterialKind::from_code(row.text("kind")?).ok_or(Error::NotFound { what: "附件" })?;
    Ok(ReadMaterial {
        name: kind.named(&String::from_utf8(name).map_err(Error::internal)?),
        kind,
        bytes: opened.await.map_err(Error::internal)??,
    })
}

/// The small picture of one of the files, for an officer: a JPEG.
///
/// # Errors
/// As [`read_exhibit`]; [`Error::NotFound`] if there is none.
pub(crate) async fn read_thumb(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<Vec<u8>> {
    let row = shown(ctx, app, id, number).await?;
    let thumb = Some(row.string("thumb")?).filter(|it| !it.is_empty()).ok_or(Error::NotFound { what: "缩略图" })?;
    let key = app.vault.key(&subject(id)).await?;
    app.vault.open_bytes(&key, &small_place(id, number), &app.blobs.get(&thumb).await?)
}

/// The row of one of the files, for an officer who may look at it.
async fn shown(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<Row> {
    let none = || Error::NotFound { what: "附件" };
    let row = load_for(ctx, app, id).await?;
    if !Hands::of(ctx, &row)?.officer() {
        return Err(none());
    }
    sees(ctx, &row)?;
    looks::must_look(ctx, app, &row).await?;
    app.db.find(sql::EXHIBIT, args![id, number]).await?.ok_or_else(none)
}

/// Who can go on site with the caller: other officers of the authority who review.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn companions(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<Vec<(Id<Person>, String)>> {
    let mut found = identity::colleagues(ctx, app, (row.desk(), row.facts.item), REVIEW).await?;
    let applies = |it: Id<Person>| row.facts.holder == kernel::Holder::Person(it) || row.facts.filed_by == it;
    found.retain(|it| !applies(it.0) && ctx.person().ok() != Some(it.0));
    Ok(found)
}

/// Refuses a second officer who does not review at the authority, or applies.
///
/// # Errors
/// [`Error::Invalid`] at `second`; if the engine fails.
pub(crate) async fn may_check(ctx: &Ctx, app: &App, row: &CaseRow, second: Id<Person>) -> Result<()> {
    if companions(ctx, app, row).await?.iter().any(|it| it.0 == second) {
        return Ok(());
    }
    Err(Error::invalid("second", "请从本机关审核岗的人员中选择一同核查的另一名工作人员。"))
}

/// The caller's files that lie ready for an act.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn ready(ctx: &Ctx, app: &App, id: CaseId) -> Result<Vec<Exhibit>> {
    let me = ctx.person()?;
    let rows = app.db.query(sql::EXHIBITS, args![id, EXHIBITS_MAX]).await?;
    let mut out = Vec::new();
    for row in &rows {
        if row.opt_moment("filed_at")?.is_none() && row.id::<Person>("added_by")? == me {
            out.push(Exhibit { number: row.int("number")?, sm3: row.string("blob")? });
        }
    }
    Ok(out)
}

/// Files in this unit what lay ready when it was read.
///
/// # Errors
/// [`Error::SignIn`] if no person acts.
pub(crate) fn file(unit: &mut Unit, ctx: &Ctx, id: CaseId, files: &[Exhibit]) -> Result<()> {
    if !files.is_empty() {
        let rows = u64::try_from(files.len()).unwrap_or(u64::MAX);
        unit.expect(guard::FILES, rows, sql::EXHIBITS_FILE, args![id, ctx.person()?, ctx.now]);
    }
    Ok(())
}

fn place(id: CaseId, number: i64) -> String {
    format!("exhibit:{id}:{number}")
}

fn small_place(id: CaseId, number: i64) -> String {
    format!("exhibit-small:{id}:{number}")
}

fn name_place(id: CaseId, number: i64) -> String {
    format!("exhibit-name:{id}:{number}")
}
