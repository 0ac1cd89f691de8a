//! What stands in the database of the items that a file may mean, and how the tables see an item.

use std::collections::HashMap;

use journal::Head;
use kernel::{Authority, Id, Item, Result};
use storage::{Db, args, each};

use super::{
    column::{Entry, Facts},
    decide::{Refusal, Wanted},
    offices::{Bodies, Body},
    tables::state_code,
};
use crate::{
    model::{ItemDocument, ItemState, ItemSummary, Revision},
    reads,
    store::{self, folded},
};

/// What stands in the database of the items that a chunk may mean.
#[derive(Default)]
pub(super) struct Standing {
    pub(super) items: HashMap<Id<Item>, (ItemSummary, Head)>,
    pub(super) by_code: HashMap<(String, String), Id<Item>>,
    pub(super) by_local: HashMap<(Id<Authority>, String), Id<Item>>,
    pub(super) by_name: HashMap<(Id<Authority>, String), Vec<Id<Item>>>,
    pub(super) in_force: HashMap<Id<Item>, String>,
    pub(super) drafts: HashMap<Id<Item>, (String, Revision)>,
}

impl Standing {
    pub(super) async fn take(
        &mut self,
        db: &Db,
        sql: storage::Sql,
        keys: &[String],
        of: Option<Id<Authority>>,
    ) -> Result<()> {
        for some in keys.chunks(store::KEYS) {
            let mut values = args![each(some)];
            values.extend(of.map(Into::into));
            for row in db.query(sql, values).await? {
                let (item, head) = store::read(&row)?;
                self.by_code.insert((item.item_code.clone(), item.handling_code.clone()), item.id);
                if !item.local_code.is_empty() {
                    self.by_local.insert((item.authority, item.local_code.clone()), item.id);
                }
                let named = self.by_name.entry((item.authority, folded(&item.name))).or_default();
                if !named.contains(&item.id) {
                    named.push(item.id);
                }
                self.items.insert(item.id, (item, head));
            }
        }
        Ok(())
    }

    pub(super) async fn read_documents(&mut self, db: &Db) -> Result<()> {
        let ids: Vec<String> = self.items.keys().map(ToString::to_string).collect();
        for some in ids.chunks(store::KEYS) {
            for row in db.query(store::DOCUMENTS_OF, args![each(some)]).await? {
                self.in_force.insert(row.id("item")?, row.string("document")?);
            }
            for row in db.query(store::DRAFTS_OF, args![each(some)]).await? {
                self.drafts.insert(row.id("item")?, (row.string("document")?, store::revision(&row)?));
            }
        }
        Ok(())
    }

    /// The item that the rows mean; `None`: none of ours.
    pub(super) fn find(
        &self,
        it: &Wanted,
        default: Option<Id<Authority>>,
    ) -> std::result::Result<Option<(&ItemSummary, &Head)>, Refusal> {
        let authority = it.named.or(default);
        let by_guid = it.guid.filter(|id| self.items.contains_key(id));
        let by_code = || {
            let code = (it.item_code.clone(), it.handling_code.clone());
            self.by_code.get(&code).filter(|_| !it.item_code.is_empty()).copied()
        };
        let by_local = || self.by_local.get(&(authority?, it.local_code.clone())).copied();
        let mut found = by_guid.or_else(by_code).or_else(by_local);
        if found.is_none() && !it.has_code() {
            let named = authority.and_then(|authority| self.by_name.get(&(authority, folded(&it.name))));
            found = match named.map_or(&[][..], Vec::as_slice) {
                [] => None,
                [one] => Some(*one),
                _ => {
                    return Err((
                        "该部门有几个同名的事项，无法确定是哪一个".to_owned(),
                        "加上实施编码或者地方实施编码一列",
                    ));
                }
            };
        }
        Ok(found.and_then(|id| self.items.get(&id)).map(|it| (&it.0, &it.1)))
    }

    /// The item as the tables see it, and its draft as stored.
    pub(super) fn entry(&self, item: &ItemSummary, body: &Body) -> (Entry, Option<(String, Revision)>) {
        let before = self.drafts.get(&item.id).cloned();
        let text = before.as_ref().map(|it| &it.0).or_else(|| self.in_force.get(&item.id));
        let doc = text.and_then(|it| serde_json::from_str(it).ok());
        (entry_of(item, doc.unwrap_or_else(|| ItemDocument::named(&item.name)), body), before)
    }
}

/// An item as the tables see it.
pub(crate) fn entry_of(item: &ItemSummary, doc: ItemDocument, body: &Body) -> Entry {
    let facts = Facts {
        guid: item.id.to_string(),
        item_code: item.item_code.clone(),
        handling_code: item.handling_code.clone(),
        local_code: item.local_code.clone(),
        number: item.current_version,
        state: state_code(item.state),
        ..facts(body)
    };
    Entry { doc, facts }
}

pub(super) fn facts(body: &Body) -> Facts {
    let state = state_code(ItemState::Draft);
    Facts { office: body.name.clone(), office_code: body.code.clone(), state, ..Facts::default() }
}

/// What is being written of an item, or else in force, as the tables see it.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn entries(db: &Db, items: &[ItemSummary], bodies: &Bodies) -> Result<Vec<Entry>> {
    let ids: Vec<_> = items.iter().map(|it| it.id).collect();
    let mut documents = reads::working_of(db, &ids).await?;
    let entry = |item: &ItemSummary| {
        let doc = documents.remove(&item.id).unwrap_or_else(|| ItemDocument::named(&item.name));
        bodies.get(item.authority).map(|body| entry_of(item, doc, body))
    };
    Ok(items.iter().filter_map(entry).collect())
}
