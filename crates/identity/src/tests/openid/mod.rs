//! Promises of the OpenID Provider, on every engine, through the real router.

mod desk;
mod flow;
mod logout;
mod machines;
mod refusals;
mod rules;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use testkit::{Answer, Site};

use super::{PASSWORD, browser::Browser, facts, in_earnest, sites, somebody};
use crate::{NewPost, create_authority, grant_post, model::openid::base64url};

/// What the other system remembers of a sign-in.
pub(crate) const VERIFIER: &str = "a-verifier-of-the-other-system-that-nobody-can-guess";
/// Where it is answered.
pub(crate) const CALLBACK: &str = "https://bdc.example.gov.cn/callback";

/// A site with a citizen, an administrator at the desk, and a browser of each.
pub(crate) struct World {
    pub(crate) site: Site,
    pub(crate) citizen: Browser,
    pub(crate) desk: Browser,
    pub(crate) authority: String,
}

/// A system that is registered.
#[derive(Clone)]
pub(crate) struct Registered {
    pub(crate) id: String,
    pub(crate) secret: String,
}

pub(crate) async fn worlds() -> Vec<World> {
    let mut out = Vec::new();
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let uscc = "11341600000000027K";
        create_authority(&ctx, &app.db, &facts("亳州市自然资源和规划局", uscc)).await.unwrap();
        somebody(app, ("陈志远", "zhiyuan"), 1, None).await;
        let admin = somebody(app, ("管理员", "guanli"), 2, None).await;
        grant_post(&ctx, app, &NewPost::from_today(admin, "admin", None)).await.unwrap();
        let earnest = in_earnest(app);
        let (mut citizen, mut desk) = (Browser::new(&earnest), Browser::new(&earnest));
        sign_in(&mut citizen, "zhiyuan").await;
        crate::tests::factors::enrolled(&site, &mut desk, "guanli").await;
        out.push(World { site, citizen, desk, authority: uscc.to_owned() });
    }
    out
}

pub(crate) async fn sign_in(browser: &mut Browser, login: &str) {
    browser.get("/login").await;
    let shown = browser.post("/login", &[("login", login), ("password", PASSWORD)]).await;
    assert_eq!(shown.status, 303, "{}", shown.body);
}

pub(crate) fn challenge(verifier: &str) -> String {
    base64url(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes()).as_ref())
}

/// The text between two others.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split(after).next().unwrap_or_default()
}

impl World {
    /// Registers a system at the desk.
    pub(crate) async fn register(&mut self, more: &[(&str, &str)]) -> Registered {
        self.desk.get("/desk/clients/new").await;
        let office = self.authority.clone();
        let mut fields = vec![
            ("office", office.as_str()),
            ("name", "不动产登记系统"),
            ("kind", "web"),
            ("redirects", CALLBACK),
            ("logout_redirects", "https://bdc.example.gov.cn/bye"),
            ("scopes", "openid"),
            ("scopes", "profile"),
            ("scopes", "level"),
            ("scopes", "offline_access"),
            ("purpose-profile", "核对申请人"),
            ("purpose-level", "判断能办哪些事"),
        ];
        fields.retain(|it| !more.iter().any(|other| other.0 == it.0));
        fields.extend(more);
        let shown = self.desk.post("/desk/clients", &fields).await;
        match shown.status {
            200 => Registered {
                id: between(&shown.body, "client_id）</dt><dd><span class=\"code\">", "<").to_owned(),
                secret: between(&shown.body, "client_secret）</dt><dd><span class=\"code\">", "<").to_owned(),
            },
            303 => {
                Registered { id: shown.location.trim_start_matches("/desk/clients/").to_owned(), secret: String::new() }
            }
            status => panic!("{status}: {}", shown.body),
        }
    }

    /// The address with which the other system sends a browser.
    pub(crate) fn address(client: &Registered, more: &[(&str, &str)]) -> String {
        let challenge = challenge(VERIFIER);
        let mut query = vec![
            ("client_id", client.id.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("state", "af0ifjsldkj"),
            ("nonce", "n-0S6_WzA2Mj"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        query.retain(|it| !more.iter().any(|other| other.0 == it.0));
        query.extend(more.iter().filter(|it| !it.1.is_empty()));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        format!("/oauth/authorize?{query}")
    }

    /// A browser that agrees to all that is asked; gives the answer's address.
    pub(crate) async fn agree(&mut self, client: &Registered, more: &[(&str, &str)], scopes: &[&str]) -> String {
        let shown = self.citizen.get(&Self::address(client, more)).await;
        assert_eq!(shown.status, 303, "{}", shown.body);
        let handle = shown.location.strip_prefix("/authorize?request=").expect("the page of the question").to_owned();
        let shown = self.citizen.get(&shown.location).await;
        assert!(shown.body.contains("同意并登录"), "{}", shown.body);
        let mut fields = vec![("request", handle.as_str()), ("decision", "agree")];
        fields.extend(scopes.iter().map(|it| ("scope", *it)));
        let shown = self.citizen.post("/authorize", &fields).await;
        assert_eq!(shown.status, 200, "{}", shown.body);
        between(&shown.body, "content=\"0;url=", "\"").replace("&#38;", "&").replace("&amp;", "&")
    }

    /// Asks the token endpoint, with the secret in the header.
    pub(crate) async fn token(&self, client: &Registered, form: &[(&str, &str)]) -> Answer {
        self.ask(client, "/oauth/token", form).await
    }

    /// Asks an endpoint of the protocol, with the secret in the header if there is one.
    pub(crate) async fn ask(&self, client: &Registered, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut form = form.to_vec();
        let basic = format!("Basic {}", STANDARD.encode(format!("{}:{}", client.id, client.secret)));
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        if client.secret.is_empty() {
            form.push(("client_id", client.id.as_str()));
        } else {
            headers.push(("authorization", basic.as_str()));
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form).finish();
        bare(&self.site, "POST", path, &headers, body).await
    }

    /// Exchanges the code in this address of an answer.
    pub(crate) async fn exchange(&self, client: &Registered, address: &str) -> Answer {
        let code = parameter(address, "code");
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.token(client, &form).await
    }

    /// A whole sign-in.
    pub(crate) async fn tokens(&mut self, client: &Registered, scope: &str) -> Value {
        let scopes: Vec<_> = scope.split(' ').collect();
        let address = self.agree(client, &[("scope", scope)], &scopes).await;
        let answer = self.exchange(client, &address).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// What the userinfo endpoint says of a token.
    pub(crate) async fn userinfo(&self, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        bare(&self.site, "GET", "/oauth/userinfo", &[("authorization", &bearer)], String::new()).await
    }

    /// Whether the provider says that a token is good.
    pub(crate) async fn active(&self, client: &Registered, token: &str) -> bool {
        let answer = self.ask(client, "/oauth/introspect", &[("token", token)]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["active"].as_bool().unwrap()
    }
}

/// A request without cookies, as other systems' servers send it.
pub(crate) async fn bare(site: &Site, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
    site.send_with((method, path), headers, body.into_bytes()).await
}

/// A parameter of an address.
pub(crate) fn parameter(address: &str, name: &str) -> String {
    let url = url::Url::parse(address).unwrap_or_else(|error| panic!("{address}: {error}"));
    url.query_pairs().find(|it| it.0 == name).map(|it| it.1.into_owned()).unwrap_or_default()
}

/// What a token says, unverified.
pub(crate) fn claims(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap().claims
}
