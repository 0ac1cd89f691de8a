//! Cases (办件): applying, deciding, and all that goes between, for applicants, windows and desks.
//!
//! A case is one application for one item. What it is and may become stands in `model`, pure; what can be done with it in `service`,
//! one function an act; its papers are made by a reader of the journal (`feed`). Drafts are not cases: a case begins when it is filed.

mod api;
mod change;
mod feed;
mod model;
mod pages;
mod parts;
mod replay;
mod rules;
mod service;
mod store;
mod view;

#[cfg(test)]
mod tests;

use kernel::{Permission, Post};
use webkit::{Area, Nav, Sweep};

pub use change::{Change, Left};
pub use feed::sample::Specimens;
pub use parts::{Calendars, own, parts, parts_with};
pub use service::{
    acts::{ActInput, FaultInput, GradeInput, act, act_unit},
    calendar::{CalendarReport, import_calendar},
    claims::{Took, assign_case, claim_case, release_case},
    draft_renewal::{Renewal, Standing, renew_draft, standing},
    drafts::{Draft, DraftAsk, OwnDraft, create_draft, draft, drafts_of, save_draft},
    erasure::{PersonsCases, forget_drafts, persons_cases},
    filing::{Application, Filed, HowFiled, file, file_draft, filing_unit},
    find::find_cases,
    hooks::{HOOK_MESSAGE, HookLetter, hook_letter},
    materials::{MaterialKind, NewMaterial, add_material, read_material, remove_material},
    papers::{PaperRow, paper_content, paper_file},
    reads::{CaseDetail, CaseSummary, TimelineEntry, case, my_cases, timeline},
    scan::{Scanner, Scanning, Verdict},
    sweeps::wake,
    worklist::{CaseFilter, Whose, worklist},
};

/// A case, as an id's mark.
#[derive(Debug)]
pub enum CaseMark {}

/// The id of a case; a draft has it already.
pub type CaseId = kernel::Id<CaseMark>;

/// To apply, in one's own name or for whom one acts.
pub const FILE: Permission = Permission::holder("cases.file", "提交申请");
/// To see a case with its form and materials.
pub const SEE: Permission = Permission::holder("cases.see", "查看办件").looking();
/// To receive, send back once, accept, or refuse acceptance.
pub const ACCEPT: Permission = Permission::post("cases.accept", "受理办件");
/// To examine and give an opinion.
pub const REVIEW: Permission = Permission::post("cases.review", "审核办件");
/// To decide.
pub const DECIDE: Permission = Permission::post("cases.decide", "审批办件").when_proven();
/// To approve, as the head of the organ, what the law leaves to the head.
pub const HEAD: Permission = Permission::post("cases.head", "本机关负责人批准").when_proven();
/// To answer, in the name of the own office, what others ask about a case of theirs.
pub const ADVISE: Permission = Permission::post("cases.advise", "答复征求意见");
/// To make results and hand them over.
pub const ISSUE: Permission = Permission::post("cases.issue", "制证送达").when_proven();
/// To check pledges that stand for materials, and to record breaches and their repair (事后核查).
pub const CHECK_PLEDGES: Permission = Permission::post("cases.check_pledges", "核查告知承诺");
/// To hand cases to officers, and to take them out of the hands of others (转派).
pub const ASSIGN: Permission = Permission::post("cases.assign", "转派办件");
/// To file for a person who stands at the window.
pub const FILE_AT_WINDOW: Permission = Permission::post("cases.file_at_window", "窗口代为提交");

/// For a system of a department: to read which cases of its items there are, and how they stand.
pub const SYSTEM_PULL: Permission = Permission::post("cases.system_pull", "业务系统读取办件");
/// For a system of a department: to read what applicants filled in and handed over.
pub const SYSTEM_CONTENT: Permission = Permission::post("cases.system_content", "业务系统读取申请内容和材料");
/// For a system of a department: to send back what its officers did, step by step.
pub const SYSTEM_ACT: Permission = Permission::post("cases.system_act", "业务系统办理办件");

/// 受理岗.
pub const ACCEPT_POST: Post = Post {
    code: "accept",
    name: "受理",
    permissions: &[SEE, ACCEPT, FILE_AT_WINDOW, identity::VERIFY],
    apart: &["decide"],
};
/// 审核岗.
pub const REVIEW_POST: Post =
    Post { code: "review", name: "审核", permissions: &[SEE, REVIEW, CHECK_PLEDGES], apart: &["decide"] };
/// 审批岗.
pub const DECIDE_POST: Post =
    Post { code: "decide", name: "审批", permissions: &[SEE, DECIDE], apart: &["accept", "review"] };
/// 发证岗.
pub const ISSUE_POST: Post = Post { code: "issue", name: "发证", permissions: &[SEE, ISSUE], apart: &[] };
/// 负责人：批准延长办理期限等依法由本机关负责人决定的事.
pub const HEAD_POST: Post = Post { code: "head", name: "负责人", permissions: &[SEE, HEAD], apart: &["review"] };
/// 会商岗：答复其他单位的征求意见.
pub const ADVISE_POST: Post = Post { code: "advise", name: "会商", permissions: &[ADVISE], apart: &[] };
/// 分派岗：科室负责人，把办件分给承办人。
pub const ASSIGN_POST: Post = Post { code: "assign", name: "分派", permissions: &[SEE, ASSIGN], apart: &[] };

/// 业务系统：在部门自己的系统里办理.
pub const SYSTEM_POST: Post =
    Post { code: "system", name: "业务系统", permissions: &[SYSTEM_PULL, SYSTEM_CONTENT, SYSTEM_ACT], apart: &[] };
/// 业务系统（只看进度）.
pub const SYSTEM_PULL_POST: Post =
    Post { code: "system_pull", name: "业务系统（只看进度）", permissions: &[SYSTEM_PULL], apart: &[] };

/// The area as the program sees it.
pub static AREA: Area = Area {
    routes: || pages::routes().merge(api::routes()),
    migrations: store::MIGRATIONS,
    sql: &[
        store::SQL,
        store::desk::ALL,
        store::NOTICES,
        store::UPLOADS,
        store::OWED,
        store::exhibits::SQL,
        store::opinions::SQL,
        store::systems::SQL,
        store::pledges::SQL,
        store::hooks::ALL,
        store::templates::SQL,
        store::exports::SQL,
    ],
    posts: &[
        ACCEPT_POST,
        REVIEW_POST,
        DECIDE_POST,
        ISSUE_POST,
        HEAD_POST,
        ADVISE_POST,
        ASSIGN_POST,
        SYSTEM_POST,
        SYSTEM_PULL_POST,
    ],
    readers: feed::readers,
    replays: replay::all,
    sweeps: &[
        Sweep { name: "cases.clocks", every_s: 60, run: |app, ctx| Box::pin(service::sweeps::clocks(app, ctx)) },
        Sweep { name: "cases.notices", every_s: 30, run: |app, ctx| Box::pin(service::notices::settle(app, ctx)) },
        Sweep { name: "cases.hooks", every_s: 3_600, run: |app, ctx| Box::pin(service::hooks::forget(app, ctx)) },
        Sweep { name: "cases.drafts", every_s: 3_600, run: |app, ctx| Box::pin(service::draft_bin::sweep(app, ctx)) },
        Sweep { name: "cases.opinions", every_s: 600, run: |app, ctx| Box::pin(service::opinions::remind(app, ctx)) },
        Sweep { name: "cases.owed", every_s: 600, run: |app, ctx| Box::pin(service::owing::remind(app, ctx)) },
        Sweep { name: "cases.exports", every_s: 1, run: |app, ctx| Box::pin(service::exports::work::round(app, ctx)) },
        Sweep { name: "cases.uploads", every_s: 3_600, run: |app, ctx| Box::pin(service::uploads::sweep(app, ctx)) },
    ],
    nav: &[
        Nav { href: "/progress", text: "查进度", needs: None, order: 25 },
        Nav { href: "/cases", text: "我的办件", needs: Some(FILE), order: 30 },
        Nav { href: "/desk", text: "工作台", needs: Some(DESK), order: 50 },
        Nav { href: "/desk/pledges", text: "承诺核查", needs: Some(CHECK_PLEDGES), order: 51 },
        Nav { href: "/desk/paper-templates", text: "文书模板", needs: Some(catalogue::LEGAL_CHECK), order: 65 },
        Nav { href: "/desk/opinions", text: "征求意见", needs: Some(ADVISE), order: 55 },
    ],
    lists: pages::LISTS,
    samples: pages::samples,
    ..Area::empty("cases")
};

/// To have a desk: whoever holds any post that handles cases has it, under this code of [`SEE`], which applicants do not get by post.
const DESK: Permission = Permission::post("cases.see", "办理办件");
