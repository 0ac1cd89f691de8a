//! The worker of exports. It first lays the rows ready, a sealed piece after the other, each in one unit with how far it is: a round that is
//! broken off, by a stop or the end of the server, goes on where it stood. Then it puts the file together beside, on disk, never in memory,
//! and lays it ready in sealed pieces too; if that is broken off it is done anew.

use std::io::Read;

use futures_util::{TryStreamExt, stream::FuturesUnordered};
use identity::{Look, Purpose};
use kernel::{Basis, Ctx, Error, PAGE_MAX, Page, PageAsk, Result};
use sheets::{Face, OneTable};
use storage::{BlobId, Commit, Unit, args};
use webkit::App;

use super::{Asked, Export, ExportId, QUERY, ROWS_MAX, drop_one, holder, listing, pieces, place, remove};
use crate::{
    model::export::ExportState,
    service::{find, looks, reads, reads::CaseSummary, worklist},
    store::{CaseRow, exports as rows},
};

/// Pieces of rows, while it is written.
pub(super) const ROWS: &str = "rows";
/// Pieces of the file.
pub(super) const FILE: &str = "file";
/// Rows of one piece.
const PIECE_ROWS: usize = 5_000;
/// Pieces of rows that one round lays ready, so that everybody's exports go on.
const ROUND_PIECES: usize = 20;
/// Bytes of one piece of a file.
const PIECE_BYTES: usize = 4 << 20;
/// Looks that are written down at once.
const LOOKS_AT_ONCE: usize = 50;
/// Exports that are forgotten in one round.
const FORGOTTEN: i64 = 100;
/// Why an export ends whose asker's post was ended.
const POST_ENDED: &str = "导出期间您的岗位有变动，为保护申请人的信息，导出没有完成。请按现在的岗位重新导出。";

/// The columns, and how wide each is in a workbook.
const COLUMNS: &[(&str, u16)] = &[
    ("办件编号", 50),
    ("事项名称", 36),
    ("实施主体", 28),
    ("申请人", 18),
    ("状态", 12),
    ("提交日期", 16),
    ("最紧的期限", 14),
    ("到期日", 16),
    ("期限说明", 20),
    ("承办人", 12),
];

fn cells(it: CaseSummary) -> Vec<String> {
    let (name, due, text) = match it.clock {
        Some(clock) => (clock.name.to_owned(), clock.due.unwrap_or_default(), clock.text),
        None => Default::default(),
    };
    vec![
        it.number,
        it.item_name,
        it.authority_name,
        it.applicant,
        it.stage_name,
        it.filed_on,
        name,
        due,
        text,
        it.claimed_by,
    ]
}

/// One round: the oldest export of each kind of work is taken further; what is over is forgotten.
///
/// # Errors
/// If the engine or the disk fails.
pub(crate) async fn round(app: &App, ctx: &Ctx) -> Result<()> {
    for state in [ExportState::Writing, ExportState::Packing] {
        for row in app.db.query(rows::EXPORTS_IN, args![state.code(), 1_i64]).await? {
            let export = Export::read(&row)?;
            let done = match state {
                ExportState::Packing => pack(app, ctx, export.clone()).await,
                _ => write(app, ctx, export.clone()).await,
            };
            match done {
                Ok(()) => {}
                // Somebody stopped it, or another node is at it.
                Err(Error::Stale { .. }) => {}
                Err(error @ (Error::Internal(_) | Error::Busy)) => return Err(error),
                Err(Error::Forbidden { .. }) => fail(app, ctx, export.id, POST_ENDED.to_owned()).await?,
                Err(error) => fail(app, ctx, export.id, error.message()).await?,
            }
        }
    }
    for row in app.db.query(rows::EXPORTS_EXPIRED, args![ctx.now, FORGOTTEN]).await? {
        drop_one(ctx, app, row.id("id")?).await?;
    }
    Ok(())
}

/// Tells who asked for it why it cannot go on, and throws away what lies ready.
async fn fail(app: &App, ctx: &Ctx, id: ExportId, reason: String) -> Result<()> {
    let Some(row) = app.db.find(rows::EXPORT, args![id]).await? else { return Ok(()) };
    let mut export = Export::read(&row)?;
    if !export.state.is_working() {
        return Ok(());
    }
    let was = (export.state, export.place);
    (export.state, export.failure) = (ExportState::Failed, reason);
    let mut unit = Unit::new(ctx);
    export.moved(&mut unit, was);
    let files = super::forgotten(app, &mut unit, id).await?;
    if app.db.commit(unit).await? == Commit::Done { remove(app, files).await } else { Ok(()) }
}

/// Lays further rows ready.
async fn write(app: &App, ctx: &Ctx, mut export: Export) -> Result<()> {
    let ctx = ctx.as_actor(export.actor(app));
    let sealed = async |name: &str| -> Result<String> {
        String::from_utf8(app.vault.open(&holder(export.id), name).await?).map_err(Error::internal)
    };
    let words = sealed("words").await?;
    let query = if export.asked.is_personal() { String::new() } else { sealed(QUERY).await? };
    for _ in 0..ROUND_PIECES {
        let was = (export.state, export.place);
        let (rows, next) = read(app, &ctx, &export, (&words, &query)).await?;
        export.done += i64::try_from(rows.len()).unwrap_or(i64::MAX);
        if export.done > ROWS_MAX {
            return Err(Error::refused(format!("超过 {ROWS_MAX} 行，请加上筛选条件，分几次导出。")));
        }
        let bytes = serde_json::to_vec(&rows).map_err(Error::internal)?;
        let blob = seal(app, &ctx, export.id, (ROWS, export.place, bytes)).await?;
        let mut unit = Unit::new(&ctx);
        export.guard(&mut unit, &ctx);
        unit.one(rows::GUARD, rows::EXPORT_PIECE_ADD, args![export.id, ROWS, export.place, &blob]);
        export.place += 1;
        match &next {
            Some(after) => export.after.clone_from(after),
            None => export.state = ExportState::Packing,
        }
        export.moved(&mut unit, was);
        commit(app, unit, vec![blob]).await?;
        if next.is_none() {
            return Ok(());
        }
    }
    Ok(())
}

/// The next rows of the list, and where it goes on. Each is written down as a look before it is taken.
async fn read(
    app: &App,
    ctx: &Ctx,
    export: &Export,
    (words, query): (&str, &str),
) -> Result<(Vec<Vec<String>>, Option<String>)> {
    let mut out = Vec::with_capacity(PIECE_ROWS);
    let mut after = Some(export.after.clone());
    while let Some(key) = after.take() {
        let ask = PageAsk::from_query(Some(&key), Some(PAGE_MAX))?;
        let page = match &export.asked {
            Asked::List(code, _) => {
                let page = (listing(app, code)?.rows)(ctx, app, query, &ask).await?;
                out.extend(page.items);
                after = page.next;
                if out.len() >= PIECE_ROWS {
                    break;
                }
                continue;
            }
            Asked::Worklist(filter) => worklist::worklist_rows(ctx, app, filter, &ask).await?,
            Asked::Of(holder) => find::rows_of(ctx, app, holder.parse()?, &ask).await?,
        };
        let mut looks = FuturesUnordered::new();
        for row in &page.items {
            looks.push(look(app, ctx, row, (export.purpose, words)));
            if looks.len() >= LOOKS_AT_ONCE {
                looks.try_next().await?;
            }
        }
        while looks.try_next().await?.is_some() {}
        drop(looks);
        let Page { items, next } = reads::summaries(ctx, app, page).await?;
        out.extend(items.into_iter().map(cells));
        after = next;
        if out.len() >= PIECE_ROWS {
            break;
        }
    }
    Ok((out, after))
}

async fn look(app: &App, ctx: &Ctx, row: &CaseRow, (purpose, words): (Purpose, &str)) -> Result<()> {
    let basis = crate::service::sees(ctx, row).ok().filter(|it| matches!(it, Basis::Post(_)));
    let (matter, words) = (row.facts.number.clone(), words.to_owned());
    let about = Look { matter, authority: Some(crate::service::seen_from(ctx, row)), basis, words };
    identity::look(ctx, app, looks::whose(row), (purpose, &about)).await
}

/// Puts the file together and lays it ready.
async fn pack(app: &App, ctx: &Ctx, mut export: Export) -> Result<()> {
    let ctx = ctx.as_actor(export.actor(app));
    let was = (export.state, export.place);
    let (name, columns) = match &export.asked {
        Asked::List(code, name) => (name.clone(), listing(app, code)?.columns),
        _ => ("办件".to_owned(), COLUMNS),
    };
    let face = Face {
        name,
        heads: vec![columns.iter().map(|it| it.0.to_owned()).collect()],
        widths: columns.iter().map(|it| it.1).collect(),
    };
    let mut table = OneTable::new(export.form, face).map_err(Error::internal)?;
    let ready = pieces(app, export.id, ROWS).await?;
    for (n, blob) in &ready {
        let bytes = open(app, export.id, (ROWS, *n, blob)).await?;
        let written = app.behind(move || -> Result<OneTable> {
            let rows: Vec<Vec<String>> = serde_json::from_slice(&bytes).map_err(Error::internal)?;
            rows.iter().try_for_each(|row| table.row(row)).map_err(Error::internal)?;
            Ok(table)
        });
        table = written.await??;
    }
    let finished = app.behind(move || table.finish()).await?;
    let mut file = finished.map_err(Error::internal)?;
    let mut unit = Unit::new(&ctx);
    export.guard(&mut unit, &ctx);
    let mut made = Vec::new();
    for n in 0.. {
        let read = app.behind(move || -> std::io::Result<_> {
            let mut part = Vec::with_capacity(PIECE_BYTES);
            (&mut file).take(PIECE_BYTES as u64).read_to_end(&mut part)?;
            Ok((file, part))
        });
        let (rest, part) = read.await?.map_err(Error::internal)?;
        file = rest;
        if part.is_empty() {
            break;
        }
        export.bytes += i64::try_from(part.len()).unwrap_or(i64::MAX);
        let blob = seal(app, &ctx, export.id, (FILE, n, part)).await?;
        unit.one(rows::GUARD, rows::EXPORT_PIECE_ADD, args![export.id, FILE, n, &blob]);
        made.push(blob);
    }
    unit.run(rows::EXPORT_PIECES_DROP, args![export.id, ROWS]);
    export.state = ExportState::Done;
    export.moved(&mut unit, was);
    commit(app, unit, made).await?;
    remove(app, ready.into_iter().map(|it| it.1).collect()).await
}

/// Commits a unit that moves an export on; if it is lost, the files made for it go.
async fn commit(app: &App, unit: Unit, made: Vec<BlobId>) -> Result<()> {
    let done = app.db.commit(unit).await.and_then(|it| it.or_stale("导出"));
    if done.is_err() {
        remove(app, made).await?;
    }
    done
}

async fn seal(app: &App, ctx: &Ctx, id: ExportId, (kind, n, bytes): (&str, i64, Vec<u8>)) -> Result<BlobId> {
    let key = app.vault.key(&holder(id)).await?;
    let (vault, of, place) = (app.vault.clone(), ctx.clone(), place(id, kind, n));
    let sealed = app.behind(move || vault.seal_bytes(&of, &key, &place, &bytes));
    app.blobs.put(sealed.await?).await
}

/// The bytes of a piece.
pub(super) async fn open(app: &App, id: ExportId, (kind, n, blob): (&str, i64, &str)) -> Result<Vec<u8>> {
    let key = app.vault.key(&holder(id)).await?;
    let sealed = app.blobs.get(blob).await?;
    let (vault, place) = (app.vault.clone(), place(id, kind, n));
    tokio::task::spawn_blocking(move || vault.open_bytes(&key, &place, &sealed)).await.map_err(Error::internal)?
}
