//! What leaves the outbox over HTTP: other systems are told that a session ended; messages to people go to the gateway of the settings
//! (the contract: `/docs/connectors.md`).
//!
//! Only addresses that an administrator registered, or the operator wrote into the settings, are called (`https`, or this machine
//! itself); no redirect is followed, and no more of an answer is read than its status.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request,
    client::conn::http1,
    header::{self, HeaderName},
};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use journal::outbox::{Courier, Message};
use kernel::{Ctx, Error, Result};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use url::Url;
use webkit::App;

use crate::{
    mail::{Mail, Mails},
    outward::Outward,
};

/// Another system answers within so many seconds, or is asked again later.
const ANSWER: Duration = Duration::from_secs(10);
/// An answer to a question has so many bytes at most.
const ANSWER_MAX: usize = 64 * 1024;

/// Posts to systems of others.
#[derive(Clone)]
pub(crate) struct Poster {
    tls: TlsConnector,
}

/// What is posted: headers besides those of every request, and the body.
pub(crate) struct Letter {
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) body: String,
}

/// TLS that trusts whom the machine trusts.
pub(crate) fn trusting() -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for fault in &found.errors {
        tracing::warn!(%fault, "some of the machine's certificates cannot be read");
    }
    roots.add_parsable_certificates(found.certs);
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

impl Poster {
    /// A poster that trusts whom the machine trusts: the operator adds a province's own authority there.
    pub(crate) fn new() -> Self {
        Self { tls: trusting() }
    }

    async fn post(&self, address: &str, letter: Letter) -> Result<()> {
        let posted = tokio::time::timeout(ANSWER, self.reach(address, letter, 0)).await;
        posted.map_err(|_| Error::internal("no answer in time"))?.map(drop)
    }

    /// As [`Poster::post`], for a question: gives the answer's body, of a bounded size. Whoever asks says how long it waits.
    pub(crate) async fn ask(&self, address: &str, letter: Letter) -> Result<Bytes> {
        self.reach(address, letter, ANSWER_MAX).await
    }

    async fn reach(&self, address: &str, letter: Letter, read: usize) -> Result<Bytes> {
        let url = Url::parse(address).map_err(Error::internal)?;
        let host = url.host_str().ok_or_else(|| Error::internal("an address without a host"))?;
        let port = url.port_or_known_default().unwrap_or(443);
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.map_err(Error::internal)?;
        if url.scheme() == "https" {
            let name = ServerName::try_from(host.to_owned()).map_err(Error::internal)?;
            let stream = self.tls.connect(name, stream).await.map_err(Error::internal)?;
            send(stream, &url, letter, read).await
        } else {
            send(stream, &url, letter, read).await
        }
    }
}

/// Sends, and reads so many bytes of the answer at most (0: its status alone).
pub(crate) async fn send(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    url: &Url,
    letter: Letter,
    read: usize,
) -> Result<Bytes> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(Error::internal)?;
    let open = tokio::spawn(connection);
    let mut request = Request::post(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header(header::HOST, &url[url::Position::BeforeHost..url::Position::AfterPort]);
    for (name, value) in letter.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(letter.body))).map_err(Error::internal)?;
    let answer = sender.send_request(request).await.map_err(Error::internal)?;
    let status = answer.status();
    let body = match read {
        0 => Bytes::new(),
        most if status.is_success() => {
            Limited::new(answer.into_body(), most).collect().await.map_err(Error::internal)?.to_bytes()
        }
        _ => Bytes::new(),
    };
    open.abort();
    if status.is_success() { Ok(body) } else { Err(Error::internal(format!("answered {}", status.as_u16()))) }
}

/// Tells systems that a session ended (OpenID Connect Back-Channel Logout 1.0).
struct Logouts {
    app: App,
    poster: Poster,
}

#[async_trait]
impl Courier for Logouts {
    fn kind(&self) -> &'static str {
        identity::LOGOUT_MESSAGE
    }

    async fn send(&self, ctx: &Ctx, message: &Message) -> Result<()> {
        let Some(notice) = identity::logout_notice(ctx, &self.app, &message.body).await? else { return Ok(()) };
        let headers = vec![(header::CONTENT_TYPE, "application/x-www-form-urlencoded".to_owned())];
        self.poster.post(&notice.address, Letter { headers, body: notice.form }).await
    }
}

/// Where messages to people are taken, by the settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gateway {
    /// Its address: `https://…`, or `http://` on this machine.
    pub(crate) address: String,
    /// The file that holds the token with which the site proves itself there; read anew for each message, so that it can be changed.
    pub(crate) token_file: PathBuf,
}

impl Gateway {
    /// What is wrong with it, in Chinese; nothing is sent before it is right.
    pub(crate) fn fault(&self) -> Option<String> {
        fault_of("消息网关", &self.address)
    }
}

/// What is wrong with the address of a service (`what`: its Chinese name): it must be https, or on this machine.
pub(crate) fn fault_of(what: &str, address: &str) -> Option<String> {
    let near = |url: &Url| url.host_str().is_some_and(|it| matches!(it, "127.0.0.1" | "[::1]" | "localhost"));
    match Url::parse(address) {
        Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && near(&url)) => None,
        Ok(_) => Some(format!("{what}的地址 {address} 须为 https（本机可用 http）")),
        Err(error) => Some(format!("{what}的地址 {address} 有误：{error}")),
    }
}

/// Takes messages of one kind to their gateway.
struct Messages {
    app: App,
    poster: Poster,
    kind: &'static str,
    gateway: Gateway,
}

/// A message as the gateway gets it.
#[derive(Serialize)]
struct Handed<'a> {
    id: String,
    channel: &'static str,
    to: &'a str,
    text: &'a str,
    until: String,
}

#[async_trait]
impl Courier for Messages {
    fn kind(&self) -> &'static str {
        self.kind
    }

    async fn send(&self, ctx: &Ctx, message: &Message) -> Result<()> {
        let Some(outgoing) = identity::outgoing(ctx, &self.app, &message.body).await? else { return Ok(()) };
        let token = tokio::fs::read_to_string(&self.gateway.token_file).await;
        let token = token.map_err(|_| Error::internal("the gateway's token file cannot be read"))?;
        let (to, text, channel) = (outgoing.to.address(), outgoing.text.as_str(), self.kind);
        let (id, until) = (outgoing.id.to_string(), outgoing.until.to_string());
        let body =
            serde_json::to_string(&Handed { id: id.clone(), channel, to, text, until }).map_err(Error::internal)?;
        let headers = vec![
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (header::AUTHORIZATION, format!("Bearer {}", token.trim())),
            (HeaderName::from_static("idempotency-key"), id),
        ];
        self.poster.post(&self.gateway.address, Letter { headers, body }).await
    }
}

/// Tells systems of departments what happens to cases (signed webhooks).
struct Hooks {
    app: App,
    outward: Outward,
}

#[async_trait]
impl Courier for Hooks {
    fn kind(&self) -> &'static str {
        cases::HOOK_MESSAGE
    }

    async fn send(&self, ctx: &Ctx, message: &Message) -> Result<()> {
        let Some(letter) = cases::hook_letter(ctx, &self.app, &message.body).await? else { return Ok(()) };
        let headers = letter.headers.into_iter().map(|(name, value)| (HeaderName::from_static(name), value)).collect();
        self.outward.post(&letter.address, Letter { headers, body: letter.body }).await
    }
}

/// The gateways of the settings, by kind of message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gateways {
    /// To telephones.
    pub(crate) sms: Option<Gateway>,
    /// To mailboxes.
    pub(crate) mail: Option<Gateway>,
    /// To mailboxes by a mail server.
    pub(crate) smtp: Option<Mail>,
    /// Networks inside the house in which systems of departments may be told what happens to cases.
    pub(crate) hook_networks: Vec<IpNet>,
}

impl Gateways {
    /// Whether anything takes mails.
    pub(crate) fn mails(&self) -> bool {
        self.mail.is_some() || self.smtp.is_some()
    }

    /// What is wrong with them, in Chinese.
    pub(crate) fn fault(&self) -> Option<String> {
        if self.mail.is_some() && self.smtp.is_some() {
            return Some("mail 和 mail_gateway 只能填其中一个，否则一封邮件不知道由谁发".to_owned());
        }
        let gateways = [&self.sms, &self.mail].into_iter().flatten().find_map(Gateway::fault);
        gateways.or_else(|| self.smtp.as_ref().and_then(Mail::fault))
    }
}

/// Everybody who takes something out of the outbox of this site.
pub(crate) fn all(app: &App, gateways: &Gateways) -> Vec<Box<dyn Courier>> {
    let poster = Poster::new();
    let mut networks = gateways.hook_networks.clone();
    if app.site.demo {
        // A demo may tell a receiver on its own machine.
        networks.push(IpNet::from(IpAddr::from(Ipv4Addr::LOCALHOST)));
        networks.push(IpNet::from(IpAddr::from(Ipv6Addr::LOCALHOST)));
    }
    let hooks = Hooks { app: app.clone(), outward: Outward::new(networks) };
    let mut all: Vec<Box<dyn Courier>> =
        vec![Box::new(Logouts { app: app.clone(), poster: poster.clone() }), Box::new(hooks)];
    for (kind, gateway) in [(identity::SMS_MESSAGE, &gateways.sms), (identity::MAIL_MESSAGE, &gateways.mail)] {
        if let Some(gateway) = gateway.clone() {
            all.push(Box::new(Messages { app: app.clone(), poster: poster.clone(), kind, gateway }));
        }
    }
    if let Some(mail) = gateways.smtp.clone() {
        all.push(Box::new(Mails { app: app.clone(), mail }));
    }
    all
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
        let headers = vec![(header::CONTENT_TYPE, "application/x-www-form-urlencoded".to_owned())];
        let done = send(stream, &url, Letter { headers, body: "logout_token=x".to_owned() }, 0).await.map(drop);
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

    #[test]
    fn a_gateway_is_reached_by_https_or_on_this_machine() {
        let fault = |address: &str| Gateway { address: address.to_owned(), token_file: PathBuf::from("token") }.fault();
        for wrong in ["", "sms", "http://sms.example.cn/", "ftp://127.0.0.1/"] {
            assert!(fault(wrong).is_some(), "{wrong}");
        }
        for right in ["https://sms.example.cn/send", "http://127.0.0.1:9000/", "http://[::1]/"] {
            assert_eq!(fault(right), None, "{right}");
        }
    }

    #[tokio::test]
    async fn a_message_reaches_the_gateway_with_its_key_and_its_words() {
        let sites = testkit::sites_with(crate::site::AREAS, crate::tests::own_with_sms, None).await;
        for site in sites {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = format!("http://{}/send", listener.local_addr().unwrap());
            let token_file = site.folder().join("token");
            std::fs::write(&token_file, "secret\n").unwrap();
            let gateways = Gateways { sms: Some(Gateway { address, token_file }), ..Gateways::default() };
            let (app, ctx) = (crate::tests::in_earnest(&site.app), site.app.system("test"));
            let to = identity::Recipient::parse("13900000001").unwrap();
            let home = std::net::IpAddr::from([127, 0, 0, 1]);
            identity::send_code(&ctx, &app, identity::CodePurpose::Register, (&to, true), home).await.unwrap();
            let gateway = tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut seen = Vec::new();
                while !seen.ends_with(b"}") {
                    seen.push(stream.read_u8().await.unwrap());
                }
                stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").await.unwrap();
                String::from_utf8(seen).unwrap()
            });
            let couriers = all(&app, &gateways);
            let couriers: Vec<&dyn Courier> = couriers.iter().map(AsRef::as_ref).collect();
            assert_eq!(journal::outbox::deliver(&app.db, &ctx, &couriers).await.unwrap(), 1, "{}", site.engine);
            let seen = gateway.await.unwrap();
            for words in [
                "POST /send HTTP/1.1",
                "authorization: Bearer secret\r\n",
                "idempotency-key: ",
                "13900000001",
                "验证码",
            ] {
                assert!(seen.contains(words), "{}: {words}: {seen}", site.engine);
            }
            assert!(journal::outbox::waiting(&app.db).await.unwrap().is_empty(), "{}", site.engine);
        }
    }
}
