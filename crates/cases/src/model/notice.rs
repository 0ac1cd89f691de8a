//! What an applicant is told by message as a case goes on, and when: progress may be declined, what must be answered or fetched may not; at
//! night nobody is woken.

use kernel::Moment;

use super::event::Fact;

/// From this hour of the evening on, in legal time, nothing is sent …
const NIGHT_FROM: i64 = 22;
/// … until this hour of the morning.
const NIGHT_TO: i64 = 8;
const HOUR: i64 = 3_600;

/// What a person chose to be told by text message and mail. All is told on the platform in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choices {
    /// Each step: received, accepted, a special procedure, more time.
    pub(crate) progress: bool,
    /// At night too.
    pub(crate) night: bool,
    /// The same by mail, with a mailbox.
    pub(crate) mail: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Self { progress: true, night: false, mail: true }
    }
}

/// What is told of something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    kind: &'static str,
    /// What stands in the list of messages.
    pub(crate) title: &'static str,
    /// What goes on after 「您申请的「…」（办件编号 …）」.
    pub(crate) words: &'static str,
    /// Whether the person must do something, or the matter is decided: it is sent whatever was chosen.
    pub(crate) matters: bool,
}

const fn tell(kind: &'static str, title: &'static str, words: &'static str, matters: bool) -> Told {
    Told { kind, title, words, matters }
}

/// By the kind of event.
const TOLD: [Told; 25] = [
    tell("cases.filed", "申请已提交", "已提交，五个工作日内告知您是否受理", false),
    tell("cases.correction_asked", "需要补正", "需要补正，要补的内容已经一次列全，请尽快登录查看并补正", true),
    tell("cases.resupplied", "补正材料已收到", "的补正材料已收到", false),
    tell("cases.not_needed", "不需要办理", "依法不需要取得许可，请登录查看说明", true),
    tell("cases.not_accepted", "不予受理", "不予受理，请登录查看理由和救济途径", true),
    tell("cases.accepted", "已受理", "已受理，请登录查看办结期限", false),
    tell("cases.deemed_accepted", "视为受理", "依法视为受理，请登录查看办结期限", false),
    tell("cases.lapsed", "申请已终止", "因逾期没有补正已终止，需要时可以重新申请", true),
    tell("cases.withdrawn", "申请已撤回", "已按您的申请撤回", false),
    tell("cases.handed_up", "下级初审已完成", "的下级初审已完成，全部材料已经报送上级机关，您不用再交", false),
    tell("cases.special_started", "进入特别程序", "进入特别程序，期间不计入办理期限", false),
    tell("cases.special_prolonged", "特别程序时间有变", "的特别程序需要更长时间，请登录查看原因和新的日期", true),
    tell("cases.special_ended", "特别程序结束", "的特别程序已结束，办理期限继续计算", false),
    tell("cases.hearing_told", "可以申请听证", "作出决定前，您有权要求听证；要求听证的，请在期限内登录提出", true),
    tell("cases.hearing_begun", "将举行听证", "将举行听证，期间不计入办理期限，时间和地点另行通知", true),
    tell("cases.hearing_set", "听证通知", "的听证已经确定时间、地点和主持人，请登录查看并按时参加", true),
    tell("cases.recusal_answered", "回避申请已答复", "的听证主持人回避申请已经答复，请登录查看", true),
    tell("cases.hearing_ended", "听证结束", "的听证程序已经结束，办理期限继续计算", false),
    tell("cases.extended", "办理期限延长", "的办理期限已延长，请登录查看理由", true),
    tell("cases.approved", "已作出决定：准予", "已作出准予决定，结果正在制作", true),
    tell("cases.refused", "已作出决定", "已作出决定，请登录查看决定内容、理由和救济途径", true),
    tell("cases.issued", "结果已制作", "的结果已制作，请按约定的方式领取", true),
    tell("cases.delivered", "结果已送达", "的结果已送达", false),
    tell("cases.annulled", "办理有更正", "有一步办理经审查有误，已经撤销，请登录查看理由和办件现在的状态", true),
    tell("cases.revoked", "批准已撤销", "的批准已撤销，请登录查看理由和救济途径", true),
];

/// What was found of a pledge.
const PLEDGES: [Told; 3] = [
    tell("cases.pledge_kept", "告知承诺核查相符", "所作的告知承诺经核查相符", false),
    tell(
        "cases.pledge_broken",
        "告知承诺核查不符",
        "所作的告知承诺经核查不符，已记录为违诺，请登录查看理由和怎样修复",
        true,
    ),
    tell("cases.pledge_mended", "违诺记录已修复", "的违诺记录已经修复，今后办理可以再用告知承诺", true),
];

/// Of what is owed nobody was reminded yet: more days than any reminder has.
pub(crate) const REMINDED_NOT: i64 = 99;

/// Reminders of what is owed, by the working days that are left; the last once its day is over.
const REMINDERS: [(i64, Told); 4] = [
    (
        5,
        tell(
            "cases.owed_soon",
            "容缺材料快到期",
            "的容缺材料五个工作日内到期，请尽快登录补交，补齐以前不能发放结果",
            true,
        ),
    ),
    (1, tell("cases.owed_tomorrow", "容缺材料还剩一个工作日", "的容缺材料还剩一个工作日到期，请尽快登录补交", true)),
    (0, tell("cases.owed_today", "容缺材料今天到期", "的容缺材料今天到期，请今天登录补交", true)),
    (
        -1,
        tell(
            "cases.owed_over",
            "容缺材料逾期未交",
            "的容缺材料已经逾期，请立即登录补交；一直不补的，批准可能被依法撤销",
            true,
        ),
    ),
];

/// One of the reminders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reminder(usize);

impl Reminder {
    /// Which is due when so many working days are left (-1: the day is over); `None`: none yet.
    pub(crate) fn of(left: i64) -> Option<Self> {
        REMINDERS.iter().rposition(|it| left <= it.0).map(Self)
    }

    /// From how many working days left on it is said.
    pub(crate) fn left(self) -> i64 {
        REMINDERS[self.0].0
    }

    /// What is said.
    pub(crate) fn told(self) -> Told {
        REMINDERS[self.0].1
    }
}

impl Told {
    /// What it is told of.
    pub(crate) fn kind(self) -> &'static str {
        self.kind
    }
}

/// What the applicant is told of this; `None`: of steps inside the office nothing.
pub(crate) fn told(fact: &Fact) -> Option<Told> {
    let silent = matches!(fact, Fact::Annulled { told: false, .. });
    of_kind(fact.kind()).filter(|_| !silent)
}

fn of_kind(kind: &str) -> Option<Told> {
    TOLD.iter().chain(&PLEDGES).chain(REMINDERS.iter().map(|it| &it.1)).find(|it| it.kind == kind).copied()
}

/// What the applicant is told of what was found of a pledge, by the kind of its entry.
pub(crate) fn told_of_pledge(kind: &str) -> Option<Told> {
    PLEDGES.iter().find(|it| it.kind == kind).copied()
}

/// What stands in the list of messages for this kind of event.
pub(crate) fn title_of(kind: &str) -> &'static str {
    of_kind(kind).map_or("有新进展", |it| it.title)
}

/// When a message made at `now` is sent: at once, or in the morning.
pub(crate) fn send_at(now: Moment, choices: Choices) -> Moment {
    let midnight = Moment::start_of(now.legal_date());
    let hour = (now.micros() - midnight.micros()) / 1_000_000 / HOUR;
    match hour {
        _ if choices.night => now,
        NIGHT_FROM.. => midnight.plus_seconds((24 + NIGHT_TO) * HOUR),
        ..NIGHT_TO => midnight.plus_seconds(NIGHT_TO * HOUR),
        _ => now,
    }
}
