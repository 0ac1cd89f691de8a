//! Our own provider at a second site: two sites of this program, each through its real router.

use std::sync::Arc;

use async_trait::async_trait;
use http_body_util::BodyExt;
use kernel::{Error, Result};
use tower::ServiceExt;
use webkit::axum;

use super::{HERE, administrator, form, party};
use crate::{
    Errand, Fetcher,
    tests::{
        browser::Browser,
        in_earnest,
        openid::{between, sign_in, worlds},
        sites, somebody,
    },
};

/// Asks the other site's router.
struct Wire(axum::Router);

#[async_trait]
impl Fetcher for Wire {
    async fn fetch(&self, errand: Errand) -> Result<Vec<u8>> {
        let path = errand.address.strip_prefix("http://127.0.0.1").ok_or_else(|| Error::internal("another host"))?;
        let method = if errand.form.is_some() { "POST" } else { "GET" };
        let mut request = axum::http::Request::builder().method(method).uri(path).header("host", "127.0.0.1");
        if !errand.authorization.is_empty() {
            request = request.header("authorization", errand.authorization);
        }
        if errand.form.is_some() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let request = request.body(axum::body::Body::from(errand.form.unwrap_or_default())).unwrap();
        let answer = self.0.clone().oneshot(request).await.unwrap();
        let good = answer.status().is_success();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes().to_vec();
        if good { Ok(bytes) } else { Err(Error::internal(String::from_utf8_lossy(&bytes).into_owned())) }
    }
}

#[tokio::test]
async fn people_of_one_site_of_ours_come_in_at_another() {
    for (mut there, site) in worlds().await.into_iter().zip(sites().await) {
        let engine = site.engine;
        let router = webkit::service(&in_earnest(&there.site.app), &[&crate::AREA]);
        let app = party(&site.app, Arc::new(Wire(router)));
        let mut desk = administrator(&site, &app).await;
        let facts = [
            ("issuer", "http://127.0.0.1"),
            ("client", ""),
            ("secret", ""),
            ("scopes", "openid profile citizen_number level"),
            ("level_field", "real_name_level"),
            ("levels", "0=2"),
        ];
        desk.get("/desk/providers/new?dialect=oidc").await;
        let made = desk.post("/desk/providers", &form(&facts)).await.location;
        let id = made.strip_prefix("/desk/providers/").unwrap().to_owned();
        // Registered there with our address, then here with what it gave.
        let back = format!("{HERE}/login/at/{id}/back");
        let scopes = ["openid", "profile", "citizen_number", "level"];
        let mut more = vec![("redirects", back.as_str()), ("purpose-citizen_number", "核对是本人")];
        more.extend(scopes.iter().map(|it| ("scopes", *it)));
        let known = there.register(&more).await;
        let page = desk.get(&format!("{made}/edit")).await.body;
        let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
        let mut fields = form(&[&facts[..1], &facts[3..]].concat());
        fields.retain(|it| it.0 != "client" && it.0 != "secret");
        fields.extend([("client", known.id.as_str()), ("secret", &known.secret), ("version", &version)]);
        assert_eq!(desk.post(&format!("{made}/edit"), &fields).await.status, 303, "{engine}");

        somebody(&app, ("陈志远", "zhiyuan"), 1, None).await;
        let mut here = Browser::new(&app);
        let sent = here.get(&format!("/login/at/{id}?next=/me")).await.location;
        let asked = there.citizen.get(sent.strip_prefix("http://127.0.0.1").unwrap()).await;
        let handle = asked.location.strip_prefix("/authorize?request=").expect("the question").to_owned();
        there.citizen.get(&asked.location).await;
        let mut agreed = vec![("request", handle.as_str()), ("decision", "agree")];
        agreed.extend(scopes.iter().map(|it| ("scope", *it)));
        let left = there.citizen.post("/authorize", &agreed).await.body;
        let answer = between(&left, "content=\"0;url=", "\"").replace("&#38;", "&").replace("&amp;", "&");
        assert_eq!(here.get(answer.strip_prefix(HERE).unwrap()).await.location, "/login/new", "{engine}: {answer}");
        assert!(here.get("/login/new").await.body.contains("陈志远"), "{engine}");
        sign_in(&mut here, "zhiyuan").await;
        here.get("/me/links/new").await;
        assert_eq!(here.post("/me/links/new", &[]).await.status, 303, "{engine}");
        assert!(here.get("/me").await.body.contains("二级"), "{engine}");
        here.post("/logout", &[]).await;
        let sent = here.get(&format!("/login/at/{id}?next=/me")).await.location;
        let silent = there.citizen.get(sent.strip_prefix("http://127.0.0.1").unwrap()).await.location;
        assert_eq!(here.get(silent.strip_prefix(HERE).unwrap()).await.location, "/me", "{engine}: {silent}");
        assert!(here.get("/me").await.body.contains("陈志远"), "{engine}");
    }
}
