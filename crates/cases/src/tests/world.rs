//! A county with one office, its item, an applicant and the four posts.

use std::{any::Any, sync::Arc};

use catalogue::ItemDocument;
use identity::{AuthorityFacts, NewEnterprise, NewPerson};
use kernel::{Authority, Ctx, Holder, Id, Item, Permission};
use serde_json::{Value, json};
use testkit::{Answer, Site, Visitor};
use webkit::Area;

use crate::{ACCEPT, CaseId, DECIDE, FILE_AT_WINDOW, HEAD, ISSUE, REVIEW, SEE};

pub(super) static AREAS: &[&Area] = &[&identity::AREA, &catalogue::AREA, &portal::AREA, &crate::AREA];

/// What the areas keep in memory.
pub(super) fn own(_: &storage::Db) -> Vec<Arc<dyn Any + Send + Sync>> {
    let mut parts = catalogue::own();
    parts.extend(portal::own(None));
    parts.extend(crate::parts_with(testkit::fonts()).expect("the shipped words"));
    parts.push(identity::callers(AREAS.iter().flat_map(|it| it.posts).copied()));
    parts
}

/// The food licence: promised within eight working days, a hearing possible, one material may follow.
pub(super) const LICENCE: &str = include_str!("../../../yiwang/demo/items/01-food-business-licence.json");
/// An allowance for natural persons.
pub(super) const ALLOWANCE: &str = include_str!("../../../yiwang/demo/items/05-old-age-allowance.json");

pub(super) const PDF: &[u8] = b"%PDF-1.7\n% a page";

pub(super) struct World {
    pub(super) site: Site,
    pub(super) authority: Id<Authority>,
    pub(super) item: Id<Item>,
    pub(super) document: ItemDocument,
    pub(super) applicant: Visitor,
    pub(super) holder: Holder,
    pub(super) accept: Visitor,
    pub(super) review: Visitor,
    pub(super) decide: Visitor,
    pub(super) issue: Visitor,
    /// The head of the organ.
    pub(super) head: Visitor,
}

/// A world on each engine at hand, with the food licence in use.
pub(super) async fn worlds() -> Vec<World> {
    let mut out = Vec::new();
    for site in testkit::sites_with(AREAS, own, None).await {
        out.push(World::of(site, LICENCE).await);
    }
    out
}

/// The same with an item for natural persons.
pub(super) async fn worlds_for_persons() -> Vec<World> {
    let mut out = Vec::new();
    for site in testkit::sites_with(AREAS, own, None).await {
        out.push(World::of(site, ALLOWANCE).await);
    }
    out
}

impl World {
    pub(super) async fn of(site: Site, text: &str) -> Self {
        let system = site.app.system("test");
        let facts = AuthorityFacts {
            name: "谯城区市场监督管理局（试验）".to_owned(),
            short_name: "谯市监".to_owned(),
            uscc: "113416020030000011".to_owned(),
            division: "341602".to_owned(),
            phone: "0558-5550100".to_owned(),
            address: "试验大道 1 号".to_owned(),
            hours: "工作日 9:00—17:00".to_owned(),
        };
        let facts = AuthorityFacts { uscc: credit_code("1134160200300001"), ..facts };
        let authority = identity::create_authority(&system, &site.app.db, &facts).await.expect("an authority");
        let document: ItemDocument = serde_json::from_str(text).expect("a document");
        let item = catalogue::create_item(&system, &site.app.db, authority, &document).await.expect("an item");
        let version = catalogue::item(&site.app.db, item).await.expect("the item").version;
        catalogue::publish(&system, &site.app.db, item, version).await.expect("published");
        let (applicant, holder) = applicant(&site, &document).await;
        let accept = officer(&site, "王窗口", &[SEE, ACCEPT, FILE_AT_WINDOW], authority).await;
        let review = officer(&site, "李审核", &[SEE, REVIEW], authority).await;
        let decide = officer(&site, "何审批", &[SEE, DECIDE], authority).await;
        let issue = officer(&site, "钱发证", &[SEE, ISSUE], authority).await;
        let head = officer(&site, "马局长", &[SEE, HEAD], authority).await;
        Self { site, authority, item, document, applicant, holder, accept, review, decide, issue, head }
    }

    pub(super) fn ctx(&self, who: &Visitor) -> Ctx {
        self.site.ctx(who)
    }

    /// Answers of the form that are in order.
    pub(super) fn values(&self) -> Value {
        self.document.sample.as_ref().expect("a sample").form.clone()
    }

    /// Files an application by API with every material that is needed, and gives the case.
    pub(super) async fn filed(&self) -> CaseId {
        let draft = self
            .call(
                "POST",
                &self.applicant,
                "/api/v1/drafts",
                json!({"item": self.item.to_string(), "values": self.values()}),
            )
            .await;
        assert_eq!(draft.status, 201, "{}: {}", self.site.engine, draft.body);
        let draft = draft.json();
        let id = draft["id"].as_str().expect("an id").to_owned();
        for material in draft["materials"].as_array().expect("materials") {
            let wanted = material["required"] == true || material["may_follow"] == true;
            if wanted && material["from_form"] == false {
                self.upload(&self.applicant, &format!("/api/v1/drafts/{id}"), material["key"].as_str().expect("a key"))
                    .await;
            }
        }
        let filed = self.call("POST", &self.applicant, "/api/v1/cases", json!({"draft": id})).await;
        assert_eq!(filed.status, 201, "{}: {}", self.site.engine, filed.body);
        assert_eq!(filed.json()["id"], id.as_str());
        id.parse().expect("an id")
    }

    pub(super) async fn upload(&self, who: &Visitor, place: &str, material: &str) {
        let path = format!("{place}/materials/{material}?name=%E6%9D%90%E6%96%99.pdf");
        let answer = self.site.send(who, ("POST", &path), "application/octet-stream", PDF.to_vec()).await;
        assert_eq!(answer.status, 201, "{}: {}", self.site.engine, answer.body);
    }

    pub(super) async fn call(&self, method: &str, who: &Visitor, path: &str, body: Value) -> Answer {
        self.site.call(who, method, path, body).await
    }

    /// The version of a case.
    pub(super) async fn version(&self, id: CaseId) -> i64 {
        crate::service::load(&self.site.app, id).await.expect("a case").head.version
    }

    /// The stage of a case.
    pub(super) async fn stage(&self, id: CaseId) -> String {
        crate::service::load(&self.site.app, id).await.expect("a case").case.stage().code().to_owned()
    }

    /// An act by API at the case's present version.
    pub(super) async fn try_act(&self, who: &Visitor, id: CaseId, mut act: Value) -> Answer {
        act["version"] = self.version(id).await.into();
        self.call("POST", who, &format!("/api/v1/cases/{id}/acts"), act).await
    }

    /// An act that must be carried out.
    pub(super) async fn act(&self, who: &Visitor, id: CaseId, act: Value) {
        let name = act["act"].clone();
        let answer = self.try_act(who, id, act).await;
        assert_eq!(answer.status, 200, "{name} on {}: {}", self.site.engine, answer.body);
    }

    /// A case that is accepted.
    pub(super) async fn accepted(&self) -> CaseId {
        let id = self.filed().await;
        self.act(&self.accept, id, json!({"act": "accept"})).await;
        id
    }

    /// A case that is accepted, reviewed and waits for the decision.
    pub(super) async fn for_decision(&self) -> CaseId {
        let id = self.accepted().await;
        self.act(&self.review, id, json!({"act": "start_review"})).await;
        self.act(&self.review, id, json!({"act": "recommend", "favour": true, "opinion": "符合条件"})).await;
        id
    }

    /// Publishes another item of the same authority.
    pub(super) async fn publish(&self, document: &ItemDocument) -> Id<Item> {
        let (system, db) = (self.site.app.system("test"), &self.site.app.db);
        let item = catalogue::create_item(&system, db, self.authority, document).await.expect("an item");
        let version = catalogue::item(db, item).await.expect("the item").version;
        catalogue::publish(&system, db, item, version).await.expect("published");
        item
    }

    /// Publishes the next version of the item.
    pub(super) async fn revise(&self, change: impl FnOnce(&mut ItemDocument)) {
        let db = &self.site.app.db;
        let ctx = self.site.app.system("test");
        let mut document = self.document.clone();
        change(&mut document);
        let version = async || catalogue::item(db, self.item).await.expect("the item").version;
        catalogue::revise(&ctx, db, self.item, version().await, &document).await.expect("a draft");
        catalogue::publish(&ctx, db, self.item, version().await).await.expect("published");
    }

    pub(super) async fn settle(&self) {
        self.site.settle(AREAS).await;
    }
}

/// An officer with these permissions whose post really stands in the database.
pub(super) async fn officer(site: &Site, name: &str, may: &[Permission], authority: Id<Authority>) -> Visitor {
    let id = person(site, name).await;
    let grants: Vec<_> = may.iter().map(|it| (*it, Some(authority))).collect();
    let visitor = site.visitor(id, name, &grants, None);
    identity::testing::seat(&site.app, &site.ctx(&visitor)).await.expect("a seat");
    visitor
}

/// Somebody whom the platform knows.
pub(super) async fn person(site: &Site, name: &str) -> Id<kernel::Person> {
    let system = site.app.system("test");
    let serial = u16::from_be_bytes(system.random_bytes()) % 1_000;
    let new = NewPerson {
        paper: standards::PaperKind::Citizen,
        name: name.to_owned(),
        citizen_number: citizen_number(serial),
        mobile: format!("139{:08}", u32::from(serial)),
        address: "谯城区试验路 1 号".to_owned(),
        level: 3,
    };
    match identity::create_person(&system, &site.app, &new).await {
        Ok(id) => id,
        Err(_) => Box::pin(person(site, name)).await,
    }
}

async fn applicant(site: &Site, document: &ItemDocument) -> (Visitor, Holder) {
    let id = person(site, "陈志远").await;
    if document.serves_persons() {
        return (site.visitor(id, "陈志远", &[], None), Holder::Person(id));
    }
    let new = NewEnterprise {
        uscc: credit_code("9234160200300001"),
        name: "谯城区志远牛肉馍店（试验）".to_owned(),
        representative: Some(id),
        address: "试验路 8 号".to_owned(),
    };
    let system = site.app.system("test");
    let enterprise = identity::create_enterprise(&system, &site.app.db, &new).await.expect("an enterprise");
    let holder = Holder::Enterprise(enterprise);
    (site.visitor(id, "陈志远", &[], Some(holder)), holder)
}

/// A citizen number of Qiaocheng with the right check character.
pub(super) fn citizen_number(serial: u16) -> String {
    let body = format!("34160219900101{serial:03}");
    let found = "0123456789X".chars().map(|check| format!("{body}{check}"));
    found.into_iter().find(|it| standards::CitizenNumber::parse(it).is_ok()).expect("a check character")
}

/// A credit code with both its check characters.
pub(super) fn credit_code(head: &str) -> String {
    let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let ends = alphabet.chars().flat_map(|a| alphabet.chars().map(move |b| (a, b)));
    let found = ends.map(|(a, b)| format!("{head}{a}{b}")).find(|it| standards::CreditCode::parse(it).is_ok());
    found.expect("check characters")
}
