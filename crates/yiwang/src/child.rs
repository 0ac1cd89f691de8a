//! The program under measure as a process of its own, so that its processor time and memory are its own.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{http::Http, outcome::Failed};

/// A started server takes so long at most until it answers.
const READY: Duration = Duration::from_secs(60);

/// A child process; it is stopped when this is dropped.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) base: String,
    /// How long it took from its start to its first page.
    pub(crate) first_page: Duration,
}

impl Server {
    /// Starts this program with these words and a free port, and waits until `path` is answered.
    pub(crate) async fn start(words: &[String], path: &str) -> Result<Self, Failed> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let base = format!("http://127.0.0.1:{port}");
        let started = Instant::now();
        let child = Command::new(std::env::current_exe()?)
            .args(words)
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let mut server = Self { child, base, first_page: Duration::ZERO };
        let http = Http::new(&server.base);
        while started.elapsed() < READY {
            if http.get(path).await.is_ok_and(|it| it.status.is_success()) {
                server.first_page = started.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                return Err(Failed::Platform(format!("the server ended at its start: {status}")));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err(Failed::Platform("the server did not answer in time".to_owned()))
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
