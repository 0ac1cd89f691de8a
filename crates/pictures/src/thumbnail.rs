//! A picture made small, upright, on white: each pixel is the mean of those it stands for.

use std::io::Cursor;

use jpeg_encoder::{ColorType, Encoder};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use crate::{Fault, Format, SIDE_MAX, SMALL_FROM_MAX, SMALL_SIDE, bearable, look};

/// How well the small picture is kept, of a hundred.
const QUALITY: u8 = 78;

/// Makes a picture small: a JPEG of [`SMALL_SIDE`] pixels at most, without anything but its pixels.
///
/// # Errors
/// Each [`Fault`]; [`Fault::TooLarge`] already above [`SMALL_FROM_MAX`].
pub fn thumbnail(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let picture = look(bytes)?;
    bearable((picture.width, picture.height), SMALL_FROM_MAX)?;
    let whole = match picture.format {
        Format::Jpeg => jpeg(&picture.bytes)?,
        Format::Png => png(bytes)?,
    };
    if (whole.width, whole.height) != (picture.width, picture.height) {
        return Err(Fault::Broken);
    }
    let small = whole.shrunk()?;
    let size = (small.width, small.height);
    let (width, height) = picture.upright.size(size);
    let mut upright = vec![0; small.pixels.len()];
    for (number, pixel) in (0_u32..).zip(small.pixels.chunks_exact(3)) {
        let (x, y) = picture.upright.place((number % size.0, number / size.0), size);
        let at = (y * width + x) as usize * 3;
        upright[at..at + 3].copy_from_slice(pixel);
    }
    let (Ok(w), Ok(h)) = (u16::try_from(width), u16::try_from(height)) else { return Err(Fault::TooLarge) };
    let mut out = Vec::new();
    Encoder::new(&mut out, QUALITY).encode(&upright, w, h, ColorType::Rgb).map_err(|_| Fault::Broken)?;
    Ok(out)
}

/// Decoded pixels of one, two, three or four bytes: grey, grey with alpha, colours, colours with alpha.
struct Pixels {
    width: u32,
    height: u32,
    channels: usize,
    pixels: Vec<u8>,
}

fn jpeg(bytes: &[u8]) -> Result<Pixels, Fault> {
    let side = SIDE_MAX as usize;
    let options = DecoderOptions::default().set_max_width(side).set_max_height(side);
    let options = options.jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let pixels = decoder.decode().map_err(|_| Fault::Broken)?;
    let info = decoder.info().ok_or(Fault::Broken)?;
    Ok(Pixels { width: u32::from(info.width), height: u32::from(info.height), channels: 3, pixels })
}

fn png(bytes: &[u8]) -> Result<Pixels, Fault> {
    let limits = png::Limits { bytes: bytes.len().saturating_add(1 << 20) };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|_| Fault::Broken)?;
    let (width, height) = reader.info().size();
    bearable((width, height), SMALL_FROM_MAX)?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or(Fault::TooLarge)?];
    let info = reader.next_frame(&mut pixels).map_err(|_| Fault::Broken)?;
    pixels.truncate(info.buffer_size());
    Ok(Pixels { width, height, channels: reader.output_color_type().0.samples(), pixels })
}

impl Pixels {
    /// The same in three colours on white, its longer side [`SMALL_SIDE`] at most.
    fn shrunk(&self) -> Result<Self, Fault> {
        let longer = self.width.max(self.height).max(SMALL_SIDE);
        let scaled = |it: u32| {
            let it = u64::from(it) * u64::from(SMALL_SIDE) / u64::from(longer);
            u32::try_from(it).unwrap_or(SMALL_SIDE).max(1)
        };
        let (width, height) = (scaled(self.width), scaled(self.height));
        let stride = self.width as usize * self.channels;
        if self.pixels.len() < stride * self.height as usize {
            return Err(Fault::Broken);
        }
        // From where to where the `number`th of `count` reaches among `whole`.
        let span = |number: u32, count: u32, whole: u32| {
            let at = |number: u32| (u64::from(number) * u64::from(whole) / u64::from(count)) as usize;
            at(number)..at(number + 1).max(at(number) + 1)
        };
        let mut pixels = Vec::with_capacity((width * height) as usize * 3);
        for y in 0..height {
            for x in 0..width {
                let (mut sum, mut count) = ([0_u64; 3], 0_u64);
                for row in span(y, height, self.height) {
                    let columns = span(x, width, self.width);
                    let from = row * stride + columns.start * self.channels;
                    let line = &self.pixels[from..from + columns.len() * self.channels];
                    for pixel in line.chunks_exact(self.channels) {
                        let colours = on_white(pixel);
                        for (sum, colour) in sum.iter_mut().zip(colours) {
                            *sum += u64::from(colour);
                        }
                        count += 1;
                    }
                }
                pixels.extend(sum.map(|it| u8::try_from(it / count.max(1)).unwrap_or(u8::MAX)));
            }
        }
        Ok(Self { width, height, channels: 3, pixels })
    }
}

/// The colours of a pixel as it looks on white.
fn on_white(pixel: &[u8]) -> [u8; 3] {
    let (colours, alpha) = match *pixel {
        [grey] => ([grey; 3], 255),
        [grey, alpha] => ([grey; 3], alpha),
        [r, g, b] => ([r, g, b], 255),
        [r, g, b, alpha] => ([r, g, b], alpha),
        _ => ([255; 3], 255),
    };
    let alpha = u16::from(alpha);
    colours.map(|it| u8::try_from((u16::from(it) * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX))
}
