//! A form told in words to those who keep it: for the designer's list, and for two versions side by side.

use serde_json::Value;

use crate::{
    design::{Described, KINDS, PREFILLS, kind_name},
    model::{ApplicationForm, Calculation, Condition},
};

impl ApplicationForm {
    /// How something is reckoned: 「「月收入」×「月数」」.
    #[must_use]
    pub fn calculation_words(&self, it: &Calculation) -> String {
        let title = |path: &str| format!("「{}」", self.full_title(path));
        let joined = |of: &[String], sign: &str| of.iter().map(|it| title(it)).collect::<Vec<_>>().join(sign);
        match it {
            Calculation::Sum { of } => format!("{}相加", joined(of, "、")),
            Calculation::Product { of } => joined(of, "×"),
            Calculation::Difference { from, less } => format!("{}减{}", title(from), title(less)),
            Calculation::Count { of } => format!("{}的行数", title(of)),
            Calculation::Age { of } => format!("按{}算当天的周岁", title(of)),
            Calculation::Days { from, to } => format!("从{}到{}的天数", title(from), title(to)),
        }
    }

    /// What there is to say of a field besides its words.
    #[must_use]
    pub fn notes(&self, path: &str) -> Vec<String> {
        let Some(it) = self.described(path) else { return Vec::new() };
        let mut out = vec![if it.required { "必填".to_owned() } else { "选填".to_owned() }];
        out.extend(bounds(&it));
        if let Some(known) = PREFILLS.iter().find(|known| known.0 == it.prefill) {
            out.push(format!("自动填写{}", known.1));
        }
        if let Some(condition) = self.conditions.get(path) {
            out.push(self.asked_when(condition));
        }
        if let Some(how) = self.calculations.get(path) {
            out.push(format!("自动计算：{}", self.calculation_words(how)));
        }
        out
    }

    /// The whole form, a line for each section, field and column, in order.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut out = Vec::new();
        for section in &self.layout {
            let hint = Some(&section.hint).filter(|it| !it.is_empty()).map(|it| format!("，提示：{it}"));
            let when = section.only_if.as_ref().map(|it| format!("，{}", self.asked_when(it)));
            let (hint, when) = (hint.unwrap_or_default(), when.unwrap_or_default());
            out.push(format!("分组「{}」{hint}{when}", section.heading));
            for name in &section.fields {
                let columns = if self.is_group(name) { self.columns(name) } else { Vec::new() };
                let columns = columns.into_iter().map(|it| format!("{name}/{it}"));
                let paths = std::iter::once(name.clone()).chain(columns);
                out.extend(paths.filter_map(|path| self.line(&path)));
            }
        }
        let placed = |name: &&str| self.layout.iter().any(|it| it.fields.iter().any(|it| it == name));
        out.extend(self.names().into_iter().filter(|it| !placed(it)).filter_map(|it| self.line(it)));
        out
    }

    fn asked_when(&self, condition: &Condition) -> String {
        let words = self.condition_words(condition);
        let space = if words.ends_with(|it: char| it.is_ascii_alphanumeric()) { " " } else { "" };
        format!("只在{words}{space}时填写")
    }

    fn line(&self, path: &str) -> Option<String> {
        let schema = self.property(path)?;
        let mut notes = vec![kind_name(schema).to_owned()];
        notes.extend(self.notes(path));
        let hint = schema["description"].as_str().filter(|it| !it.is_empty());
        notes.extend(hint.map(|it| format!("说明：{it}")));
        let options: Vec<_> = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if !options.is_empty() {
            notes.push(format!("选项：{}", options.join("、")));
        }
        Some(format!("{}：{}", self.full_title(path), notes.join("，")))
    }
}

fn bounds(it: &Described) -> Vec<String> {
    let unit = match it.kind.as_str() {
        "text" | "long" => " 个字",
        "group" => " 行",
        "money-fen" => " 元",
        "area-hundredths" => " 平方米",
        _ => "",
    };
    let known = KINDS.iter().any(|kind| kind.0 == it.kind);
    let bound = |word: &str, text: &str| (known && !text.is_empty()).then(|| format!("{word} {text}{unit}"));
    bound("最少", &it.least).into_iter().chain(bound("最多", &it.most)).collect()
}
