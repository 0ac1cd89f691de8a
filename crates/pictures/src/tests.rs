//! Pictures made here, read by another reader (zune-jpeg) and by ours.

use jpeg_encoder::{ColorType, Encoder};
use proptest::prelude::*;
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::*;

const RED: [u8; 3] = [220, 30, 30];
const GREEN: [u8; 3] = [30, 200, 30];
const BLUE: [u8; 3] = [30, 30, 220];
const YELLOW: [u8; 3] = [230, 220, 30];

/// Twice as wide as high; red, green, blue, yellow from the upper left corner, line by line.
fn quarters(width: u16, height: u16) -> Vec<u8> {
    let colour = |x: u16, y: u16| match (x < width / 2, y < height / 2) {
        (true, true) => RED,
        (false, true) => GREEN,
        (true, false) => BLUE,
        (false, false) => YELLOW,
    };
    (0..height).flat_map(|y| (0..width).flat_map(move |x| colour(x, y))).collect()
}

fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
    let mut out = Vec::new();
    Encoder::new(&mut out, 90).encode(&quarters(width, height), width, height, ColorType::Rgb).expect("encoded");
    out
}

/// The block a camera writes: this orientation, in either order of bytes, and a place in words.
fn exif(orientation: u16, little: bool) -> Vec<u8> {
    let two = |it: u16| if little { it.to_le_bytes() } else { it.to_be_bytes() };
    let four = |it: u32| if little { it.to_le_bytes() } else { it.to_be_bytes() };
    let head: &[u8] = if little { b"II\x2a\0" } else { b"MM\0\x2a" };
    let entry = [&two(0x0112)[..], &two(3), &four(1), &two(orientation), &[0, 0]].concat();
    [head, &four(8), &two(1), &entry, &four(0), b"GPS 33.84,115.78"].concat()
}

/// This JPEG with a segment behind its first marker.
fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, body, &jpeg[2..]].concat()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|it| it == needle)
}

/// Width, height, and the colours of the corners: upper left, upper right, lower left, lower right.
fn corners(jpeg: &[u8]) -> (usize, usize, [[u8; 3]; 4]) {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let pixels = decoder.decode().expect("decoded");
    let info = decoder.info().expect("read");
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    let known = |x: usize, y: usize| {
        let at = (y * width + x) * 3;
        let near = |it: &[u8; 3]| (0..3).map(|n| i32::from(pixels[at + n]).abs_diff(i32::from(it[n]))).sum::<u32>();
        [RED, GREEN, BLUE, YELLOW].into_iter().min_by_key(near).expect("a colour")
    };
    let (x, y) = (width - 1 - width / 8, height - 1 - height / 8);
    (width, height, [known(width / 8, height / 8), known(x, height / 8), known(width / 8, y), known(x, y)])
}

#[test]
fn what_is_no_whole_picture_is_refused() {
    let jpeg = jpeg_of(32, 16);
    let table: [(&[u8], Fault); 7] = [
        (b"", Fault::Unknown),
        (b"%PDF-1.7", Fault::Unknown),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Fault::Unknown),
        (b"\xff\xd8\xff", Fault::Broken),
        (&jpeg[..jpeg.len() - 2], Fault::Broken),
        (&jpeg[..jpeg.len() / 2], Fault::Broken),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Fault::Broken),
    ];
    for (bytes, fault) in table {
        assert_eq!(look(bytes).err(), Some(fault), "{} bytes", bytes.len());
        assert!(thumbnail(bytes).is_err(), "{} bytes", bytes.len());
    }
}

/// A PNG that says it has this size and holds nothing.
fn png_head(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 1, 1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().expect("a head").write_image_data(&[1, 2, 3]).expect("a pixel");
    out[16..20].copy_from_slice(&width.to_be_bytes());
    out[20..24].copy_from_slice(&height.to_be_bytes());
    // The check sum of the head (CRC-32).
    let crc = !out[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    out[29..33].copy_from_slice(&crc.to_be_bytes());
    out
}

#[test]
fn a_picture_that_would_fill_the_memory_is_refused_by_what_its_head_says() {
    for (width, height) in [(100_000, 10), (10, 100_000), (7_000, 7_000), (19_999, 19_999)] {
        assert_eq!(look(&png_head(width, height)).err(), Some(Fault::TooLarge), "{width} × {height}");
        assert_eq!(thumbnail(&png_head(width, height)).err(), Some(Fault::TooLarge), "{width} × {height}");
    }
    assert_eq!(look(&png_head(0, 10)).err(), Some(Fault::Broken));
    // A JPEG of 20000 × 20000, by its frame's own word.
    let mut jpeg = jpeg_of(32, 16);
    let frame = jpeg.windows(2).position(|it| it == [0xFF, 0xC0]).expect("a frame");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x4E, 0x20, 0x4E, 0x20]);
    assert_eq!(look(&jpeg).err(), Some(Fault::TooLarge));
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x1F, 0x40, 0x1F, 0x40]);
    assert!(look(&jpeg).is_ok(), "it can be set on a page without being decoded");
    assert_eq!(thumbnail(&jpeg).err(), Some(Fault::TooLarge), "and is not decoded to be made small");
    // What lies in it is less than what its head promises.
    assert_eq!(thumbnail(&png_head(5_000, 5_000)).err(), Some(Fault::Broken));
}

#[test]
fn nothing_of_what_the_camera_wrote_stays() {
    let plain = jpeg_of(64, 32);
    let secrets: [(u8, &[u8]); 5] = [
        (0xE1, &[b"Exif\0\0".as_slice(), &exif(6, true)].concat()),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>SECRET</x>"),
        (0xED, b"Photoshop 3.0\0SECRET"),
        (0xFE, b"SECRET"),
        (0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01SECRET"),
    ];
    let mut jpeg = plain.clone();
    for (marker, body) in secrets {
        jpeg = with_segment(&jpeg, marker, body);
    }
    jpeg.extend(b"a film with SECRET sound");
    assert!(holds(&jpeg, b"GPS") && holds(&jpeg, b"SECRET"));
    let picture = look(&jpeg).expect("looked at");
    assert!(!holds(&picture.bytes, b"GPS") && !holds(&picture.bytes, b"SECRET"));
    assert_eq!((picture.width, picture.height, picture.upright_size()), (64, 32, (32, 64)));
    assert_eq!(corners(&picture.bytes), corners(&plain), "the pixels are the same");
    let profile = with_segment(&plain, 0xE2, b"ICC_PROFILE\0\x01\x01profile");
    assert!(holds(&look(&profile).expect("looked at").bytes, b"ICC_PROFILE"), "how colours look stays");
    let small = thumbnail(&jpeg).expect("made small");
    assert!(!holds(&small, b"GPS") && !holds(&small, b"SECRET") && small.len() < 10_000);
}

/// EXIF 2.32, tag 274: where the 0th row and the 0th column are; from that the corners of [`quarters`].
#[test]
fn each_of_the_eight_ways_in_which_a_camera_is_held_comes_out_upright() {
    let table = [
        (1, false, [RED, GREEN, BLUE, YELLOW]),
        (2, false, [GREEN, RED, YELLOW, BLUE]),
        (3, false, [YELLOW, BLUE, GREEN, RED]),
        (4, false, [BLUE, YELLOW, RED, GREEN]),
        (5, true, [RED, BLUE, GREEN, YELLOW]),
        (6, true, [BLUE, RED, YELLOW, GREEN]),
        (7, true, [YELLOW, GREEN, BLUE, RED]),
        (8, true, [GREEN, YELLOW, RED, BLUE]),
        (9, false, [RED, GREEN, BLUE, YELLOW]),
    ];
    for (number, lying, expected) in table {
        for little in [true, false] {
            let body = [b"Exif\0\0".as_slice(), &exif(number, little)].concat();
            let jpeg = with_segment(&jpeg_of(640, 320), 0xE1, &body);
            let (width, height, found) = corners(&thumbnail(&jpeg).expect("made small"));
            let size = if lying { (120, 240) } else { (240, 120) };
            assert_eq!(((width, height), found), (size, expected), "orientation {number}");
        }
    }
}

#[test]
fn a_png_is_made_small_on_white_and_upright() {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 400, 200);
    encoder.set_color(png::ColorType::Rgba);
    let pixels: Vec<u8> = quarters(400, 200).chunks(3).flat_map(|it| [it[0], it[1], it[2], 255]).collect();
    let mut writer = encoder.write_header().expect("a head");
    writer.write_chunk(png::chunk::eXIf, &exif(6, false)).expect("written");
    writer.write_image_data(&pixels).expect("written");
    writer.finish().expect("written");
    assert_eq!(look(&png).expect("looked at").upright_size(), (200, 400));
    assert_eq!(corners(&thumbnail(&png).expect("made small")), (120, 240, [BLUE, RED, YELLOW, GREEN]));
    let mut clear = Vec::new();
    let mut encoder = png::Encoder::new(&mut clear, 3, 2);
    encoder.set_color(png::ColorType::GrayscaleAlpha);
    encoder.write_header().expect("a head").write_image_data(&[0; 12]).expect("written");
    let small = thumbnail(&clear).expect("made small");
    let mut decoder = JpegDecoder::new(ZCursor::new(&small));
    assert!(decoder.decode().expect("decoded").iter().all(|it| *it > 250), "what can be seen through is white");
    assert_eq!(decoder.info().map(|it| (it.width, it.height)), Some((3, 2)), "what is small is not made larger");
}

#[test]
fn turning_four_times_is_not_turning() {
    for number in 1..=8 {
        let turn = Turn::of_orientation(number);
        assert_eq!((0..4).fold(turn, |it, _| it.then(1)), turn, "orientation {number}");
    }
    assert_eq!(Turn::clockwise(5), Turn::clockwise(1));
}

proptest! {
    #[test]
    fn whatever_comes_in_ends_in_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..600), jpeg in any::<bool>()) {
        let head: &[u8] = if jpeg { b"\xff\xd8\xff\xe1" } else { b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x09\0\0\0\x09\x08\x02\0\0\0" };
        let _ = thumbnail(&[head, &bytes].concat());
    }

    #[test]
    fn a_picture_that_is_hurt_anywhere_ends_in_an_answer(at in 2_usize..700, byte in any::<u8>()) {
        let body = [b"Exif\0\0".as_slice(), &exif(6, true)].concat();
        let mut jpeg = with_segment(&jpeg_of(16, 16), 0xE1, &body);
        let at = at % jpeg.len();
        jpeg[at] = byte;
        let _ = thumbnail(&jpeg);
    }
}
