//! Asking login providers: what they publish, codes exchanged, who somebody is.
//!
//! Whom to ask stands in documents of others, so an address is resolved here, looked at, and called as it was looked at: nothing inside
//! the house is called unless the operator allowed its network. No redirect is followed, no more than a bounded answer is read.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use identity::{Errand, Fetcher};
use ipnet::IpNet;
use kernel::{Error, Result};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::couriers::{self, Letter, trusting};

/// A provider answers within so many seconds: somebody waits before the page.
const ANSWER: Duration = Duration::from_secs(8);
/// An answer has so many bytes at most.
const ANSWER_MAX: usize = 256 * 1024;

/// Asks providers over the net.
pub(crate) struct Outward {
    tls: TlsConnector,
    /// Networks inside the house that the operator allows.
    allowed: Vec<IpNet>,
}

impl Outward {
    pub(crate) fn new(allowed: Vec<IpNet>) -> Self {
        Self { tls: trusting(), allowed }
    }

    /// Whether this address may be called.
    fn may(&self, address: IpAddr) -> bool {
        public(address) || self.allowed.iter().any(|it| it.contains(&plain(address)))
    }

    /// Where the host of an address lies, of all that it is known by the first that may be called.
    async fn place(&self, url: &Url) -> Result<SocketAddr> {
        let port = url.port_or_known_default().unwrap_or(443);
        let found: Vec<SocketAddr> = match url.host().ok_or_else(|| Error::internal("an address without a host"))? {
            Host::Ipv4(it) => vec![(IpAddr::V4(it), port).into()],
            Host::Ipv6(it) => vec![(IpAddr::V6(it), port).into()],
            Host::Domain(name) => tokio::net::lookup_host((name, port)).await.map_err(Error::internal)?.collect(),
        };
        // One that leads inside is no host of a provider, whatever else it leads to.
        if found.iter().any(|it| !self.may(it.ip())) {
            return Err(Error::internal("an address inside the house, which the settings do not allow"));
        }
        found.into_iter().next().ok_or_else(|| Error::internal("a host that is nowhere"))
    }

    async fn ask(&self, errand: Errand) -> Result<Vec<u8>> {
        let url = Url::parse(&errand.address).map_err(Error::internal)?;
        let (stream, name) = self.reach(&url).await?;
        match name {
            None => send(stream, &url, errand).await,
            Some(name) => send(self.tls.connect(name, stream).await.map_err(Error::internal)?, &url, errand).await,
        }
    }

    /// A connection to where an address may lead, and the name to which TLS is spoken there; `None`: in the clear, on this machine.
    async fn reach(&self, url: &Url) -> Result<(TcpStream, Option<ServerName<'static>>)> {
        let place = self.place(url).await?;
        let secure = url.scheme() == "https";
        let near = url.scheme() == "http" && place.ip().is_loopback();
        if !secure && !near {
            return Err(Error::internal("neither https nor this machine"));
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = if secure { Some(ServerName::try_from(host).map_err(Error::internal)?) } else { None };
        Ok((TcpStream::connect(place).await.map_err(Error::internal)?, name))
    }

    /// Posts to a system that an administrator named; of the answer only the status counts.
    pub(crate) async fn post(&self, address: &str, letter: Letter) -> Result<()> {
        let posted = async {
            let url = Url::parse(address).map_err(Error::internal)?;
            let (stream, name) = self.reach(&url).await?;
            match name {
                None => couriers::send(stream, &url, letter, 0).await,
                Some(name) => {
                    couriers::send(self.tls.connect(name, stream).await.map_err(Error::internal)?, &url, letter, 0)
                        .await
                }
            }
        };
        let posted = tokio::time::timeout(ANSWER, posted).await;
        posted.map_err(|_| Error::internal("no answer in time"))?.map(drop)
    }
}

#[async_trait]
impl Fetcher for Outward {
    async fn fetch(&self, errand: Errand) -> Result<Vec<u8>> {
        let asked = tokio::time::timeout(ANSWER, self.ask(errand)).await;
        asked.map_err(|_| Error::internal("no answer in time"))?
    }
}

async fn send(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    url: &Url,
    errand: Errand,
) -> Result<Vec<u8>> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(Error::internal)?;
    let open = tokio::spawn(connection);
    let method = if errand.form.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::builder()
        .method(method)
        .uri(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header(header::HOST, &url[url::Position::BeforeHost..url::Position::AfterPort])
        .header(header::ACCEPT, "application/json");
    if !errand.authorization.is_empty() {
        request = request.header(header::AUTHORIZATION, errand.authorization);
    }
    if errand.form.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    let body = Full::new(Bytes::from(errand.form.unwrap_or_default()));
    let answer = sender.send_request(request.body(body).map_err(Error::internal)?).await.map_err(Error::internal)?;
    let status = answer.status();
    if !status.is_success() {
        open.abort();
        return Err(Error::internal(format!("answered {}", status.as_u16())));
    }
    let read = Limited::new(answer.into_body(), ANSWER_MAX).collect().await.map_err(Error::internal)?;
    open.abort();
    Ok(read.to_bytes().to_vec())
}

/// An IPv4 address written as one of IPv6 is what it is.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Whether an address is of the public net (IANA special-purpose registries, RFC 6890): neither of this machine, nor of a house, a
/// link, a provider's inner net, documentation, nor one that leads to an IPv4 address in disguise.
fn public(address: IpAddr) -> bool {
    match plain(address) {
        IpAddr::V4(it) => {
            let [a, b, c, _] = it.octets();
            let special = it.is_private()
                || it.is_loopback()
                || it.is_link_local()
                || it.is_documentation()
                || it.is_multicast()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b));
            !special
        }
        IpAddr::V6(it) => public_v6(it),
    }
}

/// Of IPv6 only 2000::/3 is given out; within it lie documentation (2001:db8::/32, 3fff::/20), Teredo and other special uses
/// (2001::/23), and 6to4 (2002::/16), which wraps an IPv4 address.
fn public_v6(it: Ipv6Addr) -> bool {
    let [a, b, ..] = it.segments();
    let given = (0x2000..0x4000).contains(&a);
    let special = (a == 0x2001 && (b < 0x200 || b == 0xdb8)) || a == 0x2002 || (a == 0x3fff && b < 0x1000);
    given && !special
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn nothing_inside_the_house_is_called_that_the_operator_did_not_allow() {
        let inside = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
        ];
        let (closed, open) = (Outward::new(Vec::new()), Outward::new(vec!["10.0.0.0/8".parse().unwrap()]));
        for it in inside {
            assert!(!closed.may(it.parse().unwrap()), "{it}");
        }
        for it in ["8.8.8.8", "223.5.5.5", "2400:3200::1", "2620:fe::fe"] {
            assert!(closed.may(it.parse().unwrap()), "{it}");
        }
        assert!(open.may("10.1.2.3".parse().unwrap()) && open.may("::ffff:10.0.0.1".parse().unwrap()));
        assert!(!open.may("192.168.1.1".parse().unwrap()));
    }

    /// One errand to a server that answers this; gives what it was sent.
    async fn asked(answer: String, allowed: bool, form: Option<&str>) -> (Result<Vec<u8>>, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/token?a=1", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let Ok((mut stream, _)) = listener.accept().await else { return String::new() };
            let mut seen = Vec::new();
            while !String::from_utf8_lossy(&seen).contains("\r\n\r\n") {
                seen.push(stream.read_u8().await.unwrap());
            }
            // Whoever has read enough does not wait for the rest.
            drop(stream.write_all(answer.as_bytes()).await);
            String::from_utf8(seen).unwrap()
        });
        let networks = if allowed { vec!["127.0.0.0/8".parse().unwrap()] } else { Vec::new() };
        let errand = Errand { address, authorization: "Basic x".to_owned(), form: form.map(str::to_owned) };
        let done = Outward::new(networks).fetch(errand).await;
        if done.is_err() && !allowed {
            server.abort();
            return (done, String::new());
        }
        (done, server.await.unwrap())
    }

    fn answer(status: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nlocation: http://127.0.0.1:1/\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn an_answer_is_taken_if_it_is_one_whole_and_of_the_asked_place() {
        let large = "x".repeat(ANSWER_MAX + 1);
        let wrong = [answer("302 Found", ""), answer("400 Bad Request", "{}"), answer("200 OK", &large)];
        for (n, wrong) in wrong.into_iter().enumerate() {
            assert!(asked(wrong, true, None).await.0.is_err(), "row {n}");
        }
        assert!(asked(answer("200 OK", "{}"), false, None).await.0.is_err(), "this machine, which is not allowed");
        let (done, seen) = asked(answer("200 OK", "{}"), true, None).await;
        assert!(done.unwrap() == b"{}" && seen.starts_with("GET /token?a=1 HTTP/1.1\r\n"), "{seen}");
        let (done, seen) = asked(answer("200 OK", "{}"), true, Some("code=1")).await;
        assert!(done.is_ok() && seen.starts_with("POST /token?a=1 HTTP/1.1\r\n"), "{seen}");
        assert!(seen.contains("authorization: Basic x\r\n") && seen.contains("urlencoded"), "{seen}");
    }

    #[tokio::test]
    async fn nothing_goes_in_the_clear_beyond_this_machine() {
        let house = Outward::new(vec!["0.0.0.0/0".parse().unwrap()]);
        for address in ["http://192.168.0.1/", "http://223.5.5.5/", "ftp://127.0.0.1/", "no address"] {
            let errand = Errand { address: address.to_owned(), authorization: String::new(), form: None };
            assert!(house.fetch(errand).await.is_err(), "{address}");
        }
    }
}
