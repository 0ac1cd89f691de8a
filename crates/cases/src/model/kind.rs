//! Which act, without its content: what the table of the machine is about.

/// The acts in the order of a case, each with its code and with what its button says.
macro_rules! kinds {
    ($($name:ident $code:literal $words:literal;)*) => {
        /// Which act, without its content.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum ActKind {
            $($name,)*
        }

        impl ActKind {
            /// Every act, in the order of a case.
            pub(crate) const ALL: [Self; [$($code),*].len()] = [$(Self::$name),*];

            /// As addresses and the API name it.
            #[must_use]
            pub(crate) fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What its button says.
            #[must_use]
            pub(crate) fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

kinds! {
    Receive "receive" "接件";
    AskCorrection "ask_correction" "一次性告知补正";
    Supply "supply" "提交补正材料";
    Accept "accept" "受理";
    DeemAccepted "deem_accepted" "视为受理";
    NotNeeded "not_needed" "不受理";
    NotAccept "not_accept" "不予受理";
    Lapse "lapse" "逾期未补正终止";
    Withdraw "withdraw" "撤回申请";
    StartReview "start_review" "开始审核";
    HandUp "hand_up" "提交初审意见并报送上级";
    Recommend "recommend" "提交审核意见";
    Return "return" "退回上一环节";
    StartSpecial "start_special" "启动特别程序";
    ProlongSpecial "prolong_special" "另行告知特别程序所需时间";
    EndSpecial "end_special" "结束特别程序";
    TellHearing "tell_hearing" "告知听证权利";
    AskHearing "ask_hearing" "申请听证";
    WaiveHearing "waive_hearing" "放弃听证";
    CallHearing "call_hearing" "决定举行听证";
    SetHearing "set_hearing" "发出听证通知";
    AskRecusal "ask_recusal" "申请主持人回避";
    AnswerRecusal "answer_recusal" "答复回避申请";
    HoldHearing "hold_hearing" "登记听证笔录";
    DropHearing "drop_hearing" "终止听证";
    RecordCheck "record_check" "登记现场核查";
    ConfirmCheck "confirm_check" "确认现场核查";
    AskExtension "ask_extension" "提请延长办理期限";
    Extend "extend" "批准延长办理期限";
    RefuseExtension "refuse_extension" "不批准延长";
    SupplyOwed "supply_owed" "补交容缺材料";
    Approve "approve" "准予通过";
    Refuse "refuse" "不予通过";
    HandleAtOnce "handle_at_once" "当场办结";
    Issue "issue" "制证（制文）";
    Deliver "deliver" "送达";
    Close "close" "办结归档";
    Revoke "revoke" "撤销容缺批准";
    Annul "annul" "撤销错误的办理";
    Reckon "reckon" "重新计算期限";
}

impl ActKind {
    /// The act with this code.
    #[must_use]
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
