//! Signing in, and out, and not.

use serde_json::json;
use testkit::{Site, Visitor};
use webkit::App;

use super::{PASSWORD, browser::Browser, citizen_number, in_earnest, signed_in, sites, somebody};
use crate::{AREA, NewEnterprise, create_enterprise, first_administrator, model::account::ACCOUNT_AT_ADDRESS};

async fn try_in(site: &Site, login: &str, password: &str) -> testkit::Answer {
    let body = json!({ "login": login, "password": password });
    site.call(&site.anonymous(), "POST", "/api/v1/sessions", body).await
}

#[tokio::test]
async fn an_unknown_login_and_a_wrong_password_are_answered_alike() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        somebody(&site.app, ("李桂兰", "guilan"), 2, Some("退休老人")).await;
        let long = "长".repeat(200);
        let nobody = citizen_number(77).to_string();
        let wrong = try_in(&site, "zhiyuan", "不是这个密码").await;
        assert_eq!(wrong.status, 422, "{}", site.engine);
        for (login, password) in
            [("nobody", "不是这个密码"), ("", ""), (&long, PASSWORD), (&nobody, PASSWORD), ("zhiyuan", &long)]
        {
            let other = try_in(&site, login, password).await;
            assert_eq!((other.status, &other.body), (wrong.status, &wrong.body), "{}: {login}", site.engine);
        }
        let app = in_earnest(&site.app);
        let mut browser = Browser::new(&app);
        for login in ["guilan", "nobody"] {
            browser.get("/login").await;
            let shown = browser.post("/login", &[("login", login), ("password", PASSWORD)]).await;
            assert_eq!(shown.status, 422);
            assert!(shown.body.contains("登录名或密码不正确"), "{login}");
            assert!(!browser.cookies.contains_key("yiwang_session"));
        }
    }
}

#[tokio::test]
async fn after_too_many_tries_even_the_right_password_waits_known_or_not_and_others_do_not() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        somebody(&site.app, ("周晓梅", "xiaomei"), 2, None).await;
        for login in ["zhiyuan", "nobody"] {
            for _ in 0..ACCOUNT_AT_ADDRESS.tries {
                assert_eq!(try_in(&site, login, "不是这个密码").await.status, 422, "{}", site.engine);
            }
            let stopped = try_in(&site, login, PASSWORD).await;
            assert_eq!(stopped.status, 429, "{} {login}", site.engine);
            assert!(stopped.body.contains("秒后再试"), "{}", stopped.body);
        }
        signed_in(&site, "xiaomei").await;
        site.clock.hours(1);
        for _ in 0..ACCOUNT_AT_ADDRESS.tries + 3 {
            signed_in(&site, "ZhiYuan ").await;
        }
    }
}

#[tokio::test]
async fn one_signs_in_with_login_name_or_citizen_number_and_out_again() {
    for site in sites().await {
        let id = somebody(&site.app, ("陈志远", "志远.chen"), 1, None).await;
        for login in ["志远.CHEN".to_owned(), citizen_number(1).to_string()] {
            let visitor = signed_in(&site, &login).await;
            let me = site.get(&visitor, "/api/v1/me").await.json();
            assert_eq!((me["name"].as_str(), me["person"].as_str()), (Some("陈志远"), Some(id.to_string().as_str())));
            let out = site.call(&visitor, "DELETE", "/api/v1/sessions/current", json!(null)).await;
            assert_eq!(out.status, 204, "{}", site.engine);
            assert_eq!(site.get(&visitor, "/api/v1/me").await.status, 401, "{}", site.engine);
        }
        assert_eq!(site.get(&Visitor::with_token("made up"), "/api/v1/me").await.status, 401);
    }
}

#[tokio::test]
async fn a_session_ends_when_it_rests_too_long_and_in_any_case_after_a_day() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        let visitor = signed_in(&site, "zhiyuan").await;
        for _ in 0..23 {
            site.clock.hours(1);
            assert_eq!(site.get(&visitor, "/me").await.status, 200, "{}: in use", site.engine);
        }
        site.clock.hours(1);
        assert_eq!(site.get(&visitor, "/me").await.status, 303, "{}: a day is over", site.engine);
        let visitor = signed_in(&site, "zhiyuan").await;
        site.clock.hours(2);
        assert_eq!(site.get(&visitor, "/me").await.status, 303, "{}: two hours at rest", site.engine);
    }
}

#[tokio::test]
async fn a_form_without_the_pages_token_signs_nobody_in_and_an_address_elsewhere_is_not_followed() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        let mut browser = Browser::new(&site.app);
        let fields = [("login", "zhiyuan"), ("password", PASSWORD), ("next", "//evil.example/")];
        assert_eq!(browser.post_with("/login", "", &fields).await.status, 409, "{}", site.engine);
        assert_eq!(browser.get("/me").await.location, "/login?next=%2Fme");
        browser.get("/login?next=%2Fme").await;
        let entered = browser.post("/login", &fields).await;
        assert_eq!((entered.status, entered.location.as_str()), (303, "/me"), "{}", site.engine);
        assert!(browser.get("/me").await.body.contains("陈志远"), "{}", site.engine);
        assert_eq!(browser.post_with("/logout", "forged", &[]).await.status, 409, "{}", site.engine);
        assert_eq!(browser.get("/me").await.status, 200, "{}: nobody else signs one out", site.engine);
        browser.post("/logout", &[]).await;
        assert_eq!(browser.get("/me").await.status, 303, "{}", site.engine);
    }
}

/// The same site, reached by https.
fn on_https(app: &App) -> App {
    testkit::altered(app, &[&AREA], super::own(&app.db), |it| {
        (it.site.demo, it.site.address) = (false, "https://zwfw.example.gov.cn".to_owned());
    })
}

#[tokio::test]
async fn on_https_every_cookie_is_for_this_host_alone_and_a_password_is_taken_as_it_was_typed() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        let mut browser = Browser::new(&on_https(&site.app));
        browser.get("/login").await;
        let spaced = format!("{PASSWORD} ");
        let wrong = browser.post("/login", &[("login", "zhiyuan"), ("password", &spaced)]).await;
        assert_eq!(wrong.status, 422, "{}", site.engine);
        let inside = browser.post("/login", &[("login", "zhiyuan"), ("password", PASSWORD)]).await;
        assert_eq!(inside.status, 303, "{}: {}", site.engine, inside.body);
        assert!(browser.cookies.keys().all(|it| it.starts_with("__Host-")), "{:?}", browser.cookies.keys());
        assert_eq!(browser.get("/me").await.status, 200, "{}", site.engine);
        let token = browser.cookies.remove("__Host-yiwang_session").unwrap();
        browser.cookies.insert("yiwang_session".to_owned(), token);
        assert_eq!(browser.get("/me").await.status, 303, "{}: put in by a neighbour", site.engine);
    }
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_ends_it_there() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        somebody(&site.app, ("周晓梅", "xiaomei"), 2, None).await;
        let (phone, other) = (signed_in(&site, "zhiyuan").await, signed_in(&site, "xiaomei").await);
        let mut browser = Browser::new(&site.app);
        browser.get("/login").await;
        browser.post("/login", &[("login", "zhiyuan"), ("password", PASSWORD)]).await;
        let me = browser.get("/me").await.body;
        assert!(me.contains("Windows 电脑上的 Chrome") && me.contains("本机"), "{}", site.engine);
        assert!(me.contains("341***********") && !me.contains(citizen_number(1).as_str()), "{}", site.engine);
        assert_eq!(browser.post("/me/sessions/end-others", &[]).await.status, 303);
        assert_eq!(site.get(&phone, "/me").await.status, 303, "{}: ended", site.engine);
        assert_eq!(site.get(&other, "/me").await.status, 200, "{}: somebody else's is not", site.engine);
        assert_eq!(browser.get("/me").await.status, 200, "{}: this one goes on", site.engine);
        let (phone, wrong) =
            (signed_in(&site, "zhiyuan").await, [("old_password", "x"), ("new_password", "换一个新的好记的密码吧")]);
        browser.get("/me/password").await;
        assert_eq!(browser.post("/me/password", &wrong).await.status, 422, "{}", site.engine);
        let right = [("old_password", PASSWORD), ("new_password", "换一个新的好记的密码吧")];
        assert_eq!(browser.post("/me/password", &right).await.status, 303, "{}", site.engine);
        assert_eq!(site.get(&phone, "/me").await.status, 303, "{}: a new password ends other sessions", site.engine);
        assert_eq!(try_in(&site, "zhiyuan", PASSWORD).await.status, 422, "{}", site.engine);
        assert_eq!(try_in(&site, "zhiyuan", "换一个新的好记的密码吧").await.status, 201, "{}", site.engine);
    }
}

#[tokio::test]
async fn made_up_people_enter_by_one_click_in_a_demo_site_and_nowhere_else() {
    for site in sites().await {
        let made_up = somebody(&site.app, ("李桂兰", "guilan"), 1, Some("退休老人，78 岁")).await.to_string();
        let real = somebody(&site.app, ("陈志远", "zhiyuan"), 2, None).await.to_string();
        let mut browser = Browser::new(&site.app);
        let page = browser.get("/login").await.body;
        assert!(page.contains("演示账号") && page.contains("李桂兰") && page.contains("退休老人，78 岁"));
        assert!(!page.contains("陈志远"), "{}: nobody real is listed", site.engine);
        assert_eq!(browser.post("/login/demo", &[("person", &real)]).await.status, 404, "{}", site.engine);
        assert_eq!(browser.post("/login/demo", &[("person", &made_up)]).await.location, "/me", "{}", site.engine);
        assert!(browser.get("/me").await.body.contains("李桂兰"), "{}", site.engine);
        let mut earnest = Browser::new(&in_earnest(&site.app));
        earnest.cookies.clone_from(&browser.cookies);
        assert_eq!(earnest.get("/me").await.status, 303, "{}: a session of a made-up person is none", site.engine);
        assert!(!earnest.get("/login").await.body.contains("李桂兰"), "{}", site.engine);
        assert_eq!(earnest.post("/login/demo", &[("person", &made_up)]).await.status, 404, "{}", site.engine);
    }
}

#[tokio::test]
async fn the_first_administrator_signs_up_once_with_a_code_that_works_for_a_day() {
    for site in sites().await {
        let ctx = site.app.system("init");
        let old = first_administrator(&ctx, &site.app).await.unwrap();
        site.clock.hours(25);
        let ctx = site.app.system("init");
        let late = first_administrator(&ctx, &site.app).await.unwrap();
        let code = first_administrator(&ctx, &site.app).await.unwrap();
        let number = citizen_number(3).to_string();
        let fields = |code| {
            [
                ("code", code),
                ("name", "丁一"),
                ("citizen_number", number.as_str()),
                ("mobile", "13900000099"),
                ("login", "dingyi"),
                ("password", PASSWORD),
            ]
        };
        let mut browser = Browser::new(&site.app);
        browser.get("/first").await;
        for wrong in ["", "AAAA-AAAA-AAAA-AAAA", old.as_str(), late.as_str()] {
            assert_eq!(browser.post("/first", &fields(wrong)).await.status, 422, "{}: {wrong}", site.engine);
        }
        let spoken = code.to_lowercase().replace('-', " ");
        assert_eq!(browser.post("/first", &fields(&spoken)).await.location, "/login", "{}", site.engine);
        assert_eq!(browser.post("/first", &fields(&code)).await.status, 422, "{}: used", site.engine);
        super::factors::enrolled(&site, &mut browser, "dingyi").await;
        assert_eq!(browser.get("/desk/people").await.status, 200, "{}", site.engine);
        assert!(first_administrator(&ctx, &site.app).await.is_err(), "{}: there is one", site.engine);
        assert!(first_administrator(&site.ctx(&site.anonymous()), &site.app).await.is_err());
    }
}

#[tokio::test]
async fn one_acts_for_an_enterprise_visibly_and_only_if_one_may() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let haitao = somebody(app, ("吴海涛", "haitao"), 1, None).await;
        somebody(app, ("陈志远", "zhiyuan"), 2, None).await;
        let firm = NewEnterprise {
            uscc: "91341600MA0000007C".to_owned(),
            name: "亳州演示药都文旅有限公司".to_owned(),
            representative: Some(haitao),
            address: String::new(),
        };
        let id = create_enterprise(&ctx, &app.db, &firm).await.unwrap().to_string();
        assert!(create_enterprise(&ctx, &app.db, &firm).await.is_err(), "{}: known already", site.engine);
        let (haitao, other) = (signed_in(&site, "haitao").await, signed_in(&site, "zhiyuan").await);
        let mandates = site.get(&haitao, "/api/v1/me/mandates").await.json();
        assert_eq!(mandates[0]["principal"], id.as_str(), "{}", site.engine);
        let mandate = mandates[0]["mandate"].as_str().unwrap();
        assert_eq!(site.post(&other, "/me/acting", &[("mandate", mandate)]).await.status, 409, "{}", site.engine);
        assert_eq!(site.post(&haitao, "/me/acting", &[("mandate", mandate)]).await.status, 303, "{}", site.engine);
        assert_eq!(site.get(&haitao, "/api/v1/me").await.json()["acting_for"].as_str(), Some(id.as_str()));
        let seen = site.get(&haitao, "/me").await.body;
        assert!(seen.contains("现在代 <strong>亳州演示药都文旅有限公司</strong> 办事"), "{}", site.engine);
        assert_eq!(site.post(&haitao, "/me/acting", &[("mandate", "")]).await.status, 303, "{}", site.engine);
        assert!(site.get(&haitao, "/api/v1/me").await.json()["acting_for"].is_null(), "{}", site.engine);
    }
}

#[test]
fn every_route_is_asked_for_by_somebody() {
    let open: Vec<_> =
        (AREA.routes)().table().iter().filter(|it| it.access == webkit::Access::Public).cloned().collect();
    let changing: Vec<_> = open.iter().filter(|it| it.method != "GET").map(|it| it.path.as_str()).collect();
    let own: Vec<_> = changing.iter().filter(|it| !it.starts_with("/oauth/")).copied().collect();
    let open = [
        "/login",
        "/login/demo",
        "/logout",
        "/first",
        "/logout/everywhere",
        // What counts there is the provider's signed token alone.
        "/login/at/{id}/logout",
        "/login/new/cancel",
        "/login/code",
        "/login/code/send",
        "/forgot",
        "/forgot/code",
        "/register",
        "/login/factor",
        "/login/factor/options",
        "/login/factor/passkey",
        "/login/enrol/totp",
        "/login/enrol/totp/confirm",
        "/login/enrol/options",
        "/login/enrol/passkey",
        "/login/passkey/options",
        "/login/passkey",
        "/login/qr",
        "/api/v1/sessions",
    ];
    assert_eq!(own, open, "what anybody may send");
    let protocol = ["authorize", "logout", "par", "token", "userinfo", "introspect", "revoke"];
    let protocol: Vec<_> = protocol.iter().map(|it| format!("/oauth/{it}")).collect();
    let asked: Vec<_> = changing.into_iter().filter(|it| it.starts_with("/oauth/")).collect();
    assert_eq!(asked, protocol, "these ask for a client, a code or a token themselves");
}

#[tokio::test]
async fn a_session_that_the_browser_still_holds_ends_when_somebody_signs_in_there_anew() {
    for site in sites().await {
        let engine = site.engine;
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        somebody(&site.app, ("周晓梅", "xiaomei"), 2, None).await;
        let (mut browser, mut elsewhere) = (Browser::new(&site.app), Browser::new(&site.app));
        super::openid::sign_in(&mut elsewhere, "zhiyuan").await;
        super::openid::sign_in(&mut browser, "zhiyuan").await;
        let mut thief = Browser::new(&site.app);
        for login in ["zhiyuan", "xiaomei"] {
            thief.cookies = browser.cookies.clone();
            browser.get("/login?again=yes").await;
            browser.post("/login", &[("login", login), ("password", "不是这个密码")]).await;
            assert_eq!(thief.get("/me").await.status, 200, "{engine}: a try that fails ends nothing");
            browser.get("/login?again=yes").await;
            let done = browser.post("/login", &[("login", login), ("password", PASSWORD)]).await;
            assert_eq!(done.status, 303, "{engine}: {}", done.body);
            assert_ne!(thief.cookies["yiwang_session"], browser.cookies["yiwang_session"], "{engine}");
            assert_eq!(thief.get("/me").await.status, 303, "{engine}: {login}: the token of before is good no more");
            assert_eq!(browser.get("/me").await.status, 200, "{engine}");
        }
        assert_eq!(elsewhere.get("/me").await.status, 200, "{engine}: other browsers are not concerned");
    }
}
