//! A list of officers as a table: its columns, and what a row of it says. Pure.

use serde::{Deserialize, Serialize};

/// Rows of one list at most: more officers than a county has.
pub(crate) const ROWS_MAX: usize = 5_000;
/// Lines at the top of a sheet among which its heads are looked for.
pub(crate) const HEAD_LINES: usize = 12;
/// Characters of a value that a report repeats.
const SHOWN_CHARS: usize = 40;

/// A column of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Id,
    Name,
    Paper,
    Number,
    Mobile,
    Login,
    Office,
    Unit,
    Post,
    Item,
    Starts,
    Ends,
}

impl Column {
    /// All columns, in the order in which they are written.
    pub(crate) const ALL: [Self; 12] = [
        Self::Id,
        Self::Name,
        Self::Paper,
        Self::Number,
        Self::Mobile,
        Self::Login,
        Self::Office,
        Self::Unit,
        Self::Post,
        Self::Item,
        Self::Starts,
        Self::Ends,
    ];

    /// The head that we write.
    pub(crate) const fn head(self) -> &'static str {
        self.words().0
    }

    /// Other heads under which authorities write it.
    const fn also(self) -> &'static [&'static str] {
        match self {
            Self::Id => &["人员标识"],
            Self::Name => &["人员姓名", "名字"],
            Self::Paper => &["证件种类"],
            Self::Number => &["证件号", "身份证号", "身份证号码", "公民身份号码"],
            Self::Mobile => &["手机", "手机号码", "移动电话", "联系电话"],
            Self::Login => &["账号", "用户名"],
            Self::Office => &["所在单位", "部门", "实施主体", "单位名称"],
            Self::Unit => &["处室", "窗口", "处室/窗口", "处室、窗口", "科室", "内设机构"],
            Self::Post => &["岗位名称"],
            Self::Item => &["事项名称", "负责事项"],
            Self::Starts => &["开始日期", "起始日期", "起日"],
            Self::Ends => &["结束日期", "终止日期", "止日", "截止日期"],
        }
    }

    /// Head, whether it must be filled, and how: the explaining sheet of the template.
    pub(crate) const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Id => ("人员编号", "导出的表自带", "平台给的编号。新人员留空；导出后再导入时靠它认人，请不要改动"),
            Self::Name => ("姓名", "新人员必填", "与证件一致"),
            Self::Paper => ("证件类型", "否", "留空即居民身份证；其他证件写全称，如「港澳居民来往内地通行证」"),
            Self::Number => ("证件号码", "新人员必填", "已经登记过的人靠它认出，不会重复登记。请把这一列设为文本格式"),
            Self::Mobile => ("手机号", "新人员必填", "11 位。首次登录的验证码发到这个号码；已登记的人以本人登记的为准"),
            Self::Login => (
                "登录名",
                "否",
                "填了就开通账号，不设密码：本人用手机验证码首次登录，再设密码和两步验证；不填由本人自行注册",
            ),
            Self::Office => ("单位", "是", "实施主体的全称、简称或者统一社会信用代码，须在您的管理范围内"),
            Self::Unit => ("处室窗口", "否", "机构里已有的处室、窗口，上下级用 / 隔开，如「审批科/一号窗口」"),
            Self::Post => ("岗位", "是", "岗位名称，如「受理」。一个人有几个岗位就写几行"),
            Self::Item => ("事项", "否", "只负责某个事项时写事项全称；留空为单位的全部事项"),
            Self::Starts => ("起", "否", "如 2026-03-02；留空为导入当天"),
            Self::Ends => ("止", "否", "在岗的最后一天；留空为长期"),
        }
    }
}

/// A head as it is compared: without blanks, stars and what stands in brackets.
fn bare(head: &str) -> String {
    let plain = head.split(['（', '(', '[', '【']).next().unwrap_or_default();
    plain.chars().filter(|it| !it.is_whitespace() && !matches!(it, '*' | '＊' | ':' | '：')).collect()
}

/// Which column each cell of a line of heads names; `None`: it is no line of heads of such a list, which names post and authority, and
/// somebody.
pub(crate) fn heads(cells: &[String]) -> Option<Vec<Option<Column>>> {
    let of = |cell: &String| {
        let head = bare(cell);
        Column::ALL.into_iter().find(|it| head == it.head() || it.also().contains(&head.as_str()))
    };
    let mut found: Vec<Option<Column>> = Vec::with_capacity(cells.len());
    for cell in cells {
        // The first of two columns of one name counts.
        found.push(of(cell).filter(|it| !found.contains(&Some(*it))));
    }
    let has = |it: Column| found.contains(&Some(it));
    let somebody = has(Column::Name) || has(Column::Number) || has(Column::Id);
    (somebody && has(Column::Office) && has(Column::Post)).then_some(found)
}

/// A row of the list. Names nothing but its line when it is printed: it holds personal data.
#[derive(Clone, Default)]
pub(crate) struct Line {
    /// Its line in the file, from 1.
    pub(crate) line: u32,
    cells: [String; Column::ALL.len()],
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({})", self.line)
    }
}

impl Line {
    /// The row of these cells under these heads.
    pub(crate) fn of(line: u32, heads: &[Option<Column>], cells: &[String]) -> Self {
        let mut out = Self { line, ..Self::default() };
        for (column, cell) in heads.iter().zip(cells) {
            if let Some(column) = column {
                out.cells[*column as usize].clone_from(cell);
            }
        }
        out
    }

    /// What stands in a column. What is hidden by stars says nothing: lists of others hide numbers, and such a cell is no number.
    pub(crate) fn get(&self, column: Column) -> &str {
        let cell = self.cells[column as usize].as_str();
        let hides = matches!(column, Column::Number | Column::Mobile) && cell.contains('*');
        if hides { "" } else { cell }
    }

    /// What is wrong in a column of it.
    pub(crate) fn trouble(&self, column: Column, reason: impl Into<String>) -> Trouble {
        let cell = self.cells[column as usize].as_str();
        let value = match column {
            // Reports are read over shoulders and sent on.
            Column::Number | Column::Mobile if cell.chars().count() > 4 => {
                let end: Vec<char> = cell.chars().rev().take(4).collect();
                format!("…{}", end.into_iter().rev().collect::<String>())
            }
            _ if cell.chars().count() > SHOWN_CHARS => cell.chars().take(SHOWN_CHARS).chain(['…']).collect(),
            _ => cell.to_owned(),
        };
        Trouble { line: self.line, column: column.head().to_owned(), value, reason: reason.into() }
    }
}

/// What is wrong with a row: where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The line of the file, from 1.
    pub line: u32,
    /// The column's head.
    pub column: String,
    /// What stands there; of numbers only the end.
    pub value: String,
    /// What is wrong and what to do, in Chinese.
    pub reason: String,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "第 {} 行，{} 列，「{}」：{}", self.line, self.column, self.value, self.reason)
    }
}

/// What became, or would become, of the rows of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Posts that are new.
    pub added: i64,
    /// Posts whose last day is another, and accounts that are opened beside a post that stands.
    pub changed: i64,
    /// Rows that say what is so already.
    pub same: i64,
    /// Rows that are refused.
    pub refused: i64,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImportState {
    /// Checked; nothing is written.
    Checked,
    /// Being written.
    Running,
    /// Written.
    Done,
    /// It cannot go on.
    Failed,
}

impl ImportState {
    const ALL: [Self; 4] = [Self::Checked, Self::Running, Self::Done, Self::Failed];

    /// What is kept.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Tone and words of a tag.
    pub(crate) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Checked => ("info", "已检查，未导入"),
            Self::Running => ("info", "正在导入"),
            Self::Done => ("good", "已导入"),
            Self::Failed => ("warn", "已停止"),
        }
    }

    /// The state of a code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}
