//! Users, passwords, roles and consents in Postgres or SQLite.

mod changes;
mod consents;
mod import;
mod numbers;
mod passwords;
mod roles;
mod users;

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use doorward_service_kit::grpc::StoreHealth;
use doorward_service_kit::sql::{Database, DatabaseConfig, OpenError};
use jiff::Timestamp;
use sqlx::{Any, Transaction};

use super::{Account, Changes, Store};
use crate::Error;
use crate::domain::{
    AddedMetadata, Connection, Consent, Email, HashKind, ImportEntry, PasswordHash, Role,
    RoleChange, RolePatch, Tally, User, UserId, plan, resolve,
};
use changes::Positions;

doorward_service_kit::migrations!["0001_users.sql", "0002_sessions_from_version.sql"];

/// Users, passwords, roles and consents in a SQL database.
#[derive(Debug)]
pub struct SqlStore {
    database: Database,
}

impl SqlStore {
    /// Opens the database and brings its schema up to date.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, OpenError> {
        let database = Database::open(config, &migrator()).await?;
        Ok(Self { database })
    }

    /// Begins a transaction that changes users. Only one runs at a time, from taking its positions to the commit.
    async fn begin_change(
        &self,
        users: usize,
    ) -> Result<(Transaction<'static, Any>, Positions), StoreError> {
        let mut transaction = self.database.begin_write().await?;
        let positions = Positions::take(&mut transaction, users).await?;
        Ok((transaction, positions))
    }
}

impl StoreHealth for SqlStore {
    async fn answers(&self) -> bool {
        self.database.answers().await
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        users::find_by_id(self.database.reader(), id).await
    }

    async fn list_by_email(&self, email: &Email) -> Result<Vec<User>, StoreError> {
        let mut users = users::list_by_email(self.database.reader(), email).await?;
        // Not in SQL: Postgres orders text by the locale of the database.
        users.sort_by(|one, other| one.connection.cmp(&other.connection));
        Ok(users)
    }

    async fn find_account(
        &self,
        connections: &[String],
        email: &Email,
    ) -> Result<Option<Account>, StoreError> {
        let accounts = passwords::list_accounts(self.database.reader(), email).await?;
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

    async fn list_hash_kinds(&self) -> Result<Vec<HashKind>, StoreError> {
        let mut kinds = passwords::list_kinds(self.database.reader()).await?;
        // Not in SQL: Postgres orders text by the locale of the database.
        kinds.sort();
        Ok(kinds)
    }

    async fn add_user(&self, user: &User, hash: &PasswordHash) -> Result<(), Error> {
        let (mut transaction, positions) = self.begin_change(1).await?;
        users::add(&mut transaction, user).await?;
        passwords::put(&mut transaction, &user.id, hash).await?;
        Ok(commit(transaction, positions, &user.id).await?)
    }

    async fn replace_hash(
        &self,
        id: &UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_write().await?;
        passwords::replace(&mut transaction, id, old, new).await?;
        Ok(transaction.commit().await?)
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

    async fn add_consent(&self, id: &UserId, consent: Consent) -> Result<User, Error> {
        let (mut transaction, positions) = self.begin_change(1).await?;
        let mut user = users::get(&mut transaction, id).await?;
        if let Some(agreed) = user.agree(consent)? {
            consents::put(&mut transaction, id, &agreed).await?;
            user.version = commit_change(transaction, positions, id).await?;
        }
        Ok(user)
    }

    async fn remove_consents(&self, id: &UserId, client_id: Option<&str>) -> Result<usize, Error> {
        let (mut transaction, positions) = self.begin_change(1).await?;
        let user = users::get(&mut transaction, id).await?;
        let given_to = |consent: &&Consent| client_id.is_none_or(|id| consent.client_id == id);
        let removed = user.consents.iter().filter(given_to).count();
        if removed > 0 {
            consents::remove(&mut transaction, id, client_id).await?;
            commit_change(transaction, positions, id).await?;
        }
        Ok(removed)
    }

    async fn set_user_roles(&self, id: &UserId, roles: &[String]) -> Result<User, Error> {
        let (mut transaction, positions) = self.begin_change(1).await?;
        let mut user = users::get(&mut transaction, id).await?;
        let wanted = resolve(&roles::list(&mut *transaction).await?, roles)?;
        if user.role_ids != wanted {
            roles::replace_of_user(&mut transaction, id, &wanted).await?;
            user.role_ids = wanted;
            user.version = commit_change(transaction, positions, id).await?;
        }
        Ok(user)
    }

    async fn set_blocked(&self, id: &UserId, blocked: bool) -> Result<User, Error> {
        let (mut transaction, positions) = self.begin_change(1).await?;
        let mut user = users::get(&mut transaction, id).await?;
        if user.blocked == blocked {
            return Ok(user);
        }
        user.blocked = blocked;
        if blocked {
            user.end_sessions();
        } else {
            user.version += 1;
        }
        users::update(&mut transaction, &user).await?;
        commit(transaction, positions, id).await?;
        Ok(user)
    }

    async fn set_password(&self, id: &UserId, hash: &PasswordHash) -> Result<User, Error> {
        let (mut transaction, positions) = self.begin_change(1).await?;
        let mut user = users::get(&mut transaction, id).await?;
        user.end_sessions();
        users::update(&mut transaction, &user).await?;
        passwords::put(&mut transaction, id, hash).await?;
        commit(transaction, positions, id).await?;
        Ok(user)
    }

    async fn confirm_email(
        &self,
        id: &UserId,
        email: &Email,
        added: AddedMetadata,
        now: Timestamp,
    ) -> Result<User, Error> {
        let (mut transaction, positions) = self.begin_change(1).await?;
        let mut user = users::get(&mut transaction, id).await?;
        if user.email != *email {
            return Err(Error::EmailChanged);
        }
        if user.confirm_email(added, now) {
            users::update(&mut transaction, &user).await?;
            commit(transaction, positions, id).await?;
        }
        Ok(user)
    }

    async fn role_revision(&self) -> Result<u64, StoreError> {
        roles::revision(self.database.reader()).await
    }

    async fn list_roles(&self) -> Result<Vec<Role>, StoreError> {
        roles::list(self.database.reader()).await
    }

    async fn apply_roles(
        &self,
        patches: Vec<RolePatch>,
        dry_run: bool,
    ) -> Result<Vec<RoleChange>, Error> {
        let transaction = self.database.begin_write().await;
        let mut transaction = transaction.map_err(StoreError::from)?;
        // Locks the revision until the transaction ends: no role changes between reading and writing.
        roles::raise_revision(&mut transaction).await?;
        let changes = plan(roles::list(&mut *transaction).await?, patches)?;
        for change in &changes {
            roles::put(&mut transaction, &change.role).await?;
        }
        if dry_run || changes.is_empty() {
            transaction.rollback().await.map_err(StoreError::from)?;
        } else {
            transaction.commit().await.map_err(StoreError::from)?;
        }
        Ok(changes)
    }

    async fn list_changes(&self, after: u64, limit: u32) -> Result<Changes, StoreError> {
        changes::list(self.database.reader(), after, limit).await
    }

    async fn newest_position(&self) -> Result<u64, StoreError> {
        changes::newest(self.database.reader()).await
    }
}

/// Commits a change of one user outside the user's row: gives the user the next version and position.
async fn commit_change(
    mut transaction: Transaction<'static, Any>,
    positions: Positions,
    id: &UserId,
) -> Result<u64, StoreError> {
    let version = users::raise_version(&mut transaction, id).await?;
    commit(transaction, positions, id).await?;
    Ok(version)
}

/// Commits a change of one user, whose row already has the next version: gives the user the next position.
async fn commit(
    mut transaction: Transaction<'static, Any>,
    mut positions: Positions,
    id: &UserId,
) -> Result<(), StoreError> {
    positions.note(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(())
}
