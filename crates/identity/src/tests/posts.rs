//! Posts give and take at once.

use kernel::{Authority, Basis, Error, Id, Scope};
use storage::{Commit, Unit};
use testkit::Site;
use webkit::encoded;

use super::{WORK, citizen_number, facts, signed_in, sites, somebody};
use crate::{
    ADMINISTER, AuthorityFacts, NewPost, authority, authority_change, create_authority, end_post,
    find_authority_by_uscc, grant_post, still_holds, testing,
};

async fn two(site: &Site) -> (Id<Authority>, Id<Authority>) {
    let (db, ctx) = (&site.app.db, site.app.system("test"));
    let samr = create_authority(&ctx, db, &facts("亳州市市场监督管理局", "11341600000000027K")).await.unwrap();
    let city = create_authority(&ctx, db, &facts("亳州市城市管理局", "11341600000000035E")).await.unwrap();
    (samr, city)
}

#[tokio::test]
async fn a_post_counts_from_the_next_request_and_ends_with_the_next() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let (samr, _) = two(&site).await;
        let id = somebody(app, ("孙静", "sunjing"), 1, Some("试验")).await;
        let sunjing = signed_in(&site, "sunjing").await;
        let grants = async || site.get(&sunjing, "/api/v1/me").await.json()["grants"].clone();
        assert_eq!(grants().await, serde_json::json!([]), "{}", site.engine);
        let new = NewPost::from_today(id, "worker", Some(samr));
        let post = grant_post(&ctx, app, &new).await.unwrap();
        let given = grants().await;
        assert_eq!(given[0]["permission"], "test.work", "{}", site.engine);
        assert_eq!(given[0]["authority"], samr.to_string(), "{}", site.engine);
        assert!(matches!(grant_post(&ctx, app, &new).await, Err(Error::Refused { .. })), "{}: twice", site.engine);
        let mut rests_on_it = Unit::new(&ctx);
        still_holds(&mut rests_on_it, &ctx, &Basis::Post(post));
        assert_eq!(app.db.commit(rests_on_it.clone()).await.unwrap(), Commit::Done, "{}", site.engine);
        end_post(&ctx, app, post).await.unwrap();
        assert_eq!(grants().await, serde_json::json!([]), "{}", site.engine);
        let lost = app.db.commit(rests_on_it).await.unwrap();
        assert_eq!(lost, Commit::Lost { guard: kernel::POST_GUARD }, "{}: the act is undone", site.engine);
        assert!(matches!(end_post(&ctx, app, post).await, Err(Error::Refused { .. })), "{}", site.engine);
        grant_post(&ctx, app, &new).await.unwrap();
    }
}

#[tokio::test]
async fn a_post_with_days_counts_on_these_days_only() {
    let day = |day| time::Date::from_calendar_date(2026, time::Month::March, day).unwrap();
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let id = somebody(app, ("孙静", "sunjing"), 1, Some("试验")).await;
        let new = NewPost { starts: Some(day(3)), ends: Some(day(4)), ..NewPost::from_today(id, "worker", None) };
        let turned = NewPost { ends: Some(day(2)), ..new.clone() };
        assert!(matches!(grant_post(&ctx, app, &turned).await, Err(Error::Invalid(_))), "{}", site.engine);
        let unknown = NewPost { code: "king".to_owned(), ..new.clone() };
        assert!(matches!(grant_post(&ctx, app, &unknown).await, Err(Error::Invalid(_))), "{}", site.engine);
        grant_post(&ctx, app, &new).await.unwrap();
        for (hours, held) in [(0, 0), (24, 1), (24, 1), (24, 0)] {
            site.clock.hours(hours);
            let visitor = signed_in(&site, "sunjing").await;
            let grants = site.get(&visitor, "/api/v1/me").await.json()["grants"].as_array().unwrap().len();
            assert_eq!(grants, held, "{} {}", site.engine, app.clock.now());
        }
    }
}

#[tokio::test]
async fn an_administrator_of_one_authority_grants_and_sees_there_only() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let (samr, city) = two(&site).await;
        let chief = somebody(app, ("丁一", "dingyi"), 1, Some("试验")).await;
        let clerk = somebody(app, ("孙静", "sunjing"), 2, Some("试验")).await;
        grant_post(&ctx, app, &NewPost::from_today(chief, "admin", Some(samr))).await.unwrap();
        let elsewhere = grant_post(&ctx, app, &NewPost::from_today(clerk, "worker", Some(city))).await.unwrap();
        let (dingyi, sunjing) = (signed_in(&site, "dingyi").await, signed_in(&site, "sunjing").await);
        let number = citizen_number(2).to_string();
        let found = site.post(&dingyi, "/desk/people/find", &[("citizen_number", &number)]).await;
        assert_eq!(found.location, format!("/desk/people/{clerk}"), "{}", site.engine);
        let page = found.location;
        assert!(!site.get(&dingyi, &page).await.body.contains("城市管理局"), "{}", site.engine);
        let grant = |place: String| vec![("authority", place), ("code", "worker".to_owned())];
        let send = async |fields: Vec<(&str, String)>| {
            let fields: Vec<_> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
            site.post(&dingyi, &format!("{page}/posts"), &fields).await.status
        };
        assert_eq!(send(grant("site".to_owned())).await, 403, "{}", site.engine);
        assert_eq!(send(grant(city.to_string())).await, 403, "{}", site.engine);
        assert_eq!(send(grant(String::new())).await, 422, "{}", site.engine);
        assert_eq!(send(grant(samr.to_string())).await, 303, "{}", site.engine);
        let end = site.post(&dingyi, &format!("{page}/posts/end"), &[("post", &elsewhere.to_string())]).await;
        assert_eq!(end.status, 403, "{}", site.engine);
        let list = site.get(&dingyi, "/desk/people").await;
        assert!(list.body.contains("孙静") && list.body.contains("丁一"), "{}", site.engine);
        assert_eq!(site.get(&dingyi, &format!("/desk/people?authority={city}")).await.status, 403, "{}", site.engine);
        assert_eq!(site.get(&sunjing, "/desk/people").await.status, 403, "{}", site.engine);
        assert_eq!(site.get(&dingyi, "/desk/authorities/new").await.status, 403, "{}", site.engine);
        assert_eq!(site.get(&dingyi, &format!("/desk/authorities/{samr}")).await.status, 200, "{}", site.engine);
    }
}

#[tokio::test]
async fn an_authority_is_found_by_a_part_of_its_name_however_many_there_are() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let chief = somebody(app, ("丁一", "dingyi"), 1, Some("试验")).await;
        grant_post(&ctx, app, &NewPost::from_today(chief, "admin", None)).await.unwrap();
        let (samr, city) = two(&site).await;
        let dingyi = signed_in(&site, "dingyi").await;
        let body = async |path: &str| site.get(&dingyi, path).await.body;
        for words in ["税务", "市场%", "城_管"] {
            let told = "没有名称相符的实施主体";
            assert!(body(&format!("/desk/authorities?q={}", encoded(words))).await.contains(told), "{}", site.engine);
            assert!(body(&format!("/desk/people?office={}", encoded(words))).await.contains(told), "{}", site.engine);
        }
        let found = body(&format!("/desk/authorities?q={}", encoded("城市管理"))).await;
        assert!(found.contains("亳州市城市管理局") && !found.contains("市场监督"), "{}", site.engine);
        // One that is meant is shown at once; of several one is chosen.
        let one = body(&format!("/desk/people?office={}", encoded("城市"))).await;
        assert!(one.contains("还没有在岗人员"), "{}: {one}", site.engine);
        let several = body(&format!("/desk/people?office={}", encoded("管理局"))).await;
        assert!(several.contains(&format!("authority={city}")) && several.contains(&format!("authority={samr}")));

        let page = format!("/desk/people/{chief}/posts");
        let send = async |place: &str, chosen: &str| {
            let fields = [("by_words", "yes"), ("place", place), ("authority", chosen), ("code", "worker")];
            site.post(&dingyi, &page, &fields).await
        };
        for (place, chosen, told) in [
            ("", "", "请写明在哪个实施主体任职"),
            ("税务", "", "没有名称含「税务」的实施主体"),
            ("管理局", "", "有 2 个实施主体名称相符"),
        ] {
            let answer = send(place, chosen).await;
            assert_eq!(answer.status, 422, "{}: {place}", site.engine);
            assert!(answer.body.contains(told), "{}: {place}", site.engine);
            assert!(answer.body.contains(&format!("value=\"{place}\"")), "{}: {place} is kept", site.engine);
        }
        assert_eq!(send("管理局", &samr.to_string()).await.status, 303, "{}", site.engine);
        assert_eq!(send("亳州市城市管理局", "").await.status, 303, "{}", site.engine);
        let held = body(&format!("/desk/people/{chief}")).await;
        assert!(
            held.contains("受理：亳州市市场监督管理局") && held.contains("受理：亳州市城市管理局"),
            "{}",
            site.engine
        );
    }
}

#[tokio::test]
async fn the_list_of_officers_asks_as_many_questions_for_many_as_for_few() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let chief = somebody(app, ("丁一", "dingyi"), 1, Some("试验")).await;
        grant_post(&ctx, app, &NewPost::from_today(chief, "admin", None)).await.unwrap();
        let (samr, _) = two(&site).await;
        let dingyi = signed_in(&site, "dingyi").await;
        let count = async || {
            let before = app.db.queries();
            assert_eq!(site.get(&dingyi, "/desk/people").await.status, 200);
            app.db.queries() - before
        };
        grant_post(&ctx, app, &NewPost::from_today(chief, "worker", Some(samr))).await.unwrap();
        // The caller's own name is kept from then on.
        let _ = count().await;
        let few = count().await;
        for n in 2..25 {
            let id = crate::create_person(&ctx, app, &super::person("同事", n)).await.unwrap();
            grant_post(&ctx, app, &NewPost::from_today(id, "worker", Some(samr))).await.unwrap();
        }
        assert_eq!(count().await, few, "{}", site.engine);
        let all = site.pages(&dingyi, "/desk/people").await;
        assert_eq!(all.len(), 2, "{}", site.engine);
        assert_eq!(all.concat().matches("<th scope=\"row\">").count(), 24, "{}", site.engine);
    }
}

#[tokio::test]
async fn an_authority_is_changed_by_whoever_saw_its_latest_state() {
    for site in sites().await {
        let (db, ctx) = (&site.app.db, site.app.system("test"));
        let bad = AuthorityFacts { division: "9".to_owned(), ..facts("", "11341600000000027X") };
        let Err(Error::Invalid(faults)) = create_authority(&ctx, db, &bad).await else { panic!("{}", site.engine) };
        let fields: Vec<_> = faults.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["name", "uscc", "division"], "{}", site.engine);
        let (samr, city) = two(&site).await;
        let again = create_authority(&ctx, db, &facts("又一个", "11341600000000027k")).await;
        assert!(matches!(again, Err(Error::Invalid(_))), "{}", site.engine);
        let taken = authority_change(&ctx, db, (city, 1), &facts("城管", "11341600000000027K")).await;
        assert!(matches!(taken, Err(Error::Invalid(_))), "{}", site.engine);
        let changed = facts("亳州市市场监督管理局（知识产权局）", "11341600000000027K");
        authority_change(&ctx, db, (samr, 1), &changed).await.unwrap();
        assert_eq!(authority(db, samr).await.unwrap().facts, changed, "{}", site.engine);
        let late = authority_change(&ctx, db, (samr, 1), &facts("晚了一步", "11341600000000027K")).await;
        assert!(matches!(late, Err(Error::Stale { .. })), "{}", site.engine);
        assert_eq!(find_authority_by_uscc(db, "11341600000000027K").await.unwrap().unwrap().id, samr);
        for strange in ["%00", "a~%00", "x"] {
            let asked = site.get(&site.anonymous(), &format!("/api/v1/authorities?after={strange}")).await;
            assert_eq!(asked.status, 404, "{} {strange}: {}", site.engine, asked.body);
        }
        let page = site.get(&site.anonymous(), "/api/v1/authorities?limit=1").await.json();
        assert_eq!(page["items"][0]["short_name"], "亳市监", "{}", site.engine);
        let next = format!("/api/v1/authorities?limit=1&after={}", page["next"].as_str().unwrap());
        let rest = site.get(&site.anonymous(), &next).await.json();
        assert!(rest["next"].is_null() && rest["items"][0]["name"] == "亳州市城市管理局", "{rest}");
    }
}

#[tokio::test]
async fn people_whom_a_test_makes_up_can_be_seated() {
    for site in testkit::sites(&[&crate::AREA]).await {
        let clerk = site.person("孙静", &[(WORK, None), (ADMINISTER, None)]);
        let ctx = site.ctx(&clerk);
        let basis = ctx.may(WORK, &Scope::SITE).unwrap();
        testing::seat(&site.app, &ctx).await.unwrap();
        let mut unit = Unit::new(&ctx);
        still_holds(&mut unit, &ctx, &basis);
        assert_eq!(site.app.db.commit(unit).await.unwrap(), Commit::Done, "{}", site.engine);
    }
}

#[tokio::test]
async fn the_people_of_one_authority_stand_in_the_order_of_their_names_and_no_address_holds_a_name() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let chief = somebody(app, ("丁一", "dingyi"), 1, Some("试验")).await;
        grant_post(&ctx, app, &NewPost::from_today(chief, "admin", None)).await.unwrap();
        let (samr, _) = two(&site).await;
        let dingyi = signed_in(&site, "dingyi").await;
        // Three pages of them, made known in another order than that of their names.
        let names: Vec<_> = ["周", "王", "安", "李", "王"]
            .iter()
            .flat_map(|it| {
                (0..9).map(move |n| format!("{it}{}", ["静", "阿", "勇", "超", "波", "敏", "强", "磊", "洋"][n]))
            })
            .collect();
        for (name, n) in names.iter().zip(2..) {
            let id = crate::create_person(&ctx, app, &super::person(name, n)).await.unwrap();
            grant_post(&ctx, app, &NewPost::from_today(id, "worker", Some(samr))).await.unwrap();
        }
        let pages = site.pages(&dingyi, &format!("/desk/people?authority={samr}")).await;
        assert_eq!(pages.len(), 3, "{}", site.engine);
        let cells = pages.iter().flat_map(|it| it.split("<th scope=\"row\">").skip(1));
        let told: Vec<_> = cells.map(|it| it.split("\">").nth(1).unwrap().split('<').next().unwrap()).collect();
        assert_eq!(told.len(), names.len(), "{}: nobody is left out or told twice", site.engine);
        assert_eq!(told[..3], ["安阿", "安波", "安超"], "{}", site.engine);
        let mut surnames: Vec<_> = told.iter().map(|it| it.chars().next().unwrap()).collect();
        surnames.dedup();
        assert_eq!(surnames, ['安', '李', '王', '周'], "{}", site.engine);
        assert_eq!(told[44], "周勇", "{}", site.engine);
        assert!(pages.concat().contains("按姓名拼音排列"), "{}", site.engine);
        assert!(!pages.concat().contains("after=%"), "{}: a page's key is an id", site.engine);
        let whole = site.get(&dingyi, "/desk/people").await.body;
        assert!(whole.contains("按登记先后排列"), "{}: the head says how the whole site stands", site.engine);
    }
}

#[tokio::test]
async fn of_many_places_of_one_post_three_are_read_at_a_glance_and_the_others_are_folded_away() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let chief = somebody(app, ("丁一", "dingyi"), 1, Some("试验")).await;
        grant_post(&ctx, app, &NewPost::from_today(chief, "admin", None)).await.unwrap();
        let many = testing::many_authorities(app, 12).await.unwrap();
        let clerk = somebody(app, ("孙静", "sunjing"), 2, Some("试验")).await;
        let dingyi = signed_in(&site, "dingyi").await;
        for (count, told) in [(4, None), (12, Some("等 12 个单位"))] {
            for id in &many[if count == 4 { 0..4 } else { 4..12 }] {
                grant_post(&ctx, app, &NewPost::from_today(clerk, "worker", Some(*id))).await.unwrap();
            }
            let page = site.get(&dingyi, "/desk/people").await.body;
            let rows = page.split_once("<tbody>").unwrap().1;
            assert_eq!(rows.matches("街道办事处").count(), count, "{}: every place is on the page", site.engine);
            assert_eq!(page.contains("<details class=\"more\">"), told.is_some(), "{}: {count}", site.engine);
            assert!(told.is_none_or(|it| page.contains(it)), "{}", site.engine);
        }
    }
}
