//! Writes what was decided of a chunk: its items, its part of the record, and how far the import has come, in one unit.

use journal::{Head, append};
use kernel::{Ctx, Error, Id, Result};
use serde_json::Value;
use sm3::{Digest, Sm3};
use storage::{Commit, Db, Unit, args};

use super::{
    apply::{Row, Trouble, Weight},
    decide::{Changed, Decided, Importer},
};
use crate::{
    CATALOGUE,
    model::ItemSummary,
    offices::allow,
    service::{
        self, base, count, fingerprint,
        items::{LOG_KEPT, keep_log},
    },
    store::{self, guard},
};

/// How often a chunk is decided again after somebody else wrote one of its items.
const TRIES: usize = 3;

/// An import's mark, for its id.
#[derive(Debug)]
pub(crate) enum ImportMark {}

/// The import's own thing in the record.
pub(crate) struct Ledger {
    pub(crate) id: Id<ImportMark>,
    pub(crate) file_hash: String,
    pub(crate) rows_done: i64,
    pub(crate) head: Head,
    /// Whether its row is there already.
    pub(crate) is_there: bool,
}

/// How a chunk ended.
pub(crate) enum Wrote {
    /// It stands.
    Done(Decided),
    /// Somebody else keeps writing its items: it must be tried in smaller pieces.
    Contested,
}

/// Adds to the chunk's unit: how far the import has come, its report.
pub(crate) type Beside<'a> = &'a (dyn Fn(&mut Unit, &Decided) + Sync);

impl Ledger {
    /// Decides a chunk and writes it, with what stands beside it; decides again if somebody else was first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] if the post was ended meanwhile; [`Error::Stale`] if another process writes the same import; if the engine fails.
    pub(crate) async fn write(
        &mut self,
        ctx: &Ctx,
        db: &Db,
        importer: &mut Importer,
        (chunk, beside): (&[Vec<Row>], Beside<'_>),
    ) -> Result<Wrote> {
        for _ in 0..TRIES {
            let mut decided = importer.decide(ctx, db, chunk).await?;
            put_bases(ctx, db, importer, &mut decided).await?;
            let (mut unit, head, written) = self.unit(ctx, &decided)?;
            beside(&mut unit, &decided);
            match db.commit(unit).await? {
                Commit::Done => {
                    if written > 0 {
                        (self.head, self.is_there) = (head, true);
                        self.rows_done += written;
                    }
                    return Ok(Wrote::Done(decided));
                }
                Commit::Lost { guard: kernel::POST_GUARD } => return Err(Error::post_ended()),
                Commit::Lost { guard: guard::IMPORT } => return Err(Error::Stale { what: "导入", by: None }),
                Commit::Lost { .. } => importer.forget_bases(),
            }
        }
        Ok(Wrote::Contested)
    }

    fn unit(&self, ctx: &Ctx, decided: &Decided) -> Result<(Unit, Head, i64)> {
        let mut unit = Unit::new(ctx);
        let written = count(decided.added.len() + decided.changed.len());
        for entry in &decided.new_bases {
            base::add(ctx, &mut unit, entry)?;
        }
        if written == 0 {
            return Ok((unit, self.head.clone(), 0));
        }
        let items = || decided.added.iter().map(|it| &it.item).chain(decided.changed.iter().map(|it| &it.item));
        permit(ctx, &mut unit, items())?;
        for it in &decided.changed {
            change(ctx, &mut unit, it)?;
        }
        let (rows_done, import) = (self.rows_done + written, self.id.to_string());
        let told = (import.as_str(), self.head.version + 1);
        let added: Vec<_> = decided.added.iter().map(|it| it.item.id).collect();
        let rows = decided.added.iter().map(|it| store::item_hash(&it.item, told)).collect::<Result<Vec<_>>>()?;
        let mut drafts = Sm3::new();
        decided.added.iter().for_each(|it| drafts.update(it.document.as_bytes()));
        let drafts: String = drafts.finalize().iter().map(|it| format!("{it:02x}")).collect();
        let body = serde_json::json!({
            "file": self.file_hash, "rows_done": rows_done, "added": added, "rows": rows, "drafts": drafts,
        });
        let subject = format!("catalogue-import:{import}");
        let head = append(&mut unit, ctx, &self.head, (&subject, "catalogue.items_imported"), &body)?;
        // A new item has no chain of its own until the first change by hand; the import's entry tells it.
        for it in &decided.added {
            store::item_add(&mut unit, &it.item, told, &Head { at: head.at, ..Head::none() })?;
            store::draft_put(&mut unit, it.item.id, &it.document, &it.revision, ctx.now)?;
        }
        if self.is_there {
            let values = args![self.id, rows_done, head.version, &head.hash, head.at, self.head.version];
            unit.one(guard::IMPORT, store::IMPORT_MOVE, values);
        } else {
            let values = args![self.id, &self.file_hash, rows_done, head.version, &head.hash, head.at];
            unit.one(guard::IMPORT, store::IMPORT_ADD, values);
        }
        Ok((unit, head, written))
    }
}

/// The posts that the chunk rests on: one for each body whose items it writes.
fn permit<'a>(ctx: &Ctx, unit: &mut Unit, items: impl Iterator<Item = &'a ItemSummary>) -> Result<()> {
    let mut authorities: Vec<_> = items.map(|it| it.authority).collect();
    authorities.sort();
    authorities.dedup();
    authorities.into_iter().try_for_each(|it| allow(ctx, unit, CATALOGUE, it))
}

/// A changed item: as if somebody had saved it by hand.
fn change(ctx: &Ctx, unit: &mut Unit, it: &Changed) -> Result<()> {
    let (id, draft) = (it.item.id, fingerprint(&it.document));
    if let Some((document, revision)) = &it.before {
        keep_log(unit, &it.head, id, (document, revision), ctx.now);
    }
    store::draft_put(unit, id, &it.document, &it.revision, ctx.now)?;
    let body = service::Stands::of(&it.item, &it.in_force, &draft, &Value::Null)?;
    let head = append(unit, ctx, &it.head, (&it.item.subject(), "catalogue.item_revised"), &body)?;
    unit.run(store::DRAFT_LOG, args![id, head.version, &it.document, ctx.actor.who.to_string(), ctx.now]);
    unit.run(store::DRAFT_LOG_DROP, args![id, head.version - LOG_KEPT]);
    store::item_change(unit, &it.item, it.head.version, &head)
}

/// Changes entries of the base directory, each as by hand: with its own entry of the record, and the revisions that it opens.
async fn put_bases(ctx: &Ctx, db: &Db, importer: &mut Importer, decided: &mut Decided) -> Result<()> {
    if decided.bases.is_empty() {
        return Ok(());
    }
    for (entry, version) in &decided.bases {
        match base::put_base(ctx, db, *version, entry).await {
            Ok(()) => {}
            Err(error @ (Error::Internal(_) | Error::Busy)) => return Err(error),
            Err(error) => {
                decided.refused += 1;
                decided.report.push(Trouble {
                    weight: Weight::Refused,
                    sheet: 0,
                    line: 0,
                    column: "基本编码".to_owned(),
                    value: entry.code.to_string(),
                    reason: error.message(),
                    advice: "核对后重新导入",
                });
            }
        }
    }
    importer.forget_bases();
    Ok(())
}
