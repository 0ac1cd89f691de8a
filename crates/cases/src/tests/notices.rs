//! Promises about what applicants are told: nothing is lost or said twice, nobody is woken, whoever declines is heard.

use std::{
    any::Any,
    sync::{Arc, Mutex},
};

use kernel::{Ctx, Error, Holder, Result};
use serde_json::json;
use webkit::App;

use super::world::{AREAS, LICENCE, World, own};

/// Worlds whose site has a gateway for text messages.
async fn texting_worlds() -> Vec<World> {
    let parts = |db: &storage::Db| {
        let means: Arc<dyn Any + Send + Sync> =
            Arc::new(identity::Means { sms: true, mail: true, ..identity::Means::default() });
        [own(db), vec![means]].concat()
    };
    let mut out = Vec::new();
    for site in testkit::sites_in_earnest(AREAS, parts).await {
        let world = World::of(site, LICENCE).await;
        // A reader begins with what comes after it first ran.
        world.settle().await;
        out.push(world);
    }
    out
}

/// A gateway that is down until told otherwise, and remembers what it took.
struct Gateway {
    app: App,
    kind: &'static str,
    down: Arc<Mutex<bool>>,
    took: Arc<Mutex<Vec<(String, String)>>>,
}

#[async_trait::async_trait]
impl journal::outbox::Courier for Gateway {
    fn kind(&self) -> &'static str {
        self.kind
    }

    async fn send(&self, ctx: &Ctx, message: &journal::outbox::Message) -> Result<()> {
        if *self.down.lock().unwrap() {
            return Err(Error::internal("no answer"));
        }
        if let Some(out) = identity::outgoing(ctx, &self.app, &message.body).await? {
            self.took.lock().unwrap().push((out.id.to_string(), out.text));
        }
        Ok(())
    }
}

impl Gateway {
    fn of(world: &World) -> Self {
        Self::of_kind(world, identity::SMS_MESSAGE)
    }

    fn of_kind(world: &World, kind: &'static str) -> Self {
        Self { app: world.site.app.clone(), kind, down: Arc::new(Mutex::new(false)), took: Arc::default() }
    }

    /// A minute of the platform's own work.
    async fn minute(&self, world: &World) {
        minute(world, &[self]).await;
    }

    fn texts(&self) -> Vec<String> {
        self.took.lock().unwrap().iter().map(|it| it.1.clone()).collect()
    }
}

/// A minute of the platform's own work, with these gateways.
async fn minute(world: &World, gateways: &[&dyn journal::outbox::Courier]) {
    world.site.clock.seconds(60);
    world.settle().await;
    let ctx = world.site.app.system("test");
    journal::outbox::deliver(&world.site.app.db, &ctx, gateways).await.unwrap();
    crate::service::notices::settle(&world.site.app, &ctx).await.unwrap();
}

async fn told(world: &World) -> Vec<(String, String)> {
    let page = world.call("GET", &world.applicant, "/api/v1/notices", json!({})).await.json();
    let items = page["items"].as_array().unwrap().clone();
    let text = |it: &serde_json::Value, name: &str| it[name].as_str().unwrap().to_owned();
    items.iter().rev().map(|it| (text(it, "title"), text(it, "message"))).collect()
}

#[tokio::test]
async fn a_gateway_that_is_down_for_an_hour_loses_and_doubles_nothing() {
    for world in texting_worlds().await {
        let gateway = Gateway::of(&world);
        *gateway.down.lock().unwrap() = true;
        let id = world.filed().await;
        world.act(&world.accept, id, json!({"act": "accept"})).await;
        for _ in 0..60 {
            gateway.minute(&world).await;
        }
        let waiting = told(&world).await;
        assert_eq!(waiting.len(), 2, "{}: {waiting:?}", world.site.engine);
        assert!(waiting.iter().all(|it| it.1 == "短信等待发送"), "{waiting:?}");
        *gateway.down.lock().unwrap() = false;
        for _ in 0..90 {
            gateway.minute(&world).await;
        }
        let texts = gateway.texts();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(
            texts.iter().any(|it| it.contains("已提交")) && texts.iter().any(|it| it.contains("已受理")),
            "{texts:?}"
        );
        let sent = told(&world).await;
        assert!(sent.iter().all(|it| it.1.starts_with("短信已发出，")), "{sent:?}");
        let page = world.site.get(&world.applicant, &format!("/cases/{id}")).await.body;
        assert!(page.contains("短信已发出"), "{page}");
    }
}

#[tokio::test]
async fn a_message_that_could_not_leave_in_its_time_is_never_called_sent() {
    for world in texting_worlds().await {
        let gateway = Gateway::of(&world);
        *gateway.down.lock().expect("a state") = true;
        world.filed().await;
        gateway.minute(&world).await;
        world.site.clock.hours(25);
        *gateway.down.lock().expect("a state") = false;
        gateway.minute(&world).await;
        assert_eq!(gateway.texts(), Vec::<String>::new(), "{}", world.site.engine);
        assert_eq!(told(&world).await[0].1, "短信没有发出去", "{}", world.site.engine);
    }
}

#[tokio::test]
async fn whoever_declines_progress_is_texted_what_matters_and_told_all_on_the_platform() {
    for world in texting_worlds().await {
        let gateway = Gateway::of(&world);
        let choices = json!({"progress": false, "night": true});
        assert_eq!(world.call("PUT", &world.applicant, "/api/v1/notices/choices", choices).await.status, 204);
        let id = world.filed().await;
        let faults = json!([{"about": "layout", "what": "请重新拍清楚"}]);
        world.act(&world.accept, id, json!({"act": "ask_correction", "faults": faults})).await;
        gateway.minute(&world).await;
        let texts = gateway.texts();
        assert!(texts.len() == 1 && texts[0].contains("需要补正") && !texts[0].contains("拍清楚"), "{texts:?}");
        let told = told(&world).await;
        assert_eq!(told[0], ("申请已提交".to_owned(), "按本人选择没有发短信".to_owned()), "{}", world.site.engine);
        assert_eq!(told[1].0, "需要补正");
    }
}

#[tokio::test]
async fn whoever_has_a_mailbox_is_told_the_same_by_mail_and_may_decline_it() {
    for world in texting_worlds().await {
        let (engine, texts, mails) =
            (world.site.engine, Gateway::of(&world), Gateway::of_kind(&world, identity::MAIL_MESSAGE));
        let own = world.ctx(&world.applicant);
        world.filed().await;
        minute(&world, &[&texts, &mails]).await;
        assert_eq!(mails.texts(), Vec::<String>::new(), "{engine}: no mailbox yet");
        identity::testing::give_mailbox(&world.site.app, &own, "zhiyuan@example.cn").await.unwrap();
        let id = world.filed().await;
        minute(&world, &[&texts, &mails]).await;
        let by_mail = mails.texts().into_iter().filter(|it| it.contains("已提交")).count();
        assert_eq!((by_mail, texts.texts().iter().filter(|it| it.contains("已提交")).count()), (1, 2), "{engine}");
        let told = world.call("GET", &world.applicant, "/api/v1/notices", json!({})).await.json();
        assert!(told["items"][0]["mail"].as_str().unwrap().starts_with("邮件已发出，"), "{engine}: {told}");
        assert_eq!(told["items"][1]["mail"], "", "{engine}: {told}");
        let page = world.site.get(&world.applicant, &format!("/cases/{id}")).await.body;
        assert!(page.contains("邮件已发出"), "{engine}");
        let choices = json!({"progress": true, "night": false, "mail": false});
        assert_eq!(world.call("PUT", &world.applicant, "/api/v1/notices/choices", choices).await.status, 204);
        world.act(&world.accept, id, json!({"act": "accept"})).await;
        minute(&world, &[&texts, &mails]).await;
        assert!(!mails.texts().iter().any(|it| it.contains("已受理")), "{engine}: declined");
    }
}

#[tokio::test]
async fn at_night_a_message_waits_for_the_morning_and_says_so() {
    for world in texting_worlds().await {
        let gateway = Gateway::of(&world);
        // From noon to eleven at night.
        world.site.clock.seconds(11 * 3_600);
        world.filed().await;
        gateway.minute(&world).await;
        assert_eq!(gateway.texts(), Vec::<String>::new());
        let told = told(&world).await;
        assert!(told[0].1.starts_with("短信将在") && told[0].1.contains("08:00"), "{told:?}");
        world.site.clock.seconds(9 * 3_600);
        gateway.minute(&world).await;
        assert_eq!(gateway.texts().len(), 1, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn messages_are_ones_own_and_marked_as_seen_up_to_what_was_shown() {
    for world in texting_worlds().await {
        let gateway = Gateway::of(&world);
        let id = world.filed().await;
        gateway.minute(&world).await;
        let shown = world.site.get(&world.applicant, "/me/notices").await.body;
        assert!(shown.contains("申请已提交") && shown.contains("全部标为已看"), "{shown}");
        world.act(&world.accept, id, json!({"act": "accept"})).await;
        gateway.minute(&world).await;
        let last = shown.split("name=\"last\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        world.site.post(&world.applicant, "/me/notices/read", &[("last", last)]).await;
        let page = world.call("GET", &world.applicant, "/api/v1/notices", json!({})).await.json();
        assert_eq!(page["unread"], 1, "{}: {page}", world.site.engine);
        // Who acts for somebody else at present is told how to get there.
        let person = world.ctx(&world.applicant).person().unwrap();
        let other = Holder::Enterprise(world.site.app.system("test").new_id());
        let elsewhere = world.site.visitor(person, "陈志远", &[], Some(other));
        let own = world.site.get(&elsewhere, "/me/notices").await.body;
        assert!(own.contains("切换为申请人后查看") && !own.contains(&format!("/cases/{id}")), "{own}");
        assert!(world.site.get(&world.applicant, "/me/notices").await.body.contains(&format!("/cases/{id}")));
        let other = world.call("GET", &world.accept, "/api/v1/notices", json!({})).await.json();
        assert_eq!(other["items"].as_array().map(Vec::len), Some(0));
        let stranger = world.site.person("陌生人", &[]);
        let path = format!("/api/v1/cases/{id}/notices");
        assert_eq!(world.call("GET", &stranger, &path, json!({})).await.status, 404);
    }
}
