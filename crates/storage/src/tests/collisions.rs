//! On PostgreSQL the server may undo a unit for the sake of another and ask to try again (SQLSTATE 40001).

use std::time::Duration;

use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls};

use super::*;

const TOUCH: Sql = Sql { name: "TOUCH", text: "UPDATE things SET version = version + 1 WHERE id = $1" };

/// A database whose transactions are serialisable unless they say otherwise, with the things `a` and `b`.
async fn serialisable() -> Option<Site> {
    let mut site = Site::postgres().await?;
    let (server, name) = site.made.clone().unwrap();
    on_server(&server, format!("ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")).await;
    // Only connections made from now on are so.
    site.db = Db::open(&site.settings).await.unwrap();
    site.db.migrate(&all_tables()).await.unwrap();
    let mut unit = run(ADD, args!["a", 0_i64, None::<&str>]);
    unit.run(ADD, args!["b", 0_i64, None::<&str>]);
    assert_eq!(site.db.commit(unit).await.unwrap(), Commit::Done);
    Some(site)
}

async fn client(site: &Site) -> Client {
    let (client, connection) = tokio_postgres::connect(site.settings.url.as_ref().unwrap(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn version(db: &Db, id: &str) -> i64 {
    db.find(GET, args![id]).await.unwrap().unwrap().int("version").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_another_overtook_is_carried_out_again_once() {
    let Some(site) = serialisable().await else { return };
    let one = || run(TOUCH, args!["a"]);
    let mut guarded = Unit::new(&ctx());
    guarded.one("there", TOUCH, args!["a"]);
    let mut two = one();
    two.run(TOUCH, args!["b"]);
    for (round, unit) in [one(), guarded, two].into_iter().enumerate() {
        let (overtaking, looking) = (client(&site).await, client(&site).await);
        overtaking.batch_execute("BEGIN; UPDATE things SET version = version + 1 WHERE id = 'a'").await.unwrap();
        let db = site.db.clone();
        let overtaken = tokio::spawn(async move { db.commit(unit).await });
        // The unit's transaction has begun and waits for the row.
        let waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while looking.query(waiting, &[]).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        overtaking.batch_execute("COMMIT").await.unwrap();
        assert_eq!(overtaken.await.unwrap().unwrap(), Commit::Done);
        assert_eq!(version(&site.db, "a").await, 2 * (i64::try_from(round).unwrap() + 1), "both stand, each once");
    }
    assert_eq!(version(&site.db, "b").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn units_on_the_same_rows_each_stand_once_or_are_told_that_the_site_is_busy() {
    let Some(site) = serialisable().await else { return };
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let db = site.db.clone();
        tasks.spawn(async move {
            let mut done = 0;
            for _ in 0..10 {
                let mut unit = Unit::new(&ctx());
                unit.one("first", TOUCH, args!["a"]).one("second", TOUCH, args!["b"]);
                match db.commit(unit).await {
                    Ok(Commit::Done) => done += 1,
                    Err(Error::Busy) => {}
                    other => panic!("{other:?}"),
                }
            }
            done
        });
    }
    let done: i64 = tasks.join_all().await.into_iter().sum();
    assert!(done > 0);
    assert_eq!([version(&site.db, "a").await, version(&site.db, "b").await], [done, done]);
}
