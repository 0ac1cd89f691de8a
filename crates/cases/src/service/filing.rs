//! Filing: an application becomes a case, in one read and one unit.

use std::sync::Arc;

use catalogue::{Documents, ItemDocument, Published};
use journal::Head;
use kernel::{Basis, Channel, Ctx, Error, Fault, Holder, Id, Item, Moment, Result};
use serde_json::Value;
use standards::{CaseNumber, ItemCode, MaterialNecessity};
use storage::{Commit, Unit, args, once};
use vault::DataKey;
use webkit::App;

use super::{
    Entry, append,
    drafts::{self, ANSWERS_MAX},
    filled::Asked,
    materials, pledges, preliminary, subject,
};
use crate::{
    Calendars, CaseId,
    model::{By, Case, Filing, Setting},
    parts::Serials,
    rules::{self, APPLICATION},
    store::{self, CaseRow, Facts, FileRef, FormRef, MaterialRow, guard},
};

/// An application that is filed at once, without a draft.
#[derive(Debug, Clone)]
pub struct Application {
    /// The item.
    pub item: Id<Item>,
    /// At a window: the person or enterprise that applies. `None`: the caller itself, or whom it acts for.
    pub holder: Option<Holder>,
    /// The answers of the form.
    pub values: Value,
    /// How it is filed.
    pub how: HowFiled,
    /// The key under which it is filed once, however often it is sent; empty: none.
    pub key: String,
}

/// What comes with an application besides its form.
#[derive(Debug, Clone, Default)]
pub struct HowFiled {
    /// Materials handed over on paper at the window.
    pub on_paper: Vec<String>,
    /// The applicant knows that materials are missing and files nevertheless; the office will say once what is to be supplied.
    pub incomplete: bool,
    /// The organ that examines first, by unified social credit code, where the item names several; empty: the only one, or the window's own.
    pub preliminary: String,
    /// At a window: the person who stands there agrees now. Told when a draft was begun, it need not be told again.
    pub consent: bool,
}

/// A case that was filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Its version.
    pub version: i64,
}

/// Everything known about an application when it is filed.
struct Ready<'a> {
    id: CaseId,
    item: Id<Item>,
    published: Published,
    holder: Holder,
    right: Basis,
    channel: Channel,
    answers: Value,
    how: &'a HowFiled,
    consent_at: Option<Moment>,
    uploaded: Vec<FileRef>,
    /// Those among them that are signed pledges, and the papers on which they were signed.
    signed: Vec<MaterialRow>,
    /// The draft's version and its key; `None`: filed at once.
    draft: Option<(i64, DataKey)>,
    key: &'a str,
}

/// Files an application; sent twice with one key, it gives the same case.
///
/// # Errors
/// Those of the permission; [`Error::Invalid`] for each answer that is wrong and each material that is missing; [`Error::Refused`] if
/// the item takes no application; if the engine fails.
pub async fn file(ctx: &Ctx, app: &App, application: &Application) -> Result<Filed> {
    ready(ctx, app, application).await?.file(ctx, app).await
}

/// The unit that [`file`] would commit, for measuring what a commit costs without all that goes before it.
///
/// # Errors
/// As [`file`], but for those of the commit.
pub async fn filing_unit(ctx: &Ctx, app: &App, application: &Application) -> Result<Unit> {
    Ok(ready(ctx, app, application).await?.prepare(ctx, app).await?.0)
}

async fn ready<'a>(ctx: &Ctx, app: &App, application: &'a Application) -> Result<Ready<'a>> {
    let documents = app.part::<Documents>()?;
    let published = catalogue::published(&app.db, &documents, application.item).await?;
    let holder = application.holder.or_else(|| ctx.actor.holder()).ok_or(Error::SignIn)?;
    let right = preliminary::may_file(ctx, app, &published, holder).await?;
    let at_window = ctx.actor.holder() != Some(holder);
    Ok(Ready {
        id: ctx.new_id(),
        item: application.item,
        published,
        holder,
        right,
        channel: if at_window { Channel::Window } else { ctx.actor.channel },
        answers: application.values.clone(),
        how: &application.how,
        consent_at: application.how.consent.then_some(ctx.now),
        uploaded: Vec::new(),
        signed: Vec::new(),
        draft: None,
        key: &application.key,
    })
}

/// Files a draft with the files that lie ready; filed twice, it gives the same case.
///
/// # Errors
/// As [`file`]; [`Error::Refused`] if the item was changed since the draft was begun.
pub async fn file_draft(ctx: &Ctx, app: &App, id: CaseId, how: &HowFiled) -> Result<Filed> {
    let row = match drafts::own_row(ctx, app, id).await {
        Ok(row) => row,
        // Filed already: by a second click, or in another window.
        Err(Error::NotFound { .. }) => return super::load_for(ctx, app, id).await.map(filed),
        Err(error) => return Err(error),
    };
    let documents = app.part::<Documents>()?;
    let published = catalogue::published(&app.db, &documents, row.item).await?;
    if published.number != row.item_version {
        return Err(changed_item());
    }
    let right = preliminary::may_file(ctx, app, &published, row.holder).await?;
    let key = app.vault.key(&subject(id)).await?;
    let draft = drafts::open(app, row, &key).await?;
    let files = app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await?;
    let files = files.iter().map(store::material).collect::<Result<Vec<_>>>()?;
    let signed = files.iter().filter(|it| pledges::belongs(it)).cloned().collect();
    let uploaded =
        files.into_iter().map(|it| FileRef { number: it.number, material: it.material, sm3: it.blob }).collect();
    let ready = Ready {
        id,
        item: draft.item,
        published,
        holder: draft.holder,
        right,
        channel: if draft.at_window { Channel::Window } else { ctx.actor.channel },
        answers: draft.values,
        how,
        consent_at: draft.consent_at.or(how.consent.then_some(ctx.now)),
        uploaded,
        signed,
        draft: Some((draft.version, key)),
        key: "",
    };
    ready.file(ctx, app).await
}

fn filed(row: CaseRow) -> Filed {
    Filed { id: row.id, number: row.facts.number, version: row.head.version }
}

fn changed_item() -> Error {
    Error::refused(
        "这个事项的要求刚刚更新过。请打开草稿看看有什么变化，更新后再提交；没有草稿的，请按新的要求重新填写。",
    )
}

impl Ready<'_> {
    async fn file(mut self, ctx: &Ctx, app: &App) -> Result<Filed> {
        let (unit, row) = self.prepare(ctx, app).await?;
        match app.db.commit(unit).await? {
            Commit::Done => Ok(filed(row)),
            Commit::Lost { guard } => self.lost(ctx, app, guard).await,
        }
    }

    /// Decides and writes the unit; commits nothing.
    async fn prepare(&mut self, ctx: &Ctx, app: &App) -> Result<(Unit, CaseRow)> {
        let document = Arc::clone(&self.published.document);
        drafts::check_audience(&document, self.holder)?;
        let at_window = self.channel == Channel::Window;
        if !at_window {
            drafts::check_level(ctx, app, &document).await?;
        }
        self.check(ctx, app, &document).await?;
        let rules = rules::rules(&document, &self.answers)?;
        let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
        let setting = Setting { rules: &rules, calendar: &calendar, now: ctx.now };
        let person = ctx.person()?;
        let by = if at_window { By::officer(person, &[crate::model::Role::Accept]) } else { By::applicant(person) };
        let filing = Filing { channel: self.channel, materials: self.materials(&document) };
        let event = Case::file(&filing, &by, &setting)?;
        let case = Case::begin(&event).map_err(Error::internal)?;
        let code: ItemCode =
            self.published.item.item_code.parse().map_err(|error| {
                Error::internal(format!("item {} in use has no implementing code: {error}", self.item))
            })?;
        let serial = app.part::<Serials>()?.next(&app.db, ctx, code.as_str()).await?;
        let number = CaseNumber::new(&code, ctx.now.legal_date(), serial).map_err(Error::internal)?;
        let facts = Facts {
            number: number.to_string(),
            item: self.item,
            item_version: self.published.number,
            authority: self.published.item.authority,
            division: self.published.item.division.as_str().to_owned(),
            holder: self.holder,
            filed_by: person,
            preliminary: preliminary::chosen(ctx, app, &self.published, (self.holder, &self.how.preliminary)).await?,
            consent_at: self.consent_at.filter(|_| at_window),
        };
        let mut unit = Unit::new(ctx);
        if !self.key.is_empty() {
            once::mark(&mut unit, ctx, self.key, &self.id.to_string());
        }
        let form = self.seal(&mut unit, ctx, app)?;
        let files = self.add_files(&mut unit, ctx)?;
        pledges::file(&mut unit, ctx, (self.id, &facts), &self.signed)?;
        let entry = Entry { event: &event, facts: Some(&facts), form: Some(&form), files: &files, operator: None };
        let head = append(&mut unit, ctx, &Head::none(), self.id, &entry)?;
        let row = CaseRow { id: self.id, facts, case, form, files, claimed_by: None, head };
        store::case_add(&mut unit, &row)?;
        catalogue::check_in_force(&mut unit, guard::ITEM, self.item, self.published.number);
        identity::still_holds(&mut unit, ctx, &self.right);
        Ok((unit, row))
    }

    /// Everything that the applicant can mend, told at once.
    async fn check(&mut self, ctx: &Ctx, app: &App, document: &ItemDocument) -> Result<()> {
        let mut faults = Vec::new();
        if let Some(form) = &document.form {
            let item = (self.item, self.published.number);
            let asked = Asked { item, form, holder: self.holder, before: None };
            let (values, wrong) = asked.filed(ctx, app, &self.answers).await?;
            self.answers = values;
            faults.extend(wrong);
        }
        if store::json(&self.answers)?.len() > ANSWERS_MAX {
            return Err(Error::TooLarge {
                reason: "申请表填写的内容过多，请精简后再提交。".to_owned()
            });
        }
        let unknown = self.how.on_paper.iter().filter(|key| document.requirement(key).is_none());
        faults.extend(unknown.map(|key| Fault::new(format!("material.{key}"), format!("本事项没有材料「{key}」。"))));
        faults.extend(pledges::faults(document, &self.answers, &self.signed));
        let pledged = |key: &&String| self.signed.iter().any(|it| it.material == **key);
        faults.extend(self.how.on_paper.iter().filter(pledged).map(|key| {
            let words = "这份材料已经用告知承诺代替。收到了纸质材料的，请先移除承诺书；没有收到的，请不要勾选。";
            Fault::new(format!("material.{key}"), words)
        }));
        if !self.how.incomplete {
            faults.extend(missing(document, &self.answers, &self.handed_in()));
        }
        if self.channel == Channel::Window && self.consent_at.is_none() {
            faults.push(Fault::new("consent", "请确认申请人在场并同意由窗口代为提交。"));
        }
        if self.channel != Channel::Window && !self.how.on_paper.is_empty() {
            faults.push(Fault::new("on_paper", "只有在窗口提交申请时才能登记纸质材料，请上传电子文件。"));
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
    }

    fn handed_in(&self) -> Vec<&str> {
        let files = self.uploaded.iter().map(|it| it.material.as_str());
        files.chain(self.how.on_paper.iter().map(String::as_str)).collect()
    }

    /// Codes of what is handed in; the filled form is one of them where the list names it.
    fn materials(&self, document: &ItemDocument) -> Vec<String> {
        let mut codes: Vec<String> = self.handed_in().into_iter().map(str::to_owned).collect();
        if document.requirement(APPLICATION).is_some() {
            codes.push(APPLICATION.to_owned());
        }
        codes.sort();
        codes.dedup();
        codes
    }

    fn seal(&self, unit: &mut Unit, ctx: &Ctx, app: &App) -> Result<FormRef> {
        let holder = subject(self.id);
        let key = match &self.draft {
            Some((version, key)) => {
                unit.one(guard::DRAFT, store::DRAFT_DROP, args![self.id, *version]);
                key.clone()
            }
            None => app.vault.create(unit, ctx, &holder),
        };
        let name = "form".to_owned();
        let text = store::json(&self.answers)?;
        let sm3 = app.vault.seal(unit, ctx, (&holder, &key), &name, text.as_bytes());
        Ok(FormRef { name, sm3 })
    }

    fn add_files(&self, unit: &mut Unit, ctx: &Ctx) -> Result<Vec<FileRef>> {
        let mut files = self.uploaded.clone();
        let next = files.iter().map(|it| it.number).max().unwrap_or(0) + 1;
        for (number, material) in (next..).zip(&self.how.on_paper) {
            materials::on_paper(unit, ctx, self.id, (number, material))?;
            files.push(FileRef { number, material: material.clone(), sm3: String::new() });
        }
        if !files.is_empty() {
            let rows = u64::try_from(files.len()).unwrap_or(u64::MAX);
            unit.expect(guard::FILES, rows, store::MATERIALS_FILE, args![self.id, ctx.now, false]);
        }
        Ok(files)
    }

    async fn lost(&self, ctx: &Ctx, app: &App, lost: &'static str) -> Result<Filed> {
        match lost {
            once::GUARD => {
                let earlier = once::earlier(&app.db, ctx, self.key).await?;
                let id = earlier.ok_or_else(|| Error::internal("a key was used and is not there"))?;
                let id = id.parse().map_err(|_| Error::refused("这个提交标识已用于别的操作，请换一个再提交。"))?;
                super::load_for(ctx, app, id).await.map(filed)
            }
            guard::DRAFT => match super::load_for(ctx, app, self.id).await {
                Ok(row) => Ok(filed(row)),
                Err(_) => Err(Error::refused("这份草稿已在别的窗口或设备上改动过，请刷新页面核对后再提交。")),
            },
            guard::FILES => Err(Error::refused("材料刚刚有变动，请刷新页面核对后再提交。")),
            guard::ITEM => Err(changed_item()),
            store::pledges::GUARD => Err(pledges::broken_meanwhile()),
            kernel::POST_GUARD => Err(Error::post_ended()),
            kernel::MANDATE_GUARD => Err(Error::mandate_ended()),
            _ => Err(Error::Busy),
        }
    }
}

/// The materials that must lie and do not, each as a fault at `material.KEY`.
pub(crate) fn missing(document: &ItemDocument, answers: &Value, handed_in: &[&str]) -> Vec<Fault> {
    let needed = rules::asked(document, answers)
        .filter(|it| it.need == MaterialNecessity::Required && it.max_days_owed.is_none() && it.key != APPLICATION);
    let absent = needed.filter(|it| !handed_in.contains(&it.key.as_str()));
    absent.map(|it| Fault::new(format!("material.{}", it.key), format!("还没有上传「{}」。", it.name))).collect()
}
