//! Promises of officers: branches of administration, stand-ins, the day somebody leaves, and why somebody may do something.

use kernel::{Authority, Basis, Error, Id, Person};
use storage::{Commit, Unit};
use testkit::{Site, Visitor};
use time::{Date, Month};

use super::{facts, signed_in, sites, somebody};
use crate::{
    AuthorityFacts, NewPost, authority_change, create_authority, grant_post,
    model::{post::NewStandIn, unit::NewUnit},
    service::{leavings, standins, units},
    still_holds,
};

const COUNTY: &str = "341602000000";
const DIVISIONS: &str = "code,name,level,parent\n340000000000,安徽省,2,\n341600000000,亳州市,3,340000000000\n\
    341602000000,谯城区,4,341600000000\n341621000000,涡阳县,4,341600000000\n341500000000,六安市,3,340000000000\n";

fn day(day: u8) -> Date {
    Date::from_calendar_date(2026, Month::March, day).unwrap()
}

/// An authority of this division; the codes of the county's own test range.
async fn office(site: &Site, name: &str, (uscc, division): (&str, &str)) -> Id<Authority> {
    let facts = AuthorityFacts { division: division.to_owned(), ..facts(name, uscc) };
    create_authority(&site.app.system("test"), &site.app.db, &facts).await.unwrap()
}

/// The city's, the county's, and another city's authority.
async fn three(site: &Site) -> [Id<Authority>; 3] {
    let ctx = site.app.system("test");
    crate::import_divisions(&ctx, &site.app.db, DIVISIONS.as_bytes()).await.unwrap();
    [
        office(site, "亳州市市场监督管理局", ("11341600000000027K", "341600000000")).await,
        office(site, "谯城区城市管理局", ("11341600000000035E", COUNTY)).await,
        office(site, "六安市教育局", ("113415000000000434", "341500000000")).await,
    ]
}

async fn branch_admin(site: &Site, person: Id<Person>, code: &str) {
    let division = Some(code.parse().unwrap());
    let new = NewPost { division, ..NewPost::from_today(person, "admin", None) };
    grant_post(&site.app.system("test"), &site.app, &new).await.unwrap();
}

async fn send(site: &Site, who: &Visitor, path: &str, fields: &[(&str, &str)]) -> u16 {
    site.post(who, path, fields).await.status
}

#[tokio::test]
async fn an_administrator_of_a_branch_acts_and_sees_there_and_nowhere_else() {
    for site in sites().await {
        let [city, county, other] = three(&site).await;
        let chief = somebody(&site.app, ("丁一", "dingyi"), 1, Some("试验")).await;
        let clerk = somebody(&site.app, ("孙静", "sunjing"), 2, Some("试验")).await;
        branch_admin(&site, chief, COUNTY).await;
        let dingyi = signed_in(&site, "dingyi").await;
        let grant = |place: String, area: &'static str| {
            let code = if area.is_empty() { "worker" } else { "admin" };
            vec![("authority", place), ("code", code.to_owned()), ("area", area.to_owned())]
        };
        let table = [
            ("the whole site", grant("site".to_owned(), ""), 403),
            ("the city above", grant(city.to_string(), ""), 403),
            ("another city", grant(other.to_string(), ""), 403),
            ("the city as a branch", grant(String::new(), "341600000000"), 403),
            ("a neighbour as a branch", grant(String::new(), "341621000000"), 403),
            ("its own county", grant(county.to_string(), ""), 303),
            ("a part of its branch", grant(String::new(), COUNTY), 303),
        ];
        for (what, fields, status) in table {
            let fields: Vec<_> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
            let got = send(&site, &dingyi, &format!("/desk/people/{clerk}/posts"), &fields).await;
            assert_eq!(got, status, "{}: {what}", site.engine);
        }
        let unit = |at: Id<Authority>| {
            [("authority", at.to_string()), ("kind", "office".to_owned()), ("name", "综合科".to_owned())]
        };
        for (at, status) in [(city, 403), (other, 403), (county, 303)] {
            let fields = unit(at);
            let fields: Vec<_> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
            assert_eq!(send(&site, &dingyi, "/desk/organisation/units", &fields).await, status, "{}", site.engine);
        }
        for (path, status) in [
            (format!("/desk/people?authority={city}"), 403),
            (format!("/desk/people?authority={county}"), 200),
            (format!("/desk/people/matrix?authority={other}"), 403),
            (format!("/desk/people/matrix?authority={county}"), 200),
            (format!("/desk/organisation?authority={city}"), 403),
            (format!("/desk/organisation?authority={county}"), 200),
            ("/desk/organisation?division=341600000000".to_owned(), 403),
            (format!("/desk/organisation?division={COUNTY}"), 200),
            (format!("/desk/authorities/{city}"), 403),
            (format!("/desk/authorities/{county}"), 200),
            ("/desk/authorities/new".to_owned(), 200),
            ("/desk/clients".to_owned(), 403),
        ] {
            assert_eq!(site.get(&dingyi, &path).await.status, status, "{}: {path}", site.engine);
        }
        let list = site.get(&dingyi, "/desk/people").await.body;
        assert!(list.contains("谯城区城市管理局") && !list.contains("六安市教育局"), "{}: {list}", site.engine);
        let found = site.get(&dingyi, &format!("/desk/organisation?q={}", webkit::encoded("局"))).await.body;
        assert!(found.contains("谯城区城市管理局") && !found.contains("六安市"), "{}", site.engine);
    }
}

#[tokio::test]
async fn an_authority_is_not_carried_out_of_a_branch_nor_made_beside_it() {
    for site in sites().await {
        let [_, county, _] = three(&site).await;
        let chief = somebody(&site.app, ("丁一", "dingyi"), 1, Some("试验")).await;
        branch_admin(&site, chief, COUNTY).await;
        let dingyi = signed_in(&site, "dingyi").await;
        let fields = |name: &'static str, uscc: &'static str, division: &'static str| {
            [
                ("name", name),
                ("short_name", "谯城管"),
                ("uscc", uscc),
                ("division", division),
                ("phone", "0558"),
                ("address", "路"),
                ("hours", "早上"),
                ("version", "1"),
            ]
        };
        let change = format!("/desk/authorities/{county}");
        for (what, path, division, status) in
            [("out of it", change.as_str(), "341621000000", 403), ("within it", change.as_str(), COUNTY, 303)]
        {
            let form = fields("谯城区城管局", "11341600000000035E", division);
            assert_eq!(send(&site, &dingyi, path, &form).await, status, "{}: {what}", site.engine);
        }
        for (division, status) in [("341600000000", 403), (COUNTY, 303)] {
            let form = fields("谯城区教育局", "113416020000000511", division);
            let got = send(&site, &dingyi, "/desk/authorities", &form).await;
            assert_eq!(got, status, "{}: {division}", site.engine);
        }
        // The program itself is bound by no branch.
        let there = AuthorityFacts { division: "341621000000".to_owned(), ..facts("城管", "11341600000000035E") };
        authority_change(&site.app.system("test"), &site.app.db, (county, 2), &there).await.unwrap();
    }
}

#[tokio::test]
async fn who_stands_in_may_act_on_these_days_as_the_other_and_no_longer_than_the_other() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let [city, ..] = three(&site).await;
        let liqiang = somebody(app, ("李强", "liqiang"), 1, Some("试验")).await;
        let sunjing = somebody(app, ("孙静", "sunjing"), 2, Some("试验")).await;
        let own = NewPost { ends: Some(day(20)), ..NewPost::from_today(liqiang, "worker", Some(city)) };
        let own = grant_post(&ctx, app, &own).await.unwrap();
        let new = |person, starts: u8, ends: u8| NewStandIn {
            posts: vec![own],
            person,
            starts: Some(day(starts)),
            ends: day(ends),
        };
        for (what, new) in [
            ("for oneself", new(liqiang, 3, 4)),
            ("on a day that is over", new(sunjing, 1, 4)),
            ("the wrong way round", new(sunjing, 5, 4)),
            ("longer than the post", new(sunjing, 5, 21)),
        ] {
            assert!(
                matches!(standins::stand_in(&ctx, app, &new).await, Err(Error::Invalid(_))),
                "{}: {what}",
                site.engine
            );
        }
        let stood = standins::stand_in(&ctx, app, &new(sunjing, 3, 10)).await.unwrap()[0];
        let again = standins::stand_in(&ctx, app, &new(sunjing, 4, 9)).await;
        assert!(matches!(again, Err(Error::Refused { .. })), "{}: twice", site.engine);
        let chain = NewStandIn {
            posts: vec![stood],
            ..new(somebody(app, ("王芳", "wangfang"), 3, Some("试验")).await, 4, 5)
        };
        assert!(
            matches!(standins::stand_in(&ctx, app, &chain).await, Err(Error::Invalid(_))),
            "{}: in a chain",
            site.engine
        );
        let grants = async || {
            let visitor = signed_in(&site, "sunjing").await;
            site.get(&visitor, "/api/v1/me").await.json()["grants"].as_array().unwrap().len()
        };
        assert_eq!(grants().await, 0, "{}: not before the first day", site.engine);
        site.clock.hours(24);
        assert_eq!(grants().await, 1, "{}: on the first day", site.engine);
        let now = app.system("test");
        let mut act = Unit::new(&now);
        still_holds(&mut act, &now, &Basis::Post(stood));
        assert_eq!(app.db.commit(act.clone()).await.unwrap(), Commit::Done, "{}", site.engine);
        crate::end_post(&now, app, own).await.unwrap();
        assert_eq!(grants().await, 0, "{}: it ends with the post", site.engine);
        let lost = app.db.commit(act).await.unwrap();
        assert_eq!(lost, Commit::Lost { guard: kernel::POST_GUARD }, "{}: and undoes what rests on it", site.engine);
    }
}

#[tokio::test]
async fn on_the_day_after_the_last_everything_of_who_left_is_over_though_nobody_presses_anything() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let [city, ..] = three(&site).await;
        let liqiang = somebody(app, ("李强", "liqiang"), 1, Some("试验")).await;
        let sunjing = somebody(app, ("孙静", "sunjing"), 2, Some("试验")).await;
        let own = grant_post(&ctx, app, &NewPost::from_today(liqiang, "worker", Some(city))).await.unwrap();
        let hers = grant_post(&ctx, app, &NewPost::from_today(sunjing, "admin", Some(city))).await.unwrap();
        let stand_in = |posts, person| NewStandIn { posts, person, starts: None, ends: day(9) };
        standins::stand_in(&ctx, app, &stand_in(vec![own], sunjing)).await.unwrap();
        standins::stand_in(&ctx, app, &stand_in(vec![hers], liqiang)).await.unwrap();
        assert!(
            matches!(leavings::leave(&ctx, app, liqiang, Some(day(1))).await, Err(Error::Invalid(_))),
            "{}",
            site.engine
        );
        leavings::leave(&ctx, app, liqiang, Some(day(4))).await.unwrap();
        let late = NewPost::from_today(liqiang, "admin", None);
        assert!(
            matches!(grant_post(&ctx, app, &late).await, Err(Error::Invalid(_))),
            "{}: nothing outlasts it",
            site.engine
        );
        // Another day, and back: each post has again the days that it had.
        leavings::leave(&ctx, app, liqiang, None).await.unwrap();
        leavings::leave(&ctx, app, liqiang, Some(day(3))).await.unwrap();
        let grants =
            async |visitor: &Visitor| site.get(visitor, "/api/v1/me").await.json()["grants"].as_array().map(Vec::len);
        // Ten minutes before midnight: his session is still young when the day is over.
        site.clock.seconds(36 * 3_600 - 600);
        let (he, she) = (signed_in(&site, "liqiang").await, signed_in(&site, "sunjing").await);
        leavings::sweep(app, &app.system("test")).await.unwrap();
        assert_eq!(grants(&he).await, Some(4), "{}: the last day counts", site.engine);
        assert_eq!(grants(&she).await, Some(4), "{}", site.engine);
        site.clock.seconds(600);
        assert_eq!(grants(&he).await, Some(0), "{}: midnight has passed", site.engine);
        assert_eq!(grants(&she).await, Some(3), "{}: nobody stands in for who is gone", site.engine);
        leavings::sweep(app, &app.system("test")).await.unwrap();
        assert_eq!(site.get(&he, "/api/v1/me").await.status, 401, "{}: the session is over", site.engine);
        assert_eq!(site.get(&she, "/api/v1/me").await.status, 200, "{}", site.engine);
        grant_post(&app.system("test"), app, &NewPost::from_today(liqiang, "admin", Some(city))).await.unwrap();
    }
}

#[tokio::test]
async fn of_two_who_change_the_tree_at_once_neither_makes_a_circle() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let [city, county, _] = three(&site).await;
        let made = async |over, kind: &str, name: &str| {
            let new = NewUnit { kind: kind.to_owned(), name: name.to_owned() };
            units::create(&ctx, &app.db, (city, over), &new).await
        };
        let one = made(None, "department", "分局").await.unwrap();
        let two = made(Some(one), "office", "食品科").await.unwrap();
        let three = made(Some(two), "window", "3号窗口").await.unwrap();
        assert!(
            matches!(made(Some(one), "office", "食品科").await, Err(Error::Refused { .. })),
            "{}: one name",
            site.engine
        );
        let point = made(Some(three), "agency_point", "代办点").await.unwrap();
        assert!(
            matches!(made(Some(point), "agency_point", "六级").await, Err(Error::Refused { .. })),
            "{}",
            site.engine
        );
        let change = async |id, version, what| units::change(&ctx, &app.db, (id, version), what).await;
        let under = |over| units::Change::Move(Some(over));
        assert!(
            matches!(change(one, 1, under(two)).await, Err(Error::Refused { .. })),
            "{}: under itself",
            site.engine
        );
        let elsewhere = NewUnit { kind: "office".to_owned(), name: "另一家".to_owned() };
        let foreign = units::create(&ctx, &app.db, (county, None), &elsewhere).await.unwrap();
        assert!(
            matches!(change(three, 1, under(foreign)).await, Err(Error::NotFound { .. })),
            "{}: another's",
            site.engine
        );
        assert!(
            matches!(change(two, 1, units::Change::End).await, Err(Error::Refused { .. })),
            "{}: not empty",
            site.engine
        );
        let other = made(None, "office", "药品科").await.unwrap();
        change(three, 1, under(other)).await.unwrap();
        assert!(
            matches!(change(three, 1, under(two)).await, Err(Error::Stale { .. })),
            "{}: seen too early",
            site.engine
        );
        let (a, b) = tokio::join!(change(two, 1, under(other)), change(other, 1, under(two)));
        assert!(a.is_ok() != b.is_ok(), "{}: {a:?} {b:?}", site.engine);
        let path = units::path(&app.db, point).await.unwrap();
        assert!(path.len() <= 4 && path[0].state.parent.is_none(), "{}: {path:?}", site.engine);
        // A post keeps its unit alive.
        let person = somebody(app, ("孙静", "sunjing"), 2, Some("试验")).await;
        let post = NewPost { unit: Some(point), ..NewPost::from_today(person, "worker", Some(city)) };
        let strange = NewPost { authority: Some(county), ..post.clone() };
        assert!(
            matches!(grant_post(&ctx, app, &strange).await, Err(Error::Invalid(_))),
            "{}: another's unit",
            site.engine
        );
        let post = grant_post(&ctx, app, &post).await.unwrap();
        assert!(matches!(change(point, 1, units::Change::End).await, Err(Error::Refused { .. })), "{}", site.engine);
        crate::end_post(&ctx, app, post).await.unwrap();
        change(point, 1, units::Change::End).await.unwrap();
        assert!(
            matches!(made(Some(point), "agency_point", "点").await, Err(Error::Refused { .. })),
            "{}: it is gone",
            site.engine
        );
    }
}

#[tokio::test]
async fn the_desk_says_why_somebody_may_and_what_is_missing() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let [city, county, _] = three(&site).await;
        let liqiang = somebody(app, ("李强", "liqiang"), 1, Some("试验")).await;
        let sunjing = somebody(app, ("孙静", "sunjing"), 2, Some("试验")).await;
        let chief = somebody(app, ("丁一", "dingyi"), 3, Some("试验")).await;
        grant_post(&ctx, app, &NewPost::from_today(chief, "admin", Some(city))).await.unwrap();
        let own = grant_post(&ctx, app, &NewPost::from_today(liqiang, "worker", Some(city))).await.unwrap();
        let new = NewStandIn { posts: vec![own], person: sunjing, starts: None, ends: day(9) };
        standins::stand_in(&ctx, app, &new).await.unwrap();
        let (dingyi, visitor) = (signed_in(&site, "dingyi").await, signed_in(&site, "sunjing").await);
        let ask = |person: Id<Person>, act: &str, at: Id<Authority>| {
            format!("/desk/why?person={person}&act={act}&authority={at}")
        };
        let told = site.get(&dingyi, &ask(sunjing, "test.work", city)).await.body;
        for words in ["可以。孙静", "代李强", "由系统于", "2026年3月2日至2026年3月9日"] {
            assert!(told.contains(words), "{}: {words} in {told}", site.engine);
        }
        let told = site.get(&visitor, &ask(sunjing, "test.work", county)).await.body;
        assert!(told.contains("不可以。您") && told.contains("不在这里任职"), "{}: {told}", site.engine);
        let told = site.get(&visitor, &ask(sunjing, "identity.administer", city)).await.body;
        assert!(told.contains("没有能") && told.contains("人员管理"), "{}: {told}", site.engine);
        assert_eq!(
            site.get(&visitor, &ask(liqiang, "test.work", city)).await.status,
            403,
            "{}: of others",
            site.engine
        );
        let elsewhere = site.get(&dingyi, &ask(liqiang, "test.work", county)).await;
        assert_eq!(elsewhere.status, 403, "{}: where she does not administer", site.engine);
    }
}

#[tokio::test]
async fn two_posts_that_should_be_apart_in_one_hand_warn_whoever_grants_them() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let [city, county, _] = three(&site).await;
        let chief = somebody(app, ("丁一", "dingyi"), 1, Some("试验")).await;
        let clerk = somebody(app, ("孙静", "sunjing"), 2, Some("试验")).await;
        grant_post(&ctx, app, &NewPost::from_today(chief, "admin", None)).await.unwrap();
        let dingyi = signed_in(&site, "dingyi").await;
        let page = format!("/desk/people/{clerk}");
        for (at, code, warned) in [(city, "worker", false), (county, "decider", false), (city, "decider", true)] {
            let fields = [("authority", at.to_string()), ("code", code.to_owned())];
            let fields: Vec<_> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
            let answer = site.post(&dingyi, &format!("{page}/posts"), &fields).await;
            assert_eq!(answer.status, 303, "{}: {}", site.engine, answer.body);
            let told = answer.cookies.iter().any(|it| it.contains("=warn."));
            assert_eq!(told, warned, "{}: {code} {:?}", site.engine, answer.cookies);
        }
        let matrix = site.get(&dingyi, &format!("/desk/people/matrix?authority={city}")).await.body;
        assert!(matrix.contains("受理与审批"), "{}: {matrix}", site.engine);
    }
}
