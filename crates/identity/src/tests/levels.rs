//! Real-name levels: raised by what agrees, by who is seen; guardians confirmed.

use std::{any::Any, sync::Arc};

use async_trait::async_trait;
use kernel::{Ctx, Error, Holder, Id, Person};
use testkit::{Site, Visitor};

use super::{PASSWORD, citizen_number, signed_in, somebody};
use crate::{
    ADMIN, AREA, Answer, EnterpriseQuestion, Factor, NewAccount, NewPerson, NewPost, Question, Register, Registered,
    Registers, VERIFY, Verdict, Verifier, Verifiers, acting, callers, claim, create_account, create_person,
    enterprises_of, grant_post, person_card,
};

/// Fields of a form.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// A post that may vouch.
const WINDOW: kernel::Post = kernel::Post { code: "window", name: "受理", permissions: &[VERIFY], apart: &[] };

/// A base that knows numbers ending in 1 to agree, in 2 to differ, in 3 not at all, and is down for the rest; it knows one family.
struct Base;

#[async_trait]
impl Verifier for Base {
    fn name(&self) -> &'static str {
        "试验人口库"
    }

    async fn verify(&self, _: &Ctx, question: &Question) -> Answer {
        let told = |number: &String| match number.chars().last() {
            Some('1') => Verdict::Agree,
            Some('2') => Verdict::Disagree,
            Some('3') => Verdict::NotKnown,
            _ => Verdict::NotReachable,
        };
        let identity = if question.name == "查无此人" { Verdict::NotKnown } else { Verdict::Agree };
        Answer { identity, factors: question.factors.iter().map(|it| told(&it.1)).collect() }
    }

    async fn guardianship(&self, _: &Ctx, (guardian, ward): (&Question, &Question)) -> Verdict {
        if guardian.name == "周晓梅" && ward.name == "周小宝" { Verdict::Agree } else { Verdict::NotKnown }
    }
}

/// A register in which Haitao represents the firm and its branch; the firm was Zhiyuan's before.
#[async_trait]
impl Register for Base {
    fn name(&self) -> &'static str {
        "试验登记信息"
    }

    async fn enterprise(&self, _: &Ctx, question: &EnterpriseQuestion) -> Registered {
        let verdict = match (question.uscc.as_str(), question.name.as_str(), question.representative.as_str()) {
            (FIRM | BRANCH, "演示公司" | "演示公司谯城分公司", "吴海涛") => Verdict::Agree,
            (FIRM | BRANCH, ..) => Verdict::Disagree,
            _ => Verdict::NotKnown,
        };
        let head_office = if question.uscc == BRANCH { FIRM.to_owned() } else { String::new() };
        Registered { verdict, address: "演示大道 6 号".to_owned(), head_office }
    }
}

/// A firm and its branch.
const FIRM: &str = "91341600MA0000007C";
const BRANCH: &str = "91341602MA0000234E";

fn own(_: &storage::Db) -> Vec<Arc<dyn Any + Send + Sync>> {
    vec![callers([ADMIN, WINDOW]), Arc::new(Verifiers(Arc::new(Base))), Arc::new(Registers(Arc::new(Base)))]
}

async fn sites() -> Vec<Site> {
    testkit::sites_with(&[&AREA], own, Some(callers([ADMIN, WINDOW]))).await
}

async fn citizen(site: &Site, (name, login): (&str, &str), n: u32, level: i64) -> (Id<Person>, Visitor) {
    let (app, ctx) = (&site.app, site.app.system("test"));
    let id = create_person(&ctx, app, &NewPerson { level, ..super::person(name, n) }).await.unwrap();
    let account = NewAccount { login: login.to_owned(), password: PASSWORD.to_owned(), demo: None };
    create_account(&ctx, app, id, &account).await.unwrap();
    (id, signed_in(site, login).await)
}

async fn clerk(site: &Site) -> Visitor {
    let id = somebody(&site.app, ("孙静", "sunjing"), 90, Some("试验")).await;
    grant_post(&site.app.system("test"), &site.app, &NewPost::from_today(id, "window", None)).await.unwrap();
    signed_in(site, "sunjing").await
}

async fn level(site: &Site, id: Id<Person>) -> i64 {
    person_card(&site.app.system("test"), &site.app, id, (crate::Purpose::Handling, &crate::Look::default()))
        .await
        .unwrap()
        .level
}

#[tokio::test]
async fn what_agrees_raises_the_level_and_nothing_else_does() {
    for site in sites().await {
        let (id, who) = citizen(&site, ("李桂兰", "guilan"), 1, 0).await;
        let (nobody, other) = citizen(&site, ("查无此人", "nobody"), 2, 0).await;
        let rows: [(Fields<'_>, &str, i64); 7] = [
            (&[], "请至少选一项", 0),
            (&[("bank_card", "123")], "银行卡号不像是对的", 0),
            (&[("bank_card", "6222020000000002")], "核对不一致", 0),
            (&[("bank_card", "6222020000000003")], "没有查到记录", 0),
            (&[("bank_card", "6222020000000009")], "暂时连不上", 0),
            (&[("phone", "yes"), ("bank_card", "6222020000000002")], "", 1),
            (&[("social_security", "AB0000001")], "", 2),
        ];
        for (fields, words, expected) in rows {
            let answer = site.post(&who, "/me/level", fields).await;
            assert!(answer.body.contains(words), "{} {fields:?}: {}", site.engine, answer.body);
            assert_eq!(level(&site, id).await, expected, "{} {fields:?}", site.engine);
        }
        site.post(&other, "/me/level", &[("bank_card", "6222020000000001")]).await;
        assert_eq!(level(&site, nobody).await, 0, "{}: a number counts for whom it is", site.engine);
        let entries = journal::history(&site.app.db, &format!("person:{id}")).await.unwrap();
        let told: Vec<_> = entries.iter().map(|it| it.kind.as_str()).collect();
        assert_eq!(told, ["identity.person_registered", "identity.level_changed", "identity.level_changed"]);
        let last = &entries.last().unwrap().body;
        assert!(last.contains(r#""by":"试验人口库""#) && last.contains("social_security"), "{}: {last}", site.engine);
        assert!(!last.contains("AB0000001"), "{}: no number is kept: {last}", site.engine);
        assert!(Factor::ALL.iter().all(|it| !it.hint().is_empty()));
    }
}

#[tokio::test]
async fn nobody_tries_out_numbers_without_end() {
    for site in sites().await {
        let (_, who) = citizen(&site, ("李桂兰", "guilan"), 2, 0).await;
        let mut last = 0;
        for n in 0..13 {
            let number = format!("62220200000000{n:02}2");
            last = site.post(&who, "/me/level", &[("bank_card", &number)]).await.status;
        }
        assert_eq!(last, 429, "{}", site.engine);
    }
}

#[tokio::test]
async fn a_window_that_sees_the_person_gives_the_highest_level_but_never_to_itself() {
    for site in sites().await {
        let clerk = clerk(&site).await;
        let (id, who) = citizen(&site, ("李桂兰", "guilan"), 1, 0).await;
        let (own, path) = (level, format!("/desk/verify/{id}/seen"));
        let both = [("present", "yes"), ("original", "yes")];
        assert_eq!(site.post(&who, &path, &both).await.status, 403, "{}: no post", site.engine);
        assert_eq!(site.post(&clerk, &path, &both[..1]).await.status, 422, "{}: the paper was not seen", site.engine);
        assert_eq!(own(&site, id).await, 0, "{}", site.engine);
        assert_eq!(site.post(&clerk, &path, &both).await.status, 303, "{}", site.engine);
        assert_eq!(own(&site, id).await, 3, "{}", site.engine);
        let me = site.get(&clerk, "/api/v1/me").await.json()["person"].as_str().unwrap().to_owned();
        let refused = site.post(&clerk, &format!("/desk/verify/{me}/seen"), &both).await;
        assert_eq!(refused.status, 409, "{}: {}", site.engine, refused.body);
    }
}

/// The citizen number of somebody born on a day of 2015.
fn child(n: u32) -> String {
    let stem = format!("34160220150601{n:03}");
    format!("{stem}{}", standards::iso7064::mod_11_2(&stem).unwrap())
}

#[tokio::test]
async fn a_guardian_acts_once_a_base_or_a_window_agrees_and_until_the_child_is_of_age() {
    for site in sites().await {
        let app = &site.app;
        let clerk = clerk(&site).await;
        let (id, who) = citizen(&site, ("周晓梅", "xiaomei"), 1, 1).await;
        let today = app.system("test").now.legal_date();
        let held = async |day| acting(&app.db, id, day).await.unwrap().len();
        let adult = citizen_number(7).to_string();
        let rows = [("周小宝", child(1), ""), ("周小宝", adult, "yes"), ("", child(1), "yes")];
        for (name, number, declared) in rows {
            let fields = [("name", name), ("number", number.as_str()), ("declared", declared)];
            assert_eq!(site.post(&who, "/me/guardian", &fields).await.status, 422, "{} {name}", site.engine);
        }
        let number = child(1);
        let fields = [("name", "周小宝"), ("number", number.as_str()), ("declared", "yes")];
        assert_eq!(site.post(&who, "/me/guardian", &fields).await.status, 303, "{}", site.engine);
        assert_eq!(held(today).await, 1, "{}: the base knows the family", site.engine);
        let number = child(3);
        let fields = [("name", "周二宝"), ("number", number.as_str()), ("declared", "yes")];
        assert_eq!(site.post(&who, "/me/guardian", &fields).await.status, 303, "{}", site.engine);
        assert_eq!(held(today).await, 1, "{}: this one waits for a window", site.engine);
        let page = site.get(&clerk, &format!("/desk/verify/{id}")).await.body;
        let mandate = page.split("/guardians/").nth(1).expect("it waits there").split('"').next().unwrap().to_owned();
        let path = format!("/desk/verify/{id}/guardians/{mandate}");
        assert_eq!(site.post(&who, &path, &[("papers", "yes")]).await.status, 403, "{}", site.engine);
        assert_eq!(site.post(&clerk, &path, &[]).await.status, 303, "{}", site.engine);
        assert_eq!(held(today).await, 1, "{}: no paper was seen", site.engine);
        assert_eq!(site.post(&clerk, &path, &[("papers", "yes")]).await.status, 303, "{}", site.engine);
        assert_eq!(held(today).await, 2, "{}", site.engine);
        let day =
            |text: &str| time::Date::parse(text, time::macros::format_description!("[year]-[month]-[day]")).unwrap();
        assert_eq!(held(day("2033-05-31")).await, 2, "{}: the day before the birthday", site.engine);
        assert_eq!(held(day("2033-06-01")).await, 0, "{}: of age", site.engine);
    }
}

#[tokio::test]
async fn the_old_charge_a_child_at_the_window_and_the_child_accepts() {
    for site in sites().await {
        let app = &site.app;
        let clerk = clerk(&site).await;
        let mother = create_person(&app.system("test"), app, &super::person("李桂兰", 1)).await.unwrap();
        let (son, who) = citizen(&site, ("张强", "zhangqiang"), 2, 1).await;
        let today = app.system("test").now.legal_date();
        let ends = (today + time::Duration::days(300)).to_string();
        let path = format!("/desk/verify/{mother}/mandates");
        let fields = [("scope", "all"), ("name", "张强"), ("mobile", "13900000002"), ("ends", ends.as_str())];
        assert_eq!(site.post(&clerk, &path, &fields).await.status, 422, "{}: she did not agree", site.engine);
        let agreed: Vec<_> = fields.into_iter().chain([("consent", "yes")]).collect();
        assert_eq!(site.post(&who, &path, &agreed).await.status, 403, "{}", site.engine);
        assert_eq!(site.post(&clerk, &path, &agreed).await.status, 303, "{}", site.engine);
        let page = site.get(&who, "/me/mandates").await.body;
        let id =
            page.split("/me/mandates/").find_map(|it| it.split_once("/accept")).expect("an invitation").0.to_owned();
        assert_eq!(site.post(&who, &format!("/me/mandates/{id}/accept"), &[]).await.status, 303, "{}", site.engine);
        let held = acting(&app.db, son, today).await.unwrap();
        assert_eq!(held[0].principal, Holder::Person(mother), "{}", site.engine);
        assert!(matches!(
            crate::offer(&app.system("test"), app, held[0].principal, &crate::NewMandate::default()).await,
            Err(Error::SignIn)
        ));
    }
}

#[tokio::test]
async fn an_enterprise_is_claimed_by_whom_the_register_names_and_lost_by_who_was_it_before() {
    for site in sites().await {
        let (app, system) = (&site.app, site.app.system("test"));
        let (zhiyuan, before) = citizen(&site, ("陈志远", "zhiyuan"), 1, 2).await;
        let (haitao, now) = citizen(&site, ("吴海涛", "haitao"), 2, 2).await;
        let (_, unknown) = citizen(&site, ("赵六", "zhaoliu"), 3, 1).await;
        let firm = crate::NewEnterprise {
            uscc: FIRM.to_owned(),
            name: "演示公司".to_owned(),
            representative: Some(zhiyuan),
            address: String::new(),
        };
        let firm = crate::create_enterprise(&system, &app.db, &firm).await.unwrap();
        crate::add_agent(&system, &app.db, firm, haitao, crate::Role::Agent).await.unwrap();
        let rows = [
            ("a level too low", &unknown, FIRM, "演示公司", 422),
            ("another person", &before, FIRM, "演示公司", 422),
            ("another name", &now, FIRM, "别的公司", 422),
            ("a code that is none", &now, "91341600MA0000007D", "演示公司", 422),
            ("an unknown code", &now, "92341602MA00000151", "演示公司", 422),
        ];
        for (words, who, uscc, name, status) in rows {
            let answer = site.post(who, "/me/enterprises", &[("uscc", uscc), ("name", name)]).await;
            assert_eq!(answer.status, status, "{} {words}: {}", site.engine, answer.body);
        }
        let today = system.now.legal_date();
        let roles = async |person| -> Vec<_> {
            enterprises_of(&app.db, person, today).await.unwrap().iter().map(|it| it.role).collect()
        };
        assert_eq!((roles(zhiyuan).await, roles(haitao).await), (vec![crate::Role::Legal], vec![crate::Role::Agent]));
        let fields = [("uscc", FIRM), ("name", "演示公司")];
        assert_eq!(site.post(&now, "/me/enterprises", &fields).await.status, 303, "{}", site.engine);
        assert_eq!((roles(zhiyuan).await, roles(haitao).await), (vec![], vec![crate::Role::Legal]), "{}", site.engine);
        assert_eq!(site.post(&now, "/me/enterprises", &fields).await.status, 422, "{}: his already", site.engine);
        let branch = [("uscc", BRANCH), ("name", "演示公司谯城分公司")];
        assert_eq!(site.post(&now, "/me/enterprises", &branch).await.status, 303, "{}", site.engine);
        let desk = site.get(&now, &format!("/me/enterprises/{firm}")).await.body;
        assert!(desk.contains("分支机构") && desk.contains(BRANCH), "{}: {desk}", site.engine);
        assert!(matches!(claim(&system, app, (FIRM, "演示公司")).await, Err(Error::SignIn)), "{}", site.engine);
    }
}

#[tokio::test]
async fn another_telephone_is_proven_before_it_counts_and_takes_with_it_what_rested_on_the_old_one() {
    let rows: [(&str, i64, i64, &str); 3] = [
        ("two proofs, one by telephone", 2, 1, "/me/level"),
        ("one proof, by telephone", 1, 0, "/me/level"),
        ("seen at a window", 3, 3, "/me"),
    ];
    for site in sites().await {
        for (n, (case, before, after, leads)) in (20..).zip(rows) {
            let (id, who) = citizen(&site, ("李桂兰", &format!("guilan{n}")), n, before).await;
            let (old, new) = (format!("139000000{n}"), format!("138000000{n}"));
            for (typed, words) in [("", "11 位"), ("0558-5550100", "11 位"), (old.as_str(), "现在登记的")] {
                let refused = site.post(&who, "/me/phone/code", &[("mobile", typed)]).await;
                assert!(refused.status == 422 && refused.body.contains(words), "{} {case}: {typed}", site.engine);
            }
            let asked = site.post(&who, "/me/phone/code", &[("mobile", &new)]).await.body;
            let handle = asked.split("name=\"handle\" value=\"").nth(1).and_then(|it| it.split('"').next());
            let (handle, code) = (handle.expect("a handle").to_owned(), super::codes::latest_code(&site).await);
            let send = async |mobile: &str, code: &str| {
                let fields = [("mobile", mobile), ("handle", handle.as_str()), ("code", code)];
                site.post(&who, "/me/phone", &fields).await
            };
            let wrong = if code == "000000" { "111111" } else { "000000" };
            assert_eq!(send(&new, wrong).await.status, 422, "{} {case}: a wrong code", site.engine);
            assert_eq!(send("13700000000", &code).await.status, 422, "{} {case}: of another number", site.engine);
            assert_eq!(level(&site, id).await, before, "{} {case}: nothing changed yet", site.engine);
            let done = send(&new, &code).await;
            assert_eq!((done.status, done.location.as_str()), (303, leads), "{} {case}: {}", site.engine, done.body);
            assert_eq!(level(&site, id).await, after, "{} {case}", site.engine);
            let why = (crate::Purpose::Handling, &crate::Look::default());
            let card = person_card(&site.app.system("test"), &site.app, id, why).await.unwrap();
            assert_eq!(card.mobile, new, "{} {case}", site.engine);
            let told = site.get(&site.anonymous(), "/demo/messages").await.body;
            assert!(told.contains("您的手机号已经更换"), "{} {case}: the old number is told", site.engine);
            let found = |mobile| crate::find_people_by_mobile(&site.app, mobile);
            assert_eq!(found(&new).await.unwrap(), [id], "{} {case}", site.engine);
            assert!(found(&old).await.unwrap().is_empty(), "{} {case}", site.engine);
            let entries = journal::history(&site.app.db, &format!("person:{id}")).await.unwrap();
            let last = entries.last().unwrap();
            assert_eq!(last.kind, "identity.phone_changed", "{} {case}", site.engine);
            assert!(!last.body.contains(&new), "{} {case}: {}", site.engine, last.body);
            site.clock.hours(1);
            let late = site.post(&who, "/me/phone/code", &[("mobile", old.as_str())]).await;
            assert_eq!(late.status, 403, "{} {case}: an old proof will not do", site.engine);
        }
    }
}
