//! `yiwang walk`: one whole case through the public HTTP API of a fresh site, correction and special procedure included.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    child::Server,
    demo::Content,
    http::{Answer, Http},
    outcome::Failed,
    settings::Settings,
};

/// The item that is walked, and who walks.
const ITEM: &str = "food-business-licence";
const APPLICANT: &str = "zhiyuan";
const CLERK: &str = "chuangkou";
const REVIEWER: &str = "shenhe-shijian";
const DECIDER: &str = "shenpi-shijian";
const ISSUER: &str = "fazheng";
/// Papers are made beside the acts; so long at most is waited for them.
const PAPERS: Duration = Duration::from_secs(15);

/// Makes a fresh site, walks, prints the timeline.
pub(crate) async fn run(settings: &Settings, json: bool) -> Result<(), Failed> {
    let temporary = tempfile::tempdir()?;
    let mut settings = settings.clone();
    if settings.data.join("site.toml").exists() {
        settings.data = temporary.path().join("site");
    }
    let mut words = vec!["demo".to_owned(), "--data".to_owned(), settings.data.display().to_string()];
    if let Some(url) = &settings.database {
        words.extend(["--database".to_owned(), url.clone()]);
    }
    let server = Server::start(&words, "/health").await?;
    let walk = Walk { base: Http::new(&server.base), content: Content::read()?, quiet: json };
    let told = walk.walk().await?;
    if json {
        println!("{told}");
    }
    Ok(())
}

struct Walk {
    base: Http,
    content: Content,
    quiet: bool,
}

/// A case under way: who speaks next is given with each act.
struct Case {
    id: String,
    number: String,
}

impl Walk {
    async fn walk(&self) -> Result<Value, Failed> {
        let (citizen, clerk) = (self.sign_in(APPLICANT).await?, self.sign_in(CLERK).await?);
        let case = self.file(&citizen).await?;
        self.say(&format!("申请已提交，办件编号 {}", case.number));
        self.act(&case, &clerk, json!({ "act": "receive" })).await?;
        let faults = json!([{ "about": "rules", "what": "缺少食品安全管理制度清单，请补交。" }]);
        self.act(&case, &clerk, json!({ "act": "ask_correction", "faults": faults })).await?;
        self.refused(&case, &clerk, json!({ "act": "ask_correction", "faults": faults })).await?;
        self.upload(&citizen, &format!("/api/v1/cases/{}/materials/rules", case.id), "食品安全管理制度清单.pdf")
            .await?;
        self.act(&case, &citizen, json!({ "act": "supply" })).await?;
        self.act(&case, &clerk, json!({ "act": "accept", "owed": ["manager"] })).await?;
        self.decide(&case, &citizen).await?;
        self.end(&case, &citizen).await
    }

    async fn decide(&self, case: &Case, citizen: &Http) -> Result<(), Failed> {
        let (reviewer, decider, issuer) =
            (self.sign_in(REVIEWER).await?, self.sign_in(DECIDER).await?, self.sign_in(ISSUER).await?);
        self.act(case, &reviewer, json!({ "act": "start_review" })).await?;
        let hearing =
            json!({ "act": "start_special", "procedure": "鉴定", "days": 20, "reason": "申请材料需要鉴定。" });
        self.act(case, &reviewer, hearing).await?;
        self.refused(case, &decider, json!({ "act": "approve", "opinion": "特别程序期间不得决定" })).await?;
        self.act(
            case,
            &reviewer,
            json!({ "act": "end_special", "result": "鉴定结束，材料属实。", "experts": "亳州市司法鉴定所（演示）" }),
        )
        .await?;
        let opinion =
            json!({ "act": "recommend", "favour": true, "opinion": "材料齐全，现场核查合格，建议准予许可。" });
        self.act(case, &reviewer, opinion).await?;
        self.act(case, &decider, json!({ "act": "approve", "opinion": "符合法定条件，准予许可。" })).await?;
        self.refused(case, &issuer, json!({ "act": "issue", "documents": ["演示证 1 号"] })).await?;
        self.upload(citizen, &format!("/api/v1/cases/{}/materials/manager", case.id), "任命文件.pdf").await?;
        self.act(case, citizen, json!({ "act": "supply_owed" })).await?;
        self.act(case, &issuer, json!({ "act": "issue", "documents": ["演示证 1 号"] })).await?;
        self.act(case, &issuer, json!({ "act": "deliver", "way": "window", "proof": "申请人当面签收" })).await
    }

    /// Waits until all papers are made, and prints what the applicant sees.
    async fn end(&self, case: &Case, citizen: &Http) -> Result<Value, Failed> {
        let until = std::time::Instant::now() + PAPERS;
        let detail = loop {
            let detail = expect(citizen.get(&format!("/api/v1/cases/{}", case.id)).await?)?;
            let papers = detail["papers"].as_array().cloned().unwrap_or_default();
            if !papers.is_empty() && papers.iter().all(|it| it["made_at"].as_str().is_some_and(|at| !at.is_empty())) {
                break detail;
            }
            if std::time::Instant::now() > until {
                return Err(Failed::Platform(format!("the papers were not made in time: {}", detail["papers"])));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        for paper in detail["papers"].as_array().into_iter().flatten() {
            let path = format!("/api/v1/cases/{}/papers/{}", case.id, paper["number"]);
            let pdf = citizen.get(&path).await?;
            if !pdf.body.starts_with(b"%PDF") {
                return Err(Failed::Platform(format!("{path} is no PDF: {}", pdf.status)));
            }
            self.say(&format!(
                "文书：{}（PDF {} KB）",
                paper["title"].as_str().unwrap_or_default(),
                pdf.body.len() / 1024
            ));
        }
        let timeline = expect(citizen.get(&format!("/api/v1/cases/{}/timeline", case.id)).await?)?;
        self.say("办件轨迹：");
        for entry in timeline.as_array().into_iter().flatten() {
            let text = |field: &str| entry[field].as_str().unwrap_or_default().to_owned();
            self.say(&format!("  {}  {}（{}）", text("when"), text("title"), text("who")));
        }
        self.say(&format!("当前状态：{}", detail["stage_name"].as_str().unwrap_or_default()));
        Ok(json!({ "case": case.number, "stage": detail["stage"], "timeline": timeline, "papers": detail["papers"] }))
    }

    fn say(&self, text: &str) {
        if !self.quiet {
            println!("{text}");
        }
    }

    async fn sign_in(&self, login: &str) -> Result<Http, Failed> {
        let person = self.content.people.iter().find(|it| it.login == login);
        let password = person.map_or("", |it| it.password.as_str());
        let answer = self.base.post("/api/v1/sessions", &json!({ "login": login, "password": password })).await?;
        let token = expect(answer)?["token"].as_str().unwrap_or_default().to_owned();
        Ok(self.base.with_token(token))
    }

    async fn file(&self, citizen: &Http) -> Result<Case, Failed> {
        let sample = self.content.cases.iter().find(|it| it.item == ITEM);
        let values = sample.map(|it| it.form.clone()).unwrap_or_default();
        let item = self.content.items.iter().find(|it| it.slug == ITEM);
        let name = item.map_or("", |it| it.document.name.as_str());
        let query: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let found = expect(citizen.get(&format!("/api/v1/items?q={query}")).await?)?;
        let listed = found["items"].as_array().cloned().unwrap_or_default();
        let listed = listed.iter().find(|it| it["name"] == json!(name) && it["state"] == json!("published"));
        let id = listed.and_then(|it| it["id"].as_str()).unwrap_or_default().to_owned();
        let draft = expect(citizen.post("/api/v1/drafts", &json!({ "item": id, "values": values })).await?)?;
        let draft = draft["id"].as_str().unwrap_or_default().to_owned();
        self.upload(citizen, &format!("/api/v1/drafts/{draft}/materials/layout"), "布局图.pdf").await?;
        let filed = citizen.post("/api/v1/cases", &json!({ "draft": draft, "incomplete": true })).await?;
        let filed = expect(filed)?;
        let text = |field: &str| filed[field].as_str().unwrap_or_default().to_owned();
        Ok(Case { id: text("id"), number: text("number") })
    }

    async fn upload(&self, citizen: &Http, path: &str, name: &str) -> Result<(), Failed> {
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let body =
            bytes::Bytes::from_static(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
        let sent = citizen
            .send(hyper::Method::POST, &format!("{path}?name={name}"), ("application/octet-stream", body))
            .await?;
        expect(sent).map(drop)
    }

    async fn ask(&self, case: &Case, who: &Http, mut act: Value) -> Result<Answer, Failed> {
        let seen = expect(who.get(&format!("/api/v1/cases/{}", case.id)).await?)?;
        act["version"] = seen["version"].clone();
        who.post(&format!("/api/v1/cases/{}/acts", case.id), &act).await
    }

    async fn act(&self, case: &Case, who: &Http, act: Value) -> Result<(), Failed> {
        let name = act["act"].clone();
        let done = self.ask(case, who, act).await?;
        let stage = expect(done).map_err(|failed| Failed::Platform(format!("{name}: {failed:?}")))?;
        self.say(&format!(
            "{:<16} → {}",
            name.as_str().unwrap_or_default(),
            stage["stage_name"].as_str().unwrap_or_default()
        ));
        Ok(())
    }

    /// What the law forbids must be refused with a reason.
    async fn refused(&self, case: &Case, who: &Http, act: Value) -> Result<(), Failed> {
        let name = act["act"].as_str().unwrap_or_default().to_owned();
        let answer = self.ask(case, who, act).await?;
        if !answer.status.is_client_error() {
            return Err(Failed::Platform(format!("{name} should have been refused: {}", answer.status)));
        }
        let reason = answer.json()?["detail"].as_str().unwrap_or_default().to_owned();
        self.say(&format!("{name:<16} ✗ {reason}"));
        Ok(())
    }
}

fn expect(answer: Answer) -> Result<Value, Failed> {
    if answer.status.is_success() {
        answer.json()
    } else {
        Err(Failed::Platform(format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body))))
    }
}
