//! What officers write on a case for each other: internal notes (内部备注), marks on a file (标注), points of review checked (审查要点).
//!
//! None of it is shown to the applicant. Each is a thing of its own in the record and is never changed, so that writing one never collides
//! with an act; a later one about the same file or point holds instead of it. The words lie sealed under the case's key and go with it.

use std::collections::BTreeMap;

use catalogue::ItemDocument;
use journal::Head;
use kernel::{Basis, Ctx, Error, Id, Person, Result};
use serde::{Deserialize, Serialize};
use storage::{Commit, Row, Unit, args};
use webkit::{App, utoipa};

use super::{Hands, load_for, looks, sees, subject};
use crate::{
    CaseId,
    model::{PointAnswer, PointVerdict},
    store::{self, CaseRow, desk, guard},
};

/// Notes of one case at most.
pub(crate) const NOTES_MAX: i64 = 500;
/// Characters of one note at most.
const TEXT_MAX: usize = 2_000;
/// The highest page that a mark names.
const PAGE_MAX: i64 = 9_999;

/// What a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 内部备注: about the whole case.
    Note,
    /// 标注: about one file, by its number.
    Mark,
    /// 审查要点: about one point of the item's version, by its place from 0.
    Point,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Note, Self::Mark, Self::Point];

    /// As stored.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Mark => "mark",
            Self::Point => "point",
        }
    }

    /// What can be said of it, by code and in words.
    pub(crate) fn verdicts(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Note => &[("", "")],
            Self::Mark => &[("original", "与原件一致"), ("good", "合格"), ("mend", "需补正"), ("bad", "不合格")],
            Self::Point => &[("met", "符合"), ("unmet", "不符合"), ("not_applicable", "不适用")],
        }
    }
}

/// A note as a form or a program sends it.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub(crate) struct NewNote {
    /// 种类：`note` 内部备注，`mark` 材料标注，`point` 审查要点
    pub(crate) kind: String,
    /// 标注的文件序号，或者审查要点的序号（从 0 起）；备注不填
    pub(crate) about: String,
    /// 标注：`original` 与原件一致、`good` 合格、`mend` 需补正、`bad` 不合格；要点：`met` 符合、`unmet` 不符合、
    /// `not_applicable` 不适用；备注不填
    pub(crate) verdict: String,
    /// 标注的页码；0：不指明
    pub(crate) page: i64,
    /// 内容；备注和「需补正」「不合格」「不符合」「不适用」的必填
    pub(crate) text: String,
}

/// A note as officers read it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct NoteView {
    /// 序号
    pub(crate) number: i64,
    /// 种类：`note`、`mark`、`point`
    pub(crate) kind: String,
    /// 文件序号或者要点序号
    pub(crate) about: String,
    /// 结论代码
    pub(crate) verdict: String,
    /// 结论
    pub(crate) verdict_name: String,
    /// 页码；0：不指明
    pub(crate) page: i64,
    /// 谁写的
    pub(crate) who: String,
    /// 什么时候
    pub(crate) when: String,
    /// 内容
    pub(crate) text: String,
}

/// What the record says of a note.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NoteState {
    pub(crate) case: CaseId,
    pub(crate) number: i64,
    pub(crate) kind: String,
    pub(crate) about: String,
    pub(crate) verdict: String,
    pub(crate) page: i64,
    pub(crate) person: Id<Person>,
    /// SM3 of the sealed words; empty: no words.
    pub(crate) sealed: String,
}

/// Reads a row of `case_notes`.
pub(crate) fn state(row: &Row) -> Result<NoteState> {
    Ok(NoteState {
        case: row.id("case_id")?,
        number: row.int("number")?,
        kind: row.string("kind")?,
        about: row.string("about")?,
        verdict: row.string("verdict")?,
        page: row.int("page")?,
        person: row.id("person")?,
        sealed: row.string("sealed")?,
    })
}

/// All that officers wrote on a case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    /// Notes on the whole case, oldest first.
    pub(crate) notes: Vec<NoteView>,
    /// By the number of the file, the mark that holds.
    pub(crate) marks: BTreeMap<String, NoteView>,
    /// By the place of the point, the word that holds.
    pub(crate) points: BTreeMap<String, NoteView>,
}

/// What officers wrote on a case, oldest first.
///
/// # Errors
/// [`Error::NotFound`] if there is no case or the caller may not see it; [`Error::Forbidden`] to its applicant; [`Error::Refused`] if it is
/// over and it was not told what for it is looked at; if the engine fails.
pub(crate) async fn notes(ctx: &Ctx, app: &App, id: CaseId) -> Result<Vec<NoteView>> {
    let row = load_for(ctx, app, id).await?;
    officer(ctx, &row)?;
    looks::must_look(ctx, app, &row).await?;
    read(app, id).await
}

/// As [`notes`], each in its place, for a page whose reader was asked already.
pub(crate) async fn sorted(app: &App, id: CaseId) -> Result<Notes> {
    let mut out = Notes::default();
    for it in read(app, id).await? {
        match it.kind.as_str() {
            "mark" => drop(out.marks.insert(it.about.clone(), it)),
            "point" => drop(out.points.insert(it.about.clone(), it)),
            _ => out.notes.push(it),
        }
    }
    Ok(out)
}

/// By the number of each file, the verdict that holds.
///
/// # Errors
/// If the engine fails.
pub(super) async fn marks(app: &App, id: CaseId) -> Result<BTreeMap<i64, String>> {
    let mut out = BTreeMap::new();
    for row in app.db.query(desk::NOTES, args![id, NOTES_MAX]).await? {
        let it = state(&row)?;
        if let (true, Ok(number)) = (it.kind == Kind::Mark.code(), it.about.parse()) {
            out.insert(number, it.verdict);
        }
    }
    Ok(out)
}

/// The answers to points of review that hold, one a point, each with the digest of its sealed words.
///
/// # Errors
/// If the engine fails.
pub(super) async fn answers(app: &App, id: CaseId) -> Result<Vec<PointAnswer>> {
    let mut out = BTreeMap::new();
    for row in app.db.query(desk::NOTES, args![id, NOTES_MAX]).await? {
        let it = state(&row)?;
        let verdict = PointVerdict::ALL.into_iter().find(|known| known.code() == it.verdict);
        if let (true, Ok(point), Some(verdict)) = (it.kind == Kind::Point.code(), it.about.parse(), verdict) {
            out.insert(point, PointAnswer { point, verdict, note: it.number, sm3: it.sealed });
        }
    }
    Ok(out.into_values().collect())
}

async fn read(app: &App, id: CaseId) -> Result<Vec<NoteView>> {
    let rows = app.db.query(desk::NOTES, args![id, NOTES_MAX]).await?;
    let texts: BTreeMap<String, Vec<u8>> = app.vault.open_all(&subject(id), PLACE).await?.into_iter().collect();
    let mut people = Vec::with_capacity(rows.len());
    for row in &rows {
        people.push(row.id::<Person>("person")?);
    }
    let names = identity::names(app, people.iter().map(|it| kernel::Holder::Person(*it))).await?;
    let view = |row: &Row| {
        let it = state(row)?;
        let verdicts = Kind::ALL.iter().filter(|kind| kind.code() == it.kind).flat_map(|kind| kind.verdicts());
        let named = verdicts.into_iter().find(|known| known.0 == it.verdict).map_or("", |known| known.1);
        let text = texts.get(&place(it.number)).map(|it| String::from_utf8_lossy(it).into_owned());
        Ok(NoteView {
            number: it.number,
            kind: it.kind,
            about: it.about,
            verdict_name: named.to_owned(),
            verdict: it.verdict,
            page: it.page,
            who: names.person(&it.person).to_owned(),
            when: row.moment("changed_at")?.zh(),
            text: text.unwrap_or_default(),
        })
    };
    rows.iter().map(view).collect()
}

const PLACE: &str = "note.";

fn place(number: i64) -> String {
    format!("{PLACE}{number}")
}

/// By what right the caller writes on a case: any post that sees it; never its applicant.
fn officer(ctx: &Ctx, row: &CaseRow) -> Result<Basis> {
    let own = row.facts.holder == kernel::Holder::Person(ctx.person()?);
    if own || !Hands::of(ctx, row)?.officer() {
        return Err(Error::Forbidden { action: "办理办件" });
    }
    sees(ctx, row)
}

/// Writes a note, a mark or a word on a point of review; gives its number within the case.
///
/// # Errors
/// As [`notes`]; [`Error::Invalid`] at the field that is wrong; [`Error::Refused`] beyond [`NOTES_MAX`] or when the case is over.
pub(crate) async fn add_note(ctx: &Ctx, app: &App, id: CaseId, new: &NewNote) -> Result<i64> {
    let row = load_for(ctx, app, id).await?;
    let basis = officer(ctx, &row)?;
    if row.case.stage().is_final() {
        return Err(Error::refused("这件办件已经结束，不再添加备注和标注。"));
    }
    let document = super::document(app, row.facts.item, row.facts.item_version).await?;
    let kind = check(new, &document)?;
    if kind == Kind::Mark {
        let number: i64 = new.about.parse().map_err(|_| Error::invalid("about", "请选择要标注的文件。"))?;
        if app.db.find(store::MATERIAL, args![id, number]).await?.is_none() {
            return Err(Error::invalid("about", "没有这份文件，请刷新页面后再标注。"));
        }
    }
    let last = app.db.find(desk::NOTE_LAST, args![id]).await?.map_or(Ok(0), |row| row.int("number"))?;
    if last >= NOTES_MAX {
        return Err(Error::refused(format!("一件办件最多写 {NOTES_MAX} 条备注和标注。")));
    }
    write(ctx, app, &row, (kind, new, last + 1), basis).await
}

/// What is wrong with it, each at its field.
fn check(new: &NewNote, document: &ItemDocument) -> Result<Kind> {
    let kind = Kind::ALL.into_iter().find(|it| it.code() == new.kind);
    let kind = kind.ok_or_else(|| Error::invalid("kind", "没有这种备注。"))?;
    if !kind.verdicts().iter().any(|it| it.0 == new.verdict) {
        return Err(Error::invalid("verdict", "请选择结论。"));
    }
    let must = kind == Kind::Note || matches!(new.verdict.as_str(), "mend" | "bad" | "unmet" | "not_applicable");
    if must && new.text.trim().is_empty() {
        return Err(Error::invalid("text", "请写明内容：哪里不对、怎么改，或者为什么不适用。"));
    }
    if new.text.chars().count() > TEXT_MAX {
        return Err(Error::invalid("text", format!("最长 {TEXT_MAX} 个字。")));
    }
    if !(0..=PAGE_MAX).contains(&new.page) {
        return Err(Error::invalid("page", "页码应为 1 至 9999 的整数。"));
    }
    let known = |it: &usize| *it < document.points().count();
    if kind == Kind::Point && new.about.parse().ok().filter(known).is_none() {
        return Err(Error::invalid("about", "本事项没有这条审查要点。"));
    }
    Ok(kind)
}

async fn write(
    ctx: &Ctx,
    app: &App,
    row: &CaseRow,
    (kind, new, number): (Kind, &NewNote, i64),
    basis: Basis,
) -> Result<i64> {
    let holder = subject(row.id);
    let text = new.text.trim();
    let mut unit = Unit::new(ctx);
    let mut sealed = String::new();
    if !text.is_empty() {
        let key = app.vault.key(&holder).await?;
        sealed = app.vault.seal(&mut unit, ctx, (&holder, &key), &place(number), text.as_bytes());
    }
    let about = if kind == Kind::Note { String::new() } else { new.about.trim_start_matches('0').to_owned() };
    let about = if kind == Kind::Point && about.is_empty() { "0".to_owned() } else { about };
    let page = if kind == Kind::Mark { new.page } else { 0 };
    let it = NoteState {
        case: row.id,
        number,
        kind: kind.code().to_owned(),
        about,
        verdict: new.verdict.clone(),
        page,
        person: ctx.person()?,
        sealed,
    };
    let id = ctx.new_id::<NoteState>();
    let head = journal::append(&mut unit, ctx, &Head::none(), (&format!("case-note:{id}"), "cases.noted"), &it)?;
    let row_values = args![
        it.case,
        it.number,
        id,
        &it.kind,
        &it.about,
        &it.verdict,
        it.page,
        it.person,
        &it.sealed,
        head.version,
        &head.hash,
        head.at
    ];
    unit.one(guard::NOTE, desk::NOTE_ADD, row_values);
    identity::still_holds(&mut unit, ctx, &basis);
    match app.db.commit(unit).await? {
        Commit::Done => Ok(number),
        Commit::Lost { guard: kernel::POST_GUARD } => Err(Error::post_ended()),
        Commit::Lost { .. } => Err(Error::refused("同事刚刚也写了一条，请再点一次。")),
    }
}
