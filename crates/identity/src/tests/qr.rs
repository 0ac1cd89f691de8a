//! Signing in at a desk by a telephone that is signed in.

use testkit::Site;

use super::{PASSWORD, browser::Browser, sites, somebody};

/// A telephone that is signed in.
async fn phone(site: &Site, login: &str) -> Browser {
    let mut phone = Browser::new(&site.app);
    phone.get("/login").await;
    phone.post("/login", &[("login", login), ("password", PASSWORD)]).await;
    phone
}

/// A desk that shows a square code, and what the code says.
async fn desk(site: &Site) -> (Browser, String) {
    let mut desk = Browser::new(&site.app);
    let page = desk.get("/login/qr?next=/me/password").await.body;
    let code = page.split("name=\"code\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    (desk, code)
}

#[tokio::test]
async fn a_desk_goes_in_once_its_own_code_was_agreed_to_and_nobody_else_does() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        let mut phone = phone(&site, "zhiyuan").await;
        let ((mut desk, code), (mut other, _)) = (desk(&site).await, desk(&site).await);
        let place = format!("/qr/{code}");
        assert_eq!(other.get(&place).await.location, format!("/login?next=%2Fqr%2F{code}"), "{}", site.engine);
        let fields = [("code", code.as_str()), ("next", "/me/password")];
        let early = desk.post("/login/qr", &fields).await;
        assert!(early.status == 200 && early.body.contains("手机上还没有同意"), "{}", site.engine);
        assert_eq!(desk.get("/login/qr/state").await.body, "waiting", "{}", site.engine);
        let asked = phone.get(&place).await.body;
        assert!(asked.contains("Windows 电脑上的 Chrome") && asked.contains("骗局"), "{}", site.engine);
        assert_eq!(phone.post_with(&place, "forged", &[("decision", "agree")]).await.status, 409, "{}", site.engine);
        assert_eq!(phone.post(&place, &[("decision", "agree")]).await.status, 303, "{}", site.engine);
        phone.get("/me").await;
        assert_eq!(phone.post(&place, &[("decision", "agree")]).await.status, 409, "{}: once", site.engine);
        other.get("/login/qr").await;
        assert_ne!(other.post("/login/qr", &fields).await.location, "/me/password", "{}: another browser", site.engine);
        assert_eq!(other.get("/me").await.status, 303, "{}", site.engine);
        assert_eq!(desk.get("/login/qr/state").await.body, "answered", "{}", site.engine);
        assert_eq!(desk.post("/login/qr", &fields).await.location, "/me/password", "{}", site.engine);
        assert!(desk.get("/me").await.body.contains("陈志远"), "{}", site.engine);
    }
}

#[tokio::test]
async fn a_code_that_was_refused_or_is_two_minutes_old_leads_nowhere() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, None).await;
        let mut phone = phone(&site, "zhiyuan").await;
        let (mut refused, code) = desk(&site).await;
        phone.get(&format!("/qr/{code}")).await;
        phone.post(&format!("/qr/{code}"), &[("decision", "refuse")]).await;
        assert_eq!(refused.post("/login/qr", &[("code", &code)]).await.location, "/login/qr", "{}", site.engine);
        assert_eq!(refused.get("/me").await.status, 303, "{}", site.engine);
        let (mut late, code) = desk(&site).await;
        site.clock.seconds(crate::service::qr::QR_SECONDS);
        assert_eq!(phone.get(&format!("/qr/{code}")).await.status, 409, "{}", site.engine);
        assert_eq!(late.post("/login/qr", &[("code", &code)]).await.location, "/login/qr", "{}", site.engine);
        assert_eq!(phone.get("/qr/made-up").await.status, 409, "{}", site.engine);
    }
}
