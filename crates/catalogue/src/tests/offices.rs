//! Every department's completeness on one page, for those who keep or check lists.

use super::{authority, keeper, licence, sites};
use crate::{LEGAL_CHECK, create_item, model::ItemDocument, office_counts, revise};

const FIRST: &str = "11341600000000019Q";
const SECOND: &str = "11341600000000027K";
const PAGE: &str = "/desk/items/offices";

#[tokio::test]
async fn who_keeps_the_whole_site_sees_every_department_and_who_keeps_one_sees_that() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let whole = keeper(&site, None).await;
        assert!(site.get(&whole, PAGE).await.body.contains("还没有部门"), "{}", site.engine);
        let first = authority(&ctx, db, "谯城区市场监督管理局", FIRST).await;
        let second = authority(&ctx, db, "谯城区卫生健康委员会", SECOND).await;
        let id = create_item(&ctx, db, first, &licence()).await.unwrap();
        let page = site.get(&whole, PAGE).await.body;
        assert!(page.contains("谯城区卫生健康委员会") && page.contains("没有事项") && page.contains("100%"), "{page}");
        assert!(page.contains(&format!("/desk/items?authority={first}")));

        // An item of which only the name is left is hardly complete, and the department's figure says so.
        let bare = ItemDocument { base: licence().base, ..ItemDocument::named(&licence().name) };
        revise(&ctx, db, id, 1, &bare).await.unwrap();
        let counts = office_counts(db, &[first, second]).await.unwrap();
        assert_eq!(counts.len(), 1, "{}: one has no items", site.engine);
        assert!(counts[&first].percent().is_some_and(|it| it < 50) && counts[&first].open == 1);

        let own = keeper(&site, Some(second)).await;
        let page = site.get(&own, PAGE).await.body;
        assert!(page.contains("谯城区卫生健康委员会") && !page.contains("谯城区市场监督管理局"), "{page}");
        assert!(
            site.get(&whole, &format!("{PAGE}?q=%E7%A8%8E%E5%8A%A1%3Cb%3E")).await.body.contains("没有名称相符的部门")
        );
        let lawyer = site.person("法制", &[(LEGAL_CHECK, None)]);
        assert!(
            site.get(&lawyer, PAGE).await.body.contains(&format!("/lists/{first}")),
            "who checks reads the public list"
        );
        assert_eq!(site.get(&site.person("群众", &[]), PAGE).await.status, 403);
        assert_eq!(site.get(&whole, "/desk/items").await.location, PAGE, "of many, one is chosen first");
        assert_eq!(site.get(&own, "/desk/items").await.status, 200, "of one there is nothing to choose");
    }
}

#[tokio::test]
async fn who_keeps_a_hundred_and_fifty_departments_reaches_each_of_them_to_write_import_and_export() {
    for site in sites().await {
        let all = identity::testing::many_authorities(&site.app, 150).await.unwrap();
        let grants: Vec<_> = all.iter().map(|it| (crate::CATALOGUE, Some(*it))).collect();
        let who = site.person("目录员", &grants);
        for path in ["/desk/items/new", "/desk/items/exchange", PAGE] {
            let offered = site.pages(&who, path).await.concat();
            let missed: Vec<_> = all.iter().filter(|it| !offered.contains(&format!("?authority={it}"))).collect();
            assert!(missed.is_empty(), "{}: {path} misses {missed:?}", site.engine);
        }
        for path in ["/desk/items/new", "/desk/items/exchange"] {
            let found = site.get(&who, &format!("{path}?office=%E7%AC%AC150")).await.body;
            assert!(
                found.contains("谯城区第150街道办事处") && found.contains(&all[149].to_string()),
                "{path}: {found}"
            );
        }
        let whole = keeper(&site, None).await;
        let site_wide = site.get(&whole, "/desk/items/exchange").await.body;
        assert!(site_wide.contains("导出全站的事项"), "{}: who keeps all begins with all", site.engine);
        let found = site.get(&whole, "/desk/items/exchange?office=%E7%AC%AC150").await.body;
        assert!(found.contains(&format!("items.xlsx?authority={}", all[149])), "{}", site.engine);
    }
}

#[tokio::test]
async fn an_item_is_handed_down_to_and_merged_into_whatever_the_words_mean() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let own = authority(&ctx, db, "谯城区市场监督管理局", FIRST).await;
        let towns = identity::testing::many_authorities(&site.app, 150).await.unwrap();
        let id = create_item(&ctx, db, own, &licence()).await.unwrap();
        let other = ItemDocument { name: "小餐饮备案".to_owned(), ..licence() };
        create_item(&ctx, db, own, &other).await.unwrap();
        crate::publish(&ctx, db, id, 1).await.unwrap();
        let who = keeper(&site, Some(own)).await;
        let send = async |fields: &[(&str, &str)]| {
            let version = crate::item(db, id).await.unwrap().version.to_string();
            let fixed = [("version", version.as_str()), ("basis", "亳编〔2026〕8号"), ("effect", "2026-03-09")];
            site.post(&who, &format!("/desk/items/{id}/act"), &[&fixed[..], fields].concat()).await.body
        };
        for (fields, told) in [
            ([("kind", "merge"), ("into_name", "")], "请写明并入哪个事项"),
            ([("kind", "merge"), ("into_name", "户口")], "没有名称含「户口」的其他事项"),
            ([("kind", "hand_down"), ("to_name", "")], "请写明承接的实施主体"),
            ([("kind", "hand_down"), ("to_name", "税务")], "没有名称含「税务」的实施主体"),
            ([("kind", "hand_down"), ("to_name", "街道")], "请把名称写全"),
            ([("kind", "hand_down"), ("to_name", "第14")], "谯城区第149街道办事处"),
        ] {
            let page = send(&fields).await;
            assert!(page.contains(told), "{} {fields:?}: {page}", site.engine);
        }
        let chosen = towns[148].to_string();
        let page = send(&[("kind", "hand_down"), ("to_name", "第14"), ("to", &chosen), ("level", "5")]).await;
        assert_eq!(page, "", "{}: proposed, one is led back to the item", site.engine);
    }
}
