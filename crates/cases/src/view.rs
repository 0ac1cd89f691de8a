//! Clocks, states and papers in words, for pages and API alike.

use serde::Serialize;
use standards::{Due, Reckoned};
use time::Date;
use webkit::utoipa::ToSchema;

use crate::model::{Alarm, Case, Face, Level, Stage, Thresholds};

/// A clock as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClockView {
    /// 名称：受理时限、初审时限、承诺办结、法定办结、特别程序、送达时限
    pub name: &'static str,
    /// 状态：`on_time`、`soon`、`overdue`、`suspended`、`done`、`absent`（还没有开始，或者不再计时）
    pub kind: &'static str,
    /// 说明：剩 3 个工作日
    pub text: String,
    /// 到期日；暂停时没有
    pub due: Option<String>,
    /// 是否暂定（当年放假安排尚未公布）
    pub provisional: bool,
    /// 已用工作日
    pub used: i64,
    /// 共计工作日；0：不计
    pub total: i64,
    /// 补充说明
    pub note: String,
}

/// A legal day as people read it.
pub(crate) fn day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), u8::from(day.month()), day.day())
}

/// A due day as people read it, with 「（暂定）」 where it may still move.
pub(crate) fn due(due: Due) -> String {
    if due.is_provisional() { format!("{}（暂定）", day(due.value())) } else { day(due.value()) }
}

/// Days left in words.
fn left(days: i64) -> String {
    match days {
        0 => "今天到期".to_owned(),
        1.. => format!("剩 {days} 个工作日"),
        _ => format!("超期 {} 个工作日", days.unsigned_abs()),
    }
}

/// One face in words.
pub(crate) fn clock(name: &'static str, face: &Face) -> ClockView {
    let kind = match (face, face.level(Thresholds::default())) {
        (Face::Suspended { .. }, _) => "suspended",
        (Face::Stopped { .. }, Level::Red) => "overdue",
        (Face::Stopped { .. }, _) => "done",
        (Face::Running { .. }, Level::Red) => "overdue",
        (Face::Running { .. }, Level::Yellow) => "soon",
        (Face::Running { .. }, _) => "on_time",
    };
    let provisional = matches!(face, Face::Running { due, .. } if due.is_provisional());
    match face {
        Face::Running { due: last, used, left: days, .. } => ClockView {
            name,
            kind,
            text: left(days.value()),
            due: Some(last.value().to_string()),
            provisional,
            used: used.value(),
            total: used.value().saturating_add(days.value()).max(used.value().min(1)),
            note: format!("{}前", due(*last)),
        },
        Face::Suspended { since, left } => ClockView {
            name,
            kind,
            text: "计时暂停".to_owned(),
            due: None,
            provisional: matches!(left, Reckoned::Provisional(_)),
            used: 0,
            total: 0,
            note: format!("自{}起暂停，恢复后还剩 {} 个工作日", day(*since), left.value()),
        },
        Face::Stopped { on, due: last } => ClockView {
            name,
            kind,
            text: if on > &last.value() { "超期完成".to_owned() } else { "按时完成".to_owned() },
            due: Some(last.value().to_string()),
            provisional,
            used: 0,
            total: 0,
            note: format!("{}完成，期限到{}", day(*on), due(*last)),
        },
    }
}

/// The clocks of a case in the order of its life; one that does not run says why.
pub(crate) fn clocks(case: &Case, calendar: &standards::Calendar, today: Date) -> Vec<ClockView> {
    let Ok(all) = case.clocks(calendar, today) else { return Vec::new() };
    let (from_acceptance, from_decision) = ("从受理之日起计算", "从作出决定之日起计算");
    let named = [
        ("受理时限", all.acceptance, ""),
        ("承诺办结", all.promised, from_acceptance),
        ("法定办结", all.statutory, from_acceptance),
        ("送达时限", all.delivery, from_decision),
    ];
    let stage = case.stage();
    let over = stage.is_final();
    let mut views: Vec<_> = named
        .iter()
        .map(|(name, face, from)| match face {
            Some(face) => clock(name, face),
            None if over => absent(name, "不再计时", "办理已经终止"),
            None => absent(name, "还没有开始", from),
        })
        .collect();
    if let Some(face) = &all.preliminary {
        views.insert(1, clock("初审时限", face));
    }
    if let Some(face) = &all.special {
        let mut special = clock("特别程序", face);
        if special.kind == "overdue" {
            special.note = format!("{}，已经超过告知申请人的时间", special.note);
        }
        views.insert(views.len() - 1, special);
    }
    if over && views.iter().all(|it| it.kind == "absent") {
        views.truncate(1);
    }
    if let (Stage::CorrectionAsked, Some(asked), Some(first)) = (stage, case.correction(), views.first_mut()) {
        // The authority has spoken; its time is not used up but stopped.
        first.text = "停止计时".to_owned();
        first.note = format!("{}已告知补正，补齐后重新计算", day(asked.asked.at.legal_date()));
    }
    views
}

/// A clock that does not run, and why.
fn absent(name: &'static str, text: &str, note: &str) -> ClockView {
    ClockView {
        name,
        kind: "absent",
        text: text.to_owned(),
        due: None,
        provisional: false,
        used: 0,
        total: 0,
        note: note.to_owned(),
    }
}

/// For lists: the clock that presses, and the statutory one while it runs or is stopped by a special procedure.
pub(crate) fn in_lists(
    case: &Case,
    calendar: &standards::Calendar,
    today: Date,
) -> (Option<ClockView>, Option<ClockView>) {
    let Ok(all) = case.clocks(calendar, today) else { return (None, None) };
    let running = |face: &&Face| !matches!(face, Face::Stopped { .. });
    let named = [
        ("送达", &all.delivery),
        ("特别程序", &all.special),
        ("初审", &all.preliminary),
        ("承诺", &all.promised),
        ("受理", &all.acceptance),
    ];
    let pressing = named.iter().find_map(|(name, face)| face.as_ref().filter(running).map(|face| clock(name, face)));
    let statutory = all.statutory.as_ref().filter(running).map(|face| clock("法定", face));
    (pressing, statutory)
}

/// The alarms of a case, if its clocks can be read.
pub(crate) fn alarm(case: &Case, calendar: &standards::Calendar, today: Date) -> Option<Alarm> {
    case.alarm(calendar, Thresholds::default(), today).ok()
}

/// The tone of a state's tag.
pub(crate) fn tone(stage: Stage) -> &'static str {
    match stage {
        Stage::CorrectionAsked | Stage::ApprovedOwing => "warn",
        Stage::Refused | Stage::NotAccepted | Stage::NotNeeded | Stage::Revoked | Stage::Lapsed => "bad",
        Stage::Approved | Stage::Issued | Stage::Delivered | Stage::Closed => "good",
        Stage::TakenBack | Stage::Withdrawn => "plain",
        _ => "info",
    }
}

/// Bytes as people read them.
pub(crate) fn size(bytes: i64) -> String {
    match bytes {
        ..1_024 => format!("{bytes} 字节"),
        1_024..1_048_576 => format!("{} KB", bytes / 1_024),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}
