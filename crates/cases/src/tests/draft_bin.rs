//! The end of drafts: told before, brought back for some days, and then gone for good.

use serde_json::json;
use storage::args;

use super::world::{PDF, World, worlds_for_persons};
use crate::{
    CaseId,
    service::{self, draft_bin, drafts::DRAFT_DAYS},
    store,
};

const DAY: i64 = 24;

async fn draft(world: &World) -> CaseId {
    let asked = json!({"item": world.item.to_string(), "values": world.values()});
    let answer = world.call("POST", &world.applicant, "/api/v1/drafts", asked).await;
    let answer = answer.json();
    let id = answer["id"].as_str().expect("an id").to_owned();
    let material = answer["materials"].as_array().expect("materials").iter().find(|it| it["from_form"] == false);
    let key = material.map(|it| it["key"].as_str().expect("a key").to_owned()).expect("a material");
    world.upload(&world.applicant, &format!("/api/v1/drafts/{id}"), &key).await;
    id.parse().expect("an id")
}

async fn sweep(world: &World) {
    draft_bin::sweep(&world.site.app, &world.site.app.system("cases.drafts")).await.expect("a round");
}

async fn status(world: &World, path: &str) -> u16 {
    world.site.get(&world.applicant, path).await.status
}

async fn told(world: &World) -> usize {
    world.site.get(&world.site.anonymous(), "/demo/messages").await.body.matches("还没有提交，草稿保留到").count()
}

#[tokio::test]
async fn what_was_thrown_away_by_mistake_comes_back_with_its_files() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let id = draft(&world).await;
        let (page, gone) = (format!("/drafts/{id}"), format!("/drafts/{id}/discard"));
        assert_eq!(world.site.post(&world.applicant, &format!("/drafts/{id}/restore"), &[]).await.status, 404);
        assert_eq!(world.site.post(&world.applicant, &gone, &[]).await.status, 303, "{engine}");
        assert_eq!(status(&world, &page).await, 404, "{engine}: it is gone");
        let filed = world.call("POST", &world.applicant, "/api/v1/cases", json!({"draft": id})).await;
        assert_eq!(filed.status, 404, "{engine}: and is not filed: {}", filed.body);
        let list = world.site.get(&world.applicant, "/cases").await.body;
        assert!(list.contains("最近删除的草稿（1）") && !list.contains("没有提交的草稿"), "{engine}");
        let stranger = world.site.visitor(super::world::person(&world.site, "周晓梅").await, "周晓梅", &[], None);
        for act in ["restore", "destroy"] {
            let tried = world.site.post(&stranger, &format!("/drafts/{id}/{act}"), &[]).await;
            assert_eq!(tried.status, 404, "{engine}: {act}");
        }
        let back = world.site.post(&world.applicant, &format!("/drafts/{id}/restore"), &[]).await;
        assert_eq!(back.location, page, "{engine}: {}", back.body);
        let file = world.site.get(&world.applicant, &format!("/drafts/{id}/files/1")).await;
        assert_eq!(file.bytes, PDF, "{engine}");
        world.site.post(&world.applicant, &gone, &[]).await;
        let destroyed = world.site.post(&world.applicant, &format!("/drafts/{id}/destroy"), &[]).await;
        assert_eq!(destroyed.status, 303, "{engine}");
        assert!(
            world.site.app.vault.key(&service::subject(id)).await.is_err(),
            "{engine}: nobody can read it any more"
        );
        assert_eq!(world.site.post(&world.applicant, &format!("/drafts/{id}/restore"), &[]).await.status, 404);
    }
}

#[tokio::test]
async fn a_draft_that_nobody_touches_is_told_once_put_away_and_only_then_destroyed() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let id = draft(&world).await;
        world.site.clock.hours((DRAFT_DAYS - draft_bin::WARN_DAYS) * DAY - 1);
        sweep(&world).await;
        assert_eq!(told(&world).await, 0, "{engine}: not yet");
        world.site.clock.hours(2);
        sweep(&world).await;
        sweep(&world).await;
        assert_eq!(told(&world).await, 1, "{engine}: once");
        let list = world.site.get(&world.applicant, "/cases").await.body;
        assert!(list.contains("只保留到 2026年5月31日"), "{engine}: {list}");
        world.site.clock.hours(draft_bin::WARN_DAYS * DAY);
        sweep(&world).await;
        assert_eq!(status(&world, &format!("/drafts/{id}")).await, 404, "{engine}: put away");
        world.site.clock.hours((draft_bin::BIN_DAYS - 1) * DAY);
        sweep(&world).await;
        assert!(world.site.get(&world.applicant, "/cases").await.body.contains("最近删除的草稿"), "{engine}");
        world.site.clock.hours(2 * DAY);
        sweep(&world).await;
        let row = world.site.app.db.find(store::DRAFT, args![id]).await.expect("an answer");
        assert!(row.is_none(), "{engine}: destroyed");
        assert!(world.site.app.vault.key(&service::subject(id)).await.is_err(), "{engine}");
        assert_eq!(told(&world).await, 1, "{engine}");
    }
}

#[tokio::test]
async fn a_draft_that_is_saved_again_has_all_its_days() {
    for world in worlds_for_persons().await {
        let id = draft(&world).await;
        world.site.clock.hours((DRAFT_DAYS - 1) * DAY);
        sweep(&world).await;
        assert_eq!(told(&world).await, 1, "{}", world.site.engine);
        let own = world.ctx(&world.applicant);
        let before = service::drafts::draft(&own, &world.site.app, id).await.expect("the draft");
        service::drafts::save_draft(&own, &world.site.app, id, before.version, &world.values()).await.expect("saved");
        world.site.clock.hours(10 * DAY);
        sweep(&world).await;
        assert_eq!(status(&world, &format!("/drafts/{id}")).await, 200, "{}", world.site.engine);
        world.site.clock.hours((DRAFT_DAYS - 11) * DAY);
        sweep(&world).await;
        assert_eq!(told(&world).await, 2, "{}: told again of the new day", world.site.engine);
    }
}
