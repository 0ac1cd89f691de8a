//! Photographs on pages, read back by programs that are not ours where they are installed (Debian: poppler-utils).

use std::io::Write;
use std::process::{Command, Stdio};

use jpeg_encoder::{ColorType, Encoder};
use papers::{AlbumError, Info, Sheet, album};
use pictures::Fault;
use time::macros::datetime;

const COLOURS: [[u8; 3]; 4] = [[220, 30, 30], [30, 200, 30], [30, 30, 220], [230, 220, 30]];

fn info() -> Info {
    Info {
        title: "户口簿".to_owned(),
        author: String::new(),
        subject: String::new(),
        keywords: Vec::new(),
        created: datetime!(2026-03-02 09:30 +8),
    }
}

/// Red, green, blue, yellow from the upper left corner, line by line.
fn pixels(width: u16, height: u16) -> Vec<u8> {
    let colour = |x: u16, y: u16| COLOURS[usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2)];
    (0..height).flat_map(|y| (0..width).flat_map(move |x| colour(x, y))).collect()
}

/// A JPEG whose camera wrote how it was held, and where.
fn photograph((width, height): (u16, u16), orientation: u8) -> Vec<u8> {
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 90).encode(&pixels(width, height), width, height, ColorType::Rgb).expect("encoded");
    let entry = [0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
    let exif = [b"Exif\0\0MM\0\x2a\0\0\0\x08".as_slice(), &entry, b"GPS 33.84,115.78"].concat();
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

fn screenshot(width: u16, height: u16) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, u32::from(width), u32::from(height));
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().expect("a head").write_image_data(&pixels(width, height)).expect("written");
    out
}

fn sheet(bytes: Vec<u8>, quarters: u8) -> Sheet {
    Sheet { bytes, quarters }
}

/// What a program of poppler says of a PDF; `None` where it is not installed.
fn asked(program: &str, args: &[&str], file: &[u8]) -> Option<Vec<u8>> {
    let run = Command::new(program).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut run) = run else {
        eprintln!("skipped: {program} is not installed (Debian: poppler-utils)");
        return None;
    };
    let mut input = run.stdin.take().expect("has an input");
    let file = file.to_vec();
    let feeding = std::thread::spawn(move || input.write_all(&file));
    let output = run.wait_with_output().expect("ends");
    let _ = feeding.join().expect("fed");
    assert!(output.status.success(), "{program}");
    Some(output.stdout)
}

#[test]
fn a_picture_that_cannot_be_used_is_named() {
    let table = [
        (b"%PDF-1.7".to_vec(), Fault::Unknown),
        (photograph((32, 16), 1)[..200].to_vec(), Fault::Broken),
        (screenshot(64, 64)[..80].to_vec(), Fault::Broken),
    ];
    for (bytes, fault) in table {
        let found = album(vec![sheet(photograph((32, 16), 1), 0), sheet(bytes, 0)], &info());
        assert_eq!(found.err(), Some(AlbumError::Picture { page: 2, fault }));
    }
}

#[test]
fn the_same_pictures_give_the_same_bytes_and_nothing_of_the_camera() {
    let sheets = || vec![sheet(photograph((320, 160), 6), 0), sheet(screenshot(100, 200), 1)];
    let (first, second) = (album(sheets(), &info()).expect("made"), album(sheets(), &info()).expect("made"));
    assert_eq!(first, second);
    let holds = |needle: &str| first.windows(needle.len()).any(|it| it == needle.as_bytes());
    assert!(holds("<pdfaid:part>2</pdfaid:part>") && !holds("GPS") && !holds("Exif"));
}

#[test]
fn another_reader_finds_a4_pages_upright_or_across_and_the_photographs_as_they_were_coded() {
    let sheets =
        vec![sheet(photograph((320, 160), 1), 0), sheet(photograph((320, 160), 6), 0), sheet(screenshot(100, 300), 0)];
    let file = album(sheets, &info()).expect("made");
    let Some(said) = asked("pdfinfo", &["-f", "1", "-l", "3", "-"], &file) else { return };
    let said = String::from_utf8(said).expect("is UTF-8");
    let sizes: Vec<_> = said.lines().filter(|it| it.starts_with("Page ") && it.contains(" size:")).collect();
    assert_eq!(sizes.len(), 3, "{said}");
    assert!(sizes[0].contains("841.89 x 595.276") && sizes[1].contains("595.276 x 841.89"), "{said}");
    let Some(list) = asked("pdfimages", &["-list", "-"], &file) else { return };
    let list = String::from_utf8(list).expect("is UTF-8");
    let coded: Vec<_> = list.lines().skip(2).filter_map(|it| it.split_whitespace().nth(8)).collect();
    assert_eq!(coded, ["jpeg", "jpeg", "image"], "{list}");
}

/// EXIF 2.32, tag 274: where the 0th row and the 0th column are.
#[test]
fn another_reader_shows_each_way_of_holding_the_camera_upright_and_turned_as_the_person_said() {
    // Corners of the page: upper left, upper right, lower left, lower right, as places in COLOURS.
    let table = [
        (1, 0, [0, 1, 2, 3]),
        (2, 0, [1, 0, 3, 2]),
        (3, 0, [3, 2, 1, 0]),
        (4, 0, [2, 3, 0, 1]),
        (5, 0, [0, 2, 1, 3]),
        (6, 0, [2, 0, 3, 1]),
        (7, 0, [3, 1, 2, 0]),
        (8, 0, [1, 3, 0, 2]),
        (1, 1, [2, 0, 3, 1]),
        (6, 1, [3, 2, 1, 0]),
        (1, 3, [1, 3, 0, 2]),
    ];
    let sheets = table.iter().map(|it| sheet(photograph((320, 160), it.0), it.1)).collect();
    let file = album(sheets, &info()).expect("made");
    let Some(shown) = asked("pdftoppm", &["-r", "20", "-"], &file) else { return };
    let mut rest = shown.as_slice();
    for (orientation, quarters, expected) in table {
        // «P6 width height 255», then three bytes a pixel.
        let heads: Vec<&[u8]> = rest.splitn(4, |it| *it == b'\n').collect();
        let size = String::from_utf8(heads[1].to_vec()).expect("a size");
        let (width, height) = size.split_once(' ').expect("two numbers");
        let (width, height): (usize, usize) = (width.parse().expect("a number"), height.parse().expect("a number"));
        let page = heads[3];
        // The picture is twice as long as broad and stands in the middle of its page.
        let across = width > height;
        let (dx, dy) = if across { (width / 8, height / 3) } else { (width / 3, height / 8) };
        let colour = |x: usize, y: usize| {
            let at = (y * width + x) * 3;
            let near = |it: &[u8; 3]| (0..3).map(|n| i32::from(page[at + n]).abs_diff(i32::from(it[n]))).sum::<u32>();
            COLOURS.iter().position(|it| near(it) < 60)
        };
        let (right, low) = (width - 1 - dx, height - 1 - dy);
        let found = [colour(dx, dy), colour(right, dy), colour(dx, low), colour(right, low)];
        assert_eq!(found, expected.map(Some), "orientation {orientation}, turned {quarters} times");
        rest = &page[width * height * 3..];
    }
    assert!(rest.is_empty());
}
