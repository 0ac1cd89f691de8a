//! Templates of papers: what legal affairs can have a paper say, and what they cannot.

use papers::{Block, Field, ListItem};

use crate::model::{
    PaperKind,
    template::{BLOCKS_MAX, Form, Kit, Part, Template, Values},
};

fn kit() -> Kit {
    Kit::shipped().expect("what is shipped keeps its own rules")
}

fn part(form: Form, text: &str) -> Part {
    Part { form, text: text.to_owned(), when: String::new() }
}

fn paragraph(text: &str) -> Part {
    part(Form::Paragraph, text)
}

/// What is wrong with the shipped template of a kind after a change.
fn faults(kind: PaperKind, change: impl FnOnce(&mut Vec<Part>)) -> Vec<(String, String)> {
    let kit = kit();
    let spec = kit.spec(kind).expect("a kind");
    let mut template = spec.shipped.clone();
    change(&mut template.blocks);
    kit.faults(spec, &template.normal()).into_iter().map(|it| (it.field, it.message)).collect()
}

fn rendered(text: &str, values: &Values) -> Vec<Block> {
    Template { blocks: vec![paragraph(text)] }.render(values).blocks
}

#[test]
fn every_kind_of_paper_is_shipped_with_words_that_keep_its_rules() {
    let kit = kit();
    for kind in PaperKind::ALL {
        let spec = kit.spec(kind).expect("a kind");
        assert_eq!(kit.faults(spec, &spec.shipped.normal()), Vec::new(), "{kind:?}");
        assert!(!spec.about.is_empty());
        assert_eq!(spec.shipped, spec.shipped.normal(), "{kind:?}: as the program reads it");
        for it in kit.placeholders(kind) {
            assert!(!it.about.is_empty() && !it.example_words().is_empty(), "{}", it.name);
        }
    }
}

#[test]
fn remedies_cannot_be_left_out_of_a_decision_against_the_applicant_emptied_or_said_to_some_only() {
    for kind in PaperKind::ALL {
        let without = faults(kind, |it| it.retain(|it| it.form != Form::Remedies));
        let twice = faults(kind, |it| it.push(part(Form::Remedies, "")));
        if kind.names_remedies() {
            assert!(without.iter().any(|it| it.1.contains("必须写明救济途径")), "{kind:?}: {without:?}");
            assert!(twice.iter().any(|it| it.1.contains("只能有一块")), "{kind:?}: {twice:?}");
        } else {
            assert_eq!(without, Vec::new(), "{kind:?}");
            assert!(twice.iter().any(|it| it.1.contains("没有救济途径可写")), "{kind:?}: {twice:?}");
        }
    }
    // Whatever is written into its block, the words of the item stand there.
    let kit = kit();
    let mut template = kit.spec(PaperKind::Refusal).expect("a kind").shipped.clone();
    for it in template.blocks.iter_mut().filter(|it| it.form == Form::Remedies) {
        it.text = "本决定为最终决定。".to_owned();
    }
    let mut values = Values::default();
    values.remedies("可以申请行政复议");
    let blocks = template.normal().render(&values).blocks;
    assert!(blocks.contains(&Block::Remedies(vec!["可以申请行政复议".to_owned()])), "{blocks:?}");
    assert!(!format!("{blocks:?}").contains("最终决定"));
}

#[test]
fn what_the_law_asks_for_cannot_be_dropped_in_any_circumstance() {
    let dropped = |kind, name: &str| {
        let told = faults(kind, |blocks| {
            for it in blocks.iter_mut() {
                it.text = it.text.replace(&format!("{{{name}}}"), "某某").replace(['[', ']'], "");
            }
            blocks.retain(|it| it.form != Form::List || it.text.contains('{'));
        });
        told.into_iter().map(|it| it.1).collect::<String>()
    };
    for (kind, name, source) in [
        (PaperKind::CorrectionNotice, "补正内容", "一次告知"),
        (PaperKind::Refusal, "理由", "第三十八条"),
        (PaperKind::Refusal, "法律依据", "第三十八条"),
        (PaperKind::NotAcceptedNotice, "有权机关", "第三十二条"),
        (PaperKind::HearingRightNotice, "要求听证期限", "第四十七条"),
        (PaperKind::SpecialNotice, "所需天数", "第四十五条"),
        (PaperKind::Receipt, "收到材料", "第三十二条"),
        (PaperKind::DeliveryReceipt, "事项名称", "DB4406"),
    ] {
        let told = dropped(kind, name);
        assert!(told.contains(name) && told.contains(source), "{kind:?} {name}: {told}");
    }
    // Said in one circumstance is not said in the other.
    let told = faults(PaperKind::AcceptanceNotice, |blocks| {
        for it in blocks.iter_mut().filter(|it| it.form == Form::Table) {
            it.when = "in_time".to_owned();
        }
    });
    assert!(told.iter().any(|it| it.1.contains("「依法视为受理」的文书里缺少「{受理日期}」")), "{told:?}");
    // In brackets with another, it is said only where the other is.
    let told = faults(PaperKind::NotAcceptedNotice, |blocks| {
        for it in blocks.iter_mut().filter(|it| it.text == "{理由}") {
            it.text = "[{有权机关}：{理由}]".to_owned();
        }
    });
    assert!(told.iter().any(|it| it.1.contains("缺少「{理由}」")), "{told:?}");
}

#[test]
fn what_is_wrong_with_a_block_is_told_at_the_block_with_what_to_do() {
    let long = "长".repeat(2_001);
    for (bad, words) in [
        (paragraph("{申请者}收悉"), "没有占位符「{申请者}」，是不是「{申请人}」？"),
        (paragraph("{主持人}"), "没有占位符「{主持人}」"),
        (paragraph("{ }"), "没有占位符的名称"),
        (paragraph("{申请人收悉。此后的字没有尽头一二三四五六七八九十"), "后面没有「}」"),
        (paragraph("申请人}"), "前面没有「{」"),
        (paragraph("[没有占位符的话]"), "方括号里要有占位符"),
        (paragraph("[{理由}"), "没有「]」与它配对"),
        (paragraph("{理由}]"), "前面没有「[」"),
        (paragraph("[[{理由}]]"), "方括号里不能再有方括号"),
        (paragraph(" \n "), "没有内容"),
        (paragraph(&long), "最多 2000 个"),
        (part(Form::Heading, "第一行\n第二行"), "小标题只能有一行"),
        (part(Form::List, "{理由}"), "没有可以逐条列出的内容"),
        (part(Form::Table, "没有冒号的一行"), "第 1 行没有冒号"),
        (part(Form::Table, "甲：乙\n{理由}：丙"), "第 2 行冒号前面应是名称"),
        (part(Form::Table, "甲：{没有}"), "第 1 行：没有占位符「{没有}」"),
        (Part { when: "owing".to_owned(), ..paragraph("{理由}") }, "没有所选的情形"),
    ] {
        let told = faults(PaperKind::Refusal, |it| it.insert(1, bad.clone()));
        assert!(told.iter().any(|it| it.0 == "block-2" && it.1.contains(words)), "{words}: {told:?}");
    }
    let told = faults(PaperKind::CorrectionNotice, |it| it[0].text.push_str("{补正内容}"));
    assert!(told.iter().any(|it| it.0 == "block-1" && it.1.contains("逐条列出")), "{told:?}");
    let told = faults(PaperKind::Refusal, Vec::clear);
    assert_eq!(told[0].0, "blocks");
    let told = faults(PaperKind::Refusal, |it| it.resize(BLOCKS_MAX + 1, paragraph("甲")));
    assert!(told.iter().any(|it| it.1.contains("最多 40 块")), "{told:?}");
}

#[test]
fn what_people_wrote_is_never_read_as_a_placeholder() {
    let mut values = Values::default();
    values.say("理由", "见{申请人}[{法律依据}]");
    values.say("申请人", "不该出现");
    assert_eq!(rendered("{理由}。", &values), [Block::Paragraph("见{申请人}[{法律依据}]。".to_owned())]);
}

#[test]
fn brackets_are_left_out_with_what_they_hold_and_blocks_that_come_to_nothing_too() {
    let mut values = Values::default();
    values.say("补正期限", "");
    values.say("申请人", "陈志远");
    assert_eq!(rendered("[请在{补正期限}前补齐。]{申请人}", &values), [Block::Paragraph("陈志远".to_owned())]);
    assert_eq!(rendered("[请在{补正期限}前补齐。]", &values), []);
    assert_eq!(rendered("{补正期限}", &values), []);
    values.say("补正期限", "2026年3月9日");
    let said = Block::Paragraph("请在2026年3月9日前补齐。陈志远".to_owned());
    assert_eq!(rendered("[请在{补正期限}前补齐。]{申请人}", &values), [said]);
}

#[test]
fn a_row_with_nothing_to_say_is_left_out_and_one_to_be_filled_in_by_hand_stays() {
    let mut values = Values::default();
    values.say("申请人", "陈志远");
    values.say("容缺材料", "");
    let template = Template {
        blocks: vec![part(
            Form::Table,
            "申请人：{申请人}\n容缺材料：{容缺材料}[（{补交期限}前补交）]\n签收：\n备注：无",
        )],
    };
    let row = |label: &str, value: &str| Field { label: label.to_owned(), value: value.to_owned() };
    let rows = vec![row("申请人", "陈志远"), row("签收", ""), row("备注", "无")];
    assert_eq!(template.render(&values).blocks, [Block::Table(rows)]);
}

#[test]
fn a_block_for_one_circumstance_stands_in_no_other_and_notes_stand_under_the_date() {
    let when = |text: &str, when: &str| Part { when: when.to_owned(), ..paragraph(text) };
    let template = Template { blocks: vec![when("甲", "owing"), when("乙", "complete"), part(Form::Note, "附")] };
    let mut values = Values::default();
    values.hold("complete");
    let said = template.render(&values);
    assert_eq!(said.blocks, [Block::Paragraph("乙".to_owned())]);
    assert_eq!(said.notes, ["附"]);
}

#[test]
fn everything_to_be_corrected_stands_in_one_list() {
    let kit = kit();
    let mut values = Values::default();
    let item = |n: usize| ListItem { text: format!("材料{n}"), notes: vec!["补签字".to_owned()] };
    let all: Vec<_> = (1..=30).map(item).collect();
    values.list("补正内容", all.clone());
    let blocks = kit.spec(PaperKind::CorrectionNotice).expect("a kind").shipped.render(&values).blocks;
    assert!(blocks.contains(&Block::List(all)));
}

#[test]
fn braces_as_a_chinese_keyboard_gives_them_are_read_too() {
    let typed = Template { blocks: vec![paragraph("［｛申请人｝］\r\n")] };
    assert_eq!(typed.normal().blocks[0].text, "[{申请人}]");
}
