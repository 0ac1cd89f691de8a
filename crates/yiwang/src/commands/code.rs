//! `yiwang code check KIND`: judges a value a line. Needs no data folder.

use std::io::{self, BufRead, BufWriter, Write};

use kernel::Clock;
use standards::check::{Kind, line};

use crate::outcome::Failed;

/// Lines longer than this are not read into memory whole: no code is nearly as long.
const LINE_MAX: u64 = 4_096;

/// Reads standard input and writes each line with its verdict.
pub(crate) fn check(kind: &str) -> Result<(), Failed> {
    let kind: Kind = kind.parse().map_err(|error: standards::check::UnknownKind| Failed::input(error.to_string()))?;
    let today = kernel::SystemClock.now().legal_date();
    judge_lines(|text| line(kind, text, today).map(|()| "ok".to_owned()).map_err(|error| error.to_string()))
}

/// Reads lines, prints each as read, a tab, and what `judge` says; good and bad alike, to the end.
pub(crate) fn judge_lines(judge: impl Fn(&str) -> Result<String, String>) -> Result<(), Failed> {
    let mut input = io::stdin().lock();
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut bytes = Vec::with_capacity(128);
    loop {
        bytes.clear();
        if io::Read::take(&mut input, LINE_MAX).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let whole = bytes.last() == Some(&b'\n') || (bytes.len() as u64) < LINE_MAX;
        if !whole {
            skip_line(&mut input)?;
        }
        while matches!(bytes.last(), Some(b'\n' | b'\r')) {
            bytes.pop();
        }
        out.write_all(&bytes)?;
        let verdict = match std::str::from_utf8(&bytes) {
            Ok(text) if whole => judge(text),
            Ok(_) => Err(format!("这一行超过 {LINE_MAX} 字节")),
            Err(error) => Err(format!("第 {} 个字节起不是 UTF-8 文字", error.valid_up_to() + 1)),
        };
        match verdict {
            Ok(text) => writeln!(out, "\t{text}")?,
            Err(why) => writeln!(out, "\terror: {why}")?,
        }
    }
    out.flush()?;
    Ok(())
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|it| *it == b'\n');
        let used = end.map_or(buffer.len(), |it| it + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}
