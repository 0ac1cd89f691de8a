//! The way to PostgreSQL encrypted, against a server of the test's own; where none can be made, only a message.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::*;

/// Certificates: a root, the server's signed by it for `localhost`, one that signed itself, and a stranger's root.
const CERTIFICATES: &str = "
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=ca
    openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=server
    printf 'subjectAltName=DNS:localhost\\n' > names
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 2 -extfile names
    openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.crt -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost
    chmod 600 *.key";

/// A server that takes nobody in the clear; ended when dropped.
struct Server {
    folder: TempDir,
    port: u16,
}

impl Server {
    fn start() -> Option<Self> {
        if run_in(Path::new("/"), "initdb --version").is_none() {
            eprintln!("no initdb on this machine: encryption not tried against a server");
            return None;
        }
        let folder = TempDir::new().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let it = Self { folder, port };
        // PostgreSQL refuses to run as root.
        if run_in(it.path(), "test $(id -u) != 0 || chown postgres .").is_none() {
            eprintln!("no user postgres on this machine: encryption not tried against a server");
            return None;
        }
        it.must("initdb -D data -U postgres -A trust -E UTF8 --no-sync");
        it.must(CERTIFICATES);
        it.must("cp server.crt server.key other.crt other.key data; echo 'hostssl all all 127.0.0.1/32 trust' > data/pg_hba.conf");
        it.restart("server");
        Some(it)
    }

    /// (Re)starts the server with the certificate of this name.
    fn restart(&self, certificate: &str) {
        let Self { port, .. } = self;
        self.must(&format!(
            "pg_ctl -D data -w -l log -o \"-p {port} -k $PWD -c listen_addresses=127.0.0.1 -c ssl=on \
             -c ssl_cert_file={certificate}.crt -c ssl_key_file={certificate}.key\" restart"
        ));
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Carries out shell commands, as the user postgres if we are root.
    fn must(&self, text: &str) {
        let text = text.trim().replace("\n    ", " && ");
        std::fs::write(self.file("commands"), text).unwrap();
        let asked = "if test $(id -u) = 0; then runuser -u postgres -- sh commands; else sh commands; fi";
        run_in(self.path(), asked)
            .unwrap_or_else(|| panic!("{}", std::fs::read_to_string(self.file("commands")).unwrap()));
    }

    async fn open(&self, host: &str, parameters: &str) -> Result<Db> {
        let url = format!("postgres://postgres@{host}:{}/postgres?{parameters}", self.port);
        Db::open(&Settings { connections: 2, ..Settings::postgres(url, self.path()) }).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.must("pg_ctl -D data -m immediate stop");
    }
}

/// Carries out shell commands with PostgreSQL's own folder in the path; `None` if they failed.
fn run_in(folder: &Path, text: &str) -> Option<()> {
    let text = format!("PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1); export PATH; {text}");
    let done = Command::new("sh").arg("-c").arg(text).current_dir(folder).output().ok()?;
    done.status.success().then_some(())
}

const ENCRYPTED: Sql =
    Sql { name: "ENCRYPTED", text: "SELECT count(*) AS n FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl" };

#[tokio::test]
async fn the_way_to_the_server_is_as_secure_as_its_address_asks() {
    let Some(server) = Server::start() else { return };
    let (ca, other) = (server.file("ca.crt"), server.file("other.crt"));
    let (ca, other) = (ca.display(), other.display());
    let table = [
        ("localhost", "sslmode=disable".to_owned(), false, "the server takes nobody in the clear"),
        ("localhost", format!("sslmode=verify-full&sslrootcert={other}"), false, "a stranger's root"),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={other}"), false, "a stranger's root"),
        ("localhost", format!("sslmode=require&sslrootcert={other}"), false, "with a root file it is verify-ca"),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={ca}"), false, "another host's certificate"),
        ("localhost", String::new(), true, "encrypted since the server can"),
        ("localhost", "sslmode=prefer".to_owned(), true, "encrypted since the server can"),
        ("127.0.0.1", "sslmode=require".to_owned(), true, "whoever it is"),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={ca}"), true, "whatever its name"),
        ("localhost", format!("sslmode=verify-full&sslrootcert={ca}"), true, "this host, vouched for"),
    ];
    for (host, parameters, taken, why) in table {
        match server.open(host, &parameters).await {
            Ok(db) => {
                assert!(taken, "{host} {parameters}: {why}");
                assert_eq!(number(&db, ENCRYPTED).await, 1, "{parameters}: {why}");
                db.migrate(&all_tables()).await.unwrap();
                drop(db.snapshot().await.unwrap());
                db.close().await.unwrap();
            }
            Err(error) => assert!(!taken && error.message().contains("sslmode"), "{host} {parameters}: {error:?}"),
        }
    }
    // The server shows a certificate that signed itself.
    server.restart("other");
    assert!(server.open("localhost", &format!("sslmode=verify-full&sslrootcert={ca}")).await.is_err());
    assert!(server.open("127.0.0.1", &format!("sslmode=verify-full&sslrootcert={other}")).await.is_err());
    assert!(server.open("localhost", &format!("sslmode=verify-full&sslrootcert={other}")).await.is_ok());
}

#[tokio::test]
async fn a_server_without_encryption_is_refused_where_it_is_required() {
    let Some(site) = Site::postgres().await else { return };
    let url = site.settings.url.clone().unwrap();
    let refused = Db::open(&Settings { url: Some(format!("{url}?sslmode=require")), ..site.settings.clone() }).await;
    match refused {
        Err(error) => assert!(error.message().contains("sslmode"), "{error:?}"),
        // A test server may well be able to encrypt.
        Ok(db) => assert_eq!(number(&db, ENCRYPTED).await, 1),
    }
}
