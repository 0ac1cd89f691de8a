//! Passkeys (WebAuthn): set up, and shown. User verification is asked for always, so that one is two factors.

use std::collections::HashMap;

use kernel::{Ctx, Error, Id, Person, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;
use storage::{Unit, args};
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};
use webkit::App;

use super::{NewFactor, add, answered, ask, asked, named, of, recovery, vault_holder};
use crate::{
    model::factor::{FactorKind, FactorMark},
    service::told::tell,
    store::factors::{self as rows, FactorRow},
};

/// The kinds of ceremony: to set one up, to show one of a known person's, to sign in with one alone.
const NEW: &str = "passkey-new";
const KNOWN: &str = "passkey-known";
const ANYBODY: &str = "passkey-anybody";

/// What a browser is asked.
#[derive(serde::Serialize)]
pub(crate) struct Question {
    /// Goes back with the answer.
    pub(crate) ceremony: String,
    /// The options of `navigator.credentials.create` or `get`, with bytes as base64url.
    pub(crate) options: Value,
}

/// What a browser answers.
#[derive(Clone, Copy)]
pub(crate) struct BrowserAnswer<'a> {
    pub(crate) ceremony: &'a str,
    /// The credential as JSON.
    pub(crate) credential: &'a str,
}

/// Whether passkeys can be used here: browsers give them only to a site with a name, over https (or `localhost`).
pub(crate) fn offered(app: &App) -> bool {
    relying_party(app).is_ok()
}

fn relying_party(app: &App) -> Result<Webauthn> {
    let cannot = || Error::refused("本站的网址还不能使用通行密钥（须为 https 的域名），请改用动态验证码。");
    let origin = Url::parse(&app.site.address).map_err(|_| cannot())?;
    let name = origin.domain().ok_or_else(cannot)?;
    if origin.scheme() != "https" && name != "localhost" {
        return Err(cannot());
    }
    let builder = WebauthnBuilder::new(name, &origin).map_err(|_| cannot())?;
    builder.rp_name(&app.site.name).build().map_err(|_| cannot())
}

fn uuid(person: Id<Person>) -> Result<Uuid> {
    Uuid::parse_str(&person.to_string()).map_err(Error::internal)
}

fn not_accepted(field: &'static str) -> Error {
    Error::invalid(field, "这个通行密钥没有通过验证，请重试，或改用其他方式。")
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| not_accepted("passkey"))
}

fn kept<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(Error::internal)
}

fn json(it: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(it).map_err(Error::internal)
}

/// The person's passkeys, with their rows.
async fn passkeys(app: &App, person: Id<Person>) -> Result<Vec<(FactorRow, Passkey)>> {
    let all = of(app, person).await?.into_iter().filter(|it| it.state.kind == FactorKind::Passkey);
    let all: Vec<_> = all.collect();
    let holders: Vec<_> = all.iter().map(|it| vault_holder(it.id)).collect();
    let mut keys: HashMap<_, _> = app.vault.open_each(&holders, "secret").await?.into_iter().collect();
    let mut found = Vec::new();
    for it in all {
        let Some(bytes) = keys.remove(&vault_holder(it.id)) else { continue };
        found.push((it, serde_json::from_slice(&bytes).map_err(Error::internal)?));
    }
    Ok(found)
}

/// Begins to set up a passkey for the caller, whose account the device lists under `label`.
///
/// # Errors
/// [`Error::Refused`] if the site's address does not let one be used; [`Error::ProveAgain`]; if the engine fails.
pub(crate) async fn begin(ctx: &Ctx, app: &App, label: &str) -> Result<Question> {
    ctx.proven(crate::FACTORS)?;
    let (person, party) = (ctx.person()?, relying_party(app)?);
    let had = passkeys(app, person).await?.iter().map(|it| it.1.cred_id().clone()).collect();
    let begun = party.start_passkey_registration(uuid(person)?, label, label, Some(had));
    let (options, state) = begun.map_err(Error::internal)?;
    let mut options = serde_json::to_value(&options).map_err(Error::internal)?;
    // The device is to know whose it is, so that one signs in without typing anything, where it can.
    if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection") {
        selection["residentKey"] = "preferred".into();
        selection["requireResidentKey"] = false.into();
    }
    let mut unit = Unit::new(ctx);
    let ceremony = ask(&mut unit, ctx, NEW, (Some(person), &json(&state)?));
    app.db.commit(unit).await?.or_stale("验证方式")?;
    Ok(Question { ceremony, options })
}

/// Sets the passkey up in this unit; gives recovery codes if these are the first.
///
/// # Errors
/// [`Error::Invalid`] at `passkey` if it does not answer the question; as [`asked`]; if the engine fails.
pub(crate) async fn confirm(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    answer: BrowserAnswer<'_>,
    name: &str,
) -> Result<Vec<String>> {
    ctx.proven(crate::FACTORS)?;
    let person = ctx.person()?;
    let state: PasskeyRegistration = kept(&asked(ctx, app, answer.ceremony, NEW, Some(person)).await?)?;
    let credential: RegisterPublicKeyCredential = parse(answer.credential)?;
    let made = relying_party(app)?.finish_passkey_registration(&credential, &state);
    let passkey = made.map_err(|_| not_accepted("passkey"))?;
    let name = named(name, "通行密钥")?;
    let had = of(app, person).await?;
    answered(unit, answer.ceremony);
    let secret = json(&passkey)?;
    let new = NewFactor { kind: FactorKind::Passkey, name: &name, secret: secret.as_bytes(), mark: 0 };
    add(unit, ctx, app, &had, &new)?;
    tell(unit, ctx, app, person, "您的账号已添加通行密钥。").await?;
    recovery::first(unit, ctx, app, &had)
}

/// Asks for one of a known person's passkeys.
///
/// # Errors
/// [`Error::Refused`] if there is none, or the site's address does not let one be used; if the engine fails.
pub(crate) async fn question_for(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Question> {
    let keys: Vec<_> = passkeys(app, person).await?.into_iter().map(|it| it.1).collect();
    if keys.is_empty() {
        return Err(Error::refused("您还没有设置通行密钥，请改用其他方式。"));
    }
    let (options, state) = relying_party(app)?.start_passkey_authentication(&keys).map_err(Error::internal)?;
    question(ctx, app, (KNOWN, Some(person)), (&options, &json(&state)?)).await
}

/// Asks for any passkey of anybody: to sign in with it alone.
///
/// # Errors
/// [`Error::Refused`] if the site's address does not let one be used; if the engine fails.
pub(crate) async fn question_for_anybody(ctx: &Ctx, app: &App) -> Result<Question> {
    let (options, state) = relying_party(app)?.start_discoverable_authentication().map_err(Error::internal)?;
    question(ctx, app, (ANYBODY, None), (&options, &json(&state)?)).await
}

async fn question(
    ctx: &Ctx,
    app: &App,
    (kind, person): (&str, Option<Id<Person>>),
    (options, state): (&impl serde::Serialize, &str),
) -> Result<Question> {
    let mut options = serde_json::to_value(options).map_err(Error::internal)?;
    if let Some(all) = options.as_object_mut() {
        // The person presses a button of ours; the browser is not to wait in a field.
        all.remove("mediation");
    }
    let mut unit = Unit::new(ctx);
    let ceremony = ask(&mut unit, ctx, kind, (person, state));
    app.db.commit(unit).await?.or_stale("验证方式")?;
    Ok(Question { ceremony, options })
}

/// Takes a passkey of a known person in this unit.
///
/// # Errors
/// [`Error::Invalid`] at `passkey` if it does not answer the question; as [`asked`]; if the engine fails.
pub(crate) async fn take(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    person: Id<Person>,
    answer: BrowserAnswer<'_>,
) -> Result<()> {
    let state: PasskeyAuthentication = kept(&asked(ctx, app, answer.ceremony, KNOWN, Some(person)).await?)?;
    let credential: PublicKeyCredential = parse(answer.credential)?;
    let done = relying_party(app)?.finish_passkey_authentication(&credential, &state);
    let done = done.map_err(|_| not_accepted("passkey"))?;
    let keys = passkeys(app, person).await?;
    let used = keys.iter().find(|it| it.1.cred_id() == done.cred_id()).ok_or_else(|| not_accepted("passkey"))?;
    answered(unit, answer.ceremony);
    mark(unit, ctx, &used.0, &done)
}

/// Takes a passkey of whoever shows it, in this unit, and tells who it is.
///
/// # Errors
/// [`Error::Invalid`] at `passkey` if it does not answer the question, or nobody here has it; as [`asked`]; if the engine fails.
pub(crate) async fn take_from_anybody(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    answer: BrowserAnswer<'_>,
) -> Result<Id<Person>> {
    let state: DiscoverableAuthentication = kept(&asked(ctx, app, answer.ceremony, ANYBODY, None).await?)?;
    let credential: PublicKeyCredential = parse(answer.credential)?;
    let party = relying_party(app)?;
    let (owner, shown) =
        party.identify_discoverable_authentication(&credential).map_err(|_| not_accepted("passkey"))?;
    let person: Id<Person> = owner.simple().to_string().parse()?;
    let keys = passkeys(app, person).await?;
    let used = keys.iter().find(|it| it.1.cred_id().as_slice() == shown).ok_or_else(|| not_accepted("passkey"))?;
    let done = party.finish_discoverable_authentication_v2(&credential, state, &used.1);
    let done = done.map_err(|_| not_accepted("passkey"))?;
    answered(unit, answer.ceremony);
    mark(unit, ctx, &used.0, &done)?;
    Ok(person)
}

/// A passkey that counts must have counted on; one that counted back may be a copy.
fn mark(unit: &mut Unit, ctx: &Ctx, used: &FactorRow, done: &AuthenticationResult) -> Result<()> {
    let (id, count): (Id<FactorMark>, i64) = (used.id, done.counter().into());
    let statement = match count {
        0 if used.mark == 0 => (rows::USE_AGAIN, args![id, ctx.now]),
        count if count > used.mark => (rows::USE_ONCE, args![id, ctx.now, count]),
        _ => return Err(Error::refused("这个通行密钥的使用次数倒退了，可能被复制过。请移除它，改用其他方式。")),
    };
    unit.one(rows::USED_GUARD, statement.0, statement.1);
    Ok(())
}
