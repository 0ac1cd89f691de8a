//! The program as a process, and a client that speaks to it.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, body::Bytes, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

use crate::program;

/// A server answers so long after its start at the latest, whatever it was doing when it was killed.
const READY: Duration = Duration::from_secs(60);
/// Told to stop, it is gone after so long.
const GONE: Duration = Duration::from_secs(30);

/// Where the site under test lies.
pub(crate) struct Place {
    pub(crate) data: PathBuf,
    pub(crate) database: Option<String>,
}

impl Place {
    pub(crate) fn engine(&self) -> &'static str {
        if self.database.is_some() { "postgresql" } else { "sqlite" }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(words).arg("--data").arg(&self.data).stdin(Stdio::null());
        if let Some(url) = &self.database {
            command.args(["--database", url]);
        }
        command
    }

    /// Runs a command of the program that must be refused as wrong input (exit code 2), and gives what it says.
    pub(crate) fn refused(&self, words: &[&str]) -> String {
        let output = self.command(words).output().expect("the program runs");
        let complained = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{} {words:?}: {complained}", self.engine());
        complained
    }

    /// Runs a command of the program to its end, which must be a good one, and gives what it says.
    pub(crate) fn run(&self, words: &[&str]) -> String {
        let output = self.command(words).output().expect("the program runs");
        let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{} {words:?}: {}\n{said}\n{complained}", self.engine(), output.status);
        said.into_owned()
    }
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    base: String,
}

impl Server {
    /// Starts it on a free port and waits for its first answer.
    pub(crate) async fn start(place: &Place) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("a port").to_string();
        drop(free);
        let mut command = place.command(&["serve", "--listen", &address]);
        let child = command.env("RUST_LOG", "error").stdout(Stdio::null()).spawn().expect("the program runs");
        let mut server = Self { child, base: format!("http://{address}") };
        let (http, started) = (server.http(), Instant::now());
        while !matches!(http.get("/health").await, Ok(it) if it.status == 200) {
            let ended = server.child.try_wait().expect("its state");
            assert!(ended.is_none(), "{}: the server needs help to start: {ended:?}", place.engine());
            assert!(started.elapsed() < READY, "{}: the server does not come back", place.engine());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server
    }

    /// A client that nobody is signed in to.
    pub(crate) fn http(&self) -> Http {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Http { client: Client::builder(TokioExecutor::new()).build(connector), base: self.base.clone(), token: None }
    }

    /// Ends it without a word (`kill -9`).
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("a process of ours");
        self.child.wait().expect("it is gone");
    }

    /// Asks it to stop, and sees that it does so in order.
    pub(crate) async fn stop(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(told.success());
        let asked = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                assert!(status.success(), "the server did not stop in order: {status}");
                return;
            }
            assert!(asked.elapsed() < GONE, "the server does not stop");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// A client, of one signed-in person or of nobody.
#[derive(Clone)]
pub(crate) struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
    token: Option<String>,
}

impl Http {
    pub(crate) fn of(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Answer, String> {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Answer, String> {
        self.send(Method::POST, path, Some(body)).await
    }

    /// `Err`: no whole answer came, so nobody knows whether the request was carried out.
    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, String> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = Bytes::from(body.map(Value::to_string).unwrap_or_default());
        let request = request.body(Full::new(body)).map_err(|error| error.to_string())?;
        let answer = self.client.request(request).await.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
        Ok(Answer { status, body: serde_json::from_slice(&body).unwrap_or(Value::Null) })
    }
}
