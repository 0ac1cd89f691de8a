//! However many authorities somebody may act at, every one is reached: few from a menu, many by words of the name or page by page.

use std::collections::BTreeSet;

use kernel::{Authority, Id};
use testkit::Site;

use super::{facts, signed_in, sites, somebody};
use crate::{Choice, ChoiceAsk, Meant, NewPost, Reach, create_authority, grant_post, testing::many_authorities};

const MANY: usize = 150;

async fn choose(site: &Site, reach: &Reach, ask: &ChoiceAsk) -> Choice {
    reach.choose(&site.app.db, ask, ("/x", &[("q", "营业 执照")]), true).await.expect("a choice")
}

fn words(text: &str) -> ChoiceAsk {
    ChoiceAsk { office: Some(text.to_owned()), ..ChoiceAsk::default() }
}

/// Both ways in which somebody may act at many: at each by a post of its own, or at all.
async fn reaches(site: &Site, own: &[Id<Authority>]) -> [Reach; 2] {
    let at = async |ids| Reach::at(&site.app.db, ids).await.expect("a reach");
    [at(Some(own.to_vec())).await, at(None).await]
}

#[tokio::test]
async fn of_a_hundred_and_fifty_authorities_each_is_found_by_its_name_and_by_paging() {
    for site in sites().await {
        let all = many_authorities(&site.app, MANY).await.unwrap();
        for reach in reaches(&site, &all).await {
            let nothing = choose(&site, &reach, &words("税务%")).await;
            assert!(nothing.open && nothing.offers.is_empty(), "{}: nothing is found", site.engine);
            let (mut seen, mut ask) = (BTreeSet::new(), ChoiceAsk::default());
            loop {
                let page = choose(&site, &reach, &ask).await;
                assert!(page.open && page.chosen.is_none() && page.menu.is_empty() && page.offers.len() <= 20);
                assert!(page.offers.iter().all(|it| it.href.starts_with("/x?q=%E8%90%A5%E4%B8%9A%20%E6%89%A7")));
                seen.extend(page.offers.into_iter().map(|it| it.href.split_once("authority=").unwrap().1.to_owned()));
                let Some((_, key)) = page.next.split_once("offices=") else { break };
                ask.offices = key.replace("%7E", "~");
            }
            assert_eq!(seen, all.iter().map(ToString::to_string).collect(), "{}", site.engine);
            for (n, id) in all.iter().enumerate() {
                let found = choose(&site, &reach, &words(&format!("第{:03}", n + 1))).await;
                assert_eq!(found.chosen.map(|it| it.id), Some(*id), "{}: {n}", site.engine);
            }
        }
    }
}

#[tokio::test]
async fn a_name_that_is_meant_exactly_is_chosen_and_of_two_alike_the_one_that_was_picked() {
    for site in sites().await {
        let (db, ctx) = (&site.app.db, site.app.system("test"));
        let mut all = many_authorities(&site.app, 50).await.unwrap();
        let short = create_authority(&ctx, db, &facts("第003街道", "11341600000000027K")).await.unwrap();
        let alike = many_authorities(&site.app, 1).await.unwrap();
        all.extend([short, alike[0]]);
        for reach in reaches(&site, &all).await {
            let exact = choose(&site, &reach, &words("第003街道")).await;
            assert_eq!(exact.chosen.map(|it| it.id), Some(short), "{}: one of this very name", site.engine);
            let two = choose(&site, &reach, &words("谯城区第001街道办事处")).await;
            assert!(two.open && two.offers.len() == 2, "{}: two have this name", site.engine);
            let picked = ChoiceAsk { authority: alike[0].to_string(), ..words("谯城区第001街道办事处") };
            let picked = choose(&site, &reach, &picked).await;
            assert_eq!((picked.id(), picked.open), (alike[0].to_string(), false), "{}", site.engine);
            let back = ChoiceAsk { authority: alike[0].to_string(), ..words("") };
            assert!(choose(&site, &reach, &back).await.open, "{}: an emptied field takes it back", site.engine);
            let meant = async |text: &str, chosen: &str| reach.meant(db, text, chosen).await.unwrap();
            assert!(matches!(meant("街道", "").await, Meant::TooMany), "{}", site.engine);
            assert!(matches!(meant("税务", "").await, Meant::Nothing), "{}", site.engine);
            assert!(matches!(meant("第001街道", "").await, Meant::Several(it) if it.len() == 2), "{}", site.engine);
            let one = meant("第001街道", &alike[0].to_string()).await;
            assert!(matches!(one, Meant::One(id) if id == alike[0]), "{}", site.engine);
            let other = meant("第001街道", &short.to_string()).await;
            assert!(matches!(other, Meant::Several(_)), "{}: a choice that is not offered counts nothing", site.engine);
        }
    }
}

#[tokio::test]
async fn an_authority_out_of_reach_is_refused_and_few_stand_in_a_menu() {
    for site in sites().await {
        let all = many_authorities(&site.app, 4).await.unwrap();
        let [few, _] = reaches(&site, &all[..3]).await;
        let out = few.choose(&site.app.db, &ChoiceAsk::of(&all[3].to_string()), ("/x", &[]), true).await;
        assert!(matches!(out, Err(kernel::Error::Forbidden { .. })), "{}", site.engine);
        let menu = choose(&site, &few, &ChoiceAsk::default()).await;
        assert_eq!((menu.menu.len(), menu.open, menu.id()), (3, false, all[0].to_string()), "{}", site.engine);
    }
}

#[tokio::test]
async fn who_administers_a_hundred_and_fifty_authorities_grants_a_post_at_the_last() {
    for site in sites().await {
        let (app, ctx) = (&site.app, site.app.system("test"));
        let all = many_authorities(app, MANY).await.unwrap();
        let clerk = somebody(app, ("孙静", "sunjing"), 2, Some("试验")).await;
        let dingyi = somebody(app, ("丁一", "dingyi"), 1, Some("试验")).await;
        for id in &all {
            grant_post(&ctx, app, &NewPost::from_today(dingyi, "admin", Some(*id))).await.unwrap();
        }
        let chief = signed_in(&site, "dingyi").await;
        let last = all[MANY - 1];
        grant_post(&ctx, app, &NewPost::from_today(clerk, "worker", Some(last))).await.unwrap();
        let offered = site.pages(&chief, "/desk/people").await.concat();
        assert!(offered.contains(&format!("/desk/people?authority={last}")), "{}", site.engine);
        let found = site.get(&chief, "/desk/people?office=%E7%AC%AC150").await;
        assert!(found.body.contains("孙静") && !found.body.contains("请选择实施主体"), "{}", found.body);
        let fields = [("by_words", "yes"), ("place", "第149"), ("code", "worker")];
        assert_eq!(site.post(&chief, &format!("/desk/people/{clerk}/posts"), &fields).await.status, 303);
        let page = site.get(&chief, &format!("/desk/people/{clerk}")).await.body;
        assert!(page.contains("谯城区第149街道办事处") && page.contains("谯城区第150街道办事处"), "{}", site.engine);
    }
}
