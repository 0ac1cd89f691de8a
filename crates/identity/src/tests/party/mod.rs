//! Promises of login at others, on every engine, through the real router: against a made-up provider that says whatever a test wants,
//! and against our own.

mod flow;
mod own;
mod rules;
mod vendors;

use std::{
    any::Any,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use kernel::{Error, Result};
use serde_json::{Map, Value, json};
use testkit::Site;
use webkit::App;

use super::{browser::Browser, factors::enrolled, openid::parameter, sites, somebody};
use crate::{ADMIN, AREA, Errand, Fetcher, Fetching, NewPost, callers, grant_post, model::party::token::access_hash};

/// The made-up provider.
const ISSUER: &str = "https://login.example.gov.cn";
/// As what this site is known there.
const CLIENT: &str = "bozhou";
/// The secret of this site there.
const SECRET: &str = "a secret with blanks & signs";
/// Where this site is.
const HERE: &str = "http://127.0.0.1:8081";
/// The access token that the provider gives.
const ACCESS: &str = "an-access-token";

/// A key that signs.
pub(crate) struct Signing {
    pub(crate) kid: &'static str,
    der: Vec<u8>,
}

impl Signing {
    pub(crate) fn new(kid: &'static str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { kid, der: key.to_pkcs8v1().unwrap().as_ref().to_vec() }
    }

    fn private(&self) -> EncodingKey {
        EncodingKey::from_ec_der(&self.der)
    }

    /// The public half, as a key set has it.
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.private(), Algorithm::ES256).unwrap();
        jwk.common.key_id = Some(self.kid.to_owned());
        serde_json::to_value(jwk).unwrap()
    }

    /// A token that says these claims.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.kid.to_owned());
        jsonwebtoken::encode(&header, claims, &self.private()).unwrap()
    }
}

/// What the made-up provider does.
struct Deeds {
    down: bool,
    /// What it says of the person, besides what every token says.
    claims: Map<String, Value>,
    userinfo: Value,
    /// The key that signs, and the keys that are published.
    signing: Signing,
    published: Vec<Value>,
    /// The nonce that it was given.
    nonce: String,
    /// The challenge that it was given.
    challenge: String,
    /// Addresses that were asked.
    asked: Vec<String>,
}

/// A provider in memory.
#[derive(Clone)]
pub(crate) struct Faker(Arc<Mutex<Deeds>>);

impl Faker {
    fn new() -> Self {
        let signing = Signing::new("one");
        let published = vec![signing.jwk()];
        Self(Arc::new(Mutex::new(Deeds {
            down: false,
            claims: Map::new(),
            userinfo: json!({ "sub": "7" }),
            signing,
            published,
            nonce: String::new(),
            challenge: String::new(),
            asked: Vec::new(),
        })))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Deeds) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    /// From now on its ID tokens say this too.
    fn says(&self, claims: Value) {
        let Value::Object(claims) = claims else { panic!("claims") };
        self.with(|it| it.claims = claims);
    }

    /// How often an address that ends so was asked.
    fn asked(&self, end: &str) -> usize {
        self.with(|it| it.asked.iter().filter(|at| at.ends_with(end)).count())
    }

    fn answer(&self, errand: &Errand) -> Option<Value> {
        self.with(|it| {
            it.asked.push(errand.address.clone());
            if it.down {
                return None;
            }
            match errand.address.strip_prefix(ISSUER)? {
                "/.well-known/openid-configuration" => Some(json!({
                    "issuer": ISSUER,
                    "authorization_endpoint": format!("{ISSUER}/authorize"),
                    "token_endpoint": format!("{ISSUER}/token"),
                    "userinfo_endpoint": format!("{ISSUER}/userinfo"),
                    "jwks_uri": format!("{ISSUER}/keys"),
                    "end_session_endpoint": format!("{ISSUER}/logout"),
                    "authorization_response_iss_parameter_supported": true,
                })),
                "/keys" => Some(json!({ "keys": it.published })),
                "/userinfo" => (errand.authorization == format!("Bearer {ACCESS}")).then(|| it.userinfo.clone()),
                "/token" => {
                    let form: Vec<(String, String)> =
                        form_urlencoded::parse(errand.form.as_deref()?.as_bytes()).into_owned().collect();
                    let of = |name: &str| form.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str());
                    let basic = errand.authorization.strip_prefix("Basic ").map(|it| STANDARD.decode(it).unwrap());
                    let basic = String::from_utf8(basic.unwrap_or_default()).unwrap();
                    let challenged = crate::model::party::token::challenge(of("code_verifier")) == it.challenge;
                    if basic != "bozhou:a+secret+with+blanks+%26+signs" || of("code") != "good" || !challenged {
                        return None;
                    }
                    let mut said = it.claims.clone();
                    said.entry("nonce").or_insert_with(|| it.nonce.clone().into());
                    let id_token = it.signing.sign(&Value::Object(said));
                    Some(json!({ "access_token": ACCESS, "token_type": "Bearer", "id_token": id_token }))
                }
                _ => None,
            }
        })
    }
}

#[async_trait]
impl Fetcher for Faker {
    async fn fetch(&self, errand: Errand) -> Result<Vec<u8>> {
        let said = self.answer(&errand).ok_or_else(|| Error::internal("the provider is down, or says no"))?;
        Ok(serde_json::to_vec(&said).unwrap())
    }
}

/// The same database as a site that is no demo, lies at [`HERE`], and asks providers by this.
pub(crate) fn party(app: &App, fetcher: Arc<dyn Fetcher>) -> App {
    let callers = callers([ADMIN, super::WORKER]);
    let own: Vec<Arc<dyn Any + Send + Sync>> = vec![Arc::clone(&callers) as _, Arc::new(Fetching(fetcher))];
    testkit::altered(app, &[&AREA], own, |it| {
        (it.site.demo, it.site.address) = (false, HERE.to_owned());
        it.callers = callers;
    })
}

/// A site whose people may come in by the made-up provider.
struct World {
    site: Site,
    app: App,
    faker: Faker,
    /// The administrator's browser.
    desk: Browser,
    /// The provider's id.
    id: String,
}

/// What is registered of a provider.
const FORM: [(&str, &str); 14] = [
    ("name", "国家平台"),
    ("dialect", "oidc"),
    ("issuer", ISSUER),
    ("client", CLIENT),
    ("secret", SECRET),
    ("scopes", "openid profile"),
    ("name_field", "name"),
    ("number_field", "citizen_number"),
    ("mobile_field", "phone_number"),
    ("level_field", "level"),
    ("levels", "low=1\nhigh=3"),
    ("two_factors", "urn:two"),
    ("officers", "yes"),
    ("order", "1"),
];

/// The form with some fields otherwise.
fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form: Vec<_> = FORM.into_iter().filter(|it| more.iter().all(|other| other.0 != it.0)).collect();
    form.extend(more);
    form
}

/// An administrator at the desk of this site.
async fn administrator(site: &Site, app: &App) -> Browser {
    let admin = somebody(app, ("管理员", "guanli"), 90, None).await;
    grant_post(&app.system("test"), app, &NewPost::from_today(admin, "admin", None)).await.unwrap();
    let mut desk = Browser::new(app);
    enrolled(site, &mut desk, "guanli").await;
    desk
}

async fn worlds() -> Vec<World> {
    let mut out = Vec::new();
    for site in sites().await {
        let faker = Faker::new();
        let app = party(&site.app, Arc::new(faker.clone()));
        let mut desk = administrator(&site, &app).await;
        desk.get("/desk/providers/new?dialect=oidc").await;
        let made = desk.post("/desk/providers", &form(&[])).await;
        assert_eq!(made.status, 303, "{}: {}", site.engine, made.body);
        let id = made.location.strip_prefix("/desk/providers/").unwrap().to_owned();
        let world = World { site, app, faker, desk, id };
        world.says(json!({}));
        out.push(world);
    }
    out
}

impl World {
    fn now(&self) -> i64 {
        kernel::Clock::now(self.site.clock.as_ref()).micros() / 1_000_000
    }

    /// What a sound ID token of the provider says, with these claims besides or instead; null takes one away.
    fn says(&self, more: Value) {
        let mut claims = json!({
            "iss": ISSUER, "aud": CLIENT, "sub": "7", "sid": "s1", "iat": self.now(), "exp": self.now() + 300,
            "at_hash": access_hash(ACCESS),
        });
        for (name, value) in more.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        self.faker.says(claims);
    }

    /// Leaves for the provider; gives the state that it was given.
    async fn leave(&self, browser: &mut Browser) -> String {
        let sent = browser.get(&format!("/login/at/{}?next=/me/password", self.id)).await;
        assert_eq!(sent.status, 303, "{}: {}", self.site.engine, sent.body);
        self.faker.with(|it| {
            it.nonce = parameter(&sent.location, "nonce");
            it.challenge = parameter(&sent.location, "code_challenge");
        });
        assert_eq!(parameter(&sent.location, "redirect_uri"), format!("{HERE}/login/at/{}/back", self.id));
        parameter(&sent.location, "state")
    }

    /// Is back with this query.
    async fn back(&self, browser: &mut Browser, query: &[(&str, &str)]) -> super::browser::Shown {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        browser.get(&format!("/login/at/{}/back?{query}", self.id)).await
    }

    /// There and back.
    async fn come(&self, browser: &mut Browser) -> super::browser::Shown {
        let state = self.leave(browser).await;
        self.back(browser, &[("code", "good"), ("state", &state), ("iss", ISSUER)]).await
    }

    /// Somebody with an account, linked; gives its browser, signed out.
    async fn linked(&self, (name, login): (&str, &str), n: u32) -> Browser {
        somebody(&self.app, (name, login), n, None).await;
        let mut browser = Browser::new(&self.app);
        assert_eq!(self.come(&mut browser).await.location, "/login/new", "{}", self.site.engine);
        super::openid::sign_in(&mut browser, login).await;
        browser.get("/me/links/new").await;
        let made = browser.post("/me/links/new", &[]).await;
        assert_eq!((made.status, made.location.as_str()), (303, "/me/password"), "{}: {}", self.site.engine, made.body);
        browser.get("/me").await;
        browser.post("/logout", &[]).await;
        browser
    }
}
