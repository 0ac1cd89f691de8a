//! A visitor of a site under test: pages and API through the real router.

use http_body_util::BodyExt;
use kernel::{Id, Person};
use tower::{Layer, ServiceExt};
use tower_http::decompression::DecompressionLayer;
use webkit::axum::{body::Body, http::Request};

use crate::Site;

/// Somebody who visits the site.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub(crate) token: Option<String>,
    /// Who it is.
    pub person: Option<Id<Person>>,
}

impl Visitor {
    /// Somebody with a session of this token.
    #[must_use]
    pub fn with_token(token: &str) -> Self {
        Self { token: Some(token.to_owned()), person: None }
    }

    /// The token of the session; `None`: nobody is signed in.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

/// What the site answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Where it leads, if it does.
    pub location: String,
    /// The `Set-Cookie` headers.
    pub cookies: Vec<String>,
    /// The content type.
    pub kind: String,
    /// The body as text.
    pub body: String,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.body))
    }
}

impl Site {
    /// Reads a page.
    pub async fn get(&self, who: &Visitor, path: &str) -> Answer {
        self.send(who, ("GET", path), "", Vec::new()).await
    }

    /// All pages of a list from this one on, by their links to the next; at most a hundred.
    ///
    /// # Panics
    /// If one is not answered with 200, or the list does not end.
    pub async fn pages(&self, who: &Visitor, path: &str) -> Vec<String> {
        let (mut bodies, mut path) = (Vec::new(), path.to_owned());
        for _ in 0..100 {
            let answer = self.get(who, &path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            let next = answer.body.split_once("rel=\"next\" href=\"").and_then(|it| it.1.split_once('"'));
            let next = next.map(|it| it.0.replace("&#38;", "&").replace("&amp;", "&"));
            bodies.push(answer.body);
            let Some(next) = next else { return bodies };
            path = next;
        }
        panic!("a list without an end: {path}");
    }

    /// Sends a form.
    pub async fn post(&self, who: &Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(who, ("POST", path), "application/x-www-form-urlencoded", body.into_bytes()).await
    }

    /// Calls the API.
    pub async fn call(&self, who: &Visitor, method: &str, path: &str, body: serde_json::Value) -> Answer {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(who, (method, path), "application/json", body).await
    }

    /// Sends a request with these headers and nothing else: no session, no cookie, as the server of another system does.
    ///
    /// # Panics
    /// If the request is none.
    pub async fn send_with(&self, (method, path): (&str, &str), headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(request.body(Body::from(body)).expect("a request")).await
    }

    /// Sends a form with one file.
    pub async fn upload(
        &self,
        who: &Visitor,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &str, &[u8]),
    ) -> Answer {
        let mark = "----yiwang-test";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--{mark}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let (field, name, bytes) = file;
        let head = format!("--{mark}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{mark}--\r\n").as_bytes());
        self.send(who, ("POST", path), &format!("multipart/form-data; boundary={mark}"), body).await
    }

    /// Sends any request.
    ///
    /// # Panics
    /// If the request is not well formed.
    pub async fn send(&self, who: &Visitor, (method, path): (&str, &str), kind: &str, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1");
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        if let Some(token) = &who.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.answer(request.body(Body::from(body)).expect("a well-formed request")).await
    }

    async fn answer(&self, request: Request<Body>) -> Answer {
        // Packed on the way, as every browser asks for.
        let unpacked = DecompressionLayer::new().layer(self.router.clone());
        let answer = unpacked.oneshot(request).await.expect("the router answers");
        let (head, body) = answer.into_parts();
        let text = |name: &str| head.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
        let (status, location, kind) = (head.status.as_u16(), text("location"), text("content-type"));
        let cookies = head.headers.get_all("set-cookie").iter();
        let cookies = cookies.filter_map(|it| it.to_str().ok().map(str::to_owned)).collect();
        let bytes = body.collect().await.expect("a whole body").to_bytes().to_vec();
        Answer { status, location, cookies, kind, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }
}
