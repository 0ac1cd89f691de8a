//! What the portal learns of cases by reading the record, an undone decision included.

use journal::Head;
use serde_json::{Value, json};
use storage::Unit;
use testkit::Site;

use super::{AREAS, sites};
use crate::{measured, model::measured::CASES_MIN};

/// Writes these entries of a case, each as if it happened now.
async fn happened(site: &Site, case: &str, entries: &[(&'static str, Value)]) {
    let ctx = site.app.system("test");
    let subject = format!("case:{case}");
    for (kind, body) in entries {
        let last = journal::history(&site.app.db, &subject).await.expect("a chain").pop();
        let head = last.map_or_else(Head::none, |it| Head { version: it.version, hash: it.hash.clone(), at: it.at });
        let mut unit = Unit::new(&ctx);
        journal::append(&mut unit, &ctx, &head, (&subject, *kind), body).expect("an entry");
        site.app.db.commit(unit).await.expect("a commit").or_stale("x").expect("done");
    }
    site.settle(&AREAS).await;
}

#[tokio::test]
async fn a_decision_that_was_undone_is_no_time_that_an_item_took() {
    for (site, _, item) in sites().await {
        let took = async || measured(&site.app, item).await.expect("an answer").map(|it| (it.cases, it.slow));
        for n in 0..CASES_MIN {
            happened(
                &site,
                &format!("case{n}"),
                &[
                    ("cases.filed", json!({"item": item.to_string()})),
                    ("cases.accepted", json!({"on": "2026-03-02"})),
                    ("cases.approved", json!({})),
                ],
            )
            .await;
        }
        assert_eq!(took().await, Some((CASES_MIN, 0)), "{}", site.engine);
        // What is undone of another kind changes nothing.
        happened(&site, "case0", &[("cases.annulled", json!({"undone": "cases.issued", "of": 1}))]).await;
        assert_eq!(took().await, Some((CASES_MIN, 0)), "{}", site.engine);
        for case in ["case0", "case1"] {
            happened(&site, case, &[("cases.annulled", json!({"undone": "cases.approved", "of": 1}))]).await;
        }
        assert_eq!(took().await, None, "{}: two are not decided any more", site.engine);
        // Decided again on another day, they took from their acceptance until then: 2 March to 9 March 2026.
        site.clock.hours(7 * 24);
        for case in ["case0", "case1"] {
            happened(&site, case, &[("cases.refused", json!({}))]).await;
        }
        assert_eq!(took().await, Some((CASES_MIN, 5)), "{}", site.engine);
    }
}
