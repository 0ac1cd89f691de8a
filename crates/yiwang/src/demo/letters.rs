//! Letters that applicants of the demo hand in, each as a blank form and filled in by an invented person: drawn when the demo is made.

use std::collections::BTreeMap;

use catalogue::{ItemDocument, model::FileRef};
use papers::{Block, Fonts, Info, Paper};
use serde::Deserialize;
use webkit::App;

use crate::outcome::Failed;

const LETTERS: &str = include_str!("../../demo/letters.json");
/// Stands across a letter that is filled in.
const EXAMPLE: &str = "填写样例，人物虚构";
/// Room of a blank, in characters.
const ROOM: std::ops::RangeInclusive<usize> = 6..=14;

/// A letter; what stands in braces is to be filled in.
#[derive(Debug, Deserialize)]
pub(crate) struct Letter {
    /// The name of the material, in whatever item it stands.
    pub(crate) material: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) closing: String,
    /// What the invented person filled in.
    pub(crate) filled: BTreeMap<String, String>,
}

impl Letter {
    /// All letters of the demo.
    pub(crate) fn all() -> Result<Vec<Self>, Failed> {
        serde_json::from_str(LETTERS).map_err(|error| Failed::Platform(format!("demo file letters.json: {error}")))
    }

    /// A text of it, blank or filled in.
    pub(crate) fn text(&self, text: &str, filled: bool) -> String {
        let mut out = text.to_owned();
        for (name, value) in &self.filled {
            let room = (value.chars().count() + 2).clamp(*ROOM.start(), *ROOM.end());
            let value = if filled { value.clone() } else { "＿".repeat(room) };
            out = out.replace(&format!("{{{name}}}"), &value);
        }
        out
    }

    fn paper(&self, filled: bool) -> Paper {
        let texts = self.paragraphs.iter().chain([&self.closing]);
        Paper {
            authority: String::new(),
            title: if filled { format!("{}（填写样例）", self.material) } else { self.material.clone() },
            number: None,
            addressee: None,
            blocks: texts.map(|it| Block::Paragraph(self.text(it, filled))).collect(),
            signature: None,
            notes: Vec::new(),
            verification: None,
            watermark: filled.then(|| EXAMPLE.to_owned()),
        }
    }
}

/// The two files of each letter, by the name of its material.
pub(crate) struct Letters(BTreeMap<String, [FileRef; 2]>);

impl Letters {
    /// Draws them and puts them into the site's files.
    pub(crate) async fn draw(app: &App) -> Result<Self, Failed> {
        let (fonts, now) = (app.part::<Fonts>()?, app.clock.now());
        let mut out = BTreeMap::new();
        for letter in Letter::all()? {
            let mut files = [FileRef::default(), FileRef::default()];
            for (file, filled) in files.iter_mut().zip([false, true]) {
                let (paper, fonts) = (letter.paper(filled), fonts.clone());
                let name = format!("{}.pdf", paper.title);
                let made = tokio::task::spawn_blocking(move || drawn(&paper, &fonts, now.micros() / 1_000_000));
                let bytes = made.await.map_err(|error| Failed::Platform(error.to_string()))??;
                let size = bytes.len() as u64;
                let blob = app.blobs.put(bytes).await?;
                *file = FileRef { name, blob, bytes: size, media: "application/pdf".to_owned() };
            }
            out.insert(letter.material, files);
        }
        Ok(Self(out))
    }

    /// The document with the letters that go with its materials.
    pub(crate) fn with(&self, mut document: ItemDocument) -> ItemDocument {
        for material in &mut document.materials {
            if let Some([blank, filled]) = self.0.get(&material.name) {
                material.blank_form = Some(blank.clone());
                material.filled_example = Some(filled.clone());
            }
        }
        document
    }
}

fn drawn(paper: &Paper, fonts: &Fonts, at: i64) -> Result<Vec<u8>, Failed> {
    let failed = |error: &dyn std::fmt::Display| Failed::Platform(format!("{}: {error}", paper.title));
    let info = Info {
        title: paper.title.clone(),
        author: "演示站点".to_owned(),
        subject: paper.title.clone(),
        keywords: Vec::new(),
        created: time::OffsetDateTime::from_unix_timestamp(at).map_err(|error| failed(&error))?,
    };
    let laid = papers::layout(paper, fonts).map_err(|error| failed(&error))?;
    papers::pdf(&laid, fonts, &info).map_err(|error| failed(&error))
}
