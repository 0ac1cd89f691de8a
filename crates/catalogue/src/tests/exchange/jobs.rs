//! Imports as jobs, through the desk: columns are looked at, the check writes nothing, what was stopped goes on, and nothing is done twice.

use kernel::{Authority, Id};
use testkit::{Answer, Site, Visitor};
use webkit::App;

use super::{USCC, all_items, authority, sites};
use crate::{
    AREA, create_item, draft,
    exchange::{
        job::{self, Job},
        work::round,
    },
    item,
    model::{ItemDocument, JobState},
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
        let import = job.rsplit('/').next().unwrap();
        let report = site.written(&who, "catalogue.import", &format!("id={import}&kind=refused")).await.unwrap();
        assert_eq!(report[0][..5], ["拒绝", "我局清单", "3", "承诺办结时限", "三天"], "{report:?}");
        let changed = site.written(&who, "catalogue.import", &format!("id={import}&kind=changed")).await.unwrap();
        assert!(changed.len() == 1 && changed[0][5].contains("承诺办结时限"), "{changed:?}");
        for bad in [format!("id={import}"), format!("id={import}&kind=other"), "kind=refused".to_owned()] {
            assert!(site.written(&who, "catalogue.import", &bad).await.is_err(), "{bad}");
        }
        let jobs = site.written(&who, "catalogue.imports", &format!("authority={office}")).await.unwrap();
        assert!(jobs.len() == 1 && jobs[0][0] == "我局清单.csv" && jobs[0][7] == "1", "{jobs:?}");
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
        crate::tests::verified(&site).await;
    }
}

async fn post(site: &Site, who: &Visitor, job: &str, act: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    site.post(who, &format!("{job}/{act}"), &fields).await
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
async fn what_somebody_changed_after_the_check_is_not_overwritten() {
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
        let id = job.rsplit('/').next().unwrap();
        for (list, asked) in [
            ("catalogue.import", format!("id={id}&kind=refused")),
            ("catalogue.imports", format!("authority={office}")),
            ("catalogue.imports", String::new()),
        ] {
            let refused = site.written(&stranger, list, &asked).await;
            assert!(matches!(refused, Err(kernel::Error::Forbidden { .. })), "{list} {asked}: {refused:?}");
        }
        assert_eq!(site.get(&stranger, &format!("/desk/items/export/items.xlsx?authority={office}")).await.status, 403);
        assert_eq!(site.get(&stranger, "/desk/items/export/items.zip").await.status, 403, "the whole site");
        let file = site.get(&who, &format!("/desk/items/export/items.zip?authority={office}")).await;
        assert_eq!(file.status, 200, "{}", AREA.name);
    }
}

/// How many new items the lists below bring: several chunks of an import.
const MANY: usize = 900;

/// An import of [`MANY`] new items that was checked and runs; its address.
async fn running(site: &Site, who: &Visitor, office: Id<Authority>) -> String {
    let rows: String = (0..MANY).map(|n| format!("000131024000,M-{n:05},第 {n} 个事项\n")).collect();
    let text = format!("基本编码,地方编码,事项名称\n{rows}");
    let job = upload(site, who, office, ("清单.csv", text.as_bytes())).await.location;
    let same = [("sheet".to_owned(), "0".to_owned()), ("do".to_owned(), "check".to_owned())];
    assert_eq!(post(site, who, &job, "columns", &same).await.status, 303);
    rounds(site, 1).await;
    assert_eq!(post(site, who, &job, "start", &[]).await.status, 303);
    job
}

fn id_of(job: &str) -> Id<crate::exchange::write::ImportMark> {
    job.rsplit('/').next().unwrap().parse().unwrap()
}

async fn state(site: &Site, job: &str) -> Job {
    job::job(&site.app.system("test"), &site.app.db, id_of(job)).await.unwrap()
}

/// A worker that dies in the middle of an import, after at least one chunk.
async fn dies(site: &Site, app: &App, job: &str) {
    let (node, ctx) = (app.clone(), app.system("catalogue.imports"));
    let worker = tokio::spawn(async move { round(&node, &ctx).await });
    while state(site, job).await.place == 0 {
        tokio::task::yield_now().await;
    }
    worker.abort();
    let _ = worker.await;
    let place = state(site, job).await.place;
    assert!(place > 0 && place < i64::try_from(MANY).unwrap(), "{}: it died on the way, at {place}", site.engine);
}

#[tokio::test]
async fn an_import_whose_starter_lost_the_post_stops_with_a_plain_sentence_and_changes_nothing_more() {
    for site in sites().await {
        let (office, who, _) = desk(&site).await;
        let job = running(&site, &who, office).await;
        dies(&site, &site.app, &job).await;
        for grant in &site.ctx(&who).actor.grants {
            let post = grant.post.to_string().parse().unwrap();
            identity::end_post(&site.app.system("test"), &site.app, post).await.unwrap();
        }
        rounds(&site, 2).await;
        let now = state(&site, &job).await;
        let (place, items) = (now.place, all_items(&site.app.db).await.len());
        assert_eq!(now.state, JobState::Failed, "{}", site.engine);
        assert!(now.failure.contains("不再管理这个部门的事项目录"), "{}", now.failure);
        assert!(items < MANY, "what was written before stays: {items}");
        rounds(&site, 2).await;
        assert_eq!(state(&site, &job).await.place, place, "nothing more");
        assert_eq!(all_items(&site.app.db).await.len(), items, "nothing more");
        // Who keeps the list now checks it anew, and what came in already is known again.
        let next = keeper(&site, Some(office)).await;
        assert!(site.get(&next, &job).await.body.contains("不再管理这个部门的事项目录"));
        let same = [("sheet".to_owned(), "0".to_owned()), ("do".to_owned(), "check".to_owned())];
        assert_eq!(post(&site, &next, &job, "columns", &same).await.status, 303);
        rounds(&site, 1).await;
        assert_eq!(post(&site, &next, &job, "start", &[]).await.status, 303);
        rounds(&site, 1).await;
        let now = state(&site, &job).await;
        assert_eq!((now.state, now.counts.unchanged), (JobState::Done, place));
        assert_eq!(all_items(&site.app.db).await.len(), MANY + 1);
        crate::tests::verified(&site).await;
    }
}

#[tokio::test]
async fn of_two_nodes_at_one_import_each_chunk_is_written_once() {
    for site in sites().await {
        let (office, who, _) = desk(&site).await;
        let job = running(&site, &who, office).await;
        let other = site.other_node(&AREAS, |_| crate::own()).await;
        let (here, there) = (site.app.system("catalogue.imports"), other.system("catalogue.imports"));
        while state(&site, &job).await.state == JobState::Running {
            let (one, two) = tokio::join!(round(&site.app, &here), round(&other, &there));
            one.unwrap();
            two.unwrap();
        }
        let now = state(&site, &job).await;
        let many = i64::try_from(MANY).unwrap();
        let counts = (now.counts.added, now.counts.updated, now.counts.unchanged, now.counts.refused);
        assert_eq!((now.state, now.place, counts), (JobState::Done, many, (many, 0, 0, 0)), "{}", site.engine);
        assert_eq!(all_items(&site.app.db).await.len(), MANY + 1);
        crate::tests::verified(&site).await;
    }
}

#[tokio::test]
async fn the_lease_of_a_worker_that_died_passes_on_and_the_import_ends_as_if_nobody_had() {
    for site in sites().await {
        let (office, who, _) = desk(&site).await;
        let job = running(&site, &who, office).await;
        let other = site.other_node(&AREAS, |_| crate::own()).await;
        let lease = async |app: &App, node| {
            storage::lease::take(&app.db, &app.system("test"), "catalogue.imports", node, 60).await.unwrap()
        };
        let first = lease(&site.app, "one").await.unwrap();
        dies(&site, &site.app, &job).await;
        assert_eq!(lease(&other, "two").await, None, "{}: not before its time", site.engine);
        site.clock.hours(1);
        assert!(lease(&other, "two").await.unwrap().epoch > first.epoch, "then it passes on");
        // One round goes on for some seconds; a busy machine needs more than one.
        while state(&site, &job).await.state == JobState::Running {
            round(&other, &other.system("catalogue.imports")).await.unwrap();
        }
        let now = state(&site, &job).await;
        let many = i64::try_from(MANY).unwrap();
        let counts = (now.counts.added, now.counts.updated, now.counts.unchanged, now.counts.refused);
        assert_eq!((now.state, now.place, counts), (JobState::Done, many, (many, 0, 0, 0)));
        let codes: std::collections::BTreeSet<_> =
            all_items(&site.app.db).await.into_iter().map(|it| it.local_code).collect();
        assert_eq!(codes.len(), MANY + 1, "each once, with the licence that was there");
        crate::tests::verified(&site).await;
    }
}
