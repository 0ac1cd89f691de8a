//! A JPEG, marker by marker: what is needed to show it stays, what the camera, the telephone or a program wrote beside it goes: EXIF with
//! place and time, XMP, IPTC, comments, small pictures that may show what was cut off, and whatever follows the end (films, second pictures).

use crate::{Fault, Format, JPEG_PIXELS_MAX, Picture, Turn, bearable};

/// Looks at it; see [`crate::look`].
pub(crate) fn look(bytes: &[u8]) -> Result<Picture, Fault> {
    let mut walk = Walk { bytes, at: 2, out: bytes.get(..2).ok_or(Fault::Broken)?.to_vec(), frame: None, turn: None };
    let mut scans = 0;
    loop {
        match walk.marker()? {
            // The end.
            0xD9 => break,
            // What stands without a length means nothing between segments.
            0x01 | 0xD0..=0xD8 => {}
            0xDA => {
                let header = walk.segment()?;
                walk.keep(0xDA, header);
                walk.scan()?;
                scans += 1;
            }
            marker => {
                let segment = walk.segment()?;
                walk.meet(marker, segment)?;
            }
        }
    }
    walk.out.extend([0xFF, 0xD9]);
    let (width, height, components) = walk.frame.filter(|_| scans > 0).ok_or(Fault::Broken)?;
    bearable((width, height), JPEG_PIXELS_MAX)?;
    match components {
        1 | 3 => {}
        4 => return Err(Fault::Colours),
        _ => return Err(Fault::Broken),
    }
    let upright = walk.turn.unwrap_or_default();
    Ok(Picture { format: Format::Jpeg, width, height, upright, bytes: walk.out })
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    out: Vec<u8>,
    /// Width, height, components.
    frame: Option<(u32, u32, u8)>,
    turn: Option<Turn>,
}

impl<'a> Walk<'a> {
    /// The next marker; bytes that fill up before it are skipped.
    fn marker(&mut self) -> Result<u8, Fault> {
        if self.next()? != 0xFF {
            return Err(Fault::Broken);
        }
        loop {
            match self.next()? {
                0xFF => {}
                0 => return Err(Fault::Broken),
                marker => return Ok(marker),
            }
        }
    }

    fn next(&mut self) -> Result<u8, Fault> {
        let byte = self.bytes.get(self.at).copied().ok_or(Fault::Broken)?;
        self.at += 1;
        Ok(byte)
    }

    /// A segment with its length in front.
    fn segment(&mut self) -> Result<&'a [u8], Fault> {
        let length = match self.bytes.get(self.at..) {
            Some([a, b, ..]) => usize::from(u16::from_be_bytes([*a, *b])),
            _ => return Err(Fault::Broken),
        };
        let segment = self.bytes.get(self.at..self.at + length).filter(|it| it.len() >= 2).ok_or(Fault::Broken)?;
        self.at += length;
        Ok(segment)
    }

    fn keep(&mut self, marker: u8, segment: &[u8]) {
        self.out.extend([0xFF, marker]);
        self.out.extend(segment);
    }

    /// Entropy-coded bytes up to the next marker that is no restart.
    fn scan(&mut self) -> Result<(), Fault> {
        let from = self.at;
        loop {
            let rest = self.bytes.get(self.at..).ok_or(Fault::Broken)?;
            let found = rest.iter().position(|it| *it == 0xFF).ok_or(Fault::Broken)?;
            self.at += found;
            match self.bytes.get(self.at + 1) {
                Some(0 | 0xD0..=0xD7) => self.at += 2,
                Some(0xFF) => self.at += 1,
                Some(_) => break,
                None => return Err(Fault::Broken),
            }
        }
        self.out.extend(&self.bytes[from..self.at]);
        Ok(())
    }

    fn meet(&mut self, marker: u8, segment: &[u8]) -> Result<(), Fault> {
        let body = &segment[2..];
        match marker {
            // A frame: C4 are tables, C8 is reserved, CC conditions arithmetic coding.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let [_, h1, h2, w1, w2, components, ..] = body else { return Err(Fault::Broken) };
                if self.frame.is_some() {
                    return Err(Fault::Broken);
                }
                let of = |a: &u8, b: &u8| u32::from(u16::from_be_bytes([*a, *b]));
                self.frame = Some((of(w1, w2), of(h1, h2), *components));
                self.keep(marker, segment);
            }
            0xE1 => {
                if let Some(tiff) = body.strip_prefix(b"Exif\0\0") {
                    self.turn.get_or_insert(Turn::of_exif(tiff));
                }
            }
            // JFIF without a small picture in it; the colours' profile; how colours are coded.
            0xE0 if body.starts_with(b"JFIF\0") && body.len() == 14 => self.keep(marker, segment),
            0xE2 if body.starts_with(b"ICC_PROFILE\0") => self.keep(marker, segment),
            0xEE if body.starts_with(b"Adobe") => self.keep(marker, segment),
            0xE0..=0xEF | 0xFE => {}
            _ => self.keep(marker, segment),
        }
        Ok(())
    }
}
