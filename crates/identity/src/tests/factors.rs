//! Second factors: whoever holds a post has one, they work once, and proofs grow old.

use kernel::{Id, Person};
use serde_json::json;
use testkit::Site;
use totp_rs::{Algorithm, Builder, Secret};

use super::{PASSWORD, browser::Browser, citizen_number, codes::latest_code, signed_in, sites, somebody};
use crate::{NewPost, grant_post};

/// What an app shows just now.
pub(crate) fn shown_by_app(site: &Site, spoken: &str) -> String {
    let secret = Secret::try_from_base32(spoken.replace(' ', "")).unwrap();
    let seconds = kernel::Clock::now(site.clock.as_ref()).micros() / 1_000_000;
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(1).with_step_duration(30);
    let token = builder.with_secret(secret).build().unwrap().generate(u64::try_from(seconds).unwrap());
    token.to_string()
}

/// What stands in a page between these.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    page.split(before).nth(1).and_then(|it| it.split(after).next()).unwrap_or_else(|| panic!("no {before} in {page}"))
}

/// Recovery codes that a page shows.
fn codes(page: &str) -> Vec<String> {
    page.split("<li class=\"code\">").skip(1).map(|it| it.split('<').next().unwrap().to_owned()).collect()
}

/// Somebody who holds a post, and a browser at the door.
async fn officer(site: &Site, post: &str, n: u32) -> (Id<Person>, Browser) {
    let login = format!("officer{n}");
    let id = somebody(&site.app, ("孙静", &login), n, None).await;
    grant_post(&site.app.system("test"), &site.app, &NewPost::from_today(id, post, None)).await.unwrap();
    let mut browser = Browser::new(&site.app);
    browser.get("/login").await;
    (id, browser)
}

async fn by_password(browser: &mut Browser, login: &str) -> String {
    browser.get("/login").await;
    browser.post("/login", &[("login", login), ("password", PASSWORD), ("next", "/me")]).await.location
}

/// Sets an app up on the way in; gives its secret and the recovery codes.
pub(crate) async fn enrolled(site: &Site, browser: &mut Browser, login: &str) -> (String, Vec<String>) {
    assert_eq!(by_password(browser, login).await, "/login/enrol?next=%2Fme", "{}", site.engine);
    browser.get("/login/enrol?next=/me").await;
    let page = browser.post("/login/enrol/totp", &[("next", "/me")]).await.body;
    let (spoken, ceremony) =
        (between(&page, "<p class=\"code\">", "<"), between(&page, "name=\"ceremony\" value=\"", "\""));
    let wrong = browser.post("/login/enrol/totp/confirm", &[("ceremony", ceremony), ("code", "000000")]).await;
    assert!(wrong.status == 422 && wrong.body.contains(spoken), "{}: the same app may try again", site.engine);
    let code = shown_by_app(site, spoken);
    let done = browser.post("/login/enrol/totp/confirm", &[("ceremony", ceremony), ("code", &code)]).await;
    assert_eq!((done.status, codes(&done.body).len()), (200, 10), "{}: {}", site.engine, done.body);
    (spoken.to_owned(), codes(&done.body))
}

#[tokio::test]
async fn whoever_holds_a_post_sets_a_second_factor_up_before_anything_else_works() {
    for site in sites().await {
        let (_, mut browser) = officer(&site, "worker", 1).await;
        let body = json!({ "login": "officer1", "password": PASSWORD });
        let refused = site.call(&site.anonymous(), "POST", "/api/v1/sessions", body).await;
        assert_eq!(refused.status, 409, "{}: {}", site.engine, refused.body);
        by_password(&mut browser, "officer1").await;
        for path in ["/me", "/me/factors", "/api/v1/me"] {
            let status = browser.get(path).await.status;
            assert!(matches!(status, 303 | 401), "{}: {path} {status}", site.engine);
        }
        assert_eq!(browser.get("/login/factor").await.status, 200, "{}", site.engine);
        browser.get("/login/enrol").await;
        let early = browser.post("/login/factor", &[("code", "000000")]).await;
        assert_eq!(early.status, 422, "{}: there is none to show", site.engine);
        enrolled(&site, &mut browser, "officer1").await;
        assert_eq!(browser.get("/me").await.status, 200, "{}", site.engine);
        assert!(browser.get("/me/factors").await.body.contains("还有 10 个没有用过"), "{}", site.engine);
    }
}

#[tokio::test]
async fn an_apps_code_and_a_code_of_paper_are_good_once_and_wrong_ones_are_counted() {
    for site in sites().await {
        let (_, mut browser) = officer(&site, "worker", 1).await;
        let (spoken, paper) = enrolled(&site, &mut browser, "officer1").await;
        let mut other = Browser::new(&site.app);
        assert_eq!(by_password(&mut other, "officer1").await, "/login/factor?next=%2Fme", "{}", site.engine);
        assert_eq!(other.get("/me").await.status, 303, "{}: no session yet", site.engine);
        other.get("/login/factor").await;
        let used = shown_by_app(&site, &spoken);
        for wrong in ["", "123", "ABCDE-FGHJK", used.as_str()] {
            assert_eq!(other.post("/login/factor", &[("code", wrong)]).await.status, 422, "{}: {wrong}", site.engine);
        }
        site.clock.seconds(30);
        let code = shown_by_app(&site, &spoken);
        assert_eq!(
            other.post("/login/factor", &[("code", &code), ("next", "/me")]).await.status,
            303,
            "{}",
            site.engine
        );
        assert_eq!(other.get("/me").await.status, 200, "{}", site.engine);
        let api = async |code: &str| {
            let body = json!({ "login": "officer1", "password": PASSWORD, "code": code });
            site.call(&site.anonymous(), "POST", "/api/v1/sessions", body).await.status
        };
        assert_eq!(api("").await, 422, "{}", site.engine);
        assert_eq!(api(&paper[0].to_lowercase()).await, 201, "{}", site.engine);
        assert_eq!(api(&paper[0]).await, 422, "{}: once", site.engine);
        for _ in 0..9 {
            api("ABCDE-FGHJK").await;
        }
        assert_eq!(api(&paper[1]).await, 429, "{}: too many wrong ones", site.engine);
    }
}

#[tokio::test]
async fn who_is_given_a_post_signs_in_anew_and_a_made_up_person_of_a_demo_need_not() {
    for site in sites().await {
        let ctx = site.app.system("test");
        let id = somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        let made_up = somebody(&site.app, ("李桂兰", "guilan"), 2, Some("窗口")).await;
        let (real, demo) = (signed_in(&site, "zhiyuan").await, signed_in(&site, "guilan").await);
        for id in [id, made_up] {
            grant_post(&ctx, &site.app, &NewPost::from_today(id, "worker", None)).await.unwrap();
        }
        assert_eq!(site.get(&real, "/api/v1/me").await.status, 401, "{}", site.engine);
        assert_eq!(site.get(&demo, "/api/v1/me").await.status, 200, "{}", site.engine);
        signed_in(&site, "guilan").await;
    }
}

#[tokio::test]
async fn the_last_factor_of_an_officer_stays_and_who_holds_no_post_may_remove_it_with_its_codes() {
    for site in sites().await {
        let (_, mut browser) = officer(&site, "worker", 1).await;
        enrolled(&site, &mut browser, "officer1").await;
        let page = browser.get("/me/factors").await.body;
        let id = between(&page, "name=\"id\" value=\"", "\"").to_owned();
        let kept = browser.post("/me/factors/remove", &[("id", &id)]).await;
        assert!(kept.status == 422 && kept.body.contains("至少要留一种"), "{}", site.engine);
        somebody(&site.app, ("陈志远", "zhiyuan"), 2, None).await;
        let mut citizen = Browser::new(&site.app);
        citizen.get("/login").await;
        citizen.post("/login", &[("login", "zhiyuan"), ("password", PASSWORD)]).await;
        citizen.get("/me/factors").await;
        assert_eq!(citizen.post("/me/factors/remove", &[("id", &id)]).await.status, 404, "{}: another's", site.engine);
        citizen.get("/me/factors").await;
        assert_eq!(citizen.post("/me/factors/recovery", &[]).await.status, 422, "{}: for nothing", site.engine);
        let page = citizen.post("/me/factors/totp", &[]).await.body;
        let (spoken, ceremony) =
            (between(&page, "<p class=\"code\">", "<"), between(&page, "name=\"ceremony\" value=\"", "\""));
        let code = shown_by_app(&site, spoken);
        let done = citizen.post("/me/factors/totp/confirm", &[("ceremony", ceremony), ("code", &code)]).await;
        assert_eq!(codes(&done.body).len(), 10, "{}", site.engine);
        let again = citizen.post("/me/factors/totp/confirm", &[("ceremony", ceremony), ("code", &code)]).await;
        assert_ne!(again.status, 200, "{}: asked and answered", site.engine);
        let page = citizen.get("/me/factors").await.body;
        let id = between(&page, "name=\"id\" value=\"", "\"").to_owned();
        assert_eq!(citizen.post("/me/factors/remove", &[("id", &id)]).await.status, 303, "{}", site.engine);
        let page = citizen.get("/me/factors").await.body;
        assert!(!page.contains("没有用过"), "{}: and the codes with it", site.engine);
        signed_in(&site, "zhiyuan").await;
    }
}

#[tokio::test]
async fn an_administrator_takes_a_colleagues_factors_away_with_a_reason_and_not_beyond_the_own_branch() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let (id, mut worker) = officer(&site, "worker", 1).await;
        enrolled(&site, &mut worker, "officer1").await;
        let (_, mut admin) = officer(&site, "admin", 2).await;
        enrolled(&site, &mut admin, "officer2").await;
        let office = super::facts("亳州市市场监督管理局", "11341600000000027K");
        let office = crate::create_authority(&ctx, &app.db, &office).await.unwrap();
        let branch = somebody(app, ("分局", "officer3"), 3, Some("管理")).await;
        grant_post(&ctx, app, &NewPost::from_today(branch, "admin", Some(office))).await.unwrap();
        let place = format!("/desk/people/{id}/factors");
        let branch = signed_in(&site, "officer3").await;
        assert_eq!(site.get(&branch, &place).await.status, 403, "{}", site.engine);
        assert_eq!(site.post(&branch, &place, &[("reason", "丢了")]).await.status, 403, "{}", site.engine);
        assert!(admin.get(&place).await.body.contains("动态验证码、恢复码"), "{}", site.engine);
        assert_eq!(admin.post(&place, &[("reason", "")]).await.status, 422, "{}", site.engine);
        assert_eq!(admin.post(&place, &[("reason", "手机丢失，已当面核实")]).await.status, 303, "{}", site.engine);
        assert_eq!(worker.get("/me").await.status, 303, "{}: signed out", site.engine);
        let told = site.get(&site.anonymous(), "/demo/messages").await.body;
        assert!(told.contains("管理员已重置您的两步验证"), "{}", site.engine);
        enrolled(&site, &mut worker, "officer1").await;
    }
}

#[tokio::test]
async fn a_proof_grows_old_and_what_was_typed_waits_until_it_is_renewed() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let admin = somebody(app, ("丁一", "dingyi"), 1, Some("管理员")).await;
        grant_post(&ctx, app, &NewPost::from_today(admin, "admin", None)).await.unwrap();
        let other = somebody(app, ("孙静", "sunjing"), 2, Some("窗口")).await;
        let mut browser = Browser::new(app);
        browser.get("/login").await;
        browser.post("/login", &[("login", "dingyi"), ("password", PASSWORD)]).await;
        let api = signed_in(&site, "dingyi").await;
        let post = grant_post(&ctx, app, &NewPost::from_today(other, "worker", None)).await.unwrap().to_string();
        let place = format!("/desk/people/{other}");
        for _ in 0..2 {
            site.clock.seconds(16 * 60);
            browser.get(&place).await;
            site.get(&api, "/api/v1/me").await;
        }
        let end = format!("{place}/posts/end");
        let fields = [("post", post.as_str()), ("note", "<写过的>")];
        let asked = browser.post(&end, &fields).await;
        assert_eq!(asked.status, 403, "{}: {}", site.engine, asked.body);
        let kept = format!("name=\"kept:post\" value=\"{post}\"");
        for words in ["请确认是您本人", "管理人员岗位", kept.as_str(), "&#60;写过的&#62;"] {
            assert!(asked.body.contains(words), "{}: {words}: {}", site.engine, asked.body);
        }
        let proof = |password| {
            [("to", end.as_str()), ("action", "管理人员岗位"), ("password", password), ("kept:post", post.as_str())]
        };
        let wrong = browser.post("/prove", &proof("不是这个密码呀呀")).await;
        assert!(wrong.status == 422 && wrong.body.contains(&kept), "{}", site.engine);
        assert_eq!(browser.post("/prove", &[("to", "//evil.example/"), ("password", PASSWORD)]).await.location, "/me");
        let proven = browser.post("/prove", &proof(PASSWORD)).await;
        assert!(proven.status == 200 && proven.body.contains("data-submit"), "{}: {}", site.engine, proven.body);
        assert!(!proven.body.contains(PASSWORD), "{}", site.engine);
        assert_eq!(browser.post(&end, &fields).await.status, 303, "{}", site.engine);
        let firm = json!({ "password": "不是这个密码呀呀" });
        let wrong = site.call(&api, "POST", "/api/v1/sessions/current/proof", firm).await;
        assert_eq!(wrong.status, 422, "{}", site.engine);
        let right = site.call(&api, "POST", "/api/v1/sessions/current/proof", json!({ "password": PASSWORD })).await;
        assert_eq!(right.status, 204, "{}", site.engine);
    }
}

#[tokio::test]
async fn a_new_device_is_told_to_the_owner_and_a_known_one_is_not() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        let enter = async |browser: &mut Browser| {
            browser.get("/login").await;
            browser.post("/login", &[("login", "zhiyuan"), ("password", PASSWORD)]).await;
        };
        let told = async || site.get(&site.anonymous(), "/demo/messages").await.body.matches("新设备").count();
        let (mut home, mut away) = (Browser::new(&site.app), Browser::new(&site.app));
        enter(&mut home).await;
        assert_eq!(told().await, 0, "{}: the first is not new", site.engine);
        home.post("/logout", &[]).await;
        enter(&mut home).await;
        assert_eq!(told().await, 0, "{}: known", site.engine);
        enter(&mut away).await;
        assert_eq!(told().await, 1, "{}", site.engine);
        assert!(home.get("/me").await.body.contains("新设备"), "{}: on the page too", site.engine);
        assert!(latest_code(&site).await.is_empty());
        assert!(!site.get(&site.anonymous(), "/demo/messages").await.body.contains(citizen_number(1).as_str()));
    }
}
