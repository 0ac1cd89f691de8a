//! Many files as one answer, a ZIP that is written while it is sent: one file at a time is held in memory, whatever their number.
//!
//! Names inside are such that Windows takes them (no `\ / : * ? " < > |`, no name of a device, no dot or blank at the end), UTF-8, and
//! each stands once.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::Stream;
use kernel::{Error, Result};
use tokio::sync::mpsc;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::encoded;

/// Pieces that wait to be sent.
const WAITING: usize = 8;
/// A name inside has so many characters at most, its ending included.
const NAME_MAX: usize = 100;
/// Names that Windows keeps for devices.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Whether a file gains by being made smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Text: made smaller.
    Smaller,
    /// A picture or PDF, which is small already: as it is.
    AsIs,
}

enum Step {
    File { name: String, packing: Packing, bytes: Bytes },
    Done,
}

/// Where the files of an archive go in.
pub struct ArchiveSink {
    steps: mpsc::Sender<Step>,
    taken: BTreeSet<String>,
}

impl ArchiveSink {
    /// Adds a file; gives the name under which it stands, which differs if one of that name is there.
    ///
    /// # Errors
    /// [`Error::Internal`] if whoever fetches the archive has gone.
    pub async fn add(&mut self, path: &str, packing: Packing, bytes: impl Into<Bytes>) -> Result<String> {
        let name = self.free(&safe_path(path));
        let step = Step::File { name: name.clone(), packing, bytes: bytes.into() };
        self.steps.send(step).await.map_err(|_| Error::internal("nobody fetches the archive any more"))?;
        Ok(name)
    }

    /// All files are in. An archive that is dropped before breaks off, so that nobody takes a part for the whole.
    ///
    /// # Errors
    /// As [`ArchiveSink::add`].
    pub async fn finish(self) -> Result<()> {
        self.steps.send(Step::Done).await.map_err(|_| Error::internal("nobody fetches the archive any more"))
    }

    /// A name that no file has yet: Windows does not tell `A` from `a`.
    fn free(&mut self, name: &str) -> String {
        let (stem, ending) = match name.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() && !ending.contains('/') => (stem, format!(".{ending}")),
            _ => (name, String::new()),
        };
        let mut n = 1;
        let mut free = name.to_owned();
        while !self.taken.insert(free.to_lowercase()) {
            n += 1;
            free = format!("{stem}（{n}）{ending}");
        }
        free
    }
}

/// Each part of a path so that Windows takes it.
fn safe_path(path: &str) -> String {
    let parts: Vec<_> = path.split('/').map(safe_name).collect();
    parts.join("/")
}

/// One name, without what Windows refuses, and not longer than it can be unpacked; its ending stays.
#[must_use]
pub fn safe_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|it| if it.is_control() || r#"\/:*?"<>|"#.contains(it) { '_' } else { it })
        .filter(|it| !matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}'))
        .collect();
    let plain = plain.trim().trim_end_matches(['.', ' ']);
    let (stem, ending) = match plain.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.chars().count() <= 10 => (stem, format!(".{ending}")),
        _ => (plain, String::new()),
    };
    let room = NAME_MAX - ending.chars().count();
    let stem: String = stem.chars().take(room).collect();
    let stem = stem.trim_end_matches(['.', ' ']);
    let lower = stem.split('.').next().unwrap_or_default().to_lowercase();
    let numbered = |kind: &str| {
        lower.strip_prefix(kind).is_some_and(|it| it.len() == 1 && it != "0" && it.as_bytes()[0].is_ascii_digit())
    };
    let device = DEVICES.contains(&lower.as_str()) || numbered("com") || numbered("lpt");
    match (stem.is_empty(), device) {
        (true, _) => format!("未命名{ending}"),
        (false, true) => format!("_{stem}{ending}"),
        (false, false) => format!("{stem}{ending}"),
    }
}

/// Pieces of the archive on their way to whoever fetches it.
struct Pieces(mpsc::Receiver<io::Result<Bytes>>);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// Hands what is written on to whoever fetches it, and waits while that one is slow.
struct Outlet(mpsc::Sender<io::Result<Bytes>>);

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Ok(Bytes::copy_from_slice(bytes));
        self.0.blocking_send(piece).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes files as they come; whether the end was told.
fn write(mut steps: mpsc::Receiver<Step>, outlet: Outlet) -> io::Result<bool> {
    let mut archive = ZipWriter::new_stream(io::BufWriter::with_capacity(64 * 1024, outlet));
    while let Some(step) = steps.blocking_recv() {
        match step {
            Step::File { name, packing, bytes } => {
                let method = match packing {
                    Packing::Smaller => CompressionMethod::Deflated,
                    Packing::AsIs => CompressionMethod::Stored,
                };
                let options = SimpleFileOptions::default().compression_method(method);
                archive.start_file(name, options).map_err(io::Error::other)?;
                archive.write_all(&bytes)?;
            }
            Step::Done => {
                archive.finish().map_err(io::Error::other)?.into_inner().flush()?;
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// An archive of this name as an answer, and where its files go in. Whoever fills it does so in a task of its own, after every right was
/// asked: the answer has begun by then.
#[must_use]
pub fn archive(name: &str) -> (ArchiveSink, Response) {
    let (steps, taken) = mpsc::channel(1);
    let (pieces, sent) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let done = write(taken, Outlet(pieces.clone()));
        if !matches!(done, Ok(true)) {
            // A broken answer: a browser says so and keeps no half of it.
            drop(pieces.blocking_send(Err(io::Error::other("the archive could not be filled"))));
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", encoded(&safe_name(name)))),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let answer = (headers, Body::from_stream(Pieces(sent))).into_response();
    (ArchiveSink { steps, taken: BTreeSet::new() }, answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_such_that_windows_takes_them() {
        let long = format!("{}.pdf", "长".repeat(200));
        let table = [
            ("身份证.pdf", "身份证.pdf"),
            ("a/b\\c:d*e?f\"g<h>i|j.pdf", "a_b_c_d_e_f_g_h_i_j.pdf"),
            ("../../etc/passwd", ".._.._etc_passwd"),
            ("con.pdf", "_con.pdf"),
            ("COM1", "_COM1"),
            ("com10.pdf", "com10.pdf"),
            ("尾.", "尾"),
            ("尾 . .pdf", "尾.pdf"),
            ("", "未命名"),
            (".pdf", ".pdf"),
            ("a\u{202e}fdp.exe", "afdp.exe"),
            ("a\r\nb", "a__b"),
        ];
        for (name, expected) in table {
            assert_eq!(safe_name(name), expected, "{name:?}");
        }
        assert!(safe_name(&long).chars().count() == NAME_MAX && safe_name(&long).ends_with(".pdf"));
    }

    #[tokio::test]
    async fn an_archive_is_whole_or_breaks_off_and_each_name_stands_once() {
        let read = |answer: Response| axum::body::to_bytes(answer.into_body(), 10_000_000);
        let (mut sink, answer) = archive("办件.zip");
        let filled = tokio::spawn(async move {
            let mut names = Vec::new();
            for (path, bytes) in [("材料/a.pdf", vec![7; 300_000]), ("材料/A.pdf", vec![8]), ("说明.txt", vec![9; 10])]
            {
                names.push(sink.add(path, Packing::AsIs, bytes).await.unwrap());
            }
            names.push(sink.add("全部.json", Packing::Smaller, "好".repeat(10_000)).await.unwrap());
            sink.finish().await.unwrap();
            names
        });
        let bytes = read(answer).await.unwrap();
        let names = filled.await.unwrap();
        assert_eq!(names, ["材料/a.pdf", "材料/A（2）.pdf", "说明.txt", "全部.json"]);
        let mut opened = zip::ZipArchive::new(io::Cursor::new(bytes.to_vec())).unwrap();
        assert_eq!(opened.file_names().count(), 4);
        let mut text = String::new();
        io::Read::read_to_string(&mut opened.by_name("全部.json").unwrap(), &mut text).unwrap();
        assert_eq!(text.chars().count(), 10_000);
        let (mut sink, answer) = archive("办件.zip");
        tokio::spawn(async move { sink.add("a.pdf", Packing::AsIs, vec![1; 10]).await });
        assert!(read(answer).await.is_err(), "dropped before the end: no half is taken for the whole");
    }
}
