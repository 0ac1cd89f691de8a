//! For tests only: what an area's tests ask of an engine, and statements to a server as a whole, which no area may send.

use kernel::{Error, Result};

use crate::{Db, Engine, Sql};

/// The statements of a registry that read a whole table or a whole index, as `NAME: what the engine says`; for each area's own test:
///
/// ```ignore
/// let found = storage::testing::scans(&db, SQL).await.unwrap();
/// // Each that may, with its reason.
/// let may = ["LEASES_ALL: "]; // a row for each job of the program
/// let found: Vec<_> = found.iter().filter(|it| !may.iter().any(|name| it.starts_with(name))).collect();
/// assert!(found.is_empty(), "{found:?}");
/// ```
///
/// `db` has the tables, and may be empty. SQLite tells every walk over a table or an index from its beginning, even one that a LIMIT
/// ends soon (`SCAN … USING INDEX`): whether it does is the reason to give. PostgreSQL tells what no index of the table could answer
/// (`Seq Scan`).
///
/// # Errors
/// If the engine does not take a statement.
pub async fn scans(db: &Db, all: &[Sql]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for sql in all {
        let plan = db.plan(*sql).await?;
        let scans = plan.iter().filter(|line| match db.engine() {
            Engine::Sqlite => is_scan(line, &plan),
            Engine::Postgres => line.starts_with("Seq Scan"),
        });
        found.extend(scans.map(|line| format!("{}: {line}", sql.name)));
    }
    Ok(found)
}

/// Whether SQLite walks over something that is stored: not over given values, nor over what the statement itself made.
fn is_scan(line: &str, plan: &[String]) -> bool {
    let Some(what) = line.strip_prefix("SCAN ") else { return false };
    let name = what.split(' ').next().unwrap_or_default();
    let made = ["CO-ROUTINE", "MATERIALIZE"].iter().any(|how| plan.contains(&format!("{how} {name}")));
    !made
        && !what.starts_with("json_each ")
        && !what.contains("CONSTANT ROW")
        && !what.starts_with('(')
        && !what.contains("VALUES CLAUSE")
}

/// Sends one statement to the server at `url`: making and dropping the database of a test.
///
/// # Errors
/// If the server cannot be reached or refuses.
pub async fn server_statement(url: &str, sql: &str) -> Result<()> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(Error::internal)?;
    let running = tokio::spawn(connection);
    client.batch_execute(sql).await.map_err(Error::internal)?;
    drop(client);
    running.await.map_err(Error::internal)?.map_err(Error::internal)
}
