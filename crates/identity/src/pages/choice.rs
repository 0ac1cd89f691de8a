//! Choosing an authority on a page of any area, however many there are: a menu of few; of many, found by words of the name and
//! listed a page at a time. `templates/offices.html` draws it, without script.

use kernel::{Authority as AuthorityMark, Error, Id, PageAsk, Result};
use storage::Db;
use webkit::address;

use crate::{
    model::authority::Authority,
    service::{authorities::authority, divisions::places, reach::Reach},
};

/// So many authorities stand in a menu; of more, one is found by its name.
const MENU_MAX: u16 = 40;
/// Characters of a name that are looked for.
const WORDS_MAX: usize = 100;

/// What an address says of the authority that a page shall be about.
#[derive(serde::Deserialize, Debug, Clone, Default)]
#[serde(default)]
pub struct ChoiceAsk {
    /// Its id; empty: not chosen yet.
    pub authority: String,
    /// Words of its name, as sent by the field; sent empty, they take a choice back.
    pub office: Option<String>,
    /// Where the next page of those found starts.
    pub offices: String,
}

impl ChoiceAsk {
    /// The authority with this id.
    #[must_use]
    pub fn of(id: &str) -> Self {
        Self { authority: id.to_owned(), ..Self::default() }
    }
}

/// An authority that may be chosen.
#[derive(Debug)]
pub struct Offer {
    /// The same page, about this authority.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Where it is; two may have one name.
    pub place: String,
}

/// An authority chosen, or still to be.
#[derive(Debug, Default)]
pub struct Choice {
    /// The authority that the page is about; `None`: all, or none yet.
    pub chosen: Option<Authority>,
    /// All there are, as (id, name), if they are few.
    pub menu: Vec<(String, String)>,
    /// The words that were looked for.
    pub words: String,
    /// Whether the page is always about one, never about all.
    pub must: bool,
    /// Whether one is to be chosen before the page can go on.
    pub open: bool,
    /// Those to choose from; none if nothing was found.
    pub offers: Vec<Offer>,
    /// The page without a choice.
    pub all: String,
    /// The next page of offers; empty on the last.
    pub next: String,
    /// The first page of offers; empty on the first.
    pub first: String,
}

impl Choice {
    /// The id of the authority that the page is about, or empty.
    #[must_use]
    pub fn id(&self) -> String {
        self.chosen.as_ref().map(|it| it.id.to_string()).unwrap_or_default()
    }

    /// The name of the authority that the page is about, or empty.
    #[must_use]
    pub fn name(&self) -> &str {
        self.chosen.as_ref().map_or("", |it| it.facts.name.as_str())
    }

    /// What stands in the field: the words looked for, or the name of what was chosen.
    #[must_use]
    pub fn typed(&self) -> &str {
        if self.words.is_empty() { self.name() } else { &self.words }
    }

    /// Nothing to choose from (for samples): of few, a menu; of many, what was found.
    #[must_use]
    pub fn sample(few: bool) -> Self {
        let offer = |n: u8| Offer {
            href: format!("?authority={n}"),
            name: "谯城区市场监督管理局 & 知识产权局".to_owned(),
            place: "谯城区".to_owned(),
        };
        let menu = |n: u8| (n.to_string(), offer(n).name);
        if few {
            return Self { menu: vec![menu(1), menu(2)], ..Self::default() };
        }
        Self { words: "市场<b>".to_owned(), open: true, offers: vec![offer(1), offer(2)], ..Self::default() }
    }
}

impl Reach {
    /// What a page offers and has chosen. `path` and `keep` are its address without the choice; `must`: it shows nothing until an
    /// authority is chosen, so of few the first is, until another is asked for.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such authority; [`Error::Forbidden`] if it is not of the reach; if the engine fails.
    pub async fn choose(
        &self,
        db: &Db,
        ask: &ChoiceAsk,
        (path, keep): (&str, &[(&str, &str)]),
        must: bool,
    ) -> Result<Choice> {
        let words: String = ask.office.as_deref().unwrap_or_default().trim().chars().take(WORDS_MAX).collect();
        let few = self.search(db, "", &PageAsk { after: None, limit: MENU_MAX }).await?;
        let few = if few.next.is_none() { few.items } else { Vec::new() };
        let taken_back = ask.office.is_some() && words.is_empty();
        let asked = if taken_back { None } else { self.asked(db, &ask.authority).await? };
        let mut out = Choice {
            menu: few.iter().map(|it| (it.id.to_string(), it.facts.name.clone())).collect(),
            all: address(path, keep),
            must,
            ..Choice::default()
        };
        if words.is_empty() || asked.as_ref().is_some_and(|it| it.facts.name == words) {
            out.chosen = asked.or_else(|| few.into_iter().next().filter(|_| must));
        } else {
            out.chosen = self.named(db, &words).await?;
            out.words.clone_from(&words);
        }
        if out.chosen.is_some() || (words.is_empty() && !must) {
            return Ok(Choice { words: String::new(), ..out });
        }
        self.offer(db, (&words, &ask.offices), (path, keep), out).await
    }

    async fn asked(&self, db: &Db, id: &str) -> Result<Option<Authority>> {
        if id.is_empty() {
            return Ok(None);
        }
        let id: Id<AuthorityMark> = id.parse()?;
        match authority(db, id).await {
            Ok(it) if self.covers(Some(&it)) => Ok(Some(it)),
            // Whoever may not see it learns not whether there is one.
            Err(Error::NotFound { .. }) if self.is_whole() => Err(Error::NotFound { what: "实施主体" }),
            Ok(_) | Err(Error::NotFound { .. }) => Err(Error::Forbidden { action: "查看这个实施主体" }),
            Err(error) => Err(error),
        }
    }

    async fn offer(
        &self,
        db: &Db,
        (words, after): (&str, &str),
        (path, keep): (&str, &[(&str, &str)]),
        choice: Choice,
    ) -> Result<Choice> {
        let mut found = self.search(db, words, &PageAsk::from_query(Some(after), None)?).await?;
        if found.items.len() == 1 && after.is_empty() {
            return Ok(Choice { chosen: found.items.pop(), words: String::new(), ..choice });
        }
        let names = places(db, found.items.iter().map(|it| it.facts.division.as_str())).await?;
        let at = |pairs: &[(&str, &str)]| address(path, &[keep, pairs].concat());
        let offer = |it: Authority| Offer {
            href: at(&[("authority", &it.id.to_string())]),
            place: names.get(&it.facts.division).cloned().unwrap_or_default(),
            name: it.facts.name,
        };
        Ok(Choice {
            open: true,
            next: found.next.map(|key| at(&[("office", words), ("offices", &key)])).unwrap_or_default(),
            first: if after.is_empty() { String::new() } else { at(&[("office", words)]) },
            offers: found.items.into_iter().map(offer).collect(),
            ..choice
        })
    }
}
