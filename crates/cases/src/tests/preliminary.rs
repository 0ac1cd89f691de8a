//! 下级初审: the street's office accepts and examines, the district's decides; each acts where the case is and sees it always.

use catalogue::model::Preliminary;
use identity::AuthorityFacts;
use kernel::{Authority, Id};
use serde_json::{Value, json};
use testkit::Visitor;

use super::world::{World, credit_code, officer, worlds};
use crate::{ACCEPT, CaseId, DECIDE, FILE_AT_WINDOW, ISSUE, REVIEW, SEE, store};

/// The lower organ with its two posts, and one that has every post there.
pub(super) struct Below {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) authority: Id<Authority>,
    accept: Visitor,
    review: Visitor,
    all: Visitor,
}

impl Below {
    pub(super) async fn at(world: &World, division: &str, serial: &str) -> Self {
        let system = world.site.app.system("test");
        let (name, code) = (format!("{division}市场监管所（试验）"), credit_code(serial));
        let facts = AuthorityFacts {
            name: name.clone(),
            short_name: format!("所{}", &division[8..9]),
            uscc: code.clone(),
            division: division.to_owned(),
            phone: "0558-5550199".to_owned(),
            address: "试验路 9 号".to_owned(),
            hours: "工作日 9:00—17:00".to_owned(),
        };
        let authority = identity::create_authority(&system, &world.site.app.db, &facts).await.expect("an authority");
        let accept = officer(&world.site, "所窗口", &[SEE, ACCEPT, FILE_AT_WINDOW], authority).await;
        let review = officer(&world.site, "所审查", &[SEE, REVIEW], authority).await;
        let all = officer(&world.site, "所全岗", &[SEE, ACCEPT, REVIEW, DECIDE, ISSUE], authority).await;
        Self { name, code, authority, accept, review, all }
    }
}

pub(super) const STREET: (&str, &str) = ("341602001000", "1134160200300002");

impl World {
    /// The item says that these organs examine first.
    pub(super) async fn examined_by(&self, codes: &[&str]) {
        let offices = codes.iter().map(|it| (*it).to_owned()).collect();
        let basis = "某某条例第八条".to_owned();
        self.revise(|it| it.preliminary = Some(Preliminary { offices, days: 20, basis })).await;
    }

    async fn listed(&self, who: &Visitor, query: &str, id: CaseId) -> bool {
        let list = self.call("GET", who, &format!("/api/v1/worklist{query}"), Value::Null).await.json();
        list["items"].as_array().expect("a list").iter().any(|it| it["id"] == id.to_string())
    }
}

#[tokio::test]
async fn each_organ_acts_only_while_the_case_is_with_it_and_no_paper_is_asked_for_again() {
    for world in worlds().await {
        let engine = world.site.engine;
        let below = Below::at(&world, STREET.0, STREET.1).await;
        world.examined_by(&[&below.code]).await;
        world.settle().await;
        let id = world.filed().await;
        // The district's officers see it and have nothing to do with it yet.
        let early = world.try_act(&world.accept, id, json!({"act": "accept"})).await;
        assert!(early.status == 409 && early.body.contains(&format!("由{}受理和初审", below.name)), "{}", early.body);
        assert!(!world.listed(&world.accept, "", id).await && world.listed(&below.accept, "", id).await, "{engine}");
        assert_eq!(world.call("GET", &world.accept, &format!("/api/v1/cases/{id}"), Value::Null).await.status, 200);
        let claim = world.call("POST", &world.accept, &format!("/api/v1/cases/{id}/claim"), json!({})).await;
        assert_eq!(claim.status, 403, "{engine}: {}", claim.body);
        world.act(&below.accept, id, json!({"act": "accept"})).await;
        world.act(&below.review, id, json!({"act": "start_review"})).await;
        let claim = world.call("POST", &below.review, &format!("/api/v1/cases/{id}/claim"), json!({})).await;
        assert_eq!(claim.status, 200, "{engine}: {}", claim.body);
        for act in ["recommend", "approve", "ask_extension"] {
            let more = json!({"act": act, "favour": true, "opinion": "同意", "days": 3, "reason": "复杂"});
            let answer = world.try_act(&below.all, id, more).await;
            assert_eq!(answer.status, 409, "{act} on {engine}: {}", answer.body);
        }
        let bare = world.form(&below.review, id, &[("act", "hand_up"), ("opinion", "齐全")]).await;
        assert!(bare.status == 422 && bare.body.contains("审核结论"), "{engine}: {}", bare.body);
        let words = "现场<相符>，同意";
        world.done(&below.review, id, &[("act", "hand_up"), ("favour", "yes"), ("opinion", words)]).await;
        // From now on the other way round: the street sees it, in a list of its own, and acts no more.
        let late = world.try_act(&below.review, id, json!({"act": "start_review"})).await;
        assert!(late.status == 409 && late.body.contains("已经报送"), "{engine}: {}", late.body);
        assert!(!world.listed(&below.review, "", id).await && world.listed(&world.review, "", id).await, "{engine}");
        assert!(world.listed(&below.review, "?post=handed_up", id).await, "{engine}");
        assert!(!world.listed(&world.review, "?post=handed_up", id).await, "{engine}");
        let again = world
            .try_act(&world.accept, id, json!({"act": "ask_correction", "faults": [{"about": "", "what": "重交"}]}))
            .await;
        assert!(again.status == 409 && again.body.contains("行政许可法第三十五条"), "{engine}: {}", again.body);
        let desk = world.page(&world.review, &format!("/desk/cases/{id}")).await;
        assert!(desk.contains("现场&#60;相符&#62;，同意") && desk.contains("初审结论：同意"), "{engine}: {desk}");
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        let told = format!("{}初审已完成，意见和全部申请材料已报送", below.name);
        assert!(own.contains(&told) && own.contains("初审时限") && !own.contains("现场&#60;"), "{engine}: {own}");
        assert!(own.contains(&format!("{} 受理岗", below.name)), "{engine}: who accepted is told");
        // What the street's reviewer had in hand is free for the district's.
        world.act(&world.review, id, json!({"act": "start_review"})).await;
        world.act(&world.review, id, json!({"act": "recommend", "favour": true, "opinion": "同意"})).await;
        world.act(&world.decide, id, json!({"act": "approve"})).await;
        world.settle().await;
        assert!(world.verified().await, "{engine}");
        let (case, upper) = (crate::service::load(&world.site.app, id).await.unwrap(), world.authority);
        assert_eq!(case.desk(), upper, "{engine}");
        let papers = world.site.app.db.query(store::PAPERS, storage::args![id, 100]).await.unwrap();
        let by = |code: &str| {
            let of = papers.iter().find(|it| it.string("kind").unwrap() == code)?;
            Some(of.id::<Authority>("authority").unwrap())
        };
        assert_eq!(by("acceptance_notice"), Some(below.authority), "{engine}: who accepts gives the notice");
        assert_eq!(by("approval"), Some(upper), "{engine}: who decides signs the decision");
    }
}

#[tokio::test]
async fn of_several_organs_the_applicant_chooses_one_and_a_window_of_one_of_them_need_not() {
    for world in worlds().await {
        let engine = world.site.engine;
        let first = Below::at(&world, STREET.0, STREET.1).await;
        let second = Below::at(&world, "341602002000", "1134160200300003").await;
        world.examined_by(&[&first.code, &second.code]).await;
        let values = world.values();
        let file = |who: &Visitor, more: Value| {
            let mut body = json!({"item": world.item.to_string(), "values": values, "incomplete": true});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let who = who.clone();
            async { world.call("POST", &{ who }, "/api/v1/cases", body).await }
        };
        let none = file(&world.applicant, json!({})).await;
        assert!(none.status == 422 && none.body.contains("请选择由哪个机关受理和初审"), "{engine}: {}", none.body);
        let unknown = file(&world.applicant, json!({"preliminary": "11341602003000099X"})).await;
        assert!(unknown.status == 422 && unknown.body.contains("不受理本事项"), "{engine}: {}", unknown.body);
        let filed = file(&world.applicant, json!({"preliminary": second.code})).await;
        assert_eq!(filed.status, 201, "{engine}: {}", filed.body);
        let id: CaseId = filed.json()["id"].as_str().unwrap().parse().unwrap();
        assert!(world.listed(&second.accept, "", id).await && !world.listed(&first.accept, "", id).await, "{engine}");
        let other = world.call("GET", &first.accept, &format!("/api/v1/cases/{id}"), Value::Null).await;
        assert_eq!(other.status, 404, "{engine}: one of the others sees nothing of it");
        let at_window = json!({"holder": world.holder.to_string(), "consent": true});
        let filed = file(&first.accept, at_window).await;
        assert_eq!(filed.status, 201, "{engine}: {}", filed.body);
        let id: CaseId = filed.json()["id"].as_str().unwrap().parse().unwrap();
        assert!(world.listed(&first.accept, "", id).await, "{engine}");
    }
}

#[tokio::test]
async fn only_organs_below_that_the_site_knows_may_examine_first() {
    for world in worlds().await {
        let above = Below::at(&world, "341600000000", "1134160000300004").await;
        let beside = identity::authority(&world.site.app.db, world.authority).await.unwrap().facts.uscc;
        for (code, says) in [
            ("11341602003000099X", "没有统一社会信用代码为"),
            (above.code.as_str(), "不是本机关的下级机关"),
            (beside.as_str(), "不是本机关的下级机关"),
        ] {
            let (db, system) = (&world.site.app.db, world.site.app.system("test"));
            let version = async || catalogue::item(db, world.item).await.unwrap().version;
            let mut document = world.document.clone();
            document.preliminary =
                Some(Preliminary {
                    offices: vec![code.to_owned()], days: 20, basis: "某某条例第八条".to_owned()
                });
            catalogue::revise(&system, db, world.item, version().await, &document).await.unwrap();
            let refused = catalogue::publish(&system, db, world.item, version().await).await.unwrap_err();
            assert!(format!("{refused:?}").contains(says), "{code}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn the_window_of_the_organ_that_examines_first_offers_the_item_names_who_decides_and_files_for_itself_alone() {
    for world in worlds().await {
        let engine = world.site.engine;
        let (first, second) =
            (Below::at(&world, STREET.0, STREET.1).await, Below::at(&world, "341602002000", "1134160200300003").await);
        let third = Below::at(&world, "341602003000", "1134160200300005").await;
        let path = format!("/desk/file/{}", world.item);
        world.settle().await;
        assert!(!world.page(&first.accept, "/desk/file").await.contains(&path), "{engine}: it is not asked yet");
        assert_eq!(world.site.get(&first.accept, &path).await.status, 403, "{engine}");
        world.examined_by(&[&first.code, &second.code]).await;
        world.settle().await;
        assert!(!world.page(&third.accept, "/desk/file").await.contains(&path), "{engine}: another street");
        assert_eq!(world.site.get(&third.accept, &path).await.status, 403, "{engine}");
        assert_eq!(world.site.get(&first.review, "/desk/file").await.status, 403, "{engine}: no window's post");
        let says = "本机关受理、初审，谯城区市场监督管理局（试验）决定";
        let list = world.page(&first.accept, "/desk/file").await;
        assert!(list.contains(&path) && list.contains(says), "{engine}: {list}");
        let found = world.page(&first.accept, "/desk/file?q=%E6%B2%A1%E6%9C%89").await;
        assert!(!found.contains(&path), "{engine}: the words of the search count here too");
        let own = world.page(&world.accept, "/desk/file").await;
        assert!(own.contains(&path) && !own.contains("本机关受理、初审"), "{engine}: {own}");
        // Filing: the draft is begun and sent at this window, and lies on this organ's desk without a question.
        let form = [("step", "begin"), ("holder", &world.holder.to_string()), ("consent", "yes")];
        let begun = world.site.post(&first.accept, &path, &form).await;
        assert_eq!(begun.status, 303, "{engine}: {}", begun.body);
        let body = json!({"item": world.item.to_string(), "holder": world.holder.to_string(), "consent": true,
            "values": world.values(), "incomplete": true});
        let file = async |who: &Visitor, code: &str| {
            let mut body = body.clone();
            body["preliminary"] = code.into();
            world.call("POST", who, "/api/v1/cases", body).await
        };
        let others = file(&first.accept, &second.code).await;
        assert!(others.status == 422 && others.body.contains("不受理本事项"), "{engine}: {}", others.body);
        assert_eq!(file(&third.accept, &first.code).await.status, 403, "{engine}");
        let filed = file(&first.accept, "").await;
        assert_eq!(filed.status, 201, "{engine}: {}", filed.body);
        let id: CaseId = filed.json()["id"].as_str().unwrap().parse().unwrap();
        assert!(world.listed(&first.accept, "", id).await, "{engine}");
        // Who decides may send it to either, and must say which.
        let upper = file(&world.accept, "").await;
        assert!(upper.status == 422 && upper.body.contains("请选择由哪个机关受理和初审"), "{engine}: {}", upper.body);
        assert_eq!(file(&world.accept, &second.code).await.status, 201, "{engine}");
        // A list that no longer names it offers it no longer.
        world.examined_by(&[&second.code]).await;
        world.settle().await;
        assert!(!world.page(&first.accept, "/desk/file").await.contains(&path), "{engine}");
        assert!(world.page(&second.accept, "/desk/file").await.contains(&path), "{engine}");
    }
}
