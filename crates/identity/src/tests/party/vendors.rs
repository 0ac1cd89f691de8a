//! Signing in by WeChat and Alipay: a made-up vendor that checks each request as the vendor's public guide says, and answers so.
//!
//! The keys and the two signatures in `keys/` were made with OpenSSL (`openssl dgst -sha256 -sign`) for these tests and are used nowhere
//! else: what this platform signs and believes is held against another's work.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Error, Result};
use serde_json::Value;
use testkit::{NOON, Site};
use webkit::App;

use super::{HERE, administrator, party};
use crate::{
    Errand, Fetcher,
    model::party::{alipay, token::Doubt},
    tests::{browser::Browser, openid::parameter, sites, somebody},
};

/// The app's private key.
pub(super) const APP: &str = include_str!("keys/app.pem");
/// Its public half.
pub(super) const APP_PUBLIC: &str = include_str!("keys/app-public.pem");
/// Alipay's public key of these tests.
pub(super) const ALIPAY_PUBLIC: &str = include_str!("keys/alipay-public.pem");
/// Its private half.
const ALIPAY: &str = include_str!("keys/alipay.pem");
/// The number of the app.
const APP_ID: &str = "2021000000000001";

#[test]
fn a_call_is_signed_as_openssl_signs_it() {
    let key = alipay::private_key(APP).unwrap();
    let call = alipay::exchange(alipay::GATEWAY, (APP_ID, &key), ("good", NOON)).unwrap();
    assert_eq!(parameter(&call.address, "timestamp"), "2026-03-02 12:00:00", "in legal time");
    assert_eq!(parameter(&call.address, "sign"), include_str!("keys/call.sign"));
    assert_eq!(call.form, "grant_type=authorization_code&code=good");
    // As Alipay's tool gives it: without the lines of PEM.
    assert!(alipay::private_key(&alipay::bare(APP)).is_some());
}

#[test]
fn an_answer_is_believed_if_alipay_signed_this_very_text() {
    let key = alipay::public_key(ALIPAY_PUBLIC).unwrap();
    let signed = include_str!("keys/answer.sign");
    let said = r#"{"access_token":"authusrB1","open_id":"074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5","url":"http:\/\/a"}"#;
    let name = "alipay_system_oauth_token_response";
    let other = said.replace("074a", "074b");
    let rows = [
        (format!(r#"{{"{name}":{other},"sign":"{signed}"}}"#), Doubt::Signature),
        (format!(r#"{{"{name}":{},"sign":"{signed}"}}"#, said.replace(r"\/", "/")), Doubt::Signature),
        (format!(r#"{{"{name}":{said},"sign":""}}"#), Doubt::Signature),
        (format!(r#"{{"{name}":{said}}}"#), Doubt::Signature),
        (format!(r#"{{"{name}":{said},"sign":"not base64"}}"#), Doubt::Signature),
        (format!(r#"{{"{name}":{other},"{name}":{said},"sign":"{signed}"}}"#), Doubt::Malformed),
        (format!(r#"{{"alipay_user_info_share_response":{said},"sign":"{signed}"}}"#), Doubt::Malformed),
        ("<html>".to_owned(), Doubt::Malformed),
        (r#"{"error_response":{"code":"40002","sub_code":"isv.code-invalid"},"sign":"x"}"#.to_owned(), Doubt::Refused),
    ];
    for (answer, expected) in rows {
        assert_eq!(alipay::read(answer.as_bytes(), &key).unwrap_err(), expected, "{answer}");
    }
    let good = format!("{{ \"{name}\" : {said} ,\n \"sign\":\"{signed}\", \"alipay_cert_sn\": \"1\" }}");
    let read = alipay::read(good.as_bytes(), &key).unwrap();
    assert_eq!(read["open_id"], "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5");
    let app = alipay::public_key(APP_PUBLIC).unwrap();
    assert_eq!(alipay::read(good.as_bytes(), &app).unwrap_err(), Doubt::Signature, "another key");
}

/// What the made-up vendors do.
#[derive(Default)]
struct Deeds {
    /// What WeChat answers to a good request.
    wechat: String,
    /// The inner object that Alipay signs and answers.
    alipay: String,
    /// Instead of that, if it is not empty.
    instead: String,
    /// Codes that were exchanged: each is good once.
    used: Vec<String>,
    /// What was wrong with a request, as the vendor sees it.
    wrong: Vec<String>,
}

#[derive(Clone, Default)]
struct Vendors(Arc<Mutex<Deeds>>);

fn pairs(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

impl Vendors {
    fn with<T>(&self, act: impl FnOnce(&mut Deeds) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    /// `sns/oauth2/access_token` as the guide has it: a GET with four parameters; refusals are answers 200.
    fn wechat(&self, query: &str, errand: &Errand) -> String {
        let asked = pairs(query);
        let secret = match asked["appid"].as_str() {
            "wx-site" => "site secret & more",
            "wx-account" => "account secret",
            _ => return r#"{"errcode":40013,"errmsg":"invalid appid"}"#.to_owned(),
        };
        let names: Vec<_> = asked.keys().map(String::as_str).collect();
        self.with(|it| {
            if names != ["appid", "code", "grant_type", "secret"] || errand.form.is_some() {
                it.wrong.push(format!("{names:?}"));
            }
            if asked["secret"] != secret || asked["grant_type"] != "authorization_code" {
                return r#"{"errcode":40125,"errmsg":"invalid appsecret"}"#.to_owned();
            }
            if !asked["code"].starts_with("good") || it.used.contains(&asked["code"]) {
                return r#"{"errcode":40029,"errmsg":"invalid code, hints: [ req_id: X ]"}"#.to_owned();
            }
            it.used.push(asked["code"].clone());
            it.wechat.clone()
        })
    }

    /// The gateway: the signature first, over all parameters but itself, sorted.
    fn alipay(&self, query: &str, form: &str) -> String {
        let refused = |code: &str| format!(r#"{{"error_response":{{"code":"40002","sub_code":"{code}"}}}}"#);
        let mut all = pairs(query);
        all.extend(pairs(form));
        let signature = STANDARD.decode(all.remove("sign").unwrap_or_default()).unwrap_or_default();
        let text = all.iter().map(|it| format!("{}={}", it.0, it.1)).collect::<Vec<_>>().join("&");
        let public = STANDARD.decode(alipay::bare(APP_PUBLIC)).unwrap();
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
        if key.verify(text.as_bytes(), &signature).is_err() {
            return refused("isv.invalid-signature");
        }
        let fixed = [
            ("app_id", APP_ID),
            ("charset", "utf-8"),
            ("grant_type", "authorization_code"),
            ("method", "alipay.system.oauth.token"),
            ("sign_type", "RSA2"),
            ("version", "1.0"),
        ];
        self.with(|it| {
            let code = all["code"].clone();
            if fixed.iter().any(|want| all[want.0] != want.1) || !query.contains("charset=utf-8") {
                it.wrong.push(text);
            }
            if !code.starts_with("good") || it.used.contains(&code) {
                return refused("isv.code-invalid");
            }
            it.used.push(code);
            if !it.instead.is_empty() {
                return it.instead.clone();
            }
            let key = alipay::private_key(ALIPAY).unwrap();
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), it.alipay.as_bytes(), &mut signature).unwrap();
            let sign = STANDARD.encode(signature);
            format!(r#"{{"alipay_system_oauth_token_response":{},"sign":"{sign}"}}"#, it.alipay)
        })
    }
}

#[async_trait]
impl Fetcher for Vendors {
    async fn fetch(&self, errand: Errand) -> Result<Vec<u8>> {
        assert!(!format!("{errand:?}").contains("secret"), "what is logged of an errand holds no secret");
        let (place, query) = errand.address.split_once('?').unwrap();
        match place {
            "https://api.weixin.qq.com/sns/oauth2/access_token" => Ok(self.wechat(query, &errand).into_bytes()),
            "https://openapi.alipay.com/gateway.do" => {
                Ok(self.alipay(query, errand.form.as_deref().unwrap_or_default()).into_bytes())
            }
            _ => Err(Error::internal("nobody is there")),
        }
    }
}

struct World {
    site: Site,
    app: App,
    vendors: Vendors,
    /// The administrator's browser.
    desk: Browser,
    id: String,
}

const WECHAT: [(&str, &str); 8] = [
    ("name", "微信"),
    ("dialect", "wechat"),
    ("client", "wx-site"),
    ("secret", "site secret & more"),
    ("inside_client", "wx-account"),
    ("inside_secret", "account secret"),
    ("subject_field", "unionid"),
    ("order", "1"),
];

const ALIPAY_FORM: [(&str, &str); 7] = [
    ("name", "支付宝"),
    ("dialect", "alipay"),
    ("client", APP_ID),
    ("secret", APP),
    ("public_key", ALIPAY_PUBLIC),
    ("subject_field", "open_id"),
    ("order", "1"),
];

async fn worlds(form: &[(&str, &str)]) -> Vec<World> {
    let mut out = Vec::new();
    for site in sites().await {
        let vendors = Vendors::default();
        let app = party(&site.app, Arc::new(vendors.clone()));
        let mut desk = administrator(&site, &app).await;
        let dialect = form.iter().find(|it| it.0 == "dialect").unwrap().1;
        desk.get(&format!("/desk/providers/new?dialect={dialect}")).await;
        let made = desk.post("/desk/providers", form).await;
        assert_eq!(made.status, 303, "{}: {}", site.engine, made.body);
        let page = desk.get(&made.location).await.body;
        assert!(!page.contains("secret &") && !page.contains("PRIVATE KEY"), "{}: never shown", site.engine);
        let id = made.location.strip_prefix("/desk/providers/").unwrap().to_owned();
        out.push(World { site, app, vendors, desk, id });
    }
    out
}

impl World {
    async fn leave(&self, browser: &mut Browser) -> String {
        let sent = browser.get(&format!("/login/at/{}", self.id)).await;
        assert_eq!(sent.status, 303, "{}: {}", self.site.engine, sent.body);
        sent.location
    }

    async fn back(&self, browser: &mut Browser, query: &[(&str, &str)]) -> super::super::browser::Shown {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        browser.get(&format!("/login/at/{}/back?{query}", self.id)).await
    }

    /// There and back with this code.
    async fn come(&self, browser: &mut Browser, code: &str) -> super::super::browser::Shown {
        let state = parameter(&self.leave(browser).await, "state");
        let name = if code.starts_with("good-w") { "code" } else { "auth_code" };
        self.back(browser, &[(name, code), ("state", &state)]).await
    }

    /// Links the account with somebody who signs in here.
    async fn link(&self, browser: &mut Browser, code: &str) {
        somebody(&self.app, ("陈志远", "zhiyuan"), 1, None).await;
        assert_eq!(self.come(browser, code).await.location, "/login/new", "{}", self.site.engine);
        super::super::openid::sign_in(browser, "zhiyuan").await;
        browser.get("/me/links/new").await;
        let made = browser.post("/me/links/new", &[]).await;
        assert_eq!(made.status, 303, "{}: {}", self.site.engine, made.body);
    }
}

fn in_wechat(app: &App) -> Browser {
    let mut browser = Browser::new(app);
    browser.agent = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.49";
    browser
}

#[tokio::test]
async fn a_person_links_wechat_by_the_qr_code_and_comes_in_from_a_page_inside_wechat_too() {
    for world in worlds(&WECHAT).await {
        let engine = world.site.engine;
        let says = |it: &str| world.vendors.with(|deeds| it.clone_into(&mut deeds.wechat));
        says(r#"{"access_token":"A","expires_in":7200,"openid":"oSITE","scope":"snsapi_login","unionid":"oUNION"}"#);
        let mut browser = Browser::new(&world.app);
        let sent = world.leave(&mut browser).await;
        assert!(sent.starts_with("https://open.weixin.qq.com/connect/qrconnect?appid=wx-site&redirect_uri="), "{sent}");
        assert!(sent.ends_with("#wechat_redirect") && parameter(&sent, "scope") == "snsapi_login", "{engine}: {sent}");
        assert_eq!(parameter(&sent, "redirect_uri"), format!("{HERE}/login/at/{}/back", world.id), "{engine}");
        world.link(&mut browser, "good-w1").await;
        assert!(browser.get("/me").await.body.contains("未核验"), "{engine}: WeChat says nothing of who it is");
        // Another number of the same person, of the account, with the same unionid.
        says(
            r#"{"access_token":"B","expires_in":7200,"openid":"oACCOUNT","scope":"snsapi_userinfo","unionid":"oUNION"}"#,
        );
        let mut inside = in_wechat(&world.app);
        let sent = world.leave(&mut inside).await;
        assert!(sent.starts_with("https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx-account&"), "{sent}");
        assert_eq!(parameter(&sent, "scope"), "snsapi_userinfo", "{engine}: only with it comes the unionid");
        assert_eq!(world.come(&mut inside, "good-w2").await.status, 303, "{engine}");
        assert!(inside.get("/me").await.body.contains("陈志远"), "{engine}");
        assert!(world.vendors.with(|it| it.wrong.is_empty()), "{engine}");
    }
}

#[tokio::test]
async fn what_wechat_does_not_confirm_lets_nobody_in() {
    for world in worlds(&WECHAT).await {
        let engine = world.site.engine;
        let says = |it: &str| world.vendors.with(|deeds| it.clone_into(&mut deeds.wechat));
        says(r#"{"access_token":"A","openid":"oSITE","unionid":"oUNION"}"#);
        let mut browser = Browser::new(&world.app);
        world.link(&mut browser, "good-w1").await;
        let mut other = Browser::new(&world.app);
        let again = world.come(&mut other, "good-w1").await;
        assert!(again.status == 400 && again.body.contains("没有认可这次登录"), "{engine}: {}", again.body);
        // Did not agree: no code. Two codes. Another state, replayed state, another browser.
        let state = parameter(&world.leave(&mut other).await, "state");
        let shown = world.back(&mut other, &[("state", &state)]).await;
        assert!(shown.status == 400 && shown.body.contains("取消了登录"), "{engine}: {}", shown.body);
        let replayed = world.back(&mut other, &[("code", "good-w3"), ("state", &state)]).await;
        assert_eq!(replayed.status, 400, "{engine}: the question is answered");
        let state = parameter(&world.leave(&mut other).await, "state");
        for query in [[("code", "good-w3"), ("state", "forged")], [("code", "good-w3"), ("state", "")]] {
            assert_eq!(world.back(&mut other, &query).await.status, 400, "{engine}: {query:?}");
        }
        let stranger = world.back(&mut Browser::new(&world.app), &[("code", "good-w3"), ("state", &state)]).await;
        assert_eq!(stranger.status, 400, "{engine}");
        let twice = [("code", "good-w3"), ("code", "good-w4"), ("state", state.as_str())];
        assert_eq!(world.back(&mut other, &twice).await.status, 400, "{engine}");
        // Without the number by which people are known, or without sense.
        for (n, said) in
            [r#"{"access_token":"A","openid":"oSITE"}"#, r#"{"unionid":""}"#, "[]", "<html>"].iter().enumerate()
        {
            says(said);
            assert_eq!(world.come(&mut other, &format!("good-wx{n}")).await.status, 400, "{engine}: {said}");
        }
        assert_eq!(other.get("/me").await.status, 303, "{engine}: nobody is in");
    }
}

#[tokio::test]
async fn an_official_account_alone_serves_pages_inside_wechat_unasked_and_tells_others_so() {
    let mut form = WECHAT.to_vec();
    form.retain(|it| !["client", "secret", "subject_field"].contains(&it.0));
    form.push(("subject_field", "openid"));
    for world in worlds(&form).await {
        let engine = world.site.engine;
        let outside = Browser::new(&world.app).get(&format!("/login/at/{}", world.id)).await;
        assert!(outside.status == 400 && outside.body.contains("在微信里打开"), "{engine}: {}", outside.body);
        let mut inside = in_wechat(&world.app);
        let sent = world.leave(&mut inside).await;
        assert_eq!(parameter(&sent, "scope"), "snsapi_base", "{engine}: {sent}");
        world.vendors.with(|it| it.wechat = r#"{"openid":"oACCOUNT","scope":"snsapi_base"}"#.to_owned());
        world.link(&mut inside, "good-w1").await;
        assert!(inside.get("/me").await.body.contains("陈志远"), "{engine}");
    }
}

#[tokio::test]
async fn a_person_links_alipay_and_comes_in_by_it_if_alipay_signed_so() {
    for world in worlds(&ALIPAY_FORM).await {
        let engine = world.site.engine;
        let says = |it: &str| world.vendors.with(|deeds| it.clone_into(&mut deeds.alipay));
        let instead = |it: &str| world.vendors.with(|deeds| it.clone_into(&mut deeds.instead));
        says(r#"{"access_token":"authusrB1","expires_in":1296000,"open_id":"074a1"}"#);
        let mut browser = Browser::new(&world.app);
        let sent = world.leave(&mut browser).await;
        assert!(
            sent.starts_with("https://openauth.alipay.com/oauth2/publicAppAuthorize.htm?app_id="),
            "{engine}: {sent}"
        );
        assert_eq!(parameter(&sent, "scope"), "auth_user", "{engine}");
        world.link(&mut browser, "good-a1").await;
        assert!(browser.get("/me").await.body.contains("未核验"), "{engine}: a number says nothing of who it is");
        let mut other = Browser::new(&world.app);
        assert_eq!(world.come(&mut other, "good-a2").await.status, 303, "{engine}");
        assert!(other.get("/me").await.body.contains("陈志远"), "{engine}");
        assert!(
            world.vendors.with(|it| it.wrong.is_empty()),
            "{engine}: {:?}",
            world.vendors.with(|it| it.wrong.clone())
        );
        // A code again, one that is none, no code, another app's answer, an answer nobody signed, or another person's number.
        let mut third = Browser::new(&world.app);
        for code in ["good-a1", "bad"] {
            let shown = world.come(&mut third, code).await;
            assert!(shown.body.contains("没有认可这次登录"), "{engine}: {code}: {}", shown.body);
        }
        let state = parameter(&world.leave(&mut third).await, "state");
        assert!(world.back(&mut third, &[("state", &state)]).await.body.contains("取消了登录"), "{engine}");
        let state = parameter(&world.leave(&mut third).await, "state");
        let mixed = [("auth_code", "good-a3"), ("app_id", "2021000000000002"), ("state", state.as_str())];
        assert!(world.back(&mut third, &mixed).await.body.contains("安全核对"), "{engine}");
        instead(r#"{"alipay_system_oauth_token_response":{"open_id":"074a1"},"sign":"AAAA"}"#);
        let unsigned = world.come(&mut third, "good-a4").await;
        assert!(unsigned.status == 400 && unsigned.body.contains("安全核对"), "{engine}: {}", unsigned.body);
        assert_eq!(third.get("/me").await.status, 303, "{engine}: nobody is in");
        instead("");
        says(r#"{"open_id":"074a2"}"#);
        assert_eq!(world.come(&mut third, "good-a5").await.location, "/login/new", "{engine}: not known here");
        says(r#"{"user_id":"2088"}"#);
        assert_eq!(world.come(&mut third, "good-a6").await.status, 400, "{engine}: not the number that is registered");
    }
}

#[tokio::test]
async fn each_dialect_asks_for_what_it_needs_and_is_chosen_first() {
    for site in sites().await {
        let engine = site.engine;
        let app = party(&site.app, Arc::new(Vendors::default()));
        let mut desk = administrator(&site, &app).await;
        let choice = desk.get("/desk/providers/new").await.body;
        for dialect in ["oidc", "oauth2", "wechat", "alipay"] {
            assert!(choice.contains(&format!("/desk/providers/new?dialect={dialect}\"")), "{engine}: {choice}");
        }
        let rows: [(&str, &[&str], &[&str]); 4] = [
            ("oidc", &["issuer", "two_factors"], &["authorize", "public_key", "inside_client"]),
            ("oauth2", &["authorize", "userinfo", "subject_field"], &["issuer", "two_factors", "public_key"]),
            ("wechat", &["client", "inside_client", "subject_field"], &["levels", "issuer", "name_field", "userinfo"]),
            ("alipay", &["client", "public_key", "subject_field"], &["levels", "issuer", "inside_client", "userinfo"]),
        ];
        for (dialect, there, not_there) in rows {
            let page = desk.get(&format!("/desk/providers/new?dialect={dialect}")).await.body;
            let has = |name: &&str| page.contains(&format!("name=\"{name}\""));
            assert!(there.iter().all(&has) && !not_there.iter().any(has), "{engine}: {dialect}: {page}");
            // Sent empty, it is told what is missing, on the same form.
            let wrong = desk.post("/desk/providers", &[("dialect", dialect), ("order", "1")]).await;
            assert!(wrong.status == 422 && wrong.body.contains(&format!("value=\"{dialect}\"")), "{engine}: {dialect}");
        }
    }
}

#[tokio::test]
async fn a_vendor_is_edited_without_its_secret_which_stays_and_at_the_api_as_at_the_desk() {
    for world in worlds(&WECHAT).await {
        let engine = world.site.engine;
        let who = testkit::Visitor::with_token(&world.desk.cookies["yiwang_session"]);
        let at = "/api/v1/login-providers";
        let list = world.site.get(&who, at).await;
        assert!(!list.body.contains("secret &") && !list.body.contains("account secret"), "{engine}: {}", list.body);
        let mut facts: Value = list.json()[0].clone();
        assert_eq!(facts["inside_client"], "wx-account", "{engine}");
        facts["name"] = "微信登录".into();
        let path = format!("{at}/{}", world.id);
        let done = world.site.call(&who, "PUT", &path, facts).await;
        assert_eq!(done.status, 204, "{engine}: {}", done.body);
        world.vendors.with(|it| it.wechat = r#"{"openid":"oSITE","unionid":"oUNION"}"#.to_owned());
        assert_eq!(world.come(&mut Browser::new(&world.app), "good-w1").await.location, "/login/new", "{engine}");
        assert_eq!(world.come(&mut in_wechat(&world.app), "good-w2").await.location, "/login/new", "{engine}");
    }
}
