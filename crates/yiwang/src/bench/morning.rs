//! `yiwang bench-morning`: nine o'clock. So many people sign in one after the other with their passwords, each on a connection of its own, stay,
//! and open a page every half minute, on a site that `bench-fill` has filled.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::{Duration, Instant},
};

use identity::{NewAccount, NewPost};
use kernel::{Id, Person};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{
    fill::{APPLICANTS, Ledger, PASSWORD, POSTS, applicant_login, somebody},
    load::{Figures, processor_time, resident_mb},
    rest, words,
};
use crate::{child::Server, cli::MorningArgs, demo::bar, http::Http, outcome::Failed, settings::Settings, site::Site};

/// One in so many is an officer.
const OFFICER_EVERY: u64 = 20;
/// People behind one address.
const NEIGHBOURS: u64 = 20;
/// Numbers of people from which on they are officers of the morning.
const STAFF_FROM: u64 = 10_500_000;
/// Accounts made before the ledger is written.
const CHUNK: u64 = 200;
/// Hashes of passwords that are made at once.
const HASHES: u64 = 2;

/// What somebody did, how long it took, and whether it went well.
type Done = (&'static str, Duration, Option<String>);

/// The day of somebody at the site.
struct Day {
    login: String,
    officer: bool,
    starts: Instant,
    ends: Instant,
    pace: Duration,
    number: u64,
    told: UnboundedSender<Done>,
}

/// Makes the people, unless they are there, and lets the morning come.
pub(crate) async fn run(settings: &Settings, args: &MorningArgs) -> Result<(), Failed> {
    let none = || Failed::input("这个目录里没有造好的网站。请先运行 yiwang bench-fill（同一个 --data、--database）。");
    let mut ledger = Ledger::read(settings)?.ok_or_else(none)?;
    wake(settings, &mut ledger, args.people).await?;
    let server = Server::start(&words(settings, "serve"), "/").await?;
    rest(server.pid()).await;
    let (before, cpu) = (resident_mb(server.pid()), processor_time(server.pid()));
    let begins = Instant::now();
    let ramp = Duration::from_secs(args.ramp);
    let ends = begins + ramp + Duration::from_secs(args.hold);
    let (told, heard) = unbounded_channel();
    let mut days = tokio::task::JoinSet::new();
    for number in 0..args.people {
        let starts = begins + ramp.mul_f64(f64::from(share(number, args.people)));
        let day = Day {
            login: login(number),
            officer: officer(number),
            starts,
            ends,
            pace: Duration::from_secs(args.pace),
            number,
            told: told.clone(),
        };
        // A pool of its own is a connection of its own.
        days.spawn(day.live(Http::from_address(address(number), &server.base)));
    }
    drop(told);
    let listening = tokio::spawn(listen(heard));
    while let Some(done) = days.join_next().await {
        done.map_err(|error| Failed::Platform(error.to_string()))?;
    }
    let seconds = begins.elapsed().as_secs_f64();
    let (figures, slowest, wrong) = listening.await.map_err(|error| Failed::Platform(error.to_string()))?;
    let cpu = processor_time(server.pid()).saturating_sub(cpu).as_secs_f64();
    println!("{} 件，{} 人，{} 秒内陆续登录，之后 {} 秒", ledger.cases, args.people, args.ramp, args.hold);
    println!("每人平均每 {} 秒打开一页；最慢的一次 {:.0} ms", args.pace, slowest.as_secs_f64() * 1e3);
    println!(
        "内存：开始 {before:.0} MB，结束 {:.0} MB；处理器 {:.0}%",
        resident_mb(server.pid()),
        cpu / seconds * 100.0
    );
    println!("{}", Figures::head());
    for (name, mut times, failed) in figures {
        println!("{}", Figures::of(name, &mut times, (seconds, Duration::ZERO, failed)));
    }
    for it in wrong {
        println!("失败：{it}");
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "people are far below 2^24")]
fn share(number: u64, people: u64) -> f32 {
    number as f32 / people.max(1) as f32
}

/// Where somebody sits: [`NEIGHBOURS`] behind one address, as in a hall or behind a provider's gateway. The whole of 127.0.0.0/8 leads to
/// the machine itself.
fn address(number: u64) -> IpAddr {
    let place = u32::try_from(number / NEIGHBOURS).unwrap_or(0) + 1;
    IpAddr::V4(Ipv4Addr::from_bits(Ipv4Addr::LOCALHOST.to_bits() + place))
}

fn officer(number: u64) -> bool {
    number % OFFICER_EVERY == OFFICER_EVERY - 1
}

fn login(number: u64) -> String {
    if officer(number) { format!("bench-staff-{number}") } else { applicant_login(number) }
}

/// Accounts for so many people; officers get a post each.
async fn wake(settings: &Settings, ledger: &mut Ledger, people: u64) -> Result<(), Failed> {
    if ledger.awake >= people {
        return Ok(());
    }
    let site = Arc::new(Site::open(settings).await?);
    let offices = Arc::new(ledger.offices.clone());
    let steps = bar("账号", usize::try_from(people).unwrap_or(usize::MAX));
    while ledger.awake < people {
        let until = (ledger.awake + CHUNK).min(people);
        let mut making = tokio::task::JoinSet::new();
        for lane in 0..HASHES {
            let (site, offices, from) = (Arc::clone(&site), Arc::clone(&offices), ledger.awake);
            making.spawn(async move {
                for number in (from..until).filter(|it| it % HASHES == lane) {
                    let office = &offices[usize::try_from(number).unwrap_or(0) % offices.len()];
                    account(&site, number, office.authority).await?;
                }
                Ok::<(), Failed>(())
            });
        }
        while let Some(made) = making.join_next().await {
            made.map_err(|error| Failed::Platform(error.to_string()))??;
        }
        ledger.awake = until;
        ledger.write(settings)?;
        steps.set_position(until);
    }
    steps.finish_and_clear();
    Ok(site.app.db.close().await?)
}

async fn account(site: &Site, number: u64, authority: Id<kernel::Authority>) -> Result<(), Failed> {
    let ctx = site.app.system("bench");
    let person: Id<Person> = if officer(number) {
        somebody(&ctx, &site.app, (STAFF_FROM + number, "窗口人员")).await?
    } else if number < APPLICANTS {
        return Ok(());
    } else {
        somebody(&ctx, &site.app, (number, "申请人员")).await?
    };
    let post = POSTS[usize::try_from(number / OFFICER_EVERY).unwrap_or(0) % POSTS.len()];
    let demo = if officer(number) { post } else { "申请人" };
    let new = NewAccount { login: login(number), password: PASSWORD.to_owned(), demo: Some(demo.to_owned()) };
    match identity::create_account(&ctx, &site.app, person, &new).await {
        Ok(_) => {}
        // Made before the last stop, after the ledger was written.
        Err(kernel::Error::Invalid(_) | kernel::Error::Refused { .. } | kernel::Error::Stale { .. }) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    if officer(number) {
        identity::grant_post(&ctx, &site.app, &NewPost::from_today(person, post, Some(authority))).await?;
    }
    Ok(())
}

impl Day {
    async fn live(self, http: Http) {
        tokio::time::sleep_until(self.starts.into()).await;
        self.open(&http, "首页", "/").await;
        let Some(http) = self.sign_in(&http).await else { return };
        let mut turn = 0_u64;
        let (mut cases, list, one) = if self.officer {
            (Vec::new(), ("工作台", "/desk", "/api/v1/worklist?limit=20"), "办件页（工作人员）")
        } else {
            (Vec::new(), ("我的办件", "/cases", "/api/v1/cases?limit=20"), "办件页（申请人）")
        };
        while Instant::now() < self.ends {
            match turn % 4 {
                0 => drop(self.open(&http, list.0, list.1).await),
                1 => {
                    if let Some(found) = self.open(&http, "列表接口", list.2).await {
                        cases = ids(&found);
                    }
                }
                2 if !cases.is_empty() => {
                    let at = usize::try_from(self.number + turn).unwrap_or(0) % cases.len();
                    let path = if self.officer { "/desk/cases" } else { "/cases" };
                    self.open(&http, one, &format!("{path}/{}", cases[at])).await;
                }
                _ => drop(self.open(&http, "首页", "/").await),
            }
            turn += 1;
            // Between half the pace and one and a half, else all would come in step.
            let some = (self.number * 7_919 + turn * 104_729) % 1_000;
            let part = 500 + u32::try_from(some).unwrap_or(0);
            let wake = (Instant::now() + self.pace * part / 1_000).min(self.ends);
            tokio::time::sleep_until(wake.into()).await;
        }
    }

    async fn sign_in(&self, http: &Http) -> Option<Http> {
        let begun = Instant::now();
        let body = json!({ "login": self.login, "password": PASSWORD });
        let answer = http.post("/api/v1/sessions", &body).await.and_then(|it| it.json());
        let token = match answer {
            Ok(it) => it["token"].as_str().map(str::to_owned).ok_or_else(|| it.to_string()),
            Err(error) => Err(format!("{error:?}")),
        };
        let _ = self.told.send(("登录", begun.elapsed(), token.as_ref().err().cloned()));
        token.ok().map(|it| http.with_token(it))
    }

    async fn open(&self, http: &Http, name: &'static str, path: &str) -> Option<bytes::Bytes> {
        let begun = Instant::now();
        let answer = match http.get(path).await {
            Ok(it) if it.status.is_success() => Ok(it.body),
            Ok(it) => Err(format!("{path}: {}", it.status)),
            Err(error) => Err(format!("{path}: {error:?}")),
        };
        let _ = self.told.send((name, begun.elapsed(), answer.as_ref().err().cloned()));
        answer.ok()
    }
}

fn ids(body: &[u8]) -> Vec<String> {
    let page: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let rows = page["items"].as_array().into_iter().flatten();
    rows.filter_map(|it| it["id"].as_str().map(str::to_owned)).collect()
}

/// The times of each thing done and how many failed; the slowest of all; and some of what went wrong.
type Heard = (Vec<(&'static str, Vec<Duration>, u64)>, Duration, Vec<String>);

async fn listen(mut heard: UnboundedReceiver<Done>) -> Heard {
    const TOLD: usize = 5;
    let mut figures = HashMap::<&'static str, (Vec<Duration>, u64)>::new();
    let (mut slowest, mut wrong) = (Duration::ZERO, Vec::new());
    while let Some((name, took, error)) = heard.recv().await {
        slowest = slowest.max(took);
        let (times, failed) = figures.entry(name).or_default();
        times.push(took);
        if let Some(error) = error {
            *failed += 1;
            if wrong.len() < TOLD {
                wrong.push(error);
            }
        }
    }
    let mut all: Vec<_> = figures.into_iter().map(|(name, (times, failed))| (name, times, failed)).collect();
    all.sort_unstable_by_key(|it| it.0);
    (all, slowest, wrong)
}
