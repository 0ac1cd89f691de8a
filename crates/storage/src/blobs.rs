//! Files: uploads and papers, each stored once under the SM3 of its sealed bytes.
use std::{path::Path, sync::Arc};

use kernel::{Error, Result};
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload, local::LocalFileSystem, path::Path as Key};
use sm3::{Digest as _, Sm3};
use tokio::task;

use crate::hex;

/// The name of a stored file: SM3 of its bytes in hex.
pub type BlobId = String;

/// Where the files lie within the data folder.
const FOLDER: &str = "files";
/// The object that names the site whose files these are.
const MARK: &str = "site";

/// The object store. Cheap to clone.
///
/// Files lie in `<folder>/files`, spread over 256 folders by the first byte of their name (`ab/cdef…`).
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

impl Blobs {
    /// Opens the store in this data folder.
    ///
    /// # Errors
    /// [`Error::Refused`], in words for the operator, if the folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self> {
        let folder = folder.join(FOLDER);
        let unusable = |error: &dyn std::fmt::Display| {
            Error::refused(format!("文件库「{}」不能使用：{error}。请检查路径和读写权限。", folder.display()))
        };
        std::fs::create_dir_all(&folder).map_err(|error| unusable(&error))?;
        // Each file is written beside its place, synced, renamed, and its folder synced: it is there whole or not at all.
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| unusable(&error))?.with_fsync(true);
        Ok(Self { store: Arc::new(store) })
    }

    /// Keeps these bytes, durably; the same bytes twice are kept once.
    ///
    /// # Errors
    /// [`Error::Internal`] if the store fails.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<BlobId> {
        let (bytes, id) = digest(bytes).await?;
        // Bytes that are there already are written once more: should the old copy be damaged, it is mended.
        self.store.put(&place(&id)?, PutPayload::from(bytes)).await.map_err(Error::internal)?;
        Ok(id)
    }

    /// The bytes of this name; checked against it.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there are none, [`Error::Internal`] if they were altered or the store fails.
    pub async fn get(&self, id: &str) -> Result<Vec<u8>> {
        let found = self.store.get(&place(id)?).await.map_err(missing_or_failed)?;
        let bytes = found.bytes().await.map_err(Error::internal)?;
        let (bytes, name) = digest(bytes.into()).await?;
        match name == id {
            true => Ok(bytes),
            false => Err(Error::internal(format!("the bytes of file {id} were altered"))),
        }
    }

    /// Whether there are bytes of this name; they are not read.
    ///
    /// # Errors
    /// [`Error::Internal`] if the store fails.
    pub async fn exists(&self, id: &str) -> Result<bool> {
        match self.store.head(&place(id)?).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// Removes the bytes of this name, if there are any.
    ///
    /// # Errors
    /// [`Error::Internal`] if the store fails.
    pub async fn delete(&self, id: &str) -> Result<()> {
        match self.store.delete(&place(id)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// The names after `after` (empty: from the first), in order, at most `limit`: for backup and repair.
    ///
    /// # Errors
    /// [`Error::Internal`] if the store fails.
    pub async fn list(&self, after: &str, limit: usize) -> Result<Vec<BlobId>> {
        let mut out = Vec::new();
        for first_byte in 0..=u8::MAX {
            let shard = hex(&[first_byte]);
            if after.get(..2).is_some_and(|it| *it > *shard) {
                continue;
            }
            let found =
                self.store.list_with_delimiter(Some(&Key::from(shard.as_str()))).await.map_err(Error::internal)?;
            let names = found.objects.iter().filter_map(|it| it.location.filename());
            let mut ids: Vec<BlobId> =
                names.map(|it| format!("{shard}{it}")).filter(|it| it.as_str() > after).collect();
            ids.sort();
            out.extend(ids);
            if out.len() >= limit {
                break;
            }
        }
        out.truncate(limit);
        Ok(out)
    }

    /// Marks the store as that of this site.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is another site's, [`Error::Internal`] if the store fails.
    pub async fn mark(&self, site: &str) -> Result<()> {
        match self.marked().await? {
            Some(other) if other != site => Err(another_site()),
            Some(_) => Ok(()),
            None => {
                let mark = PutPayload::from(site.as_bytes().to_vec());
                self.store.put(&Key::from(MARK), mark).await.map(drop).map_err(Error::internal)
            }
        }
    }

    /// Asks that the store is that of this site: a node whose disk is not mounted must not start.
    ///
    /// # Errors
    /// [`Error::Refused`] if it has no mark or another site's, [`Error::Internal`] if the store fails.
    pub async fn check_mark(&self, site: &str) -> Result<()> {
        match self.marked().await? {
            Some(found) if found == site => Ok(()),
            Some(_) => Err(another_site()),
            None => Err(Error::refused("文件库中没有本站点的标记，可能是存储没有挂载或路径不对。请检查后再启动。")),
        }
    }

    async fn marked(&self) -> Result<Option<String>> {
        match self.store.get(&Key::from(MARK)).await {
            Ok(found) => {
                let bytes = found.bytes().await.map_err(Error::internal)?;
                String::from_utf8(bytes.into()).map(Some).map_err(Error::internal)
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(Error::internal(error)),
        }
    }
}

/// Hashing a large file would hold up others on this thread.
async fn digest(bytes: Vec<u8>) -> Result<(Vec<u8>, BlobId)> {
    let digested = task::spawn_blocking(move || {
        let id = hex(&Sm3::digest(&bytes));
        (bytes, id)
    });
    digested.await.map_err(Error::internal)
}

/// A name comes from outside (an address, a backup) and must never lead out of the store.
fn place(id: &str) -> Result<Key> {
    let is_name = id.len() == 64 && id.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it));
    match is_name {
        true => Ok(Key::from(format!("{}/{}", &id[..2], &id[2..]))),
        false => Err(Error::NotFound { what: "文件" }),
    }
}

fn missing_or_failed(error: object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::NotFound { what: "文件" },
        other => Error::internal(other),
    }
}

fn another_site() -> Error {
    Error::refused("文件库属于另一个站点。请检查数据文件夹和数据库地址是否配套。")
}
