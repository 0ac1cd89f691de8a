//! `kill -9` under load: the server is shot at a random moment while people apply and clerks act; it comes back by itself, every
//! act that it had answered is there, what it had not answered is done wholly or not at all, and the record verifies.
//!
//! Beside that, what else can happen to running servers: two on one database (`nodes`), keys changed under them (`keys`).
//!
//! `YIWANG_KILL_ROUNDS` says how often (5); `YIWANG_BIN` names another program than the one just built. On PostgreSQL only the
//! program is killed, the server of `TEST_PG` goes on.

mod keys;
mod load;
mod nodes;
mod server;

use std::{path::PathBuf, time::Duration};

use load::{Load, Record};
use server::{Place, Server};

/// Rounds on each engine unless `YIWANG_KILL_ROUNDS` says otherwise.
const ROUNDS: u32 = 5;
/// The shot falls so long after the load began: early ones meet filing, late ones meet all acts.
const SHOT_MS: std::ops::Range<u64> = 200..2_500;

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_act_outlives_kill_nine_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    rounds(Place { data: folder.path().into(), database: None }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_act_outlives_kill_nine_on_postgresql() {
    let folder = tempfile::tempdir().expect("a folder");
    // Without a server there is nothing to test; `./check` always has one.
    let Some((settings, _database)) = testkit::fresh_database("postgres", folder.path()).await else { return };
    rounds(Place { data: folder.path().into(), database: settings.url }).await;
}

async fn rounds(place: Place) {
    let rounds = std::env::var("YIWANG_KILL_ROUNDS").map_or(ROUNDS, |it| it.parse().expect("a number of rounds"));
    place.run(&["demo", "--load-only"]);
    let mut record = Record::default();
    for round in 1..=rounds {
        let server = Server::start(&place).await;
        let load = Load::start(&server, &mut record).await;
        let shot = Duration::from_millis(random(SHOT_MS));
        tokio::time::sleep(shot).await;
        load.begun().await;
        server.kill();
        let told = load.end().await;
        println!("{} round {round}: shot after {shot:?}; {told}", place.engine());
        assert!(told.acts() > 0, "round {round}: nothing was acknowledged, so nothing was tested");

        let server = Server::start(&place).await;
        record.add(told);
        record.settle(&server).await;
        record.check_last(&server).await;
        server.stop().await;
        place.run(&["journal", "verify"]);
    }
    let server = Server::start(&place).await;
    record.check_all(&server).await;
    server.stop().await;
}

fn random(range: std::ops::Range<u64>) -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // The standard library seeds each of these anew: randomness enough for the moment of a shot.
    let draw = std::collections::hash_map::RandomState::new().build_hasher().finish();
    range.start + draw % (range.end - range.start)
}

/// The program under test.
fn program() -> PathBuf {
    std::env::var_os("YIWANG_BIN").map_or_else(|| env!("CARGO_BIN_EXE_yiwang").into(), PathBuf::from)
}
