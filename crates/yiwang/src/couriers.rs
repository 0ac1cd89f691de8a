//! What leaves the outbox over HTTP: other systems are told that a session ended.
//!
//! Only addresses that an administrator registered are called (`https`, or this machine itself); no redirect is followed, and no more of
//! an answer is read than its status.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use journal::outbox::{Courier, Message};
use kernel::{Ctx, Error, Result};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use url::Url;
use webkit::App;

/// Another system answers within so many seconds, or is asked again later.
const ANSWER: Duration = Duration::from_secs(10);

/// Tells systems that a session ended (OpenID Connect Back-Channel Logout 1.0).
pub(crate) struct Logouts {
    app: App,
    tls: TlsConnector,
}

impl Logouts {
    /// A courier that trusts whom the machine trusts: the operator adds a province's own authority there.
    pub(crate) fn new(app: App) -> Self {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        for fault in &found.errors {
            tracing::warn!(%fault, "some of the machine's certificates cannot be read");
        }
        roots.add_parsable_certificates(found.certs);
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Self { app, tls: TlsConnector::from(Arc::new(config)) }
    }

    async fn post(&self, address: &str, form: String) -> Result<()> {
        let url = Url::parse(address).map_err(Error::internal)?;
        let host = url.host_str().ok_or_else(|| Error::internal("an address without a host"))?;
        let port = url.port_or_known_default().unwrap_or(443);
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.map_err(Error::internal)?;
        if url.scheme() == "https" {
            let name = ServerName::try_from(host.to_owned()).map_err(Error::internal)?;
            let stream = self.tls.connect(name, stream).await.map_err(Error::internal)?;
            send(stream, &url, form).await
        } else {
            send(stream, &url, form).await
        }
    }
}

async fn send(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, url: &Url, form: String) -> Result<()> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(Error::internal)?;
    let open = tokio::spawn(connection);
    let request = Request::post(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header(header::HOST, &url[url::Position::BeforeHost..url::Position::AfterPort])
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(form)))
        .map_err(Error::internal)?;
    let status = sender.send_request(request).await.map_err(Error::internal)?.status();
    open.abort();
    if status.is_success() { Ok(()) } else { Err(Error::internal(format!("answered {}", status.as_u16()))) }
}

#[async_trait]
impl Courier for Logouts {
    fn kind(&self) -> &'static str {
        identity::LOGOUT_MESSAGE
    }

    async fn send(&self, ctx: &Ctx, message: &Message) -> Result<()> {
        let Some(notice) = identity::logout_notice(ctx, &self.app, &message.body).await? else { return Ok(()) };
        let posted = tokio::time::timeout(ANSWER, self.post(&notice.address, notice.form)).await;
        posted.map_err(|_| Error::internal("no answer in time"))?
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// One request to `url`, answered with `status`; gives what was sent.
    async fn told(status: &str) -> (Result<()>, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/logout?a=1", listener.local_addr().unwrap())).unwrap();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nlocation: http://127.0.0.1:1/\r\n\r\n");
        let system = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(b"logout_token=x") {
                seen.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(seen).unwrap()
        });
        let stream = TcpStream::connect(url.socket_addrs(|| None).unwrap()[0]).await.unwrap();
        let done = send(stream, &url, "logout_token=x".to_owned()).await;
        (done, system.await.unwrap())
    }

    #[tokio::test]
    async fn a_system_is_told_by_a_form_and_anything_but_success_is_tried_again() {
        for status in ["400 Bad Request", "302 Found", "500 Internal Server Error"] {
            assert!(told(status).await.0.is_err(), "{status}");
        }
        let (done, seen) = told("200 OK").await;
        done.unwrap();
        assert!(seen.starts_with("POST /logout?a=1 HTTP/1.1\r\nhost: 127.0.0.1:"), "{seen}");
        assert!(seen.contains("content-type: application/x-www-form-urlencoded"), "{seen}");
    }
}
