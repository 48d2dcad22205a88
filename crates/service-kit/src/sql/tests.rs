use std::os::unix::fs::PermissionsExt;
use std::sync::Mutex;

use sqlx::Row;
use tempfile::TempDir;
use tokio::task::{JoinSet, yield_now};
use tokio::time::sleep;

use super::*;
use crate::with_causes;

async fn open(config: &DatabaseConfig, sql: &'static str) -> Result<Database, OpenError> {
    Database::open(config, &migrator(&[("0001_first.sql", sql)])).await
}

const TABLE: &str = "CREATE TABLE a (b TEXT)";

async fn open_new(folder: &TempDir) -> Database {
    let config = DatabaseConfig::sqlite(&folder.path().join("some.db"));
    open(&config, TABLE).await.unwrap()
}

async fn write(database: &Database) -> Result<(), sqlx::Error> {
    let mut transaction = database.begin_write().await?;
    sqlx::query("INSERT INTO a VALUES ('x')")
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

async fn count(database: &Database) -> i64 {
    let row = sqlx::query("SELECT COUNT(*) FROM a").fetch_one(database.reader());
    row.await.unwrap().get(0)
}

#[tokio::test]
async fn files_are_private_wherever_they_lie() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd ?#% name.db");
    let config = DatabaseConfig::sqlite(&path);
    let database = open(&config, TABLE).await.unwrap();
    write(&database).await.unwrap();
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
async fn a_schema_that_a_newer_version_expanded_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(&folder.path().join("some.db"));
    let newer = [
        ("0001_first.sql", TABLE),
        ("0002_second.sql", "CREATE TABLE c (d TEXT)"),
    ];
    Database::open(&config, &migrator(&newer)).await.unwrap();
    let rolled_back = open(&config, TABLE).await.unwrap();
    write(&rolled_back).await.unwrap();
    assert_eq!(count(&rolled_back).await, 1);
    rolled_back.close().await;
    Database::open(&config, &migrator(&newer)).await.unwrap();
}

#[tokio::test]
async fn a_schema_that_a_newer_version_contracted_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(&folder.path().join("some.db"));
    let newer = [
        ("0001_first.sql", TABLE),
        (
            "0002_contract_second.sql",
            "ALTER TABLE a RENAME COLUMN b TO c",
        ),
    ];
    Database::open(&config, &migrator(&newer)).await.unwrap();
    let error = with_causes(&open(&config, TABLE).await.unwrap_err());
    assert!(error.contains("a newer version"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    Database::open(&config, &migrator(&newer)).await.unwrap();
}

#[tokio::test]
async fn errors_name_the_setting_the_database_and_the_cause() {
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
            "no/such.db",
            "No such file",
        ),
        (
            DatabaseConfig::sqlite(&no_database),
            "text.db",
            "not a database",
        ),
        (
            postgres("postgres://some:secret@127.0.0.1:1/x"),
            "127.0.0.1:1/x",
            "refused",
        ),
        (postgres("mysql://127.0.0.1/x"), "", "postgres://"),
    ];
    for (config, name, cause) in cases {
        let text = with_causes(&open(&config, "SELECT 1").await.unwrap_err());
        assert!(
            text.starts_with("database.url") && text.contains(cause) && text.contains(name),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
    }
}

#[tokio::test]
async fn writers_wait_in_a_queue() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_new(&folder).await;
    let first = database.begin_write().await.unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut writers = JoinSet::new();
    for number in 0..32 {
        let (database, order) = (database.clone(), Arc::clone(&order));
        writers.spawn(async move {
            let transaction = database.begin_write().await.unwrap();
            order.lock().unwrap().push(number);
            transaction.commit().await.unwrap();
        });
        yield_now().await;
    }
    first.commit().await.unwrap();
    writers.join_all().await;
    assert_eq!(*order.lock().unwrap(), (0..32).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_writer_succeeds_beside_another_process() {
    let folder = tempfile::tempdir().unwrap();
    // SQLite locks connections, not processes: pools of their own meet as two processes would.
    let (database, other) = (open_new(&folder).await, open_new(&folder).await);
    let mut writers = JoinSet::new();
    for _ in 0..64 {
        let database = database.clone();
        writers.spawn(async move {
            for _ in 0..8 {
                write(&database).await.unwrap();
            }
        });
    }
    for _ in 0..20 {
        let held = other.begin_write().await.unwrap();
        sleep(Duration::from_millis(10)).await;
        held.commit().await.unwrap();
    }
    writers.join_all().await;
    assert_eq!(count(&database).await, 64 * 8);
}

#[tokio::test]
async fn a_statement_that_writes_is_refused_where_others_read() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_new(&folder).await;
    let written = sqlx::query("INSERT INTO a VALUES ('x')").execute(database.reader());
    let error = written.await.unwrap_err().to_string();
    assert!(error.contains("readonly"), "{error}");
}

#[tokio::test]
async fn a_full_disk_does_not_outlast_itself() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_new(&folder).await;
    let mut transaction = database.begin_write().await.unwrap();
    let error = fill_up(&mut transaction).await.unwrap_err();
    assert!(is_unavailable(&error), "{error}");
    drop(transaction);
    write(&database).await.unwrap();
}

/// Writes more than the connection may. SQLite then ends the transaction by itself.
pub(super) async fn fill_up(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    connection.execute("PRAGMA max_page_count = 4").await?;
    connection
        .execute("INSERT INTO a VALUES (hex(zeroblob(100000)))")
        .await
        .map(drop)
}

#[tokio::test]
async fn the_file_alone_holds_everything_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_new(&folder).await;
    write(&database).await.unwrap();
    let log = folder.path().join("some.db-wal");
    assert!(std::fs::metadata(&log).unwrap().len() > 0);
    database.close().await;
    assert!(!log.exists());
    assert!(is_unavailable(&write(&database).await.unwrap_err()));

    let copies = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("some.db"), copies.path().join("some.db")).unwrap();
    assert_eq!(count(&open_new(&copies).await).await, 1);
}

#[tokio::test]
async fn the_log_is_moved_as_far_as_others_let_it() {
    let folder = tempfile::tempdir().unwrap();
    let (database, other) = (open_new(&folder).await, open_new(&folder).await);
    // A connection opens the log with its first statement that needs it.
    write(&other).await.unwrap();
    write(&database).await.unwrap();
    database.close().await;
    let log = folder.path().join("some.db-wal");
    assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
    write(&other).await.unwrap();
    other.close().await;
    assert!(!log.exists());
}

#[tokio::test]
async fn a_copy_is_made_while_others_write_and_is_whole() {
    let (folder, copies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let database = open_new(&folder).await;
    write(&database).await.unwrap();
    let held = database.begin_write().await.unwrap();
    let copy = copies.path().join("some.db");
    back_up(&folder.path().join("some.db"), &copy)
        .await
        .unwrap();
    drop(held);
    check_backup(&copy).await.unwrap();
    let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(copies.path()).unwrap().count(), 1);
    assert_eq!(count(&open_new(&copies).await).await, 1);
}

#[tokio::test]
async fn a_damaged_copy_is_recognized() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_new(&folder).await;
    for _ in 0..500 {
        write(&database).await.unwrap();
    }
    database.close().await;
    let path = folder.path().join("some.db");
    check_backup(&path).await.unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(7);
    std::fs::write(&path, bytes).unwrap();
    check_backup(&path).await.unwrap_err();
    std::fs::write(&path, "no database at all, but long enough to be looked at").unwrap();
    check_backup(&path).await.unwrap_err();
}

#[tokio::test]
async fn a_direct_lookup_sees_every_commit_and_ends_with_the_database() {
    const FIND: &str = "SELECT b, 1 FROM a WHERE b = $1";
    let folder = tempfile::tempdir().unwrap();
    let database = open_new(&folder).await;
    // Another process has the file open too.
    let other = open_new(&folder).await;
    let find = |database: &Database| database.find_row::<(String, i64)>(FIND, "x");
    assert_eq!(find(&database), Some(None));
    write(&other).await.unwrap();
    assert_eq!(find(&database), Some(Some(("x".to_owned(), 1))));
    let mut transaction = other.begin_write().await.unwrap();
    sqlx::query("DELETE FROM a")
        .execute(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(find(&database), Some(Some(("x".to_owned(), 1))));
    transaction.commit().await.unwrap();
    assert_eq!(find(&database), Some(None));

    other.close().await;
    database.close().await;
    assert_eq!(find(&database), None);
    let files = std::fs::read_dir(folder.path()).unwrap();
    let names: Vec<_> = files.map(|it| it.unwrap().file_name()).collect();
    assert!(
        !names
            .iter()
            .any(|it| it.to_string_lossy().ends_with("-wal")),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_direct_lookup_that_fails_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_new(&folder).await;
    let missing = database.find_row::<(String,)>("SELECT c FROM a WHERE c = $1", "x");
    assert_eq!(missing, None);
}
