//! Asking clamd about files before they count (`INSTREAM` of its protocol, clamd(8)): on this machine only, since what is asked about are
//! people's papers and clamd knows no encryption.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use cases::{Scanner, Verdict};
use kernel::{Error, Result};
use serde::Deserialize;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
};

/// A file is looked through within so many seconds: somebody waits before the page.
const ANSWER: Duration = Duration::from_secs(20);
/// A piece of a file that is sent at once.
const PIECE: usize = 64 * 1024;
/// An answer has so many bytes at most.
const ANSWER_MAX: u64 = 1_024;

/// The scanner of the settings: one of two places.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clamd {
    /// Its socket: a file.
    pub(crate) socket: Option<PathBuf>,
    /// Its number on this machine: `127.0.0.1:3310`.
    pub(crate) address: Option<SocketAddr>,
}

impl Clamd {
    /// What is wrong with it, in Chinese.
    pub(crate) fn fault(&self) -> Option<String> {
        match (&self.socket, &self.address) {
            (Some(_), None) => None,
            (None, Some(address)) if address.ip().is_loopback() => None,
            (None, Some(address)) => Some(format!("文件检查程序 {address} 须在本机")),
            _ => Some("文件检查程序的 socket 和 address 须填其中一个".to_owned()),
        }
    }

    async fn ask(&self, bytes: &Bytes) -> Result<Verdict> {
        match (&self.socket, &self.address) {
            (Some(path), _) => stream(UnixStream::connect(path).await.map_err(Error::internal)?, bytes).await,
            (None, Some(address)) => stream(TcpStream::connect(address).await.map_err(Error::internal)?, bytes).await,
            (None, None) => Err(Error::internal("no scanner")),
        }
    }
}

#[async_trait]
impl Scanner for Clamd {
    async fn scan(&self, bytes: &Bytes) -> Result<Verdict> {
        let asked = tokio::time::timeout(ANSWER, self.ask(bytes)).await;
        asked.map_err(|_| Error::internal("the scanner did not answer in time"))?
    }
}

/// Sends the file in pieces, each with its length before it, and reads the answer.
async fn stream(mut to: impl AsyncRead + AsyncWrite + Unpin, bytes: &Bytes) -> Result<Verdict> {
    to.write_all(b"zINSTREAM\0").await.map_err(Error::internal)?;
    for piece in bytes.chunks(PIECE) {
        let length = u32::try_from(piece.len()).map_err(Error::internal)?;
        to.write_all(&length.to_be_bytes()).await.map_err(Error::internal)?;
        to.write_all(piece).await.map_err(Error::internal)?;
    }
    to.write_all(&0_u32.to_be_bytes()).await.map_err(Error::internal)?;
    let mut answer = Vec::new();
    to.take(ANSWER_MAX).read_to_end(&mut answer).await.map_err(Error::internal)?;
    let answer = String::from_utf8_lossy(&answer);
    match answer.trim_end_matches(['\0', '\n']) {
        "stream: OK" => Ok(Verdict::Clean),
        // `stream: NAME FOUND`
        it if it.starts_with("stream: ") && it.ends_with(" FOUND") => Ok(Verdict::Harmful),
        it => Err(Error::internal(format!("the scanner answered {it:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A clamd that answers this, once it has read a whole file; gives the file.
    async fn asked(bytes: Vec<u8>, answer: &'static [u8]) -> (Result<Verdict>, Vec<u8>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = Some(listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut command = [0; 10];
            stream.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut file = Vec::new();
            loop {
                let length = stream.read_u32().await.unwrap() as usize;
                if length == 0 {
                    break;
                }
                let mut piece = vec![0; length];
                stream.read_exact(&mut piece).await.unwrap();
                file.extend(piece);
            }
            stream.write_all(answer).await.unwrap();
            file
        });
        let said = Clamd { socket: None, address }.scan(&Bytes::from(bytes)).await;
        (said, server.await.unwrap())
    }

    #[tokio::test]
    async fn a_file_is_sent_whole_and_only_a_plain_ok_is_one() {
        let file: Vec<u8> = (0..200_000_u32).map(|it| it.to_le_bytes()[0]).collect();
        let (said, sent) = asked(file.clone(), b"stream: OK\0").await;
        assert!(said.unwrap() == Verdict::Clean && sent == file);
        let (said, _) = asked(file.clone(), b"stream: Win.Test.EICAR_HDB-1 FOUND\0").await;
        assert_eq!(said.unwrap(), Verdict::Harmful);
        let wrong: [&[u8]; 4] = [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: ERROR\0", b"OK\0"];
        for answer in wrong {
            assert!(asked(file.clone(), answer).await.0.is_err(), "{}", String::from_utf8_lossy(answer));
        }
    }

    #[tokio::test]
    async fn nobody_there_is_no_ok_and_nobody_elsewhere_is_asked() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let clamd = |socket: Option<&str>, address: Option<&str>| Clamd {
            socket: socket.map(PathBuf::from),
            address: address.map(|it| it.parse().unwrap()),
        };
        assert!(Clamd { socket: None, address: Some(closed) }.scan(&Bytes::from_static(b"x")).await.is_err());
        assert!(clamd(Some("/nowhere/clamd.ctl"), None).scan(&Bytes::from_static(b"x")).await.is_err());
        for (wrong, n) in [
            (clamd(None, None), 0),
            (clamd(Some("/a"), Some("127.0.0.1:1")), 1),
            (clamd(None, Some("10.0.0.1:3310")), 2),
        ] {
            assert!(wrong.fault().is_some(), "row {n}");
        }
        assert_eq!(clamd(None, Some("127.0.0.1:3310")).fault(), None);
        assert_eq!(clamd(Some("/run/clamav/clamd.ctl"), None).fault(), None);
    }
}
