//! A case from filing to its end, by API, with everything that can come between.

use serde_json::json;

use super::world::{AREAS, officer, worlds, worlds_for_persons};
use crate::{DECIDE, SEE};

#[tokio::test]
async fn a_case_lives_from_filing_to_delivery_with_one_correction_and_an_appraisal() {
    for world in worlds().await {
        let id = world.filed().await;
        world.act(&world.accept, id, json!({"act": "receive"})).await;
        let faults =
            json!([{"about": "layout", "what": "请标出洗消水池"}, {"about": "/mobile", "what": "请填能打通的号码"}]);
        world.act(&world.accept, id, json!({"act": "ask_correction", "faults": faults})).await;
        let told = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}"), json!(null)).await.json();
        assert_eq!(told["your_turn"], true, "{told}");
        assert_eq!(told["faults"].as_array().map(Vec::len), Some(2), "all faults at once");
        world.upload(&world.applicant, &format!("/api/v1/cases/{id}"), "layout").await;
        let supply = json!({"act": "supply", "values": {"mobile": "13900000099"}});
        world.act(&world.applicant, id, supply).await;
        let again = world.try_act(&world.accept, id, json!({"act": "ask_correction", "faults": faults})).await;
        assert_eq!(again.status, 409, "a second notice is impossible");
        world.act(&world.accept, id, json!({"act": "accept"})).await;
        world.act(&world.review, id, json!({"act": "start_review"})).await;
        let appraisal = json!({"act": "start_special", "procedure": "鉴定", "days": 10, "reason": "材料需要鉴定"});
        world.act(&world.review, id, appraisal).await;
        world.site.clock.hours(48);
        world.act(&world.review, id, json!({"act": "end_special", "result": "没有异议", "experts": "市鉴定所"})).await;
        world.act(&world.review, id, json!({"act": "recommend", "favour": true, "opinion": "符合条件"})).await;
        world.act(&world.decide, id, json!({"act": "approve", "opinion": "同意"})).await;
        world.act(&world.issue, id, json!({"act": "issue", "documents": []})).await;
        world.act(&world.issue, id, json!({"act": "deliver", "way": "electronic"})).await;
        let over = async |page: &str, who| {
            let shown = world.site.get(who, &format!("{page}/{id}")).await.body;
            assert!(
                shown.contains("送达") && !shown.contains(">当前</span>"),
                "{page} tells nothing as still to come: {shown}"
            );
        };
        over("/cases", &world.applicant).await;
        over("/desk/cases", &world.issue).await;
        world.act(&world.issue, id, json!({"act": "close"})).await;
        assert_eq!(world.stage(id).await, "closed");
        world.settle().await;
        over("/cases", &world.applicant).await;
        over("/desk/cases", &world.issue).await;
        let timeline = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}/timeline"), json!(null)).await;
        let titles: Vec<_> =
            timeline.json().as_array().expect("entries").iter().map(|it| it["title"].clone()).collect();
        let expected = [
            "提交申请",
            "接件",
            "一次性告知补正",
            "提交补正材料",
            "受理",
            "开始审核",
            "启动特别程序，暂停计时",
            "特别程序结束，恢复计时",
            "提出审核意见",
            "准予通过",
            "制证（制文）",
            "送达",
            "办结归档",
        ];
        assert_eq!(titles, expected, "{}", world.site.engine);
        assert!(!timeline.body.contains("李审核"), "the applicant is told the office, not the officer");
        assert!(!timeline.body.contains("符合条件"), "opinions are for officers");
        let seen = world.call("GET", &world.decide, &format!("/api/v1/cases/{id}/timeline"), json!(null)).await;
        assert!(seen.body.contains("李审核") && seen.body.contains("符合条件"), "officers see who and what");
    }
}

#[tokio::test]
async fn of_two_officers_at_once_the_second_is_told_who_was_first() {
    for world in worlds().await {
        let id = world.for_decision().await;
        let other = officer(&world.site, "赵审批", &[SEE, DECIDE], world.authority).await;
        let version = world.version(id).await;
        world.act(&world.decide, id, json!({"act": "approve", "opinion": "同意"})).await;
        let refuse = json!({"act": "refuse", "reasons": "不符合条件", "version": version});
        let late = world.call("POST", &other, &format!("/api/v1/cases/{id}/acts"), refuse).await;
        assert_eq!(late.status, 409);
        assert!(late.body.contains("已被他人（何审批）处理"), "{}: {}", world.site.engine, late.body);
        assert_eq!(world.stage(id).await, "approved");
    }
}

#[tokio::test]
async fn of_acts_that_race_exactly_one_is_done() {
    for world in worlds().await {
        let id = world.for_decision().await;
        let version = world.version(id).await;
        let path = format!("/api/v1/cases/{id}/acts");
        let acts = (0..6).map(|_| {
            world.call("POST", &world.decide, &path, json!({"act": "approve", "opinion": "同意", "version": version}))
        });
        let mut done = 0;
        for answer in futures_all(acts).await {
            done += usize::from(answer.status == 200);
            assert!([200, 409].contains(&answer.status), "{}", answer.body);
        }
        assert_eq!(done, 1, "{}", world.site.engine);
    }
}

/// Runs them side by side.
async fn futures_all<F: std::future::Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = all.map(|it| (Box::pin(it), None)).collect();
    std::future::poll_fn(move |cx| {
        for (future, out) in &mut waiting {
            if out.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(cx)
            {
                *out = Some(value);
            }
        }
        match waiting.iter().all(|it| it.1.is_some()) {
            true => std::task::Poll::Ready(waiting.iter_mut().filter_map(|it| it.1.take()).collect()),
            false => std::task::Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn each_act_belongs_to_its_post() {
    for world in worlds().await {
        let id = world.filed().await;
        let accept = json!({"act": "accept"});
        for wrong in [&world.applicant, &world.review, &world.decide, &world.issue] {
            let answer = world.try_act(wrong, id, accept.clone()).await;
            assert_eq!(answer.status, 409, "{}: {}", world.site.engine, answer.body);
        }
        let stranger = world.site.person("路人", &[]);
        assert_eq!(
            world.try_act(&stranger, id, accept.clone()).await.status,
            404,
            "nobody learns that the case exists"
        );
        let elsewhere = officer(&world.site, "外局", &[SEE, crate::ACCEPT], world.site.app.system("t").new_id()).await;
        assert_eq!(world.try_act(&elsewhere, id, accept.clone()).await.status, 404);
        assert_eq!(world.try_act(&world.site.anonymous(), id, accept.clone()).await.status, 401);
        world.act(&world.accept, id, accept).await;
    }
}

#[tokio::test]
async fn nobody_decides_the_own_case() {
    for world in worlds_for_persons().await {
        let id = world.filed().await;
        let both = [(SEE, Some(world.authority)), (crate::ACCEPT, Some(world.authority))];
        let person = world.applicant.person.expect("a person");
        let clerk = world.site.visitor(person, "陈志远", &both, None);
        let answer = world.try_act(&clerk, id, json!({"act": "accept"})).await;
        assert_eq!(answer.status, 409, "{}", answer.body);
        assert_eq!(world.stage(id).await, "filed");
    }
}

#[tokio::test]
async fn refused_acceptance_names_the_right_office_and_the_remedies() {
    for world in worlds().await {
        let id = world.filed().await;
        let nowhere = world.try_act(&world.accept, id, json!({"act": "not_accept", "reasons": "不归本局管"})).await;
        assert_eq!(nowhere.status, 422, "without the right office it cannot be done: {}", nowhere.body);
        let act = json!({"act": "not_accept", "reasons": "不归本局管", "office": "亳州市市场监督管理局"});
        world.act(&world.accept, id, act).await;
        world.settle().await;
        let ctx = world.ctx(&world.applicant);
        let (_, paper) = crate::paper_content(&ctx, &world.site.app, id, 2).await.expect("the notice");
        let text = serde_json::to_string(&paper).unwrap();
        for word in ["亳州市市场监督管理局", "不归本局管", "行政复议", "六个月", "谯市监不受〔2026〕1号"]
        {
            assert!(text.contains(word), "{word} in {text}");
        }
        assert!(AREAS.len() > 2);
    }
}

#[tokio::test]
async fn what_waits_for_a_post_is_on_its_worklist_and_costs_the_same_queries_however_long_it_is() {
    for world in worlds().await {
        let mut ids = Vec::new();
        for _ in 0..2 {
            ids.push(world.filed().await);
        }
        let counted = async |path: &str, who: &testkit::Visitor| {
            let before = world.site.app.db.queries();
            let answer = world.call("GET", who, path, json!(null)).await;
            (world.site.app.db.queries() - before, answer.json()["items"].as_array().map_or(0, Vec::len))
        };
        let two = (
            counted("/api/v1/worklist?limit=100", &world.accept).await,
            counted("/api/v1/cases?limit=100", &world.applicant).await,
        );
        for _ in 0..10 {
            ids.push(world.filed().await);
        }
        let more = (
            counted("/api/v1/worklist?limit=100", &world.accept).await,
            counted("/api/v1/cases?limit=100", &world.applicant).await,
        );
        assert_eq!((two.0.1, two.1.1, more.0.1, more.1.1), (2, 2, 12, 12), "{}", world.site.engine);
        assert_eq!((two.0.0, two.1.0), (more.0.0, more.1.0), "the same number of queries");
        let empty = world.call("GET", &world.decide, "/api/v1/worklist", json!(null)).await.json();
        assert_eq!(empty["items"].as_array().map(Vec::len), Some(0), "nothing waits for the decider");
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let page = world
                .call("GET", &world.accept, &format!("/api/v1/worklist?limit=5&after={after}"), json!(null))
                .await
                .json();
            seen.extend(
                page["items"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .map(|it| it["id"].as_str().unwrap_or_default().to_owned()),
            );
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        seen.sort();
        let mut all: Vec<_> = ids.iter().map(ToString::to_string).collect();
        all.sort();
        assert_eq!(seen, all, "every page once, on {}", world.site.engine);
    }
}
