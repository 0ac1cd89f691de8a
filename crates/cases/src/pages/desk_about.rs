//! What each act of the case page does, in the words that stand above its fields.

use crate::model::ActKind;

/// What the officer should know before the act.
pub(super) fn about(kind: ActKind) -> &'static str {
    match kind {
        ActKind::Receive => "收下材料，开始核对。接件不等于受理，受理期限从提交之日起算。",
        ActKind::AskCorrection => {
            "把需要补正的内容一次写全：补正告知只能有一次。发出后受理期限停止计算，补齐后重新起算。"
        }
        ActKind::Supply => "申请人到窗口补交材料时，由您登记。收到之日起重新计算受理期限。",
        ActKind::Accept => "材料齐全、符合要求的，予以受理。承诺和法定期限从受理之日起算。",
        ActKind::NotNeeded => "这件事依法不需要申请。告知书写明理由和救济途径，办件就此结束。",
        ActKind::NotAccept => "不属于本机关职权的，告知有权办理的机关；补正后仍不符合要求的，写明理由。办件就此结束。",
        ActKind::Lapse => "补正期限已满，申请人没有补交材料。办件就此结束，申请人可以重新申请。",
        ActKind::Withdraw => "申请人到窗口要求撤回时，由您登记。办件就此结束，不能恢复。",
        ActKind::StartReview => "由您审核这件申请。",
        ActKind::HandUp => {
            "写明初审意见。提交以后，初审意见和全部申请材料一并报送上级机关，由上级机关审查决定；本机关可以查看，不能再办理。"
        }
        ActKind::Recommend => "写明审核意见，交审批岗决定。意见只有工作人员看得到。",
        ActKind::Return => "退给上一环节重新处理。期限照常计算，原因只有工作人员看得到。",
        ActKind::StartSpecial => {
            "所需时间书面告知申请人，不计入办理期限。从今天起停止计时。检验、检测、检疫的，自受理之日起五日内指派两名以上工作人员。"
        }
        ActKind::ProlongSpecial => {
            "不能按告知的时间结束的，写明原因，另行告知还需要几天。总天数不超过实施清单规定的最长时间。"
        }
        ActKind::EndSpecial => {
            "写明结果和由谁实施，附上报告、评审意见。从下一个工作日起恢复计时，新的到期日告知申请人。"
        }
        ActKind::RecordCheck => {
            "现场核查由两名以上工作人员进行。先上传现场照片，再写明结果；一同核查的人确认以后，才能提出审核意见。"
        }
        ActKind::ConfirmCheck => "您是一同核查的人。请核对记录和照片，属实的确认；不属实的写明哪里不对，重新登记。",
        ActKind::TellHearing => {
            "直接涉及申请人与他人重大利益关系的，或者事项规定要听证的，作出决定前告知可以申请听证。申请期限内不能作出决定。"
        }
        ActKind::AskHearing => "利害关系人（或者到窗口的申请人）申请听证时，由您登记。从今天起停止计时。",
        ActKind::WaiveHearing => "不需要听证。放弃以后不能再申请。",
        ActKind::CallHearing => {
            "依法应当听证的，或者涉及公共利益、本机关认为需要听证的，向社会公告并举行。从今天起停止计时。"
        }
        ActKind::SetHearing => "举行的 7 个工作日前通知时间、地点，必要时公告。主持人不能是审查本申请的人。",
        ActKind::AskRecusal => "利害关系人（或者到窗口的申请人）申请主持人回避时，由您登记。",
        ActKind::AnswerRecusal => "同意回避的，另选主持人，重新通知时间和地点。答复告知申请人。",
        ActKind::HoldHearing => "写明听证的要点。笔录交参加人确认签字，决定根据笔录作出。从下一个工作日起恢复计时。",
        ActKind::DropHearing => "申请人、利害关系人撤回听证申请，或者到时没有参加的，终止听证，恢复计时。",
        ActKind::AskExtension => "法定期限内不能作出决定的，提请本机关负责人批准延长。只能延长一次；批准以前期限不变。",
        ActKind::Extend => "由本机关负责人批准，期限延长一次。下面的理由写入通知书，告知申请人。",
        ActKind::RefuseExtension => "不批准的，期限不变，请承办人在期限内作出决定。原因只有工作人员看得到。",
        ActKind::SupplyOwed => "申请人补交容缺材料时，由您登记。",
        ActKind::Approve => "作出准予决定。还欠容缺材料的，补齐以前不发证照。",
        ActKind::Refuse => "作出不予决定。决定书写明理由、法律依据和救济途径，作出后不能收回。",
        ActKind::HandleAtOnce => "受理、审批、制证一次办完；当场交给申请人的，同时送达归档。",
        ActKind::Issue => "证照、文书已经制作完成。决定书本身就是结果的，不必填写编号。",
        ActKind::Deliver => "结果已经交到申请人手中。",
        ActKind::Close => "送达以后归档，办件结束。",
        ActKind::Annul => {
            "办错了的，由您具名撤销最近一次办理：写明理由，办件回到那一步之前。原来的办理保留在记录里，标明已经撤销；为此出具的文书作废，并告知申请人。结果送达以后不能再用。"
        }
        ActKind::Revoke => "容缺材料没有按期补交，撤销批准。决定书写明理由、法律依据和救济途径。",
        ActKind::DeemAccepted | ActKind::Reckon => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_of_an_officer_says_what_it_does() {
        for kind in ActKind::ALL {
            let of_system = matches!(kind, ActKind::DeemAccepted | ActKind::Reckon);
            assert_eq!(about(kind).is_empty(), of_system, "{}", kind.words());
        }
    }
}
