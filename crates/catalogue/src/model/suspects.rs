//! «奇葩证明»: materials that a department should not ask for, or can find itself.

use standards::{MaterialKind, MaterialNecessity, MaterialSource};

use super::{ItemDocument, Requirement, Rulebook, codes::codes};

codes! {
    /// Why a material is suspect.
    SuspectKind {
        /// No law is named that demands it (国办发〔2018〕47号: 没有法律法规依据的证明一律取消).
        NoBasis = "no_basis" "没有依据",
        /// The platform holds it already, or another department issued it and can be asked.
        Held = "held" "平台已掌握",
        /// A proof by a village, community or employer, of something they often cannot know.
        Proof = "proof" "村居、单位证明",
    }
}

/// One suspect material of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// Its place among the materials, from 0.
    pub material: usize,
    /// Its name.
    pub name: String,
    /// Why.
    pub kind: SuspectKind,
    /// Why, in words.
    pub why: String,
}

/// The list of licences and facts that running platforms look up: words of a material's name, and what is looked up.
const LOOKED_UP: &str = "looked_up";
/// The list of those who are often made to prove what they cannot know.
const WITNESSES: &str = "witnesses";

/// All suspect materials of a document, by material, after the lists of words of this book.
pub(super) fn suspects_after(book: &Rulebook, doc: &ItemDocument) -> Vec<Suspect> {
    doc.materials.iter().enumerate().flat_map(|(i, it)| of(book, i, it)).collect()
}

fn of(book: &Rulebook, material: usize, it: &Requirement) -> Vec<Suspect> {
    let mut out = Vec::new();
    let mut say = |kind, why: String| out.push(Suspect { material, name: it.name.clone(), kind, why });
    if it.legal_basis.trim().is_empty() {
        say(SuspectKind::NoBasis, "没有写明要求提交的依据".to_owned());
    }
    let mut known = book.words(LOOKED_UP).iter().filter_map(|it| it.split_once('：'));
    let required = it.need == MaterialNecessity::Required && it.kind != MaterialKind::Form;
    if required && !it.held_by_platform.is_empty() {
        say(SuspectKind::Held, format!("平台已有「{}」", it.held_by_platform));
    } else if let Some((_, why)) = known.find(|known| required && it.name.contains(known.0)) {
        say(SuspectKind::Held, why.to_owned());
    } else if required && it.kind == MaterialKind::Certificate && it.source == MaterialSource::Government {
        say(SuspectKind::Held, "由政府部门核发，可以向核发部门查询".to_owned());
    }
    let from = [it.issuer.as_str(), &it.source_explain, &it.name];
    if it.name.contains("证明")
        && book.words(WITNESSES).iter().any(|who| from.iter().any(|text| text.contains(who.as_str())))
    {
        say(SuspectKind::Proof, "由村（居）委会或者单位出具的证明".to_owned());
    }
    out
}
