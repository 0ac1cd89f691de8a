//! `yiwang bench-filled`: what people see of a site with many cases (`bench-fill`): officers with narrow rights at their lists, applicants at
//! theirs, and acts. The pages are opened by 16 people at once, as the goals say.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use super::{
    acts,
    fill::{APPLICANTS, Ledger, PASSWORD, applicant_login},
    load::{Figures, drive, resident_mb},
    page, rest, words,
};
use crate::{child::Server, cli::FilledArgs, http::Http, outcome::Failed, settings::Settings};

/// People at once.
pub(super) const PEOPLE: usize = 16;

/// Measures the site of these settings; it stays as it is but for cases that are filed, and cases that are moved on.
pub(crate) async fn run(settings: &Settings, args: &FilledArgs) -> Result<(), Failed> {
    let none = || Failed::input("这个目录里没有造好的网站。请先运行 yiwang bench-fill（同一个 --data、--database）。");
    let ledger = Ledger::read(settings)?.ok_or_else(none)?;
    let (mut figures, work) = acts::floors(settings, &ledger).await?;
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
    figures.extend([
        turns("工作台（只有一个单位、一个岗位的人员）", &server, (officers.clone(), "/desk"), length).await?,
        turns("工作台接口", &server, (officers, "/api/v1/worklist"), length).await?,
        turns("我的办件", &server, (applicants, "/cases"), length).await?,
        page("首页", &server, (Http::new(&server.base), vec!["/".to_owned()]), (PEOPLE, length)).await?,
    ]);
    let reads = resident_mb(server.pid());
    figures.extend(acts::over_http(&server, work).await?);
    println!("共 {} 件", ledger.cases);
    println!("内存：开始 {before:.0} MB，打开页面以后 {reads:.0} MB，测完 {:.0} MB", resident_mb(server.pid()));
    println!("{}", Figures::head());
    for it in &figures {
        println!("{it}");
    }
    Ok(())
}

pub(super) async fn sign_in(server: &Server, login: &str) -> Result<Http, Failed> {
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
