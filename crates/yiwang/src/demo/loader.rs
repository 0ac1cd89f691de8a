//! Loads the demo through the platform's own functions, step by visible step.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use identity::{AuthorityFacts, NewAccount, NewEnterprise, NewPerson, NewPost};
use indicatif::{ProgressBar, ProgressStyle};
use kernel::{
    Actor, Authority, Channel, Ctx, Enterprise, Grant, Holder, Id, Item, Moment, Person, PostRow, Random, Who,
};
use time::Date;
use webkit::App;

use crate::{
    demo::{
        Content,
        content::{DIVISIONS, DemoPerson, ITEMS},
        letters::Letters,
        lives, relations, sites,
    },
    outcome::Failed,
    site::{AREAS, Site},
};

/// The site is as if it had been made so many days ago, so that its cases have a past.
const SITE_AGE_DAYS: i64 = 60;

/// A post that somebody holds: its kind, where, and its row.
type Held = (String, Option<Id<Authority>>, Id<PostRow>);

/// Who is who, once loaded.
pub(crate) struct Loaded {
    pub(crate) authorities: BTreeMap<String, Id<Authority>>,
    pub(crate) people: BTreeMap<String, Id<Person>>,
    pub(crate) enterprises: BTreeMap<String, Id<Enterprise>>,
    pub(crate) items: BTreeMap<String, Id<Item>>,
    posts: HashMap<Id<Person>, Vec<Held>>,
}

/// The demo being loaded.
pub(crate) struct Loading<'a> {
    pub(crate) app: &'a App,
    pub(crate) content: &'a Content,
    pub(crate) who: Loaded,
    random: Arc<dyn Random>,
}

/// Loads all of it, showing each step; gives who is who.
pub(crate) async fn load(site: &Site, content: &Content) -> Result<Loaded, Failed> {
    let who = Loaded {
        authorities: BTreeMap::new(),
        people: BTreeMap::new(),
        enterprises: BTreeMap::new(),
        items: BTreeMap::new(),
        posts: HashMap::new(),
    };
    let mut loading = Loading { app: &site.app, content, who, random: Arc::new(kernel::SystemRandom) };
    let then = site.app.clock.now().plus_seconds(-SITE_AGE_DAYS * 86_400);
    loading.places(&loading.system(then)).await?;
    loading.people(&loading.system(then)).await?;
    loading.items(&loading.system(then)).await?;
    loading.revisions(then).await?;
    let (system, today) = (loading.system(then), site.app.clock.now().legal_date());
    let authority = |key: &str| loading.who.authorities.get(key).copied();
    let made = sites::load(&system, &site.app.db, today, &authority).await?;
    println!("  站点：{made} 个");
    relations::settle(&loading).await?;
    lives::live(&loading).await?;
    Ok(loading.who)
}

/// A bar of this step.
pub(crate) fn bar(words: &'static str, steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:<12} [{bar:30}] {pos}/{len}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(steps as u64).with_style(style.progress_chars("=> ")).with_message(words);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn done(bar: &ProgressBar, words: &str) {
    bar.finish_and_clear();
    println!("  {words}");
}

impl Loaded {
    /// A demo person with the posts that it has, for whom it acts, now.
    pub(crate) fn act_as(&self, app: &App, content: &Content, key: &str, behalf: Option<&str>) -> Result<Ctx, Failed> {
        Ok(app.ctx(self.actor(content, key, behalf)?))
    }

    fn actor(&self, content: &Content, key: &str, on_behalf_of: Option<&str>) -> Result<Actor, Failed> {
        let missing = || Failed::Platform(format!("the demo has no {key}"));
        let id = *self.people.get(key).ok_or_else(missing)?;
        let behalf = match on_behalf_of {
            Some(enterprise) => Some(Holder::Enterprise(*self.enterprises.get(enterprise).ok_or_else(missing)?)),
            None => None,
        };
        let held = self.posts.get(&id).map_or(&[][..], Vec::as_slice);
        let mut grants = Vec::new();
        for post in AREAS.iter().flat_map(|it| it.posts) {
            for (_, authority, row) in held.iter().filter(|it| it.0 == post.code) {
                let grant = |it: &kernel::Permission| Grant::of(*it, *authority, *row);
                grants.extend(post.permissions.iter().map(grant));
            }
        }
        let name = content.person(key)?.name.clone();
        let who = Who::Person(id);
        Ok(Actor { who, name, on_behalf_of: behalf, grants, ..Actor::anonymous(Channel::Web) })
    }
}

impl Loading<'_> {
    /// The program itself, at this moment.
    pub(crate) fn system(&self, at: Moment) -> Ctx {
        Ctx::new(Actor::system("demo"), at, Arc::clone(&self.random))
    }

    /// A demo person with the posts that it has, at this moment.
    pub(crate) fn person(&self, key: &str, on_behalf_of: Option<&str>, at: Moment) -> Result<Ctx, Failed> {
        let actor = self.who.actor(self.content, key, on_behalf_of)?;
        Ok(Ctx::new(actor, at, Arc::clone(&self.random)))
    }

    async fn places(&mut self, ctx: &Ctx) -> Result<(), Failed> {
        let steps = bar("行政区划", 1);
        let report = identity::import_divisions(ctx, &self.app.db, DIVISIONS).await?;
        done(&steps, &format!("行政区划：{report}"));
        let steps = bar("实施主体", self.content.authorities.len());
        for it in &self.content.authorities {
            let facts = AuthorityFacts {
                name: it.name.clone(),
                short_name: it.short.clone(),
                uscc: it.uscc.clone(),
                division: it.division.clone(),
                phone: it.phone.clone(),
                address: it.address.clone(),
                hours: it.hours.clone(),
            };
            let id = identity::create_authority(ctx, &self.app.db, &facts).await?;
            self.who.authorities.insert(it.key.clone(), id);
            steps.inc(1);
        }
        done(&steps, &format!("实施主体：{} 个", self.content.authorities.len()));
        Ok(())
    }

    async fn people(&mut self, ctx: &Ctx) -> Result<(), Failed> {
        let steps = bar("人员", self.content.people.len());
        for it in &self.content.people {
            let id = self.one_person(ctx, it).await?;
            self.who.people.insert(it.key.clone(), id);
            steps.inc(1);
        }
        done(&steps, &format!("演示人员：{} 人", self.content.people.len()));
        for it in &self.content.enterprises {
            let new = NewEnterprise {
                uscc: it.uscc.clone(),
                name: it.name.clone(),
                representative: self.who.people.get(&it.legal_representative).copied(),
                address: it.address.clone(),
            };
            let id = identity::create_enterprise(ctx, &self.app.db, &new).await?;
            self.who.enterprises.insert(it.key.clone(), id);
        }
        Ok(())
    }

    async fn one_person(&mut self, ctx: &Ctx, it: &DemoPerson) -> Result<Id<Person>, Failed> {
        let new = NewPerson {
            paper: standards::PaperKind::Citizen,
            name: it.name.clone(),
            citizen_number: it.citizen_number.clone(),
            mobile: it.mobile.clone(),
            address: it.address.clone(),
            level: 2,
        };
        let id = identity::create_person(ctx, self.app, &new).await?;
        let account =
            NewAccount { login: it.login.clone(), password: it.password.clone(), demo: Some(it.role_words.clone()) };
        identity::create_account(ctx, self.app, id, &account).await?;
        for post in &it.posts {
            let authority = post.authority.as_ref().and_then(|key| self.who.authorities.get(key)).copied();
            let row = identity::grant_post(ctx, self.app, &NewPost::from_today(id, &post.post, authority)).await?;
            self.who.posts.entry(id).or_default().push((post.post.clone(), authority, row));
        }
        Ok(id)
    }

    async fn items(&mut self, ctx: &Ctx) -> Result<(), Failed> {
        let letters = Letters::draw(self.app).await?;
        let steps = bar("办事指南", self.content.items.len());
        for it in &self.content.items {
            let authority = *self
                .who
                .authorities
                .get(&it.authority)
                .ok_or_else(|| Failed::Platform(format!("the demo has no authority {}", it.authority)))?;
            let id = catalogue::create_item(ctx, &self.app.db, authority, &letters.with(it.document.clone())).await?;
            let item = catalogue::item(&self.app.db, id).await?;
            catalogue::publish(ctx, &self.app.db, id, item.version)
                .await
                .map_err(|error| Failed::Platform(format!("demo item {}: {}", it.slug, error.message())))?;
            self.who.items.insert(it.slug.clone(), id);
            steps.inc(1);
        }
        done(&steps, &format!("办事指南：{} 个", self.content.items.len()));
        let steps = bar("事项清单", 0);
        let shown = |done: usize, all: usize| {
            steps.set_length(all as u64);
            steps.set_position(done as u64);
        };
        let report = catalogue::import_items(ctx, &self.app.db, ITEMS, &shown).await?;
        done(&steps, &format!("广安区事项清单：{report}"));
        Ok(())
    }

    /// Leaves a revision at each desk of the catalogue, so that the two checks have something to look at.
    async fn revisions(&self, at: Moment) -> Result<(), Failed> {
        let (writer, checker) = (self.person("mulu", None, at)?, self.person("bianban", None, at)?);
        let db = &self.app.db;
        for (slug, alias, passed) in
            [("large-outdoor-advertising", "挂广告牌", false), ("housing-lease-filing", "租房合同备案", true)]
        {
            let missing = || Failed::Platform(format!("the demo has no item {slug}"));
            let item = self.content.items.iter().find(|it| it.slug == slug).ok_or_else(missing)?;
            let id = *self.who.items.get(slug).ok_or_else(missing)?;
            let mut document = item.document.clone();
            document.aliases.push(alias.to_owned());
            let version = catalogue::item(db, id).await?.version;
            catalogue::revise(&writer, db, id, version, &document).await?;
            catalogue::submit(&writer, db, id, version + 1).await?;
            if passed {
                catalogue::pass(&checker, db, id, version + 2).await?;
            }
        }
        Ok(())
    }

    /// The legal day so many days before today, moved on to a working day.
    pub(crate) fn working_day(&self, days_ago: i64) -> Date {
        let calendar = standards::Calendar::published();
        let today = self.app.clock.now().legal_date();
        let mut day = today - time::Duration::days(days_ago);
        while day < today && calendar.is_workday(day).is_ok_and(|it| !it.value()) {
            day += time::Duration::days(1);
        }
        day
    }
}
