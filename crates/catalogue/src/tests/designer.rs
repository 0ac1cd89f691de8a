//! The designer of an application form: with the mouse alone, by two at once, and by nobody who may not.

use forms::{ApplicationForm, design::Described};
use kernel::{Id, Item};
use testkit::{Answer, Site, Visitor};

use super::{authority, desk::hand, licence, sites};
use crate::{CATALOGUE, OFFICE_CHECK, create_item, draft, item, model::differences, revise};

const USCC: &str = "11341600000000019Q";

async fn post(site: &Site, who: &Visitor, path: &str, id: Id<Item>, fields: &[(&str, &str)]) -> Answer {
    let version = item(&site.app.db, id).await.unwrap().version.to_string();
    let fields = [&[("version", version.as_str())], fields].concat();
    site.post(who, path, &fields).await
}

/// The licence as an item that is still drawn up, and who may do so.
async fn draft_and_keeper(site: &Site) -> (Id<Item>, Visitor) {
    let (system, db) = (site.app.system("test"), &site.app.db);
    let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
    let id = create_item(&system, db, office, &licence()).await.unwrap();
    (id, hand(site, &[CATALOGUE], Some(office)).await)
}

/// A description as the page of a field sends it.
fn sent(it: &Described) -> Vec<(&'static str, String)> {
    let mut out = vec![
        ("title", it.title.clone()),
        ("kind", it.kind.clone()),
        ("hint", it.hint.clone()),
        ("options", it.options.join("\n")),
        ("least", it.least.clone()),
        ("most", it.most.clone()),
        ("row", it.row.clone()),
        ("depth", it.depth.clone()),
        ("prefill", it.prefill.clone()),
        ("when_field", it.only_if.field.clone()),
        ("when_test", it.only_if.test.clone()),
        ("when_values", it.only_if.values.join("\n")),
        ("when_least", it.only_if.least.clone()),
        ("when_most", it.only_if.most.clone()),
        ("when_below", it.only_if.below.clone()),
        ("made", it.made.kind.clone()),
        ("made_first", it.made.of.first().cloned().unwrap_or_default()),
        ("made_second", it.made.of.get(1).cloned().unwrap_or_default()),
    ];
    out.extend(it.made.of.iter().map(|it| ("made_of", it.clone())));
    out.extend(it.required.then(|| ("required", "yes".to_owned())));
    out.extend(it.table.then(|| ("table", "yes".to_owned())));
    out
}

/// Builds a form with the designer alone, field by field.
pub(super) async fn build(site: &Site, who: &Visitor, id: Id<Item>, wanted: &ApplicationForm) {
    let page = format!("/desk/items/{id}/form");
    for section in &wanted.layout {
        let answer = post(site, who, &page, id, &[("act", "section-add"), ("heading", &section.heading)]).await;
        assert_eq!(answer.status, 303, "{}: {}", section.heading, answer.body);
    }
    for path in wanted.paths() {
        let (owner, column) = path.split_once('/').map_or((path.as_str(), None), |it| (it.0, Some(it.1)));
        let place = wanted.layout.iter().position(|it| it.fields.iter().any(|it| it == owner)).unwrap();
        let to = column.map_or_else(|| format!("section:{place}"), |_| format!("group:{owner}"));
        let described = wanted.described(&path).unwrap();
        let blank = site.get(who, &format!("{page}/field?to={to}&kind={}", described.kind)).await;
        assert!(blank.status == 200 && blank.body.contains("问什么"), "{path}");
        let mut fields = sent(&described);
        fields.extend([("to", to), ("key", column.unwrap_or(owner).to_owned())]);
        let fields: Vec<_> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
        let answer = post(site, who, &format!("{page}/field"), id, &fields).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
    }
    let built = draft(&site.app.db, id).await.unwrap().unwrap().form.unwrap();
    assert_eq!(built.lines().len(), wanted.lines().len(), "every section, field and column stands");
    for path in wanted.paths() {
        assert_eq!(built.described(&path), wanted.described(&path), "{path} on {}", site.engine);
    }
}

#[tokio::test]
async fn nobody_designs_the_form_of_an_item_that_is_not_theirs() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        let id = create_item(&system, db, office, &licence()).await.unwrap();
        let checker = site.person("编制", &[(OFFICE_CHECK, None)]);
        let page = format!("/desk/items/{id}/form");
        assert_eq!(site.get(&checker, &page).await.status, 403, "{}", site.engine);
        assert_eq!(post(&site, &checker, &page, id, &[("act", "remove"), ("path", "area")]).await.status, 403);
        let elsewhere = site.app.system("test").new_id();
        let stranger = site.person("别处", &[(CATALOGUE, Some(elsewhere))]);
        assert_eq!(site.get(&stranger, &page).await.status, 403);
        assert!(draft(db, id).await.unwrap().unwrap().form.unwrap().property("area").is_some());
    }
}

#[tokio::test]
async fn what_makes_no_field_is_told_and_what_does_not_fit_together_is_shown_in_the_list() {
    for site in sites().await {
        let (db, (id, keeper)) = (&site.app.db, draft_and_keeper(&site).await);
        let page = format!("/desk/items/{id}/form");
        let field = format!("{page}/field");
        let nameless = [("to", "section:0"), ("kind", "text"), ("title", "")];
        let told = post(&site, &keeper, &field, id, &nameless).await;
        assert!(told.status == 200 && told.body.contains("请写上这一项叫什么"), "{}", told.body);
        let twice = post(&site, &keeper, &page, id, &[("act", "section-add"), ("heading", "申请人")]).await;
        assert!(twice.body.contains("不与别的分组相同"));
        let full = post(&site, &keeper, &page, id, &[("act", "section-remove"), ("section", "1")]).await;
        assert!(full.body.contains("分组里还有内容"));
        let gone = post(&site, &keeper, &page, id, &[("act", "remove"), ("path", "by_agent")]).await;
        assert_eq!(gone.status, 303, "{}", gone.body);
        let list = site.get(&keeper, &page).await.body;
        assert!(list.contains("要改好才能发布") && list.contains("by_agent"), "what rests on it is told");
        assert!(item(db, id).await.unwrap().findings > 0, "and keeps it from being published");
        let tried = site.post(&keeper, &format!("{page}/try/1"), &[("credit_code", "1")]).await;
        assert!(
            tried.status == 200 && tried.body.contains("credit_code"),
            "the preview speaks as the form will: {}",
            tried.body
        );
    }
}

#[tokio::test]
async fn a_range_is_typed_at_its_field_or_section_and_what_is_wrong_with_it_told_there() {
    for site in sites().await {
        let (db, (id, keeper)) = (&site.app.db, draft_and_keeper(&site).await);
        let page = format!("/desk/items/{id}/form");
        let field = format!("{page}/field");
        let when = |bounds: [&'static str; 4]| {
            let names = ["when_field", "when_least", "when_most", "when_below"];
            names.into_iter().zip(bounds).chain([("when_test", "range")]).collect::<Vec<_>>()
        };
        // In the section that asks for the area: a preview has one section.
        let layout = licence().form.unwrap().layout;
        let place = layout.iter().position(|it| it.fields.iter().any(|it| it == "area")).unwrap();
        let to = format!("section:{place}");
        let of_field = [("to", to.as_str()), ("kind", "text"), ("title", "大店补充说明"), ("key", "large")];
        let of_section = [("act", "section-save"), ("section", "1"), ("heading", "我<的>分组"), ("hint", "")];
        let table = [
            (["credit_code", "1", "", ""], "when_field", "不能按范围判断"),
            (["area", "", "", ""], "when_least", "至少写一头"),
            (["area", "二百", "", ""], "when_least", "请填写整数"),
            (["area", "200", "100", ""], "when_most", "上限应当大于下限"),
            (["area", "200", "300", "300"], "when_below", "只能填一个"),
        ];
        for (bounds, at, said) in table {
            let told = post(&site, &keeper, &field, id, &[&of_field[..], &when(bounds)].concat()).await.body;
            assert!(told.contains(said) && told.contains(&format!("href=\"#{at}\"")), "{bounds:?}: {told}");
            assert!(told.contains("大店补充说明") && told.contains(bounds[1]), "what was typed stays");
            let told = post(&site, &keeper, &page, id, &[&of_section[..], &when(bounds)].concat()).await.body;
            assert!(told.contains(said) && told.contains(&format!("href=\"#1-{at}\"")), "{bounds:?}: {told}");
            assert!(told.contains(&format!("id=\"1-{at}\"")) && told.contains("我&#60;的&#62;分组"), "{bounds:?}");
        }
        assert_eq!(draft(db, id).await.unwrap().unwrap().form, licence().form, "{}: nothing is kept", site.engine);
        let large = [&of_field[..], &when(["area", "200", "", "500"])].concat();
        assert_eq!(post(&site, &keeper, &field, id, &large).await.status, 303, "{}", site.engine);
        let form = draft(db, id).await.unwrap().unwrap().form.unwrap();
        let kept = serde_json::to_value(&form.conditions["large"]).unwrap();
        assert_eq!(kept, serde_json::json!({"field": "area", "range": {"least": 200, "below": 500}}));
        let list = site.get(&keeper, &page).await.body;
        assert!(list.contains("200 以上不足 500 时填写"), "{list}");
        // The preview asks for it as the page will: the same engine speaks in both.
        for (area, hidden) in [("199", true), ("200", false), ("499", false), ("500", true)] {
            let tried = site.post(&keeper, &format!("{page}/try/{}", place + 1), &[("area", area)]).await;
            let told: serde_json::Value = serde_json::from_str(&tried.body).unwrap();
            let all = told["hidden"].as_array().unwrap();
            assert_eq!(all.iter().any(|it| it == "large"), hidden, "{area}: {told}");
        }
    }
}

#[tokio::test]
async fn two_who_design_at_once_meet_and_versions_are_compared_field_by_field() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let (id, keeper) = draft_and_keeper(&site).await;
        let mut first = licence();
        first.form.as_mut().unwrap().remove("area");
        revise(&system, db, id, 1, &first).await.unwrap();
        let page = format!("/desk/items/{id}/form");
        let late = [("version", "1"), ("act", "kit"), ("kit", "bank")];
        let met = site.post(&keeper, &page, &late).await;
        assert!(met.status == 200 && met.body.contains("两人都改了"), "{}", met.body);
        assert_eq!(draft(db, id).await.unwrap().unwrap().form, first.form, "nothing is overwritten");
        let done = post(&site, &keeper, &page, id, &[("act", "kit"), ("kit", "household")]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let now = draft(db, id).await.unwrap().unwrap();
        let found = differences(&licence(), &now);
        let form = found.iter().find(|it| it.field == "form").unwrap();
        assert!(form.left.contains("经营面积") && form.left.contains("另有"), "{}", form.left);
        for words in ["分组「家庭」", "家庭成员 › 月收入：金额（元），必填", "自动计算：「家庭成员 › 月收入」相加"]
        {
            assert!(form.right.contains(words), "{words}: {}", form.right);
        }
        assert!(!form.right.contains("公民身份号码：公民身份号码，必填，说明"), "what is alike is not told again");
        assert_eq!(now.form.unwrap().faults(), []);
    }
}
