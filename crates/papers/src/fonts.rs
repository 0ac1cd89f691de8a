//! The faces papers are set in: parsed once, then asked for glyphs and widths.

use std::collections::HashMap;

use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::{FileRef, TableProvider};
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

use crate::PaperError;

static REGULAR: &[u8] = include_bytes!("../fonts/noto-serif-sc-regular.ttf");
static BOLD: &[u8] = include_bytes!("../fonts/noto-serif-sc-bold.ttf");

/// Number of a face in its [`Fonts`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FaceId(usize);

/// The two weights papers use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// A glyph of a face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Glyph {
    pub(crate) id: u32,
    /// Natural width as a share of the type size.
    pub(crate) advance: f64,
}

struct Face {
    name: String,
    font: Font,
    glyphs: HashMap<char, Glyph>,
}

/// The faces of a site. Making one parses the fonts (some milliseconds): make it once and share it.
pub struct Fonts {
    faces: Vec<Face>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.faces.iter().map(|face| &face.name)).finish()
    }
}

impl Fonts {
    /// The fonts within the program: about 13,500 characters (see `fonts/README.md`).
    ///
    /// # Errors
    /// [`PaperError::BadFont`] if the program was built with damaged font files.
    pub fn embedded() -> Result<Self, PaperError> {
        Self::with_folder(Vec::new())
    }

    /// The embedded fonts, and after them the operator's (whole TrueType or OpenType files) for the characters they lack,
    /// in the order given. Of a collection the face for mainland China is taken, else its first.
    ///
    /// # Errors
    /// [`PaperError::BadFont`] names the first file that cannot be read, has no characters, or forbids embedding.
    pub fn with_folder(extra: Vec<Vec<u8>>) -> Result<Self, PaperError> {
        let bad = |number| move |reason| PaperError::BadFont { number, reason };
        let mut faces = vec![
            Face::parse(REGULAR.into(), "regular").map_err(bad(0))?,
            Face::parse(BOLD.into(), "bold").map_err(bad(0))?,
        ];
        for (index, bytes) in extra.into_iter().enumerate() {
            faces.push(Face::parse(bytes.into(), "extra").map_err(bad(index + 1))?);
        }
        Ok(Self { faces })
    }

    /// Whether some face has the character, so that a form can refuse a name before a paper fails on it.
    pub fn covers(&self, character: char) -> bool {
        self.find(Weight::Regular, character).is_some()
    }

    /// The first face of the weight's chain that has the character: bold, regular, then the operator's.
    pub(crate) fn find(&self, weight: Weight, character: char) -> Option<(FaceId, Glyph)> {
        let bold = (weight == Weight::Bold).then_some(1);
        let chain = bold.into_iter().chain([0]).chain(2..self.faces.len());
        chain.into_iter().find_map(|at| Some((FaceId(at), *self.faces[at].glyphs.get(&character)?)))
    }

    /// A glyph of one face; `None` if that face lacks the character.
    pub(crate) fn glyph(&self, face: FaceId, character: char) -> Option<Glyph> {
        self.faces.get(face.0)?.glyphs.get(&character).copied()
    }

    /// The face as the PDF writer takes it.
    pub(crate) fn font(&self, face: FaceId) -> Option<Font> {
        Some(self.faces.get(face.0)?.font.clone())
    }

    /// The family name a face calls itself, for formats that name fonts.
    pub fn family(&self, face: FaceId) -> &str {
        self.faces.get(face.0).map_or("", |face| &face.name)
    }

    /// Whether a face is the bold one.
    pub fn is_bold(&self, face: FaceId) -> bool {
        face.0 == 1
    }
}

impl Face {
    fn parse(data: krilla::Data, fallback_name: &str) -> Result<Self, String> {
        let (index, font) = pick(data.as_ref())?;
        let restricted = font.os2().is_ok_and(|os2| os2.fs_type() & 0xF == 2);
        if restricted {
            return Err("字体许可不允许嵌入".to_owned());
        }
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let em = f64::from(font.head().map_err(|error| error.to_string())?.units_per_em());
        let mut glyphs = HashMap::new();
        for (code, id) in font.charmap().mappings() {
            let (Some(character), Some(advance)) = (char::from_u32(code), metrics.advance_width(id)) else { continue };
            if id.to_u32() != 0 {
                glyphs.insert(character, Glyph { id: id.to_u32(), advance: f64::from(advance) / em });
            }
        }
        if glyphs.is_empty() {
            return Err("没有可用的字符".to_owned());
        }
        let name = family(&font).unwrap_or_else(|| fallback_name.to_owned());
        let font = Font::new(data.clone(), index).ok_or("不是可用的 TrueType 或 OpenType 字体")?;
        Ok(Self { name, font, glyphs })
    }
}

/// The face of a file: the mainland Chinese one of a collection (Noto and Source Han collections put the Japanese first).
fn pick(bytes: &[u8]) -> Result<(u32, FontRef<'_>), String> {
    match FileRef::new(bytes).map_err(|error| error.to_string())? {
        FileRef::Font(font) => Ok((0, font)),
        FileRef::Collection(collection) => {
            let mainland = (0..collection.len()).find(|&at| {
                let name = collection.get(at).ok().as_ref().and_then(family).unwrap_or_default();
                name.ends_with(" SC") || name.ends_with(" CN")
            });
            let index = mainland.unwrap_or(0);
            Ok((index, collection.get(index).map_err(|error| error.to_string())?))
        }
    }
}

fn family(font: &FontRef<'_>) -> Option<String> {
    font.localized_strings(StringId::FAMILY_NAME).english_or_first().map(|name| name.to_string())
}
