//! Promises about the one order that all readers see.

use super::*;
use crate::{BATCH, FeedHead, entries_after, sequence::number};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_number_every_entry_once_and_without_gaps() {
    for engine in Engine::each().await {
        let (one, two) = (engine.db.clone(), engine.second().await);
        let writers = (0..6_u64).map(|writer| {
            let db = one.clone();
            tokio::spawn(async move {
                for n in 0..25 {
                    say(&db, &at(writer * 100 + n, MORNING + n as i64), &format!("{writer:032x}"), "word").await;
                }
            })
        });
        let writers: Vec<_> = writers.collect();
        // Each takes the lease over from the other time and again: the clock of the leases leaps.
        let run = |db: Db, holder: &'static str| async move {
            let sequencer = Sequencer { holder: holder.into() };
            for round in 0..60 {
                sequencer.run(&db, &at(round, MORNING + round as i64 * 60_000_000)).await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        let sequencers = [tokio::spawn(run(one.clone(), "one")), tokio::spawn(run(two.clone(), "two"))];
        for task in writers.into_iter().chain(sequencers) {
            task.await.unwrap();
        }
        number_all(&two, &at(1, MORNING + 86_400_000_000)).await;
        let feed = entries_after(&one, 0, 1_000).await.unwrap();
        assert_eq!(feed.iter().map(|entry| entry.position.unwrap()).collect::<Vec<_>>(), (1..=150).collect::<Vec<_>>());
        let mut running = FeedHead { position: 0, running: String::new(), epoch: 0 };
        feed.iter().for_each(|entry| running.take(&entry.hash));
        assert_eq!(FeedHead::now(&one).await.unwrap().running, running.running);
    }
}

#[tokio::test]
async fn who_lost_the_lease_numbers_nothing() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        say(db, &ctx, "a", "word").await;
        assert_eq!(number(db, &ctx, 2).await.unwrap(), Some(1));
        say(db, &ctx, "a", "word").await;
        assert_eq!(number(db, &ctx, 1).await.unwrap(), None, "an old epoch is refused by the head row");
        assert_eq!(FeedHead::now(db).await.unwrap().position, 1);
        assert_eq!(number(db, &ctx, 2).await.unwrap(), Some(1));
    }
}

#[tokio::test]
async fn who_has_not_the_lease_waits_until_it_ends() {
    for engine in Engine::each().await {
        let (db, two) = (&engine.db, Sequencer { holder: "two".into() });
        say(db, &ctx(1), "a", "word").await;
        number_all(db, &ctx(2)).await;
        assert_eq!(two.run(db, &ctx(3)).await.unwrap(), Some(0), "there is nothing to do");
        say(db, &ctx(4), "a", "word").await;
        assert_eq!(two.run(db, &ctx(5)).await.unwrap(), None);
        assert_eq!(two.run(db, &at(6, MORNING + 60_000_000)).await.unwrap(), Some(1));
    }
}

#[tokio::test]
async fn what_commits_late_is_numbered_late_and_not_missed() {
    for engine in Engine::each().await {
        let db = &engine.db;
        let late = said(db, &at(1, MORNING), "early", "word").await;
        say(db, &at(2, MORNING + 1_000_000), "later", "word").await;
        number_all(db, &ctx(3)).await;
        assert_eq!(db.commit(late).await.unwrap(), Commit::Done);
        number_all(db, &ctx(4)).await;
        let feed = entries_after(db, 1, 10).await.unwrap();
        assert_eq!(feed[0].subject, "thing:early");
        assert_eq!(feed[0].position, Some(2));
    }
}

#[tokio::test]
async fn a_large_backlog_is_numbered_batch_by_batch_in_order() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        let mut unit = Unit::new(&ctx);
        for n in 0..BATCH + 130 {
            let subject = format!("look:{n:04}");
            crate::append(&mut unit, &ctx, &Head::none(), (&subject, "test.looked"), &n).unwrap();
        }
        assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
        let sequencer = Sequencer { holder: "one".into() };
        assert_eq!(sequencer.run(db, &ctx).await.unwrap(), Some(BATCH));
        assert_eq!(sequencer.run(db, &ctx).await.unwrap(), Some(130));
        assert_eq!(sequencer.run(db, &ctx).await.unwrap(), Some(0));
        let feed = entries_after(db, 0, 1_000).await.unwrap();
        assert_eq!(feed.len(), BATCH + 130);
        assert!(feed.iter().enumerate().all(|(n, entry)| entry.subject == format!("look:{n:04}")));
    }
}
