//! Divisions, and what a file of them must be.

use std::collections::{BTreeMap, HashMap};

use kernel::Branch;
use serde::Serialize;
use standards::{DivisionCode, DivisionLevel, UseLevel};

/// The head line of a file of divisions.
pub const HEADER: [&str; 4] = ["code", "name", "level", "parent"];
/// A file of divisions has so many bytes at most; that of the whole country has about forty million.
pub const FILE_MAX: usize = 64 * 1024 * 1024;
/// Refused rows that a report names one by one at most; the rest are only counted.
pub const FAULTS_MAX: usize = 1_000;
const NAME_MAX: usize = 60;

/// A division (行政区划).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// Its twelve-digit code.
    pub code: DivisionCode,
    /// Its name.
    pub name: String,
    /// 行使层级: 2 province, 3 city, 4 county, 5 town, 6 village.
    pub level: u8,
    /// The division directly above; `None` for a province.
    pub parent: Option<DivisionCode>,
}

impl Division {
    /// 「省级」, 「市级」, 「县级」, …
    #[must_use]
    pub fn level_name(&self) -> &'static str {
        UseLevel::from_code(&self.level.to_string()).map_or("", UseLevel::name)
    }
}

/// A code of twelve digits as permissions compare it; nothing is in the division of what is no such code.
#[must_use]
pub fn number(code: &str) -> u64 {
    code.parse().unwrap_or(0)
}

/// A division with all in it, as permissions compare them.
#[must_use]
pub fn branch(code: &DivisionCode) -> Branch {
    Branch { from: number(code.as_str()), to: number(&format!("{:9<12}", code.significant())) }
}

/// Why a row of a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowFault {
    /// The row's line in the file, from 1; the head line is 1.
    pub line: u64,
    /// The column's name.
    pub column: &'static str,
    /// What stands there.
    pub value: String,
    /// What is wrong, in Chinese.
    pub reason: String,
}

impl std::fmt::Display for RowFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "第 {} 行，{} 列，「{}」：{}", self.line, self.column, self.value, self.reason)
    }
}

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Rows that were new.
    pub added: usize,
    /// Rows that changed what stood.
    pub updated: usize,
    /// Rows that stood already, word for word.
    pub unchanged: usize,
    /// How many rows were refused.
    pub refused_count: usize,
    /// The refused rows, by line; at most [`FAULTS_MAX`] of them.
    pub refused: Vec<RowFault>,
}

/// 「导入 N, 更新 N, 未变 N, 拒绝 N」.
impl std::fmt::Display for ImportReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { added, updated, unchanged, refused_count, .. } = self;
        write!(f, "导入 {added}, 更新 {updated}, 未变 {unchanged}, 拒绝 {refused_count}")
    }
}

/// A row of a file with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) line: u64,
    pub(crate) division: Division,
}

/// A file read and judged: what is to be written, parents before children, and the report.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) write: Vec<Division>,
    pub(crate) report: ImportReport,
}

/// The rows of a file that are well formed, and what is wrong with the others.
///
/// # Errors
/// A sentence in Chinese if the file as a whole is no file of divisions: then nothing of it is taken.
pub(crate) fn read(file: &[u8]) -> Result<(Vec<Line>, Vec<RowFault>), String> {
    if file.len() > FILE_MAX {
        return Err(format!("文件有 {} 字节，超过上限 {FILE_MAX} 字节，请分成几个文件导入。", file.len()));
    }
    let text = std::str::from_utf8(file).map_err(|error| {
        format!("文件不是 UTF-8 编码（第 {} 字节起无法识别），请用 UTF-8 编码另存后再导入。", error.valid_up_to() + 1)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let head = reader.headers().map_err(|error| format!("表头无法读取：{error}。"))?;
    if head.iter().map(str::trim).ne(HEADER) {
        let found = head.iter().collect::<Vec<_>>().join(",");
        return Err(format!("表头应为「{}」，实为「{found}」，请核对是否选错了文件。", HEADER.join(",")));
    }
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|error| format!("文件内容无法读取：{error}。"))?;
        match row(&record) {
            Ok(line) => lines.push(line),
            Err(fault) => faults.push(fault),
        }
    }
    if lines.is_empty() && faults.is_empty() {
        return Err("文件中只有表头，没有任何行政区划。".to_owned());
    }
    Ok((lines, faults))
}

fn row(record: &csv::StringRecord) -> Result<Line, RowFault> {
    let line = record.position().map_or(0, csv::Position::line);
    let field = |index: usize| record.get(index).unwrap_or_default().trim();
    let fault =
        |index: usize, reason: String| RowFault { line, column: HEADER[index], value: shown(field(index)), reason };
    if record.len() != HEADER.len() {
        return Err(fault(0, format!("这一行应有 {} 列，实为 {} 列", HEADER.len(), record.len())));
    }
    let code = DivisionCode::parse(field(0)).map_err(|error| fault(0, error.message()))?;
    let name = field(1);
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(fault(1, format!("名称应为 1 至 {NAME_MAX} 个字，不含不可见字符")));
    }
    let level = level_of(code.level());
    if field(2) != level.to_string() {
        let words = UseLevel::from_code(&level.to_string()).map_or("", UseLevel::name);
        return Err(fault(2, format!("代码 {code} 是{words}，层级应为 {level}")));
    }
    let parent = match field(3) {
        "" if level == 2 => None,
        "" => return Err(fault(3, "省级以下必须填写上级区划代码".to_owned())),
        _ if level == 2 => return Err(fault(3, "省级没有上级区划，此列应为空".to_owned())),
        text => Some(DivisionCode::parse(text).map_err(|error| fault(3, error.message()))?),
    };
    if let Some(above) = parent.as_ref().filter(|above| !code.is_within(above) || above.level() >= code.level()) {
        return Err(fault(3, format!("{code} 不在 {above} 之内，上级与代码不符")));
    }
    Ok(Line { line, division: Division { code, name: name.to_owned(), level, parent } })
}

/// Judges the well-formed rows together and against what stands: no code twice, every parent in the file or the table.
pub(crate) fn plan(lines: Vec<Line>, mut faults: Vec<RowFault>, standing: &HashMap<DivisionCode, Division>) -> Plan {
    let mut first: BTreeMap<(u8, DivisionCode), Line> = BTreeMap::new();
    for line in lines {
        let key = (line.division.level, line.division.code.clone());
        match first.get(&key) {
            None => drop(first.insert(key, line)),
            Some(earlier) => faults.push(RowFault {
                line: line.line,
                column: HEADER[0],
                value: line.division.code.to_string(),
                reason: format!("与第 {} 行重复，以先出现的为准", earlier.line),
            }),
        }
    }
    let mut plan = Plan::default();
    let mut taken: std::collections::HashSet<DivisionCode> = std::collections::HashSet::new();
    // In order of level, so that a parent is judged before its children, and a child falls with its parent.
    for Line { line, division } in first.into_values() {
        let parent = division.parent.as_ref();
        if let Some(above) = parent.filter(|above| !taken.contains(*above) && !standing.contains_key(*above)) {
            let reason = "上级区划既不在本文件的有效行中，也不在库中".to_owned();
            faults.push(RowFault { line, column: HEADER[3], value: above.to_string(), reason });
            continue;
        }
        taken.insert(division.code.clone());
        match standing.get(&division.code) {
            Some(stands) if *stands == division => plan.report.unchanged += 1,
            Some(_) => {
                plan.report.updated += 1;
                plan.write.push(division);
            }
            None => {
                plan.report.added += 1;
                plan.write.push(division);
            }
        }
    }
    faults.sort_by_key(|fault| fault.line);
    plan.report.refused_count = faults.len();
    faults.truncate(FAULTS_MAX);
    plan.report.refused = faults;
    plan
}

/// 行使层级 of a level of the code.
fn level_of(level: DivisionLevel) -> u8 {
    match level {
        DivisionLevel::Province => 2,
        DivisionLevel::City => 3,
        DivisionLevel::County => 4,
        DivisionLevel::Town => 5,
        DivisionLevel::Village => 6,
    }
}

/// A value as a report can show it: at most forty characters, controls as `·`.
fn shown(value: &str) -> String {
    value.chars().take(40).map(|c| if c.is_control() { '·' } else { c }).collect()
}
