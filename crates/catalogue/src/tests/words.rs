//! The lists of words that the checks look for: written by legal affairs for the whole site, in force at once, on every node.

use kernel::Error;

use super::{AREAS, authority, licence, lifecycle::hand, sites};
use crate::{CATALOGUE, LEGAL_CHECK, create_item, model::ItemDocument, put_words, revise, rulebook, submit};

const USCC: &str = "11341600000000019Q";
const PAGE: &str = "/desk/item-rules";

#[tokio::test]
async fn only_legal_affairs_of_the_whole_site_write_words_and_only_such_as_can_be_read() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        let keeper = hand(&site, CATALOGUE, Some(office)).await.0;
        let own = hand(&site, LEGAL_CHECK, Some(office)).await.0;
        let (lawyer, ctx) = hand(&site, LEGAL_CHECK, None).await;
        let rules = site.get(&keeper, PAGE).await;
        assert_eq!(rules.status, 200, "{}", site.engine);
        for told in ["发布前校核规则第 12 条", "行政许可法第四十二条", "承诺时限不超过法定时限", "符合有关规定"]
        {
            assert!(rules.body.contains(told), "{told}");
        }
        assert!(!rules.body.contains("/desk/item-rules/vague"), "who may not write is not led there");
        assert_eq!(site.get(&site.person("群众", &[]), PAGE).await.status, 403);
        for who in [&keeper, &own] {
            assert_eq!(site.get(who, "/desk/item-rules/vague").await.status, 403);
            let fields = [("version", "0"), ("words", "等等")];
            assert_eq!(site.post(who, "/desk/item-rules/vague", &fields).await.status, 403);
        }
        let many: String = (0..201).map(|n| format!("词{n}\n")).collect();
        let long = "长".repeat(61);
        for (list, words, why) in [
            ("vague", " \n", "至少写一个词"),
            ("vague", long.as_str(), "第 1 行超过 60 个字"),
            ("vague", many.as_str(), "最多 200 个词"),
            ("looked_up", "身份证", "第 1 行请写成「词：说明」"),
        ] {
            let page = site.post(&lawyer, &format!("{PAGE}/{list}"), &[("version", "0"), ("words", words)]).await;
            assert!(page.status == 200 || page.status == 422, "{}", page.status);
            assert!(page.body.contains(why), "{list} {why}: {}", page.body);
        }
        let none = put_words(&ctx, db, ("no_such", 0), "词").await;
        assert!(matches!(none, Err(Error::NotFound { .. })));
        assert_eq!(rulebook(db).await.unwrap().lists()[0].words[0], "其他材料", "nothing was written");
    }
}

#[tokio::test]
async fn a_word_that_legal_affairs_add_is_told_at_once_at_the_field_on_every_node() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        let (keeper, ctx) = hand(&site, CATALOGUE, Some(office)).await;
        let lawyer = hand(&site, LEGAL_CHECK, None).await.0;
        let mut doc = licence();
        doc.conditions = vec!["符合有关部门要求".to_owned()];
        let id = create_item(&system, db, office, &doc).await.unwrap();
        let node = site.other_node(&AREAS, |_| crate::own()).await;
        assert_eq!(rulebook(&node.db).await.unwrap().findings(&doc), [], "{}", site.engine);

        let first = [("version", "0"), ("words", "有关部门\n\n 其他材料 \n有关部门\n")];
        assert_eq!(site.post(&lawyer, &format!("{PAGE}/vague"), &first).await.status, 303);
        assert_eq!(site.post(&lawyer, &format!("{PAGE}/vague"), &first).await.status, 409, "written meanwhile");
        let told = "受理条件「符合有关部门要求」中的「有关部门」让人无法准备，请逐项写明。";
        let said = rulebook(&node.db).await.unwrap().findings(&doc);
        assert_eq!((said.len(), said[0].field.as_str(), said[0].message.as_str()), (1, "conditions", told));
        let page = site.get(&keeper, &format!("/desk/items/{id}/edit/conditions")).await.body;
        assert!(page.contains(told), "{page}");
        let Err(Error::Invalid(faults)) = submit(&ctx, &node.db, id, 1).await else { panic!("submitted") };
        assert_eq!(faults[0].message, told);

        // The same over the interface.
        let rules = site.get(&lawyer, "/api/v1/desk/item-rules").await.json();
        let list = rules["lists"].as_array().unwrap().iter().find(|it| it["list"] == "vague").unwrap();
        assert_eq!((&list["words"], &list["version"]), (&serde_json::json!(["有关部门", "其他材料"]), &1.into()));
        let body = serde_json::json!({ "version": 1, "words": ["其他材料"] });
        let put = |who| site.call(who, "PUT", "/api/v1/desk/item-rules/vague", body.clone());
        assert_eq!(put(&keeper).await.status, 403);
        assert_eq!(put(&lawyer).await.status, 200);
        assert_eq!(put(&lawyer).await.status, 409);
        submit(&ctx, &node.db, id, 1).await.unwrap();
        site.settle(&AREAS).await;
        super::verified(&site).await;
    }
}

#[tokio::test]
async fn suspect_materials_are_listed_by_department_and_kind_lead_to_their_field_and_are_a_file() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        let keeper = hand(&site, CATALOGUE, Some(office)).await.0;
        let lawyer = hand(&site, LEGAL_CHECK, None).await.0;
        let mut doc = licence();
        doc.materials[2].legal_basis.clear();
        doc.materials[1].need = standards::MaterialNecessity::Required;
        let (bare, held) = (doc.materials[2].name.clone(), doc.materials[1].name.clone());
        let id = create_item(&system, db, office, &doc).await.unwrap();
        let page = format!("/desk/items/suspects?authority={office}");
        let asked = format!("authority={office}");
        let file = async |who, asked: &str| site.written(who, "catalogue.suspects", asked).await;
        for (kind, shows, hides) in [
            ("", vec![&bare, &held], vec![]),
            ("&kind=no_basis", vec![&bare], vec![&held]),
            ("&kind=held", vec![&held], vec![&bare]),
        ] {
            let shown = site.get(&keeper, &format!("{page}{kind}")).await.body;
            let written = format!("{:?}", file(&keeper, &format!("{asked}{kind}")).await.unwrap());
            for body in [shown, written] {
                assert!(shows.iter().all(|it| body.contains(*it)), "{}: {kind}: {body}", site.engine);
                assert!(!hides.iter().any(|it| body.contains(*it)), "{}: {kind}: {body}", site.engine);
            }
        }
        let shown = site.get(&keeper, &page).await.body;
        assert!(shown.contains(&format!("/desk/items/{id}/edit/materials?list=materials&#38;row=2")), "{shown}");
        let shown = site.get(&lawyer, &page).await.body;
        assert!(shown.contains(&bare) && !shown.contains("/edit/materials"), "who checks reads: {shown}");
        let offices = site.get(&lawyer, "/desk/items/offices").await.body;
        assert!(offices.contains(&page), "{offices}");
        let row = &file(&keeper, &format!("{asked}&kind=no_basis")).await.unwrap()[0];
        let expected =
            ["谯城区市场监督管理局", doc.name.as_str(), "", "3", &bare, "没有依据", "没有写明要求提交的依据"];
        assert_eq!(*row, expected, "{}", site.engine);
        let other = authority(&system, db, "谯城区教育局", "11341600000000027K").await;
        let stranger = hand(&site, CATALOGUE, Some(other)).await.0;
        assert_eq!(site.get(&stranger, &page).await.status, 403, "{page}");
        for of in [asked.as_str(), ""] {
            assert!(matches!(file(&stranger, of).await, Err(Error::Forbidden { .. })), "{of}");
        }
        let theirs = create_item(&system, db, other, &doc).await.unwrap();
        let all = site.get(&lawyer, "/desk/items/suspects").await.body;
        for body in [all, format!("{:?}", file(&lawyer, "").await.unwrap())] {
            for shown in ["谯城区市场监督管理局", "谯城区教育局", &bare] {
                assert!(body.contains(shown), "{}: {shown}: {body}", site.engine);
            }
        }
        let shown = site.get(&stranger, "/desk/items/suspects").await.body;
        assert!(shown.contains(&theirs.to_string()) && !shown.contains(&id.to_string()), "one's own: {shown}");
        let searched =
            storage::testing::scans(db, &[crate::store::WITH_SUSPECTS, crate::store::ALL_WITH_SUSPECTS]).await;
        assert_eq!(searched.unwrap(), Vec::<String>::new(), "{}", site.engine);
    }
}

#[tokio::test]
async fn the_counts_of_the_lists_follow_the_words_of_legal_affairs_without_anybody_saving_an_item() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        let lawyer = hand(&site, LEGAL_CHECK, None).await.1;
        let mut doc = licence();
        doc.conditions = vec!["符合有关部门要求".to_owned()];
        let first = create_item(&system, db, office, &doc).await.unwrap();
        // More than one unit of them.
        for n in 0..120 {
            create_item(&system, db, office, &ItemDocument { name: format!("{}{n}", doc.name), ..doc.clone() })
                .await
                .ok();
        }
        let findings = async || {
            let found = crate::reads::all_after(db, None).await.unwrap();
            found.iter().map(|it| (it.id, it.findings, it.version)).collect::<Vec<_>>()
        };
        let round = async || crate::service::counts::round(&site.app, &system).await.unwrap();
        round().await;
        let before = findings().await;
        let queries = db.queries();
        round().await;
        assert_eq!(db.queries() - queries, 2, "{}: nothing is weighed while the rules are the same", site.engine);
        put_words(&lawyer, db, ("vague", 0), "有关部门").await.unwrap();
        round().await;
        let after = findings().await;
        assert!(before.len() > 100 && before.len() == after.len(), "{}: {}", site.engine, before.len());
        for (was, is) in before.iter().zip(&after) {
            assert_eq!(*is, (was.0, was.1 + 1, was.2 + 1), "{}: one finding more, and on record", site.engine);
        }
        let keeper = super::keeper(&site, Some(office)).await;
        let saved = revise(&site.ctx(&keeper), db, first, after[0].2, &doc).await;
        assert!(saved.is_ok(), "{}: {saved:?}", site.engine);
        put_words(&lawyer, db, ("vague", 1), "其他材料").await.unwrap();
        round().await;
        let again = findings().await;
        assert!(again.iter().zip(&before).all(|(is, was)| (is.0, is.1) == (was.0, was.1)), "{}", site.engine);
        site.settle(&AREAS).await;
        super::verified(&site).await;
    }
}
