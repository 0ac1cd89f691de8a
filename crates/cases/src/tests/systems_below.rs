//! Systems of departments where a lower organ examines first: each level's system does its own part and never the other's.

use std::sync::Mutex;

use async_trait::async_trait;
use identity::CONNECT;
use journal::outbox::{self, Courier, Message};
use kernel::{Authority, Ctx, Id, Result};
use serde_json::{Value, json};
use testkit::{Answer, Visitor};
use webkit::App;

use super::{
    preliminary::{Below, STREET},
    systems::{ALL, by, sent, step, system},
    world::{PDF, World, officer, worlds},
};
use crate::{CaseId, HOOK_MESSAGE, hook_letter};

/// A system of the lower organ, really registered.
async fn system_of(world: &World, below: &Below) -> Visitor {
    let grants: Vec<_> = ALL.iter().map(|it| (*it, Some(below.authority))).collect();
    let visitor = world.site.machine("市场监管所业务系统", &grants);
    identity::testing::seat(&world.site.app, &world.ctx(&visitor)).await.expect("a seat");
    visitor
}

/// The cases of a system's list, with where each is worked on.
async fn pulled(world: &World, who: &Visitor, more: &str) -> Vec<(String, String)> {
    let list = world.site.get(who, &format!("/api/v1/systems/cases{more}")).await;
    assert_eq!(list.status, 200, "{}: {}", world.site.engine, list.body);
    let text = |it: &Value, field: &str| it[field].as_str().expect("text").to_owned();
    list.json()["items"].as_array().expect("items").iter().map(|it| (text(it, "id"), text(it, "desk_name"))).collect()
}

/// A step that must be refused, with these words.
async fn refused(world: &World, (who, id): (&Visitor, CaseId), act: Value, words: &str) {
    let version = format!("\"{}\"", world.version(id).await);
    let name = act["act"].clone();
    let answer = sent(world, (who, id), (&format!("no-{name}"), &version), &by("张三", "A01", act)).await;
    assert_eq!(answer.status, 409, "{} {name}: {}", world.site.engine, answer.body);
    assert!(answer.body.contains(words), "{} {name}: {}", world.site.engine, answer.body);
}

#[tokio::test]
async fn each_levels_system_pulls_and_does_its_own_part_and_is_refused_the_others() {
    for world in worlds().await {
        let engine = world.site.engine;
        let below = Below::at(&world, STREET.0, STREET.1).await;
        let beside = Below::at(&world, "341602002000", "1134160200300003").await;
        let plain = world.accepted().await;
        world.examined_by(&[&below.code]).await;
        let (upper, lower) = (system(&world, &ALL).await, system_of(&world, &below).await);
        let (other, bound) = (system_of(&world, &beside).await, system_of(&world, &below).await);
        world.site.bind(&bound, world.site.app.system("test").new_id());
        let id = world.filed().await;
        world.settle().await;
        let path = format!("/api/v1/systems/cases/{id}");
        let whole = async |who: &Visitor| world.site.get(who, &path).await;
        let plain_path = format!("/api/v1/systems/cases/{plain}");
        assert_eq!(world.site.get(&lower, &plain_path).await.status, 404, "{engine}: what it does not examine");
        for (who, what) in [(&other, "another street"), (&bound, "another item")] {
            assert_eq!(pulled(&world, who, "?all=true").await, [], "{engine}: {what}");
            assert_eq!(whole(who).await.status, 404, "{engine}: {what}");
        }
        // While it is with the street, nobody does the other's part.
        let first = format!("由{}受理和初审", below.name);
        refused(&world, (&upper, id), json!({"act": "accept"}), &first).await;
        assert!(pulled(&world, &lower, "").await.is_empty(), "{engine}: it is not accepted yet");
        let told = [(id.to_string(), below.name.clone())];
        assert_eq!(pulled(&world, &lower, "?all=true").await, told, "{engine}");
        step(&world, (&lower, id), "1", by("所接件", "S1", json!({"act": "accept"}))).await;
        step(&world, (&lower, id), "2", by("所审查", "S2", json!({"act": "start_review"}))).await;
        let favour = json!({"act": "recommend", "favour": true, "opinion": "同意"});
        refused(&world, (&lower, id), favour.clone(), "先由下级机关审查").await;
        refused(&world, (&lower, id), json!({"act": "approve", "opinion": "同意"}), "").await;
        let result = format!("{path}/files?name=a.pdf");
        let file = world.site.send(&lower, ("POST", &result), "application/octet-stream", PDF.to_vec()).await;
        assert!(file.status == 409 && file.body.contains("由决定机关制作"), "{engine}: {}", file.body);
        let shown = whole(&lower).await.json();
        assert!(shown["content"]["materials"].is_array(), "{engine}: what it examines it reads: {shown}");
        let acts: Vec<_> = shown["acts"].as_array().expect("acts").iter().map(|it| it["act"].clone()).collect();
        assert!(acts.contains(&json!("hand_up")) && !acts.contains(&json!("recommend")), "{engine}: {acts:?}");
        assert_eq!(whole(&upper).await.json()["acts"], json!([]), "{engine}: the district sees it and waits");
        let up = json!({"act": "hand_up", "favour": true, "opinion": "现场<相符>，建议准予"});
        step(&world, (&lower, id), "3", by("所审查", "S2", up)).await;
        world.settle().await;
        // Handed up, it is the other way round; the street learns that it went, and reads no more of it.
        refused(&world, (&lower, id), json!({"act": "start_review"}), "已经报送").await;
        let upper_name = identity::authority(&world.site.app.db, world.authority).await.unwrap().facts.name;
        assert_eq!(pulled(&world, &lower, "").await, [(id.to_string(), upper_name)], "{engine}");
        let shown = whole(&lower).await.json();
        assert_eq!((&shown["content"], &shown["acts"]), (&Value::Null, &json!([])), "{engine}: {shown}");
        assert_eq!(world.site.get(&lower, &format!("{path}/files/1")).await.status, 403, "{engine}");
        let shown = whole(&upper).await.json();
        let opinion = &shown["content"]["preliminary"];
        assert_eq!(opinion["opinion"], "现场<相符>，建议准予", "{engine}: {shown}");
        assert_eq!((&opinion["favour"], &opinion["office"]), (&json!(true), &json!(below.name)), "{engine}");
        step(&world, (&upper, id), "4", by("李审核", "B1", json!({"act": "start_review"}))).await;
        step(&world, (&upper, id), "5", by("李审核", "B1", favour)).await;
        step(&world, (&upper, id), "6", by("何决定", "B2", json!({"act": "approve"}))).await;
        world.settle().await;
        assert!(world.verified().await, "{engine}");
    }
}

/// Takes whatever is told, and notes where it went and what it says.
struct Taker {
    app: App,
    got: Mutex<Vec<(String, Value)>>,
}

#[async_trait]
impl Courier for Taker {
    fn kind(&self) -> &'static str {
        HOOK_MESSAGE
    }

    async fn send(&self, ctx: &Ctx, message: &Message) -> Result<()> {
        let letter = hook_letter(ctx, &self.app, &message.body).await?.expect("a letter");
        let event = serde_json::from_str(&letter.body).expect("an event");
        self.got.lock().expect("a list").push((letter.address, event));
        Ok(())
    }
}

impl Taker {
    /// What was told at this address so far of a case: type and finer kind.
    fn of(&self, at: &str, id: CaseId) -> Vec<(String, String)> {
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let got = self.got.lock().expect("a list");
        let own = got.iter().filter(|it| it.0 == at && it.1["subject"] == id.to_string());
        own.map(|it| (text(&it.1["type"]), text(&it.1["data"]["entry"]))).collect()
    }
}

/// Sets up where a system of this organ is told, as the page does; `item`: only of this one.
async fn hook(world: &World, (who, at): (&Visitor, Id<Authority>), (address, item): (&str, &str)) -> Answer {
    let admin = officer(&world.site, "管理员", &[CONNECT], at).await;
    let client = world.ctx(who).actor.who.to_string().replace("client:", "");
    let fields = [("address", address), ("item", item)];
    world.site.post(&admin, &format!("/desk/clients/{client}/hooks"), &fields).await
}

#[tokio::test]
async fn each_levels_system_is_told_of_what_it_may_pull_and_of_nothing_of_the_others() {
    for world in worlds().await {
        let engine = world.site.engine;
        let below = Below::at(&world, STREET.0, STREET.1).await;
        let beside = Below::at(&world, "341602002000", "1134160200300003").await;
        let (upper, lower) = (system(&world, &ALL).await, system_of(&world, &below).await);
        let other = system_of(&world, &beside).await;
        let plain = world.filed().await;
        world.examined_by(&[&below.code]).await;
        world.settle().await;
        let name = world.document.name.clone();
        let [up, down, aside] = ["https://up.example.cn/", "https://down.example.cn/", "https://aside.example.cn/"];
        let refused = hook(&world, (&other, beside.authority), (aside, &name)).await;
        assert!(refused.status == 422 && refused.body.contains("没有这个名称的事项"), "{engine}: {}", refused.body);
        for (who, at, address, item) in [
            (&upper, world.authority, up, ""),
            (&lower, below.authority, down, name.as_str()),
            (&other, beside.authority, aside, ""),
        ] {
            let made = hook(&world, (who, at), (address, item)).await;
            assert_eq!(made.status, 200, "{engine} {address}: {}", made.body);
        }
        let taker = Taker { app: world.site.app.clone(), got: Mutex::default() };
        let deliver = async || {
            world.settle().await;
            for _ in 0..8 {
                world.site.clock.seconds(1);
                outbox::deliver(&world.site.app.db, &world.site.app.system("test"), &[&taker]).await.expect("a round");
            }
        };
        world.act(&world.accept, plain, json!({"act": "accept"})).await;
        let id = world.filed().await;
        step(&world, (&lower, id), "1", by("所接件", "S1", json!({"act": "accept"}))).await;
        step(&world, (&lower, id), "2", by("所审查", "S2", json!({"act": "start_review"}))).await;
        deliver().await;
        let early: Vec<_> =
            ["case.filed", "case.received", "case.accepted", "case.progressed"].map(str::to_owned).to_vec();
        let types = |all: &[(String, String)]| all.iter().map(|it| it.0.clone()).collect::<Vec<_>>();
        for at in [up, down] {
            assert_eq!(types(&taker.of(at, id)), early, "{engine} {at}");
        }
        assert!(taker.of(down, plain).is_empty(), "{engine}: what it does not examine");
        assert!(!taker.of(up, plain).is_empty(), "{engine}");
        let hand_up = json!({"act": "hand_up", "favour": true, "opinion": "现场相符"});
        step(&world, (&lower, id), "3", by("所审查", "S2", hand_up)).await;
        let favour = json!({"act": "recommend", "favour": true, "opinion": "同意"});
        step(&world, (&upper, id), "4", by("李审核", "B1", json!({"act": "start_review"}))).await;
        step(&world, (&upper, id), "5", by("李审核", "B1", favour)).await;
        step(&world, (&upper, id), "6", by("何决定", "B2", json!({"act": "approve"}))).await;
        deliver().await;
        let (above, under) = (taker.of(up, id), taker.of(down, id));
        assert_eq!(types(&above), types(&under), "{engine}: how it goes on both may pull");
        assert_eq!(above.last().expect("an event").0, "case.decided", "{engine}: {above:?}");
        let handed = above.iter().position(|it| it.1 == "cases.handed_up").expect("the handing-up");
        assert_eq!(under[..=handed], above[..=handed], "{engine}: as long as it is there, all of it");
        let finer: Vec<_> = under[handed + 1..].iter().map(|it| it.1.as_str()).collect();
        assert_eq!(finer, ["", "", ""], "{engine}: afterwards not what exactly was done above");
        assert!(above.iter().all(|it| !it.1.is_empty()), "{engine}: {above:?}");
        assert!(taker.got.lock().expect("a list").iter().all(|it| it.0 != aside), "{engine}: another street");
        // Nothing of one says that there is the other, and each knows an event again by its own id.
        let hooks = world.site.app.db.query(crate::store::hooks::HOOKS_AT, storage::args![below.authority, 9]).await;
        let own = hooks.expect("rows")[0].string("id").expect("an id");
        for (_, event) in taker.got.lock().expect("a list").iter() {
            let text = event.to_string();
            for word in [&below.name, &below.code, &below.authority.to_string(), &own, &world.authority.to_string()] {
                assert!(!text.contains(word.as_str()), "{engine} {word}: {text}");
            }
        }
        assert!(world.verified().await, "{engine}");
    }
}

#[tokio::test]
async fn a_system_whose_posts_are_for_one_item_is_told_of_cases_of_this_item_alone() {
    for world in worlds().await {
        let engine = world.site.engine;
        let [own, others] = ["https://own.example.cn/", "https://others.example.cn/"];
        let admin = officer(&world.site, "授予岗位", &[CONNECT, identity::ADMINISTER], world.authority).await;
        let another = "另一事项";
        let beside =
            catalogue::ItemDocument { name: another.to_owned(), handling_number: Some(2), ..world.document.clone() };
        world.publish(&beside).await;
        for (address, item) in [(own, world.document.name.as_str()), (others, another)] {
            let who = system(&world, &ALL).await;
            let client = world.ctx(&who).actor.who.to_string().replace("client:", "");
            let post = [("code", "system_pull"), ("item", item)];
            let granted = world.site.post(&admin, &format!("/desk/clients/{client}/posts"), &post).await;
            assert_eq!(granted.status, 303, "{engine} {address}: {}", granted.body);
            // Neither address is bound to an item: the posts alone say of what it may be told.
            let made = hook(&world, (&who, world.authority), (address, "")).await;
            assert_eq!(made.status, 200, "{engine} {address}: {}", made.body);
        }
        let taker = Taker { app: world.site.app.clone(), got: Mutex::default() };
        // The reader tells of what comes after it first ran.
        world.settle().await;
        let id = world.accepted().await;
        world.settle().await;
        for _ in 0..8 {
            world.site.clock.seconds(1);
            outbox::deliver(&world.site.app.db, &world.site.app.system("test"), &[&taker]).await.expect("a round");
        }
        assert!(!taker.of(own, id).is_empty(), "{engine}: its own item");
        assert!(taker.of(others, id).is_empty(), "{engine}: another's");
    }
}
