//! What the placeholders of a paper stand for, out of the record. Which words stand around them is the template's affair
//! (`papers/papers.toml`, and what legal affairs write).

use papers::ListItem;
use standards::ItemType;

use super::notice::About;
use crate::{
    model::{Acceptance, CorrectionFault, Fact, HearingEnd, annulled_words, template::Values},
    rules,
    service::reads::about_name,
    view,
};

impl About<'_> {
    /// What all placeholders of the paper's kind stand for.
    pub(super) fn values(&self) -> Values {
        let mut values = Values::default();
        self.common(&mut values);
        if self.kind.names_remedies() {
            values.remedies(self.text("remedies"));
        }
        self.own(&mut values);
        values
    }

    fn common(&self, values: &mut Values) {
        let number = &self.row.facts.number;
        let licence = self.document.item_type() == Some(ItemType::Licence);
        values.say("申请人", self.applicant);
        values.say("事项名称", &self.document.name);
        values.say("实施编码", number.chars().take(31).collect::<String>());
        values.say("办件编号", number);
        values.say("申请日期", self.row.case.filed.at.zh_date());
        values.say("出具日期", self.event.at.zh_date());
        values.say("出具时间", self.event.at.zh());
        values.say("本机关名称", &self.authority.name);
        // Of licences the licence law speaks; for other items the office's duty to tell is told in the same words.
        values.say("根据或者参照", if licence { "根据" } else { "参照" });
        values.say("联系电话", &self.authority.phone);
        values.say("办公地址", &self.authority.address);
        values.say("服务时间", &self.authority.hours);
    }

    fn own(&self, values: &mut Values) {
        match &self.event.fact {
            Fact::Filed { materials, acceptance_due, .. } | Fact::Resupplied { materials, acceptance_due } => {
                let item = |code: &String| ListItem { text: about_name(self.document, code), notes: Vec::new() };
                values.hold(if materials.is_empty() { "form_only" } else { "materials" });
                values.list("收到材料", materials.iter().map(item).collect());
                values.say("收到时间", self.event.at.zh());
                values.say("答复期限", view::due(*acceptance_due));
            }
            Fact::CorrectionAsked { answer_due, .. } => {
                values.list("补正内容", self.faults());
                values.say("补正期限", answer_due.map(view::due).unwrap_or_default());
            }
            Fact::NotNeeded { .. } => values.say("理由", self.text("reasons")),
            Fact::NotAccepted { .. } => {
                values.say("理由", self.text("reasons"));
                values.say("有权机关", self.text("office"));
            }
            Fact::Accepted(it) => self.accepted(values, it, "in_time"),
            Fact::DeemedAccepted(it) => self.accepted(values, it, "deemed"),
            Fact::SpecialStarted { name, days, expected_end, basis, .. } => {
                self.special(values, ("special", name, basis), (*days, view::due(*expected_end)));
            }
            Fact::SpecialProlonged { name, days, expected_end, .. } => {
                self.special(values, ("prolonged", name, ""), (*days, view::due(*expected_end)));
            }
            Fact::HearingBegun { called, days, expected_end, .. } => {
                let circumstance = if *called { "hearing_called" } else { "hearing_asked" };
                self.special(values, (circumstance, crate::model::HEARING, ""), (*days, view::due(*expected_end)));
            }
            Fact::Extended { days, statutory_due, .. } => {
                values.say("延长天数", days.to_string());
                values.say("延长至", view::due(*statutory_due));
                values.say("延长理由", self.text("reason"));
            }
            Fact::Approved { owing, delivery_due, .. } => {
                values.hold(if *owing { "owing" } else { "complete" });
                values.say("听证登记日期", self.heard());
                values.say("设定依据", rules::legal_basis(self.document));
                let result = self.document.result.as_ref();
                values.say("办理结果", result.map_or("办理结果", |it| it.name.as_str()));
                values.say("送达期限", view::due(*delivery_due));
            }
            Fact::Refused { .. } | Fact::Revoked { .. } => {
                values.say("听证登记日期", self.heard());
                values.say("理由", self.text("reasons"));
                values.say("法律依据", self.text("law"));
            }
            Fact::Annulled { kind, of, .. } => {
                values.say("撤销的办理", annulled_words(kind));
                values.say("撤销的办理日期", of.zh_date());
                values.say("撤销理由", self.text("reason"));
            }
            Fact::Delivered { way, .. } => values.say("送达方式", way.name()),
            _ => self.hearing(values),
        }
    }

    /// All that is to be corrected, once.
    fn faults(&self) -> Vec<ListItem> {
        let faults: Vec<CorrectionFault> = serde_json::from_str(self.text("faults")).unwrap_or_default();
        let item = |it: &CorrectionFault| ListItem {
            text: about_name(self.document, &it.about),
            notes: vec![it.what.clone()],
        };
        faults.iter().map(item).collect()
    }

    fn accepted(&self, values: &mut Values, it: &Acceptance, circumstance: &str) {
        values.hold(circumstance);
        values.say("受理日期", view::day(it.on));
        values.say("承诺办结日期", view::due(it.promised_due));
        values.say("法定办结日期", view::due(it.statutory_due));
        values.say("收费", rules::cost(self.document));
        let owed: Vec<_> = it.owed.iter().map(|code| about_name(self.document, code)).collect();
        values.say("补交期限", it.owed_due.filter(|_| !owed.is_empty()).map(view::due).unwrap_or_default());
        values.say("容缺材料", owed.join("、"));
    }

    fn special(
        &self,
        values: &mut Values,
        (circumstance, name, basis): (&str, &str, &str),
        (days, end): (u32, String),
    ) {
        values.hold(circumstance);
        values.say("特别程序", name);
        values.say("特别程序依据", basis);
        values.say("所需天数", days.to_string());
        values.say("结束期限", end);
        values.say("事由", self.text("reason"));
    }

    /// Of the notice of the right to a hearing, of its time and place, and of its record (行政许可法 arts. 45–48).
    fn hearing(&self, values: &mut Values) {
        match &self.event.fact {
            Fact::HearingTold { ask_by, others, .. } => {
                values.say("告知对象", if *others { "你（单位）和利害关系人" } else { "你（单位）" });
                values.say("要求听证期限", view::due(*ask_by));
                values.say("事由", self.text("reason"));
            }
            Fact::HearingSet { sits_at, public, .. } => {
                values.say("听证时间", sits_at.zh());
                values.say("听证地点", self.text("place"));
                values.say("主持人", self.presider);
                values.say("举行方式", if *public { "公开举行，已经向社会公告" } else { "公开举行" });
            }
            Fact::HearingEnded { stop, .. } => {
                values.say("主持人", self.presider);
                values.say("登记日期", view::day(stop.to));
                values.say("听证笔录", self.text("record"));
            }
            _ => {}
        }
    }

    /// The day on which the record of the hearing before this decision was entered; empty: none was held.
    fn heard(&self) -> String {
        let hearing = self.row.case.handling().and_then(|it| it.hearing.as_ref());
        match hearing.and_then(|it| it.ended) {
            Some((at, HearingEnd::Held)) => at.at.zh_date(),
            _ => String::new(),
        }
    }
}
