//! What must not be: the lists of RFC 9700, OAuth 2.1 and OpenID Connect, through the real router.

use super::{CALLBACK, Registered, VERIFIER, World, bare, parameter, worlds};

#[tokio::test]
async fn a_wrong_client_or_address_leads_nowhere_and_a_person_reads_why() {
    for mut world in worlds().await {
        let client = world.register(&[]).await;
        let machine = world.register(&[("kind", "machine")]).await;
        let nobody = Registered { id: "0".repeat(32), secret: String::new() };
        let wrong = |redirect| World::address(&client, &[("redirect_uri", redirect)]);
        let mut table = vec![
            World::address(&nobody, &[]),
            World::address(&machine, &[]),
            "/oauth/authorize".to_owned(),
            format!("{}&redirect_uri=https%3A%2F%2Fevil.example", World::address(&client, &[])),
            format!("/oauth/authorize?client_id={}&request_uri=https%3A%2F%2Fevil.example%2Frequest", client.id),
        ];
        let addresses = [
            "https://evil.example/callback",
            "https://bdc.example.gov.cn/callback/",
            "https://bdc.example.gov.cn/callback?x=1",
            "https://bdc.example.gov.cn/callback#x",
            "https://bdc.example.gov.cn:443/callback",
            "https://BDC.example.gov.cn/callback",
            "http://bdc.example.gov.cn/callback",
            "https://bdc.example.gov.cn.evil.example/callback",
            "https://bdc.example.gov.cn/callback/../other",
            "javascript:alert(1)",
        ];
        table.extend(addresses.iter().map(|it| wrong(it)));
        for address in table {
            let shown = world.citizen.get(&address).await;
            assert_eq!((shown.status, shown.location.as_str()), (400, ""), "{address}");
            assert!(shown.body.contains("不能登录到那个系统"), "{address}");
        }
    }
}

#[tokio::test]
async fn a_malformed_request_goes_back_with_its_reason_and_no_code() {
    for mut world in worlds().await {
        let client = world.register(&[]).await;
        let challenge = super::challenge(VERIFIER);
        let table: &[(&[(&str, &str)], &str)] = &[
            (&[("response_type", "token")], "unsupported_response_type"),
            (&[("response_type", "code id_token")], "unsupported_response_type"),
            (&[("response_type", "")], "invalid_request"),
            (&[("code_challenge", "")], "invalid_request"),
            (&[("code_challenge_method", "plain")], "invalid_request"),
            (&[("code_challenge_method", "")], "invalid_request"),
            (&[("code_challenge", "short")], "invalid_request"),
            (&[("scope", "openid citizen_number")], "invalid_scope"),
            (&[("scope", "openid everything")], "invalid_scope"),
            (&[("scope", "")], "invalid_request"),
            (&[("prompt", "none login")], "invalid_request"),
            (&[("prompt", "dance")], "invalid_request"),
            (&[("max_age", "-1")], "invalid_request"),
            (&[("response_mode", "fragment")], "invalid_request"),
            (&[("request", "eyJhbGciOiJub25lIn0.e30.")], "request_not_supported"),
        ];
        for (wrong, code) in table {
            let shown = world.citizen.get(&World::address(&client, wrong)).await;
            assert!(shown.location.starts_with(CALLBACK), "{wrong:?}: {} {}", shown.location, shown.status);
            assert_eq!(parameter(&shown.location, "error"), *code, "{wrong:?}");
            assert_eq!(parameter(&shown.location, "state"), "af0ifjsldkj", "{wrong:?}");
            assert_eq!(parameter(&shown.location, "iss"), "http://127.0.0.1", "{wrong:?}");
            assert!(parameter(&shown.location, "code").is_empty(), "{wrong:?}");
        }
        let twice = format!("{}&code_challenge={challenge}", World::address(&client, &[]));
        assert_eq!(parameter(&world.citizen.get(&twice).await.location, "error"), "invalid_request");
    }
}

#[tokio::test]
async fn a_code_gives_nothing_without_its_client_its_address_its_verifier_and_its_minute() {
    for mut world in worlds().await {
        let (client, other) = (world.register(&[]).await, world.register(&[]).await);
        let address = world.agree(&client, &[], &["profile"]).await;
        let code = parameter(&address, "code");
        let good = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let with = |name: &'static str, value: &'static str| {
            let mut form = good.to_vec();
            form.retain(|it| it.0 != name);
            if !value.is_empty() {
                form.push((name, value));
            }
            form
        };
        let stranger = Registered { id: client.id.clone(), secret: other.secret.clone() };
        let unknown = Registered { id: "1".repeat(32), secret: client.secret.clone() };
        let bare_client = Registered { id: client.id.clone(), secret: String::new() };
        let table = [
            (&other, good.to_vec(), 400, "invalid_grant"),
            (&stranger, good.to_vec(), 401, "invalid_client"),
            (&unknown, good.to_vec(), 401, "invalid_client"),
            (&bare_client, good.to_vec(), 401, "invalid_client"),
            (&client, with("code", "nonsense"), 400, "invalid_grant"),
            (&client, with("code", ""), 400, "invalid_request"),
            (&client, with("redirect_uri", "https://bdc.example.gov.cn/other"), 400, "invalid_grant"),
            (&client, with("redirect_uri", ""), 400, "invalid_grant"),
            (&client, with("code_verifier", "another-verifier-that-is-quite-long-enough-too"), 400, "invalid_grant"),
            (&client, with("code_verifier", ""), 400, "invalid_grant"),
            (&client, with("grant_type", "password"), 400, "unsupported_grant_type"),
            (&client, with("grant_type", "client_credentials"), 400, "unauthorized_client"),
        ];
        for (who, form, status, error) in table {
            let answer = world.token(who, &form).await;
            assert_eq!((answer.status, answer.json()["error"].as_str().unwrap()), (status, error), "{form:?}");
        }
        let plain =
            bare(&world.site, "POST", "/oauth/token", &[("content-type", "application/json")], "{}".into()).await;
        assert_eq!(plain.status, 400, "{}", plain.body);
        let mut both = good.to_vec();
        both.push(("client_secret", client.secret.as_str()));
        assert_eq!(world.token(&client, &both).await.json()["error"], "invalid_request", "two ways at once");
        // What others tried has not spoilt it.
        let served = world.token(&client, &good).await;
        assert_eq!(served.status, 200, "{}: {}", world.site.engine, served.body);
        let replay = world.token(&client, &good).await;
        assert_eq!(replay.json()["error"], "invalid_grant");
        let token = served.json()["access_token"].as_str().unwrap().to_owned();
        assert!(!world.active(&client, &token).await, "{}: a replay ends what the code gave", world.site.engine);
        let late = world.citizen.get(&World::address(&client, &[])).await.location;
        world.site.clock.seconds(61);
        assert_eq!(world.exchange(&client, &late).await.json()["error"], "invalid_grant", "a minute is over");
    }
}

#[tokio::test]
async fn tokens_tell_nobody_but_their_client_and_end_in_time() {
    for mut world in worlds().await {
        let (client, other) = (world.register(&[]).await, world.register(&[]).await);
        let inspector = world.register(&[("inspects", "yes")]).await;
        let given = world.tokens(&client, "openid profile").await;
        let access = given["access_token"].as_str().unwrap();
        assert!(!world.active(&other, access).await, "{}", world.site.engine);
        assert!(world.active(&inspector, access).await);
        assert!(world.active(&client, given["refresh_token"].as_str().unwrap()).await);
        let app = world.register(&[("kind", "public"), ("redirects", "http://127.0.0.1/callback")]).await;
        let nosy = world.ask(&app, "/oauth/introspect", &[("token", access)]).await;
        assert_eq!(nosy.status, 401, "whoever proves nothing is told nothing");
        world.ask(&other, "/oauth/revoke", &[("token", access)]).await;
        assert!(world.active(&client, access).await, "another's token is not given back");
        for bad in ["", "yw_at_nonsense", given["refresh_token"].as_str().unwrap(), given["id_token"].as_str().unwrap()]
        {
            assert_eq!(world.userinfo(bad).await.status, 401, "{bad}");
        }
        let query = format!("/oauth/userinfo?access_token={access}");
        assert_eq!(bare(&world.site, "GET", &query, &[], String::new()).await.status, 401, "not in an address");
        let bearer = format!("Bearer {access}");
        for path in ["/api/v1/me", "/me"] {
            let answer = bare(&world.site, "GET", path, &[("authorization", &bearer)], String::new()).await;
            assert!(
                matches!(answer.status, 401 | 303),
                "a system of others is not the person: {path} {}",
                answer.status
            );
        }
        world.site.clock.seconds(601);
        assert_eq!(world.userinfo(access).await.status, 401);
        assert!(!world.active(&client, access).await);
        world.ask(&client, "/oauth/revoke", &[("token", given["refresh_token"].as_str().unwrap())]).await;
        assert!(!world.active(&client, given["refresh_token"].as_str().unwrap()).await, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_disabled_system_can_do_nothing_from_that_moment_on() {
    for mut world in worlds().await {
        let client = world.register(&[]).await;
        let given = world.tokens(&client, "openid profile").await;
        let shown = world.desk.get(&format!("/desk/clients/{}", client.id)).await;
        let version = super::between(&shown.body, "name=\"version\" value=\"", "\"").to_owned();
        let fields = [("version", version.as_str()), ("disabled", "yes")];
        let done = world.desk.post(&format!("/desk/clients/{}/disabled", client.id), &fields).await;
        assert_eq!(done.status, 303, "{}", done.body);
        assert_eq!(world.userinfo(given["access_token"].as_str().unwrap()).await.status, 401);
        assert_eq!(world.citizen.get(&World::address(&client, &[])).await.status, 400);
        let refresh = given["refresh_token"].as_str().unwrap();
        let answer = world.token(&client, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
        assert_eq!(answer.json()["error"], "invalid_client", "{}", world.site.engine);
    }
}
