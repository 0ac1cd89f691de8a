//! Acts as forms and programs send them, and the act of the machine that each means.

use catalogue::ItemDocument;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::macros::format_description;
use webkit::utoipa;

use super::more::More;
use crate::{
    model::{
        Act, ActKind, AtOnce, Chosen, CorrectionFault, DeliveryWay, Exhibit, ExtensionAct, Found, Grounds, PointAnswer,
        Weighed,
    },
    rules,
    service::hearing,
};

/// An act as a form or a program sends it. Which fields count depends on the act; the others are ignored.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ActInput {
    /// 操作代码：`receive`、`ask_correction`、`supply`、`accept`、`not_needed`、`not_accept`、`lapse`、`withdraw`、`start_review`、
    /// `hand_up`、`recommend`、`return`、`start_special`、`prolong_special`、`end_special`、`tell_hearing`、`ask_hearing`、`waive_hearing`、`call_hearing`、`set_hearing`、
    /// `ask_recusal`、`answer_recusal`、`hold_hearing`、`drop_hearing`、`record_check`、`confirm_check`、
    /// `ask_extension`、`extend`、`refuse_extension`、`supply_owed`、`approve`、`refuse`、`handle_at_once`、
    /// `issue`、`deliver`、`close`、`revoke`、`annul`
    pub act: String,
    /// 补正告知的全部内容
    pub faults: Vec<FaultInput>,
    /// 窗口收到的纸质材料
    pub materials: Vec<String>,
    /// 由部门自行获取的材料
    pub obtained: Vec<String>,
    /// 容缺后补的材料
    pub owed: Vec<String>,
    /// 理由
    pub reasons: String,
    /// 法律依据；不填时用事项的设定依据
    pub law: String,
    /// 救济途径；不填时用事项的救济途径
    pub remedies: String,
    /// 有权办理的机关
    pub office: String,
    /// 原因（撤回、退回、特别程序、延期）
    pub reason: String,
    /// 审核意见：同意（true）或不同意（false）
    pub favour: bool,
    /// 意见
    pub opinion: String,
    /// 特别程序名称
    pub procedure: String,
    /// 工作日数
    pub days: u32,
    /// 特别程序结果
    pub result: String,
    /// 特别程序由谁实施：检验、检测、检疫、鉴定的机构和人员，评审的专家（每行一位）
    pub experts: String,
    /// 制作的证照、文书编号
    pub documents: Vec<String>,
    /// 送达方式：`window`、`courier`、`electronic`、`agent_point`、`public_notice`
    pub way: String,
    /// 送达证明
    pub proof: String,
    /// 听证权利也告知了利害关系人
    pub others: bool,
    /// 听证时间（北京时间）：`2026-03-20T09:30`
    pub held_at: String,
    /// 听证地点
    pub place: String,
    /// 听证主持人（人员标识）
    pub presider: String,
    /// 听证已经向社会公告
    pub public: bool,
    /// 同意回避
    pub granted: bool,
    /// 听证笔录
    pub record: String,
    /// 听证笔录已经参加人确认签字
    pub signed: bool,
    /// 一同核查的另一名工作人员（人员标识）
    pub second: String,
    /// 核查日期：`2026-03-20`
    pub checked_on: String,
    /// 现场核查的结果
    pub finding: String,
    /// 确认现场核查属实
    pub agrees: bool,
    /// 裁量基准：每个裁量事项选的阶次（审核意见、决定）
    pub grades: Vec<GradeInput>,
    /// 超出裁量基准的理由
    pub deviation: String,
    /// 要撤销的办理步骤的序号（办理过程中从 1 起的第几步）
    pub number: u32,
    /// 补正时更正后的申请表内容（只填要改的字段）
    #[schema(value_type = Option<Object>)]
    pub values: Option<Value>,
}

/// One thing that the applicant must mend.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FaultInput {
    /// 材料代码或表格字段
    pub about: String,
    /// 缺什么、怎么补
    pub what: String,
}

/// What is chosen in one matter of the discretion standard.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct GradeInput {
    /// 裁量事项的序号（从 0 起）
    pub matter: u32,
    /// 裁量阶次的序号（从 0 起），或者 `none`：基准以外
    pub grade: String,
    /// 金额（分）；不是金额的不填
    pub fen: Option<i64>,
}

/// No grade of the standard, as a form and a program say it.
pub(crate) const NO_GRADE: &str = "none";

impl More {
    /// The machine's act.
    pub(super) fn act(&mut self, input: &ActInput, document: &ItemDocument) -> Result<Act> {
        let kind = ActKind::from_code(&input.act)
            .filter(|it| !matches!(it, ActKind::DeemAccepted | ActKind::Reckon))
            .ok_or_else(|| Error::invalid("act", format!("没有「{}」这种操作。", input.act)))?;
        let text = String::clone;
        let or_else = |given: &String, default: fn(&ItemDocument) -> String| match given.trim() {
            "" => default(document),
            given => given.to_owned(),
        };
        let (remedies, law) = (or_else(&input.remedies, rules::remedies), or_else(&input.law, rules::legal_basis));
        let grounds = || Grounds { reasons: text(&input.reasons), law: law.clone(), remedies: remedies.clone() };
        let weighed = |points: Vec<PointAnswer>| -> Result<Weighed> {
            let chosen = input.grades.iter().map(chosen).collect::<Result<_>>()?;
            Ok(Weighed { points, chosen, deviation: text(&input.deviation) })
        };
        let points = std::mem::take(&mut self.points);
        Ok(match kind {
            ActKind::Receive => Act::Receive,
            ActKind::AskCorrection => {
                let told = |it: &FaultInput| CorrectionFault { about: text(&it.about), what: text(&it.what) };
                Act::AskCorrection { faults: input.faults.iter().map(told).collect() }
            }
            ActKind::Supply => Act::Supply { materials: self.codes(document) },
            ActKind::Accept => Act::Accept { obtained: input.obtained.clone(), owed: input.owed.clone() },
            ActKind::NotNeeded => Act::NotNeeded { reasons: text(&input.reasons), remedies },
            ActKind::NotAccept => {
                Act::NotAccept { reasons: text(&input.reasons), office: text(&input.office), remedies }
            }
            ActKind::Lapse => Act::Lapse,
            ActKind::Withdraw => Act::Withdraw { reason: text(&input.reason) },
            ActKind::StartReview => Act::StartReview,
            ActKind::Recommend => {
                Act::Recommend { favour: input.favour, opinion: text(&input.opinion), weighed: weighed(points)? }
            }
            ActKind::HandUp => Act::HandUp { favour: input.favour, opinion: text(&input.opinion) },
            ActKind::Return => Act::Return { reason: text(&input.reason) },
            ActKind::StartSpecial => {
                Act::StartSpecial { name: text(&input.procedure), days: input.days, reason: text(&input.reason) }
            }
            ActKind::EndSpecial => {
                let (result, experts) = (text(&input.result), text(&input.experts));
                Act::EndSpecial { result, experts, files: std::mem::take(&mut self.exhibits) }
            }
            ActKind::RecordCheck => Act::RecordCheck(found(input, std::mem::take(&mut self.exhibits))?),
            ActKind::ConfirmCheck => Act::ConfirmCheck { agrees: input.agrees, remark: text(&input.reason) },
            kind if hearing::ACTS.contains(&kind) => {
                Act::Hearing(hearing::read(kind, input, std::mem::take(&mut self.exhibits))?)
            }
            ActKind::ProlongSpecial => Act::ProlongSpecial { days: input.days, reason: text(&input.reason) },
            ActKind::AskExtension => {
                Act::Extension(ExtensionAct::Ask { days: input.days, reason: text(&input.reason) })
            }
            ActKind::Extend => Act::Extension(self.granted(input)),
            ActKind::RefuseExtension => Act::Extension(ExtensionAct::Refuse { reason: text(&input.reason) }),
            ActKind::SupplyOwed => Act::SupplyOwed { materials: self.codes(document) },
            ActKind::Approve => Act::Approve { opinion: text(&input.opinion), weighed: weighed(points)? },
            ActKind::Refuse => Act::Refuse { grounds: grounds(), weighed: weighed(points)? },
            ActKind::HandleAtOnce => Act::HandleAtOnce(AtOnce {
                obtained: input.obtained.clone(),
                opinion: text(&input.opinion),
                weighed: weighed(points)?,
                documents: input.documents.clone(),
                delivery: if input.way.is_empty() { None } else { Some(way(&input.way)?) },
            }),
            ActKind::Issue => Act::Issue { documents: input.documents.clone() },
            ActKind::Deliver => Act::Deliver { way: way(&input.way)?, proof: text(&input.proof) },
            ActKind::Close => Act::Close,
            ActKind::Annul => Act::Annul { number: input.number, reason: text(&input.reason) },
            ActKind::Revoke => Act::Revoke { grounds: grounds() },
            _ => return Err(Error::internal("not a person's act")),
        })
    }

    /// What the head approves: what is typed, or else what was proposed.
    fn granted(&mut self, input: &ActInput) -> ExtensionAct {
        let (days, reason) = self.asked.take().unwrap_or_default();
        let days = if input.days == 0 { days } else { input.days };
        let reason = if input.reason.trim().is_empty() { reason } else { input.reason.clone() };
        ExtensionAct::Grant { days, reason }
    }
}

/// What was chosen in a matter of the discretion standard.
fn chosen(it: &GradeInput) -> Result<Chosen> {
    let grade = match it.grade.trim() {
        NO_GRADE => None,
        place => Some(place.parse().map_err(|_| Error::invalid("grades", "请选择裁量阶次。"))?),
    };
    Ok(Chosen { matter: it.matter, grade, fen: it.fen })
}

/// What was found on site.
fn found(input: &ActInput, photos: Vec<Exhibit>) -> Result<Found> {
    let second = input.second.parse().map_err(|_| Error::invalid("second", "请选择一同核查的另一名工作人员。"))?;
    let wrong = |_| Error::invalid("checked_on", "请填写核查日期，例如 2026-03-20。");
    let on = time::Date::parse(input.checked_on.trim(), format_description!("[year]-[month]-[day]")).map_err(wrong)?;
    Ok(Found { second, on, finding: input.finding.clone(), photos })
}

fn way(code: &str) -> Result<DeliveryWay> {
    let found = DeliveryWay::ALL.into_iter().find(|it| way_code(*it) == code);
    found.ok_or_else(|| Error::invalid("way", "请选择送达方式。"))
}

/// As forms and programs name it.
pub(crate) fn way_code(way: DeliveryWay) -> &'static str {
    match way {
        DeliveryWay::Window => "window",
        DeliveryWay::Courier => "courier",
        DeliveryWay::Electronic => "electronic",
        DeliveryWay::AgentPoint => "agent_point",
        DeliveryWay::PublicNotice => "public_notice",
    }
}
