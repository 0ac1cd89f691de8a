//! What waits for a check, or for an act to be decided: of the authorities for which somebody checks.

use std::collections::BTreeSet;

use kernel::{Authority, Cursor, Id, Page, PageAsk, Result};
use storage::{Db, args};

use crate::{
    model::{ActStage, ItemSummary, Stage},
    service::acts::ActRow,
    store,
};

/// A page of acts at a stage: on items of these authorities, each asked by itself, or of all (`None`).
///
/// # Errors
/// If the engine fails.
pub async fn acts_at(
    db: &Db,
    stage: ActStage,
    of: Option<&BTreeSet<Id<Authority>>>,
    ask: &PageAsk,
) -> Result<Page<ActRow>> {
    let rows = waiting(db, (store::ACTS_AT, store::ACTS_AT_OF), stage.code(), of, ask).await?;
    let mut acts = rows.iter().map(ActRow::read).collect::<Result<Vec<_>>>()?;
    acts.sort_by_key(|it| it.id);
    Ok(Page::cut(acts, ask, |it| Cursor::new([it.id.to_string()])))
}

/// A page of items whose revision stands at a stage: of these authorities, each asked by itself, or of all (`None`).
///
/// # Errors
/// If the engine fails.
pub async fn at_stage(
    db: &Db,
    stage: Stage,
    of: Option<&BTreeSet<Id<Authority>>>,
    ask: &PageAsk,
) -> Result<Page<ItemSummary>> {
    let rows = waiting(db, (store::AT_STAGE, store::AT_STAGE_OF), stage.code(), of, ask).await?;
    let mut items = rows.iter().map(|row| store::read(row).map(|it| it.0)).collect::<Result<Vec<_>>>()?;
    items.sort_by_key(|it| it.id);
    Ok(Page::cut(items, ask, |it| Cursor::new([it.id.to_string()])))
}

/// What stands at a stage, of all authorities or of each of these, in no order across them; as many of each as a page may need.
async fn waiting(
    db: &Db,
    (everywhere, at): (storage::Sql, storage::Sql),
    stage: &str,
    of: Option<&BTreeSet<Id<Authority>>>,
    ask: &PageAsk,
) -> Result<Vec<storage::Row>> {
    let after = ask.after.as_ref().map(|it| it.text(0)).transpose()?.unwrap_or_default();
    let Some(authorities) = of else {
        return db.query(everywhere, args![stage, after, ask.sql_limit()]).await;
    };
    let mut rows = Vec::new();
    for authority in authorities {
        rows.extend(db.query(at, args![stage, after, ask.sql_limit(), *authority]).await?);
    }
    Ok(rows)
}
