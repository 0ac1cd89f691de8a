//! Drafts that were begun under an older version of their item: what changed, and taking them over to the present one.

use std::collections::BTreeMap;

use catalogue::{Documents, Published};
use kernel::{Ctx, Error, Result};
use serde_json::{Map, Value};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{
    drafts::{self, Draft},
    filled,
    known::{self, Known},
    materials, pledges, subject,
};
use crate::{
    CaseId,
    change::{self, Change, Left},
    store::{self, MaterialRow, guard},
};

/// How a draft stands to its item.
#[derive(Debug, Clone)]
pub enum Standing {
    /// It follows the version in force.
    Present,
    /// The item was published anew since.
    Older(Renewal),
    /// The item takes no such application now; why, in Chinese.
    Closed(String),
}

/// What taking a draft over to the version in force would mean.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// The version in force.
    pub item_version: i64,
    /// What changed; empty: nothing that an applicant would notice.
    pub changes: Vec<Change>,
    /// What of the draft does not go along.
    pub left: Vec<Left>,
}

/// How one's own draft stands to its item now.
///
/// # Errors
/// If the engine fails.
pub async fn standing(app: &App, draft: &Draft) -> Result<Standing> {
    let documents = app.part::<Documents>()?;
    let published = match catalogue::published(&app.db, &documents, draft.item).await {
        Ok(published) => published,
        Err(Error::Refused { reason }) => return Ok(Standing::Closed(reason)),
        Err(error) => return Err(error),
    };
    if published.number == draft.item_version {
        return Ok(Standing::Present);
    }
    if let Err(error) = drafts::check_audience(&published.document, draft.holder) {
        return Ok(Standing::Closed(error.message()));
    }
    let parting = Parting::of(app, draft, &published).await?;
    let changes = change::changes(&draft.document, &published.document);
    Ok(Standing::Older(Renewal { item_version: published.number, changes, left: parting.left }))
}

/// Takes one's own draft over to the version in force: answers that still fit and files whose material is still asked for stay, the
/// rest goes and is named. Done twice, the second changes nothing.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] if the draft was changed in another window since `version`, or the item takes no such
/// application now; if the engine fails.
pub async fn renew_draft(ctx: &Ctx, app: &App, id: CaseId, version: i64) -> Result<(Draft, Vec<Left>)> {
    let row = drafts::own_row(ctx, app, id).await?;
    let key = app.vault.key(&subject(id)).await?;
    let draft = drafts::open(app, row, &key).await?;
    let documents = app.part::<Documents>()?;
    let published = catalogue::published(&app.db, &documents, draft.item).await?;
    if published.number == draft.item_version {
        return Ok((draft, Vec::new()));
    }
    if draft.version != version {
        return Err(drafts::elsewhere());
    }
    drafts::check_audience(&published.document, draft.holder)?;
    let mut parting = Parting::of(app, &draft, &published).await?;
    let known = parting.bring_in(ctx, app, &draft, &published).await?;
    let values = Value::Object(parting.kept);
    let sealed = drafts::seal(ctx, app, &key, id, &values)?;
    let told = known::seal(ctx, app, &key, id, &known)?;
    let expires = ctx.now.plus_seconds(drafts::DRAFT_DAYS * 86_400);
    let mut unit = Unit::new(ctx);
    unit.one(guard::DRAFT, store::DRAFT_RENEW, args![id, published.number, sealed, ctx.now, expires, version, told]);
    // After the draft's own row is taken: what was uploaded since the files were read may belong to a material that goes.
    unit.check(guard::DRAFT, store::DRAFT_FILES, args![id, parting.last_file]);
    for file in &parting.files {
        unit.one(guard::FILES, store::MATERIAL_DROP, args![id, file.number]);
    }
    catalogue::check_in_force(&mut unit, guard::ITEM, draft.item, published.number);
    match app.db.commit(unit).await? {
        Commit::Done => {}
        Commit::Lost { .. } => return Err(drafts::elsewhere()),
    }
    // After the unit: a file that stays behind for want of time is shown to nobody.
    for blob in parting.files.iter().flat_map(MaterialRow::own_blobs) {
        app.blobs.delete(blob).await?;
    }
    let (item_version, document) = (published.number, published.document);
    let renewed =
        Draft { item_version, document, values, known, version: version + 1, updated_at: ctx.now, expires, ..draft };
    Ok((renewed, parting.left))
}

/// What of a draft goes along and what does not.
struct Parting {
    kept: Map<String, Value>,
    /// Files that go.
    files: Vec<MaterialRow>,
    /// The number of the last file there was; 0: none.
    last_file: i64,
    left: Vec<Left>,
}

impl Parting {
    async fn of(app: &App, draft: &Draft, published: &Published) -> Result<Self> {
        let (old, new) = (&draft.document, &published.document);
        let places = filled::places(app, old.form.as_ref(), &draft.values).await?;
        let (kept, mut left) = change::carry(old, new, &draft.values, &places);
        let files = materials::list(app, draft.id).await?;
        let told: Vec<_> = files.iter().map(|it| (it.0.number, it.0.material.clone(), it.1.clone())).collect();
        let last_file = files.last().map_or(0, |it| it.0.number);
        let (gone, files_left) = change::files_left(old, new, &told);
        left.extend(files_left);
        // What was signed was another text.
        let signed = files.iter().filter(|it| pledges::is_pledge(&it.0) && !gone.contains(&it.0.number));
        left.extend(signed.map(|(row, content)| Left {
            name: old.requirement(&row.material).map_or_else(String::new, |it| it.name.clone()),
            content: content.clone(),
            why: "要求有更新，请重新阅读后签署",
            file: Some(row.number),
        }));
        let goes = |it: &MaterialRow| gone.contains(&it.number) || pledges::belongs(it);
        let files = files.into_iter().map(|it| it.0).filter(goes).collect();
        Ok(Self { kept, files, last_file, left })
    }

    /// Fills fields that are new with what the platform knows, and gives all that was brought in.
    async fn bring_in(
        &mut self,
        ctx: &Ctx,
        app: &App,
        draft: &Draft,
        published: &Published,
    ) -> Result<BTreeMap<String, Known>> {
        let known = known::of(ctx, app, (draft.item, &published.document), draft.holder).await?;
        let before = draft.document.form.as_ref().map(|it| &it.schema["properties"]);
        for (field, it) in &known {
            if before.is_none_or(|it| it.get(field).is_none()) {
                self.kept.entry(field.clone()).or_insert_with(|| it.value.clone());
            }
        }
        Ok(known)
    }
}
