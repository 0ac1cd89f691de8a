//! Every page rendered with made-up content, so that one test can check all of them as HTML.

mod acting;
mod openid;
mod party;
mod people;

use askama::Template;
use journal::Head;
use kernel::{Fault, Id, Moment};
use webkit::{FormData, Sample, Shell};

use super::{
    authorities::{AuthoritiesPage, AuthorityPage},
    by_code::{CodePage, DemoBoxPage, ForgotPage},
    choice::Choice,
    entry::{LoginPage, RegisterPage},
    factors::{ColleaguePage, FactorsPage, RecoveryPage, TotpPage},
    looks::LooksPage,
    matrix::{Cell, MatrixLine, MatrixPage},
    officer::OfficerPage,
    organisation::{Line, OrganisationPage, ShownUnit},
    own::{MePage, PasswordPage},
    people::PeoplePage,
    post_words::{OfficerLine, PostGroup, PostLine},
    qr::{QrConfirmPage, QrLoginPage},
    second::{EnrolPage, SecondPage},
    standing::StandInPage,
    why::{ReasonLine, WhyPage},
};
use crate::{
    model::{
        authority::{Authority, AuthorityFacts},
        factor::FactorKind,
    },
    service::{
        accounts::DemoPerson, factors::OwnFactor, looks::LookLine, messages::Shown, posts::Order, sessions::OwnSession,
    },
};

const NOON: Moment = Moment::from_micros(1_772_424_000_000_000);

fn id<T>() -> Id<T> {
    Id::from_parts(NOON, [7; 10])
}

fn shell() -> Shell {
    Shell::sample("亳州市政务服务网")
}

fn sample(name: &'static str, page: &impl Template) -> Sample {
    Sample { name, html: page.render().unwrap_or_else(|error| format!("{name}: {error}")) }
}

fn fault(field: &str) -> Vec<Fault> {
    vec![Fault::new(field, "这里填写有误，请更正。")]
}

fn post() -> PostLine {
    let text = |it: &str| it.to_owned();
    let (name, place, days) = (text("受理"), text("亳州市市场监督管理局"), text("2026年3月2日起，长期"));
    let (stead, stood) = (text("代李强"), vec![text("王芳，2026年3月2日至2026年3月9日")]);
    PostLine { id: id::<()>().to_string(), name, place, days, tone: "good", state: "在岗", stead, stood, mine: true }
}

fn facts() -> AuthorityFacts {
    AuthorityFacts {
        name: "亳州市市场监督管理局".to_owned(),
        short_name: "亳市监".to_owned(),
        uscc: "11341600000000027K".to_owned(),
        division: "341600000000".to_owned(),
        phone: "0558-5550111".to_owned(),
        address: "亳州市谯城区演示大道1号".to_owned(),
        hours: "工作日 上午 9:00—12:00，下午 13:00—17:00".to_owned(),
    }
}

fn entry() -> Vec<Sample> {
    let demo = DemoPerson { id: id(), name: "李桂兰".to_owned(), words: "退休老人".to_owned() };
    let (login, next) = ("guilan".to_owned(), "/me".to_owned());
    let form = FormData::of(vec![("name".to_owned(), "李桂兰".to_owned())]);
    vec![
        sample(
            "login.html",
            &LoginPage {
                shell: shell(),
                login,
                next,
                demo: vec![demo],
                passkeys: true,
                ways: vec![party::way()],
                faults: fault("password"),
            },
        ),
        sample("register.html", &RegisterPage { shell: shell(), form, faults: fault("mobile") }),
        sample("password.html", &PasswordPage { shell: shell(), faults: fault("old_password") }),
    ]
}

/// Second factors.
fn factors() -> Vec<Sample> {
    let text = |it: &str| it.to_owned();
    let own = |kind: FactorKind, name| OwnFactor {
        id: id(),
        kind,
        name: text(name),
        made_at: NOON,
        used_at: Some(NOON),
        left: 9,
    };
    let some = || vec![own(FactorKind::Totp, "我的手机"), own(FactorKind::Recovery, "恢复码")];
    let list = |factors, passkeys| {
        sample("factors.html", &FactorsPage { shell: shell(), factors, passkeys, faults: fault("name") })
    };
    let totp = TotpPage {
        shell: shell(),
        action: "/me/factors/totp/confirm",
        back: "/me/factors",
        next: text("/me"),
        ceremony: text("ceremony"),
        qr: webkit::qr_svg("otpauth://totp/x", "用验证器应用扫这个码").unwrap_or_default(),
        spoken: text("GEZD GNBV GY3T QOJQ"),
        name: String::new(),
        faults: fault("code"),
    };
    let codes = || vec![text("23456-789AB"), text("CDEFG-HJKLM")];
    let recovery = |codes| sample("recovery.html", &RecoveryPage { shell: shell(), codes, next: text("/me") });
    let second = |both| {
        let (shell, next, faults) = (shell(), text("/me"), fault("code"));
        sample("second.html", &SecondPage { shell, next, passkey: both, totp: both, faults })
    };
    let qr_login = |early| {
        let qr = webkit::qr_svg("https://zwfw.example.gov.cn/qr/1", "用已经登录的手机扫这个码").unwrap_or_default();
        sample("qr_login.html", &QrLoginPage { shell: shell(), code: text("1"), qr, next: text("/me"), early })
    };
    let (code, device, address) = (text("1"), text("Windows 电脑上的 Chrome"), text("203.0.113.9"));
    let qr_confirm = QrConfirmPage { shell: shell(), code, device, address };
    let enrol = EnrolPage { shell: shell(), next: text("/me"), passkeys: true, faults: fault("name") };
    let colleague = |kinds| {
        let (id, name, reason) = (id::<()>().to_string(), text("孙静"), text("手机丢失"));
        let page = ColleaguePage { shell: shell(), id, name, kinds, reason, faults: fault("reason") };
        sample("colleague_factors.html", &page)
    };
    vec![
        list(some(), true),
        list(Vec::new(), false),
        sample("totp.html", &totp),
        recovery(codes()),
        recovery(Vec::new()),
        second(true),
        second(false),
        sample("enrol.html", &enrol),
        qr_login(true),
        qr_login(false),
        sample("qr_confirm.html", &qr_confirm),
        colleague(vec!["动态验证码"]),
        colleague(Vec::new()),
    ]
}

/// Ways in by a code.
fn by_code() -> Vec<Sample> {
    let form = || FormData::of(vec![("to".to_owned(), "13900000001".to_owned())]);
    let code = |handle: &str, people: Vec<(String, String)>, field| {
        let (next, handle, faults) = ("/me".to_owned(), handle.to_owned(), fault(field));
        sample("by_code.html", &CodePage { shell: shell(), mail: true, form: form(), next, handle, people, faults })
    };
    let forgot = |handle: &str, field| {
        let (handle, faults) = (handle.to_owned(), fault(field));
        sample("forgot.html", &ForgotPage { shell: shell(), mail: true, form: form(), handle, faults })
    };
    let family = ["*桂兰", "*晓梅"].map(|name| (id::<()>().to_string(), name.to_owned())).to_vec();
    let message = Shown {
        to: "139****0001".to_owned(),
        text: crate::model::code::code_words("亳州市政务服务网", crate::CodePurpose::SignIn, "123456"),
        at: NOON,
    };
    let boxes = [vec![message], Vec::new()];
    let boxes = boxes.map(|messages| sample("demo_messages.html", &DemoBoxPage { shell: shell(), messages }));
    let pages = [
        code("", Vec::new(), "to"),
        code("handle", Vec::new(), "code"),
        code("handle", family, ""),
        forgot("", "to"),
        forgot("handle", "new_password"),
    ];
    pages.into_iter().chain(boxes).collect()
}

fn me() -> Sample {
    let session = |current| OwnSession {
        id: id(),
        device: "安卓手机上的 微信".to_owned(),
        made_at: NOON,
        seen_at: NOON,
        current,
        unfamiliar: !current,
    };
    let page = MePage {
        shell: shell(),
        name: "吴海涛".to_owned(),
        paper: "居民身份证",
        citizen_number: "341***********0053".to_owned(),
        mobile: "139****0005".to_owned(),
        mailbox: "l***@example.cn".to_owned(),
        mail: true,
        level: "已注册，未核验",
        sessions: vec![session(true), session(false)],
    };
    sample("me.html", &page)
}

fn desk() -> Vec<Sample> {
    let choices = vec![(id::<()>().to_string(), "亳州市市场监督管理局".to_owned())];
    let group = PostGroup { name: "受理".to_owned(), posts: vec![post(), post(), post(), post(), post()] };
    let officer = OfficerLine { id: id::<()>().to_string(), name: "孙静".to_owned(), groups: vec![group] };
    let people = PeoplePage {
        shell: shell(),
        officers: vec![officer],
        choice: Choice::sample(true),
        order: Order::Known,
        next: "/desk/people?after=1".to_owned(),
        first: String::new(),
    };
    let choosing = PeoplePage::choosing(shell(), Choice::sample(false));
    let one = OfficerPage {
        shell: shell(),
        id: id::<()>().to_string(),
        name: "孙静".to_owned(),
        citizen_number: "341***********0063".to_owned(),
        posts: vec![post()],
        form: FormData::default(),
        kinds: vec![("admin", "人员管理")],
        choices,
        by_words: true,
        whole: true,
        areas: vec![("341600000000".to_owned(), "亳州市".to_owned())],
        leaving: "2026-03-31".to_owned(),
        leaving_words: "2026年3月31日".to_owned(),
        faults: fault("code"),
    };
    let authority = Authority { id: id(), facts: facts(), head: Head::none() };
    let (next, first) = (String::new(), String::new());
    let list = AuthoritiesPage {
        shell: shell(),
        authorities: vec![(authority.clone(), true), (authority, false)],
        whole: true,
        q: String::new(),
        places: [("341600000000".to_owned(), "亳州市".to_owned())].into(),
        next,
        first,
    };
    let (action, title, version) = ("/desk/authorities".to_owned(), "修改实施主体".to_owned(), "1".to_owned());
    let form = AuthorityPage { shell: shell(), action, title, version, facts: facts(), faults: fault("uscc") };
    vec![
        sample("people.html", &people),
        sample("people.html", &choosing),
        sample("officer.html", &one),
        sample("authorities.html", &list),
        sample("authority.html", &form),
    ]
}

/// The organisation, who stands in, and why.
fn organisation() -> Vec<Sample> {
    let text = |it: &str| it.to_owned();
    let line =
        |name: &str, note: &str| Line { href: text("/desk/organisation?unit=1"), name: text(name), note: text(note) };
    let group = PostGroup { name: text("受理"), posts: vec![post()] };
    let shown = ShownUnit {
        id: id::<()>().to_string(),
        version: 1,
        name: text("食品<科>"),
        kind: "office",
        kind_name: "处室（科室）",
    };
    let unit = OrganisationPage {
        above: vec![line("亳州市", ""), line("亳州市市场监督管理局", "")],
        units: vec![line("3号窗口", "窗口")],
        authority: id::<()>().to_string(),
        unit: Some(shown),
        people: vec![OfficerLine { id: id::<()>().to_string(), name: text("孙静"), groups: vec![group] }],
        people_more: true,
        targets: vec![(text("top"), text("直接属于实施主体"))],
        faults: fault("name"),
        ..OrganisationPage::blank(shell(), text("食品<科>"), "处室（科室）")
    };
    let place = OrganisationPage {
        divisions: vec![line("谯城区", "县级")],
        offices: vec![line("亳州市市场监督管理局", "")],
        ..OrganisationPage::blank(shell(), text("亳州市"), "行政区划")
    };
    let found = OrganisationPage {
        q: text("窗口"),
        found: vec![line("3号窗口", "亳州市市场监督管理局　窗口")],
        ..OrganisationPage::blank(shell(), text("查找机构"), "")
    };
    let stand_in = StandInPage {
        shell: shell(),
        id: id::<()>().to_string(),
        name: text("李强"),
        posts: vec![(id::<()>().to_string(), text("受理：亳州市市场监督管理局"))],
        colleagues: vec![(id::<()>().to_string(), text("孙静"))],
        form: FormData::default(),
        faults: fault("ends"),
    };
    vec![
        sample("organisation.html", &unit),
        sample("organisation.html", &place),
        sample("organisation.html", &found),
        sample("stand_in.html", &stand_in),
    ]
}

/// The matrix of posts, and why somebody may do something.
fn matrix() -> Vec<Sample> {
    let text = |it: &str| it.to_owned();
    let cells =
        vec![Cell { kind: "受理", marks: vec![("info", text("代李强"))] }, Cell { kind: "审批", marks: Vec::new() }];
    let row = MatrixLine { id: id::<()>().to_string(), name: text("孙静"), cells, apart: text("受理与审批") };
    let matrix = MatrixPage {
        shell: shell(),
        choice: Choice::sample(true),
        kinds: vec!["受理", "审批"],
        lines: vec![row],
        next: text("/desk/people/matrix?after=1"),
        first: String::new(),
    };
    let reason = ReasonLine {
        tone: "good",
        says: text("有权"),
        post: text("审批：亳州市市场监督管理局"),
        chain: vec![text("任期：2026年3月2日起，长期。"), text("由丁一于2026年3月2日 12:00授予。")],
    };
    let why = WhyPage {
        shell: shell(),
        person: id::<()>().to_string(),
        name: text("孙静"),
        own: false,
        act: text("cases.decide"),
        acts: vec![("cases.decide", "审批办件")],
        item: id::<()>().to_string(),
        choice: Choice::sample(true),
        answer: text("可以。孙静有权「审批办件」，依据是下面的岗位。"),
        may: true,
        lines: vec![reason],
        givers: vec!["审批"],
    };
    let look = LookLine {
        day: text("2026-03-02"),
        who: text("亳州市市场监督管理局"),
        post: text("审核"),
        purpose: text("其他：核对<地址>"),
        matter: text("341600202603020000001"),
        times: 3,
    };
    let looks = LooksPage { shell: shell(), looks: vec![look], next: text("/me/looks?after=1"), first: String::new() };
    vec![sample("looks.html", &looks), sample("matrix.html", &matrix), sample("why.html", &why)]
}

pub(crate) fn samples() -> Vec<Sample> {
    entry()
        .into_iter()
        .chain(by_code())
        .chain(factors())
        .chain([me()])
        .chain(acting::verified())
        .chain(acting::registering())
        .chain(acting::represented())
        .chain(desk())
        .chain(organisation())
        .chain(matrix())
        .chain(openid::signing_in())
        .chain(openid::clients())
        .chain(party::signing_in())
        .chain(party::desk())
        .chain(people::roster())
        .chain(people::closing())
        .collect()
}
