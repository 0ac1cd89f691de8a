//! Small pictures of files that are pictures: made once when the file comes in, sealed as it is, and shown to whoever may read the file.

use std::sync::Arc;

use bytes::Bytes;
use kernel::{Ctx, Error, Result};
use storage::BlobId;
use tokio::sync::Semaphore;
use vault::DataKey;
use webkit::App;

use super::{
    materials::{self, MaterialKind},
    subject,
};
use crate::CaseId;

/// Pictures that are decoded at once: one may take some hundred megabytes for a second.
const AT_ONCE: usize = 1;

/// Where pictures are worked on, one after the other.
pub(crate) struct Darkroom(Arc<Semaphore>);

impl Default for Darkroom {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Darkroom {
    /// Works on pictures as soon as there is room, apart from the threads that answer.
    ///
    /// # Errors
    /// If the work breaks off.
    pub(crate) async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let room = Arc::clone(&self.0).acquire_owned().await.map_err(Error::internal)?;
        let working = tokio::task::spawn_blocking(move || {
            let made = work();
            // Held until it is done, also where nobody waits for it any more.
            drop(room);
            made
        });
        working.await.map_err(Error::internal)
    }
}

/// The small picture of a file; `None`: it is no picture, or one that cannot be decoded.
///
/// # Errors
/// If the work breaks off.
pub(super) async fn small(app: &App, kind: MaterialKind, bytes: &Bytes) -> Result<Option<Vec<u8>>> {
    if !kind.is_picture() {
        return Ok(None);
    }
    let bytes = bytes.clone();
    app.part::<Darkroom>()?.work(move || pictures::thumbnail(&bytes).ok()).await
}

/// Seals and stores the small picture of a file for its place; empty: there is none.
///
/// # Errors
/// If the store fails.
pub(super) async fn keep(ctx: &Ctx, app: &App, key: &DataKey, (place, small): (&str, Option<&[u8]>)) -> Result<BlobId> {
    match small {
        Some(bytes) => app.blobs.put(app.vault.seal_bytes(ctx, key, place, bytes)).await,
        None => Ok(BlobId::default()),
    }
}

/// The small picture of a file of one's own draft, or of a case that the caller may see: a JPEG.
///
/// # Errors
/// As [`materials::read_material`]; [`Error::NotFound`] if there is none.
pub(crate) async fn read(ctx: &Ctx, app: &App, id: CaseId, number: i64) -> Result<Vec<u8>> {
    materials::may_read(ctx, app, id).await?;
    let row = materials::shown(app, id, number).await?;
    if row.thumb.is_empty() {
        return Err(Error::NotFound { what: "缩略图" });
    }
    // What was handed in before lies sealed for the case with which it came.
    let (id, number) = row.source.map_or((id, number), |it| (it.case, it.number));
    let key = app.vault.key(&subject(id)).await?;
    app.vault.open_bytes(&key, &place(id, number), &app.blobs.get(&row.thumb).await?)
}

/// Where the small picture of a material is bound to.
pub(super) fn place(id: CaseId, number: i64) -> String {
    format!("material-small:{id}:{number}")
}
