//! `yiwang bench-fill`: a demo site with as many cases as a city or a province has, of believable shape. Each lives through the services that
//! people use, on its own past days, so that the record holds. It may be stopped at any time and goes on where it was.

use std::{path::PathBuf, sync::Arc, time::Instant};

use async_trait::async_trait;
use cases::{ActInput, Application, HowFiled};
use catalogue::ItemDocument;
use identity::{NewAccount, NewPerson, NewPost};
use journal::{
    Record,
    feed::{Reader, Start},
};
use kernel::{
    Actor, Authority, Channel, Ctx, Error, Grant, Id, Item, Moment, Person, PostRow, Random, SystemRandom, Who,
};
use serde::{Deserialize, Serialize};
use standards::{CitizenNumber, MaterialNecessity, PaperKind};
use storage::Unit;
use webkit::App;

use crate::{
    commands::demo,
    demo::{Content, bar},
    outcome::Failed,
    settings::Settings,
    site::{AREAS, Folder, Site},
};

/// Lives that go on at once.
const TASKS: usize = 48;
/// After so many cases the ledger is written; at most these are looked at once more after a stop.
const CHUNK: u64 = 2_000;
/// Cases of one applicant, on average.
const CASES_EACH: u64 = 5;
/// Over so many days closed cases are spread; numbers of one item and day go to 9,999.
const DAYS: i64 = 600;
/// Entries of the record that are passed over at once.
const PASSED: usize = 2_000;
/// Officers have had their posts since so many days before the first case.
const DAYS_BEFORE: i64 = 30;
/// Numbers of people from which on they are officers.
const OFFICERS_FROM: u64 = 10_000_000;
/// Beside the site: how far it is.
const LEDGER: &str = "filled.json";
const DAY_S: i64 = 86_400;
/// So many applicants have an account, to look at their cases.
pub(crate) const APPLICANTS: u64 = 200;
/// The four posts of an authority, each in other hands.
pub(crate) const POSTS: [&str; 4] = ["accept", "review", "decide", "issue"];
/// Everybody's password, the applicants' too.
pub(crate) const PASSWORD: &str = "yiwang-demo-1";

/// Somebody with one post at one authority.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Officer {
    pub(crate) login: String,
    pub(crate) post: String,
    person: Id<Person>,
    row: Id<PostRow>,
}

/// An authority with its items and its officers, in the order of [`POSTS`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Office {
    pub(crate) authority: Id<Authority>,
    /// Items by the name of their file.
    pub(crate) items: Vec<(String, Id<Item>)>,
    pub(crate) officers: Vec<Officer>,
}

/// How far it is.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ledger {
    pub(crate) offices: Vec<Office>,
    /// Cases that are there, whole.
    pub(crate) cases: u64,
    /// People of the morning that have an account (`bench-morning`).
    #[serde(default)]
    pub(crate) awake: u64,
}

impl Ledger {
    fn path(settings: &Settings) -> PathBuf {
        settings.data.join(LEDGER)
    }

    /// What was written last; none: the folder holds no such site.
    pub(crate) fn read(settings: &Settings) -> Result<Option<Self>, Failed> {
        match std::fs::read(Self::path(settings)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).map_err(|error| Failed::Platform(error.to_string()))?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn write(&self, settings: &Settings) -> Result<(), Failed> {
        let (path, text) = (Self::path(settings), serde_json::to_vec(self));
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, text.map_err(|error| Failed::Platform(error.to_string()))?)?;
        Ok(std::fs::rename(fresh, path)?)
    }
}

/// Fills the site of these settings up to so many cases.
pub(crate) async fn run(settings: &Settings, wanted: u64) -> Result<(), Failed> {
    let content = Content::read()?;
    let (site, mut ledger) = match Ledger::read(settings)? {
        Some(ledger) => (Site::open(settings).await?, ledger),
        None if Folder::at(settings).about().exists() => {
            return Err(Failed::input("这个目录里已有别的网站，没有改动。请换一个空目录（--data）。"));
        }
        None => {
            let (site, who) = demo::make(settings, &content).await?;
            let offices = offices(&site, &content, &who).await?;
            applicants(&site.app).await?;
            let ledger = Ledger { offices, ..Ledger::default() };
            ledger.write(settings)?;
            (site, ledger)
        }
    };
    let documents: Vec<(String, ItemDocument)> = content.items.into_iter().map(|it| (it.slug, it.document)).collect();
    let filling = Arc::new(Filling { app: site.app.clone(), offices: ledger.offices.clone(), documents });
    let steps = bar("办件", usize::try_from(wanted).unwrap_or(usize::MAX));
    steps.set_position(ledger.cases);
    let (begun, from) = (Instant::now(), ledger.cases);
    while ledger.cases < wanted {
        let until = (ledger.cases + CHUNK).min(wanted);
        chunk(&filling, ledger.cases..until).await?;
        settle(&site.app).await?;
        ledger.cases = until;
        ledger.write(settings)?;
        steps.set_position(until);
    }
    steps.finish_and_clear();
    #[expect(clippy::cast_precision_loss, reason = "counts of cases are far below 2^52")]
    let rate = (ledger.cases - from) as f64 / begun.elapsed().as_secs_f64().max(0.001);
    println!("共 {} 件，本次每秒 {rate:.0} 件", ledger.cases);
    Ok(site.app.db.close().await?)
}

/// Brings the site to rest: numbers the record, and lets every reader pass over it. Papers and notices of
/// these cases are not made: a million of them would take hours, and no list reads them.
pub(super) async fn settle(app: &App) -> Result<(), Failed> {
    let ctx = app.system("bench");
    let sequencer = journal::Sequencer { holder: "bench".to_owned() };
    while sequencer.run(&app.db, &app.system("bench")).await?.is_some_and(|it| it > 0) {}
    for reader in AREAS.iter().flat_map(|it| (it.readers)(app)) {
        let passing = Passing(reader);
        let begun = journal::feed::advance(&app.db, &ctx, &passing).await?;
        let mut taken = if begun == 0 { PASSED } else { begun };
        while taken > 0 {
            taken = journal::feed::advance(&app.db, &ctx, &passing).await?;
        }
    }
    Ok(())
}

/// Stands for a reader and passes over all it is offered.
struct Passing(Arc<dyn Reader>);

#[async_trait]
impl Reader for Passing {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn start(&self) -> Start {
        self.0.start()
    }
    fn batch(&self) -> usize {
        PASSED
    }
    async fn take(&self, _: &Ctx, _: &mut Unit, _: &[Record]) -> kernel::Result<()> {
        Ok(())
    }
}

/// The demo's items for natural persons that ask for no signature, owe nothing and are examined by nobody else first, by their authority, each with officers of one post.
async fn offices(site: &Site, content: &Content, who: &crate::demo::Loaded) -> Result<Vec<Office>, Failed> {
    let (app, mut out) = (&site.app, Vec::<Office>::new());
    let ctx = app.system("bench");
    for it in &content.items {
        let (Some(item), Some(authority)) = (who.items.get(&it.slug), who.authorities.get(&it.authority)) else {
            continue;
        };
        if !fits(&it.document) {
            continue;
        }
        if let Some(office) = out.iter_mut().find(|office| office.authority == *authority) {
            office.items.push((it.slug.clone(), *item));
            continue;
        }
        let mut officers = Vec::new();
        for post in POSTS {
            let number = OFFICERS_FROM + u64::try_from(out.len() * POSTS.len() + officers.len()).unwrap_or(0);
            let person = somebody(&ctx, app, (number, "经办人员")).await?;
            let login = format!("bench-{}-{post}", out.len());
            let account =
                NewAccount { login: login.clone(), password: PASSWORD.to_owned(), demo: Some(post.to_owned()) };
            identity::create_account(&ctx, app, person, &account).await?;
            let first = app.clock.now().plus_seconds(-(DAYS + DAYS_BEFORE) * DAY_S).legal_date();
            let new = NewPost { starts: Some(first), ..NewPost::from_today(person, post, Some(*authority)) };
            let row = identity::grant_post(&ctx, app, &new).await?;
            officers.push(Officer { login, post: post.to_owned(), person, row });
        }
        out.push(Office { authority: *authority, items: vec![(it.slug.clone(), *item)], officers });
    }
    Ok(out)
}

/// The first applicants, with their accounts.
async fn applicants(app: &App) -> Result<(), Failed> {
    let ctx = app.system("bench");
    for n in 0..APPLICANTS {
        let person = somebody(&ctx, app, (n, "申请人员")).await?;
        let (login, demo) = (applicant_login(n), Some("申请人".to_owned()));
        let account = NewAccount { login, password: PASSWORD.to_owned(), demo };
        identity::create_account(&ctx, app, person, &account).await?;
    }
    Ok(())
}

fn fits(document: &ItemDocument) -> bool {
    let signed = |it: &catalogue::model::ApplicationForm| it.schema.to_string().contains(r#""format":"signature""#);
    document.serves_persons()
        && document.preliminary.is_none()
        && document.sample.is_some()
        && !document.form.as_ref().is_none_or(signed)
        && document.materials.iter().all(|it| it.max_days_owed.is_none())
}

/// The citizen number of the nth person: five hundred a day from 1930 on.
fn number(n: u64) -> Result<String, Failed> {
    let days = i64::try_from(n / 500).unwrap_or(i64::MAX);
    let born = time::macros::date!(1930 - 01 - 01).checked_add(time::Duration::days(days));
    let born = born.ok_or_else(|| Failed::Platform("too many people".to_owned()))?;
    let stem = format!("341602{:04}{:02}{:02}{:03}", born.year(), u8::from(born.month()), born.day(), n % 500 + 500);
    let check = standards::iso7064::mod_11_2(&stem).ok_or_else(|| Failed::Platform(stem.clone()))?;
    Ok(format!("{stem}{check}"))
}

/// The nth person of this name: made, or found if it was made before.
pub(crate) async fn somebody(ctx: &Ctx, app: &App, (n, name): (u64, &str)) -> Result<Id<Person>, Failed> {
    let number = number(n)?;
    let parsed = CitizenNumber::parse(&number).map_err(|error| Failed::Platform(error.to_string()))?;
    if let Some(id) = identity::find_person_by_citizen_number(app, &parsed).await? {
        return Ok(id);
    }
    let new = NewPerson {
        paper: PaperKind::Citizen,
        name: name.to_owned(),
        citizen_number: number,
        mobile: format!("17{:09}", n % 1_000_000_000),
        address: format!("安徽省亳州市谯城区演示路 {n} 号"),
        level: 2,
    };
    match identity::create_person(ctx, app, &new).await {
        Ok(id) => Ok(id),
        // Another life of the same person made it just now.
        Err(error) => identity::find_person_by_citizen_number(app, &parsed).await?.ok_or_else(|| error.into()),
    }
}

/// What the nth applicant types to sign in.
pub(crate) fn applicant_login(n: u64) -> String {
    format!("bench-applicant-{n}")
}

/// What all lives need.
struct Filling {
    app: App,
    offices: Vec<Office>,
    documents: Vec<(String, ItemDocument)>,
}

async fn chunk(filling: &Arc<Filling>, cases: std::ops::Range<u64>) -> Result<(), Failed> {
    let next = Arc::new(std::sync::atomic::AtomicU64::new(cases.start));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..TASKS {
        let (filling, next, end) = (Arc::clone(filling), Arc::clone(&next), cases.end);
        tasks.spawn(async move {
            loop {
                let n = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if n >= end {
                    return Ok::<(), Failed>(());
                }
                filling.live(n).await?;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.map_err(|error| Failed::Platform(error.to_string()))??;
    }
    Ok(())
}

/// How far a case has come, of a hundred: most are closed, some wait at each post, some ended otherwise. Days ago it was filed, and what was
/// done.
fn life(n: u64) -> (i64, Vec<(&'static str, usize)>) {
    let spread = i64::try_from(n.wrapping_mul(7_919) % DAYS.unsigned_abs()).unwrap_or(0);
    let lately = i64::try_from(n % 3).unwrap_or(0);
    let (accept, review) = (("accept", 0), [("start_review", 1), ("recommend", 1)]);
    let until = |acts: usize| {
        let whole = [accept, review[0], review[1], ("approve", 2), ("issue", 3), ("deliver", 3)];
        whole[..acts].to_vec()
    };
    match n % 100 {
        0..=2 => (lately, Vec::new()),
        3 | 4 => (lately, vec![("receive", 0)]),
        5..=8 => (lately + 2, until(1)),
        9..=12 => (lately + 2, until(2)),
        13..=15 => (lately + 3, until(3)),
        16 | 17 => (lately + 3, until(4)),
        18 | 19 => (lately + 4, until(5)),
        20..=24 => (lately + 1, vec![("ask_correction", 0)]),
        25..=29 => (spread + 10, vec![accept, ("withdraw", usize::MAX)]),
        30..=36 => (spread + 10, [vec![accept], review.to_vec(), vec![("refuse", 2)]].concat()),
        37..=39 => (spread + 10, vec![("not_accept", 0)]),
        _ => (spread + 10, until(6)),
    }
}

impl Filling {
    /// One case from its filing to where it stands. Done again, it gives the same case, and what was done is refused and passed over.
    async fn live(&self, n: u64) -> Result<(), Failed> {
        let office = &self.offices[usize::try_from(n).unwrap_or(0) % self.offices.len()];
        let (slug, item) = &office.items[usize::try_from(n / 97).unwrap_or(0) % office.items.len()];
        let missing = || Failed::Platform(format!("the demo has no item {slug}"));
        let document = &self.documents.iter().find(|it| it.0 == *slug).ok_or_else(missing)?.1;
        let (days_ago, acts) = life(n);
        let now = self.app.clock.now();
        let filed_at = now.plus_seconds(-days_ago * DAY_S - i64::try_from(n % 20_000).unwrap_or(0));
        let system = Ctx::new(Actor::system("bench"), filed_at, random());
        let applicant = somebody(&system, &self.app, (n / CASES_EACH, "申请人员")).await?;
        let own = applicant_actor(applicant);
        let application = application(*item, document, format!("fill-{n}"));
        let filed = cases::file(&at(&own, filed_at), &self.app, &application).await?;
        let (mut version, again) = (filed.version, filed.version > 1);
        let count = i64::try_from(acts.len()).unwrap_or(1);
        for (index, (act, hand)) in acts.iter().enumerate() {
            // Each in its time, the last before now.
            let step = (now.micros() - filed_at.micros()) / 1_000_000 / (count + 1);
            let step = step.min(DAY_S) * i64::try_from(index + 1).unwrap_or(1);
            let when = filed_at.plus_seconds(step);
            let ctx = match office.officers.get(*hand) {
                Some(officer) => at(&office.actor(officer), when),
                None => at(&own, when),
            };
            match cases::act(&ctx, &self.app, filed.id, version, &input(act, document)).await {
                Ok(acted) => version = acted.version,
                Err(Error::Stale { .. }) => version += 1,
                // Done before the last stop.
                Err(Error::Refused { .. }) if again => {}
                Err(error) => return Err(Failed::Platform(format!("case {n}, {act} of {slug}: {error:?}"))),
            }
        }
        Ok(cases::wake(&at(&Actor::system("bench"), now), &self.app, filed.id).await?)
    }
}

/// An applicant, who acts in the own name.
pub(crate) fn applicant_actor(person: Id<Person>) -> Actor {
    Actor { who: Who::Person(person), name: "申请人员".to_owned(), ..Actor::anonymous(Channel::Web) }
}

/// The item's own example, as one files it.
pub(crate) fn application(item: Id<Item>, document: &ItemDocument, key: String) -> Application {
    Application {
        item,
        holder: None,
        values: document.sample.as_ref().map(|it| it.form.clone()).unwrap_or_default(),
        how: HowFiled { incomplete: true, ..HowFiled::default() },
        key,
    }
}

fn random() -> Arc<dyn Random> {
    Arc::new(SystemRandom)
}

pub(crate) fn at(actor: &Actor, when: Moment) -> Ctx {
    Ctx::new(actor.clone(), when, random())
}

impl Office {
    /// An officer with the rights of the post.
    pub(crate) fn actor(&self, officer: &Officer) -> Actor {
        let post = AREAS.iter().flat_map(|it| it.posts).find(|it| it.code == officer.post);
        let permissions = post.map_or(&[][..], |it| it.permissions);
        let grants = permissions.iter().map(|it| Grant::of(*it, Some(self.authority), officer.row)).collect();
        let who = Who::Person(officer.person);
        Actor { who, name: "经办人员".to_owned(), grants, ..Actor::anonymous(Channel::Web) }
    }
}

pub(crate) fn input(act: &str, document: &ItemDocument) -> ActInput {
    let plain = ActInput { act: act.to_owned(), ..ActInput::default() };
    let needed = || {
        let all =
            document.materials.iter().filter(|it| it.need != MaterialNecessity::Optional && it.key != "application");
        all.map(|it| it.key.clone()).collect()
    };
    let said = |words: &str| words.to_owned();
    match act {
        "accept" => ActInput { obtained: needed(), ..plain },
        "ask_correction" => {
            let about = document.materials.iter().find(|it| it.key != "application").map(|it| it.key.clone());
            let fault = cases::FaultInput { about: about.unwrap_or_default(), what: said("请补交清楚的材料") };
            ActInput { faults: vec![fault], ..plain }
        }
        "recommend" => ActInput { favour: true, opinion: said("材料齐全，符合条件。"), ..plain },
        "approve" => ActInput { opinion: said("同意。"), ..plain },
        "refuse" | "not_accept" => {
            ActInput { reasons: said("不符合规定的条件。"), office: said("其他有权机关"), ..plain }
        }
        "withdraw" => ActInput { reason: said("不办了"), ..plain },
        "deliver" => ActInput { way: said("window"), proof: said("本人签收"), ..plain },
        _ => plain,
    }
}
