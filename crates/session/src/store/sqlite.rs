//! Sessions, transactions and access tokens in a SQLite file.
//!
//! The journal is a write-ahead log, synchronised at every commit (SQLite's default): a committed write survives a
//! loss of power. Concurrent writes share a commit. Each write that adds a row removes a few expired ones.

mod access_tokens;
mod counters;
mod room;
mod sessions;
#[cfg(test)]
mod tests;
mod transactions;

use doorward_service_kit::StoreError;
use doorward_service_kit::grpc::StoreHealth;
use doorward_service_kit::sql::{Database, DatabaseConfig, GroupCommit, GroupedWrite, OpenError};
use jiff::Timestamp;
use sqlx::AnyConnection;

use crate::config::BudgetConfig;

doorward_service_kit::migrations![
    "0001_sessions.sql",
    "0002_kept_users.sql",
    "0003_counters.sql",
];

/// Sessions, transactions and access tokens in a SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    database: Database,
    writes: GroupCommit,
    budget: BudgetConfig,
}

impl SqliteStore {
    /// A store with the default budget.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, OpenError> {
        Self::open_within(&BudgetConfig::default(), config).await
    }

    /// Opens the database and brings its schema up to date.
    pub async fn open_within(
        budget: &BudgetConfig,
        config: &DatabaseConfig,
    ) -> Result<Self, OpenError> {
        let database = Database::open(config, &migrator()).await?;
        let writes = GroupCommit::start(database.clone());
        Ok(Self {
            database,
            writes,
            budget: *budget,
        })
    }

    /// Begins a write that shares its transaction with others. It is rolled back unless it is committed. It sees the
    /// uncommitted writes of the others, so that even "there is none" may be returned only after the commit.
    async fn begin_write(&self) -> Result<GroupedWrite, StoreError> {
        self.writes.begin().await
    }
}

impl StoreHealth for SqliteStore {
    async fn answers(&self) -> bool {
        self.database.answers().await
    }
}

/// Removes some expired rows: more than are added, so that they do not pile up.
async fn clear_away(
    connection: &mut AnyConnection,
    statement: &'static str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(statement)
        .bind(now.as_millisecond())
        .execute(connection)
        .await?;
    Ok(())
}

/// SQL integers are signed. Versions and positions are far below the maximum.
fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn from_sql(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(StoreError::corrupt)
}
