//! A site: its data folder, its keys, its areas put together.
//!
//! The folder holds `yiwang.db` (embedded engine), `files/` (sealed uploads and papers), `search/`
//! (the index, which is made anew if it is missing), `keys/` (master keys of the vault and the
//! site's SM2 key: back them up apart from the data) and `site.toml` (name, place, telephone).

use std::{
    any::Any,
    path::{Path, PathBuf},
    sync::Arc,
};

use identity::{Register, Registers, Verifier, Verifiers};
use journal::Signer;
use kernel::{Ctx, SystemClock, SystemRandom};
use serde::{Deserialize, Serialize};
use storage::{Blobs, Db, Migration};
use vault::Vault;
use webkit::{App, Area, Parts, SiteInfo};

use crate::{
    couriers::Gateways,
    demo::verifier::Demo,
    keys::KeyFolder,
    outcome::Failed,
    outward::Outward,
    settings::Settings,
    verifier::{Service, Verification},
};

/// Every area of the platform. Routes, migrations, posts, menus and workers derive from this list.
pub(crate) static AREAS: &[&Area] = &[&identity::AREA, &catalogue::AREA, &portal::AREA, &cases::AREA];

/// What a site says of itself, in `site.toml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    /// The site's id: in the folder and in the object store alike, so that a node with the wrong files refuses to start.
    pub(crate) id: String,
    /// 「亳州市政务服务网」.
    pub(crate) name: String,
    /// The place it serves, 12 digits.
    pub(crate) division: String,
    /// The telephone that helps everybody.
    pub(crate) phone: String,
    /// Written by `demo` only.
    #[serde(default)]
    pub(crate) demo: bool,
    /// The fingerprint of the first key that signed for it, written as the site is made: tells a foreign key folder.
    #[serde(default)]
    pub(crate) signer: String,
}

impl About {
    /// Refuses the keys of another site.
    fn expects(&self, keys: &KeyFolder, signer: &Signer) -> Result<(), Failed> {
        if self.signer.is_empty() || signer.public_keys().iter().any(|it| it.fingerprint() == self.signer) {
            return Ok(());
        }
        Err(Failed::input(format!(
            "签名密钥 {} 不是本站点的，或密钥目录里缺少 former 下此前的公钥。请换回本站点的密钥备份。",
            keys.signer_file().display()
        )))
    }
}

/// An open site.
pub(crate) struct Site {
    /// Its state.
    pub(crate) app: App,
    /// What signs the heads of the record.
    pub(crate) signer: Signer,
    /// Where its keys lie.
    pub(crate) keys: KeyFolder,
    /// This process, among all nodes.
    pub(crate) node: String,
    /// What it says of itself.
    pub(crate) about: About,
    /// Where its messages to people are taken.
    pub(crate) gateways: Gateways,
}

/// Every migration, ground first.
pub(crate) fn migrations() -> Vec<Migration> {
    let ground = [storage::MIGRATIONS, journal::MIGRATIONS, vault::MIGRATIONS];
    ground.into_iter().chain(AREAS.iter().map(|it| it.migrations)).flatten().copied().collect()
}

/// A context for the program itself.
pub(crate) fn operator() -> Ctx {
    Ctx::new(kernel::Actor::system("operator"), kernel::Clock::now(&SystemClock), Arc::new(SystemRandom))
}

/// The machine's clock, so many days ahead.
struct Ahead(i64);

impl kernel::Clock for Ahead {
    fn now(&self) -> kernel::Moment {
        kernel::Clock::now(&SystemClock).plus_seconds(self.0 * 86_400)
    }
}

/// Where a site's time comes from: the machine, and of a demo site, if it is asked for, some days ahead of it.
pub(crate) fn clock(days_ahead: u16, demo: bool) -> Arc<dyn kernel::Clock> {
    if demo && days_ahead > 0 { Arc::new(Ahead(days_ahead.into())) } else { Arc::new(SystemClock) }
}

impl Site {
    /// Makes a new site in an empty folder: keys and database. It is a site once [`Site::finish`] has said so.
    pub(crate) async fn make(settings: &Settings, about: About) -> Result<Self, Failed> {
        let folder = Folder::at(settings);
        if folder.about().exists() || folder.keys().path().exists() {
            return Err(Failed::input(format!(
                "目录 {} 里已有网站（或没有建完的网站），没有改动。请换一个空目录。",
                settings.data.display()
            )));
        }
        std::fs::create_dir_all(&settings.data)?;
        // The database before the keys: most of what can be wrong with the settings shows here, and nothing was made yet.
        let db = Db::open(&settings.storage()).await?;
        if db.tables().await?.iter().any(|it| it.name == "journal") {
            return Err(Failed::input("这个数据库里已有网站的数据，没有改动。请换一个空的数据库。"));
        }
        folder.keys().make(&operator())?;
        let blobs = Blobs::open(&settings.data)?;
        blobs.mark(&about.id).await?;
        db.migrate(&migrations()).await?;
        Self::assemble(settings, about, (db, blobs)).await
    }

    /// Writes what the site says of itself: last, so that a folder with this file is a whole site.
    pub(crate) fn finish(&self, settings: &Settings) -> Result<(), Failed> {
        let signer = self.signer.public_keys().first().map(journal::SitePublicKey::fingerprint).unwrap_or_default();
        let about = About { signer, ..self.about.clone() };
        let text = toml::to_string(&about).map_err(|error| Failed::Platform(error.to_string()))?;
        Ok(std::fs::write(Folder::at(settings).about(), text)?)
    }

    /// Opens the site in the folder, bringing its schema up to this program's.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, Failed> {
        let about = about(settings)?;
        let blobs = Blobs::open(&settings.data)?;
        blobs.check_mark(&about.id).await?;
        let db = Db::open(&settings.storage()).await?;
        db.migrate(&migrations()).await?;
        let site = Self::assemble(settings, about, (db, blobs)).await?;
        site.app.vault.check_keys().await.map_err(|error| {
            Failed::input(format!("密钥文件 {}：{}", site.keys.master_file().display(), error.message()))
        })?;
        Ok(site)
    }

    /// Opens the site beside a running server, only to read: its schema must be this program's already.
    pub(crate) async fn open_for_reading(settings: &Settings) -> Result<Self, Failed> {
        let about = about(settings)?;
        let blobs = Blobs::open(&settings.data)?;
        blobs.check_mark(&about.id).await?;
        let db = Db::open_for_reading(&settings.storage()).await?;
        Self::assemble(settings, about, (db, blobs)).await
    }

    /// A site over this database with these files; the keys lie in the folder.
    pub(crate) async fn assemble(settings: &Settings, about: About, (db, blobs): (Db, Blobs)) -> Result<Self, Failed> {
        let keys = Folder::at(settings).keys();
        let (master, signer) = (keys.master()?, keys.signer()?);
        about.expects(&keys, &signer)?;
        let source = keys.clone();
        let (callers, mut own) = in_memory(Some(&settings.data));
        let gateways = settings.gateways.clone();
        let (sms, mail) = (gateways.sms.is_some(), gateways.mails());
        let breached_passwords = settings.breached_passwords.clone();
        own.push(Arc::new(identity::Means { sms, mail, breached_passwords }));
        let outward = Outward::new(settings.provider_networks.clone());
        own.push(Arc::new(identity::Fetching(Arc::new(outward))));
        own.extend(verifiers(settings.verification.as_ref(), about.demo));
        if let Some(scanner) = settings.scanner.clone() {
            own.push(Arc::new(cases::Scanning(Arc::new(scanner))));
        }
        own.extend(cases::own(&db, &fonts(&settings.data)?).await?);
        let parts = Parts {
            vault: Vault::new(db.clone(), master).reading_keys_from(Arc::new(move || source.master())),
            blobs,
            clock: clock(settings.days_ahead, about.demo),
            random: Arc::new(SystemRandom),
            callers,
            site: SiteInfo {
                name: about.name.clone(),
                division: about.division.clone(),
                phone: about.phone.clone(),
                demo: about.demo,
                address: settings.address.clone(),
                trusted_proxies: settings.trusted_proxies.clone(),
            },
            own,
            db,
        };
        let app = App::new(parts, AREAS);
        let node = operator().new_id::<Site>().to_string();
        Ok(Self { app, signer, keys, node, about, gateways })
    }
}

/// What the areas keep in memory, but for the cases' part, which needs fonts; and who calls. The search index lies in `folder`.
pub(crate) fn in_memory(folder: Option<&Path>) -> (Arc<identity::SiteCallers>, Vec<Arc<dyn Any + Send + Sync>>) {
    let callers = identity::callers(AREAS.iter().flat_map(|it| it.posts).copied());
    let mut own: Vec<Arc<dyn Any + Send + Sync>> = vec![Arc::clone(&callers) as _];
    own.extend(catalogue::own());
    own.extend(portal::own(folder.map(Path::to_owned)));
    (callers, own)
}

/// Whom this site asks about persons and enterprises: the service of the settings; in a demo a stand-in that says so.
fn verifiers(settings: Option<&Verification>, demo: bool) -> Vec<Arc<dyn Any + Send + Sync>> {
    let both = |person: Arc<dyn Verifier>, enterprise: Arc<dyn Register>| -> Vec<Arc<dyn Any + Send + Sync>> {
        vec![Arc::new(Verifiers(person)), Arc::new(Registers(enterprise))]
    };
    match settings {
        _ if demo => both(Arc::new(Demo), Arc::new(Demo)),
        Some(settings) => {
            let service = Arc::new(Service::new(settings.clone()));
            both(Arc::clone(&service) as _, service)
        }
        None => Vec::new(),
    }
}

/// What the site in this folder says of itself.
pub(crate) fn about(settings: &Settings) -> Result<About, Failed> {
    let path = Folder::at(settings).about();
    let text = std::fs::read_to_string(&path).map_err(|_| {
        let folder = settings.data.display();
        Failed::input(format!("目录 {folder} 里没有网站。请先用 yiwang init 建站，或用 yiwang demo 看演示。"))
    })?;
    toml::from_str(&text).map_err(|error| Failed::input(format!("{} 有误：{error}", path.display())))
}

/// The operator's own fonts for rare characters in names, from `fonts/` in the data folder.
fn fonts(data: &Path) -> Result<Vec<Vec<u8>>, Failed> {
    let Ok(entries) = std::fs::read_dir(data.join("fonts")) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.filter_map(|it| it.ok().map(|it| it.path())).collect();
    paths.sort();
    paths.iter().map(|it| std::fs::read(it).map_err(Failed::from)).collect()
}

/// The files of the embedded database.
const DATABASE_FILES: [&str; 3] = ["yiwang.db", "yiwang.db-wal", "yiwang.db-shm"];
/// The folder of uploads and papers.
const FILES: &str = "files";

/// The files of a site's folder.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn at(settings: &Settings) -> Self {
        Self(settings.data.clone())
    }

    pub(crate) fn about(&self) -> PathBuf {
        self.0.join("site.toml")
    }

    pub(crate) fn keys(&self) -> KeyFolder {
        KeyFolder::at(self.0.join("keys"))
    }

    /// Whether nothing of a site lies here yet.
    pub(crate) fn is_empty(&self) -> bool {
        let made = [self.about(), self.keys().path().to_owned(), self.0.join(FILES), self.0.join(DATABASE_FILES[0])];
        !made.iter().any(|it| it.exists())
    }

    /// Removes what an interrupted making left: only what a site's folder holds, nothing else.
    pub(crate) fn clear(&self) -> Result<(), Failed> {
        let gone = |done: std::io::Result<()>| match done {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failed::from(error)),
            _ => Ok(()),
        };
        for name in DATABASE_FILES {
            gone(std::fs::remove_file(self.0.join(name)))?;
        }
        gone(std::fs::remove_dir_all(self.0.join(FILES)))?;
        gone(std::fs::remove_dir_all(self.keys().path()))
    }
}
