//! What the platform itself gave an applicant is taken in at trust level A while it holds; and what there is already is offered also where a
//! correction asks for it.

use serde_json::{Value, json};

use super::{
    systems::{ALL, by, step, system},
    world::{PDF, World, worlds},
};
use crate::CaseId;

impl World {
    /// The item asks for its own licence as «layout», as a renewal does; it holds for so long.
    async fn asks_for_its_licence(&self, valid: &str) {
        self.revise(|it| {
            it.result.as_mut().expect("a result").valid = valid.to_owned();
            let name = it.result.as_ref().expect("a result").name.clone();
            let layout = it.materials.iter_mut().find(|it| it.key == "layout").expect("the layout");
            layout.name = format!("{name}（副本）");
        })
        .await;
    }

    /// A case whose licence was made: approved and issued in the department's own system, which sent the file.
    async fn licensed(&self) -> CaseId {
        let (system, id) = (system(self, &ALL).await, self.filed().await);
        let of = (&system, id);
        let (one, other) = (|it| by("张接件", "A01", it), |it| by("李决定", "B02", it));
        step(self, of, "1", one(json!({"act": "accept"}))).await;
        step(self, of, "2", one(json!({"act": "start_review"}))).await;
        step(self, of, "3", one(json!({"act": "recommend", "favour": true, "opinion": "符合"}))).await;
        let path = format!("/api/v1/systems/cases/{id}/files?name=%E8%AE%B8%E5%8F%AF%E8%AF%81.pdf");
        let file = self.site.send(&system, ("POST", &path), "application/octet-stream", PDF.to_vec()).await;
        assert_eq!(file.status, 201, "{}: {}", self.site.engine, file.body);
        step(self, of, "4", other(json!({"act": "approve"}))).await;
        id
    }

    async fn issue(&self, id: CaseId) {
        self.act(&self.issue, id, json!({"act": "issue", "documents": ["JY2341"]})).await;
    }

    /// What a new draft of this applicant offers for the licence.
    async fn offered(&self) -> (String, Value) {
        let body = json!({"item": self.item.to_string(), "values": self.values()});
        let made = self.call("POST", &self.applicant, "/api/v1/drafts", body).await;
        assert_eq!(made.status, 201, "{}: {}", self.site.engine, made.body);
        let draft = made.json();
        (draft["id"].as_str().expect("an id").to_owned(), layout(&draft)["earlier_offer"].clone())
    }
}

fn layout(it: &Value) -> &Value {
    it["materials"].as_array().expect("materials").iter().find(|it| it["key"] == "layout").expect("the layout")
}

#[tokio::test]
async fn nothing_is_offered_that_was_not_given_was_undone_is_over_or_leaves_open_how_long_it_holds() {
    for world in worlds().await {
        let engine = world.site.engine;
        world.asks_for_its_licence("以许可证载明的期间为准").await;
        let id = world.licensed().await;
        world.issue(id).await;
        let (draft, offer) = world.offered().await;
        assert!(offer.is_null(), "{engine}: nobody can say how long it holds: {offer}");
        let take = format!("/api/v1/drafts/{draft}/materials/layout/reuse");
        let taken = world.call("POST", &world.applicant, &take, json!({"case": id.to_string()})).await;
        assert!(taken.status == 409 && taken.body.contains("不能直接用"), "{engine}: {}", taken.body);
    }
    for world in worlds().await {
        let engine = world.site.engine;
        world.asks_for_its_licence("五年").await;
        let id = world.licensed().await;
        assert!(world.offered().await.1.is_null(), "{engine}: approved, and not made yet");
        world.issue(id).await;
        assert_eq!(world.offered().await.1["case"], id.to_string(), "{engine}");
        let number = crate::service::load(&world.site.app, id).await.unwrap().case.before.unwrap().number;
        world.act(&world.head, id, json!({"act": "annul", "number": number, "reason": "有误"})).await;
        assert!(world.offered().await.1.is_null(), "{engine}: undone");
        world.issue(id).await;
        assert_eq!(world.offered().await.1["case"], id.to_string(), "{engine}: made anew");
        world.site.clock.hours(24 * (5 * 365 + 1));
        assert!(world.offered().await.1.is_null(), "{engine}: its five years are over");
    }
}

#[tokio::test]
async fn a_licence_that_was_given_here_is_taken_in_by_one_click_and_the_officer_sees_from_which_decision() {
    for world in worlds().await {
        let engine = world.site.engine;
        world.asks_for_its_licence("五年").await;
        let id = world.licensed().await;
        world.issue(id).await;
        let (draft, _) = world.offered().await;
        let page = world.page(&world.applicant, &format!("/drafts/{draft}/materials")).await;
        assert!(page.contains("这份证照是本平台发给您的") && page.contains("可信等级 A"), "{engine}: {page}");
        let form = [("case", id.to_string())];
        let form: Vec<_> = form.iter().map(|it| (it.0, it.1.as_str())).collect();
        let taken = world.site.post(&world.applicant, &format!("/drafts/{draft}/reuse/layout"), &form).await;
        assert_eq!(taken.status, 303, "{engine}: {}", taken.body);
        let file = world.site.get(&world.applicant, &format!("/drafts/{draft}/files/1")).await;
        assert_eq!((file.status, file.bytes.as_slice()), (200, PDF), "{engine}");
        let body = json!({"draft": draft, "incomplete": true});
        let filed = world.call("POST", &world.applicant, "/api/v1/cases", body).await;
        assert_eq!(filed.status, 201, "{engine}: {}", filed.body);
        let number = crate::service::load(&world.site.app, id).await.unwrap().facts.number;
        let desk = world.page(&world.accept, &format!("/desk/cases/{draft}")).await;
        assert!(desk.contains("可信等级 A：由发证机关直接签发") && desk.contains(&number), "{engine}: {desk}");
        world.settle().await;
        assert!(world.verified().await, "{engine}");
    }
}

#[tokio::test]
async fn a_decision_of_which_no_file_was_handed_over_is_itself_taken_in_under_the_same_rules() {
    for world in worlds().await {
        let engine = world.site.engine;
        world.asks_for_its_licence("五年").await;
        let id = world.for_decision().await;
        world.settle().await;
        assert!(world.offered().await.1.is_null(), "{engine}: nothing is decided");
        world.act(&world.decide, id, json!({"act": "approve"})).await;
        world.settle().await;
        assert!(world.offered().await.1.is_null(), "{engine}: approved, and not made yet");
        world.issue(id).await;
        assert_eq!(world.offered().await.1["case"], id.to_string(), "{engine}: the paper of the decision");
        let number = crate::service::load(&world.site.app, id).await.unwrap().case.before.unwrap().number;
        world.act(&world.head, id, json!({"act": "annul", "number": number, "reason": "有误"})).await;
        world.settle().await;
        assert!(world.offered().await.1.is_null(), "{engine}: undone");
        world.issue(id).await;
        let (draft, offer) = world.offered().await;
        assert_eq!(
            (&offer["case"], &offer["names"][0]),
            (&json!(id.to_string()), &json!("准予行政许可决定书")),
            "{engine}"
        );
        let take = format!("/api/v1/drafts/{draft}/materials/layout/reuse");
        let other = world.call("POST", &world.applicant, &take, json!({"case": draft})).await;
        assert_eq!(other.status, 409, "{engine}: of another case: {}", other.body);
        let taken = world.call("POST", &world.applicant, &take, json!({"case": id.to_string()})).await;
        assert!(taken.status < 300, "{engine}: {}", taken.body);
        let file = world.site.get(&world.applicant, &format!("/drafts/{draft}/files/1")).await;
        assert!(file.status == 200 && file.bytes.starts_with(b"%PDF"), "{engine}: {}", file.status);
        let size = world.site.app.db.query(crate::store::MATERIALS, storage::args![&draft, 10]).await.unwrap();
        assert_eq!(size[0].int("size").unwrap(), i64::try_from(file.bytes.len()).unwrap(), "{engine}");
        let body = json!({"draft": draft, "incomplete": true});
        let filed = world.call("POST", &world.applicant, "/api/v1/cases", body).await;
        assert_eq!(filed.status, 201, "{engine}: {}", filed.body);
        let desk = world.page(&world.accept, &format!("/desk/cases/{draft}")).await;
        assert!(desk.contains("可信等级 A：由发证机关直接签发"), "{engine}: {desk}");
        world.settle().await;
        assert!(world.verified().await, "{engine}");
        world.site.clock.hours(24 * (5 * 365 + 2));
        assert!(world.offered().await.1.is_null(), "{engine}: its five years are over");
    }
}

#[tokio::test]
async fn of_a_file_and_a_later_decision_without_one_the_later_is_offered() {
    for world in worlds().await {
        let engine = world.site.engine;
        world.asks_for_its_licence("五年").await;
        let first = world.licensed().await;
        world.issue(first).await;
        assert_eq!(world.offered().await.1["case"], first.to_string(), "{engine}");
        world.site.clock.hours(24);
        let second = world.for_decision().await;
        world.act(&world.decide, second, json!({"act": "approve"})).await;
        world.issue(second).await;
        world.settle().await;
        assert_eq!(world.offered().await.1["case"], second.to_string(), "{engine}: the renewed one");
    }
}

#[tokio::test]
async fn a_correction_offers_what_there_is_already_for_what_it_names_and_for_nothing_else() {
    for world in worlds().await {
        let engine = world.site.engine;
        world
            .revise(|it| {
                for one in it.materials.iter_mut().filter(|it| it.key != "application") {
                    one.reuse_days = Some(30);
                }
            })
            .await;
        let (earlier, id) = (world.filed().await, world.filed().await);
        let supply = format!("/cases/{id}/supply");
        let take = format!("{supply}/layout/reuse");
        let form = [("case", earlier.to_string())];
        let form: Vec<_> = form.iter().map(|it| (it.0, it.1.as_str())).collect();
        let early = world.site.post(&world.applicant, &take, &form).await;
        assert_eq!(early.status, 409, "{engine}: nothing is asked for yet: {}", early.body);
        let asks = json!({"act": "ask_correction", "faults": [{"about": "layout", "what": "没有标注水池"}]});
        world.act(&world.accept, id, asks).await;
        let page = world.page(&world.applicant, &supply).await;
        assert!(page.contains("您以前交过这份材料") && page.contains(&take), "{engine}: {page}");
        assert_eq!(page.matches("您以前交过这份材料").count(), 1, "{engine}: only what is asked for: {page}");
        let own = [("case", id.to_string())];
        let own: Vec<_> = own.iter().map(|it| (it.0, it.1.as_str())).collect();
        let same = world.site.post(&world.applicant, &take, &own).await;
        assert_eq!(same.status, 409, "{engine}: not what was found wrong in this very case: {}", same.body);
        let other = world.site.post(&world.applicant, &format!("{supply}/manager/reuse"), &form).await;
        assert_eq!(other.status, 409, "{engine}: not what nobody asked for: {}", other.body);
        let path = format!("/api/v1/cases/{id}/materials/layout/reuse");
        let officer = world.call("POST", &world.accept, &path, json!({"case": earlier.to_string()})).await;
        assert_eq!(officer.status, 403, "{engine}: it is the applicant's to choose");
        let taken = world.site.post(&world.applicant, &take, &form).await;
        assert_eq!((taken.status, taken.location.as_str()), (303, supply.as_str()), "{engine}: {}", taken.body);
        world.act(&world.applicant, id, json!({"act": "supply"})).await;
        assert_eq!(world.stage(id).await, "resupplied", "{engine}");
        let desk = world.page(&world.accept, &format!("/desk/cases/{id}")).await;
        assert!(desk.contains("提交过，这次直接使用"), "{engine}: {desk}");
        world.settle().await;
        assert!(world.verified().await, "{engine}");
    }
}
