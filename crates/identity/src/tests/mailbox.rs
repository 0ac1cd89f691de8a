//! A mailbox besides the telephone: it counts once it is proven, and then opens the same doors.

use super::{PASSWORD, browser::Browser, codes::latest_code, in_earnest, signed_in, sites, sites_with_means, somebody};
use crate::{Look, Purpose, person_card};

const MAILBOX: &str = "li.guilan@example.cn";

/// What goes with the code that a page says was sent.
fn handle(page: &str) -> String {
    page.split("name=\"handle\" value=\"").nth(1).expect("a handle")[..32].to_owned()
}

/// Registers [`MAILBOX`] for whoever is signed in.
async fn register(site: &testkit::Site, who: &testkit::Visitor, mailbox: &str) {
    // The box shows the latest first, by the clock.
    site.clock.seconds(1);
    let asked = site.post(who, "/me/mailbox/code", &[("mailbox", mailbox)]).await.body;
    let (handle, code) = (handle(&asked), latest_code(site).await);
    let fields = [("mailbox", mailbox), ("handle", handle.as_str()), ("code", code.as_str())];
    assert_eq!(site.post(who, "/me/mailbox", &fields).await.location, "/me", "{}", site.engine);
}

#[tokio::test]
async fn a_mailbox_counts_once_its_code_is_typed_and_the_record_does_not_know_it() {
    for site in sites().await {
        let engine = site.engine;
        let id = somebody(&site.app, ("李桂兰", "guilan"), 1, None).await;
        let who = signed_in(&site, "guilan").await;
        for typed in ["", "guilan", "13900000001", "a@b", "a b@example.cn"] {
            let refused = site.post(&who, "/me/mailbox/code", &[("mailbox", typed)]).await;
            assert!(refused.status == 422 && refused.body.contains("邮箱的写法不对"), "{engine}: {typed}");
        }
        let asked = site.post(&who, "/me/mailbox/code", &[("mailbox", " Li.Guilan@Example.CN ")]).await.body;
        assert!(asked.contains("l***@example.cn"), "{engine}: {asked}");
        let (handle, code) = (handle(&asked), latest_code(&site).await);
        let wrong = if code == "000000" { "111111" } else { "000000" };
        for (mailbox, code) in [(MAILBOX, wrong), ("other@example.cn", code.as_str())] {
            let fields = [("mailbox", mailbox), ("handle", handle.as_str()), ("code", code)];
            assert_eq!(site.post(&who, "/me/mailbox", &fields).await.status, 422, "{engine}: {mailbox} {code}");
        }
        let card = async || {
            person_card(&site.app.system("test"), &site.app, id, (Purpose::Handling, &Look::default())).await.unwrap()
        };
        assert_eq!(card().await.mailbox, "", "{engine}: nothing yet");
        let fields = [("mailbox", MAILBOX), ("handle", handle.as_str()), ("code", code.as_str())];
        assert_eq!(site.post(&who, "/me/mailbox", &fields).await.location, "/me", "{engine}");
        assert_eq!(site.post(&who, "/me/mailbox", &fields).await.status, 422, "{engine}: once");
        assert_eq!((card().await.mailbox.as_str(), card().await.level), (MAILBOX, 0), "{engine}: and no level with it");
        assert!(site.get(&who, "/me").await.body.contains("l***@example.cn"), "{engine}");
        let told = site.get(&site.anonymous(), "/demo/messages").await.body;
        assert_eq!(told.matches("您登记的邮箱已经更换").count(), 1, "{engine}: the telephone is told");
        let last = journal::history(&site.app.db, &format!("person:{id}")).await.unwrap().pop().unwrap();
        assert_eq!(last.kind, "identity.mailbox_changed", "{engine}");
        assert!(!last.body.contains("example.cn"), "{engine}: {}", last.body);

        register(&site, &who, "new@example.cn").await;
        let told = site.get(&site.anonymous(), "/demo/messages").await.body;
        assert_eq!(told.matches("您登记的邮箱已经更换").count(), 3, "{engine}: telephone and old mailbox");
        assert_eq!(site.post(&who, "/me/mailbox/remove", &[]).await.location, "/me", "{engine}");
        assert_eq!(card().await.mailbox, "", "{engine}: none any more");
        site.clock.hours(1);
        let late = site.post(&who, "/me/mailbox/code", &[("mailbox", MAILBOX)]).await;
        assert_eq!(late.status, 403, "{engine}: an old proof will not do");
    }
}

#[tokio::test]
async fn who_has_a_mailbox_signs_in_and_recovers_by_it_and_nobody_learns_who_has() {
    for site in sites().await {
        let engine = site.engine;
        somebody(&site.app, ("李桂兰", "guilan"), 1, None).await;
        somebody(&site.app, ("陈志远", "zhiyuan"), 2, None).await;
        register(&site, &signed_in(&site, "guilan").await, MAILBOX).await;
        let mut browser = Browser::new(&site.app);
        browser.get("/login/code").await;
        site.clock.seconds(1);
        let mut shown = Vec::new();
        for mailbox in [MAILBOX, "no.body12@example.cn"] {
            let page = browser.post("/login/code/send", &[("to", mailbox)]).await;
            let handle = handle(&page.body);
            shown.push((page.status, page.body.replace(&handle, "H").replace(mailbox, "M").len(), handle));
        }
        assert_eq!((shown[0].0, shown[0].1), (shown[1].0, shown[1].1), "{engine}");
        let code = latest_code(&site).await;
        let fields = [("to", MAILBOX), ("handle", shown[0].2.as_str()), ("code", code.as_str()), ("next", "/me")];
        assert_eq!(browser.post("/login/code", &fields).await.location, "/me", "{engine}");
        assert!(browser.get("/me").await.body.contains("李桂兰"), "{engine}");

        let mut forgetful = Browser::new(&site.app);
        forgetful.get("/forgot").await;
        site.clock.seconds(1);
        let mut sizes = Vec::new();
        let mut handles = Vec::new();
        for login in ["guilan", "zhiyuan"] {
            let page = forgetful.post("/forgot/code", &[("login", login), ("to", MAILBOX)]).await;
            sizes.push((page.status, page.body.replace(MAILBOX, "M").replace(login, "L").len()));
            handles.push(handle(&page.body));
        }
        assert_eq!(sizes[0], sizes[1], "{engine}: nothing tells whose it is");
        let (code, new) = (latest_code(&site).await, "换一个新的好记的密码吧");
        let fields = |login, handle: usize| {
            let handle = handles[handle].as_str();
            [("login", login), ("to", MAILBOX), ("handle", handle), ("code", code.as_str()), ("new_password", new)]
        };
        assert_eq!(forgetful.post("/forgot", &fields("zhiyuan", 1)).await.status, 422, "{engine}: not of another's");
        assert_eq!(forgetful.post("/forgot", &fields("guilan", 0)).await.location, "/login", "{engine}");
        let sign_in = async |password| {
            let body = serde_json::json!({ "login": "guilan", "password": password });
            site.call(&site.anonymous(), "POST", "/api/v1/sessions", body).await.status
        };
        assert_eq!((sign_in(PASSWORD).await, sign_in(new).await), (422, 201), "{engine}");
        let told = site.get(&site.anonymous(), "/demo/messages").await.body;
        assert_eq!(told.matches("您的密码已经重设").count(), 2, "{engine}: by telephone and by mail");
    }
}

#[tokio::test]
async fn a_site_that_sends_no_mail_offers_no_mailbox_and_says_so_who_asks() {
    for site in sites_with_means().await {
        let app = in_earnest(&site.app);
        let mut browser = Browser::new(&app);
        let page = browser.get("/login/code").await.body;
        assert!(page.contains("手机号") && !page.contains("邮箱"), "{}", site.engine);
        let refused = browser.post("/login/code/send", &[("to", MAILBOX)]).await;
        assert!(refused.status == 422 && refused.body.contains("还没有开通邮件服务"), "{}", site.engine);
    }
}
