//! The running server: listener, TLS, health and metrics, and an orderly end.

use std::{
    future::ready,
    io,
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State, connect_info::Connected},
    http::{HeaderMap, StatusCode, header},
    middleware::{map_request, map_response},
    response::{IntoResponse, Response},
    routing::get,
    serve::{IncomingStream, Listener},
};
use ipnet::IpNet;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self,
        pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject as _},
    },
    server::TlsStream,
};
use webkit::App;

use crate::{
    observe::Meter,
    outcome::Failed,
    settings::Settings,
    site::{AREAS, Site},
    workers::Workers,
};

/// A TLS handshake takes so long at most.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// So many connections wait, shaken hands with, to be served.
const WAITING: usize = 256;
/// Requests under way are given so long to end when the site stops.
const FAREWELL: Duration = Duration::from_secs(20);

#[derive(Clone)]
struct Watch {
    app: App,
    meter: Arc<Meter>,
    from: Arc<[IpNet]>,
}

/// The site's service with `/health` and `/metrics` beside it.
pub(crate) fn router(app: &App, meter: Arc<Meter>, metrics_from: &[IpNet]) -> Router {
    let watch = Watch { app: app.clone(), meter, from: metrics_from.into() };
    let site = app.site.clone();
    let headed = move |mut answer: Response| {
        webkit::security_headers(&site, answer.headers_mut());
        ready(answer)
    };
    let own = Router::new().route("/health", get(health)).route("/metrics", get(metrics)).with_state(watch);
    let own = own.layer(map_response(headed));
    own.merge(webkit::service(app, AREAS))
}

/// Whether the site can answer: asks the database one question.
async fn health(State(watch): State<Watch>) -> Response {
    match journal::FeedHead::now(&watch.app.db).await {
        Ok(_) => "ok\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not healthy");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn metrics(
    State(watch): State<Watch>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    // What a proxy passes on comes from outside, whoever the peer is.
    let direct = !headers.contains_key("x-forwarded-for") && !headers.contains_key(header::FORWARDED);
    if direct && watch.from.iter().any(|it| it.contains(&canonical(peer.ip()))) {
        for (reader, behind, _) in journal::feed::lag(&watch.app.db).await.unwrap_or_default() {
            #[expect(clippy::cast_precision_loss, reason = "entries to go are far below 2^52")]
            metrics::gauge!("yiwang_reader_behind", "reader" => reader).set(behind as f64);
        }
        watch.meter.text(&watch.app.db).into_response()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

fn canonical(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(it) => it.to_ipv4_mapped().map_or(ip, IpAddr::V4),
        IpAddr::V4(_) => ip,
    }
}

/// Refuses to serve people beyond this machine in the clear, unless the operator said that a proxy on https stands before it (OWASP ASVS
/// 5.0.0, 12.2.1).
///
/// # Errors
/// [`Failed::Input`] with what to do.
pub(crate) fn expect_encrypted(settings: &Settings) -> Result<(), Failed> {
    if settings.tls.is_some() || settings.listen.ip().is_loopback() || settings.plain_http {
        return Ok(());
    }
    Err(Failed::input(format!(
        "不能在 {} 上以明文（http）对外服务：密码和个人信息会在网上被看到。请给出 --tls-cert 和 --tls-key；\
         前面已有 https 代理、只有它连得到这个地址的，加 --plain-http。",
        settings.listen
    )))
}

/// Says in the log which defences of a real site are not there.
fn lacking(demo: bool, settings: &Settings) {
    if !demo && settings.scanner.is_none() {
        tracing::warn!("no scanner is named: uploads are not searched for viruses (docs/connectors.md)");
    }
    if !demo && settings.breached_passwords.is_none() {
        tracing::warn!("no list of breached passwords is named: only the most common are refused (docs/operations.md)");
    }
}

/// Serves the site until it is told to stop (SIGTERM, Ctrl-C), then lets what is under way end.
pub(crate) async fn run(site: Site, settings: &Settings, ready: impl FnOnce(SocketAddr)) -> Result<(), Failed> {
    let meter = Meter::start()?;
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        Failed::input(format!("不能监听 {}：{error}。请换一个地址（--listen）或停止占用它的程序。", settings.listen))
    })?;
    let address = listener.local_addr()?;
    let workers = Workers::start(&site, AREAS);
    let router = router(&site.app, meter, &settings.metrics_from);
    let tls = match &settings.tls {
        Some((cert, key)) => Some(acceptor(cert, key)?),
        None => None,
    };
    if tls.is_none() && !settings.listen.ip().is_loopback() {
        tracing::warn!("listening without TLS beyond this machine: only a proxy on https may reach it");
    }
    lacking(site.about.demo, settings);
    // The first visitor finds the index there.
    site.app.part::<portal::SearchIndex>()?.ready(&site.app.db, site.app.clock.now()).await?;
    ready(address);
    let (stopping, mut stopped) = tokio::sync::watch::channel(());
    let stop = async move {
        signal().await;
        drop(stopping);
    };
    let served = async {
        match tls {
            None => {
                let service = router.into_make_service_with_connect_info::<SocketAddr>();
                axum::serve(listener, service).with_graceful_shutdown(stop).await
            }
            Some(acceptor) => {
                let service = router.layer(map_request(Peer::told)).into_make_service_with_connect_info::<Peer>();
                axum::serve(TlsListener::start(listener, acceptor), service).with_graceful_shutdown(stop).await
            }
        }
    };
    let cut = async {
        // Once told to stop, nobody is waited for longer than this.
        while stopped.changed().await.is_ok() {}
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        done = served => done?,
        () = cut => tracing::warn!("requests still under way were cut off"),
    }
    workers.stop().await;
    site.app.db.close().await?;
    Ok(())
}

async fn signal() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::error!(%error, "cannot listen for SIGTERM");
            return;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor, Failed> {
    let wrong = |path: &Path, why: &str| Failed::input(format!("TLS 文件 {} 有误：{why}", path.display()));
    let in_cert = |error: pem::Error| wrong(cert, &pem_words(&error, "证书"));
    let chain =
        CertificateDer::pem_file_iter(cert).map_err(in_cert)?.collect::<Result<Vec<_>, _>>().map_err(in_cert)?;
    if chain.is_empty() {
        return Err(wrong(cert, "里面没有 PEM 证书"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &pem_words(&error, "私钥")))?;
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(cert, &error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| wrong(cert, &error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn pem_words(error: &pem::Error, what: &str) -> String {
    match error {
        pem::Error::NoItemsFound => format!("里面没有 PEM {what}"),
        pem::Error::Io(error) => format!("读不出来：{error}"),
        other => other.to_string(),
    }
}

/// Shakes hands with each client beside the others, so that a slow one holds up nobody.
struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl TlsListener {
    fn start(listener: TcpListener, acceptor: TlsAcceptor) -> Self {
        let address = listener.local_addr().unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0)));
        let (give, ready) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let mut listener = listener;
            while !give.is_closed() {
                let (stream, peer) = Listener::accept(&mut listener).await;
                let (acceptor, give) = (acceptor.clone(), give.clone());
                tokio::spawn(async move {
                    match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        // If the server stopped listening, nobody is there to serve it.
                        Ok(Ok(stream)) => drop(give.send((stream, peer)).await),
                        // Every scanner of the net makes some: a count tells more than a line each.
                        Ok(Err(_)) | Err(_) => metrics::counter!("yiwang_tls_failures").increment(1),
                    }
                });
            }
        });
        Self { address, ready }
    }
}

/// Who is at the other end of a TLS connection.
#[derive(Debug, Clone, Copy)]
struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Peer {
    /// Tells handlers the address as they know it from plain connections.
    async fn told(mut request: Request) -> Request {
        if let Some(ConnectInfo(Self(address))) = request.extensions().get::<ConnectInfo<Self>>().copied() {
            request.extensions_mut().insert(ConnectInfo(address));
        }
        request
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Listen, Place};

    #[test]
    fn people_beyond_this_machine_are_not_served_in_the_clear_unless_the_operator_says_that_a_proxy_stands_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { data: Some(folder.path().to_owned()), database: None, config: None };
        let told = |listen: &str, plain_http: bool, tls: bool| {
            let file = |name: &str| tls.then(|| folder.path().join(name));
            let listen = Listen {
                listen: Some(listen.parse().unwrap()),
                plain_http,
                tls_cert: file("cert.pem"),
                tls_key: file("key.pem"),
                ..Listen::default()
            };
            expect_encrypted(&Settings::of(&place, &listen).unwrap())
        };
        for outside in ["0.0.0.0:8080", "10.1.2.3:80", "[::]:8080"] {
            let Err(Failed::Input(text)) = told(outside, false, false) else { panic!("refused: {outside}") };
            assert!(text.contains("--tls-cert") && text.contains("--plain-http"), "{text}");
            assert!(told(outside, true, false).is_ok() && told(outside, false, true).is_ok(), "{outside}");
        }
        assert!(told("127.0.0.1:8080", false, false).is_ok() && told("[::1]:8080", false, false).is_ok());
    }

    #[test]
    fn a_certificate_or_key_that_is_none_is_named_with_its_fault() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let told = |cert: &Path, key: &Path| {
            let Err(Failed::Input(text)) = acceptor(cert, key).map(drop) else { panic!("refused as input") };
            text
        };
        let (missing, empty) = (folder.path().join("missing.pem"), file("empty.pem", "hello"));
        let broken = file("broken.pem", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n");
        let cert = file("cert.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        for (cert, key, words) in [
            (&missing, &empty, "missing.pem 有误：读不出来"),
            (&empty, &empty, "empty.pem 有误：里面没有 PEM 证书"),
            (&broken, &empty, "broken.pem 有误"),
            (&cert, &empty, "empty.pem 有误：里面没有 PEM 私钥"),
            (&cert, &missing, "missing.pem 有误：读不出来"),
        ] {
            let text = told(cert, key);
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}
