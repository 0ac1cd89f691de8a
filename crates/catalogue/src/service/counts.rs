//! The counts of the lists (what is wrong with an item, which materials are suspect) follow the rules: when legal affairs write a word,
//! or a newer program brings a rule, every item is weighed anew, a little at a time.

use kernel::{Ctx, Error, Id, Item, Result};
use serde_json::Value;
use storage::{Db, Unit, args};
use webkit::App;

use super::{Change, in_force, rules, weigh};
use crate::{
    CATALOGUE,
    model::{ItemSummary, Rulebook},
    reads, store,
};

/// The one row that says how far it is.
const MARK: &str = "items";
/// Items weighed before it is written how far it is.
const CHUNK: usize = 100;

/// Weighs all items if the rules are others than those under which they were weighed before; goes on where it was broken off.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn round(app: &App, ctx: &Ctx) -> Result<()> {
    let db = &app.db;
    let (book, print) = rules::in_force(db).await?;
    let mark = db.find(store::WEIGHED, args![MARK]).await?;
    let mut after: Option<Id<Item>> = match &mark {
        Some(row) if row.text("rules")? != print => None,
        Some(row) if row.flag("done")? => return Ok(()),
        Some(row) => row.opt_id("after")?,
        None => None,
    };
    loop {
        let items = reads::all_after(db, after).await?;
        for some in items.chunks(CHUNK) {
            weighed(ctx, db, &book, some).await?;
            after = some.last().map(|it| it.id);
            put(ctx, db, (&print, after, false)).await?;
        }
        if items.is_empty() {
            return put(ctx, db, (&print, after, true)).await;
        }
    }
}

/// Writes how far it is.
async fn put(ctx: &Ctx, db: &Db, (rules, after, done): (&str, Option<Id<Item>>, bool)) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.run(store::WEIGHED_PUT, args![MARK, rules, after, done]);
    db.commit(unit).await?.or_stale("事项的统计")
}

/// Writes the counts that are no longer right, each as an entry of its item. Whoever saves an item meanwhile has weighed it under the
/// rules of that moment: it is then no longer at the version that was read, and nothing is written here.
async fn weighed(ctx: &Ctx, db: &Db, book: &Rulebook, items: &[ItemSummary]) -> Result<()> {
    let ids: Vec<_> = items.iter().map(|it| it.id).collect();
    let documents = reads::working_of(db, &ids).await?;
    for before in items {
        let Some(doc) = documents.get(&before.id) else { continue };
        let mut now = before.clone();
        weigh(&mut now, doc, book);
        if (now.findings, now.suspects) == (before.findings, before.suspects) {
            continue;
        }
        match write(ctx, db, now).await {
            Ok(()) | Err(Error::Stale { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn write(ctx: &Ctx, db: &Db, now: ItemSummary) -> Result<()> {
    let mut change = Change::begin(ctx, db, (now.id, now.version), CATALOGUE).await?;
    change.item = now;
    let in_force = in_force(db, &change.item).await?;
    change.record(ctx, db, "catalogue.item_weighed", (&in_force, "", Value::Null)).await
}
