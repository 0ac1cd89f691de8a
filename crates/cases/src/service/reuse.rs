//! Never asked twice (免重复提交): what the same person or enterprise handed in before for a material of the same name, while the item lets it be
//! used again, is offered in the draft and taken in by one click. Its bytes lie where they lie; nothing is copied.
//!
//! How far such a copy is to be trusted has four levels (the State Council's guide on licences, reference A to D): A issued by the authority,
//! B compared with the original by an officer, C handed in by the applicant, D made by the applicant itself. A is not told here: it needs the
//! authority's own licence, which no file of an applicant is.

use std::collections::BTreeMap;

use catalogue::{ItemDocument, model::Requirement};
use kernel::{Authority, Ctx, Error, Id, Item, Moment, Result, Scope};
use serde::Serialize;
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
    CaseId, SEE,
    rules::{self, APPLICATION},
    store::{self, MaterialRow, guard},
    view,
};

/// Earlier files that are looked through at most, the latest first.
const LOOKED_MAX: i64 = 200;
/// The mark by which an officer says that a file agrees with its original.
pub(crate) const ORIGINAL: &str = "original";

/// How far a copy is to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
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
    /// 文件名
    pub(crate) names: Vec<String>,
    #[serde(skip)]
    pub(crate) files: Vec<MaterialRow>,
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

/// What the applicant of a draft handed in before for its materials, by the material's key: for each the latest that still counts, that the
/// caller may see, and that no officer found wrong.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn offers(ctx: &Ctx, app: &App, draft: &Draft) -> Result<BTreeMap<String, EarlierView>> {
    let wanted: Vec<_> = rules::asked(&draft.document, &draft.values)
        .filter(|it| it.key != APPLICATION)
        .filter_map(|it| Some((it, it.reuse_days.filter(|days| *days > 0)?)))
        .collect();
    let Some(longest) = wanted.iter().map(|it| it.1).max() else { return Ok(BTreeMap::new()) };
    let holder = draft.holder.to_string();
    let rows = app.db.query(store::HANDED_IN, args![holder, since(ctx.now, longest), LOOKED_MAX]).await?;
    let found = rows.iter().map(Found::read).collect::<Result<Vec<_>>>()?;
    let mut out: BTreeMap<String, EarlierView> = BTreeMap::new();
    for it in &found {
        if ctx.may(SEE, &Scope::item(it.authority, it.item).of(draft.holder)).is_err() {
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
        names,
        files,
    }))
}

/// From when on a file must have been handed in, if it counts for so many days after that day.
fn since(now: Moment, days: u32) -> Moment {
    Moment::start_of(now.legal_date() - Duration::days(i64::from(days)))
}

/// Takes what was handed in with an earlier case as a material of one's own draft; gives how many files.
///
/// # Errors
/// [`Error::NotFound`] if there is no such draft; [`Error::Refused`] if it does not count any more, or the draft was changed elsewhere.
pub(crate) async fn reuse(ctx: &Ctx, app: &App, id: CaseId, (material, case): (&str, &str)) -> Result<usize> {
    let draft = drafts::draft(ctx, app, id).await?;
    let offered = offers(ctx, app, &draft).await?.remove(material).filter(|it| it.case == case);
    let over = || Error::refused("以前交的这份材料现在不能直接用了（可能过了期限或者已经更新），请另外上传。");
    let offered = offered.ok_or_else(over)?;
    let key = app.vault.key(&super::subject(id)).await?;
    let rows = app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await?;
    if rows.len() + offered.files.len() > usize::try_from(store::FILES_MAX).unwrap_or(usize::MAX) {
        return Err(Error::refused("文件太多了，请先移除不用的文件。"));
    }
    let next = rows.last().map_or(Ok(0), |row| row.int("number"))? + 1;
    let mut unit = Unit::new(ctx);
    unit.check(guard::DRAFT, store::DRAFT_AT, args![id, draft.item_version]);
    for (number, (file, name)) in (next..).zip(offered.files.iter().zip(&offered.names)) {
        let name = materials::seal_name(ctx, app, &key, (id, number), name);
        let mut values = args![id, number, material, &file.blob, name, &file.kind, file.size, ctx.person()?, ctx.now];
        values.extend(args![&offered.case, file.number, &file.thumb]);
        unit.one(guard::FILES, store::MATERIAL_REUSE, values);
    }
    match app.db.commit(unit).await? {
        Commit::Done => Ok(offered.files.len()),
        Commit::Lost { .. } => Err(drafts::elsewhere()),
    }
}

/// Puts the offers beside the materials for which nothing lies ready.
pub(crate) fn lay(mut offers: BTreeMap<String, EarlierView>, views: &mut [MaterialView]) {
    for it in views.iter_mut().filter(|it| it.files.is_empty()) {
        it.earlier_offer = offers.remove(&it.key);
    }
}

/// Says of each file that was handed in before where it comes from and how far it is to be trusted.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn tell(app: &App, views: &mut [MaterialView]) -> Result<()> {
    for file in views.iter_mut().flat_map(|it| &mut it.files) {
        let Some((case, number)) = file.source else { continue };
        let row = super::load(app, case).await?;
        let then = document(app, row.facts.item, row.facts.item_version).await?;
        let found = app.db.find(store::MATERIAL, args![case, number]).await?;
        let was = found.as_ref().map(store::material).transpose()?.ok_or(Error::NotFound { what: "材料" })?;
        let marks = notes::marks(app, case).await?;
        let trust = then.requirement(&was.material).map(|it| Trust::of(it, marks.get(&number).map(String::as_str)));
        let day = was.filed_at.map_or_else(String::new, |at| view::day(at.legal_date()));
        file.origin = format!("{day}为「{}」提交过，这次直接使用；{}", then.name, trust.map_or("", Trust::words));
    }
    Ok(())
}
