//! Users and passwords in Postgres or SQLite.

mod changes;
mod import;
mod passwords;
mod users;

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use doorward_service_kit::sql::{Database, DatabaseConfig, OpenError};
use jiff::Timestamp;
use sqlx::{Any, Transaction};

use super::{Account, Changes, Store};
use crate::Error;
use crate::domain::{Connection, Email, ImportEntry, PasswordHash, Tally, User, UserId};
use changes::Positions;

/// Users and passwords in a SQL database.
#[derive(Debug)]
pub struct SqlStore {
    database: Database,
}

impl SqlStore {
    /// Opens the database and brings its schema up to date.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, OpenError> {
        let database = Database::open(config, &sqlx::migrate!()).await?;
        Ok(Self { database })
    }

    /// A transaction that changes users. Only one runs at a time, from taking its positions to committing them.
    async fn begin_change(
        &self,
        users: usize,
    ) -> Result<(Transaction<'static, Any>, Positions), StoreError> {
        let mut transaction = self.database.begin_write().await?;
        let positions = Positions::take(&mut transaction, users).await?;
        Ok((transaction, positions))
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        users::find_by_id(self.database.pool(), id).await
    }

    async fn list_by_email(&self, email: &Email) -> Result<Vec<User>, StoreError> {
        let mut users = users::list_by_email(self.database.pool(), email).await?;
        // Not in SQL: Postgres orders text by the locale of the database.
        users.sort_by(|one, other| one.connection.cmp(&other.connection));
        Ok(users)
    }

    async fn find_account(
        &self,
        connections: &[String],
        email: &Email,
    ) -> Result<Option<Account>, StoreError> {
        let accounts = passwords::list_accounts(self.database.pool(), email).await?;
        let rank = |account: &Account| {
            let connection = account.user.connection.as_str();
            connections.iter().position(|name| name == connection)
        };
        let ranked = accounts
            .into_iter()
            .filter_map(|account| Some((rank(&account)?, account)));
        Ok(ranked
            .min_by_key(|(rank, _)| *rank)
            .map(|(_, account)| account))
    }

    async fn add_user(&self, user: &User, hash: &PasswordHash) -> Result<(), Error> {
        let (mut transaction, mut positions) = self.begin_change(1).await?;
        users::add(&mut transaction, user).await?;
        passwords::add(&mut transaction, &user.id, hash).await?;
        positions.note(&mut transaction, &user.id).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    async fn replace_hash(
        &self,
        id: &UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        passwords::replace(self.database.pool(), id, old, new).await
    }

    async fn import(
        &self,
        connection: &Connection,
        entries: &[ImportEntry],
        now: Timestamp,
    ) -> Result<Tally, Error> {
        let (mut transaction, mut positions) = self.begin_change(entries.len()).await?;
        let mut tally = Tally::default();
        for entry in entries {
            let outcome = import::one(&mut transaction, &mut positions, connection, entry, now);
            tally.count(outcome.await?);
        }
        if tally.changed() {
            transaction.commit().await.map_err(StoreError::from)?;
        } else {
            transaction.rollback().await.map_err(StoreError::from)?;
        }
        Ok(tally)
    }

    async fn list_changes(&self, after: u64, limit: u32) -> Result<Changes, StoreError> {
        changes::list(self.database.pool(), after, limit).await
    }

    async fn newest_position(&self) -> Result<u64, StoreError> {
        changes::newest(self.database.pool()).await
    }
}
