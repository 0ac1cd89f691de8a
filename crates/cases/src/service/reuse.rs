//! Never asked twice (免重复提交): what the same person or enterprise handed in before for a material of the same name, while the item lets it be
//! used again, is offered in the draft and taken in by one click. Its bytes lie where they lie; nothing is copied.
//!
//! How far such a copy is to be trusted has four levels (the State Council's guide on licences, reference A to D): A issued by the authority,
//! B compared with the original by an officer, C handed in by the applicant, D made by the applicant itself. A is the result of an earlier
//! case of the same applicant that bears the material's name, while it holds: `issued`.

use std::collections::BTreeMap;

use catalogue::{ItemDocument, model::Requirement};
use kernel::{Authority, Ctx, Error, Holder, Id, Item, Moment, Result, Scope};
use serde::Serialize;
use serde_json::Value;
use standards::MaterialSource;
use storage::{Commit, Row, Unit, args};
use time::Duration;
use webkit::{App, utoipa::ToSchema};

use super::{
    document,
    drafts::{self, Draft},
    materials, notes,
    reads::MaterialView,
};
use crate::{
    CaseId, FILE, SEE,
    model::Stage,
    rules::{self, APPLICATION},
    store::{self, CaseRow, MaterialRow, Origin, RESULT, guard},
    view,
};

mod issued;

/// Earlier files that are looked through at most, the latest first.
const LOOKED_MAX: i64 = 200;
/// The mark by which an officer says that a file agrees with its original.
pub(crate) const ORIGINAL: &str = "original";

/// How far a copy is to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// It is the result of an earlier case, from the authority itself.
    Issued,
    /// An officer compared it with the original.
    Compared,
    /// The applicant handed it in.
    HandedIn,
    /// The applicant made it itself.
    Made,
}

impl Trust {
    fn of(material: &Requirement, mark: Option<&str>) -> Self {
        match (mark, material.source) {
            (Some(ORIGINAL), _) => Self::Compared,
            (_, MaterialSource::Applicant) => Self::Made,
            _ => Self::HandedIn,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Issued => "可信等级 A：由发证机关直接签发，不用再核对原件",
            Self::Compared => "可信等级 B：工作人员已与原件核对",
            Self::HandedIn => "可信等级 C：申请人上传，未核对原件",
            Self::Made => "可信等级 D：申请人自己制作",
        }
    }
}

/// What was handed in before and may stand for a material.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EarlierView {
    /// 当时的办件标识
    pub(crate) case: String,
    /// 当时办的事项
    pub(crate) item_name: String,
    /// 提交日期，供人阅读
    pub(crate) filed_on: String,
    /// 可以用到哪一天，供人阅读
    pub(crate) until: String,
    /// 可信等级 A：由发证机关直接签发；说明是哪个机关的哪一件决定
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) issued: String,
    /// 文件名
    pub(crate) names: Vec<String>,
    #[serde(skip)]
    pub(crate) files: Vec<MaterialRow>,
    /// Whether the file is the paper of the decision, which is all that was given.
    #[serde(skip)]
    pub(crate) paper: bool,
}

/// One earlier file with what is asked of it.
struct Found {
    case: CaseId,
    item: Id<Item>,
    item_version: i64,
    authority: Id<Authority>,
    file: MaterialRow,
    filed_at: Moment,
}

impl Found {
    fn read(row: &Row) -> Result<Self> {
        let file = store::material(row)?;
        Ok(Self {
            case: row.id("case_id")?,
            item: row.id("item")?,
            item_version: row.int("item_version")?,
            authority: row.id("authority")?,
            filed_at: file.filed_at.ok_or_else(|| Error::internal("a file that was not sent"))?,
            file,
        })
    }
}

/// For whose materials something earlier is looked for: a draft's, or those that a case waits for.
pub(crate) struct Wanting<'a> {
    pub(crate) holder: Holder,
    pub(crate) document: &'a ItemDocument,
    pub(crate) values: &'a Value,
    /// The case that waits; `None`: a draft.
    pub(crate) case: Option<&'a CaseRow>,
}

impl<'a> Wanting<'a> {
    /// All materials of a draft.
    pub(crate) fn of_draft(draft: &'a Draft) -> Self {
        Self { holder: draft.holder, document: &draft.document, values: &draft.values, case: None }
    }

    /// Whether a material is asked for: of a case, what its correction notice names and what is owed.
    fn wants(&self, key: &str) -> bool {
        let Some(row) = self.case else { return key != APPLICATION };
        let named = row.case.correction().filter(|it| it.answered.is_none());
        let named = named.is_some_and(|it| it.about.iter().any(|one| one == key));
        key != APPLICATION && (named || row.case.handling().is_some_and(|it| it.owed.contains(key)))
    }

    fn materials(&self) -> impl Iterator<Item = &'a Requirement> {
        rules::asked(self.document, self.values).filter(|it| self.wants(&it.key))
    }
}

/// What the applicant handed in or was given before for these materials, by the material's key: the result of an earlier case that holds still,
/// or else the latest file that still counts, that the caller may see, and that no officer found wrong.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn offers(ctx: &Ctx, app: &App, wanting: &Wanting<'_>) -> Result<BTreeMap<String, EarlierView>> {
    let mut out = issued::offers(ctx, app, wanting).await?;
    let wanted: Vec<_> = wanting
        .materials()
        .filter(|it| !out.contains_key(&it.key))
        .filter_map(|it| Some((it, it.reuse_days.filter(|days| *days > 0)?)))
        .collect();
    let Some(longest) = wanted.iter().map(|it| it.1).max() else { return Ok(out) };
    let holder = wanting.holder.to_string();
    let rows = app.db.query(store::HANDED_IN, args![holder, since(ctx.now, longest), LOOKED_MAX]).await?;
    let found = rows.iter().map(Found::read).collect::<Result<Vec<_>>>()?;
    for it in &found {
        let own = wanting.case.is_some_and(|row| row.id == it.case);
        if own || ctx.may(SEE, &Scope::item(it.authority, it.item).of(wanting.holder)).is_err() {
            continue;
        }
        let then = document(app, it.item, it.item_version).await?;
        let Some(was) = then.requirement(&it.file.material) else { continue };
        for (material, days) in &wanted {
            let known = out.contains_key(&material.key);
            if known || was.name.trim() != material.name.trim() || it.filed_at < since(ctx.now, *days) {
                continue;
            }
            if let Some(offer) = offer(app, &found, it, (&then, *days)).await? {
                out.insert(material.key.clone(), offer);
            }
        }
    }
    Ok(out)
}

/// All files of that material that were sent together, if none of them was found wrong.
async fn offer(
    app: &App,
    found: &[Found],
    first: &Found,
    (then, days): (&ItemDocument, u32),
) -> Result<Option<EarlierView>> {
    let of_material = |it: &&Found| it.case == first.case && it.file.material == first.file.material;
    // What was sent again later holds instead of what was sent before.
    let Some(latest) = found.iter().filter(of_material).map(|it| it.filed_at).max() else { return Ok(None) };
    let files: Vec<_> = found.iter().filter(of_material).filter(|it| it.filed_at == latest).collect();
    let marks = notes::marks(app, first.case).await?;
    let wrong = |it: &&Found| matches!(marks.get(&it.file.number).map(String::as_str), Some("mend" | "bad"));
    if files.iter().any(wrong) {
        return Ok(None);
    }
    let key = match app.vault.key(&super::subject(first.case)).await {
        Ok(key) => key,
        // It was erased.
        Err(Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut files: Vec<_> = files.into_iter().map(|it| it.file.clone()).collect();
    files.sort_by_key(|it| it.number);
    let names = files.iter().map(|it| materials::name_of(app, &key, first.case, it)).collect::<Result<Vec<_>>>()?;
    Ok(Some(EarlierView {
        case: first.case.to_string(),
        item_name: then.name.clone(),
        filed_on: view::day(latest.legal_date()),
        until: view::day(latest.legal_date() + Duration::days(i64::from(days))),
        issued: String::new(),
        names,
        files,
        paper: false,
    }))
}

/// From when on a file must have been handed in, if it counts for so many days after that day.
fn since(now: Moment, days: u32) -> Moment {
    Moment::start_of(now.legal_date() - Duration::days(i64::from(days)))
}

/// Takes what was handed in or given with an earlier case as a material of one's own draft, or as what one's own case waits for; gives how
/// many files.
///
/// # Errors
/// [`Error::NotFound`] if there is no such draft or case; [`Error::Refused`] if it does not count any more, nothing is waited for, or the draft
/// was changed elsewhere.
pub(crate) async fn reuse(ctx: &Ctx, app: &App, id: CaseId, (material, case): (&str, &str)) -> Result<usize> {
    let target = materials::open_for_files(ctx, app, id).await?;
    let offered = match target.draft_at() {
        Some(_) => {
            let draft = drafts::draft(ctx, app, id).await?;
            offers(ctx, app, &Wanting::of_draft(&draft)).await?
        }
        None => {
            let row = super::load_for(ctx, app, id).await?;
            ctx.may(FILE, &super::scope(&row))?;
            of_case(ctx, app, &row).await?
        }
    };
    let offered = { offered }.remove(material).filter(|it| it.case == case);
    let over = || Error::refused("以前交的这份材料现在不能直接用了（可能过了期限或者已经更新），请另外上传。");
    let offered = offered.ok_or_else(over)?;
    let key = app.vault.key(&super::subject(id)).await?;
    let rows = app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await?;
    if rows.len() + offered.files.len() > usize::try_from(store::FILES_MAX).unwrap_or(usize::MAX) {
        return Err(Error::refused("文件太多了，请先移除不用的文件。"));
    }
    let next = rows.last().map_or(Ok(0), |row| row.int("number"))? + 1;
    let mut unit = Unit::new(ctx);
    if let Some(version) = target.draft_at() {
        unit.check(guard::DRAFT, store::DRAFT_AT, args![id, version]);
    }
    for (number, (file, name)) in (next..).zip(offered.files.iter().zip(&offered.names)) {
        let name = materials::seal_name(ctx, app, &key, (id, number), name);
        let size = if offered.paper { issued::size(app, &offered.case, file).await? } else { file.size };
        let mut values = args![id, number, material, &file.blob, name, &file.kind, size, ctx.person()?, ctx.now];
        values.extend(args![&offered.case, file.number, offered.paper, &file.thumb]);
        unit.one(guard::FILES, store::MATERIAL_REUSE, values);
    }
    match app.db.commit(unit).await? {
        Commit::Done => Ok(offered.files.len()),
        Commit::Lost { .. } => Err(drafts::elsewhere()),
    }
}

/// Says of the files of a case where they come from, and to its applicant what there is already for what it waits for.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn beside(
    ctx: &Ctx,
    app: &App,
    (row, officer): (&CaseRow, bool),
    views: &mut [MaterialView],
) -> Result<()> {
    tell(app, views).await?;
    let waits = row.case.stage() == Stage::CorrectionAsked || row.case.handling().is_some_and(|it| !it.owed.is_empty());
    if waits && !officer {
        lay(of_case(ctx, app, row).await?, views);
    }
    Ok(())
}

/// What there is already for what this case waits for.
///
/// # Errors
/// If the engine fails.
async fn of_case(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<BTreeMap<String, EarlierView>> {
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let values = super::answers(app, row).await?;
    let wanting = Wanting { holder: row.facts.holder, document: &document, values: &values, case: Some(row) };
    offers(ctx, app, &wanting).await
}

/// Puts the offers beside the materials for which nothing lies ready.
pub(crate) fn lay(mut offers: BTreeMap<String, EarlierView>, views: &mut [MaterialView]) {
    for it in views.iter_mut().filter(|it| it.files.iter().all(|file| file.filed)) {
        it.earlier_offer = offers.remove(&it.key);
    }
}

/// Says of each file that was handed in before where it comes from and how far it is to be trusted.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn tell(app: &App, views: &mut [MaterialView]) -> Result<()> {
    for file in views.iter_mut().flat_map(|it| &mut it.files) {
        let Some(Origin { case, number, paper }) = file.source else { continue };
        let row = super::load(app, case).await?;
        let then = document(app, row.facts.item, row.facts.item_version).await?;
        if paper {
            file.origin = issued::told(app, &row, &then).await?;
            continue;
        }
        let found = app.db.find(store::MATERIAL, args![case, number]).await?;
        let was = found.as_ref().map(store::material).transpose()?.ok_or(Error::NotFound { what: "材料" })?;
        if was.material == RESULT {
            file.origin = issued::told(app, &row, &then).await?;
            continue;
        }
        let marks = notes::marks(app, case).await?;
        let trust = then.requirement(&was.material).map(|it| Trust::of(it, marks.get(&number).map(String::as_str)));
        let day = was.filed_at.map_or_else(String::new, |at| view::day(at.legal_date()));
        file.origin = format!("{day}为「{}」提交过，这次直接使用；{}", then.name, trust.map_or("", Trust::words));
    }
    Ok(())
}
