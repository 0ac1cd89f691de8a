//! One area of the platform, as the program sees it.

use std::{future::Future, pin::Pin, sync::Arc};

use kernel::{Ctx, Permission, Post, Result};

use crate::{App, Listing, Routes};

/// A link of the main navigation.
#[derive(Debug, Clone, Copy)]
pub struct Nav {
    /// The address.
    pub href: &'static str,
    /// The words.
    pub text: &'static str,
    /// Who sees it: `None`: everybody; else those who have the permission anywhere.
    pub needs: Option<Permission>,
    /// Its place among all areas' links; small first.
    pub order: u8,
}

/// What a sweep runs.
pub type Task = for<'a> fn(&'a App, &'a Ctx) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Work that comes round by itself, done by one process at a time (a lease of the same name).
#[derive(Debug, Clone, Copy)]
pub struct Sweep {
    /// Its name, never changed.
    pub name: &'static str,
    /// Seconds between rounds.
    pub every_s: u32,
    /// One round; whatever it leaves undone it finds again next time.
    pub run: Task,
}

/// A page template rendered with made-up content, so that one test can check all of them as HTML.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The template's file name.
    pub name: &'static str,
    /// The page.
    pub html: String,
}

/// One area of the platform. Routes, permissions, migrations, workers and menus all derive from the program's list of these.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    /// Its crate's name.
    pub name: &'static str,
    /// Pages and API.
    pub routes: fn() -> Routes,
    /// Its schema.
    pub migrations: &'static [storage::Migration],
    /// The registries of its stores.
    pub sql: &'static [&'static [storage::Sql]],
    /// The kinds of post whose permissions it declares.
    pub posts: &'static [Post],
    /// Readers of the journal.
    pub readers: fn(&App) -> Vec<Arc<dyn journal::feed::Reader>>,
    /// How its things are replayed by `journal verify`.
    pub replays: fn() -> Vec<Box<dyn journal::Replay>>,
    /// Work that comes round by itself.
    pub sweeps: &'static [Sweep],
    /// Links of the main navigation.
    pub nav: &'static [Nav],
    /// Its lists that can be written out in the background.
    pub lists: &'static [Listing],
    /// Its page templates, rendered with made-up content.
    pub samples: fn() -> Vec<Sample>,
}

impl Area {
    /// An area that has nothing yet: `Area { routes, ..Area::empty("name") }`.
    #[must_use]
    pub const fn empty(name: &'static str) -> Self {
        Self {
            name,
            routes: Routes::new,
            migrations: &[],
            sql: &[],
            posts: &[],
            readers: |_| Vec::new(),
            replays: Vec::new,
            sweeps: &[],
            nav: &[],
            lists: &[],
            samples: Vec::new,
        }
    }
}
