//! Alipay's dialect of OAuth 2.0: where the browser is sent, a signed call that exchanges the code, an answer that Alipay signed.
//!
//! After the public pages on the authorization link (<https://opendocs.alipay.com/open/284/web>), the call
//! `alipay.system.oauth.token` (<https://opendocs.alipay.com/apis/api_9/alipay.system.oauth.token>, in English
//! <https://docs.antom.com/ac/solution_api/oauth_token>) and signatures (<https://opendocs.alipay.com/common/02kf5q>): RSA2 is
//! RSA PKCS#1 v1.5 with SHA-256, over the parameters sorted by name; of an answer over the very text of its inner object. How the
//! parts are cut was compared with what Alipay's own open library for Node.js does; never checked against Alipay itself: its addresses
//! are data of the provider.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::Moment;
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description, macros::offset};
use url::Url;

use super::token::Doubt;

/// Where the browser is sent.
pub const AUTHORIZE: &str = "https://openauth.alipay.com/oauth2/publicAppAuthorize.htm";
/// The gateway that takes all calls.
pub const GATEWAY: &str = "https://openapi.alipay.com/gateway.do";
/// What is asked for unless another is registered: that of signing in at a website.
pub const SCOPE: &str = "auth_user";

/// A person's number with one app: what new apps are given.
pub const OPEN_ID: &str = "open_id";
/// A person's number at Alipay: what older apps are given.
pub const USER_ID: &str = "user_id";

/// A key as text has so many characters at most: 8,192 bits in PEM have some 6,400.
pub const KEY_MAX: usize = 8_000;

const METHOD: &str = "alipay.system.oauth.token";
/// Alipay reads times in legal time.
const STAMP: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// A key as its base64 on one line, out of a PEM file or the bare text that Alipay's tool gives.
#[must_use]
pub fn bare(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|it| !it.starts_with("-----"));
    lines.flat_map(str::split_whitespace).collect()
}

fn der(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(bare(text)).ok().filter(|it| !it.is_empty())
}

/// Reads the app's private key, PKCS#8 or PKCS#1; `None` if it is none, or of less than 2,048 bits.
pub(crate) fn private_key(text: &str) -> Option<KeyPair> {
    let der = der(text)?;
    KeyPair::from_pkcs8(&der).or_else(|_| KeyPair::from_der(&der)).ok()
}

/// Reads Alipay's public key; `None` if it is none, or of less than 2,048 bits.
pub(crate) fn public_key(text: &str) -> Option<ParsedPublicKey> {
    ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der(text)?).ok()
}

/// Whether a public key is the app's own: a usual mistake, since both are called the public key.
pub(crate) fn own(public: &str, private: &KeyPair) -> bool {
    der(public).is_some_and(|it| it.ends_with(private.public_key().as_ref()))
}

/// Where to send the browser.
pub(crate) fn address(place: &str, (app, scope): (&str, &str), (redirect, state): (&str, &str)) -> Option<String> {
    let mut address = Url::parse(place).ok()?;
    let fields = [("app_id", app), ("scope", scope), ("redirect_uri", redirect), ("state", state)];
    address.query_pairs_mut().extend_pairs(fields);
    Some(address.into())
}

/// A call that exchanges a code: the gateway's address with what is common to all calls, and the form.
pub(crate) struct Call {
    pub(crate) address: String,
    pub(crate) form: String,
}

/// What is signed of these parameters: sorted by name, without empty ones, as they are before they are encoded.
fn text(parameters: &[(&str, &str)]) -> String {
    let mut sorted: Vec<_> = parameters.iter().filter(|it| !it.1.is_empty()).collect();
    sorted.sort_unstable();
    sorted.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Exchanges a code by this app's key. `None` if the place is no address, or the key does not sign.
pub(crate) fn exchange(place: &str, (app, key): (&str, &KeyPair), (code, now): (&str, Moment)) -> Option<Call> {
    let at = OffsetDateTime::from_unix_timestamp(now.micros().div_euclid(1_000_000)).ok()?;
    let at = at.to_offset(offset!(+8)).format(STAMP).ok()?;
    let common = [
        ("app_id", app),
        ("method", METHOD),
        ("format", "JSON"),
        ("charset", "utf-8"),
        ("sign_type", "RSA2"),
        ("timestamp", at.as_str()),
        ("version", "1.0"),
    ];
    let own = [("grant_type", "authorization_code"), ("code", code)];
    let all: Vec<_> = common.iter().chain(&own).copied().collect();
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text(&all).as_bytes(), &mut signature).ok()?;
    let mut address = Url::parse(place).ok()?;
    address.query_pairs_mut().extend_pairs(common).append_pair("sign", &STANDARD.encode(signature));
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(own).finish();
    Some(Call { address: address.into(), form })
}

/// An answer of the gateway. What is signed is the inner object's text, letter by letter.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, rename = "alipay_system_oauth_token_response")]
    said: Option<&'a RawValue>,
    #[serde(borrow, rename = "error_response")]
    refused: Option<&'a RawValue>,
    #[serde(default)]
    sign: String,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    code: String,
    #[serde(default)]
    sub_code: String,
}

/// What Alipay says of the person, if it signed it.
///
/// # Errors
/// [`Doubt::Refused`] if it is a refusal, which needs no signature to be none; [`Doubt::Malformed`] if it is no answer;
/// [`Doubt::Signature`] if Alipay's key did not sign it.
pub(crate) fn read(bytes: &[u8], key: &ParsedPublicKey) -> Result<Map<String, Value>, Doubt> {
    let answer: Answer<'_> = serde_json::from_slice(bytes).map_err(|_| Doubt::Malformed)?;
    if let Some(refusal) = answer.refused {
        return Err(refused(refusal.get()));
    }
    let said = answer.said.ok_or(Doubt::Malformed)?.get();
    let signature = STANDARD.decode(&answer.sign).map_err(|_| Doubt::Signature)?;
    key.verify_sig(said.as_bytes(), &signature).map_err(|_| Doubt::Signature)?;
    let read: Map<String, Value> = serde_json::from_str(said).map_err(|_| Doubt::Malformed)?;
    match read.get("code").and_then(Value::as_str) {
        // Calls of this age say no code when all is well; newer ones say 10000.
        None | Some("10000") => Ok(read),
        Some(_) => Err(refused(said)),
    }
}

fn refused(said: &str) -> Doubt {
    let told = serde_json::from_str(said).unwrap_or(Refusal { code: String::new(), sub_code: String::new() });
    tracing::warn!(code = told.code, sub_code = told.sub_code, "Alipay refused a code");
    Doubt::Refused
}
