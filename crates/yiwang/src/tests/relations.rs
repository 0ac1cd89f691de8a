//! Who may do what with a case: every act × every post × every relation to it, asked of the running site with real sessions, posts and
//! mandates. `docs/relations.md` is written from the answers, so that a change of what anybody may is seen as a diff.

use std::{any::Any, fmt::Write, sync::Arc};

use identity::{Declaration, NewEnterprise, NewMandate, NewPost, OneMatter, Verdict};
use kernel::{Actor, Authority, Channel, Ctx, Holder, Id, Item, MandateRow, Person, PostRow, Who};
use serde_json::{Value, json};
use testkit::{Site, Visitor};

use super::world::{ITEM, credit_code, facts, person, publish};
use crate::site::AREAS;

/// What is asked about, in which step of the case: a word for the act, its code or what is read, and the step.
const ROWS: &[(&str, &str, &str)] = &[
    ("看办件", "GET ", "accepted"),
    ("看办理经过", "GET /timeline", "accepted"),
    ("读文书", "GET /papers/1", "accepted"),
    ("为这个申请人提交", "file", "filed"),
    ("撤回（受理前）", "withdraw", "filed"),
    ("撤回（受理后）", "withdraw", "accepted"),
    ("补正", "supply", "correction_asked"),
    ("补交容缺材料", "supply_owed", "accepted_owing"),
    ("接件", "receive", "filed"),
    ("一次性告知补正", "ask_correction", "received"),
    ("逾期未补正", "lapse", "correction_asked"),
    ("受理", "accept", "received"),
    ("不需要办理", "not_needed", "received"),
    ("不予受理", "not_accept", "received"),
    ("当场办结", "handle_at_once", "received"),
    ("开始审核", "start_review", "accepted"),
    ("提交初审意见并报送", "hand_up", "under_review"),
    ("提交审核意见", "recommend", "under_review"),
    ("退回（审核）", "return", "under_review"),
    ("启动特别程序", "start_special", "under_review"),
    ("另行告知特别程序时间", "prolong_special", "suspended"),
    ("结束特别程序", "end_special", "suspended"),
    ("登记现场核查", "record_check", "under_review"),
    ("确认现场核查", "confirm_check", "under_review"),
    ("告知听证权利", "tell_hearing", "under_review"),
    ("申请听证", "ask_hearing", "told"),
    ("放弃听证", "waive_hearing", "told"),
    ("决定举行听证", "call_hearing", "under_review"),
    ("发出听证通知", "set_hearing", "heard"),
    ("申请主持人回避", "ask_recusal", "heard"),
    ("答复回避申请", "answer_recusal", "heard"),
    ("登记听证笔录", "hold_hearing", "heard"),
    ("终止听证", "drop_hearing", "heard"),
    ("提请延长期限", "ask_extension", "for_decision"),
    ("批准延长", "extend", "extension_asked"),
    ("不批准延长", "refuse_extension", "extension_asked"),
    ("退回（审批）", "return", "for_decision"),
    ("准予", "approve", "for_decision"),
    ("不予", "refuse", "for_decision"),
    ("撤销（容缺逾期）", "revoke", "approved_owing"),
    ("制证", "issue", "approved"),
    ("送达", "deliver", "issued"),
    ("归档", "close", "delivered"),
    ("撤销错误的办理", "annul", "approved"),
    ("认领（等受理）", "claim", "filed"),
    ("认领（等审核）", "claim", "accepted"),
    ("认领（等审批）", "claim", "for_decision"),
    ("认领（等发证）", "claim", "approved"),
];

/// Whose case it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Citizen,
    Minor,
    Firm,
    /// An officer with every post at the authority.
    Officer,
    /// The citizen's, accepted by whoever may decide as well.
    AcceptedByDecider,
}

/// Somebody with a relation to a case.
struct Column {
    relation: &'static str,
    who: Visitor,
    of: Of,
}

struct Place {
    site: Site,
    authority: Id<Authority>,
    item: Id<Item>,
    other_item: Id<Item>,
    values: Value,
    /// Who files for each holder, and the holder.
    filers: Vec<(Of, Visitor, Holder)>,
    /// The hands through which a case goes, by post; «both» accepts and may decide.
    hands: Vec<(&'static str, Visitor)>,
    /// People made so far, and cases filed.
    people: usize,
    filed: usize,
}

/// A base that knows every family.
struct Base;

#[async_trait::async_trait]
impl identity::Verifier for Base {
    fn name(&self) -> &'static str {
        "试验人口库"
    }

    async fn verify(&self, _ctx: &Ctx, question: &identity::Question) -> identity::Answer {
        identity::Answer {
            identity: Verdict::Agree,
            factors: question.factors.iter().map(|_| Verdict::Agree).collect(),
        }
    }

    async fn guardianship(&self, _ctx: &Ctx, _of: (&identity::Question, &identity::Question)) -> Verdict {
        Verdict::Agree
    }
}

fn own(db: &storage::Db) -> Vec<Arc<dyn Any + Send + Sync>> {
    let mut own = super::own(db);
    own.push(Arc::new(identity::Verifiers(Arc::new(Base))));
    own
}

/// A person's own context, as its browser would have it.
fn as_person(site: &Site, id: Id<Person>) -> Ctx {
    site.app.ctx(Actor { who: Who::Person(id), ..Actor::anonymous(Channel::Web) })
}

/// The item: for persons and firms, with a hearing, an extension, a material that may follow, and hands that are apart.
fn document() -> catalogue::ItemDocument {
    let mut document: Value = serde_json::from_str(ITEM).expect("an item");
    document["base"]["service_objects"] = json!(["1", "2"]);
    document["topics"]["corp"] = json!(["准营准办"]);
    document["separate_hands"] = json!(true);
    document["special_procedures"] =
        json!([{ "kind": "hearing", "name": "听证", "basis": "行政许可法第四十五条", "days_max": 20 }]);
    document["extension"] = json!({ "allowed": true, "days_max": 5, "basis": "试验" });
    document["materials"][1]["need"] = json!("1");
    document["materials"][1]["max_days_owed"] = json!(10);
    serde_json::from_value(document).expect("a document")
}

impl Place {
    async fn of(site: Site) -> Self {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let divisions = "code,name,level,parent\n340000000000,安徽省,2,\n341600000000,亳州市,3,340000000000\n\
             341602000000,谯城区,4,341600000000\n";
        identity::import_divisions(&ctx, &app.db, divisions.as_bytes()).await.expect("divisions");
        let authority = identity::create_authority(&ctx, &app.db, &facts(0)).await.expect("an authority");
        let document = document();
        let item = publish(&site, authority, &document).await;
        let other = catalogue::ItemDocument { handling_number: Some(2), ..document.clone() };
        let other_item = publish(&site, authority, &other).await;
        let values = document.sample.as_ref().expect("a sample").form.clone();
        let (filers, hands) = (Vec::new(), Vec::new());
        Self { site, authority, item, other_item, values, filers, hands, people: 0, filed: 0 }
    }

    async fn person(&mut self) -> (Id<Person>, usize) {
        self.people += 1;
        (person(&self.site, self.people).await, self.people)
    }

    async fn enters(&self, id: Id<Person>) -> Visitor {
        let token =
            identity::testing::enter(&self.site.app, &self.site.app.system("test"), id).await.expect("a session");
        let mut visitor = Visitor::with_token(&token);
        visitor.person = Some(id);
        visitor
    }

    async fn citizen(&mut self) -> (Id<Person>, Visitor) {
        let (id, _) = self.person().await;
        (id, self.enters(id).await)
    }

    /// An officer with these posts at this authority.
    async fn officer(&mut self, posts: &[&str], authority: Option<Id<Authority>>) -> (Visitor, Vec<Id<PostRow>>) {
        let (id, _) = self.person().await;
        let (ctx, mut rows) = (self.site.app.system("test"), Vec::new());
        for post in posts {
            let new = NewPost::from_today(id, post, authority);
            rows.push(identity::grant_post(&ctx, &self.site.app, &new).await.expect("a post"));
        }
        (self.enters(id).await, rows)
    }

    /// Somebody whom `by` charged with acting for `holder`, and who does.
    async fn agent(&mut self, by: Id<Person>, holder: Holder, items: Vec<Id<Item>>) -> (Visitor, Id<MandateRow>) {
        self.charged(by, holder, (items, None)).await
    }

    /// The same, perhaps with one thing alone.
    async fn charged(
        &mut self,
        by: Id<Person>,
        holder: Holder,
        (items, matter): (Vec<Id<Item>>, Option<OneMatter>),
    ) -> (Visitor, Id<MandateRow>) {
        let (id, n) = self.person().await;
        let (app, by) = (&self.site.app, as_person(&self.site, by));
        let ends = Some(by.now.legal_date() + time::Duration::days(30));
        let (name, mobile) = (format!("试验{n}"), format!("139{n:08}"));
        let new = NewMandate { name, mobile, items, matter, looks_only: false, starts: None, ends };
        let mandate = identity::offer(&by, app, holder, &new).await.expect("an invitation");
        identity::accept(&as_person(&self.site, id), app, mandate).await.expect("accepted");
        let who = self.enters(id).await;
        self.switch(&who, mandate).await;
        (who, mandate)
    }

    /// Lets a session act for another.
    async fn switch(&self, who: &Visitor, mandate: Id<MandateRow>) {
        let done = self.site.post(who, "/me/acting", &[("mandate", &mandate.to_string())]).await;
        assert_eq!(done.status, 303, "{}: {}", self.site.engine, done.body);
    }

    /// The right by which a person acts for whom it may.
    async fn right(&self, id: Id<Person>) -> (Id<MandateRow>, Holder) {
        let today = self.site.app.clock.now().legal_date();
        let held = identity::acting(&self.site.app.db, id, today).await.expect("mandates");
        (held[0].id, held[0].principal)
    }

    /// A new case of this holder in this step; its id and version.
    async fn case(&mut self, of: Of, step: &str) -> (String, i64) {
        self.filed += 1;
        let filer = if of == Of::AcceptedByDecider { Of::Citizen } else { of };
        let filer = &self.filers.iter().find(|it| it.0 == filer).expect("a filer").1;
        let key = format!("relation-{}", self.filed);
        let new = json!({ "item": self.item, "values": self.values, "incomplete": true, "idempotency_key": key });
        let filed = self.site.call(filer, "POST", "/api/v1/cases", new).await;
        assert_eq!(filed.status, 201, "{}: {}", self.site.engine, filed.body);
        let (id, mut version) =
            (filed.json()["id"].as_str().expect("an id").to_owned(), filed.json()["version"].clone());
        for (post, mut act) in steps(step) {
            let by = if post == "accept" && of == Of::AcceptedByDecider { "both" } else { post };
            let by = &self.hands.iter().find(|it| it.0 == by).expect("a hand").1;
            act["version"] = version;
            let done = self.site.call(by, "POST", &format!("/api/v1/cases/{id}/acts"), act.clone()).await;
            assert_eq!(done.status, 200, "{} {step} {act}: {}", self.site.engine, done.body);
            version = done.json()["version"].clone();
        }
        (id, version.as_i64().expect("a version"))
    }
}

/// How a case comes to this step: by whose hand, and what is done.
fn steps(step: &str) -> Vec<(&'static str, Value)> {
    let receive = ("accept", json!({ "act": "receive" }));
    let faults = json!([{ "about": "household", "what": "请补交" }]);
    let correct = ("accept", json!({ "act": "ask_correction", "faults": faults }));
    let accept = ("accept", json!({ "act": "accept", "obtained": ["household"] }));
    let owing = ("accept", json!({ "act": "accept", "owed": ["household"] }));
    let review = ("review", json!({ "act": "start_review" }));
    let favour = ("review", json!({ "act": "recommend", "favour": true, "opinion": "符合条件" }));
    let special = ("review", json!({ "act": "start_special", "procedure": "检测", "days": 5, "reason": "需要检测" }));
    let told = ("review", json!({ "act": "tell_hearing", "reason": "涉及他人重大利益" }));
    let heard = ("review", json!({ "act": "call_hearing", "days": 20, "reason": "涉及公共利益" }));
    let longer = ("decide", json!({ "act": "ask_extension", "days": 3, "reason": "需要复核" }));
    let approve = ("decide", json!({ "act": "approve", "opinion": "同意" }));
    let issue = ("issue", json!({ "act": "issue", "documents": ["A1"] }));
    let deliver = ("issue", json!({ "act": "deliver", "way": "window", "proof": "本人签收" }));
    let reviewed = [review.clone(), favour];
    let decided = [&[receive.clone(), accept.clone()], &reviewed[..], std::slice::from_ref(&approve)].concat();
    match step {
        "filed" => Vec::new(),
        "received" => vec![receive],
        "correction_asked" => vec![receive, correct],
        "accepted" => vec![receive, accept],
        "accepted_owing" => vec![receive, owing],
        "under_review" => vec![receive, accept, review],
        "suspended" => vec![receive, accept, review, special],
        "told" => vec![receive, accept, review, told],
        "heard" => vec![receive, accept, review, heard],
        "for_decision" => [&[receive, accept], &reviewed[..]].concat(),
        "extension_asked" => [&[receive, accept], &reviewed[..], &[longer]].concat(),
        "approved" => decided,
        "approved_owing" => [&[receive, owing], &reviewed[..], &[approve]].concat(),
        "issued" => [decided, vec![issue]].concat(),
        "delivered" => [decided, vec![issue, deliver]].concat(),
        other => panic!("no such step: {other}"),
    }
}

/// Those on the applicant's side: for themselves, for others, no longer, and strangers.
async fn applicants(place: &mut Place) -> Vec<Column> {
    let column = |relation, who: &Visitor, of| Column { relation, who: who.clone(), of };
    let (citizen, own) = place.citizen().await;
    place.filers.push((Of::Citizen, own.clone(), Holder::Person(citizen)));
    let mut out = vec![column("未登录", &place.site.anonymous(), Of::Citizen), column("本人", &own, Of::Citizen)];
    let (item, other, holder) = (place.item, place.other_item, Holder::Person(citizen));
    out.push(column("受托人，事项在内", &place.agent(citizen, holder, vec![item]).await.0, Of::Citizen));
    out.push(column("受托人，事项不在内", &place.agent(citizen, holder, vec![other]).await.0, Of::Citizen));
    let one = OneMatter { id: place.site.app.system("test").new_id(), number: "另一件".to_owned() };
    out.push(column(
        "受托人，只限另一件",
        &place.charged(citizen, holder, (vec![item], Some(one))).await.0,
        Of::Citizen,
    ));
    let (ended, mandate) = place.agent(citizen, holder, vec![item]).await;
    identity::end(&as_person(&place.site, citizen), &place.site.app, mandate).await.expect("ended");
    out.push(column("受托人，委托已终止", &ended, Of::Citizen));
    out.push(column("无关的人", &place.citizen().await.1, Of::Citizen));

    let (mother, guardian) = place.citizen().await;
    let stem = "34160220150101001";
    let number = format!("{stem}{}", standards::iso7064::mod_11_2(stem).expect("digits"));
    let declared = Declaration { name: "试验孩子", number: &number, declared: true };
    let done = identity::declare_guardian(&as_person(&place.site, mother), &place.site.app, &declared).await;
    assert!(done.expect("declared"), "{}: a base that knows the family agrees at once", place.site.engine);
    let (mandate, minor) = place.right(mother).await;
    place.switch(&guardian, mandate).await;
    place.filers.push((Of::Minor, guardian.clone(), minor));
    out.push(column("监护人，为孩子", &guardian, Of::Minor));
    let again = identity::testing::again(&place.site.app, mother).await.expect("a second session");
    out.push(column("监护人，为自己", &Visitor::with_token(&again), Of::Minor));

    let (boss, legal) = place.citizen().await;
    let new = NewEnterprise {
        uscc: credit_code("91", 1),
        name: "试验公司".to_owned(),
        representative: Some(boss),
        address: String::new(),
    };
    let system = place.site.app.system("test");
    identity::create_enterprise(&system, &place.site.app.db, &new).await.expect("an enterprise");
    let (mandate, firm) = place.right(boss).await;
    place.switch(&legal, mandate).await;
    place.filers.push((Of::Firm, legal.clone(), firm));
    out.push(column("法定代表人，为单位", &legal, Of::Firm));
    let again = identity::testing::again(&place.site.app, boss).await.expect("a second session");
    out.push(column("法定代表人，为自己", &Visitor::with_token(&again), Of::Firm));
    out.push(column("经办人，事项在内", &place.agent(boss, firm, vec![item]).await.0, Of::Firm));
    out.push(column("经办人，事项不在内", &place.agent(boss, firm, vec![other]).await.0, Of::Firm));
    let (ended, mandate) = place.agent(boss, firm, vec![item]).await;
    identity::end(&as_person(&place.site, boss), &place.site.app, mandate).await.expect("ended");
    out.push(column("经办人，授权已终止", &ended, Of::Firm));
    out
}

/// Officers: each post, elsewhere, in another's stead, no longer, with hands that are apart, in their own case.
async fn officers(place: &mut Place) -> Vec<Column> {
    const ALL: [&str; 5] = ["accept", "review", "decide", "issue", "head"];
    let column = |relation, who: &Visitor, of| Column { relation, who: who.clone(), of };
    let here = Some(place.authority);
    let (mut out, mut decider) = (Vec::new(), None);
    for (post, relation) in ALL.into_iter().zip(["受理岗", "审核岗", "审批岗", "发证岗", "负责人"]) {
        let (who, rows) = place.officer(&[post], here).await;
        place.hands.push((post, who.clone()));
        out.push(column(relation, &who, Of::Citizen));
        decider = decider.or_else(|| (post == "decide").then(|| (who.person.expect("a person"), rows[0])));
    }
    let (whole, _) = place.officer(&ALL, here).await;
    out.push(column("一人兼五岗", &whole, Of::Citizen));
    place.filers.push((Of::Officer, whole.clone(), Holder::Person(whole.person.expect("a person"))));
    out.push(column("兼五岗，自己申请的", &whole, Of::Officer));
    let (both, _) = place.officer(&["accept", "decide"], here).await;
    place.hands.push(("both", both.clone()));
    out.push(column("受理又审批，由其受理的", &both, Of::AcceptedByDecider));
    let (admin, _) = place.officer(&["admin"], None).await;
    let (stand_in, _) = place.officer(&[], here).await;
    let (person, post) = decider.expect("a decider");
    let ends = (place.site.app.clock.now().legal_date() + time::Duration::days(7)).to_string();
    let (id, post) = (stand_in.person.expect("a person").to_string(), post.to_string());
    let fields = [("person", id.as_str()), ("post", &post), ("ends", &ends)];
    let done = place.site.post(&admin, &format!("/desk/people/{person}/stand-in"), &fields).await;
    assert_eq!(done.status, 303, "{}: {}", place.site.engine, done.body);
    out.push(column("代审批岗", &stand_in, Of::Citizen));
    let (ended, rows) = place.officer(&ALL, here).await;
    for row in rows {
        identity::end_post(&place.site.app.system("test"), &place.site.app, row).await.expect("ended");
    }
    out.push(column("五岗都已终止", &ended, Of::Citizen));
    let system = place.site.app.system("test");
    let elsewhere = identity::create_authority(&system, &place.site.app.db, &facts(1)).await.expect("an authority");
    out.push(column("外单位的五岗", &place.officer(&ALL, Some(elsewhere)).await.0, Of::Citizen));
    out.push(column("目录管理", &place.officer(&["catalogue"], here).await.0, Of::Citizen));
    out.push(column("人员管理", &admin, Of::Citizen));
    out
}

/// What an answer means for the one who asked.
fn verdict(status: u16, body: &str) -> &'static str {
    match status {
        401 => "须登录",
        403 => "不可",
        404 => "看不到",
        409 if body.contains("代办范围") => "范围外",
        409 if body.contains("您没有相应岗位") => "不可",
        409 if body.contains("您已受理过本办件") => "须换人",
        500.. => "故障",
        _ => "可",
    }
}

/// One line: the act, asked by each; a case that an act has moved on is made anew.
async fn line(place: &mut Place, (words, act, step): (&str, &str, &str), columns: &[Column]) -> String {
    let mut text = format!("| {words} |");
    let mut at: Option<(Of, (String, i64))> = None;
    for Column { relation, who, of } in columns {
        let (id, version) = match at.take().filter(|it| it.0 == *of) {
            Some((_, case)) => case,
            None => place.case(*of, step).await,
        };
        let answer = match (act, act.strip_prefix("GET ")) {
            (_, Some(what)) => place.site.get(who, &format!("/api/v1/cases/{id}{what}")).await,
            ("file", _) => {
                let holder = if *of == Of::AcceptedByDecider { Of::Citizen } else { *of };
                let holder = place.filers.iter().find(|it| it.0 == holder).expect("a holder").2;
                place.filed += 1;
                let (key, values) = (format!("relation-{}", place.filed), &place.values);
                let new = json!({ "item": place.item, "values": values, "holder": holder.to_string(), "consent": true,
                    "incomplete": true, "idempotency_key": key });
                place.site.call(who, "POST", "/api/v1/cases", new).await
            }
            ("claim", _) => place.site.call(who, "POST", &format!("/api/v1/cases/{id}/claim"), json!({})).await,
            _ => {
                // What is delivered must say how, and a hearing when and before whom, whoever asks; the other acts take no notice.
                let (presider, held_at) = (place.hands[0].1.person.expect("a person").to_string(), "2026-03-20T09:00");
                let input = json!({ "act": act, "version": version, "way": "window", "proof": "本人签收",
                    "presider": presider, "held_at": held_at, "second": presider, "checked_on": "2026-03-02" });
                place.site.call(who, "POST", &format!("/api/v1/cases/{id}/acts"), input).await
            }
        };
        let said = verdict(answer.status, &answer.body);
        assert_ne!(said, "故障", "{} {words} by {relation}: {}", place.site.engine, answer.body);
        let _ = write!(text, " {said} |");
        let moved = answer.status == 200 && !act.starts_with("GET ");
        at = (!moved).then_some((*of, (id, version)));
    }
    text.push('\n');
    text
}

const HEAD: &str = "# Who may do what with a case\n\nGenerated by `UPDATE=1 cargo test -p yiwang`: each act asked of the running site, in the \
    step of the case where it belongs, by people with real sessions, posts and mandates. The item separates hands. «可»: the site takes \
    it up, and if it refuses then for what was written or for the day, not for who asks. «不可»: sees the case and may not do this. «看不到»: \
    is told that there is no such case. «范围外»: acts for the applicant, but not in this item. «须换人»: accepted the case, so somebody else \
    decides. Who may come in where at all: [permissions.md](permissions.md).\n";

#[tokio::test]
async fn every_act_on_a_case_is_open_to_whom_the_table_says() {
    let callers = || identity::callers(AREAS.iter().flat_map(|it| it.posts).copied());
    for site in testkit::sites_with(AREAS, own, Some(callers())).await {
        let mut place = Place::of(site).await;
        let sides = [("申请人一方", applicants(&mut place).await), ("工作人员", officers(&mut place).await)];
        let mut text = HEAD.to_owned();
        for (side, columns) in sides {
            let names: Vec<_> = columns.iter().map(|it| it.relation).collect();
            let _ = write!(text, "\n## {side}\n\n| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
            for row in ROWS {
                text.push_str(&line(&mut place, *row, &columns).await);
            }
        }
        super::committed("relations.md", &text);
    }
}
