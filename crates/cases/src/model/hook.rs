//! Systems of departments are told what happens to cases (事件推送): of what, where, and how a message is signed.
//!
//! An event is a CloudEvent 1.0 in its structured JSON form; it is signed after the Standard Webhooks convention: HMAC-SHA256 over id,
//! time and body, so that whoever receives it can check it with libraries that nobody here wrote.

use std::net::Ipv4Addr;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Authority, Client, Fault, Id, Item, Moment};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::Fact;

/// An address has so many bytes at most.
const ADDRESS_MAX: usize = 500;
/// After a change of secret both sign for so many seconds more: a day to bring the new one to the receiver.
pub(crate) const OLD_SECRET_SECONDS: i64 = 24 * 3_600;
/// Before a secret, so that whoever finds one knows what it is (Standard Webhooks).
pub(crate) const SECRET_PREFIX: &str = "whsec_";
/// Bytes of a secret (Standard Webhooks: 24 to 64).
pub(crate) const SECRET_BYTES: usize = 32;

/// What can be told, by type and in words.
pub(crate) const KINDS: [(&str, &str); 18] = [
    ("case.filed", "提交申请"),
    ("case.received", "接件"),
    ("case.correction_asked", "告知补正"),
    ("case.corrected", "申请人补正"),
    ("case.not_accepted", "不受理、不予受理"),
    ("case.accepted", "受理（含视为受理）"),
    ("case.lapsed", "逾期未补正"),
    ("case.withdrawn", "申请人撤回"),
    ("case.suspended", "特别程序开始"),
    ("case.resumed", "特别程序结束"),
    ("case.clocks_changed", "期限变动（延期、放假安排）"),
    ("case.supplied", "申请人补交容缺材料"),
    ("case.decided", "作出决定"),
    ("case.issued", "制证"),
    ("case.delivered", "送达、归档"),
    ("case.revoked", "撤销"),
    ("case.annulled", "撤销错误的办理，办件回到原来的环节"),
    ("case.progressed", "其他进展（审核、退回等）"),
];

/// The type of the event that is told of a fact.
pub(crate) fn kind_of(fact: &Fact) -> &'static str {
    match fact {
        Fact::Filed { .. } => "case.filed",
        Fact::Received {} => "case.received",
        Fact::CorrectionAsked { .. } => "case.correction_asked",
        Fact::Resupplied { .. } => "case.corrected",
        Fact::NotNeeded { .. } | Fact::NotAccepted { .. } => "case.not_accepted",
        Fact::Accepted(_) | Fact::DeemedAccepted(_) => "case.accepted",
        Fact::Lapsed {} => "case.lapsed",
        Fact::Withdrawn { .. } => "case.withdrawn",
        Fact::SpecialStarted { .. } => "case.suspended",
        Fact::SpecialEnded { .. } => "case.resumed",
        Fact::Extended { .. } | Fact::SpecialProlonged { .. } | Fact::ClocksReckoned(_) => "case.clocks_changed",
        Fact::OwedSupplied { .. } => "case.supplied",
        Fact::Approved { .. } | Fact::Refused { .. } => "case.decided",
        Fact::Issued { .. } => "case.issued",
        Fact::Delivered { .. } | Fact::Closed {} => "case.delivered",
        Fact::Revoked { .. } => "case.revoked",
        Fact::Annulled { .. } => "case.annulled",
        _ => "case.progressed",
    }
}

/// A kind in words.
pub(crate) fn kind_name(code: &str) -> &'static str {
    KINDS.iter().find(|it| it.0 == code).map_or("其他", |it| it.1)
}

/// A secret that signs, of which only the name is told; it lies sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HookSecret {
    /// The name of the sealed item, and SM3 of its sealed bytes.
    pub(crate) name: String,
    pub(crate) sm3: String,
    pub(crate) made_at: Moment,
    /// When it stops signing; `None`: it is the present one.
    pub(crate) until: Option<Moment>,
}

/// All that the record determines of where a system is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HookState {
    pub(crate) client: Id<Client>,
    pub(crate) authority: Id<Authority>,
    pub(crate) address: String,
    /// Types of events; empty: all.
    pub(crate) kinds: Vec<String>,
    /// Only cases of this item.
    pub(crate) item: Option<Id<Item>>,
    pub(crate) secrets: Vec<HookSecret>,
    pub(crate) stopped: bool,
}

impl HookState {
    /// Whether it is told of this.
    pub(crate) fn wants(&self, item: Id<Item>, kind: &str) -> bool {
        !self.stopped
            && self.item.is_none_or(|it| it == item)
            && (self.kinds.is_empty() || self.kinds.iter().any(|it| it == kind))
    }

    /// The secrets that sign at this instant, the present one first.
    pub(crate) fn signing(&self, now: Moment) -> Vec<&HookSecret> {
        let mut good: Vec<_> = self.secrets.iter().filter(|it| it.until.is_none_or(|until| until > now)).collect();
        good.sort_by_key(|it| it.until.is_some());
        good
    }

    /// The same with a new secret; the one before signs for a while yet, all older ones do not.
    pub(crate) fn with_secret(&self, name: String, sm3: String, now: Moment) -> Self {
        let made = HookSecret { name, sm3, made_at: now, until: None };
        let until = Some(now.plus_seconds(OLD_SECRET_SECONDS));
        let before = self.secrets.iter().filter(|it| it.until.is_none()).map(|it| HookSecret { until, ..it.clone() });
        Self { secrets: before.chain([made]).collect(), ..self.clone() }
    }
}

/// What is wrong with an address, or with the types that are chosen. `near`: whether this machine itself may be told without TLS, as in a
/// demo site.
pub(crate) fn faults(address: &str, kinds: &[String], near: bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(wrong) = address_fault(address, near) {
        faults.push(Fault::new("address", wrong));
    }
    if kinds.iter().any(|it| !KINDS.iter().any(|known| known.0 == it)) {
        faults.push(Fault::new("kinds", "没有这种事件，请从列表中选择。"));
    }
    faults
}

fn address_fault(address: &str, near: bool) -> Option<&'static str> {
    let url = match Url::parse(address) {
        Ok(url) if address.len() <= ADDRESS_MAX && address.is_ascii() => url,
        _ => return Some("请填写完整的网址，如 https://app.example.gov.cn/hooks。"),
    };
    let here = match url.host() {
        Some(Host::Ipv4(it)) => it == Ipv4Addr::LOCALHOST,
        _ => false,
    };
    if url.scheme() != "https" && !(near && url.scheme() == "http" && here) {
        return Some("须以 https:// 开头。");
    }
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Some("不能含有 #、用户名或密码。");
    }
    None
}

/// An event on its way, as kept in the outbox: ids and codes, nothing of the applicant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) hook: String,
    pub(crate) case: String,
    pub(crate) number: String,
    pub(crate) item: String,
    /// The version of the case after it: rises by one with each event of the case.
    pub(crate) sequence: i64,
    pub(crate) kind: String,
    /// The kind of the entry, finer than the type; empty: not for whom it is told.
    pub(crate) entry: String,
    pub(crate) at: Moment,
}

impl Told {
    /// The event's own id: the same however often it is sent.
    pub(crate) fn id(&self) -> String {
        format!("{}.{}", self.case, self.sequence)
    }

    /// As sent: CloudEvents 1.0 in structured mode, with its extension for the order.
    pub(crate) fn event(&self, site: &str) -> serde_json::Value {
        let mut event = serde_json::json!({
            "specversion": "1.0",
            "id": self.id(),
            "source": format!("{site}/api/v1/systems/cases"),
            "type": self.kind,
            "subject": self.case,
            "time": self.at.to_string(),
            "datacontenttype": "application/json",
            "sequence": format!("{:010}", self.sequence),
            "data": { "case": self.case, "number": self.number, "item": self.item, "version": self.sequence },
        });
        if !self.entry.is_empty() {
            event["data"]["entry"] = self.entry.as_str().into();
        }
        event
    }
}

/// The signatures of a message by each of these secrets, as its header carries them.
pub(crate) fn signatures(secrets: &[Vec<u8>], (id, seconds, body): (&str, i64, &str)) -> String {
    let signed = |secret: &Vec<u8>| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let tag = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    };
    secrets.iter().map(signed).collect::<Vec<_>>().join(" ")
}

/// A secret as the receiver's library takes it.
pub(crate) fn written(secret: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_and_a_demo_may_tell_itself() {
        let table = [
            ("", false, false),
            ("hooks", false, false),
            ("http://app.example.gov.cn/hooks", true, false),
            ("http://10.0.0.1/hooks", true, false),
            ("https://user:pass@app.example.gov.cn/", false, false),
            ("https://app.example.gov.cn/#x", false, false),
            ("http://127.0.0.1:9000/hooks", false, false),
            ("http://127.0.0.1:9000/hooks", true, true),
            ("https://app.example.gov.cn/hooks?a=1", false, true),
        ];
        for (address, near, good) in table {
            assert_eq!(faults(address, &[], near).is_empty(), good, "{address}");
        }
        assert_eq!(faults("https://a.cn/", &["case.eaten".to_owned()], false)[0].field, "kinds");
    }

    #[test]
    fn the_signature_is_that_of_the_conventions_own_example() {
        // The test vector of the Standard Webhooks libraries.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#);
        let signed = signatures(&[secret], (id, 1_614_265_330, body));
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(signatures(&[vec![1; 32], vec![2; 32]], ("a", 1, "b")).split(' ').count(), 2);
    }

    #[test]
    fn an_event_says_what_happened_and_nothing_of_the_applicant() {
        let told = Told {
            hook: "h".to_owned(),
            case: "c".repeat(32),
            number: "N".to_owned(),
            item: "i".to_owned(),
            sequence: 3,
            kind: "case.accepted".to_owned(),
            entry: "cases.accepted".to_owned(),
            at: Moment::from_micros(1_772_424_000_000_000),
        };
        let event = told.event("https://yw.example.gov.cn");
        for (name, value) in [
            ("specversion", "1.0"),
            ("type", "case.accepted"),
            ("source", "https://yw.example.gov.cn/api/v1/systems/cases"),
            ("sequence", "0000000003"),
            ("time", "2026-03-02T04:00:00.000000Z"),
        ] {
            assert_eq!(event[name], value, "{event}");
        }
        assert_eq!(event["id"], format!("{}.3", "c".repeat(32)));
        assert_eq!(event["data"]["entry"], "cases.accepted");
        let coarse = Told { entry: String::new(), ..told }.event("https://yw.example.gov.cn");
        assert!(coarse["data"].get("entry").is_none(), "{coarse}");
    }

    #[test]
    fn a_secret_that_was_changed_signs_for_a_day_and_no_third_one_does() {
        let at = |hours: i64| Moment::from_micros(1_772_424_000_000_000).plus_seconds(hours * 3_600);
        let id = |text: &str| text.repeat(32);
        let blank = HookState {
            client: id("1").parse().unwrap(),
            authority: id("2").parse().unwrap(),
            address: String::new(),
            kinds: Vec::new(),
            item: None,
            secrets: Vec::new(),
            stopped: false,
        };
        let names = |it: &HookState, now| it.signing(now).iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        let secret = |it: &HookState, name: &str, now| it.with_secret(name.to_owned(), String::new(), now);
        let two = secret(&secret(&blank, "a", at(0)), "b", at(1));
        assert_eq!(names(&two, at(2)), ["b", "a"]);
        assert_eq!(names(&two, at(25)), ["b"]);
        assert_eq!(names(&secret(&two, "c", at(2)), at(3)), ["c", "b"]);
        let item = id("3").parse().unwrap();
        assert!(two.wants(item, "case.filed"));
        assert!(!HookState { stopped: true, ..two.clone() }.wants(item, "case.filed"));
        assert!(!HookState { kinds: vec!["case.decided".to_owned()], ..two.clone() }.wants(item, "case.filed"));
        assert!(!HookState { item: Some(id("4").parse().unwrap()), ..two }.wants(item, "case.filed"));
    }
}
