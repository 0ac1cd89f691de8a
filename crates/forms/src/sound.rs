//! What keeps a form from being published: names that are not there, circles, what nobody could ever fill in.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Fault;
use serde_json::Value;

use crate::{
    check::compile,
    field::{Kind, ROWS_MAX, kind},
    model::{ApplicationForm, Calculation, Condition, Test, split},
    range::Range,
};

/// Controls of one group at most, rows times columns: what one page can send.
const CELLS_MAX: usize = 300;

impl ApplicationForm {
    /// Everything that is wrong with the form itself, at its fields below `form`: `form/staff/name`. Empty: it can be published.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut sound = Sound { form: self, faults: Vec::new() };
        sound.schema();
        sound.layout();
        sound.groups();
        sound.conditions();
        sound.calculations();
        sound.circles();
        sound.never_shown();
        sound.faults
    }

    /// What a path depends on: of its conditions, its section's, and what it is reckoned of.
    fn depends_on(&self, path: &str) -> Vec<String> {
        let (name, column) = split(path);
        let section = self.layout.iter().find(|it| it.fields.iter().any(|it| it == name));
        let section = section.and_then(|it| it.only_if.as_ref()).filter(|_| column.is_none());
        let conditions = section.into_iter().chain(self.conditions.get(path)).map(|it| it.field.clone());
        let reckoned = self.calculations.get(path).into_iter().flat_map(Calculation::needs).map(str::to_owned);
        // A group is no more than its columns; a column is asked only where its group is.
        let parts = if column.is_none() && self.is_group(path) {
            self.columns(path).into_iter().map(|it| format!("{path}/{it}")).collect()
        } else {
            Vec::new()
        };
        conditions.chain(reckoned).chain(parts).collect()
    }
}

struct Sound<'a> {
    form: &'a ApplicationForm,
    faults: Vec<Fault>,
}

impl Sound<'_> {
    fn say(&mut self, path: &str, message: String) {
        let at = if path.is_empty() { "form".to_owned() } else { format!("form/{path}") };
        self.faults.push(Fault::new(at, message));
    }

    fn title(&self, path: &str) -> String {
        self.form.title(path).to_owned()
    }

    fn schema(&mut self) {
        if self.form.schema["type"] != "object" || !self.form.schema["properties"].is_object() {
            self.say("", "申请表的 schema 应当是一个对象，有 properties。".to_owned());
        }
        if let Err(why) = compile(&self.form.schema) {
            self.say("", format!("申请表的 schema 不符合 JSON Schema 2020-12：{why}。"));
        }
        let required = self.form.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for name in required.map(str::to_owned).collect::<Vec<_>>() {
            if self.form.property(&name).is_none() {
                self.say(&name, format!("必填的「{name}」不在申请表中，请补上或者去掉。"));
            }
        }
        for name in self.form.prefill.keys() {
            if self.form.property(name).is_none() {
                self.say(name, format!("自动填写的「{name}」不在申请表中，请补上或者去掉。"));
            }
        }
    }

    fn layout(&mut self) {
        let mut seen = BTreeSet::new();
        for (place, section) in self.form.layout.iter().enumerate() {
            if section.heading.trim().is_empty() {
                self.say("", format!("第 {} 个分组没有名称，请写上。", place + 1));
            }
            for name in &section.fields {
                if self.form.property(name).is_none() || name.contains('/') {
                    self.say(name, format!("分组「{}」中的「{name}」不在申请表中，请补上或者去掉。", section.heading));
                } else if !seen.insert(name) {
                    let title = self.title(name);
                    self.say(name, format!("「{title}」在分组中出现了两次，请去掉一处。"));
                }
            }
        }
    }

    fn groups(&mut self) {
        for name in self.form.names().into_iter().map(str::to_owned).collect::<Vec<_>>() {
            let Some(schema) = self.form.property(&name).filter(|it| it["type"] == "array") else { continue };
            let title = self.title(&name);
            if !self.form.is_group(&name) || self.form.columns(&name).is_empty() {
                self.say(&name, format!("「{title}」是多行填写的，每行至少要有一项。"));
                continue;
            }
            let columns = self.form.columns(&name);
            let most = schema["maxItems"].as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX);
            let cells = most.saturating_mul(columns.len());
            let nested: Vec<_> = columns.iter().map(|it| format!("{name}/{it}")).collect();
            if most > ROWS_MAX || cells > CELLS_MAX {
                self.say(
                    &name,
                    format!("「{title}」应写明最多几行，不超过 {ROWS_MAX} 行，行数乘每行的项数不超过 {CELLS_MAX}。"),
                );
            }
            for path in nested {
                let column = self.form.property(&path).map(kind);
                if matches!(column, Some(Kind::Group | Kind::Signature)) {
                    self.say(&path, format!("「{title}」的每行中不能再有多行填写的内容和签名。"));
                }
            }
        }
        let strangers: Vec<_> = self.form.groups.iter().map(|it| (it.0.clone(), it.1.columns.clone())).collect();
        for (group, columns) in strangers {
            if !self.form.is_group(&group) {
                self.say(&group, format!("多行填写的「{group}」不在申请表中，请补上或者去掉。"));
                continue;
            }
            for column in columns {
                let path = format!("{group}/{column}");
                if self.form.property(&path).is_none() {
                    self.say(
                        &path,
                        format!("「{}」每行的「{column}」不在申请表中，请补上或者去掉。", self.title(&group)),
                    );
                }
            }
        }
    }

    /// Whether one path can be named from another: a top field from everywhere, a column from its own row.
    fn in_sight(&self, from: &str, path: &str) -> bool {
        let ((own, own_column), (group, column)) = (split(from), split(path));
        self.form.property(path).is_some() && (column.is_none() || own_column.is_some() && own == group)
    }

    fn conditions(&mut self) {
        let sections = self.form.layout.iter().filter_map(|it| Some((it.heading.clone(), it.only_if.clone()?)));
        for (heading, condition) in sections.collect::<Vec<_>>() {
            self.condition("", &format!("分组「{heading}」"), &condition);
            let own = self.form.layout.iter().find(|it| it.heading == heading);
            if own.is_some_and(|it| it.fields.contains(&condition.field)) {
                self.say("", format!("分组「{heading}」的显示条件用到了这个分组里面的项目，永远不会显示。"));
            }
        }
        for (path, condition) in self.form.conditions.clone() {
            if self.form.property(&path).is_none() {
                self.say(&path, format!("显示条件中的「{path}」不在申请表中，请补上或者去掉。"));
            } else {
                let whose = format!("「{}」", self.title(&path));
                self.condition(&path, &whose, &condition);
            }
        }
    }

    fn condition(&mut self, path: &str, whose: &str, it: &Condition) {
        if !self.in_sight(path, &it.field) {
            return self.say(path, format!("{whose}的显示条件用到的「{}」不在申请表中，请重新选择。", it.field));
        }
        if let Some(wrong) = self.form.condition_fault(it) {
            self.say(path, format!("{whose}的显示条件：{wrong}"));
        }
    }

    fn calculations(&mut self) {
        for (path, how) in self.form.calculations.clone() {
            let title = self.title(&path);
            let Some(into) = self.form.property(&path).map(kind) else {
                self.say(&path, format!("自动计算的「{path}」不在申请表中，请补上或者去掉。"));
                continue;
            };
            if !matches!(into, Kind::Integer | Kind::Money | Kind::Area) {
                self.say(&path, format!("「{title}」是自动计算的，应当是整数、金额或者面积。"));
            }
            if how.needs().is_empty() {
                self.say(&path, format!("「{title}」是自动计算的，请选择用哪些项目来算。"));
            }
            for input in how.needs() {
                let over_rows = matches!(how, Calculation::Sum { .. }) && self.form.property(input).is_some();
                if !self.in_sight(&path, input) && !over_rows {
                    self.say(&path, format!("「{title}」的计算用到的「{input}」不在申请表中，请重新选择。"));
                    continue;
                }
                let schema = self.form.property(input).unwrap_or(&Value::Null);
                let (kind, format) = (kind(schema), schema["format"].as_str().unwrap_or_default());
                let right = match how {
                    Calculation::Count { .. } => kind == Kind::Group,
                    Calculation::Age { .. } => kind == Kind::Day || format == "citizen-number",
                    Calculation::Days { .. } => kind == Kind::Day,
                    _ => matches!(kind, Kind::Integer | Kind::Money | Kind::Area),
                };
                if !right {
                    let input = self.title(input);
                    self.say(&path, format!("「{title}」不能用「{input}」来算，请换成合适的项目。"));
                }
            }
        }
    }

    /// What depends on itself by whatever way.
    fn circles(&mut self) {
        let paths = self.form.paths();
        let mut told = BTreeSet::new();
        for path in &paths {
            let mut seen = BTreeSet::new();
            let mut open = self.form.depends_on(path);
            while let Some(next) = open.pop() {
                if next == *path {
                    if told.insert(path.clone()) {
                        let title = self.title(path);
                        self.say(path, format!("「{title}」的显示条件或者计算绕了一圈又用到它自己，请改掉。"));
                    }
                    break;
                }
                if seen.insert(next.clone()) {
                    open.extend(self.form.depends_on(&next));
                }
            }
        }
    }

    /// What is asked only if one field has two values at once: nobody ever sees it, and a required one can never be filled in.
    fn never_shown(&mut self) {
        for path in self.form.paths() {
            let mut wanted: BTreeMap<String, Vec<Test>> = BTreeMap::new();
            let mut seen = BTreeSet::new();
            let mut open = vec![path.clone()];
            while let Some(next) = open.pop() {
                if !seen.insert(next.clone()) {
                    continue;
                }
                let (name, column) = split(&next);
                if column.is_some() {
                    open.push(name.to_owned());
                }
                let section = self.form.layout.iter().find(|it| it.fields.iter().any(|it| it == name));
                let section = section.and_then(|it| it.only_if.as_ref()).filter(|_| column.is_none());
                for it in section.into_iter().chain(self.form.conditions.get(&next)) {
                    wanted.entry(it.field.clone()).or_default().push(it.test.clone());
                    // What must be filled in must be asked itself.
                    if it.test != Test::Filled(false) {
                        open.push(it.field.clone());
                    }
                }
            }
            if let Some((field, _)) = wanted.iter().find(|it| contradict(it.1)) {
                let (title, other) = (self.title(&path), self.title(field));
                let must = if self.form.is_required(&path) { "，又是必填的" } else { "" };
                self.say(&path, format!("「{title}」永远不会显示{must}：它的显示条件对「{other}」的要求互相矛盾。"));
            }
        }
    }
}

/// Whether no answer passes all of these.
fn contradict(tests: &[Test]) -> bool {
    if tests.contains(&Test::Filled(false)) {
        return tests.iter().any(|it| *it != Test::Filled(false));
    }
    // What names no value at all is told by itself.
    let unsaid = |it: &&Test| matches!(it, Test::OneOf(all) if all.is_empty());
    let tests: Vec<&Test> = tests.iter().filter(|it| !unsaid(it)).collect();
    let ranges = || tests.iter().filter_map(|it| if let Test::Range(it) = it { Some(it) } else { None });
    // A range that holds nothing by itself is told by itself too.
    let apart = |one: &Range, other: &Range| !std::ptr::eq(one, other) && one.begins_after(other);
    match tests.iter().map(|it| it.values()).find(|it| !it.is_empty()) {
        Some(named) => !named.iter().any(|value| tests.iter().all(|it| it.holds(value))),
        None => ranges().any(|one| ranges().any(|other| apart(one, other))),
    }
}
