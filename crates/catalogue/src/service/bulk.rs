//! Bulk change: one field of many items at once, shown before it is done.

use kernel::{Ctx, Error, Id, Item, Result};
use serde_json::Value;
use storage::Db;

use super::{base, items};
use crate::{
    model::{Difference, ItemDocument, Kind, SECTIONS, differences, field},
    reads,
};

/// Items changed at once at most.
pub const BULK_MAX: usize = 200;

/// What becomes of one item.
#[derive(Debug, Clone)]
pub struct BulkRow {
    /// The item.
    pub item: Id<Item>,
    /// Its name.
    pub name: String,
    /// Its version, which the change guards.
    pub version: i64,
    /// What changes; empty: nothing.
    pub changes: Vec<Difference>,
    /// Why it cannot be changed; empty: it can.
    pub refused: String,
}

/// The fields that can be changed in bulk: those of one value.
pub(crate) fn fields() -> Vec<(&'static str, &'static str)> {
    let simple = |kind: Kind| {
        matches!(
            kind,
            Kind::Line | Kind::Text | Kind::Lines | Kind::YesNo | Kind::Choice(_) | Kind::Choices(_) | Kind::Day
        )
    };
    let all = SECTIONS.iter().flat_map(|it| it.1).filter(|it| simple(it.kind) && it.key != "name");
    all.map(|it| (it.key, it.name)).collect()
}

/// A document with one field set.
///
/// # Errors
/// [`Error::Invalid`] at `field` if it is no field for bulk, or at `value` if the value is none of the field.
pub(crate) fn with_value(doc: &ItemDocument, key: &str, value: &Value) -> Result<ItemDocument> {
    if !fields().iter().any(|it| it.0 == key) {
        return Err(Error::invalid("field", "请选择要修改的字段。"));
    }
    let mut whole = serde_json::to_value(doc).map_err(Error::internal)?;
    if let Some(map) = whole.as_object_mut() {
        map.insert(key.to_owned(), value.clone());
    }
    let name = field(key).map_or("字段", |it| it.name);
    serde_json::from_value(whole).map_err(|_| Error::invalid("value", format!("「{name}」的内容不符合要求。")))
}

/// What a change would do to each item, in the order given; nothing is written.
///
/// # Errors
/// As [`with_value`]; [`Error::TooLarge`] for more than [`BULK_MAX`] items; if the engine fails.
pub async fn bulk_preview(db: &Db, ids: &[Id<Item>], key: &str, value: &Value) -> Result<Vec<BulkRow>> {
    if ids.len() > BULK_MAX {
        return Err(Error::TooLarge {
            reason: format!("一次最多修改 {BULK_MAX} 个事项，现选了 {} 个。", ids.len())
        });
    }
    with_value(&ItemDocument::named("—"), key, value)?;
    let known = reads::items_of(db, ids).await?;
    let documents = reads::working_of(db, ids).await?;
    let mut rows = Vec::with_capacity(ids.len());
    for item in ids.iter().filter_map(|id| known.get(id)) {
        let doc = documents.get(&item.id).cloned().unwrap_or_else(|| ItemDocument::named(&item.name));
        let changes = differences(&doc, &with_value(&doc, key, value)?);
        let refused = match item.stage {
            _ if !item.state.is_open() => "已取消".to_owned(),
            Some(stage) if !stage.is_open() => format!("{}，不能修改", stage.name()),
            _ => String::new(),
        };
        rows.push(BulkRow { item: item.id, name: item.name.clone(), version: item.version, changes, refused });
    }
    Ok(rows)
}

/// Changes a field of these items, each at the version that the preview showed; gives those that were changed meanwhile or refused,
/// with the reason. Each is a draft of its own that goes through its own checks.
///
/// # Errors
/// As [`bulk_preview`]; [`Error::Forbidden`] at the first item that the actor does not keep.
pub async fn bulk_apply(
    ctx: &Ctx,
    db: &Db,
    chosen: &[(Id<Item>, i64)],
    key: &str,
    value: &Value,
) -> Result<Vec<(Id<Item>, String)>> {
    if chosen.len() > BULK_MAX {
        return Err(Error::TooLarge { reason: format!("一次最多修改 {BULK_MAX} 个事项。") });
    }
    let mut left = Vec::new();
    for (id, version) in chosen {
        let item = reads::item(db, *id).await?;
        let doc = with_value(&base::working(db, &item).await?, key, value)?;
        match items::revise(ctx, db, *id, *version, &doc).await {
            Ok(()) => {}
            Err(error @ (Error::Forbidden { .. } | Error::SignIn | Error::Internal(_))) => return Err(error),
            Err(error) => left.push((*id, error.message())),
        }
    }
    Ok(left)
}
