//! The site's SM2 key, and heads of the record signed with it.
use kernel::{Ctx, Error, Result};
use storage::Db;

/// The site's SM2 signing key (GB/T 32918; with SM3, user id 1234567812345678).
#[derive(Clone)]
pub struct SiteKey;

impl SiteKey {
    /// A new key.
    #[must_use]
    pub fn generate(_ctx: &Ctx) -> Self {
        Self
    }
    /// Reads the private key from PKCS#8 PEM.
    ///
    /// # Errors
    /// If it is none.
    pub fn from_pem(_pem: &str) -> Result<Self> {
        Err(Error::internal("being built"))
    }
    /// The private key as PKCS#8 PEM, for the key folder.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn to_pem(&self) -> Result<String> {
        Err(Error::internal("being built"))
    }
    /// The public key as PEM (SubjectPublicKeyInfo), for others to verify with.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn public_pem(&self) -> Result<String> {
        Err(Error::internal("being built"))
    }
    /// Signs the record's present head and keeps the signature.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn sign_head(&self, _db: &Db, _ctx: &Ctx) -> Result<()> {
        Err(Error::internal("being built"))
    }
}
