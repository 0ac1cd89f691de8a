//! Promises about effects outside the database.

use std::sync::Mutex;

use async_trait::async_trait;

use super::*;
use crate::outbox::{
    BACKOFF_FIRST, Courier, Message, TRIES_MAX, Waiting, again, deliver, enqueue, enqueue_in_line, forget, skip,
    standing, waiting,
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
            day(41).await;
            let expected: &[&str] = if gives_up { &[next] } else { &[first, next] };
            assert_eq!(*moody.took.lock().unwrap(), expected);
            assert_eq!(waiting(db).await.unwrap(), []);
        }
    }
}
