//! The account that serves a site on PostgreSQL needs rows and nothing else (OWASP ASVS 5.0.0, 13.2.2): `/docs/postgres-rights.sql` is run
//! as it stands there.

use kernel::Random as _;
use storage::testing::server_statement;

use crate::{
    cli::{Listen, Place},
    settings::Settings,
    site::{About, Site, operator},
};

const RIGHTS: &str = include_str!("../../../../docs/postgres-rights.sql");

/// The address of the same database for another account.
fn of_account(url: &str, account: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let host = rest.split_once('@').map_or(rest, |it| it.1);
    format!("{scheme}://{account}:of-a-test@{host}")
}

fn settings(data: &std::path::Path, url: &str) -> Settings {
    let place = Place { data: Some(data.to_owned()), database: Some(url.to_owned()), config: None };
    Settings::of(&place, &Listen::default()).unwrap()
}

#[tokio::test]
async fn a_site_made_by_the_owner_is_served_by_an_account_that_can_only_read_and_write_rows() {
    let folder = tempfile::tempdir().unwrap();
    let Some((made, _database)) = testkit::fresh_database("postgres", folder.path()).await else { return };
    let admin = made.url.unwrap();
    let mut random = [0; 8];
    kernel::SystemRandom.fill(&mut random);
    let mark = format!("{:016x}", u64::from_le_bytes(random));
    let (owner, account) = (format!("yw_owner_{mark}"), format!("yw_site_{mark}"));
    let rights = RIGHTS.replace("yiwang_owner", &owner).replace("yiwang_site", &account);
    server_statement(&admin, &rights).await.unwrap();
    for role in [&owner, &account] {
        server_statement(&admin, &format!("ALTER ROLE {role} PASSWORD 'of-a-test'")).await.unwrap();
    }
    let data = folder.path().join("site");
    let done = tokio::spawn(served(data, of_account(&admin, &owner), of_account(&admin, &account))).await;
    for role in [&account, &owner] {
        server_statement(&admin, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await.unwrap();
    }
    done.unwrap();
}

async fn served(data: std::path::PathBuf, owner: String, account: String) {
    let text = |it: &str| it.to_owned();
    let (id, signer) = (operator().new_id::<Site>().to_string(), String::new());
    let about =
        About {
            id, name: text("试验网"), division: text("341600000000"), phone: text("12345"), demo: false, signer
        };
    let by_owner = settings(&data, &owner);
    let site = Site::make(&by_owner, about).await.unwrap();
    site.finish(&by_owner).unwrap();
    site.app.db.close().await.unwrap();
    // Opened as a node does, which looks for migrations; then what a site does all day.
    let site = Site::open(&settings(&data, &account)).await.unwrap();
    let ctx = site.app.system("test");
    let new = identity::NewPerson {
        paper: standards::PaperKind::Citizen,
        name: text("甲"),
        citizen_number: text("341602194803120026"),
        mobile: text("13900000001"),
        ..identity::NewPerson::default()
    };
    let person = identity::create_person(&ctx, &site.app, &new).await.unwrap();
    assert_eq!(identity::person_name(&site.app, person).await.unwrap(), "甲");
    let mut unit = storage::Unit::new(&ctx);
    identity::erase_person(&ctx, &site.app, &mut unit, person).await.unwrap();
    assert_eq!(site.app.db.commit(unit).await.unwrap(), storage::Commit::Done);
    assert!(crate::commands::verify::check(&site).await.unwrap().is_ok());
    site.app.db.close().await.unwrap();
    let refused = [
        "CREATE TABLE mine (n BIGINT)",
        "DROP TABLE journal",
        "ALTER TABLE journal ADD COLUMN mine BIGINT",
        "TRUNCATE journal",
        "CREATE ROLE mine",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ];
    for sql in refused {
        assert!(server_statement(&account, sql).await.is_err(), "{sql}");
    }
}
