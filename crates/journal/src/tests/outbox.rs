//! Promises about effects outside the database.

use std::sync::Mutex;

use async_trait::async_trait;

use super::*;
use crate::outbox::{
    BACKOFF_FIRST, Courier, HELD_SECONDS, Message, TRIES_MAX, Waiting, again, deliver, enqueue, enqueue_in_line,
    forget, skip, standing, waiting,
};

/// Remembers what it was given, and fails so often first.
struct Postman {
    fails: i64,
    given: Mutex<Vec<(String, i64)>>,
}

impl Postman {
    fn failing(fails: i64) -> Self {
        Self { fails, given: Mutex::default() }
    }
    fn given(&self) -> Vec<(String, i64)> {
        self.given.lock().unwrap().clone()
    }
}

#[async_trait]
impl Courier for Postman {
    fn kind(&self) -> &'static str {
        "mail"
    }
    async fn send(&self, _ctx: &Ctx, message: &Message) -> Result<()> {
        self.given.lock().unwrap().push((message.idempotency_key.clone(), message.attempt));
        tokio::task::yield_now().await;
        if message.attempt <= self.fails { Err(Error::internal("nobody at home")) } else { Ok(()) }
    }
}

async fn post(db: &Db, ctx: &Ctx, keys: &[&str]) {
    let mut unit = Unit::new(ctx);
    for key in keys {
        enqueue(&mut unit, ctx, "mail", key, &"body").unwrap();
    }
    assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
}

#[tokio::test]
async fn a_message_is_tried_again_later_until_it_is_sent_once() {
    for engine in Engine::each().await {
        let db = &engine.db;
        post(db, &ctx(1), &["a", "a"]).await;
        post(db, &ctx(2), &["a"]).await;
        let postman = Postman::failing(2);
        let round =
            async |seconds: i64| deliver(db, &ctx(3).now.plus_seconds(seconds).into_ctx(), &[&postman]).await.unwrap();
        assert_eq!(round(0).await, 1);
        assert_eq!(round(BACKOFF_FIRST - 1).await, 0, "not before its time");
        assert_eq!(round(BACKOFF_FIRST).await, 1);
        assert_eq!(round(BACKOFF_FIRST * 3).await, 1);
        assert_eq!(round(1_000_000).await, 0, "never again");
        assert_eq!(postman.given(), [("a".to_owned(), 1), ("a".to_owned(), 2), ("a".to_owned(), 3)]);
        assert_eq!(waiting(db).await.unwrap(), []);
        post(db, &ctx(4), &["a"]).await;
        assert_eq!(round(2_000_000).await, 0, "the same key is the same message");
        let mut unit = Unit::new(&ctx(5));
        forget(&mut unit, Moment::from_micros(i64::MAX), 10);
        assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
        post(db, &ctx(6), &["a"]).await;
        assert_eq!(waiting(db).await.unwrap().len(), 1, "what was sent long ago is forgotten");
    }
}

#[tokio::test]
async fn what_fails_for_ever_is_set_aside_and_holds_up_no_other() {
    for engine in Engine::each().await {
        let db = &engine.db;
        post(db, &ctx(1), &["a"]).await;
        let postman = Postman::failing(i64::MAX);
        for day in 0..40 {
            deliver(db, &ctx(2).now.plus_seconds(day * 86_400).into_ctx(), &[&postman]).await.unwrap();
        }
        assert_eq!(postman.given().len() as i64, TRIES_MAX);
        let aside = Waiting { kind: "mail".into(), aside: true, messages: 1 };
        assert_eq!(waiting(db).await.unwrap(), [aside]);
        let mut unit = Unit::new(&ctx(3));
        again(&mut unit, &ctx(3), "a");
        assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
        assert_eq!(deliver(db, &ctx(4), &[&Postman::failing(0)]).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn what_has_no_courier_here_waits() {
    for engine in Engine::each().await {
        let db = &engine.db;
        post(db, &ctx(1), &["a"]).await;
        assert_eq!(deliver(db, &ctx(2), &[]).await.unwrap(), 0);
        let postman = Postman::failing(0);
        let day_after = ctx(3).now.plus_seconds(86_400).into_ctx();
        assert_eq!(deliver(db, &day_after, &[&postman]).await.unwrap(), 1);
        assert_eq!(postman.given(), [("a".to_owned(), 1)], "its tries are not used up by waiting");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_send_each_message_once() {
    for engine in Engine::each().await {
        let keys: Vec<String> = (0..40).map(|n| format!("key {n:02}")).collect();
        post(&engine.db, &ctx(1), &keys.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let postman = Arc::new(Postman::failing(0));
        let run = |db: Db, postman: Arc<Postman>| async move { deliver(&db, &ctx(2), &[&*postman]).await.unwrap() };
        let one = tokio::spawn(run(engine.db.clone(), Arc::clone(&postman)));
        let two = tokio::spawn(run(engine.second().await, Arc::clone(&postman)));
        assert_eq!(one.await.unwrap() + two.await.unwrap(), 40);
        let mut given: Vec<String> = postman.given().into_iter().map(|(key, _)| key).collect();
        given.sort();
        assert_eq!(given, keys);
    }
}

/// A context at an instant.
trait IntoCtx {
    fn into_ctx(self) -> Ctx;
}

impl IntoCtx for Moment {
    fn into_ctx(self) -> Ctx {
        at(self.micros().unsigned_abs(), self.micros())
    }
}

/// Fails what it is told to fail, now; remembers what it took.
#[derive(Default)]
struct Moody {
    fails: Mutex<Vec<&'static str>>,
    took: Mutex<Vec<String>>,
}

#[async_trait]
impl Courier for Moody {
    fn kind(&self) -> &'static str {
        "mail"
    }
    async fn send(&self, _ctx: &Ctx, message: &Message) -> Result<()> {
        if self.fails.lock().unwrap().iter().any(|it| *it == message.idempotency_key) {
            return Err(Error::internal("not today"));
        }
        self.took.lock().unwrap().push(message.idempotency_key.clone());
        Ok(())
    }
}

#[tokio::test]
async fn of_one_line_nothing_goes_out_before_what_comes_before_it() {
    for engine in Engine::each().await {
        let db = &engine.db;
        let mut unit = Unit::new(&ctx(1));
        // The later ones first, and under keys that sort before.
        for (line, turn, key) in [("a", 3, "1"), ("a", 2, "2"), ("a", 1, "3"), ("b", 1, "4"), ("", 0, "5")] {
            enqueue_in_line(&mut unit, &ctx(1), ("mail", key), (line, turn), &"body").unwrap();
        }
        assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
        let moody = Moody { fails: Mutex::new(vec!["3"]), ..Moody::default() };
        let round = async |seconds: i64| {
            let at = ctx(2).now.plus_seconds(seconds).into_ctx();
            while deliver(db, &at, &[&moody]).await.unwrap() > 0 {}
        };
        let took = || std::mem::take(&mut *moody.took.lock().unwrap());
        let held = async |key: &str| standing(db, &[key.to_owned()]).await.unwrap()[key].held;
        round(0).await;
        assert_eq!(took(), ["4", "5"], "another line is not held up");
        assert!(held("2").await && held("1").await && !held("3").await);
        moody.fails.lock().unwrap().clear();
        round(BACKOFF_FIRST - 1).await;
        assert!(took().is_empty(), "not before the first is tried again");
        round(BACKOFF_FIRST).await;
        assert_eq!(took(), ["3", "2", "1"], "at once, one after the other");
    }
}

#[tokio::test]
async fn what_was_set_aside_holds_back_its_line_until_it_is_sent_again_or_given_up() {
    for engine in Engine::each().await {
        for gives_up in [false, true] {
            let db = &engine.db;
            let (first, next) = if gives_up { ("c", "d") } else { ("a", "b") };
            let mut unit = Unit::new(&ctx(1));
            for (turn, key) in [(1, first), (2, next)] {
                enqueue_in_line(&mut unit, &ctx(1), ("mail", key), (first, turn), &"body").unwrap();
            }
            assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
            let moody = Moody { fails: Mutex::new(vec![first]), ..Moody::default() };
            let day = async |day: i64| {
                let at = ctx(2).now.plus_seconds(day * 86_400).into_ctx();
                while deliver(db, &at, &[&moody]).await.unwrap() > 0 {}
            };
            for it in 0..40 {
                day(it).await;
            }
            assert_eq!(standing(db, &[first.to_owned()]).await.unwrap()[first].state, "aside");
            assert!(moody.took.lock().unwrap().is_empty(), "the next waits");
            let late = ctx(2).now.plus_seconds(41 * 86_400).into_ctx();
            let mut unit = Unit::new(&late);
            if gives_up {
                skip(&mut unit, &late, first);
            } else {
                moody.fails.lock().unwrap().clear();
                again(&mut unit, &late, first);
            }
            assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
            let mut twice = Unit::new(&late);
            skip(&mut twice, &late, first);
            assert!(matches!(db.commit(twice).await.unwrap(), Commit::Lost { .. }), "it is not aside any more");
            day(41).await;
            let expected: &[&str] = if gives_up { &[next] } else { &[first, next] };
            assert_eq!(*moody.took.lock().unwrap(), expected);
            assert_eq!(waiting(db).await.unwrap(), []);
        }
    }
}

storage::sql! {
    /// What a round's first query walks over.
    LOOKED_AT = "SELECT count(*) AS messages FROM outbox WHERE state = 'waiting' AND due <= $1";
    /// As if it had been forgotten by whoever should wake it.
    FORGET_TO_WAKE = "UPDATE outbox SET state = 'skipped', ended_at = 0 WHERE key = $1";
}

/// Thousands in one line, the first of which nobody takes; with one of another line after them all.
async fn many_behind_one(db: &Db, moody: &Moody) {
    const EACH: i64 = 250;
    for part in 0..10 {
        let mut unit = Unit::new(&ctx(1));
        for turn in part * EACH..(part + 1) * EACH {
            let key = if turn == 0 { "first".to_owned() } else { format!("held {turn:04}") };
            enqueue_in_line(&mut unit, &ctx(1), ("mail", &key), ("long", turn), &"body").unwrap();
        }
        assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
    }
    let later = ctx(1).now.plus_seconds(1).into_ctx();
    let mut unit = Unit::new(&later);
    enqueue_in_line(&mut unit, &later, ("mail", "other"), ("short", 1), &"body").unwrap();
    assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
    for round in 0..4 {
        deliver(db, &later.now.plus_seconds(round).into_ctx(), &[moody]).await.unwrap();
    }
    assert_eq!(*moody.took.lock().unwrap(), ["other"], "it waits for nobody of the long line");
}

/// How many messages and how many queries a round at this instant looks at.
async fn looked_at(db: &Db, ctx: &Ctx, moody: &Moody) -> (i64, u64) {
    let rows = db.query(LOOKED_AT, args![ctx.now]).await.unwrap()[0].int("messages").unwrap();
    let before = db.queries();
    deliver(db, ctx, &[moody]).await.unwrap();
    (rows, db.queries() - before)
}

#[tokio::test]
async fn thousands_held_behind_one_cost_a_round_nothing_and_go_out_in_order_once_it_is_out_of_the_way() {
    for gives_up in [false, true] {
        for engine in Engine::each().await {
            let db = &engine.db;
            let moody = Moody { fails: Mutex::new(vec!["first"]), ..Moody::default() };
            many_behind_one(db, &moody).await;
            // Between two tries of the first, and long after it was set aside.
            let mut now = ctx(2).now.plus_seconds(10);
            assert_eq!(looked_at(db, &now.into_ctx(), &moody).await, (0, 1));
            while standing(db, &["first".to_owned()]).await.unwrap()["first"].state == "waiting" {
                now = now.plus_seconds(6 * 3_600);
                for _ in 0..5 {
                    deliver(db, &now.into_ctx(), &[&moody]).await.unwrap();
                }
            }
            for minutes in 1..10 {
                assert_eq!(looked_at(db, &now.plus_seconds(minutes * 60).into_ctx(), &moody).await, (0, 1));
            }
            let late = now.plus_seconds(3_600).into_ctx();
            let mut unit = Unit::new(&late);
            if gives_up {
                skip(&mut unit, &late, "first");
            } else {
                moody.fails.lock().unwrap().clear();
                again(&mut unit, &late, "first");
            }
            assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
            moody.took.lock().unwrap().clear();
            for n in 0..20 {
                assert_eq!(looked_at(db, &late, &moody).await, (1, 1), "one is woken at a time: {n}");
            }
            let mut expected: Vec<_> = (1..=20).map(|n| format!("held {n:04}")).collect();
            if !gives_up {
                expected.insert(0, "first".to_owned());
            }
            assert_eq!(*moody.took.lock().unwrap(), expected[..20]);
        }
    }
}

#[tokio::test]
async fn what_nobody_woke_is_found_again_after_a_day() {
    for engine in Engine::each().await {
        let db = &engine.db;
        let mut unit = Unit::new(&ctx(1));
        for (turn, key) in [(1, "first"), (2, "next")] {
            enqueue_in_line(&mut unit, &ctx(1), ("mail", key), ("a", turn), &"body").unwrap();
        }
        assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
        let moody = Moody { fails: Mutex::new(vec!["first"]), ..Moody::default() };
        deliver(db, &ctx(2), &[&moody]).await.unwrap();
        let mut unit = Unit::new(&ctx(3));
        unit.run(FORGET_TO_WAKE, args!["first"]);
        assert_eq!(db.commit(unit).await.unwrap(), Commit::Done);
        let after = |seconds: i64| ctx(2).now.plus_seconds(seconds).into_ctx();
        assert_eq!(deliver(db, &after(HELD_SECONDS - 1), &[&moody]).await.unwrap(), 0);
        assert_eq!(deliver(db, &after(HELD_SECONDS), &[&moody]).await.unwrap(), 1);
        assert_eq!(*moody.took.lock().unwrap(), ["next"]);
    }
}
