//! What the tests tell their stories with: people, rules, and a case that lives day by day.

use super::names::*;
use kernel::{Channel, Id, Moment, Person};
use standards::{Calendar, HandlingKind, ItemType, Limit, MaterialNecessity};
use time::{Date, macros::date};

/// Somebody, by number.
pub(super) fn person(number: u8) -> Id<Person> {
    Id::from_parts(Moment::from_micros(0), [number; 10])
}

/// The applicant, and one officer for each post.
pub(super) fn by(role: Role) -> By {
    match role {
        Role::Applicant => By::applicant(person(1)),
        Role::Accept => By::officer(person(2), &[Role::Accept]),
        Role::Review => By::officer(person(3), &[Role::Review]),
        Role::Decide => By::officer(person(4), &[Role::Decide]),
        Role::Issue => By::officer(person(5), &[Role::Issue]),
        Role::Head => By::officer(person(6), &[Role::Head]),
        Role::System => By::system(),
    }
}

/// The clerk of a small office, who holds every post.
pub(super) fn every_post() -> By {
    By::officer(person(9), &[Role::Accept, Role::Review, Role::Decide, Role::Issue, Role::Head])
}

/// A licence: 20 working days by law and by promise; material A always, B may follow, C in some circumstances.
pub(super) fn rules() -> Rules {
    let special = |name: &str, basis: &str| SpecialRule { name: name.into(), days_max: Some(15), basis: basis.into() };
    let material = |code: &str, name: &str, necessity| MaterialRule { code: code.into(), name: name.into(), necessity };
    Rules {
        correction: Some(Limit::working_days(10)),
        extension_days_max: 10,
        special: vec![special("现场核查", "")],
        owed: Some(Limit::working_days(15)),
        materials: vec![
            material("A", "申请表", MaterialNecessity::Required),
            material("B", "场地证明", MaterialNecessity::MayFollow),
            material("C", "委托书", MaterialNecessity::Optional),
        ],
        ..Rules::of_law(ItemType::Licence, Limit::working_days(20), Limit::working_days(20))
    }
}

/// The same, handled at one sitting.
pub(super) fn at_once_rules() -> Rules {
    Rules { handling: HandlingKind::Immediate, promised: Limit::working_days(0), ..rules() }
}

pub(super) fn words(text: &str) -> String {
    text.to_owned()
}

pub(super) fn fault(about: &str, what: &str) -> CorrectionFault {
    CorrectionFault { about: words(about), what: words(what) }
}

pub(super) fn grounds() -> Grounds {
    Grounds {
        reasons: words("经营场所不符合要求"),
        law: words("《食品安全法》第三十三条"),
        remedies: words("可在六十日内申请行政复议，或在六个月内提起行政诉讼"),
    }
}

/// One well-formed act of each kind.
pub(super) fn good(kind: ActKind) -> Act {
    let codes = |list: &[&str]| list.iter().map(|code| words(code)).collect::<Vec<_>>();
    match kind {
        ActKind::Receive => Act::Receive,
        ActKind::AskCorrection => {
            Act::AskCorrection { faults: vec![fault("A", "缺少签字，请签字后重新上传")] }
        }
        ActKind::Supply => Act::Supply { materials: codes(&["A", "B"]) },
        ActKind::Accept => Act::Accept { obtained: vec![], owed: codes(&["B"]) },
        ActKind::DeemAccepted => Act::DeemAccepted,
        ActKind::NotNeeded => Act::NotNeeded { reasons: words("不需要许可"), remedies: grounds().remedies },
        ActKind::NotAccept => Act::NotAccept {
            reasons: words("不属于本机关职权"),
            office: words("谯城区市场监督管理局"),
            remedies: grounds().remedies,
        },
        ActKind::Lapse => Act::Lapse,
        ActKind::Withdraw => Act::Withdraw { reason: String::new() },
        ActKind::StartReview => Act::StartReview,
        ActKind::HandUp => Act::HandUp { favour: true, opinion: words("材料齐全，初审同意") },
        ActKind::Recommend => {
            Act::Recommend { favour: true, opinion: words("符合条件，建议准予"), weighed: Weighed::default() }
        }
        ActKind::Return => Act::Return { reason: words("请补充核查记录") },
        ActKind::StartSpecial => {
            Act::StartSpecial { name: words("检验"), days: 8, reason: words("需要抽样检验") }
        }
        ActKind::ProlongSpecial => Act::ProlongSpecial { days: 30, reason: words("需要复检") },
        ActKind::EndSpecial => {
            Act::EndSpecial { result: words("检验合格"), experts: words("市检验所"), files: Vec::new() }
        }
        ActKind::RecordCheck => Act::RecordCheck(found(9, date!(2026 - 03 - 02))),
        ActKind::ConfirmCheck => Act::ConfirmCheck { agrees: true, remark: String::new() },
        ActKind::TellHearing
        | ActKind::AskHearing
        | ActKind::WaiveHearing
        | ActKind::CallHearing
        | ActKind::SetHearing
        | ActKind::AskRecusal
        | ActKind::AnswerRecusal
        | ActKind::HoldHearing
        | ActKind::DropHearing => Act::Hearing(good_hearing(kind)),
        ActKind::AskExtension => Act::Extension(ExtensionAct::Ask { days: 10, reason: words("案情复杂") }),
        ActKind::Extend => Act::Extension(ExtensionAct::Grant { days: 10, reason: words("案情复杂") }),
        ActKind::RefuseExtension => Act::Extension(ExtensionAct::Refuse { reason: words("按期办理") }),
        ActKind::SupplyOwed => Act::SupplyOwed { materials: codes(&["A", "B"]) },
        ActKind::Approve => Act::Approve { opinion: String::new(), weighed: Weighed::default() },
        ActKind::Refuse => Act::Refuse { grounds: grounds(), weighed: Weighed::default() },
        ActKind::HandleAtOnce => Act::HandleAtOnce(AtOnce {
            obtained: codes(&["A", "B"]),
            opinion: words("符合条件"),
            weighed: Weighed::default(),
            documents: codes(&["licence-1"]),
            delivery: Some(DeliveryWay::Window),
        }),
        ActKind::Issue => Act::Issue { documents: codes(&["licence-1"]) },
        ActKind::Deliver => Act::Deliver { way: DeliveryWay::Courier, proof: words("单号 123") },
        ActKind::Close => Act::Close,
        ActKind::Revoke => Act::Revoke { grounds: grounds() },
        ActKind::Annul => Act::Annul { number: 0, reason: words("申请人不具备资格，审核有误") },
        ActKind::Reckon => Act::Reckon,
    }
}

/// One well-formed act about a hearing; a sitting on a day that fits a case of early March 2026.
fn good_hearing(kind: ActKind) -> HearingAct {
    let reason = words("涉及相邻住户的重大利益");
    match kind {
        ActKind::TellHearing => HearingAct::Tell { others: false, reason },
        ActKind::AskHearing => HearingAct::Ask { reason },
        ActKind::WaiveHearing => HearingAct::Waive,
        ActKind::CallHearing => HearingAct::Call { days: 20, reason },
        ActKind::SetHearing => sitting(date!(2026 - 03 - 20), 7),
        ActKind::AskRecusal => HearingAct::AskRecusal { reason },
        ActKind::AnswerRecusal => HearingAct::AnswerRecusal { granted: true, reason },
        ActKind::HoldHearing => {
            HearingAct::Hold { signed: true, record: words("各方陈述、质证"), files: Vec::new() }
        }
        _ => HearingAct::Drop { reason },
    }
}

/// What was found on site on this day, with this second officer.
pub(super) fn found(second: u8, on: Date) -> Found {
    let photos = vec![Exhibit { number: 1, sm3: "0".repeat(64) }];
    Found { second: person(second), on, finding: words("布局与图纸一致"), photos }
}

/// A sitting at nine o'clock of this day before somebody.
pub(super) fn sitting(day: Date, presider: u8) -> HearingAct {
    HearingAct::Set { at: morning(day), place: words("二楼听证室"), presider: person(presider), public: true }
}

/// A case that lives: filed on its first day, then what is done with it.
#[derive(Clone)]
pub(super) struct Story<'a> {
    pub(super) rules: Rules,
    pub(super) calendar: &'a Calendar,
    pub(super) now: Moment,
    pub(super) case: Case,
    pub(super) events: Vec<Event>,
}

impl<'a> Story<'a> {
    /// Filed by the applicant on this day, with these materials.
    pub(super) fn filed(rules: Rules, calendar: &'a Calendar, day: Date, materials: &[&str]) -> Self {
        let now = morning(day);
        let filing = Filing { channel: Channel::Web, materials: materials.iter().map(|it| words(it)).collect() };
        let event = Case::file(&filing, &by(Role::Applicant), &Setting { rules: &rules, calendar, now }).unwrap();
        let case = Case::begin(&event).unwrap();
        Self { rules, calendar, now, case, events: vec![event] }
    }

    /// Filed on Monday 2026-03-02 with all materials.
    pub(super) fn begin(calendar: &'a Calendar) -> Self {
        Self::filed(rules(), calendar, date!(2026 - 03 - 02), &["A", "B"])
    }

    pub(super) fn on(&mut self, day: Date) -> &mut Self {
        self.now = morning(day);
        self
    }

    pub(super) fn setting(&self) -> Setting<'_> {
        Setting { rules: &self.rules, calendar: self.calendar, now: self.now }
    }

    /// Does an act as the service would: decide, seal, write, read back, apply.
    pub(super) fn try_act(&mut self, act: &Act, by: &By) -> Result<Stage, Refusal> {
        let mut events = self.case.act(act, by, &self.setting())?;
        for event in &mut events {
            event.seal_texts(act, |name, text| {
                assert!(name.starts_with("act.") && !text.is_empty());
                format!("{:064x}", text.len())
            });
            let event = Event::read(event.kind(), &event.body().unwrap()).unwrap();
            self.case = self.case.clone().apply(&event).unwrap();
            self.events.push(event);
        }
        Ok(self.case.stage())
    }

    /// The same act, a sitting on the first day that the law allows now, and of what can be undone the last.
    pub(super) fn fitting(&self, act: Act) -> Act {
        match act {
            Act::Hearing(HearingAct::Set { .. }) => {
                let day = self.calendar.due(self.now.legal_date(), Limit::working_days(8), &[]).unwrap().value();
                Act::Hearing(sitting(day, 7))
            }
            Act::Annul { reason, .. } => {
                Act::Annul { number: self.case.before.as_ref().map_or(0, |it| it.number), reason }
            }
            Act::RecordCheck(it) => Act::RecordCheck(Found { on: self.now.legal_date(), ..it }),
            act => act,
        }
    }

    pub(super) fn does(&mut self, role: Role, act: &Act) -> &mut Self {
        self.try_act(act, &by(role)).unwrap_or_else(|refusal| panic!("{:?}: {refusal}", act.kind()));
        self
    }

    /// One well-formed act of this kind, by the post it belongs to.
    pub(super) fn then(&mut self, kind: ActKind) -> &mut Self {
        let line = TABLE.iter().find(|line| line.act == kind && line.from.contains(&self.case.stage())).unwrap();
        let act = good(kind);
        match line.hands {
            Hands::One(roles) => self.does(roles[0], &act),
            Hands::All(_) => {
                self.try_act(&act, &every_post()).unwrap();
                self
            }
        }
    }

    pub(super) fn refusal(&mut self, role: Role, act: &Act) -> Refusal {
        let before = self.case.clone();
        let refusal = self.try_act(act, &by(role)).unwrap_err();
        assert_eq!(self.case, before, "a refused act changes nothing");
        refusal
    }

    pub(super) fn stage(&self) -> Stage {
        self.case.stage()
    }

    pub(super) fn faces(&self) -> Clocks {
        self.case.clocks(self.calendar, self.now.legal_date()).unwrap()
    }

    pub(super) fn alarm(&self) -> Alarm {
        self.case.alarm(self.calendar, Thresholds::default(), self.now.legal_date()).unwrap()
    }
}

/// Nine o'clock in legal time.
pub(super) fn morning(day: Date) -> Moment {
    Moment::start_of(day).plus_seconds(9 * 3_600)
}

/// Acts that bring a case from filing to each stage.
pub(super) fn way_to(stage: Stage) -> Vec<ActKind> {
    use ActKind::{
        Accept, Approve, AskCorrection, Close, Deliver, Issue, NotAccept, NotNeeded, Receive, Recommend, Refuse,
        StartReview, StartSpecial, Supply, Withdraw,
    };
    match stage {
        Stage::Filed => vec![],
        Stage::Received => vec![Receive],
        Stage::CorrectionAsked | Stage::Lapsed => vec![Receive, AskCorrection],
        Stage::Resupplied => vec![Receive, AskCorrection, Supply],
        Stage::Accepted => vec![Receive, Accept],
        Stage::UnderReview => vec![Receive, Accept, StartReview],
        Stage::ForDecision => vec![Receive, Accept, StartReview, Recommend],
        Stage::Suspended => vec![Receive, Accept, StartReview, StartSpecial],
        Stage::Approved | Stage::ApprovedOwing | Stage::Revoked => {
            vec![Receive, Accept, StartReview, Recommend, Approve]
        }
        Stage::Refused => vec![Receive, Accept, StartReview, Recommend, Refuse],
        Stage::Issued => vec![Receive, Accept, StartReview, Recommend, Approve, Issue],
        Stage::Delivered => vec![Receive, Accept, StartReview, Recommend, Approve, Issue, Deliver],
        Stage::Closed => vec![Receive, Accept, StartReview, Recommend, Approve, Issue, Deliver, Close],
        Stage::NotNeeded => vec![NotNeeded],
        Stage::NotAccepted => vec![NotAccept],
        Stage::TakenBack => vec![Withdraw],
        Stage::Withdrawn => vec![Receive, Accept, Withdraw],
    }
}

/// A case in this stage.
pub(super) fn at<'a>(stage: Stage, rules: Rules, calendar: &'a Calendar) -> Story<'a> {
    let owing = matches!(stage, Stage::ApprovedOwing | Stage::Revoked);
    let materials: &[&str] = if owing { &["A"] } else { &["A", "B"] };
    let mut story = Story::filed(rules, calendar, date!(2026 - 03 - 02), materials);
    for kind in way_to(stage) {
        story.then(kind);
    }
    match stage {
        Stage::Lapsed => story.on(date!(2026 - 05 - 29)).then(ActKind::Lapse),
        Stage::Revoked => story.on(date!(2026 - 05 - 29)).then(ActKind::Revoke),
        _ => &mut story,
    };
    assert_eq!(story.stage(), stage);
    story
}
