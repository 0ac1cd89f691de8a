//! The site's state, handed to every handler.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    ops::Deref,
    sync::Arc,
};

use kernel::{Actor, Clock, Ctx, Random};

use crate::{Area, Callers, Listing, Nav, behind::Behind};

/// What a site is called and how it is reached.
#[derive(Debug, Clone)]
pub struct SiteInfo {
    /// 「亳州市政务服务网」.
    pub name: String,
    /// The place it serves: a division's code of 12 digits.
    pub division: String,
    /// The telephone that helps everybody: 「12345」.
    pub phone: String,
    /// Whether this is a demo site: every page says so, and only here do demo people sign in.
    pub demo: bool,
    /// Where people reach the site, without a slash at the end: `https://…`. If it is https, cookies are `Secure` and for this
    /// host alone, and browsers are told never to come otherwise.
    pub address: String,
    /// Proxies (addresses or networks) whose `X-Forwarded-For` is believed; all others' is not.
    pub trusted_proxies: Vec<ipnet::IpNet>,
}

impl SiteInfo {
    /// Whether people reach the site by https.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.address.starts_with("https://")
    }
}

/// What a site is made of; put together once, by the program.
pub struct Parts {
    /// The database.
    pub db: storage::Db,
    /// Sealed personal data and free text.
    pub vault: vault::Vault,
    /// Files.
    pub blobs: storage::Blobs,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub random: Arc<dyn Random>,
    /// Who calls: sessions and tokens, given by the identity area.
    pub callers: Arc<dyn Callers>,
    /// Name, phone, address.
    pub site: SiteInfo,
    /// Things that one area keeps in memory, by type: see [`App::part`].
    pub own: Vec<Arc<dyn Any + Send + Sync>>,
}

struct Inner {
    parts: Parts,
    own: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
    menu: Vec<Nav>,
    lists: Vec<Listing>,
    behind: Behind,
}

/// The site. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

impl App {
    /// A site of these parts and areas.
    #[must_use]
    pub fn new(mut parts: Parts, areas: &[&Area]) -> Self {
        let own = std::mem::take(&mut parts.own);
        let own = own.into_iter().map(|it| ((*it).type_id(), it)).collect();
        let mut menu: Vec<_> = areas.iter().flat_map(|it| it.nav).copied().collect();
        menu.sort_by_key(|it| it.order);
        let lists = areas.iter().flat_map(|it| it.lists).copied().collect();
        Self(Arc::new(Inner { parts, own, menu, lists, behind: Behind::default() }))
    }

    /// The lists of all areas that can be written out.
    #[must_use]
    pub fn lists(&self) -> &[Listing] {
        &self.0.lists
    }

    /// The links of the main navigation, in order.
    #[must_use]
    pub fn menu(&self) -> &[Nav] {
        &self.0.menu
    }

    /// A thing that an area put into [`Parts::own`].
    ///
    /// # Errors
    /// [`kernel::Error::Internal`] if the program did not put it there.
    pub fn part<T: Any + Send + Sync>(&self) -> kernel::Result<Arc<T>> {
        let found = self.0.own.get(&TypeId::of::<T>()).cloned();
        let typed = found.and_then(|it| it.downcast::<T>().ok());
        typed.ok_or_else(|| kernel::Error::internal(format!("the site has no {}", std::any::type_name::<T>())))
    }

    /// Does work that nobody waits for, apart from the threads that answer and after them.
    ///
    /// # Errors
    /// [`kernel::Error::Internal`] if the work breaks off, or the machine gives no thread for it.
    pub async fn behind<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> kernel::Result<T> {
        self.0.behind.work(work).await
    }

    /// A context for this actor at the present instant.
    #[must_use]
    pub fn ctx(&self, actor: Actor) -> Ctx {
        Ctx::new(actor, self.clock.now(), Arc::clone(&self.random))
    }

    /// A context for one of the platform's own workers.
    #[must_use]
    pub fn system(&self, worker: &'static str) -> Ctx {
        self.ctx(Actor::system(worker))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}
