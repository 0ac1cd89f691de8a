//! A small HTTP client for `walk` and `bench`: the program as its own first visitor.

use std::net::IpAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

use crate::outcome::Failed;

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<Value, Failed> {
        serde_json::from_slice(&self.body).map_err(|error| Failed::Platform(format!("the answer is no JSON: {error}")))
    }
}

/// A client of one site. Cheap to clone; connections are kept open.
#[derive(Clone)]
pub(crate) struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
    token: Option<String>,
}

impl Http {
    /// A client of the site at `base` (`http://127.0.0.1:8080`).
    pub(crate) fn new(base: impl Into<String>) -> Self {
        Self::at(None, base)
    }

    /// The same for somebody at this address of the machine.
    pub(crate) fn from_address(address: IpAddr, base: impl Into<String>) -> Self {
        Self::at(Some(address), base)
    }

    fn at(address: Option<IpAddr>, base: impl Into<String>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_local_address(address);
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(256).build(connector);
        Self { client, base: base.into(), token: None }
    }

    /// The same client with this session.
    pub(crate) fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// Reads an address.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, Failed> {
        self.send(Method::GET, path, ("", Bytes::new())).await
    }

    /// Sends JSON.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Answer, Failed> {
        self.send(Method::POST, path, ("application/json", Bytes::from(body.to_string()))).await
    }

    /// Sends anything.
    pub(crate) async fn send(&self, method: Method, path: &str, (kind, body): (&str, Bytes)) -> Result<Answer, Failed> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Full::new(body)).map_err(platform)?;
        let answer = self.client.request(request).await.map_err(platform)?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(platform)?.to_bytes();
        Ok(Answer { status, body })
    }
}

fn platform(error: impl std::fmt::Display) -> Failed {
    Failed::Platform(format!("the request failed: {error}"))
}
