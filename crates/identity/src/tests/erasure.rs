//! Promises about erasing a person.

use kernel::Error;
use storage::Unit;

use super::*;
use crate::{
    NewEnterprise, NewPost, create_enterprise, enterprises_of, erase_person, find_people_by_mobile,
    find_person_by_citizen_number, grant_post, person_card, person_name, replay,
};

async fn erase(site: &Site, person: Id<Person>) -> kernel::Result<()> {
    let ctx = site.app.system("operator");
    let mut unit = Unit::new(&ctx);
    erase_person(&ctx, &site.app, &mut unit, person).await?;
    site.app.db.commit(unit).await?.or_stale("人员信息")
}

#[tokio::test]
async fn whoever_has_or_had_a_post_or_is_unknown_or_gone_is_not_erased() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        assert!(matches!(erase(&site, ctx.new_id()).await, Err(Error::NotFound { .. })), "{}", site.engine);
        let officer = somebody(app, ("丁一", "dingyi"), 1, None).await;
        let post = grant_post(&ctx, app, &NewPost::from_today(officer, "worker", None)).await.unwrap();
        for _ in 0..2 {
            let told = erase(&site, officer).await.unwrap_err().message();
            assert!(told.contains("办件档案"), "{}: {told}", site.engine);
            // Again when the post has ended.
            let _ = crate::end_post(&ctx, app, post).await;
        }
        assert_eq!(person_name(app, officer).await.unwrap(), "丁一", "{}", site.engine);
        let citizen = somebody(app, ("陈二", "chener"), 2, None).await;
        erase(&site, citizen).await.unwrap();
        assert!(erase(&site, citizen).await.unwrap_err().message().contains("已经删除"), "{}", site.engine);
        let stranger = site.ctx(&site.anonymous());
        let mut unit = Unit::new(&stranger);
        assert!(erase_person(&stranger, app, &mut unit, officer).await.is_err(), "nobody without the right");
    }
}

#[tokio::test]
async fn an_erased_person_is_read_found_and_signed_in_no_more_and_the_record_still_verifies() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let id = somebody(app, ("丁一", "dingyi"), 1, Some("演示")).await;
        let session = signed_in(&site, "dingyi").await;
        let (uscc, name) = ("91341600MA0000007C".to_owned(), "演示公司".to_owned());
        let firm = NewEnterprise { uscc, name, representative: Some(id), address: String::new() };
        create_enterprise(&ctx, &app.db, &firm).await.unwrap();
        erase(&site, id).await.unwrap();

        assert!(
            matches!(
                person_card(&ctx, app, id, (crate::Purpose::Handling, &crate::Look::default())).await,
                Err(Error::NotFound { .. })
            ),
            "{}",
            site.engine
        );
        assert_eq!(person_name(app, id).await.unwrap(), "已注销人员", "{}", site.engine);
        assert_eq!(find_person_by_citizen_number(app, &citizen_number(1)).await.unwrap(), None);
        assert!(find_people_by_mobile(app, "13900000001").await.unwrap().is_empty());
        assert!(enterprises_of(&app.db, id, ctx.now.legal_date()).await.unwrap().is_empty(), "{}", site.engine);
        assert_eq!(site.get(&session, "/api/v1/me").await.status, 401, "{}: the session ended", site.engine);
        for login in ["dingyi", citizen_number(1).as_str()] {
            let body = serde_json::json!({ "login": login, "password": PASSWORD });
            let answer = site.call(&site.anonymous(), "POST", "/api/v1/sessions", body).await;
            assert_ne!(answer.status, 201, "{}: {login}", site.engine);
        }
        assert!(!site.get(&site.anonymous(), "/login").await.body.contains(&id.to_string()), "no demo person any more");

        let again = somebody(app, ("丁一", "dingyi"), 1, None).await;
        assert_ne!(again, id, "who comes again is somebody new");
        site.settle(&[&AREA]).await;
        let replays = replay::all();
        let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
        let found = journal::verify(&app.db.snapshot().await.unwrap(), &[], &replays).await.unwrap();
        found.unwrap_or_else(|broken| panic!("{}: {broken}", site.engine));
    }
}
