//! Taking in a published list: its items become visible and searchable, and take applications once their guides are complete.

use std::collections::HashMap;

use identity::{ImportReport, RowFault};
use journal::{Head, append};
use kernel::{Authority, Ctx, Error, Id, Item, Result};
use sheets::utf8;
use storage::{Commit, Db, Unit, args, each};

use crate::{
    model::{ELEMENTS, ItemState, ItemSummary, LIST_HEADER, ListRow, read_list},
    offices::{ListOffices, allow},
    service::{self, count, fingerprint_bytes},
    store::{self, guard},
};

/// Rows written in one unit.
const CHUNK: usize = 300;
/// How often a chunk is decided again after somebody else wrote the same items.
const TRIES: usize = 3;
/// Refused rows that a report names one by one at most; the rest are only counted.
const FAULTS_MAX: usize = 1_000;

/// Told how many rows of how many are done.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Whether a file begins as a published list does: then it is one for [`import_items`].
#[must_use]
pub fn is_published_list(start: &[u8]) -> bool {
    let text = utf8(start);
    let text = String::from_utf8_lossy(&text);
    let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    first.split(',').map(|it| it.trim().trim_matches('"')).eq(LIST_HEADER)
}

/// Takes in a list (CSV, head line [`LIST_HEADER`](crate::model::LIST_HEADER)). Good rows go in, bad rows are refused and named;
/// a file that is no list is refused whole. Unknown departments become authorities. Local codes are kept. The same file again
/// changes nothing, so an import that was cut short is finished by sending the file again.
///
/// # Errors
/// [`Error::Invalid`] at `file` if the file is refused whole; [`Error::Forbidden`] without
/// [`CATALOGUE`](crate::CATALOGUE) at each authority of the list, or, for a new authority, without the right to make it; if the engine fails.
pub async fn import_items(ctx: &Ctx, db: &Db, file: &[u8], progress: Progress<'_>) -> Result<ImportReport> {
    let text = utf8(file);
    let (rows, faults) = read_list(&text).map_err(|reason| Error::invalid("file", reason))?;
    let mut import = Import {
        id: ctx.new_id(),
        file_hash: fingerprint_bytes(file),
        rows_done: 0,
        head: Head::none(),
        report: ImportReport::default(),
    };
    faults.into_iter().for_each(|it| import.refuse(it));
    let mut offices = ListOffices::read(db).await?;
    let (mut done, total) = (0, rows.len());
    for chunk in rows.chunks(CHUNK) {
        let mut placed = Vec::with_capacity(chunk.len());
        for row in chunk {
            placed.push((offices.of(ctx, db, row).await?, row));
        }
        import.chunk(ctx, db, &placed).await?;
        done += chunk.len();
        progress(done, total);
    }
    import.report.refused.sort_by_key(|it| it.line);
    Ok(import.report)
}

/// An import's mark, for its id.
#[derive(Debug)]
enum ImportMark {}

/// One file on its way in.
struct Import {
    id: Id<ImportMark>,
    file_hash: String,
    rows_done: i64,
    head: Head,
    report: ImportReport,
}

/// What becomes of the rows of a chunk.
#[derive(Default)]
struct Chunk {
    added: Vec<ItemSummary>,
    changed: Vec<(ItemSummary, Head)>,
    unchanged: usize,
    refused: Vec<RowFault>,
}

impl Import {
    /// Decides a chunk and writes it; decides again if somebody else wrote one of its items meanwhile.
    async fn chunk(&mut self, ctx: &Ctx, db: &Db, rows: &[(Id<Authority>, &ListRow)]) -> Result<()> {
        for _ in 0..TRIES {
            let chunk = decide(ctx, rows, &standing(db, rows).await?);
            let (unit, head, written) = self.unit(ctx, &chunk)?;
            if written > 0 && db.commit(unit).await? != Commit::Done {
                continue;
            }
            if written > 0 {
                self.head = head;
                self.rows_done += written;
            }
            self.report.added += chunk.added.len();
            self.report.updated += chunk.changed.len();
            self.report.unchanged += chunk.unchanged;
            chunk.refused.into_iter().for_each(|it| self.refuse(it));
            return Ok(());
        }
        Err(Error::Stale { what: "事项目录", by: None })
    }

    /// The unit of a chunk: its items, one journal entry for those that are new, and one for each that changed.
    fn unit(&self, ctx: &Ctx, chunk: &Chunk) -> Result<(Unit, Head, i64)> {
        let mut unit = Unit::new(ctx);
        let written = count(chunk.added.len() + chunk.changed.len());
        if written == 0 {
            return Ok((unit, self.head.clone(), 0));
        }
        let mut authorities: Vec<_> =
            chunk.added.iter().chain(chunk.changed.iter().map(|it| &it.0)).map(|it| it.authority).collect();
        authorities.sort();
        authorities.dedup();
        for authority in authorities {
            allow(ctx, &mut unit, crate::CATALOGUE, authority)?;
        }
        for (item, head) in &chunk.changed {
            let body = service::Stands::of(item, "", "", &serde_json::Value::Null)?;
            let next = append(&mut unit, ctx, head, (&item.subject(), "catalogue.item_listed"), &body)?;
            store::item_change(&mut unit, item, head.version, &next)?;
        }
        let (rows_done, import) = (self.rows_done + written, self.id.to_string());
        let told = (import.as_str(), self.head.version + 1);
        let added: Vec<Id<Item>> = chunk.added.iter().map(|it| it.id).collect();
        let hashes = chunk.added.iter().map(|it| store::item_hash(it, told)).collect::<Result<Vec<_>>>()?;
        let body =
            serde_json::json!({ "file": self.file_hash, "rows_done": rows_done, "added": added, "rows": hashes });
        let subject = format!("catalogue-import:{import}");
        let head = append(&mut unit, ctx, &self.head, (&subject, "catalogue.items_imported"), &body)?;
        for item in &chunk.added {
            store::item_add(&mut unit, item, told, &Head { at: head.at, ..Head::none() })?;
        }
        if self.head.version == 0 {
            let values = args![self.id, &self.file_hash, rows_done, head.version, &head.hash, head.at];
            unit.one(guard::IMPORT, store::IMPORT_ADD, values);
        } else {
            let values = args![self.id, rows_done, head.version, &head.hash, head.at, self.head.version];
            unit.one(guard::IMPORT, store::IMPORT_MOVE, values);
        }
        Ok((unit, head, written))
    }

    fn refuse(&mut self, fault: RowFault) {
        self.report.refused_count += 1;
        if self.report.refused.len() < FAULTS_MAX {
            self.report.refused.push(fault);
        }
    }
}

/// The items that already bear a local code of these rows.
type Standing = HashMap<(Id<Authority>, String), (ItemSummary, Head)>;

async fn standing(db: &Db, rows: &[(Id<Authority>, &ListRow)]) -> Result<Standing> {
    let mut codes: HashMap<Id<Authority>, Vec<String>> = HashMap::new();
    for (authority, row) in rows {
        codes.entry(*authority).or_default().push(row.local_code.clone());
    }
    let mut out = Standing::new();
    for (authority, codes) in codes {
        for some in codes.chunks(store::KEYS) {
            for row in db.query(store::BY_LOCAL_CODE, args![each(some), authority]).await? {
                let (item, head) = store::read(&row)?;
                out.insert((authority, item.local_code.clone()), (item, head));
            }
        }
    }
    Ok(out)
}

fn decide(ctx: &Ctx, rows: &[(Id<Authority>, &ListRow)], standing: &Standing) -> Chunk {
    let mut chunk = Chunk::default();
    for (authority, row) in rows {
        match standing.get(&(*authority, row.local_code.clone())) {
            None => chunk.added.push(listed(ctx, *authority, row)),
            Some((item, _)) if says_the_same(item, row) => chunk.unchanged += 1,
            Some((item, head)) if item.state == ItemState::Listed => {
                let mut item = item.clone();
                item.name.clone_from(&row.name);
                item.main_item.clone_from(&row.main_item);
                item.item_type = row.item_type;
                chunk.changed.push((item, head.clone()));
            }
            Some((item, _)) => chunk.refused.push(RowFault {
                line: row.line,
                column: "item_name",
                value: row.name.clone(),
                reason: format!("该事项已由部门编制（{}），导入不会覆盖，请在目录管理中修改", item.state.name()),
            }),
        }
    }
    chunk
}

fn says_the_same(item: &ItemSummary, row: &ListRow) -> bool {
    item.name == row.name && item.main_item == row.main_item && item.item_type == row.item_type
}

/// An item of which nothing but the list's row is known.
fn listed(ctx: &Ctx, authority: Id<Authority>, row: &ListRow) -> ItemSummary {
    ItemSummary {
        local_code: row.local_code.clone(),
        main_item: row.main_item.clone(),
        state: ItemState::Listed,
        missing: count(ELEMENTS.len() - 1),
        findings: count(ELEMENTS.len() - 1),
        changed_at: ctx.now,
        ..ItemSummary::named((ctx.new_id(), authority), row.division.clone(), row.item_type, &row.name)
    }
}
