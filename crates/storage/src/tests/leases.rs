//! One holder at a time, and requests that are carried out once.

use super::*;
use crate::lease::{Lease, guard, release, take};

#[tokio::test]
async fn a_lease_has_one_holder_until_it_runs_out() {
    for site in sites().await {
        let db = &site.db;
        let take = async |at: i64, holder| take(db, &later(at), "sequencer", holder, 30).await.unwrap();
        assert_eq!(take(0, "a").await, Some(Lease { epoch: 1 }));
        assert_eq!(take(10, "b").await, None, "{:?}: a holds it", site.engine());
        assert_eq!(take(20, "a").await, Some(Lease { epoch: 1 }), "renewed");
        assert_eq!(take(45, "b").await, None, "the renewal counts");
        assert_eq!(take(51, "b").await, Some(Lease { epoch: 2 }), "run out");
        assert_eq!(take(52, "a").await, None, "the old holder has to wait");
        release(db, &later(53), "sequencer", "a").await.unwrap();
        assert_eq!(take(53, "a").await, None, "nobody gives back what another holds");
        release(db, &later(53), "sequencer", "b").await.unwrap();
        assert_eq!(take(53, "a").await, Some(Lease { epoch: 3 }));
    }
}

#[tokio::test]
async fn what_an_old_holder_writes_is_undone() {
    for site in sites().await {
        let old = take(&site.db, &ctx(), "papers", "a", 30).await.unwrap().unwrap();
        let new = take(&site.db, &later(31), "papers", "b", 30).await.unwrap().unwrap();
        for (lease, outcome) in [(old, Commit::Lost { guard: lease::GUARD }), (new, Commit::Done)] {
            let mut unit = run(ADD, args![lease.epoch.to_string(), 0_i64, None::<&str>]);
            guard(&mut unit, "papers", lease);
            assert_eq!(site.db.commit(unit).await.unwrap(), outcome, "{:?}", site.engine());
        }
    }
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_does_nothing() {
    for site in sites().await {
        let unit = |id: &str| {
            let mut unit = run(ADD, args![id, 0_i64, None::<&str>]);
            once::mark(&mut unit, &ctx(), "key", id);
            unit
        };
        assert_eq!(once::earlier(&site.db, &ctx(), "key").await.unwrap(), None);
        assert_eq!(site.db.commit(unit("first")).await.unwrap(), Commit::Done);
        assert_eq!(site.db.commit(unit("second")).await.unwrap(), Commit::Lost { guard: once::GUARD });
        assert_eq!(once::earlier(&site.db, &ctx(), "key").await.unwrap().as_deref(), Some("first"));
        assert_eq!(number(&site.db, COUNT).await, 1, "{:?}", site.engine());
        let other = ctx().as_actor(Actor::system("other"));
        assert_eq!(once::earlier(&site.db, &other, "key").await.unwrap(), None, "keys are the actor's own");
        for (moment, left) in [(ctx().now, true), (later(1).now, false)] {
            let mut unit = Unit::new(&ctx());
            once::forget_before(&mut unit, moment);
            assert_eq!(site.db.commit(unit).await.unwrap(), Commit::Done);
            assert_eq!(once::earlier(&site.db, &ctx(), "key").await.unwrap().is_some(), left);
        }
    }
}
