//! Items from draft to version, on the desk and through the API.

use kernel::{Error, Id, PageAsk};

use super::{AREAS, authority, keeper, licence, sites};
use crate::{
    Documents, ItemFilter, ItemState, cancel, check_in_force, create_item, draft, import_items, item, items, publish,
    published, resume, revise, suspend, version,
};

const USCC: &str = "11341600000000019Q";
const OTHER: &str = "11341600000000027K";

#[tokio::test]
async fn what_breaks_rules_is_not_published_and_all_findings_are_told_at_once() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        let mut doc = licence();
        doc.questions.clear();
        doc.windows.clear();
        doc.consult_phone = "5550152".to_owned();
        let id = create_item(&ctx, db, office, &doc).await.unwrap();
        let Err(Error::Invalid(faults)) = publish(&ctx, db, id, 1).await else { panic!("published") };
        let fields: Vec<_> = faults.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["consult_phone", "questions", "windows"], "{}", site.engine);
        assert_eq!(item(db, id).await.unwrap().state, ItemState::Draft);
        assert!(matches!(published(db, &Documents::default(), id).await, Err(Error::Refused { .. })));
    }
}

#[tokio::test]
async fn a_published_version_never_changes_and_the_next_has_its_own_number() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        let (first, documents) = (licence(), Documents::default());
        let id = create_item(&ctx, db, office, &first).await.unwrap();
        assert_eq!(publish(&ctx, db, id, 1).await.unwrap(), 1, "{}", site.engine);
        let now = published(db, &documents, id).await.unwrap();
        assert_eq!(now.item.item_code, format!("{USCC}4000131024000"), "USCC, level and base code");
        let mut second = first.clone();
        second.summary = "改过的说明。".to_owned();
        revise(&ctx, db, id, 2, &second).await.unwrap();
        assert_eq!(
            published(db, &documents, id).await.unwrap().document.summary,
            first.summary,
            "a draft is not in force"
        );
        assert_eq!(publish(&ctx, db, id, 3).await.unwrap(), 2);
        assert_eq!(version(db, &documents, id, 1).await.unwrap().summary, first.summary);
        assert_eq!(version(db, &documents, id, 2).await.unwrap().summary, second.summary);
        assert_eq!(draft(db, id).await.unwrap(), None);
        assert!(matches!(publish(&ctx, db, id, 4).await, Err(Error::Refused { .. })), "nothing to publish");
        assert!(matches!(version(db, &documents, id, 9).await, Err(Error::NotFound { .. })));
    }
}

#[tokio::test]
async fn of_two_editors_the_second_loses_and_nothing_is_overwritten() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        let id = create_item(&ctx, db, office, &licence()).await.unwrap();
        let (mut mine, mut theirs) = (licence(), licence());
        mine.summary = "先到的".to_owned();
        theirs.summary = "后到的".to_owned();
        revise(&ctx, db, id, 1, &mine).await.unwrap();
        assert!(matches!(revise(&ctx, db, id, 1, &theirs).await, Err(Error::Stale { .. })), "{}", site.engine);
        assert_eq!(draft(db, id).await.unwrap().unwrap().summary, "先到的");
    }
}

#[tokio::test]
async fn one_authority_has_one_item_of_a_code() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        let (one, two) = (
            create_item(&ctx, db, office, &licence()).await.unwrap(),
            create_item(&ctx, db, office, &licence()).await.unwrap(),
        );
        publish(&ctx, db, one, 1).await.unwrap();
        let Err(error) = publish(&ctx, db, two, 1).await else { panic!("two items of one code, {}", site.engine) };
        assert!(error.message().contains("一事一码"), "{}", error.message());
        let early = crate::service::review::submit(&ctx, db, two, 1).await.unwrap_err();
        assert_eq!(early.message(), error.message(), "told before anybody checks it");
        let mut lacking = licence();
        lacking.materials[2].name.clear();
        revise(&ctx, db, two, 1, &lacking).await.unwrap();
        let keeper = super::keeper(&site, Some(office)).await;
        let page = site.get(&keeper, &format!("/desk/items/{two}")).await.body;
        assert!(page.contains("一事一码"), "{}: told beside whatever else is to be mended: {page}", site.engine);
        let told = site.get(&keeper, &format!("/api/v1/desk/items/{two}")).await.body;
        assert!(told.contains("一事一码"), "{}: {told}", site.engine);
        let mut other = licence();
        other.base.as_mut().unwrap().name = "另一个名称".to_owned();
        let refused = create_item(&ctx, db, office, &other).await.unwrap_err();
        assert!(refused.message().contains("以基本目录为准"), "{}", refused.message());
    }
}

#[tokio::test]
async fn an_item_moves_only_as_its_state_allows_and_a_case_can_rest_on_it() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        let id = create_item(&ctx, db, office, &licence()).await.unwrap();
        assert!(matches!(suspend(&ctx, db, id, 1).await, Err(Error::Refused { .. })), "a draft is not suspended");
        publish(&ctx, db, id, 1).await.unwrap();
        let rests = |number| {
            let mut unit = storage::Unit::new(&ctx);
            check_in_force(&mut unit, "item in force", id, number);
            unit
        };
        assert_eq!(db.commit(rests(1)).await.unwrap(), storage::Commit::Done, "{}", site.engine);
        assert_eq!(db.commit(rests(2)).await.unwrap(), storage::Commit::Lost { guard: "item in force" });
        suspend(&ctx, db, id, 2).await.unwrap();
        assert_eq!(db.commit(rests(1)).await.unwrap(), storage::Commit::Lost { guard: "item in force" });
        assert!(matches!(published(db, &Documents::default(), id).await, Err(Error::Refused { .. })));
        resume(&ctx, db, id, 3).await.unwrap();
        cancel(&ctx, db, id, 4).await.unwrap();
        assert!(matches!(revise(&ctx, db, id, 5, &licence()).await, Err(Error::Refused { .. })), "cancelled for good");
    }
}

#[tokio::test]
async fn the_desk_is_kept_by_the_authority_s_own_people_only() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        let other = authority(&ctx, db, "谯城区民政局", OTHER).await;
        let id = create_item(&ctx, db, office, &licence()).await.unwrap();
        let (mine, theirs) = (keeper(&site, Some(office)).await, keeper(&site, Some(other)).await);
        let page = format!("/desk/items/{id}");
        assert_eq!(site.get(&site.person("李四", &[]), &page).await.status, 403, "{}", site.engine);
        assert_eq!(site.get(&theirs, &page).await.status, 403);
        assert_eq!(site.get(&theirs, &format!("/desk/items?authority={office}")).await.status, 403);
        let sent = site.post(&theirs, &format!("{page}/publish"), &[("version", "1")]).await;
        assert_eq!(sent.status, 403);
        let edit = format!("{page}/edit/time");
        let wrong = [("version", "1"), ("promised_limit/n", "x"), ("promised_limit/unit", "working_day")];
        let again = site.upload(&mine, &edit, &wrong, ("", "", b"")).await;
        assert!(again.status == 200 && again.body.contains("时限应为 1 至 3650 的整数"), "{}", again.body);
        let right = [
            ("version", "1"),
            ("promised_limit/n", "7"),
            ("promised_limit/unit", "working_day"),
            ("handling_kind", "2"),
        ];
        assert_eq!(site.upload(&mine, &edit, &right, ("", "", b"")).await.status, 303);
        assert_eq!(draft(db, id).await.unwrap().unwrap().promised_limit.unwrap().n, 7);
        assert_eq!(
            site.post(&mine, &format!("{page}/publish"), &[("version", "2")]).await.status,
            409,
            "not checked yet"
        );
        let mut doc = licence();
        doc.name = "食品经营许可（新办）".to_owned();
        revise(&ctx, db, id, 2, &doc).await.unwrap();
        publish(&ctx, db, id, 3).await.unwrap();
        let list = site.get(&mine, "/desk/items").await.body;
        assert!(list.contains("食品经营许可（新办）") && list.contains("在用"), "{list}");
        assert_eq!(item(db, id).await.unwrap().state, ItemState::Published);
    }
}

#[tokio::test]
async fn a_list_page_asks_as_many_questions_for_one_item_as_for_a_hundred() {
    const HEAD: &str = "department,department_code,item_name,main_item,item_type,division,local_code\n";
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "区发改局", USCC).await;
        let keeper = keeper(&site, Some(office)).await;
        let mut counts = Vec::new();
        for n in [1, 100] {
            let rows: String = (0..n).map(|i| format!("区发改局,{USCC},备案{i},,01,341602000000,A{i}\n")).collect();
            import_items(&ctx, db, format!("{HEAD}{rows}").as_bytes(), &|_, _| {}).await.unwrap();
            for path in ["/desk/items", "/api/v1/items?limit=100"] {
                let before = db.queries();
                assert_eq!(site.get(&keeper, path).await.status, 200, "{}", site.engine);
                counts.push((path, db.queries() - before));
            }
        }
        assert_eq!(counts[0], counts[2]);
        assert_eq!(counts[1], counts[3]);
        let ask = PageAsk { after: None, limit: 60 };
        let first = items(db, &ItemFilter::default(), &ask).await.unwrap();
        let rest = PageAsk { after: Some(first.next.unwrap().parse().unwrap()), limit: 60 };
        let second = items(db, &ItemFilter::default(), &rest).await.unwrap();
        assert_eq!((first.items.len(), second.items.len(), second.next), (60, 40, None));
        assert!(first.items.last().unwrap().id < second.items[0].id, "no item twice, none left out");
    }
}

#[tokio::test]
async fn everybody_reads_what_is_public_and_nobody_a_draft_or_what_examiners_look_at() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        let id = create_item(&ctx, db, office, &licence()).await.unwrap();
        let nobody = site.anonymous();
        assert_eq!(site.get(&nobody, &format!("/api/v1/items/{id}")).await.status, 404, "{}", site.engine);
        assert_eq!(site.get(&nobody, "/api/v1/items").await.json()["items"].as_array().unwrap().len(), 0);
        publish(&ctx, db, id, 1).await.unwrap();
        let guide = site.get(&nobody, &format!("/api/v1/items/{id}")).await.json();
        assert_eq!(guide["document"]["promised_limit"]["n"], 8);
        assert!(guide["document"].get("review_points").is_none());
        for (query, n) in
            [("type=01", 1), ("type=20", 0), ("division=341602", 1), ("division=511602", 0), ("q=食品%", 0)]
        {
            let found = site.get(&nobody, &format!("/api/v1/items?{}", query.replace('%', "%25"))).await;
            assert_eq!(found.json()["items"].as_array().map(Vec::len), Some(n), "{query}");
        }
        assert_eq!(site.get(&nobody, "/api/v1/items?type=xx").await.status, 422);
        let unknown: Id<kernel::Item> = ctx.new_id();
        assert_eq!(site.get(&nobody, &format!("/api/v1/items/{unknown}")).await.status, 404);
    }
}

#[tokio::test]
async fn the_record_tells_the_items_as_their_rows_do_and_every_statement_prepares() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        let id = create_item(&ctx, db, office, &licence()).await.unwrap();
        publish(&ctx, db, id, 1).await.unwrap();
        suspend(&ctx, db, id, 2).await.unwrap();
        import_items(&ctx, db, include_bytes!("../../../yiwang/demo/items-guanganqu.csv"), &|_, _| {}).await.unwrap();
        site.settle(&AREAS).await;
        let replays: Vec<_> = AREAS.iter().flat_map(|it| (it.replays)()).collect();
        let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
        let verdict = journal::verify(&db.snapshot().await.unwrap(), &[], &replays).await.unwrap();
        assert!(verdict.is_ok(), "{}: {verdict:?}", site.engine);
        for sql in crate::AREA.sql.iter().copied().flatten() {
            db.prepare(*sql).await.unwrap_or_else(|error| panic!("{} on {}: {error}", sql.name, site.engine));
        }
    }
}

#[test]
fn pages_have_samples_and_lists_cannot_become_markup() {
    let samples = (crate::AREA.samples)();
    assert!(samples.len() > 20, "each page, each section: {}", samples.len());
    for sample in samples {
        assert!(!sample.html.contains("<b>审批"), "{}", sample.name);
    }
}
