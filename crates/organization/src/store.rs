//! Where organizations and members are kept.

#[cfg(test)]
mod contract;
mod sql;

use std::fmt::Debug;

use async_trait::async_trait;
use doorward_service_kit::StoreError;

use crate::Error;
use crate::domain::{Change, Organization, OrganizationId, Patch, UserId};

pub use sql::SqlStore;

/// Organizations and their members. Every method is one transaction.
#[async_trait]
pub trait Store: Debug + Send + Sync {
    /// One organization by id.
    async fn find_organization(
        &self,
        id: &OrganizationId,
    ) -> Result<Option<Organization>, StoreError>;

    /// One organization by name, in any letter case.
    async fn find_organization_by_name(
        &self,
        name: &str,
    ) -> Result<Option<Organization>, StoreError>;

    /// Whether a user belongs to an organization, which must exist.
    async fn is_member(&self, id: &OrganizationId, user: &UserId) -> Result<bool, Error>;

    /// Makes a user a member of an organization, which must exist. False when they were one before.
    async fn add_member(&self, id: &OrganizationId, user: &UserId) -> Result<bool, Error>;

    /// Applies all patches, or none if one fails. A dry run only returns the changes.
    async fn apply(&self, patches: Vec<Patch>, dry_run: bool) -> Result<Vec<Change>, Error>;
}
