//! What filings and acts cost on a site with many cases: the same units committed bare, and then over HTTP.

use std::sync::Arc;

use cases::{ActInput, CaseFilter};
use catalogue::ItemDocument;
use kernel::{Actor, PageAsk};
use serde_json::{Value, json};
use storage::{Commit, Db, Unit};

use super::{
    fill::{Ledger, Office, applicant_actor, applicant_login, application, at, input, settle, somebody},
    filled::{PEOPLE, sign_in},
    load::{Figures, drain},
};
use crate::{child::Server, demo::Content, http::Http, outcome::Failed, settings::Settings, site::Site};

/// Acts, each with the stage of the cases that it moves on and the place of its post in [`super::fill::POSTS`].
const ACTS: [(&str, &str, usize); 6] = [
    ("accept", "filed", 0),
    ("start_review", "accepted", 1),
    ("recommend", "under_review", 1),
    ("approve", "for_decision", 2),
    ("issue", "approved", 3),
    ("deliver", "issued", 3),
];
/// So many of each are done bare, and as many over HTTP.
const EACH: usize = 1_500;
/// Applicants who file in turn.
const FILERS: u64 = 100;
const PAGE: u16 = 100;

/// What is left to be done over HTTP: under which name, and each with who does it, where, and what is sent.
pub(super) type Work = Vec<(String, Vec<(String, String, Value)>)>;

/// A case that an act moves on.
struct Job {
    actor: Actor,
    login: String,
    id: String,
    version: i64,
    input: ActInput,
}

/// The bare units of filings and of each act; and what is to be done over HTTP.
pub(super) async fn floors(settings: &Settings, ledger: &Ledger) -> Result<(Vec<Figures>, Work), Failed> {
    let site = Site::open(settings).await?;
    let documents: Vec<(String, ItemDocument)> =
        Content::read()?.items.into_iter().map(|it| (it.slug, it.document)).collect();
    let (mut figures, mut work) = (Vec::new(), Vec::new());
    let (units, rest) = filings(&site, ledger, &documents).await?;
    figures.push(bare("提交申请", units, &site.app.db).await?);
    work.push(("提交申请".to_owned(), rest));
    for (act, stage, hand) in ACTS {
        let mut jobs = jobs(&site, ledger, &documents, (act, stage, hand)).await?;
        let rest = jobs.split_off(jobs.len() / 2);
        let mut units = Vec::new();
        for job in &jobs {
            let ctx = at(&job.actor, site.app.clock.now());
            let id = job.id.parse().map_err(|_| Failed::Platform(format!("no id: {}", job.id)))?;
            units.push(cases::act_unit(&ctx, &site.app, id, &job.input).await?);
        }
        figures.push(bare(act, units, &site.app.db).await?);
        let mut asks = Vec::new();
        for job in rest {
            let mut body = serde_json::to_value(&job.input).map_err(|error| Failed::Platform(error.to_string()))?;
            body["version"] = json!(job.version);
            asks.push((job.login, format!("/api/v1/cases/{}/acts", job.id), body));
        }
        work.push((act.to_owned(), asks));
    }
    // What would follow from these units is not what is measured next.
    settle(&site.app).await?;
    site.app.db.close().await?;
    Ok((figures, work))
}

async fn bare(name: &str, units: Vec<Unit>, db: &Db) -> Result<Figures, Failed> {
    let db = db.clone();
    let step = move |unit| {
        let db = db.clone();
        async move {
            match db.commit(unit).await? {
                Commit::Done => Ok(()),
                Commit::Lost { guard } => Err(Failed::Platform(format!("a unit lost {guard}"))),
            }
        }
    };
    drain(&format!("{name}：裸提交"), (PEOPLE, std::process::id()), units, step).await
}

async fn filings(
    site: &Site,
    ledger: &Ledger,
    documents: &[(String, ItemDocument)],
) -> Result<(Vec<Unit>, Vec<(String, String, Value)>), Failed> {
    let (mut units, mut asks) = (Vec::new(), Vec::new());
    let system = site.app.system("bench");
    // Keys of an earlier run would give its cases.
    let run = site.app.clock.now().micros();
    for n in 0..EACH * 2 {
        let office = &ledger.offices[n % ledger.offices.len()];
        let (slug, item) = &office.items[n % office.items.len()];
        let filer = u64::try_from(n).unwrap_or(0) % FILERS;
        let application = application(*item, document(documents, slug)?, format!("filled-{run}-{n}"));
        if n % 2 == 0 {
            let person = somebody(&system, &site.app, (filer, "申请人员")).await?;
            let ctx = at(&applicant_actor(person), site.app.clock.now());
            units.push(cases::filing_unit(&ctx, &site.app, &application).await?);
        } else {
            let body = json!({ "item": application.item, "values": application.values, "incomplete": true,
                "idempotency_key": application.key });
            asks.push((applicant_login(filer), "/api/v1/cases".to_owned(), body));
        }
    }
    Ok((units, asks))
}

fn document<'a>(documents: &'a [(String, ItemDocument)], slug: &str) -> Result<&'a ItemDocument, Failed> {
    let found = documents.iter().find(|it| it.0 == slug);
    found.map(|it| &it.1).ok_or_else(|| Failed::Platform(format!("the demo has no item {slug}")))
}

/// Cases in a stage, of all offices, as many as are wanted or there are.
async fn jobs(
    site: &Site,
    ledger: &Ledger,
    documents: &[(String, ItemDocument)],
    (act, stage, hand): (&str, &str, usize),
) -> Result<Vec<Job>, Failed> {
    let mut jobs = Vec::new();
    let share = (EACH * 2).div_ceil(ledger.offices.len());
    for office in &ledger.offices {
        let (officer, wanted) = (&office.officers[hand], jobs.len() + share);
        let actor = office.actor(officer);
        let ctx = at(&actor, site.app.clock.now());
        let filter = CaseFilter { stage: stage.to_owned(), ..CaseFilter::default() };
        let mut after = String::new();
        while jobs.len() < wanted {
            let page = PageAsk::from_query(Some(&after), Some(PAGE))?;
            let found = cases::worklist(&ctx, &site.app, &filter, &page).await?;
            for case in found.items {
                // The demo's own cases may be of other items.
                let Some(slug) = slug(office, &case.item) else { continue };
                let input = input(act, document(documents, slug)?);
                let (actor, login) = (actor.clone(), officer.login.clone());
                jobs.push(Job { actor, login, id: case.id, version: case.version, input });
            }
            match found.next {
                Some(next) => after = next,
                None => break,
            }
        }
        jobs.truncate(wanted);
    }
    Ok(jobs)
}

fn slug<'a>(office: &'a Office, item: &str) -> Option<&'a str> {
    office.items.iter().find(|it| it.1.to_string() == item).map(|it| it.0.as_str())
}

/// The rest of the work, over HTTP.
pub(super) async fn over_http(server: &Server, work: Work) -> Result<Vec<Figures>, Failed> {
    let mut people = std::collections::HashMap::<String, Http>::new();
    let mut figures = Vec::new();
    for (name, asks) in work {
        for (login, _, _) in &asks {
            if !people.contains_key(login) {
                people.insert(login.clone(), sign_in(server, login).await?);
            }
        }
        let known = Arc::new(people.clone());
        let step = move |(login, path, body): (String, String, Value)| {
            let http = known.get(&login).cloned();
            async move {
                let http = http.ok_or_else(|| Failed::Platform(format!("{login} is not signed in")))?;
                let answer = http.post(&path, &body).await?;
                if answer.status.is_success() {
                    return Ok(());
                }
                Err(Failed::Platform(format!("{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body))))
            }
        };
        figures.push(drain(&format!("{name}：HTTP"), (PEOPLE, server.pid()), asks, step).await?);
    }
    Ok(figures)
}
