//! WeChat's dialect of OAuth 2.0: where the browser is sent, how a code is exchanged, what the answer says.
//!
//! After the public guides «网站应用微信登录开发指南»
//! (<https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html>) and «网页授权»
//! (<https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html>): `appid` and `secret` stand in
//! the query, there is neither PKCE nor an ID token, errors come as 200 with `errcode`. Checked against several accounts of these
//! guides, never against WeChat itself: its addresses are data of the provider.

use serde_json::{Map, Value};
use url::Url;

use super::token::Doubt;

/// Where a browser shows the QR code that a telephone scans (website app).
pub const QR: &str = "https://open.weixin.qq.com/connect/qrconnect";
/// Where a page inside WeChat is sent (official account).
pub const INSIDE: &str = "https://open.weixin.qq.com/connect/oauth2/authorize";
/// Where the code is exchanged.
pub const TOKEN: &str = "https://api.weixin.qq.com/sns/oauth2/access_token";

/// The one scope of website apps.
const QR_SCOPE: &str = "snsapi_login";
/// Whoever opens the page is known by the account's own `openid`, unasked.
const BASE_SCOPE: &str = "snsapi_base";
/// Only with this does a page inside WeChat learn the `unionid`; WeChat asks the person.
const FULL_SCOPE: &str = "snsapi_userinfo";

/// A person's number with one app or account.
pub const OPENID: &str = "openid";
/// A person's number with all apps and accounts of one holder at the open platform.
pub const UNIONID: &str = "unionid";

/// Whether a page is open inside WeChat, by its browser's name for itself. WeCom (企业微信) calls itself so too and is another service.
#[must_use]
pub fn inside(agent: &str) -> bool {
    agent.contains("MicroMessenger") && !agent.contains("wxwork")
}

/// Which app signs somebody in, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'a> {
    /// Where the browser is sent.
    pub(crate) place: &'a str,
    pub(crate) app: &'a str,
    /// By which field a person is known.
    pub(crate) subject: &'a str,
    /// Whether the page is open inside WeChat.
    pub(crate) inside: bool,
}

impl Asking<'_> {
    /// Where to send the browser. WeChat takes these parameters in this order only, and only before this fragment.
    pub(crate) fn address(&self, redirect: &str, state: &str) -> Option<String> {
        let mut address = Url::parse(self.place).ok()?;
        let scope = match (self.inside, self.subject) {
            (false, _) => QR_SCOPE,
            (true, OPENID) => BASE_SCOPE,
            (true, _) => FULL_SCOPE,
        };
        address.query_pairs_mut().extend_pairs([
            ("appid", self.app),
            ("redirect_uri", redirect),
            ("response_type", "code"),
            ("scope", scope),
            ("state", state),
        ]);
        address.set_fragment(Some("wechat_redirect"));
        Some(address.into())
    }
}

/// Where the code of this app is exchanged. It holds the secret: it goes to WeChat alone and into no log.
pub(crate) fn exchange(place: &str, (app, secret): (&str, &str), code: &str) -> Option<String> {
    let mut address = Url::parse(place).ok()?;
    let fields = [("appid", app), ("secret", secret), ("code", code), ("grant_type", "authorization_code")];
    address.query_pairs_mut().extend_pairs(fields);
    Some(address.into())
}

/// What WeChat says of the person.
///
/// # Errors
/// [`Doubt::Malformed`] if it is no answer; [`Doubt::Refused`] if it is a refusal.
pub(crate) fn read(bytes: &[u8]) -> Result<Map<String, Value>, Doubt> {
    let said: Map<String, Value> = serde_json::from_slice(bytes).map_err(|_| Doubt::Malformed)?;
    match said.get("errcode") {
        None => Ok(said),
        Some(code) if code.as_i64() == Some(0) => Ok(said),
        Some(code) => {
            // Its words may repeat what was sent; its number does not.
            tracing::warn!(errcode = code.as_i64(), "WeChat refused a code");
            Err(Doubt::Refused)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_is_sent_with_what_wechat_takes_in_its_own_order() {
        let asked = |subject, inside, place| {
            Asking { place, app: "wx1", subject, inside }.address("https://a.example/back", "s1").unwrap()
        };
        let rest = |scope: &str| {
            format!(
                "?appid=wx1&redirect_uri=https%3A%2F%2Fa.example%2Fback&response_type=code&scope={scope}&state=s1#wechat_redirect"
            )
        };
        assert_eq!(asked(UNIONID, false, QR), format!("{QR}{}", rest("snsapi_login")));
        assert_eq!(asked(OPENID, false, QR), format!("{QR}{}", rest("snsapi_login")));
        assert_eq!(asked(OPENID, true, INSIDE), format!("{INSIDE}{}", rest("snsapi_base")));
        assert_eq!(asked(UNIONID, true, INSIDE), format!("{INSIDE}{}", rest("snsapi_userinfo")));
    }

    #[test]
    fn an_error_comes_as_a_good_answer_and_is_none() {
        let rows = [
            (r#"{"errcode":40029,"errmsg":"invalid code"}"#, Err(Doubt::Refused)),
            (r#"{"errcode":"40029","openid":"o1"}"#, Err(Doubt::Refused)),
            ("<html>", Err(Doubt::Malformed)),
            ("[]", Err(Doubt::Malformed)),
            (r#"{"openid":"o1"}"#, Ok("o1")),
            (r#"{"errcode":0,"openid":"o1"}"#, Ok("o1")),
        ];
        for (said, expected) in rows {
            let read = read(said.as_bytes());
            assert_eq!(read.as_ref().map(|it| it["openid"].as_str().unwrap()).map_err(|it| *it), expected, "{said}");
        }
    }

    #[test]
    fn a_page_is_inside_wechat_if_its_browser_says_so_and_is_not_wecom() {
        let rows = [
            ("Mozilla/5.0 (iPhone) MicroMessenger/8.0.49 NetType/WIFI", true),
            ("Mozilla/5.0 (Windows NT 10.0) WindowsWechat MicroMessenger/7.0", true),
            ("Mozilla/5.0 (iPhone) wxwork/4.1.0 MicroMessenger/7.0.1", false),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/140", false),
            ("", false),
        ];
        for (agent, expected) in rows {
            assert_eq!(inside(agent), expected, "{agent}");
        }
    }
}
