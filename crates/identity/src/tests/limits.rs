//! Throttle, sessions of officers, forged requests, permission: each promise here fails when its one check is taken away.

use std::net::IpAddr;

use kernel::{Authority, Ctx, Error, Id, Person, PostRow, Result};
use storage::Unit;
use testkit::Site;

use super::{PASSWORD, browser::Browser, facts, person, signed_in, sites, somebody};
use crate::service::entry::Device;
use crate::{
    ADMINISTER, AuthorityFacts, NewAccount, NewPost,
    model::account::{ACCOUNT, ADDRESS, Allowance, PASSWORD_CHANGE, REGISTER},
    service::accounts::{Registration, SignIn, change_password, first_sign_up, register, sign_in},
};

fn address(n: i64) -> IpAddr {
    IpAddr::from([10, 0, 0, u8::try_from(n).unwrap()])
}

async fn attempt(site: &Site, login: &str, password: &str, from: i64) -> Result<()> {
    let ask = SignIn { login, password, address: address(from), device: Device::default() };
    sign_in(&site.ctx(&site.anonymous()), &site.app, ask).await.map(drop)
}

fn stopped<T: std::fmt::Debug>(answer: &Result<T>, allowance: Allowance) -> bool {
    let most = u32::try_from(allowance.seconds).unwrap() + 1;
    matches!(answer, Err(Error::TooMany { retry_after_s }) if (1..=most).contains(retry_after_s))
}

#[tokio::test]
async fn many_addresses_do_not_help_to_guess_one_account_and_its_owner_waits_an_hour_at_most() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, Some("试验")).await;
        somebody(&site.app, ("周晓梅", "xiaomei"), 2, Some("试验")).await;
        for n in 0..ACCOUNT.tries {
            let answer = attempt(&site, "zhiyuan", "不是这个密码", n).await;
            assert!(matches!(answer, Err(Error::Invalid(_))), "{} {n}: {answer:?}", site.engine);
        }
        let answer = attempt(&site, "zhiyuan", PASSWORD, 99).await;
        assert!(stopped(&answer, ACCOUNT), "{}: {answer:?}", site.engine);
        assert!(attempt(&site, "xiaomei", PASSWORD, 99).await.is_ok(), "{}: others come in", site.engine);
        site.clock.seconds(ACCOUNT.seconds + 1);
        assert!(attempt(&site, "zhiyuan", PASSWORD, 99).await.is_ok(), "{}", site.engine);
    }
}

#[tokio::test]
async fn one_address_does_not_try_many_accounts() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, Some("试验")).await;
        for n in 0..ADDRESS.tries {
            let answer = attempt(&site, &format!("nobody{n}"), "不是这个密码", 1).await;
            assert!(matches!(answer, Err(Error::Invalid(_))), "{} {n}: {answer:?}", site.engine);
        }
        let answer = attempt(&site, "zhiyuan", PASSWORD, 1).await;
        assert!(stopped(&answer, ADDRESS), "{}: {answer:?}", site.engine);
        assert!(attempt(&site, "zhiyuan", PASSWORD, 2).await.is_ok(), "{}: from elsewhere", site.engine);
    }
}

#[tokio::test]
async fn registrations_codes_and_old_passwords_are_tried_a_few_times_only() {
    for site in sites().await {
        let app = &site.app;
        let id = somebody(app, ("陈志远", "zhiyuan"), 1, Some("试验")).await;
        let nobody = site.ctx(&site.anonymous());
        let account = NewAccount { login: "somebody".to_owned(), password: PASSWORD.to_owned(), demo: None };
        let known = Registration { person: person("某人", 1), account };
        let purpose = crate::CodePurpose::Register;
        let unproven = crate::service::codes::CodeClaim { purpose, handle: "none", code: "123456" };
        for n in 0..REGISTER.tries {
            let answer = register(&nobody, app, (&known, unproven), address(1)).await;
            assert!(matches!(answer, Err(Error::Invalid(_))), "{} {n}: {answer:?}", site.engine);
            let answer = first_sign_up(&nobody, app, "AAAA-AAAA-AAAA-AAAA", &known, address(2)).await;
            assert!(matches!(answer, Err(Error::Invalid(_))), "{} {n}: {answer:?}", site.engine);
        }
        let answers = [
            register(&nobody, app, (&known, unproven), address(1)).await,
            first_sign_up(&nobody, app, "AAAA-AAAA-AAAA-AAAA", &known, address(2)).await,
        ];
        assert!(answers.iter().all(|it| stopped(it, REGISTER)), "{}: {answers:?}", site.engine);
        let own = site.ctx(&site.visitor(id, "陈志远", &[], None));
        let new = "换一个新的好记的密码吧";
        for n in 0..PASSWORD_CHANGE.tries {
            let answer = change_password(&own, app, ("不是这个", new), "token").await;
            assert!(matches!(answer, Err(Error::Invalid(_))), "{} {n}: {answer:?}", site.engine);
        }
        let answer = change_password(&own, app, (PASSWORD, new), "token").await;
        assert!(stopped(&answer, PASSWORD_CHANGE), "{}: {answer:?}", site.engine);
        site.clock.seconds(PASSWORD_CHANGE.seconds + 1);
        let own = site.ctx(&site.visitor(id, "陈志远", &[], None));
        change_password(&own, app, (PASSWORD, new), "token").await.unwrap();
    }
}

#[tokio::test]
async fn an_officers_session_ends_after_half_an_hour_at_rest_and_after_twelve_hours() {
    for site in sites().await {
        let id = somebody(&site.app, ("孙静", "sunjing"), 1, Some("试验")).await;
        let post = NewPost::from_today(id, "worker", None);
        crate::grant_post(&site.app.system("test"), &site.app, &post).await.unwrap();
        let visitor = signed_in(&site, "sunjing").await;
        for _ in 0..35 {
            site.clock.seconds(20 * 60);
            assert_eq!(site.get(&visitor, "/me").await.status, 200, "{}: in use", site.engine);
        }
        site.clock.seconds(20 * 60);
        assert_eq!(site.get(&visitor, "/me").await.status, 303, "{}: twelve hours are over", site.engine);
        let visitor = signed_in(&site, "sunjing").await;
        site.clock.seconds(30 * 60);
        assert_eq!(site.get(&visitor, "/me").await.status, 303, "{}: half an hour at rest", site.engine);
    }
}

#[tokio::test]
async fn what_a_browser_says_came_from_elsewhere_changes_nothing_even_with_the_forms_token() {
    for site in sites().await {
        somebody(&site.app, ("陈志远", "zhiyuan"), 1, Some("试验")).await;
        let mut browser = Browser::new(&site.app);
        browser.get("/login").await;
        browser.post("/login", &[("login", "zhiyuan"), ("password", PASSWORD)]).await;
        browser.get("/me").await;
        let table: &[(&[(&str, &str)], u16)] = &[
            (&[("sec-fetch-site", "cross-site")], 403),
            (&[("sec-fetch-site", "same-site")], 403),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1")], 403),
            (&[("origin", "http://evil.example")], 403),
            (&[("origin", "null")], 403),
            (&[("origin", "http://127.0.0.1.evil.example")], 403),
            (&[("sec-fetch-site", "same-origin")], 303),
            (&[("sec-fetch-site", "none")], 303),
            (&[("origin", "http://127.0.0.1")], 303),
            (&[], 303),
        ];
        for (headers, status) in table {
            browser.extra = headers.to_vec();
            let answer = browser.post("/me/sessions/end-others", &[]).await;
            assert_eq!(answer.status, *status, "{}: {headers:?}", site.engine);
        }
        // The API takes no form and no token; a cookie alone, without a word of where it comes from, is not enough.
        for (headers, status) in [(vec![], 403), (vec![("sec-fetch-site", "same-origin")], 204)] {
            browser.extra = headers;
            let answer = browser.send("DELETE", "/api/v1/sessions/current", String::new()).await;
            assert_eq!(answer.status, status, "{}: {}", site.engine, answer.body);
        }
    }
}

/// What the acts of an administrator are tried on.
struct Tried {
    authority: Id<Authority>,
    somebody: Id<Person>,
    newcomer: Id<Person>,
    post: Id<PostRow>,
    enterprise: Id<kernel::Enterprise>,
}

async fn tried(site: &Site) -> Tried {
    let (app, ctx) = (&site.app, site.app.system("test"));
    let authority = facts("亳州市市场监督管理局", "11341600000000027K");
    let authority = crate::create_authority(&ctx, &app.db, &authority).await.unwrap();
    let newcomer = crate::create_person(&ctx, app, &person("周晓梅", 2)).await.unwrap();
    let clerk = somebody(app, ("孙静", "sunjing"), 3, Some("试验")).await;
    let post = crate::grant_post(&ctx, app, &NewPost::from_today(clerk, "worker", Some(authority))).await.unwrap();
    let firm = crate::NewEnterprise {
        uscc: "91341600MA0000007C".to_owned(),
        name: "亳州演示药都文旅有限公司".to_owned(),
        representative: None,
        address: String::new(),
    };
    let enterprise = crate::create_enterprise(&ctx, &app.db, &firm).await.unwrap();
    Tried { authority, somebody: clerk, newcomer, post, enterprise }
}

/// Every act that asks for the administrator, tried by this caller.
async fn acts(site: &Site, ctx: &Ctx, on: &Tried) -> Vec<(&'static str, Result<()>)> {
    let (app, db) = (&site.app, &site.app.db);
    let other = facts("亳州市城市管理局", "11341600000000035E");
    let account = NewAccount { login: "xiaomei".to_owned(), password: PASSWORD.to_owned(), demo: None };
    let divisions = "code,name,level,parent\n340000000000,安徽省,2,\n";
    let changed = AuthorityFacts {
        phone: "0558-5550112".to_owned(),
        ..facts("亳州市市场监督管理局", "11341600000000027K")
    };
    let at = |authority| NewPost::from_today(on.newcomer, "worker", authority);
    let agent = crate::add_agent(ctx, db, on.enterprise, on.newcomer, crate::Role::Agent).await;
    let mut unit = Unit::new(ctx);
    let erased = match crate::erase_person(ctx, app, &mut unit, on.newcomer).await {
        Ok(()) => db.commit(unit).await.unwrap().or_stale("人员"),
        Err(error) => Err(error),
    };
    vec![
        ("create_authority", crate::create_authority(ctx, db, &other).await.map(drop)),
        ("create_listed_authority", crate::create_listed_authority(ctx, db, &other).await.map(drop)),
        ("authority_change", crate::authority_change(ctx, db, (on.authority, 1), &changed).await),
        ("import_divisions", crate::import_divisions(ctx, db, divisions.as_bytes()).await.map(drop)),
        ("create_account", crate::create_account(ctx, app, on.newcomer, &account).await),
        ("grant_post at all", crate::grant_post(ctx, app, &at(None)).await.map(drop)),
        ("grant_post at one", crate::grant_post(ctx, app, &at(Some(on.authority))).await.map(drop)),
        ("end_post", crate::end_post(ctx, app, on.post).await),
        ("add_agent", agent),
        ("erase_person", erased),
    ]
}

#[tokio::test]
async fn only_administrators_administer_and_those_of_another_authority_do_not() {
    for site in sites().await {
        let on = tried(&site).await;
        let elsewhere: Id<Authority> = site.app.system("test").new_id();
        for who in [
            site.anonymous(),
            site.visitor(on.somebody, "孙静", &[(super::WORK, None)], None),
            site.visitor(on.somebody, "孙静", &[(ADMINISTER, Some(elsewhere))], None),
        ] {
            for (act, answer) in acts(&site, &site.ctx(&who), &on).await {
                let refused = matches!(answer, Err(Error::Forbidden { .. } | Error::SignIn));
                assert!(refused, "{} {act}: {answer:?}", site.engine);
            }
        }
    }
}

#[tokio::test]
async fn an_administrator_whose_post_has_ended_meanwhile_changes_nothing() {
    for site in sites().await {
        let on = tried(&site).await;
        // The session was read with a post that the database has no more.
        let late = site.ctx(&site.visitor(on.somebody, "孙静", &[(ADMINISTER, None)], None));
        for (act, answer) in acts(&site, &late, &on).await {
            let undone = matches!(answer, Err(Error::Stale { .. } | Error::Refused { .. } | Error::Forbidden { .. }));
            assert!(undone, "{} {act}: {answer:?}", site.engine);
        }
        let found = crate::authority(&site.app.db, on.authority).await.unwrap();
        assert_eq!((found.head.version, found.facts.phone.as_str()), (1, "0558-5550111"), "{}", site.engine);
    }
}
