//! How many durable units a second an engine carries out for 64 tasks: three inserts, as when a case is filed.
//!
//! `cargo run --release -p storage --example rate [postgres://…]`; on PostgreSQL the tables are made in that database.
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use kernel::{Actor, Ctx, Moment, SystemRandom};
use storage::{Commit, Db, MIGRATIONS, Migration, Settings, Unit, args};

const TASKS: usize = 64;
const SECONDS: u64 = 5;

const TABLES: &[Migration] = &[Migration {
    area: "rate",
    number: 1,
    sql: "CREATE TABLE rate_cases (id TEXT NOT NULL PRIMARY KEY, authority BIGINT NOT NULL, state TEXT NOT NULL,
              filed_at BIGINT NOT NULL, words TEXT NOT NULL);
          CREATE INDEX rate_cases_list ON rate_cases (authority, filed_at, id);
          CREATE TABLE rate_events (subject TEXT NOT NULL, version BIGINT NOT NULL, body TEXT NOT NULL,
              hash BYTEA NOT NULL, PRIMARY KEY (subject, version));
          CREATE TABLE rate_outbox (id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL);",
}];

storage::sql! {
    CASE = "INSERT INTO rate_cases (id, authority, state, filed_at, words) VALUES ($1, $2, $3, $4, $5)";
    EVENT = "INSERT INTO rate_events (subject, version, body, hash) VALUES ($1, $2, $3, $4)";
    OUTBOX = "INSERT INTO rate_outbox (id, body) VALUES ($1, $2)";
    READ = "SELECT id, authority, state, filed_at, words FROM rate_cases WHERE id = $1";
}

#[tokio::main]
async fn main() -> kernel::Result<()> {
    let folder = std::env::temp_dir().join(format!("yiwang-rate-{}", std::process::id()));
    let url = std::env::args().nth(1);
    for pause in [Duration::ZERO, Duration::from_millis(1)] {
        measure(&folder, url.clone(), pause).await?;
        if url.is_none() {
            std::fs::remove_dir_all(&folder).map_err(kernel::Error::internal)?;
        }
    }
    Ok(())
}

async fn measure(folder: &Path, url: Option<String>, pause_after_commit: Duration) -> kernel::Result<()> {
    let settings = match url {
        Some(url) => Settings { pause_after_commit, ..Settings::postgres(url, folder) },
        None => Settings { pause_after_commit, ..Settings::sqlite(folder) },
    };
    let db = Db::open(&settings).await?;
    db.migrate(&[MIGRATIONS, TABLES].concat()).await?;
    for sql in ALL {
        db.prepare(*sql).await?;
    }
    let (mut took, last) = writes(&db).await?;
    took.sort();
    let part = |share: f64| took.get((took.len() as f64 * share) as usize).copied().unwrap_or_default();
    println!(
        "{:?}, pause {pause_after_commit:?}: {} units/s, p50 {:.1?}, p99 {:.1?}, longest {:.1?}",
        db.engine(),
        took.len() as u64 / SECONDS,
        part(0.5),
        part(0.99),
        took.last().copied().unwrap_or_default()
    );
    let start = Instant::now();
    let reads = 50_000_u32;
    for _ in 0..reads {
        let _ = db.find(READ, args![last.as_str()]).await?;
    }
    println!("  a read by key: {:.1?}; {:?}", start.elapsed() / reads, db.stats());
    db.close().await
}

/// How long each unit took, and the id of some case.
async fn writes(db: &Db) -> kernel::Result<(Vec<Duration>, String)> {
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..TASKS {
        let db = db.clone();
        tasks.spawn(async move {
            let mut took = Vec::new();
            let mut last = String::new();
            while start.elapsed() < Duration::from_secs(SECONDS) {
                let begun = Instant::now();
                let (unit, id) = filing(number as i64, took.len() as i64);
                if db.commit(unit).await? != Commit::Done {
                    return Err(kernel::Error::internal("a guard was lost"));
                }
                took.push(begun.elapsed());
                last = id;
            }
            Ok((took, last))
        });
    }
    let mut all = Vec::new();
    let mut some = String::new();
    while let Some(done) = tasks.join_next().await {
        let (took, last) = done.map_err(kernel::Error::internal)??;
        all.extend(took);
        some = last;
    }
    Ok((all, some))
}

fn filing(authority: i64, count: i64) -> (Unit, String) {
    let now = Moment::from_micros(1_772_424_000_000_000 + count * 1_000);
    let ctx = Ctx::new(Actor::system("rate"), now, Arc::new(SystemRandom));
    let id = ctx.new_id::<Unit>().to_string();
    let body = "{\"item\":\"11341600003158731W4000172001001\",\"channel\":\"web\",\"due\":\"2026-03-20\"}";
    let mut unit = Unit::new(&ctx);
    unit.one("new", CASE, args![id.as_str(), authority, "filed", now, "食品经营许可新办"]);
    unit.one("version", EVENT, args![id.as_str(), 1_i64, body, vec![7_u8; 32]]);
    unit.run(OUTBOX, args![ctx.new_id::<Unit>().to_string(), body]);
    (unit, id)
}
