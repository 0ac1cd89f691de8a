//! Settings: command line first, then environment, then the settings file, then the default.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use serde::Deserialize;

use crate::{
    cli::{Listen, LogFormat, Place},
    couriers::{Gateway, Gateways},
    mail::Mail,
    outcome::Failed,
    scanner::Clamd,
    verifier::Verification,
};

/// The settings file: every key may be missing. An unknown key is an error, since it is most often a typing error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    database: Option<String>,
    listen: Option<SocketAddr>,
    address: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    trusted_proxy: Vec<IpNet>,
    metrics_from: Vec<IpNet>,
    log_format: Option<LogFormat>,
    sms_gateway: Option<Gateway>,
    mail_gateway: Option<Gateway>,
    mail: Option<Mail>,
    scanner: Option<Clamd>,
    log_file: Option<PathBuf>,
    plain_http: bool,
    verification: Option<Verification>,
    breached_passwords: Option<PathBuf>,
    provider_networks: Vec<IpNet>,
    webhook_networks: Vec<IpNet>,
}

/// What a command goes by.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// `postgres://…`, or none: the embedded engine.
    pub(crate) database: Option<String>,
    /// Where the server listens.
    pub(crate) listen: SocketAddr,
    /// Where people reach it.
    pub(crate) address: String,
    /// Certificate chain and key, if the server does TLS itself.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    /// Proxies whose word is taken.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Who may read the metrics.
    pub(crate) metrics_from: Vec<IpNet>,
    /// How logs are written.
    pub(crate) log_format: LogFormat,
    /// The file to which log lines go besides standard error.
    pub(crate) log_file: Option<PathBuf>,
    /// Whether people beyond this machine may be served without TLS: a proxy on https stands before it.
    pub(crate) plain_http: bool,
    /// Where messages to people are taken.
    pub(crate) gateways: Gateways,
    /// Who looks through files before they count.
    pub(crate) scanner: Option<Clamd>,
    /// Where facts of persons and enterprises are verified.
    pub(crate) verification: Option<Verification>,
    /// The operator's list of breached passwords, ordered by SHA-1.
    pub(crate) breached_passwords: Option<PathBuf>,
    /// Networks inside the house in which login providers may lie.
    pub(crate) provider_networks: Vec<IpNet>,
    /// A pause after each COMMIT, in milliseconds, to measure as if the disk were slow.
    pub(crate) pause_ms: u64,
    /// A demo site's clock goes so many days before the machine's; of a real site it counts for nothing.
    pub(crate) days_ahead: u16,
}

impl Settings {
    /// Puts the settings together.
    pub(crate) fn of(place: &Place, listen: &Listen) -> Result<Self, Failed> {
        let data = place.data.clone().unwrap_or_else(|| PathBuf::from("data"));
        let file = read(place.config.as_deref(), &data)?;
        let address = listen.listen.or(file.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let tls = match (listen.tls_cert.clone().or(file.tls_cert), listen.tls_key.clone().or(file.tls_key)) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            _ => return Err(Failed::input("TLS 证书和私钥须同时给出（--tls-cert 与 --tls-key）。")),
        };
        let scheme = if tls.is_some() { "https" } else { "http" };
        let public = listen.address.clone().or(file.address).unwrap_or_else(|| format!("{scheme}://{address}"));
        let loopback =
            || vec![IpNet::from(std::net::IpAddr::from([127, 0, 0, 1])), "::1/128".parse().unwrap_or_default()];
        let gateways = Gateways {
            sms: file.sms_gateway,
            mail: file.mail_gateway,
            smtp: file.mail,
            hook_networks: file.webhook_networks,
        };
        let faults = [
            gateways.fault(),
            file.verification.as_ref().and_then(Verification::fault),
            file.scanner.as_ref().and_then(Clamd::fault),
        ];
        if let Some(fault) = faults.into_iter().flatten().next() {
            return Err(Failed::input(format!("设置文件有误：{fault}。")));
        }
        Ok(Self {
            data,
            database: place.database.clone().or(file.database),
            listen: address,
            address: public.trim_end_matches('/').to_owned(),
            tls,
            trusted_proxies: first(listen.trusted_proxy.clone(), file.trusted_proxy, Vec::new),
            metrics_from: first(listen.metrics_from.clone(), file.metrics_from, loopback),
            log_format: listen.log_format.or(file.log_format).unwrap_or(LogFormat::Text),
            log_file: file.log_file,
            plain_http: listen.plain_http || file.plain_http,
            gateways,
            scanner: file.scanner,
            verification: file.verification,
            breached_passwords: file.breached_passwords,
            provider_networks: file.provider_networks,
            pause_ms: listen.pause_after_commit_ms,
            days_ahead: 0,
        })
    }

    /// How the database is reached.
    pub(crate) fn storage(&self) -> storage::Settings {
        let settings = match &self.database {
            Some(url) => storage::Settings::postgres(url, &self.data),
            None => storage::Settings::sqlite(&self.data),
        };
        storage::Settings { pause_after_commit: Duration::from_millis(self.pause_ms), ..settings }
    }
}

fn first(given: Vec<IpNet>, file: Vec<IpNet>, default: impl Fn() -> Vec<IpNet>) -> Vec<IpNet> {
    [given, file].into_iter().find(|it| !it.is_empty()).unwrap_or_else(default)
}

fn read(named: Option<&Path>, data: &Path) -> Result<File, Failed> {
    let path = named.map_or_else(|| data.join("yiwang.toml"), Path::to_owned);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Ok(File::default()),
        Err(error) => return Err(Failed::input(format!("设置文件 {} 读不出来：{error}", path.display()))),
    };
    toml::from_str(&text).map_err(|error| Failed::input(format!("设置文件 {} 有误：{error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(folder: &Path) -> Place {
        Place { data: Some(folder.to_owned()), database: None, config: None }
    }

    #[test]
    fn the_command_line_goes_before_the_file_and_the_file_before_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let default = Settings::of(&place(folder.path()), &Listen::default()).unwrap();
        assert_eq!((default.listen.port(), default.address.as_str()), (8080, "http://127.0.0.1:8080"));
        std::fs::write(
            folder.path().join("yiwang.toml"),
            "listen = '127.0.0.1:9000'\naddress = 'https://a.example/'\n",
        )
        .unwrap();
        let filed = Settings::of(&place(folder.path()), &Listen::default()).unwrap();
        assert_eq!((filed.listen.port(), filed.address.as_str()), (9000, "https://a.example"));
        let listen = Listen { listen: Some("127.0.0.1:9001".parse().unwrap()), ..Listen::default() };
        assert_eq!(Settings::of(&place(folder.path()), &listen).unwrap().listen.port(), 9001);
    }

    #[test]
    fn a_mistyped_setting_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("yiwang.toml"), "lisen = '127.0.0.1:9000'\n").unwrap();
        let Err(Failed::Input(text)) = Settings::of(&place(folder.path()), &Listen::default()) else {
            panic!("refused")
        };
        assert!(text.contains("lisen"), "{text}");
    }

    #[test]
    fn half_a_certificate_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let listen = Listen { tls_cert: Some("a.pem".into()), ..Listen::default() };
        assert!(matches!(Settings::of(&place(folder.path()), &listen), Err(Failed::Input(_))));
    }
}
