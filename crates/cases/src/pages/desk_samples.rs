//! Made-up content for the desk's pages: a list with every kind of deadline, and cases in the states that look most different.

use std::sync::Arc;

use catalogue::{ItemDocument, ItemState, ItemSummary};
use kernel::{Fault, Id, Moment};
use serde_json::{Value, json};
use standards::{DivisionCode, ItemType};
use webkit::{FormData, Shell, ShellCaller};

use super::{desk_act::Typed, desk_case::CasePage, desk_opinions};
use crate::{
    model::Stage,
    service::{
        applicants::ApplicantCard,
        claims::ClaimView,
        extension::ExtensionView,
        filled::{AnswersView, TableView},
        hearing::HearingView,
        known::Compared,
        preliminary::PreliminaryView,
        reads::{
            CaseDetail, CaseSummary, FaultView, FileView, GradeView, MaterialView, OfferView, PaperView, TimelineEntry,
            UndoableView, WeightView,
        },
    },
    store,
    view::{self, ClockView},
};

pub(super) fn shell() -> Shell {
    let mut shell = Shell::sample("亳州市政务服务网");
    shell.caller = Some(ShellCaller { name: "李四".to_owned(), acting_for: None, may_switch: false, officer: true });
    shell.path = "/desk".to_owned();
    shell
}

/// An item with a little of everything.
pub(super) fn document() -> ItemDocument {
    let mut document = ItemDocument::named("食品经营许可（新办）");
    document.review_points = vec![
        "经营场所地址与营业执照是否一致".to_owned(),
        "经营项目与设施是否匹配：冷食、生食、裱花须有专间或者专用操作区".to_owned(),
    ];
    document.form = serde_json::from_value(json!({
        "schema": {"type": "object", "properties": {
            "principal": {"type": "string", "title": "法定代表人（负责人）"},
            "area": {"type": "integer", "title": "经营面积（平方米）"},
        }},
        "layout": [{"heading": "经营场所", "hint": "", "fields": ["principal", "area"]}],
        "prefill": {},
    }))
    .ok();
    document
}

pub(super) fn card() -> ApplicantCard {
    ApplicantCard {
        name: "武<b>敏</b>".to_owned(),
        enterprise: false,
        number: "341***********0028".to_owned(),
        mobile: "13900000001".to_owned(),
        address: "安徽省亳州市谯城区魏武大道与希夷大道交叉口向东二百米路南演示小区 8 号楼 2 单元 301 室".to_owned(),
        filed: "本人网上提交".to_owned(),
        compared: vec![
            compared("姓名", "武<b>敏</b>", "武<b>敏</b>"),
            compared("联系电话", "", "13900000001<b>敏</b>"),
        ],
        asks: false,
    }
}

fn compared(title: &str, written: &str, registered: &str) -> Compared {
    Compared {
        title: title.to_owned(),
        written: written.to_owned(),
        registered: registered.to_owned(),
        source: "实名登记信息",
        same: written == registered,
    }
}

pub(super) fn items() -> Vec<ItemSummary> {
    let names = [("食品经营许可（新办）", Some(false)), ("个体工商户设立登记", Some(true))];
    let item = |(name, immediate): (&str, Option<bool>)| {
        let whose = (Id::from_parts(Moment::from_micros(0), [1; 10]), Id::from_parts(Moment::from_micros(0), [2; 10]));
        Some(ItemSummary {
            state: ItemState::Published,
            current_version: 1,
            immediate,
            for_persons: true,
            for_organisations: true,
            promise: "8 个工作日".to_owned(),
            visits: Some(0),
            ..ItemSummary::named(whose, DivisionCode::parse("341602").ok()?, ItemType::Licence, name)
        })
    };
    names.into_iter().filter_map(item).collect()
}

fn clock(
    (name, kind): (&'static str, &'static str),
    (text, due, note): (&str, &str, &str),
    (used, total): (i64, i64),
) -> ClockView {
    ClockView {
        name,
        kind,
        text: text.to_owned(),
        due: (!due.is_empty()).then(|| due.to_owned()),
        provisional: note.contains("暂定"),
        used,
        total,
        note: note.to_owned(),
    }
}

fn running(name: &'static str) -> ClockView {
    clock((name, "on_time"), ("剩 5 个工作日", "2026-03-09", "2026年3月9日前"), (3, 8))
}

fn soon(name: &'static str) -> ClockView {
    clock((name, "soon"), ("剩 1 个工作日", "2027-01-04", "2027年1月4日（暂定）前"), (4, 5))
}

fn summary(stage: Stage, clock: Option<ClockView>) -> CaseSummary {
    CaseSummary {
        id: "0196f0c3a2b47c11a0b1c2d3e4f50617".to_owned(),
        number: "341602000000260000017".to_owned(),
        item: "1".to_owned(),
        item_name: "食品经营许可（新办）".to_owned(),
        authority_name: "谯城区市场监督管理局".to_owned(),
        applicant: "谯城区志远牛肉馍店".to_owned(),
        stage: stage.code().to_owned(),
        stage_name: stage.name().to_owned(),
        tone: view::tone(stage).to_owned(),
        post: store::post_of(stage).to_owned(),
        filed_at: "2026-03-02T01:30:00Z".to_owned(),
        filed_on: "2026年3月2日".to_owned(),
        statutory: clock
            .as_ref()
            .map(|it| ClockView { name: "法定", text: "剩 12 个工作日".to_owned(), ..it.clone() }),
        clock,
        claimed_by: String::new(),
        claimant: String::new(),
        mine: false,
        version: 3,
    }
}

/// A row for each kind of deadline.
pub(super) fn summaries() -> Vec<CaseSummary> {
    let overdue = clock(("承诺", "overdue"), ("超期 2 个工作日", "2026-02-27", "2026年2月27日前"), (10, 8));
    let paused = clock(("承诺", "suspended"), ("计时暂停", "", "自2026年3月3日起暂停，恢复后还剩 4 个工作日"), (0, 0));
    let mut long = summary(Stage::Received, Some(running("受理")));
    long.item_name =
        "适龄儿童、少年因身体状况需要延缓入学或者休学审批（含特殊教育学校、随班就读学生的延缓入学申请）".to_owned();
    long.applicant = "<script>alert(1)</script>".to_owned();
    let (mut mine, mut colleagues) =
        (summary(Stage::ForDecision, Some(overdue)), summary(Stage::Filed, Some(soon("受理"))));
    (mine.claimed_by, mine.mine) = ("李四".to_owned(), true);
    (colleagues.claimed_by, colleagues.claimant) = ("王<五>".to_owned(), mine.id.clone());
    vec![mine, colleagues, long, summary(Stage::Suspended, Some(paused)), summary(Stage::Delivered, None)]
}

fn material((key, name): (&str, &str), files: &[(&str, &str)], standard: &str) -> MaterialView {
    let file = |(index, it): (usize, &(&str, &str))| FileView {
        // Numbers run through the case; here each material has its ten.
        number: i64::try_from(key.len() * 10 + index).unwrap_or(0),
        name: it.0.to_owned(),
        note: it.1.to_owned(),
        kind: if it.1.starts_with("PDF") { "pdf" } else { "jpeg" }.to_owned(),
        on_paper: it.1 == "窗口收取",
        filed: true,
        // A second one was handed in before the first.
        superseded: index > 0,
        has_thumb: !it.1.starts_with("PDF") && it.1 != "窗口收取",
        origin: String::new(),
        source: None,
        signed_paper: false,
    };
    MaterialView {
        key: key.to_owned(),
        name: name.to_owned(),
        hint: String::new(),
        standard: standard.to_owned(),
        required: true,
        from_form: key == "application",
        may_pledge: false,
        may_follow: key == "health",
        files: files.iter().enumerate().map(file).collect(),
        earlier_offer: None,
    }
}

pub(super) fn timeline(stage: Stage) -> Vec<TimelineEntry> {
    let entry = |when: &str, title: &str, who: &str, state: &str| TimelineEntry {
        at: String::new(),
        when: when.to_owned(),
        title: title.to_owned(),
        who: who.to_owned(),
        texts: if title == "受理" {
            vec![("承诺办结".to_owned(), "2026年3月12日前".to_owned())]
        } else {
            Vec::new()
        },
        paper: None,
        kind: String::new(),
        state: state.to_owned(),
        annulled: state == "void",
    };
    let mut out = vec![entry("2026-03-02 09:30", "提交申请", "陈志远（申请人）", "past")];
    if stage != Stage::Filed {
        out.push(entry("2026-03-02 14:05", "接件", "王五（受理岗）", "past"));
        out.push(entry("2026-03-03 09:20", "受理", "王五（受理岗）", "void"));
        out.push(entry("2026-03-03 10:20", "受理", "王五（受理岗）", "now"));
    }
    out
}

fn staff() -> TableView {
    let texts = |it: [&str; 2]| it.map(str::to_owned).to_vec();
    TableView {
        name: "staff".to_owned(),
        title: "从业人员".to_owned(),
        columns: texts(["姓名", "健康证号"]),
        rows: vec![texts(["武<b>敏</b>", "JK20260001"]), texts(["陈志远", ""])],
    }
}

fn result() -> FileView {
    FileView {
        number: 9,
        name: "许可证<b>正本</b>.pdf".to_owned(),
        note: "PDF，320 KB".to_owned(),
        kind: "pdf".to_owned(),
        on_paper: false,
        filed: true,
        superseded: false,
        has_thumb: false,
        origin: String::new(),
        source: None,
        signed_paper: false,
    }
}

#[expect(clippy::too_many_lines, reason = "a case with all that its page can show, field by field")]
pub(super) fn detail(stage: Stage, clocks: Vec<ClockView>, acts: &[&str]) -> CaseDetail {
    let missing =
        [("health", "从业人员健康证明"), ("photo", "经营场所照片")].map(|it| (it.0.to_owned(), it.1.to_owned()));
    let before = matches!(stage, Stage::Filed | Stage::Received);
    CaseDetail {
        authority: kernel::Id::from_parts(kernel::Moment::from_micros(0), [7; 10]),
        summary: summary(stage, clocks.first().cloned()),
        advice: String::new(),
        your_turn: false,
        clocks,
        faults: Vec::new(),
        owed: Vec::new(),
        form: vec![
            AnswersView {
                heading: "经营者".to_owned(),
                answers: vec![
                    ("经营者名称".to_owned(), "谯城区志远牛肉馍店".to_owned()),
                    ("法定代表人（负责人）".to_owned(), "陈志远".to_owned()),
                    ("负责人公民身份号码".to_owned(), "341602199306180031".to_owned()),
                ],
                tables: Vec::new(),
                number: 1,
            },
            AnswersView {
                heading: "经营场所".to_owned(),
                answers: vec![("经营面积（平方米）".to_owned(), "86".to_owned()), ("备注".to_owned(), String::new())],
                tables: vec![staff()],
                number: 2,
            },
        ],
        results: vec![result()],
        materials: vec![
            material(("application", "食品经营许可申请书"), &[], "内容完整，申请人已确认签名"),
            material(
                ("licence", "营业执照"),
                &[("营业执照副本扫描件.pdf", "PDF，1.2 MB")],
                "在有效状态，经营场所与申请一致",
            ),
            material(
                ("layout", "经营场所平面图"),
                &[("平面图-厨房-餐厅-库房-最终确认版本.jpg", "JPEG，640 KB"), ("纸质材料", "窗口收取")],
                "标明各功能区的位置和面积、洗消水池、冷藏设备",
            ),
            material(("health", "从业人员健康证明"), &[], ""),
        ],
        papers: vec![PaperView {
            number: 3,
            title: "受理通知书".to_owned(),
            document_number: if before { String::new() } else { "谯市监受〔2026〕17号".to_owned() },
            made_at: if before { String::new() } else { "2026-03-03 10:21".to_owned() },
            withdrawn: false,
        }],
        acts: acts.iter().map(|it| OfferView { act: (*it).to_owned(), words: String::new() }).collect(),
        steps: Vec::new(),
        review_points: document().review_points,
        required_points: 1,
        discretion: vec![weight()],
        officer: true,
        claim: ClaimView { may_take: true, ..ClaimView::default() },
        hearing: None,
        extension_asked: acts.contains(&"extend").then(extension_asked),
        preliminary: acts.contains(&"hand_up").then(|| PreliminaryView {
            office: "花戏楼<b>所".to_owned(),
            upper: "谯城区市场监督管理局".to_owned(),
            done: false,
            when: String::new(),
            due: "2026年3月30日".to_owned(),
            favour: None,
        }),
        asks_opinion: acts.contains(&"ask_extension"),
        undoable: acts.contains(&"annul").then(|| UndoableView {
            number: 5,
            words: "准予通过".to_owned(),
            who: "欧阳<娜>".to_owned(),
            when: "2026年3月9日 09:30".to_owned(),
        }),
        experts: if acts.contains(&"end_special") {
            "评审专家，每行一位：姓名、单位、职称"
        } else {
            ""
        },
        companions: vec![("1".to_owned(), "欧阳<娜>".to_owned())],
        presiders: vec![("1".to_owned(), "欧阳<娜>".to_owned())],
        document: Arc::new(document()),
        values: Value::Null,
        item_version: 1,
        holder: kernel::Holder::Person(kernel::Id::from_parts(kernel::Moment::from_micros(0), [8; 10])),
        special: vec![("检验".to_owned(), "检验".to_owned()), ("专家评审".to_owned(), "专家评审".to_owned())],
        may_owe: if before { missing[..1].to_vec() } else { Vec::new() },
        missing: if before { missing.to_vec() } else { Vec::new() },
        apart: "本事项实行受理、审核与审批分离：受理、审核过的人不再作决定。".to_owned(),
        uncertain: stage == Stage::Received,
    }
}

/// An extension that waits for the head.
fn extension_asked() -> ExtensionView {
    ExtensionView {
        days: 10,
        reason: "现场<核查>发现布局与图纸不一致，需要复核".to_owned(),
        who: "欧阳<娜>".to_owned(),
        when: "2026年3月9日 09:30".to_owned(),
    }
}

/// A matter of the discretion standard, of which the form gives a grade.
fn weight() -> WeightView {
    let grade = |grade: &str, condition: &str, applies| GradeView {
        grade: grade.to_owned(),
        condition: condition.to_owned(),
        outcome: "按当年公布的标准<发放>".to_owned(),
        applies,
        fen_min: Some(1_000_000),
        fen_max: Some(5_000_000),
    };
    WeightView {
        matter: "核定的经营面积".to_owned(),
        basis: "食品经营许可和备案管理办法第十二条".to_owned(),
        must: true,
        grades: vec![grade("小型", "经营面积不足 50 平方米", false), grade("中型", "经营面积 50 平方米以上", true)],
    }
}

/// A hearing that is announced.
pub(super) fn hearing() -> HearingView {
    HearingView {
        standing: "听证的时间、地点和主持人已经通知".to_owned(),
        ask_by: "2026年3月9日".to_owned(),
        others: true,
        at: "2026年3月20日 09:30".to_owned(),
        place: "谯城区市场监督管理局二楼<听证室>".to_owned(),
        presider: "欧阳<娜>".to_owned(),
        public: true,
        your_turn: false,
        advice: String::new(),
    }
}

fn case_page(case: CaseDetail, stage: Stage, typed: &[(&str, &str)]) -> CasePage {
    let typed = typed.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
    let asks = case.asks_opinion;
    let mut page = CasePage::new(shell(), (case, card(), timeline(stage)), Typed::new(FormData::of(typed)));
    if asks {
        page.opinions = vec![desk_opinions::sample(true), desk_opinions::sample(false)];
    }
    page
}

fn waiting() -> CaseDetail {
    let mut waiting = detail(Stage::CorrectionAsked, Vec::new(), &["supply", "withdraw"]);
    waiting.faults = vec![FaultView {
        about: "layout".to_owned(),
        name: "经营场所平面图".to_owned(),
        what: "请标出洗消水池".to_owned(),
    }];
    waiting
}

/// Cases at the acceptance desk, in review, at the decision with a fault, waiting for the applicant, moved on, and over.
#[expect(clippy::too_many_lines, reason = "one state of a case after the other")]
pub(super) fn cases() -> Vec<CasePage> {
    let done =
        || clock(("受理时限", "done"), ("按时完成", "2026-03-09", "2026年3月3日完成，期限到2026年3月9日"), (0, 0));
    let filed = detail(
        Stage::Filed,
        vec![soon("受理时限")],
        &["receive", "ask_correction", "accept", "not_needed", "not_accept", "withdraw", "handle_at_once"],
    );
    let received =
        detail(Stage::Received, vec![running("受理时限")], &["ask_correction", "accept", "not_accept", "withdraw"]);
    let statutory = clock(("法定办结", "on_time"), ("剩 9 个工作日", "2026-03-16", "2026年3月16日前"), (1, 10));
    let review = detail(
        Stage::UnderReview,
        vec![done(), running("承诺办结"), statutory.clone()],
        &[
            "hand_up",
            "recommend",
            "record_check",
            "confirm_check",
            "return",
            "start_special",
            "tell_hearing",
            "call_hearing",
            "ask_hearing",
        ],
    );
    let late = clock(("承诺办结", "overdue"), ("超期 2 个工作日", "2026-02-27", "2026年2月27日前"), (10, 8));
    let decide = detail(
        Stage::ForDecision,
        vec![done(), late, statutory.clone()],
        &[
            "extend",
            "refuse_extension",
            "annul",
            "approve",
            "refuse",
            "return",
            "ask_extension",
            "start_special",
            "end_special",
            "prolong_special",
        ],
    );
    let mut decide = case_page(
        decide,
        Stage::ForDecision,
        &[("act", "refuse"), ("reasons", ""), ("law", "《食品安全法》第三十五条")],
    );
    decide.faults = vec![Fault::new("refuse-reasons", "请填写理由。（依据：行政许可法第三十八条第二款）")];
    let paused =
        clock(("承诺办结", "suspended"), ("计时暂停", "", "自2026年3月3日起暂停，恢复后还剩 4 个工作日"), (0, 0));
    let mut suspended = detail(
        Stage::Suspended,
        vec![done(), paused],
        &["set_hearing", "ask_recusal", "answer_recusal", "hold_hearing", "drop_hearing"],
    );
    suspended.hearing = Some(hearing());
    let issued = detail(Stage::Issued, vec![done(), running("送达时限")], &["deliver"]);
    let mut moved = case_page(
        issued,
        Stage::Issued,
        &[("act", "refuse"), ("reasons", "平面图没有标出<洗消水池>，现场核查不合格。")],
    );
    moved.trouble = "办件已被他人（何审批）处理，您的操作没有执行。请查看最新情况后再决定。".to_owned();
    vec![
        case_page(filed, Stage::Filed, &[]),
        case_page(
            received,
            Stage::Received,
            &[("act", "ask_correction"), ("lack", "health"), ("what.layout", "请标出洗消水池的位置")],
        ),
        case_page(review, Stage::UnderReview, &[]),
        decide,
        case_page(suspended, Stage::Suspended, &[]),
        case_page(waiting(), Stage::CorrectionAsked, &[]),
        moved,
        case_page(
            detail(Stage::Accepted, vec![done(), running("承诺办结"), statutory], &["start_review", "extend"]),
            Stage::Accepted,
            &[],
        ),
        case_page(detail(Stage::Closed, vec![done()], &[]), Stage::Closed, &[]),
    ]
}
