//! Machines at the API, and clients that prove themselves by a key of their own.

use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};

use super::{World, bare, between, worlds};

/// A key of the other system.
fn key() -> (EncodingKey, String) {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let private = EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref());
    let mut public = Jwk::from_encoding_key(&private, Algorithm::ES256).unwrap();
    public.common.key_id = Some("theirs".to_owned());
    (private, json!({ "keys": [public] }).to_string())
}

#[tokio::test]
async fn a_machine_does_what_its_posts_allow_and_its_token_names_and_no_more() {
    for mut world in worlds().await {
        let client = world.register(&[("kind", "machine"), ("redirects", "")]).await;
        let credentials = [("grant_type", "client_credentials")];
        let none = world.token(&client, &credentials).await.json();
        assert_eq!((&none["scope"], none.get("refresh_token")), (&"".into(), None), "without a post it may nothing");
        let page = format!("/desk/clients/{}", client.id);
        world.desk.get(&page).await;
        let done = world.desk.post(&format!("{page}/posts"), &[("code", "worker")]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let more = world.token(&client, &[credentials[0], ("scope", "test.work identity.administer")]).await;
        assert_eq!(more.json()["error"], "invalid_scope");
        let given = world.token(&client, &credentials).await.json();
        assert_eq!(given["scope"], "test.work", "{}", world.site.engine);
        let token = given["access_token"].as_str().unwrap();
        let session =
            world.site.app.callers.session(&world.site.app, token, kernel::Channel::Api).await.unwrap().unwrap();
        assert_eq!(session.actor.who.to_string(), format!("client:{}", client.id));
        assert_eq!(session.actor.grants.len(), 1);
        let at_pages = world.site.app.callers.session(&world.site.app, token, kernel::Channel::Web).await.unwrap();
        assert!(at_pages.is_none(), "a machine has no business at pages");
        let bearer = format!("Bearer {token}");
        let own = bare(&world.site, "GET", "/api/v1/me", &[("authorization", &bearer)], String::new()).await;
        assert_eq!(own.status, 403, "it is no person: {}", own.body);
        let open = bare(&world.site, "GET", "/api/v1/authorities", &[("authorization", &bearer)], String::new()).await;
        assert_eq!(open.status, 200, "{}", open.body);
        let shown = world.desk.get(&page).await;
        let post = between(&shown.body, "name=\"post\" value=\"", "\"").to_owned();
        world.desk.post(&format!("{page}/posts/end"), &[("post", &post)]).await;
        let session =
            world.site.app.callers.session(&world.site.app, token, kernel::Channel::Api).await.unwrap().unwrap();
        assert!(session.actor.grants.is_empty(), "{}: what its post gave ends with the post", world.site.engine);
        let people = world.desk.get("/desk/people").await;
        assert!(!people.body.contains(&client.id), "a machine is not listed among people");
    }
}

#[tokio::test]
async fn a_client_is_known_by_its_key_only_if_it_speaks_to_us_of_itself_now_and_once() {
    for mut world in worlds().await {
        let (private, public) = key();
        let client =
            world.register(&[("by_key", "yes"), ("keys", &public), ("kind", "machine"), ("redirects", "")]).await;
        world.desk.get(&format!("/desk/clients/{}", client.id)).await;
        world.desk.post(&format!("/desk/clients/{}/posts", client.id), &[("code", "worker")]).await;
        let now = world.site.app.clock.now().micros() / 1_000_000;
        let good =
            json!({ "iss": client.id, "sub": client.id, "aud": "http://127.0.0.1", "exp": now + 60, "jti": "1" });
        let with = |name: &str, value: Value| {
            let mut said = good.clone();
            said[name] = value;
            said
        };
        let sign = |said: &Value, key: &EncodingKey| {
            let header = Header { kid: Some("theirs".to_owned()), ..Header::new(Algorithm::ES256) };
            jsonwebtoken::encode(&header, said, key).unwrap()
        };
        let world = &world;
        let send = async |assertion: String| {
            let form = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion.as_str()),
            ];
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            let kind = [("content-type", "application/x-www-form-urlencoded")];
            bare(&world.site, "POST", "/oauth/token", &kind, body).await
        };
        let bad = [
            ("another audience", with("aud", json!("https://other.example"))),
            ("several audiences", with("aud", json!(["http://127.0.0.1", "https://other.example"]))),
            ("another endpoint", with("aud", json!("http://127.0.0.1/oauth/par"))),
            ("another issuer", with("iss", json!("somebody"))),
            ("expired", with("exp", json!(now - 61))),
            ("too long", with("exp", json!(now + 3_600))),
            ("not yet", with("nbf", json!(now + 600))),
            ("no name", with("jti", Value::Null)),
        ];
        for (what, said) in &bad {
            let answer = send(sign(said, &private)).await;
            assert_eq!((answer.status, answer.json()["error"].clone()), (401, "invalid_client".into()), "{what}");
        }
        let stranger = key().0;
        assert_eq!(send(sign(&good, &stranger)).await.status, 401, "another's key");
        let none =
            format!("{}.{}.", super::base64url(br#"{"alg":"none"}"#), super::base64url(good.to_string().as_bytes()));
        assert_eq!(send(none).await.status, 401, "alg none");
        let mac =
            jsonwebtoken::encode(&Header::default(), &good, &EncodingKey::from_secret(public.as_bytes())).unwrap();
        assert_eq!(send(mac).await.status, 401, "the public key as a shared secret");
        let answer = send(sign(&good, &private)).await;
        assert_eq!(answer.status, 200, "{}: {}", world.site.engine, answer.body);
        assert_eq!(send(sign(&good, &private)).await.status, 401, "{}: used once", world.site.engine);
        let mut endpoint = with("aud", json!("http://127.0.0.1/oauth/token"));
        endpoint["jti"] = json!("2");
        assert_eq!(send(sign(&endpoint, &private)).await.status, 200, "OpenID Connect Core's audience");
    }
}

#[tokio::test]
async fn keys_that_sign_follow_one_another_without_a_gap() {
    for world in worlds().await {
        let keys = async || {
            let answer = bare(&world.site, "GET", "/oauth/jwks", &[], String::new()).await;
            answer.json()["keys"].as_array().unwrap().iter().map(|it| it["kid"].to_string()).collect::<Vec<_>>()
        };
        let app = &world.site.app;
        let rotate = async || crate::service::openid::keys::rotate(&app.system("test"), app).await.unwrap();
        let first = keys().await;
        assert_eq!(first.len(), 2, "one for each algorithm");
        rotate().await;
        assert_eq!(keys().await, first);
        world.site.clock.hours(89 * 24);
        rotate().await;
        assert_eq!(keys().await.len(), 4, "{}: the next ones are shown a day before they sign", world.site.engine);
        world.site.clock.hours(25);
        rotate().await;
        let both = keys().await;
        assert!(
            first.iter().all(|it| both.contains(it)),
            "{}: what the old ones signed is good yet",
            world.site.engine
        );
        world.site.clock.hours(24);
        rotate().await;
        let last = keys().await;
        assert_eq!(last.len(), 2, "{}", world.site.engine);
        assert!(first.iter().all(|it| !last.contains(it)));
    }
}

#[tokio::test]
async fn a_public_app_may_choose_its_port_on_its_own_machine_and_a_web_site_may_not() {
    for mut world in worlds().await {
        let here = "http://127.0.0.1/callback";
        let app = world.register(&[("kind", "public"), ("redirects", here)]).await;
        let site = world.register(&[("redirects", here)]).await;
        let at = |client, address| World::address(client, &[("redirect_uri", address)]);
        assert_eq!(world.citizen.get(&at(&app, "http://127.0.0.1:51004/callback")).await.status, 303);
        for other in ["http://127.0.0.1:51004/other", "http://localhost:51004/callback", "https://127.0.0.1/callback"] {
            assert_eq!(world.citizen.get(&at(&app, other)).await.status, 400, "{other}");
        }
        assert_eq!(world.citizen.get(&at(&site, "http://127.0.0.1:51004/callback")).await.status, 400);
    }
}
