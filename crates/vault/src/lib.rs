//! Personal data and free text, sealed under a key per case or person; keyed digests for look-up (architecture, section 3).
//!
//! A holder (a case, a person) has one data key, wrapped by the site's master key, which lies in the key folder and never in
//! the database. What is sealed is never changed: a new text is a new item. To erase, the holder's key is destroyed; the
//! journal keeps the SM3 of the sealed bytes and breaks no chain. Rotation only rewraps keys.
//!
//! SM4-CTR with HMAC-SM3, encrypt then MAC (no well-kept SM4-GCM crate exists).

mod cipher;
mod keys;
mod store;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, sync::Arc};

use kernel::{Ctx, Error, Result};
use storage::{Db, Row, Unit, Value, args};

pub use keys::{DataKey, MasterKeys};
pub use store::{MIGRATIONS, SQL};

/// The guard that fails when the holder has a key, or the holder's item a text, already.
pub const GUARD: &str = "vault";

/// Keys brought under the newest epoch in one unit at most.
pub const REWRAP_MAX: usize = 500;

/// The vault. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    db: Db,
    keys: Arc<MasterKeys>,
}

impl Vault {
    /// A vault over this database with these keys.
    #[must_use]
    pub fn new(db: Db, keys: MasterKeys) -> Self {
        Self { db, keys: Arc::new(keys) }
    }

    /// Makes a data key for a new holder (`case:…`, `person:…`) in this unit. [`GUARD`] fails if the holder has or had one.
    #[must_use]
    pub fn create(&self, unit: &mut Unit, ctx: &Ctx, holder: &str) -> DataKey {
        let key = DataKey::generate(ctx);
        let wrapped = self.keys.wrap(ctx, holder, &key);
        unit.one(GUARD, store::KEY_ADD, args![holder, self.keys.epoch(), wrapped, ctx.now]);
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
    /// left out. For lists: one query for each hundred holders, whatever they hold.
    ///
    /// # Errors
    /// [`Error::Internal`] if one was altered.
    pub async fn open_each(&self, holders: &[String], name: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let mut opened = Vec::with_capacity(holders.len());
        for asked in holders.chunks(store::EACH) {
            let mut values = args![name];
            values.extend(asked.iter().map(Value::from));
            values.resize(1 + store::EACH, Value::from(""));
            let mut found = HashMap::with_capacity(asked.len());
            for row in self.db.query(store::ITEM_OF_EACH, values).await? {
                let holder = row.string("holder")?;
                let text = cipher::open(&self.unwrap(&row)?.0, &["item", &holder, name], row.blob("sealed")?)?;
                found.insert(holder, text);
            }
            opened.extend(asked.iter().filter_map(|holder| Some((holder.clone(), found.get(holder)?.clone()))));
        }
        Ok(opened)
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
        self.keys.digest(purpose, text)
    }

    /// Destroys the holder's key in this unit: what was sealed under it can be read by nobody any more. That there was a key stays
    /// known, so that readers are told «已依法删除» and no new key takes its place.
    pub fn destroy(&self, unit: &mut Unit, holder: &str) {
        unit.run(store::KEY_DESTROY, args![holder, Vec::<u8>::new()]);
    }

    /// Brings up to `limit` (at most [`REWRAP_MAX`]) keys of older epochs under the newest; gives how many there were. Called again
    /// until that is 0; then the old wrapping keys may go ([`MasterKeys::without_old`]).
    ///
    /// # Errors
    /// [`Error::Internal`] if a key was altered or its epoch has no wrapping key here; none of this page is changed then.
    pub async fn rewrap(&self, ctx: &Ctx, limit: usize) -> Result<usize> {
        let limit = i64::try_from(limit.min(REWRAP_MAX)).unwrap_or(0);
        let rows = self.db.query(store::KEYS_BEFORE, args![self.keys.epoch(), limit]).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let mut unit = Unit::new(ctx);
        for row in &rows {
            let holder = row.text("holder")?;
            let wrapped = self.keys.wrap(ctx, holder, &self.unwrap(row)?);
            let epoch = self.keys.epoch();
            unit.run(store::KEY_REWRAP, args![holder, epoch, wrapped, ctx.now, row.int("epoch")?]);
        }
        self.db.commit(unit).await?.or_stale("密钥")?;
        Ok(rows.len())
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
        self.keys.unwrap(row.text("holder")?, row.int("epoch")?, row.blob("wrapped")?)
    }
}
