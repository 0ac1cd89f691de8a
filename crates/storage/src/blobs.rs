//! Files: uploads and papers, each stored once under the SM3 of its sealed bytes.
use std::path::Path;

use kernel::{Error, Result};

/// The name of a stored file: SM3 of its bytes in hex.
pub type BlobId = String;

/// The object store. Cheap to clone.
#[derive(Clone)]
pub struct Blobs;

impl Blobs {
    /// Opens the store in this folder.
    ///
    /// # Errors
    /// If the folder cannot be used.
    pub fn open(_folder: &Path) -> Result<Self> {
        Err(Error::internal("being built"))
    }
    /// Keeps these bytes, durably; the same bytes twice are kept once.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn put(&self, _bytes: Vec<u8>) -> Result<BlobId> {
        Err(Error::internal("being built"))
    }
    /// The bytes of this name; checked against it.
    ///
    /// # Errors
    /// If there are none, or they were altered.
    pub async fn get(&self, _id: &str) -> Result<Vec<u8>> {
        Err(Error::internal("being built"))
    }
}
