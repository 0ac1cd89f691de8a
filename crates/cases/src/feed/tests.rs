//! What stands on each paper, word for word, for an item that is a licence and for one that is none.

use std::collections::{BTreeSet, HashMap};

use catalogue::ItemDocument;
use identity::AuthorityFacts;
use journal::Head;
use kernel::{Channel, Holder, Id, Moment};
use papers::Paper;
use standards::Due;
use time::{Date, macros::date};
use webkit::SiteInfo;

use super::notice::About;
use crate::{
    model::{
        Acceptance, Case, DeliveryWay, Dues, Event, Fact, HearingEnd, PaperKind, Role, Slot, Stop, TextRef, Weighing,
        template::Kit,
    },
    store::{CaseRow, Facts, FormRef},
};

const LICENCE: &str = include_str!("../../../yiwang/demo/items/01-food-business-licence.json");
const ALLOWANCE: &str = include_str!("../../../yiwang/demo/items/05-old-age-allowance.json");
/// Every paper as it was first printed; a change of it is a change of what people get.
const WORDS: &str = include_str!("tests/words.txt");

const REMEDIES: &str = "如不服本决定，可以自收到本文书之日起六十日内向谯城区人民政府申请行政复议，也可以自收到本文书之日起六个月内直接向谯城区人民法院提起行政诉讼。";

fn at(day: Date) -> Moment {
    let time = day.with_hms(1, 30, 0).expect("a time").assume_utc();
    Moment::from_micros(time.unix_timestamp() * 1_000_000)
}

fn event(day: Date, fact: Fact) -> Event {
    Event { at: at(day), role: Role::Accept, person: Some(Id::from_parts(Moment::from_micros(0), [2; 10])), fact }
}

fn text(slot: Slot) -> TextRef {
    TextRef::new(9, slot)
}

fn fixed(day: Date) -> Due {
    Due::Fixed(day)
}

fn filed(materials: &[&str]) -> Event {
    let fact = Fact::Filed {
        channel: Channel::Web,
        materials: materials.iter().map(|it| (*it).to_owned()).collect(),
        acceptance_due: fixed(date!(2026 - 03 - 09)),
    };
    event(date!(2026 - 03 - 02), fact)
}

fn acceptance(owed: &[&str], owed_due: Option<Due>) -> Acceptance {
    Acceptance {
        on: date!(2026 - 03 - 03),
        obtained: BTreeSet::new(),
        owed: owed.iter().map(|it| (*it).to_owned()).collect(),
        owed_due,
        promised_due: fixed(date!(2026 - 03 - 13)),
        statutory_due: Due::Provisional(date!(2026 - 03 - 31)),
        preliminary_due: None,
    }
}

fn hearing_ended() -> Event {
    let fact = Fact::HearingEnded {
        end: HearingEnd::Held,
        stop: Stop { from: date!(2026 - 03 - 05), to: date!(2026 - 03 - 20) },
        promised_due: fixed(date!(2026 - 04 - 13)),
        statutory_due: fixed(date!(2026 - 04 - 20)),
        words: text(Slot::Record),
        files: Vec::new(),
    };
    event(date!(2026 - 03 - 20), fact)
}

fn hearing_begun(called: bool, reason: bool) -> Fact {
    Fact::HearingBegun {
        called,
        from: date!(2026 - 03 - 05),
        days: 20,
        expected_end: fixed(date!(2026 - 04 - 02)),
        reason: reason.then(|| text(Slot::Reason)),
    }
}

fn hearing_set(public: bool) -> Fact {
    Fact::HearingSet {
        sits_at: at(date!(2026 - 03 - 20)),
        presider: Id::from_parts(Moment::from_micros(0), [7; 10]),
        public,
        place: text(Slot::Place),
    }
}

/// A case that was heard.
fn heard() -> Vec<Event> {
    vec![
        filed(&["A"]),
        event(date!(2026 - 03 - 03), Fact::Accepted(acceptance(&[], None))),
        event(date!(2026 - 03 - 05), hearing_begun(true, true)),
        event(date!(2026 - 03 - 06), hearing_set(true)),
        hearing_ended(),
    ]
}

/// Every fact that makes a paper, in each of its shapes, under a name.
#[expect(clippy::too_many_lines, reason = "one paper after the other")]
pub(super) fn facts(materials: &[&str]) -> Vec<(&'static str, Fact)> {
    let correction = |answer_due| Fact::CorrectionAsked {
        pre_review: false,
        about: Vec::new(),
        faults: text(Slot::Faults),
        answer_due,
    };
    let not_accepted = |office: Option<TextRef>| Fact::NotAccepted {
        reasons: text(Slot::Reasons),
        office,
        remedies: text(Slot::Remedies),
    };
    let approved = |owing| Fact::Approved {
        owing,
        delivery_due: fixed(date!(2026 - 03 - 27)),
        opinion: None,
        weighed: Weighing::default(),
    };
    let (day, reasons, law, remedies) =
        (fixed(date!(2026 - 03 - 27)), text(Slot::Reasons), text(Slot::Law), text(Slot::Remedies));
    let resupplied = Fact::Resupplied {
        materials: materials.iter().take(1).map(|it| (*it).to_owned()).collect(),
        acceptance_due: Due::Provisional(date!(2026 - 03 - 12)),
    };
    vec![
        ("接收", filed(materials).fact),
        ("接收，只有申请表", filed(&[]).fact),
        ("补交接收", resupplied),
        ("补正", correction(Some(fixed(date!(2026 - 03 - 20))))),
        ("补正，没有期限", correction(None)),
        ("不受理", Fact::NotNeeded { reasons: reasons.clone(), remedies: remedies.clone() }),
        ("不予受理，另有机关", not_accepted(Some(text(Slot::Office)))),
        ("不予受理", not_accepted(None)),
        ("受理", Fact::Accepted(acceptance(&[], None))),
        ("容缺受理", Fact::Accepted(acceptance(materials, Some(fixed(date!(2026 - 03 - 24)))))),
        ("视为受理", Fact::DeemedAccepted(acceptance(materials, None))),
        ("逾期未补正", Fact::Lapsed {}),
        ("撤回", Fact::Withdrawn { reason: None }),
        (
            "特别程序",
            Fact::SpecialStarted {
                name: "检验".to_owned(),
                from: date!(2026 - 03 - 05),
                days: 8,
                expected_end: fixed(date!(2026 - 03 - 17)),
                basis: "《中华人民共和国行政许可法》第五十五条".to_owned(),
                reason: text(Slot::Reason),
            },
        ),
        (
            "特别程序，另行告知",
            Fact::SpecialProlonged {
                name: "检验".to_owned(),
                days: 12,
                expected_end: fixed(date!(2026 - 03 - 23)),
                reason: text(Slot::Reason),
            },
        ),
        (
            "听证权利",
            Fact::HearingTold { ask_by: fixed(date!(2026 - 03 - 12)), others: false, reason: text(Slot::Reason) },
        ),
        (
            "听证权利，有利害关系人",
            Fact::HearingTold { ask_by: fixed(date!(2026 - 03 - 12)), others: true, reason: text(Slot::Reason) },
        ),
        ("决定听证", hearing_begun(true, true)),
        ("申请听证", hearing_begun(false, false)),
        ("听证通知", hearing_set(false)),
        ("听证通知，公告", hearing_set(true)),
        ("听证笔录", hearing_ended().fact),
        (
            "延长",
            Fact::Extended {
                days: 10,
                promised_moved: true,
                promised_due: fixed(date!(2026 - 04 - 10)),
                statutory_due: fixed(date!(2026 - 04 - 15)),
                reason: text(Slot::Reason),
            },
        ),
        ("通过", approved(false)),
        ("容缺通过", approved(true)),
        (
            "不予通过",
            Fact::Refused {
                delivery_due: day,
                reasons: reasons.clone(),
                law: law.clone(),
                remedies: remedies.clone(),
                weighed: Weighing::default(),
            },
        ),
        ("送达", Fact::Delivered { way: DeliveryWay::Courier, proof: None }),
        ("撤销", Fact::Revoked { reasons, law, remedies }),
        (
            "更正",
            Fact::Annulled {
                number: 4,
                kind: "cases.approved".to_owned(),
                of: at(date!(2026 - 03 - 26)),
                told: true,
                dues: Dues::default(),
                reason: text(Slot::Reason),
            },
        ),
    ]
}

/// The texts of an event, as people wrote them.
pub(super) fn texts(fact: &Fact, materials: &[&str]) -> HashMap<&'static str, String> {
    let faults = serde_json::json!([
        {"about": materials.first().copied().unwrap_or_default(), "what": "缺少签字，请签字后重新上传"},
        {"about": "", "what": "地址与营业执照不一致"},
    ]);
    let text = |slot: &'static str| match slot {
        "faults" => faults.to_string(),
        "remedies" => REMEDIES.to_owned(),
        "reasons" => "经营场所与布局图不符。\n{申请人}、[方括号]都是原话。".to_owned(),
        "law" => "《中华人民共和国食品安全法》第三十三条".to_owned(),
        "office" => "蒙城县市场监督管理局".to_owned(),
        "place" => "区政务服务中心三楼".to_owned(),
        "record" => "主持人宣布听证开始。\n各方陈述、质证。".to_owned(),
        _ => "涉及相邻住户的重大利益".to_owned(),
    };
    fact.texts().into_iter().map(|(slot, _)| (slot.code(), text(slot.code()))).collect()
}

/// What papers of one item are made from.
pub(super) struct Setting {
    document: ItemDocument,
    authority: AuthorityFacts,
    site: SiteInfo,
    plain: CaseRow,
    heard: CaseRow,
}

impl Setting {
    pub(super) fn of(item: &str) -> Self {
        let row = |events: &[Event]| CaseRow {
            id: Id::from_parts(Moment::from_micros(0), [1; 10]),
            facts: Facts {
                number: "11341602003015482G4340131024001202603020001".to_owned(),
                item: Id::from_parts(Moment::from_micros(0), [3; 10]),
                item_version: 1,
                authority: Id::from_parts(Moment::from_micros(0), [4; 10]),
                division: "341602".to_owned(),
                holder: Holder::Person(Id::from_parts(Moment::from_micros(0), [5; 10])),
                filed_by: Id::from_parts(Moment::from_micros(0), [5; 10]),
                preliminary: None,
                consent_at: None,
            },
            case: Case::replay(events).expect("a case"),
            form: FormRef { name: "form.1".to_owned(), sm3: String::new() },
            files: Vec::new(),
            claimed_by: None,
            head: Head::none(),
        };
        Self {
            document: serde_json::from_str(item).expect("a document"),
            authority: AuthorityFacts {
                name: "谯城区市场监督管理局".to_owned(),
                short_name: "谯市监".to_owned(),
                uscc: "113416020030154820".to_owned(),
                division: "341602".to_owned(),
                phone: "0558-5550100".to_owned(),
                address: "试验大道 1 号".to_owned(),
                hours: "工作日 9:00—17:00".to_owned(),
            },
            site: SiteInfo {
                name: "亳州市政务服务网".to_owned(),
                division: "341600000000".to_owned(),
                phone: "12345".to_owned(),
                demo: true,
                address: "https://example.gov.cn".to_owned(),
                trusted_proxies: Vec::new(),
            },
            plain: row(&[filed(&["A"])]),
            heard: row(&heard()),
        }
    }

    /// The materials that its papers name.
    pub(super) fn materials(&self) -> Vec<&str> {
        self.document.materials.iter().take(2).map(|it| it.key.as_str()).collect()
    }

    /// What a paper of this fact is made from.
    pub(super) fn with<T>(&self, fact: &Fact, heard: bool, make: impl FnOnce(&About<'_>) -> T) -> T {
        let event = event(date!(2026 - 03 - 27), fact.clone());
        let texts = texts(fact, &self.materials());
        let kind = event.paper().expect("a fact that makes a paper");
        make(&About {
            row: if heard { &self.heard } else { &self.plain },
            event: &event,
            kind,
            document: &self.document,
            authority: &self.authority,
            applicant: "陈志远",
            texts: &texts,
            presider: if matches!(kind, PaperKind::HearingNotice | PaperKind::HearingRecord) {
                "周主持"
            } else {
                ""
            },
            site: &self.site,
            number: (!kind.is_read_off()).then_some((2026, 3)),
        })
    }
}

/// All papers of two items, in words that can be compared.
fn printed(mut paper: impl FnMut(&About<'_>) -> Paper) -> String {
    let mut out = String::new();
    for (item, text) in [("行政许可", LICENCE), ("行政给付", ALLOWANCE)] {
        let setting = Setting::of(text);
        let mut tell = |name: &str, paper: &Paper| {
            let words = serde_json::to_string_pretty(paper).expect("words");
            out.push_str(&format!("## {item}：{name}\n{words}\n"));
        };
        for (name, fact) in facts(&setting.materials()) {
            tell(name, &setting.with(&fact, false, &mut paper));
            if matches!(fact, Fact::Approved { owing: false, .. } | Fact::Refused { .. }) {
                tell(&format!("{name}，听证以后"), &setting.with(&fact, true, &mut paper));
            }
        }
    }
    out
}

#[test]
fn every_paper_says_word_for_word_what_it_said_when_its_words_stood_in_the_program() {
    let kit = Kit::shipped().expect("what is shipped");
    let now = printed(|about| about.paper(&kit.spec(about.kind).expect("a kind").shipped));
    if std::env::var_os("UPDATE").is_some() {
        let place = concat!(env!("CARGO_MANIFEST_DIR"), "/src/feed/tests/words.txt");
        std::fs::write(place, &now).expect("written");
        return;
    }
    for (a, b) in now.split("## ").zip(WORDS.split("## ")) {
        assert_eq!(a, b);
    }
    assert_eq!(now.len(), WORDS.len());
}

#[test]
fn every_placeholder_of_a_kind_stands_for_something_in_each_of_its_shapes() {
    let kit = Kit::shipped().expect("what is shipped");
    let setting = Setting::of(LICENCE);
    for (name, fact) in facts(&setting.materials()) {
        let (kind, values) = setting.with(&fact, false, |about| (about.kind, about.values()));
        for it in kit.placeholders(kind) {
            assert!(values.knows(&it.name), "{name}: {}", it.name);
        }
        let spec = kit.spec(kind).expect("a kind");
        let holds = spec.circumstances.iter().filter(|it| it.code == values.circumstance()).count();
        assert_eq!(holds, usize::from(!spec.circumstances.is_empty()), "{name}: {}", values.circumstance());
    }
}
