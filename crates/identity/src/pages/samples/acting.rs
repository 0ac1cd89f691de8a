//! Samples of the pages on which somebody registers, proves who it is, and acts for others.

use webkit::{FormData, Sample};

use super::{fault, id, sample, shell};
use crate::{
    model::{
        enterprise::Enterprise,
        level::{Factor, Verdict},
        mandate::Role,
    },
    pages::{
        contact::{ContactPage, Way},
        enterprises::{EnterprisePage, EnterprisesPage},
        level::{FactorLine, GuardianPage, LevelPage, VerifyFindPage, VerifyPersonPage, WaitingLine},
        mandates::{ActingLine, ActingPage, MandateView, MandatesPage, OfferPage},
        register::{Step, StepsPage},
    },
    service::{enterprises::Represented, items::ItemName},
};

fn mandate(state: (&'static str, &'static str), open: bool) -> MandateView {
    MandateView {
        id: id::<()>().to_string(),
        name: "吴海涛 <b>".to_owned(),
        enterprise: !open,
        words: "受托人，「高龄津贴」等 2 个事项，2026年3月2日起，到2027年3月1日".to_owned(),
        tone: state.0,
        state: state.1,
        may_end: open,
    }
}

/// Levels, and the window that sees people.
pub(super) fn verified() -> Vec<Sample> {
    let waiting = WaitingLine {
        id: id::<()>().to_string(),
        guardian: "周晓梅".to_owned(),
        ward: "周 <b>宝".to_owned(),
        declared: "周小宝".to_owned(),
    };
    let form = || FormData::of(vec![("name".to_owned(), "周小宝".to_owned())]);
    let line = |factor, proved, verdict| FactorLine { factor, proved, verdict };
    let level = |base: &str, identity| LevelPage {
        shell: shell(),
        level: 1,
        mobile: "139****0005".to_owned(),
        lines: vec![
            line(Factor::Phone, true, None),
            line(Factor::BankCard, false, Some(Verdict::Disagree)),
            line(Factor::SocialSecurity, false, None),
        ],
        base: base.to_owned(),
        caution: "演示核验：号码最后四位与身份证号最后四位相同，就算一致。".to_owned(),
        identity,
        form: form(),
        faults: fault("bank_card"),
    };
    let seen = VerifyPersonPage {
        shell: shell(),
        id: id::<()>().to_string(),
        name: "周晓梅".to_owned(),
        paper: "居民身份证".to_owned(),
        number: "341***********0044".to_owned(),
        mobile: "139****0004".to_owned(),
        level: 2,
        waiting: vec![waiting],
        form: form(),
        faults: fault("mobile"),
    };
    let base = || "演示核验".to_owned();
    let contact = |way, present: &str, handle: &str, field| {
        let (present, handle, faults) = (present.to_owned(), handle.to_owned(), fault(field));
        sample("contact.html", &ContactPage { shell: shell(), way, present, form: form(), handle, faults })
    };
    vec![
        contact(Way::Mailbox, "", "", "mailbox"),
        contact(Way::Mailbox, "l***@example.cn", "", ""),
        contact(Way::Mailbox, "", "handle", "code"),
        sample("level.html", &level(&base(), None)),
        sample("level.html", &level(&base(), Some(Verdict::NotReachable))),
        sample("level.html", &level("", None)),
        sample("verify_find.html", &VerifyFindPage { shell: shell(), form: form(), faults: fault("number") }),
        sample("verify_person.html", &seen),
        contact(Way::Phone, "139****0001", "", "mobile"),
        contact(Way::Phone, "139****0001", "handle", "code"),
        sample("guardian.html", &GuardianPage { shell: shell(), form: form(), faults: fault("declared") }),
    ]
}

/// The steps of registration.
pub(super) fn registering() -> Vec<Sample> {
    let steps = |step, handle: &str| StepsPage {
        shell: shell(),
        step,
        form: FormData::of(vec![
            ("name".to_owned(), "李桂兰".to_owned()),
            ("mobile".to_owned(), "13900000001".to_owned()),
        ]),
        handle: handle.to_owned(),
        faults: fault("number"),
    };
    vec![
        sample("register_steps.html", &steps(Step::Who, "")),
        sample("register_steps.html", &steps(Step::Phone, "")),
        sample("register_steps.html", &steps(Step::Code, "handle")),
        sample("register_steps.html", &steps(Step::Password, "handle")),
    ]
}

/// Inviting somebody to act.
fn offered() -> OfferPage {
    let item = ItemName { id: id(), name: "高龄津贴".to_owned(), authority: "谯城区民政局".to_owned() };
    OfferPage {
        shell: shell(),
        action: "/me/mandates/new".to_owned(),
        back: ("/me/mandates".to_owned(), "委托代办".to_owned()),
        enterprise: String::new(),
        form: FormData::of(vec![("name".to_owned(), "吴海涛".to_owned()), ("words".to_owned(), "高龄".to_owned())]),
        chosen: vec![item.id.to_string()],
        items: vec![item],
        nothing: true,
        faults: fault("mobile"),
    }
}

pub(super) fn represented() -> Vec<Sample> {
    let (uscc, name) = ("91341600MA0000007C".to_owned(), "亳州演示药都文旅有限公司".to_owned());
    let enterprise = Enterprise {
        id: id(),
        uscc: uscc.clone(),
        name: name.clone(),
        representative: None,
        address: String::new(),
        head_office: None,
    };
    let line = |current| ActingLine {
        id: id::<()>().to_string(),
        name: name.clone(),
        enterprise: current,
        words: "经办人，全部事项，长期".to_owned(),
        current,
    };
    let acting = ActingPage {
        shell: shell(),
        name: "吴海涛".to_owned(),
        others: vec![line(true), line(false)],
        next: "/".to_owned(),
    };
    let mut other = shell();
    other.caller =
        other.caller.map(|it| webkit::ShellCaller { acting_for: Some(name.clone()), may_switch: true, ..it });
    let both = || vec![mandate(("good", "有效"), true), mandate(("plain", "已终止"), false)];
    let mandates = MandatesPage {
        shell: other,
        invitations: both(),
        received: both(),
        given: both(),
        next: "/me/mandates?after=1".to_owned(),
        first: String::new(),
    };
    let represented = |role| Represented { enterprise: enterprise.clone(), role, mandate: id() };
    let list = EnterprisesPage {
        shell: shell(),
        enterprises: vec![represented(Role::Legal), represented(Role::Agent)],
        register: "演示登记信息".to_owned(),
        caution: "演示站不连真实的登记信息。".to_owned(),
        form: FormData::default(),
        faults: fault("uscc"),
    };
    let one = EnterprisePage {
        shell: shell(),
        id: id::<()>().to_string(),
        name,
        uscc,
        address: "亳州市谯城区演示大道1号".to_owned(),
        branches: vec![("谯城分公司 <b>".to_owned(), "91341602MA0000234E".to_owned())],
        head_office: "91341600MA0000007C".to_owned(),
        agents: both(),
        next: String::new(),
        first: "/me/enterprises/1".to_owned(),
    };
    vec![
        sample("acting.html", &acting),
        sample("mandates.html", &mandates),
        sample("mandate_offer.html", &offered()),
        sample("enterprises.html", &list),
        sample("enterprise.html", &one),
    ]
}
