//! Pledges in the place of a material (告知承诺): told, chosen freely, signed by ticking and a code, kept word for word as a file, recorded with
//! the filing. What is found of them afterwards: [`super::pledge_checks`].

use std::net::IpAddr;

use catalogue::model::Requirement;
use identity::{CodeClaim, CodePurpose, Look, PersonCard, Purpose, Recipient};
use journal::Head;
use kernel::{Ctx, Error, Fault, Holder, Id, Item, Result};
use serde::Serialize;
use standards::Limit;
use storage::{Unit, args};
use webkit::{App, utoipa::ToSchema};

use super::{
    document,
    drafts::{self, Draft},
    materials::{self, MaterialKind, NewMaterial},
};
use crate::{
    Calendars, CaseId,
    model::{
        Event, Fact,
        pledge::{PledgeState, SOURCE, Standing, Terms},
    },
    rules,
    store::{self, CaseRow, Facts, MaterialRow, pledges as rows},
};

/// A pledge, as an id's mark.
#[derive(Debug)]
pub(crate) enum PledgeMark {}

/// Pledges of one case at most: one a material.
const OF_CASE_MAX: i64 = 100;
/// The kind of entry with which it begins.
pub(crate) const MADE: &str = "cases.pledge_made";

/// A pledge with its place in the record.
#[derive(Debug, Clone)]
pub(crate) struct Pledge {
    pub(crate) id: Id<PledgeMark>,
    pub(crate) state: PledgeState,
    pub(crate) head: Head,
}

/// The subject of a pledge's chain.
pub(crate) fn chain(id: Id<PledgeMark>) -> String {
    format!("case-pledge:{id}")
}

/// A pledge that may be signed for a material of a draft.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OfferedPledge {
    /// 材料代码
    pub(crate) material: String,
    /// 材料名称
    pub(crate) name: String,
    /// 事项名称
    pub(crate) item_name: String,
    /// 告知承诺书全文
    pub(crate) text: String,
    /// 全文的 SM3：签署时带回，保证签的就是这一份
    pub(crate) mark: String,
    /// 依据
    pub(crate) source: &'static str,
    /// 验证码发到哪个手机，只显示一部分
    pub(crate) mobile: String,
    /// 不能用告知承诺的原因；为空：可以
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) refusal: String,
    /// 已经签署的，文件序号
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signed: Option<i64>,
    #[serde(skip)]
    pub(crate) uploaded: bool,
}

impl OfferedPledge {
    /// One with made-up content, for the samples of pages.
    pub(crate) fn sample((material, name): (&str, &str), item: &str, text: &str) -> Self {
        Self {
            material: material.to_owned(),
            name: name.to_owned(),
            item_name: item.to_owned(),
            text: text.to_owned(),
            mark: vault::sm3_hex(text.as_bytes()),
            source: SOURCE,
            mobile: "139****0001".to_owned(),
            refusal: String::new(),
            signed: None,
            uploaded: false,
        }
    }
}

/// What is sent to sign.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signing<'a> {
    /// [`OfferedPledge::mark`] of the text that was read.
    pub(crate) mark: &'a str,
    /// Whether it is ticked.
    pub(crate) agrees: bool,
    /// What came with the code.
    pub(crate) handle: &'a str,
    /// The code as typed.
    pub(crate) code: &'a str,
}

/// The text that may be signed for a material of one's own draft, and whether it may.
///
/// # Errors
/// [`Error::NotFound`] if there is no such draft, or no pledge may stand for that material; if the engine fails.
pub(crate) async fn offered(ctx: &Ctx, app: &App, id: CaseId, material: &str) -> Result<OfferedPledge> {
    Ok(open(ctx, app, id, material).await?.0)
}

async fn open(ctx: &Ctx, app: &App, id: CaseId, material: &str) -> Result<(OfferedPledge, PersonCard)> {
    let draft = drafts::draft(ctx, app, id).await?;
    let requirement = draft.document.requirement(material).filter(|it| it.may_pledge());
    let requirement = requirement.ok_or(Error::NotFound { what: "告知承诺" })?;
    let card = own_card(ctx, app).await?;
    let text = text(app, &draft, requirement).await?;
    let files = app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await?;
    let files = files.iter().map(store::material).collect::<Result<Vec<_>>>()?;
    let mut files = files.iter().filter(|it| it.material == material);
    let offered = OfferedPledge {
        material: material.to_owned(),
        name: requirement.name.clone(),
        item_name: draft.document.name.clone(),
        mark: vault::sm3_hex(text.as_bytes()),
        text,
        source: SOURCE,
        mobile: identity::masked_mobile(&card.mobile),
        refusal: refusal(ctx, app, (&draft, requirement), &card).await?,
        signed: files.clone().find(|it| is_pledge(it)).map(|it| it.number),
        uploaded: files.any(|it| !is_pledge(it)),
    };
    Ok((offered, card))
}

/// Whether this file is a signed pledge.
pub(super) fn is_pledge(row: &MaterialRow) -> bool {
    row.kind == MaterialKind::Pledge.code()
}

async fn own_card(ctx: &Ctx, app: &App) -> Result<PersonCard> {
    identity::person_card(ctx, app, ctx.person()?, (Purpose::Handling, &Look::default())).await
}

async fn text(app: &App, draft: &Draft, it: &Requirement) -> Result<String> {
    let authority = catalogue::item(&app.db, draft.item).await?.authority;
    let authority = identity::authority(&app.db, authority).await?.facts.name;
    let applicant = identity::holder_name(app, &draft.holder).await?;
    let terms = Terms {
        item: &draft.document.name,
        material: &it.name,
        authority: &authority,
        applicant: &applicant,
        basis: &it.legal_basis,
        content: &it.pledge_content,
        check: &it.pledge_check,
        check_days: it.pledge_check_days.unwrap_or(0),
        breach: &it.pledge_breach,
    };
    Ok(terms.text())
}

/// Why no pledge can be signed now; empty: it can.
async fn refusal(ctx: &Ctx, app: &App, (draft, it): (&Draft, &Requirement), card: &PersonCard) -> Result<String> {
    if draft.at_window || ctx.actor.holder() != Some(draft.holder) {
        let words = "告知承诺要由申请人本人登录后签署。窗口代填的，请交材料，或者请申请人自己在网上申请。";
        return Ok(words.to_owned());
    }
    if card.mobile.is_empty() {
        return Ok("签署要用手机验证码，您还没有登记手机号。请在「我的账号」登记，或者交材料。".to_owned());
    }
    Ok(match breach(app, draft.holder, draft.item).await? {
        true => barred(&it.name),
        false => String::new(),
    })
}

/// Whether a holder has a breach for an item that is not repaired (国办发〔2020〕42号, 二（二）).
///
/// # Errors
/// If the engine fails.
async fn breach(app: &App, holder: Holder, item: Id<Item>) -> Result<bool> {
    Ok(app.db.find(rows::PLEDGE_BREACH, args![holder.to_string(), item]).await?.is_some())
}

fn barred(material: &str) -> String {
    format!(
        "您办这个事项时作过的告知承诺经核查不符，违诺记录还没有修复，现在不能再用告知承诺，请提交「{material}」。\
         怎样修复，请在「我的办件」打开那一件查看，或者向办理单位咨询。"
    )
}

/// Sends the code with which the pledge is signed, to the telephone that the platform knows; gives what goes with it.
///
/// # Errors
/// As [`offered`]; [`Error::Refused`] if it cannot be signed; those of [`identity::send_code`].
pub(crate) async fn send_code(ctx: &Ctx, app: &App, (id, material): (CaseId, &str), from: IpAddr) -> Result<String> {
    let (offered, card) = open(ctx, app, id, material).await?;
    signable(&offered)?;
    identity::send_code(ctx, app, CodePurpose::Pledge, (&Recipient::Mobile(card.mobile), true), from).await
}

fn signable(it: &OfferedPledge) -> Result<()> {
    if !it.refusal.is_empty() {
        return Err(Error::refused(&it.refusal));
    }
    if it.signed.is_some() {
        return Err(Error::refused("这份材料的告知承诺书已经签署。要重新签署，请先在材料页移除。"));
    }
    if it.uploaded {
        return Err(Error::refused("这种材料已经上传了文件。要改用告知承诺，请先在材料页移除文件。"));
    }
    Ok(())
}

/// Signs the pledge; the signed text lies as a file among the materials, and counts once the application is sent. Gives its number.
///
/// # Errors
/// As [`send_code`]; [`Error::Invalid`] at `agrees` if it is not ticked, or the text is another now; at `code` if the code is wrong.
pub(crate) async fn sign(ctx: &Ctx, app: &App, (id, material): (CaseId, &str), it: &Signing<'_>) -> Result<i64> {
    let (offered, card) = open(ctx, app, id, material).await?;
    signable(&offered)?;
    if it.mark != offered.mark {
        return Err(Error::invalid("agrees", "告知承诺书的内容刚刚有变化，请重新阅读后再签署。"));
    }
    let mut faults = Vec::new();
    if !it.agrees {
        faults.push(Fault::new("agrees", "请阅读全文，勾选同意后再签署。"));
    }
    if it.handle.is_empty() {
        faults.push(Fault::new("code", "请先获取验证码，再填写收到的 6 位数字。"));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let claim = CodeClaim { purpose: CodePurpose::Pledge, handle: it.handle, code: it.code };
    identity::prove_code(ctx, app, claim, &Recipient::Mobile(card.mobile.clone())).await?;
    let text = format!(
        "{}\n签署人：{}\n签署时间：{}\n签署方式：阅读全文、勾选同意，并以发送到手机 {} 的验证码确认\n",
        offered.text,
        card.name,
        ctx.now.zh(),
        offered.mobile
    );
    let name = format!("告知承诺书（{}）.txt", offered.name);
    let new = NewMaterial { material: material.to_owned(), name, bytes: text.into(), replaces: None };
    materials::add_pledge(ctx, app, id, (&new, claim)).await
}

/// In the unit that files: each signed pledge begins its place in the record. Whoever has a breach for that item that is not repaired
/// files nothing ([`rows::GUARD`]).
///
/// # Errors
/// If the engine fails.
pub(super) fn file(unit: &mut Unit, ctx: &Ctx, (id, facts): (CaseId, &Facts), signed: &[MaterialRow]) -> Result<()> {
    for it in signed {
        let state = PledgeState {
            case: id,
            file: it.number,
            material: it.material.clone(),
            holder: facts.holder.to_string(),
            item: facts.item,
            authority: facts.authority,
            signed_by: ctx.person()?,
            text: it.blob.clone(),
            standing: Standing::Made,
            reason: String::new(),
        };
        let pledge = ctx.new_id::<PledgeMark>();
        let head = journal::append(unit, ctx, &Head::none(), (&chain(pledge), MADE), &state)?;
        rows::add(unit, pledge, &state, &head)?;
    }
    Ok(())
}

/// What is said if one may not pledge any more when filing.
pub(super) fn broken_meanwhile() -> Error {
    Error::refused(
        "您办这个事项时作过的告知承诺刚刚核查为不符，违诺记录修复以前不能再用告知承诺。请移除承诺书，改交材料再提交。",
    )
}

/// Pledges of a case, with by when each is to be checked; whoever calls has asked by what right.
///
/// # Errors
/// If the engine fails.
pub(super) async fn of_case(app: &App, id: CaseId) -> Result<Vec<Pledge>> {
    let found = app.db.query(rows::PLEDGES_OF_CASE, args![id, OF_CASE_MAX]).await?;
    found.iter().map(rows::read).collect()
}

/// Once a case is approved, its pledges are to be checked within the days that the item says; in the unit of the reader that read it.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn follow(app: &App, unit: &mut Unit, (row, event): (&CaseRow, &Event)) -> Result<()> {
    if !matches!(event.fact, Fact::Approved { .. }) {
        return Ok(());
    }
    let pledges = of_case(app, row.id).await?;
    if pledges.is_empty() {
        return Ok(());
    }
    let document = document(app, row.facts.item, row.facts.item_version).await?;
    let calendar = app.part::<Calendars>()?.now(&app.db, event.at).await?;
    for it in pledges.iter().filter(|it| it.state.standing == Standing::Made) {
        let days = document.requirement(&it.state.material).and_then(|it| it.pledge_check_days).unwrap_or(0);
        let due = calendar.due(event.at.legal_date(), Limit::working_days(days), &[]).map_err(Error::internal)?;
        unit.run(rows::DUE_ADD, args![it.id, it.state.authority, due.value()]);
    }
    Ok(())
}

/// Of the signed pledges of a draft that is about to be filed, those for which none may stand as things are.
pub(super) fn faults(
    document: &catalogue::ItemDocument,
    answers: &serde_json::Value,
    signed: &[MaterialRow],
) -> Vec<Fault> {
    let stands = |key: &str| rules::asked(document, answers).any(|it| it.key == key && it.may_pledge());
    let fault = |it: &MaterialRow| {
        Fault::new(materials::field(&it.material), "这份材料现在不能用告知承诺代替，请移除承诺书，改交材料。")
    };
    signed.iter().filter(|it| !stands(&it.material)).map(fault).collect()
}
