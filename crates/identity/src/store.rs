//! Where users, passwords, roles and consents are kept.

#[cfg(test)]
mod contract;
mod sql;

use std::fmt::Debug;

use async_trait::async_trait;
use doorward_service_kit::StoreError;
use jiff::Timestamp;

use crate::Error;
use crate::domain::{
    AddedMetadata, Connection, Consent, Email, HashKind, ImportEntry, PasswordHash, Role,
    RoleChange, RolePatch, Tally, User, UserId,
};

pub use sql::SqlStore;

/// Users, their passwords, and in which order they changed. Every method is one transaction, and a change has its
/// position in the same one: who has seen a position has seen all changes before it.
#[async_trait]
pub trait Store: Debug + Send + Sync {
    /// One user by id.
    async fn find_user(&self, id: &UserId) -> Result<Option<User>, StoreError>;

    /// Users with that email, ordered by connection.
    async fn list_by_email(&self, email: &Email) -> Result<Vec<User>, StoreError>;

    /// The user with that email in the first of the connections that has one.
    async fn find_account(
        &self,
        connections: &[String],
        email: &Email,
    ) -> Result<Option<Account>, StoreError>;

    /// The kinds of all password hashes, ordered. Takes a step for each kind, not for each user.
    async fn list_hash_kinds(&self) -> Result<Vec<HashKind>, StoreError>;

    /// A new user with a password that was set here. Refused when the connection has that email already.
    async fn add_user(&self, user: &User, hash: &PasswordHash) -> Result<(), Error>;

    /// Puts a better hash of the same password in the place of `old`, if that is still there.
    async fn replace_hash(
        &self,
        id: &UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError>;

    /// Imports all entries or, when one cannot be, none.
    async fn import(
        &self,
        connection: &Connection,
        entries: &[ImportEntry],
        now: Timestamp,
    ) -> Result<Tally, Error>;

    /// Adds to what a user has agreed to. Changes the user only if that is something new.
    async fn add_consent(&self, id: &UserId, consent: Consent) -> Result<User, Error>;

    /// Takes back what a user has agreed to give one application, or without one, all. Tells how many consents there
    /// were.
    async fn remove_consents(&self, id: &UserId, client_id: Option<&str>) -> Result<usize, Error>;

    /// Gives a user exactly these roles, by their names or ids. Changes the user only if these are others.
    async fn set_user_roles(&self, id: &UserId, roles: &[String]) -> Result<User, Error>;

    /// Keeps a user out, which ends all sessions of the user, or lets the user in. Changes the user only if that
    /// differs.
    async fn set_blocked(&self, id: &UserId, blocked: bool) -> Result<User, Error>;

    /// Gives a user a password that was set here, which ends all sessions of the user.
    async fn set_password(&self, id: &UserId, hash: &PasswordHash) -> Result<User, Error>;

    /// Notes that the user has proved this email, and adds metadata that the user does not have. The first proof ends
    /// all sessions of the user; a repeat changes nothing. Refused if the user has another email.
    async fn confirm_email(
        &self,
        id: &UserId,
        email: &Email,
        added: AddedMetadata,
        now: Timestamp,
    ) -> Result<User, Error>;

    /// Rises with every change of a role; never 0.
    async fn role_revision(&self) -> Result<u64, StoreError>;

    /// All roles, ordered by name; at least as new as a revision that was read before.
    async fn list_roles(&self) -> Result<Vec<Role>, StoreError>;

    /// Changes roles and returns the changes. A dry run only returns them.
    async fn apply_roles(
        &self,
        patches: Vec<RolePatch>,
        dry_run: bool,
    ) -> Result<Vec<RoleChange>, Error>;

    /// The next changed users after a position, at most `limit`, each once with its newest change.
    async fn list_changes(&self, after: u64, limit: u32) -> Result<Changes, StoreError>;

    /// No change has a greater position.
    async fn newest_position(&self) -> Result<u64, StoreError>;
}

/// A user, and the hash of their password.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Who it is.
    pub user: User,
    /// Absent: the user cannot sign in with a password.
    pub hash: Option<PasswordHash>,
}

/// Users in the order of their changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The position of the last user, or the start of the search.
    pub position: u64,
    /// The users with their current values.
    pub users: Vec<User>,
}
