//! There and back by a provider: linked by the person's own choice, known again, stopped by whatever is not sound.

use serde_json::json;

use super::{CLIENT, ISSUER, SECRET, Signing, World, form, worlds};
use crate::{
    NewPost, grant_post,
    model::openid::token::LOGOUT_EVENT,
    tests::{
        PASSWORD,
        browser::Browser,
        citizen_number,
        codes::latest_code,
        factors::{enrolled, shown_by_app},
        somebody,
    },
};

#[tokio::test]
async fn a_person_links_by_signing_in_once_and_then_comes_in_by_the_provider() {
    for world in worlds().await {
        let engine = world.site.engine;
        let number = citizen_number(1).to_string();
        world.says(json!({ "name": "陈志远", "citizen_number": number, "level": "high" }));
        let mut browser = Browser::new(&world.app);
        assert!(browser.get("/login").await.body.contains("国家平台"), "{engine}");
        somebody(&world.app, ("陈志远", "zhiyuan"), 1, None).await;
        assert_eq!(world.come(&mut browser).await.location, "/login/new", "{engine}");
        let asked = browser.get("/login/new").await.body;
        assert!(asked.contains("陈志远") && asked.contains("三级") && !asked.contains(&number), "{engine}: {asked}");
        let gate = browser.get("/me/links/new").await;
        assert_eq!(gate.location, "/login?next=%2Fme%2Flinks%2Fnew", "{engine}: nobody is linked unasked");
        browser.get("/login").await;
        browser.post("/login", &[("login", "zhiyuan"), ("password", PASSWORD), ("next", "/me/links/new")]).await;
        assert!(browser.get("/me/links/new").await.body.contains("同意并关联"), "{engine}");
        assert_eq!(browser.post("/me/links/new", &[]).await.location, "/me/password", "{engine}");
        assert!(browser.get("/me").await.body.contains("三级"), "{engine}: the level rose to what is registered");
        browser.get("/me/links").await;
        assert_eq!(browser.post("/me/links/new", &[]).await.status, 409, "{engine}: once");
        // Known again, in another browser.
        let mut other = Browser::new(&world.app);
        assert_eq!(world.come(&mut other).await.location, "/me/password", "{engine}");
        assert!(other.get("/me").await.body.contains("陈志远"), "{engine}");
        // And forgotten.
        let page = other.get("/me/links").await.body;
        let link = super::super::openid::between(&page, "name=\"link\" value=\"", "\"").to_owned();
        assert_eq!(other.post("/me/links/end", &[("link", &link)]).await.status, 303, "{engine}");
        assert_eq!(other.get("/me").await.status, 303, "{engine}: what came by it is over");
        assert_eq!(browser.get("/me").await.status, 200, "{engine}: what came by password is not");
        assert_eq!(world.come(&mut other).await.location, "/login/new", "{engine}");
    }
}

#[tokio::test]
async fn whoever_has_no_account_registers_with_what_the_provider_said_and_is_linked() {
    for world in worlds().await {
        let engine = world.site.engine;
        let number = citizen_number(3).to_string();
        world.says(
            json!({ "name": "周晓梅", "citizen_number": number, "phone_number": "+8613900000003", "level": "low" }),
        );
        let mut browser = Browser::new(&world.app);
        world.come(&mut browser).await;
        browser.get("/login/new").await;
        let page = browser.get("/register?from=arrival").await.body;
        assert!(page.contains("value=\"周晓梅\"") && page.contains(&number), "{engine}: {page}");
        let plain = browser.get("/register").await.body;
        assert!(!plain.contains("周晓梅"), "{engine}: only where it is asked for");
        let mut fields =
            vec![("step", "who"), ("arrival", "yes"), ("name", "周晓梅"), ("paper", "citizen"), ("number", &number)];
        fields.push(("mobile", "13900000003"));
        browser.post("/register", &fields).await;
        fields[0] = ("step", "phone");
        let mut demo = Browser::new(&world.site.app);
        demo.get("/register").await;
        let sent = demo.post("/register", &fields).await.body;
        let handle = super::super::openid::between(&sent, "name=\"handle\" value=\"", "\"").to_owned();
        let code = latest_code(&world.site).await;
        fields[0] = ("step", "password");
        fields.extend([("handle", handle.as_str()), ("code", &code), ("login", "xiaomei"), ("password", PASSWORD)]);
        browser.get("/register").await;
        let done = browser.post("/register", &fields).await;
        assert_eq!((done.status, done.location.as_str()), (303, "/login"), "{engine}: {}", done.body);
        assert_eq!(world.come(&mut browser).await.location, "/me/password", "{engine}");
        assert!(browser.get("/me").await.body.contains("一级"), "{engine}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_sound_lets_nobody_in_and_says_so_plainly() {
    for world in worlds().await {
        let engine = world.site.engine;
        let mut browser = world.linked(("陈志远", "zhiyuan"), 1).await;
        let now = world.now();
        let doubted = "没有通过安全核对";
        let tokens = [
            json!({ "iss": "https://other.example" }),
            json!({ "aud": "somebody else" }),
            json!({ "aud": [CLIENT, "other"], "azp": "other" }),
            json!({ "exp": now - 100 }),
            json!({ "iat": now + 100 }),
            json!({ "nonce": "another" }),
            json!({ "at_hash": "another" }),
            json!({ "sub": "8" }),
        ];
        for wrong in tokens {
            world.says(wrong.clone());
            let shown = world.come(&mut browser).await;
            assert!(shown.status == 400 && shown.body.contains(doubted), "{engine}: {wrong}: {}", shown.body);
        }
        world.says(json!({}));
        // Each answer of the browser beside the sound one.
        let rows: [(&[(&str, &str)], &str); 6] = [
            (&[("code", "good"), ("iss", "https://other.example")], doubted),
            (&[("code", "good")], doubted),
            (&[("error", "access_denied"), ("iss", ISSUER)], "您在对方那里取消了登录"),
            (&[("iss", ISSUER)], doubted),
            (&[("code", "bad"), ("iss", ISSUER)], "暂时连不上"),
            (&[("code", "good"), ("code", "good"), ("iss", ISSUER)], doubted),
        ];
        for (query, words) in rows {
            let state = world.leave(&mut browser).await;
            let query: Vec<_> = query.iter().copied().chain([("state", state.as_str())]).collect();
            let shown = world.back(&mut browser, &query).await;
            assert!(shown.status == 400 && shown.body.contains(words), "{engine}: {query:?}: {}", shown.body);
        }
        // Another browser, another state, another provider's path, twice, too late, switched off, down.
        let state = world.leave(&mut browser).await;
        let good = [("code", "good"), ("state", state.as_str()), ("iss", ISSUER)];
        let not_here = "不是给这个浏览器的";
        assert!(world.back(&mut Browser::new(&world.app), &good).await.body.contains(not_here), "{engine}");
        let forged = [("code", "good"), ("state", "forged"), ("iss", ISSUER)];
        assert!(world.back(&mut browser, &forged).await.body.contains(not_here), "{engine}");
        let cookie = browser.cookies["yiwang_trip"].clone();
        assert_eq!(world.back(&mut browser, &good).await.location, "/me/password", "{engine}: the sound one is let in");
        browser.cookies.insert("yiwang_trip".to_owned(), cookie);
        assert_eq!(world.back(&mut browser, &good).await.status, 400, "{engine}: once");
        let state = world.leave(&mut browser).await;
        world.site.clock.seconds(crate::service::party::trip::TRIP_SECONDS);
        world.says(json!({}));
        let late = world.back(&mut browser, &[("code", "good"), ("state", &state), ("iss", ISSUER)]).await;
        assert!(late.body.contains("时间太长"), "{engine}: {}", late.body);
        world.faker.with(|it| it.down = true);
        world.site.clock.hours(2);
        let down = browser.get(&format!("/login/at/{}", world.id)).await;
        assert!(down.status == 400 && down.body.contains("暂时连不上"), "{engine}: {}", down.body);
    }
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_fetched_once_a_minute_at_most() {
    for world in worlds().await {
        let engine = world.site.engine;
        let mut browser = world.linked(("陈志远", "zhiyuan"), 1).await;
        assert_eq!((world.faker.asked("/keys"), world.faker.asked("/openid-configuration")), (1, 1), "{engine}");
        world.faker.with(|it| it.signing = Signing::new("two"));
        for _ in 0..3 {
            assert_eq!(world.come(&mut browser).await.status, 400, "{engine}");
        }
        assert_eq!(world.faker.asked("/keys"), 1, "{engine}: within the minute nobody is asked");
        world.site.clock.seconds(61);
        world.faker.with(|it| it.published.push(it.signing.jwk()));
        world.says(json!({}));
        assert_eq!(world.come(&mut browser).await.location, "/me/password", "{engine}");
        assert_eq!(world.faker.asked("/keys"), 2, "{engine}");
    }
}

#[tokio::test]
async fn whoever_holds_a_post_shows_a_second_factor_unless_the_provider_says_two_and_is_believed() {
    for world in worlds().await {
        let engine = world.site.engine;
        let mut browser = world.linked(("孙静", "sunjing"), 1).await;
        let person = crate::find_person_by_citizen_number(&world.app, &citizen_number(1)).await.unwrap().unwrap();
        let post = NewPost::from_today(person, "worker", None);
        grant_post(&world.app.system("test"), &world.app, &post).await.unwrap();
        assert_eq!(world.come(&mut browser).await.location, "/login/enrol?next=%2Fme%2Fpassword", "{engine}");
        let (spoken, _) = enrolled(&world.site, &mut Browser::new(&world.app), "sunjing").await;
        assert_eq!(world.come(&mut browser).await.location, "/login/factor?next=%2Fme%2Fpassword", "{engine}");
        assert_eq!(browser.get("/me").await.status, 303, "{engine}: not in yet");
        browser.get("/login/factor").await;
        world.site.clock.seconds(60);
        let code = shown_by_app(&world.site, &spoken);
        assert_eq!(
            browser.post("/login/factor", &[("code", &code), ("next", "/me")]).await.location,
            "/me",
            "{engine}"
        );
        world.says(json!({ "acr": "urn:two" }));
        let mut other = Browser::new(&world.app);
        assert_eq!(world.come(&mut other).await.location, "/me/password", "{engine}: two factors there");
        assert_eq!(other.get("/me").await.status, 200, "{engine}");
        // The session that came with a second factor ends by the provider's word as well.
        assert_eq!(told(&world, &mut other, json!({ "sid": "s1" })).await, 200, "{engine}");
        for it in [&mut browser, &mut other] {
            assert_eq!(it.get("/me").await.status, 303, "{engine}");
        }
    }
}

#[tokio::test]
async fn officers_do_not_come_in_by_a_provider_for_applicants_alone() {
    for mut world in worlds().await {
        let engine = world.site.engine;
        let mut browser = world.linked(("孙静", "sunjing"), 1).await;
        let person = crate::find_person_by_citizen_number(&world.app, &citizen_number(1)).await.unwrap().unwrap();
        let post = NewPost::from_today(person, "worker", None);
        grant_post(&world.app.system("test"), &world.app, &post).await.unwrap();
        change(&mut world, &[("officers", ""), ("secret", "")]).await;
        let shown = world.come(&mut browser).await;
        assert!(shown.status == 400 && shown.body.contains("工作岗位"), "{engine}: {}", shown.body);
    }
}

/// Changes what is registered of the provider.
async fn change(world: &mut World, more: &[(&str, &str)]) {
    let path = format!("/desk/providers/{}/edit", world.id);
    let page = world.desk.get(&path).await.body;
    assert!(!page.contains(SECRET), "a secret is never shown");
    let version = super::super::openid::between(&page, "name=\"version\" value=\"", "\"").to_owned();
    let mut fields = form(more);
    fields.push(("version", &version));
    let done = world.desk.post(&path, &fields).await;
    assert_eq!(done.status, 303, "{}: {}", world.site.engine, done.body);
}

/// A logout token of the provider that says this besides; gives the answer's status.
async fn told(world: &World, browser: &mut Browser, more: serde_json::Value) -> u16 {
    let mut claims = json!({ "iss": ISSUER, "aud": CLIENT, "iat": world.now(), "exp": world.now() + 120,
        "jti": world.faker.with(|it| it.asked.len().to_string() + &it.nonce), "events": { LOGOUT_EVENT: {} } });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let token = world.faker.with(|it| it.signing.sign(&claims));
    send_token(world, browser, &token).await
}

async fn send_token(world: &World, browser: &mut Browser, token: &str) -> u16 {
    let body = form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", token).finish();
    browser.send("POST", &format!("/login/at/{}/logout", world.id), body).await.status
}

#[tokio::test]
async fn a_provider_ends_the_sessions_that_came_by_it_and_nobody_else_does() {
    for world in worlds().await {
        let engine = world.site.engine;
        let mut browser = world.linked(("陈志远", "zhiyuan"), 1).await;
        world.come(&mut browser).await;
        let mut by_password = Browser::new(&world.app);
        super::super::openid::sign_in(&mut by_password, "zhiyuan").await;
        let mut server = Browser::new(&world.app);
        let stranger = Signing::new("one").sign(&json!({ "iss": ISSUER, "aud": CLIENT, "sub": "7", "iat": world.now(),
            "exp": world.now() + 120, "jti": "x", "events": { LOGOUT_EVENT: {} } }));
        assert_eq!(send_token(&world, &mut server, &stranger).await, 400, "{engine}: another's signature");
        assert_eq!(told(&world, &mut server, json!({ "sub": "7", "nonce": "n" })).await, 400, "{engine}");
        assert_eq!(told(&world, &mut server, json!({ "sub": "8", "jti": "a" })).await, 200, "{engine}: nobody here");
        assert_eq!(
            told(&world, &mut server, json!({ "sid": "s2", "jti": "b" })).await,
            200,
            "{engine}: another session"
        );
        assert_eq!(browser.get("/me").await.status, 200, "{engine}");
        assert_eq!(told(&world, &mut server, json!({ "sub": "7", "jti": "c" })).await, 200, "{engine}");
        assert_eq!(browser.get("/me").await.status, 303, "{engine}");
        assert_eq!(by_password.get("/me").await.status, 200, "{engine}");
        assert_eq!(told(&world, &mut server, json!({ "sub": "7", "jti": "c" })).await, 400, "{engine}: once");
    }
}

#[tokio::test]
async fn whoever_signs_out_here_is_shown_the_way_out_there_which_names_nobody() {
    for world in worlds().await {
        let engine = world.site.engine;
        let mut browser = world.linked(("陈志远", "zhiyuan"), 1).await;
        world.come(&mut browser).await;
        browser.get("/me").await;
        let left = browser.post("/logout", &[]).await;
        assert_eq!(left.status, 200, "{engine}");
        let address = super::super::openid::between(&left.body, &format!("href=\"{ISSUER}/logout"), "\"").to_owned();
        assert!(address.contains("client_id=bozhou") && !address.contains("id_token"), "{engine}: {address}");
        assert_eq!(browser.get("/me").await.status, 303, "{engine}: signed out here already");
    }
}

#[tokio::test]
async fn nobody_is_linked_whom_the_provider_calls_by_another_number_nor_twice() {
    for world in worlds().await {
        let engine = world.site.engine;
        somebody(&world.app, ("陈志远", "zhiyuan"), 1, None).await;
        world.says(json!({ "name": "陈志远", "citizen_number": citizen_number(2).to_string(), "level": "high" }));
        let mut browser = Browser::new(&world.app);
        world.come(&mut browser).await;
        super::super::openid::sign_in(&mut browser, "zhiyuan").await;
        browser.get("/me/links/new").await;
        let refused = browser.post("/me/links/new", &[]).await;
        assert!(refused.status == 409 && refused.body.contains("身份号码"), "{engine}: {}", refused.body);
        assert!(browser.get("/me").await.body.contains("未核验"), "{engine}");
        // By telephone alone nobody is known again either.
        world.says(json!({ "phone_number": "+8613900000001" }));
        assert_eq!(world.come(&mut Browser::new(&world.app)).await.location, "/login/new", "{engine}");
        // An account elsewhere is one person's.
        world.says(json!({}));
        let _ = world.linked(("周晓梅", "xiaomei"), 3).await;
        let mut second = Browser::new(&world.app);
        super::super::openid::sign_in(&mut second, "zhiyuan").await;
        assert_eq!(world.come(&mut second).await.location, "/me/password", "{engine}");
        assert!(second.get("/me").await.body.contains("周晓梅"), "{engine}: whoever is linked comes in");
    }
}

#[tokio::test]
async fn only_who_administers_the_site_edits_providers_and_one_switched_off_leads_nowhere() {
    for mut world in worlds().await {
        let engine = world.site.engine;
        let mut browser = world.linked(("陈志远", "zhiyuan"), 1).await;
        super::super::openid::sign_in(&mut browser, "zhiyuan").await;
        assert_eq!(browser.get("/desk/providers").await.status, 403, "{engine}");
        world.desk.get("/desk/providers/new?dialect=oidc").await;
        let wrong = world.desk.post("/desk/providers", &form(&[("issuer", "http://10.0.0.1"), ("levels", "x")])).await;
        assert!(wrong.status == 422 && wrong.body.contains("https://") && !wrong.body.contains(SECRET), "{engine}");
        let page = world.desk.get(&format!("/desk/providers/{}", world.id)).await.body;
        assert!(page.contains(&format!("/login/at/{}/back", world.id)) && !page.contains(SECRET), "{engine}: {page}");
        let version = super::super::openid::between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let path = format!("/desk/providers/{}/disabled", world.id);
        assert_eq!(world.desk.post(&path, &[("version", &version), ("disabled", "yes")]).await.status, 303, "{engine}");
        let off = browser.get(&format!("/login/at/{}", world.id)).await;
        assert!(off.status == 400 && off.body.contains("已经停用"), "{engine}: {}", off.body);
        assert!(!Browser::new(&world.app).get("/login").await.body.contains("国家平台"), "{engine}");
    }
}

#[tokio::test]
async fn providers_are_edited_at_the_api_too_and_a_secret_is_only_written() {
    for world in worlds().await {
        let engine = world.site.engine;
        let who = testkit::Visitor::with_token(&world.desk.cookies["yiwang_session"]);
        let site = &world.site;
        let facts = json!({ "name": "省平台", "dialect": "oauth2", "client": "us", "secret": SECRET, "order": 2,
            "places": { "authorize": "https://a.example/a", "token": "https://a.example/t", "userinfo": "https://a.example/u" },
            "fields": { "subject": "id", "level": "grade" }, "levels": [["A", 2]] });
        let at = "/api/v1/login-providers";
        assert_eq!(site.call(&site.anonymous(), "POST", at, facts.clone()).await.status, 401, "{engine}");
        let mut wrong = facts.clone();
        wrong["fields"] = json!({});
        assert_eq!(site.call(&who, "POST", at, wrong).await.status, 422, "{engine}");
        let made = site.call(&who, "POST", at, facts.clone()).await;
        assert!(made.status == 201 && !made.body.contains(SECRET), "{engine}: {}", made.body);
        let made = made.json();
        assert_eq!((&made["has_secret"], &made["levels"]), (&json!(true), &json!([["A", 2]])), "{engine}");
        let mut more = facts;
        (more["version"], more["name"], more["secret"]) = (made["version"].clone(), json!("省级平台"), json!(""));
        let path = format!("{at}/{}", made["id"].as_str().unwrap());
        assert_eq!(site.call(&who, "PUT", &path, more.clone()).await.status, 204, "{engine}");
        more["name"] = json!("别的名字");
        assert_eq!(site.call(&who, "PUT", &path, more).await.status, 409, "{engine}: by the version that was read");
        let off = json!({ "version": 2, "disabled": true });
        assert_eq!(site.call(&who, "PUT", &format!("{path}/disabled"), off).await.status, 204, "{engine}");
        let all = site.get(&who, at).await.json();
        assert_eq!((&all[1]["name"], &all[1]["has_secret"]), (&json!("省级平台"), &json!(true)), "{engine}: {all}");
        let ways = Browser::new(&world.app).get("/api/v1/login-ways").await.body;
        assert!(ways.contains("国家平台") && !ways.contains("省级平台"), "{engine}: {ways}");
    }
}

#[tokio::test]
async fn what_a_provider_said_is_destroyed_when_it_is_used_given_up_or_old() {
    for world in worlds().await {
        let engine = world.site.engine;
        world.says(json!({ "name": "陈志远" }));
        let mut browser = Browser::new(&world.app);
        world.come(&mut browser).await;
        browser.get("/login/new").await;
        let cookie = browser.cookies["yiwang_arrival"].clone();
        assert_eq!(browser.post("/login/new/cancel", &[]).await.location, "/login", "{engine}");
        browser.cookies.insert("yiwang_arrival".to_owned(), cookie);
        assert_eq!(browser.get("/login/new").await.status, 400, "{engine}");
        world.come(&mut browser).await;
        assert_eq!(browser.get("/login/new").await.status, 200, "{engine}");
        world.site.clock.seconds(crate::service::party::trip::ARRIVAL_SECONDS + 1);
        let ctx = world.app.system("test");
        crate::service::party::sweep(&world.app, &ctx).await.unwrap();
        assert_eq!(browser.get("/login/new").await.status, 400, "{engine}");
    }
}
