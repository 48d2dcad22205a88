use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::with_causes;

async fn open(config: &DatabaseConfig, sql: &'static str) -> Result<Database, OpenError> {
    Database::open(config, &migrator(&[("0001_first.sql", sql)])).await
}

#[tokio::test]
async fn files_are_private_wherever_they_lie() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd ?#% name.db");
    let config = DatabaseConfig::sqlite(&path);
    let database = open(&config, "CREATE TABLE a (b TEXT)").await.unwrap();
    sqlx::query("INSERT INTO a VALUES ('x')")
        .execute(database.pool())
        .await
        .unwrap();
    assert!(path.is_file());
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", entry.path().display());
    }
}

#[tokio::test]
async fn the_database_of_another_service_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(&folder.path().join("some.db"));
    open(&config, "CREATE TABLE a (b TEXT)").await.unwrap();
    let error = open(&config, "CREATE TABLE c (d TEXT)").await.unwrap_err();
    assert!(error.to_string().contains("another service"), "{error}");
}

#[tokio::test]
async fn errors_name_the_setting_and_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let no_database = folder.path().join("text.db");
    std::fs::write(
        &no_database,
        "no database at all, but long enough to be looked at",
    )
    .unwrap();
    let postgres = |url: &str| DatabaseConfig {
        url: url.to_owned(),
        ..DatabaseConfig::sqlite(&no_database)
    };
    let cases = [
        (
            DatabaseConfig::sqlite(&folder.path().join("no/such.db")),
            "No such file",
        ),
        (DatabaseConfig::sqlite(&no_database), "not a database"),
        (postgres("postgres://127.0.0.1:1/x"), "refused"),
        (postgres("mysql://127.0.0.1/x"), "postgres://"),
    ];
    for (config, cause) in cases {
        let text = with_causes(&open(&config, "SELECT 1").await.unwrap_err());
        assert!(
            text.starts_with("database.url") && text.contains(cause),
            "{text}"
        );
    }
}
