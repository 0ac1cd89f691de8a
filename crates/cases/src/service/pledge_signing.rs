//! A pledge is offered and signed (告知承诺书): by its applicant online, for a draft or while supplying what a notice named; or at a window by
//! whoever stands there, with a code to the own telephone, or by hand on paper, whose scan is put on record.

use std::{net::IpAddr, sync::Arc};

use catalogue::{ItemDocument, model::Requirement};
use identity::{CodeClaim, CodePurpose, Look, Purpose, Recipient};
use kernel::{Authority, Basis, Ctx, Error, Fault, Holder, Id, Item, Person, Result, Scope};
use serde::Serialize;
use storage::args;
use webkit::{App, utoipa::ToSchema};

use super::{
    document, drafts, load_for,
    materials::{self, MaterialKind, NewMaterial, Proof, Signed},
    pledge_print,
    pledges::{barred, belongs, breach, is_pledge},
    scan,
};
use crate::{
    CaseId, FILE_AT_WINDOW,
    model::{
        Stage,
        pledge::{SOURCE, Terms},
    },
    store,
};

/// A pledge that may be signed for a material of a draft, or of a case that is to be mended.
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
    /// 验证码发到申请人的哪个手机，只显示一部分；为空：没有登记手机号，或者申请人是单位，只能在窗口签纸质的
    pub(crate) mobile: String,
    /// 在窗口签署：可以用申请人的手机验证码，也可以打印后当面签名
    pub(crate) at_window: bool,
    /// 不能用告知承诺的原因；为空：可以
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) refusal: String,
    /// 已经签署的，文件序号
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signed: Option<i64>,
    /// Whether other files lie ready for that material.
    #[serde(skip)]
    pub(crate) uploaded: bool,
    /// Whether it is for a case that was filed, not for a draft.
    #[serde(skip)]
    pub(crate) filed: bool,
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
            at_window: false,
            refusal: String::new(),
            signed: None,
            uploaded: false,
            filed: false,
        }
    }
}

/// What is sent to sign by a code.
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

/// Where a pledge is signed: the draft, or the case.
struct Ground {
    item: Id<Item>,
    authority: Id<Authority>,
    document: Arc<ItemDocument>,
    holder: Holder,
    at_window: bool,
    filed: bool,
}

impl Ground {
    async fn of(ctx: &Ctx, app: &App, id: CaseId) -> Result<Self> {
        let ground = match drafts::own_row(ctx, app, id).await {
            Ok(row) => Self {
                item: row.item,
                authority: catalogue::item(&app.db, row.item).await?.authority,
                document: document(app, row.item, row.item_version).await?,
                holder: row.holder,
                at_window: row.channel == kernel::Channel::Window,
                filed: false,
            },
            Err(Error::NotFound { .. }) => {
                let row = load_for(ctx, app, id).await?;
                materials::may_supply(ctx, &row)?;
                if row.case.stage() != Stage::CorrectionAsked {
                    return Err(Error::refused("提交以后，只有在按告知补正的时候才能改用告知承诺。现在不需要补正。"));
                }
                Self {
                    item: row.facts.item,
                    authority: row.facts.authority,
                    document: document(app, row.facts.item, row.facts.item_version).await?,
                    holder: row.facts.holder,
                    at_window: ctx.actor.holder() != Some(row.facts.holder),
                    filed: true,
                }
            }
            Err(error) => return Err(error),
        };
        // At a window a draft is somebody else's: to read that one's telephone number needs the post.
        if ground.at_window && !ground.filed {
            ctx.may(FILE_AT_WINDOW, &Scope::item(ground.authority, ground.item))?;
        }
        Ok(ground)
    }

    async fn text(&self, app: &App, it: &Requirement) -> Result<String> {
        let authority = identity::authority(&app.db, self.authority).await?.facts.name;
        let applicant = identity::holder_name(app, &self.holder).await?;
        let terms = Terms {
            item: &self.document.name,
            material: &it.name,
            authority: &authority,
            applicant: &applicant,
            basis: &it.legal_basis,
            content: &it.pledge_content,
            check: &it.pledge_check,
            check_days: it.pledge_check_days.unwrap_or(0),
            breach: &it.pledge_breach,
            at_window: self.at_window,
        };
        Ok(terms.text())
    }

    /// Who signs by a code, with the number that the platform knows. At a window it is the person who stands there; an enterprise signs
    /// by hand.
    async fn signatory(&self, ctx: &Ctx, app: &App) -> Result<Signatory> {
        let person = match (self.at_window, self.holder) {
            (true, Holder::Enterprise(_)) => {
                let name = identity::holder_name(app, &self.holder).await?;
                return Ok(Signatory { person: None, name, mobile: String::new() });
            }
            (true, Holder::Person(person)) => person,
            (false, _) => ctx.person()?,
        };
        let basis = ctx.may(FILE_AT_WINDOW, &Scope::item(self.authority, self.item)).ok();
        let basis = basis.filter(|it| self.at_window && matches!(it, Basis::Post(_)));
        let purpose = if self.at_window { Purpose::Window } else { Purpose::Handling };
        let about = Look { authority: basis.as_ref().map(|_| self.authority), basis, ..Look::default() };
        let card = identity::person_card(ctx, app, person, (purpose, &about)).await?;
        Ok(Signatory { person: Some(person), name: card.name, mobile: card.mobile })
    }

    /// Why no pledge can be signed now; empty: it can.
    async fn refusal(&self, app: &App, it: &Requirement, who: &Signatory) -> Result<String> {
        if !self.at_window && who.mobile.is_empty() {
            return Ok("签署要用手机验证码，您还没有登记手机号。请在「我的账号」登记，或者交材料。".to_owned());
        }
        Ok(match breach(app, self.holder, self.item).await? {
            true => barred(&it.name),
            false => String::new(),
        })
    }
}

/// Whoever signs.
struct Signatory {
    /// `None`: somebody for an enterprise.
    person: Option<Id<Person>>,
    name: String,
    /// Empty: no code can be sent.
    mobile: String,
}

/// The text that may be signed for a material of one's own draft or of a case that is to be mended, and whether it may.
///
/// # Errors
/// [`Error::NotFound`] if there is no such draft or case, or no pledge may stand for that material; [`Error::Refused`] for a case that is
/// not to be mended; if the engine fails.
pub(crate) async fn offered(ctx: &Ctx, app: &App, id: CaseId, material: &str) -> Result<OfferedPledge> {
    Ok(open(ctx, app, id, material).await?.0)
}

async fn open(ctx: &Ctx, app: &App, id: CaseId, material: &str) -> Result<(OfferedPledge, Signatory)> {
    let ground = Ground::of(ctx, app, id).await?;
    let requirement = ground.document.requirement(material).filter(|it| it.may_pledge());
    let requirement = requirement.ok_or(Error::NotFound { what: "告知承诺" })?;
    let who = ground.signatory(ctx, app).await?;
    let text = ground.text(app, requirement).await?;
    let files = app.db.query(store::MATERIALS, args![id, store::FILES_MAX]).await?;
    let files = files.iter().map(store::material).collect::<Result<Vec<_>>>()?;
    // What was sent earlier stays on record; what comes now counts in its place.
    let mut waiting = files.iter().filter(|it| it.material == material && it.filed_at.is_none());
    let offered = OfferedPledge {
        material: material.to_owned(),
        name: requirement.name.clone(),
        item_name: ground.document.name.clone(),
        mark: vault::sm3_hex(text.as_bytes()),
        text,
        source: SOURCE,
        mobile: if who.mobile.is_empty() { String::new() } else { identity::masked_mobile(&who.mobile) },
        at_window: ground.at_window,
        refusal: ground.refusal(app, requirement, &who).await?,
        signed: waiting.clone().find(|it| is_pledge(it)).map(|it| it.number),
        uploaded: waiting.any(|it| !belongs(it)),
        filed: ground.filed,
    };
    Ok((offered, who))
}

/// Sends the code with which the pledge is signed, to the telephone of the applicant that the platform knows; gives what goes with it.
///
/// # Errors
/// As [`offered`]; [`Error::Refused`] if it cannot be signed, or not by a code; those of [`identity::send_code`].
pub(crate) async fn send_code(ctx: &Ctx, app: &App, (id, material): (CaseId, &str), from: IpAddr) -> Result<String> {
    let (offered, who) = open(ctx, app, id, material).await?;
    signable(&offered)?;
    if who.mobile.is_empty() {
        return Err(Error::refused(
            "申请人没有登记手机号，或者是单位，不能用验证码签署。请打印承诺书，当面签名或者盖章。",
        ));
    }
    identity::send_code(ctx, app, CodePurpose::Pledge, (&Recipient::Mobile(who.mobile), true), from).await
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

fn same_text(mark: &str, offered: &OfferedPledge, field: &str) -> Result<()> {
    match mark == offered.mark {
        true => Ok(()),
        false => Err(Error::invalid(field, "告知承诺书的内容刚刚有变化，请重新阅读后再签署。")),
    }
}

/// Signs the pledge by a code; the signed text lies as a file among the materials, and counts once the application (or what is supplied)
/// is sent. Gives its number.
///
/// # Errors
/// As [`send_code`]; [`Error::Invalid`] at `agrees` if it is not ticked, or the text is another now; at `code` if the code is wrong.
pub(crate) async fn sign(ctx: &Ctx, app: &App, (id, material): (CaseId, &str), it: &Signing<'_>) -> Result<i64> {
    let (offered, who) = open(ctx, app, id, material).await?;
    signable(&offered)?;
    same_text(it.mark, &offered, "agrees")?;
    let mut faults = Vec::new();
    if !it.agrees {
        faults.push(Fault::new("agrees", "请阅读全文，勾选同意后再签署。"));
    }
    if it.handle.is_empty() || who.mobile.is_empty() {
        faults.push(Fault::new("code", "请先获取验证码，再填写收到的 6 位数字。"));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let claim = CodeClaim { purpose: CodePurpose::Pledge, handle: it.handle, code: it.code };
    identity::prove_code(ctx, app, claim, &Recipient::Mobile(who.mobile.clone())).await?;
    let read = if offered.at_window { "在窗口阅读全文、当面同意" } else { "阅读全文、勾选同意" };
    let way = format!("{read}，并以发送到本人手机 {} 的验证码确认", offered.mobile);
    let new = signed_text(ctx, app, (&offered, &who), &way).await?;
    let window = if offered.at_window { Some(ctx.person()?) } else { None };
    let signed = Signed { by: who.person, window, proof: Proof::Code(claim) };
    materials::add_pledge(ctx, app, id, (&new, signed)).await
}

/// Puts on record a pledge that was printed and signed by hand at the window: the text, and the scan of the paper. Gives the text's number.
///
/// # Errors
/// As [`offered`]; [`Error::Refused`] if it cannot be signed, or not by hand; [`Error::Invalid`] at `scan` if it is none of the four kinds,
/// or the text is another now than the one that was printed; [`Error::TooLarge`].
pub(crate) async fn sign_on_paper(
    ctx: &Ctx,
    app: &App,
    (id, material): (CaseId, &str),
    (mark, name, bytes): (&str, String, bytes::Bytes),
) -> Result<i64> {
    let (offered, who) = open(ctx, app, id, material).await?;
    by_hand(&offered)?;
    signable(&offered)?;
    same_text(mark, &offered, SCAN)?;
    let scan = NewMaterial { material: material.to_owned(), name, bytes, replaces: None };
    let kind: MaterialKind = materials::check(SCAN, &scan)?;
    scan::passes(app, SCAN, &scan.bytes).await?;
    let new = signed_text(ctx, app, (&offered, &who), "打印后在窗口当面签名或者盖章，扫描件随本承诺书存档").await?;
    let signed = Signed { by: who.person, window: Some(ctx.person()?), proof: Proof::Paper(&scan, kind) };
    materials::add_pledge(ctx, app, id, (&new, signed)).await
}

/// At what a fault of the scan is told.
pub(crate) const SCAN: &str = "scan";

fn by_hand(offered: &OfferedPledge) -> Result<()> {
    match offered.at_window {
        true => Ok(()),
        false => Err(Error::refused("在网上申请的，请用手机验证码签署。要签纸质的，请到窗口办理。")),
    }
}

/// The pledge to be signed by hand, as PDF.
///
/// # Errors
/// As [`offered`]; [`Error::Refused`] if it cannot be signed, or not by hand.
pub(crate) async fn blank(ctx: &Ctx, app: &App, (id, material): (CaseId, &str)) -> Result<(String, Vec<u8>)> {
    let (offered, _) = open(ctx, app, id, material).await?;
    by_hand(&offered)?;
    signable(&offered)?;
    let bytes = pledge_print::pdf(app, &offered.text, (&offered.item_name, ctx.now), true).await?;
    Ok((format!("告知承诺书（{}）.pdf", offered.name), bytes))
}

/// The text with who signed it, when and how, as a file.
async fn signed_text(
    ctx: &Ctx,
    app: &App,
    (offered, who): (&OfferedPledge, &Signatory),
    way: &str,
) -> Result<NewMaterial> {
    let mut text = format!("{}\n签署人：{}\n签署时间：{}\n签署方式：{way}\n", offered.text, who.name, ctx.now.zh());
    if offered.at_window {
        text.push_str(&format!("窗口工作人员：{}\n", identity::person_name(app, ctx.person()?).await?));
    }
    let name = format!("告知承诺书（{}）.txt", offered.name);
    Ok(NewMaterial { material: offered.material.clone(), name, bytes: text.into(), replaces: None })
}
