//! Names for lists and timelines, with a fixed number of queries.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Display,
};

use kernel::{Error, Holder, Id, Person, Result};
use storage::{args, each};
use webkit::App;

use super::people::vault_holder;
use crate::store::enterprises as rows;

/// Names by holder or actor, as the journal writes them: `person:…`, `enterprise:…`, `client:…`, `system:…`.
#[derive(Debug, Clone, Default)]
pub struct Names(HashMap<String, String>);

impl Names {
    /// The name of a [`Holder`], a [`kernel::Who`], or either as text.
    #[must_use]
    pub fn of(&self, who: &impl Display) -> &str {
        let who = who.to_string();
        match who.split_once(':') {
            Some(("system", _)) => "系统",
            None => "未登录者",
            Some((kind, _)) => {
                let gone = match kind {
                    "person" => "已注销人员",
                    "client" => "接入系统",
                    _ => "已注销单位",
                };
                self.0.get(&who).map_or(gone, String::as_str)
            }
        }
    }

    /// The name of a person.
    #[must_use]
    pub fn person(&self, id: &Id<Person>) -> &str {
        self.of(&Holder::Person(*id))
    }
}

/// The names of these holders or actors: one query for the people, one for the enterprises, one for the systems, as there are any.
///
/// # Errors
/// [`Error::Internal`] if a sealed name was altered; if the engine fails.
pub async fn names<W: Display>(app: &App, whom: impl IntoIterator<Item = W>) -> Result<Names> {
    let whom: BTreeSet<String> = whom.into_iter().map(|it| it.to_string()).collect();
    let mut found = HashMap::with_capacity(whom.len());
    let people: Vec<String> = whom.iter().filter(|it| it.starts_with("person:")).cloned().collect();
    for (holder, name) in app.vault.open_each_again(&people, "name").await? {
        found.insert(holder, String::from_utf8(name).map_err(Error::internal)?);
    }
    let enterprises: Vec<&str> = whom.iter().filter_map(|it| it.strip_prefix("enterprise:")).collect();
    if !enterprises.is_empty() {
        for row in app.db.query(rows::ENTERPRISE_NAMES, args![each(enterprises)]).await? {
            found.insert(format!("enterprise:{}", row.text("id")?), row.string("name")?);
        }
    }
    let systems: Vec<_> = whom.iter().filter_map(|it| it.strip_prefix("client:")?.parse().ok()).collect();
    for (id, system) in super::openid::clients::many(app, &systems).await? {
        found.insert(format!("client:{id}"), system.state.name);
    }
    Ok(Names(found))
}

/// The names of these people.
///
/// # Errors
/// As [`names`].
pub async fn person_names(app: &App, people: &[Id<Person>]) -> Result<Names> {
    names(app, people.iter().map(|id| vault_holder(*id))).await
}

/// The name of a person.
///
/// # Errors
/// As [`names`].
pub async fn person_name(app: &App, id: Id<Person>) -> Result<String> {
    holder_name(app, &Holder::Person(id)).await
}

/// The name of a person or enterprise.
///
/// # Errors
/// As [`names`].
pub async fn holder_name(app: &App, holder: &Holder) -> Result<String> {
    Ok(names(app, [holder]).await?.of(holder).to_owned())
}
