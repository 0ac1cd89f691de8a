//! What erasing a person asks of the cases.

use identity::{Dossier, NewEnterprise};
use kernel::Holder;
use serde_json::json;
use storage::Unit;

use super::world::{credit_code, worlds_for_persons};
use crate::{
    DraftAsk, create_draft, draft, forget_drafts, persons_cases,
    service::{dossier::PersonsDossier, typed, views},
};

#[tokio::test]
async fn a_person_with_an_open_case_is_told_by_its_number_and_one_without_is_free() {
    for world in worlds_for_persons().await {
        let (app, person) = (&world.site.app, world.applicant.person.expect("a person"));
        let ask = async || persons_cases(app, person, app.clock.now()).await.unwrap();
        assert!(ask().await.not_over.is_empty(), "{}", world.site.engine);
        let id = world.filed().await;
        let number = crate::service::load(app, id).await.unwrap().facts.number.to_string();
        assert_eq!((ask().await.not_over, ask().await.own), (vec![number.clone()], 1), "{}", world.site.engine);
        world.act(&world.applicant, id, json!({"act": "withdraw", "reason": "不办了"})).await;
        assert_eq!(ask().await.not_over, [number], "{}: its last paper may be being made", world.site.engine);
        world.site.clock.hours(1);
        assert!(ask().await.not_over.is_empty(), "{}", world.site.engine);
        assert_eq!(ask().await.own, 1, "{}: its file stays", world.site.engine);
    }
}

#[tokio::test]
async fn a_case_that_a_person_filed_for_an_enterprise_counts_while_it_is_open() {
    for mut world in super::world::worlds().await {
        let person = world.applicant.person.expect("a person");
        let new = NewEnterprise {
            uscc: credit_code("9134160200300001"),
            name: "谯城区远志商贸有限公司（试验）".to_owned(),
            representative: Some(person),
            address: String::new(),
        };
        let system = world.site.app.system("test");
        let firm = identity::create_enterprise(&system, &world.site.app.db, &new).await.unwrap();
        world.applicant = world.site.visitor(person, "陈志远", &[], Some(Holder::Enterprise(firm)));
        world.filed().await;
        let app = &world.site.app;
        let found = persons_cases(app, person, app.clock.now()).await.unwrap();
        assert_eq!((found.not_over.len(), found.own), (1, 0), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn whoever_asks_is_given_the_own_cases_with_form_materials_and_papers_and_nothing_of_another() {
    for world in worlds_for_persons().await {
        let app = &world.site.app;
        let id = world.filed().await;
        world.act(&world.accept, id, json!({"act": "accept"})).await;
        let number = crate::service::load(app, id).await.unwrap().facts.number.to_string();
        let told = PersonsDossier.told(&world.ctx(&world.applicant), app).await.unwrap();
        let (names, rows): (Vec<_>, Vec<_>) = told.iter().map(|it| (it.name, &it.rows)).unzip();
        assert_eq!(names, ["办件", "申请表", "材料", "告知承诺", "文书"], "{}", world.site.engine);
        assert_eq!(rows[0].len(), 1, "{}", world.site.engine);
        for (section, name) in rows.iter().zip(names) {
            // Nothing was pledged.
            assert_eq!(section.is_empty(), name == "告知承诺", "{}: nothing under {name}", world.site.engine);
            assert!(section.iter().all(|row| row[0] == number), "{}: {name}: {section:?}", world.site.engine);
        }
        assert!(told.iter().all(|it| it.rows.iter().all(|row| row.len() == it.heads.len())), "{}", world.site.engine);
        let other = world.site.person("李桂兰", &[]);
        let nothing = PersonsDossier.told(&world.ctx(&other), app).await.unwrap();
        assert!(nothing.iter().all(|it| it.rows.is_empty()), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn an_open_case_keeps_an_account_from_being_closed_and_one_long_over_does_not() {
    for world in worlds_for_persons().await {
        let (app, person) = (&world.site.app, world.applicant.person.expect("a person"));
        let ask = async || PersonsDossier.hindrances(&app.system("test"), app, person).await.unwrap();
        assert!(ask().await.is_empty(), "{}", world.site.engine);
        let id = world.filed().await;
        let found = ask().await;
        assert!(found.len() == 1 && found[0].what.contains("有 1 件"), "{}: {found:?}", world.site.engine);
        world.act(&world.applicant, id, json!({"act": "withdraw", "reason": "不办了"})).await;
        world.site.clock.hours(1);
        assert!(ask().await.is_empty(), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn drafts_are_forgotten_with_their_files() {
    for world in worlds_for_persons().await {
        let (app, person) = (&world.site.app, world.applicant.person.expect("a person"));
        let made = world
            .call("POST", &world.applicant, "/api/v1/drafts", json!({"item": world.item.to_string(), "values": {}}))
            .await
            .json();
        let id = made["id"].as_str().expect("an id").to_owned();
        let material = made["materials"][0]["key"].as_str().expect("a key").to_owned();
        world.upload(&world.applicant, &format!("/api/v1/drafts/{id}"), &material).await;
        let mut unit = Unit::new(&app.system("operator"));
        let (drafts, files) = forget_drafts(app, &mut unit, person).await.unwrap();
        assert_eq!((drafts, files.len()), (1, 1), "{}", world.site.engine);
        app.db.commit(unit).await.unwrap().or_stale("草稿").unwrap();
        let id = id.parse().expect("an id");
        assert!(draft(&world.ctx(&world.applicant), app, id).await.is_err(), "{}", world.site.engine);
        assert!(app.vault.key(&crate::service::subject(id)).await.is_err(), "{}: its key is gone", world.site.engine);
    }
}

#[tokio::test]
async fn what_an_officer_kept_at_the_desk_goes_with_the_officer() {
    for world in worlds_for_persons().await {
        let (app, engine) = (&world.site.app, world.site.engine);
        let person = world.review.person.expect("a person");
        let view = json!({"name": "快到期的", "asked": "within=3"});
        assert_eq!(world.call("POST", &world.review, "/api/v1/worklist/views", view).await.status, 201, "{engine}");
        let phrase = json!({"text": "符合条件，同意。"});
        assert_eq!(world.call("POST", &world.review, "/api/v1/worklist/phrases", phrase).await.status, 201, "{engine}");
        let own = world.ctx(&world.review);
        let kept = async || {
            let phrases = typed::phrases(&own, app, None).await.unwrap().len();
            (views::views(&own, app).await.unwrap().len(), phrases)
        };
        assert_eq!(kept().await, (1, 1), "{engine}");
        let mut unit = Unit::new(&app.system("operator"));
        forget_drafts(app, &mut unit, person).await.unwrap();
        app.db.commit(unit).await.unwrap().or_stale("人员").unwrap();
        assert_eq!(kept().await, (0, 0), "{engine}");
    }
}

#[tokio::test]
async fn drafts_that_a_window_fills_in_for_a_person_go_with_the_person_and_others_stay() {
    for world in worlds_for_persons().await {
        let (app, person) = (&world.site.app, world.applicant.person.expect("a person"));
        let other = super::world::person(&world.site, "李桂兰").await;
        let clerk = world.ctx(&world.accept);
        let mut made = Vec::new();
        for holder in [person, other] {
            let ask = DraftAsk { item: world.item, holder: Some(Holder::Person(holder)), consent: true };
            made.push(create_draft(&clerk, app, &ask).await.unwrap().id);
        }
        let mut unit = Unit::new(&app.system("operator"));
        let (drafts, _) = forget_drafts(app, &mut unit, person).await.unwrap();
        assert_eq!(drafts, 1, "{}", world.site.engine);
        app.db.commit(unit).await.unwrap().or_stale("草稿").unwrap();
        assert!(draft(&clerk, app, made[0]).await.is_err(), "{}", world.site.engine);
        assert!(
            app.vault.key(&crate::service::subject(made[0])).await.is_err(),
            "{}: its key is gone",
            world.site.engine
        );
        assert!(draft(&clerk, app, made[1]).await.is_ok(), "{}: another's draft stays", world.site.engine);
    }
}
