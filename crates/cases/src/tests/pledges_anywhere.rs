//! A pledge may be given wherever a material is handed in: after a notice, and at a window by a code or by hand; and it is handed out as a paper.

use serde_json::{Value, json};
use testkit::Visitor;

use super::{
    packing::{unpacked, whole},
    pledges::{draft, latest_code, terms_of, view},
    record::verify,
    world::{PDF, World, officer, worlds, worlds_for_persons},
};
use crate::{
    ACCEPT, CHECK_PLEDGES, CaseId, FILE_AT_WINDOW, SEE,
    service::{archive, dossier::PersonsDossier},
};

const WORDS: &str = "符合要求，真实有效。";

/// Worlds in which a pledge may stand for this material.
async fn pledging(worlds: Vec<World>, key: &str) -> Vec<World> {
    for world in &worlds {
        terms_of(world, key, WORDS).await;
    }
    worlds
}

/// Files a draft with every needed material but this one; what is missing is known.
async fn filed_without(world: &World, key: &str) -> CaseId {
    let id = draft(world, &world.applicant).await;
    let told = world.call("GET", &world.applicant, &format!("/api/v1/drafts/{id}"), json!(null)).await.json();
    for it in told["materials"].as_array().expect("materials") {
        let wanted = it["required"] == true || it["may_follow"] == true;
        if wanted && it["from_form"] == false && it["key"] != key {
            world.upload(&world.applicant, &format!("/api/v1/drafts/{id}"), it["key"].as_str().expect("a key")).await;
        }
    }
    let filed = world.call("POST", &world.applicant, "/api/v1/cases", json!({"draft": id, "incomplete": true})).await;
    assert_eq!(filed.status, 201, "{}: {}", world.site.engine, filed.body);
    id.parse().expect("an id")
}

/// Signs by a code what is offered at this place.
async fn signed(world: &World, who: &Visitor, place: &str) -> i64 {
    let offered = world.call("GET", who, place, json!(null)).await;
    assert_eq!(offered.status, 200, "{}: {}", world.site.engine, offered.body);
    // Codes of one second stand in the box in any order.
    world.site.clock.seconds(1);
    let sent = world.call("POST", who, &format!("{place}/code"), json!(null)).await;
    assert_eq!(sent.status, 201, "{}: {}", world.site.engine, sent.body);
    let code = latest_code(world).await;
    let body = json!({"mark": offered.json()["mark"], "agrees": true, "handle": sent.json()["handle"], "code": code});
    let answer = world.call("POST", who, place, body).await;
    assert_eq!(answer.status, 201, "{}: {}", world.site.engine, answer.body);
    answer.json()["number"].as_i64().expect("a number")
}

async fn files(world: &World, who: &Visitor, place: &str, key: &str) -> Vec<Value> {
    let told = world.call("GET", who, place, json!(null)).await.json();
    let all = told["materials"].as_array().expect("materials").clone();
    let one = all.into_iter().find(|it| it["key"] == key).expect("the material");
    one["files"].as_array().expect("files").clone()
}

#[tokio::test]
async fn after_a_notice_what_is_missing_may_be_pledged_and_counts_once_it_is_sent() {
    for world in pledging(worlds().await, "layout").await {
        let engine = world.site.engine;
        let id = filed_without(&world, "layout").await;
        let place = format!("/api/v1/cases/{id}/supply/layout/pledge");
        let early = world.call("GET", &world.applicant, &place, json!(null)).await;
        assert!(early.status == 409 && early.body.contains("现在不需要补正"), "{engine}: {}", early.body);
        let faults = json!([{"about": "layout", "what": "缺少平面图"}]);
        world.act(&world.accept, id, json!({"act": "ask_correction", "faults": faults})).await;
        let stranger = world.site.person("路人", &[]);
        for path in [&place, &format!("/cases/{id}/supply/layout/pledge")] {
            assert_eq!(world.call("GET", &stranger, path, json!(null)).await.status, 404, "{engine}");
        }
        let none = format!("/api/v1/cases/{id}/supply/rules/pledge");
        assert_eq!(world.call("GET", &world.applicant, &none, json!(null)).await.status, 404, "{engine}: not of this");
        let link = format!("href=\"/cases/{id}/supply/layout/pledge\"");
        let page = world.site.get(&world.applicant, &format!("/cases/{id}/supply")).await.body;
        assert!(page.contains(&link), "{engine}: {page}");
        let text = world.site.get(&world.applicant, &format!("/cases/{id}/supply/layout/pledge")).await.body;
        assert!(text.contains(WORDS) && text.contains(&format!("href=\"/cases/{id}/supply\"")), "{engine}: {text}");
        let file = signed(&world, &world.applicant, &place).await;
        let page = world.site.get(&world.applicant, &format!("/cases/{id}/supply")).await.body;
        assert!(page.contains("以告知承诺代替") && !page.contains(&link), "{engine}: {page}");
        let unsent = format!("/api/v1/cases/{id}/pledges/{file}");
        assert_eq!(world.call("GET", &world.accept, &unsent, json!(null)).await.status, 404, "{engine}: not sent yet");
        world.act(&world.applicant, id, json!({"act": "supply"})).await;
        assert_eq!(view(&world, &world.accept, (id, file)).await["standing"], "made", "{engine}");
        // Nothing is missing any more.
        world.act(&world.accept, id, json!({"act": "accept"})).await;
        world.settle().await;
        verify(&world).await.unwrap_or_else(|broken| panic!("{engine}: {broken}"));
    }
}

#[tokio::test]
async fn at_a_window_whoever_has_a_telephone_signs_by_its_code_and_the_clerk_is_named() {
    for world in pledging(worlds_for_persons().await, "bank-card").await {
        let engine = world.site.engine;
        let clerk =
            officer(&world.site, "赵窗口", &[SEE, ACCEPT, FILE_AT_WINDOW, CHECK_PLEDGES], world.authority).await;
        let holder = world.holder.to_string();
        let body = json!({"item": world.item.to_string(), "holder": holder, "consent": true, "values": world.values()});
        let made = world.call("POST", &clerk, "/api/v1/drafts", body).await.json();
        let id = made["id"].as_str().expect("an id").to_owned();
        let place = format!("/api/v1/drafts/{id}/pledges/bank-card");
        let offered = world.call("GET", &clerk, &place, json!(null)).await.json();
        assert!(offered["at_window"] == true && offered["mobile"].to_string().contains("****"), "{engine}: {offered}");
        assert_eq!(world.call("GET", &world.applicant, &place, json!(null)).await.status, 404, "{engine}");
        let page = world.site.get(&clerk, &format!("/drafts/{id}/materials")).await.body;
        assert!(page.contains(&format!("href=\"/drafts/{id}/pledge/bank-card\"")), "{engine}: {page}");
        let page = world.site.get(&clerk, &format!("/drafts/{id}/pledge/bank-card")).await.body;
        assert!(page.contains("打印承诺书") && page.contains("用申请人的手机验证码签署"), "{engine}: {page}");
        let file = signed(&world, &clerk, &place).await;
        let filed = world.call("POST", &clerk, "/api/v1/cases", json!({"draft": id, "incomplete": true})).await;
        assert_eq!(filed.status, 201, "{engine}: {}", filed.body);
        let at = (id.parse().expect("an id"), file);
        let told = view(&world, &world.applicant, at).await;
        let text = told["text"].as_str().expect("a text");
        for words in [WORDS, "签署人：陈志远", "在窗口阅读全文", "窗口工作人员：赵窗口"] {
            assert!(text.contains(words), "{engine}: {words}: {text}");
        }
        let looks = world.page(&world.applicant, "/me/looks").await;
        assert!(looks.contains(identity::Purpose::Window.name()), "{engine}: {looks}");
        let body = json!({"version": 1, "found": "kept", "reason": "看过"});
        let own = format!("/api/v1/cases/{id}/pledges/{file}/findings");
        let refused = world.call("POST", &clerk, &own, body).await;
        assert_ne!(refused.status, 200, "{engine}: who took it does not check it: {}", refused.body);
        world.settle().await;
        verify(&world).await.unwrap_or_else(|broken| panic!("{engine}: {broken}"));
    }
}

#[tokio::test]
async fn at_a_window_it_is_printed_signed_by_hand_and_its_scan_stands_on_record() {
    for world in pledging(worlds().await, "layout").await {
        let engine = world.site.engine;
        let own = draft(&world, &world.applicant).await;
        let online = world.site.get(&world.applicant, &format!("/drafts/{own}/pledge/layout/print")).await;
        assert_eq!(online.status, 409, "{engine}: online it is signed by a code");
        let holder = world.holder.to_string();
        let body = json!({"item": world.item.to_string(), "holder": holder, "consent": true, "values": world.values()});
        let made = world.call("POST", &world.accept, "/api/v1/drafts", body).await.json();
        let id = made["id"].as_str().expect("an id").to_owned();
        let (place, draft) = (format!("/drafts/{id}/pledge/layout"), format!("/api/v1/drafts/{id}"));
        let blank = world.site.get(&world.accept, &format!("{place}/print")).await;
        assert!(blank.status == 200 && blank.bytes.starts_with(b"%PDF"), "{engine}: {}", blank.status);
        let page = world.site.get(&world.accept, &place).await.body;
        assert!(page.contains("打印承诺书（PDF）"), "{engine}: {page}");
        let mark = page.split("name=\"mark\" value=\"").nth(1).expect("a mark").split('"').next().expect("its end");
        let paper = format!("{place}/paper");
        for (mark, bytes, words) in [(mark, b"<script>".as_slice(), "只能上传"), ("00", PDF, "重新阅读")] {
            let fields = [("mark", mark)];
            let wrong = world.site.upload(&world.accept, &paper, &fields, ("scan", "a.pdf", bytes)).await;
            assert!(wrong.status == 422 && wrong.body.contains(words), "{engine}: {}", wrong.body);
        }
        let sign = async || {
            let fields = [("mark", mark)];
            let done = world.site.upload(&world.accept, &paper, &fields, ("scan", "签字.pdf", PDF)).await;
            assert_eq!(done.status, 303, "{engine}: {}", done.body);
            files(&world, &world.accept, &draft, "layout").await
        };
        let both = sign().await;
        let kinds: Vec<_> = both.iter().map(|it| it["kind"].clone()).collect();
        assert_eq!(kinds, ["pledge", "pdf"], "{engine}");
        let scan = both[1]["number"].as_i64().expect("a number");
        let away = world.site.post(&world.accept, &format!("/drafts/{id}/remove/{scan}"), &[]).await;
        assert_eq!(away.status, 303, "{engine}: {}", away.body);
        assert!(files(&world, &world.accept, &draft, "layout").await.is_empty(), "{engine}: they go together");
        assert!(world.site.app.blobs.list("", 100).await.expect("a list").is_empty(), "{engine}");
        sign().await;
        let file = json!({"draft": id, "incomplete": true, "on_paper": ["layout"]});
        let twice = world.call("POST", &world.accept, "/api/v1/cases", file).await;
        assert!(twice.status == 422 && twice.body.contains("已经用告知承诺代替"), "{engine}: {}", twice.body);
        let filed = world.call("POST", &world.accept, "/api/v1/cases", json!({"draft": id, "incomplete": true})).await;
        assert_eq!(filed.status, 201, "{engine}: {}", filed.body);
        let case: CaseId = id.parse().expect("an id");
        let told = view(&world, &world.applicant, (case, 1)).await;
        assert_eq!(told["paper"], 2, "{engine}: {told}");
        for who in [&world.applicant, &world.accept] {
            let page = world.site.get(who, &format!("/cases/{id}/pledges/1")).await.body;
            assert!(page.contains(&format!("/cases/{id}/materials/2")) && page.contains("扫描件"), "{engine}: {page}");
            let pdf = world.site.get(who, &format!("/cases/{id}/pledges/1/pdf")).await;
            assert!(pdf.status == 200 && pdf.bytes.starts_with(b"%PDF"), "{engine}: {}", pdf.status);
            let pdf = world.call("GET", who, &format!("/api/v1/cases/{id}/pledges/1/pdf"), json!(null)).await;
            assert!(pdf.status == 200 && pdf.bytes.starts_with(b"%PDF"), "{engine}: {}", pdf.status);
        }
        let stranger = world.site.person("路人", &[]);
        assert_eq!(world.site.get(&stranger, &format!("/cases/{id}/pledges/1/pdf")).await.status, 404, "{engine}");
        world.settle().await;
        verify(&world).await.unwrap_or_else(|broken| panic!("{engine}: {broken}"));
    }
}

#[tokio::test]
async fn a_pledge_lies_in_the_archive_as_a_paper_and_stands_among_ones_own_data() {
    for world in pledging(worlds_for_persons().await, "bank-card").await {
        let engine = world.site.engine;
        let id = draft(&world, &world.applicant).await;
        signed(&world, &world.applicant, &format!("/api/v1/drafts/{id}/pledges/bank-card")).await;
        let filed =
            world.call("POST", &world.applicant, "/api/v1/cases", json!({"draft": id, "incomplete": true})).await;
        assert_eq!(filed.status, 201, "{engine}: {}", filed.body);
        world.settle().await;
        let (ctx, app, id) = (world.ctx(&world.applicant), &world.site.app, id.parse().expect("an id"));
        let packed = archive::read(&ctx, app, id).await.expect("a case");
        let (into, answer) = webkit::archive(&packed.name());
        let (filled, bytes) = tokio::join!(archive::fill(&ctx, app, &packed, into), whole(answer));
        filled.expect("filled");
        let pledges: Vec<_> = unpacked(bytes).into_iter().filter(|it| it.0.contains("告知承诺书")).collect();
        assert_eq!(pledges.len(), 1, "{engine}");
        let (name, pdf) = &pledges[0];
        assert!(name.starts_with("材料/") && name.ends_with(".pdf"), "{engine}: {name}");
        assert!(pdf.starts_with(b"%PDF"), "{engine}");
        let told = identity::Dossier::told(&PersonsDossier, &ctx, app).await.expect("one's own data");
        let section = told.into_iter().find(|it| it.name == "告知承诺").expect("a section");
        assert_eq!(section.rows.len(), 1, "{engine}");
        let row = &section.rows[0];
        assert!(
            row[3].contains(WORDS) && row[3].contains("签署人：陈志远") && row[2] == "等待核查",
            "{engine}: {row:?}"
        );
        assert!(!row[1].is_empty(), "{engine}: the material is named");
    }
}
