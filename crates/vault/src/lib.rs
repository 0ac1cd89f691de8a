//! Personal data and free text, sealed under a key per case, person or item; keyed digests for look-up (architecture, section 3).
//!
//! A holder (a case, a person) has one data key, wrapped by the site's master key, which lies in the key folder and never in
//! the database. What is sealed is never changed: a new text is a new item. To erase, the holder's key is destroyed; the
//! journal keeps the SM3 of the sealed bytes and breaks no chain. Rotation only rewraps keys.
//!
//! SM4-CTR with HMAC-SM3, encrypt then MAC (no well-kept SM4-GCM crate exists).

mod cipher;
mod keys;
mod lately;
mod store;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use kernel::{Ctx, Error, Result};
use lately::{Lately, Sealed};
use storage::{Db, Row, Unit, args, each};

pub use cipher::sm3_hex;
pub use keys::{DataKey, MasterKeys};
pub use store::{MIGRATIONS, SQL};

/// The guard that fails when the holder has a key, or the holder's item a text, already.
pub const GUARD: &str = "vault";

/// Keys brought under the newest epoch in one unit at most.
pub const REWRAP_MAX: usize = 500;

/// Where the master keys are read anew when a data key turns up that was wrapped under a key not known here yet.
pub type KeySource = Arc<dyn Fn() -> Result<MasterKeys> + Send + Sync>;

/// The vault. Cheap to clone; all clones change their keys together.
#[derive(Clone)]
pub struct Vault {
    db: Db,
    keys: Arc<RwLock<Arc<MasterKeys>>>,
    source: Option<KeySource>,
    lately: Arc<Lately>,
}

/// Names only the epochs of its keys.
impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({:?})", self.keys())
    }
}

/// Data keys of older epochs, wrapped anew: a unit to be committed with the caller's journal entry.
pub struct Rewrapping {
    /// What to commit.
    pub unit: Unit,
    /// How many keys it brings under the newest epoch (at most [`REWRAP_MAX`]).
    pub keys: usize,
    /// That epoch.
    pub epoch: i64,
}

impl Vault {
    /// A vault over this database with these keys.
    #[must_use]
    pub fn new(db: Db, keys: MasterKeys) -> Self {
        Self { db, keys: Arc::new(RwLock::new(Arc::new(keys))), source: None, lately: Arc::default() }
    }

    /// The same, which reads its keys anew from `source` where it meets a data key that was wrapped under a newer one: so keys are
    /// changed under a running site.
    #[must_use]
    pub fn reading_keys_from(self, source: KeySource) -> Self {
        Self { source: Some(source), ..self }
    }

    /// The keys in use now.
    #[must_use]
    pub fn keys(&self) -> Arc<MasterKeys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Goes on with these keys.
    ///
    /// # Errors
    /// [`Error::Invalid`] if they are another site's; nothing is changed then.
    pub fn replace_keys(&self, keys: MasterKeys) -> Result<()> {
        if !self.keys().same_site(&keys) {
            return Err(Error::invalid("keys", "这不是本站点的主密钥文件，请换回本站点的密钥文件或其备份。"));
        }
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(())
    }

    /// Whether the keys belong to this database: opens some of the data keys, the oldest and the newest. A database without any
    /// belongs to everybody. One altered row is no answer; that all of them do not open is.
    ///
    /// # Errors
    /// [`Error::Invalid`], in words for the operator, if none opens; if the engine fails.
    pub async fn check_keys(&self) -> Result<()> {
        let mut rows = self.db.query(store::KEYS_FIRST, args![]).await?;
        rows.extend(self.db.query(store::KEYS_LAST, args![]).await?);
        if rows.is_empty() || rows.iter().any(|row| self.unwrap(row).is_ok()) {
            return Ok(());
        }
        Err(Error::invalid(
            "keys",
            "主密钥文件与数据库不相配：用它一把数据密钥也打不开。它属于别的站点，或者早于最近一次更换。请换回本站点最新的密钥备份。",
        ))
    }

    /// Makes a data key for a new holder (`case:…`, `person:…`) in this unit. [`GUARD`] fails if the holder has or had one.
    #[must_use]
    pub fn create(&self, unit: &mut Unit, ctx: &Ctx, holder: &str) -> DataKey {
        let (key, keys) = (DataKey::generate(ctx), self.keys());
        let wrapped = keys.wrap(ctx, holder, &key);
        unit.one(GUARD, store::KEY_ADD, args![holder, keys.epoch(), wrapped, ctx.now]);
        key
    }

    /// The data key of a holder.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it was destroyed («已依法删除») or never made.
    pub async fn key(&self, holder: &str) -> Result<DataKey> {
        let row = self.db.find(store::KEY, args![holder]).await?;
        self.unwrap(&row.ok_or(Error::NotFound { what: "内容" })?)
    }

    /// Seals `text` as the holder's item `name` (unique within the holder) in this unit; gives the SM3 of the sealed bytes, for the
    /// journal. [`GUARD`] fails if there is such an item: what is sealed is never changed.
    #[expect(
        clippy::too_many_arguments,
        reason = "the holder with its key, the item with its text, and what every write takes"
    )]
    pub fn seal(&self, unit: &mut Unit, ctx: &Ctx, (holder, key): (&str, &DataKey), name: &str, text: &[u8]) -> String {
        let sealed = cipher::seal(ctx, &key.0, &["item", holder, name], text);
        let digest = cipher::sm3_hex(&sealed);
        unit.one(GUARD, store::ITEM_ADD, args![holder, name, sealed]);
        digest
    }

    /// The holder's item `name`, opened.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none or its key was destroyed; [`Error::Internal`] if it was altered.
    pub async fn open(&self, holder: &str, name: &str) -> Result<Vec<u8>> {
        let row = self.db.find(store::ITEM, args![holder, name]).await?;
        let row = row.ok_or(Error::NotFound { what: "内容" })?;
        cipher::open(&self.unwrap(&row)?.0, &["item", holder, name], row.blob("sealed")?)
    }

    /// All items of a holder whose names begin with `prefix`, opened, by name (at most 1,000).
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub async fn open_all(&self, holder: &str, prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let key = self.key(holder).await?;
        let mut items = Vec::new();
        for row in self.db.query(store::ITEMS, args![holder, prefix]).await? {
            let name = row.string("name")?;
            let text = cipher::open(&key.0, &["item", holder, &name], row.blob("sealed")?)?;
            items.push((name, text));
        }
        // The engines sort words differently; this order is the same on both.
        items.sort();
        Ok(items)
    }

    /// One item (`name`) of each of many holders, opened, in the order asked for; holders without it, or whose key was destroyed, are
    /// left out. For lists: one query for all of them, if there are any.
    ///
    /// # Errors
    /// [`Error::Internal`] if one was altered.
    pub async fn open_each(&self, holders: &[String], name: &str) -> Result<Vec<(String, Vec<u8>)>> {
        self.open_rows(holders, name, |row, of| self.open_row(row, of)).await
    }

    /// As [`Vault::open_each`], for short texts that are shown again and again (names): those opened lately are kept in memory, and given
    /// while the rows hold the very bytes from which they were opened.
    ///
    /// # Errors
    /// As [`Vault::open_each`].
    pub async fn open_each_again(&self, holders: &[String], name: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let open = |row: &Row, of: Sealed<'_>| match self.lately.text(of) {
            Some(text) => Ok(text),
            None => self.open_row(row, of).inspect(|text| self.lately.keep(of, text)),
        };
        self.open_rows(holders, name, open).await
    }

    async fn open_rows(
        &self,
        holders: &[String],
        name: &str,
        open: impl Fn(&Row, Sealed<'_>) -> Result<Vec<u8>>,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        if holders.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = HashMap::with_capacity(holders.len());
        for row in self.db.query(store::ITEM_OF_EACH, args![name, each(holders)]).await? {
            let (holder, wrapped, sealed) = (row.text("holder")?, row.blob("wrapped")?, row.blob("sealed")?);
            found.insert(holder.to_owned(), open(&row, Sealed { holder, name, wrapped, sealed })?);
        }
        Ok(holders.iter().filter_map(|holder| Some((holder.clone(), found.get(holder)?.clone()))).collect())
    }

    fn open_row(&self, row: &Row, of: Sealed<'_>) -> Result<Vec<u8>> {
        cipher::open(&self.unwrap(row)?.0, &["item", of.holder, of.name], of.sealed)
    }

    /// Seals bytes that lie elsewhere (a file), bound to `name`.
    #[must_use]
    pub fn seal_bytes(&self, ctx: &Ctx, key: &DataKey, name: &str, bytes: &[u8]) -> Vec<u8> {
        cipher::seal(ctx, &key.0, &["bytes", name], bytes)
    }

    /// Opens bytes that [`Vault::seal_bytes`] sealed under the same name.
    ///
    /// # Errors
    /// [`Error::Internal`] if they were altered or belong elsewhere.
    pub fn open_bytes(&self, key: &DataKey, name: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        cipher::open(&key.0, &["bytes", name], sealed)
    }

    /// A keyed digest of `text` for look-up by equality, different for each `purpose`; 64 hex digits. Equal texts have equal digests
    /// for as long as the site lives: rotation does not change its key.
    #[must_use]
    pub fn digest(&self, purpose: &'static str, text: &str) -> String {
        self.keys().digest(purpose, text)
    }

    /// Destroys the holder's key in this unit: what was sealed under it can be read by nobody any more. That there was a key stays
    /// known, so that readers are told «已依法删除» and no new key takes its place.
    pub fn destroy(&self, unit: &mut Unit, holder: &str) {
        self.lately.forget(holder);
        unit.run(store::KEY_DESTROY, args![holder, Vec::<u8>::new()]);
    }

    /// Up to `limit` (at most [`REWRAP_MAX`]) keys of older epochs wrapped under the newest; `None` if there are none. The caller
    /// adds its journal entry and commits. Asked again until there are none; then the old wrapping keys may go
    /// ([`MasterKeys::without_old`]). A key destroyed or rewrapped meanwhile is left as it is.
    ///
    /// # Errors
    /// [`Error::Internal`] if a key was altered or its epoch has no wrapping key here; if the engine fails.
    pub async fn rewrapping(&self, ctx: &Ctx, limit: usize) -> Result<Option<Rewrapping>> {
        let (keys, limit) = (self.keys(), i64::try_from(limit.min(REWRAP_MAX)).unwrap_or(0));
        let epoch = keys.epoch();
        let rows = self.db.query(store::KEYS_BEFORE, args![epoch, limit]).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let mut unit = Unit::new(ctx);
        for row in &rows {
            let holder = row.text("holder")?;
            let wrapped = keys.wrap(ctx, holder, &self.unwrap(row)?);
            unit.run(store::KEY_REWRAP, args![holder, epoch, wrapped, ctx.now, row.int("epoch")?]);
        }
        Ok(Some(Rewrapping { unit, keys: rows.len(), epoch }))
    }

    /// How many keys stand under each epoch: the progress of a rotation.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn epochs(&self) -> Result<Vec<(i64, i64)>> {
        let rows = self.db.query(store::KEYS_BY_EPOCH, args![]).await?;
        rows.iter().map(|row| Ok((row.int("epoch")?, row.int("keys")?))).collect()
    }

    fn unwrap(&self, row: &Row) -> Result<DataKey> {
        let (holder, epoch, wrapped) = (row.text("holder")?, row.int("epoch")?, row.blob("wrapped")?);
        let mut keys = self.keys();
        if let Some(source) = self.source.as_ref().filter(|_| !keys.knows(epoch)) {
            self.replace_keys(source()?)?;
            keys = self.keys();
        }
        keys.unwrap(holder, epoch, wrapped)
    }
}
