//! Systems of departments are told what happens to cases: a receiver that is down for minutes, an hour or half a day loses nothing, and
//! knows again what it got already.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use journal::outbox::{self, Courier};
use serde_json::{Value, json};
use testkit::Visitor;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use super::world::World;
use crate::{
    couriers::{self, Gateways},
    site::AREAS,
};

/// A request that a receiver got: its headers and its body.
#[derive(Debug, Clone)]
struct Got {
    headers: BTreeMap<String, String>,
    body: Value,
}

/// A receiver on this machine, which can be taken down and up again under the same address.
struct Receiver {
    at: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    /// The ids of what a moody one did not refuse.
    taken: Arc<Mutex<Vec<String>>>,
    running: Option<JoinHandle<()>>,
}

impl Receiver {
    /// A receiver that is down.
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self {
            at: listener.local_addr().expect("an address"),
            got: Arc::default(),
            taken: Arc::default(),
            running: None,
        }
    }

    /// Takes requests from now on and answers this; «» closes without an answer.
    async fn up(&mut self, answer: &'static str) {
        self.answering(move |_| answer).await;
    }

    /// Takes requests from now on and refuses those of them, counted from 0, of which this says so.
    async fn moody(&mut self, refuses: fn(usize) -> bool) {
        self.answering(move |n| if refuses(n) { FAILED } else { OK }).await;
    }

    async fn answering(&mut self, answer: impl Fn(usize) -> &'static str + Send + 'static) {
        self.down().await;
        let listener = TcpListener::bind(self.at).await.expect("the same port");
        let (got, taken) = (Arc::clone(&self.got), Arc::clone(&self.taken));
        self.running = Some(tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut seen = Vec::new();
                while !whole(&seen) {
                    match stream.read_u8().await {
                        Ok(byte) => seen.push(byte),
                        Err(_) => break,
                    }
                }
                let (it, answer) = (read(&seen), answer(got.lock().unwrap().len()));
                if answer == OK {
                    taken.lock().unwrap().push(it.headers["webhook-id"].clone());
                }
                got.lock().unwrap().push(it);
                drop(stream.write_all(answer.as_bytes()).await);
            }
        }));
    }

    async fn down(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            drop(running.await);
        }
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

fn whole(seen: &[u8]) -> bool {
    let text = String::from_utf8_lossy(seen);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|it| it.to_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
    body.len() >= length.unwrap_or(0)
}

fn read(seen: &[u8]) -> Got {
    let text = String::from_utf8_lossy(seen).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").expect("a request");
    let pairs = head.lines().skip(1).filter_map(|it| it.split_once(": "));
    let headers = pairs.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    Got { headers, body: serde_json::from_str(body).expect("an event") }
}

const OK: &str = "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n";
const FAILED: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";

/// Lets so many seconds go by, and the outbox send what is due on the way.
async fn pass(world: &World, seconds: i64) {
    let (app, couriers) = (&world.site.app, couriers::all(&world.site.app, &Gateways::default()));
    let couriers: Vec<&dyn Courier> = couriers.iter().map(AsRef::as_ref).collect();
    let step = 30.min(seconds.max(1));
    for _ in 0..seconds.max(1) / step {
        outbox::deliver(&app.db, &app.system("test"), &couriers).await.expect("the outbox");
        world.site.clock.seconds(step);
    }
}

/// The value of the first hidden field of this name.
fn field(page: &str, name: &str) -> String {
    let after = page.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a field");
    after.split('"').next().expect("a value").to_owned()
}

/// A system of the world's office that is told of everything at this receiver; its page.
async fn told_at(world: &World, receiver: &Receiver) -> (String, Visitor) {
    let connect = identity::CONNECT;
    let admin = world.site.visitor(
        world.officer.person.expect("a person"),
        "管理员",
        &[(connect, Some(world.authority))],
        None,
    );
    let system = world.site.machine("食品许可系统", &[(cases::SYSTEM_PULL, Some(world.authority))]);
    let ctx = world.site.ctx(&system);
    identity::testing::seat(&world.site.app, &ctx).await.expect("a seat");
    identity::testing::seat(&world.site.app, &world.site.ctx(&admin)).await.expect("a seat");
    let client = ctx.actor.who.to_string().replace("client:", "");
    let page = format!("/desk/clients/{client}/hooks");
    for (address, words) in [("http://hooks.example.gov.cn/", "https"), ("", "网址")] {
        let refused = world.site.post(&admin, &page, &[("address", address)]).await;
        assert_eq!(refused.status, 422, "{}", world.site.engine);
        assert!(refused.body.contains(words), "{}: {}", world.site.engine, refused.body);
    }
    let address = format!("http://{}/hooks", receiver.at);
    let made = world.site.post(&admin, &page, &[("address", &address)]).await;
    assert_eq!(made.status, 200, "{}: {}", world.site.engine, made.body);
    assert!(made.body.contains("whsec_"), "{}: the secret is shown once", world.site.engine);
    let list = world.site.get(&admin, &page).await.body;
    assert!(!list.contains("whsec_"), "{}: and not again", world.site.engine);
    let hook = list.split(&format!("{page}/")).nth(1).and_then(|it| it.split('"').next()).expect("a link").to_owned();
    (format!("{page}/{hook}"), admin)
}

#[tokio::test]
async fn a_receiver_that_is_down_loses_nothing_and_knows_again_what_it_got() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let world = World::of(site).await;
        let mut receiver = Receiver::new().await;
        let (page, admin) = told_at(&world, &receiver).await;
        let case = world.file("hook").await;
        for act in ["receive", "accept"] {
            world.act(&world.officer, &case, json!({"act": act, "obtained": ["household"]})).await;
        }
        world.site.settle(AREAS).await;
        // Down for 300 seconds, then failing for an hour, then taking what it does not answer.
        pass(&world, 300).await;
        receiver.up(FAILED).await;
        pass(&world, 3_600).await;
        let failed = receiver.got().len();
        assert!(failed >= 3, "{}: it was asked again: {failed}", world.site.engine);
        receiver.up("").await;
        pass(&world, 2 * 3_600).await;
        let unanswered = receiver.got().len();
        assert!(unanswered > failed, "{}", world.site.engine);
        let shown = world.site.get(&admin, &page).await.body;
        assert!(shown.contains("稍后再试") && shown.contains("下次"), "{}: {shown}", world.site.engine);
        receiver.up(OK).await;
        pass(&world, 4 * 3_600).await;
        let got = receiver.got();
        let taken = &got[unanswered..];
        let ids: Vec<_> = taken.iter().map(|it| it.headers["webhook-id"].clone()).collect();
        let expected: Vec<_> = (1..=3).map(|n| format!("{case}.{n}")).collect();
        assert_eq!(ids, expected, "{}: each once, none lost, in their order", world.site.engine);
        assert!(
            got.iter().all(|it| expected.contains(&it.headers["webhook-id"])),
            "{}: the same ids",
            world.site.engine
        );
        for it in taken {
            let (head, body) = (&it.headers, &it.body);
            assert_eq!(body["id"], head["webhook-id"].as_str(), "{}", world.site.engine);
            assert_eq!(head["content-type"], "application/cloudevents+json; charset=utf-8");
            assert!(head["webhook-signature"].starts_with("v1,"), "{head:?}");
            assert!(!body.to_string().contains("陈志远"), "{}: nothing of the applicant: {body}", world.site.engine);
        }
        let kinds: BTreeMap<_, _> =
            taken.iter().map(|it| (it.body["sequence"].to_string(), it.body["type"].clone())).collect();
        let kinds: Vec<_> = kinds.into_values().collect();
        assert_eq!(kinds, ["case.filed", "case.received", "case.accepted"], "{}", world.site.engine);
        assert!(outbox::waiting(&world.site.app.db).await.unwrap().is_empty(), "{}", world.site.engine);
        pass(&world, 86_400).await;
        assert_eq!(receiver.got().len(), got.len(), "{}: nothing twice", world.site.engine);
    }
}

#[tokio::test]
async fn what_happens_to_a_case_is_told_in_its_order_however_often_the_receiver_fails() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let world = World::of(site).await;
        let mut receiver = Receiver::new().await;
        told_at(&world, &receiver).await;
        let mut cases = Vec::new();
        for n in 0..3 {
            let case = world.file(&format!("order-{n}")).await;
            for act in ["receive", "accept"] {
                world.act(&world.officer, &case, json!({"act": act, "obtained": ["household"]})).await;
            }
            cases.push(case);
        }
        world.site.settle(AREAS).await;
        // Fails now and then: of seven that come, so many are refused, each time others.
        receiver.moody(|n| n % 7 < 4).await;
        pass(&world, 86_400).await;
        let taken = receiver.taken.lock().unwrap().clone();
        for case in &cases {
            let of: Vec<_> = taken.iter().filter(|it| it.starts_with(case.as_str())).cloned().collect();
            let expected: Vec<_> = (1..=3).map(|n| format!("{case}.{n}")).collect();
            assert_eq!(of, expected, "{}: {taken:?}", world.site.engine);
        }
        let apart = cases.iter().any(|case| {
            let of: Vec<_> = taken.iter().enumerate().filter(|it| it.1.starts_with(case.as_str())).collect();
            of.windows(2).any(|it| it[1].0 != it[0].0 + 1)
        });
        assert!(apart, "{}: one case holds up no other: {taken:?}", world.site.engine);
        assert!(outbox::waiting(&world.site.app.db).await.unwrap().is_empty(), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn what_nobody_took_for_a_day_is_set_aside_and_sent_once_more_when_somebody_says_so() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let world = World::of(site).await;
        let mut receiver = Receiver::new().await;
        let (page, admin) = told_at(&world, &receiver).await;
        let case = world.file("aside").await;
        world.site.settle(AREAS).await;
        pass(&world, 86_400).await;
        let shown = world.site.get(&admin, &page).await.body;
        assert!(shown.contains("没有送达") && shown.contains("再发一次"), "{}: {shown}", world.site.engine);
        receiver.up(OK).await;
        let (version, message) = (field(&shown, "version"), field(&shown, "message"));
        let other = [("version", version.as_str()), ("message", "of another")];
        assert_eq!(
            world.site.post(&admin, &format!("{page}/again"), &other).await.status,
            404,
            "{}",
            world.site.engine
        );
        let again = [("version", version.as_str()), ("message", message.as_str())];
        assert_eq!(
            world.site.post(&admin, &format!("{page}/again"), &again).await.status,
            303,
            "{}",
            world.site.engine
        );
        pass(&world, 60).await;
        let got = receiver.got();
        assert_eq!(got.len(), 1, "{}", world.site.engine);
        assert_eq!(got[0].headers["webhook-id"], format!("{case}.1"), "{}", world.site.engine);
        // Both secrets sign for a day after a change, then only the new one; who is stopped is told nothing.
        let version = |n: i64| [("version", n.to_string())];
        let post = async |act: &str, fields: &[(&str, &str)]| {
            world.site.post(&admin, &format!("{page}/{act}"), fields).await.status
        };
        let [v] = version(2);
        assert_eq!(post("secret", &[(v.0, &v.1)]).await, 200, "{}", world.site.engine);
        assert_eq!(post("secret", &[(v.0, &v.1)]).await, 409, "{}: somebody was first", world.site.engine);
        for (hours, signatures) in [(0, 2), (25, 1)] {
            world.site.clock.hours(hours);
            world.file(&format!("signed-{hours}")).await;
            world.site.settle(AREAS).await;
            pass(&world, 60).await;
            let last = receiver.got().pop().expect("a message");
            let count = last.headers["webhook-signature"].split(' ').count();
            assert_eq!(count, signatures, "{} after {hours} hours", world.site.engine);
        }
        let [v] = version(3);
        assert_eq!(post("stopped", &[(v.0, &v.1), ("stopped", "yes")]).await, 303, "{}", world.site.engine);
        let before = receiver.got().len();
        world.file("stopped").await;
        world.site.settle(AREAS).await;
        pass(&world, 60).await;
        assert_eq!(receiver.got().len(), before, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn an_event_that_nobody_took_is_skipped_at_the_desk_and_those_behind_it_go_out_in_their_order() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let world = World::of(site).await;
        let engine = world.site.engine;
        let mut receiver = Receiver::new().await;
        let (page, admin) = told_at(&world, &receiver).await;
        let case = world.file("skipped").await;
        for act in ["receive", "accept"] {
            world.act(&world.officer, &case, json!({"act": act, "obtained": ["household"]})).await;
        }
        world.site.settle(AREAS).await;
        pass(&world, 86_400).await;
        receiver.up(OK).await;
        pass(&world, 7_200).await;
        assert!(receiver.got().is_empty(), "{engine}: what stands behind waits");
        let shown = world.site.get(&admin, &page).await.body;
        assert_eq!(shown.matches("不再发，跳过").count(), 1, "{engine}: {shown}");
        assert_eq!(shown.matches("等同一办件的前一条送达").count(), 2, "{engine}: {shown}");
        let (version, message) = (field(&shown, "version"), field(&shown, "message"));
        let second = message.replace(&format!("{case}.1"), &format!("{case}.2"));
        let place = format!("{page}/skip");
        let post = async |who: &Visitor, version: &str, message: &str| {
            world.site.post(who, &place, &[("version", version), ("message", message)]).await
        };
        for (who, version, message, status) in [
            (&world.citizen, version.as_str(), message.as_str(), 403),
            (&admin, version.as_str(), "of another", 404),
            (&admin, "7", message.as_str(), 409),
            // It waits, and was not set aside.
            (&admin, version.as_str(), second.as_str(), 409),
            (&admin, version.as_str(), message.as_str(), 303),
            // Twice is once.
            (&admin, "2", message.as_str(), 409),
        ] {
            let answer = post(who, version, message).await;
            assert_eq!(answer.status, status, "{engine} {version} {message}: {}", answer.body);
        }
        pass(&world, 120).await;
        let got: Vec<_> = receiver.got().iter().map(|it| it.headers["webhook-id"].clone()).collect();
        assert_eq!(got, [format!("{case}.2"), format!("{case}.3")], "{engine}");
        let shown = world.site.get(&admin, &page).await.body;
        assert!(shown.contains("已跳过") && !shown.contains("不再发，跳过"), "{engine}: {shown}");
        assert_eq!(shown.matches("已送达").count(), 2, "{engine}: {shown}");
        let hook = page.rsplit('/').next().expect("an id");
        let chain = journal::history(&world.site.app.db, &format!("case-hook:{hook}")).await.expect("a chain");
        let last = chain.last().expect("an entry");
        assert!(last.kind.contains("skipped") && last.body.contains(&message), "{engine}: {last:?}");
    }
}
