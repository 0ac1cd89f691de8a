//! 一次性告知单: all that one must bring for an item, for the chosen situation, on paper.

use catalogue::{ItemDocument, model::Requirement};
use papers::{Block, Field, Paper, Signature};
use time::Date;

use crate::{
    levels::Levels,
    pages::guide::{copies, need, visits, ways, when},
};

/// What the paper rests on besides the document.
pub(crate) struct About<'a> {
    /// The authority's name.
    pub(crate) authority: &'a str,
    /// Address of the guide.
    pub(crate) address: &'a str,
    /// The site's telephone.
    pub(crate) phone: &'a str,
    /// Who examines first and who decides, where these are two.
    pub(crate) levels: Option<Levels>,
    /// The legal day.
    pub(crate) today: Date,
    /// Words across a demo's papers.
    pub(crate) watermark: Option<String>,
}

/// The situations by which materials differ, in words, each once.
pub(crate) fn situations(doc: &ItemDocument) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for it in doc.materials.iter().filter(|it| it.condition.is_some()) {
        let words = when(doc, it);
        if !out.contains(&words) {
            out.push(words);
        }
    }
    out
}

/// The materials of the chosen situations; without a choice all, each with the case in which it is needed.
fn chosen<'a>(doc: &'a ItemDocument, picked: Option<&[String]>) -> Vec<&'a Requirement> {
    let fits = |it: &&Requirement| match (picked, &it.condition) {
        (Some(picked), Some(_)) => picked.contains(&when(doc, it)),
        _ => true,
    };
    doc.materials.iter().filter(fits).collect()
}

/// The paper. `picked`: the situations chosen, of [`situations`]; `None`: nobody chose.
pub(crate) fn paper(doc: &ItemDocument, about: &About<'_>, picked: Option<&[String]>) -> Paper {
    let mut blocks =
        vec![Block::Paragraph(format!("您要办理的「{}」，需要准备的材料和注意事项一次告知如下。", doc.name))];
    if let Some(picked) = picked.filter(|it| !it.is_empty()) {
        blocks.push(Block::Paragraph(format!("您的情形：{}。", picked.join("；"))));
    }
    if !doc.conditions.is_empty() {
        blocks.push(Block::Heading("一、办理条件".to_owned()));
        let one = |(at, it): (usize, &String)| format!("{}. {it}", at + 1);
        let all = doc.conditions.iter().enumerate().map(one).collect::<Vec<_>>().join("\n");
        blocks.push(Block::Table(vec![Field { label: "都要符合".to_owned(), value: all }]));
    }
    blocks.push(Block::Heading("二、申请材料".to_owned()));
    let numbered = |(at, it): (usize, &Requirement)| material(doc, it, (at + 1, picked.is_some()));
    let materials: Vec<_> = chosen(doc, picked).into_iter().enumerate().map(numbered).collect();
    blocks.push(if materials.is_empty() {
        Block::Paragraph("不用交材料。".to_owned())
    } else {
        Block::Table(materials)
    });
    blocks.push(Block::Heading("三、时间、费用和地点".to_owned()));
    blocks.push(Block::Table(facts(doc, about.levels.as_ref())));
    // Before the signature: as a note after it, it often stood alone on a last page.
    blocks.push(Block::Paragraph(format!(
        "本单按告知当日公布的办事指南生成，不是受理凭证；最新内容见 {}，也可以拨打 {} 询问。",
        about.address, about.phone
    )));
    Paper {
        authority: about.authority.to_owned(),
        title: "一次性告知单".to_owned(),
        number: None,
        addressee: None,
        blocks,
        signature: Some(Signature {
            authority: about.authority.to_owned(),
            date: about.today,
            date_style: Default::default(),
            seal: Default::default(),
        }),
        notes: Vec::new(),
        verification: None,
        watermark: about.watermark.clone(),
    }
}

/// A material as a row, its number and name beside all that must be known of it. `told`: the situation was chosen, so that nothing
/// is said of when it is needed.
fn material(doc: &ItemDocument, it: &Requirement, (number, told): (usize, bool)) -> Field {
    let mut lines = vec![format!("{}，{}", copies(it), need(it).1)];
    if it.condition.is_some() && !told {
        lines.push(format!("{}。", when(doc, it)));
    }
    if let Some(days) = it.max_days_owed {
        lines.push(format!("可以在受理后 {days} 个工作日内补交。"));
    }
    for (label, text) in [("怎么准备", &it.fill_explain), ("怎样算合格", &it.accept_standard)] {
        if !text.is_empty() {
            lines.push(format!("{label}：{text}"));
        }
    }
    if !it.common_mistakes.is_empty() {
        lines.push(format!("常错在：{}", it.common_mistakes.join("；")));
    }
    Field { label: format!("{number}. {}", it.name), value: lines.join("\n") }
}

fn facts(doc: &ItemDocument, levels: Option<&Levels>) -> Vec<Field> {
    let mut out = Vec::new();
    let mut add = |label: &str, value: String| {
        if !value.is_empty() {
            out.push(Field { label: label.to_owned(), value });
        }
    };
    add("承诺时限", doc.promised_limit.map(|it| it.to_string()).unwrap_or_default());
    add("法定时限", doc.base.as_ref().map(|it| it.statutory_limit.to_string()).unwrap_or_default());
    if let Some(it) = levels {
        add("向哪里申请", it.apply_to());
        add("谁先审查", it.examines());
        add("谁来决定", it.decides());
    }
    add("要跑几次", doc.visits.as_ref().map(visits).unwrap_or_default());
    let fee = doc.fee.as_ref().map(|fee| match fee.charged {
        true => fee.lines.iter().map(|it| format!("{}：{}", it.name, it.standard)).collect::<Vec<_>>().join("\n"),
        false => "不收费".to_owned(),
    });
    add("费用", fee.unwrap_or_default());
    add("怎么办", ways(doc));
    let windows = doc.windows.iter().map(|it| format!("{}：{}；{}；{}", it.name, it.address, it.hours, it.phone));
    add("到哪里办", windows.collect::<Vec<_>>().join("\n"));
    add("咨询电话", doc.consult_phone.clone());
    add("监督电话", doc.complaint_phone.clone());
    out
}
