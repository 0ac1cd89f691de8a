//! A file that comes in pieces (after the IETF's resumable uploads): over a line that breaks and a server that ends, it goes on where it was.
//!
//! Each piece is sealed under the key of its draft or case and stored before it is acknowledged; nothing waits in memory. Put together, it
//! becomes a file by the very way of one that came at once ([`materials`]), in one unit with the end of the upload.

use bytes::Bytes;
use kernel::{Ctx, Error, Id, Moment, Person, Result};
use serde::Serialize;
use storage::{BlobId, Commit, Unit, args};
use webkit::{App, utoipa::ToSchema};

use super::{
    materials::{self, FILE_MAX, MaterialKind, NewMaterial},
    subject,
};
use crate::{
    CaseId,
    store::{self, UploadRow, guard},
};

/// An upload, as an id's mark.
#[derive(Debug)]
pub(crate) enum UploadMark {}

/// The id of an upload.
pub(crate) type UploadId = Id<UploadMark>;

/// One piece at most, in bytes.
pub(crate) const PIECE_MAX: usize = 4 * 1024 * 1024;
/// One piece at least, in bytes, but for the last: smaller ones would be rows without end.
const PIECE_MIN: usize = 64 * 1024;
/// What a sender begins with: half a minute of a poor telephone line.
const PIECE_FIRST: usize = 1024 * 1024;
/// Pieces of one file at most.
const PIECES_MAX: usize = FILE_MAX / PIECE_MIN + 2;
/// Files that one person has on the way at most …
const OPEN_MAX: i64 = 20;
/// … and their bytes.
const BYTES_MAX: i64 = 400 * 1024 * 1024;
/// So many hours after its last piece an upload is forgotten.
const HOURS: i64 = 72;
/// Uploads looked at in one query.
const BATCH: i64 = 100;

/// A file that is about to come.
pub(crate) struct NewUpload {
    /// Which material it is.
    pub(crate) material: String,
    /// The file that is not sent yet whose place it takes.
    pub(crate) replaces: Option<i64>,
    /// The file's name as the person's machine told it.
    pub(crate) name: String,
    /// Its size in bytes.
    pub(crate) size: i64,
}

/// How far an upload is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct UploadView {
    /// 上传标识
    pub(crate) id: String,
    /// 草稿或办件标识
    pub(crate) case: String,
    /// 材料代码
    pub(crate) material: String,
    /// 文件名
    pub(crate) name: String,
    /// 文件大小，字节
    pub(crate) size: i64,
    /// 已收到的字节数：从这里接着传
    pub(crate) received: i64,
    /// 建议的分片大小，字节；最小 65536（最后一片除外），最大 4194304
    pub(crate) piece: i64,
    /// 已成为材料的，文件序号
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) made: Option<i64>,
    /// 超过此时没有继续，就不再保留
    pub(crate) expires: String,
}

/// Begins an upload to one's own draft, or to a case whose applicant must supply something.
///
/// # Errors
/// As [`materials::add_material`]; [`Error::Refused`] if the person has too many on the way.
pub(crate) async fn begin(ctx: &Ctx, app: &App, case: CaseId, new: &NewUpload) -> Result<UploadView> {
    let size = usize::try_from(new.size).unwrap_or(0);
    materials::check_size(&materials::field(&new.material), size)?;
    materials::target(ctx, app, (case, &new.material)).await?;
    let key = app.vault.key(&subject(case)).await?;
    let (id, name) = (ctx.new_id(), materials::clean(&new.name));
    let row = UploadRow {
        id,
        case,
        person: ctx.person()?,
        material: new.material.clone(),
        replaces: new.replaces,
        name: app.vault.seal_bytes(ctx, &key, &name_place(id), name.as_bytes()),
        size: new.size,
        received: 0,
        made: None,
        expires: until(ctx.now),
    };
    let mut unit = Unit::new(ctx);
    let sealed = row.name.clone();
    let mut values = args![id, case, row.person, &row.material, row.replaces.unwrap_or(0), sealed, row.size];
    values.extend(args![row.expires, OPEN_MAX, BYTES_MAX, ctx.now]);
    unit.one(guard::UPLOAD, store::UPLOAD_ADD, values);
    app.db.commit(unit).await?.or_else(|_| {
        Error::refused(format!(
            "您还有别的文件没有传完，同时最多传 {OPEN_MAX} 个、共 400 MB。请等它们传完，或者取消几个再传。"
        ))
    })?;
    Ok(view(&row, name))
}

/// How far one's own upload is.
///
/// # Errors
/// [`Error::NotFound`] if there is none, its time is over, or it is somebody else's; if the engine fails.
pub(crate) async fn upload(ctx: &Ctx, app: &App, id: UploadId) -> Result<UploadView> {
    let row = own(ctx, app, id).await?;
    let name = name(app, &row).await?;
    Ok(view(&row, name))
}

/// Takes the next piece in. When this answers, the piece outlives the server.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] if the piece does not begin where the upload stands, or files are not wanted now any more;
/// [`Error::Invalid`] if it is too small or goes beyond the file, or the file begins as none that is taken; if the engine fails.
pub(crate) async fn put(ctx: &Ctx, app: &App, id: UploadId, (offset, bytes): (i64, Bytes)) -> Result<UploadView> {
    let mut row = own(ctx, app, id).await?;
    materials::target(ctx, app, (row.case, &row.material)).await?;
    if offset != row.received || row.made.is_some() {
        return Err(moved(row.received));
    }
    let received = check_piece(&row, &bytes)?;
    let key = app.vault.key(&subject(row.case)).await?;
    let (vault, of, place, sealing) = (app.vault.clone(), ctx.clone(), piece_place(id, offset), key.clone());
    let sealed = tokio::task::spawn_blocking(move || vault.seal_bytes(&of, &sealing, &place, &bytes));
    let blob = app.blobs.put(sealed.await.map_err(Error::internal)?).await?;
    let mut unit = Unit::new(ctx);
    row.expires = until(ctx.now);
    unit.one(guard::UPLOAD, store::UPLOAD_MOVE, args![id, received, row.expires, offset]);
    unit.one(guard::UPLOAD, store::PIECE_ADD, args![id, offset, &blob]);
    if app.db.commit(unit).await? != Commit::Done {
        // Another request brought it meanwhile; what was sealed for this one is of no use.
        app.blobs.delete(&blob).await?;
        return Err(moved(own(ctx, app, id).await?.received));
    }
    row.received = received;
    let name = name_with(app, &row, &key)?;
    Ok(view(&row, name))
}

/// Where the upload stands after this piece.
fn check_piece(row: &UploadRow, bytes: &Bytes) -> Result<i64> {
    let wrong = |message: &str| Error::invalid(materials::field(&row.material), message);
    let received = row.received + i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    if received > row.size {
        return Err(wrong("传来的内容比文件本身还大，请重新选择文件上传。"));
    }
    if bytes.is_empty() || (bytes.len() < PIECE_MIN && received < row.size) {
        return Err(wrong("每一片至少 64 KB（最后一片除外），请按这个大小分片上传。"));
    }
    if row.received == 0 && !MaterialKind::may_begin(bytes) {
        return Err(wrong(materials::unknown(bytes)));
    }
    Ok(received)
}

fn moved(received: i64) -> Error {
    Error::refused(format!("这一片不是从上次传到的地方开始的，请从第 {received} 个字节接着传。"))
}

/// Puts the file together and takes it in as a material; gives its number. Asked twice, it answers the same. `sm3` is the digest of
/// the whole file in hex, as its sender reckons; empty: not told.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] if it is not whole yet; as [`materials::add_material`]. What can never be taken is forgotten.
pub(crate) async fn finish(ctx: &Ctx, app: &App, id: UploadId, sm3: &str) -> Result<i64> {
    let row = own(ctx, app, id).await?;
    if let Some(made) = row.made {
        return Ok(made);
    }
    if row.received != row.size {
        return Err(Error::refused(format!("文件还没有传完，请从第 {} 个字节接着传。", row.received)));
    }
    let pieces = pieces(app, id).await?;
    let bytes = match together(app, &row, &pieces).await {
        // Somebody's second click was faster, and has put the pieces away.
        Err(Error::NotFound { what }) => return own(ctx, app, id).await?.made.ok_or(Error::NotFound { what }),
        read => read?,
    };
    let taken = if !agrees(sm3, &bytes).await? {
        let words = "传来的内容和您的文件不一样（可能传的时候文件被改动了），没有收下。请重新选择文件上传。";
        Err(Error::invalid(materials::field(&row.material), words))
    } else {
        let (material, name) = (row.material.clone(), name(app, &row).await?);
        let new = NewMaterial { material, name, bytes, replaces: row.replaces };
        materials::add(ctx, app, row.case, &new, Some(id)).await
    };
    match taken {
        Ok(number) => {
            for (_, blob) in &pieces {
                app.blobs.delete(blob).await?;
            }
            Ok(number)
        }
        // Somebody's second click was faster.
        Err(Error::Stale { .. }) => own(ctx, app, id).await?.made.ok_or(Error::Busy),
        Err(error @ (Error::Invalid(_) | Error::TooLarge { .. })) => {
            drop_upload(ctx, app, id).await?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}

/// Whether these bytes have the digest that was told, if one was.
async fn agrees(sm3: &str, bytes: &Bytes) -> Result<bool> {
    let (told, bytes) = (sm3.trim().to_lowercase(), bytes.clone());
    if told.is_empty() {
        return Ok(true);
    }
    // A large file would hold up others on this thread.
    tokio::task::spawn_blocking(move || told == vault::sm3_hex(&bytes)).await.map_err(Error::internal)
}

/// In the unit that makes the file: the upload is over, and its pieces go.
pub(super) fn made(unit: &mut Unit, id: UploadId, number: i64) {
    unit.one(guard::UPLOAD, store::UPLOAD_MADE, args![id, number]);
    unit.run(store::PIECES_DROP, args![id]);
}

/// Ends one's own upload; what came of it before stays.
///
/// # Errors
/// [`Error::NotFound`]; if the engine fails.
pub(crate) async fn discard(ctx: &Ctx, app: &App, id: UploadId) -> Result<()> {
    own(ctx, app, id).await?;
    drop_upload(ctx, app, id).await
}

/// Forgets uploads that nobody went on with, and those that are long done.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> Result<()> {
    loop {
        let rows = app.db.query(store::UPLOADS_EXPIRED, args![ctx.now, BATCH]).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            drop_upload(ctx, app, row.id("id")?).await?;
        }
    }
}

/// Forgets the uploads to a draft in this unit; gives the pieces that may go once it is committed.
///
/// # Errors
/// If the engine fails.
pub(super) async fn forget_of_case(app: &App, unit: &mut Unit, case: CaseId) -> Result<Vec<BlobId>> {
    let (mut gone, mut after) = (Vec::new(), String::new());
    loop {
        let rows = app.db.query(store::UPLOADS_OF_CASE, args![case, &after, BATCH]).await?;
        let Some(last) = rows.last() else { return Ok(gone) };
        after = last.string("id")?;
        for row in &rows {
            gone.extend(forget(app, unit, row.id("id")?).await?);
        }
    }
}

/// As [`forget_of_case`], of all uploads of a person, to whatever: a person has few.
///
/// # Errors
/// If the engine fails.
pub(super) async fn forget_of_person(app: &App, unit: &mut Unit, person: Id<Person>) -> Result<Vec<BlobId>> {
    let mut gone = Vec::new();
    for row in app.db.query(store::UPLOADS_OF_PERSON, args![person, store::FILES_MAX]).await? {
        gone.extend(forget(app, unit, row.id("id")?).await?);
    }
    Ok(gone)
}

async fn forget(app: &App, unit: &mut Unit, id: UploadId) -> Result<Vec<BlobId>> {
    let pieces = pieces(app, id).await?;
    unit.run(store::PIECES_DROP, args![id]);
    unit.run(store::UPLOAD_DROP, args![id]);
    Ok(pieces.into_iter().map(|it| it.1).collect())
}

async fn drop_upload(ctx: &Ctx, app: &App, id: UploadId) -> Result<()> {
    let mut unit = Unit::new(ctx);
    let gone = forget(app, &mut unit, id).await?;
    app.db.commit(unit).await?.or_stale("上传")?;
    for blob in &gone {
        app.blobs.delete(blob).await?;
    }
    Ok(())
}

async fn own(ctx: &Ctx, app: &App, id: UploadId) -> Result<UploadRow> {
    let person = ctx.person()?;
    let row = app.db.find(store::UPLOAD, args![id]).await?.as_ref().map(store::upload).transpose()?;
    row.filter(|it| it.person == person && it.expires > ctx.now).ok_or(Error::NotFound { what: "上传" })
}

/// Where each piece begins, and where it lies.
async fn pieces(app: &App, id: UploadId) -> Result<Vec<(i64, BlobId)>> {
    let rows = app.db.query(store::PIECES, args![id, i64::try_from(PIECES_MAX).unwrap_or(i64::MAX)]).await?;
    rows.iter().map(|row| Ok((row.int("start")?, row.string("blob")?))).collect()
}

/// The whole file. Beyond what one piece needs, only the file itself is held.
async fn together(app: &App, row: &UploadRow, pieces: &[(i64, BlobId)]) -> Result<Bytes> {
    let key = app.vault.key(&subject(row.case)).await?;
    let mut whole = Vec::with_capacity(usize::try_from(row.size).unwrap_or(0));
    for (start, blob) in pieces {
        let sealed = app.blobs.get(blob).await?;
        let (vault, key, place) = (app.vault.clone(), key.clone(), piece_place(row.id, *start));
        let opened = tokio::task::spawn_blocking(move || vault.open_bytes(&key, &place, &sealed));
        whole.extend_from_slice(&opened.await.map_err(Error::internal)??);
    }
    match i64::try_from(whole.len()) == Ok(row.size) {
        true => Ok(Bytes::from(whole)),
        false => Err(Error::internal(format!("the pieces of upload {} are not its size", row.id))),
    }
}

async fn name(app: &App, row: &UploadRow) -> Result<String> {
    name_with(app, row, &app.vault.key(&subject(row.case)).await?)
}

fn name_with(app: &App, row: &UploadRow, key: &vault::DataKey) -> Result<String> {
    String::from_utf8(app.vault.open_bytes(key, &name_place(row.id), &row.name)?).map_err(Error::internal)
}

fn view(row: &UploadRow, name: String) -> UploadView {
    UploadView {
        id: row.id.to_string(),
        case: row.case.to_string(),
        material: row.material.clone(),
        name,
        size: row.size,
        received: row.received,
        piece: i64::try_from(PIECE_FIRST).unwrap_or(i64::MAX),
        made: row.made,
        expires: row.expires.to_string(),
    }
}

const fn until(now: Moment) -> Moment {
    now.plus_seconds(HOURS * 3_600)
}

fn piece_place(id: UploadId, offset: i64) -> String {
    format!("upload:{id}:{offset}")
}

fn name_place(id: UploadId) -> String {
    format!("upload-name:{id}")
}
