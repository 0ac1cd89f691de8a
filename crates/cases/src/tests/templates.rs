//! Templates of papers: legal affairs write them, for one authority or for the site; papers follow at once, and those that are made stay.

use catalogue::LEGAL_CHECK;
use kernel::{Authority, Error, Id};
use serde_json::{Value, json};
use testkit::{Site, Visitor};

use super::{
    record::verify,
    world::{World, person, worlds},
};
use crate::{
    CaseId,
    model::{
        PaperKind,
        template::{Form, Part, Template},
    },
    paper_content,
    service::templates,
    store,
};

const PAGE: &str = "/desk/paper-templates";
const API: &str = "/api/v1/desk/paper-templates";

/// Somebody of legal affairs, of one authority or of the site.
async fn lawyer(site: &Site, authority: Option<Id<Authority>>) -> Visitor {
    let id = person(site, "陶静").await;
    let visitor = site.visitor(id, "陶静", &[(LEGAL_CHECK, authority)], None);
    identity::testing::seat(&site.app, &site.ctx(&visitor)).await.expect("a seat");
    visitor
}

/// The blocks of a kind as the API gives them.
async fn blocks(world: &World, who: &Visitor, kind: &str, query: &str) -> Value {
    let told = world.call("GET", who, &format!("{API}/{kind}{query}"), json!(null)).await;
    assert_eq!(told.status, 200, "{}: {}", world.site.engine, told.body);
    told.json()["blocks"].clone()
}

impl World {
    /// A refusal that is made into a paper: its words and the template it names.
    async fn refused(&self) -> (CaseId, String, String) {
        let id = self.for_decision().await;
        self.act(&self.decide, id, json!({"act": "refuse", "reasons": "与布局图不符，见{申请人}[原话]"})).await;
        self.settle().await;
        let (words, template) = self.last_paper(id).await;
        (id, words, template)
    }

    /// The words of the case's last paper, and the template it names.
    async fn last_paper(&self, id: CaseId) -> (String, String) {
        let version = self.version(id).await;
        let (_, paper) = paper_content(&self.ctx(&self.applicant), &self.site.app, id, version).await.expect("a paper");
        let rows = self.site.app.db.query(store::PAPER_ROWS, storage::args!["", 500_i64]).await.expect("rows");
        let of = |row: &&storage::Row| {
            row.text("case_id").ok() == Some(id.to_string().as_str()) && row.int("number").ok() == Some(version)
        };
        let row = rows.iter().find(of).expect("its row");
        (serde_json::to_string(&paper).expect("words"), row.string("template").expect("a template"))
    }
}

#[tokio::test]
async fn only_legal_affairs_write_templates_and_only_where_they_have_their_post() {
    for world in worlds().await {
        let site = &world.site;
        let other = Some(site.app.system("test").new_id());
        let (own, elsewhere) = (lawyer(site, Some(world.authority)).await, lawyer(site, other).await);
        let here = format!("?authority={}", world.authority);
        let put = json!({"version": 0, "blocks": [{"form": "paragraph", "text": "甲"}], "reason": "试"});
        for who in [&world.decide, &world.applicant, &elsewhere] {
            for path in [format!("{API}{here}"), format!("{API}/refusal{here}"), format!("{PAGE}/refusal{here}")] {
                assert_eq!(site.get(who, &path).await.status, 403, "{path} on {}", site.engine);
            }
            let answer = world.call("PUT", who, &format!("{API}/refusal{here}"), put.clone()).await;
            assert_eq!(answer.status, 403, "{}", site.engine);
        }
        for path in [format!("{API}/refusal"), format!("{PAGE}/refusal?authority=site")] {
            assert_eq!(site.get(&own, &path).await.status, 403, "the site is not one's own authority: {path}");
        }
        assert_eq!(world.call("PUT", &own, &format!("{API}/refusal"), put).await.status, 403);
        assert_eq!(site.get(&own, &format!("{API}/no_such{here}")).await.status, 404);
        assert_eq!(world.page(&own, PAGE).await.matches("系统自带").count(), PaperKind::ALL.len());
    }
}

#[tokio::test]
async fn a_template_that_leaves_out_what_the_law_asks_for_is_refused_by_api_and_page_and_nothing_typed_is_lost() {
    for world in worlds().await {
        let who = lawyer(&world.site, None).await;
        for (blocks, field, words) in [
            (json!([{"form": "paragraph", "text": "不批。"}]), "blocks", "必须写明救济途径"),
            (json!([{"form": "paragraph", "text": "{申请者}"}, {"form": "remedies"}]), "block-1", "是不是「{申请人}」"),
            (json!([{"form": "song", "text": "甲"}]), "block-1", "没有「song」这种样式"),
            (
                json!([{"form": "paragraph", "text": "{理由}", "when": "never"}, {"form": "remedies"}]),
                "block-1",
                "情形",
            ),
            (json!([]), "blocks", "还没有内容"),
        ] {
            let ask = json!({"version": 0, "blocks": blocks, "reason": "试"});
            let told = world.call("PUT", &who, &format!("{API}/refusal"), ask).await;
            assert_eq!(told.status, 422, "{}: {}", world.site.engine, told.body);
            assert!(told.body.contains(field) && told.body.contains(words), "{words}: {}", told.body);
        }
        let fields = [
            ("authority", "site"),
            ("version", "0"),
            ("count", "1"),
            ("form-1", "paragraph"),
            ("text-1", "你好，{申请者}<b>"),
            ("reason", "试"),
            ("do", "save"),
        ];
        let again = world.site.post(&who, &format!("{PAGE}/refusal"), &fields).await;
        assert_eq!(again.status, 422, "{}", world.site.engine);
        assert!(
            again.body.contains("是不是「{申请人}」") && again.body.contains("你好，{申请者}&#60;b&#62;"),
            "{}",
            again.body
        );
        let good = blocks(&world, &who, "refusal", "").await;
        let told = world
            .call("PUT", &who, &format!("{API}/refusal"), json!({"version": 0, "blocks": good, "reason": " "}))
            .await;
        assert!(told.status == 422 && told.body.contains("理由"), "no reason: {}", told.body);
        let rare = json!([{"form": "paragraph", "text": "😀"}]);
        let told = world
            .call("PUT", &who, &format!("{API}/lapse_notice"), json!({"version": 0, "blocks": rare, "reason": "试"}))
            .await;
        assert_eq!(told.status, 422, "{}", told.body);
        assert_eq!(blocks(&world, &who, "refusal", "").await, good, "nothing was written");
    }
}

#[tokio::test]
async fn a_template_holds_at_once_and_a_paper_that_was_made_stays_as_it_is() {
    for world in worlds().await {
        let who = lawyer(&world.site, Some(world.authority)).await;
        let query = format!("?authority={}", world.authority);
        let (before, words, template) = world.refused().await;
        assert!(template.starts_with("shipped@"), "{}: {template}", world.site.engine);
        assert!(words.contains("现作出不予通过的决定"));
        world.site.clock.seconds(60);
        let mut own = blocks(&world, &who, "refusal", &query).await;
        own[0]["text"] = "对“{事项名称}”（{办件编号}）的申请，[根据{听证登记日期}的笔录，]我们决定不予许可。".into();
        let ask = json!({"version": 0, "blocks": own, "reason": "按新的文书格式调整"});
        let told = world.call("PUT", &who, &format!("{API}/refusal{query}"), ask.clone()).await;
        assert_eq!(told.status, 204, "{}: {}", world.site.engine, told.body);
        let late = world.call("PUT", &who, &format!("{API}/refusal{query}"), ask).await;
        assert_eq!(late.status, 409, "whoever read the version before is told");
        world.site.clock.seconds(60);
        let (after, now, template) = world.refused().await;
        assert_eq!(template, format!("{}@1", world.authority));
        assert!(now.contains("我们决定不予许可。") && !now.contains("现作出不予通过的决定"), "{now}");
        assert!(now.contains("见{申请人}[原话]"), "what an officer wrote is no placeholder: {now}");
        assert!(now.contains("行政复议") && now.contains("行政诉讼"));
        assert_eq!(world.last_paper(before).await.0, words, "the paper that was made");
        assert_ne!(before, after);
        let page = world.page(&who, &format!("{PAGE}/refusal{query}")).await;
        assert!(
            page.contains("本单位模板第 1 版") && page.contains("按新的文书格式调整") && page.contains("陶静"),
            "{page}"
        );
        let node = world.site.other_node(super::world::AREAS, super::world::own).await;
        let kind = (Some(world.authority), PaperKind::Refusal);
        let kit = node.part().expect("the shipped words");
        let there = templates::in_force(&node.db, &kit, kind, world.ctx(&who).now).await.expect("in force");
        assert_eq!(there.source, templates::Source::Own(1), "on every node");
    }
}

#[tokio::test]
async fn an_authority_follows_the_site_until_it_writes_its_own_and_again_when_it_takes_that_back() {
    for world in worlds().await {
        let site = &world.site;
        let who = lawyer(site, None).await;
        let query = format!("?authority={}", world.authority);
        let put = async |query: &str, version: i64, text: Option<&str>| {
            site.clock.seconds(60);
            let blocks =
                text.map(|text| json!([{"form": "paragraph", "text": format!("{text}：{{事项名称}}、{{办件编号}}")}]));
            let ask = json!({"version": version, "blocks": blocks, "reason": "试"});
            let told = world.call("PUT", &who, &format!("{API}/lapse_notice{query}"), ask).await;
            site.clock.seconds(60);
            (told.status, told.body)
        };
        let said = async |query: &str| blocks(&world, &who, "lapse_notice", query).await[0]["text"].to_string();
        assert!(said(&query).await.contains("因在补正期限内"));
        assert_eq!(put(&query, 0, None).await.0, 409, "there is nothing to take back");
        assert_eq!(put("", 0, Some("全站")).await.0, 204, "{}", site.engine);
        assert_eq!(put("", 1, Some("全站")).await.0, 409, "nothing changes");
        assert!(said(&query).await.contains("全站"));
        assert_eq!(put(&query, 0, Some("本局")).await.0, 204);
        assert!(said(&query).await.contains("本局") && said("").await.contains("全站"));
        assert_eq!(put(&query, 1, None).await.0, 204);
        assert!(said(&query).await.contains("全站"));
        assert_eq!(put("", 1, None).await.0, 204);
        assert!(said(&query).await.contains("因在补正期限内"));
        let told = world.call("GET", &who, &format!("{API}/lapse_notice/versions{query}"), json!(null)).await.json();
        assert_eq!((told[0]["version"].as_i64(), told[0]["back"].as_bool()), (Some(2), Some(true)), "{told}");
        let old = world.page(&who, &format!("{PAGE}/lapse_notice/versions/1{query}")).await;
        assert!(old.contains("本局") && old.contains("<svg"), "{old}");
        assert_eq!(site.get(&who, &format!("{PAGE}/lapse_notice/versions/9{query}")).await.status, 404);
    }
}

#[tokio::test]
async fn the_receipt_is_read_off_in_the_words_of_its_day_whatever_is_written_later() {
    for world in worlds().await {
        let who = lawyer(&world.site, None).await;
        let id = world.filed().await;
        let read = async || {
            let paper = paper_content(&world.ctx(&world.applicant), &world.site.app, id, 1).await.expect("a paper").1;
            serde_json::to_string(&paper).expect("words")
        };
        let before = read().await;
        world.site.clock.seconds(60);
        let mut own = blocks(&world, &who, "receipt", "").await;
        own[0]["text"] = "收据：{事项名称}、{办件编号}、{收到时间}".into();
        let told = world
            .call("PUT", &who, &format!("{API}/receipt"), json!({"version": 0, "blocks": own, "reason": "试"}))
            .await;
        assert_eq!(told.status, 204, "{}: {}", world.site.engine, told.body);
        assert_eq!(read().await, before, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn the_page_works_by_its_buttons_alone_and_shows_the_very_paper() {
    for world in worlds().await {
        let who = lawyer(&world.site, None).await;
        let here = format!("{PAGE}/lapse_notice");
        let page = world.page(&who, &format!("{here}?authority=site")).await;
        assert!(page.contains("<svg") && page.contains("{申请日期}"), "the words and the paper");
        let two = [("form-1", "paragraph"), ("text-1", "甲段"), ("form-2", "heading"), ("text-2", "乙题")];
        let send = async |order: &str| {
            let fields = [&[("authority", "site"), ("version", "0"), ("count", "2"), ("do", order)][..], &two].concat();
            world.site.post(&who, &here, &fields).await
        };
        let at = |body: &str, words: &str| body.find(words).unwrap_or_else(|| panic!("{words} in {body}"));
        for (order, first, second) in
            [("up-2", "乙题", "甲段"), ("down-1", "乙题", "甲段"), ("preview", "甲段", "乙题")]
        {
            let body = send(order).await.body;
            assert!(at(&body, first) < at(&body, second), "{order} on {}", world.site.engine);
        }
        let removed = send("remove-1").await.body;
        assert!(!removed.contains("甲段") && removed.contains("乙题"));
        let added = send("add-1").await.body;
        assert!(
            added.contains("name=\"text-3\"") && added.contains("缺少「{事项名称}」") || added.contains("没有内容"),
            "{added}"
        );
        for odd in ["up-0", "down-99", "remove-0", "add-99", "up-x", "nonsense"] {
            let answer = send(odd).await;
            assert!(answer.status == 200 && answer.body.contains("甲段"), "{odd}");
        }
        let tried = world
            .site
            .post(&who, &format!("{here}/try"), &[("authority", "site"), ("count", "1"), ("text-1", "试排")])
            .await;
        assert_eq!(tried.status, 200);
        assert!(
            tried.body.contains("<svg") && tried.body.contains("试排") && !tried.body.contains("<html"),
            "{}",
            tried.body
        );
        let fields = [
            ("authority", "site"),
            ("version", "0"),
            ("count", "1"),
            ("form-1", "paragraph"),
            ("text-1", "｛事项名称｝（｛办件编号｝）终止办理。"),
            ("reason", "试"),
            ("do", "save"),
        ];
        let saved = world.site.post(&who, &here, &fields).await;
        assert_eq!(saved.status, 303, "{}: {}", world.site.engine, saved.body);
        assert!(world.page(&who, &saved.location).await.contains("全站模板第 1 版"));
    }
}

#[tokio::test]
async fn templates_and_what_papers_say_of_them_stand_in_the_record() {
    for world in worlds().await {
        let who = lawyer(&world.site, None).await;
        let ctx = world.ctx(&who);
        let part =
            Part { form: Form::Paragraph, text: "{事项名称}、{办件编号}".to_owned(), when: String::new() };
        let template = Template { blocks: vec![part] };
        let of = (None, PaperKind::LapseNotice);
        templates::put(&ctx, &world.site.app, (of, 0), Some(&template), "试").await.expect("in force");
        templates::put(&ctx, &world.site.app, (of, 1), None, "不要了").await.expect("taken back");
        world.refused().await;
        verify(&world).await.unwrap_or_else(|broken| panic!("{}: {broken}", world.site.engine));
        let stale = templates::put(&ctx, &world.site.app, (of, 1), Some(&template), "试").await;
        assert!(matches!(stale, Err(Error::Stale { .. })));
    }
}
