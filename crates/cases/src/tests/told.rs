//! What pages say in words: clocks that do not run, divisions, enterprises at the window.

use serde_json::{Value, json};

use super::world::{World, citizen_number, credit_code, worlds, worlds_for_persons};
use crate::CaseId;

/// Name, kind, words and note of each clock, as the applicant reads them.
async fn clocks(world: &World, id: CaseId) -> Vec<String> {
    let case = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}"), json!(null)).await.json();
    let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let all = case["clocks"].as_array().expect("clocks").iter();
    all.map(|it| format!("{} {} {} {}", text(it, "name"), text(it, "kind"), text(it, "text"), text(it, "note")))
        .collect()
}

#[tokio::test]
async fn a_clock_that_does_not_run_says_so_in_words() {
    for world in worlds().await {
        let id = world.filed().await;
        let filed = clocks(&world, id).await;
        assert_eq!(
            filed[1..],
            [
                "承诺办结 absent 还没有开始 从受理之日起计算",
                "法定办结 absent 还没有开始 从受理之日起计算",
                "送达时限 absent 还没有开始 从作出决定之日起计算"
            ],
            "{}",
            world.site.engine
        );
        let faults = json!([{"about": "layout", "what": "请标出洗消水池"}]);
        world.act(&world.accept, id, json!({"act": "ask_correction", "faults": faults})).await;
        assert_eq!(clocks(&world, id).await[0], "受理时限 done 停止计时 2026年3月2日已告知补正，补齐后重新计算");
        world.act(&world.applicant, id, json!({"act": "withdraw"})).await;
        assert_eq!(clocks(&world, id).await, ["受理时限 absent 不再计时 办理已经终止"]);
        let page = world.site.get(&world.applicant, &format!("/cases/{id}")).await.body;
        assert!(page.contains("受理时限：不再计时，办理已经终止。") && !page.contains("0/0"), "{page}");
        let decided = world.for_decision().await;
        world.act(&world.decide, decided, json!({"act": "approve", "opinion": "同意"})).await;
        for (who, place) in [(&world.applicant, "cases"), (&world.accept, "desk/cases")] {
            let page = world.site.get(who, &format!("/{place}/{decided}")).await.body;
            assert!(page.contains("按时完成") && !page.contains("0 / 0") && !page.contains("0/0"), "{page}");
        }
    }
}

#[tokio::test]
async fn a_division_is_shown_by_its_full_name_and_by_its_code_only_where_it_is_not_known() {
    for world in worlds().await {
        let csv = "code,name,level,parent\n340000000000,安徽省,2,\n341600000000,亳州市,3,340000000000\n\
            341602000000,谯城区,4,341600000000\n341602001000,花戏楼街道,5,341602000000\n";
        let system = world.site.app.system("test");
        let report = identity::import_divisions(&system, &world.site.app.db, csv.as_bytes()).await.expect("divisions");
        assert_eq!(report.added, 4, "{report:?}");
        let id = world.filed().await;
        let pages = [(&world.applicant, format!("/cases/{id}")), (&world.accept, format!("/desk/cases/{id}"))];
        for (who, path) in pages {
            let page = world.site.get(who, &path).await.body;
            assert!(page.contains("安徽省亳州市谯城区花戏楼街道") && !page.contains("341602001000"), "{path}: {page}");
        }
    }
}

#[tokio::test]
async fn an_enterprise_that_nobody_knows_is_registered_at_the_window() {
    for world in worlds().await {
        let path = format!("/desk/file/{}", world.item);
        let post = async |fields: &[(&str, &str)]| world.site.post(&world.accept, &path, fields).await;
        let code = credit_code("9234160200300055");
        let unknown = post(&[("step", "find"), ("number", &code)]).await.body;
        assert!(unknown.contains("登记申请单位") && unknown.contains(&code), "{}: {unknown}", world.site.engine);
        let form = |name, representative| {
            [
                ("step", "register_enterprise"),
                ("number", code.as_str()),
                ("name", name),
                ("representative", representative),
            ]
        };
        let nameless = post(&form("", "")).await;
        assert!(nameless.status == 422 && nameless.body.contains(&code), "{}", nameless.body);
        let stranger = citizen_number(998);
        let nobody = post(&form("谯城区新店（试验）", &stranger)).await;
        assert!(nobody.status == 422 && nobody.body.contains("平台还没有这个人"), "{}", nobody.body);
        let found = post(&form("谯城区新店（试验）", "")).await;
        assert!(found.status == 200 && found.body.contains("请与证件核对"), "{}", found.body);
        let again = post(&form("谯城区新店（试验）", "")).await;
        assert!(again.status == 422 && again.body.contains("已经登记过"), "{}", again.body);
        let holder = found.body.split_once(r#"name="holder" value=""#).expect("a holder").1;
        let holder = holder.split('"').next().expect("its value");
        let begun = post(&[("step", "begin"), ("holder", holder), ("consent", "yes")]).await;
        assert!(begun.status == 303 && begun.location.starts_with("/drafts/"), "{}", begun.body);
    }
    for world in worlds_for_persons().await {
        let path = format!("/desk/file/{}", world.item);
        let code = credit_code("9234160200300055");
        let fields = [("step", "register_enterprise"), ("number", code.as_str()), ("name", "新店")];
        let refused = world.site.post(&world.accept, &path, &fields).await;
        assert!(refused.status == 422 && refused.body.contains("面向个人办理"), "{}", refused.body);
    }
}
