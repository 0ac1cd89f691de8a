//! Sites, notices and their desk with made-up content.

use askama::Template;
use identity::Choice;
use journal::Head;
use kernel::{Fault, Id, Moment};
use standards::DivisionCode;
use webkit::{Sample, Shell};

use crate::{
    index::Known,
    model::{
        notice::{Notice, NoticeFacts, NoticeKind},
        place::Place,
        site::{AgentPoint, HoursKind, HoursLine, PhoneLine, Picture, SiteFacts},
    },
    pages::{
        desk::{self, NewPage, PlacesPage, Row, SitePage},
        home::HomePage,
        notices,
        place::{PlacePage, Told},
    },
    service::sites::Site,
};

fn facts() -> SiteFacts {
    let hours = |kind, days: &str, times: &str| HoursLine {
        kind,
        days: days.to_owned(),
        times: times.to_owned(),
        note: "预约<b>".to_owned(),
    };
    SiteFacts {
        welcome: "进驻部门 32 个<script>".to_owned(),
        address: "亳州市谯城区演示大道2号".to_owned(),
        way_there: "12 路到政务中心站\n地下停车".to_owned(),
        longitude: "115.778676".to_owned(),
        latitude: "33.844582".to_owned(),
        map_link: "https://example.org/map".to_owned(),
        phones: vec![PhoneLine { label: "综合咨询".to_owned(), number: "0558-5550101".to_owned() }],
        hours: vec![
            hours(HoursKind::Ordinary, "周一至周五", "9:00—17:00"),
            hours(HoursKind::Weekend, "周六", "9:00—12:00"),
        ],
        colour: "#1f6f54".to_owned(),
        picture: Some(Picture {
            blob: "00".repeat(32), media: "image/png".to_owned(), alt: "大楼\"正门".to_owned()
        }),
        agent_point: Some(AgentPoint {
            name: "代办点".to_owned(),
            does: vec!["帮老人申领高龄津贴<img>".to_owned()],
            ..AgentPoint::default()
        }),
        offices: Vec::new(),
    }
}

fn site(code: &DivisionCode) -> Site {
    Site {
        id: Id::from_parts(Moment::from_micros(0), [5; 10]),
        place: Place::Division(code.clone()),
        division: code.clone(),
        name: String::new(),
        keeper: Id::from_parts(Moment::from_micros(0), [9; 10]),
        facts: facts(),
        head: Head { version: 3, hash: String::new(), at: Moment::from_micros(0) },
    }
}

fn hall(code: &DivisionCode) -> Site {
    let id = Id::from_parts(Moment::from_micros(0), [6; 10]);
    Site { id, place: Place::Hall(id), name: "亳州经济开发区政务服务大厅".to_owned(), ..site(code) }
}

fn notice(code: &DivisionCode, withdrawn: bool) -> Notice {
    let facts = NoticeFacts {
        kind: NoticeKind::Warn,
        title: "国庆假期办事安排<script>".to_owned(),
        body: "10月1日至3日停办。\n有急事请拨打 12345。".to_owned(),
        below: true,
        starts: "2026-09-25".to_owned(),
        ends: "2026-10-08".to_owned(),
    };
    let id = Id::from_parts(Moment::from_micros(0), [7; 10]);
    Notice { id, place: Place::Division(code.clone()), facts, withdrawn, head: Head::none() }
}

fn told(code: &DivisionCode, own: Site) -> Option<Told> {
    let name = |code: &str, name: &str| Some((DivisionCode::parse(code).ok()?, name.to_owned()));
    Some(Told {
        path: vec![name("340000", "安徽省")?, name("341600", "亳州市")?, name("341602", "谯城区")?],
        below: vec![name("341602001000", "花戏楼街道")?],
        halls: vec![(hall(code).id, "大厅<b>".to_owned())],
        notices: vec![notice(code, false)],
        own: Some(own),
        above: vec![site(&DivisionCode::parse("341600").ok()?)],
    })
}

/// The pages of sites and notices, and their desk.
pub(super) fn all(shell: &Shell, known: &Known, code: &DivisionCode) -> Option<Vec<Sample>> {
    let sample = |name, html: askama::Result<String>| Some(Sample { name, html: html.ok()? });
    let here = Place::Division(code.clone());
    let place = |place: &Place, own: Site| {
        sample("place.html", PlacePage::new(shell.clone(), place, told(code, own)?, known).ok()?.render())
    };
    let hall = hall(code);
    let mut out = vec![
        sample("home.html", HomePage::new(shell.clone(), (told(code, site(code))?, &[]), known).ok()?.render())?,
        place(&here, site(code))?,
        place(&hall.place.clone(), hall.clone())?,
    ];
    out.extend(public(shell, code)?);
    out.extend(desk(shell, code, &hall)?);
    Some(out)
}

fn public(shell: &Shell, code: &DivisionCode) -> Option<Vec<Sample>> {
    let sample = |name, html: askama::Result<String>| Some(Sample { name, html: html.ok()? });
    let (place, name) = (code.to_string(), "谯城区".to_owned());
    let list = notices::NoticesPage {
        shell: shell.clone(),
        place: place.clone(),
        name: name.clone(),
        today: "2026-10-09".to_owned(),
        notices: vec![notice(code, false)],
        next: "/".to_owned(),
        first: String::new(),
    };
    let empty = notices::NoticesPage {
        shell: shell.clone(),
        place: place.clone(),
        name: name.clone(),
        today: String::new(),
        notices: Vec::new(),
        next: String::new(),
        first: String::new(),
    };
    let one = notices::NoticePage { shell: shell.clone(), place, name, notice: notice(code, false), past: true };
    Some(vec![
        sample("notices.html", list.render())?,
        sample("notices.html", empty.render())?,
        sample("notice.html", one.render())?,
    ])
}

fn desk(shell: &Shell, code: &DivisionCode, hall: &Site) -> Option<Vec<Sample>> {
    let sample = |name, html: askama::Result<String>| Some(Sample { name, html: html.ok()? });
    let (place, name) = (code.to_string(), "谯城区".to_owned());
    let row = Row { place: place.clone(), name: name.clone(), keeper: "亳州市数据局".to_owned(), mine: true };
    let first = String::new;
    let list = PlacesPage { shell: shell.clone(), rows: vec![row], next: "/".to_owned(), first: first() };
    let new = |few| NewPage {
        shell: shell.clone(),
        division: "34160X".to_owned(),
        hall: String::new(),
        keeper: Choice::sample(few),
        faults: vec![Fault::new("division", "请核对。")],
    };
    let mut form = SitePage::new(shell.clone(), hall, hall.name.clone(), hall.facts.clone());
    form.offices = vec![("1".to_owned(), "市场监管局".to_owned())];
    form.faults = vec![Fault::new("colour", "看不清。"), Fault::new("phone_0", "不像电话。")];
    let board = desk::NoticesPage {
        shell: shell.clone(),
        place,
        name: name.clone(),
        hall: false,
        today: "2026-10-01".to_owned(),
        notices: vec![notice(code, false), notice(code, true)],
        new: notice(code, false).facts,
        next: String::new(),
        first: String::new(),
        faults: vec![Fault::new("title", "请填写标题。")],
    };
    let edit = |withdrawn| desk::NoticePage {
        shell: shell.clone(),
        notice: notice(code, withdrawn),
        name: name.clone(),
        version: 1,
        facts: notice(code, withdrawn).facts,
        faults: Vec::new(),
    };
    Some(vec![
        sample("desk_places.html", list.render())?,
        sample("desk_place_new.html", new(true).render())?,
        sample("desk_place_new.html", new(false).render())?,
        sample("desk_place.html", form.render())?,
        sample("desk_notices.html", board.render())?,
        sample("desk_notice.html", edit(false).render())?,
        sample("desk_notice.html", edit(true).render())?,
    ])
}
