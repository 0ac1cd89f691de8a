//! How much memory an opened SQLite database keeps: at first, after writes and reads on all readers, and when idle.
//!
//! `cargo run --release -p storage --example idle`; Linux only, where `/proc` tells it.
use std::{sync::Arc, time::Duration};

use kernel::{Actor, Ctx, Error, Moment, SystemRandom};
use storage::{Db, MIGRATIONS, Migration, Settings, Unit, args};

/// Rows of about a kilobyte.
const ROWS: i64 = 60_000;

const TABLES: &[Migration] = &[Migration {
    area: "idle",
    number: 1,
    sql: "CREATE TABLE idle_cases (id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, words TEXT NOT NULL);
          CREATE INDEX idle_cases_at ON idle_cases (at, id);",
}];

storage::sql! {
    ADD = "INSERT INTO idle_cases (id, at, words) VALUES ($1, $2, $3)";
    READ = "SELECT id, at, words FROM idle_cases WHERE at > $1 ORDER BY at, id LIMIT 20";
}

#[tokio::main]
async fn main() -> kernel::Result<()> {
    let folder = std::env::temp_dir().join(format!("yiwang-idle-{}", std::process::id()));
    tell("before opening");
    let db = Db::open(&Settings::sqlite(&folder)).await?;
    db.migrate(&[MIGRATIONS, TABLES].concat()).await?;
    tell("opened");
    let ctx = Ctx::new(Actor::system("idle"), Moment::from_micros(1_772_424_000_000_000), Arc::new(SystemRandom));
    for start in (0..ROWS).step_by(300) {
        let mut unit = Unit::new(&ctx);
        for number in start..start + 300 {
            unit.run(ADD, args![ctx.new_id::<Unit>().to_string(), number, "办".repeat(330)]);
        }
        db.commit(unit).await?.or_stale("idle")?;
    }
    tell("written");
    let mut readers = tokio::task::JoinSet::new();
    for reader in 0..64_i64 {
        let db = db.clone();
        readers.spawn(async move {
            for number in 0..500 {
                db.query(READ, args![(number * 7_919 + reader * 104_729) % ROWS]).await?;
                tokio::task::yield_now().await;
            }
            Ok::<_, Error>(())
        });
    }
    while let Some(done) = readers.join_next().await {
        done.map_err(Error::internal)??;
    }
    tell("read");
    tokio::time::sleep(Duration::from_secs(2)).await;
    tell("idle");
    db.close().await?;
    std::fs::remove_dir_all(&folder).map_err(Error::internal)
}

fn tell(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| status.lines().find(|it| it.starts_with(name)).unwrap_or("unknown").to_owned();
    println!("{when}: {} ({})", of("VmRSS"), of("RssAnon"));
}
