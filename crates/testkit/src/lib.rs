//! What every test stands on: a site on every engine, a clock that moves only when told, seeded randomness, people with posts.
//!
//! ```ignore
//! for site in testkit::sites(&[&crate::AREA]).await {
//!     let li = site.person("李四", &[(ACCEPT, None)]);
//!     assert_eq!(site.get(&li, "/desk/cases").await.status, 200, "{}", site.engine);
//! }
//! ```

mod browser;
mod world;

pub use browser::{Answer, Visitor};
pub use world::{Draw, NOON, Ticker, fonts, fresh_database, postgres_url};

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex},
};

use kernel::{
    Actor, Authority, Channel, Ctx, Grant, Holder, Id, Item, Mandate, PAGE_MAX, PageAsk, Permission, Person, Random,
    Who,
};
use webkit::{App, Area, Callers, Parts, Session, SiteInfo};

/// The same site once more, on the same database: with things of its own in memory, and with what is changed of its parts.
#[must_use]
pub fn altered(
    app: &App,
    areas: &[&'static Area],
    own: Vec<Arc<dyn Any + Send + Sync>>,
    change: impl FnOnce(&mut Parts),
) -> App {
    let mut parts = Parts {
        db: app.db.clone(),
        vault: app.vault.clone(),
        blobs: app.blobs.clone(),
        clock: Arc::clone(&app.clock),
        random: Arc::clone(&app.random),
        callers: Arc::clone(&app.callers),
        site: app.site.clone(),
        own,
    };
    change(&mut parts);
    App::new(parts, areas)
}

/// A site with these areas on a fresh database of one engine. Its folder and database are gone when it is dropped.
pub struct Site {
    /// `sqlite` or `postgres`, for messages of failed assertions.
    pub engine: &'static str,
    /// The site.
    pub app: App,
    /// Its clock.
    pub clock: Arc<Ticker>,
    pub(crate) router: webkit::axum::Router,
    people: Arc<People>,
    folder: tempfile::TempDir,
    settings: storage::Settings,
    _database: world::Database,
}

/// What else a site needs: things of the areas kept in memory.
pub type Own = fn(&storage::Db) -> Vec<Arc<dyn Any + Send + Sync>>;

/// A site on each engine at hand: SQLite always, PostgreSQL if `TEST_PG` names a server.
pub async fn sites(areas: &[&'static Area]) -> Vec<Site> {
    sites_with(areas, |_| Vec::new(), None).await
}

/// As [`sites`], with things of the areas kept in memory and, if the test is of sign-in itself, the real callers.
pub async fn sites_with(areas: &[&'static Area], own: Own, callers: Option<Arc<dyn Callers>>) -> Vec<Site> {
    sites_of(areas, own, (callers, true)).await
}

/// As [`sites_with`], of sites that are no demos: messages leave through the outbox.
pub async fn sites_in_earnest(areas: &[&'static Area], own: Own) -> Vec<Site> {
    sites_of(areas, own, (None, false)).await
}

async fn sites_of(areas: &[&'static Area], own: Own, (callers, demo): (Option<Arc<dyn Callers>>, bool)) -> Vec<Site> {
    let mut out = Vec::new();
    for engine in ["sqlite", "postgres"] {
        if let Some(site) = site(engine, areas, own, (callers.clone(), demo)).await {
            out.push(site);
        }
    }
    out
}

async fn site(
    engine: &'static str,
    areas: &[&'static Area],
    own: Own,
    (callers, demo): (Option<Arc<dyn Callers>>, bool),
) -> Option<Site> {
    let folder = tempfile::tempdir().expect("a folder of its own");
    let migrations: Vec<_> = [storage::MIGRATIONS, journal::MIGRATIONS, vault::MIGRATIONS]
        .into_iter()
        .chain(areas.iter().map(|it| it.migrations))
        .flatten()
        .copied()
        .collect();
    let (settings, database) = world::migrated_database(engine, folder.path(), &migrations).await?;
    let db = storage::Db::open(&settings).await.expect("the database opens");
    db.migrate(&migrations).await.expect("migrations apply");
    let clock = Arc::new(Ticker::at(NOON));
    let random: Arc<dyn Random> = Arc::new(Draw::seeded(7));
    let people = Arc::new(People::default());
    let seed = Ctx::new(Actor::system("test"), NOON, Arc::clone(&random));
    let parts = Parts {
        vault: vault::Vault::new(db.clone(), vault::MasterKeys::generate(&seed)),
        blobs: storage::Blobs::open(folder.path()).expect("files open"),
        own: own(&db),
        db,
        clock: Arc::clone(&clock) as Arc<dyn kernel::Clock>,
        random,
        callers: callers.unwrap_or_else(|| Arc::clone(&people) as Arc<dyn Callers>),
        site: SiteInfo {
            name: "试验市政务服务网".to_owned(),
            division: "341600000000".to_owned(),
            phone: "12345".to_owned(),
            demo,
            address: "http://127.0.0.1".to_owned(),
            trusted_proxies: Vec::new(),
        },
    };
    let app = App::new(parts, areas);
    let router = webkit::service(&app, areas);
    Some(Site { engine, app, clock, router, people, folder, settings, _database: database })
}

impl Site {
    /// A person who is signed in, with these permissions, each at one authority or at all.
    pub fn person(&self, name: &str, grants: &[(Permission, Option<Id<Authority>>)]) -> Visitor {
        let id = self.app.system("test").new_id::<Person>();
        self.visitor(id, name, grants, None)
    }

    /// A person known under this id, who acts for `holder` if that is somebody else.
    pub fn visitor(
        &self,
        id: Id<Person>,
        name: &str,
        grants: &[(Permission, Option<Id<Authority>>)],
        on_behalf_of: Option<Holder>,
    ) -> Visitor {
        let post = self.app.system("test").new_id();
        let grant = |it: &(Permission, Option<Id<Authority>>)| Grant::of(it.0, it.1, post);
        let grants = grants.iter().map(grant).collect();
        let (who, name) = (Who::Person(id), name.to_owned());
        let actor = Actor { who, name, on_behalf_of, grants, ..Actor::anonymous(Channel::Web) };
        let token = format!("test-{id}-{}", self.people.0.lock().expect("people").len());
        self.people.0.lock().expect("people").insert(token.clone(), actor);
        Visitor { token: Some(token), person: Some(id) }
    }

    /// A person known under this id who acts for `holder` by this mandate.
    ///
    /// # Panics
    /// If the site's people cannot be read.
    pub fn acting(&self, id: Id<Person>, name: &str, holder: Holder, mandate: Mandate) -> Visitor {
        let visitor = self.visitor(id, name, &[], Some(holder));
        let mut people = self.people.0.lock().expect("people");
        if let Some(actor) = visitor.token.as_ref().and_then(|it| people.get_mut(it)) {
            actor.mandate = Some(mandate);
        }
        drop(people);
        visitor
    }

    /// A machine at the API (a client of the OpenID Provider), with these permissions; nobody at pages.
    pub fn machine(&self, name: &str, grants: &[(Permission, Option<Id<Authority>>)]) -> Visitor {
        let visitor = self.person(name, grants);
        let mut people = self.people.0.lock().expect("people");
        if let Some(actor) = visitor.token.as_ref().and_then(|it| people.get_mut(it)) {
            actor.who = Who::Client(self.app.system("test").new_id());
            actor.channel = Channel::Api;
        }
        Visitor { person: None, ..visitor }
    }

    /// Binds what this visitor may to one item.
    ///
    /// # Panics
    /// If the site's people cannot be read.
    pub fn bind(&self, visitor: &Visitor, item: Id<Item>) {
        let mut people = self.people.0.lock().expect("people");
        if let Some(actor) = visitor.token.as_ref().and_then(|it| people.get_mut(it)) {
            actor.grants.iter_mut().for_each(|it| it.item = Some(item));
        }
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn anonymous(&self) -> Visitor {
        Visitor { token: None, person: None }
    }

    /// A context of this visitor at the present instant, for calling services directly.
    ///
    /// # Panics
    /// If the visitor is of another site.
    #[must_use]
    pub fn ctx(&self, visitor: &Visitor) -> Ctx {
        let actor = match &visitor.token {
            Some(token) => self.people.0.lock().expect("people").get(token).expect("a visitor of this site").clone(),
            None => Actor::anonymous(Channel::Web),
        };
        self.app.ctx(actor)
    }

    /// Another node of the same site: with things of its own in memory and, on a server, its own hold on the database; clock, keys and
    /// files are the site's.
    ///
    /// # Panics
    /// If the database does not open.
    pub async fn other_node(&self, areas: &[&'static Area], own: Own) -> App {
        let db = match self.engine {
            // One process at a time holds a folder.
            "sqlite" => self.app.db.clone(),
            _ => storage::Db::open(&self.settings).await.expect("the database opens once more"),
        };
        let keys = vault::MasterKeys::clone(&self.app.vault.keys());
        altered(&self.app, areas, own(&db), |it| {
            it.vault = vault::Vault::new(db.clone(), keys);
            it.db = db;
            it.random = Arc::new(Draw::seeded(8));
        })
    }

    /// The site's folder.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// All rows of a list as it is written out for this visitor; `asked` is what stands behind `?` in the address of its page.
    ///
    /// # Errors
    /// What the list refuses.
    ///
    /// # Panics
    /// If there is no such list, or a row has other cells than the list has columns.
    pub async fn written(&self, who: &Visitor, list: &str, asked: &str) -> kernel::Result<Vec<Vec<String>>> {
        let list = self.app.lists().iter().find(|it| it.code == list).expect("a list of this code");
        let (ctx, mut out) = (self.ctx(who), Vec::new());
        let mut ask = PageAsk { after: None, limit: PAGE_MAX };
        loop {
            let page = (list.rows)(&ctx, &self.app, asked, &ask).await?;
            assert!(page.items.iter().all(|it| it.len() == list.columns.len()), "{}: {:?}", list.code, page.items);
            out.extend(page.items);
            let Some(next) = page.next else { return Ok(out) };
            ask.after = Some(next.parse()?);
        }
    }

    /// Numbers what was committed and lets every reader of these areas take all there is.
    ///
    /// # Panics
    /// If a reader fails.
    pub async fn settle(&self, areas: &[&'static Area]) {
        let sequencer = journal::Sequencer { holder: "test".to_owned() };
        let ctx = self.app.system("test");
        let readers: Vec<_> = areas.iter().flat_map(|it| (it.readers)(&self.app)).collect();
        loop {
            let mut moved = sequencer.run(&self.app.db, &ctx).await.expect("the sequencer runs").unwrap_or(0);
            for reader in &readers {
                moved += journal::feed::advance(&self.app.db, &ctx, reader.as_ref()).await.expect("the reader reads");
            }
            if moved == 0 {
                return;
            }
        }
    }
}

/// Signed-in people by token.
#[derive(Default)]
struct People(Mutex<HashMap<String, Actor>>);

#[async_trait::async_trait]
impl Callers for People {
    async fn session(&self, _app: &App, token: &str, channel: Channel) -> kernel::Result<Option<Session>> {
        let found = self.0.lock().expect("people").get(token).cloned();
        // A machine has no business at pages.
        let found = found.filter(|it| channel == Channel::Api || !matches!(it.who, Who::Client(_)));
        Ok(found.map(|actor| Session { actor: Actor { channel, ..actor }, acting_for: None, may_switch: false }))
    }
}
