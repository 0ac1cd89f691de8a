//! The rows of a file that somebody handed in.

use std::ops::ControlFlow;

use kernel::{Error, Result};
use sheets::{Book, Source, cell::line};
use tokio::task::spawn_blocking;

use super::broken_file;
use crate::model::roster::{Column, HEAD_LINES, Line, ROWS_MAX, heads};

/// One cell in bytes: more is no name, number or day.
const CELL_BYTES_MAX: usize = 1_000;

/// The rows of the first sheet that is a list of officers.
///
/// # Errors
/// [`Error::Invalid`] at `file`, why it is refused and what to do.
pub(crate) async fn rows(source: Source, name: String) -> Result<Vec<Line>> {
    let read = spawn_blocking(move || read(source, &name));
    let read: std::result::Result<Vec<Line>, String> = read.await.map_err(|_| broken_file())?;
    read.map_err(|reason| Error::invalid("file", reason))
}

fn read(source: Source, name: &str) -> std::result::Result<Vec<Line>, String> {
    let mut book = Book::open(source, name)?;
    let sheets = book.sheets().len();
    for sheet in 0..sheets {
        let (mut found, mut seen, mut fault) = (None, 0, None);
        let mut rows = Vec::new();
        book.rows(sheet, &mut |at, cells| {
            let cells: Vec<String> = cells.iter().map(|it| line(it)).collect();
            let Some(heads) = &found else {
                seen += 1;
                found = heads(&cells);
                let go_on = found.is_some() || seen < HEAD_LINES;
                return if go_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
            };
            if cells.iter().any(|it| it.len() > CELL_BYTES_MAX) {
                fault = Some(format!("第 {at} 行有一格内容过长，请核对是否选错了文件。"));
            } else if rows.len() >= ROWS_MAX {
                fault = Some(format!("名单超过 {ROWS_MAX} 行，请分成几个文件导入。"));
            } else {
                let row = Line::of(at, heads, &cells);
                if Column::ALL.into_iter().any(|it| !row.get(it).is_empty()) {
                    rows.push(row);
                }
            }
            if fault.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if let Some(fault) = fault {
            return Err(fault);
        }
        if found.is_some() {
            return if rows.is_empty() { Err("名单里只有列名，没有人员。".to_owned()) } else { Ok(rows) };
        }
    }
    Err("没有认出列名。请用模板填写：至少有「姓名」（或「人员编号」）、「单位」、「岗位」三列，列名在前 12 行之内。"
        .to_owned())
}
