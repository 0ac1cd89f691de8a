//! Promises of «who saw my data».

use kernel::{Basis, Error, Id, Person};
use testkit::Site;

use super::{person, signed_in, sites, somebody};
use crate::{Look, NewPost, Purpose, create_person, grant_post, look, look_told, person_card, store::looks as rows};

async fn told(site: &Site) -> String {
    let visitor = signed_in(site, "guilan").await;
    let answer = site.get(&visitor, "/me/looks").await;
    assert_eq!(answer.status, 200, "{}: {}", site.engine, answer.body);
    answer.body
}

/// How often each line says that it was.
fn times(page: &str) -> Vec<i64> {
    let cells = page.split("data-label=\"次数\" class=\"right\">").skip(1);
    cells.map(|it| it.split('<').next().unwrap().parse().unwrap()).collect()
}

async fn officer(site: &Site) -> kernel::Ctx {
    let (app, ctx) = (&site.app, site.app.system("test"));
    let id = somebody(app, ("孙静", "sunjing"), 2, None).await;
    let post = grant_post(&ctx, app, &NewPost::from_today(id, "worker", None)).await.unwrap();
    let grants = vec![kernel::Grant::of(super::WORK, None, post)];
    let who = kernel::Who::Person(id);
    app.ctx(kernel::Actor { who, grants, ..kernel::Actor::anonymous(kernel::Channel::Web) })
}

fn later(site: &Site, ctx: &kernel::Ctx) -> kernel::Ctx {
    site.app.ctx(kernel::Actor::clone(&ctx.actor))
}

fn about(ctx: &kernel::Ctx, matter: &str, words: &str) -> Look {
    let basis = ctx.actor.grants.first().map(|it| Basis::Post(it.post));
    Look { matter: matter.to_owned(), authority: None, basis, words: words.to_owned() }
}

#[tokio::test]
async fn whoever_looks_is_told_to_the_person_by_office_post_and_purpose_and_never_by_name() {
    for site in sites().await {
        let app = &site.app;
        let guilan = somebody(app, ("李桂兰", "guilan"), 1, None).await;
        let ctx = officer(&site).await;
        assert!(told(&site).await.contains("还没有人看过"), "{}", site.engine);
        let other = look(&ctx, app, guilan, (Purpose::Other, &about(&ctx, "", " "))).await;
        assert!(matches!(other, Err(Error::Invalid(_))), "{}: other than what", site.engine);
        let long = look(&ctx, app, guilan, (Purpose::Enquiry, &about(&ctx, "", &"长".repeat(201)))).await;
        assert!(matches!(long, Err(Error::Invalid(_))), "{}", site.engine);
        let case = about(&ctx, "341600202603020000001", "");
        assert!(look_told(&ctx, app, guilan, &case.matter).await.unwrap().is_none(), "{}", site.engine);
        person_card(&ctx, app, guilan, (Purpose::Handling, &case)).await.unwrap();
        look(&ctx, app, guilan, (Purpose::Other, &about(&ctx, "", "核对地址<b>"))).await.unwrap();
        assert!(look_told(&ctx, app, guilan, &case.matter).await.unwrap().is_some(), "{}", site.engine);
        let page = told(&site).await;
        for words in ["办理办件", "受理", "341600202603020000001", "其他：核对地址&#60;b&#62;", "2026年3月2日"]
        {
            assert!(page.contains(words), "{}: {words} in {page}", site.engine);
        }
        assert!(!page.contains("孙静"), "{}", site.engine);
        let nobody =
            look_told(&ctx, app, create_person(&app.system("test"), app, &person("王芳", 3)).await.unwrap(), "").await;
        assert!(nobody.unwrap().is_none(), "{}: one person's look is not another's", site.engine);
    }
}

#[tokio::test]
async fn a_day_of_looks_is_one_line_that_counts_and_a_page_read_twice_is_one_look() {
    for site in sites().await {
        let app = &site.app;
        let guilan = somebody(app, ("李桂兰", "guilan"), 1, None).await;
        let ctx = officer(&site).await;
        for (seconds, counted) in [(0, 1), (30, 1), (31, 2), (3_600, 3)] {
            site.clock.seconds(seconds);
            let now = later(&site, &ctx);
            look(&now, app, guilan, (Purpose::Handling, &about(&now, "1", ""))).await.unwrap();
            assert_eq!(times(&told(&site).await), [counted], "{} after {seconds} s", site.engine);
        }
        look(&app.system("test"), app, guilan, (Purpose::Handling, &Look::default())).await.unwrap();
        site.clock.hours(24);
        let now = later(&site, &ctx);
        look(&now, app, guilan, (Purpose::Handling, &about(&now, "1", ""))).await.unwrap();
        assert_eq!(times(&told(&site).await), [1, 3], "{}: the latest day first", site.engine);
        assert!(look_told(&now, app, guilan, "2").await.unwrap().is_none(), "{}: another case asks again", site.engine);
    }
}

#[tokio::test]
async fn an_officer_who_opens_a_persons_posts_stands_in_that_persons_list_and_ones_own_look_does_not() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let guilan = somebody(app, ("李桂兰", "guilan"), 1, None).await;
        let chief = somebody(app, ("丁一", "dingyi"), 2, Some("试验")).await;
        grant_post(&ctx, app, &NewPost::from_today(chief, "admin", None)).await.unwrap();
        let dingyi = signed_in(&site, "dingyi").await;
        let open = async |of: Id<Person>| site.get(&dingyi, &format!("/desk/people/{of}")).await.status;
        assert_eq!((open(guilan).await, open(chief).await), (200, 200), "{}", site.engine);
        let page = told(&site).await;
        assert!(page.contains("管理人员岗位") && page.contains("人员管理"), "{}: {page}", site.engine);
        assert!(site.get(&dingyi, "/me/looks").await.body.contains("还没有人看过"), "{}", site.engine);
    }
}

#[tokio::test]
async fn however_long_the_list_is_it_is_read_a_page_at_a_time_and_erased_with_the_person() {
    for site in sites().await {
        let app = &site.app;
        let guilan = somebody(app, ("李桂兰", "guilan"), 1, None).await;
        let ctx = officer(&site).await;
        for n in 0..45 {
            look(&ctx, app, guilan, (Purpose::Handling, &about(&ctx, &n.to_string(), ""))).await.unwrap();
        }
        let visitor = signed_in(&site, "guilan").await;
        let pages = site.pages(&visitor, "/me/looks").await;
        assert_eq!(pages.len(), 3, "{}", site.engine);
        assert_eq!(times(&pages.concat()).len(), 45, "{}", site.engine);
        let system = app.system("test");
        let mut unit = storage::Unit::new(&system);
        crate::erase_person(&system, app, &mut unit, guilan).await.unwrap();
        assert_eq!(app.db.commit(unit).await.unwrap(), storage::Commit::Done, "{}", site.engine);
        let values = storage::args![guilan, "~", 100_i64];
        assert!(app.db.query(rows::LOOKS, values).await.unwrap().is_empty(), "{}", site.engine);
    }
}
