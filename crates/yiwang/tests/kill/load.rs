//! People at work: citizens apply, officers act, and all that the server acknowledges is written down.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde_json::{Value, json};
use tokio::{sync::Notify, task::JoinSet};

use crate::server::{Http, Server};

/// So many apply and act at once.
const CLIENTS: usize = 16;
/// Who applies, in turn.
const CITIZENS: [&str; 5] = ["guilan", "defu", "zhiyuan", "xiaomei", "haitao"];
/// Who handles the cases: window, review, decision.
const OFFICERS: [&str; 3] = ["chuangkou", "shenhe-minsheng", "shenpi-minsheng"];
/// Every case goes on until it is approved; each act names the officer by place.
const ACTS: [(&str, usize); 5] = [("receive", 0), ("accept", 0), ("start_review", 1), ("recommend", 1), ("approve", 2)];
/// The item that is applied for.
const ITEM: &str = "居民身份证丢失补领";

/// How the server said that a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stand {
    version: i64,
    stage: String,
}

/// What one client was told.
#[derive(Default)]
pub(crate) struct Told {
    cases: BTreeMap<String, Stand>,
    acts: usize,
    /// The application whose answer did not come: citizen and key.
    application: Option<(usize, String)>,
    /// The act whose answer did not come: case, act by place.
    act: Option<(String, usize)>,
}

impl Told {
    /// How many acts were acknowledged, filing included.
    pub(crate) fn acts(&self) -> usize {
        self.acts
    }
}

/// What all clients of one round were told.
pub(crate) struct Heard(Vec<Told>);

impl Heard {
    /// How many acts were acknowledged, filing included.
    pub(crate) fn acts(&self) -> usize {
        self.0.iter().map(Told::acts).sum()
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cases: usize = self.0.iter().map(|it| it.cases.len()).sum();
        let open = self.0.iter().filter(|it| it.application.is_some() || it.act.is_some()).count();
        write!(f, "{} acts on {cases} cases acknowledged, {open} answers lost", self.acts())
    }
}

/// Clients at work.
pub(crate) struct Load {
    clients: JoinSet<Told>,
    begun: Arc<Notify>,
}

impl Load {
    /// Sets all clients to work; who was signed in before the last shot still is.
    pub(crate) async fn start(server: &Server, record: &mut Record) -> Self {
        record.sign_in(server).await;
        record.round += 1;
        let (mut clients, begun) = (JoinSet::new(), Arc::new(Notify::new()));
        for client in 0..CLIENTS {
            let (people, item) = (record.people(server), record.item.clone());
            let keys = format!("kill-{}-{}-{client}", record.name, record.round);
            clients.spawn(work(people, item, client % CITIZENS.len(), (keys, Arc::clone(&begun))));
        }
        Self { clients, begun }
    }

    /// Waits until anything was acknowledged: on a busy machine that takes longer than the shot would wait.
    pub(crate) async fn begun(&self) {
        self.begun.notified().await;
    }

    /// What they were told, once the server is gone.
    pub(crate) async fn end(self) -> Heard {
        Heard(self.clients.join_all().await)
    }
}

/// One client after another case, until the server answers no more.
async fn work(people: People, item: String, citizen: usize, (keys, begun): (String, Arc<Notify>)) -> Told {
    let mut told = Told::default();
    for number in 1.. {
        let key = format!("{keys}-{number}");
        let Ok(filed) = people.apply(citizen, &item, &key).await else {
            told.application = Some((citizen, key));
            break;
        };
        let (case, mut stand) = filed;
        told.acts += 1;
        begun.notify_one();
        told.cases.insert(case.clone(), stand.clone());
        for act in 0..ACTS.len() {
            let Ok(after) = people.act(&case, stand.version, act).await else {
                told.act = Some((case, act));
                return told;
            };
            stand = after;
            told.acts += 1;
            told.cases.insert(case.clone(), stand.clone());
        }
    }
    told
}

/// Everybody's client.
#[derive(Clone)]
struct People {
    citizens: Vec<Http>,
    officers: Vec<Http>,
}

impl People {
    /// `Err`: no answer came.
    async fn apply(&self, citizen: usize, item: &str, key: &str) -> Result<(String, Stand), String> {
        let body = json!({ "item": item, "values": form(), "idempotency_key": key });
        let answer = self.citizens[citizen].post("/api/v1/cases", &body).await?;
        assert_eq!(answer.status, 201, "an application is refused: {}", answer.body);
        let version = answer.body["version"].as_i64().expect("a version");
        Ok((text(&answer.body, "id"), Stand { version, stage: "filed".to_owned() }))
    }

    /// `Err`: no answer came.
    async fn act(&self, case: &str, version: i64, act: usize) -> Result<Stand, String> {
        let (name, officer) = ACTS[act];
        let body = json!({
            "act": name, "version": version, "obtained": ["household"], "favour": true, "opinion": "材料齐全，符合条件。"
        });
        let answer = self.officers[officer].post(&format!("/api/v1/cases/{case}/acts"), &body).await?;
        assert_eq!(answer.status, 200, "{name} is refused: {}", answer.body);
        Ok(stand(&answer.body))
    }

    /// How the case stands now.
    async fn see(&self, case: &str) -> Stand {
        let answer = self.officers[0].get(&format!("/api/v1/cases/{case}")).await.expect("an answer");
        assert_eq!(answer.status, 200, "case {case} was acknowledged and is not there: {}", answer.body);
        stand(&answer.body)
    }
}

/// All that the server acknowledged in all rounds, and who is signed in.
#[derive(Default)]
pub(crate) struct Record {
    name: &'static str,
    round: u32,
    item: String,
    tokens: Vec<String>,
    cases: BTreeMap<String, Stand>,
    /// Cases of the last round.
    last: Vec<String>,
    applications: Vec<(usize, String)>,
    acts: Vec<(String, usize)>,
}

impl Record {
    /// A record whose keys are not those of another one of the same site.
    pub(crate) fn named(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// Signs everybody in, once: a session that was given outlives the shots too.
    async fn sign_in(&mut self, server: &Server) {
        if !self.tokens.is_empty() {
            return;
        }
        let http = server.http();
        for login in CITIZENS.iter().chain(&OFFICERS) {
            let body = json!({ "login": login, "password": "yiwang-demo-1" });
            let answer = http.post("/api/v1/sessions", &body).await.expect("an answer");
            assert_eq!(answer.status, 201, "{login}: {}", answer.body);
            self.tokens.push(text(&answer.body, "token"));
        }
        let answer = http.get(&format!("/api/v1/items?q={}", escaped(ITEM))).await.expect("an answer");
        self.item = text(&answer.body["items"][0], "id");
    }

    fn people(&self, server: &Server) -> People {
        let http = server.http();
        let (citizens, officers) = self.tokens.split_at(CITIZENS.len());
        let clients = |tokens: &[String]| tokens.iter().map(|it| http.of(it)).collect();
        People { citizens: clients(citizens), officers: clients(officers) }
    }

    /// Takes in what the clients of a round were told.
    pub(crate) fn add(&mut self, heard: Heard) {
        self.last.clear();
        for told in heard.0 {
            self.last.extend(told.cases.keys().cloned());
            self.cases.extend(told.cases);
            self.applications.extend(told.application);
            self.acts.extend(told.act);
        }
    }

    /// What had no answer was done wholly or not at all: sent again, it is done once.
    pub(crate) async fn settle(&mut self, server: &Server) {
        let people = self.people(server);
        for (citizen, key) in std::mem::take(&mut self.applications) {
            let (case, stand) = people.apply(citizen, &self.item, &key).await.expect("an answer");
            let again = people.apply(citizen, &self.item, &key).await.expect("an answer");
            assert_eq!(again, (case.clone(), stand.clone()), "what was sent again with key {key} was filed again");
            self.last.push(case.clone());
            self.cases.insert(case, stand);
        }
        for (case, act) in std::mem::take(&mut self.acts) {
            let told = self.cases[&case].clone();
            let mut now = people.see(&case).await;
            assert!(now.version >= told.version, "case {case} fell back from {told:?} to {now:?}");
            if now == told {
                now = people.act(&case, now.version, act).await.expect("an answer");
            }
            self.cases.insert(case, now);
        }
    }

    /// Every case of the last round stands as it was acknowledged.
    pub(crate) async fn check_last(&self, server: &Server) {
        let cases = self.last.iter().map(|it| (it.clone(), self.cases[it].clone())).collect();
        check(&self.people(server), cases).await;
    }

    /// Every case of all rounds does.
    pub(crate) async fn check_all(&self, server: &Server) {
        let cases = self.cases.iter().map(|it| (it.0.clone(), it.1.clone())).collect();
        check(&self.people(server), cases).await;
    }
}

async fn check(people: &People, cases: Vec<(String, Stand)>) {
    let mut checks = JoinSet::new();
    for part in cases.chunks(cases.len().div_ceil(CLIENTS).max(1)) {
        let (people, part) = (people.clone(), part.to_vec());
        checks.spawn(async move {
            for (case, told) in part {
                assert_eq!(people.see(&case).await, told, "case {case} is not as it was acknowledged");
            }
        });
    }
    checks.join_all().await;
}

/// The form of the demo's own application for the item.
fn form() -> Value {
    json!({
        "name": "李桂兰", "citizen_number": "341602194803120026", "mobile": "13900000001",
        "address": "安徽省亳州市谯城区薛阁街道演示社区 1 号楼 101 室", "under_sixteen": false, "lost_date": "2026-11-10",
        "lost_place": "菜市场附近，不详", "receive": "邮寄到家",
        "post_address": "安徽省亳州市谯城区薛阁街道演示社区 1 号楼 101 室", "need_temporary": false
    })
}

fn stand(body: &Value) -> Stand {
    let version = body["version"].as_i64().unwrap_or_else(|| panic!("no version in {body}"));
    Stand { version, stage: text(body, "stage") }
}

fn text(body: &Value, field: &str) -> String {
    body[field].as_str().unwrap_or_else(|| panic!("no {field} in {body}")).to_owned()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|it| format!("%{it:02X}")).collect()
}
