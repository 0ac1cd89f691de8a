//! Made-up content for the desk's pages.

use askama::Template;
use forms::kits::KITS;
use kernel::{Fault, Id, Moment};
use serde_json::Value;
use standards::{DivisionCode, ItemType};
use webkit::{Sample, Shell};

use super::{
    act::ActPage,
    base::{BasePage, BasesPage},
    bulk::BulkPage,
    check::{CheckPage, ChecksPage, Waiting, WaitingAct},
    compare::ComparePage,
    described::FieldPage,
    designer::{self, DesignerPage},
    editing::{EditPage, MeetPage},
    exchange::{ExchangePage, JobPage},
    item::{ActLine, ItemPage, Said, inherited, sections},
    list::{ItemsPage, ListAsk},
    lists::{ListsPage, OpenPage, dictionary},
    new::NewPage,
    offices::{OfficeLine, OfficesPage},
    owned,
    rules::{RuleLine, RulesPage, WordsPage},
    suspects::{SuspectLine, SuspectsPage},
};
use crate::{
    BaseRow, OfficeCount, TypeCount,
    edit::{self, Part},
    exchange::job::Job,
    model::{
        ActKind, ActStage, Group, ItemDocument, ItemState, ItemSummary, JobState, ListKind, Opened, Revision, Rulebook,
        SECTIONS, Severity, Sheet, Stage, SuspectKind, WordList, differences,
    },
    service::{
        bulk::{BulkRow, fields},
        rules::KeptWords,
    },
};

/// The document of `docs/item-format.md`, which has every field once.
fn document() -> ItemDocument {
    let page = include_str!("../../../../docs/item-format.md");
    let example = page.split("```json\n").nth(1).and_then(|it| it.split("\n```").next()).unwrap_or_default();
    let mut doc: ItemDocument = serde_json::from_str(example).unwrap_or_default();
    doc.name = "适龄儿童、少年因身体状况需要延缓入学<b>审批</b>".to_owned();
    doc.questions.clear();
    doc
}

fn listed() -> Option<ItemSummary> {
    let whose = (Id::from_parts(Moment::from_micros(0), [1; 10]), Id::from_parts(Moment::from_micros(0), [2; 10]));
    let division = DivisionCode::parse("341602").ok()?;
    let name = "适龄儿童、少年因身体状况需要延缓入学<b>审批</b>";
    Some(ItemSummary {
        local_code: "511A0138000000-341602".to_owned(),
        state: ItemState::Published,
        current_version: 2,
        stage: Some(Stage::Writing),
        missing: 20,
        ..ItemSummary::named(whose, division, ItemType::Licence, name)
    })
}

fn parts(group: Group, focus: Option<&edit::Focus>) -> Vec<Part> {
    let doc = serde_json::to_value(document()).unwrap_or(Value::Null);
    let faults = [Fault::new("conditions", "受理条件「<i>」请逐项写明。"), Fault::new("visits", "请写明原因。")];
    let given = edit::Given { doc: &doc, faults: &faults, focus, files: "/items/1/files" };
    let found = SECTIONS.iter().find(|it| it.0 == group);
    found.map(|it| edit::parts(it.1, &given)).unwrap_or_default()
}

/// The designer with a form that has one of everything, and one field of it.
fn designed(shell: &Shell, ask: &[(&str, &str)]) -> Option<DesignerPage> {
    let mut form = document().form?;
    if !ask.is_empty() {
        KITS.iter().for_each(|it| form.add_kit(it));
    }
    let gone = serde_json::json!({"field": "<gone>", "filled": true});
    form.conditions.insert("by_agent".to_owned(), serde_json::from_value(gone).ok()?);
    Some(designer::sample(shell, listed()?, &form, ask))
}

fn field_page(shell: &Shell, path: &str, kind: &str, faults: Vec<Fault>) -> Option<FieldPage> {
    let mut form = document().form?;
    KITS.iter().for_each(|it| form.add_kit(it));
    let page = FieldPage::of(shell.clone(), listed()?, &form, (path, "section:0", kind)).ok()?;
    Some(FieldPage { faults, ..page })
}

fn act_line() -> ActLine {
    ActLine {
        id: "1".to_owned(),
        words: format!("{}，2026年7月1日生效", ActKind::Split.name()),
        stage: ActStage::Proposed,
        basis: "亳编〔2026〕8号".to_owned(),
        who: "马腾".to_owned(),
        reason: "依据<b>不足".to_owned(),
        made: vec![("/desk/items/2".to_owned(), "食品经营许可（新办）".to_owned())],
    }
}

fn item_page(shell: &Shell, stage: Stage) -> Option<ItemPage> {
    let doc = document();
    let revision = Revision { stage, writers: vec!["person:1".to_owned()], ..Revision::opened(Opened::Change) };
    let book = Rulebook::shipped().ok()?;
    let found = book.all(&doc);
    let item = listed()?;
    Some(ItemPage {
        shell: shell.clone(),
        authority: "谯城区教育局".to_owned(),
        hands: vec![("编制", "马腾".to_owned())],
        sections: sections(item.id, &found),
        findings: found.iter().filter(|it| it.severity == Severity::Block).cloned().collect(),
        warnings: found.into_iter().filter(|it| it.severity == Severity::Warn).collect(),
        inherited: inherited(&doc),
        suspects: book.suspects(&doc).len(),
        said: vec![Said {
            who: "韩冰（法制）".to_owned(),
            at: "2026年3月2日 9:30".to_owned(),
            place: "受理条件".to_owned(),
            reason: "第二条没有<b>依据".to_owned(),
        }],
        versions: vec![(2, "2026年3月2日".to_owned()), (1, "2025年3月2日".to_owned())],
        acts: vec![act_line()],
        keeps: true,
        list: ("/desk/items".to_owned(), "事项目录"),
        checks: stage == Stage::Office,
        faults: Vec::new(),
        revision: Some(revision),
        doc,
        item,
    })
}

fn edit_page(shell: &Shell, group: Group, focus: Option<edit::Focus>) -> Option<EditPage> {
    let item = listed()?;
    Some(EditPage {
        shell: shell.clone(),
        group,
        sections: sections(item.id, &Rulebook::shipped().ok()?.findings(&document())),
        parts: parts(group, focus.as_ref()),
        action: format!("/desk/items/1/edit/{}", group.code()),
        rows: 3,
        faults: vec![Fault::new("conditions", "受理条件「<i>」请逐项写明。")],
        open: 2,
        closed: String::new(),
        focus,
        item,
    })
}

fn entry() -> Option<BaseRow> {
    Some(BaseRow { entry: document().base?, version: 2, changed_at: Moment::from_micros(0) })
}

/// The desk's pages with made-up content.
pub(crate) fn desk() -> Vec<Sample> {
    rendered().unwrap_or_default()
}

fn rendered() -> Option<Vec<Sample>> {
    let shell = Shell::sample("亳州市政务服务网");
    let mut out = items(&shell)?;
    out.extend(checks(&shell)?);
    out.extend(tables(&shell)?);
    out.extend(directory(&shell)?);
    Some(out)
}

fn sample(name: &'static str, html: askama::Result<String>) -> Option<Sample> {
    Some(Sample { name, html: html.ok()? })
}

fn items(shell: &Shell) -> Option<Vec<Sample>> {
    let mut out = Vec::new();
    for stage in [Stage::Writing, Stage::Office, Stage::Ready] {
        out.push(sample("item_desk.html", item_page(shell, stage)?.render())?);
    }
    for group in Group::ALL {
        out.push(sample("item_edit.html", edit_page(shell, *group, None)?.render())?);
    }
    for ask in
        [&[][..], &[("section", "5"), ("add", "relatives")], &[("section", "7"), ("wide", "yes"), ("refresh", "yes")]]
    {
        out.push(sample("form_desk.html", designed(shell, ask)?.render())?);
    }
    let wrong = vec![Fault::new("title", "请写上这一项叫什么，不超过 100 个字。")];
    for (path, kind) in
        [("relatives", ""), ("household_income", ""), ("relatives/relation", ""), ("place", ""), ("", "text")]
    {
        out.push(sample("form_field_desk.html", field_page(shell, path, kind, wrong.clone())?.render())?);
    }
    let focus = edit::Focus { field: "materials".to_owned(), row: 1 };
    out.push(sample("item_edit.html", edit_page(shell, Group::Materials, Some(focus))?.render())?);
    let (mut theirs, mut yours) = (document(), document());
    theirs.summary = "他们的".to_owned();
    yours.conditions.clear();
    let meet = MeetPage {
        shell: shell.clone(),
        item: listed()?,
        who: "马腾".to_owned(),
        contested: differences(&theirs, &document()),
        yours: differences(&document(), &yours),
        kept: "{\"summary\":\"<b>\"}".to_owned(),
    };
    out.push(sample("item_meet.html", meet.render())?);
    let act = ActPage {
        shell: shell.clone(),
        item: listed()?,
        kinds: owned(ActKind::ALL.iter().map(|it| (it.code(), it.name()))),
        items: vec![("1".to_owned(), "食品经营许可<b>".to_owned()), ("3".to_owned(), "食品经营许可变更".to_owned())],
        offices: vec![("2".to_owned(), "薛阁街道办事处".to_owned()), ("4".to_owned(), "薛阁街道".to_owned())],
        levels: vec![("5".to_owned(), "镇（乡、街道）".to_owned())],
        typed: vec![("basis".to_owned(), "亳编〔2026〕8号".to_owned())],
        faults: vec![Fault::new("effect", "请填写日期。")],
    };
    out.push(sample("item_act.html", act.render())?);
    Some(out)
}

fn checks(shell: &Shell) -> Option<Vec<Sample>> {
    let doc = document();
    let check = CheckPage {
        shell: shell.clone(),
        item: listed()?,
        authority: "谯城区教育局".to_owned(),
        stage: Stage::Legal,
        changed: differences(&ItemDocument::default(), &doc),
        before: "第 1 版".to_owned(),
        warnings: Rulebook::shipped().ok()?.warnings(&doc),
        inherited: inherited(&doc),
        fields: vec![("conditions".to_owned(), "受理条件".to_owned())],
        may: true,
        typed: Vec::new(),
        faults: vec![Fault::new("reason/0", "请写明退回的理由。")],
    };
    let waiting = ChecksPage {
        shell: shell.clone(),
        tabs: vec![("/desk/item-checks".to_owned(), Stage::Office.name(), true)],
        asked: "stage=office".to_owned(),
        items: vec![Waiting { item: listed()?, authority: "谯城区教育局".to_owned() }],
        acts: vec![WaitingAct { item: listed()?, authority: "谯城区教育局".to_owned(), line: act_line() }],
        next: "/desk/item-checks?after=1".to_owned(),
        first: String::new(),
    };
    let compare = ComparePage {
        shell: shell.clone(),
        item: listed()?,
        choices: vec![("draft".to_owned(), "正在修改的".to_owned()), ("1".to_owned(), "第 1 版".to_owned())],
        left: "1".to_owned(),
        right: "draft".to_owned(),
        found: differences(&ItemDocument::default(), &doc),
    };
    Some(vec![
        sample("item_check.html", check.render())?,
        sample("checks_desk.html", waiting.render())?,
        sample("item_compare.html", compare.render())?,
    ])
}

fn tables(shell: &Shell) -> Option<Vec<Sample>> {
    let item = listed()?;
    let count =
        TypeCount { item_type: ItemType::Licence, state: ItemState::Published, items: 3, missing: 20, suspects: 2 };
    let office = |name: &str, count: OfficeCount| {
        let (href, suspects) = ("/desk/items".to_owned(), "/desk/items/suspects".to_owned());
        OfficeLine { name: name.to_owned(), href, suspects, count }
    };
    let offices = OfficesPage {
        shell: shell.clone(),
        q: "<b>".to_owned(),
        whole: true,
        offices: vec![
            office("谯城区教育局<b>", OfficeCount { items: 3, missing: 20, suspects: 2, open: 1 }),
            office("谯城区民政局", OfficeCount::default()),
        ],
        next: "/desk/items/offices?after=1".to_owned(),
        first: String::new(),
    };
    let found = kernel::Page { items: vec![item.clone()], next: Some("1".to_owned()) };
    let list = ItemsPage::new(
        shell.clone(),
        ListAsk { authority: "1".to_owned(), ..ListAsk::default() },
        ("谯城区教育局".to_owned(), true),
        &[count],
        found,
    );
    let mut after = document();
    after.complaint_phone = "0558-5550999".to_owned();
    let bulk = BulkPage {
        shell: shell.clone(),
        authority: "1".to_owned(),
        chosen: vec!["1".to_owned()],
        fields: owned(fields()),
        field: "conditions".to_owned(),
        parts: parts(Group::Conditions, None).into_iter().take(1).collect(),
        rows: vec![BulkRow {
            item: item.id,
            name: item.name.clone(),
            version: 1,
            changes: differences(&document(), &after),
            refused: String::new(),
        }],
        value: "\"<b>\"".to_owned(),
        faults: Vec::new(),
    };
    let mut lists = Vec::new();
    for kind in ListKind::ALL {
        let sheet = Sheet::of(*kind, "谯城区教育局", &[(listed()?, Some(document()))]);
        lists
            .push(sample("lists.html", ListsPage { shell: shell.clone(), authority: "1".to_owned(), sheet }.render())?);
    }
    lists.push(sample("open_data.html", OpenPage { shell: shell.clone(), fields: dictionary() }.render())?);
    lists.extend([
        sample("items_desk.html", list.render())?,
        sample("offices_desk.html", offices.render())?,
        sample("bulk_desk.html", bulk.render())?,
    ]);
    lists.extend(rules(shell)?);
    lists.extend(exchange(shell)?);
    Some(lists)
}

fn rules(shell: &Shell) -> Option<Vec<Sample>> {
    let mut odd = document();
    odd.materials.iter_mut().for_each(|it| it.legal_basis.clear());
    let book = Rulebook::shipped().ok()?;
    let line = |found| SuspectLine {
        office: "谯城区教育局<b>".to_owned(),
        item: odd.name.clone(),
        code: String::new(),
        item_href: "/desk/items/1".to_owned(),
        href: "/desk/items/1/edit/materials".to_owned(),
        found,
    };
    let suspects = |id: &str, name: &str| SuspectsPage {
        shell: shell.clone(),
        authority: (id.to_owned(), name.to_owned()),
        all: if id.is_empty() { String::new() } else { "/desk/items/suspects".to_owned() },
        tabs: vec![("?kind=held".to_owned(), SuspectKind::Held.name(), true)],
        asked: "kind=held".to_owned(),
        rows: book.suspects(&odd).into_iter().map(line).collect(),
        next: String::new(),
        first: String::new(),
    };
    let kept = |list: &WordList| KeptWords { list: list.clone(), version: 0, changed_at: Some(Moment::from_micros(0)) };
    let list = WordList { words: vec!["<b>".to_owned()], ..book.lists().first()?.clone() };
    let page = RulesPage {
        list: ("/desk/items", "事项目录"),
        shell: shell.clone(),
        rules: book.rules().iter().map(RuleLine::of).collect(),
        lists: book.lists().iter().chain([&list]).map(kept).collect(),
        keeps: true,
    };
    let words = WordsPage {
        shell: shell.clone(),
        text: "<b>".to_owned(),
        list,
        version: 1,
        faults: vec![Fault::new("words", "第 1 行超过 60 个字。")],
    };
    Some(vec![
        sample("rules_desk.html", page.render())?,
        sample("words_desk.html", words.render())?,
        sample("suspects_desk.html", suspects("1", "谯城区教育局").render())?,
        sample("suspects_desk.html", suspects("", "").render())?,
    ])
}

fn directory(shell: &Shell) -> Option<Vec<Sample>> {
    let new = NewPage {
        shell: shell.clone(),
        choice: identity::Choice::sample(true),
        types: owned([("01", "行政许可")]),
        item_type: String::new(),
        q: "<b>".to_owned(),
        entries: vec![entry()?],
        next: String::new(),
        first: String::new(),
    };
    let bases = BasesPage {
        shell: shell.clone(),
        keeps: true,
        types: owned([("01", "行政许可")]),
        item_type: String::new(),
        q: String::new(),
        entries: vec![entry()?],
        next: String::new(),
        first: String::new(),
    };
    let base = BasePage {
        shell: shell.clone(),
        asked: "code=000131024000".to_owned(),
        keeps: true,
        entry: Some(entry()?),
        parts: parts(Group::Contact, None),
        touched: vec![(listed()?, "谯城区教育局".to_owned())],
        next: String::new(),
        faults: Vec::new(),
    };
    Some(vec![
        sample("item_new.html", new.render())?,
        sample("bases_desk.html", bases.render())?,
        sample("base_desk.html", base.render())?,
    ])
}

fn exchange(shell: &Shell) -> Option<Vec<Sample>> {
    let overview = |few| ExchangePage {
        shell: shell.clone(),
        choice: identity::Choice::sample(few),
        authority: "1".to_owned(),
        jobs: vec![Job::sample(JobState::Running), Job::sample(JobState::Done)],
        next: String::new(),
        first: String::new(),
        faults: vec![kernel::Fault::new("file", "文件是空的。")],
    };
    let mut out = Vec::new();
    for few in [true, false] {
        out.push(sample("exchange_desk.html", overview(few).render())?);
    }
    for state in JobState::ALL.iter().copied() {
        for kind in ["refused", "changed", "left"] {
            out.push(sample("exchange_job.html", JobPage::sample(shell.clone(), state, kind).render())?);
        }
    }
    Some(out)
}
