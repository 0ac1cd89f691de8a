//! Lists of officers: taken in from a table, and given out as one (人员岗位的导入、导出).
//!
//! [`read`] gives the rows of a file, [`decide`] says what each would do, and [`write`] does it, some people at a time, each with whatever a
//! row asks: person, account and posts in one unit, by the same functions as the desk's own acts. On the desk a file is a [`job`]: checked
//! as it is handed in, then written by a worker in the name of whoever handed it in, with the posts which that one holds by then.

pub(crate) mod decide;
mod decide_places;
pub(crate) mod export;
pub(crate) mod job;
mod planned;
mod read;
mod write;

use kernel::{Ctx, Error, Result};
use serde::Serialize;
use sheets::Source;
use webkit::App;

pub(crate) use read::rows;

use crate::model::roster::{Counts, Trouble};
use decide::{Decided, decide};

/// People decided and written in one unit.
const CHUNK: usize = 50;

/// What came, or would come, of a list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RosterReport {
    /// How many rows became what.
    #[serde(flatten)]
    pub counts: Counts,
    /// What is wrong, in the order of the file.
    pub troubles: Vec<Trouble>,
}

impl std::fmt::Display for RosterReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Counts { added, changed, same, refused } = self.counts;
        write!(f, "新增 {added}，修改 {changed}，未变 {same}，拒绝 {refused}")
    }
}

/// Told how many people of how many are done.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Takes a list of officers in at once, or (`dry_run`) only says what would become of it. Good rows go in, bad rows are named. The same
/// list again changes nothing.
///
/// # Errors
/// [`Error::Invalid`] at `file` if it is refused whole; if the engine fails.
pub async fn import_officers(
    ctx: &Ctx,
    app: &App,
    (source, name): (Source, &str),
    dry_run: bool,
    progress: Progress<'_>,
) -> Result<RosterReport> {
    let rows = rows(source, name.to_owned()).await?;
    let Decided { mut counts, mut troubles, people } = decide(ctx, app, rows).await?;
    if !dry_run {
        for (n, chunk) in people.chunks(CHUNK).enumerate() {
            let late = write::chunk(ctx, app, chunk, &|_| Ok(())).await?;
            late.take_from(&mut counts);
            troubles.extend(late.troubles);
            progress((n * CHUNK + chunk.len()).min(people.len()), people.len());
        }
    }
    troubles.sort_by_key(|it| it.line);
    Ok(RosterReport { counts, troubles })
}

/// A file that broke whoever read it.
fn broken_file() -> Error {
    Error::invalid("file", "文件内容无法读取，请在表格软件中打开，另存为 .xlsx 后再导入。")
}
