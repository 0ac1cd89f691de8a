//! Codes by telephone: sent, proven once, and telling nobody who has an account.

use kernel::Error;
use testkit::Site;

use super::{PASSWORD, browser::Browser, in_earnest, person, signed_in, sites, somebody};
use crate::{
    CodeClaim, CodePurpose, Recipient, code_used, create_person,
    model::code::{CODE_TRIES, TO_FROM_ADDRESS},
    outgoing, prove_code, send_code,
};

const HOME: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));

fn mobile(n: u32) -> Recipient {
    Recipient::parse(&format!("139000000{n:02}")).unwrap()
}

/// The latest code in the box of a demo site.
pub(crate) async fn latest_code(site: &Site) -> String {
    let shown = site.get(&site.anonymous(), "/demo/messages").await.body;
    shown.split("验证码 ").nth(1).map_or_else(String::new, |it| it[..6].to_owned())
}

#[tokio::test]
async fn a_code_proves_one_thing_of_one_number_for_five_minutes_and_once() {
    for site in sites().await {
        let (app, to) = (&site.app, mobile(1));
        let ctx = app.system("test");
        let handle = send_code(&ctx, app, CodePurpose::Register, (&to, true), HOME).await.unwrap();
        let code = latest_code(&site).await;
        let claim = CodeClaim { purpose: CodePurpose::Register, handle: &handle, code: &code };
        let other = CodeClaim { purpose: CodePurpose::Forgot, ..claim };
        assert!(prove_code(&ctx, app, other, &to).await.is_err(), "{}: for something else", site.engine);
        assert!(prove_code(&ctx, app, claim, &mobile(2)).await.is_err(), "{}: of another number", site.engine);
        assert!(prove_code(&ctx, app, CodeClaim { handle: "x", ..claim }, &to).await.is_err(), "{}", site.engine);
        let newer = send_code(&ctx, app, CodePurpose::Register, (&to, true), HOME).await.unwrap();
        assert_ne!(newer, handle, "{}: and does not end the older one", site.engine);
        prove_code(&ctx, app, claim, &to).await.unwrap();
        let use_it = async || {
            let mut unit = storage::Unit::new(&ctx);
            code_used(&mut unit, app, claim);
            app.db.commit(unit).await.unwrap()
        };
        assert!(matches!(use_it().await, storage::Commit::Done), "{}", site.engine);
        assert!(matches!(use_it().await, storage::Commit::Lost { guard: crate::CODE_GUARD }), "{}: once", site.engine);
        assert!(prove_code(&ctx, app, claim, &to).await.is_err(), "{}: once", site.engine);
        let late = CodeClaim { handle: &newer, code: &latest_code(&site).await, ..claim };
        site.clock.seconds(300);
        assert!(prove_code(&app.system("test"), app, late, &to).await.is_err(), "{}: too late", site.engine);
    }
}

#[tokio::test]
async fn a_code_typed_wrongly_five_times_is_none_and_a_number_does_not_ring_for_ever() {
    for site in sites().await {
        let (app, to, ctx) = (&site.app, mobile(1), site.app.system("test"));
        let handle = send_code(&ctx, app, CodePurpose::Register, (&to, true), HOME).await.unwrap();
        let code = latest_code(&site).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let claim = CodeClaim { purpose: CodePurpose::Register, handle: &handle, code: wrong };
        for _ in 0..CODE_TRIES {
            assert!(matches!(prove_code(&ctx, app, claim, &to).await, Err(Error::Invalid(_))), "{}", site.engine);
        }
        assert!(prove_code(&ctx, app, CodeClaim { code: &code, ..claim }, &to).await.is_err(), "{}", site.engine);
        for _ in 1..TO_FROM_ADDRESS.tries {
            send_code(&ctx, app, CodePurpose::Register, (&to, true), HOME).await.unwrap();
        }
        let more = async |from| send_code(&ctx, app, CodePurpose::Register, (&to, true), from).await;
        assert!(matches!(more(HOME).await, Err(Error::TooMany { .. })), "{}", site.engine);
        assert!(more("198.51.100.7".parse().unwrap()).await.is_ok(), "{}: its owner is elsewhere", site.engine);
    }
}

#[tokio::test]
async fn a_real_site_without_a_gateway_says_so_and_shows_no_box() {
    for site in sites().await {
        let app = in_earnest(&site.app);
        let mut browser = Browser::new(&app);
        browser.get("/login/code").await;
        let told = browser.post("/login/code/send", &[("to", "13900000001")]).await;
        assert_eq!(told.status, 422, "{}", site.engine);
        assert!(told.body.contains("还没有开通短信服务"), "{}", site.engine);
        assert_eq!(browser.get("/demo/messages").await.status, 404, "{}", site.engine);
    }
}

#[tokio::test]
async fn a_message_leaves_with_its_words_once_a_gateway_is_there_and_not_after_its_time() {
    for site in super::sites_with_means().await {
        let app = in_earnest(&site.app);
        let ctx = app.system("test");
        send_code(&ctx, &app, CodePurpose::Register, (&mobile(1), false), HOME).await.unwrap();
        send_code(&ctx, &app, CodePurpose::Register, (&mobile(2), true), HOME).await.unwrap();
        let waiting = journal::outbox::waiting(&app.db).await.unwrap();
        assert_eq!((waiting.len(), waiting[0].messages), (1, 1), "{}: nobody's is not sent", site.engine);
        let body = super::outbox_body(&app).await;
        assert!(!body.contains("139"), "{}: {body}", site.engine);
        let message = outgoing(&ctx, &app, &body).await.unwrap().unwrap();
        assert_eq!(message.to.address(), "13900000002");
        assert!(message.text.starts_with("【试验市政务服务网】验证码 "), "{}", message.text);
        site.clock.seconds(360);
        assert!(outgoing(&app.system("test"), &app, &body).await.unwrap().is_none(), "{}", site.engine);
        site.clock.hours(2);
        crate::service::messages::sweep(&app, &app.system("test")).await.unwrap();
        assert!(
            app.vault.open(&format!("message:{}", message.id), "body").await.is_err(),
            "{}: destroyed",
            site.engine
        );
    }
}

#[tokio::test]
async fn who_is_known_by_a_number_enters_with_a_code_and_nobody_learns_who_is_known() {
    for site in sites().await {
        let id = somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        create_person(&site.app.system("test"), &site.app, &person("无账号", 5)).await.unwrap();
        let mut browser = Browser::new(&site.app);
        browser.get("/login/code").await;
        assert_eq!(browser.post("/login/code/send", &[("to", "12345")]).await.status, 422, "{}", site.engine);
        let mut shown = Vec::new();
        for number in ["13900000001", "13900000005", "13900000077"] {
            let page = browser.post("/login/code/send", &[("to", number)]).await;
            let handle = page.body.split("name=\"handle\" value=\"").nth(1).unwrap()[..32].to_owned();
            shown.push((page.status, page.body.replace(&handle, "H").replace(&number[7..], "N").len(), handle));
        }
        assert!(shown.iter().all(|it| (it.0, it.1) == (200, shown[0].1)), "{}: {shown:?}", site.engine);
        let code = latest_code(&site).await;
        let fields = |handle: usize, code| {
            [("to", "13900000001"), ("handle", shown[handle].2.as_str()), ("code", code), ("next", "/me")]
        };
        assert_eq!(browser.post("/login/code", &fields(1, &code)).await.status, 422, "{}", site.engine);
        let entered = browser.post("/login/code", &fields(0, &code)).await;
        assert_eq!((entered.status, entered.location.as_str()), (303, "/me"), "{}", site.engine);
        assert!(browser.get("/me").await.body.contains("陈志远"), "{} {id}", site.engine);
    }
}

#[tokio::test]
async fn a_family_that_shares_a_number_is_asked_who_it_is() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        somebody(app, ("李桂兰", "guilan"), 1, None).await;
        let child = crate::NewPerson { mobile: "13900000001".to_owned(), ..person("周晓梅", 2) };
        let child = create_person(&ctx, app, &child).await.unwrap();
        let account = crate::NewAccount { login: "xiaomei".to_owned(), password: PASSWORD.to_owned(), demo: None };
        crate::create_account(&ctx, app, child, &account).await.unwrap();
        let stranger = somebody(app, ("陈志远", "zhiyuan"), 3, None).await.to_string();
        let mut browser = Browser::new(app);
        browser.get("/login/code").await;
        let page = browser.post("/login/code/send", &[("to", "13900000001")]).await.body;
        let handle = page.split("name=\"handle\" value=\"").nth(1).unwrap()[..32].to_owned();
        let code = latest_code(&site).await;
        let fields =
            |person| [("to", "13900000001"), ("handle", handle.as_str()), ("code", code.as_str()), ("person", person)];
        let asked = browser.post("/login/code", &fields("")).await;
        assert!(asked.body.contains("*桂兰") && asked.body.contains("*晓梅"), "{}: {}", site.engine, asked.body);
        assert_eq!(browser.post("/login/code", &fields(&stranger)).await.status, 422, "{}", site.engine);
        assert_eq!(browser.post("/login/code", &fields(&child.to_string())).await.status, 303, "{}", site.engine);
        assert!(browser.get("/me").await.body.contains("周晓梅"), "{}", site.engine);
    }
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_who_has_the_number_and_every_session_ends() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        let session = signed_in(&site, "zhiyuan").await;
        let mut browser = Browser::new(&site.app);
        browser.get("/forgot").await;
        let mut sizes = Vec::new();
        let mut handles = Vec::new();
        for (login, number) in [("zhiyuan", "13900000001"), ("zhiyuan", "13900000002"), ("nobodyx", "13900000001")] {
            let page = browser.post("/forgot/code", &[("login", login), ("to", number)]).await;
            let handle = page.body.split("name=\"handle\" value=\"").nth(1).unwrap()[..32].to_owned();
            sizes.push((page.status, page.body.len()));
            handles.push(handle);
        }
        assert!(sizes.iter().all(|it| *it == sizes[0]), "{}: {sizes:?}", site.engine);
        let shown = site.get(&site.anonymous(), "/demo/messages").await.body;
        assert_eq!(shown.matches("验证码 ").count(), 1, "{}: only the owner is sent one", site.engine);
        let code = latest_code(&site).await;
        let fields = |handle: usize, code, password| {
            [
                ("login", "zhiyuan"),
                ("to", "13900000001"),
                ("handle", handles[handle].as_str()),
                ("code", code),
                ("new_password", password),
            ]
        };
        let new = "换一个新的好记的密码吧";
        assert_eq!(browser.post("/forgot", &fields(2, &code, new)).await.status, 422, "{}", site.engine);
        assert_eq!(browser.post("/forgot", &fields(0, &code, "short")).await.status, 422, "{}", site.engine);
        assert_eq!(browser.post("/forgot", &fields(0, &code, new)).await.location, "/login", "{}", site.engine);
        assert_eq!(browser.post("/forgot", &fields(0, &code, new)).await.status, 422, "{}: once", site.engine);
        assert_eq!(site.get(&session, "/me").await.status, 303, "{}: ended", site.engine);
        let body = serde_json::json!({ "login": "zhiyuan", "password": new });
        assert_eq!(site.call(&site.anonymous(), "POST", "/api/v1/sessions", body).await.status, 201, "{}", site.engine);
        let told = site.get(&site.anonymous(), "/demo/messages").await.body;
        assert!(told.contains("您的密码已经重设"), "{}: the owner is told", site.engine);
    }
}
