//! Promises to the readers of the record.

use std::sync::Mutex;

use async_trait::async_trait;

use super::*;
use crate::feed::{Reader, Start, advance, lag};

/// Writes down what it sees, and stumbles where it is told to.
struct Scribe {
    name: &'static str,
    start: Start,
    batch: usize,
    stumbles_at: Mutex<Option<i64>>,
}

impl Scribe {
    fn new(name: &'static str, start: Start) -> Self {
        Self { name, start, batch: 4, stumbles_at: Mutex::new(None) }
    }
}

#[async_trait]
impl Reader for Scribe {
    fn name(&self) -> &'static str {
        self.name
    }
    fn start(&self) -> Start {
        self.start
    }
    fn batch(&self) -> usize {
        self.batch
    }
    async fn take(&self, _ctx: &Ctx, unit: &mut Unit, entries: &[Record]) -> Result<()> {
        for entry in entries {
            if entry.position == *self.stumbles_at.lock().unwrap() {
                return Err(Error::internal("the scribe stumbled"));
            }
            unit.run(SEE, args![self.name, entry.position, &entry.subject]);
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

async fn seen(db: &Db, reader: &str) -> Vec<i64> {
    let rows = db.query(SEEN, args![reader]).await.unwrap();
    rows.iter().map(|row| row.int("position").unwrap()).collect()
}

async fn ten(db: &Db, seed: u64) {
    for n in 0..10 {
        say(db, &at(seed + n, MORNING + n as i64), &n.to_string(), "word").await;
    }
    number_all(db, &ctx(seed + 50)).await;
}

#[tokio::test]
async fn readers_start_where_they_say_and_see_each_entry_once_in_order() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        ten(db, 100).await;
        let (all, new) = (Scribe::new("all", Start::Origin), Scribe::new("new", Start::Now));
        assert_eq!(advance(db, &ctx, &new).await.unwrap(), 0);
        ten(db, 200).await;
        for reader in [&all, &new] {
            let mut taken = Vec::new();
            for _ in 0..8 {
                taken.push(advance(db, &ctx, reader).await.unwrap());
            }
            assert!(taken.contains(&4) && taken.last() == Some(&0), "{taken:?}");
        }
        assert_eq!(seen(db, "all").await, (1..=20).collect::<Vec<_>>());
        assert_eq!(seen(db, "new").await, (11..=20).collect::<Vec<_>>());
        assert_eq!(lag(db).await.unwrap(), [("all".to_owned(), 0, None), ("new".to_owned(), 0, None)]);
    }
}

#[tokio::test]
async fn a_failing_entry_stops_its_reader_after_those_before_it_and_no_other() {
    for engine in Engine::each().await {
        let (db, ctx) = (&engine.db, ctx(1));
        ten(db, 100).await;
        let (lame, sound) = (Scribe::new("lame", Start::Origin), Scribe::new("sound", Start::Origin));
        *lame.stumbles_at.lock().unwrap() = Some(7);
        for _ in 0..6 {
            let _ = advance(db, &ctx, &lame).await;
            advance(db, &ctx, &sound).await.unwrap();
        }
        assert!(advance(db, &ctx, &lame).await.is_err(), "it says so each time");
        assert_eq!(seen(db, "lame").await, (1..=6).collect::<Vec<_>>());
        assert_eq!(seen(db, "sound").await, (1..=10).collect::<Vec<_>>());
        let (name, behind, why) = lag(db).await.unwrap().remove(0);
        assert_eq!((name.as_str(), behind), ("lame", 4));
        let why = why.unwrap();
        assert!(why.contains("test.said thing:6 v1") && why.contains("the scribe stumbled"), "{why}");
        *lame.stumbles_at.lock().unwrap() = None;
        assert_eq!(advance(db, &ctx, &lame).await.unwrap(), 4);
        assert_eq!(seen(db, "lame").await, (1..=10).collect::<Vec<_>>());
        assert_eq!(lag(db).await.unwrap()[0], ("lame".to_owned(), 0, None), "and is well again");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_effect_happens_once_though_readers_are_cut_short_and_doubled() {
    for engine in Engine::each().await {
        let ctx = ctx(1);
        ten(&engine.db, 100).await;
        ten(&engine.db, 300).await;
        let run = |db: Db, ctx: Ctx, offset: usize| async move {
            let scribe = Scribe::new("scribe", Start::Origin);
            for patience in 0..120 {
                // Dropped wherever it stands after so many turns of the runtime: a crash, as far as the feed can tell.
                let cut = async {
                    for _ in 0..(patience * 7 + offset) % 90 {
                        tokio::task::yield_now().await;
                    }
                };
                tokio::select! {
                    biased;
                    done = advance(&db, &ctx, &scribe) => drop(done.unwrap()),
                    () = cut => {}
                }
            }
            while advance(&db, &ctx, &scribe).await.unwrap() > 0 {}
        };
        let one = tokio::spawn(run(engine.db.clone(), ctx.clone(), 0));
        let two = tokio::spawn(run(engine.second().await, ctx.clone(), 40));
        one.await.unwrap();
        two.await.unwrap();
        while advance(&engine.db, &ctx, &Scribe::new("scribe", Start::Origin)).await.unwrap() > 0 {}
        assert_eq!(seen(&engine.db, "scribe").await, (1..=20).collect::<Vec<_>>());
    }
}
