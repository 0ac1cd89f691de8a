//! One case is given into somebody's hands (把这一件委托给别人): that one sees and does what the applicant could in it, and nothing else.

use identity::{accept, acting, end};
use kernel::{Holder, Id, Mandate, MandateRow};
use serde_json::{Value, json};
use testkit::Visitor;

use super::world::{World, person, worlds_for_persons};
use crate::CaseId;

/// Somebody who is not charged with anything yet, by name and number.
async fn son(world: &World) -> (Visitor, String) {
    let id = person(&world.site, "张强").await;
    let own = world.site.visitor(id, "张强", &[], None);
    let look = identity::Look::default();
    let app = &world.site.app;
    let card = identity::person_card(&world.ctx(&own), app, id, (identity::Purpose::Handling, &look)).await.unwrap();
    (own, card.mobile)
}

/// The same, charged by the page of the case and agreed; and the right by which.
async fn charged(world: &World, id: CaseId) -> (Visitor, Visitor, Id<MandateRow>) {
    charged_to(world, id, "act").await
}

/// The same, to act (`act`) or only to look (`look`).
async fn charged_to(world: &World, id: CaseId, powers: &str) -> (Visitor, Visitor, Id<MandateRow>) {
    let (own, mobile) = son(world).await;
    let app = &world.site.app;
    let form = [("name", "张强"), ("mobile", mobile.as_str()), ("powers", powers), ("ends", "2026-08-29")];
    let sent = world.site.post(&world.applicant, &format!("/cases/{id}/charge"), &form).await;
    assert_eq!((sent.status, sent.location.as_str()), (303, format!("/cases/{id}").as_str()), "{}", sent.body);
    let who = own.person.expect("a person");
    let today = app.clock.now().legal_date();
    assert!(acting(&app.db, who, today).await.unwrap().is_empty(), "nobody acts before he agreed");
    let invited = world.site.get(&own, "/me/mandates").await.body;
    assert!(invited.contains("等您答复的邀请") && invited.contains("这一件"), "{invited}");
    let mandate = invited.split("/me/mandates/").find_map(|it| it.split_once("/accept")).expect("an invitation").0;
    let mandate: Id<MandateRow> = mandate.parse().unwrap();
    accept(&world.ctx(&own), app, mandate).await.unwrap();
    let held = acting(&app.db, who, today).await.unwrap();
    let matter = held[0].matter.as_ref().map(|it| it.id);
    assert_eq!(matter, Some(id.cast()));
    let right = Mandate { row: mandate, items: held[0].items.clone(), matter, looks_only: held[0].looks_only };
    (world.site.acting(who, "张强", world.holder, right), own, mandate)
}

#[tokio::test]
async fn an_invitation_with_faults_or_for_a_case_that_is_over_or_anothers_is_refused() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let id = world.filed().await;
        let place = format!("/cases/{id}/charge");
        for (form, field) in [
            ([("name", ""), ("mobile", "13900000021"), ("ends", "2026-08-29")], "name"),
            ([("name", "张强"), ("mobile", "139"), ("ends", "2026-08-29")], "mobile"),
            ([("name", "张强"), ("mobile", "13900000021"), ("ends", "")], "ends"),
            ([("name", "张强"), ("mobile", "13900000021"), ("ends", "明天")], "ends"),
            ([("name", "张强"), ("mobile", "13900000021"), ("ends", "2020-01-01")], "ends"),
        ] {
            let answer = world.site.post(&world.applicant, &place, &form).await;
            let marked = answer.body.contains(&format!("href=\"#{field}\""));
            assert!(answer.status == 422 && marked, "{engine}: {field}: {}", answer.body);
        }
        let kept = world.site.post(&world.applicant, &place, &[("name", "张<强>"), ("mobile", "1")]).await;
        assert!(kept.body.contains("张&#60;强&#62;"), "{engine}: what was typed stays: {}", kept.body);
        let (stranger, _) = son(&world).await;
        let form = [("name", "李四"), ("mobile", "13900000021"), ("ends", "2026-08-29")];
        assert_eq!(world.site.post(&stranger, &place, &form).await.status, 404, "{engine}: another's case");
        assert_eq!(world.site.post(&world.accept, &place, &form).await.status, 404, "{engine}: an officer's is it not");
        world.act(&world.applicant, id, json!({"act": "withdraw", "reason": "不办了"})).await;
        let over = world.site.post(&world.applicant, &place, &form).await;
        assert!(over.status == 409 && over.body.contains("已经结束"), "{engine}: {}", over.body);
        let page = world.site.get(&world.applicant, &format!("/cases/{id}")).await.body;
        assert!(!page.contains("请别人替我办"), "{engine}: nor is it offered");
    }
}

#[tokio::test]
async fn a_delegate_of_one_case_sees_no_other_case_and_files_none() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let (mine, other) = (world.filed().await, world.filed().await);
        let (son, _, _) = charged(&world, mine).await;
        let list = world.site.get(&son, "/api/v1/cases").await.json();
        let ids: Vec<_> = list["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
        assert_eq!(ids, [json!(mine.to_string())], "{engine}: {list}");
        let body = json!({"item": world.item.to_string(), "values": world.values(), "incomplete": true});
        for (words, answer) in [
            ("the other case", world.site.get(&son, &format!("/cases/{other}")).await),
            ("its papers", world.site.get(&son, &format!("/api/v1/cases/{other}/timeline")).await),
            ("withdrawing it", world.try_act(&son, other, json!({"act": "withdraw"})).await),
            ("a new application", world.call("POST", &son, "/api/v1/cases", body).await),
            ("a new draft", world.call("POST", &son, "/api/v1/drafts", json!({"item": world.item.to_string()})).await),
            ("charging a third", world.site.get(&son, &format!("/cases/{mine}/charge")).await),
        ] {
            assert_eq!(answer.status, 409, "{engine}: {words}: {}", answer.body);
        }
        let page = world.site.get(&son, &format!("/cases/{mine}")).await;
        assert!(page.status == 200 && !page.body.contains("请别人替我办"), "{engine}: {}", page.body);
        assert_eq!(world.site.get(&son, "/cases").await.status, 200, "{engine}");
    }
}

#[tokio::test]
async fn a_delegate_supplies_and_withdraws_in_the_principals_stead_until_either_ends_it() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let (first, second) = (world.filed().await, world.filed().await);
        let (son, own, mandate) = charged(&world, first).await;
        let asks = json!({"act": "ask_correction", "faults": [{"about": "", "what": "请补签字"}]});
        world.act(&world.accept, first, asks).await;
        let key = world.document.materials.iter().find(|it| it.key != "application").expect("a material").key.clone();
        world.upload(&son, &format!("/api/v1/cases/{first}"), &key).await;
        world.act(&son, first, json!({"act": "supply"})).await;
        let own_page = world.site.get(&world.applicant, &format!("/cases/{first}")).await.body;
        assert!(own_page.contains("申请人，由张强代办"), "{engine}: who did it is told: {own_page}");
        let mine = world.site.get(&world.applicant, "/me/mandates").await.body;
        assert!(mine.contains("这一件") && mine.contains("张强"), "{engine}: it is listed: {mine}");
        // One for a further case stands beside it, and neither takes the other's place.
        let form = [("name", "张强"), ("ends", "2026-08-29")];
        let card = identity::person_card(
            &world.ctx(&own),
            &world.site.app,
            own.person.unwrap(),
            (identity::Purpose::Handling, &identity::Look::default()),
        )
        .await
        .unwrap();
        let form = [form.as_slice(), &[("mobile", card.mobile.as_str())]].concat();
        assert_eq!(world.site.post(&world.applicant, &format!("/cases/{second}/charge"), &form).await.status, 303);
        let app = &world.site.app;
        let invited = world.site.get(&own, "/me/mandates").await.body;
        let more = invited.split("/me/mandates/").find_map(|it| it.split_once("/accept")).expect("an invitation").0;
        accept(&world.ctx(&own), app, more.parse().unwrap()).await.unwrap();
        let today = app.clock.now().legal_date();
        assert_eq!(acting(&app.db, own.person.unwrap(), today).await.unwrap().len(), 2, "{engine}");
        // Ended, it acts no more at once, also for whose page was open.
        end(&world.ctx(&own), app, mandate).await.unwrap();
        let late = world.try_act(&son, first, json!({"act": "withdraw", "reason": "不办了"})).await;
        assert!(late.status == 409 && late.body.contains("终止"), "{engine}: {}", late.body);
        assert_eq!(acting(&app.db, own.person.unwrap(), today).await.unwrap().len(), 1, "{engine}");
        assert!(matches!(world.holder, Holder::Person(_)));
        world.settle().await;
        assert!(world.verified().await, "{engine}");
        let told = world.call("GET", &own, "/api/v1/me/mandates", Value::Null).await;
        assert!(told.body.contains("\"matter\":\""), "{engine}: {}", told.body);
    }
}

#[tokio::test]
async fn who_was_asked_only_to_look_does_nothing_sees_what_the_applicant_sees_and_stands_in_the_timeline() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let (id, other) = (world.filed().await, world.filed().await);
        let (son, own, mandate) = charged_to(&world, id, "look").await;
        let asks = json!({"act": "ask_correction", "faults": [{"about": "", "what": "请补签字"}]});
        world.act(&world.accept, id, asks).await;
        let key = world.document.materials.iter().find(|it| it.key != "application").expect("a material").key.clone();
        let upload = format!("/api/v1/cases/{id}/materials/{key}?name=a.pdf");
        let pdf = super::world::PDF.to_vec();
        for (words, answer) in [
            ("withdrawing", world.try_act(&son, id, json!({"act": "withdraw", "reason": "不办了"})).await),
            ("supplying", world.try_act(&son, id, json!({"act": "supply"})).await),
            ("uploading", world.site.send(&son, ("POST", &upload), "application/octet-stream", pdf).await),
            ("charging a third", world.site.get(&son, &format!("/cases/{id}/charge")).await),
            ("seeing another", world.site.get(&son, &format!("/cases/{other}")).await),
        ] {
            assert!(matches!(answer.status, 403 | 409), "{engine}: {words}: {} {}", answer.status, answer.body);
        }
        assert_eq!(world.stage(id).await, "correction_asked", "{engine}: nothing was done");
        let list = world.site.get(&son, "/api/v1/cases").await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{engine}: {list}");
        let page = world.site.get(&son, &format!("/cases/{id}")).await;
        assert!(page.status == 200 && page.body.contains("请补签字"), "{engine}: {}", page.body);
        let view = world.site.get(&son, &format!("/api/v1/cases/{id}")).await.json();
        assert_eq!(
            (&view["officer"], &view["acts"]),
            (&json!(false), &json!([])),
            "{engine}: no officer's view: {view}"
        );
        for desk in [format!("/desk/cases/{id}"), "/desk".to_owned()] {
            assert_ne!(world.site.get(&son, &desk).await.status, 200, "{engine}: {desk}");
        }
        // Both sides read from when on who looks, and that he may do no more.
        let told = world.site.get(&world.applicant, &format!("/cases/{id}")).await.body;
        assert!(told.contains("张强接受委托，代办这一件") && told.contains("只能查看"), "{engine}: {told}");
        let listed = world.site.get(&own, "/api/v1/me/mandates").await.json();
        assert_eq!(listed[0]["looks_only"], true, "{engine}: {listed}");
        assert!(world.site.get(&world.applicant, "/me/mandates").await.body.contains("只能查看"), "{engine}");
        end(&world.ctx(&world.applicant), &world.site.app, mandate).await.unwrap();
        let told = world.site.get(&world.applicant, &format!("/cases/{id}")).await.body;
        assert!(told.contains("对张强的委托终止"), "{engine}: {told}");
        world.settle().await;
        assert!(world.verified().await, "{engine}");
    }
}
