//! Two editors, two versions, two hundred items: nothing is overwritten unseen.

use serde_json::json;

use super::{authority, keeper, licence, sites};
use crate::{
    bulk_apply, bulk_preview, create_item, draft,
    model::{Group, ItemDocument, differences, fields_of, meet, with_field},
    publish,
};

const USCC: &str = "11341600000000019Q";

#[test]
fn two_editors_of_different_fields_both_keep_their_words() {
    let base = licence();
    let (mut theirs, mut yours) = (base.clone(), base.clone());
    theirs.summary = "他们的说明".to_owned();
    yours.conditions.push("您的条件".to_owned());
    let met = meet(&base, &theirs, &yours);
    assert_eq!((met.contested.len(), met.yours.len()), (0, 1));
    assert_eq!((met.merged.summary.as_str(), met.merged.conditions.last()), ("他们的说明", yours.conditions.last()));
}

#[test]
fn two_editors_of_one_field_are_shown_both_words_and_neither_is_lost() {
    let base = licence();
    let (mut theirs, mut yours) = (base.clone(), base.clone());
    theirs.summary = "他们的说明".to_owned();
    yours.summary = "您的说明".to_owned();
    let met = meet(&base, &theirs, &yours);
    let it = &met.contested[0];
    assert_eq!((it.field.as_str(), it.left.as_str(), it.right.as_str()), ("summary", "他们的说明", "您的说明"));
    assert_eq!(met.merged.summary, "他们的说明", "until you choose");
    assert_eq!(with_field(&met.merged, &yours, "summary").summary, "您的说明");
}

#[test]
fn versions_side_by_side_name_what_changed_in_words() {
    let (before, mut after) = (licence(), licence());
    after.materials[0].name = "申请书（新版）".to_owned();
    after.visits = None;
    let found = differences(&before, &after);
    let names: Vec<_> = found.iter().map(|it| (it.group, it.name)).collect();
    assert_eq!(names, [(Group::Time, "到现场次数"), (Group::Materials, "申请材料")]);
    assert!(found[1].right.contains("材料名称：申请书（新版）；") && found[1].right.contains("材料类型：申请表格文书"));
    assert!(found[1].right.ends_with("（另有 6 项相同）") && found[0].right.is_empty(), "{found:?}");
    assert_eq!(differences(&before, &before), []);
}

#[test]
fn the_field_table_knows_every_field_of_the_document() {
    let text = include_str!("../../../../docs/item-format.md");
    let example = text.split("```json\n").nth(1).and_then(|it| it.split("\n```").next()).unwrap();
    let doc: ItemDocument = serde_json::from_str(example).unwrap();
    for field in serde_json::to_value(doc).unwrap().as_object().unwrap().keys() {
        assert!(fields_of().any(|it| it.1 == field), "{field} has no place on the desk");
    }
}

#[tokio::test]
async fn a_bulk_change_shows_first_what_it_does_and_leaves_out_what_was_changed_meanwhile() {
    for site in sites().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&ctx, db, "谯城区市场监督管理局", USCC).await;
        let (mut one, mut two) = (licence(), licence());
        one.handling_number = Some(1);
        two.handling_number = Some(2);
        let (a, b) =
            (create_item(&ctx, db, office, &one).await.unwrap(), create_item(&ctx, db, office, &two).await.unwrap());
        publish(&ctx, db, a, 1).await.unwrap();
        assert_eq!(publish(&ctx, db, b, 1).await.unwrap(), 1, "parts of one item are two items, {}", site.engine);
        let value = json!("0558-5550999");
        assert!(bulk_preview(db, &[a, b], "materials", &value).await.is_err(), "only fields of one value");
        assert!(bulk_preview(db, &[a, b], "in_hall", &json!("x")).await.is_err(), "only values of the field");
        let rows = bulk_preview(db, &[a, b], "complaint_phone", &value).await.unwrap();
        assert_eq!(rows.iter().map(|it| it.changes.len()).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(draft(db, a).await.unwrap(), None, "a preview writes nothing");
        let keeper = site.ctx(&keeper(&site, Some(office)).await);
        let left = bulk_apply(&keeper, db, &[(a, rows[0].version), (b, 1)], "complaint_phone", &value).await.unwrap();
        assert_eq!(left.iter().map(|it| it.0).collect::<Vec<_>>(), [b], "its version had moved on");
        assert_eq!(draft(db, a).await.unwrap().unwrap().complaint_phone, "0558-5550999");
        let nobody = site.ctx(&site.person("路人", &[]));
        assert!(bulk_apply(&nobody, db, &[(b, 2)], "complaint_phone", &value).await.is_err());
    }
}

#[tokio::test]
async fn every_list_of_the_desk_is_found_by_an_index() {
    for site in sites().await {
        let lists = [
            crate::store::AT_STAGE,
            crate::store::AT_STAGE_OF,
            crate::store::WITH_SUSPECTS,
            crate::store::OF_BASE,
            crate::store::BASES,
            crate::store::BASES_OF_TYPE,
            crate::store::ACTS,
            crate::store::ACTS_AT,
            crate::store::ACTS_AT_OF,
            crate::store::AGENDA_DUE,
            crate::store::REMARKS,
            crate::store::DRAFT_AT,
            crate::store::BY_TYPE,
        ];
        let scans = storage::testing::scans(&site.app.db, &lists).await.unwrap();
        assert_eq!(scans, Vec::<String>::new(), "{}", site.engine);
    }
}
