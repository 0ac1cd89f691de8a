//! Photographs as people hand them in (JPEG, PNG): how large they are, which way up, without what the camera wrote about place and time,
//! and small to be seen in a list.
//!
//! What must stay true: nothing here reads a file or a clock; whatever bytes come in, the answer is a value or a [`Fault`], never a panic
//! and never more memory than the constants of this page allow. Nothing is decoded before its size was read and found bearable.

mod jpeg;
#[cfg(test)]
mod tests;
mod thumbnail;
mod turn;

pub use thumbnail::thumbnail;
pub use turn::Turn;

/// A side of a picture at most, in pixels.
pub const SIDE_MAX: u32 = 20_000;
/// Pixels of a JPEG at most: the largest cameras of telephones have 200 million. It is not decoded to be set on a page.
pub const JPEG_PIXELS_MAX: u64 = 210_000_000;
/// Pixels of a PNG at most, which has to be decoded: an A4 page at 600 dpi has 34.8 million.
pub const PNG_PIXELS_MAX: u64 = 36_000_000;
/// Pixels of a picture of which a small one is made, at most: it is decoded whole, which takes four bytes a pixel, of a progressive JPEG
/// some more.
pub const SMALL_FROM_MAX: u64 = 52_000_000;
/// The longer side of a small picture, in pixels: 96 as large as a page shows it, twice and a half as dense for telephones.
pub const SMALL_SIDE: u32 = 240;

/// What a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// PNG (ISO/IEC 15948).
    Png,
}

/// A picture that was looked at and can be set on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it is.
    pub format: Format,
    /// As it lies in the file, in pixels.
    pub width: u32,
    /// As it lies in the file, in pixels.
    pub height: u32,
    /// How it is turned to stand upright, as its camera wrote (EXIF tag 274).
    pub upright: Turn,
    /// The file without what the camera wrote: of a JPEG all that is not needed to show it is gone, also what follows its end; a PNG is as
    /// it came, for whoever sets it takes its pixels only.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Width and height when it stands upright, in pixels.
    #[must_use]
    pub fn upright_size(&self) -> (u32, u32) {
        self.upright.size((self.width, self.height))
    }
}

/// Why a picture cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is neither JPEG nor PNG.
    #[error("不是 JPG 或 PNG 图片")]
    Unknown,
    /// It ends too early, or says what cannot be.
    #[error("图片不完整或者已经损坏")]
    Broken,
    /// A side, or all its pixels, are above the limit.
    #[error("图片的尺寸太大")]
    TooLarge,
    /// It has colours for printing (CMYK), which each screen shows otherwise.
    #[error("图片用的是印刷颜色（CMYK）")]
    Colours,
}

/// Looks at a picture: whether it is whole, how large, which way up; and leaves out what its camera wrote.
///
/// # Errors
/// Each [`Fault`].
pub fn look(bytes: &[u8]) -> Result<Picture, Fault> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => jpeg::look(bytes),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => png_look(bytes),
        _ => Err(Fault::Unknown),
    }
}

/// Whether sides are within the limits.
fn bearable((width, height): (u32, u32), pixels_max: u64) -> Result<(), Fault> {
    match u64::from(width) * u64::from(height) {
        0 => Err(Fault::Broken),
        pixels if pixels > pixels_max || width.max(height) > SIDE_MAX => Err(Fault::TooLarge),
        _ => Ok(()),
    }
}

fn png_look(bytes: &[u8]) -> Result<Picture, Fault> {
    // What a PNG holds beside its pixels is bounded by its own size.
    let limits = png::Limits { bytes: bytes.len().saturating_add(1 << 20) };
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(bytes), limits);
    let info = decoder.read_header_info().map_err(|_| Fault::Broken)?;
    let (width, height) = info.size();
    bearable((width, height), PNG_PIXELS_MAX)?;
    let upright = png_turn(bytes);
    Ok(Picture { format: Format::Png, width, height, upright, bytes: bytes.to_vec() })
}

/// What stands in the chunk `eXIf`, which may come before or after the pixels.
fn png_turn(bytes: &[u8]) -> Turn {
    let mut rest = &bytes[8..];
    while let [a, b, c, d, kind @ ..] = rest {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let (Some(name), Some(data)) = (kind.get(..4), kind.get(4..4_usize.saturating_add(length))) else { break };
        if name == b"eXIf" {
            return Turn::of_exif(data);
        }
        rest = kind.get(length.saturating_add(8)..).unwrap_or_default();
    }
    Turn::default()
}
