//! How fast search is: a list of 95,009 items made of the real one, the index built in a folder, then questions of 16 people at once.
//!
//! `cargo run --release -p portal --example search_rate -- [SECONDS] [distinct]`. Without `distinct` the items of 96 places bear the
//! same names, as the departments of a province do; with it every item has a name of its own.

use std::{
    fmt::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use kernel::{Clock, SystemClock};
use portal::{Ask, SearchIndex};

const LIST: &str = include_str!("../../yiwang/demo/items-guanganqu.csv");
const DIVISIONS: &str = include_str!("../../yiwang/demo/divisions.csv");
const QUERIES: &str = include_str!("../tests/queries.tsv");
/// How many items there are.
const ITEMS: usize = 95_009;
/// How often each question is asked by itself.
const RUNS: usize = 7;
/// So many results are asked for; one more is another question, which was not asked before.
const LIMIT: usize = 20;
/// Kinds of one question for measuring.
const KINDS: usize = 70;
/// How many ask at once.
const USERS: usize = 16;
/// How long somebody reads an answer before asking again, where people pause: a tenth of what the quickest reader needs.
const PAUSE: Duration = Duration::from_millis(100);

static AREAS: [&webkit::Area; 3] = [&identity::AREA, &catalogue::AREA, &portal::AREA];

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().and_then(|it| it.parse().ok()).unwrap_or(5);
    let distinct = arguments.next().is_some_and(|it| it == "distinct");
    let own = |_: &storage::Db| catalogue::own();
    let site = testkit::sites_with(&AREAS, own, None).await.remove(0);
    let (ctx, db) = (site.app.system("bench"), &site.app.db);
    identity::import_divisions(&ctx, db, DIVISIONS.as_bytes()).await.expect("divisions");
    let start = Instant::now();
    catalogue::import_items(&ctx, db, list(distinct).as_bytes(), &|_, _| {}).await.expect("items");
    println!("imported in {:.1} s", start.elapsed().as_secs_f64());

    let folder = tempfile();
    let index = Arc::new(SearchIndex::new(Some(folder.clone())));
    let start = Instant::now();
    index.ready(db, SystemClock.now()).await.expect("the list is read");
    println!("read from the database in {:.2} s", start.elapsed().as_secs_f64());
    let (start, before) = (Instant::now(), worked());
    index.settled(db, SystemClock.now()).await.expect("the index is made");
    println!(
        "index made in {:.2} s with {:.2} s of processor time, whole: {}",
        start.elapsed().as_secs_f64(),
        worked() - before,
        index.is_whole()
    );
    println!("index on disk: {:.1} MB; resident: {} MB", size(&folder), resident());

    let questions: Arc<Vec<String>> = Arc::new(
        QUERIES
            .lines()
            .filter(|it| !it.starts_with('#'))
            .filter_map(|it| it.split('\t').next())
            .map(str::to_owned)
            .collect(),
    );
    alone(&index, db, &questions).await;
    let runs = [
        (1, Some(0), Duration::ZERO, "without a pause, not asked before"),
        (USERS, Some(1), PAUSE, "who read for 100 ms, not asked before"),
        (USERS, Some(2), Duration::ZERO, "without a pause, not asked before"),
        (USERS, None, Duration::ZERO, "without a pause, asked before"),
    ];
    for (users, new, pause, what) in runs {
        let times = asked(&index, db, &questions, (users, new, pause), Duration::from_secs(seconds)).await;
        report(&format!("{users} users {what}"), times);
    }
    std::fs::remove_dir_all(folder).expect("the folder is removed");
}

/// The real list over and over, each time at another place.
fn list(distinct: bool) -> String {
    let mut rows = csv_rows(LIST);
    let head = rows.remove(0);
    let places: Vec<&str> =
        DIVISIONS.lines().skip(1).filter(|it| it.contains(",5,")).filter_map(|it| it.split(',').next()).collect();
    let mut out = format!("{head}\n");
    for at in 0..ITEMS {
        let (row, round) = (&rows[at % rows.len()], at / rows.len());
        let mut fields: Vec<String> = row.split('\u{1}').map(str::to_owned).collect();
        if distinct {
            fields[2] = format!("{}（第{}类）", fields[2], at + 1);
        }
        fields[5] = places[round % places.len()].to_owned();
        fields[6] = format!("B{at}");
        let fields: Vec<String> = fields.iter().map(|it| format!("\"{}\"", it.replace('"', "\"\""))).collect();
        let _ = writeln!(out, "{}", fields.join(","));
    }
    out
}

/// Rows of a list, the head as it is, fields of the others apart by U+0001.
fn csv_rows(text: &str) -> Vec<String> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let head = lines.next().unwrap_or_default().to_owned();
    let fields = |line: &str| {
        let (mut out, mut quoted) = (String::new(), false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => out.push('\u{1}'),
                _ => out.push(c),
            }
        }
        out
    };
    std::iter::once(head).chain(lines.filter(|it| !it.is_empty()).map(fields)).collect()
}

/// What each question costs by itself, the best of some runs: what a busy machine adds is left out.
async fn alone(index: &SearchIndex, db: &storage::Db, questions: &[String]) {
    let mut times = Vec::new();
    for text in questions {
        let mut best = Duration::MAX;
        for run in 0..RUNS {
            let ask = Ask { text: text.clone(), limit: LIMIT + run, ..Ask::default() };
            let begin = Instant::now();
            index.search(db, SystemClock.now(), &ask).await.expect("an answer");
            best = best.min(begin.elapsed());
        }
        times.push((best, text));
    }
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].0.as_secs_f64() * 1_000.0;
    let worst: Vec<_> = times.iter().rev().take(3).map(|it| it.1.as_str()).collect();
    println!(
        "each question alone: p50 {:.2} ms, p99 {:.2} ms, longest {:.2} ms ({})",
        at(50),
        at(99),
        at(100),
        worst.join("、")
    );
}

async fn asked(
    index: &Arc<SearchIndex>,
    db: &storage::Db,
    questions: &Arc<Vec<String>>,
    (users, new, pause): (usize, Option<usize>, Duration),
    long: Duration,
) -> (f64, Vec<Duration>) {
    let all: Arc<Mutex<Vec<Duration>>> = Arc::default();
    // Kinds that neither `alone` nor a run before this one asked for.
    let from = new.map(|run| LIMIT + RUNS + run * KINDS);
    let (next, started) = (Arc::new(AtomicUsize::new(0)), Instant::now());
    let mut people = tokio::task::JoinSet::new();
    for user in 0..users {
        let (index, db, questions, all) = (Arc::clone(index), db.clone(), Arc::clone(questions), Arc::clone(&all));
        let next = Arc::clone(&next);
        people.spawn(async move {
            let mut times = Vec::new();
            // People do not come all at one instant.
            tokio::time::sleep(pause * u32::try_from(user).expect("a few") / u32::try_from(users).expect("a few"))
                .await;
            while started.elapsed() < long {
                // Whoever asks waits from here on, also for the others to be served.
                let begin = Instant::now();
                tokio::task::yield_now().await;
                let at = next.fetch_add(1, Ordering::Relaxed);
                let (text, kind) = (&questions[at % questions.len()], at / questions.len());
                if from.is_some() && kind >= KINDS {
                    break;
                }
                let limit = from.map_or(LIMIT, |it| it + kind);
                let ask = Ask { text: text.clone(), limit, ..Ask::default() };
                index.search(&db, SystemClock.now(), &ask).await.expect("an answer");
                times.push(begin.elapsed());
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
            }
            all.lock().expect("times").extend(times);
        });
    }
    people.join_all().await;
    (started.elapsed().as_secs_f64(), std::mem::take(&mut *all.lock().expect("times")))
}

fn report(what: &str, (seconds, mut times): (f64, Vec<Duration>)) {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 1_000].as_secs_f64() * 1_000.0;
    let rate = times.len() as f64 / seconds;
    println!("{what}: {rate:.0}/s, p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms", at(500), at(990), at(999));
}

fn tempfile() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("yiwang-search-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn size(folder: &std::path::Path) -> f64 {
    let entries = std::fs::read_dir(folder.join("search")).expect("the index");
    let bytes: u64 = entries.filter_map(|it| it.ok()?.metadata().ok()).map(|it| it.len()).sum();
    bytes as f64 / 1e6
}

/// Processor time of this process, in seconds: what a busy machine takes for others is left out. The kernel counts hundredths.
fn worked() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|it| it.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Resident memory of this process, in MB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|it| it.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) / 1_000
}
