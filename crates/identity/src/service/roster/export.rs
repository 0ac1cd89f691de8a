//! Lists of officers going out: who holds which post, in the columns in which they come in, and the blank list with its explanations.
//!
//! A list that goes out names people by name and by the platform's own number. Numbers of papers, telephones and login names stay here:
//! nobody who gets the list needs them, and the number is enough to know everybody again as the list comes back.

use std::collections::HashMap;

use kernel::{Authority as AuthorityMark, Ctx, Error, Id, PAGE_MAX, PageAsk, Result};
use sheets::{Face, Sheets, Sink};
use webkit::App;

use crate::{
    SiteCallers,
    model::{post::Held, roster::Column},
    service::{
        authorities::{authorities, authority_named},
        items,
        posts::{self, Officers},
        units,
    },
};

/// The list's name.
pub(crate) const NAME: &str = "人员岗位";
/// Posts of one list at most: as many as come in at once.
const POSTS_MAX: usize = crate::model::roster::ROWS_MAX;

fn heads() -> Vec<&'static str> {
    Column::ALL.iter().map(|it| it.head()).collect()
}

/// The list in a file of this ending (`csv`, else a workbook): the posts at one authority, or at all. Posts for the whole site, for a division, and those
/// of others are left out: they are given on the desk alone.
///
/// # Errors
/// Those of [`posts::officers`]; [`Error::TooLarge`] past [`POSTS_MAX`] posts.
pub(crate) async fn list(ctx: &Ctx, app: &App, authority: Option<Id<AuthorityMark>>, ending: &str) -> Result<Vec<u8>> {
    let (mut held, mut names) = (Vec::new(), HashMap::new());
    let mut ask = PageAsk { after: None, limit: PAGE_MAX };
    loop {
        let Officers { page, names: found, .. } = posts::officers(ctx, app, authority, &ask).await?;
        for officer in page.items {
            names.insert(officer.person, found.person(&officer.person).to_owned());
            held.extend(
                officer.posts.into_iter().filter(|it| it.state.authority.is_some() && it.state.stands_for.is_none()),
            );
        }
        if held.len() > POSTS_MAX {
            return Err(Error::TooLarge { reason: format!("岗位超过 {POSTS_MAX} 个，请按单位导出。") });
        }
        let Some(next) = page.next else { break };
        ask.after = Some(next.parse()?);
    }
    let words = Words::of(app, &held).await?;
    let rows: Vec<Vec<String>> = held.iter().map(|it| words.row(it, &names[&it.state.person])).collect();
    let written = match ending {
        "csv" => sheets::text_table(&heads(), &rows),
        _ => sheets::workbook(NAME, &heads(), &rows),
    };
    written.map_err(Error::internal)
}

/// What ids in a list are called.
struct Words {
    offices: HashMap<Id<AuthorityMark>, String>,
    units: HashMap<Id<crate::model::unit::OrgUnitMark>, String>,
    items: HashMap<Id<kernel::Item>, String>,
    kinds: std::sync::Arc<SiteCallers>,
}

impl Words {
    async fn of(app: &App, held: &[Held]) -> Result<Self> {
        let ids: Vec<_> = held.iter().filter_map(|it| it.state.authority).collect();
        let mut offices = HashMap::new();
        for (id, it) in authorities(&app.db, &ids).await? {
            // Two of one name are told apart by their codes.
            let alone = authority_named(&app.db, &it.facts.name).await?.len() == 1 || it.facts.uscc.is_empty();
            offices.insert(id, if alone { it.facts.name } else { it.facts.uscc });
        }
        let mut distinct: Vec<_> = held.iter().filter_map(|it| it.state.unit).collect();
        distinct.sort();
        distinct.dedup();
        let mut paths = HashMap::with_capacity(distinct.len());
        for id in distinct {
            let path = units::path(&app.db, id).await?;
            let names: Vec<_> = path.iter().map(|it| it.state.name.as_str()).collect();
            paths.insert(id, names.join("/"));
        }
        let mut ids: Vec<_> = held.iter().filter_map(|it| it.state.item).collect();
        ids.sort();
        ids.dedup();
        let items = items::named(app, &ids).await?.into_iter().map(|it| (it.id, it.name)).collect();
        Ok(Self { offices, units: paths, items, kinds: app.part()? })
    }

    fn row(&self, it: &Held, name: &str) -> Vec<String> {
        let state = &it.state;
        let cell = |column: &Column| match column {
            Column::Id => state.person.to_string(),
            Column::Name => name.to_owned(),
            Column::Office => state.authority.and_then(|it| self.offices.get(&it)).cloned().unwrap_or_default(),
            Column::Unit => state.unit.and_then(|it| self.units.get(&it)).cloned().unwrap_or_default(),
            Column::Post => self.kinds.post(&state.code).map_or(state.code.as_str(), |it| it.name).to_owned(),
            Column::Item => state.item.and_then(|it| self.items.get(&it)).cloned().unwrap_or_default(),
            Column::Starts => state.starts.clone(),
            Column::Ends => state.ends.clone().unwrap_or_default(),
            Column::Paper | Column::Number | Column::Mobile | Column::Login => String::new(),
        };
        Column::ALL.iter().map(cell).collect()
    }
}

/// The blank list, with a sheet that explains its columns.
///
/// # Errors
/// If the disk fails.
pub(crate) fn template() -> Result<Vec<u8>> {
    let owned = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let list = Face { name: NAME.to_owned(), heads: vec![owned(&heads())], widths: vec![18; Column::ALL.len()] };
    let guide = Face {
        name: "填写说明".to_owned(),
        heads: vec![owned(&["列名", "是否必填", "怎么填"])],
        widths: vec![12, 16, 80],
    };
    let mut book = Sheets::new(vec![list, guide], sheets::ROWS_OF_A_SHEET).map_err(Error::internal)?;
    for column in Column::ALL {
        let (head, must, how) = column.words();
        book.row(1, &owned(&[head, must, how])).map_err(Error::internal)?;
    }
    book.into_bytes().map_err(Error::internal)
}
