//! Imports as jobs, through the desk: columns are looked at, the check writes nothing, what was stopped goes on, and nothing is done twice.

use kernel::{Authority, Id};
use testkit::{Answer, Site, Visitor};

use super::{USCC, all_items, authority, sites};
use crate::{
    AREA, create_item, draft,
    exchange::work::round,
    item,
    model::ItemDocument,
    revise,
    tests::{AREAS, keeper, licence},
};

const PAGE: &str = "/desk/items/exchange";

async fn upload(site: &Site, who: &Visitor, authority: Id<Authority>, (name, bytes): (&str, &[u8])) -> Answer {
    let fields = [("authority", authority.to_string())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
    site.upload(who, PAGE, &fields, ("file", name, bytes)).await
}

pub(super) async fn rounds(site: &Site, n: usize) {
    for _ in 0..n {
        round(&site.app, &site.app.system("catalogue.imports")).await.unwrap();
    }
}

/// The desk of one authority with an item in it, and the person who keeps it.
pub(super) async fn desk(site: &Site) -> (Id<Authority>, Visitor, Id<kernel::Item>) {
    let (ctx, db) = (site.app.system("test"), &site.app.db);
    let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
    let id = create_item(&ctx, db, office, &licence()).await.unwrap();
    (office, keeper(site, Some(office)).await, id)
}

/// Rows of so many new items, and one that changes the licence.
pub(super) fn list(n: usize) -> String {
    let rows: String = (0..n).map(|n| format!("000131024000,J-{n:05},第 {n} 个事项,3,说了不算\n")).collect();
    let head = "基本编码,地方编码,我局自定的名字,承诺时限,我局的备注\n";
    format!("{head}000131024000,,{},2,\n000131024000,J-x,坏的,三天,\n{rows}", licence().name)
}

#[tokio::test]
async fn a_list_goes_from_its_columns_over_the_check_to_drafts_and_the_choice_is_remembered() {
    for site in sites().await {
        let (office, who, id) = desk(&site).await;
        let before = all_items(&site.app.db).await;
        let sent = upload(&site, &who, office, ("我局清单.csv", list(3).as_bytes())).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        let job = sent.location.clone();
        let page = site.get(&who, &job).await;
        assert!(
            page.body.contains("我局自定的名字") && page.body.contains("第 0 个事项"),
            "heads and first rows are shown"
        );
        let columns = "sheet=1&kind=items&blank=keep&c0=up_task_general_basic.catalog_code&c1=up_task_general_basic.local_task_code\
            &c2=up_task_general_basic.task_name&c3=up_task_general_basic.promise_day&c4=";
        let fields = |act: &str| -> Vec<(String, String)> {
            let pairs = columns.split('&').map(|it| it.split_once('=').unwrap());
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            pairs.chain([("do".to_owned(), act.to_owned())]).collect()
        };
        let checked = post(&site, &who, &job, "columns", &fields("check")).await;
        assert_eq!(checked.status, 303, "{}", checked.body);
        let page = site.get(&who, &job).await;
        assert!(page.body.contains("http-equiv=\"refresh\""), "the page comes again by itself");
        rounds(&site, 1).await;
        let page = site.get(&who, &job).await.body;
        assert!(page.contains("导入 4 个事项") && page.contains("应填不小于 0 的整数"), "{page}");
        assert_eq!(all_items(&site.app.db).await, before, "a check writes nothing");
        assert!(site.get(&who, &format!("{job}?kind=changed")).await.body.contains("承诺办结时限"));
        let report = site.get(&who, &format!("{job}/report")).await;
        assert!(report.body.contains("拒绝,我局清单,3,承诺办结时限,三天"), "{}", report.body);
        assert_eq!(post(&site, &who, &job, "start", &[]).await.status, 303);
        rounds(&site, 1).await;
        assert!(site.get(&who, &job).await.body.contains("导入完成"));
        assert_eq!(all_items(&site.app.db).await.len(), before.len() + 3);
        let doc = draft(&site.app.db, id).await.unwrap().unwrap();
        assert_eq!(doc.promised_limit.unwrap().n, 2);
        // The next list of this authority finds its own words.
        let sent = upload(&site, &who, office, ("我局清单.csv", list(3).as_bytes())).await;
        let page = site.get(&who, &sent.location).await.body;
        assert!(page.contains("<option value=\"up_task_general_basic.task_name\" selected>"), "{page}");
        assert_eq!(post(&site, &who, &sent.location, "columns", &fields("check")).await.status, 303);
        rounds(&site, 1).await;
        assert!(site.get(&who, &sent.location).await.body.contains("没有要写入的内容"), "twice the same is nothing");
        site.settle(&AREAS).await;
        verified(&site).await;
    }
}

async fn post(site: &Site, who: &Visitor, job: &str, act: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    site.post(who, &format!("{job}/{act}"), &fields).await
}

/// The record and its things agree.
async fn verified(site: &Site) {
    let snapshot = site.app.db.snapshot().await.unwrap();
    let replays: Vec<_> = AREAS.iter().flat_map(|it| (it.replays)()).collect();
    let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
    let found = journal::verify(&snapshot, &[], &replays).await.unwrap();
    assert!(found.is_ok(), "{}: {found:?}", site.engine);
}

#[tokio::test]
async fn what_was_stopped_goes_on_where_it_stood_and_no_item_is_made_twice() {
    for site in sites().await {
        let (office, who, _) = desk(&site).await;
        let before = all_items(&site.app.db).await.len();
        let text: String = (0..2_100).map(|n| format!("000131024000,K-{n:05},第 {n} 个事项\n")).collect();
        let text = format!("基本编码,地方编码,事项名称\n{text}");
        let job = upload(&site, &who, office, ("清单.csv", text.as_bytes())).await.location;
        let same = [("sheet".to_owned(), "0".to_owned()), ("do".to_owned(), "check".to_owned())];
        assert_eq!(post(&site, &who, &job, "columns", &same).await.status, 303);
        rounds(&site, 2).await;
        assert_eq!(post(&site, &who, &job, "start", &[]).await.status, 303);
        rounds(&site, 1).await;
        assert_eq!(all_items(&site.app.db).await.len(), before + 2_000, "a round ends before its lease");
        assert_eq!(post(&site, &who, &job, "stop", &[]).await.status, 303);
        rounds(&site, 1).await;
        assert_eq!(all_items(&site.app.db).await.len(), before + 2_000, "stopped is stopped");
        assert_eq!(post(&site, &who, &job, "start", &[]).await.status, 303);
        rounds(&site, 1).await;
        assert_eq!(all_items(&site.app.db).await.len(), before + 2_100, "{}", site.engine);
        assert!(site.get(&who, &job).await.body.contains("导入完成"));
    }
}

#[tokio::test]
async fn what_somebody_changed_after_the_check_is_not_overwritten_and_a_post_that_ended_ends_the_import() {
    for site in sites().await {
        let (office, who, id) = desk(&site).await;
        let text = format!("事项名称,承诺时限\n{},2\n", licence().name);
        let job = upload(&site, &who, office, ("清单.csv", text.as_bytes())).await.location;
        let same = [("sheet".to_owned(), "0".to_owned()), ("do".to_owned(), "check".to_owned())];
        post(&site, &who, &job, "columns", &same).await;
        rounds(&site, 1).await;
        site.clock.hours(1);
        let by_hand = ItemDocument { summary: "手工改的".to_owned(), ..licence() };
        let version = item(&site.app.db, id).await.unwrap().version;
        revise(&site.app.system("test"), &site.app.db, id, version, &by_hand).await.unwrap();
        post(&site, &who, &job, "start", &[]).await;
        rounds(&site, 1).await;
        let page = site.get(&who, &job).await.body;
        assert!(page.contains("检查之后有人修改过这个事项"), "{page}");
        assert_eq!(draft(&site.app.db, id).await.unwrap().unwrap(), by_hand, "{}", site.engine);
    }
}

#[tokio::test]
async fn who_keeps_another_catalogue_sees_no_import_of_this_one() {
    for site in sites().await {
        let (office, who, _) = desk(&site).await;
        let other = authority(&site.app.system("test"), &site.app.db, "谯城区教育局", "11341600000000027K").await;
        let job = upload(&site, &who, office, ("清单.csv", list(1).as_bytes())).await.location;
        let stranger = keeper(&site, Some(other)).await;
        assert_eq!(site.get(&stranger, &job).await.status, 403);
        assert_eq!(site.get(&stranger, &format!("{job}/report")).await.status, 403);
        assert_eq!(site.get(&stranger, &format!("/desk/items/export/items.xlsx?authority={office}")).await.status, 403);
        assert_eq!(site.get(&stranger, "/desk/items/export/items.zip").await.status, 403, "the whole site");
        let file = site.get(&who, &format!("/desk/items/export/items.zip?authority={office}")).await;
        assert_eq!(file.status, 200, "{}", AREA.name);
    }
}
