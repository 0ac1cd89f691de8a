//! Points of review that must be answered and the discretion standard, from the item's list to the record.

use catalogue::model::{Discretion, DiscretionGrade};
use forms::{Condition, Range, Test};
use serde_json::json;

use super::world::{World, worlds};
use crate::CaseId;

impl World {
    /// The item with two required points and a matter whose first grade its form gives.
    async fn weighing(&self) {
        let grade = |grade: &str, equals: bool| DiscretionGrade {
            grade: grade.to_owned(),
            condition: "按申请表".to_owned(),
            only_if: Some(Condition { field: "has_cold_food".to_owned(), test: Test::Equals(json!(equals)) }),
            outcome: "按标准核定".to_owned(),
            fen_min: None,
            fen_max: Some(5_000),
        };
        let cold = self.values()["has_cold_food"].as_bool().expect("an answer");
        self.revise(|document| {
            document.required_points = vec!["地址与<营业执照>一致".to_owned(), "布局生熟分开".to_owned()];
            document.discretion = vec![Discretion {
                matter: "核定的项目".to_owned(),
                basis: "试验".to_owned(),
                grades: vec![grade("按申请核定", cold), grade("从严核定", !cold)],
            }];
        })
        .await;
    }

    async fn answer(&self, id: CaseId, point: &str, verdict: &str, text: &str) -> u16 {
        let form = [("kind", "point"), ("about", point), ("verdict", verdict), ("text", text)];
        self.site.post(&self.review, &format!("/desk/cases/{id}/notes"), &form).await.status
    }
}

#[tokio::test]
async fn required_points_are_answered_before_anything_is_answered_in_favour_and_stand_in_the_record() {
    for world in worlds().await {
        let engine = world.site.engine;
        world.weighing().await;
        let id = world.accepted().await;
        world.done(&world.review, id, &[("act", "start_review")]).await;
        let page = world.page(&world.review, &format!("/desk/cases/{id}")).await;
        assert!(page.contains("必审") && page.contains("地址与&#60;营业执照&#62;一致"), "{engine}: {page}");
        let favour =
            [("act", "recommend"), ("favour", "yes"), ("opinion", "符合"), ("grade.0", "0"), ("deviation", "")];
        let early = world.form(&world.review, id, &favour).await;
        assert!(early.status == 409 && early.body.contains("还有 2 条必审要点没有结论"), "{engine}: {}", early.body);
        assert_eq!(world.answer(id, "0", "unmet", "").await, 422, "{engine}: «not so» needs words");
        assert_eq!(world.answer(id, "1", "not_applicable", " ").await, 422, "{engine}");
        assert_eq!(world.answer(id, "0", "unmet", "门牌号已更换，以公安证明为准").await, 303, "{engine}");
        let early = world.form(&world.review, id, &favour).await;
        assert!(early.status == 409 && early.body.contains("还有 1 条"), "{engine}: {}", early.body);
        assert_eq!(world.answer(id, "1", "not_applicable", "只售预包装食品").await, 303, "{engine}");
        world.done(&world.review, id, &favour).await;
        let entries = journal::history(&world.site.app.db, &format!("case:{id}")).await.expect("a history");
        let body = &entries.last().expect("an entry").body;
        for said in [r#""verdict":"unmet""#, r#""verdict":"not_applicable""#, r#""sm3":"#, r#""matter":0,"grade":0"#] {
            assert!(body.contains(said), "{engine}: {body}");
        }
        assert!(!body.contains("门牌号"), "{engine}: words lie sealed");
        let desk = world.page(&world.decide, &format!("/desk/cases/{id}")).await;
        assert!(desk.contains("不符合 1 条，不适用 1 条") && desk.contains("按申请核定"), "{engine}: {desk}");
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        assert!(!own.contains("不适用 1 条") && !own.contains("门牌号"), "{engine}: {own}");
        world.done(&world.decide, id, &[("act", "approve"), ("grade.0", "0"), ("fen.0", "50")]).await;
        assert!(world.verified().await, "{engine}");
    }
}

#[tokio::test]
async fn the_number_that_an_applicant_gave_decides_under_which_grade_a_case_falls() {
    for world in worlds().await {
        let engine = world.site.engine;
        let area = world.values()["area"].as_i64().expect("an area");
        let grade = |name: &str, least: Option<i64>, below: Option<i64>| DiscretionGrade {
            grade: name.to_owned(),
            condition: "按经营面积".to_owned(),
            only_if: Some(Condition {
                field: "area".to_owned(),
                test: Test::Range(Range { least: least.map(Into::into), most: None, below: below.map(Into::into) }),
            }),
            outcome: "按标准核定".to_owned(),
            fen_min: None,
            fen_max: None,
        };
        // 不足 x, x 以上不足 y, y 以上: whatever stands at a bound falls under one grade, never two.
        let table = [(area + 1, area + 9, 0), (area, area + 9, 1), (area - 9, area + 1, 1), (area - 9, area, 2)];
        for (low, high, falls) in table {
            world
                .revise(|document| {
                    let grades = vec![
                        grade("小", None, Some(low)),
                        grade("中", Some(low), Some(high)),
                        grade("大", Some(high), None),
                    ];
                    let (matter, basis) = ("核定的面积".to_owned(), "试验".to_owned());
                    document.discretion = vec![Discretion { matter, basis, grades }];
                })
                .await;
            let id = world.accepted().await;
            world.done(&world.review, id, &[("act", "start_review")]).await;
            let case = world.call("GET", &world.review, &format!("/api/v1/cases/{id}"), serde_json::Value::Null).await;
            let grades = case.json()["discretion"][0]["grades"].clone();
            let applies: Vec<_> = (0..3).filter(|it| grades[*it]["applies"] == true).collect();
            assert_eq!(applies, [falls], "{engine}, {area} of {low} and {high}: {grades}");
            let page = world.page(&world.review, &format!("/desk/cases/{id}")).await;
            let name = ["小", "中", "大"][falls];
            assert!(page.contains(&format!("<option value=\"{falls}\" selected>{name}")), "{engine}: {page}");
        }
    }
}

#[tokio::test]
async fn the_range_of_the_discretion_standard_is_offered_and_left_only_with_a_reason_on_record() {
    for world in worlds().await {
        let engine = world.site.engine;
        world.weighing().await;
        let id = world.accepted().await;
        world.done(&world.review, id, &[("act", "start_review")]).await;
        for point in ["0", "1"] {
            assert_eq!(world.answer(id, point, "met", "").await, 303, "{engine}");
        }
        let page = world.page(&world.review, &format!("/desk/cases/{id}")).await;
        assert!(page.contains("按申请表适用") && page.contains("50.00 元以下"), "{engine}: {page}");
        assert!(page.contains(r#"<option value="0" selected>按申请核定"#), "{engine}: the form's grade stands chosen");
        let with = |more: &[(&'static str, &'static str)]| {
            [&[("act", "recommend"), ("favour", "yes"), ("opinion", "符合")], more].concat()
        };
        for (form, place, says) in [
            (with(&[]), "recommend-grades", "请选择「核定的项目」的裁量阶次"),
            (with(&[("grade.0", "7")]), "recommend-grades", "没有这一档"),
            (with(&[("grade.0", "0"), ("fen.0", "五十")]), "recommend-grades", "不是金额"),
            (with(&[("grade.0", "1")]), "recommend-deviation", "超出了裁量基准"),
            (with(&[("grade.0", "none")]), "recommend-deviation", "超出了裁量基准"),
            (with(&[("grade.0", "0"), ("fen.0", "50.01")]), "recommend-deviation", "超出了裁量基准"),
        ] {
            let answer = world.form(&world.review, id, &form).await;
            assert!(answer.status == 422 && answer.body.contains(says), "{engine} {form:?}: {}", answer.body);
            assert!(answer.body.contains(&format!("href=\"#{place}\"")), "{engine} {form:?}: {}", answer.body);
        }
        let why = ("deviation", "两家相邻，<从严>核定");
        world.done(&world.review, id, &with(&[("grade.0", "1"), why])).await;
        let entries = journal::history(&world.site.app.db, &format!("case:{id}")).await.expect("a history");
        let body = &entries.last().expect("an entry").body;
        assert!(body.contains(r#""outside":true"#) && !body.contains("从严"), "{engine}: {body}");
        let desk = world.page(&world.decide, &format!("/desk/cases/{id}")).await;
        assert!(
            desk.contains("超出裁量基准的幅度") && desk.contains("两家相邻，&#60;从严&#62;核定"),
            "{engine}: {desk}"
        );
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        assert!(!own.contains("两家相邻"), "{engine}: {own}");
        // A program weighs like a form.
        let bare = world.try_act(&world.decide, id, json!({"act": "approve"})).await;
        assert_eq!(bare.status, 422, "{engine}: {}", bare.body);
        let case = world.call("GET", &world.decide, &format!("/api/v1/cases/{id}"), serde_json::Value::Null).await;
        assert_eq!(case.json()["discretion"][0]["grades"][0]["applies"], true, "{engine}: {}", case.body);
        let grades = json!([{"matter": 0, "grade": "0", "fen": 5_000}]);
        world.act(&world.decide, id, json!({"act": "approve", "grades": grades})).await;
        assert!(world.verified().await, "{engine}");
    }
}
