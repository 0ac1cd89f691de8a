//! What becomes of a chunk of a file: which of our items its rows mean, what they change, and what is refused. Reads, writes nothing.

use std::collections::{HashMap, HashSet};

use journal::Head;
use kernel::{Authority, Ctx, Id, Item, Moment, Result};
use standards::{HandlingCode, ItemBaseCode, ItemCode, ItemType};
use storage::Db;

use super::{
    apply::{Row, Trouble, Weight, base_row, item_row, new_base, part_rows, unsound},
    column::{Entry, Find, RowKind},
    offices::{Bodies, Body, may},
    standing::{Standing, facts},
};
use crate::{
    CATALOGUE, DIRECTORY,
    model::{
        BaseEntry, Difference, Directory, ItemDocument, ItemSummary, Opened, Revision, Rulebook, Stage, TimeLimit,
        TimeUnit, differences,
    },
    service::{self, base, describe, items::revised},
    store::{self, folded},
};

/// An item that the file adds.
pub(crate) struct Added {
    pub(crate) item: ItemSummary,
    pub(crate) document: String,
    pub(crate) revision: Revision,
}

/// An item that the file changes.
pub(crate) struct Changed {
    pub(crate) item: ItemSummary,
    pub(crate) head: Head,
    pub(crate) document: String,
    pub(crate) revision: Revision,
    /// SM3 of the document in force; empty: none.
    pub(crate) in_force: String,
    /// The draft before, if there was one.
    pub(crate) before: Option<(String, Revision)>,
    pub(crate) differences: Vec<Difference>,
    pub(crate) line: u32,
    pub(crate) sheet: u16,
}

/// What becomes of a chunk.
#[derive(Default)]
pub(crate) struct Decided {
    pub(crate) added: Vec<Added>,
    pub(crate) changed: Vec<Changed>,
    pub(crate) unchanged: usize,
    pub(crate) refused: usize,
    /// Entries of the base directory that the file changes, with the version they were read at.
    pub(crate) bases: Vec<(BaseEntry, i64)>,
    /// Entries that the directory lacked.
    pub(crate) new_bases: Vec<BaseEntry>,
    /// How many of them have a row of their own.
    pub(crate) new_base_rows: usize,
    pub(crate) report: Vec<Trouble>,
}

/// One import on its way.
pub(crate) struct Importer {
    /// Whose file it is, for rows that name nobody.
    pub(crate) authority: Option<Id<Authority>>,
    /// Items that somebody changed after this instant are not overwritten.
    pub(crate) since: Option<Moment>,
    pub(crate) blank_clears: bool,
    pub(crate) bodies: Bodies,
    bases: HashMap<String, Option<(BaseEntry, i64)>>,
    /// The rules by which documents are weighed.
    book: Rulebook,
}

/// One item of the file.
pub(super) struct Wanted {
    pub(super) rows: Vec<Row>,
    /// The body that the rows name.
    pub(super) named: Option<Id<Authority>>,
    pub(super) guid: Option<Id<Item>>,
    pub(super) item_code: String,
    pub(super) handling_code: String,
    pub(super) local_code: String,
    pub(super) name: String,
}

impl Wanted {
    fn first(&self) -> Option<&Row> {
        self.rows.iter().find(|it| it.kind == RowKind::Item).or(self.rows.first())
    }

    pub(super) fn has_code(&self) -> bool {
        !(self.item_code.is_empty() && self.handling_code.is_empty() && self.local_code.is_empty())
    }
}

/// Why an item is refused: a reason and what to do.
pub(super) type Refusal = (String, &'static str);

impl Importer {
    /// An import for this authority.
    ///
    /// # Errors
    /// If the engine fails.
    pub(crate) async fn new(db: &Db, authority: Option<Id<Authority>>, blank_clears: bool) -> Result<Self> {
        let bodies = Bodies::read(db).await?;
        let book = service::rules::rulebook(db).await?;
        Ok(Self { authority, since: None, blank_clears, bodies, bases: HashMap::new(), book })
    }

    /// Decides a chunk.
    ///
    /// # Errors
    /// If the engine fails.
    pub(crate) async fn decide(&mut self, ctx: &Ctx, db: &Db, chunk: &[Vec<Row>]) -> Result<Decided> {
        let mut out = Decided::default();
        let mut wanted = Vec::with_capacity(chunk.len());
        for rows in chunk {
            match self.wanted(rows) {
                _ if rows.first().is_some_and(|it| it.kind == RowKind::Directory) => {
                    self.directory(ctx, db, rows, &mut out).await?;
                }
                Ok(it) => wanted.push(it),
                Err(trouble) => {
                    out.refused += 1;
                    out.report.push(trouble);
                }
            }
        }
        let standing = self.standing(db, &wanted).await?;
        self.know_bases(db, &wanted).await?;
        let mut seen = HashSet::new();
        for it in &wanted {
            let mut report = Vec::new();
            let told = self.one(ctx, it, &standing, (&mut seen, &mut report, &mut out));
            if let Err((reason, advice)) = told
                && let Some(row) = it.first()
            {
                report.push(row.trouble(Weight::Refused, ("", &it.name), reason, advice));
            }
            out.refused += usize::from(report.iter().any(|it| it.weight == Weight::Refused));
            out.report.append(&mut report);
        }
        Ok(out)
    }

    fn wanted(&self, rows: &[Row]) -> std::result::Result<Wanted, Trouble> {
        if let Some(trouble) = rows.iter().find_map(unsound) {
            return Err(trouble);
        }
        let text = |find: Find| {
            let texts = rows.iter().map(|row| row.text(|it| it.find == Some(find)));
            texts.into_iter().find(|it| !it.is_empty()).unwrap_or_default().to_owned()
        };
        let (code, name) = (text(Find::OfficeCode), text(Find::Office));
        let named = self.bodies.named((&code, &name), self.authority).map_err(|reason| {
            let value = if name.is_empty() { &code } else { &name };
            let row = rows.first().cloned();
            let advice = "核对实施主体，或者请管理员先在机构管理中添加";
            row.map_or_else(
                || Trouble {
                    weight: Weight::Refused,
                    sheet: 0,
                    line: 0,
                    column: String::new(),
                    value: String::new(),
                    reason: reason.clone(),
                    advice,
                },
                |row| row.trouble(Weight::Refused, ("实施主体", value), reason.clone(), advice),
            )
        })?;
        let base = text(Find::Base);
        if let (false, Err(error), Some(row)) = (base.is_empty(), ItemBaseCode::parse(&base), rows.first()) {
            return Err(row.trouble(
                Weight::Refused,
                ("基本编码", &base),
                error.message(),
                "改正基本编码（12 位）后重新导入",
            ));
        }
        let (mut item_code, mut handling_code) = (text(Find::ItemCode), text(Find::HandlingCode));
        if handling_code.len() <= 2 && !handling_code.is_empty() && !item_code.is_empty() {
            handling_code = format!("{item_code}{handling_code:0>2}");
        } else if handling_code.len() <= 3 {
            handling_code.clear();
        }
        if let (true, Ok(code)) = (item_code.is_empty(), HandlingCode::parse(&handling_code)) {
            code.item().as_str().clone_into(&mut item_code);
        }
        Ok(Wanted {
            rows: rows.to_vec(),
            named,
            guid: text(Find::Guid).parse().ok(),
            item_code,
            handling_code,
            local_code: text(Find::LocalCode),
            name: super::cell::line(&text(Find::Name)),
        })
    }

    async fn standing(&self, db: &Db, wanted: &[Wanted]) -> Result<Standing> {
        let mut out = Standing::default();
        let guids: Vec<_> = wanted.iter().filter_map(|it| it.guid).map(|it| it.to_string()).collect();
        out.take(db, store::ITEMS_OF, &guids, None).await?;
        let codes: Vec<_> = wanted.iter().map(|it| it.item_code.clone()).filter(|it| !it.is_empty()).collect();
        out.take(db, store::BY_ITEM_CODE, &codes, None).await?;
        let mut local: HashMap<Id<Authority>, Vec<String>> = HashMap::new();
        let mut names: HashMap<Id<Authority>, Vec<String>> = HashMap::new();
        for it in wanted {
            let Some(authority) = it.named.or(self.authority) else { continue };
            if !it.local_code.is_empty() {
                local.entry(authority).or_default().push(it.local_code.clone());
            }
            if !it.has_code() && !it.name.is_empty() {
                names.entry(authority).or_default().push(folded(&it.name));
            }
        }
        for (authority, codes) in local {
            out.take(db, store::BY_LOCAL_CODE, &codes, Some(authority)).await?;
        }
        for (authority, names) in names {
            out.take(db, store::BY_NAME, &names, Some(authority)).await?;
        }
        out.read_documents(db).await?;
        Ok(out)
    }

    /// Reads the entries of the base directory that the rows name.
    async fn know_bases(&mut self, db: &Db, wanted: &[Wanted]) -> Result<()> {
        for it in wanted {
            let Some(code) = base_code(it) else { continue };
            if !self.bases.contains_key(code.as_str()) {
                let found = base::find(db, code.as_str()).await?;
                self.bases.insert(code.as_str().to_owned(), found);
            }
        }
        Ok(())
    }

    fn one(
        &mut self,
        ctx: &Ctx,
        it: &Wanted,
        standing: &Standing,
        (seen, report, out): (&mut HashSet<Id<Item>>, &mut Vec<Trouble>, &mut Decided),
    ) -> std::result::Result<(), Refusal> {
        let found = standing.find(it, self.authority)?;
        let authority = found.map(|it| it.0.authority).or(it.named).or(self.authority);
        let authority = authority.ok_or(("没有写明实施主体".to_owned(), "补上实施主体一列，或者选定部门后再导入"))?;
        if it.named.is_some_and(|named| named != authority) {
            return Err(("编码属于另一个实施主体的事项".to_owned(), "核对实施主体和编码"));
        }
        if !may(ctx, CATALOGUE, Some(authority)) {
            return Err(("您没有这个实施主体的事项目录管理权限".to_owned(), "删去这些行，或者请该部门导入"));
        }
        let body = self.bodies.get(authority).cloned().ok_or(("没有这个实施主体".to_owned(), "核对实施主体"))?;
        match found {
            Some((item, head)) if seen.insert(item.id) => {
                let (was, before) = standing.entry(item, &body);
                self.existing(ctx, it, (item, head, &was, before), (report, out))?;
                if let Some(changed) = out.changed.last_mut().filter(|it| it.item.id == item.id) {
                    changed.in_force =
                        standing.in_force.get(&item.id).map(|it| service::fingerprint(it)).unwrap_or_default();
                }
                Ok(())
            }
            Some(_) => Err(("与前面的行是同一个事项，只取前面的".to_owned(), "删去重复的行")),
            None => self.fresh(ctx, it, (authority, &body), (report, out)),
        }
    }

    fn existing(
        &mut self,
        ctx: &Ctx,
        it: &Wanted,
        (item, head, was, before): (&ItemSummary, &Head, &Entry, Option<(String, Revision)>),
        (report, out): (&mut Vec<Trouble>, &mut Decided),
    ) -> std::result::Result<(), Refusal> {
        let mut doc = was.doc.clone();
        self.lay(it, was, &mut doc, report);
        let code = base_code(it).filter(|code| doc.base.as_ref().is_none_or(|base| base.code != *code));
        if let Some(code) = code {
            if !item.item_code.is_empty() {
                return Err(("已发布的事项不能更换基本编码".to_owned(), "需要更换的，请新编一个事项"));
            }
            doc.base = Some(self.base_of(ctx, it, &code, (report, out))?);
        }
        if report.iter().any(|it| it.weight == Weight::Refused) {
            return Ok(());
        }
        if doc == was.doc {
            out.unchanged += 1;
            return Ok(());
        }
        if !item.state.is_open() {
            return Err(("该事项已取消，不能再修改".to_owned(), "删去这一行"));
        }
        if self.since.is_some_and(|since| item.changed_at > since) {
            return Err(("检查之后有人修改过这个事项，没有覆盖".to_owned(), "查看事项的最新内容，确需修改的重新导入"));
        }
        self.refresh_base(&mut doc);
        let revision = before.as_ref().map_or_else(|| Revision::opened(Opened::Change), |it| it.1.clone());
        let written = revision.written(&ctx.actor.who.to_string());
        let revision = written.map_err(|error| (error.message(), "撤回后重新导入，或者等审核结束"))?;
        let text = service::checked(&doc).map_err(|error| (error.message(), "缩短内容后重新导入"))?;
        let mut next = item.clone();
        next.stage = Some(revision.stage);
        if let Some((_, version)) = doc.base.as_ref().and_then(|it| self.bases.get(it.code.as_str())?.as_ref()) {
            next.base_version = *version;
        }
        revised(&mut next, &doc, &self.book);
        let row = it.first();
        out.changed.push(Changed {
            differences: differences(&was.doc, &doc),
            item: next,
            head: head.clone(),
            document: text,
            revision,
            in_force: String::new(),
            before,
            line: row.map_or(0, |it| it.line),
            sheet: row.map_or(0, |it| it.sheet),
        });
        Ok(())
    }

    fn fresh(
        &mut self,
        ctx: &Ctx,
        it: &Wanted,
        (authority, body): (Id<Authority>, &Body),
        (report, out): (&mut Vec<Trouble>, &mut Decided),
    ) -> std::result::Result<(), Refusal> {
        if !it.rows.iter().any(|it| it.kind == RowKind::Item) {
            return Err(("没有找到这一行所属的事项".to_owned(), "核对编码或者名称，或者把事项本身也写进文件"));
        }
        if it.name.is_empty() {
            return Err(("没有写事项名称".to_owned(), "补上事项名称"));
        }
        let code = base_code(it).ok_or((
            "新事项没有写明基本编码（12 位）：没有列入基本目录的不得办理".to_owned(),
            "补上基本编码一列，编码见「基本目录」页面",
        ))?;
        let mut was = Entry { doc: ItemDocument::default(), facts: facts(body) };
        was.doc.base = Some(self.base_of(ctx, it, &code, (report, out))?);
        let mut doc = was.doc.clone();
        self.lay(it, &was, &mut doc, report);
        if report.iter().any(|it| it.weight == Weight::Refused) {
            return Ok(());
        }
        let text = service::checked(&doc).map_err(|error| (error.message(), "缩短内容后重新导入"))?;
        let revision = Revision::opened(Opened::New).written(&ctx.actor.who.to_string());
        let revision = revision.map_err(|error| (error.message(), ""))?;
        let item_type = doc.item_type().unwrap_or(ItemType::Power);
        let mut item = ItemSummary::named((ctx.new_id(), authority), body.division.clone(), item_type, "");
        item.stage = Some(Stage::Writing);
        item.base_version = self.bases.get(code.as_str()).and_then(Option::as_ref).map_or(1, |it| it.1);
        item.changed_at = ctx.now;
        describe(&mut item, &doc, &self.book);
        out.added.push(Added { item, document: text, revision });
        Ok(())
    }

    fn lay(&self, it: &Wanted, was: &Entry, doc: &mut ItemDocument, report: &mut Vec<Trouble>) {
        for row in it.rows.iter().filter(|it| it.kind == RowKind::Item) {
            item_row(was, doc, row, self.blank_clears, report);
        }
        part_rows(was, doc, &it.rows, self.blank_clears, report);
    }

    /// The entry as the directory has it now.
    fn refresh_base(&self, doc: &mut ItemDocument) {
        let known = doc.base.as_ref().and_then(|it| self.bases.get(it.code.as_str())?.as_ref());
        if let Some((entry, _)) = known {
            doc.base = Some(entry.clone());
        }
    }

    /// The entry of the base directory that an item rests on; made of what the file says if the directory lacks it and the actor keeps
    /// the directory.
    fn base_of(
        &mut self,
        ctx: &Ctx,
        it: &Wanted,
        code: &ItemBaseCode,
        (report, out): (&mut Vec<Trouble>, &mut Decided),
    ) -> std::result::Result<BaseEntry, Refusal> {
        if let Some(Some((entry, _))) = self.bases.get(code.as_str()) {
            return Ok(entry.clone());
        }
        if !may(ctx, DIRECTORY, None) {
            return Err((
                format!("基本目录中没有 {code}：没有列入目录的不得办理"),
                "请机构编制部门先列入基本目录，再重新导入",
            ));
        }
        let mut entry = blank_base(code.clone());
        for row in it.rows.iter().filter(|it| it.kind == RowKind::Item) {
            new_base(&mut entry, row, report);
        }
        base::judged(&entry).map_err(|error| {
            (
                format!("基本目录中没有 {code}，按这一行列入时：{}", error.message()),
                "补上设定依据、法定时限、服务对象等列",
            )
        })?;
        self.bases.insert(code.as_str().to_owned(), Some((entry.clone(), 1)));
        out.new_bases.push(entry.clone());
        Ok(entry)
    }

    /// A row of the base directory.
    async fn directory(&mut self, ctx: &Ctx, db: &Db, rows: &[Row], out: &mut Decided) -> Result<()> {
        let Some(row) = rows.first() else { return Ok(()) };
        let mut report: Vec<Trouble> = unsound(row).into_iter().collect();
        let code = row.text(|it| it.find == Some(Find::Base)).to_owned();
        let mut refuse = |reason: String, advice: &'static str| {
            report.push(row.trouble(Weight::Refused, ("基本编码", &code), reason, advice));
        };
        match ItemBaseCode::parse(&code) {
            Err(error) => refuse(error.message(), "改正基本编码"),
            Ok(parsed) => {
                let known = base::find(db, parsed.as_str()).await?;
                let mut entry = known.as_ref().map_or_else(|| blank_base(parsed.clone()), |it| it.0.clone());
                let mut faults = Vec::new();
                base_row(&entry.clone(), &mut entry, row, self.blank_clears, &mut faults);
                match &known {
                    Some((was, _)) if *was == entry && faults.is_empty() => out.unchanged += 1,
                    _ if !may(ctx, DIRECTORY, None) => {
                        refuse("您没有管理基本目录的权限".to_owned(), "基本目录由机构编制部门变更，请删去这一行");
                    }
                    Some((_, version)) if faults.is_empty() => out.bases.push((entry, *version)),
                    None if faults.is_empty() => match base::judged(&entry) {
                        Ok(()) => {
                            out.new_base_rows += 1;
                            out.new_bases.push(entry);
                        }
                        Err(error) => refuse(
                            format!("目录表没有法定时限和服务对象，不能凭它列入新的目录事项：{}", error.message()),
                            "请在基本目录页面列入，或者在实施清单中写全这些列",
                        ),
                    },
                    _ => {}
                }
                report.extend(faults);
            }
        }
        out.refused += usize::from(!report.is_empty());
        out.report.append(&mut report);
        Ok(())
    }

    /// Forgets what was read of the directory: it was changed, or a chunk that adds to it was not written.
    pub(crate) fn forget_bases(&mut self) {
        self.bases.clear();
    }
}

/// The base code that the rows write, or that of the implementing code they write.
fn base_code(it: &Wanted) -> Option<ItemBaseCode> {
    let mut written = it.rows.iter().map(|row| row.text(|it| it.find == Some(Find::Base)));
    let code = written.find(|it| !it.is_empty()).and_then(|it| ItemBaseCode::parse(it).ok());
    code.or_else(|| ItemCode::parse(&it.item_code).ok().map(|it| it.base()))
}

fn blank_base(code: ItemBaseCode) -> BaseEntry {
    BaseEntry {
        item_type: code.item_type(),
        code,
        name: String::new(),
        legal_basis: Vec::new(),
        statutory_limit: TimeLimit { n: 0, unit: TimeUnit::WorkingDay },
        limit_explain: String::new(),
        service_objects: Vec::new(),
        use_levels: Vec::new(),
        main_item: String::new(),
        materials: Vec::new(),
        visits_max: None,
        directory: Directory::ByCode,
        local_code: String::new(),
    }
}

/// What becomes of items that others keep writing while they are imported.
pub(crate) fn contested(chunk: &[Vec<Row>]) -> Decided {
    let first = chunk.iter().filter_map(|rows| rows.first());
    let told = |row: &Row| {
        let reason = "正在被他人修改，没有覆盖".to_owned();
        row.trouble(Weight::Refused, ("", ""), reason, "稍后重新导入")
    };
    Decided { refused: chunk.len(), report: first.map(told).collect(), ..Decided::default() }
}
