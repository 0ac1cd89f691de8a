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
