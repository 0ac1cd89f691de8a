//! Whether a list grows slower with the people of a province (a hundredth of Guangdong): pages over persons, enterprises, officers and rights,
//! first with a village of them, then with all.
//!
//! `cargo run --release -p identity --example population -- [PERSONS] [ENTERPRISES]`, 1,070,000 and 300,000 if not said; on PostgreSQL too, if
//! `TEST_PG` names a server.
use std::{
    any::Any,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use identity::{
    ADMIN, AREA, NewAccount, NewEnterprise, NewPerson, NewPost, VERIFY, callers, create_account, create_enterprise,
    create_person, grant_post,
};
use kernel::{Authority, Id, Post};
use standards::{CreditCode, OrganisationCode, PaperKind};
use testkit::{Site, Visitor};

/// With so many persons the pages are measured first.
const VILLAGE: usize = 7_200;
/// One in so many holds a post.
const OFFICER_EVERY: usize = 50;
const AUTHORITIES: usize = 300;
/// Officers of one authority: as many with few persons as with a province's, so that its lists are as long. 21,400 officers fill 297 of the
/// 300 authorities once.
const OFFICERS_EACH: usize = 72;
/// Who write at once.
const TASKS: usize = 64;
/// Requests of each page.
const ASKED: usize = 200;
const WINDOW: Post = Post { code: "window", name: "受理", permissions: &[VERIFY], apart: &[] };
const PASSWORD: &str = "谯城的牛肉馍真是香喷喷";
const SURNAMES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
const GIVEN: [&str; 16] =
    ["伟", "芳", "娜", "敏", "静", "强", "磊", "军", "洋", "勇", "艳", "杰", "秀英", "建国", "桂兰", "志远"];

fn own(_: &storage::Db) -> Vec<Arc<dyn Any + Send + Sync>> {
    vec![callers([ADMIN, WINDOW])]
}

/// The citizen number of the nth person: fifty a day from 1940 on.
fn number(n: usize) -> String {
    let born = time::Date::from_calendar_date(1940, time::Month::January, 1).expect("a day")
        + time::Duration::days(i64::try_from(n / 50).expect("a number of days"));
    let stem = format!("341602{:04}{:02}{:02}{:03}", born.year(), u8::from(born.month()), born.day(), n % 50 + 100);
    format!("{stem}{}", standards::iso7064::mod_11_2(&stem).expect("digits"))
}

fn person(n: usize) -> NewPerson {
    NewPerson {
        name: format!("{}{}", SURNAMES[n % 12], GIVEN[n / 12 % 16]),
        paper: PaperKind::Citizen,
        citizen_number: number(n),
        mobile: format!("13{n:09}"),
        address: format!("安徽省亳州市谯城区演示路 {n} 号"),
        level: 1,
    }
}

/// The code of the nth enterprise; its check characters are those that the standard accepts.
fn credit_code(n: usize) -> String {
    let stem = format!("M{n:07}");
    let organisation =
        "0123456789X".chars().map(|c| format!("{stem}{c}")).find(|it| OrganisationCode::parse(it).is_ok());
    let stem = format!("91341602{}", organisation.expect("a check character"));
    let whole = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(|c| format!("{stem}{c}"));
    whole.into_iter().find(|it| CreditCode::parse(it).is_ok()).expect("a check character")
}

/// Does something for each number, many at once.
async fn each<F, G>(numbers: std::ops::Range<usize>, make: F)
where
    F: Fn(usize) -> G + Send + Sync + 'static,
    G: Future<Output = ()> + Send,
{
    let (make, next) = (Arc::new(make), Arc::new(AtomicUsize::new(numbers.start)));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..TASKS {
        let (make, next, end) = (Arc::clone(&make), Arc::clone(&next), numbers.end);
        tasks.spawn(async move {
            while let Some(n) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|it| *it < end) {
                make(n).await;
            }
        });
    }
    tasks.join_all().await;
}

/// Makes the people and enterprises of these numbers, and their posts.
async fn settle(site: &Arc<Site>, authorities: &Arc<Vec<Id<Authority>>>, people: std::ops::Range<usize>, ratio: usize) {
    let (begun, count) = (Instant::now(), people.len());
    let (site_of, offices) = (Arc::clone(site), Arc::clone(authorities));
    each(people, move |n| {
        let (site, offices) = (Arc::clone(&site_of), Arc::clone(&offices));
        async move {
            let (app, ctx) = (&site.app, site.app.system("population"));
            let id = create_person(&ctx, app, &person(n)).await.expect("a person");
            if n % OFFICER_EVERY == 0 {
                let at = n / OFFICER_EVERY / OFFICERS_EACH % offices.len();
                let post = NewPost::from_today(id, "window", Some(offices[at]));
                grant_post(&ctx, app, &post).await.expect("a post");
            }
            if n % 1_000 < ratio {
                let new = NewEnterprise {
                    uscc: credit_code(n),
                    name: format!("亳州市第{n}商贸有限公司"),
                    representative: Some(id),
                    address: "亳州市谯城区演示大道 1 号".to_owned(),
                };
                create_enterprise(&ctx, &site.app.db, &new).await.expect("an enterprise");
            }
        }
    })
    .await;
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    println!("{:<9} {count} more persons, {rate:.0}/s with what belongs to them", site.engine);
}

async fn account(site: &Site, (login, n): (&str, usize)) -> Visitor {
    let (app, ctx) = (&site.app, site.app.system("population"));
    let paper = standards::PersonPaper::parse(PaperKind::Citizen, &number(n)).expect("a number");
    let id = identity::find_person_by_paper(app, &paper).await.expect("an answer").expect("a person");
    let account =
        NewAccount { login: login.to_owned(), password: PASSWORD.to_owned(), demo: Some("演示".to_owned()) };
    create_account(&ctx, app, id, &account).await.expect("an account");
    if login == "chief" {
        grant_post(&ctx, app, &NewPost::from_today(id, "admin", None)).await.expect("a post");
    }
    let body = serde_json::json!({ "login": login, "password": PASSWORD });
    let answer = site.call(&site.anonymous(), "POST", "/api/v1/sessions", body).await;
    Visitor::with_token(answer.json()["token"].as_str().expect("a token"))
}

struct People {
    chief: Visitor,
    clerk: Visitor,
    citizen: Visitor,
}

/// The address of a page for the nth request.
type Path = fn(usize, &[Id<Authority>]) -> String;

/// Opens each page, always about somebody else, and says how long it took.
async fn measure(site: &Site, who: &People, authorities: &[Id<Authority>], count: usize) {
    let some = |n: usize| n.wrapping_mul(7_919) % count;
    let staffed = (count / OFFICER_EVERY / OFFICERS_EACH).clamp(1, authorities.len());
    // The lists that the village has, which are the same at both sizes, and then those of everybody, each seen for the first time.
    let (same, all) = (VILLAGE / OFFICER_EVERY / OFFICERS_EACH, staffed);
    lists(site, who, (&authorities[..same], "same"), count).await;
    if all > same {
        lists(site, who, (&authorities[..all], "each"), count).await;
    }
    let mut times = Vec::new();
    for n in 0..ASKED {
        let form = [("paper", "citizen"), ("number", &number(some(n)))];
        let begin = Instant::now();
        let found = site.post(&who.clerk, "/desk/verify", &form).await;
        assert_eq!(found.status, 303, "{}", found.body);
        let shown = site.get(&who.clerk, &found.location).await;
        times.push(begin.elapsed());
        assert_eq!(shown.status, 200, "{}", shown.body);
    }
    report(site, ("核验身份 (found by number, and shown)", "first", count), times);
}

/// Opens each list again and again, of these authorities in turn.
async fn lists(site: &Site, who: &People, (authorities, which): (&[Id<Authority>], &str), count: usize) {
    let pages: [(&str, &Visitor, Path); 9] = [
        ("全站人员 (officers of the site)", &who.chief, |_, _| "/desk/people".to_owned()),
        ("人员 (officers of an authority)", &who.chief, |n, all| {
            format!("/desk/people?authority={}", all[n % all.len()])
        }),
        ("岗位一览表 (posts of an authority)", &who.chief, |n, all| {
            format!("/desk/people/matrix?authority={}", all[n % all.len()])
        }),
        ("机构 (units of an authority)", &who.chief, |n, all| {
            format!("/desk/organisation?authority={}", all[n % all.len()])
        }),
        ("实施主体 (authorities)", &who.chief, |_, _| "/desk/authorities".to_owned()),
        ("我的账号 (my account)", &who.citizen, |_, _| "/me".to_owned()),
        ("我的单位 (my enterprises)", &who.citizen, |_, _| "/me/enterprises".to_owned()),
        ("委托代办 (mandates)", &who.citizen, |_, _| "/me/mandates".to_owned()),
        ("谁看过我的信息 (who saw my data)", &who.citizen, |_, _| "/me/looks".to_owned()),
    ];
    for (name, visitor, path) in pages {
        for round in ["first", "again"].map(|it| format!("{it} {which}")) {
            let mut times = Vec::new();
            for n in 0..ASKED {
                let path = path(n, authorities);
                let begin = Instant::now();
                let answer = site.get(visitor, &path).await;
                times.push(begin.elapsed());
                assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            }
            report(site, (name, &round, count), times);
        }
    }
}

fn report(site: &Site, (name, round, count): (&str, &str, usize), mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
    println!("{:<9} {count:>9} persons  p50 {:>6.2} ms  p99 {:>6.2} ms  {round}  {name}", site.engine, at(50), at(99));
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|it| it.parse::<usize>().ok());
    let (persons, enterprises) = (arguments.next().unwrap_or(1_070_000), arguments.next().unwrap_or(300_000));
    // Of a thousand persons so many have an enterprise.
    let ratio = (enterprises * 1_000).div_ceil(persons);
    for site in testkit::sites_with(&[&AREA], own, Some(callers([ADMIN, WINDOW]))).await {
        let site = Arc::new(site);
        let made = identity::testing::many_authorities(&site.app, AUTHORITIES).await.expect("authorities");
        let authorities = Arc::new(made);
        settle(&site, &authorities, 0..VILLAGE, ratio).await;
        let who = People {
            chief: account(&site, ("chief", 1)).await,
            clerk: account(&site, ("clerk", OFFICER_EVERY)).await,
            citizen: account(&site, ("citizen", 2)).await,
        };
        measure(&site, &who, &authorities, VILLAGE).await;
        settle(&site, &authorities, VILLAGE..persons, ratio).await;
        measure(&site, &who, &authorities, persons).await;
    }
}
