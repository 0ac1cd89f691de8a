//! Several applications filled in at once: what their forms ask alike is written once and put into each draft.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::Documents;
use forms::{Field, Origin};
use kernel::{Ctx, Error, Fault, Id, Item, Result};
use serde_json::{Map, Value};
use webkit::{App, FormData};

use super::{
    draft_renewal::{self, Standing},
    drafts::{self, Draft, DraftAsk},
    filled::Asked,
    known, preliminary,
};
use crate::CaseId;

/// Applications filled in at once, at most.
pub(crate) const TOGETHER_MAX: usize = 5;

/// A field that several drafts ask alike. Its own name is made for the page on which all stand.
#[derive(Clone)]
pub(crate) struct Shared {
    /// How it is drawn and read.
    pub(crate) field: Field,
    /// In which drafts it stands, by their place, and under what name there.
    pub(crate) at: Vec<(usize, String)>,
    /// Whether the drafts say different things.
    pub(crate) differs: bool,
}

/// One of the drafts.
pub(crate) struct Part {
    pub(crate) draft: Draft,
    /// What is wrong with its form as it stands.
    pub(crate) faults: Vec<Fault>,
}

/// Drafts that are filled in at once.
pub(crate) struct Together {
    pub(crate) parts: Vec<Part>,
    pub(crate) shared: Vec<Shared>,
}

/// Begins a draft for each of these items, or goes on with the one there is, and gives them in this order.
///
/// # Errors
/// [`Error::Refused`] if there are fewer than two or too many; those of [`drafts::create_draft`].
pub(crate) async fn begin(ctx: &Ctx, app: &App, items: &[Id<Item>]) -> Result<Vec<CaseId>> {
    let items: Vec<_> = unique(items);
    if items.len() < 2 {
        return Err(Error::refused("请至少选两件事；只办一件的，直接申请就可以。"));
    }
    if items.len() > TOGETHER_MAX {
        return Err(Error::refused(format!("一次最多填 {TOGETHER_MAX} 件，请先移除一些。")));
    }
    // What cannot be begun is told before anything is.
    let documents = app.part::<Documents>()?;
    let holder = ctx.actor.holder().ok_or(Error::SignIn)?;
    for item in &items {
        let published = catalogue::published(&app.db, &documents, *item).await?;
        preliminary::may_file(ctx, app, &published, holder).await?;
        drafts::check_audience(&published.document, holder)?;
    }
    let there = drafts::drafts_of(ctx, app).await?;
    let mut out = Vec::new();
    for item in items {
        let mut own = None;
        for draft in there.iter().filter(|it| it.item == item) {
            // One that was begun for somebody else, or under an older version, is left alone.
            if let Ok(draft) = drafts::draft(ctx, app, draft.id).await
                && matches!(draft_renewal::standing(app, &draft).await?, Standing::Present)
                && !draft.at_window
            {
                own = Some(draft.id);
                break;
            }
        }
        out.push(match own {
            Some(id) => id,
            None => drafts::create_draft(ctx, app, &DraftAsk { item, holder: None, consent: false }).await?.id,
        });
    }
    Ok(out)
}

fn unique<T: Copy + Ord>(all: &[T]) -> Vec<T> {
    let mut seen = BTreeSet::new();
    all.iter().copied().filter(|it| seen.insert(*it)).collect()
}

impl Together {
    /// One's drafts with what they ask alike.
    ///
    /// # Errors
    /// [`Error::NotFound`] if one is not there; [`Error::Refused`] if one follows an older version of its item, or they are not for one
    /// applicant; if the engine fails.
    pub(crate) async fn of(ctx: &Ctx, app: &App, ids: &[CaseId]) -> Result<Self> {
        let ids = unique(ids);
        if ids.is_empty() || ids.len() > TOGETHER_MAX {
            return Err(Error::NotFound { what: "草稿" });
        }
        let mut parts: Vec<Part> = Vec::new();
        for id in ids {
            let draft = drafts::draft(ctx, app, id).await?;
            if !matches!(draft_renewal::standing(app, &draft).await?, Standing::Present) {
                let name = &draft.document.name;
                return Err(Error::refused(format!(
                    "「{name}」的要求更新了。请先在「我的办件」打开这份草稿，更新以后再一起填写。"
                )));
            }
            if parts.first().is_some_and(|it| it.draft.holder != draft.holder) {
                return Err(Error::refused("这几份草稿不是为同一个申请人填写的，请分别填写。"));
            }
            parts.push(Part { faults: judged(ctx, app, &draft).await?, draft });
        }
        let shared = shared(&parts.iter().map(|it| &it.draft).collect::<Vec<_>>());
        Ok(Self { parts, shared })
    }

    /// What stands in the fields that are shared, under their names on the page: the first draft that says something.
    pub(crate) fn values(&self) -> Value {
        let said = |it: &Shared| {
            let mut all = it.at.iter().map(|(part, name)| &self.parts[*part].draft.values[name]);
            all.find(|it| !it.is_null()).cloned()
        };
        let all = self.shared.iter().filter_map(|it| Some((it.field.name.clone(), said(it)?)));
        Value::Object(all.collect::<Map<_, _>>())
    }

    /// Where the values were brought from, under the names of the page.
    ///
    /// # Errors
    /// If the engine fails.
    pub(crate) async fn origins(&self, app: &App) -> Result<BTreeMap<String, Origin>> {
        let mut out = BTreeMap::new();
        for (index, part) in self.parts.iter().enumerate() {
            let Some(form) = &part.draft.document.form else { continue };
            let mut own = known::origins(app, form, &part.draft).await?;
            for it in &self.shared {
                let name = it.at.iter().find(|at| at.0 == index).map(|at| &at.1);
                if let Some(origin) = name.and_then(|name| own.remove(name)) {
                    out.entry(it.field.name.clone()).or_insert(origin);
                }
            }
        }
        Ok(out)
    }

    /// Puts what a page sent into every draft that asks for it, right or wrong, and gives what is wrong with it, each at its name on the
    /// page.
    ///
    /// # Errors
    /// [`Error::Refused`] if one of the drafts was changed in another window since the page was shown; then none is changed.
    pub(crate) async fn keep(&mut self, ctx: &Ctx, app: &App, data: &FormData) -> Result<Vec<Fault>> {
        let fields: Vec<_> = self.shared.iter().map(|it| it.field.clone()).collect();
        let mut typed = Map::new();
        forms::take(&fields, data, &mut typed);
        for (index, part) in self.parts.iter_mut().enumerate() {
            part.draft.version = data.int(&version_name(part.draft.id))?;
            let Some(form) = &part.draft.document.form else { continue };
            let mut values = part.draft.values.as_object().cloned().unwrap_or_default();
            for (name, on_page) in names_in(&self.shared, index) {
                match typed.get(on_page) {
                    Some(value) => values.insert(name.to_owned(), value.clone()),
                    None => values.remove(name),
                };
            }
            part.draft.values = forms::without_blank_rows(form, &Value::Object(values));
        }
        let all: Vec<_> = self.parts.iter().map(|it| (it.draft.id, it.draft.version, &it.draft.values)).collect();
        drafts::save_drafts(ctx, app, &all).await?;
        let mut faults: BTreeMap<String, Fault> = BTreeMap::new();
        for (index, part) in self.parts.iter_mut().enumerate() {
            part.draft.version += 1;
            part.faults = judged(ctx, app, &part.draft).await?;
            for fault in &part.faults {
                if let Some((_, on_page)) = names_in(&self.shared, index).find(|it| it.0 == fault.field) {
                    let told = || Fault { field: on_page.to_owned(), ..fault.clone() };
                    faults.entry(on_page.to_owned()).or_insert_with(told);
                }
            }
        }
        Ok(faults.into_values().collect())
    }
}

/// The names that the shared fields have in one of the drafts, each with its name on the page.
fn names_in(shared: &[Shared], part: usize) -> impl Iterator<Item = (&str, &str)> {
    shared.iter().filter_map(move |it| {
        let at = it.at.iter().find(|at| at.0 == part)?;
        Some((at.1.as_str(), it.field.name.as_str()))
    })
}

/// What the version of a draft is called on the page.
pub(crate) fn version_name(id: CaseId) -> String {
    format!("version-{id}")
}

async fn judged(ctx: &Ctx, app: &App, draft: &Draft) -> Result<Vec<Fault>> {
    let Some(form) = &draft.document.form else { return Ok(Vec::new()) };
    let asked = Asked { item: (draft.item, draft.item_version), form, holder: draft.holder, before: None };
    Ok(asked.judge(ctx, app, &draft.values).await?.faults)
}

/// What these drafts ask alike, under names of the page, and whether they say different things.
fn shared(drafts: &[&Draft]) -> Vec<Shared> {
    let asked: Vec<_> = drafts.iter().map(|it| it.document.form.as_ref()).collect();
    let mut out: Vec<_> = forms::alike(&asked)
        .into_iter()
        .map(|forms::Alike { field, at }| {
            let said = at.iter().map(|(part, name)| &drafts[*part].values[name]).filter(|it| !it.is_null());
            let said: Vec<_> = said.collect();
            Shared { differs: said.iter().any(|other| *other != said[0]), field, at }
        })
        .collect();
    for (number, it) in out.iter_mut().enumerate() {
        it.field.name = format!("shared{number}");
    }
    out
}
