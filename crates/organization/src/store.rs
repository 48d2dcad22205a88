//! Where organizations and members are kept.

#[cfg(test)]
mod contract;
mod invitations;
mod limits;
mod sql;

use std::collections::BTreeSet;
use std::fmt::Debug;

use async_trait::async_trait;
use doorward_service_kit::StoreError;

use crate::Error;
use crate::domain::{
    Change, Found, Listed, Member, Organization, OrganizationId, Page, Patch, RoleId, Selector,
    UserId,
};

pub use invitations::InvitationStore;
pub use limits::Limits;
pub use sql::{SqlInvitations, SqlStore};

/// Organizations and their members. Every method is one transaction.
///
/// Lists are ordered as the database orders text; a part and the next part never have an entry in common.
#[async_trait]
pub trait Store: Debug + Send + Sync {
    /// One organization, and what `user` is in it at the same moment.
    async fn find(
        &self,
        selector: &Selector,
        user: Option<&UserId>,
    ) -> Result<Option<Found>, StoreError>;

    /// All organizations, ordered by id.
    async fn list(&self, page: &Page) -> Result<Listed<Organization>, StoreError>;

    /// The organizations that a user is a member of, ordered by name.
    async fn list_of_user(
        &self,
        user: &UserId,
        page: &Page,
    ) -> Result<Listed<Organization>, StoreError>;

    /// The first organizations that assign membership to users of the connection, ordered by name.
    async fn list_that_assign(
        &self,
        connection: &str,
        take: u32,
    ) -> Result<Vec<Organization>, StoreError>;

    /// The first organizations with that verified domain, if it is used for discovery, ordered by name.
    async fn list_of_domain(
        &self,
        domain: &str,
        take: u32,
    ) -> Result<Vec<Organization>, StoreError>;

    /// Makes a user of a connection that assigns membership a member. False if the user was one before.
    async fn join(
        &self,
        id: &OrganizationId,
        user: &UserId,
        connection: &str,
    ) -> Result<(Member, bool), Error>;

    /// Makes all users members, or none if one fails. Returns those who were no members before.
    async fn add_members(
        &self,
        id: &OrganizationId,
        users: &[UserId],
    ) -> Result<Vec<UserId>, Error>;

    /// Ends memberships with their roles. Returns the users who were members before.
    async fn remove_members(
        &self,
        id: &OrganizationId,
        users: &[UserId],
    ) -> Result<Vec<UserId>, Error>;

    /// The members of an organization, ordered by user.
    async fn list_members(&self, id: &OrganizationId, page: &Page)
    -> Result<Listed<Member>, Error>;

    /// Gives a member exactly these roles.
    async fn set_member_roles(
        &self,
        id: &OrganizationId,
        user: &UserId,
        roles: &BTreeSet<RoleId>,
    ) -> Result<Member, Error>;

    /// Applies all patches, or none if one fails. A dry run only returns the changes.
    async fn apply(&self, patches: Vec<Patch>, dry_run: bool) -> Result<Vec<Change>, Error>;

    /// Deletes an organization with all that belongs to it, and mails of its invitations that were not sent yet.
    async fn delete(&self, id: &OrganizationId) -> Result<(), Error>;
}
