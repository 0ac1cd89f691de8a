//! A paper with made-up words, for who writes its template: the same frame, the same pages.

use identity::AuthorityFacts;
use papers::{Laid, Paper, PaperError};
use standards::ItemType;
use time::macros::date;
use webkit::SiteInfo;

use super::notice::Frame;
use crate::model::{
    PaperKind,
    template::{Kit, Spec, Template, Values},
};

/// The day of every sample, that of the examples in `papers/papers.toml`.
const DAY: time::Date = date!(2026 - 03 - 09);

/// The paper that a template makes of the examples, in one circumstance of its kind, for this authority or a made-up one.
pub(crate) fn paper(
    site: &SiteInfo,
    kit: &Kit,
    (spec, template): (&Spec, &Template),
    (circumstance, authority): (&str, Option<&AuthorityFacts>),
) -> Paper {
    let mut values = Values::examples(kit, spec, circumstance);
    let facts = authority.cloned().unwrap_or_else(|| AuthorityFacts {
        name: values.example("本机关名称"),
        short_name: String::new(),
        uscc: String::new(),
        division: String::new(),
        phone: values.example("联系电话"),
        address: values.example("办公地址"),
        hours: values.example("服务时间"),
    });
    values.say("本机关名称", &facts.name);
    values.say("联系电话", &facts.phone);
    values.say("办公地址", &facts.address);
    values.say("服务时间", &facts.hours);
    let (case_number, applicant) = (values.example("办件编号"), values.example("申请人"));
    let frame = Frame {
        authority: &facts,
        kind: spec.kind,
        item_type: Some(ItemType::Licence),
        number: (!spec.kind.is_read_off()).then_some((i64::from(DAY.year()), 1)),
        case_number: &case_number,
        applicant: &applicant,
        date: DAY,
        site,
    };
    frame.around(template.render(&values))
}

/// Its pages as SVG, each as the printed one.
///
/// # Errors
/// Why it cannot be laid out.
pub(crate) fn pages(paper: &Paper, fonts: &papers::Fonts) -> Result<Vec<String>, PaperError> {
    let Laid { pages, .. } = papers::layout(paper, fonts)?;
    Ok(pages.iter().map(|page| papers::svg(page, fonts)).collect())
}

/// Every kind of paper in its shipped words with made-up content: for measurements and for the eye.
pub struct Specimens(Kit);

impl Specimens {
    /// What the program ships.
    ///
    /// # Errors
    /// [`kernel::Error::Internal`] if the shipped table cannot be read.
    pub fn shipped() -> kernel::Result<Self> {
        Kit::shipped().map(Self).map_err(kernel::Error::internal)
    }

    /// One of each kind, made from its template.
    ///
    /// # Errors
    /// [`kernel::Error::Internal`] if a kind is missing in the table.
    pub fn papers(&self, site: &SiteInfo) -> kernel::Result<Vec<Paper>> {
        let one = |kind: PaperKind| {
            let spec = self.0.spec(kind).map_err(kernel::Error::internal)?;
            Ok(paper(site, &self.0, (spec, &spec.shipped), ("", None)))
        };
        PaperKind::ALL.into_iter().map(one).collect()
    }
}
