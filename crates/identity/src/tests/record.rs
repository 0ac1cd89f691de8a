//! What is kept, how, and that the record tells the rows.

use kernel::{Error, Holder, Who};
use storage::args;

use super::{PASSWORD, citizen_number, person, sites, somebody};
use crate::{
    AREA, NewEnterprise, NewPost, Role, add_agent, create_enterprise, create_person, end_post, enterprises_of,
    find_people_by_mobile, find_person_by_citizen_number, grant_post, names, person_card, person_name, replay,
};

storage::sql! {
    /// A password that nobody set.
    PASSWORD_BY_HAND = "UPDATE accounts SET password = $2 WHERE person = $1";
}

#[tokio::test]
async fn every_statement_is_understood_and_every_page_has_a_sample() {
    for site in sites().await {
        for sql in AREA.sql.iter().flat_map(|it| it.iter()) {
            site.app.db.prepare(*sql).await.unwrap_or_else(|error| panic!("{} {}: {error}", site.engine, sql.name));
        }
    }
    let samples = (AREA.samples)();
    for sample in &samples {
        assert!(sample.html.starts_with("<!doctype html>"), "{}: {}", sample.name, sample.html);
        assert_eq!(sample.html.matches("<h1>").count(), 1, "{}", sample.name);
    }
    let mut known: Vec<_> = samples.iter().map(|it| it.name.to_owned()).collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    // What other pages draw with is no page.
    let pages = files.filter(|it| std::fs::read_to_string(it).unwrap().contains("{% extends"));
    let mut files: Vec<_> = pages.map(|it| it.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    known.sort();
    known.dedup();
    files.sort();
    assert_eq!(known, files);
}

#[tokio::test]
async fn who_somebody_is_stands_in_no_row_no_entry_and_no_file() {
    for site in sites().await {
        let app = &site.app;
        let id = somebody(app, ("欧阳不具名", "secret-login"), 1, None).await;
        super::signed_in(&site, "secret-login").await;
        let number = citizen_number(1).to_string();
        let secrets = ["欧阳不具名", &number, "13900000001", "演示路 8 号", "secret-login", PASSWORD];
        let mut kept = String::new();
        for sql in replay::all().iter().map(|it| it.rows()) {
            kept += &format!("{:?}", app.db.query(sql, args!["", 100_i64]).await.unwrap());
        }
        for subject in [format!("person:{id}"), format!("account:{id}")] {
            let entries = journal::history(&app.db, &subject).await.unwrap();
            assert!(!entries.is_empty(), "{subject}");
            kept += &format!("{entries:?}");
        }
        assert!(kept.contains(&id.to_string()), "{}: the search itself works", site.engine);
        assert!(secrets.iter().all(|it| !kept.contains(it)), "{}", site.engine);
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(site.folder()).unwrap().map(|it| it.unwrap().path()) {
            if entry.is_file() {
                bytes.extend(std::fs::read(entry).unwrap());
            }
        }
        assert!(secrets.iter().all(|it| !bytes.windows(it.len()).any(|at| at == it.as_bytes())), "{}", site.engine);
    }
}

#[tokio::test]
async fn a_person_is_found_by_number_and_mobile_and_known_once() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let id = create_person(&ctx, app, &person("陈志远", 1)).await.unwrap();
        let again = create_person(&ctx, app, &person("别人", 1)).await;
        assert!(matches!(again, Err(Error::Refused { .. })), "{}", site.engine);
        assert_eq!(find_person_by_citizen_number(app, &citizen_number(1)).await.unwrap(), Some(id));
        assert_eq!(find_person_by_citizen_number(app, &citizen_number(2)).await.unwrap(), None);
        assert_eq!(find_people_by_mobile(app, "+86 139-0000-0001").await.unwrap(), [id], "{}", site.engine);
        assert!(find_people_by_mobile(app, "no number").await.unwrap().is_empty());
        let card = person_card(&ctx, app, id, (crate::Purpose::Handling, &crate::Look::default())).await.unwrap();
        assert_eq!((card.name.as_str(), card.mobile.as_str()), ("陈志远", "13900000001"), "{}", site.engine);
        assert_eq!((card.paper.citizen_number(), card.level), (Some(citizen_number(1)), 0), "{}", site.engine);
        let stem = "34160220900101001";
        let citizen_number = format!("{stem}{}", standards::iso7064::mod_11_2(stem).unwrap());
        let unborn = crate::NewPerson { citizen_number, ..person("未生", 3) };
        let refused = create_person(&ctx, app, &unborn).await.unwrap_err();
        assert!(refused.message().contains("尚未到来"), "{}: {}", site.engine, refused.message());
    }
}

#[tokio::test]
async fn names_cost_a_fixed_number_of_questions_and_the_gone_have_a_word() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let mut people = Vec::new();
        for n in 1..6 {
            people.push(create_person(&ctx, app, &person(&format!("人{n}"), n)).await.unwrap());
        }
        let representative = Some(people[0]);
        let (uscc, name) = ("91341600MA0000007C".to_owned(), "演示公司".to_owned());
        let firm = NewEnterprise { uscc, name, representative, address: String::new() };
        let firm = create_enterprise(&ctx, &app.db, &firm).await.unwrap();
        let stranger = Holder::Person(ctx.new_id());
        let mut whom: Vec<String> = people.iter().map(|id| Holder::Person(*id).to_string()).collect();
        whom.extend([Holder::Enterprise(firm).to_string(), stranger.to_string(), Who::System("papers").to_string()]);
        let before = app.db.queries();
        let found = names(app, whom.iter().chain(&whom)).await.unwrap();
        assert_eq!(app.db.queries() - before, 2, "{}", site.engine);
        assert_eq!((found.person(&people[4]), found.of(&Holder::Enterprise(firm))), ("人5", "演示公司"));
        assert_eq!((found.of(&stranger), found.of(&Who::System("papers"))), ("已注销人员", "系统"));
        assert_eq!(found.of(&Who::Anonymous), "未登录者");
        assert_eq!(person_name(app, people[1]).await.unwrap(), "人2");
        add_agent(&ctx, &app.db, firm, people[1], Role::Agent).await.unwrap();
        assert!(matches!(add_agent(&ctx, &app.db, firm, people[1], Role::Agent).await, Err(Error::Refused { .. })));
        assert_eq!(
            enterprises_of(&app.db, people[1], ctx.now.legal_date()).await.unwrap()[0].role,
            Role::Agent,
            "{}",
            site.engine
        );
    }
}

#[tokio::test]
async fn the_record_tells_every_thing_as_its_row_does() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let id = somebody(app, ("丁一", "dingyi"), 1, Some("演示")).await;
        let post = grant_post(&ctx, app, &NewPost::from_today(id, "worker", None)).await.unwrap();
        grant_post(&ctx, app, &NewPost::from_today(id, "admin", None)).await.unwrap();
        end_post(&ctx, app, post).await.unwrap();
        let (uscc, name) = ("91341600MA0000007C".to_owned(), "演示公司".to_owned());
        let firm = NewEnterprise { uscc, name, representative: Some(id), address: String::new() };
        create_enterprise(&ctx, &app.db, &firm).await.unwrap();
        let mut things = 0;
        for replay in replay::all() {
            for row in app.db.query(replay.rows(), args!["", 100_i64]).await.unwrap() {
                let told = replay.row(&row).unwrap();
                assert!(told.subject.starts_with(replay.prefix()));
                let entries = journal::history(&app.db, &told.subject).await.unwrap();
                let last = entries.last().unwrap_or_else(|| panic!("{}: no entries", told.subject));
                assert_eq!(journal::Head::of(&row).unwrap(), last.head(), "{} {}", site.engine, told.subject);
                assert_eq!(replay.replay(&entries).unwrap(), told, "{}", site.engine);
                things += 1;
            }
        }
        assert_eq!(things, 6, "{}: person, account, two posts, enterprise, its representative", site.engine);
        site.settle(&[&AREA]).await;
        let replays = replay::all();
        let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
        let verify = async || journal::verify(&app.db.snapshot().await.unwrap(), &[], &replays).await.unwrap();
        assert_eq!(verify().await.unwrap().things, 6, "{}", site.engine);
        let mut by_hand = storage::Unit::new(&ctx);
        by_hand.run(PASSWORD_BY_HAND, args![id, "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA"]);
        app.db.commit(by_hand).await.unwrap().or_stale("账号").unwrap();
        let broken = verify().await.unwrap_err();
        assert!(broken.row.contains(&id.to_string()), "{}: {broken}", site.engine);
    }
}
