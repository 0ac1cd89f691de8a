//! For tests only: statements to a PostgreSQL server as a whole, which no area may send.

use kernel::{Error, Result};

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
