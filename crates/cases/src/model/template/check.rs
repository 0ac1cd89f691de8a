//! What a template must keep before it comes into force: words that can be read, placeholders that its kind knows, all that its kind must
//! say in every circumstance, and the remedies of a decision against the applicant, which nobody can leave out.

use kernel::Fault;

use super::{
    BLOCK_CHARS, BLOCKS_MAX, Form, Kit, Part, Spec, TEMPLATE_CHARS, Template,
    kit::Need,
    words::{self, Piece},
};

/// Characters of a heading at most, one line on the paper.
const HEADING_CHARS: usize = 50;
/// Rows of a table at most.
const ROWS_MAX: usize = 40;

impl Kit {
    /// What is wrong with a template of this kind; faults at `block-N`, counted from 1, or at `blocks` for the whole.
    #[must_use]
    pub(crate) fn faults(&self, spec: &Spec, template: &Template) -> Vec<Fault> {
        let mut faults = bounds(template);
        for (n, part) in (1..).zip(&template.blocks) {
            let reasons = self.part(spec, part);
            faults.extend(reasons.into_iter().map(|it| Fault::new(format!("block-{n}"), format!("第 {n} 块：{it}"))));
        }
        // Of words that cannot be read nobody can say what they lack.
        if faults.is_empty() {
            faults.extend(remedies(spec, template));
            faults.extend(spec.needs.iter().filter_map(|need| lacking(spec, template, need)));
        }
        faults
    }

    fn part(&self, spec: &Spec, part: &Part) -> Vec<String> {
        let mut reasons = Vec::new();
        if !part.when.is_empty() && !spec.circumstances.iter().any(|it| it.code == part.when) {
            reasons.push("这种文书没有所选的情形，请重新选择。".to_owned());
        }
        let chars = part.text.chars().count();
        if chars > BLOCK_CHARS {
            reasons.push(format!("有 {chars} 个字，最多 {BLOCK_CHARS} 个，请分成几块。"));
        }
        if part.text.is_empty() && part.form != Form::Remedies {
            reasons.push("没有内容，请填写，或者删去这一块。".to_owned());
        }
        if part.form == Form::Heading && (chars > HEADING_CHARS || part.text.contains('\n')) {
            reasons.push(format!("小标题只能有一行，最多 {HEADING_CHARS} 个字。"));
        }
        match part.form {
            Form::Remedies => {}
            Form::Table => reasons.extend(self.table(spec, &part.text)),
            Form::List => reasons.extend(self.list(spec, &part.text)),
            Form::Heading | Form::Paragraph | Form::Note => reasons.extend(self.said(spec, &part.text)),
        }
        reasons
    }

    /// What is wrong with words in which placeholders stand for words.
    fn said(&self, spec: &Spec, text: &str) -> Vec<String> {
        let pieces = match words::read(text) {
            Ok(pieces) => pieces,
            Err(reason) => return vec![reason],
        };
        let wrong = |name: &str| match self.placeholder(spec.kind, name) {
            None => Some(self.unknown(spec, name)),
            Some(it) if it.is_list() => {
                Some(format!("「{{{name}}}」有好几条，请另起一块，选「{}」。", Form::List.name()))
            }
            Some(_) => None,
        };
        words::slots(&pieces).filter_map(wrong).collect()
    }

    fn unknown(&self, spec: &Spec, name: &str) -> String {
        let like = |other: &str| name.chars().filter(|it| other.contains(*it)).count() * 2 > name.chars().count();
        let near = self.placeholders(spec.kind).into_iter().find(|it| like(&it.name));
        match near {
            Some(near) => format!("没有占位符「{{{name}}}」，是不是「{{{}}}」？可以用的列在旁边。", near.name),
            None => format!("没有占位符「{{{name}}}」，可以用的列在旁边。"),
        }
    }

    fn table(&self, spec: &Spec, text: &str) -> Vec<String> {
        let mut reasons = Vec::new();
        if text.lines().count() > ROWS_MAX {
            reasons.push(format!("表格最多 {ROWS_MAX} 行。"));
        }
        for (n, line) in (1..).zip(text.lines()) {
            match words::row(line) {
                None => reasons.push(format!("第 {n} 行没有冒号，请写成「名称：内容」，内容可以空着。")),
                Some((name, _)) if name.is_empty() || name.contains(['{', '}', '[', ']']) => {
                    reasons.push(format!("第 {n} 行冒号前面应是名称，不能空着，也不能用占位符。"));
                }
                Some((_, content)) => {
                    reasons.extend(self.said(spec, content).into_iter().map(|it| format!("第 {n} 行：{it}")));
                }
            }
        }
        reasons
    }

    fn list(&self, spec: &Spec, text: &str) -> Option<String> {
        let lists = || {
            let all = self.placeholders(spec.kind);
            let names: Vec<_> = all.iter().filter(|it| it.is_list()).map(|it| format!("「{{{}}}」", it.name)).collect();
            if names.is_empty() {
                "这种文书没有可以逐条列出的内容，请改用段落。".to_owned()
            } else {
                format!("逐条列出的块里只写一个占位符：{}。", names.join("或者"))
            }
        };
        let pieces = match words::read(text) {
            Ok(pieces) => pieces,
            Err(reason) => return Some(reason),
        };
        match pieces.as_slice() {
            [Piece::Slot(name)] if self.placeholder(spec.kind, name).is_some_and(|it| it.is_list()) => None,
            _ => Some(lists()),
        }
    }
}

fn bounds(template: &Template) -> Vec<Fault> {
    let (blocks, chars) =
        (template.blocks.len(), template.blocks.iter().map(|it| it.text.chars().count()).sum::<usize>());
    let mut faults = Vec::new();
    if blocks == 0 {
        faults.push(Fault::new("blocks", "模板还没有内容，请至少加一块。"));
    }
    if blocks > BLOCKS_MAX {
        faults.push(Fault::new("blocks", format!("有 {blocks} 块，最多 {BLOCKS_MAX} 块。")));
    }
    if chars > TEMPLATE_CHARS {
        faults.push(Fault::new("blocks", format!("共 {chars} 个字，最多 {TEMPLATE_CHARS} 个。")));
    }
    faults
}

/// 行政许可法 art. 38: whoever is refused is told how to contest it; in every circumstance, once, in whole.
fn remedies(spec: &Spec, template: &Template) -> Option<Fault> {
    let blocks: Vec<_> = template.blocks.iter().filter(|it| it.form == Form::Remedies).collect();
    let message = match (spec.kind.names_remedies(), blocks.as_slice()) {
        (true, []) => {
            "这种文书必须写明救济途径（行政许可法第三十八条），请加上「救济途径」一块；具体的机关和期限由事项带出。"
        }
        (true, [one]) if one.when.is_empty() => return None,
        (true, [_]) => "「救济途径」必须在所有情形下都出现，请把它的情形改为「都要」。",
        (true, _) => "「救济途径」只能有一块，请删去多余的。",
        (false, []) => return None,
        (false, _) => "这种文书不是不利于申请人的决定，没有救济途径可写，请删去「救济途径」一块。",
    };
    Some(Fault::new("blocks", message))
}

/// What a kind must say and a template does not, in the first circumstance in which it does not.
fn lacking(spec: &Spec, template: &Template, need: &Need) -> Option<Fault> {
    let says = |circumstance: &str| {
        let shown = template.blocks.iter().filter(|it| it.when.is_empty() || it.when == circumstance);
        shown
            .filter_map(|it| words::read(&it.text).ok())
            .any(|pieces| words::sure(&pieces).any(|name| need.any.iter().any(|it| it == name)))
    };
    let names: Vec<_> = need.any.iter().map(|it| format!("「{{{it}}}」")).collect();
    let (names, source) = (names.join("或者"), &need.source);
    let missing = if spec.circumstances.is_empty() {
        (!says("")).then(String::new)
    } else {
        let asked = spec.circumstances.iter().filter(|it| need.when.is_empty() || it.code == need.when);
        asked.into_iter().find(|it| !says(&it.code)).map(|it| format!("「{}」的文书里", it.name))
    };
    missing.map(|place| Fault::new("blocks", format!("{place}缺少{names}，依规定必须写明（{source}）。")))
}
