//! The one way into the machine: filing, and every act on a case.

use super::{
    act::{Act, By, CODE_MAX, CODES_MAX, Filing, Role, TEXT_MAX},
    event::{Event, Fact},
    kind::ActKind,
    refusal::{Cause, Refusal},
    rules::Rules,
    stage::Stage,
    state::Case,
    table::{self, Line},
    text::{Slot, TextRef},
};
use kernel::Moment;
use standards::Calendar;
use std::collections::BTreeSet;
use time::Date;

/// What an act is judged by, besides the case: the item's rules, the calendar and the instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'a> {
    /// The rules of the case.
    pub(crate) rules: &'a Rules,
    /// The calendar as it is known now.
    pub(crate) calendar: &'a Calendar,
    /// The instant of the act.
    pub(crate) now: Moment,
}

impl Case {
    /// Files an application: the first event of a case. Whatever is missing in it is for the correction notice, not for here.
    ///
    /// # Errors
    /// Who may not file (only the applicant, or the window for a person who stands there); too many or malformed material codes.
    pub(crate) fn file(filing: &Filing, by: &By, setting: &Setting) -> Result<Event, Refusal> {
        let role = [Role::Applicant, Role::Accept].into_iter().find(|role| by.roles.contains(role));
        let Some(role) = role else {
            return Err(Refusal::new(Cause::Role, "只有申请人本人、其代理人，或受理窗口才能提交申请。"));
        };
        let materials = codes("materials", &filing.materials)?;
        let acceptance_due = setting.calendar.due(setting.now.legal_date(), setting.rules.acceptance, &[])?;
        let fact = Fact::Filed { channel: filing.channel, materials, acceptance_due };
        Ok(Event { at: setting.now, role, person: by.person, fact })
    }

    /// What `act` makes happen: one event or several, in order, or none ([`Act::Reckon`] where no date changes).
    ///
    /// The events are not applied; texts in them are named and not yet sealed.
    ///
    /// # Errors
    /// A [`Refusal`] where the table has no line for this act in this stage, the actor has not the post, or the rule of the act
    /// says no.
    pub(crate) fn act(&self, act: &Act, by: &By, setting: &Setting) -> Result<Vec<Event>, Refusal> {
        let line = table::find(act.kind(), self.stage()).ok_or_else(|| self.out_of_place(act.kind()))?;
        let Some(role) = line.hands.role(&by.roles) else {
            let (who, words) = (line.hands.words(), act.kind().words());
            return Err(Refusal::new(
                Cause::Role,
                format!("「{words}」应由{who}办理，您没有相应岗位。请转交有权办理的人员。"),
            ));
        };
        if line.at_once && !setting.rules.at_once() {
            return Err(self.not_at_once(line));
        }
        self.check_level(act.kind(), setting.rules)?;
        let mut doing = Doing { case: self.clone(), by, role, setting: *setting, line, events: Vec::new() };
        doing.run(act)?;
        Ok(doing.events)
    }

    /// Why an act has no line in this stage, and what can be done instead.
    fn out_of_place(&self, act: ActKind) -> Refusal {
        let stage = self.stage();
        let refuse = |reason: &str| Refusal::new(Cause::State, reason);
        let noticed = self.correction().is_some();
        match act {
            ActKind::Annul if matches!(stage, Stage::Delivered | Stage::Closed) => {
                refuse("结果已经送达，不能再撤销办理步骤。依法应当撤销的，另行作出撤销决定，并告知当事人救济途径。")
                    .under("行政许可法第六十九条")
            }
            _ if stage.is_final() => Refusal::new(
                Cause::State,
                format!("本办件{}，不能再「{}」。如需继续办理，请重新提交申请。", stage.name(), act.words()),
            ),
            ActKind::AskCorrection if stage == Stage::Resupplied || (noticed && self.handling().is_none()) => refuse(
                "补正告知只能有一次，本办件已经告知过。材料符合要求的应当受理；仍不符合的，请受理后依法审查并作出决定。",
            )
            .under("行政许可法第三十二条第一款第四项"),
            ActKind::AskCorrection => self.asked_twice().unwrap_or_else(|| {
                refuse("本办件已经受理，不能再告知补正。可以启动特别程序、请申请人补交容缺材料，或依法作出决定。")
                    .under("行政许可法第三十二条第一款第四项")
            }),
            ActKind::StartSpecial if stage == Stage::Suspended => {
                refuse("已有特别程序正在进行，不能同时启动另一个。请先结束正在进行的特别程序。")
            }
            ActKind::Withdraw => refuse("决定已经作出，不能再撤回申请。对决定不服的，可以申请行政复议或提起行政诉讼。"),
            ActKind::Issue if stage == Stage::ApprovedOwing => {
                refuse("尚有容缺材料没有补齐，不能制证。请申请人先补交所欠材料。")
            }
            _ => Refusal::new(
                Cause::State,
                format!("本办件现为「{}」，不能「{}」。{}", stage.name(), act.words(), instead(act)),
            ),
        }
    }

    fn not_at_once(&self, line: &Line) -> Refusal {
        let instead = match line.act {
            ActKind::HandleAtOnce => "请按受理、审核、审批、发证的顺序办理。",
            _ => "请先由审核岗提出审核意见，再作决定。",
        };
        Refusal::new(Cause::Rule, format!("本事项不是即办件，不能「{}」。{instead}", line.act.words()))
    }
}

/// In which stages the act can be done, as a sentence.
fn instead(act: ActKind) -> String {
    let lines = table::TABLE.iter().filter(|line| line.act == act && !line.at_once);
    let names: Vec<_> = lines.flat_map(|line| line.from).map(|stage| format!("「{}」", stage.name())).collect();
    if names.is_empty() { String::new() } else { format!("此操作只能在{}时进行。", names.join("")) }
}

/// An act while it is judged: the case as it becomes, and the events so far.
pub(super) struct Doing<'a> {
    pub(super) case: Case,
    pub(super) by: &'a By,
    pub(super) role: Role,
    pub(super) setting: Setting<'a>,
    pub(super) line: &'static Line,
    pub(super) events: Vec<Event>,
}

impl Doing<'_> {
    fn run(&mut self, act: &Act) -> Result<(), Refusal> {
        match act {
            Act::Receive => self.push(Fact::Received {}),
            Act::AskCorrection { faults } => self.ask_correction(faults),
            Act::Supply { materials } => self.supply(materials),
            Act::Accept { obtained, owed } => self.accept(obtained, owed),
            Act::DeemAccepted => self.deem_accepted(),
            Act::NotNeeded { reasons, remedies } => self.not_needed(reasons, remedies),
            Act::NotAccept { reasons, office, remedies } => self.not_accept(reasons, office, remedies),
            Act::Lapse => self.lapse(),
            Act::Withdraw { reason } => self.withdraw(reason),
            Act::StartReview => self.push(Fact::ReviewStarted {}),
            Act::HandUp { favour, opinion } => self.hand_up(*favour, opinion),
            Act::Recommend { favour, opinion, weighed } => self.recommend(*favour, opinion, weighed),
            Act::Return { reason } => self.return_back(reason),
            Act::StartSpecial { name, days, reason } => self.start_special(name, *days, reason),
            Act::ProlongSpecial { days, reason } => self.prolong_special(*days, reason),
            Act::EndSpecial { result, experts, files } => self.end_special(result, experts, files),
            Act::RecordCheck(found) => self.record_check(found),
            Act::ConfirmCheck { agrees, remark } => self.confirm_check(*agrees, remark),
            Act::Hearing(act) => self.hearing(act),
            Act::Extension(act) => self.extension(act),
            Act::SupplyOwed { materials } => self.supply_owed(materials),
            Act::Approve { opinion, weighed } => self.approve(opinion, weighed),
            Act::Refuse { grounds, weighed } => self.refuse(grounds, weighed),
            Act::HandleAtOnce(it) => self.handle_at_once(it),
            Act::Issue { documents } => self.issue(documents),
            Act::Deliver { way, proof } => self.deliver(*way, proof),
            Act::Close => self.close(),
            Act::Revoke { grounds } => self.revoke(grounds),
            Act::Annul { number, reason } => self.annul(*number, reason),
            Act::Reckon => self.reckon(),
        }
    }

    /// Makes the fact an event and goes on from the case it gives.
    pub(super) fn push(&mut self, fact: Fact) -> Result<(), Refusal> {
        let event = Event { at: self.at(), role: self.role, person: self.by.person, fact };
        // Cannot happen: the table let only facts through that fit the stage. A property test lives on it.
        self.case = self.case.clone().apply(&event).map_err(|misfit| {
            Refusal::new(Cause::State, format!("办件状态异常，操作没有执行：{misfit}。请联系管理员。"))
        })?;
        self.events.push(event);
        Ok(())
    }

    /// The instant of the act; never before the case's last event, whatever the machine's clock did.
    pub(super) fn at(&self) -> Moment {
        self.setting.now.max(self.case.at)
    }

    /// The legal day of the act.
    pub(super) fn today(&self) -> Date {
        self.at().legal_date()
    }

    /// The reference of a text that must be there.
    pub(super) fn text(&self, slot: Slot, text: &str) -> Result<TextRef, Refusal> {
        self.optional_text(slot, text)?.ok_or_else(|| {
            let (words, act) = (slot.words(), self.line.act.words());
            Refusal::new(Cause::Input(slot.code()), format!("「{act}」必须写明{words}，请填写后再提交。"))
                .under(self.line.law)
        })
    }

    /// The reference of a text that may be empty.
    pub(super) fn optional_text(&self, slot: Slot, text: &str) -> Result<Option<TextRef>, Refusal> {
        if text.chars().count() > TEXT_MAX {
            return Err(Refusal::new(
                Cause::Input(slot.code()),
                format!("{}不能超过 {TEXT_MAX} 个字，请精简，详细内容可作为附件。", slot.words()),
            ));
        }
        let number = self.case.events.saturating_add(1);
        Ok((!text.trim().is_empty()).then(|| TextRef::new(number, slot)))
    }
}

/// Codes of materials or documents, each once.
pub(super) fn codes(field: &'static str, list: &[String]) -> Result<BTreeSet<String>, Refusal> {
    if list.len() > CODES_MAX {
        return Err(Refusal::new(Cause::Input(field), format!("一次最多 {CODES_MAX} 项，请分次提交。")));
    }
    let malformed = |code: &&String| code.is_empty() || code.len() > CODE_MAX || code.trim() != code.as_str();
    if let Some(code) = list.iter().find(malformed) {
        return Err(Refusal::new(
            Cause::Input(field),
            format!("编码「{code}」不正确：不能为空、前后不能有空格，最长 {CODE_MAX} 个字节。"),
        ));
    }
    Ok(list.iter().cloned().collect())
}
