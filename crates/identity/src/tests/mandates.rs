//! Who may act for whom: offered, accepted, used, ended.

use kernel::{Error, Holder, Id, MandateRow, Person};
use storage::{Commit, Unit};
use testkit::{Site, Visitor};
use time::Duration;
use webkit::App;

use super::{PASSWORD, citizen_number, signed_in, sites};
use crate::{
    NewAccount, NewEnterprise, NewMandate, NewPerson, accept, acting, create_account, create_enterprise, create_person,
    decline, end, offer, still_holds,
};

/// A person whose name is verified, with an account; the mobile number ends in `n`.
async fn citizen(app: &App, (name, login): (&str, &str), n: u32, level: i64) -> Id<Person> {
    let ctx = app.system("test");
    let new = NewPerson { level, ..super::person(name, n) };
    let id = create_person(&ctx, app, &new).await.unwrap();
    let account = NewAccount { login: login.to_owned(), password: PASSWORD.to_owned(), demo: None };
    create_account(&ctx, app, id, &account).await.unwrap();
    assert_eq!(new.citizen_number, citizen_number(n).to_string());
    id
}

async fn firm(app: &App, representative: Id<Person>) -> Holder {
    let new = NewEnterprise {
        uscc: "91341600MA0000007C".to_owned(),
        name: "亳州演示药都文旅有限公司".to_owned(),
        representative: Some(representative),
        address: String::new(),
    };
    Holder::Enterprise(create_enterprise(&app.system("test"), &app.db, &new).await.unwrap())
}

/// What somebody signed in under this token does.
async fn ctx(site: &Site, who: &Visitor) -> kernel::Ctx {
    let token = who.token().unwrap();
    let session = site.app.callers.session(&site.app, token, kernel::Channel::Web).await.unwrap().unwrap();
    site.app.ctx(session.actor)
}

fn invitation(site: &Site, name: &str, n: u32, days: i64) -> NewMandate {
    NewMandate {
        name: name.to_owned(),
        mobile: format!("139000000{n:02}"),
        ends: Some(site.app.system("test").now.legal_date() + Duration::days(days)),
        ..NewMandate::default()
    }
}

/// Guilan, who is old, and her son Qiang, who may act for her for thirty days.
async fn mother_and_son(site: &Site) -> (Visitor, Visitor, Id<Person>, Id<MandateRow>) {
    let app = &site.app;
    let guilan = citizen(app, ("李桂兰", "guilan"), 1, 2).await;
    citizen(app, ("张强", "zhangqiang"), 2, 1).await;
    let (mother, son) = (signed_in(site, "guilan").await, signed_in(site, "zhangqiang").await);
    let asks = ctx(site, &mother).await;
    let id = offer(&asks, app, Holder::Person(guilan), &invitation(site, "张强", 2, 30)).await.unwrap();
    accept(&ctx(site, &son).await, app, id).await.unwrap();
    (mother, son, guilan, id)
}

#[tokio::test]
async fn an_invitation_reaches_only_who_has_that_name_and_number() {
    for site in sites().await {
        let app = &site.app;
        let haitao = citizen(app, ("吴海涛", "haitao"), 1, 2).await;
        let firm = firm(app, haitao).await;
        let rows = [("张强", "zhangqiang", 2), ("王芳", "wangfang", 3)];
        for (name, login, n) in rows {
            citizen(app, (name, login), n, 1).await;
        }
        let chief = ctx(&site, &signed_in(&site, "haitao").await).await;
        let wrong = [("张强", 3), ("王芳", 2), ("赵六", 4)];
        for (name, n) in wrong {
            let id = offer(&chief, app, firm, &invitation(&site, name, n, 30)).await.unwrap();
            for login in ["zhangqiang", "wangfang"] {
                let other = ctx(&site, &signed_in(&site, login).await).await;
                for answer in [accept(&other, app, id).await, decline(&other, app, id).await] {
                    assert!(matches!(answer, Err(Error::NotFound { .. })), "{} {name}/{n} {login}", site.engine);
                }
            }
            end(&chief, app, id).await.unwrap();
        }
        let id = offer(&chief, app, firm, &invitation(&site, "张强", 2, 30)).await.unwrap();
        let agent = signed_in(&site, "zhangqiang").await;
        let seen = site.get(&agent, "/me/mandates").await.body;
        assert!(seen.contains("等您答复的邀请") && seen.contains("亳州演示药都文旅有限公司"), "{}", site.engine);
        assert!(!site.get(&signed_in(&site, "wangfang").await, "/me/mandates").await.body.contains("等您答复的邀请"));
        let path = format!("/me/mandates/{id}/accept");
        assert_eq!(site.post(&agent, &path, &[]).await.status, 303, "{}", site.engine);
        let today = app.system("test").now.legal_date();
        let held = acting(&app.db, ctx(&site, &agent).await.person().unwrap(), today).await.unwrap();
        assert_eq!(held.iter().map(|it| it.principal).collect::<Vec<_>>(), [firm], "{}", site.engine);
        assert!(app.vault.open(&format!("mandate:{id}"), "name").await.is_err(), "the typed name is forgotten");
    }
}

#[tokio::test]
async fn nobody_decides_for_others_who_acts_for_them() {
    for site in sites().await {
        let app = &site.app;
        let (mother, son, guilan, id) = mother_and_son(&site).await;
        let haitao = citizen(app, ("吴海涛", "haitao"), 3, 2).await;
        let firm = firm(app, haitao).await;
        let stranger = ctx(&site, &signed_in(&site, "haitao").await).await;
        let (mother, agent) = (ctx(&site, &mother).await, ctx(&site, &son).await);
        let new = invitation(&site, "王芳", 4, 30);
        let principal = Holder::Person(guilan);
        let rows = [
            ("a stranger for a person", offer(&stranger, app, principal, &new).await),
            ("an agent for whom he acts for", offer(&agent, app, principal, &new).await),
            ("nobody of the enterprise", offer(&mother, app, firm, &new).await),
            ("the program for anybody", offer(&app.system("test"), app, firm, &new).await),
        ];
        for (words, answer) in rows {
            assert!(matches!(answer, Err(Error::NotFound { .. } | Error::SignIn)), "{}: {words}", site.engine);
        }
        assert!(matches!(end(&stranger, app, id).await, Err(Error::NotFound { .. })), "{}", site.engine);
        let path = format!("/me/enterprises/{}", firm.to_string().trim_start_matches("enterprise:"));
        assert_eq!(site.get(&son, &path).await.status, 404, "{}: another's desk", site.engine);
    }
}

#[tokio::test]
async fn one_must_be_known_to_act_for_others_and_nobody_charges_himself() {
    for site in sites().await {
        let app = &site.app;
        let guilan = citizen(app, ("李桂兰", "guilan"), 1, 2).await;
        citizen(app, ("张强", "zhangqiang"), 2, 0).await;
        let mother = ctx(&site, &signed_in(&site, "guilan").await).await;
        let son = ctx(&site, &signed_in(&site, "zhangqiang").await).await;
        let id = offer(&mother, app, Holder::Person(guilan), &invitation(&site, "张强", 2, 30)).await.unwrap();
        let refused = accept(&son, app, id).await.unwrap_err();
        assert!(refused.message().contains("实名核验"), "{}: {}", site.engine, refused.message());
        let own = offer(&mother, app, Holder::Person(guilan), &invitation(&site, "李桂兰", 1, 30)).await.unwrap();
        let refused = accept(&mother, app, own).await.unwrap_err();
        assert!(refused.message().contains("不必委托自己"), "{}: {}", site.engine, refused.message());
    }
}

#[tokio::test]
async fn whoever_is_charged_acts_visibly_and_either_ends_it_at_once() {
    for site in sites().await {
        let app = &site.app;
        let (mother, son, guilan, id) = mother_and_son(&site).await;
        let choose = [("mandate", id.to_string())];
        let choose: Vec<(&str, &str)> = choose.iter().map(|it| (it.0, it.1.as_str())).collect();
        assert_eq!(site.post(&mother, "/me/acting", &choose).await.status, 409, "{}: not hers to use", site.engine);
        assert_eq!(site.post(&son, "/me/acting", &choose).await.status, 303, "{}", site.engine);
        let page = site.get(&son, "/me").await.body;
        assert!(page.contains("现在代 <strong>李桂兰</strong> 办事"), "{}: {page}", site.engine);
        assert!(page.contains("张强"), "{}: one's own account stays one's own", site.engine);
        let acts = ctx(&site, &son).await;
        assert_eq!(acts.actor.holder(), Some(Holder::Person(guilan)), "{}", site.engine);
        let basis = acts.may(crate::OWN, &kernel::Scope::own(Holder::Person(guilan))).unwrap();
        let mut before = Unit::new(&acts);
        still_holds(&mut before, &acts, &basis);
        assert_eq!(app.db.commit(before).await.unwrap(), Commit::Done, "{}", site.engine);
        end(&ctx(&site, &mother).await, app, id).await.unwrap();
        let mut after = Unit::new(&acts);
        still_holds(&mut after, &acts, &basis);
        assert_eq!(
            app.db.commit(after).await.unwrap(),
            Commit::Lost { guard: kernel::MANDATE_GUARD },
            "{}",
            site.engine
        );
        let acts = ctx(&site, &son).await;
        assert_eq!(acts.actor.holder(), acts.person().ok().map(Holder::Person), "{}: himself again", site.engine);
        assert!(!site.get(&son, "/me").await.body.contains("现在代"), "{}", site.engine);
        assert!(matches!(end(&acts, app, id).await, Err(Error::Refused { .. })), "{}: ended already", site.engine);
    }
}

#[tokio::test]
async fn a_mandate_ends_by_itself_after_its_last_day_and_the_record_says_so() {
    for site in sites().await {
        let app = &site.app;
        let (_, _, guilan, id) = mother_and_son(&site).await;
        let later = async |days: i64| {
            site.clock.set(site.app.clock.now().plus_seconds(days * 86_400));
            crate::service::mandates::sweep(app, &app.system("test")).await.unwrap();
            let entries = journal::history(&app.db, &format!("mandate:{id}")).await.unwrap();
            entries.last().unwrap().kind.clone()
        };
        let agent = journal::history(&app.db, &format!("mandate:{id}")).await.unwrap();
        assert_eq!(agent.len(), 2, "{}: offered and accepted", site.engine);
        assert_eq!(later(30).await, "identity.mandate_accepted", "{}: the last day counts", site.engine);
        assert_eq!(later(1).await, "identity.mandate_ended", "{}", site.engine);
        let again = crate::service::mandates::load(app, id).await.unwrap();
        assert_eq!(again.state.principal.0, Holder::Person(guilan));
    }
}

#[tokio::test]
async fn a_later_invitation_takes_the_place_of_an_earlier_one() {
    for site in sites().await {
        let app = &site.app;
        let (mother, son, guilan, first) = mother_and_son(&site).await;
        let asks = ctx(&site, &mother).await;
        let narrow = NewMandate { items: vec![asks.new_id()], ..invitation(&site, "张强", 2, 60) };
        let second = offer(&asks, app, Holder::Person(guilan), &narrow).await.unwrap();
        accept(&ctx(&site, &son).await, app, second).await.unwrap();
        let person = ctx(&site, &son).await.person().unwrap();
        let held = acting(&app.db, person, asks.now.legal_date()).await.unwrap();
        assert_eq!(held.iter().map(|it| it.id).collect::<Vec<_>>(), [second], "{}", site.engine);
        let earlier = crate::service::mandates::load(app, first).await.unwrap();
        assert!(earlier.state.ended_at.is_some(), "{}", site.engine);
    }
}

#[tokio::test]
async fn no_name_and_no_number_of_an_invitation_stands_in_a_row_or_entry() {
    for site in sites().await {
        let app = &site.app;
        let guilan = citizen(app, ("李桂兰", "guilan"), 1, 2).await;
        let mother = ctx(&site, &signed_in(&site, "guilan").await).await;
        let id = offer(&mother, app, Holder::Person(guilan), &invitation(&site, "欧阳不具名", 77, 30)).await.unwrap();
        let row = app.db.find(crate::store::mandates::MANDATE, storage::args![id]).await.unwrap();
        let kept = format!("{row:?} {:?}", journal::history(&app.db, &format!("mandate:{id}")).await.unwrap());
        assert!(kept.contains(&id.to_string()), "{}: the search itself works", site.engine);
        assert!(!kept.contains("欧阳不具名") && !kept.contains("13900000077"), "{}", site.engine);
        let list = site.get(&signed_in(&site, "guilan").await, "/me/mandates").await.body;
        assert!(
            list.contains("欧阳不具名") && list.contains("139****0077"),
            "{}: she sees whom she asked",
            site.engine
        );
    }
}
