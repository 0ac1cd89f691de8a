//! A browser that keeps cookies and sends the token of the page's form, so that sign-in is tested as people do it.

use std::collections::BTreeMap;

use http_body_util::BodyExt;
use tower::ServiceExt;
use webkit::{App, axum};

use crate::AREA;

pub(crate) struct Browser {
    router: axum::Router,
    pub(crate) cookies: BTreeMap<String, String>,
    csrf: String,
    /// Headers that go with each request besides those of every browser.
    pub(crate) extra: Vec<(&'static str, &'static str)>,
    /// What it calls itself.
    pub(crate) agent: &'static str,
}

pub(crate) struct Shown {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new(app: &App) -> Self {
        let router = webkit::service(app, &[&AREA]);
        Self {
            router,
            cookies: BTreeMap::new(),
            csrf: String::new(),
            extra: Vec::new(),
            agent: "Mozilla (Windows NT) Chrome/1",
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Shown {
        self.send("GET", path, String::new()).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let csrf = self.csrf.clone();
        self.post_with(path, &csrf, fields).await
    }

    pub(crate) async fn post_with(&mut self, path: &str, csrf: &str, fields: &[(&str, &str)]) -> Shown {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let form = form.append_pair("csrf", csrf).extend_pairs(fields).finish();
        self.send("POST", path, form).await
    }

    pub(crate) async fn send(&mut self, method: &str, path: &str, body: String) -> Shown {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = axum::http::Request::builder().method(method).uri(path).header("host", "127.0.0.1");
        request = request.header("cookie", cookies.join("; ")).header("user-agent", self.agent);
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in &self.extra {
            request = request.header(*name, *value);
        }
        let request = request.body(axum::body::Body::from(body)).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = value.split(';').next().unwrap();
            match value {
                "" => drop(self.cookies.remove(name)),
                value => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        let status = answer.status().as_u16();
        let location = answer.headers().get("location").map_or("", |it| it.to_str().unwrap()).to_owned();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((_, rest)) = body.split_once("name=\"csrf\" value=\"") {
            rest.split('"').next().unwrap().clone_into(&mut self.csrf);
        }
        Shown { status, location, body }
    }
}
