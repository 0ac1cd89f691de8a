//! Pledges in the place of a material: chosen freely, signed by ticking and a code, kept word for word, checked afterwards; a breach bars from
//! further ones for that item until it is repaired.

use serde_json::{Value, json};
use testkit::{Answer, Visitor};

use super::{
    record::verify,
    world::{World, officer, worlds},
};
use crate::{CHECK_PLEDGES, CaseId, DECIDE, REVIEW, SEE};

/// Worlds in which a pledge may stand for the layout, checked within ten working days.
async fn pledging() -> Vec<World> {
    let mut out = Vec::new();
    for world in worlds().await {
        terms(&world, "场所布局符合食品安全要求，生熟分开。").await;
        out.push(world);
    }
    out
}

async fn terms(world: &World, content: &str) {
    terms_of(world, "layout", content).await;
}

/// From now on this pledge may stand for this material, checked within ten working days.
pub(super) async fn terms_of(world: &World, key: &str, content: &str) {
    let content = content.to_owned();
    world
        .revise(|document| {
            let it = document.materials.iter_mut().find(|it| it.key == key).expect("the material");
            it.pledge = true;
            it.pledge_content = content;
            it.pledge_check = "两名工作人员上门查看。".to_owned();
            it.pledge_check_days = Some(10);
        })
        .await;
}

pub(super) async fn draft(world: &World, who: &Visitor) -> String {
    let body = json!({"item": world.item.to_string(), "values": world.values()});
    let made = world.call("POST", who, "/api/v1/drafts", body).await;
    assert_eq!(made.status, 201, "{}: {}", world.site.engine, made.body);
    made.json()["id"].as_str().expect("an id").to_owned()
}

/// The latest code in the box of a demo site.
pub(super) async fn latest_code(world: &World) -> String {
    let shown = world.site.get(&world.site.anonymous(), "/demo/messages").await.body;
    shown.split("验证码 ").nth(1).map_or_else(String::new, |it| it[..6].to_owned())
}

/// The text of a pledge, and a code for it.
async fn asked(world: &World, id: &str) -> (Value, String, String) {
    let place = format!("/api/v1/drafts/{id}/pledges/layout");
    let offered = world.call("GET", &world.applicant, &place, json!(null)).await;
    assert_eq!(offered.status, 200, "{}: {}", world.site.engine, offered.body);
    // Codes of one second stand in the box in any order.
    world.site.clock.seconds(1);
    let sent = world.call("POST", &world.applicant, &format!("{place}/code"), json!(null)).await;
    assert_eq!(sent.status, 201, "{}: {}", world.site.engine, sent.body);
    let handle = sent.json()["handle"].as_str().expect("a handle").to_owned();
    (offered.json(), handle, latest_code(world).await)
}

async fn try_sign(world: &World, id: &str) -> Answer {
    let (offered, handle, code) = asked(world, id).await;
    let body = json!({"mark": offered["mark"], "agrees": true, "handle": handle, "code": code});
    world.call("POST", &world.applicant, &format!("/api/v1/drafts/{id}/pledges/layout"), body).await
}

/// Signs a pledge for the layout; gives the number of its file.
async fn signed(world: &World, id: &str) -> i64 {
    let answer = try_sign(world, id).await;
    assert_eq!(answer.status, 201, "{}: {}", world.site.engine, answer.body);
    answer.json()["number"].as_i64().expect("a number")
}

/// Files a draft whose layout is pledged and whose other needed materials are uploaded.
async fn filed(world: &World) -> (CaseId, i64) {
    let id = draft(world, &world.applicant).await;
    let file = signed(world, &id).await;
    let told = world.call("GET", &world.applicant, &format!("/api/v1/drafts/{id}"), json!(null)).await.json();
    for it in told["materials"].as_array().expect("materials") {
        let wanted = it["required"] == true || it["may_follow"] == true;
        if wanted && it["from_form"] == false && it["key"] != "layout" {
            world.upload(&world.applicant, &format!("/api/v1/drafts/{id}"), it["key"].as_str().expect("a key")).await;
        }
    }
    let filed = world.call("POST", &world.applicant, "/api/v1/cases", json!({"draft": id})).await;
    assert_eq!(filed.status, 201, "{}: nothing is missing: {}", world.site.engine, filed.body);
    (id.parse().expect("an id"), file)
}

async fn checker(world: &World) -> Visitor {
    officer(&world.site, "周核查", &[SEE, REVIEW, CHECK_PLEDGES], world.authority).await
}

pub(super) async fn view(world: &World, who: &Visitor, (id, file): (CaseId, i64)) -> Value {
    let told = world.call("GET", who, &format!("/api/v1/cases/{id}/pledges/{file}"), json!(null)).await;
    assert_eq!(told.status, 200, "{}: {}", world.site.engine, told.body);
    told.json()
}

async fn found(world: &World, who: &Visitor, (id, file): (CaseId, i64), body: Value) -> Answer {
    world.call("POST", who, &format!("/api/v1/cases/{id}/pledges/{file}/findings"), body).await
}

async fn layout(world: &World, id: &str) -> Value {
    let told = world.call("GET", &world.applicant, &format!("/api/v1/drafts/{id}"), json!(null)).await.json();
    let all = told["materials"].as_array().expect("materials").clone();
    all.into_iter().find(|it| it["key"] == "layout").expect("the layout")
}

#[tokio::test]
async fn nothing_is_signed_without_reading_ticking_and_the_code_and_by_nobody_else() {
    for world in pledging().await {
        let engine = world.site.engine;
        let id = draft(&world, &world.applicant).await;
        let place = format!("/api/v1/drafts/{id}/pledges/layout");
        let none = format!("/api/v1/drafts/{id}/pledges/business-licence");
        assert_eq!(world.call("GET", &world.applicant, &none, json!(null)).await.status, 404, "{engine}: not of this");
        let stranger = world.site.person("路人", &[]);
        for path in [&place, &format!("/drafts/{id}/pledge/layout")] {
            assert_eq!(world.call("GET", &stranger, path, json!(null)).await.status, 404, "{engine}");
        }
        let (offered, handle, code) = asked(&world, &id).await;
        let mark = offered["mark"].as_str().expect("a mark");
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let table = [
            (json!({"mark": mark, "agrees": false, "handle": handle, "code": code}), "勾选同意"),
            (json!({"mark": mark, "agrees": true, "handle": "", "code": code}), "先获取验证码"),
            (json!({"mark": mark, "agrees": true, "handle": handle, "code": wrong}), "验证码不正确"),
            (json!({"mark": "00", "agrees": true, "handle": handle, "code": code}), "重新阅读"),
        ];
        for (body, words) in table {
            let answer = world.call("POST", &world.applicant, &place, body).await;
            assert!(answer.status == 422 && answer.body.contains(words), "{engine}: {}", answer.body);
        }
        assert_eq!(layout(&world, &id).await["files"], json!([]), "{engine}");
    }
}

#[tokio::test]
async fn who_chooses_to_pledge_reads_the_text_ticks_types_the_code_and_hands_in_no_paper() {
    for world in pledging().await {
        let engine = world.site.engine;
        let id = draft(&world, &world.applicant).await;
        let place = format!("/drafts/{id}/pledge/layout");
        let materials = world.site.get(&world.applicant, &format!("/drafts/{id}/materials")).await.body;
        assert!(materials.contains(&place) && materials.contains("改用告知承诺"), "{engine}: {materials}");
        let page = world.site.get(&world.applicant, &place).await.body;
        for words in ["由您自己选择", "生熟分开", "10 个工作日内", "撤销行政决定", "国办发〔2020〕42号"]
        {
            assert!(page.contains(words), "{engine}: {words}: {page}");
        }
        let sent = world.site.post(&world.applicant, &format!("{place}/code"), &[("agrees", "yes")]).await;
        assert!(sent.status == 200 && sent.body.contains("name=\"code\""), "{engine}: {}", sent.body);
        let hidden = |name: &str| {
            let at = sent.body.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a field");
            at.split('"').next().unwrap_or_default().to_owned()
        };
        let (mark, handle, code) = (hidden("mark"), hidden("handle"), latest_code(&world).await);
        let fields = [("mark", mark.as_str()), ("handle", &handle), ("agrees", "yes"), ("code", &code)];
        let signed = world.site.post(&world.applicant, &place, &fields).await;
        assert_eq!(signed.status, 303, "{engine}: {}", signed.body);
        let path = format!("/api/v1/drafts/{id}/pledges/layout/code");
        let again = world.call("POST", &world.applicant, &path, json!(null)).await;
        assert!(again.body.contains("已经签署"), "{engine}: {}", again.body);
        let materials = world.site.get(&world.applicant, &format!("/drafts/{id}/materials")).await.body;
        assert!(materials.contains("以告知承诺代替"), "{engine}: {materials}");
        let case: CaseId = id.parse().expect("an id");
        let ctx = world.ctx(&world.applicant);
        let file = crate::read_material(&ctx, &world.site.app, case, 1).await.expect("the text");
        let text = String::from_utf8(file.bytes).expect("text");
        assert!(text.contains("生熟分开") && text.contains("签署人：陈志远") && text.contains("验证码确认"), "{text}");
        assert!(file.name.ends_with(".txt"), "{}", file.name);
        // Whoever hands the paper in after all has pledged nothing.
        world.upload(&world.applicant, &format!("/api/v1/drafts/{id}"), "layout").await;
        let files = layout(&world, &id).await["files"].clone();
        let kinds: Vec<_> = files.as_array().expect("files").iter().map(|it| it["kind"].clone()).collect();
        assert_eq!(kinds, ["pdf"], "{engine}");
    }
}

#[tokio::test]
async fn a_filed_pledge_is_seen_word_for_word_by_both_sides_and_stands_in_the_record() {
    for world in pledging().await {
        let engine = world.site.engine;
        let at = filed(&world).await;
        let (id, file) = at;
        let desk = world.site.get(&world.accept, &format!("/desk/cases/{id}")).await.body;
        assert!(desk.contains("以告知承诺代替") && desk.contains(&format!("/cases/{id}/pledges/{file}")), "{desk}");
        let ctx = world.ctx(&world.applicant);
        let signed = crate::read_material(&ctx, &world.site.app, id, file).await.expect("the text").bytes;
        for who in [&world.applicant, &world.accept] {
            let told = view(&world, who, at).await;
            assert_eq!(told["text"].as_str().map(str::as_bytes), Some(signed.as_slice()), "{engine}");
            assert_eq!((told["standing"].as_str(), &told["findings"]), (Some("made"), &json!([])), "{engine}");
            let page = world.site.get(who, &format!("/cases/{id}/pledges/{file}")).await.body;
            assert!(page.contains("生熟分开") && page.contains("等待核查"), "{engine}: {page}");
        }
        let stranger = world.site.person("路人", &[]);
        let path = format!("/api/v1/cases/{id}/pledges/{file}");
        assert_eq!(world.call("GET", &stranger, &path, json!(null)).await.status, 404, "{engine}");
        world.settle().await;
        let report = verify(&world).await.unwrap_or_else(|broken| panic!("{engine}: {broken}"));
        assert!(report.things > 3, "{report:?}");
        storage::sql! {
            /// What an intruder might write.
            FORGE_STANDING = "UPDATE case_pledges SET standing = 'kept' WHERE case_id = $1";
        }
        let mut unit = storage::Unit::new(&world.site.app.system("test"));
        unit.run(ALL[0], storage::args![id]);
        world.site.app.db.commit(unit).await.unwrap().or_stale("x").unwrap();
        let broken = verify(&world).await.expect_err("the forgery is found");
        assert!(broken.to_string().contains("case-pledge"), "{engine}: {broken}");
    }
}

async fn approved(world: &World) -> (CaseId, i64) {
    let at = filed(world).await;
    world.act(&world.accept, at.0, json!({"act": "accept"})).await;
    world.act(&world.review, at.0, json!({"act": "start_review"})).await;
    world.act(&world.review, at.0, json!({"act": "recommend", "favour": true, "opinion": "符合条件"})).await;
    world.act(&world.decide, at.0, json!({"act": "approve", "opinion": "同意"})).await;
    world.settle().await;
    at
}

async fn listed(world: &World, who: &Visitor, show: &str) -> Vec<Value> {
    let told = world.call("GET", who, &format!("/api/v1/pledges?show={show}"), json!(null)).await;
    assert_eq!(told.status, 200, "{}: {}", world.site.engine, told.body);
    told.json()["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn what_is_approved_upon_a_pledge_is_checked_within_the_days_that_the_item_says() {
    for world in pledging().await {
        let engine = world.site.engine;
        world.settle().await;
        let (checker, open) = (checker(&world).await, filed(&world).await);
        world.settle().await;
        assert_eq!(listed(&world, &checker, "due").await.len(), 0, "{engine}: nothing is decided");
        let at = approved(&world).await;
        let due = listed(&world, &checker, "due").await;
        // Decided on Monday 2 March 2026.
        let told: Vec<_> = due.iter().map(|it| (it["case"].as_str(), it["due"].as_str())).collect();
        assert_eq!(told, [(Some(at.0.to_string().as_str()), Some("2026年3月16日"))], "{engine}");
        let page = world.site.get(&checker, "/desk/pledges").await.body;
        assert!(page.contains("2026年3月16日前核查") && !page.contains("已超期"), "{engine}: {page}");
        world.site.clock.hours(15 * 24);
        assert!(world.site.get(&checker, "/desk/pledges").await.body.contains("已超期"), "{engine}");
        for (who, status) in [(&world.decide, 403), (&world.applicant, 403)] {
            assert_eq!(world.call("GET", who, "/api/v1/pledges", json!(null)).await.status, status, "{engine}");
            let body = json!({"version": 1, "found": "kept", "reason": "看过"});
            assert_eq!(found(&world, who, at, body).await.status, status, "{engine}");
        }
        for (body, status) in [
            (json!({"version": 1, "found": "kept", "reason": " "}), 422),
            (json!({"version": 1, "found": "nonsense", "reason": "看过"}), 422),
            (json!({"version": 1, "found": "mended", "reason": "看过"}), 409),
            (json!({"version": 7, "found": "kept", "reason": "看过"}), 409),
        ] {
            assert_eq!(found(&world, &checker, at, body.clone()).await.status, status, "{engine}: {body}");
        }
        let said = |reason: &str| json!({"version": 1, "found": "kept", "reason": reason});
        let (one, other) =
            tokio::join!(found(&world, &checker, at, said("已上门")), found(&world, &checker, at, said("看过")));
        let mut both = [one.status, other.status];
        both.sort_unstable();
        assert_eq!(both, [200, 409], "{engine}: {} {}", one.body, other.body);
        assert_eq!(listed(&world, &checker, "due").await.len(), 0, "{engine}");
        assert_eq!(view(&world, &world.applicant, at).await["standing"], "kept", "{engine}");
        // One that is not decided yet may be found untrue already.
        let body = json!({"version": 1, "found": "broken", "reason": "图是假的"});
        assert_eq!(found(&world, &checker, open, body).await.status, 200, "{engine}");
        world.settle().await;
        verify(&world).await.unwrap_or_else(|broken| panic!("{engine}: {broken}"));
    }
}

#[tokio::test]
async fn whoever_broke_a_pledge_is_told_and_may_not_pledge_for_that_item_until_it_is_repaired() {
    for world in pledging().await {
        let engine = world.site.engine;
        let (checker, at) = (checker(&world).await, approved(&world).await);
        let ready = draft(&world, &world.applicant).await;
        signed(&world, &ready).await;
        let body = json!({"version": 1, "found": "broken", "reason": "现场没有分区"});
        let answer = found(&world, &checker, at, body).await;
        assert_eq!(answer.status, 200, "{engine}: {}", answer.body);
        assert!(answer.body.contains("撤销决定") && answer.body.contains("现场没有分区"), "{engine}: {}", answer.body);
        let notices = world.call("GET", &world.applicant, "/api/v1/notices", json!(null)).await.body;
        assert!(notices.contains("告知承诺核查不符"), "{engine}: {notices}");
        let own = world.site.get(&world.applicant, &format!("/cases/{}/pledges/{}", at.0, at.1)).await.body;
        assert!(own.contains("现场没有分区") && own.contains("怎样修复"), "{engine}: {own}");
        // Neither what was signed before is filed, nor anything signed now.
        let body = json!({"draft": ready, "incomplete": true});
        let refused = world.call("POST", &world.applicant, "/api/v1/cases", body.clone()).await;
        assert!(refused.status == 409 && refused.body.contains("改交材料"), "{engine}: {}", refused.body);
        let other = draft(&world, &world.applicant).await;
        let path = format!("/api/v1/drafts/{other}/pledges/layout/code");
        let barred = world.call("POST", &world.applicant, &path, json!(null)).await;
        assert!(barred.status == 409 && barred.body.contains("违诺记录还没有修复"), "{engine}: {}", barred.body);
        let page = world.site.get(&world.applicant, &format!("/drafts/{other}/pledge/layout")).await.body;
        assert!(page.contains("违诺记录还没有修复") && !page.contains("获取验证码"), "{engine}: {page}");
        world.upload(&world.applicant, &format!("/api/v1/drafts/{other}"), "layout").await;
        let paper = world.call("POST", &world.applicant, "/api/v1/cases", json!({"draft": other, "incomplete": true}));
        assert_eq!(paper.await.status, 201, "{engine}: with the paper it goes on");
        assert_eq!(listed(&world, &checker, "broken").await.len(), 1, "{engine}");
        let mended = json!({"version": 2, "found": "mended", "reason": "已按要求整改"});
        let mended = found(&world, &checker, at, mended).await;
        assert_eq!(mended.status, 200, "{engine}: {}", mended.body);
        assert_eq!(listed(&world, &checker, "broken").await.len(), 0, "{engine}");
        assert_eq!(world.call("POST", &world.applicant, "/api/v1/cases", body).await.status, 201, "{engine}");
        world.settle().await;
        verify(&world).await.unwrap_or_else(|broken| panic!("{engine}: {broken}"));
    }
}

#[tokio::test]
async fn an_officer_records_what_it_found_on_the_page_and_nobody_checks_its_own() {
    for world in pledging().await {
        let (engine, checker, at) = (world.site.engine, checker(&world).await, approved(&world).await);
        let place = format!("/cases/{}/pledges/{}", at.0, at.1);
        let blank =
            world.site.post(&checker, &place, &[("version", "1"), ("found", ""), ("reason", "已上门看过")]).await;
        assert!(blank.status == 422 && blank.body.contains("已上门看过"), "{engine}: what was typed stays");
        let fields = [("version", "1"), ("found", "kept"), ("reason", "已上门看过")];
        let done = world.site.post(&checker, &place, &fields).await;
        assert_eq!((done.status, done.location.as_str()), (303, place.as_str()), "{engine}: {}", done.body);
        let page = world.site.get(&checker, &place).await.body;
        assert!(page.contains("核查相符") && page.contains("已上门看过"), "{engine}: {page}");
        // The applicant's own person, with a post.
        let grants = [SEE, CHECK_PLEDGES, DECIDE].map(|it| (it, Some(world.authority)));
        let me = world.ctx(&world.applicant).person().expect("a person");
        let own = world.site.visitor(me, "陈志远", &grants, None);
        let body = json!({"version": 2, "found": "broken", "reason": "自己查自己"});
        assert_eq!(found(&world, &own, at, body).await.status, 403, "{engine}");
    }
}

#[tokio::test]
async fn a_pledge_of_an_older_text_goes_when_the_draft_is_renewed_and_is_not_used_again_elsewhere() {
    for world in pledging().await {
        let engine = world.site.engine;
        let id = draft(&world, &world.applicant).await;
        signed(&world, &id).await;
        terms(&world, "场所布局与所附图一致。").await;
        let read = world.call("GET", &world.applicant, &format!("/api/v1/drafts/{id}"), json!(null)).await.json();
        assert!(read["renewal"]["left"].to_string().contains("请重新阅读后签署"), "{engine}: {read}");
        let path = format!("/api/v1/drafts/{id}/renew");
        let renewed = world.call("POST", &world.applicant, &path, json!({"version": read["version"]})).await;
        assert_eq!(renewed.status, 200, "{engine}: {}", renewed.body);
        assert_eq!(layout(&world, &id).await["files"], json!([]), "{engine}");
        assert!(world.site.app.blobs.list("", 100).await.expect("a list").is_empty(), "{engine}");
        // A file that says it is a pledge is none.
        let text = "告知承诺书\n签署人：陈志远\n".as_bytes().to_vec();
        let path = format!("/api/v1/drafts/{id}/materials/layout?name=a.txt");
        let sent = world.site.send(&world.applicant, ("POST", &path), "application/octet-stream", text).await;
        assert_eq!(sent.status, 422, "{engine}: {}", sent.body);
    }
}
