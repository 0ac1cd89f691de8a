//! `yiwang bench`: what the site does in a second, beside two floors measured in the same run: the same unit committed without
//! HTTP, and the same bytes from a bare route. Figures are kept, with machine and date, in `docs/benchmarks.md`.

mod acts;
pub(crate) mod fill;
pub(crate) mod filled;
mod load;
pub(crate) mod morning;

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, extract::Path, http::header, response::IntoResponse, routing::get};
use bytes::Bytes;
use cases::{Application, HowFiled};
use kernel::{Ctx, Id, Item};
use serde::Serialize;
use serde_json::{Value, json};
use storage::{Commit, Unit};

use self::load::{Figures, drive, processor_time, resident_mb};
use crate::{
    child::Server, cli::BenchArgs, commands::demo, demo::Content, http::Http, outcome::Failed, settings::Settings,
    site::Site,
};

/// Units prepared for the bare commit: more than a fast disk takes in the longest measure.
const UNITS: usize = 400_000;
/// Units prepared at once, so that memory stays bounded.
const PREPARED: usize = 20_000;

/// What a run gave.
#[derive(Serialize)]
struct Report {
    engine: &'static str,
    clients: usize,
    pause_after_commit_ms: u64,
    first_page_ms: f64,
    idle_mb: f64,
    figures: Vec<Figures>,
    ratios: Vec<(String, f64)>,
}

/// Who files what: an item's id, an answer that its form takes, and the applicant's login.
#[derive(Clone)]
struct Sample {
    item: Id<Item>,
    values: Value,
    login: String,
    applicant: String,
    on_behalf_of: Option<String>,
}

/// Measures on the engine that the settings name, in a folder (and an empty database) of its own.
pub(crate) async fn run(settings: &Settings, args: &BenchArgs) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let settings = Settings { data: folder.path().join("site"), pause_ms: args.pause_ms, ..settings.clone() };
    let content = Content::read()?;
    eprintln!("正在准备演示数据……");
    let (site, who) = demo::make(&settings, &content).await?;
    let samples = samples(&content, &who);
    let mut figures = vec![floor(&site, &content, &samples, &who, args).await?];
    let engine = match site.app.db.engine() {
        storage::Engine::Sqlite => "SQLite",
        storage::Engine::Postgres => "PostgreSQL",
    };
    site.app.db.close().await?;
    drop(site);
    let server = Server::start(&words(&settings, "serve"), "/").await?;
    let first_page_ms = server.first_page.as_secs_f64() * 1e3;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle_mb = resident_mb(server.pid());
    let ids = Arc::new(Mutex::new(Vec::new()));
    let people = sign_in(&server, &content, &samples).await?;
    figures.push(create(&server, &samples, &people, &ids, args).await?);
    let read = reads(&server, &content, &samples, &people, &ids).await?;
    rest(server.pid()).await;
    for (name, http, path) in read {
        figures.push(page(&name, &server, (http, path), spell(args)).await?);
    }
    figures.push(bare(&settings, (&server, &samples), args).await?);
    let ratios = ratios(&figures);
    let report = Report {
        engine,
        clients: args.clients,
        pause_after_commit_ms: args.pause_ms,
        first_page_ms,
        idle_mb,
        figures,
        ratios,
    };
    tell(&report, args.json);
    Ok(())
}

/// Waits until the server has done what follows from the filings by itself (its readers of the record), so that what is read next is
/// measured alone; a minute at most.
async fn rest(pid: u32) {
    const LOOK: Duration = Duration::from_millis(500);
    const LITTLE: Duration = Duration::from_millis(25);
    for _ in 0..120 {
        let before = processor_time(pid);
        tokio::time::sleep(LOOK).await;
        if processor_time(pid).saturating_sub(before) < LITTLE {
            break;
        }
    }
}

fn words(settings: &Settings, command: &str) -> Vec<String> {
    let mut words = vec![command.to_owned(), "--data".to_owned(), settings.data.display().to_string()];
    if let Some(url) = &settings.database {
        words.extend(["--database".to_owned(), url.clone()]);
    }
    words.extend(["--pause-after-commit-ms".to_owned(), settings.pause_ms.to_string()]);
    words
}

/// One application for each item of the demo that has a case in it.
fn samples(content: &Content, who: &crate::demo::Loaded) -> Vec<Sample> {
    let mut out: Vec<Sample> = Vec::new();
    for case in &content.cases {
        let (Some(item), Ok(person)) = (who.items.get(&case.item), content.person(&case.applicant)) else { continue };
        if out.iter().all(|it| it.item != *item) {
            out.push(Sample {
                item: *item,
                values: case.form.clone(),
                login: person.login.clone(),
                applicant: case.applicant.clone(),
                on_behalf_of: case.on_behalf_of.clone(),
            });
        }
    }
    out.retain(|it| it.on_behalf_of.is_none());
    out
}

/// The units that filing commits, made beforehand and committed without HTTP.
async fn floor(
    site: &Site,
    content: &Content,
    samples: &[Sample],
    who: &crate::demo::Loaded,
    args: &BenchArgs,
) -> Result<Figures, Failed> {
    let people = samples
        .iter()
        .map(|it| who.act_as(&site.app, content, &it.applicant, it.on_behalf_of.as_deref()))
        .collect::<Result<Vec<Ctx>, Failed>>()?;
    let wanted = UNITS.min(usize::try_from(args.seconds).unwrap_or(usize::MAX).saturating_mul(PREPARED));
    let mut units: Vec<Unit> = Vec::with_capacity(wanted);
    for at in 0..wanted {
        let sample = &samples[at % samples.len()];
        let application = Application {
            item: sample.item,
            holder: None,
            values: sample.values.clone(),
            how: HowFiled { incomplete: true, ..HowFiled::default() },
            key: format!("floor-{at}"),
        };
        units.push(cases::filing_unit(&people[at % people.len()], &site.app, &application).await?);
    }
    let units = Arc::new(Mutex::new(units));
    let db = site.app.db.clone();
    let step = move |_| {
        let (unit, db) = (units.lock().ok().and_then(|mut it| it.pop()), db.clone());
        async move {
            let unit = unit.ok_or_else(|| Failed::Platform("more units were committed than prepared".to_owned()))?;
            match db.commit(unit).await? {
                Commit::Done => Ok(()),
                Commit::Lost { guard } => Err(Failed::Platform(format!("a unit lost {guard}"))),
            }
        }
    };
    drive(
        "裸提交（同样的写入单元，不经 HTTP）",
        (args.clients, Duration::from_secs(args.seconds), std::process::id()),
        step,
    )
    .await
}

async fn sign_in(server: &Server, content: &Content, samples: &[Sample]) -> Result<Vec<Http>, Failed> {
    let mut out = Vec::new();
    for sample in samples {
        out.push(session(server, content, &sample.login).await?);
    }
    Ok(out)
}

async fn session(server: &Server, content: &Content, login: &str) -> Result<Http, Failed> {
    let person = content.people.iter().find(|it| it.login == login);
    let password = person.map_or("", |it| it.password.as_str());
    let http = Http::new(&server.base);
    let answer = http.post("/api/v1/sessions", &json!({ "login": login, "password": password })).await?;
    let token = answer.json()?["token"].as_str().unwrap_or_default().to_owned();
    if token.is_empty() {
        return Err(Failed::Platform(format!("{login} could not sign in: {}", answer.status)));
    }
    Ok(http.with_token(token))
}

async fn create(
    server: &Server,
    samples: &[Sample],
    people: &[Http],
    ids: &Arc<Mutex<Vec<String>>>,
    args: &BenchArgs,
) -> Result<Figures, Failed> {
    let all: Arc<[(Http, Sample)]> = people.iter().cloned().zip(samples.iter().cloned()).collect();
    let ids = Arc::clone(ids);
    let step = move |at: u64| {
        let (http, sample) = all[usize::try_from(at).unwrap_or(0) % all.len()].clone();
        let ids = Arc::clone(&ids);
        async move {
            let body = json!({ "item": sample.item, "values": sample.values, "incomplete": true, "idempotency_key": format!("bench-{at}") });
            let answer = http.post("/api/v1/cases", &body).await?;
            if !answer.status.is_success() {
                return Err(Failed::Platform(format!(
                    "filing: {} {}",
                    answer.status,
                    String::from_utf8_lossy(&answer.body)
                )));
            }
            if at.is_multiple_of(97) {
                let id = answer.json()?["id"].as_str().unwrap_or_default().to_owned();
                if let Ok(mut ids) = ids.lock() {
                    ids.push(format!("{} {id}", sample.login));
                }
            }
            Ok(())
        }
    };
    drive("提交申请（HTTP，落盘）", (args.clients, Duration::from_secs(args.seconds), server.pid()), step).await
}

fn guide_path(sample: &Sample) -> String {
    format!("/items/{}", sample.item)
}

/// The pages to read: name, who reads, which addresses in turn.
async fn reads(
    server: &Server,
    content: &Content,
    samples: &[Sample],
    people: &[Http],
    ids: &Arc<Mutex<Vec<String>>>,
) -> Result<Vec<(String, Http, Vec<String>)>, Failed> {
    let clerk = content.people.iter().find(|it| it.posts.iter().any(|post| post.post == "accept"));
    let clerk = session(server, content, clerk.map_or("", |it| it.login.as_str())).await?;
    let mine = ids.lock().map(|it| it.clone()).unwrap_or_default();
    let own: Vec<String> = mine
        .iter()
        .filter_map(|it| it.split_once(' ').filter(|it| it.0 == samples[0].login).map(|it| format!("/cases/{}", it.1)))
        .collect();
    Ok(vec![
        ("办件页".to_owned(), people[0].clone(), own),
        ("办事指南页（未登录）".to_owned(), Http::new(&server.base), samples.iter().map(guide_path).collect()),
        ("工作台列表".to_owned(), clerk, vec!["/desk".to_owned()]),
    ])
}

async fn page(
    name: &str,
    server: &Server,
    (http, paths): (Http, Vec<String>),
    (clients, length): (usize, Duration),
) -> Result<Figures, Failed> {
    if paths.is_empty() {
        return Err(Failed::Platform(format!("{name}: nothing to read")));
    }
    let paths: Arc<[String]> = paths.into();
    let step = move |at: u64| {
        let (http, paths) = (http.clone(), Arc::clone(&paths));
        async move {
            let path = &paths[usize::try_from(at).unwrap_or(0) % paths.len()];
            let answer = http.get(path).await?;
            if answer.status.is_success() {
                Ok(())
            } else {
                Err(Failed::Platform(format!("{path}: {}", answer.status)))
            }
        }
    };
    drive(name, (clients, length, server.pid()), step).await
}

/// How many clients, for how long.
fn spell(args: &BenchArgs) -> (usize, Duration) {
    (args.clients, Duration::from_secs(args.seconds))
}

/// The bytes of the same guides from a bare route, in a process of its own.
async fn bare(settings: &Settings, (site, samples): (&Server, &[Sample]), args: &BenchArgs) -> Result<Figures, Failed> {
    let reader = Http::new(&site.base);
    let folder = settings.data.join("bare");
    std::fs::create_dir(&folder)?;
    let words = vec!["bench-bare".to_owned(), folder.display().to_string()];
    let mut paths = Vec::with_capacity(samples.len());
    for sample in samples {
        let guide = reader.get(&guide_path(sample)).await?;
        std::fs::write(folder.join(sample.item.to_string()), &guide.body)?;
        paths.push(format!("/{}", sample.item));
    }
    let first = paths.first().cloned().unwrap_or_default();
    let server = Server::start(&words, &first).await?;
    page("裸路由（同样的字节）", &server, (Http::new(&server.base), paths), spell(args)).await
}

/// Serves the bytes of the files of a folder, each at its name, and nothing else: the floor under a page.
pub(crate) async fn serve_bare(folder: PathBuf, listen: SocketAddr) -> Result<(), Failed> {
    let mut pages = HashMap::new();
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        pages.insert(file.file_name().to_string_lossy().into_owned(), Bytes::from(std::fs::read(file.path())?));
    }
    let pages = Arc::new(pages);
    let router = Router::new().route(
        "/{page}",
        get(move |Path(page): Path<String>| {
            let bytes = pages.get(&page).cloned().unwrap_or_default();
            async move { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bytes).into_response() }
        }),
    );
    Ok(axum::serve(tokio::net::TcpListener::bind(listen).await?, router).await?)
}

fn ratios(figures: &[Figures]) -> Vec<(String, f64)> {
    let find = |words: &str| figures.iter().find(|it| it.name.starts_with(words));
    let mut out = Vec::new();
    if let (Some(floor), Some(filing)) = (find("裸提交"), find("提交申请")) {
        out.push(("提交申请 / 裸提交，速率（目标 ≥ 0.5）".to_owned(), filing.rate / floor.rate));
        out.push(("提交申请 / 裸提交，处理器（目标 ≤ 2.5）".to_owned(), filing.cpu_us / floor.cpu_us));
    }
    if let (Some(floor), Some(guide)) = (find("裸路由"), find("办事指南页")) {
        out.push(("办事指南页 / 裸路由，速率（目标 ≥ 0.7）".to_owned(), guide.rate / floor.rate));
    }
    out
}

fn tell(report: &Report, as_json: bool) {
    if as_json {
        println!("{}", serde_json::to_string(report).unwrap_or_default());
        return;
    }
    println!("{}，{} 个客户端，每次提交后停顿 {} ms", report.engine, report.clients, report.pause_after_commit_ms);
    println!("启动到首页 {:.0} ms，空闲内存 {:.0} MB", report.first_page_ms, report.idle_mb);
    println!("{}", Figures::head());
    for it in &report.figures {
        println!("{it}");
    }
    for (name, value) in &report.ratios {
        println!("{value:>12.2}  {name}");
    }
}
