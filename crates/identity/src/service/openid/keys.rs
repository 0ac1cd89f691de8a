//! Keys that sign tokens: made, kept in the vault, shown, changed by themselves.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::{
    encoding::AsDer,
    rsa,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use journal::Head;
use jsonwebtoken::{
    DecodingKey, EncodingKey, Header,
    jwk::{Jwk, PublicKeyUse},
};
use kernel::{Ctx, Error, Moment, Result};
use serde::{Serialize, de::DeserializeOwned};
use storage::{Commit, Db, Row, Unit, args};
use webkit::App;

use super::super::kinds;
use crate::{
    SiteCallers,
    model::openid::{
        key::{Algorithm, KeyState, LEAD_SECONDS, plan},
        proof::signed_by,
    },
    store::openid::signing_keys as rows,
};

/// Keys shown at once at most; there are some two for each algorithm.
const KEYS_MAX: i64 = 50;
/// Keys are read anew after so many seconds: other nodes make them too.
const FRESH_SECONDS: i64 = 60;
/// The vault's item that holds the private half.
const PRIVATE: &str = "private";
/// What stands in PKCS#8 before an RSA private key of 2,048 bits: lengths, version, algorithm (RFC 5208, RFC 8017 appendix A).
const RSA_FRAME: usize = 26;

/// A key that signs, or did.
pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pub(crate) alg: Algorithm,
    pub(crate) use_from: Moment,
    jwk: serde_json::Value,
    public: DecodingKey,
    private: EncodingKey,
    state: KeyState,
    head: Head,
}

/// All keys that are shown now, oldest first.
pub(crate) struct Ring(Vec<SigningKey>);

/// The ring as this process read it last.
#[derive(Default)]
pub(crate) struct Rings(Mutex<Option<(Moment, Arc<Ring>)>>);

impl Ring {
    /// The key that signs now.
    pub(crate) fn current(&self, alg: Algorithm, now: Moment) -> Option<&SigningKey> {
        self.of(alg).rfind(|it| it.use_from <= now)
    }

    fn of(&self, alg: Algorithm) -> impl DoubleEndedIterator<Item = &SigningKey> {
        self.0.iter().filter(move |it| it.alg == alg)
    }

    fn complete(&self, now: Moment) -> bool {
        Algorithm::ALL.iter().all(|it| self.current(*it, now).is_some())
    }

    /// Every key that is shown.
    pub(crate) fn keys(&self) -> &[SigningKey] {
        &self.0
    }

    /// The key set (RFC 7517): every key that signs, will sign soon, or signed lately.
    pub(crate) fn jwks(&self) -> serde_json::Value {
        serde_json::json!({ "keys": self.0.iter().map(|it| &it.jwk).collect::<Vec<_>>() })
    }

    /// A token of this type that says these claims.
    pub(crate) fn sign(&self, alg: Algorithm, typ: &str, claims: &impl Serialize, now: Moment) -> Result<String> {
        let key = self.current(alg, now).ok_or_else(|| Error::internal("no key signs"))?;
        let mut header = Header::new(match alg {
            Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        });
        (header.kid, header.typ) = (Some(key.kid.clone()), Some(typ.to_owned()));
        jsonwebtoken::encode(&header, claims, &key.private).map_err(Error::internal)
    }

    /// The claims of a token that one of our keys signed; `None` for any other.
    pub(crate) fn verified<T: DeserializeOwned + Clone>(&self, token: &str) -> Option<T> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let key = self.0.iter().find(|it| it.kid == kid)?;
        signed_by(token, &key.public, key.alg)
    }
}

/// The keys in use; the first ones are made when somebody first asks.
///
/// # Errors
/// If the engine fails, or a key cannot be opened.
pub(crate) async fn ring(ctx: &Ctx, app: &App) -> Result<Arc<Ring>> {
    let callers = app.part::<SiteCallers>()?;
    let kept = callers.rings.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let fresh = |until: Moment| until > ctx.now && until <= ctx.now.plus_seconds(FRESH_SECONDS);
    if let Some((_, ring)) = kept.filter(|it| fresh(it.0) && it.1.complete(ctx.now)) {
        return Ok(ring);
    }
    let mut ring = load(app).await?;
    if !ring.complete(ctx.now) {
        carry_out(ctx, app, &ring).await?;
        ring = load(app).await?;
    }
    let ring = Arc::new(ring);
    let until = ctx.now.plus_seconds(FRESH_SECONDS);
    *callers.rings.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((until, Arc::clone(&ring)));
    Ok(ring)
}

async fn load(app: &App) -> Result<Ring> {
    let mut ring = Vec::new();
    for row in app.db.query(rows::SIGNING_KEYS, args![KEYS_MAX]).await? {
        let (kid, state) = (row.string("id")?, rows::state(&row)?);
        let strange = || Error::internal(format!("signing key {kid} cannot be read"));
        let alg = Algorithm::from_code(&state.alg).ok_or_else(strange)?;
        let jwk: Jwk = serde_json::from_str(&state.jwk).map_err(|_| strange())?;
        let private = app.vault.open(&holder(&kid), PRIVATE).await?;
        ring.push(SigningKey {
            alg,
            use_from: state.use_from,
            jwk: serde_json::from_str(&state.jwk).map_err(|_| strange())?,
            public: DecodingKey::from_jwk(&jwk).map_err(|_| strange())?,
            private: encoding_key(alg, &private),
            head: Head::of(&row)?,
            state,
            kid,
        });
    }
    Ok(Ring(ring))
}

fn holder(kid: &str) -> String {
    format!("signing_key:{kid}")
}

fn encoding_key(alg: Algorithm, der: &[u8]) -> EncodingKey {
    match alg {
        Algorithm::Es256 => EncodingKey::from_ec_der(der),
        Algorithm::Rs256 => EncodingKey::from_rsa_der(der),
    }
}

/// A key that is shown, for the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownKey {
    /// Its name in the key set.
    pub kid: String,
    /// `ES256` or `RS256`.
    pub alg: String,
    /// From when on it signs.
    pub use_from: Moment,
}

/// The keys that sign tokens, will soon or did lately, oldest first; none until a system of others first asks. Their private halves lie
/// in the vault: a change of the master key covers them.
///
/// # Errors
/// If the engine fails.
pub async fn token_keys(db: &Db) -> Result<Vec<ShownKey>> {
    let found = db.query(rows::SIGNING_KEYS, args![KEYS_MAX]).await?;
    let read = |row: &Row| {
        let state = rows::state(row)?;
        Ok(ShownKey { kid: row.string("id")?, alg: state.alg, use_from: state.use_from })
    };
    found.iter().map(read).collect()
}

/// Does what the plan says: makes the next key in time, and destroys those that signed nothing that still lives.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn rotate(ctx: &Ctx, app: &App) -> Result<()> {
    let ring = load(app).await?;
    // Keys are made when first asked for, not before anybody signs in anywhere.
    if ring.0.is_empty() { Ok(()) } else { carry_out(ctx, app, &ring).await }
}

async fn carry_out(ctx: &Ctx, app: &App, ring: &Ring) -> Result<()> {
    for alg in Algorithm::ALL {
        let keys: Vec<_> = ring.of(alg).collect();
        let begins: Vec<_> = keys.iter().map(|it| it.use_from).collect();
        let plan = plan(&begins, ctx.now);
        if let Some(use_from) = plan.make {
            make(ctx, app, alg, use_from).await?;
        }
        for place in plan.retire {
            retire(ctx, app, keys[place]).await?;
        }
    }
    Ok(())
}

/// Lets the next key of each algorithm sign sooner: it is shown now, and signs after the lead time.
///
/// # Errors
/// If the engine fails.
pub async fn renew(ctx: &Ctx, app: &App) -> Result<()> {
    let ring = ring(ctx, app).await?;
    for alg in Algorithm::ALL {
        if ring.of(alg).all(|it| it.use_from <= ctx.now) {
            make(ctx, app, alg, ctx.now.plus_seconds(LEAD_SECONDS)).await?;
        }
    }
    *app.part::<SiteCallers>()?.rings.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    Ok(())
}

async fn make(ctx: &Ctx, app: &App, alg: Algorithm, use_from: Moment) -> Result<()> {
    let der = tokio::task::spawn_blocking(move || generate(alg)).await.map_err(Error::internal)??;
    let kid = ctx.new_id::<SigningKey>().to_string();
    let named = match alg {
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
    };
    let mut jwk = Jwk::from_encoding_key(&encoding_key(alg, &der), named).map_err(Error::internal)?;
    (jwk.common.key_id, jwk.common.public_key_use) = (Some(kid.clone()), Some(PublicKeyUse::Signature));
    let jwk = serde_json::to_string(&jwk).map_err(Error::internal)?;
    let state = KeyState { alg: alg.code().to_owned(), jwk, use_from, gone_at: None };
    let mut unit = Unit::new(ctx);
    let holder = holder(&kid);
    let key = app.vault.create(&mut unit, ctx, &holder);
    let _ = app.vault.seal(&mut unit, ctx, (&holder, &key), PRIVATE, &der);
    let head = journal::append(&mut unit, ctx, &Head::none(), (&holder, kinds::SIGNING_KEY_MADE), &state)?;
    rows::add(&mut unit, &kid, &state, &head);
    match app.db.commit(unit).await? {
        // Lost: another node made it.
        Commit::Done | Commit::Lost { .. } => Ok(()),
    }
}

async fn retire(ctx: &Ctx, app: &App, key: &SigningKey) -> Result<()> {
    let holder = holder(&key.kid);
    let state = KeyState { gone_at: Some(ctx.now.max(key.head.at)), ..key.state.clone() };
    let mut unit = Unit::new(ctx);
    let head = journal::append(&mut unit, ctx, &key.head, (&holder, kinds::SIGNING_KEY_RETIRED), &state)?;
    rows::gone(&mut unit, &key.kid, (&key.head, &head));
    app.vault.destroy(&mut unit, &holder);
    match app.db.commit(unit).await? {
        Commit::Done | Commit::Lost { .. } => Ok(()),
    }
}

/// A new private key, as the signer reads it: PKCS#8 of a curve's key, PKCS#1 of RSA. AWS-LC draws its own randomness; a key from a
/// seeded source would be no key.
fn generate(alg: Algorithm) -> Result<Vec<u8>> {
    let failed = |_| Error::internal("a signing key could not be made");
    match alg {
        Algorithm::Es256 => {
            let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?;
            Ok(key.to_pkcs8v1().map_err(failed)?.as_ref().to_vec())
        }
        Algorithm::Rs256 => {
            let key = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).map_err(failed)?;
            let framed = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key).map_err(failed)?;
            let bare = framed.as_ref().get(RSA_FRAME..).filter(|it| it.first() == Some(&0x30));
            bare.map(<[u8]>::to_vec).ok_or_else(|| Error::internal("an RSA key of another shape"))
        }
    }
}
