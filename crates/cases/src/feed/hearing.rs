//! What stands on the papers of a hearing: the notice of the right to it, of its time and place, its record, and on the decision that rests
//! on it (行政许可法 arts. 45–48).

use papers::Block;

use super::notice::{About, field, paragraph};
use crate::{
    model::{Fact, HearingEnd},
    view,
};

impl About<'_> {
    /// The paper of an event of a hearing.
    pub(super) fn hearing(&self) -> Vec<Block> {
        match &self.event.fact {
            Fact::HearingTold { ask_by, others, .. } => {
                let whom = if *others { "你（单位）和利害关系人" } else { "你（单位）" };
                vec![
                    paragraph(format!(
                        "{}，本机关正在审查。{}{whom}享有要求听证的权利。要求听证的，应当在{}前向本机关提出；逾期不提出的，视为放弃听证。",
                        self.subject(),
                        self.under("第四十七条"),
                        view::due(*ask_by)
                    )),
                    paragraph(format!("告知听证权利的事由：{}", self.text("reason"))),
                    paragraph("可以在网上「我的办件」中提出，也可以向本机关书面提出。申请人、利害关系人不承担本机关组织听证的费用。".to_owned()),
                    self.contact(),
                ]
            }
            Fact::HearingBegun { called, days, expected_end, .. } => {
                let lead = if *called {
                    format!("本机关决定举行听证。{}", self.under("第四十五条、第四十六条"))
                } else {
                    format!("本机关已收到听证申请。{}", self.under("第四十五条、第四十七条"))
                };
                let mut blocks = vec![paragraph(format!(
                    "{}，{lead}本机关将在 {days} 个工作日内、{}前组织听证，所需时间不计算在办理期限内。时间和地点另行通知。",
                    self.subject(),
                    view::due(*expected_end)
                ))];
                if !self.text("reason").is_empty() {
                    blocks.push(paragraph(format!("事由：{}", self.text("reason"))));
                }
                blocks.push(self.contact());
                blocks
            }
            Fact::HearingSet { sits_at, public, .. } => vec![
                paragraph(format!(
                    "{}，本机关定于下列时间、地点举行听证。{}现予通知，请按时参加：",
                    self.subject(),
                    self.under("第四十八条")
                )),
                Block::Table(vec![
                    field("时间", &sits_at.zh()),
                    field("地点", self.text("place")),
                    field("主持人", self.presider),
                    field("方式", if *public { "公开举行，已经向社会公告" } else { "公开举行" }),
                ]),
                paragraph("认为主持人与本申请有直接利害关系的，有权申请回避。听证时可以提出证据，进行申辩和质证；可以委托代理人参加。无正当理由不参加的，视为放弃听证。".to_owned()),
                self.contact(),
            ],
            Fact::HearingEnded { stop, .. } => vec![
                Block::Table(vec![
                    field("办件编号", &self.row.facts.number),
                    field("事项名称", &self.document.name),
                    field("申请人", self.applicant),
                    field("主持人", self.presider),
                    field("登记日期", &view::day(stop.to)),
                ]),
                paragraph(self.text("record").to_owned()),
                paragraph("本笔录已经听证参加人确认无误并签字或者盖章，签字的原件附卷。".to_owned()),
            ],
            _ => Vec::new(),
        }
    }

    /// What a decision says of the hearing before it; empty: none was held.
    pub(super) fn heard(&self) -> String {
        let hearing = self.row.case.handling().and_then(|it| it.hearing.as_ref());
        match hearing.and_then(|it| it.ended) {
            Some((at, HearingEnd::Held)) => {
                format!("本机关依法举行了听证，根据{}登记的听证笔录，", at.at.zh_date())
            }
            _ => String::new(),
        }
    }
}
