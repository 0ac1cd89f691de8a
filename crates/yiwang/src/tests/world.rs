//! A place with one office that everything is of, for promises of the whole house.

use catalogue::ItemDocument;
use identity::{AuthorityFacts, NewEnterprise, NewPerson, NewPost};
use kernel::{Authority, Id, Item, Permission, Person};
use serde_json::{Value, json};
use testkit::{Site, Visitor};
use webkit::Route;

use crate::site::AREAS;

/// An item that is applied for without a file of one's own, so that cases are made quickly.
pub(super) const ITEM: &str = include_str!("../../demo/items/10-resident-id-card-replacement.json");
/// The head of a list of items.
const LIST: &str = "department,department_code,item_name,main_item,item_type,division,local_code\n";
/// Of what the product lets one have some two hundred of: a few less.
const OWN_MAX: usize = 180;
/// Numbers of people who are added; those before are taken.
const PEOPLE_FROM: usize = 1_000;

/// A site on one engine with something of everything.
pub(super) struct World {
    pub(super) site: Site,
    pub(super) authority: Id<Authority>,
    pub(super) item: Id<Item>,
    document: ItemDocument,
    pub(super) citizen: Visitor,
    pub(super) officer: Visitor,
    /// Everything, everywhere.
    pub(super) chief: Visitor,
    case: String,
    draft: String,
    made: usize,
}

fn every_permission() -> Vec<Permission> {
    AREAS.iter().flat_map(|it| it.posts).flat_map(|it| it.permissions).copied().collect()
}

/// The `n`th citizen number: a thousand a day from 1990 on.
fn citizen_number(n: usize) -> String {
    let days = time::Duration::days(i64::try_from(n / 1_000).expect("a number of days"));
    let born = time::macros::date!(1990 - 01 - 01) + days;
    let stem = format!("341602{:04}{:02}{:02}{:03}", born.year(), u8::from(born.month()), born.day(), n % 1_000);
    format!("{stem}{}", standards::iso7064::mod_11_2(&stem).expect("digits"))
}

/// The `n`th credit code of this kind.
pub(super) fn credit_code(kind: &str, n: usize) -> String {
    let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let ends = alphabet.chars().flat_map(|a| alphabet.chars().map(move |b| (a, b)));
    let mut whole = ends.map(|(a, b)| format!("{kind}341602{n:08}{a}{b}"));
    whole.find(|it| standards::CreditCode::parse(it).is_ok()).expect("check characters")
}

pub(super) fn facts(n: usize) -> AuthorityFacts {
    AuthorityFacts {
        name: format!("谯城区试验{n}局"),
        short_name: "谯试".to_owned(),
        uscc: credit_code("11", n),
        division: "341602".to_owned(),
        phone: "0558-5550100".to_owned(),
        address: "试验大道 1 号".to_owned(),
        hours: "工作日 9:00—17:00".to_owned(),
    }
}

impl World {
    /// The place, empty but for what everything hangs on.
    pub(super) async fn of(site: Site) -> Self {
        // Readers that begin with what comes later have begun.
        site.settle(AREAS).await;
        let (app, ctx) = (&site.app, site.app.system("test"));
        let divisions = "code,name,level,parent\n340000000000,安徽省,2,\n341600000000,亳州市,3,340000000000\n\
             341602000000,谯城区,4,341600000000\n";
        identity::import_divisions(&ctx, &app.db, divisions.as_bytes()).await.expect("divisions");
        let authority = identity::create_authority(&ctx, &app.db, &facts(0)).await.expect("an authority");
        let mut document: ItemDocument = serde_json::from_str(ITEM).expect("a document");
        let household = document.materials.iter_mut().find(|it| it.key == "household").expect("the household register");
        household.pledge = true;
        household.pledge_content = "户口登记的内容没有变化。".to_owned();
        household.pledge_check = "与户口登记核对。".to_owned();
        household.pledge_check_days = Some(10);
        let officer = person(&site, 900).await;
        let officer = seated(&site, officer, Some(authority)).await;
        let chief = person(&site, 901).await;
        let chief = seated(&site, chief, None).await;
        let citizen = person(&site, 902).await;
        let citizen = site.visitor(citizen, "陈志远", &[], None);
        let item = publish(&site, authority, &document).await;
        let (case, draft) = (String::new(), String::new());
        let mut world = Self { site, authority, item, document, citizen, officer, chief, case, draft, made: 0 };
        world.draft = world.post(&world.citizen, "/api/v1/drafts", json!({ "item": world.item })).await;
        world
    }

    /// Adds to everything that is listed anywhere until there are so many of it; of what one person or system can have, as many as it can.
    pub(super) async fn grow(&mut self, to: usize) {
        while self.made < to {
            self.made += 1;
            let n = self.made;
            let (app, ctx) = (&self.site.app, self.site.app.system("test"));
            let office = identity::create_authority(&ctx, &app.db, &facts(n)).await.expect("an authority");
            let officer = person(&self.site, PEOPLE_FROM + n).await;
            let post = NewPost::from_today(officer, "accept", Some(self.authority));
            identity::grant_post(&ctx, app, &post).await.expect("a post");
            if n <= OWN_MAX {
                identity::testing::organise(app, &ctx, self.authority, (officer, n)).await.expect("a unit");
                self.grow_own(n).await;
            }
            self.submit_anew(publish(&self.site, office, &self.document).await).await;
            let row = format!("{},{},备案{n},,01,341602000000,A{n}\n", facts(0).name, facts(0).uscc);
            catalogue::import_items(&ctx, &app.db, format!("{LIST}{row}").as_bytes(), &|_, _| {})
                .await
                .expect("a list");
            let case = self.file(&format!("count-{n}")).await;
            if n == 1 {
                self.case.clone_from(&case);
            }
            if n <= OWN_MAX {
                let place = format!("/api/v1/cases/{case}/claim");
                let claimed = self.site.call(&self.officer, "POST", &place, json!({})).await;
                assert_eq!(claimed.status, 200, "{}: {}", self.site.engine, claimed.body);
            }
        }
        self.site.settle(AREAS).await;
    }

    /// A revision that waits for its check at another office than the officer's.
    async fn submit_anew(&self, item: Id<Item>) {
        let (ctx, db) = (self.site.app.system("test"), &self.site.app.db);
        let version = catalogue::item(db, item).await.expect("the item").version;
        catalogue::revise(&ctx, db, item, version, &self.document).await.expect("a draft");
        catalogue::submit(&ctx, db, item, version + 1).await.expect("submitted");
    }

    /// Adds to what one person, one case or one system has.
    async fn grow_own(&self, n: usize) {
        let (app, ctx) = (&self.site.app, self.site.app.system("test"));
        let firm = NewEnterprise {
            uscc: credit_code("91", n),
            name: format!("试验{n}公司"),
            representative: self.citizen.person,
            address: String::new(),
        };
        identity::create_enterprise(&ctx, &app.db, &firm).await.expect("an enterprise");
        let citizen = self.citizen.person.expect("a person");
        let (system, _) = identity::testing::connect(app, &ctx, self.authority, citizen).await.expect("a system");
        let hook = [("address", "https://app.example.gov.cn/hooks")];
        let set = self.site.post(&self.chief, &format!("/desk/clients/{system}/hooks"), &hook).await;
        assert_eq!(set.status, 200, "{}: {}", self.site.engine, set.body);
        let note = json!({ "kind": "note", "text": "请核对户口" });
        let place = format!("/api/v1/cases/{}/notes", self.case);
        if !self.case.is_empty() {
            self.post_as(&self.officer, &place, note).await;
        }
        if n <= 20 {
            let phrase = json!({ "text": format!("符合条件，同意。{n}") });
            self.post_as(&self.officer, "/api/v1/worklist/phrases", phrase).await;
            let view = json!({ "name": format!("视图{n}"), "asked": "whose=mine" });
            self.post_as(&self.officer, "/api/v1/worklist/views", view).await;
        }
        self.post(&self.citizen, "/api/v1/drafts", json!({ "item": self.item })).await;
    }

    /// Lets the citizen sign a pledge in the place of a material and file it.
    pub(super) async fn pledge(&self) {
        let draft = self.post(&self.citizen, "/api/v1/drafts", json!({ "item": self.item })).await;
        let values = self.document.sample.as_ref().expect("a sample").form.clone();
        let saved = json!({ "version": 1, "values": values });
        let kept = self.site.call(&self.citizen, "PUT", &format!("/api/v1/drafts/{draft}"), saved).await;
        assert_eq!(kept.status, 200, "{}: {}", self.site.engine, kept.body);
        let place = format!("/api/v1/drafts/{draft}/pledges/household");
        let offered = self.site.call(&self.citizen, "GET", &place, Value::Null).await.json();
        let sent = self.site.call(&self.citizen, "POST", &format!("{place}/code"), Value::Null).await;
        assert_eq!(sent.status, 201, "{}: {}", self.site.engine, sent.body);
        let shown = self.site.get(&self.site.anonymous(), "/demo/messages").await.body;
        let code = shown.split("验证码 ").nth(1).map_or("", |it| &it[..6]);
        let body = json!({ "mark": offered["mark"], "agrees": true, "handle": sent.json()["handle"], "code": code });
        self.post_as(&self.citizen, &place, body).await;
        let filed = json!({ "draft": draft, "incomplete": true });
        self.post(&self.citizen, "/api/v1/cases", filed).await;
    }

    /// Lets the officer ask another office about the first case, which is accepted.
    pub(super) async fn opinion(&self) {
        let due = self.site.app.clock.now().legal_date() + time::Duration::days(7);
        let asked =
            json!({ "office": facts(1).name, "due": due.to_string(), "question": "人员是否在册？", "files": [] });
        self.post_as(&self.officer, &format!("/api/v1/cases/{}/opinions", self.case), asked).await;
    }

    /// Lets the officer receive and accept the first case, so that papers are made.
    pub(super) async fn accept(&self) {
        for act in ["receive", "accept"] {
            self.act(&self.officer, &self.case, json!({ "act": act, "obtained": ["household"] })).await;
        }
    }

    /// Files the item's filled example for the citizen. `key`: another one for each.
    pub(super) async fn file(&self, key: &str) -> String {
        let values = &self.document.sample.as_ref().expect("a sample").form;
        let body = json!({ "item": self.item, "values": values, "idempotency_key": key });
        self.post(&self.citizen, "/api/v1/cases", body).await
    }

    /// An act on a case at its present version, which must be carried out.
    pub(super) async fn act(&self, who: &Visitor, case: &str, mut act: Value) {
        let place = format!("/api/v1/cases/{case}");
        act["version"] = self.site.get(who, &place).await.json()["version"].clone();
        let answer = self.site.call(who, "POST", &format!("{place}/acts"), act.clone()).await;
        assert_eq!(answer.status, 200, "{} {act}: {}", self.site.engine, answer.body);
    }

    /// Puts the item out anew with this changed.
    pub(super) async fn revise(&self, change: impl FnOnce(&mut ItemDocument)) {
        let (ctx, db, mut document) = (self.site.app.system("test"), &self.site.app.db, self.document.clone());
        change(&mut document);
        let version = catalogue::item(db, self.item).await.expect("the item").version;
        catalogue::revise(&ctx, db, self.item, version, &document).await.expect("a draft");
        catalogue::publish(&ctx, db, self.item, version + 1).await.expect("published");
    }

    async fn post(&self, who: &Visitor, path: &str, body: Value) -> String {
        self.post_as(who, path, body).await["id"].as_str().expect("an id").to_owned()
    }

    async fn post_as(&self, who: &Visitor, path: &str, body: Value) -> Value {
        let answer = self.site.call(who, "POST", path, body).await;
        assert_eq!(answer.status, 201, "{} {path}: {}", self.site.engine, answer.body);
        answer.json()
    }

    /// Where this route leads to something that is there.
    pub(super) fn path(&self, route: &Route) -> String {
        let person = self.officer.person.map(|it| it.to_string()).unwrap_or_default();
        let id = match route.path.trim_start_matches("/api/v1").trim_start_matches("/desk").split('/').nth(1) {
            Some("cases") => self.case.clone(),
            Some("drafts") => self.draft.clone(),
            Some("items") => self.item.to_string(),
            Some("authorities") => self.authority.to_string(),
            _ => person,
        };
        let parts = route.path.split('/').map(|part| match part.trim_matches(['{', '}', '*']) {
            _ if !part.starts_with('{') => part.to_owned(),
            "division" | "code" => "341602000000".to_owned(),
            "number" | "n" | "version" | "section" => "1".to_owned(),
            "item" => self.item.to_string(),
            _ => id.clone(),
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

pub(super) async fn person(site: &Site, n: usize) -> Id<Person> {
    let new = NewPerson {
        paper: standards::PaperKind::Citizen,
        name: format!("试验{n}"),
        citizen_number: citizen_number(n),
        mobile: format!("139{n:08}"),
        address: "谯城区试验路 1 号".to_owned(),
        level: 3,
    };
    identity::create_person(&site.app.system("test"), &site.app, &new).await.expect("a person")
}

/// Somebody with every permission, whose posts really stand in the database.
async fn seated(site: &Site, id: Id<Person>, authority: Option<Id<Authority>>) -> Visitor {
    let grants: Vec<_> = every_permission().into_iter().map(|it| (it, authority)).collect();
    let visitor = site.visitor(id, "王窗口", &grants, None);
    identity::testing::seat(&site.app, &site.ctx(&visitor)).await.expect("a seat");
    visitor
}

/// Put out by the operator: a person would need two others to check it.
pub(super) async fn publish(site: &Site, authority: Id<Authority>, document: &ItemDocument) -> Id<Item> {
    let ctx = site.app.system("test");
    let item = catalogue::create_item(&ctx, &site.app.db, authority, document).await.expect("an item");
    let version = catalogue::item(&site.app.db, item).await.expect("the item").version;
    catalogue::publish(&ctx, &site.app.db, item, version).await.expect("published");
    item
}
