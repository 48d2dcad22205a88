//! Organizations and members in Postgres or SQLite.

mod connections;
mod discovery_domains;
mod invitations;
mod locks;
pub(crate) mod members;
pub(crate) mod organizations;

use std::collections::BTreeSet;
use std::slice;
use std::sync::Arc;

use async_trait::async_trait;
use doorward_service_kit::grpc::StoreHealth;
use doorward_service_kit::mail::Outbox;
use doorward_service_kit::sql::{Database, DatabaseConfig, OpenError};
use doorward_service_kit::{KeyEncryptionKey, StoreError};
use jiff::Timestamp;

use super::{Limits, Store};
use crate::Error;
use crate::domain::{
    Change, Found, Listed, Member, Organization, OrganizationId, Page, Patch, RoleId, Selector,
    UserId,
};

pub use invitations::SqlInvitations;
use locks::Locks;

doorward_service_kit::migrations![
    "0001_organizations.sql",
    "0002_connections_roles_domains.sql",
    "0003_invitations.sql",
    "0004_mail.sql",
    "0005_invitation_language.sql",
];

/// Organizations and members in a SQL database.
#[derive(Debug)]
pub struct SqlStore {
    database: Database,
    locks: Locks,
    limits: Limits,
}

impl SqlStore {
    /// Opens the database and brings its schema up to date.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, OpenError> {
        Self::with_limits(config, Limits::default()).await
    }

    /// Opens the database with other limits than [`SqlStore::open`].
    pub async fn with_limits(config: &DatabaseConfig, limits: Limits) -> Result<Self, OpenError> {
        let database = Database::open(config, &migrator()).await?;
        Ok(Self {
            locks: Locks::new(database.clone()),
            database,
            limits,
        })
    }

    /// Invitations in the same database, with tickets that are encrypted with a key. Fails if those that can be used
    /// at `now` were encrypted with another one.
    pub async fn invitations(
        &self,
        key: Arc<KeyEncryptionKey>,
        now: Timestamp,
    ) -> Result<SqlInvitations, Error> {
        let stores = (self.database.clone(), self.locks.clone());
        SqlInvitations::open(stores, self.limits, key, now).await
    }
}

impl StoreHealth for SqlStore {
    async fn answers(&self) -> bool {
        self.database.answers().await
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn find(
        &self,
        selector: &Selector,
        user: Option<&UserId>,
    ) -> Result<Option<Found>, StoreError> {
        organizations::find_with_member(self.database.reader(), selector, user).await
    }

    async fn list(&self, page: &Page) -> Result<Listed<Organization>, StoreError> {
        organizations::list(self.database.reader(), page).await
    }

    async fn list_of_user(
        &self,
        user: &UserId,
        page: &Page,
    ) -> Result<Listed<Organization>, StoreError> {
        organizations::list_of_user(self.database.reader(), user, page).await
    }

    async fn list_that_assign(
        &self,
        connection: &str,
        take: u32,
    ) -> Result<Vec<Organization>, StoreError> {
        organizations::list_that_assign(self.database.reader(), connection, take).await
    }

    async fn list_of_domain(
        &self,
        domain: &str,
        take: u32,
    ) -> Result<Vec<Organization>, StoreError> {
        organizations::list_of_domain(self.database.reader(), domain, take).await
    }

    async fn join(
        &self,
        id: &OrganizationId,
        user: &UserId,
        connection: &str,
    ) -> Result<(Member, bool), Error> {
        let mut transaction = self.locks.begin(id).await?;
        let organization = organizations::get(&mut transaction, id).await?;
        let mut connections = organization.connections.iter();
        if !connections.any(|it| it.name == connection && it.assigns_membership()) {
            return Err(Error::ConnectionNotEnabled(connection.to_owned()));
        }
        let limit = self.limits.members;
        let added = members::add(&mut transaction, id, slice::from_ref(user), limit).await?;
        let member = members::get(&mut transaction, id, user).await?;
        transaction.commit().await?;
        Ok((member, !added.is_empty()))
    }

    async fn add_members(
        &self,
        id: &OrganizationId,
        users: &[UserId],
    ) -> Result<Vec<UserId>, Error> {
        let mut transaction = self.locks.begin(id).await?;
        let added = members::add(&mut transaction, id, users, self.limits.members).await?;
        transaction.commit().await?;
        Ok(added)
    }

    async fn remove_members(
        &self,
        id: &OrganizationId,
        users: &[UserId],
    ) -> Result<Vec<UserId>, Error> {
        let mut transaction = self.locks.begin(id).await?;
        let removed = members::remove(&mut transaction, id, users).await?;
        // mutant: removed-member-stays
        transaction.commit().await?;
        Ok(removed)
    }

    async fn list_members(
        &self,
        id: &OrganizationId,
        page: &Page,
    ) -> Result<Listed<Member>, Error> {
        let reader = self.database.reader();
        if !organizations::exists(reader, id).await? {
            return Err(Error::NotFound(id.clone()));
        }
        Ok(members::list(reader, id, page).await?)
    }

    async fn set_member_roles(
        &self,
        id: &OrganizationId,
        user: &UserId,
        roles: &BTreeSet<RoleId>,
    ) -> Result<Member, Error> {
        let mut transaction = self.locks.begin(id).await?;
        members::get(&mut transaction, id, user).await?;
        members::replace_roles(&mut transaction, id, user, roles).await?;
        let member = members::get(&mut transaction, id, user).await?;
        transaction.commit().await?;
        Ok(member)
    }

    async fn apply(&self, patches: Vec<Patch>, dry_run: bool) -> Result<Vec<Change>, Error> {
        let mut transaction = self.database.begin_write().await?;
        let limit = self.limits.organizations;
        let changes = organizations::apply(&mut transaction, patches, limit).await?;
        if dry_run {
            transaction.rollback().await?;
        } else {
            transaction.commit().await?;
        }
        Ok(changes)
    }

    async fn delete(&self, id: &OrganizationId) -> Result<(), Error> {
        let mut transaction = self.locks.begin(id).await?;
        let mails = invitations::mails_of(&mut transaction, id).await?;
        organizations::remove(&mut transaction, id).await?;
        // After the rows of the invitations, which every change locks before their mails.
        for mail in mails {
            Outbox::withdraw(&mut transaction, &mail).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
