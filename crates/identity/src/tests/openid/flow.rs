//! The whole way, as it goes well, and what ends it.

use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
use serde_json::Value;

use super::{CALLBACK, World, bare, between, claims, parameter, worlds};

/// Verifies an ID token as any other system does: by the published key set.
async fn verified(world: &World, token: &str, client: &str) -> Value {
    let answer = bare(&world.site, "GET", "/oauth/jwks", &[], String::new()).await;
    let keys: JwkSet = serde_json::from_str(&answer.body).unwrap();
    assert!(keys.keys.len() >= 2 && !answer.body.contains("\"d\""), "{}", answer.body);
    let header = jsonwebtoken::decode_header(token).unwrap();
    let key = keys.find(&header.kid.unwrap()).expect("the key is published");
    let mut rules = Validation::new(header.alg);
    rules.set_audience(&[client]);
    rules.set_issuer(&["http://127.0.0.1"]);
    rules.validate_exp = false;
    jsonwebtoken::decode(token, &DecodingKey::from_jwk(key).unwrap(), &rules).unwrap().claims
}

#[tokio::test]
async fn a_person_agrees_and_the_other_system_learns_just_that() {
    for mut world in worlds().await {
        for rsa in ["", "yes"] {
            let client = world.register(&[("rsa", rsa)]).await;
            let address = world.agree(&client, &[("scope", "openid profile level")], &["profile"]).await;
            assert!(address.starts_with(CALLBACK), "{address}");
            assert_eq!(parameter(&address, "state"), "af0ifjsldkj");
            assert_eq!(parameter(&address, "iss"), "http://127.0.0.1", "RFC 9207");
            let answer = world.exchange(&client, &address).await;
            assert_eq!(answer.status, 200, "{}: {}", world.site.engine, answer.body);
            let given = answer.json();
            assert_eq!(given["scope"], "openid profile", "level was not ticked");
            let told = verified(&world, given["id_token"].as_str().unwrap(), &client.id).await;
            assert_eq!(told["nonce"], "n-0S6_WzA2Mj");
            assert!(told.get("name").is_none(), "who somebody is stands in no token");
            let who = world.userinfo(given["access_token"].as_str().unwrap()).await.json();
            assert_eq!((&who["sub"], &who["name"]), (&told["sub"], &"陈志远".into()));
            assert!(who.get("real_name_level").is_none(), "{who}");
            assert!(world.active(&client, given["access_token"].as_str().unwrap()).await);
        }
    }
}

#[tokio::test]
async fn who_agreed_is_not_asked_again_but_by_wish_or_for_more() {
    for mut world in worlds().await {
        let client = world.register(&[]).await;
        world.agree(&client, &[], &["profile"]).await;
        let straight = world.citizen.get(&World::address(&client, &[])).await;
        assert!(straight.location.starts_with(CALLBACK), "{}", straight.location);
        let silent = world.citizen.get(&World::address(&client, &[("prompt", "none")])).await;
        assert!(!parameter(&silent.location, "code").is_empty(), "{}", silent.location);
        let table = [("prompt", "consent"), ("scope", "openid profile level")];
        for wish in table {
            let asked = world.citizen.get(&World::address(&client, &[wish])).await;
            assert!(asked.location.starts_with("/authorize?request="), "{wish:?}: {}", asked.location);
        }
        let more = world.citizen.get(&World::address(&client, &[("scope", "openid level"), ("prompt", "none")])).await;
        assert_eq!(parameter(&more.location, "error"), "consent_required");
        world.site.clock.seconds(1);
        let again = world.citizen.get(&World::address(&client, &[("prompt", "login")])).await;
        let again = world.citizen.get(&again.location).await;
        assert!(again.location.contains("&again=yes"), "{}", again.location);
        world.site.clock.seconds(600);
        let stale = world.citizen.get(&World::address(&client, &[("max_age", "300"), ("prompt", "none")])).await;
        assert_eq!(parameter(&stale.location, "error"), "login_required");
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_signs_in_first_and_goes_on_where_it_was() {
    for mut world in worlds().await {
        let client = world.register(&[]).await;
        let mut fresh = super::Browser::new(&super::in_earnest(&world.site.app));
        let shown = fresh.get(&World::address(&client, &[("login_hint", "zhiyuan")])).await;
        let shown = fresh.get(&shown.location).await;
        assert!(shown.location.starts_with("/login?next=%2Fauthorize%3Frequest%3D"), "{}", shown.location);
        let page = fresh.get(&shown.location).await;
        assert!(page.body.contains("value=\"zhiyuan\""), "the name is there already");
        let next = between(&page.body, "name=\"next\" value=\"", "\"").replace("&#38;", "&");
        let fields = [("login", "zhiyuan"), ("password", super::PASSWORD), ("next", next.as_str())];
        let shown = fresh.post("/login", &fields).await;
        assert_eq!(shown.location, next);
        let asked = fresh.get(&shown.location).await;
        assert!(asked.body.contains("不动产登记系统") && asked.body.contains("核对申请人"), "{}", asked.body);
        let refused = [("request", next.trim_start_matches("/authorize?request=")), ("decision", "refuse")];
        let gone = fresh.post("/authorize", &refused).await;
        assert!(gone.body.contains("error=access_denied"), "{}", gone.body);
        let none = fresh.get(&World::address(&client, &[("prompt", "none")])).await;
        assert_eq!(parameter(&none.location, "error"), "consent_required");
    }
}

#[tokio::test]
async fn two_systems_cannot_tell_that_it_is_the_same_person_unless_they_are_one() {
    for mut world in worlds().await {
        let one = world.register(&[]).await;
        let same = world.register(&[]).await;
        let other = world.register(&[("sector", "other.example.gov.cn")]).await;
        let mut told = Vec::new();
        for client in [&one, &same, &other] {
            let given = world.tokens(client, "openid").await;
            told.push(claims(given["id_token"].as_str().unwrap()));
        }
        assert_eq!(told[0]["sub"], told[1]["sub"], "one host, one sector");
        assert_ne!(told[0]["sub"], told[2]["sub"], "{}", world.site.engine);
        assert_ne!(told[0]["sid"], told[1]["sid"], "nor by the session");
    }
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_second_use_ends_all_of_its_kin() {
    for mut world in worlds().await {
        let client = world.register(&[]).await;
        let first = world.tokens(&client, "openid profile").await;
        let refresh = |token: &Value| {
            let token = token["refresh_token"].as_str().unwrap().to_owned();
            [("grant_type".to_owned(), "refresh_token".to_owned()), ("refresh_token".to_owned(), token)]
        };
        let send = async |token: &Value, more: &[(&str, &str)]| {
            let form = refresh(token);
            let mut form: Vec<_> = form.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
            form.extend(more);
            world.token(&client, &form).await
        };
        let wider = send(&first, &[("scope", "openid profile level")]).await;
        assert_eq!((wider.status, wider.json()["error"].clone()), (400, "invalid_scope".into()));
        let second = send(&first, &[("scope", "openid")]).await;
        assert_eq!(second.status, 200, "{}: {}", world.site.engine, second.body);
        let second = second.json();
        assert_eq!(second["scope"], "openid", "less, if less is asked for");
        assert!(world.active(&client, second["access_token"].as_str().unwrap()).await);
        let replay = send(&first, &[]).await;
        assert_eq!((replay.status, replay.json()["error"].clone()), (400, "invalid_grant".into()));
        assert!(!world.active(&client, second["access_token"].as_str().unwrap()).await, "{}", world.site.engine);
        assert_eq!(send(&second, &[]).await.json()["error"], "invalid_grant", "nor does the thief's go on");
    }
}

#[tokio::test]
async fn what_was_agreed_to_is_seen_and_withdrawn_by_its_owner_at_once() {
    for mut world in worlds().await {
        let client = world.register(&[]).await;
        let given = world.tokens(&client, "openid profile offline_access").await;
        let access = given["access_token"].as_str().unwrap();
        let seen = world.citizen.get("/me/systems").await;
        assert!(seen.body.contains("不动产登记系统") && seen.body.contains("登录、姓名、持续访问"), "{}", seen.body);
        let end = world.citizen.post("/me/systems/end", &[("client", &client.id)]).await;
        assert_eq!(end.status, 303, "{}", end.body);
        let told = world.userinfo(access).await;
        assert_eq!((told.status, told.json()["error"].clone()), (401, "invalid_token".into()));
        let refresh = given["refresh_token"].as_str().unwrap();
        let again = world.token(&client, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
        assert_eq!(again.json()["error"], "invalid_grant", "{}", world.site.engine);
        let asked = world.citizen.get(&World::address(&client, &[])).await;
        assert!(asked.location.starts_with("/authorize?"), "it must ask again: {}", asked.location);
    }
}

#[tokio::test]
async fn a_pushed_request_is_good_once_for_its_own_client_and_an_answer_may_come_as_a_form() {
    for mut world in worlds().await {
        let client = world.register(&[("must_push", "yes")]).await;
        let other = world.register(&[]).await;
        let unpushed = world.citizen.get(&World::address(&client, &[])).await;
        assert_eq!(parameter(&unpushed.location, "error"), "invalid_request");
        let address = World::address(&client, &[("response_mode", "form_post")]);
        let query = address.split_once('?').unwrap().1.to_owned();
        let form: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        let form: Vec<_> = form.iter().map(|it| (it.0.as_ref(), it.1.as_ref())).collect();
        let pushed = world.ask(&client, "/oauth/par", &form).await;
        assert_eq!(pushed.status, 201, "{}", pushed.body);
        let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        let address = |client: &str| {
            let pairs = [("client_id", client), ("request_uri", uri.as_str())];
            format!("/oauth/authorize?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
        };
        assert_eq!(world.citizen.get(&address(&other.id)).await.status, 400, "another's request");
        let asked = world.citizen.get(&address(&client.id)).await;
        let handle = asked.location.trim_start_matches("/authorize?request=").to_owned();
        world.citizen.get(&asked.location).await;
        let done = world.citizen.post("/authorize", &[("request", &handle), ("decision", "agree")]).await;
        assert!(done.body.contains(&format!("action=\"{CALLBACK}\"")), "{}", done.body);
        assert!(done.body.contains("name=\"code\"") && done.body.contains("name=\"iss\""));
        assert_eq!(world.citizen.get(&address(&client.id)).await.status, 400, "used up");
    }
}

#[tokio::test]
async fn of_two_who_bring_one_code_at_once_one_is_served_and_then_neither() {
    for mut world in worlds().await {
        let client = world.register(&[]).await;
        let address = world.agree(&client, &[], &["profile"]).await;
        let (one, two) = tokio::join!(world.exchange(&client, &address), world.exchange(&client, &address));
        let served: Vec<_> = [&one, &two].into_iter().filter(|it| it.status == 200).collect();
        assert!(served.len() <= 1, "{}", world.site.engine);
        for it in served {
            let token = it.json()["access_token"].as_str().unwrap().to_owned();
            assert!(!world.active(&client, &token).await, "{}: whoever was second is a thief", world.site.engine);
        }
    }
}
