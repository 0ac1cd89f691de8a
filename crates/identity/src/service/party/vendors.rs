//! The dialects of vendors, WeChat and Alipay: no discovery, no PKCE, no ID token. Their rules are those of `model/party/wechat.rs` and
//! `alipay.rs`; state, one use and the fifteen minutes are kept as with every provider (`trip.rs`).
//!
//! Neither says by these calls who somebody is: what comes back is a number, the level stays 0.

use kernel::{Ctx, Error};
use serde_json::Map;
use webkit::App;

use super::{Errand, Stop, Trip, Trouble, fetch, providers};
use crate::model::{
    openid::Parameters,
    party::{
        alipay,
        provider::{Dialect, Provider, ProviderState},
        token::Doubt,
        told::Told,
        wechat,
    },
};

/// A code has so many bytes at most.
const CODE_MAX: usize = 512;

/// Whether somebody comes in by the official account of WeChat: from a page inside WeChat, if there is one.
///
/// # Errors
/// [`Trouble::Inside`] if there is no other way, and the page is not open inside WeChat.
pub(super) fn inside(it: &ProviderState, wechat: bool) -> Trip<bool> {
    let (account, app) = (!it.vendor.inside_client.is_empty(), !it.client.is_empty());
    match it.dialect {
        Dialect::Wechat if account && wechat => Ok(true),
        Dialect::Wechat if !app => Err(Trouble::Inside.into()),
        _ => Ok(false),
    }
}

/// Where to send the browser.
///
/// # Errors
/// If what is registered is no address.
pub(super) fn address(it: &ProviderState, inside: bool, (redirect, state): (&str, &str)) -> Trip<String> {
    let address = match it.dialect {
        Dialect::Wechat => {
            let (place, app) =
                if inside { (&it.places.inside, &it.vendor.inside_client) } else { (&it.places.authorize, &it.client) };
            wechat::Asking { place, app, subject: &it.fields.subject, inside }.address(redirect, state)
        }
        _ => alipay::address(&it.places.authorize, (&it.client, &it.scopes), (redirect, state)),
    };
    address.ok_or_else(broken)
}

fn broken() -> Stop {
    Error::internal("a login provider is registered with what cannot be used").into()
}

/// What the vendor says of whoever is back with this answer.
///
/// # Errors
/// [`Trouble::Cancelled`] without a code; [`Trouble::Mixed`] if the answer is for another app; [`Trouble::Doubted`],
/// [`Trouble::NotReachable`]; if a secret cannot be opened.
pub(super) async fn ask(ctx: &Ctx, app: &App, (it, inside): (&Provider, bool), answer: &Parameters) -> Trip<Told> {
    let state = &it.state;
    let name = if state.dialect == Dialect::Wechat { "code" } else { "auth_code" };
    // Whoever does not agree comes back without a code, if at all.
    let code = answer.one(name)?.ok_or(Stop::Trouble(Trouble::Cancelled))?;
    if code.len() > CODE_MAX || !code.bytes().all(|it| it.is_ascii_graphic()) {
        return Err(Doubt::Malformed.into());
    }
    let said = match state.dialect {
        Dialect::Wechat => {
            let (client, secret) = if inside {
                (&state.vendor.inside_client, &state.vendor.inside_secret)
            } else {
                (&state.client, &state.secret)
            };
            let secret = providers::secret(app, secret.as_ref()).await?;
            let address = wechat::exchange(&state.places.token, (client, &secret), code).ok_or_else(broken)?;
            let errand = Errand { address, authorization: String::new(), form: None };
            wechat::read(&fetch(app, errand).await?)?
        }
        _ => {
            if answer.one("app_id")?.is_some_and(|it| it != state.client) {
                return Err(Trouble::Mixed.into());
            }
            let private = alipay::private_key(&providers::secret(app, state.secret.as_ref()).await?);
            let keys = private.zip(alipay::public_key(&state.vendor.public_key));
            let (private, public) = keys.ok_or_else(broken)?;
            let call = alipay::exchange(&state.places.token, (&state.client, &private), (code, ctx.now));
            let call = call.ok_or_else(broken)?;
            let errand = Errand { address: call.address, authorization: String::new(), form: Some(call.form) };
            alipay::read(&fetch(app, errand).await?, &public)?
        }
    };
    // Without a signature (WeChat) or with one (Alipay): nothing of it says that two factors were shown.
    Told::read(state, &Map::new(), &said).ok_or_else(|| Doubt::Subject.into())
}
