//! Text tables (CSV) in whatever encoding they were saved: UTF-8, GBK (GB 18030), UTF-16, with a mark or without.

use std::{
    borrow::Cow,
    io::{self, BufRead, BufReader, Read},
};

use encoding_rs::{Decoder, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::limits::RECORD_BYTES_MAX;

/// Bytes that are read at once.
const BLOCK: usize = 64 * 1024;
/// So much of a file tells UTF-16 without a mark.
const SAMPLE: usize = 4_096;
/// Of so many good letters one may be broken.
const FEW: usize = 20;

/// The encoding of a text: by its mark, by the zero bytes of UTF-16, by whether all of it is UTF-8, else GB 18030, of which GBK and
/// GB 2312 are part.
///
/// # Errors
/// If it cannot be read.
pub(crate) fn encoding(mut text: impl Read) -> io::Result<&'static Encoding> {
    let mut block = vec![0; BLOCK];
    let mut utf8 = UTF_8.new_decoder_without_bom_handling();
    let mut sink = String::with_capacity(BLOCK * 3 + 64);
    let (mut first, mut faults, mut good) = (true, 0_usize, 0_usize);
    loop {
        let n = fill(&mut text, &mut block)?;
        let part = &block[..n];
        if first {
            if let Some((marked, _)) = Encoding::for_bom(part) {
                return Ok(marked);
            }
            if let Some(wide) = wide(&part[..n.min(SAMPLE)]) {
                return Ok(wide);
            }
            first = false;
        }
        sink.clear();
        let (_, _, bad) = utf8.decode_to_string(part, &mut sink, n < BLOCK);
        let wrong = if bad { sink.matches(char::REPLACEMENT_CHARACTER).count() } else { 0 };
        faults += wrong;
        good += sink.chars().filter(|it| !it.is_ascii()).count() - wrong;
        if n < BLOCK {
            break;
        }
    }
    // A few broken letters in a long UTF-8 text are broken letters; GBK read as UTF-8 is broken everywhere.
    Ok(if faults * FEW <= good { UTF_8 } else { GB18030 })
}

/// A text as UTF-8, whatever it was saved as; what is readable as nothing stays as it is.
pub fn utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    match encoding(bytes) {
        Ok(it) if it != UTF_8 => match it.decode(bytes) {
            (text, _, false) => Cow::Owned(text.into_owned().into_bytes()),
            _ => Cow::Borrowed(bytes),
        },
        _ => Cow::Borrowed(bytes),
    }
}

/// UTF-16 without a mark: every other byte of its commas, digits and line ends is zero.
fn wide(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|it| **it == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let some = sample.len() / 50 + 1;
    // A Chinese letter too may have a zero in its lower half, but not half of all letters.
    match (even, odd) {
        (even, odd) if odd > some && odd > even * 4 => Some(UTF_16LE),
        (even, odd) if even > some && even > odd * 4 => Some(UTF_16BE),
        _ => None,
    }
}

fn fill(from: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < block.len() {
        match from.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A text as UTF-8 without its mark. What cannot be read becomes U+FFFD, which the row's report names. A record without end is refused.
pub(crate) struct Decoded<R> {
    from: R,
    decoder: Decoder,
    raw: Vec<u8>,
    text: String,
    taken: usize,
    ended: bool,
    quoted: bool,
    line: u64,
    record: usize,
    last: u8,
}

impl<R: Read> Decoded<R> {
    /// Reads `from` in this encoding.
    pub(crate) fn new(from: R, encoding: &'static Encoding) -> Self {
        Self {
            from,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; BLOCK],
            text: String::new(),
            taken: 0,
            ended: false,
            quoted: false,
            line: 1,
            record: 0,
            last: b'\n',
        }
    }

    fn more(&mut self) -> io::Result<()> {
        let n = fill(&mut self.from, &mut self.raw)?;
        self.ended = n < self.raw.len();
        self.text.clear();
        self.taken = 0;
        let most = self.decoder.max_utf8_buffer_length(n).unwrap_or(n * 3 + 64);
        self.text.reserve(most);
        let _ = self.decoder.decode_to_string(&self.raw[..n], &mut self.text, self.ended);
        // Line ends of Windows are made those of everybody, so that rows keep the numbers that people see.
        self.text.retain(|it| it != '\r');
        // The last line ends as all others do, so that lines can be counted by their ends.
        if self.ended && self.text.bytes().last().unwrap_or(self.last) != b'\n' {
            self.text.push('\n');
        }
        self.last = self.text.bytes().last().unwrap_or(self.last);
        for byte in self.text.bytes() {
            match byte {
                b'"' => self.quoted = !self.quoted,
                b'\n' => self.line += 1,
                0 => return Err(io::Error::other("文件中有空字符，不是文本表格，请核对是否选错了文件。")),
                _ => {}
            }
            self.record = if byte == b'\n' && !self.quoted { 0 } else { self.record + 1 };
            if self.record > RECORD_BYTES_MAX {
                let line = self.line;
                return Err(io::Error::other(format!(
                    "第 {line} 行附近的一行内容超过 2 MB：可能是引号没有成对，或者单元格内容过大，请检查后再导入。"
                )));
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let rest = self.fill_buf()?;
        let n = rest.len().min(out.len());
        out[..n].copy_from_slice(&rest[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl<R: Read> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.taken >= self.text.len() && !self.ended {
            self.more()?;
        }
        Ok(self.text.as_bytes().get(self.taken..).unwrap_or_default())
    }

    fn consume(&mut self, n: usize) {
        self.taken += n;
    }
}

/// The records of a text table with their lines. The separator is the comma, or what the first line shows: tab or semicolon.
pub(crate) fn records<R: Read>(text: Decoded<R>) -> io::Result<csv::Reader<BufReader<Decoded<R>>>> {
    let mut text = BufReader::with_capacity(BLOCK, text);
    let first = text.fill_buf()?;
    let first = first.split(|it| *it == b'\n').next().unwrap_or_default();
    let count = |byte: u8| first.iter().filter(|it| **it == byte).count();
    let (comma, tab, semicolon) = (count(b','), count(b'\t'), count(b';'));
    let between = match () {
        () if tab > comma => b'\t',
        () if semicolon > comma => b';',
        () => b',',
    };
    Ok(csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(between).from_reader(text))
}

/// A cell of a text table that a spreadsheet would take for a formula gets an apostrophe before it, and so does one that begins with an
/// apostrophe, so that [`unguarded`] gives back exactly what was written.
pub fn guarded(cell: &str) -> String {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\'' | '＝' | '＋' | '－' | '＠') => format!("'{cell}"),
        _ => cell.to_owned(),
    }
}

/// A cell without the apostrophe of [`guarded`].
pub fn unguarded(cell: &str) -> &str {
    let rest = cell.strip_prefix('\'').unwrap_or(cell);
    let special = rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'', '＝', '＋', '－', '＠']);
    if special { rest } else { cell }
}
