//! PostgreSQL: connections that break, and transactions that collide.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::*;

/// What happens, once, to the packet with COMMIT.
#[derive(Debug, Clone, Copy)]
enum Cut {
    /// The server gets it, and its answer is lost.
    Answer,
    /// It never arrives.
    Request,
}

/// Stands between us and the server, and cuts the first connection that commits.
async fn cut_at_commit(server: String, cut: Cut) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let armed = Arc::new(AtomicBool::new(true));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&server).await.unwrap();
            tokio::spawn(pass_on(client, server, Arc::clone(&armed), cut));
        }
    });
    port
}

async fn pass_on(mut client: TcpStream, mut server: TcpStream, armed: Arc<AtomicBool>, cut: Cut) {
    let (mut asked, mut told) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            length = client.read(&mut asked) => {
                let Ok(length @ 1..) = length else { return };
                let commits = asked[..length].windows(6).any(|it| it == b"COMMIT");
                let cut = (commits && armed.swap(false, Ordering::SeqCst)).then_some(cut);
                if let Some(Cut::Request) = cut {
                    return;
                }
                server.write_all(&asked[..length]).await.unwrap();
                if let Some(Cut::Answer) = cut {
                    let _answer = server.read(&mut told).await.unwrap();
                    return;
                }
            }
            length = server.read(&mut told) => {
                let Ok(length @ 1..) = length else { return };
                client.write_all(&told[..length]).await.unwrap();
            }
        }
    }
}

/// The same database, by way of one that cuts.
async fn through(site: &Site, cut: Cut) -> Db {
    let url = site.settings.url.clone().unwrap();
    let (user, place) = url.rsplit_once('@').unwrap();
    let (server, name) = place.split_once('/').unwrap();
    let port = cut_at_commit(server.to_owned(), cut).await;
    let url = format!("{user}@127.0.0.1:{port}/{name}");
    Db::open(&Settings { url: Some(url), ..site.settings.clone() }).await.unwrap()
}

fn two_things(with_evidence: bool) -> Unit {
    let mut unit = run(ADD, args!["a", 0_i64, None::<&str>]);
    unit.run(ADD, args!["b", 0_i64, None::<&str>]);
    if with_evidence {
        unit.evidence(IS_THERE, args!["a", 0_i64]);
    }
    unit
}

#[tokio::test]
async fn a_unit_whose_answer_was_lost_finds_itself_by_its_evidence() {
    for cut in [Cut::Answer, Cut::Request] {
        let Some(site) = Site::postgres().await else { return };
        site.db.migrate(&all_tables()).await.unwrap();
        let db = through(&site, cut).await;
        assert_eq!(db.commit(two_things(true)).await.unwrap(), Commit::Done, "{cut:?}");
        assert_eq!(number(&site.db, COUNT).await, 2, "{cut:?}");
    }
}

#[tokio::test]
async fn a_unit_without_evidence_is_not_repeated_when_it_may_stand() {
    let Some(site) = Site::postgres().await else { return };
    site.db.migrate(&all_tables()).await.unwrap();
    let db = through(&site, Cut::Answer).await;
    let told = internal(db.commit(two_things(false)).await);
    assert!(told.contains("no evidence"), "{told}");
    assert_eq!(number(&site.db, COUNT).await, 2);
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced() {
    let Some(site) = Site::postgres().await else { return };
    site.db.migrate(&all_tables()).await.unwrap();
    assert_eq!(number(&site.db, COUNT).await, 0);
    let (server, name) = site.made.clone().unwrap();
    let others = "datname = '{}' AND pid <> pg_backend_pid()".replace("{}", &name);
    on_server(&server, format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")).await;
    assert_eq!(number(&site.db, COUNT).await, 0);
    assert_eq!(site.db.commit(two_things(false)).await.unwrap(), Commit::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn units_that_lock_each_other_out_are_tried_again() {
    let Some(site) = Site::postgres().await else { return };
    site.db.migrate(&all_tables()).await.unwrap();
    assert_eq!(site.db.commit(two_things(false)).await.unwrap(), Commit::Done);
    crate::sql! { TOUCH = "UPDATE things SET version = version + 1 WHERE id = $1"; }
    assert_eq!(ALL.len(), 1);
    let mut tasks = JoinSet::new();
    for number in 0..4 {
        let db = site.db.clone();
        let (first, second) = if number % 2 == 0 { ("a", "b") } else { ("b", "a") };
        let mut unit = Unit::new(&ctx());
        unit.one("first", TOUCH, args![first]).one("second", TOUCH, args![second]);
        tasks.spawn(async move { db.commit(unit).await.unwrap() });
    }
    assert!(tasks.join_all().await.into_iter().all(|it| it == Commit::Done));
    for id in ["a", "b"] {
        assert_eq!(site.db.find(GET, args![id]).await.unwrap().unwrap().int("version").unwrap(), 4);
    }
}
