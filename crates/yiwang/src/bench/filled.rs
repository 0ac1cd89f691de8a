//! `yiwang bench-filled`: what people see of a site with many cases (`bench-fill`): officers with narrow rights at their lists, applicants at
//! theirs, and acts. The pages are opened by 16 people at once, as the goals say.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    fill::{APPLICANTS, Ledger, PASSWORD, applicant_login},
    load::{Figures, drive, resident_mb},
    page, rest, words,
};
use crate::{child::Server, cli::FilledArgs, http::Http, outcome::Failed, settings::Settings};

/// People at once.
const PEOPLE: usize = 16;
/// Cases taken from the list of each officer to be acted on.
const TO_ACCEPT: usize = 100;

/// A case that can be accepted: who does it, where, and with what.
type Acceptable = (Http, String, Value);

/// Measures the site of these settings; it stays as it is but for the cases that are accepted.
pub(crate) async fn run(settings: &Settings, args: &FilledArgs) -> Result<(), Failed> {
    let none = || Failed::input("这个目录里没有造好的网站。请先运行 yiwang bench-fill（同一个 --data、--database）。");
    let ledger = Ledger::read(settings)?.ok_or_else(none)?;
    let server = Server::start(&words(settings, "serve"), "/").await?;
    rest(server.pid()).await;
    let before = resident_mb(server.pid());
    let mut officers = Vec::new();
    for office in &ledger.offices {
        for officer in office.officers.iter().filter(|it| it.post == "review") {
            officers.push(sign_in(&server, &officer.login).await?);
        }
    }
    let mut applicants = Vec::new();
    for n in 0..APPLICANTS {
        applicants.push(sign_in(&server, &applicant_login(n)).await?);
    }
    let length = Duration::from_secs(args.seconds);
    let figures = [
        turns("工作台（只有一个单位、一个岗位的人员）", &server, (officers.clone(), "/desk"), length).await?,
        turns("工作台接口", &server, (officers, "/api/v1/worklist"), length).await?,
        turns("我的办件", &server, (applicants, "/cases"), length).await?,
        accept(&server, &ledger, length).await?,
        page("首页", &server, (Http::new(&server.base), vec!["/".to_owned()]), (PEOPLE, length)).await?,
    ];
    println!("共 {} 件", ledger.cases);
    println!("内存：开始 {before:.0} MB，测完 {:.0} MB", resident_mb(server.pid()));
    println!("{:>12} {:>10} {:>10} {:>12} {:>6}  项目", "每秒", "p50 ms", "p99 ms", "处理器 µs", "失败");
    for it in &figures {
        println!(
            "{:>12.0} {:>10.2} {:>10.2} {:>12.0} {:>6}  {}",
            it.rate, it.p50_ms, it.p99_ms, it.cpu_us, it.failed, it.name
        );
    }
    Ok(())
}

async fn sign_in(server: &Server, login: &str) -> Result<Http, Failed> {
    let http = Http::new(&server.base);
    let answer = http.post("/api/v1/sessions", &json!({ "login": login, "password": PASSWORD })).await?;
    match answer.json()?["token"].as_str() {
        Some(token) => Ok(http.with_token(token)),
        None => Err(Failed::Platform(format!("{login} could not sign in: {}", answer.status))),
    }
}

/// One page, opened by these people in turn.
async fn turns(
    name: &str,
    server: &Server,
    (people, path): (Vec<Http>, &'static str),
    length: Duration,
) -> Result<Figures, Failed> {
    let people: Arc<[Http]> = people.into();
    let step = move |at: u64| {
        let http = people[usize::try_from(at).unwrap_or(0) % people.len()].clone();
        async move {
            let answer = http.get(path).await?;
            if answer.status.is_success() {
                Ok(())
            } else {
                Err(Failed::Platform(format!("{path}: {}", answer.status)))
            }
        }
    };
    drive(name, (PEOPLE, length, server.pid()), step).await
}

/// Cases are accepted, each by the window of its authority, until there are no more.
async fn accept(server: &Server, ledger: &Ledger, length: Duration) -> Result<Figures, Failed> {
    let mut open: Vec<Acceptable> = Vec::new();
    for office in &ledger.offices {
        for officer in office.officers.iter().filter(|it| it.post == "accept") {
            let http = sign_in(server, &officer.login).await?;
            let list = http.get(&format!("/api/v1/worklist?stage=filed&limit={TO_ACCEPT}")).await?.json()?;
            for it in list["items"].as_array().into_iter().flatten() {
                let id = it["id"].as_str().unwrap_or_default();
                let case = http.get(&format!("/api/v1/cases/{id}")).await?.json()?;
                let missing = case["missing"].as_array().into_iter().flatten().map(|it| it[0].clone());
                let act =
                    json!({ "act": "accept", "version": case["version"], "obtained": missing.collect::<Vec<_>>() });
                open.push((http.clone(), format!("/api/v1/cases/{id}/acts"), act));
            }
        }
    }
    let open = Arc::new(Mutex::new(open));
    let step = move |_| {
        let next = open.lock().ok().and_then(|mut it| it.pop());
        async move {
            let Some((http, path, act)) = next else {
                tokio::time::sleep(length).await;
                return Err(Failed::Platform("no case is left to be accepted".to_owned()));
            };
            let answer = http.post(&path, &act).await?;
            if answer.status.is_success() {
                return Ok(());
            }
            Err(Failed::Platform(format!("{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body))))
        }
    };
    drive("受理", (PEOPLE, length.min(Duration::from_secs(2)), server.pid()), step).await
}
