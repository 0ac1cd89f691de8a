//! What stands on each paper (names after DB4406/T 14—2021; what it must say after 行政许可法 arts. 32, 38, 42, 44, 45).

use std::collections::HashMap;

use catalogue::ItemDocument;
use identity::AuthorityFacts;
use papers::{Block, DateStyle, Field, ListItem, Paper, SealMark, Signature, Verification};
use webkit::SiteInfo;

use crate::{
    model::{CorrectionFault, Event, Fact, PaperKind, annulled_words},
    service::reads::about_name,
    store::CaseRow,
    view,
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
const LICENCE_LAW: &str = "《中华人民共和国行政许可法》";

impl About<'_> {
    /// The paper.
    pub(super) fn paper(&self) -> Paper {
        let title = self.document.item_type().map_or("办理告知书", |it| self.kind.title(it));
        let mut blocks = self.blocks();
        if self.kind.names_remedies() {
            blocks.push(Block::Heading("救济途径".to_owned()));
            blocks.push(Block::Remedies(vec![self.text("remedies").to_owned()]));
        }
        Paper {
            authority: self.authority.name.clone(),
            title: title.to_owned(),
            number: Some(self.number()),
            addressee: Some(self.applicant.to_owned()),
            blocks,
            signature: Some(Signature {
                authority: self.authority.name.clone(),
                date: self.event.at.legal_date(),
                date_style: DateStyle::Digits,
                seal: SealMark::Word,
            }),
            notes: Vec::new(),
            verification: Some(Verification {
                case_number: self.row.facts.number.clone(),
                address: format!("{}（登录后在「我的办件」核对，或凭办件编号到政务服务窗口查询）", self.site.address),
            }),
            watermark: self.site.demo.then(|| WATERMARK.to_owned()),
        }
    }

    fn number(&self) -> String {
        let Some((year, serial)) = self.number else { return self.row.facts.number.clone() };
        let short =
            if self.authority.short_name.is_empty() { &self.authority.name } else { &self.authority.short_name };
        format!("{short}{}〔{year}〕{serial}号", mark(self.kind))
    }

    pub(super) fn text(&self, slot: &str) -> &str {
        self.texts.get(slot).map_or("", String::as_str)
    }

    /// 「你（单位）于 … 提出的「…」申请（办件编号：…，事项实施编码：…）」.
    pub(super) fn subject(&self) -> String {
        let code: String = self.row.facts.number.chars().take(31).collect();
        format!(
            "你（单位）于{}提出的“{}”申请（实施编码：{code}；办件编号：{}）",
            self.row.case.filed.at.zh_date(),
            self.document.name,
            self.row.facts.number
        )
    }

    /// 「《…》第…条」 of the licence law for licences; for other items the office's duty to tell, in the same words.
    pub(super) fn under(&self, article: &str) -> String {
        match self.document.item_type() {
            Some(standards::ItemType::Licence) => format!("根据{LICENCE_LAW}{article}的规定，"),
            _ => format!("参照{LICENCE_LAW}{article}的规定，"),
        }
    }

    pub(super) fn contact(&self) -> Block {
        let AuthorityFacts { phone, address, hours, .. } = self.authority;
        paragraph(format!("联系电话：{phone}；地址：{address}；服务时间：{hours}。"))
    }

    fn names(&self, codes: impl Iterator<Item = String>) -> Vec<ListItem> {
        codes.map(|code| ListItem { text: about_name(self.document, &code), notes: Vec::new() }).collect()
    }

    fn blocks(&self) -> Vec<Block> {
        match &self.event.fact {
            Fact::Filed { materials, acceptance_due, .. } | Fact::Resupplied { materials, acceptance_due } => {
                let mut blocks =
                    vec![paragraph(format!("{}及下列材料已于{}收到：", self.subject(), self.event.at.zh()))];
                let list = self.names(materials.iter().cloned());
                blocks.push(if list.is_empty() { paragraph("申请表".to_owned()) } else { Block::List(list) });
                blocks.push(paragraph(format!(
                    "本机关将在{}前决定是否受理，或者一次告知需要补正的全部内容；逾期不告知的，自收到申请材料之日起即为受理。",
                    view::due(*acceptance_due)
                )));
                blocks
            }
            Fact::CorrectionAsked { answer_due, .. } => self.correction(*answer_due),
            Fact::NotNeeded { .. } => self.grounds(
                &format!(
                    "{}收悉。经审查，申请事项依法不需要本机关办理。{}本机关决定不受理。",
                    self.subject(),
                    self.under("第三十二条第一款第一项")
                ),
                false,
            ),
            Fact::NotAccepted { .. } => self.not_accepted(),
            Fact::Accepted(it) | Fact::DeemedAccepted(it) => self.accepted(it),
            Fact::Lapsed {} => vec![
                paragraph(format!("{}，因在补正期限内没有收到补正材料，本机关终止办理。", self.subject())),
                paragraph("备齐材料后可以重新提出申请，本次终止不影响再次申请。".to_owned()),
                self.contact(),
            ],
            Fact::Withdrawn { .. } => vec![
                paragraph(format!(
                    "{}，本机关已于{}收到你（单位）的撤回请求，终止办理。",
                    self.subject(),
                    self.event.at.zh_date()
                )),
                paragraph("需要时可以重新提出申请，本次撤回不影响再次申请。".to_owned()),
            ],
            Fact::SpecialStarted { name, days, expected_end, basis, .. } => {
                let until = view::due(*expected_end);
                self.special((name, basis), &format!("依法需要进行{name}，预计需要 {days} 个工作日，到{until}结束"))
            }
            Fact::SpecialProlonged { name, days, expected_end, .. } => {
                let until = view::due(*expected_end);
                self.special((name, ""), &format!("正在进行的{name}共需 {days} 个工作日，改为到{until}结束"))
            }
            Fact::HearingTold { .. }
            | Fact::HearingBegun { .. }
            | Fact::HearingSet { .. }
            | Fact::HearingEnded { .. } => self.hearing(),
            Fact::Extended { days, statutory_due, .. } => self.extended(*days, &view::due(*statutory_due)),
            Fact::Approved { owing, delivery_due, .. } => self.approved(*owing, view::due(*delivery_due)),
            Fact::Refused { .. } => self.grounds(
                &format!(
                    "{}，本机关已经受理。{}经依法审查，不符合法定条件、标准，现作出不予通过的决定。",
                    self.subject(),
                    self.heard()
                ),
                true,
            ),
            Fact::Revoked { .. } => self.grounds(
                &format!("{}，本机关曾予容缺通过。所欠材料没有按期补交，现决定撤销该决定。", self.subject()),
                true,
            ),
            Fact::Annulled { kind, of, .. } => self.annulled(annulled_words(kind), &of.zh_date()),
            Fact::Delivered { way, .. } => self.delivered(way.name()),
            _ => vec![paragraph(format!("{}，{}。", self.subject(), self.event.fact.words()))],
        }
    }

    fn correction(&self, answer_due: Option<standards::Due>) -> Vec<Block> {
        let faults: Vec<CorrectionFault> = serde_json::from_str(self.text("faults")).unwrap_or_default();
        let item = |it: &CorrectionFault| ListItem {
            text: about_name(self.document, &it.about),
            notes: vec![it.what.clone()],
        };
        let until = answer_due.map_or(String::new(), |due| {
            format!("请在{}前补齐；逾期未补正的，本次申请不再办理，您可以重新申请。", view::due(due))
        });
        vec![
            paragraph(format!(
                "{}收悉。经审查，申请材料不齐全或者不符合法定形式。{}现将需要补正的全部内容一次告知如下：",
                self.subject(),
                self.under("第三十二条第一款第四项")
            )),
            Block::List(faults.iter().map(item).collect()),
            paragraph(format!("{until}本机关自收到全部补正材料之日起五个工作日内决定是否受理。")),
            self.contact(),
        ]
    }

    fn not_accepted(&self) -> Vec<Block> {
        let office = self.text("office");
        let mut blocks = self.grounds(
            &format!("{}收悉。{}本机关决定不予受理。", self.subject(), self.under("第三十二条第一款第二项")),
            false,
        );
        if !office.is_empty() {
            blocks.push(paragraph(format!("请向有权办理的机关申请：{office}。")));
        }
        blocks
    }

    fn accepted(&self, it: &crate::model::Acceptance) -> Vec<Block> {
        let deemed = matches!(self.event.fact, Fact::DeemedAccepted(_));
        let lead = if deemed {
            format!(
                "{}，本机关在收到材料后五个工作日内没有告知，{}自收到申请材料之日起即为受理。",
                self.subject(),
                self.under("第三十二条第一款第四项")
            )
        } else {
            format!("{}收悉。{}本机关决定予以受理。", self.subject(), self.under("第三十二条第一款第五项"))
        };
        let mut rows = vec![
            field("办件编号", &self.row.facts.number),
            field("事项名称", &self.document.name),
            field("申请人", self.applicant),
            field("受理日期", &view::day(it.on)),
            field("承诺办结日期", &view::due(it.promised_due)),
            field("法定办结日期", &view::due(it.statutory_due)),
            field("收费", &crate::rules::cost(self.document)),
        ];
        if !it.owed.is_empty() {
            let names: Vec<_> = it.owed.iter().map(|code| about_name(self.document, code)).collect();
            let until = it.owed_due.map_or(String::new(), |due| format!("（{}前补交）", view::due(due)));
            rows.push(field("容缺材料", &format!("{}{until}", names.join("、"))));
        }
        vec![
            paragraph(lead),
            Block::Table(rows),
            paragraph(
                "办理期间如需听证、检验、检测、鉴定、专家评审等，所需时间不计算在上述期限内，本机关将另行书面告知。"
                    .to_owned(),
            ),
            self.contact(),
        ]
    }

    fn approved(&self, owing: bool, due: String) -> Vec<Block> {
        let result = self.document.result.as_ref().map_or("办理结果", |it| it.name.as_str());
        let mut blocks = vec![
            paragraph(format!(
                "{}，本机关已经受理。{}经依法审查，符合法定条件、标准，决定予以通过。",
                self.subject(),
                self.heard()
            )),
            paragraph(format!("依据：{}。", crate::rules::legal_basis(self.document))),
            paragraph(format!("本机关将在{due}前向你（单位）送达“{result}”。")),
        ];
        if owing {
            blocks.push(paragraph(
                "尚有容缺材料没有补齐，补齐以前不发放证照或者文书；逾期不补的，本决定将依法撤销。".to_owned(),
            ));
        }
        blocks
    }

    fn special(&self, (name, basis): (&str, &str), told: &str) -> Vec<Block> {
        let mut blocks = vec![paragraph(format!(
            "{}，{told}。{}所需时间不计算在办理期限内；{name}结束后，办理期限继续计算。",
            self.subject(),
            self.under("第四十五条"),
        ))];
        if !basis.is_empty() {
            blocks.push(paragraph(format!("进行{name}的依据：{basis}。")));
        }
        blocks.push(paragraph(format!("原因：{}", self.text("reason"))));
        blocks.push(self.contact());
        blocks
    }

    fn extended(&self, days: u32, until: &str) -> Vec<Block> {
        vec![
            paragraph(format!(
                "{}，在法定期限内不能作出决定。{}经本机关负责人批准，延长办理期限 {days} 个工作日，至{until}。",
                self.subject(),
                self.under("第四十二条第一款"),
            )),
            paragraph(format!("延长期限的理由：{}", self.text("reason"))),
            self.contact(),
        ]
    }

    fn annulled(&self, what: &str, on: &str) -> Vec<Block> {
        vec![
            paragraph(format!(
                "{}，本机关{on}办理的“{what}”经审查有误，现由本机关负责人撤销，为此出具的文书同时作废。办件回到作出之前的环节继续办理，法定办结期限不因此延长。",
                self.subject()
            )),
            paragraph(format!("撤销的理由：{}", self.text("reason"))),
            self.contact(),
        ]
    }

    fn delivered(&self, way: &str) -> Vec<Block> {
        vec![Block::Table(vec![
            field("办件编号", &self.row.facts.number),
            field("事项名称", &self.document.name),
            field("受送达人", self.applicant),
            field("送达方式", way),
            field("送达时间", &self.event.at.zh()),
            field("受送达人签收", ""),
            field("备注", ""),
        ])]
    }

    fn grounds(&self, lead: &str, law: bool) -> Vec<Block> {
        let mut blocks = vec![
            paragraph(lead.to_owned()),
            Block::Heading("理由".to_owned()),
            paragraph(self.text("reasons").to_owned()),
        ];
        if law {
            blocks.push(Block::Heading("法律依据".to_owned()));
            blocks.push(paragraph(self.text("law").to_owned()));
        }
        blocks
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

pub(super) fn paragraph(text: String) -> Block {
    Block::Paragraph(text)
}

pub(super) fn field(label: &str, value: &str) -> Field {
    Field { label: label.to_owned(), value: value.to_owned() }
}
