//! The site's SM2 key, and heads of the record signed with it.

use std::fmt;

use kernel::{Ctx, Error, Moment, Result};
use sm2::{
    PublicKey, SecretKey,
    dsa::{
        Signature, SigningKey, VerifyingKey,
        signature::{Signer as _, Verifier},
    },
    pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding},
};
use sm3::{Digest, Sm3};
use storage::{Commit, Db, Row, Unit, args};

use crate::{FeedHead, Hash, Head, append, entry::hex, store};

/// The user id that goes into each signature where none was agreed (GM/T 0009, section 10).
const USER: &str = "1234567812345678";

/// The site's SM2 signing key (GB/T 32918; with SM3, user id 1234567812345678). Wiped from memory when dropped, never printed.
#[derive(Clone)]
pub struct SiteKey {
    secret: SecretKey,
}

impl SiteKey {
    /// A new key.
    #[must_use]
    pub fn generate(ctx: &Ctx) -> Self {
        let seed: [u8; 32] = ctx.random_bytes();
        // Nearly every number of 256 bits is a key; the next is taken where one is not, so that no randomness loops for ever.
        let mut digests = (0_u8..=u8::MAX).map(|n| Sm3::new().chain_update(seed).chain_update([n]).finalize());
        let secret = digests.find_map(|digest| SecretKey::from_slice(&digest).ok());
        #[expect(clippy::expect_used, reason = "that 256 digests in a row are no key has a chance of 1 in 2^8192")]
        Self { secret: secret.expect("one of 256 digests is a key") }
    }

    /// Reads the private key from PKCS#8 PEM.
    ///
    /// # Errors
    /// [`Error::Invalid`], in Chinese, if it is none.
    pub fn from_pem(pem: &str) -> Result<Self> {
        let secret = SecretKey::from_pkcs8_pem(pem);
        let wrong =
            |_| Error::invalid("key", "这不是 SM2 私钥文件（应为 PKCS#8 PEM）。请换用本站点的签名密钥文件或其备份。");
        Ok(Self { secret: secret.map_err(wrong)? })
    }

    /// The private key as PKCS#8 PEM, for the key folder.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn to_pem(&self) -> Result<String> {
        let pem = self.secret.to_pkcs8_pem(LineEnding::LF);
        Ok(pem.map_err(|_| Error::internal("the site's key cannot be written"))?.to_string())
    }

    /// The public key as PEM (SubjectPublicKeyInfo), for others to verify with.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn public_pem(&self) -> Result<String> {
        let pem = self.secret.public_key().to_public_key_pem(LineEnding::LF);
        pem.map_err(|_| Error::internal("the site's public key cannot be written"))
    }

    /// The public key, to verify with.
    #[must_use]
    pub fn public(&self) -> SitePublicKey {
        SitePublicKey(self.secret.public_key())
    }

    /// Signs bytes: SM2 with SM3, as DER `SEQUENCE { r INTEGER, s INTEGER }` (GM/T 0009), which GB/T 38540 and OpenSSL take.
    ///
    /// # Errors
    /// If the key cannot sign, which has no chance worth naming.
    pub fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let wrong = |_| Error::internal("the site's key cannot sign");
        let signature: Signature =
            SigningKey::new(USER, &self.secret).and_then(|key| key.try_sign(bytes)).map_err(wrong)?;
        Ok(signature.to_der().as_bytes().to_vec())
    }

    /// Whether [`SiteKey::sign`] made this signature over these bytes with this key.
    #[must_use]
    pub fn verify(&self, bytes: &[u8], signature: &[u8]) -> bool {
        verifies(self.secret.public_key(), bytes, signature)
    }
}

/// Tells nothing of the key.
impl fmt::Debug for SiteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SiteKey(…)")
    }
}

/// What a site signs with: its key, and the public keys of those it had before, so that their signatures stay good.
#[derive(Debug, Clone)]
pub struct Signer {
    key: SiteKey,
    former: Vec<SitePublicKey>,
}

impl Signer {
    /// With this key, and these before it, oldest first.
    #[must_use]
    pub fn new(key: SiteKey, former: Vec<SitePublicKey>) -> Self {
        Self { key, former }
    }

    /// The public keys in the order in which the site signed with them, the present one last: what [`verify`](crate::verify)
    /// asks for.
    #[must_use]
    pub fn public_keys(&self) -> Vec<SitePublicKey> {
        self.former.iter().copied().chain([self.key.public()]).collect()
    }

    /// Signs the record's present head and keeps the signature; a position that was signed already is not signed again. The first
    /// signature after a change of key puts an entry about it into the record.
    ///
    /// # Errors
    /// [`Error::Internal`] if the last head was signed with a key that is not known here: this node has an older key than another,
    /// or somebody altered it; an older key must not sign after a newer one. If the engine fails.
    pub async fn sign_head(&self, db: &Db, ctx: &Ctx) -> Result<()> {
        let FeedHead { position, running, .. } = FeedHead::now(db).await?;
        let last = SignedHead::last(db).await?;
        if last.as_ref().is_some_and(|it| it.position == position) {
            return Ok(());
        }
        let mut head = SignedHead { position, running, at: ctx.now, signature: String::new() };
        head.signature = hex(&self.key.sign(head.text().as_bytes())?);
        let before = last.as_ref().map_or(i64::MIN, |it| it.position);
        let mut unit = Unit::new(ctx);
        unit.one("signed head", store::SIGNED_ADD, args![head.position, head.running, head.at, head.signature, before]);
        if let Some(last) = last.filter(|it| !it.is_by(&self.key.public())) {
            let former = self.former.iter().find(|key| last.is_by(key)).ok_or_else(|| {
                Error::internal(
                    "the last head was signed with a key that is not known here: fetch the site's present keys",
                )
            })?;
            let body = serde_json::json!({ "from": former.fingerprint(), "to": self.key.public().fingerprint() });
            let subject = format!("signer:{}", ctx.new_id::<Self>());
            append(&mut unit, ctx, &Head::none(), (&subject, "journal.signer_changed"), &body)?;
        }
        match db.commit(unit).await? {
            // Lost: another node signed meanwhile.
            Commit::Done | Commit::Lost { .. } => Ok(()),
        }
    }
}

/// A site's public key: that in use, or one that it signed with before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SitePublicKey(PublicKey);

impl SitePublicKey {
    /// Reads it from PEM, as [`SiteKey::public_pem`] gives it.
    ///
    /// # Errors
    /// [`Error::Invalid`], in Chinese, if it is none.
    pub fn from_pem(pem: &str) -> Result<Self> {
        let key = PublicKey::from_public_key_pem(pem);
        key.map(Self).map_err(|_| Error::invalid("key", "这不是 SM2 公钥文件（应为 PEM）。"))
    }

    /// The SM3 of the public point, in lower-case hex: a short name for the key that can be read out.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex(&Sm3::digest(self.0.to_sec1_bytes()))
    }
}

/// Whether the holder of this public key (PEM, as [`SiteKey::public_pem`] gives it) signed these bytes.
///
/// # Errors
/// [`Error::Invalid`], in Chinese, if that is no public key.
pub fn verify_signature(public_pem: &str, bytes: &[u8], signature: &[u8]) -> Result<bool> {
    Ok(verifies(SitePublicKey::from_pem(public_pem)?.0, bytes, signature))
}

/// One signature has one form: what DER would also read, but not write, is refused.
fn verifies(key: PublicKey, bytes: &[u8], signature: &[u8]) -> bool {
    let Ok(parsed) = Signature::from_der(signature) else { return false };
    let Ok(key) = VerifyingKey::new(USER, key) else { return false };
    parsed.to_der().as_bytes() == signature && key.verify(bytes, &parsed).is_ok()
}

/// The record's head, signed: what can be copied outside and shown to anybody.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SignedHead {
    /// How many entries it covers.
    pub position: i64,
    /// The running chain over them.
    pub running: Hash,
    /// When it was signed.
    pub at: Moment,
    /// The signature over [`SignedHead::text`]: DER in lower-case hex.
    pub signature: String,
}

impl SignedHead {
    /// The bytes that are signed, in clear words.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { position, running, at, .. } = self;
        format!("yiwang journal head\nposition: {position}\nrunning: {running}\nat: {}\n", at.micros())
    }

    /// The last one kept.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn last(db: &Db) -> Result<Option<Self>> {
        db.find(store::SIGNED_LAST, args![]).await?.as_ref().map(Self::read).transpose()
    }

    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            position: row.int("position")?,
            running: row.string("running")?,
            at: row.moment("at")?,
            signature: row.string("signature")?,
        })
    }

    /// Whether the holder of this key made the signature, written as [`Signer::sign_head`] writes it.
    #[must_use]
    pub fn is_by(&self, key: &SitePublicKey) -> bool {
        unhex(&self.signature).is_some_and(|signature| verifies(key.0, self.text().as_bytes(), &signature))
    }
}

/// Lower-case hex only, so that one signature is one text.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::tests::ctx;

    /// The example of GB/T 32918.5 annex A: key, public key and signature.
    #[test]
    fn the_published_signature_verifies_and_no_neighbour_of_it() {
        let secret = unhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8").unwrap();
        let key = SiteKey { secret: SecretKey::from_slice(&secret).unwrap() };
        let public = key.secret.public_key().to_sec1_bytes();
        assert_eq!(
            hex(&public[1..]),
            "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
             ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
        );
        let signature = unhex(
            "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
             b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
        );
        let der = Signature::from_slice(&signature.unwrap()).unwrap().to_der().as_bytes().to_vec();
        for index in 0..der.len() {
            for flip in [1, 0x80] {
                let mut bad = der.clone();
                bad[index] ^= flip;
                assert!(!key.verify(b"message digest", &bad), "byte {index}");
            }
        }
        assert!(!key.verify(b"message digesT", &der));
        assert!(key.verify(b"message digest", &der));
        assert_eq!(key.sign(b"message digest").unwrap().first(), Some(&0x30));
    }

    #[test]
    fn a_file_that_is_no_key_is_refused_in_chinese() {
        for text in ["", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            assert!(SiteKey::from_pem(text).unwrap_err().message().starts_with("这不是 SM2 私钥文件"));
        }
        assert!(verify_signature("hello", b"", b"").is_err());
    }

    #[test]
    fn a_key_is_read_as_it_was_written_and_never_printed() {
        let key = SiteKey::generate(&ctx(1));
        let again = SiteKey::from_pem(&key.to_pem().unwrap()).unwrap();
        let signature = again.sign(b"text").unwrap();
        assert!(key.verify(b"text", &signature));
        assert!(verify_signature(&key.public_pem().unwrap(), b"text", &signature).unwrap());
        assert!(!SiteKey::generate(&ctx(2)).verify(b"text", &signature), "another site");
        assert_eq!(format!("{key:?}"), "SiteKey(…)");
    }

    #[test]
    fn openssl_agrees() {
        if Command::new("openssl").arg("version").output().is_err() {
            return eprintln!("no openssl on this machine: not compared");
        }
        let folder = tempfile::tempdir().unwrap();
        let key = SiteKey::generate(&ctx(1));
        let signature = key.sign(b"yiwang").unwrap();
        let table = [
            ("public.pem", key.public_pem().unwrap().into_bytes()),
            ("private.pem", key.to_pem().unwrap().into_bytes()),
            ("message", b"yiwang".to_vec()),
            ("signature", signature),
        ];
        for (name, bytes) in table {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        let openssl = |words: &str| {
            let mut command = Command::new("openssl");
            command.current_dir(folder.path()).args(words.split(' '));
            command.args(["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-in", "message"]);
            let output = command.output().unwrap();
            assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
        };
        openssl("pkeyutl -verify -pubin -inkey public.pem -sigfile signature");
        openssl("pkeyutl -sign -inkey private.pem -out theirs");
        assert!(key.verify(b"yiwang", &std::fs::read(folder.path().join("theirs")).unwrap()));
    }
}
