//! Other lists than those of cases are written out by the same worker, with the rights and the filter of their pages; exports go with whoever
//! asked for them, and go on after the server was killed.

use serde_json::{Value, json};
use storage::Unit;
use testkit::Visitor;

use super::{
    exports::more,
    world::{World, officer, worlds, worlds_for_persons},
};
use crate::{
    CHECK_PLEDGES, SEE,
    service::{erasure::forget_drafts, exports::work::round},
};

pub(super) const API: &str = "/api/v1/worklist/exports";

/// Writes a list out; gives its rows, the head first.
pub(super) async fn written(world: &World, who: &Visitor, ask: Value) -> Vec<Vec<String>> {
    let told = world.call("POST", who, API, ask).await;
    assert_eq!(told.status, 202, "{}: {}", world.site.engine, told.body);
    let id = told.json()["id"].as_str().expect("an id").to_owned();
    round(&world.site.app, &world.site.app.system("cases.exports")).await.expect("a round");
    let file = world.call("GET", who, &format!("{API}/{id}/file"), json!(null)).await;
    assert_eq!(file.status, 200, "{}: {}", world.site.engine, file.body);
    let source = sheets::Source::Memory(file.bytes.clone().into());
    let mut book = sheets::Book::open(source, "a.csv").expect("a table");
    let mut rows = Vec::new();
    book.rows(0, &mut |_, row| {
        rows.push(row);
        std::ops::ControlFlow::Continue(())
    })
    .expect("rows");
    rows
}

/// An officer who keeps the catalogue and administers people.
async fn keeper(world: &World) -> Visitor {
    officer(&world.site, "郑目录", &[catalogue::CATALOGUE, identity::ADMINISTER], world.authority).await
}

#[tokio::test]
async fn a_list_of_another_area_is_written_out_as_its_page_shows_it_and_by_whom_it_shows_it() {
    for world in worlds().await {
        let engine = world.site.engine;
        let keeper = keeper(&world).await;
        let list = |asked: String| json!({"list": "catalogue.items", "asked": asked, "form": "csv"});
        let own = |more: &str| list(format!("authority={}{more}", world.authority));
        for (who, bad, status) in [
            (&world.accept, own(""), 403),
            (&keeper, list("authority=nonsense".to_owned()), 422),
            (&keeper, json!({"list": "catalogue.nothing", "form": "csv"}), 404),
            (
                &keeper,
                json!({"list": "catalogue.items", "asked": "q=".to_owned() + &"a".repeat(1_000), "form": "csv"}),
                422,
            ),
            (
                &keeper,
                json!({"list": "catalogue.items", "asked": format!("authority={}", world.authority), "form": "pdf"}),
                422,
            ),
        ] {
            let answer = world.call("POST", who, API, bad.clone()).await;
            assert!(
                answer.status == status || (status == 422 && answer.status == 404),
                "{engine} {bad}: {}",
                answer.body
            );
        }
        let rows = written(&world, &keeper, own("")).await;
        assert_eq!(rows[0][..2], ["事项名称", "事项类型"], "{engine}");
        assert!(rows.len() == 2 && rows[1][0] == world.document.name, "{engine}: {rows:?}");
        let none = written(&world, &keeper, own("&q=%E6%B2%A1%E6%9C%89%E8%BF%99%E4%B8%AA")).await;
        assert_eq!(none.len(), 1, "{engine}: the filter of the page holds: {none:?}");
        let page = world.page(&keeper, &format!("/desk/items?authority={}&q=a", world.authority)).await;
        assert!(page.contains("没有符合条件的事项"), "{engine}: {page}");
        let page = world.page(&keeper, &format!("/desk/items?authority={}", world.authority)).await;
        assert!(page.contains("value=\"catalogue.items\""), "{engine}: {page}");
        let fields = [("list", "catalogue.items"), ("asked", "state=published"), ("form", "csv")];
        let asked = world.site.post(&keeper, "/desk/exports/ask", &fields).await;
        assert!(asked.status == 200 && !asked.body.contains("导出的目的"), "{engine}: {}", asked.body);
        let offices = written(&world, &keeper, json!({"list": "identity.authorities", "form": "csv"})).await;
        assert!(offices.iter().any(|it| it[0].contains("市场监督管理局")), "{engine}: {offices:?}");
    }
}

#[tokio::test]
async fn what_was_typed_into_a_filter_stands_neither_in_the_record_nor_in_the_open() {
    for world in worlds().await {
        let keeper = keeper(&world).await;
        let ask = json!({"list": "identity.authorities", "asked": "q=%E7%A7%98%E5%AF%86", "form": "csv"});
        let told = world.call("POST", &keeper, API, ask).await.json();
        let id = told["id"].as_str().expect("an id");
        let chain = journal::history(&world.site.app.db, &format!("case-export:{id}")).await.expect("a chain");
        assert!(chain.len() == 1 && chain[0].body.contains("identity.authorities"), "{chain:?}");
        let row = world.site.app.db.find(crate::store::exports::EXPORT, storage::args![id]).await.expect("asked");
        let asked = row.expect("a row").string("asked").expect("a list");
        for text in [&chain[0].body, &asked] {
            assert!(!text.contains("秘密") && !text.contains("E7%A7"), "{}: {text}", world.site.engine);
        }
    }
}

#[tokio::test]
async fn ones_own_log_of_looks_and_the_pledges_to_check_are_written_out_too() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        world.filed().await;
        let id = world.filed().await;
        assert_eq!(world.site.get(&world.accept, &format!("/desk/cases/{id}")).await.status, 200, "{engine}");
        let ask = json!({"list": "identity.looks", "form": "csv"});
        let rows = written(&world, &world.applicant, ask.clone()).await;
        assert!(rows.len() >= 2 && rows[1][1].contains("市场监督管理局"), "{engine}: {rows:?}");
        let stranger = super::world::person(&world.site, "李桂兰").await;
        let stranger = world.site.visitor(stranger, "李桂兰", &[], None);
        assert_eq!(written(&world, &stranger, ask).await.len(), 1, "{engine}: nobody's else");
        let checker = officer(&world.site, "周核查", &[SEE, CHECK_PLEDGES], world.authority).await;
        let ask = json!({"list": "cases.pledges", "asked": "show=broken", "form": "csv"});
        assert_eq!(world.call("POST", &world.accept, API, ask.clone()).await.status, 403, "{engine}");
        assert_eq!(written(&world, &checker, ask).await.len(), 1, "{engine}: the head alone");
    }
}

#[tokio::test]
async fn exports_go_with_who_asked_for_them() {
    for world in worlds().await {
        let (app, engine) = (&world.site.app, world.site.engine);
        world.filed().await;
        let before = app.blobs.list("", 10_000).await.expect("files").len();
        let ask = json!({"post": "accept", "form": "csv", "purpose": "inspection"});
        let mut ids = Vec::new();
        for rounds in [1, 0] {
            let told = world.call("POST", &world.accept, API, ask.clone()).await.json();
            ids.push(told["id"].as_str().expect("an id").to_owned());
            for _ in 0..rounds {
                round(app, &app.system("cases.exports")).await.expect("a round");
            }
        }
        assert_eq!(app.blobs.list("", 10_000).await.expect("files").len(), before + 1, "{engine}");
        let mut unit = Unit::new(&app.system("operator"));
        let person = world.accept.person.expect("a person");
        let (_, files) = forget_drafts(app, &mut unit, person).await.expect("what is forgotten");
        app.db.commit(unit).await.expect("a commit").or_stale("人员").expect("done");
        assert_eq!(files.len(), 1, "{engine}");
        for id in &ids {
            assert!(app.vault.key(&format!("case-export:{id}")).await.is_err(), "{engine}: its key is gone");
            assert_eq!(world.call("GET", &world.accept, &format!("{API}/{id}"), json!(null)).await.status, 404);
        }
        round(app, &app.system("cases.exports")).await.expect("nothing is left to do");
    }
}

#[tokio::test]
async fn an_export_that_was_cut_off_in_the_middle_goes_on_and_takes_every_case_once() {
    for world in worlds().await {
        let (app, engine) = (&world.site.app, world.site.engine);
        let first = world.filed().await;
        more(&world, first).await;
        let ask = json!({"post": "accept", "form": "csv", "purpose": "inspection"});
        let told = world.call("POST", &world.accept, API, ask).await.json();
        let id = told["id"].as_str().expect("an id");
        let row = async || {
            let row = app.db.find(crate::store::exports::EXPORT, storage::args![id]).await.expect("asked");
            let row = row.expect("a row");
            (row.string("state").expect("a state"), row.int("place").expect("a place"))
        };
        // As if the server were killed: the round ends wherever it stands once its first piece lies there.
        let laid = async {
            while row().await.1 == 0 {
                tokio::task::yield_now().await;
            }
        };
        let system = app.system("cases.exports");
        tokio::select! {
            biased;
            () = laid => {}
            done = round(app, &system) => panic!("{engine}: it was not cut off: {done:?}"),
        }
        assert_eq!(row().await, ("writing".to_owned(), 1), "{engine}");
        round(app, &system).await.expect("a round");
        assert_eq!(row().await.0, "done", "{engine}");
        let file = world.call("GET", &world.accept, &format!("{API}/{id}/file"), json!(null)).await;
        let text = String::from_utf8(file.bytes.to_vec()).expect("text");
        let mut lines: Vec<_> = text.lines().skip(1).collect();
        assert_eq!(lines.len(), 5_101, "{engine}");
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), 5_101, "{engine}: each once");
    }
}
