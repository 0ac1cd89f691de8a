//! Photographs one to a page, as one PDF/A: a JPEG is set as it is, without being coded again, and nothing that its camera wrote goes along.

use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{Size, Transform};
use krilla::image::Image;
use krilla::page::PageSettings;
use krilla::{Document, SerializeSettings};
use pictures::{Fault, Format, Turn};

use crate::PaperError;
use crate::pdf::{Info, metadata, pt};

/// The sides of A4, in mm.
const A4: (f64, f64) = (210.0, 297.0);
/// White around a picture, in mm: what printers need.
const MARGIN: f64 = 6.0;

/// One page: a picture, and how a person turned it.
pub struct Sheet {
    /// JPEG or PNG.
    pub bytes: Vec<u8>,
    /// By so many quarters clockwise, after it stands as its camera says.
    pub quarters: u8,
}

/// Why no PDF was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AlbumError {
    /// A picture cannot be used.
    #[error("picture {page}: {fault}")]
    Picture {
        /// Which, counted from one.
        page: usize,
        /// Why.
        fault: Fault,
    },
    /// The PDF writer refused.
    #[error(transparent)]
    Paper(#[from] PaperError),
}

/// Sets each picture on an A4 page of its own, upright or across as the picture is, as large as it goes. The same pictures and info give
/// the same bytes.
///
/// # Errors
/// [`AlbumError`].
pub fn album(sheets: Vec<Sheet>, info: &Info) -> Result<Vec<u8>, AlbumError> {
    let pdf = |what: String| AlbumError::Paper(PaperError::Pdf(what));
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_B).finish();
    let configuration = configuration.map_err(|error| pdf(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    document.set_metadata(metadata(info));
    let mut set = Vec::with_capacity(sheets.len());
    for (number, sheet) in sheets.into_iter().enumerate() {
        let wrong = |fault| AlbumError::Picture { page: number + 1, fault };
        let picture = pictures::look(&sheet.bytes).map_err(wrong)?;
        let turn = picture.upright.then(sheet.quarters);
        let image = match picture.format {
            Format::Jpeg => Image::from_jpeg(picture.bytes.into(), false),
            Format::Png => Image::from_png(picture.bytes.into(), false),
        };
        let image = image.map_err(|_| wrong(Fault::Broken))?;
        let place = Place::of((picture.width, picture.height), turn);
        let (width, height) = (pt(place.page.0), pt(place.page.1));
        let page = PageSettings::from_wh(width, height).ok_or_else(|| pdf("page size".to_owned()))?;
        let mut page = document.start_page_with(page);
        let mut surface = page.surface();
        for transform in place.transforms(turn) {
            surface.push_transform(&transform);
        }
        let size = Size::from_wh(pt(place.size.0), pt(place.size.1)).ok_or_else(|| wrong(Fault::Broken))?;
        surface.draw_image(image.clone(), size);
        surface.pop();
        surface.pop();
        surface.finish();
        page.finish();
        set.push(image);
    }
    document.finish().map_err(|error| match error {
        krilla::error::KrillaError::Image(image, _, _) => {
            let page = set.iter().position(|it| *it == image).map_or(0, |it| it + 1);
            AlbumError::Picture { page, fault: Fault::Broken }
        }
        error => pdf(format!("{error:?}")),
    })
}

/// Where a picture goes on its page, in mm.
struct Place {
    /// The page's width and height.
    page: (f64, f64),
    /// The picture's, before it is turned.
    size: (f64, f64),
    /// The upper left corner of what it covers.
    corner: (f64, f64),
}

impl Place {
    /// For a picture of this size in pixels.
    fn of(size: (u32, u32), turn: Turn) -> Self {
        let (width, height) = turn.size(size);
        let page = if width > height { (A4.1, A4.0) } else { A4 };
        let room = (page.0 - 2.0 * MARGIN, page.1 - 2.0 * MARGIN);
        let scale = (room.0 / f64::from(width)).min(room.1 / f64::from(height));
        let (wide, high) = (f64::from(width) * scale, f64::from(height) * scale);
        Self {
            page,
            size: (f64::from(size.0) * scale, f64::from(size.1) * scale),
            corner: ((page.0 - wide) / 2.0, (page.1 - high) / 2.0),
        }
    }

    /// First to its place, then turned within what it covers.
    fn transforms(&self, turn: Turn) -> [Transform; 2] {
        let (w, h) = (pt(self.size.0), pt(self.size.1));
        // x' = a·x + c·y + e, y' = b·x + d·y + f, of (a, b, c, d, e, f).
        let (a, b, c, d, e, f) = match (turn.quarters(), turn.mirrored()) {
            (0, false) => (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
            (0, true) => (-1.0, 0.0, 0.0, 1.0, w, 0.0),
            (1, false) => (0.0, 1.0, -1.0, 0.0, h, 0.0),
            (1, true) => (0.0, -1.0, -1.0, 0.0, h, w),
            (2, false) => (-1.0, 0.0, 0.0, -1.0, w, h),
            (2, true) => (1.0, 0.0, 0.0, -1.0, 0.0, h),
            (_, false) => (0.0, -1.0, 1.0, 0.0, 0.0, w),
            (_, true) => (0.0, 1.0, 1.0, 0.0, 0.0, 0.0),
        };
        let there = Transform::from_translate(pt(self.corner.0), pt(self.corner.1));
        [there, Transform::from_row(a, b, c, d, e, f)]
    }
}
