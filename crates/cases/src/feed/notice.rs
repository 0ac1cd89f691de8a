//! A paper around its words: who speaks, its number, whom it addresses, who signs. The words come from a template
//! (`papers/papers.toml`, or what legal affairs wrote in its place).

use std::collections::HashMap;

use catalogue::ItemDocument;
use identity::AuthorityFacts;
use papers::{DateStyle, Paper, SealMark, Signature, Verification};
use standards::ItemType;
use webkit::SiteInfo;

use crate::{
    model::{
        Event, PaperKind,
        template::{Rendered, Template},
    },
    store::CaseRow,
};

/// Everything a paper is made from.
pub(super) struct About<'a> {
    pub(super) row: &'a CaseRow,
    pub(super) event: &'a Event,
    pub(super) kind: PaperKind,
    pub(super) document: &'a ItemDocument,
    pub(super) authority: &'a AuthorityFacts,
    pub(super) applicant: &'a str,
    /// The event's texts by slot.
    pub(super) texts: &'a HashMap<&'static str, String>,
    /// Who presides at the hearing; empty: it is about none.
    pub(super) presider: &'a str,
    pub(super) site: &'a SiteInfo,
    /// Year and serial of its number; `None`: it goes by the case's number.
    pub(super) number: Option<(i64, i64)>,
}

const WATERMARK: &str = "演示站点，不具法律效力";
/// What a paper of an item of no type is called.
const NO_TITLE: &str = "办理告知书";

/// What stands across the papers of a demo site.
pub(super) fn watermark(site: &SiteInfo) -> Option<String> {
    site.demo.then(|| WATERMARK.to_owned())
}

impl About<'_> {
    /// The paper in the words of this template.
    pub(super) fn paper(&self, template: &Template) -> Paper {
        let frame = Frame {
            authority: self.authority,
            kind: self.kind,
            item_type: self.document.item_type(),
            number: self.number,
            case_number: &self.row.facts.number,
            applicant: self.applicant,
            date: self.event.at.legal_date(),
            site: self.site,
        };
        frame.around(template.render(&self.values()))
    }

    pub(super) fn text(&self, slot: &str) -> &str {
        self.texts.get(slot).map_or("", String::as_str)
    }
}

/// What stands around the words of a paper, whatever they are.
pub(super) struct Frame<'a> {
    pub(super) authority: &'a AuthorityFacts,
    pub(super) kind: PaperKind,
    pub(super) item_type: Option<ItemType>,
    /// Year and serial of its number; `None`: it goes by the case's number.
    pub(super) number: Option<(i64, i64)>,
    pub(super) case_number: &'a str,
    pub(super) applicant: &'a str,
    pub(super) date: time::Date,
    pub(super) site: &'a SiteInfo,
}

impl Frame<'_> {
    /// The whole paper.
    pub(super) fn around(&self, words: Rendered) -> Paper {
        let title = self.item_type.map_or(NO_TITLE, |it| self.kind.title(it));
        Paper {
            authority: self.authority.name.clone(),
            title: title.to_owned(),
            number: Some(self.number()),
            addressee: Some(self.applicant.to_owned()),
            blocks: words.blocks,
            signature: Some(Signature {
                authority: self.authority.name.clone(),
                date: self.date,
                date_style: DateStyle::Digits,
                seal: SealMark::Word,
            }),
            notes: words.notes,
            verification: Some(Verification {
                case_number: self.case_number.to_owned(),
                address: format!("{}（登录后在「我的办件」核对，或凭办件编号到政务服务窗口查询）", self.site.address),
            }),
            watermark: watermark(self.site),
        }
    }

    fn number(&self) -> String {
        let Some((year, serial)) = self.number else { return self.case_number.to_owned() };
        let short =
            if self.authority.short_name.is_empty() { &self.authority.name } else { &self.authority.short_name };
        format!("{short}{}〔{year}〕{serial}号", mark(self.kind))
    }
}

/// What a paper's number calls its kind: 「谯市监**补**〔2026〕3号」.
fn mark(kind: PaperKind) -> &'static str {
    match kind {
        PaperKind::Receipt => "",
        PaperKind::CorrectionNotice => "补",
        PaperKind::AcceptanceNotice => "受",
        PaperKind::NotNeededNotice => "免受",
        PaperKind::NotAcceptedNotice => "不受",
        PaperKind::LapseNotice => "终",
        PaperKind::WithdrawalNotice => "撤回",
        PaperKind::SpecialNotice => "特",
        PaperKind::HearingRightNotice => "听告",
        PaperKind::HearingNotice => "听通",
        PaperKind::HearingRecord => "听录",
        PaperKind::ExtensionNotice => "延",
        PaperKind::Approval => "准",
        PaperKind::Refusal => "不准",
        PaperKind::DeliveryReceipt => "送",
        PaperKind::Revocation => "撤销",
        PaperKind::AnnulmentNotice => "更",
    }
}
