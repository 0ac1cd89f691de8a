//! Personal data and free text, sealed under a key per case or person; keyed digests for look-up (architecture, section 3).
//!
//! A holder (a case, a person) has one data key, wrapped by the site's master key, which lies in the key folder and never in
//! the database. What is sealed is never changed: a new text is a new item. To erase, the holder's key is destroyed; the
//! journal keeps the SM3 of the sealed bytes and breaks no chain. Rotation only rewraps keys.
//!
//! SM4-CTR with HMAC-SM3, encrypt then MAC (no well-kept SM4-GCM crate exists).

use std::sync::Arc;

use kernel::{Ctx, Error, Result};
use storage::{Db, Unit};

/// The site's master keys: the wrapping keys by epoch, newest last, and the key of digests.
#[derive(Clone)]
pub struct MasterKeys;

impl MasterKeys {
    /// New keys.
    #[must_use]
    pub fn generate(_ctx: &Ctx) -> Self {
        Self
    }
    /// Reads the text of the key file.
    ///
    /// # Errors
    /// If it is no key file.
    pub fn from_text(_text: &str) -> Result<Self> {
        Err(Error::internal("being built"))
    }
    /// The text of the key file; secret.
    #[must_use]
    pub fn to_text(&self) -> String {
        String::new()
    }
    /// The same with a new wrapping key added, for rotation.
    #[must_use]
    pub fn rotated(&self, _ctx: &Ctx) -> Self {
        Self
    }
}

/// A holder's data key, unwrapped. Wiped from memory when dropped; never printed.
#[derive(Clone)]
pub struct DataKey;

/// The vault. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    _keys: Arc<MasterKeys>,
}

impl Vault {
    /// A vault over this database with these keys.
    #[must_use]
    pub fn new(_db: Db, keys: MasterKeys) -> Self {
        Self { _keys: Arc::new(keys) }
    }

    /// Makes a data key for a new holder (`case:…`, `person:…`) in this unit.
    #[must_use]
    pub fn create(&self, _unit: &mut Unit, _ctx: &Ctx, _holder: &str) -> DataKey {
        DataKey
    }

    /// The data key of a holder.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it was destroyed («已依法删除») or never made.
    pub async fn key(&self, _holder: &str) -> Result<DataKey> {
        Err(Error::internal("being built"))
    }

    /// Seals `text` as the holder's item `name` (unique within the holder) in this unit; gives the SM3 of the sealed bytes, for the
    /// journal.
    pub fn seal(&self, _unit: &mut Unit, _ctx: &Ctx, (_holder, _key): (&str, &DataKey), _name: &str, _text: &[u8]) -> String {
        String::new()
    }

    /// The holder's item `name`, opened.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none; [`Error::Internal`] if it was altered.
    pub async fn open(&self, _holder: &str, _name: &str) -> Result<Vec<u8>> {
        Err(Error::internal("being built"))
    }

    /// All items of a holder whose names begin with `prefix`, opened, by name (at most 1,000).
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub async fn open_all(&self, _holder: &str, _prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
        Err(Error::internal("being built"))
    }

    /// One item (`name`) of each of many holders, opened; holders without it are left out. For lists: two queries, whatever their
    /// length.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub async fn open_each(&self, _holders: &[String], _name: &str) -> Result<Vec<(String, Vec<u8>)>> {
        Err(Error::internal("being built"))
    }

    /// Seals bytes that lie elsewhere (a file), bound to `name`.
    #[must_use]
    pub fn seal_bytes(&self, _ctx: &Ctx, _key: &DataKey, _name: &str, _bytes: &[u8]) -> Vec<u8> {
        Vec::new()
    }

    /// Opens bytes that [`Vault::seal_bytes`] sealed under the same name.
    ///
    /// # Errors
    /// [`Error::Internal`] if they were altered or belong elsewhere.
    pub fn open_bytes(&self, _key: &DataKey, _name: &str, _sealed: &[u8]) -> Result<Vec<u8>> {
        Err(Error::internal("being built"))
    }

    /// A keyed digest of `text` for look-up by equality, different for each `purpose`; 64 hex digits.
    #[must_use]
    pub fn digest(&self, _purpose: &'static str, _text: &str) -> String {
        String::new()
    }

    /// Destroys the holder's key in this unit: what was sealed under it can be read by nobody any more.
    pub fn destroy(&self, _unit: &mut Unit, _holder: &str) {}
}
