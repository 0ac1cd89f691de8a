//! Every page rendered with made-up content, so that one test can check all of them as HTML.

use askama::Template;
use journal::Head;
use kernel::{Fault, Id, Moment};
use webkit::{FormData, Sample, Shell};

use super::{
    authorities::{AuthoritiesPage, AuthorityPage},
    choice::Choice,
    entry::{LoginPage, RegisterPage},
    own::{MePage, PasswordPage},
    people::{OfficerLine, OfficerPage, PeoplePage, PostGroup, PostLine},
};
use crate::{
    model::{
        authority::{Authority, AuthorityFacts},
        enterprise::{Enterprise, Role},
    },
    service::{accounts::DemoPerson, enterprises::Represented, posts::Order, sessions::OwnSession},
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
    PostLine { id: id::<()>().to_string(), name, place, days, tone: "good", state: "在岗", mine: true }
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
        sample("login.html", &LoginPage { shell: shell(), login, next, demo: vec![demo], faults: fault("password") }),
        sample("register.html", &RegisterPage { shell: shell(), form, first: true, faults: fault("mobile") }),
        sample("password.html", &PasswordPage { shell: shell(), faults: fault("old_password") }),
    ]
}

fn me() -> Sample {
    let (uscc, name) = ("91341600MA0000007C".to_owned(), "亳州演示药都文旅有限公司".to_owned());
    let enterprise = Enterprise { id: id(), uscc, name, representative: None, address: String::new() };
    let session = |current| OwnSession {
        id: id(),
        device: "安卓手机上的 微信".to_owned(),
        made_at: NOON,
        seen_at: NOON,
        current,
    };
    let page = MePage {
        shell: shell(),
        name: "吴海涛".to_owned(),
        citizen_number: "341***********0053".to_owned(),
        mobile: "139****0005".to_owned(),
        level: "已注册，未核验",
        acting: enterprise.id.to_string(),
        enterprises: vec![Represented { enterprise, role: Role::Legal }],
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

pub(crate) fn samples() -> Vec<Sample> {
    entry().into_iter().chain([me()]).chain(desk()).collect()
}
