//! What is searched of an item: its names as compared. Items of many places with the same names share one title.

use catalogue::ItemSummary;

use super::{
    sound,
    text::{Fold, bare},
};

/// The names of one or many items, as compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Title {
    /// A fingerprint of all the rest; what the index keeps of it.
    pub(crate) key: u64,
    pub(crate) name: String,
    /// The name without what stands in brackets.
    pub(crate) bare: String,
    /// The item of which this one is a part; may be empty.
    pub(crate) main: String,
    pub(crate) aliases: Vec<String>,
    /// One sentence in plain words; may be empty.
    pub(crate) summary: String,
}

impl Title {
    pub(crate) fn of(fold: &Fold, item: &ItemSummary) -> Self {
        let name = fold.text(&item.name);
        let mut title = Self {
            key: 0,
            bare: bare(&name),
            main: bare(&fold.text(&item.main_item)),
            aliases: item.aliases.iter().map(|it| fold.text(it)).filter(|it| !it.is_empty()).collect(),
            summary: fold.text(&item.summary),
            name,
        };
        let aliases = title.aliases.join("\n");
        title.key = fingerprint(&[&title.name, &title.main, &aliases, &title.summary]);
        title
    }

    /// The names by which it is called: its own, and what people say.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    /// How its names sound, syllable by syllable, one name after another.
    pub(crate) fn sounds(&self) -> Vec<Vec<Option<&'static str>>> {
        let of = |it: &str| sound::of(&it.chars().collect::<Vec<_>>());
        self.names().map(of).collect()
    }
}

/// FNV-1a of the texts with their lengths. Kept on disk, hence written out here.
pub(crate) fn fingerprint(texts: &[&str]) -> u64 {
    let mut out = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |byte: u8| out = (out ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for text in texts {
        text.bytes().for_each(&mut take);
        take(0xff);
    }
    out
}
