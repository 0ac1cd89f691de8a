//! How many tokens a second the provider gives (each a refresh: client known by its secret, one unit on disk, an ID token signed with ES256)
//! and how many it is asked about, for 64 tasks through the whole router in this process.
//!
//! `cargo run --release -p identity --example openid_rate`; on PostgreSQL too, if `TEST_PG` names a server.
use std::{
    any::Any,
    sync::Arc,
    time::{Duration, Instant},
};

use identity::{ADMIN, AREA, NewAccount, NewPerson, callers, testing};
use serde_json::{Value, json};
use testkit::{Site, Visitor};

const TASKS: usize = 64;
const SECONDS: u64 = 5;
/// The verifier of RFC 7636 appendix B, and its challenge.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn own(_: &storage::Db) -> Vec<Arc<dyn Any + Send + Sync>> {
    vec![callers([ADMIN])]
}

struct Client {
    id: String,
    secret: String,
}

/// Asks an endpoint of the protocol.
async fn ask(site: &Site, client: &Client, path: &str, form: &[(&str, &str)]) -> Value {
    let own = [("client_id", client.id.as_str()), ("client_secret", client.secret.as_str())];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).extend_pairs(own).finish();
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let answer = site.send_with(("POST", path), &kind, body.into_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// Somebody who has signed in, and a system that it has agreed to.
async fn somebody(site: &Site) -> (Visitor, Client) {
    let (app, ctx) = (&site.app, site.app.system("rate"));
    let person = NewPerson {
        name: "陈志远".to_owned(),
        paper: standards::PaperKind::Citizen,
        citizen_number: "341602194803120026".to_owned(),
        mobile: "13900000001".to_owned(),
        ..NewPerson::default()
    };
    let person = identity::create_person(&ctx, app, &person).await.expect("a person");
    let (login, password) = ("zhiyuan", "谯城的牛肉馍真是香喷喷");
    let account = NewAccount { login: login.to_owned(), password: password.to_owned(), demo: None };
    identity::create_account(&ctx, app, person, &account).await.expect("an account");
    let body = json!({ "login": login, "password": password });
    let session = site.call(&site.anonymous(), "POST", "/api/v1/sessions", body).await.json();
    let (id, secret) = testing::connect(app, &ctx, ctx.new_id(), person).await.expect("a system");
    let visitor = Visitor::with_token(session["token"].as_str().expect("a token"));
    (visitor, Client { id: id.to_string(), secret })
}

/// A sign-in; gives the tokens.
async fn sign_in(site: &Site, who: &Visitor, client: &Client) -> Value {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &client.id)
        .append_pair("redirect_uri", testing::CALLBACK)
        .append_pair("response_type", "code")
        .append_pair("scope", "openid")
        .append_pair("code_challenge", CHALLENGE)
        .append_pair("code_challenge_method", "S256")
        .finish();
    let answer = site.get(who, &format!("/oauth/authorize?{query}")).await;
    let (_, code) = answer.location.split_once("code=").expect("a code");
    let code = code.split('&').next().unwrap_or_default();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", testing::CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    ask(site, client, "/oauth/token", &form).await
}

fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().expect("a text").to_owned()
}

async fn measure(site: Arc<Site>) {
    let (who, client) = somebody(&site).await;
    let client = Arc::new(client);
    for (name, goal) in [("tokens (ES256)", 2_000), ("introspections", 10_000)] {
        let mut given = Vec::new();
        for _ in 0..TASKS {
            given.push(sign_in(&site, &who, &client).await);
        }
        let (begun, mut tasks) = (Instant::now(), Vec::new());
        let until = begun + Duration::from_secs(SECONDS);
        for mut tokens in given {
            let (site, client) = (Arc::clone(&site), Arc::clone(&client));
            tasks.push(tokio::spawn(async move {
                let mut done = 0_u64;
                while Instant::now() < until {
                    if goal == 2_000 {
                        let refresh = text(&tokens, "refresh_token");
                        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
                        tokens = ask(&site, &client, "/oauth/token", &form).await;
                        assert!(tokens["id_token"].is_string());
                    } else {
                        let token = text(&tokens, "access_token");
                        let told = ask(&site, &client, "/oauth/introspect", &[("token", token.as_str())]).await;
                        assert_eq!(told["active"], true);
                    }
                    done += 1;
                }
                done
            }));
        }
        let mut done = 0;
        for task in tasks {
            done += task.await.expect("a task");
        }
        let rate = u128::from(done) * 1_000 / begun.elapsed().as_millis().max(1);
        println!("{:<9} {name:<16} {rate:>7}/s (goal {goal})", site.engine);
    }
}

#[tokio::main]
async fn main() {
    for site in testkit::sites_with(&[&AREA], own, Some(callers([ADMIN]))).await {
        measure(Arc::new(site)).await;
    }
}
