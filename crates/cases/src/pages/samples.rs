//! Made-up content for the applicants' pages.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use catalogue::model::ApplicationForm;
use forms::{Offers, Origin, Setting, Shown};
use kernel::Fault;
use papers::{Block, DateStyle, Field, ListItem, Paper, SealMark, Signature, Verification};
use serde_json::json;
use webkit::{FormData, Sample, Shell};

use super::{
    apply::StartPage,
    desk_samples::{self, detail, timeline},
    draft_pages::{CheckPage, FormPage, MaterialsPage, Problem, Step, TasksPage},
    handed_out::PaperPage,
    mine::{CasePage, DraftLine, ListPage, ReceiptPage, SupplyPage},
};
use crate::{
    Change, Left, Renewal, Standing,
    model::Stage,
    service::{
        hearing::HearingView,
        owing::Following,
        reads::{CaseDetail, FaultView},
        reuse::EarlierView,
    },
};

const ID: &str = "0196f0c3a2b47c11a0b1c2d3e4f50617";
const ITEM: &str = "食品经营许可（新办）";

fn shell() -> Shell {
    let mut shell = Shell::sample("亳州市政务服务网");
    shell.path = "/cases".to_owned();
    shell
}

/// The applicants' pages.
pub(super) fn all() -> Vec<Sample> {
    let mine = |stage, acts: &[&str]| CaseDetail { officer: false, ..detail(stage, Vec::new(), acts) };
    let case = |stage, acts: &[&str]| CasePage {
        shell: shell(),
        case: mine(stage, acts),
        timeline: timeline(stage),
        notices: Vec::new(),
        typed: FormData::default(),
        faults: Vec::new(),
        charge: true,
    };
    let told = CasePage {
        case: CaseDetail {
            hearing: Some(HearingView { at: String::new(), your_turn: true, ..desk_samples::hearing() }),
            ..mine(Stage::UnderReview, &["ask_hearing", "waive_hearing"])
        },
        ..case(Stage::UnderReview, &[])
    };
    let heard = CasePage {
        case: CaseDetail {
            hearing: Some(desk_samples::hearing()),
            ..mine(Stage::Suspended, &["ask_recusal", "drop_hearing"])
        },
        typed: FormData::of(vec![("act".to_owned(), "ask_recusal".to_owned())]),
        faults: vec![Fault::new("ask_recusal-reason", "「申请主持人回避」必须写明原因，请填写后再提交。")],
        ..case(Stage::Suspended, &[])
    };
    let list = |cases, drafts: Vec<DraftLine>| ListPage {
        shell: shell(),
        cases,
        binned: Vec::clone(&drafts),
        drafts,
        unread: 2,
        next: String::new(),
        first: String::new(),
    };
    let draft = DraftLine {
        id: ID.to_owned(),
        item_name: "个体<b>工商户</b>".to_owned(),
        updated: "2026年3月2日 09:00".to_owned(),
        until: "2026年3月9日".to_owned(),
        soon: true,
    };
    let pages = [
        ("apply.html", start(None, "").render()),
        (
            "apply.html",
            start(Some((ID.to_owned(), "2026年3月2日 09:00".to_owned())), "本事项面向企业等组织办理。").render(),
        ),
        ("draft.html", tasks(Standing::Present).render()),
        ("draft.html", tasks(older()).render()),
        ("draft.html", tasks(Standing::Closed("该事项已暂停办理，请向实施主体咨询。".to_owned())).render()),
        ("draft_form.html", form(Vec::new()).render()),
        ("draft_form.html", form(vec![Fault::new("principal", "请填写「法定代表人（负责人）」。")]).render()),
        ("draft_materials.html", materials().render()),
        ("draft_check.html", check(true).render()),
        ("draft_check.html", check(false).render()),
        ("receipt.html", ReceiptPage { shell: shell(), case: mine(Stage::Filed, &["withdraw"]) }.render()),
        ("cases.html", list(desk_samples::summaries(), vec![draft]).render()),
        ("cases.html", list(Vec::new(), Vec::new()).render()),
        ("case.html", case(Stage::CorrectionAsked, &["supply", "withdraw"]).render()),
        ("case.html", case(Stage::Closed, &[]).render()),
        ("case.html", told.render()),
        ("case.html", heard.render()),
        ("case_supply.html", supply().render()),
        ("paper.html", paper().render()),
    ];
    pages.into_iter().filter_map(|(name, html)| Some(Sample { name, html: html.ok()? })).collect()
}

fn start(draft: Option<(String, String)>, refusal: &str) -> StartPage {
    StartPage {
        shell: shell(),
        item: ID.to_owned(),
        authority: "谯城区市场监督管理局".to_owned(),
        document: Arc::new(desk_samples::document()),
        refusal: refusal.to_owned(),
        raise: refusal.to_owned(),
        measured: "最近一年的 12 件：最快的当天办好，一半 3 个工作日内办好，十件里九件 8 个工作日内办好".to_owned(),
        draft,
    }
}

fn older() -> Standing {
    let change = |about, words: &str| Change { about, words: words.to_owned() };
    let left = |name: &str, content: &str, why| Left {
        name: name.to_owned(),
        content: content.to_owned(),
        why,
        file: why.contains("材料").then_some(1),
    };
    Standing::Older(Renewal {
        item_version: 2,
        changes: vec![
            change("form", "新增「从业人员数量（人）」（必填）。"),
            change("form", "「主体业态」的选项有变化：取消单位食堂。"),
            change("materials", "不再需要「布局图」。"),
            change("terms", "承诺办结时限由「8 个工作日」改为「5 个工作日」。"),
        ],
        left: vec![
            left("主体业态", "单位<b>水池</b>食堂", "不在新的选项中"),
            left("布局图", "布局图.pdf", "不再需要这份材料"),
        ],
    })
}

fn tasks(standing: Standing) -> TasksPage {
    let step = |title: &str, tone, status| Step {
        href: format!("/drafts/{ID}/form/1"),
        title: title.to_owned(),
        tone,
        status,
        hint: "照营业执照填写".to_owned(),
    };
    TasksPage {
        shell: shell(),
        id: ID.to_owned(),
        item_name: ITEM.to_owned(),
        applicant: "志远<i>牛肉馍</i>店".to_owned(),
        at_window: true,
        version: 3,
        standing,
        steps: vec![step("经营者", "good", "已完成"), step("上传材料", "plain", "待上传")],
        ready: true,
        updated: "2026年3月2日 09:00".to_owned(),
        expires: "2026年5月31日".to_owned(),
    }
}

fn form(faults: Vec<Fault>) -> FormPage {
    let every = json!({
        "schema": {"type": "object", "required": ["principal"], "properties": {
            "principal": {"type": "string", "title": "法定代表人（负责人）", "description": "与执照一致", "maxLength": 30},
            "mobile": {"type": "string", "title": "手机号码", "format": "mobile", "maxLength": 11},
            "address": {"type": "string", "title": "地址", "maxLength": 200},
            "area": {"type": "integer", "title": "经营面积（平方米）"},
            "funds": {"type": "integer", "title": "资金", "format": "money-fen"},
            "day": {"type": "string", "title": "开业日期", "format": "date"},
            "kind": {"type": "string", "title": "业态", "enum": ["餐饮", "销售"]},
            "town": {"type": "string", "title": "所在街道", "format": "division"},
            "cold": {"type": "boolean", "title": "是否经营冷食"},
            "agree": {"type": "boolean", "title": "同意核查", "const": true},
            "home": {"type": "string", "title": "住址", "format": "place"},
            "paper": {"type": "string", "title": "证件", "format": "person-paper"},
            "card": {"type": "string", "title": "银行卡号", "format": "bank-card"},
            "mail": {"type": "string", "title": "电子邮箱", "format": "email"},
            "staff": {"type": "array", "title": "从业人员", "minItems": 1, "maxItems": 9, "items": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "title": "姓名"},
                "certificate": {"type": "string", "title": "健康证号"},
                "until": {"type": "string", "title": "有效期", "format": "date"},
            }}},
            "count": {"type": "integer", "title": "人数"},
            "why": {"type": "string", "title": "不经营冷食的原因"},
            "sign": {"type": "string", "title": "签名", "format": "signature"},
        }},
        "layout": [], "prefill": {"principal": "person.name"},
        "groups": {"staff": {"columns": ["name", "certificate", "until"], "row": "人员", "table": true}},
        "conditions": {"why": {"field": "cold", "equals": false}, "mail": {"field": "cold", "equals": true}},
        "calculations": {"count": {"kind": "count", "of": "staff"}},
    });
    let values = json!({"principal": "\"><script>alert(1)</script>", "funds": 120_050, "cold": false,
        "staff": [{"name": "武<b>敏</b>"}]});
    let towns = vec![("341602001000".to_owned(), "花戏楼街道".to_owned())];
    let top = vec![("340000000000".to_owned(), "安徽省".to_owned())];
    let offers = Offers { divisions: towns, top, ..Offers::default() };
    let every: ApplicationForm = serde_json::from_value(every).unwrap_or_else(|_| ApplicationForm::empty());
    let today = time::macros::date!(2026 - 03 - 02);
    let settled = every.settle(&values, &Setting { today, signers: &[], before: None });
    let origin = |from: &str, registered: &str| Origin {
        from: from.to_owned(),
        registered: registered.to_owned(),
        mend: "号码换了，去更换登记的手机号".to_owned(),
        href: "/me/phone".to_owned(),
    };
    let origins = BTreeMap::from([
        ("mobile".to_owned(), origin("账号登记的手机号", "13900000001<b>敏</b>")),
        ("address".to_owned(), origin("账号登记的地址", "")),
    ]);
    let shown = Shown { settled: &settled, faults: &faults, offers: &offers, add: "staff", origins: Some(&origins) };
    let section = forms::sections(&every).first().map(|it| forms::section_view(&every, it, &shown)).unwrap_or_default();
    FormPage {
        shell: shell(),
        id: ID.to_owned(),
        item_name: ITEM.to_owned(),
        at_window: false,
        version: 3,
        number: 1,
        step: 1,
        count: 3,
        section,
        faults,
    }
}

fn materials() -> MaterialsPage {
    let faults = vec![Fault::new("material.layout", "只能上传 PDF、JPG、PNG 或 OFD 文件。")];
    let mut materials = detail(Stage::Filed, Vec::new(), &[]).materials;
    if let Some(it) = materials.iter_mut().find(|it| !it.from_form) {
        it.earlier_offer = Some(EarlierView {
            case: ID.to_owned(),
            item_name: ITEM.to_owned(),
            filed_on: "2026年3月2日".to_owned(),
            until: "2027年3月2日".to_owned(),
            issued: "2026年3月2日谯城区<局>「新办」的决定".to_owned(),
            names: vec!["布局<b>图.pdf".to_owned()],
            files: Vec::new(),
            paper: false,
        });
    }
    MaterialsPage { shell: shell(), id: ID.to_owned(), item_name: ITEM.to_owned(), at_window: true, materials, faults }
}

fn check(bad: bool) -> CheckPage {
    let case = detail(Stage::Filed, Vec::new(), &[]);
    let problem =
        Problem { href: format!("/drafts/{ID}/form/1#area"), message: "请填写「经营面积」。".to_owned() };
    CheckPage {
        shell: shell(),
        id: ID.to_owned(),
        item_name: ITEM.to_owned(),
        at_window: !bad,
        consented: if bad { String::new() } else { "2026年3月2日 09:30".to_owned() },
        form: case.form,
        materials: case.materials,
        problems: if bad { vec![problem] } else { Vec::new() },
        following: bad.then(|| Following {
            names: vec!["健康<b>证明".to_owned()],
            days: 10,
            until: "2026年3月23日".to_owned(),
        }),
        offices: if bad {
            let office = |code: &str, name: &str| (code.to_owned(), name.to_owned());
            vec![office("a", "一<b>所"), office("b", "二所")]
        } else {
            Vec::new()
        },
        upper: "谯城区市场监督管理局".to_owned(),
        missing: if bad { vec!["还没有上传「布局图」。".to_owned()] } else { Vec::new() },
        faults: if bad {
            vec![Fault::new("pledge", "请确认以上内容真实，再提交申请。")]
        } else {
            Vec::new()
        },
    }
}

fn supply() -> SupplyPage {
    let mut case = detail(Stage::CorrectionAsked, Vec::new(), &["supply"]);
    case.officer = false;
    let fault =
        FaultView {
            about: "layout".to_owned(), name: "布局图".to_owned(), what: "请标出<b>水池</b>".to_owned()
        };
    case.faults = vec![fault.clone()];
    let mut others = case.materials.clone();
    let material = others.pop();
    let fields = form(Vec::new()).section.fields.into_iter().take(1).collect();
    SupplyPage { shell: shell(), case, wanted: vec![(fault, material)], others, fields, faults: Vec::new() }
}

fn paper() -> PaperPage {
    let paper = Paper {
        authority: "谯城区市场监督管理局".to_owned(),
        title: "申请材料补正告知书".to_owned(),
        number: Some("谯市监补〔2026〕3号".to_owned()),
        addressee: Some("志远<i>牛肉馍</i>店".to_owned()),
        blocks: vec![
            Block::Heading("一次告知".to_owned()),
            Block::Paragraph("请补正下列内容：".to_owned()),
            Block::List(vec![ListItem { text: "布局图".to_owned(), notes: vec!["请标出水池".to_owned()] }]),
            Block::Table(vec![Field { label: "收费".to_owned(), value: "不收费".to_owned() }]),
            Block::Quote { source: "行政许可法第三十二条".to_owned(), text: "一次告知".to_owned() },
            Block::Remedies(vec!["可以申请行政复议。".to_owned()]),
        ],
        signature: Some(Signature {
            authority: "谯城区市场监督管理局".to_owned(),
            date: time::macros::date!(2026 - 03 - 02),
            date_style: DateStyle::Digits,
            seal: SealMark::Word,
        }),
        notes: vec!["一式两份".to_owned()],
        verification: Some(Verification { case_number: "1".to_owned(), address: "http://127.0.0.1".to_owned() }),
        watermark: None,
    };
    PaperPage { shell: shell(), case: ID.to_owned(), number: 2, paper, withdrawn: true }
}
