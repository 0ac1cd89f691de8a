//! Departments' own lists: their heads, their codes, their ways of writing.

use kernel::Error;

use super::{USCC, all_items, authority, import, sites, told, try_import};
use crate::{
    ExchangeAsk, ItemState, Source, create_item, draft, import_tables, item,
    model::{TimeUnit, differences},
    publish, revise,
    tests::{keeper, licence},
};

fn csv(text: &str) -> (Vec<u8>, &'static str) {
    (text.as_bytes().to_vec(), "清单.csv")
}

#[tokio::test]
async fn only_the_columns_of_a_file_touch_an_item_and_what_is_published_stays_until_it_is_checked() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        let id = create_item(&ctx, db, office, &licence()).await.unwrap();
        publish(&ctx, db, id, 1).await.unwrap();
        let code = item(db, id).await.unwrap().item_code;
        let text = format!("实施编码,承诺办结时限,监督电话,数量限制\n{code},3,0558-5559999,\n");
        let report = import(&ctx, db, csv(&text), office).await;
        assert_eq!(report.to_string(), "导入 0, 更新 1, 未变 0, 拒绝 0", "{:?}", told(&report));
        let doc = draft(db, id).await.unwrap().unwrap();
        let changed: Vec<_> = differences(&licence(), &doc).into_iter().map(|it| it.field).collect();
        assert_eq!(changed, ["promised_limit", "complaint_phone"], "a blank cell leaves its field alone");
        let now = item(db, id).await.unwrap();
        assert_eq!((now.state, now.current_version), (ItemState::Published, 1), "nothing is published by an import");
        let again = import(&ctx, db, csv(&text), office).await;
        assert_eq!(again.to_string(), "导入 0, 更新 0, 未变 1, 拒绝 0", "{}", site.engine);
    }
}

#[tokio::test]
async fn words_and_codes_are_both_read_and_the_directory_has_the_last_word() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        create_item(&ctx, db, office, &licence()).await.unwrap();
        let text = "基本编码,部门,编码,名称,办件类型,承诺时限,办理形式,服务对象,法定时限,网上办理深度,通办范围,是否收费,到现场次数\n\
            000131024000,谯城区市场监督管理局,A-1,小作坊登记,即办件,当场办结,窗口办理、网上办理,自然人,99,1^2^3,全市,否,0\n";
        let report = import(&ctx, db, csv(text), office).await;
        assert_eq!(report.added, 1, "{:?}", told(&report));
        let lines = told(&report);
        assert!(lines.iter().all(|it| it.starts_with("提示")), "{lines:?}");
        assert!(lines.iter().any(|it| it.contains("法定办结时限") && it.contains("基本目录")), "{lines:?}");
        let items = all_items(db).await;
        let item = items.iter().find(|it| it.local_code == "A-1").unwrap();
        assert_eq!(item.immediate, Some(true));
        let doc = draft(db, item.id).await.unwrap().unwrap();
        assert_eq!(doc.promised_limit.unwrap().unit, TimeUnit::AtOnce);
        assert_eq!((doc.handling_forms.len(), doc.online_depth.len()), (2, 3));
        assert_eq!(doc.base, licence().base, "name, basis and statutory limit are the directory's");
    }
}

#[tokio::test]
async fn materials_stand_below_their_item_or_in_a_sheet_of_their_own_and_keep_what_the_file_does_not_say() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        let id = create_item(&ctx, db, office, &licence()).await.unwrap();
        let was = licence().materials;
        let text = format!(
            "事项名称,材料名称,材料必要性,份数\n{},{},是,1\n,{},非必要,2\n,新的材料,容缺,1\n",
            licence().name,
            was[0].name,
            was[1].name
        );
        let report = import(&ctx, db, csv(&text), office).await;
        assert_eq!(report.to_string(), "导入 0, 更新 1, 未变 0, 拒绝 0", "{:?}", told(&report));
        let now = draft(db, id).await.unwrap().unwrap().materials;
        assert_eq!(now.len(), 3, "the rows are the list");
        assert_eq!((&now[0].key, &now[0].accept_standard), (&was[0].key, &was[0].accept_standard));
        assert_eq!((now[1].need.name(), now[1].duplicate_copies + now[1].original_copies), ("非必要", 2));
        assert!(was.iter().all(|it| it.key != now[2].key), "a new material never gets the key of another");
        let lonely = import(&ctx, db, csv("事项名称,材料名称\n没有这个事项,身份证\n"), office).await;
        assert!(told(&lonely)[0].contains("没有找到这一行所属的事项"), "{:?}", told(&lonely));
    }
}

#[tokio::test]
async fn who_keeps_one_authority_changes_no_other_and_what_others_changed_since_is_not_overwritten() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let own = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        let other = authority(&system, db, "谯城区教育局", "11341600000000027K").await;
        let id = create_item(&system, db, own, &licence()).await.unwrap();
        let ctx = site.ctx(&keeper(&site, Some(own)).await);
        let row =
            |office: &str| format!("基本编码,实施主体,地方实施编码,事项名称\n000131024000,{office},Z-1,新编的事项\n");
        let report = try_import(&ctx, db, csv(&row("谯城区教育局")), Some(own)).await.unwrap();
        assert_eq!((report.added, report.refused_count), (0, 1));
        assert!(told(&report)[0].contains("没有这个实施主体的事项目录管理权限"), "{:?}", told(&report));
        let unknown = "基本编码,地方实施编码,事项名称\n000131099000,Z-2,没有列入目录的\n";
        let report = try_import(&ctx, db, csv(unknown), Some(own)).await.unwrap();
        assert!(told(&report)[0].contains("没有列入目录的不得办理"), "{:?}", told(&report));
        let report = try_import(&ctx, db, csv(&row("谯城区市场监督管理局")), Some(other)).await.unwrap();
        assert_eq!(report.added, 1, "the row names the body: {:?}", told(&report));
        // A revision that is being checked is not changed under the checkers' hands.
        crate::submit(&system, db, id, 1).await.unwrap();
        let text = format!("事项名称,承诺办结时限\n{},2\n", licence().name);
        let report = try_import(&ctx, db, csv(&text), Some(own)).await.unwrap();
        assert!(told(&report)[0].contains("待机构编制审核"), "{:?}", told(&report));
    }
}

#[tokio::test]
async fn a_dry_run_writes_nothing_and_says_what_the_import_then_does() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        create_item(&ctx, db, office, &licence()).await.unwrap();
        let text =
            format!("基本编码,事项名称,承诺办结时限\n000131024000,{},2\n000131024000,另一个事项,3\n", licence().name);
        let (before, commits) = (all_items(db).await, db.stats().commits);
        let ask = ExchangeAsk { authority: Some(office), dry_run: true, ..ExchangeAsk::default() };
        let source = || (Source::Memory(text.clone().into_bytes().into()), "a.csv");
        let dry = import_tables(&ctx, db, source(), &ask, &|_, _| {}).await.unwrap();
        assert_eq!((all_items(db).await, db.stats().commits), (before, commits), "{}", site.engine);
        let ask = ExchangeAsk { dry_run: false, ..ask };
        let done = import_tables(&ctx, db, source(), &ask, &|_, _| {}).await.unwrap();
        assert_eq!(dry.to_string(), done.to_string());
        assert_eq!(done.to_string(), "导入 1, 更新 1, 未变 0, 拒绝 0");
    }
}

#[tokio::test]
async fn who_edits_an_imported_draft_second_still_finds_what_they_started_from() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        create_item(&ctx, db, office, &licence()).await.unwrap();
        import(&ctx, db, csv("基本编码,地方实施编码,事项名称,承诺办结时限\n000131024000,N-1,导入的草稿,4\n"), office)
            .await;
        let items = all_items(db).await;
        let imported = items.iter().find(|it| it.local_code == "N-1").unwrap();
        assert_eq!(imported.version, 0, "the import's own entry names it");
        let mut doc = draft(db, imported.id).await.unwrap().unwrap();
        let started = doc.clone();
        doc.summary = "一句话".to_owned();
        revise(&ctx, db, imported.id, 0, &doc).await.unwrap();
        let late = revise(&ctx, db, imported.id, 0, &started).await;
        assert!(matches!(late, Err(Error::Stale { .. })));
        let (from, _) = crate::draft_at(db, imported.id, 0).await.unwrap().unwrap();
        assert_eq!(from, started, "{}", site.engine);
    }
}
