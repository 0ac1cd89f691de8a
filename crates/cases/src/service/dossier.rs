//! What the area holds of a person, told through `identity`: cases with their forms, materials and papers; open ones keep an account from
//! being closed; drafts are forgotten with it.

use async_trait::async_trait;
use identity::{Dossier, Hindrance, Section};
use kernel::{Ctx, Id, PAGE_MAX, PageAsk, Person, Result};
use storage::{BlobId, Unit};
use webkit::{App, ArchiveSink};

use super::{
    archive,
    erasure::{forget_drafts, persons_cases},
    pledge_checks,
    reads::{FileView, case, my_cases},
};

/// Cases whose contents are told at most; a person has some dozens in a life. Of any more that they are left out is said.
const CASES_MAX: usize = 500;

/// Files of all one's cases together have so many bytes at most: what is above is fetched case by case.
const FILES_MAX: u64 = 1_000_000_000;

/// The area's answers.
pub(crate) struct PersonsDossier;

#[async_trait]
impl Dossier for PersonsDossier {
    async fn told(&self, ctx: &Ctx, app: &App) -> Result<Vec<Section>> {
        let (mut cases, mut answers, mut materials, mut papers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut pledges = Vec::new();
        let mut ask = PageAsk { after: None, limit: PAGE_MAX };
        loop {
            let page = my_cases(ctx, app, &ask).await?;
            for it in page.items {
                if cases.len() < CASES_MAX {
                    let whole = case(ctx, app, it.id.parse()?).await?;
                    let number = || it.number.clone();
                    if whole.materials.iter().any(|it| it.files.iter().any(FileView::is_pledge)) {
                        let materials = &whole.materials;
                        let of = |key: &str| materials.iter().find(|it| it.key == key).map(|it| it.name.clone());
                        let name = |key: &str| of(key).unwrap_or_default();
                        let told = pledge_checks::told(app, it.id.parse()?, name).await?;
                        pledges.extend(told.into_iter().map(|it| [vec![number()], it.to_vec()].concat()));
                    }
                    for group in whole.form {
                        answers.extend(group.answers.into_iter().map(|(name, said)| vec![number(), name, said]));
                        for table in group.tables {
                            for (place, row) in table.rows.into_iter().enumerate() {
                                let said: Vec<_> =
                                    table.columns.iter().zip(row).filter(|it| !it.1.is_empty()).collect();
                                let said: Vec<_> =
                                    said.into_iter().map(|(name, said)| format!("{name}：{said}")).collect();
                                answers.push(vec![number(), format!("{} {}", table.title, place + 1), said.join("；")]);
                            }
                        }
                    }
                    for of in whole.materials {
                        let file = |file: FileView| vec![number(), of.name.clone(), file.name, file.note];
                        materials.extend(of.files.into_iter().map(file));
                    }
                    let paper = |it: super::reads::PaperView| vec![number(), it.title, it.document_number, it.made_at];
                    papers.extend(whole.papers.into_iter().map(paper));
                } else {
                    let left = "件数较多，这一件的内容没有放进来，请在「我的办件」查看";
                    answers.push(vec![it.number.clone(), String::new(), left.to_owned()]);
                }
                cases.push(vec![it.number, it.item_name, it.authority_name, it.stage_name, it.filed_on]);
            }
            let Some(next) = page.next else { break };
            ask.after = Some(next.parse()?);
        }
        let of = |name, heads, rows| Section { name, heads, rows };
        Ok(vec![
            of("办件", &["办件编号", "事项", "办理单位", "状态", "提交日期"], cases),
            of("申请表", &["办件编号", "栏目", "内容"], answers),
            of("材料", &["办件编号", "材料", "文件", "说明"], materials),
            of("告知承诺", &["办件编号", "代替的材料", "状态", "全文"], pledges),
            of("文书", &["办件编号", "文书", "文号", "出具时间"], papers),
        ])
    }

    async fn hindrances(&self, ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Vec<Hindrance>> {
        let found = persons_cases(app, person, ctx.now).await?;
        if found.not_over.is_empty() {
            return Ok(Vec::new());
        }
        let what = format!("有 {} 件未办结或者刚刚办结的办件", found.not_over.len());
        let remedy = "请等它办结 10 分钟以后再来；不想办了的，可以在「我的办件」里先撤回申请。".to_owned();
        Ok(vec![Hindrance { what, remedy }])
    }

    async fn forget(&self, app: &App, unit: &mut Unit, person: Id<Person>) -> Result<Vec<BlobId>> {
        Ok(forget_drafts(app, unit, person).await?.1)
    }

    async fn files(&self, ctx: &Ctx, app: &App, into: &mut ArchiveSink) -> Result<Vec<String>> {
        let (mut left, mut room, mut cases) = (Vec::new(), FILES_MAX, 0);
        let mut ask = PageAsk { after: None, limit: PAGE_MAX };
        loop {
            let page = my_cases(ctx, app, &ask).await?;
            for it in page.items {
                cases += 1;
                if cases > CASES_MAX {
                    left.push(format!(
                        "办件 {} 的文件没有放进来：件数太多。请在「我的办件」打开这一件，点「全部下载」。",
                        it.number
                    ));
                    continue;
                }
                let id = it.id.parse()?;
                let whole = case(ctx, app, id).await?;
                let folder = format!("办件/{} {}/", it.number, it.item_name.replace('/', "／"));
                archive::files(ctx, app, (&whole, id, &folder), (into, &mut room, &mut left)).await?;
            }
            let Some(next) = page.next else { break };
            ask.after = Some(next.parse()?);
        }
        Ok(left)
    }
}
