//! The way to PostgreSQL encrypted: what `sslmode` and `sslrootcert` of an address ask for, as libpq understands them.

use std::{path::Path, sync::Arc};

use kernel::{Error, Result};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
    server::ParsedCertificate,
};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// How the server is reached, after `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// In the clear.
    Disable,
    /// Encrypted if the server can, whoever it is; also where the address says nothing.
    Prefer,
    /// Encrypted, whoever it is; with a root file as [`Mode::VerifyCa`].
    Require,
    /// Encrypted, by a server with a certificate of the root file.
    VerifyCa,
    /// The same, and the certificate is that of the host in the address.
    VerifyFull,
}

/// What an address asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Encryption {
    mode: Mode,
    /// The file of root certificates (PEM).
    root: Option<String>,
}

/// The address without `sslmode` and `sslrootcert`, and what these asked for: the driver knows three modes and no file.
///
/// # Errors
/// [`Error::Refused`], in words for the operator, if they make no sense.
pub(super) fn split(url: &str) -> Result<(String, Encryption)> {
    let mut asked = Encryption { mode: Mode::Prefer, root: None };
    // A password before the «@» may hold a question mark.
    let server = url.find('@').unwrap_or(0);
    let Some(mark) = url[server..].find('?').map(|it| it + server) else { return Ok((url.to_owned(), asked)) };
    let mut others = Vec::new();
    for pair in url[mark + 1..].split('&') {
        match pair.split_once('=') {
            Some(("sslmode", mode)) => asked.mode = Mode::parse(mode)?,
            Some(("sslrootcert", file)) if !file.is_empty() => asked.root = Some(decoded(file)?),
            _ => others.push(pair),
        }
    }
    match (asked.mode, &asked.root) {
        (Mode::Require, Some(_)) => asked.mode = Mode::VerifyCa,
        (Mode::VerifyCa | Mode::VerifyFull, None) => {
            return Err(Error::refused(
                "数据库地址要求核对服务器证书（sslmode=verify-ca 或 verify-full），还须用 sslrootcert=文件 指明根证书（PEM）。",
            ));
        }
        _ => {}
    }
    let others = others.join("&");
    let and = if others.is_empty() { "" } else { "?" };
    Ok((format!("{}{and}{others}", &url[..mark]), asked))
}

/// Undoes `%20` and the like.
fn decoded(text: &str) -> Result<String> {
    let wrong = || Error::refused("数据库地址中 sslrootcert 的文件名不正确：% 后应为两位十六进制数。");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let pair = [rest.next().ok_or_else(wrong)?, rest.next().ok_or_else(wrong)?];
                let digits = str::from_utf8(&pair).map_err(|_| wrong())?;
                u8::from_str_radix(digits, 16).map_err(|_| wrong())?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

impl Mode {
    fn parse(text: &str) -> Result<Self> {
        let modes = [
            ("disable", Self::Disable),
            ("prefer", Self::Prefer),
            ("require", Self::Require),
            ("verify-ca", Self::VerifyCa),
            ("verify-full", Self::VerifyFull),
        ];
        let found = modes.iter().find(|(name, _)| *name == text);
        found.map(|(_, mode)| *mode).ok_or_else(|| {
            Error::refused(
                "数据库地址中的 sslmode 不正确，可用：disable（不加密）、prefer（能加密则加密）、require（必须加密）、\
                 verify-ca（并核对证书）、verify-full（并核对证书与主机名）。",
            )
        })
    }
}

impl Encryption {
    /// As the driver calls it.
    pub(super) fn mode(&self) -> SslMode {
        match self.mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        }
    }

    /// What makes the driver's connections secure. The root file is read once, when the program starts.
    ///
    /// # Errors
    /// [`Error::Refused`], in words for the operator, if the root file holds no certificate.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect> {
        let provider = Arc::new(ring::default_provider());
        let trust = match (self.mode, &self.root) {
            (Mode::VerifyCa | Mode::VerifyFull, Some(file)) => Some(Trust::read(Path::new(file), &provider)?),
            _ => None,
        };
        let verifier = Verifier { trust, names: self.mode == Mode::VerifyFull, provider: Arc::clone(&provider) };
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let mut config = config
            .map_err(Error::internal)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(MakeRustlsConnect::new(config))
    }
}

/// Whom the root file vouches for.
#[derive(Debug)]
struct Trust {
    chains: Arc<WebPkiServerVerifier>,
    /// The file's certificates themselves: the server may simply show one of them, signed by itself.
    roots: Vec<CertificateDer<'static>>,
}

impl Trust {
    fn read(file: &Path, provider: &Arc<CryptoProvider>) -> Result<Self> {
        let unusable = |why: &dyn std::fmt::Display| {
            let file = file.display();
            Error::refused(format!(
                "数据库地址中 sslrootcert 指明的文件「{file}」不能用作根证书（PEM）：{why}。请检查路径和内容。"
            ))
        };
        let found = CertificateDer::pem_file_iter(file).map_err(|error| unusable(&error))?;
        let roots: Vec<_> = found.collect::<Result<_, _>>().map_err(|error| unusable(&error))?;
        let mut store = RootCertStore::empty();
        for root in &roots {
            store.add(root.clone()).map_err(|error| unusable(&error))?;
        }
        let chains = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider)).build();
        Ok(Self { chains: chains.map_err(|_| unusable(&"其中没有证书"))?, roots })
    }
}

/// Asks of the server's certificate what the mode wants, and always that the server has its key.
#[derive(Debug)]
struct Verifier {
    trust: Option<Trust>,
    names: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(trust) = &self.trust else { return Ok(ServerCertVerified::assertion()) };
        if trust.roots.contains(shown) {
            if self.names {
                verify_server_name(&ParsedCertificate::try_from(shown)?, host)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        // The name is looked at last, when the chain has proved good.
        match trust.chains.verify_server_cert(shown, between, host, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.names => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, shown, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, shown, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_split_into_what_the_driver_knows_and_what_we_do() {
        let table = [
            ("postgres://u:p?@h/d", "postgres://u:p?@h/d", Mode::Prefer, None),
            ("postgres://u@h/d?sslmode=disable", "postgres://u@h/d", Mode::Disable, None),
            ("postgres://h/d?sslmode=require&options=x", "postgres://h/d?options=x", Mode::Require, None),
            (
                "postgres://h/d?sslrootcert=/a%20b.pem&sslmode=require",
                "postgres://h/d",
                Mode::VerifyCa,
                Some("/a b.pem"),
            ),
            (
                "postgres://h/d?a=1&sslmode=verify-full&sslrootcert=根.pem&b=2",
                "postgres://h/d?a=1&b=2",
                Mode::VerifyFull,
                Some("根.pem"),
            ),
        ];
        for (url, rest, mode, root) in table {
            let (found, asked) = split(url).unwrap();
            assert_eq!((found.as_str(), asked.mode, asked.root.as_deref()), (rest, mode, root), "{url}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_way_out() {
        let table = [
            ("postgres://h/d?sslmode=allow", "可用：disable"),
            ("postgres://h/d?sslmode=", "可用：disable"),
            ("postgres://h/d?sslmode=verify-ca", "sslrootcert=文件"),
            ("postgres://h/d?sslmode=verify-full&sslrootcert=", "sslrootcert=文件"),
            ("postgres://h/d?sslrootcert=%2", "两位十六进制"),
        ];
        for (url, words) in table {
            assert!(split(url).unwrap_err().message().contains(words), "{url}");
        }
    }

    #[test]
    fn a_root_file_without_certificates_is_refused_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.pem");
        std::fs::write(&empty, "no certificate").unwrap();
        for file in [empty, folder.path().join("missing.pem")] {
            let root = Some(file.display().to_string());
            let told = Encryption { mode: Mode::VerifyFull, root }.connector().err().unwrap().message();
            assert!(told.contains(&*file.to_string_lossy()) && told.contains("根证书"), "{told}");
        }
    }
}
