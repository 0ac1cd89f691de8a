//! A published list of items as a CSV file: what its rows must be.

use std::collections::HashMap;

use identity::RowFault;
use standards::{CreditCode, DivisionCode, ItemType};

use super::{ITEM_NAME_MAX, LINE_MAX, LOCAL_CODE_MAX};

/// The head line of a list.
pub const LIST_HEADER: [&str; 7] =
    ["department", "department_code", "item_name", "main_item", "item_type", "division", "local_code"];
/// A list has so many bytes at most.
pub const LIST_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A list has so many rows at most: somewhat more than the largest province published.
pub const LIST_ROWS_MAX: usize = 200_000;
/// A value is repeated in a report up to so many characters.
const SHOWN_MAX: usize = 40;

/// One row of a list that is well formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Its line in the file; the head line is 1.
    pub line: u64,
    /// The department's name.
    pub department: String,
    /// The department's unified social credit code; empty if the list gives none or another kind of code.
    pub credit_code: String,
    /// 事项名称.
    pub name: String,
    /// 主项名称; may be empty.
    pub main_item: String,
    /// 事项类型.
    pub item_type: ItemType,
    /// Where the department handles it.
    pub division: DivisionCode,
    /// 地方实施编码.
    pub local_code: String,
}

/// The rows of a list that are well formed, and what is wrong with the others.
///
/// # Errors
/// A sentence in Chinese if the file as a whole is no list: then nothing of it is taken.
pub fn read_list(file: &[u8]) -> Result<(Vec<ListRow>, Vec<RowFault>), String> {
    if file.len() > LIST_BYTES_MAX {
        return Err(format!("文件有 {} 字节，超过上限 {LIST_BYTES_MAX} 字节，请分成几个文件导入。", file.len()));
    }
    let text = decoded(file)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let head = reader.headers().map_err(|error| format!("表头无法读取：{error}。"))?;
    if head.iter().map(str::trim).ne(LIST_HEADER) {
        let found = shown(&head.iter().collect::<Vec<_>>().join(","));
        return Err(format!("表头应为「{}」，实为「{found}」，请核对是否选错了文件。", LIST_HEADER.join(",")));
    }
    let (mut rows, mut faults): (Vec<ListRow>, Vec<RowFault>) = (Vec::new(), Vec::new());
    let mut first: HashMap<(String, DivisionCode, String), u64> = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| format!("文件内容无法读取：{error}。"))?;
        if rows.len() + faults.len() == LIST_ROWS_MAX {
            return Err(format!("文件超过 {LIST_ROWS_MAX} 行，请分成几个文件导入。"));
        }
        match row(&record) {
            Ok(row) => {
                let key = (row.department.clone(), row.division.clone(), row.local_code.clone());
                match first.get(&key) {
                    Some(line) => faults.push(RowFault {
                        line: row.line,
                        column: LIST_HEADER[6],
                        value: shown(&row.local_code),
                        reason: format!("同一部门的编码与第 {line} 行重复，只取前一行"),
                    }),
                    None => {
                        first.insert(key, row.line);
                        rows.push(row);
                    }
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    if rows.is_empty() && faults.is_empty() {
        return Err("文件中只有表头，没有任何事项。".to_owned());
    }
    Ok((rows, faults))
}

/// The text of a file in UTF-8, with or without its mark.
fn decoded(file: &[u8]) -> Result<&str, String> {
    let advice = "请在表格软件中另存为「CSV UTF-8（逗号分隔）」后再导入。";
    if file.starts_with(&[0xff, 0xfe]) || file.starts_with(&[0xfe, 0xff]) {
        return Err(format!("文件是 UTF-16 编码，{advice}"));
    }
    let text = std::str::from_utf8(file).map_err(|error| {
        format!("文件不是 UTF-8 编码（第 {} 字节起无法识别，可能是 GBK），{advice}", error.valid_up_to() + 1)
    })?;
    if text.contains('\0') {
        return Err("文件中有空字符，不是文本表格，请核对是否选错了文件。".to_owned());
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn row(record: &csv::StringRecord) -> Result<ListRow, RowFault> {
    let line = record.position().map_or(0, csv::Position::line);
    let field = |index: usize| record.get(index).unwrap_or_default().trim();
    let fault = |index: usize, reason: String| RowFault {
        line,
        column: LIST_HEADER[index],
        value: shown(field(index)),
        reason,
    };
    if record.len() != LIST_HEADER.len() {
        return Err(fault(0, format!("这一行应有 {} 列，实为 {} 列", LIST_HEADER.len(), record.len())));
    }
    let text = |index: usize, name: &str, least: usize, most: usize| {
        let value = field(index);
        let length = value.chars().count();
        if length < least {
            return Err(fault(index, format!("{name}不能为空")));
        }
        if length > most {
            return Err(fault(index, format!("{name}最多 {most} 个字，实为 {length} 个字")));
        }
        if value.chars().any(char::is_control) {
            return Err(fault(index, format!("{name}中有换行或者不可见字符")));
        }
        Ok(value.to_owned())
    };
    let item_type = field(4);
    Ok(ListRow {
        line,
        department: text(0, "部门名称", 1, LINE_MAX.min(100))?,
        credit_code: CreditCode::parse(&text(1, "部门编码", 0, LINE_MAX)?).map_or(String::new(), |it| it.to_string()),
        name: text(2, "事项名称", 1, ITEM_NAME_MAX)?,
        main_item: text(3, "主项名称", 0, ITEM_NAME_MAX)?,
        item_type: ItemType::from_code(item_type)
            .ok_or_else(|| fault(4, "事项类型应为国家标准的两位代码，如 01 行政许可、20 公共服务".to_owned()))?,
        division: DivisionCode::parse(field(5)).map_err(|error| fault(5, error.message()))?,
        local_code: text(6, "地方实施编码", 1, LOCAL_CODE_MAX)?,
    })
}

/// A value as a report repeats it.
fn shown(text: &str) -> String {
    if text.chars().count() <= SHOWN_MAX {
        return text.to_owned();
    }
    text.chars().take(SHOWN_MAX).chain(['…']).collect()
}
